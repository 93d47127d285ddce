"""Faults in the preview: an error page is a page, and what goes wrong in the worker's page is told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.previewing import Served, box, frame, served


@pytest.fixture(scope="module")
def module_preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("preview")) as bench:
        yield bench


@pytest.fixture
def preview(module_preview: Served) -> Iterator[Served]:
    yield module_preview
    module_preview.mend()


def test_a_fault_is_a_page_with_the_line_the_names_and_what_was_rendered(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/2")
    expect(box(page)).to_be_visible()
    preview.edit(preview.plain.template, "<p>{{ task.input.text", "<h2>So far</h2>\n  <p>{{ task.input.txet")
    expect(page.get_by_role("alert")).to_contain_text("task.input.txet is missing")
    fault = page.get_by_role("region", name="Why there is no page")
    expect(fault.locator(".at")).to_have_text(re.compile(r"plain\.liquid\.html:4:9$"))
    expect(fault.locator("#source mark")).to_have_text("4 >   <p>{{ task.input.txet }}</p>\n")
    lines = (fault.locator("#source").text_content() or "").split("\n")
    marked = next(index for index, line in enumerate(lines) if line.startswith("4 >"))
    assert lines[marked + 1].index("^") == lines[marked].index("task.input")
    expect(fault).to_contain_text("did you mean task.input.text?")
    expect(fault.locator("#names")).to_contain_text("task.input.text string")
    expect(fault.locator("#names")).to_contain_text("text <1>")
    # The page up to there, also as it looks.
    fault.get_by_text("Rendered up to there").click()
    expect(fault.locator("#rendered")).to_contain_text("<h2>So far</h2>\n  <p>")
    expect(frame(page).get_by_text("So far")).to_be_visible()
    expect(box(page)).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("text <1>.*with a fault"))).to_be_visible()
    preview.mend()
    expect(box(page)).to_be_visible()
    expect(fault).to_have_count(0)


def test_a_template_that_cannot_be_read_has_no_page_but_the_task_input(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(box(page)).to_be_visible()
    preview.edit(preview.plain.template, "</crowd-form>", "{% if task.input.text %}</crowd-form>")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("iframe.page")).to_have_count(0)
    expect(page.locator("#names")).to_contain_text("task.input.text")
    expect(page.locator("#task-input")).to_contain_text("text <0>")


def test_a_pre_annotation_handler_that_fails_shows_its_line_and_its_traceback(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(box(page)).to_be_visible()
    preview.edit(preview.plain.pre, '["source"]', '["text"]')
    expect(page.get_by_role("alert")).to_contain_text("KeyError: 'text'")
    expect(page.locator("#source mark")).to_contain_text('event["dataObject"]["text"]')
    expect(page.locator(".printed")).to_contain_text("Traceback")
    expect(page.locator("#data-object")).to_contain_text("text <0>")
    preview.edit(preview.plain.pre, "def lambda_handler", "def lambda_handler(")
    expect(page.get_by_role("alert")).to_contain_text("SyntaxError")


def test_what_goes_wrong_in_the_page_is_told_with_the_templates_line(chromium: Browser, preview: Served) -> None:
    preview.plain.template.write_text(
        """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <p>{{ task.input.text }}</p>
  <crowd-inptu name="said"></crowd-inptu>
  <img src="https://pictures.example/cat.png" alt="">
  <img src="/nothing.png" alt="">
</crowd-form>
<script>
console.error("not good");
</script>
<script>setTimeout(() => {
  missing.call();
});</script>
""",
        "utf-8",
    )
    page = chromium.new_page()  # whose errors are meant
    page.goto(preview.address)
    for told, line in (
        ("<crowd-inptu> is not an element of the crowd script", 4),
        ("https://pictures.example/cat.png, which is not on this machine", 5),
        ("/nothing.png could not be loaded", 6),
        ("the page wrote to the console: not good", 9),
        ("a script of the page failed: Uncaught ReferenceError: missing is not defined", 12),
    ):
        row = page.locator(".findings li").filter(has_text=told)
        expect(row).to_have_count(1)
        expect(row.locator(".at")).to_have_text(re.compile(rf"plain\.liquid\.html:{line}$"))
    expect(page.get_by_role("button", name="Findings (5)")).to_be_visible()
    page.close()


def test_no_human_annotation_and_remarks_are_told(page: Page, preview: Served) -> None:
    preview.edit(preview.plain.pre, '"isHumanAnnotationRequired": True', '"isHumanAnnotationRequired": False')
    page.goto(preview.address)
    expect(page.get_by_text("no worker sees it")).to_be_visible()


def test_a_line_that_is_not_there_is_told(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/77")
    expect(page.get_by_role("alert")).to_contain_text("there is no line 77")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    preview.plain.manifest.write_text("", "utf-8")
    expect(page.get_by_role("alert")).to_contain_text("the manifest has no lines")
    expect(page.locator("#place")).to_have_text("no lines")
    expect(page.get_by_role("status").filter(has_text="0 lines")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(0)
    expect(page.get_by_text("No line has these words.")).to_have_count(0)


def test_a_fault_far_to_the_right_is_in_sight(page: Page, preview: Served) -> None:
    far = "<b>so</b>" * 100
    preview.edit(preview.plain.template, "<p>{{ task.input.text", f"<p>{far}{{{{ task.input.txet")
    page.goto(preview.address)
    caret = page.locator("#source .caret")
    expect(caret).to_have_text("^")
    source, at = page.locator("#source").bounding_box(), caret.bounding_box()
    assert source
    assert at
    assert source["x"] < at["x"] < source["x"] + source["width"] - at["width"]
    lines = (page.locator("#source").text_content() or "").split("\n")
    marked = next(index for index, line in enumerate(lines) if line.startswith("3 >"))
    assert lines[marked + 1].index("^") == lines[marked].index("task.input.txet")
