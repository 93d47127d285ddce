"""Class models: what must hold for any crowd, the marks on public sets, and odd input."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.crowd_data import CLASS_SETS, ClassSet, class_set
from benchmarks.kinds.classes import Score
from tests.crowd_data import FOLDER, needs_crowd_data
from tests.documents import ROOT
from truthkit_core import consolidation
from truthkit_core.consolidation.class_models import (
    METHODS,
    Batch,
    ClassAnswers,
    ClassResult,
    WorkerModel,
    consolidate_classes,
    dawid_skene,
    service_dawid_skene,
    shrunken_dawid_skene,
    shrunken_dawid_skene_in_batches,
    vote,
)

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
CLASSES = ["ant", "bee", "cat"]

Triples = list[tuple[str, str, str]]
Method = Callable[[ClassAnswers], ClassResult]

triples = st.lists(
    st.tuples(
        st.integers(0, 6).map("item{}".format), st.integers(0, 5).map("worker{}".format), st.sampled_from(CLASSES)
    ),
    min_size=1,
    max_size=40,
    unique=True,
)
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


def crowd(seed: int, *, items: int, workers: int, classes: int, each: int, skill: tuple[float, float]) -> Triples:
    """Workers who know the class with their own chance and guess otherwise; below 0, who mean another one."""
    chance = random.Random(seed)
    names = [f"c{number}" for number in range(classes)]
    skills = [chance.uniform(*skill) for _ in range(workers)]
    return [
        (f"i{item}", f"w{worker}", _given(chance, skills[worker], truth, names))
        for item in range(items)
        for truth in [chance.choice(names)]
        for worker in chance.sample(range(workers), chance.randint(1, min(each, workers)))
    ]


def _given(chance: random.Random, skill: float, truth: str, names: list[str]) -> str:
    if chance.random() >= abs(skill):
        return chance.choice(names)
    return truth if skill >= 0 else next(name for name in names if name != truth)


def cut(answers: Triples, batches: int, classes: list[str]) -> list[ClassAnswers]:
    """So many batches of equally many items, in the items' order."""
    items = sorted({answer[0] for answer in answers}, key=lambda item: (len(item), item))
    size = -(-len(items) // batches)
    batch = {item: number // size for number, item in enumerate(items)}
    found: list[Triples] = [[] for _ in range(-(-len(items) // size))]
    for answer in answers:
        found[batch[answer[0]]].append(answer)
    return [ClassAnswers.of(one, classes=classes) for one in found]


def winner(result: ClassResult, item: str) -> tuple[str | None, float]:
    return result.labels()[item], float(result.confidence[list(result.answers.items).index(item)])


# --- what must hold ---


@every_method
@PATIENT
@given(answers=triples, seed=st.integers(0, 10))
def test_order_and_names_decide_nothing(method: Method, answers: Triples, seed: int) -> None:
    chance = random.Random(seed)
    new_items = {f"item{old}": f"x{new}" for new, old in enumerate(chance.sample(range(7), 7))}
    new_workers = {f"worker{old}": f"y{new}" for new, old in enumerate(chance.sample(range(6), 6))}
    renamed = [(new_items[item], new_workers[worker], label) for item, worker, label in answers]
    chance.shuffle(renamed)
    one = method(ClassAnswers.of(answers, classes=CLASSES))
    other = method(ClassAnswers.of(renamed, classes=CLASSES))
    assert {new_items[item]: label for item, label in one.labels().items()} == other.labels()
    for item in one.answers.items:
        assert winner(one, item)[1] == pytest.approx(winner(other, new_items[item])[1], abs=0.011)


# Weights whose shares sum to a little more than 1.
ROUNDED_UP = [
    *[(f"item{item}", f"worker{worker}", "ant") for item, worker in [(0, 0), (0, 1), (0, 3), (1, 0), (1, 1), (2, 0)]],
    *[("item2", "worker1", "ant"), ("item3", "worker0", "ant")],
    *[("item0", "worker0", "bee"), ("item0", "worker1", "bee"), ("item1", "worker3", "bee")],
]


@every_method
@PATIENT
@given(answers=triples)
@example(answers=ROUNDED_UP)
def test_posterior_rows_are_probabilities_and_the_winner_leads(method: Method, answers: Triples) -> None:
    result = method(ClassAnswers.of(answers, classes=CLASSES, items=["nobody"]))
    table = result.posterior()
    assert table.shape == (len(result.answers.items), 3)
    assert np.allclose(table.sum(1), 1.0)
    assert (table >= 0).all()
    answered = result.label >= 0
    assert np.allclose(table[answered, result.label[answered]], table[answered].max(1))
    assert winner(result, "nobody") == (None, 0.0)


@PATIENT
@given(answers=triples, right=st.sampled_from(CLASSES), workers=st.integers(1, 6))
def test_unanimous_answers_win(answers: Triples, right: str, workers: int) -> None:
    agreed = [("agreed", f"worker{number}", right) for number in range(workers)]
    for method in (shrunken_dawid_skene, vote):
        assert method(ClassAnswers.of(answers + agreed, classes=CLASSES)).labels()["agreed"] == right


@PATIENT
@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 12), st.integers(1, 30))
def test_one_more_who_agrees_never_lowers_the_confidence(seed: int, classes: int, workers: int, items: int) -> None:
    """In crowds that know more than chance: a worker who is new, and says what the winner is."""
    answers = crowd(seed, items=items, workers=workers, classes=classes, each=6, skill=(0.5, 0.95))
    names = [f"c{number}" for number in range(classes)]
    before = shrunken_dawid_skene(ClassAnswers.of(answers, classes=names))
    item = before.answers.items[seed % len(before.answers.items)]
    label, confidence = winner(before, item)
    assert label is not None
    after = winner(shrunken_dawid_skene(ClassAnswers.of([*answers, (item, "new", label)], classes=names)), item)
    assert after[0] == label
    assert after[1] >= confidence - 1e-9


@PATIENT
@given(st.integers(0, 10**6), st.integers(3, 12), st.integers(5, 30))
def test_a_known_worker_who_agrees_never_lowers_the_confidence(seed: int, workers: int, items: int) -> None:
    """Of any crowd, adversaries too, with what is known of workers held: who agrees is no witness against."""
    answers = crowd(seed, items=items, workers=workers, classes=2, each=workers - 1, skill=(-0.3, 0.95))
    names = ["c0", "c1"]
    model = shrunken_dawid_skene(ClassAnswers.of(answers, classes=names)).workers
    before = Batch.of(ClassAnswers.of(answers, classes=names)).result(model)
    chance = random.Random(seed)
    item = chance.choice(list(before.answers.items))
    label, confidence = winner(before, item)
    silent = sorted(
        {f"w{number}" for number in range(workers)} - {who for what, who, _label in answers if what == item}
    )
    assert label is not None
    more = [*answers, (item, chance.choice(silent), label)]
    after = winner(Batch.of(ClassAnswers.of(more, classes=names)).result(model), item)
    if after[0] == label:
        assert after[1] >= confidence - 1e-9


@PATIENT
@given(answers=triples, order=st.permutations(range(3)))
@every_method
def test_names_and_order_of_classes_decide_ties_only(method: Method, answers: Triples, order: list[int]) -> None:
    named = {name: f"z{place}" for place, name in zip(order, CLASSES, strict=True)}
    one = method(ClassAnswers.of(answers, classes=CLASSES))
    other = method(ClassAnswers.of([(i, w, named[label]) for i, w, label in answers], classes=sorted(named.values())))
    table = one.posterior()
    assert np.allclose(table, other.posterior()[:, order], atol=1e-9)
    first, second = np.sort(table, axis=1)[:, [-1, -2]].T
    for item, label, gap in zip(one.answers.items, one.labels().values(), first - second, strict=True):
        if gap > 1e-9:
            assert other.labels()[item] == named[str(label)]


@PATIENT
@given(answers=triples)
def test_one_answer_an_item_is_the_vote(answers: Triples) -> None:
    single = list({item: (item, worker, label) for item, worker, label in answers}.values())
    result = shrunken_dawid_skene(ClassAnswers.of(single, classes=CLASSES))
    assert result.labels() == {item: label for item, _worker, label in single}
    assert (result.confidence < 1.0).all()


@PATIENT
@given(answers=triples, truth=st.sampled_from(CLASSES))
def test_gold_is_fixed_truth(answers: Triples, truth: str) -> None:
    item = answers[0][0]
    result = shrunken_dawid_skene(ClassAnswers.of(answers, classes=CLASSES), gold={item: truth, "elsewhere": "ant"})
    assert winner(result, item) == (truth, 1.0)
    assert "elsewhere" not in result.labels()


def test_gold_shows_who_is_right() -> None:
    """Two say a, one says b; gold says that the one is right wherever it is known."""
    answers = [
        (f"i{item}", worker, label) for item in range(20) for worker, label in [("x", "a"), ("y", "a"), ("z", "b")]
    ]
    plain = shrunken_dawid_skene(ClassAnswers.of(answers))
    assert set(plain.labels().values()) == {"a"}
    taught = shrunken_dawid_skene(ClassAnswers.of(answers), gold={f"i{item}": "b" for item in range(12)})
    assert set(taught.labels().values()) == {"b"}


# --- batches ---


@PATIENT
@given(answers=triples, batches=st.integers(1, 7), anchored=st.booleans())
def test_batches_give_bit_by_bit_what_all_at_once_give(answers: Triples, batches: int, anchored: bool) -> None:
    anchors = WorkerModel.of(CLASSES, {"ant": 3.0}, {"worker1": {("ant", "bee"): 2.5}}) if anchored else None
    gold = {answers[0][0]: "cat"}
    whole = shrunken_dawid_skene(ClassAnswers.of(answers, classes=CLASSES), gold=gold, anchors=anchors)
    parts = shrunken_dawid_skene_in_batches(cut(answers, batches, CLASSES), gold=gold, anchors=anchors)
    assert {item: winner(part, item) for part in parts for item in part.answers.items} == {
        item: winner(whole, item) for item in whole.answers.items
    }
    assert all(part.workers == whole.workers for part in parts)


def test_a_round_over_batches_is_a_sum_of_counts() -> None:
    answers = crowd(5, items=60, workers=9, classes=3, each=5, skill=(0.3, 0.9))
    batches = [Batch.of(one) for one in cut(answers, 4, ["c0", "c1", "c2"])]
    model = WorkerModel.total(batch.votes() for batch in batches)
    for _ in range(5):
        model = WorkerModel.total(batch.counts(WorkerModel.from_json(model.to_json())) for batch in batches)
    whole = shrunken_dawid_skene(ClassAnswers.of(answers))
    assert model == whole.workers
    assert {k: v for batch in batches for k, v in batch.result(model).labels().items()} == whole.labels()


def test_what_a_batch_had_added_can_be_taken_back() -> None:
    one, other = (
        shrunken_dawid_skene(ClassAnswers.of(crowd(seed, items=30, workers=6, classes=3, each=4, skill=(0.4, 0.9))))
        for seed in (1, 2)
    )
    assert one.workers is not None
    assert other.workers is not None
    both = one.workers.merged(other.workers)
    assert both.without(other.workers) == one.workers
    assert both.without(both).counts.tolist() == []


# --- odd input ---


@every_method
@pytest.mark.parametrize("classes", [None, ["only"], CLASSES], ids=["no-class", "one-class", "three-classes"])
def test_no_answer_at_all(method: Method, classes: list[str] | None) -> None:
    result = method(ClassAnswers.of([], classes=classes, items=["a", "b"]))
    assert result.labels() == {"a": None, "b": None}
    assert result.confidence.tolist() == [0.0, 0.0]
    assert method(ClassAnswers.of([], classes=classes)).labels() == {}


@every_method
def test_one_class(method: Method) -> None:
    result = method(ClassAnswers.of([("a", "x", "only"), ("a", "y", "only"), ("b", "x", "only")]))
    assert result.labels() == {"a": "only", "b": "only"}
    assert result.confidence.tolist() == [1.0, 1.0]


@every_method
def test_all_disagree_goes_to_the_first_class(method: Method) -> None:
    answers = [("a", f"w{number}", name) for number, name in enumerate(CLASSES)]
    assert method(ClassAnswers.of(answers, classes=["cat", "bee", "ant"])).labels() == {"a": "cat"}


def test_unknown_labels_are_told() -> None:
    answers = ClassAnswers.of([("a", "x", "ant"), ("b", "y", "dog")], classes=CLASSES)
    assert answers.unknown == (("b", "y", "dog"),)
    assert shrunken_dawid_skene(answers).labels() == {"a": "ant", "b": None}


def test_repetitions_count_once_and_different_answers_all() -> None:
    answers = ClassAnswers.of([("a", "x", "ant"), ("a", "x", "ant"), ("a", "x", "bee")])
    assert len(answers) == 2


@pytest.mark.parametrize("what", ["gold", "anchors"])
def test_classes_that_are_not_there_are_refused(what: str) -> None:
    answers = ClassAnswers.of([("a", "x", "ant")], classes=CLASSES)
    other = {"gold": {"a": "dog"}, "anchors": WorkerModel.of(("dog",), {"dog": 1.0}, {})}[what]
    with pytest.raises(ValueError, match=f"{what}: dog is none of the classes ant, bee, cat"):
        shrunken_dawid_skene(answers, **{what: other})  # type: ignore[arg-type]


def test_ten_thousand_workers_with_one_answer_each() -> None:
    answers = [(f"i{number % 2000}", f"w{number}", "yes" if number % 2000 < 1000 else "no") for number in range(10_000)]
    assert set(shrunken_dawid_skene(ClassAnswers.of(answers)).labels().values()) == {"yes", "no"}


def test_many_classes_and_workers_in_bounded_memory() -> None:
    items, workers, classes = 20_000, 10_000, 1_000
    chance = np.random.default_rng(1)
    truth = chance.integers(0, classes, items)
    item = np.repeat(np.arange(items), 5)
    label = np.where(chance.random(5 * items) < 0.7, truth[item], chance.integers(0, classes, 5 * items))
    answers = ClassAnswers(
        item,
        chance.integers(0, workers, 5 * items),
        label,
        [str(number) for number in range(items)],
        [str(number) for number in range(workers)],
        [str(number) for number in range(classes)],
    )
    tracemalloc.start()
    result = shrunken_dawid_skene(answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.label == truth).mean() > 0.95
    assert peak < 400_000_000
    for model in (dawid_skene, service_dawid_skene):
        with pytest.raises(ValueError, match="use shrunken-dawid-skene"):
            model(answers)


# --- crowds with truth ---


def simulated(seed: int, accuracies: Sequence[float], *, items: int, each: int, classes: int = 2) -> ClassSet:
    """Workers of these accuracies, whose mistakes are even; so many of them an item."""
    chance = random.Random(seed)
    names = [f"c{number:04}" for number in range(classes)]
    truth = {f"i{number}": chance.choice(names) for number in range(items)}
    return ClassSet(
        "simulated",
        [
            (item, f"w{worker}", right if chance.random() < accuracies[worker] else chance.choice(others))
            for item, right in truth.items()
            for others in [[name for name in names if name != right]]
            for worker in chance.sample(range(len(accuracies)), each)
        ],
        truth,
    )


def measured(method: Method, crowds: Sequence[ClassSet]) -> Score:
    """The mean of the scores."""
    scores = [measure(method(ClassAnswers.of(one.answers, classes=one.classes)), one.gold) for one in crowds]
    return Score(*np.mean([dataclasses.astuple(score) for score in scores], axis=0).tolist())


@pytest.mark.parametrize("accuracy", [0.6, 0.7, 0.9])
def test_where_all_workers_are_alike_nothing_is_lost_to_the_vote(accuracy: float) -> None:
    crowds = [simulated(seed, [accuracy] * 40, items=400, each=5) for seed in range(4)]
    assert measured(shrunken_dawid_skene, crowds).accuracy > measured(vote, crowds).accuracy - 1.0


def test_two_workers_who_are_alike() -> None:
    crowds = [simulated(seed, [0.7] * 2, items=400, each=2, classes=4) for seed in range(4)]
    assert measured(shrunken_dawid_skene, crowds).accuracy > measured(vote, crowds).accuracy - 1.0


def test_spammers_and_adversaries_are_found_out() -> None:
    for bad in ([0.5] * 20, [0.1] * 14):
        crowds = [simulated(seed, [*bad, *[0.9] * (40 - len(bad))], items=400, each=7) for seed in range(2)]
        assert measured(shrunken_dawid_skene, crowds).accuracy > measured(vote, crowds).accuracy + 3.0


@pytest.mark.parametrize("classes", [20, 200, 1000])
def test_confidence_of_many_classes(classes: int) -> None:
    crowd = simulated(1, [0.8] * 20 + [0.6] * 20, items=600, each=3, classes=classes)
    found = measured(shrunken_dawid_skene, [crowd])
    assert found.accuracy > 80.0
    assert found.calibration < 20.0


@pytest.mark.parametrize("classes", [2, 4])
def test_one_answer_an_item_is_no_proof_of_skill(classes: int) -> None:
    """Nothing shows who is right: the confidence must not say that everyone is."""
    crowd = simulated(1, [0.7] * 30, items=900, each=1, classes=classes)
    result = shrunken_dawid_skene(ClassAnswers.of(crowd.answers, classes=crowd.classes))
    assert result.workers is not None
    assert result.workers.confusion == {worker: {} for worker in result.workers.workers}
    assert 0.55 < result.confidence.mean() < 0.8


# --- by object ---


def test_objects_say_what_was_chosen_and_what_did_not_count() -> None:
    answers = {"a": {"x": "ant", "y": "bee", "z": "ant"}, "b": {"x": "dog", "y": ""}, "c": {}, "d": {"x": "cat"}}
    result = consolidate_classes(answers, classes=CLASSES)
    objects = result.objects
    assert list(objects) == ["a", "b", "c", "d"]
    assert objects["a"].label == "ant"
    assert objects["a"].votes == {"ant": 2, "bee": 1}
    assert list(objects["a"].probabilities) == ["ant", "bee"]
    assert objects["a"].confidence == objects["a"].service_confidence == objects["a"].probabilities["ant"]
    assert objects["b"].problems == (
        "x: 'dog' is none of the classes",
        "y: '' is none of the classes",
        "nobody gave one of the classes",
    )
    assert (objects["c"].label, objects["c"].confidence) == (None, 0.0)
    assert objects["c"].problems == ("nobody gave one of the classes",)
    assert 0.0 < objects["d"].confidence < 1.0
    assert objects["d"].service_confidence == 0.0
    assert json.loads(json.dumps(result.to_json()))["objects"]["a"]["votes"] == {"ant": 2, "bee": 1}


@every_method
def test_gold_and_objects_by_every_method(method: Method) -> None:
    name = next(name for name, one in METHODS.items() if one is method)
    answers = {"a": {"x": "ant", "y": "ant"}, "b": {"x": "bee", "y": "ant"}, "c": {}}
    objects = consolidate_classes(answers, method=name, gold={"a": "cat", "c": "cat"}).objects
    assert (objects["a"].label, objects["a"].confidence) == ("cat", 1.0)
    assert objects["a"].votes == {"ant": 2}
    assert objects["b"].label in ("ant", "bee")
    assert objects["c"].label is None


def test_methods_and_anchors_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="'guess' is none of the methods shrunken-dawid-skene, vote"):
        consolidate_classes({}, method="guess")
    with pytest.raises(ValueError, match="vote makes no use of anchors"):
        consolidate_classes({}, method="vote", anchors=WorkerModel.of([], {}, {}))


def test_names_can_be_imported_from_the_package() -> None:
    code = (
        "import sys, truthkit_core.consolidation as all_kinds\n"
        "assert 'numpy' not in sys.modules\n"
        "for name in all_kinds.__all__: getattr(all_kinds, name)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "lambdas", check=True, timeout=120)
    with pytest.raises(AttributeError):
        _ = consolidation.nothing_of_this_name


# --- what was learned of workers ---


def test_worker_models_as_json() -> None:
    answers = crowd(3, items=40, workers=6, classes=3, each=4, skill=(0.4, 0.9))
    model = shrunken_dawid_skene(ClassAnswers.of(answers)).workers
    assert model is not None
    written = json.loads(json.dumps(model.to_json()))
    again = WorkerModel.from_json(written)
    assert again.to_json() == written
    assert again.classes == model.classes
    assert again == model


def test_merged_worker_models_are_sums() -> None:
    one = WorkerModel.of(("a", "b"), {"a": 2.0, "b": 1.0}, {"x": {("a", "a"): 2.0}})
    other = WorkerModel.of(("a", "b"), {"a": 1.0, "b": 1.0}, {"x": {("a", "a"): 1.0}, "y": {("b", "a"): 1.0}})
    assert one.merged(other) == WorkerModel.of(
        ("a", "b"), {"a": 3.0, "b": 2.0}, {"x": {("a", "a"): 3.0}, "y": {("b", "a"): 1.0}}
    )
    assert one.merged(other) == other.merged(one)
    with pytest.raises(ValueError, match="other classes"):
        one.merged(WorkerModel.of(("a",), {}, {}))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": 2}, id="version"),
        pytest.param({"classes": ["a", "a"]}, id="class-twice"),
        pytest.param({"objects": {"a": -1}}, id="negative"),
        pytest.param({"workers": {"x": [[0, 7, 1.0]]}}, id="no-such-class"),
        pytest.param({"workers": {"x": [[0, -1, 1.0]]}}, id="negative-place"),
        pytest.param({"workers": {"x": [[0, 1, float("nan")]]}}, id="nan"),
        pytest.param({"workers": {"x": [[0, 1]]}}, id="short"),
        pytest.param({"workers": []}, id="list"),
    ],
)
def test_what_is_no_worker_model_is_refused(change: dict[str, object]) -> None:
    good = {"version": 1, "classes": ["a", "b"], "objects": {"a": 1}, "workers": {"x": [[0, 1, 1.0]]}}
    assert WorkerModel.from_json(good).confusion == {"x": {("a", "b"): 1.0}}
    with pytest.raises(ValueError):
        WorkerModel.from_json(good | change)


@pytest.mark.parametrize("seed", range(4))
def test_no_class_that_nobody_chose_is_likelier_than_the_winner(seed: int) -> None:
    """However common it is elsewhere: here one class is nine in ten, and a rare one is chosen by a single worker."""
    draw = random.Random(seed)
    rows = [
        (f"o{n}", f"w{(3 * n + k) % 9}", "common" if draw.random() < 0.93 else "rare")
        for n in range(400)
        for k in range(3)
    ]
    rows += [(f"lone{n}", "new", draw.choice(["rare", "odd", "seldom"])) for n in range(20)]
    rows += [(f"lone{n}", "w0", "common") for n in range(1, 20)]
    result = shrunken_dawid_skene(ClassAnswers.of(rows))
    posterior = result.posterior()
    assert posterior.sum(1) == pytest.approx(1.0)
    assert (posterior.argmax(1) == result.label).all()
    assert posterior[np.arange(len(posterior)), result.label] == pytest.approx(result.confidence)


def test_the_light_functions_need_no_numpy() -> None:
    """Functions without NumPy's layer import the votes and the spans."""
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import text_entities.post_annotation, truthkit_core.consolidation.classes, truthkit_core.consolidation.spans\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "lambdas", check=True, timeout=120)


# --- marks on public sets ---


@pytest.fixture(scope="module")
def sets() -> list[ClassSet]:
    assert FOLDER is not None
    return [class_set(FOLDER, name) for name in CLASS_SETS]


def measure(found: ClassResult, gold: dict[str, str]) -> Score:
    return Score.of(found.posterior(), found.answers, gold)


@needs_crowd_data
def test_marks(sets: list[ClassSet]) -> None:
    answers = [ClassAnswers.of(one.answers, classes=one.classes) for one in sets]
    ours = [measure(shrunken_dawid_skene(a), one.gold) for a, one in zip(answers, sets, strict=True)]
    votes = [measure(vote(a), one.gold) for a, one in zip(answers, sets, strict=True)]
    mean = {field.name: np.mean([getattr(score, field.name) for score in ours]) for field in dataclasses.fields(Score)}
    assert mean["accuracy"] >= 84.0
    assert mean["brier"] <= 0.26
    assert mean["log_loss"] <= 0.49
    assert mean["calibration"] < 6.0
    assert ours[0].right >= 275
    assert min(our.accuracy - other.accuracy for our, other in zip(ours, votes, strict=True)) > -1.0


@needs_crowd_data
def test_the_service_as_measured(sets: list[ClassSet]) -> None:
    """The figures that the published method was measured to have."""
    known = [90.4, 78.7, 82.9, 76.1, 63.7, 92.5, 95.4, 62.3, 72.7, 88.0]
    found = [measure(service_dawid_skene(ClassAnswers.of(s.answers, classes=s.classes)), s.gold).accuracy for s in sets]
    assert found == pytest.approx(known, abs=0.051)


@needs_crowd_data
@pytest.mark.parametrize("which", CLASS_SETS)
def test_thirty_batches_are_what_all_at_once_are(sets: list[ClassSet], which: str) -> None:
    one = next(one for one in sets if one.name == which)
    all_at_once = shrunken_dawid_skene(ClassAnswers.of(one.answers, classes=one.classes))
    results = shrunken_dawid_skene_in_batches(cut(one.answers, 30, one.classes))
    assert {item: label for result in results for item, label in result.labels().items()} == all_at_once.labels()
    sure = {item: chance for one in results for item, chance in zip(one.answers.items, one.confidence, strict=True)}
    assert sure == dict(zip(all_at_once.answers.items, all_at_once.confidence, strict=True))
    assert results[0].workers == all_at_once.workers


@needs_crowd_data
@pytest.mark.parametrize("which", ["aws_birds", "product", "sentiment", "face"])
def test_thirty_batches_seen_once_are_nearly_as_good_where_workers_are_soon_known(
    sets: list[ClassSet], which: str
) -> None:
    one = next(one for one in sets if one.name == which)
    every = measure(shrunken_dawid_skene(ClassAnswers.of(one.answers, classes=one.classes)), one.gold).accuracy
    known: WorkerModel | None = None
    right: list[bool] = []
    for answers in cut(one.answers, 30, one.classes):
        result = shrunken_dawid_skene(answers, anchors=known)
        right += [label == one.gold[item] for item, label in result.labels().items() if item in one.gold]
        assert result.workers is not None
        known = result.workers if known is None else known.merged(result.workers)
    assert abs(100 * np.mean(right) - every) <= 0.5
