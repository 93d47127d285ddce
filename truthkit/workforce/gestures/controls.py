"""Gestures on form controls, native and crowd: they are found by their ``name``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import ALL, failed, missing, quoted, unusable

_NOT_TYPED_INTO = ("hidden", "radio", "checkbox", "button", "submit", "reset", "image", "file", "range", "color")
_CROWD_TEXT = ("crowd-input", "crowd-text-area")
_TICKED = ("input[type=radio]", "input[type=checkbox]", "crowd-radio-button", "crowd-checkbox", "crowd-toggle-button")
_CHOICES = ", ".join((*_TICKED, "select"))
_UNTICKED = ("input[type=checkbox]", "crowd-checkbox", "crowd-toggle-button")
_SLIDERS = "input[type=range], crowd-slider"
_NATIVE_FIELDS = "input" + "".join(f":not([type={kind}])" for kind in _NOT_TYPED_INTO) + ", textarea"
_FIELDS = ", ".join((_NATIVE_FIELDS, *_CROWD_TEXT))


async def fill(page: Page, name: str, text: str) -> None:
    """Write ``text`` into the field ``name`` in place of what is there: a native text field, crowd-input,
    crowd-text-area. Numbers, dates and times are written as HTML writes them."""
    named = f"[name={quoted(name)}]"
    inner = f":is({', '.join(_CROWD_TEXT)}){named} :is(input, textarea)"
    field = page.locator(f":is({_NATIVE_FIELDS}){named}, {inner}").first
    try:
        await field.fill(text, timeout=locate.PATIENCE_MS)
    except BrowserError as error:
        if await field.count():
            raise unusable(f"the field {name!r}", error) from None
        raise missing(f"there is no text field named {name!r}", "fields here", await _names(page, "text")) from None


async def choose(page: Page, name: str, value: str = "on") -> None:
    """Choose ``value`` of ``name``: tick a native radio or checkbox, crowd-radio-button, crowd-checkbox or
    crowd-toggle-button (left alone when it is on), or pick the option of a ``<select>``, by value or text.

    ``"on"`` stands for a control without ``value``, as in the answer.
    """
    wanted = await _find_choice(page, name, value, (*_TICKED, "select"))
    try:
        tag = await wanted.evaluate("element => element.localName")
        if tag == "select":
            await wanted.select_option(value, timeout=locate.PATIENCE_MS)
        else:
            await _switch(wanted, True)
    except BrowserError as error:
        raise unusable(f"the choice {value!r} of {name!r}", error) from None


async def untick(page: Page, name: str, value: str = "on") -> None:
    """Turn off what ``choose`` turns on: a native checkbox, crowd-checkbox or crowd-toggle-button."""
    wanted = await _find_choice(page, name, value, _UNTICKED)
    try:
        await _switch(wanted, False)
    except BrowserError as error:
        raise unusable(f"the choice {value!r} of {name!r}", error) from None


async def slide(page: Page, name: str, value: float) -> None:
    """Bring the knob of ``name``, a crowd-slider or ``<input type="range">``, to ``value``: a press beside it, then
    arrow keys. ``value`` must be one that the slider can have."""
    named = f"[name={quoted(name)}]"
    slider = page.locator(f"input[type=range]{named}, crowd-slider{named} input[type=range]").first
    try:
        await slider.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        raise missing(f"there is no slider named {name!r}", "sliders here", await _names(page, "slider")) from None
    await bring(page, slider, f"the slider {name!r}", value)


async def bring(page: Page, slider: Locator, what: str, value: float) -> None:
    """Bring the knob of an ``<input type="range">`` to ``value``; ``what`` it is goes into the fault if it can't be."""
    scale: dict[str, Any] = await slider.evaluate(_SCALE)
    target = Decimal(str(value))
    least, most, step = (Decimal(scale[key]) for key in ("min", "max", "step"))
    if not least <= target <= most or (step and (target - least) % step):
        stride = f" in steps of {scale['step']}" if step else ""
        raise failed(f"{what} can't be at {value}", f"it goes from {scale['min']} to {scale['max']}{stride}")
    share = float((target - least) / (most - least)) if most > least else 0.0
    inset = min(scale["height"], scale["width"]) / 2
    along = inset + (1 - share if scale["mirrored"] else share) * (scale["width"] - 2 * inset)
    try:
        await slider.click(position={"x": along, "y": scale["height"] / 2}, timeout=locate.PATIENCE_MS)
        if step:
            away = int((target - Decimal(await slider.input_value())) / step)
            for _ in range(abs(away)):
                await page.keyboard.press("ArrowUp" if away > 0 else "ArrowDown")
        reached = Decimal(await slider.input_value())
    except BrowserError as error:
        raise unusable(what, error) from None
    # Without steps a slider goes as far as a pixel leads.
    tolerance = 0 if step else (most - least) / max(1, int(scale["width"]))
    if abs(reached - target) > tolerance:
        raise failed(f"{what} went to {reached} in place of {value}", "does the page move it by itself?")


async def _find_choice(page: Page, name: str, value: str, kinds: tuple[str, ...]) -> Locator:
    valued = f"[value={quoted(value)}]" if value != "on" else ":is([value=on], :not([value]))"
    boxes = ", ".join(kind for kind in kinds if kind != "select")
    selects = f", select[name={quoted(name)}]" if "select" in kinds else ""
    wanted = page.locator(f":is({boxes})[name={quoted(name)}]{valued}{selects}").first
    try:
        await wanted.wait_for(state="attached", timeout=locate.PATIENCE_MS)
    except BrowserError:
        there = await _names(page, "choice")
        same = {each: values for each, values in there.items() if each == name}
        raise missing(f"there is no choice {value!r} named {name!r}", "choices here", same or there) from None
    return wanted


async def _switch(box: Locator, on: bool) -> None:
    if await box.evaluate("element => element.checked") is on:
        return
    # Drawn by the page's own style: people press the label.
    drawn = not await box.is_visible() and await box.evaluate("element => Boolean(element.labels?.length)")
    label = (await box.evaluate_handle("element => element.labels?.[0]")).as_element() if drawn else None
    await (label or box).click(timeout=locate.PATIENCE_MS)
    if await box.evaluate("element => element.checked") is not on:
        raise failed(f"a press did not turn it {'on' if on else 'off'}", "does the page prevent it?")


async def _names(page: Page, kind: str) -> dict[str, list[str]]:
    """The names of the page's controls of one kind; those one chooses from with their values."""
    found: list[dict[str, str]] = await page.evaluate(_CONTROLS, [_CHOICES, _SLIDERS, _FIELDS])
    names: dict[str, list[str]] = {}
    for control in found:
        if control["kind"] == kind:
            names.setdefault(control["name"], []).append(control["value"])
    return names


_CONTROLS = f"""([choices, sliders, fields]) => {{{ALL}
  const kinds = {{ choice: choices, slider: sliders, text: fields }};
  return all(document).flatMap((e) => {{
    const name = e.getAttribute("name");
    const kind = name && Object.keys(kinds).find((kind) => e.matches(kinds[kind]));
    if (!kind) return [];
    if (e.localName === "select") return [...e.options].map((o) => ({{ name, kind, value: o.value }}));
    return [{{ name, kind, value: kind === "choice" ? e.getAttribute("value") ?? "on" : "" }}];
  }});
}}"""

# Numbers as the texts that people see. A mirrored slider has its least value at the right.
_SCALE = """(input) => {
  const host = input.getRootNode().host ?? input;
  const { width, height } = input.getBoundingClientRect();
  const or = (text, otherwise) => (text === "" || Number.isNaN(Number(text)) ? otherwise : text);
  return {
    min: or(input.min, "0"), max: or(input.max, "100"),
    step: input.step === "any" ? "0" : or(input.step, "1"),
    mirrored: host.matches(":dir(rtl)"), width, height,
  };
}"""
