"""What the service said of a job, in the folder that its output was fetched into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from truthkit.findings import UsageError

JOB_FILE = "labeling-job.json"


def read_job(folder: Path) -> dict[str, Any] | None:
    """What the service said of the job in a fetched folder, None if there is none. Raises UsageError."""
    file = folder / JOB_FILE
    if not file.is_file():
        return None
    try:
        value = json.loads(file.read_text("utf-8"))
        return value if isinstance(value, dict) else None
    except ValueError as error:
        raise UsageError(f"{file} cannot be read: {error}", "fetch the job into another folder") from None
