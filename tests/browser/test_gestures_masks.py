"""What a worker's hand paints on pictures: the mask must be what was meant, whatever part of the picture is shown."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.async_api import Page

from tests.browser.conftest import Hand, Refusal
from tests.browser.test_gestures_shapes import LARGE, zoom_in
from truthkit.findings import TruthkitError
from truthkit.workforce.gestures import (
    delete_instance,
    erase,
    fill_area,
    flood,
    nothing_to_label,
    paint,
    relabel_instance,
    submit,
)

TAGS = ["crowd-semantic-segmentation", "crowd-instance-segmentation"]


def tool(tag: str, src: str = "/picture.svg") -> str:
    return f"""<div style="height: 900px">Above</div>
      <crowd-form><{tag} id="w" name="land" labels="['road', 'water']" src="{src}"></{tag}></crowd-form>"""


def mask(hand: Hand) -> Image.Image:
    data = hand.evaluate("w._submittableValue.labeledImage.pngImageData")
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")


def colors(hand: Hand) -> list[tuple[str, str]]:
    """Label and color, in the order of the answer."""
    found: list[tuple[str, str]] = [
        (one["label"], one["color"])
        for one in hand.evaluate(
            """(w._submittableValue.instances ?? Object.entries(w._submittableValue.labelMappings)
              .map(([label, { color }]) => ({ label, color })))"""
        )
    ]
    return found


def box_of(hand: Hand, color: str) -> Any:
    """Where that color is in the mask: left, top, and the ends."""
    image = mask(hand)
    unlike = ImageChops.difference(image, Image.new("RGB", image.size, color)).convert("L")
    return unlike.point(lambda difference: 255 if difference == 0 else 0).getbbox()


@pytest.mark.parametrize("view", ["fit", "zoomed"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("tag", TAGS)
def test_what_is_painted_is_what_was_meant(hand: Hand, tag: str, width: int, view: str) -> None:
    site = hand.visit(tool(tag), width=width)
    if view == "zoomed":
        hand(zoom_in(hand.page))
    hand(paint(hand.page, "land", "water", [(20, 30), (120, 30)], size=10))
    hand(fill_area(hand.page, "land", "road", [(150, 20), (250, 20), (250, 90), (150, 90)]))
    (water, road) = sorted(colors(hand), reverse=True)
    assert (water[0], road[0]) == ("water", "road")
    assert box_of(hand, road[1]) == (150, 20, 250, 90)
    left, top, right, bottom = box_of(hand, water[1])
    assert (left, top, right, bottom) == pytest.approx((15, 25, 125, 35), abs=1)
    hand(erase(hand.page, "", [(20, 30), (120, 30)], size=16))
    assert box_of(hand, water[1]) is None
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))
    assert site.answers[0][0]["land"]["inputImageProperties"] == {"width": 320, "height": 120}


@pytest.mark.parametrize("tag", TAGS)
def test_single_pixels_and_a_large_picture(hand: Hand, tag: str) -> None:
    hand.visit(tool(tag, LARGE))
    hand(paint(hand.page, "", "road", [(3999, 2999)], size=1))
    hand(paint(hand.page, "", "water", [(0, 0), (1, 0)], size=1))
    by_label = dict(colors(hand))
    image = mask(hand)
    at = [image.getpixel(place) for place in ((3999, 2999), (3998, 2999), (0, 0), (1, 0), (2, 0), (0, 1))]
    road, water, none = (
        tuple(bytes.fromhex(color)) for color in (by_label["road"][1:], by_label["water"][1:], "f" * 6)
    )
    assert at == [road, none, water, water, none, none]


def test_flood(hand: Hand) -> None:
    hand.visit(tool("crowd-semantic-segmentation"))
    hand(paint(hand.page, "", "road", [(160, 0), (160, 119)], size=4))
    hand(flood(hand.page, "", "water", 10, 10))
    assert box_of(hand, dict(colors(hand))["water"]) == (0, 0, 158, 120)


def test_instances(hand: Hand) -> None:
    hand.visit(tool("crowd-instance-segmentation"))
    for x in (40, 120, 200):
        hand(paint(hand.page, "land", "road", [(x, 60)], size=32))
    hand(paint(hand.page, "land", "road", [(40, 60), (40, 100)], size=12, instance=0))
    hand(relabel_instance(hand.page, "land", 1, "water"))
    hand(delete_instance(hand.page, "land", 2))
    assert [label for label, _ in colors(hand)] == ["road", "water"]
    assert box_of(hand, colors(hand)[0][1])[3] > 100


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_to_label(hand: Hand, tag: str) -> None:
    hand.visit(tool(tag))
    hand(nothing_to_label(hand.page, "land"))
    hand(submit(hand.page))
    hand(hand.page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'"))


SEMANTIC = tool("crowd-semantic-segmentation")


@pytest.mark.parametrize(
    ("html", "gesture", "problem", "cure"),
    [
        pytest.param(
            SEMANTIC,
            lambda page: paint(page, "", "sky", [(5, 5)]),
            *("there is no label 'sky'", "labels here: road, water"),
            id="label",
        ),
        pytest.param(
            SEMANTIC,
            lambda page: paint(page, "", "road", [(5, 5)], size=7),
            *("no brush of 7 pixels", "sizes here: 1, 2, 3"),
            id="size",
        ),
        pytest.param(
            SEMANTIC,
            lambda page: paint(page, "", "road", [(320, 5)]),
            "is not on the picture",
            "320 pixels wide",
            id="off",
        ),
        pytest.param(
            SEMANTIC,
            lambda page: fill_area(page, "", "road", [(3, 5), (8, 9)]),
            "too few",
            "three at least",
            id="points",
        ),
        pytest.param(
            SEMANTIC,
            lambda page: delete_instance(page, "", 0),
            *("there is no crowd-instance-segmentation", "crowd-semantic-segmentation"),
            id="instance",
        ),
    ],
)
def test_gestures_say_what_is_wrong(
    hand: Hand,
    refusal: Refusal,
    html: str,
    gesture: Callable[[Page], Coroutine[Any, Any, None]],
    problem: str,
    cure: str,
) -> None:
    def attempt() -> None:
        hand.visit(html)
        hand(gesture(hand.page))

    finding = refusal(attempt, problem)
    assert problem in finding.message
    assert cure in finding.message + finding.cure


def test_a_locked_layer_is_told(hand: Hand) -> None:
    hand.visit(SEMANTIC)
    hand(paint(hand.page, "", "road", [(60, 60)], size=40))
    hand(hand.page.locator("[data-testid=lock]").click())
    with pytest.raises(TruthkitError, match="the stroke of 'water' did not come out"):
        hand(paint(hand.page, "", "water", [(60, 60)], size=10))
