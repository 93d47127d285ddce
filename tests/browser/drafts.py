"""Waiting for what the browser keeps of a worker's work: it is written a moment after the last change."""

from __future__ import annotations

from playwright.sync_api import Frame, Page

# A text is in a draft, or so many states of controls and elements are kept, or (null) no draft at all.
_UNTIL = """(wanted) => new Promise((resolve, reject) => {
  const enough = (drafts) => wanted === null ? drafts.length === 0 : typeof wanted === "string"
    ? JSON.stringify(drafts).includes(wanted)
    : drafts.flatMap((draft) => Object.keys(draft.states)).length === wanted;
  const until = performance.now() + 30000;
  const open = indexedDB.open("truthkit-drafts", 1);
  // Whoever asks before the page does makes what the page would have made.
  open.onupgradeneeded = () => open.result.createObjectStore("truthkit-drafts");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const look = () => {
      const ask = open.result.transaction("truthkit-drafts").objectStore("truthkit-drafts").getAll();
      ask.onerror = () => reject(ask.error);
      ask.onsuccess = () => {
        const done = enough(ask.result);
        if (!done && performance.now() < until) { setTimeout(look, 20); return; }
        open.result.close();
        if (done) resolve(); else reject(new Error(`${wanted} never came: ${JSON.stringify(ask.result)}`));
      };
    };
    try { look(); } catch (error) { reject(error); }
  };
})"""


def draft_holds(page: Page | Frame, text: str) -> None:
    """Wait until a draft, as JSON, has ``text``. Fails after thirty seconds with the drafts that there are."""
    page.evaluate(_UNTIL, text)


def draft_has_states(page: Page | Frame, count: int) -> None:
    """Wait until the drafts hold exactly ``count`` states of controls and elements. Fails as `draft_holds`."""
    page.evaluate(_UNTIL, count)


def no_draft(page: Page | Frame) -> None:
    """Wait until nothing is kept. Fails as `draft_holds`."""
    page.evaluate(_UNTIL, None)
