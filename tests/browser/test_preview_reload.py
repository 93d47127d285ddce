"""The preview while files are edited: what depends on them comes anew, the line and the half-done answer stay."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drafts import draft_holds
from tests.browser.previewing import Served, box, frame, hold_first, served, submit
from truthkit.project import bundles_dir
from truthkit.server.preview.serve import CHECKED


def kept(page: Page, text: str) -> None:
    """Wait until the frame's draft has ``text``: it is written a moment after the last key."""
    worker_page = page.locator("iframe").first.element_handle().content_frame()
    assert worker_page is not None
    draft_holds(worker_page, text)


@pytest.fixture(scope="module")
def module_preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("preview")) as bench:
        yield bench


@pytest.fixture
def preview(module_preview: Served) -> Iterator[Served]:
    yield module_preview
    module_preview.mend()


def test_a_saved_template_comes_with_the_line_and_the_half_done_answer(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/2?worker=2")
    box(page).fill("half done")
    expect(page.locator("#answer-now")).to_contain_text("half done")
    kept(page, "half done")
    preview.edit(preview.plain.template, "<p>", "<p>Edited: ")
    expect(frame(page).get_by_text("Edited: text <1>")).to_be_visible()
    expect(box(page)).to_have_value("half done")
    expect(page.get_by_text("line 2 of 3")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/lines/2\?worker=2$"))
    expect(page.locator("#answer-now")).to_contain_text("half done")


def test_a_saved_handler_changes_the_task_input_and_so_the_task(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/3")
    box(page).fill("of the old task")
    expect(page.locator("#answer-now")).to_contain_text("of the old task")
    kept(page, "of the old task")
    preview.edit(preview.plain.pre, '["source"]}', '["source"].upper()}')
    expect(frame(page).get_by_text("TEXT <2>")).to_be_visible()
    expect(page.locator("#task-input")).to_contain_text("TEXT <2>")
    expect(box(page)).to_have_value("")
    # The old task is back, and with it what was done.
    preview.mend()
    expect(frame(page).get_by_text("text <2>")).to_be_visible()
    expect(box(page)).to_have_value("of the old task")


def test_a_handler_saved_without_effect_leaves_the_page_alone(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(frame(page).get_by_text("text <0>")).to_be_visible()
    frame(page).locator("body").evaluate("body => { body.dataset.same = 'yes'; }")
    preview.edit(preview.plain.pre, "def lambda", 'print("imported")\n\n\ndef lambda')
    expect(page.get_by_text("Printed by the pre-annotation handler")).to_be_visible()
    expect(page.locator(".printed")).to_have_text("imported")
    assert frame(page).locator("body").get_attribute("data-same") == "yes"


def test_a_saved_post_annotation_handler_consolidates_anew(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    submit(page, "fox")
    expect(page.locator("#response")).to_contain_text("votes: 1")
    preview.edit(preview.plain.post, '"votes": votes', '"votes": votes, "by": "the new handler"')
    expect(page.locator("#output-line")).to_contain_text("the new handler")
    preview.edit(preview.plain.post, "    result = []\n", '    print("so far so good")\n    result = [][0]\n')
    expect(page.get_by_text("IndexError: list index out of range").first).to_be_visible()
    expect(page.locator(".findings .at")).to_have_text(re.compile(r"post/lambda_function\.py:13"))
    expect(page.locator(".printed")).to_contain_text("so far so good\n")
    expect(page.locator(".printed")).to_contain_text("Traceback")
    expect(page.locator("#output-line")).to_contain_text("failure-reason")
    page.get_by_role("button", name="Forget answers").click()


@pytest.mark.skipif(
    shutil.which("node") is None or not (bundles_dir().parent / "node_modules").is_dir(),
    reason="needs Node and the front end's packages",
)
def test_a_saved_source_of_the_front_end_comes_with_the_half_done_answer(page: Page, tmp_path: Path) -> None:
    kit, copy, shared = bundles_dir().parent.parent, tmp_path / "kit", ("node_modules", ".tsc", "__pycache__")
    for room in ("truthkit", "frontend"):
        shutil.copytree(kit / room, copy / room, ignore=shutil.ignore_patterns(*shared))
    (copy / "frontend" / "node_modules").symlink_to(kit / "frontend" / "node_modules")
    path = os.pathsep.join([str(copy), str(kit / "lambdas")])
    source = copy / "frontend" / "crowd-elements" / "src" / "crowd-form" / "crowd-form.ts"
    with served(tmp_path / "plain", PYTHONPATH=path, PYTHONSAFEPATH="1") as preview:
        page.goto(preview.address)
        box(page).fill("half done")
        kept(page, "half done")
        text = source.read_text("utf-8")
        source.write_text("const broken = ;", "utf-8")
        expect(page.get_by_text("the front end could not be built")).to_be_visible()
        expect(page.locator(".findings .at")).to_have_text(re.compile(r"crowd-form\.ts:1:16$"))
        source.write_text(f'{text}\ndocument.documentElement.dataset.edited = "yes";\n', "utf-8")
        expect(frame(page).locator("html[data-edited=yes]")).to_be_attached()
        expect(box(page)).to_have_value("half done")
        expect(page.get_by_text("the front end could not be built")).to_have_count(0)


def test_a_saved_manifest_brings_other_lines(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/2")
    submit(page, "of the old line")
    lines = preview.plain.manifest.read_text("utf-8").splitlines()
    lines[1] = json.dumps({"source": "another text"})
    preview.plain.manifest.write_text("\n".join([*lines, '{"sources": "wrong"}', ""]), "utf-8")
    expect(frame(page).get_by_text("another text")).to_be_visible()
    expect(page.get_by_text("line 2 of 4")).to_be_visible()
    expect(page.locator("#answer")).to_have_text("Nothing yet: submit on the page.")
    expect(page.get_by_role("link", name=re.compile("with a fault"))).to_contain_text("4")
    preview.mend()
    expect(page.locator("#answer")).to_contain_text("of the old line")


def test_lines_far_down_are_looked_at_when_they_are_listed(page: Page, preview: Served) -> None:
    preview.plain.write_manifest(CHECKED + 30)
    page.goto(f"{preview.address}/lines/{CHECKED + 20}")
    expect(page.get_by_role("link", name=re.compile(rf"text <{CHECKED + 20}>.*, well"))).to_be_visible()


def test_a_list_that_is_asked_for_anew_before_it_came_is_the_same_part(page: Page, preview: Served) -> None:
    preview.plain.write_manifest(CHECKED + 30)
    held = hold_first(page, "**/api/lines?*")
    with page.expect_request("**/api/lines?*") as first, page.expect_request("**/api/events"):
        page.goto(f"{preview.address}/lines/{CHECKED + 20}", wait_until="commit")
    expect(page.locator("#place")).to_contain_text(f"of {CHECKED + 30}")
    with page.expect_request("**/api/lines?*") as again:
        preview.plain.write_manifest(CHECKED + 31)
    assert again.value.url == first.value.url
    expect(page.get_by_role("link", name=re.compile(rf"text <{CHECKED + 30}>"))).to_be_visible()
    held[0].abort()


def test_what_is_saved_before_the_page_hears_of_changes_is_shown_all_the_same(page: Page, preview: Served) -> None:
    events = hold_first(page, "**/api/events")
    page.goto(preview.address)
    expect(frame(page).get_by_text("text <0>")).to_be_visible()
    edit_unheard(page, preview, b"<p>Unheard: ")
    events[0].continue_()
    expect(frame(page).get_by_text("Unheard: text <0>")).to_be_visible()


def test_a_line_that_comes_after_the_word_of_later_changes_is_asked_for_anew(page: Page, preview: Served) -> None:
    events = hold_first(page, "**/api/events")
    lines = hold_first(page, "**/api/lines/1?*")
    with page.expect_request("**/api/lines/1?*"), page.expect_request("**/api/events"):
        page.goto(preview.address, wait_until="commit")
    expect(page.get_by_role("searchbox")).to_be_visible()
    late = lines[0].fetch()
    edit_unheard(page, preview, b"<p>Later: ")
    with page.expect_request("**/api/lines?*"):
        events[0].continue_()
    lines[0].fulfill(response=late)
    expect(frame(page).get_by_text("Later: text <0>")).to_be_visible()


def edit_unheard(page: Page, preview: Served, begins: bytes) -> None:
    """Save another beginning of the text, and wait until the server has told all who listen by now."""
    page.evaluate("""() => new Promise((heard) => {
      const events = new EventSource("/api/events");
      window.told = new Promise((told) => events.addEventListener("changed", () => { events.close(); told(); }));
      events.addEventListener("hello", heard);
    })""")
    template = preview.plain.template
    preview.put(template, template.read_bytes().replace(b"<p>", begins))
    page.evaluate("() => window.told")


def test_a_page_that_changes_while_it_loads_anew_comes_as_it_is_at_last(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(frame(page).get_by_text("text <0>")).to_be_visible()
    scripts = hold_first(page, "**/bundles/preview-frame.js")
    with page.expect_request("**/bundles/preview-frame.js"):
        preview.edit(preview.plain.template, "<p>", "<p>First: ")
    # Of the page that has begun nobody listens yet.
    with page.expect_request("**/api/lines/1/label"):
        preview.edit(preview.plain.template, "<p>First: ", "<p>Second: ")
    scripts[0].continue_()
    expect(frame(page).get_by_text("Second: text <0>")).to_be_visible()


def test_drafts_are_each_workers_own(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    box(page).fill("of the first")
    kept(page, "of the first")
    expect(page.locator("#answer-now")).to_contain_text("of the first")
    page.keyboard.press("Escape")
    page.get_by_role("group", name="Answer as worker").get_by_role("button", name="Worker 1").click()
    preview.edit(preview.plain.template, "<p>", "<p>Again: ")
    expect(frame(page).get_by_text("Again: text <0>")).to_be_visible()
    expect(box(page)).to_have_value("of the first")
    page.locator("#next").focus()
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("worker=2"))
    expect(frame(page).get_by_text("Again: text <0>")).to_be_visible()
    expect(box(page)).to_have_value("")
