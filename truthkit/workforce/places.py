"""From a place in the worker's page to the line of the template that it comes from."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from truthkit.findings import excerpt
from truthkit.liquid import Rendered


@dataclass(frozen=True, slots=True)
class Places:
    """One rendered page; ``source`` is the template's text, by lines, ``origin`` that of the task pages."""

    origin: str
    rendered: Rendered | None = None
    source: list[str] = field(default_factory=list)

    def line_at(self, url: str, rendered_line: int) -> int | None:
        """The template's line behind a line of the page."""
        if self.rendered is None or not url.startswith(f"{self.origin}/tasks/"):
            return None
        lines = self.rendered.lines
        return lines[rendered_line - 1] if 1 <= rendered_line <= len(lines) else None

    def line_of(self, url: str) -> int | None:
        """The template's line that a URL comes from: where it stands in the page, else in the template."""
        parts = urlsplit(url)
        for text in (url, html.escape(url), f"{parts.netloc}{parts.path}", parts.path, parts.path.rsplit("/", 1)[-1]):
            if len(text) > 3 and self.rendered is not None:
                at = self.rendered.html.find(text)
                if at >= 0:
                    return self.line_at(f"{self.origin}/tasks/", self.rendered.html.count("\n", 0, at) + 1)
        return None

    def line_with(self, text: str) -> int | None:
        """The first line of the template that has ``text``."""
        return next((number for number, line in enumerate(self.source, 1) if text in line), None)

    def excerpt(self, line: int | None) -> str:
        return excerpt(self.source[line - 1], None) if line and line <= len(self.source) else ""
