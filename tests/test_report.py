"""The job's report: shapes, agreement, the drawing of spans, and a page that nothing in the data can break."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, overload

import numpy as np
import pytest
from PIL import Image

from truthkit.findings import Finding
from truthkit.report import ReportData, ReportObject, ReportWorker, write_report
from truthkit.report import page as page_module
from truthkit.report.draw import Field, Scene, Voice, fields, values
from truthkit.report.draw import spans as spans_drawing
from truthkit.report.draw.scene import Palette
from truthkit.report.draw.spans import Text, compare, find_text
from truthkit.report.gold import agreement, drawable_label, line_agreement, readable_label, worker_agreement
from truthkit.report.likeness import by_label
from truthkit.report.page import WHOLE_UP_TO
from truthkit.report.shapes import Span, Spans, parts, read_figures
from truthkit.report.tally import summarize
from truthkit_core import builtin_output
from truthkit_core.agreement import nominal_alpha
from truthkit_core.agreement.pairs import mask_iou
from truthkit_core.builtin_output import Backing, failure_metadata, metadata_of
from truthkit_core.consolidation.masks import write_mask

VOID = {"col", "meta", "link", "input", "img", "rect", "image", "br", "hr"}


def span(label: str, start: int, end: int) -> dict[str, Any]:
    return {"label": label, "startOffset": start, "endOffset": end}


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text by element; unbalanced tags fail."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.stack: list[str] = []
        self.feed(html)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "dd":
            self.texts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def all(self, tag: str, name: str = "") -> list[dict[str, str]]:
        """Attributes of the elements of a tag; with ``name``, of those of that class."""
        return [a for t, a in self.elements if t == tag and (not name or name in a.get("class", "").split())]


TEXT = "Salt marshes bury carbon. We took cores. Storms moved some."
GOLD = {"entities": [span("Background", 0, 25), span("Methods", 26, 40)], "quality": {"label": "yes"}}


def an_object(index: int = 0, **changes: Any) -> ReportObject:
    entities = [span("Background", 0, 25), span("Methods", 29, 40)]
    answer = {"entities": json.dumps({"entities": entities}), "notes": "", "quality": {"yes": True, "no": False}}
    other = {"entities": json.dumps({"entities": []}), "notes": "unsure", "quality": {"yes": False, "no": True}}
    label = {
        "entities": [{**entity, "votes": 1, "confidence": 0.5} for entity in entities],
        "quality": {"label": "yes", "votes": {"yes": 1, "no": 1}, "confidence": 0.5},
        "notes": [{"workerId": "w.2", "note": "unsure"}],
    }
    data_object = {"source-ref": f"s3://b/pages/{index}.png", "metadata": {"title": f"Paper {index}"}}
    made = ReportObject(
        object_id=str(index),
        line=index + 1,
        data_object=data_object,
        task_input={"taskObject": data_object["source-ref"], "text": TEXT},
        answers=(ReportWorker("w.1", answer, 2.5), ReportWorker("w.2", other, 3.5)),
        label=label,
        failure=None,
        output_line={**data_object, "text-entities": label, "text-entities-metadata": {"human-annotated": "yes"}},
        expected=GOLD,
        agreement=agreement(label, GOLD),
        screenshot=None,
    )
    return replace(made, **changes)


def a_job(objects: Sequence[ReportObject], **changes: Any) -> ReportData:
    made = ReportData(
        job_name="marshes",
        workflow="text-entities",
        created="2026-03-02 09:20:13",
        label_attribute="text-entities",
        label_order=("Background", "Methods", "Results"),
        objects=objects,
        findings=(),
        seconds=12.0,
        gold_agreement=0.75,
    )
    return replace(made, **changes)


def html_of(data: ReportData, folder: Path) -> str:
    return write_report(data, folder / "report.html").read_text("utf-8")


def unpacked(html: str, kind: str) -> list[list[str]]:
    """What the page's script reads out of its packs."""
    packs = re.findall(rf'<script type="text/plain" id="{kind}-\d+">(.*?)</script>', html)
    return [json.loads(zlib.decompress(base64.b64decode(pack), -15)) for pack in packs]


def page_of(data: ReportData, folder: Path) -> Page:
    return Page(html_of(data, folder))


# ---- shapes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"entities": [span("A", 0, 1)]}, [("entities", "spans")], id="spans"),
        pytest.param({"entities": json.dumps({"entities": []})}, [("entities", "spans")], id="spans-json-text"),
        pytest.param({"entities": json.dumps([span("A", 0, 1)])}, [("entities", "spans")], id="spans-json-list"),
        pytest.param(json.dumps({"entities": []}), [("entities", "spans")], id="spans-whole-json"),
        pytest.param({"ner": {"entities": []}}, [("ner", "spans")], id="spans-named"),
        pytest.param(
            {"annotations": {"labels": [{"label": "A"}], "entities": [span("A", 0, 1)]}},
            [("annotations", "spans"), ("annotations.labels", "tree")],
            id="spans-built-in",
        ),
        pytest.param({"entities": ["a", "b"]}, [("entities", "tree")], id="entities-of-another-kind"),
        pytest.param({"things": {"boundingBoxes": []}}, [("things", "figures")], id="boxes"),
        pytest.param({"boundingBoxes": [{"left": "1"}]}, [("boundingBoxes", "tree")], id="boxes-of-another-kind"),
        pytest.param({"k": {"keypoints": [{"label": "a", "x": 1, "y": 2}]}}, [("k", "figures")], id="keypoints"),
        pytest.param(
            {"m": {"labelMappings": {"a": {"color": "#000000"}}, "labeledImage": {"pngImageData": "x"}, "labels": []}},
            [("m", "figures"), ("m", "choice")],
            id="mask",
        ),
        pytest.param({"label": "x", "votes": {"x": 2}, "why": "y"}, [("", "choice"), ("why", "value")], id="choice"),
        pytest.param({"tone": {"labels": ["x", "y"]}}, [("tone", "choice")], id="choices"),
        pytest.param({"tone": {"x": True, "y": False}}, [("tone", "choice")], id="flags"),
        pytest.param(
            {"note": "n", "age": 3, "ok": True}, [("note", "value"), ("age", "value"), ("ok", "value")], id="plain"
        ),
        pytest.param("cat", [("", "value")], id="string"),
        pytest.param(3, [("", "value")], id="number"),
        pytest.param({"boxes": [{"left": 1}]}, [("boxes", "tree")], id="tree"),
        pytest.param({}, [], id="empty"),
        pytest.param({"x": "{not json"}, [("x", "value")], id="broken-json-text"),
        pytest.param({"x": "[" * 100_000}, [("x", "value")], id="deep-json-text"),
    ],
)
def test_a_value_is_told_by_its_shape(value: Any, expected: list[tuple[str, str]]) -> None:
    assert [(part.name, part.kind) for part in parts(value)] == expected


def test_spans_that_cannot_be_drawn_are_kept_apart() -> None:
    wrong = [span("A", 3, 3), span("A", -1, 2), {**span("A", 0, 1), "startOffset": True}, {"label": "A"}, 7]
    (part,) = parts({"entities": [span("B", 5, 9), *wrong, span("A", 0, 4)]})
    assert part.value == Spans((Span("A", 0, 4), Span("B", 5, 9)), tuple(wrong))


@pytest.mark.parametrize(
    ("answer", "label", "together"),
    [
        pytest.param({"tone": {"label": "x"}}, {"label": "x", "votes": 2}, [("tone", 2)], id="renamed"),
        pytest.param({"tone": {"label": "x"}}, {"tone": {"label": "x"}}, [("tone", 2)], id="same"),
        pytest.param({"a": {"x": True}, "b": {"x": True}}, {"label": "x"}, [("", 1), ("a", 1), ("b", 1)], id="unclear"),
        pytest.param({"ner": {"entities": []}}, {"entities": []}, [("ner", 2)], id="spans"),
    ],
)
def test_the_label_meets_the_answers(answer: Any, label: Any, together: list[tuple[str, int]]) -> None:
    said = [(Voice("label", "", ""), label), (Voice("worker", "", ""), answer)]
    assert [(field.name, len(field.said)) for field in fields(said)] == together


# ---- agreement


@pytest.mark.parametrize(
    ("label", "expected", "score"),
    [
        pytest.param({"entities": [span("A", 0, 4)]}, {"entities": [span("A", 0, 4)]}, 1, id="spans-same"),
        pytest.param({"entities": [span("A", 0, 5)]}, {"entities": [span("A", 0, 4)]}, 0, id="spans-boundary"),
        pytest.param(
            {"entities": [span("A", 0, 4), span("B", 5, 9)]}, {"entities": [span("A", 0, 4)]}, 2 / 3, id="spans-f1"
        ),
        pytest.param({"entities": []}, {"entities": []}, 1, id="spans-none"),
        pytest.param({}, {"entities": []}, 0, id="spans-absent"),
        pytest.param({"label": "x", "votes": {"x": 2}}, {"label": "x"}, 1, id="label"),
        pytest.param({"label": "y"}, {"label": "x"}, 0, id="label-other"),
        pytest.param({"labels": ["x", "y"]}, {"labels": ["x"]}, 2 / 3, id="labels"),
        pytest.param({"ok": True, "votes": 3}, {"ok": True}, 1, id="flag-beside-others"),
        pytest.param({"x": False, "y": True}, {"x": True, "y": False}, 0, id="flags"),
        pytest.param(GOLD, {"entities": GOLD["entities"], "quality": {"label": "no"}}, 0.5, id="mean-of-keys"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, 0.5, id="missing-key"),
        pytest.param(3, 3.0, 1, id="number"),
        pytest.param(10**400, 3.5, 0, id="huge-number"),
        pytest.param(True, 1, 0, id="flag-is-no-number"),
        pytest.param(" cat\n", "cat", 1, id="string"),
        pytest.param([1, 2], [1, 2], 1, id="list"),
        pytest.param(None, {"label": "x"}, 0, id="no-label"),
        pytest.param({"label": "x"}, None, None, id="no-gold"),
        pytest.param({"label": "x"}, {}, None, id="empty-gold"),
    ],
)
def test_agreement_goes_by_shape(label: Any, expected: Any, score: float | None) -> None:
    assert agreement(label, expected) == (None if score is None else pytest.approx(score))


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        pytest.param([{"a": {"x": True}}], None, id="one"),
        pytest.param([{"a": {"x": True}}, None], None, id="one-and-none"),
        pytest.param([{"a": {"x": True, "y": False}}] * 3, 1, id="all-same"),
        pytest.param([{"a": {"label": x}} for x in "xxy"], 1 / 3, id="two-of-three"),
        pytest.param([{"a": {"label": "x"}, "note": n} for n in "pq"], 1, id="notes-left-out"),
        pytest.param([{"said": "cat"}, {"said": "hat"}], 0, id="texts-only"),
        pytest.param([{"e": json.dumps({"entities": [span("A", 0, n)]})} for n in (4, 5)], 0, id="spans-in-text"),
    ],
)
def test_worker_agreement_is_the_mean_over_pairs(answers: list[Any], score: float | None) -> None:
    assert worker_agreement(answers) == (None if score is None else pytest.approx(score))


# ---- spans


def spans(*texts: str) -> list[Span]:
    return [Span(text[0], *(int(number) for number in text[1:].split("-"))) for text in texts]


@pytest.mark.parametrize(
    ("found", "wanted", "verdicts"),
    [
        pytest.param(["A0-4"], ["A0-4"], ["exact"], id="exact"),
        pytest.param(["A0-4"], ["A1-4"], ["boundary"], id="boundary"),
        pytest.param(["B0-4"], ["A0-4"], ["label"], id="label"),
        pytest.param(["B0-4"], ["A3-9"], ["extra", "missed"], id="little-in-common"),
        pytest.param(["A0-4"], ["A4-8"], ["extra", "missed"], id="adjacent"),
        pytest.param([], ["A0-4"], ["missed"], id="missed"),
        pytest.param(["A0-4"], [], ["extra"], id="extra"),
        pytest.param(["A0-4", "A0-4"], ["A0-4"], ["exact", "extra"], id="twice"),
        pytest.param(["A0-9", "A1-8"], ["A1-9"], ["boundary", "extra"], id="nearest-first"),
        pytest.param(["A2-6", "B2-6"], ["B2-6", "A2-7"], ["boundary", "exact"], id="overlapping"),
    ],
)
def test_differences_from_the_reference(found: list[str], wanted: list[str], verdicts: list[str]) -> None:
    assert [pair.verdict for pair in compare(spans(*found), spans(*wanted))] == verdicts


@pytest.mark.parametrize("text", ["plain", "a🌊b", "🌊🌊", "e\u0301🌊 אב", ""])
def test_offsets_are_those_of_a_browser(text: str) -> None:
    units = text.encode("utf-16-le")
    shown = Text(text)
    assert shown.length == len(units) // 2
    for offset in range(shown.length + 1):
        whole = units[: 2 * offset].decode("utf-16-le", "ignore")
        assert text[: shown.index(offset)] == whole
    assert shown.index(10**30) == len(text)


def test_the_text_is_the_longest_that_holds_the_spans() -> None:
    texts = ["short", "the text itself", "s3://bucket/" + "x" * 99, "a longer instruction, far beyond"]
    assert find_text(texts, spans("A0-15"))
    chosen = find_text(texts[:3], spans("A0-15", "A900-999"))
    assert chosen is not None
    assert chosen.text == "the text itself"
    assert find_text(texts[:1], spans("A0-99")) is None
    assert find_text([], []) is None


def drawn(text: str, *marked: str) -> spans_drawing.Panel:
    said = ((Voice("label", "", ""), Spans(tuple(spans(*marked)))),)
    return spans_drawing.view(Field("e", "spans", said), Scene(Palette("AB"), (text,))).panels[0]


def test_overlapping_spans_are_stacked() -> None:
    panel = drawn("abcdefghij", "A0-6", "B4-9")
    assert panel.levels == 2
    assert [(piece.text, len(piece.layers)) for piece in panel.segments] == [
        ("abcd", 1),
        ("ef", 2),
        ("ghi", 1),
        ("j", 0),
    ]
    assert "v0" in panel.segments[0].layers[0].split()
    assert "v1" in panel.segments[2].layers[0].split()


def test_a_level_is_used_again_once_free() -> None:
    assert drawn("abcdefghij", "A0-2", "A2-4", "B3-6", "A6-9").levels == 2


def test_too_deep_a_stack_says_what_it_leaves_out() -> None:
    panel = drawn("x" * 50, *(f"A{n}-40" for n in range(9)))
    assert panel.levels == spans_drawing.LEVELS
    assert any("3 spans" in str(fault) for fault in panel.faults)


def test_the_segments_are_the_text() -> None:
    text = "a🌊bc\n\nd" * 9
    panel = drawn(text, "A0-6", "B4-9", "A8-30", "B70-99")
    assert "".join(piece.text for piece in panel.segments) == text
    assert any("beyond" in str(fault) for fault in panel.faults)


def test_a_long_text_is_shown_around_its_spans() -> None:
    text = "".join(f"{n:05} " for n in range(20_000))
    panel = drawn(text, "A60000-60050")
    shown = "".join(piece.text for piece in panel.segments)
    assert text[60000:60050] in shown
    assert len(shown) + sum(piece.skipped for piece in panel.segments) == len(text)
    assert len(shown) < 2_000


# ---- the page


def test_the_page_tells_of_the_job(tmp_path: Path) -> None:
    finding = Finding("handler-error", "KeyError: 'text'", "give a text", file="pre.py", line=31, object_id="1")
    failed = an_object(
        1,
        answers=(ReportWorker("w.1", None, None, "declined: no picture"),),
        label=None,
        failure="no text",
        agreement=None,
    )
    data = a_job([an_object(0), failed], findings=[finding, finding.about(object_id="0")])
    page = page_of(data, tmp_path)
    for words in (
        "marshes",
        "Agreement with gold 75%",
        "KeyError: 'text'",
        "pre.py:31",
        "Cure: give a text",
        "2 times",
        "Failed. no text",
        "Worker 1 gave no answer: declined: no picture",
        "F1 0.50: 1 exact, 1 with other boundaries",
        "starts 3 later",
        "missed",
        "Paper 0",
        "unsure",
        "confidence 0.5",
    ):
        assert words in page.text
    objects = page.all("details", "object")
    assert [(o["id"], "data-failed" in o) for o in objects] == [("o0", False), ("o1", True)]
    assert {a["href"] for a in page.all("a") if a["href"].startswith("#o") and a["href"] != "#objects"} == {
        "#o0",
        "#o1",
    }


def test_what_a_job_lacks_is_left_out(tmp_path: Path) -> None:
    bare = an_object(label=None, expected=None, agreement=None)
    page = page_of(a_job([bare], workflow=None), tmp_path)
    assert "None" not in page.text
    for words in ("workflow", "With label", "With gold", "As the gold"):
        assert words not in page.text
    for one, told in (
        (an_object(expected=None, agreement=None), ["With label"]),
        (an_object(), ["With label", "With gold"]),
    ):
        page = page_of(a_job([one]), tmp_path)
        assert "workflow text-entities" in page.text
        assert [words for words in ("With label", "With gold") if words in page.text] == told


def test_the_output_line_is_there_to_copy(tmp_path: Path) -> None:
    line = {"source": "a\nb  \n c", "n": [1, {"x": "\n "}], "big": 12345678901234567890}
    html = html_of(a_job([an_object(output_line=line)]), tmp_path)
    block = Page(re.findall(r'<div class="line">.*?</pre>', html, re.S)[0] + "</div>")
    shown = "".join(block.texts).removeprefix("Copy as one line")
    # What the button does: line breaks of the print are none of the strings'.
    assert json.loads(re.sub(r"\n *", "", shown)) == line


HOSTILE = "</script></template><img src=x onerror=alert(1)>\"' {{7*7}} {% x %} <!-- ]]> \x00\ud83d &lt;"


def test_hostile_data_is_inert(tmp_path: Path) -> None:
    plain = page_of(
        a_job(
            [an_object(), an_object(1, failure="x", label=None)],
            findings=[Finding("c", "m", "x", file="f", excerpt="e")],
        ),
        tmp_path,
    )
    h = HOSTILE
    answer = {
        "entities": json.dumps({"entities": [span(h, 0, 20), {"label": h}]}),
        "notes": h,
        "quality": {h: True},
        h: {"deep": [h, {h: h}]},
    }
    label = {"entities": [span(h, 0, 20)], "quality": {"label": h, "votes": {h: 2}}, h: [h]}
    hostile = an_object(
        0,
        object_id=h,
        data_object={"source-ref": h, "metadata": {"title": h}, h: h},
        task_input={"text": h * 3, h: h},
        answers=(ReportWorker(h, answer, 1.0), ReportWorker(h + "2", None, None, h)),
        label=label,
        expected=label,
        output_line={h: label},
    )
    data = a_job(
        [hostile, replace(hostile, label=None, failure=h)],
        job_name=h,
        workflow=h,
        created=h,
        label_attribute=h,
        label_order=(h,),
        findings=[Finding(h, h, h, file=h, excerpt=h, object_id=h)],
    )
    html = html_of(data, tmp_path)
    page = Page(html)
    assert html.lower().count("<script") == html.lower().count("</script") == 3  # what is known, the words, the script
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in plain.elements} | {"ul", "small", "i", "var"}
    assert page.all("img") == [{"alt": ""}]  # the dialog's, empty
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "{{7*7}}" in page.text
    (words,) = unpacked(html, "words")
    assert [h.strip() in text for text in words] == [True, True]

    many = replace(data, objects=[hostile] * (WHOLE_UP_TO + 1))
    html = html_of(many, tmp_path)
    assert "{{7*7}}" in Page(html).text
    (bodies,) = unpacked(html, "pack")
    assert len(bodies) == len(many.objects)
    inside = Page(bodies[0])
    assert {tag for tag, _ in inside.elements} <= {tag for tag, _ in page.elements}
    assert not [name for _, attributes in inside.elements for name in attributes if name.startswith("on")]
    assert "{{7*7}}" in inside.text


@pytest.mark.parametrize("count", [1, WHOLE_UP_TO + 1], ids=["small", "large"])
def test_nothing_comes_from_elsewhere(tmp_path: Path, count: int) -> None:
    html = html_of(a_job([an_object(index) for index in range(count)]), tmp_path)
    page = Page(html)
    for _, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    assert not re.search(r"@import|url\(", html)
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    script = re.findall(r"<script>(.*?)</script>", html, re.S)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    shot = noise(tmp_path / "0.png", 900, 700)
    data = a_job([an_object(0, screenshot=shot), an_object(1)])
    one = write_report(data, tmp_path / "one.html").read_bytes()
    assert one == write_report(data, tmp_path / "two.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.png", "one.html", "two.html"]


@pytest.mark.parametrize(
    "value",
    ["x", 3, None, True, [], {}, [[[1]]], {"a": None}, {"entities": 3}, {"label": None}, {"labels": [1]}, float("nan")],
    ids=repr,
)
def test_any_shape_is_shown(tmp_path: Path, value: Any) -> None:
    deep: Any = value
    for _ in range(40):
        deep = {"in": [deep]}
    one = an_object(
        label=value, expected=value, answers=(ReportWorker("w", {"f": value, "g": deep}, None),), agreement=None
    )
    assert page_of(a_job([one]), tmp_path).all("details", "object")


@pytest.mark.parametrize("label", [{"label": "cat", "votes": {"cat": 2, "dog": 1}}, {"cat": True, "dog": False}])
def test_votes_are_bars(tmp_path: Path, label: Any) -> None:
    answers = tuple(ReportWorker(f"w{n}", {"animal": {"label": x}}, 1.0) for n, x in enumerate(("cat", "dog", "cat")))
    one = an_object(label=label, expected={"label": "cat"}, answers=answers, task_input={})
    page = page_of(a_job([one]), tmp_path)
    widths = [a["style"] for tag, a in page.elements if tag == "i" and "style" in a]
    assert widths == ["width:66.7%", "width:33.3%"]
    assert "cat 2 LabelGoldW1W3" in page.text
    assert "as the gold" in page.text


# ---- figures on a picture


def box(label: str, left: float, top: float, side: float = 20) -> dict[str, Any]:
    return {"label": label, "left": left, "top": top, "width": side, "height": side}


def triangle(label: str, x: float) -> dict[str, Any]:
    return {"label": label, "vertices": [{"x": x, "y": 0}, {"x": x + 20, "y": 0}, {"x": x, "y": 20}]}


def mask(pixels: list[list[int]], colors: dict[str, str]) -> dict[str, Any]:
    png = base64.b64encode(write_mask(np.array(pixels), list(colors.values()))).decode("ascii")
    return {
        "labelMappings": {label: {"color": color} for label, color in colors.items()},
        "labeledImage": {"pngImageData": png},
        "inputImageProperties": {"width": len(pixels[0]), "height": len(pixels)},
    }


RED_BLUE = {"cat": "#ff0000", "eye": "#0000ff"}
BLUE_RED = {"eye": "#ff0000", "cat": "#0000ff"}


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        pytest.param({"boundingBoxes": [box("a", 0, 0)]}, {"boundingBoxes": [box("a", 2, 0)]}, 1, id="boxes-near"),
        pytest.param({"boundingBoxes": [box("a", 0, 0)]}, {"boundingBoxes": [box("a", 19, 0)]}, 0, id="boxes-far"),
        pytest.param({"polygons": [triangle("a", 0)]}, {"polygons": [triangle("a", 1)]}, 1, id="polygons-near"),
        pytest.param({"polygons": [triangle("a", 0)]}, {"polygons": [triangle("b", 0)]}, 0, id="polygons-label"),
        pytest.param({"polygons": []}, {"polygons": []}, 1, id="nothing-drawn"),
        pytest.param({"polygons": [triangle("a", 0)]}, {"polygons": []}, 0, id="one-drew-nothing"),
        pytest.param(
            {"keypoints": [{"label": "a", "x": 0, "y": 0}]},
            {"keypoints": [{"label": "a", "x": 15, "y": 0}]},
            0.61,
            id="keypoints",
        ),
        pytest.param(mask([[0, 1], [1, 2]], RED_BLUE), mask([[0, 2], [2, 1]], BLUE_RED), 1, id="masks-other-colors"),
        pytest.param(mask([[0, 1], [1, 2]], RED_BLUE), mask([[0, 1], [0, 2]], RED_BLUE), 0.75, id="masks"),
        pytest.param(mask([[0, 1]], RED_BLUE), {"labelMappings": {}}, 0, id="mask-absent"),
    ],
)
def test_what_was_drawn_agrees_by_its_overlap(one: Any, other: Any, score: float) -> None:
    assert worker_agreement([{"it": one}, {"it": other}]) == pytest.approx(score, abs=0.005)


def test_shapes_are_drawn_on_their_picture(tmp_path: Path) -> None:
    # The camera lay on its side: 90 wide and 40 high as it is shown.
    file = tmp_path / "cup.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    noise(tmp_path / "cup.png", 40, 90)
    with Image.open(tmp_path / "cup.png") as picture:
        picture.save(file, exif=exif)
    answers = tuple(
        ReportWorker(f"w{n}", {"things": {"boundingBoxes": [box("cup", 5 + n, 7), {"label": 3}]}}, 1.0) for n in (0, 1)
    )
    label = {"boundingBoxes": [{**box("cup", 5.5, 7), "votes": 2}]}
    one = an_object(
        data_object={"source-ref": "s3://b/cup.jpg"}, task_input={}, answers=answers, label=label, expected=label
    )
    found = {"s3://b/cup.jpg": file}
    page = page_of(a_job([one], find=found.get), tmp_path)
    (canvas,) = page.all("svg", "canvas")
    assert canvas["viewbox"] == "0 0 90 40"
    (drawn,) = page.all("image")
    assert drawn["href"].startswith("data:image/jpeg;base64,")
    paths = [a["d"] for tag, a in page.elements if tag == "path" and "box" in a.get("class", "")]
    # Workers below, then the gold, then the label.
    assert paths == ["M5 7H25V27H5Z", "M6 7H26V27H6Z", "M5.5 7H25.5V27H5.5Z", "M5.5 7H25.5V27H5.5Z"]
    assert page.text.count("not drawn:") == 2
    assert "1 shape, 100% alike with the gold" in page.text


def test_a_mask_in_s3_is_drawn_in_the_labels_colors(tmp_path: Path) -> None:
    answer = mask([[0, 0, 0, 0, 0], *[[0, 1, 1, 1, 0]] * 3, [0, 0, 0, 0, 2]], BLUE_RED)
    file = tmp_path / "label.png"
    file.write_bytes(base64.b64decode(answer["labeledImage"]["pngImageData"]))
    label = {**answer, "labeledImage": {"s3Uri": "s3://out/label.png"}}
    one = an_object(task_input={}, answers=(ReportWorker("w", {"m": answer}, 1.0),), label=label, expected=None)
    found = {"s3://out/label.png": file}
    page = page_of(a_job([one], label_order=("cat", "eye"), find=found.get), tmp_path)
    overlays = [base64.b64decode(a["href"].partition(",")[2]) for a in page.all("image")]
    assert len(overlays) == 2  # the worker's, then the label's; there is no picture
    # Borders of masks are never dashed, so the legend has no dashes for them.
    assert [a["class"] for a in page.all("svg") if "swatch" in a["class"]] == [
        "swatch mask label",
        "swatch mask worker",
    ]
    with Image.open(io.BytesIO(overlays[1])) as image:
        pixels = np.asarray(image.convert("RGBA")).tolist()
    assert pixels[0][0][3] == 0
    assert pixels[1][1] == [224, 118, 13, 255]  # a border of the second label, eye
    assert pixels[2][2][3] == 80  # inside
    assert pixels[4][4] == [0, 92, 255, 255]
    # A file that is gone is said.
    page = page_of(a_job([one], find=lambda uri: None), tmp_path)
    assert "not drawn: the mask cannot be read" in page.text


def test_workers_are_compared_with_a_mask_in_s3(tmp_path: Path) -> None:
    label, other = mask([[0, 1], [1, 2]], RED_BLUE), mask([[0, 1], [0, 2]], RED_BLUE)
    file = tmp_path / "label.png"
    file.write_bytes(base64.b64decode(label["labeledImage"]["pngImageData"]))
    there = {**label, "labeledImage": {"s3Uri": "s3://out/label.png"}}
    answers = (ReportWorker("w0", {"m": label}, 1.0), ReportWorker("w1", {"m": other}, 1.0))
    one = an_object(answers=answers, label=there, expected={"labels": ["cat", "eye"]}, agreement=None)
    summary = summarize(a_job([one], find={"s3://out/label.png": file}.get))
    assert [tally.with_label.value for tally in summary.workers.values()] == [1, 0.75]
    # What the gold says of which labels there are is no field that anybody was asked.
    assert {name for name, _ in summary.labels} == {"m"}
    page = page_of(a_job([one], find={"s3://out/label.png": file}.get), tmp_path)
    assert "cat, eye" in page.text
    gone = summarize(a_job([one], find=lambda uri: None))
    assert [tally.with_label.value for tally in gone.workers.values()] == [None, None]


# ---- screenshots


def outlined(label: str, left: float, right: float, low: float) -> dict[str, Any]:
    corners = ((left, 0), (right, 0), (right, low), (left, low))
    return {"label": label, "vertices": [{"x": x, "y": y} for x, y in corners]}


@pytest.mark.parametrize(
    ("gold", "score"),
    [
        ({"polygons": [outlined("cat", 0, 4, 2), outlined("eye", 2, 4, 2)]}, 1.0),
        ({"polygons": [outlined("cat", 0, 2, 1), outlined("eye", 2, 4, 2)]}, 0.75),
        ({"polygons": []}, 0.0),
        (mask([[1, 1, 2, 2], [1, 1, 2, 2]], {"cat": "#00ff00", "eye": "#ff0000"}), 1.0),
        (mask([[1, 1, 0, 0], [1, 1, 0, 0]], {"cat": "#00ff00"}), 0.5),
        ({"labels": ["cat", "eye"]}, 1.0),
    ],
)
def test_the_gold_meets_the_pixels_of_a_mask_in_s3(gold: Any, score: float, tmp_path: Path) -> None:
    colors = {"cat": {"color": "#2ca02c"}, "eye": {"color": "#1f77b4"}}
    (tmp_path / "mask.png").write_bytes(write_mask(np.array([[1, 1, 2, 2]] * 2), ["#2ca02c", "#1f77b4"]))
    there = {"labels": ["cat", "eye"], "labelMappings": colors, "labeledImage": {"s3Uri": "s3://bucket/mask.png"}}
    line = {"source-ref": "s3://bucket/1.png", "mine": there}

    def find(uri: str) -> Path:
        return tmp_path / uri.rpartition("/")[2]

    assert line_agreement(line, "mine", gold, find) == pytest.approx(score)
    (tmp_path / "mask.png").write_bytes(b"no picture")
    unread = 1.0 if gold == {"labels": ["cat", "eye"]} else None
    assert line_agreement(line, "mine", gold, find) == unread
    (tmp_path / "mask.png").unlink()
    assert line_agreement(line, "mine", gold, find) == unread
    # The page says no more than the job.
    it = an_object(label=there, expected=gold, output_line=line, agreement=None)
    assert summarize(a_job([it], find=find, label_attribute="mine")).with_gold == (unread is not None)


def test_instances_meet_outlines() -> None:
    found = {
        "instances": [{"color": "#2ca02c", "label": "cat"}, {"color": "#1f77b4", "label": "cat"}],
        "labeledImage": mask([[1, 1, 2, 2]] * 2, {"cat": "#2ca02c", "eye": "#1f77b4"})["labeledImage"],
    }
    assert agreement(found, {"polygons": [outlined("cat", 0, 2, 2), outlined("cat", 2, 4, 2)]}) == 1
    assert agreement(found, {"polygons": [outlined("cat", 0, 2, 2)]}) == pytest.approx(2 / 3)
    assert agreement({"polygons": [outlined("cat", 0, 2, 2)]}, found) == pytest.approx(2 / 3)


def noise(file: Path, width: int, height: int) -> Path:
    """A picture that compresses badly, as a full page of small print does."""
    Image.effect_noise((width, height), 30).convert("RGB").save(file)
    return file


def pictures(page: Page) -> list[bytes]:
    sources = [a["src"] for a in page.all("img") if a.get("src", "").startswith("data:")]
    return [base64.b64decode(source.partition(",")[2]) for source in sources]


def test_ten_screenshots_make_no_heavy_page(tmp_path: Path) -> None:
    shot = noise(tmp_path / "shot.png", 1280, 720)
    file = write_report(a_job([an_object(n, screenshot=shot) for n in range(10)]), tmp_path / "report.html")
    assert file.stat().st_size < 3_000_000
    shown = pictures(Page(file.read_text("utf-8")))
    assert len(shown) == 10
    with Image.open(io.BytesIO(shown[0])) as image:
        assert image.width >= 700


def test_a_small_screenshot_is_taken_as_it_is(tmp_path: Path) -> None:
    shot = tmp_path / "shot.jpg"
    Image.new("RGB", (1280, 800), "white").save(shot)
    assert pictures(page_of(a_job([an_object(screenshot=shot)]), tmp_path)) == [shot.read_bytes()]


def test_a_broken_screenshot_is_said(tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    shot.write_bytes(noise(tmp_path / "whole.png", 300, 300).read_bytes()[:500])
    for file in (shot, tmp_path / "none.png"):
        assert "could not be read" in page_of(a_job([an_object(screenshot=file)]), tmp_path).text


def test_many_screenshots_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "SHOTS_UP_TO", 2)
    folder = tmp_path / "screenshots"
    folder.mkdir()
    shot = noise(folder / "a #1?.png", 20, 20)
    page = page_of(a_job([an_object(n, screenshot=shot) for n in range(3)]), tmp_path)
    addresses = {a["src"] for a in page.all("img") if a.get("src")}
    assert addresses == {"screenshots/a%20%231%3F.png"}
    assert "3 screenshots are not part of this page but linked" in page.text


def test_pictures_beyond_the_room_are_linked_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "subjects_embedded", lambda total: 1)
    file = noise(tmp_path / "1.png", 30, 20)
    answers: list[tuple[dict[str, Any], ...]] = [
        ({"boundingBoxes": []}, {"boundingBoxes": [box("a", 0, 0)]}),
        ({"boundingBoxes": []},) * 2,
    ]
    objects = [
        an_object(
            number,
            data_object={"source-ref": f"s3://b/{number}.png"},
            answers=tuple(ReportWorker(f"w{at}", {"it": value}, None) for at, value in enumerate(given)),
            label={"boundingBoxes": []},
            expected=None,
            agreement=None,
        )
        for number, given in enumerate(answers)
    ]
    page = page_of(a_job(objects, find=lambda uri: file), tmp_path)
    # The one in dispute has its picture in the page.
    assert [a["href"][:10] for a in page.all("image")] == ["data:image", "1.png"]
    assert "The pictures of 1 object, those least in dispute, are not part of this page" in page.text


# ---- many objects


class Counted(Sequence[ReportObject]):
    """Objects that are made when asked for, and counted."""

    def __init__(self, size: int) -> None:
        self.size, self.made = size, 0

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> ReportObject: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReportObject]: ...
    def __getitem__(self, index: int | slice) -> Any:
        assert isinstance(index, int)
        if not 0 <= index < self.size:
            raise IndexError
        self.made += 1
        return an_object(index)

    def __iter__(self) -> Iterator[ReportObject]:
        return (self[index] for index in range(self.size))


def test_each_object_is_read_twice_and_takes_as_much_room(tmp_path: Path) -> None:
    sizes = []
    for count in (60, 240):
        objects = Counted(count)
        sizes.append(write_report(a_job(objects), tmp_path / "report.html").stat().st_size)
        assert objects.made == 2 * count
    assert sizes[1] < 4.2 * sizes[0]


def test_beyond_the_limit_the_disputed_and_failed_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "SHOWN_UP_TO", 4)
    right = an_object(answers=(), label=GOLD, agreement=1.0)
    objects = [replace(right, object_id=str(n), line=n + 1) for n in range(9)]
    objects[8] = replace(objects[8], failure="late")
    objects[5] = replace(objects[5], agreement=0.2)
    objects[7] = replace(objects[7], answers=an_object().answers)
    page = page_of(a_job(objects), tmp_path)
    assert [a["id"] for a in page.all("details", "object")] == ["o7", "o8", "o5", "o0"]
    assert "4 objects of 9" in page.text


# ---- agreement by worker and label


def classes(*labels: str, gold: str | None = None) -> ReportObject:
    answers = tuple(ReportWorker(f"w{n}", {"a": {"label": label}}, 1.0 + n) for n, label in enumerate(labels))
    return an_object(
        task_input={}, answers=answers, label={"label": labels[0]}, expected=gold and {"label": gold}, agreement=None
    )


def test_workers_are_measured_by_the_others_the_label_and_the_gold() -> None:
    summary = summarize(a_job([classes("x", "x", "y", gold="x"), classes("x", "y", "y"), classes("y")]))
    found = {
        name: (one.answers, one.with_others.value, one.with_label.value, one.with_gold.value, one.alone)
        for name, one in summary.workers.items()
    }
    assert found == {
        "w0": (3, 0.25, 1, 1, 1),
        "w1": (2, 0.5, 0.5, 1, 0),
        "w2": (2, 0.25, 0, 0, 1),
    }
    times = summary.workers["w1"].times
    assert times is not None
    assert times.median == 2
    assert [mark.among for mark in summary.marks] == [pytest.approx(1 / 3), pytest.approx(1 / 3), None]
    given = [{str(at): label for at, label in enumerate(labels)} for labels in ("xxy", "xyy")]
    assert summary.alphas["a"] == pytest.approx(nominal_alpha(given))


def test_labels_have_the_agreement_of_those_who_gave_them() -> None:
    summary = summarize(a_job([classes("x", "x", "y", gold="x"), classes("z", "z", gold="y")]))
    found = {
        label: (one.given, one.found, one.wanted, one.among, one.as_gold) for (_, label), one in summary.labels.items()
    }
    assert found == {
        # Two pairs of the first object have x once, one has it twice: 2 of 4.
        "x": (2, 1, 1, 0.5, 1),
        "y": (1, 0, 1, 0, 0),
        "z": (2, 1, 0, 1, 0),
    }


def test_labels_of_shapes_are_matched_by_their_overlap() -> None:
    answers = [[box("a", 0, 0), box("b", 50, 0)], [box("a", 1, 0), box("b", 90, 0)]]
    given = tuple(ReportWorker(f"w{n}", {"t": {"boundingBoxes": boxes}}, None) for n, boxes in enumerate(answers))
    label = {"boundingBoxes": answers[0]}
    summary = summarize(a_job([an_object(answers=given, label=label, expected=label, agreement=None)]))
    found = {label: (one.given, one.among, one.as_gold) for (_, label), one in summary.labels.items() if one.given}
    assert found == {"a": (2, 1, 1), "b": (2, 0, 1)}


def test_without_the_front_end_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "bundles_dir", lambda: tmp_path)
    page = page_of(a_job([an_object()]), tmp_path)
    assert "front end, which is not built" in page.text
    assert len(page.all("script")) == 2  # data only


def test_a_job_without_objects(tmp_path: Path) -> None:
    assert "The job had no objects" in page_of(a_job([], gold_agreement=None), tmp_path).text


# --- labels in the form of the service's built-in jobs ---

BUILT_IN: dict[str, tuple[builtin_output.BuiltIn, dict[str, Any], dict[str, Any]]] = {
    "class": (builtin_output.text_class("b", "ab", Backing(0.9, 3)), {"label": "b"}, {"label": "a"}),
    "set": (
        builtin_output.text_classes({"a": 3, "b": 1}, {"a": 0.9, "b": 0.2}, "ab", 3),
        {"labels": ["a"]},
        {"labels": ["b"]},
    ),
    "spans": (
        builtin_output.text_spans([{"label": "a", "startOffset": 0, "endOffset": 3, "confidence": 1.0}], "ab", 3),
        {"entities": [{"label": "a", "startOffset": 0, "endOffset": 3}]},
        {"entities": [{"label": "b", "startOffset": 0, "endOffset": 3}]},
    ),
    "boxes": (
        builtin_output.boxes(
            [{"label": "b", "left": 1, "top": 2, "width": 30, "height": 40, "confidence": 1.0}], "ab", (90, 90), 3
        ),
        {"boundingBoxes": [{"label": "b", "left": 1, "top": 2, "width": 30, "height": 40}]},
        {"boundingBoxes": [{"label": "a", "left": 1, "top": 2, "width": 30, "height": 40}]},
    ),
    "mask": (
        builtin_output.segmentation("s3://b/m.png", "ab", [2], Backing(0.9, 3)),
        {"labels": ["b"]},
        {"labels": ["a"]},
    ),
}


@pytest.mark.parametrize("case", BUILT_IN)
def test_a_label_of_built_in_form_is_compared_by_what_it_tells(case: str) -> None:
    label, right, wrong = BUILT_IN[case]
    pair = "it-ref" if case == "mask" else "it-built-in"
    line = {"it": label.value, pair: label.value, f"{pair}-metadata": metadata_of(label, "job", datetime.now(UTC))}
    assert readable_label(line, "it") == right
    assert line_agreement(line, "it", right) == 1
    assert line_agreement(line, "it", {**right, "said": "by nobody"}) == 1
    assert line_agreement(line, "it", wrong) == 0
    assert line_agreement(line, "it", {"said": "by nobody"}) is None
    assert line_agreement(line, "it", None) is None
    assert line_agreement(line, "it", label.value) == 1
    assert line_agreement({"it": right}, "it", right) == 1


def test_a_mask_of_built_in_form_is_drawn(tmp_path: Path) -> None:
    label = builtin_output.segmentation("s3://b/m.png", ["cat", "eye"], [1, 2], Backing(0.9, 3))
    line = {"it": label.value, "it-ref": label.value, "it-ref-metadata": metadata_of(label, "job", datetime.now(UTC))}
    drawn = drawable_label(line, "it")
    assert drawn["labels"] == readable_label(line, "it")["labels"] == ["cat", "eye"]
    colors = [drawn["labelMappings"][name]["color"] for name in ("cat", "eye")]
    (tmp_path / "m.png").write_bytes(write_mask(np.array([[1, 1, 1, 0], [0, 2, 2, 0], [0, 0, 0, 0]]), colors))
    answer = mask([[1, 1, 1, 0], [0, 2, 2, 0], [0, 0, 0, 2]], {"cat": "#112233", "eye": "#445566"})
    one = an_object(task_input={}, answers=(ReportWorker("w", {"m": answer}, 1.0),), label=drawn, expected=None)
    found = {"s3://b/m.png": tmp_path / "m.png"}
    page = page_of(a_job([replace(one, output_line=line)], label_order=("cat", "eye"), find=found.get), tmp_path)
    assert "the mask cannot be read" not in page.text
    assert len(page.all("image")) == 2
    assert "alike with the consolidated label" in page.text
    assert drawable_label({"it": {"label": "a"}}, "it") == {"label": "a"}
    assert drawable_label({"it": "s3://b/m.png", "it-ref-metadata": None}, "it") == "s3://b/m.png"


NUMBER = {"value": 4.5, "mean": 4.48, "low": 3.5, "high": 6.0, "confidence": 0.71, "answers": {}, "problems": []}


@pytest.mark.parametrize("label", [NUMBER, {"energy": NUMBER}], ids=["flat", "named"])
def test_numbers_stand_along_a_line_beside_the_label(label: Any) -> None:
    said = [(Voice("label", "Consolidated", "Label"), label), (Voice("gold", "Gold", "Gold"), {"energy": 5})]
    said += [(Voice("worker", f"Worker {n}", f"W{n}"), {"energy": value}) for n, value in enumerate((3, "4", 4, 9), 1)]
    [field] = [one for one in fields(said) if one.name == "energy" and one.kind == "value"]
    view = values.view(field, Scene(Palette(())))
    strip = view.strip
    assert strip is not None
    assert (strip.low, strip.high) == ("3", "9")
    assert strip.words == "4 answers: 3, 4, 4, 9; consolidated 4.5 (3.5 to 6); gold 5"
    assert [dot.title for dot in strip.dots] == ["W1: 3", "W2: 4", "W3: 4", "W4: 9"]
    first, second, third, last = strip.dots
    assert first.x < second.x == third.x < strip.label < strip.gold < last.x  # type: ignore[operator]
    assert third.y < second.y == first.y == last.y, "equal ones above one another"
    assert strip.interval is not None
    assert first.x < strip.interval[0] < second.x
    assert view.confidence == "0.71"
    assert [row.text for row in view.rows][:2] == ["4.5 (3.5 to 6)", "5"]


def test_digits_in_texts_are_no_numbers() -> None:
    def strip(*given: Any, label: Any = None) -> Any:
        said = [(Voice("worker", f"Worker {n}", f"W{n}"), {"a": value}) for n, value in enumerate(given, 1)]
        said += [(Voice("label", "", ""), {"a": label})] if label is not None else []
        return values.view(fields(said)[0], Scene(Palette(()))).strip

    assert strip("12345", "90210") is None
    assert strip(1, "one") is None
    assert strip(True, False) is None
    assert strip(7) is None
    assert strip("nan", "inf", label=3) is None
    same = strip(2, 2.0)
    assert same.low == same.high == "2"
    assert strip("1", "2", label=2).label is not None
    assert strip(1e300, 1) is None


def test_what_could_not_be_consolidated_does_not_agree_in_built_in_form_either() -> None:
    line = {"it": {"reason": "nobody answered", "workers": []}, "it-built-in-metadata": failure_metadata("nobody")}
    assert line_agreement(line, "it", {"label": "a"}) == 0


@pytest.mark.parametrize("labels", [3, 20], ids=["few", "many"])
def test_masks_agree_as_their_pixels_do(labels: int) -> None:
    """Whatever the order and the colors of the labels, and whichever of them one of the two lacks."""
    chance = np.random.default_rng(labels)
    names = [f"l{at:02}" for at in range(labels)]
    for _ in range(8):
        mine, theirs = (chance.permutation(names)[: labels - 1].tolist() for _ in range(2))
        pixels = [chance.integers(0, labels, (11, 9)) for _ in range(2)]
        colors = [f"#{at + 1:02x}{at * 5:02x}99" for at in range(labels)]
        given = [
            mask(table.tolist(), dict(zip(some, chance.permutation(colors).tolist(), strict=False)))
            for table, some in zip(pixels, (mine, theirs), strict=True)
        ]
        places = [
            np.array([0, *(names.index(one) + 1 for one in some)])[table]
            for table, some in zip(pixels, (mine, theirs), strict=True)
        ]
        wanted = mask_iou(*places)
        assert agreement(given[0], given[1]) == agreement(given[1], given[0]) == wanted
        one, other = (read_figures(value)[0] for value in given)  # type: ignore[index]
        used = {
            at: np.count_nonzero(places[0] == at) + np.count_nonzero(places[1] == at) for at in range(1, labels + 1)
        }
        assert by_label(one, other) == {
            names[at - 1]: (2 * np.count_nonzero((places[0] == at) & (places[1] == at)) / total, 1.0)
            for at, total in used.items()
            if total
        }
