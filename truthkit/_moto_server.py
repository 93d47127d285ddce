"""The process of the object store: moto's S3 and STS on a loopback port, with the objects kept as files.

Files are the truth and moto speaks the protocol: its key store looks every key up on disk when it is asked for,
and what a request changed is on disk before its response goes out. Started by truthkit.objects; ends when its
standard input does. Says on standard output, a line, which port it has.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import shutil
import socket
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from truthkit._object_files import (
    ACCESS_KEY,
    ACCOUNT,
    PART,
    REGION,
    KeyNotAFileError,
    ObjectFiles,
    split_uri,
)
from truthkit._signatures import Environ, Refused, check_signature, query_of, raw_path, service_of

StartResponse = Callable[..., Any]

MORE_TYPES = {
    ".avif": "image/avif", ".flac": "audio/flac", ".geojson": "application/geo+json", ".m4a": "audio/mp4",
    ".mjs": "text/javascript", ".opus": "audio/ogg", ".vtt": "text/vtt", ".webm": "video/webm", ".webp": "image/webp",
}  # fmt: skip


# moto's side


def file_backed_store(files: ObjectFiles) -> Callable[[Any], None]:
    """A function that makes a moto bucket keep its keys in ``files``."""
    from moto.s3.models import FakeBucket, FakeKey
    from moto.s3.utils import _VersionedKeyStore

    types = mimetypes.MimeTypes()  # Python's own table: not the machine's, so that all machines agree
    for suffix, content_type in MORE_TYPES.items():
        types.add_type(content_type, suffix)

    class FileKey(FakeKey):  # type: ignore[misc]
        """An object whose bytes are in a file."""

        def __init__(self, bucket: FakeBucket, name: str, file: Path, status: os.stat_result) -> None:
            self._etag: str | None
            super().__init__(
                name=name, value=b"", account_id=bucket.account_id, region_name=bucket.region_name,
                bucket_name=bucket.name,
            )  # fmt: skip
            content_type = types.guess_type(name)[0]
            if content_type:
                self._metadata["Content-Type"] = content_type
            self.keep_in(file, status)

        def keep_in(self, file: Path, status: os.stat_result) -> None:
            self.file = file
            self.stamp = stamp(status)
            self.contentsize = status.st_size
            self.last_modified = datetime.fromtimestamp(status.st_mtime, UTC).replace(microsecond=0, tzinfo=None)

        @property
        def value(self) -> bytes:
            return self.file.read_bytes()

        @value.setter
        def value(self, new_value: bytes) -> None:
            FakeKey.value.fset(self, new_value)

        @property
        def etag(self) -> str:
            if self._etag is None:
                with self.file.open("rb") as file:
                    self._etag = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
            return f'"{self._etag}"'

        @classmethod
        def instead_of(cls, key: FakeKey, bucket: FakeBucket, file: Path) -> FileKey:
            """The same object (metadata, tags, checksums), its bytes no longer in memory."""
            made = cls(bucket, key.name, file, file.stat())
            key.etag  # noqa: B018 (works it out from the bytes)
            own = ("_value_buffer", "lock", "last_modified", "contentsize", "file", "stamp", "multipart")
            made.__dict__.update({name: value for name, value in key.__dict__.items() if name not in own})
            key.dispose()
            return made

    class FileKeys(_VersionedKeyStore):  # type: ignore[misc]
        """A bucket's keys: every look-up looks at the disk first."""

        def __init__(self, bucket: FakeBucket) -> None:
            super().__init__()
            self.bucket = bucket
            self.changed: set[str] = set()
            self.looked_up: set[str] = set()  # in this request

        def refresh(self, name: str) -> None:
            if name not in self.looked_up:
                self.set_file(name, files.find(self.bucket.name, name))

        def set_file(self, name: str, file: Path | None) -> None:
            if name in self.changed:
                return
            self.looked_up.add(name)
            held = dict.get(self, name)
            if held and not isinstance(held[-1], FileKey):
                return  # a folder's marker, or a delete marker of a bucket with versions
            try:
                status = file.stat() if file else None
            except OSError:
                status = None
            if file is None or status is None:
                if held:
                    dict.pop(self, name)
            elif not held or (held[-1].file, held[-1].stamp) != (file, stamp(status)):
                dict.__setitem__(self, name, [FileKey(self.bucket, name, file, status)])

        def refresh_under(self, prefix: str) -> None:
            for name, file in files.under(self.bucket.name, prefix):
                self.set_file(name, file)
            for name in list(dict.keys(self)):
                if name.startswith(prefix):
                    self.refresh(name)
            self.looked_up.update(dict.keys(self))  # moto goes through all of them, and wants those of the prefix

        def keep(self) -> None:
            """Bring what changed to disk, at a request's end. Raises KeyNotAFileError."""
            self.looked_up.clear()
            while self.changed:
                name = self.changed.pop()
                held = dict.get(self, name)
                key = held[-1] if held else None
                if not isinstance(key, FakeKey):
                    files.remove(self.bucket.name, name)
                elif not (name.endswith("/") and key.size == 0):
                    try:
                        file = files.write(self.bucket.name, name, key.value)
                    except KeyNotAFileError:
                        dict.pop(self, name)
                        raise
                    if not self.bucket.is_versioned:
                        dict.__setitem__(self, name, [FileKey.instead_of(key, self.bucket, file)])
            for kind in (FakeKey, FileKey):  # moto remembers every instance, for a reset that never comes
                kind.instances_tracked.clear()

        def __contains__(self, name: object) -> bool:
            self.refresh(str(name))
            return dict.__contains__(self, name)

        def __getitem__(self, name: str) -> Any:
            self.refresh(name)
            return super().__getitem__(name)

        def getlist(self, name: str, default: Any = None) -> Any:
            self.refresh(name)
            return super().getlist(name, default)

        def __setitem__(self, name: str, value: Any) -> None:
            self.refresh(name)
            self.changed.add(name)
            super().__setitem__(name, value)

        def setlist(self, name: str, values: Any) -> Any:
            self.changed.add(name)
            return super().setlist(name, values)

        def pop(self, name: str) -> None:
            self.refresh(name)
            self.changed.add(name)
            super().pop(name)

    def adopt(bucket: Any) -> None:
        if not isinstance(bucket.keys, FileKeys):
            bucket.keys = FileKeys(bucket)

    return adopt


def stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino


# the user's AWS


class Aws:
    """Objects that only AWS has, read with the user's own credentials and kept for this session."""

    def __init__(self, files: ObjectFiles) -> None:
        self.files = files
        self._client: Any = None
        self._lock = threading.Lock()

    def fetch(self, bucket: str, key: str) -> None:
        """Have the object in the cache, if it is nowhere here and AWS has it. Raises Refused."""
        from botocore.exceptions import BotoCoreError, ClientError

        from truthkit.aws_calls import client

        try:
            split_uri(f"s3://{bucket}/")
        except KeyNotAFileError:
            return  # a bucket's name becomes a folder's
        assert self.files.cache is not None
        target = self.files.cache_file(bucket, key)
        if target is None or self.files.find(bucket, key) or self.files.is_deleted(bucket, key):
            return
        try:
            with self._lock:
                if self._client is None:
                    self._client = client("s3")
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(PART + uuid.uuid4().hex)
            self._client.download_file(bucket, key, str(part))
            part.replace(target)
        except ClientError as error:
            told = error.response["Error"]
            if told["Code"] not in ("404", "NoSuchKey", "NoSuchBucket"):
                message = f"AWS, asked with your own credentials for s3://{bucket}/{key}: {told.get('Message', error)}"
                raise Refused("403 Forbidden", "AccessDenied", message) from error
        except BotoCoreError as error:
            message = f"AWS, asked with your own credentials for s3://{bucket}/{key}: {error}"
            raise Refused("403 Forbidden", "AccessDenied", message) from error


# requests


class Gate:
    """The WSGI application round moto's: who may ask what, which objects are there, what is kept."""

    def __init__(
        self, files: ObjectFiles, aws: Aws | None, *, secret: str, port: int, forbidden: tuple[str, ...] = ()
    ) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from moto.s3.models import s3_backends

        self.files = files
        self.aws = aws
        self.secret = secret
        self.forbidden = forbidden
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.backends = s3_backends
        self.adopt = file_backed_store(files)
        # moto's stores bear no two requests at a time; what it does is quick, and slow reads from AWS are outside.
        self.lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, headers, body = self.answer(environ)
        except Refused as refused:
            status, headers, body = self.refusal(environ, refused.status, refused.code, str(refused))
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201
            message = f"{type(error).__name__}: {error}"
            status, headers, body = self.refusal(environ, "500 Internal Server Error", "InternalError", message)
        headers = [(name, value) for name, value in headers if not name.lower().startswith("access-control-")]
        headers += [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "Access-Control-Allow-Origin, ETag, Content-Length, Content-Range"),
            ("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE"),
            ("Access-Control-Max-Age", "3000"),
        ]
        # A page has signed URLs; whoever signs for itself is a handler, and no page.
        asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "").split(",")
        if allowed := [name.strip() for name in asked if name.strip().lower() not in ("", "authorization")]:
            headers.append(("Access-Control-Allow-Headers", ", ".join(allowed)))
        start_response(status, headers)
        return [body]

    def answer(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        if environ.get("HTTP_HOST", "").lower() not in self.hosts:
            # Another name for this address is one that a page in the user's browser made up.
            raise Refused("403 Forbidden", "AccessDenied", "Access Denied: this is not the host that was asked for")
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return "200 OK", [("Content-Length", "0")], b""
        query = dict(query_of(environ))
        service = service_of(environ)
        if service not in ("s3", "sts"):
            message = f"truthkit's object store has S3 and STS only; {service} has not been implemented"
            raise Refused("501 Not Implemented", "NotImplemented", message)
        check_signature(environ, self.secret_of, datetime.now(UTC))
        if environ.get("HTTP_AUTHORIZATION", "").startswith("AWS "):
            # moto takes the slashes of an old signature for those of a scope, and finds no such service.
            environ["HTTP_AUTHORIZATION"] = environ["HTTP_AUTHORIZATION"].partition(":")[0] + ":"
        if service == "sts":
            return self.ask_moto(environ, "", "", query)
        _, _, rest = unquote(raw_path(environ)).partition("/")
        bucket, _, key = rest.partition("/")
        if bucket.startswith("moto-api"):
            raise Refused("403 Forbidden", "AccessDenied", "Access Denied")
        if key and f"s3://{bucket}/{key}".startswith(self.forbidden):
            raise Refused("403 Forbidden", "AccessDenied", "Access Denied")
        if self.aws and key:
            self.aws.fetch(bucket, key)
            source = unquote(environ.get("HTTP_X_AMZ_COPY_SOURCE", "").partition("?")[0]).lstrip("/").split("/", 1)
            if len(source) == 2:
                self.aws.fetch(source[0], source[1])
        return self.ask_moto(environ, bucket, key, query)

    def secret_of(self, access_key: str) -> str:
        """The secret of the job's own key, or of a role that was assumed. Raises Refused."""
        if access_key == ACCESS_KEY:
            return self.secret
        from moto.sts.models import sts_backends

        for account in list(sts_backends.values()):
            for backend in list(account.values()):
                role = backend.get_assumed_role_from_access_key(access_key)
                if role:
                    return str(role.secret_access_key)
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise Refused("403 Forbidden", "InvalidAccessKeyId", message)

    def ask_moto(
        self, environ: Environ, bucket: str, key: str, query: dict[str, str]
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        with self.lock:
            source = unquote(environ.get("HTTP_X_AMZ_COPY_SOURCE", "")).lstrip("/").partition("/")[0]
            method = environ["REQUEST_METHOD"]
            if bucket:
                self.have_bucket(bucket, create=method in ("PUT", "POST") and bool(key))
                if source:
                    self.have_bucket(source, create=False)
                if method == "GET" and not key:
                    held = self.backends[ACCOUNT]["aws"].buckets.get(bucket)
                    if held is not None:
                        held.keys.refresh_under(query.get("prefix", ""))
            elif bucket == "" and method == "GET":
                for name in self.files.buckets():
                    self.have_bucket(name, create=False)
            told: dict[str, Any] = {}

            def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
                told["status"], told["headers"] = status, headers

            try:
                body = b"".join(self.moto(environ, start))
            finally:
                self.keep(bucket if method == "PUT" else "")
        return told["status"], told["headers"], body

    def keep(self, put: str) -> None:
        """What the request changed, to disk; ``put`` is the bucket that it may have made."""
        faults = []
        for name, (partition, account) in list(self.backends.bucket_accounts.items()):
            bucket = self.backends[account][partition].buckets.get(name)
            if bucket is not None:
                if name == put:
                    self.files.add_bucket(name)
                self.adopt(bucket)
                try:
                    bucket.keys.keep()
                except KeyNotAFileError as error:
                    faults.append(str(error))
        if faults:
            raise Refused("400 Bad Request", "InvalidRequest", "; ".join(faults))

    def have_bucket(self, bucket: str, *, create: bool) -> None:
        if bucket in self.backends.bucket_accounts:
            return
        try:
            split_uri(f"s3://{bucket}/")
        except KeyNotAFileError:
            return  # moto says so in S3's words
        if create or self.aws or self.files.has_bucket(bucket):
            self.adopt(self.backends[ACCOUNT]["aws"].create_bucket(bucket, REGION))

    @staticmethod
    def refusal(environ: Environ, status: str, code: str, message: str) -> tuple[str, list[tuple[str, str]], bytes]:
        if "json" in environ.get("CONTENT_TYPE", "") or environ.get("HTTP_X_AMZ_TARGET"):
            body = json.dumps({"__type": code, "message": message}).encode()
            content_type = "application/json"
        else:
            error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
            if "HTTP_AUTHORIZATION" in environ and service_of(environ) != "s3":
                error = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
            else:
                error = f"<Error>{error}</Error>"
            body = f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode()
            content_type = "application/xml"
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        return status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def main() -> None:
    setup = json.loads(sys.stdin.readline())
    cache = Path(tempfile.mkdtemp(prefix="truthkit-aws-")) if setup["aws"] else None
    files = ObjectFiles.of(setup["mappings"], setup["writable"], Path(setup["writes"]), cache)

    def watch() -> None:
        sys.stdin.read()
        if cache:
            shutil.rmtree(cache, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    # Told before moto is imported (a second): who is early waits in the listener's queue.
    print(listener.getsockname()[1], flush=True)  # noqa: T201
    os.dup2(2, 1)
    os.environ.update(
        MOTO_ACCOUNT_ID=ACCOUNT, MOTO_DISABLE_GLOBAL_CORS="true", S3_IGNORE_SUBDOMAIN_BUCKETNAME="true",
        MOTO_PORT=str(listener.getsockname()[1]),
    )  # fmt: skip

    import logging

    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    port = listener.getsockname()[1]
    aws = Aws(files) if cache else None
    gate = Gate(files, aws, secret=setup["secret"], port=port, forbidden=tuple(setup["forbidden"]))
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno())
    server.serve_forever()


if __name__ == "__main__":
    main()
