"""Folders that are written whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from truthkit.findings import UsageError

MARK = ".truthkit-convert"
"""In every folder that is written, with the names of its files: what has none, or other files, is never replaced."""
_MOST = 5


def expect_replaceable(out: Path, *, overwrite: bool) -> None:
    """Raise UsageError unless ``out`` is free, or what an earlier conversion wrote and that may be replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / MARK).is_file():
        raise UsageError(f"{out} exists, and truthkit convert did not write it", "give another --out")
    if not overwrite:
        raise UsageError(f"{out} exists", "give another --out, or --yes to replace it")
    own = set((out / MARK).read_text("utf-8").split("\0"))
    others = [name for name in _files(out) if name not in own]
    if others:
        names = ", ".join([*others[:_MOST], *["…"][: len(others) > _MOST]])
        raise UsageError(
            f"{out} has files that truthkit convert did not write: {names}", "move them away, or give another --out"
        )


def _files(folder: Path) -> list[str]:
    """All that is no folder, but the mark."""
    found = (one for one in folder.rglob("*") if one.is_symlink() or not one.is_dir())
    return sorted(str(name) for one in found if str(name := one.relative_to(folder)) != MARK)


@contextmanager
def written(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out`` that takes its place when all is in it; however it breaks off, the old one stays.

    Raises UsageError where something cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".truthkit-", dir=out.parent))
        new, old = beside / "new", beside / "old"
        try:
            new.mkdir()
            yield new
            (new / MARK).write_text("\0".join(_files(new)), "utf-8")
            try:
                if out.exists():
                    out.replace(old)
                new.replace(out)
            except BaseException:
                if old.exists() and not out.exists():
                    old.replace(out)
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error}", "give another --out, or make room") from None
