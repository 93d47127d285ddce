"""A whole labeling job against a bare floor, in one run.

    python benchmarks/job.py             # 20 x 3, 200 x 1, render --all of 100,000 lines
    python benchmarks/job.py --quick     # 20 x 3 only

The floor is the least that any harness in a browser must do: one warm page that opens the same rendered page, types
the same text, presses Submit and waits for the answer, one after the other, with nothing kept, checked or consolidated.
The closest peer (serverless-sagemaker-groundtruth 1.4) took 152 s for 20 x 3 on a two-core machine, its floor 7.4 s.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from truthkit.browser import launch_options, require_chromium
from truthkit.pages import serve, task_app
from truthkit.project import bundles_dir
from truthkit.rendering import render_lines
from truthkit.source import Source

TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><p>{{ task.input.source }}</p><crowd-input name="said" label="What does it say?"></crowd-input></crowd-form>
"""
WORKER = 'async def work(page, task, worker):\n    await page.fill("crowd-input input", task.task_input["source"])\n'
POST = """
import json
from urllib.parse import urlparse
import boto3

def lambda_handler(event, context):
    place = urlparse(event["payload"]["s3Uri"])
    body = boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
    return [
        {"datasetObjectId": one["datasetObjectId"], "consolidatedAnnotation": {"content": {
            event["labelAttributeName"]: [json.loads(a["annotationData"]["content"]) for a in one["annotations"]]}}}
        for one in json.loads(body)
    ]
"""


class Floor:
    """The Desk of the floor: rendered pages in, answers counted."""

    def __init__(self, pages: list[str]) -> None:
        self.pages = pages
        self.answered = asyncio.Event()

    async def page(self, token: str) -> str | None:
        return self.pages[int(token)]

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        self.answered.set()


async def floor(pages: list[str], texts: list[str], workers: int) -> float:
    """Seconds for each page by each worker, on one warm page of one browser, start of the browser included."""
    from playwright.async_api import async_playwright

    began = time.monotonic()
    desk = Floor(pages)
    async with (
        serve(task_app(desk, bundles=bundles_dir(), policy=lambda: None)) as origin,
        async_playwright() as driver,
    ):
        browser = await driver.chromium.launch(**launch_options(require_chromium()))
        page = await browser.new_page()
        for number, text in enumerate(texts):
            for _ in range(workers):
                desk.answered.clear()
                await page.goto(f"{origin}/tasks/{number}")
                await page.fill("crowd-input input", text)
                await page.click("[data-testid=crowd-submit]")
                await desk.answered.wait()
        await browser.close()
    return time.monotonic() - began


def write_files(folder: Path, lines: int) -> tuple[Path, Path, Path, Path]:
    template, manifest, worker, post = (
        folder / name for name in ("plain.liquid.html", "manifest.jsonl", "worker.py", "post.py")
    )
    template.write_text(TEMPLATE)
    worker.write_text(WORKER)
    post.write_text(POST)
    with manifest.open("w") as stream:
        for number in range(lines):
            stream.write(json.dumps({"source": f"text {number} <&> and so on"}) + "\n")
    return template, manifest, worker, post


def whole_job(folder: Path, lines: int, workers: int) -> float:
    """Seconds for the command, its start and its end included."""
    template, manifest, worker, post = write_files(folder, lines)
    out = folder / f"job-{lines}x{workers}-{time.monotonic_ns()}"
    command = [
        sys.executable, "-c", "from truthkit.cli import main; main()", "run", "--template", template, "--manifest",
        manifest, "--worker-script", worker, "--post-lambda", post, "--workers", str(workers), "--out", out, "--json",
    ]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - began
    result = json.loads(done.stdout)
    assert result["labeled"] == lines, result
    assert result["answers"] == lines * workers, result
    return seconds


def compare(folder: Path, lines: int, workers: int, rounds: int) -> None:
    template, manifest, *_ = write_files(folder, lines)
    source = Source.of(None, template, manifest, None, None, None)
    pages = [one.html or "" for one in render_lines(source)]
    texts = [json.loads(text)["source"] for text in manifest.read_text().splitlines()]
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(asyncio.run(floor(pages, texts, workers)))
        ours.append(whole_job(folder, lines, workers))
    best, least = min(ours), min(theirs)
    print(
        f"{lines:>4} lines x {workers}: truthkit run {best:6.1f} s, floor {least:6.1f} s, "
        f"ratio {best / least:4.2f}   (best of {rounds}; all: {_list(ours)} against {_list(theirs)})",
        flush=True,
    )


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.1f}" for value in values)


def render_all(folder: Path, lines: int) -> None:
    template, manifest, *_ = write_files(folder, lines)
    source = Source.of(None, template, manifest, None, None, None)
    began = time.monotonic()
    memory: list[int] = []
    for count, rendered in enumerate(render_lines(source), 1):
        assert rendered.html, rendered.findings
        if count % (lines // 10) == 0:
            memory.append(resident())
    seconds = time.monotonic() - began
    megabytes = " ".join(f"{value // 2**20}" for value in memory)
    print(
        f"render --all: {lines:,} lines in {seconds:.1f} s, {lines / seconds:,.0f} a second; MB by tenths: {megabytes}"
    )


def resident() -> int:
    """Bytes of memory that this process has in use."""
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20 x 3 only")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run; the best counts")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare(folder, 20, 3, arguments.rounds)
        if not arguments.quick:
            compare(folder, 200, 1, 1)
            render_all(folder, 100_000)


if __name__ == "__main__":
    main()
