"""Training and validation sets: how large they are, what is in them, and how tools find them."""

from __future__ import annotations

import importlib
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.converted import COMMON, make, to
from truthkit.convert.labels import Box, Example, Label, Named
from truthkit.convert.splits import parse_split, split
from truthkit.findings import UsageError

yaml: Any = importlib.import_module("yaml")


def example(number: int, *labels: str) -> Example:
    return Example(number, f"text {number}", None, {}, Label("classes", tuple(map(Named, labels))), {})


def sizes(examples: list[Example], shares: str, seed: int = 0) -> list[int]:
    return [len(members) for members in split(examples, parse_split(shares), seed).values()]


def labels_of(examples: list[Example]) -> Counter[str]:
    return Counter(mark.label for one in examples if one.label for mark in one.label.marks)


@pytest.mark.parametrize(
    ("count", "shares", "expected"),
    [
        (100, "0.8", [80, 20]),
        (100, "a=0.5,b=0.25,c=0.25", [50, 25, 25]),
        (4, "0.8", [3, 1]),
        (4, "0.5", [2, 2]),
        (3, "a=0.9,b=0.05,c=0.05", [1, 1, 1]),
        (10, "0.99", [9, 1]),
        (1, "0.2", [0, 1]),
    ],
)
def test_shares_hold_where_every_object_has_a_class_of_its_own(count: int, shares: str, expected: list[int]) -> None:
    assert sizes([example(number, f"class {number}") for number in range(count)], shares) == expected


def test_rare_classes_are_in_every_set() -> None:
    """Fifty classes of two: those of the small set are in the large one too."""
    sets = split([example(number, f"class {number // 2}") for number in range(100)], parse_split("0.8"), 0)
    train, validation = (labels_of(members) for members in sets.values())
    assert (train.total(), validation.total()) == (80, 20)
    assert set(validation) <= set(train)


@given(
    st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=4), min_size=2, max_size=60),
    st.sampled_from(["0.8", "0.5", "a=0.7,b=0.2,c=0.1", "a=1,b=1,c=1,d=1"]),
    st.integers(0, 3),
)
def test_shares_hold_whatever_the_classes_and_the_order(labels: list[set[str]], shares: str, seed: int) -> None:
    examples = [example(number, *sorted(names)) for number, names in enumerate(labels)]
    wanted = parse_split(shares)
    sets = split(examples, wanted, seed)
    assert sum(map(len, sets.values())) == len(examples)
    for name, members in sets.items():
        assert abs(len(members) - wanted[name] * len(examples)) <= (1 if len(examples) >= 10 else len(wanted))
    assert all(sets.values()) or len(examples) < len(sets)
    shuffled = random.Random(seed).sample(examples, len(examples))
    again = split(shuffled, wanted, seed)
    assert {name: {one.line for one in members} for name, members in again.items()} == {
        name: {one.line for one in members} for name, members in sets.items()
    }


def test_classes_of_objects_with_several_are_spread_alike() -> None:
    chance = random.Random(5)
    odds = {"common": 0.9, "half": 0.5, "fifth": 0.2, "rare": 0.05}
    examples = [example(n, *(name for name, odd in odds.items() if chance.random() < odd)) for n in range(400)]
    whole = labels_of(examples)
    for name, members in split(examples, parse_split("train=0.7,validation=0.2,test=0.1"), 1).items():
        share = {"train": 0.7, "validation": 0.2, "test": 0.1}[name]
        for label, count in labels_of(members).items():
            assert abs(count - share * whole[label]) <= 2, (name, label)


def test_frames_of_a_video_stay_together_whatever_the_order() -> None:
    frames = [
        Example(
            video, None, f"s3://zoo/{video}-{frame}.png", {}, Label("boxes", (Box("x", 0, 0, 1, 1),)), {}, None, frame
        )
        for video in range(10)
        for frame in range(5)
    ]
    sets = split(frames, parse_split("0.8"), 0)
    assert [len(members) for members in sets.values()] == [40, 10]
    train, validation = ({one.line for one in members} for members in sets.values())
    assert not train & validation
    turned = [Example(9 - o.line, None, o.source_ref, {}, o.label, {}, None, o.frame) for o in frames]
    turned.sort(key=lambda one: one.line)
    again = split(turned, parse_split("0.8"), 0)
    assert {one.source_ref for one in again["train"]} == {one.source_ref for one in sets["train"]}


@pytest.mark.parametrize("text", ["train=0.5,valid=0.2", "a=0.5,b=0.6", "train=1,valid=0.2", "a=0.33,b=0.33,c=0.33"])
def test_fractions_that_are_no_whole_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="adds up to"):
        parse_split(text)


def test_parts_and_rounded_fractions_are_taken() -> None:
    assert parse_split("train=8,validation=1,test=1") == {"train": 0.8, "validation": 0.1, "test": 0.1}
    assert parse_split("a=80,b=20") == {"a": 0.8, "b": 0.2}
    assert sum(parse_split("a=0.333,b=0.333,c=0.333").values()) == pytest.approx(1)


def boxes(tmp: Path, count: int, **more: Any) -> Path:
    label: dict[str, Any] = {"boundingBoxes": [{"label": "owl", "left": 1, "top": 2, "width": 3, "height": 4}]}
    label |= {"inputImageProperties": {"width": 40, "height": 30}}
    lines = [{"source-ref": f"s3://zoo/{n}.png", "b": label, "b-metadata": COMMON, **more} for n in range(count)]
    return make(tmp, lines)


def test_a_set_without_objects_is_told(tmp_path: Path) -> None:
    done = to("csv", boxes(tmp_path, 1), shares=parse_split("0.8"))
    assert done.sets == {"train": 1, "validation": 0}
    assert done.told == {"set without objects: validation (objects in all: 1)": 1}


# --- the sets as YOLO has them ---


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ("train=0.5,valid=0.5", {"train", "val"}),
        ("training=0.5,dev=0.5", {"train", "val"}),
        ("train=0.5,val=0.25,testing=0.25", {"train", "val", "test"}),
        ("test=0.25,train=0.5,validation=0.25", {"train", "val", "test"}),
    ],
)
def test_yolo_knows_sets_by_their_usual_names(tmp_path: Path, shares: str, expected: set[str]) -> None:
    done = to("yolo", boxes(tmp_path, 8), shares=parse_split(shares))
    read = yaml.safe_load((done.out / "data.yaml").read_text("utf-8"))
    assert {name: folder for name, folder in read.items() if name != "names"} == {
        name: f"images/{name}" for name in expected
    }
    assert all(any((done.out / "images" / name).iterdir()) for name in expected)
    assert not any("validation" in what for what in done.told)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ("a=0.5,b=0.5", "no set 'a'"),
        ("train=0.5,val=0.3,dev=0.2", "'val' and 'dev' are one set"),
        ("train=0.5,test=0.5", "needs a set for validation"),
        ("val=0.5,test=0.5", "needs a set for training"),
    ],
)
def test_sets_that_yolo_cannot_place_are_refused(tmp_path: Path, shares: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        to("yolo", boxes(tmp_path, 4), shares=parse_split(shares))
    assert "--split train=0.8,validation=0.2" in raised.value.findings[0].cure
    assert not (tmp_path / "yolo").exists()


def test_validation_on_training_data_is_told(tmp_path: Path) -> None:
    done = to("yolo", boxes(tmp_path, 2))
    read = yaml.safe_load((done.out / "data.yaml").read_text("utf-8"))
    assert read["val"] == read["train"] == "images/train"
    assert done.told == {"set for validation that is the one for training, since there is no --split": 1}


def test_yolos_folder_is_that_of_its_file(tmp_path: Path) -> None:
    """As Ultralytics' check_det_dataset resolves it: a relative ``path`` is looked for in another folder."""
    done = to("yolo", boxes(tmp_path, 2), shares=parse_split("0.5"))
    file = done.out / "data.yaml"
    read = yaml.safe_load(file.read_text("utf-8"))
    root = Path(read.get("path") or file.parent)
    assert root.is_absolute()
    assert all((root / read[name]).is_dir() for name in ("train", "val"))


# --- class maps, formats that fit, what is replaced ---


def test_names_that_no_label_has_are_told_and_make_no_class(tmp_path: Path) -> None:
    manifest, class_map = boxes(tmp_path, 2), tmp_path / "map.json"
    class_map.write_text(json.dumps({"owll": "bird", "cat": "pet"}))
    done = to("coco", manifest, class_map=class_map)
    assert done.classes == ("owl",)
    assert done.told == {"names in the class map that no label has (owll, cat): they change nothing": 2}
    class_map.write_text(json.dumps({"owll": "bird", "owl": "bird"}))
    assert to("coco", manifest, class_map=class_map, overwrite=True).classes == ("bird",)


def texts(tmp: Path) -> Path:
    about = {"class-name": "x", "confidence": 1, "type": "groundtruth/text-classification", **COMMON}
    return make(tmp, [{"source": f"text {n}", "c": 0, "c-metadata": about} for n in range(2)])


@pytest.mark.parametrize(("target", "made"), [("coco", texts), ("yolo", texts), ("spacy", None), ("conll", None)])
def test_cures_name_only_formats_that_take_the_labels_and_the_objects(tmp_path: Path, target: str, made: Any) -> None:
    manifest = made(tmp_path) if made else boxes(tmp_path, 2)
    with pytest.raises(UsageError) as raised:
        to(target, manifest)
    named = raised.value.findings[0].cure.partition("--to one of ")[2].split(", ")
    assert "csv" in named
    assert not {target, "yolo" if made else "spacy"} & set(named)
    for one in named:
        assert to(one, manifest).files


def test_what_the_user_put_beside_is_never_replaced(tmp_path: Path) -> None:
    manifest = boxes(tmp_path, 2)
    done = to("coco", manifest)
    assert to("coco", manifest, overwrite=True).files == done.files
    for name in ("notes.md", "images/mine.png"):
        (done.out / name).write_text("mine")
        with pytest.raises(UsageError, match=f"did not write: {name}"):
            to("coco", manifest, overwrite=True)
        assert (done.out / name).read_text() == "mine"
        (done.out / name).unlink()
    assert to("coco", manifest, overwrite=True).files == done.files


def test_several_jobs_are_named(tmp_path: Path) -> None:
    for number in range(12):
        folder = tmp_path / "jobs" / f"job-{number:02}" / "manifests" / "output"
        folder.mkdir(parents=True)
        (folder / "output.manifest").write_text("")
    with pytest.raises(UsageError, match=r"holds 12 jobs: job-00, .*job-09, …"):
        to("csv", tmp_path / "jobs")


# --- COCO's boxes, and the classes of Hugging Face's pictures ---


def test_pycocotools_makes_masks_of_boxes(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    coco = COCO(to("coco", boxes(tmp_path, 1)).out / "annotations.json")
    [one] = coco.loadAnns(coco.getAnnIds())
    mask = coco.annToMask(one)
    assert mask.sum() == one["area"] == 12
    assert mask[2:6, 1:4].all()


def test_classes_of_pictures_keep_their_order_in_hugging_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import ClassLabel, load_dataset

    about = {"class-name": "owl", "confidence": 1, "type": "groundtruth/image-classification", **COMMON}
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "c": 1, "c-metadata": about}])
    class_map = tmp_path / "map.json"
    class_map.write_text(json.dumps({"labels": [{"label": "zebra"}, {"label": "owl"}, {"label": "ant"}]}))
    done = to("hf", manifest, class_map=class_map)
    id2label = json.loads((done.out / "id2label.json").read_text("utf-8"))
    assert id2label == {"0": "zebra", "1": "owl", "2": "ant"}
    rows = load_dataset(str(done.out), cache_dir=str(tmp_path / "cache"))["train"]
    rows = rows.cast_column("label", ClassLabel(names=list(id2label.values())))
    assert rows["label"][:] == [1]
