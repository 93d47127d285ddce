"""The report in a browser: as a file, with its keys, filters and pictures; accessible in light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from truthkit.findings import Finding
from truthkit.report import ReportData, ReportObject, ReportWorker, write_report
from truthkit.report.gold import agreement

LABELS = ("Background", "Methods", "Results")
TEXT = "Salt marshes bury carbon 🌊 fast. Forty cores were taken in six marshes. Storms moved a tenth of it."
HOSTILE = "</script></template><img src=x onerror='window.hacked = true'><svg onload='window.hacked = true'>"

Open = Callable[..., Page]


def span(label: str, words: str) -> dict[str, Any]:
    start = len(TEXT[: TEXT.index(words)].encode("utf-16-le")) // 2
    return {"label": label, "startOffset": start, "endOffset": start + len(words.encode("utf-16-le")) // 2}


GOLD: dict[str, Any] = {
    "entities": [
        span("Background", "Salt marshes bury carbon 🌊 fast."),
        span("Methods", "Forty cores were taken in six marshes."),
        span("Results", "Storms moved a tenth of it."),
    ],
    "quality": {"label": "yes"},
}


def an_object(index: int, folder: Path) -> ReportObject:
    """The first is as the gold, the second differs and overlaps, the third failed, the fourth has hostile strings."""
    entities = list(GOLD["entities"])
    if index == 1:
        entities = [
            span("Background", "Salt marshes bury carbon"),
            span("Results", "carbon 🌊 fast. Forty"),
            entities[2],
        ]
    hostile = HOSTILE if index == 3 else ""
    answers = [
        ReportWorker(
            "private.us-east-1.a",
            {
                "entities": json.dumps({"entities": GOLD["entities"]}),
                "quality": {"yes": True, "no": False},
                "notes": f"fine{hostile}",
            },
            2.0,
        ),
        ReportWorker(
            "private.us-east-1.b",
            {
                "entities": json.dumps({"entities": entities}),
                "quality": {"yes": index != 1, "no": index == 1},
                "notes": "",
            },
            3.0,
        ),
        ReportWorker("private.us-east-1.c", None, None, "the page did not load"),
    ]
    label = {
        "entities": [{**entity, "votes": 2} for entity in entities],
        "quality": {"label": "yes", "votes": {"yes": 2}},
        "workers": [{"workerId": "a", "entities": entities}],
    }
    failure = "ClientError: the handler stopped" if index == 2 else None
    shot = folder / f"{index % 4}.png"
    if not shot.exists():
        Image.new("RGB", (1280, 1600), (200, 220, 40 * (index % 4))).save(shot)
    source = {"source-ref": f"s3://bucket/pages/{index}.png", "metadata": {"title": f"Paper number {index}{hostile}"}}
    return ReportObject(
        object_id=str(index),
        line=index + 1,
        data_object=source,
        task_input={"text": TEXT},
        answers=() if failure else tuple(answers),
        label=None if failure else label,
        failure=failure,
        output_line={**source, "spans": label},
        expected=GOLD,
        agreement=None if failure else agreement(label, GOLD),
        screenshot=shot,
    )


@pytest.fixture
def report(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """``report(count, scheme=…, width=…)`` opens the report of so many objects from its file; a console error fails."""
    contexts = []
    complaints: list[str] = []

    def show(
        count: int = 4,
        *,
        scheme: Any = "light",
        width: int = 1280,
        media: Any = "screen",
        more: Sequence[ReportObject] = (),
    ) -> Page:
        finding = Finding(
            "handler-error",
            f"KeyError: {HOSTILE}",
            "give a text",
            file="lambdas/pre.py",
            line=31,
            column=9,
            excerpt="  | " + "x" * 300 + "\n  | ^",
            object_id="2",
        )
        objects = [*(an_object(index, tmp_path) for index in range(count)), *more]
        data = ReportData(
            "marshes",
            "text-entities",
            "2026-03-02 09:20:13",
            "spans",
            LABELS,
            objects,
            [finding],
            41.0,
            0.8,
            lambda uri: tmp_path / uri.rpartition("/")[2],
        )
        file = write_report(data, tmp_path / "report.html")
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.emulate_media(media=media)
        page.goto(file.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()
    assert complaints == []


def shown(page: Page) -> list[str]:
    return [
        object_id or ""
        for object_id in page.locator("details.object:visible").evaluate_all("all => all.map(o => o.id)")
    ]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('details.object')?.id ?? document.activeElement.id"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(report: Open, scheme: str, width: int) -> None:
    page = report(scheme=scheme, width=width)
    for details in page.locator("details:not([open]) > summary").all():
        if details.is_visible():
            details.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


@pytest.mark.parametrize("width", [1280, 400])
def test_all_bars_begin_and_end_alike(report: Open, width: int) -> None:
    edges = report(width=width).evaluate(
        "[...document.querySelectorAll('.object:not([data-failed]) .bar')]"
        ".map(bar => bar.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert len(edges) >= 2
    assert len({tuple(edge) for edge in edges}) == 1
    assert edges[0][1] - edges[0][0] > 50


def test_dark_is_dark(report: Open) -> None:
    backgrounds = []
    for scheme in ("light", "dark"):
        page = report(1, scheme=scheme)
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        backgrounds.append(sum(int(number) for number in re.findall(r"\d+", color)[:3]))
    assert backgrounds[0] > 600
    assert backgrounds[1] < 150


def test_hostile_strings_stay_text(report: Open) -> None:
    page = report()
    expect(page.locator("#o3 h3")).to_contain_text("onerror='window.hacked = true'")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x], [onerror], [onload]").count() == 0


def test_spans_lie_on_their_words(report: Open) -> None:
    page = report()
    panel = page.locator("#o1 .panel.label")
    first = page.locator("#o0 .panel.label")
    assert first.locator(".text .m").all_inner_texts() == [
        TEXT[: TEXT.index(" Forty")],
        "Forty cores were taken in six marshes.",
        "Storms moved a tenth of it.",
    ]
    # Two spans and the missed rest of the gold over the word that both share.
    shared = panel.locator(".text .m", has_text=re.compile("^carbon$"))
    lines = shared.evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
    assert len(lines) == 2
    assert abs(lines[0] - lines[1]) > 3
    expect(panel.locator(".diffs")).to_contain_text("boundary Background")
    expect(panel.locator(".diffs")).to_contain_text("missed Methods")
    expect(panel.locator(".diffs")).to_contain_text("extra Results")


def test_keys_walk_the_objects(report: Open) -> None:
    page = report()
    # The most in dispute first, then the one that failed.
    for key, at in (("n", "o1"), ("j", "o2"), ("n", "o0"), ("k", "o2"), ("p", "o1"), ("p", "o1")):
        page.keyboard.press(key)
        expect(page.locator(f"#{at} > summary")).to_be_focused()
    expect(page.locator("#o1")).to_have_attribute("open", "")
    page.keyboard.press("o")
    expect(page.locator("#o1 .body")).to_be_hidden()
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("number 1 nnjk")
    assert page.input_value("#search") == "number 1 nnjk"
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_have_value("")
    expect(page.get_by_text("next", exact=False).first).to_be_visible()


def test_the_skip_link_comes_first(report: Open) -> None:
    page = report()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert focused(page) == "objects"


ORDER = ["o1", "o2", "o0", "o3"]


def test_filters_and_order_stay_in_the_address(report: Open) -> None:
    page = report()

    def choose(label: str, value: str, left: list[str]) -> None:
        page.get_by_role("combobox", name=label).select_option(value)
        expect(page.get_by_role("status")).to_have_text("" if len(left) == 4 else f"{len(left)} of 4 shown")
        expect(page.locator("details.object:visible")).to_have_count(len(left))
        assert shown(page) == left

    choose("Show", "failed", ["o2"])
    choose("Show", "gold", ["o1"])
    choose("Show", "labeled", ["o1", "o0", "o3"])
    choose("Worker", "private.us-east-1.b", ["o1", "o0", "o3"])
    choose("Sort by", "line", ["o0", "o1", "o3"])
    page.reload()
    expect(page.get_by_role("combobox", name="Show")).to_have_value("labeled")
    expect(page.get_by_role("status")).to_have_text("3 of 4 shown")
    assert shown(page) == ["o0", "o1", "o3"]
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("status")).to_have_text("")
    assert shown(page) == ORDER
    assert page.url.endswith("#")
    slider = page.get_by_role("slider", name="Dispute at least")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("5%", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("1 of 4 shown")
    assert shown(page) == ["o1"]
    assert page.url.endswith("#least=5")


def test_tables_sort_by_their_heads(report: Open) -> None:
    page = report()
    table = page.get_by_role("group", name="Table of workers")
    head = table.get_by_role("columnheader", name="Median time")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert [cell.split()[0] for cell in table.locator("tbody th").all_inner_texts()] == ["W2", "W1", "W3"]
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    # Who has no time stands last both ways.
    assert [cell.split()[0] for cell in table.locator("tbody th").all_inner_texts()] == ["W1", "W2", "W3"]


def test_search(report: Open) -> None:
    page = report()
    page.get_by_role("searchbox").fill("NUMBER 3")
    expect(page.locator("details.object:visible")).to_have_count(1)
    page.get_by_role("searchbox").fill("nowhere")
    expect(page.get_by_text("No object matches.")).to_be_visible()


def test_a_finding_leads_to_its_object(report: Open) -> None:
    page = report()
    page.get_by_role("combobox", name="Show").select_option("gold")
    expect(page.locator("#o2")).to_be_hidden()
    page.locator(".findings").get_by_role("link", name="2").click()
    expect(page.locator("#o2 > summary")).to_be_focused()
    expect(page.locator("#o2 > summary")).to_be_in_viewport()


def test_the_output_line_is_copied_as_one_line(report: Open) -> None:
    page = report()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#o0").get_by_text("Output manifest line").click()
    page.locator("#o0").get_by_role("button", name="Copy").click()
    expect(page.locator("#o0").get_by_role("button", name="Copied")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")
    assert "\n" not in line
    assert json.loads(line)["metadata"] == {"title": "Paper number 0"}


def test_a_screenshot_is_enlarged(report: Open) -> None:
    page = report()
    page.locator("#o1").get_by_role("button", name="Screenshot").click()
    dialog = page.get_by_role("dialog", name="Screenshot")
    expect(dialog).to_be_visible()
    picture = dialog.get_by_role("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") >= 960
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def boxes(*left: int) -> dict[str, Any]:
    return {"boundingBoxes": [{"label": "Methods", "left": x, "top": 20, "width": 300, "height": 200} for x in left]}


def test_each_workers_shapes_have_a_switch(report: Open) -> None:
    answers = tuple(ReportWorker(name, {"it": boxes(left)}, 2.0) for name, left in (("a", 10), ("b", 900)))
    source = {"source-ref": "s3://bucket/0.png"}
    one = ReportObject("7", 1, source, {}, answers, boxes(10), None, source, boxes(10), 1.0, None)
    page = report(1, more=[one])
    canvas = page.locator("#o1 svg.canvas")
    expect(canvas.locator("path:visible")).to_have_count(4)
    width = canvas.evaluate("svg => svg.getBoundingClientRect().width")
    box = canvas.locator(".label path").evaluate("path => path.getBoundingClientRect().width")
    shown = canvas.locator("image").first.evaluate("image => image.getBoundingClientRect().width")
    assert shown <= width
    assert box / shown == pytest.approx(300 / 1280, rel=0.05)
    page.get_by_role("checkbox", name="Worker 2").focus()
    page.keyboard.press("Space")
    expect(canvas.locator("path:visible")).to_have_count(3)
    expect(canvas.locator(".worker path:visible")).to_have_count(1)


def test_a_large_report_draws_what_is_opened(report: Open) -> None:
    page = report(203)
    assert page.locator("details.object .body").count() == 0
    page.get_by_role("searchbox").fill("number 202")
    expect(page.locator("details.object:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    page.locator("#o202 > summary").click()
    expect(page.locator("#o202 .panel")).to_have_count(4)
    # Its screenshot is the file beside the page.
    picture = page.locator("#o202 .shot img")
    expect(picture).to_have_js_property("naturalWidth", 1280)


def test_a_narrow_screen_starts_folded(report: Open, tmp_path: Path) -> None:
    named = ReportWorker("private.us-east-1.0ea7b88d62a672c1", {"quality": {"yes": True}}, 2.0)
    page = report(3, width=390, more=[replace(an_object(3, tmp_path), answers=(named,))])
    names = page.locator(".grid .tag, .grid .id")
    lines = names.evaluate_all("all => all.map(one => one.offsetHeight / parseFloat(getComputedStyle(one).fontSize))")
    assert len(lines) > 2
    assert max(lines) < 2, "names are in one line, tables scroll sideways in their box"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("details.object[open]")).to_have_count(1)
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("details.object[open]")).to_have_count(4)
    expect(page.get_by_role("button", name="Close all")).to_be_visible()


def test_paper_has_no_tools(report: Open) -> None:
    page = report(media="print")
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#o1 .panel.label")).to_be_visible()
