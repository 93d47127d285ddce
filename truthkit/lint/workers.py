"""Whether worker scripts can be loaded and have what the harness calls."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from truthkit import _script_child
from truthkit.findings import Finding
from truthkit.lint.python import parse
from truthkit.lint.rules import Place, flaw
from truthkit.liquid.place import Source

LOAD_SECONDS = 20.0
"""How long a script may take to be imported."""


def check_workers(files: Sequence[Path]) -> Iterator[Finding]:
    """The faults of worker scripts. One process imports all of them, and another one what comes after a crash."""
    rest: list[Source] = []
    for file in dict.fromkeys(files):
        try:
            source = Source(str(file), file.read_bytes().decode("utf-8-sig"))
            tree = parse(source.text)
        except OSError as error:
            yield flaw("check-file", f"cannot be read: {error.strerror}", Place(str(file)))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            said = getattr(error, "msg", None) or error
            place = Place(str(file), getattr(error, "lineno", None) or 1)
            yield flaw("worker-syntax", f"{type(error).__name__}: {said}", place)
        else:
            last = next((node for node in reversed(tree.body) if getattr(node, "name", None) == "work"), None)
            if isinstance(last, ast.FunctionDef) and not last.decorator_list:
                yield flaw("worker-work", "work is no async def", Place.of_line(source, last.lineno))
            else:
                rest.append(source)
    while rest:
        done = 0
        for source, said in zip(rest, _ask([one.name for one in rest]), strict=False):
            done += 1
            if said:
                line = said.get("line")
                place = Place.of_line(source, line) if line else Place(source.name, 1)
                yield flaw(said["code"], said["message"], place, said.get("cure") or "")
        rest = rest[done:]


def _ask(files: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What the child says of each file, up to one that ends it or takes too long; of that one too."""
    command = [sys.executable, "-P", "-B", "-X", "utf8", _script_child.__file__, *files]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert child.stdout is not None
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_read, args=(child.stdout, lines), daemon=True).start()
    try:
        for _ in files:
            try:
                line = lines.get(timeout=LOAD_SECONDS)
            except Empty:
                yield {"code": "worker-import", "message": f"its import does not end within {LOAD_SECONDS:g} seconds"}
                return
            if not line:
                yield {"code": "worker-import", "message": f"its import ends Python with status {child.wait()}"}
                return
            yield json.loads(line)
    finally:
        child.kill()
        child.wait()


def _read(stream: IO[str], lines: SimpleQueue[str]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")
