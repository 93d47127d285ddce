"""Gestures of the page as a whole: keys, buttons, tabs, Submit."""

from __future__ import annotations

from typing import Literal

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import ALL, failed, missing, said, unusable
from truthkit.workforce.gestures.widgets import wait_until

_SUBMITS = (
    "[data-testid=submit]",
    "[data-testid=crowd-submit]",
    "crowd-button[form-action=submit]",
    "button[type=submit]",
    "input[type=submit]",
    "crowd-form button:not([type]):text-is('Submit')",
)


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other where the focus is, by Playwright's names: ``"3"``, ``"Control+Enter"``."""
    for key in keys:
        try:
            await page.keyboard.press(key)
        except BrowserError as error:
            raise failed(f"there is no key {key!r}: {said(error)}", "write it as 3, Escape or Control+Enter") from None


async def press_button(page: Page, text: str) -> None:
    """Press the button that says ``text`` or has it as its tool tip or label: native, crowd-button, crowd-fab,
    crowd-icon-button, what opens a crowd-modal or crowd-instructions, what closes a dialog, a widget's own."""
    await _press_role(page, "button", text, _BUTTONS)


async def open_tab(page: Page, header: str) -> None:
    """Show the crowd-tab with this ``header``."""
    await _press_role(page, "tab", header, _TABS)


async def submit(page: Page) -> None:
    """Press the page's Submit: the one that is visible, an annotator's own or the form's. Pictures that are to be
    worked on, and the masks that the work begins with, are there by then: people wait for them too."""
    button = page.locator(", ".join(_SUBMITS)).locator("visible=true").first
    try:
        await wait_until(page.locator(":root"), _LOADED)
        await button.click(timeout=locate.PATIENCE_MS)
    except BrowserError as error:
        if await button.count():
            raise unusable("Submit", error) from None
        raise missing(
            "the page has no visible Submit", "buttons here", dict.fromkeys(await page.evaluate(_BUTTONS))
        ) from None


async def _press_role(page: Page, role: Literal["button", "tab"], text: str, all_of_them: str) -> None:
    wanted = page.get_by_role(role, name=text, exact=True).first
    try:
        await wanted.click(timeout=locate.PATIENCE_MS)
    except BrowserError as error:
        if await wanted.count():
            raise unusable(f"the {role} {text!r}", error) from None
        there = dict.fromkeys(await page.evaluate(all_of_them))
        raise missing(f"there is no {role} {text!r}", f"{role}s here", there) from None


_LOADED = f"""() => {{{ALL}
  return !all(document).some((e) => e.matches("#annotation-area-container[data-state=loading], [aria-busy=true]"));
}}"""

_BUTTONS = f"""() => {{{ALL}
  return all(document)
    .filter((e) => e.matches("button, crowd-button, input[type=button], [role=button]") && visible(e))
    .map((e) => (e.textContent.trim() || e.value || e.getAttribute("aria-label") || e.title || "").trim().slice(0, 40))
    .filter(Boolean);
}}"""


_TABS = f"""() => {{{ALL}
  return all(document).filter((e) => e.matches("[role=tab]")).map((e) => e.textContent.trim().slice(0, 40));
}}"""
