"""One set of boxes from several workers' boxes: clusters by overlap (see `shapes`), borders by median.

Figures are in docs/consolidation.md; `benchmarks/kinds/boxes.py` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from truthkit_core.consolidation.geometry import FARTHEST, Floats, box_iou, middle
from truthkit_core.consolidation.shapes import (
    Rows,
    ShapeKind,
    ShapeLabel,
    ShapeResult,
    ShapeSettings,
    ShapeWorkers,
    consolidate_shapes,
)
from truthkit_core.messages.checks import ContractError, expect_object, kind, member, text_member

T = TypeVar("T")
BoxLabel = ShapeLabel["Box"]
BoxResult = ShapeResult["Box"]

# Intersection over union with the median box of those that are taken for the same thing, and across labels.
DEFAULT_OVERLAP = 0.3
DEFAULT_CROSS_OVERLAP = 0.5

# What JSON's numbers become.
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A labeled rectangle in pixels of the picture, origin top left."""

    left: float
    top: float
    width: float
    height: float
    label: str

    @classmethod
    def parse(cls, value: Any, path: str = "box") -> Box:
        """``{"label", "left", "top", "width", "height"}`` of an answer. Raises ContractError."""
        return parsed(cls, ("left", "top", "width", "height"), value, path)

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "left": self.left,
            "top": self.top,
            "width": self.width,
            "height": self.height,
        }


def parsed(shape: Callable[..., T], names: Sequence[str], value: Any, path: str) -> T:
    """A shape of an answer: the numbers of these names, and its label. Raises ContractError."""
    content = expect_object(value, path)
    label = text_member(content, "label", path)
    numbers = [content.get(name) for name in names]
    if not _NUMBERS.issuperset(map(type, numbers)):
        numbers = [number_member(content, name, path) for name in names]
    return shape(*numbers, label)


def number_member(value: Mapping[str, Any], name: str, path: str) -> float:
    """The number ``name`` of an object of an answer. Raises ContractError."""
    number = member(value, name, path)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ContractError(f"{path}.{name}", f"must be a number, not {kind(number)}")
    return number


def consolidate_boxes(
    answers: Mapping[str, Mapping[str, Sequence[Box]]],
    *,
    labels: Sequence[str] = (),
    threshold: float | None = None,
    overlap: float = DEFAULT_OVERLAP,
    cross_overlap: float = DEFAULT_CROSS_OVERLAP,
    sizes: Mapping[str, tuple[float, float]] | None = None,
    weighted: bool = True,
    gold: Mapping[str, Sequence[Box]] | None = None,
    anchors: ShapeWorkers | None = None,
) -> BoxResult:
    """The boxes that enough workers drew, by object.

    Args:
        answers: object → worker → boxes. Who found nothing is there without boxes. Exact repetitions count once.
        labels: the list, in the order that decides ties; others do not count. Empty: all count, ties by the alphabet.
        threshold: support that a box needs, 0 to 1: the share of the workers times how alike their boxes are. None:
            0.17, among three workers 0.21, which a box that only one of them drew does not reach.
        overlap: intersection over union of boxes of the same label that are taken for the same thing.
        cross_overlap: the same for boxes of different labels.
        sizes: object → width and height of the picture: boxes are cut off at its border.
        weighted: whether workers weigh by how much they agree with others in other objects.
        gold: objects whose boxes are known; workers are measured by them.
        anchors: what earlier batches taught of the workers.

    A box without area, or with a coordinate that is no number of pixels, takes no part; ``problems`` says so. Raises
    ValueError if a share is not from 0 to 1.
    """
    return consolidate_shapes(
        answers,
        lambda _name: _BOXES,
        ShapeSettings(threshold, overlap, cross_overlap),
        labels=labels,
        sizes=sizes,
        weighted=weighted,
        gold=gold,
        anchors=anchors,
    )


METHODS: dict[str, Callable[..., BoxResult]] = {"clusters": consolidate_boxes}
DEFAULT_METHOD = "clusters"


def check_box(box: Box, size: tuple[float, float] | None) -> tuple[Box | None, str]:
    """What counts of a box in a picture of this width and height, and what is wrong with it ('' if nothing)."""
    # Without `usable`: there are many boxes.
    if not (
        abs(box.left) <= FARTHEST
        and abs(box.top) <= FARTHEST
        and abs(box.width) <= FARTHEST
        and abs(box.height) <= FARTHEST
    ):
        return None, "has a coordinate that is no number of pixels, it does not count"
    if box.width <= 0 or box.height <= 0:
        return None, "has no area, it does not count"
    if size is None:
        return box, ""
    # Compared with the corners, not with the sizes, which rounding may change.
    if box.left >= 0 and box.top >= 0 and box.left + box.width <= size[0] and box.top + box.height <= size[1]:
        return box, ""
    left, top = max(box.left, 0), max(box.top, 0)
    right, bottom = min(box.left + box.width, size[0]), min(box.top + box.height, size[1])
    if right <= left or bottom <= top:
        return None, "is outside the picture, it does not count"
    return replace(box, left=left, top=top, width=right - left, height=bottom - top), "reaches beyond the picture: cut"


def _corners(boxes: Sequence[Box]) -> Floats:
    sides = [(box.left, box.top, box.left + box.width, box.top + box.height) for box in boxes]
    return np.array(sides, dtype=np.float64).reshape(-1, 4)


def _merge(clusters: Sequence[Sequence[Box]], labels: Sequence[str]) -> list[Box]:
    return [_median(boxes, label) for boxes, label in zip(clusters, labels, strict=True)]


def _median(boxes: Sequence[Box], label: str) -> Box:
    """The median of every border; whole numbers stay whole where the median is."""
    sides = [(box.left, box.top, box.width, box.height) for box in boxes]
    if len(set(sides)) == 1:
        return Box(*sides[0], label)
    lefts, tops, rights, bottoms = zip(*((x, y, x + wide, y + tall) for x, y, wide, tall in sides), strict=True)
    left, top = middle(lefts), middle(tops)
    return Box(left, top, middle(rights) - left, middle(bottoms) - top, label)


_BOXES: ShapeKind[Box] = ShapeKind("box", check_box, Rows(_corners, box_iou), _merge)
