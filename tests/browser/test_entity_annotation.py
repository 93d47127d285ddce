"""``crowd-entity-annotation``: labeled passages of a text, alone or in a form."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.drafts import draft_has_states, no_draft

TEXT = "Ana Silva left Lisbon for Rome on Monday. She met Bo there, and Ana Silva liked Rome."
LABELS = "[{label: 'person', fullDisplayName: 'A person', shortDisplayName: 'per'}, 'place', 'time']"


def annotation(text: str = TEXT, labels: str = LABELS, more: str = "", inside: str = "") -> str:
    return (
        f'<crowd-entity-annotation id="a" name="names" header="Mark them" text="{html.escape(text)}"'
        f' labels="{html.escape(labels)}" {more}>{inside}</crowd-entity-annotation>'
    )


def initial(*entities: tuple[str, int, int], name: str = "initial-value") -> str:
    value = [{"label": label, "startOffset": start, "endOffset": end} for label, start, end in entities]
    return f'{name}="{html.escape(json.dumps(value))}"'


ARABIC = "نزلت ليلى من القطار قبل الظهر بقليل في محطة كبيرة ثم مشت طويلا"

# Where a unit of the text begins, or ends, in the window.
POINT = """([element, unit, after]) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let offset = unit;
  while (walker.nextNode() && offset >= walker.currentNode.data.length) offset -= walker.currentNode.data.length;
  const range = document.createRange();
  range.setStart(walker.currentNode, offset);
  range.setEnd(walker.currentNode, offset + 1);
  walker.currentNode.parentElement.scrollIntoView({ block: "center" });
  const boxes = [...range.getClientRects()];
  const box = boxes.at(-1);
  const right = getComputedStyle(walker.currentNode.parentElement).direction === "rtl" ? !after : after;
  return [right ? box.right - 1 : box.left + 1, box.top + box.height / 2];
}"""


def body(page: Page) -> Locator:
    return page.get_by_test_id("text")


def point(page: Page, unit: int, after: bool = False) -> tuple[float, float]:
    x, y = page.evaluate(POINT, [body(page).element_handle(), unit, after])
    return x, y


def drag(page: Page, start: int, end: int, modifier: str = "") -> None:
    """Over the units from ``start`` to before ``end``."""
    page.mouse.move(*point(page, start))
    if modifier:
        page.keyboard.down(modifier)
    page.mouse.down()
    x, y = point(page, end - 1, after=True)
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.mouse.up()
    if modifier:
        page.keyboard.up(modifier)


def words(page: Page, text: str, label: str) -> None:
    """Selects the first place of ``text`` and labels it."""
    start = utf16(page, text)
    drag(page, start, start + len(text.encode("utf-16-le")) // 2)
    page.locator(f".label-button[data-label='{label}']").click()


def utf16(page: Page, text: str) -> int:
    offset: int = page.evaluate("text => document.querySelector('crowd-entity-annotation').text.indexOf(text)", text)
    return offset


def spans(page: Page) -> list[tuple[str, str]]:
    """Label and words of each entity of ``.value``."""
    found = page.evaluate(
        """() => { const { text, value } = document.querySelector("crowd-entity-annotation");
          return value.entities.map((e) => [e.label, text.slice(e.startOffset, e.endOffset)]); }"""
    )
    return [(label, words) for label, words in found]


def submit(page: Page) -> None:
    page.get_by_test_id("crowd-submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")


# ---- answers


def test_it_stands_alone_and_submits_its_answer(page: Page, visit: Any) -> None:
    site = visit(annotation())
    words(page, "Lisbon", "place")
    words(page, "Ana Silva", "person")
    assert spans(page) == [("person", "Ana Silva"), ("place", "Lisbon")]
    assert page.evaluate("a.value.entities.length === 2 && a._submittableValue.entities[0].label") == "person"
    submit(page)
    entities = [
        {"endOffset": 9, "label": "person", "startOffset": 0},
        {"endOffset": 21, "label": "place", "startOffset": 15},
    ]
    assert site.answers == [[{"names": {"entities": entities}}]]


def test_without_spans_the_list_is_empty(page: Page, visit: Any) -> None:
    site = visit(annotation())
    submit(page)
    assert site.answers == [[{"names": {"entities": []}}]]


def test_without_a_harness_the_answer_stands_in_a_table(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("place", 15, 21))), answer_meta=False)
    submit(page)
    shown = json.loads(page.locator("table code").inner_text())
    assert shown == [{"names": {"entities": [{"endOffset": 21, "label": "place", "startOffset": 15}]}}]


def test_controls_that_a_template_appends_join_the_answer(page: Page, visit: Any) -> None:
    site = visit(
        annotation(inside="<short-instructions>Read <input name='hint' value='h'></short-instructions>")
        + """<script>document.addEventListener("all-crowd-elements-ready", () => {
        const form = document.querySelector("crowd-entity-annotation").shadowRoot.querySelector("crowd-form").form;
        const field = document.createElement("crowd-text-area");
        field.setAttribute("name", "why"); field.setAttribute("label", "Why"); field.setAttribute("required", "");
        form.appendChild(field);
      });</script>"""
    )
    page.get_by_test_id("crowd-submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'invalid'")
    page.get_by_label("Why").fill("A guess")
    words(page, "Rome", "place")
    submit(page)
    answer = site.answers[0][0]
    assert answer["why"] == "A guess"
    assert answer["hint"] == "h"
    assert [one["label"] for one in answer["names"]["entities"]] == ["place"]
    assert set(answer) == {"names", "why", "hint"}


def test_a_template_brings_its_own_submit(page: Page, visit: Any) -> None:
    site = visit(
        annotation()
        + """<crowd-button id="own" form-action="submit">Send</crowd-button>
      <script>document.addEventListener("all-crowd-elements-ready", () => {
        const root = document.querySelector("crowd-entity-annotation").shadowRoot;
        root.querySelector("[data-testid=crowd-submit]").style.display = "none";
        const crowdForm = root.querySelector("crowd-form");
        crowdForm.form.append(own);
        crowdForm.onsubmit = (event) => { if (!window.asked) { window.asked = true; event.preventDefault(); } };
      });</script>"""
    )
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'prevented'")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert site.answers == [[{"names": {"entities": []}}]]


def test_keys_change_nothing_once_it_is_sent(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9))))
    page.mouse.click(*point(page, 2))
    submit(page)
    page.keyboard.press("3")
    page.keyboard.press("Delete")
    assert spans(page) == [("person", "Ana Silva")]


def test_inside_a_form_there_is_one_submit_and_one_answer(page: Page, visit: Any) -> None:
    site = visit(f'<crowd-form><input name="hint" value="h">{annotation()}</crowd-form>')
    expect(page.get_by_role("button", name="Submit")).to_have_count(1)
    words(page, "Rome", "place")
    submit(page)
    assert site.answers[0][0]["hint"] == "h"
    assert len(site.answers[0][0]["names"]["entities"]) == 1


def test_a_form_around_it_is_found_where_its_own_would_be(page: Page, visit: Any) -> None:
    site = visit(
        f"<crowd-form>{annotation()}</crowd-form>"
        + """<script>document.addEventListener("all-crowd-elements-ready", () => {
        const form = document.querySelector("crowd-entity-annotation").shadowRoot.querySelector("crowd-form").form;
        const field = document.createElement("input");
        field.name = "why"; field.value = "A guess";
        form.appendChild(field);
      });</script>"""
    )
    submit(page)
    assert site.answers == [[{"names": {"entities": []}, "why": "A guess"}]]
    expect(page.get_by_role("button", name="Submit")).to_have_count(1)


def test_change_tells_of_the_new_value(page: Page, visit: Any) -> None:
    visit(annotation())
    page.evaluate("a.addEventListener('change', (event) => { window.told = event.target.value.entities; })")
    words(page, "Rome", "place")
    assert page.evaluate("told.map((e) => e.label)") == ["place"]
    page.evaluate("told.length = 0; a.value.entities.push('x')")
    assert len(spans(page)) == 1


def test_white_space_counts_as_it_is(page: Page, visit: Any) -> None:
    visit(annotation())
    page.evaluate(r"a.text = '  one\r\n\r\n\ttwo  three\n'")
    words(page, "two", "place")
    words(page, "three", "time")
    assert [(one["startOffset"], one["endOffset"]) for one in page.evaluate("a.value.entities")] == [(10, 13), (15, 20)]


def test_emoji_are_taken_whole_and_count_utf16_units(page: Page, visit: Any) -> None:
    visit(annotation("So 👩‍👩‍👧 saw 👍🏽 it"))
    words(page, "saw", "place")
    assert page.evaluate("a.value.entities[0].startOffset") == utf16(page, "saw")
    page.keyboard.press("Escape")
    # From within one pictogram to within the other.
    drag(page, utf16(page, "👩") + 3, utf16(page, "👍") + 1, "Alt")
    page.keyboard.press("2")
    assert spans(page) == [("place", "👩‍👩‍👧 saw 👍🏽")]


def test_text_from_right_to_left(page: Page, visit: Any) -> None:
    visit(annotation("ذهبت آنا إلى روما يوم الاثنين"))
    words(page, "آنا", "person")
    words(page, "روما", "place")
    assert spans(page) == [("person", "آنا"), ("place", "روما")]
    body(page).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("3")
    assert ("time", "يوم") in spans(page)


# ---- selecting


def test_a_selection_takes_whole_words_and_with_alt_characters(page: Page, visit: Any) -> None:
    visit(annotation())
    drag(page, 16, 28)
    page.keyboard.press("2")
    assert spans(page) == [("place", "Lisbon for Rome")]
    page.keyboard.press("Escape")
    drag(page, 35, 37, "Alt")
    page.keyboard.press("3")
    assert spans(page)[1] == ("time", "on")


def test_a_double_click_takes_a_word_a_third_one_the_sentence(page: Page, visit: Any) -> None:
    visit(annotation())
    page.mouse.dblclick(*point(page, 17))
    expect(page.locator(".prompt")).to_have_text("“Lisbon”: choose its label.")
    page.mouse.click(*point(page, 45), click_count=3)
    page.keyboard.press("1")
    assert spans(page) == [("person", "She met Bo there, and Ana Silva liked Rome.")]


def test_an_armed_label_goes_to_what_is_selected_next(page: Page, visit: Any) -> None:
    visit(annotation())
    page.keyboard.press("2")
    expect(page.locator(".label-button.selected")).to_have_attribute("data-label", "place")
    drag(page, 15, 21)
    page.mouse.dblclick(*point(page, 27))
    assert spans(page) == [("place", "Lisbon"), ("place", "Rome")]
    page.keyboard.press("2")
    expect(page.locator(".label-button.selected")).to_have_count(0)


def test_a_selection_may_cover_whole_spans_but_not_a_part_of_one(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    drag(page, 4, 14)
    expect(page.locator(".prompt.refused")).to_contain_text("“Ana Silva”")
    page.keyboard.press("3")
    assert spans(page) == [("person", "Ana Silva"), ("place", "Lisbon")]
    page.keyboard.press("3")
    drag(page, 10, 30)
    page.keyboard.press("3")
    assert spans(page) == [("person", "Ana Silva"), ("time", "left Lisbon for Rome")]


def test_a_chosen_span_changes_and_goes(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    page.mouse.click(*point(page, 17))
    page.keyboard.press("3")
    assert spans(page) == [("person", "Ana Silva"), ("time", "Lisbon")]
    page.get_by_role("button", name="Remove A person: Ana Silva").click()
    assert spans(page) == [("time", "Lisbon")]
    page.mouse.click(*point(page, 17))
    page.keyboard.press("Delete")
    assert spans(page) == []


def test_badges_show_short_names(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    expect(page.locator(".badge-name")).to_have_text(["per", "place"])
    expect(page.locator(".label-text")).to_have_text(["A person", "place", "time"])


def test_badges_have_room_for_their_names(page: Page, visit: Any) -> None:
    names = ["ORG", "WWW", "iii", "Wegbeschreibung", "組織"]
    words = " ".join("elephants" * 3 for _ in names)
    places = [(name, 28 * place, 28 * place + 27) for place, name in enumerate(names)]
    visit(annotation(words, json.dumps(names), initial(*places)))
    expect(page.locator(".badge-name")).to_have_text(names)
    cut = "names => names.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.trim())"
    assert page.locator(".badge-name").evaluate_all(cut) == []


def test_edges_are_dragged(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("place", 15, 21), ("time", 34, 40))))
    page.mouse.click(*point(page, 17))
    page.get_by_test_id("handle-end").hover(position={"x": 0, "y": 5}, force=True)
    page.mouse.down()
    page.mouse.move(*point(page, 28))
    page.mouse.move(*point(page, 29, after=True))
    page.mouse.up()
    assert spans(page)[0] == ("place", "Lisbon for Rome")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    # Another span is a border.
    page.get_by_test_id("handle-end").hover(position={"x": 0, "y": 5}, force=True)
    page.mouse.down()
    page.mouse.move(*point(page, 38))
    page.mouse.move(*point(page, 44))
    page.mouse.up()
    assert spans(page) == [("place", "Lisbon for Rome on"), ("time", "Monday")]


def test_badges_stand_in_their_place_under_a_strict_policy(page: Page, visit: Any) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"style-src 'self'\">"
    visit(policy + annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    left = page.evaluate(POINT, [body(page).element_handle(), 15, False])[0]
    box = page.locator(".badge").nth(1).bounding_box()
    assert box is not None
    assert abs(box["x"] - left) < 3
    assert page.locator(".badge").nth(1).evaluate("badge => badge.style.getPropertyValue('--color')") != ""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("نزلت ليلى في Lyon Perrache صباح الأحد", "Lyon Perrache"),
        ("نزلت ليلى في Lyon Perrache", "Lyon Perrache"),
        (f"{ARABIC} Lyon {ARABIC} Perrache {ARABIC}", "Lyon"),
        (f"{ARABIC} Lyon {ARABIC} Perrache {ARABIC}", "Perrache"),
        ("The word שלום is read from the right.", "שלום"),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_run_of_the_other_direction_is_selected_from_edge_to_edge(
    page: Page, visit: Any, text: str, part: str, backwards: bool
) -> None:
    # Narrow, a long text has its run at an edge of a line.
    page.set_viewport_size({"width": 390 if ARABIC in text else 1280, "height": 1200})
    visit(annotation(text))
    start = text.index(part)
    left, right = page.evaluate(
        """([element, start, end]) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          range.setStart(walker.nextNode(), start);
          range.setEnd(walker.currentNode, end);
          const { left, right, top, height } = range.getBoundingClientRect();
          return [[left, top + height / 2], [right, top + height / 2]];
        }""",
        [body(page).element_handle(), start, start + len(part)],
    )
    if backwards:
        left, right = right, left
    page.mouse.move(*left)
    page.mouse.down()
    page.mouse.move((left[0] + right[0]) / 2, left[1])
    page.mouse.move(*right)
    page.mouse.up()
    page.keyboard.press("2")
    assert spans(page) == [("place", part)]


# ---- keys


def test_the_focus_goes_to_the_text_when_what_had_it_vanishes(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9))))
    page.mouse.click(*point(page, 2))
    page.locator("#delete").focus()
    page.keyboard.press("Enter")
    expect(body(page)).to_be_focused()
    page.keyboard.press("Control+z")
    page.locator(".region-list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(body(page)).to_be_focused()


def test_after_a_removal_tab_goes_on_from_there(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21), ("time", 34, 40))))
    body(page).focus()
    for key in ("Tab", "Tab", "Delete", "Tab", "Delete"):
        page.keyboard.press(key)
    assert spans(page) == [("person", "Ana Silva")]


def test_everything_goes_by_keys(page: Page, visit: Any) -> None:
    site = visit(annotation())
    body(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("1")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    assert spans(page) == [("person", "Ana Silva"), ("place", "Lisbon")]
    page.keyboard.press("]")
    page.keyboard.press("]")
    assert spans(page)[1] == ("place", "Lisbon for Rome")
    page.keyboard.press("}")
    assert spans(page)[1] == ("place", "for Rome")
    page.keyboard.press("Alt+[")
    assert spans(page)[1] == ("place", "for Rom")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("o")
    assert spans(page) == [("person", "Ana Silva"), ("place", "for Rom"), ("person", "Ana Silva")]
    page.keyboard.press("Tab")
    page.keyboard.press("Delete")
    assert spans(page) == [("person", "Ana Silva"), ("person", "Ana Silva")]
    page.keyboard.press("Control+Enter")
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert len(site.answers[0][0]["names"]["entities"]) == 2


def test_keys_cut_no_span_either(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9))))
    body(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    expect(page.locator(".prompt.refused")).to_contain_text("“Ana Silva”")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("3")
    expect(page.locator(".prompt.refused")).to_contain_text("“Ana Silva”")
    assert spans(page) == [("person", "Ana Silva")]


def test_a_word_cursor_that_is_not_seen_is_not_labeled(page: Page, visit: Any) -> None:
    visit(annotation())
    body(page).focus()
    page.keyboard.press("ArrowRight")
    page.locator(".label-button[data-label=place]").click()
    assert spans(page) == []
    expect(page.locator(".prompt")).to_have_text("place: select its words.")


def test_tab_walks_the_spans_and_leaves(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    body(page).focus()
    selected = page.locator("[role=option][aria-selected=true]")
    page.keyboard.press("Tab")
    expect(selected).to_contain_text("A person: Ana Silva")
    page.keyboard.press("Tab")
    expect(selected).to_contain_text("place: Lisbon")
    expect(page.locator("#announcements")).to_contain_text("place: Lisbon, 2 of 2")
    page.keyboard.press("Tab")
    expect(body(page)).not_to_be_focused()
    body(page).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(body(page)).not_to_be_focused()


def test_undo_and_redo(page: Page, visit: Any) -> None:
    visit(annotation())
    words(page, "Rome", "place")
    page.keyboard.press("3")
    page.keyboard.press("Delete")
    assert spans(page) == []
    steps = []
    for _ in range(3):
        page.keyboard.press("Control+z")
        steps.append(spans(page))
    assert steps == [[("time", "Rome")], [("place", "Rome")], []]
    page.keyboard.press("Control+z")
    expect(page.locator("#announcements")).to_have_text("There is nothing to undo")
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+Shift+z")
    assert spans(page) == [("time", "Rome")]


def test_the_list_chooses_and_removes(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21), ("place", 26, 30))))
    page.locator(".region-list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    assert spans(page) == [("person", "Ana Silva")]
    page.get_by_role("button", name="End one word later").click()
    assert spans(page) == [("person", "Ana Silva left")]


# ---- attributes


def test_labels_are_live(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    assert page.evaluate("a.getAttribute('labels').startsWith('[{\"label\":\"person\"')")
    page.evaluate("a.labels = []")
    assert spans(page) == []
    page.evaluate("a.labels = a.labels.concat(['place'])")
    assert spans(page) == [("place", "Lisbon")]
    words(page, "Rome", "place")
    page.evaluate("a.labels = a.labels.concat(['time', 'person'])")
    words(page, "Monday", "time")
    page.evaluate("a.labels = a.labels.filter((label) => label !== 'place')")
    assert spans(page) == [("time", "Monday")]
    expect(page.locator(".label-text")).to_have_text(["time", "person"])


def test_properties_set_before_the_upgrade_count(page: Page, visit: Any) -> None:
    visit(
        """<crowd-entity-annotation id="a" name="n"></crowd-entity-annotation>
        <script>a.text = "Bo is here"; a.labels = ["person"];
        a.initialValue = [{label: "person", startOffset: 0, endOffset: 2}];</script>
        <script src="/bundles/crowd-html-elements.js"></script>"""
    )
    assert spans(page) == [("person", "Bo")]


def test_an_initial_value_is_cleaned(page: Page, visit: Any) -> None:
    entities = [("place", 26, 30), ("person", 0, 9), ("time", 4, 14), ("river", 15, 21), ("time", 0, 500)]
    visit(annotation(more=initial(*entities)))
    assert spans(page) == [("person", "Ana Silva"), ("place", "Rome")]
    fault = page.locator(".faults")
    for words in ("initial-value", "overlaps one before it", "not in labels", "outside of the text"):
        expect(fault).to_contain_text(words)


@pytest.mark.parametrize(
    ("page_html", "quoted"),
    [
        (annotation(text=""), 'text=""'),
        (annotation(labels="['a'"), "labels="),
        (annotation(labels="{}"), "is not a list"),
        (annotation(more="initial-value='nonsense['"), "initial-value="),
        (annotation(more="initial-value='{}'"), "initial-value="),
        (annotation(more=initial(("river", 15, 21))), "not in labels"),
        ("<crowd-entity-annotation></crowd-entity-annotation>", 'text=""'),
    ],
)
def test_what_makes_an_answer_worthless_is_told_and_not_submitted(
    page: Page, visit: Any, page_html: str, quoted: str
) -> None:
    site = visit(page_html)
    expect(page.locator(".faults")).to_contain_text(quoted)
    page.get_by_test_id("crowd-submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'invalid'")
    expect(page.locator("#actionsContainer .error")).not_to_be_empty()
    assert site.posts == []


def test_without_labels_nothing_is_submitted(page: Page, visit: Any) -> None:
    visit(annotation(labels="[]"))
    page.get_by_test_id("crowd-submit").click()
    expect(page.locator("#actionsContainer .error")).to_have_text("There are no labels to choose from")


def test_a_small_fault_is_told_and_the_rest_is_submitted(page: Page, visit: Any) -> None:
    visit(annotation(labels="['a', 'a']"))
    expect(page.locator(".faults")).to_contain_text('"a" is there twice')
    submit(page)


def test_labels_and_text_that_come_late_can_be_submitted(page: Page, visit: Any) -> None:
    visit("<crowd-entity-annotation id='a' name='names' labels='[]'></crowd-entity-annotation>")
    page.evaluate("a.labels = ['place']; a.text = 'To Rome'")
    submit(page)


def test_markup_in_attributes_stays_text(page: Page, visit: Any) -> None:
    mark = "<img src=x onerror='window.bad = 1'>"
    visit(annotation(f"See {mark} there", json.dumps([mark]), initial((mark, 4, 4 + len(mark)))))
    expect(page.locator(".badge-name")).to_have_text([mark])
    expect(body(page)).to_have_text(f"See {mark} there")
    assert page.evaluate("window.bad") is None


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violations(page: Page, visit: Any, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit(
        f'<!doctype html><html lang="en"><head><title>Names</title></head><body><main><h1>Names</h1>'
        f"{annotation(more=initial(('person', 0, 9), ('place', 15, 21)))}</main></body></html>"
    )
    page.mouse.click(*point(page, 17))
    expect(page.get_by_role("region", name="Chosen passage")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


# ---- drafts


def test_work_survives_a_reload_and_is_gone_after_submit(page: Page, visit: Any) -> None:
    visit(annotation(more=initial(("person", 0, 9))))
    words(page, "Rome", "place")
    draft_has_states(page, 1)
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    assert spans(page) == [("person", "Ana Silva"), ("place", "Rome")]
    page.get_by_role("button", name="Start over").click()
    assert spans(page) == [("person", "Ana Silva")]
    page.get_by_role("button", name="Bring it back").click()
    assert len(spans(page)) == 2
    submit(page)
    no_draft(page)
    page.reload()
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
    assert spans(page) == [("person", "Ana Silva")]


@pytest.mark.parametrize("late", ["labels", "text"])
def test_a_draft_waits_for_labels_and_text_that_come_late(page: Page, visit: Any, late: str) -> None:
    visit(annotation("" if late == "text" else TEXT, "[]" if late == "labels" else '["person", "place"]'))
    come = f"a.{late} = {json.dumps(TEXT if late == 'text' else ['person', 'place'])}"
    page.evaluate(come)
    words(page, "Rome", "place")
    draft_has_states(page, 1)
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    # Whatever else is saved meanwhile, the draft stays whole.
    page.evaluate("a.dispatchEvent(new Event('change', { bubbles: true }))")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    draft_has_states(page, 1)
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    page.evaluate(come)
    assert spans(page) == [("place", "Rome")]
    words(page, "Ana Silva", "person")
    assert spans(page) == [("person", "Ana Silva"), ("place", "Rome")]


# ---- size


def long_text(kilobytes: int, count: int, line: int) -> tuple[str, list[tuple[str, int, int]]]:
    """A text with ``count`` spans of one word each, ``line`` words a paragraph."""
    sizes = kilobytes * 1000 // (count * 2)
    pieces, entities, at = [], [], 0
    for i in range(count):
        words = [f"w{i:05d}".ljust(sizes - 1, "x"), "y" * (sizes - 1)]
        entities.append(("place", at, at + len(words[0])))
        piece = f"{words[0]} {words[1]}{chr(10) if i % line == line - 1 else ' '}"
        pieces.append(piece)
        at += len(piece)
    return "".join(pieces), entities


@pytest.mark.parametrize("line", [5, 10_000])
def test_a_long_text_with_many_spans_is_drawn_where_it_is_seen(page: Page, visit: Any, line: int) -> None:
    text, entities = long_text(200, 10_000, line)
    visit(annotation(text, more=initial(*entities)))
    expect(page.locator(".badge-name").first).to_be_visible()
    assert page.locator(".badge").count() < 1500
    assert page.evaluate("a.value.entities.length") == 10_000
    body(page).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("3")
    assert page.evaluate("a.value.entities[0].label") == "time"
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    last = "w09999"
    page.wait_for_function(
        "last => [...document.querySelector('crowd-entity-annotation').shadowRoot.querySelectorAll('.badge-remove')]"
        ".some((button) => button.title.includes(last))",
        arg=last,
        timeout=30_000,
    )


# ---- other ways


def test_what_a_finger_selects_waits_for_its_label(page: Page, visit: Any) -> None:
    """A long press selects natively."""
    visit(annotation())
    body(page).evaluate(
        """(text) => { const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          const node = walker.nextNode(); getSelection().setBaseAndExtent(node, 16, node, 28); }"""
    )
    expect(page.locator(".prompt")).to_have_text("“Lisbon for Rome”: choose its label.")
    page.locator(".label-button[data-label=place]").click()
    assert spans(page) == [("place", "Lisbon for Rome")]
    assert page.evaluate("getSelection().isCollapsed")


def test_without_highlights_boxes_are_drawn(page: Page, visit: Any) -> None:
    page.add_init_script("delete window.Highlight")
    visit(annotation(more=initial(("person", 0, 9), ("place", 15, 21))))
    expect(page.locator(".overlay .fill")).to_have_count(2)
    left = page.evaluate(POINT, [body(page).element_handle(), 15, False])[0]
    box = page.locator(".overlay .fill").nth(1).bounding_box()
    assert box is not None
    assert abs(box["x"] - left) < 3
    words(page, "Rome", "time")
    expect(page.locator(".overlay .fill")).to_have_count(3)


def test_without_a_caret_from_a_point_the_text_is_searched(page: Page, visit: Any) -> None:
    page.add_init_script("delete Document.prototype.caretPositionFromPoint")
    visit(annotation(TEXT + "\nروما مدينة"))
    words(page, "Rome", "time")
    words(page, "مدينة", "place")
    assert spans(page) == [("time", "Rome"), ("place", "مدينة")]


def test_what_is_chosen_is_clear_of_what_sticks(page: Page, visit: Any) -> None:
    text, entities = long_text(20, 200, 5)
    visit(annotation(text, more=initial(*entities)))
    body(page).focus()
    bar, footer = page.locator(".label-bar"), page.locator("#actionsContainer")
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 40:
        page.keyboard.press(key)
    badge = page.locator(".badge.chosen")
    expect(badge).to_have_count(1)
    page.wait_for_function(
        """() => { const root = document.querySelector("crowd-entity-annotation").shadowRoot;
          const box = (selector) => root.querySelector(selector).getBoundingClientRect();
          return box(".badge.chosen").top >= box(".label-bar").bottom - 1
            && box(".badge.chosen").bottom <= box("#actionsContainer").top; }"""
    )
    expect(bar).to_be_in_viewport()
    expect(footer).to_be_in_viewport()
