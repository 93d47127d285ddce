"""Measures of shapes, against SciPy, rasters and cases worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.consolidation.geometry import (
    are_simple,
    assignment,
    box_iou,
    crosses_itself,
    cut_to,
    filled,
    hausdorff,
    hausdorff_table,
    keypoint_similarity,
    match,
    middle,
    outline,
    polygon_area,
    polygon_iou,
    polygon_iou_table,
    resample,
    resample_all,
    simplified,
    votes_of,
)

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
BOW = [(0, 0), (10, 10), (10, 0), (0, 10)]


@PATIENT
@given(st.integers(0, 10**6), st.integers(0, 14), st.integers(0, 14), st.booleans())
def test_assignment_is_as_cheap_as_scipys(seed: int, rows: int, columns: int, whole: bool) -> None:
    scipy: Any = pytest.importorskip("scipy.optimize")
    chance = np.random.default_rng(seed)
    cost = chance.integers(-3, 4, (rows, columns)) if whole else chance.normal(size=(rows, columns))
    mine, theirs = assignment(cost), scipy.linear_sum_assignment(cost)
    assert mine[0].tolist() == sorted(set(mine[0].tolist()))
    assert len(set(mine[1].tolist())) == min(rows, columns)
    assert cost[mine].sum() == pytest.approx(cost[theirs].sum())


@pytest.mark.parametrize("kind", ["random", "ties", "products"])
def test_assignment_of_two_hundred(kind: str) -> None:
    scipy: Any = pytest.importorskip("scipy.optimize")
    chance = np.random.default_rng(1)
    cost = {
        "random": chance.random((200, 200)),
        "ties": chance.integers(0, 5, (200, 200)).astype(float),
        "products": np.outer(np.arange(200.0), np.arange(200.0)),
    }[kind]
    assert cost[assignment(cost)].sum() == pytest.approx(cost[scipy.linear_sum_assignment(cost)].sum())


def test_what_cannot_be_assigned() -> None:
    with pytest.raises(ValueError, match="finite"):
        assignment([[1.0, math.nan]])
    with pytest.raises(ValueError, match="two axes"):
        assignment([1.0])


def test_match_prefers_the_whole_to_the_best_pair() -> None:
    assert match([[0.9, 0.8], [0.8, 0.1]], 0.3) == [(0, 1), (1, 0)]
    assert match([[0.9, 0.2], [0.2, 0.1]], 0.3) == [(0, 0)]
    assert match([[0.0, 0.0]], 0.0) == []
    assert match(np.zeros((0, 3)), 0.3) == []


def test_box_iou() -> None:
    boxes = [(0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30), (3, 3, 3, 9)]
    table = box_iou(boxes, boxes)
    assert table[0].tolist() == pytest.approx([1, 1 / 3, 0, 0])
    assert table[3].tolist() == [0, 0, 0, 1]
    assert box_iou([], boxes).shape == (0, 4)


def test_keypoint_similarity() -> None:
    table = keypoint_similarity([(0, 0)], [(0, 0), (3, 4), (300, 400)], 5)
    assert table[0].tolist() == pytest.approx([1, math.exp(-0.5), 0], abs=1e-9)


def test_hausdorff() -> None:
    assert hausdorff([(0, 0), (10, 0)], [(10, 0), (0, 0)]) == pytest.approx(0)
    assert hausdorff([(0, 0), (10, 0)], [(0, 3), (10, 3)]) == pytest.approx(3)
    assert hausdorff([(0, 0), (10, 0)], [(0, 0), (5, 0), (5, 7), (5, 0), (10, 0)]) == pytest.approx(7)
    assert hausdorff([(0, 0), (10, 0)], [(2, 0)]) == pytest.approx(8)


def test_resample_and_simplify() -> None:
    corner = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]
    assert resample(corner, 5).tolist() == [[0, 0], [2, 0], [4, 0], [4, 2], [4, 4]]
    assert simplified(resample(corner, 5), 0.1).tolist() == [list(point) for point in corner]
    assert simplified(resample(corner, 5), 9).tolist() == [[0, 0], [4, 4]]


def test_polygon_area_and_iou() -> None:
    assert polygon_area(SQUARE) == 100
    assert polygon_area(BOW) == 50
    assert polygon_area([(0, 0), (5, 5), (9, 9)]) == 0
    assert polygon_iou(SQUARE, [(5, 0), (15, 0), (15, 10), (5, 10)]) == pytest.approx(1 / 3)
    assert polygon_iou(SQUARE, BOW) == pytest.approx(0.5)
    assert polygon_iou(SQUARE, [(20, 0), (30, 0), (25, 9)]) == 0
    assert crosses_itself(BOW)
    assert not crosses_itself(SQUARE)


@PATIENT
@given(st.integers(0, 10**6), st.integers(3, 9), st.integers(3, 9))
def test_polygon_iou_is_what_a_raster_gives(seed: int, one: int, other: int) -> None:
    chance = np.random.default_rng(seed)
    a, b = chance.random((one, 2)) * 100, chance.random((other, 2)) * 100
    cells = [filled(polygon, 0, 0, 0.25, (400, 400)) for polygon in (a, b)]
    union = np.count_nonzero(cells[0] | cells[1])
    rough = np.count_nonzero(cells[0] & cells[1]) / union if union else 0.0
    assert polygon_iou(a, b) == pytest.approx(rough, abs=0.03)
    assert polygon_iou(a, b) == pytest.approx(polygon_iou(b, np.roll(a, 1, axis=0)[::-1]), abs=1e-9)
    assert polygon_iou(a, a) == pytest.approx(1)


def test_cut() -> None:
    assert polygon_area(cut_to(SQUARE, 4, 100)) == pytest.approx(40)
    assert len(cut_to([(-9, -9), (-1, -9), (-5, -1)], 4, 4)) < 3


def test_outline_of_the_largest_part() -> None:
    cells = np.zeros((6, 8), np.bool_)
    cells[1:4, 1:5] = True
    cells[2, 2] = False  # a hole
    cells[4, 5] = True  # touches at a corner only
    found = outline(cells)
    assert polygon_area(found) == 12
    assert sorted({(x, y) for x, y in found.tolist()})[0] == (1, 1)
    assert outline(np.zeros((3, 3), np.bool_)).shape == (0, 2)


@PATIENT
@given(st.integers(0, 10**6))
def test_an_outline_filled_is_the_part(seed: int) -> None:
    chance = np.random.default_rng(seed)
    cells = chance.random((9, 9)) < 0.6
    found = outline(cells)
    assert not crosses_itself(found)
    assert filled(found, 0, 0, 1, (9, 9)).sum() == polygon_area(found)


@PATIENT
@given(st.integers(0, 10**6), st.booleans())
def test_votes_are_counted_together_as_alone(seed: int, whole: bool) -> None:
    chance = np.random.default_rng(seed)
    shapes = [chance.uniform(-5, 25, (chance.integers(3, 8), 2)) for _ in range(4)]
    # Whole numbers too: then vertices lie at the heights of cells' centers, and edges along them.
    shapes = [np.round(shape) + 0.5 for shape in shapes] if whole else shapes
    votes = votes_of(shapes, 0, 0, 1, (18, 21))
    assert (votes == sum(filled(shape, 0, 0, 1, (18, 21)).astype(int) for shape in shapes)).all()


@PATIENT
@given(st.integers(0, 10**6))
def test_tables_are_what_pairs_give(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shapes = [chance.uniform(0, 60, (chance.integers(3, 7), 2)) + chance.uniform(0, 80, 2) for _ in range(3)]
    # Whole numbers too: then edges lie on each other, and vertices on edges.
    shapes += [chance.integers(0, 9, (chance.integers(3, 7), 2)).astype(np.float64) for _ in range(3)]
    lines, covers = hausdorff_table(shapes, 40.0), polygon_iou_table(shapes)
    for i, one in enumerate(shapes):
        for j, other in enumerate(shapes):
            away = hausdorff(one, other)
            assert lines[i, j] == pytest.approx(away) or (np.isinf(lines[i, j]) and away > 40.0)
            assert covers[i, j] == pytest.approx(polygon_iou(one, other), abs=1e-9)


@pytest.mark.parametrize(
    ("polygon", "simple"),
    [
        (SQUARE, True),
        (SQUARE[::-1], True),
        ([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)], True),
        (BOW, False),
        ([(0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10)], False),  # touches itself at a corner
        ([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)], False),  # a corner on an edge
        ([(0, 0), (10, 0), (10, 10), (10, -5), (0, 10)], False),  # goes back over an edge
        ([(0, 0), (0, 0), (10, 0), (10, 10)], False),  # has no length somewhere
        ([(0, 0), (5, 5), (9, 9)], False),
    ],
)
def test_simple_polygons(polygon: list[tuple[float, float]], simple: bool) -> None:
    assert are_simple([np.array(polygon, dtype=np.float64)]).tolist() == [simple]
    other = np.array([(2, 1), (14, 3), (6, 12)], dtype=np.float64)
    assert polygon_iou_table([polygon, other])[0, 1] == pytest.approx(polygon_iou(polygon, other))


def test_lines_are_resampled_together_as_alone() -> None:
    chance = np.random.default_rng(3)
    lines = [chance.uniform(0, 1e4, (count, 2)) for count in (2, 7, 3)]
    lines.append(np.array([(5, 5), (5, 5)], dtype=np.float64))
    together = resample_all(lines, 40)
    for found, line in zip(together, lines, strict=True):
        assert found == pytest.approx(resample(line, 40), rel=1e-12)
        assert found[[0, -1]].tolist() == line[[0, -1]].tolist()
        steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        for axis in (0, 1):
            even = np.interp(np.linspace(0, steps[-1], 40), steps, line[:, axis])
            assert found[:, axis] == pytest.approx(even, abs=1e-6)


def test_what_is_kept_is_not_simplified_away() -> None:
    line = np.array([(0.0, 0.0), (1.0, 0.2), (2.0, 0.0), (3.0, 5.0), (4.0, 0.0)])
    assert simplified(line, 1.0).tolist() == line[[0, 2, 3, 4]].tolist()
    assert simplified(line, 1.0, [1]).tolist() == line[[0, 1, 3, 4]].tolist()


def test_many_boxes_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    boxes = chance.uniform(0, 50, (40, 4))
    boxes[:, 2:] += boxes[:, :2]
    whole = box_iou(boxes, boxes)
    monkeypatch.setattr("truthkit_core.consolidation.geometry.TABLE_CELLS", 100)
    assert (box_iou(boxes, boxes) == whole).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_middle_is_the_median(values: list[float]) -> None:
    assert middle(values) == pytest.approx(np.median(values))
