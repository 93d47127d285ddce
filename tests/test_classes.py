"""Majority vote."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.consolidation.classes import ClassVote, majority_vote

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def workers(*answers: str) -> dict[str, str]:
    return {f"w{number}": answer for number, answer in enumerate(answers)}


@pytest.mark.parametrize(
    ("answers", "ties", "label"),
    [
        pytest.param(["yes", "yes", "no"], ["no", "yes"], "yes", id="majority"),
        pytest.param(["yes", "no"], ["no", "yes"], "no", id="tie-by-list"),
        pytest.param(["yes", "no"], ["yes"], "yes", id="tie-by-list-of-one"),
        pytest.param(["yes", "no"], [], "no", id="tie-by-alphabet"),
        pytest.param(["b", "c", "a", "c", "b"], ["x"], "b", id="tie-of-unlisted"),
        pytest.param(["only"], [], "only", id="one-worker"),
    ],
)
def test_winner(answers: list[str], ties: list[str], label: str) -> None:
    vote = majority_vote(workers(*answers), ties)
    assert vote is not None
    assert vote.label == label


def test_nobody() -> None:
    assert majority_vote({}) is None


def test_votes_most_first() -> None:
    vote = majority_vote(workers("no", "yes", "yes"))
    assert vote == ClassVote("yes", {"yes": 2, "no": 1}, 2 / 3)
    assert vote is not None
    assert list(vote.votes) == ["yes", "no"]
    assert vote.to_json() == {"label": "yes", "votes": {"yes": 2, "no": 1}, "confidence": 0.6667}


ANSWERS = st.lists(st.sampled_from("abc"), min_size=1, max_size=9)


@PATIENT
@given(ANSWERS, st.permutations("abc"), st.randoms(use_true_random=False))
def test_order_and_names_of_workers_do_not_matter(answers: list[str], ties: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(answers, len(answers))
    one, other = majority_vote(workers(*answers), ties), majority_vote(workers(*shuffled), ties)
    assert one == other
    assert one is not None
    assert other is not None
    assert list(one.votes.items()) == list(other.votes.items())


@PATIENT
@given(ANSWERS)
def test_winner_has_the_most_votes(answers: list[str]) -> None:
    vote = majority_vote(workers(*answers))
    assert vote is not None
    assert vote.votes[vote.label] == max(vote.votes.values())
    assert sum(vote.votes.values()) == len(answers)
    assert vote.confidence == vote.votes[vote.label] / len(answers)
