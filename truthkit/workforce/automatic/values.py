"""Valid values for form fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from random import Random

from truthkit.workforce.automatic.patterns import MOST, longest_to_check, matching
from truthkit.workforce.automatic.survey import Control

WRITTEN_AT_ONCE = frozenset({"date", "datetime-local", "month", "time", "week"})
"""Types of fields whose parts are written in an order that depends on the language: their value is set whole."""

SENTENCES = ("A quiet river runs by", "Seven red kites rise", "The old clock is slow", "Two boats wait outside")
_WORDS = "a quiet river runs by seven red kites rise over the old clock tower while two boats wait outside for the tide"
_LONG = f"{_WORDS}. {_WORDS.capitalize()}. {_WORDS.capitalize()}."
_SHORT = ("river", "kites", "clock", "boats")
_DATE = date(2024, 5, 17)

VARIANTS = 4
"""How many different kinds of text there are: a page may want numbers, or many words, and say so only at Submit."""


def text_for(control: Control, random: Random, variant: int = 0) -> str:
    """A value for a field; higher variants are other kinds of text, and other numbers."""
    special = _special(control, random, variant)
    if special is not None:
        return special
    candidates = [*_candidates(control, random, variant)]
    if control.pattern and control.by_character:
        allowed = (_allowed(text, control.pattern) for text in candidates)
        candidates = [text for text in allowed if text] or [
            matching(control.pattern, random) * min(max(1, control.min_length), MOST)
        ]
    elif control.pattern:
        sampled = [matching(control.pattern, random, least=control.min_length) for _ in range(8)]
        longest = longest_to_check(control.pattern)
        short = [text for text in (*candidates, *sampled) if len(text) <= longest]
        candidates = [text for text in short if _fits(text, control)] or sampled
    fitting = [fitted for text in candidates if (fitted := _cut(text, control)) and _long_enough(fitted, control)]
    return (fitting or candidates)[0]


def words(count: int) -> str:
    """A text of so many words."""
    given = _WORDS.split()
    return " ".join(given[at % len(given)] for at in range(count))


def _special(control: Control, random: Random, variant: int) -> str | None:
    """A value of a type that has a form of its own; None for free text."""
    kind = control.type
    if kind == "number":
        return number_for(control, random, variant)
    if kind == "date":
        return _within(control, _DATE + timedelta(days=variant)).isoformat()
    if kind == "month":
        return _within(control, _DATE).isoformat()[:7]
    if kind == "datetime-local":
        return control.min or _at_most(f"{_DATE + timedelta(days=variant)}T10:30", control.max)
    if kind == "time":
        return control.min or _at_most(f"1{variant}:30", control.max)
    if kind == "week":
        return control.min or _at_most("2024-W20", control.max)
    return None


def _at_most(wanted: str, most: str) -> str:
    """``wanted``, or the bound ``most`` (to the minute) if that is earlier."""
    return min(wanted, most[: len(wanted)]) if len(most) >= len(wanted) else wanted


def _candidates(control: Control, random: Random, variant: int) -> Iterator[str]:
    if control.list:
        yield control.list[random.randrange(len(control.list))]
    if control.type == "email":
        yield f"worker{variant + 1}@example.com"
    elif control.type == "url":
        yield f"https://example.com/page-{variant + 1}"
    elif control.type == "tel":
        yield "555-0100"
    kinds = (random.choice(SENTENCES), _LONG, str(random.randint(1, 9)), random.choice(_SHORT))
    yield kinds[variant % VARIANTS]
    yield kinds[0]
    yield from ("word", "7", "2024-05-17", "10:30", "worker@example.com", "https://example.com", "555-0100", "A", "42")
    yield _LONG


def number_for(control: Control, random: Random, variant: int = 0) -> str:
    """A number within ``min``, ``max`` and ``step``."""
    least, most = _decimal(control.min), _decimal(control.max)
    step = _decimal(control.step) or Decimal(1)
    base = least if least is not None else Decimal(0)
    if least is None and most is not None and most <= 0:
        base = most - 9 * step
        base = (base / step).to_integral_value(ROUND_CEILING) * step
    room = 9 if most is None else max(0, int((most - base) / step))
    steps = min(room, random.randint(1, 9) + variant) if room else 0
    return format((base + steps * step).normalize(), "f")


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _within(control: Control, wanted: date) -> date:
    """``wanted``, or the bound of the field that it lies beyond."""

    def bound(text: str) -> date | None:
        try:
            return date.fromisoformat(f"{text}-01" if control.type == "month" else text)
        except ValueError:
            return None

    least, most = bound(control.min), bound(control.max)
    if most is not None and wanted > most:
        wanted = most
    if least is not None and wanted < least:
        wanted = least
    return wanted


def _allowed(text: str, pattern: str) -> str:
    """The characters of ``text`` that match ``pattern``."""
    try:
        one = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return ""
    return "".join(character for character in text if one.fullmatch(character))


def _fits(text: str, control: Control) -> bool:
    try:
        return re.fullmatch(control.pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _cut(text: str, control: Control) -> str:
    return text[: control.max_length].strip() if control.max_length and not control.pattern else text


def _long_enough(text: str, control: Control) -> bool:
    return len(text) >= control.min_length and (not control.max_length or len(text) <= control.max_length)
