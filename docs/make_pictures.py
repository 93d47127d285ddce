"""Makes docs/pictures from a real job, its real pages, and the gallery's stories.

.venv/bin/python docs/make_pictures.py            all of them
.venv/bin/python docs/make_pictures.py elements   those of the elements
.venv/bin/python docs/make_pictures.py crowd      those of consolidation and agreement (its data: docs/make_wisdom.py)
.venv/bin/python docs/make_pictures.py preview    those of the preview
.venv/bin/python docs/make_pictures.py report     those of a job's report
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from make_wisdom import crowd_folder, read_birds
from PIL import Image, ImageChops
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from truthkit import run_job
from truthkit.answers import read_answers
from truthkit.browser import launch_options, require_chromium
from truthkit.consolidating import consolidate
from truthkit.consolidating.report import write_report
from truthkit.elements import Element, load_catalogue
from truthkit.project import Project
from truthkit.report.agreement import measure, write_page
from truthkit.server.gallery import serve_gallery
from truthkit.server.preview import serve_preview
from truthkit.source import Source
from truthkit.workforce.scripted import Worker, WorkItem, load_work

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WORKFLOW = "text-entities"
LINE = 1
MOST_BYTES = 250_000
# Of 255 levels of a color.
MOST_NOISE = 24
# Elements that fill the page are shown as on a small one, the others as large as they are.
WIDGETS = ("image", "text", "choice", "review")
WIDGET_SIZE: ViewportSize = {"width": 1200, "height": 720}
CONTROL_SIZE: ViewportSize = {"width": 640, "height": 80}

# Paths on the pictures begin at the project, wherever it lies.
SHORTEN = """
(root) => {
  const shorten = (place) => {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(root, "");
    for (const element of place.querySelectorAll("*")) if (element.shadowRoot) shorten(element.shadowRoot);
  };
  shorten(document.body);
}
"""
# The page keeps its height for ten frames: pictures are loaded, elements have found their size.
SETTLED = """
async () => {
  for (let frames = 0, before = -1; frames < 10; frames += 1) {
    await new Promise(requestAnimationFrame);
    const height = document.body.getBoundingClientRect().height;
    if (height !== before) frames = 0;
    before = height;
  }
}
"""
# What has just come into view is drawn in the frame after the next.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def looks_as_in(file: Path, image: Image.Image) -> bool:
    """Whether the picture is there already: no two drawings of one page are the same to the last bit."""
    if not file.is_file():
        return False
    there = Image.open(file).convert("RGB")
    if there.size != image.size:
        return False
    return all(most <= MOST_NOISE for _, most in ImageChops.difference(there, image).getextrema())


async def shoot(page: Page, name: str) -> None:
    """Write the window as a picture with a palette. Raises ValueError if it is too large for a repository."""
    await page.evaluate(SHORTEN, f"{ROOT}/")
    for frame in page.frames:
        # What is out of sight is never drawn.
        owner = await frame.frame_element() if frame.parent_frame else None
        place = await owner.bounding_box() if owner else None
        if owner is None or (place and place["y"] < (page.viewport_size or {"height": 0})["height"]):
            await frame.evaluate(DRAWN)
    image = Image.open(io.BytesIO(await page.screenshot(animations="disabled"))).convert("RGB")
    file = PICTURES / f"{name}.png"
    # The commonest colors exactly: Pillow's own palettes lose those of small things, such as labels.
    common = Counter(struct.iter_unpack("BBB", image.tobytes())).most_common(256)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for color, _ in common for part in color])
    picture = image.quantize(palette=palette, dither=Image.Dither.NONE)
    if looks_as_in(file, picture.convert("RGB")):
        return
    picture.save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {image.width} x {image.height}, {size:,} bytes")
    if size > MOST_BYTES:
        raise ValueError(f"{file} has {size:,} bytes, more than {MOST_BYTES:,}")


@asynccontextmanager
async def opened(browser: Browser, address: str, *, width: int = 1280, height: int = 860) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    await page.goto(address)
    try:
        yield page
    finally:
        await page.close()


@asynccontextmanager
async def previewed(source: Source) -> AsyncIterator[str]:
    """A preview's address."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(
        serve_preview(source, port=0, lenient=False, allow_network=False, on_ready=ready.set_result)
    )
    try:
        yield await ready
    finally:
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)


async def preview_pictures(browser: Browser) -> None:
    """The worker's page, half done; the preview around it with two workers' answers; their label; a fault."""
    source = Source.of(WORKFLOW, None, None, None, None, None, ROOT)
    async with previewed(source) as address:
        async with opened(browser, f"{address}/lines/{LINE}") as page:
            task_page = await page.locator("iframe.page").get_attribute("src")
            assert task_page is not None
        async with opened(browser, task_page) as page:
            await do_the_task(page)
            await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
            await shoot(page, "worker-page")
        async with opened(browser, f"{address}/lines/{LINE}", width=1440, height=960) as page:
            for worker in (1, 2):
                if worker > 1:
                    await page.get_by_role("button", name=f"Worker {worker}", exact=True).click()
                    await page.locator("#answer", has_text="Nothing yet").wait_for()
                await mark(page, rows=1 + worker)
                frame = page.frame_locator("iframe.page")
                await frame.get_by_role("radio", name="Yes").check()
                await frame.get_by_role("button", name="Submit").click()
                await page.locator("#answer", has_text="entities").wait_for()
                await page.locator("#output-line", has_text="creation-date").wait_for()
            await page.get_by_role("link", name="well").last.wait_for()
            await frame.locator("body").evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
            for panel in ("Data object", "Task input", "Answer so far"):
                await page.get_by_role("button", name=panel, exact=True).click()
            await shoot(page, "preview")
            await page.get_by_role("button", name="Answers and label").click()
            await page.get_by_role("button", name="Taller").click()
            await page.frame_locator("iframe.drawing").get_by_text("Consolidated").first.wait_for()
            for panel in ("Consolidation request", "Post-annotation returns"):
                await page.get_by_role("button", name=panel, exact=True).click()
            await page.evaluate(SETTLED)
            await shoot(page, "preview-label")
    with tempfile.TemporaryDirectory(prefix="truthkit-pictures-") as folder:
        template = Path(folder) / "template.liquid.html"
        text = source.template.read_text("utf-8")
        template.write_text(text.replace("task.input.metadata.title", "task.input.metadata.titel"), "utf-8")
        async with (
            previewed(Source.of(WORKFLOW, template, None, None, None, None, ROOT)) as address,
            opened(browser, f"{address}/lines/{LINE}", width=1440, height=960) as page,
        ):
            await page.get_by_role("alert").wait_for()
            await page.get_by_role("link", name="with a fault").last.wait_for()
            await page.evaluate(SHORTEN, f"{folder}/")
            await shoot(page, "preview-fault")


async def mark(page: Page, rows: int) -> None:
    """Drag over the beginnings of lines of the text, each with a label of its own."""
    frame = page.frame_locator("iframe.page")
    await frame.locator("truthkit-text-annotator[data-ready]").wait_for()
    text = frame.locator("[data-testid=text]")
    if await frame.get_by_role("button", name="Hide").is_visible():
        await frame.get_by_role("button", name="Hide").click()
    place = await text.bounding_box()
    assert place is not None
    for row, key in enumerate("123"[:rows]):
        y = place["y"] + 28 + 37 * row
        await page.mouse.move(place["x"] + 12, y)
        await page.mouse.down()
        await page.mouse.move(place["x"] + 300, y, steps=5)
        await page.mouse.up()
        await page.keyboard.press(key)
    await page.locator("#answer-now", has_text="startOffset").wait_for()


async def do_the_task(page: Page) -> None:
    workflow = Project(ROOT).workflow(WORKFLOW)
    work = load_work(workflow.worker_script)
    await page.locator("html[data-crowd-ready]").wait_for(state="attached")
    task_input = {
        "text": (workflow.samples / "objects" / "text" / "marine-biology.txt").read_text("utf-8"),
        "labels": list(workflow.config().labels),
    }
    data_object = json.loads(workflow.manifest.read_text("utf-8").splitlines()[LINE - 1])
    await work(page, WorkItem(LINE, data_object, task_input), Worker("one", 0, Random(2)))


async def report_pictures(browser: Browser, report: Path) -> None:
    """The report's summary, and how three workers' spans became one label."""
    async with opened(browser, report.as_uri()) as page:
        await shoot(page, "report")
    async with opened(browser, report.as_uri(), height=1000) as page:
        await page.locator("html[data-ready]").wait_for(state="attached")
        await page.locator("details.object").first.evaluate("element => element.scrollIntoView()")
        await shoot(page, "report-object")


async def crowd_pictures(browser: Browser, folder: Path) -> None:
    """The reports of ``truthkit consolidate`` and ``truthkit agreement``, where the real job's answers lie here."""
    birds = crowd_folder()
    if birds is None:
        print("no public answers here: pictures of consolidation and agreement stay")
        return
    _answers, gold, _written = read_birds(birds / "aws_birds")
    answers = read_answers(birds / "aws_birds" / "worker-response")
    # Whose answers they are is nobody's business.
    fields = {
        name: replace(one, workers=[f"worker {number}" for number in range(len(one.workers))])
        for name, one in answers.fields.items()
    }
    answers = replace(answers, fields=fields)
    found = consolidate(answers.field(), every=True, gold=gold)
    report = folder / "consolidation.html"
    write_report(report, found, source="birds", field=answers.field().name, gold=gold)
    async with opened(browser, report.as_uri(), height=940) as page:
        await shoot(page, "consolidation")
    measured = replace(measure(answers, gold=gold), source="jobs/birds")
    async with opened(browser, write_page(measured, folder / "agreement.html").as_uri(), height=1100) as page:
        await shoot(page, "agreement")


async def element_pictures(browser: Browser) -> None:
    """A story of every element; what is part of another has its picture."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve_gallery(port=0, on_ready=ready.set_result))
    try:
        address = await ready
        async with opened(browser, address) as page:
            story = await page.locator("iframe").get_attribute("src")
            assert story is not None
        origin = story.partition("/tasks/")[0]
        (PICTURES / "elements").mkdir(exist_ok=True)
        elements = load_catalogue()
        for element in elements.values():
            around = elements.get(element.parent or "")
            if around and around.stories == element.stories:
                continue
            async with opened(browser, f"{origin}/tasks/{element.tag}.{telling_story(element)}.picture") as page:
                await element_picture(page, element)
    finally:
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)


def telling_story(element: Element) -> int:
    """The number of the first story with work to see, else of the first."""
    return next((number for number, story in enumerate(element.stories) if "initial-value=" in story.html), 0)


async def element_picture(page: Page, element: Element) -> None:
    await page.locator("html[data-crowd-ready]").wait_for(state="attached")
    room = 16
    if "open()" in element.members:
        await page.locator(element.tag).first.evaluate("element => element.open()")
        room = 300
    size = WIDGET_SIZE if element.kind in WIDGETS else CONTROL_SIZE
    await page.set_viewport_size(size)
    await page.wait_for_load_state("networkidle")
    await page.evaluate(SETTLED)
    height = await page.evaluate("document.body.getBoundingClientRect().height")
    await page.set_viewport_size({**size, "height": min(round(height) + room, WIDGET_SIZE["height"])})
    await page.evaluate(SETTLED)
    await shoot(page, f"elements/{element.tag}")


async def take(report: Path | None, what: str, folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(require_chromium()))
        try:
            if report is not None:
                await preview_pictures(browser)
                await report_pictures(browser, report)
            if what != "crowd":
                await element_pictures(browser)
            if what != "elements":
                await crowd_pictures(browser, folder)
        finally:
            await browser.close()


async def take_report(report: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(require_chromium()))
        try:
            await report_pictures(browser, report)
        finally:
            await browser.close()


async def take_preview() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(require_chromium()))
        try:
            await preview_pictures(browser)
        finally:
            await browser.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    what = " ".join(sys.argv[1:])
    if what == "preview":
        asyncio.run(take_preview())
        return
    with tempfile.TemporaryDirectory(prefix="truthkit-pictures-") as name:
        folder = Path(name)
        report = None
        if what == "report":
            asyncio.run(take_report(run_job(WORKFLOW, limit=3, out=folder / "job", project=ROOT).report))
            return
        if what not in ("elements", "crowd"):
            report = run_job(WORKFLOW, limit=3, out=folder / "job", project=ROOT).report
        asyncio.run(take(report, what, folder))


if __name__ == "__main__":
    main()
