"""Rankings: Kemeny's order against all orders, what must hold for any crowd, odd input, and the reference's figures."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.kinds.rankings import drawn, mallows, read, simulated, taus
from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.consolidation.rankings import (
    METHODS,
    Ranking,
    RankingResult,
    borda,
    bradley_terry,
    kemeny,
    kendall_tau,
)

PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
Method = Callable[..., RankingResult]
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


def order(text: str) -> Ranking:
    """``a bc d``: a, then b and c together, then d."""
    return tuple(tuple(tied) for tied in text.split())


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    names = draw(st.permutations("abcd"))
    kept = draw(st.integers(0, 4))
    found: list[tuple[str, ...]] = []
    for name in names[:kept]:
        together: bool = draw(st.booleans())
        if found and together:
            found[-1] = (*found[-1], name)
        else:
            found.append((name,))
    return tuple(found)


crowds = st.dictionaries(st.integers(0, 5).map("worker{}".format), rankings(), max_size=6)


def all_orders(names: str) -> list[Ranking]:
    """Every order with ties."""
    if not names:
        return [()]
    return [
        (first, *rest)
        for size in range(1, len(names) + 1)
        for first in itertools.combinations(names, size)
        for rest in all_orders("".join(name for name in names if name not in first))
    ]


def contradiction(one: Ranking, answers: dict[str, Ranking]) -> float:
    """Half a point where one of both ties a pair and the other does not, one where they have it the other way round."""
    found = 0.0
    here = {name: at for at, tied in enumerate(one) for name in tied}
    for given_order in answers.values():
        there = {name: at for at, tied in enumerate(given_order) for name in tied}
        for a, b in itertools.combinations(sorted(here.keys() & there.keys()), 2):
            mine, theirs = (here[a] > here[b]) - (here[a] < here[b]), (there[a] > there[b]) - (there[a] < there[b])
            found += abs(mine - theirs) / 2
    return found


@PATIENT
@given(answers=crowds)
def test_no_order_contradicts_less_than_kemenys(answers: dict[str, Ranking]) -> None:
    label = kemeny({"x": answers}).objects["x"]
    names = "".join(sorted({name for one in answers.values() for tied in one for name in tied}))
    if not names:
        assert label.ranking is None
        return
    assert label.ranking is not None
    assert sorted(name for tied in label.ranking for name in tied) == list(names)
    best = min(contradiction(one, answers) for one in all_orders(names))
    assert contradiction(label.ranking, answers) == best


@every_method
@PATIENT
@given(answers=crowds, seed=st.integers(0, 9))
def test_order_and_names_of_workers_decide_nothing(method: Method, answers: dict[str, Ranking], seed: int) -> None:
    names = random.Random(seed).sample([f"y{number}" for number in range(6)], len(answers))
    renamed = dict(zip(names, answers.values(), strict=True))
    one, other = (method({"x": some}).objects["x"] for some in (answers, renamed))
    assert (one.ranking, one.confidence, one.wins) == (other.ranking, other.confidence, other.wins)


@every_method
@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_changes_no_digit(method: Method, seed: int) -> None:
    chance = random.Random(seed)
    answers = {
        f"x{number}": {
            f"w{worker}": order(" ".join(chance.sample("abcd", 4))) for worker in range(chance.randint(3, 6))
        }
        for number in range(9)
    }
    shuffled = {
        name: dict(chance.sample(list(answers[name].items()), len(answers[name])))
        for name in chance.sample(list(answers), len(answers))
    }
    assert method(answers).objects == method(shuffled).objects


@every_method
@PATIENT
@given(one=rankings(), workers=st.integers(1, 5))
def test_unanimous_answers_win(method: Method, one: Ranking, workers: int) -> None:
    label = method({"x": {f"w{number}": one for number in range(workers)}}).objects["x"]
    assert label.ranking == (tuple(tuple(sorted(tied)) for tied in one) or None)


@PATIENT
@given(seed=st.integers(0, 10**6), workers=st.integers(1, 7), objects=st.integers(1, 4))
def test_one_more_who_agrees_never_lowers_the_confidence(seed: int, workers: int, objects: int) -> None:
    chance = random.Random(seed)
    answers: dict[str, dict[str, Ranking]] = {
        str(n): {str(w): tuple((one,) for one in mallows(0.5, 4, chance)) for w in range(workers)}
        for n in range(objects)
    }
    before = kemeny(answers).objects["0"]
    assert before.ranking is not None
    answers["0"]["new"] = before.ranking
    after = kemeny(answers).objects["0"]
    assert after.ranking == before.ranking
    assert after.confidence >= before.confidence - 1e-9


def test_ties() -> None:
    tied = {"x": order("ab c"), "y": order("ab c"), "z": order("a b c")}
    assert kemeny({"x": tied}).objects["x"].ranking == order("ab c")
    balanced = {"x": order("a b"), "y": order("b a")}
    assert kemeny({"x": balanced}).objects["x"].ranking == order("a b")
    assert kemeny({"x": balanced}, alternatives=["b", "a"]).objects["x"].ranking == order("b a")
    assert borda({"x": balanced}).objects["x"].ranking == order("ab")
    assert bradley_terry({"x": balanced}).objects["x"].ranking == order("ab")


def test_a_circle_goes_to_the_first_and_confidence_tells() -> None:
    circle = {"x": order("a b c"), "y": order("b c a"), "z": order("c a b")}
    label = kemeny({"x": circle}).objects["x"]
    assert label.ranking == order("a b c")
    assert label.confidence < 0.7


@every_method
def test_odd_input(method: Method) -> None:
    answers = {
        "twice": {"x": order("a b a"), "y": order("b a")},
        "strange": {"x": order("a z b")},
        "empty": {"x": order("")},
        "nobody": {},
        "part": {"x": order("a b"), "y": order("b c")},
        "one": {"x": order("a")},
    }
    found = method(answers, alternatives=["a", "b", "c"]).objects
    assert list(found) == list(answers)
    assert found["twice"].ranking == order("b a")
    assert found["twice"].problems == ("x: an alternative is there twice",)
    assert found["strange"].ranking == order("a b")
    assert found["strange"].problems == ("x: 'z' is none of the alternatives",)
    assert found["empty"].problems == ("x: nothing is ranked", "nobody ranked anything that counts")
    assert (found["nobody"].ranking, found["nobody"].confidence) == (None, 0.0)
    assert found["part"].ranking == order("a b c")
    assert (found["one"].ranking, found["one"].confidence) == (order("a"), 1.0)
    json.dumps(method(answers).to_json(), allow_nan=False)


@every_method
def test_more_alternatives_than_can_be_searched(method: Method) -> None:
    names = [f"n{number:02}" for number in range(30)]
    right = tuple((name,) for name in names)
    answers = {"x": {"a": right, "b": right, "c": right[::-1]}}
    assert method(answers).objects["x"].ranking == right


def test_kendall_tau() -> None:
    assert kendall_tau(order("a b c"), order("a b c")) == 1.0
    assert kendall_tau(order("a b c"), order("c b a")) == -1.0
    assert kendall_tau(order("ab c"), order("a b c")) == pytest.approx(2 / 6**0.5)
    assert kendall_tau(order("abc"), order("a b c")) == 0.0
    assert kendall_tau((), order("a b")) == 0.0


def test_simulated_mallows_votes() -> None:
    """The reference has 0.762 and 0.747."""
    found = taus(simulated(5, 500, random.Random(2)))
    assert found["kemeny"] == pytest.approx(0.762, abs=0.035)
    assert found["kemeny"] > found["borda"]
    assert found["stated"] == pytest.approx(found["kemeny"], abs=0.08)


@needs_crowd_data
def test_public_rankings() -> None:
    assert FOLDER is not None
    found = taus(drawn(read(FOLDER), 5, 60, random.Random(1)))
    # The standard error of 60 draws is 0.01.
    for name, known in {"kemeny": 0.35, "borda": 0.36, "bradley-terry": 0.37}.items():
        assert found[name] == pytest.approx(known, abs=0.03)
