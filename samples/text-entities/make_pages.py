"""Draw the papers' first pages from papers.toml as pictures, objects/pages/<slug>.png.

Needs a Chromium; the fonts are those of the machine (DejaVu Serif Condensed on the one that made the kept pictures).
Each picture carries the digest of the page it was drawn from, so that a test can tell a stale one without a browser.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from html import escape

from figures import figure_svg
from make_samples import HERE, Paper, load_papers
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.async_api import async_playwright

from truthkit.browser import launch_options, require_chromium

WIDTH, HEIGHT = 1100, 1424  # US letter
COLORS = 16
DIGEST_KEY = "Page-SHA256"
_ACCENTS = (
    *("#1f5673", "#7a4a21", "#33336b", "#5a5a5a", "#8a3b4b"),
    *("#1d6b55", "#6b4a86", "#5e6b1d", "#b3561c", "#6e3b2a"),
)

_STYLE = """
* { box-sizing: border-box; }
html, body { margin: 0; background: #fff; }
body { width: %(width)dpx; height: %(height)dpx; padding: 46px 84px 0; color: #111; position: relative;
  overflow: hidden; font: 16px/1.36 "DejaVu Serif Condensed", "DejaVu Serif", "Times New Roman", Tinos, serif;
  font-stretch: condensed; }
.running { display: flex; justify-content: space-between; font-size: 13.5px; padding-bottom: 7px;
  border-bottom: 3px solid %(accent)s; }
.running b { font-size: 17px; color: %(accent)s; }
.kind { margin: 20px 0 0; font: 600 12.5px "DejaVu Sans", sans-serif; letter-spacing: .12em; color: %(accent)s; }
h1 { font-size: 31px; line-height: 1.2; margin: 6px 0 12px; font-weight: 400; text-wrap: balance; }
.authors { font-size: 17px; margin: 0 0 6px; }
.affiliations { font-size: 13px; font-style: italic; margin: 0 0 16px; line-height: 1.35; }
sup { font-size: .65em; line-height: 0; font-style: normal; }
.abstract { padding: 12px 18px; border: solid %(accent)s; border-width: 1px 0; background: #f3f3f3;
  margin-bottom: 18px; }
.abstract h2 { margin: 0 0 3px; font-size: 16px; letter-spacing: .04em; }
.abstract p { margin: 0; text-align: justify; text-wrap: pretty; }
.abstract p + p { text-indent: 1.3em; }
.body { columns: 2; column-gap: 34px; text-align: justify; text-wrap: pretty; }
.body h2, .body h3 { font-size: 1.06em; margin: 13px 0 4px; text-align: left; break-after: avoid; color: %(accent)s; }
.body h3 { font-size: 1em; font-style: italic; font-weight: 400; color: #111; margin-top: 8px; }
.body > :first-child { margin-top: 0; }
.body p { margin: 0; text-indent: 1.3em; orphans: 2; widows: 2; }
.body h2 + p, .body h3 + p { text-indent: 0; }
figure { margin: 10px 0 14px; break-inside: avoid; }
svg { display: block; width: 100%%; font: 15px "DejaVu Sans Condensed", "DejaVu Sans", sans-serif; }
figcaption { font-size: 13.5px; line-height: 1.3; margin-top: 5px; text-align: left; }
footer { position: absolute; left: 84px; right: 84px; bottom: 34px; display: flex; justify-content: space-between;
  font-size: 12.5px; border-top: 1px solid #777; padding-top: 7px; }
"""


def page_html(paper: Paper, number: int) -> str:
    """The page that is drawn: the same for the same paper. ``number`` (from 0) only picks the journal's color."""
    accent = _ACCENTS[number % len(_ACCENTS)]
    first, last = paper.pages
    one_place = len(paper.affiliations) == 1
    authors = ", ".join(
        f"{escape(name)}{'' if one_place else f'<sup>{place}</sup>'}{'<sup>*</sup>' if index == 0 else ''}"
        for index, (name, place) in enumerate(paper.authors)
    )
    places = "<br>".join(
        f"{'' if one_place else f'<sup>{index}</sup> '}{escape(place)}"
        for index, place in enumerate(paper.affiliations, 1)
    )
    abstract = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paper.text.splitlines())
    style = _STYLE % {"width": WIDTH, "height": HEIGHT, "accent": accent}
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(paper.title)}</title>
<style>{style}</style>
<div class="running"><b>{escape(paper.journal)}</b><span>{escape(paper.issue)} · {paper.year} · {first}–{last}</span>
</div>
<p class="kind">RESEARCH ARTICLE</p>
<h1>{escape(paper.title)}</h1>
<p class="authors">{authors}</p>
<p class="affiliations">{places}</p>
<section class="abstract"><h2>Abstract</h2>{abstract}</section>
<div class="body">{_body(paper, accent)}</div>
<footer><span><sup>*</sup> Corresponding author. An invented paper, written as a sample for truthkit.</span>
<span>{first}</span></footer>
"""


def _body(paper: Paper, accent: str) -> str:
    figure = (
        f"<figure>{figure_svg(paper.figure, accent)}"
        f"<figcaption><b>Figure 1.</b> {escape(paper.figure['caption'])}</figcaption></figure>"
    )
    parts = []
    paragraphs = 0
    for block in paper.body.strip().splitlines():
        if block.startswith("## "):
            parts.append(f"<h3>{escape(block[3:])}</h3>")
        elif block.startswith("# "):
            parts.append(f"<h2>{escape(block[2:])}</h2>")
        elif block:
            paragraphs += 1
            parts.append(f"<p>{escape(block)}</p>" + (figure if paragraphs == paper.figure["after"] else ""))
    return "".join(parts)


def digest(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()


# The text fills the page: first the type grows as far as fits, then the space between lines.
_FIT = """() => {
  const body = document.querySelector('.body');
  const room = document.querySelector('footer').getBoundingClientRect().top - 12 - body.getBoundingClientRect().top;
  const grow = (property, from, to, step, unit) => {
    const set = (value) => { body.style[property] = value + unit; return body.offsetHeight <= room; };
    if (!set(from)) throw new Error('the body text is too long for the page');
    let value = from;
    while (value < to && set(value + step)) value += step;
    set(value);
  };
  grow('fontSize', 13, 17, 0.1, 'px');
  grow('lineHeight', 1.3, 1.6, 0.01, '');
}"""


def to_palette(png: bytes, page_digest: str) -> bytes:
    """The screenshot with few colors: half the size, and text as sharp as before."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    notes = PngInfo()
    notes.add_text(DIGEST_KEY, page_digest)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, bits=8, pnginfo=notes)
    return out.getvalue()


async def main() -> None:
    folder = HERE / "objects" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.png"):
        stale.unlink()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(require_chromium()))
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for number, paper in enumerate(load_papers()):
            html = page_html(paper, number)
            await page.set_content(html)
            await page.evaluate(_FIT)
            picture = to_palette(await page.screenshot(), digest(html))
            (folder / f"{paper.slug}.png").write_bytes(picture)
            print(f"{paper.slug}.png {len(picture) // 1000} kB")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
