"""The template of text-entities in a browser: with its bundle as a script of its own, and built into one file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.annotator import Annotator
from truthkit.build import build_inline
from truthkit.liquid import Template
from truthkit.pages import task_page
from truthkit.project import Project

WORKFLOW = Project(Path(__file__).parents[2]).workflow("text-entities")
LABELS = ["Background", "Objectives", "Methods", "Results", "Conclusions", "Limitations"]
TEXT = "Marshes “store” <carbon> & 𝛼.\r\nWe cored cafe\u0301 sites 👩‍🔬 {{ twice }} {% here %}.\n"


@pytest.fixture(params=["source", "built"])
def template(request: pytest.FixtureRequest) -> Template:
    if request.param == "source":
        return Template.load(WORKFLOW.template)
    return Template.parse(build_inline(WORKFLOW))


@pytest.fixture
def task(template: Template, page: Page, serve: Any) -> Iterator[Annotator]:
    task_input = {
        "taskObject": "s3://bucket/page.png",
        "text": TEXT,
        "metadata": {"title": 'On "marshes" & more', "authors": "A. B.", "field": "Ecology", "year": 2020},
        "labels": LABELS,
    }
    html = template.render(task_input, sign=lambda uri: "/picture.svg#signed=" + uri).html
    site = serve(task_page(html, "/").replace('<meta name="truthkit-answer" content="/">', ""))
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    page.goto(site.url)
    page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
    task = Annotator(page).ready()
    task.site = site  # type: ignore[attr-defined]
    yield task
    assert failed == []


def test_everything_of_the_task_is_there(task: Annotator) -> None:
    assert task.host.evaluate("element => element.text") == TEXT
    assert task.text.evaluate("element => element.textContent") == TEXT
    rows = task.host.locator("dl.metadata div").all_inner_texts()
    assert rows == ['Title\nOn "marshes" & more', "Authors\nA. B.", "Field\nEcology", "Year\n2020"]
    expect(task.host.get_by_role("img", name='First page of the paper: On "marshes" & more')).to_be_visible()
    for i, label in enumerate(LABELS, 1):
        expect(task.test_id(f"label-{label}").locator("kbd")).to_have_text(str(i))
    expect(task.page.get_by_role("button", name="Submit")).to_have_count(1)


def test_a_task_from_beginning_to_end(task: Annotator) -> None:
    task.mark("Marshes", "1")
    task.mark("cafe\u0301 sites 👩‍🔬", "3")
    task.mark("sites", "6")
    task.press("o", "]", "Control+z")
    task.expect_spans(("Background", "Marshes"), ("Methods", "cafe\u0301 sites 👩‍🔬"), ("Limitations", "sites"))
    task.page.locator("[name=notes]").fill("fine")
    task.test_id("submit").click()
    expect(task.test_id("missing")).to_contain_text("Is the abstract of good quality?")
    expect(task.page.locator("[name=quality][value=yes]")).to_be_focused()
    task.press("Space", "Control+Enter")
    task.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    ((answer,),) = task.site.answers  # type: ignore[attr-defined]
    assert sorted(answer) == ["entities", "notes", "quality"]
    assert answer["quality"] == {"no": False, "yes": True}
    assert answer["notes"] == "fine"
    units = TEXT.encode("utf-16-le")
    assert [
        (one["label"], units[2 * one["startOffset"] : 2 * one["endOffset"]].decode("utf-16-le"))
        for one in json.loads(answer["entities"])["entities"]
    ] == [("Background", "Marshes"), ("Methods", "cafe\u0301 sites 👩‍🔬"), ("Limitations", "sites")]


def test_by_keys_alone(task: Annotator) -> None:
    task.text.focus()
    task.press("ArrowRight", "Shift+ArrowRight", "1", "ArrowDown", "3", "Delete")
    task.expect_spans(("Background", "Marshes “store"))
    task.press("Control+z", "Control+z", "Control+y")
    task.expect_spans(("Background", "Marshes “store"), ("Methods", "We"))


def test_instructions_and_shortcuts(task: Annotator) -> None:
    expect(task.page.get_by_text("Select the words that do a job")).to_be_visible()
    task.press("i")
    expect(task.page.get_by_role("heading", name="The six labels")).to_be_visible()
    task.press("Escape", "?")
    expect(task.host.get_by_role("dialog", name="Shortcuts")).to_be_visible()


def test_a_draft_survives_a_reload(task: Annotator) -> None:
    task.page.locator("[name=quality][value=no]").check()
    task.mark("Marshes", "1")
    expect(task.test_id("progress")).to_contain_text("Draft saved")
    expect(task.test_id("draft-state")).to_have_attribute("data-state", "written")
    task.page.reload()
    task.ready().test_id("draft-restore").click()
    expect(task.page.locator("[name=quality][value=no]")).to_be_checked()
    task.expect_spans(("Background", "Marshes"))


def test_axe_finds_nothing(task: Annotator) -> None:
    task.mark("Marshes", "1")
    found = Axe().run(task.page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
