"""What the commands print with, and how."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from truthkit.findings import Finding, UsageError

TERMINAL = sys.stdout.isatty()
GENERATOR = b'<meta name="generator" content="truthkit">'


def console(*, stderr: bool, terminal: bool) -> Console:
    """Not a terminal: no colour, no wrapping, so that grep finds a path on one line. NO_COLOR counts on a terminal."""
    plain = None if terminal else True
    force = None if terminal else False
    return Console(stderr=stderr, highlight=False, soft_wrap=True, no_color=plain, force_terminal=force)


def live_console() -> Console:
    """A terminal for what changes in place: lines are as wide as it is, as longer ones would be cut off."""
    return Console(highlight=False)


out = console(stderr=False, terminal=TERMINAL)
err = console(stderr=True, terminal=sys.stderr.isatty())


class _Remarks(logging.Handler):
    """What is told while a request to AWS goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        err.print(f"[yellow]warning[/yellow] {escape(record.getMessage())}")


logging.getLogger("truthkit.aws_calls").addHandler(_Remarks())


@contextmanager
def progress(what: str, *, left: bool = False) -> Iterator[Callable[[int, int | None, str], None]]:
    """A progress bar on a terminal, nothing elsewhere; gives ``advance(done, total, note)``.

    With ``left`` it tells how long the rest takes, about.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, note: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        *((TextColumn("left"), TimeRemainingColumn()) if left else ()),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda done, total, note: bar.update(task, completed=done, total=total, note=note)


COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}


def relative(text: str) -> str:
    """``text`` for people: paths below the working directory are relative to it."""
    try:
        here = str(Path.cwd())
    except FileNotFoundError:  # it was removed
        return text
    # A path begins where no other one goes on.
    return text if here == "/" else re.sub(rf"(?<![\w./-]){re.escape(here)}/", "", text)


def expect_own(file: Path) -> None:
    """Raises UsageError if another's file would be lost: not a report, and not labels, of truthkit."""
    if not file.is_file():
        return
    with file.open("rb") as stream:
        head = stream.read(4096)
    if head and GENERATOR not in head and not head.startswith(b'{"object": '):
        raise UsageError(f"{file} is there, and truthkit did not write it", "give another file: --out FILE")


def print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        color = COLORS[finding.severity]
        err.print(f"[{color}]{finding.severity}[/{color}] {escape(relative(str(finding)))}")


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
