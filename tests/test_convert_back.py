"""Other tools' masks as what workers start from: the pictures of them, and what the elements make of these."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tests.converted import COMMON, HEIGHT, WIDTH, make, mask, to
from tests.documents import DOCS, section
from tests.test_convert_masks import instances
from truthkit import run_job
from truthkit.convert import Brought, bring
from truthkit.convert.runs import brush_bytes, coco_counts
from truthkit.findings import TruthkitError, UsageError
from truthkit.rendering import render_task_input
from truthkit_core.initial_value import initial_value
from truthkit_core.workflow import WorkflowConfig

LAMBDAS = Path(__file__).parents[1] / "lambdas"
MASKS = "s3://zoo/masks"


def lines_of(brought: Brought) -> list[dict[str, Any]]:
    return [json.loads(line) for line in brought.out.read_text("utf-8").splitlines()]


def colors_of(brought: Brought, line: dict[str, Any]) -> Any:
    """``#rrggbb`` of each pixel of a line's mask."""
    assert brought.masks is not None
    name = line["initial-value"]["src"].removeprefix(MASKS + "/")
    with Image.open(brought.masks / name) as picture:
        rgb = np.asarray(picture.convert("RGB"))
    return np.array([[f"#{r:02x}{g:02x}{b:02x}" for r, g, b in row] for row in rgb])


@pytest.mark.parametrize("tool", ["coco", "labelstudio"])
@pytest.mark.parametrize("kind", ["mask", "instances"])
def test_masks_come_back_as_what_the_elements_take(tmp_path: Path, tool: str, kind: str) -> None:
    manifest, table = mask(tmp_path) if kind == "mask" else instances(tmp_path)
    file = to(tool, manifest).out / ("annotations.json" if tool == "coco" else "tasks.json")
    brought = bring(file, tool, tmp_path / "input.jsonl", masks=MASKS + "/")
    assert (brought.kind, brought.objects, brought.masks) == (kind, 1, tmp_path / "input-masks")
    [line] = lines_of(brought)
    assert (line["source-ref"], line["initial-value"]["src"]) == ("s3://zoo/0.png", MASKS + "/0.png")
    colors = colors_of(brought, line)
    if kind == "mask":
        assert line["initial-value"].keys() == {"labelMappings", "src"}
        found = [(name, one["color"]) for name, one in line["initial-value"]["labelMappings"].items()]
        assert [name for name, _ in found] == ["road", "car"]
    else:
        assert line["initial-value"].keys() == {"instances", "src"}
        found = [(one["label"], one["color"]) for one in line["initial-value"]["instances"]]
        assert [name for name, _ in found] == ["owl", "owl", "cat"]
    for number, color in enumerate(["#ffffff", *(color for _, color in found)]):
        assert ((colors == color) == (table == number)).all()


BITS = arrays(bool, (HEIGHT, WIDTH), fill=st.booleans())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["owl", "cat", "a \"b\" 'c'"]), BITS), min_size=1, max_size=4))
def test_regions_are_painted_over_each_other(
    tmp_path_factory: pytest.TempPathFactory, regions: list[tuple[str, Any]]
) -> None:
    tmp = tmp_path_factory.mktemp("regions")
    results = [
        {
            "type": "brushlabels", "original_width": WIDTH, "original_height": HEIGHT, "image_rotation": 0,
            "value": {"format": "rle", "rle": brush_bytes(bits), "brushlabels": [label]},
        }
        for label, bits in regions
    ]  # fmt: skip
    file = tmp / "tasks.json"
    file.write_text(json.dumps([{"data": {"image": "s3://zoo/a/b.png"}, "annotations": [{"result": results}]}]))
    brought = bring(file, "labelstudio", tmp / "input.jsonl", masks=MASKS)
    expected = np.zeros((HEIGHT, WIDTH), dtype=int)
    for number, (_label, bits) in enumerate(regions, 1):
        expected[bits] = number
    [line] = lines_of(brought)
    seen = [number for number in range(1, len(regions) + 1) if (expected == number).any()]
    if not seen:
        assert line["initial-value"] is None
        return
    value = line["initial-value"]
    pairs = (
        [(name, one["color"]) for name, one in value["labelMappings"].items()]
        if brought.kind == "mask"
        else [(one["label"], one["color"]) for one in value["instances"]]
    )
    assert [name for name, _ in pairs] == [regions[number - 1][0] for number in seen]
    assert len({color for _, color in pairs} | {"#ffffff"}) == len(pairs) + 1
    colors = colors_of(brought, line)
    for number, (_name, color) in zip(seen, pairs, strict=True):
        assert ((colors == color) == (expected == number)).all()
    assert ((colors == "#ffffff") == (expected == 0)).all()


def coco(tmp: Path, annotations: list[dict[str, Any]]) -> Path:
    content = {
        "images": [{"id": number, "file_name": f"{number}.png", "width": 4, "height": 3} for number in (1, 2)],
        "annotations": annotations,
        "categories": [{"id": 5, "name": "owl"}, {"id": 7, "name": "sky"}],
    }
    file = tmp / "instances.json"
    file.write_text(json.dumps(content))
    return file


def test_crowds_and_several_rings_of_coco_keep_their_pixels(tmp_path: Path) -> None:
    bits = np.zeros((3, 4), dtype=bool)
    bits[2] = True
    rings = [[0, 0, 2, 0, 2, 2, 0, 2], [3, 0, 4, 0, 4, 2, 3, 2]]
    runs = {"size": [3, 4], "counts": coco_counts(bits)}
    file = coco(
        tmp_path,
        [
            {"image_id": 1, "category_id": 5, "bbox": [0, 0, 4, 2], "segmentation": rings},
            {"image_id": 1, "category_id": 7, "bbox": [0, 2, 4, 1], "segmentation": runs, "iscrowd": 1},
            {"image_id": 1, "category_id": 7, "bbox": [0, 2, 4, 1]},
            {"image_id": 9, "category_id": 7, "bbox": [0, 2, 4, 1], "segmentation": []},
        ],
    )  # fmt: skip
    brought = bring(file, "coco", tmp_path / "m.jsonl", prefix="s3://zoo", masks=MASKS)
    assert (brought.kind, brought.marks, brought.labels) == ("mask", 2, ("owl", "sky"))
    assert brought.told == {
        "annotations of pictures that are not in the file: left out": 1,
        "annotations without a segmentation, among masks: left out": 2,
        "crowds (iscrowd): labels like others": 1,
    }
    first, second = lines_of(brought)
    assert second == {"source-ref": "s3://zoo/2.png", "initial-value": None}
    owl, sky = (first["initial-value"]["labelMappings"][name]["color"] for name in ("owl", "sky"))
    white = "#ffffff"
    assert colors_of(brought, first).tolist() == [[owl, owl, white, owl], [owl, owl, white, owl], [sky] * 4]
    boxes = bring(file, "coco", tmp_path / "b.jsonl", prefix="s3://zoo")
    assert (boxes.kind, boxes.masks) == ("boxes", None)
    assert any("--masks takes all" in what for what in boxes.told)


def test_masks_that_cannot_be_read_are_told_and_their_pictures_stay(tmp_path: Path) -> None:
    wrong = {"size": [9, 9], "counts": [81]}
    right = {"size": [3, 4], "counts": [0, 12]}
    file = coco(
        tmp_path,
        [{"image_id": image, "category_id": 5, "segmentation": runs} for image, runs in ((1, wrong), (2, right))],
    )
    brought = bring(file, "coco", tmp_path / "m.jsonl", prefix="s3://zoo", masks=MASKS)
    assert [line["initial-value"] is None for line in lines_of(brought)] == [True, False]
    assert any("1.png" in what and "of the size [9, 9]" in what for what in brought.told)


def test_masks_of_label_studio_need_a_place(tmp_path: Path) -> None:
    file = to("labelstudio", mask(tmp_path)[0]).out / "tasks.json"
    with pytest.raises(UsageError, match="masks") as raised:
        bring(file, "labelstudio", tmp_path / "m.jsonl")
    assert "--masks s3://" in raised.value.findings[0].cure
    with pytest.raises(UsageError, match="--masks elsewhere"):
        bring(file, "labelstudio", tmp_path / "m.jsonl", masks="elsewhere")
    (tmp_path / "m-masks").mkdir()
    (tmp_path / "m-masks" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not write it"):
        bring(file, "labelstudio", tmp_path / "m.jsonl", masks=MASKS, overwrite=True)
    assert not (tmp_path / "m.jsonl").exists()


def result(kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "original_width": 200, "original_height": 100, "value": value, **more}


def studio(tmp: Path, *results: dict[str, Any], **task: Any) -> Path:
    file = tmp / "tasks.json"
    given = {"data": {"image": "s3://zoo/0.png"}, "annotations": [{"result": list(results)}], **task}
    file.write_text(json.dumps([given]))
    return file


def test_turned_boxes_have_the_upright_one_around_them(tmp_path: Path) -> None:
    box = {"x": 50, "y": 50, "width": 10, "height": 10, "rotation": 90, "rectanglelabels": ["owl"]}
    brought = bring(studio(tmp_path, result("rectanglelabels", box)), "labelstudio", tmp_path / "m.jsonl")
    # 20 × 10 pixels at (100, 50), a quarter turn clockwise about that corner.
    assert lines_of(brought)[0]["initial-value"] == [{"label": "owl", "left": 90, "top": 50, "width": 10, "height": 20}]
    assert brought.told == {"turned boxes: the upright box around each": 1}


def test_labels_beside_any_region_and_what_is_left_out(tmp_path: Path) -> None:
    box = {"x": 0, "y": 0, "width": 10, "height": 10}
    file = studio(
        tmp_path,
        result("labels", {**box, "labels": ["owl"]}),
        result("rectangle", box),
        result("labels", {**box, "labels": ["cat"]}, image_rotation=90),
        result("rectanglelabels", {**box, "rectanglelabels": []}),
        meta=None,
        annotations=[{"was_cancelled": True, "result": []}, {"result": [result("labels", {**box, "labels": ["owl"]})]}],
        predictions=[],
    )
    task = json.loads(file.read_text())[0]
    task["annotations"][1]["result"] = [
        result("labels", {**box, "labels": ["owl"]}),
        result("rectangle", box),
        result("labels", {**box, "labels": ["cat"]}, image_rotation=90),
        result("rectanglelabels", {**box, "rectanglelabels": []}),
    ]
    file.write_text(json.dumps(task))
    brought = bring(file, "labelstudio", tmp_path / "m.jsonl")
    assert lines_of(brought)[0]["initial-value"] == [{"label": "owl", "left": 0, "top": 0, "width": 20, "height": 10}]
    assert brought.told == {
        "results of pictures that were turned in Label Studio: left out": 1,
        "results without a label: left out": 1,
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"img": "s3://zoo/x.png"}, {"source-ref": "s3://zoo/x.png"}),
        ({"ner": "Ada met Bo."}, {"source": "Ada met Bo."}),
        ({"ner": "see s3://a b"}, {"source": "see s3://a b"}),
        ({"text": "t", "url": "u"}, {"source": "t"}),
    ],
)
def test_data_of_other_names_is_found(tmp_path: Path, data: dict[str, str], expected: dict[str, str]) -> None:
    file = studio(tmp_path, result("choices", {"choices": ["x"]}), data=data)
    assert lines_of(bring(file, "labelstudio", tmp_path / "m.jsonl")) == [{**expected, "initial-value": "x"}]


def test_data_that_is_neither_picture_nor_text_is_told(tmp_path: Path) -> None:
    file = studio(tmp_path, result("choices", {"choices": ["x"]}), data={"a": "1", "b": "2"})
    with pytest.raises(TruthkitError, match="neither image nor text in its data, but a, b"):
        bring(file, "labelstudio", tmp_path / "m.jsonl")


@pytest.mark.parametrize("kind", ["mask", "instances"])
def test_workers_start_from_the_masks_and_hand_them_in_as_they_were(tmp_path: Path, kind: str) -> None:
    manifest, table = mask(tmp_path) if kind == "mask" else instances(tmp_path)
    file = to("labelstudio", manifest).out / "tasks.json"
    brought = bring(file, "labelstudio", tmp_path / "input.jsonl", masks=MASKS)
    assert brought.masks is not None
    page = section(DOCS / "convert.md", "And back")
    tag = "crowd-semantic-segmentation" if kind == "mask" else "crowd-instance-segmentation"
    template = tmp_path / "masks.liquid.html"
    markup = page[page.index("<crowd-semantic-segmentation") : page.index("</crowd-semantic-segmentation>")]
    markup += "</crowd-semantic-segmentation>"
    if kind == "instances":
        markup = markup.replace("crowd-semantic-segmentation", tag).replace("labelMappings", "instances")
    script = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    template.write_text(f"{script}<crowd-form>{markup}</crowd-form>", "utf-8")
    labels = ["road", "car", "owl", "cat"]
    config = WorkflowConfig("t", "d", 60, "mask", labels=tuple(labels))
    of = "semantic-mask" if kind == "mask" else "instance-masks"
    lines = [
        {**line, "taskObject": line["source-ref"], "labels": labels, **initial_value(line, config, of)}
        for line in lines_of(brought)
    ]
    given = tmp_path / "given.jsonl"
    given.write_text("".join(json.dumps(line) + "\n" for line in lines))
    worker = tmp_path / "worker.py"
    looks = "    await page.locator('#annotation-area-container[data-state=ready]').wait_for()\n"
    worker.write_text("async def work(page, task, worker):\n" + looks)
    done = run_job(
        template=template, manifest=given, worker_script=worker, workers=1, out=tmp_path / "job", project=tmp_path,
        objects={"s3://zoo/": tmp_path / "pictures", MASKS + "/": brought.masks},
    )  # fmt: skip
    assert done.ok, [one.message for one in done.findings]
    [response] = (tmp_path / "job" / "output").rglob("worker-response/**/*.json")
    answer = json.loads(response.read_text())["answers"][0]["answerContent"]["mask"]
    with Image.open(io.BytesIO(base64.b64decode(answer["labeledImage"]["pngImageData"]))) as picture:
        rgb = np.asarray(picture.convert("RGB")).astype(int)
    colors = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    value = lines[0]["initial-value"]
    if kind == "mask":
        assert answer["labelMappings"] == value["labelMappings"]
        parts = [one["color"] for one in value["labelMappings"].values()]
    else:
        assert answer["instances"] == value["instances"]
        parts = [one["color"] for one in value["instances"]]
    for number, color in enumerate(["#ffffff", *parts]):
        assert ((colors == int(color[1:], 16)) == (table == number)).all()


def test_polygons_of_one_ring_and_keypoints_stay_what_they_are(tmp_path: Path) -> None:
    triangle = [{"x": 0, "y": 0}, {"x": 8, "y": 0}, {"x": 0, "y": 6}]
    label = {"polygons": [{"label": "x", "vertices": triangle}], "inputImageProperties": {"width": 40, "height": 30}}
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "p": label, "p-metadata": COMMON}])
    for tool, name in (("coco", "annotations.json"), ("labelstudio", "tasks.json")):
        brought = bring(to(tool, manifest).out / name, tool, tmp_path / f"{tool}.jsonl", masks=MASKS)
        assert (brought.kind, brought.masks) == ("polygons", None)
        assert lines_of(brought)[0]["initial-value"] == label["polygons"]


# --- Label Studio's own addresses, and what is told of other files ---


def choices(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    found = [{"result": [result("choices", {"choices": ["x"]})]}]
    return [{"id": 70 + number, "annotations": found, **task} for number, task in enumerate(tasks)]


def brought_names(tmp_path: Path, *images: str) -> tuple[list[str], dict[str, int]]:
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(choices(*({"data": {"image": image}} for image in images))))
    brought = bring(file, "labelstudio", tmp_path / "m.jsonl", prefix="s3://b/x", overwrite=True)
    return [line["source-ref"] for line in lines_of(brought)], brought.told


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("/data/local-files/?d=imgs/coffee.jpg", "s3://b/x/imgs/coffee.jpg"),
        ("/data/local-files/?d=imgs%2Fgr%C3%BCn%20tea%2B.jpg", "s3://b/x/imgs/grün tea+.jpg"),
        ("http://localhost:8080/data/local-files/?d=a.jpg", "s3://b/x/a.jpg"),
        ("/data/upload/2/3f2a1b4c-coffee.jpg", "s3://b/x/coffee.jpg"),
        ("/data/upload/2/3f2a1b4c-gr%C3%BCn.jpg", "s3://b/x/grün.jpg"),
        ("/data/upload/coffee-cup.jpg", "s3://b/x/coffee-cup.jpg"),
        ("s3://other/data/upload/2/3f2a1b4c-coffee.jpg", "s3://other/data/upload/2/3f2a1b4c-coffee.jpg"),
        ("imgs/3f2a1b4c-coffee.jpg", "s3://b/x/imgs/3f2a1b4c-coffee.jpg"),
    ],
)
def test_label_studios_addresses_are_the_files_names(tmp_path: Path, image: str, expected: str) -> None:
    assert brought_names(tmp_path, image) == ([expected], {})


def test_uploads_of_one_name_keep_what_tells_them_apart(tmp_path: Path) -> None:
    names, told = brought_names(
        tmp_path, "/data/upload/2/3f2a1b4c-a.jpg", "/data/upload/2/00000000-a.jpg", "/data/upload/2/00000000-b.jpg"
    )
    assert names == ["s3://b/x/2/3f2a1b4c-a.jpg", "s3://b/x/2/00000000-a.jpg", "s3://b/x/b.jpg"]
    assert told == {"uploads that have the name of another: named with Label Studio's folder and prefix": 2}


def test_a_task_that_was_only_skipped_has_its_prediction(tmp_path: Path) -> None:
    [task] = choices({"data": {"text": "t"}})
    task["predictions"] = [{"result": [result("choices", {"choices": ["guess"]})]}]
    task["annotations"] = [{"was_cancelled": True, "result": [result("choices", {"choices": ["no"]})]}]
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps([task]))
    assert lines_of(bring(file, "labelstudio", tmp_path / "m.jsonl")) == [{"source": "t", "initial-value": "guess"}]


@pytest.mark.parametrize(
    ("tool", "content", "message"),
    [
        ("coco", choices({"data": {"text": "t"}}), "looks like a file of labelstudio"),
        ("labelstudio", {"images": [], "annotations": [], "categories": []}, "looks like a file of coco"),
        ("labelstudio", [*choices({"data": {"text": "t"}}), {"id": 9, "data": {}}], r"task 2 \(id 9\): has neither"),
        ("labelstudio", [{"data": {"text": "t"}, "annotations": [{}]}], "task 1: has no 'result'"),
        ("coco", {"images": []}, "has no 'categories'"),
        (
            "coco",
            {
                "images": [{"id": 1, "file_name": "s3://b/a.jpg"}],
                "annotations": [{"id": 5, "image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4]}],
                "categories": [],
            },
            r"an annotation \(id 5\): is of the category 3",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_file_and_its_place(
    tmp_path: Path, tool: str, content: Any, message: str
) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(content))
    with pytest.raises(TruthkitError, match=message) as raised:
        bring(file, tool, tmp_path / "m.jsonl")
    [found] = raised.value.findings
    assert found.file == str(file)
    assert "Error" not in found.message
    if "looks like" in message:
        assert found.cure == f"give --from {'coco' if tool == 'labelstudio' else 'labelstudio'}"


def test_a_missing_prefix_is_told_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(choices({"data": {"image": "a.jpg"}})))
    with pytest.raises(UsageError, match="--prefix") as raised:
        bring(file, "labelstudio", tmp_path / "m.jsonl")
    assert raised.value.findings[0].file == str(file)


def test_boxes_that_come_back_reach_the_page_as_the_docs_show(tmp_path: Path) -> None:
    """Both halves of the page: the function before the task, and the template that prints what it hands on."""
    page = section(DOCS / "convert.md", "And back")
    code, markup = (page.partition(f"```{language}\n")[2].partition("```")[0] for language in ("python", "html"))
    (tmp_path / "pre_annotation.py").write_text(code, "utf-8")
    (tmp_path / "workflow.toml").write_text((LAMBDAS / "bounding_boxes" / "workflow.toml").read_text("utf-8"), "utf-8")
    boxes = [{"label": "cup", "left": 1, "top": 2, "width": 3, "height": 4}]
    file = tmp_path / "tasks.json"
    value = {"x": 5, "y": 10, "width": 15, "height": 20, "rectanglelabels": ["cup"]}
    shown = {**result("rectanglelabels", value), "original_width": 20, "original_height": 20}
    file.write_text(json.dumps([{"data": {"image": "a.jpg"}, "annotations": [{"result": [shown]}]}]))
    [line] = lines_of(bring(file, "labelstudio", tmp_path / "m.jsonl", prefix="s3://zoo/"))
    assert line["initial-value"] == boxes
    handler = runpy.run_path(str(tmp_path / "pre_annotation.py"))["lambda_handler"]
    event = {"version": "2018-10-16", "labelingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/x"}
    task = handler({**event, "dataObject": line}, None)["taskInput"]
    assert (task["taskObject"], task["initialValue"]) == ("s3://zoo/a.jpg", boxes)
    template = tmp_path / "template.liquid.html"
    template.write_text(markup, "utf-8")
    (tmp_path / "a.jpg").touch()
    shown_page = render_task_input(template, task, {"s3://zoo/": tmp_path})
    printed = re.search(r'initial-value="([^"]*)"', shown_page)
    assert printed
    assert json.loads(html.unescape(printed[1])) == boxes
    del task["initialValue"]
    assert "initial-value" not in render_task_input(template, task, {"s3://zoo/": tmp_path}, lenient=True)
