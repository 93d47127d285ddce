"""COCO: boxes, polygons, keypoints and masks of pictures (https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from truthkit.convert.dataset import Dataset, labeled
from truthkit.convert.labels import Example, Label
from truthkit.convert.pixels import BadMaskError, bits_of, bounds, read_colors, run_lengths
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
                data.told["pictures whose size is not known: left out (map their folder: --objects)"] += 1
                continue
            images.append(
                {"id": number, "file_name": data.file_name(example), "width": size[0], "height": size[1]}
                | {"source_ref": example.source_ref}
            )
            data.copy_picture(example, out / "images" / data.file_name(example))
            try:
                found = list(_annotations(data, example, label, size, one_body))
            except BadMaskError as error:
                data.told[f"masks that cannot be read: without annotations ({error})"] += 1
                found = []
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


def _annotations(
    data: Dataset, example: Example, label: Label, size: tuple[int, int], one_body: bool
) -> Iterator[dict[str, Any]]:
    if one_body:
        if label.marks:
            yield _body(data, label)
        return
    if data.kind in ("mask", "instances"):
        yield from _masks(data, label, size)
        return
    for mark in label.marks:
        own = {"category_id": data.number(mark.label) + 1}
        if mark.confidence is not None:
            own["score"] = mark.confidence
        if data.kind == "boxes":
            area = mark.width * mark.height
            yield {**own, "bbox": [mark.left, mark.top, mark.width, mark.height], "area": area, "segmentation": []}
        elif data.kind == "keypoints":
            place = [mark.x, mark.y, 0, 0]
            yield {**own, "keypoints": [mark.x, mark.y, _VISIBLE], "num_keypoints": 1, "bbox": place, "area": 0}
        else:
            ring = [value for point in mark.points for value in point]
            yield {**own, "segmentation": [ring], "bbox": box_of(mark.points), "area": area_of(mark.points)}


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


def _masks(data: Dataset, label: Label, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    file = data.objects.find(label.mask) if label.mask is not None else None
    if file is None:
        data.told["masks that are in no mapped folder: their pictures have no annotations"] += 1
        return
    colors = read_colors(file)
    if colors.shape != (size[1], size[0]):
        raise BadMaskError(f"{colors.shape[1]} × {colors.shape[0]} pixels, and the picture {size[0]} × {size[1]}")
    for part in label.marks:
        bits = bits_of(colors, part)
        box = bounds(bits)
        if box is None:
            continue
        own = {"category_id": data.number(part.label) + 1}
        if part.confidence is not None:
            own["score"] = part.confidence
        lengths = {"size": [size[1], size[0]], "counts": run_lengths(bits)}
        yield {**own, "segmentation": lengths, "bbox": list(box), "area": int(bits.sum())}


def box_of(points: Sequence[tuple[float, float]]) -> list[float]:
    """Left, top, width and height of what points span."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def area_of(points: Sequence[tuple[float, float]]) -> float:
    """Of a polygon, by its corners (the shoelace formula)."""
    following = [*points[1:], points[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(points, following, strict=True))) / 2
