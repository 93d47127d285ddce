"""What a worker's hand does on widgets with texts: the answer must be what was meant."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Hand, Refusal
from truthkit.workforce.gestures import (
    rank,
    relabel_span,
    remove_span,
    review_pair,
    select_span,
    submit,
    write_question,
)

TEXT = "Ada met Bob in Paris.\n\nשלום, said Bob 👩‍🔬 to  Ada; n̥ois.\tThen they left for the Île-de-France. " * 3
LONG = "A line of words that goes on for a while, and then some more of it.\n" * 400


def entities(text: str, more: str = "", labels: Any = ("person", "place")) -> str:
    return f"""<div style="height: 700px">Above</div><crowd-entity-annotation id="w" name="who" {more}
      text="{html.escape(text)}" labels="{html.escape(json.dumps(list(labels)))}"></crowd-entity-annotation>"""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def place(text: str, part: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = text.index(part, at + 1)
    return units(text[:at]), units(text[: at + len(part)])


def spans(hand: Hand) -> Any:
    return [[one["label"], one["startOffset"], one["endOffset"]] for one in hand.evaluate("w.value.entities")]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(TEXT, [("Bob in Paris", 0), ("Ada", 0)], id="words"),
        pytest.param(TEXT, [("o", 0), ("le-de-Fr", 1), ("i", 3)], id="within words"),
        pytest.param(TEXT, [("שלום", 1), ("Bob 👩‍🔬 to  Ada", 0), ("n̥", 2)], id="other letters"),
        pytest.param(TEXT, [("Paris.\n\nשלום", 2)], id="across lines"),
        pytest.param(LONG, [("goes on", 390), ("more of it.\nA line", 5), ("A line", 0)], id="far down"),
    ],
)
def test_select_span(hand: Hand, text: str, parts: list[tuple[str, int]], width: int) -> None:
    hand.visit(entities(text), width=width)
    meant: list[list[Any]] = []
    for number, part in enumerate(parts):
        label = ("place", "person")[number % 2]
        start, end = place(text, *part)
        hand(select_span(hand.page, "who", label, start, end))
        meant.append([label, start, end])
    assert spans(hand) == sorted(meant, key=lambda one: one[1])


def test_spans_are_relabeled_and_removed(hand: Hand) -> None:
    site = hand.visit(entities(TEXT, "initial-value=\"[{label: 'person', startOffset: 0, endOffset: 3}]\""))
    bob, paris = place(TEXT, "Bob"), place(TEXT, "Paris")
    hand(select_span(hand.page, "", "place", *paris))
    hand(select_span(hand.page, "", "place", *bob))
    hand(relabel_span(hand.page, "", *bob, "person"))
    hand(remove_span(hand.page, "who", 0, 3))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    assert site.answers[0][0]["who"]["entities"] == [
        {"label": "person", "startOffset": bob[0], "endOffset": bob[1]},
        {"label": "place", "startOffset": paris[0], "endOffset": paris[1]},
    ]


def test_a_label_that_was_chosen_before_is_not_given(hand: Hand) -> None:
    labels = [f"label {number}" for number in range(40)]
    hand.visit(entities(TEXT, labels=labels))
    hand(hand.page.locator(".label-button").first.click())
    hand(select_span(hand.page, "", "label 33", 0, 3))
    hand(select_span(hand.page, "", "label 0", 8, 11))
    assert spans(hand) == [["label 33", 0, 3], ["label 0", 8, 11]]


def ranking(dimensions: Any) -> str:
    return f"""<crowd-form><crowd-text-ranking id="w" name="r" text="Which?" responses="['one', 'two', 'three', 'four']"
      ordinal-ranking-dimensions="{html.escape(json.dumps(dimensions))}"></crowd-text-ranking></crowd-form>"""


@pytest.mark.parametrize("width", [1280, 390])
def test_rank(hand: Hand, width: int) -> None:
    site = hand.visit(
        ranking([{"name": "Clarity", "allowTie": True}, {"name": 'it\'s "wit"', "allowTie": False}]), width=width
    )
    hand(rank(hand.page, "r", "Clarity", [2, 1, 2, 3]))
    hand(rank(hand.page, "", 'it\'s "wit"', [4, 3, 1, 2]))
    hand(rank(hand.page, "r", "Clarity", [1, 1, 1, 1]))
    hand(rank(hand.page, "r", "Clarity", [3, 2, 1, 1]))
    hand(rank(hand.page, "", 'it\'s "wit"', [2, 1, 4, 3]))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    rankings = [one["responseRankings"] for one in site.answers[0][0]["ordinalRankingDimensions"]]
    assert rankings == [[3, 2, 1, 1], [2, 1, 4, 3]]


def block(kind: str, number: int, text: str, *, value: int | None = None) -> dict[str, Any]:
    return {
        "blockType": "KEY_VALUE_SET",
        "id": f"{kind}{number}",
        "entityTypes": [kind],
        "text": text,
        "confidence": 90,
        "geometry": {"boundingBox": {"left": 0.1, "top": 0.1 * number, "width": 0.2, "height": 0.05}, "polygon": []},
        "relationships": [] if value is None else [{"type": "VALUE", "ids": [f"VALUE{value}"]}],
    }


BLOCKS = [
    one
    for number, (key, value) in enumerate({"Surname": "Lovelare", "Page": "3", "Born": "", "Title": "Ms"}.items())
    for one in (block("KEY", number, key, value=number), block("VALUE", number, value))
]
DOCUMENT = f"""<crowd-form><crowd-textract-analyze-document id="w" src="/picture.svg" header="Right?"
  initial-value="{html.escape(json.dumps(BLOCKS))}" block-types="['KEY_VALUE_SET']"
  keys="[{{importantFormKey: 'Mail'}}, {{importantFormKey: 'Phone', importantFormKeyAliases: ['Tel']}}]"
  no-key-edit no-geometry-edit></crowd-textract-analyze-document></crowd-form>"""


@pytest.mark.parametrize("width", [1280, 390])
def test_review_pair(hand: Hand, width: int) -> None:
    site = hand.visit(DOCUMENT, width=width)
    hand(review_pair(hand.page, "Surname", "yes", "Lovelace"))
    hand(review_pair(hand.page, "Page", "no"))
    hand(review_pair(hand.page, "Born", "blank"))
    hand(review_pair(hand.page, "Mail", "yes", "ada@example.org"))
    hand(review_pair(hand.page, "Phone", "not found"))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    (answer,) = site.answers[0][0].values()
    texts = [one["text"] for one in answer["blocks"]]
    assert texts == ["Surname", "Lovelace", "Born", "", "Title", "Ms", "Mail", "ada@example.org"]


def generation(more: str = "") -> str:
    return f"""<crowd-form><crowd-question-answer-generation id="w" name="qa" text="{html.escape(TEXT)}"
      question-tags="['Who', 'Where']" {more}></crowd-question-answer-generation></crowd-form>"""


@pytest.mark.parametrize("width", [1280, 390])
def test_write_question(hand: Hand, width: int) -> None:
    site = hand.visit(generation('allow-custom-question-tags="true"'), width=width)
    bob, paris = place(TEXT, "Bob"), place(TEXT, "Paris")
    hand(write_question(hand.page, "qa", "Who met Bob?", "Ada.", tags=["Who"], references=[paris, bob]))
    hand(write_question(hand.page, "", "Where?", "In Paris.", tags=["Where", "of my own"]))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    first, second = site.answers[0][0]["qa"]["questionsAndAnswers"]
    assert (first["question"], first["answer"], first["tags"]) == ("Who met Bob?", "Ada.", ["Who"])
    assert sorted((one["startOffset"], one["endOffset"]) for one in first["references"]) == [bob, paris]
    assert (second["question"], sorted(second["tags"])) == ("Where?", ["Where", "of my own"])


@pytest.mark.parametrize(
    ("page", "gesture", "problem", "cure"),
    [
        pytest.param(
            entities("Ada met Bob", "initial-value=\"[{label: 'person', startOffset: 4, endOffset: 7}]\""),
            lambda page: select_span(page, "", "person", 0, 5),
            *("the text from 0 to 5 can't be selected", "met"),
            id="overlap",
        ),
        pytest.param(
            entities("Ada met Bob"),
            lambda page: select_span(page, "", "thing", 0, 3),
            *("there is no label 'thing'", "labels here: person, place"),
            id="label",
        ),
        pytest.param(
            entities("Ada met Bob"),
            lambda page: select_span(page, "", "person", 0, 30),
            *("no text from 0 to 30", "11 UTF-16 units"),
            id="beyond",
        ),
        pytest.param(
            entities("Ada met Bob", "initial-value=\"[{label: 'person', startOffset: 4, endOffset: 7}]\""),
            lambda page: remove_span(page, "", 0, 3),
            *("there is no span from 0 to 3", "spans here: 4–7"),
            id="no span",
        ),
        pytest.param(
            ranking([{"name": "Wit", "allowTie": False}]),
            lambda page: rank(page, "", "Clarity", [1, 2, 3, 4]),
            *("no dimension 'Clarity'", "dimensions here: Wit"),
            id="dimension",
        ),
        pytest.param(
            ranking([{"name": "Wit", "allowTie": False}]),
            lambda page: rank(page, "", "Wit", [1, 2]),
            *("2 ranks can't be given", "there are 4 responses"),
            id="too few",
        ),
        pytest.param(
            ranking([{"name": "Wit", "allowTie": False}]),
            lambda page: rank(page, "", "Wit", [1, 1, 2, 3]),
            *("in place of [1, 1, 2, 3]", "each rank counts once"),
            id="tie",
        ),
        pytest.param(
            DOCUMENT,
            lambda page: review_pair(page, "Name", "no"),
            *("no pair with the key 'Name'", "keys here: Surname, Page"),
            id="key",
        ),
        pytest.param(
            DOCUMENT,
            lambda page: review_pair(page, "Page", "not found"),
            *("'not found' can't be said of 'Page'", "choices here: "),
            id="verdict",
        ),
        pytest.param(
            generation('allow-custom-question-tags="false"'),
            lambda page: write_question(page, "", "Why?", "So.", tags=["Why"]),
            *("there is no tag 'Why'", "tags here: Who, Where"),
            id="tag",
        ),
    ],
)
def test_gestures_say_what_is_wrong(
    hand: Hand,
    refusal: Refusal,
    page: str,
    gesture: Callable[[Page], Coroutine[Any, Any, None]],
    problem: str,
    cure: str,
) -> None:
    def attempt() -> None:
        hand.visit(page)
        hand(gesture(hand.page))

    finding = refusal(attempt, problem)
    assert problem in finding.message + finding.cure
    assert cure in finding.message + finding.cure
