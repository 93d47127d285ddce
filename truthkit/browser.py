"""Which Chromium draws the task pages, and how it is started. Installing one is not done here, only advised."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from truthkit.findings import Finding, TruthkitError, UsageError

if TYPE_CHECKING:
    from playwright.async_api import ProxySettings

ENVIRONMENT_VARIABLE = "TRUTHKIT_CHROMIUM"
HEADLESS_SHELL = "chromium-headless-shell"
ON_PATH = (HEADLESS_SHELL, "chromium", "google-chrome")
INSTALL_COMMANDS = (
    "playwright install --only-shell chromium",
    f"apt-get install --no-install-recommends {HEADLESS_SHELL} fonts-liberation",
)

# Names resolve to nothing, and addresses go the same way: what a page may reach is this machine.
_OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
# Same glyph positions on every machine. (sRGB, no background networking, no first run: Playwright's own defaults.)
_STEADY = ("--font-render-hinting=none",)


class LaunchOptions(TypedDict):
    """Keyword arguments of Playwright's ``chromium.launch``."""

    executable_path: str
    headless: bool
    args: list[str]


@dataclass(frozen=True)
class Chromium:
    """A browser on this machine; ``source`` says where it was found."""

    path: Path
    source: str

    @cached_property
    def version(self) -> str | None:
        """What the browser says of itself, e.g. ``142.0.7444.59``; None if it cannot be started here."""
        return program_version(self.path)


def program_version(program: str | Path) -> str | None:
    """The number that ``program --version`` prints; None if it cannot be started or prints none."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = re.search(r"\d+(\.\d+)+", said.stdout)
    return number[0] if said.returncode == 0 and number else None


def find_chromium(*, headed: bool = False, environment: Mapping[str, str] = os.environ) -> Chromium | None:
    """The first of: ``TRUTHKIT_CHROMIUM``, Playwright's own, ``chromium-headless-shell``, ``chromium``,
    ``google-chrome`` on PATH. A ``headed`` run passes over the headless shells, which have no window.

    Raises UsageError if ``TRUTHKIT_CHROMIUM`` names no program.
    """
    named = environment.get(ENVIRONMENT_VARIABLE)
    if named:
        given = shutil.which(named, path=environment.get("PATH"))
        if not given:
            raise UsageError(
                f"{ENVIRONMENT_VARIABLE}={named} is not a program", "give the path of a Chromium, or unset the variable"
            )
        return Chromium(Path(given).absolute(), ENVIRONMENT_VARIABLE)
    own = _playwrights_own(headed, environment)
    if own:
        return Chromium(own, "Playwright")
    for name in ON_PATH[headed:]:
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return Chromium(Path(found).absolute(), "PATH")
    return None


def require_chromium(*, headed: bool = False, environment: Mapping[str, str] = os.environ) -> Chromium:
    """As find_chromium; raises TruthkitError with the commands that install one where there is none."""
    chromium = find_chromium(headed=headed, environment=environment)
    if chromium is None or (headed and _is_shell(chromium)):
        shell = chromium or find_chromium(environment=environment)
        what = f"only the headless shell {shell.path} was found" if shell else "there is no Chromium on this machine"
        raise TruthkitError(Finding("no-chromium", what, install_advice(headed=headed)))
    return chromium


def _is_shell(chromium: Chromium) -> bool:
    """Whether it is a headless shell, by its name: ``TRUTHKIT_CHROMIUM`` may name one."""
    return "headless" in chromium.path.resolve().name


def install_advice(*, headed: bool = False) -> str:
    """The commands that install a Chromium, any one of which is enough."""
    if headed:
        return f"a window needs the whole browser: run `playwright install chromium`, or set {ENVIRONMENT_VARIABLE}"
    playwright, debian = INSTALL_COMMANDS
    return f"run `{playwright}`, or on Debian as root `{debian}`, or set {ENVIRONMENT_VARIABLE} to a Chromium"


def launch_options(chromium: Chromium, *, headed: bool = False, allow_network: bool = False) -> LaunchOptions:
    """How the harness starts ``chromium``: offline unless ``allow_network``, and drawing alike everywhere."""
    return {
        "executable_path": str(chromium.path),
        "headless": not headed,
        "args": [*(() if allow_network else _OFFLINE), *_STEADY],
    }


def nothing_but(*origins: str) -> ProxySettings:
    """The ``proxy`` of a browser context that reaches ``origins`` and nothing else, by whatever way.

    A content security policy says nothing of preconnecting, and of prefetching only what its most open directive says.
    All else has to pass a proxy whose name never resolves (RFC 6761, section 6.4).
    """
    return {"server": "http://nowhere.invalid:80", "bypass": ",".join(urlsplit(origin).netloc for origin in origins)}


def _playwrights_own(headed: bool, environment: Mapping[str, str]) -> Path | None:
    """The executable that ``playwright install`` of the installed version fetched, without starting its driver."""
    driver = playwright_driver()
    if driver is None:
        return None
    browser = "chromium" if headed else "chromium-headless-shell"
    described = json.loads((driver / "browsers.json").read_text("utf-8"))["browsers"]
    revisions = {entry["name"]: entry["revision"] for entry in described}
    if browser not in revisions:
        return None
    folder = _playwrights_browsers(driver, environment) / f"{browser.replace('-', '_')}-{revisions[browser]}"
    if not (folder / "INSTALLATION_COMPLETE").is_file():
        return None
    names = ("*/chrome", "*/*.app/Contents/MacOS/*") if headed else ("*/chrome-headless-shell", "*/headless_shell")
    return next((file for name in names for file in sorted(folder.glob(name)) if os.access(file, os.X_OK)), None)


def _playwrights_browsers(driver: Path, environment: Mapping[str, str]) -> Path:
    place = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if place == "0":
        return driver / ".local-browsers"
    if place:
        return Path(place).absolute()
    home = Path(environment.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ms-playwright"
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"


def playwright_driver() -> Path | None:
    """The folder of Playwright's driver (its ``browsers.json`` says which browsers it wants); None if it is missing."""
    spec = find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "driver" / "package"
    return folder if (folder / "browsers.json").is_file() else None
