"""After the task: all workers' passages, quality votes and notes become one label; each worker's own stay beside it.

Which role reads the request: see ``truthkit_core.handlers.consolidate_batch``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from truthkit_core.answers import FormAnswer
from truthkit_core.consolidation.classes import majority_vote
from truthkit_core.consolidation.spans import consolidate_spans
from truthkit_core.handlers import consolidate_batch
from truthkit_core.strategies import nothing_said
from truthkit_core.workflow import WorkflowConfig

NO_PASSAGES = "none of the passages that were marked counts"
CONFIG = WorkflowConfig.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event: dict[str, Any], context: Any) -> list[dict[str, Any]]:
    return consolidate_batch(event, label)


def label(answers: Sequence[FormAnswer]) -> dict[str, Any]:
    """The label of one object. A worker's ``problems`` say which of the own ``entities`` did not count, and why."""
    spans, quality, notes, workers = {}, {}, [], []
    for answer in answers:
        entities, choice, note = answer.entities("entities"), answer.chosen("quality"), answer.text("notes")
        # Who sent an empty form, or passages of which none can be read, did not say that there are none.
        if answer.fields and entities is not None:
            usable = answer.spans(entities, CONFIG.labels)
            if usable or not entities:
                spans[answer.worker_id] = usable
        if choice is not None:
            quality[answer.worker_id] = choice
        if note.strip():
            notes.append({"workerId": answer.worker_id, "note": note})
        own = {"workerId": answer.worker_id, "entities": entities or [], "quality": choice, "notes": note}
        workers.append({**own, "problems": answer.problems} if answer.problems else own)
    settings = CONFIG.consolidation
    found = consolidate_spans(
        spans, labels=CONFIG.labels, threshold=settings["span_threshold"], overlap=settings["span_overlap"]
    )
    vote = majority_vote(quality, settings["quality_ties"])
    rest = {"quality": vote.to_json() if vote else None, "notes": notes}
    if not spans:
        return {**nothing_said(answers).to_json(), "reason": NO_PASSAGES, **rest}
    return {"entities": [span.to_json() for span in found], **rest, "workers": workers}
