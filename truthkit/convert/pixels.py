"""The pixels of masks, and the sizes of pictures."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from truthkit.convert.labels import Part
from truthkit.convert.runs import Bits

Table = NDArray[np.uint16]
_WHITE = 0xFFFFFF


class BadMaskError(ValueError):
    """A mask is no picture, or not the size that its label says."""


def read_parts(file: Path, parts: Sequence[Part]) -> tuple[Table, bool]:
    """Which part each pixel is of, (height, width), from 1; 0 is none.

    Also whether there are pixels of other colors than the parts' and white, that are not transparent: they are of none.
    Raises BadMaskError.
    """
    from PIL import Image

    colors = [int(part.color.removeprefix("#"), 16) for part in parts]
    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(file) as mask,
        ):
            if mask.mode == "P" and "transparency" not in mask.info:
                # One byte a pixel: the largest masks are these.
                palette = np.asarray(mask.getpalette("RGB"), dtype=np.uint8).reshape(-1, 3)
                table = np.zeros((256, 3), dtype=np.uint8)
                table[: len(palette)] = palette
                named, other = _parts_of(table, np.full(256, 255, dtype=np.uint8), colors)
                numbers = np.asarray(mask)
                return named[numbers], bool(other[np.unique(numbers)].any())
            rgba = np.asarray(mask.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadMaskError(f"{file.name} is no picture that can be read: {error}") from None
    named, other = _parts_of(rgba[..., :3], rgba[..., 3], colors)
    return named, bool(other.any())


def _parts_of(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8], colors: Sequence[int]) -> tuple[Table, Bits]:
    color = rgb[..., 0].astype(np.uint32) << 16
    color |= rgb[..., 1].astype(np.uint32) << 8
    color |= rgb[..., 2]
    color[alpha == 0] = _WHITE
    named = np.zeros(color.shape, dtype=np.uint16)
    for number, one in reversed(list(enumerate(colors, 1))):
        named[(color == one) & (alpha > 0)] = number
    other: Bits = (named == 0) & (color != _WHITE)
    return named, other


def bounds(bits: Bits) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of the pixels, None if there are none."""
    rows, columns = np.flatnonzero(bits.any(1)), np.flatnonzero(bits.any(0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def write_numbers(table: NDArray[np.integer], file: Path) -> None:
    """A gray PNG whose pixels are the numbers: of 8 bits, or of 16 where one is above 255."""
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(table.astype(np.uint8 if not table.size or table.max() < 256 else np.uint16)).save(file)


def picture_size(file: Path) -> tuple[int, int] | None:
    """Width and height of a picture as its pixels lie, None if it is none. However large it is: no pixel is read."""
    from PIL import Image

    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError):
        return None
    finally:
        Image.MAX_IMAGE_PIXELS = most
