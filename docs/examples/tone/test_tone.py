"""A test of one's own workflow: the page, one handler, and a whole job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import truthkit

HERE = Path(__file__).resolve().parent


def test_the_page_shows_the_message_as_text(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps({"source": "Where is my <b>parcel</b>?"}) + "\n")
    page = truthkit.render(template=HERE / "tone.liquid.html", manifest=manifest, pre_lambda=HERE / "pre.py")
    assert "<blockquote>Where is my &lt;b&gt;parcel&lt;/b&gt;?</blockquote>" in page
    assert page.count('type="radio"') == 3


def test_a_line_without_text_is_refused(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"txt": "no source"}\n')
    with pytest.raises(truthkit.TruthkitError) as caught:
        truthkit.render(template=HERE / "tone.liquid.html", manifest=manifest, pre_lambda=HERE / "pre.py")
    (finding,) = caught.value.findings
    assert (finding.code, finding.line) == ("manifest-no-source", 1)


def test_three_workers_agree_on_a_tone(tmp_path: Path) -> None:
    result = truthkit.run_job(
        template=HERE / "tone.liquid.html",
        manifest=HERE / "manifest.jsonl",
        pre_lambda=HERE / "pre.py",
        post_lambda=HERE / "post.py",
        worker_script=HERE / "worker.py",
        workers=3,
        out=tmp_path / "job",
    )
    assert result.ok, result.findings
    assert result.labels() == [
        {"tone": "angry", "votes": 3},
        {"tone": "pleased", "votes": 2},
        {"tone": "neutral", "votes": 2},
    ]
