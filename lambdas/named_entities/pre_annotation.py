"""Before the task: the text, and the types to choose from with the short names that stand above a passage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from truthkit_core.builtin_output import short_name
from truthkit_core.initial_value import initial_value
from truthkit_core.messages import PreAnnotationEvent, PreAnnotationResponse
from truthkit_core.messages.checks import text_member
from truthkit_core.workflow import WorkflowConfig

CONFIG = WorkflowConfig.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    item = PreAnnotationEvent.parse(event).data_object
    labels = [{"label": label, "shortDisplayName": short_name(label)} for label in CONFIG.labels]
    text = text_member(item, "source", "dataObject")
    return PreAnnotationResponse({"text": text, "labels": labels, **initial_value(item, CONFIG)}).to_json()
