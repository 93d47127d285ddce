"""Lines of the output manifest: the input line plus the label and its metadata.

Written as real jobs write them; read in that form and in the documented one, which differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from truthkit_core.messages.checks import ContractError, at, check_json, expect_object, kind

_CUSTOM = "groundtruth/custom"
_JOB_PREFIX = "labeling-job/"


def labelled_line(
    line: Mapping[str, Any], label_attribute: str, content: Mapping[str, Any], job_name: str, creation_date: datetime
) -> dict[str, Any]:
    """The line of an object that the post-annotation function answered.

    All keys of ``content`` are merged in at the top (so ``source-ref`` there replaces the source); metadata of its own
    is replaced by the service's. ``creation_date`` without a zone is UTC. Raises ContractError if the label is missing.
    """
    if label_attribute not in content:
        raise ContractError(at("content", label_attribute), "the label is missing")
    check_json(dict(content), "content")
    metadata = _metadata(job_name, creation_date)
    merged = {**_unlabelled(line, label_attribute), **content}
    merged.pop(f"{label_attribute}-metadata", None)
    return {**merged, f"{label_attribute}-metadata": metadata}


def no_lambda_line(
    line: Mapping[str, Any], label_attribute: str, job_name: str, creation_date: datetime, worker_response_ref: str
) -> dict[str, Any]:
    """The line of a job without post-annotation function: an empty label that points at the worker-response file."""
    metadata = {**_metadata(job_name, creation_date), "worker-response-ref": worker_response_ref}
    return {**_unlabelled(line, label_attribute), label_attribute: {}, f"{label_attribute}-metadata": metadata}


def failure_line(line: Mapping[str, Any], label_attribute: str, reason: str) -> dict[str, Any]:
    """The line of an object that failed or expired: no label, and metadata that says why."""
    metadata = {"retry-count": 1, "failure-reason": reason, "human-annotated": "true"}
    return {**_unlabelled(line, label_attribute), f"{label_attribute}-metadata": metadata}


def _unlabelled(line: Mapping[str, Any], label_attribute: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in (label_attribute, f"{label_attribute}-metadata")}


def _metadata(job_name: str, creation_date: datetime) -> dict[str, Any]:
    moment = creation_date if creation_date.tzinfo is None else creation_date.astimezone(UTC)
    return {
        "type": _CUSTOM,
        # The service lower-cases the name here, though not in its S3 paths.
        "job-name": job_name.lower(),
        "human-annotated": "yes",
        "creation-date": moment.strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }


@dataclass(frozen=True, slots=True)
class LabelMetadata:
    """What a line's ``<label>-metadata`` says, whichever way it is spelled.

    ``type`` is in lower case, ``job_name`` without ``labeling-job/``, ``creation_date`` in UTC. A failed object has
    ``failure_reason`` and mostly nothing else. ``extra`` keeps the other keys (``confidence``, ``class-name``, …).
    """

    type: str | None = None
    job_name: str | None = None
    human_annotated: bool | None = None
    creation_date: datetime | None = None
    worker_response_ref: str | None = None
    failure_reason: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: Any, path: str = "metadata") -> LabelMetadata:
        """Raises ContractError."""
        rest = dict(expect_object(value, path))
        check_json(rest, path)

        def take(name: str) -> str | None:
            texts = [
                rest.pop(spelling) for spelling in dict.fromkeys((name, name.replace("-", "_"))) if spelling in rest
            ]
            for text in texts:
                if text is not None and not isinstance(text, str):
                    raise ContractError(at(path, name), f"must be a string, not {kind(text)}")
            return texts[0] if texts else None

        def moment(text: str | None) -> datetime | None:
            if text is None:
                return None
            try:
                parsed = datetime.fromisoformat(text)
            except ValueError:
                raise ContractError(
                    at(path, "creation-date"), f"is {text!r}", "write 2026-03-02T09:20:13.177000"
                ) from None
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)

        kind_of_label, job_name = take("type"), take("job-name")
        human = _yes_or_no(rest.pop("human-annotated", rest.pop("human_annotated", None)), at(path, "human-annotated"))
        return cls(
            type=None if kind_of_label is None else kind_of_label.lower(),
            job_name=None if job_name is None else job_name.removeprefix(_JOB_PREFIX),
            human_annotated=human,
            creation_date=moment(take("creation-date")),
            worker_response_ref=take("worker-response-ref"),
            failure_reason=take("failure-reason"),
            extra=rest,
        )


def _yes_or_no(value: Any, path: str) -> bool | None:
    """``"yes"`` and ``"no"``; failed objects have ``"true"``."""
    if value is None or isinstance(value, bool):
        return value
    known = {"yes": True, "true": True, "no": False, "false": False}
    if not isinstance(value, str) or value.lower() not in known:
        raise ContractError(path, f"must be 'yes' or 'no', not {kind(value)}")
    return known[value.lower()]


def label_attributes(line: Mapping[str, Any]) -> list[str]:
    """The label attributes of an output line, failed ones included, in the line's order."""
    return [key.removesuffix("-metadata") for key in line if key.endswith("-metadata") and key != "-metadata"]


def read_label_metadata(line: Mapping[str, Any], label_attribute: str) -> LabelMetadata | None:
    """The metadata of one label, None if the line has none. ``worker-response-ref`` may also stand beside it.

    Raises ContractError.
    """
    name = f"{label_attribute}-metadata"
    if name not in line:
        return None
    value = expect_object(line[name], name)
    beside = line.get("worker-response-ref")
    if isinstance(beside, str):
        value = {"worker-response-ref": beside, **value}
    return LabelMetadata.parse(value, name)
