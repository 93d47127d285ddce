"""The handlers of the workflows that name a strategy, against S3 (moto, in process), with both kinds of output."""

from __future__ import annotations

import base64
import gc
import importlib
import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws
from PIL import Image

from truthkit_core import handlers, storage, strategies
from truthkit_core.messages import LAMBDA_PAYLOAD_BYTES, ContractError, parse_consolidation_response

LAMBDAS = Path(__file__).parents[1] / "lambdas"
ARN = "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/Headlines"
OUTPUT = "s3://job-output/Headlines/annotations"
REQUEST = f"{OUTPUT}/consolidated-annotation/consolidation-request/iteration-1/2026-03-02_09:20:11.json"
WORKFLOWS = sorted(file.parent.name for file in LAMBDAS.glob("*/workflow.toml") if "\nkind =" in file.read_text())


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            patch.delenv(name, raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            client = boto3.client("s3")
            client.create_bucket(Bucket="job-output")
            yield client


@pytest.fixture(autouse=True)
def fresh(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_clients", {None: (s3, None)})
    monkeypatch.delenv("TRUTHKIT_ASSUME_JOB_ROLE", raising=False)


def post_handler(workflow: str, output: str) -> ModuleType:
    """The module, with this output."""
    module = importlib.import_module(f"{workflow}.post_annotation")
    module.SETTINGS = replace(module.SETTINGS, output=output)  # type: ignore[attr-defined]
    return module


def annotated(number: int, *answers: Any, text: bool = False) -> dict[str, Any]:
    source = {"content": "A headline"} if text else {"s3Uri": f"s3://in/{number}.jpg"}
    return {
        "datasetObjectId": str(number),
        "dataObject": source,
        "annotations": [
            {"workerId": f"w{index}", "annotationData": {"content": one if isinstance(one, str) else json.dumps(one)}}
            for index, one in enumerate(answers)
        ],
    }


def post(workflow: str, *objects: dict[str, Any], output: str = "full") -> dict[str, dict[str, Any]]:
    """The contents by object id; the response is checked as the service would."""
    storage.write_bytes(REQUEST, json.dumps(objects).encode())
    event = {
        "version": "2018-10-06",
        "labelingJobArn": ARN,
        "labelAttributeName": "mine",
        "roleArn": "arn:aws:iam::111122223333:role/execution",
        "outputConfig": OUTPUT,
        "payload": {"s3Uri": REQUEST},
    }
    response = json.loads(json.dumps(post_handler(workflow, output).lambda_handler(event, None), allow_nan=False))
    ids = [one["datasetObjectId"] for one in objects]
    annotations, warnings = parse_consolidation_response(response, ids, "mine")
    assert warnings == []
    return {one.dataset_object_id: one.content for one in annotations}


@pytest.mark.parametrize("was_on", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_search_for_cycles_is_left_as_it_was(was_on: bool, fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    during = []

    def watched(*given: Any, **named: Any) -> Any:
        during.append(gc.isenabled())
        if fails:
            raise KeyError("any")
        return strategies.consolidate_objects(*given, **named)

    monkeypatch.setattr(handlers, "consolidate_objects", watched)
    try:
        (gc.enable if was_on else gc.disable)()
        with pytest.raises(KeyError) if fails else nullcontext():
            post("text_classification", annotated(1, {"category": {"label": "Sports"}}, text=True))
        assert gc.isenabled() == was_on
    finally:
        gc.enable()
    assert during == [False]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_handler_is_a_dozen_lines(workflow: str) -> None:
    for which in ("pre", "post"):
        lines = (LAMBDAS / workflow / f"{which}_annotation.py").read_text().splitlines()
        assert len([line for line in lines if line.strip() and not line.startswith(('"""', "from", "import"))]) <= 12


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_task_input(workflow: str) -> None:
    pre = importlib.import_module(f"{workflow}.pre_annotation")
    text = workflow in ("text_classification", "named_entities")
    item = {"source": "A headline"} if text else {"source-ref": "s3://in/1.jpg"}
    task_input = pre.lambda_handler({"version": "1", "labelingJobArn": ARN, "dataObject": item}, None)["taskInput"]
    names = [one if isinstance(one, str) else one["label"] for one in task_input["labels"]]
    assert names == list(pre.CONFIG.labels)
    assert next(iter(item.values())) in task_input.values()
    with pytest.raises(ContractError, match="source"):
        pre.lambda_handler({"version": "1", "labelingJobArn": ARN, "dataObject": {"text": "A headline"}}, None)


@pytest.mark.parametrize("output", ["full", "built-in"])
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_cannot_be_consolidated_has_a_reason_and_all_raw_answers(workflow: str, output: str) -> None:
    odd = {"something": "else"}
    contents = post(workflow, annotated(0), annotated(1, "{}", '{"to'), annotated(2, odd), output=output)
    assert list(contents) == ["0", "1", "2"]
    for content in contents.values():
        assert set(content["mine"]) == {"reason", "workers"}
        if output == "built-in":
            [metadata] = [value for key, value in content.items() if key.endswith("-metadata")]
            assert metadata == {
                "retry-count": 0,
                "failure-reason": content["mine"]["reason"],
                "human-annotated": "true",
            }
            assert len(content) == 2, "no value that training could take for a label"
        else:
            assert set(content) == {"mine"}
    assert [one["answer"] for one in contents["1"]["mine"]["workers"]] == [{}, '{"to']
    assert contents["2"]["mine"]["workers"][0]["answer"] == odd
    assert "is missing" in contents["2"]["mine"]["workers"][0]["problems"][0]


# --- as built-in jobs write it ---------------------------------------------------------------------------------------

COMMON = {
    "job-name": "labeling-job/headlines",
    "human-annotated": "yes",
    "creation-date": "2026-03-02T09:20:11.000000",
}


@pytest.mark.parametrize(
    ("workflow", "label", "place", "name"),
    [
        ("text_classification", "Science", 3, "groundtruth/text-classification"),
        ("image_classification", "Food or drink", 1, "groundtruth/image-classification"),
    ],
)
def test_class_as_built_in(workflow: str, label: str, place: int, name: str) -> None:
    answer = {"category": {"label": label}}
    text = workflow == "text_classification"
    objects = [annotated(0, answer, answer, answer, text=text), annotated(1, answer, text=text)]
    contents = post(workflow, *objects, output="built-in")
    three, one = (contents[number] for number in "01")
    for content in (three, one):
        assert set(content) == {"mine", "mine-built-in", "mine-built-in-metadata"}
        assert content["mine"] == content["mine-built-in"] == place
        metadata = content["mine-built-in-metadata"]
        assert metadata == {
            "class-name": label,
            "confidence": metadata["confidence"],
            "estimated-confidence": metadata["estimated-confidence"],
            "type": name,
            **COMMON,
        }
    metadata = three["mine-built-in-metadata"]
    assert 0.8 < metadata["confidence"] == metadata["estimated-confidence"] < 1
    metadata = one["mine-built-in-metadata"]
    assert metadata["confidence"] == 0, "as the service has it with one worker"
    assert 0.3 < metadata["estimated-confidence"] < 1


def test_spans_as_built_in() -> None:
    answer = {"names": {"entities": [{"label": "person", "startOffset": 0, "endOffset": 4}]}}
    content = post("named_entities", annotated(0, answer, answer, text=True), output="built-in")["0"]
    value = {
        "annotations": {
            "labels": [
                {"label": "person", "shortDisplayName": "PER"},
                {"label": "organization", "shortDisplayName": "ORG"},
                {"label": "place", "shortDisplayName": "PLA"},
                {"label": "date", "shortDisplayName": "date"},
            ],
            "entities": [{"label": "person", "startOffset": 0, "endOffset": 4}],
        }
    }
    assert content["mine"] == content["mine-built-in"] == value
    metadata = content["mine-built-in-metadata"]
    [entity] = metadata.pop("entities")
    assert 0 < entity["confidence"] <= 1
    assert metadata == {"type": "groundtruth/text-span", **COMMON}


def box(label: str, left: float, top: float, width: float, height: float) -> dict[str, Any]:
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


def boxes(*found: dict[str, Any], size: tuple[int, int] = (200, 100)) -> dict[str, Any]:
    properties = {"width": size[0], "height": size[1]}
    return {"things": {"boundingBoxes": list(found), "inputImageProperties": properties}}


def test_boxes_as_built_in() -> None:
    objects = [
        annotated(0, *(boxes(box("rocket", 10, 20, 30 + n, 40), box("coin", 100, 50, 20, 20)) for n in range(3))),
        annotated(1, boxes(), boxes()),
    ]
    contents = post("bounding_boxes", *objects, output="built-in")
    assert contents["0"]["mine-built-in"] == {
        "image_size": [{"width": 200, "height": 100, "depth": 3}],
        "annotations": [
            {"class_id": 3, "left": 10, "top": 20, "width": 31, "height": 40},
            {"class_id": 0, "left": 100, "top": 50, "width": 20, "height": 20},
        ],
    }
    metadata = contents["0"]["mine-built-in-metadata"]
    assert [set(one) for one in metadata.pop("objects")] == [{"confidence", "estimated-confidence"}] * 2
    assert metadata == {"class-map": {"0": "coin", "3": "rocket"}, "type": "groundtruth/object-detection", **COMMON}
    nothing = contents["1"]
    assert nothing["mine"] == {"image_size": [{"width": 200, "height": 100, "depth": 3}], "annotations": []}
    assert nothing["mine-built-in-metadata"]["class-map"] == {}


# --- jobs that begin with the labels of others -----------------------------------------------------------------------


def painted() -> dict[str, Any]:
    data = BytesIO()
    picture = Image.new("RGB", (40, 30), "#ffffff")
    picture.paste((0x2C, 0xA0, 0x2C), (0, 0, 20, 30))
    picture.save(data, "PNG")
    mappings = {"cat": {"color": "#2ca02c"}}
    png = {"pngImageData": base64.b64encode(data.getvalue()).decode()}
    size = {"width": 40, "height": 30}
    return {"mask": {"labelMappings": mappings, "labeledImage": png, "inputImageProperties": size}}


BEGUN = {
    "bounding_boxes": (boxes(box("coin", 10, 20, 30, 40)), [box("coin", 10, 20, 30, 40)]),
    "image_classification": ({"category": {"label": "Person"}}, "Person"),
    "named_entities": (
        {"names": {"entities": [{"label": "date", "startOffset": 2, "endOffset": 6}]}},
        [{"label": "date", "startOffset": 2, "endOffset": 6}],
    ),
    "semantic_segmentation": (painted(), {"labelMappings": {"cat": {"color": "#2ca02c"}}}),
    "text_classification": ({"category": {"label": "Sports"}}, "Sports"),
}


@pytest.mark.parametrize("output", ["full", "built-in"])
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_one_job_writes_the_next_begins_with(s3: Any, workflow: str, output: str) -> None:
    answer, expected = BEGUN[workflow]
    pre = importlib.import_module(f"{workflow}.pre_annotation")
    name = workflow.replace("_", "-")
    content = post(workflow, annotated(0, answer, answer, text="text" in workflow), output=output)["0"]
    written = {key.replace("mine", name, 1): value for key, value in content.items()}
    item = {"source": "A headline", "source-ref": "s3://in/0.jpg", **written, f"{name}-metadata": {"type": "custom"}}
    task_input = pre.lambda_handler({"version": "1", "labelingJobArn": ARN, "dataObject": item}, None)["taskInput"]
    found = task_input["initialValue"]
    if workflow == "semantic_segmentation":
        src = found.pop("src")
        assert Image.open(BytesIO(storage.read_bytes(src))).size == (40, 30)
        s3.delete_object(Bucket="job-output", Key=src.removeprefix("s3://job-output/"))
    assert found == expected


@pytest.mark.parametrize(
    ("told", "status"),
    [((False, False), "unadjusted"), ((False, True), "adjusted"), ((False, None), "unadjusted"), ((None,), None)],
)
def test_a_label_tells_whether_a_worker_changed_what_was_there(told: tuple[bool | None, ...], status: Any) -> None:
    given = []
    for one in told:
        answer = boxes(box("coin", 10, 20, 30, 40))
        if one is not None:
            answer["things"]["initialValueModified"] = one
        given.append(answer)
    label = post("bounding_boxes", annotated(0, *given))["0"]["mine"]
    assert label.get("initialValueModified") == (None if status is None else status == "adjusted")
    metadata = post("bounding_boxes", annotated(0, *given), output="built-in")["0"]["mine-built-in-metadata"]
    assert metadata.get("adjustment-status") == status


# --- all that is known -----------------------------------------------------------------------------------------------


def test_boxes_in_full_with_bad_ones_beside() -> None:
    good = box("coin", 10, 10, 20, 20)
    given = [
        boxes(good, box("coin", 50, 50, 0, 10), box("plate", 1, 1, 5, 5)),
        boxes(good, {"label": "coin"}, box("coin", 190, 10, 30, 10)),
        boxes(good, box("cup", "wide", 1, 1, 1)),  # type: ignore[arg-type]
    ]
    label = post("bounding_boxes", annotated(0, *given))["0"]["mine"]
    [found] = [one for one in label["boundingBoxes"] if one["votes"] == 3]
    assert {key: found[key] for key in good} == good
    assert label["inputImageProperties"] == {"width": 200, "height": 100}
    said = " ".join(label["problems"])
    assert "has no area" in said
    assert "reaches beyond the picture" in said
    problems = [" ".join(worker["problems"]) for worker in label["workers"] if "problems" in worker]
    assert "'plate' is not a label" in problems[0]
    assert "boundingBoxes[1].left: is missing" in problems[1]
    assert "boundingBoxes[1].left: must be a number" in problems[2]
    assert [worker["answer"] for worker in label["workers"]] == given


def test_a_response_too_large_leaves_out_raw_answers_of_what_has_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "LAMBDA_PAYLOAD_BYTES", 60_000)
    assert LAMBDA_PAYLOAD_BYTES > 6_000_000
    answer = {"category": {"label": "World"}, "note": "x" * 2000}
    objects = [annotated(number, answer, answer, answer, text=True) for number in range(20)]
    contents = post("text_classification", *objects, annotated(20, {"category": {"label": "Weather"}}, text=True))
    assert "left out" in contents["7"]["mine"]["workers"][0]["answer"]
    assert contents["7"]["mine"]["label"] == "World"
    assert contents["20"]["mine"]["workers"][0]["answer"] == {"category": {"label": "Weather"}}
    assert len(json.dumps(contents)) < 60_000


def test_a_request_answered_again_is_answered_alike() -> None:
    answer = [{"category": {"label": label}} for label in ("World", "Sports", "World")]
    objects = [annotated(number, *answer, text=True) for number in range(3)]
    for output in ("full", "built-in"):
        once = post("text_classification", *objects, output=output)
        assert once == post("text_classification", *objects, output=output)


# --- masks: files beside the output ----------------------------------------------------------------------------------


def mask(*pixels: tuple[int, int, int]) -> dict[str, Any]:
    """A picture of one row."""
    buffer = BytesIO()
    picture = Image.new("RGB", (len(pixels), 1))
    picture.putdata(pixels)
    picture.save(buffer, "PNG")
    return {
        "mask": {
            "inputImageProperties": {"width": len(pixels), "height": 1},
            "labelMappings": {"cat": {"color": "#ff0000"}},
            "labeledImage": {"pngImageData": base64.b64encode(buffer.getvalue()).decode()},
        }
    }


@pytest.mark.parametrize("output", ["full", "built-in"])
def test_a_mask_is_written_beside_the_output(output: str, s3: Any) -> None:
    answer = mask((255, 255, 255), (255, 0, 0), (255, 0, 0))
    contents = post("semantic_segmentation", annotated(5, answer, answer), annotated(6, {}), output=output)
    uri = f"{OUTPUT}/consolidated-annotation/output/5_2026-03-02_092011.png"
    picture = Image.open(BytesIO(storage.read_bytes(uri)))
    assert (picture.mode, picture.size, list(picture.tobytes())) == ("P", (3, 1), [0, 1, 1])
    content = contents["5"]
    if output == "full":
        assert content["mine"]["labeledImage"] == {"s3Uri": uri}
        assert content["mine"]["labels"] == ["cat"]
        assert set(contents["6"]) == {"mine"}
    else:
        assert content["mine"] == content["mine-ref"] == uri
        metadata = content["mine-ref-metadata"]
        colors = metadata.pop("internal-color-map")
        assert metadata == {"type": "groundtruth/semantic-segmentation", **COMMON}
        assert {number: (one["class-name"], one["hex-color"]) for number, one in colors.items()} == {
            "0": ("BACKGROUND", "#ffffff"),
            "1": ("cat", "#2ca02c"),
        }
        assert picture.convert("RGB").getpixel((1, 0)) == (0x2C, 0xA0, 0x2C), "the color that the map names"
        assert set(contents["6"]) == {"mine", "mine-ref-metadata"}
    written = [one["Key"] for one in s3.list_objects_v2(Bucket="job-output", Prefix="Headlines/")["Contents"]]
    assert len([key for key in written if key.endswith(".png")]) == 1, "none for what has no mask"
