"""Passages of a text: missed, added, taken for another label, with borders some words off."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from truthkit.workforce.simulated.hand import Hand
from truthkit_core.consolidation.spans import Span
from truthkit_core.messages.checks import ContractError, expect_list, kind

if TYPE_CHECKING:
    from truthkit.workforce.simulated.kinds import Asked


class Words:
    """Where the words of a text begin and end, in UTF-16 units."""

    def __init__(self, text: str) -> None:
        found = [match.span() for match in re.finditer(r"\w+(?:[-'’.]\w+)*|[^\w\s]", text)]
        self.length = len(text)
        if not text.isascii() and any(ord(one) > 0xFFFF for one in text):
            at = [0]
            for one in text:
                at.append(at[-1] + (2 if ord(one) > 0xFFFF else 1))
            found = [(at[start], at[end]) for start, end in found]
            self.length = at[-1]
        self.starts = [start for start, _ in found]
        self.ends = [end for _, end in found]


def read(value: Any, asked: Asked) -> list[Span]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ContractError("", f"must be an object with entities, not {kind(value)}") from None
    if isinstance(value, dict):
        value = value.get("entities")
    return [Span.parse(one, f"entities[{number}]") for number, one in enumerate(expect_list(value, "entities"))]


def err(truth: list[Span], asked: Asked, hand: Hand) -> list[Span]:
    found = []
    for number, span in enumerate(truth):
        own = hand.on(number)
        if own.errs(hand.group.missed):
            continue
        label = own.label(span.label, asked.labels)
        found.append(moved_span(Span(span.start, span.end, label), asked, own))
    found += [any_span(truth, asked, hand) for _ in range(hand.count(hand.group.added))]
    return _tidy(found, asked)


def moved_span(span: Span, asked: Asked, hand: Hand) -> Span:
    """With its borders where the worker puts them."""
    start, end = _border(span.start, asked, hand, begin=True), _border(span.end, asked, hand, begin=False)
    return Span(start, end, span.label) if start < end else span


def _border(at: int, asked: Asked, hand: Hand, *, begin: bool) -> int:
    """A border where the worker puts it: some words to the left or to the right, if it is off."""
    off, steps, left = hand.errs(hand.group.border_off), hand.steps(hand.group.border_words), hand.chance.random() < 0.5
    if not off:
        return at
    by = -steps if left else steps
    if asked.words is None or not asked.words.starts:
        return max(0 if begin else 1, at + 6 * by)
    if begin:
        places = asked.words.starts
        here = bisect_right(places, at) - 1
    else:
        places = asked.words.ends
        here = bisect_left(places, at)
    there = min(max(here + by, 0), len(places) - 1)
    # At the text's edge there is only one way to go.
    if places[there] == at:
        there = min(max(here - by, 0), len(places) - 1)
    return places[there]


def any_span(truth: Sequence[Span], asked: Asked, hand: Hand) -> Span:
    label = asked.any_label(hand)
    if asked.words is None or not asked.words.starts:
        start = hand.chance.randrange(max([span.end for span in truth], default=100))
        return Span(start, start + hand.chance.randint(3, 12), label)
    first = hand.chance.randrange(len(asked.words.starts))
    last = min(first + hand.chance.randrange(3), len(asked.words.ends) - 1)
    return Span(asked.words.starts[first], asked.words.ends[last], label)


def _tidy(spans: list[Span], asked: Asked) -> list[Span]:
    """In the text's order; where the element does not let passages overlap, the first of them stays."""
    ordered = sorted(set(spans))
    if asked.field.tag != "crowd-entity-annotation":
        return ordered
    kept: list[Span] = []
    for span in ordered:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def spam(truth: list[Span], asked: Asked, hand: Hand) -> list[Span]:
    if hand.group.spam == "first":
        return []
    return _tidy([any_span(truth, asked, hand) for _ in range(hand.chance.randint(1, 4))], asked)


def answer(truth: list[Span], asked: Asked) -> Any:
    value = {"entities": [span.to_json() for span in truth]}
    # The kit's annotator answers through a hidden input, which holds text.
    return json.dumps(value, separators=(",", ":")) if asked.field.tag == "truthkit-text-annotator" else value
