"""The right answers of a sample: do its lines belong to those of the manifest, and their names to the label?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from truthkit.elements import Element
from truthkit.findings import Finding, excerpt
from truthkit.lint.made_up import answer_of
from truthkit.lint.page import Page
from truthkit.lint.rules import Place, flaw
from truthkit.lint.template import element_key, is_field

_DATA = ("source", "source-ref")
_MOST = 100
"""Findings of one file; more would be dropped."""


@dataclass(slots=True)
class Names:
    """The names that a right answer may have; whether these are surely all of them."""

    sure: bool
    known: set[str] = field(default_factory=set)

    def add_page(self, page: Page, elements: Mapping[str, Element]) -> None:
        """The names of a page's fields, and those in the answers of its elements."""
        self.sure = self.sure and answer_of(page, elements)[1]
        for node in page.nodes:
            name = page.value(node, "name") or element_key(node, elements)
            if name and (is_field(page, node, elements) or "-" in node.name):
                self.known.add(name)
            element = elements.get(node.name)
            if element is not None and element.answer is not None:
                self.known |= element.answer.schema.get("properties", {}).keys()

    def add_labels(self, labels: Iterable[Any]) -> None:
        """The names in labels as the post-annotation handler gives them; it may have failed, and there are none."""
        found = [label for label in labels if isinstance(label, dict)]
        self.sure = self.sure and bool(found)
        for label in found:
            self.known |= label.keys()


def check_expected(
    file: Path, manifest: Path | None, names: Names | None, label_attribute: str | None
) -> Iterator[Finding]:
    """The faults of ``expected.jsonl`` or ``gold.jsonl``, read line by line beside the manifest.

    Args:
        names: what its lines may have; None where that is not known.
        label_attribute: under which a line of an output manifest has its label.
    """
    try:
        with file.open("rb") as right, manifest.open("rb") if manifest else nullcontext(()) as lines:
            yield from islice(_lines(file, right, lines, manifest, names, label_attribute), _MOST)
    except OSError as error:
        yield flaw("check-file", f"cannot be read: {error.strerror}", Place(str(file)))


def _lines(
    file: Path,
    right: Iterable[bytes],
    lines: Iterable[bytes],
    manifest: Path | None,
    names: Names | None,
    label_attribute: str | None,
) -> Iterator[Finding]:
    told: set[str] = set()
    number = has = 0
    for number, (text, line) in enumerate(zip_longest(right, lines), 1):
        if text is None:
            break
        has = number
        if line is None and manifest is not None:
            message = f"line {number:,} belongs to no object: {manifest.name} has {number - 1:,} lines"
            yield flaw("sample-lines", message, _place(file, number, text), "remove what is too much")
            return
        try:
            value = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            said = "the line is empty" if not text.strip() else f"not JSON: {error}"
            yield flaw("sample-not-json", said, _place(file, number, text))
            continue
        if isinstance(value, dict) and any(key in value for key in _DATA):
            yield from _of_other_object(file, number, text, value, line)
            if label_attribute is None or label_attribute not in value:
                continue
            value = value[label_attribute]
        if names is not None and isinstance(value, dict):
            yield from _unknown(file, number, text, [key for key in value if key not in told], names)
            told |= value.keys()
    if has < number:
        message = f"it has {has:,} lines, and {manifest and manifest.name} more"
        cure = "write one a manifest line, null where nobody knows the right answer"
        yield flaw("sample-lines", message, Place(str(file), has or 1), cure)


def _of_other_object(
    file: Path, number: int, text: bytes, value: Mapping[str, Any], line: bytes | None
) -> Iterator[Finding]:
    try:
        data = json.loads(line) if line is not None else None
    except (ValueError, RecursionError):
        return
    if not isinstance(data, dict):
        return
    for key in _DATA:
        if key in value and value[key] != data.get(key):
            message = f"{key} is {str(value[key])[:60]!r}, and that of the manifest's line {number:,} is another"
            yield flaw("sample-object", message, _place(file, number, text, str(value[key])))


def _unknown(file: Path, number: int, text: bytes, keys: Sequence[str], names: Names) -> Iterator[Finding]:
    for key in keys:
        if key in names.known:
            continue
        near = get_close_matches(key, names.known, 1, 0.8)
        if not near and not names.sure:
            continue
        guess = f"did you mean {near[0]!r}? " if near else ""
        has = ", ".join(sorted(names.known)) or "none"
        message = f"no label of this workflow has {key[:60]!r}"
        yield flaw("sample-field", message, _place(file, number, text, key), f"{guess}A label may have {has}")


def _place(file: Path, number: int, text: bytes, needle: str = "") -> Place:
    line = text.decode("utf-8", "replace")
    found = line.find(json.dumps(needle, ensure_ascii=False)) if needle else -1
    column = found + 1 if found >= 0 else None
    return Place(str(file), number, column, excerpt(line, column))
