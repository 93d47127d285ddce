"""Which handlers are tried: of a workflow, of a recorded job, or any Python file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from truthkit.findings import UsageError
from truthkit.job.spec import JobFolder
from truthkit.project import HandlerRef, Project, Workflow
from truthkit.trying.cases import Kind
from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig

TIMEOUTS: dict[Kind, float] = {"pre": 30, "post": 300}
_WHICH: dict[Kind, str] = {"pre": "pre_annotation", "post": "post_annotation"}
_BY_NAME: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("pre", re.compile(r"(?:^|[^a-z])pre(?:[^a-z]|human|annot|label|task|$)", re.IGNORECASE)),
    ("post", re.compile(r"(?:^|[^a-z])(?:post(?:[^a-z]|annot|label|$)|acs|consolidat)", re.IGNORECASE)),
)
_BY_SOURCE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("post", re.compile(r"payload|consolidatedAnnotation|labelAttributeName|annotationData|consolidate")),
    ("pre", re.compile(r"taskInput|uman[Aa]nnotationRequired|PreAnnotation|dataObject")),
)


@dataclass(frozen=True, slots=True)
class Target:
    """One handler to try. ``workflow`` is the one that it belongs to; ``timeout`` is in seconds a call."""

    ref: HandlerRef
    kind: Kind
    timeout: float
    workflow: Workflow | None = None


def targets_of(
    names: Sequence[str], *, kind: Kind | None = None, job: Path | None = None, project: Path | None = None
) -> list[Target]:
    """The handlers that were named, in order; without names those of the recorded ``job``. Raises UsageError."""
    found = [target for name in names for target in _named(name, kind, project)]
    if not names:
        if job is None:
            raise UsageError("no handler is given", "give a Python file or a workflow")
        spec = JobFolder(job).read_spec()
        refs: tuple[tuple[HandlerRef | None, Kind, float], ...] = (
            (spec.pre_lambda, "pre", spec.pre_timeout_seconds),
            (spec.post_lambda, "post", spec.post_timeout_seconds),
        )
        found = [
            Target(ref, which, seconds, workflow_of(ref.file))
            for ref, which, seconds in refs
            if ref is not None and kind in (None, which)
        ]
        if not found:
            raise UsageError(f"the job in {job} has no such handler", "name one")
    return found


def _named(name: str, kind: Kind | None, project: Path | None) -> Iterator[Target]:
    if not _is_file_name(name):
        root = Project(project.resolve()) if project is not None else Project.find()
        workflow = root.workflow(name)
        refs = {which: workflow.handler(module) for which, module in _WHICH.items() if kind in (None, which)}
        if not any(refs.values()):
            raise UsageError(
                f"the workflow {name} has no handler to try", f"write {workflow.lambdas}/post_annotation.py"
            )
        for which, ref in refs.items():
            if ref is not None:
                yield Target(ref, which, _timeout(workflow, which), workflow)
        return
    ref = HandlerRef.parse(name)
    workflow_here = workflow_of(ref.file)
    if workflow_here is not None:  # deployed with all of lambdas/
        ref = replace(ref, code_root=ref.file.parent.parent, module=f"{workflow_here.package}.{ref.module}")
    which = kind or kind_of(ref)
    yield Target(ref, which, _timeout(workflow_here, which), workflow_here)


def _is_file_name(name: str) -> bool:
    path = name.rpartition(":")[0] or name
    return "/" in name or ".py" in name or Path(path).is_file()


def workflow_of(file: Path) -> Workflow | None:
    """The workflow in whose folder of ``lambdas/`` the file lies."""
    folder = file.resolve().parent
    root = folder.parent.parent
    if folder.parent.name != "lambdas" or not (root / "templates").is_dir():
        return None
    return next((one for one in Project(root).workflows() if one.package == folder.name), None)


def kind_of(ref: HandlerRef) -> Kind:
    """Pre or post, by the file's name or what it says. Raises UsageError where neither tells."""
    for kind, pattern in _BY_NAME:
        if pattern.search(ref.file.stem):
            return kind
    try:
        text = ref.file.read_text("utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{ref.file} cannot be read: {error.strerror}") from None
    counts = [(len(pattern.findall(text)), kind) for kind, pattern in _BY_SOURCE]
    (most, kind), (other, _) = sorted(counts, reverse=True)
    if most == other:
        raise UsageError(f"{ref.file} may be a pre- or a post-annotation handler", "say which: --kind pre, --kind post")
    return kind


def _timeout(workflow: Workflow | None, kind: Kind) -> float:
    if workflow is None or not workflow.config_file.is_file():
        return TIMEOUTS[kind]
    try:
        config = WorkflowConfig.load(workflow.config_file)
    except ContractError:
        return TIMEOUTS[kind]  # the handler tells, which reads it too
    return config.pre_timeout_seconds if kind == "pre" else config.post_timeout_seconds
