"""crowd-keypoint, crowd-polygon, crowd-polyline and crowd-line: their answers and what is particular to each."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .shapes import Hands, template

SIZE = {"height": 120, "width": 320}


def points(*places: tuple[int, int]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in places]


def shape(label: str, *places: tuple[int, int]) -> dict[str, Any]:
    return {"label": label, "vertices": points(*places)}


SQUARE = ((20, 20), (100, 20), (100, 90), (20, 90))


@pytest.fixture
def tool(page: Page, visit: Any) -> Any:
    def open_tool(tag: str, **attributes: Any) -> Hands:
        visit(template(tag, **attributes))
        return ready(page, tag)

    return open_tool


def ready(page: Page, tag: str) -> Hands:
    """Hands on the tool with the first label chosen, which polygons do not do by themselves."""
    hands = Hands(page).ready()
    if tag == "crowd-polygon":
        hands.keys("1")
    return hands


def submitted(page: Page, visit: Any, tag: str, work: Any) -> Any:
    site = visit(template(tag))
    hands = ready(page, tag)
    work(hands)
    hands.submit()
    return site.answers[0][0]["it"]


def test_the_answer_of_keypoints(page: Page, visit: Any) -> None:
    def work(hands: Hands) -> None:
        hands.click(151, 77)
        hands.keys("2")
        hands.click(20, 30)

    joints = [{"label": "bolt", "x": 151, "y": 77}, {"label": "nut", "x": 20, "y": 30}]
    assert submitted(page, visit, "crowd-keypoint", work) == {"keypoints": joints, "inputImageProperties": SIZE}


def test_the_answer_of_polygons(page: Page, visit: Any) -> None:
    def work(hands: Hands) -> None:
        hands.clicks(*SQUARE)
        hands.click(21, 20)

    answer = {"polygons": [shape("bolt", *SQUARE)], "inputImageProperties": SIZE}
    assert submitted(page, visit, "crowd-polygon", work) == answer


def test_the_answer_of_polylines(page: Page, visit: Any) -> None:
    def work(hands: Hands) -> None:
        hands.clicks((10, 10), (100, 90), (100, 10))
        hands.page.mouse.dblclick(*hands.at(10, 90))  # crosses itself, and a double click ends it
        hands.clicks((200, 20), (250, 60))
        hands.keys("Enter")

    lines = [shape("bolt", (10, 10), (100, 90), (100, 10), (10, 90)), shape("bolt", (200, 20), (250, 60))]
    assert submitted(page, visit, "crowd-polyline", work) == {"polylines": lines, "inputImageProperties": SIZE}


def test_the_answer_of_lines(page: Page, visit: Any) -> None:
    def work(hands: Hands) -> None:
        hands.drag((88, 40), (10, 12))
        hands.keys("Escape")
        hands.clicks((200, 100), (150, 20))

    lines = [shape("bolt", (88, 40), (10, 12)), shape("bolt", (200, 100), (150, 20))]
    assert submitted(page, visit, "crowd-line", work) == {"lines": lines, "inputImageProperties": SIZE}


@pytest.mark.parametrize(("tag", "key"), [("crowd-line", "lines"), ("crowd-polyline", "polylines")])
@pytest.mark.parametrize("wrapped", [False, True])
def test_initial_lines_as_list_or_object(tool: Any, tag: str, key: str, wrapped: bool) -> None:
    given = [shape("bolt", (10, 12), (88, 40))]
    hands = tool(tag, initial_value={key: given} if wrapped else given)
    assert hands.value == {key: given, "initialValueModified": False, "inputImageProperties": SIZE}
    hands.click(49, 26)  # on it: selects it
    hands.drag((88, 40), (98, 50))
    assert hands.value[key] == [shape("bolt", (10, 12), (98, 50))]
    assert hands.value["initialValueModified"] is True


@pytest.mark.parametrize(
    ("tag", "key", "given"),
    [
        ("crowd-keypoint", "keypoints", {"label": "nut", "x": 5, "y": 6}),
        ("crowd-polygon", "polygons", shape("nut", *SQUARE)),
    ],
)
def test_points_and_polygons_do_not_tell_whether_they_were_changed(tool: Any, tag: str, key: str, given: Any) -> None:
    unknown = {**given, "label": "unknown"}
    assert tool(tag, initial_value=[given, unknown]).value == {key: [given], "inputImageProperties": SIZE}


@pytest.mark.parametrize("tag", ["crowd-line", "crowd-polyline"])
def test_label_colors_and_the_palette_for_the_rest(page: Page, tool: Any, tag: str) -> None:
    tool(tag, label_colors=["#abcdef", "#ABC"])
    swatches = page.locator("#tool .swatch")
    colors = swatches.evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")
    assert colors == ["rgb(171, 205, 239)", "rgb(170, 187, 204)", "rgb(255, 127, 14)"]
    page.evaluate("tool.labelColors = ['red', 7]")
    expect(page.locator("#tool .faults")).to_contain_text('label-colors=["red",7]')
    assert "rgb(44, 160, 44)" in swatches.first.evaluate("one => getComputedStyle(one).backgroundColor")


def test_polygon_edges_may_not_cross(page: Page, tool: Any) -> None:
    hands = tool("crowd-polygon")
    hands.clicks((20, 20), (100, 90), (100, 20), (20, 90))
    expect(page.locator("#tool .refusal")).to_contain_text("may not cross")
    hands.keys("Enter")
    assert hands.value["polygons"] == [shape("bolt", (20, 20), (100, 90), (100, 20))]


def test_polygon_points_are_taken_back_and_forth(page: Page, tool: Any) -> None:
    hands = tool("crowd-polygon")
    hands.clicks(*SQUARE, (40, 60))
    hands.keys("Backspace")
    hands.keys("Control+z", "Control+Shift+z")
    page.locator("#tool #finish").click()
    assert hands.value["polygons"] == [shape("bolt", *SQUARE)]
    hands.keys("Control+z")
    assert hands.value["polygons"] == []


def test_polygon_with_two_points_is_refused(page: Page, tool: Any) -> None:
    hands = tool("crowd-polygon")
    hands.clicks((20, 20), (100, 90))
    hands.keys("Enter")
    expect(page.locator("#tool .refusal")).to_contain_text("at least 3 points")
    hands.keys("Escape")
    assert hands.value["polygons"] == []


def test_polygon_vertices_are_moved_inserted_and_deleted(page: Page, tool: Any) -> None:
    hands = tool("crowd-polygon", initial_value=[shape("bolt", *SQUARE)])
    hands.click(60, 20)  # its border
    hands.drag((100, 90), (120, 100))
    hands.drag((60, 20), (60, 5))  # the middle of an edge becomes a vertex
    assert hands.value["polygons"] == [shape("bolt", (20, 20), (60, 5), (100, 20), (120, 100), (20, 90))]
    hands.click(120, 100, "Alt")
    hands.click(60, 5)
    hands.keys("Delete")
    assert hands.value["polygons"] == [shape("bolt", (20, 20), (100, 20), (20, 90))]
    hands.keys("Control+z", "Control+z", "Control+z", "Control+z")
    assert hands.value["polygons"] == [shape("bolt", *SQUARE)]


def test_polygon_inside_another(tool: Any) -> None:
    hands = tool("crowd-polygon", initial_value=[shape("bolt", *SQUARE)])
    hands.clicks((40, 40), (80, 40), (60, 70), (40, 40))
    assert hands.value["polygons"][1] == shape("bolt", (40, 40), (80, 40), (60, 70))


def test_polygon_hooks_of_scripts(page: Page, tool: Any) -> None:
    hands = tool("crowd-polygon", initial_value=[shape("bolt", *SQUARE)])
    page.evaluate("tool.shadowRoot.querySelector('button#polygon').click()")
    hands.clicks((150, 20), (200, 20), (180, 70), (150, 20))
    assert len(hands.value["polygons"]) == 2
    page.evaluate("tool.shadowRoot.querySelector('button#delete').click()")
    assert hands.value["polygons"] == [shape("bolt", *SQUARE)]


KEYS = {
    "crowd-keypoint": (["Enter"], "bolt: at 160, 60"),
    "crowd-line": (["Enter", "Shift+ArrowLeft", "Enter"], "bolt: from 160, 60 to 150, 60"),
    "crowd-polyline": (["Space", "Shift+ArrowLeft", "Space", "Enter"], "bolt: 2 points from 160, 60"),
    "crowd-polygon": (
        ["Space", "Shift+ArrowLeft", "Space", "Shift+ArrowDown", "Space", "Enter"],
        "bolt: 3 points from 160, 60",
    ),
}


@pytest.mark.parametrize("tag", KEYS)
def test_keys_alone_draw_move_and_reshape(page: Page, tool: Any, tag: str) -> None:
    keys, row = KEYS[tag]
    hands = tool(tag)
    hands.focus()
    hands.keys(*keys)
    assert hands.rows() == [row]
    hands.keys("ArrowRight", "ArrowDown")
    assert hands.rows() != [row]
    hands.keys("Control+z")
    assert hands.rows() == [row]
    before = hands.value
    hands.keys("Enter", "Shift+ArrowDown")  # only its first point
    assert hands.value != before
    hands.keys("Control+z")
    assert hands.value == before


def test_keys_delete_a_vertex(tool: Any) -> None:
    hands = tool("crowd-polygon", initial_value=[shape("bolt", *SQUARE)])
    hands.focus()
    hands.keys("n", "Enter", "Tab", "Delete")
    assert hands.value["polygons"] == [shape("bolt", (20, 20), (100, 90), (20, 90))]
    hands.keys("Delete")
    assert hands.value["polygons"] == []
