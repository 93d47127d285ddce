"""How fast the crowd elements are under load, beside public annotation tools, in one run.

    python benchmarks/elements.py                  # everything; a Markdown table
    python benchmarks/elements.py --only boxes     # rows whose name has that word
    python benchmarks/elements.py --peers DIR      # node_modules with the peers, instead of fetching them by npm

Chromium is headless and draws in software, its processor slowed down four times unless a row says otherwise. Peers are
Annotorious (boxes) and the Recogito text annotator (spans), fetched by npm into a temporary folder in the pinned
versions; each is given the same picture or text and the same annotations. Neither has labels on keys, so what is
compared there is one annotation changed by its API until it is painted. No peer paints masks.

A figure is the median of the rounds; frames are the 95th percentile of the gaps between frames while the hand moves.
Where a figure misses its mark, it ends with code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from truthkit.browser import launch_options, require_chromium
from truthkit.pages import serve
from truthkit.project import bundles_dir

PEERS = {"@annotorious/annotorious": "3.8.10", "@recogito/text-annotator": "4.1.1"}
LABELS = ["bolt", "nut", "washer"]
SLOWED = 4

# Time from a key to the end of the frame that shows what it did; gaps between frames while something moves.
METERS = """
window.meters = {
  painted: () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(0);
  })),
  keys: [],
  gaps: [],
  watch: (on) => {
    meters.watching = on;
    meters.gaps = on ? [] : meters.gaps;
    let last = performance.now();
    const frame = (now) => {
      meters.gaps.push(now - last);
      last = now;
      if (meters.watching) requestAnimationFrame(frame);
    };
    if (on) requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  },
};
addEventListener("keydown", async (event) => {
  const from = event.timeStamp;
  meters.keys.push((await meters.painted()) - from);
}, true);
"""


@dataclass(frozen=True)
class Figure:
    """One measured value and the mark it is held against."""

    what: str
    value: float
    unit: str = "ms"
    mark: float | None = None
    peer: float | None = None
    peer_name: str = ""


class Bench:
    """The pages of the benchmark and how they are opened."""

    def __init__(self, browser: Browser, peers: Path | None, rounds: int) -> None:
        self.browser = browser
        self.peers = peers
        self.rounds = rounds
        self.pages: dict[str, str] = {}
        self.pictures: dict[str, bytes] = {}
        self.origin = ""

    def app(self) -> Starlette:
        async def page(request: Request) -> Response:
            return HTMLResponse(self.pages[request.path_params["name"]])

        async def picture(request: Request) -> Response:
            return Response(self.pictures[request.path_params["name"]], media_type="image/png")

        async def file(request: Request) -> Response:
            root = bundles_dir() if request.path_params["root"] == "bundles" else self.peers
            assert root is not None
            return FileResponse(root / request.path_params["path"])

        return Starlette(
            routes=[
                Route("/pages/{name}", page),
                Route("/pictures/{name}", picture),
                Route("/files/{root}/{path:path}", file),
            ]
        )

    async def open(self, name: str, body: str, *, ready: str, slowed: int = SLOWED) -> tuple[Page, CDPSession, float]:
        """A page, and the milliseconds from its start until ``ready`` (a JavaScript condition) held and was painted."""
        self.pages[name] = f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title>{body}"
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        page.set_default_timeout(120_000)
        await page.add_init_script(METERS)
        session = await context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        await page.goto(f"{self.origin}/pages/{name}")
        at = await page.evaluate(
            f"""async () => {{
              while (!({ready})) await new Promise(requestAnimationFrame);
              return await meters.painted();
            }}"""
        )
        return page, session, float(at)

    async def median(self, once: Callable[[int], Awaitable[float]]) -> float:
        return statistics.median([await once(number) for number in range(self.rounds)])


async def close(page: Page) -> None:
    await page.context.close()


async def key(page: Page, pressed: str) -> float:
    """Milliseconds from the key to the frame that shows what it did."""
    await page.evaluate("meters.keys = []")
    await page.keyboard.press(pressed)
    await page.wait_for_function("meters.keys.length > 0")
    return float(await page.evaluate("meters.keys.at(-1)"))


async def gaps(page: Page, move: Callable[[], Awaitable[None]]) -> float:
    """The 95th percentile of the gaps between frames while ``move`` runs."""
    await page.evaluate("meters.watch(true)")
    await move()
    await page.evaluate("meters.watch(false)")
    found = sorted(await page.evaluate("meters.gaps"))
    return float(found[int(len(found) * 0.95)])


# --- what is worked on -----------------------------------------------------------------------------------------------


def picture(width: int, height: int) -> bytes:
    """A smooth picture: small as a file, as large as any in memory."""
    image = Image.linear_gradient("L").resize((width, height))
    out = io.BytesIO()
    Image.merge("RGB", (image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image)).save(out, "PNG")
    return out.getvalue()


def boxes(count: int, width: int = 1600, height: int = 1000) -> list[dict[str, Any]]:
    dice = random.Random(7)
    return [
        {
            "label": dice.choice(LABELS),
            "left": dice.randrange(width - 60),
            "top": dice.randrange(height - 60),
            "width": dice.randrange(12, 60),
            "height": dice.randrange(12, 60),
        }
        for _ in range(count)
    ]


def words(length: int) -> str:
    dice = random.Random(11)
    made: list[str] = []
    size = 0
    while size < length:
        word = "".join(dice.choices("abcdefghiklmnoprstuvw", k=dice.randrange(2, 10)))
        word += dice.choices([" ", ", ", ".\n\n"], weights=[30, 3, 1])[0]
        made.append(word)
        size += len(word)
    return "".join(made)[:length]


def spans(text: str, count: int) -> list[dict[str, Any]]:
    """Spans of single words, spread over the whole text."""
    step = len(text) // count
    made, free = [], 0
    for number in range(count):
        start = max(number * step, free)
        while start < len(text) and not text[start].isalpha():
            start += 1
        end = start
        while end < len(text) and text[end].isalpha():
            end += 1
        if end > start:
            made.append({"label": LABELS[number % 3], "startOffset": start, "endOffset": end})
            free = end + 1
    return made


def attribute(value: Any) -> str:
    return html.escape(json.dumps(value), quote=True)


CROWD = '<script src="/files/bundles/crowd-html-elements.js"></script>'
WORK = "document.querySelector('[name=work]')"
IMAGE_READY = f"{WORK}?.shadowRoot?.querySelector('#annotation-area-container[data-state=ready]')"


def image_page(tag: str, initial: Any = None, image: str = "work.png") -> str:
    given = f' initial-value="{attribute(initial)}"' if initial is not None else ""
    labels = attribute(LABELS)
    return f'{CROWD}<crowd-form><{tag} name=work src="/pictures/{image}" labels="{labels}"{given}></{tag}></crowd-form>'


def annotorious_page(initial: list[dict[str, Any]]) -> str:
    made = [
        {
            "id": str(number),
            "bodies": [],
            "target": {
                "annotation": str(number),
                "selector": {
                    "type": "RECTANGLE",
                    "geometry": {
                        "x": box["left"],
                        "y": box["top"],
                        "w": box["width"],
                        "h": box["height"],
                        "bounds": {
                            "minX": box["left"],
                            "minY": box["top"],
                            "maxX": box["left"] + box["width"],
                            "maxY": box["top"] + box["height"],
                        },
                    },
                },
            },
        }
        for number, box in enumerate(initial)
    ]
    base = "/files/peers/@annotorious/annotorious/dist"
    return (
        f'<link rel=stylesheet href="{base}/annotorious.css"><script src="{base}/annotorious.js"></script>'
        '<img id=picture src="/pictures/work.png" style="max-width: 1000px"><script>'
        f"const made = {json.dumps(made)};"
        "const begin = () => { window.tool = Annotorious.createImageAnnotator('picture'); "
        "tool.setAnnotations(made); window.standing = tool.getAnnotations().length === made.length; };"
        "picture.complete ? begin() : picture.addEventListener('load', begin);</script>"
    )


def text_page(text: str, initial: list[dict[str, Any]]) -> str:
    return (
        f'{CROWD}<crowd-entity-annotation name=work text="{html.escape(text, quote=True)}" '
        f'labels="{attribute(LABELS)}" initial-value="{attribute(initial)}"></crowd-entity-annotation>'
    )


TEXT_READY = f"{WORK}?.value?.entities.length > 0"


def recogito_page(text: str, initial: list[dict[str, Any]]) -> str:
    made = [
        {
            "id": str(number),
            "bodies": [],
            "target": {
                "annotation": str(number),
                "selector": [
                    {
                        "quote": text[span["startOffset"] : span["endOffset"]],
                        "start": span["startOffset"],
                        "end": span["endOffset"],
                    }
                ],
            },
        }
        for number, span in enumerate(initial)
    ]
    base = "/files/peers/@recogito/text-annotator/dist"
    # Its build asks a bundler's variable.
    node = "<script>window.process = { env: {} }</script>"
    style = f'<link rel=stylesheet href="{base}/text-annotator.css">'
    return (
        f'{style}{node}<script src="{base}/text-annotator.umd.js"></script>'
        f'<div id=text style="white-space: pre-wrap; position: relative">{html.escape(text)}</div><script>'
        f"const made = {json.dumps(made)};"
        "window.tool = RecogitoJS.createTextAnnotator(document.getElementById('text'));"
        "tool.setAnnotations(made); window.standing = true;</script>"
    )


# What one changed annotation costs a peer, until it is painted.
PEER_CHANGE = """async (number) => {
  const one = tool.getAnnotations()[number];
  const from = performance.now();
  const body = { id: "b" + number, annotation: one.id, value: "nut", purpose: "tagging" };
  tool.updateAnnotation({ ...one, bodies: [body] });
  return (await meters.painted()) - from;
}"""
PEER_UNDO = "async () => { const from = performance.now(); tool.undo(); return (await meters.painted()) - from; }"

# --- the rows --------------------------------------------------------------------------------------------------------


async def interactive(bench: Bench) -> list[Figure]:
    """A page with 200 regions."""
    found = []
    for name, body, ready in (
        ("200 boxes: page interactive", image_page("crowd-bounding-box", boxes(200)), IMAGE_READY),
        ("200 spans: page interactive", None, TEXT_READY),
    ):
        text = words(20_000)
        ours = body or text_page(text, spans(text, 200))
        theirs = annotorious_page(boxes(200)) if body else recogito_page(text, spans(text, 200))

        async def once(_: int, *, page_body: str = ours, ready: str = ready) -> float:
            page, _session, at = await bench.open("interactive", page_body, ready=ready)
            await close(page)
            return at

        async def peer(number: int, *, page_body: str = theirs) -> float:
            return await once(number, page_body=page_body, ready="window.standing")

        other = await bench.median(peer) if bench.peers else None
        found.append(Figure(name, await bench.median(once), "ms", 1500, other, "Annotorious" if body else "Recogito"))
    return found


async def boxes_under_work(bench: Bench) -> list[Figure]:
    """A label's key and undo with 1,000 boxes, panning with 2,000."""
    page, _, _ = await bench.open("boxes", image_page("crowd-bounding-box", boxes(1000)), ready=IMAGE_READY)
    await page.locator("[name=work] [role=option]").first.click()
    relabel = await bench.median(lambda number: key(page, str(number % 2 + 2)))
    undo = await bench.median(lambda _: key(page, "Control+z"))
    await close(page)
    other = other_undo = None
    if bench.peers:
        page, _, _ = await bench.open("boxes-peer", annotorious_page(boxes(1000)), ready="window.standing")
        other = await bench.median(lambda number: page.evaluate(PEER_CHANGE, number))
        other_undo = await bench.median(lambda _: page.evaluate(PEER_UNDO))
        await close(page)

    page, _, _ = await bench.open("pan", image_page("crowd-bounding-box", boxes(2000)), ready=IMAGE_READY)
    area = page.locator("[name=work] canvas.upper-canvas")
    await area.scroll_into_view_if_needed()
    await area.hover()
    for _ in range(4):
        await page.mouse.wheel(0, -120)
    box = await area.bounding_box()
    assert box is not None

    async def pan() -> None:
        x, y = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 600) / 2
        await page.mouse.move(x, y)
        await page.mouse.down(button="middle")
        for step in range(60):
            await page.mouse.move(x + 3 * step, y + step)
        await page.mouse.up(button="middle")

    frame = await gaps(page, pan)
    await close(page)
    return [
        Figure("1,000 boxes: label key to paint", relabel, "ms", 100, other, "Annotorious"),
        Figure("1,000 boxes: undo", undo, "ms", 100, other_undo, "Annotorious"),
        Figure("2,000 boxes: frame while panning", frame, "ms", 50),
    ]


async def spans_under_work(bench: Bench) -> list[Figure]:
    """A label's key and undo with 2,000 spans."""
    text = words(186_000)
    page, _, _ = await bench.open("spans", text_page(text, spans(text, 2000)), ready=TEXT_READY)
    await page.locator("[name=work] [role=option]").first.click()
    relabel = await bench.median(lambda number: key(page, str(number % 2 + 2)))
    undo = await bench.median(lambda _: key(page, "Control+z"))
    await close(page)
    other = None
    if bench.peers:
        page, _, _ = await bench.open("spans-peer", recogito_page(text, spans(text, 2000)), ready="window.standing")
        other = await bench.median(lambda number: page.evaluate(PEER_CHANGE, number))
        await close(page)
    return [
        Figure("2,000 spans in 186 kB: label key to paint", relabel, "ms", 100, other, "Recogito"),
        Figure("2,000 spans in 186 kB: undo", undo, "ms", 100),
    ]


# The element comes into a page that stands; until its spans are painted.
FIRST_PAINT = """async () => {
  const made = document.createElement("template");
  made.innerHTML = held.textContent;
  const from = performance.now();
  document.body.append(made.content);
  while (!(document.querySelector('[name=work]')?.value?.entities.length > 0)) await Promise.resolve();
  return (await meters.painted()) - from;
}"""
PEER_FIRST_PAINT = """async () => {
  const from = performance.now();
  window.tool = RecogitoJS.createTextAnnotator(document.getElementById("text"));
  tool.setAnnotations(made);
  return (await meters.painted()) - from;
}"""


async def long_text(bench: Bench) -> list[Figure]:
    """10,000 spans in 200 kB, not slowed down."""
    text = words(200_000)
    given = spans(text, 10_000)
    script, element = text_page(text, given).split("</script>", 1)
    body = f'{script}</script><script id=held type="text/plain">{element}</script><crowd-form></crowd-form>'
    ready = "document.documentElement.dataset.crowdReady"

    async def once(_: int) -> float:
        page, _session, _at = await bench.open("long", body, ready=ready, slowed=1)
        at = await page.evaluate(FIRST_PAINT)
        await close(page)
        return float(at)

    other_body = recogito_page(text, given)
    start = other_body.index("window.tool = ")
    other_body = other_body[:start] + "window.standing = true;</script>"

    async def peer(_: int) -> float:
        page, _session, _at = await bench.open("long-peer", other_body, ready="window.standing", slowed=1)
        at = await page.evaluate(PEER_FIRST_PAINT)
        await close(page)
        return float(at)

    other = await bench.median(peer) if bench.peers else None
    return [
        Figure(
            "10,000 spans in 200 kB: first paint (not slowed)", await bench.median(once), "ms", 200, other, "Recogito"
        )
    ]


async def masks_under_work(bench: Bench) -> list[Figure]:
    """A stroke of the brush and undo on four megapixels."""
    body = image_page("crowd-semantic-segmentation", image="four.png")
    page, _, _ = await bench.open("masks", body, ready=IMAGE_READY)
    area = page.locator("[name=work] canvas.upper-canvas")
    await area.scroll_into_view_if_needed()
    box = await area.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 40)
    await page.keyboard.press("1")

    async def stroke() -> None:
        await page.mouse.down()
        for step in range(80):
            await page.mouse.move(box["x"] + 40 + 4 * step, box["y"] + 40 + 150 * (step % 20) / 20)
        await page.mouse.up()

    frame = await gaps(page, stroke)
    undo = await key(page, "Control+z")
    await close(page)
    return [
        Figure("4-megapixel mask: frame while painting", frame, "ms", 50),
        Figure("4-megapixel mask: undo a stroke", undo, "ms", 100),
    ]


async def memory(bench: Bench) -> list[Figure]:
    """The renderer's resident memory with 20 megapixels, over that of an empty page."""
    sizes = []
    for tag, image in (("crowd-bounding-box", "twenty.png"), ("crowd-semantic-segmentation", "twenty.png")):
        page, session, _ = await bench.open("memory-empty", CROWD + "<crowd-form></crowd-form>", ready="true", slowed=1)
        empty = await resident(bench.browser)
        await close(page)
        page, session, _ = await bench.open("memory", image_page(tag, image=image), ready=IMAGE_READY, slowed=1)
        await session.send("HeapProfiler.collectGarbage")
        full = await resident(bench.browser)
        await close(page)
        sizes.append(Figure(f"20-megapixel image in {tag}: memory", (full - empty) / 1e6, "MB"))
    return sizes


async def resident(browser: Browser) -> float:
    """Bytes that the browser's largest renderer holds."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    sizes = [resident_bytes(process["id"]) for process in processes if process["type"] == "renderer"]
    return float(max(sizes, default=0))


def resident_bytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


ROWS: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "interactive": interactive,
    "boxes": boxes_under_work,
    "spans": spans_under_work,
    "long text": long_text,
    "masks": masks_under_work,
    "memory": memory,
}


def table(figures: list[Figure]) -> str:
    lines = ["| what | ours | mark | peer | ours / peer |", "| --- | --: | --: | --: | --: |"]
    for one in figures:
        mark = f"< {one.mark:,.0f} {one.unit}" if one.mark else "–"
        peer = f"{one.peer_name} {one.peer:,.0f} {one.unit}" if one.peer is not None else "–"
        ratio = f"{one.value / one.peer:.2f}" if one.peer else "–"
        lines.append(f"| {one.what} | {one.value:,.0f} {one.unit} | {mark} | {peer} | {ratio} |")
    return "\n".join(lines)


def fetch_peers(into: Path) -> Path | None:
    wanted = [f"{name}@{version}" for name, version in PEERS.items()]
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(into), *wanted], check=False
    )
    if done.returncode:
        print("The peers could not be fetched: their columns stay empty.", file=sys.stderr)
        return None
    return into / "node_modules"


async def run(only: str, peers: Path | None, rounds: int) -> list[Figure]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(**launch_options(require_chromium()))
        bench = Bench(browser, peers, rounds)
        bench.pictures = {
            "work.png": picture(1600, 1000),
            "four.png": picture(2400, 1700),
            "twenty.png": picture(5472, 3648),
        }
        found = []
        async with serve(bench.app()) as bench.origin:
            for name, row in ROWS.items():
                if only in name:
                    print(f"{name} …", file=sys.stderr)
                    found += await row(bench)
        await browser.close()
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only the rows with this word: " + ", ".join(ROWS))
    parser.add_argument("--peers", type=Path, help="a node_modules folder that has the peers")
    parser.add_argument("--no-peers", action="store_true", help="measure ours alone")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = None if given.no_peers else given.peers or fetch_peers(Path(folder))
        figures = asyncio.run(run(given.only, peers, given.rounds))
    print(json.dumps([vars(one) for one in figures], indent=2) if given.json else table(figures))
    return 1 if any(one.mark is not None and one.value >= one.mark for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
