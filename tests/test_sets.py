"""Sets of labels: what must hold for any crowd, simulated crowds, odd input."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.kinds.sets import crowd, measured
from truthkit_core.consolidation.sets import METHODS, SetResult, SetWorkers, two_coin, union, vote

PATIENT = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
LABELS = ["ant", "bee", "none"]
Method = Callable[..., SetResult]
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))

crowds = st.dictionaries(
    st.integers(0, 5).map("object{}".format),
    st.dictionaries(st.integers(0, 4).map("worker{}".format), st.frozensets(st.sampled_from(LABELS)), max_size=5),
    min_size=1,
    max_size=6,
)


@every_method
@PATIENT
@given(answers=crowds, seed=st.integers(0, 9))
def test_order_and_names_decide_nothing(
    method: Method, answers: dict[str, dict[str, frozenset[str]]], seed: int
) -> None:
    chance = random.Random(seed)
    names = {f"worker{old}": f"x{new}" for new, old in enumerate(chance.sample(range(5), 5))}
    shuffled = chance.sample(list(answers), len(answers))
    renamed = {name: {names[worker]: given for worker, given in answers[name].items()} for name in shuffled}
    one, other = method(answers, labels=LABELS).objects, method(renamed, labels=LABELS).objects
    assert list(one) == list(answers)
    for name in answers:
        assert one[name].labels == other[name].labels
        assert one[name].confidence == pytest.approx(other[name].confidence, abs=1e-6)
        assert all(0.0 <= share <= 1.0 for share in one[name].probabilities.values())
        assert 0.0 <= one[name].confidence <= 1.0


@every_method
@PATIENT
@given(answers=crowds, right=st.frozensets(st.sampled_from(LABELS[:2])), workers=st.integers(1, 5))
def test_unanimous_answers_win(
    method: Method, answers: dict[str, dict[str, frozenset[str]]], right: frozenset[str], workers: int
) -> None:
    answers = answers | {f"clear{n}": {f"worker{w}": right for w in range(workers)} for n in range(20)}
    assert set(method(answers, labels=LABELS).objects["clear0"].labels or ()) == right


@every_method
@PATIENT
@given(answers=crowds)
def test_the_exclusive_label_is_alone(method: Method, answers: dict[str, dict[str, frozenset[str]]]) -> None:
    for label in method(answers, labels=LABELS, exclusive="none").objects.values():
        assert label.labels is None or label.labels == ("none",) or "none" not in label.labels


def test_one_more_who_agrees_never_lowers_the_confidence() -> None:
    for seed in range(15):
        answers, _truth = crowd(seed, objects=40, workers=12, careless=0.0)
        before = two_coin(answers).objects["o0"]
        answers["o0"]["new"] = frozenset(before.labels or ())
        after = two_coin(answers).objects["o0"]
        assert after.labels == before.labels
        assert after.confidence >= before.confidence - 1e-9


def test_the_exclusive_label_beside_others() -> None:
    answers = {
        "a": {"x": {"none", "ant"}, "y": {"ant"}},
        "b": {"x": {"none"}, "y": {"none"}, "z": {"ant"}},
    }
    for method in METHODS.values():
        found = method(answers, labels=LABELS, exclusive="none").objects
        assert found["a"].labels == ("ant",)
        assert found["a"].votes == {"ant": 2}
        assert found["a"].problems == ("x: 'none' does not count beside other labels",)
    assert vote(answers, labels=LABELS, exclusive="none").objects["b"].labels == ("none",)
    assert union(answers, labels=LABELS, exclusive="none").objects["b"].labels == ("ant",)
    with pytest.raises(ValueError, match="the exclusive label 'other' is none of the labels"):
        vote(answers, labels=LABELS, exclusive="other")


@every_method
def test_odd_input(method: Method) -> None:
    answers = {
        "strange": {"x": {"dog"}, "y": {"ant", "dog"}},
        "text": {"x": "ant", "y": None},
        "empty": {"x": frozenset(), "y": []},
        "nobody": {},
        "repeated": {"x": ["ant", "ant"]},
    }
    found = method(answers, labels=LABELS).objects
    assert list(found) == list(answers)
    assert found["strange"].problems == ("x: 'dog' is none of the labels", "y: 'dog' is none of the labels")
    assert (found["strange"].workers, found["strange"].votes) == (1, {"ant": 1})
    assert found["text"].labels is None
    assert found["text"].problems == (
        "x: 'ant' is no set of labels",
        "y: None is no set of labels",
        "nobody gave an answer that counts",
    )
    assert found["empty"].labels == ()
    assert (found["nobody"].labels, found["nobody"].confidence) == (None, 0.0)
    assert found["repeated"].votes == {"ant": 1}
    assert json.loads(json.dumps(method(answers, labels=LABELS).to_json()))["objects"]["empty"]["labels"] == []
    assert method({}).objects == {}
    assert method({"a": {"x": frozenset()}}).objects["a"].labels == ()


@every_method
def test_gold_is_fixed_truth(method: Method) -> None:
    answers = {"a": {"x": {"ant"}, "y": {"ant"}}, "b": {"x": {"bee"}}}
    found = method(answers, labels=LABELS, gold={"a": {"bee"}}).objects
    assert (found["a"].labels, found["a"].confidence) == (("bee",), 1.0)


def test_gold_of_other_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="gold: dog is none of the labels ant, bee, none"):
        two_coin({"a": {"x": {"ant"}}}, labels=LABELS, gold={"a": {"dog"}})


def test_the_service_gives_no_confidence_to_one_worker() -> None:
    found = union({"a": {"x": {"ant"}}, "b": {"x": {"ant"}, "y": {"ant"}}}, labels=LABELS).objects
    assert found["a"].service_confidence == {"ant": 0.0}
    assert 0.5 < found["b"].service_confidence["ant"] < 1.0


def test_workers_known_from_earlier_batches() -> None:
    answers, _truth = crowd(1, objects=60)
    found = two_coin(answers).workers
    assert found is not None
    assert SetWorkers.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert list(found.merged(found).labels) == list(found.labels)
    assert two_coin(answers, anchors=found).workers is not None
    bads: list[dict[str, object]] = [{"version": 2}, {"labels": []}, {"labels": {"a": {}}}]
    for bad in bads:
        with pytest.raises(ValueError):
            SetWorkers.from_json(found.to_json() | bad)


def test_simulated_crowds() -> None:
    """Labels wrong: the model leaves two thirds of the vote's errors."""
    ours, plain = measured("two-coin", 2), measured("vote", 2)
    assert ours[0] < 0.7 * plain[0]
    assert ours[2] < plain[2]
    assert ours[3] >= ours[1]  # the confidence does not promise too much
