"""A job's objects: S3 on this machine, with folders behind it.

The objects are files (mapped folders, and the job's folder for what is written); a process of its own speaks S3
and STS for them on a loopback port, for handlers with boto3 and for browsers with presigned URLs.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from truthkit._object_files import ACCESS_KEY, REGION, KeyNotAFileError, ObjectFiles, split_uri
from truthkit._signatures import presign
from truthkit.findings import Finding, TruthkitError, UsageError

SIGNED_SECONDS = 3600  # the service says "short-lived" and no number

# The server's module without truthkit/__init__.py: what that imports is not the server's business.
_START = (
    "import sys, types; kit = types.ModuleType('truthkit'); kit.__path__ = [sys.argv[1]]; "
    "sys.modules['truthkit'] = kit; from truthkit._moto_server import main; main()"
)


def parse_mapping(text: str) -> tuple[str, Path]:
    """``s3://BUCKET/PREFIX=DIR``, as the command line gives it. Raises UsageError."""
    cure = "give --objects s3://BUCKET/PREFIX=DIR, e.g. --objects s3://my-bucket/images/=data/images"
    prefix, equals, folder = text.rpartition("=")
    if not equals or not folder:
        raise UsageError(f"{text!r} maps no folder", cure)
    try:
        split_uri(prefix)
    except KeyNotAFileError as error:
        raise UsageError(str(error), cure) from None
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise UsageError(f"the folder {folder} that is to be {prefix} does not exist", cure)
    return prefix, path.resolve()


class ObjectStore:
    """S3 and STS for one job, on a free loopback port.

    ``mappings``: ``s3://bucket/prefix`` -> folder, only ever read. ``writable``: the same, and what is written
    there goes into the folder. All else that is written goes to ``<writes>/<bucket>/<key>``, and is read from
    there first. ``aws``: objects that are nowhere here are read from AWS with the user's own credentials
    (listings show what is here). ``forbidden``: prefixes of URIs whose objects nobody may read or write.

    The server starts with ``start()`` or the first use of ``endpoint``, ``environment`` or ``sign``.
    """

    def __init__(
        self,
        mappings: Mapping[str, Path],
        *,
        writes: Path,
        writable: Mapping[str, Path] | None = None,
        aws: bool = False,
        forbidden: tuple[str, ...] = (),
    ) -> None:
        self._aws = aws
        self._forbidden = forbidden
        self._mappings = dict(mappings)
        self._writable = dict(writable or {})
        self._writes = writes.resolve()
        self._secret = secrets.token_urlsafe(30)  # nobody signs who was not given it
        try:
            for prefix in (*self._mappings, *self._writable):
                split_uri(prefix)
        except KeyNotAFileError as error:
            raise UsageError(f"mapped objects: {error}", "map s3://BUCKET/PREFIX to a folder") from None
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
        self._port: int | None = None

    def start(self) -> None:
        """Start the server's process without waiting for it."""
        with self._lock:
            if self._process is not None:
                return
            environment = {key: value for key, value in os.environ.items() if self._aws or not key.startswith("AWS_")}
            self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-c", _START, str(Path(__file__).parent)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env=environment,
                start_new_session=True,  # Ctrl-C is for us: we end it when all is written
            )
            setup = {
                "mappings": {uri: str(folder) for uri, folder in self._mappings.items()},
                "writable": {uri: str(folder) for uri, folder in self._writable.items()},
                "writes": str(self._writes),
                "aws": self._aws,
                "forbidden": self._forbidden,
                "secret": self._secret,
            }
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(setup) + "\n")
            self._process.stdin.flush()

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``. Raises TruthkitError if the server could not start."""
        self.start()
        with self._lock:
            process = self._process
            assert process is not None
            assert process.stdout is not None
            if self._port is None:
                line = process.stdout.readline()
                self._port = int(line) if line.strip() else None
            if self._port is None or process.poll() is not None:
                raise TruthkitError(
                    Finding(
                        "objects-server",
                        "the object store's process has ended",
                        "see what it said above; `truthkit doctor` looks at the installation",
                        excerpt=self._said(),
                    )
                )
            return f"http://127.0.0.1:{self._port}"

    def file(self, s3_uri: str) -> Path | None:
        """The file that is an object on this machine, None if there is none. The server need not run."""
        try:
            bucket, key = split_uri(s3_uri)
        except KeyNotAFileError:
            return None
        return ObjectFiles.of(self._mappings, self._writable, self._writes).find(bucket, key)

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment for boto3 to find this store and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": self._secret,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def sign(self, s3_uri: str, *, seconds: int = SIGNED_SECONDS) -> str:
        """A presigned URL to GET the object (SigV4), good for ``seconds``.

        Does not look whether the object exists, as S3 does not. Raises TruthkitError if it is not ``s3://bucket/key``.
        """
        try:
            bucket, key = split_uri(s3_uri)
        except KeyNotAFileError as error:
            raise TruthkitError(Finding("object-uri", str(error), "give s3://BUCKET/KEY")) from None
        if not key:
            raise TruthkitError(Finding("object-uri", f"{s3_uri!r} names no object", "give s3://BUCKET/KEY"))
        return presign(
            self.endpoint, bucket, key, access_key=ACCESS_KEY, secret=self._secret, region=REGION, seconds=seconds,
            now=datetime.now(UTC),
        )  # fmt: skip

    def close(self) -> None:
        """End the server's process. All that was written is on disk already."""
        with self._lock:
            process, self._process, self._port = self._process, None, None
            if process is not None:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.close()  # which ends it
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                process.stdout.close()
            if self._errors is not None:
                self._errors.close()
                self._errors = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _said(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        return "\n".join(self._errors.read().splitlines()[-15:])
