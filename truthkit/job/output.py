"""The job's output manifest: every input line, in order, with its label, its failure or nothing (contract f)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from truthkit import exact_json
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
