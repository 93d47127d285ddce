"""Keypoints, lines and polygons of several workers: worked cases, and what must hold for any."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.consolidation import polygons
from truthkit_core.consolidation.geometry import crosses_itself, hausdorff, polygon_iou
from truthkit_core.consolidation.keypoints import Keypoint, consolidate_keypoints
from truthkit_core.consolidation.polygons import Polygon, Polyline, consolidate_polygons, consolidate_polylines
from truthkit_core.messages import ContractError

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
SQUARE = ((10, 10), (60, 10), (60, 60), (10, 60))
METHODS: dict[str, Any] = {
    "keypoints": consolidate_keypoints,
    "polylines": consolidate_polylines,
    "polygons": consolidate_polygons,
}


def found(method: Any, *workers: Sequence[Any], **options: Any) -> list[Any]:
    result = method({"a": {f"w{n}": list(shapes) for n, shapes in enumerate(workers)}}, **options).objects["a"]
    return [one.shape for one in result.shapes]


def star(seed: int, x: float = 100, y: float = 100, label: str = "leaf", error: float = 1.5) -> Polygon:
    chance = np.random.default_rng(seed)
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    radius = 50 * (1 + 0.25 * np.sin(3 * turns)) + chance.normal(0, error, 20)
    points = [(x + r * math.cos(t), y + r * math.sin(t)) for r, t in zip(radius.tolist(), turns.tolist(), strict=True)]
    start = int(chance.integers(20))
    return Polygon(tuple(points[start:] + points[:start])[:: 1 if seed % 2 else -1], label)


def crowd(kind: str, seed: int, workers: int = 4) -> list[list[Any]]:
    chance = random.Random(seed)
    places = [(100, 100), (300, 120), (150, 320)]
    drawn: list[list[Any]] = []
    for worker in range(workers):
        mine: list[Any] = []
        for x, y in places:
            label = "a" if chance.random() < 0.85 else "b"
            if chance.random() < 0.2:
                continue
            dx, dy = chance.gauss(0, 2), chance.gauss(0, 2)
            if kind == "keypoints":
                mine.append(Keypoint(x + dx, y + dy, label))
            elif kind == "polygons":
                mine.append(star(seed * 10 + worker, x + dx, y + dy, label))
            else:
                points = ((x + dx, y + dy), (x + 40 + dy, y + dx), (x + 80 + dx, y + 30))
                mine.append(Polyline(points if chance.random() < 0.5 else points[::-1], label))
        drawn.append(mine)
    return drawn


def test_keypoints_are_medians_and_far_ones_stay_apart() -> None:
    workers = [[Keypoint(10, 10, "eye"), Keypoint(90, 10, "eye")], [Keypoint(90, 12, "eye"), Keypoint(12, 10, "eye")]]
    assert found(consolidate_keypoints, *workers, [Keypoint(11, 16, "eye")]) == [
        Keypoint(11, 10, "eye"),
        Keypoint(90, 11, "eye"),
    ]


def test_the_scale_is_the_pictures_or_the_given_one() -> None:
    workers = [[Keypoint(100, 100, "eye")], [Keypoint(140, 100, "eye")]]
    assert len(found(consolidate_keypoints, *workers)) == 2
    assert len(found(consolidate_keypoints, *workers, sizes={"a": (4000, 3000)})) == 1
    assert len(found(consolidate_keypoints, *workers, scale=50)) == 1
    with pytest.raises(ValueError, match="scale"):
        found(consolidate_keypoints, *workers, scale=0)


def test_lines_are_turned_and_merged_by_their_ends() -> None:
    workers = [[Polyline(points, "crack")] for points in (((0, 0), (100, 50)), ((98, 52), (2, 0)), ((1, 3), (100, 51)))]
    line = found(consolidate_polylines, *workers)
    assert len(line) == 1
    assert hausdorff(line[0].points, ((1, 0), (100, 51))) < 1e-9


def test_polylines_with_other_vertices_are_one() -> None:
    workers = [
        [Polyline(((0, 0), (50, 0), (100, 60)), "road")],
        [Polyline(((100, 61), (75, 31), (50, 1), (25, 1), (0, 1)), "road")],
        [Polyline(((0, 2), (51, 2), (100, 62)), "road")],
    ]
    line = found(consolidate_polylines, *workers)
    assert len(line) == 1
    assert hausdorff(line[0].points, workers[1][0].points) < 1.5
    assert len(line[0].points) <= 5


def test_a_merged_polygon_is_nearer_to_the_truth_than_its_members() -> None:
    for seed in range(0, 30, 10):
        stars = [star(seed + n, error=4) for n in range(5)]
        (merged,) = found(consolidate_polygons, *[[one] for one in stars])
        true = star(1, error=0).points
        assert not crosses_itself(merged.points)
        mean = sum(polygon_iou(one.points, true) for one in stars) / 5
        assert polygon_iou(merged.points, true) > mean


@pytest.mark.parametrize(
    ("method", "shape", "problem"),
    [
        ("keypoints", Keypoint(math.nan, 1, "a"), "no number of pixels"),
        ("keypoints", Keypoint(300, 1, "a"), "outside"),
        ("polylines", Polyline(((1, math.inf), (2, 2)), "a"), "no number of pixels"),
        ("polylines", Polyline(((1, 1), (1, 1)), "a"), "no length"),
        ("polylines", Polyline((), "a"), "no length"),
        ("polygons", Polygon(((1, math.nan), (2, 2), (3, 0)), "a"), "no number of pixels"),
        ("polygons", Polygon(((1, 1), (2, 2), (3, 3)), "a"), "no area"),
        ("polygons", Polygon((), "a"), "no area"),
        ("polygons", Polygon(((300, 1), (320, 2), (310, 30)), "a"), "outside"),
    ],
)
def test_what_does_not_count(method: str, shape: Any, problem: str) -> None:
    result = METHODS[method]({"a": {"ann": [shape]}, "b": {}}, sizes={"a": (200, 100)}).objects
    assert result["a"].shapes == ()
    assert problem in result["a"].problems[0]
    assert result["b"].shapes is None


def test_what_reaches_beyond_is_cut() -> None:
    cut = consolidate_polygons({"a": {"ann": [Polygon(SQUARE, "a")]}}, sizes={"a": (40, 200)}).objects["a"]
    assert cut.shapes is not None
    assert polygon_iou(cut.shapes[0].shape.points, ((10, 10), (40, 10), (40, 60), (10, 60))) == pytest.approx(1)
    assert "cut" in cut.problems[0]
    moved = consolidate_polylines({"a": {"ann": [Polyline(((-5, 3), (9, 3)), "a")]}}, sizes={"a": (40, 200)})
    assert moved.objects["a"].shapes is not None
    assert moved.objects["a"].shapes[0].shape.points == ((0, 3), (9, 3))


def test_a_polygon_that_crosses_itself_counts_by_the_even_odd_rule() -> None:
    bow = Polygon(((10, 10), (60, 60), (60, 10), (10, 60)), "a")
    result = consolidate_polygons({"a": {"ann": [bow], "bob": [bow]}}).objects["a"]
    assert result.shapes is not None
    assert "crosses itself" in result.problems[0]
    assert not crosses_itself(result.shapes[0].shape.points)


def test_parse() -> None:
    value = {"label": "a", "vertices": [{"x": x, "y": y} for x, y in SQUARE]}
    assert Polygon.parse(value) == Polygon(SQUARE, "a")
    assert Polygon(SQUARE, "a").to_json() == value
    assert Keypoint.parse({"label": "a", "x": 1, "y": 2}) == Keypoint(1, 2, "a")
    bads: list[Any] = [{"label": "a"}, {"label": "a", "vertices": {}}, {"label": "a", "vertices": [{"x": "1", "y": 2}]}]
    for bad in bads:
        with pytest.raises(ContractError):
            Polyline.parse(bad)


@pytest.mark.parametrize("kind", METHODS)
@PATIENT
@given(seed=st.integers(0, 10**5), chance=st.randoms(use_true_random=False))
def test_order_and_names_decide_nothing(kind: str, seed: int, chance: random.Random) -> None:
    workers = crowd(kind, seed)
    mixed = [chance.sample(shapes, len(shapes)) for shapes in chance.sample(workers, len(workers))]
    before, after = found(METHODS[kind], *workers), found(METHODS[kind], *mixed)
    assert [one.label for one in before] == [one.label for one in after]
    for one, other in zip(before, after, strict=True):
        if isinstance(one, Keypoint):
            assert one == other
        else:
            assert np.allclose(one.points, other.points)


@pytest.mark.parametrize("kind", METHODS)
@PATIENT
@given(seed=st.integers(0, 10**5), workers=st.integers(1, 4))
def test_unanimous_answers_win(kind: str, seed: int, workers: int) -> None:
    answer = crowd(kind, seed)[0]
    assert found(METHODS[kind], *[answer] * workers) == sorted(answer)


@pytest.mark.parametrize("kind", METHODS)
@PATIENT
@given(seed=st.integers(0, 10**5))
def test_one_more_who_agrees_never_lowers_the_confidence(kind: str, seed: int) -> None:
    answers = {f"w{n}": shapes for n, shapes in enumerate(crowd(kind, seed))}
    before = METHODS[kind]({"a": answers}).objects["a"]
    after = METHODS[kind]({"a": {**answers, "more": [one.shape for one in before.shapes]}}).objects["a"]
    assert [one.shape.label for one in after.shapes] == [one.shape.label for one in before.shapes]
    assert after.confidence >= before.confidence - 1e-9


def test_a_closed_line_may_begin_anywhere() -> None:
    ring = star(4).points
    loops = [ring[at:] + ring[:at] for at in (0, 7, 13)]
    lines = [Polyline((*loop, loop[0]), "rim") for loop in (loops[0], loops[1], loops[2][::-1])]
    # The same line: as one of them drew it.
    assert found(consolidate_polylines, *([line] for line in lines)) == [min(lines)]
    noisy = []
    for seed in range(5):
        points = star(seed).points
        noisy.append(Polyline((*points, points[0]), "rim"))
    [rim] = found(consolidate_polylines, *([line] for line in noisy))
    assert rim.points[0] == rim.points[-1]
    assert hausdorff(rim.points, noisy[0].points) < 10
    assert polygon_iou(rim.points[:-1], star(0, error=0).points) > 0.93


def test_a_polygon_may_begin_anywhere() -> None:
    points = star(4).points
    leaves = [Polygon(points[at:] + points[:at], "leaf") for at in (0, 7, 13)]
    leaves.append(Polygon(points[::-1], "leaf"))
    assert found(consolidate_polygons, *([one] for one in leaves)) == [min(leaves)]


@pytest.mark.parametrize("together", [1, 4, 32])
def test_polygons_are_outlined_together_as_alone(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bow = Polygon(((0, 0), (40, 40), (40, 0), (0, 40)), "bow")
    bent = Polygon(((0, 0), (41, 40), (40, 0), (0, 40)), "bow")
    thin = [Polygon(((0, y), (900, y), (900, y + 0.01)), "thin") for y in (0, 1)]
    clusters = [[star(seed, error=seed) for seed in range(first, first + 3)] for first in range(5)]
    clusters[2:2] = [[bow, bow], [star(1), star(1)], thin, [bow, bent, bent], [star(6)]]
    labels = [f"label {place}" for place in range(len(clusters))]
    alone = [polygons._merge_polygons([members], [label])[0] for members, label in zip(clusters, labels, strict=True)]
    monkeypatch.setattr(polygons, "OUTLINED_TOGETHER", together)
    assert polygons._merge_polygons(clusters, labels) == alone
    assert [one.label for one in alone] == labels
    assert alone[3].points == star(1).points
    assert alone[4].points == min(thin).points
    assert not any(crosses_itself(one.points) for one in alone)


def test_gold_lines_without_a_place_do_not_count() -> None:
    line = Polyline(((1, 1), (90, 1)), "rim")
    gold = {"a": [line, Polyline(((1, math.nan), (2, 2)), "rim")]}
    label = consolidate_polylines({"a": {"ann": [line]}}, gold=gold).objects["a"]
    assert [one.shape for one in label.shapes or ()] == [line]
    assert label.problems == ("gold: line 2 has a coordinate that is no number of pixels, it does not count",)
