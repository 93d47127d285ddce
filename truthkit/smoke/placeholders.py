"""Objects that stand in for those that are not there: small, but real files of their kind, made here."""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

PICTURE_SIZE = (320, 240)
SECONDS = 0.4
"""The length of sounds and films: some pages want them played to the end."""

TEXT = "Ada Lovelace wrote the first program in London in 1843. Charles Babbage built the machine.\n"

_PICTURES = {
    "apng": "PNG", "bmp": "BMP", "gif": "GIF", "ico": "ICO", "jpeg": "JPEG", "jpg": "JPEG",
    "png": "PNG", "tif": "TIFF", "tiff": "TIFF", "webp": "WEBP",
}  # fmt: skip
_PICTURE_TYPES = {"BMP": "image/bmp", "ICO": "image/x-icon"}
_SOUNDS = ("aac", "aif", "aiff", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav", "wma")
_FILMS = ("avi", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "webm")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A file's content and its media type."""

    body: bytes
    media_type: str


def placeholder(name: str, wanted: str = "") -> Placeholder:
    """What stands in for the file ``name``.

    Args:
        name: a file's name, a key or a path: its extension says what it is.
        wanted: what the page takes it for where the extension says nothing: ``image``, ``audio``, ``video``, …
            (the request's ``Sec-Fetch-Dest``).
    """
    extension = name.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    known = is_known(name)
    if wanted == "image" and extension != "svg" and extension not in _PICTURES:
        extension = "png"
    elif not known:
        extension = {"audio": "wav", "video": "webm", "iframe": "html", "object": "html", "embed": "html"}.get(
            wanted, "txt"
        )
    return _made(extension)


def is_known(name: str) -> bool:
    """Whether the file's extension says what it is."""
    extension = name.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    return extension in _PICTURES or extension in _SOUNDS or extension in _FILMS or extension in _TEXTS


@cache
def _made(extension: str) -> Placeholder:
    if extension in _PICTURES:
        form = _PICTURES[extension]
        return Placeholder(_picture(form), _PICTURE_TYPES.get(form, f"image/{form.lower()}"))
    # Browsers look at what a sound or film is made of, not at its name.
    if extension in _SOUNDS:
        return Placeholder(_sound(), "audio/wav")
    if extension in _FILMS:
        return Placeholder(_film(), "video/webm")
    media_type, made = _TEXTS[extension]
    return Placeholder(made(), media_type)


def _scene() -> Image.Image:
    """A picture with something to mark: a house, a tree, a sun."""
    image = Image.new("RGB", PICTURE_SIZE, "#bcd7ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 170, 320, 240), fill="#6fa35c")
    draw.ellipse((250, 20, 296, 66), fill="#f2c84b")
    draw.rectangle((60, 110, 150, 190), fill="#c96f4a")
    draw.polygon([(50, 110), (105, 64), (160, 110)], fill="#7d3b2a")
    draw.rectangle((224, 130, 236, 200), fill="#6b4a2f")
    draw.ellipse((196, 80, 264, 146), fill="#3f7a43")
    return image


def _picture(form: str) -> bytes:
    stream = io.BytesIO()
    _scene().save(stream, form)
    return stream.getvalue()


def _sound() -> bytes:
    """A tone, 16-bit PCM."""
    rate = 8_000
    samples = (round(6_000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * SECONDS)))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return stream.getvalue()


def _film() -> bytes:
    """WebM with VP8, which every Chromium plays. A lossy WebP picture is one VP8 key frame: those are the frames."""
    stream = io.BytesIO()
    _scene().save(stream, "WEBP", quality=40)
    webp = stream.getvalue()
    at = webp.index(b"VP8 ")
    frame = webp[at + 8 : at + 8 + int.from_bytes(webp[at + 4 : at + 8], "little")]
    width, height = PICTURE_SIZE
    step = 100  # ms
    frames = range(0, int(SECONDS * 1000), step)
    blocks = b"".join(_element(0xA3, b"\x81" + struct.pack(">h", at_ms) + b"\x80" + frame) for at_ms in frames)
    header = _element(
        0x1A45DFA3,
        _number(0x4286, 1) + _number(0x42F7, 1) + _number(0x42F2, 4) + _number(0x42F3, 8)
        + _element(0x4282, b"webm") + _number(0x4287, 2) + _number(0x4285, 2),
    )  # fmt: skip
    info = _element(
        0x1549A966,
        _number(0x2AD7B1, 1_000_000) + _element(0x4489, struct.pack(">d", SECONDS * 1000))
        + _element(0x4D80, b"truthkit") + _element(0x5741, b"truthkit"),
    )  # fmt: skip
    video = _element(0xE0, _number(0xB0, width) + _number(0xBA, height))
    track = _element(0xAE, _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1) + _element(0x86, b"V_VP8") + video)
    cluster = _element(0x1F43B675, _number(0xE7, 0) + blocks)
    return header + _element(0x18538067, info + _element(0x1654AE6B, track) + cluster)


def _element(identifier: int, content: bytes) -> bytes:
    """An EBML element; the size always takes eight bytes."""
    name = identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")
    return name + (len(content) | 1 << 56).to_bytes(8, "big") + content


def _number(identifier: int, value: int) -> bytes:
    return _element(identifier, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _pdf() -> bytes:
    """One page that says that it is a placeholder."""
    words = b"BT /F1 18 Tf 40 740 Td (A placeholder document.) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(body),
    )  # fmt: skip


def _svg() -> bytes:
    width, height = PICTURE_SIZE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        '<rect width="100%" height="100%" fill="#bcd7ee"/><circle cx="160" cy="120" r="70" fill="#c96f4a"/></svg>'
    ).encode()


def _text(text: str) -> Callable[[], bytes]:
    return text.encode


_TEXTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "css": ("text/css", _text("")),
    "csv": ("text/csv; charset=utf-8", _text("name,value\nalpha,1\nbeta,2\n")),
    "htm": ("text/html; charset=utf-8", _text(f"<!doctype html><title>Placeholder</title><p>{TEXT}")),
    "html": ("text/html; charset=utf-8", _text(f"<!doctype html><title>Placeholder</title><p>{TEXT}")),
    "json": ("application/json", _text(json.dumps({"text": TEXT.strip(), "items": []}))),
    "jsonl": ("application/jsonl", _text('{"text": "alpha"}\n{"text": "beta"}\n')),
    "md": ("text/markdown; charset=utf-8", _text(TEXT)),
    "pdf": ("application/pdf", _pdf),
    "svg": ("image/svg+xml", _svg),
    "txt": ("text/plain; charset=utf-8", _text(TEXT)),
    "vtt": ("text/vtt; charset=utf-8", _text("WEBVTT\n\n00:00.000 --> 00:00.400\nA tone.\n")),
    "xml": ("application/xml", _text(f"<text>{TEXT.strip()}</text>")),
}
