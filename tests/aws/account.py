"""An account in which all is well, for the tests of what runs on the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws
from typer.testing import CliRunner, Result

from tests.aws.fake_sagemaker import TEAM, FakeAws, function_arn
from truthkit.cli import app
from truthkit.findings import TruthkitError
from truthkit_core.handlers import consolidate
from truthkit_core.strategies import Settings

ROOT = Path(__file__).resolve().parents[2]
LABEL = "text-classification"
# Made once moto is there, which listens in sessions that are made after it.
__all__ = ["SESSION", "Account", "mock_aws", "run", "told"]


class _Session(boto3.Session):
    """One session for all tests, whose clients are made once: most of the time goes there."""

    def client(self, service_name: Any, *arguments: Any, **options: Any) -> Any:
        made = self.__dict__.setdefault("made", {})
        if service_name not in made:
            made[service_name] = super().client(service_name, *arguments, **options)
        return made[service_name]


SESSION = _Session()
MANIFEST = "s3://acme-in/m/in.manifest"
PRE = function_arn("lab-LabelingFunction-text-classification-pre")
POST = function_arn("lab-LabelingFunction-text-classification-post")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CORS: Any = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}


class Account:
    """An account in which all is well, until a test breaks it."""

    def __init__(self, fake: FakeAws) -> None:
        self.fake = fake
        self.s3 = boto3.client("s3")
        self.iam = boto3.client("iam")
        for bucket in ("acme-in", "acme-out"):
            self.s3.create_bucket(Bucket=bucket)
        self.s3.put_bucket_cors(Bucket="acme-in", CORSConfiguration=CORS)
        self.s3.put_object(Bucket="acme-in", Key="pictures/1.png", Body=b"1")
        self.write({"source": "one"}, {"source": "two"})
        made = self.iam.create_role(RoleName="lab-JobRole", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = made["Role"]["Arn"]
        fake.functions.update({PRE: "Active", POST: "Active"})
        fake.stacks["lab"] = {
            "JobRoleArn": self.role,
            "InputBucketName": "acme-in",
            "OutputBucketName": "acme-out",
            "AssetBucketName": "acme-assets",
            "AssetUrl": "https://d111.cloudfront.net",
            "TextClassificationPreLabelingFunctionArn": PRE,
            "TextClassificationPostLabelingFunctionArn": POST,
        }

    def write(self, *lines: dict[str, Any], key: str = "m/in.manifest") -> None:
        body = "".join(json.dumps(line) + "\n" for line in lines)
        self.s3.put_object(Bucket="acme-in", Key=key, Body=body.encode())

    def run(self, *arguments: str, manifest: str | None = MANIFEST, team: str = TEAM) -> Result:
        given = ["--manifest", manifest] if manifest else []
        command = ["launch", "text-classification", *given, "--workteam", team, *arguments]
        return CliRunner().invoke(
            app, command if {"--role", "--stack"} & {*arguments} else [*command, "--stack", "lab"]
        )

    def told(self, *arguments: str, **options: Any) -> dict[str, Any]:
        """What a launch prints as JSON; it must go well, or be a dry run."""
        result = self.run(*arguments, "--json", **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        value: dict[str, Any] = json.loads(result.stdout)
        return value

    def findings(self, *arguments: str, **options: Any) -> dict[str, str]:
        """Code and text of what the preflight finds."""
        try:
            found = self.told("--dry-run", *arguments, **options)["findings"]
        except TruthkitError as error:
            found = [one.to_json() for one in error.findings]
        return {one["code"]: f"{one['severity']}: {one['message']}; {one.get('cure', '')}" for one in found}

    def stored(self, bucket: str = "acme-in") -> set[str]:
        return {one["Key"] for one in self.s3.list_objects_v2(Bucket=bucket).get("Contents", ())}

    def job(self, *lines: str) -> str:
        """A job at work on these texts; gives its name."""
        self.write(*({"source": text} for text in lines))
        name = str(self.told()["name"])
        self.fake.step(name, "InProgress")
        self.fake.count(name, Unlabeled=len(lines))
        return name

    def put(self, name: str, path: str, value: Any) -> None:
        body = value if isinstance(value, str) else json.dumps(value)
        self.s3.put_object(Bucket="acme-out", Key=f"{name}/{path}", Body=body.encode())

    def answer(self, name: str, object_id: int, *labels: str | None, at: str = "2026-03-02_09:15:40") -> None:
        """A worker-response file; None is an empty answer."""
        answers = [
            {
                "answerContent": {"category": {"label": label}} if label else {},
                "submissionTime": "2026-03-02T09:15:40.905Z",
                "timeSpentInSeconds": 12.5,
                "workerId": f"private.us-east-1.{number:016x}",
            }
            for number, label in enumerate(labels)
        ]
        self.put(name, f"annotations/worker-response/iteration-1/{object_id}/{at}.json", {"answers": answers})

    def request(self, name: str, given: Mapping[int, tuple[str, ...]]) -> str:
        """A consolidation request of objects and their answers; gives its place below ``annotations``."""
        place = "consolidated-annotation/consolidation-request/iteration-1/2026-03-02_09:20:11.json"
        content = [
            {
                "datasetObjectId": str(object_id),
                "dataObject": {"content": f"text {object_id}"},
                "annotations": [
                    {
                        "workerId": f"private.us-east-1.{number:016x}",
                        "annotationData": {"content": json.dumps({"category": {"label": label}})},
                    }
                    for number, label in enumerate(labels)
                ],
            }
            for object_id, labels in given.items()
        ]
        self.put(name, f"annotations/{place}", content)
        return place

    def respond(self, name: str, place: str) -> list[dict[str, Any]]:
        """What the kit's own post-annotation handler makes of a request, kept where the service keeps it."""
        event = {
            "version": "2018-10-16",
            "labelingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{name}",
            "labelCategories": ["World", "Sports", "Business", "Science"],
            "labelAttributeName": LABEL,
            "roleArn": self.role,
            "payload": {"s3Uri": f"s3://acme-out/{name}/annotations/{place}"},
        }
        labels = consolidate(event, Settings.load(ROOT / "lambdas" / "text_classification" / "workflow.toml"))
        self.put(name, f"annotations/{place.replace('request', 'response')}", labels)
        return labels

    def output(self, name: str, lines: list[dict[str, Any]]) -> None:
        body = "".join(json.dumps(line) + "\n" for line in lines)
        self.put(name, "manifests/output/output.manifest", body)

    def finished(self) -> str:
        """A job of two objects that went well."""
        name = self.job("text 0", "text 1")
        self.finish(name)
        return name

    def finish(self, name: str) -> None:
        """Let a job of two objects go well."""
        given = {0: ("World", "World", "Sports"), 1: ("Sports", "Sports", "Sports")}
        for object_id, answers in given.items():
            self.answer(name, object_id, *answers)
        labels = self.respond(name, self.request(name, given))
        about = {"type": "groundtruth/custom", "job-name": name, "human-annotated": "yes"}
        about["creation-date"] = "2026-03-02T09:20:13.177000"
        content = {one["datasetObjectId"]: one["consolidatedAnnotation"]["content"] for one in labels}
        lines = [{"source": f"text {number}", **content[str(number)], f"{LABEL}-metadata": about} for number in given]
        self.output(name, lines)
        self.fake.count(name, Unlabeled=0, TotalLabeled=2, HumanLabeled=2)
        self.fake.step(name, "Completed")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def told(*arguments: str) -> Any:
    """What a command prints as JSON. Raises what the command raises."""
    result = run(*arguments, "--json")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)
