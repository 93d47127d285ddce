"""Loads worker scripts in a process of its own: ``python _script_child.py FILE…`` prints a JSON line for each file.

``{}``, or what the harness cannot do with the script: ``code`` (of a rule of ``truthkit check``), ``message``, ``line``
and ``cure`` where they are known.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from truthkit.findings import TruthkitError, UsageError
from truthkit.worker_script import load_work

_NO_NAME = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")


def main(files: list[str]) -> None:
    # What scripts print is no answer.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for file in files:
            answers.write(json.dumps(_look(Path(file))) + "\n")
            answers.flush()


def _look(file: Path) -> dict[str, Any]:
    try:
        work = load_work(file)
    except UsageError:
        return {"code": "worker-work", "message": "there is no async def work(page, task, worker)"}
    except TruthkitError as error:
        found = error.findings[0]
        message = found.message.removeprefix("the worker script failed: ")
        return {"code": "worker-import", "message": message, "line": found.line, "cure": _cure(message)}
    try:
        inspect.signature(work).bind(None, None, None)
    except TypeError as error:
        line = getattr(getattr(work, "__code__", None), "co_firstlineno", None)
        return {"code": "worker-work", "message": f"work(page, task, worker) cannot be called: {error}", "line": line}
    return {}


def _cure(message: str) -> str:
    """The name that a misspelt import meant."""
    found = _NO_NAME.search(message)
    module = sys.modules.get(found[2]) if found else None
    near = get_close_matches(found[1], dir(module), 1) if found and module else []
    return f"did you mean {near[0]}?" if near else ""


if __name__ == "__main__":
    main(sys.argv[1:])
