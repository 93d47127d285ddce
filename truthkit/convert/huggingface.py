"""A folder that ``datasets.load_dataset`` reads as it is (https://huggingface.co/docs/datasets/repository_structure)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from truthkit.convert.dataset import NO_TEXT, Dataset, labeled
from truthkit.convert.labels import Example, Kind, Label
from truthkit.convert.names import yaml_text
from truthkit.convert.pixels import write_numbers
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

KINDS: frozenset[Kind] = frozenset(
    ("class", "classes", "boxes", "keypoints", "lines", "polygons", "spans", "mask", "instances")
)
_MARKS: dict[str, tuple[str, ...]] = {
    "boxes": ("bbox",),
    "keypoints": ("point",),
    "lines": ("points",),
    "polygons": ("points",),
    "spans": ("start", "end"),
}
_TYPES = {
    "bbox": ["list: float64"],
    "point": ["list: float64"],
    "points": ["list:", "  list: float64"],
    "start": ["dtype: int64"],
    "end": ["dtype: int64"],
}
_OBJECTS = {"spans": "entities"}
_MOST_NUMBERS = 65_535


def write(data: Dataset, out: Path) -> None:
    """``README.md`` with the features, and ``SET/metadata.jsonl`` with the pictures, or ``SET.jsonl`` with the texts.

    Marks are a list of objects: ``category``, ``confidence`` and ``bbox`` (left, top, width, height), ``point``,
    ``points``, or ``start`` and ``end``. With texts, classes are numbers with names (ClassLabel); with pictures they
    are their names, since ``imagefolder`` takes no features from the card; ``id2label.json`` has all, in their order.

    Masks are gray PNGs beside the pictures, a column ``mask`` of images. The pixels of a semantic one are the numbers
    of classes in ``id2label.json``, 0 is the background; those of an instance one count its things from 1. ``value`` of
    each object in the list is its number in the mask.
    """
    sets: dict[str, list[dict[str, Any]]] = {}
    of_pictures = any(one.source_ref is not None and data.text(one) is None for one in data.examples())
    for set_name, examples in data.sets.items():
        name = set_name if set_name != WHOLE else "train"
        rows: list[dict[str, Any]] = []
        for example, label in labeled(examples):
            head = _head(data, example, of_pictures)
            if head is None:
                continue
            if data.kind in ("mask", "instances"):
                body = _mask(data, example, label, out / name)
                if body is None:
                    continue
            else:
                body = _label(data, label, names=of_pictures)
            if of_pictures:
                data.copy_picture(example, out / name / data.file_name(example))
            rows.append({**head, **body})
        sets[name] = rows
    if of_pictures:
        _make_alike(data, sets)
    files: dict[str, str] = {}
    for name, rows in sets.items():
        file = out / (f"{name}/metadata.jsonl" if of_pictures else f"{name}.jsonl")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        files[name] = f"{name}/**" if of_pictures else f"{name}.jsonl"
    (out / "README.md").write_text(_card(data, files, of_pictures), "utf-8")
    if of_pictures:
        background = ["background"] if data.kind in ("mask", "instances") else []
        names = {str(number): name for number, name in enumerate([*background, *data.classes])}
        (out / "id2label.json").write_text(json.dumps(names, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _make_alike(data: Dataset, sets: Mapping[str, list[dict[str, Any]]]) -> None:
    """See to it that ``imagefolder`` finds the same types in all sets: it tells them from what is there.

    A confidence that no label of some set has is left out, and told. Raises UsageError where a set has no mark at all.
    """
    marks = {name: [mark for row in rows for mark in row.get("objects", [row])] for name, rows in sets.items() if rows}
    empty = [name for name, found in marks.items() if not found]
    if empty and len(empty) < len(marks):
        raise UsageError(
            f"no picture of the set {empty[0]!r} has a label, and datasets could not tell what its columns hold",
            "give another --split or --seed",
        )
    known = [sum(mark.get("confidence") is not None for mark in found) for found in marks.values()]
    if any(known) and not all(known):
        data.told["confidences, which no label of some set has: left out"] += sum(known)
        for mark in (mark for found in marks.values() for mark in found):
            mark.pop("confidence")


def _head(data: Dataset, example: Example, of_pictures: bool) -> dict[str, Any] | None:
    if of_pictures:
        if data.picture(example) is None:
            data.told["pictures that are in no mapped folder: left out (map it: --objects)"] += 1
            return None
        return {"file_name": data.file_name(example), "source_ref": example.source_ref}
    text = data.text(example)
    if text is None:
        data.told[NO_TEXT] += 1
        return None
    return {"text": text, **({"source_ref": example.source_ref} if example.source_ref else {})}


def _mask(data: Dataset, example: Example, label: Label, folder: Path) -> dict[str, Any] | None:
    """Writes the mask; its column and the list of what is in it."""
    parts = data.parts(example, label)
    if parts is None:
        return None
    place = "masks"
    while place in data.folder_names:
        place += "_"
    name = f"{place}/{PurePosixPath(data.flat_name(example)).stem}.png"
    values = list(range(1, len(label.marks) + 1))
    if data.kind == "mask":
        values = [data.number(part.label) + 1 for part in label.marks]
    if max(values, default=0) > _MOST_NUMBERS:
        raise UsageError(f"a picture's mask holds {_MOST_NUMBERS:,} numbers", "give --to coco")
    write_numbers(np.array([0, *values], dtype=np.uint16)[parts], folder / name)
    there = np.bincount(parts.ravel(), minlength=len(values) + 1)[1:]
    objects = [
        {"category": part.label, "value": value, "confidence": part.confidence}
        for part, value, pixels in zip(label.marks, values, there, strict=True)
        if pixels
    ]
    return {"mask_file_name": name, "objects": objects}


def _label(data: Dataset, label: Label, *, names: bool) -> dict[str, Any]:
    def category(mark: Any) -> int | str:
        return str(mark.label) if names else data.number(mark.label)

    if data.kind == "class":
        [mark] = label.marks
        return {"label": category(mark), "confidence": mark.confidence}
    if data.kind == "classes":
        return {"labels": [category(mark) for mark in label.marks]}
    objects = defaultdict(list)
    for mark in label.marks:
        one: dict[str, Any] = {"category": category(mark), "confidence": mark.confidence}
        if data.kind == "boxes":
            one["bbox"] = [float(side) for side in (mark.left, mark.top, mark.width, mark.height)]
        elif data.kind == "keypoints":
            one["point"] = [float(mark.x), float(mark.y)]
        elif data.kind in ("lines", "polygons"):
            one["points"] = [[float(x), float(y)] for x, y in mark.points]
        else:
            one |= {"start": mark.start, "end": mark.end}
        objects[_OBJECTS.get(data.kind, "objects")].append(one)
    return dict(objects) or {_OBJECTS.get(data.kind, "objects"): []}


def _card(data: Dataset, files: dict[str, str], of_pictures: bool) -> str:
    """The features as YAML: what ``datasets`` would guess would have no class names."""
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for name, path in files.items():
        lines += [f"  - split: {name}", f"    path: {json.dumps(path)}"]
    if of_pictures:
        return "\n".join([*lines, "---", "", f"# {data.name}", ""])
    lines += ["dataset_info:", "- config_name: default", "  features:", "  - name: text", "    dtype: string"]
    if any(one.source_ref is not None for one in data.examples()):
        lines += ["  - name: source_ref", "    dtype: string"]
    names = [f"'{place}': {yaml_text(name)}" for place, name in enumerate(data.classes)]
    numbers = ["class_label:", "  names:", *(f"    {name}" for name in names)]
    if data.kind == "class":
        lines += ["  - name: label", "    dtype:", *_indented(numbers, 6)]
        lines += ["  - name: confidence", "    dtype: float64"]
    elif data.kind == "classes":
        lines += ["  - name: labels", "    list:", *_indented(numbers, 6)]
    else:
        lines += [f"  - name: {_OBJECTS.get(data.kind, 'objects')}", "    list:"]
        lines += ["    - name: category", "      dtype:", *_indented(numbers, 8)]
        lines += ["    - name: confidence", "      dtype: float64"]
        for name in _MARKS[data.kind]:
            lines += [f"    - name: {name}", *_indented(_TYPES[name], 6)]
    return "\n".join([*lines, "---", "", f"# {data.name}", ""])


def _indented(lines: list[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]
