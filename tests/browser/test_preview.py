"""The preview in a browser: pages of the lines, the answer after Submit, faults as pages, origins kept apart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.plain import Plain, make_plain


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return make_plain(tmp_path, lines=3)


@pytest.fixture
def address(plain: Plain) -> Iterator[str]:
    command = [sys.executable, "-c", "from truthkit.cli import main; main()", "preview", "--json"]
    flags = ["--template", plain.template, "--manifest", plain.manifest, "--pre-lambda", plain.pre]
    with subprocess.Popen([*command, *map(str, flags)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            text = process.stdout.readline()
            assert text, said
            said += text
        yield json.loads(said)["address"]
        process.terminate()


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
