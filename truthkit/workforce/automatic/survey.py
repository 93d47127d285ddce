"""What a worker sees on a page: its controls, its buttons, its films and sounds, and where each can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from playwright.async_api import ElementHandle, JSHandle, Page

from truthkit.elements import load_catalogue

OUTCOME_MS = 400
"""How long a press on Submit may take to show that the form has heard of it."""
SENDING_MS = 15_000

Point = tuple[float, float]
Kind = Literal["text", "check", "radio", "select", "slider", "widget"]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a ``<select>``; ``usable`` is one that a worker can choose."""

    value: str
    text: str
    usable: bool


@dataclass(frozen=True, slots=True)
class Control:
    """Something that takes part in the answer, or may.

    ``number`` names it on its page. ``opener`` is the number of what brings it to sight, if it is hidden by a tab, a
    dialog or ``<details>``. ``group`` is the same for the radio buttons of which one can be on. Lengths are 0 where
    there is no bound.
    """

    number: int
    kind: Kind
    tag: str
    name: str
    disabled: bool
    visible: bool
    valid: bool
    opener: int | None = None
    label: str = ""
    required: bool = False
    read_only: bool = False
    type: str = ""
    value: str = ""
    on: bool = False
    group: str = ""
    min: str = ""
    max: str = ""
    step: str = ""
    pattern: str = ""
    by_character: bool = False
    min_length: int = 0
    max_length: int = 0
    multiple: bool = False
    chosen: int = -1
    options: tuple[Option, ...] = ()
    list: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        return self.visible and not self.disabled and not self.read_only

    @property
    def empty(self) -> bool:
        """Whether nothing has been said with it."""
        if self.kind == "text":
            return not self.value
        if self.kind == "select":
            return self.chosen < 0 or not self.value
        return self.kind in ("check", "radio") and not self.on

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self:
        values = {re.sub("[A-Z]", lambda match: "_" + match[0].lower(), key): value for key, value in found.items()}
        values["options"] = tuple(Option(**option) for option in values.get("options", ()))
        values["list"] = tuple(values.get("list", ()))
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


@dataclass(frozen=True, slots=True)
class Press:
    """Something to press. ``submits``: 2 it says that it submits, 1 it does so unless a script prevents it, 0 no."""

    number: int
    tag: str
    text: str
    visible: bool
    disabled: bool
    submits: int
    hint: str

    @property
    def reachable(self) -> bool:
        return self.visible and not self.disabled


@dataclass(frozen=True, slots=True)
class Media:
    """A film or a sound. ``done``: it was played to its end, or cannot be. ``play_at``: the share of its width where a
    press plays it."""

    number: int
    visible: bool
    done: bool
    length: float
    play_at: float


@dataclass(frozen=True, slots=True)
class Part:
    """Something to press in a widget; ``name`` is the label or category that it stands for."""

    number: int
    name: str
    on: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class View:
    """A page at one moment. ``shown`` is the length of its visible text."""

    state: str
    shown: int
    controls: tuple[Control, ...]
    presses: tuple[Press, ...]
    media: tuple[Media, ...]
    dialogs: int
    drags: tuple[int, ...]
    """What can be dragged."""
    drops: tuple[int, ...]
    """What it may be dropped on."""

    @property
    def face(self) -> int:
        """Differs for views that show something else."""
        controls = (one.number for one in self.controls if one.visible)
        presses = (one.number for one in self.presses if one.visible)
        return hash((self.shown, *controls, *presses))


@dataclass(frozen=True, slots=True)
class Named:
    """A control that should be in the answer: a named one, or a widget.

    ``empty``: it says nothing while there is nothing in it. ``outside``: no form reads it. ``hidden``: nobody sees it.
    ``pictureless``: the picture that it should show did not load.
    """

    number: int
    name: str
    tag: str
    empty: bool
    outside: bool
    hidden: bool
    pictureless: bool


class Survey:
    """One open page, as its worker sees it."""

    def __init__(self, page: Page, surveyor: JSHandle) -> None:
        self.page = page
        self._surveyor = surveyor

    @classmethod
    async def of(cls, page: Page) -> Self:
        return cls(page, await page.evaluate_handle(_surveyor(), _catalogue()))

    async def look(self, *, deep: bool = False) -> View:
        """See the page as it is now; ``deep`` also looks for things to press that are no buttons."""
        found = await self._surveyor.evaluate("(surveyor, deep) => surveyor.look(deep)", deep)
        return View(
            state=found["state"],
            shown=found["shown"],
            controls=tuple(Control.of(one) for one in found["controls"]),
            presses=tuple(Press(**one) for one in found["presses"]),
            media=tuple(Media(**one) for one in found["media"]),
            dialogs=found["dialogs"],
            drags=tuple(found["drags"]),
            drops=tuple(found["drops"]),
        )

    async def aim(self, number: int, share: Sequence[float] = (0.5, 0.5)) -> Point | None:
        """Where to point to hit the element, scrolled into view; None if nothing can be pointed at."""
        found = await self._surveyor.evaluate("(surveyor, [n, share]) => surveyor.aim(n, share)", [number, list(share)])
        return None if "problem" in found else (found["x"], found["y"])

    async def places(self, number: int, shares: Sequence[Point]) -> list[Point] | None:
        """Where several places of one element are, once it is in view; None if one of them cannot be pointed at."""
        call = "(surveyor, [n, shares]) => surveyor.places(n, shares)"
        found = await self._surveyor.evaluate(call, [number, [list(share) for share in shares]])
        return None if found is None else [(x, y) for x, y in found]

    async def click(self, number: int, share: Sequence[float] = (0.5, 0.5)) -> bool:
        """Press the element with the mouse; False if nothing of it can be pointed at."""
        point = await self.aim(number, share)
        if point is None:
            return False
        await self.page.mouse.click(*point)
        return True

    async def field(self, number: int) -> ElementHandle | None:
        """The native field of a control, its own or the one inside a crowd element."""
        handle = await self._surveyor.evaluate_handle("(surveyor, n) => surveyor.field(n)", number)
        return handle.as_element()

    # --- inside widgets ------------------------------------------------------------------------------------------

    async def parts(self, widget: int, selector: str) -> list[Part]:
        """What stands in a widget's shadow root, as things to press."""
        call = "(surveyor, [n, selector]) => surveyor.parts(n, selector)"
        return [Part(**one) for one in await self._surveyor.evaluate(call, [widget, selector])]

    async def inside(self, widget: int) -> list[Control]:
        """The native controls of a widget's work."""
        found = await self._surveyor.evaluate("(surveyor, n) => surveyor.inside(n)", widget)
        return [Control.of(one) for one in found]

    async def attributes(self, widget: int) -> dict[str, str]:
        """A widget's attributes."""
        return dict(await self._surveyor.evaluate("(surveyor, n) => surveyor.attributes(n)", widget))

    async def labels_used(self, widget: int) -> set[str]:
        """The labels that a widget's answer has."""
        return set(await self._surveyor.evaluate("(surveyor, n) => surveyor.labelsUsed(n)", widget))

    async def amount(self, widget: int) -> int:
        """How much a widget's answer has: boxes, entities, labels, …"""
        return int(await self._surveyor.evaluate("(surveyor, n) => surveyor.amount(n)", widget))

    async def loaded(self, widget: int, patience_ms: float) -> bool:
        """Wait until the picture of a widget has come; False if it does not."""
        call = "(surveyor, [n, ms]) => surveyor.loaded(n, ms)"
        return bool(await self._surveyor.evaluate(call, [widget, patience_ms]))

    async def words(self, widget: int, selector: str) -> int:
        """The number of words in a part of a widget."""
        call = "(surveyor, [n, selector]) => surveyor.words(n, selector)"
        return int(await self._surveyor.evaluate(call, [widget, selector]) or 0)

    async def drag_over(self, widget: int, selector: str, word: int) -> bool:
        """Drag the mouse over a word of a part of a widget; False if it cannot be seen."""
        call = "(surveyor, [n, selector, word]) => surveyor.word(n, selector, word)"
        found = await self._surveyor.evaluate(call, [widget, selector, word])
        if found is None:
            return False
        await self.drag(tuple(found["from"]), tuple(found["to"]))
        return True

    async def drag(self, start: Point, end: Point) -> None:
        """Press the mouse at one point of the window and let it go at another."""
        mouse = self.page.mouse
        await mouse.move(*start)
        await mouse.down()
        await mouse.move(*end, steps=3)
        await mouse.up()

    # --- what becomes of it --------------------------------------------------------------------------------------

    async def outcome(self) -> str:
        """What the form says after the last press: its state, empty if it has said nothing."""
        return str(
            await self._surveyor.evaluate(
                "(surveyor, [patience, sending]) => surveyor.outcome(patience, sending)", [OUTCOME_MS, SENDING_MS]
            )
        )

    async def changed(self, patience_ms: float) -> bool:
        """Wait until anything on the page changes; False if nothing does in time."""
        return bool(await self._surveyor.evaluate("(surveyor, ms) => surveyor.changed(ms)", patience_ms))

    async def happens(self, number: int, what: Literal["playing", "ended"], patience_ms: float) -> bool:
        """Wait until a film or sound plays, or has come to its end; False if it does not in time."""
        call = "(surveyor, [n, what, ms]) => surveyor.happens(n, what, ms)"
        return bool(await self._surveyor.evaluate(call, [number, what, patience_ms]))

    async def blur(self) -> None:
        """Take the focus from where it is: keys that follow are for the page, not for a field."""
        await self._surveyor.evaluate("surveyor => surveyor.blur()")

    async def named(self) -> list[Named]:
        return [Named(**one) for one in await self._surveyor.evaluate("surveyor => surveyor.named()")]

    async def shells(self) -> list[str]:
        """Documented elements that nothing stands behind."""
        return list(await self._surveyor.evaluate("surveyor => surveyor.shells()"))


@cache
def _catalogue() -> list[list[str]]:
    """The documented elements, and those of them that are widgets."""
    catalogue = load_catalogue()
    widgets = [tag for tag, element in catalogue.items() if element.kind in ("image", "text", "choice", "review")]
    return [[*catalogue], widgets]


@cache
def _surveyor() -> str:
    return Path(__file__).with_name("surveyor.js").read_text("utf-8")
