"""Driving `<truthkit-text-annotator>` as a worker does; shared by its tests and those of the built template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from playwright.sync_api import Locator, Page, expect

LABELS = ["Background", "Objectives", "Methods", "Results"]
FIELDS = """
<fieldset><legend>Is it good?</legend>
  <label><input type="radio" name="quality" value="yes" required> Yes</label>
  <label><input type="radio" name="quality" value="no" required> No</label></fieldset>
<label>Notes <textarea name="notes"></textarea></label>
"""
INSTRUCTIONS = """
<div slot="short-instructions">Mark what matters.</div>
<div slot="full-instructions"><p>Good: this. Bad: that.</p></div>
"""

# The window coordinates of the middle of the unit at an offset, at its near or far side.
_POINT = """([offset, far]) => {
  const root = document.querySelector("truthkit-text-annotator").shadowRoot.querySelector("[data-testid=text]");
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let base = 0, node; (node = walker.nextNode()); base += node.length) {
    if (offset >= base + node.length) continue;
    const range = document.createRange();
    range.setStart(node, offset - base);
    range.setEnd(node, offset - base + 1);
    const rtl = getComputedStyle(node.parentElement.closest("[dir]")).direction === "rtl";
    const boxes = [...range.getClientRects()];
    const box = boxes.find((one) => one.width > 0) ?? boxes[0];
    const right = far !== rtl;
    return [right ? box.right - 1 : box.left + 1, (box.top + box.bottom) / 2];
  }
}"""


def markup(
    content: str, *, labels: Any = None, fields: str = FIELDS, inside: str = INSTRUCTIONS, **attributes: Any
) -> str:
    """The component's tag; attributes that are not strings go in as JSON."""
    given = {"name": "entities", "text_json": json.dumps(content), "labels": LABELS if labels is None else labels}
    given |= attributes
    written = " ".join(
        f'{name.replace("_", "-")}="{escape(value if isinstance(value, str) else json.dumps(value))}"'
        for name, value in given.items()
    )
    return f"<truthkit-text-annotator {written}>{inside}{fields}</truthkit-text-annotator>"


def in_crowd_form(tag: str, lang: str = "en") -> str:
    return f"""<!doctype html><html lang="{lang}"><head><title>Task</title>
<script src="/bundles/crowd-html-elements.js"></script><script src="/bundles/text-annotator.js"></script></head>
<body><crowd-form>{tag}<div hidden><crowd-button form-action="submit">Submit</crowd-button></div></crowd-form>
</body></html>"""


@dataclass
class Annotator:
    """The component on a page, by what a worker sees and does."""

    page: Page

    @property
    def host(self) -> Locator:
        return self.page.locator("truthkit-text-annotator")

    def test_id(self, name: str) -> Locator:
        return self.host.get_by_test_id(name)

    @property
    def text(self) -> Locator:
        return self.test_id("text")

    @property
    def options(self) -> Locator:
        return self.test_id("span-list").get_by_role("option")

    @property
    def status(self) -> Locator:
        return self.test_id("status")

    def ready(self) -> Annotator:
        self.page.locator("truthkit-text-annotator[data-ready]").wait_for(state="attached")
        return self

    def value(self) -> dict[str, Any]:
        value: dict[str, Any] = self.host.evaluate("element => element.value")
        hidden = self.page.locator("truthkit-text-annotator > input[type=hidden]").input_value()
        assert json.loads(hidden) == value
        return value

    def spans(self) -> list[tuple[str, str]]:
        """The spans of the answer as label and text."""
        text = self.host.evaluate("element => element.text").encode("utf-16-le")
        return [
            (one["label"], text[2 * one["startOffset"] : 2 * one["endOffset"]].decode("utf-16-le"))
            for one in self.value()["entities"]
        ]

    def expect_spans(self, *spans: tuple[str, str]) -> None:
        """Waits until the spans are these."""
        wanted = [[label, words] for label, words in spans]
        self.page.wait_for_function(
            """wanted => {
              const element = document.querySelector("truthkit-text-annotator");
              const own = element.value.entities.map((e) => [e.label, element.text.slice(e.startOffset, e.endOffset)]);
              return JSON.stringify(own) === JSON.stringify(wanted);
            }""",
            arg=wanted,
        )
        assert self.spans() == list(spans)

    def offset(self, words: str, nth: int = 0) -> int:
        """Where ``words`` begin in the text, in UTF-16 units."""
        text: str = self.host.evaluate("element => element.text")
        at = -1
        for _ in range(nth + 1):
            at = text.index(words, at + 1)
        return len(text[:at].encode("utf-16-le")) // 2

    def point(self, offset: int, *, far: bool = False) -> tuple[float, float]:
        x, y = self.page.evaluate(_POINT, [offset, far])
        return x, y

    def drag(self, start: int, end: int, *, shift: bool = False) -> None:
        """Press at ``start``, move, let go behind ``end - 1``; Shift is down while letting go."""
        first, last = self.point(start), self.point(end - 1, far=True)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.move(*last)
        self.page.mouse.up()
        if shift:
            self.page.keyboard.up("Shift")

    def select(self, words: str, nth: int = 0, *, shift: bool = False) -> None:
        start = self.offset(words, nth)
        self.drag(start, start + len(words.encode("utf-16-le")) // 2, shift=shift)

    def mark(self, words: str, key: str, nth: int = 0) -> None:
        self.select(words, nth)
        self.page.keyboard.press(key)

    def click(self, words: str, nth: int = 0, count: int = 1) -> None:
        x, y = self.point(self.offset(words, nth) + 1)
        self.page.mouse.click(x, y, click_count=count)

    def selected(self) -> str | None:
        """The name of the span that is chosen, as assistive technology hears it."""
        chosen = self.test_id("span-list").locator("[aria-selected=true]")
        return chosen.get_attribute("aria-label") if chosen.count() else None

    def expect_selected(self, name: str) -> None:
        expect(self.test_id("span-list").locator("[aria-selected=true]")).to_have_attribute("aria-label", name)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
