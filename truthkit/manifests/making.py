"""An input manifest, from its rows to its files."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from truthkit._object_files import split_uri
from truthkit.aws_calls import client, told, upload
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.manifest import MOST_ATTRIBUTE_CHARACTERS, MOST_LINE_BYTES, MOST_LINES
from truthkit.manifests.choosing import sample, select, where
from truthkit.manifests.shards import left_over, write_lines
from truthkit.manifests.sources import NAMES, read_source
from truthkit.manifests.tables import Row
from truthkit.manifests.texts import ATTRIBUTE, USD_A_PAGE, with_texts_beside, with_texts_read
from truthkit.wording import count

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
    """``files`` have ``lines`` lines in all.

    ``unchanged`` are those of them that were there with this content, ``removed`` what another run had left,
    ``uploaded`` the addresses that were not there as they are. ``findings`` tell what was left out, and what is left
    in S3.
    """

    files: tuple[Path, ...]
    lines: int
    uploaded: tuple[str, ...]
    unchanged: tuple[Path, ...]
    removed: tuple[Path, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "files": [str(file) for file in self.files],
            "lines": self.lines,
            "uploaded": list(self.uploaded),
            "unchanged": [str(file) for file in self.unchanged],
            "removed": [str(file) for file in self.removed],
            "findings": [finding.to_json() for finding in self.findings],
        }


def make(plan: Plan, advance: Callable[[str, int], None] = lambda what, done: None) -> MadeManifest:
    """Write the manifest, or its shards, whole or not at all; then upload, if that is said.

    Args:
        advance: told what is being done, and how much of it is.

    Raises UsageError, and TruthkitError with the row where a line would break a limit of the service.
    """
    _check(plan)
    local = None if plan.source.startswith("s3://") else Path(plan.source)
    folder = local if local is not None and local.is_dir() else None
    source = read_source(
        plan.source, plan.out, prefix=plan.prefix, kind=plan.kind, with_texts=plan.text_from is not None
    )
    rows: Iterable[Row] = source.rows
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
    written = write_lines(
        plan.out,
        _encoded(plan, _noted(rows, sent, folder, texts)),
        plan.shard,
        overwrite=plan.yes,
        source=plan.source,
        advance=lambda done: advance("lines", done),
    )
    findings = list(source.left_out.findings(plan.source))
    uploaded: list[str] = []
    if plan.upload:
        uploaded, left = _uploaded(plan, sent, tuple(written.files), advance)
        findings += left
    return MadeManifest(
        files=tuple(written.files),
        lines=sum(written.files.values()),
        uploaded=tuple(uploaded),
        unchanged=written.unchanged,
        removed=written.removed,
        findings=tuple(findings),
    )


def _uploaded(
    plan: Plan, sent: Mapping[str, Path], files: tuple[Path, ...], advance: Callable[[str, int], None]
) -> tuple[list[str], list[Finding]]:
    """Bring all to S3, the manifest last; what came, and what is to be said of what another run has left there."""
    uploaded = []
    for number, (uri, file) in enumerate(sent.items(), 1):
        kind = _TYPES.get(file.suffix.lower())
        if upload(file, uri, content_type=kind, overwrite=plan.yes, cure=_ANOTHER):
            uploaded.append(uri)
        advance("uploading", number)
    top = _top(plan).rstrip("/")
    for file in files:
        if upload(file, f"{top}/{file.name}", content_type="application/json", overwrite=plan.yes, cure=_ANOTHER):
            uploaded.append(f"{top}/{file.name}")
    left = [f"{top}/{one.name}" for one in left_over(plan.out, len(files), lambda one: _is_there(f"{top}/{one.name}"))]
    message = "is left of another run: a job of it would label objects twice"
    return uploaded, [
        Finding("manifest-left-over", f"{uri} {message}", f"aws s3 rm {shlex.quote(uri)}", "warning") for uri in left
    ]


def _is_there(uri: str) -> bool:
    bucket, key = split_uri(uri)
    with told(uri):
        first = client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    return bool(first and first[0]["Key"] == key)


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
            f"Textract would read {count(len(pages), 'page')} for about USD {len(pages) * USD_A_PAGE:,.2f}",
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


def _encoded(plan: Plan, rows: Iterable[Row]) -> Iterator[bytes]:
    for number, row in enumerate(rows, 1):
        line = _line(plan, row)
        message = _fault(line)
        if message is not None:
            about = str(row.get("name") or "") or f"row {number:,}"
            cure = "leave the row out (--where), map other columns (--column), or keep large values in S3"
            raise TruthkitError(Finding("source-row", f"{about} {message}", cure, file=plan.source))
        yield json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"


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
