"""The job's report of 5,000 objects: seconds to write it, its size, and how it opens, filters and sorts in Chromium.

    python benchmarks/report.py                     # classes, passages, boxes and masks, three workers each
    python benchmarks/report.py --objects 500 spans # fewer, of one kind
    python benchmarks/report.py --keep DIR          # leaves the pages there

Seconds of a core (writing) and by the browser's clock (the page), of the page's own work until it has drawn.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from truthkit.browser import launch_options, require_chromium
from truthkit.report import ReportData, ReportObject, ReportWorker, write_report
from truthkit.report.gold import agreement
from truthkit_core.consolidation.masks import write_mask

ROOT = Path(__file__).resolve().parents[1]
LABELS = ("Background", "Methods", "Results")
COLORS = ("#2ca02c", "#1f77b4", "#d62728")
WORDS = "Salt marshes bury carbon fast; storms move a tenth of it, and nobody knows where all the rest has gone. "
PICTURES = sorted((ROOT / "samples").glob("*/objects/*.jpg"))
SIZE = (640, 480)
WORKERS = 12


def classes(chance: random.Random, wrong: bool) -> dict[str, Any]:
    return {"label": chance.choice(LABELS) if wrong else LABELS[0]}


def spans(chance: random.Random, wrong: bool) -> dict[str, Any]:
    shift = chance.randrange(8) if wrong else 0
    marked = [
        {"label": LABELS[n % 3], "startOffset": 104 * n + shift, "endOffset": 104 * n + 31 + shift} for n in range(8)
    ]
    return {"entities": marked}


def boxes(chance: random.Random, wrong: bool) -> dict[str, Any]:
    move = chance.randrange(60) if wrong else 0
    found = [
        {"label": LABELS[n % 3], "left": 60 * n + move, "top": 40 * n, "width": 90, "height": 70} for n in range(6)
    ]
    return {"boundingBoxes": found, "inputImageProperties": {"width": SIZE[0], "height": SIZE[1]}}


def masks(chance: random.Random, wrong: bool) -> dict[str, Any]:
    move = chance.randrange(60) if wrong else 0
    rows, columns = np.ogrid[: SIZE[1], : SIZE[0]]
    table = np.zeros(SIZE[::-1], dtype=np.uint8)
    for place, (x, y, radius) in enumerate(((200, 200, 120), (400, 260, 90), (330, 120, 40)), 1):
        table[(rows - y) ** 2 + (columns - x - move) ** 2 < radius**2] = place
    return {
        "labelMappings": {label: {"color": color} for label, color in zip(LABELS, COLORS, strict=True)},
        "labeledImage": {"pngImageData": base64.b64encode(write_mask(table, COLORS)).decode("ascii")},
        "inputImageProperties": {"width": SIZE[0], "height": SIZE[1]},
    }


KINDS: dict[str, Callable[[random.Random, bool], dict[str, Any]]] = {
    "classes": classes,
    "spans": spans,
    "boxes": boxes,
    "masks": masks,
}


class Objects(Sequence[ReportObject]):
    """Objects that are made when they are read, as a job's are read from its store."""

    def __init__(self, kind: str, total: int) -> None:
        self.kind, self.total = kind, total
        self.seconds = 0.0  # of a core, that making them took

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, at: int) -> ReportObject: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ReportObject]: ...
    def __getitem__(self, at: int | slice) -> ReportObject | Sequence[ReportObject]:
        if isinstance(at, slice):
            return [self[one] for one in range(self.total)[at]]
        began = time.process_time()
        made = self._make(at)
        self.seconds += time.process_time() - began
        return made

    def _make(self, at: int) -> ReportObject:
        make, chance = KINDS[self.kind], random.Random(at)
        label = make(chance, False)
        workers = chance.sample(range(WORKERS), 3)
        answers = [(f"private.us-east-1.{who:04}", make(chance, chance.random() < 0.3)) for who in sorted(workers)]
        if self.kind in ("boxes", "masks"):
            source = {"source-ref": f"s3://bucket/pictures/{at}.jpg"}
        else:
            source = {"source": f"Object {at}. " + WORDS * (8 if self.kind == "spans" else 1)}
        return ReportObject(
            object_id=str(at),
            line=at + 1,
            data_object=source,
            task_input=source,
            answers=tuple(ReportWorker(who, {"it": value}, 5 + 40 * chance.random()) for who, value in answers),
            label=label,
            failure=None,
            output_line={**source, "it": label},
            expected=label,
            agreement=agreement(label, label) if self.kind != "masks" else 1.0,
            screenshot=None,
        )

    def __iter__(self) -> Iterator[ReportObject]:
        return (self[at] for at in range(self.total))


def picture(uri: str) -> Path | None:
    number = uri.rpartition("/")[2].removesuffix(".jpg")
    return PICTURES[int(number) % len(PICTURES)] if number.isdigit() else None


# Runs a step and gives the milliseconds until the page has drawn what came of it.
TIMED = """async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const changed = () => new Promise((done) => new MutationObserver((_, one) => { one.disconnect(); done(); })
    .observe(document.getElementById("objects"), { childList: true, characterData: true, subtree: true }));
  await drawn();
  const began = performance.now();
  const seen = changed();
  %s;
  await seen;
  await drawn();
  return performance.now() - began;
}"""
CHOOSE = (
    "const one = document.querySelector('[name={}]'); one.value = {}; "
    "one.dispatchEvent(new Event('input', {{ bubbles: true }}));"
)


def timed(page: Page, step: str) -> float:
    return float(page.evaluate(TIMED % step))


def opened(browser: Browser, file: Path) -> list[float]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    began = time.monotonic()
    page.goto(file.as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    found = [1000 * (time.monotonic() - began)]
    found.append(timed(page, CHOOSE.format("worker", '"private.us-east-1.0003"')))
    found.append(timed(page, "document.getElementById('clear').click()"))
    found.append(timed(page, CHOOSE.format("sort", '"time"')))
    found.append(timed(page, CHOOSE.format("q", '"1"')))
    found.append(timed(page, CHOOSE.format("q", '"12"')))
    found.append(timed(page, "document.querySelector('details.object:not([hidden]) > summary').click()"))
    page.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], default=list(KINDS))
    parser.add_argument("--objects", type=int, default=5_000)
    parser.add_argument("--keep", type=Path, help="a folder for the pages")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {arguments.objects:,} objects, 3 answers each\n")
    print(
        "| | written, s of a core | MB | opened, ms | filter | all again | sort | first search | search | an object |"
    )
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = arguments.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        browser = playwright.chromium.launch(**launch_options(require_chromium()))
        for kind in arguments.kinds:
            objects = Objects(kind, arguments.objects)
            data = ReportData(kind, None, "2026-11-21", "it", LABELS, objects, (), 60.0, 1.0, picture)
            began = time.process_time()
            file = write_report(data, folder / f"{kind}.html")
            seconds = time.process_time() - began - objects.seconds
            row = [
                f"{seconds:.1f}",
                f"{file.stat().st_size / 1e6:.1f}",
                *(f"{one:.0f}" for one in opened(browser, file)),
            ]
            print(f"| {kind} | {' | '.join(row)} |", flush=True)
        browser.close()
    print(f"\nmemory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
