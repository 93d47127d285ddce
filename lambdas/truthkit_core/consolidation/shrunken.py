"""The default class model: Dawid–Skene with shrunk matrices, as sums over answers.

Every round is two steps. `Batch.counts` takes what all answers together taught of the workers (a `WorkerModel`), says
how likely each class is for the batch's objects, and gives the batch's own expected counts. The sum of all batches'
counts is the next round's model. Counts are multiples of a small number and so are the logarithms that are added up;
sums are exact, and batches give bit by bit what all answers at once give, however they are cut.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.class_answers import ClassAnswers, ClassResult
from truthkit_core.consolidation.worker_model import Floats, Ints, WorkerModel, on_grid
from truthkit_core.consolidation.worker_variety import shares_of_their_own, sharper_by_spread

BLOCKS = (125_000, 1_000_000)
"""About so many answers, at least and at most, are unfolded together, to the same result: as many as there may be
cells. Few stay in the processor's cache; many are needed where adding up cells would be most of the work."""
FLAGS = 50_000_000
"""Up to so many possible cells their numbers are found by marking, above by sorting."""

# Logarithms are multiples of this before they are added up.
_FINE = 2.0**-30
# By how much of a log probability the winner leads where the confidence alone would have it otherwise.
_AHEAD = 1e-6


@dataclass(frozen=True, slots=True)
class Strengths:
    """The default model's numbers. `benchmarks/consolidation.py --choose` chooses them: by ten data sets, each left out
    once; the plateau is wide."""

    shrinkage: float = 2.0
    """Answers' worth of weight that a row of a worker's matrix gives to the two matrices below."""
    one_coin_share: float = 0.6
    """The part of it for the worker's own one-coin matrix; the rest is for the matrix of all workers together."""
    matrix_alike: float = 0.2
    """Where workers err alike, ``shrinkage`` is this share of the answers that would show one of them as different."""
    accuracy_alike: float = 0.05
    """The same for ``accuracy_weight``."""
    most_alike: float = 150.0
    """Neither becomes more than this."""
    flat: float = 0.7
    """Answers' worth of weight for every cell of a row, so that nothing is impossible."""
    flat_classes: float = 10.0
    """With more classes than these the cells of a row share the weight of so many."""
    diagonal: float = 0.5
    """The same for the right class alone."""
    accuracy_weight: float = 2.0
    """Answers' worth of weight of all workers' accuracy in a worker's own."""
    start: float = 0.75
    """What is believed of all workers' accuracy before anything is seen."""
    start_weight: float = 10.0
    """Answers' worth of weight of ``start``; and of all workers' accuracy in a row of the matrix of all together."""
    class_weight: float = 10.0
    """Objects' worth of weight of every class before any is seen."""
    rounds: int = 6
    """Rounds of expectation and maximization: more fit the answers better and the truth worse."""
    correlation: float = 0.2
    """For the winner: how much those who chose the same for an object err together. n of them weigh as much as
    n / (1 + (n - 1) * correlation)."""
    class_power: float = 0.7
    """For the winner: the power of how common a class is."""
    doubtful_correlation: float = 0.65
    """For the confidence: the same as ``correlation``, the surest worker first."""
    doubtful_class_power: float = 0.3
    """For the confidence: the same as ``class_power``."""
    sharpness: float = 0.9
    """For the confidence: the power of all evidence."""
    doubt: float = 0.1
    """For the confidence: answers' worth of doubt in every object, spread over all classes."""
    skill_sharpness: float = 4.0
    """For the confidence: how much sharper it is by how much more workers differ in accuracy (standard deviation) than
    ``skill_spread``. Where some are plainly better than others, what the better agree on is no common error; where all
    seem alike, nothing tells skill from mistakes that all make."""
    skill_spread: float = 0.12


DEFAULT = Strengths()


def shrunken_dawid_skene(
    answers: ClassAnswers,
    *,
    gold: Mapping[str, str] | None = None,
    anchors: WorkerModel | None = None,
    strengths: Strengths = DEFAULT,
) -> ClassResult:
    """The default: Dawid–Skene with shrunk matrices over the classes that were chosen, and calibrated probabilities.

    Args:
        gold: known classes by item: fixed truth, which workers are measured by. Items without answers are ignored.
        anchors: workers as other batches knew them. `ClassResult.workers` is what these answers alone add.

    A row of a worker's matrix gets `Strengths.shrinkage` answers from the worker's one-coin matrix and the matrix of
    all workers together (more where workers differ by no more than chance: then it becomes the vote), ``flat`` for
    every cell and ``diagonal`` for the right one. Of an object that one worker has answered nothing is learned about
    the worker, unless gold knows it. In the last step those who chose
    the same for an object count as witnesses who may err together: for the winner each of n weighs
    1 / (1 + (n - 1) ``correlation``); for its confidence the surest weighs 1 and every further one less, so that one
    more who agrees adds to it. Where the two disagree the winner stays, with no more than even odds.

    Raises ValueError if ``gold`` or ``anchors`` name a class that is none of ``answers.classes``.
    """
    batch = Batch.of(answers, gold=gold, strengths=strengths)
    if not len(answers):
        return batch.result(None)
    others = batch.known(anchors)
    own = batch.start()
    for _ in range(strengths.rounds - 1):
        own = batch.round(own.plus(others), batch.model(own, anchors))
    return batch.labels(own.plus(others), batch.model(own), batch.model(own, anchors))


def shrunken_dawid_skene_in_batches(
    batches: Sequence[ClassAnswers],
    *,
    gold: Mapping[str, str] | None = None,
    anchors: WorkerModel | None = None,
    strengths: Strengths = DEFAULT,
) -> list[ClassResult]:
    """The same labels as `shrunken_dawid_skene` of all answers together, a batch in memory at a time.

    Args:
        batches: all answers to an object are in one of them; all have the same ``classes``. It is gone through
            ``strengths.rounds`` + 1 times; a sequence may read a batch anew each time.

    Returns:
        The batches' results, whose ``workers`` is what all batches together taught.
    """
    total = WorkerModel.total(Batch.of(one, gold=gold, strengths=strengths).votes() for one in batches)
    for _ in range(strengths.rounds - 1):
        known = total if anchors is None else total.merged(anchors)
        total = WorkerModel.total(Batch.of(one, gold=gold, strengths=strengths).counts(known) for one in batches)
    known = total if anchors is None else total.merged(anchors)
    results = [Batch.of(one, gold=gold, strengths=strengths).result(known) for one in batches]
    return [replace(result, workers=total) for result in results]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Expected counts in a batch's numbers; all are sums over answers, exact."""

    cells: Floats
    """By cell (worker, truth, label) that the batch can have."""
    rows: Floats
    """By (worker, truth) of such cells."""
    pooled: Floats
    """By truth and label, of all workers."""
    good: Floats
    """By worker: right answers."""
    given: Floats
    """By worker: answers."""
    objects: Floats
    """By class."""

    def plus(self, other: _Sums | None) -> _Sums:
        if other is None:
            return self
        return _Sums(
            self.cells + other.cells,
            self.rows + other.rows,
            self.pooled + other.pooled,
            self.good + other.good,
            self.given + other.given,
            self.objects + other.objects,
        )


@dataclass(frozen=True, slots=True)
class _Learned:
    """One round's workers and classes."""

    logs: Floats
    """Log probability of a cell's label, by cell."""
    wrong: Floats
    """Log probability of one certain wrong answer, by worker."""
    prior: Floats
    """Probability of a class."""
    class_logs: Floats
    """Its logarithm."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells (worker, truth, label) that occur, numbered by ascending key."""

    keys: Ints
    row: Ints
    """By cell: the number of its (worker, truth)."""
    row_keys: Ints
    pair: Ints
    """By cell: truth * K + label."""
    worker: Ints
    right: NDArray[np.bool_]
    """By cell: whether truth and label are the same."""

    @classmethod
    def of(cls, keys: Ints, classes: int) -> _Cells:
        rows = keys // max(classes, 1)
        starts = _starts(rows)
        row = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(rows)))
        pair = keys % max(classes * classes, 1)
        return cls(keys, row, rows[starts], pair, rows // max(classes, 1), pair % (classes + 1) == 0)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some items and all answers to them, unfolded: an entry is a class that an item may be (somebody chose it, or gold
    says so); a term is an answer seen from an entry of its item. Answers are in the order of their entries, terms in
    the order of entries and then of answers. Places are 32 bits wide where there is one a term."""

    entry_item: Ints
    entry_class: Ints
    entry_group: Ints
    """By entry: the number of its item among those of the block."""
    group_start: Ints
    """By such an item: its first entry."""
    chosen: Floats
    """By entry: how many chose it."""
    gold: Ints
    """The entries of known classes."""
    fixed: NDArray[np.bool_]
    """By entry: whether its item's class is known; empty where none is."""
    alone: Ints
    """The entries of items that have one answer and no known class."""
    worker: Ints
    """By answer."""
    own_entry: Ints
    """By answer: the entry of the class that it names; ascends."""
    own_term: Ints
    """By answer: the term in which it is seen from that entry."""
    term_answer: NDArray[np.int32]
    term_entry: NDArray[np.int32]
    term_cell: NDArray[np.int32] | Ints
    """By term: its cell's number, at first its cell's key."""

    @classmethod
    def of(cls, item: Ints, worker: Ints, label: Ints, gold: Mapping[int, int], classes: int) -> _Block:
        size = max(classes, 1)
        keys = item * size + label
        order = np.argsort(keys, kind="stable")
        keys, worker = keys[order], worker[order]
        here = set(item.tolist()) if gold else set()
        gold_keys = np.array([one * size + known for one, known in gold.items() if one in here], dtype=np.int64)
        if len(gold_keys):
            entries = np.unique(np.concatenate([keys, gold_keys]))
            own_entry = np.searchsorted(entries, keys)
        else:
            starts = _starts(keys)
            entries = keys[starts]
            own_entry = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(keys)))
        entry_item, entry_class = entries // size, entries % size
        known = np.searchsorted(entries, gold_keys)
        group_start = _starts(entry_item)
        width = np.diff(group_start, append=len(entries))
        entry_group = np.repeat(np.arange(len(width)), width)

        # Every entry has its item's answers as terms.
        answer_group = entry_group[own_entry]
        given = np.bincount(answer_group, minlength=len(width))
        first = np.cumsum(given) - given
        per_entry = given[entry_group]
        entry_start = np.cumsum(per_entry) - per_entry
        term_entry = np.repeat(np.arange(len(entries), dtype=np.int32), per_entry)
        offset = (first[entry_group] - entry_start).astype(np.int32)
        term_answer = np.arange(len(term_entry), dtype=np.int32)
        term_answer += offset[term_entry]
        own_term = entry_start[own_entry] + np.arange(len(keys)) - first[answer_group]

        fixed = np.isin(entry_group, entry_group[known]) if len(known) else np.zeros(0, dtype=bool)
        alone = per_entry == 1
        if len(known):
            alone &= ~fixed
        term_cell = (worker * (size * size) + keys % size)[term_answer]
        term_cell += (entry_class * size)[term_entry]
        return cls(
            entry_item,
            entry_class,
            entry_group,
            group_start,
            np.bincount(own_entry, minlength=len(entries)).astype(np.float64),
            known,
            fixed,
            np.flatnonzero(alone),
            worker,
            own_entry,
            own_term,
            term_answer,
            term_entry,
            term_cell,
        )

    def known(self, truth: Floats) -> Floats:
        """With what is known for sure, by entry."""
        if len(self.gold):
            truth[self.fixed] = 0.0
            truth[self.gold] = 1.0
        return truth

    def compared(self, truth: Floats) -> Floats:
        """What tells of workers: nothing where one has answered and nobody else knows."""
        if not len(self.alone):
            return truth
        told = truth.copy()
        told[self.alone] = 0.0
        return told

    def shares(self) -> Floats:
        """Where the rounds start: the entries' shares of the votes."""
        total = np.maximum(_sums(self.entry_group, self.chosen, len(self.group_start)), 1.0)
        return self.known(on_grid(self.chosen / total[self.entry_group]))

    def truth(self, learned: _Learned) -> Floats:
        """The entries' probabilities; every answer counts in full."""
        scores = _sums(self.term_entry, learned.logs[self.term_cell], len(self.entry_item))
        scores += learned.class_logs[self.entry_class]
        scores -= self.top(scores)[self.entry_group]
        weights = np.exp(scores, out=scores)
        weights /= _sums(self.entry_group, weights, len(self.group_start))[self.entry_group]
        return self.known(on_grid(weights))

    def top(self, scores: Floats) -> Floats:
        """The highest score by item."""
        return np.maximum.reduceat(scores, self.group_start) if len(scores) else scores

    def labels(self, learned: _Learned, by: Strengths) -> tuple[Floats, Ints]:
        """The last step: the entries' probabilities, and every item's winning entry."""
        logs, alike = learned.logs[self.term_cell], self.chosen[self.own_entry]
        weights = 1.0 / (1.0 + (alike - 1.0) * by.correlation)
        winner = self._winners(self._scores(logs, learned, by.class_power, weights))

        weights = _further(self._rank(logs, learned), by.doubtful_correlation)
        # Who agrees with the winner never speaks against it, even who was mostly wrong with that class.
        own = logs[self.own_term]
        agrees = self.own_entry == winner[self.entry_group[self.own_entry]]
        ceiling = np.where(agrees, own, 0.0)
        np.minimum(logs, ceiling[self.term_answer], out=logs)
        scores = self._scores(logs, learned, by.doubtful_class_power, weights)
        top = self.top(scores)
        lost = winner[scores[winner] < top]
        scores[lost] = top[self.entry_group[lost]] + _AHEAD
        top = self.top(scores)
        shares = np.exp(by.sharpness * (scores - top[self.entry_group]))
        power = learned.prior ** (by.sharpness * by.doubtful_class_power)
        groups = len(self.group_start)
        unchosen = np.maximum(power.sum() - _sums(self.entry_group, power[self.entry_class], groups), 0.0)
        answer_group = self.entry_group[self.own_entry]
        rest = _sums(answer_group, _fine(np.minimum(learned.wrong[self.worker], ceiling) * weights), groups)
        # A class that nobody chose is never likelier than the winner.
        ceiling = -np.log(power.max(initial=1e-300))
        others = unchosen * np.exp(np.minimum(by.sharpness * (rest - top), ceiling))
        total = _sums(self.entry_group, shares, groups) + others
        doubt = by.doubt / (np.bincount(answer_group, minlength=groups) + 1.0)
        probability = shares / total[self.entry_group]
        probability += doubt[self.entry_group] * (1.0 / max(len(power), 1) - probability)
        return self.known(probability), winner

    def _scores(self, logs: Floats, learned: _Learned, power: float, weights: Floats) -> Floats:
        """Log scores of the entries: of the class to that power, and of the answers with those weights."""
        terms = logs * weights[self.term_answer]
        scores = _sums(self.term_entry, _fine(terms), len(self.entry_item))
        return scores + _fine(power * np.log(learned.prior))[self.entry_class]

    def _winners(self, scores: Floats) -> Ints:
        """Of every item: the entry with the highest score, the first of equal ones, or gold's."""
        scores[self.gold] = np.inf
        winner = np.zeros(len(self.group_start), dtype=np.int64)
        best = np.flatnonzero(scores == self.top(scores)[self.entry_group])[::-1]
        winner[self.entry_group[best]] = best
        return winner

    def _rank(self, logs: Floats, learned: _Learned) -> Ints:
        """By answer: how many who chose the same are surer, by what the answer says for it and against the others."""
        count = len(self.own_entry)
        own = logs[self.own_term]
        sides = np.diff(self.group_start, append=len(self.entry_item))[self.entry_group[self.own_entry]] - 1
        against = _sums(self.term_answer, logs, count) - own
        against = np.where(sides > 0, against / np.maximum(sides, 1), learned.wrong[self.worker])
        # Within an entry the surest first: answers are in the order of entries already.
        some = np.flatnonzero(self.chosen[self.own_entry] > 1)
        sure = np.rint(np.clip(own[some] - against[some], -60.0, 60.0) / _FINE).astype(np.int64)
        entry = self.own_entry[some]
        order = np.argsort((entry << 37) - sure, kind="stable") if count < 1 << 26 else np.lexsort((-sure, entry))
        first = np.cumsum(self.chosen) - self.chosen
        rank = np.zeros(count, dtype=np.int64)
        rank[some[order]] = some - first.astype(np.int64)[entry]
        return rank


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers, made ready for the rounds: what is the same in all of them is done once."""

    answers: ClassAnswers
    strengths: Strengths
    blocks: list[_Block]
    cells: _Cells

    @classmethod
    def of(
        cls, answers: ClassAnswers, *, gold: Mapping[str, str] | None = None, strengths: Strengths = DEFAULT
    ) -> Batch:
        """Raises ValueError if ``gold`` names a class that is none of ``answers.classes``."""
        known, classes = known_classes(answers, gold or {}), len(answers.classes)
        item, worker, label = answers.item, answers.worker, answers.label
        if len(item) and (item[1:] < item[:-1]).any():
            order = np.argsort(item, kind="stable")
            item, worker, label = item[order], worker[order], label[order]
        ends = [0]
        least, most = BLOCKS
        block = min(max(len(answers.workers) * classes**2, least), most)
        while ends[-1] < len(item):
            last = item[min(ends[-1] + block, len(item)) - 1]
            ends.append(int(np.searchsorted(item, last, side="right")))
        blocks = []
        for start, end in itertools.pairwise(ends):
            part = slice(start, end)
            blocks.append(_Block.of(item[part], worker[part], label[part], known, classes))
        return cls(answers, strengths, *_numbered(blocks, len(answers.workers), classes))

    # --- in names, for many batches ---

    def votes(self) -> WorkerModel:
        """The first round's counts: every object is its classes by the shares of their votes."""
        return self.model(self.start())

    def counts(self, model: WorkerModel) -> WorkerModel:
        """This batch's expected counts, given what all batches (this one too) taught in the round before.

        Raises ValueError if ``model`` knows a class that is none of the batch's.
        """
        return self.model(self.round(self._given(model), model))

    def result(self, model: WorkerModel | None) -> ClassResult:
        """Labels, given what all batches (this one too) taught; ``workers`` is ``model``.

        Raises ValueError if ``model`` knows a class that is none of the batch's.
        """
        known = model if model is not None else WorkerModel.of(self.answers.classes, {}, {})
        return self.labels(self._given(model), known, known)

    # --- in numbers ---

    def known(self, model: WorkerModel | None) -> _Sums | None:
        """A model's counts in this batch's numbers."""
        if model is None:
            return None
        answers, cells = self.answers, self.cells
        classes, workers = len(answers.classes), len(answers.workers)
        _expect_classes(model.classes, set(answers.classes), answers, "anchors")
        place = {name: number for number, name in enumerate(answers.workers)}
        keys, here = model.cells_for(answers.classes, place)
        keys, counts = keys[here], model.counts[here]
        truth_rows = keys // max(classes, 1)
        worker = truth_rows // max(classes, 1)
        right = keys % max(classes * classes, 1) % (classes + 1) == 0
        return _Sums(
            _placed(keys, counts, cells.keys),
            _placed(truth_rows, counts, cells.row_keys),
            model.pairs_for(answers.classes),
            _sums(worker[right], counts[right], workers),
            _sums(worker, counts, workers),
            model.objects_for(answers.classes),
        )

    def _given(self, model: WorkerModel | None) -> _Sums:
        return self.known(model) or self._added([])

    def model(self, sums: _Sums, more: WorkerModel | None = None) -> WorkerModel:
        """Counts by names, and with them those of ``more``."""
        answers = self.answers
        kept = sums.cells > 0
        keys, names = self.cells.keys[kept], tuple(answers.workers)
        order = sorted(range(len(names)), key=names.__getitem__)
        if any(number != place for place, number in enumerate(order)):
            size = max(len(answers.classes) ** 2, 1)
            new = np.empty(len(order), dtype=np.int64)
            new[order] = np.arange(len(order))
            keys = new[keys // size] * size + keys % size
            by_key = np.argsort(keys)
            keys, counts = keys[by_key], sums.cells[kept][by_key]
        else:
            counts = sums.cells[kept]
        found = WorkerModel(tuple(answers.classes), tuple(names[n] for n in order), keys, counts, sums.objects)
        return found if more is None else found.merged(more)

    def start(self) -> _Sums:
        """The expected counts by the shares of the votes."""
        return self._added((block, block.shares()) for block in self.blocks)

    def round(self, sums: _Sums, total: WorkerModel) -> _Sums:
        """The expected counts, given those of the round before; ``total`` is all that is known of workers."""
        learned = self._learned(sums, total)
        return self._added((block, block.truth(learned)) for block in self.blocks)

    def _added(self, truths: Iterable[tuple[_Block, Floats]]) -> _Sums:
        """The expected counts, from the blocks' entries' probabilities."""
        cells, classes, workers = self.cells, len(self.answers.classes), len(self.answers.workers)
        counts, objects = np.zeros(len(cells.keys)), np.zeros(classes)
        for block, truth in truths:
            counts += _sums(block.term_cell, block.compared(truth)[block.term_entry], len(counts))
            objects += _sums(block.entry_class, truth, classes)
        return _Sums(
            counts,
            _sums(cells.row, counts, len(cells.row_keys)),
            _sums(cells.pair, counts, classes * classes).reshape(classes, classes),
            _sums(cells.worker[cells.right], counts[cells.right], workers),
            _sums(cells.worker, counts, workers),
            objects,
        )

    def _learned(self, sums: _Sums, total: WorkerModel) -> _Learned:
        """Workers' matrices and classes from counts; ``total`` is all that is known of workers."""
        by, cells, classes = self.strengths, self.cells, len(self.answers.classes)
        own_accuracy, own_matrix = (1.0 / max(share, 1e-9) - 1.0 for share in shares_of_their_own(total))
        accuracy_weight = min(max(by.accuracy_weight, by.accuracy_alike * own_accuracy), by.most_alike)
        shrinkage = min(max(by.shrinkage, by.matrix_alike * own_matrix), by.most_alike)
        flat = by.flat * min(1.0, by.flat_classes / max(classes, 1))
        everyone = (np.trace(sums.pooled) + by.start_weight * by.start) / (sums.pooled.sum() + by.start_weight)
        pooled = sums.pooled + by.start_weight * (1.0 - everyone) / max(classes - 1, 1)
        pooled[np.diag_indices(classes)] += by.start_weight * (everyone - (1.0 - everyone) / max(classes - 1, 1))
        pooled /= pooled.sum(1, keepdims=True)
        accuracy = (sums.good + accuracy_weight * everyone) / (sums.given + accuracy_weight)
        wrong = np.maximum(1.0 - accuracy, 0.0) / max(classes - 1, 1)
        one_coin = np.where(cells.right, accuracy[cells.worker], wrong[cells.worker])
        prior = shrinkage * (by.one_coin_share * one_coin + (1 - by.one_coin_share) * pooled.ravel()[cells.pair])
        given = sums.rows + (shrinkage + flat * classes + by.diagonal)
        logs = np.log((sums.cells + prior + flat + by.diagonal * cells.right) / given[cells.row])
        objects = sums.objects + by.class_weight
        shares = objects / max(objects.sum(), 1e-300)
        return _Learned(_fine(logs), _fine(np.log(np.maximum(wrong, 1e-12))), shares, _fine(np.log(shares)))

    def labels(self, sums: _Sums, model: WorkerModel, total: WorkerModel) -> ClassResult:
        """The last step; ``model`` becomes the result's ``workers``, ``total`` is all that is known of workers."""
        answers, by = self.answers, self.strengths
        sharper = sharper_by_spread(total, by.accuracy_weight, by.skill_sharpness, by.skill_spread)
        by = replace(by, sharpness=by.sharpness * sharper)
        items, classes = len(answers.items), len(answers.classes)
        learned = self._learned(sums, total)
        label, confidence = np.full(items, -1, dtype=np.int64), np.zeros(items)
        probabilities = [np.zeros(0)]
        for block in self.blocks:
            probability, winner = block.labels(learned, by)
            has = block.entry_item[block.group_start]
            label[has] = block.entry_class[winner]
            confidence[has] = probability[winner]
            probabilities.append(probability)
        none: list[Ints] = [np.zeros(0, dtype=np.int64)]
        power = learned.prior ** (by.sharpness * by.doubtful_class_power)
        return ClassResult(
            answers,
            np.concatenate(none + [block.entry_item for block in self.blocks]),
            np.concatenate(none + [block.entry_class for block in self.blocks]),
            np.concatenate(probabilities),
            label,
            confidence,
            power / power.sum() if classes else power,
            model,
        )


def _numbered(blocks: list[_Block], workers: int, classes: int) -> tuple[list[_Block], _Cells]:
    """The blocks with numbers in the place of their cells' keys, and the cells that these are the numbers of."""
    size, terms = workers * max(classes, 1) ** 2, sum(len(block.term_cell) for block in blocks)
    if size <= min(FLAGS, 4 * terms):
        found = np.arange(size)
        places = [block.term_cell for block in blocks]
    elif size <= FLAGS:
        flags = np.zeros(size, dtype=bool)
        for block in blocks:
            flags[block.term_cell] = True
        found = np.flatnonzero(flags)
        number = np.zeros(size, dtype=np.int32)
        number[found] = np.arange(len(found), dtype=np.int32)
        places = [number[block.term_cell] for block in blocks]
    else:
        distinct = [np.unique(block.term_cell, return_inverse=True) for block in blocks]
        found = np.unique(np.concatenate([keys for keys, _at in distinct]))
        places = [np.searchsorted(found, keys).astype(np.int32)[at] for keys, at in distinct]
    blocks = [replace(block, term_cell=at.astype(np.int32)) for block, at in zip(blocks, places, strict=True)]
    return blocks, _Cells.of(found, classes)


def known_classes(answers: ClassAnswers, gold: Mapping[str, str]) -> dict[int, int]:
    """The known class of the answered items that have one."""
    place = {name: number for number, name in enumerate(answers.classes)}
    _expect_classes(gold.values(), set(place), answers, "gold")
    if not gold:
        return {}
    answered = np.bincount(answers.item, minlength=len(answers.items)) > 0
    return {number: place[gold[name]] for number, name in enumerate(answers.items) if name in gold and answered[number]}


def _further(rank: Ints, correlation: float) -> Floats:
    """What one more answer weighs after ``rank`` alike: the differences of n / (1 + (n - 1) * correlation)."""
    before = np.arange(rank.max(initial=0) + 1.0)
    together = (before + 1.0) / (1.0 + before * correlation)
    weights: Floats = together - before / (1.0 + np.maximum(before - 1.0, 0.0) * correlation)
    return weights[rank]


def _fine(values: Floats) -> Floats:
    """As multiples of a small number: their sums are exact in every order."""
    values = values * (1.0 / _FINE)
    np.rint(values, out=values)
    values *= _FINE
    return values


def _starts(ascending: Ints) -> Ints:
    """Where a new value begins."""
    new = np.ones(len(ascending), dtype=bool)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return np.flatnonzero(new)


def _sums(group: Ints | NDArray[np.int32], values: Floats, groups: int) -> Floats:
    """The sums of the values by group."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def _placed(keys: Ints, counts: Floats, places: Ints) -> Floats:
    """The sums of the counts at ``places``, which ascend; keys that are not there play no part."""
    at = np.minimum(np.searchsorted(places, keys), max(len(places) - 1, 0))
    here = places[at] == keys if len(places) else np.zeros(len(keys), dtype=bool)
    return _sums(at[here], counts[here], len(places))


def _expect_classes(given: Iterable[str], place: set[str], answers: ClassAnswers, what: str) -> None:
    strange = sorted({str(name) for name in given if name not in place})
    if strange:
        known = ", ".join(list(answers.classes)[:20])
        raise ValueError(f"{what}: {', '.join(strange[:5])} is none of the classes {known}")
