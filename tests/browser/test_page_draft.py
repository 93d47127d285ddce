"""What a worker has done survives a reload of the page, until it is submitted."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

FORM = """<crowd-form>
  <input name="bpm" type="number"> <textarea name="note"></textarea>
  <select name="mode"><option>minor</option><option>major</option></select>
  <label><input type="radio" name="tempo" value="slow"> Slow</label>
  <crowd-input name="artist" label="Artist"></crowd-input>
  <crowd-checkbox name="live">Live</crowd-checkbox>
  <crowd-slider name="energy" min="1" max="5"></crowd-slider>
  <input type="hidden" name="made" value="by a script">
</crowd-form>"""

# The draft is written a moment after the last change: what the store holds says when.
STORED = """(count) => new Promise((resolve) => {
  const look = () => {
    const open = indexedDB.open("truthkit-drafts", 1);
    open.onsuccess = () => {
      const ask = open.result.transaction("truthkit-drafts").objectStore("truthkit-drafts").getAll();
      ask.onsuccess = () => {
        open.result.close();
        const done = ask.result.flatMap((draft) => draft.parts ?? []).filter((part) => part !== null).length;
        if (done >= count) resolve(true); else setTimeout(look, 20);
      };
    };
  };
  look();
})"""
EMPTY = """() => new Promise((resolve) => {
  const look = () => {
    const open = indexedDB.open("truthkit-drafts", 1);
    open.onsuccess = () => {
      const ask = open.result.transaction("truthkit-drafts").objectStore("truthkit-drafts").count();
      ask.onsuccess = () => { open.result.close(); if (ask.result === 0) resolve(true); else setTimeout(look, 20); };
    };
  };
  look();
})"""


def work(page: Page) -> None:
    page.locator("[name=bpm]").fill("96")
    page.locator("[name=note]").fill("two\nlines")
    page.locator("[name=mode]").select_option("major")
    page.get_by_label("Slow").check()
    page.get_by_label("Artist").fill("Ana")
    page.locator("crowd-checkbox").click()
    page.get_by_role("slider").press("End")
    page.evaluate(STORED, 7)


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
    page.evaluate(EMPTY)
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
    page.evaluate(STORED, 8)
    expect(page.locator("[name=bpm]")).to_have_value("")


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
