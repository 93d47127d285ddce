"""Spans of many texts from many workers' selections, by models that learn how each worker errs. NumPy.

No words are needed: between all borders that anyone gave in a text lie its **pieces**, and a worker's answer is a tag
for every piece: outside (O), or the beginning (B) or the inside (I) of a span of some label. On public data that is
as good as words, or better.

Spans of different labels share a **chain** of tags, so that labels compete for a piece. Where two workers of an
object (or its only one) gave overlapping spans of two labels, overlaps are meant, and every label has a chain of its
own. A worker's spans that overlap within a chain are laid one over the other: the longest in the first chain, what
overlaps it in a second and third one. What is deeper does not count, and is told.

Nothing is random, and neither order nor names decide anything; sums are rounded before they are compared.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.span_chain import DEFAULT, Passed, Problem, Sequential, Strengths, posteriors
from truthkit_core.consolidation.span_given import Answers, Given, Layer, checked, layers
from truthkit_core.consolidation.span_workers import SpanWorkers
from truthkit_core.consolidation.spans import DEFAULT_THRESHOLD, ConsolidatedSpan, Span, consolidate_spans, jaccard

__all__ = [
    "DEFAULT_METHOD",
    "METHODS",
    "SpanLabel",
    "SpanResult",
    "SpanWorkers",
    "Strengths",
    "automatic",
    "clusters",
    "sequential",
    "token_dawid_skene",
    "token_hard_em",
]

Floats = NDArray[np.float64]

_DECISIVE = 9
# Spans of a label that overlap so much back each other.
_BACKING_OVERLAP = 0.25

# Confidence by the chain's posterior, where texts have five answers or more: intercept and slope of log odds.
_MANY = (-0.48, 0.3)
# Where they have three or fewer: intercept, chain, weight of who gave just this span, share of who overlap it.
_FEW = (-1.1, 0.055, 0.87, 0.2)
# Spans with so much confidence are kept in these two cases. For the best F1 it is about half of the F1 that can be
# reached.
_KEPT_OF_FEW, _KEPT_OF_MANY = 0.25, 0.375
_ENOUGH_ANSWERS = 100
"""Worker's spans that a batch (or what is known of earlier ones) must have before workers are modelled."""


@dataclass(frozen=True, slots=True)
class SpanLabel:
    """One text's spans, ordered by position; None where nobody answered.

    ``confidence`` is the mean of the spans' ones, or how sure it is that there is none: not at all where all gave spans
    of which none counts. ``problems`` tells what did not count.
    """

    spans: tuple[ConsolidatedSpan, ...] | None
    confidence: float
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "spans": None if self.spans is None else [span.to_json() for span in self.spans],
            "confidence": round(self.confidence, 4),
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class SpanResult:
    """Every text's spans, and what was learned of the workers (None for methods that learn nothing)."""

    objects: dict[str, SpanLabel]
    workers: SpanWorkers | None = None


# --- candidates and their confidence ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span that may be, with the chain's posterior and the workers' backing."""

    span: Span
    posterior: float
    votes: int
    exact: float
    """Share of the workers' weight that gave just this span."""
    near: float
    """Share of the workers with a span of this label that overlaps it well."""
    answers: int

    def confidence(self, few: float) -> float:
        """Probability: by the chain, rather by votes where ``few``."""
        odds = _logit(self.posterior, 1e-4)
        whole = _MANY[0] + _MANY[1] * odds
        if few:
            exact, near = (
                _logit((share * self.answers + 0.5) / (self.answers + 1), 0.0) for share in (self.exact, self.near)
            )
            by_votes = _FEW[0] + _FEW[1] * odds + _FEW[2] * exact + _FEW[3] * near
            whole = few * by_votes + (1 - few) * whole
        return 1.0 / (1.0 + math.exp(-whole))


def _few(answers: Answers) -> float:
    """1 where texts have three answers or fewer, 0 where they have five or more; texts count by their answers.

    It goes by all texts together: with so few answers a text the workers' errors cannot be learned from each other.
    """
    sizes = [len(given) for given in answers.values()]
    usual = sum(size * size for size in sizes) / max(sum(sizes), 1)
    return min(max((5.0 - usual) / 2, 0.0), 1.0)


def _logit(share: float, least: float) -> float:
    share = min(max(share, least), 1.0 - least)
    return math.log(share / (1.0 - share))


def _pairs(spans: Iterable[Span]) -> set[Span]:
    """The spans, and those from one's start to another's end where two of a label overlap."""
    found = set(spans)
    by_label: defaultdict[str, list[Span]] = defaultdict(list)
    for span in sorted(found):
        by_label[span.label].append(span)
    for label, ordered in by_label.items():
        group: list[Span] = []
        end = 0
        for span in [*ordered, Span(2**62, 2**62 + 1, label)]:
            if span.start >= end and group:
                starts, ends = sorted({one.start for one in group}), sorted({one.end for one in group})
                if len(starts) * len(ends) <= 400:
                    found |= {Span(a, b, label) for a in starts for b in ends if a < b}
                group = []
            group.append(span)
            end = max(end, span.end)
    return found


def _agreement(answers: Mapping[str, Mapping[str, Sequence[Span]]]) -> dict[str, tuple[float, float]]:
    """By worker: twice the others' share behind the worker's spans, and the spans of both sides (as in Dice's)."""
    found: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for given in answers.values():
        others = len(given) - 1
        if others < 1:
            continue
        backing: defaultdict[Span, int] = defaultdict(int)
        for spans in given.values():
            for span in spans:
                backing[span] += 1
        total = sum(backing.values())
        for worker, spans in given.items():
            found[worker][0] += 2 * sum(backing[span] - 1 for span in spans) / others
            found[worker][1] += len(spans) + (total - len(spans)) / others
    return {worker: (agreed, compared) for worker, (agreed, compared) in sorted(found.items())}


def _weights(agreement: Mapping[str, tuple[float, float]]) -> tuple[dict[str, float], float]:
    """By worker the squared share of agreement, shrunk by four spans to everyone's; and for who is not known."""
    agreed, compared = (sum(pair[side] for pair in agreement.values()) for side in (0, 1))
    mean = (agreed + 2.0) / (compared + 4.0)
    return {
        worker: ((mine + 4 * mean) / (all_mine + 4)) ** 2 for worker, (mine, all_mine) in agreement.items()
    }, mean**2


# --- the methods ------------------------------------------------------------------------------------------------------


def clusters(
    answers: Answers,
    *,
    texts: Mapping[str, str] | None = None,
    labels: Sequence[str] = (),
    gold: Mapping[str, Sequence[Span]] | None = None,
    threshold: float = DEFAULT_THRESHOLD,
) -> SpanResult:
    """`spans.consolidate_spans` on every text by itself: for few answers, and where a vote has to be explained."""
    given = checked(answers, texts, labels, gold)
    found = {}
    for name, spans in given.answers.items():
        if name in given.gold:
            found[name] = _gold_label(given, name)
        elif not spans or name in given.void:
            found[name] = _unsaid(given, name)
        else:
            kept = tuple(consolidate_spans(spans, labels=labels, threshold=threshold))
            highest = max((len(spans) and count / len(spans) for count in _backing(spans).values()), default=0.0)
            sure = sum(one.confidence for one in kept) / len(kept) if kept else 1.0 - highest
            found[name] = SpanLabel(kept, sure, tuple(given.problems[name]))
    return SpanResult(found)


def _backing(spans: Mapping[str, Sequence[Span]]) -> dict[Span, int]:
    found: defaultdict[Span, int] = defaultdict(int)
    for given in spans.values():
        for span in given:
            found[span] += 1
    return found


def _unsaid(given: Given, name: str) -> SpanLabel:
    if given.answers[name]:
        # Who gave something of which nothing counts has not said that there is nothing.
        return SpanLabel((), 0.0, tuple(given.problems[name]))
    return SpanLabel(None, 0.0, (*given.problems[name], "nobody answered"))


def _gold_label(given: Given, name: str) -> SpanLabel:
    backing = _backing(given.answers[name])
    spans = [ConsolidatedSpan(s.start, s.end, s.label, backing.get(s, 0), 1.0) for s in given.gold[name]]
    return SpanLabel(tuple(spans), 1.0, tuple(given.problems[name]))


def sequential(
    answers: Answers,
    *,
    texts: Mapping[str, str] | None = None,
    labels: Sequence[str] = (),
    gold: Mapping[str, Sequence[Span]] | None = None,
    anchors: SpanWorkers | None = None,
    threshold: float | None = None,
    strengths: Strengths = DEFAULT,
) -> SpanResult:
    """Tags of the pieces by a chain that knows each worker's errors after each tag (BSC-seq), all texts together.

    Args:
        texts: by object; spans are checked against them, and lose blanks at their ends. Offsets are UTF-16 units.
        labels: the list, in the order that decides ties; others do not count. Empty: all that occur count.
        gold: known spans by object: they are the result, and workers are measured by them.
        anchors: workers as earlier batches knew them; they count for the labels that occur here.
        threshold: spans with so much confidence are kept; where two of a chain overlap, the surer. None: 0.25 where
            texts have three answers or fewer, 0.375 where they have five or more, which is best for F1.

    Raises ValueError if ``threshold`` is not from 0 to 1.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}, and must be from 0 to 1")
    given = checked(answers, texts, labels, gold)
    agreement = _agreement(given.answers)
    both = (
        SpanWorkers(agreement=anchors.agreement if anchors else {}).merged(SpanWorkers(agreement=agreement)).agreement
    )
    weights, usual = _weights(both)
    few = _few(given.answers)
    least = few * _KEPT_OF_FEW + (1 - few) * _KEPT_OF_MANY if threshold is None else threshold
    kept: defaultdict[str, list[ConsolidatedSpan]] = defaultdict(list)
    highest: defaultdict[str, float] = defaultdict(float)
    tags, moves = {}, {}
    for layer in layers(given):
        known = anchors.tags.get(layer.name, {}) if anchors else {}
        problem = Problem.of(layer.answers, layer.gold, layer.labels, known)
        if not problem.pieces:
            continue
        model = Sequential.of(problem, strengths, anchors, layer.name)
        passed = model.run()
        tags[layer.name], moves[layer.name] = model.learned(passed)
        for name, candidates in _candidates(layer, problem, passed, weights, usual, few).items():
            place = {label: at for at, label in enumerate(layer.labels)}
            rated = [(round(one.confidence(few), _DECISIVE), one) for one in candidates]
            rated.sort(key=lambda pair: (-pair[0], pair[1].span.start, pair[1].span.end, place[pair[1].span.label]))
            chosen: list[ConsolidatedSpan] = []
            for confidence, one in rated:
                highest[name] = max(highest[name], confidence)
                span = one.span
                if confidence < least:
                    break
                if all(other.end <= span.start or span.end <= other.start for other in chosen):
                    chosen.append(ConsolidatedSpan(span.start, span.end, span.label, one.votes, confidence))
            kept[name] += chosen
    found = {}
    for name, spans in given.answers.items():
        if name in given.gold:
            found[name] = _gold_label(given, name)
        elif not spans or name in given.void:
            found[name] = _unsaid(given, name)
        else:
            best: dict[Span, ConsolidatedSpan] = {}
            for kept_span in sorted(kept[name]):
                best[Span(kept_span.start, kept_span.end, kept_span.label)] = kept_span
            ordered = tuple(sorted(best.values()))
            sure = sum(one.confidence for one in ordered) / len(ordered) if ordered else 1.0 - highest[name]
            found[name] = SpanLabel(ordered, sure, tuple(given.problems[name]))
    return SpanResult(found, SpanWorkers(tags, moves, agreement))


def _candidates(
    layer: Layer, problem: Problem, passed: Passed, weights: Mapping[str, float], usual: float, few: float
) -> dict[str, list[_Candidate]]:
    """Of every text the spans that may be, with their backing."""
    spans = {
        name: _pairs(span for given in answers.values() for span in given) for name, answers in layer.answers.items()
    }
    found: dict[str, list[_Candidate]] = {}
    for name, rated in posteriors(problem, passed, spans).items():
        answers = layer.answers[name]
        total = sum(weights.get(worker, usual) for worker in answers)
        backing: defaultdict[Span, list[str]] = defaultdict(list)
        for worker, given in answers.items():
            for span in given:
                backing[span].append(worker)
        found[name] = []
        for span, posterior in rated.items():
            behind = backing.get(span, [])
            near = 0
            if few and not behind:
                continue
            if few:
                near = sum(
                    any(one.label == span.label and jaccard(one, span) >= _BACKING_OVERLAP for one in given)
                    for given in answers.values()
                )
            exact = sum(sorted(weights.get(worker, usual) for worker in behind)) / total
            found[name].append(_Candidate(span, posterior, len(behind), exact, near / len(answers), len(answers)))
    return found


def token_dawid_skene(
    answers: Answers,
    *,
    texts: Mapping[str, str] | None = None,
    labels: Sequence[str] = (),
    gold: Mapping[str, Sequence[Span]] | None = None,
    hard: bool = False,
    rounds: int = 10,
) -> SpanResult:
    """Dawid and Skene's model on the tags of the pieces, each by itself: to compare with.

    ``hard`` takes the likeliest tag in every round instead of probabilities. A span's confidence is the least of its
    tags' probabilities.
    """
    given = checked(answers, texts, labels, gold)
    kept: defaultdict[str, list[ConsolidatedSpan]] = defaultdict(list)
    sure: defaultdict[str, float] = defaultdict(lambda: 1.0)
    for layer in layers(given):
        problem = Problem.of(layer.answers, layer.gold, layer.labels)
        if not problem.pieces:
            continue
        truth = _dawid_skene(problem, hard, rounds)
        best = np.round(truth, _DECISIVE).argmax(1)
        for at, name in enumerate(problem.objects):
            offset, size = problem.offset[at], int(problem.lengths[at])
            points = sorted(problem.borders[at])
            backing = _backing(layer.answers[name])
            row = best[offset : offset + size].tolist()
            sure[name] = min(sure[name], float(truth[offset : offset + size].max(1).min()))
            start = 0
            while start < size:
                tag = row[start]
                end = start + 1
                if tag:
                    label = (tag - 1) // 2
                    while end < size and row[end] == 2 + 2 * label:
                        end += 1
                    span = Span(points[start], points[end], layer.labels[label])
                    least = float(truth[np.arange(offset + start, offset + end), row[start:end]].min())
                    kept[name].append(ConsolidatedSpan(span.start, span.end, span.label, backing.get(span, 0), least))
                start = end
    found = {}
    for name, spans in given.answers.items():
        if name in given.gold:
            found[name] = _gold_label(given, name)
        elif not spans or name in given.void:
            found[name] = _unsaid(given, name)
        else:
            every = tuple(sorted({(one.start, one.end, one.label): one for one in kept[name]}.values()))
            confidence = sum(one.confidence for one in every) / len(every) if every else sure[name]
            found[name] = SpanLabel(every, confidence, tuple(given.problems[name]))
    return SpanResult(found)


def token_hard_em(answers: Answers, **options: Any) -> SpanResult:
    """`token_dawid_skene` with ``hard``."""
    return token_dawid_skene(answers, hard=True, **options)


def _dawid_skene(problem: Problem, hard: bool, rounds: int) -> Floats:
    tags, workers = problem.tags, len(problem.workers)
    worker, rest = np.divmod(problem.cells, tags * tags)
    row = worker * tags + rest % tags
    truth = problem.shares()
    for _ in range(rounds):
        if hard:
            best = np.round(truth, _DECISIVE).argmax(1)
            truth = np.zeros_like(truth)
            truth[np.arange(problem.pieces), best] = 1.0
        counts = np.full((workers * tags, tags), 0.1)
        np.add.at(counts, row, problem.counts(truth))
        matrix = counts.reshape(workers, tags, tags)
        logs = np.log(matrix / matrix.sum(1, keepdims=True)).reshape(workers * tags, tags)
        scores = problem.evidence(logs[row]) + np.log(truth.mean(0) + 1e-9)
        scores = np.exp(scores - scores.max(1, keepdims=True))
        truth = problem.fixed(scores / scores.sum(1, keepdims=True))
    return truth


def automatic(
    answers: Answers,
    *,
    texts: Mapping[str, str] | None = None,
    labels: Sequence[str] = (),
    gold: Mapping[str, Sequence[Span]] | None = None,
    anchors: SpanWorkers | None = None,
) -> SpanResult:
    """`sequential` where enough is known of the workers, else `clusters`; workers are measured in both cases.

    Enough are 100 spans that workers gave in this batch and in those the anchors know.
    """
    given = sum(len(set(spans)) for workers in by_object(answers).values() for spans in workers.values())
    learned = sequential(answers, texts=texts, labels=labels, gold=gold, anchors=anchors)
    known = sum(
        count
        for chain in (anchors.tags if anchors else {}).values()
        for cells in chain.values()
        for (_before, tag, _truth), count in cells.items()
        if tag.startswith("B ")
    )
    if given + known >= _ENOUGH_ANSWERS:
        return learned
    return replace(clusters(answers, texts=texts, labels=labels, gold=gold), workers=learned.workers)


METHODS: dict[str, Callable[..., SpanResult]] = {
    "automatic": automatic,
    "sequential": sequential,
    "clusters": clusters,
    "token-dawid-skene": token_dawid_skene,
    "token-hard-em": token_hard_em,
}
DEFAULT_METHOD = "automatic"
