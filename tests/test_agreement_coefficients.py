"""Agreement beside other programs, and where it is not defined."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Literal

import krippendorff
import numpy as np
import pandas as pd
import pytest
from crowdkit.metrics.data import alpha_krippendorff
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from benchmarks.crowd_data import CLASS_SETS, class_set
from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.agreement import nominal_alpha
from truthkit_core.agreement.coefficients import (
    Coefficient,
    NumberAnswers,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    observed_agreement,
)
from truthkit_core.consolidation.class_models import ClassAnswers

Row = tuple[str, str, str]

# Krippendorff (2011), section C: four observers, twelve units, five values.
KRIPPENDORFF = {
    "A": "1 2 3 3 2 1 4 1 2 * * *",
    "B": "1 2 3 3 2 2 4 1 2 5 * 3",
    "C": "* 3 3 3 2 3 4 2 2 5 1 *",
    "D": "1 2 3 3 2 4 4 1 2 5 1 *",
}

rows_of_answers = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 4)), st.integers(0, 3), min_size=1, max_size=30
).map(lambda cells: [(f"o{item}", f"w{worker}", str(label)) for (item, worker), label in cells.items()])


def rows_by_worker(table: dict[str, str]) -> list[Row]:
    return [
        (f"{unit:02}", worker, value)
        for worker, values in table.items()
        for unit, value in enumerate(values.split())
        if value != "*"
    ]


def matrix(rows: Sequence[Row], values: Sequence[str]) -> Any:
    """Workers by objects, NaN where nothing was answered: what `krippendorff` takes."""
    items, workers = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    table = np.full((len(workers), len(items)), np.nan)
    for item, worker, label in rows:
        table[workers.index(worker), items.index(item)] = values.index(label)
    return table


def squared(one: Any, other: Any) -> float:
    return float((one - other) ** 2)


def of(rows: Sequence[Row], classes: Sequence[str] | None = None) -> ClassAnswers:
    return ClassAnswers.of(rows, classes=classes)


def test_alpha_of_krippendorffs_own_example() -> None:
    rows = rows_by_worker(KRIPPENDORFF)
    assert alpha(of(rows)).value == pytest.approx(0.743, abs=0.0005)
    assert alpha(of(rows), "ordinal").value == pytest.approx(0.815, abs=0.0005)
    numbers = NumberAnswers.of(rows)
    found = alpha(numbers)
    assert found.value == pytest.approx(0.849, abs=0.0005)
    assert (found.name, found.objects, found.answers) == ("alpha-interval", 11, 40)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.849 < found.high <= 1


@settings(deadline=None, max_examples=60)
@given(rows_of_answers)
def test_alpha_is_as_in_the_library_krippendorff(rows: list[Row]) -> None:
    values = sorted({row[2] for row in rows})
    table = matrix(rows, values)
    ours = [alpha(of(rows), draws=0), alpha(of(rows), "ordinal", draws=0)]
    ours.append(alpha(NumberAnswers.of([(i, w, values.index(x)) for i, w, x in rows]), draws=0))
    levels: tuple[Literal["nominal", "ordinal", "interval"], ...] = ("nominal", "ordinal", "interval")
    for level, found in zip(levels, ours, strict=True):
        if found.value is None:
            assert found.reason
            continue
        theirs = krippendorff.alpha(
            reliability_data=table, level_of_measurement=level, value_domain=list(range(len(values)))
        )
        assert found.value == pytest.approx(theirs, abs=1e-9)
    by_object: dict[str, dict[str, str]] = {}
    for item, worker, label in rows:
        by_object.setdefault(item, {})[worker] = label
    plain = nominal_alpha(by_object.values())
    assert (ours[0].value is None) == (plain is None)
    if plain is not None:
        assert ours[0].value == pytest.approx(plain, abs=1e-9)


@needs_crowd_data
@pytest.mark.parametrize("name", CLASS_SETS)
def test_alpha_of_the_public_sets(name: str) -> None:
    published = {
        "aws_birds": 0.8215,
        "bluebirds": 0.1255,
        "dog": 0.5194,
        "web": 0.2104,
        "trec": 0.1145,
        "product": 0.1575,
        "sentiment": 0.1493,
        "face": 0.4949,
        "adult": 0.3168,
        "weather": 0.5768,
    }
    assert FOLDER is not None
    found = alpha(of(class_set(FOLDER, name).answers), draws=0)
    # In "adult" some workers gave an object several answers: one program takes the first of them, we share the vote.
    assert found.value == pytest.approx(published[name], abs=0.0002 if name == "adult" else 0.00006)


@needs_crowd_data
@pytest.mark.parametrize(("name", "published"), [("emotion_numeric", 0.3575), ("wordsim_numeric", 0.6701)])
def test_interval_alpha_of_the_public_sets(name: str, published: float) -> None:
    assert FOLDER is not None
    with (FOLDER / name / "label.csv").open(newline="", encoding="utf-8") as lines:
        rows = [(row[0], row[1], row[2]) for row in list(csv.reader(lines))[1:]]
    found = alpha(NumberAnswers.of(rows))
    assert found.value == pytest.approx(published, abs=0.00005)
    frame = pd.DataFrame(rows, columns=["task", "worker", "label"]).astype({"label": float}).drop_duplicates()
    theirs = alpha_krippendorff(frame, distance=squared) if name == "wordsim_numeric" else found.value
    assert found.value == pytest.approx(theirs, abs=1e-9)


@needs_crowd_data
def test_kappas_are_as_in_statsmodels_and_alpha_as_in_crowd_kit() -> None:
    assert FOLDER is not None
    rows = class_set(FOLDER, "bluebirds").answers
    answers = of(rows)
    items, workers = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    counts = np.zeros((len(items), 2))
    np.add.at(counts, ([items.index(row[0]) for row in rows], [answers.classes.index(row[2]) for row in rows]), 1)
    assert fleiss_kappa(answers, draws=0).value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)
    said = {(item, worker): label for item, worker, label in rows}
    one, other = workers[:2]
    table = np.zeros((2, 2))
    for item in items:
        table[answers.classes.index(said[item, one]), answers.classes.index(said[item, other])] += 1
    theirs = inter_rater.cohens_kappa(table)
    found = cohen_kappa(answers, (one, other))
    assert found.value == pytest.approx(theirs.kappa, abs=1e-12)
    assert found.low is not None
    assert found.high is not None
    # Theirs is by the normal distribution, so only of like width.
    assert found.high - found.low == pytest.approx(theirs.kappa_upp - theirs.kappa_low, rel=0.25)
    frame = pd.DataFrame(rows, columns=["task", "worker", "label"])
    assert alpha(answers, draws=0).value == pytest.approx(alpha_krippendorff(frame), abs=1e-9)


def test_observed_agreement_is_the_mean_share_of_like_pairs() -> None:
    rows = [("a", "1", "x"), ("a", "2", "x"), ("a", "3", "y"), ("b", "1", "x"), ("b", "2", "x"), ("c", "1", "y")]
    found = observed_agreement(of(rows))
    assert found.value == pytest.approx((1 / 3 + 1) / 2)
    assert (found.objects, found.answers) == (2, 5)


def test_cohens_kappa_of_all_pairs_is_weighted_by_what_they_share() -> None:
    rng = np.random.default_rng(4)
    rows = [
        (f"{item:03}", worker, str(rng.integers(0, 3) if rng.random() < 0.4 else item % 3))
        for item in range(60)
        for worker in "abc"
        if worker != "c" or item < 20
    ]
    answers = of(rows)
    pairs = [(("a", "b"), 60), (("a", "c"), 20), (("b", "c"), 20)]
    wanted = sum(share * (cohen_kappa(answers, pair).value or 0) for pair, share in pairs) / 100
    found = cohen_kappa(answers)
    assert found.value == pytest.approx(wanted, abs=1e-12)
    assert found.low is not None
    assert found.high is not None
    assert found.low < wanted < found.high
    assert cohen_kappa(answers, least=50).value == pytest.approx(cohen_kappa(answers, ("a", "b")).value or 0)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "two workers"),
        ([("a", "1", "x"), ("b", "1", "y")], "two workers"),
        ([("a", "1", "x"), ("b", "2", "y")], "two workers"),
        ([("a", "1", "x"), ("a", "1", "y")], "two workers"),
        ([("a", "1", "x"), ("a", "2", "x"), ("b", "1", "x"), ("b", "2", "x")], "the same"),
    ],
)
def test_what_is_not_defined_has_a_reason(rows: list[Row], reason: str) -> None:
    for found in (alpha(of(rows)), alpha(of(rows), "ordinal"), fleiss_kappa(of(rows))):
        assert found.value is None
        assert found.low is None
        assert reason in found.reason
        assert found.to_json()["reason"] == found.reason
    numbers = alpha(NumberAnswers.of([(item, worker, len(label) + ord(label)) for item, worker, label in rows]))
    assert numbers.value is None
    assert reason in numbers.reason or "two workers" in numbers.reason
    if reason == "the same":
        assert observed_agreement(of(rows)).value == 1.0
        found = cohen_kappa(of(rows), least=1)
        assert "one and the same class" in found.reason
    assert cohen_kappa(of(rows)).value is None
    assert cohen_kappa(of(rows)).reason


def test_wrong_use_is_told() -> None:
    rows = [("a", "1", "1"), ("a", "2", "2")]
    with pytest.raises(ValueError, match="cannot be interval"):
        alpha(of(rows), "interval")
    with pytest.raises(ValueError, match="cannot be nominal"):
        alpha(NumberAnswers.of(rows), "nominal")
    with pytest.raises(ValueError, match="'3'"):
        cohen_kappa(of(rows), ("1", "3"))


def test_numbers_that_are_none_take_no_part() -> None:
    rows: list[tuple[str, str, float | str]] = [
        ("a", "1", "4"),
        ("a", "2", math.nan),
        ("a", "3", "many"),
        ("a", "4", 5),
    ]
    answers = NumberAnswers.of(rows)
    assert [row[1] for row in answers.unknown] == ["2", "3"]
    assert answers.value.tolist() == [4.0, 5.0]
    assert alpha(answers).low is None  # one object


def test_a_worker_who_answers_twice_has_one_vote() -> None:
    rows = [("a", "1", "x"), ("a", "1", "y"), ("a", "2", "x"), ("b", "1", "x"), ("b", "2", "x"), ("c", "2", "y")]
    found = observed_agreement(of(rows))
    assert found.value == pytest.approx((1 / 2 + 1) / 2)
    assert alpha(of(rows)).answers == 4
    twice = [*rows, ("c", "1", "x"), ("c", "1", "y"), ("c", "1", "z")]
    once = [row for row in twice if row[:2] not in {("a", "1"), ("c", "1")}] + [("a", "1", "x"), ("c", "1", "y")]
    assert alpha(of(twice), "ordinal").value == pytest.approx(alpha(of(once, ["x", "y", "z"]), "ordinal").value or 0)
    numbers: list[tuple[str, str, float | str]] = [
        ("a", "1", 1),
        ("a", "1", 3),
        ("a", "2", 2),
        ("b", "1", 8),
        ("b", "2", 9),
    ]
    mean: list[tuple[str, str, float | str]] = [("a", "1", 2), ("a", "2", 2), ("b", "1", 8), ("b", "2", 9)]
    assert alpha(NumberAnswers.of(numbers)).value == pytest.approx(alpha(NumberAnswers.of(mean)).value or 0)
    pair = cohen_kappa(of(rows), ("1", "2"))
    assert pair.objects == 2


@settings(deadline=None, max_examples=40)
@given(rows_of_answers, st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(rows: list[Row], random: Any) -> None:
    items, workers = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    new_items, new_workers = random.sample(items, len(items)), random.sample(workers, len(workers))
    renamed = [(new_items[items.index(i)], new_workers[workers.index(w)], label) for i, w, label in rows]
    random.shuffle(renamed)
    for measure in (alpha, fleiss_kappa, observed_agreement):
        assert measure(of(rows), draws=50) == measure(of(renamed), draws=50)
    one, other = cohen_kappa(of(rows), least=2, draws=0), cohen_kappa(of(renamed), least=2, draws=0)
    assert one.reason == other.reason
    assert (one.value or 0) == pytest.approx(other.value or 0)
    number = NumberAnswers.of([(i, w, x) for i, w, x in rows])
    other_number = NumberAnswers.of([(i, w, x) for i, w, x in renamed])
    assert alpha(number, draws=0).value == pytest.approx(alpha(other_number, draws=0).value)


@settings(deadline=None, max_examples=40)
@given(rows_of_answers)
def test_many_classes_are_counted_sparsely_with_the_same_result(rows: list[Row]) -> None:
    dense = [measure(of(rows), draws=0) for measure in (alpha, fleiss_kappa, observed_agreement)]
    dense.append(alpha(of(rows), "ordinal", draws=0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truthkit_core.agreement.coefficients.DENSE_CELLS", 0)
        sparse = [measure(of(rows), draws=0) for measure in (alpha, fleiss_kappa, observed_agreement)]
        sparse.append(alpha(of(rows), "ordinal", draws=0))
        with_draws = alpha(of(rows), draws=20)
    for one, other in zip(dense, sparse, strict=True):
        assert (one.value is None) == (other.value is None)
        assert (one.value or 0) == pytest.approx(other.value or 0, abs=1e-12)
    assert with_draws.value == pytest.approx(dense[0].value)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    # Two workers, right with 0.85 each, four equally common classes: agreement expected by the model.
    same = 0.85**2 + 3 * 0.05**2
    inside = 0
    for _ in range(200):
        truth = rng.integers(0, 4, 120)
        label = np.where(
            rng.random((120, 2)) < 0.85, truth[:, None], (truth[:, None] + rng.integers(1, 4, (120, 2))) % 4
        )
        item, worker = np.repeat(np.arange(120), 2), np.tile(np.arange(2), 120)
        answers = ClassAnswers(item, worker, label.ravel(), [str(n) for n in range(120)], ["a", "b"], list("0123"))
        found = alpha(answers, draws=300)
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= (same - 0.25) / 0.75 <= found.high
    assert 0.9 <= inside / 200 <= 0.99


def test_a_million_answers_need_no_table_of_pairs() -> None:
    """Every object and worker is counted; the coefficient is that of the answers' shares."""
    rng = np.random.default_rng(5)
    item = np.repeat(np.arange(200_000), 5)
    worker = (np.arange(1_000_000) * 7) % 2_000
    truth = rng.integers(0, 10, 200_000)
    label = np.where(rng.random(1_000_000) < 0.7, truth[item], rng.integers(0, 10, 1_000_000))
    answers = ClassAnswers(item, worker, label, range(200_000), range(2_000), list("0123456789"))  # type: ignore[arg-type]
    found = alpha(answers)
    assert found.value == pytest.approx(0.7**2, abs=0.01)
    assert (found.objects, found.answers) == (200_000, 1_000_000)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low < 0.005


def test_deployed_functions_that_score_plain_sets_load_no_numpy() -> None:
    program = "import sys, truthkit_core.agreement; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    import truthkit_core.agreement as package

    assert package.alpha is alpha
    assert package.Coefficient is Coefficient
    for name in package.__all__:
        assert getattr(package, name)
    with pytest.raises(AttributeError, match="no attribute 'beta'"):
        _ = package.beta


@given(rows_of_answers)
@settings(deadline=None)
def test_no_interval_leaves_the_range_of_its_coefficient(rows: list[Row]) -> None:
    answers = ClassAnswers.of(rows)
    for one in (cohen_kappa(answers, least=1, draws=60), fleiss_kappa(answers, draws=60), alpha(answers, draws=60)):
        assert one.low is None or one.high is None or -1 <= one.low <= one.high <= 1
