"""What is wrong with a manifest beyond its single lines: sources that are missing or twice there, labels, types."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truthkit._object_files import KeyNotAFileError, split_uri
from truthkit.findings import Finding, TruthkitError
from truthkit.lint.rules import Place, flaw
from truthkit.manifest import ManifestLine

MOST_BYTES = 40_000_000
MOST_PIXELS = 100_000_000
MOST_TOLD = 20
"""Findings of one rule for one manifest; more say nothing new."""
_HEAD = 262_144
_ORIENTATION = 0x0112

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"BM", "image"),
    (b"II*\x00", "image"), (b"MM\x00*", "image"), (b"%PDF-", "document"), (b"ID3", "audio"), (b"fLaC", "audio"),
    (b"OggS", "audio"), (b"\x1aE\xdf\xa3", "video"), (b"\xff\xfb", "audio"),
)  # fmt: skip
_EXTENSIONS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"), "image"),
    **dict.fromkeys(("mp3", "wav", "flac", "ogg", "m4a", "aac", "opus"), "audio"),
    **dict.fromkeys(("mp4", "webm", "mov", "m4v", "mkv", "ogv", "avi"), "video"),
    "pdf": "document",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of an object: its first bytes and its size."""

    head: bytes
    size: int


Look = Callable[[str], Looked | None]
"""Looks at an S3 URI: None if nothing is there. Raises LookupError where that cannot be known."""


def look_in_folders(mappings: Mapping[str, Path]) -> Look:
    """Objects in mapped folders."""

    def look(uri: str) -> Looked | None:
        for prefix, folder in sorted(mappings.items(), key=lambda item: -len(item[0])):
            base = prefix.rstrip("/") + "/"
            if uri.startswith(base):
                file = folder / uri[len(base) :]
                try:
                    if not file.is_file():
                        return None
                    with file.open("rb") as stream:
                        return Looked(stream.read(_HEAD), file.stat().st_size)
                except (OSError, ValueError):
                    return None
        raise LookupError(uri)

    return look


def look_in_aws(first: Look) -> Look:
    """Objects in mapped folders, else in AWS with the user's own credentials."""
    made: list[Any] = []

    def look(uri: str) -> Looked | None:
        try:
            return first(uri)
        except LookupError:
            pass
        from botocore.exceptions import BotoCoreError, ClientError

        from truthkit.aws_calls import client

        bucket, key = split_uri(uri)
        try:
            if not made:
                made.append(client("s3"))
            answer = made[0].get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{_HEAD - 1}")
            size = int(answer.get("ContentRange", f"/{answer['ContentLength']}").rpartition("/")[2])
            return Looked(answer["Body"].read(), size)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket", "404"):
                return None
            if error.response["Error"]["Code"] == "InvalidRange":
                return Looked(b"", 0)
            raise TruthkitError(_aws_finding(uri, str(error))) from None
        except BotoCoreError as error:
            raise TruthkitError(_aws_finding(uri, str(error))) from None

    return look


def _aws_finding(uri: str, message: str) -> Finding:
    return flaw("manifest-no-object", f"{uri} cannot be looked up in AWS: {message}", Place(uri),
                "look at your credentials and rights, or leave out --s3 aws")  # fmt: skip


def check_manifest(
    file: Path, lines: Iterable[ManifestLine], *, label: str | None, look: Look, shown_as: Mapping[str, str]
) -> Iterator[Finding]:
    """The findings about a manifest's good lines.

    Args:
        label: the label attribute.
        look: how to look at an object.
        shown_as: what the template shows a URI as (``image``, ``audio``, ``video``), by URI.
    """
    sources: dict[bytes, int] = {}
    types: dict[str, tuple[str, int]] = {}
    told: dict[str, int] = {}
    kinds: set[str] = set()
    unreachable = False

    def tell(code: str, message: str, line: ManifestLine, cure: str = "", needle: str = "") -> Iterator[Finding]:
        told[code] = told.get(code, 0) + 1
        if told[code] <= MOST_TOLD:
            place = _place(file, line.number, needle)
            yield flaw(code, message, place, cure, object_id=line.object_id)

    for line in lines:
        item = line.data_object
        kind = "source" if "source" in item else "source-ref"
        if kinds and kind not in kinds and len(kinds) == 1:
            yield from tell("manifest-mixed-sources", f"this line has {kind}, the lines before have {min(kinds)}", line)
        kinds.add(kind)
        value = item.get(kind)
        key = hashlib.blake2b(f"{kind}\0{value}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in sources:
            yield from tell("manifest-duplicate-source", f"line {sources[key]} has the same {kind}", line, needle=kind)
        sources.setdefault(key, line.number)
        if label is not None:
            for name in (label, f"{label}-metadata"):
                if name in item:
                    yield from tell("manifest-label-present", f"the line has {name!r} already", line, needle=name)
                    break
        for name, each in item.items():
            now = _type(each)
            before = types.get(name)
            if now and before and before[0] != now:
                message = f"{name!r} is {now}, and {before[0]} on line {before[1]}"
                yield from tell("manifest-mixed-types", message, line, needle=name)
            elif now and before is None:
                types[name] = (now, line.number)
        if kind == "source-ref" and isinstance(value, str) and not unreachable:
            try:
                for code, message in _object(value, look, shown_as.get(value, "")):
                    yield from tell(code, message, line, needle=value)
            except TruthkitError as error:
                unreachable = True
                yield from error.findings


def _place(file: Path, number: int, needle: str = "") -> Place:
    if not needle:
        return Place(str(file), number)
    try:
        with file.open("rb") as stream:
            for at, raw in enumerate(stream, 1):
                if at == number:
                    from truthkit.findings import excerpt

                    text = raw.decode("utf-8", "replace")
                    found = text.find(needle)
                    column = found + 1 if found >= 0 else None
                    return Place(str(file), number, column, excerpt(text, column))
    except OSError:
        pass
    return Place(str(file), number)


def _type(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _object(uri: str, look: Look, shown_as: str) -> Iterator[tuple[str, str]]:
    try:
        found = look(uri)
    except (LookupError, KeyNotAFileError):
        return
    if found is None:
        yield "manifest-no-object", f"{uri} does not exist"
        return
    if not found.size:
        yield "manifest-object-type", f"{uri} is empty"
        return
    extension = uri.rpartition(".")[2].lower() if "." in uri.rpartition("/")[2] else ""
    named, really = _EXTENSIONS.get(extension, ""), kind_of(found.head)
    if shown_as and (really or named) and (really or named) != shown_as and extension != "svg":
        what = really or named or "of another kind"
        yield "manifest-object-type", f"the template shows {uri} as {_an(shown_as)}, and it is {_an(what)}"
    elif shown_as in ("image",) and not really and extension != "svg":
        yield "manifest-object-type", f"the template shows {uri} as an image, and it is none"
    elif named == "image" and really != "image":
        yield "manifest-object-type", f"{uri} is no image, though its name says so"
    elif named and really and named != really and {named, really} != {"audio", "video"}:
        yield "manifest-object-type", f"{uri} is {_an(really)}, though its name says {_an(named)}"
    if really == "image":
        yield from _image(uri, found)


def _an(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes: image, audio, video, document; empty if none of these."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "video"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in (b"avif", b"heic") else "audio" if head[8:11] == b"M4A" else "video"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def _image(uri: str, found: Looked) -> Iterator[tuple[str, str]]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(found.head)) as image:
                width, height = image.size
                orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception as error:  # Pillow raises whatever a damaged file leads it to
        if found.size <= _HEAD:
            yield "manifest-object-type", f"{uri} cannot be read as an image: {str(error)[:120]}"
        return
    if found.size > MOST_BYTES or width * height > MOST_PIXELS:
        yield (
            "manifest-image-size",
            f"{uri} has {found.size / 1e6:,.0f} MB and {width * height / 1e6:,.0f} million pixels",
        )
    if orientation not in (0, 1):
        yield "manifest-exif-rotated", f"{uri} is turned by EXIF orientation {orientation}"
