"""``truthkit launch``: what is looked at first, what is sent, and that it is sent once."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import (
    EndpointConnectionError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from typer.testing import CliRunner

from tests.aws.account import CORS, MANIFEST, POST, PRE, TRUST, Account
from tests.aws.fake_sagemaker import REGION, TEAM, error, function_arn
from tests.documents import DOCS, ROOT, commands
from truthkit._moto_server import Aws
from truthkit._object_files import ObjectFiles
from truthkit.aws.request import Launch, named
from truthkit.aws_calls import client, without_secrets
from truthkit.aws_calls import told as aws_told
from truthkit.cli import app
from truthkit.findings import TruthkitError
from truthkit.lint.manifest import look_in_aws, look_in_folders
from truthkit.project import Workflow
from truthkit_core.handlers import ASSUME_JOB_ROLE


def test_a_dry_run_shows_the_request_and_changes_nothing(account: Account) -> None:
    before = account.stored(), account.stored("acme-out")
    account.fake.calls.clear()
    result = account.run("--dry-run", "--price", "0.05")
    assert (result.exception, result.exit_code, result.stderr) == (None, 0, "")
    assert "2 objects × 3 workers = 6 answers, at most 0.5 hours of work, 0.30 USD to the workers" in result.stdout
    assert (account.stored(), account.stored("acme-out")) == before
    assert not [call for call in account.fake.calls if call.startswith(("Create", "Put", "Delete", "Update", "Copy"))]
    assert "what the service charges for each labeled object, S3 and Lambda are not in it" in result.stdout
    words = shlex.split(result.stdout[result.stdout.index("\naws sagemaker") :])
    assert (len(words), words[5]) == (7, "--cli-input-json")
    assert words[:5] == ["aws", "sagemaker", "create-labeling-job", "--region", REGION]
    request = json.loads(words[-1])
    told = account.told("--dry-run")
    assert told["request"] == request
    assert shlex.split(told["command"])[:6] == words[:6]
    assert json.loads(shlex.split(told["command"])[6]) == request
    assert (told["made"], told["findings"], told["estimate"]["answers"]) == (False, [], 6)
    assert request["HumanTaskConfig"]["PreHumanTaskLambdaArn"] == PRE
    assert request["OutputConfig"] == {"S3OutputPath": "s3://acme-out/"}
    assert request["LabelCategoryConfigS3Uri"].startswith("s3://acme-in/truthkit/text-classification/")


def test_the_request_is_one_that_the_service_takes(account: Account) -> None:
    request = account.told("--dry-run", "--price", "12/h")["request"]
    boto3.client("sagemaker").create_labeling_job(**request)
    assert account.fake.jobs[request["LabelingJobName"]]["LabelingJobStatus"] == "Initializing"


ODD = {
    "team": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/nobody",
    "public": "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default",
    "region": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/team-a",
    "account": "arn:aws:sagemaker:us-east-1:999999999999:workteam/private-crowd/team-a",
}


@pytest.mark.parametrize(
    ("team", "code", "text"),
    [
        ("team", "launch-team", "does not exist; aws sagemaker list-workteams"),
        ("public", "workflow-public-crowd", "does not exist any more"),
        ("region", "launch-region", "is in eu-west-1, the job would be in us-east-1; set AWS_REGION=eu-west-1"),
        ("account", "launch-account", "of account 999999999999, your credentials are of 123456789012"),
    ],
)
def test_a_team_that_cannot_label_is_told(account: Account, team: str, code: str, text: str) -> None:
    found = account.findings(team=ODD[team])
    assert found[code].startswith("error: ")
    assert text in found[code]


def break_cors(account: Account) -> None:
    account.write({"source-ref": "s3://acme-in/pictures/1.png"})
    account.s3.delete_bucket_cors(Bucket="acme-in")


def break_object(account: Account) -> None:
    account.write({"source-ref": "s3://acme-in/pictures/2.png"})


def break_source_bucket(account: Account) -> None:
    account.write({"source-ref": "s3://acme-nowhere/pictures/2.png"})


def break_trust(account: Account) -> None:
    trust = json.dumps(TRUST).replace("sagemaker", "lambda")
    account.iam.update_assume_role_policy(RoleName="lab-JobRole", PolicyDocument=trust)


def break_role(account: Account) -> None:
    account.iam.delete_role(RoleName="lab-JobRole")


def break_read(account: Account) -> None:
    account.fake.denied.add("s3:GetObject")


def break_write(account: Account) -> None:
    account.fake.denied.add("s3:PutObject")


def break_invoke(account: Account) -> None:
    account.fake.denied.add("lambda:InvokeFunction")


def break_function(account: Account) -> None:
    del account.fake.functions[POST]


def break_state(account: Account) -> None:
    account.fake.functions[PRE] = "Failed"


def break_output(account: Account) -> None:
    account.fake.stacks["lab"]["OutputBucketName"] = "acme-gone"


def break_region(account: Account) -> None:
    place: Any = {"LocationConstraint": "eu-west-1"}
    account.s3.create_bucket(Bucket="acme-far", CreateBucketConfiguration=place)
    account.fake.stacks["lab"]["OutputBucketName"] = "acme-far"


def break_name(account: Account) -> None:
    name = account.told("--dry-run")["name"]
    account.s3.put_object(Bucket="acme-out", Key=f"{name}0/another", Body=b"")
    assert account.findings() == {}
    account.s3.put_object(Bucket="acme-out", Key=f"{name}/annotations/x", Body=b"")


def break_line(account: Account) -> None:
    account.write({"source-ref": "s3://acme-in/pictures/1.png"}, {"text": "two"})


def break_kms(account: Account) -> None:
    account.fake.stacks["lab"]["KmsKeyArn"] = "arn:aws:kms:us-east-1:123456789012:key/1"
    account.fake.denied.add("kms:GenerateDataKey")


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (break_cors, "launch-cors", "lets no page read it (CORS)"),
        (break_object, "launch-bucket", "s3://acme-in/pictures/2.png does not exist"),
        (break_source_bucket, "launch-bucket", "the bucket of s3://acme-nowhere/pictures/2.png does not exist"),
        (break_trust, "launch-role", "cannot be assumed by sagemaker.amazonaws.com"),
        (break_role, "launch-role", "lab-JobRole does not exist"),
        (break_read, "launch-role", "may not s3:GetObject on arn:aws:s3:::acme-in/"),
        (break_write, "launch-role", "may not s3:PutObject on arn:aws:s3:::acme-out/"),
        (break_invoke, "launch-role", f"may not lambda:InvokeFunction on {POST}"),
        (break_function, "launch-function", f"{POST} does not exist"),
        (break_state, "launch-function", f"{PRE} is Failed"),
        (break_output, "launch-bucket", "the bucket of s3://acme-gone/ does not exist"),
        (break_region, "launch-region", "acme-far is in eu-west-1"),
        (break_name, "launch-output", "holds files of an earlier job"),
        (break_line, "manifest-no-source", "source"),
        (break_kms, "launch-role", "may not kms:GenerateDataKey"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_would_fail_the_job_is_told_and_refused(account: Account, change: Any, code: str, text: str) -> None:
    change(account)
    result = account.run()
    assert isinstance(result.exception, TruthkitError)
    told = [one for one in result.exception.findings if one.code == code and text in one.message]
    assert {one.file for one in told if one.code.startswith("manifest-")} <= {MANIFEST}
    assert [(one.severity, bool(one.cure)) for one in told] == [("error", True)] * len(told)
    assert told
    assert not account.fake.jobs
    assert not [key for key in account.stored() if key.startswith("truthkit/")], "nothing was uploaded"


def test_a_well_kept_account_with_pictures_has_no_findings(account: Account) -> None:
    account.write({"source-ref": "s3://acme-in/pictures/1.png"})
    assert account.findings() == {}


@pytest.mark.parametrize(
    ("operation", "about"),
    [
        ("GetRole", "the role lab-JobRole"),
        ("DescribeWorkteam", "the team team-a"),
        ("GetFunctionConfiguration", f"the function {PRE}, {POST}"),
        ("GetBucketLocation", "the bucket acme-in, acme-out"),
    ],
)
def test_what_may_not_be_looked_at_is_a_warning(account: Account, operation: str, about: str) -> None:
    account.fake.refuse[operation] = ("AccessDenied", "no")
    told = account.told("--dry-run")["findings"]
    assert {one["severity"] for one in told} == {"warning"}
    assert any(f"{about}: could not be looked at ({operation} is refused)" in one["message"] for one in told)


def test_where_iam_may_not_be_asked_one_warning_lists_what_is_not_known(account: Account) -> None:
    account.fake.refuse["SimulatePrincipalPolicy"] = ("AccessDenied", "no")
    [finding] = [one for one in account.told("--dry-run")["findings"] if one["code"] == "launch-unknown"]
    assert finding["message"] == (
        "whether the user ann may sagemaker:CreateLabelingJob, sagemaker:AddTags, iam:PassRole; "
        "whether the role lab-JobRole may s3:GetObject, s3:PutObject, s3:ListBucket, lambda:InvokeFunction: "
        "could not be looked at (SimulatePrincipalPolicy is refused)"
    )


def test_that_nothing_is_wrong_is_said_where_it_was_looked_at(account: Account) -> None:
    well = "preflight: nothing wrong with request, credentials, team, role, buckets, manifest, functions\n"
    account.write({"source": "one"})
    told = account.run("--dry-run", "--workers", "1").stdout
    assert told.startswith("1 object × 1 worker = 1 answer, at most 0.1 hours of work\n" + well)
    account.fake.refuse["GetRole"] = ("AccessDenied", "no")
    assert "preflight" not in account.run("--dry-run").stdout
    account.fake.refuse.clear()
    assert well in account.run().stdout
    assert "preflight" not in account.run().stdout, "it is there already"


def test_a_host_that_cannot_be_reached_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": host, "AWS_CONFIG_FILE": str(tmp_path / "none"),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        waits: list[float] = []
        monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
        result = CliRunner().invoke(app, ["status", "tone"])
    assert isinstance(result.exception, TruthkitError)
    [told] = result.stderr.splitlines()
    assert told.startswith(f'warning Could not connect to the endpoint URL: "{host}/')
    assert told.endswith(f"it is tried again, {len(waits)} times at most")


@pytest.mark.parametrize("action", ["iam:PassRole", "sagemaker:CreateLabelingJob", "sagemaker:AddTags"])
def test_what_the_caller_may_not_do_is_told(account: Account, action: str) -> None:
    assert account.findings() == {}
    user = "arn:aws:iam::123456789012:user/people/ann"
    name = account.told("--dry-run")["name"]
    job = f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{name}"
    assert {one[1:] for one in account.fake.simulated if one[0] == user} == {
        ("iam:PassRole", account.role), ("sagemaker:CreateLabelingJob", job), ("sagemaker:AddTags", job),
    }  # fmt: skip
    assert account.fake.contexts["iam:PassRole"] == {"iam:PassedToService": ["sagemaker.amazonaws.com"]}
    team = {"sagemaker:WorkteamArn": [TEAM], "sagemaker:WorkteamType": ["private-crowd"]}
    assert account.fake.contexts["sagemaker:CreateLabelingJob"] == team
    account.fake.denied.add(f"ann {action}")
    found = account.findings()
    assert list(found) == ["launch-caller"]
    assert f"error: your credentials, user/people/ann, may not {action} on " in found["launch-caller"]


def test_a_session_of_a_role_is_looked_at_by_its_role_with_its_path(account: Account) -> None:
    made = account.iam.create_role(
        RoleName="AWSReservedSSO_Labeling_1a2b", Path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
    )  # fmt: skip
    account.fake.caller = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Labeling_1a2b/ann@example.com"
    assert account.findings() == {}
    assert (made["Role"]["Arn"], "iam:PassRole", account.role) in account.fake.simulated
    account.fake.denied.add("AWSReservedSSO_Labeling_1a2b iam:PassRole")
    assert "AWSReservedSSO_Labeling_1a2b, may not iam:PassRole on" in account.findings()["launch-caller"]


@pytest.mark.parametrize(
    ("caller", "codes"),
    [
        ("arn:aws:iam::123456789012:root", []),
        ("arn:aws:sts::123456789012:federated-user/ann", ["launch-unknown"]),
        ("arn:aws:sts::123456789012:assumed-role/gone/ann", []),
    ],
)
def test_a_caller_that_cannot_be_simulated_is_no_error(account: Account, caller: str, codes: list[str]) -> None:
    account.fake.caller = caller
    found = account.findings()
    assert list(found) == codes
    assert all(text.startswith(f"warning: what {caller} may do could not be looked at") for text in found.values())


def test_a_refusal_names_the_conditions_that_the_simulation_does_not_know(account: Account) -> None:
    account.fake.denied.add("ann iam:PassRole")
    account.fake.unknown = ["aws:SourceVpc", "aws:PrincipalTag/team"]
    told = account.findings()["launch-caller"]
    assert "conditions on aws:PrincipalTag/team, aws:SourceVpc: if they hold in the job, --force REASON" in told


OWN = "arn:aws:iam::123456789012:role/lab-PostAnnotationRole"


def assumes(account: Account, value: str, *trusted: str) -> None:
    """The post-annotation function runs under a role of its own; the job's role trusts ``trusted`` too."""
    account.fake.settings[POST] = {"Role": OWN, "Environment": {"Variables": {ASSUME_JOB_ROLE: value}}}
    service = TRUST["Statement"][0]
    also = {"Effect": "Allow", "Principal": {"AWS": list(trusted)}, "Action": "sts:AssumeRole"}
    policy = json.dumps({**TRUST, "Statement": [service, also] if trusted else [service]})
    account.iam.update_assume_role_policy(RoleName="lab-JobRole", PolicyDocument=policy)


@pytest.mark.parametrize(
    ("value", "trusted", "denied", "text"),
    [
        ("1", OWN, "", ""),
        ("1", OWN, "lab-PostAnnotationRole sts:AssumeRole", ""),
        ("1", "arn:aws:iam::123456789012:root", "", ""),
        ("1", "arn:aws:iam::123456789012:root", "lab-PostAnnotationRole sts:AssumeRole", "may not sts:AssumeRole on"),
        ("1", "arn:aws:iam::123456789012:role/other", "", f"lab-JobRole does not trust {OWN}"),
        ("0", "", "", ""),
        (
            "0",
            "",
            "lab-PostAnnotationRole s3:GetObject",
            "lab-PostAnnotationRole may not s3:GetObject on arn:aws:s3:::",
        ),
    ],
)
def test_a_post_annotation_function_that_could_not_read_the_answers_is_told(
    account: Account, value: str, trusted: str, denied: str, text: str
) -> None:
    assumes(account, value, *filter(None, [trusted]))
    account.fake.denied.add(denied)
    found = account.findings()
    assert set(found) == ({"launch-function"} if text else set())
    if text:
        assert found["launch-function"].startswith("error: ")
        assert text in found["launch-function"]
        assert ("AssumeJobRole=false" in found["launch-function"]) == (value == "1")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", "arn:aws:s3:::acme-out/truthkit-preflight/annotations/consolidated-annotation/output/0_1.png"),
        ("kms:GenerateDataKey", "arn:aws:kms:us-east-1:123456789012:key/1"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"),
    ],
)
def test_a_function_that_writes_masks_as_itself_must_be_allowed_to(
    account: Account, action: str, resource: str
) -> None:
    account.write({"source-ref": "s3://acme-in/pictures/1.png"})
    stack = account.fake.stacks["lab"]
    stack["KmsKeyArn"] = "arn:aws:kms:us-east-1:123456789012:key/1"
    for which, arn in (("Pre", PRE), ("Post", POST)):
        stack[f"SemanticSegmentation{which}LabelingFunctionArn"] = arn
    assumes(account, "0")
    command = ["launch", "semantic-segmentation", "--manifest", MANIFEST, "--workteam", TEAM, "--stack", "lab"]

    def found(*arguments: str) -> list[dict[str, str]]:
        result = CliRunner().invoke(app, [*(arguments or command), "--dry-run", "--json"])
        return list(json.loads(result.stdout)["findings"])

    assert found() == []
    account.fake.denied.add(f"lab-PostAnnotationRole {action}")
    [finding] = found()
    assert (finding["code"], finding["severity"]) == ("launch-function", "error")
    assert f"lab-PostAnnotationRole may not {action} on {resource}" in finding["message"]
    texts = ["text-classification" if word == "semantic-segmentation" else word for word in command]
    account.write({"source": "one"})
    assert bool(found(*texts)) == (action == "kms:Decrypt"), "labels that are no files are not written"


def test_settings_of_a_function_that_may_not_be_read_are_a_warning(account: Account) -> None:
    denied = {"ErrorCode": "AccessDeniedException", "Message": "no kms:Decrypt"}
    account.fake.settings[POST] = {"Role": OWN, "Environment": {"Error": denied}}
    found = account.findings()
    assert list(found) == ["launch-unknown"]
    assert found["launch-unknown"].startswith(f"warning: the environment of {POST}")


def test_a_manifest_that_the_service_was_seen_to_refuse_is_a_warning(account: Account) -> None:
    account.write({"source": "one"}, key="m/in.jsonl")
    found = account.findings(manifest="s3://acme-in/m/in.jsonl")
    assert list(found) == ["launch-manifest"]
    assert found["launch-manifest"].startswith("warning: ")
    assert "aws s3 cp s3://acme-in/m/in.jsonl s3://acme-in/m/in.manifest" in found["launch-manifest"]


def test_a_name_that_managed_policies_do_not_allow_is_told_where_the_role_cannot_be_asked(account: Account) -> None:
    odd = function_arn("my-post")
    account.fake.functions[odd] = "Active"
    assert account.findings("--post-lambda", odd) == {}, "the role may invoke it"
    account.fake.refuse["SimulatePrincipalPolicy"] = ("AccessDenied", "no")
    assert "put LabelingFunction into its name" in account.findings("--post-lambda", odd)["launch-function"]


JOB_NAMES = "give 1 to 63 letters, digits and hyphens"


@pytest.mark.parametrize(
    ("arguments", "text", "allowed"),
    [
        (("--name", "a_b"), "--name 'a_b' is no name", JOB_NAMES),
        (("--name", "a" * 64), "is no name of a labeling job", JOB_NAMES),
        (("--name", "tone-"), "--name 'tone-' is no name", JOB_NAMES),
        (("--label-attribute", "mask-ref"), "--label-attribute is 'mask-ref'", "end it otherwise"),
        (("--label-attribute", "tone-metadata"), "--label-attribute is 'tone-metadata'", "end it otherwise"),
        (("--label-attribute", "source"), "--label-attribute is 'source'", "another name"),
        (("--label-attribute", "a" * 128), "128 characters, allowed are 1 to 127", ""),
        (("--label-attribute", "a_b"), "a_b", "letters, digits, and hyphens"),
        (("--adjust", "a_b"), "a_b-adjusted", "letters, digits, and hyphens"),
        (("--workers", "0"), "--workers 0 is out of range", "give 1 to 9"),
        (("--workers", "10"), "--workers 10 is out of range", "give 1 to 9"),
        (("--workers", "-1"), "--workers -1 is out of range", "give 1 to 9"),
        (("--workteam", "ARN"), "--workteam 'ARN' is no ARN of a work team", "give arn:aws:sagemaker:"),
        (("--stack", "my lab"), "--stack 'my lab' is no name of a stack", "letters, digits"),
        (("--stack", ""), "--stack is given nothing", "leave it out"),
        (("--pre-lambda", "lab-pre"), "--pre-lambda 'lab-pre' is no ARN of a function", "give arn:aws:lambda:"),
        (("--post-lambda", "lab-post"), "--post-lambda 'lab-post' is no ARN of a function", "give arn:aws:lambda:"),
        (("--sns-input", "topic"), "--sns-input 'topic' is no ARN of a topic", "give arn:aws:sns:"),
        (("--sns-output", "topic"), "--sns-output 'topic' is no ARN of a topic", "give arn:aws:sns:"),
        (("--output", "acme-out"), "--output 'acme-out'", "give --output s3://BUCKET/PREFIX"),
        (("--output", ""), "--output ''", "give --output s3://BUCKET/PREFIX"),
        (("--bucket", "a/b"), "'a' cannot be a bucket's name", "give --bucket NAME"),
        (("--bucket", "acme-in/x"), "has more than a bucket's name", "give --bucket NAME"),
        (("--manifest", "m/in.manifest"), "--manifest 'm/in.manifest'", "give --manifest s3://BUCKET/KEY"),
        (("--manifest", "s3://acme-in/m/"), "--manifest 's3://acme-in/m/' is a folder", "truthkit manifest --upload"),
        (("--assets", "cdn"), "--assets 'cdn' is no address", "https://HOST/FOLDER"),
    ],
)
def test_a_value_that_no_job_can_have_is_told_with_its_option_before_aws_is_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], text: str, allowed: str
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_DEFAULT_REGION")  # nor is a region needed for it
    account.fake.calls.clear()
    result = account.run(*arguments)
    assert isinstance(result.exception, TruthkitError)
    [finding] = result.exception.findings
    assert (text in finding.message, allowed in finding.cure) == (True, True), finding
    assert (result.exception.exit_status, account.fake.calls) == (2, [])


def test_a_role_and_names_without_a_stack_are_told_before_aws_is_asked(account: Account) -> None:
    arguments = ("--output", "s3://acme-out/", "--pre-lambda", PRE, "--post-lambda", POST)
    account.fake.calls.clear()
    assert "--role 'lab-JobRole' is no ARN of a role" in str(account.run("--role", "lab-JobRole", *arguments).exception)
    result = account.run("--chain", "a_b", manifest=None)
    assert "--chain 'a_b' is no name of a labeling job" in str(result.exception)
    assert account.fake.calls == []


def test_what_a_stack_says_is_held_to_the_requests_limits_too(account: Account) -> None:
    account.fake.stacks["lab"]["JobRoleArn"] = "lab-JobRole-that-is-none"
    [finding] = account.told("--dry-run")["findings"][:1]
    assert finding["message"] == "RoleArn is 'lab-JobRole-that-is-none', which the service refuses"
    assert finding["cure"].startswith("give another --role")
    assert not finding.keys() & {"file", "line", "column"}, "nobody can mend a line of the request"


def test_a_stack_and_a_manifest_that_are_not_there_have_a_cure(account: Account) -> None:
    assert "aws cloudformation list-stacks" in str(account.run("--stack", "none").exception)
    told = str(account.run(manifest="s3://acme-in/m/gone.manifest").exception)
    assert "aws s3 ls s3://acme-in/m/" in told
    assert "truthkit manifest --upload" in told


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--role", "arn:aws:iam::123456789012:role/lab-JobRole"), "--output is missing"),
        (("--chain", "before"), "brings a manifest of its own"),
        (("--verify", "a", "--adjust", "a"), "verifies or adjusts"),
        (("--verify", "a", "--label-attribute", "a"), "would be written over"),
        (("--force", "why?"), "a reason that a tag can hold"),
        (("--price", "cheap"), "is no price"),
    ],
)
def test_wrong_use_is_told(account: Account, arguments: tuple[str, ...], text: str) -> None:
    result = account.run(*arguments)
    assert isinstance(result.exception, TruthkitError)
    assert (text in str(result.exception), result.exception.exit_status) == (True, 2)
    assert not account.fake.jobs


# --- launching ---


def test_a_job_is_made_once_and_found_again(account: Account) -> None:
    first = account.run()
    assert (first.exception, first.stderr) == (None, "")
    [job] = account.fake.jobs.values()
    name = job["LabelingJobName"]
    assert f"made: {name} (Initializing)" in first.stdout
    files = {key for key in account.stored() if key.startswith("truthkit/")}
    assert {f"s3://acme-in/{key}" for key in files} == {
        job["HumanTaskConfig"]["UiConfig"]["UiTemplateS3Uri"],
        job["LabelCategoryConfigS3Uri"],
    }
    template = next(key for key in files if key.endswith(".liquid.html"))
    found = account.s3.get_object(Bucket="acme-in", Key=template)
    assert (found["ContentType"], b"crowd-form" in found["Body"].read()) == ("text/html; charset=utf-8", True)
    labels = json.loads(
        account.s3.get_object(Bucket="acme-in", Key=next(key for key in files if key.endswith(".json")))["Body"].read()
    )
    assert [one["label"] for one in labels["labels"]] == ["World", "Sports", "Business", "Science"]
    account.fake.step(name, "InProgress")
    account.fake.calls.clear()
    again = account.run()
    assert f"there already: {name} (InProgress); nothing was made" in again.stdout
    assert not {"CreateLabelingJob", "PutObject"} & set(account.fake.calls)
    account.write({"source": "three"})
    assert f"made: {name}" not in account.run().stdout
    assert len(account.fake.jobs) == 2, "another manifest under the same key makes another job"


def test_a_job_of_the_same_name_with_other_content_is_left_alone(account: Account) -> None:
    account.told("--name", "Mine")
    result = account.run("--name", "mine", "--workers", "5")
    assert isinstance(result.exception, TruthkitError)
    [finding] = result.exception.findings
    assert (finding.code, "give another --name" in finding.cure) == ("launch-name", True)
    assert "a job Mine with other content is there (Initializing)" in finding.message
    assert account.fake.jobs["mine"]["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"] == 3


@pytest.mark.parametrize("workflow", ["a" * 70, f"{'a' * 53}-b", "My_Tone.2", "tönung", "ü"])
def test_the_default_name_is_one_that_the_service_takes(workflow: str) -> None:
    plan = Launch(Workflow(workflow, ROOT), TEAM, "role", "s3://out", "in")
    name = named(plan, {}, "0123456789abcdef", None)["LabelingJobName"]
    assert re.fullmatch("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", name)
    assert (len(name) <= 63, name.endswith("-01234567")) == (True, True)


def test_two_launches_at_once_make_one_job(account: Account) -> None:
    request = account.told("--dry-run")["request"]

    def other(operation: str, parameters: dict[str, Any]) -> None:
        if operation == "CreateLabelingJob":
            account.fake.before = None
            boto3.client("sagemaker").create_labeling_job(**request)

    account.fake.before = other
    assert account.told()["status"] == "Initializing"
    assert list(account.fake.jobs) == [request["LabelingJobName"]]


def test_errors_are_passed_over_only_for_a_reason_which_the_job_keeps(account: Account) -> None:
    break_cors(account)
    assert isinstance(account.run().exception, TruthkitError)
    result = account.run("--force", "the pages show no pictures")
    assert "launch-cors" in result.stderr
    [job] = account.fake.jobs.values()
    assert {"Key": "truthkit-force", "Value": "the pages show no pictures"} in job["Tags"]


def test_an_upload_that_was_changed_is_replaced_only_when_told(account: Account) -> None:
    uri = account.told("--dry-run")["uploads"][0]["uri"]
    key = uri.removeprefix("s3://acme-in/")
    account.s3.put_object(Bucket="acme-in", Key=key, Body=b"half")
    result = account.run()
    assert isinstance(result.exception, TruthkitError)
    assert "is there already, and is another" in str(result.exception)
    assert "give --yes to replace it" in str(result.exception)
    assert (account.s3.get_object(Bucket="acme-in", Key=key)["Body"].read(), account.fake.jobs) == (b"half", {})
    assert account.told("--yes")["uploaded"][0] == uri
    assert len(account.fake.jobs) == 1


SIGNED = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP%2Fx&X-Amz-Signature=0123abcd"


TOKEN = "FwoGZXIvYXdzEXAMPLE//+="


@pytest.mark.parametrize(
    "text",
    [
        f"https://b.s3.amazonaws.com/k?X-Amz-Security-Token={TOKEN}&X-Amz-Signature=0123abcd",
        "https://b.s3.amazonaws.com/k?X-Amz-Expires=60\\u0026X-Amz-Signature=0123abcd",
        "to=https%3A%2F%2Fb%3FX-Amz-Signature%3D0123abcd%26X-Amz-Security-Token%3DFwoGtok",
        "https://d111.cloudfront.net/x?Policy=0123abcd&Signature=0123abcd&Key-Pair-Id=APKAEXAMPLE",
        f"x-amz-security-token:{TOKEN}\nhost:b",
        f"{{'X-Amz-Security-Token': b'{TOKEN}'}}",
        f'{{"SessionToken": "{TOKEN}"}}',
        f'{{\\"SessionToken\\":\\"{TOKEN}\\"}}',
        f"<SessionToken>{TOKEN}</SessionToken>",
        f"aws_session_token = {TOKEN}",
        f'"accessToken": "{TOKEN}"',
        "AWS_SECRET_ACCESS_KEY=0123abcd/K7MDENG",
        "Credential=ASIAEXAMPLEEXAMPLE/20260101/us-east-1/s3/aws4_request, Signature=0123abcd",
        "<AWSAccessKeyId>AKIAEXAMPLEEXAMPLE</AWSAccessKeyId><SignatureProvided>0123abcd</SignatureProvided>",
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE/x, Signature=0123abcd",
    ],
)
def test_what_opens_something_is_struck_out_in_every_form(text: str) -> None:
    struck = without_secrets(text)
    for secret in ("0123abcd", "FwoG", "AKIA", "ASIA", "APKA"):
        assert secret not in struck
    plain = "the object s3://b/k?x=1 of job a-1 has no signature: it expired; policy: none"
    assert without_secrets(plain) == plain


@pytest.mark.parametrize(
    ("operation", "code", "cure"),
    [
        ("GetCallerIdentity", "ExpiredToken", "log in again"),
        ("CreateLabelingJob", "ThrottlingException", "wait a minute and run it again"),
        ("CreateLabelingJob", "AccessDeniedException", "ask for the right"),
        ("CreateLabelingJob", "ResourceLimitExceeded", "higher quota"),
        ("PutObject", "AccessDenied", "ask for the right"),
        ("DescribeStacks", "AccessDenied", "ask for the right"),
        ("GetObject", "SlowDown", "wait a minute"),
    ],
)
def test_what_aws_refuses_is_told_with_its_cure_and_no_secrets(
    account: Account, operation: str, code: str, cure: str
) -> None:
    account.fake.refuse[operation] = (code, f"no: {SIGNED}")
    result = account.run()
    assert isinstance(result.exception, TruthkitError)
    [finding] = result.exception.findings
    assert (finding.code, code in finding.message, cure in finding.cure) == ("aws", True, True)
    assert "0123abcd" not in str(finding)
    assert "AKIA" not in str(finding)
    assert not account.fake.jobs
    account.fake.refuse.clear()
    assert account.told()["made"], "run again, it goes on"


def test_what_opens_something_in_a_manifest_or_its_address_is_not_told(account: Account) -> None:
    result = account.run(manifest=SIGNED)
    assert isinstance(result.exception, TruthkitError)
    assert "0123abcd" not in str(result.exception)
    account.write({"text": SIGNED}, {"source-ref": SIGNED, "$odd": 1})
    result = account.run("--dry-run", "--json")
    assert "manifest-no-source" in result.stdout
    assert "0123abcd" not in result.stdout + result.stderr


def test_without_credentials_it_says_so(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    result = account.run()
    assert (str(result.exception).count("no region is set"), isinstance(result.exception, TruthkitError)) == (1, True)


def test_with_no_credentials_at_all_it_says_how_to_get_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    command = ["launch", "text-classification", "--manifest", MANIFEST, "--workteam", TEAM, "--stack", "lab"]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, TruthkitError)
    [finding] = result.exception.findings
    assert "the stack lab: there are no credentials for AWS" in finding.message
    assert finding.cure == "log in (aws sso login), or set AWS_PROFILE"
    assert result.exception.exit_status == 2


def test_the_region_that_cures_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert client("sts").meta.region_name == "eu-west-1"
    monkeypatch.delenv("AWS_REGION")
    assert client("sts").meta.region_name == "us-east-1"


@pytest.mark.parametrize("who", ["check", "objects"])
def test_whoever_reads_from_aws_takes_the_same_region(
    who: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    asked: list[str] = []

    def refuse(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        asked.append(self.meta.region_name)
        raise error(operation, "404")

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)
    if who == "check":
        assert look_in_aws(look_in_folders({}))("s3://my-bucket/1.png") is None
    else:
        Aws(ObjectFiles.of({}, {}, tmp_path / "writes", tmp_path / "cache")).fetch("my-bucket", "1.png")
    assert asked == ["eu-west-1"]


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (UnauthorizedSSOTokenError(), "aws sso login"),
        (TokenRetrievalError(provider="sso", error_msg="expired"), "aws sso login"),
        (ProfileNotFound(profile="wrok"), "aws configure list-profiles"),
        (PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"), "set both halves"),
        (EndpointConnectionError(endpoint_url="https://s3.us-east1.amazonaws.com"), "AWS_REGION"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_is_wrong_with_the_session_has_its_own_cure(error: Exception, cure: str) -> None:
    with pytest.raises(TruthkitError) as raised, aws_told("the job"):
        raise error
    assert cure in raised.value.findings[0].cure


def test_a_chained_job_takes_the_output_and_labels_what_is_left(account: Account) -> None:
    first = account.told()["name"]
    result = account.run("--chain", first, manifest=None)
    assert "its output still grows" in str(result.exception)
    account.fake.step(first, "InProgress")
    account.fake.step(first, "Completed")
    attribute = "text-classification"
    line = {"source": "one", attribute: {"label": "World"}, f"{attribute}-metadata": {}}
    key = f"{first}/manifests/output/output.manifest"
    body = json.dumps(line) + '\n{"source": "two"}\n'
    account.s3.put_object(Bucket="acme-out", Key=key, Body=body.encode())
    told = account.told("--chain", first, "--dry-run", manifest=None)
    assert (told["findings"], told["estimate"]["objects"]) == ([], 1)
    assert told["request"]["LabelAttributeName"] == attribute
    assert told["request"]["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"].endswith(key)

    told = account.told("--chain", first, "--adjust", attribute, "--dry-run", manifest=None)
    assert (told["request"]["LabelAttributeName"], told["estimate"]["objects"]) == (f"{attribute}-adjusted", 2)
    [finding] = told["findings"]
    assert (finding["code"], finding["severity"]) == ("launch-manifest", "warning")
    assert "1 of 2 lines has no 'text-classification'" in finding["message"]


HANDLER = """\
def lambda_handler(event, context):
    item = event["dataObject"]
    return {"taskInput": {"text": item["source"], "old": %s}, "isHumanAnnotationRequired": item["source"] != "skip"}
"""
TEMPLATE = """\
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><p>{{ task.input.text }}</p>%s<crowd-input name="tone" label="Tone"></crowd-input></crowd-form>
"""
SHOWN = "<p>{{ task.input.old | to_json }}</p>"


def test_a_label_of_another_name_than_the_workflow_reads_is_told_with_its_cure(account: Account) -> None:
    account.write({"source": "one", "topic": {"label": "World"}})
    found = account.findings("--adjust", "topic")
    assert list(found) == ["launch-label"]
    assert "workers would not see 'topic'" in found["launch-label"]
    assert 'earlier_label = "topic" in workflow.toml' in found["launch-label"]


def test_labels_that_workers_would_see_unasked_are_a_warning(account: Account) -> None:
    account.write({"source": "one", "text-classification": {"label": "World"}}, {"source": "two"})
    found = account.findings("--label-attribute", "second")
    assert list(found) == ["launch-label"]
    assert "warning: 1 line has 'text-classification', with which the page begins" in found["launch-label"]
    assert account.findings("--adjust", "text-classification").keys() == {"launch-manifest"}


def test_lines_whose_label_is_only_a_reason_do_not_say_that_the_page_shows_none(account: Account) -> None:
    reason = {"reason": "nobody answered", "workers": []}
    name = "text-classification"
    account.write(*({"source": f"{n}", name: reason} for n in range(9)), {"source": "x", name: {"label": "World"}})
    assert account.findings("--verify", name) == {}


def test_a_label_that_is_still_as_it_was_brought_is_seen(account: Account) -> None:
    name = "text-classification"
    account.write({"source": "one", "initial-value": "World", name: {"label": "World"}})
    assert account.findings("--adjust", name) == {}


def test_masks_that_are_adjusted_are_pictures_too(account: Account) -> None:
    mask, kind = "s3://acme-out/before/0.png", "semantic-segmentation"
    account.s3.put_object(Bucket="acme-out", Key="before/0.png", Body=b"1")
    colors = {"cat": {"color": "#2ca02c"}}
    label = {"labels": ["cat"], "labelMappings": colors, "labeledImage": {"s3Uri": mask}}
    account.write({"source-ref": "s3://acme-in/pictures/1.png", kind: label})
    for which, arn in (("Pre", PRE), ("Post", POST)):
        account.fake.stacks["lab"][f"SemanticSegmentation{which}LabelingFunctionArn"] = arn
    command = ["launch", kind, "--manifest", MANIFEST, "--workteam", TEAM, "--stack", "lab", "--adjust", kind]

    def found() -> list[str]:
        result = CliRunner().invoke(app, [*command, "--dry-run", "--json"])
        return [one["message"] for one in json.loads(result.stdout)["findings"]]

    assert [text[:40] for text in found()] == ["the bucket acme-out lets no page read it"]
    account.s3.put_bucket_cors(Bucket="acme-out", CORSConfiguration=CORS)
    assert found() == []
    account.s3.delete_object(Bucket="acme-out", Key="before/0.png")
    assert found() == [f"{mask} does not exist"]


@pytest.mark.parametrize(
    ("passes", "shows", "option", "told"),
    [
        ('item.get("mood")', SHOWN, "--adjust", ""),
        ('item["mood"]', SHOWN, "--verify", ""),  # it does not do without the label
        ("None", SHOWN, "--adjust", "error: workers would not see 'mood'"),
        ('item.get("mood")', "", "--verify", "error: workers would not see 'mood'"),
        ('item["moood"]', SHOWN, "--adjust", "warning: whether the page shows 'mood' could not be tried: "),
    ],
)
def test_a_page_that_does_not_show_what_is_to_be_adjusted_is_told(
    account: Account, tmp_path: Path, passes: str, shows: str, option: str, told: str
) -> None:
    (tmp_path / "templates" / "tone").mkdir(parents=True)
    (tmp_path / "templates" / "tone" / "template.liquid.html").write_text(TEMPLATE % shows)
    (tmp_path / "lambdas" / "tone").mkdir(parents=True)
    (tmp_path / "lambdas" / "tone" / "pre_annotation.py").write_text(HANDLER % passes)
    config = 'title = "Tone"\ndescription = "Say the tone"\ntask_time_limit_seconds = 60\n'
    (tmp_path / "lambdas" / "tone" / "workflow.toml").write_text(config)
    account.write(
        {"source": "skip", "mood": "odd"}, {"source": "one", "mood": "sad", "mood-metadata": {"job-name": "m"}}
    )
    own = function_arn("lab-LabelingFunction-tone-pre")
    account.fake.functions[own] = "Active"
    account.fake.stacks["lab"]["TonePreLabelingFunctionArn"] = own
    command = ["launch", "tone", "--manifest", MANIFEST, "--workteam", TEAM, "--stack", "lab", "--dry-run", "--json"]
    arguments = [*command, option, "mood", "--project", str(tmp_path)]

    def found(*more: str) -> list[str]:
        findings = json.loads(CliRunner().invoke(app, [*arguments, *more]).stdout)["findings"]
        return [f"{one['severity']}: {one['message']}" for one in findings if one["code"] == "launch-label"]

    assert [text[: len(told)] for text in found()] == ([told] if told else [])
    if told.startswith("error"):
        foreign = function_arn("another-LabelingFunction")
        account.fake.functions[foreign] = "Active"
        assert found("--pre-lambda", foreign)[0].startswith("warning: "), "the function that runs there is another"


def test_a_streaming_job_has_topics_and_does_not_hear_of_its_own_output(account: Account) -> None:
    sns = boto3.client("sns")
    heard, told_to = (sns.create_topic(Name=name)["TopicArn"] for name in ("in", "out"))
    arguments = ("--sns-input", heard, "--sns-output", told_to, "--dry-run")
    told = account.told(*arguments, manifest=None)
    assert (told["findings"], told["estimate"]) == ([], None)
    assert told["request"]["InputConfig"]["DataSource"] == {"SnsDataSource": {"SnsTopicArn": heard}}
    assert told["request"]["OutputConfig"]["SnsTopicArn"] == told_to
    wired: Any = {"TopicConfigurations": [{"TopicArn": heard, "Events": ["s3:ObjectCreated:*"]}]}
    account.s3.put_bucket_notification_configuration(Bucket="acme-out", NotificationConfiguration=wired)
    assert "output becomes input" in account.findings(*arguments, manifest=None)["launch-output"]


def test_a_streaming_job_needs_rights_on_its_queue_and_topics(account: Account) -> None:
    sns = boto3.client("sns")
    heard, told_to = (sns.create_topic(Name=name)["TopicArn"] for name in ("in", "out"))
    arguments = ("--sns-input", heard, "--sns-output", told_to, "--name", "Tone")
    assert account.findings(*arguments, manifest=None) == {}
    queue = "arn:aws:sqs:us-east-1:123456789012:GroundTruth-tone"
    # Without them the managed policy's own statement, which has conditions, would count as a refusal.
    assert account.fake.contexts["sns:Subscribe"] == {"sns:Protocol": ["sqs"], "sns:Endpoint": [queue]}
    account.fake.denied |= {"sqs:CreateQueue", "sqs:SendMessage", "sns:Subscribe", "sns:Publish", "sns:Unsubscribe"}
    found = account.told("--dry-run", *arguments, manifest=None)["findings"]
    [finding] = found
    assert (finding["code"], finding["severity"]) == ("launch-role", "error")
    for text in (
        f"sqs:CreateQueue, sqs:SendMessage on {queue}",
        f"sns:Subscribe on {heard}",
        f"sns:Publish on {told_to}",
        "sns:Unsubscribe on *",
    ):
        assert text in finding["message"]
    words = shlex.split(finding["cure"].partition("; ")[0])
    assert words[:5] == ["aws", "iam", "put-role-policy", "--role-name", "lab-JobRole"]
    statements = json.loads(words[-1])["Statement"]
    assert {one["Resource"] for one in statements} == {queue.replace("-tone", "-*"), heard, told_to, "*"}


def test_topics_that_are_not_there_are_told(account: Account) -> None:
    gone = "arn:aws:sns:us-east-1:123456789012:gone"
    assert f"the topic {gone} does not exist" in account.findings("--sns-input", gone, manifest=None)["launch-topic"]


def test_bundles_as_assets_go_to_the_stacks_bucket(account: Account) -> None:
    account.s3.create_bucket(Bucket="acme-assets")
    account.fake.functions.update(
        {arn.replace("text-classification", "text-entities"): "Active" for arn in (PRE, POST)}
    )
    for which, arn in (("Pre", PRE), ("Post", POST)):
        named = arn.replace("text-classification", "text-entities")
        account.fake.stacks["lab"][f"TextEntities{which}LabelingFunctionArn"] = named
    command = ["launch", "text-entities", "--manifest", MANIFEST, "--workteam", TEAM, "--stack", "lab"]
    result = CliRunner().invoke(app, [*command, "--assets", "https://d111.cloudfront.net/v1", "--json"])
    assert result.exception is None
    assert [key.split(".")[-1] for key in account.stored("acme-assets")] == ["js"]
    assert {key.split("/")[0] for key in account.stored("acme-assets")} == {"v1"}
    page = account.s3.get_object(Bucket="acme-in", Key=json.loads(result.stdout)["uploads"][0]["uri"][13:])
    assert f"https://d111.cloudfront.net/{account.stored('acme-assets').pop()}" in page["Body"].read().decode()


def test_the_page_shows_what_it_prints(account: Account) -> None:
    shown = [one for one in commands(DOCS / "to-aws.md") if one.arguments[1] == "launch" and one.output]
    assert len(shown) == 3

    def plain(text: str) -> str:
        return re.sub(r"\b[0-9a-f]{8,}\b|(?<=\()[\d,]+(?= bytes\))", "…", text)  # they follow the templates

    assert "--dry-run" in shown[0].arguments
    for one in shown:
        arguments = [TEAM if argument == "ARN" else argument for argument in one.arguments[1:]]
        assert plain(CliRunner().invoke(app, arguments).stdout) == plain(one.output)


def test_the_outputs_that_it_reads_are_those_of_the_template(account: Account) -> None:
    text = (ROOT / "template.yaml").read_text("utf-8")
    outputs = text[text.index("\nOutputs:") :]
    assert not [name for name in account.fake.stacks["lab"] if f"\n  {name}:\n" not in outputs]
    assert "\n  KmsKeyArn:\n" in outputs
