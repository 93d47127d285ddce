"""What a worker can do to each element of a page, as a person does it: with mouse and keyboard.

For worker scripts and tests (Playwright's async API). Controls are found by their ``name``, in open shadow roots too.
Every gesture raises TruthkitError that says what it did not find and what there is.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.findings import Finding, TruthkitError

PATIENCE_MS = 5_000
"""How long a gesture waits for its element to be there, visible and enabled."""

_NOT_TYPED_INTO = ("hidden", "radio", "checkbox", "button", "submit", "reset", "image", "file", "range", "color")
_CROWD_TEXT = ("crowd-input", "crowd-text-area")
_TICKED = ("input[type=radio]", "input[type=checkbox]", "crowd-radio-button", "crowd-checkbox", "crowd-toggle-button")
_SUBMITS = (
    "[data-testid=submit]",
    "[data-testid=crowd-submit]",
    "crowd-button[form-action=submit]",
    "button[type=submit]",
    "input[type=submit]",
    "crowd-form button:not([type]):text-is('Submit')",
)


async def fill(page: Page, name: str, text: str) -> None:
    """Write ``text`` into the field ``name`` in place of what is there: a native text field, crowd-input,
    crowd-text-area. Numbers, dates and times are written as HTML writes them."""
    named = f"[name={_quoted(name)}]"
    typed = "".join(f":not([type={kind}])" for kind in _NOT_TYPED_INTO)
    inner = ", ".join(f"{tag}{named} :is(input, textarea)" for tag in _CROWD_TEXT)
    field = page.locator(f"input{named}{typed}, textarea{named}, {inner}").first
    try:
        await field.fill(text, timeout=PATIENCE_MS)
    except BrowserError as error:
        if await field.count():
            raise _unusable(f"the field {name!r}", error) from None
        raise _missing(
            f"there is no text field named {name!r}", "fields here", await _names(page, texts=True)
        ) from None


async def choose(page: Page, name: str, value: str = "on") -> None:
    """Choose ``value`` of ``name``: tick a native radio or checkbox, crowd-radio-button, crowd-checkbox or
    crowd-toggle-button (left alone when it is on), or pick the option of a ``<select>``, by value or text.

    ``"on"`` stands for a control without ``value``, as in the answer.
    """
    named = f"[name={_quoted(name)}]"
    valued = f"[value={_quoted(value)}]" if value != "on" else ":is([value=on], :not([value]))"
    wanted = page.locator(f":is({', '.join(_TICKED)}){named}{valued}, select{named}").first
    try:
        await wanted.wait_for(state="attached", timeout=PATIENCE_MS)
    except BrowserError:
        there = await _names(page, texts=False)
        same = {each: values for each, values in there.items() if each == name}
        raise _missing(f"there is no choice {value!r} named {name!r}", "choices here", same or there) from None
    try:
        tag = await wanted.evaluate("element => element.localName")
        if tag == "select":
            await wanted.select_option(value, timeout=PATIENCE_MS)
        elif tag == "input":
            await _tick(wanted)
        elif not await wanted.evaluate("element => element.checked"):
            await wanted.click(timeout=PATIENCE_MS)
    except BrowserError as error:
        raise _unusable(f"the choice {value!r} of {name!r}", error) from None


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other where the focus is, by Playwright's names: ``"3"``, ``"Control+Enter"``."""
    for key in keys:
        try:
            await page.keyboard.press(key)
        except BrowserError as error:
            raise TruthkitError(
                Finding("gesture", f"there is no key {key!r}: {_said(error)}", "write it as 3, Escape or Control+Enter")
            ) from None


async def submit(page: Page) -> None:
    """Press the page's Submit: the one that is visible, an annotator's own or the form's."""
    button = page.locator(", ".join(_SUBMITS)).locator("visible=true").first
    try:
        await button.click(timeout=PATIENCE_MS)
    except BrowserError as error:
        if await button.count():
            raise _unusable("Submit", error) from None
        raise _missing(
            "the page has no visible Submit", "buttons here", dict.fromkeys(await page.evaluate(_BUTTONS))
        ) from None


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
        raise TruthkitError(
            Finding(
                "gesture", f"there is no text from {start} to {end}", "offsets count from 0, the end after the start"
            )
        )
    element = page.locator(root).first
    try:
        await element.evaluate(_FORGET_SELECTION, timeout=PATIENCE_MS)
    except BrowserError:
        places = dict.fromkeys(await page.evaluate(_PLACES))
        raise _missing(f"there is nothing at {root!r}", "elements with an id here", places) from None
    x, y = await _aim(page, element, start, end, "start")
    await page.mouse.down()
    try:
        # The browser fixes where the selection starts at the first move: that must come before any scrolling.
        await page.mouse.move(x + 1, y)
        await _aim(page, element, start, end, "end")
    finally:
        await page.mouse.up()


async def _aim(page: Page, element: Locator, start: int, end: int, which: str) -> tuple[float, float]:
    """Move the mouse to one end of the text and follow it until it stands still: a page may still be drawing what the
    last gesture changed. Gives where the mouse then is."""
    aimed: tuple[float, float] | None = None
    for _ in range(20):
        found: dict[str, Any] = await element.evaluate(_POINT, [start, end, which])
        if "problem" in found:
            raise TruthkitError(Finding("gesture", found["problem"], found["cure"]))
        point = found["x"], found["y"]
        if point == aimed:
            return point
        await page.mouse.move(*point)
        aimed = point
    raise TruthkitError(
        Finding("gesture", f"the text from {start} to {end} does not stand still", "is it animated, or does it scroll?")
    )


async def _tick(box: Locator) -> None:
    if await box.is_visible() or not await box.evaluate("element => element.labels.length"):
        await box.check(timeout=PATIENCE_MS)
        return
    # Drawn by the page's own style: people press the label.
    label = (await box.evaluate_handle("element => element.labels[0]")).as_element()
    if label and not await box.is_checked():
        await label.click(timeout=PATIENCE_MS)


async def _names(page: Page, *, texts: bool) -> dict[str, list[str]]:
    """The names of the page's controls: those one writes into, or those one chooses from with their values."""
    found: list[dict[str, str]] = await page.evaluate(_CONTROLS)
    names: dict[str, list[str]] = {}
    for control in found:
        choice = control["kind"] in (*_TICKED, "select")
        if choice != texts and (choice or control["kind"].split("=")[-1].rstrip("]") not in _NOT_TYPED_INTO):
            names.setdefault(control["name"], []).append(control["value"])
    return names


def _quoted(text: str) -> str:
    """``text`` as a CSS string; JSON escapes the same characters the same way, control characters apart."""
    return json.dumps(text, ensure_ascii=False)


def _missing(message: str, what: str, there: dict[str, Any]) -> TruthkitError:
    shown = [f"{name} ({', '.join(values)})" if values and any(values) else name for name, values in there.items()]
    more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
    return TruthkitError(Finding("gesture", message, f"{what}: {', '.join(shown[:20]) or 'none'}{more}"))


def _unusable(what: str, error: BrowserError) -> TruthkitError:
    return TruthkitError(
        Finding("gesture", f"{what} can't be used: {_said(error)}", "it must be visible, enabled and not covered")
    )


def _said(error: BrowserError) -> str:
    """The one line of Playwright's report that says what was in the way."""
    lines = [line.strip(" -\t") for line in error.message.splitlines()]
    telling = [line for line in lines if line.startswith(("element is", "<", "did not find", "element does"))]
    return (telling or lines)[-1 if telling else 0]


# All elements of the page in document order, those in open shadow roots after their host.
_ALL = """
const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? [e, ...all(e.shadowRoot)] : [e]));
const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
"""

_CONTROLS = f"""() => {{{_ALL}
  return all(document).flatMap((e) => {{
    const name = e.getAttribute("name");
    if (!name || !/^(input|textarea|select|crowd-.*)$/.test(e.localName)) return [];
    const kind = e.localName === "input" ? `input[type=${{e.type}}]` : e.localName;
    if (e.localName === "select") return [...e.options].map((o) => ({{ name, kind, value: o.value }}));
    const box = /radio|checkbox|toggle/.test(kind);
    return [{{ name, kind, value: box ? e.getAttribute("value") ?? "on" : "" }}];
  }});
}}"""

_BUTTONS = f"""() => {{{_ALL}
  return all(document)
    .filter((e) => e.matches("button, crowd-button, input[type=button], [role=button]") && visible(e))
    .map((e) => (e.textContent || e.value || e.getAttribute("aria-label") || "").trim().slice(0, 40))
    .filter(Boolean);
}}"""

_PLACES = f"""() => {{{_ALL}
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
      const what = covering ? `<${covering.localName}>` : "the edge of the window";
      return { problem: `the text at ${character.index} is covered by ${what}`, cure: "close what lies over the text" };
    }
  }
  return point();
}"""
