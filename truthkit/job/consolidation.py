"""From answers to labels: worker-response files, consolidation requests, the post-annotation handler's results.

The messages are those of contract d and e; the files lie where the service puts them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any

from truthkit.aws_names import REGION, ROLE_ARN
from truthkit.findings import Finding, TruthkitError
from truthkit.handlers import Handler
from truthkit.job.spec import JobFolder, JobSpec, write_atomically
from truthkit.job.store import TIMESTAMP, Answer, Batch, Store
from truthkit_core.messages import (
    AnnotatedObject,
    Annotation,
    ConsolidatedAnnotation,
    ContractError,
    PostAnnotationEvent,
    Source,
    WorkerAnswer,
    WorkerResponse,
    emit_consolidation_request,
    parse_consolidation_response,
)

# The size from which the service hands over an answer by S3 URI is unpublished (contract d); ours, in characters.
ANSWER_BY_URI_FROM = 250_000
ITERATION = "iteration-1"
# Objects that are read from the store at once.
CHUNK = 200


def timestamp() -> str:
    """Now, as the service names its files."""
    return time.strftime(TIMESTAMP, time.gmtime())


def write_worker_response(
    folder: JobFolder, spec: JobSpec, object_id: str, answers: Sequence[Answer], *, durable: bool = True
) -> str:
    """Write an object's worker-response file, all workers in one; gives its S3 URI. The same answers, the same file.

    Unless ``durable``, the file is not yet on the disk for certain when this returns.
    """
    at = time.strftime(TIMESTAMP, time.gmtime(answers[-1].submitted_at))
    response = WorkerResponse(
        tuple(
            WorkerAnswer(
                worker_id=answer.worker_id,
                answer_content=answer.content,
                submission_time=_iso(answer.submitted_at),
                acceptance_time=_iso(answer.accepted_at),
                time_spent_seconds=round(answer.submitted_at - answer.accepted_at, 3),
                worker_metadata=_identity(answer.worker_id),
            )
            for answer in answers
        )
    )
    relative = f"worker-response/{ITERATION}/{object_id}/{at}.json"
    file = folder.annotations(spec) / relative
    _write_json(file, response.to_json(), durable=durable)
    # One file an object: an earlier one had fewer answers.
    for older in file.parent.glob("*.json"):
        if older != file:
            older.unlink()
    return f"{spec.annotations_uri}/{relative}"


class Consolidator:
    """Consolidates batches of objects with the post-annotation handler, or notes them where the job has none."""

    def __init__(self, spec: JobSpec, folder: JobFolder, store: Store, post_lambda: Handler | None) -> None:
        self._spec = spec
        self._folder = folder
        self._store = store
        self._post_lambda = post_lambda

    def run(self, batch: Batch) -> list[Finding]:
        """Consolidate one batch; whatever goes wrong is kept with the batch and told, the answers stay.

        Gives findings: an error when the batch has no labels, warnings about the handler's result otherwise.
        """
        if self._post_lambda is None:
            self._store.consolidated(batch, {object_id: {} for object_id in batch.object_ids})
            return []
        about = f"{len(batch.object_ids)} objects: {', '.join(batch.object_ids)}"
        try:
            request_uri = self._write_request(batch)
            result = self._post_lambda.invoke(post_annotation_event(self._spec, request_uri), about=about)
            annotations, warnings = read_result(result, batch.object_ids, self._spec, self._post_lambda)
            relative = f"consolidated-annotation/consolidation-response/{ITERATION}/{batch.timestamp}.json"
            _write_json(self._folder.annotations(self._spec) / relative, result)
        except (TruthkitError, ContractError) as raised:
            error = raised if isinstance(raised, TruthkitError) else TruthkitError(_breach("the request", raised))
            self._store.batch_failed(batch, "; ".join(finding.message for finding in error.findings))
            resume = f"mend it, then: truthkit run --resume {quote(str(self._folder.root))} (the answers are kept)"
            return [
                Finding(
                    finding.code,
                    f"post-annotation failed for objects {', '.join(batch.object_ids)}: {finding.message}",
                    f"{finding.cure}; {resume}" if finding.cure else resume,
                    file=finding.file,
                    line=finding.line,
                    column=finding.column,
                    excerpt=finding.excerpt,
                    object_id=finding.object_id or (batch.object_ids[0] if len(batch.object_ids) == 1 else None),
                )
                for finding in error.findings
            ]
        self._store.consolidated(batch, {one.dataset_object_id: one.content for one in annotations})
        return [
            Finding("post-annotation-contract", warning, severity="warning", file=str(self._post_lambda.ref.file))
            for warning in warnings
        ]

    def _write_request(self, batch: Batch) -> str:
        objects = (
            (record.object.object_id, record.object.data_object, record.answers)
            for start in range(0, len(batch.object_ids), CHUNK)
            for record in self._store.records(batch.object_ids[start : start + CHUNK])
        )
        return write_request(self._folder, self._spec, batch.timestamp, objects)[0]


def write_request(
    folder: JobFolder, spec: JobSpec, at: str, objects: Iterable[tuple[str, dict[str, Any], Sequence[Answer]]]
) -> tuple[str, list[dict[str, Any]]]:
    """Write a consolidation request (contract d); gives its S3 URI and what it says.

    ``objects``: each one's id, data object and answers. Raises ContractError.
    """
    request = emit_consolidation_request(
        # By worker, not by time: the same answers make the same request.
        AnnotatedObject(
            object_id,
            _source(data_object),
            tuple(_annotation(folder, spec, answer) for answer in sorted(answers, key=lambda one: one.worker_id)),
        )
        for object_id, data_object, answers in objects
    )
    relative = f"consolidated-annotation/consolidation-request/{ITERATION}/{at}.json"
    _write_json(folder.annotations(spec) / relative, request)
    return f"{spec.annotations_uri}/{relative}", request


def _annotation(folder: JobFolder, spec: JobSpec, answer: Answer) -> Annotation:
    text = json.dumps(answer.content, sort_keys=True, separators=(",", ":"))
    if len(text) < ANSWER_BY_URI_FROM:
        return Annotation(answer.worker_id, content=text, s3_uri=None)
    relative = f"consolidated-annotation/consolidation-request/{ITERATION}/answers/{answer.assignment_id}.json"
    write_atomically(folder.annotations(spec) / relative, text)
    return Annotation(answer.worker_id, content=None, s3_uri=f"{spec.annotations_uri}/{relative}")


def post_annotation_event(spec: JobSpec, request_uri: str) -> dict[str, Any]:
    """What the post-annotation handler is called with."""
    return PostAnnotationEvent(
        labeling_job_arn=spec.arn,
        label_attribute_name=spec.label_attribute,
        payload_s3_uri=request_uri,
        role_arn=ROLE_ARN,
        label_categories=spec.labels,
        output_config=spec.annotations_uri,
    ).to_json()


def read_result(
    result: Any, object_ids: Collection[str], spec: JobSpec, post_lambda: Handler
) -> tuple[list[ConsolidatedAnnotation], list[str]]:
    """The labels that a post-annotation handler returned, and warnings. Raises TruthkitError with its breach."""
    try:
        return parse_consolidation_response(result, object_ids, spec.label_attribute)
    except ContractError as error:
        what = "what the post-annotation handler returned"
        raise TruthkitError(_breach(what, error, str(post_lambda.ref.file))) from None


def _breach(what: str, error: ContractError, file: str | None = None) -> Finding:
    return Finding("post-annotation-contract", f"{what}: {error.path}: {error.problem}", error.cure, file=file)


def _source(data_object: dict[str, Any]) -> Source:
    """Only the source goes into the request; of both, ``source`` is taken (contract a)."""
    if "source" in data_object:
        return Source(content=data_object["source"], s3_uri=None)
    return Source(content=None, s3_uri=data_object["source-ref"])


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _identity(worker_id: str) -> dict[str, Any]:
    """What the service tells of a private worker; the pool is invented, the subject is the worker's."""
    return {
        "identityData": {
            "identityProviderType": "Cognito",
            "issuer": f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_truthkit",
            "sub": worker_id.rpartition(".")[2],
        }
    }


def _write_json(file: Path, value: Any, *, durable: bool = True) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    write_atomically(file, text, durable=durable)
