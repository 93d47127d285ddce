"""Scripted workers: a Python file drives the real page in a headless browser, as a person would."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import Error as BrowserError

from truthkit.aws_names import REGION
from truthkit.findings import Finding, TruthkitError
from truthkit.worker_script import Work, script_fault
from truthkit.workforce.gestures import submit
from truthkit.workforce.picture import VIEWPORT, take_picture
from truthkit.workforce.watch import PROBE, Watch

if TYPE_CHECKING:
    from truthkit.job.job import Job, Task

OPEN_MS = 30_000
READY_MS = 15_000
GESTURE_MS = 10_000
WORK_SECONDS = 120.0
SUBMIT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the job's workers. ``random`` is seeded by job, object and worker: a run can be repeated."""

    id: str
    index: int
    random: random.Random


@dataclass(frozen=True, slots=True)
class WorkItem:
    """What a worker script is told of its task; ``line`` counts from 1 in the manifest."""

    line: int
    data_object: dict[str, Any]
    task_input: dict[str, Any]


def worker_ids(count: int) -> tuple[str, ...]:
    """Stable ids in the service's form, ``private.<region>.<opaque>``."""
    return tuple(
        f"private.{REGION}.{hashlib.sha256(f'truthkit worker {index}'.encode()).hexdigest()[:16]}"
        for index in range(count)
    )


class ScriptedWorkforce:
    """Workers who do a job's tasks by a script.

    Args:
        job: hands out the tasks and takes the answers.
        browser: where the pages are opened; each worker has a context of its own, reused.
        origin: the server of the task pages.
        objects_origin: the server of the data objects.
        work: what a worker does on a page.
        script: where ``work`` stands, for its faults; None for the kit's own.
        source: the template's text, for the places of faults.
        allow_network: pages may load from elsewhere.
        concurrency: how many pages at a time.
    """

    def __init__(
        self,
        job: Job,
        browser: Browser,
        *,
        origin: str,
        objects_origin: str,
        work: Work,
        script: Path | None,
        source: str,
        allow_network: bool,
        concurrency: int,
    ) -> None:
        self._job = job
        self._browser = browser
        self._origin = origin
        self._objects_origin = objects_origin
        self._work = work
        self._script = script
        self._allow_network = allow_network
        self._concurrency = concurrency
        self._ids = worker_ids(job.spec.workers)
        self._contexts: dict[str, BrowserContext] = {}
        self._pages: dict[str, list[tuple[Page, Watch]]] = {}
        self._turn = itertools.count()
        self._busy = 0
        self._idle = asyncio.Condition()
        self._source = source.split("\n")

    async def run(self) -> None:
        """Work until no worker has anything left to do."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._concurrency):
                    group.create_task(self._slot())
        except BaseExceptionGroup as group:  # `except*` would wrap what is raised in it on some versions of Python
            ended, others = group.split(BrowserError)
            if ended is None or others is not None:
                raise
            raise TruthkitError(self._browser_ended(ended)) from None
        finally:
            for context in self._contexts.values():
                with contextlib.suppress(BrowserError):
                    await context.close()

    def _browser_ended(self, group: BaseExceptionGroup[BrowserError]) -> Finding:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        return Finding(
            "browser-ended",
            f"the browser ended before the job: {str(first).splitlines()[0]}",
            f"every answer is kept; go on with: truthkit run --resume {self._job.folder.root}",
        )

    async def _slot(self) -> None:
        while True:
            task = await self._next()
            if task is None:
                async with self._idle:
                    # An answer that is still to come may ask for more answers, or open an object again.
                    if self._busy == 0:
                        self._idle.notify_all()
                        return
                    await self._idle.wait()
                continue
            try:
                await self._do(task)
            finally:
                async with self._idle:
                    self._busy -= 1
                    self._idle.notify_all()

    async def _next(self) -> Task | None:
        turn = next(self._turn)
        self._busy += 1
        for offset in range(len(self._ids)):
            task = await self._job.claim(self._ids[(turn + offset) % len(self._ids)])
            if task is not None:
                return task
        self._busy -= 1
        return None

    async def _do(self, task: Task) -> None:
        worker_id = task.assignment.worker_id
        page, watch = await self._page(worker_id)
        watch.begin(task.rendered, self._source, str(self._job.spec.template))
        fault: Finding | None = None
        try:
            fault = await self._attend(page, watch, task)
        except BrowserError as error:
            if not self._browser.is_connected():
                raise
            fault = self._page_fault(f"the browser failed: {str(error).splitlines()[0]}")
        for finding in watch.findings:
            self._job.findings.add(finding.about(task.assignment.object_id, worker_id))
        if fault is None:
            self._job.close(task)
            self._pages[worker_id].append((page, watch))
            return
        # Nobody goes on with a page on which something broke: it may have crashed, or still be at work.
        with contextlib.suppress(BrowserError):
            await page.close()
        if self._job.submitted(task).is_set():
            self._job.findings.add(fault.about(task.assignment.object_id, worker_id))
            self._job.close(task)
        else:
            await self._job.give_up(task, fault)

    async def _attend(self, page: Page, watch: Watch, task: Task) -> Finding | None:
        """Open the task, do it, submit it; gives what kept the worker from it."""
        address = f"{self._origin}/tasks/{task.assignment.assignment_id}"
        response = await page.goto(address, wait_until="load", timeout=OPEN_MS)
        if response is None or not response.ok:
            return self._page_fault(
                f"the page could not be opened: status {response.status if response else 'unknown'}"
            )
        if not await watch.stand(READY_MS):
            return self._page_fault(
                "the crowd elements of the page were not ready in time",
                "see the page's own findings; is the front end built (make build)?",
            )
        index = self._ids.index(task.assignment.worker_id)
        seed = f"{self._job.spec.seed}:{task.object.object_id}:{index}"
        worker = Worker(task.assignment.worker_id, index, random.Random(seed))
        item = WorkItem(task.line, task.data_object, task.task_input)
        limit = asyncio.timeout(WORK_SECONDS)
        try:
            async with limit:
                await self._work(page, item, worker)
        except TruthkitError as error:
            # A gesture knows what it did not find; where the script asked for it, the traceback knows.
            if self._script is None:
                return replace(error.findings[0], file=str(self._job.spec.template))
            place = script_fault(error, self._script)
            return replace(error.findings[0], file=place.file, line=place.line, excerpt=place.excerpt)
        except (Exception, SystemExit) as error:
            if limit.expired():
                return Finding(
                    "worker-script",
                    f"the worker script did not end within {WORK_SECONDS:.0f} seconds",
                    "it may wait for something that never comes: run it with --headed --concurrency 1 to watch it",
                    file=str(self._script or self._job.spec.template),
                )
            if isinstance(error, BrowserError) and not self._browser.is_connected():
                raise
            return script_fault(error, self._script or Path(__file__))
        await self._picture(page, watch, task)
        return await self._submit(page, task)

    async def _submit(self, page: Page, task: Task) -> Finding | None:
        done = self._job.submitted(task)
        if not await self._is_sent(page, done):
            try:
                await submit(page)
            except TruthkitError as error:
                # The script may have pressed Submit itself a moment before: then the form is closed by now.
                if not await self._is_sent(page, done):
                    return error.findings[0]
        for _ in range(SUBMIT_SECONDS):
            try:
                await asyncio.wait_for(done.wait(), 1.0)
                return None
            except TimeoutError:
                # "prevented" is no end: a handler of the template may submit later, by itself.
                if await page.evaluate("document.documentElement.dataset.crowdState") in ("invalid", "failed"):
                    break
        said = await page.evaluate(ALERTS)
        return self._page_fault(
            "Submit was pressed, but no answer came" + (f"; the page says: {said}" if said else ""),
            "a required field may be empty, or a handler of the template may hold the submission back",
        )

    @staticmethod
    async def _is_sent(page: Page, done: asyncio.Event) -> bool:
        state = await page.evaluate("document.documentElement.dataset.crowdState")
        return done.is_set() or state in ("sending", "submitted")

    async def _picture(self, page: Page, watch: Watch, task: Task) -> None:
        """A picture for the report; that it fails is no reason to lose the worker's work."""
        try:
            await self._screenshot(page, task)
        except BrowserError as error:
            (self._job.folder.screenshots / f"{task.object.object_id}.jpg").unlink(missing_ok=True)
            watch.warn("page-screenshot", f"no picture of the page could be taken: {str(error).splitlines()[0]}")

    async def _screenshot(self, page: Page, task: Task) -> None:
        """The page as the first worker left it, whole."""
        file = self._job.folder.screenshots / f"{task.object.object_id}.jpg"
        if file.exists():
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        await take_picture(page, file, "jpeg")

    async def _page(self, worker_id: str) -> tuple[Page, Watch]:
        """A page of the worker's own context: what a page stores in the browser is that worker's."""
        free = self._pages.setdefault(worker_id, [])
        if free:
            return free.pop()
        context = self._contexts.get(worker_id)
        if context is None:
            width, height = VIEWPORT
            context = await self._browser.new_context(
                viewport={"width": width, "height": height},
                service_workers="block",
                reduced_motion="reduce",
                accept_downloads=False,
            )
            context.set_default_timeout(GESTURE_MS)
            await context.add_init_script(PROBE)
            if worker_id in self._contexts:
                await context.close()
                context = self._contexts[worker_id]
            self._contexts[worker_id] = context
        page = await context.new_page()
        watch = Watch(page, self._origin, self._objects_origin)
        if not self._allow_network:
            await watch.guard()
        return page, watch

    def _page_fault(self, message: str, cure: str = "") -> Finding:
        return Finding("page-task", message, cure, file=str(self._job.spec.template))


ALERTS = """
() => {
  const texts = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.getAttribute("role") === "alert" && element.textContent.trim()) {
        texts.push(element.textContent.trim().replace(/\\s+/g, " "));
      }
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return texts.join("; ").slice(0, 500);
}
"""
