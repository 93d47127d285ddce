"""The samples hold together: what is derived is up to date with its source, and what it marks is what is expected."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from truthkit.findings import Finding
from truthkit.manifest import read_manifest
from truthkit.project import Workflow, kit_root
from truthkit_core.consolidation.spans import Span, consolidate_spans

WORKFLOW = Workflow("text-entities", kit_root())
SAMPLE = WORKFLOW.samples
PREFIX = "s3://truthkit-samples/text-entities/"
SLUGS = [entry["slug"] for entry in tomllib.loads((SAMPLE / "papers.toml").read_text("utf-8"))["paper"]]


@pytest.fixture(scope="module", autouse=True)
def scripts() -> Iterator[None]:
    """The sample's scripts import each other as they do when they are run."""
    sys.path.insert(0, str(SAMPLE))
    yield
    sys.path.remove(str(SAMPLE))
    for name in ("figures", "make_samples", "make_pages"):
        sys.modules.pop(name, None)


def script(name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SAMPLE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def papers() -> dict[str, Any]:
    return {paper.slug: paper for paper in script("make_samples").load_papers()}


def cut(text: str, start: int, end: int) -> str:
    """The part between two UTF-16 offsets."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def expected_lines() -> dict[str, Any]:
    """The expected labels by the papers' slugs, over the manifest as the harness reads it."""
    labels = [json.loads(line) for line in WORKFLOW.expected.read_text("utf-8").splitlines()]
    lines = list(read_manifest(WORKFLOW.manifest))
    return {Path(line.data_object["source-ref"]).stem: label for line, label in zip(lines, labels, strict=True)}


def text_of(slug: str) -> str:
    return (SAMPLE / "objects" / "text" / f"{slug}.txt").read_bytes().decode("utf-8")


# --- what is derived from papers.toml ---------------------------------------------------------------------------------


def test_derived_files_are_up_to_date() -> None:
    derived = script("make_samples").derived_files(list(papers().values()))
    stale = [name for name, text in derived.items() if (SAMPLE / name).read_bytes() != text.encode("utf-8")]
    assert stale == [], "run make_samples.py"


def test_no_object_is_left_over() -> None:
    objects = sorted(str(file.relative_to(SAMPLE / "objects")) for file in (SAMPLE / "objects").rglob("*.*"))
    assert objects == sorted([f"pages/{slug}.png" for slug in SLUGS] + [f"text/{slug}.txt" for slug in SLUGS])


@pytest.mark.parametrize("number", range(len(SLUGS)), ids=SLUGS)
def test_page_picture(number: int) -> None:
    """The picture is of this very paper, and light enough for a repository."""
    pages = script("make_pages")
    file = SAMPLE / "objects" / "pages" / f"{SLUGS[number]}.png"
    assert file.stat().st_size < 150_000
    with Image.open(file) as picture:
        assert (picture.format, picture.mode) == ("PNG", "P")
        assert 1000 <= picture.width <= 1240
        assert picture.width < picture.height
        digest = pages.digest(pages.page_html(papers()[SLUGS[number]], number))
        assert picture.info[pages.DIGEST_KEY] == digest, "run make_pages.py"


@pytest.mark.parametrize("slug", SLUGS)
def test_gold_spans_are_what_the_source_marks(slug: str) -> None:
    """Read by a second hand: a span's text is what stands between the source's marks, without the marks inside."""
    abstract = papers()[slug].abstract
    marked = []
    for label in {*re.findall(r"⟦(\w+)⟧", abstract)}:
        for inside in re.findall(rf"⟦{label}⟧(.*?)⟦/{label}⟧", abstract, re.DOTALL):
            marked.append((label, re.sub(r"⟦/?\w+⟧", "", inside)))
    entities = expected_lines()[slug]["entities"]
    text = text_of(slug)
    assert sorted((one["label"], cut(text, one["startOffset"], one["endOffset"])) for one in entities) == sorted(marked)


@pytest.mark.parametrize(
    ("marked", "problem"),
    [
        pytest.param("⟦Methods⟧open", "⟦Methods⟧ has no partner", id="not closed"),
        pytest.param("a⟦/Methods⟧", "⟦/Methods⟧ has no partner", id="not opened"),
        pytest.param("⟦Methods⟧a⟦Methods⟧b⟦/Methods⟧", "⟦Methods⟧ has no partner", id="the same twice"),
        pytest.param("⟦Method⟧a⟦/Method⟧", "⟦Method⟧ is not one of Background", id="unknown"),
    ],
)
def test_wrong_marks_are_refused(marked: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        script("make_samples").read_marks(marked)


def test_marks_count_utf16_units() -> None:
    text, spans = script("make_samples").read_marks("😊 ⟦Results⟧n̥ ⟦Conclusions⟧𝛼⟦/Results⟧ x⟦/Conclusions⟧")
    assert text == "😊 n̥ 𝛼 x"
    assert [(span.start, span.end, span.label) for span in spans] == [(3, 8, "Results"), (6, 10, "Conclusions")]


# --- what the sample promises -----------------------------------------------------------------------------------------


def test_manifest() -> None:
    told: list[Finding] = []
    lines = list(read_manifest(WORKFLOW.manifest, on_fault=told.append))
    assert told == []
    assert len(lines) == 10
    assert len({line.data_object["metadata"]["field"] for line in lines}) == 10
    (prefix, folder), *more = WORKFLOW.objects().items()
    assert (prefix, more) == (PREFIX, [])
    for line in lines:
        for key in ("source-ref", "text-file-s3-uri"):
            uri = line.data_object[key]
            assert uri.startswith(prefix)
            assert (folder / uri.removeprefix(prefix)).is_file()


@pytest.mark.parametrize("slug", SLUGS)
def test_abstract(slug: str) -> None:
    """As long as abstracts are, nearly all of it labeled, with labels of the workflow, cut where words are cut."""
    text = text_of(slug)
    assert 150 <= len(text.split()) <= 230
    assert text == text.strip()
    assert "\r" not in text
    entities = expected_lines()[slug]["entities"]
    assert {one["label"] for one in entities} <= set(WORKFLOW.config().labels)
    covered: set[int] = set()
    for one in entities:
        passage = cut(text, one["startOffset"], one["endOffset"])
        assert passage == passage.strip()
        assert len(passage.split()) > 3
        covered.update(range(one["startOffset"], one["endOffset"]))
        around = (
            cut(text, max(0, one["startOffset"] - 1), one["startOffset"]),
            cut(text, one["endOffset"], one["endOffset"] + 1),
        )
        assert not any(character.isalnum() for character in around)
    assert len(covered) / (len(text.encode("utf-16-le")) // 2) > 0.7


def test_the_sample_has_the_hard_cases() -> None:
    nested, crossing = set(), set()
    for slug, label in expected_lines().items():
        spans = [(one["startOffset"], one["endOffset"]) for one in label["entities"]]
        nested |= {slug for a, b in spans for c, d in spans if a <= c and d <= b and (a, b) != (c, d)}
        crossing |= {slug for a, b in spans for c, d in spans if a < c < b < d}
    assert len(nested) >= 2
    assert crossing
    assert any(ord(c) > 0xFFFF for slug in SLUGS for c in text_of(slug))
    assert any(unicodedata.combining(c) for slug in SLUGS for c in text_of(slug))
    assert any("\n" in text_of(slug) for slug in SLUGS)
    qualities = [label["quality"]["label"] for label in expected_lines().values()]
    assert (qualities.count("yes"), qualities.count("no")) == (8, 2)


# --- the scripted worker ----------------------------------------------------------------------------------------------


def f1(answers: dict[str, list[Any]], gold: dict[str, list[Any]]) -> float:
    """Span F1 over all abstracts; only the same bounds and type count."""
    found, wanted = (
        {(slug, one.start, one.end, one.label) for slug, marks in of.items() for one in marks} for of in (answers, gold)
    )
    return 2 * len(found & wanted) / (len(found) + len(wanted))


@pytest.mark.parametrize("seed", range(5))
def test_workers_err_and_together_are_right(seed: int) -> None:
    worker = script("worker")
    gold = {slug: worker.gold_marks(worker.expected(f"{PREFIX}pages/{slug}.png")) for slug in SLUGS}
    plans = [
        {slug: worker.plan(text_of(slug), gold[slug], character, Random(f"{seed}:{slug}:{index}")) for slug in SLUGS}
        for index, character in enumerate(worker.CHARACTERS)
    ]
    consolidated = {
        slug: consolidate_spans(
            {
                str(index): [Span(one.start, one.end, one.label) for one in plan[slug]]
                for index, plan in enumerate(plans)
            },
            labels=WORKFLOW.config().labels,
        )
        for slug in SLUGS
    }
    alone = [f1(plan, gold) for plan in plans]
    assert all(0.65 < one < 0.9 for one in alone), alone
    assert f1(consolidated, gold) > max(alone) + 0.04


@pytest.mark.parametrize("slug", SLUGS)
def test_worker_errs_by_whole_words(slug: str) -> None:
    """What the page snaps to: a mark that the page would move can't be told from an error of the page."""
    worker = script("worker")
    text = text_of(slug)
    careless = worker.Character(word_off=1, missed=0, wrong_type=0, label_by_label=0)
    gold = worker.gold_marks(worker.expected(f"{PREFIX}pages/{slug}.png"))
    marks = worker.plan(text, gold, careless, Random(1))
    assert len(marks) == len(gold)
    for mark, right in zip(marks, gold, strict=True):
        moved = [
            cut(text, *sorted(pair)).split()
            for pair in ((mark.start, right.start), (mark.end, right.end))
            if pair[0] != pair[1]
        ]
        # The first word of the text has no neighbor to move to, nor has the last.
        at_the_edge = right.start == 0 or right.end == len(text.encode("utf-16-le")) // 2
        assert [len(words) for words in moved] == [1] or (at_the_edge and not moved)
        assert mark.label == right.label
