"""Python source as a tree, without Python's own remarks on it."""

from __future__ import annotations

import ast
import threading
import warnings

from truthkit.project import HandlerRef

_LOCK = threading.Lock()


def parse(text: str) -> ast.Module:
    """The tree of ``text``. Raises what ``ast.parse`` raises (SyntaxError, ValueError, RecursionError, MemoryError)."""
    with _LOCK, warnings.catch_warnings():  # which changes what all threads see
        warnings.simplefilter("ignore")
        return ast.parse(text)


def return_line(ref: HandlerRef) -> tuple[int | None, str]:
    """The line of the handler's only ``return``, else of its ``def``, and its text; None where there is none."""
    try:
        text = ref.file.read_text("utf-8")
        tree = parse(text)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None, ""
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == ref.function), None)
    if found is None:
        return None, ""
    inner = {
        id(below)
        for node in ast.walk(found)
        if node is not found and isinstance(node, (ast.FunctionDef, ast.Lambda))
        for below in ast.walk(node)
    }
    returns = [node.lineno for node in ast.walk(found) if isinstance(node, ast.Return) and id(node) not in inner]
    line = returns[0] if len(returns) == 1 else found.lineno
    return line, text.splitlines()[line - 1]
