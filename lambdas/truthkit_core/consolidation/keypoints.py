"""One set of keypoints from several workers' keypoints: clusters by distance (see `shapes`), places by median."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from truthkit_core.consolidation.boxes import parsed
from truthkit_core.consolidation.geometry import Floats, keypoint_similarity, middle, usable
from truthkit_core.consolidation.shapes import (
    Rows,
    ShapeKind,
    ShapeLabel,
    ShapeResult,
    ShapeSettings,
    ShapeWorkers,
    consolidate_by_distance,
)


@dataclass(frozen=True, slots=True, order=True)
class Keypoint:
    """A labeled point in pixels of the picture, origin top left."""

    x: float
    y: float
    label: str

    @classmethod
    def parse(cls, value: Any, path: str = "keypoint") -> Keypoint:
        """``{"label", "x", "y"}`` of an answer. Raises ContractError."""
        return parsed(cls, ("x", "y"), value, path)

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "x": self.x, "y": self.y}


KeypointLabel = ShapeLabel[Keypoint]
KeypointResult = ShapeResult[Keypoint]


def consolidate_keypoints(
    answers: Mapping[str, Mapping[str, Sequence[Keypoint]]],
    *,
    labels: Sequence[str] = (),
    threshold: float | None = None,
    overlap: float = 0.1,
    cross_overlap: float = 0.3,
    scale: float | None = None,
    sizes: Mapping[str, tuple[float, float]] | None = None,
    weighted: bool = True,
    gold: Mapping[str, Sequence[Keypoint]] | None = None,
    anchors: ShapeWorkers | None = None,
) -> ShapeResult[Keypoint]:
    """The keypoints that enough workers set, by object.

    Args:
        overlap: similarity exp(-d² / (2 scale²)) of points of one label that are taken for the same.
        cross_overlap: the same for points of different labels.
        scale: pixels; by default 2 % of the picture's diagonal, 15 where ``sizes`` does not tell it.

    The other options are those of `boxes.consolidate_boxes`. A point outside the picture, or whose place is no finite
    number, does not count; ``problems`` says so. Raises ValueError for an option out of range.
    """
    return consolidate_by_distance(
        answers,
        _keypoints,
        scale,
        ShapeSettings(threshold, overlap, cross_overlap),
        labels=labels,
        sizes=sizes,
        weighted=weighted,
        gold=gold,
        anchors=anchors,
    )


METHODS: dict[str, Callable[..., KeypointResult]] = {"clusters": consolidate_keypoints}
DEFAULT_METHOD = "clusters"


def _check(point: Keypoint, size: tuple[float, float] | None) -> tuple[Keypoint | None, str]:
    if not usable([(point.x, point.y)]):
        return None, "has a coordinate that is no number of pixels, it does not count"
    if size is not None and not (0 <= point.x <= size[0] and 0 <= point.y <= size[1]):
        return None, "is outside the picture, it does not count"
    return point, ""


def _places(points: Sequence[Keypoint], scale: float) -> Floats:
    """In units of the scale."""
    return np.array([(point.x / scale, point.y / scale) for point in points], dtype=np.float64).reshape(-1, 2)


def _merge(clusters: Sequence[Sequence[Keypoint]], labels: Sequence[str]) -> list[Keypoint]:
    return [
        Keypoint(middle(point.x for point in points), middle(point.y for point in points), label)
        for points, label in zip(clusters, labels, strict=True)
    ]


def _keypoints(scale: float) -> ShapeKind[Keypoint]:
    rows = Rows(partial(_places, scale=scale), partial(keypoint_similarity, scale=1.0))
    return ShapeKind("keypoint", _check, rows, _merge)
