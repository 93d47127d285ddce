"""Scripted workers for `semantic-segmentation`: they click around outlines, and err as people do.

They know the right outlines from outlines.json. All miss the outline by some pixels; the first is hasty and leaves out
every third corner, the second forgets eyes, the third is exact but now and then takes an eye for the cat, by chance
that is seeded: no worker is right alone, the three mostly are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import fill_area, nothing_to_label

HERE = Path(__file__).resolve().parent
Point = tuple[int, int]
Area = tuple[str, list[Point]]


@dataclass(frozen=True, slots=True)
class Character:
    """By how many pixels a worker misses a corner, every how manyth is left out, and how likely an eye is forgotten or
    painted as cat."""

    misses: int
    left_out: int
    forgotten: float
    wrong_label: float


CHARACTERS = (Character(6, 3, 0.0, 0.0), Character(4, 0, 0.35, 0.0), Character(3, 0, 0.0, 0.3))


def plan(right: list[Area], size: Point, index: int, random: Random) -> list[Area]:
    """What the worker with this number fills, in a picture of this width and height."""
    character = CHARACTERS[index % len(CHARACTERS)]
    areas = []
    for label, corners in right:
        chance = random.random()
        if label == "eye" and chance < character.forgotten:
            continue
        painted = "cat" if label == "eye" and chance < character.wrong_label else label
        areas.append((painted, shifted(corners, size, character.misses // 2, random)))
        if label == "cat":
            left_out = character.left_out
            kept = [corner for number, corner in enumerate(corners, 1) if not left_out or number % left_out]
            areas[-1] = painted, [missed(corner, size, character.misses, random) for corner in kept]
    return areas


def missed(corner: Point, size: Point, by: int, random: Random) -> Point:
    """Where the corner is clicked; what lies on the picture's edge is found exactly."""
    x, y = (
        at if at in (0, limit - 1) else min(max(at + random.randint(-by, by), 0), limit - 1)
        for at, limit in zip(corner, size, strict=True)
    )
    return x, y


def shifted(corners: list[Point], size: Point, by: int, random: Random) -> list[Point]:
    """A small outline, which is moved as a whole."""
    right, down = random.randint(-by, by), random.randint(-by, by)
    return [(min(max(x + right, 0), size[0] - 1), min(max(y + down, 0), size[1] - 1)) for x, y in corners]


def expected(source_ref: str) -> list[Area]:
    """The right outlines, in the order in which they are painted. Raises KeyError."""
    outlines = json.loads((HERE / "outlines.json").read_text("utf-8"))[source_ref.rpartition("/")[2]]
    return [(one["label"], [(x, y) for x, y in one["points"]]) for one in outlines]


SIZE = """element => new Promise(done => {
  const picture = new Image();
  picture.onload = () => done([picture.naturalWidth, picture.naturalHeight]);
  picture.src = element.getAttribute('src');
})"""


async def work(page: Any, task: Any, worker: Any) -> None:
    """Fill area after area."""
    width, height = await page.locator("crowd-semantic-segmentation").evaluate(SIZE)
    areas = plan(expected(task.data_object["source-ref"]), (width, height), worker.index, worker.random)
    for label, corners in areas:
        await fill_area(page, "mask", label, corners)
    if not areas:
        await nothing_to_label(page, "mask")
