"""What a worker's hand does on a page: the page must see what a person's would give it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, TypeVar

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Hand, Refusal
from truthkit.liquid import Template
from truthkit.manifest import read_manifest
from truthkit.pages import task_page
from truthkit.project import Workflow, kit_root
from truthkit.workforce.gestures import (
    choose,
    fill,
    open_tab,
    press,
    press_button,
    select_text,
    slide,
    submit,
    untick,
)
from truthkit.workforce.scripted import Worker, WorkItem

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def run(hand: Hand) -> Run[Any]:
    return hand


@pytest.fixture
def page(hand: Hand) -> Page:
    hand(hand.page.set_viewport_size({"width": 800, "height": 600}))
    return hand.page


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def offsets(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return utf16(text[:start]), utf16(text[: start + len(part)])


WRAPPED = "The quick brown fox jumps over the lazy dog, and then it does so again and again. " * 6
EMOJI = "Requests with 😊 were warmer than those with 👩‍🔬 or 👍🏽, and 😐 made them colder."
COMBINING = "Speakers left m̥ and n̥ and ŋ̊ without voice; Ĝ = 𝐾²/𝐸 and 𝛼 rose."
RTL = "השועל החום המהיר קפץ מעל הכלב העצלן"
MIXED = "The word שלום is read from the right, as is عالم here."


@pytest.mark.parametrize(
    ("text", "part", "style"),
    [
        pytest.param(WRAPPED, "fox jumps over", "", id="within a line"),
        pytest.param(WRAPPED, "dog, and then it does so again and again. The quick brown", "", id="wrapped"),
        pytest.param(WRAPPED, WRAPPED.strip(), "", id="all"),
        pytest.param(WRAPPED, "T", "", id="first letter"),
        pytest.param(WRAPPED, "i", "", id="a narrow letter"),
        pytest.param(EMOJI, "😊", "", id="an emoji alone"),
        pytest.param(EMOJI, "😊 were warmer", "", id="from an emoji"),
        pytest.param(EMOJI, "than those with 👩‍🔬", "", id="to an emoji of several"),
        pytest.param(EMOJI, "👍🏽, and 😐", "", id="from a skin tone to an emoji"),
        pytest.param(COMBINING, "m̥ and n̥", "", id="rings below"),
        pytest.param(COMBINING, "ŋ̊", "", id="ring above"),
        pytest.param(COMBINING, "Ĝ = 𝐾²/𝐸", "", id="outside the BMP"),
        pytest.param(RTL, "החום המהיר", "direction: rtl", id="right to left"),
        pytest.param(RTL, "המהיר קפץ מעל הכלב", "direction: rtl; width: 120px", id="right to left, wrapped"),
        pytest.param(MIXED, "The word", "", id="mixed, left to right part"),
        pytest.param(MIXED, "שלום", "", id="mixed, right to left part"),
        pytest.param(WRAPPED, "quick brown fox", "white-space: nowrap; overflow: auto", id="one long line"),
    ],
)
def test_select_text(run: Run[Any], page: Page, text: str, part: str, style: str) -> None:
    async def work() -> Any:
        await page.set_content(f'<p id=t style="width: 300px; font: 18px serif; {style}">{text}</p>')
        await select_text(page, "#t", *offsets(text, part))
        return await page.evaluate("getSelection().toString()")

    assert run(work()) == part


def test_select_text_across_elements_and_again_inside_the_selection(run: Run[Any], page: Page) -> None:
    html = "<div id=t><style>p {color: #222}</style><p>One <b>two</b> three.\n</p><p>Four <i>five</i> six.</p></div>"

    async def work() -> Any:
        await page.set_content(html)
        selected = []
        for start, end in ((4, 24), (8, 13), (0, 3)):
            await select_text(page, "#t", start, end)
            selected.append(await page.evaluate("getSelection().toString()"))
        return selected

    # The browser puts a blank line between paragraphs, in place of the text's own line feed.
    assert [text.split() for text in run(work())] == [["two", "three.", "Four", "five"], ["three"], ["One"]]


def test_select_text_starts_and_ends_at_what_can_be_seen(run: Run[Any], page: Page) -> None:
    async def work() -> Any:
        await page.set_content("<p id=t>   One two   \n</p>")
        await select_text(page, "#t", 0, 14)
        return await page.evaluate("getSelection().toString()")

    assert run(work()) == "One two"


SHADOW = """
<text-box></text-box>
<script>
  customElements.define("text-box", class extends HTMLElement {
    connectedCallback() {
      this.attachShadow({mode: "open"}).innerHTML = "<inner-box></inner-box>";
    }
  });
  customElements.define("inner-box", class extends HTMLElement {
    connectedCallback() {
      this.attachShadow({mode: "open"}).innerHTML =
        "<div data-testid=text><span>Seen from </span><span>inside 😊 a shadow</span></div>";
    }
  });
</script>
"""


@pytest.mark.parametrize("root", ["[data-testid=text]", "text-box"])
def test_select_text_in_nested_shadow_roots(run: Run[Any], page: Page, root: str) -> None:
    async def work() -> Any:
        await page.set_content(SHADOW)
        await select_text(page, root, 5, 19)
        return await page.evaluate(
            "document.querySelector('text-box').shadowRoot.querySelector('inner-box').shadowRoot"
            ".getSelection().toString()"
        )

    assert run(work()) == "from inside 😊"


def test_select_text_of_slotted_children(run: Run[Any], page: Page) -> None:
    async def work() -> Any:
        await page.set_content(
            "<slot-box><b slot=none>never shown</b><b slot=first>before</b>Shown</slot-box><script>"
            "document.querySelector('slot-box').attachShadow({mode: 'open'})"
            ".innerHTML = '<slot name=first></slot><slot></slot>'</script>"
        )
        await select_text(page, "slot-box", 0, 11)
        return await page.evaluate("getSelection().toString()")

    assert run(work()) == "beforeShown"


def test_select_text_scrolls_to_either_end(run: Run[Any], page: Page) -> None:
    """The text is longer than its pane, which is below the window's end, and a footer covers the window's bottom."""
    text = " ".join(f"word{number}" for number in range(2000))
    html = (
        "<div style='height: 1500px'>above</div>"
        f"<div id=t style='height: 300px; width: 400px; overflow: auto'>{text}</div>"
        "<div style='height: 1500px'>below</div>"
        "<footer style='position: fixed; bottom: 0; left: 0; right: 0; height: 200px; background: #ccc'>Footer</footer>"
    )
    part = " ".join(f"word{number}" for number in range(700, 1400))

    async def work() -> Any:
        await page.set_content(html)
        await select_text(page, "#t", *offsets(text, part))
        return await page.evaluate("getSelection().toString()")

    assert run(work()) == part


@pytest.mark.parametrize(
    ("html", "root", "extent", "problem", "cure"),
    [
        pytest.param("<p id=t>short</p>", "#u", (0, 2), "nothing at '#u'", "#t", id="no such element"),
        pytest.param("<p id=t>short</p>", "#t", (2, 9), "from 2 to 9: the element has 5", '"short"', id="beyond"),
        pytest.param("<p id=t>short</p>", "#t", (3, 3), "from 3 to 3", "the end after the start", id="empty"),
        pytest.param("<p id=t>a 😊</p>", "#t", (0, 3), 'inside the character "😊"', "to 4", id="half an emoji"),
        pytest.param("<p id=t>n\u0325a</p>", "#t", (1, 3), "inside the character", "from 0", id="a ring alone"),
        pytest.param("<p id=t hidden>short</p>", "#t", (0, 2), "takes no room", "hidden", id="hidden"),
        pytest.param(
            "<p id=t>short</p><dialog style='position: fixed; inset: 0; width: 100%; height: 100%' open>Hi</dialog>",
            *("#t", (0, 2), "covered by <dialog>", "close what lies over"),
            id="covered",
        ),
    ],
)
def test_select_text_says_why_not(
    run: Run[Any],
    page: Page,
    refusal: Refusal,
    html: str,
    root: str,
    extent: tuple[int, int],
    problem: str,
    cure: str,
) -> None:
    async def work() -> None:
        await page.set_content(html)
        await select_text(page, root, *extent)

    finding = refusal(lambda: run(work()), problem)
    assert problem in finding.message
    assert cure in finding.cure


NATIVE = """
<form id=f>
  <input name=title value=old> <textarea name="free notes"></textarea> <input name=count type=number>
  <input type=radio name=quality value=yes> <input type=radio name=quality value=no>
  <input type=checkbox name=sure> <input type=checkbox name=seen value=all checked>
  <style>.drawn input {position: absolute; opacity: 0; visibility: hidden}</style>
  <p><label class=drawn><input type=radio name=tone value=warm>Warm</label></p>
  <input type=checkbox name=spare value=x> <input type=range name=loudness min=0 max=1 step=0.05>
  <select name=kind><option value=a>Apple</option><option value=b>Pear</option></select>
  <input type=hidden name=secret value=1>
</form>
"""


def test_fill_and_choose_native_controls(run: Run[Any], page: Page) -> None:
    async def work() -> Any:
        await page.set_content(NATIVE)
        await fill(page, "title", "new 😊")
        await fill(page, "free notes", "two\nlines")
        await fill(page, "count", "7")
        await choose(page, "quality", "no")
        await choose(page, "quality", "yes")
        await choose(page, "sure")
        await choose(page, "seen", "all")
        await choose(page, "tone", "warm")
        await choose(page, "kind", "Pear")
        await choose(page, "spare", "x")
        await untick(page, "spare", "x")
        await slide(page, "loudness", 0.7)
        return await page.evaluate("[...new FormData(document.querySelector('#f'))]")

    assert dict(run(work())) == {
        "title": "new 😊",
        "free notes": "two\nlines",
        "count": "7",
        "quality": "yes",
        "sure": "on",
        "seen": "all",
        "tone": "warm",
        "kind": "b",
        "loudness": "0.7",
        "secret": "1",
    }


CROWD = """
<crowd-form>
  <crowd-input name="artist note"></crowd-input>
  <crowd-text-area name=story></crowd-text-area>
  <crowd-checkbox name=defects value=scratch>Scratch</crowd-checkbox>
  <crowd-checkbox name=sure checked>Sure</crowd-checkbox>
  <crowd-toggle-button name=live>Live</crowd-toggle-button>
  <crowd-checkbox name=spare checked>Spare</crowd-checkbox>
  <crowd-slider name=energy min=1 max=5></crowd-slider>
  <crowd-radio-group>
    <crowd-radio-button name=verdict value=keep>Keep</crowd-radio-button>
    <crowd-radio-button name=verdict value=drop>Drop</crowd-radio-button>
  </crowd-radio-group>
</crowd-form>
"""


def test_fill_choose_and_submit_crowd_controls(run: Run[Any], page: Page, serve: Any) -> None:
    site = serve('<script src="/bundles/crowd-html-elements.js"></script>' + CROWD)

    async def work() -> None:
        await page.goto(site.url)
        await page.wait_for_function("document.documentElement.dataset.crowdReady")
        await fill(page, "artist note", "blue")
        await fill(page, "story", "one\ntwo")
        await choose(page, "defects", "scratch")
        await choose(page, "sure")
        await choose(page, "live")
        await untick(page, "spare")
        await slide(page, "energy", 4)
        await choose(page, "verdict", "keep")
        await choose(page, "verdict", "drop")
        await submit(page)
        await page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")

    run(work())
    assert site.answers == [
        [
            {
                "artist note": "blue",
                "story": "one\ntwo",
                "defects": {"scratch": True},
                "sure": {"on": True},
                "live": {"on": True},
                "spare": {"on": False},
                "energy": 4,
                "verdict": {"keep": False, "drop": True},
            }
        ]
    ]


SLIDERS = """
<style>.rtl {direction: rtl} crowd-slider {width: 200px}</style>
<div style="height: 1500px"></div>
<input type=range name=native min=0 max=1 step=any>
<div class=rtl><input type=range name="native, from the right" min=-4 max=4></div>
<crowd-form>
  <crowd-slider name=many max=100000></crowd-slider>
  <crowd-slider name=fine min=-1 max=1 step=0.01 pin editable></crowd-slider>
  <crowd-slider name=one min=3 max=3></crowd-slider>
  <div dir=rtl><crowd-slider name="from the right" value=90></crowd-slider></div>
</crowd-form>
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_slide_reaches_the_value(run: Run[Any], page: Page, serve: Any, width: int) -> None:
    site = serve('<script src="/bundles/crowd-html-elements.js"></script>' + SLIDERS)
    wanted = {"native, from the right": -3, "many": 77_777, "fine": -0.43, "one": 3, "from the right": 10}

    async def work() -> Any:
        await page.set_viewport_size({"width": width, "height": 600})
        await page.goto(site.url)
        await page.wait_for_function("document.documentElement.dataset.crowdReady")
        await page.evaluate("presses = 0; addEventListener('keydown', () => (presses += 1))")
        await slide(page, "native", 0.25)
        for name, value in wanted.items():
            await slide(page, name, value)
        values = await page.evaluate(
            "all = [...document.querySelectorAll('input[name], crowd-slider')];"
            "Object.fromEntries(all.map((e) => [e.name, Number(e.value)]))"
        )
        assert await page.evaluate("presses") < 1500
        return values

    values = run(work())
    assert values.pop("native") == pytest.approx(0.25, abs=0.01)
    assert values == wanted


TABS = """
<crowd-form><crowd-tabs>
  <crowd-tab header=One>First</crowd-tab>
  <crowd-tab header=Two>
    <crowd-modal link-text="More"><crowd-input name=deep></crowd-input></crowd-modal>
    <crowd-fab icon=add title="Add one" onclick="added = true"></crowd-fab>
  </crowd-tab>
</crowd-tabs><crowd-alert dismissible>Read me</crowd-alert>
<crowd-button onclick="gone = true">Go on</crowd-button></crowd-form>
"""


def test_tabs_and_buttons(run: Run[Any], page: Page, serve: Any) -> None:
    site = serve('<script src="/bundles/crowd-html-elements.js"></script>' + TABS)

    async def work() -> Any:
        await page.goto(site.url)
        await page.wait_for_function("document.documentElement.dataset.crowdReady")
        await open_tab(page, "Two")
        await press_button(page, "Add one")
        await press_button(page, "More")
        await fill(page, "deep", "in a modal in a tab")
        await press_button(page, "Close")
        await press_button(page, "Go on")
        await press_button(page, "Dismiss")
        assert await page.evaluate("added && gone")
        assert not await page.get_by_text("Read me").is_visible()
        await submit(page)
        await page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")

    run(work())
    assert site.answers == [[{"deep": "in a modal in a tab"}]]


@pytest.mark.parametrize(
    ("button", "pressed"),
    [
        pytest.param("<button type=submit>Send</button>", "Send", id="native button"),
        pytest.param("<input type=submit value=Done>", "Done", id="native input"),
        pytest.param("<button type=submit hidden>No</button><div data-testid=submit>Own</div>", "Own", id="visible"),
        pytest.param("<crowd-form><button>Tool</button><button>Submit</button></crowd-form>", "Submit", id="type-less"),
    ],
)
def test_submit_presses_the_visible_one(run: Run[Any], page: Page, button: str, pressed: str) -> None:
    async def work() -> Any:
        await page.set_content(f"<form onsubmit='return false'>{button}</form>")
        await page.evaluate("addEventListener('click', (e) => (pressed = e.target.textContent || e.target.value))")
        await submit(page)
        return await page.evaluate("pressed")

    assert run(work()) == pressed


def test_press(run: Run[Any], page: Page) -> None:
    async def work() -> Any:
        await page.set_content("<p>keys")
        await page.evaluate("keys = []; addEventListener('keydown', (e) => keys.push((e.ctrlKey ? '^' : '') + e.key))")
        await press(page, "3", "Escape")
        await press(page, "Control+Enter")
        return await page.evaluate("keys")

    assert run(work()) == ["3", "Escape", "^Control", "^Enter"]


@pytest.mark.parametrize(
    ("gesture", "problem", "cure"),
    [
        pytest.param(
            lambda p: fill(p, "titel", "x"), "no text field named 'titel'", "title, free notes, count", id="fill"
        ),
        pytest.param(lambda p: fill(p, "quality", "x"), "no text field named", "title", id="fill a radio"),
        pytest.param(
            lambda p: choose(p, "quality", "maybe"), "'maybe' named 'quality'", "quality (yes, no)", id="value"
        ),
        pytest.param(
            lambda p: choose(p, "mood", "x"), "'x' named 'mood'", "sure (on), seen (all), tone (warm)", id="name"
        ),
        pytest.param(lambda p: choose(p, "kind", "Plum"), "'Plum' of 'kind' can't be used", "visible", id="option"),
        pytest.param(
            lambda p: untick(p, "quality", "yes"), "no choice 'yes'", "quality (yes, no)", id="untick a radio"
        ),
        pytest.param(lambda p: slide(p, "title", 1), "no slider named 'title'", "sliders here: loudness", id="slide"),
        pytest.param(
            lambda p: slide(p, "loudness", 2), "'loudness' can't be at 2", "from 0 to 1 in steps", id="beyond"
        ),
        pytest.param(lambda p: slide(p, "loudness", 0.51), "can't be at 0.51", "in steps of 0.05", id="off step"),
        pytest.param(lambda p: press_button(p, "Tol"), "no button 'Tol'", "buttons here: Tool", id="button"),
        pytest.param(lambda p: open_tab(p, "Two"), "no tab 'Two'", "tabs here: none", id="tab"),
        pytest.param(lambda p: submit(p), "no visible Submit", "buttons here: Tool", id="submit"),
        pytest.param(lambda p: press(p, "Entre"), "no key 'Entre'", "Control+Enter", id="key"),
    ],
)
def test_gestures_say_what_there_is(
    run: Run[Any],
    page: Page,
    refusal: Refusal,
    gesture: Callable[[Page], Coroutine[Any, Any, None]],
    problem: str,
    cure: str,
) -> None:
    async def work() -> None:
        await page.set_content(NATIVE + "<button type=button>Tool</button>")
        await gesture(page)

    finding = refusal(lambda: run(work()), problem)
    assert problem in finding.message
    assert cure in finding.cure


def test_a_disabled_control_is_not_used(run: Run[Any], page: Page, refusal: Refusal) -> None:
    async def work() -> None:
        await page.set_content("<input name=title disabled>")
        await fill(page, "title", "x")

    problem = "the field 'title' can't be used: element is not enabled"
    assert problem in refusal(lambda: run(work()), problem).message


# --- the sample's scripted worker against the real annotator ----------------------------------------------------------

SAMPLE = Workflow("text-entities", kit_root())


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("sample_worker", SAMPLE.worker_script)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["sample_worker"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["sample_worker"]


def work_item(slug: str) -> WorkItem:
    """What a worker gets of the sample's paper, as the workflow's handler makes it."""
    lines = {Path(line.data_object["source-ref"]).stem: line for line in read_manifest(SAMPLE.manifest)}
    line = lines[slug]
    task_input = {
        "taskObject": line.data_object["source-ref"],
        "text": (SAMPLE.samples / "objects" / "text" / f"{slug}.txt").read_bytes().decode("utf-8"),
        "metadata": line.data_object["metadata"],
        "labels": list(SAMPLE.config().labels),
    }
    return WorkItem(line.number, line.data_object, task_input)


@pytest.mark.parametrize(
    ("slug", "index", "seed"),
    [
        pytest.param("geology", 0, 10, id="crossing spans, one by one"),
        pytest.param("psychology", 1, 4, id="emoji, label by label"),
        pytest.param("linguistics", 2, 4, id="combining characters"),
    ],
)
def test_the_answer_is_what_the_worker_meant(
    run: Run[Any], page: Page, serve: Any, script: ModuleType, slug: str, index: int, seed: int
) -> None:
    item = work_item(slug)
    rendered = Template.load(SAMPLE.template).render(item.task_input, sign=lambda uri: "/picture.svg")
    site = serve(task_page(rendered.html, ""))

    async def attend() -> None:
        await page.goto(site.url)
        await script.work(page, item, Worker("worker", index, Random(seed)))
        await submit(page)
        await page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")

    run(attend())
    ((answer,),) = site.answers
    gold = script.gold_marks(script.expected(item.data_object["source-ref"]))
    meant = script.plan(item.task_input["text"], gold, script.CHARACTERS[index], Random(seed))
    assert meant != gold, "with a seed that errs nowhere this tests less"
    given = [
        script.Mark(one["startOffset"], one["endOffset"], one["label"])
        for one in json.loads(answer["entities"])["entities"]
    ]
    assert sorted(given, key=repr) == sorted(meant, key=repr)
    assert sorted(answer["quality"].values()) == [False, True]
    assert isinstance(answer["notes"], str)
