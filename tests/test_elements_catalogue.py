"""The catalogue of the crowd elements: a valid manifest, answers that fit their schemas, and its reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from truthkit.elements import CATALOGUE, Element, load_catalogue
from truthkit.findings import UsageError
from truthkit.project import bundles_dir

ELEMENTS = load_catalogue()
TEXT = (bundles_dir() / CATALOGUE).read_text("utf-8")

# What the schema of custom-elements manifests (2.1.0) asks of the parts that the kit writes.
TEXT_TYPE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
NAMED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "description": {"type": "string"}, "type": TEXT_TYPE},
    },
}
MEMBER = {
    "type": "object",
    "required": ["kind", "name"],
    "properties": {"kind": {"enum": ["field", "method"]}, "name": {"type": "string"}, "type": TEXT_TYPE},
}
MANIFEST = {
    "type": "object",
    "required": ["schemaVersion", "modules"],
    "properties": {
        "schemaVersion": {"type": "string"},
        "modules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind", "path", "declarations", "exports"],
                "properties": {
                    "kind": {"const": "javascript-module"},
                    "declarations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["kind", "name", "tagName", "customElement"],
                            "properties": {
                                "kind": {"const": "class"},
                                "customElement": {"const": True},
                                "attributes": NAMED,
                                "events": {"allOf": [NAMED, {"items": {"required": ["name", "type"]}}]},
                                "slots": NAMED,
                                "cssProperties": NAMED,
                                "members": {"type": "array", "items": MEMBER},
                            },
                        },
                    },
                    "exports": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["kind", "name", "declaration"],
                            "properties": {"kind": {"const": "custom-element-definition"}},
                        },
                    },
                },
            },
        },
    },
}


def test_the_manifest_is_one() -> None:
    jsonschema.validate(json.loads(TEXT), MANIFEST)


def test_every_declaration_is_exported_under_its_tag() -> None:
    [module] = json.loads(TEXT)["modules"]
    exported = {export["name"]: export["declaration"]["name"] for export in module["exports"]}
    assert exported == {element.tag: element.class_name for element in ELEMENTS.values()}


def test_no_path_of_the_building_machine_is_in_it() -> None:
    assert not re.findall(r"/(?:home|root|tmp|Users|work)/", TEXT)


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=lambda element: element.tag)
def test_the_example_fits_the_schema(element: Element) -> None:
    if element.answer is None:
        return
    schema: Any = element.answer.schema
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(element.answer.example, schema, cls=jsonschema.Draft202012Validator)


def test_what_is_read() -> None:
    slider = ELEMENTS["crowd-slider"]
    assert (slider.kind, slider.class_name) == ("control", "CrowdSlider")
    assert slider.attributes["max"].type == "number"
    assert slider.attributes["max"].default == "100"
    assert slider.attributes["name"].required
    assert not slider.attributes["max"].required
    assert slider.answer is not None
    assert (slider.answer.place, slider.answer.key, slider.answer.question) == ("name", None, "Q1")
    assert "<crowd-slider" in slider.stories[0].html

    form = ELEMENTS["crowd-form"]
    assert "submit()" in form.members
    assert "form" in form.members
    assert set(form.regions) == {"short-instructions", "full-instructions"}
    assert set(form.ignored) == {"answer-format"}
    assert form.answer is None
    assert ELEMENTS["crowd-radio-button"].parent == "crowd-radio-group"
    assert ELEMENTS["crowd-alert"].attributes["type"].values == ("info", "success", "warning", "error")


def test_a_front_end_that_is_not_built_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not built"):
        load_catalogue(tmp_path / CATALOGUE)
