"""The report of a fetched job, as a local job has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, overload

from truthkit.answers.read import answer_content, latest_files, seconds_of
from truthkit.convert.objects import Objects
from truthkit.findings import Finding
from truthkit.report import ReportData, ReportObject, ReportWorker, write_report
from truthkit.report.gold import drawable_label


def report_fetched(folder: Path, about: Mapping[str, Any], findings: Sequence[Finding]) -> Path | None:
    """Write ``report.html`` of a fetched job; None where the output has no manifest yet.

    Args:
        folder: the folder that ``fetch`` made.
        about: what the service says of the job (``DescribeLabelingJob``).
        findings: what is to be told in it.
    """
    name, attribute = str(about["LabelingJobName"]), str(about["LabelAttributeName"])
    root = folder / "output" / name
    manifest = root / "manifests" / "output" / "output.manifest"
    if not manifest.is_file():
        return None
    responses = root / "annotations" / "worker-response"
    files = latest_files(responses) if responses.is_dir() else {}
    output = str(about["OutputConfig"]["S3OutputPath"]).rstrip("/") + "/"
    return write_report(
        ReportData(
            job_name=name,
            workflow=None,
            created=_moment(about.get("CreationTime")),
            label_attribute=attribute,
            label_order=(),
            objects=_Lines(manifest, attribute, files),
            findings=findings,
            seconds=_seconds_between(about.get("CreationTime"), about.get("LastModifiedTime")),
            gold_agreement=None,
            find=_finder(output, folder / "output"),
        ),
        folder / "report.html",
    )


def _finder(output: str, folder: Path) -> Callable[[str], Path | None]:
    return Objects.of([(output, folder)]).find


def _moment(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value or "")


def _seconds_between(begin: Any, end: Any) -> float:
    known = isinstance(begin, datetime) and isinstance(end, datetime)
    return max(0.0, (end - begin).total_seconds()) if known else 0.0


class _Lines(Sequence[ReportObject]):
    """The objects of an output manifest, each read when it is asked for."""

    def __init__(self, manifest: Path, attribute: str, files: Mapping[str, str]) -> None:
        self._manifest = manifest
        self._attribute = attribute
        self._files = files
        self._places: list[tuple[int, int]] = []
        with manifest.open("rb") as stream:
            place = 0
            for number, line in enumerate(stream, 1):
                if line.strip():
                    self._places.append((number, place))
                place += len(line)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> ReportObject: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ReportObject]: ...
    def __getitem__(self, at: int | slice) -> ReportObject | Sequence[ReportObject]:
        if isinstance(at, slice):
            return [self[one] for one in range(len(self))[at]]
        number, place = self._places[at]
        with self._manifest.open("rb") as stream:
            stream.seek(place)
            line = _object(stream.readline())
        attribute = self._attribute
        metadata = line.get(f"{attribute}-metadata")
        why = metadata.get("failure-reason") if isinstance(metadata, dict) else None
        return ReportObject(
            object_id=str(number - 1),
            line=number,
            data_object={key: value for key, value in line.items() if key not in (attribute, f"{attribute}-metadata")},
            task_input=None,
            answers=_answers(self._files.get(str(number - 1))),
            label=drawable_label(line, attribute),
            failure=None if why is None else str(why),
            output_line=line,
            expected=None,
            agreement=None,
            screenshot=None,
        )


def _answers(file: str | None) -> tuple[ReportWorker, ...]:
    """The answers of a worker-response file; none where it cannot be read, which ``consolidate`` tells."""
    if file is None:
        return ()
    found = _object(Path(file).read_bytes()).get("answers")
    return tuple(
        ReportWorker(str(one.get("workerId")), answer_content(one.get("answerContent")), _spent(one))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict)
    )


def _spent(answer: Mapping[str, Any]) -> float | None:
    seconds = seconds_of(answer.get("timeSpentInSeconds"))
    return seconds if seconds == seconds else None


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
