"""The manifest's lines as the list shows them: what each is, and whether it is well."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from truthkit.findings import Finding, TruthkitError
from truthkit.manifest import ManifestLine, read_manifest

Mark = Literal["", "ok", "warning", "error"]

# Characters of a line that a search looks through, and of its title.
_SEARCHED = 4_000
_TITLE = 110


@dataclass(slots=True)
class Entry:
    """One line. ``line`` is None where it is no data object; ``mark`` is empty until the line has been looked at."""

    number: int
    title: str
    text: str
    line: ManifestLine | None
    findings: tuple[Finding, ...] = ()
    mark: Mark = ""

    @property
    def at_first(self) -> Mark:
        """What the manifest alone says."""
        return "error" if self.line is None else ""


@dataclass(slots=True)
class Lines:
    """All lines of a manifest; ``empty`` is what is to be said if there are none."""

    entries: list[Entry] = field(default_factory=list)
    empty: Finding | None = None

    @classmethod
    def read(cls, manifest: Path) -> Lines:
        """Raises UsageError if the manifest cannot be read."""
        told: dict[int, list[Finding]] = {}
        found: dict[int, ManifestLine] = {}

        def note(finding: Finding) -> None:
            told.setdefault(finding.line or 1, []).append(finding)

        for line in read_manifest(manifest, on_fault=note):
            found[line.number] = line
        if not found and (empty := next((one for one in told.get(1, ()) if one.code == "manifest-empty"), None)):
            return cls(empty=empty)
        entries = []
        for number in range(1, max([*found, *told], default=0) + 1):
            one, findings = found.get(number), tuple(told.get(number, ()))
            text = json.dumps(one.data_object, ensure_ascii=False)[:_SEARCHED] if one else ""
            title = title_of(one.data_object) if one else findings[0].message if findings else "(blank)"
            entries.append(Entry(number, title, text.casefold(), one, findings, "error" if one is None else ""))
        return cls(entries)

    def get(self, number: int) -> Entry | None:
        return self.entries[number - 1] if 1 <= number <= len(self.entries) else None

    def search(self, words: str) -> Sequence[Entry]:
        """The lines that have all of the words; a number finds the line of that number first."""
        wanted = words.casefold().split()
        if not wanted:
            return self.entries
        found = [entry for entry in self.entries if all(word in entry.text for word in wanted)]
        if len(wanted) == 1 and wanted[0].isdecimal() and (line := self.get(int(wanted[0][:9]))) is not None:
            return [line, *(entry for entry in found if entry is not line)]
        return found

    def unmark(self) -> None:
        for entry in self.entries:
            entry.mark = entry.at_first


def mark_of(findings: Sequence[Finding]) -> Mark:
    """The worst of what is to be said of a line."""
    severities = {finding.severity for finding in findings}
    return "error" if "error" in severities else "warning" if "warning" in severities else "ok"


def title_of(data_object: dict[str, Any]) -> str:
    """What tells a line from the others: a title in its data, the file's name, or the text's beginning."""
    for holder in (data_object, data_object.get("metadata")):
        if isinstance(holder, dict) and isinstance(holder.get("title"), str) and holder["title"].strip():
            return _short(holder["title"])
    reference, source = data_object.get("source-ref"), data_object.get("source")
    if isinstance(reference, str):
        return _short(reference.rstrip("/").rpartition("/")[2] or reference)
    return _short(source if isinstance(source, str) else json.dumps(source, ensure_ascii=False))


def _short(text: str) -> str:
    line = " ".join(text[: 4 * _TITLE].split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def no_line(lines: Lines, manifest: Path, number: int) -> TruthkitError:
    if lines.empty is not None:
        return TruthkitError(lines.empty)
    return TruthkitError(Finding("manifest", f"there is no line {number}", file=str(manifest)))
