"""A picture of a page as its worker left it, whole."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.async_api import Page

VIEWPORT = (1280, 900)
MAX_SCREENSHOT_HEIGHT = 8_000
PICTURE_MS = 20_000


async def take_picture(page: Page, file: Path, kind: Literal["jpeg", "png"]) -> None:
    """Write a picture of the page to ``file``. Raises playwright's Error."""
    # A window as high as the page: what sticks to the window's edges would else be drawn in the middle.
    width, height = VIEWPORT
    needed = await page.evaluate("() => { scrollTo(0, 0); return document.documentElement.scrollHeight; }")
    if needed > height:
        await page.set_viewport_size({"width": width, "height": min(needed, MAX_SCREENSHOT_HEIGHT)})
    await page.screenshot(
        path=file, type=kind, quality=75 if kind == "jpeg" else None, animations="disabled", timeout=PICTURE_MS
    )
    if needed > height:
        await page.set_viewport_size({"width": width, "height": height})
