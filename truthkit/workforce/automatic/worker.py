"""The automatic worker: fills in any page and submits it, knowing the elements and nothing of the template."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from random import Random

from playwright.async_api import Dialog, Page

from truthkit.findings import Finding, TruthkitError
from truthkit.workforce.automatic import hands
from truthkit.workforce.automatic.survey import Control, Named, Press, Survey, View
from truthkit.workforce.automatic.widgets import work_on_widget
from truthkit.workforce.scripted import ALERTS, Worker, WorkItem

ROUNDS = 60
"""How often a page may bring up something new to fill in before the worker goes on."""
TRIES = 8
"""How often Submit is pressed on a page that holds the answer back."""
MOST_PRESSES = 25
"""How many of the template's own buttons are tried."""
MOST_CHOICES = 16
"""How many other choices are tried for what they may bring up."""
PLAYING_MS = 600
"""How long a film may take to begin after its button was pressed."""
PAUSE_MS = 1_500
"""How long is waited before a further try where nothing has helped."""
LATE_MS = 10_000
"""How long is waited for a Submit that comes, or is enabled, by itself."""

_LEADS_ON = re.compile(
    r"\b(submit|done|finish\w*|send|save|complete\w*|confirm|next|continue|proceed|start|begin|ok)\b"
    r"|(^| )[→»>›▶➔➜]+( |$)",
    re.I,
)
_UNDER_WAY = ("sending", "submitted")
_KEYS = ("1", "y", "Space", "ArrowRight", "Enter")
_SUBMITS = re.compile(r"submit|finish|done\b|send", re.I)
_AVOIDED = re.compile(
    r"\b(reset|cancel|clear|delete|remove|discard|undo|close|back|previous|prev|dismiss|skip|exit|restart|hide)\b"
    r"|^[x×✕✖−-]$|(^| )[←«<‹◀]+( |$)",
    re.I,
)

Seen = Callable[[], Awaitable[None]]


async def work(page: Page, task: WorkItem, worker: Worker) -> None:
    """The automatic worker as a ``Work``. Raises TruthkitError if the page cannot be submitted."""
    await Attempt(page, worker.random).complete()


class Attempt:
    """One worker's attempt at one page.

    Args:
        page: the open page; its crowd elements stand.
        random: what chooses.
        before_submit: called when all is filled in, before Submit is pressed for the first time.
        careful: leave the template's own buttons alone: one of them may lead away from the page.
    """

    def __init__(self, page: Page, random: Random, before_submit: Seen | None = None, *, careful: bool = False) -> None:
        self._page = page
        self._seed = random.random()
        self._before_submit = before_submit
        self._careful = careful
        self._deep = False
        self._tried: dict[int, int] = {}
        self._covered: set[int] = set()
        self._pressed: set[tuple[int, int]] = set()
        self._waited = False
        self._opened: set[int] = set()
        self._said: list[str] = []
        self.survey: Survey
        self.named: dict[int, Named] = {}
        """The controls that should be in the answer, as they were last seen."""

    async def complete(self) -> None:
        """Fill in all that can be reached, and submit. Raises TruthkitError with what is in the way."""
        self._page.on("dialog", self._hear)
        try:
            self.survey = await Survey.of(self._page)
            await self._fill_all()
            await self._uncover()
            if self._before_submit:
                await self._before_submit()
            for attempt in range(1, TRIES + 1):
                state = await self._submit()
                if state == "submitted":
                    return
                await self._improve(attempt)
        finally:
            self._page.remove_listener("dialog", self._hear)
        raise TruthkitError(await self._refusal())

    async def note_named(self) -> None:
        """Note the controls that should be in the answer; a handler may take some away at Submit."""
        self.named |= {one.number: one for one in await self.survey.named()}

    def _hear(self, dialog: Dialog) -> None:
        self._said.append(dialog.message)

    # --- filling in ----------------------------------------------------------------------------------------------

    async def _fill_all(self, variant: int = 0) -> bool:
        """Fill in what is in reach and still needs it, opening tabs and dialogs; whether anything was done."""
        did = False
        for _ in range(ROUNDS):
            view = await self.survey.look()
            todo = self._wanting(view)
            if not todo:
                if not await self._open_next(view):
                    break
                continue
            for control in todo:
                self._tried[control.number] = self._tried.get(control.number, 0) + 1
                if await self._say(control, variant):
                    self._covered.discard(control.number)
                    did = True
                else:
                    self._covered.add(control.number)
        await self._close_dialogs()
        return did

    async def _say(self, control: Control, variant: int) -> bool:
        """Say something valid with a control; False if it could not be worked."""
        work = work_on_widget if control.kind == "widget" else hands.fill
        return await work(self.survey, control, self._chance(control.name, variant), variant)

    def _chance(self, *about: object) -> Random:
        """Chance for one thing: what else there is, and in what time it comes, changes nothing about it."""
        return Random(f"{self._seed}:{about}")

    def _wanting(self, view: View) -> list[Control]:
        """The controls in reach that were not worked yet, or are empty again; of a radio group one."""
        chosen = {one.group for one in view.controls if one.kind == "radio" and one.on}
        groups: dict[str, list[Control]] = {}
        wanting = []
        for control in view.controls:
            if not control.reachable:
                continue
            tries = self._tried.get(control.number, 0)
            if control.kind == "radio":
                if control.group not in chosen and tries < 2:
                    groups.setdefault(control.group, []).append(control)
            elif (
                (tries == 0 and (control.empty or not control.valid or control.kind in ("widget", "slider")))
                or (tries == 0 and control.kind == "select" and control.chosen == 0)
                or (tries < 3 and (control.empty or not control.valid) and control.kind != "check")
            ):
                wanting.append(control)
        picked = {self._chance(group[0].name).choice(group).number for group in groups.values()}
        return [one for one in view.controls if one.number in picked or one in wanting]

    async def _open_next(self, view: View) -> bool:
        """Bring hidden controls to sight: press the tab, the summary, the button that hides them."""
        await self._close_dialogs(view)
        for control in view.controls:
            opener = control.opener
            if opener is None or opener in self._opened or control.disabled or self._tried.get(control.number):
                continue
            self._opened.add(opener)
            if await self.survey.click(opener):
                return True
        return False

    async def _close_dialogs(self, view: View | None = None) -> None:
        for _ in range((view or await self.survey.look()).dialogs):
            await self._page.keyboard.press("Escape")

    # --- what is not in reach ------------------------------------------------------------------------------------

    async def _uncover(self) -> None:
        """Bring up what other choices and the template's own buttons bring up, and fill it in."""
        for control, option in await self._choices_to_try():
            if not self._unreached(await self.survey.look()):
                break
            if await hands.choose(self.survey, control, option):
                await self._fill_all()
        view = await self.survey.look()
        if self._covered or self._unreached(view) or not _submit_buttons(view):
            await self._press_own(view)

    async def _choices_to_try(self) -> list[tuple[Control, int]]:
        """Radio buttons that are off, options that are not chosen: what they enable or show may never have been in
        reach."""
        view = await self.survey.look()
        if not self._unreached(view):
            return []
        choices: list[tuple[Control, int]] = []
        for control in view.controls:
            if control.kind == "radio" and control.reachable and not control.on:
                choices.append((control, 0))
            elif control.kind == "select" and control.reachable:
                others = (at for at, option in enumerate(control.options) if option.usable and option.value)
                choices += ((control, at) for at in others if at != control.chosen)
        return choices[:MOST_CHOICES]

    def _unreached(self, view: View) -> list[Control]:
        """Named controls that no worker has been able to work so far."""
        return [
            one for one in view.controls
            if one.name and not one.reachable and not one.read_only and not self._tried.get(one.number)
            and (one.empty or one.kind in ("slider", "widget"))
        ]  # fmt: skip

    async def _press_own(self, view: View) -> bool:
        """Press the template's own buttons, the likeliest first, filling in what comes up; whether any was pressed."""
        did = False
        for _ in range(0 if self._careful else MOST_PRESSES):
            if view.state in _UNDER_WAY:
                break
            button = next(iter(self._own_buttons(view)), None)
            if button is None:
                break
            self._pressed.add((button.number, view.face))
            if await self.survey.click(button.number):
                did = True
                for number in self._covered:
                    self._tried.pop(number, None)
                await self._fill_all()
            view = await self.survey.look(deep=self._deep)
        return did

    def _own_buttons(self, view: View) -> list[Press]:
        """Those that were not pressed yet. One that leads on (to a next page) may be pressed again when the page shows
        something else."""
        before = {number for number, _ in self._pressed}
        missing = bool(self._unreached(view))

        def worth_it(one: Press) -> bool:
            if not one.reachable or one.number in self._opened or _AVOIDED.search(one.text):
                return False
            # One without a type is mostly a tool, whose handler keeps it from submitting.
            if one.submits == 2 or (one.submits and (_SUBMITS.search(one.text) or not missing)):
                return False
            again = _LEADS_ON.search(one.text) and (one.number, view.face) not in self._pressed
            return one.number not in before or bool(again)

        own = filter(worth_it, view.presses)
        return sorted(
            own,
            key=lambda one: (bool(one.submits), -2 * bool(_LEADS_ON.search(one.text)) - ("submit" in one.hint)),
        )

    # --- submitting ----------------------------------------------------------------------------------------------

    async def _submit(self) -> str:
        """Press what submits until the form says something; its state, empty if it never did."""
        view = await self.survey.look()
        if view.state in _UNDER_WAY:
            return await self._settled(view.state)
        buttons = _submit_buttons(view)
        if not buttons:
            await self._press_own(view)
            view = await self.survey.look()
            if view.state in _UNDER_WAY:
                return await self._settled(view.state)
            buttons = _submit_buttons(view)
            if not buttons:
                buttons = await self._late_submit()
                await self._fill_all()
        for button in buttons:
            await self.note_named()
            if await self.survey.click(button.number) and (state := await self.survey.outcome()):
                return state
        return ""

    async def _settled(self, state: str) -> str:
        return state if state == "submitted" else await self.survey.outcome() or state

    async def _late_submit(self) -> list[Press]:
        """A Submit that comes by itself: after the films were seen, or some time."""
        if self._waited:
            return []
        self._waited = True
        await self._play()
        waited = 0
        while True:
            view = await self.survey.look()
            if buttons := _submit_buttons(view):
                return buttons
            if waited >= (LATE_MS if any(one.submits for one in view.presses) else PAUSE_MS):
                return []
            waited += 50 if await self.survey.changed(PAUSE_MS) else PAUSE_MS

    async def _play(self) -> None:
        """Play each film and sound to its end."""
        for media in (await self.survey.look()).media:
            if media.done or not media.visible:
                continue
            # The play button of a sound is at its left; a film plays wherever it is pressed.
            for _ in range(3):
                if not await self.survey.click(media.number, (media.play_at, 0.5)):
                    break
                if await self.survey.happens(media.number, "playing", PLAYING_MS):
                    await self.survey.happens(media.number, "ended", media.length * 1000 + PLAYING_MS)
                    break

    async def _improve(self, attempt: int) -> None:
        """Do more, or something else, after a submission that was held back."""
        before = await self._fill_all(attempt)
        view = await self.survey.look()
        refused = [one for one in view.controls if one.reachable and not one.valid]
        for control in refused:
            await self._say(control, attempt)
        if before or (refused and attempt == 1):
            return
        if attempt <= 3:
            await self._play()
            self._deep = attempt > 1
            if await self._press_own(await self.survey.look(deep=self._deep)):
                return
            if self._deep and await self._drag_all(view):
                return
        await self._say_otherwise(view, attempt)
        if attempt > 3:
            # The page may want to be read to its end, or for some time, or to be worked by keys.
            await self._page.mouse.wheel(0, 100_000)
            await self.survey.blur()
            for key in _KEYS:
                await self._page.keyboard.press(key)
            await self.survey.changed(PAUSE_MS)

    async def _drag_all(self, view: View) -> bool:
        """Drag what can be dragged to where it may be dropped, in turn; whether there is anything."""
        for at, number in enumerate(view.drags if view.drops else ()):
            start = await self.survey.aim(number)
            end = await self.survey.aim(view.drops[at % len(view.drops)])
            if start and end:
                await self.survey.drag(start, end)
        return bool(view.drags and view.drops)

    async def _say_otherwise(self, view: View, attempt: int) -> None:
        """Answer everything in another way."""
        for control in view.controls:
            if not control.reachable:
                continue
            if control.kind == "radio" and control.on:
                await self._next_in_group(view, control)
            elif control.kind == "check" and attempt % 2 == 0 and not control.required:
                await hands.untick(self.survey, control)
            elif control.kind != "radio":
                await self._say(control, attempt)

    async def _next_in_group(self, view: View, chosen: Control) -> None:
        group = [one for one in view.controls if one.kind == "radio" and one.group == chosen.group and one.reachable]
        following = group[(group.index(chosen) + 1) % len(group)]
        await self.survey.click(following.number)

    async def _refusal(self) -> Finding:
        view = await self.survey.look()
        alerts = str(await self._page.evaluate(ALERTS))
        said = "; ".join(dict.fromkeys(filter(None, (alerts, *self._said[-3:]))))
        if not any(one.submits for one in view.presses):
            return Finding("page-task", "the page has no Submit", "put the controls into <crowd-form>")
        if not _submit_buttons(view):
            return Finding(
                "page-task",
                "no Submit could be pressed: it stays hidden or disabled"
                + (f"; the page says: {said}" if said else ""),
                "what shows it may need something that the automatic worker does not know: write a worker script",
            )
        return Finding(
            "page-task",
            "Submit was pressed, but no answer came" + (f"; the page says: {said}" if said else ""),
            "see what the page says"
            if alerts
            else "a handler of the template holds the submission back, whatever is filled in",
        )


def _submit_buttons(view: View) -> list[Press]:
    """What submits and can be pressed, the surest first."""
    sure = [one for one in view.presses if one.reachable and one.submits == 2]
    likely = [one for one in view.presses if one.reachable and one.submits == 1 and _SUBMITS.search(one.text)]
    return sure + likely
