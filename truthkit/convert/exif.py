"""JPEG, PNG and WebP pictures that say how they are to be turned (EXIF's orientation, CIPA DC-008 section 4.6.5).

Workers label pixels as they are stored: the crowd elements do not turn them. Many readers do.
"""

from __future__ import annotations

import zlib
from pathlib import Path

_ORIENTATION = 0x0112
_SHORT = 3
_HEAD = 1 << 18  # bytes in which a JPEG's segment is, if there is one
_PNG = b"\x89PNG\r\n\x1a\n"


def orientation_place(data: bytes) -> tuple[int, int] | None:
    """Where in a picture's bytes the orientation's low byte is, and its value; None if nothing is turned."""
    found = _chunk(data)
    if found is not None:
        start, length = found
        start += 6 if data[start : start + 6] == b"Exif\0\0" else 0
        return _in_tiff(data[: found[0] + length], start)
    place = 2
    while data[:2] == b"\xff\xd8" and data[place : place + 1] == b"\xff" and place + 4 <= len(data):
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA or length < 2:  # the pixels begin
            return None
        if marker == 0xE1 and data[place + 4 : place + 10] == b"Exif\0\0":
            return _in_tiff(data[: place + 2 + length], place + 10)
        place += 2 + length
    return None


def _chunk(data: bytes) -> tuple[int, int] | None:
    """Where the EXIF of a PNG (eXIf) or a WebP (EXIF) begins, and its length."""
    if data[:8] == _PNG:
        place = 8
        while place + 8 <= len(data):
            length = int.from_bytes(data[place : place + 4], "big")
            if data[place + 4 : place + 8] == b"eXIf":
                return place + 8, length
            place += 12 + length
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        place = 12
        while place + 8 <= len(data):
            length = int.from_bytes(data[place + 4 : place + 8], "little")
            if data[place : place + 4] == b"EXIF":
                return place + 8, length
            place += 8 + length + length % 2
    return None


def upright(data: bytes) -> bytes | None:
    """The same picture without what EXIF says of turning; None if that is nothing."""
    found = orientation_place(data)
    if found is None:
        return None
    changed = bytearray(data)
    changed[found[0]] = 1
    chunk = _chunk(data)
    if chunk is not None and data[:8] == _PNG:
        start, length = chunk
        changed[start + length : start + length + 4] = zlib.crc32(changed[start - 4 : start + length]).to_bytes(
            4, "big"
        )
    return bytes(changed)


def _in_tiff(data: bytes, start: int) -> tuple[int, int] | None:
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(data[start : start + 4])
    if order not in ("little", "big"):
        return None

    def number(place: int, size: int) -> int:
        return int.from_bytes(data[place : place + size], "little" if order == "little" else "big")

    directory = start + number(start + 4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * number(directory, 2), 12):
        if entry + 12 > len(data):
            return None
        if number(entry, 2) == _ORIENTATION and number(entry + 2, 2) == _SHORT:
            value = number(entry + 8, 2)
            return (entry + 8 + (order == "big"), value) if 2 <= value <= 8 else None
    return None


def is_turned(file: Path) -> bool:
    """Whether readers that heed EXIF show the picture turned or mirrored."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
            # In PNG and WebP it may be behind the pixels.
            return orientation_place(head if head[:2] == b"\xff\xd8" else head + stream.read()) is not None
    except OSError:
        return False
