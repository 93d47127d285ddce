"""How far answers agree: workers with each other, or a consolidated label with the expected one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from truthkit_core.consolidation.spans import Span


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Exact matches (start, end and type) of two sets of spans; add counts up for the F1 of a whole job."""

    matched: int = 0
    in_a: int = 0
    in_b: int = 0

    def __add__(self, other: SpanCounts) -> SpanCounts:
        return SpanCounts(self.matched + other.matched, self.in_a + other.in_a, self.in_b + other.in_b)

    @property
    def f1(self) -> float:
        """0 to 1; two empty sets agree fully."""
        return 2 * self.matched / (self.in_a + self.in_b) if self.in_a + self.in_b else 1.0


def span_counts(a: Iterable[Span], b: Iterable[Span]) -> SpanCounts:
    """Repeated spans count once."""
    first, second = set(a), set(b)
    return SpanCounts(len(first & second), len(first), len(second))


def span_f1(a: Iterable[Span], b: Iterable[Span]) -> float:
    """Exact-match F1 of two sets of spans, 0 to 1; which one is the reference does not matter."""
    return span_counts(a, b).f1


def pairwise_span_agreement(answers: Mapping[str, Iterable[Span]]) -> float | None:
    """Mean F1 over all pairs of workers on one object, None with fewer than two workers."""
    sets = [set(spans) for spans in answers.values()]
    scores = [span_f1(a, b) for a, b in combinations(sets, 2)]
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
