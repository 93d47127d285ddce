"""The manifest reader: what it reads, and how it says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from truthkit.exact_json import dumps
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.manifest import MOST_LINES, ManifestLine, read_manifest

GOOD = b'{"source":"a"}'


def manifest(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "in.manifest"
    file.write_bytes(content)
    return file


def judged(file: Path) -> list[Finding]:
    """All that is said of a manifest."""
    found: list[Finding] = []
    for _ in read_manifest(file, on_fault=found.append):
        pass
    return found


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
def test_reads_lines(tmp_path: Path, end: bytes, last: bool) -> None:
    rows: list[dict[str, Any]] = [
        {"source": "é😀\u2028\x85 \\ \" ' \t"},
        {"source-ref": "s3://bucket/a key/ü.png", "n": [1, None, {"a": True}], "f": -0.5},
        {"source": "{'not': 'python'}", "extra": {"$inner": 1}},
    ]
    content = end.join(json.dumps(row, ensure_ascii=False).encode() for row in rows) + (end if last else b"")
    file = manifest(tmp_path, content)
    assert list(read_manifest(file)) == [ManifestLine(i + 1, str(i), row) for i, row in enumerate(rows)]
    assert judged(file) == []


def test_numbers_keep_their_literals(tmp_path: Path) -> None:
    line = b'{"source": "a", "n": [1.10, 1e2, 0.12345678901234567891, 12345678901234567890123, 1.0]}'
    (read,) = read_manifest(manifest(tmp_path, line))
    assert dumps(read.data_object) == line.decode()
    assert read.data_object == json.loads(line)


@dataclass(frozen=True)
class Case:
    id: str
    line: bytes
    code: str
    column: int | None
    message: str
    cure: str = ""


PYTHON = "manifest-python-dict"
JSON = "manifest-not-json"
REF = "manifest-source-ref"

BAD_LINES = [
    Case(
        "python",
        b"{'source': 'it', 'n': None}",
        PYTHON,
        2,
        "a Python dict, not JSON: its strings are in single quotes",
        '{"source": "it", "n": null}',
    ),
    Case("python-cure", b"{'source': 'it'}", PYTHON, 2, "a Python dict", "json.dumps(row)"),
    Case(
        "python-none", b'{"source": "a", "n": None}', PYTHON, 22, "None is null in JSON", '{"source": "a", "n": null}'
    ),
    Case("python-true", b'{"source": "a", "n": True}', PYTHON, 22, "True is true in JSON", '"n": true'),
    Case(
        "python-mixed",
        b'{"source": "it\'s", "n": {\'a\': (1, 2)}}',
        PYTHON,
        26,
        "single quotes",
        '{"source": "it\'s", "n": {"a": [1, 2]}}',
    ),
    Case("python-no-json", b"{'source': {1, 2}}", PYTHON, 2, "single quotes", "json.dumps(row)"),
    Case("python-escape", rb"{'source': '\d'}", PYTHON, 2, "single quotes", r"\\d"),
    Case("cut", b'{"source": "a"', JSON, 15, "not JSON: expecting ',' delimiter", "one line"),
    Case("word", b"hello", JSON, 1, "not JSON: expecting value", "caret"),
    Case("bare-name", b'{source: "a"}', JSON, 2, "property name enclosed in double quotes"),
    Case(
        "trailing-comma",
        b'{"source": "a",}',
        JSON,
        None,
        "comma" if sys.version_info >= (3, 13) else "property name",
        "remove the comma",
    ),
    Case("tab", b'{"source": "a\tb"}', JSON, 14, "invalid control character", "\\t"),
    Case("listed", b'{"source": "a"},', JSON, 16, "extra data", "jq -c"),
    Case("pretty", b"{", JSON, None, "not JSON", "jq -c"),
    Case("two", b'{"source":"a"} {"source":"b"}', JSON, 16, "more than one JSON value", "line feed"),
    Case("carriage-return", b'{"source":"a"}\r{"source":"b"}', JSON, 16, "more than one JSON value", "carriage return"),
    Case("digits", b'{"source":"a","n":' + b"9" * 5000 + b"}", JSON, None, "thousands of digits"),
    Case("deep", b"[" * 50_000, JSON, None, "nested too deep"),
    Case("blank", b"", "manifest-blank-line", None, "blank", "remove it"),
    Case("spaces", b" \t ", "manifest-blank-line", None, "blank"),
    Case("list", b'["source"]', "manifest-not-object", 1, "a list, not an object"),
    Case("string", b'"source"', "manifest-not-object", 1, "a string, not an object"),
    Case("number", b"1", "manifest-not-object", 1, "a number, not an object"),
    Case("null", b"null", "manifest-not-object", 1, "null, not an object"),
    Case("true", b"true", "manifest-not-object", 1, "true or false, not an object"),
    Case(
        "no-source",
        b'{"text":"a"}',
        "manifest-no-source",
        None,
        'neither source nor source-ref: it has "text"',
        "s3://bucket/key",
    ),
    Case(
        "no-source-near",
        b'{"source_ref":"s3://bucket/k"}',
        "manifest-no-source",
        None,
        '"source_ref"',
        'rename "source_ref"',
    ),
    Case("nothing", b"{}", "manifest-no-source", None, "it has nothing"),
    Case("source-number", b'{"n": "source", "source": 1}', "manifest-source", 17, "source is a number, not a string"),
    Case("source-empty", b'{"source":""}', "manifest-source", 2, "source is empty"),
    Case("ref-null", b'{"source-ref":null}', REF, 2, "source-ref is null, not a string"),
    Case("ref-empty", b'{"source-ref":" "}', REF, 2, "source-ref is empty"),
    Case("ref-path", b'{"source-ref":"images/a.png"}', REF, 2, 'not an S3 URI: "images/a.png"', "s3://bucket/key"),
    Case("ref-bucket", b'{"source-ref":"s3://bucket"}', REF, 2, "not an S3 URI"),
    Case("ref-no-key", b'{"source-ref":"s3://bucket/"}', REF, 2, "not an S3 URI"),
    Case("ref-no-bucket", b'{"source-ref":"s3:///key"}', REF, 2, "not an S3 URI"),
    Case("ref-upper", b'{"source-ref":"S3://bucket/key"}', REF, 2, "not an S3 URI"),
    Case("ref-web", b'{"source-ref":"https://example.com/a.png"}', REF, 2, "a web address", "put the file into S3"),
    Case(
        "ref-path-style",
        b'{"source-ref":"https://s3.eu-west-1.amazonaws.com/tea/a%20b/k.png?versionId=1"}',
        REF,
        2,
        "a web address",
        'write "s3://tea/a b/k.png"',
    ),
    Case(
        "ref-host-style",
        b'{"source-ref":"http://my.tea.s3.amazonaws.com/k.png"}',
        REF,
        2,
        "a web address",
        'write "s3://my.tea/k.png"',
    ),
    Case("ref-aws-page", b'{"source-ref":"https://aws.amazonaws.com/k"}', REF, 2, "a web address", "into S3"),
    Case("dollar", b'{"source":"a","$id":1}', "manifest-name", 15, '"$id" begins with $', "rename"),
    Case("twice", b'{"source":"a", "source" : "b"}', "manifest-duplicate-key", 16, '"source" stands twice'),
    Case("twice-inside", b'{"source":"a","m":{"k":1,"k":1}}', "manifest-duplicate-key", 26, '"k" stands twice'),
    Case("nan", b'{"source":"a","n":NaN}', "manifest-not-finite", 19, "NaN is not a number", "null"),
    Case("infinity", b'{"source":"a","n":-Infinity}', "manifest-not-finite", 19, "-Infinity is not a number"),
    Case("overflow", b'{"source":"a","n":1e999}', "manifest-not-finite", 19, "1e999 is not a number"),
    Case("surrogate", rb'{"source":"a\uD800b"}', "manifest-encoding", 13, r"\ud800 is half a character"),
    Case("surrogate-name", rb'{"source":"a","\udc00":1}', "manifest-encoding", 16, r"\udc00 is half a character"),
    Case("latin", b'{"source":"caf\xe9"}', "manifest-encoding", 15, "byte 0xe9 at offset", "UTF-8"),
    Case("after-wide", b'{"source":"\xc3\xa9\xff"}', "manifest-encoding", 13, "byte 0xff at offset"),
    Case("encoded-surrogate", b'{"source":"\xed\xa0\x80"}', "manifest-encoding", 12, "byte 0xed at offset"),
    Case(
        "attribute",
        b'{"source":"a","m":"' + b"x" * 20_001 + b'"}',
        "manifest-attribute-size",
        15,
        '"m" has 20,001 characters',
    ),
    Case(
        "attribute-list",
        b'{"source":"a","m":' + json.dumps([1] * 7000).encode() + b"}",
        "manifest-attribute-size",
        15,
        "20,000",
    ),
    Case("line-characters", b'{"source":"a"' + b" " * 99_987 + b"}", "manifest-line-size", None, "100,001 bytes", "S3"),
    Case(
        "line-bytes",
        b'{"source":"a","m":["' + "é".encode() * 50_000 + b'"]}',
        "manifest-line-size",
        None,
        "100,023 bytes",
    ),
    Case("line-huge", b'{"source":"' + b"x" * 3_000_000 + b'"}', "manifest-line-size", None, "3,000,013 bytes"),
]


@pytest.mark.parametrize("case", BAD_LINES, ids=[case.id for case in BAD_LINES])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_bad_lines(tmp_path: Path, case: Case, end: bytes) -> None:
    file = manifest(tmp_path, GOOD + end + case.line + end + GOOD + end)
    (fault,) = judged(file)
    assert (fault.severity, fault.code, fault.file, fault.line) == ("error", case.code, str(file), 2)
    assert fault.object_id == "1"
    assert case.message in fault.message
    assert case.cure in fault.cure
    assert fault.cure
    if case.column is not None:
        assert fault.column == case.column
        assert "^" in fault.excerpt

    with pytest.raises(TruthkitError) as caught:
        list(read_manifest(file))
    assert caught.value.findings == (fault,)

    skipped: list[Finding] = []
    assert [line.object_id for line in read_manifest(file, on_fault=skipped.append)] == ["0", "2"]
    assert skipped == [fault]


def test_offset_of_a_bad_byte_counts_from_the_files_beginning(tmp_path: Path) -> None:
    (fault,) = judged(manifest(tmp_path, GOOD + b"\r\n" + b'{"source":"\xe9"}'))
    assert "offset 27 " in fault.message


def test_limits_are_inclusive(tmp_path: Path) -> None:
    line = b'{"source":"' + b"x" * 20_000 + b'"' + b" " * 79_987 + b"}"
    file = manifest(tmp_path, line + b"\r\n" + line[:-2] + b"}" + b"\n" + line)
    assert [len(line) for line in file.read_bytes().splitlines()] == [100_000, 99_999, 100_000]
    assert judged(file) == []
    assert [line.number for line in read_manifest(file)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"source":"a","source-ref":"s3://bucket/k"}', "both source and source-ref"),
        (b'{"source-ref":"s3://My_Bucket/k"}', '"My_Bucket" is not a bucket\'s name'),
    ],
    ids=["both", "bucket"],
)
def test_warnings_do_not_stop(tmp_path: Path, line: bytes, message: str) -> None:
    file = manifest(tmp_path, line)
    told: list[Finding] = []
    assert [line.number for line in read_manifest(file, on_fault=told.append)] == [1]
    (warning,) = told
    assert (warning.severity, warning.line) == ("warning", 1)
    assert message in warning.message
    assert [line.number for line in read_manifest(file)] == [1]


def test_what_is_said_of_a_line_is_said_before_it_is_given(tmp_path: Path) -> None:
    both = b'{"source":"a","source-ref":"s3://bucket/k"}'
    told: list[Finding] = []
    lines = read_manifest(manifest(tmp_path, both + b"\n" + both + b"\n{}"), on_fault=told.append)
    assert (next(lines).number, [one.line for one in told]) == (1, [1])
    assert (next(lines).number, [one.line for one in told]) == (2, [1, 2])
    assert next(lines, None) is None
    assert [(one.line, one.severity) for one in told[2:]] == [(3, "error")]


def test_byte_order_mark(tmp_path: Path) -> None:
    file = manifest(tmp_path, b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD)
    (fault,) = judged(file)
    assert (fault.code, fault.line, fault.column) == ("manifest-bom", 1, 1)
    assert "without BOM" in fault.cure
    with pytest.raises(TruthkitError, match="byte-order mark"):
        list(read_manifest(file))
    assert [line.object_id for line in read_manifest(file, on_fault=lambda fault: None)] == ["1"]


def test_byte_order_mark_hides_no_other_fault(tmp_path: Path) -> None:
    codes = [fault.code for fault in judged(manifest(tmp_path, b"\xef\xbb\xbf{'source': 'a'}"))]
    assert codes == ["manifest-bom", "manifest-python-dict"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be"])
def test_utf_16(tmp_path: Path, codec: str) -> None:
    content = GOOD.decode().encode(codec)
    file = manifest(tmp_path, content if codec == "utf-16" else b"\xfe\xff" + content)
    (fault,) = judged(file)
    assert (fault.code, fault.line, fault.message) == ("manifest-encoding", 1, "the file is UTF-16")


ROWS = [{"source": "a, b", "n": 1}, {"source": "c"}, {"source": "é"}]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (json.dumps(ROWS, indent=2).encode(), "manifest-json-array"),
        (b"\xef\xbb\xbf" + json.dumps(ROWS, indent=2, ensure_ascii=False).encode(), "manifest-json-array"),
        (json.dumps(ROWS).encode(), "manifest-json-array"),
        (b"  [{\r\n" + json.dumps(ROWS, indent=1).encode()[4:].replace(b"\n", b"\r\n"), "manifest-json-array"),
        (json.dumps(ROWS * 10_000).encode(), "manifest-json-array"),
        (b"source,n\na,1\nc,2\n" * 200, "manifest-csv"),
        (b'\xef\xbb\xbfsource,n\r\n"a, b",1\r\n', "manifest-csv"),
        (b'"source","n"\n\nc,2\n', "manifest-csv"),
    ],
    ids=["pretty", "bom", "one-line", "crlf", "long", "csv", "csv-bom", "csv-quoted"],
)
def test_another_format_is_said_once_with_a_cure_that_works(tmp_path: Path, content: bytes, code: str) -> None:
    file = manifest(tmp_path, content)
    (fault,) = judged(file)
    assert (fault.severity, fault.code, fault.file, fault.line) == ("error", code, str(file), 1)
    with pytest.raises(TruthkitError) as caught:
        list(read_manifest(file))
    assert caught.value.findings == (fault,)

    command = "python3" + fault.cure.partition("python3")[2]
    subprocess.run(["sh", "-c", command.replace("python3", sys.executable)], check=True)
    (mended,) = tmp_path.glob("*.jsonl")
    assert next(read_manifest(mended)).data_object["source"] in ("a, b", "a", "c")
    assert judged(mended) == []


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"[1, 2]\n" + GOOD, ["manifest-not-object"]),
        (b'"a, b"\n"c, d"\n', ["manifest-not-object"] * 2),
        (b"a, b\n" + GOOD, ["manifest-not-json"]),
        (b"a, b\n", ["manifest-not-json"]),
        (GOOD + b"\n[\n", ["manifest-not-json"]),
    ],
    ids=["list", "strings", "one-bad", "one-line", "later"],
)
def test_single_bad_lines_are_no_other_format(tmp_path: Path, content: bytes, codes: list[str]) -> None:
    assert [fault.code for fault in judged(manifest(tmp_path, content))] == codes


def test_a_cure_never_writes_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "my rows.jsonl"
    file.write_text("[\n")
    (fault,) = judged(file)
    assert f"'{file}' > '{tmp_path / 'my rows.lines.jsonl'}'" in fault.cure


def test_empty(tmp_path: Path) -> None:
    file = manifest(tmp_path, b"")
    (fault,) = judged(file)
    assert (fault.code, fault.file, fault.line) == ("manifest-empty", str(file), 1)
    with pytest.raises(TruthkitError, match="has no lines"):
        list(read_manifest(file))


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.manifest cannot be read"):
        list(read_manifest(tmp_path / "gone.manifest"))
    with pytest.raises(UsageError, match="cannot be read"):
        judged(tmp_path)


def test_a_line_may_have_several_faults(tmp_path: Path) -> None:
    file = manifest(tmp_path, b'{"$a":1,"source":5,"b":NaN,"b":1}')
    codes = {fault.code for fault in judged(file)}
    assert codes == {"manifest-name", "manifest-source", "manifest-not-finite", "manifest-duplicate-key"}
    with pytest.raises(TruthkitError) as caught:
        list(read_manifest(file))
    assert len(caught.value.findings) == 4


def test_a_bad_reference_is_an_error_beside_a_source_too(tmp_path: Path) -> None:
    found = judged(manifest(tmp_path, b'{"source":"a","source-ref":"https://b/k"}'))
    assert [(one.code, one.severity) for one in found] == [("manifest-two-sources", "warning"), (REF, "error")]


def test_lines_come_before_the_file_is_read_through(tmp_path: Path) -> None:
    lines = read_manifest(manifest(tmp_path, GOOD + b"\n" + b"nonsense\n"))
    assert next(lines).data_object == {"source": "a"}
    with pytest.raises(TruthkitError):
        next(lines)


def test_too_many_lines(tmp_path: Path) -> None:
    file = manifest(tmp_path, b"\n".join([GOOD] * MOST_LINES))
    assert sum(1 for _ in read_manifest(file)) == MOST_LINES
    with file.open("ab") as stream:
        stream.write(b"\n" + GOOD + b"\n" + GOOD)
    (fault,) = judged(file)
    assert (fault.code, fault.line) == ("manifest-too-many-lines", MOST_LINES + 1)
    skipped: list[Finding] = []
    assert sum(1 for _ in read_manifest(file, on_fault=skipped.append)) == MOST_LINES
    assert skipped == [fault]


def test_memory_stays_flat(tmp_path: Path) -> None:
    file = tmp_path / "big.manifest"
    with file.open("wb") as stream:
        for _ in range(150):
            stream.write(b"x" * 1_000_000)
        stream.write(b"\n" + GOOD + b"\n")
    program = (
        "import resource, sys; from pathlib import Path; from truthkit.manifest import read_manifest\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "list(read_manifest(Path(sys.argv[1]), on_fault=lambda fault: print(fault.message)))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "scale = 1024 if sys.platform == 'darwin' else 1\n"
        "print((after - before) // scale)"
    )
    result = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True)
    message, grown = result.stdout.splitlines()
    assert message.startswith("the line has 150,000,000 bytes")
    assert int(grown) < 20_000, "kilobytes"
