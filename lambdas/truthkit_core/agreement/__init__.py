"""How far answers agree: workers with each other, or a consolidated label with the expected one.

What is defined here needs nothing; the rest needs NumPy and is imported when it is asked for:

* `coefficients`: Krippendorff's alpha, Fleiss' and Cohen's kappa, observed agreement, each with an interval;
* `pairs`: answers that are spans, boxes, masks or anything else that two of can be scored;
* `workers`: what can be said of each worker.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from truthkit_core.agreement.coefficients import (
        Coefficient,
        NumberAnswers,
        alpha,
        cohen_kappa,
        fleiss_kappa,
        observed_agreement,
    )
    from truthkit_core.agreement.pairs import (
        box_agreement,
        mask_agreement,
        mean_agreement,
        span_agreement,
    )
    from truthkit_core.agreement.workers import WorkerStatistics, worker_statistics

__all__ = [
    "Coefficient",
    "NumberAnswers",
    "WorkerStatistics",
    "alpha",
    "box_agreement",
    "cohen_kappa",
    "f1",
    "fleiss_kappa",
    "mask_agreement",
    "mean_agreement",
    "nominal_alpha",
    "observed_agreement",
    "pairwise_agreement",
    "span_agreement",
    "worker_statistics",
]

T = TypeVar("T")

_ROOMS = {
    "coefficients": ("Coefficient", "NumberAnswers", "alpha", "cohen_kappa", "fleiss_kappa", "observed_agreement"),
    "pairs": ("box_agreement", "mask_agreement", "mean_agreement", "span_agreement"),
    "workers": ("WorkerStatistics", "worker_statistics"),
}


def __getattr__(name: str) -> Any:
    """Deployed functions that need only what is here do not load NumPy."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{room}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def f1(a: Iterable[Hashable], b: Iterable[Hashable]) -> float:
    """F1 of two sets of things (spans, labels) that match exactly, 0 to 1; two empty sets agree fully.

    Which one is the reference does not matter. Repeated things count once.
    """
    first, second = set(a), set(b)
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


def pairwise_agreement(answers: Iterable[T], score: Callable[[T, T], float | None]) -> float | None:
    """Mean score over all pairs of answers to one object; None if no pair has a score."""
    scores = [one for pair in combinations(answers, 2) if (one := score(*pair)) is not None]
    return sum(scores) / len(scores) if scores else None


def nominal_alpha(objects: Iterable[Mapping[str, str]]) -> float | None:
    """Krippendorff's alpha for classes: 1 is full agreement, 0 is chance, below 0 is worse than chance.

    Each object is its answers by worker; missing answers are allowed, objects with fewer than two do not count.
    None where alpha is not defined: nothing to compare, or all answers are of one class.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), by the coincidence matrix.
    """
    totals: Counter[str] = Counter()
    disagreement = 0.0
    for answers in objects:
        counts = Counter(answers.values())
        size = counts.total()
        if size < 2:
            continue
        totals.update(counts)
        disagreement += (size**2 - sum(count**2 for count in counts.values())) / (size - 1)
    size = totals.total()
    expected = (size**2 - sum(count**2 for count in totals.values())) / (size - 1) if size else 0.0
    return 1 - disagreement / expected if expected else None
