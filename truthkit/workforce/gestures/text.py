"""Selecting text with the mouse."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import ALL, failed, missing


async def select_text(page: Page, root: str, start: int, end: int) -> None:
    """Drag the mouse over the characters from ``start`` to ``end`` (exclusive) of the text under ``root``.

    Args:
        page: the task page.
        root: CSS selector of the element that holds the text; its first match counts.
        start: offset in UTF-16 units in all text nodes under it together, in order, as the browser composes
            shadow roots and slots.
        end: likewise; must not be inside a character (an emoji, a letter with its combining marks).

    The text is scrolled into view first. White space that takes no room on the page can't be pointed at: the drag
    then starts after it, or ends before it.
    """
    if not 0 <= start < end:
        raise failed(f"there is no text from {start} to {end}", "offsets count from 0, the end after the start")
    element = page.locator(root).first
    try:
        await element.evaluate(_FORGET_SELECTION, timeout=locate.PATIENCE_MS)
    except BrowserError:
        places = dict.fromkeys(await page.evaluate(_PLACES))
        raise missing(f"there is nothing at {root!r}", "elements with an id here", places) from None
    await drag_over(page, element, start, end)


async def drag_over(page: Page, element: Locator, start: int, end: int) -> None:
    """Drag the mouse over the characters from ``start`` to ``end`` of the text in ``element``."""
    x, y = await _aim(page, element, start, end, "start")
    await page.mouse.down()
    try:
        # The browser fixes where the selection starts at the first move: that must come before any scrolling. A press
        # that hardly moves is a click to some pages, however narrow the letter.
        await page.mouse.move(x + 1, y)
        await page.mouse.move(x + 6, y)
        await _aim(page, element, start, end, "end")
    finally:
        await page.mouse.up()


async def _aim(page: Page, element: Locator, start: int, end: int, which: str) -> tuple[float, float]:
    """Move the mouse to one end of the text and follow it until it stands still: a page may still be drawing what the
    last gesture changed. Gives where the mouse then is."""
    aimed: tuple[float, float] | None = None
    for _ in range(40):
        found: dict[str, Any] = await element.evaluate(_POINT, [start, end, which])
        if found.get("outside"):
            # Long texts take their true height only when they come near the window.
            await element.evaluate("() => new Promise(requestAnimationFrame)")
            continue
        if "problem" in found:
            raise failed(found["problem"], found["cure"])
        point = found["x"], found["y"]
        if point == aimed:
            return point
        await page.mouse.move(*point)
        # What comes near the window is laid out with the next frames only.
        await element.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        aimed = point
    raise failed(f"the text from {start} to {end} does not stand still", "is it animated, or does it scroll?")


_PLACES = f"""() => {{{ALL}
  return all(document)
    .map((e) => (e.id ? `#${{e.id}}` : e.dataset?.testid ? `[data-testid=${{e.dataset.testid}}]` : ""))
    .filter(Boolean);
}}"""

# Pressing inside a selection starts to drag the selected text away; people click elsewhere first.
_FORGET_SELECTION = """(root) => {
  for (const selection of [getSelection(), root.getRootNode().getSelection?.()])
    if (selection?.type === "Range") selection.removeAllRanges();
}"""

# The place to point at for one end of a selection: within the first or last character, close to its outer edge.
_POINT = r"""(root, [start, end, which]) => {
  const nodes = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) nodes.push(node);
    else if (node.localName === "slot" && node.assignedNodes().length) node.assignedNodes().forEach(walk);
    else if (!/^(script|style|template|noscript)$/.test(node.localName ?? ""))
      (node.shadowRoot ?? node).childNodes.forEach(walk);
  };
  walk(root);
  const text = nodes.map((node) => node.data).join("");
  if (end > text.length)
    return {
      problem: `there is no text from ${start} to ${end}: the element has ${text.length} UTF-16 units`,
      cure: `it begins with ${JSON.stringify(text.slice(0, 60))}`,
    };

  const locate = (offset) => {
    let at = 0;
    for (const node of nodes) {
      if (offset < at + node.data.length) return [node, offset - at];
      at += node.data.length;
    }
  };
  const characters = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)];
  const wanted = which === "start" ? start : end;
  const split = characters.find((c) => c.index < wanted && wanted < c.index + c.segment.length);
  if (split)
    return {
      problem: `offset ${wanted} is inside the character ${JSON.stringify(split.segment)}`,
      cure: `a mouse selects it whole: from ${split.index} or to ${split.index + split.segment.length}`,
    };

  const range = (from, to) => {
    const result = document.createRange();
    result.setStart(...locate(from));
    const [node, offset] = locate(to - 1);
    result.setEnd(node, offset + 1);
    return result;
  };
  const rects = (character) =>
    [...range(character.index, character.index + character.segment.length).getClientRects()].filter((r) => r.width > 0);
  const inside = characters.filter((c) => c.index >= start && c.index < end);
  if (which === "end") inside.reverse();
  const character = inside.find((c) => rects(c).length);
  if (!character)
    return {
      problem: `the text from ${start} to ${end} takes no room on the page: ${JSON.stringify(text.slice(start, end))}`,
      cure: "is it hidden, or only white space?",
    };
  const [node, offset] = locate(character.index);
  const box = () => rects(character).at(which === "start" ? 0 : -1);

  const parentOf = (e) => e.assignedSlot ?? e.parentElement ?? e.getRootNode().host ?? null;
  // Letters and digits have a direction of their own. What stands between runs takes that of its surroundings: if the
  // caret before it is at its left, it reads to the right.
  const direction = () => {
    const first = character.segment;
    if (/^[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first))
      return /^\p{N}/u.test(first) ? "ltr" : "rtl";
    if (/^[\p{L}\p{N}]/u.test(first)) return "ltr";
    const before = document.createRange();
    before.setStart(node, offset);
    const caret = before.getClientRects()[0];
    const here = box();
    if (caret && caret.top < here.bottom && caret.bottom > here.top) {
      if (Math.abs(caret.left - here.left) < 1) return "ltr";
      if (Math.abs(caret.left - here.right) < 1) return "rtl";
    }
    return getComputedStyle(parentOf(node)).direction;
  };
  const leftToRight = direction() === "ltr";

  const point = () => {
    const { left, right, top, bottom, width } = box();
    const inset = Math.min(width / 5, 2);
    return { x: (which === "start") === leftToRight ? left + inset : right - inset, y: (top + bottom) / 2 };
  };
  // What a press would land on, or null outside the window.
  const hit = ({ x, y }) => {
    let found = document.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const deeper = found.shadowRoot.elementFromPoint(x, y);
      if (!deeper || deeper === found) break;
      found = deeper;
    }
    return found;
  };
  const belongs = (e) => {
    for (let up = e; up; up = parentOf(up)) if (up === root) return true;
    return false;
  };
  if (!belongs(hit(point()))) {
    for (let e = parentOf(node); e; e = parentOf(e)) {
      const page = e === document.scrollingElement;
      if (!page && !/auto|scroll/.test(getComputedStyle(e).overflow)) continue;
      const view = page ? new DOMRect(0, 0, innerWidth, innerHeight) : e.getBoundingClientRect();
      const { x, y } = point();
      const aside = x < view.left || x > view.right;
      e.scrollBy({
        left: aside ? x - (view.left + view.width / 2) : 0,
        top: y - (view.top + view.height / 2),
        behavior: "instant",
      });
    }
    const covering = hit(point());
    if (!belongs(covering)) {
      if (!covering) return { outside: true };
      const what = `<${covering.localName}>`;
      return { problem: `the text at ${character.index} is covered by ${what}`, cure: "close what lies over the text" };
    }
  }
  return point();
}"""
