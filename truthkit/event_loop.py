"""Coroutines for callers that have no event loop of their own, or one that already runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any


async def _unless_interrupted(work: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C reaches the browser too: how it ends must not hide that the user stopped the job."""
    try:
        await work
    except BaseException:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from None
        raise


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
