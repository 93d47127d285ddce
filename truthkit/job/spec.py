"""What a job is made of, as written to ``job.json``, and where its files lie."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from truthkit.aws_names import ACCOUNT, REGION
from truthkit.findings import UsageError
from truthkit.project import HandlerRef

FORMAT = 1
OUTPUT_BUCKET = "truthkit-output"


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One labeling job. Paths are absolute; ``manifest`` is a local file, also where it was given by S3 URI. With a
    ``crowd`` (its file) simulated workers answer from the ``gold``; else a ``worker_script``, or without one the
    automatic worker."""

    name: str
    label_attribute: str
    template: Path
    manifest: Path
    workflow: str | None = None
    labels: tuple[str, ...] | None = None
    pre_lambda: HandlerRef | None = None
    post_lambda: HandlerRef | None = None
    pre_timeout_seconds: float = 30
    post_timeout_seconds: float = 300
    workers: int = 1
    batch: int = 10
    limit: int | None = None
    objects: tuple[tuple[str, Path], ...] = ()
    s3: str = "local"
    worker_script: Path | None = None
    expected: Path | None = None
    crowd: Path | None = None
    gold: Path | None = None
    lenient: bool = False
    skip_bad_lines: bool = False
    allow_network: bool = False
    seed: int = 0
    task_time_limit_seconds: float = 3600
    manifest_sha256: str = ""

    @property
    def arn(self) -> str:
        return arn_of(self.name)

    @property
    def annotations_uri(self) -> str:
        """``outputConfig`` of the post-annotation event."""
        return f"s3://{OUTPUT_BUCKET}/{self.name}/annotations"

    def to_json(self) -> dict[str, Any]:
        values = {key: _plain(value) for key, value in asdict(self).items()}
        for key in ("pre_lambda", "post_lambda"):
            ref: HandlerRef | None = getattr(self, key)
            values[key] = None if ref is None else [str(ref.code_root), ref.module, ref.function]
        values["objects"] = {prefix: str(folder) for prefix, folder in self.objects}
        return {"format": FORMAT, **values}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> JobSpec:
        values = dict(value)
        if values.pop("format", None) != FORMAT:
            raise UsageError("job.json was written by another version of truthkit", "start the job anew")
        for key in ("pre_lambda", "post_lambda"):
            ref = values[key]
            values[key] = None if ref is None else HandlerRef(Path(ref[0]), ref[1], ref[2])
        for key in ("template", "manifest", "worker_script", "expected", "crowd", "gold"):
            given = values.get(key)
            values[key] = None if given is None else Path(given)
        values["objects"] = tuple((prefix, Path(folder)) for prefix, folder in values["objects"].items())
        values["labels"] = None if values["labels"] is None else tuple(values["labels"])
        return cls(**values)


def arn_of(job_name: str) -> str:
    """A labeling job's ARN; the name is lower-cased there, as the service does."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:labeling-job/{job_name.lower()}"


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The files of one job; what each is for stands in docs/run-a-job.md."""

    root: Path

    @property
    def spec_file(self) -> Path:
        return self.root / "job.json"

    @property
    def store_file(self) -> Path:
        return self.root / "job.sqlite"

    @property
    def output(self) -> Path:
        """What stands for the bucket ``truthkit-output``."""
        return self.root / "output"

    @property
    def crowd(self) -> Path:
        """The crowd file of simulated workers, as the job began with it."""
        return self.root / "crowd.toml"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    @property
    def screenshots(self) -> Path:
        return self.root / "screenshots"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def findings_file(self) -> Path:
        return self.root / "findings.jsonl"

    @property
    def report(self) -> Path:
        return self.root / "report.html"

    def annotations(self, spec: JobSpec) -> Path:
        return self.output / spec.name / "annotations"

    def output_manifest(self, spec: JobSpec) -> Path:
        return self.output / spec.name / "manifests" / "output" / "output.manifest"

    def create(self) -> None:
        """Make a new job folder. Raises UsageError if something is there already."""
        if self.root.exists():
            raise UsageError(
                f"{self.root} exists",
                f"give a new folder, or go on with the job in it: --resume {quote(str(self.root))}",
            )
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{self.root} cannot be made: {error.strerror}", "give another folder: --out DIR"
            ) from None

    def write_spec(self, spec: JobSpec) -> None:
        write_atomically(self.spec_file, json.dumps(spec.to_json(), indent=2) + "\n")

    def read_spec(self) -> JobSpec:
        """The spec of the job in this folder. Raises UsageError if there is none."""
        if not self.spec_file.is_file():
            raise UsageError(f"{self.root} holds no job: job.json is missing", "give the folder that a run has made")
        try:
            return JobSpec.from_json(json.loads(self.spec_file.read_text("utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"job.json cannot be read: {error}", "start the job anew", file=str(self.spec_file)
            ) from None


def write_atomically(file: Path, text: str, *, durable: bool = True) -> None:
    """Write a file whole or not at all, however the process ends; ``durable``: however the machine ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
    part.replace(file)


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
