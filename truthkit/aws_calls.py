"""AWS with the user's own credentials: one way to get a client, and one way to tell what went wrong."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedIOBase, BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from truthkit._object_files import split_uri
from truthkit.findings import Finding, TruthkitError, UsageError

_LOG = logging.getLogger(__name__)
_TRIED_AGAIN = 8
_CURES = {
    "NoSuchBucket": "give a bucket that exists",
    "NoSuchKey": "give a key that is there (aws s3 ls shows them)",
    "AccessDenied": "ask for the right to do this, or use other credentials (AWS_PROFILE)",
    "AccessDeniedException": "ask for the right to do this, or use other credentials (AWS_PROFILE)",
    "403": "ask for the right to do this, or use other credentials (AWS_PROFILE)",
    "ExpiredToken": "log in again (aws sso login)",
    "ExpiredTokenException": "log in again (aws sso login)",
    "InvalidAccessKeyId": "look at your credentials (aws sts get-caller-identity)",
    "SignatureDoesNotMatch": "look at your credentials (aws sts get-caller-identity)",
    "PermanentRedirect": "give AWS_REGION the bucket's region",
    "UnsupportedDocumentException": "give a PNG, JPEG, TIFF or PDF of one page",
    "RequestExpired": "set this machine's clock, and log in again (aws sso login)",
    "UnrecognizedClientException": "look at your credentials (aws sts get-caller-identity)",
    "InvalidClientTokenId": "look at your credentials (aws sts get-caller-identity)",
    "ThrottlingException": "wait a minute and run it again: what was done is found again",
    "Throttling": "wait a minute and run it again: what was done is found again",
    "SlowDown": "wait a minute and run it again: what was done is found again",
    "ResourceLimitExceeded": "wait until other jobs have ended, or ask for a higher quota (Service Quotas)",
    "ResourceNotFound": "truthkit status lists the jobs of this account and region (AWS_REGION)",
}

# What the same request may be spared a little later: codes of AWS, and classes of botocore's.
_PASSING = frozenset((
    "500", "503", "InternalError", "InternalFailure", "InternalServerError", "RequestLimitExceeded", "RequestTimeout",
    "ServiceUnavailable", "ServiceUnavailableException", "SlowDown", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "ConnectionError", "HTTPClientError",
))  # fmt: skip
# Metadata of uploaded objects: the SHA-256 of their content.
_DIGEST = "truthkit-sha256"
# Exceptions of botocore before anything is sent, by the name of a class of theirs.
_OF_SESSION = {
    "UnauthorizedSSOTokenError": "log in again (aws sso login)",
    "SSOTokenLoadError": "log in (aws sso login)",
    "TokenRetrievalError": "log in again (aws sso login)",
    "CredentialRetrievalError": "log in again (aws sso login), or look at the profile (aws configure list)",
    "PartialCredentialsError": "set both halves, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "ProfileNotFound": "give AWS_PROFILE one of aws configure list-profiles",
    "InvalidRegionError": "set AWS_REGION to a region, e.g. eu-west-1",
    "ConnectTimeoutError": "look at the network, and at AWS_REGION",
    "EndpointConnectionError": "look at the network, and at AWS_REGION: a region that is misspelled has no address",
}

# What opens something: parts of presigned URLs (also as part of another URL, or in JSON), access keys, signatures of
# requests, and secrets and tokens under their names, in JSON, Python, XML, headers and settings.
_SECRETS = (
    (
        re.compile(
            r"(?i)((?:[?&;]|%3F|%26|\\u0026)(?:X-Amz-[\w-]+|Signature|AWSAccessKeyId|Expires|Policy|Key-Pair-Id)(?:=|%3D))"
            r"(?:(?!%26)[^&\s\"'<>\\])+"
        ),
        r"\1***",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}"), "***"),
    (
        re.compile(
            r"(?i)((?:secret[_-]?access[_-]?key|(?:session|security|access|refresh|id)[_-]?token)\\*['\"]?\s*[=:>]\s*"
            r"b?\\*['\"]?)[^\s'\",}&<\\]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(?i)(\bsignature(?:provided)?['\"]?\s*[=:>]\s*['\"]?)[0-9a-z+/=]{8,}"), r"\1***"),
    (re.compile(r"(?i)(authorization['\"]?\s*[=:]\s*['\"]?)[^\n'\"]+"), r"\1***"),
)


def without_secrets(text: str) -> str:
    """``text`` with what opens something struck out: signatures of presigned URLs, access keys, tokens."""
    for pattern, kept in _SECRETS:
        text = pattern.sub(kept, text)
    return text


def client(service: str) -> Any:
    """A client that waits and tries again when it is slowed down.

    The region is AWS_REGION, as for the AWS CLI and other SDKs; boto3 by itself knows AWS_DEFAULT_REGION and the
    profile's alone.
    """
    import boto3
    from botocore.config import Config

    # A host that answers does so within seconds; one that does not would be waited for nine times.
    config = Config(retries={"mode": "adaptive", "max_attempts": _TRIED_AGAIN}, connect_timeout=10)
    made = boto3.client(service, region_name=os.environ.get("AWS_REGION") or None, config=config)  # type: ignore[call-overload]
    made.meta.events.register("needs-retry", _teller(), unique_id="truthkit-unreachable")
    return made


def _teller() -> Callable[..., None]:
    """Told of each try of a client, it warns once that a host cannot be reached: the tries take a minute and more."""
    from botocore.exceptions import ConnectionError as Unreachable
    from botocore.exceptions import HTTPClientError

    warned = False

    def tell(caught_exception: Exception | None = None, **_more: Any) -> None:
        nonlocal warned
        if not warned and isinstance(caught_exception, (Unreachable, HTTPClientError)):
            warned = True
            _LOG.warning("%s; it is tried again, %d times at most", _plain(caught_exception), _TRIED_AGAIN)

    return tell


def _plain(error: Exception) -> str:
    return without_secrets(str(error)).rstrip(".")


class PassingError(TruthkitError):
    """AWS slows us down, is out of order or out of reach: the same request may go well a little later."""


@contextmanager
def told(about: str, cures: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """What AWS refuses becomes a TruthkitError (or PassingError) about ``about``, with the cure.

    ``cures`` are those that error codes of AWS have here.
    """
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        message = str(error.response.get("Error", {}).get("Message", "")) or str(error)
        cure = cures.get(code) or _CURES.get(code, "look at the message, and try again")
        text = without_secrets(f"{about}: {error.operation_name}: {code}: {message}")
        raise (PassingError if code in _PASSING else TruthkitError)(Finding("aws", text, cure)) from None
    except NoCredentialsError:
        raise UsageError(
            f"{about}: there are no credentials for AWS", "log in (aws sso login), or set AWS_PROFILE"
        ) from None
    except NoRegionError:
        raise UsageError(f"{about}: no region is set", "set AWS_REGION") from None
    except BotoCoreError as error:
        text = without_secrets(f"{about}: {error}")
        names = [one.__name__ for one in type(error).__mro__]
        cure = next((_OF_SESSION[name] for name in names if name in _OF_SESSION), "look at the network, and try again")
        raise (TruthkitError if _PASSING.isdisjoint(names) else PassingError)(Finding("aws", text, cure)) from None


def upload(
    content: Path | bytes,
    uri: str,
    *,
    content_type: str | None = None,
    cache: str | None = None,
    overwrite: bool = False,
    cure: str = "",
) -> bool:
    """Bring a file, or bytes, to S3; False if the same is there already. ``cache`` is its Cache-Control.

    Raises UsageError (with ``cure``) where something else is there and ``overwrite`` is not said, TruthkitError where
    AWS refuses.
    """
    from botocore.exceptions import ClientError

    bucket, key = split_uri(uri)
    s3 = client("s3")
    with told(uri):
        try:
            known = s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
                raise
            known = None
        if known is not None:
            if _same(content, known, lambda: s3.get_object(Bucket=bucket, Key=key)["Body"]):
                return False
            if not overwrite:
                command = f"look at it, and take it away if it may go: aws s3 rm {shlex.quote(uri)}"
                raise UsageError(f"{uri} is there already, and is another", cure or command)
        extra = {"ContentType": content_type, "CacheControl": cache}
        given = {name: value for name, value in extra.items() if value is not None}
        with _opened(content) as stream:
            more = {**given, "Metadata": {_DIGEST: _digest(content, "sha256")}}
            s3.upload_fileobj(stream, bucket, key, ExtraArgs=more)
    return True


def _opened(content: Path | bytes) -> BufferedIOBase:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _same(content: Path | bytes, known: dict[str, Any], body: Callable[[], Any]) -> bool:
    """Whether an object of S3 has this content; it is read only where nothing else tells.

    Its ETag is an MD5 unless it came in several parts or is encrypted with a KMS key.
    """
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if known["ContentLength"] != size:
        return False
    digest = known.get("Metadata", {}).get(_DIGEST)
    if digest is not None:
        return bool(digest == _digest(content, "sha256"))
    etag = known["ETag"].strip('"')
    if "-" not in etag and known.get("ServerSideEncryption", "AES256") == "AES256":
        return bool(etag == _digest(content, "md5"))
    there = hashlib.sha256()
    for part in body().iter_chunks(1 << 20):
        there.update(part)
    return there.hexdigest() == _digest(content, "sha256")


def _digest(content: Path | bytes, method: str) -> str:
    with _opened(content) as stream:
        return hashlib.file_digest(stream, method).hexdigest()
