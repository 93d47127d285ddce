"""A scripted worker for `text-entities`: marks the passages as a person does, with mouse and keys, and errs like one.

It knows the right labels from expected.jsonl. Each of the three characters below errs in a way of its own, by chance
that is seeded, so that no worker is right alone and the three together mostly are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import choose, fill, press, select_text

HERE = Path(__file__).resolve().parent
TEXT = "truthkit-text-annotator [data-testid=text]"

MISTAKEN_FOR = {
    "Background": "Objectives",
    "Objectives": "Background",
    "Methods": "Results",
    "Results": "Conclusions",
    "Conclusions": "Results",
    "Limitations": "Conclusions",
}
NOTES = {
    "yes": (
        "Clear and complete.",
        "One sentence does two jobs; I marked both.",
        "The numbers are easy to find.",
    ),
    "no": (
        "I can't tell what was found.",
        "Much praise, no numbers.",
        "The methods could be anyone's.",
    ),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage and its type; offsets in UTF-16 units, the end exclusive."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Character:
    """How likely a worker is to err, for each passage, and to work label by label, for each task."""

    word_off: float
    missed: float
    wrong_type: float
    label_by_label: float


CHARACTERS = (
    Character(word_off=0.16, missed=0.03, wrong_type=0.03, label_by_label=0.0),
    Character(word_off=0.06, missed=0.14, wrong_type=0.03, label_by_label=0.7),
    Character(word_off=0.08, missed=0.03, wrong_type=0.12, label_by_label=0.3),
)
WRONG_QUALITY = 0.07
WRITES_A_NOTE = 0.25


async def work(page: Any, task: Any, worker: Any) -> None:
    """Mark the task's passages, judge the abstract, and leave Submit to the harness."""
    right = expected(task.data_object["source-ref"])
    character = CHARACTERS[worker.index % len(CHARACTERS)]
    marks = plan(task.task_input["text"], gold_marks(right), character, worker.random)
    keys = {label: str(number) for number, label in enumerate(task.task_input["labels"], 1)}
    await page.locator("truthkit-text-annotator[data-ready]").wait_for()

    if worker.random.random() < character.label_by_label:
        for label, key in keys.items():
            passages = [mark for mark in marks if mark.label == label]
            if passages:
                await press(page, "Escape", key)
            for mark in passages:
                await select_text(page, TEXT, mark.start, mark.end)
        await press(page, "Escape")
    else:
        for mark in marks:
            await select_text(page, TEXT, mark.start, mark.end)
            await press(page, keys[mark.label])

    quality = right["quality"]["label"]
    if worker.random.random() < WRONG_QUALITY:
        quality = "no" if quality == "yes" else "yes"
    await choose(page, "quality", quality)
    if worker.random.random() < WRITES_A_NOTE:
        await fill(page, "notes", worker.random.choice(NOTES[quality]))


def expected(source_ref: str) -> dict[str, Any]:
    """The expected label of the data object, by its line in the manifest. Raises KeyError."""
    manifest, labels = (
        [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
        for name in ("manifest.jsonl", "expected.jsonl")
    )
    by_source: dict[str, dict[str, Any]] = {
        line["source-ref"]: label for line, label in zip(manifest, labels, strict=True)
    }
    return by_source[source_ref]


def gold_marks(label: dict[str, Any]) -> list[Mark]:
    return [Mark(one["startOffset"], one["endOffset"], one["label"]) for one in label["entities"]]


def plan(text: str, gold: list[Mark], character: Character, random: Random) -> list[Mark]:
    """What the worker takes for right, in reading order."""
    words = [(_utf16(text[: word.start()]), _utf16(text[: word.end()])) for word in re.finditer(r"\S+", text)]
    marks = []
    for mark in gold:
        chance = random.random()
        if chance < character.missed:
            continue
        chance -= character.missed
        if chance < character.wrong_type:
            mark = replace(mark, label=MISTAKEN_FOR[mark.label])
        elif chance < character.wrong_type + character.word_off:
            mark = one_word_off(mark, words, random)
        marks.append(mark)
    return marks


def one_word_off(mark: Mark, words: list[tuple[int, int]], random: Random) -> Mark:
    """The passage with its start or its end moved by a word."""
    starts, ends = [start for start, _ in words], [end for _, end in words]
    step = random.choice((-1, 1))
    if random.random() < 0.5:
        # The word that holds the mark's first unit, and likewise its last: marks may begin within "(word".
        at = sum(end <= mark.start for end in ends) + step
        moved = replace(mark, start=starts[max(0, at)])
    else:
        at = sum(start < mark.end for start in starts) - 1 + step
        moved = replace(mark, end=ends[min(at, len(ends) - 1)])
    return moved if moved.start < moved.end else mark


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
