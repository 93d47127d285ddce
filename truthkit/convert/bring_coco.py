"""COCO's annotations as what workers start from (https://cocodataset.org/#format-data)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from truthkit.convert.brought import Labels, Regions, entry, kind_of_regions
from truthkit.convert.runs import coco_bits

_Annotation = dict[str, Any]


def read_coco(content: Any, told: Counter[str], with_masks: bool) -> Labels:
    """Keypoints where categories have them; polygons where every annotation is one ring, and not all are their boxes;
    masks where some are run lengths or several rings, if they are wanted; else boxes. Raises what wrong content raises.
    """
    categories = {one["id"]: one for one in content["categories"]}
    annotations: list[_Annotation] = content["annotations"]
    by_image: dict[Any, list[_Annotation]] = defaultdict(list)
    for one in annotations:
        by_image[one["image_id"]].append(one)
    pictures = []
    for number, image in enumerate(content["images"], 1):
        with entry(f"image {number}", image):
            pictures.append((_source(image), image, by_image[image["id"]]))
    lost = len(annotations) - sum(len(members) for _, _, members in pictures)
    if lost:
        told["annotations of pictures that are not in the file: left out"] += lost
    segmented = sum(bool(one.get("segmentation")) for one in annotations)
    kind, read = "boxes", _box
    if any(one.get("keypoints") for one in categories.values()):
        kind, read = "keypoints", _keypoints
    elif all(_is_its_box(one) for one in annotations):
        pass
    elif all(_ring(one) is not None for one in annotations):
        kind, read = "polygons", _polygon
    elif segmented and with_masks:
        return _masks(pictures, categories, annotations, told)
    elif segmented:
        told["annotations with a mask, or rings that are not one each: their box is taken (--masks takes all)"] += (
            segmented
        )
    crowds = sum(bool(one.get("iscrowd")) for one in annotations)
    if crowds:
        told["crowds (iscrowd): labels like others"] += crowds
    objects: list[tuple[dict[str, str], Any]] = []
    for source, _, members in pictures:
        marks: list[dict[str, Any]] = []
        for one in members:
            with entry("an annotation", one):
                marks += read(one, _category(one, categories))
        objects.append((source, marks))
    return Labels(kind, objects)


def _category(annotation: _Annotation, categories: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    number = annotation["category_id"]
    if number not in categories:
        raise ValueError(f"is of the category {number!r}, which the file has not")
    return categories[number]


def _source(image: dict[str, Any]) -> dict[str, str]:
    return {"source-ref": str(image.get("source_ref") or image["file_name"])}


def _masks(
    pictures: list[tuple[dict[str, str], dict[str, Any], list[_Annotation]]],
    categories: dict[Any, dict[str, Any]],
    annotations: list[_Annotation],
    told: Counter[str],
) -> Labels:
    without = sum(not one.get("segmentation") for one in annotations)
    if without:
        told["annotations without a segmentation, among masks: left out"] += without
    crowds = sum(bool(one.get("iscrowd")) for one in annotations)
    if crowds:
        told["crowds (iscrowd): labels like others"] += crowds
    found = []
    for source, image, members in pictures:
        width, height = int(image["width"]), int(image["height"])
        masks = [
            (str(categories[one["category_id"]]["name"]), partial(coco_bits, one["segmentation"], width, height))
            for one in members
            if one.get("segmentation")
        ]
        found.append((source, Regions((width, height), tuple(masks))))
    labels = tuple(dict.fromkeys(str(one["name"]) for one in categories.values()))
    return Labels(kind_of_regions([regions for _, regions in found]), list(found), labels)


def _ring(annotation: _Annotation) -> list[float] | None:
    rings = annotation.get("segmentation")
    return rings[0] if isinstance(rings, list) and len(rings) == 1 and len(rings[0]) >= 6 else None


def _is_its_box(annotation: _Annotation) -> bool:
    """Whether the segmentation says no more than the box: there is none, or it is the box's four corners."""
    ring = _ring(annotation)
    if ring is None or len(ring) != 8:
        return not annotation.get("segmentation")
    left, top, width, height = map(float, annotation["bbox"])
    corners = sorted((x, y) for x in (left, left + width) for y in (top, top + height))
    own = sorted(zip(map(float, ring[::2]), map(float, ring[1::2]), strict=True))
    return all(abs(a - b) < 1e-6 for pair in zip(corners, own, strict=True) for a, b in zip(*pair, strict=True))


def _box(one: _Annotation, category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    left, top, width, height = map(float, one["bbox"])
    yield {"label": category["name"], "left": left, "top": top, "width": width, "height": height}


def _polygon(one: _Annotation, category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ring = _ring(one) or []
    points = zip(ring[::2], ring[1::2], strict=True)
    yield {"label": category["name"], "vertices": [{"x": float(x), "y": float(y)} for x, y in points]}


def _keypoints(one: _Annotation, category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A category's own points by their names; a single point by the category's."""
    names = category.get("keypoints") or []
    for place, name in enumerate(names):
        x, y, visible = one["keypoints"][3 * place : 3 * place + 3]
        if visible:
            yield {"label": category["name"] if len(names) == 1 else name, "x": float(x), "y": float(y)}
