"""The crowd script under both of its names: first, last, twice, both, and by scripts that make script tags."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

V1 = '<script src="/bundles/crowd-html-elements.js"></script>'
V2 = '<script src="/bundles/crowd-html-elements-v2.js"></script>'
V2_DEFERRED = '<script defer src="/bundles/crowd-html-elements-v2.js"></script>'
V2_MADE = """<script>
const made = document.createElement("script");
made.src = "/bundles/crowd-html-elements-v2.js";
document.head.append(made);
</script>"""
FORM = """<crowd-form><crowd-input name="said" value="hello"></crowd-input></crowd-form>
<script>
window.readies = 0;
document.addEventListener("all-crowd-elements-ready", () => { readies += 1; });
window.formAtOnce = document.querySelector("crowd-form").form instanceof HTMLFormElement;
</script>"""


@pytest.mark.parametrize(
    ("template", "at_once"),
    [
        (V2 + FORM, True),
        (FORM + V2, False),
        (V2 + FORM + V2, True),
        (V1 + V2 + FORM, True),
        (V2 + V1 + FORM, True),
        (V2 + FORM + V1, True),
        (V2_DEFERRED + FORM, False),
        (V2_MADE + FORM, None),
    ],
    ids=["first", "last", "twice", "both", "both, v2 first", "around", "deferred", "made by a script"],
)
def test_the_second_name(visit: Visit, page: Page, template: str, at_once: bool | None) -> None:
    site = visit(template)
    page.wait_for_function("readies > 0")
    if at_once is not None:
        assert page.evaluate("formAtOnce") is at_once
    expect(page.locator("[data-testid=crowd-submit]")).to_have_count(1)
    page.locator("[data-testid=crowd-submit]").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert site.answers == [[{"said": "hello"}]]
    assert page.evaluate("readies") == 1
