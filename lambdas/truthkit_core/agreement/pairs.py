"""Agreement on answers that are neither one class nor one number: spans, boxes, other shapes, masks.

Two answers to one object get a score from 0 to 1; an object has the mean over its pairs of workers, the whole the mean
over its objects with a bootstrap interval over them, and a worker the mean over the pairs that the worker is part of.
Chance is not allowed for: how alike two boxes are by chance depends on the picture. (Krippendorff's alpha for spans
would need the texts' lengths and says little where most of a text is unmarked.)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from truthkit_core.agreement import f1
from truthkit_core.agreement.coefficients import DRAWS, NO_PAIRS, Coefficient, Floats, interval
from truthkit_core.consolidation.spans import Span

T = TypeVar("T")


class Rectangle(Protocol):
    """A box in pixels (or any unit): ``left``, ``top``, ``width``, ``height``, and what it is of."""

    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...
    @property
    def label(self) -> str: ...


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
    return PairAgreement(Coefficient(name, float(values.mean()), low, high, len(values), compared), ranked, workers)


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
            found.add(replace(span, start=span.start + left, end=span.end - right))
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


def box_agreement(
    objects: Mapping[str, Mapping[str, Sequence[Rectangle]]], *, least: float | None = None, draws: int = DRAWS
) -> PairAgreement:
    """How far two workers' boxes of the same label agree.

    Without ``least``, the IoU of matched boxes, where a box without a partner counts 0; with it, F1 of the boxes
    that match with at least this IoU. Two workers who drew nothing agree fully. Boxes without area never match.
    """
    name = "box-iou" if least is None else f"box-f1-at-{least:g}"
    return mean_agreement(objects, partial(matched, alike=box_iou, least=least), name=name, draws=draws)


def matched(
    one: Sequence[T], other: Sequence[T], *, alike: Callable[[T, T], float], least: float | None = None
) -> float:
    """Agreement of two lists of shapes, 0 to 1, matched one to one, the most alike first.

    ``alike`` gives 0 to 1 of two shapes (0 for different labels). Without ``least`` the likenesses are summed, with it
    the pairs are counted that reach it; either way twice that is divided by the number of shapes of both.
    """
    if not one and not other:
        return 1.0
    pairs = [(alike(a, b), i, j) for i, a in enumerate(one) for j, b in enumerate(other)]
    left, right, total = set(range(len(one))), set(range(len(other))), 0.0
    for likeness, i, j in sorted(pairs, reverse=True):
        if likeness <= 0 or (least is not None and likeness < least):
            break
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            total += likeness if least is None else 1.0
    return 2 * total / (len(one) + len(other))


def box_iou(one: Rectangle, other: Rectangle) -> float:
    """Intersection over union; 0 for different labels, where either has no area or a coordinate that is no number."""
    if one.label != other.label:
        return 0.0
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if not (width > 0 and height > 0):
        return 0.0
    union = one.width * one.height + other.width * other.height - width * height
    return width * height / union if union > 0 else 0.0


def mask_agreement(objects: Mapping[str, Mapping[str, NDArray[Any]]], *, draws: int = DRAWS) -> PairAgreement:
    """Mean IoU of two workers' masks over the labels that either used, background (0) left out.

    A mask is an array (height, width) of places in the list of labels. Two masks of nothing but background agree
    fully; masks of different sizes cannot be compared and their pair is left out.
    """
    return mean_agreement(objects, mask_iou, name="mask-iou", draws=draws)


def mask_iou(one: NDArray[Any], other: NDArray[Any]) -> float | None:
    if one.shape != other.shape:
        return None
    first, second = one.ravel().astype(np.int64), other.ravel().astype(np.int64)
    labels = int(max(first.max(initial=0), second.max(initial=0))) + 1
    same = np.bincount(first[first == second], minlength=labels)[1:]
    union = np.bincount(first, minlength=labels)[1:] + np.bincount(second, minlength=labels)[1:] - same
    used = union > 0
    return float((same[used] / union[used]).mean()) if used.any() else 1.0


def set_agreement(objects: Mapping[str, Mapping[str, Iterable[Hashable]]], *, draws: int = DRAWS) -> PairAgreement:
    """F1 of two workers' sets (of classes, where several may be chosen); two empty ones agree fully."""
    return mean_agreement(objects, f1, name="set-f1", draws=draws)
