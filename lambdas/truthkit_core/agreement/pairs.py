"""Agreement on answers that are neither one class nor one number: spans, boxes, other shapes, masks.

Two answers to one object get a score from 0 to 1; an object has the mean over its pairs of workers, the whole the mean
over its objects with a bootstrap interval over them, and a worker the mean over the pairs that the worker is part of.
Chance is not allowed for: how alike two boxes are by chance depends on the picture. (Krippendorff's alpha for spans
would need the texts' lengths and says little where most of a text is unmarked.)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from truthkit_core.agreement import f1
from truthkit_core.agreement.coefficients import DRAWS, NO_PAIRS, Coefficient, Floats, interval, rounded
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.geometry import box_iou, match
from truthkit_core.consolidation.spans import Span

T = TypeVar("T")


class Labeled(Protocol):
    """A shape that says what it is of."""

    @property
    def label(self) -> str: ...


S = TypeVar("S", bound=Labeled)


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far pairs of workers agree: in all, by object (0 to 1, lowest first) and by worker."""

    whole: Coefficient
    objects: dict[str, float]
    workers: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        return {**self.whole.to_json(), "by-object": self.objects, "by-worker": self.workers}


def mean_agreement(
    objects: Mapping[str, Mapping[str, T]],
    score: Callable[[T, T], float | None],
    *,
    name: str = "agreement",
    draws: int = DRAWS,
) -> PairAgreement:
    """The mean of a score over pairs of workers and objects.

    Args:
        objects: answers by object and worker.
        score: of two answers, the same both ways; None leaves the pair out.
        name: of the coefficient.
        draws: of the bootstrap; 0 leaves the interval out.

    Not defined where no object has two answers that can be scored.
    """
    by_object: dict[str, float] = {}
    by_worker: dict[str, list[float]] = {}
    compared = 0
    for object_id in sorted(objects):
        answers = objects[object_id]
        scores: list[float] = []
        involved: set[str] = set()
        for one, other in combinations(sorted(answers), 2):
            found = score(answers[one], answers[other])
            if found is None:
                continue
            scores.append(found)
            involved |= {one, other}
            by_worker.setdefault(one, []).append(found)
            by_worker.setdefault(other, []).append(found)
        if scores:
            by_object[object_id] = sum(scores) / len(scores)
            compared += len(involved)
    workers = {worker: sum(found) / len(found) for worker, found in sorted(by_worker.items())}
    ranked = dict(sorted(by_object.items(), key=lambda pair: pair[1]))
    if not by_object:
        return PairAgreement(Coefficient(name, None, None, None, 0, 0, NO_PAIRS), {}, {})
    values = np.array(sorted(by_object.values()))

    def statistic(weights: Floats) -> Floats:
        means: Floats = weights @ values / weights.sum(1)
        return means

    low, high = interval(statistic, np.ones(len(values), dtype=np.int64), draws)
    return PairAgreement(Coefficient(name, rounded(values.mean()), low, high, len(values), compared), ranked, workers)


# --- spans -----------------------------------------------------------------------------------------------------------


def span_agreement(
    objects: Mapping[str, Mapping[str, Sequence[Span]]],
    texts: Mapping[str, str] | None = None,
    *,
    overlap: bool = False,
    draws: int = DRAWS,
) -> PairAgreement:
    """F1 of two workers' spans: same label and bounds, or with ``overlap`` same label and some character in common.

    Neither their order nor repetitions count. With an object's text, white space at the ends of a span does not count
    either; a span of nothing else falls away. Two workers who marked nothing agree fully.
    """
    texts = texts or {}
    whole = {
        object_id: {worker: trimmed(spans, texts.get(object_id)) for worker, spans in answers.items()}
        for object_id, answers in objects.items()
    }
    name = "span-f1-overlap" if overlap else "span-f1"
    return mean_agreement(whole, overlap_f1 if overlap else f1, name=name, draws=draws)


def trimmed(spans: Iterable[Span], text: str | None) -> tuple[Span, ...]:
    """The spans without white space at their ends, in the order of the text, each once.

    Offsets are UTF-16 units, as browsers count. Without the text the bounds stay.
    """
    if text is None:
        return tuple(sorted(set(spans)))
    units = text.encode("utf-16-le", "surrogatepass")
    found = set()
    for span in spans:
        piece = units[2 * span.start : 2 * span.end].decode("utf-16-le", "replace")
        left = len(piece) - len(piece.lstrip())
        right = len(piece) - len(piece.rstrip())
        if left < len(piece):
            # White space is one unit a character.
            found.add(span._replace(start=span.start + left, end=span.end - right))
        elif not piece:  # beyond the text: nothing is known of it
            found.add(span)
    return tuple(sorted(found))


def overlap_f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    """F1 of spans that match one to one where they have the label and a character in common; two empty ones agree."""
    if not one and not other:
        return 1.0
    matched = 0
    for label in {span.label for span in one} & {span.label for span in other}:
        left = sorted((s.end, s.start) for s in one if s.label == label)
        right = sorted((s.end, s.start) for s in other if s.label == label)
        at = 0
        # The one that ends first has the least choice.
        for end, start in left:
            while at < len(right) and right[at][0] <= start:
                at += 1
            if at < len(right) and right[at][1] < end:
                matched += 1
                at += 1
    return 2 * matched / (len(one) + len(other))


# --- shapes ----------------------------------------------------------------------------------------------------------


def shape_agreement(
    objects: Mapping[str, Mapping[str, Sequence[S]]],
    likeness: Callable[[Sequence[S], Sequence[S]], Floats],
    *,
    least: float | None = None,
    name: str = "shape-likeness",
    draws: int = DRAWS,
) -> PairAgreement:
    """How far two workers' shapes agree; only shapes of the same label are matched.

    Args:
        objects: shapes by object and worker.
        likeness: of all shapes of the first with all of the second, shape (n, m), 0 to 1 (as `ShapeKind.likeness`).
        least: without it, the likeness of matched shapes, where one without a partner counts 0; with it, F1 of the
            shapes that match and are at least so much alike.
        name: of the coefficient.
        draws: of the bootstrap; 0 leaves the interval out.

    Two workers who drew nothing agree fully. What has no likeness (no area, no number) never matches.
    """
    return mean_agreement(objects, partial(matched, likeness=likeness, least=least), name=name, draws=draws)


def box_agreement(
    objects: Mapping[str, Mapping[str, Sequence[Box]]], *, least: float | None = None, draws: int = DRAWS
) -> PairAgreement:
    """`shape_agreement` of boxes, by intersection over union."""
    name = "box-iou" if least is None else f"box-f1-at-{least:g}"
    return shape_agreement(objects, _box_likeness, least=least, name=name, draws=draws)


def matched(
    one: Sequence[S],
    other: Sequence[S],
    *,
    likeness: Callable[[Sequence[S], Sequence[S]], Floats],
    least: float | None = None,
) -> float:
    """Agreement of two workers' shapes, 0 to 1, matched one to one so that they are as alike as possible."""
    if not one and not other:
        return 1.0
    if not one or not other:
        return 0.0
    table = np.nan_to_num(likeness(one, other), nan=0.0, posinf=0.0, neginf=0.0)
    same = np.array([[a.label == b.label for b in other] for a in one])
    table = np.where(same, table, 0.0)
    pairs = match(table, least or 0.0)
    total = sum(float(table[i, j]) for i, j in pairs) if least is None else len(pairs)
    return 2 * total / (len(one) + len(other))


def _box_likeness(one: Sequence[Box], other: Sequence[Box]) -> Floats:
    first, second = (
        np.array([(box.left, box.top, box.left + box.width, box.top + box.height) for box in boxes])
        for boxes in (one, other)
    )
    return box_iou(first, second)


def mask_agreement(objects: Mapping[str, Mapping[str, NDArray[Any]]], *, draws: int = DRAWS) -> PairAgreement:
    """Mean IoU of two workers' masks over the labels that either used, background (0) left out.

    A mask is an array (height, width) of places in the list of labels. Two masks of nothing but background agree
    fully; masks of different sizes cannot be compared and their pair is left out.
    """
    return mean_agreement(objects, mask_iou, name="mask-iou", draws=draws)


def mask_iou(one: NDArray[Any], other: NDArray[Any]) -> float | None:
    if one.shape != other.shape:
        return None
    labels = int(max(one.max(initial=0), other.max(initial=0))) + 1
    if labels < 256:  # both places in one number, counted together: a tenth of the time
        pairs = one.astype(np.uint16) * np.uint16(labels) + other.astype(np.uint16)
        counts = np.bincount(pairs.ravel(), minlength=labels**2).reshape(labels, labels)
        same = counts.diagonal()[1:]
        union = counts.sum(axis=1)[1:] + counts.sum(axis=0)[1:] - same
    else:
        first, second = one.ravel().astype(np.int64), other.ravel().astype(np.int64)
        same = np.bincount(first[first == second], minlength=labels)[1:]
        union = np.bincount(first, minlength=labels)[1:] + np.bincount(second, minlength=labels)[1:] - same
    used = union > 0
    return float((same[used] / union[used]).mean()) if used.any() else 1.0


def set_agreement(objects: Mapping[str, Mapping[str, Iterable[Hashable]]], *, draws: int = DRAWS) -> PairAgreement:
    """F1 of two workers' sets (of classes, where several may be chosen); two empty ones agree fully."""
    return mean_agreement(objects, f1, name="set-f1", draws=draws)
