"""The library entry: ``run_job`` runs a whole labeling job on this machine.

Typed arguments, a typed result, so that a test can call it; the command line only parses and prints.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import time
from array import array
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from truthkit.browser import launch_options, require_chromium
from truthkit.event_loop import run_async
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.handlers import Handler
from truthkit.job.consolidation import Consolidator
from truthkit.job.job import Findings, Job
from truthkit.job.output import (
    CHUNK,
    OutputLine,
    is_reason,
    label_reasons,
    output_line,
    output_lines,
    write_output_manifest,
)
from truthkit.job.spec import OUTPUT_BUCKET, JobFolder, JobSpec, sha256_of
from truthkit.job.store import Counts, Record, Store, fixed_redundancy
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Template
from truthkit.manifest import ManifestLine, read_manifest
from truthkit.objects import ObjectStore
from truthkit.pages import content_security_policy, require_bundles, serve, task_app
from truthkit.project import HandlerRef, bundles_dir, check_strategy, contract_finding
from truthkit.source import PathLike, Source
from truthkit_core.messages import ContractError
from truthkit_core.workflow import check_label_attribute

if TYPE_CHECKING:
    from truthkit.report import ReportObject

JOBS = "jobs"
DEFAULT_BATCH = 10
DEFAULT_CROWD = "typical"
MOST_FAULTS = 100

Hire = Callable[[Job, ObjectStore], Awaitable[None]]
"""Lets a workforce work on a job until nothing is left to do."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a job. ``seconds`` is this run's wall time; agreements are between 0 and 1, None if unknown.

    ``objects`` = ``labeled`` + ``skipped`` (no human annotation required) + ``failed``.
    """

    folder: Path
    job_name: str
    label_attribute: str
    objects: int
    answers: int
    labeled: int
    skipped: int
    failed: int
    seconds: float
    gold_agreement: float | None
    worker_agreement: float | None
    output_manifest: Path
    report: Path
    findings: tuple[Finding, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing failed and no fault was found (warnings do not count)."""
        return self.failed == 0 and not any(finding.severity == "error" for finding in self.findings)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The lines of the output manifest."""
        with self.output_manifest.open(encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)

    def labels(self) -> list[Any]:
        """The consolidated label of each manifest line, None where there is none."""
        return [line.get(self.label_attribute) for line in self.lines()]

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "job_name": self.job_name,
            "label_attribute": self.label_attribute,
            "objects": self.objects,
            "answers": self.answers,
            "labeled": self.labeled,
            "skipped": self.skipped,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "gold_agreement": self.gold_agreement,
            "worker_agreement": self.worker_agreement,
            "output_manifest": str(self.output_manifest),
            "report": str(self.report),
            "ok": self.ok,
            "findings": [finding.to_json() for finding in self.findings],
        }


def run_job(
    workflow: str | None = None,
    *,
    template: PathLike | None = None,
    manifest: PathLike | None = None,
    pre_lambda: PathLike | None = None,
    post_lambda: PathLike | None = None,
    workers: int | None = None,
    limit: int | None = None,
    out: PathLike | None = None,
    worker_script: PathLike | None = None,
    workforce: str = "script",
    crowd: PathLike | None = None,
    gold: PathLike | None = None,
    objects: Mapping[str, PathLike] | None = None,
    concurrency: int | None = None,
    batch: int | None = None,
    headed: bool = False,
    resume: PathLike | None = None,
    label_attribute: str | None = None,
    labels: Sequence[str] | None = None,
    lenient: bool = False,
    skip_bad_lines: bool = False,
    allow_network: bool = False,
    s3: str = "local",
    seed: int = 0,
    project: PathLike | None = None,
    on_change: Callable[[Counts], None] | None = None,
    on_start: Callable[[JobFolder], None] | None = None,
) -> RunResult:
    """Run a labeling job from manifest to output manifest: scripted workers in a headless browser, or simulated ones.

    Args:
        workflow: a workflow of the project or the kit; else ``template`` and ``manifest`` by path.
        template: the worker template (Liquid and crowd HTML).
        manifest: the input manifest, a file or an ``s3://`` URI inside ``objects``.
        pre_lambda: ``FILE`` or ``FILE:function``; none is the service's mode without one.
        post_lambda: likewise.
        workers: workers per data object, 1 to 9 (the workflow's own number, else 1).
        limit: only the first so many lines.
        out: the job folder, which must be new (``jobs/<name>-<time>``).
        worker_script: a Python file with ``async def work(page, task, worker)`` (the sample's own).
        workforce: ``script``; ``auto``: a worker who fills in any page with valid values; or ``simulated``: answers are
            made from gold, without a browser.
        crowd: of simulated workers: ``careful``, ``typical`` (if not given), ``poor``, or a crowd file.
        gold: their right answers, and what labels are compared with: a line for each manifest line (the sample's
            ``gold.jsonl``, else its ``expected.jsonl``).
        objects: ``s3://BUCKET/PREFIX`` to folder.
        concurrency: pages at a time (cores + 1, 4 at most).
        batch: objects per consolidation request.
        headed: show the browser.
        resume: go on with the job in this folder; what it is made of is taken from there.
        label_attribute: the label attribute name.
        labels: the label categories that the post-annotation handler is told.
        lenient: a variable that the task input lacks is empty, not an error.
        skip_bad_lines: leave out manifest lines that break the contract.
        allow_network: let pages load from elsewhere.
        s3: ``local``, or ``aws`` to read objects that exist only there, with your credentials.
        seed: makes the scripted and simulated workers' chance.
        project: the project's folder (the nearest parent with ``templates/`` and ``lambdas/``).
        on_change: called with the counts as they change.
        on_start: called with the job folder when the job begins.

    Raises:
        UsageError: the call is wrong.
        TruthkitError: the template, the manifest or a handler's file is; nothing has run.
    """
    if resume is not None:
        given = (
            workflow,
            template,
            manifest,
            pre_lambda,
            post_lambda,
            workers,
            limit,
            out,
            worker_script,
            objects,
            crowd,
            gold,
        )
        changed = lenient or skip_bad_lines or allow_network or s3 != "local" or seed != 0 or workforce != "script"
        if changed or any(value is not None for value in (*given, label_attribute, labels, batch, project)):
            raise UsageError(
                "--resume takes everything from the job's folder",
                "leave out the other arguments (only --concurrency and --headed may go with it)",
            )
        folder = JobFolder(Path(resume).resolve())
        spec = folder.read_spec()
    else:
        spec = _spec(
            workflow=workflow,
            template=template,
            manifest=manifest,
            pre_lambda=pre_lambda,
            post_lambda=post_lambda,
            workers=workers,
            limit=limit,
            worker_script=worker_script,
            workforce=workforce,
            crowd=crowd,
            gold=gold,
            objects=objects,
            batch=batch,
            label_attribute=label_attribute,
            labels=labels,
            lenient=lenient,
            skip_bad_lines=skip_bad_lines,
            allow_network=allow_network,
            s3=s3,
            seed=seed,
            project=project,
        )
        folder = JobFolder(_out_folder(out, spec.name))
    run = _Run(
        spec,
        folder,
        resumed=resume is not None,
        in_jobs=out is None,
        concurrency=concurrency,
        headed=headed,
        on_change=on_change,
    )
    return run.execute(on_start)


def _spec(
    *,
    workflow: str | None,
    template: PathLike | None,
    manifest: PathLike | None,
    pre_lambda: PathLike | None,
    post_lambda: PathLike | None,
    workers: int | None,
    limit: int | None,
    worker_script: PathLike | None,
    workforce: str,
    crowd: PathLike | None,
    gold: PathLike | None,
    objects: Mapping[str, PathLike] | None,
    batch: int | None,
    label_attribute: str | None,
    labels: Sequence[str] | None,
    lenient: bool,
    skip_bad_lines: bool,
    allow_network: bool,
    s3: str,
    seed: int,
    project: PathLike | None,
) -> JobSpec:
    source = Source.of(workflow, template, manifest, pre_lambda, post_lambda, objects, project)
    script = _worker_script(worker_script, workforce, source)
    crowd_of, gold_of = _crowd_and_gold(crowd, gold, workforce, source)
    config = source.config
    count = workers if workers is not None else (config.workers if config else 1)
    _between("--workers", count, 1, 9)
    _between("--limit", limit, 1, 100_000)
    _between("--batch", batch, 1, 100_000)
    if s3 not in ("local", "aws"):
        raise UsageError(f"--s3 {s3} is neither local nor aws", "give --s3 local or --s3 aws")
    attribute = label_attribute or (config.label_attribute if config else source.name)
    try:
        check_label_attribute(attribute)
    except ContractError as error:
        raise UsageError(f"{attribute!r} cannot be a label attribute name: {error.problem}", error.cure) from None
    return JobSpec(
        name=source.name,
        label_attribute=attribute,
        template=source.template,
        manifest=source.manifest,
        manifest_sha256=sha256_of(source.manifest),
        workflow=source.workflow.name if source.workflow else None,
        labels=tuple(labels) if labels is not None else (config.labels if config else None) or None,
        pre_lambda=source.pre_lambda,
        post_lambda=source.post_lambda,
        pre_timeout_seconds=config.pre_timeout_seconds if config else 30,
        post_timeout_seconds=config.post_timeout_seconds if config else 300,
        workers=count,
        batch=batch or DEFAULT_BATCH,
        limit=limit,
        objects=source.objects,
        s3=s3,
        worker_script=script,
        # What simulated workers start from is also what labels are compared with.
        expected=gold_of or source.expected,
        crowd=crowd_of,
        gold=gold_of,
        lenient=lenient,
        skip_bad_lines=skip_bad_lines,
        allow_network=allow_network,
        seed=seed,
        task_time_limit_seconds=config.task_time_limit_seconds if config else 3600,
    )


def _worker_script(given: PathLike | None, workforce: str, source: Source) -> Path | None:
    """The script that works, None for the automatic worker."""
    if workforce not in ("script", "auto", "simulated"):
        raise UsageError(f"--workforce {workforce} is not known", "give --workforce script, auto or simulated")
    if workforce != "script":
        if given is not None:
            raise UsageError(
                f"--workforce {workforce} works without a script", "leave out --worker-script or --workforce"
            )
        return None
    script = Path(given).resolve() if given is not None else source.worker_script
    if script is None:
        raise UsageError(
            "there is no worker script: nobody would answer",
            "give --worker-script FILE, a Python file with `async def work(page, task, worker)`"
            + (f", or write {source.workflow.worker_script}" if source.workflow else "")
            + "; --workforce auto fills in any page with valid values",
        )
    return script


def _crowd_and_gold(
    crowd: PathLike | None, gold: PathLike | None, workforce: str, source: Source
) -> tuple[Path | None, Path | None]:
    """The files of simulated workers, None for others."""
    from truthkit.workforce.simulated.crowd import crowd_file
    from truthkit.workforce.simulated.gold import gold_file

    if workforce != "simulated":
        if crowd is not None or gold is not None:
            raise UsageError(
                f"{'--crowd' if crowd is not None else '--gold'} is for simulated workers", "add --workforce simulated"
            )
        return None, None
    return crowd_file(crowd or DEFAULT_CROWD), gold_file(Path(gold) if gold is not None else None, *source.gold_places)


class _Run:
    """One run of a job, from its spec to its result."""

    def __init__(
        self,
        spec: JobSpec,
        folder: JobFolder,
        *,
        resumed: bool,
        in_jobs: bool,
        concurrency: int | None,
        headed: bool,
        on_change: Callable[[Counts], None] | None,
    ) -> None:
        _between("--concurrency", concurrency, 1, 64)
        self.spec = spec
        self.folder = folder
        self.resumed = resumed
        self.in_jobs = in_jobs
        self.concurrency = concurrency or min(4, (os.cpu_count() or 1) + 1)
        self.headed = headed
        self.on_change = on_change

    def execute(self, on_start: Callable[[JobFolder], None] | None) -> RunResult:
        began = time.monotonic()
        # All that can be wrong is looked at before anything is made.
        template = Template.load(self.spec.template)
        try:
            check_strategy(self.spec.post_lambda)
        except ContractError as error:
            raise TruthkitError(contract_finding(error)) from None
        with closing(Expected(self.spec.expected)) as expected:
            return self._execute(template, expected, began, on_start)

    def _execute(
        self, template: Template, expected: Expected, began: float, on_start: Callable[[JobFolder], None] | None
    ) -> RunResult:
        hire = self._simulated() if self.spec.crowd is not None else self._in_browser(template.source)
        if self.resumed:
            _same_manifest(self.spec)
        if not (self.resumed and self._loaded()):
            self._check_manifest()
        if not self.resumed:
            if self.in_jobs:
                _make_jobs_folder()
            self.folder.create()
            self._keep_crowd()
            self.folder.write_spec(self.spec)
        spec = self.spec
        with ExitStack() as stack:
            stack.enter_context(_only_one(self.folder))
            store = self._store()
            stack.callback(store.close)
            findings = self._begin(store)
            if on_start:
                on_start(self.folder)
            objects = stack.enter_context(self._objects())
            pre, post = self._handlers(objects, stack)
            tasks = TaskMaker(template, pre, job_arn=spec.arn, sign=objects.sign, strict=not spec.lenient)
            consolidator = Consolidator(spec, self.folder, store, post)
            job = Job(spec, self.folder, store, tasks, consolidator, findings, self.on_change)

            def give_up() -> None:
                for handler in filter(None, (pre, post)):
                    handler.close()

            run_async(self._work(job, objects, hire, give_up))
            return self._result(store, findings, expected, began)

    def _store(self) -> Store:
        try:
            return Store.file(self.folder.store_file, fixed_redundancy(self.spec.workers))
        except ValueError as error:
            raise UsageError(
                f"the job's store cannot be read: {error}",
                "start the job anew, in another folder",
                file=str(self.folder.store_file),
            ) from None

    def _loaded(self) -> bool:
        if not self.folder.store_file.is_file():
            return False
        store = self._store()
        try:
            return store.loaded
        finally:
            store.close()

    def _check_manifest(self) -> None:
        """Read the manifest through once, so that nothing runs until it is right. Raises TruthkitError."""
        faults: list[Finding] = []
        for _ in self._lines(faults.append):
            pass
        errors = [fault for fault in faults if fault.severity == "error"]
        if errors and not self.spec.skip_bad_lines:
            raise TruthkitError.of(errors[:MOST_FAULTS])

    def _lines(self, on_fault: Callable[[Finding], None]) -> Iterator[ManifestLine]:
        """The manifest's lines up to the limit, with the faults of those lines."""
        limit = self.spec.limit

        def mine(finding: Finding) -> None:
            if limit is None or (finding.line or 0) <= limit:
                on_fault(finding)

        for line in read_manifest(self.spec.manifest, on_fault=mine):
            if limit is None or line.number <= limit:
                yield line
            if limit is not None and line.number >= limit:
                return

    def _begin(self, store: Store) -> Findings:
        """Bring the store to where work can begin; gives what an earlier run found and what still holds of it."""
        if not store.loaded:
            findings = Findings(self.folder.findings_file)
            store.load((line.object_id, line.data_object) for line in self._lines(findings.add))
            return findings
        store.expire(everyone=True)
        again = store.retry_failures()
        for batch in store.unfinished_batches():
            again.update(batch.object_ids)

        def holds(finding: Finding) -> bool:
            # Told anew at the end of every run.
            if finding.code == "label-reason":
                return False
            # An error about a batch names no object.
            tried_again = finding.object_id in again or (finding.object_id is None and bool(again))
            return not (tried_again and finding.severity == "error" and not finding.code.startswith("manifest-"))

        earlier = _read_findings(self.folder.findings_file)
        return Findings(self.folder.findings_file, filter(holds, earlier))

    def _objects(self) -> ObjectStore:
        return ObjectStore(
            dict(self.spec.objects),
            writes=self.folder.objects,
            writable={f"s3://{OUTPUT_BUCKET}/": self.folder.output},
            aws=self.spec.s3 == "aws",
        )

    def _handlers(self, objects: ObjectStore, stack: ExitStack) -> tuple[Handler | None, Handler | None]:
        spec = self.spec

        def handler(ref: HandlerRef | None, timeout: float, name: str) -> Handler | None:
            if ref is None:
                return None
            made = Handler(
                ref, environment=objects.environment(), timeout=timeout, log_file=self.folder.logs / f"{name}.log"
            )
            stack.callback(made.close)
            return made

        return (
            handler(spec.pre_lambda, spec.pre_timeout_seconds, "pre_annotation"),
            handler(spec.post_lambda, spec.post_timeout_seconds, "post_annotation"),
        )

    async def _work(self, job: Job, objects: ObjectStore, hire: Hire, give_up: Callable[[], None]) -> None:
        async with job.consolidating(give_up):
            if (await asyncio.to_thread(job.store.counts)).open:
                await hire(job, objects)

    def _simulated(self) -> Hire:
        """Workers who need no page. Raises TruthkitError where the crowd file or the gold is wrong."""
        from truthkit.workforce.simulated.crowd import load_crowd
        from truthkit.workforce.simulated.gold import Gold, Pictures
        from truthkit.workforce.simulated.team import Questions, Team
        from truthkit.workforce.simulated.workforce import SimulatedWorkforce

        spec = self.spec
        assert spec.crowd is not None
        assert spec.gold is not None
        team = Team(load_crowd(spec.crowd), spec.seed, wanted=spec.workers, time_limit=spec.task_time_limit_seconds)
        gold = Gold(spec.gold, spec.label_attribute)
        questions = Questions(gold, Pictures(dict(spec.objects)), spec.labels or (), str(spec.template))

        async def hire(job: Job, objects: ObjectStore) -> None:
            await SimulatedWorkforce(job, team, questions).run()

        return hire

    def _keep_crowd(self) -> None:
        """The job keeps its crowd file: resumed, it has the same workers."""
        if self.spec.crowd is not None:
            shutil.copyfile(self.spec.crowd, self.folder.crowd)
            self.spec = replace(self.spec, crowd=self.folder.crowd)

    def _in_browser(self, source: str) -> Hire:
        """Workers at the real pages. Raises TruthkitError where the script, the browser or the bundles are missing."""
        from truthkit.worker_script import load_work
        from truthkit.workforce.automatic import work as automatic

        spec = self.spec
        work = load_work(spec.worker_script) if spec.worker_script is not None else automatic
        launch = launch_options(
            require_chromium(headed=self.headed), headed=self.headed, allow_network=spec.allow_network
        )
        require_bundles(spec.template)

        async def hire(job: Job, objects: ObjectStore) -> None:
            from playwright.async_api import Error as BrowserError
            from playwright.async_api import async_playwright

            from truthkit.workforce.scripted import ScriptedWorkforce

            policy = None if spec.allow_network else content_security_policy(objects.endpoint)
            app = task_app(job, bundles=bundles_dir(), policy=lambda: policy)
            async with serve(app) as origin, async_playwright() as playwright:
                browser = await playwright.chromium.launch(**launch)
                workforce = ScriptedWorkforce(
                    job,
                    browser,
                    origin=origin,
                    objects_origin=objects.endpoint,
                    work=work,
                    script=spec.worker_script,
                    source=source,
                    allow_network=spec.allow_network,
                    concurrency=self.concurrency,
                )
                await workforce.run()
                with contextlib.suppress(BrowserError):
                    await browser.close()

        return hire

    def _result(self, store: Store, findings: Findings, expected: Expected, began: float) -> RunResult:
        from truthkit.report import ReportData, write_report
        from truthkit.report.gold import line_agreement, worker_agreement

        spec, folder = self.spec, self.folder
        find = self._objects().file
        outcomes: Counter[str] = Counter()
        scores = Mean()
        between = Mean()
        ids: list[str] = []
        first: list[OutputLine] = []
        given = reasons = 0

        def lines() -> Iterator[OutputLine]:
            nonlocal given, reasons
            for line in output_lines(spec, folder, store):
                one = line.record.object
                ids.append(one.object_id)
                outcomes[line.outcome] += 1
                if line.outcome == "labeled" and is_reason(line.label):
                    reasons += 1
                    first[:] = first or [line]
                gold = expected.get(one.line)
                score = None
                if line.label is not None:
                    score = line_agreement(line.line, spec.label_attribute, gold, find)
                scores.add(score)
                answers = [answer.content for answer in line.record.answers]
                given += len(answers)
                between.add(worker_agreement(answers))
                yield line

        write_output_manifest(spec, folder, lines())
        if first and (told := label_reasons(spec, first[0], reasons, outcomes["labeled"])):
            findings.add(told)
        mean = scores.value
        seconds = time.monotonic() - began
        write_report(
            ReportData(
                job_name=spec.name,
                workflow=spec.workflow,
                created=datetime.now().astimezone().isoformat(timespec="seconds"),
                label_attribute=spec.label_attribute,
                label_order=spec.labels or (),
                objects=_Shown(spec, folder, store, expected, ids, find),
                findings=findings.all(),
                seconds=seconds,
                gold_agreement=mean,
                find=find,
            ),
            folder.report,
        )
        return RunResult(
            folder=folder.root,
            job_name=spec.name,
            label_attribute=spec.label_attribute,
            objects=len(ids),
            answers=given,
            labeled=outcomes["labeled"],
            skipped=outcomes["skipped"],
            failed=outcomes["failed"],
            seconds=seconds,
            gold_agreement=mean,
            worker_agreement=between.value,
            output_manifest=folder.output_manifest(spec),
            report=folder.report,
            findings=findings.all(),
        )


class _Shown(Sequence["ReportObject"]):
    """A job's objects for the report, read from the store when they are asked for: a large job has room."""

    def __init__(
        self,
        spec: JobSpec,
        folder: JobFolder,
        store: Store,
        expected: Expected,
        ids: Sequence[str],
        find: Callable[[str], Path | None],
    ) -> None:
        self._find = find
        self._spec = spec
        self._folder = folder
        self._store = store
        self._expected = expected
        self._ids = ids
        self._chunk: tuple[int, list[Record]] = (-1, [])

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> ReportObject: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ReportObject]: ...
    def __getitem__(self, at: int | slice) -> ReportObject | Sequence[ReportObject]:
        if isinstance(at, slice):
            return [self[one] for one in range(len(self))[at]]
        number, inside = divmod(range(len(self))[at], CHUNK)
        if self._chunk[0] != number:
            self._chunk = number, self._store.records(self._ids[number * CHUNK : (number + 1) * CHUNK])
        return self._object(self._chunk[1][inside])

    def _object(self, record: Record) -> ReportObject:
        from truthkit.report import ReportObject, ReportWorker
        from truthkit.report.gold import drawable_label, line_agreement

        attribute = self._spec.label_attribute
        line = output_line(self._spec, self._folder, record)
        one = record.object
        gold = self._expected.get(one.line)
        screenshot = self._folder.screenshots / f"{one.object_id}.jpg"
        answers = sorted(record.answers, key=lambda answer: answer.worker_id)
        return ReportObject(
            object_id=one.object_id,
            line=one.line,
            data_object=one.data_object,
            task_input=one.task_input,
            answers=(
                *(ReportWorker(a.worker_id, a.content, a.submitted_at - a.accepted_at) for a in answers),
                *(ReportWorker(who, None, None, why) for who, why in record.given_up),
            ),
            label=None if line.label is None else drawable_label(line.line, attribute),
            failure=line.failure,
            output_line=line.line,
            expected=gold,
            agreement=line_agreement(line.line, attribute, gold, self._find) if line.label is not None else None,
            screenshot=screenshot if screenshot.is_file() and screenshot.stat().st_size else None,
        )


@contextmanager
def _only_one(folder: JobFolder) -> Iterator[None]:
    """Hold the job folder's lock; the system frees it however the process ends. Raises UsageError if it is held."""
    with (folder.root / "job.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another process is at work on {folder.root}", "wait for it, or end it") from None
        yield


def _same_manifest(spec: JobSpec) -> None:
    if not spec.manifest.is_file() or sha256_of(spec.manifest) != spec.manifest_sha256:
        raise UsageError(
            f"{spec.manifest} is not the manifest that this job began with",
            "put it back, or start a new job: answers belong to the lines that they were given for",
        )


class Mean:
    """Of what is known; ``value`` is None as long as nothing is."""

    def __init__(self) -> None:
        self._total, self._count = 0.0, 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self._total += value
            self._count += 1

    @property
    def value(self) -> float | None:
        return self._total / self._count if self._count else None


class Expected:
    """Gold labels by manifest line, read when they are asked for: a large job has room.

    Raises TruthkitError with the line that is not JSON, at once, and where the file has changed since then.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._stream = file.open("rb") if file is not None else None  # which stays, though another file takes its name
        self._starts = array("Q")
        place = 0
        with ExitStack() as failed:
            failed.callback(self.close)
            for number, line in enumerate(self._stream or (), 1):
                self._read(line, number)
                self._starts.append(place)
                place += len(line)
            failed.pop_all()

    def get(self, line: int) -> Any:
        """The gold label of a manifest line (from 1), None if there is none."""
        if self._stream is None or not 1 <= line <= len(self._starts):
            return None
        self._stream.seek(self._starts[line - 1])
        return self._read(self._stream.readline(), line)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _read(self, text: bytes, number: int) -> Any:
        try:
            return json.loads(text.decode("utf-8"))
        except ValueError as error:
            raise TruthkitError(
                Finding(
                    "expected", f"is not JSON: {error}", "one expected label a line",
                    file=str(self._file), line=number,
                )
            ) from None  # fmt: skip


def _read_findings(file: Path) -> Iterator[Finding]:
    """What an earlier run wrote; a line that a kill cut off is passed over."""
    for text in file.read_text("ascii").split("\n") if file.is_file() else ():
        with contextlib.suppress(ValueError, TypeError):
            yield Finding(**json.loads(text))


def _out_folder(out: PathLike | None, name: str) -> Path:
    if out is not None:
        return Path(out).resolve()
    jobs = Path(JOBS).resolve()
    stem = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder = jobs / stem
    number = 2
    while folder.exists():
        folder = jobs / f"{stem}-{number}"
        number += 1
    return folder


def _make_jobs_folder() -> None:
    jobs = Path(JOBS)
    if not jobs.exists():
        jobs.mkdir()
        (jobs / ".gitignore").write_text("*\n")


def _between(what: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"{what} {value} is out of range", f"give {low} to {high}")
