"""Masks: regions that are lost, moved, grown or shrunk, or taken for another label."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from truthkit.workforce.simulated.hand import Hand
from truthkit_core.builtin_output import mask_colors
from truthkit_core.consolidation.geometry import filled
from truthkit_core.consolidation.masks import read_instances as parse_instances
from truthkit_core.consolidation.masks import read_mask, write_mask
from truthkit_core.consolidation.polygons import Polygon
from truthkit_core.messages.checks import ContractError, expect_object

if TYPE_CHECKING:
    from truthkit.workforce.simulated.kinds import Asked

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Region:
    """One thing in a picture, cut to its bounding box, since work goes by the pixels that are looked at.

    ``pixels`` has the shape (height, width) of the box, whose first row and column are ``top`` and ``left`` of the
    picture; ``area`` is how many of them are the thing's.
    """

    pixels: Bools
    left: int
    top: int
    label: str
    area: int

    @classmethod
    def of(cls, pixels: Bools, label: str, left: int = 0, top: int = 0) -> Region:
        """Cut to what is set; ``left`` and ``top`` are where ``pixels`` begin in the picture."""
        rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
        if not rows.size:
            return cls(pixels[:0, :0], left, top, label, 0)
        cut = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return cls(cut, left + int(columns[0]), top + int(rows[0]), label, int(np.count_nonzero(cut)))

    def at(self, left: int, top: int, right: int, bottom: int) -> Bools:
        """The pixels of a part of the picture, shape (bottom - top, right - left)."""
        part = np.zeros((bottom - top, right - left), dtype=np.bool_)
        height, width = self.pixels.shape
        x1, x2 = max(left, self.left), min(right, self.left + width)
        y1, y2 = max(top, self.top), min(bottom, self.top + height)
        if x1 < x2 and y1 < y2:
            part[y1 - top : y2 - top, x1 - left : x2 - left] = self.pixels[
                y1 - self.top : y2 - self.top, x1 - self.left : x2 - self.left
            ]
        return part

    def iou(self, other: Region) -> float:
        """Intersection over union."""
        height, width = self.pixels.shape
        shared = other.at(self.left, self.top, self.left + width, self.top + height)
        both = int(np.count_nonzero(shared & self.pixels))
        union = self.area + other.area - both
        return both / union if union else 0.0


def read_semantic(value: Any, asked: Asked) -> list[Region]:
    """From an answer of the element, or from polygons (the later lies above). Raises ContractError."""
    table = expect_object(value, "")
    if "labeledImage" not in table:
        return _from_polygons(table, asked)
    labels = asked.labels or tuple(table.get("labelMappings", ()))
    mask, _problems = read_mask(table, labels)
    asked.size = mask.shape[1], mask.shape[0]
    found = [Region.of(mask == number, label) for number, label in enumerate(labels, 1)]
    return [region for region in found if region.area]


def read_instances(value: Any, asked: Asked) -> list[Region]:
    """As `read_semantic`, with the instances of the element. Raises ContractError."""
    table = expect_object(value, "")
    if "labeledImage" not in table:
        return _from_polygons(table, asked)
    found, _problems = parse_instances(table)
    if found:
        asked.size = found[0][0].shape[1], found[0][0].shape[0]
    return [Region.of(pixels, label) for pixels, label in found]


def _from_polygons(table: dict[str, Any], asked: Asked) -> list[Region]:
    listed = table.get("polygons")
    if not isinstance(listed, list):
        raise ContractError(
            "",
            "has no mask",
            'write {"polygons": [{"label", "vertices": [{"x", "y"}, …]}]}, or an answer of the element',
        )
    found = []
    for number, one in enumerate(listed):
        polygon = Polygon.parse(one, f"polygons[{number}]")
        pixels = filled(np.array(polygon.points, dtype=np.float64), 0.0, 0.0, 1.0, (asked.height, asked.width))
        found.append(Region.of(pixels, polygon.label))
    return found


def err(truth: list[Region], asked: Asked, hand: Hand) -> list[Region]:
    found = []
    for number, region in enumerate(truth):
        own = hand.on(number)
        if own.errs(hand.group.missed):
            continue
        label = own.label(region.label, asked.labels)
        extent = math.sqrt(max(region.area, 1))
        right, down = (round(own.off(hand.group.mask_shift * extent)) for _ in range(2))
        by = round(own.off(hand.group.mask_edge * extent))
        made = grown(Region(region.pixels, region.left + right, region.top + down, label, region.area), by, asked)
        if made.area:
            found.append(made)
    return found + [_anything(asked, hand) for _ in range(hand.count(hand.group.added))]


def spam(_truth: list[Region], asked: Asked, hand: Hand) -> list[Region]:
    return [] if hand.group.spam == "first" else [_anything(asked, hand)]


def _anything(asked: Asked, hand: Hand) -> Region:
    """An ellipse anywhere."""
    wide, high = (max(hand.chance.uniform(0.03, 0.2) * side, 1.0) for side in (asked.width, asked.height))
    x, y = hand.chance.uniform(0, asked.width), hand.chance.uniform(0, asked.height)
    left, right = max(math.floor(x - wide), 0), min(math.ceil(x + wide) + 1, asked.width)
    top, bottom = max(math.floor(y - high), 0), min(math.ceil(y + high) + 1, asked.height)
    rows, columns = np.ogrid[top:bottom, left:right]
    pixels: Bools = ((columns + 0.5 - x) / wide) ** 2 + ((rows + 0.5 - y) / high) ** 2 <= 1
    return Region.of(pixels, asked.any_label(hand), left, top)


def grown(region: Region, by: int, asked: Asked) -> Region:
    """Dilated by so many pixels on every side (squares), eroded where ``by`` is negative; the picture's edge holds.

    What lies outside of the picture is gone.
    """
    height, width = region.pixels.shape
    room = max(by, 0)
    left, right = max(region.left - room, 0), min(region.left + width + room, asked.width)
    top, bottom = max(region.top - room, 0), min(region.top + height + room, asked.height)
    if left >= right or top >= bottom:
        return Region.of(region.pixels[:0, :0], region.label)
    if by >= 0:
        return Region.of(_spread(region.at(left, top, right, bottom), by), region.label, left, top)
    # What eats into the region from one pixel around it is the background there; beyond the picture there is none.
    around = max(left - 1, 0), max(top - 1, 0), min(right + 1, asked.width), min(bottom + 1, asked.height)
    return Region.of(~_spread(~region.at(*around), -by), region.label, around[0], around[1])


def _spread(source: Bools, by: int) -> Bools:
    """Whether any pixel within ``by`` on every side is set: windows of 1, 2, 4, … pixels, then two that overlap."""
    height, width = source.shape
    window = 2 * by + 1
    reached = np.zeros((height + 2 * by, width + 2 * by), dtype=np.bool_)
    reached[by : by + height, by : by + width] = source
    size = 1
    while size * 2 <= window:
        reached = reached[:-size] | reached[size:]
        size *= 2
    reached = reached[:height] | reached[window - size : window - size + height]
    size = 1
    while size * 2 <= window:
        reached = reached[:, :-size] | reached[:, size:]
        size *= 2
    found: Bools = reached[:, :width] | reached[:, window - size : window - size + width]
    return found


def painted(regions: Sequence[Region], numbers: Sequence[int], asked: Asked) -> NDArray[np.uint8]:
    """A number by region, 0 elsewhere, shape (height, width) of the picture; the later region lies above.

    Regions that stick out, those of a picture of another size, are left out.
    """
    mask = np.zeros((asked.height, asked.width), dtype=np.uint8)
    for region, number in zip(regions, numbers, strict=True):
        part = _part(mask, region)
        if part.shape == region.pixels.shape:
            np.copyto(part, np.uint8(number), where=region.pixels)
    return mask


def _part(mask: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    height, width = region.pixels.shape
    return mask[region.top : region.top + height, region.left : region.left + width]


def _seen(mask: NDArray[np.uint8], regions: Sequence[Region], numbers: Sequence[int]) -> list[int]:
    """Those of the numbers of which others leave something to be seen."""
    return sorted(
        {number for region, number in zip(regions, numbers, strict=True) if (_part(mask, region) == number).any()}
    )


def semantic_answer(truth: list[Region], asked: Asked) -> Any:
    labels = asked.labels
    known = [region for region in truth if region.label in labels]
    numbers = [labels.index(region.label) + 1 for region in known]
    mask = painted(known, numbers, asked)
    colors = mask_colors(len(labels))
    used = _seen(mask, known, numbers)
    value = {
        "labelMappings": {labels[number - 1]: {"color": colors[number]} for number in used},
        "labeledImage": {"pngImageData": _png(mask, colors[1:])},
        **asked.picture(),
    }
    if asked.field.attributes.get("initial-value", "").strip():
        value["initialValueModified"] = True
    return value


def instances_answer(truth: list[Region], asked: Asked) -> Any:
    truth = truth[:255]
    numbers = range(1, len(truth) + 1)
    mask = painted(truth, numbers, asked)
    colors = mask_colors(len(truth))
    seen = _seen(mask, truth, numbers)
    return {
        "instances": [{"color": colors[number], "label": truth[number - 1].label} for number in seen],
        "labeledImage": {"pngImageData": _png(mask, colors[1:])},
        **asked.picture(),
    }


def _png(mask: NDArray[np.uint8], colors: Sequence[str]) -> str:
    return base64.b64encode(write_mask(mask, colors)).decode("ascii")
