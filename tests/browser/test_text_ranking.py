"""crowd-text-ranking: ranks by choosing, by keys, by steps and by dragging; ties; what it answers and refuses."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

RESPONSES = ["First text", "Second text", "Third text"]
TIES = {"name": "Clarity", "allowTie": True}
ORDER = {"name": "Correctness", "allowTie": False}


def ranking(
    dimensions: Any = (TIES, ORDER), responses: Any = RESPONSES, more: str = 'text="Why?"', inside: str = ""
) -> str:
    def attribute(value: Any) -> str:
        return escape(value if isinstance(value, str) else json.dumps(value))

    return f"""<crowd-form><crowd-text-ranking name="ranking" header="Rank them" {more}
      responses="{attribute(responses)}" ordinal-ranking-dimensions="{attribute(dimensions)}"
      >{inside}</crowd-text-ranking></crowd-form>"""


def rank_of(page: Page, dimension: str, letter: str) -> Locator:
    return page.get_by_label(f"{dimension}: rank of Response {letter}", exact=True)


def ranks(page: Page) -> list[list[int | None]]:
    dimensions = page.evaluate("document.querySelector('crowd-text-ranking').value.ordinalRankingDimensions")
    return [one["responseRankings"] for one in dimensions]


def rows(page: Page, dimension: str) -> Locator:
    return page.get_by_role("region", name=dimension).locator(".row")


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page, state: str = "submitted") -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, state)


def drag(page: Page, grip: Locator, y: float) -> None:
    """Drags by the middle of ``grip`` to a height on the page, in steps as a hand does."""
    box = grip.bounding_box()
    assert box
    x, start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, start)
    page.mouse.down()
    page.mouse.move(x, (start + y) / 2)
    page.mouse.move(x, y)
    page.mouse.up()


def edge(row: Locator, share: float) -> float:
    """A height on the page: 0 is the row's upper edge, 1 the lower."""
    box = row.bounding_box()
    assert box
    return box["y"] + share * box["height"]


# ---- the answer


def test_the_answer_stands_at_the_top_level(page: Page, visit: Any) -> None:
    site = visit(ranking())
    for letter, rank in (("A", "2"), ("B", "1"), ("C", "2")):
        rank_of(page, "Clarity", letter).select_option(rank)
    for letter, rank in (("A", "3"), ("B", "1")):
        rank_of(page, "Correctness", letter).select_option(rank)
    # The last one of an order without ties is settled by the others.
    expect(rank_of(page, "Correctness", "C")).to_have_value("2")
    submit(page)
    assert site.answers == [
        [
            {
                "ordinalRankingDimensions": [
                    {"name": "Clarity", "allowTie": True, "responseRankings": [2, 1, 2]},
                    {"name": "Correctness", "allowTie": False, "responseRankings": [3, 1, 2]},
                ]
            }
        ]
    ]


def test_two_rankings_on_a_page_both_answer(page: Page, visit: Any) -> None:
    one = ["Only text"]
    site = visit(ranking([TIES], one).replace("</crowd-form>", ranking([ORDER], one).replace("<crowd-form>", "")))
    for name in ("Clarity", "Correctness"):
        rank_of(page, name, "A").select_option("1")
    page.get_by_role("button", name="Submit").first.click()
    wait_state(page, "submitted")
    assert [one["name"] for one in site.answers[0][0]["ordinalRankingDimensions"]] == ["Clarity", "Correctness"]


def test_ranks_with_ties_leave_no_gaps(page: Page, visit: Any) -> None:
    visit(ranking([TIES]))
    for letter, rank in (("A", "3"), ("B", "3"), ("C", "2")):
        rank_of(page, "Clarity", letter).select_option(rank)
    assert ranks(page) == [[2, 2, 1]]
    expect(rank_of(page, "Clarity", "A")).to_have_value("2")
    # The same again: the field must not keep a rank that does not count.
    rank_of(page, "Clarity", "A").select_option("3")
    rank_of(page, "Clarity", "A").select_option("2")
    assert ranks(page) == [[2, 2, 1]]


def test_every_dimension_must_be_ranked(page: Page, visit: Any) -> None:
    site = visit(ranking())
    rank_of(page, "Clarity", "A").select_option("1")
    submit(page, "invalid")
    summary = page.get_by_role("alert").get_by_role("button")
    expect(summary).to_contain_text("Clarity: 2 responses are not ranked yet.")
    expect(summary).to_contain_text("Correctness: 3 responses are not ranked yet.")
    expect(rank_of(page, "Clarity", "B")).to_be_focused()
    page.keyboard.press("1")
    rank_of(page, "Clarity", "C").press("1")
    expect(page.locator("#actionsContainer .error")).to_have_text("Correctness: 3 responses are not ranked yet.")
    assert site.posts == []


def test_change_and_value(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    page.evaluate("""() => { window.seen = []; const one = document.querySelector('crowd-text-ranking');
      document.addEventListener('change', (event) => seen.push(event.target === one));
      one.value.ordinalRankingDimensions[0].responseRankings[0] = 7; }""")
    assert ranks(page) == [[None, None, None]]
    rank_of(page, "Correctness", "A").select_option("1")
    assert page.evaluate("seen") == [True]
    assert page.evaluate("document.querySelector('crowd-text-ranking')._submittableValue") == page.evaluate(
        "document.querySelector('crowd-text-ranking').value"
    )


def test_order_of_the_responses_stays(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    rank_of(page, "Correctness", "C").select_option("1")
    expect(page.locator(".response h3")).to_have_text(["Response A", "Response B", "Response C"])
    expect(rows(page, "Correctness").locator("strong")).to_have_text(["Response C", "Response A", "Response B"])


# ---- keys


def test_digits_on_a_response_go_through_all_dimensions(page: Page, visit: Any) -> None:
    visit(ranking())
    first = page.get_by_role("group", name="Response A")
    first.focus()
    page.keyboard.press("2")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    assert ranks(page) == [[2, 1, 2], [None, None, None]]
    page.keyboard.press("d")
    expect(page.locator("#announcements")).to_have_text("Now ranking: Correctness")
    page.keyboard.press("1")
    first.focus()
    page.keyboard.press("2")
    assert ranks(page) == [[2, 1, 2], [2, 3, 1]]


def test_keys_in_a_row_keep_the_focus(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    third = rank_of(page, "Correctness", "C")
    third.focus()
    page.keyboard.press("1")
    expect(third).to_be_focused()
    rank_of(page, "Correctness", "B").focus()
    page.keyboard.press("1")
    assert ranks(page) == [[3, 1, 2]]
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert ranks(page) == [[2, 3, 1]]
    expect(rank_of(page, "Correctness", "B")).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    assert ranks(page) == [[3, 2, 1]]
    page.keyboard.press("Delete")
    assert ranks(page) == [[3, None, 1]]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert ranks(page) == [[2, 3, 1]]
    page.keyboard.press("Control+Shift+z")
    assert ranks(page) == [[3, 2, 1]]
    expect(page.locator("#announcements")).to_contain_text("Correctness: Response B has rank 2")
    expect(rank_of(page, "Correctness", "B")).to_be_focused()


def test_steps_join_and_leave_ties(page: Page, visit: Any) -> None:
    visit(ranking([TIES]))
    for letter, rank in (("A", "1"), ("B", "2"), ("C", "3")):
        rank_of(page, "Clarity", letter).select_option(rank)
    up = page.get_by_role("button", name="Clarity: move Response C up")
    up.click()
    assert ranks(page) == [[1, 2, 2]]
    expect(rows(page, "Clarity").nth(2)).to_have_class("row shared tied")
    up.click()
    assert ranks(page) == [[1, 3, 2]]
    expect(page.get_by_role("button", name="Clarity: move Response B down")).to_have_attribute("aria-disabled", "true")


def test_undo_and_redo_buttons(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    rank_of(page, "Correctness", "A").select_option("1")
    page.get_by_role("button", name="Undo").click()
    assert ranks(page) == [[None, None, None]]
    page.get_by_role("button", name="Redo").click()
    assert ranks(page) == [[1, None, None]]


def test_the_focus_stays_on_undo(page: Page, visit: Any) -> None:
    visit(ranking())
    rank_of(page, "Clarity", "A").select_option("1")
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(rank_of(page, "Clarity", "A")).to_have_value("")
    expect(undo).to_be_focused()


def test_more_than_nine_responses(page: Page, visit: Any) -> None:
    visit(ranking([ORDER], [f"Text {index}" for index in range(28)]))
    rank_of(page, "Correctness", "AB").select_option("28")
    rank_of(page, "Correctness", "A").press("9")
    assert [one for one in ranks(page)[0] if one] == [9, 28]


# ---- dragging


def test_dragging_gives_ranks_and_changes_them(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    row = rows(page, "Correctness")
    drag(page, row.nth(2), edge(page.locator(".start"), 0.5))
    assert ranks(page) == [[None, None, 1]]
    drag(page, row.nth(2), edge(row.nth(0), 0.1))
    assert ranks(page) == [[3, 1, 2]]
    drag(page, row.nth(0), edge(row.nth(2), 0.9))
    assert ranks(page) == [[2, 3, 1]]


def test_dragging_onto_another_ties(page: Page, visit: Any) -> None:
    visit(ranking([TIES]))
    for letter, rank in (("A", "1"), ("B", "2"), ("C", "3")):
        rank_of(page, "Clarity", letter).select_option(rank)
    row = rows(page, "Clarity")
    drag(page, row.nth(2), edge(row.nth(0), 0.5))
    assert ranks(page) == [[1, 2, 1]]
    drag(page, row.nth(2), edge(row.nth(0), -0.3))
    assert ranks(page) == [[2, 1, 2]]


def test_escape_gives_a_dragged_row_back(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    row = rows(page, "Correctness")
    box = row.nth(2).bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] - 200)
    expect(row.nth(2)).to_have_class("row dragged")
    page.keyboard.press("Escape")
    expect(row.nth(2)).to_have_class("row")
    page.mouse.up()
    assert ranks(page) == [[None, None, None]]


def test_a_finger_drags_by_the_grip_only(page: Page, visit: Any) -> None:
    visit(ranking([ORDER]))
    drop = edge(page.locator(".start"), 0.5)
    finger = {"pointerId": 5, "pointerType": "touch", "isPrimary": True, "button": 0, "bubbles": True}
    for target, after in ((".what", None), (".grip", 1)):
        spot = rows(page, "Correctness").nth(1).locator(target)
        box = spot.bounding_box()
        assert box
        point = {"clientX": box["x"] + 5, "clientY": box["y"] + 5}
        page.evaluate("HTMLElement.prototype.setPointerCapture = () => {}")
        spot.dispatch_event("pointerdown", finger | point)
        spot.dispatch_event("pointermove", finger | point | {"clientY": drop})
        spot.dispatch_event("pointerup", finger | point | {"clientY": drop})
        assert ranks(page) == [[None, after, None]]
    # The browser takes the finger for something else.
    spot = rows(page, "Correctness").nth(2).locator(".grip")
    spot.dispatch_event("pointerdown", finger | {"clientY": drop + 200})
    spot.dispatch_event("pointermove", finger | {"clientY": drop - 40})
    expect(rows(page, "Correctness").nth(2)).to_have_class("row dragged")
    spot.dispatch_event("pointercancel", finger)
    expect(rows(page, "Correctness").nth(2)).to_have_class("row")
    assert ranks(page) == [[None, 1, None]]


# ---- the page


def test_a_draft_survives_a_reload(page: Page, visit: Any) -> None:
    visit(ranking())
    rank_of(page, "Clarity", "A").select_option("1")
    rank_of(page, "Clarity", "B").select_option("1")
    rank_of(page, "Correctness", "C").select_option("2")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    assert ranks(page) == [[1, 1, None], [None, None, 2]]
    page.get_by_role("button", name="Start over").click()
    assert ranks(page) == [[None] * 3, [None] * 3]


def test_in_a_tab(page: Page, visit: Any) -> None:
    inner = ranking([ORDER]).removeprefix("<crowd-form>").removesuffix("</crowd-form>")
    site = visit(f"""<crowd-form><crowd-tabs><crowd-tab header="Read">Read first</crowd-tab>
      <crowd-tab header="Rank">{inner}</crowd-tab></crowd-tabs>
      <crowd-button form-action="submit">Send</crowd-button></crowd-form>""")
    page.get_by_role("button", name="Send").click()
    wait_state(page, "invalid")
    expect(page.get_by_role("tab", name="Rank")).to_have_attribute("aria-selected", "true")
    expect(rank_of(page, "Correctness", "A")).to_be_focused()
    page.keyboard.press("1")
    rank_of(page, "Correctness", "B").press("2")
    page.get_by_role("button", name="Send").click()
    wait_state(page, "submitted")
    assert site.answers[0][0]["ordinalRankingDimensions"][0]["responseRankings"] == [1, 2, 3]


def test_text_from_s3(page: Page, visit: Any) -> None:
    address = "https://bucket.s3.amazonaws.com/prompt.txt?X-Amz-Signature=f0"
    page.route(
        "https://bucket.s3.amazonaws.com/**",
        lambda route: route.fulfill(body="Warum?\n <b>So</b>", headers={"access-control-allow-origin": "*"}),
    )
    visit(ranking([ORDER], more=f'text="{escape(address)}"'))
    expect(page.locator(".prompt .text")).to_have_text("Warum? <b>So</b>")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("s3://bucket/prompt.txt", 'text="s3://bucket/prompt.txt"'),
        ("https://bucket.s3.amazonaws.com/gone.txt", "https://bucket.s3.amazonaws.com/gone.txt"),
    ],
    ids=["unsigned", "unreachable"],
)
def test_a_text_that_cannot_be_read_is_told(page: Page, visit: Any, text: str, says: str) -> None:
    page.route("https://bucket.s3.amazonaws.com/**", lambda route: route.abort())
    visit(ranking([ORDER], more=f'text="{text}"'))
    expect(page.locator(".faults")).to_contain_text(says)


BAD: dict[str, tuple[Any, Any, str]] = {
    "no JSON": ([ORDER], "['a',, 'b'", 'responses="['),
    "no list": ([ORDER], {"a": "b"}, """responses='{"a":"b"}'"""),
    "an item that is no text": ([ORDER], ["a", {"text": "b"}], "no text as item 2"),
    "nothing to rank": ([ORDER], [], "responses='[]'"),
    "no dimensions": ([], RESPONSES, "ordinal-ranking-dimensions='[]'"),
    "a dimension without a name": ([{"allowTie": True}], RESPONSES, "no name in item 1"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_and_cannot_be_submitted(page: Page, visit: Any, case: str) -> None:
    dimensions, responses, says = BAD[case]
    site = visit(ranking(dimensions, responses))
    expect(page.locator("crowd-text-ranking .faults")).to_contain_text(says)
    submit(page, "invalid")
    assert site.posts == []
    # The page lives: what a script mends can be ranked.
    page.evaluate(
        """() => { const one = document.querySelector('crowd-text-ranking');
      one.responses = ['x', 'y']; one.ordinalRankingDimensions = [{name: 'N', allowTie: false}]; }"""
    )
    rank_of(page, "N", "B").select_option("1")
    assert ranks(page) == [[2, 1]]
    expect(page.locator("crowd-text-ranking .faults p")).to_have_count(0)
    submit(page)


def test_nothing_of_an_attribute_becomes_html(page: Page, visit: Any) -> None:
    bad = "<img src=x onerror='window.hit = 1'>"
    visit(ranking([{"name": bad, "allowTie": True}], [bad, "b"], more=f'text="{escape(bad)}"'))
    expect(page.locator(".response .text").first).to_have_text(bad)
    assert page.evaluate("window.hit") is None


def test_one_response_and_a_dimension_named_twice(page: Page, visit: Any) -> None:
    site = visit(ranking([ORDER, ORDER], ["Only"]))
    expect(page.locator(".faults")).to_contain_text("names “Correctness” twice")
    for index in (0, 1):
        rank_of(page, "Correctness", "A").nth(index).select_option("1")
    submit(page)
    assert [one["responseRankings"] for one in site.answers[0][0]["ordinalRankingDimensions"]] == [[1], [1]]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violations(page: Page, visit: Any, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit(
        '<!doctype html><html lang="en"><head><title>Ranking</title></head><body><main><h1>Rank</h1>'
        + ranking(responses=["long " * 60, "x" * 400, "مرحبا"], inside="<short-instructions>Do</short-instructions>")
        + '<script src="/bundles/crowd-html-elements.js"></script></main></body></html>'
    )
    rank_of(page, "Clarity", "A").select_option("1")
    submit(page, "invalid")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []
