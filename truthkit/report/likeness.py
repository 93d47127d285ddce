"""How far two drawings on one picture agree, by the measures of ``truthkit_core.agreement``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from truthkit.report.shapes import Figure, Figures, Form
from truthkit_core.agreement.pairs import matched
from truthkit_core.builtin_output import mask_colors
from truthkit_core.consolidation.geometry import (
    Floats,
    box_iou,
    filled,
    hausdorff,
    keypoint_similarity,
    polygon_iou,
    usable,
)
from truthkit_core.consolidation.masks import read_instances, read_mask, write_mask
from truthkit_core.consolidation.shapes import scale_of
from truthkit_core.messages import ContractError

# Masks of more pixels are decoded each time that they are asked for.
_KEPT_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A labeled shape that can be compared: points, or the pixels of an instance."""

    label: str
    points: tuple[tuple[float, float], ...] = ()
    bits: NDArray[np.bool_] | None = None


Likeness = Callable[[Sequence[Any], Sequence[Any]], Floats]


def boxes(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """Intersection over union, shape (n, m)."""
    first, second = (np.array([(*one.points[0], *one.points[1]) for one in some]) for some in (a, b))
    return box_iou(first, second)


def polygons(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """Intersection over union, shape (n, m); 0 for coordinates beyond any picture."""
    sound = [[usable(one.points) and usable(other.points) for other in b] for one in a]
    return np.array(
        [
            [polygon_iou(one.points, other.points) if sound[i][j] else 0.0 for j, other in enumerate(b)]
            for i, one in enumerate(a)
        ]
    )


def lines(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """By distance in units of how far two of the same may be apart, shape (n, m)."""
    away = np.array([[hausdorff(one.points, other.points) for other in b] for one in a])
    return np.asarray(np.exp(-(away**2) / 2), dtype=np.float64)


def points(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """As of lines, shape (n, m)."""
    return keypoint_similarity([one.points[0] for one in a], [one.points[0] for one in b], 1.0)


def instances(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """Intersection over union, shape (n, m)."""
    return np.array([[_bits_iou(one.bits, other.bits) for other in b] for one in a])


def _bits_iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    if one.shape != other.shape:
        return 0.0
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 0.0


# Boxes, polygons and instances count where they overlap by half; lines and keypoints by how near they are.
_MEASURES: Mapping[Form | Literal["instance"], tuple[Likeness, float | None]] = {
    "box": (boxes, 0.5),
    "polygon": (polygons, 0.5),
    "line": (lines, None),
    "point": (points, None),
    "instance": (instances, 0.5),
}


def agree(one: Figures, other: Figures) -> float | None:
    """Agreement of two drawings, 0 to 1, the same both ways: the mean over the kinds of shape that either has.

    Boxes and polygons (and instances) by F1 of those that overlap by half, lines and keypoints by their distance, masks
    by the mean overlap of their labels. Two who drew nothing agree fully. Polygons beside a mask count as what they
    cover, the later above the earlier.
    """
    one, other = _painted_as(one, other), _painted_as(other, one)
    scores = [_score(form, *given) for form, given in _together(one, other).items()]
    if one.mask is not None and other.mask is not None and not (_has_instances(one) or _has_instances(other)):
        found = _overlap(one, other)
        scores.append(0.0 if found is None else found.iou)
    elif (one.mask is None) != (other.mask is None):
        scores.append(0.0)
    return sum(scores) / len(scores) if scores else 1.0


def by_label(one: Figures, other: Figures) -> dict[str, tuple[float, float]]:
    """What two drawings share and have of each label: twice what matches, and what both have together."""
    one, other = _painted_as(one, other), _painted_as(other, one)
    found: dict[str, tuple[float, float]] = {}

    def add(label: str, shared: float, both: float) -> None:
        known = found.get(label, (0.0, 0.0))
        found[label] = (known[0] + shared, known[1] + both)

    for form, (mine, theirs) in _together(one, other).items():
        for label in dict.fromkeys(shape.label for shape in (*mine, *theirs)):
            here, there = ([shape for shape in some if shape.label == label] for some in (mine, theirs))
            size = len(here) + len(there)
            add(label, _score(form, here, there) * size, size)
    if one.mask is not None and other.mask is not None and (overlap := _overlap(one, other)) is not None:
        for label, same, used in zip(overlap.labels, overlap.same, overlap.used, strict=True):
            # Pixels as shares: a picture counts like another, however large it is.
            if used:
                add(label, 2 * float(same / used), 1.0)
    return found


def _score(form: Any, one: Sequence[Shape], other: Sequence[Shape]) -> float:
    likeness, least = _MEASURES[form]
    return matched(one, other, likeness=likeness, least=least)


def _has_instances(figures: Figures) -> bool:
    return figures.mask is not None and "labelMappings" not in figures.mask


def _together(one: Figures, other: Figures) -> dict[Any, tuple[list[Shape], list[Shape]]]:
    """The shapes of both, by their form; of forms that one of them has at least."""
    scale = scale_of("it", None, {"it": size} if (size := one.size or other.size) else None)
    sides: list[dict[Any, list[Shape]]] = []
    for figures in (one, other):
        side: dict[Any, list[Shape]] = {}
        for figure in figures.figures:
            near = figure.form in ("line", "point")
            at = tuple((x / scale, y / scale) for x, y in figure.points) if near else figure.points
            side.setdefault(figure.form, []).append(Shape(figure.label, at))
        if figures.mask is not None and _has_instances(figures):
            side["instance"] = [Shape(label, bits=bits) for bits, label in instances_of(figures) or ()]
        sides.append(side)
    return {form: (sides[0].get(form, []), sides[1].get(form, [])) for form in {**sides[0], **sides[1]}}


def instances_of(figures: Figures) -> Instances | None:
    """The bits of each instance in a mask, and its label; None if it cannot be read."""
    mask = figures.mask
    if mask is None or not isinstance(named := mask.get("instances"), list):
        return None
    data = mask["labeledImage"].get("pngImageData")
    try:
        key = data, tuple((one["label"], one["color"]) for one in named)
        small = _pixels(data) * max(1, len(named)) <= 2 * _KEPT_PIXELS
        return (_decoded_instances if small else _decode_instances)(key)
    except (KeyError, TypeError):  # the reader says what it is
        return None


Instances = tuple[tuple[NDArray[np.bool_], str], ...]


def _decode_instances(key: _Key) -> Instances | None:
    data, named = key
    answer = {
        "instances": [{"label": label, "color": color} for label, color in named],
        "labeledImage": {"pngImageData": data},
    }
    try:
        return tuple(read_instances(answer)[0])
    except ContractError:
        return None


@dataclass(frozen=True, slots=True)
class _Overlap:
    """Of two masks, by label (of both, sorted): pixels that have it in both, and pixels of the two that have it."""

    labels: tuple[str, ...]
    same: NDArray[np.int64]
    used: NDArray[np.int64]

    @property
    def iou(self) -> float:
        """As ``truthkit_core.agreement.pairs.mask_iou``."""
        union = (self.used - self.same)[self.used > 0]
        return float((self.same[self.used > 0] / union).mean()) if len(union) else 1.0


def _overlap(one: Figures, other: Figures) -> _Overlap | None:
    """How two masks of classes overlap; None where one cannot be read or has another size."""
    keys = [key for key in (_key(one), _key(other)) if key is not None]
    if len(keys) < 2:
        return None
    # The same both ways: what is counted is kept once.
    counts = (_counted if all(map(_is_small, keys)) else _count)(min(keys), max(keys))
    if counts is None:
        return None
    names = [sorted(label for label, _ in colors) for _, colors in (min(keys), max(keys))]
    labels = tuple(sorted({*names[0], *names[1]}))
    same, used = (np.zeros(len(labels), dtype=np.int64) for _ in range(2))
    for axis, mine in enumerate(names):
        used[[labels.index(label) for label in mine]] += counts.sum(axis=1 - axis)[1:]
    for place, label in enumerate(labels):
        if label in names[0] and label in names[1]:
            same[place] = counts[names[0].index(label) + 1, names[1].index(label) + 1]
    return _Overlap(labels, same, used)


_Key = tuple[str, tuple[tuple[str, str], ...]]
"""A mask's PNG in base64, and its labels with their colors."""


def _key(figures: Figures) -> _Key | None:
    mask = figures.mask
    if mask is None or not isinstance(mask.get("labelMappings"), dict):
        return None
    data = mask["labeledImage"].get("pngImageData")
    if not isinstance(data, str):
        return None
    return data, tuple(
        (str(label), str(mapping.get("color")) if isinstance(mapping, dict) else "")
        for label, mapping in mask["labelMappings"].items()
    )


def _is_small(key: _Key) -> bool:
    """Whether what is read of a mask is kept."""
    return _pixels(key[0]) <= _KEPT_PIXELS


def _pixels(data: str) -> int:
    """How many a PNG in base64 has: its size stands in its first bytes (ISO/IEC 15948, 11.2.2); 0 of what is none."""
    try:
        head = base64.b64decode(data[:32])
    except ValueError:
        return 0
    return int.from_bytes(head[16:20]) * int.from_bytes(head[20:24])


def mask_of(figures: Figures) -> NDArray[np.uint8] | None:
    """The mask of classes, shape (height, width): places among its sorted labels from 1; None if it cannot be read."""
    key = _key(figures)
    return None if key is None else _table(key)


def _table(key: _Key) -> NDArray[np.uint8] | None:
    return (_decoded if _is_small(key) else _decode)(key)


def _decode(key: _Key) -> NDArray[np.uint8] | None:
    data, colors = key
    answer = {
        "labelMappings": {label: {"color": color} for label, color in colors},
        "labeledImage": {"pngImageData": data},
    }
    try:
        return read_mask(answer, sorted(label for label, _ in colors))[0]
    except ContractError:
        return None


def _count(one: _Key, other: _Key) -> NDArray[np.int64] | None:
    """How many pixels have which label (0: none) in the one and which in the other mask; None as of `_overlap`."""
    first, second = _table(one), _table(other)
    if first is None or second is None or first.shape != second.shape:
        return None
    shape = len(one[1]) + 1, len(other[1]) + 1
    if shape[0] * shape[1] > 256:
        pairs = np.bincount((first.astype(np.intp) * shape[1] + second).ravel(), minlength=shape[0] * shape[1])
    else:  # a histogram of bytes takes a third of the time
        pairs = np.array(Image.fromarray(first * np.uint8(shape[1]) + second).histogram()[: shape[0] * shape[1]])
    return pairs.reshape(shape).astype(np.int64)


# Every answer to an object is compared with every other, and more than once.
_decoded = lru_cache(maxsize=12)(_decode)
_decoded_instances = lru_cache(maxsize=12)(_decode_instances)
_counted = lru_cache(maxsize=128)(_count)


def is_readable(figures: Figures) -> bool:
    """Whether nothing was painted, or what was painted can be read."""
    if figures.mask is None:
        return True
    if not _has_instances(figures):
        return mask_of(figures) is not None
    return instances_of(figures) is not None


def _painted_as(figures: Figures, beside: Figures) -> Figures:
    """Polygons as a mask of the kind and size of the one beside them; any other drawing as it is."""
    if beside.mask is None or beside.figures or figures.mask is not None:
        return figures
    if any(figure.form != "polygon" for figure in figures.figures):
        return figures
    if _has_instances(beside):
        found = instances_of(beside)
        shape = found[0][0].shape if found else None
    else:
        table = mask_of(beside)
        shape = None if table is None else table.shape
    return figures if shape is None else _painted(figures.figures, (shape[0], shape[1]), _has_instances(beside))


@lru_cache(maxsize=12)
def _painted(figures: tuple[Figure, ...], shape: tuple[int, int], instances: bool) -> Figures:
    labels = tuple(dict.fromkeys(figure.label for figure in figures))
    figures = figures[:255] if instances else tuple(one for one in figures if one.label in labels[:255])
    colors = mask_colors(min(len(figures if instances else labels), 255))[1:]
    table = np.zeros(shape, dtype=np.uint8)
    for place, figure in enumerate(figures):
        number = 1 + (place if instances else labels.index(figure.label))
        table[filled(np.array(figure.points), 0.0, 0.0, 1.0, shape)] = number
    mask: dict[str, Any] = {
        "labeledImage": {"pngImageData": base64.b64encode(write_mask(table, colors)).decode("ascii")}
    }
    if instances:
        mask["instances"] = [{"color": color, "label": one.label} for color, one in zip(colors, figures, strict=True)]
    else:
        mask["labelMappings"] = {label: {"color": color} for label, color in zip(labels, colors, strict=False)}
    return Figures((), mask, labels[:255], (shape[1], shape[0]))


__all__ = [
    "Shape",
    "agree",
    "boxes",
    "by_label",
    "instances",
    "instances_of",
    "is_readable",
    "lines",
    "mask_of",
    "points",
    "polygons",
]
