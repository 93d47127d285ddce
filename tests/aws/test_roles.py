"""The roles of template.yaml: what each may, by its policies and as moto enforces them on the handlers."""

from __future__ import annotations

import base64
import importlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicy, PermissionResult
from PIL import Image

from tests.aws.stack import ACCOUNT, KEY, REGION, Stack, stack_of
from truthkit_core import storage
from truthkit_core.storage import StorageError

INPUT, OUTPUT = "labels-inputdatabucket", "labels-outputdatabucket"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ExecutionRole"
ROLES = ["PreAnnotationRole", "PostAnnotationRole", "PostAnnotationWritingRole", "ExecutionRole"]
POST_ROLES = ROLES[1:3]
KEYS = pytest.mark.parametrize("key", ["", KEY], ids=["without-key", "with-key"])
ASSUMES = pytest.mark.parametrize("assume", ["true", "false"], ids=["job-role", "own-role"])

Statement = tuple[frozenset[str], frozenset[str]]


def allowed(actions: str, *resources: str) -> Statement:
    return frozenset(actions.split()), frozenset(resources)


LOGS = allowed(
    "logs:CreateLogStream logs:PutLogEvents",
    f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/labels-LabelingFunction-*:*",
)
IN, OUT = f"arn:aws:s3:::{INPUT}", f"arn:aws:s3:::{OUTPUT}"
ANSWERS = f"{OUT}/*/annotations/*"
LABEL_FILES = f"{OUT}/*/annotations/consolidated-annotation/output/*"
JOB = {
    allowed("s3:GetObject", f"{IN}/*"),
    allowed("s3:GetObject s3:PutObject s3:AbortMultipartUpload", f"{OUT}/*"),
    allowed("s3:ListBucket s3:GetBucketLocation", IN, OUT),
    allowed("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:labels-LabelingFunction-*"),
    allowed(
        "logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/sagemaker/LabelingJobs*",
    ),
    allowed("cloudwatch:PutMetricData", "*"),
}


@KEYS
@ASSUMES
def test_each_role_has_exactly_what_its_work_needs(template: dict[str, Any], assume: str, key: str) -> None:
    stack = stack_of(template, AssumeJobRole=assume, KmsKeyArn=key)

    def with_key(actions: str) -> set[Statement]:
        return {allowed(actions, key)} if key else set()

    expected = {
        "PreAnnotationRole": {allowed("s3:GetObject", f"{IN}/*"), LOGS, *with_key("kms:Decrypt")},
        "ExecutionRole": JOB | with_key("kms:Encrypt kms:Decrypt kms:ReEncrypt* kms:GenerateDataKey* kms:DescribeKey"),
    }
    if assume == "true":
        expected |= {role: {allowed("sts:AssumeRole", JOB_ROLE), LOGS} for role in POST_ROLES}
    else:
        reads = {allowed("s3:GetObject", ANSWERS), LOGS, *with_key("kms:Decrypt")}
        writes = {allowed("s3:PutObject", LABEL_FILES), *with_key("kms:GenerateDataKey")}
        expected |= {"PostAnnotationRole": reads, "PostAnnotationWritingRole": reads | writes}
    assert {role: stack.statements(role) for role in stack.of_type("AWS::IAM::Role")} == expected


@ASSUMES
def test_who_may_take_each_role(template: dict[str, Any], assume: str) -> None:
    roles = stack_of(template, AssumeJobRole=assume).of_type("AWS::IAM::Role")
    trust = {}
    for name, properties in roles.items():
        [statement] = properties["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        assert "RoleName" not in properties, "a stack with named roles wants more consent (CAPABILITY_NAMED_IAM)"
        trust[name] = statement["Principal"]
    functions = {name: {"Service": "lambda.amazonaws.com"} for name in ROLES[:3]}
    job: dict[str, Any] = {"Service": "sagemaker.amazonaws.com"}
    if assume == "true":
        job["AWS"] = [f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in POST_ROLES]
    assert trust == functions | {"ExecutionRole": job}


def test_given_buckets_are_named_in_the_policies_and_no_others(template: dict[str, Any]) -> None:
    made = stack_of(template, AssumeJobRole="false")
    given = stack_of(template, AssumeJobRole="false", InputBucket="acme-in", OutputBucket="acme-out")
    for role in ROLES:
        text = json.dumps(made.policies(role)).replace(INPUT, "acme-in").replace(OUTPUT, "acme-out")
        assert json.loads(text) == given.policies(role)


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("lambda:InvokeFunction", f"{FUNCTION}:labels-LabelingFunction-text-entities-pre", {"ExecutionRole"}),
        ("lambda:InvokeFunction", f"{FUNCTION}:labels-LabelingFunction-text-entities-post", {"ExecutionRole"}),
        ("lambda:InvokeFunction", f"{FUNCTION}:other", set()),
        ("lambda:UpdateFunctionCode", f"{FUNCTION}:labels-LabelingFunction-text-entities-pre", set()),
        ("logs:PutLogEvents", f"{LOG_GROUP}:/aws/lambda/labels-LabelingFunction-text-entities-pre:x", set(ROLES[:3])),
        ("logs:PutLogEvents", f"{LOG_GROUP}:/aws/lambda/other:x", set()),
        ("logs:PutLogEvents", f"{LOG_GROUP}:/aws/sagemaker/LabelingJobs:x", {"ExecutionRole"}),
        ("cloudwatch:PutMetricData", "*", {"ExecutionRole"}),
        ("kms:Decrypt", KEY, {"PreAnnotationRole", "ExecutionRole"}),
        ("kms:GenerateDataKey", KEY, {"ExecutionRole"}),
        ("kms:Decrypt", KEY.replace("1234abcd", "99999999"), set()),
        ("kms:ScheduleKeyDeletion", KEY, set()),
        ("kms:CreateGrant", KEY, set()),
        ("iam:PassRole", JOB_ROLE, set()),
        ("sts:AssumeRole", JOB_ROLE, set(POST_ROLES)),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin", set()),
    ],
)
def test_who_may_do_what_besides_s3(template: dict[str, Any], action: str, resource: str, may: set[str]) -> None:
    """moto reads the policies; its services other than S3 and STS do not ask for a resource."""
    stack = stack_of(template, KmsKeyArn=KEY)
    assert {role for role in ROLES if permitted(stack, role, action, resource)} == may
    if action.startswith("kms:"):
        without = stack_of(template)
        assert not any(permitted(without, role, action, resource) for role in ROLES)


@pytest.mark.parametrize(
    ("action", "may"),
    [
        ("kms:Decrypt", set(ROLES)),
        ("kms:GenerateDataKey", {"PostAnnotationWritingRole", "ExecutionRole"}),
        ("kms:Encrypt", {"ExecutionRole"}),
    ],
)
def test_the_key_of_functions_that_read_as_themselves(template: dict[str, Any], action: str, may: set[str]) -> None:
    stack = stack_of(template, KmsKeyArn=KEY, AssumeJobRole="false")
    assert {role for role in ROLES if permitted(stack, role, action, KEY)} == may


def permitted(stack: Stack, role: str, action: str, resource: str) -> bool:
    results = [
        IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)
        for document in stack.policies(role).values()
    ]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


# --- enforced: the roles' own credentials, on moto's S3 and STS ---


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the stack's buckets and roles; ``act_as`` puts a role's credentials where boto3 finds them."""

    act_as: Callable[[str], None]


@pytest.fixture(scope="module", params=["true", "false"], ids=["job-role", "own-role"])
def account(request: pytest.FixtureRequest, template: dict[str, Any]) -> Iterator[tuple[str, Account]]:
    stack = stack_of(template, AssumeJobRole=request.param)
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        # moto compares a trust policy with the session's ARN; AWS takes every session of a role that is named.
        patch.setattr(
            AssumedRoleAccessKey,
            "arn",
            property(lambda self: f"arn:aws:iam::{self.account_id}:role/{self._owner_role_name}"),
        )
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        session = botocore.session.get_session()
        loader = session.get_component("data_loader")  # it has read the services' models, which takes its time
        boto3.setup_default_session(botocore_session=session)
        s3: Any = boto3.client("s3")
        iam: Any = boto3.client("iam")
        sts: Any = boto3.client("sts")
        for bucket in (INPUT, OUTPUT, "other"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            s3.put_object(Bucket=bucket, Key="job/annotations/one.json", Body=b"[]")
            s3.put_object(Bucket=bucket, Key="text/one.txt", Body=b"Gobies turn away from lamps at night.")
        sessions = {}
        for role, properties in stack.of_type("AWS::IAM::Role").items():
            trust = json.dumps(properties["AssumeRolePolicyDocument"])
            made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]
            for name, document in stack.policies(role).items():
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
            one = sts.assume_role(RoleArn=made["Arn"], RoleSessionName="function")["Credentials"]
            core = botocore.session.get_session()
            core.register_component("data_loader", loader)
            sessions[role] = boto3.Session(
                one["AccessKeyId"], one["SecretAccessKey"], one["SessionToken"], REGION, core
            )

        def act_as(role: str) -> None:
            patch.setattr(boto3, "DEFAULT_SESSION", sessions[role])
            patch.setattr(storage, "_clients", {})
            [environment] = {
                json.dumps(function["Environment"]) for function in stack.of_type("AWS::Lambda::Function").values()
            }
            for name, value in json.loads(environment)["Variables"].items():
                patch.setenv(name, value)

        yield request.param, Account(act_as)


def enforced(call: Callable[[], Any]) -> Any:
    """What a call gives where every request is held against the policies of who sends it."""
    return set_initial_no_auth_action_count(0)(call)()


def granted(client: Any, operation: str, arguments: dict[str, Any]) -> bool:
    try:
        enforced(lambda: getattr(client, operation)(**arguments))
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False
    return True


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "read a data object": ("get_object", {"Bucket": INPUT, "Key": "text/one.txt"}),
    "change a data object": ("put_object", {"Bucket": INPUT, "Key": "text/one.txt"}),
    "read answers": ("get_object", {"Bucket": OUTPUT, "Key": "job/annotations/one.json"}),
    "change answers": ("put_object", {"Bucket": OUTPUT, "Key": "job/annotations/one.json", "Body": b"[]"}),
    "write a mask": (
        "put_object",
        {"Bucket": OUTPUT, "Key": "a/job/annotations/consolidated-annotation/output/0.png"},
    ),
    "write the output manifest": ("put_object", {"Bucket": OUTPUT, "Key": "job/manifests/output/output.manifest"}),
    "list the input": ("list_objects_v2", {"Bucket": INPUT}),
    "list the output": ("list_objects_v2", {"Bucket": OUTPUT}),
    "delete output": ("delete_object", {"Bucket": OUTPUT, "Key": "text/one.txt"}),
    "delete input": ("delete_object", {"Bucket": INPUT, "Key": "text/one.txt"}),
    "make the bucket public": ("put_bucket_acl", {"Bucket": INPUT, "ACL": "public-read"}),
    "read elsewhere": ("get_object", {"Bucket": "other", "Key": "text/one.txt"}),
    "write elsewhere": ("put_object", {"Bucket": "other", "Key": "text/two.txt"}),
    "list elsewhere": ("list_objects_v2", {"Bucket": "other"}),
    "become the job": ("assume_role", {"RoleArn": JOB_ROLE, "RoleSessionName": "one"}),
}


def test_what_each_role_may_on_s3_and_no_more(account: tuple[str, Account]) -> None:
    assume, of = account
    found = {}
    for role in ROLES:
        of.act_as(role)
        s3, sts = boto3.client("s3"), boto3.client("sts")
        found[role] = {
            what
            for what, (operation, arguments) in CALLS.items()
            if granted(sts if operation == "assume_role" else s3, operation, arguments)
        }
    post = {"become the job"} if assume == "true" else {"read answers"}
    assert found == {
        "PreAnnotationRole": {"read a data object"},
        "PostAnnotationRole": post,
        "PostAnnotationWritingRole": post | (set() if assume == "true" else {"write a mask"}),
        "ExecutionRole": {
            "read a data object",
            "read answers",
            "change answers",
            "write a mask",
            "write the output manifest",
            "list the input",
            "list the output",
        },
    }


def handler(workflow: str, which: str) -> Any:
    return importlib.import_module(f"{workflow}.{which}_annotation").lambda_handler


def test_a_handler_before_the_task_reads_its_text(account: tuple[str, Account]) -> None:
    account[1].act_as("PreAnnotationRole")
    line = {"source-ref": f"s3://{INPUT}/page.png", "text-file-s3-uri": f"s3://{INPUT}/text/one.txt", "metadata": {}}
    event = {"version": "2018-10-06", "labelingJobArn": "arn", "dataObject": line}
    response = enforced(lambda: handler("text_entities", "pre")(event, None))
    assert response["taskInput"]["text"] == "Gobies turn away from lamps at night."
    line["text-file-s3-uri"] = "s3://other/text/one.txt"
    with pytest.raises(Exception, match=r"s3://other/text/one.txt may not be read by the function's role"):
        enforced(lambda: handler("text_entities", "pre")(event, None))


def painted() -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 1), (255, 0, 0)).save(buffer, "PNG")
    return {
        "mask": {
            "inputImageProperties": {"width": 2, "height": 1},
            "labelMappings": {"cat": {"color": "#ff0000"}},
            "labeledImage": {"pngImageData": base64.b64encode(buffer.getvalue()).decode()},
        }
    }


def request_of(name: str, answer: Any, bucket: str = OUTPUT) -> dict[str, Any]:
    """A post-annotation event, with its consolidation request put where the service puts it, by its own rights."""
    prefix = f"{name}/annotations"
    key = f"{prefix}/consolidated-annotation/consolidation-request/iteration-1/2026-03-02_09:20:11.json"
    annotations = [
        {"workerId": f"private.{index}", "annotationData": {"content": json.dumps(answer)}} for index in range(2)
    ]
    request = [{"datasetObjectId": "0", "dataObject": {"content": "A headline"}, "annotations": annotations}]
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(request).encode())
    return {
        "version": "2018-10-06",
        "labelingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:labeling-job/{name}",
        "labelAttributeName": "mine",
        "roleArn": JOB_ROLE,
        "outputConfig": f"s3://{bucket}/{prefix}",
        "payload": {"s3Uri": f"s3://{bucket}/{key}"},
    }


def test_a_handler_after_the_task_reads_the_answers(account: tuple[str, Account]) -> None:
    account[1].act_as("PostAnnotationRole")
    event = request_of("headlines", {"category": {"label": "World"}})
    [item] = enforced(lambda: handler("text_classification", "post")(event, None))
    assert item["consolidatedAnnotation"]["content"]["mine"]["label"] == "World"
    elsewhere = request_of("headlines", {"category": {"label": "World"}}, bucket="other")
    with pytest.raises(StorageError, match=r"may not be read by the (function's role|role arn:)"):
        enforced(lambda: handler("text_classification", "post")(elsewhere, None))


def test_a_handler_of_masks_writes_them(account: tuple[str, Account]) -> None:
    assume, of = account
    event = request_of("cats", painted())
    of.act_as("PostAnnotationWritingRole")
    [item] = enforced(lambda: handler("semantic_segmentation", "post")(event, None))
    uri = item["consolidatedAnnotation"]["content"]["mine"]["labeledImage"]["s3Uri"]
    assert uri.startswith(f"s3://{OUTPUT}/cats/annotations/consolidated-annotation/output/")
    of.act_as("PostAnnotationRole")
    if assume == "false":
        with pytest.raises(StorageError, match="may not be written by the function's role"):
            enforced(lambda: handler("semantic_segmentation", "post")(event, None))


def test_a_job_of_another_role_is_not_read(account: tuple[str, Account]) -> None:
    """Where functions read as the job's role, and it is not the stack's, they tell what is missing."""
    assume, of = account
    event = request_of("headlines", {"category": {"label": "World"}})
    event["roleArn"] = f"arn:aws:iam::{ACCOUNT}:role/other"
    of.act_as("PostAnnotationRole")
    if assume == "false":
        assert len(enforced(lambda: handler("text_classification", "post")(event, None))) == 1
    else:
        with pytest.raises(StorageError, match="role/other cannot be assumed") as told:
            enforced(lambda: handler("text_classification", "post")(event, None))
        assert "trust policy" in told.value.cure
