"""Where the lines of a manifest come from: folders, S3, tables, and exports of pandas and Hugging Face."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError

Row = dict[str, Any]

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg"))
MEDIA = frozenset((".mp4", ".ogg", ".webm", ".mov", ".mp3", ".wav", ".flac", ".m4a", ".pdf"))
TEXTS = frozenset((".txt", ".text", ".md"))
TABLES = frozenset((".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".manifest"))
NAMES = ("source-ref", "name", "folder", "suffix", "bytes", "modified")
"""The columns of what lies in a folder or in S3, for expressions."""


def read_rows(source: str, *, prefix: str = "", kind: str | None = None) -> Iterator[Row]:
    """The rows of a source, one after another.

    Args:
        source: a folder of files, an S3 prefix (``s3://…/``), a table (CSV, TSV, Parquet, JSON, JSON Lines), or a
            folder that Hugging Face's ``save_to_disk`` or a download of a data set has made.
        prefix: the S3 prefix that a folder's files will have.
        kind: of a folder: ``source`` reads text files into the manifest, ``source-ref`` names files; None: texts are
            read where there are no other files.

    Raises UsageError, and TruthkitError where a file is not what it should be.
    """
    if source.startswith("s3://"):
        return _in_s3(source)
    place = Path(source)
    if place.is_file():
        return _table(place)
    if not place.is_dir():
        raise UsageError(f"{source} does not exist", "give a folder, an s3:// prefix, or a table")
    if (place / "dataset_dict.json").is_file():
        sets = ", ".join(str(one.parent) for one in sorted(place.glob("*/dataset_info.json")))
        raise UsageError(f"{source} holds several sets", f"give one of them: {sets}")
    if (place / "dataset_info.json").is_file() and any(place.glob("*.arrow")):
        return _arrow(place)
    parquet = sorted(place.rglob("*.parquet"))
    if parquet:
        return (row for file in parquet for row in _parquet(file))
    return _in_folder(place, prefix, kind)


# --- files ---


def _in_folder(folder: Path, prefix: str, kind: str | None) -> Iterator[Row]:
    """Files by name, hidden ones left out; of a mixture only the pictures and media, texts beside them are theirs."""
    found = [file for file in sorted(folder.rglob("*")) if file.is_file() and not _hidden(file, folder)]
    media = [file for file in found if file.suffix.lower() in PICTURES | MEDIA]
    texts = [file for file in found if file.suffix.lower() in TEXTS]
    chosen = texts if kind == "source" else media or texts
    if not chosen:
        raise UsageError(
            f"{folder} has no pictures, media or texts",
            "give the folder that has the files" + (", or leave out --as source" if kind == "source" else ""),
        )
    if kind is None and not media:
        kind = "source"
    if kind != "source" and not prefix:
        raise UsageError(
            "files of a folder need the address they will have", "give --prefix s3://BUCKET/FOLDER/ (and --upload)"
        )
    for file in chosen:
        name = file.relative_to(folder).as_posix()
        stat = file.stat()
        about = _about(name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
        if kind == "source":
            yield {"source": _text(file), **about}
        else:
            yield {"source-ref": prefix.rstrip("/") + "/" + name, **about}


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__")) for part in file.relative_to(folder).parts)


def _about(name: str, size: int, modified: datetime) -> Row:
    path = PurePosixPath(name)
    return {
        "name": name,
        "folder": "" if str(path.parent) == "." else str(path.parent),
        "suffix": path.suffix.lower(),
        "bytes": size,
        "modified": modified.isoformat(timespec="seconds"),
    }


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(file, f"is not UTF-8: {error.reason} at byte {error.start:,}", "save it as UTF-8") from None


def _in_s3(prefix: str) -> Iterator[Row]:
    """Objects by key: pictures and media, else texts; of text objects the address, not the text."""
    from truthkit._object_files import KeyNotAFileError, split_uri
    from truthkit.aws_calls import client, told

    try:
        bucket, key = split_uri(prefix)
    except KeyNotAFileError as error:
        raise UsageError(str(error), "give s3://BUCKET/PREFIX/") from None
    media: list[Row] = []
    texts: list[Row] = []
    with told(prefix):
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
            for one in page.get("Contents", ()):
                suffix = PurePosixPath(one["Key"]).suffix.lower()
                own = media if suffix in PICTURES | MEDIA else texts if suffix in TEXTS else None
                if own is not None and one["Size"]:
                    name = one["Key"][key.rfind("/") + 1 :]
                    about = _about(name, one["Size"], one["LastModified"])
                    own.append({"source-ref": f"s3://{bucket}/{one['Key']}", **about})
    if not media and not texts:
        raise UsageError(f"{prefix} has no pictures, media or texts", "give a prefix that has some, ending in /")
    yield from media or texts


# --- tables ---


def _table(file: Path) -> Iterator[Row]:
    suffix = file.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _csv(file, "\t" if suffix == ".tsv" else None)
    if suffix == ".parquet":
        return _parquet(file)
    if suffix in (".json", ".jsonl", ".ndjson", ".manifest"):
        return _json(file)
    raise UsageError(f"{file} is no table that can be read", f"give one of {', '.join(sorted(TABLES))}, or a folder")


def _csv(file: Path, separator: str | None) -> Iterator[Row]:
    """All cells are texts: 007 stays 007."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            if separator is None:
                head = stream.readline()
                stream.seek(0)
                separator = max(",;\t", key=lambda one: (head.count(one), one == ","))
            reader = csv.reader(stream, delimiter=separator, strict=True)
            names = next(reader, [])
            if not any(names):
                raise _wrong(file, "has no head", "write the names of the columns into the first line", 1)
            if double := next((name for name in names if names.count(name) > 1), None):
                raise _wrong(file, f"has two columns {double!r}", "name them differently", 1)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(names):
                    message = f"has {len(cells)} cells and {len(names)} columns"
                    raise _wrong(file, message, "put texts with separators into quotes", reader.line_num)
                yield dict(zip(names, cells, strict=True))
    except UnicodeDecodeError as error:
        raise _wrong(file, f"is not UTF-8: {error.reason}", "save it as UTF-8") from None
    except csv.Error as error:
        raise _wrong(file, f"is no CSV: {error}", "put texts with quotes into quotes, doubled") from None


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
        value = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"is not JSON: {error}", "write a list of objects, or one object a line") from None
    yield from _rows_of(file, value)


def _json_lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                raise _wrong(file, f"is not JSON: {error}", "write one object a line", number) from None
            if not isinstance(value, dict):
                raise _wrong(file, "is no object", "write one object a line", number)
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
        raise _wrong(file, "is no table", "write a list of objects, or one object a line")


def _parquet(file: Path) -> Iterator[Row]:
    import duckdb

    try:
        found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [one[0] for one in found.description or ()]
        while rows := found.fetchmany(1000):
            for row in rows:
                yield {name: plain(value) for name, value in zip(names, row, strict=True)}
    except duckdb.Error as error:
        raise _wrong(file, f"is no Parquet: {str(error).splitlines()[0]}", "write it again") from None


def _arrow(folder: Path) -> Iterator[Row]:
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
            raise _wrong(file, f"cannot be read: {error}", "write it again") from None


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


def _wrong(file: Path, message: str, cure: str, line: int | None = None) -> TruthkitError:
    return TruthkitError(Finding("source-file", message, cure, file=str(file), line=line))
