"""What a rendered page asks for: its named elements, told from the HTML without a browser.

Fields that a template's script makes up are not seen; a workflow that needs them is for scripted workers.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

# Tag → kind of answer. Controls that belong together by name (radios, check boxes) are told apart below.
KIND_OF_TAG = {
    "crowd-classifier": "class",
    "crowd-image-classifier": "class",
    "crowd-classifier-multi-select": "set",
    "crowd-image-classifier-multi-select": "set",
    "crowd-entity-annotation": "spans",
    "truthkit-text-annotator": "spans",
    "crowd-bounding-box": "boxes",
    "crowd-keypoint": "keypoints",
    "crowd-line": "lines",
    "crowd-polyline": "polylines",
    "crowd-polygon": "polygons",
    "crowd-semantic-segmentation": "semantic-mask",
    "crowd-instance-segmentation": "instance-masks",
    "crowd-slider": "number",
    "crowd-input": "text",
    "crowd-text-area": "text",
    "textarea": "text",
    "select": "class",
}
PICTURE_KINDS = ("boxes", "keypoints", "lines", "polylines", "polygons", "semantic-mask", "instance-masks")
_CHECKS = ("crowd-checkbox", "crowd-toggle-button")
_NO_ANSWER = ("submit", "button", "reset", "image", "file", "hidden")
_NUMBERS = ("number", "range")


@dataclass(frozen=True, slots=True)
class Field:
    """One named field of a form. ``options`` are its labels or categories, in their order, as far as the page has them;
    ``attributes`` those of its (last) tag, decoded; ``kind`` the kind of its answer, ``tag`` decides on its shape."""

    name: str
    kind: str
    tag: str
    options: tuple[str, ...]
    attributes: Mapping[str, str]

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURE_KINDS

    def number(self, name: str) -> float | None:
        try:
            return float(self.attributes[name])
        except (KeyError, ValueError):
            return None

    @property
    def text(self) -> str | None:
        """The text whose passages are marked."""
        if "text-json" in self.attributes:
            value = lenient_json(self.attributes["text-json"])
            return value if isinstance(value, str) else None
        return self.attributes.get("text")


def read_form(html: str) -> tuple[Field, ...]:
    """The fields of a page, in the order in which their names first occur."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.fields())


def lenient_json(text: str) -> Any:
    """JSON of an attribute, or a list of quoted strings as templates write it; None for what is neither."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: dict[str, tuple[str, str, list[str], dict[str, str]]] = {}
        self._select: str | None = None

    def fields(self) -> Sequence[Field]:
        return [
            Field(name, kind, tag, tuple(dict.fromkeys(options)), attributes)
            for name, (kind, tag, options, attributes) in self._found.items()
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "option" and self._select is not None:
            self._found[self._select][2].append(attributes.get("value", ""))
            return
        name = attributes.get("name", "")
        if not name:
            return
        kind = self._kind(tag, attributes)
        if kind is None:
            return
        if tag == "select":
            self._select = name
        options = self._options(tag, kind, attributes)
        before = self._found.get(name)
        if before is not None and before[0] == kind and kind in ("choice", "flags"):
            before[2].extend(options)
        else:
            self._found[name] = (kind, tag, options, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None

    @staticmethod
    def _kind(tag: str, attributes: Mapping[str, str]) -> str | None:
        if tag in _CHECKS:
            return "flags"
        if tag == "crowd-radio-button":
            return "choice"
        if tag == "crowd-input" and attributes.get("type") in _NUMBERS:
            return "number"
        if tag == "input":
            form = attributes.get("type", "text").lower()
            if form in _NO_ANSWER:
                return None
            return {"radio": "choice", "checkbox": "flags", "number": "number", "range": "number"}.get(form, "text")
        return KIND_OF_TAG.get(tag)

    @staticmethod
    def _options(tag: str, kind: str, attributes: Mapping[str, str]) -> list[str]:
        if kind in ("choice", "flags"):
            return [attributes.get("value", "on")]
        for name in ("categories", "labels"):
            value = lenient_json(attributes.get(name, "")) if name in attributes else None
            if isinstance(value, list | tuple):
                return [one if isinstance(one, str) else _label(one) for one in value]
        return []


def _label(value: Any) -> str:
    """Of a label that is an object, its full name; other values become strings."""
    if isinstance(value, dict):
        return str(value.get("label") or value.get("fullDisplayName") or value.get("name") or "")
    return str(value)
