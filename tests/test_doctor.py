"""What is looked for, and what is said of what is missing."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from pathlib import Path

import pytest

import truthkit.doctor
from truthkit.browser import INSTALL_COMMANDS
from truthkit.doctor import Check, checks


def found() -> dict[str, Check]:
    return {check.name: check for check in checks()}


@pytest.fixture
def without_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares a test the second that the tools take to tell their versions."""
    monkeypatch.setattr(truthkit.doctor, "_tool", lambda name, *_: Check(name, True))


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's front end: one source and the bundle built from it."""
    source = tmp_path / "frontend" / "annotators" / "src" / "one.ts"
    source.parent.mkdir(parents=True)
    source.touch()
    (tmp_path / "frontend" / "package.json").touch()
    dist = tmp_path / "frontend" / "dist"
    dist.mkdir()
    (dist / "one.js").write_bytes(b"built")
    facts = {"bytes": 5, "sha256": hashlib.sha256(b"built").hexdigest()}
    (dist / "bundles.json").write_text(json.dumps({"one.js": facts}))
    os.utime(source, (1, 1))
    monkeypatch.setattr(truthkit.doctor, "bundles_dir", lambda: dist)
    return tmp_path / "frontend"


def test_a_machine_that_runs_the_tests_can_run_jobs(frontend: Path) -> None:
    for check in checks():
        assert check.ok or not check.needed, check
        assert check.cure
        assert check.purpose


@pytest.mark.usefixtures("without_tools")
def test_bundles(frontend: Path) -> None:
    assert found()["front-end bundles"].ok
    os.utime(frontend / "annotators" / "src" / "one.ts")
    os.utime(frontend / "dist" / "bundles.json", (2, 2))
    stale = found()["front-end bundles"]
    assert not stale.ok
    assert "one.ts is newer" in stale.found
    assert stale.cure == "run `make build`"

    (frontend / "dist" / "one.js").write_bytes(b"changed")
    assert "is not the one that was built" in found()["front-end bundles"].found
    (frontend / "dist" / "one.js").unlink()
    assert "one.js is missing" in found()["front-end bundles"].found
    (frontend / "dist" / "bundles.json").unlink()
    assert "no built bundles" in found()["front-end bundles"].found


@pytest.mark.usefixtures("without_tools")
def test_chromium_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truthkit.doctor, "find_chromium", lambda: None)
    check = found()["Chromium"]
    assert not check.ok
    assert check.needed
    assert all(command in check.cure for command in INSTALL_COMMANDS)


@pytest.mark.usefixtures("without_tools")
def test_a_chromium_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUTHKIT_CHROMIUM", "false")
    check = found()["Chromium"]
    assert not check.ok
    assert "install-deps" in check.cure
    monkeypatch.setenv("TRUTHKIT_CHROMIUM", "/no/such")
    assert found()["Chromium"].found == "TRUTHKIT_CHROMIUM=/no/such is not a program"


@pytest.fixture
def no_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    def no_network(*args: object, **options: object) -> None:
        raise AssertionError("the doctor went to the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)


@pytest.mark.usefixtures("no_aws", "without_tools")
def test_aws_credentials_are_looked_up_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found()["AWS credentials"].ok
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-to-be-shown")
    check = found()["AWS credentials"]
    assert check.ok
    assert not check.needed
    assert "AKIAEXAMPLE" not in str(check)
    assert "not-to-be-shown" not in str(check)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    check = found()["AWS credentials"]
    assert not check.ok
    assert "nobody" in check.found
