"""Working on the large widgets: on their categories, pictures and texts, by the hooks that every build of them has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from playwright.async_api import Error as BrowserError

from truthkit.workforce.automatic import hands
from truthkit.workforce.automatic.survey import Control, Part, Point, Survey
from truthkit.workforce.automatic.values import SENTENCES, words

LOADING_MS = 5_000
AT_FIRST = 5
"""How many annotations are made at first; further tries make one for each label, as far as ``AT_MOST``."""
AT_MOST = 24
MOST_RANKS = 200
WORDS = 6
"""How long a question or an answer is, where nothing is said of that."""

_LABELS = ".label-pane-content > .label-button"
_CATEGORIES = ".category-button"
_CANVAS = "canvas.upper-canvas"
_TEXT = "[data-testid=text]"


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget to work on. Higher variants make more, or something else."""

    survey: Survey
    control: Control
    random: Random
    variant: int

    @property
    def number(self) -> int:
        return self.control.number

    async def parts(self, selector: str) -> list[Part]:
        return [part for part in await self.survey.parts(self.number, selector) if part.reachable]

    async def amount(self) -> int:
        return await self.survey.amount(self.number)


async def work_on_widget(survey: Survey, control: Control, random: Random, variant: int = 0) -> bool:
    """Do something valid with a widget; False if nothing could be done with it."""
    work = _WORK.get(control.tag)
    try:
        return work is not None and await work(Widget(survey, control, random, variant))
    except BrowserError:
        return False


# --- categories ---


async def _pick_one(widget: Widget) -> bool:
    """Choose another category than is chosen."""
    open_ones = [part for part in await widget.parts(_CATEGORIES) if not part.on]
    return bool(open_ones) and await widget.survey.click(widget.random.choice(open_ones).number)


async def _pick_and_comment(widget: Widget) -> bool:
    """Choose a category, and say why where the template asks for that."""
    if not await _pick_one(widget):
        return False
    for opener in await widget.parts(".comment > button"):
        if await widget.survey.click(opener.number):
            await widget.survey.page.keyboard.type(widget.random.choice(SENTENCES))
            for done in await widget.parts(".comment dialog .primary"):
                await widget.survey.click(done.number)
    return True


async def _pick_some(widget: Widget) -> bool:
    """Choose one or more of the categories that are not chosen yet."""
    open_ones = [part for part in await widget.parts(_CATEGORIES) if not part.on]
    if not open_ones:
        return await widget.amount() > 0
    some = widget.random.sample(open_ones, min(len(open_ones), widget.random.randint(1, 3)))
    return all([await widget.survey.click(part.number) for part in some])


# --- pictures ---

Draw = Callable[[Widget, list[Point]], Awaitable[None]]
"""Draws at four places of the window: the corners of a piece of the picture, clockwise from the top left."""


async def _draw_box(widget: Widget, corners: list[Point]) -> None:
    await widget.survey.drag(corners[0], corners[2])


async def _draw_point(widget: Widget, corners: list[Point]) -> None:
    await widget.survey.page.mouse.click(*corners[0])


async def _draw_line(widget: Widget, corners: list[Point]) -> None:
    for corner in (corners[0], corners[2]):
        await widget.survey.page.mouse.click(*corner)


async def _draw_corners(widget: Widget, corners: list[Point]) -> None:
    for corner in corners[:3]:
        await widget.survey.page.mouse.click(*corner)
    await widget.survey.page.keyboard.press("Enter")


async def _paint(widget: Widget, corners: list[Point]) -> None:
    await widget.survey.drag(corners[0], corners[2])


def _drawing(draw: Draw) -> Callable[[Widget], Awaitable[bool]]:
    async def work(widget: Widget) -> bool:
        """Draw with each label that was not used yet; once all are, with each again."""
        if not await widget.survey.loaded(widget.number, LOADING_MS):
            return False
        labels = await _labels_to_use(widget)
        before = await widget.amount()
        for at, label in enumerate(labels):
            chosen = (at == 0 and label.on) or await widget.survey.click(label.number)
            if chosen and (place := await _place(widget, at, len(labels))):
                await draw(widget, place)
                # Else the next label would become that of what was just drawn.
                await widget.survey.page.keyboard.press("Escape")
        return await widget.amount() > before

    return work


async def _labels_to_use(widget: Widget) -> list[Part]:
    labels = await widget.parts(_LABELS)
    used = await widget.survey.labels_used(widget.number) if widget.variant else set()
    unused = [label for label in labels if label.name not in used]
    return (unused or labels)[: AT_MOST if widget.variant else AT_FIRST]


async def _place(widget: Widget, at: int, count: int) -> list[Point] | None:
    """The corners of the piece of the picture for annotation ``at`` of ``count``, in the window."""
    canvas = next(iter(await widget.parts(_CANVAS)), None)
    if canvas is None:
        return None
    columns = 3 if count <= 6 else 5
    rows = max(2, -(-count // columns))
    width, height = 0.8 / columns, 0.8 / rows
    left = 0.1 + width * (at % columns) + widget.random.uniform(0.05, 0.25) * width
    top = 0.1 + height * (at // columns) + widget.random.uniform(0.05, 0.25) * height
    shares = ((0, 0), (0.6, 0), (0.6, 0.6), (0, 0.6))
    return await widget.survey.places(canvas.number, [(left + x * width, top + y * height) for x, y in shares])


# --- texts ---


async def _mark_words(widget: Widget) -> bool:
    """Mark a word with each label."""
    labels = await _labels_to_use(widget)
    words = await widget.survey.words(widget.number, _TEXT)
    count = min(len(labels), words)
    before = await widget.amount()
    for at, word in enumerate(sorted(widget.random.sample(range(words), count))):
        if await widget.survey.drag_over(widget.number, _TEXT, word):
            await widget.survey.click(labels[at].number)
    return await widget.amount() > before


# --- forms ---


async def _rank(widget: Widget) -> bool:
    """Give each response a rank of its own, in every dimension."""
    for _ in range(MOST_RANKS):
        fields = [field for field in await widget.survey.inside(widget.number) if field.kind == "select"]
        # Each dimension has as many fields as there are ranks.
        size = len(fields[0].options) - 1 if fields else 0
        boards = [fields[at : at + size] for at in range(0, len(fields), size or 1)]
        board = next((board for board in boards if any(not field.value for field in board)), None)
        if board is None:
            return bool(fields)
        open_ones = [field for field in board if not field.value]
        element = await widget.survey.field(widget.random.choice(open_ones).number)
        if element is None:
            return False
        await element.select_option(value=str(size - len(open_ones) + 1), timeout=hands.PATIENCE_MS)
    return False


async def _ask(widget: Widget) -> bool:
    """Write as many questions and answers as are asked for, of as many words, each with a tag and a passage."""
    limits = await widget.survey.attributes(widget.number)

    def limit(name: str, otherwise: int) -> int:
        return int(limits[name]) if limits.get(name, "").strip().isdecimal() else otherwise

    pages = await widget.survey.words(widget.number, _TEXT)
    before = await widget.amount()
    for number in range(max(1, limit("min-questions", 1))):
        if number or before:
            for button in await widget.parts("#add-question"):
                await widget.survey.click(button.number)
        for field, part in (("question", "#question"), ("answer", "#answer")):
            least = limit(f"{field}-min-words", 1)
            count = min(max(least, WORDS), max(least, limit(f"{field}-max-words", WORDS)))
            for place in await widget.parts(part):
                await widget.survey.click(place.number)
                await widget.survey.page.keyboard.insert_text(
                    f"{words(count)}?" if field == "question" else words(count)
                )
        for tag in (await widget.parts(".tags > button"))[:1]:
            await widget.survey.click(tag.number)
        if pages:
            await widget.survey.drag_over(widget.number, _TEXT, widget.random.randrange(pages))
    return await widget.amount() > before


async def _review(widget: Widget) -> bool:
    """Write where nothing stands yet."""
    did = True
    for field in await widget.survey.inside(widget.number):
        if field.reachable and field.empty and field.kind == "text":
            did = await hands.fill(widget.survey, field, widget.random, widget.variant) and did
    return did


_WORK: dict[str, Callable[[Widget], Awaitable[bool]]] = {
    "crowd-bounding-box": _drawing(_draw_box),
    "crowd-classifier": _pick_one,
    "crowd-classifier-multi-select": _pick_some,
    "crowd-entity-annotation": _mark_words,
    "crowd-image-classifier": _pick_and_comment,
    "crowd-image-classifier-multi-select": _pick_some,
    "crowd-instance-segmentation": _drawing(_paint),
    "crowd-keypoint": _drawing(_draw_point),
    "crowd-line": _drawing(_draw_line),
    "crowd-polygon": _drawing(_draw_corners),
    "crowd-polyline": _drawing(_draw_corners),
    "crowd-question-answer-generation": _ask,
    "crowd-rekognition-detect-moderation-labels": _pick_some,
    "crowd-semantic-segmentation": _drawing(_paint),
    "crowd-text-ranking": _rank,
    "crowd-textract-analyze-document": _review,
}
