"""How a value is drawn: one module a kind of value, told by shape, and this dispatcher.

A kind has a name (that of :mod:`truthkit.report.shapes`), a template ``<name>.html.j2`` with a macro ``draw(view)``,
and a function that turns a field into what that macro shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from truthkit.report.draw import choices, figures, spans, tree, values
from truthkit.report.draw.scene import Field, Scene, Voice
from truthkit.report.shapes import Kind, Part, parts

KINDS: Mapping[Kind, Callable[[Field, Scene], Any]] = {
    "spans": spans.view,
    "figures": figures.view,
    "choice": choices.view,
    "value": values.view,
    "tree": tree.view,
}

# The kinds that stand for the answer itself, whatever the handler calls them in its label.
_PAIRED: tuple[Kind, ...] = ("spans", "figures", "choice", "value")


def fields(said: Sequence[tuple[Voice, Any]]) -> list[Field]:
    """The fields of one object: what each voice says, brought together by name and kind.

    A handler may name in the label differently what the workers answered (``{"tone": {"label"…}}`` becomes
    ``{"label"…}``); where only one field of a kind is left over on both sides, it is the same field.
    """
    told = [(voice, parts(value)) for voice, value in said]
    workers = [part for voice, pieces in told if voice.role == "worker" for part in pieces]
    found: dict[tuple[str, Kind], list[tuple[Voice, Any]]] = {}
    for voice, pieces in told:
        names = _names_in_answers(pieces, workers) if voice.role != "worker" and workers else {}
        for part in pieces:
            key = (names.get((part.kind, part.name), part.name), part.kind)
            found.setdefault(key, []).append((voice, part.value))
    order = list(KINDS)
    listed = [Field(name, kind, tuple(values)) for (name, kind), values in found.items()]
    if any(field.kind == "figures" for field in listed):
        listed = [_told(field) for field in listed]
    return sorted(listed, key=lambda field: order.index(field.kind))


def _told(field: Field) -> Field:
    """What no worker was asked beside a drawing, such as which labels there are in a mask: a text, no bars of votes."""
    if field.kind != "choice" or any(voice.role == "worker" for voice, _ in field.said):
        return field
    return Field(field.name, "value", tuple((voice, ", ".join(choice.chosen)) for voice, choice in field.said))


def _names_in_answers(pieces: Sequence[Part], workers: Sequence[Part]) -> dict[tuple[Kind, str], str]:
    renamed: dict[tuple[Kind, str], str] = {}
    for kind in _PAIRED:
        here = dict.fromkeys(part.name for part in pieces if part.kind == kind)
        there = dict.fromkeys(part.name for part in workers if part.kind == kind)
        only_here, only_there = [n for n in here if n not in there], [n for n in there if n not in here]
        if len(only_here) == len(only_there) == 1:
            renamed[kind, only_here[0]] = only_there[0]
    return renamed


__all__ = ["KINDS", "Field", "Scene", "Voice", "fields"]
