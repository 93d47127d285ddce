"""Who may import whom in what is deployed; new workflow folders are found by themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LAMBDAS = Path(__file__).parents[1] / "lambdas"
FILES = sorted(file.relative_to(LAMBDAS) for file in LAMBDAS.rglob("*.py"))
CORE = "truthkit_core"


def imports(tree: ast.AST, inside_function: bool = False) -> Iterator[tuple[str, int, bool]]:
    """Each import's top package ('' for a relative one), its line, and whether it runs only when a function does."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno, inside_function) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "" if node.level else (node.module or "").split(".")[0], node.lineno, inside_function
        within = inside_function or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from imports(node, within)


def breaches(file: Path, source: str) -> list[str]:
    """What ``file`` (relative to ``lambdas/``) imports and must not."""
    room = file.parts[0]
    allowed = {*sys.stdlib_module_names, CORE, room, ""}
    lazy: set[str] = set()
    if file.parts[0] == CORE and file.parts[1] in ("consolidation", "agreement"):
        allowed |= {"numpy", "PIL"}
    if file == Path(CORE, "storage.py"):
        lazy = {"boto3", "botocore"}
    found = []
    for name, line, inside_function in imports(ast.parse(source)):
        if name in lazy and not inside_function:
            found.append(f"{file}:{line}: {name} must be imported inside a function")
        elif name not in allowed | lazy:
            found.append(f"{file}:{line}: {room} must not import {name}")
    return found


def test_there_is_something_to_check() -> None:
    assert Path(CORE, "messages", "__init__.py") in FILES
    assert Path("text_entities", "pre_annotation.py") in FILES


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports(file: Path) -> None:
    assert breaches(file, (LAMBDAS / file).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("text_entities/post_annotation.py", "import boto3", "text_entities must not import boto3"),
        ("text_entities/post_annotation.py", "def f():\n    import numpy", "2: text_entities must not import numpy"),
        ("text_entities/post_annotation.py", "from truthkit import run_job", "must not import truthkit"),
        ("tea_aroma/pre_annotation.py", "import text_entities.x", "tea_aroma must not import text_entities"),
        ("truthkit_core/messages/checks.py", "import text_entities", "must not import text_entities"),
        ("truthkit_core/messages/checks.py", "import numpy as np", "must not import numpy"),
        ("truthkit_core/storage.py", "import boto3", "inside a function"),
        ("truthkit_core/storage.py", "if True:\n    from botocore.config import Config", "2: botocore"),
        ("truthkit_core/workflow.py", "def f():\n    import boto3", "must not import boto3"),
    ],
)
def test_planted_breach_is_found(file: str, source: str, fault: str) -> None:
    [found] = breaches(Path(file), source)
    assert fault in found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("tea_aroma/pre_annotation.py", "import json\nfrom truthkit_core import storage\nfrom tea_aroma import own\n"),
        ("truthkit_core/storage.py", "def f():\n    import boto3\n    from botocore.exceptions import ClientError"),
        ("truthkit_core/consolidation/boxes.py", "import numpy as np"),
        ("truthkit_core/agreement/pairs.py", "import numpy as np"),
    ],
)
def test_what_is_allowed(file: str, source: str) -> None:
    assert breaches(Path(file), source) == []


def test_no_requirements_file_is_deployed() -> None:
    """Even an empty one makes `sam build` demand the functions' own Python."""
    assert list(LAMBDAS.rglob("requirements*.txt")) == []
