"""From a position in a template to a finding that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from truthkit.findings import Finding, excerpt


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text and the name that errors give it."""

    name: str
    text: str

    def line_of(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1

    def finding(self, code: str, message: str, cure: str, index: int) -> Finding:
        """A finding at the character ``index`` of the text, with the line and a caret."""
        index = min(max(index, 0), len(self.text))
        start = self.text.rfind("\n", 0, index) + 1
        end = self.text.find("\n", index)
        line = self.text[start : len(self.text) if end < 0 else end]
        column = index - start + 1
        return Finding(
            code,
            message,
            cure,
            file=self.name,
            line=self.line_of(index),
            column=column,
            excerpt=excerpt(line, column),
        )
