"""The pixels of masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit.convert.labels import Part

Bits = NDArray[np.bool_]
Table = NDArray[np.uint8]


class BadMaskError(ValueError):
    """A mask is no picture, or not the size that its label says."""


def read_colors(file: Path) -> NDArray[np.int64]:
    """Colors of a picture, (height, width), as 0xRRGGBB; -1 where it is transparent. Raises BadMaskError."""
    from PIL import Image

    try:
        with Image.open(file) as picture:
            rgba = np.asarray(picture.convert("RGBA")).astype(np.int64)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadMaskError(f"{file} is no picture that can be read: {error}") from None
    colors: NDArray[np.int64] = rgba[..., 0] << 16 | rgba[..., 1] << 8 | rgba[..., 2]
    colors[rgba[..., 3] == 0] = -1
    return colors


def bits_of(colors: NDArray[Any], part: Part) -> Bits:
    """The pixels of one part, (height, width)."""
    found: Bits = colors == int(part.color.removeprefix("#"), 16)
    return found


def run_lengths(bits: Bits) -> list[int]:
    """COCO's uncompressed run lengths: down the columns, zeros first."""
    flat = bits.ravel(order="F")
    if not len(flat):
        return []
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], edges, [len(flat)]])).tolist()
    return [0, *runs] if flat[0] else runs


def bounds(bits: Bits) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of the pixels, None if there are none."""
    rows, columns = np.flatnonzero(bits.any(1)), np.flatnonzero(bits.any(0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def picture_size(file: Path) -> tuple[int, int] | None:
    """Width and height of a picture as its pixels lie, None if it is none."""
    from PIL import Image

    try:
        with Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
