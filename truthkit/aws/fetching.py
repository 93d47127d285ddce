"""A job's output, brought into the tree of a local job. What is here is kept, what broke off goes on."""

from __future__ import annotations

import errno
import hashlib
import json
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from truthkit._object_files import split_uri
from truthkit.aws.fetched_report import report_fetched
from truthkit.aws.status import ENDED, describe
from truthkit.aws_calls import client, told, without_secrets
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.job.fetched import JOB_FILE, read_job
from truthkit.job.spec import write_atomically

RECORD = "fetched.jsonl"
_AT_ONCE = 8
_CHUNK = 1 << 20
# What a file system says to a name that it does not take, or that a folder or a file has already.
_NO_NAME = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ)


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of the output: its key, its path below the folder of the job, and what tells its content."""

    bucket: str
    key: str
    path: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. ``kept`` files were here already; ``grew`` ones were here, and are newer now. ``report`` is the page
    of what is there, None as long as there is no output manifest."""

    out: Path
    name: str
    status: str
    new: int
    kept: int
    grew: int
    findings: tuple[Finding, ...]
    report: Path | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "out": str(self.out),
            "name": self.name,
            "status": self.status,
            "new": self.new,
            "kept": self.kept,
            "grew": self.grew,
            "report": str(self.report) if self.report else None,
            "findings": [finding.to_json() for finding in self.findings],
        }


def fetch(job: str, out: Path, *, yes: bool = False, on_file: Callable[[int, int, str], None] | None = None) -> Fetched:
    """Bring the output of a job to ``<out>/output/<job>/``, and what the service says of it to ``labeling-job.json``.

    Run again it takes what is new; files that broke off go on where they were. A file that was changed here is not
    touched without ``yes``. ``on_file`` is told how many of how many are here, and the last one's path.

    Raises UsageError where ``out`` holds another job, TruthkitError where AWS refuses.
    """
    about = describe(job)
    name, status = str(about["LabelingJobName"]), str(about["LabelingJobStatus"])
    known = read_job(out)
    if known is not None and known["LabelingJobArn"] != about["LabelingJobArn"]:
        raise UsageError(f"{out} holds {known['LabelingJobName']}", "give another --out")
    if known is None and out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} holds something else", "give another --out, or an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(out / JOB_FILE, without_secrets(json.dumps(about, default=_plain, indent=2)) + "\n")
    record = _read_record(out)
    root = out / "output" / name
    findings: list[Finding] = []
    wanted: list[Remote] = []
    newer: set[str] = set()
    kept = 0
    # By what its name is where capitals do not count, as on macOS.
    folds, taken = (out / JOB_FILE.upper()).exists(), dict[str, str]()
    for one in _listed(about["OutputConfig"]["S3OutputPath"], name, findings):
        file = root / one.path
        other = taken.setdefault(unicodedata.normalize("NFC", one.path).casefold(), one.path) if folds else one.path
        if other != one.path:
            findings.append(_no_file(one, f"it would be that of {other}"))
        elif not _is_file(file):
            wanted.append(one)
        elif record.get(one.path) == one.etag and file.stat().st_size == one.size:
            kept += 1
        elif yes or _digest(file) == record.get(f"{one.path}#"):
            newer.add(one.path)
            wanted.append(one)
        elif _digest(file) == one.etag:
            kept += 1
        else:
            message = f"{file} was changed here, and is another on the service: it is left as it is"
            findings.append(Finding("fetch-changed", message, "move it away, or give --yes to replace it", "warning"))
            kept += 1
    came: list[str] = []
    s3, stopped = client("s3"), threading.Event()
    if on_file is not None:
        on_file(kept, kept + len(wanted), "")
    with (out / RECORD).open("a", encoding="utf-8") as stream, ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = {pool.submit(_download, s3, one, root / one.path, stopped): one for one in wanted}
        try:
            for future in as_completed(jobs):
                one = jobs[future]
                try:
                    digest = future.result()
                except OSError as error:
                    if error.errno not in _NO_NAME:
                        raise
                    findings.append(_no_file(one, error.strerror or str(error)))
                    continue
                if digest is None:
                    findings.append(_growing(f"{one.path} changed while it came"))
                else:
                    entry = {"path": one.path, "etag": one.etag, "md5": digest}
                    stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
                    stream.flush()
                    came.append(one.path)
                if on_file is not None:
                    on_file(kept + len(came), kept + len(wanted), one.path)
        except BaseException:
            stopped.set()
            pool.shutdown(cancel_futures=True)
            raise
    if status not in ENDED:
        findings.append(_growing(f"{name} is {status}"))
    grew = len(newer.intersection(came))
    report = report_fetched(out, about, findings)
    return Fetched(out, name, status, len(came) - grew, kept, grew, tuple(findings), report)


def _no_file(one: Remote, why: str) -> Finding:
    message = f"s3://{one.bucket}/{one.key} cannot be a file here: {why}"
    return Finding("fetch-name", message, "copy it yourself, if you need it", severity="warning")


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name that is too long: told when it is to be written
        return False


def _growing(message: str) -> Finding:
    return Finding(
        "fetch-growing",
        f"{message}: the output still grows",
        "fetch again later; what is here stays",
        severity="warning",
    )


def _read_record(out: Path) -> dict[str, str]:
    """The ETag of each fetched file by its path, and under ``PATH#`` the digest of what was written."""
    file = out / RECORD
    found: dict[str, str] = {}
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed
        found[entry["path"]] = entry["etag"]
        found[f"{entry['path']}#"] = entry["md5"]
    return found


def _listed(output: str, name: str, findings: list[Finding]) -> Iterator[Remote]:
    """The files of a job's output. Raises TruthkitError."""
    bucket, prefix = split_uri(output)
    folder = "/".join(filter(None, (prefix.strip("/"), name))) + "/"
    s3 = client("s3")
    with told(f"s3://{bucket}/{folder}"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
            for one in page.get("Contents", ()):
                path = one["Key"].removeprefix(folder)
                if path.endswith("/"):
                    continue
                found = Remote(bucket, one["Key"], path, one["Size"], one["ETag"].strip('"'))
                if any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path or "\\" in path:
                    findings.append(_no_file(found, "its name leads elsewhere"))
                    continue
                yield found


def _download(s3: Any, one: Remote, file: Path, stopped: threading.Event) -> str | None:
    """Bring one file, whole or not at all; gives its digest, None if it became another meanwhile.

    What has come of it is kept beside it under a name that follows from its own and its ETag, so that the next run goes
    on there. Raises TruthkitError where AWS refuses or ``stopped`` is set, OSError where it cannot be written.
    """
    from botocore.exceptions import ClientError

    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{hashlib.sha256(f'{file.name} {one.etag}'.encode()).hexdigest()[:24]}.part")
    have = part.stat().st_size if part.exists() else 0
    if have > one.size:
        part.unlink()
        have = 0
    if have < one.size or one.size == 0:
        with told(f"s3://{one.bucket}/{one.key}"):
            try:
                more = {"Range": f"bytes={have}-"} if have else {}
                found = s3.get_object(Bucket=one.bucket, Key=one.key, IfMatch=f'"{one.etag}"', **more)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("412", "PreconditionFailed", "NoSuchKey", "404"):
                    return None
                raise
            with part.open("ab") as stream:
                for chunk in found["Body"].iter_chunks(_CHUNK):
                    stream.write(chunk)
                    if stopped.is_set():
                        raise TruthkitError(Finding("fetch-broken", f"{file} is not whole", "fetch again"))
    digest = _digest(part)
    if part.stat().st_size != one.size:
        raise TruthkitError(
            Finding("fetch-broken", f"{file} came with {part.stat().st_size:,} of {one.size:,} bytes", "fetch again")
        )
    part.replace(file)
    return digest


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "md5").hexdigest()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
