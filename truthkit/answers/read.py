"""Worker-response files, streamed: a file at a time, of each object the latest."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from truthkit.answers.fields import Answers, Collector
from truthkit.answers.table import read_table
from truthkit.findings import Finding, UsageError

Progress = Callable[[int, int], None]

_SPEC = "job.json"
_ITERATION = re.compile(r"iteration-(\d+)")
_LOOK = "give a job's folder, a folder of worker responses, or a CSV file with the columns item,worker,label"


def read_answers(source: Path, *, field: str | None = None, on_progress: Progress | None = None) -> Answers:
    """All answers of a finished job.

    Args:
        source: a job's folder (of ``truthkit run``, or fetched from the service), a folder of worker-response files, or
            a CSV file ``item,worker,label``.
        field: keep this field only, if there is one of that name.
        on_progress: told how many files of how many are read.

    Raises UsageError if there are no answers in ``source``.
    """
    if source.is_file():
        return read_table(source)
    if not source.is_dir():
        raise UsageError(f"{source} does not exist", _LOOK)
    folder = responses_folder(source)
    files = latest_files(folder)
    if not files:
        raise UsageError(f"{source} has no worker responses", _LOOK)
    found = Collector()
    for done, (name, file) in enumerate(files.items(), 1):
        _read_response(found, name, file)
        if on_progress is not None and (done % 100 == 0 or done == len(files)):
            on_progress(done, len(files))
    labels, settings = _workflow_of(source)
    fields = found.finish(field)
    return Answers(source, list(found.objects), fields, len(files), found.findings, labels, settings)


def responses_folder(source: Path) -> Path:
    """Where in a job's folder the worker responses are; the folder itself if it is none of a job."""
    for own in ("annotations/worker-response", "worker-response"):
        if (source / own).is_dir():
            return source / own
    if not (source / _SPEC).is_file():
        # A folder of jobs, or a project with one: what lies deeper is theirs.
        jobs = sorted(one.parent for pattern in (f"*/{_SPEC}", f"*/*/{_SPEC}") for one in source.glob(pattern))
        if len(jobs) > 1:
            raise _several(source, jobs)
        source = jobs[0] if jobs else source
    patterns = ("*/annotations/worker-response", "output/*/annotations/worker-response")
    found = sorted(one for pattern in patterns for one in source.glob(pattern) if one.is_dir())
    if len(found) > 1:
        raise _several(source, [one.parents[1] for one in found])
    return found[0] if found else source


def _several(source: Path, jobs: Sequence[Path]) -> UsageError:
    inner = [one for one in jobs if one != source]
    names = ", ".join(one.relative_to(source).as_posix() for one in inner[:5])
    more = f" and {len(inner) - 5:,} more" if len(inner) > 5 else ""
    return UsageError(f"{source} holds several jobs: {names}{more}", f"give the folder of one: {inner[0]}")


def source_texts(source: Path) -> dict[str, str]:
    """What ``source`` says in the lines of a job's output manifest, by object id; empty where there is no manifest."""
    if not source.is_dir():
        return {}
    file = responses_folder(source).parents[1] / "manifests" / "output" / "output.manifest"
    found = {}
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                value = json.loads(line)
                text = value.get("source") if isinstance(value, dict) else None
                if isinstance(text, str):
                    found[str(number)] = text
    except (OSError, ValueError, RecursionError):
        return {}
    return found


def latest_files(folder: Path) -> dict[str, str]:
    """The latest file of each object, by object id, in the order of the manifest.

    A file's parent folder is the object's id, its name the time; of equal times the later iteration counts. Raises
    UsageError if the objects' folders are those of several jobs.
    """
    latest: dict[str, tuple[str, int, str]] = {}
    jobs: dict[str, None] = {}
    for object_id, stamp, iteration, path, above in _files(str(folder), folder.name, 0, ""):
        jobs[above] = None
        known = latest.get(object_id)
        if known is None or (stamp, iteration) > known[:2]:
            latest[object_id] = (stamp, iteration, path)
    if len(jobs) > 1:
        parents = sorted(map(Path, jobs))
        raise _several(folder, [one.parent if one.name == "worker-response" else one for one in parents])
    return {name: latest[name][2] for name in sorted(latest, key=by_manifest)}


def by_manifest(object_id: str) -> tuple[int, int, str]:
    """The order of object ids: numbers as numbers, before names."""
    return (0, int(object_id), "") if object_id.isascii() and object_id.isdigit() else (1, 0, object_id)


def _files(folder: str, name: str, iteration: int, above: str) -> Iterator[tuple[str, str, int, str, str]]:
    """Object, time, iteration and path of each file, and the folder in which all objects or iterations of its job are;
    ``above`` is this folder where ``folder`` is an object's or an iteration's."""
    found = _ITERATION.fullmatch(name)
    inner_above = folder
    if found:
        iteration, inner_above = int(found[1]), above or folder
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if not entry.name.startswith("."):
                    folders.append((entry.path, entry.name))
            elif entry.name.endswith(".json") and not entry.name.startswith("."):
                yield name, entry.name, iteration, entry.path, above or folder
    for path, inner in folders:
        yield from _files(path, inner, iteration, inner_above)


def _read_response(found: Collector, name: str, file: str) -> None:
    """One object's file; what cannot be used of it is told, and the rest counts."""

    def fault(message: str, cure: str = "", worker: str | None = None) -> None:
        found.tell(
            Finding("answer-file", message, cure, severity="warning", file=file, object_id=name, worker_id=worker)
        )

    item = found.object(name)
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - a Path a file costs more than reading it
            value = json.loads(stream.read())
    except OSError as error:
        return fault(f"cannot be read: {error.strerror}", "fetch the file again")
    except (ValueError, RecursionError) as error:
        return fault(f"is not JSON: {error}", "fetch the file again")
    answers = value.get("answers") if isinstance(value, dict) else None
    if not isinstance(answers, list):
        return fault("is no worker response: it has no list 'answers'", "give the folder worker-response of a job")
    for index, answer in enumerate(answers):
        worker = answer.get("workerId") if isinstance(answer, dict) else None
        content = answer.get("answerContent") if isinstance(answer, dict) else None
        if not isinstance(worker, str) or not worker:
            fault(f"answers[{index}] has no workerId")
            continue
        content = answer_content(content)
        if content is None:
            fault(f"answers[{index}].answerContent is no object", worker=worker)
            continue
        found.add(item, worker, content, seconds_of(answer.get("timeSpentInSeconds")))
    return None


def answer_content(value: Any) -> dict[str, Any] | None:
    """An answer's object; also from its JSON text, and from the list of one that Mechanical Turk makes of it."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def seconds_of(value: Any) -> float:
    """A time spent, NaN for what is none."""
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if known else math.nan


def _workflow_of(source: Path) -> tuple[tuple[str, ...] | None, dict[str, Any]]:
    """Labels and ``[consolidation]`` of a local job, as far as they can still be read."""
    from truthkit.job.spec import JobFolder
    from truthkit_core.messages import ContractError
    from truthkit_core.workflow import WorkflowConfig

    folder = JobFolder(source)
    if not folder.spec_file.is_file():
        return None, {}
    try:
        spec = folder.read_spec()
    except UsageError:  # another version's; its answers can be read all the same
        return None, {}
    labels, settings = spec.labels, {}
    if spec.post_lambda is not None:
        file = spec.post_lambda.code_root / spec.post_lambda.module.split(".")[0] / "workflow.toml"
        try:
            config = WorkflowConfig.load(file)
            labels, settings = labels or config.labels or None, dict(config.consolidation)
        except ContractError:
            pass  # another project's handler need not have one
    return labels, settings
