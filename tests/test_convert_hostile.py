"""Converting what the world has: odd names of files and classes, turned and huge pictures, and runs that break off."""

from __future__ import annotations

import csv
import importlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.converted import COMMON, to
from truthkit.convert import TARGETS, Converted, convert
from truthkit.convert.names import flat_names, fold, folder_names, relative_names, yaml_text
from truthkit.findings import TruthkitError, UsageError

yaml: Any = importlib.import_module("yaml")

WIDTH, HEIGHT = 12, 8
BOX = {"label": "owl", "left": 3, "top": 2, "width": 6, "height": 4}
KEYS = [
    "in/a/1.png",
    "in/b/1.png",
    "in/A/1.png",
    "in/a_1.png",
    "in/a/1.jpg.png",
    "in/1",
    "in/1/2.png",
    "in/images/images/x.png",
    "in/labels/x.png",
    "in/masks/x.png",
    unicodedata.normalize("NFC", "in/Kraków.png"),
    unicodedata.normalize("NFD", "in/Kraków.png"),
    "in/a b.png",
    "in/ä%20#?.png",
    "in/new\nline\ttab.png",
    "in/back\\slash.png",
    "in/c::d.png",
    "in/[1]*.png",
    "in/.hidden.png",
    "in/__x__.png",
    "in/.hidden/__x__/y.png",
    "in/metadata.jsonl.png",
    "in/'quote'\".png",
    "in/" + "long" * 60 + ".png",
    "in/" + "長い" * 35 + "/" + "名" * 80 + ".png",
]


def color_of(number: int) -> tuple[int, int, int]:
    return (number * 7 % 256, 255 - number, number)


def pictures(tmp: Path, uris: Sequence[str], label: Any = None) -> Path:
    """A manifest of a picture at each URI, each of a color of its own."""
    lines = []
    for number, uri in enumerate(uris):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        file = tmp / bucket / key
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (WIDTH, HEIGHT), color_of(number)).save(file, "PNG")
        except OSError:
            continue  # no file here has such a name
        value = label or {"boundingBoxes": [{**BOX, "left": number % 3}]}
        lines.append({"source-ref": uri, "b": value, "b-metadata": COMMON})
    manifest = tmp / "output.manifest"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return manifest


def write(manifest: Path, target: str, **options: Any) -> Converted:
    buckets = [one for one in manifest.parent.iterdir() if one.is_dir() and one.name in ("zoo", "zoo2")]
    mapped = [(f"s3://{bucket.name}/", bucket) for bucket in buckets]
    return convert(manifest, target, manifest.parent / target, objects=mapped, **options)


def uris_of(tmp: Path) -> list[str]:
    """The keys that this file system takes, in one bucket, and one of them in another."""
    keys = [key for key in KEYS if key != "in/1"]  # where it is a folder, it can be no file
    return [*(f"s3://zoo/{key}" for key in keys), "s3://zoo2/in/a/1.png"]


def color_in(file: Path) -> tuple[int, ...]:
    with Image.open(file) as picture:
        return tuple(np.asarray(picture.convert("RGB"))[0, 0].tolist())


# --- names of files ---


@given(st.lists(st.sampled_from(KEYS), min_size=1, max_size=12), st.booleans())
def test_names_are_all_different_on_any_file_system(keys: list[str], two_buckets: bool) -> None:
    uris = [f"s3://{'zoo2' if two_buckets and place % 2 else 'zoo'}/{key}" for place, key in enumerate(keys)]
    names = relative_names(uris)
    assert len({fold(name) for name in names}) == len(names)
    folders = {fold(str(parent)) for name in names for parent in Path(name).parents}
    assert not folders & {fold(name) for name in names}
    for name in names:
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert not set("\n\t\\") & set(name)
        assert max(len(part.encode()) for part in name.split("/")) < 240
    flat = flat_names(names)
    assert not any("/" in name for name in flat)
    assert len({fold(Path(name).stem) for name in flat}) == len(flat)


def test_each_picture_is_with_its_own_labels_in_coco(tmp_path: Path) -> None:
    done = write(pictures(tmp_path, uris_of(tmp_path)), "coco")
    content = json.loads((done.out / "annotations.json").read_text("utf-8"))
    assert len(content["images"]) == sum(done.sets.values())
    for place, image in enumerate(content["images"]):
        assert color_in(done.out / "images" / image["file_name"]) == color_of(place)
        assert content["annotations"][place]["image_id"] == image["id"]


def test_each_picture_is_with_its_own_labels_in_yolo(tmp_path: Path) -> None:
    done = write(pictures(tmp_path, uris_of(tmp_path)), "yolo")
    found = {}
    for image in sorted((done.out / "images").rglob("*")):
        if image.is_file():
            # Where Ultralytics looks for the labels of a picture.
            label = "/labels/".join(str(image).rsplit("/images/", 1)).rsplit(".", 1)[0] + ".txt"
            found[color_in(image)] = [float(cell) for cell in Path(label).read_text().split()]
    assert len(found) == sum(done.sets.values())
    for number in range(len(found)):
        expected = [0, (number % 3 + 3) / WIDTH, 4 / HEIGHT, 6 / WIDTH, 4 / HEIGHT]
        assert found[color_of(number)] == pytest.approx(expected, abs=1e-6)


def test_each_picture_is_with_its_own_labels_in_voc(tmp_path: Path) -> None:
    done = write(pictures(tmp_path, uris_of(tmp_path)), "voc")
    stems = (done.out / "ImageSets" / "Main" / "trainval.txt").read_text("utf-8").split("\n")[:-1]
    assert len(stems) == sum(done.sets.values())
    for number, stem in enumerate(stems):
        root = ElementTree.parse(done.out / "Annotations" / f"{stem}.xml").getroot()
        assert color_in(done.out / "JPEGImages" / (root.findtext("filename") or "")) == color_of(number)
        assert root.findtext("object/bndbox/xmin") == str(number % 3 + 1)


def test_each_picture_is_with_its_own_labels_in_hugging_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    done = write(pictures(tmp_path, uris_of(tmp_path)), "hf")
    rows = load_dataset(str(done.out), cache_dir=str(tmp_path / "cache"))["train"]
    assert len(rows) == sum(done.sets.values())
    for number, row in enumerate(rows):
        assert np.asarray(row["image"].convert("RGB"))[0, 0].tolist() == list(color_of(number))
        assert row["objects"][0]["bbox"][0] == number % 3


@pytest.mark.parametrize("target", ["coco", "yolo", "voc", "hf"])
def test_a_picture_that_is_there_twice_keeps_both_labels(tmp_path: Path, target: str) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/a.png", "s3://zoo/a.png"])
    done = write(manifest, target)
    assert sum(file.suffix == ".png" for file in done.files) == 2
    if target == "yolo":
        assert sum(file.suffix == ".txt" for file in done.files) == 2
    if target == "voc":
        assert sum(file.suffix == ".xml" for file in done.files) == 2


def test_frames_of_a_video_have_ids_of_their_own(tmp_path: Path) -> None:
    frames = [{"frame-no": number, "frame": f"{number}.png", "annotations": []} for number in range(3)]
    metadata = {"class-map": {"0": "owl"}, "type": "groundtruth/video-object-detection", **COMMON}
    manifest = pictures(tmp_path, [f"s3://zoo/{number}.png" for number in range(3)])
    line = {"source-ref": "s3://zoo/seq.json", "v-ref": "s3://zoo/l.json", "v-ref-metadata": metadata}
    manifest.write_text(json.dumps(line) + "\n")
    (tmp_path / "zoo" / "seq.json").write_text(json.dumps({"prefix": "s3://zoo/"}))
    (tmp_path / "zoo" / "l.json").write_text(json.dumps({"detection-annotations": frames}))
    tasks = json.loads((write(manifest, "labelstudio").out / "tasks.json").read_text())
    assert [(task["id"], task["data"]["image"]) for task in tasks] == [
        (number + 1, f"s3://zoo/{number}.png") for number in range(3)
    ]


# --- turned and huge pictures ---


def turned(file: Path, orientation: int, *, big_endian: bool = False) -> None:
    table = np.zeros((HEIGHT * 8, WIDTH * 8, 3), dtype=np.uint8)
    table[: HEIGHT * 4, : WIDTH * 4] = (250, 10, 10)
    exif = Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = orientation
    if big_endian:
        exif.endian = ">"
    Image.fromarray(table).save(file, "JPEG", exif=exif, quality=90)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("big_endian", [False, True])
def test_copies_of_turned_pictures_are_as_workers_saw_them(tmp_path: Path, orientation: int, big_endian: bool) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/a.jpg"])
    file = tmp_path / "zoo" / "a.jpg"
    turned(file, orientation, big_endian=big_endian)
    before = file.read_bytes()
    with Image.open(file) as picture:
        stored = np.asarray(picture)
    done = write(manifest, "coco")
    with Image.open(done.out / "images" / "a.jpg") as copy:
        assert (np.asarray(ImageOps.exif_transpose(copy)) == stored).all()
        assert copy.getexif()[0x010F] == "maker"
    assert file.read_bytes() == before
    [image] = json.loads((done.out / "annotations.json").read_text())["images"]
    assert (image["width"], image["height"]) == (WIDTH * 8, HEIGHT * 8)
    assert any("EXIF" in what for what in done.told) == (orientation > 1)
    told = write(manifest, "labelstudio").told
    assert any("EXIF" in what for what in told) == (orientation > 1)


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("ending", ["png", "webp"])
def test_copies_of_turned_png_and_webp_are_as_workers_saw_them(tmp_path: Path, ending: str, orientation: int) -> None:
    manifest = pictures(tmp_path, [f"s3://zoo/a.{ending}"])
    file = tmp_path / "zoo" / f"a.{ending}"
    table = np.arange(HEIGHT * WIDTH * 3, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)
    exif = Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = orientation
    Image.fromarray(table).save(file, exif=exif, lossless=True)
    done = write(manifest, "coco")
    with Image.open(done.out / "images" / file.name) as copy:
        copy.verify()
    with Image.open(done.out / "images" / file.name) as copy:
        assert (np.asarray(ImageOps.exif_transpose(copy)) == table).all()
        assert copy.getexif()[0x010F] == "maker"
    assert any("EXIF" in what for what in done.told) == (orientation > 1)
    assert any("EXIF" in what for what in write(manifest, "labelstudio").told) == (orientation > 1)


def test_labels_of_the_turned_form_keep_it(tmp_path: Path) -> None:
    seen = {"boundingBoxes": [BOX], "inputImageProperties": {"width": HEIGHT * 8, "height": WIDTH * 8}}
    manifest = pictures(tmp_path, ["s3://zoo/a.jpg"], seen)
    turned(tmp_path / "zoo" / "a.jpg", 6)
    done = write(manifest, "coco")
    with Image.open(done.out / "images" / "a.jpg") as copy:
        assert ImageOps.exif_transpose(copy).size == (HEIGHT * 8, WIDTH * 8)
    assert done.told == {"pictures whose label is of their turned form (EXIF): copied as they are": 1}


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_break_the_search_for_orientations(data: bytes, cut: int) -> None:
    from truthkit.convert.exif import orientation_place

    for given_bytes in (data, b"\xff\xd8\xff\xe1" + data, b"\xff\xd8\xff\xe1\x00\x40Exif\0\0MM\0*\0\0\0\x08" + data):
        found = orientation_place(given_bytes[:cut])
        assert found is None or 0 <= found[0] < len(given_bytes)


def test_pictures_of_one_pixel_and_huge_ones_have_their_size(tmp_path: Path) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/small.png", "s3://zoo/huge.png"])
    Image.new("1", (1, 1)).save(tmp_path / "zoo" / "small.png")
    Image.new("1", (20_000, 10_000)).save(tmp_path / "zoo" / "huge.png")
    done = write(manifest, "coco")
    images = json.loads((done.out / "annotations.json").read_text())["images"]
    assert [(one["width"], one["height"]) for one in images] == [(1, 1), (20_000, 10_000)]


# --- names of classes ---

NAMES = [
    "plain", "a, b", "tab\there", "new\nline", "\"double\" 'single'", "Łódź 😀", "no", "3", "a: b #c", "<x>&amp;",
    "a b", "a_b", "back\\slash", "{{ x }}", "-", "NaN", "sep\u2028arator", "del\x7f", "~",
]  # fmt: skip


def classed(tmp: Path, names: Sequence[str]) -> Path:
    """A text with a passage of each class."""
    text = " ".join(f"word{number}" for number in range(len(names)))
    starts = [text.index(f"word{number}") for number in range(len(names))]
    entities = [
        {"label": name, "startOffset": start, "endOffset": start + len(f"word{number}")}
        for number, (name, start) in enumerate(zip(names, starts, strict=True))
    ]
    manifest = tmp / "output.manifest"
    manifest.write_text(json.dumps({"source": text, "s": {"entities": entities}, "s-metadata": COMMON}) + "\n")
    return manifest


def boxed(tmp: Path, names: Sequence[str]) -> Path:
    return pictures(tmp, ["s3://zoo/a.png"], {"boundingBoxes": [{**BOX, "label": name} for name in names]})


def test_tables_hold_any_name(tmp_path: Path) -> None:
    import pandas

    done = to("csv", classed(tmp_path, NAMES))
    with (done.out / "all.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["label"] for row in csv.DictReader(stream)] == NAMES
    assert pandas.read_csv(done.out / "all.csv", keep_default_na=False)["label"].tolist() == NAMES
    assert pandas.read_parquet(to("parquet", classed(tmp_path, NAMES)).out / "all.parquet")["label"].tolist() == NAMES


def test_yolo_holds_any_name(tmp_path: Path) -> None:
    read = yaml.safe_load((write(boxed(tmp_path, NAMES), "yolo").out / "data.yaml").read_text("utf-8"))
    assert list(read["names"].values()) == NAMES


@given(st.text())
def test_yaml_has_any_text_as_it_was(text: str) -> None:
    assert yaml.safe_load(yaml_text(text)) == text


@given(st.lists(st.sampled_from(["a/b", "a_b", "A_b", "..", ".", "a\\b", "a:b", "", " "]), unique=True))
def test_folders_of_classes_are_all_different(labels: list[str]) -> None:
    names = folder_names(labels)
    assert len({fold(name) for name in names}) == len(labels)
    assert not {"", ".", ".."} & set(names)


def test_voc_holds_names_but_for_signs_of_its_own(tmp_path: Path) -> None:
    done = write(boxed(tmp_path, NAMES), "voc")
    root = ElementTree.parse(done.out / "Annotations" / "a.xml").getroot()
    names = [one.findtext("name") or "" for one in root.findall("object")]
    changed = {"tab\there": "tab_here", "new\nline": "new_line", "a: b #c": "a_ b #c", "del\x7f": "del_"}
    assert names == [changed.get(name, name) for name in NAMES]
    rows = (done.out / "labelmap.txt").read_text("utf-8").split("\n")[2:-1]
    assert [row.split(":")[0] for row in rows] == names
    assert any("cannot hold" in what and count == len(changed) for what, count in done.told.items())


def test_hugging_face_holds_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    rows = load_dataset(str(to("hf", classed(tmp_path, NAMES)).out), cache_dir=str(tmp_path / "cache"))["train"]
    assert rows.features["entities"].feature["category"].names == NAMES


def test_label_studio_holds_any_name_that_xml_does(tmp_path: Path) -> None:
    interfaces: Any = importlib.import_module("label_studio_sdk.label_interface")
    done = to("labelstudio", classed(tmp_path, NAMES))
    interface = interfaces.LabelInterface((done.out / "label_config.xml").read_text("utf-8"))
    assert interface.get_control("label").labels == NAMES
    [task] = json.loads((done.out / "tasks.json").read_text("utf-8"))
    assert interface.validate_annotation(task["annotations"][0])
    with pytest.raises(UsageError, match="cannot have a label"):
        to("labelstudio", classed(tmp_path, ["bell\x07"]), overwrite=True)


def test_conll_holds_names_but_for_white_space(tmp_path: Path) -> None:
    from spacy.training.converters import conll_ner_to_docs

    done = to("conll", classed(tmp_path, NAMES))
    [doc] = conll_ner_to_docs((done.out / "all.conll").read_text("utf-8"))
    found = [one.label_ for one in doc.ents]
    assert [one.text for one in doc.ents] == [f"word{number}" for number in range(len(NAMES))]
    assert len(set(found)) == len(NAMES)
    assert found[NAMES.index("a_b")] == "a_b"
    assert found[NAMES.index("new\nline")] == "new_line"
    assert any("white space" in what for what in done.told)


# --- words of any script ---


def test_words_with_marks_stay_whole_in_conll(tmp_path: Path) -> None:
    text = "हिन्दी भाषा, " + unicodedata.normalize("NFD", "Łódź é")
    entities = [{"label": "x", "startOffset": 0, "endOffset": len("हिन्दी")}]
    manifest = tmp_path / "output.manifest"
    manifest.write_text(json.dumps({"source": text, "s": {"entities": entities}, "s-metadata": COMMON}) + "\n")
    rows = (to("conll", manifest).out / "all.conll").read_text("utf-8").split("\n")
    words = [row.split("\t")[0] for row in rows if row]
    assert words == ["हिन्दी", "भाषा", ",", *unicodedata.normalize("NFD", "Łódź é").split()]
    assert rows[0] == "हिन्दी\tB-x"


# --- lines that are hardly JSON ---


@pytest.mark.parametrize(
    "text", ['{"source": "a", "x": NaN}', '{"source": "\\ud800"}', '{"source": "\\uD83D half"}', '{"x": -Infinity}']
)
def test_what_json_has_not_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    manifest = tmp_path / "output.manifest"
    manifest.write_text('{"source": "\\ud83d\\ude00", "c": {"label": "x"}, "c-metadata": {}}\n' + text + "\n")
    with pytest.raises(TruthkitError) as raised:
        convert(manifest, "csv", tmp_path / "out")
    assert (raised.value.findings[0].file, raised.value.findings[0].line) == (str(manifest), 2)


@pytest.mark.parametrize(
    "label",
    [
        {"boundingBoxes": [{**BOX, "left": 10**400}]},
        {"polygons": [{"label": "x", "vertices": []}]},
        {"polygons": [{"label": "x", "vertices": [{"x": 1, "y": 2}] * 2}]},
        {"lines": [{"label": "x", "vertices": [{"x": 1, "y": 2}]}]},
        {"labelMappings": {"x": {"color": "red"}}, "labeledImage": {"s3Uri": "s3://zoo/m.png"}},
        {"instances": [{"label": "x", "color": "#12"}], "labeledImage": {"s3Uri": "s3://zoo/m.png"}},
    ],
)
def test_labels_that_are_none_are_told_with_their_line(tmp_path: Path, label: Any) -> None:
    manifest = tmp_path / "output.manifest"
    good = {"source-ref": "s3://zoo/1.png", "b": {"boundingBoxes": [BOX]}, "b-metadata": COMMON}
    bad = {"source-ref": "s3://zoo/2.png", "b": label, "b-metadata": COMMON}
    manifest.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")
    done = to("csv", manifest)
    assert [finding.line for finding in done.findings] == [2]
    assert done.sets == {"all": 1}


# --- runs that break off ---


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/a.png"])
    theirs = [tmp_path / f"coco{ending}" for ending in (".old", ".part")]
    for one in theirs:
        one.mkdir()
        (one / "mine.txt").write_text("mine")
    done = write(manifest, "coco")
    before = {file: file.read_bytes() for file in done.files}
    beside = sorted(tmp_path.iterdir())

    def stop(data: Any, out: Path) -> None:
        (out / "half").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setitem(TARGETS, "coco", replace(TARGETS["coco"], write=stop))
    with pytest.raises(KeyboardInterrupt):
        write(manifest, "coco", overwrite=True)
    assert {file: file.read_bytes() for file in done.files} == before
    assert sorted(tmp_path.iterdir()) == beside
    assert [(one / "mine.txt").read_text() for one in theirs] == ["mine", "mine"]


def test_a_stop_between_old_and_new_brings_the_old_one_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/a.png"])
    done = write(manifest, "coco")
    beside = sorted(tmp_path.iterdir())
    move = Path.replace

    def stop(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return move(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write(manifest, "coco", overwrite=True)
    assert all(file.is_file() for file in done.files)
    assert sorted(tmp_path.iterdir()) == beside


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    manifest = pictures(tmp_path, ["s3://zoo/a.png"])
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        convert(manifest, "coco", tmp_path / "file" / "inside", objects=[("s3://zoo/", tmp_path / "zoo")])


# --- sets ---


def test_sets_of_different_types_load_in_hugging_face_or_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    manifest = pictures(tmp_path, [f"s3://zoo/{number}.png" for number in range(4)])
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    for number, line in enumerate(lines):
        line["b"] = {"boundingBoxes": [{**BOX, "confidence": 0.5} if number == 1 else BOX] if number < 2 else []}
    shares = {"train": 0.5, "validation": 0.5}
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = write(manifest, "hf", shares=shares)
    assert done.told == {"confidences, which no label of some set has: left out": 1}
    sets = load_dataset(str(done.out), cache_dir=str(tmp_path / "cache"))
    assert sorted(len(row["objects"]) for name in sets for row in sets[name]) == [0, 0, 1, 1]
    lines[0]["b"] = {"boundingBoxes": []}
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(UsageError, match="has a label, and datasets could not tell"):
        write(manifest, "hf", shares=shares, overwrite=True)
