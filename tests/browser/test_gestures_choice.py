"""What a worker's hand does on widgets with categories: the answer must be what was meant."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Hand, Refusal
from truthkit.workforce.gestures import comment, moderate, pick, pick_many, pick_none, submit

MANY = [f"category {number}" for number in range(1, 500)]


def classifier(categories: Any, more: str = "") -> str:
    return f"""<crowd-form><crowd-classifier name="genre" categories="{categories}" {more}>
      <classification-target><div style="height: 1200px">A tune</div></classification-target>
      </crowd-classifier></crowd-form>"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("categories", "category"),
    [
        pytest.param("['Jazz', 'Folk']", "Folk", id="few"),
        pytest.param("['it\\'s', 'a &quot;quote&quot;']", 'a "quote"', id="quotes"),
        pytest.param(MANY, "category 321", id="many"),
        pytest.param("['名前', '🎷']", "🎷", id="other letters"),
    ],
)
def test_pick(hand: Hand, width: int, categories: Any, category: str) -> None:
    hand.visit(classifier(categories), width=width)
    hand(pick(hand.page, "genre", category))
    hand(pick(hand.page, "", category))
    assert hand.evaluate("document.querySelector('crowd-classifier')._submittableValue") == {"label": category}


MULTI = {
    "crowd-classifier-multi-select": "",
    "crowd-image-classifier-multi-select": 'src="/picture.svg"',
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("tag", MULTI)
def test_pick_many_and_none(hand: Hand, tag: str, width: int) -> None:
    hand.visit(
        f"""<crowd-form><{tag} id="w" name="all" header="Which?" categories="['a', 'b', 'c']" {MULTI[tag]}
          exclusion-category="{{ text: 'None of these' }}"></{tag}></crowd-form>""",
        width=width,
    )
    answers = []
    for gesture in (
        pick_many(hand.page, "all", ["c", "a"]),
        pick(hand.page, "all", "b"),
        pick_many(hand.page, "all", ["b"]),
        pick_none(hand.page, "all"),
        pick_none(hand.page, "all"),
        pick(hand.page, "all", "c"),
        pick_many(hand.page, "", []),
    ):
        hand(gesture)
        answers.append(hand.evaluate("w._submittableValue.labels"))
    assert answers == [["a", "c"], ["a", "b", "c"], ["b"], [], [], ["c"], []]


@pytest.mark.parametrize("tag", ["crowd-image-classifier", "crowd-image-classifier-multi-select"])
def test_comment(hand: Hand, tag: str) -> None:
    hand.visit(
        f"""<crowd-form><{tag} id="w" name="verdict" header="Is it right?" categories="['a', 'b']" src="/picture.svg">
          <worker-comment>Say why</worker-comment></{tag}></crowd-form>"""
    )
    hand(pick(hand.page, "verdict", "b"))
    hand(comment(hand.page, "verdict", "two\nlines"))
    hand(comment(hand.page, "verdict", "one of 😊"))
    assert hand.evaluate("w._submittableValue.workerComment") == "one of 😊"
    hand(pick(hand.page, "verdict", "a"))


def test_moderate(hand: Hand) -> None:
    site = hand.visit(
        """<crowd-form><crowd-rekognition-detect-moderation-labels header="Which?" src="/picture.svg"
          categories="[{name: 'Weapons', parentName: 'Violence'}, 'Other', {name: 'Blood', parentName: 'Violence'}]"
          exclusion-category="{ text: 'None' }"></crowd-rekognition-detect-moderation-labels></crowd-form>"""
    )
    hand(moderate(hand.page, ["Other"]))
    hand(pick_none(hand.page, ""))
    hand(moderate(hand.page, ["Blood", "Weapons"]))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    (labels,) = site.answers[0][0].values()
    assert [one["name"] for one in labels["moderationLabels"]] == ["Weapons", "Blood"]


@pytest.mark.parametrize(
    ("html", "gesture", "problem", "cure"),
    [
        pytest.param(
            classifier("['Jazz', 'Folk']"),
            lambda page: pick(page, "genre", "Blues"),
            *("there is no category 'Blues'", "categories here: Jazz, Folk"),
            id="category",
        ),
        pytest.param(
            classifier("['Jazz']") + classifier("['Folk']"),
            lambda page: pick(page, "mood", "Folk"),
            *("or crowd-classifier-multi-select", 'widgets here: crowd-classifier "genre"'),
            id="name",
        ),
        pytest.param(
            classifier("['Jazz']") + classifier("['Folk']"),
            lambda page: pick(page, "", "Folk"),
            *("there is more than one", "say which by its name"),
            id="no name",
        ),
        pytest.param(
            classifier("['Jazz']"),
            lambda page: pick_many(page, "genre", ["Jazz"]),
            *("there is no crowd-classifier-multi-select", 'crowd-classifier "genre"'),
            id="many of a single one",
        ),
        pytest.param(
            classifier("['Jazz']", "style='visibility: hidden'"),
            lambda page: pick(page, "genre", "Jazz"),
            *("the category 'Jazz' can't be used", "visible"),
            id="hidden",
        ),
        pytest.param(
            """<crowd-form><crowd-image-classifier-multi-select name="all" categories="['a', 'b']" src="/picture.svg">
              </crowd-image-classifier-multi-select></crowd-form>""",
            lambda page: pick_none(page, "all"),
            *("there is no exclusion category", "categories here: a, b"),
            id="no exclusion",
        ),
        pytest.param(
            """<crowd-form><crowd-image-classifier name="all" categories="['a', 'b']" src="/picture.svg">
              </crowd-image-classifier></crowd-form>""",
            lambda page: comment(page, "all", "x"),
            *("no comment is asked for", "<worker-comment>"),
            id="no comment",
        ),
    ],
)
def test_gestures_say_what_there_is(
    hand: Hand,
    refusal: Refusal,
    html: str,
    gesture: Callable[[Page], Coroutine[Any, Any, None]],
    problem: str,
    cure: str,
) -> None:
    def attempt() -> None:
        hand.visit(html)
        hand(gesture(hand.page))

    finding = refusal(attempt, problem)
    assert problem in finding.message + finding.cure
    assert cure in finding.message + finding.cure
