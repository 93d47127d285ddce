"""The text annotator: what a worker can do with mouse, keys and fingers, and what is in the answer afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser.annotator import LABELS, Annotator, in_crowd_form, markup

TEXT = "Salt marshes store carbon. We cored 42 sites along a river.\nStocks rose by 1.8 kg; marshes recover.\n"
Open = Callable[..., Annotator]


@pytest.fixture
def start(page: Page, serve: Any) -> Open:
    """Opens a task with the component under crowd-form; ``page`` may be another than the fixture's."""

    def start(content: str = TEXT, *, on: Page | None = None, lang: str = "en", **attributes: Any) -> Annotator:
        target = on or page
        site = serve(in_crowd_form(markup(content, **attributes), lang))
        target.goto(site.url)
        annotator = Annotator(target).ready()
        annotator.site = site  # type: ignore[attr-defined]
        return annotator

    return start


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def new_page(**options: Any) -> Page:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()


def suggestion(text: str, label: str, words: str) -> dict[str, Any]:
    start = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return {"label": label, "startOffset": start, "endOffset": start + len(words.encode("utf-16-le")) // 2}


class TestLabelKeys:
    def test_the_keys_are_on_the_labels(self, start: Open) -> None:
        task = start(labels=[f"L{i}" for i in range(12)])
        keys = [task.test_id(f"label-L{i}").locator("kbd").inner_text() for i in range(12)]
        assert keys == [*"1234567890QW"]

    def test_select_then_key(self, start: Open) -> None:
        task = start()
        task.mark("Salt marshes", "1")
        task.mark("cored 42 sites", "3")
        task.expect_spans(("Background", "Salt marshes"), ("Methods", "cored 42 sites"))
        assert task.value() == {
            "entities": [
                {"endOffset": 12, "label": "Background", "startOffset": 0},
                {"endOffset": 44, "label": "Methods", "startOffset": 30},
            ]
        }

    def test_a_key_arms_a_label_for_what_is_selected_next(self, start: Open) -> None:
        task = start()
        task.press("4")
        expect(task.test_id("label-Results")).to_have_attribute("aria-pressed", "true")
        task.select("Stocks rose")
        task.select("recover")
        task.expect_spans(("Results", "Stocks rose"), ("Results", "recover"))
        task.press("4")
        expect(task.test_id("label-Results")).to_have_attribute("aria-pressed", "false")

    def test_a_key_relabels_the_selected_span(self, start: Open) -> None:
        task = start()
        task.mark("Salt marshes", "1")
        task.press("2")
        task.expect_spans(("Objectives", "Salt marshes"))

    def test_the_buttons_do_the_same(self, start: Open) -> None:
        task = start()
        task.select("river")
        task.test_id("label-Methods").click()
        task.expect_spans(("Methods", "river"))

    def test_letters_from_the_eleventh_label_on(self, start: Open) -> None:
        task = start(labels=[f"L{i}" for i in range(12)])
        task.mark("river", "w")
        task.mark("carbon", "0")
        task.expect_spans(("L9", "carbon"), ("L11", "river"))

    def test_labels_with_display_names(self, start: Open) -> None:
        task = start(labels=[{"label": "m", "fullDisplayName": "Method", "shortDisplayName": "MET"}])
        expect(task.test_id("label-m")).to_contain_text("Method")
        task.mark("river", "1")
        expect(task.host.locator(".badge")).to_have_text("MET")
        assert task.value()["entities"][0]["label"] == "m"


class TestUndo:
    def test_every_change_is_undone_and_redone(self, start: Open) -> None:
        task = start()
        steps: list[tuple[tuple[str, str], ...]] = [()]

        def done(*spans: tuple[str, str]) -> None:
            task.expect_spans(*spans)
            steps.append(spans)

        task.mark("marshes", "1")
        done(("Background", "marshes"))
        task.press("2")
        done(("Objectives", "marshes"))
        task.press("]")
        done(("Objectives", "marshes store"))
        task.press("[")
        done(("Objectives", "marshes"))
        task.press("o")
        done(("Objectives", "marshes"), ("Objectives", "marshes"))
        task.press("Delete")
        done(("Objectives", "marshes"))
        for spans in reversed(steps[:-1]):
            task.press("Control+z")
            task.expect_spans(*spans)
        expect(task.test_id("undo")).to_be_disabled()
        for i, spans in enumerate(steps[1:]):
            task.press("Control+y" if i % 2 else "Control+Shift+z")
            task.expect_spans(*spans)
        expect(task.test_id("redo")).to_be_disabled()

    def test_the_choices_of_the_form_are_undone_too(self, start: Open, page: Page) -> None:
        task = start()
        yes, no = (page.locator(f"[name=quality][value={value}]") for value in ("yes", "no"))
        yes.check()
        no.check()
        task.test_id("undo").click()
        expect(yes).to_be_checked()
        task.test_id("undo").click()
        expect(yes).not_to_be_checked()
        task.test_id("redo").click()
        expect(yes).to_be_checked()

    def test_undo_does_not_bring_back_what_a_reset_has_cleared(self, start: Open, page: Page) -> None:
        task = start()
        page.locator("[name=quality][value=yes]").check()
        page.evaluate("document.querySelector('crowd-form').reset()")
        task.mark("river", "1")
        task.press("Control+z")
        task.expect_spans()
        expect(page.locator("[name=quality]:checked")).to_have_count(0)

    def test_a_drag_does_not_bring_back_what_was_removed_meanwhile(self, start: Open, page: Page) -> None:
        task = start()
        task.mark("cored 42", "3")
        x, y = task.test_id("handle-end").evaluate(
            "element => { const b = element.getBoundingClientRect(); return [b.left + 4, b.bottom + 6] }"
        )
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(*task.point(task.offset("along") + 2), steps=4)
        task.press("Control+z")
        page.mouse.up()
        task.expect_spans()

    def test_there_is_no_last_step(self, start: Open) -> None:
        task = start()
        task.mark("river", "1")
        for i in range(150):
            task.press("12"[(i + 1) % 2])
        for _ in range(151):
            task.press("Control+z")
        task.expect_spans()
        expect(task.test_id("undo")).to_be_disabled()


class TestWords:
    @pytest.mark.parametrize("segmenter", [True, False], ids=["segmenter", "fallback"])
    @pytest.mark.parametrize(
        ("text", "start_at", "end_at", "snapped"),
        [
            ("alpha beta gamma", 8, 13, "beta gamma"),
            ("alpha  beta. gamma", 5, 13, "beta."),
            ("a 👩‍🔬 labs", 3, 4, "👩‍🔬"),
            ("x😀y z", 1, 2, "😀"),
            ("cafe\u0301 noir", 1, 3, "cafe\u0301"),
            ("don't stop", 1, 2, "don't"),
            ("one\ntwo", 1, 6, "one\ntwo"),
        ],
        ids=["inside", "spaces", "joined emoji", "emoji", "combining", "apostrophe", "lines"],
    )
    def test_a_selection_snaps_to_words(
        self, start: Open, page: Page, text: str, start_at: int, end_at: int, snapped: str, segmenter: bool
    ) -> None:
        if not segmenter:
            page.add_init_script("delete Intl.Segmenter")
        task = start(text)
        task.drag(start_at, end_at)
        task.press("1")
        task.expect_spans(("Background", snapped))

    @pytest.mark.parametrize("segmenter", [True, False], ids=["segmenter", "fallback"])
    @pytest.mark.parametrize(
        ("text", "start_at", "end_at", "chosen"),
        [
            ("alphabet", 2, 5, "pha"),
            ("ab e\u0301e\u0301 c", 3, 5, "e\u0301"),
            ("ab👩‍🔬cd", 1, 7, "b👩‍🔬"),
            ("🇩🇪🇫🇷 x", 0, 4, "🇩🇪"),
        ],
        ids=["inside", "combining", "joined emoji", "flags"],
    )
    def test_shift_takes_characters_and_never_splits_one(
        self, start: Open, page: Page, text: str, start_at: int, end_at: int, chosen: str, segmenter: bool
    ) -> None:
        if not segmenter:
            page.add_init_script("delete Intl.Segmenter")
        task = start(text)
        task.drag(start_at, end_at, shift=True)
        task.press("1")
        task.expect_spans(("Background", chosen))

    def test_a_double_click_takes_a_word_a_triple_click_a_sentence(self, start: Open) -> None:
        task = start()
        task.click("cored", count=2)
        task.press("1")
        task.expect_spans(("Background", "cored"))
        task.click("store", count=3)
        task.press("2")
        task.expect_spans(("Objectives", "Salt marshes store carbon."), ("Background", "cored"))

    def test_offsets_count_utf16_units_of_exactly_the_given_text(self, start: Open) -> None:
        text = "  \t𝛼-decay 👩‍🔬\r\n\r\nq\u0308 <b>&amp;\"'</b>\u00a0 end  \n\n"
        task = start(text)
        assert task.host.evaluate("element => element.text") == text
        drawn = task.text.evaluate("element => element.textContent")
        assert drawn == text
        task.mark("end", "1")
        (entity,) = task.value()["entities"]
        assert entity["startOffset"] == len(text[: text.index("end")].encode("utf-16-le")) // 2
        assert entity["endOffset"] - entity["startOffset"] == 3

    def test_a_plain_text_attribute_is_taken_literally(self, start: Open) -> None:
        task = start("", text='"quoted" {"json": 1}', text_json="")
        assert task.host.evaluate("element => element.text") == '"quoted" {"json": 1}'
        task.mark("json", "1")
        task.expect_spans(("Background", "json"))


class TestOverlap:
    def test_spans_nest_and_cross(self, start: Open) -> None:
        task = start()
        task.mark("We cored 42 sites", "1")
        task.mark("42 sites along", "2")
        task.mark("cored", "3")
        task.mark("cored", "4")
        task.expect_spans(
            ("Background", "We cored 42 sites"),
            ("Methods", "cored"),
            ("Results", "cored"),
            ("Objectives", "42 sites along"),
        )

    def test_the_same_span_twice_is_one(self, start: Open) -> None:
        task = start()
        task.mark("cored", "3")
        task.mark("cored", "3")
        task.expect_spans(("Methods", "cored"))

    def test_a_click_chooses_the_smallest_then_the_next(self, start: Open) -> None:
        task = start()
        task.mark("We cored 42 sites along", "1")
        task.mark("cored 42 sites", "2")
        task.mark("42", "3")
        task.press("Escape")
        names = []
        for _ in range(4):
            task.click("42")
            names.append((task.selected() or "").split(":")[0])
        assert names == ["Methods", "Objectives", "Background", "Methods"]

    def test_bars_of_overlapping_spans_do_not_cover_each_other(self, start: Open) -> None:
        task = start()
        task.mark("We cored 42 sites along", "1")
        task.mark("cored 42 sites", "2")
        task.mark("42", "3")
        bars = task.host.locator(".bar")
        expect(bars).to_have_count(3)
        tops = {round(bars.nth(i).evaluate("bar => bar.getBoundingClientRect().top")) for i in range(3)}
        assert len(tops) == 3


class TestSuggestions:
    @pytest.fixture
    def given(self) -> list[dict[str, Any]]:
        return [
            suggestion(TEXT, "Background", "Salt marshes"),
            suggestion(TEXT, "Methods", "cored 42"),
            suggestion(TEXT, "Results", "Stocks rose"),
        ]

    def test_they_are_shown_apart_and_are_no_answer_yet(self, start: Open, given: Any) -> None:
        task = start(initial_value=given)
        expect(task.options).to_have_count(3)
        assert (task.options.first.get_attribute("aria-label") or "").endswith("suggestion")
        expect(task.host.locator(".badge.suggested")).to_have_count(3)
        value = task.value()
        assert value["entities"] == []
        assert [one["outcome"] for one in value["initialValueReview"]] == ["undecided"] * 3

    def test_one_key_accepts_and_goes_to_the_next(self, start: Open, given: Any) -> None:
        task = start(initial_value=given)
        task.press("a")
        task.expect_selected("Background: Salt marshes, characters 0 to 12, suggestion")
        task.press("a", "a", "a")
        task.expect_spans(("Background", "Salt marshes"), ("Methods", "cored 42"), ("Results", "Stocks rose"))
        assert task.value()["initialValueModified"] is False
        assert {one["outcome"] for one in task.value()["initialValueReview"]} == {"accepted"}

    def test_the_answer_says_which_were_changed(self, start: Open, given: Any) -> None:
        task = start(initial_value=given)
        task.press("a", "a", "]", "a")  # the first accepted, the second edited, then the third chosen
        task.press("Delete")
        task.mark("river", "2")
        task.expect_spans(("Background", "Salt marshes"), ("Methods", "cored 42 sites"), ("Objectives", "river"))
        value = task.value()
        assert value["initialValueModified"] is True
        assert [one["outcome"] for one in value["initialValueReview"]] == ["accepted", "changed", "removed"]

    def test_all_at_once_and_undone_at_once(self, start: Open, given: Any) -> None:
        task = start(initial_value=given)
        task.press("Shift+a")
        assert len(task.value()["entities"]) == 3
        task.press("Control+z")
        assert task.value()["entities"] == []

    def test_none_may_be_left_open_at_submit(self, start: Open, given: Any, page: Page) -> None:
        task = start(initial_value=given)
        page.locator("[name=quality][value=yes]").check()
        expect(task.test_id("left")).to_contain_text("3 suggestions to decide")
        task.test_id("submit").click()
        expect(task.test_id("missing")).to_contain_text("3 suggestions to decide")
        task.expect_selected("Background: Salt marshes, characters 0 to 12, suggestion")

    @pytest.mark.parametrize("how", ["Enter in a field", "a script"])
    def test_no_other_way_to_submit_leaves_them_open(self, start: Open, given: Any, page: Page, how: str) -> None:
        task = start(initial_value=given, fields='<label>Note <input name="note"></label>')
        if how == "a script":
            page.evaluate("document.querySelector('crowd-form').submit()")
        else:
            page.locator("[name=note]").press("Enter")
        expect(task.test_id("missing")).to_contain_text("3 suggestions to decide")
        page.wait_for_function("document.documentElement.dataset.crowdState === 'prevented'")
        assert task.site.posts == []  # type: ignore[attr-defined]
        task.press("Shift+a")
        page.evaluate("document.querySelector('crowd-form').submit()")
        expect(task.test_id("progress")).to_contain_text("Submitted")
        assert len(json.loads(task.site.answers[0][0]["entities"])["entities"]) == 3  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "faulty",
        ['{"entities": []}', "[null]", '[{"label": "Methods", "startOffset": "0", "endOffset": 4}]', "[{"],
        ids=["no list", "null", "text offset", "no json"],
    )
    def test_a_faulty_initial_value_is_said_and_stops_nothing(self, start: Open, faulty: str) -> None:
        task = start(initial_value=faulty)
        expect(task.host.get_by_role("alert")).to_contain_text("initial-value")
        task.mark("river", "1")
        task.expect_spans(("Background", "river"))

    def test_what_cannot_be_shown_is_no_change_by_the_worker(self, start: Open, given: Any) -> None:
        unknown = {"label": "__proto__", "startOffset": 0, "endOffset": 4}
        task = start(initial_value=[*given, given[0], unknown, {**given[1], "endOffset": 10_000}])
        expect(task.options).to_have_count(3)
        task.press("Shift+a")
        value = task.value()
        assert len(value["entities"]) == 3
        assert value["initialValueModified"] is False
        assert [one["outcome"] for one in value["initialValueReview"]] == ["accepted"] * 3 + ["ignored"] * 3

    def test_without_an_initial_value_the_answer_is_silent_about_it(self, start: Open) -> None:
        task = start()
        task.press("a")
        assert task.value() == {"entities": []}


# How many drafts IndexedDB holds, again and again, in window.drafts.
COUNT_DRAFTS = """() => {
  const request = indexedDB.open("truthkit-drafts");
  request.onsuccess = () => {
    const count = () => {
      const drafts = request.result.transaction("truthkit-drafts").objectStore("truthkit-drafts").count();
      drafts.onsuccess = () => { window.drafts = drafts.result; setTimeout(count, 20); };
    };
    count();
  };
}"""


class TestDrafts:
    def saved(self, task: Annotator) -> None:
        state = task.test_id("draft-state")
        expect(state).to_have_text("Draft saved on this device")
        expect(state).to_have_attribute("data-state", "written")

    def work(self, task: Annotator) -> None:
        task.mark("Salt marshes", "1")
        task.page.locator("[name=quality][value=no]").check()
        task.page.locator("[name=notes]").fill("unsure")
        self.saved(task)

    @pytest.mark.parametrize("store", ["indexedDB", "localStorage"])
    def test_a_draft_is_offered_after_a_reload_with_the_fields(self, start: Open, page: Page, store: str) -> None:
        if store == "localStorage":
            page.add_init_script("indexedDB.open = () => { throw new DOMException('refused', 'SecurityError') }")
        task = start()
        self.work(task)
        page.reload()
        task.ready()
        expect(task.test_id("draft")).to_be_visible()
        assert task.value() == {"entities": []}
        task.test_id("draft-restore").click()
        task.expect_spans(("Background", "Salt marshes"))
        expect(page.locator("[name=notes]")).to_have_value("unsure")
        expect(page.locator("[name=quality][value=no]")).to_be_checked()
        task.press("Control+z")
        task.expect_spans()

    def test_a_discarded_draft_is_gone(self, start: Open, page: Page) -> None:
        task = start()
        self.work(task)
        page.reload()
        task.ready().test_id("draft-discard").click()
        expect(task.test_id("draft")).to_have_count(0)
        task.page.evaluate(COUNT_DRAFTS)
        page.wait_for_function("window.drafts === 0")
        task.mark("river", "1")
        self.saved(task)
        page.evaluate(COUNT_DRAFTS)
        page.wait_for_function("window.drafts === 1")

    def test_another_task_is_offered_nothing(self, start: Open, page: Page) -> None:
        self.work(start())
        task = start("Another text.")
        task.mark("Another", "1")
        self.saved(task)
        expect(task.test_id("draft")).to_have_count(0)

    def test_a_text_that_comes_by_script_has_drafts_of_its_own(self, start: Open, page: Page) -> None:
        give = "(element, text) => { element.text = text }"
        task = start("", text="", text_json="")
        for text, words in (("First one.", "First"), ("Second one.", "Second")):
            task.host.evaluate(give, text)
            task.mark(words, "1")
            self.saved(task)
            page.reload()
            task.ready()
        task.host.evaluate(give, "First one.")
        task.test_id("draft-restore").click()
        task.expect_spans(("Background", "First"))

    def test_a_confirmed_submission_clears_the_draft(self, start: Open, page: Page) -> None:
        task = start()
        self.work(task)
        task.test_id("submit").click()
        expect(task.test_id("progress")).to_contain_text("Submitted")
        page.reload()
        task.ready().mark("river", "1")
        self.saved(task)
        expect(task.test_id("draft")).to_have_count(0)

    def test_refused_storage_is_said_and_disturbs_nothing(self, start: Open, page: Page) -> None:
        page.add_init_script(
            """for (const name of ["indexedDB", "localStorage", "sessionStorage"])
              Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });"""
        )
        task = start()
        task.mark("river", "1")
        expect(task.test_id("progress")).to_contain_text("keeps no drafts")
        page.locator("[name=quality][value=yes]").check()
        task.test_id("submit").click()
        expect(task.test_id("progress")).to_contain_text("Submitted")


class TestSubmit:
    def test_what_is_missing_is_named_counted_and_focused(self, start: Open, page: Page) -> None:
        task = start()
        task.mark("river", "1")
        expect(task.test_id("left")).to_have_text("1 left: Is it good?")
        task.test_id("submit").click()
        expect(task.test_id("missing")).to_have_text("Not sent yet. Still missing: Is it good?")
        expect(page.locator("[name=quality][value=yes]")).to_be_focused()
        assert task.site.posts == []  # type: ignore[attr-defined]
        task.expect_spans(("Background", "river"))
        page.locator("[name=quality][value=yes]").check()
        expect(task.test_id("missing")).to_have_count(0)
        expect(task.test_id("progress")).to_contain_text("Ready to submit")

    def test_the_answer_is_one_object_with_the_fields(self, start: Open, page: Page) -> None:
        task = start()
        task.mark("river", "1")
        page.locator("[name=quality][value=no]").check()
        page.locator("[name=notes]").fill("a\nb")
        task.test_id("submit").click()
        expect(task.test_id("progress")).to_contain_text("Submitted")
        ((answer,),) = task.site.answers  # type: ignore[attr-defined]
        entities = json.loads(answer.pop("entities"))
        assert entities == {"entities": [{"endOffset": 58, "label": "Background", "startOffset": 53}]}
        assert answer == {"notes": "a\nb", "quality": {"no": True, "yes": False}}

    def test_a_refused_submission_keeps_the_work_and_can_be_repeated(self, start: Open, page: Page) -> None:
        task = start()
        task.site.replies.append(500)  # type: ignore[attr-defined]
        task.mark("river", "1")
        page.locator("[name=quality][value=yes]").check()
        task.press("Control+Enter")
        expect(task.host.get_by_role("alert")).to_contain_text("Your work is kept")
        task.expect_spans(("Background", "river"))
        task.test_id("submit").click()
        expect(task.test_id("progress")).to_contain_text("Submitted")
        assert len(task.site.answers) == 1  # type: ignore[attr-defined]

    def test_nothing_changes_while_the_answer_is_under_way(self, start: Open, page: Page) -> None:
        task = start(fields="")
        task.mark("river", "1")
        task.site.gate.clear()  # type: ignore[attr-defined]
        task.site.replies.append(500)  # type: ignore[attr-defined]
        task.press("Control+Enter")
        page.wait_for_function("document.documentElement.dataset.crowdState === 'sending'")
        task.press("2", "Delete", "Control+z", "Control+Enter")
        task.expect_spans(("Background", "river"))
        task.site.gate.set()  # type: ignore[attr-defined]
        expect(task.host.get_by_role("alert")).to_contain_text("Your work is kept")
        assert len(task.site.posts) == 1  # type: ignore[attr-defined]
        task.press("2")
        task.expect_spans(("Objectives", "river"))

    def test_two_annotators_share_a_form_but_no_keys(self, page: Page, serve: Any) -> None:
        both = markup(TEXT, fields="") + markup("Another text.", fields="", name="other")
        site = serve(in_crowd_form(both))
        page.goto(site.url)
        first, second = (page.locator("truthkit-text-annotator").nth(i) for i in (0, 1))
        page.wait_for_function("document.querySelectorAll('truthkit-text-annotator[data-ready]').length === 2")
        second.get_by_test_id("text").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("2")
        second.get_by_test_id("instructions").focus()
        page.keyboard.press("3")  # the span is still selected
        first.get_by_test_id("text").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("1")
        page.evaluate("document.querySelector('crowd-form').submit()")
        page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
        ((answer,),) = site.answers
        labels = {name: [one["label"] for one in json.loads(text)["entities"]] for name, text in answer.items()}
        assert labels == {"entities": ["Background"], "other": ["Methods"]}

    def test_crowd_form_shows_no_submit_of_its_own(self, start: Open, page: Page) -> None:
        start()
        expect(page.get_by_role("button", name="Submit")).to_have_count(1)

    def test_a_plain_form_will_do(self, page: Page, serve: Any) -> None:
        html = f"""<script src="/bundles/text-annotator.js"></script>
          <form onsubmit="event.preventDefault(); window.sent = Object.fromEntries(new FormData(this))">
          {markup(TEXT, fields="")}</form>"""
        page.goto(serve(html).url)
        task = Annotator(page).ready()
        task.mark("river", "1")
        task.press("Control+Enter")
        sent = page.wait_for_function("window.sent").json_value()
        assert json.loads(sent["entities"])["entities"][0]["label"] == "Background"

    def test_a_foreign_crowd_form_will_do(self, page: Page, serve: Any) -> None:
        # As Amazon's does: it moves its children into a form of its own, late, and has a submit().
        script = """<script>customElements.define("crowd-form", class extends HTMLElement {
            connectedCallback() { setTimeout(() => {
              this.form = document.createElement("form");
              this.form.append(...this.childNodes);
              this.append(this.form);
              document.documentElement.dataset.moved = "yes";
            }, 50) }
            submit() { window.sent = Object.fromEntries(new FormData(this.form)) }
          })</script>"""
        tag = f"<crowd-form>{markup(TEXT, fields='')}</crowd-form>"
        page.goto(serve(f'{script}<script src="/bundles/text-annotator.js"></script>{tag}').url)
        page.wait_for_function("document.documentElement.dataset.moved")
        task = Annotator(page).ready()
        task.mark("river", "1")
        expect(task.host.locator(".badge")).to_have_text("Background")
        assert page.evaluate("[...CSS.highlights.values()].reduce((n, one) => n + one.size, 0)") >= 1
        task.test_id("submit").click()
        sent = page.wait_for_function("window.sent").json_value()
        assert json.loads(sent["entities"]) == task.value()

    def test_a_page_without_its_form_script_says_so(self, page: Page, serve: Any) -> None:
        tag = f'<crowd-form>{markup(TEXT, fields="")}</crowd-form><script src="/bundles/text-annotator.js"></script>'
        page.goto(serve(tag).url)
        task = Annotator(page).ready()
        task.test_id("submit").click()
        expect(task.host.get_by_role("alert")).to_contain_text("form did not load")


class TestKeys:
    def test_control_enter_submits(self, start: Open, page: Page) -> None:
        task = start()
        page.locator("[name=quality][value=yes]").check()
        task.press("Control+Enter")
        expect(task.test_id("progress")).to_contain_text("Submitted")

    @pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
    @pytest.mark.parametrize(
        "field",
        ['<textarea name="notes"></textarea>', '<input name="notes">', '<crowd-input name="notes"></crowd-input>'],
        ids=["textarea", "input", "crowd-input"],
    )
    def test_control_enter_submits_from_a_text_field(self, start: Open, page: Page, field: str, key: str) -> None:
        task = start(fields=field)
        page.locator("[name=notes]").click()
        task.press("o", "k", key)
        expect(task.test_id("progress")).to_contain_text("Submitted")
        assert task.site.answers == [[{"entities": '{"entities":[]}', "notes": "ok"}]]  # type: ignore[attr-defined]

    def test_control_enter_in_a_text_field_says_what_is_missing(self, start: Open, page: Page) -> None:
        task = start()
        page.locator("[name=notes]").press("Control+Enter")
        expect(task.test_id("missing")).to_contain_text("Is it good?")
        expect(page.locator("[name=quality][value=yes]")).to_be_focused()

    def test_control_enter_outside_of_the_form_stays_with_the_field(self, page: Page, serve: Any) -> None:
        site = serve(in_crowd_form(markup(TEXT, fields="")).replace("<body>", "<body><textarea id=other></textarea>"))
        page.goto(site.url)
        task = Annotator(page).ready()
        page.locator("#other").press("Control+Enter")
        page.locator("#other").fill("still here")
        task.mark("river", "1")
        assert page.evaluate("document.documentElement.dataset.crowdState") is None
        assert site.posts == []

    def test_escape_cancels_one_thing_after_the_other(self, start: Open, page: Page) -> None:
        task = start()
        task.press("2")
        first, last = task.point(0), task.point(8)
        page.mouse.move(*first)
        page.mouse.down()
        page.mouse.move(*last, steps=3)
        task.press("Escape")
        page.mouse.up()
        task.expect_spans()
        expect(task.test_id("label-Objectives")).to_have_attribute("aria-pressed", "true")
        task.press("Escape")
        expect(task.test_id("label-Objectives")).to_have_attribute("aria-pressed", "false")
        task.mark("river", "1")
        assert task.selected()
        task.press("Escape")
        assert task.selected() is None
        task.expect_spans(("Background", "river"))

    def test_the_question_mark_lists_the_shortcuts(self, start: Open) -> None:
        task = start()
        task.press("?")
        dialog = task.host.get_by_role("dialog", name="Shortcuts")
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text("Ctrl+Enter")
        task.press("1")
        task.press("Escape")
        expect(dialog).not_to_be_visible()
        expect(task.test_id("label-Background")).to_have_attribute("aria-pressed", "false")

    @pytest.mark.parametrize(
        ("key", "name"), [("?", "Shortcuts"), ("i", "Instructions")], ids=["shortcuts", "instructions"]
    )
    def test_a_dialog_begins_at_its_heading(self, start: Open, key: str, name: str) -> None:
        task = start()
        task.press(key)
        expect(task.host.get_by_role("heading", name=name, exact=True)).to_be_focused()
        assert task.host.evaluate("element => element.shadowRoot.querySelector('[autofocus]')") is None
        task.press("Tab")
        expect(task.host.get_by_role("button", name="Close").and_(task.host.locator(":focus"))).to_be_visible()

    @pytest.mark.parametrize("key", ["1", "?", "i", "o", "Delete", "Control+z", "[", "a"])
    def test_nothing_fires_in_a_text_field(self, start: Open, page: Page, key: str) -> None:
        task = start()
        task.mark("marshes", "1")
        notes = page.locator("[name=notes]")
        notes.fill("x")
        notes.press(key)
        task.expect_spans(("Background", "marshes"))
        expect(task.host.get_by_role("dialog")).to_have_count(0)
        expect(task.test_id("missing")).to_have_count(0)

    def test_edges_move_by_word_and_by_character(self, start: Open) -> None:
        task = start()
        task.mark("cored", "3")
        for key, words in [
            ("]", "cored 42"),
            ("]", "cored 42 sites"),
            ("[", "cored 42"),
            ("Shift+[", "We cored 42"),
            ("Shift+]", "cored 42"),
            ("Alt+]", "cored 42 "),
            ("Alt+[", "cored 42"),
            ("Alt+[", "cored 4"),
            ("Alt+Shift+[", " cored 4"),
            ("Alt+Shift+]", "cored 4"),
        ]:
            task.press(key)
            task.expect_spans(("Methods", words))

    def test_edge_handles_are_dragged_by_word(self, start: Open, page: Page) -> None:
        task = start()
        task.mark("cored 42", "3")
        handle = task.test_id("handle-end")
        box = handle.evaluate(
            "element => { const b = element.getBoundingClientRect(); return [b.left + 4, b.bottom + 6] }"
        )
        page.mouse.move(*box)
        page.mouse.down()
        page.mouse.move(*task.point(task.offset("along") + 2), steps=4)
        page.mouse.up()
        task.expect_spans(("Methods", "cored 42 sites along"))
        task.press("Control+z")
        task.expect_spans(("Methods", "cored 42"))

    def test_one_key_labels_all_other_occurrences(self, start: Open) -> None:
        task = start("ant plant ant Ant ant\nant")
        task.mark("ant", "1")
        task.press("o")
        task.expect_spans(*[("Background", "ant")] * 4)
        assert [one["startOffset"] for one in task.value()["entities"]] == [0, 10, 18, 22]
        expect(task.status).to_contain_text("3 more marked")

    def test_tab_walks_the_spans_and_leaves_behind_the_last(self, start: Open, page: Page) -> None:
        task = start()
        task.mark("river", "2")
        task.mark("Salt", "1")
        task.click("carbon")
        task.press("Tab")
        task.expect_selected("Background: Salt, characters 0 to 4")
        task.press("Tab")
        task.expect_selected("Objectives: river, characters 53 to 58")
        task.press("Shift+Tab")
        task.expect_selected("Background: Salt, characters 0 to 4")
        task.press("Tab", "Tab")
        assert task.host.evaluate("element => element.shadowRoot.activeElement?.dataset.testid") != "text"

    def test_escape_then_tab_leaves_the_text(self, start: Open) -> None:
        task = start()
        task.mark("river", "2")
        task.press("Escape", "Tab")
        assert task.host.evaluate("element => element.shadowRoot.activeElement?.dataset.testid") != "text"

    def test_the_whole_task_by_keys_alone(self, start: Open, page: Page) -> None:
        task = start()
        for _ in range(20):
            if task.host.evaluate("element => element.shadowRoot.activeElement?.dataset.testid") == "text":
                break
            task.press("Tab")
        task.press("Shift+ArrowRight", "1")
        task.expect_spans(("Background", "Salt marshes"))
        task.press("ArrowRight", "ArrowRight", "2")  # store, carbon
        task.press("ArrowDown", "Home", "4")
        task.expect_spans(("Background", "Salt marshes"), ("Objectives", "carbon"), ("Results", "Stocks"))
        task.press("Shift+Tab", "3", "Delete")
        task.expect_spans(("Background", "Salt marshes"), ("Results", "Stocks"))
        task.press("Control+Enter")  # the focus goes to the question
        task.press("Space")
        expect(page.locator("[name=quality][value=yes]")).to_be_checked()
        task.press("Control+Enter")
        expect(task.test_id("progress")).to_contain_text("Submitted")

    def test_tab_shows_the_cursor_at_the_beginning_and_later_where_it_was(self, page: Page, serve: Any) -> None:
        page.set_viewport_size({"width": 1280, "height": 900})
        site = serve(in_crowd_form(markup("\n".join(f"line{n} has words" for n in range(80)))))
        page.goto(serve(f'<iframe src="{site.url}" style="width: 100%; height: 860px"></iframe>').url)
        frame = page.frames[1]
        frame.locator("truthkit-text-annotator[data-ready]").wait_for(state="attached")
        label = frame.get_by_test_id("label-Results")
        text, status, cursor = frame.get_by_test_id("text"), frame.get_by_test_id("status"), frame.locator(".cursor")

        def expect_clear() -> None:
            frame.wait_for_function(
                """() => {
                  const { shadowRoot } = document.querySelector("truthkit-text-annotator");
                  const box = (selector) => shadowRoot.querySelector(selector)?.getBoundingClientRect();
                  const cursor = box(".cursor");
                  return cursor && cursor.top >= box(".labels").bottom && cursor.bottom <= box("footer").top;
                }"""
            )

        label.focus()
        page.keyboard.press("Tab")
        expect(text).to_be_focused()
        expect(status).to_have_text("line0")
        expect_clear()
        page.keyboard.press("ArrowRight")
        expect(status).to_have_text("has")
        for _ in range(60):
            page.keyboard.press("ArrowDown")
        there = status.inner_text()
        assert there not in ("has", "line0")
        expect_clear()
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+Tab")
        expect(label).to_be_focused()
        expect(cursor).to_have_count(0)
        frame.evaluate("scrollTo(0, 0)")
        page.keyboard.press("Tab")
        expect_clear()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        expect(status).to_have_text(there)

    def test_the_mouse_puts_no_cursor(self, start: Open, page: Page) -> None:
        task = start()
        page.locator("[name=notes]").click()
        task.mark("river", "1")
        task.press("Escape", "2")
        expect(task.test_id("label-Objectives")).to_have_attribute("aria-pressed", "true")
        task.expect_spans(("Background", "river"))

    def test_the_cursor_announces_its_word(self, start: Open) -> None:
        task = start()
        task.text.focus()
        task.press("ArrowRight")
        expect(task.status).to_have_text("Salt")
        task.press("ArrowRight", "Shift+ArrowRight")
        expect(task.status).to_have_text("marshes store")


class TestList:
    def test_it_names_the_spans_and_goes_with_the_text(self, start: Open) -> None:
        task = start()
        task.mark("Salt marshes", "1")
        task.mark("river", "3")
        expect(task.options).to_have_count(2)
        names = task.options.evaluate_all("options => options.map(one => one.getAttribute('aria-label'))")
        assert names == ["Background: Salt marshes, characters 0 to 12", "Methods: river, characters 53 to 58"]
        task.options.first.click()
        expect(task.host.locator(".badge.chosen")).to_have_text("Background")
        task.click("river")
        task.expect_selected("Methods: river, characters 53 to 58")
        expect(task.host.locator(".badge.chosen")).to_have_text("Methods")

    def test_its_keys(self, start: Open) -> None:
        task = start()
        for words in ("Salt", "carbon", "river"):
            task.mark(words, "1")
        task.press("Escape")
        task.test_id("span-list").focus()
        task.press("ArrowDown", "ArrowDown")
        task.expect_selected("Background: carbon, characters 19 to 25")
        task.press("4", "Delete")
        task.expect_spans(("Background", "Salt"), ("Background", "river"))
        task.expect_selected("Background: river, characters 53 to 58")
        task.press("Home")
        task.expect_selected("Background: Salt, characters 0 to 4")
        task.press("Enter")
        assert task.host.evaluate("element => element.shadowRoot.activeElement?.dataset.testid") == "text"

    def test_the_selected_span_has_a_menu_and_steppers(self, start: Open) -> None:
        task = start()
        task.mark("cored", "1")
        task.test_id("relabel").select_option("Methods")
        task.host.get_by_role("button", name="End one word later").click()
        task.expect_spans(("Methods", "cored 42"))
        task.test_id("remove").click()
        task.expect_spans()

    def test_changes_are_announced(self, start: Open) -> None:
        task = start()
        task.mark("river", "3")
        expect(task.status).to_have_text("Methods added, 1 span")
        task.press("Control+z")
        expect(task.status).to_have_text("Undone: Methods added, 1 span")


class TestManySpans:
    """2 000 spans on 186 kB: what is in the DOM stays small, and every tool still works."""

    @pytest.fixture
    def task(self, start: Open) -> Annotator:
        line = "The kelp forest off the northern cape lost a third of its cover in two warm summers.\n"
        text = line * (186_000 // len(line))
        count = len(text) // len(line)
        given = [
            {
                "label": LABELS[i % 4],
                "startOffset": (i % count) * len(line) + 4 * (i // count),
                "endOffset": (i % count) * len(line) + 15 + 9 * (i // count),
            }
            for i in range(2000)
        ]
        given.sort(key=lambda one: (one["startOffset"], one["endOffset"]))
        return start(text, initial_value=given)

    def test_list_and_badges_are_windowed(self, task: Annotator) -> None:
        expect(task.options.first).to_be_visible()
        assert task.options.count() <= 50
        assert task.options.first.get_attribute("aria-setsize") == "2000"
        expect(task.host.locator(".badge").first).to_be_visible()
        assert task.host.locator(".badge").count() < 200
        task.test_id("span-list").focus()
        task.press("End")
        expect(task.host.locator("[aria-selected=true]")).to_have_attribute("aria-posinset", "2000")
        assert task.options.count() <= 50

    def test_marking_and_undoing_still_work(self, task: Annotator) -> None:
        task.press("Shift+a")
        assert len(task.value()["entities"]) == 2000
        task.mark("northern cape", "1")
        assert len(task.value()["entities"]) == 2001
        task.press("Control+z", "Control+z")
        assert task.value()["entities"] == []

    def test_one_long_paragraph_draws_what_is_near_the_window(self, start: Open) -> None:
        text = "The kelp forest off the northern cape lost a third of its cover. " * 800
        given = [{"label": "Methods", "startOffset": 65 * i + 4, "endOffset": 65 * i + 15} for i in range(800)]
        task = start(text, initial_value=given)
        expect(task.host.locator(".badge").first).to_be_visible()
        assert task.host.locator(".badge").count() < 200
        task.page.mouse.wheel(0, 20_000)
        # What was drawn at the beginning is gone, and the lines in the window have their marks.
        task.page.wait_for_function(
            """() => {
              const { shadowRoot } = document.querySelector("truthkit-text-annotator");
              const badges = [...shadowRoot.querySelectorAll(".badge")];
              const tops = badges.map((badge) => badge.getBoundingClientRect().top);
              return scrollY > 0 && Math.max(...tops) > 300 && Math.min(...tops) < 200 && tops.length < 300;
            }"""
        )

    def test_rows_for_bars_survive_a_move_of_the_element(self, start: Open, page: Page) -> None:
        task = start()
        for words in ("We cored 42 sites", "cored 42 sites", "42 sites"):
            task.mark(words, str(1 + words.count(" ")))
        rows = "element => element.shadowRoot.querySelector('.paragraph').style.getPropertyValue('--rows')"
        assert task.host.evaluate(rows) == "1"
        task.host.evaluate("element => element.parentElement.append(element)")
        expect(task.host.locator(".bar")).to_have_count(3)
        page.wait_for_function(f"({rows})(document.querySelector('truthkit-text-annotator')) === '1'")
        task.mark("river", "1")
        assert len(task.value()["entities"]) == 4


class TestInstructions:
    def test_a_key_opens_them(self, start: Open) -> None:
        task = start()
        task.press("i")
        dialog = task.host.get_by_role("dialog", name="Instructions")
        expect(dialog).to_be_visible()
        expect(task.page.get_by_text("Good: this.")).to_be_visible()
        task.press("Escape")
        expect(dialog).not_to_be_visible()

    def test_they_are_open_on_the_first_task_only(self, start: Open) -> None:
        expect(start().test_id("intro")).to_be_visible()
        task = start("Another text.")
        expect(task.test_id("intro")).to_be_hidden()
        changed = start(inside='<div slot="short-instructions">New rules.</div>')
        expect(changed.test_id("intro")).to_be_visible()

    def test_refused_storage_leaves_them_open(self, start: Open, page: Page) -> None:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
        )
        expect(start().test_id("intro")).to_be_visible()
        expect(start("Two.").test_id("intro")).to_be_visible()


PICTURE = "/picture.svg"


class TestPicture:
    def image_box(self, task: Annotator) -> FloatRect:
        box = task.host.locator("truthkit-picture img").bounding_box()
        assert box
        return box

    @pytest.fixture
    def task(self, start: Open) -> Annotator:
        task = start(image=PICTURE, image_alt="First page of the paper")
        task.page.wait_for_function(
            """() => document.querySelector("truthkit-text-annotator").shadowRoot.querySelector("truthkit-picture")
              .shadowRoot.querySelector("img").style.transform !== ''"""
        )
        return task

    def test_it_has_its_alternative_text(self, task: Annotator) -> None:
        expect(task.host.get_by_role("img", name="First page of the paper")).to_be_visible()

    def test_the_wheel_zooms_to_the_pointer(self, task: Annotator) -> None:
        before = self.image_box(task)
        x, y = before["x"] + before["width"] * 0.4, before["y"] + before["height"] * 0.5
        task.page.mouse.move(x, y)
        for _ in range(4):
            task.page.mouse.wheel(0, -300)
        task.page.wait_for_function(
            """() => {
              const { shadowRoot } = document.querySelector("truthkit-text-annotator");
              const picture = shadowRoot.querySelector("truthkit-picture").shadowRoot;
              return parseInt(picture.querySelector("[data-testid=zoom-fit]").textContent) > 700;
            }"""
        )
        after = self.image_box(task)
        assert (x - after["x"]) / after["width"] == pytest.approx(0.4, abs=0.01)

    def test_keys_zoom_pan_and_fit(self, task: Annotator) -> None:
        fit = task.test_id("zoom-fit")
        task.test_id("picture").focus()
        task.press("+", "+")
        expect(fit).to_contain_text("196 %")
        before = self.image_box(task)
        task.press("ArrowRight")
        assert self.image_box(task)["x"] < before["x"]
        task.press("-")
        expect(fit).to_contain_text("140 %")
        task.press("0")
        expect(fit).to_contain_text("100 %")
        task.expect_spans()

    def test_buttons_and_drag(self, task: Annotator) -> None:
        task.test_id("zoom-in").click()
        task.test_id("zoom-in").click()
        task.test_id("zoom-in").click()
        before = self.image_box(task)
        frame = task.test_id("picture").bounding_box()
        assert frame
        x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
        task.page.mouse.move(x, y)
        task.page.mouse.down()
        task.page.mouse.move(x - 30, y, steps=3)
        task.page.mouse.up()
        assert self.image_box(task)["x"] == pytest.approx(before["x"] - 30, abs=1)
        task.test_id("zoom-fit").click()
        expect(task.test_id("zoom-fit")).to_contain_text("100 %")

    def test_a_picture_that_does_not_come_is_said_and_labeling_goes_on(self, start: Open) -> None:
        task = start(image="/nothing.png?X-Amz-Expires=1")
        failed = task.test_id("picture-failed")
        expect(failed).to_contain_text("CORS")
        expect(failed).to_contain_text("expired")
        task.mark("river", "1")
        task.expect_spans(("Background", "river"))


class TestMetadata:
    def test_any_object_is_shown(self, start: Open) -> None:
        task = start(
            metadata={"title": "On <b>", "authors": ["A", "B"], "pub_year": 2020, "doi": None, "venue": {"name": "N"}}
        )
        rows = task.host.locator("dl.metadata div")
        assert rows.all_inner_texts() == [
            "Title\nOn <b>",
            "Authors\nA, B",
            "Pub year\n2020",
            "Doi\n–",
            "Venue\nName: N",
        ]

    def test_faulty_labels_are_said(self, start: Open) -> None:
        task = start(labels="['a', 'b']")
        expect(task.host.get_by_role("alert")).to_contain_text("labels is not a list")


class TestRobustness:
    """Data that nobody would write by hand, and pages in odd places."""

    def test_labels_that_change_during_the_work(self, start: Open) -> None:
        task = start()
        task.mark("river", "1")
        task.mark("Salt", "2")
        task.host.evaluate("(element, labels) => { element.labels = labels }", LABELS)
        task.expect_spans(("Objectives", "Salt"), ("Background", "river"))
        task.host.evaluate("element => element.setAttribute('labels', '[\"New\", \"Background\"]')")
        task.expect_spans(("Background", "river"))
        expect(task.host.locator(".badge")).to_have_class("badge c1")
        task.mark("Salt", "1")
        task.expect_spans(("New", "Salt"), ("Background", "river"))
        task.press("Control+z")
        task.expect_spans(("Background", "river"))

    def test_the_answer_s_key_may_change(self, start: Open, page: Page) -> None:
        task = start()
        task.host.evaluate("element => { element.name = 'spans of it' }")
        page.locator("truthkit-text-annotator > input[name='spans of it']").wait_for(state="attached")

    def test_hostile_labels_text_and_metadata_are_only_text(self, start: Open, page: Page) -> None:
        evil = '</script><img src=x onerror="window.hacked=1">{{ x }}'
        task = start(evil, labels=["__proto__", evil, "constructor"], metadata={"__proto__": evil, evil: [evil, {}]})
        task.mark("img", "1")
        task.press("Escape")
        task.mark("script", "2")
        task.mark("window", "3")
        task.expect_spans((evil, "script"), ("__proto__", "img"), ("constructor", "window"))
        assert task.text.evaluate("element => element.textContent") == evil
        page.locator("[name=quality][value=yes]").check()
        task.test_id("submit").click()
        expect(task.test_id("progress")).to_contain_text("Submitted")
        assert page.evaluate("window.hacked") is None

    def test_an_empty_text_and_no_labels(self, start: Open, page: Page) -> None:
        task = start("", labels=[])
        task.text.click()
        task.press("ArrowRight", "Shift+ArrowDown", "End", "1", "Tab", "o", "Delete")
        assert task.value() == {"entities": []}
        page.locator("[name=quality][value=yes]").check()
        task.press("Control+Enter")
        expect(task.test_id("progress")).to_contain_text("Submitted")

    @pytest.mark.parametrize("width", [1280, 390])
    def test_sixty_labels_leave_room_for_the_text(self, start: Open, page: Page, width: int) -> None:
        page.set_viewport_size({"width": width, "height": 700})
        task = start("Word here.\n" * 80, labels=[f"A label of some length {i}" for i in range(60)])
        assert task.host.locator(".labels").evaluate("one => one.offsetHeight") < 300
        task.mark("Word", "9")
        task.test_id("label-A label of some length 59").click()
        task.expect_spans(("A label of some length 59", "Word"))

    def test_200_kb_without_a_line_break(self, start: Open) -> None:
        task = start("😀 " + "The kelp forest lost a third of its cover in two warm summers. " * 3300)
        task.mark("forest", "1")
        task.text.focus()
        task.press("End")
        task.press("2")
        task.expect_spans(("Background", "forest"), ("Objectives", "summers"))

    def test_the_script_twice(self, page: Page, serve: Any) -> None:
        script = '<script src="/bundles/text-annotator.js"></script>'
        page.goto(serve(script + in_crowd_form(markup(TEXT)) + script).url)
        task = Annotator(page).ready()
        task.mark("river", "1")
        task.expect_spans(("Background", "river"))
        expect(page.locator("truthkit-text-annotator > input[type=hidden]")).to_have_count(1)

    def test_in_a_sandboxed_frame_as_high_as_its_content(self, page: Page, serve: Any) -> None:
        # As the worker portal shows tasks: an origin of its own without storage, and no scrolling inside.
        grow = """<script>new ResizeObserver(() =>
          parent.postMessage(document.documentElement.offsetHeight, '*')).observe(document.documentElement)</script>"""
        site = serve(in_crowd_form(markup("Word here.\n" * 80)).replace("</body>", f"{grow}</body>"), answer_meta=False)
        frame = f'<iframe sandbox="allow-scripts allow-forms" src="{site.url}" style="width: 100%"></iframe>'
        listen = """<script>heights = []; onmessage = ({ data }) => {
          heights.push(data); document.querySelector('iframe').style.height = `${data}px` }</script>"""
        page.goto(serve(frame + listen).url)
        inside = page.frame_locator("iframe")
        task = inside.locator("truthkit-text-annotator[data-ready]")
        task.get_by_test_id("text").focus()
        for key in ("End", "ArrowRight", "1"):
            page.keyboard.press(key)
        expect(task.get_by_test_id("draft-state")).to_contain_text("keeps no drafts")
        expect(task.get_by_test_id("span-list").get_by_role("option")).to_have_count(1)
        page.keyboard.press("?")
        expect(task.get_by_role("dialog", name="Shortcuts")).to_be_in_viewport()
        page.keyboard.press("Escape")
        inside.locator("[name=quality][value=yes]").check()
        task.get_by_test_id("submit").click()
        shown = inside.locator("crowd-form table code")
        expect(shown).to_contain_text("Background")
        heights = page.evaluate("heights")
        assert len(heights) < 12, heights
        assert heights[-1] < 6000


class TestScripts:
    def test_right_to_left(self, start: Open) -> None:
        text = "درسنا خمسة مواقع على النهر.\nThen English."
        task = start(text)
        assert task.text.locator("> *").evaluate_all("all => all.map(one => getComputedStyle(one).direction)") == [
            "rtl",
            "ltr",
        ]
        task.mark("خمسة مواقع", "1")
        task.expect_spans(("Background", "خمسة مواقع"))
        task.press("]")
        task.expect_spans(("Background", "خمسة مواقع على"))
        task.press("Escape")
        task.text.focus()
        task.press("Home", "ArrowLeft")  # forward, to the left
        expect(task.status).to_have_text("خمسة")
        badge = task.host.locator(".badge").bounding_box()
        bar = task.host.locator(".bar").bounding_box()
        assert badge
        assert bar
        assert badge["x"] + badge["width"] == pytest.approx(bar["x"] + bar["width"], abs=1)

    def test_german(self, start: Open) -> None:
        task = start(lang="de")
        expect(task.test_id("submit")).to_contain_text("Absenden")
        task.mark("river", "1")
        expect(task.status).to_contain_text("hinzugefügt")

    def test_the_browser_s_language_when_the_page_has_none(self, new_page: Any, serve: Any) -> None:
        page = new_page(locale="de-AT")
        html = in_crowd_form(markup(TEXT)).replace('lang="en"', "")
        page.goto(serve(html).url)
        expect(Annotator(page).ready().test_id("submit")).to_contain_text("Absenden")


class TestTouch:
    @pytest.fixture
    def task(self, start: Open, new_page: Any) -> Annotator:
        return start(on=new_page(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}))

    def test_a_native_selection_and_a_tap_on_a_label(self, task: Annotator) -> None:
        # What a long press and its handles leave behind; word snap comes on top.
        task.text.evaluate(
            """element => {
              const node = element.firstElementChild.firstChild;
              getSelection().setBaseAndExtent(node, 30, node, 43);
            }"""
        )
        expect(task.host.locator(".hint")).to_contain_text("cored 42 sites")
        task.test_id("label-Methods").tap()
        task.expect_spans(("Methods", "cored 42 sites"))

    def test_a_tap_selects_and_a_finger_drags_the_handle(self, task: Annotator) -> None:
        task.text.evaluate(
            """element => {
              const node = element.firstElementChild.firstChild;
              getSelection().setBaseAndExtent(node, 0, node, 12);
            }"""
        )
        task.test_id("label-Background").tap()
        task.press("Escape")
        task.page.touchscreen.tap(*task.point(6))
        task.expect_selected("Background: Salt marshes, characters 0 to 12")
        x, y = task.test_id("handle-end").evaluate(
            "element => { const b = element.getBoundingClientRect(); return [b.left + 6, b.bottom + 12] }"
        )
        to = task.point(task.offset("store") + 2)
        touch = task.page.context.new_cdp_session(task.page)
        for kind, points in [
            ("touchStart", [{"x": x, "y": y}]),
            ("touchMove", [{"x": (x + to[0]) / 2, "y": (y + to[1]) / 2}]),
            ("touchMove", [{"x": to[0], "y": to[1]}]),
            ("touchEnd", []),
        ]:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        task.expect_spans(("Background", "Salt marshes store"))

    def test_targets_are_large_enough(self, task: Annotator) -> None:
        small = task.host.evaluate(
            """element => [...element.shadowRoot.querySelectorAll("button:not(.badge), select, [role=option]")]
              .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
              .map((one) => one.outerHTML)"""
        )
        assert small == []

    def test_the_page_is_not_wider_than_the_window(self, task: Annotator) -> None:
        assert task.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestOlderBrowsers:
    @pytest.mark.parametrize(
        "missing",
        ["delete window.Highlight", "delete Document.prototype.caretPositionFromPoint"],
        ids=["highlight", "caret"],
    )
    def test_the_main_gestures_work(self, start: Open, page: Page, missing: str) -> None:
        page.add_init_script(missing)
        task = start("Salt marshes 👩‍🔬 store.\nWe cored cafe\u0301s.")
        task.mark("marshes 👩‍🔬 store", "1")
        task.mark("store", "2")
        task.mark("cored cafe\u0301s", "3")
        task.expect_spans(
            ("Background", "marshes 👩‍🔬 store"), ("Objectives", "store"), ("Methods", "cored cafe\u0301s")
        )
        task.click("marshes")
        task.press("Delete", "Control+z")
        task.expect_spans(
            ("Background", "marshes 👩‍🔬 store"), ("Objectives", "store"), ("Methods", "cored cafe\u0301s")
        )
        assert task.text.evaluate("element => element.textContent") == task.host.evaluate("element => element.text")

    def test_only_the_touched_paragraph_is_split(self, start: Open, page: Page) -> None:
        page.add_init_script("delete window.Highlight")
        task = start()
        task.mark("river", "1")
        pieces = task.text.locator("> *").evaluate_all("all => all.map(one => one.childNodes.length)")
        assert pieces[0] > 1
        assert pieces[1] == 1


class TestAccessibility:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1280, 390])
    def test_axe_finds_nothing(self, start: Open, new_page: Any, scheme: str, width: int) -> None:
        page = new_page(color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
        given = [suggestion(TEXT, "Methods", "cored 42"), suggestion(TEXT, "Results", "Stocks")]
        task = start(on=page, image=PICTURE, image_alt="Page", initial_value=given, metadata={"title": "T", "year": 1})
        task.mark("Salt marshes", "1")
        task.mark("marshes", "2")
        axe = Axe()
        assert [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in axe.run(page).response["violations"]
        ] == []
        for key in ("?", "i"):
            task.press(key)
            expect(task.host.get_by_role("dialog")).to_be_visible()
            assert [one["id"] for one in axe.run(page).response["violations"]] == []
            task.press("Escape")
        task.press("Control+Enter")
        assert [one["id"] for one in axe.run(page).response["violations"]] == []

    @pytest.mark.parametrize(
        ("button", "after"),
        [("remove", "span-list"), ("accept", "span-list"), ("accept-all", "span-list"), ("undo", "text")],
    )
    def test_the_focus_outlives_the_button_that_had_it(self, start: Open, button: str, after: str) -> None:
        given = [suggestion(TEXT, "Methods", "cored 42"), suggestion(TEXT, "Results", "Stocks")]
        task = start(initial_value=given)
        task.mark("Salt", "1")
        if button == "accept":
            task.options.nth(1).click()
            task.test_id(button).press("Enter")  # goes on to the next
            expect(task.test_id("accept")).to_be_focused()
        task.test_id(button).press("Enter")
        expect(task.test_id(after)).to_be_focused()

    def test_at_200_percent_nothing_is_cut_off(self, start: Open, page: Page) -> None:
        page.set_viewport_size({"width": 640, "height": 400})
        task = start("Word here.\n" * 80)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        task.text.focus()
        task.press(*["ArrowDown"] * 12, "1")
        page.wait_for_function(
            """() => {
              const { shadowRoot } = document.querySelector("truthkit-text-annotator");
              const edge = (name, side) => shadowRoot.querySelector(name).getBoundingClientRect()[side];
              return shadowRoot.querySelector(".bar.chosen") && edge(".labels", "bottom") <= edge(".bar.chosen", "top")
                && edge(".bar.chosen", "bottom") <= edge("footer", "top");
            }"""
        )

    def test_forced_colors_keep_marks_and_choices_visible(self, start: Open, new_page: Any) -> None:
        task = start(on=new_page(forced_colors="active"))
        task.mark("Salt marshes", "1")
        bar = task.host.locator(".bar")
        color, back = (
            bar.evaluate("bar => getComputedStyle(bar).backgroundColor"),
            task.host.locator(".work").evaluate("element => getComputedStyle(element).backgroundColor"),
        )
        assert color != back
        assert color != "rgba(0, 0, 0, 0)"

    def test_reduced_motion(self, start: Open, new_page: Any) -> None:
        task = start(on=new_page(reduced_motion="reduce"))
        task.press("?")
        assert task.host.get_by_role("dialog").evaluate("dialog => dialog.getAnimations().length") == 0

    def test_the_focus_is_not_hidden_by_what_sticks(self, start: Open, page: Page) -> None:
        page.set_viewport_size({"width": 1280, "height": 500})
        task = start("Word here.\n" * 80)
        task.mark("Word", "1")
        task.press("o")
        task.test_id("span-list").focus()
        task.press("End")
        task.expect_selected("Background: Word, characters 869 to 873")
        page.wait_for_function(
            """() => {
              const { shadowRoot } = document.querySelector("truthkit-text-annotator");
              const top = shadowRoot.querySelector("footer").getBoundingClientRect().top;
              const bars = [...shadowRoot.querySelectorAll(".bar.chosen")];
              return bars.length > 0 && bars.every((bar) => bar.getBoundingClientRect().bottom <= top);
            }"""
        )
