"""Any other value: JSON as a tree that opens by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from truthkit.report.draw.scene import Field, Scene, Voice
from truthkit.report.shapes import is_number

DEPTH = 8
CHILDREN = 100
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the tree; ``text`` is a leaf's JSON or a branch's size, ``more`` the children not shown."""

    key: str | None
    kind: Literal["object", "array", "string", "number", "other"]
    text: str
    children: tuple[Node, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class View:
    name: str
    trees: tuple[tuple[Voice, Node], ...]


def view(field: Field, scene: Scene) -> View:
    del scene
    return View(field.name, tuple((voice, node(value)) for voice, value in field.said))


def node(value: Any, key: str | None = None, depth: int = DEPTH) -> Node:
    """The tree of a JSON value, cut where it is deep, wide or long."""
    if isinstance(value, (dict, list)) and value and depth:
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
        shown = tuple(node(child, str(name), depth - 1) for name, child in pairs[:CHILDREN])
        kind: Literal["object", "array"] = "object" if isinstance(value, dict) else "array"
        size = len(pairs)
        unit = ("key" if kind == "object" else "item") + ("" if size == 1 else "s")
        return Node(key, kind, f"{size:,} {unit}", shown, max(0, size - CHILDREN))
    if isinstance(value, str):
        text = json.dumps(value[:LONGEST], ensure_ascii=False)
        if len(value) > LONGEST:
            text += f" … {len(value) - LONGEST:,} more characters"
        return Node(key, "string", text)
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = f"({type(value).__name__})"
    return Node(key, "number" if is_number(value) else "other", text[:LONGEST])
