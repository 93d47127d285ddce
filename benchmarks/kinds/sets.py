"""Sets of labels, on simulated crowds (none of the public sets has them): errors, and how sure.

Workers have a sensitivity and a specificity of their own, and vary about them by label; one in five is careless. Five
of forty workers answer each of 300 objects, eight labels are on 8 to 50 % of them. Means of five crowds.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from truthkit_core.consolidation.sets import METHODS

Crowd = tuple[dict[str, dict[str, frozenset[str]]], dict[str, frozenset[str]]]


def crowd(seed: int, *, objects: int = 300, workers: int = 40, each: int = 5, careless: float = 0.2) -> Crowd:
    """Answers and true labels."""
    chance = random.Random(seed)
    labels = {f"label {number}": 0.08 + 0.06 * number for number in range(8)}

    def coins(low: float, high: float) -> dict[str, float]:
        own = chance.uniform(low, high)
        return {name: min(max(own + chance.gauss(0, 0.08), 0.05), 0.99) for name in labels}

    skills = [
        (coins(0.2, 0.4), coins(0.6, 0.8)) if worker < careless * workers else (coins(0.55, 0.9), coins(0.85, 0.98))
        for worker in range(workers)
    ]
    truth = {
        f"o{n}": frozenset(name for name, share in labels.items() if chance.random() < share) for n in range(objects)
    }
    answers = {
        item: {
            f"w{worker}": frozenset(
                name
                for name in labels
                if chance.random() < (skills[worker][0][name] if name in true else 1.0 - skills[worker][1][name])
            )
            for worker in chance.sample(range(workers), each)
        }
        for item, true in truth.items()
    }
    return answers, truth


def measured(method: str, seeds: int = 5, **options: object) -> tuple[float, float, float, float]:
    """In %: labels wrong, whole sets wrong; the Brier score of a label; 100 - the mean confidence in %."""
    rows = []
    for seed in range(seeds):
        answers, truth = crowd(seed)
        objects = METHODS[method](answers, **options).objects
        for item, true in truth.items():
            found = objects[item]
            assert found.labels is not None
            wrong = len(true ^ set(found.labels))
            gaps = [(share - (name in true)) ** 2 for name, share in found.probabilities.items()]
            rows.append(
                (100 * wrong / len(gaps), 100.0 * (wrong > 0), float(np.mean(gaps)), 100 - 100 * found.confidence)
            )
    means = np.mean(rows, axis=0).tolist()
    return means[0], means[1], means[2], means[3]


def report(_folder: Path) -> None:
    print("| simulated sets | labels wrong, % | sets wrong, % | as stated, % | Brier score of a label |")
    print("| --- | --- | --- | --- | --- |")
    for name in METHODS:
        label, whole, brier, stated = measured(name)
        print(f"| {name} | {label:.1f} | {whole:.1f} | {stated:.1f} | {brier:.3f} |", flush=True)
