"""Public sets of crowd answers with gold, where they lie; nothing of them is part of the project."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

CLASS_SETS = (
    "aws_birds",
    "bluebirds",
    "dog",
    "web",
    "trec",
    "product",
    "sentiment",
    "face",
    "adult",
    "weather",
)


@dataclass(frozen=True, slots=True)
class ClassSet:
    """Answers ``(item, worker, label)`` without exact repetitions, and the true class of some items."""

    name: str
    answers: list[tuple[str, str, str]]
    gold: dict[str, str]

    @property
    def classes(self) -> list[str]:
        return sorted({label for _item, _worker, label in self.answers} | set(self.gold.values()))


def crowd_folder(data: Path | None = None) -> Path | None:
    """The folder of the sets: ``data``, or ``$TRUTHKIT_DATA/crowd``, or beside the project; None if it is not there."""
    if data is None:
        given = os.environ.get("TRUTHKIT_DATA")
        root = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
        data = root / "crowd"
    return data if data.is_dir() else None


def class_set(folder: Path, name: str) -> ClassSet:
    """The set ``name``: label.csv (item,worker,label) and truth.csv (item,truth)."""
    rows = dict.fromkeys((item, worker, label) for item, worker, label in _rows(folder / name / "label.csv"))
    return ClassSet(name, list(rows), {item: truth for item, truth, *_ in _rows(folder / name / "truth.csv")})


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]
