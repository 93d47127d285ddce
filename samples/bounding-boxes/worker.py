"""Scripted workers for `bounding-boxes`: they drag boxes with the mouse, and err as people do.

They know the right boxes from expected.jsonl. All miss the edges by some pixels; the first is the loosest, the second
overlooks things, the third mixes up labels, by chance that is seeded: no worker is right alone, the three mostly are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import draw_box, nothing_to_label

HERE = Path(__file__).resolve().parent
MISTAKEN_FOR = {"cup": "helmet", "spoon": "cup", "helmet": "coin", "rocket": "tower", "tower": "rocket", "coin": "cup"}


@dataclass(frozen=True, slots=True)
class Character:
    """By how many pixels a worker misses an edge, and how likely a thing is overlooked or gets a wrong label."""

    misses: int
    overlooked: float
    wrong_label: float


CHARACTERS = (Character(9, 0.0, 0.05), Character(3, 0.2, 0.0), Character(4, 0.0, 0.2))
Mark = dict[str, Any]


def plan(right: list[Mark], size: tuple[int, int], index: int, random: Random) -> list[Mark]:
    """What the worker with this number draws in a picture of this width and height."""
    character = CHARACTERS[index % len(CHARACTERS)]
    marks = []
    for box in right:
        chance = random.random()
        if chance < character.overlooked:
            continue
        wrong = chance < character.overlooked + character.wrong_label
        left, top, end, bottom = (
            min(max(edge + random.randint(-character.misses, character.misses), 0), limit)
            for edge, limit in (
                (box["left"], size[0]),
                (box["top"], size[1]),
                (box["left"] + box["width"], size[0]),
                (box["top"] + box["height"], size[1]),
            )
        )
        label = MISTAKEN_FOR[box["label"]] if wrong else box["label"]
        marks.append({"label": label, "left": left, "top": top, "width": end - left, "height": bottom - top})
    return marks


def expected(source_ref: str) -> list[Mark]:
    """The right boxes. Raises KeyError."""
    manifest, labels = (
        [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
        for name in ("manifest.jsonl", "expected.jsonl")
    )
    found: dict[str, list[Mark]] = {
        line["source-ref"]: one["boundingBoxes"] for line, one in zip(manifest, labels, strict=True)
    }
    return found[source_ref]


SIZE = """element => new Promise(done => {
  const picture = new Image();
  picture.onload = () => done([picture.naturalWidth, picture.naturalHeight]);
  picture.src = element.getAttribute('src');
})"""


async def work(page: Any, task: Any, worker: Any) -> None:
    """Draw box after box."""
    width, height = await page.locator("crowd-bounding-box").evaluate(SIZE)
    marks = plan(expected(task.data_object["source-ref"]), (width, height), worker.index, worker.random)
    for mark in marks:
        await draw_box(page, "things", **mark)
    if not marks:
        await nothing_to_label(page, "things")
