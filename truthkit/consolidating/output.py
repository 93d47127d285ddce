"""Labels as JSON lines, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from truthkit.answers.read import by_manifest
from truthkit.consolidating.methods import Run


def label_lines(run: Run) -> Iterator[dict[str, Any]]:
    """Each object's label, in the order of the manifest: ``object``, then what the kind's label has."""
    objects = run.result.objects
    for name in sorted(objects, key=by_manifest):
        yield {"object": name, **objects[name].to_json()}


def write_lines(file: Path, lines: Iterable[Any]) -> int:
    """Write JSON lines; until all are written, what was there stays. Gives how many."""
    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for line in lines:
            count += 1
            yield json.dumps(line, ensure_ascii=False) + "\n"

    write_texts(file, counted())
    return count


def write_text(file: Path, text: str) -> None:
    """The same for a text."""
    write_texts(file, (text,))


def write_texts(file: Path, texts: Iterable[str]) -> None:
    """The same for the parts of a text."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            for text in texts:
                stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
