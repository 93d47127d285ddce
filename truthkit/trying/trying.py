"""The entry: runs handlers on production's cases, one after another, as a job would."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, UsageError
from truthkit.handlers import Handler, HandlerError
from truthkit.objects import ObjectStore
from truthkit.trying.cases import CASES, FORBIDDEN, Case, Kind, Trial
from truthkit.trying.deployed import Artefact, DeployedHandler, artefact_of, runtime_folder
from truthkit.trying.samples import Samples, of_job, of_nothing, of_template, of_workflow
from truthkit.trying.targets import Target, targets_of
from truthkit.trying.verdicts import ORDER, Judgement, Verdict, judge_error, judge_post, judge_pre, objects

_NO_CASE = "the lines name no object in S3"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case. ``lost`` are the ids of the objects whose output lines would have no label, of
    ``objects``; ``output`` is what the handler printed where it failed; ``peak_mb`` is known of the runtime ``lambda``.
    ``whole`` tells that all objects were in one request.
    """

    case: str
    about: str
    verdict: Verdict
    seconds: float
    objects: int
    lost: tuple[str, ...] = ()
    reasons: int = 0
    findings: tuple[Finding, ...] = ()
    output: str = ""
    peak_mb: float | None = None
    whole: bool = False

    @property
    def ok(self) -> bool:
        return self.verdict in ("right", "skipped")

    def told(self) -> str:
        """What the output manifest loses, or what else is to be said, in a line."""
        if self.verdict == "skipped":
            return _NO_CASE
        if self.lost:
            what = f"{len(self.lost):,} of {self.objects:,} lines would have no label: {objects(self.lost)}"
            return f"{what}; the request fails as a whole" if self.whole and self.verdict != "dropped" else what
        if not self.ok:
            return "an error was due, and none came"
        return f"{self.reasons:,} of {self.objects:,} with a reason instead of a label" if self.reasons else ""

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "about": self.about,
            "verdict": self.verdict,
            "seconds": round(self.seconds, 3),
            "objects": self.objects,
            "lost": list(self.lost),
            "reasons": self.reasons,
            "peak_mb": self.peak_mb,
            "output": self.output,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class TryResult:
    """One handler and its cases. ``origin`` says where the answers come from."""

    handler: str
    kind: Kind
    origin: str
    runtime: str
    cases: tuple[CaseResult, ...]

    @property
    def ok(self) -> bool:
        return all(case.ok for case in self.cases)

    def to_json(self) -> dict[str, Any]:
        return {
            "handler": self.handler,
            "kind": self.kind,
            "answers": self.origin,
            "runtime": self.runtime,
            "ok": self.ok,
            "cases": [case.to_json() for case in self.cases],
        }


Watch = Callable[[Target, CaseResult], None]


def try_handlers(
    names: Sequence[str] = (),
    *,
    job: Path | None = None,
    workflow: str | None = None,
    template: Path | None = None,
    kind: Kind | None = None,
    cases: Sequence[str] = (),
    timeout: float | None = None,
    runtime: str = "local",
    artefact: Path | None = None,
    layer: Path | None = None,
    memory: int | None = None,
    project: Path | None = None,
    on_case: Watch | None = None,
) -> list[TryResult]:
    """Try handlers on the requests that production sends.

    Args:
        names: workflows (both handlers) and Python files (``FILE`` or ``FILE:function``).
        job: answers recorded in a job's folder; without names its own handlers are tried.
        workflow: answers from this workflow's samples, for a handler that belongs to none.
        template: answers made from this template's elements.
        kind: ``pre`` or ``post``, where a file's name and text do not tell; of a workflow only that one.
        cases: only these.
        timeout: seconds a call (the workflow's own; else 30 and 300).
        runtime: ``local``, or ``lambda``: what is deployed, under AWS's runtime interface client.
        artefact: for ``lambda``: the folder of ``sam build``, or a code root (the handler's own).
        layer: for ``lambda``: a layer's folder with ``python/`` in it (a workflow's: as its function in template.yaml).
        memory: for ``lambda``: megabytes (template.yaml's, else 512).
        project: the project's folder.
        on_case: told of each case when it is done.

    Raises UsageError where the call is wrong, TruthkitError where the samples are.
    """
    if runtime not in ("local", "lambda"):
        raise UsageError(f"--runtime {runtime} is neither local nor lambda", "give --runtime local or --runtime lambda")
    if runtime == "local" and (artefact is not None or layer is not None or memory is not None):
        raise UsageError("--artefact, --layer and --memory are for --runtime lambda", "add --runtime lambda")
    if sum(one is not None for one in (job, workflow, template)) > 1:
        raise UsageError("answers come from one place", "give one of --from, --workflow and --template")
    if timeout is not None and not 0 < timeout <= 900:
        raise UsageError(f"--timeout {timeout:g} is not between 0 and 900 seconds", "Lambda allows 900 at most")
    if memory is not None and not 128 <= memory <= 10_240:
        raise UsageError(f"--memory {memory} is not between 128 and 10240 megabytes", "as Lambda allows")
    targets = targets_of(names, kind=kind, job=job, project=project)
    chosen = {target.kind: _chosen(cases, target.kind, targets) for target in targets}
    sources = _Sources(job, workflow, template, project)
    samples = {id(target): sources.of(target) for target in targets}
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-try-")))
        client = runtime_folder(folder / "runtime") if runtime == "lambda" else None
        mappings = {prefix: place for one in samples.values() for prefix, place in one.objects.items()}
        store = stack.enter_context(ObjectStore(mappings, writes=folder / "objects", forbidden=(FORBIDDEN,)))
        for target in targets:
            built: Artefact | None = None
            seconds = timeout or target.timeout
            if client is None:
                handler = Handler(target.ref, environment=store.environment(), timeout=seconds)
            else:
                built = artefact_of(target, artefact, layer, memory, folder)
                handler = DeployedHandler(built, client, environment=store.environment(), timeout=seconds)
            try:
                bench = _Bench(handler, target, samples[id(target)], folder / "objects")
                found = []
                for result in bench.run(chosen[target.kind]):
                    found.append(result)
                    if on_case is not None:
                        on_case(target, result)
            finally:
                handler.close()
            results.append(
                TryResult(str(handler.ref.file), target.kind, samples[id(target)].origin, runtime, tuple(found))
            )
    return results


def _chosen(names: Sequence[str], kind: Kind, targets: Sequence[Target]) -> tuple[Case, ...]:
    if not names:
        return CASES[kind]
    known = {case.name for target in targets for case in CASES[target.kind]}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"there is no case {name!r}", f"{guess}cases: {', '.join(sorted(known))}")
    return tuple(case for case in CASES[kind] if case.name in names)


class _Sources:
    """Where each handler's answers come from."""

    def __init__(self, job: Path | None, workflow: str | None, template: Path | None, project: Path | None) -> None:
        self._given: Samples | None = None
        if job is not None:
            self._given = of_job(job)
        elif workflow is not None:
            from truthkit.project import Project

            root = Project(project.resolve()) if project is not None else Project.find()
            self._given = of_workflow(root.workflow(workflow))
        elif template is not None:
            self._given = of_template(template)

    def of(self, target: Target) -> Samples:
        if self._given is not None:
            return self._given
        if target.workflow is not None:
            return of_workflow(target.workflow)
        beside = sorted(target.ref.file.parent.glob("*.liquid.html"))
        return of_template(beside[0]) if len(beside) == 1 else of_nothing()


class _Bench:
    """One handler on its cases."""

    def __init__(self, handler: Handler, target: Target, samples: Samples, writes: Path) -> None:
        self._handler = handler
        self._target = target
        self._samples = samples
        self._writes = writes
        self._usual: dict[str, Any] | None = None
        for uri, body in samples.files.items():
            self._write(uri, body)

    def run(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        if self._target.kind == "pre" and not any(case.name == "ordinary" for case in cases):
            self._run(CASES["pre"][0])  # with which others are compared
        for case in cases:
            yield self._run(case)

    def _run(self, case: Case) -> CaseResult:
        trials = case.make(self._samples)
        began = time.monotonic()
        judged, output = [], ""
        for trial in trials:
            for uri, body in trial.files.items():
                self._write(uri, body)
            one = self._judged(trial, f"case {case.name}")
            judged.append(one)
            output = output or (self._handler.printed if one.verdict != "right" else "")
            if case.name == "ordinary" and self._usual is None:
                self._usual = one.task_input
        worst: Verdict = max((one.verdict for one in judged), key=ORDER.index, default=ORDER[0])
        handler = self._handler
        return CaseResult(
            case.name,
            case.about,
            worst,
            time.monotonic() - began,
            sum(len(trial.lines) for trial in trials),
            tuple(name for one in judged for name in one.lost),
            sum(one.reasons for one in judged),
            _different(finding for one in judged for finding in one.findings),
            output,
            handler.peak_mb if isinstance(handler, DeployedHandler) else None,
            any(len(trial.lines) > 1 for trial in trials),
        )

    def _judged(self, trial: Trial, about: str) -> Judgement:
        ref = self._handler.ref
        try:
            result = self._handler.invoke(trial.event, about=about)
        except HandlerError as error:
            return judge_error(error, trial, ref)
        if self._target.kind == "post":
            return judge_post(result, trial, ref)
        return judge_pre(result, trial, ref, self._usual)

    def _write(self, uri: str, body: bytes) -> None:
        file = self._writes / uri.removeprefix("s3://")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def _different(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
