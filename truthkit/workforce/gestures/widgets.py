"""What gestures on all widgets share: finding one by its name, waiting for what a gesture brought about."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import ALL, missing, quoted, unusable


async def find_widget(page: Page, name: str, *tags: str) -> Locator:
    """The widget ``name`` among the elements ``tags``. Without a name: the only one of these elements on the page."""
    there = page.locator(", ".join(tags))
    wanted = page.locator(f":is({', '.join(tags)})[name={quoted(name)}]") if name else there
    try:
        await wanted.first.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        what = f"there is no {' or '.join(tags)}" + (f" named {name!r}" if name else "")
        raise missing(what, "widgets here", dict.fromkeys(await page.evaluate(_WIDGETS))) from None
    if not name and await wanted.count() > 1:
        what = f"there is more than one {' or '.join(tags)}: say which by its name"
        raise missing(what, "widgets here", dict.fromkeys(await page.evaluate(_WIDGETS)))
    return wanted.first


async def click(target: Locator, what: str) -> None:
    """Press ``target``; ``what`` it is goes into the fault if that can't be done."""
    try:
        await target.click(timeout=locate.PATIENCE_MS)
    except BrowserError as error:
        raise unusable(what, error) from None


async def wait_until(element: Locator, condition: str, argument: Any = None) -> Any:
    """What ``condition``, a JavaScript function of the element and the argument, gives as soon as that counts as true;
    what it gave last if it never does."""
    return await element.evaluate(_WAIT.replace("CONDITION", condition), [argument, locate.PATIENCE_MS])


_WAIT = """async (element, [argument, patience]) => {
  const condition = CONDITION;
  const end = performance.now() + patience;
  for (;;) {
    const found = condition(element, argument);
    if (found || performance.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}"""

_WIDGETS = f"""() => {{{ALL}
  return all(document)
    .filter((e) => e.localName !== "crowd-form" && "_submittableValue" in e)
    .map((e) => [e.localName, e.getAttribute("name")])
    .map(([tag, name]) => (name ? `${{tag}} ${{JSON.stringify(name)}}` : tag));
}}"""
