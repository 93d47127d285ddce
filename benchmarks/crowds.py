"""How the crowds of the package err, beside how workers of public sets do, by the same measures on the same gold.

    python benchmarks/crowds.py

Needs the public sets (TRUTHKIT_DATA names their folder). Each simulated crowd answers their gold, five workers an
object.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.crowd_data import CLASS_SETS, class_set, crowd_folder
from truthkit.workforce.simulated.crowd import BUILT_IN, crowd_file, load_crowd
from truthkit.workforce.simulated.form import Field
from truthkit.workforce.simulated.kinds import Asked
from truthkit.workforce.simulated.masks import Region
from truthkit.workforce.simulated.rankings import Ranks
from truthkit.workforce.simulated.spans import Words
from truthkit.workforce.simulated.team import Question, Team
from truthkit_core.answers import FormAnswer
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.spans import Span
from truthkit_core.consolidation.text import edit_distance
from truthkit_core.strategies import KINDS, Settings

EACH = 5
# Object → worker → answer, and object → gold.
Answers = Mapping[str, Mapping[str, Any]]
Gold = Mapping[str, Any]


def simulated(name: str, kind: str, tag: str, gold: Gold, labels: Sequence[str] = (), **asked: Any) -> Answers:
    """What a crowd answers to this gold; ``asked`` by object."""
    team = Team(load_crowd(crowd_file(name)), 0, wanted=EACH)
    settings = Settings(kind, "it", tuple(labels), options={"dimension": "it"})
    found: dict[str, dict[str, Any]] = {}
    for item, right in gold.items():
        own = {key: value[item] for key, value in asked.items()}
        attributes = own.pop("attributes", {})
        question = Question(item, (Asked(Field("it", kind, tag, (), attributes), tuple(labels), **own),), {"it": right})
        found[item] = {}
        for worker, _ in zip(team.order(item), range(EACH), strict=False):
            content = team.respond(worker, question).content
            if content is not None:
                value = KINDS[kind].read(FormAnswer(worker, content), settings)
                found[item][worker] = value
    return found


def by_worker(answers: Answers, gold: Gold, right: Any) -> tuple[float, ...]:
    """Mean over answers; then of workers with ten answers and more the 10 %, 50 % and 90 % quantile of their means."""
    scores: dict[str, list[float]] = defaultdict(list)
    for item, given in answers.items():
        for worker, value in given.items():
            if item in gold and value is not None:
                scores[worker].append(right(value, gold[item]))
    whole = statistics.fmean(score for some in scores.values() for score in some)
    means = [statistics.fmean(some) for some in scores.values() if len(some) >= 10] or [whole]
    return (whole, *(float(one) for one in np.quantile(means, (0.1, 0.5, 0.9))))


def agreement(answers: Answers) -> float:
    """Share of the pairs of workers with the same answer to an object."""
    same = [
        float(one == other)
        for given in answers.values()
        for place, one in enumerate(list(given.values()))
        for other in list(given.values())[:place]
    ]
    return statistics.fmean(same)


def vote(answers: Answers, gold: Gold) -> float:
    """Accuracy of the majority of five answers drawn by chance; a tie counts its share."""
    chance = random.Random(0)
    points = []
    for item, given in answers.items():
        if item in gold and given:
            counts = Counter(chance.sample(sorted(given.values()), min(EACH, len(given))))
            best = [label for label, count in counts.items() if count == max(counts.values())]
            points.append((gold[item] in best) / len(best))
    return statistics.fmean(points)


def row(name: str, cells: Iterable[float], form: str = ".0%") -> None:
    print(f"| {name} | " + " | ".join(format(cell, form) for cell in cells) + " |", flush=True)


def head(title: str, *columns: str) -> None:
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n| --- |{' --: |' * len(columns)}")


def classes(folder: Path) -> None:
    head("Classes", "right", "worker at 10 %", "50 %", "90 %", "two agree", "vote of five")
    equal = lambda a, b: float(a == b)  # noqa: E731
    four: dict[str, str] = {}
    for name in CLASS_SETS:
        data = class_set(folder, name)
        answers: dict[str, dict[str, str]] = defaultdict(dict)
        for item, worker, label in data.answers:
            answers[item][worker] = label
        row(
            f"{name} ({len(data.classes)})",
            (*by_worker(answers, data.gold, equal), agreement(answers), vote(answers, data.gold)),
        )
        if len(data.classes) == 4:
            four |= {f"{name} {item}": label for item, label in data.gold.items()}
    labels = sorted(set(four.values()))
    for crowd in BUILT_IN:
        found = simulated(crowd, "class", "crowd-classifier", four, labels)
        row(f"**{crowd}** (4)", (*by_worker(found, four, equal), agreement(found), vote(found, four)))


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def spans(folder: Path) -> None:
    head("Passages (ner_mturk)", "F1", "worker at 10 %", "50 %", "90 %", "missed", "by most", "added to 100",
         "border off", "other label")  # fmt: skip
    at = folder / "ner_mturk"
    lengths = {one["doc"]: sum(one["sentence_lengths"]) for one in lines(at / "docs.jsonl")}
    made: Callable[[Any], list[Span]] = lambda some: [Span(5 * a, 5 * b - 1, label) for a, b, label in some]  # noqa: E731
    gold = {one["doc"]: made(one["spans"]) for one in lines(at / "gold.jsonl")}
    answers: dict[str, dict[str, list[Span]]] = defaultdict(dict)
    for one in lines(at / "annotations.jsonl"):
        answers[one["doc"]][str(one["worker"])] = made(one["spans"])
    words = {doc: Words("word " * number) for doc, number in lengths.items()}
    crowds: dict[str, Answers] = {"ner_mturk": answers}
    for crowd in BUILT_IN:
        crowds[f"**{crowd}**"] = simulated(
            crowd, "spans", "truthkit-text-annotator", gold, ("PER", "LOC", "ORG", "MISC"), words=words
        )
    for name, found in crowds.items():
        total = missed = kept = off = other = added = 0
        lost: list[bool] = []
        for doc, given in found.items():
            lost += [
                _by_most([not any(_touch(span, right) for span in some) for some in given.values()])
                for right in gold[doc]
            ]
            for value in given.values():
                total += len(gold[doc])
                added += sum(not any(_touch(span, right) for right in gold[doc]) for span in value)
                for right in gold[doc]:
                    near = [span for span in value if _touch(span, right)]
                    missed += not near
                    if near:
                        best = min(near, key=lambda s: abs(s.start - right.start) + abs(s.end - right.end))
                        kept += 1
                        off += (best.start != right.start) + (best.end != right.end)
                        other += best.label != right.label
        scores = by_worker(found, gold, _span_f1)
        row(name, (*scores, missed / total, statistics.fmean(lost), added / total, off / (2 * kept), other / kept))


def _by_most(misses: Sequence[bool]) -> bool:
    """Whether more than half of the first five workers miss a thing."""
    few = misses[:EACH]
    return 2 * sum(few) > len(few)


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _span_f1(found: Sequence[Span], right: Sequence[Span]) -> float:
    total = len(set(found)) + len(set(right))
    return 2 * len(set(found) & set(right)) / total if total else 1.0


def boxes(folder: Path) -> None:
    head("Boxes (boxes_openimages)", "missed", "by most", "added to 100", "side off, sd", "IoU of the found")
    at = folder / "boxes_openimages"
    made: Callable[[Any], list[Box]] = lambda some: [  # noqa: E731
        Box(x1, y1, x2 - x1, y2 - y1, "it") for x1, y1, x2, y2 in some if x2 > x1 and y2 > y1
    ]
    gold = {one["item"]: made(one["boxes"]) for one in lines(at / "gold.jsonl")}
    answers: dict[str, dict[str, list[Box]]] = defaultdict(dict)
    for one in lines(at / "annotations.jsonl"):
        answers[one["item"]][str(one["worker"])] = made(one["boxes"])
    sizes = {
        item: tuple(
            math.ceil(max((one + extent for box in some for one, extent in [_far(box, axis)]), default=100)) + 1
            for axis in (0, 1)
        )
        for item, some in gold.items()
    }
    crowds: dict[str, Answers] = {"boxes_openimages": answers}
    for crowd in BUILT_IN:
        crowds[f"**{crowd}**"] = simulated(crowd, "boxes", "crowd-bounding-box", gold, ("it",), size=sizes)
    for name, found in crowds.items():
        total = added = 0
        missed: list[bool] = []
        lost: list[bool] = []
        overlaps: list[float] = []
        sides: list[float] = []
        for item, given in found.items():
            total += len(gold[item]) * len(given)
            for right in gold[item]:
                best = [max(value, key=lambda box: _iou(box, right), default=None) for value in given.values()]
                hits = [one for one in best if one is not None and _iou(one, right) >= 0.5]
                misses = [one is None or _iou(one, right) < 0.5 for one in best]
                missed += misses
                lost.append(_by_most(misses))
                overlaps += [_iou(box, right) for box in hits]
                for box in hits:
                    sides += [(box.left - right.left) / right.width, (box.top - right.top) / right.height]
                    sides += [
                        (box.left + box.width - right.left - right.width) / right.width,
                        (box.top + box.height - right.top - right.height) / right.height,
                    ]
            added += sum(
                not any(_iou(box, right) >= 0.5 for right in gold[item]) for value in given.values() for box in value
            )
        means = statistics.fmean(missed), statistics.fmean(lost), added / total
        row(name, (*means, statistics.pstdev(sides), statistics.fmean(overlaps)))


def _far(box: Box, axis: int) -> tuple[float, float]:
    return (box.left, box.width) if axis == 0 else (box.top, box.height)


def _iou(one: Box, other: Box) -> float:
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    both = max(wide, 0) * max(high, 0)
    return both / (one.width * one.height + other.width * other.height - both)


def masks(folder: Path) -> None:
    head("Masks", "IoU, mean", "answer at 10 %", "50 %", "90 %")
    for name in ("masks_bubil2", "masks_bubil5"):
        gold = {file.stem: _pixels(file) for file in sorted((folder / name / "gold").glob("*.png"))}
        scores = [
            _mask_iou(_pixels(file), gold[file.stem]) for file in sorted((folder / name / "crowd").glob("*/*.png"))
        ]
        row(name, (statistics.fmean(scores), *map(float, np.quantile(scores, (0.1, 0.5, 0.9)))), ".2f")
    regions = {item: [Region.of(pixels, "it")] for item, pixels in gold.items()}
    sizes = {item: (pixels.shape[1], pixels.shape[0]) for item, pixels in gold.items()}
    for crowd in BUILT_IN:
        found = simulated(crowd, "semantic-mask", "crowd-semantic-segmentation", regions, ("it",), size=sizes)
        scores = [_mask_iou(one > 0, gold[item]) for item, given in found.items() for one in given.values()]
        row(f"**{crowd}**", (statistics.fmean(scores), *map(float, np.quantile(scores, (0.1, 0.5, 0.9)))), ".2f")


def _pixels(file: Path) -> Any:
    return np.asarray(Image.open(file).convert("L")) > 127


def _mask_iou(one: Any, other: Any) -> float:
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else 1.0


def texts(folder: Path) -> None:
    head("Texts (text_crowdspeech)", "word error rate of an answer", "worker at 10 %", "50 %", "90 %")
    at = folder / "text_crowdspeech"
    rows = [line.split("\t") for line in (at / "crowdspeech-test-other-gt.txt").read_text("utf-8").splitlines()]
    gold = {one[0]: one[1].lower() for one in rows if len(one) > 1 and one[1].strip()}
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    for line in (at / "crowdspeech-test-other-crowd.tsv").read_text("utf-8").split("\n")[1:]:
        cells = line.split("\t")
        if len(cells) == 3:  # a few texts have line ends of their own
            answers[cells[0]][cells[2]] = cells[1].lower()
    row("text_crowdspeech", by_worker(answers, gold, _wer))
    for crowd in BUILT_IN:
        row(f"**{crowd}**", by_worker(simulated(crowd, "text", "crowd-text-area", gold), gold, _wer))


def _wer(found: str, right: str) -> float:
    return edit_distance(found.split(), right.split()) / max(len(right.split()), 1)


def numbers(folder: Path) -> None:
    head("Numbers (emotion_numeric; a part of the range)", "mean absolute error", "worker at 10 %", "50 %", "90 %")
    data = class_set(folder, "emotion_numeric")
    gold = {item: float(value) for item, value in data.gold.items()}
    low, high = min(gold.values()), max(gold.values())
    answers: dict[str, dict[str, float]] = defaultdict(dict)
    for item, worker, value in data.answers:
        answers[item][worker] = float(value)
    off = lambda a, b: abs(a - b) / (high - low)  # noqa: E731
    row("emotion_numeric", by_worker(answers, gold, off))
    ends = dict.fromkeys(gold, (low, high))
    attributes = {item: {"min": str(low), "max": str(high)} for item in gold}
    for crowd in BUILT_IN:
        found = simulated(crowd, "number", "crowd-slider", gold, bounds=ends, attributes=attributes)
        row(f"**{crowd}**", by_worker(found, gold, off))


def rankings(folder: Path) -> None:
    head("Rankings (rankings_spv; four alternatives)", "pairs in order", "neighbours swapped")
    rows = [line.split(",") for line in (folder / "rankings_spv" / "rankings.csv").read_text().splitlines()[1:]]
    orders = [([one[3].split().index(x) for x in one[2].split()]) for one in rows]
    row("rankings_spv", _pairs(orders))
    gold = {str(number): [Ranks("it", False, (1, 2, 3, 4))] for number in range(400)}
    for crowd in BUILT_IN:
        found = simulated(crowd, "ranking", "crowd-text-ranking", gold)
        given = [[int(one) for tier in value for one in tier] for some in found.values() for value in some.values()]
        row(f"**{crowd}**", _pairs(given))


def _pairs(orders: Sequence[Sequence[int]]) -> tuple[float, float]:
    right = [order.index(a) < order.index(b) for order in orders for a in range(4) for b in range(a + 1, 4)]
    next_to = [order.index(a) > order.index(a + 1) for order in orders for a in range(3)]
    return statistics.fmean(right), statistics.fmean(next_to)


def main() -> None:
    folder = crowd_folder()
    if folder is None:
        raise SystemExit("no crowd data: TRUTHKIT_DATA names its folder")
    for report in (classes, spans, boxes, masks, texts, numbers, rankings):
        report(folder)


if __name__ == "__main__":
    main()
