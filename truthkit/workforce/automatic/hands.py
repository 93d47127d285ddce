"""Filling in one control, by pointer and keys."""

from __future__ import annotations

from random import Random

from playwright.async_api import Error as BrowserError

from truthkit.workforce.automatic.survey import Control, Survey
from truthkit.workforce.automatic.values import WRITTEN_AT_ONCE, text_for

PATIENCE_MS = 1_500
TYPED = 40
"""How many characters are typed one by one; the rest of a longer text comes at once, as if pasted."""


async def fill(survey: Survey, control: Control, random: Random, variant: int = 0) -> bool:
    """Say something valid with a form field that is in reach; False if it could not be worked.

    Higher variants say something else.
    """
    try:
        if control.kind == "text":
            return await _write(survey, control, text_for(control, random, variant))
        if control.kind in ("check", "radio"):
            return control.on or await survey.click(control.number)
        if control.kind == "select":
            return await _select(survey, control, random)
        return await _slide(survey, control, random)
    except BrowserError:
        return False


async def choose(survey: Survey, control: Control, option: int) -> bool:
    """Turn on a radio button, or choose an option of a select by its place."""
    if control.kind == "radio":
        return await survey.click(control.number)
    element = await survey.field(control.number)
    if element is None:
        return False
    try:
        await element.select_option(index=option, timeout=PATIENCE_MS)
    except BrowserError:
        return False
    return True


async def untick(survey: Survey, control: Control) -> bool:
    """Turn a check box off."""
    return not control.on or await survey.click(control.number)


async def _write(survey: Survey, control: Control, text: str) -> bool:
    """Write ``text`` in place of what is there."""
    if control.type in WRITTEN_AT_ONCE:
        element = await survey.field(control.number)
        if element is None:
            return False
        await element.fill(text, timeout=PATIENCE_MS)
        return True
    if not await survey.click(control.number):
        return False
    keyboard = survey.page.keyboard
    if control.value:
        await keyboard.press("ControlOrMeta+a")
        if not text:
            await keyboard.press("Delete")
    typed = text if control.by_character else text[:TYPED]
    await keyboard.type(typed)
    if len(text) > len(typed):
        await keyboard.insert_text(text[len(typed) :])
    return True


async def _select(survey: Survey, control: Control, random: Random) -> bool:
    """Choose an option that says something, another than the one that is chosen if there is one."""
    usable = [index for index, option in enumerate(control.options) if option.usable]
    telling = [index for index in usable if control.options[index].value] or usable
    others = [index for index in telling if index != control.chosen] or telling
    element = await survey.field(control.number)
    if element is None or not others:
        return False
    await element.select_option(index=random.choice(others), timeout=PATIENCE_MS)
    return True


async def _slide(survey: Survey, control: Control, random: Random) -> bool:
    """Press a slider somewhere else than where its knob is."""
    share = random.uniform(0.15, 0.85)
    try:
        least, most = float(control.min or 0), float(control.max or 100)
        at = (float(control.value) - least) / (most - least)
    except (ValueError, ZeroDivisionError):
        at = 0.5
    if abs(share - at) < 0.15:
        share = share + 0.3 if share < 0.5 else share - 0.3
    return await survey.click(control.number, (share, 0.5))
