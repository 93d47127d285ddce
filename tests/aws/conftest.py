"""The project's template and code root, built by SAM once for the tests of a process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.aws.stack import transformed

if TYPE_CHECKING:
    from tests.aws.account import Account

ROOT = Path(__file__).resolve().parents[2]


class Sam(Protocol):
    def __call__(self, *arguments: str, cwd: Path) -> str: ...


@pytest.fixture(scope="session")
def sam() -> Sam:
    """Runs the SAM CLI without credentials, region or a call home, and gives what it prints."""

    def run(*arguments: str, cwd: Path) -> str:
        program = Path(sys.executable).with_name("sam")
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        # The layer is built from what is installed here, so that this machine can run it.
        layer = {"LAYER_PLATFORM": "host", "LAYER_PYTHON": sys.executable}
        environment = {"PATH": path, "HOME": str(cwd), "SAM_CLI_TELEMETRY": "0", **layer}
        result = subprocess.run([program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    return run


@dataclass(frozen=True, slots=True)
class Build:
    """What ``sam build`` made, and printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="session")
def sam_build(sam: Sam, tmp_path_factory: pytest.TempPathFactory) -> Build:
    project = tmp_path_factory.mktemp("sam")
    shutil.copy(ROOT / "template.yaml", project)
    for folder in ("lambdas", "layers"):
        shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    printed = sam("build", cwd=project)
    assert "Build Succeeded" in printed
    return Build(project / ".aws-sam" / "build", printed)


@pytest.fixture(scope="session")
def built(sam_build: Build) -> Path:
    """The folder of ``sam build``: a folder a function, named by its logical id."""
    return sam_build.folder


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The template after SAM's transformation."""
    return transformed()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account of moto's and the fake's in which all is well."""
    import boto3

    from tests.aws.account import SESSION, Account, mock_aws
    from tests.aws.fake_sagemaker import REGION, FakeAws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", SESSION)
        yield Account(FakeAws().install(monkeypatch))
