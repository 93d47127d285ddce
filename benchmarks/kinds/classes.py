"""Classes: every method on every set, error by the number of answers, thirty batches, and how sure it is.

Accuracy is over the objects that have gold; exact repetitions of an answer count once; where k classes tie for the
winner, each counts 1/k. crowd-kit's Dawid–Skene is a row of its own where crowd-kit is installed.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.crowd_data import CLASS_SETS, ClassSet, class_set
from truthkit_core.consolidation.class_models import (
    DEFAULT,
    METHODS,
    ClassAnswers,
    ClassResult,
    Strengths,
    WorkerModel,
    shrunken_dawid_skene,
    shrunken_dawid_skene_in_batches,
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
    ("calibration", {"skill_sharpness": (0.0, 2.0, 4.0, 6.0), "skill_spread": (0.08, 0.1, 0.12, 0.14)}),
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
    for name, model in METHODS.items():
        chance = random.Random("answers")
        errors = []
        for count in range(1, most + 1):
            found = []
            for _draw in range(draws if count < most else 1):
                some = [one for every in of_item.values() for one in chance.sample(every, min(count, len(every)))]
                answers = ClassAnswers.of(some, classes=birds.classes)
                found.append(100 - Score.of(model(answers).posterior(), answers, birds.gold).accuracy)
            errors.append(f"{np.mean(found):.1f}")
        print("|", " | ".join([name, *errors]), "|", flush=True)


def print_reliability(sets: dict[str, tuple[ClassAnswers, dict[str, str]]]) -> None:
    """How often the default is right by how sure it is; every set has the same weight."""
    stated, right, share = np.zeros(BINS), np.zeros(BINS), np.zeros(BINS)
    for answers, gold in sets.values():
        result = shrunken_dawid_skene(answers)
        rows = [number for number, item in enumerate(answers.items) if item in gold and result.label[number] >= 0]
        sure = result.confidence[rows]
        hit = [answers.classes[result.label[number]] == gold[answers.items[number]] for number in rows]
        bins = np.minimum((sure * BINS).astype(int), BINS - 1)
        for sums, values in ((stated, sure), (right, np.array(hit, dtype=float)), (share, np.ones(len(rows)))):
            sums += np.bincount(bins, weights=values, minlength=BINS) / len(rows)
    some = [number for number in range(BINS) if share[number] > 0.005 * len(sets)]
    print("\n| stated confidence of the default |", " | ".join(f"{n / BINS:g}–{(n + 1) / BINS:g}" for n in some), "|")
    print("| --- |", " | ".join("---" for _ in some), "|")
    print("| mean of it |", " | ".join(f"{stated[n] / share[n]:.2f}" for n in some), "|")
    print("| right |", " | ".join(f"{right[n] / share[n]:.2f}" for n in some), "|")
    print("| share of the objects, % |", " | ".join(f"{100 * share[n] / len(sets):.0f}" for n in some), "|")


def cut(one: ClassSet, batches: int) -> list[ClassAnswers]:
    """So many batches of equally many objects, in the order of their names."""
    items = sorted({answer[0] for answer in one.answers}, key=lambda item: (len(item), item))
    size = -(-len(items) // batches)
    batch = {item: number // size for number, item in enumerate(items)}
    parts: list[list[tuple[str, str, str]]] = [[] for _ in range(-(-len(items) // size))]
    for answer in one.answers:
        parts[batch[answer[0]]].append(answer)
    return [ClassAnswers.of(part, classes=one.classes) for part in parts]


def print_batches(sets: Sequence[ClassSet], batches: int = 30) -> None:
    """Accuracy over thirty batches: in rounds, seen once, seen once more, and what one look could reach at most."""

    def accuracy(one: ClassSet, results: Iterable[ClassResult]) -> float:
        labels = {item: label for result in results for item, label in result.labels().items()}
        return 100 * float(np.mean([labels[item] == truth for item, truth in one.gold.items() if item in labels]))

    rows: dict[str, list[float]] = {}
    for one in sets:
        parts = cut(one, batches)
        whole = [shrunken_dawid_skene(ClassAnswers.of(one.answers, classes=one.classes))]
        rows.setdefault("all at once", []).append(accuracy(one, whole))
        rows.setdefault("in rounds over the batches", []).append(accuracy(one, shrunken_dawid_skene_in_batches(parts)))
        known: WorkerModel | None = None
        own: list[WorkerModel | None] = [None] * len(parts)
        for name in ("each batch once", "once more", "and once more"):
            results = []
            for number, part in enumerate(parts):
                mine = own[number]
                others = known if known is None or mine is None else known.without(mine)
                result = shrunken_dawid_skene(part, anchors=others)
                results.append(result)
                own[number] = result.workers
                assert result.workers is not None
                known = result.workers if others is None else others.merged(result.workers)
            rows.setdefault(name, []).append(accuracy(one, results))
        rows.setdefault("once, with all earlier answers at hand", []).append(float("nan"))
        if len(one.answers) < 30_000:
            seen: list[tuple[str, str, str]] = []
            labels: dict[str, str | None] = {}
            for part in parts:
                names = set(part.items)
                seen += [answer for answer in one.answers if answer[0] in names]
                now = shrunken_dawid_skene(ClassAnswers.of(seen, classes=one.classes)).labels()
                labels |= {item: now[item] for item in part.items}
            found = [labels[item] == truth for item, truth in one.gold.items() if item in labels]
            rows["once, with all earlier answers at hand"][-1] = 100 * float(np.mean(found))
    print("\n| thirty batches, accuracy % |", " | ".join(one.name for one in sets), "|")
    print("| --- |", " | ".join("---" for _ in sets), "|")
    for name, values in rows.items():
        print("|", " | ".join([name, *("–" if np.isnan(value) else f"{value:.1f}" for value in values)]), "|")


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


def of_sets(folder: Path) -> list[ClassSet]:
    return [class_set(folder, name) for name in CLASS_SETS if (folder / name / "label.csv").is_file()]


def report(folder: Path) -> None:
    found = of_sets(folder)
    sets = {one.name: (ClassAnswers.of(one.answers, classes=one.classes), one.gold) for one in found}
    print_table(sets)
    print_reliability(sets)
    for one in found:
        if one.name == "aws_birds":
            print_by_answers(one)
    print_batches(found)


def choose(folder: Path) -> None:
    """The default model's numbers, chosen with each set left out once."""
    print_choice({one.name: (ClassAnswers.of(one.answers, classes=one.classes), one.gold) for one in of_sets(folder)})
