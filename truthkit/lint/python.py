"""Python source as a tree, without Python's own remarks on it."""

from __future__ import annotations

import ast
import threading
import warnings

_LOCK = threading.Lock()


def parse(text: str) -> ast.Module:
    """The tree of ``text``. Raises what ``ast.parse`` raises (SyntaxError, ValueError, RecursionError, MemoryError)."""
    with _LOCK, warnings.catch_warnings():  # which changes what all threads see
        warnings.simplefilter("ignore")
        return ast.parse(text)
