"""Before the task: the page's picture, the abstract's text from S3, the paper's metadata and the types to choose from.

The text goes into the task as it is in the file, and the offsets of the answers count in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from truthkit_core.handlers import referenced_text
from truthkit_core.initial_value import initial_value
from truthkit_core.messages import PreAnnotationEvent, PreAnnotationResponse
from truthkit_core.messages.checks import text_member
from truthkit_core.workflow import WorkflowConfig

CONFIG = WorkflowConfig.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    item = PreAnnotationEvent.parse(event).data_object
    task_input = {
        "taskObject": text_member(item, "source-ref", "dataObject"),
        "text": referenced_text(item, "text-file-s3-uri"),
        "metadata": item.get("metadata") or {},
        "labels": list(CONFIG.labels),
        **initial_value(item, CONFIG, "spans"),
    }
    return PreAnnotationResponse(task_input).to_json()
