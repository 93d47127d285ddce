"""The service's messages as frozen data classes: parse and validate what comes in, emit what goes out.

One module a stage: ``pre_annotation``, ``worker_response``, ``consolidation``, ``output_manifest``; ``checks`` is what
they share. Every breach of the contract raises ContractError with the path of the offending value and a cure.
"""

from truthkit_core.messages.checks import LAMBDA_PAYLOAD_BYTES, S3_URI, ContractError, check_json, dumps, loads
from truthkit_core.messages.consolidation import (
    AnnotatedObject,
    Annotation,
    ConsolidatedAnnotation,
    PostAnnotationEvent,
    Source,
    emit_consolidation_request,
    parse_consolidation_request,
    parse_consolidation_response,
)
from truthkit_core.messages.output_manifest import (
    LabelMetadata,
    failure_line,
    label_attributes,
    labelled_line,
    no_lambda_line,
    read_label_metadata,
)
from truthkit_core.messages.pre_annotation import PreAnnotationEvent, PreAnnotationResponse
from truthkit_core.messages.worker_response import WorkerAnswer, WorkerResponse

__all__ = [
    "LAMBDA_PAYLOAD_BYTES",
    "S3_URI",
    "AnnotatedObject",
    "Annotation",
    "ConsolidatedAnnotation",
    "ContractError",
    "LabelMetadata",
    "PostAnnotationEvent",
    "PreAnnotationEvent",
    "PreAnnotationResponse",
    "Source",
    "WorkerAnswer",
    "WorkerResponse",
    "check_json",
    "dumps",
    "emit_consolidation_request",
    "failure_line",
    "label_attributes",
    "labelled_line",
    "loads",
    "no_lambda_line",
    "parse_consolidation_request",
    "parse_consolidation_response",
    "read_label_metadata",
]
