"""Masks to other tools, each pixel as it was, by those tools' own readers; and theirs as what workers start from."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tests.converted import COMMON, HEIGHT, WIDTH, make, mask, to
from truthkit.convert import convert
from truthkit.convert.runs import BadRunsError, brush_bits, brush_bytes, coco_bits, coco_counts
from truthkit.findings import UsageError

MASKS = arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), fill=st.booleans())


def instances(tmp: Path) -> tuple[Path, Any]:
    """A picture with two owls and a cat, each in its color; the numbers are the places in the list."""
    table = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    table[2:9, 3:10] = 1
    table[12:20, 20:33] = 2
    table[15:29, 1:6] = 3
    colors = ["#ffffff", "#2ca02c", "#1f77b4", "#ff7f0e"]
    rgb = np.array([[int(one[place : place + 2], 16) for place in (1, 3, 5)] for one in colors], dtype=np.uint8)[table]
    names = ["owl", "owl", "cat"]
    label = {
        "instances": [{"label": name, "color": color} for name, color in zip(names, colors[1:], strict=True)],
        "labeledImage": {"s3Uri": "s3://zoo/mask.png"},
        "inputImageProperties": {"width": WIDTH, "height": HEIGHT},
    }
    manifest = make(tmp, [{"source-ref": "s3://zoo/0.png", "things": label, "things-metadata": COMMON}])
    Image.fromarray(rgb).save(tmp / "pictures" / "mask.png")
    return manifest, table


# --- run lengths ---


@given(MASKS)
def test_label_studio_decodes_brushes_as_they_were(bits: Any) -> None:
    brush: Any = importlib.import_module("label_studio_sdk.converter.brush")
    height, width = bits.shape
    rle = brush_bytes(bits)
    pixels = brush.decode_rle(rle).reshape(height, width, 4)
    assert ((pixels == 255) == bits[:, :, None]).all()
    assert (np.isin(pixels, (0, 255))).all()
    assert (brush_bits(rle, width, height) == bits).all()
    assert (brush_bits(brush.mask2rle(bits.astype(np.uint8) * 255), width, height) == bits).all()


def test_long_runs_are_split_as_label_studio_reads_them() -> None:
    brush: Any = importlib.import_module("label_studio_sdk.converter.brush")
    bits = np.zeros((300, 400), dtype=bool)
    bits[100:250] = True
    assert ((brush.decode_rle(brush_bytes(bits)).reshape(300, 400, 4)[:, :, 3] > 0) == bits).all()
    assert (brush_bits(brush_bytes(bits), 400, 300) == bits).all()


def test_brushes_with_soft_edges_are_painted_where_they_are_not_clear() -> None:
    brush: Any = importlib.import_module("label_studio_sdk.converter.brush")
    alpha = np.array([[0, 1, 128, 255, 255, 0]], dtype=np.uint8)
    rgba = np.stack([np.full_like(alpha, 9), np.full_like(alpha, 8), np.full_like(alpha, 7), alpha], axis=-1)
    assert brush_bits(brush.encode_rle(rgba.ravel()), 6, 1).tolist() == [[False, True, True, True, True, False]]


@pytest.mark.parametrize(
    "rle", [[], [0, 0], [0, 0, 0, 99, 57], [0, 0, 0, 8, 57, 27, 255], "text", [999], [0, 0, 0, 4, 57, 27, 255, 224, 31]]
)
def test_what_is_no_brush_is_told(rle: Any) -> None:
    with pytest.raises(BadRunsError):
        brush_bits(rle, 2, 1)


@given(MASKS)
def test_cocos_counts_come_back(bits: Any) -> None:
    from pycocotools import mask as cocotools

    height, width = bits.shape
    plain = {"size": [height, width], "counts": coco_counts(bits)}
    assert (coco_bits(plain, width, height) == bits).all()
    packed = cocotools.encode(np.asfortranarray(bits.astype(np.uint8)))
    packed["counts"] = packed["counts"].decode()
    assert (coco_bits(packed, width, height) == bits).all()


POINTS = st.floats(-5, 45).map(lambda value: round(value, 2))


@given(st.lists(st.lists(st.tuples(POINTS, POINTS), min_size=3, max_size=8), min_size=1, max_size=3))
def test_cocos_polygons_have_the_pixels_that_its_own_tools_give_them(rings: list[list[tuple[float, float]]]) -> None:
    from pycocotools import mask as cocotools

    flat = [[value for point in ring for value in point] for ring in rings]
    expected = cocotools.decode(cocotools.merge(cocotools.frPyObjects(flat, 30, 40))).astype(bool)
    assert (coco_bits(flat, 40, 30) == expected).all()


@pytest.mark.parametrize(
    "segmentation",
    [
        None, {"counts": [4]}, {"size": [2, 2], "counts": [3]}, {"size": [2, 2], "counts": "\x01"},
        {"size": [2, 2], "counts": [5, -1]}, [[1, 2, 3, 4]], [["a"] * 6], {"size": [2, 2], "counts": "oo"},
    ],
)  # fmt: skip
def test_what_is_no_segmentation_is_told(segmentation: Any) -> None:
    with pytest.raises(BadRunsError):
        coco_bits(segmentation, 2, 2)


# --- to Label Studio ---


@pytest.mark.parametrize("kind", ["mask", "instances"])
def test_label_studio_exports_the_masks_that_were_converted(tmp_path: Path, kind: str) -> None:
    interfaces: Any = importlib.import_module("label_studio_sdk.label_interface")
    converters: Any = importlib.import_module("label_studio_sdk.converter.converter")
    manifest, table = mask(tmp_path) if kind == "mask" else instances(tmp_path)
    done = to("labelstudio", manifest)
    config = (done.out / "label_config.xml").read_text("utf-8")
    interface = interfaces.LabelInterface(config)
    [task] = json.loads((done.out / "tasks.json").read_text("utf-8"))
    assert interface.validate_task({"data": task["data"]})
    assert interface.validate_annotation(task["annotations"][0])
    (tmp_path / "npy").mkdir()
    converters.Converter(config, str(done.out)).convert(
        str(done.out / "tasks.json"),
        str(tmp_path / "npy"),
        converters.Format.BRUSH_TO_NUMPY,
        is_dir=False,
    )
    found = {file.stem.split("-label-")[1]: np.load(file) > 0 for file in (tmp_path / "npy").glob("*.npy")}
    numbers = {"road-0": 1, "car-0": 2} if kind == "mask" else {"owl-0": 1, "owl-1": 2, "cat-0": 3}
    assert found.keys() == numbers.keys()
    for name, number in numbers.items():
        assert (found[name] == (table == number)).all(), name


# --- to Hugging Face ---


@pytest.mark.parametrize("kind", ["mask", "instances"])
def test_hugging_face_loads_pictures_and_masks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import Image as ImageFeature
    from datasets import load_dataset

    manifest, table = mask(tmp_path) if kind == "mask" else instances(tmp_path)
    done = to("hf", manifest)
    found = load_dataset(str(done.out), cache_dir=str(tmp_path / "cache"))["train"]
    assert (found.features["image"], found.features["mask"]) == (ImageFeature(), ImageFeature())
    [row] = found
    with Image.open(tmp_path / "pictures" / "0.png") as picture:
        assert (np.asarray(row["image"]) == np.asarray(picture)).all()
    assert (np.asarray(row["mask"]) == table).all()
    names = json.loads((done.out / "id2label.json").read_text("utf-8"))
    objects = [(one["category"], one["value"]) for one in row["objects"]]
    if kind == "mask":
        assert names == {"0": "background", "1": "road", "2": "car"}
        assert objects == [(names[str(value)], value) for value in (1, 2)]
    else:
        assert names == {"0": "background", "1": "owl", "2": "cat"}
        assert objects == [("owl", 1), ("owl", 2), ("cat", 3)]


def test_more_than_255_things_need_16_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    table = np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH)
    rgb = np.stack([table >> 8, table & 255, np.zeros_like(table)], axis=-1).astype(np.uint8)
    things = [{"label": "dot", "color": f"#{number:04x}00"} for number in range(1, HEIGHT * WIDTH)]
    label = {"instances": things, "labeledImage": {"s3Uri": "s3://zoo/mask.png"}}
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "things": label, "things-metadata": COMMON}])
    Image.fromarray(rgb).save(tmp_path / "pictures" / "mask.png")
    done = to("hf", manifest)
    [row] = load_dataset(str(done.out), cache_dir=str(tmp_path / "cache"))["train"]
    assert (np.asarray(row["mask"]) == table).all()
    # The first thing's color is in no pixel: 0 was not given to it.
    assert [one["value"] for one in row["objects"]] == list(range(1, HEIGHT * WIDTH))


# --- masks that are not as they should be ---


@pytest.mark.parametrize("target", ["coco", "voc", "hf", "labelstudio"])
def test_masks_that_cannot_be_used_are_told_and_nothing_stands_for_them(tmp_path: Path, target: str) -> None:
    manifest, _table = mask(tmp_path)
    line = json.loads(manifest.read_text("utf-8"))
    places = ["s3://zoo/mask.png", "s3://zoo/none.png", "s3://zoo/text.png", "s3://zoo/small.png"]
    lines = [{**line, "source-ref": f"s3://zoo/{number}.png", "street-ref": uri} for number, uri in enumerate(places)]
    pictures = tmp_path / "pictures"
    with Image.open(pictures / "mask.png") as picture:
        picture.copy().resize((3, 3)).save(pictures / "small.png")
    (pictures / "text.png").write_text("no picture")
    done = to(target, make(tmp_path, lines))
    told = " / ".join(done.told)
    for words in ("masks that are in no mapped folder", "masks that cannot be read", "masks of another size"):
        assert words in told
    assert sum(done.told.values()) == 3
    kept = [file.name for file in done.files if file.suffix == ".png"]
    assert "1.png" not in kept
    if target == "coco":
        assert len(json.loads((done.out / "annotations.json").read_text())["images"]) == 1
    if target == "labelstudio":
        assert len(json.loads((done.out / "tasks.json").read_text())) == 1


def test_pixels_without_a_name_are_told_and_clear_ones_are_background(tmp_path: Path) -> None:
    manifest, table = mask(tmp_path)
    file = tmp_path / "pictures" / "mask.png"
    with Image.open(file) as picture:
        rgba = np.asarray(picture.convert("RGBA")).copy()
    rgba[0, 0] = (1, 2, 3, 0)
    Image.fromarray(rgba).save(file)
    done = to("voc", manifest)
    assert not done.told
    rgba[0, 0] = (1, 2, 3, 255)
    Image.fromarray(rgba).save(file)
    done = to("voc", manifest, overwrite=True)
    assert any("a color that has no name" in what for what in done.told)
    with Image.open(done.out / "SegmentationClass" / "0.png") as written:
        assert (np.asarray(written) == table).all()


@pytest.mark.parametrize("target", ["coco", "voc", "hf", "labelstudio", "sagemaker"])
def test_two_classes_that_become_one_keep_their_pixels(tmp_path: Path, target: str) -> None:
    manifest, table = mask(tmp_path)
    class_map = tmp_path / "map.json"
    class_map.write_text(json.dumps({"road": "ground", "car": "ground"}))
    done = to(target, manifest, class_map=class_map)
    assert done.classes == ("ground",)
    if target == "voc":
        with Image.open(done.out / "SegmentationClass" / "0.png") as written:
            assert (np.asarray(written) == (table > 0)).all()
    if target == "sagemaker":
        line = json.loads((done.out / "output.manifest").read_text())
        colors = line["street-ref-metadata"]["internal-color-map"].values()
        assert [(one["class-name"], one["hex-color"]) for one in colors][1:] == [
            ("ground", "#1f77b4"), ("ground", "#ff7f0e"),
        ]  # fmt: skip
    if target == "hf":
        with Image.open(done.out / "train" / "masks" / "0.png") as written:
            assert (np.asarray(written) == (table > 0)).all()


def test_masks_of_one_pixel_and_of_a_palette(tmp_path: Path) -> None:
    about = {
        "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"},
        "7": {"class_name": "dot", "hex_color": "#FF0000"},
    }
    metadata = {"internal_color_map": about, "type": "groundTruth/semantic-segmentation", "job_name": "x"}
    manifest = make(tmp_path, [{"source-ref": "s3://zoo/0.png", "m-ref": "s3://zoo/m.png", "m-ref-metadata": metadata}])
    pictures = tmp_path / "pictures"
    Image.new("RGB", (1, 1)).save(pictures / "0.png")
    dot = Image.new("P", (1, 1), 7)
    dot.putpalette([0] * 21 + [255, 0, 0])
    dot.save(pictures / "m.png")
    [one] = json.loads((to("coco", manifest).out / "annotations.json").read_text())["annotations"]
    assert (one["segmentation"], one["bbox"], one["area"]) == ({"size": [1, 1], "counts": [0, 1]}, [0, 0, 1, 1], 1)
    with Image.open(to("voc", manifest).out / "SegmentationClass" / "0.png") as written:
        assert np.asarray(written).tolist() == [[1]]


def test_a_fetched_job_knows_where_its_masks_are(tmp_path: Path) -> None:
    manifest, table = mask(tmp_path)
    line = json.loads(manifest.read_text("utf-8"))
    job = tmp_path / "job"
    output = job / "output" / "Street"
    line["street-ref"] = "s3://mine/out/Street/annotations/consolidated-annotation/output/0.png"
    place = output / "annotations" / "consolidated-annotation" / "output" / "0.png"
    place.parent.mkdir(parents=True)
    (tmp_path / "pictures" / "mask.png").rename(place)
    about = {"LabelingJobName": "Street", "LabelAttributeName": "street-ref"}
    about_output = {"OutputConfig": {"S3OutputPath": "s3://mine/out"}}
    (job / "labeling-job.json").write_text(json.dumps({**about, **about_output}))
    with pytest.raises(UsageError, match="no output manifest yet"):
        convert(job, "voc", tmp_path / "voc")
    made = output / "manifests" / "output" / "output.manifest"
    made.parent.mkdir(parents=True)
    made.write_text(json.dumps(line) + "\n")
    done = convert(job, "voc", tmp_path / "voc")
    with Image.open(done.out / "SegmentationClass" / "0.png") as written:
        assert (np.asarray(written) == table).all()
