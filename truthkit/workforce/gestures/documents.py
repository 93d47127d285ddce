"""Gestures on crowd-textract-analyze-document."""

from __future__ import annotations

from typing import Literal

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import missing, unusable
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until

Verdict = Literal["yes", "no", "blank", "not found"]
_CHOICES = {"yes": "yes", "no": "no", "blank": "blank", "not found": "notFound"}


async def review_pair(page: Page, key: str, verdict: Verdict, value: str | None = None) -> None:
    """Say what the pair with this key is in the page's crowd-textract-analyze-document: a pair ("yes"), with ``value``
    in place of what was read if that is given, no pair, one whose value is blank, or a key that is not there."""
    widget = await find_widget(page, "", "crowd-textract-analyze-document")
    await wait_until(widget, f"(element) => {_KEYS}(element).length > 0")
    keys: list[str] = await widget.evaluate(_KEYS)
    if key not in keys:
        raise missing(f"there is no pair with the key {key!r}", "keys here", dict.fromkeys(keys))
    index = keys.index(key)
    pair = widget.locator(".pairs > .pair").nth(index)
    if value is not None:
        try:
            await pair.locator(f"#value-{index}").fill(value, timeout=locate.PATIENCE_MS)
        except BrowserError as error:
            raise unusable(f"the value of {key!r}", error) from None
    choice = pair.locator(f".choices input[value={_CHOICES[verdict]}]")
    if not await choice.count():
        offered = await pair.locator(".choices label").all_inner_texts()
        raise missing(f"{verdict!r} can't be said of {key!r}", "choices here", dict.fromkeys(offered))
    await click(choice, f"{verdict!r} of {key!r}")


_KEYS = """((element) =>
  [...element.shadowRoot.querySelectorAll(".pairs > .pair .key")].map(
    (key) => key.value ?? key.querySelector("bdi").textContent,
  ))"""
