"""JSON as the crowd elements read it in attributes: single quotes, bare keys, trailing commas and comments are fine."""

from __future__ import annotations

import json
import re
from typing import Any

_BLANK = re.compile(r"(?:[\s\ufeff\u2028\u2029]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|Infinity|NaN|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_WORD = re.compile(r"[^\W\d][\w$]*|[$_][\w$]*")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "\n": ""}
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 200


class LenientError(ValueError):
    """The text cannot be read; ``at`` is where."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def loads(text: str) -> Any:
    """The value of ``text``. Raises LenientError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    value, at = _value(text, _skip(text, 0), 0)
    at = _skip(text, at)
    if at < len(text):
        raise LenientError(f"{text[at : at + 12]!r} follows the end of the value", at)
    return value


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise LenientError("it is nested too deep", at)
    first = text[at : at + 1]
    if not first:
        raise LenientError("it ends where a value should stand", at)
    if first == "[":
        return _list(text, at + 1, depth)
    if first == "{":
        return _object(text, at + 1, depth)
    if first in "'\"":
        return _string(text, at)
    if number := _NUMBER.match(text, at):
        plain = number[0].lstrip("+-")
        if plain[:2].lower() == "0x":
            return int(plain, 16), number.end()
        return float(number[0]), number.end()
    word = _WORD.match(text, at)
    if word and word[0] in _WORDS:
        return _WORDS[word[0]], word.end()
    raise LenientError(f"{text[at : at + 12]!r} is no value; a text stands in quotes", at)


def _list(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        item, at = _value(text, at, depth + 1)
        items.append(item)
        at = _after_item(text, at, "]")


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {}
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return members, at + 1
        if text[at : at + 1] in ("'", '"'):
            name, at = _string(text, at)
        elif word := _WORD.match(text, at):
            name, at = word[0], word.end()
        else:
            raise LenientError("a name should stand there", at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise LenientError(f"a colon is missing after {name!r}", at)
        members[name], at = _value(text, _skip(text, at + 1), depth + 1)
        at = _after_item(text, at, "}")


def _after_item(text: str, at: int, closer: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return at + 1
    if text[at : at + 1] != closer:
        what = f"before {text[at : at + 12]!r}" if at < len(text) else "at the end"
        raise LenientError(f"a comma or {closer} is missing {what}", at)
    return at


def _string(text: str, at: int) -> tuple[str, int]:
    quote, start = text[at], at
    parts: list[str] = []
    at += 1
    while at < len(text):
        each = text[at]
        if each == quote:
            return "".join(parts), at + 1
        if each == "\\":
            follows = text[at + 1 : at + 2]
            if follows in ("u", "x"):
                digits = text[at + 2 : at + (6 if follows == "u" else 4)]
                try:
                    parts.append(chr(int(digits, 16)))
                except ValueError:
                    raise LenientError("an escape has no digits", at) from None
                at += 2 + len(digits)
                continue
            parts.append(_ESCAPES.get(follows, follows))
            at += 2
            continue
        parts.append(each)
        at += 1
    raise LenientError(f"the {quote} is never closed", start)
