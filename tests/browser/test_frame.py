"""The frame of all widgets: keys, focus and what leads to a control that is out of sight."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

CHOICE = """<crowd-classifier id="{id}" name="{id}" categories="['A', 'B', 'C']"></crowd-classifier>"""
LABEL = "(id) => document.getElementById(id)._submittableValue?.label"
ACTIVE_NAME = "document.activeElement.name"


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


# ---- keys


def test_keys_live_on_when_another_form_was_sent(page: Page, visit: Any) -> None:
    visit("".join(f"<crowd-form>{CHOICE.format(id=name)}</crowd-form>" for name in ("one", "two")))
    page.keyboard.press("1")
    assert page.evaluate(LABEL, "one") == "A"
    page.locator("#one").get_by_role("button", name="Submit").click()
    wait_state(page, "submitted")
    page.keyboard.press("2")
    assert page.evaluate(LABEL, "one") == "A"
    assert page.evaluate(LABEL, "two") == "B"


def test_keys_work_on_a_widget_inside_a_dialog(page: Page, visit: Any) -> None:
    visit(f"""<crowd-form>{CHOICE.format(id="behind")}
      <crowd-modal link-text="Open">{CHOICE.format(id="inside")}</crowd-modal></crowd-form>""")
    page.keyboard.press("1")
    page.get_by_role("button", name="Open").click()
    page.keyboard.press("2")
    assert page.evaluate(LABEL, "inside") == "B"
    assert page.evaluate(LABEL, "behind") == "A"
    page.locator("#inside").get_by_role("button", name="Shortcuts").click()
    page.keyboard.press("3")
    assert page.evaluate(LABEL, "inside") == "B"


@pytest.mark.parametrize(
    ("key", "code", "held", "label"),
    [
        ("٢", "Digit2", "", "B"),
        ("é", "Digit2", "", "B"),
        ("§", "Digit3", "shiftKey", "A"),
        ("ئ", "KeyZ", "ctrlKey", None),
    ],
)
def test_keys_of_other_layouts(page: Page, visit: Any, key: str, code: str, held: str, label: str | None) -> None:
    visit(f"<crowd-form>{CHOICE.format(id='it')}</crowd-form>")
    page.keyboard.press("1")
    script = """([key, code, held]) => document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key, code, [held]: true, bubbles: true, composed: true, cancelable: true }))"""
    page.evaluate(script, [key, code, held])
    assert page.evaluate(LABEL, "it") == label


def test_no_key_is_listed_twice(page: Page, visit: Any) -> None:
    labels = json.dumps([f"Label {letter}" for letter in "abcdefghij"])
    visit(f"""<crowd-form><crowd-bounding-box name="b" src="/picture.svg" labels='{labels}'>
      </crowd-bounding-box></crowd-form>""")
    keys = page.locator("#shortcuts kbd").all_text_contents()
    assert keys.count("0") == 1
    assert "Home" in keys


# ---- focus


def test_undo_and_redo_keep_the_focus(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-text-ranking name="r" text="T" responses='["x", "y"]' ordinal-ranking-dimensions='[{
      "name": "Clarity", "allowTies": false}]'></crowd-text-ranking></crowd-form>""")
    page.get_by_role("combobox").first.select_option("1")
    for name in ("Undo", "Redo"):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_enabled()
        button.press("Enter")
        expect(button).to_be_disabled()
        expect(button).to_be_focused()
        button.press("Enter")


def test_deleting_in_the_list_goes_to_the_neighbor_and_then_to_the_work(page: Page, visit: Any) -> None:
    boxes = [{"label": "a", "left": left, "top": 10, "width": 20, "height": 20} for left in (10, 60, 110)]
    visit(f"""<crowd-form><crowd-bounding-box name="b" src="/picture.svg" labels='["a"]'
      initial-value='{json.dumps(boxes)}'></crowd-bounding-box></crowd-form>""")
    rows = page.get_by_role("option")
    expect(rows).to_have_count(3)
    rows.nth(1).click()
    page.locator(".region-list").focus()
    for left in (2, 1):
        page.keyboard.press("Delete")
        expect(rows).to_have_count(left)
        expect(rows.nth(left - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Delete")
    expect(rows).to_have_count(0)
    assert page.evaluate("document.activeElement.localName") == "crowd-bounding-box"


def test_focus_goes_on_from_a_dismissed_alert(page: Page, visit: Any) -> None:
    visit("""<crowd-form><input name="before"><crowd-alert dismissible>One</crowd-alert><p>Text</p>
      <crowd-alert id="last" dismissible>Two</crowd-alert><crowd-input name="after"></crowd-input></crowd-form>""")
    page.get_by_role("button", name="Dismiss").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "last"
    page.keyboard.press("Enter")
    assert page.evaluate(ACTIVE_NAME) == "after"


# ---- what is out of sight


def test_a_required_input_in_closed_short_instructions_is_shown(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-classifier name="c" categories="['A']"><short-instructions>
      <crowd-input name="wanted" required></crowd-input></short-instructions></crowd-classifier></crowd-form>""")
    page.keyboard.press("1")
    page.locator("summary").click()
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate(ACTIVE_NAME) == "wanted"
    expect(page.locator("crowd-input")).to_be_visible()


def test_a_required_input_in_full_instructions_is_shown(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-classifier name="c" categories="['A']"><full-instructions><p>
      <crowd-input name="wanted" required></crowd-input></p></full-instructions></crowd-classifier></crowd-form>""")
    page.keyboard.press("1")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate(ACTIVE_NAME) == "wanted"
    expect(page.locator("crowd-input")).to_be_visible()


# ---- attributes that hold JSON


def test_json_null_is_absent_and_properties_are_normalized(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-bounding-box id="b" name="b" src="/picture.svg" labels="[1" initial-value="null">
      </crowd-bounding-box></crowd-form>""")
    expect(page.locator(".faults")).to_contain_text("labels")
    page.evaluate("b.removeAttribute('labels')")
    expect(page.locator(".faults")).not_to_contain_text("[1")
    page.evaluate("b.labels = [1, 2]")
    assert page.evaluate("b.labels") == ["1", "2"]
    expect(page.locator(".label-button")).to_have_count(2)
    assert page.evaluate("b._submittableValue.initialValueModified") is None
