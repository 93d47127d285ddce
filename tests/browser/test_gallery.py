"""The gallery in a browser: every element, its attributes as controls, its answer as it changes, links, keys, looks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, expect

from tests.browser.drafts import draft_holds
from truthkit.elements import load_catalogue

ELEMENTS = load_catalogue()
STORIES = [(tag, number) for tag, element in ELEMENTS.items() for number in range(len(element.stories))]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-c", "from truthkit.cli import main; main()", "gallery", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            text = process.stdout.readline()
            assert text, said
            said += text
        try:
            yield json.loads(said)["address"]
        finally:
            process.terminate()
            assert process.wait(30) == 0
            assert process.stdout.read() == ""


# The form that has an element's answer: around it, or its own.
FORM_OF = "(element => element.closest('crowd-form') ?? element.shadowRoot.querySelector('crowd-form'))"


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def answer(page: Page) -> Any:
    return json.loads(page.locator("#answer").inner_text())


def stands(page: Page) -> None:
    """Waits until the story in the frame has told of itself."""
    expect(page.locator("#answer")).not_to_have_text("…")


@pytest.mark.parametrize(("tag", "number"), STORIES, ids=[f"{tag}-{number}" for tag, number in STORIES])
def test_every_story_stands_and_its_answer_fits_the_schema(page: Page, address: str, tag: str, number: int) -> None:
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A frame of another origin may not take the focus by itself.
        if message.type in ("error", "warning") and "Blocked autofocusing" not in message.text:
            said.append(message.text)

    page.on("console", listen)
    page.goto(f"{address}/#{tag}?story={number}")
    expect(page.get_by_role("heading", level=1)).to_have_text(tag)
    stands(page)
    assert frame(page).locator(tag).first.evaluate("element => element.shadowRoot !== null")
    assert said == []
    answer_fits_the_schema(page, tag)


def answer_fits_the_schema(page: Page, tag: str) -> None:
    about = ELEMENTS[tag].answer
    if about is None:
        return
    element = frame(page).locator(tag).first
    whole = element.evaluate(f"element => {FORM_OF}(element)._submittableValue")
    key = about.key if about.place == "key" else element.get_attribute("name")
    value = whole if about.place == "top-level" else whole.get(key)
    # Not everything has an answer before the worker has done something, or a whole one.
    if value and element.evaluate("element => element.validate()"):
        jsonschema.validate(value, about.schema, cls=jsonschema.Draft202012Validator)


def test_the_list_has_every_element_and_search_narrows_it(page: Page, address: str) -> None:
    page.goto(address)
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(len(ELEMENTS))
    page.keyboard.press("/")
    page.keyboard.type("round button")
    expect(links).to_have_text(["crowd-fab", "crowd-icon-button"])
    links.nth(1).click()
    expect(page).to_have_url(re.compile("#crowd-icon-button$"))
    expect(page).to_have_title(re.compile("crowd-icon-button"))


def test_keys_go_through_the_list(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-form")
    stands(page)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-button")
    expect(page.get_by_role("link", name="crowd-button")).to_have_attribute("aria-current", "page")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-form")


def test_enter_in_the_search_opens_the_first_hit(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("searchbox").fill("round button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#crowd-fab$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-fab")


def test_it_starts_with_the_first_of_the_list(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-form")
    expect(page.get_by_role("link", name="crowd-form", exact=True)).to_have_attribute("aria-current", "page")


def test_the_current_element_is_in_sight_in_the_list(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto(f"{address}/#iron-icon")
    expect(page.get_by_role("link", name="iron-icon")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name="iron-icon")).to_be_in_viewport()


def test_an_unknown_address_is_told_with_the_nearest_element(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-sliderr")
    expect(page.get_by_role("alert")).to_contain_text("There is no such element: crowd-sliderr")
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("alert").get_by_role("link", name="crowd-slider").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-slider")
    stands(page)


def test_the_answer_knows_the_picture_once_it_stands(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-bounding-box")
    expect(page.locator("#answer")).to_contain_text('"width": 640')


def test_attributes_are_controls_of_their_kind(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-slider")
    stands(page)
    slider = frame(page).locator("crowd-slider")
    expect(page.get_by_label("max", exact=True)).to_have_value("5")
    page.get_by_label("max", exact=True).fill("9")
    expect(slider).to_have_attribute("max", "9")
    page.get_by_label("pin", exact=True).uncheck()
    expect(slider).not_to_have_attribute("pin", "")
    page.get_by_label("name required", exact=True).fill("liveliness")
    expect(page.locator("#answer")).to_contain_text('"liveliness": 4')

    page.goto(f"{address}/#crowd-alert")
    stands(page)
    page.get_by_label("type", exact=True).select_option("error")
    expect(frame(page).locator("crowd-alert").first).to_have_attribute("type", "error")


def test_json_that_is_none_is_told_here_and_in_the_element(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-classifier")
    stands(page)
    categories = page.get_by_label("categories required", exact=True)
    categories.fill("['Jazz', 'Folk")
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    expect(frame(page).get_by_text("categories=")).to_be_visible()
    categories.fill("['Jazz', 'Blues']")
    expect(page.get_by_text("This is not JSON")).to_have_count(0)
    expect(frame(page).get_by_test_id("Blues")).to_be_visible()
    expect(categories).to_have_value("['Jazz', 'Blues']")


def test_the_keys_of_a_widget_are_told_in_its_language(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-classifier")
    expect(page.locator("#keys")).to_contain_text("Undo")
    page.goto(f"{address}/#crowd-classifier?language=de")
    expect(page.locator("#keys")).to_contain_text("Rückgängig")


def test_the_list_can_be_skipped(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-slider")
    stands(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Story", exact=True)).to_be_focused()


def test_what_is_changed_counts_from_the_start_when_it_begins_anew(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-slider")
    stands(page)
    page.get_by_label("value", exact=True).fill("2")
    frame(page).get_by_role("slider").press("ArrowRight")
    expect(page.locator("#answer")).to_contain_text('"energy": 3')
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator("#answer")).to_contain_text('"energy": 2')
    expect(frame(page).locator("crowd-slider")).to_have_attribute("value", "2")


def test_the_answer_follows_the_worker(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-checkbox")
    stands(page)
    assert answer(page) == {"defects": {"scratch": True, "dent": False, "warp": False}}
    frame(page).get_by_text("Dent").click()
    expect(page.locator("#answer")).to_contain_text('"dent": true')
    expect(page.locator("#events")).to_contain_text("change crowd-checkbox defects")
    frame(page).get_by_role("button", name="Submit").click()
    expect(page.locator("#events")).to_contain_text("submit form")
    expect(frame(page).get_by_text("Submitted")).to_be_visible()


def test_a_reload_keeps_what_the_worker_has_done(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-input")
    stands(page)
    frame(page).get_by_label("Artist").fill("Odetta")
    expect(page.locator("#answer")).to_contain_text("Odetta")
    story = page.locator("iframe").element_handle().content_frame()
    assert story is not None
    draft_holds(story, "Odetta")
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("#events")).to_contain_text("all-crowd-elements-ready")
    expect(frame(page).get_by_label("Artist")).to_have_value("Odetta")
    page.get_by_role("button", name="Begin anew").click()
    expect(frame(page).get_by_label("Artist")).to_have_value("")


def test_switches_are_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-slider")
    stands(page)
    page.get_by_label("Story", exact=True).select_option("With a field and a second bar")
    page.get_by_label("Language", exact=True).select_option("العربية")
    page.get_by_label("Width", exact=True).select_option("390")
    page.get_by_label("Colors", exact=True).select_option("Dark")
    expect(page).to_have_url(re.compile(r"#crowd-slider\?story=1&language=ar&"))
    for _ in range(2):
        html = frame(page).locator("html")
        expect(html).to_have_attribute("lang", "ar")
        expect(html).to_have_attribute("dir", "rtl")
        expect(html).to_have_css("color-scheme", "dark")
        expect(frame(page).locator("crowd-slider")).to_have_attribute("editable", "")
        box = page.locator("iframe").bounding_box()
        assert box is not None
        assert box["width"] == 390
        page.reload()
    page.get_by_label("Direction", exact=True).select_option("Left to right")
    expect(frame(page).locator("html")).to_have_attribute("dir", "ltr")


def test_origins_are_kept_apart(page: Page, address: str) -> None:
    page.goto(f"{address}/#crowd-form")
    stands(page)
    source = page.locator("iframe").get_attribute("src")
    assert source is not None
    assert not source.startswith(address)
    policy = urllib.request.urlopen(source).headers["Content-Security-Policy"]
    assert f"frame-ancestors {address}" in policy
    assert "default-src 'self'" in policy
    request = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 403


@pytest.mark.parametrize(
    "token",
    [
        "crowd-form.9.x",
        "crowd-nothing.0.x",
        "crowd-form",
        "crowd-form.-1.x",
        "crowd-form.²",
        f"crowd-form.{'9' * 5000}.x",
    ],
    ids=["number", "tag", "none", "negative", "superscript", "thousands-of-digits"],
)
def test_there_is_no_other_story(page: Page, address: str, token: str) -> None:
    page.goto(address)
    source = page.locator("iframe").get_attribute("src")
    assert source is not None
    response = page.request.get(f"{source.split('/tasks/')[0]}/tasks/{token}")
    assert response.status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_gallery_is_accessible(chromium: Browser, address: str, scheme: Any, width: int) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/#crowd-slider")
    stands(page)
    for details in page.locator("aside details").all():
        details.evaluate("details => { details.open = true; }")
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
