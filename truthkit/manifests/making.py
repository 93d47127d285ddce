"""An input manifest, from its rows to its files."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from truthkit._object_files import KeyNotAFileError, split_uri
from truthkit.aws_calls import client, told, upload
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.manifest import MOST_ATTRIBUTE_CHARACTERS, MOST_LINE_BYTES, MOST_LINES, kind_of
from truthkit.manifests.choosing import sample, select, where
from truthkit.manifests.shards import left_over, write_lines
from truthkit.manifests.sources import NAMES, read_source
from truthkit.manifests.tables import Row
from truthkit.manifests.texts import ATTRIBUTE, USD_A_PAGE, with_texts_beside, with_texts_read
from truthkit.wording import counted
from truthkit_core.messages import S3_URI

TextFrom = Literal["textract", "beside"]
_SOURCES = ("source", "source-ref")
_SMALLER = "leave the row out (--where), map other columns (--column), or keep large values in S3"
_ANOTHER = "give another --prefix, or --yes"
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".svg": "image/svg+xml",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".text": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
"""What browsers are told that a file is; else they would not show drawings and PDFs."""


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
        # A file is chosen by its name: it may be copied, touched, and put elsewhere.
        named = source.of_files and plan.sql is None
        rows = sample(rows, plan.sample, plan.seed, (lambda row: row["name"]) if named else lambda row: row)
    texts: Path | None = None
    if plan.text_from is not None:
        rows, texts = _with_texts(plan, rows, folder, advance)
    sent: dict[str, Path] = {}
    if plan.upload:
        rows = _noted(rows, sent, plan.prefix, folder, texts)
    written = write_lines(
        plan.out,
        _encoded(plan, rows, of_files=source.of_files and plan.sql is None),
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
    if plan.prefix:
        try:
            split_uri(plan.prefix)
        except KeyNotAFileError as error:
            raise UsageError(f"--prefix: {error}", "give --prefix s3://BUCKET/FOLDER/") from None
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
            f"Textract would read {counted(len(pages), 'page')} for about USD {len(pages) * USD_A_PAGE:,.2f}",
            "give --yes if that is meant (--sample N takes fewer)",
        )
    return with_texts_read(pages, texts, folder, lambda done: advance("reading pages", done)), texts


def _noted(
    rows: Iterable[Row], sent: dict[str, Path], prefix: str, folder: Path | None, texts: Path | None
) -> Iterator[Row]:
    """The rows; ``sent`` grows by the files that they name."""
    top = prefix.rstrip("/") + "/"
    for row in rows:
        uri = row.get("source-ref")
        if folder is not None and isinstance(uri, str) and uri.startswith(top):
            file = folder / uri.removeprefix(top)
            if ".." not in file.parts and file.is_file():
                sent[uri] = file
        if texts is not None and ATTRIBUTE in row:
            sent[str(row[ATTRIBUTE])] = (texts / str(row["name"])).with_suffix(".txt")
        yield row


def _encoded(plan: Plan, rows: Iterable[Row], *, of_files: bool) -> Iterator[bytes]:
    """Rows as lines. Raises TruthkitError where the service would not take one."""
    own = set(NAMES) - set(_SOURCES) if of_files else set()
    chosen = " of those chosen" if plan.where or plan.sql or plan.sample else ""
    for number, row in enumerate(rows, 1):
        about = str(row["name"]) if of_files else f"row {number:,}{chosen}"
        line = _mapped(plan.columns, row, about) if plan.columns else {key: row[key] for key in row if key not in own}
        if all(name in line for name in _SOURCES):
            # A table of texts and of pictures has a cell for both.
            empty = [name for name in _SOURCES if line[name] is None or line[name] == ""]
            if len(empty) == 1:
                del line[empty[0]]
        text = json.dumps(line, ensure_ascii=False)
        fault = _fault(line, text)
        if fault is not None:
            raise TruthkitError(Finding("source-row", f"{about} {fault[0]}", fault[1], file=plan.source))
        yield text.encode("utf-8") + b"\n"


def _mapped(columns: Mapping[str, str], row: Row, about: str) -> Row:
    for column in columns.values():
        if column not in row:
            raise UsageError(f"{about} has no column {column!r}", f"its columns are {', '.join(map(repr, row))}")
    line = {attribute: row[column] for attribute, column in columns.items()}
    if ATTRIBUTE in row:
        line.setdefault(ATTRIBUTE, row[ATTRIBUTE])
    return line


def _fault(line: Row, text: str) -> tuple[str, str] | None:
    """What of a line, which is written as ``text``, the service would not take (contract a), and the cure."""
    given = [name for name in _SOURCES if name in line]
    if not given:
        names = ", ".join(map(str, line)) or "nothing"
        return "has neither source nor source-ref", f"map a column (--column source=COLUMN); there is {names}"
    for name in given:
        value = line[name]
        if value is None or value == "":
            return f"has nothing in {name}", f"""leave such rows out (--where "\"{name}\" <> ''"), or fill them"""
        if not isinstance(value, str):
            cure = "map another column (--column), or make a text of it (--sql with ::varchar)"
            return f"cannot be labeled: {name} is {kind_of(value)}, not a text", cure
    if "source-ref" in given and not S3_URI.fullmatch(line["source-ref"]):
        return f"has a source-ref that is no S3 URI: {line['source-ref'][:80]}", "give s3://BUCKET/KEY of a file in S3"
    if "" in line:
        return "has an attribute without a name", "name it: --column NAME=COLUMN for each that is wanted"
    for name, value in line.items():
        if name.startswith("$"):
            return f"has an attribute {name!r}: names must not begin with $", "name it (--column NAME=COLUMN)"
        if len(text) > MOST_ATTRIBUTE_CHARACTERS:
            size = len(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            if size > MOST_ATTRIBUTE_CHARACTERS:
                return f"has {size:,} characters in {name!r}; the service takes {MOST_ATTRIBUTE_CHARACTERS:,}", _SMALLER
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return "has half a character: a surrogate without its partner", "write the character itself, or both halves"
    if size > MOST_LINE_BYTES:
        return f"makes a line of {size:,} bytes; the service takes {MOST_LINE_BYTES:,}", _SMALLER
    return None
