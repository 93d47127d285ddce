"""What workers start from: an earlier job's label in each shape, or what the line brings as ``initial-value``."""

from __future__ import annotations

from typing import Any

import pytest

from truthkit_core.initial_value import initial_value
from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig

BOX = {"label": "owl", "left": 10, "top": 20, "width": 30, "height": 40}
SPAN = {"label": "place", "startOffset": 3, "endOffset": 9}
MASK = {"src": "s3://b/out/0.png", "labelMappings": {"cat": {"color": "#2ca02c"}}}
COLORS = {
    "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.9},
    "1": {"class-name": "cat", "hex-color": "#2ca02c", "confidence": 0.9},
}
DETECTED = {"image_size": [], "annotations": [{"class_id": 4, **{key: BOX[key] for key in list(BOX)[1:]}}]}
REASON = {"reason": "nobody answered", "workers": []}


def config(kind: str, earlier: str | None = "old") -> WorkflowConfig:
    table = {"kind": kind, "field": "answer"}
    return WorkflowConfig("Title", "What to do", 60, "new", earlier_label=earlier, consolidation=table)


def given(kind: str, **line: Any) -> Any:
    """What the task input gets; None where it gets nothing."""
    item = {key.replace("_", "-"): value for key, value in line.items()}
    return initial_value(item, config(kind)).get("initialValue")


@pytest.mark.parametrize(
    ("kind", "label", "metadata", "expected"),
    [
        ("boxes", {"boundingBoxes": [BOX | {"votes": 3, "confidence": 0.9}], "workers": []}, {}, [BOX]),
        ("boxes", {"boundingBoxes": []}, {}, []),
        ("boxes", DETECTED, {"class-map": {"4": "owl"}, "objects": [{"confidence": 0.9}]}, [BOX]),
        ("boxes", DETECTED, {}, [BOX | {"label": "4"}]),
        ("spans", {"entities": [SPAN | {"votes": 2, "confidence": 0.5}], "workers": []}, {}, [SPAN]),
        ("spans", {"annotations": {"labels": [], "entities": [SPAN]}}, {"entities": [{"confidence": 0}]}, [SPAN]),
        ("class", {"label": "owl", "confidence": 0.9, "votes": {"owl": 3}}, {}, "owl"),
        ("class", 3, {"class-name": "owl", "confidence": 0}, "owl"),
        ("class", "3", {"class-name": "owl"}, "owl"),
        ("set", {"labels": ["owl", "cat"]}, {}, ["owl", "cat"]),
        ("set", [0, 2], {"class-map": {"0": "owl", "2": "cat"}}, ["owl", "cat"]),
        ("polygons", {"polygons": [{"label": "roof", "vertices": []}]}, {}, [{"label": "roof", "vertices": []}]),
        ("number", {"value": 2.5, "mean": 2.4}, {}, 2.5),
        ("text", {"text": "Bee", "exactVotes": 2}, {}, "Bee"),
        (
            "semantic-mask",
            {"labels": ["cat"], "labelMappings": MASK["labelMappings"], "labeledImage": {"s3Uri": MASK["src"]}},
            {},
            MASK,
        ),
        (
            "instance-masks",
            {
                "instances": [{"label": "cell", "color": "#2ca02c", "votes": 2}],
                "labeledImage": {"s3Uri": "s3://b/1.png"},
            },
            {},
            {"src": "s3://b/1.png", "instances": [{"label": "cell", "color": "#2ca02c"}]},
        ),
    ],
)
def test_an_earlier_label_in_the_shapes_of_the_kit_and_of_the_service(
    kind: str, label: Any, metadata: dict[str, Any], expected: Any
) -> None:
    assert given(kind, source="x", old=label, old_metadata=metadata) == expected


def test_a_mask_of_the_service_is_named_with_ref() -> None:
    line = {"source-ref": "s3://b/0.jpg", "old-ref": MASK["src"], "old-ref-metadata": {"internal-color-map": COLORS}}
    assert initial_value(line, config("semantic-mask", "old-ref")) == {"initialValue": MASK}
    # This kit's own have it beside the label itself, which only has the URI.
    assert initial_value({**line, "old": MASK["src"]}, config("semantic-mask")) == {"initialValue": MASK}


def test_a_built_in_output_is_read_with_the_metadata_beside_its_second_name() -> None:
    custom, own = {"type": "groundtruth/custom"}, {"class-map": {"4": "owl"}}
    names = {"old": DETECTED, "old_metadata": custom, "old_built_in": DETECTED, "old_built_in_metadata": own}
    assert given("boxes", **names) == [BOX]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("boxes", [BOX]), ("boxes", []), ("spans", [SPAN]), ("class", "owl"), ("semantic-mask", MASK)],
)
def test_without_an_earlier_label_the_lines_initial_value_counts(kind: str, value: Any) -> None:
    assert given(kind, initial_value=value) == value
    assert given(kind, initial_value=value, old=REASON) == value
    assert given(kind, initial_value=value, old_metadata={"failure-reason": "expired"}) == value


def test_the_earlier_label_goes_before_what_its_own_job_began_with() -> None:
    assert given("class", initial_value="cat", old={"label": "owl"}) == "owl"


@pytest.mark.parametrize("line", [{}, {"initial_value": ""}, {"initial_value": None}, {"old": REASON}, {"old": None}])
def test_a_line_without_a_label_brings_nothing(line: dict[str, Any]) -> None:
    assert given("class", source="x", **line) is None


def test_labels_that_nobody_named_are_not_shown() -> None:
    line = {"source": "x", "first": {"label": "owl"}, "first-metadata": {"type": "groundtruth/custom"}}
    assert initial_value(line, config("class")) == {}
    assert initial_value({**line, "old": {"label": "owl"}}, config("class", None)) == {}


@pytest.mark.parametrize(
    ("kind", "label", "place", "problem"),
    [
        ("boxes", {"label": "owl"}, "old", "an object, and no label of the kind boxes"),
        ("boxes", {}, "old", "an object"),
        ("class", 3, "old", "the number 3"),
        ("class", {"boundingBoxes": []}, "old", "an object"),
        ("spans", "s3://b/x.json", "old", "the string"),
        ("number", {"value": True}, "old", "true"),
        ("boxes", {"annotations": [{"class_id": 1, "left": 3}]}, "old.annotations[0].top", "is missing"),
        ("boxes", {"annotations": [7]}, "old.annotations[0]", "must be an object"),
        ("semantic-mask", "s3://b/x.png", "old", "the string"),
        ("semantic-mask", {**MASK, "src": "data:image/png;base64,AA"}, "old", "no object in S3"),
        ("semantic-mask", {"src": "s3://b/x.png"}, "old", "no label of the kind semantic-mask"),
    ],
)
def test_what_is_no_label_of_the_kind_is_told(kind: str, label: Any, place: str, problem: str) -> None:
    with pytest.raises(ContractError) as raised:
        given(kind, old=label)
    assert raised.value.path == f"dataObject.{place}"
    assert problem in raised.value.problem


def test_another_kind_than_that_of_the_answers_can_be_asked_for() -> None:
    own = WorkflowConfig("Title", "What to do", 60, "new", earlier_label="old", consolidation={"threshold": 1})
    assert initial_value({"old": {"entities": [SPAN]}}, own, "spans") == {"initialValue": [SPAN]}
    with pytest.raises(ContractError, match=r"consolidation\.kind"):
        initial_value({"old": {"entities": [SPAN]}}, own)
