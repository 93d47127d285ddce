"""What a worker's hand draws on pictures: what is meant must come out, whatever part of the picture is shown."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Hand, Refusal
from truthkit.workforce.gestures import (
    delete_shape,
    draw_box,
    draw_line,
    draw_polygon,
    draw_polyline,
    nothing_to_label,
    place_keypoint,
    relabel_shape,
    select_shape,
    submit,
)

LARGE = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' width='4000' height='3000'%3E"
    "%3Crect width='4000' height='3000' fill='%2347a'/%3E%3C/svg%3E"
)
SIZES = {"/picture.svg": (320, 120), LARGE: (4000, 3000)}


def tool(tag: str, src: str = "/picture.svg", more: str = "") -> str:
    return f"""<div style="height: 900px">Above</div>
      <crowd-form><{tag} id="w" name="parts" labels="['bolt', 'nut']" src="{src}" {more}></{tag}></crowd-form>
      <div style="height: 900px">Below</div>"""


def shapes(tag: str, width: int, height: int) -> tuple[str, Any, Any]:
    """The key in the answer; the gesture; the shape that it must give on a picture of that size."""
    points = [(width // 8, height // 8), (width // 2, height // 6), (width // 3, height - height // 5)]
    vertices = [{"x": x, "y": y} for x, y in points]
    (x, y), label = points[2], "nut"
    box = {"left": width // 5, "top": height // 4, "width": width // 2, "height": height // 3}
    return {
        "crowd-bounding-box": ("boundingBoxes", lambda page: draw_box(page, "parts", label, **box), box),
        "crowd-keypoint": ("keypoints", lambda page: place_keypoint(page, "", label, x, y), {"x": x, "y": y}),
        "crowd-polygon": (
            *("polygons", lambda page: draw_polygon(page, "parts", label, points)),
            {"vertices": vertices},
        ),
        "crowd-polyline": (
            *("polylines", lambda page: draw_polyline(page, "parts", label, points)),
            {"vertices": vertices},
        ),
        "crowd-line": (
            *("lines", lambda page: draw_line(page, "parts", label, points[:2])),
            {"vertices": vertices[:2]},
        ),
    }[tag]


TAGS = ["crowd-bounding-box", "crowd-keypoint", "crowd-line", "crowd-polygon", "crowd-polyline"]


def near(drawn: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return drawn.keys() == wanted.keys() and all(near(drawn[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(drawn) == len(wanted) and all(map(near, drawn, wanted))
    return bool(drawn == wanted if isinstance(wanted, str) else abs(drawn - wanted) <= 1)


async def zoom_in(page: Page) -> None:
    """To the lower right corner, and scrolls it half out of the window."""
    stage = page.locator("#annotation-area-container[data-state=ready]")
    await stage.scroll_into_view_if_needed()
    box = await stage.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] - 20)
    await page.mouse.wheel(0, -1500)
    await page.wait_for_function(
        "w.toClient(0, 0).x < w.shadowRoot.querySelector('#annotation-area-container').getBoundingClientRect().x - 50"
    )
    await page.mouse.move(2, 2)
    await page.evaluate("scrollBy(0, 500)")


@pytest.mark.parametrize("view", ["fit", "zoomed"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("src", SIZES, ids=["small", "large"])
@pytest.mark.parametrize("tag", TAGS)
def test_what_is_drawn_is_what_was_meant(hand: Hand, tag: str, src: str, width: int, view: str) -> None:
    key, gesture, wanted = shapes(tag, *SIZES[src])
    site = hand.visit(tool(tag, src), width=width)
    if view == "zoomed":
        hand(zoom_in(hand.page))
    hand(gesture(hand.page))
    (drawn,) = hand.evaluate("key => w.value[key]", key)
    assert near(drawn, {**wanted, "label": "nut"})
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    assert near(site.answers[0][0]["parts"][key], [{**wanted, "label": "nut"}])


@pytest.mark.parametrize("tag", TAGS)
def test_the_same_twice(hand: Hand, tag: str) -> None:
    """What is there already must not be taken hold of."""
    key, gesture, wanted = shapes(tag, 320, 120)
    hand.visit(tool(tag))
    hand(gesture(hand.page))
    hand(gesture(hand.page))
    assert near(hand.evaluate("key => w.value[key]", key), [{**wanted, "label": "nut"}] * 2)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "box",
    [
        pytest.param((0, 0, 1, 1), id="one pixel in the corner"),
        pytest.param((3996, 2990, 4, 10), id="at the end"),
        pytest.param((2000, 1500, 3, 700), id="narrow"),
        pytest.param((0, 0, 4000, 3000), id="all"),
        pytest.param((1, 1000, 3998, 5), id="wide and low"),
    ],
)
def test_draw_box_of_any_size(hand: Hand, box: tuple[int, int, int, int], width: int) -> None:
    hand.visit(tool("crowd-bounding-box", LARGE), width=width)
    hand(draw_box(hand.page, "", "bolt", *box))
    (drawn,) = hand.evaluate("w.value.boundingBoxes")
    assert near([drawn[key] for key in ("left", "top", "width", "height")], list(box))


def test_boxes_beside_within_and_across_each_other(hand: Hand) -> None:
    boxes = [(20, 20, 100, 60), (30, 30, 50, 20), (20, 20, 30, 30), (110, 10, 60, 90), (20, 80, 100, 20)]
    hand.visit(tool("crowd-bounding-box"))
    for box in boxes:
        hand(draw_box(hand.page, "", "bolt", *box))
    drawn = [[one[key] for key in ("left", "top", "width", "height")] for one in hand.evaluate("w.value.boundingBoxes")]
    assert near(drawn, [list(box) for box in boxes])


def test_many_vertices_close_together(hand: Hand) -> None:
    """The vertices of a comb are nearer to each other than a press is exact, unless one zooms in."""
    comb = [(x, 400 if x % 40 else 300) for x in range(400, 1000, 20)] + [(1000, 900), (400, 900)]
    hand.visit(tool("crowd-polygon", LARGE))
    hand(draw_polygon(hand.page, "", "nut", comb))
    assert near(hand.evaluate("w.value.polygons[0].vertices"), [{"x": x, "y": y} for x, y in comb])


def test_select_relabel_and_delete(hand: Hand) -> None:
    initial = [{"label": "bolt", "left": 5 * n, "top": n, "width": 20, "height": 20} for n in range(60)]
    hand.visit(tool("crowd-bounding-box", more=f'initial-value="{initial}"'))
    for index in (59, 0, 30):
        hand(select_shape(hand.page, "parts", index))
        hand(relabel_shape(hand.page, "parts", index, "nut"))
    assert hand.evaluate("w.value.boundingBoxes.flatMap((one, at) => (one.label === 'nut' ? [at] : []))") == [0, 30, 59]
    for index in (59, 30, 0):
        hand(delete_shape(hand.page, "parts", index))
    assert hand.evaluate("w.value.boundingBoxes.map((one) => one.label)") == ["bolt"] * 57


def test_a_shape_is_drawn_while_another_is_selected(hand: Hand) -> None:
    hand.visit(tool("crowd-bounding-box"))
    hand(draw_box(hand.page, "", "bolt", 20, 20, 100, 60))
    hand(select_shape(hand.page, "", 0))
    hand(draw_box(hand.page, "", "nut", 40, 30, 50, 20))
    assert hand.evaluate("w.value.boundingBoxes.map((one) => one.label)") == ["bolt", "nut"]


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_to_label(hand: Hand, tag: str) -> None:
    hand.visit(tool(tag))
    hand(nothing_to_label(hand.page, "parts"))
    hand(nothing_to_label(hand.page, "parts"))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))


BOXES = tool("crowd-bounding-box")


@pytest.mark.parametrize(
    ("html", "gesture", "problem", "cure"),
    [
        pytest.param(
            BOXES,
            lambda page: draw_box(page, "", "screw", 5, 5, 20, 20),
            *("there is no label 'screw'", "labels here: bolt, nut"),
            id="label",
        ),
        pytest.param(
            BOXES,
            lambda page: draw_box(page, "bits", "nut", 5, 5, 20, 20),
            *("there is no crowd-bounding-box named 'bits'", 'widgets here: crowd-bounding-box "parts"'),
            id="name",
        ),
        pytest.param(
            BOXES,
            lambda page: draw_box(page, "", "nut", 300, 5, 40, 20),
            *("(340, 25) is not on the picture", "320 pixels wide and 120 high"),
            id="outside",
        ),
        pytest.param(
            BOXES,
            lambda page: draw_box(page, "", "nut", 5, 5, 0, 20),
            *("could not be drawn", ""),
            id="no area",
        ),
        pytest.param(
            BOXES,
            lambda page: delete_shape(page, "", 0),
            *("there is no annotation 0", "there are 0, counted from 0"),
            id="no shape",
        ),
        pytest.param(
            tool("crowd-bounding-box", "/lost.png"),
            lambda page: draw_box(page, "", "nut", 5, 5, 20, 20),
            *("there is no picture to point at", "/lost.png"),
            id="no picture",
        ),
        pytest.param(
            BOXES + "<dialog id=d style='position: fixed; inset: 0; width: 100%; height: 100%'>Hi</dialog>"
            "<script>setTimeout(() => d.showModal())</script>",
            lambda page: draw_box(page, "", "nut", 5, 5, 20, 20),
            *("can't be used", "not covered"),
            id="covered",
        ),
    ],
)
def test_gestures_say_what_is_wrong(
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
    assert problem in finding.message
    assert cure in finding.message + finding.cure
