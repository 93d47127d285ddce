"""Boxes of several workers into one set: worked cases, and what must hold for any answers."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.consolidation import shapes as shapes_module
from truthkit_core.consolidation.boxes import _BOXES, DEFAULT_METHOD, METHODS, Box, BoxLabel, consolidate_boxes
from truthkit_core.consolidation.keypoints import Keypoint, consolidate_keypoints
from truthkit_core.consolidation.polygons import Polygon, Polyline, consolidate_polygons, consolidate_polylines
from truthkit_core.consolidation.shape_clusters import ShapeSettings, alike, alike_to_others, tables
from truthkit_core.consolidation.shapes import ShapeWorkers, existence
from truthkit_core.messages import ContractError

Answers = Mapping[str, Mapping[str, Sequence[Box]]]
# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
CAT = Box(10, 10, 40, 30, "cat")
DOG = Box(100, 20, 50, 60, "dog")


def one(*workers: Sequence[Box], **options: Any) -> BoxLabel:
    answers = {"a": {f"w{number}": list(boxes) for number, boxes in enumerate(workers)}}
    return consolidate_boxes(answers, **options).objects["a"]


def shapes(label: BoxLabel) -> list[Box]:
    assert label.shapes is not None
    return [found.shape for found in label.shapes]


def moved(box: Box, by: float, label: str | None = None) -> Box:
    return Box(box.left + by, box.top + by, box.width, box.height, label or box.label)


def crowd(seed: int, pictures: int = 4, workers: int = 5) -> dict[str, dict[str, list[Box]]]:
    """Workers who miss a fifth of the boxes, err by some pixels, take one label in eight for another and add some."""
    chance = random.Random(seed)
    answers: dict[str, dict[str, list[Box]]] = {}
    for picture in range(pictures):
        true = [
            Box(130 * x + 5, 130 * y + 5, 90, 80, chance.choice(["cat", "dog"])) for x in range(3) for y in range(2)
        ]
        true = chance.sample(true, chance.randint(0, 5))
        answers[f"p{picture}"] = {
            f"w{worker}": [
                Box(
                    box.left + chance.randint(-9, 9),
                    box.top + chance.randint(-9, 9),
                    box.width + chance.randint(-9, 9),
                    box.height + chance.randint(-9, 9),
                    box.label if chance.random() < 0.87 else chance.choice(["cat", "dog"]),
                )
                for box in true
                if chance.random() < 0.8
            ]
            + [Box(chance.randint(0, 300), 300, 20, 20, "cat")] * (chance.random() < 0.2)
            for worker in range(workers)
        }
    return answers


def test_methods_have_a_default() -> None:
    assert METHODS[DEFAULT_METHOD] is consolidate_boxes


def test_all_agree() -> None:
    found = one([CAT, DOG], [DOG, CAT], [CAT, DOG])
    assert shapes(found) == [CAT, DOG]
    assert found.shapes is not None
    assert [shape.votes for shape in found.shapes] == [3, 3]
    assert found.confidence > 0.85
    assert found.problems == ()


def test_borders_are_medians() -> None:
    found = one([CAT], [Box(12, 10, 40, 30, "cat")], [Box(13, 8, 40, 30, "cat")])
    assert shapes(found) == [Box(12, 10, 40, 30, "cat")]


def test_wrong_label_is_outvoted() -> None:
    found = one([CAT], [CAT], [moved(CAT, 1, "dog")])
    assert shapes(found) == [CAT]
    assert found.shapes is not None
    assert (found.shapes[0].votes, found.shapes[0].label_votes) == (3, 2)


def test_boxes_of_different_labels_on_the_same_place_stay_apart() -> None:
    rider = Box(10, 10, 40, 30, "rider")
    assert shapes(one([CAT, rider], [CAT, rider], [CAT, rider])) == [CAT, rider]


def test_tie_of_labels_goes_to_the_first_of_the_list_then_the_alphabet() -> None:
    workers = ([CAT], [moved(CAT, 0, "dog")])
    assert shapes(one(*workers, labels=["dog", "cat"]))[0].label == "dog"
    assert shapes(one(*workers, labels=["cat", "dog"]))[0].label == "cat"
    assert shapes(one(*workers))[0].label == "cat"


def test_one_against_many_is_dropped() -> None:
    found = one([CAT, DOG], [CAT], [CAT], [CAT], [CAT])
    assert shapes(found) == [CAT]


def test_two_boxes_of_one_worker_are_never_merged() -> None:
    pair = [CAT, moved(CAT, 4)]
    assert shapes(one(pair, pair, pair)) == pair


def test_nobody_answered() -> None:
    found = one()
    assert found.shapes is None
    assert found.confidence == 0
    assert found.problems == ("nobody answered",)


def test_all_found_nothing() -> None:
    found = one([], [], [])
    assert found.shapes == ()
    assert found.confidence == 1
    assert found.problems == ()


def test_one_worker_alone() -> None:
    found = one([CAT])
    assert shapes(found) == [CAT]
    assert 0.5 < found.confidence < 0.95


def test_all_disagree() -> None:
    found = one(*[[moved(CAT, 200 * place)] for place in range(6)])
    assert found.shapes == ()
    assert found.problems == ("no box has enough support",)
    assert found.confidence < 1


@pytest.mark.parametrize(
    ("box", "kept", "problem"),
    [
        pytest.param(Box(math.nan, 1, 5, 5, "cat"), None, "no number of pixels", id="nan"),
        pytest.param(Box(1, math.inf, 5, 5, "cat"), None, "no number of pixels", id="infinite"),
        pytest.param(Box(1, 1, 1e300, 5, "cat"), None, "no number of pixels", id="huge"),
        pytest.param(Box(1, 1, 0, 5, "cat"), None, "no area", id="no-width"),
        pytest.param(Box(1, 1, 5, -2, "cat"), None, "no area", id="negative-height"),
        pytest.param(Box(300, 1, 5, 5, "cat"), None, "outside the picture", id="outside"),
        pytest.param(Box(-5, 1, 20, 5, "cat"), Box(0, 1, 15, 5, "cat"), "cut", id="beyond-the-left"),
        pytest.param(Box(190, 90, 20, 20, "cat"), Box(190, 90, 10, 10, "cat"), "cut", id="beyond-the-corner"),
    ],
)
def test_bad_boxes(box: Box, kept: Box | None, problem: str) -> None:
    answers = {"a": {"ann": [box], "bob": [box]}, "b": {"ann": [CAT], "bob": [CAT]}}
    result = consolidate_boxes(answers, sizes={"a": (200, 100)})
    assert shapes(result.objects["a"]) == ([] if kept is None else [kept])
    assert len([text for text in result.objects["a"].problems if problem in text]) == 2
    assert shapes(result.objects["b"]) == [CAT]


def test_a_repeated_box_counts_once() -> None:
    found = one([CAT, CAT], [CAT])
    assert shapes(found) == [CAT]
    assert found.problems == ("worker w0: box 2 is there twice, it counts once",)


def test_gold_is_fixed_and_measures_workers() -> None:
    bad = moved(CAT, 300)
    answers = {str(n): {"ann": [CAT], "bob": [bad]} for n in range(6)}
    result = consolidate_boxes(answers, gold={str(n): [CAT] for n in range(5)})
    assert shapes(result.objects["0"]) == [CAT]
    assert result.objects["0"].confidence == 1
    assert result.workers.weight("ann") > 3 * result.workers.weight("bob")
    assert shapes(result.objects["5"]) == [CAT]


def test_anchors_are_what_earlier_batches_taught() -> None:
    first = consolidate_boxes({str(n): {"ann": [CAT], "bob": [CAT], "eve": [DOG]} for n in range(8)})
    kept = ShapeWorkers.from_json(first.workers.to_json())
    assert kept.weight("ann") > 1 > kept.weight("eve")
    answers = {"x": {"ann": [CAT], "eve": [moved(DOG, 400)]}}
    plain, known = (consolidate_boxes(answers, anchors=anchors).objects["x"] for anchors in (None, kept))
    assert len(shapes(plain)) == 2
    assert shapes(known) == [CAT]
    both = kept.merged(consolidate_boxes(answers, anchors=kept).workers)
    assert both.agreement["ann"][1] == 9


@pytest.mark.parametrize("value", [{}, {"version": 2, "workers": {}}, {"version": 1, "workers": {"a": [9, 1]}}, []])
def test_what_is_no_model_of_workers(value: Any) -> None:
    with pytest.raises(ValueError):
        ShapeWorkers.from_json(value)


@pytest.mark.parametrize("name", ["threshold", "overlap", "cross_overlap"])
def test_shares_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        one([CAT], **{name: 1.5})


def test_in_a_large_batch_the_class_model_decides_labels() -> None:
    """Three of five are wrong in three pictures of sixty, and outvote the others in a batch of one picture."""
    answers: dict[str, dict[str, list[Box]]] = {}
    for picture in range(60):
        label = ["cat", "dog", "fox"][picture % 3]
        lazy = "cat" if picture % 3 == 1 and picture < 9 else label
        given = {"ann": label, "bob": label, "cy": lazy, "di": lazy, "eve": lazy}
        answers[str(picture)] = {worker: [moved(CAT, 0, name)] for worker, name in given.items()}
    few = consolidate_boxes({"1": answers["1"]}).objects["1"]
    many = consolidate_boxes(answers)
    assert shapes(few)[0].label == "cat"
    assert sum(shapes(many.objects[str(n)])[0].label == ["cat", "dog", "fox"][n % 3] for n in range(60)) >= 57
    turned = {name: dict(reversed(given.items())) for name, given in reversed(answers.items())}
    again = consolidate_boxes(turned)
    assert {name: shapes(found) for name, found in again.objects.items()} == {
        name: shapes(found) for name, found in many.objects.items()
    }
    for found in many.objects.values():
        assert found.shapes is not None
        assert 0 < found.shapes[0].confidence < 1


def test_parse() -> None:
    value = {"label": "cat", "left": 10, "top": 10, "width": 40, "height": 30}
    assert Box.parse(value) == CAT
    assert CAT.to_json() == value
    bads: list[Any] = [{**value, "left": "10"}, {**value, "top": True}, {**value, "label": 1}, {"label": "cat"}, []]
    for bad in bads:
        with pytest.raises(ContractError):
            Box.parse(bad)


def test_existence_grows_with_support_and_workers() -> None:
    grid = np.array([[existence(s, n) for n in (1, 2, 3, 5, 9, 30)] for s in np.linspace(0, 1, 21)])
    assert (np.diff(grid, axis=0) >= 0).all()
    assert (np.diff(grid, axis=1) >= 0).all()
    assert (grid > 0).all()
    assert (grid < 1).all()


@PATIENT
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_and_names_decide_nothing(seed: int, chance: random.Random) -> None:
    answers = crowd(seed)
    names = [f"w{number}" for number in range(5)]
    other = dict(zip(names, chance.sample(names, 5), strict=True))
    mixed = {
        picture: {other[w]: chance.sample(boxes, len(boxes)) for w, boxes in chance.sample(sorted(given.items()), 5)}
        for picture, given in chance.sample(sorted(answers.items()), len(answers))
    }
    before, after = consolidate_boxes(answers), consolidate_boxes(mixed)
    for picture, label in before.objects.items():
        assert shapes(after.objects[picture]) == shapes(label)
        assert after.objects[picture].confidence == pytest.approx(label.confidence)


@PATIENT
@given(st.integers(0, 10**6))
def test_one_more_who_agrees_never_lowers_the_confidence(seed: int) -> None:
    # Of one label: what the class model makes of others is tested with it.
    answers = {
        name: {worker: [replace(box, label="cat") for box in boxes] for worker, boxes in given.items()}
        for name, given in crowd(seed).items()
    }
    before = consolidate_boxes(answers).objects["p0"]
    agreeing = {**answers, "p0": {**answers["p0"], "more": shapes(before)}}
    assert consolidate_boxes(agreeing).objects["p0"].confidence >= before.confidence - 1e-9


@PATIENT
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_unanimous_answers_win(seed: int, workers: int) -> None:
    answer = crowd(seed)["p0"]["w0"]
    others = {f"q{n}": crowd(seed + n)["p1"] for n in range(3)}
    given = {**others, "a": {f"w{number}": answer for number in range(workers)}}
    assert shapes(consolidate_boxes(given).objects["a"]) == sorted(set(answer))


@PATIENT
@given(st.integers(0, 10**6))
def test_centrality_is_the_mean_of_all_pairs(seed: int) -> None:
    chance = random.Random(seed)
    crowded = {
        f"w{worker}": [
            Box(chance.randint(0, 60), chance.randint(0, 60), 40, 40, chance.choice("ab"))
            for _ in range(chance.randint(0, 4))
        ]
        for worker in range(5)
    }
    settings_ = ShapeSettings(0.17, 0.3, 0.5)
    found = shapes_module._read(crowded, _BOXES, None, None, ())
    found.codes = np.array(["ab".index(shape.label) for shape in found.shapes], dtype=np.int64)
    other = shapes_module._read({"w": [CAT, DOG]}, _BOXES, None, None, ())
    [table] = tables([(found, _BOXES), (other, _BOXES)])
    total = alike_to_others(table, settings_)[table.objects.index(found)]
    likeness = table.likeness[table.objects.index(found)]
    for i, mine in enumerate(found.owned):
        pairs = [
            alike(likeness[np.ix_(mine, other)], found.codes[mine, None] == found.codes[other], settings_)
            for j, other in enumerate(found.owned)
            if j != i
        ]
        assert total[i] == pytest.approx(sum(pairs))


@PATIENT
@given(st.integers(0, 10**6))
def test_objects_taken_together_are_as_each_alone(seed: int) -> None:
    answers = crowd(seed, pictures=6)
    answers["busy"] = {worker: boxes for picture in crowd(seed + 1).values() for worker, boxes in picture.items()}
    together = consolidate_boxes(answers, weighted=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truthkit_core.consolidation.shape_clusters.TOGETHER", 1)
        assert consolidate_boxes(answers, weighted=False) == together


def test_gold_that_is_no_shape_does_not_count() -> None:
    answers = {"a": {"ann": [CAT], "bob": [CAT]}}
    label = consolidate_boxes(answers, gold={"a": [CAT, Box(math.nan, 1, 5, 5, "cat"), CAT]}).objects["a"]
    assert shapes(label) == [CAT]
    assert label.problems == (
        "gold: box 2 has a coordinate that is no number of pixels, it does not count",
        "gold: box 3 is there twice, it counts once",
    )


def test_hundreds_of_boxes_of_many_workers_in_a_picture() -> None:
    label = one(
        *([Box(40 * (n % 20) + w % 3, 40 * (n // 20) + w % 2, 30, 30, "cat") for n in range(200)] for w in range(9))
    )
    assert [found.votes for found in label.shapes or ()] == [9] * 200


def test_among_three_a_box_that_one_drew_does_not_count() -> None:
    assert shapes(one([CAT, DOG], [CAT], [CAT])) == [CAT]
    assert shapes(one([CAT, DOG], [CAT])) == [CAT, DOG]
    assert shapes(one([CAT, DOG], [CAT], [CAT], threshold=0.17)) == [CAT, DOG]


def test_labels_outside_the_list_do_not_count() -> None:
    label = one([CAT, DOG], [CAT], labels=["cat"])
    assert shapes(label) == [CAT]
    assert label.problems == ("worker w0: box 2 has the label 'dog', which is none of the list, it does not count",)


@pytest.mark.parametrize("size", [(math.nan, 100), (0, 0), (-5, 10), (math.inf, 1)])
def test_a_picture_without_a_size_cuts_nothing(size: tuple[float, float]) -> None:
    assert shapes(one([CAT], [CAT], sizes={"a": size})) == [CAT]
    points = {"a": {"ann": [Keypoint(3, 4, "nose")], "bob": [Keypoint(3, 4, "nose")]}}
    found = consolidate_keypoints(points, sizes={"a": size}).objects["a"]
    assert found.confidence > 0.9


@pytest.mark.parametrize(
    "consolidated",
    [
        lambda given: consolidate_boxes({"o": {w: [Box(0, 0, 0, 5, "a")] * n for w, n in given.items()}}),
        lambda given: consolidate_keypoints({"o": {w: [Keypoint(math.nan, 1, "a")] * n for w, n in given.items()}}),
        lambda given: consolidate_polygons({"o": {w: [Polygon(((0, 0), (1, 1)), "a")] * n for w, n in given.items()}}),
        lambda given: consolidate_polylines({"o": {w: [Polyline(((0, 0),), "a")] * n for w, n in given.items()}}),
    ],
)
def test_answers_of_which_nothing_counts_do_not_say_that_there_is_nothing(consolidated: Any) -> None:
    void = consolidated({"w1": 1, "w2": 2}).objects["o"]
    assert (void.shapes, void.confidence) == ((), 0.0)
    assert void.problems
    assert consolidated({"w1": 1, "w2": 0}).objects["o"].confidence == 1.0  # one did say so
