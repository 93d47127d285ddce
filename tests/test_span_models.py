"""Models of workers' spans: worked cases, odd input, and what must hold for any answers."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit_core.consolidation.span_models import (
    DEFAULT_METHOD,
    METHODS,
    SpanLabel,
    SpanWorkers,
    automatic,
    clusters,
    sequential,
)
from truthkit_core.consolidation.spans import Span

Batch = dict[str, dict[str, list[Span]]]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25)
# The plain models on tags are there to compare with; a handful of answers may lead them anywhere.
SOUND = ("automatic", "sequential", "clusters")
EVERY = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


def spans(text: str) -> list[Span]:
    """``"A0-10 B5-9"``; the letter is the label."""
    pieces = [(piece[0], piece[1:].split("-")) for piece in text.split()]
    return [Span(int(start), int(end), label) for label, (start, end) in pieces]


def workers(*answers: str) -> dict[str, list[Span]]:
    return {f"w{number}": spans(answer) for number, answer in enumerate(answers)}


def short(label: SpanLabel) -> str | None:
    if label.spans is None:
        return None
    return " ".join(f"{span.label}{span.start}-{span.end}" for span in label.spans)


def crowd(texts: int = 60, seed: str = "crowd") -> tuple[Batch, dict[str, list[Span]]]:
    """Five workers; a and b are good, c cuts the last ten units off, d misses half, e is right one time in four."""
    chance = random.Random(seed)
    answers: Batch = {}
    gold = {}
    for number in range(texts):
        truth, at = [], 0
        for _ in range(4):
            at += chance.randint(5, 30)
            size = chance.randint(15, 40)
            truth.append(Span(at, at + size, chance.choice("AB")))
            at += size
        gold[f"o{number}"] = truth
        noise = [Span(span.start + 3, span.end + 7, "A") for span in truth[::2]]
        answers[f"o{number}"] = {
            "a": [span for span in truth if chance.random() < 0.95],
            "b": [span for span in truth if chance.random() < 0.95],
            "c": [Span(span.start, span.end - 10, span.label) for span in truth],
            "d": [span for span in truth if chance.random() < 0.5],
            "e": truth if chance.random() < 0.25 else noise,
        }
    return answers, gold


def right(found: Mapping[str, SpanLabel], gold: Mapping[str, Sequence[Span]]) -> float:
    hits = all_found = 0
    for name, label in found.items():
        given_spans = {Span(one.start, one.end, one.label) for one in label.spans or ()}
        hits += len(given_spans & set(gold[name]))
        all_found += len(given_spans)
    return 2 * hits / (all_found + sum(map(len, gold.values())))


def test_workers_errors_are_learned() -> None:
    answers, gold = crowd()
    by_method = {name: right(method(answers).objects, gold) for name, method in METHODS.items()}
    assert by_method["automatic"] == by_method["sequential"]
    assert by_method["sequential"] > 0.97
    assert by_method["sequential"] >= by_method["clusters"]


def test_the_cutter_alone_is_believed_in_the_middle_only() -> None:
    """Who is known to cut the end gives evidence of a beginning, and of more than was marked."""
    answers, _gold = crowd()
    model = sequential(answers).workers
    assert model is not None
    kept = SpanWorkers.from_json(json.loads(json.dumps(model.to_json())))
    text = {"c": spans("A10-30"), "d": spans("A10-40"), "e": []}
    assert short(sequential({"new": text}, anchors=kept).objects["new"]) == "A10-40"
    both = kept.merged(model)
    chain, *_ = both.tags
    cell, count = next(iter(kept.tags[chain]["a"].items()))
    assert both.tags[chain]["a"][cell] == pytest.approx(2 * count, abs=1e-3)
    assert both.agreement["a"] == pytest.approx([2 * number for number in kept.agreement["a"]], abs=1e-3)


def test_batches_come_near_to_all_at_once() -> None:
    answers, gold = crowd(90)
    known = SpanWorkers()
    found: dict[str, SpanLabel] = {}
    names = list(answers)
    for first in range(0, 90, 10):
        result = automatic({name: answers[name] for name in names[first : first + 10]}, anchors=known)
        found |= result.objects
        assert result.workers is not None
        known = known.merged(result.workers)
    assert right(found, gold) > right(automatic(answers).objects, gold) - 0.03


def test_gold_is_the_result_and_measures_workers() -> None:
    answers, truth = crowd(20)
    cut = {name: sorted(Span(s.start, s.end - 10, s.label) for s in of) for name, of in truth.items()}
    known = {name: cut[name] for name in list(truth)[:15]}
    result = sequential(answers, gold=known)
    for name, of in known.items():
        label = result.objects[name]
        assert [Span(s.start, s.end, s.label) for s in label.spans or ()] == of
        assert label.confidence == 1
    rest = {name: label for name, label in result.objects.items() if name not in known}
    assert right(rest, {name: cut[name] for name in rest}) > 0.9
    assert right({name: sequential(answers).objects[name] for name in rest}, {name: cut[name] for name in rest}) < 0.1


def test_overlaps_of_labels_that_are_meant_stay() -> None:
    answers = {f"o{number}": workers("A0-40 B10-30", "A0-40 B10-30", "A0-40") for number in range(20)}
    answers["last"] = workers("A0-40 B10-30", "A0-40 B10-30", "A0-40 B10-30")
    assert {short(label) for label in sequential(answers).objects.values()} == {"A0-40 B10-30"}


def test_nested_spans_of_one_label_stay() -> None:
    answers = {f"o{number}": workers("A0-40 A10-30", "A0-40 A10-30", "A0-40 A10-30") for number in range(20)}
    assert {short(label) for label in sequential(answers).objects.values()} == {"A0-40 A10-30"}


def test_what_lies_too_deep_is_told() -> None:
    answer = "A0-40 A1-39 A2-38 A3-37"
    [problem] = sequential({"o": {"w": spans(answer)}}).objects["o"].problems
    assert problem == "w: 'A' from 3 to 37 lies over 3 others"


@EVERY
def test_odd_input_is_told_and_loses_nothing_else(method: Any) -> None:
    text = "an owl \U0001f989 sat."
    answers = {
        "o": {
            "good": [Span(3, 6, "A")],
            "same": [Span(3, 6, "A"), Span(3, 6, "A")],
            "blanks": [Span(2, 7, "A")],
            "outside": [Span(3, 99, "A"), Span(3, 6, "A")],
            "backwards": [Span(6, 3, "A")],
            "empty": [Span(3, 3, "A")],
            "before": [Span(-1, 3, "A")],
            "half": [Span(7, 8, "A"), Span(7, 9, "A")],
            "label": [Span(3, 6, "Z")],
            "blank": [Span(6, 7, "A")],
        },
        "nobody": {},
        "nothing": {"a": [], "b": []},
    }
    found = method(answers, texts={"o": text}, labels=["A", "B"]).objects
    assert list(found) == ["o", "nobody", "nothing"]
    assert found["o"].problems == (
        "backwards: 'A' from 6 to 3 is empty or starts before the text",
        "before: 'A' from -1 to 3 is empty or starts before the text",
        "blank: 'A' from 6 to 7 has nothing but blanks",
        "empty: 'A' from 3 to 3 is empty or starts before the text",
        "half: 'A' from 7 to 8 cuts a character in two",
        "label: 'Z' from 3 to 6 has a label that is none of the list",
        "outside: 'A' from 3 to 99 is outside of the text, which has 14 units",
    )
    assert (found["nobody"].spans, found["nobody"].confidence) == (None, 0.0)
    assert found["nobody"].problems == ("nobody answered",)
    assert found["nothing"].spans == ()
    assert found["nothing"].confidence > 0.5
    assert short(found["o"]) in ("A3-6", "")
    assert method({}).objects == {}


@EVERY
def test_without_any_labels(method: Any) -> None:
    found = method({"a": {"w": []}, "b": {}}).objects
    assert (found["a"].spans, found["b"].spans) == ((), None)


@pytest.mark.parametrize("name", SOUND)
def test_all_disagree_and_one_worker(name: str) -> None:
    method = METHODS[name]
    found = method({"all": workers("A0-5", "A10-15", "B20-25"), "one": workers("A0-5")}).objects
    assert found["all"].spans is not None
    assert all(0 <= label.confidence <= 1 for label in found.values())
    assert short(method({"one": workers("A3-5 B7-9")}).objects["one"]) == "A3-5 B7-9"


def test_few_answers_are_clustered() -> None:
    answers = {"o": workers("A0-10", "A0-10", "B0-9", "A20-30", "")}
    assert automatic(answers).objects == clusters(answers).objects
    assert automatic(answers).workers is not None


def test_ten_thousand_workers_with_an_answer_each() -> None:
    answers = {f"o{n}": {f"w{n} {k}": spans("A0-5" if k else "A0-7") for k in range(5)} for n in range(2000)}
    assert {short(label) for label in automatic(answers).objects.values()} == {"A0-5"}


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_threshold_is_a_share(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold is"):
        sequential({}, threshold=threshold)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"version": 2, "kind": "spans", "tags": {}, "moves": {}, "agreement": {}},
        {"version": 1, "kind": "spans", "tags": {"c": {"w": [["O", "O", "O"]]}}, "moves": {}, "agreement": {}},
        {"version": 1, "kind": "spans", "tags": {}, "moves": {"c": [["O", "O", -1]]}, "agreement": {}},
        {"version": 1, "kind": "spans", "tags": {}, "moves": {}, "agreement": {"w": [1]}},
    ],
)
def test_strange_worker_models_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        SpanWorkers.from_json(value)


def test_what_is_known_of_other_labels_does_not_count() -> None:
    answers, _gold = crowd()
    model = sequential(answers).workers
    assert model is not None
    of_one = {"o": {name: [span for span in given if span.label == "A"] for name, given in answers["o3"].items()}}
    assert sequential(of_one, anchors=model).objects["o"].spans
    others = {"o": {name: [Span(span.start, span.end, "C") for span in given] for name, given in answers["o3"].items()}}
    assert sequential(others, anchors=model).objects["o"].spans is not None


# --- what holds for any answers -----------------------------------------------------------------------------------

SPAN = st.builds(
    lambda start, length, label: Span(start, start + length, label),
    st.integers(0, 24),
    st.integers(1, 12),
    st.sampled_from("AB"),
)
ANSWER = st.lists(SPAN, max_size=3)
ONE = st.lists(ANSWER, max_size=6).map(lambda answers: {f"w{number}": answer for number, answer in enumerate(answers)})
BATCH = st.lists(ONE, max_size=4).map(lambda all: {f"o{number}": one for number, one in enumerate(all)})


@PATIENT
@given(BATCH, st.randoms(use_true_random=False), st.sampled_from(list(METHODS)))
def test_neither_order_nor_names_matter(answers: Batch, chance: random.Random, name: str) -> None:
    names = [f"w{number}" for number in range(6)]
    objects = list(answers)
    chance.shuffle(names)
    chance.shuffle(objects)
    renamed = {
        f"x{one}": {
            f"v{names.index(worker)}": chance.sample(answers[one][worker], len(answers[one][worker]))
            for worker in sorted(answers[one], key=names.index)
        }
        for one in objects
    }
    first, second = METHODS[name](answers).objects, METHODS[name](renamed).objects
    for one in answers:
        assert short(second[f"x{one}"]) == short(first[one])
        assert second[f"x{one}"].confidence == pytest.approx(first[one].confidence)


APART = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from("AB")), max_size=4)


@PATIENT
@given(st.lists(APART, min_size=1, max_size=3), st.integers(1, 7), st.sampled_from(SOUND))
def test_unanimous_answers_win_and_more_are_surer(texts: list[Any], number: int, name: str) -> None:
    batch = {}
    for at, pieces in enumerate(texts):
        answer, place = [], 0
        for gap, length, label in pieces:
            answer.append(Span(place + gap, place + gap + length, label))
            place += gap + length
        batch[f"o{at}"] = answer
    before = METHODS[name]({one: {f"w{k}": answer for k in range(number)} for one, answer in batch.items()}).objects
    after = METHODS[name]({one: {f"w{k}": answer for k in range(number + 1)} for one, answer in batch.items()}).objects
    for one, answer in batch.items():
        assert short(before[one]) == " ".join(f"{span.label}{span.start}-{span.end}" for span in answer)
        if answer:
            assert after[one].confidence >= before[one].confidence - 1e-9


@pytest.mark.parametrize("votes", range(1, 7))
def test_one_more_who_agrees_is_surer(votes: int) -> None:
    """Three of a crowd of six that marks two spans a text; in one text the votes for a span grow."""

    def confidence(count: int) -> float:
        batch = {f"o{n}": workers(*["A5-15 B20-30"] * 6) for n in range(30)}
        batch["x"] = workers(*["A5-15 B20-30"] * count, *["B20-30"] * (7 - count))
        label = sequential(batch, threshold=0.0).objects["x"]
        return next(one.confidence for one in label.spans or () if one.label == "A")

    assert confidence(votes + 1) >= confidence(votes) - 1e-9


def test_default() -> None:
    assert METHODS[DEFAULT_METHOD] is automatic


@needs_crowd_data
def test_marks_on_public_sets() -> None:
    from benchmarks.kinds.spans import exact_f1, named_entities, pico

    assert FOLDER is not None
    answers, gold, test = named_entities(FOLDER)
    found = automatic(answers).objects
    assert exact_f1(found, gold) >= 73.9
    assert exact_f1(found, {name: gold[name] for name in test}) >= 74.0
    for part, procedure, mark in (("outcomes", "baseline", 43.2), ("interventions", "senbase", 62.1)):
        answers, gold = pico(FOLDER, part, procedure)
        assert exact_f1(automatic(answers).objects, gold) >= mark


@pytest.mark.parametrize("method", sorted(METHODS))
def test_answers_of_which_nothing_counts_do_not_say_that_there_is_nothing(method: str) -> None:
    wrong = [Span(0, 99, "A")]
    answers = {"void": {"w1": wrong, "w2": wrong}, "mixed": {"w1": wrong, "w2": []}, "good": {"w1": [Span(0, 2, "A")]}}
    found = METHODS[method](answers, texts=dict.fromkeys(answers, "ab cd")).objects
    assert (found["void"].spans, found["void"].confidence) == ((), 0.0)
    assert len(found["void"].problems) == 2
    assert found["mixed"].spans == ()
    assert found["mixed"].confidence > 0.5
