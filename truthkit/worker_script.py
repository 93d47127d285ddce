"""Worker scripts: Python files with ``async def work(page, task, worker)``, loaded, and their faults placed."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError, excerpt

Work = Callable[[Any, Any, Any], Awaitable[None]]
"""Does one task, given Playwright's page, the task and the worker."""


def load_work(file: Path) -> Work:
    """The function ``work(page, task, worker)`` of a worker script. Raises UsageError, TruthkitError."""
    if not file.is_file():
        raise UsageError(f"the worker script {file} does not exist", "give a Python file with async def work(…)")
    spec = importlib.util.spec_from_file_location(f"truthkit_worker_{abs(hash(str(file)))}", file)
    if spec is None or spec.loader is None:
        raise UsageError(f"the worker script {file} is not a Python file", "give a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    # As an import does it: a data class looks its module up there.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise TruthkitError(script_fault(error, file)) from None
    work = getattr(module, "work", None)
    if not inspect.iscoroutinefunction(work):
        raise UsageError(
            f"{file} has no `async def work(page, task, worker)`", "write it: docs/write-a-workflow.md", file=str(file)
        )
    return work


def script_fault(error: BaseException, file: Path) -> Finding:
    """An exception of a worker script, at the innermost line that is the script's own."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename) == file]
    line = own[-1].lineno if own else getattr(error, "lineno", None)
    text = (own[-1].line if own else "") or ""
    message = str(error).strip().splitlines()
    said = " ".join(part.strip() for part in message[:4])[:500]
    return Finding(
        "worker-script",
        f"the worker script failed: {type(error).__name__}: {said}",
        "run it with --headed --concurrency 1 to watch it",
        file=str(file),
        line=line,
        excerpt=excerpt(text, None) if text else "",
    )
