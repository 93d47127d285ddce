"""Agreement of workers beyond chance, with an interval for how much other objects would have changed it.

Everything is computed from how often each class (or value) was given to each object, never from a table of answers by
workers or of values by values. Intervals are 95 % percentile bootstraps over objects: objects with the same counts are
drawn together, so a million answers cost no more than their distinct patterns. The draws are seeded; the same answers
give the same interval, whatever the order of objects, workers and answers.

An answer counts where its object has answers of two workers. One who gave several different answers to an object has
still one vote: it is shared among them (of an ordinal scale it is their middle, of numbers their mean), and nobody is
compared with oneself.

Sources: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); Fleiss, Measuring nominal scale agreement
among many raters, Psychological Bulletin 76 (1971); Cohen, A coefficient of agreement for nominal scales, Educational
and Psychological Measurement 20 (1960); Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.class_models import DENSE_CELLS, ClassAnswers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]

DRAWS = 1_000
"""Bootstrap draws; fewer, never under `FEWEST_DRAWS`, where there are very many distinct objects."""
FEWEST_DRAWS = 100
SEED = 20_111_205
LEAST_SHARED = 10
"""Objects that two workers must both have answered to be compared by Cohen's kappa, where no pair is named."""

NO_PAIRS = "no object has answers of two workers"
ONE_VALUE = "all answers are the same, so nothing is expected by chance"

# Cells of one block of draws, and of all.
_BLOCK = 2_000_000
_ALL = 40_000_000


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A figure of agreement: 1 is full agreement; 0, of those that allow for chance, is chance.

    ``value`` is None where it is not defined, and ``reason`` says why. ``low`` and ``high`` bound the 95 % interval,
    None without draws or where they say nothing (one object). ``objects`` and ``answers`` are those that could be
    compared.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    objects: int
    answers: int
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "objects": self.objects,
            "answers": self.answers,
            **({"reason": self.reason} if self.reason else {}),
        }


@dataclass(frozen=True, slots=True)
class NumberAnswers:
    """Answers that are numbers: answer ``a`` is that ``worker[a]`` gave ``value[a]`` to ``item[a]``.

    ``item`` and ``worker`` are places in ``items`` and ``workers``; all three arrays have one entry an answer.
    ``unknown`` are the answers that are no finite number; they take no part.
    """

    item: Ints
    worker: Ints
    value: Floats
    items: Sequence[str]
    workers: Sequence[str]
    unknown: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, answers: Iterable[tuple[str, str, float | str]]) -> NumberAnswers:
        """From ``(item, worker, value)``; exact repetitions count once."""
        rows: list[tuple[str, str, float]] = []
        unknown: list[tuple[str, str, str]] = []
        for item, worker, given in set(answers):
            try:
                value = float(given)
            except (TypeError, ValueError):
                value = math.nan
            if math.isfinite(value):
                rows.append((item, worker, value))
            else:
                unknown.append((item, worker, str(given)))
        rows = sorted(set(rows))
        items = sorted({row[0] for row in rows} | {row[0] for row in unknown})
        workers = sorted({row[1] for row in rows})
        item_place = {name: number for number, name in enumerate(items)}
        worker_place = {name: number for number, name in enumerate(workers)}
        return cls(
            np.array([item_place[row[0]] for row in rows], dtype=np.int64),
            np.array([worker_place[row[1]] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=np.float64),
            items,
            workers,
            tuple(sorted(unknown)),
        )

    def __len__(self) -> int:
        return len(self.item)


# --- coefficients ----------------------------------------------------------------------------------------------------


def alpha(answers: ClassAnswers | NumberAnswers, level: Level | None = None, *, draws: int = DRAWS) -> Coefficient:
    """Krippendorff's alpha; any number of workers, missing answers allowed.

    Args:
        answers: classes, or numbers.
        level: of classes ``nominal`` (the default: all differences alike) or ``ordinal`` (``answers.classes`` is the
            scale, in its order); of numbers ``interval``.
        draws: of the bootstrap; 0 leaves the interval out.

    Not defined where no object has two answers, or where all compared answers are the same.
    Raises ValueError where level and answers do not go together.
    """
    numbers = isinstance(answers, NumberAnswers)
    level = level or ("interval" if numbers else "nominal")
    if numbers != (level == "interval"):
        raise ValueError(f"alpha of {'numbers' if numbers else 'classes'} cannot be {level}")
    name = f"alpha-{level}"
    if isinstance(answers, NumberAnswers):
        return _interval_alpha(name, answers, draws)
    if level == "nominal":
        return _Counts.of(answers).coefficient(name, _nominal_alpha, draws, ONE_VALUE)
    return _Counts.of(_middles(answers)).coefficient(name, _ordinal_alpha, draws, ONE_VALUE)


def fleiss_kappa(answers: ClassAnswers, *, draws: int = DRAWS) -> Coefficient:
    """Fleiss' kappa, with the number of answers free to differ between objects.

    An object counts as one whatever the number of its answers; chance is by the shares of all compared answers.
    Not defined where no object has two answers, or where all compared answers are the same.
    """
    return _Counts.of(answers).coefficient("fleiss-kappa", _fleiss, draws, ONE_VALUE)


def observed_agreement(answers: ClassAnswers, *, draws: int = DRAWS) -> Coefficient:
    """The share of pairs of answers to an object that are the same, as a mean over objects (Fleiss' P).

    Not defined where no object has two answers.
    """
    return _Counts.of(answers).coefficient("observed-agreement", _observed, draws, NO_PAIRS)


def cohen_kappa(
    answers: ClassAnswers, workers: tuple[str, str] | None = None, *, least: int | None = None, draws: int = DRAWS
) -> Coefficient:
    """Cohen's kappa of two workers, or of all pairs: their kappas' mean, weighted by the objects that they share.

    Args:
        workers: the two; without, all pairs.
        least: objects that a pair must share: 1 of two named workers, else `LEAST_SHARED` (with few objects in common
            chance is overrated).
        draws: of the bootstrap; 0 leaves the interval out.

    Pairs whose workers gave one and the same class to everything have no kappa and do not count. Not defined where
    no pair is left. Raises ValueError if a named worker has no answers.
    """
    pairs = Pairs.of(answers, workers)
    least = least or (1 if workers else LEAST_SHARED)
    name = "cohen-kappa"
    compared = np.unique(answers.item[pairs.first])
    involved = len(np.unique(np.concatenate([pairs.first, pairs.second])))
    if not len(pairs.first):
        which = "the two workers have no object in common" if workers else NO_PAIRS
        return Coefficient(name, None, None, None, 0, 0, which)
    enough = pairs.shared >= least
    if not enough.any():
        reason = f"no two workers have {least} objects in common"
        return Coefficient(name, None, None, None, len(compared), involved, reason)
    pairs = pairs.of_pairs(enough)
    compared, at = np.unique(answers.item[pairs.first], return_inverse=True)
    involved = len(np.unique(np.concatenate([pairs.first, pairs.second])))
    kappa = pairs.kappa()
    value = rounded(kappa(None))
    if math.isnan(value):
        reason = "each pair of workers gave one and the same class to everything"
        return Coefficient(name, None, None, None, len(compared), involved, reason)

    def redrawn(weights: Floats) -> Floats:
        return np.array([kappa(row[at]) for row in weights])

    ones = np.ones(len(compared), dtype=np.int64)
    low, high = interval(redrawn, ones, draws, cost=4 * len(pairs.first), around=value)
    return Coefficient(name, value, low, high, len(compared), involved)


def rounded(value: Any) -> float:
    """Without the last digits, which depend on the order in which was added."""
    return round(float(value), 12)


# --- bootstrap -------------------------------------------------------------------------------------------------------


def interval(
    statistic: Callable[[Floats], Floats], repeats: Ints, draws: int, *, cost: int = 0, around: float | None = None
) -> tuple[float | None, float | None]:
    """The 95 % percentile bootstrap of a statistic over objects.

    Args:
        statistic: gives its values, shape (draws,), for how often each pattern was drawn, shape (draws, patterns);
            NaN where it is not defined.
        repeats: how many objects there are of each pattern, shape (patterns,).
        draws: how many are wanted; fewer are made where they would take long, never under `FEWEST_DRAWS`.
        cost: cells that one draw costs, if more than a pattern each.
        around: the statistic's value, where drawing objects twice shifts it as a whole; the draws' mean is put there,
            within -1 to 1.

    (None, None) without draws, with fewer than two objects, or where half of the draws are not defined.
    """
    objects, patterns = int(repeats.sum()), len(repeats)
    if draws <= 0 or objects < 2:
        return None, None
    each = max(patterns, cost, 1)
    draws = min(draws, max(FEWEST_DRAWS, _ALL // each))
    random = np.random.default_rng(SEED)
    shares = repeats / objects
    found = []
    for start in range(0, draws, step := max(1, _BLOCK // max(patterns, 1))):
        size = min(step, draws - start)
        found.append(statistic(random.multinomial(objects, shares, size=size).astype(np.float64)))
    values = np.concatenate(found)
    values = values[np.isfinite(values)]
    if len(values) * 2 < draws:
        return None, None
    if around is not None:
        # What is shifted may leave a kappa's range.
        values = np.clip(values - values.mean() + around, -1, 1)
    low, high = np.percentile(values, [2.5, 97.5])
    return rounded(low), rounded(high)


# --- classes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Counts:
    """How often each class was given to each object that can be compared, objects of the same counts together.

    ``table`` has shape (patterns, classes), or is None where it would be too large: then entry ``e`` says that pattern
    ``row[e]`` has ``votes[e]`` answers ``label[e]``. ``size`` is the answers of a pattern, ``repeats`` its objects,
    ``pairs`` the ordered pairs of its answers that are of the same class.
    """

    classes: int
    size: Floats
    pairs: Floats
    repeats: Ints
    table: NDArray[Any] | None
    row: Ints
    label: Ints
    votes: Floats

    @classmethod
    def of(cls, answers: ClassAnswers) -> _Counts:
        items, classes = len(answers.items), max(len(answers.classes), 1)
        none = np.zeros(0, dtype=np.int64)
        shares = vote_shares(answers)
        size = _sums(answers.item, shares, items)
        # What a worker shares with oneself.
        own = size
        if shares is not None:
            own, size = _sums(answers.item, shares**2, items), np.round(size)
        paired = size >= 2
        repeats: Ints = np.ones(int(paired.sum()), dtype=np.int64)
        keys = answers.item * classes + answers.label
        if items * classes <= DENSE_CELLS:
            flat: Any = np.bincount(keys, weights=shares, minlength=items * classes)
            table: Any = flat.reshape(items, classes)
            squares = np.einsum("ik,ik->i", table, table) * 1.0
            if not paired.all():
                table, size, squares, own = table[paired], size[paired], squares[paired], own[paired]
            return cls(classes, size, squares - own, repeats, table, none, none, np.zeros(0))
        entries, at = np.unique(keys, return_inverse=True)
        votes = _sums(at, shares, len(entries))
        kept = paired[entries // classes]
        entries, votes = entries[kept], votes[kept]
        row = (np.cumsum(paired) - 1)[entries // classes]
        squares = _sums(row, votes**2, len(repeats))
        return cls(classes, size[paired], squares - own[paired], repeats, None, row, entries % classes, votes)

    def grouped(self) -> _Counts:
        """The same with objects of the same counts together."""
        if self.table is None or not len(self.table):
            return self
        # A row's fingerprint: its sum with random factors, modulo 2^64. Two of a million rows share one with a chance
        # of one in ten million, and then the interval is off by one object.
        random = np.random.default_rng(SEED)
        parts = [*self.table.T, self.pairs]
        prints = np.zeros(len(self.table), dtype=np.uint64)
        for part in parts:
            prints += np.rint(part * 5040).astype(np.uint64) * random.integers(1, 2**63, dtype=np.uint64)
        _, first, repeats = np.unique(prints, return_index=True, return_counts=True)
        # By their counts, so that names and order of objects have no part in the draws.
        order = np.lexsort([self.pairs[first], *self.table[first].T[::-1]])
        first, repeats = first[order], repeats[order].astype(np.int64)
        none = np.zeros(0, dtype=np.int64)
        return _Counts(
            self.classes, self.size[first], self.pairs[first], repeats, self.table[first] * 1.0, none, none, np.zeros(0)
        )

    def coefficient(
        self, name: str, statistic: Callable[[_Counts, Floats | None], Floats], draws: int, undefined: str
    ) -> Coefficient:
        objects, answers = int(self.repeats.sum()), int((self.size * self.repeats).sum())
        if not objects:
            return Coefficient(name, None, None, None, 0, 0, NO_PAIRS)
        value = rounded(statistic(self, None)[0])
        if not math.isfinite(value):
            return Coefficient(name, None, None, None, objects, answers, undefined)
        low = high = None
        if draws:
            grouped = self.grouped()
            low, high = interval(partial(statistic, grouped), grouped.repeats, draws, cost=len(grouped.votes))
        return Coefficient(name, value, low, high, objects, answers)

    def weighed(self, weights: Floats | None, values: Floats) -> Floats:
        """The sums of the patterns' values, shape (draws,), where a pattern counts ``weights`` or just once."""
        sums: Floats = values.sum(keepdims=True) if weights is None else weights @ values
        return sums

    def totals(self, weights: Floats | None) -> Floats:
        """Answers by class, shape (draws, classes), of patterns that count ``weights``, shape (draws, patterns)."""
        if weights is None:
            if self.table is not None:
                return np.asarray(self.table.sum(0, keepdims=True), dtype=np.float64)
            return _sums(self.label, self.votes, self.classes)[None]
        if self.table is not None:
            sums: Floats = weights @ self.table
            return sums
        return np.stack([_sums(self.label, self.votes * row[self.row], self.classes) for row in weights])

    def sums(self, scores: Floats) -> Floats:
        """The answers' scores by pattern, shape (patterns,), of scores by class, shape (classes,)."""
        if self.table is not None:
            sums: Floats = self.table @ scores
            return sums
        return _sums(self.row, self.votes * scores[self.label], len(self.size))


def _sums(group: Ints, values: Floats | None, groups: int) -> Floats:
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def vote_shares(answers: ClassAnswers | NumberAnswers) -> Floats | None:
    """What each answer counts: less than 1 where a worker answered an object more than once; None if nobody did."""
    many = max(len(answers.workers), 1)
    keys = answers.item * many + answers.worker
    repeated = _repeated(keys, answers.item)
    if not len(repeated):
        return None
    # Only the answers to those few objects are looked at closer.
    touched = np.zeros(len(answers.items), dtype=bool)
    touched[repeated // many] = True
    some = np.flatnonzero(touched[answers.item])
    _, at, times = np.unique(keys[some], return_inverse=True, return_counts=True)
    shares = np.ones(len(keys))
    shares[some] = 1.0 / times[at]
    return shares


def _repeated(keys: Ints, item: Ints) -> Ints:
    """The keys that are there more than once. Sorting them all would be most of what alpha takes."""
    found: list[Ints] = []
    if (keys[1:] > keys[:-1]).all():
        return keys[:0]
    if (item[1:] >= item[:-1]).all():
        # Each is compared with those behind it in its object.
        for step in range(1, 16):
            together = item[step:] == item[:-step]
            if not together.any():
                repeated: Ints = np.concatenate([keys[:0], *found])
                return repeated
            found.append(keys[step:][keys[step:] == keys[:-step]])
    small = len(keys) and keys.max() < 2**31
    ordered = np.sort(keys.astype(np.int32) if small else keys)
    again: Ints = ordered[1:][ordered[1:] == ordered[:-1]].astype(np.int64)
    return again


def _middles(answers: ClassAnswers) -> ClassAnswers:
    """One answer a worker and object: the middle one on the scale, of two middle ones the lower."""
    if vote_shares(answers) is None:
        return answers
    keys = answers.item * max(len(answers.workers), 1) + answers.worker
    order = np.lexsort((answers.label, keys))
    _, first, times = np.unique(keys[order], return_index=True, return_counts=True)
    middle = order[first + (times - 1) // 2]
    return replace(answers, item=answers.item[middle], worker=answers.worker[middle], label=answers.label[middle])


def _means(answers: NumberAnswers) -> NumberAnswers:
    """One answer a worker and object: the mean."""
    shares = vote_shares(answers)
    if shares is None:
        return answers
    many = max(len(answers.workers), 1)
    distinct, at = np.unique(answers.item * many + answers.worker, return_inverse=True)
    means = _sums(at, answers.value * shares, len(distinct))
    return replace(answers, item=distinct // many, worker=distinct % many, value=means)


def _beyond_chance(observed: Floats, expected: Floats) -> Floats:
    """1 - observed / expected disagreement; NaN where none is expected."""
    # Of the last digits' size is none: the expected one is a difference of large sums.
    some = expected > 1e-12
    kept: Floats = 1.0 - np.divide(observed, expected, out=np.full(len(expected), np.nan), where=some)
    return kept


def _nominal_alpha(counts: _Counts, weights: Floats | None) -> Floats:
    totals = counts.totals(weights)
    size = totals.sum(1)
    differing = (counts.size**2 - counts.size - counts.pairs) / (counts.size - 1)
    expected = (size**2 - (totals**2).sum(1)) / np.maximum(size - 1, 1)
    return _beyond_chance(counts.weighed(weights, differing) / size, expected / size)


def _ordinal_alpha(counts: _Counts, weights: Floats | None) -> Floats:
    """The ordinal difference of two classes is that of their middle ranks: so this is the interval alpha of ranks."""
    totals = counts.totals(weights)
    size = totals.sum(1)
    ranks = (np.cumsum(totals, axis=1) - totals / 2) / size[:, None]
    centered = ranks - (totals * ranks).sum(1, keepdims=True) / size[:, None]
    squares = (totals * centered**2).sum(1)
    within = np.empty(len(size))
    for number, rank in enumerate(centered):
        spread = counts.size * counts.sums(rank**2) - counts.sums(rank) ** 2
        weight = None if weights is None else weights[number : number + 1]
        within[number] = counts.weighed(weight, spread / (counts.size - 1))[0]
    return _beyond_chance(within / size, squares / np.maximum(size - 1, 1))


def _observed(counts: _Counts, weights: Floats | None) -> Floats:
    objects = counts.weighed(weights, np.ones(len(counts.size)))
    return counts.weighed(weights, counts.pairs / (counts.size * (counts.size - 1))) / objects


def _fleiss(counts: _Counts, weights: Floats | None) -> Floats:
    totals = counts.totals(weights)
    chance = (totals**2).sum(1) / totals.sum(1) ** 2
    return _beyond_chance(1 - _observed(counts, weights), 1 - chance)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _interval_alpha(name: str, answers: NumberAnswers, draws: int) -> Coefficient:
    """Squared differences are sums of squares, so neither pairs nor a table of values by values are needed."""
    answers = _means(answers)
    size = np.bincount(answers.item, minlength=len(answers.items))
    paired = size >= 2
    counted = paired[answers.item] if len(answers) else np.zeros(0, dtype=bool)
    if not counted.any():
        return Coefficient(name, None, None, None, 0, 0, NO_PAIRS)
    item, value = (np.cumsum(paired) - 1)[answers.item[counted]], answers.value[counted]
    number = size[paired] * 1.0
    # The scale falls out of alpha; small centered numbers keep their digits when squared.
    value = np.asarray(value - value.mean(), dtype=np.float64)
    value = value / (np.abs(value).max() or 1.0)
    means = np.bincount(item, weights=value) / number
    spread = np.bincount(item, weights=(value - means[item]) ** 2) * number / (number - 1)
    columns = np.stack([number, means * number, np.bincount(item, weights=value**2), spread], axis=1)
    columns = columns[np.lexsort(columns.T)]

    def statistic(weights: Floats) -> Floats:
        size, first, second, within = (weights @ columns).T
        return _beyond_chance(within / size, (second - first**2 / size) / np.maximum(size - 1, 1))

    objects: Ints = np.ones(len(columns), dtype=np.int64)
    found = rounded(statistic(np.ones((1, len(columns))))[0])
    if not math.isfinite(found):
        return Coefficient(name, None, None, None, len(columns), len(value), ONE_VALUE)
    low, high = interval(statistic, objects, draws)
    return Coefficient(name, found, low, high, len(columns), len(value))


# --- pairs of workers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of answers of two workers to one object, by pairs of workers.

    Pair of answers ``p`` is ``first[p]`` and ``second[p]`` (places of answers), of workers ``at[p]``: a place in
    ``one``, ``other`` (places of workers, ``one`` the lower) and ``shared`` (how many objects both answered).
    ``weight`` is under 1 where one of the two gave several answers to the object.
    """

    answers: ClassAnswers
    first: Ints
    second: Ints
    at: Ints
    one: Ints
    other: Ints
    shared: Floats
    weight: Floats

    @classmethod
    def of(cls, answers: ClassAnswers, workers: tuple[str, str] | None = None) -> Pairs:
        """Raises ValueError if a named worker has no answers."""
        chosen = np.arange(len(answers))
        if workers is not None:
            for name in workers:
                if name not in answers.workers:
                    raise ValueError(f"there is no answer of a worker {name!r}")
            chosen = np.flatnonzero(np.isin(answers.worker, [list(answers.workers).index(name) for name in workers]))
        order = chosen[np.lexsort((answers.worker[chosen], answers.item[chosen]))]
        item = answers.item[order]
        begins = np.flatnonzero(np.diff(item, prepend=-1))
        sizes = np.diff(np.append(begins, len(item)))
        # Each answer with all later ones of its object.
        place = np.arange(len(item)) - np.repeat(begins, sizes)
        later = np.repeat(sizes, sizes) - place - 1
        first = np.repeat(np.arange(len(item)), later)
        step = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later)
        second = order[first + step + 1] if len(first) else first
        first = order[first] if len(first) else first
        apart = answers.worker[first] != answers.worker[second]
        first, second = first[apart], second[apart]
        keys = answers.worker[first] * max(len(answers.workers), 1) + answers.worker[second]
        many = max(len(answers.workers), 1)
        distinct, at = np.unique(keys, return_inverse=True)
        shares = vote_shares(answers)
        weight = np.ones(len(first)) if shares is None else shares[first] * shares[second]
        shared = np.round(_sums(at, weight, len(distinct)), 9)
        return cls(answers, first, second, at.astype(np.int64), distinct // many, distinct % many, shared, weight)

    def of_pairs(self, kept: NDArray[np.bool_]) -> Pairs:
        """Those of some pairs of workers; ``kept`` has shape (pairs of workers,)."""
        inside = kept[self.at] if len(self.at) else np.zeros(0, dtype=bool)
        at = (np.cumsum(kept) - 1)[self.at[inside]]
        return Pairs(
            self.answers,
            self.first[inside],
            self.second[inside],
            at,
            self.one[kept],
            self.other[kept],
            self.shared[kept],
            self.weight[inside],
        )

    def kappa(self) -> Callable[[Floats | None], float]:
        """A function of how much each pair of answers counts (shape (pairs,), or just once): the mean of Cohen's kappa
        over pairs of workers, weighted by what they share; NaN where no pair has one."""
        number, classes = len(self.one), max(len(self.answers.classes), 1)
        one, other = self.answers.label[self.first], self.answers.label[self.second]
        same = one == other
        # What every draw needs is looked up once.
        cells = np.unique(np.concatenate([self.at * classes + one, self.at * classes + other]))
        our_cell = np.searchsorted(cells, self.at * classes + one)
        their_cell = np.searchsorted(cells, self.at * classes + other)
        pair_of_cell = cells // classes

        def mean(weights: Floats | None) -> float:
            weights = self.weight if weights is None else self.weight * weights
            total = _sums(self.at, weights, number)
            safe = np.maximum(total, 1.0)
            agree = _sums(self.at, weights * same, number) / safe
            both = _sums(our_cell, weights, len(cells)) * _sums(their_cell, weights, len(cells))
            chance = _sums(pair_of_cell, both, number) / safe**2
            values = _beyond_chance(1 - agree, np.where(total > 0, 1 - chance, 0.0))
            known = np.isfinite(values)
            return float(np.average(values[known], weights=total[known])) if known.any() else math.nan

        return mean
