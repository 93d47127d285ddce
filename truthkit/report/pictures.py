"""Screenshots and the pictures that were labeled: small enough to be part of the page, or linked beside it."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from PIL import Image, ImageOps

from truthkit.report.shapes import Figures

# Tried one after the other until a picture fits its share of the page: greatest width and height, WebP quality.
_STEPS = ((1400, 2100, 78), (1200, 1800, 62), (960, 1600, 50), (720, 1200, 42), (480, 900, 35))
_PAGE_BYTES = 1_800_000
_LEAST, _MOST = 24_000, 180_000


# Of the pictures that were labeled: all together, and one.
_SUBJECTS_BYTES = 24_000_000
_LEAST_SUBJECT, _MOST_SUBJECT = 24_000, 200_000


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


def subject_share(objects: int) -> int:
    """Bytes that one of so many labeled pictures may take."""
    return max(_LEAST_SUBJECT, min(_MOST_SUBJECT, _SUBJECTS_BYTES // max(objects, 1)))


def subjects_embedded(objects: int) -> int:
    """How many of so many labeled pictures are part of the page."""
    return min(objects, _SUBJECTS_BYTES // subject_share(objects))


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


def embed_subject(file: Path, most: int) -> Picture | None:
    """A picture that was labeled, turned as its EXIF data says; None if it is none.

    Its size is that of the original, in which answers count, whatever the size of what is embedded.
    """
    try:
        with Image.open(file) as opened:
            size = _turned_size(opened)
            body = file.read_bytes() if file.stat().st_size <= most else b""
            if body and opened.format in ("JPEG", "PNG", "WEBP"):
                return _data(opened.get_format_mimetype() or "", body, size)
            side = max(240, min(1280, round((most * 7) ** 0.5)))
            opened.draft("RGB", (side, side))
            small = ImageOps.exif_transpose(opened)
            small.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
            if "A" in small.getbands() or "transparency" in small.info:
                paper = Image.new("RGBA", small.size, "white")
                paper.alpha_composite(small.convert("RGBA"))
                small = paper
            out = io.BytesIO()
            small.convert("RGB").save(out, "JPEG", quality=72)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return _data("image/jpeg", out.getvalue(), size)


def link_subject(file: Path, page: Path) -> Picture | None:
    """A picture that was labeled, by its address as seen from the page; None if it is none."""
    try:
        with Image.open(file) as opened:
            size = _turned_size(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    linked = link(file, page)
    return None if linked is None else Picture(linked.address, *size, linked=True)


def _turned_size(picture: Image.Image) -> tuple[int, int]:
    # 5 to 8 lie on their side (EXIF 2.32, tag 0x0112).
    return picture.size[::-1] if picture.getexif().get(0x0112, 1) in (5, 6, 7, 8) else picture.size


def _data(kind: str, body: bytes, size: tuple[int, int]) -> Picture:
    return Picture(f"data:{kind};base64,{base64.b64encode(body).decode('ascii')}", *size, linked=False)


def link(file: Path, page: Path) -> Picture | None:
    """The picture's address as seen from the page; None if there is no such file."""
    if not file.is_file():
        return None
    relative = os.path.relpath(file.resolve(), page.resolve().parent)
    return Picture(quote(Path(relative).as_posix()), 0, 0, linked=True)


def with_pixels(figures: Figures, find: Callable[[str], Path | None]) -> Figures:
    """The drawing with the pixels of its mask: a label's may lie in S3, where the handler put it.

    Args:
        find: gives the file behind an S3 URI. Without one, or if it cannot be read, the mask has no pixels.
    """
    mask = figures.mask
    if mask is None or isinstance(mask["labeledImage"].get("pngImageData"), str):
        return figures
    file = find(mask["labeledImage"]["s3Uri"])
    try:
        data = base64.b64encode(file.read_bytes()).decode("ascii") if file is not None else ""
    except OSError:
        data = ""
    return replace(figures, mask={**mask, "labeledImage": {"pngImageData": data}})
