"""What the preview knows: the line that is open, the answers given so far, and what becomes of them.

Everything is made from the files as they are. Methods block; several threads may call them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truthkit import exact_json
from truthkit.aws_names import REGION
from truthkit.findings import Finding, SubmissionError, TruthkitError
from truthkit.job.consolidation import (
    post_annotation_event,
    read_result,
    timestamp,
    write_request,
    write_worker_response,
)
from truthkit.job.spec import OUTPUT_BUCKET, JobFolder, JobSpec
from truthkit.job.store import Answer
from truthkit.job.tasks import prepare
from truthkit.liquid import Rendered, RenderError, Template
from truthkit.objects import ObjectStore
from truthkit.project import HandlerRef
from truthkit.server.preview.fault import Fault, fault_of
from truthkit.server.preview.files import Changed, Files, mapped_by_hand
from truthkit.server.preview.lines import Entry, Lines, mark_of, no_line
from truthkit.server.preview.telling import NotWantedError, Spare, TellingHandler, Wanted, always
from truthkit.source import Source
from truthkit_core.messages import ContractError, failure_line, labelled_line, no_lambda_line

# Views that are kept open at a time; a page of an older one must be reloaded.
MAX_VIEWS = 200
MOST_WORKERS = 9
SIGNED_SECONDS = 1800  # for which an object keeps its address

PRE, POST = "pre-annotation handler", "post-annotation handler"


@dataclass(frozen=True, slots=True)
class Printed:
    """What a handler printed in a call, its traceback included."""

    by: str
    text: str


@dataclass(slots=True)
class View:
    """A line as one worker has it. ``rendered`` is the page, as far as it goes: ``whole`` says whether it is all."""

    number: int
    worker: int
    token: str
    opened: float
    answers_key: str = ""
    data_object: dict[str, Any] | None = None
    task_input: dict[str, Any] | None = None
    rendered: Rendered | None = None
    whole: bool = False
    template: str = ""
    findings: tuple[Finding, ...] = ()
    printed: tuple[Printed, ...] = ()
    fault: Fault | None = None

    @property
    def page(self) -> str:
        """A short name of what stands in the page; empty where there is none."""
        return _digest(self.rendered.html) if self.rendered is not None else ""

    @property
    def task(self) -> str:
        """A short name of the task: line, worker, task input."""
        return _digest(f"{self.number} {self.worker} {exact_json.dumps(self.task_input)}")


@dataclass(frozen=True, slots=True)
class Label:
    """What became of a line's answers."""

    request: list[dict[str, Any]] | None = None
    response: Any = None
    responded: bool = False
    label: Any = None
    output_line: dict[str, Any] | None = None
    findings: tuple[Finding, ...] = ()
    printed: tuple[Printed, ...] = ()


@dataclass(slots=True)
class _Tools:
    """What is made from the files once, until they change."""

    version: int
    source: Source
    spec: JobSpec
    findings: tuple[Finding, ...]
    pre: TellingHandler | None
    post: TellingHandler | None
    template: Template | TruthkitError | None = None
    labels: dict[tuple[str, int], Label] = field(default_factory=dict)
    expected: dict[int, Any] | None = None


class Bench:
    """The state of one preview. ``folder`` takes what is written: logs, requests, the handlers' own objects."""

    def __init__(self, source: Source, folder: Path, *, lenient: bool) -> None:
        self.source = source
        self.version = 0
        self.bundles = 0
        self.given = 0
        """Answers that were given or forgotten so far."""
        self._lenient = lenient
        self._by_hand = mapped_by_hand(source)
        self._folder = JobFolder(folder)
        self._lock = threading.RLock()
        self._labelling = threading.Lock()
        self._objects = self._new_objects()
        self._closed = False
        self._signed: dict[str, tuple[float, str]] = {}
        self._tools: _Tools | None = None
        self._spares = self._new_spares()
        self._lines: Lines | TruthkitError | None = None
        self._views: OrderedDict[str, View] = OrderedDict()
        # One address for a line and a worker, whatever becomes of the files.
        self._tokens: dict[tuple[int, int], str] = {}
        self._answers: dict[str, dict[int, Answer]] = {}
        self.build_findings: tuple[Finding, ...] = ()
        self._objects.start()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._drop_tools()
            self._drop_spares()
            self._objects.close()

    # --- the files -----------------------------------------------------------------------------------------------

    @property
    def files(self) -> Files:
        return Files(self.source)

    @property
    def objects_endpoint(self) -> str:
        return self._objects.endpoint

    def change(self, changed: Changed) -> None:
        """Forget what was made from files that are others now."""
        kinds = changed.kinds
        with self._lock:
            self.version += 1
            if kinds & {"handler", "config", "objects-map"}:
                self._drop_tools()
                with contextlib.suppress(TruthkitError):
                    self.source = self.files.refreshed(self._by_hand)
            elif self._tools is not None:
                self._tools.version = self.version
                self._tools.labels.clear()
                self._tools.expected = None
                if "template" in kinds:
                    self._tools.template = None
            if "objects-map" in kinds:
                self._drop_spares()
                self._spares = self._new_spares()
                self._objects.close()
                self._objects = self._new_objects()
            if kinds & {"object", "objects-map"}:
                self._signed.clear()
            if "bundle" in kinds:
                self.bundles += 1
            if "manifest" in kinds:
                self._lines = None
            elif isinstance(self._lines, Lines) and kinds & {"template", "handler", "config", "object", "objects-map"}:
                self._lines.unmark()

    def file(self, s3_uri: str) -> Path | None:
        """The file behind an S3 URI, None where there is none on this machine."""
        return self._objects.file(s3_uri)

    def _new_objects(self) -> ObjectStore:
        writable = {f"s3://{OUTPUT_BUCKET}/": self._folder.output}
        return ObjectStore(dict(self.source.objects), writes=self._folder.objects, writable=writable)

    def _drop_tools(self) -> None:
        tools, self._tools = self._tools, None
        if tools is not None:
            for handler in filter(None, (tools.pre, tools.post)):
                handler.close()

    def _new_spares(self) -> dict[str, Spare]:
        return {PRE: Spare(), POST: Spare()}

    def _drop_spares(self) -> None:
        for spare in self._spares.values():
            spare.close()

    def _made(self) -> _Tools:
        with self._lock:
            if self._closed:
                raise RuntimeError("the preview ends")
            if self._tools is None:
                source, config = self.source, None
                findings: tuple[Finding, ...] = ()
                try:
                    config = source.config
                except TruthkitError as error:
                    findings = error.findings
                spec = JobSpec(
                    name=source.name,
                    label_attribute=config.label_attribute if config else source.name,
                    template=source.template,
                    manifest=source.manifest,
                    workflow=source.workflow.name if source.workflow else None,
                    labels=config.labels or None if config else None,
                    pre_lambda=source.pre_lambda,
                    post_lambda=source.post_lambda,
                    pre_timeout_seconds=config.pre_timeout_seconds if config else 30,
                    post_timeout_seconds=config.post_timeout_seconds if config else 300,
                    workers=config.workers if config else 1,
                )
                self._tools = _Tools(
                    self.version,
                    source,
                    spec,
                    findings,
                    self._handler(source.pre_lambda, spec.pre_timeout_seconds, PRE),
                    self._handler(source.post_lambda, spec.post_timeout_seconds, POST),
                )
            return self._tools

    def _handler(self, ref: HandlerRef | None, timeout: float, name: str) -> TellingHandler | None:
        if ref is None:
            return None
        return TellingHandler(
            ref,
            environment=self._objects.environment(),
            timeout=timeout,
            log_file=self._folder.logs / f"{name.partition(' ')[0]}.log",
            spare=self._spares[name],
        )

    def _template(self, tools: _Tools) -> Template:
        """Raises TruthkitError."""
        with self._lock:
            if tools.template is None:
                try:
                    tools.template = Template.load(tools.source.template)
                except TruthkitError as error:
                    tools.template = error
            if isinstance(tools.template, TruthkitError):
                raise tools.template
            return tools.template

    def _sign(self, uri: str) -> str:
        """The address of an object, the same for a while: what has not changed is not loaded again."""
        now = time.monotonic()
        with self._lock:
            signed = self._signed.get(uri)
            if signed is None or now - signed[0] > SIGNED_SECONDS:
                signed = self._signed[uri] = (now, self._objects.sign(uri))
            return signed[1]

    def lines(self) -> Lines:
        """Raises UsageError if the manifest cannot be read."""
        with self._lock:
            if self._lines is None:
                try:
                    self._lines = Lines.read(self.source.manifest)
                except TruthkitError as error:
                    self._lines = error
            if isinstance(self._lines, TruthkitError):
                raise self._lines
            return self._lines

    def answered(self, entry: Entry) -> list[int]:
        """The workers who have answered a line."""
        return sorted(self._answers.get(_answers_key(entry), {}))

    def warm(self) -> None:
        """Start the handlers before they are needed, and a spare for each; what is wrong is told when they are."""
        tools = self._made()
        for handler in filter(None, (tools.pre, tools.post)):
            with contextlib.suppress(TruthkitError, RuntimeError):
                handler.start()
            with contextlib.suppress(OSError):  # the folder has gone
                handler.keep_spare()

    # --- a line --------------------------------------------------------------------------------------------------

    def open(self, number: int, worker: int, wanted: Wanted = always) -> View:
        """A line as a worker gets it, from the files as they are now. Raises NotWantedError."""
        while True:
            version = self.version
            try:
                view = self._open(number, worker, wanted)
            except RuntimeError:
                # The handler was closed because its file has changed.
                if version == self.version:
                    raise
                continue
            if version == self.version:
                break
        with self._lock:
            self._views[view.token] = view
            self._views.move_to_end(view.token)
            while len(self._views) > MAX_VIEWS:
                self._views.popitem(last=False)
        return view

    def _open(self, number: int, worker: int, wanted: Wanted) -> View:
        token = self._tokens.setdefault((number, worker), uuid.uuid4().hex)
        view = View(number, worker, token, time.time(), template=str(self.source.template))
        try:
            lines = self.lines()
            entry = lines.get(number)
            if entry is None:
                raise no_line(lines, self.source.manifest, number)
        except TruthkitError as error:
            view.findings = error.findings
            view.fault = fault_of(error.findings, self.source, None, None)
            return view
        view.answers_key = _answers_key(entry)
        self._render(view, entry, wanted)
        entry.mark = mark_of(view.findings)
        return view

    def _render(self, view: View, entry: Entry, wanted: Wanted = always) -> None:
        """Fill in the view, as far as it goes."""
        tools = self._made()
        findings = [*tools.findings, *entry.findings]
        if entry.line is None:
            view.findings = tuple(findings)
            view.fault = fault_of(entry.findings, self.source, None, None)
            return
        view.data_object = entry.line.data_object
        try:
            if tools.pre is None:
                view.task_input = view.data_object
            else:
                try:
                    with tools.pre.only_if(wanted):
                        made = prepare(tools.pre, view.data_object, tools.spec.arn, about=f"line {view.number}")
                finally:
                    view.printed = _printed(PRE, tools.pre)
                view.task_input = made.task_input
                findings += made.remarks
                if not made.human_annotation_required:
                    message = "the pre-annotation handler says that no human annotation is required: no worker sees it"
                    findings.append(Finding("no-human-annotation", message, severity="info"))
            view.rendered = self._template(tools).render(view.task_input, sign=self._sign, strict=not self._lenient)
            view.whole = True
        except TruthkitError as error:
            findings += error.findings
            if isinstance(error, RenderError):
                view.rendered = error.rendered
            # Handlers read workflow.toml as they start: what is wrong there comes before how they fail of it.
            causes = tools.findings if view.task_input is None else ()
            view.fault = fault_of([*causes, *error.findings], self.source, view.task_input, view.rendered)
        view.findings = tuple(findings)

    def check(self, number: int) -> bool:
        """Look whether a line can be shown, for its mark; gives whether it has one, which nobody may have been told."""
        entry = self.lines().get(number)
        if entry is None or entry.mark:
            return entry is not None
        version, view = self.version, View(number, 1, "", 0.0)
        with contextlib.suppress(RuntimeError):
            self._render(view, entry)
            if version == self.version:
                entry.mark = mark_of(view.findings)
        return bool(entry.mark)

    def view(self, token: str) -> View | None:
        return self._views.get(token)

    def newest(self, number: int) -> View | None:
        """The view of a line that was opened last."""
        with self._lock:
            return next((view for view in reversed(self._views.values()) if view.number == number), None)

    # --- answers -------------------------------------------------------------------------------------------------

    def submit(self, token: str, content: dict[str, Any]) -> View:
        """Keep an answer; the worker's earlier one to the same line goes. Raises SubmissionError."""
        view = self._views.get(token)
        if view is None:
            raise SubmissionError(404, "this view is closed: reload the page")
        if not view.whole:
            raise SubmissionError(409, "this page is cut off at a fault: mend it first")
        now = time.time()
        answer = Answer(token, str(view.number - 1), worker_id(view.worker), content, min(view.opened, now), now)
        with self._lock:
            self.given += 1
            self._answers.setdefault(view.answers_key, {})[view.worker] = answer
            self._forget_label(view.number)
        return view

    def forget(self, number: int) -> None:
        """Drop all answers to a line."""
        entry = self.lines().get(number)
        with self._lock:
            if entry is not None:
                self.given += 1
                self._answers.pop(_answers_key(entry), None)
            self._forget_label(number)

    def answers(self, number: int) -> dict[int, Answer]:
        """The answers to a line, by worker."""
        entry = self.lines().get(number)
        with self._lock:
            found = self._answers.get(_answers_key(entry), {}) if entry is not None else {}
            return dict(sorted(found.items()))

    def _forget_label(self, number: int) -> None:
        if self._tools is not None:
            for key in [key for key in self._tools.labels if key[1] == number]:
                del self._tools.labels[key]

    def label(self, number: int, wanted: Wanted = always) -> Label:
        """Consolidate a line's answers, with the post-annotation handler as it is now. Raises NotWantedError."""
        with self._labelling:
            if not wanted():
                raise NotWantedError
            while True:
                version, tools = self.version, self._made()
                entry, answers = self.lines().get(number), self.answers(number)
                if entry is None or entry.line is None or not answers:
                    return Label()
                key = (_answers_key(entry), number)
                if (known := tools.labels.get(key)) is not None:
                    return known
                try:
                    found = self._consolidate(tools, entry.line.data_object, number, answers)
                except RuntimeError:
                    if version == self.version:
                        raise
                    continue
                if version == self.version:
                    if self.answers(number) == answers:
                        tools.labels[key] = found
                    return found

    def _consolidate(
        self, tools: _Tools, data_object: dict[str, Any], number: int, answers: Mapping[int, Answer]
    ) -> Label:
        spec, object_id = tools.spec, str(number - 1)
        findings: list[Finding] = list(tools.findings)
        given = [answers[worker] for worker in sorted(answers)]
        uri, request = write_request(self._folder, spec, timestamp(), [(object_id, data_object, given)])
        created = datetime.now(UTC)
        if tools.post is None:
            reference = write_worker_response(self._folder, spec, object_id, given)
            line = no_lambda_line(
                data_object,
                spec.label_attribute,
                job_name=spec.name,
                creation_date=created,
                worker_response_ref=reference,
            )
            return Label(request=request, output_line=line, findings=tuple(findings))
        response, responded, label = None, False, None
        try:
            response = tools.post.invoke(post_annotation_event(spec, uri), about=f"1 object: {object_id}")
            responded = True
            labels, warnings = read_result(response, [object_id], spec, tools.post)
            file = str(tools.post.ref.file)
            findings += [
                Finding("post-annotation-contract", text, severity="warning", file=file, object_id=object_id)
                for text in warnings
            ]
            if labels:
                label = labels[0].content.get(spec.label_attribute)
                line = labelled_line(
                    data_object, spec.label_attribute, labels[0].content, job_name=spec.name, creation_date=created
                )
            else:
                reason = "ClientError: the object was not labeled before the job ended"
                line = failure_line(data_object, spec.label_attribute, reason)
        except (TruthkitError, ContractError) as error:
            if isinstance(error, ContractError):
                error = TruthkitError(Finding("post-annotation-contract", f"{error.path}: {error.problem}", error.cure))
            findings += [finding.about(object_id) for finding in error.findings]
            said = "; ".join(finding.message for finding in error.findings)
            reason = f"ClientError: Exception invoking the post-annotation Lambda function. {said}"
            line = failure_line(data_object, spec.label_attribute, reason)
        return Label(request, response, responded, label, line, tuple(findings), _printed(POST, tools.post))

    def expected(self, number: int) -> Any:
        """The gold label of a line, None where there is none."""
        tools = self._made()
        if tools.expected is None:
            tools.expected = {}
            file = tools.source.expected
            with contextlib.suppress(OSError, ValueError):
                for at, text in enumerate(file.read_text("utf-8").splitlines() if file else (), 1):
                    tools.expected[at] = json.loads(text)
        return tools.expected.get(number)

    @property
    def label_attribute(self) -> str:
        return self._made().spec.label_attribute

    @property
    def label_order(self) -> tuple[str, ...]:
        return self._made().spec.labels or ()

    @property
    def workers(self) -> int:
        """How many workers the workflow wants to answer each object."""
        return self._made().spec.workers


def worker_id(worker: int) -> str:
    """An id in the service's form."""
    return f"private.{REGION}.{worker:016}"


def _printed(by: str, handler: TellingHandler) -> tuple[Printed, ...]:
    text = handler.said()
    return (Printed(by, text),) if text else ()


def _answers_key(entry: Entry) -> str:
    """Answers belong to the line that they were given for, as it stood then."""
    return _digest(f"{entry.number} {exact_json.dumps(entry.line.data_object) if entry.line else ''}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
