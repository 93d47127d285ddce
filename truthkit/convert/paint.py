"""Regions as the one picture, with a color each, that the crowd elements of masks start from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from truthkit.convert.brought import Regions
from truthkit_core.builtin_output import mask_colors


def paint(regions: Regions, labels: Sequence[str] | None, file: Path, told: Counter[str]) -> dict[str, Any] | None:
    """Write a PNG of the regions, what is later over what is earlier; unpainted pixels are white.

    Args:
        regions: of one picture.
        labels: all classes, whose colors are the same in all pictures: for ``labelMappings``. None: a color a region,
            for ``instances``.
        file: the PNG to write.
        told: grows by what is covered.

    Gives the element's value but for ``src``; None, and no file, where nothing is painted. Raises BadRunsError.
    """
    width, height = regions.size
    table = np.zeros((height, width), dtype=np.uint16 if len(regions.masks) < 1 << 16 else np.uint32)
    covered = 0
    for number, (_label, pixels) in enumerate(regions.masks, 1):
        bits = pixels()
        covered += int(np.count_nonzero(table[bits]))
        table[bits] = number
    if covered:
        told["pixels that several regions cover: those of the last"] += covered
    there = np.bincount(table.ravel(), minlength=len(regions.masks) + 1)[1:] > 0
    if not there.all():
        told["regions without a pixel of their own: left out"] += int((~there).sum())
    if not there.any():
        return None
    names = [label for label, _ in regions.masks]
    if labels is None:
        colors = mask_colors(len(names))
    else:
        known = dict(zip(labels, mask_colors(len(labels))[1:], strict=True))
        colors = [mask_colors(0)[0], *(known[name] for name in names)]
    _write(table, colors, file)
    used = [(name, color) for name, color, seen in zip(names, colors[1:], there, strict=True) if seen]
    if labels is None:
        return {"instances": [{"label": name, "color": color} for name, color in used]}
    return {"labelMappings": {name: {"color": color} for name, color in used}}


def _write(table: Any, colors: Sequence[str], file: Path) -> None:
    from PIL import Image

    rgb = np.array([[int(one[place : place + 2], 16) for place in (1, 3, 5)] for one in colors], dtype=np.uint8)
    if len(colors) > 256:
        Image.fromarray(rgb[table]).save(file)
        return
    picture = Image.fromarray(table.astype(np.uint8))
    picture.putpalette(rgb.ravel().tolist())
    picture.save(file)
