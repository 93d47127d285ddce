"""Objects as files: which file an S3 key is, among mapped folders and the folder of what was written.

Shared by the harness and by the server's process; needs the standard library only.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ACCESS_KEY = "AKIATRUTHKITHANDLERS"  # the dummy one that handlers get; its secret is another in each run
REGION = "us-east-1"
ACCOUNT = "111122223333"

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
PART = ".truthkit-"  # how a file's name begins while it is written
_DELETED = ".deleted"  # in `writes`: empty files for keys that were deleted, but lie in a folder we must not touch


class KeyNotAFileError(ValueError):
    """The key cannot be a file (or the URI is no URI of an object)."""


def split_uri(s3_uri: str) -> tuple[str, str]:
    """``s3://bucket/key`` -> bucket, key (which may be empty). Raises KeyNotAFileError."""
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    if not s3_uri.startswith("s3://") or not bucket:
        raise KeyNotAFileError(f"{s3_uri!r} is not of the form s3://BUCKET/KEY")
    if not _BUCKET.fullmatch(bucket):
        raise KeyNotAFileError(f"{bucket!r} cannot be a bucket's name (3 to 63 letters, digits, - and .)")
    return bucket, key


@dataclass(frozen=True, slots=True)
class Folder:
    """The keys that begin with ``prefix`` (empty, or ending in a slash) of a bucket, in a folder."""

    bucket: str
    prefix: str
    root: str  # resolved

    @classmethod
    def of(cls, s3_uri: str, folder: Path) -> Folder:
        bucket, prefix = split_uri(s3_uri)
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        return cls(bucket, prefix, os.path.realpath(folder))

    def path(self, bucket: str, key: str) -> str | None:
        """The file of a key, whether it is there or not; None if it is not ours or cannot be a file."""
        if bucket != self.bucket or not key.startswith(self.prefix):
            return None
        parts = key[len(self.prefix) :].split("/")
        if any(part in ("", ".", "..") or part.startswith(PART) for part in parts) or "\0" in key:
            return None
        return "/".join([self.root.rstrip("/"), *parts])

    def holds(self, path: str) -> bool:
        """Whether a file really lies in the folder, links followed."""
        return os.path.realpath(path).startswith(self.root.rstrip("/") + "/")

    def file(self, bucket: str, key: str) -> Path | None:
        """The file of a key, None if there is none. Links that lead out of the folder are not followed."""
        path = self.path(bucket, key)
        try:
            there = path is not None and stat.S_ISREG(Path(path).stat().st_mode) and self.holds(path)
        except (OSError, ValueError):
            return None
        return Path(path) if path and there else None

    def under(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Keys and files of all that lies here under a prefix of keys."""
        if not prefix.startswith(self.prefix) and not self.prefix.startswith(prefix):
            return
        inside = prefix[len(self.prefix) :].rpartition("/")[0]
        start = self.path(self.bucket, self.prefix + inside) if inside else self.root
        if start is None:
            return
        seen: set[str] = set()
        for place, folders, files in os.walk(start, followlinks=True):
            real = os.path.realpath(place)
            if real in seen or not (real == self.root or self.holds(real)):
                folders.clear()
                continue
            seen.add(real)
            inside = place[len(self.root) :].strip("/")
            lead = self.prefix + (inside and inside + "/")
            for name in files:
                key = lead + name
                path = f"{place}/{name}"
                if not key.startswith(prefix) or name.startswith(PART) or not _encodes(key):
                    continue
                if not os.path.islink(path) or (os.path.isfile(path) and self.holds(path)):  # noqa: PTH113, PTH114
                    yield key, path


@dataclass(frozen=True, slots=True)
class ObjectFiles:
    """All objects that exist here, by bucket and key.

    Looked for in this order: what was written, the writable folders, the mapped folders (the longest prefix
    first), the cache of what was read from AWS. Written is to the writable folders, else below ``writes``.
    """

    mapped: tuple[Folder, ...]
    writable: tuple[Folder, ...]
    writes: Path
    cache: Path | None = None
    _buckets: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_buckets", frozenset(folder.bucket for folder in (*self.mapped, *self.writable)))

    @classmethod
    def of(
        cls, mappings: Mapping[str, Path], writable: Mapping[str, Path], writes: Path, cache: Path | None = None
    ) -> ObjectFiles:
        def folders(table: Mapping[str, Path]) -> tuple[Folder, ...]:
            made = [Folder.of(uri, folder) for uri, folder in table.items()]
            return tuple(sorted(made, key=lambda folder: -len(folder.prefix)))

        return cls(folders(mappings), folders(writable), writes.resolve(), cache and cache.resolve())

    def has_bucket(self, bucket: str) -> bool:
        return bool(_BUCKET.fullmatch(bucket)) and (bucket in self._buckets or (self.writes / bucket).is_dir())

    def buckets(self) -> frozenset[str]:
        written = self.writes.iterdir() if self.writes.is_dir() else ()
        return self._buckets | {folder.name for folder in written if self.has_bucket(folder.name)}

    def cache_file(self, bucket: str, key: str) -> Path | None:
        """Where the cache has the object, or would have it."""
        path = Folder(bucket, "", str(self.cache / bucket)).path(bucket, key) if self.cache else None
        return Path(path) if path else None

    def add_bucket(self, bucket: str) -> None:
        split_uri(f"s3://{bucket}/")
        if not self.has_bucket(bucket):
            (self.writes / bucket).mkdir(parents=True, exist_ok=True)

    def find(self, bucket: str, key: str) -> Path | None:
        """The file that is the object, None if there is none."""
        for folder in self._folders(bucket):
            file = folder.file(bucket, key)
            if file is not None:
                return file if self._kept(folder) or not self.is_deleted(bucket, key) else None
        return None

    def under(self, bucket: str, prefix: str) -> Iterator[tuple[str, Path]]:
        """Every key under a prefix with its file, in no order, each key once."""
        seen: set[str] = set()
        any_deleted = (self.writes / _DELETED / bucket).is_dir()
        for folder in self._folders(bucket):
            for key, path in folder.under(prefix):
                if key in seen:
                    continue
                seen.add(key)
                if not any_deleted or self._kept(folder) or not self.is_deleted(bucket, key):
                    yield key, Path(path)

    def write(self, bucket: str, key: str, body: bytes) -> Path:
        """Keep an object; whoever reads sees the old one or the new one. Raises KeyNotAFileError."""
        place = self._place(bucket, key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(PART + uuid.uuid4().hex)
            try:
                part.write_bytes(body)
                part.replace(place)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise KeyNotAFileError(
                f"s3://{bucket}/{key} cannot be kept as the file {place}: {error.strerror or error}"
            ) from error
        if mark := self._deleted(bucket, key):
            mark.unlink(missing_ok=True)
        return place

    def remove(self, bucket: str, key: str) -> None:
        """Delete an object. One in a mapped folder is only marked as deleted: the folder is the user's."""
        with contextlib.suppress(KeyNotAFileError, OSError):
            self._place(bucket, key).unlink()
        mark = self._deleted(bucket, key)
        if mark is not None and (self.cache is not None or self.find(bucket, key) is not None):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()

    def is_deleted(self, bucket: str, key: str) -> bool:
        """Whether the key was deleted here, though a mapped folder (or AWS) has it."""
        mark = self._deleted(bucket, key)
        return mark is not None and mark.exists()

    def _folders(self, bucket: str) -> Iterator[Folder]:
        if not _BUCKET.fullmatch(bucket):
            return
        yield Folder(bucket, "", str(self.writes / bucket))
        yield from (folder for folder in (*self.writable, *self.mapped) if folder.bucket == bucket)
        if self.cache is not None:
            yield Folder(bucket, "", str(self.cache / bucket))

    def _kept(self, folder: Folder) -> bool:
        """Whether it is a folder that we write to."""
        return folder in self.writable or folder.root == str(self.writes / folder.bucket)

    def _place(self, bucket: str, key: str) -> Path:
        split_uri(f"s3://{bucket}/")
        for folder in (*self.writable, Folder(bucket, "", str(self.writes / bucket))):
            path = folder.path(bucket, key)
            if path:
                if os.path.lexists(folder.root) and not folder.holds(path.rpartition("/")[0] + "/x"):
                    break  # a link leads out
                return Path(path)
        raise KeyNotAFileError(f"the key {key!r} of the bucket {bucket} cannot be a file's name")

    def _deleted(self, bucket: str, key: str) -> Path | None:
        """The file that marks the key as deleted; None for what cannot be the file of an object."""
        if not _BUCKET.fullmatch(bucket):
            return None
        path = Folder(bucket, "", str(self.writes / _DELETED / bucket)).path(bucket, f"{key}.deleted")
        return Path(path) if path else None


def _encodes(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:  # a file name that is not UTF-8 is no key
        return False
    return True
