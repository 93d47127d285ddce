"""What the manifest and the pre-annotation handler give: the sample tasks that pages and names are checked with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from truthkit._object_files import KeyNotAFileError, split_uri
from truthkit.findings import Finding, TruthkitError
from truthkit.handlers import Handler
from truthkit.job.tasks import prepare
from truthkit.manifest import ManifestLine, read_manifest

MOST_TASKS = 500
"""Lines whose task is made; the manifest's own rules see all lines."""


@dataclass(slots=True)
class Sample:
    """A manifest line and its task input (None where the handler failed or nobody is asked)."""

    line: ManifestLine
    task_input: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0


def make_samples(lines: list[ManifestLine], pre: Handler | None, arn: str) -> Iterator[Sample]:
    """A task input for each line, up to 500; stops after the third line on which the handler fails."""
    failed = 0
    for line in islice(lines, MOST_TASKS):
        if pre is None:
            yield Sample(line, line.data_object)
            continue
        began = time.monotonic()
        try:
            prepared = prepare(pre, line.data_object, arn, about=f"line {line.number}")
        except TruthkitError as error:
            told = [finding.about(object_id=line.object_id) for finding in error.findings]
            yield Sample(line, None, told, time.monotonic() - began)
            failed += 1
            if failed == 3:
                return
            continue
        remarks = [finding.about(object_id=line.object_id) for finding in prepared.remarks]
        seconds = time.monotonic() - began
        yield Sample(line, prepared.task_input if prepared.human_annotation_required else None, remarks, seconds)


def unused_attributes(samples: list[Sample], pre: Handler, arn: str) -> Iterator[tuple[Sample, str]]:
    """Attributes of the first line that has them without which the handler gives the same task input."""
    seen: set[str] = set()
    for sample in samples:
        if sample.task_input is None:
            continue
        for name in sample.line.data_object:
            if name in seen or len(seen) > 50:
                continue
            seen.add(name)
            if name in ("source", "source-ref"):
                continue
            rest = {key: value for key, value in sample.line.data_object.items() if key != name}
            try:
                same = prepare(pre, rest, arn, about=f"without {name}").task_input == sample.task_input
            except TruthkitError:
                same = False
            if same:
                yield sample, name


def read_lines(manifest: Path, told: Callable[[Finding], None]) -> list[ManifestLine]:
    """The good lines of a manifest."""
    return list(read_manifest(manifest, on_fault=told))


def fake_sign(uri: str) -> str:
    """An address as the service's signing gives it; nothing is behind it. Raises TruthkitError."""
    try:
        bucket, key = split_uri(uri)
    except KeyNotAFileError as error:
        raise TruthkitError(Finding("object-uri", str(error), "give s3://BUCKET/KEY")) from None
    if not key:
        raise TruthkitError(Finding("object-uri", f"{uri!r} names no object", "give s3://BUCKET/KEY"))
    return f"https://s3.amazonaws.com/{bucket}/{key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600"
