"""Speed and memory on simulated crowds, ours beside crowd-kit, each in a process of its own.

The crowd: workers whose skill is drawn from beta(4, 2.5), whose mistakes are lumpy (a row's wrong classes share what is
left by a Dirichlet of 0.4), five of them an object. "Floor" is one `numpy.bincount` pass over the answers a round, for
the six rounds of the default. Seconds are processor time, the better of two runs; MB is the process's peak, data and
imports included.

    python -m benchmarks.kinds.scale METHOD ANSWERS CLASSES WORKERS    # one run, as JSON
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from truthkit_core.consolidation.class_models import ClassAnswers, shrunken_dawid_skene, vote  # noqa: E402

Ints = NDArray[np.int64]
EACH = 5
OURS = ("vote", "shrunken-dawid-skene", "alpha", "floor")
PEERS = ("MajorityVote", "DawidSkene", "OneCoinDawidSkene")


def crowd(answers: int, classes: int, workers: int) -> tuple[ClassAnswers, Ints]:
    """Answers and the true classes. Matrices are drawn only for few classes; of many, mistakes are even."""
    chance = np.random.default_rng(4)
    objects = answers // EACH
    skill = chance.beta(4, 2.5, workers)
    truth = chance.integers(0, classes, objects)
    worker = chance.integers(0, workers, (objects, EACH))
    while len(again := np.flatnonzero((np.diff(np.sort(worker, 1), axis=1) == 0).any(1))):
        worker[again] = chance.integers(0, workers, (len(again), EACH))
    item, by = np.repeat(np.arange(objects), EACH), worker.ravel()
    label = truth[item]
    wrong = np.flatnonzero(chance.random(len(item)) >= skill[by])
    if workers * classes * classes <= 20_000_000:
        rows = chance.gamma(0.4, 1.0, (workers, classes, classes)) + 1e-12
        rows[:, np.arange(classes), np.arange(classes)] = 0.0
        steps = np.cumsum(rows / rows.sum(2, keepdims=True), axis=2)
        for start in range(0, len(wrong), 100_000):
            some = wrong[start : start + 100_000]
            above = chance.random(len(some))[:, None] > steps[by[some], label[some]]
            label[some] = np.minimum(above.sum(1), classes - 1)
    else:
        label[wrong] = (label[wrong] + chance.integers(1, classes, len(wrong))) % classes
    names = [f"object {number}" for number in range(objects)]
    known = [f"worker {number:06}" for number in range(workers)]
    return ClassAnswers(item, by, label, names, known, [str(number) for number in range(classes)]), truth


def _floor(answers: ClassAnswers) -> None:
    cells = answers.worker * len(answers.classes) + answers.label
    for _ in range(6):
        np.bincount(cells, minlength=len(answers.workers) * len(answers.classes))


def _alpha(answers: ClassAnswers) -> None:
    from truthkit_core.agreement import alpha

    alpha(answers, "nominal", draws=0)


def _peer(name: str) -> Callable[[ClassAnswers], Ints]:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from crowdkit import aggregation  # type: ignore[import-not-found,unused-ignore]

    made = {"n_iter": 100} if name == "DawidSkene" else {}

    def labels(answers: ClassAnswers) -> Ints:
        frame = pandas.DataFrame({"task": answers.item, "worker": answers.worker, "label": answers.label})
        found = getattr(aggregation, name)(**made).fit_predict(frame)
        return np.asarray(found.sort_index().to_numpy(), dtype=np.int64)

    return labels


def run(method: str, answers: int, classes: int, workers: int) -> dict[str, Any]:
    """One method's seconds, peak and accuracy, in this process."""
    calls: dict[str, Callable[[ClassAnswers], Any]] = {
        "vote": lambda data: vote(data).label,
        "shrunken-dawid-skene": lambda data: shrunken_dawid_skene(data).label,
        "alpha": _alpha,
        "floor": _floor,
    }
    call = calls[method] if method in calls else _peer(method)
    data, truth = crowd(answers, classes, workers)
    before = _peak()
    took = []
    for _ in range(1 if method in PEERS else 2):
        start = time.process_time()
        found = call(data)
        took.append(time.process_time() - start)
    right = 100 * float((found == truth).mean()) if isinstance(found, np.ndarray) else None
    return {"seconds": min(took), "peak": _peak(), "before": before, "accuracy": right}


def _peak() -> float:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def measured(method: str, answers: int, classes: int = 10, workers: int | None = None) -> dict[str, Any] | None:
    """The same in a fresh process; None where it fails, as without crowd-kit or without enough memory."""
    numbers = [str(answers), str(classes), str(workers or max(answers // 500, EACH))]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kinds.scale", method, *numbers],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def _row(name: str, found: dict[str, Any] | None, *more: str) -> None:
    if found is None:
        print("|", " | ".join([name, "–", "–", "–", *more]), "|", flush=True)
        return
    accuracy = "–" if found["accuracy"] is None else f"{found['accuracy']:.2f}"
    peak = f"{found['peak']:.0f} ({found['before']:.0f})"
    print("|", " | ".join([name, accuracy, f"{found['seconds']:.3f}", peak, *more]), "|", flush=True)


def report(_folder: Path) -> None:
    methods = [*OURS, *(PEERS if importlib.util.find_spec("crowdkit") else ())]
    found = {method: measured(method, 1_000_000) for method in methods}
    print("1,000,000 answers: 200,000 objects, 2,000 workers, ten classes\n")
    print("| method | accuracy % | seconds | peak MB (before) | × floor | crowd-kit's Dawid–Skene × |")
    print("| --- | --- | --- | --- | --- | --- |")
    floor, peer = found["floor"], found.get("DawidSkene")
    for method, one in found.items():
        times = f"{one['seconds'] / floor['seconds']:.1f}" if one and floor else "–"
        faster = f"{peer['seconds'] / one['seconds']:.1f}" if one and peer else "–"
        _row(f"crowd-kit {method}" if method in PEERS else method, one, times, faster)
    print("\n| answers (500 a worker) | vote, s | default, s | default, µs an answer | its peak MB | accuracy % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for answers in (10_000, 100_000, 1_000_000, 10_000_000):
        counted, model = measured("vote", answers), measured("shrunken-dawid-skene", answers)
        if counted and model:
            cells = [f"{answers:,}", f"{counted['seconds']:.3f}", f"{model['seconds']:.3f}"]
            cells += [f"{1e6 * model['seconds'] / answers:.2f}", f"{model['peak']:.0f}", f"{model['accuracy']:.2f}"]
            print("|", " | ".join(cells), "|", flush=True)
    print("\n1,000 classes × 10,000 workers, 1,000,000 answers (a dense cube would have 10,000 million cells)\n")
    print("| method | accuracy % | seconds | peak MB (before) |")
    print("| --- | --- | --- | --- |")
    for method in ("vote", "shrunken-dawid-skene"):
        _row(method, measured(method, 1_000_000, 1_000, 10_000))


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], *map(int, sys.argv[2:]))))
