"""COCO: boxes, polygons, keypoints and masks of pictures (https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from truthkit.convert.dataset import NO_SIZE, Dataset, labeled
from truthkit.convert.labels import Example, Label
from truthkit.convert.pixels import Table, bounds
from truthkit.convert.runs import coco_counts
from truthkit.convert.splits import WHOLE

KINDS = frozenset(("boxes", "polygons", "keypoints", "mask", "instances"))
_VISIBLE = 2


def write(data: Dataset, out: Path) -> None:
    """``annotations.json``, or a file a set, and the pictures in ``images/``.

    Category ids are the class numbers plus one. Masks are uncompressed run lengths, an annotation a class or thing.
    Keypoints are one annotation a picture where each label is there once at most, else one each. ``score`` is the
    confidence.
    """
    one_body = data.kind == "keypoints" and all(_once(label) for _, label in labeled(data.examples()))
    for name, examples in data.sets.items():
        file = out / (f"{name}.json" if name != WHOLE else "annotations.json")
        images: list[dict[str, Any]] = []
        annotations: list[dict[str, Any]] = []
        for number, (example, label) in enumerate(labeled(examples), 1):
            size = data.size(example)
            if size is None:
                data.told[NO_SIZE] += 1
                continue
            found = _annotations(data, example, label, one_body)
            if found is None:
                continue
            images.append(
                {"id": number, "file_name": data.file_name(example), "width": size[0], "height": size[1]}
                | {"source_ref": example.source_ref}
            )
            data.copy_picture(example, out / "images" / data.file_name(example))
            for one in found:
                annotations.append({"id": len(annotations) + 1, "image_id": number, "iscrowd": 0, **one})
        content = {
            "info": {"description": data.name},
            "licenses": [],
            "images": images,
            "annotations": annotations,
            "categories": _categories(data, one_body),
        }
        file.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


def _once(label: Label) -> bool:
    return max(Counter(mark.label for mark in label.marks).values(), default=0) <= 1


def _categories(data: Dataset, one_body: bool) -> list[dict[str, Any]]:
    if one_body:
        return [{"id": 1, "name": data.name, "supercategory": "", "keypoints": list(data.classes), "skeleton": []}]
    more = {"keypoints": ["point"], "skeleton": []} if data.kind == "keypoints" else {}
    if data.kind == "keypoints":
        data.told["keypoints of one label that are several in a picture: an annotation each"] += 1
    return [{"id": place + 1, "name": name, "supercategory": "", **more} for place, name in enumerate(data.classes)]


def _annotations(data: Dataset, example: Example, label: Label, one_body: bool) -> list[dict[str, Any]] | None:
    """None where the label's mask is not known."""
    if one_body:
        return [_body(data, label)] if label.marks else []
    if data.kind in ("mask", "instances"):
        parts = data.parts(example, label)
        return None if parts is None else list(_masks(data, label, parts))
    return [_annotation(data, mark) for mark in label.marks]


def _annotation(data: Dataset, mark: Any) -> dict[str, Any]:
    own = _common(data, mark)
    if data.kind == "boxes":
        left, top, right, bottom = mark.left, mark.top, mark.left + mark.width, mark.top + mark.height
        # pycocotools' annToMask fails without a ring; this is the one that its loadRes gives a box.
        ring = [left, top, left, bottom, right, bottom, right, top]
        box = [left, top, mark.width, mark.height]
        return {**own, "bbox": box, "area": mark.width * mark.height, "segmentation": [ring]}
    if data.kind == "keypoints":
        place = [mark.x, mark.y, 0, 0]
        return {**own, "keypoints": [mark.x, mark.y, _VISIBLE], "num_keypoints": 1, "bbox": place, "area": 0}
    ring = [value for point in mark.points for value in point]
    return {**own, "segmentation": [ring], "bbox": box_of(mark.points), "area": area_of(mark.points)}


def _common(data: Dataset, mark: Any) -> dict[str, Any]:
    own = {"category_id": data.number(mark.label) + 1}
    return own if mark.confidence is None else {**own, "score": mark.confidence}


def _body(data: Dataset, label: Label) -> dict[str, Any]:
    """All keypoints of a picture as one thing's; those that are not there have visibility 0."""
    known = {mark.label: mark for mark in label.marks}
    triples = [(known[name].x, known[name].y, _VISIBLE) if name in known else (0, 0, 0) for name in data.classes]
    box = box_of([(mark.x, mark.y) for mark in label.marks])
    return {
        "category_id": 1,
        "keypoints": [value for triple in triples for value in triple],
        "num_keypoints": len(known),
        "bbox": box,
        "area": box[2] * box[3],
    }


def _masks(data: Dataset, label: Label, parts: Table) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(label.marks, 1):
        bits = parts == number
        box = bounds(bits)
        if box is not None:
            lengths = {"size": list(bits.shape), "counts": coco_counts(bits)}
            yield {**_common(data, part), "segmentation": lengths, "bbox": list(box), "area": int(bits.sum())}


def box_of(points: Sequence[tuple[float, float]]) -> list[float]:
    """Left, top, width and height of what points span."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def area_of(points: Sequence[tuple[float, float]]) -> float:
    """Of a polygon, by its corners (the shoelace formula)."""
    following = [*points[1:], points[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(points, following, strict=True))) / 2
