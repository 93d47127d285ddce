"""What the tests of the drawing tools share: a page with one tool, and hands that work on its picture."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

LABELS = ["bolt", "nut", "washer"]


def template(tag: str, *, labels: Any = LABELS, src: str = "/picture.svg", name: str = "it", **attributes: Any) -> str:
    """A page with one drawing tool; the picture is 320 by 120 pixels."""
    values = {"labels": labels, **{key.replace("_", "-"): value for key, value in attributes.items()}}
    text = " ".join(
        f'{key}="{html.escape(value if isinstance(value, str) else json.dumps(value))}"'
        for key, value in values.items()
        if value is not None
    )
    return f'<crowd-form><{tag} id="tool" name="{name}" src="{src}" {text}></{tag}></crowd-form>'


@dataclass
class Hands:
    """A worker's hands on the tool ``#tool``: places are pixels of the picture."""

    page: Page

    def ready(self) -> Hands:
        self.page.locator('#tool #annotation-area-container[data-state="ready"]').wait_for()
        return self

    def at(self, x: float, y: float) -> tuple[float, float]:
        place = self.page.evaluate("([x, y]) => tool.toClient(x, y)", [x, y])
        return place["x"], place["y"]

    def click(self, x: float, y: float, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.down(key)
        self.page.mouse.click(*self.at(x, y))
        for key in keys:
            self.page.keyboard.up(key)

    def clicks(self, *places: tuple[float, float]) -> None:
        for place in places:
            self.click(*place)

    def drag(self, start: tuple[float, float], *path: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        for place in path:
            self.page.mouse.move(*self.at(*place), steps=3)
        self.page.mouse.up()

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> None:
        self.page.locator("#tool #annotation-area-container").focus()

    @property
    def value(self) -> Any:
        return self.page.evaluate("tool.value")

    def rows(self) -> list[str]:
        """The annotations as their list tells them."""
        texts = self.page.locator("#tool .region-list [role=option]").all_inner_texts()
        return [" ".join(text.split()) for text in texts]

    def submit(self, state: str = "submitted") -> None:
        self.page.locator("#tool [data-testid=crowd-submit]").click()
        self.page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)
