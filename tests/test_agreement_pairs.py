"""Agreement on spans, boxes and masks."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.agreement.pairs import (
    box_agreement,
    mask_agreement,
    mask_iou,
    mean_agreement,
    overlap_f1,
    set_agreement,
    span_agreement,
    trimmed,
)
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.spans import Span

spans = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from("AB")).map(
        lambda given: Span(given[0], given[0] + given[1], given[2])
    ),
    max_size=5,
    unique=True,
)


def test_white_space_and_order_do_not_count_with_the_text() -> None:
    text = "Salt 🌊 marshes  bury carbon."
    one = [Span(0, 4, "A"), Span(8, 15, "B")]  # the wave is two units long
    other = [Span(7, 17, "B"), Span(0, 5, "A"), Span(15, 17, "A")]
    assert text.encode("utf-16-le")[16:30].decode("utf-16-le") == "marshes"
    found = span_agreement({"o": {"1": one, "2": other}}, {"o": text})
    assert found.whole.value == 1.0
    assert span_agreement({"o": {"1": one, "2": other}}).whole.value == 0.0
    assert span_agreement({"o": {"1": one, "2": other}}, overlap=True).whole.value == pytest.approx(0.8)
    assert trimmed([Span(90, 95, "A")], text) == (Span(90, 95, "A"),)


def test_spans_that_overlap_are_matched_one_to_one() -> None:
    assert overlap_f1([Span(0, 10, "A")], [Span(0, 4, "A"), Span(5, 9, "A")]) == pytest.approx(2 / 3)
    assert overlap_f1([Span(0, 10, "A")], [Span(0, 10, "B")]) == 0.0
    assert overlap_f1([Span(0, 10, "A")], [Span(10, 12, "A")]) == 0.0
    assert overlap_f1([], []) == 1.0
    assert overlap_f1([], [Span(0, 1, "A")]) == 0.0


@settings(deadline=None)
@given(spans, spans)
def test_overlap_is_never_under_exact_and_the_same_both_ways(one: list[Span], other: list[Span]) -> None:
    exact = span_agreement({"o": {"1": one, "2": other}}, draws=0).whole.value
    loose = span_agreement({"o": {"1": one, "2": other}}, overlap=True, draws=0).whole.value
    assert exact is not None
    assert loose is not None
    assert 0 <= exact <= 1
    assert loose == pytest.approx(overlap_f1(other, one)) or overlapping(one) or overlapping(other)
    assert loose >= exact or overlapping(one) or overlapping(other)
    assert span_agreement({"o": {"1": one, "2": one}}, draws=0).whole.value == 1.0


def overlapping(found: Sequence[Span]) -> bool:
    """Spans of one label of one worker that overlap: matching the one that ends first is then no longer the best."""
    return any(a != b and a.label == b.label and a.start < b.end and b.start < a.end for a in found for b in found)


def test_means_are_over_objects_and_by_worker() -> None:
    objects = {
        "a": {"1": {"x"}, "2": {"x"}, "3": {"y"}},
        "b": {"1": {"x"}, "2": {"x"}},
        "c": {"1": {"x"}},
        "d": {},
    }
    found = set_agreement(objects)
    assert found.whole.value == pytest.approx((1 / 3 + 1) / 2)
    assert (found.whole.objects, found.whole.answers) == (2, 5)
    assert found.objects == {"a": pytest.approx(1 / 3), "b": 1.0}
    assert list(found.objects) == ["a", "b"]
    assert found.workers == {"1": pytest.approx(2 / 3), "2": pytest.approx(2 / 3), "3": 0.0}
    assert found.to_json()["by-worker"]["3"] == 0.0
    nothing = mean_agreement({"c": {"1": 1}}, lambda one, other: 1.0)
    assert nothing.whole.value is None
    assert "two workers" in nothing.whole.reason


def test_boxes_agree_by_iou_matched_one_to_one() -> None:
    one = [Box(0, 0, 10, 10, "a"), Box(20, 0, 10, 10, "a")]
    other = [Box(20, 0, 10, 5, "a"), Box(0, 0, 10, 10, "b"), Box(1, 0, 10, 10, "a")]
    found = box_agreement({"o": {"1": one, "2": other}})
    assert found.whole.value == pytest.approx(2 * (0.5 + 90 / 110) / 5)
    assert box_agreement({"o": {"1": one, "2": other}}, least=0.5).whole.value == pytest.approx(2 * 2 / 5)
    assert box_agreement({"o": {"1": one, "2": other}}, least=0.75).whole.value == pytest.approx(2 * 1 / 5)
    odd = [Box(float("nan"), 0, 10, 10, "a"), Box(0, 0, 0, 10, "a")]
    assert box_agreement({"o": {"1": one, "2": odd}}).whole.value == 0.0
    assert box_agreement({"o": {"1": [], "2": []}}).whole.value == 1.0
    assert box_agreement({"o": {"1": one, "2": []}}).whole.value == 0.0


def test_masks_agree_by_mean_iou_of_the_labels_used() -> None:
    one, other = np.zeros((4, 4), dtype=np.uint8), np.zeros((4, 4), dtype=np.uint8)
    assert mask_iou(one, other) == 1.0
    one[:2], other[:1] = 1, 1
    other[3] = 2
    assert mask_iou(one, other) == pytest.approx((0.5 + 0) / 2)
    found = mask_agreement({"o": {"1": one, "2": other, "3": np.zeros((2, 2), dtype=np.uint8)}})
    assert found.whole.value == pytest.approx(0.25)
    assert found.whole.answers == 2


@pytest.mark.parametrize("labels", [1, 2, 40, 255, 256, 300])
def test_mask_iou_counts_every_label(labels: int) -> None:
    chance = np.random.default_rng(labels)
    one, other = (chance.integers(0, labels + 1, (40, 30)).astype(np.uint16) for _ in range(2))
    wanted = [
        np.count_nonzero((one == at) & (other == at)) / np.count_nonzero((one == at) | (other == at))
        for at in range(1, labels + 1)
        if (one == at).any() or (other == at).any()
    ]
    assert mask_iou(one, other) == pytest.approx(np.mean(wanted), rel=1e-12)
    assert mask_iou(np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.uint8)) == 1.0


@needs_crowd_data
def test_workers_of_the_public_boxes_agree_about_as_much_as_they_are_right() -> None:
    assert FOLDER is not None
    objects: dict[str, dict[str, list[Box]]] = {}
    with (FOLDER / "boxes_openimages" / "annotations.jsonl").open(encoding="utf-8") as lines:
        for row in list(map(json.loads, lines))[:400]:
            boxes = [Box(x1, y1, x2 - x1, y2 - y1, "it") for x1, y1, x2, y2 in row["boxes"]]
            objects.setdefault(str(row["item"]), {})[str(row["worker"])] = boxes
    found = box_agreement(objects, least=0.5)
    assert found.whole.value is not None
    assert 0.4 < found.whole.value < 0.8
    assert found.whole.low is not None
    assert found.whole.high is not None
    assert found.whole.low < found.whole.value < found.whole.high
