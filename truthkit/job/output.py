"""The job's output manifest: every input line, in order, with its label, its failure or nothing (contract f)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from truthkit import exact_json
from truthkit.findings import Finding
from truthkit.job.consolidation import write_worker_response
from truthkit.job.spec import JobFolder, JobSpec
from truthkit.job.store import TIMESTAMP, Record, Store
from truthkit_core.messages import failure_line, labelled_line, no_lambda_line

Outcome = Literal["labeled", "skipped", "failed"]

# The service's own words for an object that nobody answered begin so.
FAILURE_PREFIX = "ClientError: "


@dataclass(frozen=True, slots=True)
class OutputLine:
    """What became of one data object. ``label`` is the value under the label attribute."""

    record: Record
    outcome: Outcome
    line: dict[str, Any]
    label: Any = None
    failure: str | None = None


# Objects that are read from the store at once.
CHUNK = 200


def output_lines(spec: JobSpec, folder: JobFolder, store: Store) -> Iterator[OutputLine]:
    """The lines of the output manifest as far as the job has come, in the manifest's order."""
    ids = store.object_ids()
    for start in range(0, len(ids), CHUNK):
        for record in store.records(ids[start : start + CHUNK]):
            yield output_line(spec, folder, record)


def output_line(spec: JobSpec, folder: JobFolder, record: Record) -> OutputLine:
    """One line of it."""
    one = record.object
    if one.state == "skipped":
        return OutputLine(record, "skipped", one.data_object)
    content, batch_timestamp, error = record.label, record.timestamp, record.error
    if content is None or batch_timestamp is None:
        reason = FAILURE_PREFIX + (
            f"Exception invoking the post-annotation Lambda function. {error}"
            if error
            else one.failure or "the object was not labeled before the job ended"
        )
        line = failure_line(one.data_object, spec.label_attribute, reason)
        return OutputLine(record, "failed", line, failure=reason)
    created = datetime.strptime(batch_timestamp, TIMESTAMP).replace(tzinfo=UTC)
    if spec.post_lambda is None:
        reference = write_worker_response(folder, spec, one.object_id, record.answers)
        line = no_lambda_line(
            one.data_object,
            spec.label_attribute,
            job_name=spec.name,
            creation_date=created,
            worker_response_ref=reference,
        )
    else:
        line = labelled_line(
            one.data_object,
            spec.label_attribute,
            content,
            job_name=spec.name,
            creation_date=created,
        )
    return OutputLine(record, "labeled", line, label=line[spec.label_attribute])


def write_output_manifest(spec: JobSpec, folder: JobFolder, lines: Iterator[OutputLine]) -> None:
    """Write the output manifest, whole or not at all, line by line."""
    file = folder.output_manifest(spec)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="ascii", newline="\n") as stream:
        for line in lines:
            stream.write(exact_json.dumps(line.line) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def label_reasons(spec: JobSpec, first: OutputLine, without: int, labeled: int) -> Finding | None:
    """What is told of objects whose label is only a strategy's ``reason``: ``without`` of the ``labeled`` ones.

    An error where no label of the job is more: then ``[consolidation]`` does not fit the form. None without a handler.
    """
    if spec.post_lambda is None:
        return None
    problems = [problem for worker in first.label["workers"] for problem in worker.get("problems", ())]
    why = str(first.label["reason"])
    if problems and not why.startswith("no answer has the field"):
        why += f" ({problems[0]})"
    settings = spec.post_lambda.file.with_name("workflow.toml")
    return Finding(
        "label-reason",
        f"{without} of {labeled} objects have no label but a reason; the first: {why}",
        "compare kind, field and labels in [consolidation] with the template's element, or look at the answers",
        severity="error" if without == labeled else "warning",
        file=str(settings) if settings.is_file() else None,
        object_id=first.record.object.object_id,
    )


def is_reason(label: Any) -> bool:
    """Whether a label is what a strategy gives of an object that it could not consolidate."""
    if not isinstance(label, dict) or not {"reason", "workers"} <= label.keys() <= {"reason", "workers", "problems"}:
        return False
    workers = label["workers"]
    return isinstance(workers, list) and all(isinstance(one, dict) for one in workers)
