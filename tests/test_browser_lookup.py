"""Which Chromium is taken, and what it may reach."""

from __future__ import annotations

import http.server
import json
import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from truthkit.browser import (
    INSTALL_COMMANDS,
    Chromium,
    find_chromium,
    launch_options,
    playwright_driver,
    require_chromium,
)
from truthkit.findings import TruthkitError, UsageError


def program(file: Path, says: str = "Chromium 1.2.3.4 built on Debian", status: int = 0) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    file.chmod(0o755)
    return file


def playwrights(browsers: Path, browser: str, executable: str) -> Path:
    """What ``playwright install`` leaves for the installed version of Playwright."""
    driver = playwright_driver()
    assert driver is not None
    described = json.loads((driver / "browsers.json").read_text())["browsers"]
    revision = next(entry["revision"] for entry in described if entry["name"] == browser)
    folder = browsers / f"{browser.replace('-', '_')}-{revision}"
    file = program(folder / executable)
    (folder / "INSTALLATION_COMPLETE").touch()
    return file


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without any browser."""
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}


def test_the_order_of_the_search(tmp_path: Path, machine: dict[str, str]) -> None:
    assert find_chromium(environment=machine) is None

    for name in ("google-chrome", "chromium", "chromium-headless-shell"):  # the last one wins
        file = program(tmp_path / "bin" / name)
        assert find_chromium(environment=machine) == Chromium(file, "PATH")

    own = playwrights(
        tmp_path / "home" / ".cache" / "ms-playwright",
        "chromium-headless-shell",
        "chrome-headless-shell-linux64/chrome-headless-shell",
    )
    found = find_chromium(environment={**machine, "PLAYWRIGHT_BROWSERS_PATH": str(own.parents[2])})
    assert found == Chromium(own, "Playwright")

    named = program(tmp_path / "mine")
    assert find_chromium(environment={**machine, "TRUTHKIT_CHROMIUM": str(named)}) == Chromium(
        named, "TRUTHKIT_CHROMIUM"
    )
    by_name = find_chromium(environment={**machine, "TRUTHKIT_CHROMIUM": "chromium"})
    assert by_name == Chromium(tmp_path / "bin" / "chromium", "TRUTHKIT_CHROMIUM")


def test_a_half_fetched_browser_of_playwright_is_passed_over(tmp_path: Path, machine: dict[str, str]) -> None:
    own = playwrights(tmp_path / "own", "chromium-headless-shell", "chrome-linux/headless_shell")
    environment = {**machine, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own")}
    assert find_chromium(environment=environment) == Chromium(own, "Playwright")
    (own.parents[1] / "INSTALLATION_COMPLETE").unlink()
    assert find_chromium(environment=environment) is None


def test_a_window_needs_the_whole_browser(tmp_path: Path, machine: dict[str, str]) -> None:
    program(tmp_path / "bin" / "chromium-headless-shell")
    own = playwrights(tmp_path / "own", "chromium-headless-shell", "chrome-linux/headless_shell")
    environment = {**machine, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own")}
    with pytest.raises(TruthkitError, match="no Chromium on this machine"):
        require_chromium(headed=True, environment=machine | {"PATH": "/no/such"})
    for shell, more in (
        (tmp_path / "bin" / "chromium-headless-shell", {}),
        (own, {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own")}),
        (own, {"TRUTHKIT_CHROMIUM": str(own)}),
    ):
        with pytest.raises(TruthkitError) as caught:
            require_chromium(headed=True, environment={**machine, **more})
        (finding,) = caught.value.findings
        assert finding.message == f"only the headless shell {shell} was found"
        assert "a window needs the whole browser: run `playwright install chromium`" in finding.cure
    whole = playwrights(tmp_path / "own", "chromium", "chrome-linux64/chrome")
    assert require_chromium(headed=True, environment=environment) == Chromium(whole, "Playwright")


def test_what_is_said_when_there_is_none(machine: dict[str, str]) -> None:
    with pytest.raises(TruthkitError) as caught:
        require_chromium(environment=machine)
    for command in INSTALL_COMMANDS:
        assert command in str(caught.value)
    assert "TRUTHKIT_CHROMIUM" in str(caught.value)


def test_a_wrong_variable_is_wrong_use(machine: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="TRUTHKIT_CHROMIUM=/no/such is not a program"):
        find_chromium(environment={**machine, "TRUTHKIT_CHROMIUM": "/no/such"})


@pytest.mark.parametrize(
    ("says", "status", "version"),
    [("Chromium 142.0.7444.59 built on Debian", 0, "142.0.7444.59"), ("error", 0, None), ("1.2", 127, None)],
    ids=["starts", "says-nothing", "lacks-libraries"],
)
def test_version(tmp_path: Path, says: str, status: int, version: str | None) -> None:
    assert Chromium(program(tmp_path / "chromium", says, status), "PATH").version == version
    assert Chromium(tmp_path / "missing", "PATH").version is None


def test_the_browser_reaches_this_machine_only(chromium: Browser) -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = chromium.new_page()
        for host in ("127.0.0.1", "localhost"):
            page.goto(f"http://{host}:{server.server_port}/")
            assert page.inner_text("body") == "here"
        fetch = "url => fetch(url, {mode: 'no-cors'}).then(() => 'reached', () => 'refused')"
        own = f"http://127.0.0.1:{server.server_port}/"
        assert page.evaluate(fetch, own) == "reached"
        # 127.0.0.2 would answer in any other browser on Linux: the rule holds for addresses as for names.
        for url in (own.replace("127.0.0.1", "127.0.0.2"), "http://example.com/", "https://1.1.1.1/"):
            assert page.evaluate(fetch, url) == "refused", url
        page.close()
    finally:
        server.shutdown()
        server.server_close()


def test_network_is_allowed_on_demand_only() -> None:
    chromium = Chromium(Path(os.devnull), "PATH")
    offline, online = launch_options(chromium), launch_options(chromium, allow_network=True)
    rule = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
    assert rule in offline["args"]
    assert set(online["args"]) < set(offline["args"])
    assert not any("resolver" in arg or "webrtc" in arg for arg in online["args"])
    assert launch_options(chromium, headed=True)["headless"] is False
