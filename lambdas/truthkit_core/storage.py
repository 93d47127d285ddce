"""S3 access for handlers: whole objects by their URI, with a role assumed where one is given."""

from __future__ import annotations

import time
from typing import Any

from truthkit_core.messages.checks import S3_URI, loads

# A role's credentials are renewed this long before they end.
_MARGIN_SECONDS = 300

# Client and end of its credentials (seconds since 1970, None: they renew themselves) for each role.
_clients: dict[str | None, tuple[Any, float | None]] = {}


class StorageError(Exception):
    """An object cannot be read or written: ``uri``, ``problem``, ``cure``; ``missing`` if it is not there at all."""

    def __init__(self, uri: str, problem: str, cure: str = "", missing: bool = False):
        super().__init__(uri, problem, cure, missing)
        self.uri = uri
        self.problem = problem
        self.cure = cure
        self.missing = missing

    def __str__(self) -> str:
        return f"{self.uri} {self.problem}" + (f" (cure: {self.cure})" if self.cure else "")


def read_bytes(s3_uri: str, role_arn: str | None = None) -> bytes:
    """The object's content. Raises StorageError."""
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, key = split_uri(s3_uri)
    try:
        body: bytes = _client(role_arn).get_object(Bucket=bucket, Key=key)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise _explained(s3_uri, error, "read", role_arn) from error
    return body


def read_text(s3_uri: str, role_arn: str | None = None) -> str:
    """The object's content as UTF-8, every character kept as it is. Raises StorageError."""
    try:
        return read_bytes(s3_uri, role_arn).decode("utf-8")
    except UnicodeDecodeError as error:
        raise StorageError(s3_uri, f"is not UTF-8 text (byte {error.start})", "convert the file to UTF-8") from None


def read_json(s3_uri: str, role_arn: str | None = None) -> Any:
    """The object's content as strict JSON. Raises StorageError, or ContractError if it is not JSON."""
    return loads(read_bytes(s3_uri, role_arn), s3_uri)


def write_bytes(s3_uri: str, body: bytes, role_arn: str | None = None) -> None:
    """Write (or replace) the object. Raises StorageError."""
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, key = split_uri(s3_uri)
    try:
        _client(role_arn).put_object(Bucket=bucket, Key=key, Body=body)
    except (ClientError, BotoCoreError) as error:
        raise _explained(s3_uri, error, "write", role_arn) from error


def split_uri(s3_uri: str) -> tuple[str, str]:
    """``s3://bucket/key`` as bucket and key. Raises StorageError."""
    match = S3_URI.fullmatch(s3_uri) if isinstance(s3_uri, str) else None
    if match is None:
        raise StorageError(repr(s3_uri), "is not the URI of an object", "write s3://bucket/key")
    return match["bucket"], match["key"]


def _client(role_arn: str | None) -> Any:
    """The S3 client of the function's own role, or of ``role_arn``: kept for as long as its credentials hold."""
    import boto3

    client, ends = _clients.get(role_arn, (None, None))
    if client is not None and (ends is None or ends - time.time() > _MARGIN_SECONDS):
        return client
    if role_arn is None:
        client, ends = boto3.client("s3"), None
    else:
        assumed = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="truthkit")["Credentials"]
        client = boto3.client(
            "s3",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
        ends = assumed["Expiration"].timestamp()
    _clients[role_arn] = client, ends
    return client


def _explained(s3_uri: str, error: Any, verb: str, role_arn: str | None) -> StorageError:
    """boto3's error with the likely cause: the service itself only says that the function failed."""
    response = getattr(error, "response", {})
    code = response.get("Error", {}).get("Code", "")
    operation = getattr(error, "operation_name", "")
    done = "read" if verb == "read" else "written"
    who = f"the role {role_arn}" if role_arn else "the function's role"
    if operation == "AssumeRole":
        return StorageError(
            s3_uri,
            f"cannot be reached, as {role_arn} cannot be assumed: {error}",
            "allow sts:AssumeRole to the function's role, and name that role in the trust policy of the other; "
            "or give the function's role s3:GetObject itself and leave TRUTHKIT_ASSUME_JOB_ROLE unset",
        )
    if code == "NoSuchBucket":
        return StorageError(s3_uri, "is in a bucket that does not exist", "mind the bucket's name", missing=True)
    if code in ("NoSuchKey", "404"):
        return StorageError(s3_uri, "does not exist", "upload it, or mend the URI (keys mind capitals)", missing=True)
    if code in ("AccessDenied", "403"):
        action = "s3:GetObject" if verb == "read" else "s3:PutObject"
        decrypt = "kms:Decrypt" if verb == "read" else "kms:GenerateDataKey"
        return StorageError(
            s3_uri,
            f"may not be {done} by {who}",
            f"allow {action} on it, and {decrypt} if the bucket is encrypted with a KMS key; without s3:ListBucket an "
            "object that does not exist looks the same",
        )
    return StorageError(s3_uri, f"cannot be {done}: {error}")
