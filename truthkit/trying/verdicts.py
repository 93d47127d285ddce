"""What a handler's result comes to: right, or what the output manifest would have lost by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from truthkit.findings import Finding
from truthkit.handlers import HandlerError
from truthkit.lint.python import return_line
from truthkit.project import HandlerRef
from truthkit.trying.cases import Trial
from truthkit_core.messages import ContractError, PreAnnotationResponse, parse_consolidation_response

Verdict = Literal["right", "dropped", "wrong shape", "crashed", "skipped"]

# From best to worst, for a case of several invocations.
ORDER: tuple[Verdict, ...] = ("skipped", "right", "dropped", "wrong shape", "crashed")
_SHAPE_CODES = ("handler-result", "handler-size")
_FRAME = re.compile(r'^ *File "(.+?)", line (\d+), in .*\n *(.*)$', re.MULTILINE)
_AWS_ERROR = re.compile(r"An error occurred \(\w+\) when calling the \w+ operation")
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one invocation. ``lost`` are the ids of the objects whose lines would have no label, ``reasons``
    how many came back with a reason instead of a label, ``task_input`` what a pre-annotation handler gave."""

    verdict: Verdict
    lost: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: int = 0
    task_input: dict[str, Any] | None = None


def judge_error(error: HandlerError, trial: Trial, ref: HandlerRef) -> Judgement:
    """The handler failed: which is right where it had to, if it says why."""
    [finding] = error.findings
    if trial.refusal != "no" and finding.code == "handler-error" and is_refusal(error, ref):
        return Judgement("right")
    verdict: Verdict = "wrong shape" if finding.code in _SHAPE_CODES else "crashed"
    if verdict == "wrong shape":
        finding = _placed(finding, ref)
    return Judgement(verdict, tuple(trial.lines), (finding,))


def is_refusal(error: HandlerError, ref: HandlerRef) -> bool:
    """Whether the error was raised to say why: by a ``raise`` in what is deployed, or by AWS's client."""
    if _AWS_ERROR.search(error.findings[0].message):
        return True
    frames = _FRAME.findall(error.traceback)
    if not frames:
        return False
    file, _, source = frames[-1]
    return Path(file).is_relative_to(ref.code_root.resolve()) and source.startswith("raise")


def judge_post(result: Any, trial: Trial, ref: HandlerRef) -> Judgement:
    """The response to a consolidation request."""
    names = tuple(trial.lines)
    try:
        annotations, warnings = parse_consolidation_response(result, names, trial.attribute)
    except ContractError as error:
        return Judgement("wrong shape", names, (_breach(error, ref),))
    given = {one.dataset_object_id for one in annotations}
    lost = tuple(name for name in names if name not in given)
    findings = [
        _fault("post-annotation-contract", warning, ref, severity="warning")
        for warning in warnings
        if "left out of the response" not in warning
    ]
    if lost:
        cure = "return every object that was asked for: without a label a reason is better than nothing"
        if trial.refusal == "must":
            cure = "let the error go up: an empty list tells the service that all is well"
        message = f"left out of the response: {objects(lost)}"
        findings.insert(0, _fault("object-dropped", message, ref, cure))
        return Judgement("dropped", lost, tuple(findings))
    reasons = sum(_only_a_reason(one.content[trial.attribute]) for one in annotations)
    return Judgement("right", findings=tuple(findings), reasons=reasons)


def judge_pre(result: Any, trial: Trial, ref: HandlerRef, ordinary: dict[str, Any] | None) -> Judgement:
    """The task input of one line; ``ordinary`` is that of an ordinary line, where there is one."""
    names = tuple(trial.lines)
    try:
        response = PreAnnotationResponse.parse(result)
    except ContractError as error:
        return Judgement("wrong shape", names, (_breach(error, ref),))
    findings = [_fault("pre-annotation-contract", note, ref, severity="warning") for note in response.notes]
    if not response.human_annotation_required:
        if trial.refusal == "no" and ordinary is not None:
            message = f"not given to people: {objects(names)}"
            found = _fault("object-dropped", message, ref, "isHumanAnnotationRequired false is for what cannot be used")
            return Judgement("dropped", names, (found, *findings))
        return Judgement("right", findings=tuple(findings))
    fault = _poorer(response.task_input, ordinary or {}) or _changed(response.task_input, trial, ordinary)
    if fault:
        cure = "raise an error that names what is missing, or set isHumanAnnotationRequired to false"
        return Judgement("wrong shape", names, (_fault("task-input-incomplete", fault, ref, cure), *findings))
    return Judgement("right", findings=tuple(findings), task_input=response.task_input)


def _poorer(task_input: dict[str, Any], ordinary: dict[str, Any]) -> str:
    """What an ordinary task input has and this one has not."""
    gone = [name for name in ordinary if name not in task_input]
    if gone:
        return f"people would get a page without {', '.join(map(repr, gone))}"
    empty = [name for name, value in ordinary.items() if value not in (None, "") and task_input[name] in (None, "")]
    return f"people would get a page with an empty {', '.join(map(repr, empty))}" if empty else ""


def _changed(task_input: dict[str, Any], trial: Trial, ordinary: dict[str, Any] | None) -> str:
    """Which part is the source in an ordinary task input and not here."""
    if trial.verbatim is None or ordinary is None or trial.verbatim in task_input.values():
        return ""
    kept = [name for name, value in ordinary.items() if value == trial.before]
    return f"{kept[0]!r} is not the source as it is" if kept else ""


def objects(names: Sequence[str]) -> str:
    """Object ids for people."""
    shown = ", ".join(names[:_TOLD])
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return f"object{'s' if len(names) > 1 else ''} {shown}{more}"


def _only_a_reason(label: Any) -> bool:
    return isinstance(label, dict) and isinstance(label.get("reason"), str)


def _breach(error: ContractError, ref: HandlerRef) -> Finding:
    return _fault("response-shape", ": ".join(filter(None, (error.path, error.problem))), ref, error.cure)


def _fault(code: str, message: str, ref: HandlerRef, cure: str = "", *, severity: Any = "error") -> Finding:
    return _placed(Finding(code, message, cure, severity=severity, file=str(ref.file)), ref)


def _placed(finding: Finding, ref: HandlerRef) -> Finding:
    """At the handler's return, or where it begins: no line failed, the result is wrong."""
    line, source = return_line(ref)
    if line is None:
        return finding
    return Finding(
        finding.code,
        finding.message,
        finding.cure,
        severity=finding.severity,
        file=str(ref.file),
        line=line,
        excerpt=f"  | {source.strip()}",
    )
