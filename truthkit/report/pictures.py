"""Screenshots for the page: small enough to be part of it, or linked beside it."""

from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image

# Tried one after the other until a picture fits its share of the page: greatest width and height, WebP quality.
_STEPS = ((1400, 2100, 78), (1200, 1800, 62), (960, 1600, 50), (720, 1200, 42), (480, 900, 35))
_PAGE_BYTES = 1_800_000
_LEAST, _MOST = 24_000, 180_000


@dataclass(frozen=True, slots=True)
class Picture:
    """``address`` is a data URI, or the file relative to the page; the size is 0 where it was not read."""

    address: str
    width: int
    height: int
    linked: bool


def share(pictures: int) -> int:
    """Bytes that one of so many embedded pictures may take."""
    return max(_LEAST, min(_MOST, _PAGE_BYTES // max(pictures, 1)))


def embed(file: Path, most: int) -> Picture | None:
    """The picture as a data URI of ``most`` bytes or little more; None if it cannot be read.

    A file that is small enough is taken as it is, another is scaled down and written as WebP.
    """
    try:
        with Image.open(file) as opened:
            original = opened.convert("RGB")
            kind = opened.get_format_mimetype()
        body = file.read_bytes()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    size = original.size
    if len(body) <= most and kind in ("image/jpeg", "image/png", "image/webp"):
        return _data(kind, body, size)
    step, last = 0, len(_STEPS) - 1
    while True:
        width, height, quality = _STEPS[step]
        scale = min(1.0, width / original.width, height / original.height)
        size = (max(1, round(original.width * scale)), max(1, round(original.height * scale)))
        shown = original if size == original.size else original.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=quality, method=2)
        body = out.getvalue()
        if len(body) <= most or step == last:
            break
        # What is far too big is no better after one step.
        step = min(last, step + (1 if len(body) < 2 * most else 2))
    return _data("image/webp", body, size)


def _data(kind: str, body: bytes, size: tuple[int, int]) -> Picture:
    return Picture(f"data:{kind};base64,{base64.b64encode(body).decode('ascii')}", *size, linked=False)


def link(file: Path, page: Path) -> Picture | None:
    """The picture's address as seen from the page; None if there is no such file."""
    if not file.is_file():
        return None
    relative = os.path.relpath(file.resolve(), page.resolve().parent)
    return Picture(quote(Path(relative).as_posix()), 0, 0, linked=True)
