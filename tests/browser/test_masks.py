"""Semantic and instance segmentation: painting, the answer pixel by pixel, masks to begin with."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import struct
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, PngImagePlugin
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.drafts import draft_holds

GREEN, BLUE, ORANGE, RED = "#2ca02c", "#1f77b4", "#ff7f0e", "#d62728"
WHITE = "#ffffff"
WIDTH, HEIGHT = 60, 40


def png(image: Image.Image, **options: Any) -> str:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def picture(width: int = WIDTH, height: int = HEIGHT, color: str = "#335577") -> str:
    return png(Image.new("RGB", (width, height), color))


def rectangles(*parts: tuple[int, int, int, int, str], size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """White, with parts as left, top, right, bottom (not included), color."""
    image = Image.new("RGB", size, WHITE)
    for left, top, right, bottom, color in parts:
        image.paste(color, (left, top, right, bottom))
    return image


def template(
    kind: str = "semantic",
    *,
    labels: Any = ("water", "field"),
    src: str | None = None,
    initial: Any = None,
    more: str = "",
) -> str:
    def attribute(value: Any) -> str:
        return html.escape(value if isinstance(value, str) else json.dumps(value))

    initial_value = "" if initial is None else f'initial-value="{attribute(initial)}"'
    return f"""<crowd-form><crowd-{kind}-segmentation name="land" header="Paint" {initial_value}
        labels="{attribute(labels)}" src="{picture() if src is None else src}">
        </crowd-{kind}-segmentation>{more}</crowd-form>"""


class Masks:
    """The element on the page, worked by pointer and keys in pixels of the picture."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("[name=land]")
        self.stage = self.element.locator("#annotation-area-container")
        expect(self.stage).to_have_attribute("data-state", "ready")

    def at(self, x: float, y: float) -> tuple[float, float]:
        place = self.element.evaluate("(element, [x, y]) => element.toClient(x, y)", [x, y])
        return place["x"], place["y"]

    def drag(self, *points: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point))
        self.page.mouse.up()

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))

    def part(self, hook: str) -> Locator:
        return self.element.get_by_test_id(hook)

    def label(self, name: str) -> None:
        self.element.locator(f".label-button[data-label='{name}']").click()

    def tool(self, name: str) -> None:
        self.part(f"tool-{name}").click()

    def size(self, pixels: int) -> None:
        self.tool("brush")
        output = self.element.locator("label:has([data-testid=size]) output")
        self.part("size").fill("0")
        for _ in range(30):
            if output.inner_text() == f"{pixels} px":
                return
            self.page.keyboard.press("]")
        raise AssertionError(f"no size {pixels}")

    @property
    def value(self) -> Any:
        return self.element.evaluate("element => element._submittableValue")

    @property
    def mask(self) -> Image.Image:
        return decode(self.value)

    @property
    def rows(self) -> list[str]:
        return self.element.locator(".region-list [role=option]").all_inner_texts()

    @property
    def faults(self) -> str:
        return self.element.locator(".faults").inner_text()


def decode(answer: Any) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(answer["labeledImage"]["pngImageData"], validate=True)))
    assert image.format == "PNG"
    assert image.mode == "RGB"
    assert image.info == {}  # no profile, no gamma, no transparency
    properties = answer["inputImageProperties"]
    assert image.size == (properties["width"], properties["height"])
    return image


def same(image: Image.Image, expected: Image.Image) -> bool:
    return image.size == expected.size and image.tobytes() == expected.tobytes()


def submitted(page: Page, site: Any) -> Any:
    page.locator("[data-testid=crowd-submit]").first.click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    return site.answers[0][0]["land"]


# --- painting


def test_rectangles_are_exact_and_only_used_labels_are_in_the_answer(page: Page, visit: Any) -> None:
    site = visit(template(labels=["water", "field", "roof"]))
    masks = Masks(page)
    masks.label("field")
    masks.tool("rectangle")
    masks.drag((10, 5), (30, 15))
    masks.label("roof")
    masks.drag((25, 10), (40, 20))
    expected = rectangles((10, 5, 30, 15, BLUE), (25, 10, 40, 20, ORANGE))
    assert same(masks.mask, expected)
    answer = submitted(page, site)
    assert set(answer) == {"inputImageProperties", "labelMappings", "labeledImage"}
    assert answer["inputImageProperties"] == {"height": HEIGHT, "width": WIDTH}
    assert answer["labelMappings"] == {"field": {"color": BLUE}, "roof": {"color": ORANGE}}
    assert same(decode(answer), expected)


def test_a_brush_paints_whole_pixels_only(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.size(6)
    masks.drag((10, 20), (50, 20))
    expected = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    for x in range(WIDTH):
        for y in range(HEIGHT):
            along = min(max(x + 0.5, 10), 50)
            if (x + 0.5 - along) ** 2 + (y + 0.5 - 20) ** 2 <= 9:
                expected.putpixel((x, y), (0x2C, 0xA0, 0x2C))
    assert same(masks.mask, expected)
    masks.tool("eraser")
    masks.drag((30, 0), (30, 40))
    assert masks.mask.getpixel((29, 20)) == (255, 255, 255)
    assert masks.mask.getpixel((26, 20)) == (0x2C, 0xA0, 0x2C)


def test_one_pixel_is_one_pixel_at_any_zoom(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.size(1)
    masks.click(12.5, 7.5)
    for _ in range(6):
        page.mouse.move(*masks.at(30, 20))
        page.mouse.wheel(0, -400)
    page.wait_for_function("document.querySelector('[name=land]').toClient(1, 0).x < 0")
    masks.click(30.9, 20.1)
    masks.click(31.05, 20.95)
    expected = rectangles((12, 7, 13, 8, GREEN), (30, 20, 32, 21, GREEN))
    assert same(masks.mask, expected)


def test_polygons_by_clicks_are_filled_by_the_even_odd_rule(page: Page, visit: Any) -> None:
    site = visit(template())
    masks = Masks(page)
    masks.tool("polygon")
    for x, y in [(10, 10), (40, 10), (40, 30), (10, 30)]:
        masks.click(x, y)
    page.locator("[data-testid=crowd-submit]").click()
    expect(masks.element.locator("#actionsContainer .error")).to_contain_text("unfinished shape")
    page.keyboard.press("Backspace")
    masks.click(10, 30)
    masks.click(10, 10)  # on the first point
    assert same(masks.mask, rectangles((10, 10, 40, 30, GREEN)))
    for x, y in [(50, 2), (54, 2), (54, 6)]:
        masks.click(x, y)
    page.keyboard.press("Escape")
    assert same(decode(submitted(page, site)), rectangles((10, 10, 40, 30, GREEN)))


def test_fill_goes_as_far_as_the_label_or_the_color(page: Page, visit: Any) -> None:
    scene = Image.new("RGB", (WIDTH, HEIGHT), "#808080")
    scene.paste("#8a8080", (0, 0, 30, 40))
    scene.paste("#c08080", (30, 0, 60, 40))
    visit(template(src=png(scene)))
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 10), (60, 12))
    masks.label("field")
    masks.tool("fill")
    masks.click(5, 5)
    assert same(masks.mask, rectangles((0, 10, 60, 12, GREEN), (0, 0, 60, 10, BLUE)))
    masks.part("similar").check()
    masks.click(5, 30)
    expected = rectangles((0, 10, 60, 12, GREEN), (0, 0, 60, 10, BLUE), (0, 12, 30, 40, BLUE))
    assert same(masks.mask, expected)


def test_a_locked_or_hidden_label_stays_as_it_is(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((10, 10), (20, 20))
    page.keyboard.press("l")
    masks.label("field")
    masks.drag((5, 5), (25, 25))
    expected = rectangles((5, 5, 25, 25, BLUE), (10, 10, 20, 20, GREEN))
    assert same(masks.mask, expected)
    assert masks.rows == ["water: locked, 100 px", "field: 300 px"]
    masks.part("only-empty").check()
    masks.label("water")
    expect(masks.part("remove")).to_be_disabled()
    masks.part("lock").click()
    masks.drag((0, 0), (10, 10))
    expected.paste(GREEN, (0, 0, 10, 5))
    expected.paste(GREEN, (0, 5, 5, 10))
    assert same(masks.mask, expected)
    masks.part("hide").click()
    assert masks.mask.getpixel((0, 0)) == (0x2C, 0xA0, 0x2C)  # hidden is not gone
    masks.part("hide").click()
    masks.part("remove").click()
    expected.paste(WHITE, (0, 0, 10, 5))
    expected.paste(WHITE, (0, 5, 5, 10))
    expected.paste(WHITE, (10, 10, 20, 20))
    assert same(masks.mask, expected)


def test_everything_is_undone_and_done_again(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    states = [masks.value]
    masks.drag((5, 5), (30, 30))
    states.append(masks.value)
    masks.label("field")
    masks.tool("fill")
    masks.click(50, 5)
    states.append(masks.value)
    page.keyboard.press("Delete")
    states.append(masks.value)
    assert len({json.dumps(state) for state in states}) == 3
    for state in reversed(states[:-1]):
        page.keyboard.press("Control+z")
        assert masks.value == state
    expect(masks.part("undo")).to_be_disabled()
    for state in states[1:]:
        page.keyboard.press("Control+Shift+z")
        assert masks.value == state
    expect(masks.part("redo")).to_be_disabled()


def test_a_second_finger_takes_the_stroke_back(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    x, y = masks.at(10, 10)
    masks.stage.evaluate(
        """(stage, [x, y]) => {
            stage.setPointerCapture = () => {};
            const send = (type, pointerId, clientX) => stage.dispatchEvent(new PointerEvent(type,
                {pointerId, clientX, clientY: y, button: 0, pointerType: "touch", bubbles: true, composed: true}));
            send("pointerdown", 1, x); send("pointermove", 1, x + 50); send("pointerdown", 2, x + 90);
            send("pointerup", 1, x); send("pointerup", 2, x);
        }""",
        [x, y],
    )
    assert masks.value["labelMappings"] == {}
    expect(masks.part("undo")).to_be_disabled()


# --- by the keyboard alone


def test_painting_by_keyboard_alone(page: Page, visit: Any) -> None:
    site = visit(template())
    masks = Masks(page)
    masks.size(1)
    masks.stage.focus()
    page.keyboard.press("2")
    for _ in range(10):
        page.keyboard.press("Control+ArrowLeft")
        page.keyboard.press("Control+ArrowUp")
    page.keyboard.down("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.up("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")
    expected = rectangles((0, 0, 11, 1, BLUE), (10, 1, 11, 4, BLUE))
    assert same(masks.mask, expected)
    page.keyboard.press("p")
    page.keyboard.press("1")
    for key in ["Space", "Shift+ArrowRight", "Space", "Shift+ArrowDown", "Space", "Enter"]:
        page.keyboard.press(key)
    triangle = masks.mask
    assert triangle.getpixel((18, 5)) == (0x2C, 0xA0, 0x2C)
    assert triangle.getpixel((12, 12)) == (255, 255, 255)
    page.keyboard.press("Control+Enter")
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert same(decode(site.answers[0][0]["land"]), triangle)


def test_a_pen_put_down_by_key_comes_up_when_the_pointer_moves(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.size(1)
    page.mouse.move(*masks.at(10.5, 10.5))
    masks.stage.focus()
    page.keyboard.press("ArrowRight")  # the cursor appears where the pointer is
    page.keyboard.press("d")
    page.keyboard.press("ArrowRight")
    page.mouse.move(*masks.at(40.5, 30.5))
    page.keyboard.press("ArrowRight")
    assert same(masks.mask, rectangles((10, 10, 12, 11, GREEN)))
    page.keyboard.down("Space")  # at the keyboard's cursor it paints, though the pointer is there
    page.keyboard.press("ArrowDown")
    page.keyboard.up("Space")
    assert same(masks.mask, rectangles((10, 10, 12, 11, GREEN), (40, 30, 41, 32, GREEN)))


def test_a_slider_keeps_its_own_keys(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    page.keyboard.press("+")
    for key, percent in [("Home", "0 %"), ("ArrowRight", "1 %"), ("End", "100 %")]:
        masks.part("opacity").press(key)
        expect(masks.element.locator("label:has([data-testid=opacity]) output")).to_have_text(percent)


def test_keys_do_nothing_while_someone_types(page: Page, visit: Any) -> None:
    visit(template(more="<input id=note>"))
    masks = Masks(page)
    masks.drag((5, 5), (20, 20))
    page.locator("#note").press_sequentially("rpe2")
    page.locator("#note").press("Delete")
    expect(masks.part("tool-brush")).to_have_attribute("aria-pressed", "true")
    assert masks.rows == [next(iter(masks.rows))]


# --- nothing to label


def test_an_empty_answer_needs_the_workers_word(page: Page, visit: Any) -> None:
    site = visit(template())
    masks = Masks(page)
    page.locator("[data-testid=crowd-submit]").click()
    expect(masks.element.locator("#actionsContainer .error")).to_contain_text("Nothing to label")
    assert site.posts == []
    masks.element.locator("#nothing-to-label").check()
    page.keyboard.press("Control+z")
    expect(masks.element.locator("#nothing-to-label")).not_to_be_checked()
    masks.element.locator("#nothing-to-label").check()
    answer = submitted(page, site)
    assert answer["labelMappings"] == {}
    assert same(decode(answer), rectangles())


def test_what_is_painted_takes_the_word_back(page: Page, visit: Any) -> None:
    visit(template("instance"))
    masks = Masks(page)
    masks.element.locator("#nothing-to-label").check()
    masks.drag((5, 5), (20, 20))
    expect(masks.element.locator("#nothing-to-label")).not_to_be_checked()
    expect(masks.element.locator("#nothing-to-label")).to_be_disabled()


# --- objects


def test_each_object_has_a_color_of_its_own(page: Page, visit: Any) -> None:
    site = visit(template("instance", labels=["round", "long"]))
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 0), (10, 10))
    masks.drag((10, 0), (20, 5))  # goes on with the same object
    page.keyboard.press("n")
    masks.drag((30, 0), (40, 10))
    masks.label("long")
    masks.drag((0, 20), (10, 30))
    masks.tool("eraser")
    masks.drag((30, 0), (40, 10))
    for y in range(0, 15, 5):
        masks.drag((32, y), (44, y))
    assert masks.rows == ["round: object 1, 150 px", "round: object 2, 0 px", "long: object 3, 100 px"]
    answer = submitted(page, site)
    assert set(answer) == {"inputImageProperties", "instances", "labeledImage"}
    assert answer["instances"] == [{"color": GREEN, "label": "round"}, {"color": ORANGE, "label": "long"}]
    expected = rectangles((0, 0, 10, 10, GREEN), (10, 0, 20, 5, GREEN), (0, 20, 10, 30, ORANGE))
    assert same(decode(answer), expected)


def test_an_object_is_selected_relabeled_and_deleted_from_the_list(page: Page, visit: Any) -> None:
    visit(template("instance", labels=["round", "long"]))
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 0), (10, 10))
    masks.label("round")
    masks.drag((20, 0), (30, 10))
    masks.element.locator(".region-list [role=option]").first.click()
    masks.part("relabel").select_option("long")
    instances = [{"color": GREEN, "label": "long"}, {"color": BLUE, "label": "round"}]
    assert masks.value["instances"] == instances
    masks.drag((0, 10), (10, 20))  # the selected one grows
    assert same(masks.mask, rectangles((0, 0, 10, 20, GREEN), (20, 0, 30, 10, BLUE)))
    page.keyboard.press("Delete")
    assert masks.value["instances"] == instances[1:]
    assert same(masks.mask, rectangles((20, 0, 30, 10, BLUE)))
    for _ in range(2):
        page.keyboard.press("Control+z")
    assert masks.value["instances"] == instances
    page.keyboard.press("Control+z")
    assert masks.value["instances"] == [{"color": GREEN, "label": "round"}, {"color": BLUE, "label": "round"}]
    for _ in range(2):
        page.keyboard.press("Control+z")
    assert masks.rows == []


# --- masks to begin with

FIELD = (0, 0, 20, 10, "#123456")
WATER = (30, 20, 60, 40, BLUE)


def semantic_value(mask: Image.Image | str, **colors: str) -> dict[str, Any]:
    src = mask if isinstance(mask, str) else png(mask)
    return {"labelMappings": {label: {"color": color} for label, color in colors.items()}, "src": src}


def test_an_initial_value_comes_back_as_it_was_with_its_colors(page: Page, visit: Any) -> None:
    mask = rectangles(FIELD, WATER)
    site = visit(template(labels=["water", "field", "roof"], initial=semantic_value(mask, field="#123456", water=BLUE)))
    masks = Masks(page)
    page.wait_for_function("document.querySelector('[name=land]').value.initialValueModified === false")
    assert masks.faults == ""
    masks.label("roof")
    masks.tool("rectangle")
    masks.drag((0, 30), (10, 40))
    assert masks.value["initialValueModified"] is True
    assert masks.value["labelMappings"]["roof"] == {"color": GREEN}  # the first that is free
    page.keyboard.press("Delete")
    assert masks.value["initialValueModified"] is False  # what is the same is not modified
    answer = submitted(page, site)
    assert answer["labelMappings"] == {"field": {"color": "#123456"}, "water": {"color": BLUE}}
    assert same(decode(answer), mask)


@pytest.mark.parametrize("mode", ["P", "RGBA", "gamma", "1-bit"])
def test_the_colors_of_any_png_are_read_exactly(page: Page, visit: Any, mode: str) -> None:
    mask, options = rectangles(FIELD, WATER), {}
    expected = mask.copy()
    if mode == "P":
        mask = mask.convert("P", palette=Image.Palette.ADAPTIVE)
    elif mode == "RGBA":
        mask = mask.convert("RGBA")
        mask.paste((18, 52, 86, 0), (40, 0, 60, 10))  # transparent: no label, whatever its color
    elif mode == "gamma":
        chunks = PngImagePlugin.PngInfo()
        chunks.add(b"gAMA", struct.pack(">I", 100_000))
        options["pnginfo"] = chunks
    else:
        mask = rectangles((0, 0, 20, 10, "#000000")).convert("1")
        expected = rectangles((0, 0, 20, 10, "#000000"))
    colors = {"field": "#000000"} if mode == "1-bit" else {"field": "#123456", "water": BLUE}
    visit(template(initial=semantic_value(png(mask, **options), **colors)))
    masks = Masks(page)
    page.wait_for_function("document.querySelector('[name=land]').value.initialValueModified === false")
    assert same(masks.mask, expected)


def test_initial_objects_keep_their_colors_and_new_ones_get_others(page: Page, visit: Any) -> None:
    mask = rectangles((0, 0, 10, 10, BLUE), (20, 0, 30, 10, GREEN), (40, 0, 50, 10, "#abcdef"))
    instances = [
        {"color": BLUE.upper(), "label": "round"},
        {"color": GREEN, "label": "gone"},
        {"color": "#abcdef", "label": "long"},
        {"color": RED, "label": "long"},
    ]
    site = visit(template("instance", labels=["round", "long"], initial={"instances": instances, "src": png(mask)}))
    masks = Masks(page)
    expect(masks.element.locator(".faults")).to_contain_text('["gone"]')
    masks.label("long")
    masks.tool("rectangle")
    masks.drag((0, 20), (10, 30))
    answer = submitted(page, site)
    assert "initialValueModified" not in answer
    assert answer["instances"] == [
        {"color": BLUE, "label": "round"},
        {"color": "#abcdef", "label": "long"},
        {"color": GREEN, "label": "long"},
    ]
    expected = rectangles((0, 0, 10, 10, BLUE), (40, 0, 50, 10, "#abcdef"), (0, 20, 10, 30, GREEN))
    assert same(decode(answer), expected)


@pytest.mark.parametrize(
    ("initial", "told"),
    [
        ("{labelMappings: {water: ", 'The attribute initial-value="{labelMappings: {water: " is not JSON'),
        ([1, 2], "initial-value=[1,2] is not an object with labelMappings and src"),
        ({"labelMappings": {"water": {"color": BLUE}}}, "has no src"),
        ({"labelMappings": {"water": {"color": float("nan")}}, "src": "m.png"}, "gives “water” no color"),
        (semantic_value("data:,", water=WHITE), "the color white, which means nothing"),
        (semantic_value("data:,", water=BLUE, field=BLUE), "two entries the color #1f77b4"),
        (semantic_value("/nowhere.png", water=BLUE), "could not be loaded. The picture 127.0.0.1"),
        (semantic_value("data:image/png;base64,AAAA", water=BLUE), "is damaged, empty"),
        (semantic_value(rectangles(size=(61, 40)), water=BLUE), "is 61 by 40 pixels, and the picture is 60 by 40"),
        (semantic_value(rectangles(WATER), water=RED), "has none of the colors that are named"),
        (semantic_value(rectangles(WATER), sea=BLUE), '["sea"]'),
    ],
    ids=[
        "malformed", "list", "no-src", "nan", "white", "twice", "missing", "damaged", "size", "colors", "unknown-label",
    ],
)  # fmt: skip
def test_a_bad_initial_value_is_told_and_the_page_goes_on(page: Page, visit: Any, initial: Any, told: str) -> None:
    site = visit(template(initial=initial))
    masks = Masks(page)
    expect(masks.element.locator(".faults")).to_contain_text(told)
    masks.tool("rectangle")
    masks.drag((0, 0), (10, 10))
    answer = submitted(page, site)
    assert same(decode(answer), rectangles((0, 0, 10, 10, answer["labelMappings"]["water"]["color"])))


def test_the_background_of_an_earlier_map_is_no_fault(page: Page, visit: Any) -> None:
    value = f"""{{ labelMappings: {{ "water": {{ color: '{BLUE}' }}, 'BACKGROUND': {{color: "#ffffff"}}, }},
        src: '{png(rectangles(WATER))}' }}"""
    visit(template(initial=value))
    masks = Masks(page)
    page.wait_for_function("document.querySelector('[name=land]').value.initialValueModified === false")
    assert masks.faults == ""
    assert masks.value["labelMappings"] == {"water": {"color": BLUE}}


# --- labels, pictures, pages


def test_labels_are_live(page: Page, visit: Any) -> None:
    initial = semantic_value(rectangles(FIELD, WATER), field="#123456", water=BLUE)
    visit(
        template(initial=initial)
        + """<script>
        document.addEventListener("all-crowd-elements-ready", () => {
            const element = document.querySelector("[name=land]");
            element.labels = [];
            element.labels = element.labels.concat(["water"]);
            element.labels = element.labels.concat(["field"]);
        });</script>"""
    )
    masks = Masks(page)
    page.wait_for_function("document.querySelector('[name=land]').value.initialValueModified === false")
    assert same(masks.mask, rectangles(FIELD, WATER))
    masks.tool("rectangle")
    masks.label("water")
    masks.drag((0, 20), (10, 30))
    masks.element.evaluate("element => { element.labels = element.labels.filter((label) => label !== 'field') }")
    # At once, before anything is drawn:
    value = masks.element.evaluate("element => { element.labels = ['water', 'new']; return element.value }")
    assert value["labelMappings"] == {"water": {"color": BLUE}}
    assert same(decode(value), rectangles(WATER, (0, 20, 10, 30, BLUE)))
    masks.label("new")
    expect(masks.part("undo")).to_be_disabled()
    masks.element.evaluate("element => { element.labels = [] }")
    masks.drag((30, 0), (40, 10))
    assert masks.value["labelMappings"] == {}


def test_what_a_script_changes_in_the_value_stays_its_own(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.drag((5, 5), (20, 20))
    before = masks.value
    masks.element.evaluate(
        "element => { element.value.labelMappings.water.color = 'x'; delete element.value.labelMappings }"
    )
    assert masks.value == before


def test_ten_thousand_labels_and_one_twice(page: Page, visit: Any) -> None:
    visit(template(labels=[f"label {index}" for index in range(10_000)] + ["label 0"]))
    masks = Masks(page)
    expect(masks.element.locator(".faults")).to_contain_text("“label 0” twice")
    masks.element.locator(".label-search").fill("label 9999")
    masks.label("label 9999")
    masks.drag((5, 5), (20, 20))
    [(label, mapping)] = masks.value["labelMappings"].items()
    assert label == "label 9999"
    colors = {color for _, color in masks.mask.getcolors() or []}
    assert colors == {(255, 255, 255), tuple(bytes.fromhex(mapping["color"][1:]))}


def test_a_picture_that_is_not_there_stops_the_submission(page: Page, visit: Any) -> None:
    site = visit(template(src="/nowhere.png"))
    element = page.locator("[name=land]")
    expect(element.locator("[data-testid=picture-failed]")).to_contain_text("/nowhere.png")
    assert element.evaluate("element => element.value.labelMappings") == {}
    page.locator("[data-testid=crowd-submit]").click()
    expect(element.locator("#actionsContainer .error")).to_be_visible()
    assert site.posts == []


def test_a_reload_keeps_the_work(page: Page, visit: Any) -> None:
    visit(template("instance", labels=["round", "long"]))
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 0), (10, 10))
    masks.label("long")
    masks.drag((20, 20), (60, 40))
    before = masks.value
    draft_holds(page, '"long"')
    page.reload()
    masks = Masks(page)
    expect(masks.element.locator(".region-list [role=option]")).to_have_count(2)
    assert masks.value == before
    masks.label("long")
    masks.tool("rectangle")
    masks.drag((0, 20), (10, 30))
    assert [instance["color"] for instance in masks.value["instances"]] == [GREEN, BLUE, ORANGE]


@pytest.mark.parametrize("kind", ["semantic", "instance"])
def test_a_draft_waits_for_labels_that_come_later(page: Page, visit: Any, kind: str) -> None:
    def labels(*names: str) -> Masks:
        masks = Masks(page)
        masks.element.evaluate("(element, names) => { element.labels = names }", names)
        return masks

    visit(template(kind, labels=[]))
    masks = labels("water", "field")
    masks.tool("rectangle")
    masks.label("water")
    masks.drag((0, 0), (10, 10))
    masks.label("field")
    masks.drag((20, 20), (60, 40))
    before = masks.value
    draft_holds(page, '"field"')
    page.reload()
    # First only one of them is there, and the worker goes on.
    masks = labels("water")
    masks.tool("rectangle")
    masks.label("water")
    masks.drag((30, 0), (40, 10))
    page.keyboard.press("Control+z")
    masks.drag((0, 20), (10, 30))
    # Ten pixels of it, ten of none, forty of the field: runs in base 36. An instance is a third object.
    draft_holds(page, f"a.{1 if kind == 'semantic' else 3} a.0 14.2")
    page.reload()
    masks = labels("water", "field")
    assert masks.mask.getpixel((40, 30)) == decode(before).getpixel((40, 30)) != (255, 255, 255)
    assert masks.mask.getpixel((5, 25)) != (255, 255, 255)


def test_work_goes_on_when_the_picture_is_loaded_again(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.drag((5, 5), (20, 20))
    before = masks.value
    masks.element.evaluate("(element, src) => { element.src = src }", "/nowhere.png")
    expect(masks.stage).to_have_attribute("data-state", "failed")
    masks.element.evaluate("(element, src) => { element.src = src }", picture(color="#aabbcc"))
    masks = Masks(page)
    assert masks.value == before
    masks.part("undo").click()
    assert masks.value["labelMappings"] == {}


def test_a_picture_that_never_comes_does_not_hold_the_worker_up(page: Page, visit: Any) -> None:
    site = visit(template(src="/nowhere.png"))
    element = page.locator("[name=land]")
    element.locator("[data-testid=picture-failed]").wait_for()
    element.locator("#nothing-to-label").check()
    page.locator("[data-testid=crowd-submit]").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert site.answers[0][0]["land"]["labelMappings"] == {}


def test_nothing_to_label_does_not_throw_away_a_mask_that_nobody_saw(page: Page, visit: Any) -> None:
    site = visit(template(src="/nowhere.png", initial=semantic_value(rectangles(WATER), water=BLUE)))
    element = page.locator("[name=land]")
    element.locator("[data-testid=picture-failed]").wait_for()
    element.locator("#nothing-to-label").check()
    page.locator("[data-testid=crowd-submit]").click()
    expect(element.locator("#actionsContainer .error")).to_contain_text("could not be loaded")
    assert site.posts == []


def test_the_focus_stays_when_undo_has_nothing_more_to_do(page: Page, visit: Any) -> None:
    visit(template())
    masks = Masks(page)
    masks.drag((5, 5), (20, 20))
    masks.part("undo").focus()
    page.keyboard.press("Enter")
    expect(masks.element).to_be_focused()
    page.keyboard.press("Control+y")
    assert "water" in masks.value["labelMappings"]


def test_reset_goes_back_to_the_initial_value(page: Page, visit: Any) -> None:
    visit(template(initial=semantic_value(rectangles(FIELD), field="#123456")))
    masks = Masks(page)
    page.wait_for_function("document.querySelector('[name=land]').value.initialValueModified === false")
    masks.drag((5, 5), (50, 30))
    page.evaluate("document.querySelector('crowd-form').reset()")
    assert same(masks.mask, rectangles(FIELD))
    assert masks.value["initialValueModified"] is False


@pytest.mark.parametrize("language", ["de", "ja", "ar"])
def test_other_languages_and_directions(page: Page, visit: Any, language: str) -> None:
    visit(f'<html lang="{language}"><head></head><body>{template("instance")}</body></html>')
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 0), (10, 10))
    assert same(masks.mask, rectangles((0, 0, 10, 10, GREEN)))
    texts = " ".join(masks.element.locator(".tools, .panel, .readout").all_inner_texts())
    assert not re.search(r"Brush|Hide|object|nothing", texts)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["semantic", "instance"])
def test_nothing_is_hard_to_reach_or_read(page: Page, visit: Any, kind: str, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    visit(f'<html lang="en"><head><title>Masks</title></head><body><main>{template(kind)}</main></body></html>')
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((5, 5), (30, 20))
    masks.tool("fill")
    masks.part("similar").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in serious] == []
    small = masks.element.evaluate(
        """element => Array.from(element.shadowRoot.querySelectorAll(".tools *, .panel *"))
            .filter((one) => one.matches("button, input, select"))
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && Math.min(box.width, box.height) < 24)
            .map(([one]) => one.outerHTML)"""
    )
    assert small == []


def test_fingers_get_larger_targets(chromium: Browser, serve: Any) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(serve('<script src="/bundles/crowd-html-elements.js"></script>' + template("instance")).url)
    masks = Masks(page)
    masks.tool("polygon")
    for x, y in [(10, 10), (40, 10), (40, 30)]:
        page.touchscreen.tap(*masks.at(x, y))
    masks.part("finish-shape").tap()
    assert masks.mask.getpixel((39, 20)) == (0x2C, 0xA0, 0x2C)
    masks.tool("rectangle")
    for x, y in [(0, 30), (10, 40)]:
        page.touchscreen.tap(*masks.at(x, y))
    assert masks.mask.getpixel((9, 39)) == (0x2C, 0xA0, 0x2C)
    small = masks.element.evaluate(
        """element => Array.from(element.shadowRoot.querySelectorAll(".tools :is(button, label), .panel button"))
            .filter((one) => { const { height } = one.getBoundingClientRect(); return height && height < 44 })
            .map((one) => one.outerHTML)"""
    )
    assert small == []
    context.close()


def test_the_mask_is_seen_with_its_opacity(page: Page, visit: Any) -> None:
    visit(template(src=picture(color="#000000")))
    masks = Masks(page)
    masks.tool("rectangle")
    masks.drag((0, 0), (60, 40))

    def middle() -> tuple[int, ...]:
        page.mouse.move(0, 0)
        box = masks.stage.bounding_box()
        assert box
        shot = Image.open(io.BytesIO(masks.stage.screenshot())).convert("RGB")
        color = shot.getpixel((shot.width // 2, shot.height // 2))
        assert isinstance(color, tuple)
        return color

    assert middle() == pytest.approx((0x2C * 0.55, 0xA0 * 0.55, 0x2C * 0.55), abs=3)
    masks.part("opacity").fill("100")
    assert middle() == (0x2C, 0xA0, 0x2C)
    masks.part("hide").click()
    assert middle() == (0, 0, 0)


def test_a_tall_polygon_on_the_screen_is_what_is_in_the_answer(page: Page, visit: Any) -> None:
    """After many strokes, each of which draws its part only, the canvas shows the whole mask."""
    visit(template(src=picture(300, 200, "#000000")))
    masks = Masks(page)
    masks.part("opacity").fill("100")
    for step in range(8):
        masks.label("water" if step % 2 else "field")
        masks.drag((20 + 30 * step, 20), (290 - 30 * step, 190))
    page.mouse.move(0, 0)
    expected = masks.mask
    canvas = masks.element.locator("canvas.upper-canvas")
    data = canvas.evaluate("canvas => canvas.toDataURL()")
    shown = Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGBA")
    for x in range(2, 300, 7):
        for y in range(2, 200, 7):
            at = (int((x + 0.5) * shown.width / 300), int((y + 0.5) * shown.height / 200))
            color = expected.getpixel((x, y))
            seen = shown.getpixel(at)
            assert isinstance(seen, tuple)
            assert seen == ((0, 0, 0, 0) if color == (255, 255, 255) else (*color, 255))  # type: ignore[misc]
