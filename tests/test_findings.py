"""Findings: one shape, and no text in them that could harm a terminal, a file or a page."""

from __future__ import annotations

import dataclasses
import json
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit.findings import Finding, TruthkitError, excerpt

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY_TEXT = st.text(st.characters(), max_size=20)  # lone surrogates and control characters too


@PATIENT
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_can_be_written_and_harms_no_terminal(message: str, cure: str, file: str, shown: str) -> None:
    finding = Finding("code", f"m{message}", cure, file=file, excerpt=shown, object_id=message, worker_id=cure)
    told = f"{TruthkitError(finding)}\n{json.dumps(finding.to_json(), ensure_ascii=False)}"
    told.encode("utf-8")
    assert not [letter for letter in told if letter not in "\n\t" and (letter < " " or "\x7f" <= letter <= "\x9f")]
    assert Finding(**finding.to_json()).to_json() == finding.to_json(), "what was written is read as it was"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bad \ud800 char \x1b[31m", r"bad \ud800 char \x1b[31m"),
        ("a\rb\x00\x7f\x9b", r"a\x0db\x00\x7f\x9b"),
        ("two\n\tlines, é, 😀", "two\n\tlines, é, 😀"),
    ],
    ids=["escapes", "controls", "kept"],
)
def test_what_cannot_be_shown_is_told_by_its_escape(text: str, shown: str) -> None:
    finding = Finding("code", text, file=text)
    assert (finding.message, finding.file) == (shown, shown)
    assert finding.about(worker_id=text).worker_id == shown


def test_findings_stay_frozen_and_small() -> None:
    finding = Finding("code", "message")
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.message = "other"  # type: ignore[misc]
    assert not hasattr(finding, "__dict__")
    assert pickle.loads(pickle.dumps(finding)) == finding


def test_the_caret_stays_below_its_character() -> None:
    source, caret = excerpt("a\x1b\ud800\tb", 5).split("\n")
    assert source[caret.index("^")] == "b"
    assert source == "  | a\ufffd\ufffd b"
