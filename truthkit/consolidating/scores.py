"""How good labels are, where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit.answers.read import by_manifest
from truthkit.answers.shapes import number_of
from truthkit_core.consolidation.class_models import ClassResult

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 10
_EQUAL = 1e-9


def hits(result: ClassResult, gold: Mapping[str, str]) -> tuple[Ints, Ints, Floats, Floats]:
    """Of every answered item with gold: its place, its truth's place in the classes (-1: none of them), how right its
    label is (k classes that tie for the winner count 1/k each), and the winner's probability."""
    answers = result.answers
    place = {name: number for number, name in enumerate(answers.classes)}
    count = len(answers.items)
    truth = np.full(count, -2, dtype=np.int64)
    if gold:
        for number in np.flatnonzero(np.fromiter(map(gold.__contains__, answers.items), bool, count)).tolist():
            truth[number] = place.get(gold[answers.items[number]], -1)
    top = np.zeros(count)
    np.maximum.at(top, result.entry_item, result.probability)
    tied = result.probability >= top[result.entry_item] - _EQUAL
    ties = np.bincount(result.entry_item, weights=tied, minlength=count)
    good = np.bincount(
        result.entry_item, weights=tied & (result.entry_class == truth[result.entry_item]), minlength=count
    )
    known = np.flatnonzero((truth > -2) & (result.label >= 0))
    return known, truth[known], good[known] / np.maximum(ties[known], 1.0), top[known]


def class_measures(result: ClassResult, gold: Mapping[str, str]) -> dict[str, float | None]:
    """``accuracy``, ``calibration_error`` (ten equal bins of the winner's probability), ``brier`` and ``log_loss``,
    over the answered items with gold; ``gold`` is how many these are. Gold that is none of the classes is never hit; if
    all of it is none, there are no figures: it is of something else."""
    known, truth, good, top = hits(result, gold)
    if not (truth >= 0).any():
        return {"accuracy": None, "calibration_error": None}
    gaps = np.bincount(bins_of(top), weights=good - top, minlength=BINS)
    own = _probability_of(result, known, truth)
    squares = _squares(result)
    return {
        "accuracy": float(good.mean()),
        "calibration_error": float(np.abs(gaps).sum()) / len(known),
        "brier": float((squares[known] - 2 * own + 1.0).mean()),
        "log_loss": float(np.log(1.0 / np.clip(own, 1e-12, 1.0)).mean()),
        "gold": float(len(known)),
    }


def bins_of(confidence: Floats) -> Ints:
    """In which of ten equal bins a confidence lies."""
    found: Ints = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return found


def _squares(result: ClassResult) -> Floats:
    """By item: the sum of the squares of all classes' probabilities."""
    count, entry = len(result.answers.items), result.entry_item
    rest = result.rest[result.entry_class]
    left = np.maximum(1.0 - np.bincount(entry, weights=result.probability, minlength=count), 0.0)
    free = np.maximum(1.0 - np.bincount(entry, weights=rest, minlength=count), 1e-12)
    others = np.maximum((result.rest**2).sum() - np.bincount(entry, weights=rest**2, minlength=count), 0.0)
    found: Floats = np.bincount(entry, weights=result.probability**2, minlength=count) + others * (left / free) ** 2
    return found


def _probability_of(result: ClassResult, items: Ints, classes: Ints) -> Floats:
    """What the result gives to one class each of some items; what is left goes to the classes that nobody chose."""
    size = max(len(result.answers.classes), 1)
    keys = result.entry_item * size + result.entry_class
    wanted = items * size + np.maximum(classes, 0)
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    there = (keys[at] == wanted) & (classes >= 0)
    total = np.bincount(result.entry_item, weights=result.probability, minlength=len(result.answers.items))
    taken = np.bincount(result.entry_item, weights=result.rest[result.entry_class], minlength=len(result.answers.items))
    free = np.maximum(1.0 - taken[items], 1e-12)
    left = np.maximum(1.0 - total[items], 0.0) * result.rest[np.maximum(classes, 0)] / free
    found: Floats = np.where(there, result.probability[at], np.where(classes >= 0, left, 0.0))
    return found


def number_measures(objects: Mapping[str, Any], gold: Mapping[str, str]) -> dict[str, float | None]:
    """``mean_absolute_error``, ``root_mean_square_error`` and Pearson's ``correlation`` over the items with gold."""
    pairs = [
        (float(label.value), truth)
        for item, label in objects.items()
        if item in gold and label.value is not None and (truth := number_of(gold[item])) is not None
    ]
    if not pairs:
        return {}
    found, truth = np.array(pairs).T
    gap = found - truth
    spread = found.std() * truth.std()
    correlation = float(((found - found.mean()) * (truth - truth.mean())).mean() / spread) if spread > 0 else None
    return {
        "mean_absolute_error": float(np.abs(gap).mean()),
        "root_mean_square_error": float(np.sqrt((gap**2).mean())),
        "correlation": correlation,
        "gold": float(len(pairs)),
    }


def reliability(result: ClassResult, gold: Mapping[str, str]) -> list[tuple[float, float, int]]:
    """Of each of the ten bins that is not empty: mean confidence, share of right labels, how many."""
    _known, _truth, good, top = hits(result, gold)
    bins = bins_of(top)
    found = []
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            found.append((float(top[inside].mean()), float(good[inside].mean()), int(inside.sum())))
    return found


def confusion_of_answers(result: ClassResult, gold: Mapping[str, str]) -> Floats:
    """How many answers of each class the objects of each true class got; shape (truth, label)."""
    answers = result.answers
    place = {name: number for number, name in enumerate(answers.classes)}
    truth = np.array([place.get(gold.get(item, ""), -1) for item in answers.items], dtype=np.int64)
    of = truth[answers.item]
    size = len(answers.classes)
    keys = of[of >= 0] * size + answers.label[of >= 0]
    return np.bincount(keys, minlength=size * size).reshape(size, size).astype(np.float64)


def confusion_of_labels(result: ClassResult, gold: Mapping[str, str]) -> Floats:
    """How many objects of each true class got each label; shape (truth, label)."""
    known, truth, _good, _top = hits(result, gold)
    size = len(result.answers.classes)
    inside = truth >= 0
    keys = truth[inside] * size + result.label[known][inside]
    return np.bincount(keys, minlength=size * size).reshape(size, size).astype(np.float64)


def differing(results: Sequence[ClassResult]) -> Ints:
    """The items to which not all results give the same label, in the order of the manifest."""
    if not results:
        return np.zeros(0, dtype=np.int64)
    labels = np.stack([result.label for result in results])
    names = results[0].answers.items
    found = np.flatnonzero((labels != labels[0]).any(0)).tolist()
    return np.array(sorted(found, key=lambda at: by_manifest(names[at])), dtype=np.int64)
