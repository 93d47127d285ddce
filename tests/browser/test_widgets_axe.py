"""Every story of every widget: no serious accessibility fault, targets that can be hit, nothing cut off, no motion.

Light, dark and forced colors; wide, narrow and zoomed to 200 %; fresh, refused and with a dialog open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from truthkit.elements import Element, Story, load_catalogue

WIDGETS = [element for element in load_catalogue().values() if element.kind in ("image", "text", "choice", "review")]
STORIES = [
    pytest.param(element, story, id=f"{element.tag}-{number}")
    for element in WIDGETS
    for number, story in enumerate(element.stories, 1)
]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


@dataclass(frozen=True)
class View:
    """How a page is looked at, and what has been done on it."""

    scheme: Literal["light", "dark"]
    width: int
    state: Literal["fresh", "refused", "shortcuts"]
    forced: bool = False
    scale: int = 1


VIEWS = {
    "light": View("light", 1280, "fresh"),
    "dark-narrow": View("dark", 390, "refused"),
    "forced": View("dark", 390, "fresh", forced=True),
    "zoomed": View("light", 640, "fresh", scale=2),
    "dark-dialog": View("dark", 1280, "shortcuts"),
}


def looked_at() -> Iterator[Any]:
    """Every story light, and dark and narrow; the other views for the first story of each widget: what they show
    anew is the frame, which the stories share."""
    for element in WIDGETS:
        for number, story in enumerate(element.stories, 1):
            for name, view in VIEWS.items():
                if name in ("light", "dark-narrow") or number == 1:
                    yield pytest.param(element, story, view, id=f"{element.tag}-{number}-{name}")


def show(page: Page, visit: Any, element: Element, story: Story) -> None:
    """The story's page, with its pictures drawn."""
    body = story.html if element.alone else f"<crowd-form>{story.html}</crowd-form>"
    visit(f"""<!doctype html><html lang="en"><head><title>{story.title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <script src="/bundles/crowd-html-elements.js"></script></head><body><main><h1>{story.title}</h1>{body}</main>
      </body></html>""")
    page.wait_for_function(
        """(tag) => Array.from(document.querySelectorAll(tag), (one) => one.shadowRoot)
          .every((root) => !root.querySelector('[data-state=loading]'))""",
        arg=element.tag,
    )


def bring_to(page: Page, state: str) -> None:
    if state == "refused":
        page.get_by_test_id("crowd-submit").first.click()
        page.wait_for_function("['invalid', 'submitted'].includes(document.documentElement.dataset.crowdState)")
    elif state == "shortcuts":
        page.get_by_test_id("shortcuts-button").first.click()
        page.locator("dialog#shortcuts[open]").wait_for()


@pytest.mark.parametrize(("element", "story", "view"), list(looked_at()))
def test_no_serious_violations(page: Page, visit: Any, element: Element, story: Story, view: View) -> None:
    height = 900 // view.scale
    page.context.new_cdp_session(page).send(
        "Emulation.setDeviceMetricsOverride",
        {"width": view.width, "height": height, "deviceScaleFactor": view.scale, "mobile": False},
    )
    page.emulate_media(
        color_scheme=view.scheme, forced_colors="active" if view.forced else "none", reduced_motion="reduce"
    )
    show(page, visit, element, story)
    bring_to(page, view.state)
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    assert page.evaluate("document.documentElement.scrollWidth") <= view.width
    found = Axe().run(page, options=RULES).response["violations"]
    serious = [
        (fault["id"], [(node["html"][:200], node["failureSummary"]) for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


# Links stand in lines of text; the badges above a text do what the rows of its list do.
EXEMPT = ".link, .badge-name, .badge-remove"

TARGETS = """([least, exempt]) => {
  const all = (root) => Array.from(root.querySelectorAll('*'))
    .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  return all(document.body)
    .filter((one) => one.matches('button, input, select, textarea, summary, a[href], [role=option]'))
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => [one.closest('label') ?? one, one])
    .map(([target, one]) => [target.getBoundingClientRect(), one])
    .filter(([box, one]) => box.width > 0 && (box.height < least || box.width < least) && !one.matches(exempt))
    .map(([box, one]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`)
}"""


@pytest.mark.parametrize(("element", "story"), STORIES)
def test_targets_are_large_enough(page: Page, visit: Any, element: Element, story: Story) -> None:
    show(page, visit, element, story)
    assert page.evaluate(TARGETS, [24, EXEMPT]) == []


@pytest.mark.parametrize(("element", "story"), STORIES)
def test_targets_are_large_enough_for_fingers(chromium: Browser, serve: Any, element: Element, story: Story) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()

        def visit(html: str) -> None:
            page.goto(serve(html).url)
            page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")

        show(page, visit, element, story)
        assert page.evaluate("matchMedia('(pointer: coarse)').matches")
        assert page.evaluate(TARGETS, [44, EXEMPT]) == []
    finally:
        context.close()


@pytest.mark.parametrize("element", WIDGETS, ids=[element.tag for element in WIDGETS])
def test_without_motion_where_the_worker_wants_none(page: Page, visit: Any, element: Element) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, visit, element, element.stories[0])
    moving = page.evaluate("""() => {
      const all = (root) => Array.from(root.querySelectorAll('*'))
        .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
      const seconds = (text) => Math.max(...text.split(',').map(parseFloat));
      return all(document.body).filter((one) => one.getRootNode() !== document).filter((one) => {
        const style = getComputedStyle(one);
        const animates = style.animationName !== 'none' && seconds(style.animationDuration) > 0.01;
        return animates || (style.transitionProperty !== 'none' && seconds(style.transitionDuration) > 0.01);
      }).map((one) => one.outerHTML.slice(0, 100)) }""")
    assert moving == []
