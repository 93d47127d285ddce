"""crowd-form: how it takes in the page, submits, and reads the answer. Templates of our own, one trick each."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

SCRIPT = '<script src="/bundles/crowd-html-elements.js"></script>'


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "submitted")


def answer_of(page: Page, visit: Any, html: str) -> Any:
    """The one object that a page gives when Submit is pressed at once."""
    site = visit(html)
    submit(page)
    ((answer,),) = site.answers
    return answer


# ---- 9 orders of script and form x 3 ways of delivery

FORM = """<crowd-form id="tune"><p id="lead">One</p><input name="a" value="1"><b>x</b><input name="z" value="2">
      </crowd-form>"""
# What a script behind the form sees; the listener is added as late as pages add it.
PROBE = """<script>
  window.probe = {
    inside: !!document.querySelector('crowd-form > form > #lead'),
    last: !!document.querySelector('crowd-form > form > [name=z]'),
    strays: document.querySelector('crowd-form').children.length,
    submit: !!document.querySelector('crowd-form > form > [data-testid=crowd-submit]'),
    id: window.lead === document.getElementById('lead'),
  };
  window.ready = 0;
  document.addEventListener('DOMContentLoaded', () =>
    document.addEventListener('all-crowd-elements-ready', () => { window.ready += 1; }));
</script>"""
SEEN = {"inside": True, "last": True, "strays": 1, "submit": True, "id": True}
UNSEEN = {"inside": False, "last": False, "strays": 4, "submit": False, "id": True}

ORDERS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "script-first": (SCRIPT + FORM + PROBE, SEEN),
    "script-last": (FORM + PROBE + SCRIPT, UNSEEN),
    "twice": (SCRIPT + FORM + PROBE + SCRIPT, SEEN),
    "twice-first": (SCRIPT + SCRIPT + FORM + PROBE, SEEN),
    "inside-form": (FORM.replace("<b>x</b>", f"<b>x</b>{SCRIPT}") + PROBE, SEEN),
    "defer": (SCRIPT.replace("src", "defer src") + FORM + PROBE, UNSEEN),
    "async": (SCRIPT.replace("src", "async src") + FORM + PROBE, None),  # whichever comes first
    "document": (f"<!doctype html><html><head>{SCRIPT}</head><body><div>{FORM}</div>{PROBE}</body></html>", SEEN),
    "form-last": (
        f"{SCRIPT}<p>Before</p>{FORM.removesuffix('</crowd-form>')}{PROBE}</crowd-form>",
        {**SEEN, "submit": False},
    ),
}


@pytest.mark.parametrize("chunk", [None, 61, 17], ids=["whole", "61-bytes", "17-bytes"])
@pytest.mark.parametrize("order", ORDERS)
def test_parse_order(page: Page, visit: Any, order: str, chunk: int | None) -> None:
    html, seen = ORDERS[order]
    site = visit(html, chunk=chunk)
    if seen is not None:
        assert page.evaluate("probe") == seen
    assert page.evaluate("document.querySelectorAll('crowd-form > form > *').length") >= 4
    assert page.evaluate("document.querySelector('crowd-form').children.length") == 1
    expect(page.locator("crowd-form > form > [data-testid=crowd-submit]")).to_have_count(1)
    assert (
        page.evaluate("document.querySelector('crowd-form > form').lastElementChild.dataset.testid") == "crowd-submit"
    )
    page.wait_for_function("window.ready > 0")
    submit(page)
    assert site.answers == [[{"a": "1", "z": "2"}]]
    assert page.evaluate("ready") == 1


# ---- forms that scripts make

MADE = {
    "innerHTML": "document.body.innerHTML = '<crowd-form><input name=a value=1></crowd-form>'",
    "insertAdjacentHTML": (
        "document.body.insertAdjacentHTML('beforeend', '<crowd-form><input name=a value=1></crowd-form>')"
    ),
    "filled-before": """const f = document.createElement('crowd-form'); f.innerHTML = '<input name=a value=1>';
                        document.body.append(f)""",
    "filled-after": """const f = document.createElement('crowd-form'); document.body.append(f);
                       f.innerHTML = '<input name=a value=1>'""",
    "overwritten": """const f = document.createElement('crowd-form'); document.body.append(f);
                      setTimeout(() => { f.innerHTML = '<input name=a value=1>' })""",
    "moved": """const f = document.createElement('crowd-form'); f.innerHTML = '<input name=a value=1>';
                document.body.append(f); const box = document.createElement('div'); document.body.append(box);
                setTimeout(() => box.append(f))""",
    "clone": """const f = document.createElement('crowd-form'); f.innerHTML = '<input name=a value=1>';
                document.body.append(f);
                setTimeout(() => { const copy = f.cloneNode(true); f.remove(); document.body.append(copy) })""",
    "shadow": """const host = document.createElement('div'); document.body.append(host);
                 host.attachShadow({mode: 'open'}).innerHTML = '<crowd-form><input name=a value=1></crowd-form>'""",
    "late-input-inner": """const f = document.createElement('crowd-form'); document.body.append(f);
                           setTimeout(() => f.form.insertAdjacentHTML('beforeend', '<input name=a value=1>'))""",
    "late-input-outer": """const f = document.createElement('crowd-form'); document.body.append(f);
                           setTimeout(() => f.insertAdjacentHTML('beforeend', '<input name=a value=1>'))""",
}


@pytest.mark.parametrize("how", MADE)
def test_form_made_by_script(page: Page, visit: Any, how: str) -> None:
    site = visit("<p>page</p>")
    page.evaluate(MADE[how])
    page.locator("[name=a]").wait_for()
    submit(page)
    assert site.answers == [[{"a": "1"}]]


# ---- submission (section 2.3, 2.4); the checklist of section 8.1 is in test_compatibility.py


def test_onsubmit_may_remove_what_it_appended(page: Page, visit: Any) -> None:
    html = """<crowd-form id="f"><input name="a" value="1"></crowd-form><script>
      f.onsubmit = () => { const i = document.createElement('input'); f.appendChild(i); f.removeChild(i) }
    </script>"""
    assert answer_of(page, visit, html) == {"a": "1"}


@pytest.mark.parametrize(
    "handler",
    [
        'onsubmit="return false"',
        'onsubmit="event.preventDefault()"',
        'onsubmit="event.preventDefault(); event.stopImmediatePropagation()"',
    ],
    ids=["return-false", "prevent", "stop-immediate"],
)
def test_handler_stops_the_submission(page: Page, visit: Any, handler: str) -> None:
    site = visit(f'<crowd-form {handler}><input name="a"></crowd-form>')
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "prevented")
    assert site.posts == []


@pytest.mark.parametrize(
    ("control", "appended"),
    [
        ('<crowd-button form-action="submit">Send</crowd-button>', 0),
        ('<input type="submit" value="Send">', 0),
        ('<button type="submit">Send</button>', 0),
        ("<button>Tool</button>", 1),
        ("<crowd-button>Tool</crowd-button>", 1),
        ('<crowd-button form-action="reset">Again</crowd-button>', 1),
        ("<crowd-bounding-box name='b' labels=\"['x']\" src='/picture.svg'></crowd-bounding-box>", 1),
    ],
    ids=["crowd-submit", "input-submit", "button-submit", "typeless", "plain-crowd", "reset", "widget"],
)
def test_when_submit_is_appended(page: Page, visit: Any, control: str, appended: int) -> None:
    visit(f"<crowd-form>{control}</crowd-form>")
    expect(page.locator("[data-testid=crowd-submit]")).to_have_count(appended)


def test_a_button_with_a_method_of_its_own_does_not_lead_away(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><input name="a" value="1">
      <button formmethod="post" formaction="/elsewhere">Go</button></crowd-form>""")
    page.get_by_role("button", name="Go").click()
    wait_state(page, "submitted")
    assert site.answers == [[{"a": "1"}]]
    assert page.url == site.url


def test_enter_in_a_native_input_submits(page: Page, visit: Any) -> None:
    site = visit('<crowd-form><input name="a" id="a"></crowd-form>')
    page.locator("#a").fill("typed")
    page.locator("#a").press("Enter")
    wait_state(page, "submitted")
    assert site.answers == [[{"a": "typed"}]]
    assert page.url == site.url


def test_object_value_input_is_asked_before(page: Page, visit: Any) -> None:
    site = visit("""<script>customElements.define('object-value-input', class extends HTMLElement {
        value = {}; validate() { return window.complete === true } })</script>
      <crowd-form><object-value-input name="object" aria-label="Sketch"></object-value-input></crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "invalid")
    expect(page.get_by_role("alert").filter(has_text="Sketch")).to_be_visible()
    page.evaluate("window.complete = true")
    submit(page)
    assert site.answers == [[{"object": {}}]]


def test_a_prevented_submission_that_calls_submit_is_sent_once(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="f"><input name="a" value="1"></crowd-form><script>let fired = 0;
      f.onsubmit = (event) => { event.preventDefault(); fired += 1; f.submit() }</script>""")
    submit(page)
    assert site.posts == [[{"a": "1"}]]
    assert page.evaluate("fired") == 1


def test_a_press_right_after_a_prevented_submission_sends_nothing(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="f" onsubmit="event.preventDefault()"><input name="a" value="1"></crowd-form>""")
    page.evaluate("f.submit(), f.submit()")
    wait_state(page, "prevented")
    assert site.posts == []


FORM_MEMBERS = ["submit", "reset", "requestSubmit", "append", "parentNode", "children", "method", "querySelectorAll"]


def test_names_that_hide_members_of_the_form(page: Page, visit: Any) -> None:
    fields = "".join(f'<input name="{name}" value="v">' for name in FORM_MEMBERS)
    site = visit(f'<crowd-form id="f"><short-instructions>Look</short-instructions>{fields}</crowd-form>')
    # By script: Playwright's own click stumbles over such a form.
    page.evaluate("f.reset(), f.submit()")
    wait_state(page, "submitted")
    assert site.answers == [[dict.fromkeys(FORM_MEMBERS, "v")]]


# ---- the rest of sections 2 and 3


def test_native_controls(page: Page, visit: Any) -> None:
    html = """<crowd-form>
      <input name="text" value=" spaced "> <input name="empty"> <input type="number" name="number" value="7">
      <input type="date" name="date" value="2026-02-03"> <input type="range" name="range" min="0" max="10" value="4">
      <input type="color" name="color" value="#00ff00"> <input type="hidden" name="json" value='{"a": 1}'>
      <textarea name="area">one\ntwo</textarea>
      <select name="one"><option value="">none</option><option value="b" selected>B</option></select>
      <select name="blank"><option value="">none</option></select>
      <select name="many" multiple><option selected>x</option><option>y</option><option selected>z</option></select>
      <input type="radio" name="r" value="p"><input type="radio" name="r" value="q" checked>
      <input type="radio" name="on" checked><input type="checkbox" name="box">
      <input type="button" name="button" value="x"><input type="reset" name="reset"><button type="button"
      name="b2" value="y">t</button>
      <input type="file" name="file">
    </crowd-form>"""
    assert answer_of(page, visit, html) == {
        **{"text": " spaced ", "empty": "", "number": "7", "date": "2026-02-03", "range": "4", "color": "#00ff00"},
        **{"json": '{"a": 1}', "area": "one\ntwo", "one": "b", "blank": "", "many": ["x", "z"]},
        **{"r": {"p": False, "q": True}, "on": {"on": True}, "box": {"on": False}},
    }


def test_later_control_of_a_name_wins(page: Page, visit: Any) -> None:
    html = """<crowd-form><input type="checkbox" name="_" value="a" checked><input name="_" value="mid">
      <select name="_"><option>s</option></select><input type="hidden" name="_" value="_"></crowd-form>"""
    assert answer_of(page, visit, html) == {"_": "_"}


def test_instructions_without_a_widget(page: Page, visit: Any) -> None:
    visit("""<crowd-form><p>Work</p><short-instructions>Be quick</short-instructions>
      <full-instructions header="Rules"><p>Be right</p></full-instructions></crowd-form>""")
    expect(page.get_by_text("Be quick")).to_be_visible()
    expect(page.get_by_text("Be right")).to_be_hidden()
    page.get_by_role("button", name="More instructions").click()
    expect(page.get_by_role("dialog", name="Rules")).to_be_visible()
    expect(page.get_by_text("Be right")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Be right")).to_be_hidden()
    expect(page.get_by_role("button", name="More instructions")).to_be_focused()


def test_validation_comes_before_the_event(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form onsubmit="window.fired = true"><input name="a" aria-label="Title" required>
      <input type="radio" name="r" value="1" required aria-label="one"><input type="radio" name="r" value="2"
      required aria-label="two">
      </crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "invalid")
    summary = page.get_by_role("alert").filter(has_text="2 answers need your attention")
    expect(summary.get_by_role("button")).to_have_count(2)
    expect(page.locator("[name=a]")).to_be_focused()
    assert page.evaluate("window.fired") is None
    page.locator("[name=a]").fill("x")
    page.locator("[value='2']").check()
    submit(page)
    assert site.answers == [[{"a": "x", "r": {"1": False, "2": True}}]]


@pytest.mark.parametrize("refusal", [500, 409, None], ids=["500", "409", "broken-connection"])
def test_failed_send_keeps_the_work(page: Page, visit: Any, refusal: int | None) -> None:
    site = visit('<crowd-form><input name="a" id="a"></crowd-form>')
    # A browser sends a POST again by itself when a kept-alive connection breaks before any reply.
    site.replies.extend([refusal] * (1 if refusal else 5))
    page.locator("#a").fill("long work")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "failed")
    expect(page.get_by_role("alert").filter(has_text="Your work is kept")).to_be_visible()
    assert page.locator("#a").input_value() == "long work"
    site.replies.clear()
    submit(page)
    assert site.answers == [[{"a": "long work"}]]
    expect(page.get_by_role("alert").filter(has_text="not sent")).to_have_count(0)


def test_unserializable_value_is_a_failure_that_can_be_mended(page: Page, visit: Any) -> None:
    site = visit("""<script>customElements.define('object-value-input', class extends HTMLElement {
      value = null })</script>
      <crowd-form><object-value-input name="o" id="o"></object-value-input></crowd-form>""")
    page.evaluate("const loop = {}; loop.loop = loop; o.value = loop; undefined")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "failed")
    page.evaluate("o.value = {fine: 1}")
    submit(page)
    assert site.answers == [[{"o": {"fine": 1}}]]


def test_locked_while_sending(page: Page, visit: Any) -> None:
    site = visit('<crowd-form><input name="a" id="a" value="1"></crowd-form>')
    site.gate.clear()
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "sending")
    page.evaluate("document.querySelector('crowd-form').submit()")
    page.evaluate("document.querySelector('[data-testid=crowd-submit]').click()")
    assert page.evaluate("a.focus(), document.activeElement !== a")
    site.gate.set()
    wait_state(page, "submitted")
    expect(page.get_by_role("status").filter(has_text="Submitted")).to_be_visible()
    assert len(site.posts) == 1


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_outcome_stands_clear_of_floats(page: Page, visit: Any, side: str) -> None:
    visit(
        f"""<crowd-form><div style="float: {side}; width: 60%; height: 300px">Column</div>
        <input name="a" value="1"></crowd-form>"""
    )
    submit(page)
    box = page.locator("crowd-form").get_by_role("status").bounding_box()
    column = page.get_by_text("Column").bounding_box()
    assert box
    assert column
    assert box["y"] >= column["y"] + column["height"]
    assert box["width"] > 1200


@pytest.mark.parametrize("how", ["method", "crowd-button", "native"])
def test_reset(page: Page, visit: Any, how: str) -> None:
    site = visit("""<crowd-form id="f"><input name="n" value="first"><crowd-input name="i" value="preset"></crowd-input>
      <crowd-checkbox name="c" checked></crowd-checkbox><crowd-button form-action="reset">Again</crowd-button>
      <button type="reset">Native</button></crowd-form>""")
    page.locator("[name=n]").fill("x")
    page.locator("crowd-input").get_by_role("textbox").fill("y")
    page.locator("crowd-checkbox").get_by_role("checkbox").uncheck()
    if how == "method":
        page.evaluate("f.reset()")
    else:
        page.get_by_role("button", name="Again" if how == "crowd-button" else "Native").click()
    page.wait_for_function("document.querySelector('crowd-input').value === 'preset'")
    submit(page)
    assert site.answers == [[{"n": "first", "i": "preset", "c": {"on": True}}]]


def test_form_inside_the_form(page: Page, visit: Any) -> None:
    site = visit(
        """<crowd-form><form id="own" onsubmit="window.own = 1"><input name="a" value="1"><button>Go</button>
      </form></crowd-form>"""
    )
    page.get_by_role("button", name="Go").click()
    wait_state(page, "submitted")
    assert site.answers == [[{"a": "1"}]]
    assert page.url == site.url


def test_script_twice_defines_once(page: Page, visit: Any) -> None:
    site = visit(SCRIPT * 3 + '<crowd-form><input name="a" value="1"></crowd-form>' + SCRIPT)
    expect(page.locator("[data-testid=crowd-submit]")).to_have_count(1)
    submit(page)
    assert len(site.posts) == 1


def test_a_widget_beside_the_form_that_it_names_belongs_to_it(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="qa" style="display: none"></crowd-form>
      <crowd-classifier crowd-form-element-id="qa" categories="['a', 'b']"></crowd-classifier>""")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "invalid")
    page.get_by_role("radio", name="b").click()
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "submitted")
    assert site.answers == [[{"crowd-classifier": {"label": "b"}}]]
