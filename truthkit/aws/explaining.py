"""Why objects of a job failed: what the service, the output and the functions' logs say, joined into causes.

The causes are those of practice (contract j); each has its cure. It reads a job on the service, or a fetched folder.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truthkit.answers.read import by_manifest, latest_files
from truthkit.aws.fetching import fetch
from truthkit.aws.looking import Looking
from truthkit.aws.preflight import look_at_cors
from truthkit.aws_calls import client, without_secrets
from truthkit.findings import Finding, Severity, UsageError
from truthkit.job.fetched import read_job
from truthkit.wording import counted

_MOST_LOGS = 200
_MOST_TOLD = 5
_ERROR = r'?ERROR ?Error ?"Task timed out" ?"Runtime exited" ?AccessDenied ?Traceback ?Exception ?"payload size"'


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a job, and why what failed did. ``objects`` counts lines of the output by their state."""

    name: str
    status: str
    counters: Mapping[str, int]
    failure_reason: str
    objects: Mapping[str, int]
    causes: tuple[Finding, ...]
    logs_read: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "counters": dict(self.counters),
            "failure_reason": self.failure_reason,
            "objects": dict(self.objects),
            "causes": [finding.to_json() for finding in self.causes],
            "logs_read": self.logs_read,
        }


@dataclass(slots=True)
class _Evidence:
    """What the files of a job say, by object id. ``sources`` are the URIs of the lines."""

    lines: int = 0
    labeled: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    requested: set[str] = field(default_factory=set)
    returned: Counter[str] = field(default_factory=Counter)
    without_label: set[str] = field(default_factory=set)
    with_metadata: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def expired(self) -> set[str]:
        return {one for one, reason in self.failed.items() if "expired" in reason.lower()}

    def unanswered(self) -> bool:
        """Whether workers could not answer, it seems: tasks expired, or answers are empty."""
        return bool(self.expired() or self.empty)


@dataclass(frozen=True, slots=True)
class _Log:
    """A line of a function's log; ``which`` is ``pre`` or ``post``."""

    which: str
    group: str
    text: str


def explain_job(job: str) -> Explanation:
    """Why objects of a job on the service failed. Its output is read into a folder that is gone afterwards.

    Raises TruthkitError; what may not be read (logs) is a warning among the causes.
    """
    with tempfile.TemporaryDirectory(prefix="truthkit-") as folder:
        fetch(job, Path(folder) / "job")
        about = read_job(Path(folder) / "job")
        assert about is not None
        looking = Looking()
        logs = list(_logs(looking, about))
        found = _evidence(Path(folder) / "job" / "output" / about["LabelingJobName"], about["LabelAttributeName"])
        if found.unanswered():
            for bucket in sorted({uri.split("/")[2] for uri in found.sources.values() if uri.startswith("s3://")}):
                look_at_cors(looking, client("s3"), bucket)
        return _explained(found, about, logs, tuple(looking.findings), logs_read=True)


def explain_folder(folder: Path) -> Explanation:
    """Why objects of a fetched job failed, without the functions' logs. Raises UsageError if it is none."""
    about = read_job(folder)
    if about is None:
        raise UsageError(
            f"{folder} holds no fetched job", "truthkit fetch JOB --out DIR makes one; or give a job's name"
        )
    found = _evidence(folder / "output" / about["LabelingJobName"], about["LabelAttributeName"])
    return _explained(found, about, [], (), logs_read=False)


def _explained(
    found: _Evidence, about: Mapping[str, Any], logs: list[_Log], told: tuple[Finding, ...], *, logs_read: bool
) -> Explanation:
    reason = without_secrets(about.get("FailureReason", ""))
    causes = [*_of_reason(reason, about, logs, logs_read), *_of_logs(logs), *_of_objects(found, about)]
    states = {
        "lines": found.lines,
        "labeled": len(found.labeled),
        "failed": len(found.failed),
        "answered": len(found.answered),
        "sent to consolidation": len(found.requested),
        "consolidated": len(found.returned),
    }
    counters = about.get("LabelCounters", {})
    if all(one.severity != "error" for one in causes) and (
        about["LabelingJobStatus"] == "Failed" or counters.get("FailedNonRetryableError")
    ):
        cure = "look at the job in the console, and at the log group /aws/sagemaker/LabelingJobs"
        causes.append(Finding("explain-unknown", "nothing that could be read tells why", cure))
    return Explanation(
        about["LabelingJobName"], about["LabelingJobStatus"], counters, reason, states, (*causes, *told), logs_read
    )


# ---- what there is ---------------------------------------------------------------------------------------------------


def _evidence(root: Path, attribute: str) -> _Evidence:
    found = _Evidence()
    for number, line in enumerate(_json_lines(root / "manifests" / "output" / "output.manifest", found)):
        found.lines += 1
        source = line.get("source-ref")
        if isinstance(source, str):
            found.sources[str(number)] = source
        metadata = line.get(f"{attribute}-metadata")
        reason = metadata.get("failure-reason") if isinstance(metadata, dict) else None
        if attribute in line:
            found.labeled.add(str(number))
        elif isinstance(reason, str):
            found.failed[str(number)] = reason
    annotations = root / "annotations"
    if (annotations / "worker-response").is_dir():
        for object_id, path in latest_files(annotations / "worker-response").items():
            value = _json(Path(path), found)
            answers = value.get("answers") if isinstance(value, dict) else None
            contents = [one.get("answerContent") for one in answers or () if isinstance(one, dict)]
            if contents:
                found.answered.add(object_id)
            if contents and not any(contents):
                found.empty.add(object_id)
    consolidated = annotations / "consolidated-annotation"
    for file in sorted(consolidated.glob("consolidation-request/iteration-*/*.json")):
        for one in _items(_json(file, found)):
            found.requested.add(str(one.get("datasetObjectId")))
    for file in sorted(consolidated.glob("consolidation-response/iteration-*/*.json")):
        value = _json(file, found)
        if not isinstance(value, list):
            found.odd.append(type(value).__name__)
        for one in _items(value):
            object_id = str(one.get("datasetObjectId"))
            found.returned[object_id] += 1
            content = (one.get("consolidatedAnnotation") or {}).get("content")
            if not isinstance(content, dict) or attribute not in content:
                found.without_label.add(object_id)
            elif f"{attribute}-metadata" in content:
                found.with_metadata.add(object_id)
    return found


def _items(value: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _json(file: Path, found: _Evidence) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        found.odd.append(file.name)
        return None


def _json_lines(file: Path, found: _Evidence) -> Iterator[dict[str, Any]]:
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stream:
        for text in stream:
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                found.odd.append(file.name)
                value = None
            yield value if isinstance(value, dict) else {}


def _functions(about: Mapping[str, Any]) -> dict[str, str]:
    """The job's own functions, by ``pre`` and ``post``."""
    human = about["HumanTaskConfig"]
    given = {
        "pre": human.get("PreHumanTaskLambdaArn"),
        "post": human.get("AnnotationConsolidationConfig", {}).get("AnnotationConsolidationLambdaArn"),
    }
    return {which: arn for which, arn in given.items() if arn}


def _logs(looking: Looking, about: Mapping[str, Any]) -> Iterator[_Log]:
    """The errors in the functions' logs while the job ran."""
    from datetime import datetime

    start = int(datetime.fromisoformat(about["CreationTime"]).timestamp() * 1000)
    end = int(datetime.fromisoformat(about["LastModifiedTime"]).timestamp() * 1000) + 60_000
    logs = client("logs")
    for which, arn in _functions(about).items():
        group = f"/aws/lambda/{arn.rpartition(':function:')[2].split(':')[0]}"
        missing = Finding(
            "explain-no-log",
            f"the {which}-annotation function has no log group {group}: it was never run, or may not write logs",
            "look whether the job's role may invoke it, and whether its own role may write logs",
            severity="warning",
        )
        more: dict[str, str] = {}
        count = 0
        while count < _MOST_LOGS:
            page = looking.ask(
                f"the log {group}", logs.filter_log_events, missing,
                logGroupName=group, startTime=start, endTime=end, filterPattern=_ERROR, **more,
            )  # fmt: skip
            if page is None:
                break
            for event in page["events"]:
                count += 1
                yield _Log(which, group, without_secrets(event["message"]).strip())
            if not page.get("nextToken"):
                break
            more = {"nextToken": page["nextToken"]}


# ---- causes ----------------------------------------------------------------------------------------------------------

# What a log says, what it means, and its cure.
_IN_LOGS: tuple[tuple[str, str, str, str], ...] = (
    (
        "pre post",
        r"Task timed out",
        "takes longer than its time-out",
        "raise pre_timeout_seconds or post_timeout_seconds in workflow.toml, truthkit sam, and deploy",
    ),
    (
        "pre post",
        r"Runtime exited|signal: killed|MemoryError",
        "runs out of memory",
        "raise MemorySize in template.yaml, and deploy",
    ),
    (
        "pre post",
        r"ImportModuleError|No module named",
        "cannot be imported: a module is missing in what was deployed",
        "sam build and deploy again; what it needs beside boto3 goes into a layer",
    ),
    (
        "post",
        r"(?s)AccessDenied.*AssumeRole|not authorized to perform: sts:AssumeRole",
        "may not assume the job's role, and so cannot read the answers",
        "the job role's trust policy must name the function's role (template.yaml has it), and this must allow it",
    ),
    (
        "pre post",
        r"kms:Decrypt|KMS.*(?:AccessDenied|not authorized)",
        "may not use the KMS key of the data",
        "allow kms:Decrypt on the key in the role's policy and in the key's",
    ),
    (
        "pre post",
        r"AccessDenied|Access Denied|is not authorized to perform",
        "may not read or write S3",
        "allow s3:GetObject and s3:PutObject on the job's buckets in the role that the function uses",
    ),
    (
        "post",
        r"payload size exceeded|ResponseSizeTooLarge|handler success response\. Http response code: 413",
        "returns more than the 6 MB that Lambda lets through",
        "write large labels to S3 beside the answers, return their URIs, and do not echo answers",
    ),
    (
        "post",
        r"KeyError: 's3uri'",
        "reads s3uri; the key is s3Uri",
        "write event['payload']['s3Uri'], and annotationData.get('s3Uri')",
    ),
    (
        "post",
        r"string indices must be integers|'str' object has no attribute",
        "takes annotationData.content for an object; it is a text",
        "parse it: json.loads(annotation['annotationData']['content'])",
    ),
    (
        "post",
        r"KeyError: '(?:labelCategories|label_categories)'|'label_categories'|'NoneType' object is not iterable",
        "expects labelCategories, which a job without a label category file has not",
        "read event.get('labelCategories') or [], or name labels in workflow.toml",
    ),
    (
        "post",
        r"KeyError: '(?:source|source-ref)'",
        "reads the manifest's keys, which a consolidation request does not have",
        "read dataObject['content'] or dataObject['s3Uri']",
    ),
    (
        "post",
        r"KeyError: '",
        "reads a key that is not there: a consolidation request has no keys of the manifest, and an answer may be {}",
        "read answers with .get; what else is needed of a line goes into the page as a hidden field",
    ),
    (
        "pre",
        r"KeyError: '",
        "reads a key that some lines of the manifest do not have",
        "read it with .get, or mend the manifest (truthkit manifest check)",
    ),
)


def _of_logs(logs: Iterable[_Log]) -> Iterator[Finding]:
    """What the logs show, each cause once with how often it is there."""
    seen: dict[tuple[str, str], list[_Log]] = {}
    for log in logs:
        for which, pattern, what, cure in _IN_LOGS:
            if log.which in which.split() and re.search(pattern, log.text):
                seen.setdefault((what, cure), []).append(log)
                break
        else:
            if re.search(r"\[ERROR\]|Traceback", log.text):
                what = f"fails: {_last(log.text)}"
                seen.setdefault((what, "run it on a recorded event: truthkit try-lambda"), []).append(log)
    for (what, cure), found in list(seen.items())[:_MOST_TOLD]:
        message = f"the {found[0].which}-annotation function {what} ({len(found):,} × in {found[0].group})"
        yield Finding("explain-function", message, cure, excerpt=f"  | {_last(found[0].text)[:300]}")


def _last(text: str) -> str:
    """The line of a log's message that says most: the error's own."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    return next((line for line in lines if re.search(r"Error|Exception|timed out", line)), lines[0] if lines else "")


def _of_reason(reason: str, about: Mapping[str, Any], logs: list[_Log], logs_read: bool) -> Iterator[Finding]:
    """What the job's own FailureReason means."""
    if not reason:
        return
    if "invoking the Lambda function" in reason:
        which = next((which for which, arn in _functions(about).items() if arn in reason), "")
        named = f"the {which}-annotation function" if which else "a function"
        if any(log.which == which or not which for log in logs):
            message = f"{named} was run and failed: what the reason says of permissions is not it; its log tells why"
            yield Finding("explain-invoke", message, "mend what is told of the function, and launch again")
        else:
            looked = "its log has no error" if logs_read else "its log was not read"
            message = f"{named} could not be invoked, or failed: {looked}"
            cure = "look whether it exists and the job's role may invoke it: truthkit launch --dry-run does"
            if not logs_read:
                cure += "; truthkit explain JOB reads the logs"
            yield Finding("explain-invoke", message, cure)
    elif re.search(r"(?i)access ?denied|not authorized|cannot assume|permission", reason):
        message = "the job's role may not do what it must, or objects were taken from it while the job ran"
        cure = "truthkit launch --dry-run looks at the role; look whether a bucket's policy was changed"
        yield Finding("explain-role", message, f"{cure}, too", excerpt=f"  | {reason[:300]}")
    elif re.search(r"(?i)no ?such ?key|no ?such ?bucket|does not exist|not found|\b404\b", reason):
        message = "something that the job needs was not there: an object was deleted or moved while the job ran"
        cure = f"bring it back, and go on with the rest: --chain {about['LabelingJobName']}"
        yield Finding("explain-gone", message, cure, excerpt=f"  | {reason[:300]}")
    elif re.search(r"(?i)\b30 days|exceeded.*maximum (?:run|duration)|expired", reason):
        message = "the job was still at work after 30 days, when every job ends"
        yield Finding("explain-expired", message, f"go on with the rest: --chain {about['LabelingJobName']}")
    elif re.search(r"(?i)manifest", reason):
        cure = "truthkit manifest check FILE"
        source = about.get("InputConfig", {}).get("DataSource", {}).get("S3DataSource", {})
        if str(source.get("ManifestS3Uri", "")).endswith(".jsonl"):
            cure += "; name it .manifest: the service was seen to refuse .jsonl"
        message = "the input manifest is not what the service takes"
        yield Finding("explain-manifest", message, cure, excerpt=f"  | {reason[:300]}")


def _of_objects(found: _Evidence, about: Mapping[str, Any]) -> Iterator[Finding]:
    """What became of the objects, cause by cause."""
    attribute, job = about["LabelAttributeName"], about["LabelingJobName"]
    expired = found.expired()
    if expired:
        answered = expired & found.answered
        lifetime = about["HumanTaskConfig"].get("TaskAvailabilityLifetimeInSeconds", 0)
        message = f"{_some(expired)}: nobody finished the task in its {lifetime:,} seconds, or all declined it"
        if answered:
            message += f"; {len(answered):,} of them have an answer all the same"
        elif not found.answered:
            message += "; no object has an answer: do the workers see the task, and does the page work for them?"
        cure = "raise task_availability_lifetime_seconds, look at the page (truthkit smoke; CORS of the pictures), "
        yield _fault("explain-expired", message, f"{cure}and go on with the rest: --chain {job}", expired)
    for reason, count in Counter(found.failed[one] for one in found.failed.keys() - expired).most_common(_MOST_TOLD):
        ids = {one for one in found.failed if found.failed[one] == reason}
        message = f"{_some(ids)}: {without_secrets(reason)[:300]}"
        yield _fault(
            "explain-object",
            message,
            f"mend it, and go on with the rest: --chain {job} ({counted(count, 'object')})",
            ids,
        )
    if found.odd:
        several = "files are not what they should be" if len(found.odd) != 1 else "file is not what it should be"
        message = f"{len(found.odd):,} {several}: {', '.join(sorted(set(found.odd))[:3])}"
        cure = "the post-annotation function must return a list, not an object or JSON text; or fetch again"
        yield Finding("explain-response", message, cure)
    if _functions(about).get("post"):
        waiting = found.answered - found.requested
        if waiting:
            message = f"{_some(waiting)}: answered, and never sent to the post-annotation function"
            cure = "the job ended before all workers had answered: truthkit consolidate makes labels of what is there"
            yield _fault("explain-not-sent", message, cure, waiting)
        dropped = found.requested - found.returned.keys()
        if dropped:
            message = f"{_some(dropped)}: sent to the post-annotation function, and not in what it returned"
            cure = "the function failed on it, or left it out: truthkit try-lambda on the request shows it"
            yield _fault("explain-dropped", message, cure, dropped)
    if found.without_label:
        message = f"{_some(found.without_label)}: the label returned is not under {attribute!r}"
        cure = "return consolidatedAnnotation.content[event['labelAttributeName']]"
        yield _fault("explain-label-key", message, cure, found.without_label)
    if found.with_metadata:
        message = (
            f"{_some(found.with_metadata)}: '{attribute}-metadata' is returned, and the service writes its own over it"
        )
        cure = f"put what is to be kept under {attribute!r} itself"
        yield _fault("explain-metadata", message, cure, found.with_metadata, "warning")
    twice = {one for one, count in found.returned.items() if count > 1}
    if twice:
        message = f"{_some(twice)}: returned more than once; which one counts is not defined"
        yield _fault("explain-twice", message, "return one label an object", twice)
    if found.empty:
        message = f"{_some(found.empty)}: every answer is empty"
        cure = "name the page's fields, inside crowd-form, and require them (truthkit check, truthkit smoke)"
        yield _fault("explain-empty", message, cure, found.empty)
    own = f"{about['OutputConfig']['S3OutputPath'].rstrip('/')}/{job}/"
    if eaten := {one for one, uri in found.sources.items() if uri.startswith(own)}:
        message = f"{_some(eaten)}: what the job itself wrote came back to it as an object"
        cure = "let the topic hear of another prefix than the job's output, and launch with another --output"
        yield _fault("explain-own-output", message, cure, eaten)
    if about["LabelingJobStatus"] == "InProgress" and about.get("LabelCounters", {}).get("Unlabeled"):
        message = "the job is at work: objects go out in batches, and the next waits for the slowest worker of the last"
        cure = "truthkit status --watch tells how it goes; workers see no task meanwhile, and then again"
        yield Finding("explain-waiting", message, cure, "info")
    everything = {str(number) for number in range(found.lines)}
    silent = everything - found.labeled - found.failed.keys() - found.answered - found.requested
    if silent and about["LabelingJobStatus"] == "Completed":
        message = (
            f"{_some(silent)}: no answer, no label and no reason; the pre-annotation function may have kept them back"
        )
        cure = "look for isHumanAnnotationRequired false in it: truthkit render shows it line by line"
        yield _fault("explain-kept-back", message, cure, silent)


def _some(ids: Iterable[str]) -> str:
    names = sorted(ids, key=by_manifest)
    more = ", …" if len(names) > _MOST_TOLD else ""
    return f"{counted(len(names), 'object')} ({', '.join(names[:_MOST_TOLD])}{more})"


def _fault(code: str, message: str, cure: str, ids: Iterable[str], severity: Severity = "error") -> Finding:
    return Finding(code, message, cure, severity, object_id=min(ids, key=by_manifest))
