"""Write the sample's texts, manifest and expected labels from papers.toml.

Run it after a change of papers.toml, then make_pages.py for the pictures. Paths are relative to this folder.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BUCKET_PREFIX = "s3://truthkit-samples/text-entities"
LABELS = ("Background", "Objectives", "Methods", "Results", "Conclusions", "Limitations")
_MARK = re.compile(r"⟦(/?)([^⟧]*)⟧")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labeled stretch of a text; offsets count UTF-16 units, the end is exclusive."""

    start: int
    end: int
    label: str

    def to_json(self) -> dict[str, Any]:
        return {"endOffset": self.end, "label": self.label, "startOffset": self.start}


@dataclass(frozen=True)
class Paper:
    """One entry of papers.toml."""

    slug: str
    field: str
    journal: str
    issue: str
    pages: list[int]
    year: int
    title: str
    authors: list[tuple[str, int]]
    affiliations: list[str]
    quality: str
    abstract: str
    body: str
    figure: dict[str, Any]

    @cached_property
    def marked(self) -> tuple[str, tuple[Span, ...]]:
        """The abstract's plain text and its gold spans."""
        try:
            return read_marks(self.abstract.strip())
        except ValueError as error:
            raise ValueError(f"papers.toml, {self.slug}: {error}") from None

    @property
    def text(self) -> str:
        return self.marked[0]

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.marked[1]

    @property
    def author_names(self) -> str:
        return ", ".join(name for name, _ in self.authors)

    def manifest_line(self) -> dict[str, Any]:
        return {
            "source-ref": f"{BUCKET_PREFIX}/pages/{self.slug}.png",
            "text-file-s3-uri": f"{BUCKET_PREFIX}/text/{self.slug}.txt",
            "metadata": {"title": self.title, "authors": self.author_names, "field": self.field, "year": self.year},
        }

    def expected_line(self) -> dict[str, Any]:
        return {"entities": [span.to_json() for span in self.spans], "quality": {"label": self.quality}}


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read_marks(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Part ``⟦Methods⟧ … ⟦/Methods⟧`` marks from the text; spans come sorted.

    Raises ValueError for an unknown label and for a mark without its partner.
    """
    text: list[str] = []
    length = position = 0
    opened: dict[str, int] = {}
    spans: list[Span] = []
    for mark in _MARK.finditer(marked):
        piece = marked[position : mark.start()]
        text.append(piece)
        length += utf16_length(piece)
        position = mark.end()
        closing, label = mark.groups()
        if label not in LABELS:
            raise ValueError(f"{mark[0]} is not one of {', '.join(LABELS)}")
        if bool(closing) != (label in opened):
            raise ValueError(f"{mark[0]} has no partner")
        if closing:
            spans.append(Span(opened.pop(label), length, label))
        else:
            opened[label] = length
    if opened:
        raise ValueError(f"⟦{next(iter(opened))}⟧ has no partner")
    text.append(marked[position:])
    return "".join(text), tuple(sorted(spans))


def load_papers(file: Path = HERE / "papers.toml") -> list[Paper]:
    entries = tomllib.loads(file.read_text("utf-8"))["paper"]
    return [Paper(**entry) for entry in entries]


def derived_files(papers: list[Paper]) -> dict[str, str]:
    """Every text file that follows from papers.toml, by its path in this folder."""
    files = {f"objects/text/{paper.slug}.txt": paper.text for paper in papers}
    files["manifest.jsonl"] = _json_lines(paper.manifest_line() for paper in papers)
    files["expected.jsonl"] = _json_lines(paper.expected_line() for paper in papers)
    return files


def _json_lines(lines: Any) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def main() -> None:
    files = derived_files(load_papers())
    for stale in (HERE / "objects" / "text").glob("*.txt"):
        stale.unlink()
    for name, content in files.items():
        file = HERE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8", newline="")
    print(f"{len(files)} files are up to date with papers.toml")


if __name__ == "__main__":
    main()
