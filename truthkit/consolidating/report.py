"""The report of a consolidation: one file, no scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from truthkit.answers.shapes import number_of
from truthkit.consolidating import plots
from truthkit.consolidating.methods import MEASURED, Consolidation
from truthkit.consolidating.output import write_text
from truthkit.consolidating.scores import (
    class_measures,
    confusion_of_answers,
    confusion_of_labels,
    differing,
    reliability,
)
from truthkit_core.consolidation.class_models import METHODS, ClassAnswers, ClassResult
from truthkit_core.consolidation.numbers import NumberResult

_HERE = Path(__file__).parent
_MOST_ROWS = 200
_MOST_STRIPS = 50
# So many answers are worth drawing fewer of them again and again.
_MOST_DRAWN = 300_000
_DRAWS = 20
# A bin with fewer objects says little.
_LEAST_IN_BIN = 5


def write_report(file: Path, found: Consolidation, *, source: str, field: str, gold: Mapping[str, str] | None) -> None:
    """Write the report, whole or not at all."""
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (_HERE / "report.html.j2").read_text("utf-8")
    )
    write_text(file, template.render(**_facts(found, source, field, gold)))


def _facts(found: Consolidation, source: str, field: str, gold: Mapping[str, str] | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "source": source,
        "field": field,
        "found": found,
        "answers": found.classes,
        "measures": list(dict.fromkeys(key for run in found.runs.values() for key in run.measures if key != "gold")),
        "gold": None,
        "measurable": found.kind in MEASURED,
        "pictures": [],
        "style": Markup(plots.STYLE),
        "differences": [],
        "differing": 0,
        "strips": [],
        "spread": 0,
    }
    numbers = found.runs[found.chosen].result
    if isinstance(numbers, NumberResult):
        facts.update(_numbers(numbers, gold))
    results = {name: run.result for name, run in found.runs.items() if isinstance(run.result, ClassResult)}
    if found.classes is None or found.chosen not in results:
        return facts
    chosen = results[found.chosen]
    facts["pictures"] = _pictures(found.classes, chosen, found.chosen, results, gold)
    if gold is not None:
        facts["gold"] = sum(item in gold for item in found.classes.items)
    items = differing(list(results.values()))
    facts["differing"] = len(items)
    facts["methods"] = list(results)
    names = [*found.classes.classes, "–"]
    for at in items[:_MOST_ROWS].tolist():
        item = found.classes.items[at]
        facts["differences"].append(
            {
                "item": item,
                "labels": [names[result.label[at]] for result in results.values()],
                "confidence": float(chosen.confidence[at]),
                "truth": (gold or {}).get(item),
            }
        )
    return facts


def _numbers(result: NumberResult, gold: Mapping[str, str] | None) -> dict[str, Any]:
    """The objects whose numbers lie farthest apart, along one line for all of them."""
    spread = {item: max(of) - min(of) for item, one in result.objects.items() if len(of := one.answers.values()) > 1}
    items = sorted(spread, key=lambda item: -spread[item])[:_MOST_STRIPS]
    labels = [result.objects[item] for item in items]
    truths = [number_of((gold or {}).get(item, "")) for item in items]
    ends = [end for one in labels for end in (one.value, one.low, one.high)]
    known = [number for one in labels for number in one.answers.values()]
    known += [float(number) for number in (*ends, *truths) if number is not None]
    bounds = (min(known), max(known)) if known else (0.0, 1.0)
    strips = []
    for item, one, truth in zip(items, labels, truths, strict=True):
        given = sorted(one.answers.values())
        value = "none" if one.value is None else f"{one.value:.4g}"
        words = f"{len(given)} answers: {', '.join(f'{number:.4g}' for number in given[:20])}"
        words += (
            ", …" * (len(given) > 20) + f"; consolidated {value}" + ("" if truth is None else f"; gold {truth:.4g}")
        )
        interval = None if one.low is None or one.high is None else (one.low, one.high)
        picture = plots.strip(words, given, one.value, interval, bounds, truth=truth)
        strips.append({"item": item, "picture": Markup(picture), "value": value, "confidence": one.confidence})
    return {"strips": strips, "spread": len(spread), "bounds": [f"{end:.4g}" for end in bounds]}


def _pictures(
    answers: ClassAnswers,
    chosen: ClassResult,
    name: str,
    results: Mapping[str, ClassResult],
    gold: Mapping[str, str] | None,
) -> list[tuple[str, Markup]]:
    found: list[tuple[str, str]] = []
    if gold:
        if len(answers) <= _MOST_DRAWN:
            curves = accuracy_by_answers(answers, gold, list(results))
            counts = sorted({int(x) for line in curves.values() for x, _y in line})
            if len(counts) > 1:
                title = "Accuracy by number of answers"
                across = "answers an object"
                found.append((title, plots.lines(title, curves, across=across, up="right, %", ticks=_few(counts))))
        title = "Reliability: a stated confidence, and how often it is right"
        lines, sizes = {}, {}
        for method in dict.fromkeys((name, *("vote", "service"))):
            if method in results:
                bins = reliability(results[method], gold)
                bins = [one for one in bins if one[2] >= _LEAST_IN_BIN] or bins
                lines[method] = [(confidence, right) for confidence, right, _count in bins]
                most = max((count for _c, _r, count in bins), default=1)
                sizes[method] = [count / most for _c, _r, count in bins]
        found.append(
            (
                title,
                plots.lines(
                    title,
                    lines,
                    across="confidence, %",
                    up="right, %",
                    even=True,
                    bounds=(0.0, 1.0),
                    sizes=sizes,
                ),
            )
        )
        before, after = confusion_of_answers(chosen, gold), confusion_of_labels(chosen, gold)
        if before.sum():
            title = "Confusion before: single answers"
            found.append((title, plots.matrix(title, before, answers.classes, left="truth", top="answer")))
            title = f"Confusion after: labels by {name}"
            found.append((title, plots.matrix(title, after, answers.classes, left="truth", top="label")))
    tens = np.bincount(np.minimum((chosen.confidence[chosen.label >= 0] * 10).astype(int), 9), minlength=10)
    shares = {f"{10 * at}–{10 * at + 10} %": float(count) for at, count in enumerate(tens.tolist())}
    title = f"Confidence of {name}"
    found.append((title, plots.bars(title, shares, across="objects")))
    labels = np.bincount(chosen.label[chosen.label >= 0], minlength=len(answers.classes))
    order = np.argsort(-labels, kind="stable")[:20]
    title = "Labels"
    by_class = {answers.classes[at]: float(labels[at]) for at in order.tolist()}
    found.append((title, plots.bars(title, by_class, across="objects")))
    return [(title, Markup(picture)) for title, picture in found]


def _few(counts: Sequence[int]) -> list[float]:
    """At most nine of the numbers, with the first and the last."""
    places = np.unique(np.linspace(0, len(counts) - 1, min(len(counts), 9)).astype(int))
    return [float(counts[at]) for at in places]


def accuracy_by_answers(
    answers: ClassAnswers, gold: Mapping[str, str], methods: Sequence[str], *, draws: int | None = None
) -> dict[str, list[tuple[float, float]]]:
    """By method: how right the labels are with so many answers an object, as (number, accuracy).

    The answers that count are drawn, the same for every method; accuracies are means over the draws, by default up to
    20, fewer where there are many answers. Objects with fewer answers have all of theirs.
    """
    given = np.bincount(answers.item, minlength=len(answers.items))
    most = int(given.max(initial=0))
    few = [count for count in (1, 2, 3, 4, 5, 7, 9, 12, 16, 20, 30, 50) if count < most]
    if draws is None:
        draws = max(1, min(_DRAWS, 40_000 // max(len(answers), 1)))
    chance = np.random.default_rng(0)
    sums: dict[str, dict[int, list[float]]] = {name: {} for name in methods}
    for count in [*few, most]:
        for _draw in range(draws if count < most else 1):
            some = drawn(answers, count, chance)
            for name in methods:
                try:
                    accuracy = class_measures(METHODS[name](some), gold)["accuracy"]
                except ValueError:  # a table that would not fit
                    continue
                if accuracy is not None:
                    sums[name].setdefault(count, []).append(accuracy)
    return {
        name: [(float(count), float(np.mean(values))) for count, values in found.items()]
        for name, found in sums.items()
        if found
    }


def drawn(answers: ClassAnswers, count: int, chance: np.random.Generator) -> ClassAnswers:
    """``count`` answers of each object, or all where there are no more."""
    order = np.lexsort((chance.random(len(answers)), answers.item))
    given = np.bincount(answers.item, minlength=len(answers.items))
    first = np.cumsum(given) - given
    rank = np.empty(len(answers), dtype=np.int64)
    rank[order] = np.arange(len(answers)) - first[answers.item[order]]
    kept = rank < count
    return replace(answers, item=answers.item[kept], worker=answers.worker[kept], label=answers.label[kept])
