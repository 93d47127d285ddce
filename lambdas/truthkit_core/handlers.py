"""The part of a handler that is the same in every workflow."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from truthkit_core.answers import FormAnswer, read_answers
from truthkit_core.messages.checks import ContractError, at, loads, text_member
from truthkit_core.messages.consolidation import (
    ConsolidatedAnnotation,
    PostAnnotationEvent,
    parse_consolidation_request,
)
from truthkit_core.storage import StorageError, read_bytes, read_text

log = logging.getLogger(__name__)

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

    An object is left out (and logged) only if nobody said anything about it: nobody worked on it, or all answers are
    empty or unreadable. An empty label would pass for "nothing there"; without one a chained job asks again.

    Raises ContractError, StorageError, and what ``label`` raises, with a note on the object.
    """
    request = PostAnnotationEvent.parse(event)
    read = partial(read_bytes, role_arn=request.role_arn if os.environ.get(ASSUME_JOB_ROLE) == "1" else None)
    response = []
    for item in parse_consolidation_request(loads(read(request.payload_s3_uri), request.payload_s3_uri)):
        answers = read_answers(item.annotations, read)
        for answer in answers:
            for problem in answer.problems:
                log.warning("object %s: %s", item.dataset_object_id, problem)
        if not any(answer.fields for answer in answers):
            log.warning(
                "object %s: left out, as none of its %d answers says anything", item.dataset_object_id, len(answers)
            )
            continue
        try:
            content = {request.label_attribute_name: label(answers)}
        except Exception as error:
            error.add_note(f"while consolidating object {item.dataset_object_id} of {request.payload_s3_uri}")
            raise
        response.append(ConsolidatedAnnotation(item.dataset_object_id, content).to_json())
    return response
