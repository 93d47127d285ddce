"""The part of a handler that is the same in every workflow."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from truthkit_core import builtin_output
from truthkit_core.answers import FormAnswer, read_answers
from truthkit_core.messages.checks import LAMBDA_PAYLOAD_BYTES, ContractError, at, check_json, loads, text_member
from truthkit_core.messages.consolidation import (
    AnnotatedObject,
    ConsolidatedAnnotation,
    PostAnnotationEvent,
    parse_consolidation_request,
)
from truthkit_core.storage import StorageError, read_bytes, read_text, write_bytes
from truthkit_core.strategies import (
    ObjectLabel,
    Settings,
    consolidate_objects,
    label_png,
    nothing_said,
    picture_size,
    places_in,
)

log = logging.getLogger(__name__)

# Kinds whose labels are files.
_WRITTEN = ("semantic-mask", "instance-masks")
# Set to 1 where the function's role may assume the job's role instead of reading the job's output itself.
ASSUME_JOB_ROLE = "TRUTHKIT_ASSUME_JOB_ROLE"


def referenced_text(data_object: Mapping[str, Any], key: str) -> str:
    """The UTF-8 text in S3 that ``data_object[key]`` names. Raises ContractError, which names the key."""
    uri = text_member(data_object, key, "dataObject")
    try:
        return read_text(uri)
    except StorageError as error:
        raise ContractError(at("dataObject", key), f"{error.uri} {error.problem}", error.cure) from error


def consolidate_batch(event: Any, label: Callable[[Sequence[FormAnswer]], Any]) -> list[dict[str, Any]]:
    """Answer a post-annotation event: ``label`` makes the label of one object from all its workers' answers.

    The request (and answers kept in S3) are read with the function's own role, or, where the environment has
    TRUTHKIT_ASSUME_JOB_ROLE=1, with the job's role, which then must trust the function's: the service documents both,
    and which one holds is a matter of deployment, so it is not tried out at run time.

    Every object of the request is in the response. One about which nobody said anything (nobody worked on it, or all
    answers are empty or unreadable) has a ``reason`` and all raw answers instead of a label: an empty label would pass
    for "nothing there". A response that would pass Lambda's limit loses long texts, then what the label has of single
    workers (``workers``), and says so.

    Raises ContractError, StorageError, and what ``label`` raises, with a note on the object.
    """
    request = PostAnnotationEvent.parse(event)
    contents: dict[str, dict[str, Any]] = {}
    for item, answers in _answered(request):
        for answer in answers:
            for problem in answer.problems:
                log.warning("object %s: %s", item.dataset_object_id, problem)
        if not any(answer.fields for answer in answers):
            made = nothing_said(answers).to_json()
            log.warning("object %s: %s", item.dataset_object_id, made["reason"])
        else:
            try:
                made = label(answers)
            except Exception as error:
                error.add_note(f"while consolidating object {item.dataset_object_id} of {request.payload_s3_uri}")
                raise
        contents[item.dataset_object_id] = {request.label_attribute_name: made}
    _shorten(contents, request.label_attribute_name)
    return [ConsolidatedAnnotation(name, content).to_json() for name, content in contents.items()]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles. A batch is some hundred thousand small objects, hardly any in a cycle, and to go
    through them again and again takes a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_uncollected()
def consolidate(event: Any, settings: Settings) -> list[dict[str, Any]]:
    """Answer a post-annotation event by a strategy: the whole batch at once, as ``[consolidation]`` says.

    Every object of the request is in the response. One that cannot be consolidated has, under the label attribute, a
    ``reason`` and all raw answers, whatever the output: never something that training code would take for a label.
    With ``output = "built-in"`` the label is as the service's built-in job writes it, and a second pair of keys has it
    with that job's metadata (see ``truthkit_core.builtin_output``).

    A response that would pass Lambda's limit loses the raw answers of those objects that have a label, and says so;
    they are in the job's worker-response files.

    Which role reads is as in ``consolidate_batch``. Raises ContractError and StorageError where the request itself, or
    an answer that is there, cannot be read.
    """
    request = PostAnnotationEvent.parse(event)
    batch = list(_answered(request))
    texts = {item.dataset_object_id: item.source.content for item, _ in batch if item.source.content is not None}
    labels = consolidate_objects({item.dataset_object_id: answers for item, answers in batch}, settings, texts=texts)
    contents = {}
    for item, answers in batch:
        label = labels[item.dataset_object_id]
        for problem in (*(one for answer in answers for one in answer.problems), *label.problems, label.reason):
            if problem:
                log.warning("object %s: %s", item.dataset_object_id, problem)
        # The raw answers beside it came as strict JSON and need no second look.
        check_json(label.value, f"label of object {item.dataset_object_id}")
        contents[item.dataset_object_id] = _content(item, label, settings, request)
    _fit(contents, request.label_attribute_name)
    return [
        {"datasetObjectId": name, "consolidatedAnnotation": {"content": content}} for name, content in contents.items()
    ]


def _answered(request: PostAnnotationEvent) -> Iterator[tuple[AnnotatedObject, list[FormAnswer]]]:
    """The request's objects with their answers."""
    read = partial(read_bytes, role_arn=_role(request))
    for item in parse_consolidation_request(loads(read(request.payload_s3_uri), request.payload_s3_uri)):
        yield item, read_answers(item.annotations, read)


def _role(request: PostAnnotationEvent) -> str | None:
    return request.role_arn if os.environ.get(ASSUME_JOB_ROLE) == "1" else None


def _content(
    item: AnnotatedObject, label: ObjectLabel, settings: Settings, request: PostAnnotationEvent
) -> dict[str, Any]:
    name = request.label_attribute_name
    uri = None
    if settings.kind in _WRITTEN and label.value is not None:
        uri = _write_png(item.dataset_object_id, label, settings, request)
    if settings.output == "full":
        return {name: label.to_json()}
    pair = f"{name}-ref" if settings.kind == "semantic-mask" else f"{name}-built-in"
    if label.value is None:
        reason = label.reason or "it could not be consolidated"
        return {name: label.to_json(), f"{pair}-metadata": builtin_output.failure_metadata(reason)}
    built_in = _built_in(item, label, settings, uri)
    created = _moment(request.payload_s3_uri)
    metadata = builtin_output.metadata_of(built_in, request.labeling_job_arn.rpartition("/")[2], created)
    if "initialValueModified" in label.value:
        metadata["adjustment-status"] = "adjusted" if label.value["initialValueModified"] else "unadjusted"
    return {name: built_in.value, pair: built_in.value, f"{pair}-metadata": metadata}


def _write_png(name: str, label: ObjectLabel, settings: Settings, request: PostAnnotationEvent) -> str | None:
    """Write the label's mask beside the job's output, and give its URI, which is in the label too."""
    png = label_png(label, settings)
    if png is None or label.value is None:
        return None
    annotations = request.output_config or request.payload_s3_uri.partition("/consolidated-annotation/")[0]
    moment = re.sub("[^0-9A-Za-z_-]", "", request.payload_s3_uri.rpartition("/")[2].removesuffix(".json"))
    # Object ids of streaming jobs may be URIs.
    plain = re.sub("[^0-9A-Za-z_.-]", "_", name)
    uri = f"{annotations.rstrip('/')}/consolidated-annotation/output/{plain}_{moment}.png"
    write_bytes(uri, png, role_arn=_role(request))
    label.value["labeledImage"] = {"s3Uri": uri}
    return uri


def _built_in(item: AnnotatedObject, label: ObjectLabel, settings: Settings, uri: str | None) -> builtin_output.BuiltIn:
    assert label.value is not None
    backing = builtin_output.Backing(label.confidence, label.counted)
    if settings.kind == "class":
        write = builtin_output.text_class if item.source.s3_uri is None else builtin_output.image_class
        return write(label.value["label"], settings.labels, backing)
    if settings.kind == "set":
        named = builtin_output.text_classes if item.source.s3_uri is None else builtin_output.image_classes
        return named(label.value["votes"], label.value["probabilities"], settings.labels, label.counted)
    if settings.kind == "semantic-mask":
        used = [number for number in places_in(label.typed.mask) if number]
        return builtin_output.segmentation(uri or "", settings.labels, used, backing)
    if settings.kind == "boxes":
        size = picture_size(label.answers, settings.field)
        return builtin_output.boxes(label.value["boundingBoxes"], settings.labels, size, label.counted)
    return builtin_output.text_spans(label.value["entities"], settings.labels, label.counted)


def _moment(payload_s3_uri: str) -> datetime:
    """When the request was written, by its name; so that the same request has the same answer. Else now."""
    try:
        stem = payload_s3_uri.rpartition("/")[2].removesuffix(".json")
        return datetime.strptime(stem, "%Y-%m-%d_%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.now(UTC)


def _fit(contents: dict[str, dict[str, Any]], name: str) -> None:
    """Take raw answers out where the response would be too large: of labels first, then of what has none too."""
    for labelled in (True, False):
        if _fits(contents):
            return
        for content in contents.values():
            label = content[name]
            if isinstance(label, dict) and ("reason" not in label or not labelled):
                for worker in label.get("workers", ()):
                    worker["answer"] = _LEFT_OUT


def _shorten(contents: dict[str, dict[str, Any]], name: str) -> None:
    """Cut long texts where the response would be too large; then leave out what labels have of single workers."""
    if _fits(contents):
        return
    for content in contents.values():
        content[name] = _cut(content[name])
    if _fits(contents):
        return
    for content in contents.values():
        label = content[name]
        workers = label.get("workers") if isinstance(label, dict) else None
        if isinstance(workers, list):
            own = (one.get("workerId") if isinstance(one, dict) else None for one in workers)
            label["workers"] = [{"workerId": worker, "problems": [_LEFT_OUT]} for worker in own]


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONG:
        return f"{value[:_LONG]}… ({_LEFT_OUT})"
    if isinstance(value, dict):
        return {key: _cut(one) for key, one in value.items()}
    return [_cut(one) for one in value] if isinstance(value, list) else value


def _fits(contents: dict[str, dict[str, Any]]) -> bool:
    return sum(map(_size, contents.values())) < LAMBDA_PAYLOAD_BYTES


def _size(content: dict[str, Any]) -> int:
    """In bytes at most (other characters than ASCII are escaped here), with what is around it."""
    return len(json.dumps(content, separators=(",", ":"))) + 120


# Characters from which a text is long.
_LONG = 2_000
_LEFT_OUT = "left out, as the response would pass Lambda's limit: see the job's worker-response files"
