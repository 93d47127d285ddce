"""A chain of tags over the pieces of texts, and what workers' tags tell of it. NumPy.

`span_models` says what pieces, tags and chains are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.span_workers import SpanWorkers
from truthkit_core.consolidation.spans import Span

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strengths:
    """The sequential model's numbers; docs/consolidation.md tells how they were chosen."""

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


@dataclass(slots=True)
class Problem:
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
    ) -> Problem:
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
class Passed:
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


def _forward_backward(problem: Problem, evidence: Floats, moves: Floats, start: Floats) -> Passed:
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
    return Passed(forward, backward, likelihood, scale, moves, pairs)


@dataclass(slots=True)
class Sequential:
    """The model of one chain.

    A worker's tag depends on the true tag and on the worker's tag before; the true tag on the true tag before. Rows of
    all tables have Dirichlet priors; the worker's are centred on all workers' table and on the worker's own without the
    tag before. Variational Bayes: expected logarithms instead of logarithms of expectations.

    Source: Simpson and Gurevych, A Bayesian Approach for Sequence Tagging with Crowds, EMNLP 2019 (BSC-seq, without
    words); the shrunk prior is ours.
    """

    problem: Problem
    strengths: Strengths
    anchors: Floats
    anchor_moves: Floats
    anchor_start: Floats

    @classmethod
    def of(cls, problem: Problem, strengths: Strengths, anchors: SpanWorkers | None, chain: str) -> Sequential:
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

    def run(self) -> Passed:
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
        self, passed: Passed
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


def posteriors(problem: Problem, passed: Passed, spans: Mapping[str, Iterable[Span]]) -> dict[str, dict[Span, float]]:
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
