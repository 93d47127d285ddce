"""Objects: moto's S3 and STS in a process of its own, folders behind it."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.auth import HmacV1Auth, S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from playwright.sync_api import Browser

from truthkit._moto_server import Aws
from truthkit._object_files import ACCESS_KEY, Folder, ObjectFiles
from truthkit._signatures import presign
from truthkit.findings import TruthkitError, UsageError
from truthkit.handlers import Handler, HandlerError
from truthkit.objects import ObjectStore, parse_mapping
from truthkit.project import HandlerRef

ODD_KEYS = ("a b.txt", "ü/漢字 🎉.txt", "1+1=2.txt", "2026-03-02_09:15:01.json", "50%25 & more?#'\"().txt")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("objects")
    for name, body in {
        "in/pages/one.png": PNG,
        "in/text/one.txt": b"first page",
        "in/text/deep/er/two.txt": b"second",
        "in/data.jsonl": b"{}\n",
        "whole/top.txt": b"top",
        "secret.txt": b"not for you",
        "outside/file.txt": b"not for you either",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(body)
    for key in ODD_KEYS:
        (root / "in" / key).parent.mkdir(exist_ok=True)
        (root / "in" / key).write_text(key)
    (root / "in" / "inside.txt").symlink_to(root / "in" / "text" / "one.txt")
    (root / "in" / "escape.txt").symlink_to(root / "secret.txt")
    (root / "in" / "escape").symlink_to(root / "outside")
    (root / "in" / "loop").symlink_to(root / "in")
    return root


@pytest.fixture(scope="module")
def store(root: Path) -> Iterator[ObjectStore]:
    mappings = {
        "s3://samples/set/": root / "in",
        "s3://samples/set/text/over": root / "whole",
        "s3://whole": root / "whole",
    }
    with ObjectStore(mappings, writes=root / "writes", writable={"s3://truthkit-output/": root / "out"}) as made:
        yield made


def client(store: ObjectStore, signature_version: str | None = None) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=store.environment()["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 1}, signature_version=signature_version),
    )


@pytest.fixture(scope="module")
def s3(store: ObjectStore) -> Any:
    return client(store)


def body(s3: Any, bucket: str, key: str) -> bytes:
    got: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return got


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with opener.open(urllib.request.Request(url, method=method, headers=named)) as response:
            return response.status, response.read(), {k.lower(): v for k, v in response.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# reading


def test_mapped_objects_are_read_on_demand(s3: Any, root: Path) -> None:
    got = s3.get_object(Bucket="samples", Key="set/text/one.txt")
    assert got["Body"].read() == b"first page"
    assert got["ContentType"] == "text/plain"
    assert got["ContentLength"] == 10
    head = s3.head_object(Bucket="samples", Key="set/pages/one.png")
    assert (head["ContentType"], head["ContentLength"]) == ("image/png", len(PNG))
    assert body(s3, "whole", "top.txt") == b"top"
    (root / "in" / "late.txt").write_text("came later")
    assert body(s3, "samples", "set/late.txt") == b"came later"
    (root / "in" / "late.txt").write_text("changed")
    assert body(s3, "samples", "set/late.txt") == b"changed"
    (root / "in" / "late.txt").unlink()
    assert refused(lambda: body(s3, "samples", "set/late.txt")) == "NoSuchKey"


def test_longest_prefix_is_looked_in_first(s3: Any) -> None:
    assert body(s3, "samples", "set/text/over/top.txt") == b"top"


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys(s3: Any, store: ObjectStore, key: str) -> None:
    assert body(s3, "samples", f"set/{key}").decode() == key
    assert fetch(store.sign(f"s3://samples/set/{key}"))[:2] == (200, key.encode())
    assert f"set/{key}" in keys(s3, "set/")
    s3.put_object(Bucket="odd-keys", Key=key, Body=key.encode())
    assert body(s3, "odd-keys", key) == key.encode()


def keys(s3: Any, prefix: str, **more: str) -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="samples",
        Prefix=prefix,
        PaginationConfig={"PageSize": 3},
        **more,
    )
    return {entry["Key"] for page in pages for entry in page.get("Contents", ())}


def test_listing_shows_the_folder(s3: Any, root: Path) -> None:
    assert keys(s3, "set/text/") == {"set/text/one.txt", "set/text/deep/er/two.txt", "set/text/over/top.txt"}
    assert keys(s3, "set/text/o") == {"set/text/one.txt", "set/text/over/top.txt"}
    assert keys(s3, "set/text/deep/er/two") == {"set/text/deep/er/two.txt"}
    assert keys(s3, "other/") == set()
    everything = keys(s3, "")
    assert {"set/data.jsonl", "set/inside.txt", "set/pages/one.png"} <= everything
    assert not {key for key in everything if "escape" in key or "loop" in key}
    (root / "in" / "text" / "brief.txt").write_text("x")
    assert "set/text/brief.txt" in keys(s3, "set/text/")
    (root / "in" / "text" / "brief.txt").unlink()
    assert "set/text/brief.txt" not in keys(s3, "set/text/")
    page = s3.list_objects_v2(Bucket="samples", Prefix="set/text/", Delimiter="/")
    assert [entry["Prefix"] for entry in page["CommonPrefixes"]] == ["set/text/deep/", "set/text/over/"]
    assert page["Contents"][0]["ETag"] == '"' + hashlib.md5(b"first page").hexdigest() + '"'


@pytest.mark.parametrize(
    "key",
    [
        "set/../secret.txt",
        "set/text/../../secret.txt",
        "set/escape.txt",
        "set/escape/file.txt",
        "set//data.jsonl",
        "set/text",
    ],
    ids=["parent", "parents", "link", "linked folder", "empty part", "folder"],
)
def test_nothing_outside_of_the_folder(s3: Any, store: ObjectStore, key: str) -> None:
    assert refused(lambda: body(s3, "samples", key)) == "NoSuchKey"
    assert fetch(store.sign(f"s3://samples/{key}"))[0] == 404


def test_a_link_that_stays_inside_is_followed(s3: Any) -> None:
    assert body(s3, "samples", "set/inside.txt") == b"first page"


def test_ranges(store: ObjectStore) -> None:
    status, part, headers = fetch(store.sign("s3://samples/set/text/one.txt"), Range="bytes=6-")
    assert (status, part) == (206, b"page")
    assert headers["content-range"] == "bytes 6-9/10"
    assert fetch(store.sign("s3://samples/set/text/one.txt"), Range="bytes=99-")[0] == 416


def test_missing_buckets_and_keys(s3: Any) -> None:
    assert refused(lambda: body(s3, "samples", "set/none.txt")) == "NoSuchKey"
    assert refused(lambda: body(s3, "no-such-bucket", "a")) == "NoSuchBucket"
    assert refused(lambda: s3.list_objects_v2(Bucket="no-such-bucket")) == "NoSuchBucket"
    assert refused(lambda: s3.head_object(Bucket="samples", Key="set/none.txt")) == "404"
    s3.head_bucket(Bucket="samples")
    assert "samples" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


# writing


def test_written_objects_are_files_before_the_answer(s3: Any, root: Path) -> None:
    s3.put_object(Bucket="truthkit-output", Key="job/2026-03-02_09:20:11.json", Body=b"[]", Metadata={"by": "us"})
    assert (root / "out" / "job" / "2026-03-02_09:20:11.json").read_bytes() == b"[]"
    s3.put_object(Bucket="results", Key="a/b.json", Body=b"{}", ContentType="application/json")
    assert (root / "writes" / "results" / "a" / "b.json").read_bytes() == b"{}"
    got = s3.get_object(Bucket="results", Key="a/b.json")
    assert (got["Body"].read(), got["ContentType"]) == (b"{}", "application/json")
    assert s3.head_object(Bucket="truthkit-output", Key="job/2026-03-02_09:20:11.json")["Metadata"] == {"by": "us"}
    s3.put_object(Bucket="results", Key="a/b.json", Body=b"again")
    assert body(s3, "results", "a/b.json") == b"again"
    assert not [name for name in files_in(root / "writes") if ".truthkit-" in name]


def test_mapped_folders_are_never_modified(s3: Any, root: Path) -> None:
    before = files_in(root / "in")
    s3.put_object(Bucket="samples", Key="set/text/one.txt", Body=b"mine")
    assert body(s3, "samples", "set/text/one.txt") == b"mine"
    assert (root / "writes" / "samples" / "set" / "text" / "one.txt").read_bytes() == b"mine"
    s3.delete_object(Bucket="samples", Key="set/text/one.txt")
    assert refused(lambda: body(s3, "samples", "set/text/one.txt")) == "NoSuchKey"
    s3.delete_objects(Bucket="samples", Delete={"Objects": [{"Key": "set/data.jsonl"}]})
    assert "set/data.jsonl" not in keys(s3, "set/")
    for key in ("set/text/one.txt", "set/data.jsonl"):  # written anew, and as it was
        s3.put_object(Bucket="samples", Key=key, Body=before[key.removeprefix("set/")])
        s3.head_object(Bucket="samples", Key=key)
        (root / "writes" / "samples" / key).unlink()
    assert files_in(root / "in") == before
    assert body(s3, "samples", "set/text/one.txt") == b"first page"


def test_delete_takes_written_files_away(s3: Any, root: Path) -> None:
    s3.put_object(Bucket="truthkit-output", Key="gone.json", Body=b"1")
    s3.delete_object(Bucket="truthkit-output", Key="gone.json")
    assert not (root / "out" / "gone.json").exists()
    assert refused(lambda: body(s3, "truthkit-output", "gone.json")) == "NoSuchKey"
    s3.delete_object(Bucket="truthkit-output", Key="never was")


def test_copy_from_a_mapped_folder(s3: Any, root: Path) -> None:
    s3.copy_object(Bucket="results", Key="copy.txt", CopySource={"Bucket": "samples", "Key": "set/a b.txt"})
    assert (root / "writes" / "results" / "copy.txt").read_bytes() == b"a b.txt"


def test_multipart_upload(s3: Any, root: Path, tmp_path: Path) -> None:
    big = os.urandom(6 * 1024 * 1024)
    (tmp_path / "big").write_bytes(big)
    config = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024 * 1024)
    s3.upload_file(str(tmp_path / "big"), "results", "big.bin", Config=config)
    assert (root / "writes" / "results" / "big.bin").read_bytes() == big
    assert body(s3, "results", "big.bin") == big
    assert s3.head_object(Bucket="results", Key="big.bin")["ETag"].endswith('-2"')


def test_key_that_cannot_be_a_file(s3: Any, root: Path) -> None:
    assert refused(lambda: s3.put_object(Bucket="results", Key="x/../../up.txt", Body=b"")) == "InvalidRequest"
    s3.put_object(Bucket="results", Key="leaf", Body=b"")
    assert refused(lambda: s3.put_object(Bucket="results", Key="leaf/below", Body=b"")) == "InvalidRequest"
    assert refused(lambda: s3.put_object(Bucket="results", Key="n" * 300, Body=b"")) == "InvalidRequest"
    assert not (root / "writes" / "up.txt").exists()
    assert refused(lambda: s3.put_object(Bucket="results", Key="../up", Body=b"")) == "InvalidRequest"
    s3.put_object(Bucket="results", Key="marker/", Body=b"")
    s3.put_object(Bucket="results", Key="marker/below", Body=b"1")
    assert body(s3, "results", "marker/below") == b"1"


def test_links_in_a_writable_folder_lead_nowhere(s3: Any, root: Path) -> None:
    (root / "out").mkdir(exist_ok=True)
    (root / "out" / "link").symlink_to(root / "outside")
    refused(lambda: s3.put_object(Bucket="truthkit-output", Key="link/new.txt", Body=b""))
    assert not (root / "outside" / "new.txt").exists()


def test_create_bucket_and_next_session(root: Path, s3: Any) -> None:
    s3.create_bucket(Bucket="made-by-handler")
    s3.put_object(Bucket="made-by-handler", Key="kept.json", Body=b"kept", ContentType="application/json")
    s3.create_bucket(Bucket="left-empty")
    s3.delete_object(Bucket="samples", Key="set/inside.txt")
    with ObjectStore({"s3://samples/set": root / "in"}, writes=root / "writes") as again:
        second = client(again)
        assert body(second, "made-by-handler", "kept.json") == b"kept"
        assert [e["Key"] for e in second.list_objects_v2(Bucket="made-by-handler")["Contents"]] == ["kept.json"]
        second.head_bucket(Bucket="left-empty")
        assert refused(lambda: body(second, "samples", "set/inside.txt")) == "NoSuchKey"


def test_many_at_a_time(s3: Any) -> None:
    failures: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for i in range(5):
                s3.put_object(Bucket="crowd", Key=f"{n}/{i}", Body=b"x" * n)
                assert body(s3, "crowd", f"{n}/{i}") == b"x" * n
                s3.list_objects_v2(Bucket="crowd")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert s3.list_objects_v2(Bucket="crowd")["KeyCount"] == 40


# signed and unsigned


def test_signed_urls(store: ObjectStore) -> None:
    status, got, headers = fetch(store.sign("s3://samples/set/pages/one.png"))
    assert (status, got, headers["content-type"]) == (200, PNG, "image/png")
    assert headers["access-control-allow-origin"] == "*"


def test_preflight(store: ObjectStore) -> None:
    url = store.sign("s3://samples/set/pages/one.png")
    status, _, headers = fetch(
        url, "OPTIONS", Origin="http://page.test", Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range",
    )  # fmt: skip
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert headers["access-control-allow-headers"] == "range"
    for asked, allowed in (("authorization", None), ("Authorization, X-Own,range", "X-Own, range")):
        _, _, headers = fetch(url, "OPTIONS", Access_Control_Request_Headers=asked)
        assert headers.get("access-control-allow-headers") == allowed
        assert headers["access-control-allow-origin"] == "*"
    assert "GET" in headers["access-control-allow-methods"]


def test_unsigned_is_forbidden_and_readable_across_origins(store: ObjectStore) -> None:
    for path in ("samples/set/pages/one.png", "samples/set/none", "samples?list-type=2", "moto-api/data.json"):
        status, got, headers = fetch(f"{store.endpoint}/{path}")
        assert status == 403, path
        assert b"<Code>AccessDenied</Code>" in got
        assert headers["access-control-allow-origin"] == "*"
    assert fetch(f"{store.endpoint}/results/new.txt", "PUT")[0] == 403


def test_expired_and_tampered_urls(store: ObjectStore) -> None:
    own = store.environment()
    old = presign(
        store.endpoint, "samples", "set/text/one.txt", access_key=own["AWS_ACCESS_KEY_ID"],
        secret=own["AWS_SECRET_ACCESS_KEY"], region="us-east-1", seconds=60,
        now=datetime.now(UTC) - timedelta(seconds=61),
    )  # fmt: skip
    assert fetch(old)[0] == 403
    assert b"expired" in fetch(old)[1]
    good = store.sign("s3://samples/set/text/one.txt")
    for bad in (
        good.replace("one.txt", "deep/er/two.txt"),
        good.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"),
        good[:-4] + ("0000" if not good.endswith("0000") else "1111"),
    ):
        status, got, _ = fetch(bad)
        assert (status, b"SignatureDoesNotMatch" in got) == (403, True)
    assert fetch(good, "PUT")[0] == 403
    assert fetch(good.replace(ACCESS_KEY, "AKIASOMEBODYELSE0000"))[0] == 403
    assert fetch(good.replace("X-Amz-Date", "X-Date"))[0] == 400
    assert fetch(store.sign("s3://samples/set/text/one.txt", seconds=700_000))[0] == 400
    assert fetch(good)[0] == 200


@pytest.mark.parametrize("version", ["s3v4", "s3"], ids=["v4", "v2"])
def test_urls_that_boto3_signed(store: ObjectStore, version: str) -> None:
    signer = client(store, signature_version=version)
    params = {"Bucket": "samples", "Key": "set/1+1=2.txt", "ResponseContentType": "text/x-own"}
    good = signer.generate_presigned_url("get_object", Params=params)
    status, got, headers = fetch(good)
    assert (status, got, headers["content-type"]) == (200, b"1+1=2.txt", "text/x-own")
    assert fetch(good.replace("1%2B1", "2%2B1"))[0] == 403
    put = signer.generate_presigned_url("put_object", Params={"Bucket": "results", "Key": f"{version}.txt"})
    assert fetch(put, "PUT")[0] == 200
    signer.head_object(Bucket="results", Key=f"{version}.txt")


def test_expired_url_of_the_old_form(store: ObjectStore) -> None:
    params = {"Bucket": "samples", "Key": "set/text/one.txt"}
    over = client(store, signature_version="s3").generate_presigned_url("get_object", Params=params, ExpiresIn=-5)
    status, got, _ = fetch(over)
    assert (status, b"expired" in got) == (403, True)


def test_old_url_some_time_later(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = client(store, signature_version="s3")
    params = {"Bucket": "samples", "Key": "set/text/one.txt"}
    with monkeypatch.context() as earlier:
        now = time.time()
        earlier.setattr("botocore.auth.time.time", lambda: now - 60)
        url = signer.generate_presigned_url("get_object", Params=params)
    assert fetch(url)[:2] == (200, b"first page")


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256 Credential={key}/{day}/us-east-1/{service}/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=AKIAEVIL/{day}/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 nonsense",
        "AWS {key}:AAAA",
        "AWS nonsense",
        "Bearer {key}",
    ],
    ids=["signature", "key", "form", "old", "old-form", "other"],
)
@pytest.mark.parametrize("service", ["s3", "sts"])
def test_a_made_up_signature_is_refused(store: ObjectStore, root: Path, authorization: str, service: str) -> None:
    now = datetime.now(UTC)
    headers = {
        "Authorization": authorization.format(key=ACCESS_KEY, day=f"{now:%Y%m%d}", service=service),
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
    }
    for method, place in (("GET", "samples/set/pages/one.png"), ("GET", ""), ("DELETE", "whole/top.txt")):
        status, got, _ = fetch(f"{store.endpoint}/{place}", method, **headers)
        assert (status in (400, 403), b"<Code>" in got) == (True, True)
    role = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::111122223333:role/any"
    status, got, _ = fetch(f"{store.endpoint}/?{role}", "POST", Content_Length="0", **headers)
    assert (status in (400, 403), b"SecretAccessKey" in got) == (True, False)
    assert (root / "whole" / "top.txt").exists()


@pytest.mark.parametrize(
    "config",
    [
        {"signature_version": "s3v4"},
        {"signature_version": "s3"},
        {"signature_version": "s3v4", "s3": {"payload_signing_enabled": False}},
        {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"},
    ],
    ids=["v4", "v2", "unsigned-payload", "no-checksum"],
)
def test_what_boto3_signs_passes_and_what_was_changed_does_not(store: ObjectStore, config: dict[str, Any]) -> None:
    def made(secret: str) -> Any:
        return boto3.client(
            "s3", endpoint_url=store.endpoint, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=secret,
            region_name="us-east-1", config=Config(retries={"max_attempts": 1}, **config),
        )  # fmt: skip

    s3 = made(store.environment()["AWS_SECRET_ACCESS_KEY"])
    key = "signed/ü 1+1 ~(%41).txt"
    s3.put_object(Bucket="results", Key=key, Body=b"1", ContentType="text/x-own", Metadata={"by": "a  b"})
    assert body(s3, "results", key) == b"1"
    assert s3.get_object(Bucket="results", Key=key, Range="bytes=0-0", ResponseContentType="text/y")["ContentLength"]
    s3.upload_fileobj(BytesIO(b"streamed"), "results", "signed/streamed")
    parts = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024 * 1024)
    s3.upload_fileobj(BytesIO(bytes(5 * 1024 * 1024 + 1)), "results", "signed/parts", Config=parts)
    s3.copy({"Bucket": "results", "Key": key}, "results", "signed/copy")
    assert body(s3, "results", "signed/copy") == b"1"
    s3.put_object_tagging(Bucket="results", Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    listed = s3.list_objects_v2(Bucket="results", Prefix="signed/", Delimiter="/", StartAfter="a b")["Contents"]
    assert len(listed) == 4
    s3.delete_objects(Bucket="results", Delete={"Objects": [{"Key": entry["Key"]} for entry in listed]})
    assert refused(lambda: made("truthkit").get_object(Bucket="samples", Key="set/data.jsonl")) in (
        "SignatureDoesNotMatch"
    )

    def tamper(request: Any, **_: Any) -> None:
        request.url = request.url.replace("text/one.txt", "a%20b.txt")

    s3.meta.events.register("before-send.s3.GetObject", tamper)
    assert refused(lambda: body(s3, "samples", "set/text/one.txt")) == "SignatureDoesNotMatch"


def test_an_old_signature_full_of_slashes(store: ObjectStore) -> None:
    # moto takes five parts between slashes for the scope of the newer form.
    auth = HmacV1Auth(Credentials(ACCESS_KEY, store.environment()["AWS_SECRET_ACCESS_KEY"]))
    for number in range(100_000):
        path = f"/samples/none-{number}"
        request = AWSRequest("GET", f"{store.endpoint}{path}", auth_path=path)
        auth.add_auth(request)
        if request.headers["Authorization"].count("/") == 4:
            break
    status, got, _ = fetch(f"{store.endpoint}{path}", **dict(request.headers))
    assert (status, b"NoSuchKey" in got) == (404, True)


def test_a_signed_body_cannot_be_another(s3: Any, store: ObjectStore) -> None:
    mine = client(store)

    def tamper(request: Any, **_: Any) -> None:
        request.body = BytesIO(b"yours")

    mine.meta.events.register("before-send.s3.PutObject", tamper)
    assert refused(lambda: mine.put_object(Bucket="results", Key="body", Body=b"mine!")) == "XAmzContentSHA256Mismatch"
    assert refused(lambda: body(s3, "results", "body")) == "NoSuchKey"


def test_a_header_that_was_not_signed_is_refused(s3: Any, store: ObjectStore) -> None:
    put = client(store, "s3v4").generate_presigned_url("put_object", Params={"Bucket": "results", "Key": "unsigned"})
    status, got, _ = fetch(put, "PUT", X_Amz_Copy_Source="/samples/set/text/one.txt")
    assert (status, b"x-amz-copy-source" in got) == (403, True)
    assert refused(lambda: body(s3, "results", "unsigned")) == "NoSuchKey"


def test_an_old_request_is_refused(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(age: timedelta) -> tuple[int, bytes]:
        now = datetime.now(UTC)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now - age)
        url = f"{store.endpoint}/samples?prefix=set%2Ftext%2F&list-type=2"
        request = AWSRequest("GET", url)
        S3SigV4Auth(Credentials(ACCESS_KEY, store.environment()["AWS_SECRET_ACCESS_KEY"]), "s3", "x").add_auth(request)
        return fetch(url, **dict(request.headers))[:2]

    assert ask(timedelta(minutes=14))[0] == 200
    status, got = ask(timedelta(minutes=16))
    assert (status, b"RequestTimeTooSkewed" in got) == (403, True)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "localhost:{port}"]
)
def test_only_this_machine_s_names_are_answered(store: ObjectStore, host: str) -> None:
    host = host.format(port=store.endpoint.rpartition(":")[2])
    url = f"{store.endpoint}/samples/set/text/one.txt"
    status, got, _ = fetch(url, Host=host)
    assert (status, b"not the host" in got) == (403, not host.startswith("localhost"))
    assert fetch(url, "OPTIONS", Host=host)[0] == (200 if host.startswith("localhost") else 403)


def test_each_run_has_a_secret_of_its_own(store: ObjectStore, tmp_path: Path) -> None:
    with ObjectStore({}, writes=tmp_path) as other:
        mine, others = (one.environment()["AWS_SECRET_ACCESS_KEY"] for one in (store, other))
        assert mine != others
        wrong = presign(
            other.endpoint, "bucket", "key", access_key=ACCESS_KEY, secret=mine, region="us-east-1", seconds=60,
            now=datetime.now(UTC),
        )  # fmt: skip
        assert b"SignatureDoesNotMatch" in fetch(wrong)[1]


def test_sign_is_what_botocore_signs(store: ObjectStore) -> None:
    ours = store.sign("s3://samples/set/ü x.txt")
    theirs = client(store, signature_version="s3v4").generate_presigned_url(
        "get_object", Params={"Bucket": "samples", "Key": "set/ü x.txt"}
    )

    def plain(url: str) -> list[str]:  # the second of signing may differ, and at midnight the day
        parts = re.sub(r"(X-Amz-Credential=\w+%2F)\d{8}%2F", r"\1", url).replace("?", "&").split("&")
        return sorted(part for part in parts if not part.startswith(("X-Amz-Date", "X-Amz-Signature")))

    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("uri", ["", "page.png", "https://example.org/a.png", "s3://", "s3://bucket", "s3:///key"])
def test_sign_refuses_what_is_no_object(store: ObjectStore, uri: str) -> None:
    with pytest.raises(TruthkitError, match="s3://BUCKET/KEY"):
        store.sign(uri)


def test_browser_fetches_across_origins(store: ObjectStore, chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<title>page</title>")
    colors = page.evaluate(
        """async (url) => {
            const image = new Image();
            image.crossOrigin = "anonymous";
            image.src = url;
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 1;
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const fetched = await fetch(url, {headers: {Range: "bytes=0-3"}});
            return [[...context.getImageData(0, 0, 1, 1).data], fetched.status];
        }""",
        store.sign("s3://samples/set/pages/one.png"),
    )
    page.close()
    assert colors == [[255, 0, 0, 255], 206]


# handlers


def make_handler(store: ObjectStore, folder: Path, source: str) -> Handler:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lambda_function.py").write_text(textwrap.dedent(source))
    return Handler(HandlerRef(folder, "lambda_function"), environment=store.environment(), timeout=30)


def test_unmodified_handler_reads_and_writes_with_the_role(store: ObjectStore, tmp_path: Path, root: Path) -> None:
    handler = make_handler(
        store,
        tmp_path / "fn",
        """
        import json
        from urllib.parse import urlparse
        import boto3

        def lambda_handler(event, context):
            role = boto3.client("sts").assume_role(RoleArn=event["roleArn"], RoleSessionName="session")["Credentials"]
            s3 = boto3.resource("s3", aws_access_key_id=role["AccessKeyId"],
                aws_secret_access_key=role["SecretAccessKey"], aws_session_token=role["SessionToken"])
            uri = urlparse(event["uri"])
            text = s3.Object(uri.netloc, uri.path.lstrip("/")).get()["Body"].read().decode()
            s3.Object("results", "from/handler.json").put(Body=json.dumps(text))
            client = s3.meta.client
            signed = client.generate_presigned_url("get_object", Params={"Bucket": "samples", "Key": "set/data.jsonl"})
            who = boto3.client("sts").get_caller_identity()["Account"]
            return {"text": text, "signed": signed, "who": who}
        """,
    )
    try:
        result = handler.invoke(
            {
                "roleArn": "arn:aws:iam::111122223333:role/truthkit-execution",
                "uri": "s3://samples/set/text/deep/er/two.txt",
            }
        )
    finally:
        handler.close()
    assert (result["text"], result["who"]) == ("second", "111122223333")
    assert (root / "writes" / "results" / "from" / "handler.json").read_text() == '"second"'
    assert fetch(result["signed"])[:2] == (200, b"{}\n")


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        ("boto3.client('s3').get_object(Bucket='samples', Key='nowhere.txt')", "nowhere.txt is not among the objects"),
        ("boto3.client('s3').get_object(Bucket='unmapped', Key='a')", "--objects s3://BUCKET/PREFIX=DIR"),
        ("boto3.client('s3').head_object(Bucket='samples', Key='a')", "--objects s3://BUCKET/PREFIX=DIR"),
        ("boto3.client('comprehend').detect_entities(Text='x', LanguageCode='en')", "S3 and STS only"),
        ("boto3.client('sqs').list_queues()", "S3 and STS only"),
        ("boto3.client('iam').list_users()", "S3 and STS only"),
        ("boto3.client('lambda').list_functions()", "S3 and STS only"),
        ("boto3.Session(profile_name='me').client('s3')", "Lambda has no profiles"),
    ],
    ids=["key", "bucket", "head", "json", "query-json", "query", "rest", "profile"],
)
def test_what_fails_has_a_cure(store: ObjectStore, shared_handler: Handler, call: str, cure: str) -> None:
    with pytest.raises(HandlerError) as caught:
        shared_handler.invoke({"call": call})
    assert cure in caught.value.findings[0].cure, caught.value


@pytest.fixture(scope="module")
def shared_handler(store: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handler]:
    source = "import boto3\ndef lambda_handler(event, context):\n    return str(eval(event['call']))\n"
    handler = make_handler(store, tmp_path_factory.mktemp("shared"), source)
    yield handler
    handler.close()


# mappings


def test_parse_mapping(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    assert parse_mapping(f"s3://bucket/pre/fix={tmp_path}") == ("s3://bucket/pre/fix", tmp_path.resolve())
    assert parse_mapping(f"s3://bucket={tmp_path}") == ("s3://bucket", tmp_path.resolve())


@pytest.mark.parametrize(
    "text", ["s3://bucket/x", "bucket/x=.", "s3://bucket/x=", "s3://bucket/x=no/such/folder", "s3://=."]
)
def test_parse_mapping_refuses(text: str) -> None:
    with pytest.raises(UsageError, match="--objects s3://BUCKET/PREFIX=DIR"):
        parse_mapping(text)


def test_mapping_that_is_no_uri(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="s3://"):
        ObjectStore({"bucket/x": tmp_path}, writes=tmp_path)


@pytest.mark.parametrize(
    ("prefix", "asked", "found"),
    [
        ("s3://bkt", "", {"top.txt"}),
        ("s3://bkt/p", "p", {"p/top.txt"}),
        ("s3://bkt/p/", "p/t", {"p/top.txt"}),
        ("s3://bkt/p/q", "p/q/top.txt", {"p/q/top.txt"}),
        ("s3://bkt/p", "pq", set()),
        ("s3://bkt/p", "p/top.txt/x", set()),
        ("s3://bkt/p", "p/../", set()),
    ],
)
def test_prefixes(root: Path, prefix: str, asked: str, found: set[str]) -> None:
    assert {key for key, _ in Folder.of(prefix, root / "whole").under(asked)} == found


# AWS


def test_objects_that_only_aws_has(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = tmp_path / "far"
    (far / "only").mkdir(parents=True)
    (far / "only" / "there.txt").write_text("from afar")
    (far / "both.txt").write_text("far")
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "both.txt").write_text("near")
    with ObjectStore({"s3://data/": far}, writes=tmp_path / "far writes") as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        with ObjectStore({"s3://data/": tmp_path / "near"}, writes=tmp_path / "writes", aws=True) as store:
            s3 = client(store)
            assert body(s3, "data", "only/there.txt") == b"from afar"
            assert body(s3, "data", "both.txt") == b"near"
            assert fetch(store.sign("s3://data/only/there.txt"))[1] == b"from afar"
            assert fetch(f"{store.endpoint}/data/only/there.txt")[0] == 403
            assert refused(lambda: body(s3, "data", "nowhere.txt")) == "NoSuchKey"
            s3.copy_object(Bucket="data", Key="copied", CopySource={"Bucket": "data", "Key": "only/there.txt"})
            s3.put_object(Bucket="data", Key="only/there.txt", Body=b"ours now")
            assert body(s3, "data", "only/there.txt") == b"ours now"
            s3.delete_object(Bucket="data", Key="only/there.txt")
            assert refused(lambda: body(s3, "data", "only/there.txt")) == "NoSuchKey"
            # what the handler gets is this store, not the user's
            assert store.environment()["AWS_ENDPOINT_URL"] == store.endpoint != aws.endpoint
    assert files_in(far) == {"only/there.txt": b"from afar", "both.txt": b"far"}
    assert files_in(tmp_path / "far writes") == {}
    assert files_in(tmp_path / "near") == {"both.txt": b"near"}
    assert (tmp_path / "writes" / "data" / "copied").read_text() == "from afar"


def test_aws_without_credentials_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ObjectStore({}, writes=tmp_path, aws=True) as store:
        status, said, _ = fetch(store.sign("s3://data/far.txt"))
    assert status == 403
    assert re.search(rb"your own credentials .* Unable to locate credentials", said)


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("..", "x"), ("data", "../../x"), ("data", "/x"), ("data", "a/../x"), ("../data", "x"), ("/data", "x")],
    ids=["bucket-up", "key-up", "absolute", "key-inner", "bucket-path", "bucket-absolute"],
)
def test_what_aws_may_not_be_asked_for_makes_nothing(
    tmp_path: Path, bucket: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "client", lambda *_: pytest.fail("AWS was asked"))
    for name in ("x", "x.deleted"):
        (tmp_path / name).write_text("not for you")
    files = ObjectFiles.of({}, {}, tmp_path / "far" / "writes", tmp_path / "far" / "cache")
    Aws(files).fetch(bucket, key)
    files.remove(bucket, key)
    assert files.find(bucket, key) is None
    assert list(files.under(bucket, "")) == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["x", "x.deleted"]


# the process


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_killed_parent_leaves_no_server(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from truthkit.objects import ObjectStore
        store = ObjectStore({{}}, writes=Path({str(tmp_path)!r}))
        store.endpoint
        print(store._process.pid, flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while alive(child):
        assert time.monotonic() < deadline, "the server outlived its parent"
        time.sleep(0.01)


def test_close_ends_the_server_and_it_may_start_again(tmp_path: Path) -> None:
    store = ObjectStore({}, writes=tmp_path)
    client(store).put_object(Bucket="bucket", Key="key", Body=b"1")
    assert fetch(store.sign("s3://bucket/key"))[1] == b"1"
    assert store._process
    pid = store._process.pid
    store.close()
    assert not alive(pid)
    store.close()
    with store:
        assert fetch(store.sign("s3://bucket/key"))[1] == b"1"


def test_the_users_modules_do_not_get_in_the_servers_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moto.py").write_text("raise SystemExit('the wrong moto')")
    monkeypatch.chdir(tmp_path)
    with ObjectStore({}, writes=tmp_path / "writes") as store:
        client(store).put_object(Bucket="bucket", Key="key", Body=b"1")
        assert fetch(store.sign("s3://bucket/key"))[0] == 200


def test_server_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truthkit.objects._START", "raise ImportError('no moto here')")
    with ObjectStore({}, writes=tmp_path) as store, pytest.raises(TruthkitError, match="no moto here"):
        _ = store.endpoint
