"""Boxes on boxes_openimages: F1 over all boxes of all pictures, gold matched one to one by overlap."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from truthkit_core.consolidation.boxes import Box, BoxResult, consolidate_boxes
from truthkit_core.consolidation.geometry import Floats, box_iou, match
from truthkit_core.consolidation.shapes import DEFAULT_THRESHOLD

Answers = dict[str, dict[str, list[Box]]]
Gold = dict[str, Floats]
CANDIDATES = (0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.2, 0.22, 0.25)


def box_set(folder: Path) -> tuple[Answers, Gold]:
    """Boxes by picture and worker, and the gold boxes' left, top, right, bottom."""
    answers: Answers = {}
    place = folder / "boxes_openimages"
    for row in map(json.loads, (place / "annotations.jsonl").read_text("utf-8").splitlines()):
        boxes = [Box(x, y, x2 - x, y2 - y, "thing") for x, y, x2, y2 in row["boxes"]]
        answers.setdefault(str(row["item"]), {})[str(row["worker"])] = boxes
    rows = map(json.loads, (place / "gold.jsonl").read_text("utf-8").splitlines())
    return answers, {str(row["item"]): np.array(row["boxes"], dtype=np.float64).reshape(-1, 4) for row in rows}


def corners(boxes: Sequence[Box]) -> Floats:
    return np.array([(b.left, b.top, b.left + b.width, b.top + b.height) for b in boxes]).reshape(-1, 4)


def f1(found: Mapping[str, Floats], gold: Gold, least: float) -> float:
    """In %."""
    hits = sum(len(match(box_iou(found[name], true), least)) for name, true in gold.items())
    return 200 * hits / sum(len(found[name]) + len(true) for name, true in gold.items())


def picture_iou(found: Mapping[str, Floats], gold: Gold) -> float:
    """Overlap of matched boxes over the larger number of boxes, mean over pictures, in %."""
    shares = []
    for name, true in gold.items():
        table = box_iou(found[name], true)
        most = max(table.shape)
        shares.append(sum(table[pair] for pair in match(table, 0.0)) / most if most else 1.0)
    return 100 * float(np.mean(shares))


def boxes_of(result: BoxResult) -> dict[str, Floats]:
    return {name: corners([one.shape for one in label.shapes or ()]) for name, label in result.objects.items()}


def report(folder: Path) -> None:
    answers, gold = box_set(folder)
    print(
        "| boxes_openimages | F1 at IoU .5 | F1 at IoU .75 | picture IoU | seconds |\n| --- | --- | --- | --- | --- |"
    )

    def row(name: str, found: Mapping[str, Floats], seconds: float | None = None) -> None:
        cells = [f1(found, gold, 0.5), f1(found, gold, 0.75), picture_iou(found, gold)]
        took = "" if seconds is None else f"{seconds:.1f}"
        print("|", " | ".join([name, *(f"{cell:.1f}" for cell in cells), took]), "|", flush=True)

    chance = random.Random("boxes")
    row("one answer", {name: corners(chance.choice(list(given.values()))) for name, given in answers.items()})
    for name, options in (("clusters", {}), ("clusters, workers alike", {"weighted": False})):
        start = time.process_time()
        result = consolidate_boxes(answers, **options)  # type: ignore[arg-type]
        row(name, boxes_of(result), time.process_time() - start)
    best: dict[str, Floats] = {}
    for name, true in gold.items():
        drawn = np.concatenate([corners(boxes) for boxes in answers[name].values()])
        best[name] = drawn[[place for _true, place in match(box_iou(true, drawn), 0.5)]]
    row("best box for each gold (oracle)", best)
    _halves(answers, gold)
    _fewer(answers, gold)
    _confidence(consolidate_boxes(answers), gold)


def _halves(answers: Answers, gold: Gold) -> None:
    """The threshold that is best (sum of both F1) for one half of the pictures, measured on the other."""
    found = {candidate: boxes_of(consolidate_boxes(answers, threshold=candidate)) for candidate in CANDIDATES}
    names = sorted(gold, key=int)
    halves = [{name: gold[name] for name in names[start::2]} for start in (0, 1)]
    print(
        f"\nThreshold chosen on one half of the pictures, measured on the other (the default is {DEFAULT_THRESHOLD}):"
    )
    for mine, other in (halves, halves[::-1]):
        chosen = max(CANDIDATES, key=lambda c: f1(found[c], mine, 0.5) + f1(found[c], mine, 0.75))
        print(f"{chosen}: {f1(found[chosen], other, 0.5):.1f} and {f1(found[chosen], other, 0.75):.1f}")


def _fewer(answers: Answers, gold: Gold) -> None:
    print("\n| workers a picture | 1 | 2 | 3 | 4 | 5 | 7 |\n| --- | --- | --- | --- | --- | --- | --- |")
    cells = []
    for count in (1, 2, 3, 4, 5, 7):
        scores = []
        for draw in range(3):
            chance = random.Random(f"{count} {draw}")
            some = {
                name: {worker: given[worker] for worker in chance.sample(sorted(given), min(count, len(given)))}
                for name, given in answers.items()
            }
            found = boxes_of(consolidate_boxes(some))
            scores.append((f1(found, gold, 0.5), f1(found, gold, 0.75)))
        cells.append("{:.1f} / {:.1f}".format(*np.mean(scores, axis=0)))
    print("| F1 at .5 / .75 |", " | ".join(cells), "|")


def _confidence(result: BoxResult, gold: Gold) -> None:
    rows = []
    for name, label in result.objects.items():
        hits = {pair[0] for pair in match(box_iou(corners([s.shape for s in label.shapes or ()]), gold[name]), 0.5)}
        rows += [(shape.confidence, place in hits) for place, shape in enumerate(label.shapes or ())]
    stated, right = np.array(rows).T
    print("\n| stated confidence | boxes | mean of it | right (IoU .5) |\n| --- | --- | --- | --- |")
    for low, high in ((0.0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.0)):
        here = (stated >= low) & (stated < high)
        if here.any():
            print(f"| {low}–{high} | {here.sum()} | {stated[here].mean():.2f} | {right[here].mean():.2f} |")
