"""Rankings: Kendall's tau with the true order, on rankings_spv (workers drawn) and on simulated Mallows votes.

Alternatives are renamed by chance in every object, so that no rule for ties can know the true order. "stated" is what
the default's confidence says that tau is: 2 * confidence - 1.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from truthkit_core.consolidation.rankings import DEFAULT_METHOD, METHODS, Ranking, kendall_tau

Crowd = tuple[dict[str, dict[str, Ranking]], dict[str, Ranking]]
"""Answers and true orders."""


def mallows(phi: float, size: int, chance: random.Random) -> list[str]:
    """An order that is drawn by Mallows' model around 0, 1, 2 …, by repeated insertion."""
    order: list[str] = []
    for number in range(size):
        weights = [phi ** (number - place) for place in range(number + 1)]
        order.insert(chance.choices(range(number + 1), weights)[0], str(number))
    return order


def renamed(orders: Sequence[Sequence[str]], truth: Sequence[str], chance: random.Random) -> list[Ranking]:
    """The orders, and last the truth, with names that say nothing."""
    names = dict(zip(truth, chance.sample("abcdefgh", len(truth)), strict=True))
    return [tuple((names[one],) for one in order) for order in [*orders, truth]]


def simulated(workers: int, objects: int, chance: random.Random) -> Crowd:
    answers, truth = {}, {}
    for number in range(objects):
        *orders, true = renamed([mallows(0.5, 5, chance) for _ in range(workers)], list("01234"), chance)
        answers[str(number)] = {str(worker): order for worker, order in enumerate(orders)}
        truth[str(number)] = true
    return answers, truth


def read(folder: Path) -> dict[str, tuple[list[list[str]], list[str]]]:
    """By question: all workers' orders, and the true one."""
    found: dict[str, tuple[list[list[str]], list[str]]] = {}
    with (folder / "rankings_spv" / "rankings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["item"], ([], row["truth"].split()))[0].append(row["ranking"].split())
    return found


def drawn(
    questions: Mapping[str, tuple[list[list[str]], list[str]]], workers: int, draws: int, chance: random.Random
) -> Crowd:
    """So many workers of each question, several times."""
    answers, truth = {}, {}
    for draw in range(draws):
        for name, (orders, true_order) in questions.items():
            *some, true = renamed(chance.sample(orders, workers), true_order, chance)
            answers[f"{name} {draw}"] = {str(worker): order for worker, order in enumerate(some)}
            truth[f"{name} {draw}"] = true
    return answers, truth


def taus(crowd: Crowd) -> dict[str, float]:
    """Mean tau by method, and what the default states."""
    answers, truth = crowd
    found = {}
    for name, method in METHODS.items():
        objects = method(answers).objects
        found[name] = sum(kendall_tau(objects[one].ranking or (), truth[one]) for one in truth) / len(truth)
        if name == DEFAULT_METHOD:
            found["stated"] = sum(2 * objects[one].confidence - 1 for one in truth) / len(truth)
    return found


def _table(title: str, counts: Sequence[int], crowd: Callable[[int], Crowd]) -> None:
    columns = {count: taus(crowd(count)) for count in counts}
    print(f"\n| {title} |", " | ".join(map(str, counts)), "|")
    print("| --- |", " | ".join("---" for _ in counts), "|")
    for name in [*METHODS, "stated"]:
        print(f"| {name} |", " | ".join(f"{columns[count][name]:.3f}" for count in counts), "|", flush=True)


def report(folder: Path) -> None:
    chance = random.Random("rankings")
    if (folder / "rankings_spv" / "rankings.csv").is_file():
        questions = read(folder)
        _table("rankings_spv, tau by workers", (1, 3, 5, 9), lambda count: drawn(questions, count, 100, chance))
        _table("rankings_spv, tau by workers", (60,), lambda count: drawn(questions, count, 5, chance))
    _table("Mallows, 5 alternatives, φ 0.5, tau by workers", (3, 5, 9), lambda count: simulated(count, 2000, chance))
