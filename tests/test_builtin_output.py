"""Labels as the service's built-in jobs write them: against the documented forms, and against a real job's lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core import builtin_output
from truthkit_core.answers import FormAnswer
from truthkit_core.builtin_output import Backing
from truthkit_core.messages import read_label_metadata
from truthkit_core.strategies import Settings, consolidate_objects

CREATED = datetime(2026, 3, 2, 9, 20, 13, 177541, tzinfo=UTC)


def test_a_line_of_a_built_in_classification() -> None:
    label = builtin_output.image_class("owl", ["cat", "dog", "emu", "owl"], Backing(0.93, 3))
    metadata = builtin_output.metadata_of(label, "birds", CREATED)
    assert metadata.pop("estimated-confidence") == 0.93
    assert {"animal": label.value, "animal-metadata": metadata} == json.loads(
        '{"animal":3,"animal-metadata":{"class-name":"owl","confidence":0.93,"type":"groundtruth/image-classification",'
        '"job-name":"labeling-job/birds","human-annotated":"yes","creation-date":"2026-03-02T09:20:13.177541"}}'
    )


def test_a_line_of_a_built_in_box_job() -> None:
    found = [{"label": "cat", "left": 10, "top": 19.6, "width": 30.4, "height": 40, "confidence": 0.871}]
    label = builtin_output.boxes(found, ["dog", "cat"], (640, 480), 5)
    metadata = builtin_output.metadata_of(label, "Cats", CREATED)
    assert metadata["objects"][0].pop("estimated-confidence") == 0.87
    assert {"boxes": label.value, "boxes-metadata": metadata} == json.loads(
        '{"boxes":{"image_size":[{"width":640,"height":480,"depth":3}],"annotations":[{"class_id":1,"left":10,"top":20,'
        '"width":30,"height":40}]},"boxes-metadata":{"objects":[{"confidence":0.87}],"class-map":{"1":"cat"},'
        '"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-03-02T09:20:13.177541",'
        '"job-name":"labeling-job/cats"}}'
    )


def test_a_line_of_a_built_in_segmentation() -> None:
    label = builtin_output.segmentation("s3://b/0.png", ["road", "sky"], [2], Backing(0.9, 3))
    colors = label.metadata["internal-color-map"]
    assert label.value == "s3://b/0.png"
    assert {number: (one["class-name"], one["hex-color"]) for number, one in colors.items()} == {
        "0": ("BACKGROUND", "#ffffff"),
        "2": ("sky", "#1f77b4"),
    }
    assert {one["confidence"] for one in colors.values()} == {0.9}, "one for the picture, repeated"


def test_a_line_of_a_built_in_multi_label_job() -> None:
    votes, shares = {"owl": 2, "dog": 1}, {"owl": 0.91, "dog": 0.3, "cat": 0.01}
    label = builtin_output.image_classes(votes, shares, ["cat", "dog", "owl"], 3)
    assert label.value == [1, 2], "all that a worker chose"
    assert label.metadata["class-map"] == {"1": "dog", "2": "owl"}
    assert label.metadata["confidence-map"] == {"1": 0.3, "2": 0.91}
    assert label.metadata["type"] == "groundtruth/image-classification-multilabel"


def test_one_worker_has_the_services_confidence_and_an_honest_one() -> None:
    assert Backing(0.62, 1).to_json() == {"confidence": 0, "estimated-confidence": 0.62}
    assert Backing(0.62, 2).to_json() == {"confidence": 0.62, "estimated-confidence": 0.62}


@pytest.mark.parametrize("labels", [1, 10, 50, 255])
def test_colors_of_masks_differ(labels: int) -> None:
    colors = builtin_output.mask_colors(labels)
    assert colors[:2] == ["#ffffff", "#2ca02c"]
    assert len(set(colors)) == labels + 1


def test_short_names() -> None:
    assert [builtin_output.short_name(one) for one in ("person", "date", "ÅNGSTRÖM")] == ["PER", "date", "ÅNG"]


@needs_crowd_data
def test_the_real_job_comes_out_in_its_own_form() -> None:
    """The birds, consolidated again from the workers' real answers: the same keys and types, and nearly the labels."""
    assert FOLDER is not None
    folder = FOLDER / "aws_birds"
    lines = [json.loads(line) for line in (folder / "output.manifest").read_text().splitlines()]
    attribute = "birds-open-images-clone"
    names = {line[attribute]: line[f"{attribute}-metadata"]["class-name"] for line in lines}
    labels = [names[number] for number in sorted(names)]
    batch = {}
    for number in range(len(lines)):
        [file] = folder.glob(f"worker-response/*/{number}/*.json")
        answers = json.loads(file.read_text())["answers"]
        batch[str(number)] = [FormAnswer(one["workerId"], one["answerContent"]) for one in answers]
    [field] = {name for answers in batch.values() for answer in answers for name in answer.fields}
    settings = Settings("class", field, tuple(labels), "service", "built-in")
    found = consolidate_objects(batch, settings)
    same = 0
    for line, label in zip(lines, found.values(), strict=True):
        assert label.value is not None
        made = builtin_output.image_class(label.value["label"], labels, Backing(label.confidence, label.counted))
        real = line[f"{attribute}-metadata"]
        created = read_label_metadata(line, attribute)
        assert created is not None
        assert created.creation_date is not None
        metadata = builtin_output.metadata_of(made, attribute, created.creation_date)
        del metadata["estimated-confidence"]
        assert {key: type(value) for key, value in metadata.items()} == {
            key: type(value) for key, value in real.items()
        }
        assert [metadata[key] for key in ("type", "job-name", "human-annotated", "creation-date")] == [
            real[key] for key in ("type", "job-name", "human-annotated", "creation-date")
        ]
        same += made.value == line[attribute]
    assert same >= 300
