"""One set of text spans from several workers' selections.

The service's documented method for named entities (cluster selections by Jaccard overlap, borders by mode else median,
type by vote), made exact where the documentation is silent:

* A cluster has at most one span of a worker, and all its members overlap pairwise.
* Selections of the same type are clustered first, then what is left may join across types if it overlaps more. So one
  worker's wrong type is outvoted, while spans of different types that overlap in truth stay apart: nobody merges two
  spans that one worker gave both.
* A cluster counts if enough of the workers who answered are in it, whatever type they gave.
* The commonest pair of bounds wins; if several are as common, each border by itself: its mode, else its median (of two
  middle ones, the one that makes the span longer). So borders are always ones that workers gave.
* A tie between types goes to the one that comes first in the workflow's list, then to the alphabet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median_high, median_low
from typing import Any, NamedTuple, TypeVar

from truthkit_core.messages.checks import ContractError, expect_object, kind, member, text_member

T = TypeVar("T")

# Share of the workers who answered. On public named-entity data 0.4 beats 0.5; up to four workers both mean the same.
DEFAULT_THRESHOLD = 0.4
# Jaccard overlap of selections of the same type, and of different types, that are taken for the same passage.
DEFAULT_OVERLAP = 0.25
DEFAULT_CROSS_OVERLAP = 0.5


class Span(NamedTuple):
    """A labeled part of a text: ``start`` inclusive, ``end`` exclusive, in UTF-16 units as the browser counts."""

    start: int
    end: int
    label: str

    @classmethod
    def parse(cls, value: Any, path: str = "entity") -> Span:
        """``{"label", "startOffset", "endOffset"}`` of an answer. Raises ContractError."""
        entity = expect_object(value, path)
        label = text_member(entity, "label", path)
        start, end = _offset(entity, "startOffset", path), _offset(entity, "endOffset", path)
        if not 0 <= start < end:
            raise ContractError(
                path, f"has the offsets {start} to {end}", "offsets count from 0, the end after the start"
            )
        return cls(start, end, label)

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "startOffset": self.start, "endOffset": self.end}


def _offset(entity: Mapping[str, Any], name: str, path: str) -> int:
    value = entity.get(name)
    if type(value) is int:
        return value
    value = member(entity, name, path)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContractError(f"{path}.{name}", f"must be a whole number, not {kind(value)}")
    return value


@dataclass(frozen=True, slots=True, order=True)
class ConsolidatedSpan:
    """A span with its backing: ``votes`` workers gave it this type, ``confidence`` is their share of all who answered.

    The confidence compares spans of one job only. One worker alone has confidence 1.
    """

    start: int
    end: int
    label: str
    votes: int
    confidence: float

    def to_json(self) -> dict[str, Any]:
        span = Span(self.start, self.end, self.label).to_json()
        return {**span, "votes": self.votes, "confidence": round(self.confidence, 4)}


def jaccard(a: Span, b: Span) -> float:
    """Length of the common part over the length of the union, 0 to 1; types do not matter."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return common / (max(a.end, b.end) - min(a.start, b.start)) if common > 0 else 0.0


def consolidate_spans(
    answers: Mapping[str, Sequence[Span]],
    *,
    labels: Sequence[str] = (),
    threshold: float = DEFAULT_THRESHOLD,
    overlap: float = DEFAULT_OVERLAP,
    cross_overlap: float = DEFAULT_CROSS_OVERLAP,
) -> list[ConsolidatedSpan]:
    """The spans that enough workers gave, ordered by position.

    ``answers`` has a worker's spans under the worker's id: who found nothing is there without spans, who did not answer
    is not there. A span that a worker repeats counts once. ``labels`` decides ties between types.

    Raises ValueError if ``threshold`` or an overlap is not a share, 0 to 1.
    """
    for name, share in (("threshold", threshold), ("overlap", overlap), ("cross_overlap", cross_overlap)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} is {share}, and must be from 0 to 1")
    backing: defaultdict[Span, set[str]] = defaultdict(set)
    for worker, spans in answers.items():
        for span in spans:
            backing[span].add(worker)
    clusters = _cluster(backing, overlap, cross_overlap)
    needed = threshold * len(answers) - 1e-9
    found = [
        _consolidate(cluster, backing, len(answers), labels)
        for cluster in clusters
        if sum(len(backing[span]) for span in cluster) >= needed
    ]
    # Two clusters can come to the same span (bounds of one, type by vote); the better backed one speaks for it.
    best = {(span.start, span.end, span.label): span for span in sorted(found)}
    return sorted(best.values())


def _cluster(backing: Mapping[Span, set[str]], overlap: float, cross_overlap: float) -> list[list[Span]]:
    """Groups of distinct spans whose workers are all different and which overlap pairwise, best overlaps first."""

    def near(a: Span, b: Span) -> bool:
        shared = jaccard(a, b)
        return shared > 0 and shared >= (overlap if a.label == b.label else cross_overlap)

    spans = sorted(backing)
    pairs: list[tuple[bool, float, int, Span, Span]] = []
    for index, a in enumerate(spans):
        for b in spans[index + 1 :]:
            if b.start >= a.end:
                break
            if near(a, b):
                pairs.append((a.label != b.label, -jaccard(a, b), -len(backing[a]) - len(backing[b]), a, b))
    cluster_of = {span: [span] for span in spans}
    for *_, a, b in sorted(pairs):
        one, other = cluster_of[a], cluster_of[b]
        if one is other:
            continue
        workers = [worker for span in (*one, *other) for worker in backing[span]]
        if len(set(workers)) == len(workers) and all(near(x, y) for x, y in product(one, other)):
            one += other
            for span in other:
                cluster_of[span] = one
    return list({id(cluster): cluster for cluster in cluster_of.values()}.values())


def _consolidate(
    cluster: Sequence[Span], backing: Mapping[Span, set[str]], workers: int, labels: Sequence[str]
) -> ConsolidatedSpan:
    types: Counter[str] = Counter()
    bounds: Counter[tuple[int, int]] = Counter()
    for span in cluster:
        types[span.label] += len(backing[span])
        bounds[span.start, span.end] += len(backing[span])
    place = {label: index for index, label in enumerate(labels)}
    label = min(types, key=lambda name: (-types[name], place.get(name, len(place)), name))
    commonest = _modes(bounds)
    if len(commonest) == 1:
        start, end = commonest[0]
    else:
        starts, ends = (sorted(pair[side] for pair in bounds.elements()) for side in (0, 1))
        start, end = _mode_or(starts, median_low(starts)), _mode_or(ends, median_high(ends))
    return ConsolidatedSpan(start, end, label, types[label], types[label] / workers)


def _modes(counts: Counter[T]) -> list[T]:
    return [value for value, count in counts.items() if count == max(counts.values())]


def _mode_or(values: Sequence[int], otherwise: int) -> int:
    modes = _modes(Counter(values))
    return modes[0] if len(modes) == 1 else otherwise
