"""A whole finished job consolidated by every method that fits: labels, scores against gold, and a report."""

from truthkit.consolidating.methods import Consolidation, Run, consolidate, default_method, method_names
from truthkit.consolidating.output import label_lines, write_labels, write_lines

__all__ = [
    "Consolidation",
    "Run",
    "consolidate",
    "default_method",
    "label_lines",
    "method_names",
    "write_labels",
    "write_lines",
]
