"""The preview keeps to itself: origins apart, no other host or origin, no other files, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.previewing import Served, frame, served


@pytest.fixture(scope="module")
def module_preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("preview")) as bench:
        yield bench


@pytest.fixture
def preview(module_preview: Served) -> Iterator[Served]:
    yield module_preview
    module_preview.mend()


def status(address: str, method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method=method, headers=named)) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def task_origin(preview: Served) -> str:
    with urllib.request.urlopen(f"{preview.address}/lines/1") as response:
        text: str = response.read().decode()
    return text.partition('task-origin="')[2].partition('"')[0]


def test_other_hosts_and_origins_are_refused(preview: Served) -> None:
    for server, path in ((preview.address, "/api/lines/1"), (task_origin(preview), "/bundles/preview-frame.js")):
        port = server.rpartition(":")[2]
        here = f"{server}{path}"
        assert status(here) == 200
        assert status(here, Host=f"localhost:{port}") == 200
        assert status(here, Host="evil.example") == 403
        assert status(here, Host=f"127.0.0.1.evil.example:{port}") == 403
        assert status(here, Origin=server) == 200
        assert status(here, Origin="https://evil.example") == 403
        assert status(here, Origin="null") == 403
        assert status(here, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403
        assert status(here, Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors") == 403
    # The worker's page is another origin to the workbench too.
    assert status(f"{preview.address}/api/lines/1", Origin=task_origin(preview)) == 403
    assert status(f"{preview.address}/api/lines/1/answers", "DELETE", Origin=task_origin(preview)) == 403


def test_no_other_file_is_served(preview: Served) -> None:
    for path in (
        "/etc/passwd",
        "/../manifest.jsonl",
        "/manifest.jsonl",
        "/bundles/..%2f..%2fmanifest.jsonl",
        "/bundles/%2e%2e/manifest.jsonl",
        "/lines/1/../../etc/passwd",
    ):
        assert status(f"{preview.address}{path}") == 404
        assert status(f"{task_origin(preview)}{path}") == 404


def test_the_workers_page_reaches_neither_the_workbench_nor_the_network(page: Page, preview: Served) -> None:
    preview.plain.template.write_text(
        preview.plain.template.read_text()
        + "<script>try { parent.document.title = 'taken'; } catch (error) { document.body.dataset.top = error.name; }"
        + f"fetch('{preview.address}/api/lines/2', {{mode: 'no-cors'}}).then(() => 'reached', (e) => e.name)"
        + ".then((text) => { document.body.dataset.fetch = text; });</script>"
    )
    page.goto(preview.address)
    expect(frame(page).locator("body")).to_have_attribute("data-fetch", "TypeError")
    expect(frame(page).locator("body")).to_have_attribute("data-top", "SecurityError")
    assert page.evaluate("document.title") != "taken"
    source = page.locator("iframe.page").get_attribute("src") or ""
    assert not source.startswith(preview.address)


def test_what_the_workers_page_makes_up_is_shown_as_text(page: Page, preview: Served) -> None:
    preview.plain.template.write_text(
        preview.plain.template.read_text()
        + """<script>
        const say = (message) => parent.postMessage(message, "*");
        say({ type: "state", answer: JSON.stringify({ "<img src=x onerror=alert(1)>": "<b>bold</b>" }) });
        say({ type: "state", answer: "{" });
        say({ type: "problem", kind: "console", message: "<i>slanted</i>", line: "x", url: 7 });
        say({ type: "problem", kind: "no such kind", message: "nothing" });
        say({ type: "key", key: "no such key" });
        say(7);
        </script>"""
    )
    page.goto(preview.address)
    expect(page.locator(".findings li")).to_have_count(1)
    expect(page.locator(".findings li")).to_contain_text("<i>slanted</i>")
    expect(page.get_by_text("line 1 of 3")).to_be_visible()


def test_a_handler_without_end_keeps_nobody_else_waiting(preview: Served) -> None:
    began = preview.plain.root / "began"
    preview.plain.pre.write_text(
        f"def lambda_handler(event, context):\n    open({str(began)!r}, 'w').close()\n    while True:\n        pass\n"
    )
    line = f"{preview.address}/api/lines/1?worker="
    with ThreadPoolExecutor(20) as threads:
        try:
            while not began.exists():  # until then it is the handler of before
                first = threads.submit(status, f"{line}1")
                while not first.done() and not began.exists():
                    wait([first], timeout=0.05)
            # More than there are threads by default: lists, submits and the page itself do not wait behind them.
            opened = [
                first,
                *(threads.submit(status, f"{line}{number}") for number in range(1, 10)),
                *(threads.submit(status, f"{preview.address}/api/lines/2?worker={number}") for number in range(1, 10)),
            ]
            assert status(f"{preview.address}/api/lines") == 200
            assert not any(one.done() for one in opened)
        finally:
            preview.mend()  # which ends the call that goes on
        assert {one.result() for one in opened} == {200}


@pytest.mark.parametrize("more", [[], ["--allow-network"]], ids=["offline", "allow-network"])
def test_the_workers_page_stays_in_its_frame(page: Page, tmp_path: Path, more: list[str]) -> None:
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other, served(tmp_path, *more) as preview:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        elsewhere = f"http://127.0.0.1:{other.server_address[1]}"
        preview.plain.template.write_text(
            preview.plain.template.read_text()
            + f"""<a id="top" target="_top" href="{elsewhere}/link">top</a>
            <a id="new" target="_blank" href="{elsewhere}/new">new</a>
            <script>
            document.body.dataset.opened = String(open("{elsewhere}/open"));
            try {{ top.location = "{elsewhere}/top"; }} catch (error) {{ document.body.dataset.top = error.name; }}
            </script>
            <button onclick="location = '{elsewhere}/frame'">leave</button>"""
        )
        pages = len(page.context.pages)
        page.goto(preview.address)
        body = frame(page).locator("body")
        expect(body).to_have_attribute("data-opened", "null")
        expect(body).to_have_attribute("data-top", "SecurityError")
        frame(page).locator("#top").click()
        frame(page).locator("#new").click()
        assert len(page.context.pages) == pages
        assert page.url.startswith(preview.address)
        # Leaving is stopped by the workbench's policy: the frame shows an error of the browser instead.
        with page.expect_console_message(lambda message: "frame-src" in message.text):
            frame(page).get_by_role("button", name="leave").click()
        page.locator("#next").focus()
        page.keyboard.press("j")
        expect(frame(page).get_by_text("text <1>")).to_be_visible()
        other.shutdown()
    assert asked == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminated", "ctrl-c"])
def test_an_end_leaves_nothing_behind(page: Page, tmp_path: Path, number: signal.Signals) -> None:
    with served(tmp_path) as preview:
        page.goto(preview.address)  # whose stream of events is open
        expect(frame(page).get_by_text("text <0>")).to_be_visible()
        assert list(tmp_path.glob("truthkit-preview-*"))
        preview.process.send_signal(number)
        assert preview.process.wait(30) == 0
        assert preview.process.stdout is not None
        assert preview.process.stdout.read() == ""
        expect(page.get_by_role("alert")).to_contain_text("server does not answer")
    assert list(tmp_path.glob("truthkit-preview-*")) == []


def test_a_port_that_is_taken_is_wrong_use(preview: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-c", "from truthkit.cli import main; main()", "preview", "--port", str(port)]
        flags = ["--template", preview.plain.template, "--manifest", preview.plain.manifest]
        run = subprocess.run(
            [*command, *map(str, flags)], capture_output=True, text=True, timeout=60, env={**os.environ}
        )
    assert run.returncode == 2
    assert f"port {port} cannot be had" in run.stderr
    assert "--port" in run.stderr
    assert "Traceback" not in run.stderr
