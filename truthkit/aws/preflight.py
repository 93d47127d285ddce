"""What fails labeling jobs most, looked at before one is made. Nothing here changes anything."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truthkit._object_files import KeyNotAFileError, split_uri
from truthkit.aws.looking import Looking
from truthkit.aws.old_label import look_at_old_label
from truthkit.aws.request import Launch
from truthkit.aws.roles import SERVICE, look_at_caller, look_at_consolidation, look_at_streaming, refused, trusted
from truthkit.aws.sam import INVOKABLE
from truthkit.aws_calls import client, told, without_secrets
from truthkit.findings import Finding, TruthkitError
from truthkit.manifest import read_manifest
from truthkit.wording import counted

# Function names with one of these may be invoked by the managed policies' holders (contract b).
_INVOKABLE = ("GtRecipe", "LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")
_MOST_TOLD = 5
# Lines whose page is looked at for the label that is to be verified or adjusted.
_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Input:
    """What the input manifest holds: ``lines`` in all, of which ``labeled`` have the label attribute already.

    ``digest`` is the SHA-256 of its content; ``samples`` has the first picture of each bucket; ``checked`` lines have
    the label that is to be verified or adjusted, of which ``examples`` are the first; ``earlier`` ones have the label
    from which pages of the workflow begin.
    """

    lines: int = 0
    labeled: int = 0
    checked: int = 0
    earlier: int = 0
    digest: str = ""
    samples: tuple[str, ...] = ()
    examples: tuple[dict[str, Any], ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """``objects`` go to ``workers`` each, so that there are ``answers``; ``hours`` of work at the very most."""

    objects: int
    workers: int
    answers: int
    hours: float

    def to_json(self) -> dict[str, Any]:
        return {"objects": self.objects, "workers": self.workers, "answers": self.answers, "hours": self.hours}


def read_input(
    uri: str, attribute: str, folder: Path, *, checked: str | None = None, earlier: str | None = None
) -> Input:
    """Read the input manifest once; what is wrong with its lines is in ``findings``.

    Raises TruthkitError where AWS refuses.
    """
    bucket, key = split_uri(uri)
    file = folder / "input.manifest"
    digest = hashlib.sha256()
    there = shlex.quote(f"s3://{bucket}/{key.rpartition('/')[0]}".rstrip("/") + "/")
    cure = f"give --manifest one that is there (aws s3 ls {there}); truthkit manifest --upload brings one there"
    with told(uri, {"NoSuchKey": cure}), file.open("wb") as stream:
        for part in client("s3").get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
            stream.write(part)
            digest.update(part)
    findings: list[Finding] = []
    samples: dict[str, str] = {}
    examples: list[dict[str, Any]] = []
    lines = labeled = with_checked = with_earlier = 0

    def tell(finding: Finding) -> None:
        if finding.severity == "error" and len(findings) < _MOST_TOLD:
            message, excerpt = without_secrets(finding.message), without_secrets(finding.excerpt)
            findings.append(replace(finding, message=message, excerpt=excerpt, file=uri))

    for line in read_manifest(file, on_fault=tell):
        lines += 1
        labeled += attribute in line.data_object
        with_earlier += earlier is not None and earlier in line.data_object
        if checked is not None and checked in line.data_object:
            with_checked += 1
            if len(examples) < _EXAMPLES:
                examples.append(line.data_object)
        shown = [line.data_object.get("source-ref")]
        if checked is not None:
            shown += _texts(line.data_object.get(checked))  # masks are pictures, too
        for one in shown:
            if isinstance(one, str) and one.startswith("s3://"):
                samples.setdefault(one.split("/")[2], one)
    return Input(
        lines,
        labeled,
        with_checked,
        with_earlier,
        digest.hexdigest(),
        tuple(samples.values()),
        tuple(examples),
        tuple(findings),
    )


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, its keys apart."""
    if isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        return [text for one in inner for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def estimate_of(found: Input, request: dict[str, Any], *, chained: bool) -> Estimate:
    """How much work the job is. Lines of a chained job that have the label are not worked on again."""
    human = request["HumanTaskConfig"]
    workers = human["NumberOfHumanWorkersPerDataObject"]
    objects = found.lines - found.labeled if chained else found.lines
    answers = objects * workers
    return Estimate(objects, workers, answers, round(answers * human["TaskTimeLimitInSeconds"] / 3600, 1))


def preflight(plan: Launch, request: dict[str, Any], found: Input | None, uris: Iterable[str]) -> list[Finding]:
    """All that would fail the job, as far as it may be looked at; ``uris`` will hold the template and the categories.

    Raises TruthkitError where nothing can be looked at: no or expired credentials, throttling, no network.
    """
    looking = Looking()
    region = str(client("sagemaker").meta.region_name)
    looking.findings += _of_input(plan, request, found)
    account = looking.ask("the caller's identity", client("sts").get_caller_identity)
    looking.findings += _of_arns(plan, region, account["Account"] if account else None)
    if account:
        look_at_caller(looking, plan, region, request["LabelingJobName"], account)
    _team(looking, plan)
    functions = [arn for arn in (plan.pre, plan.post) if arn]
    known = {arn: _function(looking, arn) for arn in functions}
    samples = found.samples if found else ()
    read = [uri for uri in (plan.manifest, *uris, *samples) if uri]
    _buckets(looking, plan, region, [*read, plan.output], samples)
    trust = _role(looking, plan, [arn for arn in functions if known[arn]], read)
    if plan.post is not None and (configuration := known[plan.post]):
        look_at_consolidation(looking, plan, configuration, trust)
    look_at_streaming(looking, plan, request["LabelingJobName"])
    if plan.checked is not None and found is not None:
        looking.findings += _of_page(plan, plan.checked, found)
    _output(looking, plan, request)
    return looking.findings


def _of_input(plan: Launch, request: dict[str, Any], found: Input | None) -> Iterator[Finding]:
    if found is None:
        return
    yield from found.findings
    uri, attribute = str(plan.manifest), request["LabelAttributeName"]
    if uri.endswith(".jsonl"):
        message = f"{uri} ends in .jsonl, which the service was seen to refuse"
        better = uri.removesuffix("jsonl") + "manifest"
        cure = f"aws s3 cp {shlex.quote(uri)} {shlex.quote(better)}, and give --manifest {shlex.quote(better)}"
        yield Finding("launch-manifest", message, cure, severity="warning", file=uri)
    if plan.chain is not None and plan.checked is None and found.lines and found.lines == found.labeled:
        message = f"every line has {attribute!r} already, so that a chained job has nothing to do"
        cure = "give another --label-attribute to label all again, or --adjust or --verify"
        yield Finding("launch-manifest", message, cure, file=uri)
    elif found.labeled and plan.chain is None:
        message = f"{_have(found.labeled)} {attribute!r} already; the job would write over it in its output"
        yield Finding("launch-manifest", message, "give another --label-attribute", severity="warning", file=uri)
    earlier = plan.workflow.config().earlier_label
    if plan.checked is None and found.earlier and not (plan.chain is not None and attribute == earlier):
        message = f"{_have(found.earlier)} {earlier!r}, with which the page begins: workers would see that label"
        cure = f"give --adjust {earlier} or --verify {earlier} if they are to; else take it out of the lines"
        yield Finding("launch-label", message, cure, severity="warning", file=uri)
    if plan.checked is not None and found.checked < found.lines:
        without = found.lines - found.checked
        lines = f"{without:,} of {counted(found.lines, 'line')}"
        message = f"{lines} {'has' if without == 1 else 'have'} no {plan.checked!r}"
        severity: Any = "warning" if found.checked else "error"
        cure = "give the output manifest of the job that made the labels, or --chain JOB"
        yield Finding("launch-manifest", message, cure, severity=severity, file=uri)


def _have(lines: int) -> str:
    return f"{counted(lines, 'line')} {'has' if lines == 1 else 'have'}"


def _of_page(plan: Launch, checked: str, found: Input) -> Iterator[Finding]:
    """Whether workers see what they check; where the job runs another function than the workflow's, that may differ."""
    function = (plan.pre or "").partition(":function:")[2].partition(":")[0]
    own = plan.pre is None or function.endswith(f"{INVOKABLE}-{plan.workflow.name}-pre")
    for finding in look_at_old_label(plan.workflow, checked, found.examples):
        yield finding if own else replace(finding, severity="warning")


def _of_arns(plan: Launch, region: str, account: str | None) -> Iterator[Finding]:
    """The region and the account that ARNs name, against those of the session."""
    named = (
        ("--workteam", plan.workteam), ("--role", plan.role), ("--pre-lambda", plan.pre), ("--post-lambda", plan.post),
        ("--sns-input", plan.sns_input), ("--sns-output", plan.sns_output),
    )  # fmt: skip
    for option, arn in named:
        parts = (arn or "").split(":")
        if len(parts) < 6:
            continue  # no ARN: told with the request's other faults
        if parts[3] and parts[3] != region:
            message = f"{option} {arn} is in {parts[3]}, the job would be in {region}"
            yield Finding("launch-region", message, f"set AWS_REGION={parts[3]}, or give another {option}")
        # Teams of vendors and the managed functions are in accounts of others.
        foreign = option == "--workteam" and "/private-crowd/" not in parts[5]
        foreign = foreign or ":function:PRE-" in str(arn) or ":function:ACS-" in str(arn)
        if account and parts[4] != account and not foreign:
            message = f"{option} {arn} is of account {parts[4]}, your credentials are of {account}"
            yield Finding(
                "launch-account", message, f"use credentials of {parts[4]} (AWS_PROFILE), or another {option}"
            )


def _team(looking: Looking, plan: Launch) -> None:
    kind, _, name = plan.workteam.partition(":workteam/")[2].partition("/")
    missing = Finding(
        "launch-team", f"the work team {plan.workteam} does not exist", "aws sagemaker list-workteams shows those here"
    )
    sagemaker = client("sagemaker")
    if kind == "private-crowd":
        found = looking.ask(f"the team {name}", sagemaker.describe_workteam, missing, WorkteamName=name)
        found = found and found["Workteam"]
    elif kind == "vendor-crowd":
        found = looking.ask(
            f"the team {name}", sagemaker.describe_subscribed_workteam, missing, WorkteamArn=plan.workteam
        )
        found = found and found["SubscribedWorkteam"]
    else:
        return  # public-crowd is told with the request's other faults
    if found and found["WorkteamArn"] != plan.workteam:
        message = f"the team {name} of this account is {found['WorkteamArn']}, not {plan.workteam}"
        looking.findings.append(Finding("launch-team", message, "give its ARN as --workteam"))


def _function(looking: Looking, arn: str) -> dict[str, Any]:
    """The function's configuration; empty where it is not known to be there."""
    missing = Finding("launch-function", f"the function {arn} does not exist", "sam deploy it, or give another ARN")
    found = looking.ask(f"the function {arn}", client("lambda").get_function_configuration, missing, FunctionName=arn)
    if not found:
        return {}
    if found.get("State", "Active") != "Active":
        message = f"the function {arn} is {found['State']}: {found.get('StateReason', 'no reason is told')}"
        looking.findings.append(Finding("launch-function", message, "wait, or deploy it again"))
    return dict(found)


def _buckets(looking: Looking, plan: Launch, region: str, uris: Sequence[str], samples: Sequence[str]) -> None:
    s3 = client("s3")
    places: dict[str, str] = {}
    for uri in uris:
        try:
            places.setdefault(split_uri(uri)[0], uri)
        except KeyNotAFileError as error:
            looking.findings.append(Finding("launch-bucket", str(error), "give s3://BUCKET/PREFIX"))
    for bucket, uri in places.items():
        missing = Finding("launch-bucket", f"the bucket of {uri} does not exist", "make it, or give another")
        found = looking.ask(f"the bucket {bucket}", s3.get_bucket_location, missing, Bucket=bucket)
        if found is None:
            continue
        place = {None: "us-east-1", "EU": "eu-west-1"}.get(found["LocationConstraint"], found["LocationConstraint"])
        if place != region:
            message = f"the bucket {bucket} is in {place}, the job would be in {region}"
            cure = f"set AWS_REGION={place}, or copy the data to a bucket in {region}"
            looking.findings.append(Finding("launch-region", message, cure))
    for uri in samples:
        bucket = split_uri(uri)[0]
        if not any(finding.code == "launch-bucket" and uri in finding.message for finding in looking.findings):
            look_at_cors(looking, s3, bucket)
            gone = Finding(
                "launch-bucket", f"{uri} does not exist", "bring the objects there (truthkit manifest --upload)"
            )
            looking.ask(uri, s3.head_object, gone, Bucket=bucket, Key=split_uri(uri)[1])


def look_at_cors(looking: Looking, s3: Any, bucket: str) -> None:
    """Whether pages may load a bucket's objects."""
    from botocore.exceptions import ClientError

    def rules(**parameters: Any) -> Any:
        try:
            return s3.get_bucket_cors(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchCORSConfiguration":
                return {"CORSRules": []}
            raise

    found = looking.ask(f"CORS of the bucket {bucket}", rules, Bucket=bucket)
    if found is None:
        return
    if not any("GET" in rule["AllowedMethods"] and rule["AllowedOrigins"] for rule in found["CORSRules"]):
        message = f"the bucket {bucket} lets no page read it (CORS), so that tasks with its pictures stay blank"
        rule = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": [], "ExposeHeaders": []}]
        text = json.dumps({"CORSRules": rule})
        cure = f"aws s3api put-bucket-cors --bucket {bucket} --cors-configuration '{text}'"
        looking.findings.append(Finding("launch-cors", message, cure))


def _role(looking: Looking, plan: Launch, functions: Sequence[str], read: Sequence[str]) -> Any:
    """The trust policy of the job's role; None where it may not be read, or is not."""
    name = plan.role.rpartition("/")[2]
    missing = Finding("launch-role", f"the role {plan.role} does not exist", "give another --role")
    found = looking.ask(f"the role {name}", client("iam").get_role, missing, RoleName=name)
    trust = found["Role"]["AssumeRolePolicyDocument"] if found is not None else None
    if trust is not None and SERVICE not in trusted(trust, "Service"):
        message = f"the role {name} cannot be assumed by {SERVICE}"
        cure = f'add {{"Effect": "Allow", "Principal": {{"Service": "{SERVICE}"}}, "Action": "sts:AssumeRole"}}'
        looking.findings.append(Finding("launch-role", message, f"{cure} to its trust policy"))
    if any(finding is missing for finding in looking.findings):
        return None
    partition = plan.role.split(":")[1] if plan.role.count(":") > 1 else "aws"

    def s3(uri: str, more: str = "") -> str:
        return (
            f"arn:{partition}:s3:::{uri.removeprefix('s3://').rstrip('/') if more else uri.removeprefix('s3://')}{more}"
        )

    wanted = {
        "s3:GetObject": [s3(uri) for uri in read],
        "s3:PutObject": [s3(plan.output, "/truthkit-preflight")],
        "s3:ListBucket": sorted(
            {s3(f"s3://{uri.split('/')[2]}") for uri in (*read, plan.output) if uri.count("/") > 1}
        ),
        "lambda:InvokeFunction": list(functions),
        "kms:GenerateDataKey": [plan.kms_key] if plan.kms_key else [],
        "kms:Decrypt": [plan.kms_key] if plan.kms_key else [],
    }
    for action, resources in wanted.items():
        if not resources:
            continue
        denied = refused(looking, plan.role, action, resources)
        if denied is None:
            if action == "lambda:InvokeFunction":
                looking.findings += _odd_names(resources)
            continue
        for one in denied:
            about = one.resource
            cure = f"allow {action} on {about} in the role's policy"
            if action == "lambda:InvokeFunction" and any(_odd_names([about])):
                cure += f"; the managed policies allow functions with {' or '.join(_INVOKABLE[:3])} in their name"
            message = f"the role {name} may not {action} on {about}"
            looking.findings.append(Finding("launch-role", message, cure + one.caveat()))
    return trust


def _odd_names(arns: Iterable[str]) -> Iterator[Finding]:
    for arn in arns:
        if not any(text in arn.rpartition(":function:")[2] for text in _INVOKABLE):
            yield Finding(
                "launch-function",
                f"the name of {arn} is none that the managed policies let a job invoke",
                f"put LabelingFunction into its name, or allow lambda:InvokeFunction on {arn} in the role's policy",
                severity="warning",
            )


def _output(looking: Looking, plan: Launch, request: dict[str, Any]) -> None:
    """What lies already where the job would write, and whether its output would come back as input."""
    try:
        bucket, prefix = split_uri(plan.output)
    except KeyNotAFileError:
        return
    s3 = client("s3")
    folder = "/".join(filter(None, (prefix.strip("/"), request["LabelingJobName"]))) + "/"
    there = looking.ask(
        f"the output s3://{bucket}/{folder}", s3.list_objects_v2, Bucket=bucket, Prefix=folder, MaxKeys=1
    )
    if there and there.get("KeyCount"):
        message = f"s3://{bucket}/{folder} holds files of an earlier job"
        looking.findings.append(Finding("launch-output", message, "give another --name or --output"))
    if plan.sns_input is None:
        return
    wired = looking.ask(f"the notifications of {bucket}", s3.get_bucket_notification_configuration, Bucket=bucket)
    for one in (wired or {}).get("TopicConfigurations", ()):
        rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", ())
        watched = next((rule["Value"] for rule in rules if rule["Name"].lower() == "prefix"), "")
        if one["TopicArn"] == plan.sns_input and folder.startswith(watched):
            message = f"{plan.sns_input} hears of what the job writes to s3://{bucket}/{folder}: output becomes input"
            looking.findings.append(Finding("launch-output", message, "give another --output"))


def refuse(findings: Sequence[Finding]) -> None:
    """Raise TruthkitError if there are errors among ``findings``; it carries all of them."""
    if any(finding.severity == "error" for finding in findings):
        raise TruthkitError.of(findings)
