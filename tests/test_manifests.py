"""Input manifests of folders, S3 and tables: what comes in comes out as it was, within the service's limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from tests.documents import DOCS, commands
from truthkit.aws_calls import upload
from truthkit.cli import app
from truthkit.findings import TruthkitError, UsageError
from truthkit.manifest import read_manifest
from truthkit.manifests import MadeManifest, Plan, make
from truthkit.manifests.sources import MEDIA, PICTURES
from truthkit.manifests.texts import ATTRIBUTE


def made(source: Path | str, tmp: Path, **options: Any) -> list[dict[str, Any]]:
    found = make(Plan(str(source), tmp / "m.jsonl", yes=True, **options))
    return [line.data_object for file in found.files for line in read_manifest(file)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for name in ("b/2.JPG", "a/1.png", "a/1.txt", ".hidden/3.png", "b/notes.docx"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode() * 10)
    return root


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="my-bucket")
        yield s3


def test_a_folder_of_pictures_is_named_by_where_it_will_be(folder: Path, tmp_path: Path) -> None:
    assert made(folder, tmp_path, prefix="s3://my-bucket/x/") == [
        {"source-ref": "s3://my-bucket/x/a/1.png"},
        {"source-ref": "s3://my-bucket/x/b/2.JPG"},
    ]
    with pytest.raises(UsageError, match="address"):
        made(folder, tmp_path)


def test_a_folder_of_texts_is_read(folder: Path, tmp_path: Path) -> None:
    assert made(folder, tmp_path, kind="source") == [{"source": "a/1.txt" * 10}]
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "1.txt").write_text("Łódź\r\n", "utf-8", newline="")
    assert made(tmp_path / "texts", tmp_path) == [{"source": "Łódź\r\n"}]
    (tmp_path / "texts" / "1.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(TruthkitError, match="not UTF-8"):
        made(tmp_path / "texts", tmp_path)


def test_cells_of_csv_stay_as_they_are(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text('\ufeffsource;id;note\n"a ""b""\nc";007;\nd;1.50;x\n', "utf-8")
    assert made(table, tmp_path) == [
        {"source": 'a "b"\nc', "id": "007", "note": ""},
        {"source": "d", "id": "1.50", "note": "x"},
    ]
    assert made(table, tmp_path, columns={"source": "note", "key": "id"}, where="note <> ''") == [
        {"source": "x", "key": "1.50"}
    ]


@pytest.mark.parametrize(
    ("text", "match", "line"),
    [
        ("source\na,b\n", r"2 cells and 1 column \[", 2),
        ("a,a\n1,2\n", "two columns 'a'", 1),
        ("", "no head", 1),
    ],
)
def test_tables_that_are_wrong_are_told_with_their_line(tmp_path: Path, text: str, match: str, line: int) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text)
    with pytest.raises(TruthkitError, match=match) as raised:
        made(table, tmp_path)
    assert (raised.value.findings[0].file, raised.value.findings[0].line) == (str(table), line)
    assert not list(tmp_path.glob(".m*"))


ROWS = [{"source": "a", "when": "2020-01-02", "n": 1}, {"source": "b", "when": "2021-01-02T03:04", "n": 2.5}]


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split"])
def test_exports_of_pandas_come_as_their_rows(tmp_path: Path, orient: Any) -> None:
    import pandas

    file = tmp_path / "t.json"
    pandas.DataFrame(ROWS).to_json(file, orient=orient)
    assert made(file, tmp_path) == ROWS
    pandas.DataFrame(ROWS).to_parquet(tmp_path / "t.parquet")
    assert made(tmp_path / "t.parquet", tmp_path) == ROWS
    pandas.DataFrame(ROWS).to_json(file, orient="records", lines=True)
    assert made(file, tmp_path, where="n > 2 AND \"when\" LIKE '2021%'") == ROWS[1:]


def test_exports_of_hugging_face_come_as_their_rows(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    found = DatasetDict({"train": Dataset.from_list(ROWS)})
    found.save_to_disk(str(tmp_path / "saved"))
    assert made(tmp_path / "saved" / "train", tmp_path) == ROWS
    with pytest.raises(UsageError, match="several sets") as raised:
        made(tmp_path / "saved", tmp_path)
    assert "saved/train" in raised.value.findings[0].cure


def test_sql_makes_rows(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    rows = made(file, tmp_path, sql="SELECT upper(source) AS source, sum(n) AS total FROM data GROUP BY 1 ORDER BY 1")
    assert rows == [{"source": "A", "total": 1}, {"source": "B", "total": 2.5}]
    with pytest.raises(UsageError, match="--sql cannot be run") as raised:
        made(file, tmp_path, sql="SELECT no FROM data")
    assert '"source", "when", "n"' in raised.value.findings[0].cure


def test_a_sample_is_the_seeds_and_keeps_the_order(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps({"source": str(number)}) + "\n" for number in range(1000)))
    first = [int(row["source"]) for row in made(file, tmp_path, sample=50, seed=1)]
    assert first == sorted(first)
    assert len(set(first)) == 50
    file.write_text("".join(json.dumps({"source": str(number)}) + "\n" for number in reversed(range(1000))))
    assert sorted(int(row["source"]) for row in made(file, tmp_path, sample=50, seed=1)) == first
    assert [int(row["source"]) for row in made(file, tmp_path, sample=50, seed=2)][::-1] != first


def test_shards_have_no_more_lines_than_said(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps({"source": str(number)}) + "\n" for number in range(25)))
    found = make(Plan(str(file), tmp_path / "m.jsonl", shard=10))
    assert [one.name for one in found.files] == ["m-001.jsonl", "m-002.jsonl", "m-003.jsonl"]
    assert [len(one.read_text().splitlines()) for one in found.files] == [10, 10, 5]
    before = [one.read_bytes() for one in found.files]
    assert make(Plan(str(file), tmp_path / "m.jsonl", shard=10)).files == found.files, "the same is no other"
    file.write_text(file.read_text() + '{"source": "25"}\n')
    with pytest.raises(UsageError, match=r"m-003\.jsonl exists"):
        make(Plan(str(file), tmp_path / "m.jsonl", shard=10))
    assert [one.read_bytes() for one in found.files] == before


def numbered(tmp_path: Path, count: int, name: str = "t.jsonl") -> Path:
    file = tmp_path / name
    file.write_text("".join(json.dumps({"source": str(number)}) + "\n" for number in range(count)))
    return file


def sharded(file: Path, shard: int, **options: Any) -> MadeManifest:
    return make(Plan(str(file), file.with_name("sh.manifest"), shard=shard, **options))


def lines_there(tmp_path: Path) -> list[str]:
    """All lines of all that a job would be given: nothing may be in it twice."""
    return [line for file in sorted(tmp_path.glob("sh*.manifest")) for line in file.read_text().splitlines()]


def test_shards_of_an_earlier_run_do_not_stay_beside_the_new_ones(tmp_path: Path) -> None:
    file = numbered(tmp_path, 50)
    assert len(sharded(file, 20).files) == 3
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(UsageError, match=r"sh-001\.manifest exists") as raised:
        sharded(file, 30)
    assert "sh-003.manifest" in raised.value.findings[0].cure
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before
    found = sharded(file, 30, yes=True)
    assert [one.name for one in found.files] == ["sh-001.manifest", "sh-002.manifest"]
    assert found.removed == (tmp_path / "sh-003.manifest",)
    assert len(lines_there(tmp_path)) == 50

    # What is left would be too much, though all that is written is there already.
    (tmp_path / "sh-003.manifest").write_text('{"source": "more"}\n')
    with pytest.raises(UsageError, match=r"sh-003\.manifest is left of another run") as raised:
        sharded(file, 30)
    assert "--yes" in raised.value.findings[0].cure
    assert sharded(file, 30, yes=True).removed == (tmp_path / "sh-003.manifest",)


def test_one_manifest_and_shards_of_it_do_not_stay_beside_each_other(tmp_path: Path) -> None:
    file = numbered(tmp_path, 50)
    sharded(file, 20)
    with pytest.raises(UsageError, match=r"sh-001\.manifest, sh-002\.manifest and 1 more are left"):
        sharded(file, 100)
    assert len(sharded(file, 100, yes=True).removed) == 3
    assert len(lines_there(tmp_path)) == 50
    with pytest.raises(UsageError, match=r"sh\.manifest is left"):
        sharded(file, 25)
    assert sharded(file, 25, yes=True).removed == (tmp_path / "sh.manifest",)
    assert len(lines_there(tmp_path)) == 50


@pytest.mark.parametrize(
    "content",
    [
        '{"source":"written by another"}\n',
        '{"source": "a", "animal": 1, "animal-metadata": {"job-name": "labeling-job/x"}}\n',
        '{"text": "a"}\n',
        '{"source": "no end"}',
        "words\n",
        "",
    ],
)
def test_what_another_wrote_is_not_removed(tmp_path: Path, content: str) -> None:
    file = numbered(tmp_path, 50)
    sharded(file, 20)
    theirs = tmp_path / "sh-003.manifest"
    theirs.write_text(content)
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(UsageError, match=r"sh-003\.manifest is there, and truthkit manifest did not write it"):
        sharded(file, 30, yes=True)
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_name_with_a_number_of_its_own_is_no_shard(tmp_path: Path) -> None:
    file = numbered(tmp_path, 50)
    other = tmp_path / "sh-2023.manifest"
    other.write_text('{"source": "a"}\n')
    assert sharded(file, 30, yes=True).removed == ()
    assert other.exists()


def test_the_source_is_neither_replaced_nor_removed(tmp_path: Path) -> None:
    file = numbered(tmp_path, 50, "sh.manifest")
    with pytest.raises(UsageError, match=r"sh\.manifest is the source"):
        sharded(file, 100, yes=True, sample=3)
    assert sharded(file, 30, yes=True).removed == ()
    assert len(file.read_text().splitlines()) == 50


def test_a_folder_is_no_manifest(tmp_path: Path) -> None:
    file = numbered(tmp_path, 5)
    (tmp_path / "sh.manifest").mkdir()
    with pytest.raises(UsageError, match=r"sh\.manifest is a folder"):
        sharded(file, 30, yes=True)


def test_only_the_same_content_is_let_stand(tmp_path: Path) -> None:
    file, out_file = numbered(tmp_path, 3), tmp_path / "m.manifest"
    assert make(Plan(str(file), out_file)).unchanged == ()
    assert make(Plan(str(file), out_file)).unchanged == (out_file,)
    content = out_file.read_bytes()
    with pytest.raises(UsageError, match=r"m\.manifest exists"):
        make(Plan(str(file), out_file, sample=2))
    assert out_file.read_bytes() == content
    assert make(Plan(str(file), out_file, sample=2, yes=True)).unchanged == ()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_a_run_that_is_broken_off_leaves_what_was_there(tmp_path: Path, stop: type[BaseException]) -> None:
    file = numbered(tmp_path, 5000)
    sharded(numbered(tmp_path, 50), 20)
    numbered(tmp_path, 5000)
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}

    def advance(what: str, done: int) -> None:
        if done >= 3000:
            raise stop

    with pytest.raises(stop):
        make(Plan(str(file), tmp_path / "sh.manifest", shard=1500, where="source <> 'x'", yes=True), advance)
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ({"text": "a"}, "neither source nor source-ref"),
        ({"source-ref": "/a/b.png"}, "no S3 URI"),
        ({"source": "a", "$x": 1}, "must not begin"),
        ({"source": "a" * 20_001}, "20,001 characters"),
        ({"source": "a", **{f"x{number}": "é" * 19_000 for number in range(3)}}, "bytes"),
    ],
)
def test_rows_beyond_the_services_limits_are_told(tmp_path: Path, row: dict[str, Any], match: str) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"source": "good", "text": "t"}) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(TruthkitError, match=match):
        made(file, tmp_path)
    assert not (tmp_path / "m.jsonl").exists()


def test_files_and_manifest_are_uploaded_once(folder: Path, tmp_path: Path, aws: Any) -> None:
    def go(**options: Any) -> MadeManifest:
        options = {"yes": True, **options}
        return make(Plan(str(folder), tmp_path / "m.jsonl", prefix="s3://my-bucket/x", upload=True, **options))

    assert go().uploaded == (
        "s3://my-bucket/x/a/1.png",
        "s3://my-bucket/x/b/2.JPG",
        "s3://my-bucket/x/m.jsonl",
    )
    assert aws.get_object(Bucket="my-bucket", Key="x/b/2.JPG")["Body"].read() == b"b/2.JPG" * 10
    assert aws.head_object(Bucket="my-bucket", Key="x/a/1.png")["ContentType"] == "image/png"
    assert go(yes=False).uploaded == (), "run again, it goes on: nothing has to be replaced"
    (folder / "a" / "1.png").write_bytes(b"other")
    (tmp_path / "m.jsonl").unlink()
    with pytest.raises(UsageError, match="is another"):
        go(yes=False)
    (tmp_path / "m.jsonl").unlink()
    assert go().uploaded == ("s3://my-bucket/x/a/1.png",)


def test_an_upload_that_breaks_off_is_gone_on_with(
    folder: Path, tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(str(folder), tmp_path / "m.manifest", prefix="s3://my-bucket/x", upload=True)
    sent: list[str] = []

    def breaking(file: Path, uri: str, **options: Any) -> bool:
        if sent:
            raise KeyboardInterrupt
        sent.append(uri)
        return upload(file, uri, **options)

    with monkeypatch.context() as patched:
        patched.setattr("truthkit.manifests.making.upload", breaking)
        with pytest.raises(KeyboardInterrupt):
            make(plan)
    there = [one["Key"] for one in aws.list_objects_v2(Bucket="my-bucket")["Contents"]]
    assert there == ["x/a/1.png"], "the manifest comes last: who finds it finds its files"
    assert make(plan).uploaded == ("s3://my-bucket/x/b/2.JPG", "s3://my-bucket/x/m.manifest")


def test_files_whose_etag_is_no_md5_are_found_again_too(tmp_path: Path, aws: Any) -> None:
    """Those of several parts (boto3: from 8 MB), and of buckets with a KMS key."""
    file = tmp_path / "scan.pdf"
    file.write_bytes(bytes(range(256)) * 4 * 8200)
    assert upload(file, "s3://my-bucket/scan.pdf")
    assert "-" in aws.head_object(Bucket="my-bucket", Key="scan.pdf")["ETag"]
    assert not upload(file, "s3://my-bucket/scan.pdf")

    content = file.read_bytes()
    aws.put_object(Bucket="my-bucket", Key="by-another.pdf", Body=content, ServerSideEncryption="aws:kms")
    aws.put_object(Bucket="my-bucket", Key="another.pdf", Body=content[::-1], ServerSideEncryption="aws:kms")
    assert aws.head_object(Bucket="my-bucket", Key="another.pdf")["ServerSideEncryption"] == "aws:kms"
    assert not upload(file, "s3://my-bucket/by-another.pdf")
    with pytest.raises(UsageError, match="is another"):
        upload(file, "s3://my-bucket/another.pdf")
    with file.open("r+b") as stream:
        stream.write(b"%PDF")
    with pytest.raises(UsageError, match="is another"):
        upload(file, "s3://my-bucket/scan.pdf")


def test_a_prefix_of_s3_is_listed(tmp_path: Path, aws: Any) -> None:
    for number in range(6):
        aws.put_object(Bucket="my-bucket", Key=f"in/{number:04}.png", Body=b"x" * (1 + number % 2))
    aws.put_object(Bucket="my-bucket", Key="in/readme.txt", Body=b"x")
    assert len(made("s3://my-bucket/in/", tmp_path)) == 6
    rows = made("s3://my-bucket/in/", tmp_path, where="bytes = 2 AND name < '0004.png'")
    assert [row["source-ref"] for row in rows] == ["s3://my-bucket/in/0001.png", "s3://my-bucket/in/0003.png"]
    with pytest.raises(TruthkitError, match="NoSuchBucket"):
        made("s3://no-such-bucket/in/", tmp_path)


def told(found: MadeManifest) -> list[tuple[str, str]]:
    return [(one.message, one.cure) for one in found.findings]


def test_files_that_are_left_out_are_told(folder: Path, tmp_path: Path) -> None:
    plan = Plan(str(folder), tmp_path / "m.manifest", prefix="s3://my-bucket/x", yes=True)
    texts, others = told(make(plan))
    assert texts[0] == "1 text left out: a/1.txt"
    assert "--as source" in texts[1]
    assert "--text-from beside" in texts[1]
    assert others[0] == "1 other file left out: b/notes.docx"
    assert ".png" in others[1]

    (folder / "b" / "notes.docx").unlink()
    media, *more = told(make(replace(plan, kind="source")))
    assert (media[0], more) == ("2 pictures and media left out: a/1.png, b/2.JPG", [])
    (folder / "b" / "2.txt").write_text("two")
    assert told(make(replace(plan, text_from="beside"))) == [], "each is named by its picture's line"
    for number in range(3):
        (folder / f"stray{number}.txt").write_text("text")
    [stray] = told(make(replace(plan, text_from="beside")))
    assert stray[0] == "3 texts left out: stray0.txt, stray1.txt and 1 more"


def test_a_manifest_in_its_own_folder_is_no_file_of_it(folder: Path) -> None:
    for name in ("a/1.txt", "b/notes.docx"):
        (folder / name).unlink()
    plan = Plan(str(folder), folder / "m.manifest", prefix="s3://my-bucket/x", shard=1)
    assert told(make(plan)) == []
    assert told(make(plan)) == []


def test_empty_files_are_left_out_and_told(folder: Path, tmp_path: Path, aws: Any) -> None:
    for name in ("a/1.txt", "b/notes.docx"):
        (folder / name).unlink()
    (folder / "a" / "1.png").write_bytes(b"")
    aws.put_object(Bucket="my-bucket", Key="in/0.png", Body=b"")
    aws.put_object(Bucket="my-bucket", Key="in/1.png", Body=b"x")
    for source in (str(folder), "s3://my-bucket/in/"):
        found = make(Plan(source, tmp_path / "m.manifest", prefix="s3://my-bucket/x", yes=True))
        assert found.lines == 1
        assert [one.message[:18] for one in found.findings] == ["1 empty file left "]


def test_objects_that_are_left_out_are_told(tmp_path: Path, aws: Any) -> None:
    for name in ("0.txt", "1.png", "2.txt", "3.docx", "sub/", "m.manifest", "m-001.manifest"):
        aws.put_object(Bucket="my-bucket", Key=f"in/{name}", Body=b"" if name == "sub/" else b"x")
    texts, others = told(make(Plan("s3://my-bucket/in/", tmp_path / "m.manifest")))
    assert texts == ("2 texts left out: 2.txt, 0.txt", "give texts a prefix of their own")
    assert others[0] == "1 other file left out: 3.docx"
    with pytest.raises(UsageError, match="--as source reads"):
        make(Plan("s3://my-bucket/in/", tmp_path / "m.manifest", kind="source"))


def test_shards_that_an_earlier_upload_left_in_s3_are_told(tmp_path: Path, aws: Any) -> None:
    file = numbered(tmp_path, 50)
    plan = Plan(str(file), tmp_path / "sh.manifest", prefix="s3://my-bucket/x", upload=True, yes=True)
    assert told(make(replace(plan, shard=20))) == []
    aws.put_object(Bucket="my-bucket", Key="x/sh-003.manifest.bak", Body=b"x")
    [left] = told(make(replace(plan, shard=30)))
    assert left[0].startswith("s3://my-bucket/x/sh-003.manifest is left of another run")
    assert left[1] == "aws s3 rm s3://my-bucket/x/sh-003.manifest"
    aws.delete_object(Bucket="my-bucket", Key="x/sh-003.manifest")
    assert told(make(replace(plan, shard=30))) == []
    assert [one[1] for one in told(make(plan))] == [
        "aws s3 rm s3://my-bucket/x/sh-001.manifest",
        "aws s3 rm s3://my-bucket/x/sh-002.manifest",
    ]


def test_pages_get_the_text_beside_them(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no text beside"):
        made(folder, tmp_path, prefix="s3://my-bucket/x", text_from="beside")
    rows = made(folder, tmp_path, prefix="s3://my-bucket/x", text_from="beside", where="suffix = '.png'")
    assert rows == [{"source-ref": "s3://my-bucket/x/a/1.png", ATTRIBUTE: "s3://my-bucket/x/a/1.txt"}]


class FakeTextract:
    def __init__(self) -> None:
        self.asked: list[Any] = []

    def detect_document_text(self, *, Document: Any) -> Any:  # noqa: N803 - the service's own name
        self.asked.append(Document)
        words = [{"BlockType": "WORD", "Text": "One"}, {"BlockType": "PAGE"}]
        return {"Blocks": [{"BlockType": "LINE", "Text": "One line"}, *words, {"BlockType": "LINE", "Text": "two"}]}


def test_pages_are_read_once_and_only_if_that_is_meant(
    folder: Path, tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeTextract()
    monkeypatch.setattr("truthkit.manifests.texts.client", lambda service: fake)
    plan = {"prefix": "s3://my-bucket/x", "text_from": "textract", "upload": True}
    with pytest.raises(UsageError, match=r"2 pages for about USD 0\.00"):
        make(Plan(str(folder), tmp_path / "m.jsonl", **plan))  # type: ignore[arg-type]
    assert fake.asked == []
    rows = made(folder, tmp_path, **plan)
    assert [row[ATTRIBUTE] for row in rows] == ["s3://my-bucket/x/a/1.txt", "s3://my-bucket/x/b/2.txt"]
    assert aws.get_object(Bucket="my-bucket", Key="x/b/2.txt")["Body"].read() == b"One line\ntwo\n"
    assert fake.asked[0] == {"Bytes": b"a/1.png" * 10}
    made(folder, tmp_path, **plan)
    assert len(fake.asked) == 2


def test_what_textract_refuses_is_told_with_the_page(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def detect_document_text(self, **asked: Any) -> Any:
            del asked
            about: Any = {"Code": "UnsupportedDocumentException", "Message": "Request has unsupported document format"}
            raise ClientError({"Error": about}, "DetectDocumentText")

    monkeypatch.setattr("truthkit.manifests.texts.client", lambda service: Refusing())
    with pytest.raises(TruthkitError, match=r"a/1\.png: DetectDocumentText: Unsupported") as raised:
        made(folder, tmp_path, prefix="s3://my-bucket/x", text_from="textract")
    assert "PDF of one page" in raised.value.findings[0].cure


def test_the_page_shows_what_is_printed(tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("photos/1.png", "photos/2.png", "photos/3.png", "letters/1.txt", "letters/2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "titles.csv").write_text("id,title\n1,One\n2,Two\n")
    shown = [one for one in commands(DOCS / "make-a-manifest.md") if one.output]
    assert len(shown) == 6
    for one in shown:
        result = CliRunner().invoke(app, list(one.arguments[1:]))
        assert (result.exit_code, result.stdout) == (0, one.output)
    assert (tmp_path / "titles.manifest").read_text() == '{"source": "One", "id": "1"}\n{"source": "Two", "id": "2"}\n'


def test_the_command_makes_and_checks(folder: Path, tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "m.jsonl"
    given = ["manifest", str(folder), "--prefix", "s3://my-bucket/x", "--out", str(file), "--json"]
    done = runner.invoke(app, given)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output).items() >= {"files": [str(file)], "lines": 2, "uploaded": [], "removed": []}.items()
    told = [finding["message"] for finding in json.loads(done.output)["findings"]]
    assert told == ["1 text left out: a/1.txt", "1 other file left out: b/notes.docx"]
    file.write_text('{"source": "a"}\n{"source": "a"}\n[]\n')
    checked = runner.invoke(app, ["manifest", "check", str(file), "--json"])
    assert checked.exit_code == 1
    codes = {finding["code"] for finding in json.loads(checked.stdout)["findings"]}
    assert {"manifest-duplicate-source", "manifest-not-object"} <= codes


def printed(*given: str) -> str:
    result = CliRunner().invoke(app, ["manifest", *given])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_says_what_it_did_in_whole_words(tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = numbered(tmp_path, 1).name
    assert printed(one) == "input.manifest\n1 line\n", "the service was seen to refuse names in .jsonl"
    assert printed(one) == "input.manifest\n1 line, unchanged\n"
    many = numbered(tmp_path, 1050, "many.jsonl").name
    assert printed(many, "--out", "sh.manifest", "--shard", "500") == (
        "sh-001.manifest\nsh-002.manifest\nsh-003.manifest\n1,050 lines\n"
    )
    assert printed(many, "--out", "sh.manifest", "--shard", "525", "--yes") == (
        "sh-001.manifest\nsh-002.manifest\n1,050 lines; removed, as left of another run: sh-003.manifest\n"
    )
    (tmp_path / "sh-002.manifest").write_text('{"source": "x"}\n')
    assert printed(many, "--out", "sh.manifest", "--shard", "525", "--yes") == (
        "sh-001.manifest\nsh-002.manifest\n1,050 lines; 1 of 2 files unchanged\n"
    )
    assert printed(one, "--out", "u.manifest", "--prefix", "s3://my-bucket/u", "--upload") == (
        "u.manifest\n1 line; 1 file uploaded, what was there already is left as it is\n"
    )


def test_files_left_out_are_printed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (folder / "b" / "notes.docx").unlink()
    result = CliRunner().invoke(app, ["manifest", "photos", "--prefix", "s3://my-bucket/x"])
    assert result.exit_code == 0
    assert result.stdout == "input.manifest\n2 lines\n"
    assert "info photos: 1 text left out: a/1.txt" in result.stderr
    assert "cure: --as source" in result.stderr


def test_labels_of_other_tools_come_as_a_manifest_that_the_service_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}
    coco = {"images": [{"id": 1, "file_name": "1.png", "width": 9, "height": 9}], "annotations": [box]}
    (tmp_path / "boxes.json").write_text(json.dumps(coco | {"categories": [{"id": 1, "name": "owl"}]}))
    given = ["convert", "boxes.json", "--from", "coco", "--prefix", "s3://my-bucket/x"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    assert [line.data_object["source-ref"] for line in read_manifest(tmp_path / "boxes.manifest")] == [
        "s3://my-bucket/x/1.png"
    ]


# --- tables as they come ---


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"a, b, c";source\n1;x\n', [{"a, b, c": "1", "source": "x"}]),
        ('source,x\r\n"1\r\n2",\r\n', [{"source": "1\r\n2", "x": ""}]),
        ('\ufeff"source"\n\u2028\n\n b \n', [{"source": "\u2028"}, {"source": " b "}]),
        (",source\n0,x\n", [{"Unnamed: 0": "0", "source": "x"}]),
        ("source,,\nx,1,2\n", [{"source": "x", "Unnamed: 1": "1", "Unnamed: 2": "2"}]),
    ],
)
def test_tables_of_many_spellings_are_read(tmp_path: Path, text: str, rows: list[dict[str, str]]) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, "utf-8", newline="")
    assert made(table, tmp_path) == rows
    assert made(table, tmp_path, where="source <> 'no'") == rows
    assert made(table, tmp_path, sql="SELECT * FROM data") == rows


def test_a_quote_that_is_not_closed_is_told_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text('source,x\na,1\n"b,2\nc,3\nd,4\n')
    with pytest.raises(TruthkitError, match="no CSV") as raised:
        made(table, tmp_path)
    assert raised.value.findings[0].line == 3
    table.write_text('source,x\n"a\nb",1\n"c\nd",2,3\n')
    with pytest.raises(TruthkitError, match="3 cells and 2 columns") as raised:
        made(table, tmp_path)
    assert raised.value.findings[0].line == 4
    table.write_text("source\nZażółć\n", "utf-16")
    with pytest.raises(TruthkitError, match="UTF-16"):
        made(table, tmp_path)


def test_tables_of_hundreds_of_columns_are_tables_to_expressions_too(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    names = ["source", *(f"c{number}" for number in range(300))]
    table.write_text(",".join(names) + "\n" + ",".join(["x"] * 301) + "\n" + ",".join(["y"] * 301) + "\n")
    assert [row["source"] for row in made(table, tmp_path, where="c299 = 'y'")] == ["y"]


def test_columns_may_have_the_names_that_files_have(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("source,name,modified,bytes\na,Ada,today,3\n")
    assert made(table, tmp_path) == [{"source": "a", "name": "Ada", "modified": "today", "bytes": "3"}]


def test_what_json_has_no_value_for_becomes_null(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"source": "a", "x": NaN, "y": [1e999, -Infinity, 1.5]}\n' * 2)
    rows = [{"source": "a", "x": None, "y": [None, None, 1.5]}] * 2
    assert made(file, tmp_path) == rows
    assert made(file, tmp_path, where="y[3] > 1") == rows
    file = tmp_path / "t.json"
    file.write_text('[{"source": "a", "x": NaN}]')
    assert made(file, tmp_path) == [{"source": "a", "x": None}]


def test_values_of_parquet_come_as_json_has_them(tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "t[1]*.parquet"
    columns = {
        "source": "'a'",
        "nan": "'nan'::double",
        "list": "['inf'::double, 1]",
        "zoned": "timestamptz '2020-01-01 00:00:00+00'",
        "date": "date '2020-01-02'",
        "time": "time '12:30:00'",
        "decimal": "1.50::decimal(9,2)",
        "map": "map {'a': [1]}",
        "nested": "{'b': 'x'::blob, 'c': [{'d': date '2020-01-02'}]}",
        "uuid": "uuid '550e8400-e29b-41d4-a716-446655440000'",
        "big": "9007199254740993",
    }
    plain = tmp_path / "plain"
    select = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    duckdb.connect().execute(f"COPY (SELECT {select}) TO '{plain}' (FORMAT parquet)")
    plain.rename(file)
    assert made(file, tmp_path) == [
        {
            "source": "a",
            "nan": None,
            "list": [None, 1.0],
            "zoned": "2020-01-01T00:00:00+00:00",
            "date": "2020-01-02",
            "time": "12:30:00",
            "decimal": 1.5,
            "map": {"a": [1]},
            "nested": {"b": None, "c": [{"d": "2020-01-02"}]},
            "uuid": "550e8400-e29b-41d4-a716-446655440000",
            "big": 9007199254740993,
        }
    ]
    (tmp_path / "t1x.parquet").write_bytes(b"another that the name would match as a pattern")
    assert len(made(file, tmp_path)) == 1


# --- what is asked in SQL ---

MIXED = [
    {"source": "12:30", "id": "550E8400-E29B-41D4-A716-446655440000", "when": "2020-01-02", "any": 1, "Any": "é"},
    {"source": "7", "any": "1", "tags": ["a"], "about": {"n": 1, "l": [1]}, "truthkit_row": 9, "big": 2**64},
    {"source": "c", "any": {"x": [None]}, "tags": [], "about": {"n": None, "l": []}, "e": {}, "a b\"'": True, "big": 1},
]


def test_rows_stay_as_they_are_whatever_is_asked_of_them(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in MIXED))
    assert made(file, tmp_path, where="true") == MIXED
    assert made(file, tmp_path, where="about.n = 1 AND len(tags) = 1 -- that is all") == MIXED[1:2]
    assert made(file, tmp_path, where='"a b""\'"') == MIXED[2:]
    rows = made(file, tmp_path, sql="FROM data")
    assert rows[0]["Any_1"] == "é", "SQL does not tell names by case"
    names = ("source", "id", "when", "any", "tags", "about", "truthkit_row", "big")
    assert [[row[name] for name in names] for row in rows] == [[row.get(name) for name in names] for row in MIXED]


@pytest.mark.parametrize("option", ["where", "sql"])
@pytest.mark.parametrize(
    "expression",
    [
        "n::int > 3",
        "no > 3",
        "",
        "(",
        "n = 1; SELECT",
        "EXISTS (FROM read_csv('{there}'))",
        "EXISTS (FROM read_text('https://example.com/x'))",
        "EXISTS (FROM glob('/*'))",
        "EXISTS (FROM '{there}')",
        "true); COPY data TO '{copy}'; SELECT (true",
        "true); SET enable_external_access = true; SELECT (true",
        "true); INSTALL httpfs; SELECT (true",
        "true); ATTACH '{copy}' AS x; SELECT (true",
    ],
)
def test_what_cannot_or_must_not_be_asked_is_told(tmp_path: Path, option: str, expression: str) -> None:
    """SQL sees the source and nothing else: neither other files nor the network."""
    there, copy = tmp_path / "secret.csv", tmp_path / "copy"
    there.write_text("a\n1\n")
    file = tmp_path / "t.csv"
    file.write_text("source,n\n" + "a,1\n" * 3000 + "b,many\n")
    given = expression.format(there=there, copy=copy)
    if option == "sql" and expression:
        given = f"SELECT * FROM data WHERE ({given})"
    with pytest.raises(UsageError, match=f"--{option} cannot be run"):
        made(file, tmp_path, **{option: given})
    assert not copy.exists()
    assert not (tmp_path / "m.jsonl").exists()


def test_odd_names_and_characters_are_no_matter_to_expressions(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"source": "a\0b", "": 1, "\ud800": 2, "x\0": 3, "n": {"": 1}},
        {"source": "\u2028\x1b", "n": {"a": 1, "A": 2}},
    ]
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = {"source": "source", "n": "n"}
    expected = [{name: row[name] for name in columns} for row in rows]
    assert made(file, tmp_path, columns=columns, where="n IS NOT NULL") == expected
    assert made(file, tmp_path, columns=columns, sql="FROM data") == expected
    file.write_text("{}\n{}\n")
    with pytest.raises(TruthkitError, match="row 1 of those chosen has neither"):
        made(file, tmp_path, sql="FROM data")


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    file = numbered(tmp_path, 2)
    with pytest.raises(UsageError, match="two columns 'source'"):
        made(file, tmp_path, sql="SELECT source, 'x' AS source FROM data")


def test_half_a_character_is_told_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"source": "a"}\n{"source": "\\ud800"}\n')
    for options in ({}, {"where": "source <> 'a'"}, {"sql": "FROM data"}):
        with pytest.raises(TruthkitError, match="row 2 has half a character"):
            made(file, tmp_path, **options)


# Ctrl-C as soon as the query is asked, which would take an hour.
BROKEN_OFF = """
import os, signal, sys, threading
from pathlib import Path
from truthkit.manifests import Plan, make, sql

class Thread(threading.Thread):
    def start(self):
        super().start()
        threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()

sql.Thread = Thread
pairs = "(SELECT count(*) FROM range(9000000) a, range(9000000) b WHERE a.range * b.range % 7 = 3)"
make(Plan(sys.argv[1], Path(sys.argv[2]), where=f"{pairs} > 0"))
"""


def test_a_long_query_can_be_broken_off(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-c", BROKEN_OFF, str(numbered(tmp_path, 2)), str(tmp_path / "out" / "m.manifest")]
    ended = subprocess.run(
        command, env=os.environ | {"TMPDIR": str(tmp_path / "tmp")}, capture_output=True, text=True, check=False
    )
    assert "KeyboardInterrupt" in ended.stderr
    assert ended.returncode == -signal.SIGINT
    assert list((tmp_path / "out").iterdir()) == list((tmp_path / "tmp").iterdir()) == []


# --- files, addresses and samples ---


def test_a_sample_of_files_is_the_same_wherever_and_whenever_they_are(folder: Path, tmp_path: Path, aws: Any) -> None:
    for number in range(40):
        (folder / f"{number}.png").write_bytes(b"x" * (1 + number))
        aws.put_object(Bucket="my-bucket", Key=f"in/{number}.png", Body=b"x")
    (folder / "a" / "1.png").unlink()
    (folder / "b" / "2.JPG").unlink()

    def chosen(source: str, prefix: str) -> list[str]:
        rows = made(source, tmp_path, prefix=prefix, sample=9, seed=3)
        return [row["source-ref"].rpartition("/")[2] for row in rows]

    first = chosen(str(folder), "s3://my-bucket/x/")
    os.utime(folder / first[0], (1, 1))
    assert chosen(str(folder), "s3://my-bucket/x/") == first
    assert chosen(str(folder), "s3://another/y") == first
    assert sorted(chosen("s3://my-bucket/in/", "")) == sorted(first)


def test_files_that_a_query_names_are_uploaded(folder: Path, tmp_path: Path, aws: Any) -> None:
    query = "SELECT \"source-ref\", suffix AS kind FROM data WHERE name LIKE 'a/%'"
    found = make(Plan(str(folder), tmp_path / "m.manifest", prefix="s3://my-bucket/x/", sql=query, upload=True))
    assert found.uploaded == ("s3://my-bucket/x/a/1.png", "s3://my-bucket/x/m.manifest")
    [line] = read_manifest(tmp_path / "m.manifest")
    assert line.data_object == {"source-ref": "s3://my-bucket/x/a/1.png", "kind": ".png"}


NAMES = ["ä ö.png", "a+b%20c.png", "100%.png", "q?x=1&y#z.png", "日本/犬.PNG", "'quoted' \"twice\".png", "e\u0301.png"]


def test_names_of_all_sorts_come_and_go_as_they_are(tmp_path: Path, aws: Any) -> None:
    for name in NAMES:
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(name.encode())
    folder = str(tmp_path / "photos")
    rows = made(folder, tmp_path, prefix="s3://my-bucket/in put/", upload=True, where="bytes > 0")
    addresses = [f"s3://my-bucket/in put/{name}" for name in NAMES]
    assert sorted(row["source-ref"] for row in rows) == sorted(addresses)
    listed = made("s3://my-bucket/in put/", tmp_path, where="suffix = '.png'")
    assert sorted(row["source-ref"] for row in listed) == sorted(addresses)
    for address, name in zip(addresses, NAMES, strict=True):
        key = address.removeprefix("s3://my-bucket/")
        assert aws.get_object(Bucket="my-bucket", Key=key)["Body"].read() == name.encode()


def test_a_listing_of_several_answers_is_read_to_its_end(tmp_path: Path, aws: Any) -> None:
    for number in range(1003):
        aws.put_object(Bucket="my-bucket", Key=f"in/{number:04}.png", Body=b"x")
    rows = made("s3://my-bucket/in/", tmp_path)
    assert [row["source-ref"] for row in rows] == [f"s3://my-bucket/in/{number:04}.png" for number in range(1003)]


@pytest.mark.parametrize("prefix", ["s3://", "s3:///x", "s3://b/x", "photos/", "https://x.s3.amazonaws.com/y"])
def test_a_prefix_that_is_none_is_told(folder: Path, tmp_path: Path, prefix: str) -> None:
    with pytest.raises(UsageError, match="--prefix"):
        made(folder, tmp_path, prefix=prefix)


def test_pictures_and_media_are_uploaded_as_what_they_are(tmp_path: Path, aws: Any) -> None:
    (tmp_path / "in").mkdir()
    kinds = {".svg": "image/svg+xml", ".webp": "image/webp", ".mp4": "video/mp4", ".pdf": "application/pdf"}
    for suffix in sorted(PICTURES | MEDIA):
        (tmp_path / "in" / f"x{suffix}").write_bytes(b"x")
    made(tmp_path / "in", tmp_path, prefix="s3://my-bucket/x/", upload=True)
    found = {
        suffix: aws.head_object(Bucket="my-bucket", Key=f"x/x{suffix}")["ContentType"] for suffix in PICTURES | MEDIA
    }
    assert found.items() >= kinds.items()
    assert {one.split("/")[0] for one in found.values()} == {"image", "video", "audio", "application"}
    assert "application/octet-stream" not in found.values()


@pytest.mark.parametrize(
    ("row", "match", "cure"),
    [
        ({"source": 5}, "source is a number, not a text", "::varchar"),
        ({"source-ref": ["s3://b/x"]}, "source-ref is a list, not a text", ""),
        ({"source": ""}, "nothing in source", "--where"),
        ({"source-ref": "s3://bucket"}, "no S3 URI", ""),
        ({"source": "a", "": 1}, "an attribute without a name", "--column"),
        ({"text": "a", "words": 1}, "neither source nor source-ref", "text, words"),
    ],
)
def test_what_cannot_be_labeled_is_told_with_its_cure(
    tmp_path: Path, row: dict[str, Any], match: str, cure: str
) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"source": "good"}) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(TruthkitError, match=match) as raised:
        made(file, tmp_path)
    assert "row 2" in raised.value.findings[0].message
    assert cure in str(raised.value)


def test_of_two_sources_the_empty_one_is_left_out(tmp_path: Path) -> None:
    """A table of texts and pictures has a cell for both in every row."""
    file = tmp_path / "t.csv"
    file.write_text("source,source-ref,x\na,,1\n,s3://b/x.png,\n")
    assert made(file, tmp_path) == [{"source": "a", "x": "1"}, {"source-ref": "s3://b/x.png", "x": ""}]


def test_a_column_that_is_missing_in_a_row_is_told_with_the_row(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"t": "a", "id": 1}\n{"t": "b"}\n')
    with pytest.raises(UsageError, match="row 2 has no column 'id'"):
        made(file, tmp_path, columns={"source": "t", "key": "id"})
    result = CliRunner().invoke(app, ["manifest", str(file), "--column", "source=t", "--column", "source=id"])
    assert isinstance(result.exception, UsageError)
    assert "--column source" in str(result.exception)
