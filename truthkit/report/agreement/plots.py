"""Where things go in the page's drawings; the templates draw them. Numbers are in the drawing's own units."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truthkit.report.agreement.measure import FieldReport, title
from truthkit_core.agreement.workers import Estimate, WorkerStatistics

MOST_CLASSES = 24
"""With more classes a heat map shows the commonest."""
MOST_MAPS = 24
"""So many workers' matrices are drawn, of those with most answers."""
_BARS = 24


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value with its interval on an axis, as shares of its length (0 to 1)."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Axis:
    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def whisker(self, value: float, low: float | None, high: float | None) -> Whisker:
        return Whisker(
            self.share(value), self.share(value if low is None else low), self.share(value if high is None else high)
        )


def coefficient_axis(field: FieldReport) -> Axis:
    """From 0 (or lower, in steps of a fifth) to 1."""
    values = [value for one in field.coefficients for value in (one.value, one.low) if value is not None]
    low = min(0.0, math.floor(min(values, default=0.0) * 5) / 5)
    ticks = [low + number / 5 for number in range(round((1 - low) * 5) + 1)]
    while len(ticks) > 8:
        ticks = ticks[::-2][::-1]
    return Axis(low, 1.0, tuple(round(tick, 1) for tick in ticks))


UNIT = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))


@dataclass(frozen=True, slots=True)
class Cell:
    row: int
    column: int
    share: float
    answers: float
    truth: str
    label: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A confusion matrix: rows are the truth as far as it is known, columns the answers; shares are of a row."""

    name: str
    note: str
    classes: tuple[str, ...]
    cells: tuple[Cell, ...]
    left_out: int

    @property
    def rows(self) -> list[tuple[str, list[Cell | None]]]:
        by_place = {(cell.row, cell.column): cell for cell in self.cells}
        size = range(len(self.classes))
        return [(self.classes[row], [by_place.get((row, column)) for column in size]) for row in size]


def heat_maps(field: FieldReport) -> list[HeatMap]:
    """All workers together first, then those with most answers."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    for one in field.statistics:
        for pair, count in one.confusion.items():
            total[pair] += count
    common: dict[str, float] = defaultdict(float)
    for (truth, label), count in total.items():
        common[truth] += count
        common[label] += count
    kept = set(sorted(common, key=lambda name: (-common[name], name))[:MOST_CLASSES])
    classes = tuple(name for name in field.classes if name in kept)
    answers = sum(one.answers for one in field.statistics)
    maps = [_heat_map("All workers", f"{answers:,} answers", total, classes, len(field.classes))]
    most = sorted(field.statistics, key=lambda one: (-one.answers, one.worker))[:MOST_MAPS]
    # In the order of the table of workers, the least accurate first.
    for one in [one for one in field.statistics if one in most]:
        maps.append(_heat_map(one.worker, worker_note(one), one.confusion, classes, len(field.classes)))
    return maps


def worker_note(one: WorkerStatistics) -> str:
    many = f"{one.answers:,} answer{'' if one.answers == 1 else 's'}"
    return many if one.accuracy.value is None else f"{many}, accuracy {one.accuracy.value:.0%}"


def _heat_map(
    name: str, note: str, counts: Mapping[tuple[str, str], float], classes: tuple[str, ...], in_all: int
) -> HeatMap:
    place = {label: number for number, label in enumerate(classes)}
    shown = {pair: count for pair, count in counts.items() if pair[0] in place and pair[1] in place}
    total: dict[str, float] = defaultdict(float)
    for (truth, _label), count in shown.items():
        total[truth] += count
    cells = [
        Cell(place[truth], place[label], count / total[truth], count, truth, label)
        for (truth, label), count in shown.items()
        if count >= 0.005
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return HeatMap(name, note, classes, tuple(cells), in_all - len(classes))


@dataclass(frozen=True, slots=True)
class Bar:
    low: float
    high: float
    answers: int
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Times in bars of equal ratio; ``ticks`` are places (0 to 1) and seconds."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, float], ...]
    median: float
    median_at: float


def time_histogram(seconds: Sequence[float]) -> Histogram | None:
    """None with fewer than two different times."""
    known = sorted(max(value, 0.1) for value in seconds)
    if len(known) < 2 or known[0] == known[-1]:
        return None
    low, high = math.log10(known[0]), math.log10(known[-1])
    bars = min(_BARS, max(6, round(math.sqrt(len(known)))))
    counts = [0] * bars
    for value in known:
        counts[min(bars - 1, int((math.log10(value) - low) / (high - low) * bars))] += 1
    edges = [10 ** (low + (high - low) * number / bars) for number in range(bars + 1)]
    most = max(counts)
    found = tuple(Bar(edges[at], edges[at + 1], count, count / most) for at, count in enumerate(counts))
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 36000)
    inside = [step for step in steps if known[0] <= step <= known[-1]]
    while len(inside) > 5:
        inside = inside[::2]
    shown = inside or [known[0], known[-1]]
    middle = known[len(known) // 2] if len(known) % 2 else (known[len(known) // 2 - 1] + known[len(known) // 2]) / 2

    def at(value: float) -> float:
        return (math.log10(value) - low) / (high - low)

    return Histogram(found, tuple((at(step), step) for step in shown), middle, at(middle))


def accuracy_of(estimates: Sequence[tuple[str, Estimate]]) -> list[tuple[str, Estimate, Whisker]]:
    """Those that have a value, with their whiskers on the unit axis."""
    return [(name, one, UNIT.whisker(one.value, one.low, one.high)) for name, one in estimates if one.value is not None]


__all__ = [
    "UNIT",
    "Axis",
    "HeatMap",
    "Histogram",
    "accuracy_of",
    "coefficient_axis",
    "heat_maps",
    "time_histogram",
    "title",
]
