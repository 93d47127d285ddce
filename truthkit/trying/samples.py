"""Data objects with answers, of which the cases are made: recorded, from a workflow's samples, or from a template."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from truthkit.answers.read import latest_files, responses_folder
from truthkit.elements import load_catalogue
from truthkit.findings import UsageError
from truthkit.job.spec import JobFolder
from truthkit.manifest import read_manifest
from truthkit.project import Workflow
from truthkit.trying.form import LABELS, Field, Form
from truthkit_core.workflow import WorkflowConfig

MOST_OBJECTS = 50
"""More are not read: larger batches repeat them."""
WORKERS = 3
OBJECTS = "s3://try-lambda-objects/"
_SIGNED_SOURCE = re.compile(r"""\bsrc\s*=\s*["'][^"']*\|\s*(?:grant_read_access|s3_presign)\b""")
TEXT = "Ada Lovelace wrote the first program in London in 1843."


@dataclass(frozen=True, slots=True)
class Sample:
    """One manifest line and its answers, one or more."""

    data_object: dict[str, Any]
    answers: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """What the cases are made of; ``origin`` tells people where it comes from.

    ``labels`` are the job's categories; ``objects`` maps S3 prefixes to folders; ``files`` are made-up objects by URI.
    """

    origin: str
    items: tuple[Sample, ...]
    attribute: str
    labels: tuple[str, ...]
    objects: Mapping[str, Path]
    files: Mapping[str, bytes] = field(default_factory=dict)


def of_job(folder: Path) -> Samples:
    """The answers of a finished job (of ``truthkit run``, or fetched from the service). Raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"{folder} does not exist", "give --from the folder of a job")
    job = JobFolder(folder)
    spec = job.read_spec() if job.spec_file.is_file() else None
    lines: dict[str, dict[str, Any]] = {}
    if spec is not None and spec.manifest.is_file():
        lines = {one.object_id: one.data_object for one in read_manifest(spec.manifest, on_fault=lambda fault: None)}
    else:
        manifest = next(iter(sorted(folder.glob("**/manifests/output/output.manifest"))), None)
        if manifest is not None:
            lines = {str(at): one for at, one in enumerate(json_lines(manifest)) if isinstance(one, dict)}
    items = []
    for object_id, file in islice(latest_files(responses_folder(folder)).items(), MOST_OBJECTS):
        answers = _recorded(Path(file))
        if answers:
            items.append(Sample(_source_only(lines.get(object_id)), answers))
    if not items:
        raise UsageError(f"{folder} has no worker responses", "give --from the folder of a job that was answered")
    return Samples(
        f"recorded in {folder}",
        tuple(items),
        spec.label_attribute if spec else "label",
        (spec.labels if spec else None) or LABELS,
        {prefix: place for prefix, place in (spec.objects if spec else ()) if place.is_dir()},
    )


def of_workflow(workflow: Workflow) -> Samples:
    """The workflow's manifest, its answers as ``expected.jsonl`` has them. Raises UsageError and ContractError."""
    config = WorkflowConfig.load(workflow.config_file) if workflow.config_file.is_file() else None
    form = Form.of(workflow.template) if workflow.template.is_file() else default_form()
    labels = (config.labels if config else ()) or form.labels or LABELS
    objects: list[dict[str, Any]] = []
    if workflow.manifest.is_file():
        lines = read_manifest(workflow.manifest, on_fault=lambda fault: None)
        objects = [line.data_object for line in islice(lines, MOST_OBJECTS)]
    objects = objects or [{"source": TEXT}]
    gold = list(islice(json_lines(workflow.expected), MOST_OBJECTS)) if workflow.expected.is_file() else []
    gold += [None] * (len(objects) - len(gold))
    return Samples(
        f"the samples of {workflow.name}" if any(gold) else f"made from the template of {workflow.name}",
        tuple(Sample(line, _three(form, labels, right)) for line, right in zip(objects, gold, strict=False)),
        config.label_attribute if config else workflow.name,
        labels,
        workflow.objects(),
    )


def of_template(template: Path, attribute: str = "label") -> Samples:
    """Answers made from a template's elements. Raises UsageError."""
    if not template.is_file():
        raise UsageError(f"--template: {template} does not exist", "give the path of a file")
    form = Form.of(template)
    if not form.fields:
        raise UsageError(f"{template} has no field", "give a template whose elements have names, or --from JOB_DIR")
    labels = form.labels or LABELS
    pictures = _SIGNED_SOURCE.search(template.read_text("utf-8", errors="replace")) is not None
    return _invented(f"made from {template.name}", form, labels, attribute, pictures=pictures)


def of_nothing() -> Samples:
    """Answers to a classifier, for a handler that comes with nothing."""
    return _invented("made up: a crowd-classifier named label", default_form(), LABELS, "label")


def default_form() -> Form:
    return Form((Field("label", "crowd-classifier"),), (), load_catalogue())


def _invented(origin: str, form: Form, labels: Sequence[str], attribute: str, *, pictures: bool = False) -> Samples:
    """Three objects: texts in the manifest, or ``pictures`` in S3."""
    files = {f"{OBJECTS}{number}.png": _picture() for number in range(1, 4)} if pictures else {}
    objects = [{"source-ref": uri} for uri in files] or [{"source": f"{TEXT} ({number})"} for number in range(1, 4)]
    items = tuple(Sample(one, _three(form, labels, None)) for one in objects)
    return Samples(origin, items, attribute, tuple(labels), {}, files)


def _picture() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (64, 48), "#bcd7ee").save(stream, "PNG")
    return stream.getvalue()


def _three(form: Form, labels: Sequence[str], expected: Any) -> tuple[dict[str, Any], ...]:
    """Three workers' answers: the third differs where nothing is expected."""
    return tuple(form.answer(labels, expected, turn=int(worker == WORKERS - 1)) for worker in range(WORKERS))


def _recorded(file: Path) -> tuple[dict[str, Any], ...]:
    try:
        value = json.loads(file.read_bytes())
    except ValueError:
        return ()
    answers = value.get("answers") if isinstance(value, dict) else None
    contents = [one.get("answerContent") for one in answers or () if isinstance(one, dict)]
    return tuple(one for one in contents if isinstance(one, dict))


def _source_only(line: dict[str, Any] | None) -> dict[str, Any]:
    return line if line is not None and ("source" in line or "source-ref" in line) else {"source": TEXT}


def json_lines(file: Path) -> Iterator[Any]:
    """The values of a JSON-lines file. Raises UsageError with the line that is none."""
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise UsageError(f"is not JSON: {error}", "one value a line", file=str(file), line=number) from None
