"""The bundles that the preview's pages load: a copy of those that were built, built anew as their sources change."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from pathlib import Path

from truthkit.findings import Finding, excerpt
from truthkit.project import bundles_dir
from truthkit.server.preview.files import front_end_dir

_SECONDS = 60.0


class FrontEnd:
    """``folder`` takes the bundles. The builder is started at the first change of a source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._building = asyncio.Lock()

    def copy(self) -> None:
        """Take the bundles as they were built, each in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in bundles_dir().glob("*.js"):
            there = self.folder / file.name
            with contextlib.suppress(FileNotFoundError):
                if there.is_file() and there.stat().st_mtime_ns >= file.stat().st_mtime_ns:
                    continue
                part = self.folder / f".{file.name}"
                shutil.copyfile(file, part)
                part.replace(there)

    async def build(self) -> tuple[Finding, ...]:
        """Build all bundles from their sources; gives what is wrong with these."""
        async with self._building:
            root = front_end_dir()
            node = shutil.which("node")
            if root is None or node is None or not (root / "node_modules").is_dir():
                cure = "run make build, which needs Node 20 or newer"
                return (Finding("front-end", "the front end cannot be built here", cure, severity="warning"),)
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    node,
                    str(root / "tools" / "rebuild.mjs"),
                    str(self.folder),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for us: its input ends with us
                    limit=1 << 22,
                )
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            try:
                self._process.stdin.write(b"build\n")
                await self._process.stdin.drain()
                said = json.loads(await asyncio.wait_for(self._process.stdout.readline(), _SECONDS))
            except (TimeoutError, ValueError, OSError):
                await self.close()
                return (
                    Finding("front-end", "the front end's builder has ended", "run make build and see what it says"),
                )
            return tuple(
                Finding(
                    "front-end",
                    f"the front end could not be built: {one['text']}",
                    file=str(root / one["file"]) if one["file"] else None,
                    line=one["line"],
                    column=one["column"],
                    excerpt=excerpt(one["source"], one["column"]) if one["source"] else "",
                )
                for one in said
            )

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
