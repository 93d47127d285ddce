"""Consolidation of classes, measured on public sets with gold.

    python benchmarks/consolidation.py              # every method on every set
    python benchmarks/consolidation.py --choose     # the default model's numbers, chosen with each set left out once
    python benchmarks/consolidation.py --data DIR   # the sets; else $TRUTHKIT_DATA/crowd, ../shared/data/crowd

Accuracy is over the objects that have gold; exact repetitions of an answer count once; where k classes tie for the
winner, each counts 1/k. crowd-kit's Dawid–Skene is a column of its own where crowd-kit is installed.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from benchmarks.crowd_data import CLASS_SETS, ClassSet, class_set, crowd_folder  # noqa: E402
from truthkit_core.consolidation.class_models import (  # noqa: E402
    DEFAULT,
    METHODS,
    ClassAnswers,
    ClassResult,
    Strengths,
    shrunken_dawid_skene,
)

Floats = NDArray[np.float64]
Method = Callable[[ClassAnswers], Floats]
BINS = 10

# Groups of numbers are chosen each on its own: those of the winner by accuracy, those of the confidence by its error.
CHOICES: list[tuple[str, dict[str, Sequence[float]]]] = [
    ("accuracy", {"shrinkage": (1.0, 2.0, 4.0), "flat": (0.3, 0.5, 0.7, 1.0)}),
    ("accuracy", {"correlation": (0.0, 0.1, 0.2, 0.3), "class_power": (0.5, 0.7, 1.0)}),
    (
        "calibration",
        {
            "doubtful_correlation": (0.5, 0.6, 0.65, 0.7),
            "doubtful_class_power": (0.3, 0.5),
            "sharpness": (0.8, 0.9, 1.0),
            "doubt": (0.1, 0.2),
        },
    ),
]


@dataclass(frozen=True, slots=True)
class Score:
    """Of one method on one set; accuracy and calibration error in %."""

    accuracy: float
    brier: float
    log_loss: float
    calibration: float
    seconds: float
    right: float

    @classmethod
    def of(cls, posterior: Floats, answers: ClassAnswers, gold: dict[str, str], seconds: float = 0.0) -> Score:
        place = {name: number for number, name in enumerate(answers.classes)}
        rows = [number for number, item in enumerate(answers.items) if item in gold]
        truth = np.array([place[gold[answers.items[number]]] for number in rows])
        table = posterior[rows]
        here = np.arange(len(rows))
        top = table.max(1)
        winners = np.isclose(table, top[:, None], rtol=0, atol=1e-9)
        hit = winners[here, truth] / winners.sum(1)
        exact = np.zeros_like(table)
        exact[here, truth] = 1.0
        bins = np.minimum((top * BINS).astype(int), BINS - 1)
        gaps = np.bincount(bins, weights=hit - top, minlength=BINS)
        return cls(
            100 * float(hit.mean()),
            float(((table - exact) ** 2).sum(1).mean()),
            float(-np.log(np.clip(table[here, truth], 1e-12, 1.0)).mean()),
            100 * float(np.abs(gaps).sum()) / len(rows),
            seconds,
            float(hit.sum()),
        )


def crowd_kit() -> Method | None:
    """crowd-kit's Dawid–Skene with its defaults, None where it is not installed."""
    try:
        import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
        from crowdkit.aggregation import DawidSkene  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None

    def posterior(answers: ClassAnswers) -> Floats:
        frame = pandas.DataFrame({"task": answers.item, "worker": answers.worker, "label": answers.label})
        found = DawidSkene(n_iter=100).fit_predict_proba(frame)
        table = np.zeros((len(answers.items), len(answers.classes)))
        table[np.ix_(found.index.to_numpy(), found.columns.to_numpy())] = found.to_numpy()
        return table

    return posterior


def methods() -> dict[str, Method]:
    def of(model: Callable[[ClassAnswers], ClassResult]) -> Method:
        return lambda answers: model(answers).posterior()

    found = {name: of(model) for name, model in METHODS.items()}
    other = crowd_kit()
    return found | ({"crowd-kit Dawid-Skene": other} if other else {})


def measured(method: Method, answers: ClassAnswers, gold: dict[str, str]) -> Score:
    start = time.perf_counter()
    posterior = method(answers)
    return Score.of(posterior, answers, gold, time.perf_counter() - start)


def print_table(sets: dict[str, tuple[ClassAnswers, dict[str, str]]]) -> None:
    print("| method |", " | ".join(sets), "| mean | Brier | log loss | calibration error | seconds |")
    print("| --- |", " | ".join("---" for _ in range(len(sets) + 5)), "|")
    right = {}
    for name, method in methods().items():
        scores = {which: measured(method, answers, gold) for which, (answers, gold) in sets.items()}
        every = list(scores.values())
        means = [
            f"{np.mean([score.accuracy for score in every]):.2f}",
            f"{np.mean([score.brier for score in every]):.3f}",
            f"{np.mean([score.log_loss for score in every]):.3f}",
            f"{np.mean([score.calibration for score in every]):.1f}",
            f"{sum(score.seconds for score in every):.1f}",
        ]
        print("|", " | ".join([name, *(f"{score.accuracy:.1f}" for score in every), *means]), "|", flush=True)
        if "aws_birds" in scores:
            right[name] = scores["aws_birds"].right
    if right:
        print("\naws_birds, right of 302:", ", ".join(f"{name} {count:g}" for name, count in right.items()))


def print_by_answers(birds: ClassSet, draws: int = 100) -> None:
    """Error by how many of the answers of an object are there; the mean of ``draws`` fixed draws."""
    of_item: dict[str, list[tuple[str, str, str]]] = {}
    for answer in birds.answers:
        of_item.setdefault(answer[0], []).append(answer)
    most = max(map(len, of_item.values()))
    print("\n| aws_birds, error % by answers an object |", " | ".join(str(count) for count in range(1, most + 1)), "|")
    print("| --- |", " | ".join("---" for _ in range(most)), "|")
    for name, method in methods().items():
        chance = random.Random("answers")
        errors = []
        for count in range(1, most + 1):
            found = []
            for _draw in range(draws if count < most else 1):
                some = [one for every in of_item.values() for one in chance.sample(every, min(count, len(every)))]
                answers = ClassAnswers.of(some, classes=birds.classes)
                found.append(100 - measured(method, answers, birds.gold).accuracy)
            errors.append(f"{np.mean(found):.1f}")
        print("|", " | ".join([name, *errors]), "|", flush=True)


def _with(strengths: Strengths, numbers: dict[str, float]) -> Strengths:
    return replace(strengths, **numbers)  # type: ignore[arg-type]


def print_choice(sets: dict[str, tuple[ClassAnswers, dict[str, str]]]) -> None:
    """Each set's numbers are those that are best for the others; the rows are the sets, measured with them."""
    kept: dict[Strengths, dict[str, Score]] = {}

    def scores(strengths: Strengths) -> dict[str, Score]:
        if strengths not in kept:
            kept[strengths] = {
                name: Score.of(shrunken_dawid_skene(answers, strengths=strengths).posterior(), answers, gold)
                for name, (answers, gold) in sets.items()
            }
        return kept[strengths]

    def best(mark: str, choices: dict[str, Sequence[float]], names: Sequence[str]) -> Strengths:
        def value(strengths: Strengths) -> float:
            found = scores(strengths)
            mean = float(np.mean([getattr(found[name], mark) for name in names]))
            return mean if mark == "accuracy" else -mean

        all_choices = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
        return max((_with(DEFAULT, chosen) for chosen in all_choices), key=value)

    def chosen(names: Sequence[str]) -> Strengths:
        strengths = DEFAULT
        for mark, choices in CHOICES:
            found = best(mark, choices, names)
            strengths = _with(strengths, {name: getattr(found, name) for name in choices})
        return strengths

    varied = [name for _mark, choices in CHOICES for name in choices]
    print("| left out |", " | ".join(varied), "| accuracy | calibration error |")
    print("| --- |", " | ".join("---" for _ in range(len(varied) + 2)), "|")
    out = []
    for left_out in [*sets, ""]:
        strengths = chosen([name for name in sets if name != left_out])
        numbers = [f"{getattr(strengths, name):g}" for name in varied]
        if left_out:
            score = scores(strengths)[left_out]
            out.append((score.accuracy, score.calibration))
            print("|", " | ".join([left_out, *numbers, f"{score.accuracy:.1f}", f"{score.calibration:.1f}"]), "|")
    held = np.mean(out, axis=0)
    print("|", " | ".join(["none; mean of the above", *numbers, f"{held[0]:.2f}", f"{held[1]:.1f}"]), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder with one folder a set")
    parser.add_argument("--choose", action="store_true", help="choose the default model's numbers instead")
    options = parser.parse_args()
    folder = crowd_folder(options.data)
    if folder is None:
        parser.error("no data: say where it is by --data")
    found = [class_set(folder, name) for name in CLASS_SETS if (folder / name / "label.csv").is_file()]
    sets = {one.name: (ClassAnswers.of(one.answers, classes=one.classes), one.gold) for one in found}
    if options.choose:
        print_choice(sets)
        return
    print_table(sets)
    for one in found:
        if one.name == "aws_birds":
            print_by_answers(one)


if __name__ == "__main__":
    main()
