"""What the readers of other tools' files find in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from truthkit.convert.runs import Bits


@dataclass(frozen=True, slots=True)
class Regions:
    """Masks in a picture of a width and height: each a label, and what gives its pixels (height, width), or raises
    BadRunsError. Pixels are many: they are asked for one by one."""

    size: tuple[int, int]
    masks: tuple[tuple[str, Callable[[], Bits]], ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of one kind: of each object what names it (``source`` or ``source-ref``), and what the crowd element of
    the kind takes as ``initial-value``, or ``Regions``. ``labels`` are all classes of regions, in their order."""

    kind: str
    objects: list[tuple[dict[str, str], Any]]
    labels: tuple[str, ...] = ()


def kind_of_regions(pictures: list[Regions]) -> str:
    """``mask``, a color a class, where no picture has two regions of one class; else ``instances``, a color each."""
    several = any(len({label for label, _ in one.masks}) < len(one.masks) for one in pictures)
    return "instances" if several else "mask"


WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What content of another form raises."""


@contextmanager
def entry(what: str, content: object) -> Iterator[None]:
    """What is wrong within is a ValueError that names the entry: ``what``, and its id if it has one."""
    try:
        yield
    except WRONG as error:
        number = content.get("id") if isinstance(content, dict) else None
        name = what if number is None else f"{what} (id {number})"
        raise ValueError(f"{name}: {said(error)}") from None


def said(error: Exception) -> str:
    """What is wrong, in words."""
    if isinstance(error, KeyError):
        return f"has no {error.args[0]!r}"
    if isinstance(error, ValueError):
        return str(error)
    return f"is of another form ({error})"
