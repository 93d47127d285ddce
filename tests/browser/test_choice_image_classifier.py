"""``crowd-image-classifier``: a category for a picture, the worker's comment, and what lies on the picture."""

from __future__ import annotations

import base64
import html as markup
import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.drafts import draft_has_states

COMMENT = """<worker-comment header="What is wrong?" link-text="Say what is wrong" placeholder="The box of …">Name the
  object. <b id="advice">Be brief.</b></worker-comment>"""
GREEN = "#2ca02c"
BLUE = "#1f77b4"


def verdict(attributes: str = "", content: str = "", src: str = "/picture.svg") -> str:
    return f"""<crowd-form><crowd-image-classifier id="it" name="verdict" header="Right?" src="{src}"
      categories="['accept', 'reject']" {attributes}>{content}</crowd-image-classifier></crowd-form>"""


def overlay(value: Any) -> str:
    return f'overlay="{markup.escape(json.dumps(value))}"'


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page, state: str = "submitted") -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, state)


def wait_picture(page: Page, state: str = "ready") -> None:
    expect(page.locator("#annotation-area-container")).to_have_attribute("data-state", state)


def category(page: Page, text: str) -> Locator:
    return page.locator(f'button.category-button[data-testid="{text}"]')


def test_one_category_for_the_picture(page: Page, visit: Any) -> None:
    site = visit(verdict())
    wait_picture(page)
    assert page.evaluate("[it.value, it._submittableValue]") == [None, None]
    submit(page, "invalid")
    expect(page.locator("#actionsContainer .error")).to_have_text("Choose a category")
    page.keyboard.press("2")
    assert page.evaluate("it.value") == "reject"
    submit(page)
    assert site.answers == [[{"verdict": {"label": "reject"}}]]


def test_the_picture_stands_left_of_the_categories_or_above(page: Page, visit: Any) -> None:
    visit(verdict())
    wait_picture(page)
    # Until the picture has found its size.
    stands = """([before, after]) => {
      const [picture, picker] = ['#annotation-area-container', '.category-picker-wrapper']
        .map((hook) => it.shadowRoot.querySelector(hook).getBoundingClientRect());
      return picker[before] >= picture[after] && document.documentElement.scrollWidth <= innerWidth }"""
    page.wait_for_function(stands, arg=["left", "right"])
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(stands, arg=["top", "bottom"])


# ---- the picture


@pytest.mark.parametrize("src", ["/nothing.png", "http://127.0.0.1:9/far.png?token=secret"], ids=["missing", "far"])
def test_a_picture_that_fails_says_why_and_bars_a_silent_answer(page: Page, visit: Any, src: str) -> None:
    site = visit(verdict(src=src))
    wait_picture(page, "failed")
    path = src.split("?")[0].split("/")[-1]
    told = page.get_by_test_id("picture-failed")
    expect(told).to_contain_text(path)
    expect(told).not_to_contain_text("secret")
    submit(page, "invalid")
    expect(page.locator("#actionsContainer .error")).to_contain_text(path)
    expect(page.locator("#actionsContainer .error")).to_contain_text("Choose a category")
    assert site.posts == []
    category(page, "reject").click()
    submit(page)
    assert site.answers == [[{"verdict": {"label": "reject"}}]]


def test_the_tenth_category_has_the_zero_that_else_shows_the_whole_picture(page: Page, visit: Any) -> None:
    visit(verdict().replace("'accept', 'reject'", ", ".join(f"'c{n}'" for n in range(1, 11))))
    wait_picture(page)
    page.keyboard.press("0")
    assert page.evaluate("it.value") == "c10"
    page.keyboard.press("+")
    zoomed = page.get_by_test_id("zoom-fit").inner_text()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("zoom-fit")).not_to_have_text(zoomed)


# ---- the comment


def test_a_comment_is_part_of_the_answer(page: Page, visit: Any) -> None:
    site = visit(verdict(content=COMMENT))
    expect(page.locator("#advice")).to_be_hidden()
    page.get_by_role("button", name="Say what is wrong").click()
    dialog = page.get_by_role("dialog", name="What is wrong?")
    expect(page.locator("#advice")).to_be_visible()
    field = dialog.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("placeholder", "The box of …")
    page.keyboard.type("box 2 misses\nthe tail")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Your comment: box 2 misses")).to_be_visible()
    expect(page.get_by_role("button", name="Say what is wrong")).to_be_focused()
    page.keyboard.press("2")
    assert page.evaluate("it._submittableValue") == {"label": "reject", "workerComment": "box 2 misses\nthe tail"}
    submit(page)
    assert site.answers == [[{"verdict": {"label": "reject", "workerComment": "box 2 misses\nthe tail"}}]]


@pytest.mark.parametrize("text", ["", "  \n"], ids=["nothing", "white-space"])
def test_without_words_there_is_no_comment(page: Page, visit: Any, text: str) -> None:
    site = visit(verdict(content=COMMENT))
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Done").click()
    page.keyboard.press("1")
    submit(page)
    assert site.answers == [[{"verdict": {"label": "accept"}}]]


def test_comment_without_attributes(page: Page, visit: Any) -> None:
    visit(verdict(content="<worker-comment></worker-comment>"))
    page.get_by_role("button", name="Add a comment.").click()
    field = page.get_by_role("dialog", name="Add a comment.").get_by_role("textbox")
    expect(field).to_have_attribute("placeholder", "")
    field.fill("1")
    page.keyboard.press("2")
    expect(field).to_have_value("12")
    assert page.evaluate("it.value ?? null") is None


def test_no_comment_where_none_is_asked_for(page: Page, visit: Any) -> None:
    visit(verdict())
    expect(page.locator(".comment")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_multi_select_takes_a_comment_too(page: Page, visit: Any) -> None:
    html = verdict(content=COMMENT).replace("crowd-image-classifier", "crowd-image-classifier-multi-select")
    site = visit(html)
    page.keyboard.press("c")
    page.keyboard.type("hm")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("1")
    submit(page)
    assert site.answers == [[{"verdict": {"labels": ["accept"], "workerComment": "hm"}}]]


def test_a_reload_keeps_choice_and_comment(page: Page, visit: Any) -> None:
    visit(verdict(content=COMMENT))
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("the tail")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Your comment: the tail")).to_be_visible()
    draft_has_states(page, 1)
    page.reload()
    expect(page.get_by_text("Your comment: the tail")).to_be_visible()
    assert page.evaluate("it._submittableValue") == {"label": "reject", "workerComment": "the tail"}
    page.evaluate("document.querySelector('crowd-form').reset()")
    expect(page.get_by_text("Your comment:")).to_have_count(0)


# ---- what lies on the picture: 320 by 120 pixels of #4477aa


def pixel(page: Page, x: int, y: int) -> Any:
    """What is drawn above a point of the picture: red, green, blue, alpha."""
    return page.evaluate(
        """([x, y]) => {
          const canvas = it.shadowRoot.querySelector('canvas.upper-canvas');
          const scale = canvas.width / 320;
          return Array.from(canvas.getContext('2d').getImageData(x * scale, y * scale, 1, 1).data) }""",
        [x, y],
    )


def wait_pixel(page: Page, x: int, y: int, drawn: bool) -> None:
    page.wait_for_function(
        """([x, y, drawn]) => {
          const canvas = it.shadowRoot.querySelector('canvas.upper-canvas');
          const scale = canvas.width / 320;
          return (canvas.getContext('2d').getImageData(x * scale, y * scale, 1, 1).data[3] > 0) === drawn }""",
        arg=[x, y, drawn],
    )


def mask(width: int = 320, height: int = 120, mode: str = "RGB") -> str:
    """The left third in green, the middle third in blue, the right third in a color without a label and white."""
    image = Image.new(mode, (width, height), "#ffffff")
    third = width // 3
    image.paste(GREEN, (0, 0, third, height))
    image.paste(BLUE, (third, 0, 2 * third, height))
    image.paste("#010203", (2 * third, 0, width, height // 2))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


BOXES = {
    "boundingBox": {
        "labels": ["cup", "jar"],
        "value": [
            {"label": "jar", "left": 12, "top": 30, "width": 25, "height": 40},
            {"label": "jar", "left": 100, "top": 40, "width": 50, "height": 50},
            {"label": "cup", "left": 200, "top": 40, "width": 50, "height": 50},
            {"label": "unknown", "left": 280, "top": 40, "width": 30, "height": 50},
        ],
    }
}


def test_boxes_with_a_legend(page: Page, visit: Any) -> None:
    visit(verdict(overlay(BOXES)))
    wait_picture(page)
    wait_pixel(page, 100, 60, True)
    wait_pixel(page, 200, 60, True)
    assert pixel(page, 280, 60)[3] == 0
    assert pixel(page, 125, 65)[3] == 0
    legend = page.get_by_role("group", name="Shown on the picture")
    assert legend.get_by_role("button").all_inner_texts() == ["cup", "jar\n2"]
    expect(page.get_by_role("img")).to_have_attribute(
        "aria-label", "Right?: Picture. Shown on the picture: cup, jar (2)"
    )
    legend.get_by_role("button", name="jar").click()
    wait_pixel(page, 100, 60, False)
    assert pixel(page, 200, 60)[3] > 0
    expect(legend.get_by_role("button", name="jar")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("o")
    wait_pixel(page, 100, 60, True)
    page.keyboard.press("o")
    wait_pixel(page, 200, 60, False)
    assert page.evaluate("it.value ?? null") is None


SEMANTIC = {"labels": ["sea", "sky"], "labelMappings": {"sea": {"color": GREEN}, "sky": {"color": BLUE}}}
INSTANCES = {"labels": ["cell"], "instances": [{"color": GREEN, "label": "cell"}, {"color": BLUE, "label": "cell"}]}


@pytest.mark.parametrize(
    ("kind", "value", "legend"),
    [("semanticSegmentation", SEMANTIC, ["sea", "sky"]), ("instanceSegmentation", INSTANCES, ["cell\n2"])],
)
def test_masks_with_a_legend(page: Page, visit: Any, kind: str, value: Any, legend: list[str]) -> None:
    visit(verdict(overlay({kind: {**value, "src": mask()}})))
    wait_pixel(page, 50, 60, True)
    assert pixel(page, 50, 60)[1] > pixel(page, 50, 60)[2]
    assert pixel(page, 160, 60)[2] > pixel(page, 160, 60)[0]
    assert pixel(page, 270, 30)[3] == 0
    assert pixel(page, 270, 100)[3] == 0
    assert page.locator(".legend-entry").all_inner_texts() == legend
    page.locator(".legend-entry").first.click()
    wait_pixel(page, 50, 60, False)
    expect(page.locator(".faults")).to_be_empty()


def test_a_mask_of_another_size_is_told_and_stretched(page: Page, visit: Any) -> None:
    visit(verdict(overlay({"semanticSegmentation": {**SEMANTIC, "src": mask(160, 60)}})))
    expect(page.locator(".faults")).to_contain_text("mask of 160 × 60 pixels, the picture has 320 × 120")
    wait_pixel(page, 50, 60, True)
    wait_pixel(page, 160, 60, True)


def test_a_mask_that_fails_says_why(page: Page, visit: Any) -> None:
    site = visit(verdict(overlay({"semanticSegmentation": {**SEMANTIC, "src": "/no-mask.png"}})))
    expect(page.locator(".faults")).to_contain_text("no-mask.png")
    page.keyboard.press("1")
    submit(page)
    assert site.answers == [[{"verdict": {"label": "accept"}}]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"polygon": {}}, 'overlay={"polygon":{}} is not an object with one of'),
        (
            {"boundingBox": {"labels": ["a"], "value": [{"label": "a", "left": None}]}},
            'impossible numbers: {"label":"a"',
        ),
        (
            {"semanticSegmentation": {**SEMANTIC, "labelMappings": {"sea": {"color": "#ffffff"}}, "src": "x"}},
            "is white",
        ),
        ({"instanceSegmentation": INSTANCES}, "no address of a mask: src is null"),
    ],
)
def test_what_is_wrong_with_an_overlay_is_told(page: Page, visit: Any, value: Any, message: str) -> None:
    site = visit(verdict(overlay(value)))
    expect(page.locator(".faults")).to_contain_text(message)
    page.keyboard.press("1")
    submit(page)
    assert site.answers == [[{"verdict": {"label": "accept"}}]]


def test_the_overlay_is_live(page: Page, visit: Any) -> None:
    visit(verdict())
    wait_picture(page)
    expect(page.locator(".legend")).to_have_count(0)
    page.evaluate("(value) => { it.overlay = value }", BOXES)
    wait_pixel(page, 100, 60, True)
    page.evaluate("it.overlay = undefined")
    wait_pixel(page, 100, 60, False)
    expect(page.locator(".legend")).to_have_count(0)
