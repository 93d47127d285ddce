"""JSON that writes each number as it was read: ``1.10`` stays ``1.10``, and no digit of a long one is lost."""

from __future__ import annotations

import json
from typing import Any, Self


class ExactFloat(float):
    """A number that remembers its literal. To all but ``dumps`` it is a plain float."""

    __slots__ = ("literal",)
    literal: str

    def __new__(cls, literal: str) -> Self:
        number = super().__new__(cls, literal)
        number.literal = str(literal)
        return number


def loads(text: str) -> Any:
    """``json.loads``, with an ExactFloat for every number that is not whole (whole ones are exact anyway)."""
    return json.loads(text, parse_float=ExactFloat)


def dumps(value: Any) -> str:
    """``json.dumps`` without NaN and infinities, with the literals of ExactFloats.

    Raises ValueError or TypeError for what JSON has not.
    """
    try:
        return _written(value)
    except RecursionError:  # json itself goes deeper
        return json.dumps(value, allow_nan=False)


def _written(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return "{" + ", ".join(f"{json.dumps(key)}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_written, value)) + "]"
    return value.literal if isinstance(value, ExactFloat) else json.dumps(value, allow_nan=False)
