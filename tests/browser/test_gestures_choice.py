"""What a worker's hand does on widgets with categories: the answer must be what was meant."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Hand
from truthkit.findings import TruthkitError
from truthkit.workforce.gestures import pick, pick_many

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
    ],
)
@pytest.mark.usefixtures("impatient")
def test_gestures_say_what_there_is(
    hand: Hand, html: str, gesture: Callable[[Page], Coroutine[Any, Any, None]], problem: str, cure: str
) -> None:
    hand.visit(html)
    with pytest.raises(TruthkitError) as caught:
        hand(gesture(hand.page))
    (finding,) = caught.value.findings
    assert problem in finding.message + finding.cure
    assert cure in finding.message + finding.cure
