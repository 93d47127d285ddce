"""Answers and gold from CSV files, a block at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from truthkit.answers.fields import Answers, FieldAnswers
from truthkit.answers.shapes import number_of
from truthkit.findings import Finding, UsageError

Ints = NDArray[np.int64]

ANSWERS = ("item", "worker", "label")
GOLD = ("item", "truth")
_BLOCK = 1 << 24
_TOLD = 1_000
# More different whole numbers than that are a scale.
_CLASSES = 50


def read_table(file: Path) -> Answers:
    """The answers in a CSV file whose header names ``item``, ``worker`` and ``label`` (others are passed over).

    Labels are numbers (kind ``number``) if all are and one has a fraction or a sign, or there are more than 50
    different ones; else classes. Raises UsageError if the file is no such table.
    """
    findings: list[Finding] = []
    columns: list[dict[str, int]] = [{}, {}, {}]
    parts: list[tuple[Ints, ...]] = []
    for block in read_columns(file, ANSWERS, findings):
        parts.append(tuple(numbered(cells, known) for cells, known in zip(block, columns, strict=True)))
    if not parts:
        raise UsageError(f"{file} has no answers", "below the header, write a row for each: item,worker,label")
    item, worker, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    objects, workers, values = (list(known) for known in columns)
    kind = "number" if _is_scale([one for one in values if one]) else "class"
    seconds = np.full(len(item), np.nan)
    answers = FieldAnswers("label", kind, item, worker, value, objects, workers, values, seconds)
    if "" in columns[2]:
        empty = int((value == columns[2][""]).sum())
        findings.append(Finding("table-empty", f"{empty:,} answers are empty", severity="warning", file=str(file)))
    return Answers(file, objects, {"label": answers}, 1, findings)


def read_gold(file: Path, findings: list[Finding] | None = None) -> dict[str, str]:
    """Known labels by item, from a CSV file whose header names ``item`` and ``truth``. Raises UsageError."""
    found: dict[str, str] = {}
    told = [] if findings is None else findings
    for items, truths in read_columns(file, GOLD, told):
        for item, truth in zip(items, truths, strict=True):
            if found.setdefault(item, truth) != truth:
                raise UsageError(f"{item!r} has two truths: {found[item]!r} and {truth!r}", "keep one", file=str(file))
    return {item: truth for item, truth in found.items() if truth}


def _is_scale(values: Sequence[str]) -> bool:
    numbers = [number_of(value) for value in values]
    if not numbers or None in numbers:
        return False
    whole = all(value.isdigit() for value in values)
    return not whole or len(values) > _CLASSES


def numbered(cells: Sequence[str], known: dict[str, int]) -> Ints:
    """The cells as numbers; new ones are added to ``known``."""
    for cell in sorted(set(cells) - known.keys()):
        known[cell] = len(known)
    return np.fromiter(map(known.__getitem__, cells), dtype=np.int64, count=len(cells))


def read_columns(file: Path, wanted: Sequence[str], findings: list[Finding]) -> Iterator[tuple[list[str], ...]]:
    """The cells of the wanted columns, block by block. Rows that do not fit are told of in ``findings``."""
    try:
        with file.open("rb") as stream:
            yield from _blocks(stream, file, wanted, findings)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "give another file") from None


def _blocks(
    stream: BinaryIO, file: Path, wanted: Sequence[str], findings: list[Finding]
) -> Iterator[tuple[list[str], ...]]:
    header = stream.readline()
    alone = b"\r" in header.rstrip(b"\r\n")
    if alone:
        # Lines that end with CR alone, as some spreadsheets save them.
        header = header.split(b"\r", 1)[0]
    try:
        names = next(csv.reader([_decoded(header, file, 1).removeprefix("\ufeff").rstrip("\r\n")]), [])
    except csv.Error as error:
        raise UsageError(
            f"the header is no CSV: {error}", f"write the first line: {','.join(wanted)}", file=str(file), line=1
        ) from None
    names = [name.strip() for name in names]
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise UsageError(
            f"the header names the column {', '.join(twice)} more than once",
            "keep one of them, and give the others other names",
            file=str(file),
            line=1,
        )
    missing = [name for name in wanted if name not in names]
    if missing:
        has = ", ".join(names[:10]) or "nothing"
        together = names[0] if names else ""
        other = next((mark for mark in (";", "\t", "|") if set(wanted) <= set(together.split(mark))), "")
        shown = "tabs" if other == "\t" else repr(other)
        cure = f"put commas between the cells, not {shown}" if other else f"write the first line: {','.join(wanted)}"
        raise UsageError(
            f"the header has no column {', '.join(missing)}; it has {has[:200]}",
            cure,
            file=str(file),
            line=1,
        )
    at = [names.index(name) for name in wanted]
    line, width = 2, len(names)
    if alone:
        stream.seek(len(header) + 1)
        yield from _slowly(_text(stream, file), file, line, width, at, findings)
        return
    while True:
        start = stream.tell()
        block = stream.read(_BLOCK)
        if not block:
            return
        block += stream.readline()
        if b'"' in block or b"\r" in block.replace(b"\r\n", b""):
            # A quoted cell may go over blocks' ends.
            stream.seek(start)
            yield from _slowly(_text(stream, file), file, line, width, at, findings)
            return
        text = _decoded(block, file, line).replace("\r\n", "\n")
        rows = text.removesuffix("\n").split("\n")
        if all(row.count(",") == width - 1 for row in rows):
            cells = text.removesuffix("\n").replace("\n", ",").split(",")
            columns = tuple(cells[place::width] for place in at)
            if "" not in columns[0] and (len(columns) < 3 or "" not in columns[1]):
                yield columns
                line += len(rows)
                continue
        yield from _slowly(io.StringIO(text, newline=""), file, line, width, at, findings)
        line += len(rows)


def _slowly(
    stream: Any, file: Path, first: int, width: int, at: Sequence[int], findings: list[Finding]
) -> Iterator[tuple[list[str], ...]]:
    """Row by row, with the line of what is wrong."""
    columns: tuple[list[str], ...] = tuple([] for _ in at)
    # Strict: a quote that is never closed would take all rows after it for one cell.
    rows = csv.reader(stream, strict=True)
    while True:
        before = rows.line_num
        try:
            row = next(rows)
        except StopIteration:
            break
        except (csv.Error, UnicodeDecodeError) as error:
            line, cure = first + before, "close every quote; save it as UTF-8, cells between commas"
            raise UsageError(f"the row is no CSV: {error}", cure, file=str(file), line=line) from None
        if not row:
            continue
        line = first + rows.line_num - 1
        if len(row) != width:
            _tell(findings, f"the row has {len(row)} cells, the header {width}", file, line)
        elif not row[at[0]] or (len(at) > 2 and not row[at[1]]):
            _tell(findings, "the row has no item or no worker", file, line)
        else:
            for cells, place in zip(columns, at, strict=True):
                cells.append(row[place])
            if len(columns[0]) >= 500_000:
                yield columns
                columns = tuple([] for _ in at)
    if columns[0]:
        yield columns


def _tell(findings: list[Finding], message: str, file: Path, line: int) -> None:
    if len(findings) < _TOLD:
        cure = "write one row an answer; quote cells with commas"
        findings.append(Finding("table-row", message, cure, severity="warning", file=str(file), line=line))


def _text(stream: BinaryIO, file: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, "utf-8", newline="")


def _decoded(block: bytes, file: Path, line: int) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        line += block[: error.start].count(b"\n")
        raise UsageError("the file is not UTF-8", "save it as UTF-8", file=str(file), line=line) from None
