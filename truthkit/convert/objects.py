"""Where the files of S3 lie on this machine, as far as folders are known for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from truthkit._object_files import Folder, KeyNotAFileError, split_uri


@dataclass(frozen=True, slots=True)
class Objects:
    """Folders that stand for prefixes of S3."""

    folders: tuple[Folder, ...] = ()

    @classmethod
    def of(cls, mappings: Iterable[tuple[str, Path]]) -> Objects:
        """From prefixes and their folders; the longest prefix counts."""
        folders = [Folder.of(prefix, folder) for prefix, folder in mappings]
        return cls(tuple(sorted(folders, key=lambda one: -len(one.prefix))))

    def find(self, uri: str) -> Path | None:
        """The file of an S3 URI, None if it is in no folder. Links that lead out of the folder are not followed."""
        try:
            bucket, key = split_uri(uri)
        except KeyNotAFileError:
            return None
        return next(filter(None, (folder.file(bucket, key) for folder in self.folders)), None)
