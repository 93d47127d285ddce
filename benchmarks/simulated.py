"""100,000 simulated answers from manifest to output manifest: time, and memory at each tenth.

    python benchmarks/simulated.py                  # 33,334 headlines x 3 workers, with the kit's own handlers
    python benchmarks/simulated.py --objects 5000   # fewer
    python benchmarks/simulated.py --kinds          # answers of each kind made in a second of one core, without a job

Memory is that of this process (the job) and of the largest child (handlers, the server of objects), in MB. Seconds of a
core are those of this process and of its children together.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from truthkit import run_job
from truthkit.job.store import Counts
from truthkit.workforce.simulated.crowd import crowd_file, load_crowd
from truthkit.workforce.simulated.gold import Gold, Pictures
from truthkit.workforce.simulated.team import Questions, Team

LABELS = ("World", "Sports", "Business", "Science")
WORKERS = 3
PAGES = {
    "class": ('<crowd-classifier name="a" categories="[&quot;x&quot;,&quot;y&quot;,&quot;z&quot;]">', {"label": "x"}),
    "set": (
        '<crowd-classifier-multi-select name="a" categories="[&quot;x&quot;,&quot;y&quot;]">',
        {"labels": ["x", "y"]},
    ),
    "number": ('<crowd-slider name="a" min="0" max="10" step="1">', {"value": 7}),
    "text": ('<crowd-text-area name="a">', {"text": "the quick brown fox jumps over the lazy dog by the river"}),
    "spans": (
        '<crowd-entity-annotation name="a" labels="[&quot;x&quot;,&quot;y&quot;]" text="'
        + "Ada Lovelace wrote to Charles Babbage from London. " * 10
        + '">',
        {"entities": [{"label": "x", "startOffset": 51 * n, "endOffset": 51 * n + 12} for n in range(10)]},
    ),
    "boxes": (
        '<crowd-bounding-box name="a" labels="[&quot;x&quot;,&quot;y&quot;]">',
        {
            "boundingBoxes": [
                {"label": "x", "left": 50 * n, "top": 20 * n, "width": 60, "height": 40} for n in range(10)
            ],
            "inputImageProperties": {"width": 640, "height": 480},
        },
    ),
    "semantic-mask": (
        '<crowd-semantic-segmentation name="a" labels="[&quot;x&quot;,&quot;y&quot;]">',
        {
            "polygons": [
                {"label": "x", "vertices": [{"x": 50, "y": 50}, {"x": 600, "y": 90}, {"x": 300, "y": 400}]},
                {"label": "y", "vertices": [{"x": 250, "y": 150}, {"x": 350, "y": 150}, {"x": 300, "y": 250}]},
            ],
            "inputImageProperties": {"width": 640, "height": 480},
        },
    ),
}


def resident(process: int | str = "self") -> float:
    """MB of memory that a process has in use."""
    if sys.platform == "linux":
        try:
            return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        except OSError:
            return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def core_seconds() -> tuple[float, float]:
    """Seconds that this process, and its children that live, have had a core (Linux tells of the latter)."""
    others = 0.0
    for one in children():
        try:
            times = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:13]
        except OSError:
            continue
        others += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return time.process_time(), others


def children() -> list[int]:
    """The processes that this one has started (Linux)."""
    found = []
    for task in Path("/proc/self/task").glob("*/children") if sys.platform == "linux" else ():
        found += [int(one) for one in task.read_text().split()]
    return found


def write_job(folder: Path, objects: int) -> tuple[Path, Path]:
    """A manifest of made-up headlines and its gold."""
    chance = random.Random(0)
    manifest, gold = folder / "manifest.jsonl", folder / "gold.jsonl"
    with manifest.open("w") as lines, gold.open("w") as right:
        for number in range(objects):
            lines.write(
                json.dumps({"source": f"Headline {number}: something happened somewhere, and more follows"}) + "\n"
            )
            right.write(json.dumps({"label": chance.choice(LABELS)}) + "\n")
    return manifest, gold


def whole_job(folder: Path, objects: int, batch: int) -> None:
    manifest, gold = write_job(folder, objects)
    total = objects * WORKERS
    tenths: list[tuple[float, float, float, float, float]] = []
    began, (worked, _) = time.monotonic(), core_seconds()
    highest = 0.0

    def note(counts: Counts) -> None:
        nonlocal highest
        highest = max(highest, resident())
        while (counts.labeled + counts.failed) * 10 >= objects * (len(tenths) + 1) and len(tenths) < 10:
            own, others = core_seconds()
            largest = max((resident(one) for one in children()), default=0.0)
            tenths.append((time.monotonic() - began, own - worked, others, highest, largest))
            highest = 0.0

    result = run_job(
        "text-classification", manifest=manifest, gold=gold, workforce="simulated", crowd="typical", workers=WORKERS,
        batch=batch, out=folder / "job", on_change=note,
    )  # fmt: skip
    seconds, own = time.monotonic() - began, core_seconds()[0] - worked
    clock, until, others, *_ = tenths[-1]
    print(f"{result.answers:,} of {total:,} answers, {result.labeled:,} labels, {result.failed:,} failures")
    share = len(tenths) / 10  # the last tenth may come too late to be told of
    for what, done, clocked, cores in (
        (f"{share:.0%} of the labels", share, clock, until + others),
        ("with output manifest and report", 1.0, seconds, own + others),
    ):
        print(f"{what}: {clocked:.0f} s by the clock, {cores:.0f} s of a core, ", end="")
        print(f"{done * result.answers / cores:,.0f} answers in a second of a core; batches of {batch}")
    print(f"labels right: {result.gold_agreement:.1%}; report {result.report.stat().st_size / 1e6:.1f} MB")
    print("\n| labeled | seconds | of a core | MB, most in this tenth | MB of the largest child |")
    print("| --: | --: | --: | --: | --: |")
    for tenth, (at, mine, others, most, largest) in enumerate(tenths, 1):
        print(f"| {tenth * 10} % | {at:.0f} | {mine + others:.0f} | {most:.0f} | {largest:.0f} |")
    print(f"| manifest, report | {seconds:.0f} | {own + tenths[-1][2]:.0f} | {peak():.0f} | |")


def peak() -> float:
    """MB of memory that this process has had in use at most."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def kinds(folder: Path) -> None:
    crowd = load_crowd(crowd_file("typical"))
    print("| kind | answers a second of one core |\n| --- | --: |")
    for name, (html, right) in PAGES.items():
        gold = folder / f"{name}.jsonl"
        gold.write_text(json.dumps(right) + "\n")
        question = Questions(Gold(gold, "label"), Pictures({}), (), "page").of("0", html)
        team = Team(crowd, 0)
        began, made = time.process_time(), 0
        while time.process_time() - began < 1.0:
            for worker in team.ids:
                team.respond(worker, question)
            made += len(team.ids)
        print(f"| {name} | {made / (time.process_time() - began):,.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=33_334)
    parser.add_argument("--batch", type=int, default=100, help="objects in a consolidation request")
    parser.add_argument("--kinds", action="store_true", help="only how fast answers of each kind are made")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        if arguments.kinds:
            kinds(Path(name))
        else:
            whole_job(Path(name), arguments.objects, arguments.batch)


if __name__ == "__main__":
    main()
