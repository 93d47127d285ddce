"""``crowd-classifier``: one category for anything that is not a picture."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drafts import draft_has_states

TUNE = """<crowd-form><crowd-classifier id="genre" name="genre" header="Which genre?" {attributes}>
  <classification-target>A tune <input name="bpm" type="number" value="96"></classification-target>
  <short-instructions>Listen twice.</short-instructions></crowd-classifier></crowd-form>"""
GENRES = """categories="['Jazz', 'Folk', 'R&B',]" """


def tune(attributes: str = GENRES) -> str:
    return TUNE.format(attributes=attributes)


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "submitted")


def category(page: Page, text: str) -> Locator:
    return page.locator(f'.annotation-area .category-picker-wrapper button.category-button[data-testid="{text}"]')


def chosen(page: Page) -> list[str]:
    return page.locator(".category-button[aria-checked=true] .text").all_text_contents()


# ---- answers


def test_a_press_on_a_category_is_the_answer(page: Page, visit: Any) -> None:
    site = visit(tune())
    category(page, "Folk").click()
    assert chosen(page) == ["Folk"]
    submit(page)
    assert site.answers == [[{"bpm": "96", "genre": {"label": "Folk"}}]]


@pytest.mark.parametrize(("key", "label"), [("1", "Jazz"), ("3", "R&B")])
def test_a_hot_key_chooses(page: Page, visit: Any, key: str, label: str) -> None:
    site = visit(tune())
    page.keyboard.press(key)
    expect(page.locator("#announcements")).to_have_text(f"Chosen: {label}")
    submit(page)
    assert site.answers[0][0]["genre"] == {"label": label}


def test_keys_are_zero_for_the_tenth_then_free_letters(page: Page, visit: Any) -> None:
    visit(
        tune(f"categories='{[f'c{n}' for n in range(12)]}'".replace("'", '"').replace('"[', "'[").replace(']"', "]'"))
    )
    keys = page.locator("button.category-button sup.category-hotkey").all_text_contents()
    assert keys == [*"123456789", "0", "a", "b"]
    page.keyboard.press("b")
    assert chosen(page) == ["c11"]


def test_keys_do_nothing_while_someone_types(page: Page, visit: Any) -> None:
    visit(tune())
    page.locator("[name=bpm]").focus()
    page.keyboard.press("2")
    expect(page.locator("[name=bpm]")).to_have_value("296")
    assert chosen(page) == []


def test_one_must_be_chosen(page: Page, visit: Any) -> None:
    site = visit(tune())
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "invalid")
    expect(page.locator("#actionsContainer")).to_contain_text("Choose a category")
    expect(category(page, "Jazz")).to_be_focused()
    assert site.posts == []
    page.keyboard.press("Space")
    expect(page.locator("#actionsContainer")).not_to_contain_text("Choose a category")
    page.keyboard.press("Control+Enter")
    wait_state(page, "submitted")
    assert site.answers[0][0]["genre"] == {"label": "Jazz"}


# ---- for the template's script


def test_value_is_the_category_and_submittable_the_answer(page: Page, visit: Any) -> None:
    visit(tune())
    assert page.evaluate("[genre.value, genre._submittableValue]") == [None, None]
    page.evaluate("""window.seen = []; genre.addEventListener('change', (e) => seen.push(['own', e.target === genre]));
      document.addEventListener('change', (e) => seen.push(['bubbled', e.target.value]))""")
    page.evaluate("genre.shadowRoot.querySelector('button.category-button[data-testid=\"R&B\"]').click()")
    assert page.evaluate("seen") == [["own", True], ["bubbled", "R&B"]]
    assert page.evaluate("[genre.value, genre._submittableValue]") == ["R&B", {"label": "R&B"}]
    page.evaluate("genre._submittableValue.label = 'leak'")
    assert page.evaluate("genre._submittableValue") == {"label": "R&B"}


def test_the_same_choice_again_is_no_change(page: Page, visit: Any) -> None:
    visit(tune())
    page.evaluate("window.count = 0; genre.onchange = () => { count++ }; 0")
    category(page, "Folk").click()
    category(page, "Folk").click()
    assert page.evaluate("count") == 1


def test_categories_are_live(page: Page, visit: Any) -> None:
    site = visit(tune())
    assert page.evaluate("genre.getAttribute('categories')") == '["Jazz","Folk","R&B"]'
    category(page, "Folk").click()
    page.evaluate("genre.categories = ['Folk', 'Polka']")
    expect(category(page, "Jazz")).to_have_count(0)
    assert chosen(page) == ["Folk"]
    page.evaluate("genre.categories = genre.categories.filter((one) => one !== 'Folk')")
    assert page.evaluate("genre.value === undefined")
    expect(category(page, "Folk")).to_have_count(0)
    page.evaluate("genre.categories = ['Folk', 'Polka']")
    expect(category(page, "Folk")).to_be_visible()
    assert chosen(page) == []
    assert page.evaluate("genre.getAttribute('categories')") == '["Folk","Polka"]'
    page.evaluate("window.picked = ''; genre.addEventListener('change', (e) => { picked = e.target.value })")
    category(page, "Polka").click()
    assert page.evaluate("picked") == "Polka"
    submit(page)
    assert site.answers[0][0]["genre"] == {"label": "Polka"}


def test_categories_set_before_the_upgrade(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-classifier id="c" name="c"></crowd-classifier></crowd-form>
      <script>c.categories = ['a', 'b']</script><script src="/bundles/crowd-html-elements.js"></script>""")
    expect(category(page, "b")).to_be_visible()


def test_without_categories_it_says_so(page: Page, visit: Any) -> None:
    visit(tune("categories=''"))
    assert page.evaluate("genre.categories") == []
    expect(page.get_by_text("There are no categories yet")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "invalid")
    expect(page.locator("#actionsContainer")).to_contain_text("There are no categories to choose from")


@pytest.mark.parametrize(("initial", "label"), [("Folk", "Folk"), ("Polka", None), ("", None)])
def test_initial_value(page: Page, visit: Any, initial: str, label: str | None) -> None:
    visit(tune(f'{GENRES} initial-value="{initial}"'))
    assert page.evaluate("genre.value ?? null") == label
    if label:
        page.keyboard.press("1")
        assert chosen(page) == ["Jazz"]
        page.evaluate("genre.reset()")
        expect(category(page, "Folk")).to_have_attribute("aria-checked", "true")


def test_a_card_can_be_put_behind_the_picker(page: Page, visit: Any) -> None:
    visit(tune())
    page.evaluate("""genre.shadowRoot.querySelector('.annotation-area .category-picker-wrapper')
      .insertAdjacentHTML('afterend', '<crowd-card heading="More"><p id="more">Which decade?</p></crowd-card>')""")
    category(page, "Jazz").click()
    page.evaluate("genre.categories = ['x']")
    expect(category(page, "x")).to_be_visible()
    card = page.locator("#more")
    expect(card).to_be_visible()
    picker, below = page.locator(".category-picker-wrapper").bounding_box(), card.bounding_box()
    assert picker
    assert below
    assert below["y"] >= picker["y"] + picker["height"]


def test_the_target_stays_in_the_light_dom(page: Page, visit: Any) -> None:
    visit(tune() + "<style>classification-target input { color: rgb(1, 2, 3) }</style>")
    assert page.evaluate("document.querySelector('crowd-classifier > classification-target > input').value") == "96"
    expect(page.locator("[name=bpm]")).to_have_css("color", "rgb(1, 2, 3)")
    assert page.evaluate("document.querySelector('classification-target').slot") == "classification-target"


def test_a_wide_target_does_not_lie_over_the_categories(page: Page, visit: Any) -> None:
    visit(tune().replace("A tune", '<div style="width: 2000px">A tune</div>'))
    target, picker = page.locator("classification-target").bounding_box(), category(page, "Jazz").bounding_box()
    assert target
    assert picker
    assert target["x"] + target["width"] <= picker["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


# ---- many, wrong, kept


def test_ten_thousand_categories_do_not_freeze(page: Page, visit: Any) -> None:
    site = visit(tune("categories='[]'"))
    elapsed = page.evaluate("""async () => {
      const start = performance.now();
      genre.categories = Array.from({ length: 10000 }, (_, i) => `Item ${i}`);
      await genre.updateComplete;
      genre.shadowRoot.querySelector('[data-testid="Item 3"]').click();
      await genre.updateComplete;
      genre.getBoundingClientRect();
      return performance.now() - start }""")
    assert elapsed < 3000
    assert page.locator(".category-button").count() == 100
    page.get_by_role("button", name="Show 9,900 more").click()
    expect(page.locator(".category-button")).to_have_count(200)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search the categories")
    expect(search).to_be_focused()
    search.press_sequentially("item 8765")
    expect(page.get_by_text("1 category found")).to_be_visible()
    assert page.locator(".category-button .text").all_text_contents() == ["Item 3", "Item 8765"]
    page.keyboard.press("Enter")
    assert chosen(page) == ["Item 8765"]
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    assert "Item 8765" in page.locator(".category-button .text").all_text_contents()
    submit(page)
    assert site.answers[0][0]["genre"] == {"label": "Item 8765"}


def test_few_categories_have_no_search(page: Page, visit: Any) -> None:
    visit(tune())
    expect(page.get_by_role("searchbox")).to_have_count(0)


@pytest.mark.parametrize(
    ("categories", "message", "shown"),
    [
        ("['a', 'b', 'a']", 'categories has this item more than once: "a"', ["a", "b"]),
        ("['a', {x: 1}]", 'categories has an item that is no category: {"x":1}', ["a"]),
        ("['a', '']", "categories has an item without text", ["a"]),
        ("{a: 1}", 'categories={"a":1} is not a list', []),
        ("['a'", "categories=\"['a'\" is not JSON", []),
        ("[1, true]", "", ["1", "true"]),
        ("['<img src=x onerror=alert(1)>']", "", ["<img src=x onerror=alert(1)>"]),
    ],
)
def test_what_is_wrong_with_the_categories_is_told(
    page: Page, visit: Any, categories: str, message: str, shown: list[str]
) -> None:
    visit(tune(f'categories="{categories}"'))
    assert page.locator(".category-button .text").all_text_contents() == shown
    if message:
        expect(page.locator(".faults")).to_contain_text(message)
    else:
        expect(page.locator(".faults")).to_be_empty()
    if shown:
        page.keyboard.press("1")
        assert chosen(page) == shown[:1]


def test_undo_and_redo(page: Page, visit: Any) -> None:
    visit(tune())
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Control+z")
    assert page.evaluate("genre.value") == "Jazz"
    expect(page.locator("#announcements")).to_have_text("Undone: Folk")
    page.keyboard.press("Control+y")
    assert page.evaluate("genre.value") == "Folk"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert page.evaluate("genre.value === undefined")


def test_a_reload_keeps_the_choice(page: Page, visit: Any) -> None:
    visit(tune())
    page.keyboard.press("2")
    expect(category(page, "Folk")).to_have_attribute("aria-checked", "true")
    draft_has_states(page, 1)
    page.reload()
    expect(category(page, "Folk")).to_have_attribute("aria-checked", "true")


# ---- keyboard


def test_arrows_choose_as_in_a_radio_group(page: Page, visit: Any) -> None:
    visit(tune())
    page.locator("[name=bpm]").focus()
    page.keyboard.press("Tab")
    expect(category(page, "Jazz")).to_be_focused()
    assert chosen(page) == []
    page.keyboard.press("ArrowDown")
    expect(category(page, "Folk")).to_be_focused()
    assert chosen(page) == ["Folk"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == ["R&B"]
    page.keyboard.press("ArrowRight")
    assert chosen(page) == ["Jazz"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Submit")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(category(page, "Jazz")).to_be_focused()


def test_right_to_left(page: Page, visit: Any) -> None:
    visit(f'<html lang="ar" dir="rtl">{tune()}</html>')
    expect(page.get_by_role("radiogroup", name="اختر خيارًا واحدًا")).to_be_visible()
    category(page, "Jazz").focus()
    page.keyboard.press("ArrowLeft")
    assert chosen(page) == ["Folk"]
