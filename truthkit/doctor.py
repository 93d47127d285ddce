"""What truthkit finds on this machine, and the cure for what is missing. Nothing here touches the network."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from truthkit.browser import find_chromium, install_advice, playwright_driver, program_version
from truthkit.findings import UsageError
from truthkit.project import bundles_dir, kit_root

NODE_NEEDED = (20, 19)
PYTHON_NEEDED = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that truthkit uses: ``found`` says where or what it is, ``cure`` what to do where it is not ``ok``.

    ``needed`` is False for what only some work needs; ``purpose`` says which.
    """

    name: str
    ok: bool
    found: str = ""
    version: str = ""
    cure: str = ""
    purpose: str = ""
    needed: bool = True


def checks() -> list[Check]:
    """Everything that was looked for, in the order of importance. Raises nothing: what is wrong is in the checks."""
    from_checkout = (kit_root() / "frontend" / "package.json").is_file()
    found = [_python(), _package("boto3"), _package("moto"), _playwright(), _chromium(), _bundles()]
    tools = [
        _tool(
            "Node.js",
            "node",
            "install Node.js 20.19 or newer (https://nodejs.org)",
            "building the front end",
            NODE_NEEDED,
        ),
        _tool("npm", "npm", "npm comes with Node.js (https://nodejs.org)", "building the front end"),
        _tool("uv", "uv", "make fetches it; or see https://docs.astral.sh/uv/", "setting up a checkout"),
    ]
    return [
        *found,
        *(tools if from_checkout else ()),
        _tool("SAM CLI", "sam", "pip install aws-sam-cli", "deploying to AWS"),
        _aws_credentials(),
    ]


def _python() -> Check:
    wanted = ".".join(map(str, PYTHON_NEEDED))
    return Check(
        "Python",
        sys.version_info >= PYTHON_NEEDED,
        sys.executable,
        platform.python_version(),
        f"install Python {wanted} or newer",
        "everything",
    )


def _package(name: str) -> Check:
    cure = "pip install truthkit again: it is one of its dependencies"
    try:
        return Check(name, True, "", version(name), cure, "the local S3")
    except PackageNotFoundError:
        return Check(name, False, "", "", cure, "the local S3")


def _playwright() -> Check:
    driver = playwright_driver()
    cure = "pip install --force-reinstall playwright"
    if driver is None:
        return Check("Playwright", False, cure=cure, purpose="scripted workers")
    return Check("Playwright", True, str(driver), version("playwright"), cure, "scripted workers")


def _chromium() -> Check:
    purpose = "scripted workers"
    try:
        chromium = find_chromium()
    except UsageError as error:
        return Check("Chromium", False, error.findings[0].message, "", error.findings[0].cure, purpose)
    if chromium is None:
        return Check("Chromium", False, "", "", install_advice(), purpose)
    found = f"{chromium.path} ({chromium.source})"
    if chromium.version is None:
        cure = "it cannot be started, mostly for missing libraries: run `playwright install-deps chromium` as root"
        return Check("Chromium", False, found, "", cure, purpose)
    return Check("Chromium", True, found, chromium.version, install_advice(), purpose)


def _bundles() -> Check:
    folder = bundles_dir()
    is_source = (folder.parent / "package.json").is_file()
    cure = "run `make build`" if is_source else "pip install --force-reinstall truthkit"
    trouble = _bundle_trouble(folder) or (_staleness(folder) if is_source else "")
    return Check("front-end bundles", not trouble, trouble or str(folder), "", cure, "task pages")


def _bundle_trouble(folder: Path) -> str:
    """Why the bundles are not those that the build wrote; empty when they are."""
    try:
        listed = json.loads((folder / "bundles.json").read_text("utf-8"))
    except (OSError, ValueError):
        return f"{folder} has no built bundles"
    for name, facts in listed.items():
        file = folder / name
        if not file.is_file():
            return f"{file} is missing"
        if hashlib.sha256(file.read_bytes()).hexdigest() != facts["sha256"]:
            return f"{file} is not the one that was built"
    return ""


def _staleness(folder: Path) -> str:
    """Which source is newer than the bundles; empty when none is."""
    built = (folder / "bundles.json").stat().st_mtime
    newest = max(_sources(folder.parent), key=lambda file: file.stat().st_mtime, default=None)
    if newest is None or newest.stat().st_mtime <= built:
        return ""
    return f"{newest} is newer than the bundles"


def _sources(frontend: Path) -> Iterator[Path]:
    yield from frontend.glob("*/src/**/*.ts")
    yield from (file for file in (frontend / "build.mjs", frontend / "package-lock.json") if file.is_file())


def _tool(name: str, program: str, cure: str, purpose: str, at_least: tuple[int, ...] = ()) -> Check:
    """A program beside this Python, fetched by make, or on PATH; jobs run without it."""
    places = (Path(sys.executable).with_name(program), kit_root() / ".uv" / "bin" / program)
    path = next((str(file) for file in places if file.is_file()), None) or shutil.which(program)
    number = (program_version(path) if path else None) or ""
    ok = bool(number) and tuple(int(part) for part in number.split(".")) >= at_least
    return Check(name, ok, path or "", number, cure, purpose, needed=False)


def _aws_credentials() -> Check:
    """Whether some are configured in variables or files; they are not shown, tried or fetched."""
    from botocore.session import Session

    session: Any = Session()  # parts of it have no types
    cure = "run `aws configure`, or set AWS_PROFILE"
    purpose = "--s3 aws and deploying"
    try:
        resolver = session.get_component("credential_provider")
        # Two ask over the network (a container's address, a machine's), the third runs a program.
        for provider in ("container-role", "iam-role", "custom-process"):
            resolver.remove(provider)
        credentials = session.get_credentials()
    except Exception as error:  # botocore's many ways to refuse a broken configuration
        return Check("AWS credentials", False, str(error), "", cure, purpose, needed=False)
    found = f"configured ({credentials.method})" if credentials else ""
    return Check("AWS credentials", credentials is not None, found, "", cure, purpose, needed=False)
