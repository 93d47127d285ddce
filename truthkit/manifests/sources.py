"""Where the lines of a manifest come from: folders, S3, tables, and exports of pandas and Hugging Face."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from truthkit.findings import Finding, UsageError
from truthkit.manifests.shards import is_manifest_of, some
from truthkit.manifests.tables import Row, read_arrow, read_parquet, read_table, wrong
from truthkit.wording import counted

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg"))
MEDIA = frozenset((".mp4", ".ogg", ".webm", ".mov", ".mp3", ".wav", ".flac", ".m4a", ".pdf"))
TEXTS = frozenset((".txt", ".text", ".md"))
NAMES = ("source-ref", "name", "folder", "suffix", "bytes", "modified")
"""The columns of what lies in a folder or in S3, for expressions."""
_TAKEN = "what is taken ends in " + ", ".join(sorted(PICTURES | MEDIA | TEXTS))
_ENDS = {
    "text": ("text", "", "give texts a prefix of their own"),
    "medium": ("picture or medium", "pictures and media", "leave out --as source, and they are taken instead"),
    "other": ("other file", "", _TAKEN),
    "empty": ("empty file", "", "bring it again, if there should be something in it"),
}


class LeftOut:
    """Counts files that make no line, by why, with the first names of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names: dict[str, list[str]] = {}

    def add(self, why: str, name: str) -> None:
        """``why`` is ``text``, ``medium``, ``other`` or ``empty``."""
        self._counts[why] += 1
        if self._counts[why] <= 3:
            self._names.setdefault(why, []).append(name)

    def findings(self, source: str) -> Iterator[Finding]:
        """What is to be said of them, with the cure."""
        for why, (one, many, cure) in _ENDS.items():
            if number := self._counts[why]:
                if why == "text" and not source.startswith("s3://"):
                    cure = "--as source takes the texts alone, --text-from beside names the text of each picture"
                message = f"{counted(number, one, many)} left out: {some(self._names[why], number)}"
                yield Finding("source-left-out", message, cure, "info", source)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows, one after another; ``of_files``: they have the columns NAMES. ``left_out`` grows as rows are read."""

    rows: Iterator[Row]
    of_files: bool = False
    left_out: LeftOut = field(default_factory=LeftOut)


def read_source(
    source: str, out: Path, *, prefix: str = "", kind: str | None = None, with_texts: bool = False
) -> Source:
    """What a manifest is made of.

    Args:
        source: a folder of files, an S3 prefix (``s3://…/``), a table (CSV, TSV, Parquet, JSON, JSON Lines), or a
            folder that Hugging Face's ``save_to_disk`` or a download of a data set has made.
        out: the manifest that is made, whose files are nothing to be told of.
        prefix: the S3 prefix that a folder's files will have.
        kind: of a folder: ``source`` reads text files into the manifest, ``source-ref`` names files; None: texts are
            read where there are no other files.
        with_texts: whether texts go with the pictures of their names, so that they are not left out.

    Raises UsageError, and TruthkitError where a file is not what it should be.
    """
    left_out = LeftOut()
    if source.startswith("s3://"):
        if kind == "source":
            raise UsageError("--as source reads a folder's texts, and those of S3 stay there", "leave it out")
        return Source(_in_s3(source, out, left_out, with_texts), True, left_out)
    place = Path(source)
    if not place.exists():
        raise UsageError(f"{source} does not exist", "give a folder, an s3:// prefix, or a table")
    saved = (place / "dataset_info.json").is_file() and any(place.glob("*.arrow"))
    if (place / "dataset_dict.json").is_file():
        sets = ", ".join(str(one.parent) for one in sorted(place.glob("*/dataset_info.json")))
        raise UsageError(f"{source} holds several sets", f"give one of them: {sets}")
    parquet = sorted(place.rglob("*.parquet")) if place.is_dir() and not saved else []
    if kind is not None and (parquet or saved or not place.is_dir()):
        raise UsageError(f"--as is for a folder of files, and {source} is a table", "map its columns with --column")
    if saved:
        return Source(read_arrow(place))
    if parquet:
        return Source(row for file in parquet for row in read_parquet(file))
    if not place.is_dir():
        return Source(read_table(place))
    return Source(_in_folder(place, out, prefix, kind, left_out, with_texts), True, left_out)


def _in_folder(
    folder: Path, out: Path, prefix: str, kind: str | None, left_out: LeftOut, with_texts: bool
) -> Iterator[Row]:
    """Files by name, hidden ones left out; of a mixture only the pictures and media, texts beside them are theirs."""
    found: dict[str, list[Path]] = {"medium": [], "text": []}
    ours = out.resolve().parent
    for file in sorted(folder.rglob("*")):
        if _hidden(file, folder) or not file.is_file():
            continue
        why = _what(file.name)
        if why in found and file.stat().st_size:
            found[why].append(file)
        elif not (is_manifest_of(out.name, file.name) and file.resolve().parent == ours):
            left_out.add("empty" if why in found else why, file.relative_to(folder).as_posix())
    media, texts = found["medium"], found["text"]
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
    theirs = {file.with_suffix(".txt") for file in media} if with_texts else set()
    why, others = ("medium", media) if kind == "source" else ("text", texts if media else [])
    for file in others:
        if file not in theirs:
            left_out.add(why, file.relative_to(folder).as_posix())
    for file in chosen:
        name = file.relative_to(folder).as_posix()
        stat = file.stat()
        about = _about(name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
        if kind == "source":
            yield {"source": _text(file), **about}
        else:
            yield {"source-ref": prefix.rstrip("/") + "/" + name, **about}


def _what(name: str) -> str:
    """What a file is by its suffix."""
    suffix = PurePosixPath(name).suffix.lower()
    return "medium" if suffix in PICTURES | MEDIA else "text" if suffix in TEXTS else "other"


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
        raise wrong(file, f"is not UTF-8: {error.reason} at byte {error.start:,}", "save it as UTF-8") from None


def _in_s3(prefix: str, out: Path, left_out: LeftOut, with_texts: bool) -> Iterator[Row]:
    """Objects by key: pictures and media as they come, or else texts; of text objects the address, not the text."""
    from truthkit._object_files import KeyNotAFileError, split_uri
    from truthkit.aws_calls import client, told

    try:
        bucket, key = split_uri(prefix)
    except KeyNotAFileError as error:
        raise UsageError(str(error), "give s3://BUCKET/PREFIX/") from None
    texts: list[Row] = []
    any_media = False
    with told(prefix):
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
            for one in page.get("Contents", ()):
                name = one["Key"][key.rfind("/") + 1 :]
                why = _what(name)
                if name.endswith("/") or is_manifest_of(out.name, PurePosixPath(name).name):
                    continue
                if why == "other" or not one["Size"]:
                    left_out.add("other" if why == "other" else "empty", name)
                    continue
                about = _about(name, one["Size"], one["LastModified"])
                row = {"source-ref": f"s3://{bucket}/{one['Key']}", **about}
                if why == "medium":
                    any_media = True
                    yield row
                elif not any_media:
                    texts.append(row)
                elif not with_texts:
                    left_out.add("text", name)
    if not any_media and not texts:
        raise UsageError(f"{prefix} has no pictures, media or texts", "give a prefix that has some, ending in /")
    if not any_media:
        yield from texts
    else:
        for row in () if with_texts else texts:
            left_out.add("text", row["name"])
