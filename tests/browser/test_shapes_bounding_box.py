"""crowd-bounding-box: its answer, and every way to draw, change and take back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drafts import draft_holds

from .shapes import LABELS, Hands, template

SIZE = {"height": 120, "width": 320}
GIVEN = [
    {"label": "bolt", "left": 14, "top": 20, "width": 33, "height": 60},
    {"label": "nut", "left": 100, "top": 30, "width": 40, "height": 50},
]


@pytest.fixture
def tool(page: Page, visit: Any) -> Any:
    def open_tool(**attributes: Any) -> Hands:
        visit(template("crowd-bounding-box", **attributes))
        return Hands(page).ready()

    return open_tool


def box(label: str, left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


def test_choose_draw_choose_draw(tool: Any) -> None:
    hands = tool()
    hands.drag((14, 20), (47, 80))
    hands.keys("2")
    hands.drag((100, 30), (140, 80))
    hands.click(120, 50)  # now it is selected, and a label is for it
    hands.keys("3")
    assert hands.value["boundingBoxes"] == [box("bolt", 14, 20, 33, 60), box("washer", 100, 30, 40, 50)]


def test_the_answer(page: Page, visit: Any) -> None:
    site = visit(template("crowd-bounding-box", name="parts"))
    hands = Hands(page).ready()
    hands.drag((14, 20), (47, 80))
    hands.keys("Escape", "2")
    hands.drag((140, 80), (100, 30))
    hands.submit()
    boxes = [box("bolt", 14, 20, 33, 60), box("nut", 100, 30, 40, 50)]
    assert site.answers == [[{"parts": {"boundingBoxes": boxes, "inputImageProperties": SIZE}}]]


def test_initial_values_are_there_and_their_change_is_told(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    assert hands.value == {"boundingBoxes": GIVEN, "initialValueModified": False, "inputImageProperties": SIZE}
    hands.click(47, 40)  # the right border of the first
    hands.drag((47, 40), (57, 40))
    assert hands.value["initialValueModified"] is True
    assert hands.value["boundingBoxes"][0] == box("bolt", 24, 20, 33, 60)
    hands.keys("ArrowLeft", *["ArrowLeft"] * 9)
    assert hands.value["initialValueModified"] is False


def test_clamped_to_the_picture_and_the_same_at_every_zoom(tool: Any) -> None:
    hands = tool()
    hands.drag((300, 100), (400, 300))
    assert hands.value["boundingBoxes"] == [box("bolt", 300, 100, 20, 20)]
    hands.keys("Escape", "+", "+", "+")
    hands.drag((150, 50), (170, 60))
    assert hands.value["boundingBoxes"][1] == box("bolt", 150, 50, 20, 10)


def test_keys_alone_draw_reshape_relabel_duplicate_and_delete(page: Page, tool: Any) -> None:
    hands = tool()
    hands.focus()
    hands.keys("2", "Enter", *["Shift+ArrowRight"] * 4, *["ArrowDown"] * 5, "Enter")
    assert hands.value["boundingBoxes"] == [box("nut", 160, 60, 40, 5)]
    assert hands.rows() == ["nut: 40 by 5 at 160, 60"]
    hands.keys("ArrowLeft", "Shift+ArrowDown")
    hands.keys("Enter", "ArrowUp")  # its top left corner
    assert hands.value["boundingBoxes"] == [box("nut", 159, 69, 40, 6)]
    hands.keys("3")
    assert hands.value["boundingBoxes"] == [box("washer", 159, 69, 40, 6)]
    hands.keys("Escape", "Control+d", "Escape", "n", "Delete")
    assert hands.value["boundingBoxes"] == [box("washer", 169, 79, 40, 6)]
    hands.keys("Control+z", "Control+z", "Control+z", "Control+z", "Control+z", "Control+z")
    assert hands.value["boundingBoxes"] == []
    hands.keys("Control+Shift+z", "Control+y")
    assert hands.value["boundingBoxes"] == [box("nut", 159, 70, 40, 5)]


def test_the_list_walks_and_tells(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    assert hands.rows() == ["bolt: 33 by 60 at 14, 20", "nut: 40 by 50 at 100, 30"]
    page.locator("#tool .region-list").focus()
    hands.keys("ArrowDown", "ArrowDown")
    expect(page.locator("#tool [role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    hands.keys("Enter", "ArrowRight")  # onto the picture, and a nudge there
    assert hands.value["boundingBoxes"][1]["left"] == 101
    hands.keys("Shift+Tab", "ArrowRight")
    assert hands.value["boundingBoxes"][0]["left"] == 15
    hands.keys("Delete")
    assert hands.rows() == ["nut: 40 by 50 at 101, 30"]


def test_numbers_as_fields(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    page.locator("#tool [role=option]").first.click()
    field = page.locator("#tool [data-field=width]")
    field.fill("100")
    field.press("Enter")
    assert hands.value["boundingBoxes"][0]["width"] == 100
    field.fill("0")
    field.press("Tab")
    assert hands.value["boundingBoxes"][0]["width"] == 100
    expect(field).to_have_value("100")


def test_escape_cancels_a_drag(page: Page, tool: Any) -> None:
    hands = tool()
    page.mouse.move(*hands.at(20, 20))
    page.mouse.down()
    page.mouse.move(*hands.at(90, 90), steps=3)
    hands.keys("Escape")
    page.mouse.up()
    assert hands.value["boundingBoxes"] == []


def test_nothing_to_label(page: Page, visit: Any) -> None:
    site = visit(template("crowd-bounding-box"))
    hands = Hands(page).ready()
    hands.submit("invalid")
    expect(page.locator("#actionsContainer .error")).to_contain_text("Nothing to label")
    tick = page.locator("#nothing-to-label")
    tick.check()
    hands.drag((10, 10), (60, 60))
    expect(tick).not_to_be_checked()
    expect(tick).to_be_disabled()
    hands.keys("Control+z")
    expect(tick).to_be_checked()
    hands.submit()
    assert site.answers == [[{"it": {"boundingBoxes": [], "inputImageProperties": SIZE}}]]


def test_labels_are_live(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    page.evaluate("tool.labels = tool.labels.concat(['gear'])")
    hands.keys("4")
    hands.drag((200, 20), (240, 60))
    assert [one["label"] for one in hands.value["boundingBoxes"]] == ["bolt", "nut", "gear"]
    page.evaluate("tool.labels = tool.labels.filter((label) => label !== 'bolt')")
    assert [one["label"] for one in hands.value["boundingBoxes"]] == ["nut", "gear"]
    assert page.evaluate("tool.getAttribute('labels')") == '["nut","washer","gear"]'
    page.evaluate("tool.labels = []")
    expect(page.locator(".label-button")).to_have_count(0)
    hands.drag((200, 20), (240, 60))
    expect(page.locator("#tool .refusal")).to_contain_text("There is no label to choose yet")
    assert hands.value["boundingBoxes"] == []


def test_drawn_over_others_and_started_on_top_of_them(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    hands.drag((47, 50), (80, 100))  # from the border of one that is not selected
    hands.drag((60, 60), (70, 90))  # inside of the one that was just drawn
    page.locator("#tool button#box").click()
    expect(page.locator("#tool button#box")).to_have_attribute("aria-pressed", "true")
    hands.drag((70, 90), (90, 110))  # from its corner
    drawn = [box("bolt", 47, 50, 33, 50), box("bolt", 60, 60, 10, 30), box("bolt", 70, 90, 20, 20)]
    assert hands.value["boundingBoxes"] == [*GIVEN, *drawn]
    expect(page.locator("#tool button#box")).to_have_attribute("aria-pressed", "false")


def test_values_are_copies(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    page.evaluate("tool.value.boundingBoxes.pop(); tool._submittableValue.boundingBoxes[0].label = 'x'")
    assert hands.value["boundingBoxes"] == GIVEN


def test_properties_from_before_the_upgrade(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-bounding-box id="tool" name="b" src="/picture.svg"></crowd-bounding-box></crowd-form>
    <script>tool.labels = ['a']; tool.initialValue = [{label: 'a', left: 1, top: 2, width: 3, height: 4}];</script>
    <script src="/bundles/crowd-html-elements.js"></script>""")
    assert Hands(page).ready().value["boundingBoxes"] == [box("a", 1, 2, 3, 4)]


def test_a_draft_outlives_a_reload(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", initial_value=GIVEN))
    hands = Hands(page).ready()
    hands.keys("3")
    hands.drag((200, 20), (240, 60))
    before = hands.value
    draft_holds(page, '"label":"washer"')
    page.reload()
    hands.ready()
    page.wait_for_function("tool.value.boundingBoxes.length === 3")
    assert hands.value == before


def test_reset_brings_the_initial_values_back(page: Page, tool: Any) -> None:
    hands = tool(initial_value=GIVEN)
    hands.drag((200, 20), (240, 60))
    page.evaluate("document.querySelector('crowd-form').reset()")
    page.wait_for_function("tool.value.boundingBoxes.length === 2")
    assert hands.value["boundingBoxes"] == GIVEN


def test_canvas_has_the_pictures_rectangle(page: Page, tool: Any) -> None:
    hands = tool()
    rectangle = page.locator("#tool canvas.upper-canvas").bounding_box()
    (left, top), (right, bottom) = hands.at(0, 0), hands.at(320, 120)
    assert rectangle == pytest.approx({"x": left, "y": top, "width": right - left, "height": bottom - top}, abs=0.6)


def test_hooks_of_the_label_pane(page: Page, tool: Any) -> None:
    hands = tool()
    picked = page.evaluate("""() => {
      const root = tool.shadowRoot;
      root.querySelectorAll('.label-pane-content > .label-button')[1].click();
      return new Promise((done) => requestAnimationFrame(() =>
        done(root.querySelector('.label-pane-content > .label-button.selected').innerText.trim())));
    }""")
    assert picked == "nut"
    hands.drag((10, 10), (60, 60))
    assert hands.value["boundingBoxes"][0]["label"] == "nut"
    page.locator("#tool button#delete").click()
    assert hands.value["boundingBoxes"] == []


def test_mouse_events_leave_the_element(page: Page, tool: Any) -> None:
    hands = tool()
    page.evaluate("""() => { window.heard = [];
      for (const type of ['mousedown', 'mouseup', 'click']) {
        window.addEventListener(type, (event) => heard.push([type, event.target.id]));
      } }""")
    hands.drag((10, 10), (60, 60))
    assert page.evaluate("heard") == [["mousedown", "tool"], ["mouseup", "tool"], ["click", "tool"]]


BAD = {
    "malformed": ("labels=\"['a'\"", "labels=\"['a'\""),
    "labels twice": ('labels=\'["a","a"]\'', "“a” twice"),
    "labels no list": ("labels='{\"a\":1}'", "not a list"),
    "not a number": ("""labels='["a"]' initial-value='[{label:"a",left:NaN,top:1,width:2,height:3}]'""", "Left out"),
    "zero size": ("""labels='["a"]' initial-value='[{label:"a",left:1,top:1,width:0,height:3}]'""", "Left out"),
    "outside": ("""labels='["a"]' initial-value='[{label:"a",left:300,top:1,width:99,height:3}]'""", "Cut to the"),
    "unknown": ("""labels='["a"]' initial-value='[{label:"z",left:1,top:1,width:9,height:3}]'""", "“z”"),
    "no list": ("""labels='["a"]' initial-value='7'""", "initial-value=7"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_attributes_are_told_and_the_page_lives(page: Page, visit: Any, case: str) -> None:
    attributes, message = BAD[case]
    visit(
        f'<crowd-form><crowd-bounding-box id="tool" src="/picture.svg" {attributes}></crowd-bounding-box></crowd-form>'
    )
    hands = Hands(page).ready()
    expect(page.locator("#tool .faults")).to_contain_text(message)
    page.evaluate("tool.labels = ['b']")
    hands.drag((10, 10), (60, 60))
    assert hands.value["boundingBoxes"] == [box("b", 10, 10, 50, 50)]


def test_ten_thousand_labels(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", labels=[f"label {n}" for n in range(10_000)]))
    hands = Hands(page).ready()
    expect(page.locator("#tool .label-pane")).to_contain_text("9,800")
    page.get_by_label("Search labels").fill("9876")
    page.get_by_label("Search labels").press("Enter")
    hands.drag((10, 10), (60, 60))
    assert hands.value["boundingBoxes"][0]["label"] == "label 9876"


def test_a_picture_that_does_not_load_is_told(page: Page, visit: Any) -> None:
    site = visit(template("crowd-bounding-box", src="/no/such.png?secret=1"))
    failed = page.locator("#tool [data-testid=picture-failed]")
    expect(failed).to_contain_text("/no/such.png could not be loaded: the server answered 404")
    expect(failed).not_to_contain_text("secret")
    Hands(page).submit("invalid")
    page.locator("#nothing-to-label").check()
    Hands(page).submit()
    assert site.answers[0][0]["it"]["boundingBoxes"] == []


def test_a_refused_picture_names_cors(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", src="http://127.0.0.1:9/parts.png", labels=LABELS))
    expect(page.locator("#tool [data-testid=picture-failed]")).to_contain_text("127.0.0.1:9/parts.png")
    expect(page.locator("#tool [data-testid=picture-failed]")).to_contain_text("CORS")
