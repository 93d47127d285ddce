"""The preview's workbench: lines, the worker's page, its data, workers, widths, colors, keys, looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.previewing import Served, box, frame, hold_first, served, submit


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("preview"), lines=5) as bench:
        yield bench


def test_a_line_is_shown_with_its_data_and_the_answer_so_far(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(page.get_by_text("line 1 of 5")).to_be_visible()
    expect(frame(page).get_by_text("text <0> & \U0001f98a")).to_be_visible()
    expect(page.locator("#data-object")).to_contain_text('source: "text <0> & \U0001f98a"')
    expect(page.locator("#task-input")).to_contain_text('text: "text <0> & \U0001f98a"')
    box(page).fill("half done")
    expect(page.locator("#answer-now")).to_have_text(re.compile(r'said: "half done"'))
    expect(page.locator("#answer")).to_have_text("Nothing yet: submit on the page.")


def test_an_element_that_has_its_own_form_tells_its_answer_too(page: Page, preview: Served) -> None:
    preview.plain.template.write_text(
        """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-entity-annotation name="names" text="{{ task.input.text }}" labels="['word']"
  initial-value="[{'label': 'word', 'startOffset': 0, 'endOffset': 4}]"></crowd-entity-annotation>""",
        "utf-8",
    )
    page.goto(preview.address)
    expect(page.locator("#answer-now")).to_contain_text('label: "word"')
    preview.mend()


def test_next_and_previous_by_button_and_by_key(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(frame(page).get_by_text("text <1>")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("line 3 of 5")).to_be_visible()
    expect(page).to_have_url(re.compile("/lines/3$"))
    page.keyboard.press("k")
    expect(page.get_by_text("line 2 of 5")).to_be_visible()
    box(page).press("Alt+j")
    expect(page.get_by_text("line 3 of 5")).to_be_visible()
    # Whoever works inside the page goes on inside the next one.
    expect(frame(page).get_by_text("text <2>")).to_be_visible()
    expect(page.locator("iframe.page")).to_be_focused()
    expect(page.locator("#answer-now")).to_contain_text("{}")
    page.keyboard.press("Tab")
    page.keyboard.type("by keys")
    expect(box(page)).to_have_value("by keys")
    page.keyboard.press("Alt+w")
    expect(page).to_have_url(re.compile(r"worker=2$"))
    expect(box(page)).to_have_value("")
    expect(page.locator("iframe.page")).to_be_focused()
    page.keyboard.press("Alt+k")
    expect(frame(page).get_by_text("text <1>")).to_be_visible()
    expect(page.locator("iframe.page")).to_be_focused()
    page.get_by_role("link", name=re.compile("text <3>")).click()
    expect(frame(page).get_by_text("text <3>")).to_be_visible()
    expect(page.locator("iframe.page")).not_to_be_focused()
    page.go_back()
    expect(page.get_by_text("line 2 of 5")).to_be_visible()
    page.goto(f"{preview.address}/lines/5")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


def test_who_works_in_the_page_goes_on_in_the_one_that_comes(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(page.locator("#answer-now")).to_contain_text("{}")
    held = hold_first(page, "**/api/lines/2?*")
    with page.expect_request("**/api/lines/2?*"):
        page.get_by_role("button", name="Next").click()
    box(page).focus()
    held[0].continue_()
    expect(frame(page).get_by_text("text <1>")).to_be_visible()
    expect(page.locator("iframe.page")).to_be_focused()


def test_the_first_line_found_is_opened_also_if_the_list_is_asked_for_once_more(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(5)
    held: list[Route] = []
    page.route("**/api/lines?search=*3*", lambda route: held.append(route))
    page.get_by_role("searchbox").fill("<3>")
    with page.expect_request("**/api/lines?search=*3*"):
        page.keyboard.press("Enter")
    with page.expect_request("**/api/lines?search=*3*"):
        page.evaluate("() => fetch('/api/lines/5/answers', {method: 'DELETE'})")
    for route in held:
        with page.expect_response(route.request.url):
            route.continue_()
    expect(frame(page).get_by_text("text <3>")).to_be_visible()


def test_the_list_is_searched_and_gone_through_by_keyboard_alone(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(5)
    expect(links.first).to_have_attribute("aria-current", "page")
    page.keyboard.press("/")
    page.keyboard.type("<3>")
    expect(links).to_have_count(1)
    expect(page.get_by_text("1 of 5 lines")).to_be_visible()
    page.keyboard.press("Enter")
    expect(frame(page).get_by_text("text <3>")).to_be_visible()
    # From line to line of what was found, also from a line that was not.
    page.get_by_role("searchbox").fill("text")
    expect(links).to_have_count(5)
    page.get_by_role("searchbox").fill("number 4")
    expect(links).to_have_count(1)
    page.locator("#next").focus()
    page.keyboard.press("j")
    expect(page.get_by_text("line 5 of 5")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No line has these words.")).to_be_visible()
    page.get_by_role("searchbox").fill("4")
    expect(links).to_have_count(2)  # line 4, and the text <4>
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("line 4 of 5")).to_be_visible()


def test_lines_get_their_marks_without_being_opened(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(page.get_by_role("link", name=re.compile("text <4>.*, well"))).to_be_visible()


def test_workers_answer_one_after_the_other_and_their_label_is_made_anew(page: Page, preview: Served) -> None:
    page.goto(f"{preview.address}/lines/2")
    submit(page, "fox")
    expect(page.locator("#output-line")).to_contain_text("votes: 1")
    page.keyboard.press("Alt+w")
    expect(page).to_have_url(re.compile(r"/lines/2\?worker=2$"))
    expect(page.get_by_role("button", name="Worker 1, has answered")).to_be_visible()
    expect(page.locator("#answer")).to_have_text("Nothing yet: submit on the page.")
    submit(page, "fox", worker=2)
    submit(page, "dog", worker=3)
    expect(page.locator("#output-line")).to_contain_text("votes: 2")
    expect(page.locator("#response")).to_contain_text('said: "fox"')
    expect(page.locator("#request")).to_contain_text("private.us-east-1.0000000000000003")
    expect(page.get_by_role("link", name=re.compile("text <1>.*3 answers"))).to_be_visible()
    page.get_by_role("button", name="Answers and label").click()
    drawing = page.frame_locator("iframe.drawing")
    for name in ("Consolidated", "W1", "W2", "W3"):
        expect(drawing.get_by_text(name, exact=True).first).to_be_visible()
    # Who answers again replaces the own answer, and the label changes with it.
    page.get_by_role("button", name="Worker 1, has answered").click()
    expect(page.locator("#answer")).to_contain_text("fox")
    expect(page.locator("#answer-now")).not_to_have_text("…")
    box(page).fill("dog")
    frame(page).locator("[data-testid=crowd-submit]").click()
    expect(page.locator("#response")).to_contain_text('said: "dog"')
    page.get_by_role("button", name="Forget answers").click()
    expect(page.locator("#request")).to_have_text("Nothing yet: submit on the page.")


def test_a_tree_is_closed_opened_and_copied(page: Page, preview: Served) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=preview.address)
    page.goto(preview.address)
    expect(page.locator("#task-input")).to_contain_text("text <0>")
    copy = page.get_by_role("button", name="Copy: Task input")
    copy.click()
    expect(copy).to_have_text("Copied")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_attached()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == {"text": "text <0> & \U0001f98a"}
    heading = page.get_by_role("button", name="Task input", exact=True)
    heading.press("Enter")
    expect(page.locator("#task-input")).to_be_hidden()
    page.reload()
    expect(heading).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#task-input")).to_be_hidden()


def test_panels_are_sized_and_the_list_is_skipped_by_keyboard_alone(page: Page, preview: Served) -> None:
    page.goto(preview.address)
    expect(box(page)).to_be_visible()
    below, data = page.locator(".below"), page.get_by_role("complementary")
    height = round(below.evaluate("panel => panel.getBoundingClientRect().height") + 32.01)
    width = data.evaluate("panel => panel.getBoundingClientRect().width")
    page.get_by_role("separator", name="Resize the findings").press("ArrowUp")
    page.get_by_role("separator", name="Resize the data").press("ArrowRight")
    expect(below).to_have_css("height", f"{height}px")
    expect(data).to_have_css("width", f"{width - 32:g}px")
    page.reload()
    expect(below).to_have_css("height", f"{height}px")
    expect(data).to_have_css("width", f"{width - 32:g}px")
    expect(page.locator("#answer-now")).to_contain_text("{}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("by keys alone")
    expect(box(page)).to_have_value("by keys alone")


def test_the_list_stays_where_it_was_scrolled_while_marks_and_answers_come(page: Page, preview: Served) -> None:
    page.set_viewport_size({"width": 1280, "height": 170})
    page.goto(preview.address)
    expect(page.get_by_role("link", name=re.compile("text <4>.*, well"))).to_be_attached()
    page.locator(".list").evaluate("list => list.scrollTo(0, 1000)")
    scrolled = page.locator(".list").evaluate("list => list.scrollTop")
    assert scrolled > 0
    with page.expect_response(re.compile(r"/api/lines\?")):
        page.evaluate("() => fetch('/api/lines/5/answers', {method: 'DELETE'})")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.locator(".list").evaluate("list => list.scrollTop") == scrolled


def test_width_and_colors_are_chosen_and_stay_in_the_address(page: Page, preview: Served) -> None:
    preview.edit(preview.plain.template, "<p>", '<p style="color: light-dark(rgb(1 1 1), rgb(2 2 2))">')
    page.goto(preview.address)
    text = frame(page).get_by_text("text <0>")
    expect(text).to_have_css("color", "rgb(1, 1, 1)")
    box(page).fill("kept")
    page.get_by_label("Colors").select_option("dark")
    expect(text).to_have_css("color", "rgb(2, 2, 2)")
    page.get_by_label("Width").select_option("390")
    expect(page.locator("iframe.page")).to_have_css("width", "390px")
    expect(box(page)).to_have_value("kept")
    expect(page).to_have_url(re.compile(r"\?width=390&scheme=dark$"))
    page.reload()
    expect(text).to_have_css("color", "rgb(2, 2, 2)")
    expect(page.locator("iframe.page")).to_have_css("width", "390px")
    preview.mend()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_workbench_is_accessible(chromium: Browser, preview: Served, scheme: Any, width: int) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{preview.address}/lines/3")
    submit(page, "a label")
    expect(page.locator("#output-line")).to_contain_text("votes")
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    page.get_by_role("button", name="Answers and label").click()
    expect(page.frame_locator("iframe.drawing").get_by_text("Consolidated").first).to_be_visible()
    found += Axe().run(page).response["violations"] if width == 1280 else []
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
