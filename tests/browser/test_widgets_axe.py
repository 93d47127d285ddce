"""Every story of every widget: no serious accessibility fault, targets that can be hit, nothing cut off, no motion.

Light, dark and forced colors; wide, narrow, zoomed to 200 % and for fingers; fresh, refused and with a dialog open. A
story is opened once, and its page brought from view to view: opening it anew for each took four times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

from truthkit.elements import Element, Story, load_catalogue

WIDGETS = [element for element in load_catalogue().values() if element.kind in ("image", "text", "choice", "review")]
STORIES = [
    pytest.param(element, story, id=f"{element.tag}-{number}")
    for element in WIDGETS
    for number, story in enumerate(element.stories, 1)
]

ALL_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# What colors and room can change while the page's content stays.
RULES_OF_LOOKS = {
    "runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
    "resultTypes": ["violations"],
}


@dataclass(frozen=True)
class View:
    """How a page is looked at, and what has been done on it."""

    name: str
    scheme: Literal["light", "dark"]
    width: int
    state: Literal["fresh", "refused", "shortcuts"] = "fresh"
    forced: bool = False
    scale: int = 1
    fingers: bool = False
    rules: Literal["all", "looks", "none"] = "looks"


# In this order; a submission comes last, for there may be nothing to refuse.
VIEWS = [
    View("light", "light", 1280, rules="all"),
    View("zoomed", "light", 640, scale=2),
    View("forced", "dark", 390, forced=True),
    View("fingers", "light", 390, fingers=True, rules="none"),
    View("dark-dialog", "dark", 1280, "shortcuts", rules="all"),
    View("dark-narrow", "dark", 390, "refused", rules="all"),
]

# Links stand in lines of text; the badges above a text do what the rows of its list do.
EXEMPT = ".link, .badge-name, .badge-remove"

ALL_ELEMENTS = """const all = (root) => Array.from(root.querySelectorAll('*'))
    .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);"""

SMALL_TARGETS = f"""([least, exempt]) => {{
  {ALL_ELEMENTS}
  return all(document.body)
    .filter((one) => one.matches('button, input, select, textarea, summary, a[href], [role=option]'))
    .filter((one) => one.checkVisibility({{ visibilityProperty: true }}))
    .map((one) => [one.closest('label') ?? one, one])
    .map(([target, one]) => [target.getBoundingClientRect(), one])
    .filter(([box, one]) => box.width > 0 && (box.height < least || box.width < least) && !one.matches(exempt))
    .map(([box, one]) => `${{Math.round(box.width)}} x ${{Math.round(box.height)}} ${{one.outerHTML.slice(0, 120)}}`)
}}"""

MOVING = f"""() => {{
  {ALL_ELEMENTS}
  const seconds = (text) => Math.max(...text.split(',').map(parseFloat));
  return all(document.body).filter((one) => one.getRootNode() !== document).filter((one) => {{
    const style = getComputedStyle(one);
    const animates = style.animationName !== 'none' && seconds(style.animationDuration) > 0.01;
    return animates || (style.transitionProperty !== 'none' && seconds(style.transitionDuration) > 0.01);
  }}).map((one) => one.outerHTML.slice(0, 100))
}}"""

# Two frames: what watches its own size has drawn in the new one.
DRAWN = """(tag) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
  Array.from(document.querySelectorAll(tag), (one) => one.shadowRoot)
    .every((root) => !root.querySelector('[data-state=loading]'))
  && document.getAnimations().every((one) => one.playState !== 'running'))"""


def bring_to(page: Page, session: CDPSession, view: View, tag: str) -> None:
    """The view of the page, drawn."""
    metrics = {"width": view.width, "height": 900 // view.scale, "deviceScaleFactor": view.scale}
    session.send("Emulation.setDeviceMetricsOverride", {**metrics, "mobile": view.fingers})
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": view.fingers})
    page.emulate_media(
        color_scheme=view.scheme, forced_colors="active" if view.forced else "none", reduced_motion="reduce"
    )
    assert page.evaluate("[innerWidth, devicePixelRatio]") == [view.width, view.scale]
    assert page.evaluate("matchMedia('(pointer: coarse)').matches") == view.fingers
    assert page.evaluate("matchMedia('(forced-colors: active)').matches") == view.forced
    if view.state == "refused":
        page.get_by_test_id("crowd-submit").first.click()
        page.wait_for_function("['invalid', 'submitted'].includes(document.documentElement.dataset.crowdState)")
    elif view.state == "shortcuts":
        page.get_by_test_id("shortcuts-button").first.click()
        page.locator("dialog#shortcuts[open]").wait_for()
    page.wait_for_function(DRAWN, arg=tag)


def leave(page: Page, view: View) -> None:
    if view.state == "shortcuts":
        page.keyboard.press("Escape")
        page.locator("dialog#shortcuts[open]").wait_for(state="detached")


def serious(page: Page, rules: dict[str, Any], tag: str | None) -> list[Any]:
    """What axe finds in the page, or in the elements ``tag`` alone."""
    response = page.evaluate("([context, rules]) => axe.run(context ?? document, rules)", [tag, rules])
    return [
        (fault["id"], [(node["html"][:200], node["failureSummary"]) for node in fault["nodes"]])
        for fault in response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def faults_of(page: Page, view: View, tag: str) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    if (width := page.evaluate("document.documentElement.scrollWidth")) > view.width:
        faults["wider than the page"] = width
    if view.rules == "all":
        faults["axe"] = serious(page, ALL_RULES, None)
    elif view.rules == "looks":
        faults["axe"] = serious(page, RULES_OF_LOOKS, tag)
    if view.state == "fresh":
        faults["small targets"] = page.evaluate(SMALL_TARGETS, [44 if view.fingers else 24, EXEMPT])
        faults["moving"] = page.evaluate(MOVING)
    return {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize(("element", "story"), STORIES)
def test_every_view_of_a_story(page: Page, visit: Any, element: Element, story: Story) -> None:
    body = story.html if element.alone else f"<crowd-form>{story.html}</crowd-form>"
    visit(f"""<!doctype html><html lang="en"><head><title>{story.title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <script src="/bundles/crowd-html-elements.js"></script></head><body><main><h1>{story.title}</h1>{body}</main>
      </body></html>""")
    page.evaluate(Axe().axe_script)
    session = page.context.new_cdp_session(page)
    faults = {}
    for view in VIEWS:
        bring_to(page, session, view, element.tag)
        faults[view.name] = faults_of(page, view, element.tag)
        leave(page, view)
    assert faults == {view.name: {} for view in VIEWS}
