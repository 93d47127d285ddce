"""Answers that are not given by object and worker: every kind says what it expects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from truthkit_core.consolidation import boxes, class_models, masks, numbers, rankings, sets, span_models, text

CALLS: dict[str, Callable[[Any], Any]] = {
    "classes": class_models.consolidate_classes,
    "sets": sets.METHODS[sets.DEFAULT_METHOD],
    "numbers": numbers.METHODS[numbers.DEFAULT_METHOD],
    "rankings": rankings.METHODS[rankings.DEFAULT_METHOD],
    "texts": text.METHODS[text.DEFAULT_METHOD],
    "spans": span_models.METHODS[span_models.DEFAULT_METHOD],
    "boxes": boxes.METHODS[boxes.DEFAULT_METHOD],
    "masks": partial(masks.METHODS[masks.DEFAULT_METHOD], labels=["cat"]),
}


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("given", [[("o", "w", "x")], {"o": [("w", "x")]}, {"o": "x"}])
def test_rows_in_place_of_mappings_are_told(kind: str, given: Any) -> None:
    with pytest.raises(TypeError, match=r"expected answers\[object\]\[worker\].*got (list|str)"):
        CALLS[kind](given)
