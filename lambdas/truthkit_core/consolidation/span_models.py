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

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.spans import DEFAULT_THRESHOLD, ConsolidatedSpan, Span, consolidate_spans, jaccard

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Answers = Mapping[str, Mapping[str, Sequence[Span]]]

_DEPTH = 3
_DECISIVE = 9
# Spans of a label that overlap so much back each other.
_BACKING_OVERLAP = 0.25


@dataclass(frozen=True, slots=True)
class Strengths:
    """The sequential model's numbers; `benchmarks/kinds/spans.py` tells how they were chosen."""

    rounds: int = 5
    """Rounds of expectation and maximization: more fit the answers better and the truth worse."""
    flat: float = 0.1
    """Pieces' worth of weight for every tag a worker may give."""
    right: float = 2.0
    """The same for the right tag alone."""
    pooled: float = 5.0
    """Pieces' worth of weight for how all workers together err, given the worker's previous tag."""
    own: float = 8.0
    """The same for how the worker errs whatever the previous tag."""
    transition: float = 1.0
    """Pieces' worth of weight for every pair of tags that may follow each other."""


DEFAULT = Strengths()

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

    ``confidence`` is the mean of the spans' ones, or how sure it is that there is none. ``problems`` tells what did not
    count.
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
class SpanWorkers:
    """What was learned of the workers, as counts.

    ``tags[chain][worker]`` maps (previous tag, given tag, true tag) to pieces; ``moves[chain]`` maps (tag, next tag) of
    the truth to pieces, "" for the start of a text. Tags are "O", "B label" and "I label"; a chain is all labels
    together or one, and its depth. ``agreement[worker]`` is twice the agreeing spans, and all that were compared.
    """

    tags: Mapping[str, Mapping[str, Mapping[tuple[str, str, str], float]]] = field(default_factory=dict)
    moves: Mapping[str, Mapping[tuple[str, str], float]] = field(default_factory=dict)
    agreement: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def merged(self, other: SpanWorkers) -> SpanWorkers:
        """Both together: the sums of their counts."""
        tags = {
            chain: {
                worker: _sum(self.tags.get(chain, {}).get(worker, {}), other.tags.get(chain, {}).get(worker, {}))
                for worker in sorted({*self.tags.get(chain, {}), *other.tags.get(chain, {})})
            }
            for chain in sorted({*self.tags, *other.tags})
        }
        moves = {
            chain: _sum(self.moves.get(chain, {}), other.moves.get(chain, {}))
            for chain in sorted({*self.moves, *other.moves})
        }
        agreement = dict(self.agreement)
        for worker, (agreed, compared) in other.agreement.items():
            mine = agreement.get(worker, (0.0, 0.0))
            agreement[worker] = (mine[0] + agreed, mine[1] + compared)
        return SpanWorkers(tags, moves, agreement)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "kind": "spans",
            "tags": {
                chain: {worker: [[*cell, round(n, 4)] for cell, n in cells.items()] for worker, cells in of.items()}
                for chain, of in self.tags.items()
            },
            "moves": {chain: [[*cell, round(n, 4)] for cell, n in of.items()] for chain, of in self.moves.items()},
            "agreement": {worker: [round(a, 4), round(b, 4)] for worker, (a, b) in self.agreement.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SpanWorkers:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if (value["version"], value["kind"]) != (1, "spans"):
                raise ValueError(f"version {value['version']} of {value['kind']} is not known")
            return cls(
                {
                    chain: {
                        worker: {(str(p), str(t), str(j)): _count(n) for p, t, j, n in cells}
                        for worker, cells in of.items()
                    }
                    for chain, of in value["tags"].items()
                },
                {chain: {(str(a), str(b)): _count(n) for a, b, n in of} for chain, of in value["moves"].items()},
                {worker: (_count(a), _count(b)) for worker, (a, b) in value["agreement"].items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"these are not workers of spans: {error!r}") from None


def _count(value: Any) -> float:
    count = float(value)
    if not 0.0 <= count < float("inf"):
        raise ValueError(f"{value} is no count")
    return count


def _sum(one: Mapping[Any, float], other: Mapping[Any, float]) -> dict[Any, float]:
    found = dict(one)
    for cell, number in other.items():
        found[cell] = found.get(cell, 0.0) + number
    return found


@dataclass(frozen=True, slots=True)
class SpanResult:
    """Every text's spans, and what was learned of the workers (None for methods that learn nothing)."""

    objects: dict[str, SpanLabel]
    workers: SpanWorkers | None = None


# --- what was given ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Given:
    """Answers that count (distinct spans by object and worker), the label list, and what does not count."""

    answers: dict[str, dict[str, list[Span]]]
    labels: list[str]
    problems: dict[str, list[str]]
    gold: dict[str, list[Span]]


def _checked(
    answers: Answers,
    texts: Mapping[str, str] | None,
    labels: Sequence[str],
    gold: Mapping[str, Sequence[Span]] | None,
) -> _Given:
    """Spans that can be: in the text, not empty, not through a character, of a listed label. Blanks at ends go."""
    found: dict[str, dict[str, list[Span]]] = {}
    problems: dict[str, list[str]] = {}
    listed = set(labels)
    for name, given in answers.items():
        text = _Units.of(texts[name]) if texts and name in texts else None
        notes: list[str] = []
        found[name] = {}
        for worker in sorted(given):
            kept: dict[Span, None] = {}
            for span in given[worker]:
                problem, fitted = _fitted(span, text, listed)
                if problem:
                    notes.append(f"{worker}: {span.label!r} from {span.start} to {span.end} {problem}")
                else:
                    kept[fitted] = None
            found[name][worker] = sorted(kept)
        problems[name] = notes
    known: dict[str, list[Span]] = {}
    for name, spans in (gold or {}).items():
        if name in found:
            text = _Units.of(texts[name]) if texts and name in texts else None
            fitted_gold = [_fitted(span, text, set())[1] for span in spans]
            known[name] = sorted(set(fitted_gold))
    used = {span.label for given in found.values() for spans in given.values() for span in spans}
    used |= {span.label for spans in known.values() for span in spans}
    order = [label for label in dict.fromkeys(labels) if label in used]
    return _Given(found, order + sorted(used - set(order)), problems, known)


@dataclass(frozen=True, slots=True)
class _Units:
    """A text in UTF-16 units: how many, which are blank, and which are the second half of a character."""

    length: int
    blank: frozenset[int]
    second: frozenset[int]

    @classmethod
    def of(cls, text: str) -> _Units:
        blank, second, at = set(), set(), 0
        for char in text:
            if char.isspace():
                blank.add(at)
            at += 1
            if char > "\uffff":
                second.add(at)
                at += 1
        return cls(at, frozenset(blank), frozenset(second))


def _fitted(span: Span, text: _Units | None, listed: set[str]) -> tuple[str, Span]:
    """What is wrong with the span, or nothing; and the span without blanks at its ends."""
    if not 0 <= span.start < span.end:
        return "is empty or starts before the text", span
    if listed and span.label not in listed:
        return "has a label that is none of the list", span
    if text is None:
        return "", span
    if span.end > text.length:
        return f"is outside of the text, which has {text.length} units", span
    if span.start in text.second or span.end in text.second:
        return "cuts a character in two", span
    start, end = span.start, span.end
    while start < end and start in text.blank:
        start += 1
    while end > start and end - 1 in text.blank:
        end -= 1
    return ("", Span(start, end, span.label)) if start < end else ("has nothing but blanks", span)


def _chains(given: _Given) -> list[tuple[str, ...]]:
    """The labels that share a chain: all, or each its own where overlaps are meant."""
    for answers in given.answers.values():
        backing: defaultdict[tuple[str, str], int] = defaultdict(int)
        for spans in answers.values():
            for pair in _overlapping(spans):
                backing[pair] += 1
        if any(count >= min(2, len(answers)) for count in backing.values()):
            return [(label,) for label in given.labels]
    if any(_overlapping(spans) for spans in given.gold.values()):
        return [(label,) for label in given.labels]
    return [tuple(given.labels)] if given.labels else []


def _overlapping(spans: Sequence[Span]) -> set[tuple[str, str]]:
    """Pairs of different labels that overlap; spans are ordered by position."""
    found = set()
    open_spans: list[Span] = []
    for span in spans:
        open_spans = [one for one in open_spans if one.end > span.start]
        found |= {tuple(sorted((one.label, span.label))) for one in open_spans if one.label != span.label}
        open_spans.append(span)
    return found  # type: ignore[return-value]


def _layered(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans one over the other: in each layer none overlap; the longest are in the first."""
    layers: list[list[Span]] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one)):
        for layer in layers:
            if all(one.end <= span.start or span.end <= one.start for one in layer):
                layer.append(span)
                break
        else:
            layers.append([span])
    return layers


# --- one chain --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Problem:
    """One chain's answers as numbers. Pieces of all texts stand one after the other; answers are ordered by piece.

    ``piece``, ``cell`` have one entry a worker and piece: the place of the piece, and of (worker, previous tag, tag) in
    ``cells``. Tag 0 is outside, 1 + 2 * label the beginning, 2 + 2 * label the inside.
    """

    labels: tuple[str, ...]
    objects: list[str]
    borders: list[dict[int, int]]
    offset: list[int]
    workers: list[str]
    piece: Ints
    tag: Ints
    cell: Ints
    cells: Ints
    starts: Ints
    lengths: Ints
    pieces: int
    known: Ints

    @property
    def tags(self) -> int:
        return 1 + 2 * len(self.labels)

    @classmethod
    def of(
        cls,
        answers: Mapping[str, Mapping[str, Sequence[Span]]],
        gold: Mapping[str, Sequence[Span]],
        labels: tuple[str, ...],
        known_workers: Iterable[str] = (),
    ) -> _Problem:
        objects = sorted(name for name in answers if answers[name])
        workers = sorted({worker for name in objects for worker in answers[name]} | set(known_workers))
        number = {worker: at for at, worker in enumerate(workers)}
        beginning = {label: 1 + 2 * at for at, label in enumerate(labels)}
        borders, offset, lengths = [], [], []
        piece, tag, before, who = [], [], [], []
        known = []
        pieces = 0
        for name in objects:
            every = [*answers[name].values(), gold.get(name, ())]
            points = sorted({0} | {side for spans in every for span in spans for side in (span.start, span.end)})
            if len(points) == 1:
                points.append(1)
            place = {point: at for at, point in enumerate(points)}
            size = len(points) - 1
            row = np.arange(pieces, pieces + size)
            for worker, spans in answers[name].items():
                tags = _tagged(spans, place, size, beginning)
                piece.append(row)
                tag.append(tags)
                before.append(np.concatenate(([0], tags[:-1])))
                who.append(np.full(size, number[worker]))
            truth = _tagged(gold[name], place, size, beginning) if name in gold else np.full(size, -1)
            known.append(truth)
            borders.append(place)
            offset.append(pieces)
            lengths.append(size)
            pieces += size
        every_piece, every_tag, every_before, every_who = (
            np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64) for parts in (piece, tag, before, who)
        )
        order = np.argsort(every_piece, kind="stable")
        count = 1 + 2 * len(labels)
        keys = ((every_who * count + every_before) * count + every_tag)[order]
        cells, cell = np.unique(keys, return_inverse=True)
        return cls(
            labels,
            objects,
            borders,
            offset,
            workers,
            every_piece[order],
            every_tag[order],
            cell.astype(np.int64),
            cells.astype(np.int64),
            np.array(offset, dtype=np.int64),
            np.array(lengths, dtype=np.int64),
            pieces,
            np.concatenate(known) if known else np.zeros(0, dtype=np.int64),
        )

    def tag_names(self) -> list[str]:
        return ["O", *(f"{side} {label}" for label in self.labels for side in "BI")]

    def shares(self) -> Floats:
        """The vote's shares of the tags, shape (pieces, tags)."""
        votes = np.bincount(self.piece * self.tags + self.tag, minlength=self.pieces * self.tags)
        table = votes.reshape(self.pieces, self.tags) + 1e-3
        return self.fixed(table / table.sum(1, keepdims=True))

    def fixed(self, table: Floats) -> Floats:
        """With what gold knows."""
        at = np.flatnonzero(self.known >= 0)
        table[at] = 0.0
        table[at, self.known[at]] = 1.0
        return table

    def evidence(self, logs: Floats) -> Floats:
        """Sums of the answers' log likelihoods, shape (pieces, tags); ``logs`` has shape (cells, tags)."""
        found = np.empty((self.pieces, self.tags))
        for tag in range(self.tags):
            found[:, tag] = np.bincount(self.piece, weights=logs[self.cell, tag], minlength=self.pieces)
        at = np.flatnonzero(self.known >= 0)
        kept = found[at, self.known[at]]
        found[at] = -1e4
        found[at, self.known[at]] = kept
        return found

    def counts(self, table: Floats) -> Floats:
        """Expected answers by cell and true tag."""
        found = np.empty((len(self.cells), self.tags))
        for tag in range(self.tags):
            found[:, tag] = np.bincount(self.cell, weights=table[self.piece, tag], minlength=len(self.cells))
        return found


def _tagged(spans: Iterable[Span], place: Mapping[int, int], size: int, beginning: Mapping[str, int]) -> Ints:
    tags = np.zeros(size, dtype=np.int64)
    for span in spans:
        start, end = place[span.start], place[span.end]
        tags[start] = beginning[span.label]
        tags[start + 1 : end] = beginning[span.label] + 1
    return tags


def _allowed(tags: int) -> NDArray[np.bool_]:
    """Which tag may follow which: an inside only its own beginning or inside."""
    table = np.ones((tags, tags), dtype=bool)
    for inside in range(2, tags, 2):
        table[:, inside] = False
        table[[inside - 1, inside], inside] = True
    return table


def _digamma(values: Floats) -> Floats:
    """Derivative of the logarithm of the gamma function, for positive values; error below 1e-10."""
    x = np.array(values, dtype=np.float64)
    shift = np.zeros_like(x)
    for _ in range(6):
        low = x < 6.0
        shift[low] -= 1.0 / x[low]
        x[low] += 1.0
    inverse = 1.0 / (x * x)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    found: Floats = shift + np.log(x) - 0.5 / x - series
    return found


@dataclass(frozen=True, slots=True)
class _Passed:
    """What forward–backward found: scaled messages, shape (pieces, tags), and the expected pairs of tags."""

    forward: Floats
    backward: Floats
    likelihood: Floats
    scale: Floats
    moves: Floats
    pairs: Floats

    @property
    def truth(self) -> Floats:
        return self.forward * self.backward


def _forward_backward(problem: _Problem, evidence: Floats, moves: Floats, start: Floats) -> _Passed:
    """All texts at once, piece by piece; the longest first, so that those still running are a slice."""
    likelihood = np.exp(evidence - evidence.max(1, keepdims=True))
    forward, backward = np.empty_like(likelihood), np.empty_like(likelihood)
    scale = np.empty(problem.pieces)
    order = np.argsort(-problem.lengths, kind="stable")
    starts, lengths = problem.starts[order], problem.lengths[order]
    longest = int(lengths[0])
    running = np.searchsorted(-lengths, -np.arange(longest + 1), side="left")
    for step in range(longest):
        at = starts[: running[step]] + step
        message = (start if step == 0 else forward[at - 1] @ moves) * likelihood[at]
        total = message.sum(1)
        forward[at] = message / total[:, None]
        scale[at] = total
    for step in range(longest - 1, -1, -1):
        backward[starts[: running[step]] + step] = 1.0
        after = starts[: running[step + 1]] + step + 1
        if len(after):
            backward[after - 1] = (likelihood[after] * backward[after] / scale[after][:, None]) @ moves.T
    inner = np.ones(problem.pieces, dtype=bool)
    inner[problem.starts] = False
    later = np.flatnonzero(inner)
    pairs = moves * (forward[later - 1].T @ (likelihood[later] * backward[later] / scale[later][:, None]))
    return _Passed(forward, backward, likelihood, scale, moves, pairs)


@dataclass(slots=True)
class _Sequential:
    """The model of one chain.

    A worker's tag depends on the true tag and on the worker's tag before; the true tag on the true tag before. Rows of
    all tables have Dirichlet priors; the worker's are centred on all workers' table and on the worker's own without the
    tag before. Variational Bayes: expected logarithms instead of logarithms of expectations.

    Source: Simpson and Gurevych, A Bayesian Approach for Sequence Tagging with Crowds, EMNLP 2019 (BSC-seq, without
    words); the shrunk prior is ours.
    """

    problem: _Problem
    strengths: Strengths
    anchors: Floats
    anchor_moves: Floats
    anchor_start: Floats

    @classmethod
    def of(cls, problem: _Problem, strengths: Strengths, anchors: SpanWorkers | None, chain: str) -> _Sequential:
        """Cells that only the anchors know join the problem's, so that they are in all sums."""
        tags = problem.tags
        number = {worker: at for at, worker in enumerate(problem.workers)}
        place = {name: at for at, name in enumerate(problem.tag_names())}
        known: dict[int, Floats] = {}
        for worker, cells in (anchors.tags.get(chain, {}) if anchors else {}).items():
            for (before, tag, truth), count in cells.items():
                if before in place and tag in place and truth in place:
                    key = (number[worker] * tags + place[before]) * tags + place[tag]
                    known.setdefault(key, np.zeros(tags))[place[truth]] += count
        every = np.unique(np.concatenate((problem.cells, np.array(sorted(known), dtype=np.int64))))
        problem.cell = np.searchsorted(every, problem.cells)[problem.cell]
        problem.cells = every
        counts = np.zeros((len(every), tags))
        for at, key in enumerate(every.tolist()):
            if key in known:
                counts[at] = known[key]
        moves, start = np.zeros((tags, tags)), np.zeros(tags)
        for (one, other), count in (anchors.moves.get(chain, {}) if anchors else {}).items():
            if other in place and not one:
                start[place[other]] += count
            elif other in place and one in place:
                moves[place[one], place[other]] += count
        return cls(problem, strengths, counts, moves, start)

    def run(self) -> _Passed:
        problem, tags = self.problem, self.problem.tags
        truth = problem.shares()
        inner = np.ones(problem.pieces, dtype=bool)
        inner[problem.starts] = False
        later = np.flatnonzero(inner)
        pairs = truth[later - 1].T @ truth[later]
        allowed = _allowed(tags)
        passed = None
        for _ in range(self.strengths.rounds):
            logs = self.logs(problem.counts(truth) + self.anchors, allowed)
            start_counts = truth[problem.starts].sum(0) + self.anchor_start
            moves = self.expected(pairs + self.anchor_moves, allowed)
            start = self.expected(start_counts[None, :], allowed[:1])[0]
            passed = _forward_backward(problem, problem.evidence(logs), moves, start)
            truth, pairs = passed.truth, passed.pairs
        assert passed is not None
        return passed

    def expected(self, counts: Floats, allowed: NDArray[np.bool_]) -> Floats:
        weights = np.where(allowed, counts + self.strengths.transition, 1e-9)
        return np.asarray(np.exp(_digamma(weights) - _digamma(weights.sum(1, keepdims=True))), dtype=np.float64)

    def logs(self, counts: Floats, allowed: NDArray[np.bool_]) -> Floats:
        """Expected log probabilities of each cell's tag, given the previous tag of the worker and the true tag."""
        strengths, tags = self.strengths, self.problem.tags
        workers = len(self.problem.workers)
        worker, rest = np.divmod(self.problem.cells, tags * tags)
        before, tag = np.divmod(rest, tags)
        # Who was outside can only begin where the truth is inside.
        right = np.where(allowed, np.arange(tags)[None, :], np.arange(tags)[None, :] - 1)
        prior = np.where(allowed[:, :, None], strengths.flat, 1e-6) * np.ones(tags)
        for previous in range(tags):
            prior[previous, right[previous], np.arange(tags)] += strengths.right
        pooled = np.zeros((tags * tags, tags))
        np.add.at(pooled, before * tags + tag, counts)
        table = pooled.reshape(tags, tags, tags)
        pooled_rows = (table + prior) / (table + prior).sum(1, keepdims=True)
        pooled_plain = table.sum(0) + strengths.flat
        pooled_plain = pooled_plain / pooled_plain.sum(0)
        own = np.zeros((workers * tags, tags))
        np.add.at(own, worker * tags + tag, counts)
        of_worker = own.reshape(workers, tags, tags)
        of_worker = (of_worker + strengths.pooled * pooled_plain) / (of_worker.sum(1, keepdims=True) + strengths.pooled)
        own_rows = of_worker[worker, tag]
        follows = np.minimum(tag + 1, tags - 1)
        moved = (tag % 2 == 1) & ~allowed[before, follows]
        own_rows = own_rows + np.where(moved[:, None], of_worker[worker, follows], 0.0)
        weight = prior[before, tag] + strengths.pooled * pooled_rows[before, tag] + strengths.own * own_rows
        totals = np.zeros((workers * tags, tags))
        np.add.at(totals, worker * tags + before, counts)
        row = totals[worker * tags + before] + prior.sum(1)[before] + strengths.pooled + strengths.own
        return _digamma(counts + weight) - _digamma(row)

    def learned(
        self, passed: _Passed
    ) -> tuple[dict[str, dict[tuple[str, str, str], float]], dict[tuple[str, str], float]]:
        """What this batch alone taught: for `SpanWorkers.tags` and `SpanWorkers.moves`."""
        problem, tags, names = self.problem, self.problem.tags, self.problem.tag_names()
        counts = problem.counts(passed.truth)
        found: dict[str, dict[tuple[str, str, str], float]] = {}
        at, truth = np.nonzero(counts > 1e-4)
        for row, true in zip(at.tolist(), truth.tolist(), strict=True):
            worker, rest = divmod(int(problem.cells[row]), tags * tags)
            before, tag = divmod(rest, tags)
            cells = found.setdefault(problem.workers[worker], {})
            cells[names[before], names[tag], names[true]] = float(counts[row, true])
        moves = {
            (names[one], names[other]): float(passed.pairs[one, other])
            for one, other in np.argwhere(passed.pairs > 1e-4).tolist()
        }
        start = passed.truth[problem.starts].sum(0)
        moves |= {("", names[tag]): float(start[tag]) for tag in np.flatnonzero(start > 1e-4).tolist()}
        return found, moves


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
        many = _MANY[0] + _MANY[1] * odds
        exact, near = (
            _logit((share * self.answers + 0.5) / (self.answers + 1), 0.0) for share in (self.exact, self.near)
        )
        by_votes = _FEW[0] + _FEW[1] * odds + _FEW[2] * exact + _FEW[3] * near
        return float(1.0 / (1.0 + np.exp(-(few * by_votes + (1 - few) * many))))


def _few(answers: Answers) -> float:
    """1 where texts have three answers or fewer, 0 where they have five or more; texts count by their answers.

    It goes by all texts together: with so few answers a text the workers' errors cannot be learned from each other.
    """
    sizes = [len(given) for given in answers.values()]
    usual = sum(size * size for size in sizes) / max(sum(sizes), 1)
    return min(max((5.0 - usual) / 2, 0.0), 1.0)


def _logit(share: float, least: float) -> float:
    share = min(max(share, least), 1.0 - least)
    return float(np.log(share / (1.0 - share)))


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


def _posteriors(
    problem: _Problem, passed: _Passed, spans: Mapping[str, Iterable[Span]]
) -> dict[str, dict[Span, float]]:
    """Probability that the truth has just this span: forward message, the tags of the span, and no inside after it."""
    rows = [
        (
            name,
            span,
            problem.offset[at] + problem.borders[at][span.start],
            problem.offset[at] + problem.borders[at][span.end],
        )
        for at, name in enumerate(problem.objects)
        for span in spans.get(name, ())
    ]
    if not rows:
        return {}
    place = {label: at for at, label in enumerate(problem.labels)}
    first = np.array([row[2] for row in rows])
    after = np.array([row[3] for row in rows])
    begin = np.array([1 + 2 * place[row[1].label] for row in rows])
    inside = begin + 1
    moves, scale = passed.moves, passed.scale
    steps = np.log(np.maximum(passed.likelihood, 1e-30)) - np.log(scale)[:, None]
    steps = steps + np.log(np.maximum(np.diag(moves), 1e-300))
    sums = np.vstack((np.zeros(problem.tags), np.cumsum(steps, axis=0)))
    found = passed.forward[first, begin]
    longer = after - first > 1
    second = np.where(longer, first + 1, first)
    entered = found * moves[begin, inside] * passed.likelihood[second, inside] / scale[second]
    stayed = np.exp(np.where(longer, sums[after, inside] - sums[np.minimum(second + 1, after), inside], 0.0))
    found = np.where(longer, entered * stayed, found)
    last = np.where(longer, inside, begin)
    ends = np.zeros(problem.pieces + 1, dtype=bool)
    ends[problem.starts] = True
    ends[problem.pieces] = True
    next_piece = np.minimum(after, problem.pieces - 1)
    onward = moves[last] * passed.likelihood[next_piece] * passed.backward[next_piece] / scale[next_piece][:, None]
    leaving = onward.sum(1) - onward[np.arange(len(rows)), inside]
    found = np.where(ends[after], found, found * leaving)
    result: dict[str, dict[Span, float]] = defaultdict(dict)
    for (name, span, *_), value in zip(rows, np.clip(found, 0.0, 1.0).tolist(), strict=True):
        result[name][span] = value
    return result


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
    given = _checked(answers, texts, labels, gold)
    found = {}
    for name, spans in given.answers.items():
        if name in given.gold:
            found[name] = _gold_label(given, name)
        elif not spans:
            found[name] = _unanswered(given, name)
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


def _unanswered(given: _Given, name: str) -> SpanLabel:
    return SpanLabel(None, 0.0, (*given.problems[name], "nobody answered"))


def _gold_label(given: _Given, name: str) -> SpanLabel:
    backing = _backing(given.answers[name])
    spans = [ConsolidatedSpan(s.start, s.end, s.label, backing.get(s, 0), 1.0) for s in given.gold[name]]
    return SpanLabel(tuple(spans), 1.0, tuple(given.problems[name]))


@dataclass(slots=True)
class _Layer:
    """What one chain has of every text; ``name`` is its labels and depth."""

    name: str
    labels: tuple[str, ...]
    answers: dict[str, dict[str, list[Span]]]
    gold: dict[str, list[Span]]


def _layers(given: _Given) -> list[_Layer]:
    found = []
    chains = _chains(given)
    for labels in chains:
        chain = "together" if len(chains) == 1 else f"alone {labels[0]}"
        layers = [_Layer(f"{chain} {depth}", labels, {}, {}) for depth in range(_DEPTH)]
        for name, answers in given.answers.items():
            split = {
                worker: _layered(span for span in spans if span.label in labels) for worker, spans in answers.items()
            }
            truth = _layered(span for span in given.gold.get(name, ()) if span.label in labels)
            depth = max(map(len, [truth, *split.values()]), default=0)
            for level in range(min(max(depth, 1), _DEPTH)):
                layers[level].answers[name] = {
                    worker: sorted(parts[level]) if level < len(parts) else [] for worker, parts in split.items()
                }
                if name in given.gold:
                    layers[level].gold[name] = truth[level] if level < len(truth) else []
            for worker, parts in split.items():
                given.problems[name] += [
                    f"{worker}: {span.label!r} from {span.start} to {span.end} lies over {_DEPTH} others"
                    for layer in parts[_DEPTH:]
                    for span in layer
                ]
        found += [layer for level, layer in enumerate(layers) if level == 0 or layer.answers]
    return found


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
    given = _checked(answers, texts, labels, gold)
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
    for layer in _layers(given):
        known = anchors.tags.get(layer.name, {}) if anchors else {}
        problem = _Problem.of(layer.answers, layer.gold, layer.labels, known)
        if not problem.pieces:
            continue
        model = _Sequential.of(problem, strengths, anchors, layer.name)
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
        elif not spans:
            found[name] = _unanswered(given, name)
        else:
            best: dict[Span, ConsolidatedSpan] = {}
            for kept_span in sorted(kept[name]):
                best[Span(kept_span.start, kept_span.end, kept_span.label)] = kept_span
            ordered = tuple(sorted(best.values()))
            sure = sum(one.confidence for one in ordered) / len(ordered) if ordered else 1.0 - highest[name]
            found[name] = SpanLabel(ordered, sure, tuple(given.problems[name]))
    return SpanResult(found, SpanWorkers(tags, moves, agreement))


def _candidates(
    layer: _Layer, problem: _Problem, passed: _Passed, weights: Mapping[str, float], usual: float, few: float
) -> dict[str, list[_Candidate]]:
    """Of every text the spans that may be, with their backing."""
    spans = {
        name: _pairs(span for given in answers.values() for span in given) for name, answers in layer.answers.items()
    }
    found: dict[str, list[_Candidate]] = {}
    for name, posteriors in _posteriors(problem, passed, spans).items():
        answers = layer.answers[name]
        total = sum(weights.get(worker, usual) for worker in answers)
        backing: defaultdict[Span, list[str]] = defaultdict(list)
        for worker, given in answers.items():
            for span in given:
                backing[span].append(worker)
        found[name] = []
        for span, posterior in posteriors.items():
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
    given = _checked(answers, texts, labels, gold)
    kept: defaultdict[str, list[ConsolidatedSpan]] = defaultdict(list)
    sure: defaultdict[str, float] = defaultdict(lambda: 1.0)
    for layer in _layers(given):
        problem = _Problem.of(layer.answers, layer.gold, layer.labels)
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
        elif not spans:
            found[name] = _unanswered(given, name)
        else:
            every = tuple(sorted({(one.start, one.end, one.label): one for one in kept[name]}.values()))
            confidence = sum(one.confidence for one in every) / len(every) if every else sure[name]
            found[name] = SpanLabel(every, confidence, tuple(given.problems[name]))
    return SpanResult(found)


def token_hard_em(answers: Answers, **options: Any) -> SpanResult:
    """`token_dawid_skene` with ``hard``."""
    return token_dawid_skene(answers, hard=True, **options)


def _dawid_skene(problem: _Problem, hard: bool, rounds: int) -> Floats:
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
    given = sum(len(set(spans)) for workers in answers.values() for spans in workers.values())
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
