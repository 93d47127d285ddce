"""The variables that ``template.yaml`` gives a function, for a handler that is run here.

Read by its lines: the file has CloudFormation's tags, and what they stand for is known after deployment only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PARENTS = 4  # of a handler's file that are looked in
_LINE = re.compile(r"( *)(['\"]?)([^\s'\":#-][^'\":]*)\2:(?:\s+(.*))?$")
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


@dataclass(frozen=True, slots=True)
class SamVariables:
    """``values`` by name; ``unknown``: names whose value a tag or a reference makes, with the line in ``file``."""

    file: Path | None = None
    values: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    value: str
    line: int
    members: dict[str, _Node] = field(default_factory=dict)

    def at(self, *path: str) -> _Node:
        node = self
        for name in path:
            node = node.members.get(name, _Node("", 0))
        return node


def sam_variables(handler: Path, function: str) -> SamVariables:
    """What the nearest ``template.yaml`` above a handler's file says of the function that runs it; else nothing."""
    for folder in list(handler.parents)[:_PARENTS]:
        for file in (folder / "template.yaml", folder / "template.yml"):
            try:
                text = file.read_text("utf-8")
            except (OSError, ValueError):
                continue
            tree = _tree(text)
            for properties in _functions(tree, folder, handler, function):
                return _variables(file, tree.at("Globals", "Function"), properties)
            return SamVariables(file)
    return SamVariables()


def _tree(text: str) -> _Node:
    """The mappings of a YAML file by their indentation; lists and long texts are passed over."""
    root = _Node("", 0)
    above: list[tuple[int, _Node]] = [(-1, root)]
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.match(line)
        if found is None:
            continue
        indent = len(found[1])
        while above[-1][0] >= indent:
            above.pop()
        node = _Node((found[4] or "").strip(), number)
        above[-1][1].members[found[3].strip()] = node
        above.append((indent, node))
    return root


def _functions(tree: _Node, folder: Path, handler: Path, function: str) -> Iterator[_Node]:
    for resource in tree.at("Resources").members.values():
        if _literal(resource.at("Type").value) not in _FUNCTIONS:
            continue
        properties = resource.at("Properties")
        module, _, name = (_literal(properties.at("Handler").value) or "").rpartition(".")
        root = _literal(properties.at("CodeUri").value) or _literal(tree.at("Globals", "Function", "CodeUri").value)
        file = folder / (root or ".") / f"{module.replace('.', '/')}.py"
        if name == function and file.resolve() == handler.resolve():
            yield properties


def _variables(file: Path, *places: _Node) -> SamVariables:
    found = SamVariables(file)
    for place in places:
        for name, node in place.at("Environment", "Variables").members.items():
            value = None if node.members else _literal(node.value)
            found.values.pop(name, None)
            found.unknown.pop(name, None)
            if value is None:
                found.unknown[name] = node.line
            else:
                found.values[name] = value
    return found


def _literal(text: str) -> str | None:
    """The text of a plain or quoted scalar, None for anything else."""
    if quoted := re.fullmatch(r"'((?:[^']|'')*)'\s*(?:#.*)?", text):
        return quoted[1].replace("''", "'")
    if quoted := re.fullmatch(r'("(?:[^"\\]|\\.)*")\s*(?:#.*)?', text):
        try:
            return str(json.loads(quoted[1]))
        except ValueError:
            return None
    plain = re.split(r"(?:^|\s+)#", text)[0]
    if not plain or plain[0] in "!&*{[|>%@`'\"" or plain in ("~", "null"):
        return None
    return plain.lower() if plain in ("True", "False", "TRUE", "FALSE") else plain
