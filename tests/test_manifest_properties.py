"""What holds for any manifest."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit.findings import Finding
from truthkit.manifest import read_manifest
from truthkit_core.messages import ContractError, Source

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAME = TEXT.filter(lambda name: not name.startswith("$") and name not in ("source", "source-ref"))
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(
    lambda key: f"s3://bucket/{key}"
)
SOURCE = st.fixed_dictionaries({"source": TEXT.filter(bool)}) | st.fixed_dictionaries({"source-ref": KEY})
OBJECT = st.tuples(st.dictionaries(NAME, VALUE, max_size=4), SOURCE).map(lambda parts: {**parts[0], **parts[1]})
END = st.sampled_from([b"\n", b"\r\n"])

CORRUPTIONS = st.sampled_from(
    [
        lambda line: line[:-1],
        lambda line: b"x" + line,
        lambda line: line + b"]",
        lambda line: b"",
        lambda line: b"[" + line + b"]",
        lambda line: line.replace(b'"source', b'"sauce'),
        lambda line: b'{"$":0,' + line[1:],
        lambda line: b'{"nan":NaN,' + line[1:],
        lambda line: b'{"\xff":0,' + line[1:],
        lambda line: b'{"\\ud800":0,' + line[1:],
        lambda line: line + line,
        lambda line: b"\xef\xbb\xbf" + line,
        lambda line: repr({"source": "it"}).encode(),
        lambda line: b'{"long":"' + b"x" * 100_000 + b'",' + line[1:],
        lambda line: b'{"long":"' + b"x" * 20_001 + b'",' + line[1:],
    ]
)


def written(rows: list[bytes], ends: list[bytes]) -> Path:
    with tempfile.NamedTemporaryFile(suffix=".manifest", delete=False) as stream:
        for at, row in enumerate(rows):
            stream.write(row + ends[at % len(ends)])
    return Path(stream.name)


def judged(file: Path) -> list[Finding]:
    found: list[Finding] = []
    for _ in read_manifest(file, on_fault=found.append):
        pass
    return found


def line_of(row: dict[str, Any], ascii_only: bool) -> bytes:
    return json.dumps(row, ensure_ascii=ascii_only).encode()


@PATIENT
@given(st.lists(OBJECT, min_size=1, max_size=6), st.lists(END, min_size=1, max_size=3), st.booleans())
def test_what_is_written_is_read(rows: list[dict[str, Any]], ends: list[bytes], ascii_only: bool) -> None:
    file = written([line_of(row, ascii_only) for row in rows], ends)
    try:
        read = list(read_manifest(file))
        assert [line.data_object for line in read] == rows
        assert [json.dumps(line.data_object) for line in read] == [json.dumps(row) for row in rows]
        assert [(line.number, line.object_id) for line in read] == [(i + 1, str(i)) for i in range(len(rows))]
        assert all(finding.severity == "warning" for finding in judged(file))
    finally:
        file.unlink()


def test_an_array_in_the_first_of_several_lines_is_a_fault_of_that_line() -> None:
    file = written([b'[{"source": "a"}]', b'{"source": "b"}'], [b"\n"])
    try:
        assert [line.number for line in read_manifest(file, on_fault=lambda _: None)] == [2]
    finally:
        file.unlink()


@PATIENT
@given(st.data(), st.lists(OBJECT, min_size=1, max_size=5), st.lists(END, min_size=1, max_size=3), CORRUPTIONS)
def test_a_corrupted_line_is_reported_at_its_place(
    data: st.DataObject, rows: list[dict[str, Any]], ends: list[bytes], corrupt: Any
) -> None:
    lines = [line_of(row, ascii_only=False) for row in rows]
    bad = data.draw(st.integers(0, len(lines) - 1))
    lines[bad] = corrupt(lines[bad])
    file = written(lines, ends)
    try:
        faults = [finding for finding in judged(file) if finding.severity == "error"]
        assert faults
        assert {fault.line for fault in faults} == {bad + 1}
        skipped: list[Finding] = []
        read = [line.number for line in read_manifest(file, on_fault=skipped.append)]
        assert read == [at + 1 for at in range(len(lines)) if at != bad]
        assert [finding for finding in skipped if finding.severity == "error"] == faults
    finally:
        file.unlink()


@PATIENT
@given(st.binary(max_size=200))
def test_any_bytes_are_judged(content: bytes) -> None:
    file = written([content], [b""])
    try:
        findings = judged(file)
        lines = content.count(b"\n") + (not content.endswith(b"\n"))
        assert all(1 <= (finding.line or 0) <= lines for finding in findings)
        assert all(finding.cure for finding in findings)
        read = {line.number for line in read_manifest(file, on_fault=lambda fault: None)}
        assert not read & {finding.line for finding in findings if finding.severity == "error"}
    finally:
        file.unlink()


PIECE = st.sampled_from(
    ["s3://", "s3:", "https://", "bucket", "B", "/", "//", ".", "s3.amazonaws.com", "?x=1", " ", "\n"]
)
REFERENCE = st.lists(PIECE | TEXT, max_size=6).map("".join)


@PATIENT
@given(REFERENCE)
def test_the_manifest_takes_the_references_that_consolidation_takes(reference: str) -> None:
    """A job must not find out after all human work that a source cannot be handed on."""
    file = written([line_of({"source-ref": reference}, ascii_only=True)], [b"\n"])
    try:
        taken = all(finding.severity == "warning" for finding in judged(file))
        try:
            Source(s3_uri=reference).to_json()
        except ContractError:
            assert not taken
        else:
            assert taken
    finally:
        file.unlink()
