"""One number an object from many workers' numbers: sliders, ratings, counts.

The default, `worker_model`, learns of every worker a bias, how closely the worker follows what the others say, and how
far the worker strays; a worker weighs by the last two. Where all answer alike it is the mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.by_object import by_object

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Answers = Mapping[str, Mapping[str, float]]
Scale = Sequence[float] | None
Limits = tuple[float, float] | None
Gold = Mapping[str, float] | None

LARGEST = 1e100
"""Numbers beyond it do not count: their squares cannot be reckoned with."""
OUTLIER = 10.0
"""The default leaves out an answer so many times as far from its object's median as answers that differ from it
typically are, if the object has at least three answers."""
ROUNDS = 3
FOLLOWS_WEIGHT = 20.0
"""Answers' worth of weight of all workers' slope in a worker's own."""
SPREAD_WEIGHT = 100.0
"""Answers' worth of weight of all workers' variance in a worker's own."""
LOCAL_WEIGHT = 4.0
"""Answers' worth of weight of the typical variance in an object's own."""
START_SPREAD = 0.1
"""What is believed of an answer's standard deviation before two answers to an object are seen, in ranges of ``limits``
or of all answers; it counts as one comparison of two answers."""
TRIM = 0.1
"""The share of answers that the trimmed mean leaves out at either end."""
# Of the normal distribution, for intervals of 95 %.
_TWO_SIDED = 1.959964


@dataclass(frozen=True, slots=True)
class NumberLabel:
    """One object's number.

    Attributes:
        value: None where nobody gave a number; on a scale one of its steps.
        mean: the value before it was put on the scale.
        low: with ``high``, where the crowd's value lies in 95 of 100 cases, were more of the same crowd asked.
        high: see ``low``.
        confidence: the chance that the crowd's value is within ``tolerance`` of ``value`` (on a scale: nearest to this
            step). It knows nothing of what the whole crowd gets wrong.
        answers: the numbers that counted, by worker.
        problems: what did not count, and why.
    """

    value: float | None
    mean: float | None
    low: float | None
    high: float | None
    confidence: float
    answers: Mapping[str, float]
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "confidence": round(self.confidence, 4),
            "answers": dict(self.answers),
            "problems": list(self.problems),
        }


_SUMS = ("answers", "own", "others", "own_squared", "others_squared", "product")


@dataclass(frozen=True, slots=True)
class NumberWorkers:
    """What is known of workers, as sums over their answers to objects that others (or gold) have a number for.

    ``sums[worker]`` has six: answers; the sums of the worker's numbers and of the others' numbers (the mean of the
    others by their weights, or gold); of their squares; of their products. Models of batches add up.
    """

    sums: Mapping[str, tuple[float, ...]]

    def merged(self, other: NumberWorkers) -> NumberWorkers:
        found = dict(self.sums)
        for worker, more in other.sums.items():
            mine = found.get(worker, (0.0,) * len(_SUMS))
            found[worker] = tuple(a + b for a, b in zip(mine, more, strict=True))
        return NumberWorkers(found)

    def to_json(self) -> dict[str, Any]:
        return {"version": 1, "sums": list(_SUMS), "workers": {name: list(sums) for name, sums in self.sums.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> NumberWorkers:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if value["version"] != 1 or tuple(value["sums"]) != _SUMS:
                raise ValueError("this is a worker model of another version")
            found = {str(name): tuple(float(one) for one in sums) for name, sums in value["workers"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not a worker model: {error!r}") from None
        if any(len(sums) != len(_SUMS) or not all(map(math.isfinite, sums)) for sums in found.values()):
            raise ValueError("a worker of the model has not the six sums")
        return cls(found)


@dataclass(frozen=True, slots=True)
class NumberResult:
    """``objects``: every object of the input. ``workers``: what these answers taught, None for the plain methods."""

    objects: dict[str, NumberLabel]
    workers: NumberWorkers | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "objects": {name: label.to_json() for name, label in self.objects.items()},
            "workers": self.workers.to_json() if self.workers is not None else None,
        }


@dataclass(frozen=True, slots=True)
class _Table:
    """The answers that count: ``worker[a]`` gave ``value[a]`` to ``item[a]``; sorted by item and value.

    Items stand in the order of their numbers, so that the order of arrival changes no digit of a sum.
    """

    items: list[str]
    workers: list[str]
    item: Ints
    worker: Ints
    value: Floats
    known: Floats
    """By item: gold's number, NaN without."""
    problems: dict[str, list[str]]
    arrived: list[str]
    """The items as they came."""

    @classmethod
    def of(
        cls,
        answers: Answers,
        gold: Gold,
        scale: Scale,
        limits: Limits,
    ) -> _Table:
        steps = None if scale is None else set(scale)
        problems: dict[str, list[str]] = {}
        counting: dict[str, list[tuple[float, str]]] = {}
        for name, by_worker in by_object(answers).items():
            mine = counting.setdefault(name, [])
            for worker, given in sorted(by_worker.items()):
                number = _number(given)
                if number is None:
                    problems.setdefault(name, []).append(f"{worker}: {given!r} is no number")
                elif steps is not None and number not in steps:
                    problems.setdefault(name, []).append(f"{worker}: {number:g} is none of the scale's steps")
                elif limits is not None and not limits[0] <= number <= limits[1]:
                    problems.setdefault(name, []).append(
                        f"{worker}: {number:g} is not within {limits[0]:g} and {limits[1]:g}"
                    )
                else:
                    mine.append((number, worker))
            mine.sort()
        items = sorted(counting, key=lambda name: ([number for number, _worker in counting[name]], name))
        rows = [(item, number, worker) for item, name in enumerate(items) for number, worker in counting[name]]
        workers = sorted({row[2] for row in rows})
        place = {name: number for number, name in enumerate(workers)}
        known = np.array([math.nan if gold is None else gold.get(name, math.nan) for name in items], dtype=np.float64)
        return cls(
            items,
            workers,
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([place[row[2]] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.float64),
            known,
            problems,
            list(counting),
        )

    def sum_by_item(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.item, weights=values, minlength=len(self.items)), dtype=np.float64)

    def sum_by_worker(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.worker, weights=values, minlength=len(self.workers)), dtype=np.float64)

    def without(self, dropped: NDArray[np.bool_], why: str) -> _Table:
        if not dropped.any():
            return self
        problems = {name: list(told) for name, told in self.problems.items()}
        for at in np.flatnonzero(dropped).tolist():
            told = f"{self.workers[self.worker[at]]}: {self.value[at]:g} {why}"
            problems.setdefault(self.items[self.item[at]], []).append(told)
        kept = ~dropped
        return replace(self, item=self.item[kept], worker=self.worker[kept], value=self.value[kept], problems=problems)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= LARGEST else None


# --- the methods -----------------------------------------------------------------------------------------------------


def mean(
    answers: Answers, *, scale: Scale = None, limits: Limits = None, tolerance: float | None = None, gold: Gold = None
) -> NumberResult:
    """The arithmetic mean of all numbers.

    Args:
        answers: object → worker → number. NaN, infinite and very large ones do not count (`LARGEST`).
        scale: the steps of an ordinal scale, the only numbers that count; the value is the nearest one, of two the
            lower.
        limits: the lowest and the highest number that counts, as a slider has them.
        tolerance: how far from the truth is near enough, for the confidence; by default a tenth of the range of
            ``limits`` or, without, of all answers that count. A scale needs none.
        gold: object → known number: fixed truth.
    """
    table = _Table.of(answers, gold, scale, limits)
    return _by_item(table, lambda values: values, scale, limits, tolerance)


def trimmed_mean(
    answers: Answers, *, scale: Scale = None, limits: Limits = None, tolerance: float | None = None, gold: Gold = None
) -> NumberResult:
    """The mean without the lowest and the highest tenth (`TRIM`, rounded down); otherwise as `mean`."""

    def inner(values: Floats) -> Floats:
        out = int(len(values) * TRIM)
        return values[out : len(values) - out]

    return _by_item(_Table.of(answers, gold, scale, limits), inner, scale, limits, tolerance)


def median(
    answers: Answers, *, scale: Scale = None, limits: Limits = None, tolerance: float | None = None, gold: Gold = None
) -> NumberResult:
    """The median; of an even number of answers the middle of the two in the middle; otherwise as `mean`."""

    def middle(values: Floats) -> Floats:
        return values[(len(values) - 1) // 2 : len(values) // 2 + 1]

    return _by_item(_Table.of(answers, gold, scale, limits), middle, scale, limits, tolerance)


def worker_model(
    answers: Answers,
    *,
    scale: Scale = None,
    limits: Limits = None,
    tolerance: float | None = None,
    gold: Gold = None,
    anchors: NumberWorkers | None = None,
) -> NumberResult:
    """The default: a mean of what workers say less their bias, weighed by how well they follow the others.

    Every worker's numbers are held against the others' mean of the same objects (or gold): the bias is the mean
    difference, shrunk by how much of the biases' variance is chance; a regression gives the slope and the variance
    around it, both shrunk to those of all workers; the weight is slope / variance. Answers far off (`OUTLIER`) do not
    count. Biases are relative to all workers, but to the truth where there is gold.

    Args:
        anchors: workers as other batches knew them. `NumberResult.workers` is what these answers alone add.

    The others as `mean`. Source: the regression is that of congeneric tests (Jöreskog, Statistical Analysis of Sets of
    Congeneric Tests, Psychometrika 36, 1971), the shrunk bias that of random effects (Robinson, That BLUP is a Good
    Thing, Statistical Science 6, 1991).
    """
    table = _Table.of(answers, gold, scale, limits)
    table = table.without(_far_off(table), "is far from the others")
    count = len(table.value)
    has_gold = bool(np.isfinite(table.known).any())
    weight, bias = np.ones(len(table.workers)), np.zeros(len(table.workers))
    variance = 0.0
    sums = np.zeros((len(_SUMS), len(table.workers)))
    # Squares of numbers far from zero would cost the digits in which workers differ.
    center = float(np.median(table.value)) if count else 0.0
    others_sums, more = (_moved(found, -center) for found in _anchored(anchors, table.workers))
    if count:
        given = table.sum_by_item(np.ones(count))
        compared = (given[table.item] > 1) | np.isfinite(table.known[table.item])
        for _ in range(ROUNDS):
            each = weight[table.worker]
            unbiased = table.value - bias[table.worker]
            total, weighed = table.sum_by_item(each), table.sum_by_item(each * unbiased)
            rest = np.maximum(total[table.item] - each, 1e-12)
            others = np.where(compared, (weighed[table.item] - each * unbiased) / rest, unbiased)
            others = np.where(np.isfinite(table.known[table.item]), table.known[table.item], others)
            sums = _worker_sums(table, others, compared, center)
            weight, bias, variance = _learned(sums + others_sums, more, has_gold)
    known = float(sums[0].sum() + others_sums[0].sum() + more[0].sum())
    return _labels(
        table, weight, bias, variance, scale, limits, tolerance, _workers(table, _moved(sums, center)), compared=known
    )


METHODS: dict[str, Callable[..., NumberResult]] = {
    "worker-model": worker_model,
    "mean": mean,
    "trimmed-mean": trimmed_mean,
    "median": median,
}
"""By their names in ``workflow.toml`` and on the command line; the first is the default."""

DEFAULT_METHOD = "worker-model"


# --- parts -----------------------------------------------------------------------------------------------------------


def _far_off(table: _Table) -> NDArray[np.bool_]:
    """The answers that are too far from their object's median to be meant."""
    far = np.zeros(len(table.value), dtype=bool)
    if not len(far):
        return far
    given = np.bincount(table.item, minlength=len(table.items))
    start = np.cumsum(given) - given
    low, high = start + (given - 1) // 2, start + given // 2
    last = len(far) - 1
    middle = (table.value[np.minimum(np.maximum(low, 0), last)] + table.value[np.minimum(high, last)]) / 2
    distance = np.abs(table.value - middle[table.item])
    some = distance[(distance > 0) & (given[table.item] >= 3)]
    if len(some):
        far = (distance > OUTLIER * np.median(some)) & (given[table.item] >= 3)
    return far


def _moved(sums: Floats, by: float) -> Floats:
    """The six sums, shape (6, workers), as they are of numbers that are all greater ``by`` so much."""
    count, own, others, own_squared, others_squared, product = sums
    return np.stack(
        [
            count,
            own + by * count,
            others + by * count,
            own_squared + by * (2 * own + by * count),
            others_squared + by * (2 * others + by * count),
            product + by * (own + others + by * count),
        ]
    )


def _worker_sums(table: _Table, others: Floats, compared: NDArray[np.bool_], center: float) -> Floats:
    """The six sums of `NumberWorkers` by worker, shape (6, workers), of the numbers less ``center``."""
    own, others = np.where(compared, table.value - center, 0.0), np.where(compared, others - center, 0.0)
    columns = (compared.astype(np.float64), own, others, own * own, others * others, own * others)
    return np.stack([table.sum_by_worker(np.asarray(column, dtype=np.float64)) for column in columns])


def _anchored(anchors: NumberWorkers | None, workers: list[str]) -> tuple[Floats, Floats]:
    """The anchors' sums of these workers, shape (6, workers), and of all other workers of theirs, shape (6, others)."""
    known = {} if anchors is None else anchors.sums
    here = set(workers)
    mine = np.array([known.get(name, (0.0,) * len(_SUMS)) for name in workers], dtype=np.float64)
    rest = np.array([sums for name, sums in sorted(known.items()) if name not in here], dtype=np.float64)
    return mine.reshape(-1, len(_SUMS)).T, rest.reshape(-1, len(_SUMS)).T


def _learned(sums: Floats, more: Floats, has_gold: bool) -> tuple[Floats, Floats, float]:
    """Weight and bias by worker, and the typical variance of an answer around the truth."""
    here = sums.shape[1]
    count, own, others, own_squared, others_squared, product = np.concatenate([sums, more], axis=1)
    total = count.sum()
    if total <= 0:
        return np.ones(here), np.zeros(here), 0.0
    safe = np.maximum(count, 1.0)
    difference = (own - others) / safe
    within = np.maximum(own_squared - 2 * product + others_squared - count * difference**2, 0.0).sum()
    active = int((count > 0).sum())
    noise = within / max(total - active, 1.0)
    between = max(float((count * difference**2).sum() - noise * active) / total, 0.0)
    bias = difference * (between / (between + noise / safe) if between > 0 else 0.0)
    if not has_gold:
        bias = bias - (bias * count).sum() / total

    spread = np.maximum(others_squared - others**2 / safe, 0.0)
    along = product - own * others / safe
    around = np.maximum(own_squared - own**2 / safe, 0.0)
    typical_spread = spread.sum() / total
    slope = along.sum() / spread.sum() if spread.sum() > 0 else 0.0
    if slope > 0:
        slopes = (along + FOLLOWS_WEIGHT * slope * typical_spread) / (spread + FOLLOWS_WEIGHT * typical_spread)
    else:
        slope, slopes = 1.0, np.ones(len(count))
    residual = np.maximum(around - 2 * slopes * along + slopes**2 * spread, 0.0)
    pooled = residual.sum() / total
    variance = (residual + SPREAD_WEIGHT * pooled) / (count + SPREAD_WEIGHT)
    if pooled <= 0:
        return np.ones(here), bias[:here], 0.0
    weight = np.maximum(slopes / slope, 1e-3) / variance
    return weight[:here] * pooled, bias[:here], float(noise)


def _workers(table: _Table, sums: Floats) -> NumberWorkers:
    columns = sums.T.tolist()
    return NumberWorkers({name: tuple(column) for name, column in zip(table.workers, columns, strict=True)})


def _by_item(
    table: _Table,
    kept: Callable[[Floats], Floats],
    scale: Scale,
    limits: Limits,
    tolerance: float | None,
) -> NumberResult:
    """The mean of what ``kept`` leaves of each object's numbers, which ascend."""
    given = np.bincount(table.item, minlength=len(table.items))
    ends = np.cumsum(given)
    middle = np.full(len(table.items), math.nan)
    for item, (end, count) in enumerate(zip(ends.tolist(), given.tolist(), strict=True)):
        if count:
            middle[item] = kept(table.value[end - count : end]).mean()
    alike = np.ones(len(table.workers))
    return _labels(table, alike, np.zeros(len(alike)), None, scale, limits, tolerance, None, middle)


def _labels(
    table: _Table,
    weight: Floats,
    bias: Floats,
    variance: float | None,
    scale: Scale,
    limits: Limits,
    tolerance: float | None,
    workers: NumberWorkers | None,
    middle: Floats | None = None,
    compared: float = 0.0,
) -> NumberResult:
    each, unbiased = weight[table.worker], table.value - bias[table.worker]
    total = np.maximum(table.sum_by_item(each), 1e-300)
    given = table.sum_by_item(np.ones(len(each)))
    if middle is None:
        middle = table.sum_by_item(each * unbiased) / total
    squares = table.sum_by_item(each * (unbiased - middle[table.item]) ** 2) / total * given
    seen = float((given[given > 1] - 1).sum())
    if variance is None:
        variance = float(squares[given > 1].sum() / max(seen, 1.0))
    ends = limits or ((float(table.value.min()), float(table.value.max())) if len(table.value) else (0.0, 0.0))
    seen = max(seen, compared)
    variance = (variance * seen + (START_SPREAD * (ends[1] - ends[0])) ** 2) / (seen + 1.0)
    local = (squares + LOCAL_WEIGHT * variance) / np.maximum(given - 1 + LOCAL_WEIGHT, 1.0)
    # So many equal witnesses the weights are worth.
    worth = total**2 / np.maximum(table.sum_by_item(each**2), 1e-300)
    error = np.sqrt(local / np.maximum(worth, 1.0))
    if tolerance is None:
        tolerance = (ends[1] - ends[0]) / 10
    steps = sorted(set(scale)) if scale is not None else None
    by_item: list[dict[str, float]] = [{} for _ in table.items]
    for item, worker, value in zip(table.item.tolist(), table.worker.tolist(), table.value.tolist(), strict=True):
        by_item[item][table.workers[worker]] = value
    objects = {}
    for item, name in enumerate(table.items):
        told, known = tuple(table.problems.get(name, ())), float(table.known[item])
        mine = dict(sorted(by_item[item].items()))
        if math.isfinite(known):
            objects[name] = NumberLabel(known, known, known, known, 1.0, mine, told)
        elif not mine:
            objects[name] = NumberLabel(None, None, None, None, 0.0, mine, (*told, "nobody gave a number that counts"))
        else:
            objects[name] = _label(_short(middle[item]), float(error[item]), steps, limits, tolerance, mine, told)
    return NumberResult({name: objects[name] for name in table.arrived}, workers)


def _label(
    middle: float,
    error: float,
    steps: list[float] | None,
    limits: Limits,
    tolerance: float,
    answers: dict[str, float],
    problems: tuple[str, ...],
) -> NumberLabel:
    ends = limits if steps is None else (steps[0], steps[-1])
    if ends is not None:
        middle = min(max(middle, ends[0]), ends[1])
    low, high = _short(middle - _TWO_SIDED * error), _short(middle + _TWO_SIDED * error)
    if ends is not None:
        low, high = max(low, ends[0]), min(high, ends[1])
    if steps is None:
        # Where nothing else was ever said there is no range and no error: Laplace's rule of succession.
        alike = (len(answers) + 1.0) / (len(answers) + 2.0)
        sure = _below(tolerance, error) - _below(-tolerance, error) if error > 0 else alike
        return NumberLabel(middle, middle, low, high, sure, answers, problems)
    value = min(steps, key=lambda step: (abs(step - middle), step))
    place = steps.index(value)
    under = (steps[place - 1] + value) / 2 if place else -math.inf
    over = (steps[place + 1] + value) / 2 if place + 1 < len(steps) else math.inf
    sure = _below(over - middle, error) - _below(under - middle, error)
    return NumberLabel(value, middle, low, high, sure, answers, problems)


def _below(distance: float, error: float) -> float:
    """The chance that a normal error of that standard deviation is below the distance."""
    if error <= 0:
        return 1.0 if distance > 0 else 0.5 if distance == 0 else 0.0
    return (
        0.5 * (1.0 + math.erf(distance / (error * math.sqrt(2.0)))) if math.isfinite(distance) else float(distance > 0)
    )


def _short(value: float) -> float:
    """Without the digits that the order of a sum decides."""
    return float(f"{value:.12g}")


def scores(values: Iterable[float], truth: Iterable[float]) -> tuple[float, float, float]:
    """Mean absolute error, root mean square error and Pearson's correlation (NaN where one of both is constant)."""
    a, b = np.array(list(values)), np.array(list(truth))
    gap = a - b
    varied = a.std() > 0 and b.std() > 0
    return (
        float(np.abs(gap).mean()),
        float(np.sqrt((gap**2).mean())),
        float(np.corrcoef(a, b)[0, 1]) if varied else math.nan,
    )
