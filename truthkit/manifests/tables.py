"""Tables as rows: CSV, JSON, Parquet, and what pandas and Hugging Face export."""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.wording import counted

Row = dict[str, Any]
TABLES = frozenset((".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".manifest"))


def read_table(file: Path) -> Iterator[Row]:
    """The rows of a file, by its suffix. Raises UsageError, and TruthkitError where it is not what it should be."""
    suffix = file.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _csv(file, "\t" if suffix == ".tsv" else None)
    if suffix == ".parquet":
        return read_parquet(file)
    if suffix in (".json", ".jsonl", ".ndjson", ".manifest"):
        return _json(file)
    raise UsageError(f"{file} is no table that can be read", f"give one of {', '.join(sorted(TABLES))}, or a folder")


def _csv(file: Path, separator: str | None) -> Iterator[Row]:
    """All cells are texts: 007 stays 007."""
    line = 1
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            if separator is None:
                head = re.sub(r'"[^"]*"', "", stream.readline())
                stream.seek(0)
                separator = max(",;\t", key=lambda one: (head.count(one), one == ","))
            reader = csv.reader(stream, delimiter=separator, strict=True)
            head_names = next(reader, [])
            if not any(head_names):
                raise wrong(file, "has no head", "write the names of the columns into the first line", 1)
            # As pandas calls the column that its to_csv does not name.
            names = [name or f"Unnamed: {number}" for number, name in enumerate(head_names)]
            line = reader.line_num + 1
            if double := next((name for name in names if names.count(name) > 1), None):
                raise wrong(file, f"has two columns {double!r}", "name them differently", 1)
            for cells in reader:
                first, line = line, reader.line_num + 1
                if not cells:
                    continue
                if len(cells) != len(names):
                    message = f"has {counted(len(cells), 'cell')} and {counted(len(names), 'column')}"
                    raise wrong(file, message, "put texts with separators into quotes", first)
                yield dict(zip(names, cells, strict=True))
    except UnicodeDecodeError as error:
        with file.open("rb") as raw:
            code = "UTF-16" if raw.read(2) in (b"\xff\xfe", b"\xfe\xff") else "WINDOWS-1252"
        about = "is UTF-16" if code == "UTF-16" else f"is not UTF-8: {error.reason}"
        raise wrong(file, about, f"save it as UTF-8 (iconv -f {code} -t UTF-8)") from None
    except csv.Error as error:
        cure = "put texts with quotes into quotes, doubled; a quote that opens must close"
        raise wrong(file, f"is no CSV: {error}", cure, line) from None


def _json(file: Path) -> Iterator[Row]:
    """JSON Lines, a list of objects, or one of pandas' tables (``orient`` columns, index or split)."""
    with file.open("rb") as stream:
        first = stream.readline().strip().removeprefix(b"\xef\xbb\xbf")
    try:
        one_line = isinstance(json.loads(first), dict)
    except ValueError:
        one_line = False
    if one_line:
        with file.open("rb") as stream:
            next(stream)
            second = next((line for line in stream if line.strip()), b"")
        if second or file.suffix.lower() != ".json":
            yield from _json_lines(file)
            return
    try:
        value = _loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise wrong(file, f"is not JSON: {error}", "write a list of objects, or one object a line") from None
    yield from _rows_of(file, value)


def _loads(text: str) -> Any:
    """``json.loads``, with null for what JSON has no number for."""
    return json.loads(text, parse_constant=lambda _name: None, parse_float=_finite)


def _finite(literal: str) -> float | None:
    number = float(literal)
    return number if math.isfinite(number) else None


def _json_lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                value = _loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                raise wrong(file, f"is not JSON: {error}", "write one object a line", number) from None
            if not isinstance(value, dict):
                raise wrong(file, "is no object", "write one object a line", number)
            yield value


def _rows_of(file: Path, value: Any) -> Iterator[Row]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        yield from value
    elif isinstance(value, dict) and isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        for row in value["data"]:
            yield dict(zip(value["columns"], row, strict=False))
    elif isinstance(value, dict) and value and all(isinstance(column, dict) for column in value.values()):
        # Columns by row name, or rows by name: the former have the same keys in each, and these count the rows.
        first = next(iter(value.values()))
        by_column = all(column.keys() == first.keys() for column in value.values())
        if by_column and all(str(name).isdigit() for name in first):
            for name in first:
                yield {column: cells[name] for column, cells in value.items()}
        else:
            yield from value.values()
    elif isinstance(value, dict):
        yield value
    else:
        raise wrong(file, "is no table", "write a list of objects, or one object a line")


def read_parquet(file: Path) -> Iterator[Row]:
    import duckdb

    try:
        # One thread reads no further ahead than it must. In a name *, ? and [ would be a pattern.
        name = re.sub(r"[*?\[]", r"[\g<0>]", str(file))
        found = duckdb.connect(config={"threads": 1}).execute("SELECT * FROM read_parquet(?)", [name])
        names = [one[0] for one in found.description or ()]
        while rows := found.fetchmany(1000):
            for row in rows:
                yield {name: plain(value) for name, value in zip(names, row, strict=True)}
    except duckdb.Error as error:
        raise wrong(file, f"is no Parquet: {str(error).splitlines()[0]}", "write it again") from None


def read_arrow(folder: Path) -> Iterator[Row]:
    try:
        import pyarrow
    except ImportError:
        raise UsageError(
            "reading what save_to_disk wrote needs pyarrow",
            "pip install pyarrow (in the clone: .uv/bin/uv sync --inexact --extra parquet), "
            "or write it with to_parquet or to_json",
        ) from None
    for file in sorted(folder.glob("*.arrow")):
        try:
            with pyarrow.memory_map(str(file)) as stream:
                for batch in pyarrow.ipc.open_stream(stream):
                    for row in batch.to_pylist():
                        yield {name: plain(value) for name, value in row.items()}
        except (OSError, pyarrow.ArrowInvalid) as error:
            raise wrong(file, f"cannot be read: {error}", "write it again") from None


def plain(value: Any) -> Any:
    """A table's value as JSON has it; None for numbers that are not finite and for bytes."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def wrong(file: Path, message: str, cure: str, line: int | None = None) -> TruthkitError:
    return TruthkitError(Finding("source-file", message, cure, file=str(file), line=line))
