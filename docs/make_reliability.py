"""Writes docs/pictures/consolidation-reliability.svg: .venv/bin/python docs/make_reliability.py

How often a stated confidence is right, over the ten public sets of classes (``$TRUTHKIT_DATA/crowd``, or
``../shared/data/crowd``), each with the same weight. The sets are no part of the project; the picture has shares only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambdas")]

from benchmarks.crowd_data import crowd_folder  # noqa: E402
from benchmarks.kinds.classes import BINS, of_sets  # noqa: E402
from truthkit.consolidating import plots  # noqa: E402
from truthkit.consolidating.scores import hits  # noqa: E402
from truthkit_core.consolidation.class_models import METHODS, ClassAnswers  # noqa: E402

PICTURE = ROOT / "docs" / "pictures" / "consolidation-reliability.svg"
SHOWN = {"shrunken-dawid-skene": "truthkit's default", "vote": "majority vote", "dawid-skene": "plain Dawid–Skene"}
LEAST_SHARE = 0.01
"""Bins of less than this share of the objects are left out."""


def picture(folder: Path) -> str:
    """A line a method: the mean stated confidence of each tenth, the share that is right, and its share of objects."""
    sets = [(ClassAnswers.of(one.answers, classes=one.classes), one.gold) for one in of_sets(folder)]
    lines, sizes = {}, {}
    for method, name in SHOWN.items():
        sums = np.zeros((3, BINS))
        for answers, gold in sets:
            _known, _truth, hit, stated = hits(METHODS[method](answers), gold)
            bins = np.minimum((stated * BINS).astype(int), BINS - 1)
            for row, values in zip(sums, (stated, hit, np.ones(len(hit))), strict=True):
                row += np.bincount(bins, weights=values, minlength=BINS) / len(hit) / len(sets)
        stated, right, share = sums[:, sums[2] >= LEAST_SHARE]
        lines[name] = list(zip((stated / share).tolist(), (right / share).tolist(), strict=True))
        sizes[name] = share.tolist()
    return plots.lines(
        "Reliability over ten sets",
        lines,
        across="confidence, %",
        up="right, %",
        even=True,
        bounds=(0.0, 1.0),
        sizes=sizes,
        alone=True,
    )


def main() -> None:
    crowd = crowd_folder()
    if crowd is None:
        sys.exit("no crowd data: TRUTHKIT_DATA names its folder")
    PICTURE.write_text(picture(crowd) + "\n", "utf-8")


if __name__ == "__main__":
    main()
