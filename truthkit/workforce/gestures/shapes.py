"""Gestures on the tools for boxes, points, lines and polygons. Places are pixels of the picture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Locator, Page

from truthkit.workforce.gestures.locate import failed
from truthkit.workforce.gestures.panel import choose_label, choose_row
from truthkit.workforce.gestures.pictures import Picture, Point
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until

# The button that begins a shape, and the shapes' list in the answer.
_TOOLS = {
    "crowd-bounding-box": ("box", "boundingBoxes"),
    "crowd-keypoint": ("keypoint", "keypoints"),
    "crowd-polygon": ("polygon", "polygons"),
    "crowd-polyline": ("polyline", "polylines"),
    "crowd-line": ("line", "lines"),
}
_SEGMENTATIONS = ("crowd-semantic-segmentation", "crowd-instance-segmentation")


async def draw_box(page: Page, name: str, label: str, left: float, top: float, width: float, height: float) -> None:
    """Draw a box in a crowd-bounding-box."""
    drawing = await _begin(page, name, "crowd-bounding-box", label)
    corners = [(left, top), (left + width, top + height)]
    drawing.picture.check(corners)
    start, end = await drawing.picture.aim(corners, apart=min(width, height))
    await drawing.drag(start, end)
    await drawing.check({"label": label, "left": left, "top": top, "width": width, "height": height})


async def place_keypoint(page: Page, name: str, label: str, x: float, y: float) -> None:
    """Place a point in a crowd-keypoint."""
    drawing = await _begin(page, name, "crowd-keypoint", label)
    drawing.picture.check([(x, y)])
    await drawing.first(*await drawing.picture.aim([(x, y)]))
    await drawing.check({"label": label, "x": x, "y": y})


async def draw_line(page: Page, name: str, label: str, points: Sequence[Point]) -> None:
    """Draw a line in a crowd-line, from the first to the second of two points."""
    drawing = await _begin(page, name, "crowd-line", label)
    if len(points) != 2:
        raise failed(f"a line of {len(points)} points can't be drawn", "it has two: its start and its end")
    drawing.picture.check(points)
    start, end = await drawing.picture.aim(points, apart=math.dist(*points))
    await drawing.drag(start, end)
    await drawing.check(_vertices(label, points))


async def draw_polyline(page: Page, name: str, label: str, points: Sequence[Point]) -> None:
    """Draw a line through two points or more in a crowd-polyline."""
    await _draw_vertices(page, name, "crowd-polyline", label, points, least=2)


async def draw_polygon(page: Page, name: str, label: str, points: Sequence[Point]) -> None:
    """Draw a polygon of three vertices or more in a crowd-polygon; the first is not repeated at the end."""
    await _draw_vertices(page, name, "crowd-polygon", label, points, least=3)


async def select_shape(page: Page, name: str, index: int) -> None:
    """Select a box, point, line or polygon by its place in the answer (from 0), in the list of annotations."""
    await choose_row(page, await _begun(page, name), index)


async def delete_shape(page: Page, name: str, index: int) -> None:
    """Delete a box, point, line or polygon by its place in the answer (from 0)."""
    widget = await _begun(page, name)
    before = await _shapes(widget)
    await choose_row(page, widget, index)
    await page.keyboard.press("Delete")
    if not await wait_until(widget, _COUNT, {"key": await _key(widget), "count": len(before) - 1}):
        raise failed(f"the annotation {index} was not deleted", "does the page handle the key Delete itself?")


async def relabel_shape(page: Page, name: str, index: int, label: str) -> None:
    """Give a box, point, line or polygon another label, by its place in the answer (from 0)."""
    widget = await _begun(page, name)
    await choose_row(page, widget, index)
    await choose_label(widget, label)
    if (now := (await _shapes(widget))[index]["label"]) != label:
        raise failed(f"the annotation {index} has the label {now!r} in place of {label!r}", "does the page change it?")


async def nothing_to_label(page: Page, name: str) -> None:
    """Tick "Nothing to label" below a picture."""
    widget = await find_widget(page, name, *_TOOLS, *_SEGMENTATIONS)
    box = widget.locator("#nothing-to-label")
    if not await box.is_checked():
        await click(box, '"Nothing to label"')


class _Drawing:
    """A shape that is being made in one of the tools."""

    def __init__(self, page: Page, widget: Locator, picture: Picture, before: int) -> None:
        self._page = page
        self._widget = widget
        self.picture = picture
        self._before = before

    async def drag(self, start: Point, end: Point) -> None:
        """From one point to the other; where another shape is in the way, point by point."""
        await self._page.mouse.move(*start)
        if not await self._is_free():
            await self._first_by_key()
            await self._page.mouse.click(*end)
            return
        await self._page.mouse.down()
        await self._page.mouse.move(*end, steps=2)
        await self._page.mouse.up()

    async def first(self, start: Point) -> None:
        """The first point, which a press puts only where no other shape takes it."""
        await self._page.mouse.move(*start)
        if await self._is_free():
            await self._page.mouse.click(*start)
        else:
            await self._first_by_key()

    async def further(self, place: Point) -> None:
        await self._page.mouse.click(*place)

    async def finish(self) -> None:
        await self._page.keyboard.press("Enter")

    async def check(self, wanted: dict[str, Any]) -> None:
        """Raises TruthkitError unless there is one more shape, which is the wanted one within a pixel."""
        await wait_until(self._widget, _COUNT, {"key": await _key(self._widget), "count": self._before + 1})
        shapes = await _shapes(self._widget)
        if len(shapes) == self._before + 1 and _alike(shapes[-1], wanted):
            return
        refusal = self._widget.locator(".refusal")
        said = await refusal.inner_text() if await refusal.is_visible() else ""
        if len(shapes) == self._before + 1:
            said = f"this was drawn: {shapes[-1]}"
        raise failed(f"{wanted} could not be drawn", said or f"there were {self._before}, there are {len(shapes)}")

    async def _is_free(self) -> bool:
        """Whether a press here begins a shape: the pointer says so."""
        cursor = await self._widget.locator("#annotation-area-container").evaluate("(stage) => stage.style.cursor")
        return bool(cursor == "crosshair")

    async def _first_by_key(self) -> None:
        """Where the pointer is, whatever is there."""
        await self._widget.locator("#annotation-area-container").focus()
        await self._page.keyboard.press("Enter")


async def _begin(page: Page, name: str, tag: str, label: str) -> _Drawing:
    """A tool with nothing selected, ready to draw with this label."""
    widget = await find_widget(page, name, tag)
    picture = await Picture.of(page, widget)
    button, _ = _TOOLS[tag]
    await click(widget.locator(f"button#{button}"), "the button for a new shape")
    await choose_label(widget, label)
    return _Drawing(page, widget, picture, len(await _shapes(widget)))


async def _draw_vertices(page: Page, name: str, tag: str, label: str, points: Sequence[Point], *, least: int) -> None:
    drawing = await _begin(page, name, tag, label)
    if len(points) < least:
        raise failed(f"{len(points)} points are too few to draw", f"it takes {least} at least")
    drawing.picture.check(points)
    for index, point in enumerate(points):
        place = await drawing.picture.aim_one(point, points)
        await (drawing.further(place) if index else drawing.first(place))
    await drawing.finish()
    await drawing.check(_vertices(label, points))


def _vertices(label: str, points: Sequence[Point]) -> dict[str, Any]:
    return {"label": label, "vertices": [{"x": x, "y": y} for x, y in points]}


def _alike(drawn: Any, wanted: Any) -> bool:
    """The same but for a pixel."""
    if isinstance(wanted, dict):
        return (
            isinstance(drawn, dict)
            and drawn.keys() == wanted.keys()
            and all(_alike(drawn[key], wanted[key]) for key in wanted)
        )
    if isinstance(wanted, list):
        return len(drawn) == len(wanted) and all(itertools.starmap(_alike, zip(drawn, wanted, strict=True)))
    return bool(drawn == wanted if isinstance(wanted, str) else abs(drawn - wanted) <= 1)


async def _begun(page: Page, name: str) -> Locator:
    """The tool with all that the work begins with, which comes with the picture."""
    widget = await find_widget(page, name, *_TOOLS)
    await Picture.of(page, widget)
    return widget


async def _shapes(widget: Locator) -> list[dict[str, Any]]:
    shapes: list[dict[str, Any]] = await widget.evaluate("(element, key) => element.value[key]", await _key(widget))
    return shapes


async def _key(widget: Locator) -> str:
    return _TOOLS[await widget.evaluate("(element) => element.localName")][1]


_COUNT = "(element, { key, count }) => element.value[key].length === count"
