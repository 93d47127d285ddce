"""Much text in little room of a page: pieces deflated together, to be read where they are asked for."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from typing import IO

PACK_CHARACTERS = 400_000  # of the pieces of one pack, as far as pieces are not longer
PACK_PIECES = 40


class Packs:
    """Writes packs into a page: script elements with the base64 of the deflated JSON list of their pieces."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._pieces: list[str] = []
        self._size = 0
        self._number = 0
        self.written = 0
        """Characters of the page so far."""

    def add(self, piece: str) -> tuple[int, int]:
        """The pack that the piece is in, and its place there."""
        if self._pieces and (self._size + len(piece) > PACK_CHARACTERS or len(self._pieces) == PACK_PIECES):
            self.close()
        self._pieces.append(piece)
        self._size += len(piece)
        return self._number, len(self._pieces) - 1

    def close(self) -> None:
        if not self._pieces:
            return
        text = packed(self._pieces)
        self._out.write(f'<script type="text/plain" id="pack-{self._number}">{text}</script>\n')
        self.written += len(text) + 60
        self._pieces, self._size = [], 0
        self._number += 1


def packed(pieces: Iterable[str]) -> str:
    """Base64 of the raw deflate stream of a JSON list; a lone surrogate is written as its escape."""
    text = json.dumps(list(pieces), ensure_ascii=False).encode("utf-8", "backslashreplace")
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    return base64.b64encode(squeeze.compress(text) + squeeze.flush()).decode("ascii")
