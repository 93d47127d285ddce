"""Who may do what: trust policies as they read, and IAM's own simulation of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truthkit.aws.looking import Looking
from truthkit.aws.request import Launch
from truthkit.aws.sam import WRITING_KINDS
from truthkit.aws_calls import client
from truthkit.findings import Finding

SERVICE = "sagemaker.amazonaws.com"
_ASSUME_JOB_ROLE = "TRUTHKIT_ASSUME_JOB_ROLE"
# What the policy that AWS proposes for streaming jobs allows on the queue of a job.
_OF_QUEUE = (
    "sqs:CreateQueue", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage",
    "sqs:SendMessage", "sqs:SetQueueAttributes",
)  # fmt: skip


def trusted(policy: Any, kind: str) -> set[str]:
    """The principals of a kind, ``Service`` or ``AWS``, whom a trust policy lets assume the role."""
    policy = json.loads(policy) if isinstance(policy, str) else policy
    found: set[str] = set()
    for statement in _several(policy.get("Statement")):
        principal = statement.get("Principal", {})
        actions = _several(statement.get("Action"))
        if statement.get("Effect") == "Allow" and any(one in ("sts:AssumeRole", "sts:*", "*") for one in actions):
            named = principal.get(kind) if isinstance(principal, dict) else principal
            found.update(map(str, _several(named)))
    return found


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A resource on which something may not be done, by IAM's simulation.

    ``unknown`` are the keys of conditions in the policies of which the simulation was not told.
    """

    resource: str
    unknown: tuple[str, ...] = ()

    def caveat(self) -> str:
        """What may make it untrue, to be added to a cure."""
        keys = ", ".join(self.unknown)
        return f"; its policies have conditions on {keys}: if they hold in the job, --force REASON" if keys else ""


def refused(
    looking: Looking, who: str, action: str, resources: Sequence[str], context: Mapping[str, str] | None = None
) -> list[Refusal] | None:
    """The resources on which ``who`` (the ARN of a role or user) may not do ``action``.

    None where IAM may not be asked, which is then told.
    """
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in (context or {}).items()
    ]
    answer = looking.ask(
        f"whether {'the role' if ':role/' in who else 'the user'} {who.rpartition('/')[2]} may {action}",
        client("iam").simulate_principal_policy,
        PolicySourceArn=who,
        ActionNames=[action],
        ResourceArns=list(resources),
        **({"ContextEntries": entries} if entries else {}),
    )
    if answer is None:
        return None
    return [
        Refusal(one["EvalResourceName"], tuple(sorted(one.get("MissingContextValues", ()))))
        for one in answer["EvaluationResults"]
        if one["EvalDecision"] != "allowed"
    ]


def look_at_caller(looking: Looking, plan: Launch, region: str, job: str, identity: Mapping[str, str]) -> None:
    """Whether whoever launches may make the job and hand it its role; ``identity`` is of GetCallerIdentity."""
    arn, account = identity["Arn"], identity["Account"]
    if arn.endswith(":root"):
        return  # the account's own user may do everything, and cannot be simulated
    who = _simulated(looking, arn)
    if who is None:
        message = f"what {arn} may do could not be looked at: IAM simulates users and roles only"
        cure = "look yourself: it needs sagemaker:CreateLabelingJob, sagemaker:AddTags, and iam:PassRole on the role"
        looking.findings.append(Finding("launch-unknown", message, cure, severity="warning"))
        return
    partition = arn.split(":")[1]
    made = f"arn:{partition}:sagemaker:{region}:{account}:labeling-job/{job.lower()}"
    team = {
        "sagemaker:WorkteamArn": plan.workteam,
        "sagemaker:WorkteamType": plan.workteam.partition(":workteam/")[2].partition("/")[0],
    }
    for action, resource, context in (
        ("sagemaker:CreateLabelingJob", made, team),
        ("sagemaker:AddTags", made, {}),
        ("iam:PassRole", plan.role, {"iam:PassedToService": SERVICE}),
    ):
        for one in refused(looking, who, action, [resource], context) or ():
            message = f"your credentials, {who.rpartition(':')[2]}, may not {action} on {one.resource}"
            cure = f"ask for the right to {action} on it, or use other credentials (AWS_PROFILE)"
            looking.findings.append(Finding("launch-caller", message, cure + one.caveat()))


def _simulated(looking: Looking, arn: str) -> str | None:
    """Whose policies count for a caller: its user or role; None if it is neither."""
    kind, _, name = arn.split(":", 5)[5].partition("/")
    if kind == "user":
        return arn
    if kind != "assumed-role":
        return None
    role = name.partition("/")[0]
    # The session's ARN lacks the role's path, which those of single sign-on have.
    found = looking.ask(f"the role {role}", client("iam").get_role, RoleName=role)
    if found is not None:
        return str(found["Role"]["Arn"])
    _arn, partition, _sts, _region, account, _rest = arn.split(":", 5)
    return f"arn:{partition}:iam::{account}:role/{role}"


def look_at_streaming(looking: Looking, plan: Launch, job: str) -> None:
    """The topics of a streaming job, and whether its role may use them and the queue that the service makes."""
    wanted: list[tuple[str, str, dict[str, str]]] = []
    for action, topic in (("sns:Subscribe", plan.sns_input), ("sns:Publish", plan.sns_output)):
        if topic is None or topic.count(":") != 5:
            continue  # no ARN: told with the request's other faults
        gone = Finding("launch-topic", f"the topic {topic} does not exist", "aws sns list-topics shows those here")
        looking.ask(f"the topic {topic}", client("sns").get_topic_attributes, gone, TopicArn=topic)
        if any(finding is gone for finding in looking.findings):
            continue
        context = {}
        if action == "sns:Subscribe":
            partition, region, account = (topic.split(":")[place] for place in (1, 3, 4))
            queue = f"arn:{partition}:sqs:{region}:{account}:GroundTruth-{job.lower()}"
            wanted += [(of_queue, queue, {}) for of_queue in _OF_QUEUE]
            # The managed policy lets it subscribe on these conditions only.
            context = {"sns:Protocol": "sqs", "sns:Endpoint": queue}
            # This action knows no resources.
            wanted.append(("sns:Unsubscribe", "*", {}))
        wanted.append((action, topic, context))
    _tell_streaming(looking, plan, wanted)


def _tell_streaming(looking: Looking, plan: Launch, wanted: Sequence[tuple[str, str, Mapping[str, str]]]) -> None:
    lacking: dict[str, list[str]] = {}
    caveats: list[str] = []
    for action, resource, context in wanted:
        found = refused(looking, plan.role, action, [resource], context)
        if found is None:
            return
        if found:
            lacking.setdefault(resource, []).append(action)
            caveats += [one.caveat() for one in found]
    if not lacking:
        return
    name = plan.role.rpartition("/")[2]
    statements = []
    for resource, actions in lacking.items():
        queues, of_queue, _job = resource.rpartition(":GroundTruth-")
        allowed = list(_OF_QUEUE) if of_queue else actions
        of = f"{queues}{of_queue}*" if of_queue else resource
        statements.append({"Effect": "Allow", "Action": allowed, "Resource": of})
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    told = "; ".join(f"{', '.join(actions)} on {resource}" for resource, actions in lacking.items())
    cure = f"aws iam put-role-policy --role-name {name} --policy-name Streaming --policy-document '{policy}'"
    cure += "; take it away again before sam delete" + "".join(dict.fromkeys(caveats))
    looking.findings.append(Finding("launch-role", f"the role {name} may not {told}: a streaming job needs it", cure))


def look_at_consolidation(looking: Looking, plan: Launch, function: Mapping[str, Any], trust: Any) -> None:
    """Whether the post-annotation function can read the answers, the way that its own settings say.

    Args:
        function: its configuration.
        trust: the trust policy of the job's role; None where it may not be read.
    """
    for finding in _unreadable(looking, plan, function, trust):
        looking.findings.append(finding)


def _unreadable(looking: Looking, plan: Launch, function: Mapping[str, Any], trust: Any) -> Iterator[Finding]:
    environment = function.get("Environment", {})
    if "Error" in environment:
        message = f"the environment of {plan.post} could not be looked at ({environment['Error'].get('ErrorCode')})"
        cure = f"ask for the right to use its key; {_ASSUME_JOB_ROLE}=1 there needs a job's role that trusts it"
        yield Finding("launch-unknown", message, cure, severity="warning")
        return
    how, own = environment.get("Variables", {}).get(_ASSUME_JOB_ROLE), str(function.get("Role", ""))
    job, name = plan.role.rpartition("/")[2], own.rpartition("/")[2]
    if how not in ("0", "1") or not own:
        return  # a function of another kit: how it reads is its own affair
    if how == "0":
        yield from _as_itself(looking, plan, own)
        return
    if trust is None:
        return  # that it may not be read is told
    principals = trusted(trust, "AWS")
    ways = "leave out --role to take the stack's (--stack), or sam deploy --parameter-overrides AssumeJobRole=false"
    if own in principals:
        return
    account = own.split(":")[4]
    if not principals & {"*", account, own.split(":role/")[0] + ":root"}:
        message = f"{job} does not trust {own}, as which {plan.post} runs; it would read the answers as {job}"
        cure = f'{ways}, or add {{"Effect": "Allow", "Principal": {{"AWS": "{own}"}}, "Action": "sts:AssumeRole"}}'
        yield Finding("launch-function", message, f"{cure} to the trust policy of {job}")
        return
    for one in refused(looking, own, "sts:AssumeRole", [plan.role]) or ():
        message = f"the post-annotation function's role {name} may not sts:AssumeRole on {plan.role}"
        yield Finding("launch-function", message, f"{ways}, or allow it in that role's policy{one.caveat()}")


def _as_itself(looking: Looking, plan: Launch, own: str) -> Iterator[Finding]:
    """What a function that reads and writes as itself may not do of what it must."""
    place = f"arn:{own.split(':')[1]}:s3:::{plan.output.removeprefix('s3://').rstrip('/')}/truthkit-preflight"
    place += "/annotations/consolidated-annotation/"
    wanted = [("s3:GetObject", f"{place}consolidation-request/iteration-1/1.json", "read the answers")]
    if plan.kms_key:
        wanted.append(("kms:Decrypt", plan.kms_key, "read the answers"))
    if plan.workflow.config().consolidation.get("kind") in WRITING_KINDS:
        wanted.append(("s3:PutObject", f"{place}output/0_1.png", "write the labels, which are files"))
        if plan.kms_key:
            wanted.append(("kms:GenerateDataKey", plan.kms_key, "write the labels, which are files"))
    for action, resource, what in wanted:
        for one in refused(looking, own, action, [resource]) or ():
            message = f"the post-annotation function's role {own.rpartition('/')[2]} may not {action} on {one.resource}"
            cure = "give --output in the stack's output bucket, or allow it in that role's policy"
            yield Finding("launch-function", f"{message}: it could not {what}", cure + one.caveat())
