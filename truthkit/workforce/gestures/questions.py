"""Gestures on crowd-question-answer-generation."""

from __future__ import annotations

from collections.abc import Collection

from playwright.async_api import Error as BrowserError
from playwright.async_api import Locator, Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import failed, missing, quoted, unusable
from truthkit.workforce.gestures.spans import drag_in_text
from truthkit.workforce.gestures.widgets import click, find_widget, wait_until


async def write_question(
    page: Page,
    name: str,
    question: str,
    answer: str,
    *,
    tags: Collection[str] = (),
    references: Collection[tuple[int, int]] = (),
) -> None:
    """Write a question and its answer in a crowd-question-answer-generation.

    Args:
        page: the task page.
        name: of the element.
        question: in the open question if that is blank, else in a new one.
        answer: likewise.
        tags: to choose for the question, or to add where that is allowed.
        references: passages of the text to select for it: start and end, in UTF-16 units, the end exclusive.
    """
    widget = await find_widget(page, name, "crowd-question-answer-generation")
    body = widget.locator(".pair-body")
    if not await body.count() or not await widget.evaluate(_IS_BLANK):
        await click(widget.locator("#add-question"), "the button for another question")
        await wait_until(widget, _IS_BLANK)
    for field, text in (("question", question), ("answer", answer)):
        try:
            await body.locator(f"#{field}").fill(text, timeout=locate.PATIENCE_MS)
        except BrowserError as error:
            raise unusable(f"the field for the {field}", error) from None
    for tag in tags:
        await _tag(page, body, tag)
    for start, end in references:
        await drag_in_text(page, widget, start, end)
    wanted = {
        "question": question,
        "answer": answer,
        "tags": sorted(tags),
        "references": sorted([start, end] for start, end in references),
    }
    if not await wait_until(widget, _HAS, wanted):
        raise failed(f"the question {question!r} is not in the answer as it was written", "does the page change it?")


async def _tag(page: Page, body: Locator, tag: str) -> None:
    button = body.locator(f"button[data-tag={quoted(tag)}]")
    if not await button.count():
        own = body.locator(".own-tag input")
        if not await own.count():
            there = [await one.get_attribute("data-tag") for one in await body.locator("button[data-tag]").all()]
            raise missing(f"there is no tag {tag!r}", "tags here", dict.fromkeys(one for one in there if one))
        await click(own, "the field for a tag")
        await own.fill(tag)
        await page.keyboard.press("Enter")
    elif await button.get_attribute("aria-pressed") != "true":
        await click(button, f"the tag {tag!r}")


_IS_BLANK = """(element) => {
  const body = element.shadowRoot.querySelector(".pair-body");
  return Boolean(body) && [...body.querySelectorAll("textarea")].every((field) => field.value === "")
    && !body.querySelector("button[data-tag][aria-pressed=true], .references > li");
}"""

_HAS = """(element, wanted) => {
  const same = (one) => JSON.stringify([
    one.question, one.answer, [...one.tags].sort(),
    one.references.map(({ startOffset, endOffset }) => [startOffset, endOffset]).sort((a, b) => a[0] - b[0]),
  ]);
  const { question, answer, tags, references } = wanted;
  const meant = JSON.stringify([question, answer, [...tags].sort(), references]);
  return element.value.questionsAndAnswers.some((one) => same(one) === meant);
}"""
