"""The preview in a browser: pages of the lines, the answer after Submit, faults as pages, origins kept apart."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.plain import Plain, make_plain


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return make_plain(tmp_path, lines=3)


@contextmanager
def preview(plain: Plain, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", "from truthkit.cli import main; main()", "preview", "--json", *more]
    flags = ["--template", plain.template, "--manifest", plain.manifest, "--pre-lambda", plain.pre]
    environment = {**os.environ, "TMPDIR": str(plain.root)}
    with subprocess.Popen(
        [*command, *map(str, flags)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            text = process.stdout.readline()
            assert text, said
            said += text
        try:
            yield process, json.loads(said)["address"]
        finally:
            process.terminate()


@pytest.fixture
def address(plain: Plain) -> Iterator[str]:
    with preview(plain) as (_, address):
        yield address


def frame(page: Page) -> Any:
    return page.frame_locator("iframe")


def test_a_line_is_shown_and_its_answer_after_submit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("line 1 of 3")).to_be_visible()
    expect(frame(page).get_by_text("text <0> & \U0001f98a")).to_be_visible()
    frame(page).locator("crowd-input input").fill("what it says")
    frame(page).locator("[data-testid=crowd-submit]").click()
    expect(page.locator("#answer")).to_have_text(re.compile(r'"said": "what it says"'))


def test_next_and_previous_by_link_and_by_key(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("Previous", exact=True)).to_have_class("off")
    page.get_by_role("link", name="Next").click()
    expect(frame(page).get_by_text("text <1>")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("line 3 of 3")).to_be_visible()
    expect(page.get_by_text("Next", exact=True)).to_have_class("off")
    page.keyboard.press("k")
    expect(page.get_by_text("line 2 of 3")).to_be_visible()


def test_a_reload_shows_what_was_edited_and_a_fault_is_a_page(page: Page, address: str, plain: Plain) -> None:
    page.goto(address)
    right = plain.template.read_text()
    plain.template.write_text(right.replace("task.input.text", "task.input.txet"))
    page.reload()
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text("txet")
    expect(fault).to_contain_text("plain.liquid.html:3:")
    expect(fault).to_contain_text("^")
    expect(page.locator("iframe")).to_have_count(0)
    plain.template.write_text(right.replace("<p>", "<p>Edited: "))
    page.reload()
    expect(frame(page).get_by_text("Edited: text <0>")).to_be_visible()


def test_the_workers_page_has_another_origin_and_no_network(page: Page, address: str, plain: Plain) -> None:
    plain.template.write_text(
        plain.template.read_text()
        + "<script>try { parent.document.title = 'taken'; } catch (error) { document.title = error.name; }</script>"
        + f"<script>fetch('{address}/lines/2', {{mode: 'no-cors'}}).then(() => 'reached', (e) => e.name)"
        + ".then((text) => { document.body.dataset.fetch = text; });</script>"
    )
    page.goto(address)
    expect(frame(page).locator("body")).to_have_attribute("data-fetch", "TypeError")
    assert page.evaluate("document.title") != "taken"
    source = page.locator("iframe").get_attribute("src") or ""
    assert not source.startswith(address)


@pytest.mark.parametrize("more", [[], ["--allow-network"]], ids=["offline", "allow-network"])
def test_the_workers_page_stays_in_its_frame(page: Page, plain: Plain, more: list[str]) -> None:
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other, preview(plain, *more) as (_, address):
        threading.Thread(target=other.serve_forever, daemon=True).start()
        elsewhere = f"http://127.0.0.1:{other.server_address[1]}"
        plain.template.write_text(
            plain.template.read_text()
            + f"""<a id="top" target="_top" href="{elsewhere}/link">top</a>
            <a id="new" target="_blank" href="{elsewhere}/new">new</a>
            <script>
            document.body.dataset.opened = String(open("{elsewhere}/open"));
            try {{ top.location = "{elsewhere}/top"; }} catch (error) {{ document.body.dataset.top = error.name; }}
            </script>
            <button onclick="location = '{elsewhere}/frame'">leave</button>"""
        )
        page.goto(address)
        body = frame(page).locator("body")
        expect(body).to_have_attribute("data-opened", "null")
        expect(body).to_have_attribute("data-top", "SecurityError")
        frame(page).locator("#top").click()
        frame(page).locator("#new").click()
        assert len(page.context.pages) == 1
        assert page.url.startswith(address)
        # Leaving is stopped by the workbench's policy: the frame shows an error of the browser instead.
        with page.expect_console_message(lambda message: "frame-src" in message.text):
            frame(page).get_by_role("button", name="leave").click()
        page.goto(f"{address}/lines/2")
        expect(frame(page).get_by_text("text <1>")).to_be_visible()
        other.shutdown()
    assert asked == []


def test_what_a_page_keeps_is_there_after_a_reload(page: Page, address: str, plain: Plain) -> None:
    plain.template.write_text(
        plain.template.read_text()
        + "<script>localStorage.visits = Number(localStorage.visits ?? 0) + 1;"
        + "document.body.dataset.visits = localStorage.visits;</script>"
    )
    page.goto(address)
    expect(frame(page).locator("body")).to_have_attribute("data-visits", "1")
    page.reload()
    expect(frame(page).locator("body")).to_have_attribute("data-visits", "2")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminated", "ctrl-c"])
def test_an_end_leaves_nothing_behind(plain: Plain, number: signal.Signals) -> None:
    with preview(plain) as (process, address):
        urllib.request.urlopen(f"{address}/lines/1").read()
        assert list(plain.root.glob("truthkit-preview-*"))
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert list(plain.root.glob("truthkit-preview-*")) == []


def test_a_port_that_is_taken_is_wrong_use(plain: Plain) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-c", "from truthkit.cli import main; main()", "preview", "--port", str(port)]
        flags = ["--template", plain.template, "--manifest", plain.manifest]
        run = subprocess.run([*command, *map(str, flags)], capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert f"port {port} cannot be had" in run.stderr
    assert "--port" in run.stderr
    assert "Traceback" not in run.stderr


def test_another_host_is_refused(address: str) -> None:
    request = urllib.request.Request(address + "/lines/1", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_workbench_is_accessible(chromium: Browser, address: str, scheme: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(address)
    expect(frame(page).get_by_text("text <0>")).to_be_visible()
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
