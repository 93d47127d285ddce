"""From a position in a template to a finding that shows it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from truthkit.findings import Finding, excerpt

_NEAR = 300
"""Characters on each side of a place that may be shown of its line."""


@lru_cache(maxsize=16)
def _line_ends(text: str) -> list[int]:
    """Where the line feeds of a text are: a template may have as many faults as characters."""
    ends, at = [], text.find("\n")
    while at >= 0:
        ends.append(at)
        at = text.find("\n", at + 1)
    return ends


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text and the name that errors give it."""

    name: str
    text: str

    def line_of(self, index: int) -> int:
        return bisect_left(_line_ends(self.text), index) + 1

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; empty if there is none."""
        ends = _line_ends(self.text)
        if not 1 <= number <= len(ends) + 1:
            return ""
        start = ends[number - 2] + 1 if number > 1 else 0
        return self.text[start : ends[number - 1] if number <= len(ends) else len(self.text)]

    def index_of(self, line: int, column: int) -> int:
        """Which character a line and a column mean; what ``place`` tells, backwards."""
        ends = _line_ends(self.text)
        return (ends[min(line - 2, len(ends) - 1)] + 1 if line > 1 and ends else 0) + column - 1

    def place(self, index: int) -> tuple[int, int, str]:
        """The line and the column of a character, and the line with a caret below it."""
        ends = _line_ends(self.text)
        at = bisect_left(ends, index)
        start = ends[at - 1] + 1 if at else 0
        end = ends[at] if at < len(ends) else len(self.text)
        column = index - start + 1
        # Of a very long line only what is near, which is all that is shown.
        left = start if column <= _NEAR else index - _NEAR
        return at + 1, column, excerpt(self.text[left : min(end, index + _NEAR)], index - left + 1)

    def finding(self, code: str, message: str, cure: str, index: int) -> Finding:
        """A finding at the character ``index`` of the text, with the line and a caret."""
        index = min(max(index, 0), len(self.text))
        line, column, shown = self.place(index)
        return Finding(code, message, cure, file=self.name, line=line, column=column, excerpt=shown)
