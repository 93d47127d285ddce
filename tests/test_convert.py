"""Labels of every kind of job, in the formats of other tools, each read by that tool's own reader."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.converted import COMMON, HEIGHT, WIDTH, make, mask, to
from truthkit.cli import app
from truthkit.convert import TARGETS, bring, convert
from truthkit.convert.labels import Example, Label, Named
from truthkit.convert.splits import parse_split, split
from truthkit.findings import TruthkitError, UsageError

BOXES = {
    "image_size": [{"width": WIDTH, "height": HEIGHT, "depth": 3}],
    "annotations": [
        {"class_id": 1, "left": 4, "top": 3, "width": 10, "height": 6},
        {"class_id": 0, "left": 30, "top": 20, "width": 20, "height": 5},
    ],
}
BOXES_METADATA = {
    "objects": [{"confidence": 0.87}, {"confidence": 0.5}],
    "class-map": {"0": "owl", "1": "cat"},
    "type": "groundtruth/object-detection",
    **COMMON,
}
TEXT = "Ada Byron met Łukasz 😀 in Kraków-Nowa Huta."
SPANS = [("person", 0, 9), ("person", 14, 20), ("place", 26, 42)]


def boxes(tmp: Path, count: int = 2) -> Path:
    return make(
        tmp,
        [{"source-ref": f"s3://zoo/{number}.png", "b": BOXES, "b-metadata": BOXES_METADATA} for number in range(count)],
    )


def spans(tmp: Path, extra: Sequence[tuple[str, int, int]] = ()) -> Path:
    entities = [{"label": label, "startOffset": start, "endOffset": end} for label, start, end in [*SPANS, *extra]]
    labels = [{"label": "person", "shortDisplayName": "PER"}, {"label": "place", "shortDisplayName": "PLA"}]
    metadata = {"entities": [{"confidence": 0.9}] * len(entities), "type": "groundtruth/text-span", **COMMON}
    label = {"annotations": {"labels": labels, "entities": entities}}
    return make(tmp, [{"source": TEXT, "names": label, "names-metadata": metadata}])


def classes(tmp: Path, names: Sequence[str], kind: str = "image") -> Path:
    order = sorted(set(names))
    lines = []
    for number, name in enumerate(names):
        metadata = {"class-name": name, "confidence": 0.93, "type": f"groundtruth/{kind}-classification", **COMMON}
        source = {"source-ref": f"s3://zoo/{number}.png"} if kind == "image" else {"source": f"text {number}"}
        lines.append({**source, "c": order.index(name), "c-metadata": metadata})
    return make(tmp, lines)


def made_of(kind: str, tmp: Path) -> Path:
    if kind == "mask":
        return mask(tmp)[0]
    if kind == "class":
        return classes(tmp, ["x", "y"])
    return boxes(tmp) if kind == "boxes" else spans(tmp)


# --- what each job's labels say ---


@pytest.mark.parametrize(
    ("label", "metadata", "kind", "marks"),
    [
        (3, {"class-name": "owl", "type": "groundtruth/image-classification"}, "class", [("owl",)]),
        ("3", {"class_name": "owl", "type": "groundTruth/text-classification"}, "class", [("owl",)]),
        (0, {"class-name": "correct", "type": "groundtruth/label-verification"}, "class", [("correct",)]),
        (
            [0, 2],
            {
                "class-map": {"0": "red", "2": "blue"},
                "confidence-map": {"0": 0.9},
                "type": "groundtruth/image-classification-multilabel",
            },
            "classes",
            [("red", 0.9), ("blue", None)],
        ),
        (BOXES, BOXES_METADATA, "boxes", [("cat", 4, 3, 10, 6, 0.87), ("owl", 30, 20, 20, 5, 0.5)]),
        ({"label": "angry", "votes": 2}, {"type": "groundtruth/custom"}, "class", [("angry",)]),
        ({"label": "angry"}, {"type": "groundTruth/custom", "job_name": "x"}, "class", [("angry",)]),
        ({"labels": ["a", "b"]}, {}, "classes", [("a",), ("b",)]),
        ({"entities": [{"label": "x", "startOffset": 1, "endOffset": 3}]}, {}, "spans", [("x", 1, 3)]),
        ({"keypoints": [{"label": "x", "x": 1, "y": 2.5}]}, {}, "keypoints", [("x", 1, 2.5)]),
        (
            {"polygons": [{"label": "x", "vertices": [{"x": 0, "y": 0}, {"x": 4, "y": 0}, {"x": 0, "y": 3}]}]},
            {},
            "polygons",
            [("x", ((0, 0), (4, 0), (0, 3)))],
        ),
        ({"tool": {"boundingBoxes": []}}, {}, "boxes", []),
        # The docs do not tell the type of video clips: a class has class-name, whatever its type.
        (1, {"class-name": "owl", "type": "groundtruth/video-classification"}, "class", [("owl",)]),
        ("1", {"class_name": "owl", "job_name": "x"}, "class", [("owl",)]),
        (
            "s3://zoo/cloud.zlib",
            {"color-map": {"0": "#ff0000"}, "type": "groundtruth/point_cloud_single_frame_semantic_segmentation"},
            "other",
            [],
        ),
        (
            {"annotations": [{"class-id": 0, "center-x": 1.5, "length": 4}]},
            {"class-map": {"0": "car"}, "type": "groundtruth/point_cloud_object_detection"},
            "other",
            [],
        ),
        (
            {
                "instances": [{"label": "owl", "color": "#2CA02C"}],
                "labeledImage": {"s3Uri": "s3://zoo/mask.png"},
                "inputImageProperties": {"width": WIDTH, "height": HEIGHT},
            },
            {"type": "groundtruth/custom"},
            "instances",
            [("owl", "#2ca02c", "s3://zoo/mask.png")],
        ),
        ({"score": 4}, {}, "other", []),
    ],
)
def test_labels_of_every_type_are_read(
    tmp_path: Path, label: Any, metadata: dict[str, Any], kind: str, marks: list[tuple[Any, ...]]
) -> None:
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "it": label, "it-metadata": metadata}])
    done = to("csv", manifest)
    assert done.kind == kind
    with (done.out / "all.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows if row["label"]] == [mark[0] for mark in marks]
    if kind == "boxes" and marks:
        numbers = [tuple(float(row[name]) for name in ("left", "top", "width", "height", "confidence")) for row in rows]
        assert numbers == [mark[1:] for mark in marks]
    if kind == "other":
        assert json.loads(rows[0]["value"]) == label
    if kind == "instances":
        assert [(row["label"], row["color"], row["mask"]) for row in rows] == marks
    assert json.loads(rows[0]["metadata"]) == metadata


def test_a_video_is_its_frames(tmp_path: Path) -> None:
    frames = [
        {
            "frame-no": number,
            "frame": f"{number}.png",
            "annotations": [{"class-id": "0", "left": 1, "top": 2, "width": 3, "height": 4}],
        }
        for number in range(2)
    ]
    metadata = {"class-map": {"0": "owl"}, "type": "groundtruth/video-object-detection", **COMMON}
    line = {"source-ref": "s3://zoo/seq.json", "v-ref": "s3://zoo/SeqLabel.json", "v-ref-metadata": metadata}
    manifest = make(tmp_path, [line, {"source-ref": "s3://zoo/1.png"}])
    pictures = tmp_path / "pictures"
    (pictures / "seq.json").write_text(json.dumps({"seq-no": 1, "prefix": "s3://zoo/", "frames": []}))
    (pictures / "SeqLabel.json").write_text(json.dumps({"detection-annotations": frames}))
    done = to("coco", manifest)
    content = json.loads((done.out / "annotations.json").read_text())
    assert [image["source_ref"] for image in content["images"]] == ["s3://zoo/0.png", "s3://zoo/1.png"]
    assert [one["bbox"] for one in content["annotations"]] == [[1, 2, 3, 4]] * 2
    assert done.left_out == {"it was not labeled": 1}


def test_frames_without_boxes_are_rows_of_json(tmp_path: Path) -> None:
    frames = [{"frame-no": number, "frame": f"{number}.png", "polygons": [{"class-id": "0"}]} for number in range(2)]
    metadata = {"class-map": {"0": "owl"}, "type": "groundtruth/video-object-tracking", **COMMON}
    line = {"source-ref": "s3://zoo/seq.json", "v-ref": "s3://zoo/SeqLabel.json", "v-ref-metadata": metadata}
    manifest = make(tmp_path, [line])
    pictures = tmp_path / "pictures"
    (pictures / "seq.json").write_text(json.dumps({"seq-no": 1, "prefix": "s3://zoo/", "frames": []}))
    (pictures / "SeqLabel.json").write_text(json.dumps({"tracking-annotations": frames}))
    done = to("csv", manifest)
    with (done.out / "all.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["frame"], row["source-ref"]) for row in rows] == [("0", "s3://zoo/0.png"), ("1", "s3://zoo/1.png")]
    assert [json.loads(row["value"]) for row in rows] == frames
    # A frame in which nothing is, of a video with boxes, may lack the list.
    box = {"class-id": "0", "left": 1, "top": 2, "width": 3, "height": 4}
    some = [{"frame-no": 0, "frame": "0.png", "annotations": [box]}, {"frame-no": 1, "frame": "1.png"}]
    (pictures / "SeqLabel.json").write_text(json.dumps({"tracking-annotations": some}))
    done = to("csv", manifest, overwrite=True)
    assert (done.kind, done.sets, done.findings) == ("boxes", {"all": 2}, ())


def test_what_has_no_label_is_counted_and_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    failed = {"retry-count": 1, "failure-reason": "ClientError: Annotation tasks expired.", "human-annotated": "true"}
    manifest = make(
        tmp_path,
        [
            {"source": "a", "c": 0, "c-metadata": {"class-name": "x", "type": "groundtruth/text-classification"}},
            {"source": "b", "c-metadata": failed},
            {"source": "c", "c": {}, "c-metadata": {"worker-response-ref": "s3://b/r.json", **COMMON}},
            {"source": "d", "c": [1], "c-metadata": {"type": "groundtruth/text-classification"}},
            {"source": "e", "c": {"reason": "nobody answered", "workers": []}, "c-metadata": COMMON},
            {"source": "f", "c": {}, "c-metadata": COMMON, "worker-response-ref": "s3://b/r.json"},
        ],
    )
    done = to("csv", manifest)
    assert done.sets == {"all": 1}
    assert sum(done.left_out.values()) == 5
    assert sum(count for reason, count in done.left_out.items() if "no post-annotation function" in reason) == 2
    assert any("Annotation tasks expired" in reason for reason in done.left_out)
    assert any("nobody answered" in reason for reason in done.left_out)
    [finding] = done.findings
    assert (finding.file, finding.line) == (str(manifest), 4)


def test_lines_that_are_no_manifest_stop_with_their_place(tmp_path: Path) -> None:
    manifest = tmp_path / "output.manifest"
    manifest.write_text('{"source": "a"}\n[1]\n')
    with pytest.raises(TruthkitError) as raised:
        convert(manifest, "csv", tmp_path / "out")
    assert (raised.value.findings[0].file, raised.value.findings[0].line) == (str(manifest), 2)


def test_one_of_several_labels_is_asked_for(tmp_path: Path) -> None:
    about = {"class-name": "x", "type": "groundtruth/text-classification"}
    manifest = make(tmp_path, [{"source": "a", "one": 0, "one-metadata": about, "two": 0, "two-metadata": about}])
    with pytest.raises(UsageError, match="one, two"):
        to("csv", manifest)
    assert to("csv", manifest, label_attribute="two").label_attribute == "two"


# --- each target by its own reader ---


def test_coco_boxes_as_pycocotools_reads_them(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    done = to("coco", boxes(tmp_path))
    coco = COCO(done.out / "annotations.json")
    assert [one["name"] for one in coco.loadCats(coco.getCatIds())] == ["owl", "cat"]
    [image, _other] = coco.loadImgs(coco.getImgIds())
    assert (image["width"], image["height"]) == (WIDTH, HEIGHT)
    assert (done.out / "images" / image["file_name"]).is_file()
    found = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
    assert [(one["category_id"], one["bbox"], one["score"]) for one in found] == [
        (2, [4, 3, 10, 6], 0.87),
        (1, [30, 20, 20, 5], 0.5),
    ]


def test_coco_masks_are_exact(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    manifest, table = mask(tmp_path)
    coco = COCO(to("coco", manifest).out / "annotations.json")
    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    for one in coco.loadAnns(coco.getAnnIds()):
        number = {"road": 1, "car": 2}[names[one["category_id"]]]
        assert (coco.annToMask(one).astype(bool) == (table == number)).all()
        assert one["area"] == (table == number).sum()


def test_coco_polygons_and_keypoints(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    triangle = [{"x": 0, "y": 0}, {"x": 8, "y": 0}, {"x": 0, "y": 6}]
    label = {
        "polygons": [{"label": "x", "vertices": triangle}],
        "inputImageProperties": {"width": WIDTH, "height": HEIGHT},
    }
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "p": label, "p-metadata": COMMON}])
    coco = COCO(to("coco", manifest).out / "annotations.json")
    [one] = coco.loadAnns(coco.getAnnIds())
    assert (one["area"], one["bbox"], one["segmentation"]) == (24, [0, 0, 8, 6], [[0, 0, 8, 0, 0, 6]])
    assert 15 < coco.annToMask(one).sum() < 35

    points = {"keypoints": [{"label": "nose", "x": 3, "y": 4}, {"label": "tail", "x": 30, "y": 9}]}
    less = {"keypoints": [{"label": "tail", "x": 1, "y": 1}]}
    lines = [{"source-ref": f"s3://zoo/{n}.png", "p": p, "p-metadata": COMMON} for n, p in enumerate((points, less))]
    coco = COCO(to("coco", make(tmp_path, lines), overwrite=True).out / "annotations.json")
    assert coco.loadCats(coco.getCatIds())[0]["keypoints"] == ["nose", "tail"]
    assert [one["keypoints"] for one in coco.loadAnns(coco.getAnnIds())] == [[3, 4, 2, 30, 9, 2], [0, 0, 0, 1, 1, 2]]


def test_yolo_is_in_shares_of_the_picture_and_cuts_at_its_edge(tmp_path: Path) -> None:
    done = to("yolo", boxes(tmp_path, 4), shares={"train": 0.5, "validation": 0.5})
    assert {file.parent.name for file in done.out.glob("images/*/*.png")} == {"train", "val"}
    [first, *_] = sorted(done.out.glob("labels/*/*.txt"))
    rows = [[float(cell) for cell in row.split()] for row in first.read_text().splitlines()]
    assert rows == [[1, 9 / 40, 6 / 30, 10 / 40, 6 / 30], [0, 35 / 40, 0.75, 10 / 40, pytest.approx(5 / 30, abs=1e-6)]]
    text = (done.out / "data.yaml").read_text()
    assert 'train: "images/train"\nval: "images/val"\nnames:\n  0: "owl"\n  1: "cat"\n' in text


def test_yolo_classes_are_folders(tmp_path: Path) -> None:
    done = to("yolo", classes(tmp_path, ["owl", "cat/dog"]))
    assert (done.out / "train" / "owl" / "0.png").is_file()
    assert (done.out / "train" / "cat_dog" / "1.png").is_file()


def test_voc_counts_pixels_from_one(tmp_path: Path) -> None:
    done = to("voc", boxes(tmp_path))
    root = ElementTree.parse(done.out / "Annotations" / "0.xml").getroot()
    found = [
        (one.findtext("name"), [int(one.findtext(f"bndbox/{side}") or 0) for side in ("xmin", "ymin", "xmax", "ymax")])
        for one in root.findall("object")
    ]
    assert found == [("cat", [5, 4, 14, 9]), ("owl", [31, 21, 40, 25])]
    assert (done.out / "ImageSets" / "Main" / "trainval.txt").read_text().split() == ["0", "1"]


def test_voc_masks_hold_class_numbers(tmp_path: Path) -> None:
    manifest, table = mask(tmp_path)
    done = to("voc", manifest)
    with Image.open(done.out / "SegmentationClass" / "0.png") as picture:
        assert picture.mode == "P"
        assert (np.asarray(picture) == table).all()
    assert (done.out / "labelmap.txt").read_text().splitlines()[1:3] == ["background:0,0,0::", "road:128,0,0::"]


def test_spacy_reads_its_documents(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    done = to("spacy", spans(tmp_path))
    [doc] = DocBin().from_disk(done.out / "all.spacy").get_docs(spacy.blank("xx").vocab)
    assert [(span.label_, span.text) for span in doc.ents] == [(label, TEXT[start:end]) for label, start, end in SPANS]
    crossing = to("spacy", spans(tmp_path, [("place", 23, 32)]), overwrite=True)
    [doc] = DocBin().from_disk(crossing.out / "all.spacy").get_docs(spacy.blank("xx").vocab)
    assert len(doc.spans["sc"]) == 4
    assert not doc.ents
    assert any("overlapping" in told for told in crossing.told)
    assert to("spacy", classes(tmp_path, ["x", "y"], "text"), overwrite=True).kind == "class"
    docs = DocBin().from_disk(done.out / "all.spacy").get_docs(spacy.blank("xx").vocab)
    assert [doc.cats for doc in docs] == [{"x": 1, "y": 0}, {"x": 0, "y": 1}]


def test_conll_as_spacy_converts_it(tmp_path: Path) -> None:
    from spacy.training.converters import conll_ner_to_docs

    done = to("conll", spans(tmp_path, [("person", 0, 3)]))
    [doc] = conll_ner_to_docs((done.out / "all.conll").read_text("utf-8"))
    assert [(one.label_, one.text.replace(" ", "")) for one in doc.ents] == [
        (label, TEXT[start:end].replace(" ", "")) for label, start, end in SPANS
    ]
    assert done.told == {"passages that overlap a longer one: left out": 1}


def test_hugging_face_loads_texts_and_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    def load(folder: Path) -> Any:
        return load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))

    found = load(to("hf", spans(tmp_path)).out)["train"]
    assert found.features["entities"].feature["category"].names == ["person", "place"]
    assert [(one["start"], one["end"]) for one in found[0]["entities"]] == [span[1:] for span in SPANS]

    (tmp_path / "more").mkdir()
    found = load(to("hf", boxes(tmp_path / "more", 4), shares={"train": 0.5, "validation": 0.5}).out)
    assert {name: len(rows) for name, rows in found.items()} == {"train": 2, "validation": 2}
    row = found["train"][0]
    assert row["image"].size == (WIDTH, HEIGHT)
    assert [one["bbox"] for one in row["objects"]] == [[4, 3, 10, 6], [30, 20, 20, 5]]
    assert [one["category"] for one in row["objects"]] == ["cat", "owl"]

    (tmp_path / "class").mkdir()
    found = load(to("hf", classes(tmp_path / "class", ["b", "a"], "text")).out)["train"]
    assert [found.features["label"].int2str(number) for number in found["label"]] == ["b", "a"]


def test_pandas_reads_the_tables_alike(tmp_path: Path) -> None:
    import pandas

    manifest = spans(tmp_path)
    table = pandas.read_parquet(to("parquet", manifest).out / "all.parquet")
    assert list(zip(table["label"], table["start"], table["end"], strict=True)) == SPANS
    assert list(table["text"]) == [TEXT[start:end] for _, start, end in SPANS]
    other = pandas.read_csv(to("csv", manifest).out / "all.csv")
    assert list(other.columns) == list(table.columns)
    assert other["text"].tolist() == table["text"].tolist()


@pytest.mark.parametrize("kind", ["boxes", "spans", "class"])
def test_label_studio_takes_the_tasks(tmp_path: Path, kind: str) -> None:
    interfaces: Any = importlib.import_module("label_studio_sdk.label_interface")

    manifest = made_of(kind, tmp_path)
    done = to("labelstudio", manifest)
    interface = interfaces.LabelInterface((done.out / "label_config.xml").read_text("utf-8"))
    tasks = json.loads((done.out / "tasks.json").read_text("utf-8"))
    assert tasks
    for task in tasks:
        assert interface.validate_task({"data": task["data"]})
        for annotation in task["annotations"]:
            assert annotation["result"]
            assert interface.validate_annotation(annotation)
            wrong = [{**annotation["result"][0], "to_name": "no such"}]
            assert not interface.validate_annotation({"result": wrong})


@pytest.mark.parametrize("kind", ["boxes", "spans", "class", "mask"])
def test_the_services_own_form_comes_back_as_it_was(tmp_path: Path, kind: str) -> None:
    manifest = made_of(kind, tmp_path)
    done = to("sagemaker", manifest)
    before = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    after = [json.loads(line) for line in (done.out / "output.manifest").read_text("utf-8").splitlines()]
    if kind == "mask":
        for line in before:
            for color in line["street-ref-metadata"]["internal-color-map"].values():
                color["hex-color"] = color["hex-color"].lower()
    assert after == before


def test_verifications_and_adjustments_keep_what_workers_said_of_labels(tmp_path: Path) -> None:
    verified = {
        "class-name": "bad", "confidence": 0.6, "type": "groundtruth/label-verification",
        "worker-feedback": [{"comment": "the tail is cut, 半分"}], **COMMON,
    }  # fmt: skip
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "v": 0, "v-metadata": verified}])
    [before] = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    done = to("sagemaker", manifest)
    assert json.loads((done.out / "output.manifest").read_text("utf-8")) == before
    assert not done.told
    with (to("csv", manifest).out / "all.csv").open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert json.loads(row["others"])["label-rest"] == {"worker-feedback": verified["worker-feedback"]}
    assert "worker-feedback" in " ".join(to("yolo", manifest).told)

    adjusted = {**BOXES_METADATA, "adjustment-status": "adjusted"}
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "b": BOXES, "b-metadata": adjusted}])
    done = to("sagemaker", manifest, overwrite=True)
    assert json.loads((done.out / "output.manifest").read_text("utf-8"))["b-metadata"] == adjusted


def lines(tmp: Path) -> Path:
    label = {"lines": [{"label": "x", "vertices": [{"x": 0, "y": 1}, {"x": 8, "y": 2}]}]}
    return make(tmp, [{"source-ref": "s3://zoo/0.png", "l": label, "l-metadata": COMMON}])


@pytest.mark.parametrize("target", ["coco", "yolo", "voc", "labelstudio", "sagemaker"])
def test_what_has_no_place_for_lines_says_what_has(tmp_path: Path, target: str) -> None:
    with pytest.raises(UsageError) as raised:
        to(target, lines(tmp_path))
    assert f"{target} does not hold labels of the kind 'lines'" in raised.value.findings[0].message
    assert raised.value.findings[0].cure == "give --to one of hf, csv, parquet"


# --- and back ---


@pytest.mark.parametrize("tool", ["coco", "labelstudio"])
def test_boxes_come_back_as_what_workers_start_from(tmp_path: Path, tool: str) -> None:
    done = to(tool, boxes(tmp_path))
    file = done.out / ("annotations.json" if tool == "coco" else "tasks.json")
    brought = bring(file, tool, tmp_path / "input.jsonl")
    assert (brought.kind, brought.objects, brought.marks) == ("boxes", 2, 4)
    first = json.loads((tmp_path / "input.jsonl").read_text().splitlines()[0])
    assert first == {
        "source-ref": "s3://zoo/0.png",
        "initial-value": [
            {"label": "cat", "left": 4, "top": 3, "width": 10, "height": 6},
            {"label": "owl", "left": 30, "top": 20, "width": 20, "height": 5},
        ],
    }


def test_spans_come_back_from_label_studio(tmp_path: Path) -> None:
    done = to("labelstudio", spans(tmp_path))
    bring(done.out / "tasks.json", "labelstudio", tmp_path / "input.jsonl")
    line = json.loads((tmp_path / "input.jsonl").read_text("utf-8"))
    assert line["source"] == TEXT
    assert [(one["label"], one["startOffset"], one["endOffset"]) for one in line["initial-value"]] == SPANS


def test_file_names_need_a_prefix(tmp_path: Path) -> None:
    content = {
        "images": [{"id": 7, "file_name": "a.jpg"}],
        "annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 3, "name": "owl"}],
    }
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="--prefix"):
        bring(file, "coco", tmp_path / "m.jsonl")
    bring(file, "coco", tmp_path / "m.jsonl", prefix="s3://zoo/birds")
    assert json.loads((tmp_path / "m.jsonl").read_text())["source-ref"] == "s3://zoo/birds/a.jpg"
    file.write_text('{"images": []}')
    with pytest.raises(TruthkitError, match="not what coco writes"):
        bring(file, "coco", tmp_path / "other.jsonl")


# --- sets, classes, the command ---


def example(number: int, label: str) -> Example:
    return Example(number, f"text {number}", None, {}, Label("class", (Named(label),)), {})


def test_sets_are_stratified_and_do_not_depend_on_the_order() -> None:
    examples = [example(number, "rare" if number % 10 == 0 else "common") for number in range(100)]
    sets = split(examples, parse_split("train=0.7,validation=0.2,test=0.1"), 3)
    assert {name: len(members) for name, members in sets.items()} == {"train": 70, "validation": 20, "test": 10}
    rare = {
        name: sum(one.label.marks[0].label == "rare" for one in members if one.label) for name, members in sets.items()
    }
    assert rare == {"train": 7, "validation": 2, "test": 1}
    other = split(examples[::-1], parse_split("train=7,validation=2,test=1"), 3)
    assert {name: {one.line for one in members} for name, members in other.items()} == {
        name: {one.line for one in members} for name, members in sets.items()
    }
    assert split(examples, parse_split("0.7"), 4)["train"] != split(examples, parse_split("0.7"), 3)["train"]


@pytest.mark.parametrize("text", ["", "1.5", "train", "train=1", "train=0,test=1", "a=1,a=2", "train=x,test=1"])
def test_sets_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--split"):
        parse_split(text)


def test_a_class_map_renames_leaves_out_and_orders(tmp_path: Path) -> None:
    manifest, class_map = boxes(tmp_path), tmp_path / "map.json"
    class_map.write_text(json.dumps({"cat": "animal", "owl": None}))
    done = to("csv", manifest, class_map=class_map)
    assert done.classes == ("animal",)
    class_map.write_text(json.dumps({"labels": [{"label": "cat"}, {"label": "dog"}]}))
    assert to("csv", manifest, class_map=class_map, overwrite=True).classes == ("cat", "dog", "owl")
    class_map.write_text("[1]")
    with pytest.raises(UsageError, match="no object"):
        to("csv", manifest, class_map=class_map, overwrite=True)


def test_nothing_is_replaced_unasked_and_nothing_half_is_left(tmp_path: Path) -> None:
    manifest = boxes(tmp_path)
    to("csv", manifest)
    with pytest.raises(UsageError, match="exists"):
        to("csv", manifest)
    with pytest.raises(UsageError, match="'boxes'"):
        to("spacy", manifest)
    assert not (tmp_path / "spacy").exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    manifest, mine = boxes(tmp_path), tmp_path / "csv" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(UsageError, match="did not write it"):
        to("csv", manifest, overwrite=True)
    assert mine.read_text() == "mine"


def test_ids_of_tracked_things_are_told_and_kept_in_tables(tmp_path: Path) -> None:
    box = {"class-id": "0", "left": 1, "top": 2, "width": 3, "height": 4, "object-id": "abc", "object-name": "owl:1"}
    metadata = {"class-map": {"0": "owl"}, "type": "groundtruth/video-object-tracking", **COMMON}
    line = {"source-ref": "s3://zoo/0.png", "v-ref": "s3://zoo/SeqLabel.json", "v-ref-metadata": metadata}
    manifest = make(tmp_path, [line])
    frames = {"tracking-annotations": [{"frame-no": 0, "frame": "0.png", "annotations": [box]}]}
    (tmp_path / "pictures" / "SeqLabel.json").write_text(json.dumps(frames))
    done = to("csv", manifest)
    assert "abc" in (done.out / "all.csv").read_text()
    told = to("coco", manifest).told
    assert any("say more (annotations)" in what for what in told)


def test_every_kind_has_a_target_and_tables_take_all() -> None:
    kinds = frozenset[str]().union(*(target.kinds for target in TARGETS.values()))
    assert TARGETS["csv"].kinds == TARGETS["parquet"].kinds == kinds


def test_the_command_tells_what_was_written(tmp_path: Path) -> None:
    manifest = boxes(tmp_path)
    mapped = f"s3://zoo/={tmp_path / 'pictures'}"
    given = ["convert", str(manifest), "--to", "coco", "--objects", mapped, "--split", "0.5"]
    done = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "o"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["kind"], told["sets"], told["classes"]) == ("boxes", {"train": 1, "validation": 1}, ["owl", "cat"])
    assert str(tmp_path / "o" / "train.json") in told["files"]
    shown = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "p")])
    assert "coco does not hold" in shown.output
    with pytest.raises(UsageError, match="--to or --from"):
        app(["convert", str(manifest)], standalone_mode=False)


@pytest.mark.parametrize(
    ("way", "option", "other"),
    [
        (["--from", "coco"], ["--split", "0.5"], "--to"),
        (["--from", "coco"], ["--label-attribute", "b"], "--to"),
        (["--from", "coco"], ["--no-pictures"], "--to"),
        (["--to", "coco"], ["--prefix", "s3://zoo/"], "--from"),
        (["--to", "coco"], ["--masks", "s3://zoo/"], "--from"),
    ],
)
def test_options_of_the_other_way_are_refused(tmp_path: Path, way: list[str], option: list[str], other: str) -> None:
    with pytest.raises(UsageError, match=f"{option[0]} goes with {other}"):
        app(["convert", str(boxes(tmp_path)), *way, *option], standalone_mode=False)


def test_the_command_tells_what_it_brought(tmp_path: Path) -> None:
    file = to("labelstudio", mask(tmp_path)[0]).out / "tasks.json"
    given = ["convert", str(file), "--from", "labelstudio", "--masks", "s3://zoo/masks/"]
    shown = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "m.jsonl")])
    assert shown.exit_code == 0, shown.output
    assert "1 object, 2 labels (mask): road, car" in shown.output
    assert "m-masks; they go where --masks says" in shown.output
    told = json.loads(CliRunner().invoke(app, [*given, "--out", str(tmp_path / "n.jsonl"), "--json"]).output)
    assert (told["kind"], told["masks"]) == ("mask", str(tmp_path / "n-masks"))
