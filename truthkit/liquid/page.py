"""The page while it is being written: its text, and for each of its lines the template line it comes from."""

from __future__ import annotations

from io import StringIO
from typing import NamedTuple, cast

from liquid.exceptions import OutputStreamLimitError

from truthkit.liquid.text import Safe


class Origin(NamedTuple):
    """Where the lines of a piece of text come from, worked out once for each literal of the template.

    ``head`` and ``tail`` are 0 where the first or last line of the text is blank: whatever else is on that
    rendered line says better where it comes from.
    """

    head: int
    first: int
    middle: tuple[int, ...]
    tail: int
    last: int

    @classmethod
    def of_literal(cls, literal: str, first: int) -> Origin:
        """The origin of literal text that begins on template line ``first``."""
        lines = literal.split("\n")
        last = first + len(lines) - 1
        head = first if lines[0].strip() else 0
        tail = last if lines[-1].strip() else 0
        return cls(head, first, tuple(range(first + 1, last)), tail, last)


class Captured(Safe):
    """The text of a ``{% capture %}`` block, with the template lines it was written on.

    Text that filters make of it is ``Safe`` and has no lines of its own.
    """

    __slots__ = ("origin",)
    origin: Origin

    def __new__(cls, value: str, origin: Origin | None = None) -> Captured:
        if origin is None:
            return cast(Captured, Safe(value))
        captured = super().__new__(cls, value)
        captured.origin = origin
        return captured


class Page(StringIO):
    """A text buffer of limited size that keeps the origin of each line."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self._lines: list[int] = []
        self._current = 0
        self._last = 1

    def write(self, text: str, /) -> int:
        """Text that a tag writes by itself, such as the cells of ``tablerow``."""
        return self.put_value(text, self._last)

    def put_literal(self, text: str, origin: Origin) -> int:
        """Text whose lines have origins of their own."""
        self._take(text)
        if not self._current:
            self._current = origin.head
        if origin.last != origin.first or origin.middle:
            self._lines.append(self._current or origin.first)
            self._lines.extend(origin.middle)
            self._current = origin.tail
        self._last = origin.last
        return len(text)

    def put_value(self, text: str, line: int) -> int:
        """Text that comes from one template line, however many lines it has."""
        if not text:
            return 0
        self._take(text)
        self._last = line
        if not self._current:
            self._current = line
        breaks = text.count("\n")
        if "\r" in text:  # to a browser a carriage return alone is a line's end as well
            breaks += text.count("\r") - text.count("\r\n")
        if breaks:
            self._lines.append(self._current)
            self._lines.extend([line] * (breaks - 1))
            self._current = 0 if text.endswith(("\n", "\r")) else line
        return len(text)

    def _take(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise OutputStreamLimitError("the page grows too long", token=None)
        super().write(text)

    def lines(self) -> tuple[int, ...]:
        """The template line of each rendered line."""
        return (*self._lines, self._current or self._last)

    def captured(self) -> Captured:
        first, *middle = self.lines()
        head = first if self._lines or self._current else 0
        origin = Origin(
            head, first, tuple(middle[:-1]), self._current if middle else 0, middle[-1] if middle else first
        )
        return Captured(self.getvalue(), origin)
