"""A batch of shapes, spans or texts, as a post-annotation function gets it: what its consolidation takes.

python benchmarks/batches.py                                # 1,000 objects x 9 workers of every kind
python benchmarks/batches.py --kind boxes --objects 1000 --workers 9 --things 5
python benchmarks/batches.py --kind polygons --profile      # where the time goes

Wall and processor time of the method alone, and processor time with the reading of the forms' values before it. Each
object has some things (or words); a worker misses one in five, errs by some pixels and now and then in the label.
"""

from __future__ import annotations

import argparse
import cProfile
import math
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from truthkit_core.answers import FormAnswer  # noqa: E402
from truthkit_core.strategies import KINDS, Settings, consolidate_objects  # noqa: E402

LABELS = ("coin", "cup", "helmet", "rocket", "spoon", "tower")
WORDS = [f"{one}{other}" for one in ("ra", "lu", "mi", "so", "ke") for other in ("ta", "no", "vi", "pe", "shu")]
SIZE = {"inputImageProperties": {"width": 640, "height": 480}}


def _box(chance: Random, at: int) -> dict[str, Any]:
    return {
        "left": 150 * (at % 4) + chance.randint(0, 6),
        "top": 40 + 200 * (at // 4 % 2) + chance.randint(0, 6),
        "width": 90 + chance.randint(0, 6),
        "height": 120 + chance.randint(0, 6),
    }


def _round(chance: Random, at: int, points: int = 12) -> list[dict[str, float]]:
    x, y = 80 + 110 * (at % 5), 100 + 200 * (at // 5 % 2)
    turns = [2 * math.pi * place / points for place in range(points)]
    return [
        {"x": round(x + 50 * math.cos(turn) + chance.gauss(0, 2)), "y": round(y + 60 * math.sin(turn))}
        for turn in turns
    ]


def _line(chance: Random, at: int) -> list[dict[str, float]]:
    y = 40 + 80 * at
    return [{"x": 40 + 100 * place, "y": y + 10 * (place % 2) + chance.randint(-3, 3)} for place in range(6)]


def _point(chance: Random, at: int) -> dict[str, Any]:
    return {"x": 100 * (at % 6) + 40 + chance.gauss(0, 3), "y": 100 * (at // 6) + 40 + chance.gauss(0, 3)}


def _span(chance: Random, at: int) -> dict[str, Any]:
    return {"startOffset": 40 * at + chance.choice((0, 0, 0, 4)), "endOffset": 40 * at + 14}


def _things(key: str, make: Callable[[Random, int], Any]) -> Callable[[Random, int, int], dict[str, Any]]:
    def form(chance: Random, number: int, things: int) -> dict[str, Any]:
        found = []
        for at in range(things):
            if chance.random() < 0.8:
                label = LABELS[(number + at) % 6] if chance.random() < 0.9 else chance.choice(LABELS)
                made = make(chance, at)
                found.append({"label": label, **(made if isinstance(made, dict) else {"vertices": made})})
        return {key: found, **({} if key == "entities" else SIZE)}

    return form


def _text(chance: Random, number: int, things: int) -> str:
    words = [WORDS[(number + place) % len(WORDS)] for place in range(4 * things)]
    return " ".join(chance.choice(WORDS) if chance.random() < 0.1 else word for word in words)


FORMS: dict[str, Callable[[Random, int, int], Any]] = {
    "boxes": _things("boundingBoxes", _box),
    "keypoints": _things("keypoints", _point),
    "polylines": _things("polylines", _line),
    "polygons": _things("polygons", _round),
    "spans": _things("entities", _span),
    "text": _text,
}


def batch(kind: str, objects: int, workers: int, things: int) -> dict[str, list[FormAnswer]]:
    """Answers by object, of fifty workers."""
    chance = Random(1)
    return {
        str(number): [
            FormAnswer(f"w{chance.randrange(50):02}-{worker}", {"field": FORMS[kind](chance, number, things)})
            for worker in range(workers)
        ]
        for number in range(objects)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=sorted(FORMS), help="the kinds, by default all")
    parser.add_argument("--objects", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=9)
    parser.add_argument("--things", type=int, default=4, help="shapes or spans an object; of a text four words each")
    parser.add_argument("--profile", action="store_true", help="which functions take the time of the method")
    options = parser.parse_args()
    print(f"{options.objects:,} objects x {options.workers} workers x {options.things} things\n")
    print("| kind | method: wall, s | processor, s | with the reading, processor, s |\n| --- | --: | --: | --: |")
    for kind in options.kind or FORMS:
        answers = batch(kind, options.objects, options.workers, options.things)
        settings = Settings(kind, "field", LABELS)
        function = settings.function()
        spent: dict[str, float] = {}

        def timed(*given: Any, method: Any = function, spent: dict[str, float] = spent, **named: Any) -> Any:
            wall, processor = time.perf_counter(), time.process_time()
            if options.profile:
                profile = cProfile.Profile(time.process_time)
                found = profile.runcall(method, *given, **named)
                pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            else:
                found = method(*given, **named)
            spent["wall"], spent["processor"] = time.perf_counter() - wall, time.process_time() - processor
            return found

        _measure(kind, settings, answers, timed, spent)


def _measure(
    kind: str,
    settings: Settings,
    answers: dict[str, list[FormAnswer]],
    timed: Callable[..., Any],
    spent: dict[str, float],
) -> None:
    """One row. The method is wrapped in its table, so that the strategy calls what is timed."""
    from functools import update_wrapper
    from importlib import import_module

    table = getattr(import_module(f"truthkit_core.consolidation.{KINDS[kind].module}"), KINDS[kind].methods)
    name = settings.method_name()
    original = table[name]
    table[name] = update_wrapper(timed, original)
    began = time.process_time()
    consolidate_objects(answers, settings)
    whole = time.process_time() - began
    table[name] = original
    print(f"| {kind} | {spent['wall']:.2f} | {spent['processor']:.2f} | {whole:.2f} |", flush=True)


if __name__ == "__main__":
    main()
