"""The request of CreateLabelingJob: made of a workflow's settings and what the command says, held to the model."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truthkit.findings import Finding
from truthkit.lint.workflow import check_request
from truthkit.project import Workflow
from truthkit_core.workflow import WorkflowConfig

DIGEST_TAG = "truthkit-request"
WORKFLOW_TAG = "truthkit-workflow"
FORCE_TAG = "truthkit-force"
# The option that a field of the request comes from, where workflow.toml does not give it.
_SAID_BY = {
    "LabelingJobName": "--name",
    "LabelAttributeName": "--label-attribute",
    "ManifestS3Uri": "--manifest",
    "S3OutputPath": "--output",
    "RoleArn": "--role",
    "WorkteamArn": "--workteam",
    "UiTemplateS3Uri": "--bucket",
    "LabelCategoryConfigS3Uri": "--bucket",
    "NumberOfHumanWorkersPerDataObject": "--workers",
    "PreHumanTaskLambdaArn": "--pre-lambda",
    "AnnotationConsolidationLambdaArn": "--post-lambda",
    "InputConfig.DataSource.SnsDataSource.SnsTopicArn": "--sns-input",
    "OutputConfig.SnsTopicArn": "--sns-output",
}


@dataclass(frozen=True, slots=True)
class Launch:
    """A labeling job that is to be made.

    ``manifest`` is an S3 URI, None for a job that only streams; ``bucket`` takes the template; ``output`` is an S3 URI;
    ``pre`` and ``post`` are ARNs of functions; ``sns_input`` and ``sns_output`` of topics. ``chain`` names the job
    whose output is this one's input. ``checked`` is the label attribute that workers verify or adjust.
    """

    workflow: Workflow
    workteam: str
    role: str
    output: str
    bucket: str
    manifest: str | None = None
    pre: str | None = None
    post: str | None = None
    name: str | None = None
    label_attribute: str | None = None
    kms_key: str | None = None
    sns_input: str | None = None
    sns_output: str | None = None
    chain: str | None = None
    checked: str | None = None
    assets: str | None = None
    asset_bucket: str | None = None
    workers: int | None = None


def category_file(config: WorkflowConfig) -> bytes | None:
    """The label category file (contract a), None where the workflow names no labels."""
    if not config.labels:
        return None
    value = {"document-version": "2018-11-28", "labels": [{"label": name} for name in config.labels]}
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")


def make_request(plan: Launch, config: WorkflowConfig, template: str, categories: str | None) -> dict[str, Any]:
    """The request without its name and tags, which follow from its content.

    ``template`` and ``categories`` are S3 URIs.
    """
    source: dict[str, Any] = {}
    if plan.manifest is not None:
        source["S3DataSource"] = {"ManifestS3Uri": plan.manifest}
    if plan.sns_input is not None:
        source["SnsDataSource"] = {"SnsTopicArn": plan.sns_input}
    output = {"S3OutputPath": plan.output, "KmsKeyId": plan.kms_key, "SnsTopicArn": plan.sns_output}
    human: dict[str, Any] = {
        "WorkteamArn": plan.workteam,
        "UiConfig": {"UiTemplateS3Uri": template},
        "TaskTitle": config.title,
        "TaskDescription": config.description,
        "NumberOfHumanWorkersPerDataObject": config.workers if plan.workers is None else plan.workers,
        "TaskTimeLimitInSeconds": config.task_time_limit_seconds,
        "TaskAvailabilityLifetimeInSeconds": config.task_availability_lifetime_seconds,
    }
    if config.keywords:
        human["TaskKeywords"] = list(config.keywords)
    if plan.pre is not None:
        human["PreHumanTaskLambdaArn"] = plan.pre
    if plan.post is not None:
        human["AnnotationConsolidationConfig"] = {"AnnotationConsolidationLambdaArn": plan.post}
    request: dict[str, Any] = {
        "LabelAttributeName": plan.label_attribute or config.label_attribute,
        "InputConfig": {"DataSource": source},
        "OutputConfig": {name: value for name, value in output.items() if value is not None},
        "RoleArn": plan.role,
        "HumanTaskConfig": human,
    }
    if categories is not None:
        request["LabelCategoryConfigS3Uri"] = categories
    return request


def digest_of(request: Mapping[str, Any], manifest: str) -> str:
    """What tells one request from another, its name and tags apart; ``manifest`` is the digest of its input."""
    content = {name: value for name, value in request.items() if name not in ("LabelingJobName", "Tags")}
    text = json.dumps([content, manifest], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def named(plan: Launch, request: dict[str, Any], digest: str, reason: str | None) -> dict[str, Any]:
    """The whole request. The name is the given one, else the workflow's with the content's digest after it."""
    name = plan.name or f"{re.sub('[^a-zA-Z0-9]+', '-', plan.workflow.name)[:54].strip('-') or 'job'}-{digest[:8]}"
    tags = {DIGEST_TAG: digest, WORKFLOW_TAG: plan.workflow.name}
    if reason is not None:
        tags[FORCE_TAG] = reason
    return {
        "LabelingJobName": name,
        **request,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def request_faults(request: dict[str, Any], shape: Any) -> Iterator[Finding]:
    """What the service would refuse: by the model of its API (``shape``), and by rules that the model lacks."""
    from botocore.validate import ParamValidator

    ours = list(check_request(Path("CreateLabelingJob"), json.dumps(request, ensure_ascii=False)))
    for finding in ours:
        # A line of the request is no place that anybody could mend.
        here = replace(finding, file=None, line=None, column=None, excerpt="")
        yield here if finding.code == "workflow-public-crowd" else replace(here, cure=_cure_of(finding.message))
    report = ParamValidator().validate(request, shape)
    problems = report.generate_report().splitlines() if report.has_errors() else []
    for problem in (*problems, *_model_faults(shape, request, "")):
        # What our own rules tell is told once, in their words.
        if not any(
            name in finding.message for finding in ours for name in re.findall(r"[A-Z][a-zA-Z0-9]{5,}", problem)
        ):
            yield Finding("launch-request", problem.strip(), _cure_of(problem))


def _cure_of(problem: str) -> str:
    """Where the field was said that a problem names."""
    option = next((option for field, option in _SAID_BY.items() if field in problem), None)
    if option is None:
        return "mend lambdas/<workflow>/workflow.toml"
    return f"give another {option} (without it, the stack or workflow.toml says it)"


def _model_faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    """The limits of the model that botocore does not look at: greatest lengths and values, patterns, choices."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                yield from _model_faults(shape.members[name], inner, f"{path}.{name}" if path else name)
        return
    most, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    if shape.type_name == "list" and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _model_faults(shape.member, inner, f"{path}[{index}]")
    if isinstance(value, (str, list)) and most is not None and len(value) > most:
        yield f"{path} has a length of {len(value):,}; at most {most:,} are allowed"
    elif shape.type_name == "integer" and isinstance(value, int) and most is not None and value > most:
        yield f"{path} is {value:,}; at most {most:,} is allowed"
    if isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield f"{path} is {value[:80]!r}, not one of {', '.join(shape.enum)}"
        if pattern and not re.fullmatch(_python(pattern), value):
            yield f"{path} is {value[:80]!r}, which does not match {pattern}"


def _python(pattern: str) -> str:
    """A pattern of the model as Python's: classes of Unicode are the nearest that it has."""
    return pattern.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")
