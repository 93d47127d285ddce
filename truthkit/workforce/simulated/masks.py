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
    """Pixels of one thing in a picture, shape (height, width) of the picture."""

    pixels: Bools
    label: str


def read_semantic(value: Any, asked: Asked) -> list[Region]:
    """From an answer of the element, or from polygons (the later lies above). Raises ContractError."""
    table = expect_object(value, "")
    if "labeledImage" not in table:
        return _from_polygons(table, asked)
    labels = asked.labels or tuple(table.get("labelMappings", ()))
    mask, _problems = read_mask(table, labels)
    asked.size = mask.shape[1], mask.shape[0]
    return [Region(mask == number, label) for number, label in enumerate(labels, 1) if (mask == number).any()]


def read_instances(value: Any, asked: Asked) -> list[Region]:
    """As `read_semantic`, with the instances of the element. Raises ContractError."""
    table = expect_object(value, "")
    if "labeledImage" not in table:
        return _from_polygons(table, asked)
    found, _problems = parse_instances(table)
    if found:
        asked.size = found[0][0].shape[1], found[0][0].shape[0]
    return [Region(pixels, label) for pixels, label in found]


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
        found.append(Region(pixels, polygon.label))
    return found


def err(truth: list[Region], asked: Asked, hand: Hand) -> list[Region]:
    found = []
    for region in truth:
        if hand.errs(hand.group.missed):
            continue
        label = hand.label(region.label, asked.labels)
        extent = math.sqrt(max(int(region.pixels.sum()), 1))
        right, down = (round(hand.off(hand.group.mask_shift * extent)) for _ in range(2))
        by = round(hand.off(hand.group.mask_edge * extent))
        pixels = grown(shifted(region.pixels, right, down), by)
        if pixels.any():
            found.append(Region(pixels, label))
    return found + [_anything(asked, hand) for _ in range(hand.count(hand.group.added))]


def spam(_truth: list[Region], asked: Asked, hand: Hand) -> list[Region]:
    return [] if hand.group.spam == "first" else [_anything(asked, hand)]


def _anything(asked: Asked, hand: Hand) -> Region:
    """An ellipse anywhere."""
    wide, high = (max(hand.chance.uniform(0.03, 0.2) * side, 1.0) for side in (asked.width, asked.height))
    x, y = hand.chance.uniform(0, asked.width), hand.chance.uniform(0, asked.height)
    rows, columns = np.ogrid[: asked.height, : asked.width]
    pixels: Bools = ((columns + 0.5 - x) / wide) ** 2 + ((rows + 0.5 - y) / high) ** 2 <= 1
    return Region(pixels, asked.any_label(hand))


def shifted(pixels: Bools, right: int, down: int) -> Bools:
    """Moved as a whole; what leaves the picture is gone."""
    height, width = pixels.shape
    right, down = max(-width, min(right, width)), max(-height, min(down, height))
    moved = np.zeros_like(pixels)
    moved[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = pixels[
        max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return moved


def grown(pixels: Bools, by: int) -> Bools:
    """Dilated by so many pixels on every side (squares), eroded where ``by`` is negative; the picture's edge holds."""
    if by == 0:
        return pixels
    source = pixels if by > 0 else ~pixels
    for axis in (0, 1):
        source = _spread(source, abs(by), axis)
    return source if by > 0 else ~source


def _spread(source: Bools, by: int, axis: int) -> Bools:
    """Whether any pixel within ``by`` along the axis is set: windows of 1, 2, 4, … pixels, then two that overlap."""
    turned = np.moveaxis(source, axis, 0)
    length, window = turned.shape[0], 2 * by + 1
    edge = np.zeros((by, turned.shape[1]), dtype=np.bool_)
    reached, size = np.concatenate([edge, turned, edge]), 1
    while size * 2 <= window:
        reached = reached[:-size] | reached[size:]
        size *= 2
    found: Bools = reached[:length] | reached[window - size : window - size + length]
    return np.moveaxis(found, 0, axis)


def painted(regions: Sequence[Region], labels: Sequence[str], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Places in the list of labels, shape (height, width); the later region lies above. Unknown labels are left out."""
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    for region in regions:
        if region.label in labels and region.pixels.shape == mask.shape:
            mask[region.pixels] = labels.index(region.label) + 1
    return mask


def semantic_answer(truth: list[Region], asked: Asked) -> Any:
    labels = asked.labels
    mask = painted(truth, labels, (asked.width, asked.height))
    colors = mask_colors(len(labels))
    used = [number for number in range(1, len(labels) + 1) if (mask == number).any()]
    value = {
        "labelMappings": {labels[number - 1]: {"color": colors[number]} for number in used},
        "labeledImage": {"pngImageData": _png(mask, colors[1:])},
        **asked.picture(),
    }
    if asked.field.attributes.get("initial-value", "").strip():
        value["initialValueModified"] = True
    return value


def instances_answer(truth: list[Region], asked: Asked) -> Any:
    whole = np.zeros((asked.height, asked.width), dtype=np.uint8)
    for number, region in enumerate(truth[:255], 1):
        whole[region.pixels] = number
    colors = mask_colors(min(len(truth), 255))
    seen = [number for number in range(1, min(len(truth), 255) + 1) if (whole == number).any()]
    return {
        "instances": [{"color": colors[number], "label": truth[number - 1].label} for number in seen],
        "labeledImage": {"pngImageData": _png(whole, colors[1:])},
        **asked.picture(),
    }


def _png(mask: NDArray[np.uint8], colors: Sequence[str]) -> str:
    return base64.b64encode(write_mask(mask, colors)).decode("ascii")
