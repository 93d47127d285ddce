"""Scripted workers for `image-classification`: each is wrong about another kind of picture.

They know the right categories from expected.jsonl. A worker who is misled by what a picture also shows mostly follows
it, by chance that is seeded. No worker is right everywhere; the three together are.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import pick, press

HERE = Path(__file__).resolve().parent

# What a worker takes a picture for.
MISLED = ({"astronaut": "Vehicle", "coffee": "Other"}, {"coins": "Person"}, {"horse": "Other", "rocket": "Other"})
BELIEVES = 0.9


def plan(picture: str, right: str, index: int, random: Random) -> str:
    """What the worker with this number chooses for the picture of this name."""
    mistaken = MISLED[index % len(MISLED)].get(picture)
    return mistaken if mistaken and random.random() < BELIEVES else right


def expected(source_ref: str) -> str:
    """The right category. Raises KeyError."""
    manifest, labels = (
        [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
        for name in ("manifest.jsonl", "expected.jsonl")
    )
    found: dict[str, str] = {line["source-ref"]: one["label"] for line, one in zip(manifest, labels, strict=True)}
    return found[source_ref]


async def work(page: Any, task: Any, worker: Any) -> None:
    """Choose with the mouse or with a key."""
    source = task.data_object["source-ref"]
    category = plan(Path(source).stem, expected(source), worker.index, worker.random)
    if worker.index % 2:
        await page.locator("crowd-image-classifier .category-button").first.wait_for()
        await press(page, str(task.task_input["labels"].index(category) + 1))
    else:
        await pick(page, "category", category)
