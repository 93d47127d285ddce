"""From several workers' answers to one: a module a kind of answer, plain functions without I/O.

All are deterministic: neither chance nor the order in which answers arrive nor workers' names decide anything. The
names below can be imported from here; a module is loaded when one of its names is asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = {
    "class_models": (
        "Batch",
        "ClassAnswers",
        "ClassLabel",
        "ClassResult",
        "WorkerModel",
        "consolidate_classes",
        "shrunken_dawid_skene",
        "shrunken_dawid_skene_in_batches",
    ),
    "sets": ("SetLabel", "SetResult", "SetWorkers"),
    "numbers": ("NumberLabel", "NumberResult", "NumberWorkers"),
    "rankings": ("Ranking", "RankingLabel", "RankingResult", "kendall_tau"),
    "span_models": ("SpanLabel", "SpanResult"),
    "span_workers": ("SpanWorkers",),
    "spans": ("ConsolidatedSpan", "Span", "consolidate_spans"),
    "shapes": ("ConsolidatedShape", "ShapeLabel", "ShapeResult", "ShapeWorkers"),
    "boxes": ("Box", "consolidate_boxes"),
    "keypoints": ("Keypoint", "consolidate_keypoints"),
    "polygons": ("Polygon", "Polyline", "consolidate_polygons", "consolidate_polylines"),
    "masks": (
        "Instance",
        "MaskLabel",
        "MaskResult",
        "MaskWorkers",
        "consolidate_instances",
        "pixel_vote",
        "read_instances",
        "read_mask",
        "weighted_pixel_vote",
        "write_mask",
    ),
    "text": ("TextLabel", "TextResult", "TextWorkers", "alignment_vote", "edit_distance", "medoid_words"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
