"""Reading the documentation, for tests that hold it to the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a page shows it, and the output below it."""

    page: Path
    arguments: tuple[str, ...]
    output: str

    @property
    def line(self) -> str:
        return " ".join(self.arguments)


def without_fences(text: str) -> str:
    return _FENCE.sub("", text)


def commands(page: Path) -> Iterator[Shown]:
    """The commands in a page's console blocks, each with its output."""
    for language, block in _FENCE.findall(page.read_text("utf-8")):
        if language != "console":
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = re.sub(r"\\\n\s*", "", part).partition("\n")
            yield Shown(page, tuple(shlex.split(command)), output)


def section(page: Path, heading: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    text = page.read_text("utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^\1 |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"{page.name} has no heading {heading!r}"
    return found[2]


def command_section(command: str) -> str:
    return section(DOCS / "commands.md", f"truthkit {command}")


def json_fields(command: str) -> set[str]:
    """The fields of ``--json`` that the section of a command tells."""
    told = re.search(r"^- `--json`: (.*?)(?=^\S|\Z)", command_section(command), re.DOTALL | re.MULTILINE)
    assert told, f"docs/commands.md does not tell what truthkit {command} --json prints"
    return {quoted or plain for quoted, plain in re.findall(r"`(?:\{\"(\w+)\": …\}|(\w+))`", told[1])}
