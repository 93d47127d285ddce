"""No serious accessibility fault in any drawing tool: light and dark, wide and narrow, right to left."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .shapes import Hands, template

BOX = {"label": "bolt", "left": 14, "top": 20, "width": 33, "height": 60}
VERTICES = [{"x": 20, "y": 20}, {"x": 100, "y": 20}, {"x": 60, "y": 90}]
GIVEN: dict[str, Any] = {
    "crowd-bounding-box": BOX,
    "crowd-keypoint": {"label": "bolt", "x": 20, "y": 30},
    "crowd-polygon": {"label": "bolt", "vertices": VERTICES},
    "crowd-polyline": {"label": "bolt", "vertices": VERTICES},
    "crowd-line": {"label": "bolt", "vertices": VERTICES[:2]},
}


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(
    ("scheme", "width", "lang"), [("light", 1280, "en"), ("dark", 390, "de"), ("light", 390, "ar")]
)
@pytest.mark.parametrize("tag", GIVEN)
def test_no_serious_violations(page: Page, visit: Any, tag: str, scheme: Any, width: int, lang: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    unknown = {**GIVEN[tag], "label": "unknown"}
    work = template(tag, header="Where?", initial_value=[GIVEN[tag], unknown])
    visit(f'<html lang="{lang}"><head><title>Work</title></head><body><main><h1>Work</h1>{work}</main></body></html>')
    hands = Hands(page).ready()
    page.locator("#tool [role=option]").click()
    hands.keys("Tab")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_while_drawing_and_with_a_picture_that_fails(page: Page, visit: Any) -> None:
    visit(
        f'<html lang="en"><head><title>Work</title></head><body><main>{template("crowd-polygon")}</main></body></html>'
    )
    hands = Hands(page).ready()
    hands.keys("1")
    hands.clicks((20, 20), (100, 90))
    hands.keys("Enter")
    assert faults(page) == []
    page.evaluate("tool.src = '/missing.png'")
    page.locator("#tool [data-testid=picture-failed]").wait_for()
    assert faults(page) == []
