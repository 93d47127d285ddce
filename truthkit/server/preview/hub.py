"""Server-sent events, to every workbench that is open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

_ALIVE_SECONDS = 15.0


class Hub:
    """``tell`` reaches every stream; ``end`` ends them all."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[str | None]] = set()

    def tell(self, event: str, **data: Any) -> None:
        for stream in self._streams:
            stream.put_nowait(_event(event, data))

    def end(self) -> None:
        for stream in self._streams:
            stream.put_nowait(None)

    async def stream(self, hello: Callable[[], dict[str, Any]]) -> AsyncIterator[str]:
        """The events from the moment on at which ``hello`` says how things are; that comes first."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield _event("hello", hello())
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), _ALIVE_SECONDS)
                except TimeoutError:
                    text = ": still here\n\n"  # which finds out who has gone
                if text is None:
                    return
                yield text
        finally:
            self._streams.discard(queue)


def _event(event: str, data: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(data)}\n\n"
