"""The compatibility checklist of the elements' contract, section 8, line by line: templates of our own that use the
tricks of public ones. ``test_8_1_03_…`` is line 3 of section 8.1; several tests may share a line."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from truthkit.liquid import Template

# How many lines each part of section 8 has; in 8.3 they are the rows of the table.
LINES = {1: 15, 2: 8, 3: 12, 4: 1}


def wait_state(page: Page, state: str) -> None:
    page.wait_for_function("state => document.documentElement.dataset.crowdState === state", arg=state)


def submit(page: Page, state: str = "submitted") -> None:
    page.get_by_role("button", name="Submit").first.click()
    wait_state(page, state)


def answer_of(page: Page, visit: Any, html: str, act: str = "") -> Any:
    """The one object that a page gives when Submit is pressed, after the script ``act``."""
    site = visit(html)
    if act:
        page.evaluate(act)
    submit(page)
    ((answer,),) = site.answers
    return answer


def test_every_line_has_a_test() -> None:
    found = re.findall(r"^def test_8_(\d)_0?(\d+)_", Path(__file__).read_text("utf-8"), re.MULTILINE)
    expected = {(part, line) for part, lines in LINES.items() for line in range(1, lines + 1)}
    assert {(int(part), int(line)) for part, line in found} == expected


def test_worked_example(page: Page, visit: Any) -> None:
    """Section 3.3."""
    html = """<crowd-form>
      <crowd-classifier name="genre" header="Genre?" categories="['Jazz','Folk']">
        <classification-target>A tune <input name="bpm" type="number" value="96"></classification-target>
        <short-instructions>Listen twice. <crowd-checkbox name="heard" value="twice" checked></crowd-checkbox>
        </short-instructions>
      </crowd-classifier>
      <input type="radio" name="tempo" value="slow"> <input type="radio" name="tempo" value="fast" checked>
      <crowd-radio-group>
        <crowd-radio-button name="live" value="yes">Live</crowd-radio-button>
        <crowd-radio-button name="studio" value="yes" checked>Studio</crowd-radio-button>
      </crowd-radio-group>
      <crowd-slider name="energy" min="1" max="5" value="4"></crowd-slider>
      <crowd-input name="artist note"></crowd-input>
      <input type="hidden" name="clip.id" value="c-17">
    </crowd-form>"""
    site = visit(html)
    page.get_by_role("radio", name="Folk").click()
    submit(page)
    assert site.answers == [
        [
            {
                **{"bpm": "96", "clip.id": "c-17", "energy": 4, "genre": {"label": "Folk"}, "heard": {"twice": True}},
                **{"live": {"yes": False}, "studio": {"yes": True}, "tempo": {"fast": True, "slow": False}},
            }
        ]
    ]


# ---- section 8.1


def test_8_1_01_onsubmit_writes_a_hidden_input(page: Page, visit: Any) -> None:
    html = """<crowd-form onsubmit="box.value = JSON.stringify({n: 1})"><input type="hidden" name="box" id="box">
      </crowd-form>"""
    assert answer_of(page, visit, html) == {"box": '{"n":1}'}


def test_8_1_02_onsubmit_appends_an_input_to_the_crowd_form(page: Page, visit: Any) -> None:
    html = """<crowd-form id="f"><input name="a" value="1"></crowd-form><script>
      f.onsubmit = () => { const i = document.createElement('input'); i.type = 'hidden'; i.name = 'late';
      i.value = 'x'; f.append(i) }
    </script>"""
    assert answer_of(page, visit, html) == {"a": "1", "late": "x"}


def test_8_1_03_prevented_with_an_alert_then_a_second_try(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="f"><div id="note"></div><input name="a" id="a"></crowd-form><script>
      f.addEventListener('submit', (event) => {
        if (a.value) return;
        event.preventDefault();
        note.innerHTML = '<crowd-alert type="error" dismissible>Write something</crowd-alert>';
        note.scrollIntoView();
      });
    </script>""")
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "prevented")
    expect(page.get_by_text("Write something")).to_be_visible()
    assert site.posts == []
    page.locator("#a").fill("now")
    submit(page)
    assert site.answers == [[{"a": "now"}]]


@pytest.mark.parametrize(
    "trigger",
    [
        '<crowd-fab icon="send" title="go" onclick="f.submit()"></crowd-fab>',
        '<crowd-icon-button icon="send" title="go" onclick="f.submit()"></crowd-icon-button>',
        '<button type="button" onclick="f.submit()">go</button>',
        '<crowd-button onclick="f.submit()">go</crowd-button>',
    ],
    ids=["fab", "icon-button", "native", "crowd-button"],
)
def test_8_1_04_submit_method_fires_the_event(page: Page, visit: Any, trigger: str) -> None:
    site = visit(
        f"""<crowd-form id="f" onsubmit="h.value = 'seen'"><input type="hidden" name="h"
      id="h">{trigger}</crowd-form>"""
    )
    page.get_by_role("button", name="go").click()
    wait_state(page, "submitted")
    assert site.answers == [[{"h": "seen"}]]


def test_8_1_04_submit_method_from_a_key_handler(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="f" onsubmit="h.value = 'seen'"><input type="hidden" name="h" id="h">
      </crowd-form><script>
      document.addEventListener('keydown', (event) => { if (event.key === 's') f.submit() })</script>""")
    page.keyboard.press("s")
    wait_state(page, "submitted")
    assert site.answers == [[{"h": "seen"}]]


def test_8_1_05_hidden_own_submit(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><input name="a" value="1"><div style="display: none">
      <crowd-button id="own" form-action="submit">Send</crowd-button></div></crowd-form>""")
    expect(page.locator("crowd-button")).to_have_count(1)
    page.evaluate("own.click()")
    wait_state(page, "submitted")
    assert site.answers == [[{"a": "1"}]]


def test_8_1_06_plain_crowd_button_never_submits(page: Page, visit: Any) -> None:
    site = visit(
        """<crowd-form><input name="a" value="1"><crowd-button onclick="window.pressed = true">Tool</crowd-button>
      </crowd-form>"""
    )
    page.get_by_role("button", name="Tool").click()
    assert page.evaluate("pressed")
    submit(page)
    assert len(site.posts) == 1


def test_8_1_07_typeless_native_button(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><input name="a" value="1"><button onclick="event.preventDefault()">Tool</button>
      <button>Go</button></crowd-form>""")
    page.get_by_role("button", name="Tool").click()
    assert site.posts == []
    page.get_by_role("button", name="Go").click()
    wait_state(page, "submitted")
    assert site.answers == [[{"a": "1"}]]
    assert page.url == site.url


def test_8_1_08_a_final_hidden_input_blanks_widgets_and_selects(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><crowd-classifier name="_" categories="['a', 'b']"></crowd-classifier>
      <select name="_"><option>x</option></select><select name="_" multiple><option selected>y</option></select>
      <input name="kept" value="1"><input type="hidden" name="_" value="_"></crowd-form>""")
    page.get_by_role("radio", name="b").click()
    submit(page)
    assert site.answers == [[{"_": "_", "kept": "1"}]]


def test_8_1_09_inputs_anywhere_in_the_light_dom(page: Page, visit: Any) -> None:
    html = """<script>
      customElements.define('foreign-box', class extends HTMLElement {
        constructor() { super().attachShadow({mode: 'open'}).innerHTML = '<input name="foreign" value="no">' } });
      customElements.define('object-value-input', class extends HTMLElement {
        get value() { return {list: [1, null], deep: {yes: true}} } validate() { return true } });
    </script><crowd-form>
      <short-instructions><input name="short" value="1"></short-instructions>
      <full-instructions><input name="full" value="2"></full-instructions>
      <crowd-card><input name="card" value="3"></crowd-card>
      <crowd-tabs><crowd-tab header="A">a</crowd-tab><crowd-tab header="B"><input name="tab" value="4">
      </crowd-tab></crowd-tabs>
      <crowd-modal><input name="modal" value="5"></crowd-modal>
      <div style="display: none"><input name="none" value="6"></div>
      <crowd-classifier name="c" categories="['x']" initial-value="x">
        <short-instructions><input name="inner" value="8"></short-instructions>
        <classification-target><input name="target" value="7"></classification-target>
      </crowd-classifier>
      <foreign-box name="foreign"></foreign-box>
      <object-value-input name="object"></object-value-input>
    </crowd-form>"""
    assert answer_of(page, visit, html) == {
        **{"short": "1", "full": "2", "card": "3", "tab": "4", "modal": "5", "none": "6", "target": "7"},
        **{"inner": "8", "c": {"label": "x"}},
        "object": {"list": [1, None], "deep": {"yes": True}},
    }


def test_8_1_10_checkboxes_that_a_radio_enables(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form>
      <input type="radio" name="why" value="other" onchange="c1.disabled = c2.disabled = false">
      <input type="checkbox" name="kind" value="p" id="c1" disabled> <input type="checkbox" name="kind" value="q"
      id="c2" disabled>
      <input name="off" value="x" disabled> <fieldset disabled><input name="off2" value="x"></fieldset></crowd-form>""")
    page.locator("[value=other]").check()
    page.locator("#c2").check()
    submit(page)
    assert site.answers == [[{"why": {"other": True}, "kind": {"p": False, "q": True}}]]


NAMES = [
    "with space",
    "a.b",
    "x/y",
    'it\'s "quoted"',
    "item[0].name",
    "名前",
    "émoji 🎷",
    "__proto__",
    "constructor",
    "0",
]


def test_8_1_11_names_are_kept_verbatim(page: Page, visit: Any) -> None:
    fields = "".join(f'<input name="{name.replace(chr(34), "&quot;")}" value="v">' for name in NAMES)
    site = visit(f"<crowd-form>{fields}</crowd-form>")
    submit(page)
    assert site.answers == [[dict.fromkeys(NAMES, "v")]]


def test_8_1_12_no_names_give_an_empty_object(page: Page, visit: Any) -> None:
    html = '<crowd-form><input value="x"><input name="" value="y"><crowd-input value="z"></crowd-input></crowd-form>'
    assert answer_of(page, visit, html) == {}


def test_8_1_13_hidden_crowd_input(page: Page, visit: Any) -> None:
    html = """<crowd-form><crowd-input type="hidden" name="with" value="7"></crowd-input>
              <crowd-input type="hidden" name="without"></crowd-input></crowd-form>"""
    assert answer_of(page, visit, html) == {"with": "7"}


def test_8_1_14_answer_format_changes_nothing(page: Page, visit: Any) -> None:
    html = """<crowd-form answer-format="flatten-objects"><crowd-checkbox name="c" value="v" checked>
      </crowd-checkbox></crowd-form>"""
    assert answer_of(page, visit, html) == {"c": {"v": True}}


def test_8_1_15_double_click_sends_once(page: Page, visit: Any) -> None:
    site = visit('<crowd-form><input name="a" value="1"></crowd-form>')
    page.get_by_role("button", name="Submit").dblclick()
    wait_state(page, "submitted")
    page.evaluate("document.querySelector('crowd-form').submit()")
    page.evaluate("document.querySelector('crowd-form').form.requestSubmit()")
    assert len(site.posts) == 1


# ---- section 8.2

# Section 4.1: what must parse, and what it says.
LENIENT: dict[str, tuple[str, Any]] = {
    "strict": ('["a", "b"]', ["a", "b"]),
    "single quotes": ("['a', 'b']", ["a", "b"]),
    "trailing comma": ("['a', 'b',]", ["a", "b"]),
    "comments": ("['a', // the first\n 'b' /* the last */]", ["a", "b"]),
    "quotes of both kinds": ("['it\\'s', \"b\", 'say \"c\"']", ["it's", "b", 'say "c"']),
    "newlines": ("\n  [\n    'a'\n    ,\n\n'b'\n]\n  ", ["a", "b"]),
    "colors": ("['#2ca02c', \"#fff\"]", ["#2ca02c", "#fff"]),
    "not only strings": ("[1, true, 'z', 2.5]", ["1", "true", "z", "2.5"]),
    "empty": ("[]", []),
    "other letters": ("['名前', 'émoji 🎷']", ["名前", "émoji 🎷"]),
}


@pytest.mark.parametrize("form", LENIENT)
def test_8_2_1_lenient_json_in_an_attribute(page: Page, visit: Any, form: str) -> None:
    text, meant = LENIENT[form]
    visit(f'<crowd-form><crowd-keypoint id="k" labels="{html.escape(text)}"></crowd-keypoint></crowd-form>')
    assert page.evaluate("k.labels") == meant
    expect(page.get_by_text('labels="')).to_have_count(0)


@pytest.mark.parametrize("text", ["['a'", "a, b", "['a'] + ['b']", "{{ task.input.labels }}", "[alert(1)]"])
def test_8_2_1_what_is_no_json_is_shown(page: Page, visit: Any, text: str) -> None:
    visit(f"""<crowd-form><crowd-keypoint id="k" labels="{html.escape(text)}"></crowd-keypoint>
      <crowd-input label="Alive"></crowd-input></crowd-form>""")
    expect(page.get_by_text(f'labels="{text}"')).to_be_visible()
    expect(page.get_by_role("textbox", name="Alive")).to_be_visible()


LABELS = ["a", "it's", 'say "b"', "<b>c</b> & d", "e\nf", "名前 🎷", "g</script>", "\\h"]


@pytest.mark.parametrize("filters", ["| to_json | escape", "| to_json", ""])
def test_8_2_1_what_liquid_prints_into_an_attribute(page: Page, visit: Any, filters: str) -> None:
    template = f"""<crowd-form><crowd-keypoint id="k" labels="{{{{ task.input.labels {filters} }}}}"></crowd-keypoint>
      </crowd-form>"""
    visit(Template.parse(template).render({"labels": LABELS}, sign=str).html)
    assert page.evaluate("k.labels") == LABELS


def test_8_2_2_attributes_read_as_compact_json(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-keypoint id="k" labels="['first one', 'second' , &quot;third&quot;, ]"></crowd-keypoint>
      </crowd-form>""")
    assert page.evaluate("k.getAttribute('labels')") == '["first one","second","third"]'
    assert page.evaluate("k.getAttribute('labels').slice(2, -2).split('\",\"')") == ["first one", "second", "third"]


def test_8_2_3_labels_emptied_grown_and_shrunk(page: Page, visit: Any) -> None:
    visit("""<crowd-form><crowd-keypoint id="k" labels='["a"]'></crowd-keypoint></crowd-form><script>
      document.addEventListener('all-crowd-elements-ready', () => {
        k.labels = []; k.labels = k.labels.concat(['x']); k.labels = k.labels.concat(['y']);
        k.labels = k.labels.filter((one) => one !== 'x') })</script>""")
    page.wait_for_function("k.getAttribute('labels') === '[\"y\"]'")
    page.evaluate("k.setAttribute('labels', \"[1, true, 'z'] // odd\")")
    assert page.evaluate("k.labels") == ["1", "true", "z"]
    assert page.evaluate("k.getAttribute('labels')") == '["1","true","z"]'


@pytest.mark.parametrize("given", ["", 'labels=""', 'labels="[]"'])
@pytest.mark.parametrize("tag", ["crowd-bounding-box", "crowd-semantic-segmentation", "crowd-entity-annotation"])
def test_8_2_3_labels_grown_from_none(page: Page, visit: Any, tag: str, given: str) -> None:
    visit(f'<crowd-form><{tag} id="k" {given}></{tag}></crowd-form>')
    assert page.evaluate("k.labels") == []
    page.evaluate("k.labels = k.labels.concat(['x'])")
    page.wait_for_function("k.getAttribute('labels') === '[\"x\"]'")


def test_8_2_4_categories_replaced_after_load(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form><crowd-classifier id="c" name="c" categories="['old']" initial-value="old">
      </crowd-classifier></crowd-form><script>
      c.addEventListener('change', (event) => { (window.seen ??= []).push(event.target.value) });
      document.addEventListener('all-crowd-elements-ready', () => { c.categories = ['new', 'newer'] })</script>""")
    expect(page.get_by_role("radio")).to_have_text([re.compile("^new"), re.compile("^newer")])
    page.get_by_role("radio", name="newer").click()
    page.get_by_role("radio", name="new", exact=True).click()
    assert page.evaluate("seen") == ["newer", "new"]
    assert page.evaluate("c.getAttribute('categories')") == '["new","newer"]'
    submit(page)
    assert site.answers == [[{"c": {"label": "new"}}]]


def test_8_2_5_input_set_to_null(page: Page, visit: Any) -> None:
    html = """<crowd-form><crowd-input id="i" name="gone" value="x"></crowd-input>
      <crowd-input name="_customLabel" value="left"></crowd-input></crowd-form>"""
    assert answer_of(page, visit, html, "i.value = null") == {"_customLabel": "left"}


def test_8_2_6_properties_set_before_the_upgrade(page: Page, visit: Any) -> None:
    site = visit("""<crowd-form id="form"><crowd-input name="i" id="i"></crowd-input><crowd-slider name="s"
      id="s"></crowd-slider>
      <crowd-checkbox name="c" id="c"></crowd-checkbox><crowd-keypoint id="k"></crowd-keypoint></crowd-form>
      <script>i.value = 'early'; s.value = 7; c.checked = true; k.labels = ['a']; form.onsubmit = () => {
      window.seen = true }</script>
      <script src="/bundles/crowd-html-elements.js"></script>""")
    assert page.evaluate("[i.value, s.value, c.checked, k.labels]") == ["early", 7, True, ["a"]]
    page.locator("crowd-keypoint #nothing-to-label").check()
    submit(page)
    assert site.answers == [[{"i": "early", "s": 7, "c": {"on": True}}]]
    assert page.evaluate("seen")


SELF_CLOSED = {
    "input": '<crowd-input name="a" value="1" />',
    "slider": '<crowd-slider name="a" pin />',
    "checkbox": '<crowd-checkbox name="a" />',
    "text-area": '<crowd-text-area name="a" />',
    "toggle": '<crowd-toggle-button name="a" />',
    "radio": '<crowd-radio-button name="a" />',
    "fab": '<crowd-fab icon="add" title="add" />',
    "icon-button": '<crowd-icon-button icon="add" title="add" />',
    "badge": '<crowd-badge label="1" />',
    "icon": '<iron-icon icon="add" />',
    "alert": "<crowd-alert />",
    "card": "<crowd-card />",
    "widget": "<crowd-classifier name='k' categories=\"['x']\" initial-value='x' />",
}


@pytest.mark.parametrize("case", SELF_CLOSED)
def test_8_2_7_self_closed_tags_lose_nothing(page: Page, visit: Any, case: str) -> None:
    site = visit(f"""<crowd-form><div>{SELF_CLOSED[case]}<p>Text behind</p><crowd-input name="behind"
      label="Behind"></crowd-input>
      <crowd-checkbox name="box">Box</crowd-checkbox></div></crowd-form>""")
    expect(page.get_by_text("Text behind")).to_be_visible()
    page.get_by_role("textbox", name="Behind").fill("read")
    page.get_by_role("checkbox", name="Box", exact=True).check()
    submit(page)
    ((answer,),) = site.answers
    assert (answer["behind"], answer["box"]) == ("read", {"on": True})
    if case in ("checkbox", "toggle", "radio"):
        assert answer["a"] == {"on": False}


LATE = '<crowd-checkbox name="late" value="v" checked>Late</crowd-checkbox><crowd-alert type="info">Hello</crowd-alert>'
MADE = {
    "innerHTML": f"box.innerHTML = `{LATE}`",
    "insertAdjacentHTML": f"box.insertAdjacentHTML('beforeend', `{LATE}`)",
    "createElement": """const c = document.createElement('crowd-checkbox'); c.name = 'late'; c.value = 'v';
      c.checked = true;
                        c.textContent = 'Late'; box.append(c, Object.assign(document.createElement('crowd-alert'),
      {textContent: 'Hello'}))""",
}


@pytest.mark.parametrize("how", MADE)
def test_8_2_8_elements_made_after_load(page: Page, visit: Any, how: str) -> None:
    site = visit('<crowd-form><div id="box"></div></crowd-form>')
    page.evaluate(MADE[how])
    expect(page.get_by_role("checkbox", name="Late")).to_be_checked()
    expect(page.locator("crowd-alert", has_text="Hello").get_by_role("status")).to_be_visible()
    submit(page)
    assert site.answers == [[{"late": {"v": True}}]]


def test_8_2_8_elements_in_a_shadow_root(page: Page, visit: Any) -> None:
    site = visit('<crowd-form id="form"><div id="host"></div></crowd-form>')
    page.evaluate("""host.attachShadow({mode: 'open'}).innerHTML =
      '<crowd-input name="hidden" label="In"></crowd-input><crowd-button form-action="submit">Go</crowd-button>'""")
    page.get_by_role("textbox", name="In").fill("not read")
    page.get_by_role("button", name="Go").click()
    wait_state(page, "submitted")
    assert site.answers == [[{}]]


# ---- section 8.3

REGIONS = """<short-instructions>In short</short-instructions>
  <full-instructions header="All of it"><p>At length</p></full-instructions>"""
ON_A_PICTURE = "src=\"/picture.svg\" labels=\"['a', 'b', 'c']\""
CATEGORIES = "categories=\"['a', 'b/c', 'd e']\""
CLASSIFIERS = {
    "crowd-classifier": CATEGORIES,
    "crowd-classifier-multi-select": CATEGORIES,
    "crowd-image-classifier": f'{CATEGORIES} src="/picture.svg"',
    "crowd-image-classifier-multi-select": f'{CATEGORIES} src="/picture.svg"',
}
DRAWING_TOOLS = dict.fromkeys(
    (
        "crowd-bounding-box",
        "crowd-instance-segmentation",
        "crowd-keypoint",
        "crowd-line",
        "crowd-polygon",
        "crowd-polyline",
        "crowd-semantic-segmentation",
    ),
    ON_A_PICTURE,
)
WIDGETS = {
    **CLASSIFIERS,
    **DRAWING_TOOLS,
    "crowd-entity-annotation": "text=\"Ada met Bob\" labels=\"[{label: 'a'}, {label: 'b'}]\"",
    "crowd-rekognition-detect-moderation-labels": f'{CATEGORIES} src="/picture.svg"',
    "crowd-textract-analyze-document": 'src="/picture.svg" initial-value="[]" block-types="[\'KEY_VALUE_SET\']"',
    "crowd-text-ranking": (
        "text=\"Which?\" responses=\"['one', 'two']\""
        " ordinal-ranking-dimensions=\"[{name: 'Clarity', allowTie: true}]\""
    ),
    "crowd-question-answer-generation": (
        'text="Ada met Bob" question-tags="[]" allow-custom-question-tags="false" min-questions="1"'
    ),
}


def show_widget(page: Page, visit: Any, tag: str, *, regions: str = REGIONS, script: str = "", behind: str = "") -> Any:
    """A page with one widget, ``w``, and a script that reaches into its shadow root as templates do: when all crowd
    elements are ready, without waiting for anything else."""
    element = f'<{tag} id="w" name="w" header="What is it?" {WIDGETS[tag]}>{regions}</{tag}>'
    outside = tag == "crowd-entity-annotation"
    return visit(f"""{element if outside else f'<crowd-form id="form">{element}{behind}</crowd-form>'}
      <script>document.addEventListener('all-crowd-elements-ready', () => {{ const root = w.shadowRoot; {script} }})
      </script>""")


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_1_width_of_the_instruction_pane(page: Page, visit: Any, tag: str) -> None:
    show_widget(page, visit, tag, script="root.querySelector('.awsui-app-layout__navigation').style.width = '411px'")
    assert page.locator(f"{tag} .awsui-app-layout__navigation").bounding_box()["width"] == 411  # type: ignore[index]
    expect(page.get_by_text("In short")).to_be_visible()


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_2_width_of_the_full_instructions(page: Page, visit: Any, tag: str) -> None:
    script = "root.querySelectorAll('.awsui-modal-dialog').forEach((one) => { one.style.width = '407px' })"
    show_widget(page, visit, tag, script=script)
    page.locator(f"{tag} .moreInstructionsLink").click()
    expect(page.get_by_text("At length")).to_be_visible()
    assert page.locator(f"{tag} dialog[open] .awsui-modal-dialog").bounding_box()["width"] == 407  # type: ignore[index]
    page.mouse.click(5, 400)
    expect(page.get_by_text("At length")).to_be_hidden()


@pytest.mark.parametrize("tag", WIDGETS)
@pytest.mark.parametrize("regions", [REGIONS, ""], ids=["with-instructions", "without"])
def test_8_3_3_more_instructions_hidden_or_pressed(page: Page, visit: Any, tag: str, regions: str) -> None:
    script = "const link = root.querySelector('.moreInstructionsLink'); link.click(); link.style.display = 'none'"
    show_widget(page, visit, tag, script=script, regions=regions)
    expect(page.get_by_text("At length")).to_have_count(1 if regions else 0)
    if regions:
        expect(page.get_by_role("dialog", name="All of it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"{tag} .moreInstructionsLink")).to_be_hidden()


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_4_style_of_the_header(page: Page, visit: Any, tag: str) -> None:
    script = """root.querySelector('.headerContainer').style.backgroundColor = 'rgb(1, 2, 3)';
      root.querySelector('.headerContainer .headerTextContainer').style.fontSize = '31px';
      root.querySelector('.headerContainer .headerButtonsContainer').style.display = 'none'"""
    show_widget(page, visit, tag, script=script)
    expect(page.locator(f"{tag} .headerContainer")).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(page.locator(f"{tag} .headerTextContainer")).to_have_css("font-size", "31px")
    expect(page.locator(f"{tag} .headerTextContainer")).to_contain_text("What is it?")
    expect(page.locator(f"{tag} .headerButtonsContainer")).to_be_hidden()


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_5_buttons_of_the_header(page: Page, visit: Any, tag: str) -> None:
    show_widget(page, visit, tag, script="root.querySelector('[data-testid=instructions-button]').click()")
    expect(page.get_by_role("dialog", name="All of it")).to_be_visible()
    expect(page.get_by_text("At length")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("w.shadowRoot.querySelector('[data-testid=shortcuts-button]').click()")
    expect(page.get_by_role("dialog").locator("kbd").first).to_be_visible()


def test_8_3_6_a_card_after_the_categories(page: Page, visit: Any) -> None:
    script = """const card = document.createElement('crowd-card'); card.heading = 'Hint';
      card.textContent = 'Look twice';
      root.querySelector('.annotation-area .category-picker-wrapper').insertAdjacentElement('afterend', card)"""
    site = show_widget(page, visit, "crowd-classifier", script=script)
    page.get_by_role("radio", name="b/c").click()
    expect(page.get_by_text("Look twice")).to_be_visible()
    wrapper, card = (
        page.locator(f"crowd-classifier {place}").bounding_box() for place in (".category-picker-wrapper", "crowd-card")
    )
    assert wrapper
    assert card
    assert card["y"] >= wrapper["y"] + wrapper["height"]
    submit(page)
    assert site.answers == [[{"w": {"label": "b/c"}}]]


@pytest.mark.parametrize("tag", CLASSIFIERS)
def test_8_3_7_category_buttons(page: Page, visit: Any, tag: str) -> None:
    script = """window.keys = [...root.querySelectorAll('button.category-button sup.category-hotkey')]
        .map((key) => key.textContent);
      root.querySelector('button.category-button[data-testid="b/c"]').click()"""
    site = show_widget(page, visit, tag, script=script)
    assert page.evaluate("keys") == ["1", "2", "3"]
    submit(page)
    assert site.answers == [[{"w": {"labels": ["b/c"]} if "multi" in tag else {"label": "b/c"}}]]


@pytest.mark.parametrize("tag", DRAWING_TOOLS)
def test_8_3_8_labels_read_and_picked(page: Page, visit: Any, tag: str) -> None:
    script = """window.buttons = () => [...root.querySelectorAll('.label-pane-content > .label-button')];
      window.names = buttons().map((button) => button.textContent.trim());
      buttons()[1].click()"""
    show_widget(page, visit, tag, script=script)
    assert page.evaluate("names") == ["a", "b", "c"]
    selected = page.locator(f"{tag} .label-pane-content > .label-button.selected")
    expect(selected).to_have_text("b")
    assert page.evaluate("w.shadowRoot.querySelector('.label-button.selected').textContent.trim()") == "b"


@pytest.mark.parametrize("tag", DRAWING_TOOLS)
def test_8_3_9_an_overlay_on_the_picture(page: Page, visit: Any, tag: str) -> None:
    """The canvas has the picture's rectangle, so that a mark 32 pixels to the right is at a tenth of its width."""
    script = """window.mark = document.createElement('div');
      const area = root.querySelector('#annotation-area-container');
      mark.style.cssText = 'position: absolute; width: 4px; height: 4px; background: red; pointer-events: none';
      area.append(mark)"""
    show_widget(page, visit, tag, script=script)
    page.locator(f"{tag} #annotation-area-container[data-state=ready]").wait_for()
    page.wait_for_function(
        """() => { const box = w.shadowRoot.querySelector('canvas.upper-canvas').getBoundingClientRect();
          const corner = w.toClient(0, 0);
          return box.width > 100 && Math.abs(box.left - corner.x) <= 1 && Math.abs(box.top - corner.y) <= 1 }"""
    )
    canvas = page.evaluate(
        """() => { const { left, top, width, height } = w.shadowRoot.querySelector('canvas.upper-canvas')
          .getBoundingClientRect(); return [left, top, width, height] }"""
    )
    corner, end = page.evaluate("[w.toClient(0, 0), w.toClient(320, 120)].map(({ x, y }) => [x, y])")
    assert canvas[:2] == pytest.approx(corner, abs=1)
    assert canvas[2:] == pytest.approx([end[0] - corner[0], end[1] - corner[1]], abs=1)
    assert page.evaluate("mark.isConnected && getComputedStyle(mark.parentElement).position !== 'static'")


def test_8_3_10_buttons_of_the_polygon_tool(page: Page, visit: Any) -> None:
    site = show_widget(page, visit, "crowd-polygon", script="root.querySelector('button#polygon').click()")
    page.locator("crowd-polygon #annotation-area-container[data-state=ready]").wait_for()
    page.locator("crowd-polygon .label-button").first.click()
    for x, y in ((20, 20), (200, 30), (120, 100), (20, 20)):
        place = page.evaluate("([x, y]) => w.toClient(x, y)", [x, y])
        page.mouse.click(place["x"], place["y"])
    page.wait_for_function("w.value.polygons.length === 1")
    page.evaluate("w.shadowRoot.querySelector('button#delete').click()")
    page.wait_for_function("w.value.polygons.length === 0")
    page.locator("#nothing-to-label").check()
    submit(page)
    assert site.answers == [[{"w": {"inputImageProperties": {"height": 120, "width": 320}, "polygons": []}}]]


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_11_submit_found_and_hidden(page: Page, visit: Any, tag: str) -> None:
    script = """window.found = root.querySelector('#actionsContainer [data-testid=crowd-submit]') !== null;
      root.querySelector('#actionsContainer').style.display = 'none'"""
    show_widget(page, visit, tag, script=script)
    assert page.evaluate("found")
    expect(page.get_by_role("button", name="Submit")).to_have_count(0)


def test_8_3_11_a_press_on_submit_can_be_stopped(page: Page, visit: Any) -> None:
    site = show_widget(page, visit, "crowd-classifier", behind='<input name="more" value="1">')
    page.get_by_role("radio", name="a").click()
    page.evaluate("""w.shadowRoot.querySelector("awsui-button[data-testid=crowd-submit]").addEventListener(
      "click", (event) => { if (window.ready) return; event.stopPropagation(); event.preventDefault(); }, true)""")
    submit = page.get_by_role("button", name="Submit")
    submit.click()
    assert page.evaluate("document.documentElement.dataset.crowdState") not in ("sending", "submitted")
    page.evaluate("window.ready = true")
    submit.click()
    wait_state(page, "submitted")
    assert len(site.answers) == 1


def test_8_3_11_submit_pressed_by_a_script(page: Page, visit: Any) -> None:
    site = show_widget(page, visit, "crowd-classifier", behind='<input name="more" value="1">')
    page.get_by_role("radio", name="a").click()
    page.evaluate("w.shadowRoot.querySelector('[data-testid=crowd-submit]').click()")
    wait_state(page, "submitted")
    assert site.answers == [[{"w": {"label": "a"}, "more": "1"}]]


def test_8_3_12_controls_in_the_form_of_entity_annotation(page: Page, visit: Any) -> None:
    script = """const form = root.querySelector('crowd-form').form;
      const area = document.createElement('crowd-text-area'); area.name = 'remarks'; area.label = 'Remarks';
      form.append(area); form.insertAdjacentHTML('beforeend', '<input type=hidden name=extra value=7>')"""
    site = show_widget(page, visit, "crowd-entity-annotation", script=script)
    page.get_by_role("textbox", name="Remarks").fill("none so far")
    submit(page)
    assert site.answers == [[{"extra": "7", "remarks": "none so far", "w": {"entities": []}}]]


@pytest.mark.parametrize("tag", WIDGETS)
def test_8_3_styles_put_into_the_shadow_root_stay(page: Page, visit: Any, tag: str) -> None:
    script = """const style = document.createElement('style'); style.textContent = '.headerContainer { opacity: 0.5 }';
      root.appendChild(style)"""
    show_widget(page, visit, tag, script=script)
    page.evaluate("w.header = 'Another'")
    expect(page.locator(f"{tag} .headerTextContainer")).to_contain_text("Another")
    expect(page.locator(f"{tag} .headerContainer")).to_have_css("opacity", "0.5")


# ---- section 8.4


def test_8_4_1_a_page_without_harness_shows_the_result(page: Page, visit: Any) -> None:
    site = visit('<crowd-form><input name="a" value="<b>"></crowd-form>', answer_meta=False)
    page.get_by_role("button", name="Submit").click()
    wait_state(page, "submitted")
    text = page.evaluate("document.querySelector('crowd-form').shadowRoot.querySelector('table code').textContent")
    assert json.loads(text) == [{"a": "<b>"}]
    assert site.posts == []
