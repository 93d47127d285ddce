"""A job's objects: S3 on this machine, with folders behind it.

The objects are files (mapped folders, and the job's folder for what is written); a process of its own speaks S3
and STS for them on a loopback port, for handlers with boto3 and for browsers with presigned URLs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, unquote

from truthkit._object_files import ACCESS_KEY, REGION, SECRET_KEY, KeyNotAFileError, ObjectFiles, split_uri
from truthkit.findings import Finding, TruthkitError, UsageError

SIGNED_SECONDS = 3600  # the service says "short-lived" and no number

# The server's module without truthkit/__init__.py: what that imports is not the server's business.
_START = (
    "import sys, types; kit = types.ModuleType('truthkit'); kit.__path__ = [sys.argv[1]]; "
    "sys.modules['truthkit'] = kit; from truthkit._moto_server import main; main()"
)
# grant_read_access is also fed such addresses (in A2I's samples): path style, virtual-hosted style.
_HTTP_FORMS = (
    re.compile(r"https?://s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com/(?P<bucket>[^/?#]+)/(?P<key>[^?#]+)"),
    re.compile(r"https?://(?P<bucket>[^/?#]+?)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com/(?P<key>[^?#]+)"),
)

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is never a proxy's business


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
    (listings show what is here).

    The server starts with ``start()`` or the first use of ``endpoint``, ``environment`` or ``sign``.
    """

    def __init__(
        self,
        mappings: Mapping[str, Path],
        *,
        writes: Path,
        writable: Mapping[str, Path] | None = None,
        aws: bool = False,
    ) -> None:
        self._aws = aws
        self._mappings = dict(mappings)
        self._writable = dict(writable or {})
        self._writes = writes.resolve()
        try:
            self._files = ObjectFiles.of(self._mappings, self._writable, writes)
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

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment for boto3 to find this store and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def sign(self, s3_uri: str, *, seconds: int = SIGNED_SECONDS) -> str:
        """A presigned URL to GET the object (SigV4), good for ``seconds``.

        Takes what ``grant_read_access`` takes: ``s3://bucket/key``, or an unsigned http(s) address of S3. Does not
        look whether the object exists, as S3 does not. Raises TruthkitError if it is neither.
        """
        for form in _HTTP_FORMS:
            match = form.fullmatch(s3_uri)
            if match:
                s3_uri = f"s3://{match['bucket']}/{unquote(match['key'])}"
                break
        bucket, key = self._split(s3_uri)
        return presign(self.endpoint, bucket, key, seconds, datetime.now(UTC))

    def read(self, s3_uri: str) -> bytes:
        """The object's bytes. Raises TruthkitError if there is no such object."""
        bucket, key = self._split(s3_uri)
        file = self._files.find(bucket, key)
        if file is not None:
            return file.read_bytes()
        if self._aws:
            try:
                with _DIRECT.open(self.sign(s3_uri)) as response:
                    body: bytes = response.read()
                    return body
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    said = re.search("<Message>(.*?)</Message>", error.read().decode("utf-8", "replace"))
                    raise TruthkitError(
                        Finding(
                            "object-refused",
                            said[1] if said else str(error),
                            "look at `aws sts get-caller-identity` and the bucket's policy",
                        )
                    ) from None
        raise TruthkitError(self._missing(s3_uri))

    def write(self, s3_uri: str, body: bytes) -> None:
        """Keep an object. Raises TruthkitError if its key cannot be a file's name."""
        bucket, key = self._split(s3_uri)
        try:
            self._files.write(bucket, key, body)
        except KeyNotAFileError as error:
            raise TruthkitError(Finding("object-key", str(error), "write under another key")) from None

    def exists(self, s3_uri: str) -> bool:
        """Whether ``read`` would find the object."""
        bucket, key = self._split(s3_uri)
        if self._files.find(bucket, key) is not None:
            return True
        if not self._aws:
            return False
        try:
            self.read(s3_uri)
        except TruthkitError:
            return False
        return True

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

    @staticmethod
    def _split(s3_uri: str) -> tuple[str, str]:
        try:
            bucket, key = split_uri(s3_uri)
        except KeyNotAFileError as error:
            raise TruthkitError(Finding("object-uri", str(error), "give s3://BUCKET/KEY")) from None
        if not key:
            raise TruthkitError(Finding("object-uri", f"{s3_uri!r} names no object", "give s3://BUCKET/KEY"))
        return bucket, key

    def _missing(self, s3_uri: str) -> Finding:
        mapped = ", ".join(f"{uri}={folder}" for uri, folder in {**self._writable, **self._mappings}.items())
        parent = s3_uri.rpartition("/")[0] + "/"
        return Finding(
            "object-missing",
            f"there is no object {s3_uri}; mapped are: {mapped or 'no folders'}",
            f"map the folder that has it: --objects {parent}=DIR"
            + ("" if self._aws else "; or read what exists only in AWS with --s3 aws"),
        )

    def _said(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        return "\n".join(self._errors.read().splitlines()[-15:])


def presign(endpoint: str, bucket: str, key: str, seconds: int, now: datetime) -> str:
    """A SigV4 query-signed URL for GET, as botocore makes it (which takes half a second to import)."""
    host = endpoint.partition("//")[2]
    day = f"{now:%Y%m%d}"
    scope = f"{day}/{REGION}/s3/aws4_request"
    path = quote(f"/{bucket}/{key}", safe="/~")
    query = "&".join(
        f"{name}={quote(value, safe='~')}"
        for name, value in (
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", f"{ACCESS_KEY}/{scope}"),
            ("X-Amz-Date", f"{now:%Y%m%dT%H%M%SZ}"),
            ("X-Amz-Expires", str(seconds)),
            ("X-Amz-SignedHeaders", "host"),
        )
    )
    canonical = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{now:%Y%m%dT%H%M%SZ}\n{scope}\n{digest}"
    signing_key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        signing_key = hmac.digest(signing_key, part.encode(), "sha256")
    signature = hmac.new(signing_key, text.encode(), "sha256").hexdigest()
    return f"{endpoint}{path}?{query}&X-Amz-Signature={signature}"
