"""How near a consolidated label is to the truth, 0 to 1, by kind of answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from truthkit.workforce.simulated import pairs, rankings
from truthkit.workforce.simulated.kinds import Asked
from truthkit.workforce.simulated.masks import Region, painted
from truthkit_core.agreement import f1
from truthkit_core.agreement.pairs import box_agreement, mask_iou, matched
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.geometry import Floats, hausdorff, polygon_iou
from truthkit_core.consolidation.text import edit_distance

Score = Callable[[Any, Any, Asked], float]
# Overlap from which two shapes are taken for the same thing.
LEAST = 0.5


def _same(found: str, truth: str, asked: Asked) -> float:
    return float(found == truth)


def _f1(found: Any, truth: Any, asked: Asked) -> float:
    return f1(found, truth)


def _close(found: float, truth: float, asked: Asked) -> float:
    low, high = asked.bounds
    return max(0.0, 1.0 - abs(found - truth) / max(high - low, 1e-12))


def _words(found: str, truth: str, asked: Asked) -> float:
    one, other = found.split(), truth.split()
    return max(0.0, 1.0 - edit_distance(one, other) / max(len(other), 1)) if one or other else 1.0


def _boxes(found: Sequence[Box], truth: Sequence[Box], asked: Asked) -> float:
    return box_agreement({"one": {"found": found, "truth": truth}}, least=LEAST, draws=0).whole.value or 0.0


def _scale(asked: Asked) -> float:
    return 0.02 * math.hypot(asked.width, asked.height)


def _table(one: Sequence[Any], other: Sequence[Any], likeness: Callable[[Any, Any], float]) -> Floats:
    return np.array([[likeness(a, b) for b in other] for a in one], dtype=np.float64)


def _shapes(likeness: Callable[[Any, Any, Asked], float]) -> Score:
    def score(found: Sequence[Any], truth: Sequence[Any], asked: Asked) -> float:
        return matched(
            found, truth, likeness=lambda a, b: _table(a, b, lambda x, y: likeness(x, y, asked)), least=LEAST
        )

    return score


def _near(a: Any, b: Any, asked: Asked) -> float:
    return math.exp(-((a.x - b.x) ** 2 + (a.y - b.y) ** 2) / (2 * _scale(asked) ** 2))


def _along(a: Any, b: Any, asked: Asked) -> float:
    return math.exp(-(hausdorff(a.points, b.points) ** 2) / (2 * _scale(asked) ** 2))


def _overlap(a: Any, b: Any, asked: Asked) -> float:
    return polygon_iou(a.points, b.points)


def _pixels(a: Region, b: Region, asked: Asked) -> float:
    return a.iou(b)


def _mask(found: Sequence[Region], truth: Sequence[Region], asked: Asked) -> float:
    labels = tuple(dict.fromkeys((*asked.labels, *(one.label for one in (*found, *truth)))))
    one, other = (
        painted(regions, [labels.index(region.label) + 1 for region in regions], asked) for regions in (found, truth)
    )
    return mask_iou(one, other) or 0.0


def _pairs(a: pairs.Pair, b: pairs.Pair, asked: Asked) -> float:
    return pairs.likeness(a, b)


def _in_order(found: Sequence[rankings.Ranks], truth: Sequence[rankings.Ranks], asked: Asked) -> float:
    return rankings.in_order(found, truth)


MEASURES: dict[str, tuple[str, Score]] = {
    "class": ("accuracy", _same),
    "choice": ("accuracy", _same),
    "set": ("F1", _f1),
    "flags": ("F1", _f1),
    "number": ("closeness", _close),
    "text": ("word accuracy", _words),
    "spans": ("F1", _f1),
    "pairs": ("F1", _shapes(_pairs)),
    "ranking": ("pairs in order", _in_order),
    "boxes": ("F1", _boxes),
    "keypoints": ("F1", _shapes(_near)),
    "lines": ("F1", _shapes(_along)),
    "polylines": ("F1", _shapes(_along)),
    "polygons": ("F1", _shapes(_overlap)),
    "semantic-mask": ("IoU", _mask),
    "instance-masks": ("F1", _shapes(_pixels)),
}
"""Kind → name of the measure, and how it is taken of a label, the truth and what was asked."""
