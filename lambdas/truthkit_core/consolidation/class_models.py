"""One class an object from many workers' choices, by models that learn how each worker errs.

Every model takes a `ClassAnswers` and gives a `ClassResult`. The default, `shrunken_dawid_skene`, is Dawid and Skene's
(Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm, Applied Statistics 28, 1979) with each
worker's confusion matrix shrunk towards what is known without it, and with only those classes considered that someone
chose. With one answer an object it is the vote.

Nothing is random, and neither the order of answers nor the names of workers and objects decide anything: sums are over
whole numbers of answers or rounded before they are compared, ties go to the class that comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DENSE_CELLS = 20_000_000
"""Up to so many cells a table may be dense."""

# Digits after the point that decide which of two log probabilities is larger.
_DECISIVE = 9
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
    flat: float = 0.7
    """Answers' worth of weight for every cell of a row, so that nothing is impossible."""
    diagonal: float = 0.5
    """The same for the right class alone."""
    accuracy_weight: float = 2.0
    """Answers' worth of weight of all workers' accuracy in a worker's own."""
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


DEFAULT = Strengths()


@dataclass(frozen=True, slots=True)
class ClassAnswers:
    """Answers as numbers: answer ``a`` is that ``worker[a]`` gave ``label[a]`` to ``item[a]``.

    ``item``, ``worker`` and ``label`` have one entry an answer: places in ``items``, ``workers`` and ``classes``.
    ``unknown`` are the answers whose label is none of the classes; they take no part.
    """

    item: Ints
    worker: Ints
    label: Ints
    items: Sequence[str]
    workers: Sequence[str]
    classes: Sequence[str]
    unknown: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(
        cls,
        answers: Iterable[tuple[str, str, str]],
        *,
        classes: Sequence[str] | None = None,
        items: Iterable[str] = (),
    ) -> ClassAnswers:
        """From ``(item, worker, label)``.

        Args:
            answers: exact repetitions count once; different answers of one worker to one item count all.
            classes: all classes, in the order that decides ties; by default those that occur, by the alphabet.
            items: items that shall be in the result though nobody may have answered.
        """
        rows = sorted(set(answers))
        known = tuple(dict.fromkeys(classes)) if classes is not None else tuple(sorted({row[2] for row in rows}))
        place = {label: number for number, label in enumerate(known)}
        unknown = tuple(row for row in rows if row[2] not in place)
        rows = [row for row in rows if row[2] in place]
        all_items = sorted({row[0] for row in rows} | {row[0] for row in unknown} | set(items))
        all_workers = sorted({row[1] for row in rows})
        item_place = {name: number for number, name in enumerate(all_items)}
        worker_place = {name: number for number, name in enumerate(all_workers)}
        return cls(
            np.array([item_place[row[0]] for row in rows], dtype=np.int64),
            np.array([worker_place[row[1]] for row in rows], dtype=np.int64),
            np.array([place[row[2]] for row in rows], dtype=np.int64),
            all_items,
            all_workers,
            known,
            unknown,
        )

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True, slots=True)
class WorkerModel:
    """What is known of the workers: expected counts of answers, small enough to be kept as JSON.

    ``confusion[worker][(truth, label)]`` is how many answers ``label`` the worker gave to objects that (by the
    probabilities of then) are ``truth``; ``objects[truth]`` how many objects there were of each class.
    """

    classes: tuple[str, ...]
    objects: Mapping[str, float]
    confusion: Mapping[str, Mapping[tuple[str, str], float]]

    def merged(self, other: WorkerModel) -> WorkerModel:
        """Both together: the sums of their counts. Raises ValueError if their classes differ."""
        if set(self.classes) != set(other.classes):
            raise ValueError(f"models of other classes cannot be merged: {self.classes} and {other.classes}")
        confusion = {worker: dict(cells) for worker, cells in self.confusion.items()}
        for worker, cells in other.confusion.items():
            mine = confusion.setdefault(worker, {})
            for cell, count in cells.items():
                mine[cell] = mine.get(cell, 0.0) + count
        objects = {name: self.objects.get(name, 0.0) + other.objects.get(name, 0.0) for name in self.classes}
        return WorkerModel(self.classes, objects, confusion)

    def to_json(self) -> dict[str, Any]:
        place = {name: number for number, name in enumerate(self.classes)}
        return {
            "version": 1,
            "classes": list(self.classes),
            "objects": {name: round(count, 4) for name, count in self.objects.items() if count},
            "workers": {
                worker: [[place[truth], place[label], round(count, 4)] for (truth, label), count in cells.items()]
                for worker, cells in self.confusion.items()
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WorkerModel:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if value["version"] != 1:
                raise ValueError(f"version {value['version']} is not known")
            classes = tuple(str(name) for name in value["classes"])
            if len(set(classes)) != len(classes):
                raise ValueError("a class is there twice")
            place = dict(enumerate(classes))
            return cls(
                classes,
                {name: _count(value["objects"].get(name, 0.0)) for name in classes},
                {
                    worker: {(place[truth], place[label]): _count(count) for truth, label, count in cells}
                    for worker, cells in value["workers"].items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not a worker model: {error!r}") from None


def _count(value: Any) -> float:
    count = float(value)
    if not 0.0 <= count < float("inf"):
        raise ValueError(f"{value} is no count")
    return count


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What a model found, for every item of ``answers.items``.

    Only classes that someone chose (or gold knows) have an entry: entry ``e`` says that item ``entry_item[e]`` is
    ``entry_class[e]`` with ``probability[e]``. What is left to 1 is spread over the item's other classes by ``rest``.

    Attributes:
        answers: what it was made from.
        entry_item: place in ``answers.items``, ascending; shape (entries,).
        entry_class: place in ``answers.classes``, ascending within an item; shape (entries,).
        probability: shape (entries,), 0 to 1; calibrated where the model says so.
        label: the winner's place in ``answers.classes``, -1 where nobody answered; shape (items,).
        confidence: the winner's probability, 0 where nobody answered; shape (items,).
        rest: how the remainder is spread, by class; sums to 1; shape (classes,).
        workers: what the model learned of them; None for models that learn nothing.
    """

    answers: ClassAnswers
    entry_item: Ints
    entry_class: Ints
    probability: Floats
    label: Ints
    confidence: Floats
    rest: Floats
    workers: WorkerModel | None = None

    def labels(self) -> dict[str, str | None]:
        """The winning class by item, None where nobody answered."""
        names = self.answers.classes
        return {
            item: names[number] if number >= 0 else None
            for item, number in zip(self.answers.items, self.label.tolist(), strict=True)
        }

    def posterior(self) -> Floats:
        """Probabilities of all classes, shape (items, classes); rows sum to 1, by ``rest`` where nobody answered."""
        items, classes = len(self.answers.items), len(self.answers.classes)
        given = np.zeros((items, classes))
        given[self.entry_item, self.entry_class] = self.probability
        free = np.broadcast_to(self.rest, (items, classes)).copy()
        free[self.entry_item, self.entry_class] = 0.0
        weight = free.sum(1)
        remainder = np.maximum(1.0 - given.sum(1), 0.0)
        share = np.divide(remainder, weight, out=np.zeros(items), where=weight > 0)
        table = given + free * share[:, None]
        shares: Floats = table / table.sum(1, keepdims=True)
        return shares


# --- the models ------------------------------------------------------------------------------------------------------


def vote(answers: ClassAnswers) -> ClassResult:
    """The class that most workers chose; its share of the answers is its probability."""
    return _weighted(answers, np.ones(len(answers.workers)))


def weighted_vote(answers: ClassAnswers) -> ClassResult:
    """A vote in which a worker weighs as much as the share of answers in which the worker agrees with the vote.

    Source: "worker agreement with aggregate", crowd-kit (https://github.com/Toloka/crowd-kit).
    """
    first = vote(answers).label
    agree = np.bincount(answers.worker, weights=answers.label == first[answers.item], minlength=len(answers.workers))
    given = np.bincount(answers.worker, minlength=len(answers.workers))
    weights = np.divide(agree, given, out=np.zeros(len(agree)), where=given > 0)
    result = _weighted(answers, weights)
    # Nobody of weight has answered: then all count alike.
    return result if weights[answers.worker].any() else vote(answers)


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
        anchors: workers as earlier batches knew them.

    A row of a worker's matrix gets `Strengths.shrinkage` answers from the worker's one-coin matrix and the matrix of
    all workers together, ``flat`` for every cell and ``diagonal`` for the right one. In the last step those who chose
    the same for an object count as witnesses who may err together: for the winner each of n weighs
    1 / (1 + (n - 1) ``correlation``); for its confidence the surest weighs 1 and every further one less, so that one
    more who agrees adds to it. Where the two disagree the winner stays, with no more than even odds.

    Raises ValueError if ``gold`` or ``anchors`` name a class that is none of ``answers.classes``.
    """
    if not len(answers):
        return replace(_nothing(answers), workers=WorkerModel(tuple(answers.classes), {}, {}))
    problem = _Problem.of(answers, gold or {}, strengths)
    known = _Anchors.of(answers, anchors, problem)
    truth = problem.fixed(problem.shares())
    learned = problem.maximize(truth, known)
    for _ in range(strengths.rounds - 1):
        truth = problem.fixed(problem.normalize(problem.expect(learned)))
        learned = problem.maximize(truth, known)
    return problem.result(truth, learned)


def dawid_skene(answers: ClassAnswers, *, rounds: int = 100) -> ClassResult:
    """Plain Dawid–Skene, from the vote, until nothing changes any more or for ``rounds``.

    Raises ValueError where the workers' matrices would have more than `DENSE_CELLS` cells.
    """
    if not len(answers):
        return _nothing(answers)
    table = _dense_shares(answers)
    for _ in range(rounds):
        confusion = _dense_counts(answers, table) + 1e-9
        prior = np.maximum(table.mean(0), 1e-12)
        after = _dense_posterior(answers, prior, confusion / confusion.sum(2, keepdims=True))
        change = np.abs(after - table).max(initial=0.0)
        table = after
        if change < 1e-6:
            break
    return _from_dense(answers, table)


SERVICE_START = 0.7
"""What the service believes of a worker of whom it knows nothing."""


def service_dawid_skene(answers: ClassAnswers) -> ClassResult:
    """The service's modified Dawid–Skene, as its demonstration notebook has it.

    Source: aws/amazon-sagemaker-examples, sm-ground_truth_annotation_consolidation_image_classification. Matrices start
    with `SERVICE_START` on the diagonal; each is then shrunk to the worker's own accuracy (weight: the number of the
    worker's answers) and to all workers' mean accuracy of the epoch before (half of it). Its rule to stop, a relative
    change of the log likelihood below 1e-8, is taken as it reads, with the sign: log likelihoods are negative, so
    growth counts as a negative change, and the second of at most 20 epochs is always the last. This gives the measured
    figures; more epochs do not. Confidence is rounded to two digits.

    Raises ValueError where the workers' matrices would have more than `DENSE_CELLS` cells.
    """
    if not len(answers):
        return _nothing(answers)
    workers, classes = len(answers.workers), len(answers.classes)
    uniform = _dense_shares(answers)
    uniform[:] = 1.0 / max(classes, 1)
    start = _one_coin(np.full(workers, SERVICE_START), classes)
    given = np.bincount(answers.worker, minlength=workers).astype(float)
    table = _dense_posterior(answers, uniform.mean(0), start)
    counts = _dense_counts(answers, table)
    accuracy = np.trace(counts, axis1=1, axis2=2) / np.maximum(given, 1.0)
    counts = counts + _one_coin(accuracy, classes) * given[:, None, None] + start * (given / 2)[:, None, None]
    confusion = counts / np.maximum(counts.sum(2, keepdims=True), 1e-300)
    result = _from_dense(answers, _dense_posterior(answers, table.mean(0), confusion))
    return replace(result, confidence=np.round(result.confidence, 2))


METHODS = {
    "shrunken-dawid-skene": shrunken_dawid_skene,
    "vote": vote,
    "weighted-vote": weighted_vote,
    "dawid-skene": dawid_skene,
    "service": service_dawid_skene,
}
"""The models by their names in ``workflow.toml`` and on the command line; the first is the default."""


# --- the default model's parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Compressed:
    """Keys as consecutive numbers: all of a range where that is small, else those that occur."""

    at: Ints
    keys: Ints

    @classmethod
    def of(cls, keys: Ints, size: int) -> _Compressed:
        if size <= min(DENSE_CELLS, 4 * len(keys)):
            return cls(keys, np.arange(size))
        unique, at = np.unique(keys, return_inverse=True)
        return cls(at, unique)


@dataclass(frozen=True, slots=True)
class _Learned:
    """One round's workers and classes."""

    cells: Floats
    """Expected answers by cell (worker, truth, label)."""
    logs: Floats
    """Log probability of a cell's label, by cell."""
    wrong: Floats
    """Log probability of one certain wrong answer, by worker."""
    prior: Floats
    """Probability of a class."""


@dataclass(frozen=True, slots=True)
class _Anchors:
    """Counts of earlier batches, in this batch's numbers; all zero without any."""

    cells: Floats
    rows: Floats
    pooled: Floats
    good: Floats
    given: Floats
    objects: Floats

    @classmethod
    def of(cls, answers: ClassAnswers, model: WorkerModel | None, problem: _Problem) -> _Anchors:
        classes, workers = len(answers.classes), len(answers.workers)
        found = cls(
            np.zeros(len(problem.cells.keys)),
            np.zeros(len(problem.rows.keys)),
            np.zeros((classes, classes)),
            np.zeros(workers),
            np.zeros(workers),
            np.zeros(classes),
        )
        if model is None:
            return found
        place = {name: number for number, name in enumerate(answers.classes)}
        worker_place = {name: number for number, name in enumerate(answers.workers)}
        _expect_classes(model.classes, place, "anchors")
        for name, count in model.objects.items():
            found.objects[place[name]] += count
        for worker, cells in model.confusion.items():
            number = worker_place.get(worker)
            for (truth_name, label_name), count in cells.items():
                truth, label = place[truth_name], place[label_name]
                found.pooled[truth, label] += count
                if number is None:
                    continue
                found.good[number] += count * (truth == label)
                found.given[number] += count
                row = number * classes + truth
                _add_at(found.rows, problem.rows.keys, row, count)
                _add_at(found.cells, problem.cells.keys, row * classes + label, count)
        return found


def _add_at(counts: Floats, keys: Ints, key: int, count: float) -> None:
    """Add where the key occurs; one that does not plays no part in this batch."""
    at = int(np.searchsorted(keys, key))
    if at < len(keys) and keys[at] == key:
        counts[at] += count


@dataclass(frozen=True, slots=True)
class _Problem:
    """The answers, unfolded: an entry is a class that an item may be, a term is an answer seen from an entry."""

    answers: ClassAnswers
    entry_item: Ints
    entry_class: Ints
    votes: Floats
    """By entry: how many chose it."""
    gold: Ints
    """By item: the place of its known class's entry, -1 without."""
    term_answer: Ints
    term_entry: Ints
    cells: _Compressed
    """By term: (worker, truth, label)."""
    rows: _Compressed
    """By cell: (worker, truth)."""
    strengths: Strengths

    @classmethod
    def of(cls, answers: ClassAnswers, gold: Mapping[str, str], strengths: Strengths) -> _Problem:
        items, classes = len(answers.items), len(answers.classes)
        place = {name: number for number, name in enumerate(answers.classes)}
        _expect_classes(gold.values(), place, "gold")
        answered = np.bincount(answers.item, minlength=items) > 0
        known = {
            number: place[gold[name]]
            for number, name in enumerate(answers.items)
            if gold and name in gold and answered[number]
        }
        keys = answers.item * classes + answers.label
        given = np.array([item * classes + label for item, label in known.items()], dtype=np.int64)
        entries = _distinct(np.concatenate([keys, given]) if len(given) else keys, items * classes)
        entry_item, entry_class = (entries // classes, entries % classes) if classes else (entries, entries)
        votes = np.bincount(np.searchsorted(entries, keys), minlength=len(entries)).astype(float)
        fixed = np.full(items, -1, dtype=np.int64)
        for item, label in known.items():
            fixed[item] = np.searchsorted(entries, item * classes + label)

        width = np.bincount(entry_item, minlength=items)
        first = np.cumsum(width) - width
        repeats = width[answers.item]
        term_answer = np.repeat(np.arange(len(answers)), repeats)
        inside = np.arange(len(term_answer)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        term_entry = first[answers.item][term_answer] + inside
        row = answers.worker[term_answer] * classes + entry_class[term_entry]
        cells = _Compressed.of(row * classes + answers.label[term_answer], len(answers.workers) * classes * classes)
        rows = _Compressed.of(cells.keys // max(classes, 1), len(answers.workers) * classes)
        return cls(answers, entry_item, entry_class, votes, fixed, term_answer, term_entry, cells, rows, strengths)

    def shares(self) -> Floats:
        """Where the rounds start: the shares of the votes."""
        total = np.bincount(self.entry_item, weights=self.votes, minlength=len(self.answers.items))
        return self.votes / np.maximum(total[self.entry_item], 1.0)

    def fixed(self, truth: Floats) -> Floats:
        """With what is known for sure."""
        known = self.gold >= 0
        if known.any():
            truth = np.where(known[self.entry_item], 0.0, truth)
            truth[self.gold[known]] = 1.0
        return truth

    def maximize(self, truth: Floats, known: _Anchors) -> _Learned:
        """Workers' matrices and classes from the items' probabilities."""
        answers, by = self.answers, self.strengths
        classes, workers = len(answers.classes), len(answers.workers)
        counts = _sums(self.cells.at, truth[self.term_entry], len(self.cells.keys))
        all_counts = counts + known.cells
        row_key = self.cells.keys // classes
        worker, truth_of, label_of = row_key // classes, row_key % classes, self.cells.keys % classes
        right = truth_of == label_of

        pooled = known.pooled + np.bincount(
            truth_of * classes + label_of, weights=counts, minlength=classes * classes
        ).reshape(classes, classes)
        pooled = (pooled + 1.0 / classes) / (pooled.sum(1, keepdims=True) + 1.0)

        given = known.given + np.bincount(answers.worker, minlength=workers)
        good = known.good + np.bincount(worker[right], weights=counts[right], minlength=workers)
        everyone = good.sum() / max(given.sum(), 1.0)
        accuracy = (good + by.accuracy_weight * everyone) / (given + by.accuracy_weight)
        wrong = (1.0 - accuracy) / max(classes - 1, 1)

        one_coin = np.where(right, accuracy[worker], wrong[worker])
        prior = by.shrinkage * (by.one_coin_share * one_coin + (1 - by.one_coin_share) * pooled[truth_of, label_of])
        rows = np.bincount(self.rows.at, weights=counts, minlength=len(self.rows.keys)) + known.rows
        total = rows[self.rows.at] + by.shrinkage + by.flat * classes + by.diagonal
        logs = np.log((all_counts + prior + by.flat + by.diagonal * right) / total)

        objects = known.objects + np.bincount(self.entry_class, weights=truth, minlength=classes) + by.class_weight
        return _Learned(counts, logs, np.log(np.maximum(wrong, 1e-12)), objects / max(objects.sum(), 1e-300))

    def expect(self, learned: _Learned) -> Floats:
        """Log scores of the entries, every answer counted in full."""
        return self._scores(learned, 1.0, np.ones(len(self.answers)))

    def _scores(self, learned: _Learned, power: float, weights: Floats) -> Floats:
        """Log scores of the entries: of the class to that power, and of the answers with those weights."""
        evidence = np.bincount(
            self.term_entry,
            weights=learned.logs[self.cells.at] * weights[self.term_answer],
            minlength=len(self.entry_item),
        )
        return np.round(power * np.log(learned.prior)[self.entry_class] + evidence, _DECISIVE)

    def normalize(self, scores: Floats) -> Floats:
        """Probabilities of the entries, which sum to 1 in an item."""
        weights = np.exp(scores - self._top(scores)[self.entry_item])
        return weights / np.bincount(self.entry_item, weights=weights, minlength=1)[self.entry_item]

    def _top(self, scores: Floats) -> Floats:
        """The highest score by item."""
        top = np.full(len(self.answers.items), -np.inf)
        if len(scores):
            first = np.flatnonzero(np.diff(self.entry_item, prepend=-1))
            top[self.entry_item[first]] = np.maximum.reduceat(scores, first)
        return top

    def result(self, truth: Floats, learned: _Learned) -> ClassResult:
        answers, by = self.answers, self.strengths
        items, classes = len(answers.items), len(answers.classes)
        own = np.flatnonzero(self.entry_class[self.term_entry] == answers.label[self.term_answer])
        chosen = self.term_entry[own]
        alike = self.votes[chosen]

        scores = self._scores(learned, by.class_power, 1.0 / (1.0 + (alike - 1.0) * by.correlation))
        winner = _first_best(self.entry_item, self._with_gold(scores), items)
        has = winner >= 0

        weights = _further(self._rank(learned, own, chosen), by.doubtful_correlation)
        scores = self._scores(learned, by.doubtful_class_power, weights)
        top = self._top(scores)
        lost = winner[has][scores[winner[has]] < top[has]]
        scores[lost] = top[self.entry_item[lost]] + _AHEAD
        top = self._top(scores)
        relative = by.sharpness * (scores - top[self.entry_item])
        shares = np.exp(relative)
        power = learned.prior ** (by.sharpness * by.doubtful_class_power)
        unchosen = np.maximum(
            power.sum() - np.bincount(self.entry_item, weights=power[self.entry_class], minlength=items), 0
        )
        rest = np.bincount(answers.item, weights=learned.wrong[answers.worker] * weights, minlength=items)
        # A class that nobody chose is never likelier than the winner.
        ceiling = -np.log(power.max(initial=1e-300))
        others = unchosen * np.exp(np.minimum(by.sharpness * (rest - np.where(has, top, 0.0)), ceiling))
        total = np.bincount(self.entry_item, weights=shares, minlength=items) + others
        doubt = by.doubt / (np.bincount(answers.item, minlength=items) + 1.0)
        probability = shares / total[self.entry_item]
        probability += doubt[self.entry_item] * (1.0 / max(classes, 1) - probability)
        probability = self.fixed(probability)

        label, confidence = np.full(items, -1, dtype=np.int64), np.zeros(items)
        label[has] = self.entry_class[winner[has]]
        confidence[has] = probability[winner[has]]
        return ClassResult(
            answers,
            self.entry_item,
            self.entry_class,
            probability,
            label,
            confidence,
            power / max(power.sum(), 1e-300),
            self._workers(truth, learned),
        )

    def _with_gold(self, scores: Floats) -> Floats:
        """Scores in which a known class is above all others."""
        scores = scores.copy()
        scores[self.gold[self.gold >= 0]] = np.inf
        return scores

    def _rank(self, learned: _Learned, own: Ints, chosen: Ints) -> Ints:
        """By answer: how many who chose the same are surer, by what the answer says for it and against the others."""
        answers = self.answers
        logs = learned.logs[self.cells.at]
        sides = np.bincount(self.term_answer, minlength=len(answers)) - 1
        against = np.bincount(self.term_answer, weights=logs, minlength=len(answers)) - logs[own]
        against = np.where(sides > 0, against / np.maximum(sides, 1), learned.wrong[answers.worker])
        order = np.lexsort((-np.round(logs[own] - against, _DECISIVE), chosen))
        sizes = self.votes.astype(np.int64)
        rank = np.empty(len(answers), dtype=np.int64)
        rank[order] = np.arange(len(answers)) - (np.cumsum(sizes) - sizes)[chosen[order]]
        return rank

    def _workers(self, truth: Floats, learned: _Learned) -> WorkerModel:
        answers = self.answers
        classes = len(answers.classes)
        confusion: dict[str, dict[tuple[str, str], float]] = {name: {} for name in answers.workers}
        names = answers.classes
        for at in np.flatnonzero(learned.cells > 1e-6).tolist():
            key = int(self.cells.keys[at])
            row, label = divmod(key, classes)
            worker, true = divmod(row, classes)
            confusion[answers.workers[worker]][names[true], names[label]] = float(learned.cells[at])
        objects = np.bincount(self.entry_class, weights=truth, minlength=classes)
        return WorkerModel(tuple(names), dict(zip(names, objects.tolist(), strict=True)), confusion)


def _further(rank: Ints, correlation: float) -> Floats:
    """What one more answer weighs after ``rank`` alike: the differences of n / (1 + (n - 1) * correlation)."""
    before = rank * 1.0
    together = (before + 1.0) / (1.0 + before * correlation)
    weights: Floats = together - before / (1.0 + np.maximum(before - 1.0, 0.0) * correlation)
    return weights


def _sums(group: Ints, values: Floats, groups: int) -> Floats:
    """The sums of the values by group, for ``groups`` groups or as many as there are."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def _expect_classes(given: Iterable[str], place: Mapping[str, int], what: str) -> None:
    strange = sorted({str(name) for name in given if name not in place})
    if strange:
        raise ValueError(f"{what}: {', '.join(strange[:5])} is none of the classes {', '.join(list(place)[:20])}")


def _distinct(keys: Ints, size: int) -> Ints:
    """The keys that occur, ascending."""
    if size <= min(DENSE_CELLS, 8 * len(keys)):
        return np.flatnonzero(np.bincount(keys, minlength=1))
    return np.unique(keys)


def _first_best(group: Ints, scores: Floats, groups: int) -> Ints:
    """The place of each group's highest score, the first of equal ones; -1 for an empty group. ``group`` ascends."""
    best = np.full(groups, -1, dtype=np.int64)
    if len(group) == 0:
        return best
    first = np.flatnonzero(np.diff(group, prepend=-1))
    top = np.full(groups, -np.inf)
    top[group[first]] = np.maximum.reduceat(scores, first)
    places = np.flatnonzero(scores == top[group])
    best[group[places[::-1]]] = places[::-1]
    return best


# --- votes and dense models ------------------------------------------------------------------------------------------


def _nothing(answers: ClassAnswers) -> ClassResult:
    """Nobody has answered."""
    none, items, classes = np.zeros(0, dtype=np.int64), len(answers.items), len(answers.classes)
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, none, none, np.zeros(0), np.full(items, -1, dtype=np.int64), np.zeros(items), rest)


def _weighted(answers: ClassAnswers, weights: Floats) -> ClassResult:
    if not len(answers):
        return _nothing(answers)
    items, classes = len(answers.items), len(answers.classes)
    keys = answers.item * classes + answers.label
    if items * classes <= DENSE_CELLS:
        sums = _sums(keys, weights[answers.worker], 1)
        entries = np.flatnonzero(np.bincount(keys, minlength=1))
        votes = sums[entries]
    else:
        entries, at = np.unique(keys, return_inverse=True)
        votes = _sums(at, weights[answers.worker], len(entries))
    entry_item, entry_class = (entries // classes, entries % classes) if classes else (entries, entries)
    votes = np.round(votes, _DECISIVE)
    total = np.bincount(entry_item, weights=votes, minlength=items)
    equal = 1.0 / np.bincount(entry_item, minlength=items)[entry_item] if len(entries) else votes
    share = np.divide(votes, total[entry_item], out=equal, where=total[entry_item] > 0)
    winner = _first_best(entry_item, votes, items)
    has = winner >= 0
    label = np.where(has, entry_class[winner], -1) if len(entries) else winner
    confidence = np.where(has, share[winner], 0.0) if len(entries) else np.zeros(items)
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, entry_item, entry_class, share, label, confidence, rest)


def _one_coin(accuracy: Floats, classes: int) -> Floats:
    """Matrices of workers who err alike everywhere, shape (workers, classes, classes)."""
    wrong = (1.0 - accuracy) / max(classes - 1, 1)
    table = np.broadcast_to(wrong[:, None, None], (len(accuracy), classes, classes)).copy()
    diagonal = np.arange(classes)
    table[:, diagonal, diagonal] = accuracy[:, None]
    return table


def _dense_shares(answers: ClassAnswers) -> Floats:
    """The vote's shares, shape (items, classes); equal ones where nobody answered."""
    items, classes = len(answers.items), len(answers.classes)
    if max(items, len(answers.workers) * classes) * classes > DENSE_CELLS:
        raise ValueError(
            f"{items} objects, {len(answers.workers)} workers and {classes} classes are too many for this model: "
            "use shrunken-dawid-skene"
        )
    votes = np.bincount(answers.item * classes + answers.label, minlength=items * classes).reshape(items, classes)
    total = votes.sum(1, keepdims=True)
    shares: Floats = np.divide(votes, total, out=np.full((items, classes), 1.0 / max(classes, 1)), where=total > 0)
    return shares


def _dense_counts(answers: ClassAnswers, table: Floats) -> Floats:
    """Expected answers, shape (workers, truth, label)."""
    workers, classes = len(answers.workers), len(answers.classes)
    key = answers.worker * classes + answers.label
    counts = np.empty((workers, classes, classes))
    for truth in range(classes):
        sums = np.bincount(key, weights=table[answers.item, truth], minlength=workers * classes)
        counts[:, truth, :] = sums.reshape(workers, classes)
    return counts


def _dense_posterior(answers: ClassAnswers, prior: Floats, confusion: Floats) -> Floats:
    """Probabilities, shape (items, classes)."""
    items, classes = len(answers.items), len(answers.classes)
    logs = np.log(np.maximum(confusion, 1e-300))
    scores = np.tile(np.log(np.maximum(prior, 1e-300)), (items, 1))
    for truth in range(classes):
        scores[:, truth] += np.bincount(
            answers.item, weights=logs[answers.worker, truth, answers.label], minlength=items
        )
    top = scores.max(1, keepdims=True) if classes else np.zeros((items, 1))
    weights = np.exp(scores - top)
    shares: Floats = weights / weights.sum(1, keepdims=True)
    return shares


def _from_dense(answers: ClassAnswers, table: Floats) -> ClassResult:
    items, classes = len(answers.items), len(answers.classes)
    answered = np.bincount(answers.item, minlength=items) > 0
    rounded = np.round(table, 12)
    label = np.where(answered, rounded.argmax(1), -1) if classes else np.full(items, -1, dtype=np.int64)
    confidence = np.where(answered, table.max(1), 0.0) if classes else np.zeros(items)
    entry_item, entry_class = np.nonzero(answered[:, None] & np.ones(classes, dtype=bool))
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, entry_item, entry_class, table[entry_item, entry_class], label, confidence, rest)
