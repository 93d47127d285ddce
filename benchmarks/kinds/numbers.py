"""Numbers: error and correlation with gold, on the public sets. crowd-kit has no method for them.

Wordsim's gold is on another scale (0 to 4 instead of 0 to 10): only its correlation says something.
"""

from __future__ import annotations

import csv
from pathlib import Path

from truthkit_core.consolidation.numbers import METHODS, scores

SETS = ("emotion_numeric", "wordsim_numeric")


def read(folder: Path) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Answers and gold of a set's folder."""
    answers: dict[str, dict[str, float]] = {}
    with (folder / "label.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            answers.setdefault(row["item"], {})[row["worker"]] = float(row["label"])
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return answers, {row["item"]: float(row["truth"]) for row in csv.DictReader(lines)}


def report(folder: Path) -> None:
    print("| method |", " | ".join(f"{name}: MAE | RMSE | Pearson" for name in SETS), "|")
    print("| --- |", " | ".join("--- | --- | ---" for _ in SETS), "|")
    data = [read(folder / name) for name in SETS]
    for name, method in METHODS.items():
        cells = []
        for answers, truth in data:
            objects = method(answers).objects
            mae, rmse, pearson = scores([objects[item].value or 0.0 for item in truth], truth.values())
            cells += [f"{mae:.2f}", f"{rmse:.2f}", f"{pearson:.4f}"]
        print("|", " | ".join([name, *cells]), "|", flush=True)
