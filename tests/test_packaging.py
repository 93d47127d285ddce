"""The wheel carries the kit and runs with the newest of everything; the lock files and the Makefile are in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"}


def find_uv() -> str | None:
    """uv: ``$UV`` (make and ``uv run`` set it), on PATH, or the one that make fetched."""
    return os.environ.get("UV") or shutil.which("uv") or shutil.which(str(ROOT / ".uv" / "bin" / "uv"))


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    result = subprocess.run(command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository that match, or all files that do where there is no repository."""
    try:
        listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.splitlines()]
    except (OSError, subprocess.CalledProcessError):
        skipped = {"node_modules", ".venv", ".uv"}
        return [file for pattern in patterns for file in ROOT.rglob(pattern) if not skipped & set(file.parts)]


@pytest.fixture(scope="module")
def uv() -> str:
    found = find_uv()
    if found is None:
        pytest.skip("uv is neither in $UV, on PATH nor in .uv/bin: run make test")
    return found


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release is: the source distribution first, the wheel from it."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on PATH: the front end cannot be built")
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--quiet", "--out-dir", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def test_what_the_wheel_carries(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    kit = {name.removeprefix("truthkit/kit/") for name in names if name.startswith("truthkit/kit/")}
    for folder in ("templates/text-entities", "samples/text-entities", "lambdas/text_entities", "layers/numpy"):
        files = {str(file.relative_to(ROOT)) for file in tracked(f"{folder}/*") if file.is_file()}
        assert files, folder
        assert files <= kit, folder
    assert {"frontend/dist/crowd-html-elements.js", "frontend/dist/text-annotator.js"} <= kit
    assert "docs/findings.md" in kit, "which --explain reads"
    assert {"frontend/dist/bundles.json", "frontend/dist/custom-elements.json"} <= kit
    assert {"template.yaml", "LICENSE"} <= kit
    parts = {str(file.relative_to(ROOT)) for file in tracked("truthkit/scaffold/parts/*") if file.is_file()}
    assert len(parts) > 8
    assert parts <= names
    assert {
        "truthkit/cli/__init__.py",
        "truthkit/py.typed",
        "truthkit_core/workflow.py",
        "truthkit_core/py.typed",
    } <= names
    assert not [name for name in kit if name.startswith("lambdas/truthkit_core")]
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|\.DS_Store|node_modules|\.ts$", name)]
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"truthkit", "truthkit_core"}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_bundles_in_the_wheel_are_those_that_were_built(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        listed = json.loads(archive.read("truthkit/kit/frontend/dist/bundles.json"))
        for name, facts in listed.items():
            assert archive.getinfo(f"truthkit/kit/frontend/dist/{name}").file_size == facts["bytes"]


def test_the_wheel_runs_the_main_job_and_makes_a_project_with_the_newest_of_everything(
    uv: str, wheel: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=tmp_path)
    python = venv / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--no-config", "--python", python, wheel, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    job = tmp_path / "job"
    run(venv / "bin" / "truthkit", "run", "text-entities", "--limit", "2", "--out", job, cwd=empty)
    lines = (job / "output" / "text-entities" / "manifests" / "output" / "output.manifest").read_text().splitlines()
    labels = [json.loads(line)["text-entities"] for line in lines]
    assert len(labels) == 2
    assert all(label["entities"] for label in labels)
    assert (job / "report.html").is_file()
    assert not any(empty.iterdir())

    # And makes a project that lacks nothing which the kit has in a checkout.
    run(venv / "bin" / "truthkit", "new", "birds", "--like", "image-classification", cwd=empty)
    made = {str(file.relative_to(empty)) for file in empty.rglob("*") if file.is_file()}
    core = [file for file in tracked("lambdas/truthkit_core/*") if file.suffix == ".py" and file.is_file()]
    assert {str(file.relative_to(ROOT)) for file in core} <= made
    assert {"template.yaml", "layers/numpy/Makefile", "lambdas/birds/workflow.toml"} <= made
    assert "BirdsPostLabelingFunction:" in (empty / "template.yaml").read_text()


def test_the_lock_fits_the_project(uv: str) -> None:
    run(uv, "lock", "--check", "--offline", cwd=ROOT)


def test_lock_files_name_public_hosts_only() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    sources = [package["source"] for package in lock["package"]]
    files = [
        file
        for package in lock["package"]
        for file in (*package.get("wheels", ()), *((package["sdist"],) if "sdist" in package else ()))
    ]
    urls = [source["registry"] for source in sources if "registry" in source]
    urls += [file["url"] for file in files]
    assert len(urls) > 100
    modules = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    assert len(modules) > 20
    urls += [entry["resolved"] for entry in modules.values() if "resolved" in entry and not entry.get("link")]
    hosts = {match[1] if (match := re.match(r"https://([^/]+)/", url)) else url for url in urls}
    assert hosts <= PUBLIC_HOSTS
    assert {frozenset(source) for source in sources} <= {frozenset({"registry"}), frozenset({"editable"})}


def test_the_npm_lock_installs_on_every_platform() -> None:
    """``npm ci`` refuses a lock file that lacks another platform's package."""
    modules = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    wanted = {f"node_modules/{name}" for entry in modules.values() for name in entry.get("optionalDependencies", ())}
    assert len(wanted) > 20
    assert not wanted - modules.keys()


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    said = run("make", "--no-print-directory", "help", cwd=ROOT).stdout
    explained = set(re.findall(r"^make (\w+) ", said, re.MULTILINE))
    assert explained == set(phony[1].split()) - {"help", "browser", "check-python", "check-frontend"}
    assert run("make", "--no-print-directory", cwd=ROOT).stdout == said


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text().splitlines() if re.match(r"\s*(make|npm|pytest|uv)\b", line)]
    assert commands == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text()
