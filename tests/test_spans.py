"""Spans of several workers into one set: worked cases, and what must hold for any answers."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.agreement import f1, nominal_alpha, pairwise_agreement
from truthkit_core.consolidation.spans import ConsolidatedSpan, Span, consolidate_spans, jaccard
from truthkit_core.messages import ContractError

Answers = Mapping[str, Sequence[Span]]
# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LABELS = ("Methods", "Results", "Background")


def spans(text: str) -> list[Span]:
    """``"M0-10 R5-9"`` as spans; the letter is the label's first."""
    names = {name[0]: name for name in LABELS}
    pieces = [(piece[0], piece[1:].split("-")) for piece in text.split()]
    return [Span(int(start), int(end), names[letter]) for letter, (start, end) in pieces]


def workers(*answers: str) -> dict[str, list[Span]]:
    return {f"w{number}": spans(answer) for number, answer in enumerate(answers)}


def short(found: Sequence[ConsolidatedSpan]) -> str:
    return " ".join(f"{span.label[0]}{span.start}-{span.end}x{span.votes}" for span in found)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(["M0-10", "M0-10", "M0-10"], "M0-10x3", id="unanimous"),
        pytest.param(["M0-10", "M0-10", "M0-12"], "M0-10x3", id="commonest-bounds"),
        pytest.param(["M0-10", "M2-10", "M0-14"], "M0-10x3", id="each-border-by-mode"),
        pytest.param(["M0-10", "M2-11", "M4-13"], "M2-11x3", id="each-border-by-median"),
        pytest.param(["M0-10", "M4-14"], "M0-14x2", id="median-of-two-is-the-longer"),
        pytest.param(["M0-10", "M0-10", ""], "M0-10x2", id="one-missed-it"),
        pytest.param(["M0-10", "", ""], "", id="one-alone"),
        pytest.param(["M0-10", "M0-10", "R0-10"], "M0-10x2", id="wrong-type-outvoted"),
        pytest.param(["M0-10", "M0-10", "R0-9"], "M0-10x2", id="wrong-type-and-bounds-outvoted"),
        pytest.param(["M0-10", "M0-10", "R0-10", "R0-10"], "M0-10x2", id="dispute-goes-to-the-first-label"),
        pytest.param(["B0-10", "R0-10", ""], "R0-10x1", id="dispute-counts-for-existence"),
        pytest.param(["M0-40 R5-35", "M0-40 R5-35", "M0-40 R5-35"], "M0-40x3 R5-35x3", id="types-overlap"),
        pytest.param(["M0-40 R0-40", "M0-40 R0-40", "M0-40"], "M0-40x3 R0-40x2", id="types-on-the-same-words"),
        pytest.param(["M0-40 R0-40", "M0-40", "R0-40"], "M0-40x2 R0-40x2", id="types-on-the-same-words-each-missed"),
        pytest.param(["M0-40 R30-60", "M0-40 R30-60", "M0-40"], "M0-40x3 R30-60x2", id="types-overlap-in-part"),
        pytest.param(["M0-40", "M0-40", "R30-60"], "M0-40x2", id="small-overlap-is-no-vote"),
        pytest.param(["M0-20", "M0-9 M11-20", "M0-20"], "M0-20x3", id="one-span-a-worker-and-cluster"),
        pytest.param(["M0-5", "M5-10", "M10-15"], "", id="neighbors-do-not-overlap"),
        pytest.param(["M0-10", "M6-16", "M12-22"], "M0-16x2", id="no-chains"),
        pytest.param(["M0-40", "R20-60", ""], "", id="half-overlap-of-types-is-no-dispute"),
        pytest.param(["M0-10", "R0-10 M0-14", ""], "M0-14x2", id="same-type-before-better-overlap"),
        pytest.param(["M0-10", "M4-14", "M8-18", "M8-18"], "M8-18x3", id="better-backed-first"),
        pytest.param(["M0-5 M2-5", "M0-4 B0-5", ""], "M0-5x2", id="same-result-of-two-clusters"),
        pytest.param(["M0-10 M0-10", "", ""], "", id="repeated-span-counts-once"),
        pytest.param(["", "", ""], "", id="nothing"),
        pytest.param([], "", id="nobody"),
    ],
)
def test_cases(answers: list[str], expected: str) -> None:
    assert short(consolidate_spans(workers(*answers), labels=LABELS)) == expected


def test_label_ties_without_a_list_go_by_the_alphabet() -> None:
    assert short(consolidate_spans(workers("R0-10", "M0-10"))) == "M0-10x1"
    assert short(consolidate_spans(workers("R0-10", "M0-10"), labels=["Results"])) == "R0-10x1"


@pytest.mark.parametrize(
    ("number", "threshold", "least"),
    [(1, 0.4, 1), (2, 0.4, 1), (3, 0.4, 2), (4, 0.4, 2), (5, 0.4, 2), (3, 0.5, 2), (4, 0.5, 2), (5, 0.5, 3), (9, 1, 9)],
)
def test_threshold_is_a_share_of_those_who_answered(number: int, threshold: float, least: int) -> None:
    def found(votes: int) -> int:
        answers = workers(*["M0-10"] * votes, *[""] * (number - votes))
        return len(consolidate_spans(answers, threshold=threshold))

    assert [found(votes) for votes in range(number + 1)] == [int(votes >= least) for votes in range(number + 1)]


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_parameters_are_shares(value: float) -> None:
    with pytest.raises(ValueError, match=r"^threshold is"):
        consolidate_spans({}, threshold=value)
    with pytest.raises(ValueError, match=r"^overlap is"):
        consolidate_spans({}, overlap=value)
    with pytest.raises(ValueError, match=r"^cross_overlap is"):
        consolidate_spans({}, cross_overlap=value)


def test_json_form() -> None:
    [span] = consolidate_spans(workers("M0-10", "M0-10", ""))
    assert span.to_json() == {
        "label": "Methods",
        "startOffset": 0,
        "endOffset": 10,
        "votes": 2,
        "confidence": 0.6667,
    }


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"label": "M", "startOffset": 3, "endOffset": 3}, "entity"),
        ({"label": "M", "startOffset": -1, "endOffset": 3}, "entity"),
        ({"label": "M", "startOffset": 5, "endOffset": 3}, "entity"),
        ({"label": "M", "startOffset": 1.5, "endOffset": 3}, "entity.startOffset"),
        ({"label": "M", "startOffset": True, "endOffset": 3}, "entity.startOffset"),
        ({"label": "M", "startOffset": 1}, "entity.endOffset"),
        ({"label": None, "startOffset": 1, "endOffset": 3}, "entity.label"),
        ({"startOffset": 1, "endOffset": 3}, "entity.label"),
        ([1, 3, "M"], "entity"),
    ],
)
def test_broken_entities_are_refused(value: object, path: str) -> None:
    with pytest.raises(ContractError) as caught:
        Span.parse(value)
    assert caught.value.path == path


def test_entity_round_trip() -> None:
    value = {"label": "M", "startOffset": 1, "endOffset": 3}
    assert Span.parse({**value, "comment": "ignored"}).to_json() == value


# --- what holds for any answers -----------------------------------------------------------------------------------

SPAN = st.builds(
    lambda start, length, label: Span(start, start + length, label),
    st.integers(0, 24),
    st.integers(1, 12),
    st.sampled_from(LABELS),
)
ANSWER = st.lists(SPAN, max_size=4)
ANSWERS = st.lists(ANSWER, max_size=6).map(lambda answers: {f"w{i}": answer for i, answer in enumerate(answers)})


@PATIENT
@given(ANSWERS, st.randoms(use_true_random=False))
def test_neither_order_nor_names_of_workers_matter(answers: Answers, chance: random.Random) -> None:
    names = list(answers)
    chance.shuffle(names)
    shuffled = {f"x{names.index(name)}": chance.sample(answers[name], len(answers[name])) for name in names}
    assert consolidate_spans(shuffled, labels=LABELS) == consolidate_spans(answers, labels=LABELS)


@PATIENT
@given(ANSWER, st.integers(1, 9))
def test_identical_answers_give_that_answer(answer: list[Span], number: int) -> None:
    found = consolidate_spans({f"w{i}": answer for i in range(number)})
    assert [Span(one.start, one.end, one.label) for one in found] == sorted(set(answer))
    assert all((one.votes, one.confidence) == (number, 1.0) for one in found)


@PATIENT
@given(ANSWERS, st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1))
def test_what_comes_out_was_put_in(answers: Answers, threshold: float, overlap: float, cross: float) -> None:
    found = consolidate_spans(answers, threshold=threshold, overlap=overlap, cross_overlap=cross)
    given_spans = [span for answer in answers.values() for span in answer]
    assert len({(one.start, one.end, one.label) for one in found}) == len(found)
    assert found == sorted(found)
    for one in found:
        assert 0 <= one.start < one.end
        assert one.start in {span.start for span in given_spans}
        assert one.end in {span.end for span in given_spans}
        assert (
            1
            <= one.votes
            <= len({name for name, answer in answers.items() if any(s.label == one.label for s in answer)})
        )
        assert one.confidence == one.votes / len(answers)


@PATIENT
@given(ANSWERS)
def test_a_worker_backs_no_more_spans_than_given(answers: Answers) -> None:
    found = consolidate_spans(answers, threshold=0.0)
    assert sum(one.votes for one in found) <= sum(len(set(answer)) for answer in answers.values())


@PATIENT
@given(SPAN, SPAN)
def test_jaccard(a: Span, b: Span) -> None:
    first, second = set(range(a.start, a.end)), set(range(b.start, b.end))
    assert jaccard(a, b) == pytest.approx(len(first & second) / len(first | second))
    assert jaccard(a, b) == jaccard(b, a)


# --- agreement ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "score"),
    [
        ("M0-5 R5-9", "M0-5 R5-9", 1.0),
        ("M0-5 R5-9", "M0-5", 2 / 3),
        ("M0-5", "R0-5", 0.0),
        ("M0-5 M0-5", "M0-5", 1.0),
        ("M0-5", "", 0.0),
        ("", "", 1.0),
    ],
)
def test_f1(a: str, b: str, score: float) -> None:
    assert f1(spans(a), spans(b)) == pytest.approx(score)
    assert f1(spans(b), spans(a)) == pytest.approx(score)


def test_pairwise_agreement() -> None:
    assert pairwise_agreement(workers("M0-5", "M0-5", "R0-5").values(), f1) == pytest.approx(1 / 3)
    assert pairwise_agreement(workers("M0-5").values(), f1) is None
    assert pairwise_agreement([1, 2, 3], lambda a, b: None if a == 1 else 0.5) == 0.5


def test_nominal_alpha_of_the_published_example() -> None:
    """Krippendorff's example C: 12 units, 4 observers, nominal alpha 0.743."""
    table = """* 1 2 3 3 2 1 4 1 2 * * *
               * 1 2 3 3 2 2 4 1 2 5 * 3
               * * 3 3 3 2 3 4 2 2 5 1 *
               * 1 2 3 3 2 4 4 1 2 5 1 *"""
    rows = [line.split() for line in table.splitlines()]
    units = [{f"w{i}": cell for i, cell in enumerate(column) if cell != "*"} for column in zip(*rows, strict=True)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=5e-4)


@pytest.mark.parametrize(
    ("objects", "alpha"),
    [
        pytest.param([{"a": "yes", "b": "yes"}, {"a": "no", "b": "no"}], 1.0, id="full"),
        pytest.param([{"a": "yes", "b": "no"}, {"a": "no", "b": "yes"}], -0.5, id="opposite"),
        pytest.param([{"a": "yes", "b": "yes"}], None, id="one-class"),
        pytest.param([{"a": "yes"}, {}], None, id="nothing-to-compare"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_nominal_alpha(objects: list[dict[str, str]], alpha: float | None) -> None:
    assert nominal_alpha(objects) == (None if alpha is None else pytest.approx(alpha))
