"""Scripted workers for `named-entities`: they mark names with mouse and keys, and err as people do.

They know the right passages from expected.jsonl. The first cuts names short or takes a word too many, the second
overlooks some, the third mixes up types, by chance that is seeded: no worker is right alone, the three mostly are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import select_span

HERE = Path(__file__).resolve().parent
MISTAKEN_FOR = {"person": "organization", "organization": "place", "place": "organization", "date": "place"}

# How often, for each passage: a word too many or too few, overlooked, the wrong type.
CHARACTERS = ((0.18, 0.02, 0.02), (0.02, 0.12, 0.02), (0.02, 0.02, 0.2))

Mark = tuple[int, int, str]


def plan(text: str, right: list[Mark], index: int, random: Random) -> list[Mark]:
    """What the worker with this number marks."""
    word_off, overlooked, wrong_type = CHARACTERS[index % len(CHARACTERS)]
    marks: list[Mark] = []
    for start, end, label in right:
        chance = random.random()
        if chance < overlooked:
            continue
        if chance < overlooked + wrong_type:
            marks.append((start, end, MISTAKEN_FOR[label]))
        elif chance < overlooked + wrong_type + word_off:
            marks.append((*one_word_off(text, start, end), label))
        else:
            marks.append((start, end, label))
    # A passage that begins inside the one before it can't be marked.
    return [mark for number, mark in enumerate(marks) if not any(mark[0] < before[1] for before in marks[:number])]


def one_word_off(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage without its first word, or with the word before it if it is but one."""
    words = [(_utf16(text[: one.start()]), _utf16(text[: one.end()])) for one in re.finditer(r"\w[\w.]*", text)]
    inside = [first for first, last in words if start <= first and last <= end]
    if len(inside) > 1:
        return inside[1], end
    before = [first for first, last in words if last <= start]
    return (before[-1] if before else start), end


def expected(text: str) -> list[Mark]:
    """The right passages. Raises KeyError."""
    manifest, labels = (
        [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
        for name in ("manifest.jsonl", "expected.jsonl")
    )
    by_text = {line["source"]: label["entities"] for line, label in zip(manifest, labels, strict=True)}
    return [(one["startOffset"], one["endOffset"], one["label"]) for one in by_text[text]]


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


async def work(page: Any, task: Any, worker: Any) -> None:
    """Mark name after name."""
    text = task.task_input["text"]
    for start, end, label in plan(text, expected(text), worker.index, worker.random):
        await select_span(page, "names", label, start, end)
