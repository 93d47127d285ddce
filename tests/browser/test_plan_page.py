"""The page that truthkit plan writes: light and dark, wide and narrow, by keyboard."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from truthkit.planning import Estimate, Plan, PlanRow, Price
from truthkit.planning.page import write_page

ROWS = tuple(
    PlanRow(
        workers=count,
        quality={"entities": Estimate(0.6 + count / 20, 0.5, 0.99), "quality": Estimate(0.8, 0.7, 0.9)},
        cost=12.0 * count, hours=26.8 * count, answers=1000.0 * count, unlabeled=0.01,
    )
    for count in (1, 2, 3, 5, 7)
)  # fmt: skip
FAINT = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
}"""


def test_a_plan_is_read_by_anybody(page: Page, tmp_path: Any) -> None:
    made = Plan(
        workflow="text-entities", crowd="typical", description="A mixed team", repetitions=3, objects=10, seed=0,
        rows=ROWS, measures={"entities": "F1", "quality": "accuracy"}, price=Price.parse("0.012"),
        assumptions=("Only 10 objects have gold. Give 30 or more (--gold, --manifest).",),
    )  # fmt: skip
    write_page(tmp_path / "plan.html", made)
    page.set_content((tmp_path / "plan.html").read_text("utf-8"))
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).response["violations"] == []
        # Letters of the plots stay readable where the plots shrink.
        sizes = page.evaluate("""[...document.querySelectorAll('svg text')].map((one) =>
          parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.clientWidth / 360)""")
        assert min(sizes) >= 10.5
    # An option is one word.
    assert [one.inner_text() for one in page.locator("code").all()] == ["--gold", "--manifest"]
    assert all(one.bounding_box()["height"] < 30 for one in page.locator("code").all())  # type: ignore[index]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "wide"
    assert not page.evaluate(FAINT)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
