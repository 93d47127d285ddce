"""The preview's two servers, and what goes on beside them: files are watched, lines are looked at."""

from __future__ import annotations

import asyncio
import contextlib
import html
import importlib
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError
from truthkit.pages import content_security_policy, serve, task_app
from truthkit.server.guard import OwnPagesOnly
from truthkit.server.preview.app import Workbench
from truthkit.server.preview.bench import Bench
from truthkit.server.preview.files import Changed, changes
from truthkit.server.preview.front_end import FrontEnd
from truthkit.server.preview.hub import Hub
from truthkit.server.preview.lines import Entry
from truthkit.source import Source

FRAME_SCRIPT = "preview-frame.js"

# Lines that are looked at by themselves after a change, for their marks, and how long that may go on. Others are looked
# at when they are listed.
CHECKED = 500
CHECK_SECONDS = 20.0
_QUIET_SECONDS = 0.5  # first comes whoever waits for a page
_TELL_SECONDS = 0.25


class PreviewDesk:
    """The Desk of the worker's pages."""

    def __init__(self, bench: Bench, hub: Hub) -> None:
        self._bench = bench
        self._hub = hub

    async def page(self, token: str) -> str | None:
        view = self._bench.view(token)
        return view.rendered.html if view is not None and view.rendered is not None else None

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        view = await asyncio.to_thread(self._bench.submit, token, answer)
        bench = self._bench
        self._hub.tell("answer", version=bench.version, answers=bench.given, line=view.number, worker=view.worker)

    def head(self, token: str) -> str:
        """The task's name, for its draft, and the script that tells the workbench what happens in the page."""
        view = self._bench.view(token)
        name = html.escape(view.task) if view is not None else ""
        return f'<meta name="truthkit-task" content="{name}"><script src="/bundles/{FRAME_SCRIPT}"></script>'


async def serve_preview(
    source: Source, *, port: int, lenient: bool, allow_network: bool, on_ready: Callable[[str], None]
) -> None:
    """Serve the preview until it is cancelled or the process is to end; ``on_ready`` is told its address."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-preview-")))
        bench = stack.enter_context(contextlib.closing(Bench(source, folder, lenient=lenient)))
        hub = Hub()
        front_end = FrontEnd(folder / "bundles")
        front_end.copy()
        origins: dict[str, str] = {}

        def policy() -> str | None:
            if allow_network:
                return None
            around = f"{origins['workbench']} {origins['workbench'].replace('127.0.0.1', 'localhost')}"
            return content_security_policy(bench.objects_endpoint, frame_ancestors=around)

        desk = PreviewDesk(bench, hub)
        tasks = task_app(desk, bundles=front_end.folder, policy=policy, head=desk.head, bundles_change=True)
        sight = Sight()
        workbench = Workbench(bench, hub, front_end.folder, lambda: origins["tasks"], sight.show)
        async with (
            serve(OwnPagesOnly(tasks)) as origins["tasks"],
            serve(OwnPagesOnly(workbench.app()), port=port) as origins["workbench"],
        ):
            beside = asyncio.create_task(_go_on(bench, hub, front_end, sight, ended))
            on_ready(origins["workbench"])
            try:
                await ended.wait()
            finally:
                ended.set()
                hub.end()
                bench.close()  # whoever waits for a handler does no longer
                await asyncio.gather(beside, asyncio.to_thread(workbench.close), return_exceptions=True)
                await front_end.close()


class Sight:
    """The lines that somebody looks at."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._shown = asyncio.Event()
        self._lines: tuple[int, ...] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """Tell of lines; from any thread."""
        self._lines = tuple(entry.number for entry in entries if not entry.mark)
        if self._lines:
            self._loop.call_soon_threadsafe(self._shown.set)

    @property
    def asked(self) -> bool:
        """Whether there are some that ``shown`` has not given yet."""
        return self._shown.is_set()

    async def shown(self) -> tuple[int, ...]:
        """The numbers of those without a mark, as soon as there are any."""
        await self._shown.wait()
        self._shown.clear()
        return self._lines


async def _go_on(bench: Bench, hub: Hub, front_end: FrontEnd, sight: Sight, ended: asyncio.Event) -> None:
    # Of its own, as a handler may take minutes.
    thread = ThreadPoolExecutor(1, "marks")
    checking = asyncio.create_task(look_at_lines(bench, hub, sight, thread))
    building: asyncio.Task[None] | None = None

    async def build() -> None:
        bench.build_findings = await front_end.build()
        told = Changed(frozenset({"front-end"} if bench.build_findings else {"bundle"}), ())
        await take(told)

    async def take(changed: Changed) -> None:
        nonlocal checking
        if "bundle" in changed.kinds:
            front_end.copy()
        await asyncio.to_thread(bench.change, changed)
        files = [file.name for file in changed.files]
        hub.tell("changed", version=bench.version, answers=bench.given, kinds=sorted(changed.kinds), files=files)
        checking.cancel()
        checking = asyncio.create_task(look_at_lines(bench, hub, sight, thread))

    try:
        async for changed in changes(lambda: bench.files, ended):
            kinds = changed.kinds - {"front-end"}
            if "front-end" in changed.kinds:
                building = asyncio.create_task(_after(building, build))
            if kinds:
                await take(Changed(kinds, changed.files))
    except* OSError as group:
        reason = str(group.exceptions[0])
        message = f"files are not watched: {reason}; reload the page to see what was edited"
        bench.build_findings = (Finding("preview-watch", message, severity="warning"),)
        hub.tell("changed", version=bench.version, answers=bench.given, kinds=["bundle"], files=[])
        await ended.wait()
    finally:
        for task in filter(None, (checking, building)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        # It writes into the folder that goes next.
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)


async def _after(task: asyncio.Task[None] | None, what: Callable[[], Any]) -> None:
    if task is not None:
        await asyncio.gather(task, return_exceptions=True)
    await what()


async def look_at_lines(bench: Bench, hub: Hub, sight: Sight, thread: ThreadPoolExecutor) -> None:
    """Warm the handlers, then look at the first lines one by one, for their marks; what is listed comes first."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(_QUIET_SECONDS)
    await loop.run_in_executor(thread, bench.warm)
    await loop.run_in_executor(thread, importlib.import_module, "truthkit.server.preview.drawing")
    listed: deque[int] = deque()
    others: deque[int] = deque()
    with contextlib.suppress(TruthkitError):
        entries = (await loop.run_in_executor(thread, bench.lines)).entries
        others.extend(range(1, min(CHECKED, len(entries)) + 1))
    while True:
        began = told = time.monotonic()
        some = False
        while time.monotonic() - began < CHECK_SECONDS:
            if sight.asked:
                listed = deque(await sight.shown())
            if not (lines := listed or others):
                break
            with contextlib.suppress(TruthkitError):
                some |= await loop.run_in_executor(thread, bench.check, lines.popleft())
            if some and time.monotonic() - told > _TELL_SECONDS:
                told, some = time.monotonic(), False
                hub.tell("marks")
        if some:
            hub.tell("marks")
        others.clear()
        listed = deque(await sight.shown())


def run_preview(
    source: Source,
    *,
    port: int = 0,
    lenient: bool = False,
    allow_network: bool = False,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the preview until Ctrl-C or SIGTERM. Raises UsageError if the port cannot be had."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_preview(source, port=port, lenient=lenient, allow_network=allow_network, on_ready=on_ready))
