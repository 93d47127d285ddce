"""Which files the preview shows, and what a change of one of them concerns."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from watchfiles import awatch

from truthkit.findings import TruthkitError
from truthkit.project import HandlerRef, Workflow, bundles_dir
from truthkit.source import Source

Kind = Literal["template", "handler", "config", "manifest", "object", "objects-map", "bundle", "front-end"]

# Milliseconds: how long the files must be quiet before a change is told, and how long it may take at most.
_STEP = 20
_MOST = 200

# What may be others where a folder is.
_IN_FOLDERS: frozenset[Kind] = frozenset({"template", "handler", "config", "manifest", "object"})

_PASSED_OVER = frozenset({"__pycache__", "node_modules", ".git"})


@dataclass(frozen=True, slots=True)
class Changed:
    """What was saved: the kinds concerned, and the files."""

    kinds: frozenset[Kind]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one source."""

    source: Source

    def kinds(self, file: Path) -> Iterator[Kind]:
        """What depends on ``file``."""
        source = self.source
        if _PASSED_OVER.intersection(file.parts):
            return
        if file == source.template:
            yield "template"
        if file == source.manifest or (source.workflow is not None and file == source.workflow.expected):
            yield "manifest"
        if source.workflow is not None:
            if file == source.workflow.config_file:
                yield "config"
            if file == source.workflow.samples / "objects.toml":
                yield "objects-map"
        if self._is_code(file):
            yield "handler"
        if any(file.is_relative_to(folder) for _, folder in source.objects):
            yield "object"
        if file.parent == bundles_dir() and file.suffix == ".js" and not file.name.startswith("."):
            yield "bundle"
        if (front_end := front_end_dir()) and file.is_relative_to(front_end):
            parts = file.relative_to(front_end).parts
            if "src" in parts and file.suffix in (".ts", ".css") and not file.name.endswith(".test.ts"):
                yield "front-end"

    def _is_code(self, file: Path) -> bool:
        """Whether a handler may read the file: all of its code root, but of a project not the other workflows'."""
        if file.suffix not in (".py", ".toml", ".json", ".txt", ".so"):
            return False
        workflow = self.source.workflow
        for ref in filter(None, (self.source.pre_lambda, self.source.post_lambda)):
            if not file.is_relative_to(ref.code_root):
                continue
            room = ref.code_root / file.relative_to(ref.code_root).parts[0]
            if workflow is None or room == workflow.lambdas or not (room / "workflow.toml").is_file():
                return True
        return False

    def folders(self) -> tuple[set[Path], set[Path]]:
        """The folders to be watched with all below them, and those to be watched alone.

        A file that is given by path may lie anywhere, also above very much else.
        """
        source = self.source
        deep = {folder for _, folder in source.objects}
        flat = {source.template.parent, source.manifest.parent, bundles_dir()}
        for ref in filter(None, (source.pre_lambda, source.post_lambda)):
            flat.add(ref.code_root)
            deep.update(marker.parent for marker in ref.code_root.glob("*/__init__.py"))
        if source.workflow is not None:
            flat.add(source.workflow.samples)
            deep |= {source.workflow.lambdas}
        if front_end := front_end_dir():
            deep |= set(front_end.glob("*/src"))
        # Who is watched does not tell that it comes: that tells the folder around it.
        flat |= {folder.parent for folder in (*deep, *flat)}
        if source.workflow is not None:
            flat.add(source.workflow.root)
        exists = {folder for folder in deep if folder.is_dir()}
        return exists, {folder for folder in flat if folder.is_dir()}

    def refreshed(self, given: dict[str, Path]) -> Source:
        """The source with what the workflow's folders say now; ``given`` are the objects that were mapped by hand."""
        source = self.source
        if source.workflow is None:
            return source
        objects = {prefix: folder for prefix, folder in source.workflow.objects().items() if folder.is_dir()}
        return replace(
            source,
            objects=tuple({**objects, **given}.items()),
            pre_lambda=_now(source.workflow, "pre_annotation", source.pre_lambda),
            post_lambda=_now(source.workflow, "post_annotation", source.post_lambda),
        )


def _now(workflow: Workflow, which: str, ref: HandlerRef | None) -> HandlerRef | None:
    """The workflow's handler, which may have come or gone; one that was given by path stays."""
    return workflow.handler(which) if ref is None or ref.code_root == workflow.root / "lambdas" else ref


def front_end_dir() -> Path | None:
    """The sources of the front end, where there are any: in a checkout."""
    folder = bundles_dir().parent
    return folder if (folder / "build.mjs").is_file() else None


def mapped_by_hand(source: Source) -> dict[str, Path]:
    """The objects that the workflow itself does not map."""
    own: dict[str, Path] = {}
    if source.workflow is not None:
        with contextlib.suppress(TruthkitError):
            own = source.workflow.objects()
    return {prefix: folder for prefix, folder in source.objects if own.get(prefix) != folder}


async def changes(files: Callable[[], Files], ended: asyncio.Event) -> AsyncGenerator[Changed, None]:
    """What is saved, as it is saved, until ``ended``. Raises OSError where the system watches no more folders.

    Folders that come, go, or are made anew (by a checkout, say) are watched as they are then; what they have is told
    as changed, as nobody knows since when, once they are watched: nothing is lost in between.
    """
    anew = False
    while not ended.is_set():
        watched = _as_they_are(files())
        async with _watched(*files().folders(), ended) as told:
            if anew:
                yield Changed(_IN_FOLDERS, ())
            while (found := await told.get()) is not None:
                kinds = {file: frozenset(files().kinds(file)) for file in found}
                concerned = tuple(sorted(file for file in found if kinds[file]))
                if concerned:
                    yield Changed(frozenset().union(*(kinds[file] for file in concerned)), concerned)
                if _as_they_are(files()) != watched:
                    break
            else:
                return
        anew = True


@asynccontextmanager
async def _watched(
    deep: set[Path], flat: set[Path], ended: asyncio.Event
) -> AsyncIterator[asyncio.Queue[set[Path] | None]]:
    """A queue of files that change from now on; None when it is over. What failed is raised at the end."""
    queue: asyncio.Queue[set[Path] | None] = asyncio.Queue()

    async def watch(folders: set[Path], recursive: bool) -> None:
        if not folders:
            return
        async for found in awatch(
            *sorted(folders),
            watch_filter=None,
            debounce=_MOST,
            step=_STEP,
            stop_event=stop,
            recursive=recursive,
            ignore_permission_denied=True,
        ):
            queue.put_nowait({Path(name) for _, name in found})

    async def both() -> None:
        try:
            await asyncio.gather(*watches)
        finally:
            queue.put_nowait(None)

    async def stop_at_the_end() -> None:
        await ended.wait()
        stop.set()

    stop = asyncio.Event()  # awatch sets it itself where it is cancelled
    watches = [asyncio.create_task(watch(deep, True)), asyncio.create_task(watch(flat - deep, False))]
    watching, ending = asyncio.create_task(both()), asyncio.create_task(stop_at_the_end())
    try:
        await asyncio.sleep(0)  # the first step of each task, in which awatch asks the system to watch
        yield queue
        stop.set()
        await watching
    finally:
        for task in (*watches, watching, ending):
            task.cancel()
        await asyncio.gather(*watches, watching, ending, return_exceptions=True)


def _as_they_are(files: Files) -> dict[Path, tuple[int, int]]:
    """The folders to be watched, each with what tells it from another of its name."""
    found = {}
    for folder in set().union(*files.folders()):
        with contextlib.suppress(OSError):
            known = folder.stat()
            found[folder] = (known.st_dev, known.st_ino)
    return found
