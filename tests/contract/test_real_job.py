"""The readers on what a real job wrote: worker responses and output manifest of a public image-classification job.

``TRUTHKIT_DATA`` names the folder of the data (default: ``../shared/data`` beside the repository). Small invented
fixtures of the same forms are in ``test_messages``; the ones here always run, too.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from truthkit_core.agreement import nominal_alpha
from truthkit_core.consolidation.classes import majority_vote
from truthkit_core.messages import WorkerResponse, dumps, label_attributes, loads, read_label_metadata

ROOT = Path(__file__).resolve().parents[2]
JOB = Path(os.environ.get("TRUTHKIT_DATA") or ROOT.parent / "shared" / "data") / "crowd" / "aws_birds"
LABEL = "birds-open-images-clone"

needs_data = pytest.mark.skipif(
    not (JOB / "output.manifest").is_file(), reason=f"no real job at {JOB}: set TRUTHKIT_DATA to the data folder"
)


def responses() -> dict[int, dict[str, str]]:
    """Each object's answers by worker, by line number in the manifest."""
    found = {}
    for file in JOB.glob("worker-response/iteration-*/*/*.json"):
        response = WorkerResponse.parse(loads(file.read_bytes(), str(file)))
        found[int(file.parent.name)] = {
            answer.worker_id: answer.answer_content["crowd-image-classifier"]["label"] for answer in response.answers
        }
    return found


def lines() -> list[dict[str, Any]]:
    with (JOB / "output.manifest").open(encoding="utf-8") as manifest:
        return [loads(line, f"line {number}") for number, line in enumerate(manifest, 1)]


@needs_data
def test_worker_responses_come_back_as_they_were() -> None:
    files = sorted(JOB.glob("worker-response/iteration-*/*/*.json"))
    assert len(files) == 302
    for file in files:
        text = file.read_text("utf-8")
        assert dumps(WorkerResponse.parse(loads(text, file.name)).to_json(), file.name) == text.strip()


@needs_data
def test_output_manifest_is_read() -> None:
    manifest = lines()
    assert len(manifest) == 302
    for line in manifest:
        assert label_attributes(line) == [LABEL]
        metadata = read_label_metadata(line, LABEL)
        assert metadata is not None
        assert metadata.type == "groundtruth/image-classification"
        assert metadata.job_name == LABEL
        assert metadata.human_annotated is True
        assert metadata.creation_date is not None
        assert metadata.creation_date.isoformat().startswith("2019-04-18T")
        assert set(metadata.extra) == {"confidence", "class-name"}


@needs_data
def test_vote_and_agreement_on_the_real_answers() -> None:
    answers = responses()
    assert sum(map(len, answers.values())) == 1510
    alpha = nominal_alpha(answers.values())
    assert alpha == pytest.approx(0.8215, abs=1e-4)
    truth = {item["ImageId"]: item["Label"] for item in json.loads((JOB / "true_labels.json").read_text("utf-8"))}
    right = Counter[bool]()
    for number, line in enumerate(lines()):
        vote = majority_vote(answers[number])
        assert vote is not None
        right[vote.label == truth[Path(line["source-ref"]).stem]] += 1
    # Ties decide a few of them: the expected number under random ties is 272.5.
    assert 268 <= right[True] <= 277


# The same forms, invented: an output line and a worker-response file of a classification job of 2019.
LINE = (
    '{"source-ref":"s3://tea-samples/leaves/0a1b.jpg","tea-kind":2,"tea-kind-metadata":{"confidence":0.95,'
    '"job-name":"labeling-job/tea-kind","class-name":"Oolong","human-annotated":"yes",'
    '"creation-date":"2019-06-02T11:00:59.217995","type":"groundtruth/image-classification"}}'
)


def test_line_of_that_form() -> None:
    line = loads(LINE, "line 1")
    metadata = read_label_metadata(line, "tea-kind")
    assert metadata is not None
    assert (metadata.job_name, metadata.extra["class-name"], line["tea-kind"]) == ("tea-kind", "Oolong", 2)


def test_worker_response_of_that_form() -> None:
    text = (Path(__file__).parent / "messages" / "worker-response-2019.json").read_text("utf-8")
    response = WorkerResponse.parse(loads(text, "worker-response-2019.json"))
    assert [answer.answer_content for answer in response.answers] == [
        {"crowd-image-classifier": {"label": "Green tea"}},
        {"crowd-image-classifier": {"label": "Oolong"}},
    ]
    assert response.answers[0].acceptance_time is None
