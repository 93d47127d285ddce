"""A running job: hands out assignments and pages, takes answers, consolidates as objects become complete."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, SubmissionError, TruthkitError
from truthkit.job.consolidation import Consolidator, timestamp, write_worker_response
from truthkit.job.spec import JobFolder, JobSpec, write_atomically
from truthkit.job.store import Answer, AnswerRefusedError, Assignment, Batch, Counts, Store, StoredObject
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Rendered

TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is given: ``line`` counts from 1 in the manifest."""

    assignment: Assignment
    object: StoredObject
    task_input: dict[str, Any]
    rendered: Rendered

    @property
    def line(self) -> int:
        return self.object.line

    @property
    def data_object(self) -> dict[str, Any]:
        return self.object.data_object


@dataclass(frozen=True, slots=True)
class OpenObject:
    """An object with all the assignments that were claimed for it at once."""

    object: StoredObject
    task_input: dict[str, Any]
    rendered: Rendered
    assignments: tuple[Assignment, ...]


class Findings:
    """Collects what a job finds; the same fault on many pages is told once, with the number of times.

    Args:
        file: one finding a line, written as they come.
        kept: findings of an earlier run that still hold.
    """

    def __init__(self, file: Path, kept: Iterable[Finding] = ()) -> None:
        self._file = file
        self._found: dict[tuple[Any, ...], tuple[Finding, int]] = {}
        for finding in kept:
            self._count(finding)
        write_atomically(file, "".join(_line(finding) for finding, _ in self._found.values()))

    def add(self, finding: Finding) -> None:
        if self._count(finding) == 1:
            with self._file.open("a", encoding="ascii") as stream:
                stream.write(_line(finding))

    def _count(self, finding: Finding) -> int:
        key = (finding.code, finding.message, finding.file, finding.line, finding.severity)
        first, count = self._found.get(key, (finding, 0))
        self._found[key] = (first, count + 1)
        return count + 1

    def all(self) -> tuple[Finding, ...]:
        """The findings in the order in which they were first met."""
        return tuple(
            finding if count == 1 else replace(finding, message=f"{finding.message} (seen {count} times)")
            for finding, count in self._found.values()
        )


def _line(finding: Finding) -> str:
    return json.dumps(finding.to_json()) + "\n"


class Job:
    """One labeling job at work. It is the Desk of its task pages.

    Args:
        spec: what the job is made of.
        folder: where its files go.
        store: what it knows.
        tasks: makes task inputs and pages.
        consolidator: makes labels of answers.
        findings: takes what goes wrong.
        on_change: called with the counts after each change that a person would want to see.
    """

    def __init__(
        self,
        spec: JobSpec,
        folder: JobFolder,
        store: Store,
        tasks: TaskMaker,
        consolidator: Consolidator,
        findings: Findings,
        on_change: Callable[[Counts], None] | None = None,
    ) -> None:
        self.spec = spec
        self.folder = folder
        self.store = store
        self.findings = findings
        self._tasks = tasks
        self._consolidator = consolidator
        self._on_change = on_change
        self._rendered: dict[str, Rendered] = {}
        self._submitted: dict[str, asyncio.Event] = {}
        self._preparing: dict[str, asyncio.Lock] = {}
        self._ready = asyncio.Event()
        self._ending = False
        self._told = 0.0

    # --- assignments ---------------------------------------------------------------------------------------------

    async def claim(self, worker_id: str) -> Task | None:
        """The next task of a worker, prepared and rendered; objects that fail on the way are noted and passed over."""
        while True:
            assignment = await asyncio.to_thread(
                self.store.claim, worker_id, lease_seconds=self.spec.task_time_limit_seconds
            )
            if assignment is None:
                return None
            task = await self._open(assignment)
            if task is not None:
                return task

    async def _open(self, assignment: Assignment) -> Task | None:
        object_id = assignment.object_id
        async with self._preparing.setdefault(object_id, asyncio.Lock()):
            stored = await asyncio.to_thread(self.store.object, object_id)
            if stored.state != "open":
                return None
            try:
                task_input = stored.task_input
                if task_input is None:
                    about = f"object {object_id}, line {stored.line}"
                    prepared = await asyncio.to_thread(self._tasks.prepare, stored.data_object, about=about)
                    for remark in prepared.remarks:
                        self.findings.add(remark.about(object_id=object_id))
                    if not prepared.human_annotation_required:
                        await asyncio.to_thread(self.store.skip, object_id)
                        await self._changed()
                        return None
                    task_input = prepared.task_input
                    await asyncio.to_thread(self.store.keep_task_input, object_id, task_input)
                rendered = await asyncio.to_thread(self._tasks.render, task_input)
            except TruthkitError as error:
                await self.fail_object(object_id, error)
                return None
        self._rendered[assignment.assignment_id] = rendered
        self._submitted[assignment.assignment_id] = asyncio.Event()
        return Task(assignment, stored, task_input, rendered)

    async def claim_objects(self, choose: Callable[[str], Iterable[str]], limit: int) -> list[OpenObject]:
        """The next objects for all their workers at once, prepared and rendered; [] when nothing is left to do.

        For a workforce that needs no pages. ``choose`` is that of `Store.claim_objects`.
        """
        while True:
            claimed = await asyncio.to_thread(
                self.store.claim_objects, choose, limit=limit, lease_seconds=self.spec.task_time_limit_seconds
            )
            if not claimed:
                return []
            opened, skipped, failed = await asyncio.to_thread(self._open_all, claimed)
            for object_id, error in failed.items():
                await self.fail_object(object_id, error)
            for object_id in skipped:
                await asyncio.to_thread(self.store.skip, object_id)
            if opened:
                return opened
            await self._changed()

    def _open_all(
        self, claimed: list[tuple[StoredObject, list[Assignment]]]
    ) -> tuple[list[OpenObject], list[str], dict[str, TruthkitError]]:
        """What can be worked on, what is not for people, and what fails on the way."""
        opened, skipped, failed, new = [], [], {}, {}
        for stored, assignments in claimed:
            object_id, task_input = stored.object_id, stored.task_input
            try:
                if task_input is None:
                    about = f"object {object_id}, line {stored.line}"
                    prepared = self._tasks.prepare(stored.data_object, about=about)
                    for remark in prepared.remarks:
                        self.findings.add(remark.about(object_id=object_id))
                    if not prepared.human_annotation_required:
                        skipped.append(object_id)
                        continue
                    task_input = new[object_id] = prepared.task_input
                opened.append(OpenObject(stored, task_input, self._tasks.render(task_input), tuple(assignments)))
            except TruthkitError as error:
                failed[object_id] = error
        self.store.keep_task_inputs(new)
        return opened, skipped, failed

    async def submit_all(self, answers: Sequence[Answer], declined: Mapping[str, str]) -> None:
        """Take the answers of a workforce that needs no pages; ``declined`` is assignment to reason."""
        await asyncio.to_thread(self._take_all, answers, declined)
        self._ready.set()
        await self._changed()

    def _take_all(self, answers: Sequence[Answer], declined: Mapping[str, str]) -> None:
        for object_id, complete in self.store.submit_all(answers, declined).items():
            # A resumed job writes every response anew, so thousands a second need not be forced to the disk one by one.
            write_worker_response(self.folder, self.spec, object_id, complete, durable=False)

    async def fail_object(self, object_id: str, error: TruthkitError) -> None:
        """The object's task can't be done: the service's failure line, and on with the next."""
        for finding in error.findings:
            self.findings.add(finding.about(object_id=object_id))
        await asyncio.to_thread(self.store.fail, object_id, "; ".join(one.message for one in error.findings))
        await self._changed()

    async def give_up(self, task: Task, finding: Finding) -> None:
        """The worker could not do the task."""
        assignment = task.assignment
        self.findings.add(finding.about(object_id=assignment.object_id, worker_id=assignment.worker_id))
        await asyncio.to_thread(self.store.decline, assignment.assignment_id, finding.message, failed=True)
        self._forget(assignment.assignment_id)
        await self._settled(assignment.object_id)

    def submitted(self, task: Task) -> asyncio.Event:
        """Set as soon as the task's answer is stored."""
        return self._submitted[task.assignment.assignment_id]

    def close(self, task: Task) -> None:
        """The worker has left the page."""
        self._forget(task.assignment.assignment_id)

    def _forget(self, token: str) -> None:
        self._rendered.pop(token, None)
        self._submitted.pop(token, None)

    # --- the desk of the task pages ------------------------------------------------------------------------------

    async def page(self, token: str) -> str | None:
        rendered = self._rendered.get(token)
        return None if rendered is None else rendered.html

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        try:
            await asyncio.to_thread(self.store.submit, token, answer)
        except KeyError:
            raise SubmissionError(404, "there is no such assignment") from None
        except AnswerRefusedError as error:
            raise SubmissionError(409, str(error)) from None
        if event := self._submitted.get(token):
            event.set()
        assignment = await asyncio.to_thread(self.store.assignment, token)
        if assignment is not None:
            await self._settled(assignment.object_id)

    async def _settled(self, object_id: str) -> None:
        """An object has an answer more or an assignment less: it may be complete."""
        stored = await asyncio.to_thread(self.store.object, object_id)
        if stored.state == "complete":
            # Of two answers at once, each may find the object complete.
            async with self._preparing.setdefault(object_id, asyncio.Lock()):
                await asyncio.to_thread(self._write_response, object_id)
            self._ready.set()
        if stored.state != "open":
            self._preparing.pop(object_id, None)
        await self._changed()

    def _write_response(self, object_id: str) -> None:
        write_worker_response(self.folder, self.spec, object_id, self.store.answers(object_id))

    async def _changed(self) -> None:
        """Tell whoever watches, but not so often that counting would be the work."""
        if self._on_change and time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            self._on_change(await asyncio.to_thread(self.store.counts))

    # --- consolidation -------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def consolidating(self, give_up: Callable[[], None]) -> AsyncIterator[None]:
        """Consolidate while workers are at work, and what is left at the end.

        ``give_up`` is called when the job is interrupted: it must end a handler's call that is under way.
        """
        for stored in await asyncio.to_thread(lambda: [one for one in self.store.objects() if one.state == "complete"]):
            await asyncio.to_thread(self._write_response, stored.object_id)
        background = asyncio.create_task(self._as_they_come())
        try:
            yield
        except BaseException:
            self._ending = True
            background.cancel()
            give_up()
            await asyncio.gather(background, return_exceptions=True)
            raise
        # Not cancelled: a batch once begun is finished, and what it finds is told.
        self._ending = True
        self._ready.set()
        await background
        while (rest := await self._next_batch(short=True)) is not None:
            await self._consolidate(rest)

    async def _as_they_come(self) -> None:
        for batch in await asyncio.to_thread(self.store.unfinished_batches):
            await self._consolidate(batch)
        while not self._ending:
            while not self._ending and (batch_now := await self._next_batch()) is not None:
                await self._consolidate(batch_now)
            await self._ready.wait()
            self._ready.clear()

    async def _next_batch(self, *, short: bool = False) -> Batch | None:
        return await asyncio.to_thread(lambda: self.store.next_batch(self.spec.batch, timestamp, short=short))

    async def _consolidate(self, batch: Batch) -> None:
        for finding in await asyncio.to_thread(self._consolidator.run, batch):
            self.findings.add(finding)
        await self._changed()
