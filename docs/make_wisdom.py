"""Writes docs/wisdom-of-crowds.md and its pictures: .venv/bin/python docs/make_wisdom.py

The answers are those of a real job, which is no part of the project: ``$TRUTHKIT_DATA/crowd/aws_birds``, or
``../shared/data/crowd/aws_birds``. The page has figures and objects' numbers only.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from benchmarks.crowd_data import crowd_folder  # noqa: E402
from truthkit.answers import read_answers  # noqa: E402
from truthkit.consolidating import plots  # noqa: E402
from truthkit.consolidating.report import accuracy_by_answers  # noqa: E402
from truthkit.consolidating.scores import (  # noqa: E402
    class_measures,
    confusion_of_answers,
    confusion_of_labels,
    hits,
    reliability,
)
from truthkit_core.consolidation.class_models import METHODS, ClassAnswers, ClassResult  # noqa: E402

DOCS = ROOT / "docs"
PAGE = DOCS / "wisdom-of-crowds.md"
PICTURES = DOCS / "pictures"
DRAWS = 200
LEAST_IN_BIN = 5
CLASSES = ("Duck", "Sparrow", "Woodpecker", "Owl", "Parrot", "Turkey", "Falcon", "Swan", "Goose", "Canary")
"""In the order of the job's own class numbers, which gold and output manifest have."""
OURS, SERVICE, VOTE = "shrunken-dawid-skene", "service", "vote"
NAMES = {VOTE: "majority vote", SERVICE: "the service's modified Dawid–Skene", OURS: "truthkit's default"}
SHORT = {VOTE: "majority vote", SERVICE: "the service's", OURS: "truthkit's default"}


def read_birds(folder: Path) -> tuple[ClassAnswers, dict[str, str], dict[str, str]]:
    """The answers, the truth, and the labels of the job's own output manifest, by the object's number."""
    answers = read_answers(folder / "worker-response").field().class_answers(CLASSES)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        gold = {row["item"]: CLASSES[int(row["truth"])] for row in csv.DictReader(stream)}
    with (folder / "output.manifest").open(encoding="utf-8") as lines:
        given = {str(number): CLASSES[json.loads(line)["birds-open-images-clone"]] for number, line in enumerate(lines)}
    return answers, gold, given


def single_worker(answers: ClassAnswers, gold: Mapping[str, str]) -> float:
    """The share of single answers that are right, every object alike."""
    truth = np.array([CLASSES.index(gold[item]) for item in answers.items])
    right = np.bincount(answers.item, weights=answers.label == truth[answers.item], minlength=len(truth))
    return float((right / np.bincount(answers.item, minlength=len(truth))).mean())


def rescued(better: ClassResult, worse: ClassResult, gold: Mapping[str, str]) -> list[str]:
    """Objects that one has right and the other has not, by number."""
    good = {}
    for name, result in (("better", better), ("worse", worse)):
        known, _truth, hit, _top = hits(result, gold)
        good[name] = dict(zip((result.answers.items[at] for at in known.tolist()), hit.tolist(), strict=True))
    return sorted((item for item, hit in good["better"].items() if hit > good["worse"][item]), key=int)


def page_text(folder: Path) -> tuple[str, dict[str, str]]:
    """The page, and its pictures by file name."""
    answers, gold, given = read_birds(folder)
    results = {name: METHODS[name](answers) for name in (VOTE, SERVICE, OURS)}
    curves = accuracy_by_answers(answers, gold, list(results), draws=DRAWS)
    single = single_worker(answers, gold)
    errors = {NAMES[name]: [100 * (1 - right) for _count, right in line] for name, line in curves.items()}
    right = {name: 302 * (class_measures(result, gold)["accuracy"] or 0.0) for name, result in results.items()}
    own = sum(gold[item] == label for item, label in given.items())
    less = 100 * (1 - errors[NAMES[SERVICE]][1] / errors[NAMES[VOTE]][1])
    less_ours = 100 * (1 - errors[NAMES[OURS]][1] / errors[NAMES[VOTE]][1])

    table = [
        "| answers an object | 1 | 2 | 3 | 4 | 5 | right of 302 with five |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        f"| a single worker | {' | '.join([f'{100 * (1 - single):.1f}'] * 5)} | {302 * single:.0f} |",
    ]
    for name in (VOTE, SERVICE, OURS):
        cells = " | ".join(f"{error:.1f}" for error in errors[NAMES[name]])
        table.append(f"| {NAMES[name]} | {cells} | {right[name]:.4g} |")

    saved = []
    for better, worse in ((OURS, VOTE), (OURS, SERVICE), (SERVICE, VOTE)):
        won, lost = (
            rescued(results[better], results[worse], gold),
            rescued(results[worse], results[better], gold),
        )
        saved.append(f"| {SHORT[better]} | {SHORT[worse]} | {listed(won)} | {listed(lost)} |")
    calibration = ", ".join(
        f"{SHORT[name]} {100 * (class_measures(result, gold)['calibration_error'] or 0.0):.1f} %"
        for name, result in results.items()
    )

    lines = {SHORT[name]: [(count, 1 - share) for count, share in line] for name, line in curves.items()}
    lines["a single worker"] = [(count, 1 - single) for count in (1.0, 2.0, 3.0, 4.0, 5.0)]
    reliable = {
        SHORT[name]: [one for one in reliability(result, gold) if one[2] >= LEAST_IN_BIN]
        for name, result in results.items()
    }
    pictures = {
        "wisdom-error.svg": plots.lines(
            "Error by number of answers",
            lines,
            across="answers an object",
            up="wrong, %",
            ticks=[1, 2, 3, 4, 5],
            alone=True,
        ),
        "wisdom-reliability.svg": plots.lines(
            "Reliability",
            {name: [(stated, share) for stated, share, _count in bins] for name, bins in reliable.items()},
            across="confidence, %",
            up="right, %",
            even=True,
            bounds=(0.0, 1.0),
            sizes={name: [count / 302 for _s, _r, count in bins] for name, bins in reliable.items()},
            alone=True,
        ),
        "wisdom-answers.svg": plots.matrix(
            "Single answers",
            confusion_of_answers(results[OURS], gold),
            CLASSES,
            left="truth",
            top="answer",
            alone=True,
        ),
    }
    for name, file in ((VOTE, "vote"), (SERVICE, "service"), (OURS, "ours")):
        pictures[f"wisdom-{file}.svg"] = plots.matrix(
            f"Labels by {NAMES[name]}",
            confusion_of_labels(results[name], gold),
            CLASSES,
            left="truth",
            top="label",
            alone=True,
        )

    text = f"""# The wisdom of crowds, once more

In 2019 AWS showed with a job of its own what consolidation is worth: 302 pictures of birds, ten kinds, five workers
each ([the post](https://aws.amazon.com/blogs/machine-learning/use-the-wisdom-of-crowds-with-amazon-sagemaker-ground-truth-to-annotate-data-more-accurately/),
[the notebook](https://github.com/aws/amazon-sagemaker-examples/tree/main/prepare_data/sm-ground_truth_annotation_consolidation_image_classification)).
The job's worker responses are public. This page does the experiment again with every method; `docs/make_wisdom.py`
makes it, and `truthkit consolidate worker-response --gold truth.csv --out report.html` shows the same of your own.

## Error by number of answers

Wrong labels, in %. Below five, answers are drawn by chance, {DRAWS} times, the same for every method; k classes that
tie for the winner count 1/k.

{chr(10).join(table)}

![Lines: the error falls with the number of answers, most with the second for the models](pictures/wisdom-error.svg)

With two answers a vote is no better than one worker: where two differ it can only toss a coin. A model knows from the
other objects whom to believe.

| | published | here |
| --- | --- | --- |
| right with five answers, the service's modified Dawid–Skene | 273 | {right[SERVICE]:.4g} |
| right with five answers, majority vote | 272 | {right[VOTE]:.4g} |
| right in the job's own output manifest | – | {own} |
| less error than a vote with two answers, the service's | 20 % | {less:.0f} % |
| less error than a vote with two answers, truthkit's default | – | {less_ours:.0f} % |

A half is a tie of two. One object is 0.3 points, and the standard error of an accuracy here is 1.7 points: with five
answers no two of these methods can be told apart by this job alone. [Ten sets together](consolidation.md) can.

## Who is taken for whom

Rows are the truth, each 100 %. Single answers first, then the labels.

| single answers | majority vote |
| --- | --- |
| ![Answers by truth](pictures/wisdom-answers.svg) | ![The vote's labels by truth](pictures/wisdom-vote.svg) |

| the service's | truthkit's default |
| --- | --- |
| ![The service's labels by truth](pictures/wisdom-service.svg) | ![The default's by truth](pictures/wisdom-ours.svg) |

Canaries pass for sparrows and geese for ducks and swans. What most workers get wrong no consolidation puts right; what
many do it can, if others are known not to.

## Objects that one method rescues

Objects (lines of the manifest, from 0) that one method has more right than another with all five answers.

| method | against | has right | has wrong |
| --- | --- | --- | --- |
{chr(10).join(saved)}

## How sure it is

Calibration error (how far a stated confidence is from the share that is right, mean over ten equal bins):
{calibration}.
A point of the plot is a bin of at least {LEAST_IN_BIN} objects, the larger the more.

![Reliability of the three methods](pictures/wisdom-reliability.svg)
"""
    return text, pictures


def listed(items: list[str]) -> str:
    return f"{len(items)}: {', '.join(items)}" if items else "none"


def main() -> None:
    crowd = crowd_folder()
    if crowd is None:
        sys.exit("no crowd data: TRUTHKIT_DATA names its folder")
    text, pictures = page_text(crowd / "aws_birds")
    PAGE.write_text(text, "utf-8")
    for name, picture in pictures.items():
        (PICTURES / name).write_text(picture + "\n", "utf-8")


if __name__ == "__main__":
    main()
