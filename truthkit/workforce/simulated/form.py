"""What a rendered page asks for: its named elements, told from the HTML without a browser.

Fields that a template's script makes up are not seen; a workflow that needs them is for scripted workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from truthkit.lenient_json import LenientError, loads

MODERATION = "crowd-rekognition-detect-moderation-labels"

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
    "crowd-text-ranking": "ranking",
    "crowd-question-answer-generation": "pairs",
    MODERATION: "set",
}
# Elements whose answer has a key of its own.
_FIXED_NAMES = {MODERATION: "AWS/Rekognition/DetectModerationLabels/Image/V3"}
# What answers, and cannot be simulated: why.
REFUSED = {
    "crowd-textract-analyze-document": "blocks of a document have no gold",
    "object-value-input": "its value is made by the template's script",
}
PICTURE_KINDS = ("boxes", "keypoints", "lines", "polylines", "polygons", "semantic-mask", "instance-masks")
_CHECKS = ("crowd-checkbox", "crowd-toggle-button")
_NO_ANSWER = ("submit", "button", "reset", "image", "file")
_NATIVE = ("input", "textarea", "select")
# Offsets into a text in S3 are not the page's to tell.
_ADDRESSES = ("s3://", "http://", "https://")
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
        """The text whose passages are marked, None where the page does not have it."""
        if "text-json" in self.attributes:
            value = lenient_json(self.attributes["text-json"])
            return value if isinstance(value, str) else None
        text = self.attributes.get("text")
        return None if text is None or text.startswith(_ADDRESSES) else text

    def categories(self) -> list[Any]:
        """The element's own list, as the page has it."""
        value = lenient_json(self.attributes.get("categories", ""))
        return value if isinstance(value, list) else []


def read_form(html: str) -> tuple[Field, ...]:
    """The fields of a page, in the order in which their names first occur."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.fields())


def lenient_json(text: str) -> Any:
    """JSON of an attribute as the elements read it; None for what is none."""
    try:
        return loads(text)
    except LenientError:
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
        kind = self._kind(tag, attributes)
        # A widget beside its form answers under its tag, if it has no name.
        linked = tag if "crowd-form-element-id" in attributes else ""
        name = _FIXED_NAMES.get(tag) or attributes.get("name") or linked or (tag if tag in REFUSED else "")
        if kind is None or not name or (tag in _NATIVE and "disabled" in attributes):
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
        if tag in REFUSED:
            return "refused"
        if tag == "select" and "multiple" in attributes:
            return "set"
        if tag == "crowd-radio-button":
            return "choice"
        if tag == "crowd-input" and attributes.get("type") in _NUMBERS:
            return "number"
        if tag == "input":
            form = attributes.get("type", "text").lower()
            if form in _NO_ANSWER:
                return None
            kinds = {"radio": "choice", "checkbox": "flags", "number": "number", "range": "number", "hidden": "hidden"}
            return kinds.get(form, "text")
        return KIND_OF_TAG.get(tag)

    @staticmethod
    def _options(tag: str, kind: str, attributes: Mapping[str, str]) -> list[str]:
        if kind in ("choice", "flags"):
            return [attributes.get("value", "on")]
        for name in ("categories", "labels", "question-tags"):
            value = lenient_json(attributes.get(name, "")) if name in attributes else None
            if isinstance(value, list):
                return [label_name(one) for one in value]
        return []


def label_name(value: Any) -> str:
    """The name of a label: of an object its full name; other values become strings."""
    if isinstance(value, dict):
        return str(value.get("label") or value.get("fullDisplayName") or value.get("name") or "")
    return str(value)
