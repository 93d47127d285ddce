"""What a report is made from. Whoever ran the job fills it; nothing here knows where the job is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truthkit.findings import Finding
from truthkit.report.draw.scene import nowhere


@dataclass(frozen=True, slots=True)
class ReportWorker:
    """One worker's answer to one object.

    ``answer`` is the ``answerContent`` (None: none was given, and ``note`` says why); ``seconds`` is the time spent.
    """

    worker_id: str
    answer: dict[str, Any] | None
    seconds: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportObject:
    """One data object with everything that came of it.

    ``line`` counts from 1 in the manifest, ``object_id`` from 0. ``label`` is the consolidated value, None without
    one; ``failure`` the reason of a failed object; ``output_line`` its line of the output manifest; ``expected`` the
    gold value (may be partial), ``agreement`` the label's agreement with it, 0 to 1; ``screenshot`` a picture file.
    """

    object_id: str
    line: int
    data_object: dict[str, Any]
    task_input: dict[str, Any] | None
    answers: tuple[ReportWorker, ...]
    label: Any | None
    failure: str | None
    output_line: dict[str, Any]
    expected: Any | None
    agreement: float | None
    screenshot: Path | None


@dataclass(frozen=True, slots=True)
class ReportData:
    """A whole job. ``objects`` is read twice, one object at a time, so it may be a sequence that loads on demand.

    ``label_order`` gives the labels their colors; ``seconds`` is the job's wall time; ``gold_agreement`` the mean
    agreement with gold, None without gold. ``find`` gives the file behind an S3 URI: of a picture that was labeled,
    of a mask that a handler wrote.
    """

    job_name: str
    workflow: str | None
    created: str
    label_attribute: str
    label_order: tuple[str, ...]
    objects: Sequence[ReportObject]
    findings: Sequence[Finding]
    seconds: float
    gold_agreement: float | None
    find: Callable[[str], Path | None] = nowhere
