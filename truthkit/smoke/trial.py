"""Trying templates: each is opened, filled in by the automatic worker, submitted, and judged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright
from playwright.async_api import Error as BrowserError

from truthkit.browser import LaunchOptions, nothing_but
from truthkit.elements import load_catalogue
from truthkit.findings import Finding, TruthkitError
from truthkit.pages import content_security_policy, serve, task_app
from truthkit.project import bundles_dir
from truthkit.smoke.server import (
    PLACEHOLDER,
    Desk,
    Elsewhere,
    Objects,
    Sheet,
    object_address,
    objects_app,
    signed_address,
    with_relative_files,
)
from truthkit.smoke.templates import Found, Made, input_beside, input_file, make_page
from truthkit.workforce.automatic import Attempt, Named
from truthkit.workforce.picture import VIEWPORT, take_picture
from truthkit.workforce.watch import PROBE, Watch

OPEN_MS = 10_000
READY_MS = 10_000
SECONDS = 90.0
"""How long one template may take."""
ANSWER_SECONDS = 10.0
LEAVE_SECONDS = 20.0
ENDING_SECONDS = 0.3
"""How long after its pages a browser may take to be known to have ended."""

_FORGIVEN = frozenset({"page-network-refused", "page-object", "page-unknown-element"})
"""Errors of a job's page that say nothing of the template here: there is no network, and objects are made up."""


@dataclass(frozen=True, slots=True)
class TemplateResult:
    """What became of one template. ``answer`` is None if none came."""

    path: Path
    findings: tuple[Finding, ...]
    answer: dict[str, Any] | None

    @property
    def ok(self) -> bool:
        """Whether it was submitted, and nothing about it is an error."""
        return self.answer is not None and not any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "ok": self.ok,
            "findings": [finding.to_json() for finding in self.findings],
            "answer": self.answer,
        }


_OF_INPUT = re.compile(
    "TypeError|SyntaxError|Cannot (read|set) properties|JSON|Unexpected token|is not (iterable|a function)"
)
"""What scripts say that were given other data than they work on."""

_MADE_UP = "its task input was made up"

_LEFT = re.compile("navigati|destroyed")
"""What Playwright says when the page that it works on is another one."""


async def try_templates(
    templates: Sequence[Found],
    *,
    task_input: Mapping[str, Any] | None,
    objects_of: Objects,
    launch: LaunchOptions,
    seed: int,
    out: Path | None,
    on_result: Callable[[TemplateResult], None],
) -> None:
    """Try each template in one browser, several at a time; results come as they are done.

    Args:
        templates: what to try.
        task_input: the task input of all; None: each its own, or one that is made up.
        objects_of: which objects there are.
        launch: how the browser is started.
        seed: of the worker's chance; the same gives the same answers.
        out: where a picture and the answer of each go.
        on_result: told of each template.
    """
    desk = Desk()
    policies: list[str] = []
    async with AsyncExitStack() as stack:
        app = with_relative_files(task_app(desk, bundles=bundles_dir(), policy=lambda: policies[0]), desk)
        origin = await stack.enter_async_context(serve(app))
        objects = await stack.enter_async_context(serve(objects_app(objects_of, origin)))
        # Media of other hosts get placeholders before they reach the network, which there is none of.
        policies.append(content_security_policy(objects, media_from="*"))
        playwright = await stack.enter_async_context(async_playwright())
        trial = Trial(
            lambda: playwright.chromium.launch(**launch),
            desk,
            origin=origin,
            objects=objects,
            task_input=task_input,
            seed=seed,
            out=out,
        )
        waiting = iter(enumerate(templates))

        async def slot() -> None:
            for number, found in waiting:
                on_result(await trial.of(number, found))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(len(templates), 4, (os.cpu_count() or 1) + 1)):
                    group.create_task(slot())
        finally:
            await trial.close()


class Trial:
    """The trial of templates in one browser; pages are used again while nothing broke on them, and a browser that ended
    is started anew."""

    def __init__(
        self,
        launch: Callable[[], Awaitable[Browser]],
        desk: Desk,
        *,
        origin: str,
        objects: str,
        task_input: Mapping[str, Any] | None,
        seed: int,
        out: Path | None,
    ) -> None:
        self._launch = launch
        self._browser: Browser | None = None
        self._desk = desk
        self._origin = origin
        self._objects = objects
        self._task_input = task_input
        self._seed = seed
        self._out = out
        self._free: list[_Stage] = []
        self._context: BrowserContext | None = None
        self._making = asyncio.Lock()
        self._own_keys = _own_keys()

    async def of(self, number: int, found: Found) -> TemplateResult:
        """Try one template; whatever goes wrong is a finding of it. If its scripts cannot work on the task input that
        was made up for it, it is tried again on one with lists."""
        result = await self._with_input(number, found)
        if any(finding.cure.startswith(_MADE_UP) for finding in result.findings):
            again = await self._with_input(number, found, lists=True)
            result = again if again.ok else result
        try:
            if self._out and result.answer is not None:
                text = json.dumps(result.answer, indent=2, ensure_ascii=False, sort_keys=True)
                self._file(found, ".answer.json").write_text(text + "\n", "utf-8", errors="backslashreplace")
        except OSError as error:
            fault = _fault(found, f"a file could not be read or written: {error.strerror or error}")
            result = replace(result, findings=(*result.findings, fault))
        return result

    async def _with_input(self, number: int, found: Found, *, lists: bool = False) -> TemplateResult:
        sheet = Sheet("")
        findings: list[Finding] = []
        try:
            made = await asyncio.to_thread(self._make, found, lists=lists)
            findings += made.findings
            sheet.html = made.rendered.html
            self._desk.sheets[str(number)] = sheet
            findings += await self._try(str(number), found, made, sheet)
        except TruthkitError as error:
            findings += error.findings
        except OSError as error:
            findings.append(_fault(found, f"a file could not be read or written: {error.strerror or error}"))
        finally:
            self._desk.sheets.pop(str(number), None)
        return TemplateResult(found.path, tuple(dict.fromkeys(findings)), sheet.answer)

    def _make(self, found: Found, *, lists: bool) -> Made:
        task_input = self._task_input if self._task_input is not None else input_beside(found.path)
        return make_page(
            found.path,
            task_input,
            sign=lambda uri: signed_address(self._objects, uri),
            address=lambda uri: object_address(self._objects, uri),
            lists=lists,
        )

    async def _try(self, token: str, found: Found, made: Made, sheet: Sheet) -> list[Finding]:
        """Try it once, and again on a fresh page if the browser has ended (another page may have brought it down), or
        the page before was still going elsewhere, or, without pressing the template's own buttons, if one of them has
        led away from the page."""
        findings: list[Finding] = []
        careful = False
        for attempt in range(3):
            try:
                stage = await self._stage(fresh=attempt > 0)
            except BrowserError as error:
                findings = [_failed(found, error)]
                await asyncio.sleep(ENDING_SECONDS)
                continue
            findings = await self._on(stage, token, found, made, sheet, careful=careful)
            if stage.closed:
                await asyncio.sleep(ENDING_SECONDS)
            if sheet.answer is not None or (stage.stands and not stage.left):
                break
            careful = careful or (stage.left and stage.opened)
        return findings

    async def _on(
        self, stage: _Stage, token: str, found: Found, made: Made, sheet: Sheet, *, careful: bool
    ) -> list[Finding]:
        stage.begin(found, made)
        faults: list[Finding] = []
        broken = True
        limit = asyncio.timeout(SECONDS)
        try:
            async with limit:
                faults += await self._attend(stage, token, found, sheet, careful=careful)
            broken = False
        except TruthkitError as error:
            faults += (replace(finding, file=finding.file or str(found.path)) for finding in error.findings)
        except TimeoutError:
            if not limit.expired():
                raise
            faults.append(_fault(found, f"it was not done within {SECONDS:.0f} seconds"))
        except BrowserError as error:
            stage.left = bool(_LEFT.search(str(error)))
            stage.closed = "has been closed" in str(error)
            # A page that is left after its answer came has done its work.
            if not (stage.left and sheet.answer is not None):
                faults.append(_failed(found, error))
        if broken:
            await self._leave(stage, found)
        else:
            self._free.append(stage)
        return [*stage.judged(), *faults]

    async def _attend(self, stage: _Stage, token: str, found: Found, sheet: Sheet, *, careful: bool) -> list[Finding]:
        """Open the page, do it, submit it; gives what is wrong with what came of it."""
        page = stage.page
        response = await page.goto(f"{self._origin}/tasks/{token}", wait_until="load", timeout=OPEN_MS)
        stage.opened = True
        if response is None or not response.ok:
            raise TruthkitError(_fault(found, f"status {response.status if response else 'unknown'}"))
        if not await stage.watch.stand(READY_MS):
            raise TruthkitError(_fault(found, "the crowd elements of the page were not ready in time"))

        async def picture() -> None:
            if self._out:
                await self._picture(stage, found)

        attempt = Attempt(page, Random(f"{self._seed}:{found.path.name}"), picture, careful=careful)
        await attempt.complete()
        try:
            await asyncio.wait_for(sheet.answered.wait(), ANSWER_SECONDS)
        except TimeoutError:
            raise TruthkitError(_fault(found, "the page said that it was submitted, but no answer came")) from None
        assert sheet.answer is not None
        await attempt.note_named()
        shells = await attempt.survey.shells()
        return [
            *(_fault(found, f"<{tag}> was not upgraded") for tag in shells),
            *self._absent(found, attempt.named.values(), sheet.answer),
        ]

    def _absent(self, found: Found, named: Iterable[Named], answer: Mapping[str, Any]) -> list[Finding]:
        """The controls that the answer says nothing of."""
        findings = []
        for control in named:
            keys = self._own_keys.get(control.tag) or filter(None, [control.name])
            place = f"<{control.tag} name={json.dumps(control.name, ensure_ascii=False)}>"
            if control.pictureless:
                findings.append(
                    Finding("smoke-picture", f"{place} has no picture: it did not load, so nothing could be done on it")
                )
            if control.outside:
                absent = Finding("smoke-absent", f"{place} is in no form that reads it", "put it into <crowd-form>")
                # Nobody's work is lost with one that nobody sees: tokens of other forms, notes for a script.
                findings.append(replace(absent, severity="warning" if control.hidden else "error"))
            elif not control.name and control.tag not in self._own_keys:
                findings.append(
                    Finding("smoke-absent", f"<{control.tag}> has no name: its answer is lost", "give it a name")
                )
            elif control.pictureless:
                continue
            elif control.empty:
                findings.append(
                    Finding("smoke-empty", f"{place} was left empty: it could not be reached", severity="warning")
                )
            elif any(key not in answer for key in keys):
                findings.append(Finding("smoke-absent", f"{place} is not in the answer"))
        return [replace(finding, file=str(found.path)) for finding in findings]

    async def _leave(self, stage: _Stage, found: Found) -> None:
        """Nobody goes on with a page on which something broke; its picture is kept."""
        if self._out and not stage.pictured:
            await self._picture(stage, found)
        with contextlib.suppress(BrowserError, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await stage.page.close()

    async def _picture(self, stage: _Stage, found: Found) -> None:
        limit = asyncio.timeout(LEAVE_SECONDS)
        try:
            async with limit:
                await take_picture(stage.page, self._file(found, ".png"), "png")
            stage.pictured = True
        except (BrowserError, TimeoutError) as error:
            if isinstance(error, TimeoutError) and not limit.expired():
                raise
            stage.watch.warn("page-screenshot", "no picture of the page could be taken")
        except OSError as error:
            stage.watch.warn("page-screenshot", f"no picture of the page could be written: {error.strerror or error}")

    def _file(self, found: Found, suffix: str) -> Path:
        assert self._out is not None
        file = self._out / f"{found.name}{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    async def _stage(self, *, fresh: bool) -> _Stage:
        async with self._making:
            if self._browser is None or not self._browser.is_connected():
                self._free.clear()
                self._context = None
                self._browser = await self._launch()
            if self._free and not fresh:
                return self._free.pop()
            if self._context is None:
                width, height = VIEWPORT
                self._context = await self._browser.new_context(
                    proxy=nothing_but(self._origin, self._objects),
                    viewport={"width": width, "height": height},
                    service_workers="block",
                    reduced_motion="reduce",
                    accept_downloads=False,
                    locale="en-US",
                )
                self._context.set_default_timeout(5_000)
                await self._context.add_init_script(PROBE)
            context = self._context
        return await _Stage.of(await context.new_page(), self._origin, self._objects)

    async def close(self) -> None:
        if self._browser is not None:
            with contextlib.suppress(BrowserError):
                await self._browser.close()


@dataclass(slots=True)
class _Stage:
    """A page of the browser, and what is noted of it."""

    page: Page
    watch: Watch
    elsewhere: list[str]
    stand_ins: list[str]
    """What got a placeholder, and should have been there."""
    input_file: Path | None = None
    """Where the template's task input could stand, if it was made up."""
    pictured: bool = False
    """Whether a picture of the template was taken."""
    left: bool = False
    """Whether the page has gone elsewhere by itself."""
    opened: bool = False
    """Whether the template's page was opened on it."""
    closed: bool = False
    """Whether the page was closed, perhaps with the whole browser."""

    @classmethod
    async def of(cls, page: Page, origin: str, objects: str) -> _Stage:
        stage = cls(page, Watch(page, origin, objects), [], [])
        page.on("response", lambda response: stage._came(response))
        await stage.watch.guard()
        media = Elsewhere((f"{origin}/", f"{objects}/"), stage.elsewhere.append)
        session = await page.context.new_cdp_session(page)
        answering: set[asyncio.Task[None]] = set()

        async def answer(event: dict[str, Any]) -> None:
            # The page may be gone by now.
            with contextlib.suppress(BrowserError):
                await media.answer(session.send, event)

        def paused(event: dict[str, Any]) -> None:
            task = asyncio.ensure_future(answer(event))
            answering.add(task)
            task.add_done_callback(answering.discard)

        session.on("Fetch.requestPaused", paused)
        patterns = [
            {"urlPattern": f"{scheme}://*", "resourceType": kind}
            for scheme in ("http", "https")
            for kind in ("Image", "Media", "Ping", "Other")
        ]
        await session.send("Fetch.enable", {"patterns": patterns})
        return stage

    @property
    def stands(self) -> bool:
        """Whether the browser is still there."""
        browser = self.page.context.browser
        return browser is not None and browser.is_connected()

    def begin(self, found: Found, made: Made) -> None:
        self.watch.begin(made.rendered, made.source, str(found.path))
        self.elsewhere.clear()
        self.stand_ins.clear()
        self.pictured = self.opened = False
        self.input_file = input_file(found.path) if made.invented else None

    def _came(self, response: Response) -> None:
        if missing := response.headers.get(PLACEHOLDER):
            self.stand_ins.append(unquote(missing))

    def judged(self) -> list[Finding]:
        """What the page's watch has found, as it counts for a template that is only tried."""
        for url in self.elsewhere:
            self.watch.refused(url)
        for missing in self.stand_ins:
            self.watch.warn("smoke-made-up", f"{missing} is not there: it got a placeholder")
        return [self._judge(finding) for finding in self.watch.findings]

    def _judge(self, finding: Finding) -> Finding:
        if finding.code == "page-network-refused":
            cure = "pictures, sounds and films get a placeholder; scripts, styles and fonts must be brought along"
            return replace(finding, severity="warning", cure=cure)
        if finding.code == "page-request-failed":
            scripts = self.watch.failed_scripts
            needed = "/bundles/" in finding.message or any(finding.message.startswith(f"{url} ") for url in scripts)
            return finding if needed else replace(finding, severity="warning")
        if finding.code in _FORGIVEN:
            return replace(finding, severity="warning")
        if finding.code == "page-script-error":
            return replace(finding, cure=self._cure_of_script(finding.message))
        return finding

    def _cure_of_script(self, message: str) -> str:
        """What may mend a script that failed."""
        if scripts := ", ".join(dict.fromkeys(self.watch.refused_scripts + self.watch.failed_scripts)):
            return f"it may need {scripts}, which did not come: bring the script along"
        if self.input_file and _OF_INPUT.search(message):
            return f"{_MADE_UP}: write {self.input_file.name} beside it"
        return ""


def _own_keys() -> dict[str, tuple[str, ...]]:
    """The keys of the elements that do not answer under their name."""
    keys: dict[str, tuple[str, ...]] = {}
    for tag, element in load_catalogue().items():
        if element.answer and element.answer.place == "key":
            keys[tag] = (element.answer.key or "",)
        elif element.answer and element.answer.place == "top-level":
            keys[tag] = tuple(element.answer.schema.get("properties", ()))
    return keys


def _failed(found: Found, error: BrowserError) -> Finding:
    return _fault(found, f"the browser failed: {str(error).splitlines()[0]}")


def _fault(found: Found, message: str) -> Finding:
    return Finding("page-task", message, file=str(found.path))
