"""Many categories: ``crowd-classifier-multi-select``, its picture's kin, and the moderation labels of Rekognition."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drafts import draft_has_states

NONE = """exclusion-category="{ text: 'None of these' }" """
TEXT = """<crowd-form><crowd-classifier-multi-select id="it" name="it" header="Which?"
  categories="['fiddle', 'banjo', 'piano']" {attributes}>
  <classification-target>A tune</classification-target></crowd-classifier-multi-select></crowd-form>"""
PICTURE = """<crowd-form><crowd-image-classifier-multi-select id="it" name="it" header="Which?" src="/picture.svg"
  categories="['fiddle', 'banjo', 'piano']" {attributes}></crowd-image-classifier-multi-select></crowd-form>"""
BOTH = pytest.mark.parametrize("html", [TEXT, PICTURE], ids=["text", "picture"])


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page, state: str = "submitted") -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, state)


def category(page: Page, text: str) -> Locator:
    return page.locator(f'.category-picker-wrapper button.category-button[data-testid="{text}"]')


def chosen(page: Page) -> list[str]:
    return page.locator(".category-button[aria-checked=true] .text").all_text_contents()


@BOTH
def test_the_answer_is_in_the_order_of_the_categories(page: Page, visit: Any, html: str) -> None:
    site = visit(html.format(attributes=""))
    assert page.evaluate("[it.value, it._submittableValue]") == [[], {"labels": []}]
    category(page, "piano").click()
    category(page, "fiddle").click()
    category(page, "banjo").click()
    category(page, "banjo").click()
    assert page.evaluate("it.value") == ["fiddle", "piano"]
    page.evaluate("it.value.push('leak'); it._submittableValue.labels.push('leak')")
    submit(page)
    assert site.answers == [[{"it": {"labels": ["fiddle", "piano"]}}]]


@BOTH
def test_at_least_one_or_none_of_them(page: Page, visit: Any, html: str) -> None:
    site = visit(html.format(attributes=NONE))
    submit(page, "invalid")
    expect(page.locator("#actionsContainer")).to_contain_text("Choose at least one category, or “None of these”")
    expect(category(page, "fiddle")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#announcements")).to_have_text("Chosen: None of these")
    submit(page)
    assert site.answers == [[{"it": {"labels": []}}]]


@BOTH
def test_without_an_exclusion_category_one_must_be_chosen(page: Page, visit: Any, html: str) -> None:
    visit(html.format(attributes=""))
    expect(page.locator(".exclusion-button")).to_have_count(0)
    submit(page, "invalid")
    expect(page.locator("#actionsContainer .error")).to_have_text("Choose at least one category")


def test_the_exclusion_category_clears_disables_and_gives_back(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=NONE))
    page.evaluate("window.changes = []; it.addEventListener('change', () => { changes.push(it.value) })")
    page.keyboard.press("1")
    page.keyboard.press("3")
    none = page.get_by_role("checkbox", name="None of these")
    none.click()
    expect(none).to_be_checked()
    assert chosen(page) == []
    for text in ("fiddle", "banjo", "piano"):
        expect(category(page, text)).to_be_disabled()
    page.keyboard.press("2")
    assert page.evaluate("it.value") == []
    expect(page.locator("#announcements")).not_to_contain_text("banjo")
    none.click()
    expect(none).not_to_be_checked()
    expect(category(page, "banjo")).to_be_enabled()
    assert chosen(page) == []
    page.keyboard.press("2")
    assert chosen(page) == ["banjo"]
    assert page.evaluate("changes") == [["fiddle"], ["fiddle", "piano"], [], [], ["banjo"]]
    for _ in range(3):
        page.keyboard.press("Control+z")
    assert chosen(page) == ["fiddle", "piano"]


def test_a_hot_key_toggles(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=""))
    page.keyboard.press("2")
    expect(page.locator("#announcements")).to_have_text("Chosen: banjo")
    page.keyboard.press("2")
    expect(page.locator("#announcements")).to_have_text("No longer chosen: banjo")
    assert chosen(page) == []


def test_space_and_arrows(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=NONE))
    expect(page.get_by_role("group", name="Select all that apply")).to_be_visible()
    category(page, "fiddle").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(category(page, "banjo")).to_be_focused()
    assert chosen(page) == ["fiddle"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(category(page, "piano")).to_be_focused()
    assert chosen(page) == ["fiddle", "banjo"]
    page.keyboard.press("ArrowDown")
    expect(page.locator(".exclusion-button")).to_be_focused()


def test_the_key_of_the_exclusion_category_keeps_the_focus(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=NONE))
    category(page, "banjo").focus()
    page.keyboard.press("n")
    expect(page.locator(".exclusion-button")).to_be_focused()
    expect(category(page, "banjo")).to_be_disabled()


def test_the_search_chooses_nothing_while_none_applies(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=NONE))
    page.evaluate("it.categories = Array.from({ length: 20 }, (_, i) => `c${i}`)")
    page.keyboard.press("n")
    page.evaluate("window.count = 0; it.addEventListener('change', () => { count++ })")
    page.keyboard.press("/")
    page.keyboard.type("c7")
    page.keyboard.press("Enter")
    assert page.evaluate("[count, it.value]") == [0, []]
    expect(page.locator(".exclusion-button")).to_be_checked()


def test_categories_that_go_are_chosen_no_more(page: Page, visit: Any) -> None:
    site = visit(TEXT.format(attributes=""))
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.evaluate("it.categories = ['banjo', 'zither']")
    assert page.evaluate("it._submittableValue") == {"labels": ["banjo"]}
    submit(page)
    assert site.answers == [[{"it": {"labels": ["banjo"]}}]]


def test_the_exclusion_category_can_come_later_and_go(page: Page, visit: Any) -> None:
    visit(TEXT.format(attributes=""))
    page.evaluate("it.setAttribute('exclusion-category', \"{text: 'No'}\")")
    page.get_by_role("checkbox", name="No", exact=True).click()
    assert page.evaluate("it.getAttribute('exclusion-category')") == '{"text":"No"}'
    page.evaluate("it.removeAttribute('exclusion-category')")
    expect(category(page, "fiddle")).to_be_enabled()
    submit(page, "invalid")


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ("'None'", 'The attribute exclusion-category="None" is not an object with a text'),
        ("{text: ''}", 'The attribute exclusion-category={"text":""} is not an object with a text'),
        ("None of these", 'exclusion-category="None of these" is not JSON'),
    ],
)
def test_a_malformed_exclusion_category_is_told(page: Page, visit: Any, attribute: str, message: str) -> None:
    visit(TEXT.format(attributes=f'exclusion-category="{attribute}"'))
    expect(page.locator(".faults")).to_contain_text(message)
    expect(page.locator(".exclusion-button")).to_have_count(0)
    page.keyboard.press("1")
    assert chosen(page) == ["fiddle"]


@BOTH
def test_a_reload_keeps_what_was_chosen(page: Page, visit: Any, html: str) -> None:
    visit(html.format(attributes=NONE))
    page.keyboard.press("1")
    page.keyboard.press("3")
    draft_has_states(page, 1)
    page.reload()
    expect(category(page, "piano")).to_have_attribute("aria-checked", "true")
    assert chosen(page) == ["fiddle", "piano"]
    page.get_by_role("button", name="Start over").click()
    expect(category(page, "piano")).to_have_attribute("aria-checked", "false")


# ---- moderation labels

KEY = "AWS/Rekognition/DetectModerationLabels/Image/V3"
MODERATION = """<crowd-form><crowd-rekognition-detect-moderation-labels id="it" header="Which?" src="/picture.svg"
  categories="[{ name: 'Weapons', parentName: 'Violence', confidence: 91.5 }, 'Tobacco',
    { name: 'Other', parentName: 'Drugs' }, { name: 'Other', parentName: 'Violence' },
    { name: 'Alcohol', parentName: '' }]"
  exclusion-category="{ text: 'None of these' }"></crowd-rekognition-detect-moderation-labels></crowd-form>"""


def test_moderation_labels_stand_under_their_parent_and_come_back_whole(page: Page, visit: Any) -> None:
    site = visit(MODERATION)
    violence = page.get_by_role("group", name="Violence")
    assert violence.locator(".category-button .text").all_text_contents() == ["Weapons", "Other"]
    expect(page.get_by_role("group", name="Drugs").locator(".category-button")).to_have_count(1)
    violence.get_by_text("Other").click()
    violence.get_by_text("Weapons").click()
    category(page, "Tobacco").click()
    labels = [
        {"name": "Weapons", "parentName": "Violence", "confidence": 91.5},
        "Tobacco",
        {"name": "Other", "parentName": "Violence"},
    ]
    assert page.evaluate("it._submittableValue") == {"moderationLabels": labels}
    page.evaluate("it._submittableValue.moderationLabels[0].name = 'leak'")
    submit(page)
    assert site.answers == [[{KEY: {"moderationLabels": labels}}]]


def test_no_moderation_label_applies(page: Page, visit: Any) -> None:
    site = visit(MODERATION)
    submit(page, "invalid")
    category(page, "Alcohol").click()
    page.get_by_role("checkbox", name="None of these").click()
    expect(category(page, "Alcohol")).to_be_disabled()
    submit(page)
    assert site.answers == [[{KEY: {"moderationLabels": []}}]]


def test_moderation_labels_without_a_name_are_told(page: Page, visit: Any) -> None:
    visit(MODERATION.replace("'Tobacco'", "{ parentName: 'x' }, { name: 'Weapons', parentName: 'Violence' }"))
    expect(page.locator(".faults")).to_contain_text('an item that is no category: {"parentName":"x"}')
    expect(page.locator(".faults")).to_contain_text("this item more than once")
    expect(page.locator(".category-button")).to_have_count(4)
