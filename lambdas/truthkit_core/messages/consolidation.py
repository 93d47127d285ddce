"""The post-annotation function: its event, the request file that the event points at, and its response."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from truthkit_core.messages.checks import (
    S3_URI,
    ContractError,
    at,
    check_json,
    check_payload,
    expect_list,
    expect_object,
    expect_text,
    kind,
    loads,
    member,
    nearest,
    text_member,
)
from truthkit_core.messages.pre_annotation import EVENT_VERSION


def _content_or_uri(value: Any, path: str) -> tuple[str | None, str | None]:
    """``content`` xor ``s3Uri`` of a ``dataObject`` or an ``annotationData``."""
    data = expect_object(value, path)
    content, uri = data.get("content"), data.get("s3Uri")
    if content is None and uri is None:
        wrong = next((name for name in data if name.lower() == "s3uri"), None)
        if wrong:
            raise ContractError(at(path, wrong), "is not a name of the contract", "spell it 's3Uri'")
        raise ContractError(path, "has neither content nor s3Uri", "give one of them")
    if content is not None and uri is not None:
        raise ContractError(path, "has both content and s3Uri", "give one of them")
    if content is not None:
        cure = "the value goes in as JSON text: json.dumps(value)"
        return expect_text(content, at(path, "content"), cure), None
    return None, _s3_uri(uri, at(path, "s3Uri"))


def _s3_uri(value: Any, path: str) -> str:
    uri = expect_text(value, path)
    if not S3_URI.fullmatch(uri):
        raise ContractError(path, f"is {uri!r}", "give s3://bucket/key")
    return uri


@dataclass(frozen=True, slots=True)
class Source:
    """``dataObject`` of the request: only the source, ``content`` for ``source``, ``s3_uri`` for ``source-ref``."""

    content: str | None = None
    s3_uri: str | None = None

    @classmethod
    def parse(cls, value: Any, path: str = "dataObject") -> Source:
        return cls(*_content_or_uri(value, path))

    def to_json(self, path: str = "dataObject") -> dict[str, Any]:
        data = {"content": self.content, "s3Uri": self.s3_uri}
        emitted = {name: value for name, value in data.items() if value is not None}
        _content_or_uri(emitted, path)
        return emitted


@dataclass(frozen=True, slots=True)
class Annotation:
    """One worker's answer in the request: JSON text in ``content``, or the place of that text."""

    worker_id: str
    content: str | None = None
    s3_uri: str | None = None

    @classmethod
    def parse(cls, value: Any, path: str = "annotation") -> Annotation:
        annotation = expect_object(value, path)
        data = _content_or_uri(member(annotation, "annotationData", path), at(path, "annotationData"))
        return cls(text_member(annotation, "workerId", path), *data)

    def to_json(self, path: str = "annotation") -> dict[str, Any]:
        data = {"content": self.content, "s3Uri": self.s3_uri}
        emitted = {name: value for name, value in data.items() if value is not None}
        _content_or_uri(emitted, at(path, "annotationData"))
        return {"workerId": self.worker_id, "annotationData": emitted}

    def answer(self, read: Callable[[str], bytes] | None = None) -> Any:
        """The parsed answer (normally an object; may be ``{}``). ``read`` fetches an answer kept in S3.

        Raises ContractError if it is not JSON, or is in S3 and there is no ``read``; and what ``read`` raises.
        """
        path = f"answer of worker {self.worker_id}"
        if self.content is not None:
            return loads(self.content, path)
        if self.s3_uri is None:
            raise ContractError(path, "has neither content nor s3Uri")
        if read is None:
            raise ContractError(path, f"is kept at {self.s3_uri}", "pass a function that reads it")
        return loads(read(self.s3_uri), f"{path} at {self.s3_uri}")


@dataclass(frozen=True, slots=True)
class AnnotatedObject:
    """One data object of the request with its answers: fewer than asked for if workers declined or time ran out."""

    dataset_object_id: str
    source: Source
    annotations: tuple[Annotation, ...]

    @classmethod
    def parse(cls, value: Any, path: str = "object") -> AnnotatedObject:
        item = expect_object(value, path)
        name = _object_id(item, path)
        source = Source.parse(member(item, "dataObject", path), at(path, "dataObject"))
        annotations = expect_list(item.get("annotations") or [], at(path, "annotations"))
        parsed = tuple(
            Annotation.parse(one, f"{at(path, 'annotations')}[{index}]") for index, one in enumerate(annotations)
        )
        return cls(name, source, parsed)

    def to_json(self, path: str = "object") -> dict[str, Any]:
        return {
            "datasetObjectId": self.dataset_object_id,
            "dataObject": self.source.to_json(at(path, "dataObject")),
            "annotations": [
                one.to_json(f"{at(path, 'annotations')}[{index}]") for index, one in enumerate(self.annotations)
            ],
        }


def parse_consolidation_request(value: Any) -> list[AnnotatedObject]:
    """The payload file: a JSON array of objects. Raises ContractError."""
    items = expect_list(value, "consolidation request", "the payload is one JSON array, not JSON Lines")
    objects = [AnnotatedObject.parse(item, f"[{index}]") for index, item in enumerate(items)]
    _refuse_repeated_ids(item.dataset_object_id for item in objects)
    return objects


def emit_consolidation_request(objects: Iterable[AnnotatedObject]) -> list[dict[str, Any]]:
    """The payload file of ``objects``. Raises ContractError."""
    batch = list(objects)
    _refuse_repeated_ids(item.dataset_object_id for item in batch)
    return [item.to_json(f"[{index}]") for index, item in enumerate(batch)]


@dataclass(frozen=True, slots=True)
class PostAnnotationEvent:
    """What the service calls the function with. ``label_categories`` is None in jobs without a category file."""

    labeling_job_arn: str
    label_attribute_name: str
    payload_s3_uri: str
    role_arn: str
    label_categories: tuple[str, ...] | None = None
    output_config: str | None = None
    kms_key_id: str | None = None
    version: str = EVENT_VERSION

    @classmethod
    def parse(cls, event: Any) -> PostAnnotationEvent:
        """Raises ContractError. Any version is accepted; labelCategories may be missing or null."""
        value = expect_object(event, "event")
        payload = expect_object(member(value, "payload", ""), "payload")
        categories = value.get("labelCategories")
        if categories is not None:
            categories = tuple(
                expect_text(label, f"labelCategories[{index}]")
                for index, label in enumerate(expect_list(categories, "labelCategories"))
            )
        # Undocumented both: a surprise there must not stop a handler that does not need them.
        output, key = (value.get(name) for name in ("outputConfig", "kmsKeyId"))
        return cls(
            labeling_job_arn=text_member(value, "labelingJobArn", ""),
            label_attribute_name=text_member(value, "labelAttributeName", ""),
            payload_s3_uri=_s3_uri(member(payload, "s3Uri", "payload"), "payload.s3Uri"),
            role_arn=text_member(value, "roleArn", ""),
            label_categories=categories,
            output_config=output if isinstance(output, str) else None,
            kms_key_id=key if isinstance(key, str) else None,
            version=str(value.get("version", EVENT_VERSION)),
        )

    def to_json(self) -> dict[str, Any]:
        """The event; what is not known is left out, as the service does with labelCategories."""
        categories = None if self.label_categories is None else list(self.label_categories)
        optional = {"labelCategories": categories, "outputConfig": self.output_config, "kmsKeyId": self.kms_key_id}
        return {
            "version": self.version,
            "labelingJobArn": self.labeling_job_arn,
            "labelAttributeName": self.label_attribute_name,
            "roleArn": self.role_arn,
            **{name: value for name, value in optional.items() if value is not None},
            "payload": {"s3Uri": _s3_uri(self.payload_s3_uri, "payload.s3Uri")},
        }


@dataclass(frozen=True, slots=True)
class ConsolidatedAnnotation:
    """One object of the response: ``content`` has the label attribute as a key, its value is any JSON."""

    dataset_object_id: str
    content: dict[str, Any]

    @classmethod
    def parse(cls, value: Any, path: str = "annotation") -> ConsolidatedAnnotation:
        item = expect_object(value, path)
        name = _object_id(item, path)
        inner = at(path, "consolidatedAnnotation")
        consolidated = expect_object(member(item, "consolidatedAnnotation", path), inner)
        content = expect_object(member(consolidated, "content", inner), at(inner, "content"))
        check_json(content, at(inner, "content"))
        return cls(name, content)

    def to_json(self) -> dict[str, Any]:
        check_json(self.content, "consolidatedAnnotation.content")
        return {
            "datasetObjectId": self.dataset_object_id,
            "consolidatedAnnotation": {"content": self.content},
        }


def parse_consolidation_response(
    value: Any, request_ids: Collection[str], label_attribute: str
) -> tuple[list[ConsolidatedAnnotation], list[str]]:
    """The function's result and the warnings about it (foreign keys, own ``-metadata``, objects left out).

    The warnings come in the order of the response, then of ``request_ids``.

    Raises ContractError on a breach: not a list, an id repeated or not asked for, no label, NaN, too large.
    """
    if not isinstance(value, list):
        cure = "return the bare list [{'datasetObjectId': …, 'consolidatedAnnotation': {'content': …}}, …]"
        if isinstance(value, str):
            cure = "return the list itself, without json.dumps"
        elif isinstance(value, dict) and (wrapper := next((k for k, v in value.items() if isinstance(v, list)), None)):
            cure = f"return the list under {wrapper!r} itself, not an object around it"
        elif value is None:
            cure = "the function ends without a return: " + cure
        raise ContractError("response", f"must be a list, not {kind(value)}", cure)
    annotations = [ConsolidatedAnnotation.parse(item, f"[{index}]") for index, item in enumerate(value)]
    _refuse_repeated_ids(item.dataset_object_id for item in annotations)
    asked = dict.fromkeys(request_ids)
    warnings: list[str] = []
    metadata = f"{label_attribute}-metadata"
    for index, item in enumerate(annotations):
        name, path = item.dataset_object_id, f"[{index}].consolidatedAnnotation.content"
        if name not in asked:
            raise ContractError(f"[{index}].datasetObjectId", f"{name!r} is not in the request", "echo the request's")
        if label_attribute not in item.content:
            near = nearest(label_attribute, item.content)
            has = f"it has {', '.join(map(repr, item.content))}" if item.content else "it is empty"
            cure = near or f"{has}; take the key from event['labelAttributeName']"
            raise ContractError(at(path, label_attribute), "the label is missing", cure)
        for key in item.content:
            if key == metadata:
                warnings.append(f"object {name}: the service replaces {key!r}; put what you need under the label")
            # A name made of the label's is nobody else's.
            elif key != label_attribute and not key.startswith(f"{label_attribute}-"):
                warnings.append(f"object {name}: {key!r} is merged into the output line and replaces what is there")
    check_payload(value, "response", "the function")
    given = {item.dataset_object_id for item in annotations}
    warnings += [
        f"object {name}: left out of the response, so its line gets no label"
        for name in request_ids
        if name not in given
    ]
    return annotations, warnings


def _object_id(item: dict[str, Any], path: str) -> str:
    value = member(item, "datasetObjectId", path)
    return expect_text(value, at(path, "datasetObjectId"), "ids are strings: echo the request's")


def _refuse_repeated_ids(names: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            raise ContractError(
                f"[{index}].datasetObjectId", f"{name!r} is there already, at [{seen[name]}]", "one entry an object"
            )
        seen[name] = index
