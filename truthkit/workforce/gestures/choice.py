"""Gestures on widgets in which one chooses among categories."""

from __future__ import annotations

from collections.abc import Collection

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import failed, missing, quoted, unusable
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until

_ONE_OF = ("crowd-classifier", "crowd-image-classifier")
_ANY_OF = ("crowd-classifier-multi-select", "crowd-image-classifier-multi-select")
_WITH_COMMENT = ("crowd-image-classifier", "crowd-image-classifier-multi-select")
_MODERATION = "crowd-rekognition-detect-moderation-labels"


async def pick(page: Page, name: str, category: str) -> None:
    """Choose ``category`` in a crowd-classifier or crowd-image-classifier, or choose it too in their multi-select
    forms. A category that is chosen already is left alone."""
    widget = await find_widget(page, name, *_ONE_OF, *_ANY_OF)
    await _pick(widget, category)


async def pick_many(page: Page, name: str, categories: Collection[str]) -> None:
    """Choose exactly these categories in a crowd-classifier-multi-select or crowd-image-classifier-multi-select."""
    await _pick_exactly(await find_widget(page, name, *_ANY_OF), categories)


async def pick_none(page: Page, name: str) -> None:
    """Choose the exclusion category of a multi-select or of crowd-rekognition-detect-moderation-labels."""
    widget = await find_widget(page, name, *_ANY_OF, _MODERATION)
    button = widget.locator("button.exclusion-button")
    if not await wait_until(widget, "(element) => element.shadowRoot.querySelector('.exclusion-button') !== null"):
        raise missing("there is no exclusion category", "categories here", dict.fromkeys(await _offered(widget)))
    await _turn(button, "the exclusion category", True)


async def comment(page: Page, name: str, text: str) -> None:
    """Write ``text`` as the comment of a crowd-image-classifier or its multi-select form, in place of what is there."""
    widget = await find_widget(page, name, *_WITH_COMMENT)
    link = widget.locator(".comment > button")
    if not await link.count():
        raise failed("no comment is asked for", "a <worker-comment> in the element makes the link to its field")
    await click(link, "the link to the comment")
    field = widget.locator("#worker-comment textarea")
    try:
        await field.fill(text, timeout=locate.PATIENCE_MS)
    except BrowserError as error:
        raise unusable("the field of the comment", error) from None
    await page.keyboard.press("Escape")


async def moderate(page: Page, labels: Collection[str]) -> None:
    """Choose exactly these labels, by name, in the page's crowd-rekognition-detect-moderation-labels."""
    await _pick_exactly(await find_widget(page, "", _MODERATION), labels)


async def _pick_exactly(widget: Locator, categories: Collection[str]) -> None:
    for category in categories:
        await _pick(widget, category)
    chosen = widget.locator("button.category-button[aria-checked=true]")
    names = [await button.get_attribute("data-testid") for button in await chosen.all()]
    for name in names:
        if name is not None and name not in categories:
            await _turn(widget.locator(_button(name)).first, f"the category {name!r}", False)


async def _pick(widget: Locator, category: str) -> None:
    exclusion = widget.locator("button.exclusion-button")
    if await exclusion.count():
        await _turn(exclusion, "the exclusion category", False)
    search = widget.locator("input.search")
    if await search.count():
        # Of many categories only some are shown.
        await click(search, "the search for categories")
        await search.fill(category)
    button = widget.locator(_button(category)).first
    try:
        await button.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        there = dict.fromkeys(await _offered(widget))
        raise missing(f"there is no category {category!r}", "categories here", there) from None
    await _turn(button, f"the category {category!r}", True)
    if await search.count():
        await search.fill("")


async def _turn(button: Locator, what: str, on: bool) -> None:
    """Bring a button that is on or off into that state; it is left alone if it is."""
    state = str(on).lower()
    if await button.get_attribute("aria-checked") == state:
        return
    await click(button, what)
    if not await wait_until(button, "(button, state) => button.ariaChecked === state", state):
        raise failed(f"a press on {what} did not turn it {'on' if on else 'off'}", "does the page prevent it?")


def _button(category: str) -> str:
    return f"button.category-button[data-testid={quoted(category)}]"


async def _offered(widget: Locator) -> list[str]:
    names: list[str] = await widget.evaluate("(element) => element.categories.map((one) => one?.name ?? String(one))")
    return names
