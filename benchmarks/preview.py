"""The preview: milliseconds from a saved file to the page that stands again, in a browser.

    python benchmarks/preview.py              # each kind of file 20 times
    python benchmarks/preview.py --quick      # 5 times

The clock starts before the file is written and stops when the worker's page has what was written and its crowd elements
stand. The mark is 500 ms at the median on a quiet machine of two cores, for each kind: beyond it, it ends with code 1.
On Linux it also tells the processor's milliseconds in that time, of the preview, its handlers and the browser together.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Page, async_playwright

from truthkit.browser import launch_options, require_chromium
from truthkit.project import Project, kit_root
from truthkit.server.preview import serve_preview
from truthkit.source import Source

WORKFLOW = "text-entities"
PAUSE = 3.0
"""Seconds between edits: a person looks at what has changed."""
MARK = 500.0
"""Milliseconds."""

# The page of a new document: what was there before does not count.
STANDS = """(words) => document.documentElement.dataset.crowdReady === "true"
  && document.documentElement.outerHTML.includes(words)"""


async def wait_for(page: Page, words: str) -> None:
    while True:
        frame = page.frames[1]
        try:
            await frame.wait_for_function(STANDS, arg=words)
            return
        except Exception as error:
            if "navigat" not in str(error) and "destroyed" not in str(error) and "detached" not in str(error):
                raise


def edits(project: Project) -> dict[str, tuple[Path, Callable[[str, str], str]]]:
    """What is edited: the file, and how its text gets the words that are then looked for."""
    workflow = project.workflow(WORKFLOW)
    first = workflow.samples / "objects" / "text" / "marine-biology.txt"
    title = "Lamps on the quay"
    return {
        "template": (workflow.template, lambda text, words: text.replace("</body>", f"<!-- {words} --></body>")),
        "handler": (
            workflow.lambdas / "pre_annotation.py",
            lambda text, words: (
                text.replace('"labels": ', f'"{words}": 1, "labels": ') if '"labels": ' in text else text
            ),
        ),
        "manifest": (workflow.manifest, lambda text, words: text.replace(title, f"{title} {words}", 1)),
        "sample object": (first, lambda text, words: f"{words} {text}"),
    }


def processor_seconds() -> float:
    """Of this process and all that it has started, also what has ended; 0 where the system does not tell."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text("utf-8", "replace").rpartition(") ")[2].split()
            number = int(file.parent.name)
            parents[number] = int(fields[1])
            used[number] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    ours = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(number, 0.0) for number in ours)


async def measure(times: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds from saved to standing, and those of the processor meanwhile, by the kind of file."""
    taken: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="truthkit-preview-benchmark-") as folder:
        root = Path(folder)
        for room in ("templates", "lambdas", "samples"):
            shutil.copytree(kit_root() / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
        project = Project(root)
        # The template tells of a name that the handler may add.
        template = project.workflow(WORKFLOW).template
        told = "<!-- {{ task.input | to_json | escape }} --></body>"
        template.write_text(template.read_text("utf-8").replace("</body>", told), "utf-8")
        source = Source.of(WORKFLOW, None, None, None, None, None, root)
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            serve_preview(source, port=0, lenient=False, allow_network=False, on_ready=ready.set_result)
        )
        try:
            address = await ready
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(**launch_options(require_chromium()))
                page = await browser.new_page(viewport={"width": 1440, "height": 900})
                await page.goto(address)
                await page.frame_locator("iframe.page").locator("html[data-crowd-ready]").wait_for(state="attached")
                # The check marks are looked at first: later they are the same work again.
                await page.get_by_role("link", name="well").last.wait_for()
                for kind, (file, edit) in edits(project).items():
                    before = file.read_text("utf-8")
                    taken[kind] = []
                    for number in range(times):
                        words = f"edit-{kind.replace(' ', '-')}-{number}-"
                        text = edit(before, words)
                        assert words in text, kind
                        used, began = processor_seconds(), time.perf_counter()
                        file.write_text(text, "utf-8")
                        await wait_for(page, words)
                        took = time.perf_counter() - began
                        taken[kind].append((1000 * took, 1000 * (processor_seconds() - used)))
                        # As a person would: the next edit comes when all is quiet.
                        await asyncio.sleep(PAUSE)
                    file.write_text(before, "utf-8")
                    await asyncio.sleep(PAUSE)
                await browser.close()
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="5 times each")
    times = 5 if parser.parse_args().quick else 20
    taken = asyncio.run(measure(times))
    clock = {kind: [one for one, _ in found] for kind, found in taken.items()}
    medians = {kind: statistics.median(found) for kind, found in clock.items()}
    print(
        json.dumps(
            {
                "edits of each kind": times,
                "milliseconds": {
                    kind: {"median": round(medians[kind]), "least": round(min(found)), "most": round(max(found))}
                    for kind, found in clock.items()
                },
                "of the processor, median": {
                    kind: round(statistics.median(used for _, used in found)) for kind, found in taken.items()
                },
                "mark": MARK,
                "load": os.getloadavg()[0],
                "cores": os.cpu_count(),
            },
            indent=2,
        )
    )
    return 0 if max(medians.values()) <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
