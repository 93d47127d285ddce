"""What stands beside the work: the labels, and the list of what has been annotated."""

from __future__ import annotations

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import failed, missing, quoted
from truthkit.workforce.gestures.widgets import click, wait_until


async def choose_label(widget: Locator, label: str) -> None:
    """Make ``label`` the one of what is drawn next, or of what is selected."""
    button = widget.locator(f".label-button[data-label={quoted(label)}]").first
    search = widget.locator("input.label-search")
    if not await button.count() and await search.count():
        await click(search, "the search for labels")
        await search.fill(label)
    try:
        await button.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        raise missing(f"there is no label {label!r}", "labels here", dict.fromkeys(await _names(widget))) from None
    await click(button, f"the label {label!r}")
    if not await wait_until(button, "(button) => button.matches('.selected')"):
        raise failed(f"a press on the label {label!r} did not choose it", "does the page prevent it?")
    if await search.count():
        await search.fill("")


async def choose_row(page: Page, widget: Locator, index: int) -> None:
    """Choose an annotation by its place in the list, which is that in the answer."""
    heading = widget.locator(".regions")
    try:
        await heading.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        raise failed("there is no list of annotations", "does the element show what is wrong with it?") from None
    rows = widget.locator(".region-list [role=option]")
    count = int(await rows.first.get_attribute("aria-setsize") or 0) if await rows.count() else 0
    if not 0 <= index < count:
        raise failed(f"there is no annotation {index}", f"there are {count}, counted from 0")
    row = widget.locator(f".region-list [role=option][aria-posinset='{index + 1}']")
    if await row.count():
        await click(row, f"the annotation {index}")
    else:
        # Of a long list only the rows in sight are there; keys lead to all.
        await click(rows.first, "the list of annotations")
        forward = index < count / 2
        await page.keyboard.press("Home" if forward else "End")
        for _ in range(index if forward else count - 1 - index):
            await page.keyboard.press("ArrowDown" if forward else "ArrowUp")
    if not await wait_until(widget, _IS_CHOSEN, index):
        raise failed(f"the annotation {index} was not chosen", "does the page handle the press itself?")


async def _names(widget: Locator) -> list[str]:
    names: list[str] = await widget.evaluate(
        "(element) => (element.labels ?? []).map((one) => one?.label ?? String(one))"
    )
    return names


_IS_CHOSEN = """(element, index) =>
  element.shadowRoot.querySelector(".region-list [aria-selected=true]")?.ariaPosInSet === String(index + 1)"""
