"""The limits of CreateLabelingJob (contract g): on ``workflow.toml``, and on a request as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from truthkit.findings import Finding
from truthkit.lint.rules import Place, flaw
from truthkit.liquid.place import Source
from truthkit.project import Workflow
from truthkit_core.messages import ContractError
from truthkit_core.strategies import Settings, line_in_table
from truthkit_core.workflow import check_label_attribute, read_toml, workflow_faults

PRICES = ("0.012", "0.024", "0.036", "0.048", "0.060", "0.072", "0.120", "0.240", "0.360", "0.480", "0.600", "0.720",
          "0.840", "0.960", "1.080", "1.200")  # fmt: skip
FUNCTION_NAME = 64
STACK_NAME = 12
"""Characters of a function's name that are left to the stack's name (as ``truthkit sam`` counts)."""

_CODES = {
    "title": "workflow-title",
    "description": "workflow-description",
    "keywords": "workflow-keywords",
    "labels": "workflow-labels",
    "label_attribute": "workflow-label-attribute",
    "workers": "workflow-workers",
    "consolidation": "workflow-consolidation",
    "task_time_limit_seconds": "workflow-time",
    "task_availability_lifetime_seconds": "workflow-time",
    "pre_timeout_seconds": "workflow-time",
    "post_timeout_seconds": "workflow-time",
}
_PRICE_KEY = re.compile(r"price|reward|amount_in_usd", re.IGNORECASE)
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_PUBLIC = "workteam/public-crowd"


def check_config(file: Path, text: str) -> Iterator[Finding]:
    """Every fault of a ``workflow.toml``."""
    source = Source(str(file), text)
    for fault in workflow_faults(file):
        yield _of_fault(source, fault)
    try:
        table, _ = read_toml(file)
    except ContractError:
        return
    limit, lifetime = table.get("task_time_limit_seconds"), table.get("task_availability_lifetime_seconds")
    if isinstance(limit, int) and isinstance(lifetime, int) and 60 <= lifetime < limit:
        message = f"tasks are available for {lifetime:,} seconds, and one may take {limit:,}"
        yield flaw("workflow-lifetime", message, _at_key(source, "task_availability_lifetime_seconds"))
    yield from public_crowd(source)
    consolidation = table.get("consolidation")
    if isinstance(consolidation, dict) and "kind" in consolidation:
        try:
            labels = table.get("labels", ())
            Settings.of(consolidation, labels if isinstance(labels, list) else ()).check_method()
        except ContractError as error:
            fault = ContractError(error.path, error.problem, error.cure, str(file), line_in_table(error.path, text))
            if not any(told.path == error.path for told in workflow_faults(file)):
                yield _of_fault(source, fault)


def _of_fault(source: Source, fault: ContractError) -> Finding:
    key = re.split(r"[.\[]", fault.path)[0]
    message = ": ".join(filter(None, (fault.path, fault.problem)))
    place = Place.of_line(source, fault.line or 1)  # what is missing stands on no line
    if not fault.path:
        return flaw("workflow-toml", message, place, fault.cure)
    if fault.problem == "is missing" and "." not in fault.path and key != "labels":
        return flaw("workflow-missing", message, place, fault.cure)
    if _PRICE_KEY.search(key):
        return flaw("workflow-price", f"{key} is a price: the public workforce is gone", place)
    if key in ("workteam", "workteam_arn", "team") and _PUBLIC in source.text:
        return flaw("workflow-key", message, place, "the team is chosen when the job is created")
    return flaw(_CODES.get(key, "workflow-key"), message, place, fault.cure)


def _at_key(source: Source, key: str) -> Place:
    line = next((at for at, text in enumerate(source.text.split("\n"), 1) if text.lstrip().startswith(key)), 1)
    return Place.of_line(source, line)


def public_crowd(source: Source) -> Iterator[Finding]:
    """The team of Mechanical Turk, wherever it is written."""
    at = source.text.find("public-crowd")
    while at >= 0:
        start, end = source.text.rfind("\n", 0, at) + 1, source.text.find("\n", at)
        line = source.text[start : end if end >= 0 else len(source.text)]
        if not line.lstrip().startswith("#"):
            yield flaw("workflow-public-crowd", "the team public-crowd does not exist any more", Place.of(source, at))
            return
        at = source.text.find("public-crowd", at + 1)


def check_folders(workflow: Workflow) -> Iterator[Finding]:
    """The workflow's name and files."""
    missing = workflow.missing()
    if missing:
        yield flaw("workflow-incomplete", f"{workflow.name} lacks {', '.join(missing)}", Place(str(workflow.template)))
    if not _JOB_NAME.fullmatch(workflow.name):
        message = f"{workflow.name!r} cannot be the name of a labeling job"
        yield flaw("workflow-name", message, Place(str(workflow.template.parent)))
    elif (over := len(f"LabelingFunction-{workflow.name}-post") + STACK_NAME - FUNCTION_NAME) > 0:
        message = f"the function <stack>-LabelingFunction-{workflow.name}-post would pass {FUNCTION_NAME} characters"
        place = Place(str(workflow.template.parent))
        yield flaw("workflow-name", message, place, f"shorten the workflow's name by {over}")


# ---- CreateLabelingJob -----------------------------------------------------------------------------------------------


def is_request(value: Any) -> bool:
    """Whether a JSON value looks like a CreateLabelingJob request."""
    return isinstance(value, dict) and bool({"HumanTaskConfig", "LabelingJobName", "LabelAttributeName"} & value.keys())


def check_request(file: Path, text: str) -> Iterator[Finding]:
    """Every limit of contract g on a request."""
    source = Source(str(file), text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        yield flaw("workflow-request", f"is not JSON: {str(error)[:200]}", Place.of_line(source, line))
        return
    human = value.get("HumanTaskConfig")
    human = human if isinstance(human, dict) else {}
    yield from public_crowd(source)
    for where, owner in (("", value), ("HumanTaskConfig.", human)):
        for name, (code, least, most, pattern, note) in _LIMITS.items():
            if (name in _OF_TASK) != bool(where) or name not in owner:
                continue
            problem = _problem(owner[name], least, most, pattern)
            if problem:
                yield flaw(code, f"{where}{name} {problem}", _at_name(source, name), note)
    yield from _attribute(value, source)
    keywords = human.get("TaskKeywords")
    if keywords is not None:
        yield from _keywords(keywords, source)
    yield from _interface(human, source)
    if "PublicWorkforceTaskPrice" in human:
        yield from _price(human["PublicWorkforceTaskPrice"], source)
    limit, lifetime = human.get("TaskTimeLimitInSeconds"), human.get("TaskAvailabilityLifetimeInSeconds")
    if isinstance(limit, int) and isinstance(lifetime, int) and 60 <= lifetime < limit:
        message = f"tasks are available for {lifetime:,} seconds, and one may take {limit:,}"
        yield flaw("workflow-lifetime", message, _at_name(source, "TaskAvailabilityLifetimeInSeconds"))


_Limit = tuple[str, int, int, str, str]
_ARN = r"arn:aws[a-z\-]*:"
_LIMITS: dict[str, _Limit] = {
    "LabelingJobName": (
        "workflow-request",
        1,
        63,
        r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        "letters, digits, hyphens between",
    ),
    "RoleArn": ("workflow-request", 20, 2048, _ARN + r"iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+", ""),
    "LabelCategoryConfigS3Uri": ("workflow-request", 0, 1024, r"(https|s3)://([^/]+)/?(.*)", ""),
    "WorkteamArn": ("workflow-request", 0, 256, _ARN + r"sagemaker:[a-z0-9\-]*:[0-9]{12}:workteam/.*", ""),
    "PreHumanTaskLambdaArn": ("workflow-request", 0, 2048, _ARN + r"lambda:[a-z0-9\-]*:[0-9]{12}:function:.*", ""),
    "TaskTitle": ("workflow-title", 1, 128, "[\t\n\r -\ud7ff\ue000-\ufffd]*", ""),
    "TaskDescription": ("workflow-description", 1, 255, r".+", ""),
    "NumberOfHumanWorkersPerDataObject": ("workflow-workers", 1, 9, "", ""),
    "TaskTimeLimitInSeconds": ("workflow-time", 30, 28_800, "", "a task of a custom job has at most 8 hours"),
    "TaskAvailabilityLifetimeInSeconds": ("workflow-time", 60, 2_592_000, "", ""),
    "MaxConcurrentTaskCount": ("workflow-request", 1, 5_000, "", ""),
}
_OF_TASK = frozenset({*_LIMITS} - {"LabelingJobName", "RoleArn", "LabelCategoryConfigS3Uri"})


def _problem(value: Any, least: int, most: int, pattern: str) -> str:
    if not pattern:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"is {str(value)[:60]!r}, not a whole number"
        return "" if least <= value <= most else f"is {value:,}; {least:,} to {most:,} are allowed"
    if not isinstance(value, str):
        return "is no text"
    if not least <= len(value) <= most:
        return f"has {len(value):,} characters; {least:,} to {most:,} are allowed"
    return "" if re.fullmatch(pattern, value) else f"is {value[:80]!r}, which the service refuses"


def _attribute(value: Any, source: Source) -> Iterator[Finding]:
    if "LabelAttributeName" in value:
        try:
            check_label_attribute(value["LabelAttributeName"], "LabelAttributeName")
        except ContractError as error:
            place = _at_name(source, "LabelAttributeName")
            yield flaw("workflow-label-attribute", f"{error.path} {error.problem}", place, error.cure)


def _keywords(keywords: Any, source: Source) -> Iterator[Finding]:
    place = _at_name(source, "TaskKeywords")
    if not isinstance(keywords, list) or not 1 <= len(keywords) <= 5:
        yield flaw("workflow-keywords", "TaskKeywords is not a list of 1 to 5 keywords", place)
        return
    for each in keywords:
        if problem := _problem(each, 1, 30, "[A-Za-z0-9]+( [A-Za-z0-9]+)*"):
            yield flaw("workflow-keywords", f"the keyword {each!r} {problem}", place)


def _interface(human: dict[str, Any], source: Source) -> Iterator[Finding]:
    interface = human.get("UiConfig")
    if isinstance(interface, dict) and ("UiTemplateS3Uri" in interface) == ("HumanTaskUiArn" in interface):
        message = "UiConfig must have either UiTemplateS3Uri or HumanTaskUiArn"
        yield flaw("workflow-request", message, _at_name(source, "UiConfig"), "custom jobs have UiTemplateS3Uri")
    after = human.get("AnnotationConsolidationConfig")
    if isinstance(after, dict):
        arn = after.get("AnnotationConsolidationLambdaArn")
        if problem := _problem(arn, 0, 2048, _LIMITS["PreHumanTaskLambdaArn"][3]):
            message = f"AnnotationConsolidationLambdaArn {problem}"
            yield flaw("workflow-request", message, _at_name(source, "AnnotationConsolidationConfig"))


def _price(value: Any, source: Source) -> Iterator[Finding]:
    place = _at_name(source, "PublicWorkforceTaskPrice")
    amount = value.get("AmountInUsd") if isinstance(value, dict) else None
    parts = (
        [amount.get(name, 0) for name in ("Dollars", "Cents", "TenthFractionsOfACent")]
        if isinstance(amount, dict)
        else []
    )
    note = "the public workforce is gone"
    if len(parts) == 3 and all(isinstance(part, int) for part in parts):
        price = f"{parts[0]}.{parts[1]:02}{parts[2]}"
        allowed = price in PRICES
        note = f"${price} is {'' if allowed else 'not one of the prices, and '}for the public workforce, which is gone"
    yield flaw("workflow-price", note, place)


def _at_name(source: Source, name: str) -> Place:
    found: Callable[[str], int] = source.text.find
    at = found(json.dumps(name))
    return Place.of(source, at) if at >= 0 else Place(source.name)
