"""Pointing at a picture in its own pixels, whatever part of it is shown and however large."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import failed
from truthkit.workforce.gestures.widgets import wait_until

Point = tuple[float, float]

_WHEEL = 0.0018
"""A turn of the wheel by so many pixels zooms by the exponential of this."""

_STAGE = "#annotation-area-container"


class Picture:
    """The picture of a widget. Points are pixels of the image; ``aim`` gives where they are in the window."""

    def __init__(self, page: Page, widget: Locator, width: int, height: int) -> None:
        self._page = page
        self._widget = widget
        self.width = width
        self.height = height

    @classmethod
    async def of(cls, page: Page, widget: Locator) -> Picture:
        """The picture of ``widget``, once it is loaded, and the mask that the work begins with."""
        state = await wait_until(widget, _SETTLED)
        if state != "ready":
            said = await widget.locator(_STAGE).inner_text() if state else ""
            raise failed(
                f"there is no picture to point at: {' '.join(said.split()) or 'it does not load'}", "see `src`"
            )
        size = await widget.evaluate("(element) => element._submittableValue.inputImageProperties")
        return cls(page, widget, size["width"], size["height"])

    def check(self, points: Sequence[Point]) -> None:
        """Refuses points that are not on the picture."""
        for x, y in points:
            if not (0 <= x <= self.width and 0 <= y <= self.height):
                raise failed(
                    f"({x:g}, {y:g}) is not on the picture",
                    f"it is {self.width} pixels wide and {self.height} high; offsets count from its top left corner",
                )

    def check_pixels(self, pixels: Sequence[Point]) -> None:
        """Refuses pixels that the picture does not have."""
        self.check([(x + 1, y + 1) for x, y in pixels])
        self.check(pixels)

    async def aim(self, points: Sequence[Point], *, apart: float = 0) -> list[Point]:
        """Bring all points to sight at once, zoomed in until ``apart`` pixels of the picture take 16 of the window
        or the points need the room, and give where they are."""
        await self._scroll_to()
        look = await self._look(points)
        wide, high = (max(axis) - min(axis) for axis in zip(*points, strict=True))
        room = min(look["width"] / max(wide, 1e-9), look["height"] / max(high, 1e-9)) * 0.8
        wanted = min(16 / apart, room) if apart else 0
        if not look["seen"] or look["scale"] < wanted:
            await self._fit(look)
            look = await self._look(points)
            if look["scale"] < wanted:
                await self._zoom(points, wanted / look["scale"])
                look = await self._look(points)
        if not look["seen"]:
            covering = f"covered by <{look['covering']}>" if look["covering"] else "outside of the window"
            raise failed(f"a place on the picture is {covering}", "close what lies over the picture")
        return [(x, y) for x, y in look["places"]]

    async def aim_one(self, point: Point, points: Sequence[Point]) -> Point:
        """Where one of several points is, zoomed so that none of the others is hit with it: all are brought to sight at
        once, unless that leaves too little room between them."""
        apart = min(math.dist(*pair) for pair in itertools.combinations(points, 2))
        look = await self._look([])
        wide, high = (max(axis) - min(axis) for axis in zip(*points, strict=True))
        fits = wide * 16 <= look["width"] * 0.8 * apart and high * 16 <= look["height"] * 0.8 * apart
        if not fits:
            return (await self.aim([point], apart=apart))[0]
        return (await self.aim(points, apart=apart))[points.index(point)]

    async def _look(self, points: Sequence[Point]) -> dict[str, Any]:
        look: dict[str, Any] = await self._widget.evaluate(_LOOK, self._about(points))
        return look

    def _about(self, points: Sequence[Point]) -> dict[str, Any]:
        return {"points": [list(point) for point in points], "most": self.width, "highest": self.height}

    async def _scroll_to(self) -> None:
        stage = self._widget.locator(_STAGE)
        try:
            await stage.scroll_into_view_if_needed(timeout=locate.PATIENCE_MS)
        except BrowserError:
            raise failed("the picture is not visible", "is it in a closed tab or dialog?") from None
        await stage.evaluate(_INTO_THE_MIDDLE)

    async def _fit(self, look: dict[str, Any]) -> None:
        """Turn the wheel until the whole picture is seen."""
        if not look["whole"]:
            await self._page.mouse.move(*look["middle"])
            await self._page.mouse.wheel(0, math.log(1000) / _WHEEL)
            await wait_until(self._widget, f"(element, about) => {_LOOK}(element, about).whole", self._about([]))

    async def _zoom(self, points: Sequence[Point], factor: float) -> None:
        """Zoom in on the points, then drag them into the middle with the wheel's button."""
        xs, ys = zip(*points, strict=True)
        center = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        look = await self._look([center])
        before, (place,) = look["scale"], look["places"]
        await self._page.mouse.move(*place)
        await self._page.mouse.wheel(0, -math.log(factor) / _WHEEL)
        closer = f"(element, about) => {_LOOK}(element, about).scale > about.before"
        await wait_until(self._widget, closer, {**self._about([]), "before": before})
        await self._page.mouse.down(button="middle")
        await self._page.mouse.move(*look["middle"])
        await self._page.mouse.up(button="middle")


_SETTLED = f"""(element) => {{
  const state = element.shadowRoot?.querySelector("{_STAGE}")?.dataset.state;
  return state === "loading" || element.ariaBusy === "true" ? "" : state;
}}"""

# The stage may be at the window's edge, where a footer can lie over it.
_INTO_THE_MIDDLE = """(stage) => {
  const { top, bottom } = stage.getBoundingClientRect();
  const root = stage.getRootNode();
  const free = [top + 4, bottom - 4].every((y) => {
    const { left, width } = stage.getBoundingClientRect();
    return stage.contains(root.elementFromPoint(left + width / 2, y));
  });
  if (!free) stage.scrollIntoView({ block: "center", behavior: "instant" });
}"""

_LOOK = """((element, { points, most, highest }) => {
  const stage = element.shadowRoot.querySelector("#annotation-area-container");
  const box = stage.getBoundingClientRect();
  const at = ([x, y]) => element.toClient(x, y);
  const [corner, end] = [at([0, 0]), at([most, highest])];
  const within = ({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom;
  const places = points.map(at);
  let covering = "";
  const reached = ({ x, y }) => {
    if (!within({ x, y })) return false;
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot?.elementFromPoint(x, y) && hit.shadowRoot.elementFromPoint(x, y) !== hit)
      hit = hit.shadowRoot.elementFromPoint(x, y);
    if (stage.contains(hit)) return true;
    covering = hit?.localName ?? "";
    return false;
  };
  return {
    places: places.map(({ x, y }) => [x, y]),
    seen: places.every(reached),
    covering,
    whole: within(corner) && within(end),
    scale: (end.x - corner.x) / most,
    middle: [box.left + box.width / 2, box.top + box.height / 2],
    width: box.width,
    height: box.height,
  };
})"""
