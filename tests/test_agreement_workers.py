"""What is said of single workers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from benchmarks.crowd_data import CLASS_SETS, class_set
from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.agreement.coefficients import NumberAnswers
from truthkit_core.agreement.workers import Estimate, Times, number_statistics, worker_statistics
from truthkit_core.consolidation.class_models import ClassAnswers

Row = tuple[str, str, str]

rows_of_answers = st.lists(
    st.tuples(st.sampled_from("opqrst"), st.sampled_from("abcd"), st.sampled_from("XYZ")), max_size=30
)


def test_wilsons_interval_is_as_in_statsmodels() -> None:
    for right, of in ((0, 3), (3, 3), (7, 9), (140, 200)):
        found = Estimate.share(right, of)
        low, high = proportion_confint(right, of, method="wilson")
        assert found.low == pytest.approx(low)
        assert found.high == pytest.approx(high)
    assert Estimate.share(0, 0, "none").to_json() == {
        "value": None,
        "low": None,
        "high": None,
        "of": 0,
        "reason": "none",
    }


def test_a_small_job_by_hand() -> None:
    rows: list[Row] = []
    for number in range(12):
        truth = "XY"[number % 2]
        rows += [(f"o{number:02}", worker, truth) for worker in "abc"]
        rows.append((f"o{number:02}", "d", "X"))
    seconds = {(f"o{number:02}", "d"): float(number) for number in range(12)}
    found = worker_statistics(ClassAnswers.of(rows), gold={"o00": "X", "o01": "Y"}, seconds=seconds)
    assert list(found) == ["a", "b", "c", "d"]
    good, lazy = found["a"], found["d"]
    assert good.answers == 12
    assert (good.gold.value, good.gold.of, lazy.gold.value) == (1.0, 2, 0.5)
    assert good.accuracy.value is not None
    assert good.accuracy.value > 0.9
    assert lazy.accuracy.value == pytest.approx(0.5, abs=0.06)
    assert good.bias == {"X": pytest.approx(-1 / 6), "Y": pytest.approx(1 / 6)}
    assert lazy.bias == {"X": 0.5, "Y": -0.5}
    assert lazy.bias_size == 0.5
    assert (good.spammer_score, lazy.spammer_score) == (1.0, 0.0)
    assert lazy.alone == tuple(f"o{number:02}" for number in range(1, 12, 2))
    assert good.alone == ()
    assert lazy.confusion["Y", "X"] == pytest.approx(6, abs=0.6)
    assert sum(lazy.confusion.values()) == pytest.approx(12, abs=0.7)
    assert lazy.seconds == Times(5.5, 2.75, 8.25, 12)
    assert good.seconds is None
    json = lazy.to_json()
    assert json["alone"][0] == "o01"
    assert json["seconds"]["median"] == 5.5
    assert json["bias-size"] == 0.5


def test_who_works_alone_cannot_be_judged() -> None:
    found = worker_statistics(ClassAnswers.of([("o", "a", "X"), ("p", "a", "Y")]))["a"]
    assert found.accuracy.value is None
    assert "nobody else" in found.accuracy.reason
    assert found.spammer_score is None
    assert found.bias == {}
    assert found.gold.reason
    assert worker_statistics(ClassAnswers.of([])) == {}
    with pytest.raises(ValueError, match="gold"):
        worker_statistics(ClassAnswers.of([("o", "a", "X")]), gold={"o": "W"})


def test_spammers_score_low_and_others_high() -> None:
    rng = np.random.default_rng(3)
    for classes, answers in ((2, 40), (10, 30)):
        rows: list[Row] = []
        for number in range(12 * answers // 5):
            truth = int(rng.integers(classes))
            for worker in rng.permutation(12)[:5].tolist():
                right = worker >= 4 and rng.random() < 0.8
                label = truth if right else 0 if worker < 2 else int(rng.integers(classes))
                rows.append((f"o{number}", f"w{worker:02}", str(label)))
        found = list(worker_statistics(ClassAnswers.of(rows)).values())
        scores = [-1.0 if one.spammer_score is None else one.spammer_score for one in found]
        assert max(scores[:4]) < min(scores[4:])
        assert max(scores[:2]) == 0.0


@needs_crowd_data
def test_estimated_accuracies_are_near_the_true_ones() -> None:
    """Mean distance over sets, workers weighed by answers, of workers with at least five answers."""
    assert FOLDER is not None
    off = []
    for name in CLASS_SETS:
        data = class_set(FOLDER, name)
        gold = {(item, label) for item, label in data.gold.items()}
        tested = [row for row in data.answers if row[0] in data.gold]
        right: dict[str, list[bool]] = {}
        for item, worker, label in tested:
            right.setdefault(worker, []).append((item, label) in gold)
        found = worker_statistics(ClassAnswers.of(tested, classes=data.classes))
        pairs = [
            (len(said), abs(sum(said) / len(said) - value))
            for worker, said in right.items()
            if len(said) >= 5 and (value := found[worker].accuracy.value) is not None
        ]
        off.append(sum(many * far for many, far in pairs) / sum(many for many, _ in pairs))
    assert sum(off) / len(off) < 0.065


@settings(deadline=None, max_examples=60)
@given(rows_of_answers)
def test_everything_stays_in_its_bounds(rows: list[Row]) -> None:
    answers = ClassAnswers.of(rows)
    for worker, found in worker_statistics(answers).items():
        assert found.answers == len({row for row in rows if row[1] == worker})
        for share in (found.accuracy.value, found.accuracy.low, found.accuracy.high, found.spammer_score):
            assert share is None or 0 <= share <= 1
        assert sum(found.bias.values()) == pytest.approx(0, abs=1e-6)
        assert all(-1 <= value <= 1 for value in found.bias.values())
        assert sum(found.confusion.values()) <= found.answers + 1e-6
        assert set(found.alone) <= {row[0] for row in rows if row[1] == worker}
        assert math.isfinite(found.bias_size)


@settings(deadline=None, max_examples=30)
@given(rows_of_answers)
def test_names_of_workers_change_only_names(rows: list[Row]) -> None:
    new = dict(zip("abcd", "zwxy", strict=True))
    found = worker_statistics(ClassAnswers.of(rows))
    renamed = worker_statistics(ClassAnswers.of([(item, new[worker], label) for item, worker, label in rows]))
    for worker, one in found.items():
        other = renamed[new[worker]]
        assert one.accuracy == other.accuracy
        assert one.alone == other.alone
        assert one.spammer_score == other.spammer_score
        assert one.bias == other.bias


def test_workers_who_give_numbers() -> None:
    rows: list[tuple[str, str, float | str]] = []
    for number in range(8):
        rows += [(f"o{number}", "low", number - 1), (f"o{number}", "mid", number), (f"o{number}", "high", number + 2)]
    rows.append(("alone", "mid", 3))
    found = number_statistics(NumberAnswers.of(rows), gold={"o1": 1, "o2": 3}, seconds={("o1", "mid"): 4.0})
    assert found["low"].bias == pytest.approx(-2)
    assert found["high"].bias == pytest.approx(2.5)
    assert found["mid"].correlation == pytest.approx(1)
    assert found["mid"].spread == pytest.approx(0, abs=1e-9)
    assert found["mid"].gold_error == 0.5
    assert found["mid"].seconds == Times(4.0, 4.0, 4.0, 1)
    assert found["mid"].answers == 9
    assert found["low"].to_json()["gold-error"] == pytest.approx((1 + 2) / 2)
    lone = number_statistics(NumberAnswers.of([("o", "a", 1)]))["a"]
    assert (lone.bias, lone.spread, lone.correlation, lone.gold_error) == (None, None, None, None)
