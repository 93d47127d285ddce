"""Plain values: text and numbers, one line a voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from truthkit.report.draw.scene import Field, Scene, Voice

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    voice: Voice
    text: str
    cut: int  # characters left out at the end
    number: bool
    differs: bool  # from the gold, else from the consolidated value


@dataclass(frozen=True, slots=True)
class View:
    name: str
    rows: tuple[Row, ...]
    silent: tuple[Voice, ...]  # those who left the field empty


def view(field: Field, scene: Scene) -> View:
    del scene
    gold, label = field.of("gold"), field.of("label")
    wanted = gold if gold is not None else label
    rows, silent = [], []
    for voice, value in field.said:
        text = _text(value)
        if not text.strip():
            silent.append(voice)
            continue
        differs = wanted is not None and text.strip() != _text(wanted).strip()
        number = not isinstance(value, str)
        rows.append(Row(voice, text[:LONGEST], max(0, len(text) - LONGEST), number, differs))
    return View(field.name, tuple(rows), tuple(silent))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
