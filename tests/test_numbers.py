"""Numbers: what must hold for any crowd, odd input, and the marks on public sets."""

from __future__ import annotations

import csv
import json
import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.consolidation.numbers import (
    METHODS,
    NumberResult,
    NumberWorkers,
    mean,
    median,
    scores,
    trimmed_mean,
    worker_model,
)

PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
Method = Callable[..., NumberResult]
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))

crowds = st.dictionaries(
    st.integers(0, 9).map("object{}".format),
    st.dictionaries(st.integers(0, 6).map("worker{}".format), st.integers(-100, 100).map(float), max_size=7),
    min_size=1,
    max_size=8,
)


@every_method
@PATIENT
@given(answers=crowds, seed=st.integers(0, 9))
def test_order_and_names_decide_nothing(method: Method, answers: dict[str, dict[str, float]], seed: int) -> None:
    chance = random.Random(seed)
    names = {f"worker{old}": f"x{new}" for new, old in enumerate(chance.sample(range(7), 7))}
    shuffled = chance.sample(list(answers), len(answers))
    renamed = {name: {names[worker]: value for worker, value in answers[name].items()} for name in shuffled}
    one, other = method(answers).objects, method(renamed).objects
    assert list(one) == list(answers)
    for name in answers:
        assert (one[name].value or 0.0) == pytest.approx(other[name].value or 0.0, rel=1e-9, abs=1e-9)
        assert one[name].confidence == pytest.approx(other[name].confidence, abs=1e-6)


odd_numbers = st.sampled_from([1.0, 2.0, 2.5, 3.0, -5.0, 1e9, 1e-7, 1 / 3])
odd_crowds = st.dictionaries(
    st.integers(0, 9).map("object{}".format),
    st.dictionaries(st.integers(0, 6).map("worker{}".format), odd_numbers, max_size=7),
    min_size=1,
    max_size=8,
)


@every_method
@PATIENT
@given(answers=odd_crowds, seed=st.integers(0, 9))
def test_the_order_of_arrival_changes_no_digit(method: Method, answers: dict[str, dict[str, float]], seed: int) -> None:
    chance = random.Random(seed)
    shuffled = {
        name: dict(chance.sample(list(answers[name].items()), len(answers[name])))
        for name in chance.sample(list(answers), len(answers))
    }
    one, other = method(answers), method(shuffled)
    assert list(other.objects) == list(shuffled)
    assert one == other


@pytest.mark.parametrize("far", [1e6, 1.7e9])
def test_numbers_far_from_zero_are_as_good(far: float) -> None:
    chance = random.Random(1)
    bias = {f"w{number}": chance.gauss(0, 3) for number in range(8)}
    truth = [chance.gauss(0, 10) for _ in range(40)]
    near = {
        str(item): {name: round(right + bias[name] + chance.gauss(0, 1), 1) for name in chance.sample(sorted(bias), 4)}
        for item, right in enumerate(truth)
    }
    away = {name: {worker: far + value for worker, value in given.items()} for name, given in near.items()}
    one, other = worker_model(near).objects, worker_model(away).objects
    for name in near:
        here, there = one[name], other[name]
        assert here.value is not None
        assert there.value is not None
        assert there.value - far == pytest.approx(here.value, abs=0.01)
        assert (there.high or 0.0) - (there.low or 0.0) == pytest.approx(
            (here.high or 0.0) - (here.low or 0.0), abs=0.02
        )


@every_method
@PATIENT
@given(answers=crowds)
def test_what_comes_out_is_finite_and_within_what_is_possible(
    method: Method, answers: dict[str, dict[str, float]]
) -> None:
    for name, label in method(answers, limits=(-100.0, 100.0)).objects.items():
        if not answers[name]:
            assert (label.value, label.confidence) == (None, 0.0)
            assert label.problems == ("nobody gave a number that counts",)
            continue
        assert label.value is not None
        assert label.low is not None
        assert label.high is not None
        assert -100 <= label.low <= label.value <= label.high <= 100
        assert 0.0 <= label.confidence <= 1.0
        json.dumps(label.to_json(), allow_nan=False)


@every_method
@given(value=st.integers(-5, 5), workers=st.integers(1, 6))
def test_unanimous_answers_win(method: Method, value: int, workers: int) -> None:
    answers = {name: {f"w{n}": float(value) for n in range(workers)} for name in ("a", "b")}
    assert {label.value for label in method(answers).objects.values()} == {float(value)}


@every_method
def test_where_all_numbers_are_the_same_the_more_the_surer(method: Method) -> None:
    """Without limits there is no range that a tolerance could be a part of."""
    for limits in (None, (0.0, 10.0)):
        found = [method({"a": {f"w{n}": 5.0 for n in range(count)}}, limits=limits).objects["a"] for count in (1, 2, 5)]
        assert {label.value for label in found} == {5.0}
        sure = [label.confidence for label in found]
        assert sure == sorted(sure)
        assert 0.6 < sure[0] < 0.8
        assert 0.85 < sure[2] < 1.0


@every_method
def test_one_answer_an_object_proves_nothing(method: Method) -> None:
    answers = {f"o{n}": {f"w{n % 7}": float(n)} for n in range(50)}
    label = method(answers).objects["o20"]
    assert label.value == 20.0
    assert label.low is not None
    assert label.high is not None
    assert label.low < 20.0 < label.high
    assert 0.5 < label.confidence < 0.9


@every_method
@PATIENT
@given(seed=st.integers(0, 10**6), workers=st.integers(2, 8), items=st.integers(1, 12))
def test_one_more_who_agrees_never_lowers_the_confidence(method: Method, seed: int, workers: int, items: int) -> None:
    chance = random.Random(seed)
    answers = {
        f"o{n}": {f"w{w}": truth + chance.gauss(0, 8) for w in range(workers)}
        for n in range(items)
        for truth in [chance.uniform(20, 80)]
    }
    before = method(answers, limits=(-50.0, 150.0), tolerance=3.0).objects["o0"]
    assert before.value is not None
    answers["o0"]["new"] = before.value
    after = method(answers, limits=(-50.0, 150.0), tolerance=3.0).objects["o0"]
    assert after.confidence >= before.confidence - 1e-9


@every_method
def test_odd_input(method: Method) -> None:
    answers = {
        "nan": {"x": math.nan, "y": 3.0},
        "infinite": {"x": math.inf, "y": -math.inf},
        "huge": {"x": 1e300, "y": 10**400, "z": 2.0},
        "text": {"x": "5", "y": True, "z": 4},
        "outside": {"x": 11.0, "y": 5.0},
        "one": {"x": 7.0},
        "nobody": {},
    }
    found = method(answers, limits=(0.0, 10.0)).objects
    assert list(found) == list(answers)
    assert found["nan"].answers == {"y": 3.0}
    assert found["nan"].problems == ("x: nan is no number",)
    assert found["infinite"].value is None
    assert len(found["infinite"].problems) == 3
    assert found["huge"].answers == {"z": 2.0}
    assert found["text"].problems == ("x: '5' is no number", "y: True is no number")
    assert found["outside"].problems == ("x: 11 is not within 0 and 10",)
    assert found["one"].value is not None
    assert found["nobody"].problems == ("nobody gave a number that counts",)
    assert method({}).objects == {}


def test_a_number_out_of_all_measure_does_not_count() -> None:
    chance = random.Random(1)
    answers = {f"o{n}": {f"w{w}": n + chance.gauss(0, 1) for w in range(5)} for n in range(20)}
    answers["o3"]["w0"] = 1e9
    label = worker_model(answers).objects["o3"]
    assert label.value == pytest.approx(3, abs=2)
    assert label.problems == ("w0: 1e+09 is far from the others",)
    assert "w0" not in label.answers


def test_the_plain_methods() -> None:
    answers = {"a": {f"w{n}": float(value) for n, value in enumerate([0, 1, 2, 3, 4, 5, 6, 7, 8, 100])}}
    assert mean(answers).objects["a"].value == 13.6
    assert trimmed_mean(answers).objects["a"].value == 4.5
    assert median(answers).objects["a"].value == 4.5
    assert median({"a": {"x": 1.0, "y": 2.0, "z": 9.0}}).objects["a"].value == 2.0


@every_method
def test_a_scale(method: Method) -> None:
    stars = [1, 2, 3, 4, 5]
    answers = {"a": {"x": 2.0, "y": 3.0}, "b": {"x": 4.0, "y": 4.0, "z": 4.5}, "c": {"x": 1.0, "y": 1.0}}
    found = method(answers, scale=stars).objects
    assert {label.value for label in found.values()} <= set(stars)
    assert found["b"].problems == ("z: 4.5 is none of the scale's steps",)
    assert mean(answers, scale=stars).objects["a"].value == 2  # of two equally near the lower
    assert mean(answers, scale=stars).objects["a"].mean == 2.5


@every_method
def test_gold_is_fixed_truth(method: Method) -> None:
    found = method({"a": {"x": 1.0}, "b": {"x": 1.0, "y": 3.0}}, gold={"a": 9.0, "elsewhere": 1.0}).objects
    assert (found["a"].value, found["a"].confidence) == (9.0, 1.0)
    assert list(found) == ["a", "b"]


def simulated(seed: int, *, bias: float, careless: int) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    chance = random.Random(seed)
    biases = [chance.gauss(0, bias) for _ in range(30)]
    answers, truth = {}, {}
    for number in range(150):
        name = f"o{number}"
        truth[name] = chance.uniform(0, 100)
        answers[name] = {
            f"w{w}": chance.uniform(0, 100) if w < careless else truth[name] + biases[w] + chance.gauss(0, 8)
            for w in chance.sample(range(30), 5)
        }
    return answers, truth


@pytest.mark.parametrize(("bias", "careless", "share"), [(15.0, 0, 0.75), (0.0, 10, 0.75), (0.0, 0, 1.03)])
def test_biased_and_careless_workers_are_found_out(bias: float, careless: int, share: float) -> None:
    """The share of the mean's error that is left to the worker model; little is lost where all are alike."""
    errors = []
    for seed in range(5):
        answers, truth = simulated(seed, bias=bias, careless=careless)
        for method in (mean, worker_model):
            found = method(answers).objects
            errors.append(scores([found[name].value or 0.0 for name in truth], truth.values())[1])
    assert sum(errors[1::2]) < share * sum(errors[::2])


@every_method
def test_intervals_and_confidence_keep_their_word(method: Method) -> None:
    inside, sure, near, count = 0, 0.0, 0, 0
    for seed in range(5):
        answers, truth = simulated(seed, bias=0.0, careless=0)
        for name, label in method(answers, tolerance=3.0).objects.items():
            assert label.value is not None
            assert label.low is not None
            assert label.high is not None
            inside += label.low <= truth[name] <= label.high
            near += abs(label.value - truth[name]) <= 3.0
            sure += label.confidence
            count += 1
    assert inside / count == pytest.approx(0.95, abs=0.06)
    assert near / count == pytest.approx(sure / count, abs=0.08)


def test_workers_known_from_earlier_batches() -> None:
    answers, truth = simulated(3, bias=20.0, careless=0)
    names = list(answers)
    first = worker_model({name: answers[name] for name in names[:100]}).workers
    assert first is not None
    again = NumberWorkers.from_json(json.loads(json.dumps(first.to_json())))
    assert again == first
    late = {name: answers[name] for name in names[100:]}
    errors = [
        scores([found[name].value or 0.0 for name in late], [truth[name] for name in late])[1]
        for found in (worker_model(late).objects, worker_model(late, anchors=again).objects)
    ]
    assert errors[1] < errors[0]
    assert first.merged(NumberWorkers({})) == first
    for bad in ({"version": 2}, {"workers": {"x": [1.0]}}, {"workers": {"x": [math.nan] * 6}}, {"sums": None}):
        with pytest.raises(ValueError):
            NumberWorkers.from_json(first.to_json() | bad)


@needs_crowd_data
@pytest.mark.parametrize("which", ["emotion_numeric", "wordsim_numeric"])
def test_marks(which: str) -> None:
    assert FOLDER is not None
    answers: dict[str, dict[str, float]] = {}
    with (FOLDER / which / "label.csv").open(encoding="utf-8", newline="") as lines:
        for item, worker, value in list(csv.reader(lines))[1:]:
            answers.setdefault(item, {})[worker] = float(value)
    with (FOLDER / which / "truth.csv").open(encoding="utf-8", newline="") as lines:
        truth = {item: float(value) for item, value in list(csv.reader(lines))[1:]}
    plain, ours = (
        np.array(scores([found[item].value or 0.0 for item in truth], truth.values()))
        for found in (mean(answers).objects, worker_model(answers).objects)
    )
    if which == "emotion_numeric":  # wordsim's gold is on another scale: only the correlation says something
        assert plain[:2] == pytest.approx([12.02, 17.84], abs=0.01)
        assert (ours[:2] <= plain[:2]).all()
    assert ours[2] >= plain[2]
