"""What a job's answers tell of each worker: accuracy, bias, confusion, diligence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, quantiles
from typing import Any

import numpy as np

from truthkit_core.agreement.coefficients import Floats, Ints, NumberAnswers, vote_shares
from truthkit_core.consolidation.class_models import ClassAnswers, ClassResult, shrunken_dawid_skene

_DEVIATIONS = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval, of ``of`` cases. ``reason`` says why there is none (``value`` is None)."""

    value: float | None
    low: float | None
    high: float | None
    of: int
    reason: str = ""

    @classmethod
    def share(cls, right: float, of: int, reason: str = "") -> Estimate:
        """By Wilson's interval, which holds for few cases too (Wilson, JASA 22, 1927); ``right`` need not be whole."""
        if of <= 0:
            return cls(None, None, None, 0, reason)
        share, square = right / of, _DEVIATIONS**2
        middle = (share + square / (2 * of)) / (1 + square / of)
        half = _DEVIATIONS / (1 + square / of) * math.sqrt(max(share * (1 - share) / of + square / (4 * of * of), 0.0))
        return cls(share, max(0.0, middle - half), min(1.0, middle + half), of)

    def to_json(self) -> dict[str, Any]:
        known = {"value": self.value, "low": self.low, "high": self.high, "of": self.of}
        return {**known, **({"reason": self.reason} if self.reason else {})}


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds an object, over ``of`` answers whose time is known."""

    median: float
    lower: float
    upper: float
    of: int

    @classmethod
    def over(cls, seconds: Iterable[float]) -> Times | None:
        known = sorted(value for value in seconds if math.isfinite(value) and value >= 0)
        if not known:
            return None
        lower, median, upper = quantiles(known, n=4, method="inclusive") if len(known) > 1 else known * 3
        return cls(median, lower, upper, len(known))

    def to_json(self) -> dict[str, Any]:
        return {"median": self.median, "lower-quartile": self.lower, "upper-quartile": self.upper, "of": self.of}


@dataclass(frozen=True, slots=True)
class WorkerStatistics:
    """One worker over all objects.

    Attributes:
        worker: the id.
        answers: answers given.
        accuracy: the mean probability that the worker's answers are right, by the model and all workers' answers.
            Objects that nobody else answered do not count.
        gold: the share of right answers among objects whose class is known.
        bias: by class, how much more often the worker chose it than the others did on the same objects, -1 to 1.
        confusion: ``confusion[truth, label]`` is the expected number of answers ``label`` where ``truth`` is right.
        spammer_score: 1 for answers that tell the classes apart fully, 0 for answers that tell nothing (always the same
            class, or by chance); None where fewer than two classes were met twice.
        alone: objects that two or more others agree on and only this worker sees otherwise.
        seconds: time an object, None where it is not known.
    """

    worker: str
    answers: int
    accuracy: Estimate
    gold: Estimate
    bias: Mapping[str, float]
    confusion: Mapping[tuple[str, str], float]
    spammer_score: float | None
    alone: tuple[str, ...]
    seconds: Times | None

    @property
    def bias_size(self) -> float:
        """Half the sum of the bias's sizes, 0 to 1: the share of answers that would have to be other ones."""
        return sum(abs(value) for value in self.bias.values()) / 2

    def to_json(self) -> dict[str, Any]:
        return {
            "worker": self.worker,
            "answers": self.answers,
            "accuracy": self.accuracy.to_json(),
            "gold": self.gold.to_json(),
            "bias": {name: round(value, 6) for name, value in self.bias.items()},
            "bias-size": round(self.bias_size, 6),
            "confusion": [
                {"truth": truth, "label": label, "answers": round(count, 4)}
                for (truth, label), count in self.confusion.items()
            ],
            "spammer-score": self.spammer_score,
            "alone": list(self.alone),
            "seconds": None if self.seconds is None else self.seconds.to_json(),
        }


def worker_statistics(
    answers: ClassAnswers,
    *,
    result: ClassResult | None = None,
    gold: Mapping[str, str] | None = None,
    seconds: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, WorkerStatistics]:
    """Every worker of ``answers.workers``.

    Args:
        answers: one class an object.
        result: the consolidation to measure the accuracy by; the default model's with ``gold`` if not given. Its
            probabilities should be calibrated.
        gold: known classes by item; items without answers are ignored. Confusion and spammer score go by it.
        seconds: by item and worker.

    The accuracy does not leave the worker's own answers out. On ten public sets with gold, workers of five answers and
    more, the calibrated probabilities are 5.5 points off the true accuracy in the mean; by the model's labels with the
    worker left out it is 6.6, by the others' vote 9.2.

    The spammer score is Raykar and Yu's (Eliminating Spammers and Ranking Annotators for Crowdsourced Labeling Tasks,
    JMLR 13, 2012, equation 10) over the classes that the worker met at least twice: how far the rows of the confusion
    matrix are apart. The squares are corrected for the chance of few answers, so that answers by chance have the
    expectation 0 and not more. Truth is the consolidated label, or gold where there is any.

    Raises ValueError if ``gold`` names a class that is none of ``answers.classes``.
    """
    result = result or shrunken_dawid_skene(answers, gold=gold)
    workers, classes = len(answers.workers), max(len(answers.classes), 1)
    given = np.bincount(answers.worker, minlength=workers)
    known = _gold_labels(answers, gold or {})
    terms = _Terms.of(answers, result, known)

    others = terms.size[answers.item] > terms.own
    probability = _own_probability(answers, result)
    of = np.bincount(answers.worker[others], minlength=workers)
    right = np.bincount(answers.worker[others], weights=probability[others], minlength=workers)

    tested = known[answers.item] >= 0 if len(answers) else np.zeros(0, dtype=bool)
    gold_of = np.bincount(answers.worker[tested], minlength=workers)
    tested_right = (known[answers.item] == answers.label)[tested] * 1.0
    gold_right = np.bincount(answers.worker[tested], weights=tested_right, minlength=workers)

    truth = np.where(known >= 0, known, result.label)
    spam = _spammer_scores(answers, truth)
    bias = _by_worker(terms.bias(), classes, workers)
    confusion = terms.confusion()
    alone = _alone(answers, terms)
    times: dict[str, list[float]] = {}
    for (_item, worker), value in (seconds or {}).items():
        times.setdefault(worker, []).append(value)
    names = answers.classes
    return {
        worker: WorkerStatistics(
            worker,
            int(given[at]),
            Estimate.share(float(right[at]), int(of[at]), "nobody else answered the same objects"),
            Estimate.share(float(gold_right[at]), int(gold_of[at]), "no answer to an object whose class is known"),
            {names[label]: value for label, value in bias[at]},
            {(names[row], names[label]): count for row, label, count in confusion[at]},
            spam[at],
            tuple(alone[at]),
            Times.over(times.get(worker, ())),
        )
        for at, worker in enumerate(answers.workers)
    }


# --- how it is counted -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Terms:
    """Every answer beside every class that anybody chose for its object.

    Term ``t`` puts answer ``answer[t]`` beside ``label[t]``, chosen ``votes[t]`` times by all, of which the answer
    itself is ``mine[t]``; by the model it is right with ``probability[t]``. ``size`` is the answers by object, ``own``
    the worker's own part in it by answer (1, however often the worker answered).
    """

    answers: ClassAnswers
    answer: Ints
    label: Ints
    votes: Floats
    mine: Floats
    probability: Floats
    size: Floats
    own: Floats
    shares: Floats

    @classmethod
    def of(cls, answers: ClassAnswers, result: ClassResult, known: Ints) -> _Terms:
        items, classes = len(answers.items), max(len(answers.classes), 1)
        found = vote_shares(answers)
        shares = np.ones(len(answers)) if found is None else found
        chosen = answers.item * classes + answers.label
        sure = np.flatnonzero(known >= 0) * classes + known[known >= 0]
        entries = np.unique(np.concatenate([chosen, result.entry_item * classes + result.entry_class, sure]))
        votes = np.bincount(np.searchsorted(entries, chosen), weights=shares, minlength=len(entries))
        probability = np.zeros(len(entries))
        probability[np.searchsorted(entries, result.entry_item * classes + result.entry_class)] = result.probability
        truth = known[entries // classes]
        probability = np.where(truth >= 0, (truth == entries % classes) * 1.0, probability)
        numbers = np.bincount(entries // classes, minlength=items)
        begins = np.cumsum(numbers) - numbers
        each = numbers[answers.item]
        answer = np.repeat(np.arange(len(answers)), each)
        step = np.arange(len(answer)) - np.repeat(np.cumsum(each) - each, each)
        entry = begins[answers.item[answer]] + step
        label = entries[entry] % classes
        mine = np.where(label == answers.label[answer], shares[answer], 0.0)
        if found is not None:
            # All that the worker said of the object counts as own.
            pair = answers.item * max(len(answers.workers), 1) + answers.worker
            cell = pair[answer] * classes + label
            distinct, at = np.unique(cell, return_inverse=True)
            said = np.searchsorted(distinct, pair * classes + answers.label)
            mine = np.bincount(said, weights=shares, minlength=len(distinct))[at]
        size: Floats = np.round(np.bincount(answers.item, weights=shares, minlength=items) * 1.0, 9)
        return cls(answers, answer, label, votes[entry], mine, probability[entry], size, np.ones(len(answers)), shares)

    def bias(self) -> tuple[Ints, Floats]:
        """Keys of worker and class, and how much more often the worker chose it than the others on the same objects."""
        answers, classes = self.answers, max(len(self.answers.classes), 1)
        others = self.size[answers.item] - self.own
        counted = (others > 0.5)[self.answer] if len(answers) else np.zeros(0, dtype=bool)
        answer, weight = self.answer[counted], self.shares[self.answer[counted]]
        theirs = (self.votes - self.mine)[counted] / others[answer]
        keys = answers.worker[answer] * classes + self.label[counted]
        distinct, at = np.unique(keys, return_inverse=True)
        sums = np.bincount(at, weights=weight * (self.mine[counted] - theirs), minlength=len(distinct))
        of = np.bincount(answers.worker, weights=self.shares * (others > 0.5), minlength=1)
        return distinct, np.round(sums / of[distinct // classes], 9)

    def confusion(self) -> list[list[tuple[int, int, float]]]:
        answers, classes = self.answers, max(len(self.answers.classes), 1)
        keys = (answers.worker[self.answer] * classes + self.label) * classes + answers.label[self.answer]
        distinct, at = np.unique(keys, return_inverse=True)
        sums = np.bincount(at, weights=self.probability, minlength=len(distinct))
        found: list[list[tuple[int, int, float]]] = [[] for _ in answers.workers]
        for key, value in zip(distinct.tolist(), sums.tolist(), strict=True):
            if value > 1e-6:
                row, label = divmod(key, classes)
                found[row // classes].append((row % classes, label, value))
        return found


def _own_probability(answers: ClassAnswers, result: ClassResult) -> Floats:
    """The probability of each answer's class."""
    classes = max(len(answers.classes), 1)
    entries = result.entry_item * classes + result.entry_class
    wanted = answers.item * classes + answers.label
    if not len(entries):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(entries, wanted), len(entries) - 1)
    # A class that someone chose has an entry; where gold is of another, its probability is 0 and it may have none.
    return np.where(entries[at] == wanted, result.probability[at], 0.0)


def _gold_labels(answers: ClassAnswers, gold: Mapping[str, str]) -> Ints:
    place = {name: number for number, name in enumerate(answers.classes)}
    strange = sorted({name for name in gold.values() if name not in place})
    if strange:
        raise ValueError(f"gold: {', '.join(map(repr, strange[:5]))} is none of the classes")
    return np.array([place[gold[item]] if item in gold else -1 for item in answers.items], dtype=np.int64)


def _by_worker(found: tuple[Ints, Floats], classes: int, workers: int) -> list[list[tuple[int, float]]]:
    rows: list[list[tuple[int, float]]] = [[] for _ in range(workers)]
    for key, value in zip(found[0].tolist(), found[1].tolist(), strict=True):
        if value:
            rows[key // classes].append((key % classes, value))
    return rows


def _spammer_scores(answers: ClassAnswers, truth: Ints) -> list[float | None]:
    workers, classes = len(answers.workers), max(len(answers.classes), 1)
    met = truth[answers.item] >= 0 if len(answers) else np.zeros(0, dtype=bool)
    row_of = answers.worker[met] * classes + truth[answers.item[met]]
    cells, times = np.unique(row_of * classes + answers.label[met], return_counts=True)
    count: Floats = times.astype(np.float64)
    rows, at = np.unique(cells // classes, return_inverse=True)
    size: Floats = np.bincount(at, weights=count, minlength=len(rows)).astype(np.float64)
    kept = size >= 2
    many = np.bincount(rows[kept] // classes, minlength=workers)
    inside = kept[at] if len(at) else np.zeros(0, dtype=bool)
    cells, count, at = cells[inside], count[inside], at[inside]
    share: Floats = count / size[at]
    worker = cells // (classes * classes)
    # The square of a row's length, without what chance adds to it.
    lengths = np.bincount(worker, weights=count * (count - 1) / (size[at] * (size[at] - 1)), minlength=workers)
    crude = np.bincount(worker, weights=share**2, minlength=workers)
    columns, column = np.unique(worker * classes + cells % classes, return_inverse=True)
    sums = np.bincount(column, weights=share, minlength=len(columns))
    together = np.bincount(columns // classes, weights=sums**2, minlength=workers)
    scores: list[float | None] = []
    for number, length, raw, whole in zip(
        many.tolist(), lengths.tolist(), crude.tolist(), together.tolist(), strict=True
    ):
        if number < 2:
            scores.append(None)
            continue
        score = ((number - 1) * length - (whole - raw)) / (number * (number - 1))
        scores.append(round(min(1.0, max(0.0, score)), 9))
    return scores


def _alone(answers: ClassAnswers, terms: _Terms) -> list[list[str]]:
    """By worker, the objects on which all others, two or more, agree on another class."""
    found: list[list[str]] = [[] for _ in answers.workers]
    others = terms.size[answers.item] - 1
    theirs = np.round(terms.votes - terms.mine, 9)
    united = (others[terms.answer] >= 2) & (theirs == others[terms.answer]) & (terms.mine == 0)
    for at in terms.answer[united].tolist():
        found[answers.worker[at]].append(answers.items[answers.item[at]])
    return [sorted(set(items)) for items in found]


# --- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberWorker:
    """One worker who gave numbers.

    ``bias`` is how much higher than the others' mean on the same objects the answers are in the mean, ``spread`` the
    standard deviation of that difference, ``correlation`` Pearson's with the others' mean; ``gold_error`` the mean
    distance from known values. None where there are too few objects.
    """

    worker: str
    answers: int
    bias: float | None
    spread: float | None
    correlation: float | None
    gold_error: float | None
    seconds: Times | None

    def to_json(self) -> dict[str, Any]:
        return {
            "worker": self.worker,
            "answers": self.answers,
            "bias": self.bias,
            "spread": self.spread,
            "correlation": self.correlation,
            "gold-error": self.gold_error,
            "seconds": None if self.seconds is None else self.seconds.to_json(),
        }


def number_statistics(
    answers: NumberAnswers,
    *,
    gold: Mapping[str, float] | None = None,
    seconds: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, NumberWorker]:
    """Every worker of ``answers.workers``; ``gold`` by item, ``seconds`` by item and worker."""
    many = max(len(answers.workers), 1)
    keys, at, times = np.unique(answers.item * many + answers.worker, return_inverse=True, return_counts=True)
    value = np.bincount(at, weights=answers.value, minlength=len(keys)) / np.maximum(times, 1)
    item, worker = keys // many, keys % many
    size = np.bincount(item, minlength=len(answers.items))
    total = np.bincount(item, weights=value, minlength=len(answers.items))
    spent: dict[str, list[float]] = {}
    for (_item, name), given in (seconds or {}).items():
        spent.setdefault(name, []).append(given)
    found = {}
    for number, name in enumerate(answers.workers):
        own = np.flatnonzero(worker == number)
        shared = own[size[item[own]] >= 2]
        theirs = (total[item[shared]] - value[shared]) / (size[item[shared]] - 1)
        apart = value[shared] - theirs
        known = [
            (float(value[place]), gold[answers.items[item[place]]])
            for place in own.tolist()
            if gold and answers.items[item[place]] in gold
        ]
        found[name] = NumberWorker(
            name,
            int(times[own].sum()),
            float(apart.mean()) if len(apart) else None,
            float(apart.std(ddof=1)) if len(apart) > 1 else None,
            _correlation(value[shared], theirs),
            sum(abs(given - true) for given, true in known) / len(known) if known else None,
            Times.over(spent.get(name, ())),
        )
    return found


def _correlation(one: Sequence[float] | Floats, other: Sequence[float] | Floats) -> float | None:
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if len(first) < 3 or first.std() < 1e-12 or second.std() < 1e-12:
        return None
    return float(np.corrcoef(first, second)[0, 1])
