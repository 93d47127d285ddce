"""Answers as a page's elements give them, made up: to call a post-annotation handler without workers."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Mapping
from typing import Any

from truthkit.elements import Element, is_unknown
from truthkit.lenient_json import LenientError, loads
from truthkit.lint.page import Node, Page

_SIZE = {"height": 48, "width": 64}
_MAPS = ("crowd-checkbox", "crowd-toggle-button", "crowd-radio-button")


def answer_of(page: Page, elements: Mapping[str, Element]) -> tuple[dict[str, Any], bool]:
    """A valid answer to a rendered page, and whether it is surely of the right shape (no script adds to it)."""
    answer: dict[str, Any] = {}
    reliable = not any(
        re.search(r"submit|\.value\s*=|createElement|innerHTML", page.content(node)) for node in page.scripts()
    )
    for node in page.nodes:
        name = page.value(node, "name")
        element = elements.get(node.name)
        if "-" in node.name and element is None:
            reliable = reliable and not name and not is_unknown(node.name, elements)
            continue
        if element is not None and element.answer is not None and element.answer.place != "name":
            value = element.answer.example
            answer.update(value if element.answer.place == "top-level" else {str(element.answer.key): value})
        elif name and element is not None and element.answer is not None:
            value = _of_element(page, node)
            _put(answer, name, element.answer.example if value is None else value, node.name in _MAPS)
        elif name and node.name in ("input", "select", "textarea"):
            kind = (page.value(node, "type") or "text").lower()
            if kind == "hidden":
                reliable = False
            if kind in ("submit", "button", "reset", "image"):
                continue
            _put(answer, name, _of_native(page, node, kind, answer.get(name)), kind in ("radio", "checkbox"))
    return answer, reliable


def _put(answer: dict[str, Any], name: str, value: Any, merges: bool) -> None:
    before = answer.get(name)
    answer[name] = {**before, **value} if merges and isinstance(before, dict) else value


def _labels(page: Page, node: Node) -> list[str]:
    for attribute in ("labels", "categories"):
        try:
            found = loads(html.unescape(page.value(node, attribute) or "[]"))
        except LenientError:
            continue
        if isinstance(found, list) and found:
            return [str(each.get("label", "a") if isinstance(each, dict) else each) for each in found]
    return ["a"]


def _of_element(page: Page, node: Node) -> Any:
    label = _labels(page, node)[0]
    point = {"x": 8, "y": 8}
    vertices = [point, {"x": 40, "y": 8}, {"x": 40, "y": 40}]
    match node.name.removeprefix("crowd-"):
        case "checkbox" | "toggle-button" | "radio-button":
            return {page.value(node, "value") or "on": True}
        case "classifier" | "image-classifier":
            return {"label": label}
        case "classifier-multi-select" | "image-classifier-multi-select":
            return {"labels": [label]}
        case "bounding-box":
            box = {"label": label, "left": 4, "top": 4, "width": 24, "height": 16}
            return {"boundingBoxes": [box], "inputImageProperties": _SIZE}
        case "keypoint":
            return {"keypoints": [{"label": label, **point}], "inputImageProperties": _SIZE}
        case "polygon":
            return {"polygons": [{"label": label, "vertices": vertices}], "inputImageProperties": _SIZE}
        case "polyline":
            return {"polylines": [{"label": label, "vertices": vertices}], "inputImageProperties": _SIZE}
        case "line":
            return {"lines": [{"label": label, "vertices": vertices[:2]}], "inputImageProperties": _SIZE}
        case "semantic-segmentation":
            colors = {"labelMappings": {label: {"color": "#2ca02c"}}}
            return {**colors, "labeledImage": {"pngImageData": _mask()}, "inputImageProperties": _SIZE}
        case "instance-segmentation":
            instances = {"instances": [{"color": "#2ca02c", "label": label}]}
            return {**instances, "labeledImage": {"pngImageData": _mask()}, "inputImageProperties": _SIZE}
        case "entity-annotation":
            end = min(4, len(page.value(node, "text") or ""))
            return {"entities": [{"label": label, "startOffset": 0, "endOffset": end}] if end else []}
        case "slider":
            return _number(page.value(node, "value") or page.value(node, "min"))
        case "input" | "text-area":
            return "3" if (page.value(node, "type") or "") == "number" else page.value(node, "value") or "some words"
    return None


def _of_native(page: Page, node: Node, kind: str, before: Any) -> Any:
    value = page.value(node, "value")
    if kind == "radio":
        return {value or "on": not (isinstance(before, dict) and any(before.values()))}
    if kind == "checkbox":
        return {value or "on": True}
    if node.name == "select":
        options = [one for one in page.nodes if one.name == "option" and node in one.ancestors()]
        return next((text for one in options if (text := page.value(one, "value"))), "a")
    by_kind = {"number": "3", "range": "3", "date": "2026-01-31", "time": "12:00", "color": "#2ca02c", "hidden": "",
               "email": "a@example.com", "url": "https://example.com"}  # fmt: skip
    return value or by_kind.get(kind, "some words")


def _number(text: str | None) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 1


def _mask() -> str:
    from PIL import Image

    image = Image.new("RGB", (_SIZE["width"], _SIZE["height"]), "#ffffff")
    image.paste((0x2C, 0xA0, 0x2C), (8, 8, 40, 40))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()
