"""The form controls and decorations of crowd pages: what each shows, answers and tells."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tabs


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def press_submit(page: Page, state: str) -> None:
    page.get_by_role("button", name="Submit").click()
    wait_state(page, state)


def answer_of(page: Page, visit: Any, body: str, act: str = "") -> Any:
    """The one object that a form with ``body`` gives, after the script ``act``."""
    site = visit(f'<crowd-form id="form">{body}</crowd-form>')
    if act:
        page.evaluate(act)
    press_submit(page, "submitted")
    ((answer,),) = site.answers
    return answer


# ---- answers

ANSWERS: dict[str, tuple[str, Any]] = {
    "checkbox": (
        """<crowd-checkbox name="defects" value="scratch" checked>Scratch</crowd-checkbox>
           <crowd-checkbox name="defects" value="dent">Dent</crowd-checkbox>
      <crowd-checkbox name="sure">Sure</crowd-checkbox>""",
        {"defects": {"scratch": True, "dent": False}, "sure": {"on": False}},
    ),
    "checkbox-disabled": ('<crowd-checkbox name="c" disabled checked></crowd-checkbox>', {"c": {"on": True}}),
    "checkbox-present-is-on": ('<crowd-checkbox name="c" checked="false"></crowd-checkbox>', {"c": {"on": True}}),
    "checkbox-equal": (
        """<crowd-checkbox name="c" value="v" checked></crowd-checkbox><crowd-checkbox name="c" value="v">
      </crowd-checkbox>""",
        {"c": {"v": False}},
    ),
    "with-native-box": (
        '<input type="checkbox" name="c" value="n" checked><crowd-checkbox name="c" value="v"></crowd-checkbox>',
        {"c": {"n": True, "v": False}},
    ),
    "toggle": (
        """<crowd-toggle-button name="t" value="x" checked invalid></crowd-toggle-button>
           <crowd-toggle-button name="u"></crowd-toggle-button>""",
        {"t": {"x": True}, "u": {"on": False}},
    ),
    "radio-group": (
        """<crowd-radio-group><crowd-radio-button name="keep" value="yes" checked>Keep</crowd-radio-button>
           <div><crowd-radio-button name="drop" value="yes">Drop</crowd-radio-button></div></crowd-radio-group>""",
        {"keep": {"yes": True}, "drop": {"yes": False}},
    ),
    "radio-one-name": (
        """<crowd-radio-group><crowd-radio-button name="r" value="a">A</crowd-radio-button>
           <crowd-radio-button name="r" value="b">B</crowd-radio-button></crowd-radio-group>""",
        {"r": {"a": False, "b": False}},
    ),
    "radio-later-checked-wins": (
        """<crowd-radio-group><crowd-radio-button name="a" checked></crowd-radio-button>
           <crowd-radio-button name="b" checked></crowd-radio-button></crowd-radio-group>""",
        {"a": {"on": False}, "b": {"on": True}},
    ),
    "radio-outside": (
        """<crowd-radio-button name="a" checked></crowd-radio-button><crowd-radio-button name="b" checked>
      </crowd-radio-button>""",
        {"a": {"on": True}, "b": {"on": True}},
    ),
    "input": ('<crowd-input name="artist note" value="x"></crowd-input>', {"artist note": "x"}),
    "input-empty": ('<crowd-input name="i" placeholder="hint" label="L"></crowd-input>', {}),
    "input-number": ('<crowd-input name="i" type="number" value="7"></crowd-input>', {"i": "7"}),
    "text-area": ('<crowd-text-area name="t" value="a&#13;&#10;b"></crowd-text-area>', {"t": "a\nb"}),
    "text-area-empty": ('<crowd-text-area name="t">no text of it</crowd-text-area>', {}),
    "slider": ('<crowd-slider name="s" min="1" max="5" value="4" pin="true"></crowd-slider>', {"s": 4}),
    "slider-default": ('<crowd-slider name="s"></crowd-slider>', {"s": 0}),
    "slider-min": ('<crowd-slider name="s" min="3" max="9" required></crowd-slider>', {"s": 3}),
    "slider-step": ('<crowd-slider name="s" min="0" max="1" step="0.1" value="0.3"></crowd-slider>', {"s": 0.3}),
    "no-answer": (
        """<crowd-alert name="a">x</crowd-alert><crowd-card name="c" heading="h">x</crowd-card><crowd-fab name="f"
      label="F"></crowd-fab>
           <crowd-badge name="b" label="1"></crowd-badge><crowd-toast name="t" text="t"></crowd-toast>
      <crowd-button name="n">B</crowd-button>""",
        {},
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_answer(page: Page, visit: Any, case: str) -> None:
    body, answer = ANSWERS[case]
    given = answer_of(page, visit, body)
    assert given == answer
    assert [type(value) for value in given.values()] == [type(value) for value in answer.values()]


# ---- attributes and properties (section 8.2, items 5 to 8)


# ---- validation (section 4.5)

REQUIRED: dict[str, tuple[str, str]] = {
    "checkbox": ('<crowd-checkbox name="a" id="a" required>Agree</crowd-checkbox>', "a.checked = true"),
    "toggle": ('<crowd-toggle-button name="a" id="a" required>Agree</crowd-toggle-button>', "a.checked = true"),
    "input": ('<crowd-input name="a" id="a" label="Agree" required></crowd-input>', "a.value = 'x'"),
    "text-area": ('<crowd-text-area name="a" id="a" label="Agree" required></crowd-text-area>', "a.value = 'x'"),
    "native": ('<label>Agree <input name="a" id="a" required></label>', "a.value = 'x'"),
    "select": (
        """<label for="a">Agree</label><select name="a" id="a" required><option value="">-</option>
      <option>x</option></select>""",
        "a.value = 'x'",
    ),
    "email": ('<crowd-input type="email" name="a" id="a" label="Agree" value="no"></crowd-input>', "a.value = 'a@b.c'"),
    "short": ('<crowd-input min-length="3" name="a" id="a" label="Agree" value="no"></crowd-input>', "a.value = 'yes'"),
}


@pytest.mark.parametrize("case", REQUIRED)
def test_required_control_stops_and_gets_the_focus(page: Page, visit: Any, case: str) -> None:
    body, mend = REQUIRED[case]
    site = visit(f"<crowd-form>{body}</crowd-form>")
    press_submit(page, "invalid")
    assert page.evaluate("document.activeElement === a")
    expect(page.get_by_role("alert").get_by_role("button", name="Agree")).to_be_visible()
    assert site.posts == []
    page.evaluate(mend)
    press_submit(page, "submitted")
    assert len(site.answers) == 1


NOT_REQUIRED = {
    "disabled": """<crowd-input name="a" required disabled></crowd-input><crowd-checkbox name="b" required disabled>
      </crowd-checkbox>""",
    "radio-button": """<crowd-radio-group required><crowd-radio-button name="a" required></crowd-radio-button>
      </crowd-radio-group>""",
    "slider": '<crowd-slider name="a" required></crowd-slider>',
}


@pytest.mark.parametrize("case", NOT_REQUIRED)
def test_required_does_not_count(page: Page, visit: Any, case: str) -> None:
    site = visit(f"<crowd-form>{NOT_REQUIRED[case]}</crowd-form>")
    press_submit(page, "submitted")
    assert len(site.answers) == 1


@pytest.mark.parametrize("tag", ["crowd-input", "crowd-text-area", "crowd-checkbox"])
def test_validate_method(page: Page, visit: Any, tag: str) -> None:
    visit(f'<crowd-form><{tag} id="a" required error-message="Not so"></{tag}></crowd-form>')
    assert page.evaluate("a.validate()") is False
    shown = "Not so" if tag != "crowd-checkbox" else "This must be on."
    expect(page.get_by_text(shown)).to_be_visible()
    page.evaluate("a.value = 'x', a.checked = true")
    assert page.evaluate("a.validate()") is True
    expect(page.get_by_text(shown)).to_have_count(0)


def test_invalid_control_in_hidden_places_is_shown(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-tabs><crowd-tab header="One">first</crowd-tab><crowd-tab header="Two">
      <crowd-modal link-text="More"><crowd-input name="a" label="Deep" required></crowd-input></crowd-modal>
      </crowd-tab></crowd-tabs></crowd-form>""")
    press_submit(page, "invalid")
    expect(page.get_by_role("tab", name="Two")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("textbox", name="Deep")).to_be_focused()


def test_allowed_pattern_drops_other_characters(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-input id="i" label="Digits" auto-validate allowed-pattern="[0-9]"></crowd-input>
      <crowd-input id="j" label="Free" allowed-pattern="[0-9]"></crowd-input></crowd-form>""")
    page.get_by_role("textbox", name="Digits").press_sequentially("a1b2c3")
    page.get_by_role("textbox", name="Free").press_sequentially("a1")
    assert page.evaluate("[i.value, j.value]") == ["123", "a1"]
    page.get_by_role("textbox", name="Digits").press("Home")
    page.get_by_role("textbox", name="Digits").press_sequentially("x9")
    assert page.evaluate("i.value") == "9123"


def test_auto_validate_and_error_message(page: Page, visit: Any) -> None:
    visit(
        '<crowd-form><crowd-input label="N" required auto-validate error-message="Give one"></crowd-input></crowd-form>'
    )
    field = page.get_by_role("textbox", name="N")
    field.fill("x")
    field.fill("")
    expect(page.get_by_text("Give one")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("y")
    expect(page.get_by_text("Give one")).to_have_count(0)


def test_max_length_and_counter(page: Page, visit: Any) -> None:
    visit('<crowd-form><crowd-text-area id="t" label="T" max-length="4" char-counter></crowd-text-area></crowd-form>')
    page.get_by_role("textbox", name="T").press_sequentially("abcdef")
    assert page.evaluate("t.value") == "abcd"
    expect(page.get_by_text("4/4")).to_be_visible()


# ---- events and keys


EVENTS = {
    "checkbox": ('<crowd-checkbox id="a" name="a">A</crowd-checkbox>', "checkbox", "click", "checked", True),
    "toggle": ('<crowd-toggle-button id="a" name="a">A</crowd-toggle-button>', "switch", "click", "checked", True),
    "radio": ('<crowd-radio-button id="a" name="a">A</crowd-radio-button>', "radio", "click", "checked", True),
    "slider": ('<crowd-slider id="a" name="a" aria-label="A"></crowd-slider>', "slider", "ArrowRight", "value", 1),
}


@pytest.mark.parametrize("case", EVENTS)
def test_change_bubbles_with_the_element_as_target(page: Page, visit: Any, case: str) -> None:
    body, role, act, member, value = EVENTS[case]
    visit(f'<crowd-form id="form" onchange="window.attribute = true">{body}</crowd-form>')
    page.evaluate(
        """member => { window.seen = [];
      document.addEventListener('change', (event) => seen.push([event.target.id, event.target[member]]));
      a.onchange = () => { window.own = true } }""",
        member,
    )
    control = page.get_by_role(role, name="A")  # type: ignore[arg-type]
    if act == "click":
        control.click()
    else:
        control.press(act)
    assert page.evaluate("seen") == [["a", value]]
    assert page.evaluate("[attribute, own]") == [True, True]


@pytest.mark.parametrize("tag", ["crowd-checkbox", "crowd-toggle-button", "crowd-radio-button"])
def test_a_press_on_the_text_works_the_control(page: Page, visit: Any, tag: str) -> None:
    visit(f"""<crowd-form><{tag} id="a"><b>Label</b> <a href="#there">link</a></{tag}></crowd-form>""")
    page.get_by_text("link").click()
    assert page.evaluate("a.checked") is False
    page.get_by_text("Label").click()
    assert page.evaluate("a.checked") is True


@pytest.mark.parametrize("tag", ["crowd-checkbox", "crowd-toggle-button", "crowd-radio-button"])
def test_a_press_is_heard_once_before_its_change(page: Page, visit: Any, tag: str) -> None:
    visit(f"""<crowd-form><{tag} id="a" onclick="heard.push(['click', this.checked])"
      onchange="heard.push(['change', this.checked])">Label</{tag}></crowd-form>""")
    for press in (
        lambda: page.get_by_text("Label").click(),
        lambda: page.get_by_role("checkbox").or_(page.get_by_role("switch")).or_(page.get_by_role("radio")).click(),
        lambda: page.evaluate("a.click()"),
    ):
        page.evaluate("a.checked = false; window.heard = []")
        press()
        assert page.evaluate("heard") == [["click", False], ["change", True]]


def test_a_press_can_be_prevented(page: Page, visit: Any) -> None:
    visit('<crowd-form><crowd-checkbox id="a" onclick="return false">Label</crowd-checkbox></crowd-form>')
    page.get_by_text("Label").click()
    page.evaluate("a.click()")
    assert page.evaluate("a.checked") is False


def test_space_toggles(page: Page, visit: Any) -> None:
    visit('<crowd-form><crowd-checkbox id="a">A</crowd-checkbox></crowd-form>')
    page.evaluate("a.focus()")
    page.keyboard.press("Space")
    assert page.evaluate("a.checked") is True
    page.keyboard.press("Space")
    assert page.evaluate("a.checked") is False


def test_radio_group_by_keys(page: Page, visit: Any) -> None:
    visit("""<crowd-form><input id="before"><crowd-radio-group>
      <crowd-radio-button id="a" name="a">A</crowd-radio-button><crowd-radio-button id="b" name="b"
      disabled>B</crowd-radio-button>
      <crowd-radio-button id="c" name="c">C</crowd-radio-button></crowd-radio-group><input id="after"></crowd-form>""")
    state = "[a.checked, b.checked, c.checked]"
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="A")).to_be_focused()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(state) == [False, False, True]
    expect(page.get_by_role("radio", name="C")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(state) == [True, False, False]
    page.keyboard.press("Tab")
    expect(page.locator("#after")).to_be_focused()
    page.evaluate("c.checked = true")
    assert page.evaluate(state) == [False, False, True]


def test_slider_by_keys_and_number(page: Page, visit: Any) -> None:
    visit(
        """<crowd-form><crowd-slider id="s" aria-label="S" min="2" max="10" step="2" value="4" pin editable>
      </crowd-slider></crowd-form>"""
    )
    slider = page.get_by_role("slider", name="S")
    slider.press("ArrowRight")
    assert page.evaluate("s.value") == 6
    slider.press("End")
    assert page.evaluate("s.value") == 10
    slider.press("Home")
    assert page.evaluate("s.value") == 2
    number = page.get_by_role("spinbutton", name="S")
    expect(number).to_have_value("2")
    number.fill("99")
    number.blur()
    assert page.evaluate("s.value") == 10
    expect(number).to_have_value("10")
    expect(page.locator("crowd-slider .pin")).to_have_text("10")


# ---- buttons


def test_crowd_button_disabled_and_loading(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><crowd-button id="a" form-action="submit"
      disabled onclick="window.hit = 1">A</crowd-button>
      <crowd-button id="b" form-action="submit" loading disabled>B</crowd-button></crowd-form>""")
    expect(page.get_by_role("button", name="A")).to_be_disabled()
    expect(page.get_by_role("button", name="B")).to_have_attribute("aria-busy", "true")
    page.evaluate("a.click(), b.click()")
    assert page.evaluate("window.hit") is None
    page.evaluate("a.disabled = false")
    page.get_by_role("button", name="A").click()
    wait_state(page, "submitted")
    assert page.evaluate("hit") == 1
    assert len(site.posts) == 1


def test_crowd_button_click_can_be_prevented(page: Page, visit: Any) -> None:
    site = visit(
        """<crowd-form><input type="hidden" name="press" value="first"><crowd-button form-action="submit"
      onclick="if (!window.go) event.preventDefault()">Send</crowd-button></crowd-form>"""
    )
    page.get_by_role("button", name="Send").click()
    page.evaluate("window.go = true; document.querySelector('input').value = 'second'")
    page.get_by_role("button", name="Send").click()
    wait_state(page, "submitted")
    assert site.posts == [[{"press": "second"}]]


def test_crowd_button_href(page: Page, visit: Any) -> None:
    visit('<crowd-button id="a" href="#there">A</crowd-button>')
    expect(page.get_by_role("link", name="A")).to_be_visible()
    page.evaluate("a.click()")
    page.wait_for_url("**#there")


@pytest.mark.parametrize(
    "href", ["javascript:window.hit = 1", " java\tscript:window.hit = 1", "data:text/html,x", "http://["]
)
def test_crowd_button_leads_to_no_script(page: Page, visit: Any, href: str) -> None:
    visit(f'<crowd-button id="a" href="{href}">A</crowd-button>')
    expect(page.get_by_role("link")).to_have_count(0)
    page.get_by_role("button", name="A").click()
    assert page.evaluate("window.hit") is None


def test_crowd_button_outside_a_form_does_nothing(page: Page, visit: Any) -> None:
    visit('<crowd-button form-action="submit" onclick="window.hit = 1">A</crowd-button>')
    page.get_by_role("button", name="A").click()
    assert page.evaluate("hit") == 1


@pytest.mark.parametrize("tag", ["crowd-fab", "crowd-icon-button"])
def test_round_buttons(page: Page, visit: Any, tag: str) -> None:
    visit(f"""<crowd-form><{tag} icon="add" title="More" onclick="window.hits = (window.hits || 0) + 1"></{tag}>
      <{tag} id="off" icon="add" title="Off" disabled onclick="window.off = 1"></{tag}>
      <{tag} icon="/picture.svg" title="Picture"></{tag}></crowd-form>""")
    page.get_by_role("button", name="More").click()
    assert page.evaluate("hits") == 1
    expect(page.get_by_role("button", name="Off")).to_be_disabled()
    page.evaluate("off.click()")
    assert page.evaluate("window.off.tagName") is not None
    expect(page.get_by_role("button", name="Picture").locator("img")).to_have_count(1)


def test_unknown_icon_shows_nothing(page: Page, visit: Any) -> None:
    visit(
        """<iron-icon id="a" icon="search"></iron-icon><iron-icon id="b" icon="no-such"></iron-icon>
      <iron-icon id="c"></iron-icon>"""
    )
    assert page.evaluate("[a, b, c].map((icon) => icon.shadowRoot.querySelectorAll('svg').length)") == [1, 0, 0]


# ---- decorations


@pytest.mark.parametrize(
    ("kind", "role"),
    [("", "status"), ("info", "status"), ("success", "status"), ("error", "alert"), ("warning", "alert")],
)
def test_alert(page: Page, visit: Any, kind: str, role: str) -> None:
    visit(f'<crowd-alert type="{kind}" dismissible>Message</crowd-alert>')
    expect(page.locator("crowd-alert").get_by_role(role)).to_be_visible()  # type: ignore[arg-type]
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("Message")).to_be_hidden()


@pytest.mark.parametrize("name", ["toString", "constructor"])
def test_names_that_every_object_has_mean_nothing(page: Page, visit: Any, name: str) -> None:
    visit(f'<crowd-alert type="{name}">Message</crowd-alert><iron-icon icon="{name}"></iron-icon>')
    expect(page.get_by_role("status")).to_be_visible()
    assert page.evaluate("document.querySelector('iron-icon').shadowRoot.querySelectorAll('svg').length") == 0


def test_one_toast_at_a_time(page: Page, tabs: Tabs, visit: Any) -> None:
    tabs.spent = True
    page.clock.install()
    visit("""<crowd-toast id="a" opened duration="0" text="First"></crowd-toast><crowd-toast id="b"
      duration="1000">Second</crowd-toast>
      <crowd-toast id="c" text="Third"></crowd-toast>""")
    expect(page.get_by_text("First")).to_be_visible()
    page.evaluate("b.show()")
    expect(page.get_by_text("Second")).to_be_visible()
    expect(page.get_by_text("First")).to_be_hidden()
    page.clock.run_for(1100)
    expect(page.get_by_text("Second")).to_be_hidden()
    page.evaluate("c.open()")
    page.clock.run_for(2000)
    expect(page.get_by_text("Third")).to_be_visible()
    page.evaluate("c.hide()")
    expect(page.get_by_text("Third")).to_be_hidden()


def test_card(page: Page, visit: Any) -> None:
    visit('<crowd-card heading="Title" image="/picture.svg"><div class="card">Body</div></crowd-card>')
    expect(page.get_by_role("heading", name="Title")).to_be_visible()
    expect(page.get_by_text("Body")).to_be_visible()
    page.wait_for_function("document.querySelector('crowd-card').shadowRoot.querySelector('img').naturalWidth === 320")


BADGE_OFF = """() => {
  const mark = badge.shadowRoot.querySelector('.mark').getBoundingClientRect(), at = target.getBoundingClientRect();
  return Math.hypot(mark.x + mark.width / 2 - at.right, mark.y + mark.height / 2 - at.top) < 1.5 }"""


@pytest.mark.parametrize(
    "body",
    [
        '<button id="target">Inbox</button><p>x</p><crowd-badge id="badge" for="target" label="12"></crowd-badge>',
        '<div id="target" style="width: 200px">In <crowd-badge id="badge" icon="star" label="no"></crowd-badge></div>',
    ],
    ids=["for", "parent"],
)
def test_badge_follows_its_element(page: Page, visit: Any, body: str) -> None:
    visit(f'<div id="above"></div>{body}')
    page.wait_for_function(BADGE_OFF)
    page.evaluate("above.style.height = '150px'; target.style.width = '333px'")
    page.wait_for_function(BADGE_OFF)


def test_crowd_instructions(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-instructions link-text="How to" link-type="button">
      <short-summary>In short</short-summary>
      <positive-example>Good 1</positive-example><negative-example>Bad 1</negative-example>
      <positive-example>Good 2</positive-example>
      </crowd-instructions></crowd-form>""")
    page.get_by_role("button", name="How to").click()
    dialog = page.get_by_role("dialog", name="Instructions")
    expect(dialog.get_by_role("tab")).to_have_text(["Summary", "Examples"])
    expect(page.get_by_text("In short")).to_be_visible()
    dialog.get_by_role("tab", name="Summary").press("ArrowRight")
    expect(page.get_by_text("In short")).to_be_hidden()
    expect(dialog.get_by_role("heading", name="Good examples")).to_be_visible()
    expect(dialog.get_by_role("heading", name="Bad examples")).to_be_visible()
    for text in ("Good 1", "Good 2", "Bad 1"):
        expect(page.get_by_text(text)).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="How to")).to_be_focused()


def test_modal_outside_a_form(page: Page, visit: Any) -> None:
    visit("<crowd-modal><p>Inside</p> <button>one</button></crowd-modal>")
    opener = page.get_by_role("button", name="Click to open modal")
    opener.click()
    expect(page.get_by_text("Inside")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Inside")).to_be_hidden()
    expect(opener).to_be_focused()


def test_tabs(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><crowd-tabs id="tabs"><crowd-tab header="One"><input name="a" value="1"></crowd-tab>
      <crowd-tab header="Two"><input name="b" value="2">second</crowd-tab></crowd-tabs></crowd-form>""")
    expect(page.get_by_role("tab", name="One")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("second")).to_be_hidden()
    page.get_by_role("tab", name="Two").click()
    expect(page.get_by_role("tabpanel", name="Two")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="One")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="One")).to_be_focused()
    page.evaluate("tabs.insertAdjacentHTML('beforeend', '<crowd-tab header=Three>third</crowd-tab>')")
    page.get_by_role("tab", name="Three").click()
    expect(page.get_by_text("third")).to_be_visible()
    press_submit(page, "submitted")
    assert site.answers == [[{"a": "1", "b": "2"}]]


# ---- light and dark


@pytest.mark.parametrize(
    ("style", "dark"),
    [
        ("", True),
        ("<style>crowd-card { border-color: red }</style>", True),
        ("<style>body { background: #fff }</style>", False),
        ("<style>p { color: #333 }</style>", False),
        ("<div style='background-color: #eee'>x</div>", False),
    ],
    ids=["plain", "borders", "background", "color", "inline"],
)
def test_dark_only_where_the_template_sets_no_colors(page: Page, visit: Any, style: str, dark: bool) -> None:
    page.emulate_media(color_scheme="dark")
    visit(f'{style}<crowd-form><crowd-input name="a" label="A"></crowd-input></crowd-form>')
    scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert (scheme == "light dark") is dark
