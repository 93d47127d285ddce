"""Who may import whom: the contracts of pyproject.toml hold, and would break if they had to."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAMBDAS = ROOT / "lambdas"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(folder / "lambdas")))}
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the Python sources, to plant faults in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    only_python = shutil.ignore_patterns("__pycache__", "kit")
    shutil.copytree(ROOT / "truthkit", tmp_path / "truthkit", ignore=only_python)
    shutil.copytree(LAMBDAS / "truthkit_core", tmp_path / "lambdas" / "truthkit_core", ignore=only_python)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "fault", "said"),
    [
        ("truthkit/browser.py", "import truthkit.cli", "truthkit.browser -> truthkit.cli"),
        ("truthkit/project.py", "import truthkit.browser", "truthkit.project -> truthkit.browser"),
        ("truthkit/manifest.py", "import truthkit.browser", "truthkit.manifest -> truthkit.browser"),
        ("truthkit/lint/planted.py", "def f():\n    import truthkit.build", "truthkit.lint.planted -> truthkit.build"),
        ("truthkit/hall.py", "", "truthkit.hall"),
        ("lambdas/truthkit_core/planted.py", "import truthkit.findings", "truthkit_core.planted -> truthkit.findings"),
        ("truthkit/browser.py", "import rich.table", "truthkit.browser -> rich"),
        ("truthkit/job/planted.py", "from typer import echo", "truthkit.job.planted -> typer"),
    ],
    ids=["up", "up-in-the-ground-floor", "same-floor", "same-floor-later", "no-floor", "core", "rich", "typer"],
)
def test_a_planted_fault_breaks_its_contract(sources: Path, module: str, fault: str, said: str) -> None:
    for room in ("cli", "build", "lint"):
        if not any((sources / "truthkit").glob(f"{room}*")):
            (sources / "truthkit" / room).mkdir()
            (sources / "truthkit" / room / "__init__.py").touch()
    file = sources / module
    file.parent.mkdir(exist_ok=True)
    file.parent.joinpath("__init__.py").touch()
    before = file.read_text() if file.is_file() else ""
    file.write_text(f"{before}\n{fault}\n")
    result = lint_imports(sources)
    assert result.returncode == 1
    assert said in result.stdout, result.stdout + result.stderr


def imported(source: str) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_harness_imports_no_workflow() -> None:
    workflows = {folder.name for folder in LAMBDAS.iterdir() if folder.is_dir()} - {"truthkit_core", "__pycache__"}
    for file in (ROOT / "truthkit").rglob("*.py"):
        assert not imported(file.read_text("utf-8")) & workflows, file
