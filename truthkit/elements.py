"""The catalogue of the crowd elements, as the front end's build wrote it: attributes, regions, answers, stories.

``custom-elements.json`` is a custom-elements manifest (https://github.com/webcomponents/custom-elements-manifest) with
the kit's own facts under ``truthkit``. It is made from the elements' sources, so nothing of it is repeated here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from truthkit.findings import UsageError
from truthkit.project import bundles_dir

CATALOGUE = "custom-elements.json"

Kind = Literal["form", "control", "decoration", "image", "text", "choice", "review", "region"]
AttributeType = Literal["boolean", "json", "number", "string"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that the element observes. ``default`` is JSON, None where there is none."""

    name: str
    type: AttributeType
    meaning: str
    default: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    """The words that it takes, where others mean nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the element adds to the page's answer."""

    place: Literal["name", "top-level", "key"]
    """Under the element's ``name``, merged into the top level, or under the fixed ``key``."""
    schema: Mapping[str, Any]
    """A JSON Schema of the value."""
    example: Any
    key: str | None = None
    question: str | None = None
    """The open question (``Q…``) if the shape is a choice of the kit."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that do one thing, in the notation of the front end (``Mod+z``: Ctrl, or Command on a Mac)."""

    keys: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Story:
    """A fragment that shows the element; for the inside of ``crowd-form``, unless the element stands alone."""

    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Element:
    """One element. Mappings go from a name to what it means."""

    tag: str
    class_name: str
    kind: Kind
    summary: str
    attributes: Mapping[str, Attribute]
    ignored: Mapping[str, str]
    """Attributes that templates write and that have no effect."""
    content: str | None
    regions: Mapping[str, str]
    alone: bool
    """It has a form of its own: its stories are whole pages."""
    parent: str | None
    events: Mapping[str, str]
    members: Mapping[str, str]
    """Properties and methods beyond those that mirror attributes; a method's name ends with ``()``."""
    css_properties: Mapping[str, str]
    keys: tuple[Keys, ...]
    answer: Answer | None
    stories: tuple[Story, ...]


def load_catalogue(file: Path | None = None) -> dict[str, Element]:
    """The elements by tag, in the order of the catalogue.

    Args:
        file: another manifest than that of the built front end.

    Raises UsageError if the front end is not built.
    """
    file = file or bundles_dir() / CATALOGUE
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{file} is missing: the front end is not built", "run make build") from None
    declarations = [declaration for module in manifest["modules"] for declaration in module["declarations"]]
    return {declaration["tagName"]: _element(declaration) for declaration in declarations}


def is_unknown(tag: str, elements: Mapping[str, Element]) -> bool:
    """Whether a tag is meant to be a crowd element, and is none."""
    # crowd-slider-label stands in a sample of the service, and does nothing.
    return tag.startswith("crowd-") and tag not in elements and tag != "crowd-slider-label"


def _element(declaration: Mapping[str, Any]) -> Element:
    own = declaration["truthkit"]
    required = own.get("required", ())
    slots = _meanings(declaration.get("slots", ()))
    attributes = [_attribute(entry, required) for entry in declaration.get("attributes", ())]
    return Element(
        tag=declaration["tagName"],
        class_name=declaration["name"],
        kind=own["kind"],
        summary=declaration["summary"],
        attributes={attribute.name: attribute for attribute in attributes},
        ignored=_meanings(own.get("ignored", ())),
        content=slots.get(""),
        regions=_meanings(own.get("regions", ())),
        alone=own.get("alone", False),
        parent=own.get("parent"),
        events=_meanings(declaration.get("events", ())),
        members={
            member["name"] + ("()" if member["kind"] == "method" else ""): member["description"]
            for member in declaration.get("members", ())
            if "attribute" not in member
        },
        css_properties=_meanings(declaration.get("cssProperties", ())),
        keys=tuple(Keys(tuple(entry["keys"]), entry["label"]) for entry in own.get("keys", ())),
        answer=_answer(own["answer"]) if "answer" in own else None,
        stories=tuple(Story(story["title"], story["html"]) for story in own["stories"]),
    )


def _attribute(entry: Mapping[str, Any], required: list[str]) -> Attribute:
    own = entry["truthkit"]
    return Attribute(
        name=entry["name"],
        type=own["type"],
        meaning=entry["description"],
        default=entry.get("default"),
        required=entry["name"] in required,
        values=tuple(own.get("values", ())),
    )


def _answer(own: Mapping[str, Any]) -> Answer:
    place = own["place"]
    fixed = isinstance(place, dict)
    return Answer(
        place="key" if fixed else place,
        schema=own["schema"],
        example=own["example"],
        key=place["key"] if fixed else None,
        question=own.get("question"),
    )


def _meanings(entries: list[dict[str, str]] | tuple[()]) -> dict[str, str]:
    return {entry["name"]: entry["description"] for entry in entries}
