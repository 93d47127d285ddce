"""The one check of how answers are given: by object, then by worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=Mapping[str, Mapping[str, Any]])


def by_object(answers: T) -> T:
    """The answers as they are. Raises TypeError, which says what is expected, for rows and the like."""
    expected = "answers[object][worker]: {'object 1': {'worker 1': answer, …}, …}"
    if not isinstance(answers, Mapping):
        raise TypeError(f"expected {expected}, got {type(answers).__name__}")
    for name, given in answers.items():
        if not isinstance(given, Mapping):
            raise TypeError(f"expected {expected}, got {type(given).__name__} as the answers to {name!r}")
    return answers
