"""Coroutines for callers that have no event loop of their own, or one that already runs."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any


async def _unless_interrupted(work: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C reaches the browser too: how it ends must not hide that the user stopped the job."""
    interrupted = False
    asked = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        if callable(asked):
            asked(number, frame)

    # Only the main thread gets signals; the handler before ours is the event loop's, which cancels this task.
    ours = threading.current_thread() is threading.main_thread() and callable(asked)
    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        await work
    except BaseException:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        if ours:
            signal.signal(signal.SIGINT, asked)


def run_async(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also where an event loop already runs (a notebook).

    Raises KeyboardInterrupt if it was interrupted, whatever else then went wrong.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(_unless_interrupted(work))
        return
    failure: list[BaseException] = []

    def target() -> None:
        try:
            asyncio.run(_unless_interrupted(work))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
