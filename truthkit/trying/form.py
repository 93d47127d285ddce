"""What a form sends: its fields, found in the template without a browser, and values for each."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from truthkit.elements import Element, load_catalogue

LABELS = ("alpha", "beta", "gamma")
NOTE = "The second line was hard to read."

# The kit's own annotator sends what a crowd element does, as the text of a hidden input.
_AS_TEXT = {"truthkit-text-annotator": "crowd-entity-annotation"}
_LIQUID_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_LIQUID_OUTPUT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_CHOICES = ("radio", "checkbox")


@dataclass(slots=True)
class Field:
    """One name of the form. ``tag`` is a crowd element's or ``input-TYPE``, ``textarea``, ``select``; ``options`` are
    the values of radio buttons, check boxes and lists."""

    name: str
    tag: str
    options: list[str] = field(default_factory=list)


class _Fields(HTMLParser):
    def __init__(self, catalogue: Mapping[str, Element]) -> None:
        super().__init__()
        self.catalogue = catalogue
        self.found: dict[str, Field] = {}
        self.labels: tuple[str, ...] = ()
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        element = self.catalogue.get(_AS_TEXT.get(tag, tag))
        if element is not None and element.answer is not None:
            kind = tag
            self._read_labels(given)
        elif tag == "input":
            kind = f"input-{given.get('type', 'text').lower()}"
        elif tag in ("textarea", "select"):
            kind = tag
        else:
            if tag == "option" and self._select is not None and given.get("value"):
                self._select.options.append(given["value"])
            return
        if element is not None and element.answer is not None and element.answer.place != "name":
            name = element.answer.key or ""
        else:
            name = given.get("name", "")
            if not name or kind in ("input-submit", "input-button", "input-reset", "input-file"):
                return
        one = self.found.setdefault(name, Field(name, kind))
        if kind in ("input-radio", "input-checkbox", "crowd-radio-button", "crowd-checkbox", "crowd-toggle-button"):
            one.options.append(given.get("value") or "on")
        if tag == "select":
            self._select = one

    def _read_labels(self, given: Mapping[str, str]) -> None:
        for name in ("labels", "categories"):
            try:
                value = json.loads(given.get(name, ""))
            except ValueError:
                continue
            if isinstance(value, list):
                texts = [one if isinstance(one, str) else one.get("label") for one in value if one]
                self.labels = self.labels or tuple(text for text in texts if isinstance(text, str))


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a template. ``labels`` are those that are written in it, which most take from the task input."""

    fields: tuple[Field, ...]
    labels: tuple[str, ...]
    catalogue: Mapping[str, Element]

    @classmethod
    def of(cls, template: Path) -> Form:
        """Read from the source, Liquid left out. Raises OSError, and UsageError where the front end is not built."""
        catalogue = load_catalogue()
        reader = _Fields(catalogue)
        text = _LIQUID_TAG.sub(" ", template.read_text("utf-8", errors="replace"))
        reader.feed(_LIQUID_OUTPUT.sub("liquid", text))
        return cls(tuple(reader.found.values()), reader.labels, catalogue)

    def answer(self, labels: Sequence[str], expected: Any = None, turn: int = 0) -> dict[str, Any]:
        """A worker's answer: what is ``expected`` where it fits a field, else an example of the element.

        Another ``turn`` gives another label.
        """
        answer: dict[str, Any] = {}
        for one in self.fields:
            value = self._value(one, labels, expected, turn)
            if one.name:
                answer[one.name] = value
            else:  # an element that adds to the top level
                answer.update(value)
        return answer

    def _value(self, one: Field, labels: Sequence[str], expected: Any, turn: int) -> Any:
        known = expected.get(one.name) if isinstance(expected, dict) else None
        if one.options and one.tag not in ("select",):
            if isinstance(known, dict):
                known = known.get("label")
            picked = known if known in one.options else one.options[turn % len(one.options)]
            return {option: option == picked for option in one.options}
        if one.tag == "select":
            return known if known in one.options else one.options[turn % len(one.options)] if one.options else ""
        element = self.catalogue.get(_AS_TEXT.get(one.tag, one.tag))
        if element is None or element.answer is None:
            return known if isinstance(known, str) else NOTE if one.tag in ("textarea", "input-text") else ""
        value = self._fitting(element, known if known is not None else expected)
        if value is None:
            value = relabelled(element.answer.example, in_turn(labels, turn))
        if one.tag in _AS_TEXT:
            return json.dumps(value)
        return value

    @staticmethod
    def _fitting(element: Element, expected: Any) -> Any:
        """``expected`` as the element's answer, None if it is none: a list fits under the element's only list."""
        assert element.answer is not None
        example = element.answer.example
        if not isinstance(example, dict):
            return expected if type(expected) is type(example) else None
        needed = [key for key, value in example.items() if isinstance(value, (str, list, dict)) and key not in _BESIDE]
        if isinstance(expected, list) and len(needed) == 1 and isinstance(example[needed[0]], list):
            expected = {needed[0]: expected}
        if not isinstance(expected, dict) or not all(type(expected.get(key)) is type(example[key]) for key in needed):
            return None
        value = {key: copy.deepcopy(expected[key]) for key in needed}
        if "inputImageProperties" in example:
            value["inputImageProperties"] = expected.get("inputImageProperties") or _around(value)
        return value


# What stands in an element's answer beside the value itself.
_BESIDE = ("inputImageProperties", "workerComment")


def _around(value: Any) -> dict[str, int]:
    """A picture that holds all shapes."""
    right = bottom = 1.0
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            right = max(right, _size(one, "left", "x") + _size(one, "width"))
            bottom = max(bottom, _size(one, "top", "y") + _size(one, "height"))
            stack.extend(part for part in one.values() if isinstance(part, (dict, list)))
        elif isinstance(one, list):
            stack.extend(one)
    return {"width": int(right) + 1, "height": int(bottom) + 1}


def _size(shape: dict[str, Any], *names: str) -> float:
    return next((float(shape[name]) for name in names if isinstance(shape.get(name), (int, float))), 0.0)


def in_turn(labels: Sequence[str], turn: int = 0) -> Callable[[str], str]:
    """Gives one label after the other for those that come, the same for the same."""
    names = labels or LABELS
    seen: dict[str, str] = {}

    def give(label: str) -> str:
        return seen.setdefault(label, names[(len(seen) + turn) % len(names)])

    return give


def relabelled(value: Any, rename: Callable[[str], str]) -> Any:
    """A copy of an answer, its labels renamed wherever an element writes one; texts that are JSON count too."""
    if isinstance(value, str):
        inside = json_inside(value)
        return value if inside is None else json.dumps(relabelled(inside, rename))
    if isinstance(value, list):
        return [relabelled(one, rename) for one in value]
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(on, bool) for on in value.values()):
        return {rename(option) if on else option: on for option, on in value.items()}
    made: dict[str, Any] = {}
    for key, one in value.items():
        if key == "label" and isinstance(one, str):
            made[key] = rename(one)
        elif key == "labels" and isinstance(one, list):
            made[key] = [rename(each) if isinstance(each, str) else each for each in one]
        elif key == "labelMappings" and isinstance(one, dict):
            made[key] = {rename(each): color for each, color in one.items()}
        else:
            made[key] = relabelled(one, rename)
    return made


def with_texts(value: Any, change: Callable[[str], str], depth: int = 0) -> tuple[Any, int]:
    """A copy of an answer whose typed texts are changed (not labels, numbers, pictures), and how many there were."""
    if isinstance(value, str) and depth == 1:
        if json_inside(value) is None and not _number(value):
            return change(value), 1
    elif isinstance(value, dict) and depth == 0:
        parts = {key: with_texts(one, change, depth + 1) for key, one in value.items()}
        return {key: one for key, (one, _) in parts.items()}, sum(count for _, count in parts.values())
    return value, 0


def json_inside(text: str) -> Any | None:
    """What a hidden input carries as JSON text: an object or a list."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
