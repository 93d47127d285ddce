"""The picture under the drawing tools: stored pixels, zoom, pan, touch, many shapes."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from .shapes import LABELS, Hands, template


def turned(kind: str, orientation: int) -> str:
    """A picture of 40 by 20 pixels, its left half red and its right half blue, that EXIF says is to be turned."""
    picture = Image.new("RGB", (40, 20), (255, 0, 0))
    picture.paste((0, 0, 255), (20, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def middle_color(page: Page, x: float, y: float) -> list[int]:
    """The color on the screen at a pixel of the picture."""
    color: list[int] = page.evaluate(
        """([x, y]) => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
          const canvas = tool.shadowRoot.querySelector('canvas.lower-canvas');
          const box = canvas.getBoundingClientRect();
          const at = tool.toClient(x, y);
          const place = [(at.x - box.x) * canvas.width / box.width, (at.y - box.y) * canvas.height / box.height];
          done([...canvas.getContext('2d').getImageData(...place.map(Math.floor), 1, 1).data].slice(0, 3));
        })))""",
        [x, y],
    )
    return color


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_is_ignored(page: Page, visit: Any, kind: str, orientation: int) -> None:
    visit(template("crowd-bounding-box", src=turned(kind, orientation)))
    hands = Hands(page).ready()
    assert hands.value["inputImageProperties"] == {"height": 20, "width": 40}
    red, _, blue = middle_color(page, 10, 10)
    assert red > 200 > 50 > blue
    red, _, blue = middle_color(page, 30, 10)
    assert blue > 200 > 50 > red


def test_the_wheel_zooms_to_the_pointer_and_space_pans(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box"))
    hands = Hands(page).ready()
    at = hands.at(100, 50)
    page.mouse.move(*at)
    page.mouse.wheel(0, -400)
    page.wait_for_function("tool.shadowRoot.querySelector('[data-testid=zoom-fit]').innerText !== '227 %'")
    assert hands.at(100, 50) == pytest.approx(at, abs=0.5)
    hands.keys("+")
    before = hands.at(100, 50)
    page.keyboard.down("Space")
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1] + 20, steps=4)
    page.mouse.up()
    page.keyboard.up("Space")
    assert hands.at(100, 50) == pytest.approx((before[0] + 40, before[1] + 20), abs=0.5)
    page.mouse.move(*at)
    page.mouse.down(button="middle")
    page.mouse.move(at[0] - 30, at[1], steps=4)
    page.mouse.up(button="middle")
    assert hands.at(100, 50) == pytest.approx((before[0] + 10, before[1] + 20), abs=0.5)
    assert hands.value["boundingBoxes"] == []
    page.locator("#tool [data-testid=zoom-fit]").click()
    assert page.evaluate("[tool.toClient(0, 0).x, tool.toClient(320, 120).x]") == pytest.approx(
        page.locator("canvas.upper-canvas").evaluate(
            "one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right]"
        ),
        abs=0.6,
    )


def test_the_page_scrolls_on_when_zoomed_out(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box") + '<div style="height: 3000px"></div>')
    hands = Hands(page).ready()
    page.mouse.move(*hands.at(100, 50))
    page.mouse.wheel(0, 300)
    page.wait_for_function("scrollY > 100")


@dataclass
class Fingers:
    """Fingers on the glass: places in the window."""

    page: Page

    def __post_init__(self) -> None:
        self.session = self.page.context.new_cdp_session(self.page)

    def down(self, *places: tuple[float, float]) -> None:
        self._send("touchStart", places)

    def move(self, *places: tuple[float, float]) -> None:
        self._send("touchMove", places)

    def up(self) -> None:
        self._send("touchEnd", ())

    def _send(self, kind: str, places: tuple[tuple[float, float], ...]) -> None:
        points = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def phone(chromium: Browser) -> Any:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_fingers_draw_reshape_and_pinch(phone: Page, serve: Any) -> None:
    html = '<meta name="viewport" content="width=device-width, initial-scale=1">' + template("crowd-bounding-box")
    phone.goto(serve('<script src="/bundles/crowd-html-elements.js"></script>' + html).url)
    hands = Hands(phone).ready()
    phone.locator("#tool #annotation-area-container").scroll_into_view_if_needed()
    fingers = Fingers(phone)

    def swipe(*path: tuple[float, float]) -> None:
        fingers.down(hands.at(*path[0]))
        for place in path[1:]:
            fingers.move(hands.at(*place))
        fingers.up()

    swipe((100, 30), (140, 50), (160, 80))
    assert hands.value["boundingBoxes"] == [{"label": "bolt", "left": 100, "top": 30, "width": 60, "height": 50}]
    swipe((165, 83), (190, 95), (205, 103))  # beside its corner, as fingers are
    assert hands.value["boundingBoxes"][0]["width"] == pytest.approx(105, abs=1)
    width = hands.at(320, 0)[0] - hands.at(0, 0)[0]
    before = hands.value
    first, second = hands.at(140, 60), hands.at(180, 60)
    fingers.down(first)
    fingers.down(first, second)
    fingers.move((first[0] - 40, first[1]), (second[0] + 40, second[1]))
    fingers.up()
    assert hands.at(320, 0)[0] - hands.at(0, 0)[0] > width * 1.5
    assert hands.value == before


def test_targets_are_large_enough_for_fingers(phone: Page, serve: Any) -> None:
    html = '<meta name="viewport" content="width=device-width, initial-scale=1">' + template("crowd-polygon")
    phone.goto(serve('<script src="/bundles/crowd-html-elements.js"></script>' + html).url)
    Hands(phone).ready()
    small = phone.locator("#tool .tool, #tool .label-button").evaluate_all(
        """all => all.map((one) => [one.innerText, one.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 44 || box.height < 44)).map(([text]) => text)"""
    )
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def many(count: int) -> list[dict[str, Any]]:
    return [
        {"label": LABELS[n % 3], "left": n % 31 * 10, "top": n // 31 % 11 * 10, "width": 12, "height": 9}
        for n in range(count)
    ]


def test_a_long_list_is_windowed_and_in_step(page: Page, visit: Any) -> None:
    visit(template("crowd-bounding-box", initial_value=many(2000)))
    Hands(page).ready()
    rows = page.locator("#tool [role=option]")
    assert 5 < rows.count() < 60
    page.locator("#tool .region-list").focus()
    page.keyboard.press("End")
    expect(page.locator("#tool [aria-selected=true]")).to_have_attribute("aria-posinset", "2000")
    expect(page.locator("#tool [aria-selected=true]")).to_be_in_viewport()
    assert rows.count() < 60
    page.keyboard.press("Home")
    expect(page.locator("#tool [aria-selected=true]")).to_have_attribute("aria-posinset", "1")
