"""What all kinds of drawing share: who speaks, what is said of a field, and the page's colors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from truthkit.report.pictures import Picture
from truthkit.report.shapes import Kind

COLORS = 8


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose value it is: the consolidated label, the gold, or a worker (``short``: W1, ``detail``: the worker's id)."""

    role: Literal["label", "gold", "worker"]
    name: str
    short: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object with what each voice says of it, in the form of its kind."""

    name: str
    kind: Kind
    said: tuple[tuple[Voice, Any], ...]

    def of(self, role: str) -> Any | None:
        """What the label or the gold says, None where it says nothing."""
        return next((value for voice, value in self.said if voice.role == role), None)

    def workers(self) -> list[tuple[Voice, Any]]:
        return [(voice, value) for voice, value in self.said if voice.role == "worker"]


class Palette:
    """The labels' places in the legend; a label that the order does not name gets the next place when first seen."""

    def __init__(self, order: Iterable[str]) -> None:
        self._places = {label: place for place, label in enumerate(dict.fromkeys(order))}

    def place(self, label: str) -> int:
        return self._places.setdefault(label, len(self._places))

    def css(self, label: str) -> str:
        """Color class of a label; from the second round of the palette on, the line is dashed too."""
        place = self.place(label)
        return f"c{place % COLORS}" + (" again" if place >= COLORS else "")

    def knows(self, label: str) -> bool:
        return label in self._places

    def labels(self) -> list[str]:
        return list(self._places)


def nowhere(uri: str) -> Path | None:
    """For those who have no files."""
    del uri
    return None


@dataclass(frozen=True, slots=True)
class Scene:
    """The object around a field: the texts that spans may refer to, how many workers answered, the picture.

    ``find`` gives the file behind an S3 URI, None where there is none on this machine.
    """

    palette: Palette
    texts: tuple[str, ...] = ()
    answers: int = 0
    picture: Picture | None = None
    find: Callable[[str], Path | None] = nowhere


def strings(value: Any, depth: int = 12) -> Iterable[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            yield from strings(child, depth - 1)


def short_number(value: float) -> str:
    """A number without digits that say nothing: 3, 0.67, 12.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:g}"
