"""A finished job read: worker-response files streamed, one an object in a folder of its own, as the service has them.

    python benchmarks/worker_responses.py                     # 100,000 files of five answers each
    python benchmarks/worker_responses.py --files 1000000

Files are made before and read three times: parsed by the standard library and forgotten (the floor), read by
`read_answers`, and consolidated by the command. Each in a process of its own: wall and processor seconds, and the
process's peak in MB before it begins and at its end. They were written just now, so that reading waits for no disk.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

EACH, WORKERS, CLASSES = 5, 2_000, ("Business", "Science", "Sports", "World")


def make(folder: Path, files: int) -> None:
    """``folder/iteration-1/N/TIME.json``, as the service writes them; four of five answers are right."""
    random = Random(5)
    for number in range(files):
        answers = [
            {
                "acceptanceTime": "2026-05-04T09:30:00Z",
                "answerContent": {"category": {"label": _answer(random, number)}},
                "submissionTime": "2026-05-04T09:30:12Z",
                "timeSpentInSeconds": round(random.uniform(3, 40), 3),
                "workerId": f"private.us-east-1.{worker:016x}",
                "workerMetadata": {"identityData": {"identityProviderType": "Cognito", "sub": f"{worker:032x}"}},
            }
            for worker in random.sample(range(WORKERS), EACH)
        ]
        own = folder / "iteration-1" / str(number)
        own.mkdir(parents=True)
        (own / "2026-05-04_09-30-12.json").write_text(json.dumps({"answers": answers}), encoding="utf-8")


def _answer(random: Random, number: int) -> str:
    return CLASSES[number % 4] if random.random() < 0.8 else random.choice(CLASSES)


def _floor(folder: Path) -> int:
    answers = 0
    for above, _folders, names in os.walk(folder):
        for name in names:
            answers += len(json.loads(Path(above, name).read_bytes())["answers"])
    return answers


def _read(folder: Path) -> int:
    from truthkit.answers import read_answers

    return len(read_answers(folder).field())


def _command(folder: Path) -> int:
    from truthkit.cli import app

    out = folder.parent / "labels.jsonl"
    app(["consolidate", str(folder), "--out", str(out)], standalone_mode=False)
    return sum(1 for _line in out.open(encoding="utf-8"))


READERS: dict[str, Callable[[Path], int]] = {"json alone, the floor": _floor, "read": _read, "consolidate": _command}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(reader: str, folder: Path) -> dict[str, Any]:
    """One reader, in this process."""
    before, wall, processor = _peak(), time.perf_counter(), time.process_time()
    count = READERS[reader](folder)
    return {
        "count": count,
        "wall": time.perf_counter() - wall,
        "processor": time.process_time() - processor,
        "before": before,
        "peak": _peak(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--run", nargs=2, metavar=("READER", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(options.run[0], Path(options.run[1]))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "worker-response")
        make(folder, options.files)
        print(f"{options.files:,} files, {options.files * EACH:,} answers\n")
        print("| | answers, or labels | seconds | processor, s | peak MB (before) |")
        print("| --- | --- | --- | --- | --- |")
        for reader in READERS:
            command = [sys.executable, __file__, "--run", reader, str(folder)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found = json.loads(done.stdout.splitlines()[-1])
            cells = [f"{found['wall']:.1f}", f"{found['processor']:.1f}", f"{found['peak']} ({found['before']})"]
            print("|", " | ".join([reader, f"{found['count']:,}", *cells]), "|", flush=True)


if __name__ == "__main__":
    main()
