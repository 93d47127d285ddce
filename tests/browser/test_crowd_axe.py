"""No serious accessibility fault in any crowd element, light and dark, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CONTROLS = """<!doctype html><html lang="en"><head><title>Controls</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="/bundles/crowd-html-elements.js"></script></head><body><main><h1>Controls</h1><crowd-form>
  <short-instructions>Listen twice. <b>Do not guess.</b></short-instructions>
  <full-instructions header="How to judge a tune"><p>Long text.</p></full-instructions>
  <crowd-instructions link-text="Examples" link-type="button"><short-summary>Sum</short-summary>
    <detailed-instructions>All of it</detailed-instructions><positive-example>Good</positive-example>
      </crowd-instructions>
  <crowd-alert dismissible>Information</crowd-alert> <crowd-alert type="success">It went well</crowd-alert>
  <crowd-alert type="warning" dismissible>Careful</crowd-alert> <crowd-alert type="error">It failed</crowd-alert>
  <p><crowd-button variant="primary" icon="send">Primary</crowd-button> <crowd-button>Normal</crowd-button>
    <crowd-button variant="link">Link</crowd-button> <crowd-button variant="icon" icon="search"></crowd-button>
    <crowd-button disabled>Disabled</crowd-button> <crowd-button loading>Loading</crowd-button>
    <crowd-button href="#x" icon="launch" icon-align="right">Go</crowd-button></p>
  <p><crowd-checkbox name="c" value="a" checked>Scratch</crowd-checkbox> <crowd-checkbox name="c"
      value="b">Dent</crowd-checkbox>
    <crowd-checkbox name="c" disabled>Off</crowd-checkbox> <crowd-checkbox name="unlabeled"></crowd-checkbox></p>
  <p><crowd-toggle-button name="t" checked>Live</crowd-toggle-button>
    <crowd-toggle-button name="t2" invalid>Invalid</crowd-toggle-button></p>
  <crowd-radio-group><crowd-radio-button name="r" value="1">One</crowd-radio-button>
    <crowd-radio-button name="r" value="2" checked>Two</crowd-radio-button></crowd-radio-group>
  <crowd-input name="i" label="Artist" required error-message="Name the artist"></crowd-input>
  <crowd-input name="i2" label="Title" value="Blue in Green"></crowd-input>
  <crowd-input name="i3" placeholder="No label, a hint"></crowd-input> <crowd-input name="i4" label="Date"
      type="date"></crowd-input>
  <crowd-text-area name="ta" label="Comment" rows="3" char-counter max-length="200" value="Some"></crowd-text-area>
  <crowd-slider name="s" min="1" max="5" value="4" pin></crowd-slider>
  <label for="speed">Speed</label> <crowd-slider id="speed" name="s2" editable value="30" secondary-progress="60">
      </crowd-slider>
  <p><crowd-fab icon="add" title="Add"></crowd-fab> <crowd-fab label="?"></crowd-fab>
    <crowd-fab icon="star" disabled></crowd-fab> <crowd-icon-button icon="delete"></crowd-icon-button>
    <span id="inbox"><iron-icon icon="mail"></iron-icon> Inbox</span> <crowd-badge for="inbox" label="12">
      </crowd-badge></p>
  <crowd-tabs><crowd-tab header="First">First content</crowd-tab><crowd-tab header="Second">Second</crowd-tab>
      </crowd-tabs>
  <crowd-card heading="A card" image="/picture.svg"><div class="card">Text of the card</div></crowd-card>
  <crowd-modal link-text="Open a modal"><p>Modal text</p></crowd-modal>
  <crowd-toast opened duration="0" text="Saved"></crowd-toast>
  <crowd-bounding-box name="b" labels="['a'"></crowd-bounding-box>
</crowd-form></main></body></html>"""

STATES: dict[str, str] = {
    "fresh": "",
    "invalid": "document.querySelector('crowd-form').submit()",
    "submitted": """document.querySelector('[name=i]').value = 'x';
      document.querySelector('crowd-bounding-box').shadowRoot.querySelector('#nothing-to-label').click();
      document.querySelector('crowd-form').submit()""",
    "dialog": "document.querySelector('crowd-instructions').open()",
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_no_serious_violations(page: Page, visit: Any, state: str, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit(CONTROLS, answer_meta=False)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"
    if STATES[state]:
        page.evaluate(STATES[state])
    if state in ("invalid", "submitted"):
        page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_targets_are_large_enough(page: Page, visit: Any) -> None:
    visit(CONTROLS)
    small = page.evaluate("""() => {
      const all = (root) => Array.from(root.querySelectorAll('*'))
        .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
      return all(document.querySelector('crowd-form'))
        .filter((one) => one.matches('button, input, a, summary, textarea'))
        .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24)).map(([html]) => html) }""")
    assert small == []
