"""What a worker has done survives a reload of the page, until it is submitted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import CROWD_SCRIPT
from tests.browser.drafts import draft_has_states, draft_holds, no_draft

FORM = """<crowd-form>
  <input name="bpm" type="number"> <textarea name="note"></textarea>
  <select name="mode"><option>minor</option><option>major</option></select>
  <label><input type="radio" name="tempo" value="slow"> Slow</label>
  <crowd-input name="artist" label="Artist"></crowd-input>
  <crowd-checkbox name="live">Live</crowd-checkbox>
  <crowd-slider name="energy" min="1" max="5"></crowd-slider>
  <input type="hidden" name="made" value="by a script">
</crowd-form>"""


def work(page: Page) -> None:
    page.locator("[name=bpm]").fill("96")
    page.locator("[name=note]").fill("two\nlines")
    page.locator("[name=mode]").select_option("major")
    page.get_by_label("Slow").check()
    page.get_by_label("Artist").fill("Ana")
    page.locator("crowd-checkbox").click()
    page.get_by_role("slider").press("End")
    draft_has_states(page, 7)


def test_work_is_back_after_a_reload_and_gone_after_submit(page: Page, visit: Any) -> None:
    site = visit(FORM)
    work(page)
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert site.answers == [
        [
            {
                "bpm": "96",
                "note": "two\nlines",
                "mode": "major",
                "tempo": {"slow": True},
                "artist": "Ana",
                "live": {"on": True},
                "energy": 5,
                "made": "by a script",
            }
        ]
    ]
    no_draft(page)
    page.reload()
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
    expect(page.locator("[name=bpm]")).to_have_value("")


def test_starting_over_can_be_taken_back(page: Page, visit: Any) -> None:
    visit(FORM)
    work(page)
    page.reload()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("[name=bpm]")).to_have_value("")
    expect(page.get_by_label("Artist")).to_have_value("")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("[name=bpm]")).to_have_value("96")
    expect(page.get_by_label("Artist")).to_have_value("Ana")


def test_another_task_at_the_same_place_gets_no_draft(page: Page, visit: Any) -> None:
    site = visit(FORM)
    work(page)
    page.route(site.url, lambda route: route.fulfill(body=site.html.decode().replace("Artist", "Painter")))
    page.reload()
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
    page.locator("[name=note]").fill("mine")
    draft_has_states(page, 8)  # seven of the first task and one of this
    expect(page.locator("[name=bpm]")).to_have_value("")


CLASSIFIER = """<crowd-form><crowd-classifier name="g" categories="['Spam', 'Ham']">
  <classification-target>{}</classification-target></crowd-classifier></crowd-form>"""


def reopen(page: Page, site: Any, html: str) -> None:
    """The same address with another page."""
    body = site.html.decode().split("<crowd-form>")[0] + html
    page.route(site.url, lambda route: route.fulfill(body=body, content_type="text/html"))
    page.reload()
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")


def settled(page: Page) -> None:
    """The store has been asked what is left of earlier: a later question to it is answered after."""
    draft_holds(page, "")


def test_another_text_to_judge_is_another_task(page: Page, visit: Any) -> None:
    site = visit(CLASSIFIER.format("Task one"))
    page.get_by_role("radio", name="Spam").click()
    draft_has_states(page, 1)
    reopen(page, site, CLASSIFIER.format("Task two"))
    settled(page)
    expect(page.get_by_role("radio", name="Spam")).not_to_be_checked()
    assert page.evaluate("document.querySelector('crowd-classifier').value === undefined")


def test_what_a_script_writes_is_part_of_the_task(page: Page, visit: Any) -> None:
    form = "<crowd-form><input name=a><input name=b><script>document.querySelector('[name=a]').value = '{}'</script>"
    site = visit(form.format("one") + "</crowd-form>")
    page.locator("[name=b]").fill("mine")
    draft_has_states(page, 1)
    reopen(page, site, form.format("two") + "</crowd-form>")
    settled(page)
    expect(page.locator("[name=b]")).to_have_value("")
    expect(page.locator("[name=a]")).to_have_value("two")


def test_work_goes_back_to_its_own_field_when_that_comes(page: Page, visit: Any) -> None:
    visit("""<crowd-form><input name="a"><button type="button" id="more">More</button><input name="b"></crowd-form>
      <script>more.onclick = () => {
        const made = document.createElement("crowd-input"); made.name = "extra"; more.before(made) }</script>""")
    page.get_by_role("button", name="More").click()
    page.locator("crowd-input input").fill("EXTRA")
    page.locator("[name=a]").fill("A")
    draft_has_states(page, 2)
    page.reload()
    expect(page.locator("[name=a]")).to_have_value("A")
    expect(page.locator("[name=b]")).to_have_value("")
    page.get_by_role("button", name="More").click()
    expect(page.locator("crowd-input input")).to_have_value("EXTRA")


def test_what_changes_before_the_store_answers_takes_nothing_away(page: Page, visit: Any) -> None:
    visit("""<crowd-form><input name="a"><input name="b"></crowd-form><script>
      document.addEventListener("all-crowd-elements-ready", () => setTimeout(() => {
        const b = document.querySelector("[name=b]");
        b.value = "from a script"; b.dispatchEvent(new Event("input", { bubbles: true })) }))</script>""")
    page.locator("[name=a]").fill("mine")
    draft_has_states(page, 2)
    page.reload()
    expect(page.locator("[name=a]")).to_have_value("mine")
    expect(page.locator("[name=b]")).to_have_value("from a script")


def test_a_reset_resets_the_draft(page: Page, visit: Any) -> None:
    visit(CLASSIFIER.format("Task"))
    page.get_by_role("radio", name="Spam").click()
    draft_has_states(page, 1)
    page.evaluate("document.querySelector('crowd-form').reset()")
    draft_has_states(page, 0)
    page.reload()
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
    settled(page)
    expect(page.get_by_role("radio", name="Spam")).not_to_be_checked()
    expect(page.get_by_text("Your earlier work")).to_have_count(0)


def test_two_forms_of_a_page_have_a_draft_each(page: Page, visit: Any) -> None:
    form = '<crowd-form><input name="a"></crowd-form>'
    visit(form + form)
    page.locator("[name=a]").first.fill("first")
    draft_has_states(page, 1)
    page.reload()
    expect(page.locator("[name=a]").first).to_have_value("first")
    settled(page)
    expect(page.locator("[name=a]").last).to_have_value("")


def test_a_signature_is_no_part_of_the_task(page: Page, visit: Any) -> None:
    form = (
        '<crowd-form><input name="a"><img alt="" '
        'src="/p.svg?AWSAccessKeyId=k&amp;Signature={}&amp;Expires={}"></crowd-form>'
    )
    site = visit(form.format("one", 1))
    page.locator("[name=a]").fill("mine")
    draft_has_states(page, 1)
    reopen(page, site, form.format("two", 2))
    expect(page.locator("[name=a]")).to_have_value("mine")


def test_without_storage_the_page_works(page: Page, visit: Any) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } });"
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"
    )
    site = visit(FORM)
    page.locator("[name=bpm]").fill("96")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert site.answers[0][0]["bpm"] == "96"


# --- before all of the page stands ---

# Playwright chooses an option as a script would; keys are the worker's.
EARLY = """<crowd-form>
  <input name="bpm" type="number"> <textarea name="note"></textarea>
  <label><input type="checkbox" name="own" value="yes"> Own</label>
  <select name="mode"><option>minor</option><option>major</option></select>
  <crowd-input name="artist" label="Artist"></crowd-input>
  <crowd-checkbox name="live">Live</crowd-checkbox>
  <crowd-classifier name="g" categories="['Spam', 'Ham']"><classification-target>A text</classification-target>
  </crowd-classifier></crowd-form>"""
NATIVE = {"bpm": "96", "note": "quick", "own": {"yes": True}, "mode": "major"}
ALL = {**NATIVE, "artist": "Ana", "live": {"on": True}, "g": {"label": "Ham"}}


def hurry(page: Page, *, elements: bool = True) -> None:
    page.locator("[name=bpm]").press_sequentially("96")
    page.locator("[name=note]").press_sequentially("quick")
    page.get_by_label("Own").check()
    page.locator("[name=mode]").press("ArrowDown")
    if elements:
        page.get_by_label("Artist").press_sequentially("Ana")
        page.locator("crowd-checkbox").click()
        page.get_by_role("radio", name="Ham").click()


class Held:
    """A script of the page that comes when it is let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._asked, self.held = page, list[Route](), True
        page.route(address, self._ask)

    def _ask(self, route: Route) -> None:
        if self.held:
            self._asked.append(route)
        else:
            self._give(route)

    @staticmethod
    def _give(route: Route) -> None:
        if "late" in route.request.url:
            route.fulfill(body="", content_type="text/javascript")
        else:
            route.continue_()

    def let_go(self) -> None:
        self.held = False
        for route in self._asked:
            self._give(route)
        self._asked.clear()
        self._page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")


def answer(page: Page, site: Any) -> Any:
    page.get_by_role("button", name="Submit").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    return site.answers[-1][0]


TASKS = ("", '<meta name="truthkit-task" content="one">')


@pytest.mark.parametrize("task", TASKS, ids=["unnamed", "named"])
def test_what_is_done_before_the_page_is_whole_is_kept(page: Page, serve: Any, task: str) -> None:
    site = serve(f"{task}{CROWD_SCRIPT}{EARLY}<script src='/late.js'></script>")
    held = Held(page, "**/late.js")
    page.goto(site.url, wait_until="commit")
    hurry(page)
    held.let_go()
    draft_has_states(page, len(ALL))
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    assert answer(page, site) == ALL


@pytest.mark.parametrize("task", TASKS, ids=["unnamed", "named"])
def test_what_is_done_before_the_crowd_script_comes_is_kept(page: Page, serve: Any, task: str) -> None:
    site = serve(f"{task}{EARLY}{CROWD_SCRIPT}")
    held = Held(page, "**/crowd-html-elements.js")
    page.goto(site.url, wait_until="commit")
    hurry(page, elements=False)
    page.locator("[name=note]").focus()
    held.let_go()
    expect(page.locator("[name=note]")).to_be_focused()
    page.keyboard.type("er")
    draft_has_states(page, len(NATIVE))
    page.reload()
    expect(page.get_by_text("Your earlier work on this task is back.")).to_be_visible()
    page.get_by_role("radio", name="Ham").click()
    assert answer(page, site) == {**NATIVE, "note": "quicker", "live": {"on": False}, "g": {"label": "Ham"}}


def test_an_earlier_draft_is_not_put_over_what_was_done_since(page: Page, serve: Any) -> None:
    site = serve(f"{TASKS[1]}{CROWD_SCRIPT}{EARLY}<script src='/late.js'></script>")
    held = Held(page, "**/late.js")
    page.goto(site.url, wait_until="commit")
    held.let_go()
    hurry(page)
    draft_has_states(page, len(ALL))
    held.held = True
    page.reload(wait_until="commit")
    page.locator("[name=note]").press_sequentially("newer")
    page.get_by_label("Artist").press_sequentially("Bea")
    page.get_by_role("radio", name="Spam").click()
    held.let_go()
    expect(page.locator("[name=bpm]")).to_have_value("96")
    assert answer(page, site) == {**ALL, "note": "newer", "artist": "Bea", "g": {"label": "Spam"}}
