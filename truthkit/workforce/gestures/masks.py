"""Gestures on the tools for masks. Places are pixels of the picture."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image, ImageColor, ImageDraw
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures.locate import failed
from truthkit.workforce.gestures.panel import choose_label, choose_row
from truthkit.workforce.gestures.pictures import Picture, Point
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until

_SEMANTIC = "crowd-semantic-segmentation"
_INSTANCES = "crowd-instance-segmentation"
_BACKGROUND = "#ffffff"


async def paint(
    page: Page, name: str, label: str, points: Sequence[Point], *, size: int = 20, instance: int | None = None
) -> None:
    """Draw a stroke of the brush through these pixels, in a crowd-semantic-segmentation or a
    crowd-instance-segmentation.

    Args:
        page: the task page.
        name: of the element.
        label: of the stroke; where there are instances, it begins a new one of this label.
        points: the pixels that the middle of the brush goes over.
        size: the brush's diameter in pixels of the picture: one that it has.
        instance: goes on with this one in place of a new one: its place in the answer (from 0).
    """
    widget, picture = await _open(page, name, _SEMANTIC, _INSTANCES)
    await _choose(page, widget, label, instance)
    await _stroke(page, widget, picture, "brush", points, size)
    await _check(widget, points, await _color(widget, label, instance), f"the stroke of {label!r}")


async def erase(page: Page, name: str, points: Sequence[Point], *, size: int = 20) -> None:
    """Draw a stroke of the eraser through these pixels."""
    widget, picture = await _open(page, name, _SEMANTIC, _INSTANCES)
    await _stroke(page, widget, picture, "eraser", points, size)
    await _check(widget, points, _BACKGROUND, "the stroke of the eraser")


async def fill_area(page: Page, name: str, label: str, points: Sequence[Point], *, instance: int | None = None) -> None:
    """Fill the polygon with these corners; ``label`` and ``instance`` as in ``paint``."""
    widget, picture = await _open(page, name, _SEMANTIC, _INSTANCES)
    if len(points) < 3:
        raise failed(f"{len(points)} points are too few to fill what is between them", "it takes three at least")
    picture.check(points)
    await _choose(page, widget, label, instance)
    await click(widget.locator("[data-testid=tool-polygon]"), "the tool for polygons")
    for point in points:
        await page.mouse.click(*await picture.aim_one(point, points))
    await click(widget.locator("[data-testid=finish-shape]"), "the button that fills the polygon")
    await _check(widget, _inside(picture, points), await _color(widget, label, instance), f"the polygon of {label!r}")


async def flood(page: Page, name: str, label: str, x: int, y: int, *, instance: int | None = None) -> None:
    """Fill all that hangs together around a pixel with the fill tool; ``label`` and ``instance`` as in ``paint``."""
    widget, picture = await _open(page, name, _SEMANTIC, _INSTANCES)
    await _choose(page, widget, label, instance)
    await click(widget.locator("[data-testid=tool-fill]"), "the tool that fills")
    picture.check_pixels([(x, y)])
    await page.mouse.click(*(await picture.aim([(x + 0.5, y + 0.5)]))[0])
    await _check(widget, [(x, y)], await _color(widget, label, instance), f"the fill with {label!r}")


async def relabel_instance(page: Page, name: str, index: int, label: str) -> None:
    """Give an instance of a crowd-instance-segmentation another label, by its place in the answer (from 0)."""
    widget, _ = await _open(page, name, _INSTANCES)
    await choose_row(page, widget, index)
    await widget.locator("[data-testid=relabel]").select_option(label)
    if not await wait_until(widget, "(e, [at, label]) => e.value.instances[at].label === label", [index, label]):
        raise failed(f"the instance {index} did not get the label {label!r}", "is it one of the labels?")


async def delete_instance(page: Page, name: str, index: int) -> None:
    """Delete an instance of a crowd-instance-segmentation, by its place in the answer (from 0)."""
    widget, _ = await _open(page, name, _INSTANCES)
    before = len(await _entries(widget))
    await choose_row(page, widget, index)
    await click(widget.locator("[data-testid=remove]"), "the button that deletes the instance")
    if not await wait_until(widget, "(e, count) => e.value.instances.length === count", before - 1):
        raise failed(f"the instance {index} was not deleted", "is it locked?")


async def _open(page: Page, name: str, *tags: str) -> tuple[Locator, Picture]:
    widget = await find_widget(page, name, *tags)
    return widget, await Picture.of(page, widget)


async def _choose(page: Page, widget: Locator, label: str, instance: int | None) -> None:
    if instance is None:
        await choose_label(widget, label)
        return
    await choose_row(page, widget, instance)
    there = (await _entries(widget))[instance]["label"]
    if there != label:
        raise failed(f"the instance {instance} is a {there!r}, not a {label!r}", "relabel_instance gives it another")


async def _stroke(page: Page, widget: Locator, picture: Picture, tool: str, points: Sequence[Point], size: int) -> None:
    picture.check_pixels(points)
    await click(widget.locator(f"[data-testid=tool-{tool}]"), f"the {tool}")
    await _resize(page, widget, size)
    places = await picture.aim([(x + 0.5, y + 0.5) for x, y in points])
    await page.mouse.move(*places[0])
    await page.mouse.down()
    for place in places[1:]:
        await page.mouse.move(*place)
    await page.mouse.up()


async def _resize(page: Page, widget: Locator, size: int) -> None:
    slider = widget.locator("input[data-testid=size]")
    if await _size_of(slider) == size:
        return
    await click(slider, "the slider for the size of the brush")
    await page.keyboard.press("Home")
    sizes = [await _size_of(slider)]
    for _ in range(int(await slider.get_attribute("max") or 0)):
        if sizes[-1] >= size:
            break
        await page.keyboard.press("ArrowUp")
        sizes.append(await _size_of(slider))
    if sizes[-1] != size:
        raise failed(f"there is no brush of {size} pixels", f"sizes here: {', '.join(map(str, sizes))}, …")


async def _size_of(slider: Locator) -> int:
    said = re.search(r"\d+", await slider.get_attribute("aria-valuetext") or "")
    return int(said[0]) if said else 0


async def _entries(widget: Locator) -> list[dict[str, str]]:
    """Labels and colors of the answer, in its order."""
    entries: list[dict[str, str]] = await widget.evaluate(_ENTRIES)
    return entries


async def _color(widget: Locator, label: str, instance: int | None) -> str:
    """The color of what was painted last; empty if nothing was."""
    of_label = [entry["color"] for entry in await _entries(widget) if entry["label"] == label]
    if instance is not None:
        return (await _entries(widget))[instance]["color"]
    return of_label[-1] if of_label else ""


async def _check(widget: Locator, pixels: Iterable[Point], color: str, what: str) -> None:
    """Raises TruthkitError unless these pixels of the mask have that color."""
    answer: dict[str, Any] = await widget.evaluate("(element) => element._submittableValue")
    mask = Image.open(io.BytesIO(base64.b64decode(answer["labeledImage"]["pngImageData"]))).convert("RGB")
    wanted = ImageColor.getrgb(color) if color else None
    for x, y in pixels:
        there = mask.getpixel((int(x), int(y)))
        if there != wanted:
            said = "nothing" if there == ImageColor.getrgb(_BACKGROUND) else f"the color {there}"
            raise failed(
                f"{what} did not come out: at ({x:g}, {y:g}) there is {said}",
                "a locked or hidden layer, or “only where nothing is”, keeps what is there",
            )


def _inside(picture: Picture, corners: Sequence[Point]) -> list[Point]:
    """Pixels within a polygon, away from its edges."""
    image = Image.new("1", (picture.width, picture.height))
    draw = ImageDraw.Draw(image)
    draw.polygon(list(corners), fill=1)
    # Pillow rounds the joints of lines that are wider than 4: else a pixel may be left at a corner.
    draw.line([*corners, corners[0], corners[1]], fill=0, width=5, joint="curve")
    box = image.getbbox()
    if box is None:
        return []
    step = max(1, (box[2] - box[0]) // 50), max(1, (box[3] - box[1]) // 50)
    places = [(x, y) for y in range(box[1], box[3], step[1]) for x in range(box[0], box[2], step[0])]
    return [place for place in places if image.getpixel(place)]


_ENTRIES = """(element) => {
  const { instances, labelMappings } = element._submittableValue;
  return instances ?? Object.entries(labelMappings).map(([label, { color }]) => ({ label, color }));
}"""
