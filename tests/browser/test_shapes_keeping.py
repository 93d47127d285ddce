"""No work on shapes is lost or submitted by mistake: unfinished shapes, drafts, pictures that do not come."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.drafts import draft_holds

from .conftest import CROWD_SCRIPT
from .shapes import Hands, template

POINTS = ((20, 20), (100, 20), (100, 90))
BOX = {"label": "bolt", "left": 14, "top": 20, "width": 33, "height": 60}


def drawing(page: Page, visit: Any, tag: str = "crowd-polygon") -> tuple[Any, Hands]:
    site = visit(template(tag))
    hands = Hands(page).ready()
    hands.keys("2")
    hands.clicks(*POINTS)
    return site, hands


@pytest.mark.parametrize("tag", ["crowd-polygon", "crowd-polyline"])
def test_an_unfinished_shape_is_not_thrown_away_by_submit(page: Page, visit: Any, tag: str) -> None:
    site, hands = drawing(page, visit, tag)
    hands.submit("invalid")
    expect(page.locator("#tool #actionsContainer .error")).to_contain_text("unfinished")
    hands.keys("Enter")
    hands.submit()
    (shape,) = site.answers[0][0]["it"][f"{tag.removeprefix('crowd-')}s"]
    assert shape["label"] == "nut"
    assert len(shape["vertices"]) == 3


def test_an_unfinished_shape_survives_keys_and_a_reload(page: Page, visit: Any) -> None:
    _, hands = drawing(page, visit)
    hands.keys("d", "n")
    expect(page.locator("#tool .refusal")).to_contain_text("unfinished")
    draft_holds(page, "drawing")
    page.wait_for_function("async () => (await indexedDB.databases()).length > 0")
    draft_holds(page, '"x":100,"y":90')
    page.reload()
    hands.ready()
    expect(page.locator("#tool #finish")).to_be_visible()
    hands.focus()
    hands.keys("Escape", "Control+z", "Enter")
    assert [one["label"] for one in hands.value["polygons"]] == ["nut"]
    assert len(hands.value["polygons"][0]["vertices"]) == 3


def test_a_polygon_asks_for_its_label(page: Page, visit: Any) -> None:
    visit(template("crowd-polygon"))
    hands = Hands(page).ready()
    hands.clicks(*POINTS)
    expect(page.locator("#tool .refusal")).to_have_text("Choose a label first.")
    hands.keys("2")
    hands.clicks(*POINTS)
    hands.keys("Enter")
    assert [one["label"] for one in hands.value["polygons"]] == ["nut"]


def test_a_polygon_has_the_only_label_there_is(page: Page, visit: Any) -> None:
    visit(template("crowd-polygon", labels=["bolt"]))
    hands = Hands(page).ready()
    hands.clicks(*POINTS)
    hands.keys("Enter")
    assert [one["label"] for one in hands.value["polygons"]] == ["bolt"]


def failed(page: Page) -> None:
    page.locator("#tool [data-testid=picture-failed]").wait_for()


def test_nothing_to_label_does_not_throw_away_what_nobody_saw(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", src="/missing.png", initial_value=[BOX]))
    failed(page)
    assert page.evaluate("tool._submittableValue.initialValueModified") is True
    page.locator("#tool #nothing-to-label").check()
    Hands(page).submit("invalid")
    expect(page.locator("#tool #actionsContainer .error")).to_contain_text("could not be loaded")


def test_a_picture_that_never_comes_does_not_hold_the_worker_up(page: Page, visit: Any) -> None:
    site = visit(template("crowd-bounding-box", src="/missing.png"))
    failed(page)
    hands = Hands(page)
    hands.submit("invalid")
    expect(page.locator("#tool #actionsContainer .error")).to_contain_text("Nothing to label")
    page.locator("#tool #nothing-to-label").check()
    hands.submit()
    size = {"height": 0, "width": 0}
    assert site.answers == [[{"it": {"boundingBoxes": [], "inputImageProperties": size}}]]


def test_work_goes_on_when_the_picture_is_loaded_again(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box"))
    hands = Hands(page).ready()
    hands.drag((14, 20), (47, 80))
    draft_holds(page, "bolt")
    page.reload()
    hands.ready()
    expect(page.locator("#tool .region-list [role=option]")).to_have_count(1)
    hands.drag((100, 30), (140, 80))
    page.evaluate("tool.src = '/picture.svg?again'")
    failed(page)
    page.evaluate("tool.src = '/picture.svg#again'")
    hands.ready()
    assert len(hands.value["boundingBoxes"]) == 2
    hands.keys("Control+z")
    assert len(hands.value["boundingBoxes"]) == 1


def test_tab_leaves_the_points_of_a_shape(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", initial_value=[BOX]))
    hands = Hands(page).ready()
    page.locator("#tool [role=option]").click()
    hands.focus()
    hands.keys("Enter", *["Tab"] * 8)
    stage = page.locator("#tool #annotation-area-container")
    expect(stage).not_to_be_focused()
    expect(stage).to_have_attribute(
        "aria-description", "Tab goes through the annotations and their points; after Escape it leaves the picture."
    )


def test_the_focus_stays_when_what_has_it_vanishes(page: Page, visit: Any) -> None:
    _, hands = drawing(page, visit)
    stage = page.locator("#tool #annotation-area-container")
    page.locator("#tool #finish").focus()
    hands.keys("Enter")
    expect(stage).to_be_focused()
    page.locator("#tool .region-list").focus()
    hands.keys("Delete")
    assert hands.value["polygons"] == []
    expect(stage).to_be_focused()


def test_a_deletion_in_the_list_selects_the_neighbor(page: Page, visit: Any) -> None:
    boxes = [{**BOX, "left": left} for left in (10, 60, 110)]
    visit(template("crowd-bounding-box", initial_value=boxes))
    hands = Hands(page).ready()
    page.locator("#tool [role=option]").nth(1).click()
    page.locator("#tool .region-list").focus()
    hands.keys("Delete")
    expect(page.locator("#tool [role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tool .region-list")).to_be_focused()


def test_ten_labels_take_the_key_0_for_themselves(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", labels=list("abcdefghij")))
    Hands(page).ready()
    page.locator("#tool [data-testid=shortcuts-button]").click()
    expect(page.locator("#tool .shortcuts kbd", has_text="0")).to_have_count(1)


def jpeg(orientation: int) -> str:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "JPEG", exif=exif)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def under_policy(policy: str, src: str) -> str:
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">{CROWD_SCRIPT}'
    return f"<!doctype html><html><head>{head}</head><body>{template('crowd-bounding-box', src=src)}</body></html>"


def test_a_page_that_may_not_show_files_decodes_them(page: Page, visit: Any) -> None:
    visit(under_policy("img-src 'self'", jpeg(6)))
    assert Hands(page).ready().value["inputImageProperties"] == {"height": 20, "width": 40}


def test_a_page_that_may_not_show_files_shows_the_address(page: Page, visit: Any) -> None:
    visit(under_policy("img-src 'self'", "/picture.svg"))
    assert Hands(page).ready().value["inputImageProperties"] == {"height": 120, "width": 320}


def test_a_page_that_may_not_read_the_picture_tells_that_it_may_be_turned(page: Page, visit: Any) -> None:
    visit(under_policy("connect-src 'none'", jpeg(6)))
    Hands(page).ready()
    expect(page.locator("#tool .faults")).to_contain_text("EXIF")
    page.evaluate("tool.src = '/picture.svg'")
    expect(page.locator("#tool .faults")).not_to_contain_text("EXIF")
