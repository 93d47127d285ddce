"""Texts of several workers into one: worked cases, the edit distance, and what must hold for any answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.consolidation import text as texts
from truthkit_core.consolidation.text import (
    DEFAULT_METHOD,
    METHODS,
    TextWorkers,
    alignment_vote,
    edit_distance,
    medoid_characters,
)

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def workers(*answers: str) -> dict[str, str]:
    return {f"w{number}": answer for number, answer in enumerate(answers)}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(["a b c", "a b c", "a x c"], "a b c", id="replaced"),
        pytest.param(["a b c", "a c", "a c"], "a c", id="inserted"),
        pytest.param(["a c", "a b c", "a b c"], "a b c", id="left-out"),
        pytest.param(["a b c d e", "a b x d e", "y b c d e", "a b c d z"], "a b c d e", id="better-than-each"),
        pytest.param(["The end.", "the end", "the end!"], "the end", id="spelling-by-vote"),
        pytest.param(["Foo, bar", "Foo, bar", "foo bar baz"], "Foo, bar", id="case-and-marks-do-not-divide"),
        pytest.param(
            ["caf\u00e9 noir", "cafe\u0301 noir", "cafe noir"], "caf\u00e9 noir", id="composed-and-decomposed"
        ),
        pytest.param(["早上好", "早上号", "早上好"], "早上好", id="no-blanks"),
        pytest.param(["สวัสดี", "สวัสดี", "สวสดี"], "สวัสดี", id="combining-marks-stay"),
        pytest.param(["a - b", "a - b", "a b"], "a - b", id="lone-marks-stay-with-their-word"),
        pytest.param(["...", "...", "a"], "...", id="only-marks"),
        pytest.param(["", "", "a b"], "", id="nothing-is-said"),
        pytest.param(["", "", ""], "", id="all-empty"),
        pytest.param(["  a   b ", "a b"], "a b", id="blanks"),
        pytest.param(["one"], "one", id="one-worker"),
    ],
)
def test_cases(answers: list[str], expected: str) -> None:
    label = alignment_vote({"object": workers(*answers)}).objects["object"]
    assert label.text == expected
    assert label.answers == len(answers)


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_who_says_nothing_loses_nothing(method: Any) -> None:
    result = method(
        {"none": {}, "some": {"a": "x y", "b": "x y"}, "bad": {"a": 7, "b": None}, "half": {"a": 1, "b": "x"}}
    )
    assert result.objects["none"].text is None
    assert result.objects["none"].confidence == 0
    assert result.objects["none"].problems == ("nobody answered",)
    assert result.objects["some"].text == "x y"
    assert result.objects["bad"].text is None
    assert result.objects["bad"].problems == (
        "the answer of a is no text",
        "the answer of b is no text",
        "nobody answered",
    )
    assert result.objects["half"].text == "x"
    assert list(result.objects) == ["none", "some", "bad", "half"]
    assert method({}).objects == {}


def test_says_when_no_two_agree() -> None:
    result = alignment_vote(
        {"all": workers("a b", "a c", "d b"), "two": workers("A b.", "a b", "c"), "one": workers("a")}
    )
    assert result.objects["all"].problems == ("no two answers agree",)
    assert result.objects["all"].text == "a b"
    assert result.objects["two"].problems == ()
    assert result.objects["two"].exact_votes == 2
    assert result.objects["one"].problems == ()
    assert 0 < result.objects["one"].confidence < result.objects["two"].confidence + 0.3


def test_poor_workers_weigh_less() -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    answers = {}
    for number in range(30):
        right = " ".join(words[(number + step) % 10] for step in range(6))
        answers[f"o{number}"] = {"a": right, "b": right, "bad1": f"noise {number} noise", "bad2": f"junk {number}"}
    answers["last"] = {"a": "one two three", "bad1": "one too tree", "bad2": "one too tree"}
    assert alignment_vote(answers).objects["last"].text == "one two three"
    assert alignment_vote(answers, weighted=False).objects["last"].text == "one too tree"
    model = alignment_vote(answers).workers
    assert model is not None
    kept = TextWorkers.from_json(json.loads(json.dumps(model.to_json())))
    assert alignment_vote({"last": answers["last"]}, anchors=kept).objects["last"].text == "one two three"
    both = kept.merged(kept)
    assert both.counts["a"] == pytest.approx([2 * count for count in kept.counts["a"]])


def test_gold_is_the_result_and_measures_workers() -> None:
    answers = {"o": workers("a x c", "a x c", "a b c"), "never seen": {}}
    result = alignment_vote(answers, gold={"o": "A b c", "never seen": "z", "unknown": "y"})
    assert (result.objects["o"].text, result.objects["o"].confidence) == ("A b c", 1.0)
    assert result.objects["never seen"].text == "z"
    assert "unknown" not in result.objects
    assert result.workers is not None
    assert result.workers.counts == {"w0": (1.0, 3.0), "w1": (1.0, 3.0), "w2": (0.0, 3.0)}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"version": 2, "kind": "text", "workers": {}},
        {"version": 1, "kind": "text", "workers": {"a": [1]}},
        {"version": 1, "kind": "text", "workers": {"a": [-1, 2]}},
        {"version": 1, "kind": "text", "workers": []},
        [],
    ],
)
def test_strange_worker_models_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        TextWorkers.from_json(value)


def plain_distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for number, one in enumerate(a, 1):
        corner, row[0] = row[0], number
        for place, other in enumerate(b, 1):
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, corner + (one != other))
    return row[-1]


ABC = st.text("abc", max_size=12)


def aligned(a: str, b: str) -> list[int]:
    """For every character of ``b`` its partner's place in ``a``, or -1 less the place before which it is inserted."""
    found = texts._align(a, b)
    places = [*range(found.start), *found.middle, *range(len(a) - len(b) + found.end, len(a))]
    row, inserted = found.laid(b)
    assert [row[place] for place in places if place >= 0] == [b[at] for at, place in enumerate(places) if place >= 0]
    assert len(row) == len(a)
    assert [before for before, _ in inserted] == [-1 - place for place in places if place < 0]
    return places


@PATIENT
@given(ABC, ABC)
def test_edit_distance_and_alignment(a: str, b: str) -> None:
    assert edit_distance(a, b) == plain_distance(a, b)
    places = aligned(a, b)
    pairs = [(place, at) for at, place in enumerate(places) if place >= 0]
    assert [place for place, _ in pairs] == sorted({place for place, _ in pairs})
    right = sum(a[place] == b[at] for place, at in pairs)
    assert len(a) + len(b) - len(pairs) - right == plain_distance(a, b)


@PATIENT
@given(st.lists(ABC, max_size=6))
def test_distances_of_all_are_those_of_pairs(given: list[str]) -> None:
    assert texts.distances(given) == [[edit_distance(one, other) for other in given] for one in given]


ANSWER = st.lists(st.sampled_from(["a", "b", "c", "D.", "é", "好"]), max_size=6).map(" ".join)
ANSWERS = st.lists(ANSWER, min_size=1, max_size=6).map(lambda given: workers(*given))
BATCH = st.lists(ANSWERS, min_size=1, max_size=4).map(lambda all: {f"o{i}": one for i, one in enumerate(all)})


@PATIENT
@given(BATCH, st.randoms(use_true_random=False), st.sampled_from(list(METHODS)))
def test_neither_order_nor_names_matter(answers: dict[str, dict[str, str]], chance: Any, name: str) -> None:
    names = [f"w{number}" for number in range(6)]
    chance.shuffle(names)
    objects = list(answers)
    chance.shuffle(objects)
    renamed = {
        f"x{one}": {f"v{names.index(worker)}": answers[one][worker] for worker in sorted(answers[one], key=names.index)}
        for one in objects
    }
    first, second = METHODS[name](answers).objects, METHODS[name](renamed).objects
    for one in answers:
        assert second[f"x{one}"].text == first[one].text
        assert second[f"x{one}"].confidence == pytest.approx(first[one].confidence)


@PATIENT
@given(ANSWER, st.integers(1, 7), st.sampled_from(list(METHODS)))
def test_unanimous_answers_win_and_more_are_surer(answer: str, number: int, name: str) -> None:
    one = METHODS[name]({"o": workers(*[answer] * number)}).objects["o"]
    more = METHODS[name]({"o": workers(*[answer] * (number + 1))}).objects["o"]
    assert one.text == answer.strip()
    assert one.exact_votes == number
    assert more.confidence >= one.confidence


@PATIENT
@given(ANSWERS)
def test_one_more_who_agrees_does_not_lower_the_confidence(answers: dict[str, str]) -> None:
    before = alignment_vote({"o": answers}, weighted=False).objects["o"]
    assert before.text is not None
    after = alignment_vote({"o": {**answers, "more": before.text}}, weighted=False).objects["o"]
    assert after.confidence >= before.confidence - 1e-9


def test_default() -> None:
    assert METHODS[DEFAULT_METHOD] is alignment_vote


@needs_crowd_data
def test_marks_on_translations() -> None:
    """Word error rates, without case and punctuation: the mark is crowd-kit's ROVER."""
    from benchmarks.kinds.text import text_set, word_error_rate

    assert FOLDER is not None
    for name, mark in (("crowdwsa T1", 50.9), ("crowdwsa J1", 60.8)):
        answers, gold = text_set(FOLDER, name)
        found = {one: label.text for one, label in alignment_vote(answers).objects.items()}
        assert word_error_rate(found, gold) <= mark


def test_who_agree_on_nothing_to_write_are_believed() -> None:
    label = alignment_vote({"o": {"ann": "", "bob": "", "eve": "hi there"}}).objects["o"]
    assert label.text == ""
    assert label.confidence > 0.3
    unlike = alignment_vote({"o": {"ann": "", "bob": "hello"}}).objects["o"]
    assert 0.2 < unlike.confidence < label.confidence


@PATIENT
@given(ABC, ABC)
def test_a_split_alignment_is_as_short(a: str, b: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truthkit_core.consolidation.text._MOST_CELLS", 4)
        found = aligned(a, b)
    paired = [place for place in found if place >= 0]
    assert paired == sorted(set(paired))
    assert len(found) == len(b)
    assert all(-1 - place <= len(a) for place in found if place < 0)
    wrong = sum(a[place] != b[at] for at, place in enumerate(found) if place >= 0)
    assert wrong + len(a) + len(b) - 2 * len(paired) == edit_distance(a, b)


def test_very_long_texts_are_compared_by_words() -> None:
    words = [f"word{number % 97}" for number in range(20_000)]
    answers = {"ann": " ".join(words), "bob": " ".join(words[:-1]), "eve": " ".join(words[5:])}
    assert medoid_characters({"o": answers}).objects["o"].text == answers["ann"]
