"""``crowd-question-answer-generation``: questions about a text, their answers, and the passages behind them."""

from __future__ import annotations

import html
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.drafts import draft_has_states, no_draft
from tests.browser.test_entity_annotation import body, drag, point

TEXT = "The lighthouse was built in 1871. Its first keeper, Edda Thorne, stayed for thirty-one years."
TAGS = """question-tags="['Who', 'When']" allow-custom-question-tags="true" """


def task(attributes: str = TAGS, text: str = TEXT) -> str:
    return (
        '<crowd-form><crowd-question-answer-generation id="q" name="qa" header="Ask"'
        f' text="{html.escape(text)}" {attributes}></crowd-question-answer-generation></crowd-form>'
    )


def field(page: Page, name: str) -> Locator:
    return page.locator(f"textarea[name={name}]")


def write(page: Page, question: str, answer: str) -> None:
    field(page, "question").fill(question)
    field(page, "answer").fill(answer)


def take(page: Page, words: str) -> None:
    start = TEXT.index(words)
    drag(page, start, start + len(words))


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page) -> None:
    page.get_by_test_id("crowd-submit").click()
    wait_state(page, "submitted")


def pairs(page: Page) -> Any:
    return page.evaluate("q.value.questionsAndAnswers")


def test_the_answer_has_questions_tags_and_references(page: Page, visit: Any) -> None:
    site = visit(task())
    take(page, "built in 1871")
    take(page, "The lighthouse")
    write(page, "When was it built?", "In 1871.")
    page.get_by_role("button", name="When").click()
    page.get_by_label("Own tag").fill("Year")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add a question").click()
    expect(field(page, "question")).to_be_focused()
    page.keyboard.type("Who was the first keeper?")
    page.keyboard.press("Tab")
    page.keyboard.type("Edda Thorne")
    submit(page)
    assert site.answers == [
        [
            {
                "qa": {
                    "questionsAndAnswers": [
                        {
                            "question": "When was it built?",
                            "answer": "In 1871.",
                            "tags": ["When", "Year"],
                            "references": [
                                {"startOffset": 0, "endOffset": 14},
                                {"startOffset": 19, "endOffset": 32},
                            ],
                        },
                        {
                            "question": "Who was the first keeper?",
                            "answer": "Edda Thorne",
                            "tags": [],
                            "references": [],
                        },
                    ]
                }
            }
        ]
    ]


def test_each_pair_has_its_own_references(page: Page, visit: Any) -> None:
    visit(task())
    take(page, "built in 1871")
    page.keyboard.press("n")
    expect(page.locator(".pair-head[aria-expanded=true]")).to_contain_text("Question 2")
    expect(page.locator(".badge")).to_have_count(0)
    take(page, "in 1871. Its first")
    page.get_by_role("button", name="Question 1").click()
    expect(page.locator(".badge")).to_have_count(1)
    references = [pair["references"] for pair in pairs(page)]
    assert references == [[{"startOffset": 19, "endOffset": 32}], [{"startOffset": 25, "endOffset": 43}]]


def test_a_reference_covers_no_part_of_another(page: Page, visit: Any) -> None:
    visit(task())
    take(page, "Edda Thorne")
    take(page, "Thorne, stayed")
    expect(page.locator(".prompt.refused")).to_contain_text("“Edda Thorne”")
    assert pairs(page)[0]["references"] == [{"startOffset": 52, "endOffset": 63}]
    page.get_by_role("button", name="Remove reference 1: Edda Thorne").last.click()
    assert pairs(page) == []


def test_everything_goes_by_keys(page: Page, visit: Any) -> None:
    site = visit(task())
    body(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("]")
    page.keyboard.press("Alt+]")
    page.keyboard.press("Alt+[")
    assert pairs(page)[0]["references"] == [{"startOffset": 4, "endOffset": 24}]
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(field(page, "question")).to_be_focused()
    page.keyboard.type("Was it built?")
    page.keyboard.press("Tab")
    page.keyboard.type("Yes")
    page.keyboard.press("Control+Enter")
    wait_state(page, "submitted")
    assert site.answers[0][0]["qa"]["questionsAndAnswers"][0]["answer"] == "Yes"


def test_what_a_finger_selects_is_taken_by_a_button(page: Page, visit: Any) -> None:
    """A long press selects natively."""
    visit(task())
    body(page).evaluate(
        """(text) => { const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          const node = walker.nextNode(); getSelection().setBaseAndExtent(node, 52, node, 60); }"""
    )
    page.get_by_role("button", name="Take the selected passage as a reference").click()
    assert pairs(page)[0]["references"] == [{"startOffset": 52, "endOffset": 63}]


def test_undo_brings_back_pairs_with_their_texts(page: Page, visit: Any) -> None:
    visit(task())
    write(page, "When?", "In 1871")
    page.get_by_role("button", name="Who").click()
    page.get_by_role("button", name="Remove this question").click()
    assert pairs(page) == []
    page.get_by_role("button", name="Undo").click()
    assert pairs(page)[0]["question"] == "When?"
    assert pairs(page)[0]["tags"] == ["Who"]
    page.get_by_role("button", name="Undo").click()
    assert (pairs(page)[0]["answer"], pairs(page)[0]["tags"]) == ("In 1871", [])
    page.get_by_role("button", name="Redo").click()
    assert pairs(page)[0]["tags"] == ["Who"]


LIMITS = TAGS + 'min-questions="2" max-questions="3" question-min-words="3" answer-max-words="4"'


def test_what_is_missing_names_the_pair_and_has_the_focus(page: Page, visit: Any) -> None:
    visit(task(LIMITS))
    button = page.get_by_test_id("crowd-submit")
    told = page.locator("#actionsContainer .error")
    button.click()
    expect(told).to_have_text("Write at least 2 questions with their answers.")
    expect(field(page, "question")).to_be_focused()
    write(page, "When was it built?", "It was built in 1871")
    page.get_by_role("button", name="Add a question").click()
    write(page, "Who then?", "Edda")
    button.click()
    expect(told).to_have_text("Question 1: the answer may have 4 words, it has 5.")
    expect(field(page, "answer")).to_be_focused()
    expect(field(page, "answer")).to_have_value("It was built in 1871")
    expect(field(page, "answer")).to_have_attribute("aria-invalid", "true")
    field(page, "answer").fill("In 1871")
    expect(told).to_have_text("Question 2: the question needs at least 3 words, it has 2.")
    button.click()
    expect(field(page, "question")).to_be_focused()
    page.keyboard.type(" And now?")
    expect(told).to_have_count(0)
    submit(page)


def test_words_are_counted_while_someone_types(page: Page, visit: Any) -> None:
    visit(task(LIMITS))
    counter = page.locator("#answer-words")
    expect(counter).to_have_text("0 words (1 to 4)")
    field(page, "answer").press_sequentially("In the year of 1871")
    expect(counter).to_have_text("5 words (1 to 4)")
    expect(counter).to_have_class("counter off")


def test_no_more_questions_than_allowed(page: Page, visit: Any) -> None:
    visit(task(LIMITS))
    add = page.get_by_role("button", name="Add a question")
    add.click()
    add.click()
    expect(add).to_be_disabled()
    page.locator("h3").first.click()
    page.keyboard.press("n")
    expect(page.locator(".pair")).to_have_count(3)


@pytest.mark.parametrize(
    ("attributes", "tags", "own"),
    [
        (TAGS, ["Who", "When"], 1),
        ("""question-tags="['Who']" allow-custom-question-tags="false" """, ["Who"], 0),
        ("""question-tags="['Who']" """, ["Who"], 0),
        ("""question-tags="[]" allow-custom-question-tags="true" """, [], 0),
    ],
)
def test_tags(page: Page, visit: Any, attributes: str, tags: list[str], own: int) -> None:
    visit(task(attributes))
    assert page.locator(".tags .tool").all_inner_texts() == tags
    expect(page.get_by_label("Own tag")).to_have_count(own)


def test_blank_pairs_are_left_out(page: Page, visit: Any) -> None:
    site = visit(task(TAGS + 'min-questions="0"'))
    page.keyboard.press("n")
    submit(page)
    assert site.answers == [[{"qa": {"questionsAndAnswers": []}}]]


def test_a_text_that_is_an_address_is_read(page: Page, visit: Any) -> None:
    anyone = {"access-control-allow-origin": "*"}
    page.route("**/stored.txt*", lambda route: route.fulfill(body=TEXT, content_type="text/plain", headers=anyone))
    visit(task(text="http://127.0.0.1:9/stored.txt?X-Amz-Signature=s"))
    expect(body(page)).to_have_text(TEXT)
    take(page, "Edda Thorne")
    write(page, "Who?", "Edda")
    draft_has_states(page, 1)
    page.reload()
    expect(page.locator(".badge")).to_have_count(1)
    assert pairs(page)[0]["references"] == [{"startOffset": 52, "endOffset": 63}]


@pytest.mark.parametrize(
    ("page_html", "quoted"),
    [
        (task(text=""), 'text=""'),
        (task(text="s3://bucket/key.txt"), "grant_read_access"),
        (task(TAGS + 'min-questions="many"'), 'min-questions="many"'),
        (task(TAGS + 'min-questions="3" max-questions="2"'), 'max-questions="2" is below'),
        (task(TAGS + 'answer-max-words="-1"'), 'answer-max-words="-1"'),
        (task("question-tags=\"['a'\""), "question-tags="),
        (task("question-tags=\"['a', 'a', {}]\""), "not a list of different texts"),
    ],
)
def test_what_is_wrong_is_told(page: Page, visit: Any, page_html: str, quoted: str) -> None:
    visit(page_html)
    expect(page.locator(".faults")).to_contain_text(quoted)
    write(page, "Who?", "Edda")
    if "min-questions" not in page_html:
        submit(page)


def test_empty_limits_are_not_given(page: Page, visit: Any) -> None:
    visit(task(TAGS + 'min-questions="" max-questions="" answer-max-words=""'))
    write(page, "Who?", "Edda")
    submit(page)


def test_work_survives_a_reload_and_is_gone_after_submit(page: Page, visit: Any) -> None:
    visit(task())
    take(page, "Edda Thorne")
    write(page, "Who was it?", "Edda")
    draft_has_states(page, 1)
    page.reload()
    expect(field(page, "question")).to_have_value("Who was it?")
    expect(page.locator(".badge")).to_have_count(1)
    submit(page)
    no_draft(page)


def test_markup_in_attributes_stays_text(page: Page, visit: Any) -> None:
    mark = "<img src=x onerror='window.bad = 1'>"
    visit(task(f'question-tags="{html.escape(str([mark]))}"', text=f"See {mark} there"))
    expect(page.locator(".tags .tool")).to_have_text([mark])
    drag(page, 0, 9)
    assert page.evaluate("window.bad") is None


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violations(page: Page, visit: Any, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit(
        '<!doctype html><html lang="en"><head><title>Questions</title></head><body><main><h1>Questions</h1>'
        f"{task(LIMITS)}</main></body></html>"
    )
    take(page, "Edda Thorne")
    page.mouse.click(*point(page, 54))
    page.get_by_test_id("crowd-submit").click()
    wait_state(page, "invalid")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_tag_that_was_typed_and_not_added_is_submitted(page: Page, visit: Any) -> None:
    site = visit(task())
    write(page, "Who was it?", "Edda")
    page.get_by_label("Own tag").fill("Keeper")
    submit(page)
    assert site.answers[0][0]["qa"]["questionsAndAnswers"][0]["tags"] == ["Keeper"]


def test_a_removed_question_comes_back_by_its_key(page: Page, visit: Any) -> None:
    visit(task())
    write(page, "Who was it?", "Edda")
    page.locator("#remove-question").click()
    expect(page.locator(".pair-head")).to_be_focused()
    page.keyboard.press("Control+z")
    assert pairs(page)[0]["question"] == "Who was it?"


def test_the_focus_stays_when_what_had_it_vanishes(page: Page, visit: Any) -> None:
    visit(task())
    take(page, "Edda Thorne")
    page.locator(".references .tool").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pair-head")).to_be_focused()


def test_a_draft_waits_for_a_text_that_comes_late(page: Page, visit: Any) -> None:
    visit(task(text=""))
    page.evaluate("text => { q.text = text; }", TEXT)
    take(page, "Edda Thorne")
    write(page, "Who was it?", "Edda")
    draft_has_states(page, 1)
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    page.evaluate("text => { q.text = text; }", TEXT)
    expect(field(page, "question")).to_have_value("Who was it?")
    expect(page.locator(".badge")).to_have_count(1)
