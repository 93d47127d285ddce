"""Writes docs/elements.md from the catalogue of the elements: .venv/bin/python docs/make_elements.py"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from truthkit.elements import Attribute, Element, Keys, load_catalogue

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "elements.md"
KINDS = {
    "form": "The form",
    "control": "Controls",
    "image": "Image tools",
    "text": "Text tools",
    "choice": "Choices",
    "review": "Reviews",
    "decoration": "Decoration",
    "region": "Regions",
}
MOST_CHARACTERS = 60
MOST_ATTRIBUTE_CHARACTERS = 300

START = """# The crowd elements

Every element of the crowd script, as this build of it has it. `truthkit gallery` shows the same, to try. This page is
made from the elements' own sources by `docs/make_elements.py`; other programs read `custom-elements.json`, which lies
beside the script. What no document settles is a choice of ours: [how the harness differs](differences.md).

Boolean attributes count when they are there, whatever their value. JSON attributes are read leniently: single quotes,
unquoted keys, trailing commas and comments are fine. Attributes in bold are needed. The markup below is for the inside
of a `crowd-form`, unless the element has a form of its own; "…" is what is left out, such as the address of a picture.
"""


def page_text(elements: Mapping[str, Element]) -> str:
    """The whole page."""
    parts = [START]
    parts.append(
        "".join(f"- {title}: {links(elements, kind)}\n" for kind, title in KINDS.items() if links(elements, kind))
    )
    for kind, title in KINDS.items():
        members = [element for element in elements.values() if element.kind == kind]
        if members:
            parts.append(f"## {title}\n")
            parts += [section(element) for element in members]
    return "\n".join(parts)


def links(elements: Mapping[str, Element], kind: str) -> str:
    return ", ".join(f"[{element.tag}](#{element.tag})" for element in elements.values() if element.kind == kind)


def section(element: Element) -> str:
    return "\n".join(f"{part}\n" for part in blocks(element))


def blocks(element: Element) -> Iterator[str]:
    """The paragraphs and tables about an element."""
    yield f"### {element.tag}"
    yield " ".join(sentences(element))
    if (DOCS / "pictures" / "elements" / f"{element.tag}.png").is_file():
        yield f"![{element.tag}](pictures/elements/{element.tag}.png)"
    if element.attributes:
        rows = [(attribute_name(one), type_of(one), one.meaning) for one in element.attributes.values()]
        yield table(("attribute", "type", "meaning"), rows)
    for title, meanings in (
        ("no effect", element.ignored),
        ("region", element.regions),
        ("event", element.events),
        ("for scripts", element.members),
        ("CSS property", element.css_properties),
    ):
        if meanings:
            yield table((title, "meaning"), [(f"`{name}`", meaning) for name, meaning in meanings.items()])
    if element.keys:
        yield table(("key", "does"), [(keys_of(element, one), one.label) for one in element.keys])
    yield f"```html\n{markup(element)}\n```"
    if element.answer:
        yield answer(element)


def sentences(element: Element) -> Iterator[str]:
    yield element.summary
    if element.parent:
        yield f"It stands in `{element.parent}`."
    if element.alone:
        yield "It has a form of its own."
    if element.content:
        yield f"Content: {element.content[0].lower()}{element.content[1:]}"


def attribute_name(attribute: Attribute) -> str:
    return f"**`{attribute.name}`**" if attribute.required else f"`{attribute.name}`"


def type_of(attribute: Attribute) -> str:
    kind = " \\| ".join(f"`{word}`" for word in attribute.values) or attribute.type
    usual = "" if attribute.type == "boolean" else attribute.default or ""
    return f"{kind}, `{usual}` without it" if usual not in ("", '""', "[]", "{}") else kind


def keys_of(element: Element, one: Keys) -> str:
    """The keys; where the labels or responses make them, the digits that nothing else has."""
    if one.keys:
        return ", ".join(f"`{key}`" for key in one.keys)
    taken = {key for other in element.keys for key in other.keys}
    return "1–9" if "0" in taken else "1–9, 0"


def markup(element: Element) -> str:
    """The first story, without the addresses of pictures and the rest of long attributes."""
    text = re.sub(r'"data:[^"]*"', '"…"', element.stories[0].html)
    for quote in "\"'":
        long = rf"(={quote}[^{quote}]{{{MOST_ATTRIBUTE_CHARACTERS}}})[^{quote}]+{quote}"
        text = re.sub(long, rf"\1…{quote}", text)
    return text.strip()


def answer(element: Element) -> str:
    """What the element adds to the answer, by the name that it has in the markup."""
    assert element.answer
    example = element.answer.example
    value = shortened(example)
    named = re.search(rf'<{element.tag}\s[^>]*?\bname="([^"]*)"', element.stories[0].html)
    places = {"name": {named[1] if named else "": value}, "key": {element.answer.key or "": value}, "top-level": value}
    text = json.dumps(places[element.answer.place], ensure_ascii=False)
    parts = ["Adds to the answer, for example"]
    if "labeledImage" in (example if isinstance(example, dict) else ()):
        size = example["inputImageProperties"]
        parts.append(f"with a picture of {size['width']} × {size['height']} pixels")
    if question := element.answer.question:
        parts.append(f"(the shape is a choice of ours, [{question}](differences.md#the-crowd-elements))")
    return f"{' '.join(parts)}:\n\n```json\n{text}\n```"


def shortened(value: Any) -> Any:
    """The value without the long texts in it, such as pictures."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return f"{value[:MOST_CHARACTERS]}…"
    return value


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows))


if __name__ == "__main__":
    PAGE.write_text(page_text(load_catalogue()), "utf-8")
