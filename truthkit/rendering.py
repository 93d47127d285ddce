"""Task pages without a browser: one manifest line, one task input, or every line of a manifest."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Template
from truthkit.manifest import ManifestLine, read_manifest
from truthkit.objects import ObjectStore
from truthkit.source import PathLike, Source, require_file


@dataclass(frozen=True, slots=True)
class RenderedLine:
    """The page of one manifest line, and what is to be said of it.

    ``html`` is None where an error is among the findings, and where no human is to annotate.
    """

    line: int
    html: str | None
    task_input: dict[str, Any] | None
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")


def render(
    workflow: str | None = None,
    *,
    template: PathLike | None = None,
    task_input: PathLike | Mapping[str, Any] | None = None,
    manifest: PathLike | None = None,
    line: int = 1,
    pre_lambda: PathLike | None = None,
    objects: Mapping[str, PathLike] | None = None,
    lenient: bool = False,
    project: PathLike | None = None,
) -> str:
    """The page that a worker would see of one manifest line (or one task input), as the service renders it.

    The crowd script's address stays as the template has it. Raises TruthkitError with file, line, column and cure.
    """
    if task_input is not None:
        if template is None:
            raise UsageError("a task input needs a template", "give --template FILE --task-input FILE")
        return render_task_input(Path(template), task_input, objects or {}, lenient=lenient)
    source = Source.of(workflow, template, manifest, pre_lambda, None, objects, project)
    for rendered in render_lines(source, lenient=lenient, only=line):
        if rendered.errors:
            raise TruthkitError.of(rendered.errors)
        if rendered.html is None:
            raise TruthkitError(
                Finding(
                    "no-human-annotation",
                    f"line {line} is not shown to workers: the pre-annotation handler requires no human annotation",
                    file=str(source.manifest),
                    line=line,
                )
            )
        return rendered.html
    raise UsageError(f"{source.manifest} has no line {line}", "give a smaller --line")


def render_task_input(
    template: Path, task_input: PathLike | Mapping[str, Any], objects: Mapping[str, PathLike], *, lenient: bool = False
) -> str:
    """The rendered page of a task input, given as an object or as a JSON file."""
    file = require_file("--template", template)
    value = (
        task_input if isinstance(task_input, Mapping) else read_json_object(require_file("--task-input", task_input))
    )
    with _lazy_objects({prefix: Path(folder) for prefix, folder in objects.items()}) as store:
        return Template.load(file).render(value, sign=lambda uri: store().sign(uri), strict=not lenient).html


def render_lines(source: Source, *, lenient: bool = False, only: int | None = None) -> Iterator[RenderedLine]:
    """Render every manifest line (or one), streamed; memory does not grow with the manifest."""
    template = Template.load(source.template)
    with ExitStack() as stack:
        store = stack.enter_context(_lazy_objects(dict(source.objects)))
        pre = None
        if source.pre_lambda is not None:
            config = source.config
            timeout = config.pre_timeout_seconds if config else 30
            pre = Handler(source.pre_lambda, environment=store().environment(), timeout=timeout)
            stack.callback(pre.close)
        tasks = TaskMaker(
            template, pre, job_arn=arn_of(source.name), sign=lambda uri: store().sign(uri), strict=not lenient
        )
        for number, one, findings in _with_findings(source.manifest):
            if only is not None and number != only:
                continue
            if one is None:
                yield RenderedLine(number, None, None, findings)
            else:
                yield _rendered(tasks, one, findings)
            if only is not None:
                return


def _rendered(tasks: TaskMaker, one: ManifestLine, warnings: tuple[Finding, ...]) -> RenderedLine:
    try:
        prepared = tasks.prepare(one.data_object, about=f"line {one.number}")
        html = tasks.render(prepared.task_input).html if prepared.human_annotation_required else None
        return RenderedLine(one.number, html, prepared.task_input, warnings)
    except TruthkitError as error:
        errors = (finding.about(object_id=one.object_id) for finding in error.findings)
        return RenderedLine(one.number, None, None, (*warnings, *errors))


def _with_findings(manifest: Path) -> Iterator[tuple[int, ManifestLine | None, tuple[Finding, ...]]]:
    """Every line's number, the line (None if it is bad), and what is said of it."""
    told: list[Finding] = []

    def bad_lines(before: int | None) -> Iterator[tuple[int, None, tuple[Finding, ...]]]:
        for number, findings in groupby(told, lambda finding: finding.line or 1):
            if number != before:
                yield number, None, tuple(findings)

    for one in read_manifest(manifest, on_fault=told.append):
        yield from bad_lines(one.number)
        yield one.number, one, tuple(finding for finding in told if finding.line == one.number)
        told.clear()
    yield from bad_lines(None)


@contextmanager
def _lazy_objects(mappings: dict[str, Path]) -> Iterator[Callable[[], ObjectStore]]:
    """An object store that is started when it is first asked for."""
    with ExitStack() as stack:
        made: list[ObjectStore] = []
        lock = threading.Lock()

        def store() -> ObjectStore:
            with lock:
                if not made:
                    writes = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-")))
                    made.append(stack.enter_context(ObjectStore(mappings, writes=writes)))
            return made[0]

        yield store


def read_json_object(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise TruthkitError(
            Finding("task-input", f"is not JSON: {error}", "write one JSON object", file=str(file), line=line)
        ) from None
    if not isinstance(value, dict):
        raise TruthkitError(Finding("task-input", "is not a JSON object", "write {…}", file=str(file)))
    return value
