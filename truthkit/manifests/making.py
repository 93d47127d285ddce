"""An input manifest, from its rows to its files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from filecmp import cmp
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO

from truthkit.aws_calls import upload
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.manifest import MOST_ATTRIBUTE_CHARACTERS, MOST_LINE_BYTES, MOST_LINES
from truthkit.manifests.choosing import sample, select, where
from truthkit.manifests.sources import NAMES, Row, read_rows
from truthkit.manifests.texts import ATTRIBUTE, USD_A_PAGE, with_texts_beside, with_texts_read

TextFrom = Literal["textract", "beside"]
_ANOTHER = "give another --prefix, or --yes"
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of what.

    ``columns`` has attributes and the columns they come from; empty: all columns of a table, and of files only their
    address. ``shard`` is the most lines of a manifest. ``prefix`` is where the files of a folder are, or will be, in
    S3.
    """

    source: str
    out: Path
    prefix: str = ""
    kind: Literal["source", "source-ref"] | None = None
    columns: Mapping[str, str] | None = None
    where: str | None = None
    sql: str | None = None
    sample: int | None = None
    seed: int = 0
    shard: int = MOST_LINES
    text_from: TextFrom | None = None
    upload: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True)
class MadeManifest:
    """``files`` have ``lines`` lines in all; ``uploaded`` are the addresses that were not there as they are."""

    files: tuple[Path, ...]
    lines: int
    uploaded: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"files": [str(file) for file in self.files], "lines": self.lines, "uploaded": list(self.uploaded)}


def make(plan: Plan, advance: Callable[[str, int], None] = lambda what, done: None) -> MadeManifest:
    """Write the manifest, or its shards, whole or not at all; then upload, if that is said.

    Args:
        advance: told what is being done, and how much of it is.

    Raises UsageError, and TruthkitError with the row where a line would break a limit of the service.
    """
    _check(plan)
    local = None if plan.source.startswith("s3://") else Path(plan.source)
    folder = local if local is not None and local.is_dir() else None
    rows: Iterable[Row] = read_rows(plan.source, prefix=plan.prefix, kind=plan.kind)
    if plan.sql is not None:
        rows = select(rows, plan.sql)
    if plan.where is not None:
        rows = where(rows, plan.where)
    if plan.sample is not None:
        rows = sample(rows, plan.sample, plan.seed)
    texts: Path | None = None
    if plan.text_from is not None:
        rows, texts = _with_texts(plan, rows, folder, advance)
    sent: dict[str, Path] = {}
    files = _write(plan, _noted(rows, sent, folder, texts), advance)
    uploaded = []
    if plan.upload:
        for number, (uri, file) in enumerate(sent.items(), 1):
            kind = _TYPES.get(file.suffix.lower())
            if upload(file, uri, content_type=kind, overwrite=plan.yes, cure=_ANOTHER):
                uploaded.append(uri)
            advance("uploading", number)
        for file in files:
            uri = f"{_top(plan).rstrip('/')}/{file.name}"
            if upload(file, uri, content_type="application/json", overwrite=plan.yes, cure=_ANOTHER):
                uploaded.append(uri)
    lines = sum(count for _file, count in files.items())
    return MadeManifest(tuple(files), lines, tuple(uploaded))


def _check(plan: Plan) -> None:
    if plan.prefix and not plan.prefix.startswith("s3://"):
        raise UsageError(f"--prefix {plan.prefix} is no S3 URI", "give --prefix s3://BUCKET/FOLDER/")
    if not 1 <= plan.shard <= MOST_LINES:
        raise UsageError(
            f"--shard {plan.shard} is not between 1 and {MOST_LINES:,}", "a job takes 100,000 lines at most"
        )
    if plan.sample is not None and plan.sample < 1:
        raise UsageError(f"--sample {plan.sample} is not above 0", "give the number of lines to choose")
    if plan.upload and not _top(plan):
        raise UsageError("--upload needs to know where to", "give --prefix s3://BUCKET/FOLDER/")
    if plan.text_from is not None and plan.kind == "source":
        raise UsageError("--text-from is for pictures of pages, and --as source for texts", "give one of them")
    if plan.text_from == "textract" and plan.source.startswith("s3://") and not plan.upload:
        raise UsageError("the texts of pages in S3 must go there too", "give --upload")


def _top(plan: Plan) -> str:
    """Where in S3 the manifest goes."""
    return plan.prefix or (plan.source if plan.source.startswith("s3://") else "")


def _with_texts(
    plan: Plan, rows: Iterable[Row], folder: Path | None, advance: Callable[[str, int], None]
) -> tuple[Iterable[Row], Path | None]:
    pages = list(rows)
    if not all("source-ref" in row and "name" in row for row in pages):
        raise UsageError("--text-from is for files of a folder or of S3", "give such a source")
    if plan.text_from == "beside":
        if folder is None:
            raise UsageError("--text-from beside looks into a folder", "give the folder, or --text-from textract")
        return with_texts_beside(pages, folder), folder
    texts = plan.out.with_name(plan.out.stem + "-texts")
    if not plan.yes:
        raise UsageError(
            f"Textract would read {len(pages):,} pages for about USD {len(pages) * USD_A_PAGE:,.2f}",
            "give --yes if that is meant (--sample N takes fewer)",
        )
    return with_texts_read(pages, texts, folder, lambda done: advance("reading pages", done)), texts


def _noted(rows: Iterable[Row], sent: dict[str, Path], folder: Path | None, texts: Path | None) -> Iterator[Row]:
    """The rows; ``sent`` grows by the files that they name."""
    for row in rows:
        if folder is not None and "source-ref" in row and "name" in row:
            sent[str(row["source-ref"])] = folder / str(row["name"])
        if texts is not None and ATTRIBUTE in row:
            sent[str(row[ATTRIBUTE])] = (texts / str(row["name"])).with_suffix(".txt")
        yield row


def _line(plan: Plan, row: Row) -> Row:
    """A row as a data object."""
    if plan.columns:
        missing = [column for column in plan.columns.values() if column not in row]
        if missing:
            known = ", ".join(map(repr, row))
            raise UsageError(f"there is no column {missing[0]!r}", f"the columns are {known}")
        line = {attribute: row[column] for attribute, column in plan.columns.items()}
        if ATTRIBUTE in row:
            line.setdefault(ATTRIBUTE, row[ATTRIBUTE])
        return line
    own = {"source", *NAMES} - {"source-ref"} if "name" in row and "modified" in row else set()
    return {name: value for name, value in row.items() if name not in own or name == "source"}


def _write(plan: Plan, rows: Iterable[Row], advance: Callable[[str, int], None]) -> dict[Path, int]:
    """The manifest, or its shards, with their numbers of lines."""
    lines = _encoded(plan, rows)
    done: list[tuple[Path, int]] = []
    plan.out.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        while True:
            part = plan.out.with_name(f".{plan.out.name}.{len(done) + 1}.part")
            stack.callback(part.unlink, missing_ok=True)
            with part.open("w", encoding="utf-8", newline="\n") as stream:
                count = _fill(stream, islice(lines, plan.shard), sum(one for _, one in done), advance)
            if count or not done:
                done.append((part, count))
            if count < plan.shard:
                break
        if not done[0][1]:
            raise UsageError(f"{plan.source} gives no lines", "look at --where, --sql and the source")
        if len(done) > 1:
            names = [plan.out.with_stem(f"{plan.out.stem}-{number:03}") for number in range(1, len(done) + 1)]
        else:
            names = [plan.out]
        for (part, _count), name in zip(done, names, strict=True):
            # The same content is no matter: a run that broke off while it uploaded is gone on with.
            if name.exists() and not plan.yes and not (name.is_file() and cmp(part, name, shallow=False)):
                raise UsageError(f"{name} exists", "give another --out, or --yes to replace it")
        for (part, _count), name in zip(done, names, strict=True):
            part.replace(name)
    return {name: count for name, (_part, count) in zip(names, done, strict=True)}


def _fill(stream: TextIO, lines: Iterator[str], before: int, advance: Callable[[str, int], None]) -> int:
    count = 0
    for count, line in enumerate(lines, 1):
        stream.write(line + "\n")
        if count % 1000 == 0:
            advance("lines", before + count)
    stream.flush()
    os.fsync(stream.fileno())
    return count


def _encoded(plan: Plan, rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        line = _line(plan, row)
        message = _fault(line)
        if message is not None:
            about = str(row.get("name") or "") or f"row {number:,}"
            cure = "leave the row out (--where), map other columns (--column), or keep large values in S3"
            raise TruthkitError(Finding("source-row", f"{about} {message}", cure, file=plan.source))
        yield json.dumps(line, ensure_ascii=False)


def _fault(line: Row) -> str | None:
    """What of a line the service would not take (contract a)."""
    sources = [name for name in ("source", "source-ref") if isinstance(line.get(name), str) and line[name]]
    if not sources:
        if any(name in line for name in ("source", "source-ref")):
            return "has nothing in source and source-ref"
        return "has neither source nor source-ref: map one (--column source=COLUMN)"
    if "source-ref" in sources and not line["source-ref"].startswith("s3://"):
        return f"has a source-ref that is no S3 URI: {line['source-ref'][:80]}"
    for name, value in line.items():
        if name.startswith("$"):
            return f"has an attribute {name!r}: names must not begin with $"
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if len(text) > MOST_ATTRIBUTE_CHARACTERS:
            return f"has {len(text):,} characters in {name!r}; the service takes {MOST_ATTRIBUTE_CHARACTERS:,}"
    try:
        size = len(json.dumps(line, ensure_ascii=False).encode("utf-8"))
    except UnicodeEncodeError:
        return "has half a character: a surrogate without its partner"
    if size > MOST_LINE_BYTES:
        return f"makes a line of {size:,} bytes; the service takes {MOST_LINE_BYTES:,}"
    return None
