"""Scripted workers for `text-classification`: each falls for other words.

They know the right categories from expected.jsonl. A worker who meets a misleading word mostly believes it, by chance
that is seeded. No worker is right everywhere; the three together are.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from truthkit.workforce.gestures import pick, press

HERE = Path(__file__).resolve().parent

# What a word in the headline makes a worker choose.
MISLED = (
    {"race": "Sports", "bank": "Business"},
    {"club": "Sports", "city": "World", "capital": "Business"},
    {"paper": "World", "doubles": "Business", "crossing": "Science"},
)
BELIEVES = 0.9


def plan(headline: str, right: str, index: int, random: Random) -> str:
    """What the worker with this number chooses."""
    for word, category in MISLED[index % len(MISLED)].items():
        if word in headline.lower() and random.random() < BELIEVES:
            return category
    return right


def expected(headline: str) -> str:
    """The right category. Raises KeyError."""
    manifest, labels = (
        [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
        for name in ("manifest.jsonl", "expected.jsonl")
    )
    by_text: dict[str, str] = {line["source"]: label["label"] for line, label in zip(manifest, labels, strict=True)}
    return by_text[headline]


async def work(page: Any, task: Any, worker: Any) -> None:
    """Choose with the mouse or, as practiced workers do, with a key."""
    headline = task.task_input["text"]
    category = plan(headline, expected(headline), worker.index, worker.random)
    if worker.index % 2:
        await page.locator("crowd-classifier .category-button").first.wait_for()
        await press(page, str(task.task_input["labels"].index(category) + 1))
    else:
        await pick(page, "category", category)
