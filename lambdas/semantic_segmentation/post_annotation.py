"""After the task: all workers' masks become one, as [consolidation] of workflow.toml says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from truthkit_core.handlers import consolidate
from truthkit_core.strategies import Settings

SETTINGS = Settings.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event: dict[str, Any], context: Any) -> list[dict[str, Any]]:
    return consolidate(event, SETTINGS)
