"""The requests that moto lacks, answered as the service would: held to botocore's own model and to contract g.

A labeling job goes Initializing → InProgress → Completed, Failed, or Stopping → Stopped, one step when told to. What
the fake answers is held to the model too, so that it cannot say what the service never says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ACCOUNT = "123456789012"  # moto's
REGION = "us-east-1"
TEAM = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:workteam/private-crowd/team-a"
ENDED = ("Completed", "Failed", "Stopped")
_STEPS = {
    "Initializing": {"InProgress", "Failed"},
    "InProgress": {"Completed", "Failed", "Stopping"},
    "Stopping": {"Stopped", "Failed"},
}


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@dataclass
class FakeAws:
    """What the account has.

    ``caller`` is whose credentials these are. ``settings`` are fields of a function's configuration. ``denied`` are
    actions, or ``NAME ACTION`` of a role or user, that policies do not allow; ``unknown`` are keys of their conditions
    that the simulation was not told. ``refuse`` maps an operation to the error code that it answers with.
    """

    caller: str = f"arn:aws:iam::{ACCOUNT}:user/people/ann"
    teams: set[str] = field(default_factory=lambda: {TEAM})
    functions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    simulated: set[tuple[str, str, str]] = field(default_factory=set)
    refuse: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    contexts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    before: Callable[[str, dict[str, Any]], None] | None = None

    def install(self, patch: pytest.MonkeyPatch) -> FakeAws:
        """Answer the clients of this process, beside moto, which answers what the fake does not."""
        real = getattr(botocore.client.BaseClient, "_make_api_call")  # noqa: B009 - the stubs lack it
        fake = self

        def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
            model = self.meta.service_model.operation_model(operation)
            fake.calls.append(operation)
            if fake.before is not None:
                fake.before(operation, parameters)
            if operation in fake.refuse:
                raise error(operation, *fake.refuse[operation])
            own = getattr(fake, f"_{_snake(operation)}", None)
            if own is None:
                assert self.meta.service_model.service_name != "sagemaker", operation
                return real(self, operation, parameters)
            report = ParamValidator().validate(parameters, model.input_shape)
            problems = [*report.generate_report().splitlines(), *faults(model.input_shape, parameters)]
            if problems:
                raise error(operation, "ValidationException", "; ".join(problems))
            answer = own(parameters)
            report = ParamValidator().validate(answer, model.output_shape)
            assert not report.has_errors(), report.generate_report()
            return answer

        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        return self

    def step(self, name: str, status: str, **more: Any) -> None:
        """The job's next state. ``more`` are fields of DescribeLabelingJob."""
        job = self.jobs[name.lower()]
        assert status in _STEPS.get(job["LabelingJobStatus"], ()), f"{job['LabelingJobStatus']} → {status}"
        job.update(LabelingJobStatus=status, LastModifiedTime=datetime.now(UTC), **more)
        if status == "Completed":
            manifest = f"{job['OutputConfig']['S3OutputPath'].rstrip('/')}/{job['LabelingJobName']}"
            job["LabelingJobOutput"] = {"OutputDatasetS3Uri": f"{manifest}/manifests/output/output.manifest"}

    def count(self, name: str, **counters: int) -> None:
        self.jobs[name.lower()]["LabelCounters"].update(counters)

    # --- SageMaker ---

    def _create_labeling_job(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["LabelingJobName"]
        if name.lower() in self.jobs:
            raise error("CreateLabelingJob", "ResourceInUse", f"Labeling job {name} exists")
        for problem in contract(request):
            raise error("CreateLabelingJob", "ValidationException", problem)
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:labeling-job/{name.lower()}"
        now = datetime.now(UTC)
        counters = ("TotalLabeled", "HumanLabeled", "MachineLabeled", "FailedNonRetryableError", "Unlabeled")
        self.jobs[name.lower()] = {
            **json.loads(json.dumps(request)),
            "LabelingJobArn": arn,
            "LabelingJobStatus": "Initializing",
            "JobReferenceCode": f"ref{len(self.jobs)}",
            "CreationTime": now,
            "LastModifiedTime": now,
            "LabelCounters": dict.fromkeys(counters, 0),
        }
        return {"LabelingJobArn": arn}

    def _describe_labeling_job(self, request: dict[str, Any]) -> dict[str, Any]:
        job = self.jobs.get(request["LabelingJobName"].lower())
        if job is None:
            raise error("DescribeLabelingJob", "ResourceNotFound", "Requested resource not found.")
        return job

    def _list_labeling_jobs(self, request: dict[str, Any]) -> dict[str, Any]:
        names = sorted(self.jobs)
        first = int(request.get("NextToken", "0"))
        keys = ("LabelingJobName", "LabelingJobArn", "CreationTime", "LastModifiedTime", "LabelingJobStatus",
                "LabelCounters", "FailureReason")  # fmt: skip
        found = []
        for name in names[first : first + 2]:
            job = self.jobs[name]
            human = job["HumanTaskConfig"]
            found.append({key: job[key] for key in keys if key in job} | {"WorkteamArn": human["WorkteamArn"]})
        more = {"NextToken": str(first + 2)} if first + 2 < len(names) else {}
        return {"LabelingJobSummaryList": found, **more}

    def _describe_workteam(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["WorkteamName"]
        arn = next((team for team in self.teams if team.endswith(f"/private-crowd/{name}")), None)
        if arn is None:
            raise error("DescribeWorkteam", "ValidationException", f"Work team with name {name} not found.")
        members = [{"OidcMemberDefinition": {"Groups": ["us"]}}]
        about = {"WorkteamName": name, "WorkteamArn": arn, "MemberDefinitions": members, "Description": "us"}
        return {"Workteam": about}

    def _describe_subscribed_workteam(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["WorkteamArn"] not in self.teams:
            raise error("DescribeSubscribedWorkteam", "ValidationException", "not found")
        return {"SubscribedWorkteam": {"WorkteamArn": request["WorkteamArn"]}}

    # --- others ---

    def _get_function_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["FunctionName"] not in self.functions:
            raise error(
                "GetFunctionConfiguration",
                "ResourceNotFoundException",
                f"Function not found: {request['FunctionName']}",
            )
        state = self.functions[request["FunctionName"]]
        return {
            "FunctionArn": request["FunctionName"],
            "State": state,
            **self.settings.get(request["FunctionName"], {}),
        }

    def _describe_stacks(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["StackName"] not in self.stacks:
            message = f"Stack with id {request['StackName']} does not exist"
            raise error("DescribeStacks", "ValidationError", message)
        outputs = self.stacks[request["StackName"]]
        return {
            "Stacks": [
                {
                    "StackName": request["StackName"],
                    "CreationTime": datetime.now(UTC),
                    "StackStatus": outputs.get("status", "CREATE_COMPLETE"),
                    "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
                }
            ]
        }

    def _get_caller_identity(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"Account": ACCOUNT, "Arn": self.caller, "UserId": "AIDAEXAMPLE"}

    def _simulate_principal_policy(self, request: dict[str, Any]) -> dict[str, Any]:
        source = request["PolicySourceArn"]
        if not re.fullmatch(r"arn:aws:iam::\d{12}:(user|group|role)/.+", source):
            raise error("SimulatePrincipalPolicy", "InvalidInput", f"Invalid Entity Arn: {source}")
        self.simulated |= {(source, one, on) for one in request["ActionNames"] for on in request["ResourceArns"]}
        role = request["PolicySourceArn"].rpartition("/")[2]
        context = {one["ContextKeyName"]: one["ContextKeyValues"] for one in request.get("ContextEntries", ())}
        self.contexts.update(dict.fromkeys(request["ActionNames"], context))
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalResourceName": resource,
                    "EvalDecision": "implicitDeny" if {action, f"{role} {action}"} & self.denied else "allowed",
                    "MissingContextValues": list(self.unknown),
                }
                for action in request["ActionNames"]
                for resource in request["ResourceArns"]
            ]
        }


def error(operation: str, code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def faults(shape: Any, value: Any) -> list[str]:
    """What the model forbids and ParamValidator does not look at."""
    if shape.type_name == "structure":
        return [one for name, inner in value.items() for one in faults(shape.members[name], inner)]
    if shape.type_name == "list":
        inner = [one for each in value for one in faults(shape.member, each)]
        return inner + (["too many"] if len(value) > shape.metadata.get("max", len(value)) else [])
    found = []
    most = shape.metadata.get("max")
    if most is not None and (len(value) if isinstance(value, str) else value) > most:
        found.append(f"{shape.name} {value!r} is over {most}")
    pattern = shape.metadata.get("pattern")
    if isinstance(value, str) and pattern:
        for java, python in ((r"\p{L}", "a-zA-Zäöüß"), (r"\p{Z}", " "), (r"\p{N}", "0-9")):
            pattern = pattern.replace(java, python)
        if not re.fullmatch(pattern, value):
            found.append(f"{shape.name} {value!r} does not match {pattern}")
    return found


def contract(request: dict[str, Any]) -> list[str]:
    """Contract g, beyond the model."""
    human, attribute = request["HumanTaskConfig"], request["LabelAttributeName"]
    source = request["InputConfig"]["DataSource"]
    found = []
    if not source.keys() & {"S3DataSource", "SnsDataSource"}:
        found.append("no data source")
    if attribute.endswith(("-metadata", "-ref")) or attribute in ("source", "source-ref"):
        found.append(f"label attribute {attribute}")
    if set(human["UiConfig"]) != {"UiTemplateS3Uri"}:
        found.append("a custom job has a template")
    if not human["TaskTimeLimitInSeconds"] <= 28_800:
        found.append("time limit")
    if human.get("TaskAvailabilityLifetimeInSeconds", 60) > 2_592_000:
        found.append("lifetime")
    if "public-crowd" in human["WorkteamArn"]:
        found.append("the public workforce is gone")
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
