"""crowd-textract-analyze-document: review of key-value pairs in a list beside the document's picture."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

KEY = "AWS/Textract/AnalyzeDocument/Forms/V1"


def block(name: str, kind: str, text: str, box: tuple[float, float, float, float], value: str = "") -> dict[str, Any]:
    left, top, width, height = box
    return {
        "blockType": "KEY_VALUE_SET",
        "id": name,
        "entityTypes": [kind],
        "text": text,
        "confidence": 38.4,
        "geometry": {"boundingBox": {"left": left, "top": top, "width": width, "height": height}},
        "relationships": [{"type": "VALUE", "ids": [value]}] if value else None,
    }


# The picture is 320 by 120.
BLOCKS = [
    block("k1", "KEY", "Surname", (0.2, 0.1, 0.2, 0.2), "v1"),
    block("v1", "VALUE", "0kafor", (0.45, 0.1, 0.2, 0.2)),
    block("k2", "KEY", "Rowing club", (0.2, 0.6, 0.2, 0.2), "v2"),
    block("v2", "VALUE", "new member", (0.45, 0.6, 0.2, 0.2)),
]
KEYS = [{"importantFormKey": "Mail address", "importantFormKeyAliases": ["Mailing address"]}]


def document(
    blocks: Any = BLOCKS, keys: Any = KEYS, more: str = "no-key-edit no-geometry-edit", inside: str = ""
) -> str:
    def attribute(name: str, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return "" if value is None else f'{name}="{escape(text)}"'

    return f"""<crowd-form><crowd-textract-analyze-document header="Review" src="/picture.svg"
      {attribute("initial-value", blocks)} {attribute("keys", keys)} block-types="['KEY_VALUE_SET']" {more}
      >{inside}</crowd-textract-analyze-document></crowd-form>"""


def open_document(page: Page, visit: Any, html: str) -> Any:
    site = visit(html)
    expect(page.locator("#annotation-area-container")).to_have_attribute("data-state", "ready")
    return site


def value_of(page: Page, key: str) -> Locator:
    return page.get_by_label(f"Value of {key}", exact=True)


def pair(page: Page, key: str) -> Locator:
    return page.locator(".pair").filter(has=value_of(page, key))


def choose(page: Page, key: str, choice: str) -> None:
    pair(page, key).get_by_role("radio", name=choice, exact=True).check()


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page, state: str = "submitted") -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, state)


def texts(answer: Any) -> list[tuple[str, str]]:
    return [(one["id"], one["text"]) for one in answer[KEY]["blocks"]]


def value_texts(page: Page) -> list[str]:
    blocks = page.evaluate("document.querySelector('crowd-textract-analyze-document').value.blocks")
    return [one["text"] for one in blocks]


# ---- the answer


def test_each_choice_has_its_answer(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document())
    value_of(page, "Surname").fill("Okafor")
    choose(page, "Rowing club", "No")
    choose(page, "Mail address", "Key not found")
    submit(page)
    ((answer,),) = site.answers
    assert answer == {
        KEY: {
            "blocks": [
                {
                    "blockType": "KEY_VALUE_SET",
                    "id": "k1",
                    "entityTypes": ["KEY"],
                    "relationships": [{"type": "VALUE", "ids": ["v1"]}],
                    "text": "Surname",
                },
                {"blockType": "KEY_VALUE_SET", "id": "v1", "entityTypes": ["VALUE"], "text": "Okafor"},
            ]
        }
    }


def test_a_blank_value_and_a_key_that_was_lacking(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document())
    choose(page, "Surname", "Value is blank")
    value_of(page, "Mail address").fill("12 Main St\nSpringfield")
    submit(page)
    ((answer,),) = site.answers
    assert texts(answer) == [
        ("k1", "Surname"),
        ("v1", ""),
        ("k2", "Rowing club"),
        ("v2", "new member"),
        ("added-key-1", "Mail address"),
        ("added-value-1", "12 Main St Springfield"),
    ]


def test_keys_to_look_for_need_an_answer(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document())
    value_of(page, "Surname").fill("")
    submit(page, "invalid")
    expect(value_of(page, "Surname")).to_be_focused()
    summary = page.get_by_role("alert").get_by_role("button")
    expect(summary).to_contain_text("“Surname” has no value")
    expect(summary).to_contain_text("One more pair needs an answer.")
    page.keyboard.type("Okafor")
    expect(page.locator("#actionsContainer .error")).to_contain_text("Look for “Mail address”")
    submit(page, "invalid")
    expect(value_of(page, "Mail address")).to_be_focused()
    choose(page, "Mail address", "Value is blank")
    submit(page)
    assert texts(site.answers[0][0])[-1] == ("added-value-1", "")


def test_a_key_that_is_there_by_another_spelling_is_not_looked_for(page: Page, visit: Any) -> None:
    keys = [{"importantFormKey": "Last name", "importantFormKeyAliases": ["surname"]}, {"importantFormKey": "*"}]
    open_document(page, visit, document(keys=keys))
    expect(page.locator(".pair")).to_have_count(2)
    expect(pair(page, "Surname").get_by_role("radio")).to_have_count(4)
    expect(pair(page, "Rowing club").get_by_role("radio")).to_have_count(3)


def test_keys_can_be_changed_where_it_is_not_forbidden(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document(keys=None, more=""))
    key = page.get_by_label("Key 2", exact=True)
    key.fill("")
    submit(page, "invalid")
    expect(page.locator("#actionsContainer .error")).to_contain_text("Pair 2 has no key")
    expect(key).to_be_focused()
    key.fill("Club")
    submit(page)
    assert ("k2", "Club") in texts(site.answers[0][0])


def test_the_spelling_of_the_documentation(page: Page, visit: Any) -> None:
    attributes = f'initialValue="{escape(json.dumps(BLOCKS))}" blockTypes="[\'KEY_VALUE_SET\']"'
    open_document(page, visit, document(None, None, attributes))
    expect(page.locator(".pair")).to_have_count(2)
    expect(page.locator(".faults p")).to_have_count(0)


# ---- the work


def test_the_list_and_the_picture_go_together(page: Page, visit: Any) -> None:
    open_document(page, visit, document())
    page.evaluate("""() => { window.colored = () => {
      const canvas = document.querySelector('crowd-textract-analyze-document').shadowRoot
        .querySelector('canvas.upper-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height / 2);
      let count = 0; for (let at = 3; at < data.length; at += 4) if (data[at] > 20) count++;
      return count / (canvas.width * canvas.height); } }""")
    # The current pair's boxes are filled; both lie in the upper half.
    page.wait_for_function("colored() > 0.05")
    value_of(page, "Rowing club").focus()
    page.wait_for_function("colored() < 0.05")
    expect(pair(page, "Rowing club")).to_have_attribute("aria-current", "true")
    box = page.locator("canvas.upper-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.2 * box["height"])
    expect(value_of(page, "Surname")).to_be_focused()
    page.wait_for_function("colored() > 0.05")


def test_zooming_to_the_pair(page: Page, visit: Any) -> None:
    open_document(page, visit, document(more='no-key-edit style="display: block; max-width: 700px"'))
    toggle = page.get_by_role("button", name="Zoom to the pair")
    fit = page.get_by_test_id("zoom-fit").inner_text()
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("zoom-fit")).not_to_have_text(fit)
    value_of(page, "Rowing club").focus()
    value_of(page, "Rowing club").press("Tab")
    page.keyboard.press("z")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("zoom-fit")).to_have_text(fit)


def test_by_keys_alone(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document())
    value_of(page, "Surname").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Okafor")
    page.keyboard.press("Enter")
    expect(value_of(page, "Rowing club")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(value_of(page, "Surname")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("n")
    expect(page.locator("#announcements")).to_have_text("Rowing club: No")
    page.keyboard.press("Alt+ArrowDown")
    expect(value_of(page, "Mail address")).to_be_focused()
    page.keyboard.type("nfb")
    expect(value_of(page, "Mail address")).to_have_value("nfb")
    page.keyboard.press("Tab")
    page.keyboard.press("n")
    expect(pair(page, "Mail address")).to_have_attribute("data-choice", "yes")
    page.keyboard.press("f")
    page.keyboard.press("ControlOrMeta+Enter")
    wait_state(page, "submitted")
    assert texts(site.answers[0][0]) == [("k1", "Surname"), ("v1", "Okafor")]


def test_typing_is_one_step_for_undo_and_says_that_there_is_a_value(page: Page, visit: Any) -> None:
    open_document(page, visit, document(keys=None))
    choose(page, "Surname", "No")
    value_of(page, "Surname").press_sequentially("x")
    expect(pair(page, "Surname").get_by_role("radio", name="Yes")).to_be_checked()
    value_of(page, "Surname").press_sequentially("yz")
    expect(pair(page, "Surname")).to_contain_text("Read as: 0kafor")
    page.get_by_role("button", name="Undo").click()
    assert value_texts(page) == ["Rowing club", "new member"]
    page.get_by_role("button", name="Undo").click()
    assert value_texts(page) == ["Surname", "0kafor", "Rowing club", "new member"]
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Redo").click()
    assert value_texts(page)[1].count("xyz") == 1


def test_the_focus_stays_on_undo(page: Page, visit: Any) -> None:
    open_document(page, visit, document())
    choice = page.locator(".choices input").nth(2)
    choice.check()
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(choice).not_to_be_checked()
    expect(undo).to_be_focused()


def test_events_and_fresh_values(page: Page, visit: Any) -> None:
    open_document(page, visit, document(keys=None))
    page.evaluate("""() => { window.seen = []; const one = document.querySelector('crowd-textract-analyze-document');
      for (const type of ['input', 'change'])
        document.addEventListener(type, (event) => event.target === one && seen.push(type));
      one.value.blocks[0].relationships[0].ids.push('leak'); one.value.blocks.pop(); }""")
    value_of(page, "Surname").fill("a")
    value_of(page, "Surname").blur()
    choose(page, "Surname", "No")
    assert page.evaluate("seen") == ["input", "change", "input", "change"]
    choose(page, "Surname", "Yes")
    blocks = page.evaluate("document.querySelector('crowd-textract-analyze-document')._submittableValue.blocks")
    assert len(blocks) == 4
    assert blocks[0]["relationships"] == [{"type": "VALUE", "ids": ["v1"]}]


def test_a_draft_survives_a_reload(page: Page, visit: Any) -> None:
    open_document(page, visit, document())
    value_of(page, "Surname").fill("Okafor")
    choose(page, "Mail address", "Key not found")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    expect(value_of(page, "Surname")).to_have_value("Okafor")
    expect(pair(page, "Mail address").get_by_role("radio", name="Key not found")).to_be_checked()
    page.get_by_role("button", name="Start over").click()
    expect(value_of(page, "Surname")).to_have_value("0kafor")


# ---- what is wrong with the data

BAD: dict[str, tuple[Any, Any, str]] = {
    "no JSON": ("[{'id': 'k1',,", None, 'initial-value="[{'),
    "no list": ({"blocks": []}, None, "initial-value='{\"blocks\":[]}'"),
    "nothing": (None, None, "The attribute initial-value: It is missing"),
}


@pytest.mark.parametrize("case", BAD)
def test_data_that_cannot_be_reviewed_is_told_and_not_submitted(page: Page, visit: Any, case: str) -> None:
    blocks, keys, says = BAD[case]
    site = open_document(page, visit, document(blocks, keys))
    expect(page.locator(".faults")).to_contain_text(says)
    submit(page, "invalid")
    assert site.posts == []
    page.evaluate(
        "blocks => { document.querySelector('crowd-textract-analyze-document').initialValue = blocks }", BLOCKS
    )
    expect(page.locator(".pair")).to_have_count(2)
    expect(page.locator(".faults p")).to_have_count(0)
    submit(page)


ODD: dict[str, tuple[Any, Any, str, str]] = {
    "a box in pixels": ([block("k", "KEY", "K", (100, 2, 30, 4), "v"), *BLOCKS], None, "", "the block “k”"),
    "an item that is no block": ([*BLOCKS, 7], None, "", "Item 5 "),
    "a key without a name": (BLOCKS, [{"key": "x"}], "", "keys='[{"),
    "another type of block": (BLOCKS, None, "block-types=\"['TABLE']\"", "block-types='[\"TABLE\"]'"),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_data_is_told_and_the_rest_is_reviewed(page: Page, visit: Any, case: str) -> None:
    blocks, keys, more, says = ODD[case]
    html = document(blocks, keys, more)
    if more:
        html = html.replace("block-types=\"['KEY_VALUE_SET']\"", "")
    open_document(page, visit, html)
    expect(page.locator(".faults")).to_contain_text(says)
    expect(value_of(page, "Surname")).to_have_value("0kafor")


def test_an_analysis_that_found_nothing(page: Page, visit: Any) -> None:
    site = open_document(page, visit, document([], None))
    expect(page.get_by_text("There is nothing to review.")).to_be_visible()
    submit(page)
    assert site.answers == [[{KEY: {"blocks": []}}]]


def test_a_document_that_does_not_load_is_told_and_not_submitted(page: Page, visit: Any) -> None:
    site = visit(document(keys=None).replace("/picture.svg", "/gone.png?X-Amz-Signature=secret"))
    failed = page.get_by_test_id("picture-failed")
    expect(failed).to_contain_text("/gone.png")
    expect(failed).not_to_contain_text("secret")
    submit(page, "invalid")
    expect(page.locator("#actionsContainer .error")).to_contain_text("could not be loaded")
    assert site.posts == []


def test_nothing_of_an_attribute_becomes_html(page: Page, visit: Any) -> None:
    bad = "<img src=x onerror='window.hit = 1'>"
    blocks = [block("k1", "KEY", bad, (0.1, 0.1, 0.2, 0.2), "v1"), block("v1", "VALUE", bad, (0.5, 0.1, 0.3, 0.2))]
    open_document(page, visit, document(blocks, [{"importantFormKey": "M", "importantFormKeyAliases": [bad]}]))
    expect(page.locator(".key").first).to_have_text(bad)
    assert page.evaluate("window.hit") is None


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violations(page: Page, visit: Any, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    inside = "<short-instructions>Correct the values</short-instructions>"
    open_document(
        page,
        visit,
        '<!doctype html><html lang="en"><head><title>Review</title></head><body><main><h1>Review</h1>'
        + document([*BLOCKS, block("k3", "KEY", "x" * 300, (0.1, 0.1, 0.1, 0.1))], more="", inside=inside)
        + '<script src="/bundles/crowd-html-elements.js"></script></main></body></html>',
    )
    choose(page, "Rowing club", "No")
    submit(page, "invalid")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []
