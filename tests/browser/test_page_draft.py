"""What a worker has done survives a reload of the page, until it is submitted."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

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
