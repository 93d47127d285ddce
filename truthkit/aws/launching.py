"""From a workflow to a labeling job: built, looked at, uploaded by the hash of its content, and made once."""

from __future__ import annotations

import hashlib
import json
import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from truthkit.aws.preflight import Estimate, estimate_of, preflight, read_input, refuse
from truthkit.aws.request import DIGEST_TAG, Launch, category_file, digest_of, make_request, named, request_faults
from truthkit.aws_calls import client, told, upload
from truthkit.build import build, upload_assets
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.project import Workflow

_ENDED = ("Completed", "Stopped", "Failed")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the job needs in S3, under a name that its content gives."""

    uri: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that is ready to be made, or that is there already (``status``)."""

    request: dict[str, Any]
    digest: str
    region: str
    uploads: tuple[Upload, ...]
    estimate: Estimate | None
    findings: tuple[Finding, ...]
    status: str | None = None

    @property
    def looked_at(self) -> tuple[str, ...]:
        """What the preflight looks at for such a request."""
        human, data = self.request["HumanTaskConfig"], self.request["InputConfig"]["DataSource"]
        functions = {"PreHumanTaskLambdaArn", "AnnotationConsolidationConfig"} & human.keys()
        topics = "SnsDataSource" in data or "SnsTopicArn" in self.request["OutputConfig"]
        parts = {"manifest": "S3DataSource" in data, "functions": functions, "topics": topics}
        return ("request", "credentials", "team", "role", "buckets", *(name for name, there in parts.items() if there))

    @property
    def name(self) -> str:
        return str(self.request["LabelingJobName"])

    def command(self, indent: int | None = None) -> str:
        """The same call for the AWS CLI, in a POSIX shell's quotes; in several lines with an ``indent``."""
        request = shlex.quote(json.dumps(self.request, indent=indent, ensure_ascii=False))
        return f"aws sagemaker create-labeling-job --region {self.region} --cli-input-json {request}"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "region": self.region,
            "digest": self.digest,
            "status": self.status,
            "estimate": self.estimate.to_json() if self.estimate else None,
            "request": self.request,
            "command": self.command(),
            "uploads": [{"uri": one.uri, "bytes": len(one.content)} for one in self.uploads],
            "findings": [finding.to_json() for finding in self.findings],
        }


def chained(job: str) -> tuple[str, str]:
    """The output manifest and the label attribute of a job that has ended. Raises UsageError, TruthkitError."""
    with told(f"the job {job}"):
        found = client("sagemaker").describe_labeling_job(LabelingJobName=job)
    uri = found.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri")
    if found["LabelingJobStatus"] not in _ENDED:
        raise UsageError(
            f"{job} is {found['LabelingJobStatus']}: its output still grows",
            "wait until it has ended (truthkit status --watch), or stop it (aws sagemaker stop-labeling-job)",
        )
    if not uri:
        raise UsageError(f"{job} has no output manifest", f"truthkit explain {job} tells why")
    return uri, found.get("LabelAttributeName", "")


def handlers_given(workflow: Workflow, pre: str | None, post: str | None) -> None:
    """Raise UsageError if the workflow has handlers and no functions are named for them."""
    for which, arn in (("pre", pre), ("post", post)):
        if arn is None and workflow.handler(f"{which}_annotation") is not None:
            raise UsageError(
                f"{workflow.name} has a {which}-annotation handler, and no function is given for it",
                f"give --stack NAME (sam deploy makes it), or --{which}-lambda ARN",
            )


def prepare(plan: Launch, *, reason: str | None = None) -> Prepared:
    """Build the template, make the request, look at all that could fail. Nothing is changed in the account.

    ``reason`` is why the job is to be made in spite of errors. Raises TruthkitError and UsageError.
    """
    config = plan.workflow.config()
    with told("the labeling job"):
        sagemaker = client("sagemaker")
    attribute = plan.label_attribute or config.label_attribute
    with tempfile.TemporaryDirectory(prefix="truthkit-") as folder:
        built = build([plan.workflow], Path(folder), assets=plan.assets)[0]
        template = built.file.read_bytes()
        found = None
        if plan.manifest:
            earlier = config.earlier_label if plan.checked is None else None
            found = read_input(plan.manifest, attribute, Path(folder), checked=plan.checked, earlier=earlier)
    uploads = [_hashed(plan, template, ".liquid.html", "text/html; charset=utf-8")]
    categories = category_file(config)
    if categories is not None:
        uploads.append(_hashed(plan, categories, ".json", "application/json"))
    request = make_request(plan, config, uploads[0].uri, uploads[1].uri if categories is not None else None)
    digest = digest_of(request, found.digest if found else "")
    request = named(plan, request, digest, reason)
    shape = sagemaker.meta.service_model.operation_model("CreateLabelingJob").input_shape
    ready = Prepared(
        request, digest, str(sagemaker.meta.region_name), tuple(uploads),
        estimate_of(found, request, chained=plan.chain is not None) if found else None,
        tuple(request_faults(request, shape)),
    )  # fmt: skip
    # A request that the service refuses is no job's, and its name may be none that can be asked for.
    there = None if any(finding.severity == "error" for finding in ready.findings) else find_job(ready)
    if there is not None:
        return replace(ready, status=there, findings=())
    return replace(
        ready, findings=(*ready.findings, *preflight(plan, ready.request, found, [one.uri for one in uploads]))
    )


def _hashed(plan: Launch, content: bytes, ending: str, content_type: str) -> Upload:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Upload(f"s3://{plan.bucket}/truthkit/{plan.workflow.name}/{digest}{ending}", content, content_type)


def find_job(ready: Prepared) -> str | None:
    """The status of the very job that is to be made, None if there is none of its name.

    Raises TruthkitError if a job of this name has another content.
    """
    from botocore.exceptions import ClientError

    with told(f"the job {ready.name}"):
        try:
            found = client("sagemaker").describe_labeling_job(LabelingJobName=ready.name)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ResourceNotFound", "ResourceNotFoundException"):
                return None
            raise
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}
    if tags.get(DIGEST_TAG) == ready.digest:
        return str(found["LabelingJobStatus"])
    raise TruthkitError(
        Finding(
            "launch-name",
            f"a job {found['LabelingJobName']} with other content is there ({found['LabelingJobStatus']})",
            "give another --name (capitals do not make it another), or leave it out: the content then gives the name",
        )
    )


def launch(
    plan: Launch, ready: Prepared, *, reason: str | None = None, yes: bool = False, on_upload: Callable[[str], None]
) -> Prepared:
    """Upload what the job needs and make it; what is there already is found, and not made again.

    ``on_upload`` is told each URI. Raises TruthkitError if there are errors and no ``reason``, or AWS refuses.
    """
    from botocore.exceptions import ClientError

    if ready.status is not None:
        return ready
    if reason is None:
        refuse(ready.findings)
    if plan.assets and plan.asset_bucket:
        with tempfile.TemporaryDirectory(prefix="truthkit-") as folder:
            built = build([plan.workflow], Path(folder), assets=plan.assets)
            for uri in upload_assets(built, Path(folder) / "assets", _beside(plan.assets, plan.asset_bucket)):
                on_upload(uri)
    for one in ready.uploads:
        cure = "its name follows from its content, so it was changed: look at it, and give --yes to replace it"
        if upload(one.content, one.uri, content_type=one.content_type, overwrite=yes, cure=cure):
            on_upload(one.uri)
    with told(f"the job {ready.name}"):
        try:
            client("sagemaker").create_labeling_job(**ready.request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceInUse":
                raise
            there = find_job(ready)
            if there is None:
                raise
            return replace(ready, status=there)
    return replace(ready, status="Initializing")


def _beside(assets: str, bucket: str) -> str:
    """Where in the bucket the files lie that are served at ``assets``."""
    return f"s3://{bucket}/{urlsplit(assets).path.strip('/')}".rstrip("/")
