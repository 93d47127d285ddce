"""Plain values: text and numbers, one line a voice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from truthkit.report.draw.scene import Field, Scene, Voice, short_number
from truthkit.report.shapes import Number

LONGEST = 2_000


MOST_DOTS = 60
_LEFT, _RIGHT, _STEP = 12.0, 308.0, 10.0  # of a strip 320 wide
_MOST_HIGH = 8  # dots above one another


@dataclass(frozen=True, slots=True)
class Row:
    voice: Voice
    text: str
    cut: int  # characters left out at the end
    number: bool
    differs: bool  # from the gold, else from the consolidated value


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Workers' numbers as dots along a line, with the label, its interval and the gold; 320 by ``height``."""

    height: float
    low: str
    high: str
    dots: tuple[Dot, ...]
    label: float | None
    interval: tuple[float, float] | None
    gold: float | None
    words: str

    @property
    def base(self) -> float:
        return self.height - 8


@dataclass(frozen=True, slots=True)
class View:
    name: str
    rows: tuple[Row, ...]
    silent: tuple[Voice, ...]  # those who left the field empty
    strip: Strip | None
    confidence: str


def view(field: Field, scene: Scene) -> View:
    del scene
    gold, label = field.of("gold"), field.of("label")
    wanted = gold if gold is not None else label
    rows, silent = [], []
    for voice, value in field.said:
        text = _text(value)
        if not text.strip():
            silent.append(voice)
            continue
        differs = wanted is not None and not _same(value, wanted)
        number = not isinstance(value, str)
        rows.append(Row(voice, text[:LONGEST], max(0, len(text) - LONGEST), number, differs))
    sure = label.confidence if isinstance(label, Number) else None
    confidence = "" if sure is None else short_number(sure)
    return View(field.name, tuple(rows), tuple(silent), _strip(field), confidence)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Number) or isinstance(other, Number):
        first, second = _number(one), _number(other)
        return first is not None and second is not None and short_number(first) == short_number(second)
    return _text(one).strip() == _text(other).strip()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        if value.value is None:
            return ""
        told = [short_number(value.value)]
        if value.low is not None and value.high is not None and value.low < value.high:
            told.append(f"({short_number(value.low)} to {short_number(value.high)})")
        return " ".join(told)
    return str(value)


def _number(value: Any) -> float | None:
    """The number that a value is or, of a form's field, writes."""
    if isinstance(value, Number):
        return value.value
    if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", value, re.IGNORECASE):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    number = float(value)
    return number if abs(number) < 1e15 else None


def _strip(field: Field) -> Strip | None:
    """None where there is nothing to compare, or what was answered is text: digits alone make no number."""
    given = [(voice, value) for voice, value in field.workers() if _text(value).strip()]
    told = [value for _, value in field.said if not isinstance(value, str)]
    numbers = [(voice, number) for voice, value in given if (number := _number(value)) is not None]
    if not told or len(numbers) < len(given) or not 2 <= len(numbers) <= MOST_DOTS:
        return None
    label, gold = _number(field.of("label")), _number(field.of("gold"))
    found = field.of("label")
    ends = (found.low, found.high) if isinstance(found, Number) else (None, None)
    known = [number for number in (*(number for _, number in numbers), label, gold, *ends) if number is not None]
    low, high = min(known), max(known)

    def at(number: float) -> float:
        return (_LEFT + _RIGHT) / 2 if low == high else _LEFT + (number - low) / (high - low) * (_RIGHT - _LEFT)

    places: list[tuple[float, int, str]] = []
    reached: list[float] = []  # by row, where its last dot is
    for voice, number in sorted(numbers, key=lambda one: one[1]):
        x = at(number)
        row = next((row for row, last in enumerate(reached) if x - last >= _STEP), len(reached))
        row = min(row, _MOST_HIGH - 1)
        reached[row : row + 1] = [x]
        places.append((x, row, f"{voice.short}: {short_number(number)}"))
    height = 22 + _STEP * max(len(reached), 2)
    words = f"{len(numbers)} answers: {', '.join(short_number(number) for number in sorted(n for _, n in numbers))}"
    words += "" if label is None else f"; consolidated {_text(found)}"
    words += "" if gold is None else f"; gold {short_number(gold)}"
    return Strip(
        height,
        short_number(low),
        short_number(high),
        tuple(Dot(round(x, 1), height - 8 - 6 - _STEP * row, title) for x, row, title in places),
        None if label is None else round(at(label), 1),
        (round(at(ends[0]), 1), round(at(ends[1]), 1)) if ends[0] is not None and ends[1] is not None else None,
        None if gold is None else round(at(gold), 1),
        words,
    )
