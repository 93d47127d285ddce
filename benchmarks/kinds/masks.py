"""Masks on bubil2 and bubil5: mean overlap with gold, beside crowd-kit, honest workers and two spammers among seven."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from truthkit_core.consolidation.masks import pixel_vote, weighted_pixel_vote

Bools = NDArray[np.bool_]
Answers = dict[str, dict[str, Bools]]
SETS = ("bubil2", "bubil5")
KINDS = ("empty", "full", "blob", "shifted", "mixed")
SEEDS = 3


def mask_set(folder: Path, name: str) -> tuple[Answers, dict[str, Bools]]:
    """Masks by picture and worker, and gold."""
    place = folder / f"masks_{name}"

    def read(file: Path) -> Bools:
        with Image.open(file) as picture:
            bits: Bools = np.asarray(picture.convert("L")) > 127
        return bits

    gold = {file.name: read(file) for file in sorted((place / "gold").glob("*.png"))}
    workers = sorted((place / "crowd").iterdir())
    return {name: {worker.name: read(worker / name) for worker in workers} for name in gold}, gold


def overlap(found: Mapping[str, Any], gold: Mapping[str, Bools]) -> float:
    """Mean intersection over union."""
    shares = []
    for name, true in gold.items():
        mask = np.asarray(found[name]) > 0
        union = np.count_nonzero(mask | true)
        shares.append(np.count_nonzero(mask & true) / union if union else 1.0)
    return float(np.mean(shares))


def spam(kind: str, masks: list[Bools], chance: random.Random) -> Bools:
    """What someone who does not look at the picture hands in."""
    height, width = masks[0].shape
    if kind == "mixed":
        return spam(chance.choice(KINDS[:-1]), masks, chance)
    if kind == "blob":
        rows, columns = np.mgrid[:height, :width]
        y, x = chance.random() * height, chance.random() * width
        tall, wide = (0.1 + 0.3 * chance.random()) * height, (0.1 + 0.3 * chance.random()) * width
        bits: Bools = ((rows - y) / tall) ** 2 + ((columns - x) / wide) ** 2 < 1
        return bits
    if kind == "shifted":
        mask = chance.choice(masks)
        far, turn = 0.35 * np.sqrt(mask.sum()) + 0.15 * max(height, width), chance.random() * 2 * np.pi
        return np.roll(mask, (int(far * np.sin(turn)), int(far * np.cos(turn))), (0, 1))
    return np.full((height, width), kind == "full")


def with_spam(answers: Answers, kind: str, seed: int, honest_only: bool = False) -> Answers:
    """Two of the seven answers of every picture, others in every picture, are spam (or left out)."""
    chance = random.Random(f"{kind} {seed}")
    spoiled: Answers = {}
    for name, given in answers.items():
        bad = chance.sample(sorted(given), 2)
        fake = {worker: spam(kind, list(given.values()), chance) for worker in bad}
        spoiled[name] = {w: m for w, m in given.items() if w not in fake} if honest_only else {**given, **fake}
    return spoiled


def _ours(run: Callable[..., Any], **options: Any) -> Callable[[Answers], Mapping[str, Any]]:
    return lambda answers: {name: label.mask for name, label in run(answers, **options).objects.items()}


def _crowd_kit(name: str) -> Callable[[Answers], Mapping[str, Any]]:
    def run(answers: Answers) -> Mapping[str, Any]:
        import crowdkit.aggregation as kit
        import pandas as pd

        rows = [(task, worker, mask) for task, given in answers.items() for worker, mask in given.items()]
        table = pd.DataFrame(rows, columns=["task", "worker", "segmentation"])
        found: Mapping[str, Any] = getattr(kit, name)().fit_predict(table).to_dict()
        return found

    return run


METHODS: dict[str, Callable[[Answers], Mapping[str, Any]]] = {
    "weighted-vote": _ours(weighted_pixel_vote),
    "vote": _ours(pixel_vote),
    "vote, not smoothed": _ours(pixel_vote, smooth=False),
    "crowd-kit SegmentationMajorityVote": _crowd_kit("SegmentationMajorityVote"),
    "crowd-kit SegmentationEM": _crowd_kit("SegmentationEM"),
}


def report(folder: Path) -> None:
    sets = {name: mask_set(folder, name) for name in SETS}
    print("| mean IoU (seconds) |", " | ".join(SETS), "|\n| --- | --- | --- |")
    one = [
        float(np.mean([overlap({n: answers[n][w] for n in gold}, gold) for w in next(iter(answers.values()))]))
        for answers, gold in sets.values()
    ]
    print("| one answer |", " | ".join(f"{share:.4f}" for share in one), "|")
    for method, run in METHODS.items():
        cells = []
        for answers, gold in sets.values():
            start = time.process_time()
            try:
                found = run(answers)
            except ImportError:
                cells.append("not there")
                continue
            seconds = time.process_time() - start
            cells.append(f"{overlap(found, gold):.4f} ({seconds:.1f})")
        print("|", " | ".join([method, *cells]), "|", flush=True)
    print("\nTwo of seven answers of every picture are spam:\n")
    print("| mean IoU |", " | ".join(f"{name} {kind}" for name in SETS for kind in KINDS), "| mean |")
    print("| --- |", " | ".join("---" for _ in SETS for _ in KINDS), "| --- |")
    plain = METHODS["vote, not smoothed"]
    for title, run, honest_only in (
        ("weighted-vote", METHODS["weighted-vote"], False),
        ("plain vote", plain, False),
        ("plain vote of the five honest", plain, True),
    ):
        shares = [
            float(np.mean([overlap(run(with_spam(answers, kind, s, honest_only)), gold) for s in range(SEEDS)]))
            for answers, gold in sets.values()
            for kind in KINDS
        ]
        print(
            "|", " | ".join([title, *(f"{share:.3f}" for share in [*shares, float(np.mean(shares))])]), "|", flush=True
        )
    print("\n| stated overlap | pictures | mean of it | overlap with gold |\n| --- | --- | --- | --- |")
    rows = [
        (label.confidence, overlap({name: label.mask}, {name: gold[name]}))
        for answers, gold in sets.values()
        for name, label in weighted_pixel_vote(answers).objects.items()
    ]
    stated, real = np.array(rows).T
    for low, high in ((0.0, 0.7), (0.7, 0.8), (0.8, 0.85), (0.85, 0.9), (0.9, 1.0)):
        here = (stated >= low) & (stated < high)
        if here.any():
            print(f"| {low}–{high} | {here.sum()} | {stated[here].mean():.2f} | {real[here].mean():.2f} |")
