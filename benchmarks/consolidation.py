"""Consolidation, measured on public sets with gold and on simulated crowds.

python benchmarks/consolidation.py                   # every kind of answer
python benchmarks/consolidation.py --kind classes    # one: a module of benchmarks/kinds
python benchmarks/consolidation.py --choose          # the class model's numbers, chosen with each set left out once
python benchmarks/consolidation.py --data DIR        # the sets; else $TRUTHKIT_DATA/crowd, ../shared/data/crowd
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from benchmarks.crowd_data import crowd_folder  # noqa: E402
from benchmarks.kinds import classes  # noqa: E402


def main() -> None:
    kinds = sorted(file.stem for file in (ROOT / "benchmarks" / "kinds").glob("[a-z]*.py"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=kinds, help="the kinds to measure, by default all")
    parser.add_argument("--data", type=Path, help="the folder with one folder a set")
    parser.add_argument("--choose", action="store_true", help="choose the class model's numbers instead")
    options = parser.parse_args()
    folder = crowd_folder(options.data)
    if folder is None:
        parser.error("no data: say where it is by --data")
    if options.choose:
        classes.choose(folder)
        return
    for kind in options.kind or kinds:
        print(f"\n## {kind}\n", flush=True)
        importlib.import_module(f"benchmarks.kinds.{kind}").report(folder)


if __name__ == "__main__":
    main()
