"""The page of a job's agreement: accessible in light and dark, wide and narrow; no script, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.test_agreement_command import responses
from truthkit.answers import read_answers
from truthkit.report.agreement import measure, write_page


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agreement")
    return write_page(measure(read_answers(responses(folder / "birds"))), folder / "agreement.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_and_fits(chromium: Browser, page_file: Path, scheme: Any, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    requests: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(page_file.as_uri())
        assert requests == [page_file.as_uri()]
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for fold in page.locator("details.fold > summary").all()[:3]:
            fold.focus()
            page.keyboard.press("Enter")
        expect(page.locator("details.fold[open]").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
        assert complaints == []
    finally:
        context.close()


def test_many_classes_do_not_widen_the_page(chromium: Browser, tmp_path: Path) -> None:
    rows = [f"{item},{worker},{(item + (worker == 'c')) % 20}" for item in range(60) for worker in "abc"]
    (tmp_path / "label.csv").write_text("\n".join(["item,worker,label", *rows]))
    file = write_page(measure(read_answers(tmp_path / "label.csv")), tmp_path / "agreement.html")
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    try:
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    finally:
        page.close()


def test_tables_say_what_the_drawings_show(chromium: Browser, page_file: Path) -> None:
    page = chromium.new_page()
    try:
        page.goto(page_file.as_uri())
        matrix = page.get_by_role("region", name="Confusion matrix of all workers, kind")
        expect(matrix.get_by_role("rowheader")).to_have_count(3)
        expect(page.get_by_role("img", name="Accuracy of 5 workers")).to_be_visible()
        expect(page.get_by_role("img", name="Distribution of the time an object").first).to_be_visible()
        workers = page.get_by_role("region", name="Table of workers, kind").get_by_role("row")
        expect(workers).to_have_count(6)
        expect(workers.nth(1)).to_contain_text("eeeeeeee")
    finally:
        page.close()
