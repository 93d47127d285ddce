"""AWS's signatures: version 4 is made for presigned URLs, and both versions are checked as S3 and STS check them.

A request is a WSGI environ. Needs the standard library only, but for the old version, which takes botocore.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

Environ = dict[str, Any]
SecretOf = Callable[[str], str]
"""The secret of an access key. Raises Refused if nobody has the key."""

ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST_EXPIRY = 604_800  # seconds, S3's limit on a presigned URL
LONGEST_SKEW = timedelta(minutes=15)  # AWS's limit between the clocks of a request and of the service
_STAMP = "%Y%m%dT%H%M%SZ"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):  # noqa: N818 (an answer, not an error)
    """An S3 error to answer with."""

    def __init__(self, status: str, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def presign(
    endpoint: str, bucket: str, key: str, *, access_key: str, secret: str, region: str, seconds: int, now: datetime
) -> str:
    """A SigV4 query-signed URL for GET, as botocore makes it (which takes half a second to import)."""
    stamp = now.strftime(_STAMP)
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    path = quote(f"/{bucket}/{key}", safe="/~")
    query = _canonical_query(
        [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", f"{access_key}/{scope}"),
            ("X-Amz-Date", stamp),
            ("X-Amz-Expires", str(seconds)),
            ("X-Amz-SignedHeaders", "host"),
        ]
    )
    host = endpoint.partition("//")[2]
    canonical = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    return f"{endpoint}{path}?{query}&X-Amz-Signature={_sign(secret, stamp, scope, canonical)}"


def check_signature(environ: Environ, secret_of: SecretOf, now: datetime) -> None:
    """Refuse what AWS would: no signature, one that is over, or one that was not made with the key's secret.

    Reads the body where the signature covers it, and puts it back. Raises Refused.
    """
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    pairs = query_of(environ)
    query = dict(pairs)
    if authorization.startswith(f"{ALGORITHM} "):
        _check_header(environ, authorization, pairs, secret_of, now)
    elif authorization.startswith("AWS "):
        _check_old_header(environ, authorization, secret_of, now)
    elif authorization:
        raise Refused("400 Bad Request", "InvalidArgument", "Unsupported Authorization Type")
    elif "X-Amz-Signature" in query:
        _check_url(environ, pairs, secret_of, now)
    elif "Signature" in query and "AWSAccessKeyId" in query:
        _check_old_url(environ, query, secret_of, now)
    else:
        raise Refused("403 Forbidden", "AccessDenied", "Access Denied: the request is not signed")


def service_of(environ: Environ) -> str:
    """The service that a request was signed for; what is not signed by SigV4 is for S3."""
    _, _, credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    scope = (credential.partition(",")[0] or dict(query_of(environ)).get("X-Amz-Credential", "")).split("/")
    return scope[3] if len(scope) == 5 else "s3"


def query_of(environ: Environ) -> list[tuple[str, str]]:
    """The query's names and values, decoded; a plus sign is one."""
    return parse_qsl(environ.get("QUERY_STRING", "").replace("+", "%2B"), keep_blank_values=True)


def raw_path(environ: Environ) -> str:
    """The path as the client sent it, percent-encoded."""
    return str(environ.get("RAW_URI") or quote(environ.get("PATH_INFO", "/"))).partition("?")[0]


# version 4


def _check_header(
    environ: Environ, authorization: str, pairs: list[tuple[str, str]], secret_of: SecretOf, now: datetime
) -> None:
    parts = dict(part.strip().partition("=")[::2] for part in authorization.removeprefix(ALGORITHM).split(","))
    stamp = _header(environ, "x-amz-date")
    try:
        access_key, _, scope = parts["Credential"].partition("/")
        names = parts["SignedHeaders"].split(";")
        given = parts["Signature"]
        signed_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        names = []
    if "host" not in names:
        message = "The authorization header that you provided is not valid."
        raise Refused("400 Bad Request", "AuthorizationHeaderMalformed", message)
    _refuse_skew(signed_at, now)
    payload = _header(environ, "x-amz-content-sha256")
    if not payload or _SHA256.fullmatch(payload):
        digest = hashlib.sha256(_body(environ)).hexdigest()
        if payload and digest != payload:
            message = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise Refused("400 Bad Request", "XAmzContentSHA256Mismatch", message)
        payload = digest
    canonical = _canonical(environ, pairs, names, payload)
    if not hmac.compare_digest(_sign(secret_of(access_key), stamp, scope, canonical), given):
        raise _mismatch()


def _check_url(environ: Environ, pairs: list[tuple[str, str]], secret_of: SecretOf, now: datetime) -> None:
    query = dict(pairs)
    try:
        access_key, _, scope = query["X-Amz-Credential"].partition("/")
        service = scope.split("/")[2]
        signed_at = datetime.strptime(query["X-Amz-Date"], _STAMP).replace(tzinfo=UTC)
        seconds = int(query["X-Amz-Expires"])
        names = query["X-Amz-SignedHeaders"].split(";")
    except (KeyError, ValueError, IndexError):
        names, seconds = [], 0
    if not 1 <= seconds <= LONGEST_EXPIRY or "host" not in names:
        message = "Query-string authentication version 4 requires the X-Amz-* parameters, X-Amz-Expires up to 604800."
        raise Refused("400 Bad Request", "AuthorizationQueryParametersError", message)
    if now > signed_at + timedelta(seconds=seconds):
        raise _expired()
    payload = _header(environ, "x-amz-content-sha256")
    if not payload:
        payload = "UNSIGNED-PAYLOAD" if service == "s3" else hashlib.sha256(_body(environ)).hexdigest()
    rest = [(name, value) for name, value in pairs if name != "X-Amz-Signature"]
    right = _sign(secret_of(access_key), query["X-Amz-Date"], scope, _canonical(environ, rest, names, payload))
    if not hmac.compare_digest(right, query["X-Amz-Signature"]):
        raise _mismatch()


def _sign(secret: str, stamp: str, scope: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(), "sha256").hexdigest()


def _canonical(environ: Environ, query: list[tuple[str, str]], names: list[str], payload: str) -> str:
    """The canonical request. Raises Refused if the request has ``x-amz-`` headers that were not signed."""
    for key in environ:
        name = key.removeprefix("HTTP_").lower().replace("_", "-")
        if key.startswith("HTTP_X_AMZ_") and name not in (*names, "x-amz-content-sha256"):
            message = f"There were headers present in the request which were not signed: {name}"
            raise Refused("403 Forbidden", "AccessDenied", message)
    headers = "".join(f"{name}:{' '.join(_header(environ, name).split())}\n" for name in names)
    path = quote(unquote(raw_path(environ)), safe="/~")
    return "\n".join(
        [environ["REQUEST_METHOD"], path, _canonical_query(query), headers, ";".join(names), payload],
    )


def _canonical_query(pairs: list[tuple[str, str]]) -> str:
    encoded = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


# version 2, which boto3 still makes when it is told to, and for presigned URLs when it is not told otherwise


def _check_old_header(environ: Environ, authorization: str, secret_of: SecretOf, now: datetime) -> None:
    access_key, _, given = authorization.removeprefix("AWS ").strip().partition(":")
    date = "" if _header(environ, "x-amz-date") else _header(environ, "date")
    try:
        signed_at = parsedate_to_datetime(date or _header(environ, "x-amz-date"))
    except ValueError:
        message = "AWS authentication requires a valid Date or x-amz-date header"
        raise Refused("403 Forbidden", "AccessDenied", message) from None
    _refuse_skew(signed_at.replace(tzinfo=signed_at.tzinfo or UTC), now)
    right = _sign_old(environ, secret_of(access_key), access_key, environ.get("QUERY_STRING", ""), date, {})
    if not hmac.compare_digest(right, given):
        raise _mismatch()


def _check_old_url(environ: Environ, query: dict[str, str], secret_of: SecretOf, now: datetime) -> None:
    expires = query.get("Expires", "")
    if not (expires.isascii() and expires.isdigit()):
        raise Refused("403 Forbidden", "AccessDenied", "Query-string authentication requires the Expires parameter")
    if now.timestamp() > int(expires):
        raise _expired()
    own = ("Signature", "AWSAccessKeyId", "Expires")
    headers = {name: value for name, value in query.items() if name.startswith("x-amz-")}
    rest = "&".join(f"{k}={quote(v, safe='')}" if v else k for k, v in query.items() if k not in (*own, *headers))
    access_key = query["AWSAccessKeyId"]
    right = _sign_old(environ, secret_of(access_key), access_key, rest, expires, headers)
    if not hmac.compare_digest(right, query["Signature"]):
        raise _mismatch()


def _sign_old(environ: Environ, secret: str, access_key: str, query: str, date: str, amazon: dict[str, str]) -> str:
    """The signature; ``date`` is the header's or the expiry, ``amazon`` the ``x-amz-`` headers given in the query."""
    from botocore.auth import HmacV1Auth
    from botocore.compat import HTTPHeaders, urlsplit
    from botocore.credentials import Credentials

    headers: Any = HTTPHeaders()
    for name, value in environ.items():
        if name.startswith("HTTP_X_AMZ_"):
            headers[name[5:].replace("_", "-").lower()] = value
    for name, value in amazon.items():
        headers[name] = value
    auth = HmacV1Auth(Credentials(access_key, secret))
    path = quote(unquote(raw_path(environ)), safe="/~")
    if path.count("/") == 1 and path != "/":
        path += "/"  # a bucket is signed with a slash behind it
    custom = auth.canonical_custom_headers(headers)
    text = "\n".join(
        [
            environ["REQUEST_METHOD"],
            _header(environ, "content-md5"),
            _header(environ, "content-type"),
            date,
            *([custom] if custom else []),
            auth.canonical_resource(urlsplit(f"http://host{path}?{query}"), auth_path=path),
        ]
    )
    return str(auth.sign_string(text))


# both


def _refuse_skew(signed_at: datetime, now: datetime) -> None:
    if abs(now - signed_at) > LONGEST_SKEW:
        message = "The difference between the request time and the current time is too large."
        raise Refused("403 Forbidden", "RequestTimeTooSkewed", message)


def _expired() -> Refused:
    return Refused("403 Forbidden", "AccessDenied", "Request has expired")


def _mismatch() -> Refused:
    message = "The request signature we calculated does not match the signature you provided."
    return Refused("403 Forbidden", "SignatureDoesNotMatch", message)


def _header(environ: Environ, name: str) -> str:
    key = name.upper().replace("-", "_")
    return str(environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", ""))


def _body(environ: Environ) -> bytes:
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH")
    if length:
        body: bytes = stream.read(int(length))
    else:
        body = stream.read() if environ.get("wsgi.input_terminated") else b""
    environ["wsgi.input"] = BytesIO(body)
    return body
