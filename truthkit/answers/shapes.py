"""Of which kind an answer is, by the shape that its element gives it (contract d)."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

# An annotation tool's list, and the kind it stands for.
_LISTS = {
    "entities": "spans",
    "boundingBoxes": "boxes",
    "keypoints": "keypoints",
    "lines": "lines",
    "polylines": "polylines",
    "polygons": "polygons",
    "ordinalRankingDimensions": "ranking",
    "instances": "instance-masks",
    "labelMappings": "semantic-mask",
    "labels": "set",
}
KINDS = ("class", "number", "text", *dict.fromkeys(_LISTS.values()))


def shape_of(value: Any) -> str | None:
    """The kind of one value; ``options`` for radio buttons or check boxes, None for what no element gives."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        inside = parsed(value)
        return "text" if inside is None else shape_of(inside)
    if isinstance(value, dict):
        if isinstance(value.get("label"), str):
            return "class"
        for key, kind in _LISTS.items():
            if isinstance(value.get(key), list) or (key == "labelMappings" and isinstance(value.get(key), dict)):
                return kind
        if value and all(isinstance(on, bool) for on in value.values()):
            return "options"
    return None


def parsed(text: str) -> dict[str, Any] | None:
    """What a hidden input carries as JSON text, also if an HTML attribute has encoded it."""
    if text.lstrip()[:1] != "{":
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return parsed(html.unescape(text)) if "&quot;" in text else None
    return value if isinstance(value, dict) else None


def kind_of(values: Sequence[Any], counts: Sequence[int], objects: int) -> str | None:
    """The kind of a field.

    Args:
        values: its different values, as the form sent them.
        counts: how often each occurs.
        objects: how many objects have an answer in the field.

    Most answers decide. Options of which some answer picks several, or of which there is one only, are a set, else a
    class. Texts are numbers if all are; they are a class (a list's option) if there are at most half as many different
    ones as objects, and more than one.
    """
    shapes: Counter[str] = Counter()
    for value, count in zip(values, counts, strict=True):
        shape = shape_of(value)
        if shape is not None and value != "":
            shapes[shape] += count
    if not shapes:
        return None
    [(shape, _count)] = shapes.most_common(1)
    if shape == "options":
        chosen = [value for value in values if shape_of(value) == "options"]
        return "set" if any(sum(one.values()) > 1 or len(one) == 1 for one in chosen) else "class"
    if shape == "text":
        texts = [value for value in values if isinstance(value, str) and value.strip()]
        if all(number_of(text) is not None for text in texts):
            return "number"
        return "class" if 1 < len(texts) <= objects / 2 else "text"
    return shape


def key_of(value: Any) -> Hashable | None:
    """The same for equal values of the kinds that repeat; None for others, which are not compared."""
    if isinstance(value, (str, int, float)):
        return type(value), value
    if isinstance(value, dict):
        if isinstance(value.get("label"), str):
            return "label", value["label"]
        if isinstance(value.get("labels"), list) and all(isinstance(one, str) for one in value["labels"]):
            return "labels", *sorted(set(value["labels"]))
        if all(isinstance(on, bool) for on in value.values()):
            return "options", *sorted(value.items())
    return None


def class_of(value: Any) -> str | None:
    """The class that a value chooses, None if none or several."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, dict):
        if isinstance(value.get("label"), str):
            return value["label"] or None
        picked = [name for name, on in value.items() if on is True]
        return picked[0] if len(picked) == 1 else None
    return None


def set_of(value: Any) -> frozenset[str] | None:
    """The labels that a value chooses."""
    if isinstance(value, dict):
        if isinstance(value.get("labels"), list):
            return frozenset(one for one in value["labels"] if isinstance(one, str))
        if value and all(isinstance(on, bool) for on in value.values()):
            return frozenset(name for name, on in value.items() if on)
    return None


def number_of(value: Any) -> float | None:
    """The finite number that a value is, also as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number - number == 0 else None
