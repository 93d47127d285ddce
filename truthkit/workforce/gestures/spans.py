"""Gestures on the spans of a text. Offsets are UTF-16 units of the text, the end exclusive."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page

from truthkit.workforce.gestures.locate import failed
from truthkit.workforce.gestures.panel import choose_label, choose_row
from truthkit.workforce.gestures.text import drag_over
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until

_TAG = "crowd-entity-annotation"


async def select_span(page: Page, name: str, label: str, start: int, end: int) -> None:
    """Give the text from ``start`` to ``end`` a label in a crowd-entity-annotation."""
    widget = await find_widget(page, name, _TAG)
    armed = widget.locator(".label-button.selected")
    chosen = widget.locator(".region-list [aria-selected=true]")
    if await armed.count() and not await chosen.count():
        # A label that waits for selections would be given at once.
        await click(armed, "the chosen label")
    await drag_in_text(page, widget, start, end)
    await choose_label(widget, label)
    span = {"label": label, "startOffset": start, "endOffset": end}
    if not await wait_until(widget, _HAS, span):
        spans = ", ".join(f"{one['label']} {one['startOffset']}–{one['endOffset']}" for one in await _spans(widget))
        raise failed(f"no span from {start} to {end} came of it", f"spans here: {spans or 'none'}")


async def remove_span(page: Page, name: str, start: int, end: int) -> None:
    """Remove the span from ``start`` to ``end`` of a crowd-entity-annotation."""
    widget = await find_widget(page, name, _TAG)
    index = await _index(widget, start, end)
    await choose_row(page, widget, index)
    await page.keyboard.press("Delete")
    if not await wait_until(widget, _HAS_NOT, {"startOffset": start, "endOffset": end}):
        raise failed(f"the span from {start} to {end} was not removed", "does the page handle the key Delete itself?")


async def relabel_span(page: Page, name: str, start: int, end: int, label: str) -> None:
    """Give the span from ``start`` to ``end`` of a crowd-entity-annotation another label."""
    widget = await find_widget(page, name, _TAG)
    await choose_row(page, widget, await _index(widget, start, end))
    await choose_label(widget, label)
    if not await wait_until(widget, _HAS, {"label": label, "startOffset": start, "endOffset": end}):
        raise failed(f"the span from {start} to {end} did not get the label {label!r}", "does the page change it?")


async def drag_in_text(page: Page, widget: Locator, start: int, end: int) -> None:
    """Select exactly these characters of a widget's text: Alt keeps words from being selected whole."""
    if not 0 <= start < end:
        raise failed(f"there is no text from {start} to {end}", "offsets count from 0, the end after the start")
    await page.keyboard.down("Alt")
    try:
        await drag_over(page, widget.locator("[data-testid=text]").first, start, end)
    finally:
        await page.keyboard.up("Alt")
    refused = widget.locator(".prompt.refused, .notice.refused")
    if await refused.count():
        raise failed(f"the text from {start} to {end} can't be selected", await refused.first.inner_text())


async def _index(widget: Locator, start: int, end: int) -> int:
    spans = await _spans(widget)
    for index, span in enumerate(spans):
        if (span["startOffset"], span["endOffset"]) == (start, end):
            return index
    there = ", ".join(f"{span['startOffset']}–{span['endOffset']}" for span in spans)
    raise failed(f"there is no span from {start} to {end}", f"spans here: {there or 'none'}")


async def _spans(widget: Locator) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = await widget.evaluate("(element) => element.value.entities")
    return spans


_HAS = """(element, wanted) =>
  element.value.entities.some((one) => Object.keys(wanted).every((key) => one[key] === wanted[key]))"""
_HAS_NOT = f"(element, wanted) => !({_HAS})(element, wanted)"
