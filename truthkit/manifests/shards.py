"""The files of a manifest: written whole or not at all, and no file of another run stays beside them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from filecmp import cmp
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

from truthkit.findings import UsageError
from truthkit.manifest import MOST_LINE_BYTES

_ANOTHER = "give another --out, or --yes to"


@dataclass(frozen=True, slots=True)
class Written:
    """``files`` with their numbers of lines; those that were there with the same content; those that were removed."""

    files: dict[Path, int]
    unchanged: tuple[Path, ...]
    removed: tuple[Path, ...]


def shard_of(out: Path, number: int) -> Path:
    """``m.manifest`` -> ``m-001.manifest``."""
    return out.with_stem(f"{out.stem}-{number:03}")


def is_manifest_of(out_name: str, name: str) -> bool:
    """Whether a file's name is that of the manifest, or of a shard of it."""
    out = Path(out_name)
    return name == out_name or bool(re.fullmatch(rf"{re.escape(out.stem)}-\d{{3,}}{re.escape(out.suffix)}", name))


def left_over(out: Path, files: int, there: Callable[[Path], bool]) -> Iterator[Path]:
    """What another run would have left beside so many files: its objects would be labeled twice.

    Shards count on without a gap; a number of a name's own (a year, say) is no shard.
    """
    if files > 1 and there(out):
        yield out
    for number in count(1 if files == 1 else files + 1):
        if not there(shard_of(out, number)):
            return
        yield shard_of(out, number)


def write_lines(
    out: Path, lines: Iterator[bytes], shard: int, *, overwrite: bool, source: str, advance: Callable[[int], None]
) -> Written:
    """Write a manifest, or shards of at most ``shard`` lines.

    Args:
        overwrite: whether files of other content are replaced, and those that another run left are removed.
        source: what the lines are made of, which is neither replaced nor removed.
        advance: told how many lines are written.

    Raises UsageError where something would be lost, or is no manifest of ours, or where there are no lines.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    done: list[tuple[Path, int]] = []
    with ExitStack() as stack:
        while True:
            part = out.with_name(f".{out.name}.{len(done) + 1}.part")
            stack.callback(part.unlink, missing_ok=True)
            before = sum(one for _, one in done)
            with part.open("wb") as stream:
                written = _fill(stream, islice(lines, shard), before, advance)
            if written:
                done.append((part, written))
            if written < shard:
                break
        if not done:
            raise UsageError(f"{source} gives no lines", "look at --where, --sql and the source")
        names = [shard_of(out, number) for number in range(1, len(done) + 1)] if len(done) > 1 else [out]
        same = [_same(part, name, source) for (part, _), name in zip(done, names, strict=True)]
        surplus = [one for one in left_over(out, len(names), Path.is_file) if not _is_source(one, source)]
        for name, unchanged in zip(names, same, strict=True):
            if name.exists() and not unchanged and not overwrite:
                too = f", and to remove {_list(surplus)}" if surplus else ""
                raise UsageError(f"{name} exists", f"{_ANOTHER} replace it{too}")
        _expect_ours(surplus, overwrite=overwrite)
        for (part, _), name, unchanged in zip(done, names, same, strict=True):
            if not unchanged:
                part.replace(name)
        for one in surplus:
            one.unlink()
    files = {name: lines_in for name, (_, lines_in) in zip(names, done, strict=True)}
    kept = tuple(name for name, unchanged in zip(names, same, strict=True) if unchanged)
    return Written(files, kept, tuple(surplus))


def _fill(stream: BinaryIO, lines: Iterator[bytes], before: int, advance: Callable[[int], None]) -> int:
    number = 0
    for number, line in enumerate(lines, 1):
        stream.write(line)
        if number % 1000 == 0:
            advance(before + number)
    stream.flush()
    os.fsync(stream.fileno())
    return number


def _same(part: Path, name: Path, source: str) -> bool:
    """Whether what is to be written is there: a run that broke off while it uploaded is gone on with."""
    if name.is_dir():
        raise UsageError(f"{name} is a folder", "give --out the name of a file")
    if _is_source(name, source):
        raise UsageError(f"{name} is the source", "give another --out")
    return name.is_file() and cmp(part, name, shallow=False)


def _is_source(file: Path, source: str) -> bool:
    return file.exists() and Path(source).exists() and file.samefile(source)


def _expect_ours(surplus: list[Path], *, overwrite: bool) -> None:
    if not surplus:
        return
    if not overwrite:
        left = f"{_list(surplus)} {'is' if len(surplus) == 1 else 'are'} left of another run"
        raise UsageError(f"{left}: objects would be labeled twice", f"{_ANOTHER} remove what is left")
    for one in surplus:
        if not _ours(one):
            raise UsageError(
                f"{one} is there, and truthkit manifest did not write it", "take it away, or give another --out"
            )


def _list(files: list[Path]) -> str:
    return some([str(files[0]), *(file.name for file in files[1:])], len(files))


def _ours(file: Path) -> bool:
    """Whether every line is as we write them, with something to label and without a label."""
    line = b""
    with file.open("rb") as stream:
        while line := stream.readline(MOST_LINE_BYTES + 2):
            try:
                value = json.loads(line)
                again = json.dumps(value, ensure_ascii=False).encode("utf-8") + b"\n"
            except (ValueError, RecursionError):
                return False
            if line != again or not isinstance(value, dict) or not {"source", "source-ref"} & value.keys():
                return False
            if any(name.endswith("-metadata") for name in value):
                return False
        return file.stat().st_size > 0


def some(names: Iterable[str], number: int) -> str:
    """The first of so many names, and how many more there are."""
    shown = ", ".join(islice(names, 2))
    return shown if number <= 2 else f"{shown} and {number - 2:,} more"
