"""Masks as run lengths: COCO's (down the columns) and those of Label Studio's brush (along the rows), both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]


class BadRunsError(ValueError):
    """Run lengths that are none, or not of the size that is said."""


# --- COCO (https://github.com/cocodataset/cocoapi, common/maskApi.c) ---


def coco_counts(bits: Bits) -> list[int]:
    """Uncompressed counts of a mask (height, width): zeros first."""
    return _counts(bits.ravel(order="F"))


def coco_bits(segmentation: Any, width: int, height: int) -> Bits:
    """The mask (height, width) of run lengths, compressed or not, or of polygons. Raises BadRunsError."""
    if isinstance(segmentation, list):
        found = np.zeros((height, width), dtype=bool)
        for ring in segmentation:
            found |= _polygon(ring, width, height)
        return found
    size = segmentation.get("size") if isinstance(segmentation, dict) else None
    if size != [height, width]:
        raise BadRunsError(f"its segmentation is of the size {size}, and the picture is [{height}, {width}]")
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        counts = _uncompressed(counts)
    if not isinstance(counts, list) or any(not isinstance(one, int) or one < 0 for one in counts):
        raise BadRunsError("its segmentation has no counts")
    if sum(counts) != width * height:
        raise BadRunsError(f"its counts are of {sum(counts):,} pixels, and the picture has {width * height:,}")
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape((height, width), order="F")


def _uncompressed(text: str) -> list[int]:
    """Counts from COCO's text: five bits a sign, the lowest first; from the third on as more than the last but one."""
    counts: list[int] = []
    value = shift = 0
    for sign in text:
        part = ord(sign) - 48
        if not 0 <= part < 64:
            raise BadRunsError(f"its counts have the sign {sign!r}")
        value |= (part & 31) << shift
        shift += 5
        if part & 32:
            continue
        if part & 16:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    return counts


def _polygon(ring: Any, width: int, height: int) -> Bits:
    """The pixels of a polygon, as COCO counts them: its edge in fifths of a pixel, each turning over what is below."""
    try:
        points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        points = np.zeros((0, 2))
    if len(points) < 3 or not np.isfinite(points).all():
        raise BadRunsError("its segmentation has a polygon that is none")
    corners = np.trunc(5 * np.clip(points, -1e8, 1e8) + 0.5).astype(np.int64)
    across, down = [], []
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        u, v = _edge(int(x0), int(y0), int(x1), int(y1))
        across.append(u)
        down.append(v)
    u, v = np.concatenate(across), np.concatenate(down)
    steps = np.flatnonzero(u[1:] != u[:-1]) + 1
    x = (np.where(u[steps] < u[steps - 1], u[steps], u[steps] - 1) + 0.5) / 5 - 0.5
    y = (np.minimum(v[steps], v[steps - 1]) + 0.5) / 5 - 0.5
    inside = (np.floor(x) == x) & (x >= 0) & (x <= width - 1)
    places = x[inside].astype(np.int64) * height + np.ceil(np.clip(y[inside], 0, height)).astype(np.int64)
    turns = np.bincount(places, minlength=width * height + 1)[: width * height]
    bits: Bits = (np.cumsum(turns) % 2).astype(bool).reshape((height, width), order="F")
    return bits


def _edge(x0: int, y0: int, x1: int, y1: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    wide, high = abs(x1 - x0), abs(y1 - y0)
    flat = wide >= high
    turned = x0 > x1 if flat else y0 > y1
    (xs, ys), (xe, ye) = ((x1, y1), (x0, y0)) if turned else ((x0, y0), (x1, y1))
    steps = np.arange((wide if flat else high) + 1)
    if turned:
        steps = steps[::-1]
    if flat:
        slope = (ye - ys) / wide if wide else 0.0
        return steps + xs, np.trunc(ys + slope * steps + 0.5).astype(np.int64)
    return np.trunc(xs + (xe - xs) / high * steps + 0.5).astype(np.int64), steps + ys


# --- Label Studio (https://github.com/thi-ng/umbrella, packages/rle-pack) ---

_SIZES = (3, 4, 8, 16)  # bits of a length, by the two bits before it
_CHANNELS = 4  # red, green, blue, alpha: the mask is in each, and counts in the last
_WORD = 8
_PAINTED = 255
_MOST = 1 << 32


def brush_bytes(bits: Bits) -> list[int]:
    """Label Studio's ``rle`` of a mask (height, width). Raises BadRunsError if it is too large for the format."""
    values = bits.size * _CHANNELS
    if values >= _MOST:
        raise BadRunsError(f"Label Studio's masks have less than {_MOST // _CHANNELS:,} pixels")
    parts = [f"{values:032b}", f"{_WORD - 1:05b}", *(f"{size - 1:04b}" for size in _SIZES)]
    for place, count in enumerate(_counts(bits.ravel())):
        left, word = count * _CHANNELS, f"{_PAINTED * (place % 2):08b}"
        while left:
            index = next((index for index, size in enumerate(_SIZES) if left <= 1 << size), len(_SIZES) - 1)
            length = min(left, 1 << _SIZES[index])
            parts.append(f"1{index:02b}{length - 1:0{_SIZES[index]}b}{word}")
            left -= length
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


def brush_bits(rle: Sequence[int], width: int, height: int) -> Bits:
    """The mask (height, width) of Label Studio's ``rle``: where its alpha is not 0. Raises BadRunsError."""
    try:
        text = "".join(f"{byte:08b}" for byte in bytes(rle))
    except (TypeError, ValueError):
        raise BadRunsError("its rle is no list of bytes") from None
    place = 0

    def read(bits: int) -> int:
        nonlocal place
        place += bits
        if place > len(text):
            raise BadRunsError("its rle breaks off")
        return int(text[place - bits : place], 2)

    values = read(32)
    if values != width * height * _CHANNELS:
        raise BadRunsError(f"its rle has {values:,} values, and {width} × {height} pixels have {_CHANNELS} each")
    word = read(5) + 1
    sizes = [read(4) + 1 for _ in range(4)]
    found = np.zeros(values, dtype=bool)
    done = 0
    while done < values:
        alike = read(1)
        length = read(sizes[read(2)]) + 1
        if done + length > values:
            raise BadRunsError("its rle has more values than it says")
        if alike:
            found[done : done + length] = read(word) != 0
        else:
            for one in range(done, done + length):
                found[one] = read(word) != 0
        done += length
    return found.reshape(height, width, _CHANNELS)[:, :, 3]


def _counts(flat: Bits) -> list[int]:
    """How many are alike in a row, by turns: zeros first."""
    if not len(flat):
        return []
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs: list[int] = np.diff(np.concatenate([[0], edges, [len(flat)]])).tolist()
    return [0, *runs] if flat[0] else runs
