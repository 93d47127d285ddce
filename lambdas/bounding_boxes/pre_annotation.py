"""Before the task: the picture, and the labels to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from truthkit_core.initial_value import initial_value
from truthkit_core.messages import PreAnnotationEvent, PreAnnotationResponse
from truthkit_core.messages.checks import text_member
from truthkit_core.workflow import WorkflowConfig

CONFIG = WorkflowConfig.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    item = PreAnnotationEvent.parse(event).data_object
    picture = text_member(item, "source-ref", "dataObject")
    task_input = {"taskObject": picture, "labels": list(CONFIG.labels), **initial_value(item, CONFIG)}
    return PreAnnotationResponse(task_input).to_json()
