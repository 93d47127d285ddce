"""The right answers that simulated workers start from: where they are, and what they say of a page's fields."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.workforce.simulated.kinds import KINDS, Asked
from truthkit.workforce.simulated.rankings import dimensions_of
from truthkit_core.messages.checks import ContractError

_DATA = ("source", "source-ref")


def gold_file(given: Path | None, samples: Path | None, expected: Path | None) -> Path:
    """Where the right answers are: ``--gold``, else ``gold.jsonl`` of the samples, else their ``expected.jsonl``.

    Args:
        given: what the caller named.
        samples: the workflow's own samples, None where another manifest is used.
        expected: the samples' expected labels, None likewise.

    Raises UsageError if there is none.
    """
    if given is not None:
        if not given.is_file():
            raise UsageError(f"--gold {given} does not exist", "give a file with one right answer a manifest line")
        return given.resolve()
    own = samples / "gold.jsonl" if samples is not None else None
    if own is not None and own.is_file():
        return own
    if expected is not None:
        return expected
    raise UsageError(
        "simulated workers need gold: nobody knows the right answers",
        "give --gold FILE, JSON Lines with one right answer a manifest line"
        + (f", or write {samples / 'expected.jsonl'}" if samples is not None else ""),
    )


class Gold:
    """A file with one right answer a manifest line, read line by line as asked for.

    A line of an output manifest (it has ``source`` or ``source-ref``) stands for its ``label_attribute``.

    Raises TruthkitError where a line is not JSON, or an output manifest has no such attribute.
    """

    def __init__(self, file: Path, label_attribute: str) -> None:
        self.file = file
        self._attribute = label_attribute
        self._places = array("Q")
        self._bounds: dict[str, tuple[float, float]] = {}
        numbers: dict[str, list[float]] = {}
        with file.open("rb") as stream:
            place = 0
            for number, line in enumerate(stream, 1):
                if line.strip():
                    self._places.append(place)
                    self._note(self._value(line, number), numbers)
                place += len(line)
        for name, found in numbers.items():
            low, high = min(found), max(found)
            self._bounds[name] = (low, high) if low < high else (low - 0.5, high + 0.5)

    def __len__(self) -> int:
        return len(self._places)

    def at(self, line: int) -> Any:
        """The right answer of a manifest line (from 1). Raises TruthkitError if there is none."""
        value = None
        if 1 <= line <= len(self._places):
            with self.file.open("rb") as stream:
                stream.seek(self._places[line - 1])
                value = self._value(stream.readline(), line)
        if value is None:
            has = f"has {len(self._places):,} lines" if line > len(self._places) else "has null"
            raise TruthkitError(
                Finding(
                    "gold", f"{has}, and nothing for line {line:,} of the manifest",
                    "write one right answer a manifest line", file=str(self.file),
                    line=min(line, len(self._places)) or None,
                )
            )  # fmt: skip
        return value

    def bounds(self, name: str) -> tuple[float, float]:
        """The range of the gold's numbers for a field."""
        return self._bounds.get(name) or self._bounds.get("") or (0.0, 1.0)

    def _value(self, line: bytes, number: int) -> Any:
        try:
            value = json.loads(line)
        except ValueError as error:
            raise TruthkitError(
                Finding("gold", f"is not JSON: {error}", "one right answer a line", file=str(self.file), line=number)
            ) from None
        if isinstance(value, dict) and any(key in value for key in _DATA):
            if self._attribute not in value:
                raise TruthkitError(
                    Finding(
                        "gold", f"is a line of a manifest without {self._attribute!r}",
                        "give --label-attribute with the name of its label", file=str(self.file), line=number,
                    )
                )  # fmt: skip
            return value[self._attribute]
        return value

    @staticmethod
    def _note(value: Any, numbers: dict[str, list[float]]) -> None:
        """Lowest and highest so far of the numbers in a line."""
        found = value.items() if isinstance(value, dict) else [("", value)]
        for name, one in found:
            if isinstance(one, dict):
                one = one.get("value")
            if isinstance(one, str):
                try:
                    one = float(one)
                except ValueError:
                    continue
            if isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one):
                for key in (name, "") if name in ("", "value", "number") else (name,):
                    known = numbers.setdefault(key, [one, one])
                    known[0], known[1] = min(known[0], one), max(known[1], one)


def truths(asked: Sequence[Asked], value: Any) -> dict[str, Any]:
    """What gold, or a consolidated label, says of the fields; those of which it says nothing are left out.

    A field is found by its name. Else the value is the field's own, told by its keys (``label``, ``entities``,
    ``boundingBoxes``, …), if only one field has answers of that kind; the page's main element goes before controls.

    Raises ContractError, with the field as path, for what is there and cannot be read.
    """
    found: dict[str, Any] = {}
    table = value if isinstance(value, dict) else {}
    for one in asked:
        name = one.field.name
        if name in table and table[name] is not None:
            found[name] = _read(one, table[name])
    rest = [one for one in asked if one.field.name not in found]
    for one in rest:
        if isinstance(value, dict):
            key = next((key for key in _keys(one) if key in value), None)
            rivals = [other for other in rest if key in _keys(other)]
            # An element that cannot be left alone goes before controls that can.
            rivals = [other for other in rivals if KINDS.table[other.field.kind].untouched is None] or rivals
            if one not in rivals:
                continue
            if key is not None and key not in found and len(rivals) == 1:
                found[one.field.name] = _read(one, value)
        elif len(asked) == 1 or _plain(value, one):
            found[one.field.name] = _read(one, value)
            break
    return found


def _keys(asked: Asked) -> tuple[str, ...]:
    """By which a value of the field is known: the kind's, and the dimensions of a ranking."""
    keys = KINDS.table[asked.field.kind].keys
    return (*keys, *dimensions_of(asked)) if asked.field.kind == "ranking" else keys


def _plain(value: Any, asked: Asked) -> bool:
    """Whether a value without keys can be of the field's kind."""
    kinds = {
        bool: (), str: ("class", "choice", "text"), int: ("number",), float: ("number",),
        list: ("set", "flags", "spans", "boxes", "keypoints", "lines", "polylines", "polygons"),
    }  # fmt: skip
    return asked.field.kind in kinds.get(type(value), ())


def _read(asked: Asked, value: Any) -> Any:
    try:
        return KINDS.table[asked.field.kind].read(value, asked)
    except ContractError as error:
        path = f"{asked.field.name}: {error.path}" if error.path else asked.field.name
        raise ContractError(path, error.problem, error.cure) from None


def told_size(value: Any) -> tuple[int, int] | None:
    """Width and height of the picture, where gold has ``inputImageProperties``."""
    if isinstance(value, dict):
        size = value.get("inputImageProperties")
        if isinstance(size, dict) and isinstance(size.get("width"), int) and isinstance(size.get("height"), int):
            return size["width"], size["height"]
        for inner in value.values():
            if isinstance(inner, dict) and (found := told_size(inner)):
                return found
    return None


class Pictures:
    """Sizes of pictures, from the files in the mapped folders.

    Args:
        mappings: S3 prefix to folder.
    """

    def __init__(self, mappings: Mapping[str, Path]) -> None:
        self._mappings = sorted(mappings.items(), key=lambda item: -len(item[0]))
        self._known: dict[str, tuple[int, int] | None] = {}

    def size(self, address: str) -> tuple[int, int] | None:
        """Width and height of the picture behind a signed address (``http://host/bucket/key?…``), as it is stored."""
        name = unquote(urlsplit(address).path).lstrip("/")
        if name not in self._known:
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[name] = next(filter(None, map(_size, self._files(f"s3://{name}"))), None)
        return self._known[name]

    def _files(self, uri: str) -> Iterator[Path]:
        for prefix, folder in self._mappings:
            base = prefix.rstrip("/") + "/"
            if uri.startswith(base):
                yield folder / uri[len(base) :]


def _size(file: Path) -> tuple[int, int] | None:
    try:
        with Image.open(file) as picture:
            return picture.size
    except (OSError, UnidentifiedImageError, ValueError):
        return None
