"""`truthkit consolidate PARTITIONS --dask` over simulated answers on disk: wall time, memory a process, accuracy.

    python benchmarks/partitions.py FOLDER --answers 100000000    # makes FOLDER, takes it away
    python benchmarks/partitions.py FOLDER --answers 100000000 --keep    # 24 bytes an answer stay there
    python benchmarks/partitions.py FOLDER --answers 10000000 --alone    # and are the labels those of one machine?

Five answers an object of 2,000 workers whose skill is drawn from beta(4, 2.5); ten classes, mistakes lumpy as in
`benchmarks.kinds.scale`. An object's five answers lie in five partitions, in another order each. Gold is there for
100,000 objects. Linux only: memory is what `/proc` tells of each process (the most of its own that it ever held; pages
of files that it only looked at are told apart).
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
EACH, WORKERS, CLASSES, GOLD = 5, 2_000, 10, 100_000
BLOCK = 1_000_000


def make(folder: Path, answers: int, files: int) -> None:
    """Partitions ``.npy`` of rows item, worker, label, and ``gold.csv`` in the folder above them."""
    chance = np.random.default_rng(4)
    objects = answers // EACH
    truth = chance.integers(0, CLASSES, objects, dtype=np.int8)
    first = chance.integers(0, WORKERS, objects, dtype=np.int16)
    step = chance.integers(1, WORKERS // EACH, objects, dtype=np.int16)
    skill = chance.beta(4, 2.5, WORKERS)
    rows = chance.gamma(0.4, 1.0, (WORKERS, CLASSES, CLASSES)) + 1e-12
    rows[:, np.arange(CLASSES), np.arange(CLASSES)] = 0.0
    steps = np.cumsum(rows / rows.sum(2, keepdims=True), axis=2)
    folder.mkdir(parents=True)
    per_slot = files // EACH
    for slot in range(EACH):
        order = chance.permutation(objects)
        for number, part in enumerate(np.array_split(order, per_slot)):
            table = np.lib.format.open_memmap(
                folder / f"part-{slot * per_slot + number:05}.npy", mode="w+", dtype=np.int64, shape=(len(part), 3)
            )
            for start in range(0, len(part), BLOCK):
                item = part[start : start + BLOCK]
                by = (first[item].astype(np.int64) + slot * step[item]) % WORKERS
                label = truth[item].astype(np.int64)
                wrong = np.flatnonzero(chance.random(len(item)) >= skill[by])
                above = chance.random(len(wrong))[:, None] > steps[by[wrong], label[wrong]]
                label[wrong] = np.minimum(above.sum(1), CLASSES - 1)
                table[start : start + BLOCK] = np.stack([item, by, label], axis=1)
            table.flush()
    known = np.sort(chance.choice(objects, min(GOLD, objects), replace=False))
    with (folder.parent / "gold.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("item", "truth"))
        writer.writerows(zip(known.tolist(), truth[known].tolist(), strict=True))


def all_answers(folder: Path, file: Path) -> None:
    """The partitions' answers as one table, for the command without Dask."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        stream.write("item,worker,label\n")
        for part in sorted(folder.glob("*.npy")):
            rows = np.load(part, mmap_mode="r")
            for start in range(0, len(rows), BLOCK):
                stream.writelines(f"{item},{by},{label}\n" for item, by, label in rows[start : start + BLOCK].tolist())


def alone(folder: Path) -> dict[str, Any]:
    """The default over the same answers at once, and whether every object has the same line, to the last byte."""
    table, out = folder.parent / "answers.csv", folder.parent / "alone.jsonl"
    all_answers(folder, table)
    command = [sys.executable, "-m", "truthkit", "consolidate", str(table), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    with out.open() as one, (folder.parent / "labels.jsonl").open() as other:
        pairs = list(map(str.__eq__, one, other))
        same = all(pairs) and not one.read() and not other.read()
    return {"lines_compared": len(pairs), "same_as_one_machine": same}


def _children(process: int) -> list[int]:
    try:
        texts = [one.read_text() for one in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return []
    direct = [int(one) for text in texts for one in text.split()]
    return [process, *(inner for one in direct for inner in _children(one))]


def _held(process: int) -> tuple[int, int]:
    """MB of its own that a process holds now, and the most with the pages of files."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    status = dict(line.split(":", 1) for line in lines)
    own, most = (int(status.get(name, "0").split()[0]) // 1024 for name in ("RssAnon", "VmHWM"))
    return own, most


def run(folder: Path) -> dict[str, Any]:
    """The command, in a process of its own."""
    out = folder.parent / "labels.jsonl"
    command = [sys.executable, "-m", "truthkit", "consolidate", str(folder), "--dask", "--json"]
    command += ["--gold", str(folder.parent / "gold.csv"), "--out", str(out)]
    begin = time.perf_counter()
    used = _processor()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        most: dict[int, tuple[int, int]] = {}
        scratch = 0
        seen: dict[str, float] = {}
        ended = threading.Event()

        def watch() -> None:
            nonlocal scratch
            while not ended.wait(0.2):
                for one in _children(process.pid):
                    own, peak = _held(one)
                    known = most.get(one, (0, 0))
                    most[one] = (max(known[0], own), max(known[1], peak))
                files = [file for kept in folder.parent.glob("truthkit-batches-*") for file in kept.glob("*")]
                scratch = max(scratch, sum(_size(file) for file in files))
                now = time.perf_counter() - begin
                kinds = {file.name.partition("-")[0] if file.suffix != ".labels" else "labels" for file in files}
                if "piece" in kinds:
                    seen["cut"] = now
                if "labels" in kinds:
                    seen.setdefault("rounds", now)

        watcher = threading.Thread(target=watch)
        watcher.start()
        text, _ = process.communicate()
        ended.set()
        watcher.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    told = next(iter(json.loads(text)["methods"].values()))
    return {
        **told,
        "wall": round(time.perf_counter() - begin, 1),
        "processor": round(_processor() - used, 1),
        "ended_at": {stage: round(at, 1) for stage, at in seen.items()},
        "labels_bytes": out.stat().st_size,
        "scratch_bytes": scratch,
        "own_mb": sorted((own for own, _peak in most.values()), reverse=True)[:4],
        "peak_mb": sorted((peak for _own, peak in most.values()), reverse=True)[:4],
    }


def _processor() -> float:
    """Processor seconds of all processes that have ended and were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _size(file: Path) -> int:
    try:
        return file.stat().st_blocks * 512
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, help="partitions, by default one for a million answers")
    parser.add_argument("--keep", action="store_true", help="leave the partitions, and take those that are there")
    parser.add_argument("--alone", action="store_true", help="compare with the labels of the command without --dask")
    options = parser.parse_args()
    partitions = options.folder / "partitions"
    if not partitions.is_dir():
        make(partitions, options.answers, options.files or max(EACH, options.answers // 1_000_000))
    try:
        print(json.dumps({**run(partitions), **(alone(partitions) if options.alone else {})}, indent=1))
    finally:
        if not options.keep:
            shutil.rmtree(options.folder)


if __name__ == "__main__":
    main()
