"""Texts that workers type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from truthkit.workforce.simulated.hand import Hand
from truthkit_core.messages.checks import ContractError, kind

if TYPE_CHECKING:
    from truthkit.workforce.simulated.kinds import Asked

NOTHING: Any = object()
"""The answer of a field that adds no key."""


def read(value: Any, asked: Asked) -> str:
    if isinstance(value, dict):
        value = value.get("text", value.get("value"))
    if not isinstance(value, str):
        raise ContractError("", f"must be a string, not {kind(value)}", "write the text in quotes")
    return value


def err(truth: str, asked: Asked, hand: Hand) -> str:
    return mistyped_text(truth, hand.on(0))


def mistyped_text(truth: str, hand: Hand) -> str:
    """Each word may be mistyped: two letters change places, one is lost, doubled or another, or the word is lost."""
    parts = re.split(r"(\s+)", truth)
    for place in range(0, len(parts), 2):
        if parts[place] and hand.errs(hand.group.typing):
            parts[place] = _mistyped(parts[place], hand)
    return re.sub(r" {2,}", " ", "".join(parts)).strip(" ")


def _mistyped(word: str, hand: Hand) -> str:
    at, how = hand.chance.randrange(len(word)), hand.chance.randrange(5)
    letter = hand.chance.choice("etaoinshrdlu")
    if how == 0:
        return ""
    if how == 1 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if how == 2:
        return word[:at] + word[at + 1 :]
    return word[:at] + (word[at] * 2 if how == 3 else letter) + word[at + 1 :]


def spam(truth: str, asked: Asked, hand: Hand) -> str:
    return anything_typed(hand)


def anything_typed(hand: Hand) -> str:
    """What who does not look types."""
    if hand.group.spam == "first":
        return "ok"
    return "".join(hand.chance.choice("asdfjkl ") for _ in range(hand.chance.randint(3, 12))).strip() or "asdf"


def answer(truth: str, asked: Asked) -> Any:
    return NOTHING if not truth and asked.field.tag.startswith("crowd-") else truth
