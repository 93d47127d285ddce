"""Masks of several workers into one: worked cases, PNGs, and what must hold for any masks."""

from __future__ import annotations

import base64
import random
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from truthkit_core.consolidation.masks import (
    DEFAULT_METHOD,
    METHODS,
    Instance,
    MaskLabel,
    MaskWorkers,
    consolidate_instances,
    pixel_vote,
    read_instances,
    read_mask,
    weighted_pixel_vote,
    write_mask,
)
from truthkit_core.messages import ContractError

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
LABELS = ["cat", "dog"]
COLORS = ["#2ca02c", "#1f77b4"]
Table = NDArray[np.uint8]


def disk(x: float, y: float, radius: float, label: int = 1, size: int = 40) -> Table:
    rows, columns = np.mgrid[:size, :size]
    mask: Table = (((rows - y) ** 2 + (columns - x) ** 2 <= radius**2) * label).astype(np.uint8)
    return mask


def iou(a: Table, b: Table) -> float:
    union = np.count_nonzero((a > 0) | (b > 0))
    return float(np.count_nonzero((a == b) & (a > 0)) / union) if union else 1.0


def one(*masks: Any, **options: Any) -> MaskLabel:
    return weighted_pixel_vote({"a": {f"w{n}": mask for n, mask in enumerate(masks)}}, **options).objects["a"]


def crowd(seed: int, workers: int = 5) -> tuple[Table, list[Table]]:
    chance = random.Random(seed)
    x, y, radius = chance.uniform(14, 26), chance.uniform(14, 26), chance.uniform(6, 11)

    def drawn(error: float) -> Table:
        mask = disk(x + chance.gauss(0, error), y + chance.gauss(0, error), radius + chance.gauss(0, error))
        other = disk(x + 3, y + 3, radius / 2 + chance.gauss(0, error), 2)
        return np.where((other > 0) & (mask > 0), other, mask)

    return drawn(0), [drawn(0.8) for _ in range(workers)]


def png(mask: Table, mode: str = "RGB") -> str:
    data = BytesIO()
    Image.open(BytesIO(write_mask(mask, COLORS))).convert(mode).save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def answer(mask: Table, **changes: Any) -> dict[str, Any]:
    mappings = {label: {"color": color} for label, color in zip(LABELS, COLORS, strict=True)}
    return {"labelMappings": mappings, "labeledImage": {"pngImageData": png(mask)}, **changes}


def test_methods_have_a_default() -> None:
    assert METHODS[DEFAULT_METHOD] is weighted_pixel_vote


def test_all_agree() -> None:
    mask = disk(20, 20, 8)
    mask[3, :] = 2  # a line of one pixel is not smoothed away
    found = one(mask, mask, mask)
    assert found.mask is not None
    assert (found.mask == mask).all()
    assert found.confidence > 0.85
    assert set(found.weights.values()) == {1.0}


def test_majority_of_each_pixel() -> None:
    found = one(disk(20, 20, 8), disk(20, 20, 8), disk(20, 20, 8), disk(21, 20, 8, 2), smooth=False)
    assert found.mask is not None
    assert (found.mask == disk(20, 20, 8)).all()


def test_a_tie_is_decided_by_the_pixels_around() -> None:
    full, empty = np.ones((9, 9), np.uint8), np.ones((9, 9), np.uint8)
    empty[4, 4] = 0
    found = one(full, empty)
    assert found.mask is not None
    assert found.mask[4, 4] == 1
    assert one(full, empty, smooth=False).mask[4, 4] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "spam",
    [
        pytest.param(np.zeros((40, 40), np.uint8), id="empty"),
        pytest.param(np.ones((40, 40), np.uint8), id="full"),
        pytest.param(disk(33, 33, 6), id="elsewhere"),
        pytest.param(np.full((40, 40), 2, np.uint8), id="wrong-label"),
    ],
)
def test_two_spammers_of_seven_do_not_matter(spam: Table) -> None:
    plain, ours = 0.0, 0.0
    for seed in range(6):
        true, masks = crowd(seed)
        given = {"a": {f"w{n}": mask for n, mask in enumerate([*masks, spam, spam])}}
        honest = pixel_vote({"a": {f"w{n}": mask for n, mask in enumerate(masks)}}).objects["a"].mask
        weighed = weighted_pixel_vote(given).objects["a"]
        assert weighed.mask is not None
        assert (weighed.mask == honest).mean() > 0.98
        assert max(weighed.weights["w5"], weighed.weights["w6"]) < 0.3
        assert min(weighed.weights[f"w{n}"] for n in range(5)) == 1
        plain += iou(pixel_vote(given).objects["a"].mask, true)  # type: ignore[arg-type]
        ours += iou(weighed.mask, true)  # type: ignore[arg-type]
    assert ours > plain


def test_who_is_below_the_crowd_elsewhere_weighs_less_here() -> None:
    pictures = {f"p{seed}": crowd(seed)[1] for seed in range(12)}
    answers = {
        name: {f"w{n}": mask for n, mask in enumerate(masks)} | {"eve": np.zeros((40, 40), np.uint8)}
        for name, masks in pictures.items()
    }
    first = weighted_pixel_vote(answers)
    assert first.workers is not None
    kept = MaskWorkers.from_json(first.workers.to_json())
    two = {"x": {"w0": disk(20, 20, 9), "eve": disk(20, 20, 5)}}
    assert weighted_pixel_vote(two).objects["x"].weights["eve"] == 1
    assert weighted_pixel_vote(two, anchors=kept).objects["x"].weights["eve"] < 0.3
    assert kept.merged(kept).agreement["eve"][1] == 24


@pytest.mark.parametrize("value", [{}, {"version": 2, "workers": {}}, {"version": 1, "workers": {"a": [2, 1]}}, []])
def test_what_is_no_model_of_workers(value: Any) -> None:
    with pytest.raises(ValueError):
        MaskWorkers.from_json(value)


def test_nobody_answered() -> None:
    found = one()
    assert (found.mask, found.confidence, found.problems) == (None, 0.0, ("nobody answered",))


def test_one_worker_alone() -> None:
    found = one(disk(20, 20, 8))
    assert found.mask is not None
    assert (found.mask == disk(20, 20, 8)).all()
    assert 0.5 < found.confidence < 0.9


def test_all_empty() -> None:
    empty = np.zeros((5, 5), np.uint8)
    found = one(empty, empty, empty)
    assert found.mask is not None
    assert not found.mask.any()
    assert found.confidence > 0.85


def test_all_disagree() -> None:
    found = one(disk(8, 8, 5), disk(30, 8, 5), disk(8, 30, 5), disk(30, 30, 5))
    assert found.mask is not None
    assert not found.mask.any()
    assert found.confidence < 0.2


def test_the_commonest_size_counts() -> None:
    found = one(disk(20, 20, 8), disk(20, 20, 8), np.ones((4, 7), np.uint8))
    assert found.mask is not None
    assert found.mask.shape == (40, 40)
    assert found.problems == ("worker w2: the mask has 7 × 4 pixels, not 40 × 40 as most are: it does not count",)
    known = one(disk(20, 20, 8), disk(20, 20, 8), np.ones((4, 7), np.uint8), sizes={"a": (7, 4)})
    assert known.mask is not None
    assert known.mask.all()
    assert len(known.problems) == 2


@pytest.mark.parametrize(
    "bad", [np.full((40, 40), 7, np.uint8), np.full((40, 40), -1), np.full((40, 40), np.nan), np.zeros(3, np.uint8)]
)
def test_what_is_no_mask_does_not_count(bad: Any) -> None:
    found = one(disk(20, 20, 8), bad, labels=LABELS)
    assert found.mask is not None
    assert (found.mask == disk(20, 20, 8)).all()
    assert len(found.problems) == 1
    assert one(bad, labels=LABELS).problems[-1] == "nobody's mask counts"


def test_bands_give_what_one_piece_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    _true, masks = crowd(3)
    whole = one(*masks)
    monkeypatch.setattr("truthkit_core.consolidation.masks.BAND_CELLS", 40 * 9 * 3)
    parts = one(*masks)
    assert whole.mask is not None
    assert (whole.mask == parts.mask).all()
    assert whole.confidence == pytest.approx(parts.confidence)
    mask, _problems = read_mask(answer(masks[0]), LABELS)
    assert (mask == masks[0]).all()


@PATIENT
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_and_names_decide_nothing(seed: int, chance: random.Random) -> None:
    _true, masks = crowd(seed)
    mixed = chance.sample(masks, len(masks))
    before, after = one(*masks), one(*mixed)
    assert before.mask is not None
    assert (before.mask == after.mask).all()
    assert before.confidence == pytest.approx(after.confidence)


@PATIENT
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_one_more_who_agrees_never_lowers_the_confidence(seed: int, workers: int) -> None:
    _true, masks = crowd(seed, workers)
    before = one(*masks)
    assert one(*masks, before.mask).confidence >= before.confidence - 1e-9


@PATIENT
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_unanimous_answers_win(seed: int, workers: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 3, (12, 12)).astype(np.uint8)
    found = one(*[noise] * workers)
    assert found.mask is not None
    assert (found.mask == noise).all()


# --- PNG -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_what_is_written_is_read(mode: str) -> None:
    true, _masks = crowd(1)
    mask, problems = read_mask(answer(true, labeledImage={"pngImageData": png(true, mode)}), LABELS)
    assert (mask == true).all()
    assert problems == []


def test_a_written_mask_carries_numbers_and_colors() -> None:
    picture = Image.open(BytesIO(write_mask(np.array([[0, 1], [2, 0]]), COLORS)))
    assert np.asarray(picture).tolist() == [[0, 1], [2, 0]]
    assert picture.convert("RGB").getpixel((1, 0)) == (0x2C, 0xA0, 0x2C)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    with pytest.raises(ValueError, match="beyond"):
        write_mask(np.array([[3]]), COLORS)
    with pytest.raises(ValueError, match="255"):
        write_mask(np.array([[3]]), COLORS * 200)


def test_unknown_colors_and_labels_are_background_and_a_problem() -> None:
    true = disk(20, 20, 8)
    mask, problems = read_mask(answer(true, labelMappings={"cat": {"color": "#2ca02d"}}), LABELS)
    assert not mask.any()
    assert problems == [f"{true.sum()} pixels have a color of no label (as #2ca02c), they are background"]
    mask, problems = read_mask(answer(true), ["dog"])
    assert not mask.any()
    assert problems == ["the label cat is none of the labels, its pixels are background"]


def test_transparent_pixels_are_background() -> None:
    data = BytesIO()
    Image.new("RGBA", (3, 2), (0x2C, 0xA0, 0x2C, 0)).save(data, "PNG")
    coded = {"pngImageData": base64.b64encode(data.getvalue()).decode()}
    mask, problems = read_mask(answer(disk(5, 5, 2), labeledImage=coded), LABELS)
    assert mask.shape == (2, 3)
    assert not mask.any()
    assert problems == []


@pytest.mark.parametrize("see_through", [0, 1, 2])
def test_a_palette_is_read_as_its_pixels_are(see_through: int) -> None:
    """With a transparent entry too: as the same picture without a palette."""
    picture = Image.open(BytesIO(write_mask(np.array([[0, 1, 2], [2, 2, 1]], dtype=np.uint8), COLORS)))
    plain, whole = BytesIO(), BytesIO()
    picture.save(plain, "PNG", transparency=see_through)
    with Image.open(plain) as opened:
        assert opened.mode == "P"
        opened.convert("RGBA").save(whole, "PNG")
    found = []
    for body in (plain, whole):
        data = base64.b64encode(body.getvalue()).decode("ascii")
        value = {"labelMappings": {"dog": {"color": COLORS[1]}}, "labeledImage": {"pngImageData": data}}
        mask, problems = read_mask(value, LABELS)
        found.append((mask.tolist(), problems))
    assert found[0] == found[1]
    assert any(map(any, found[0][0])) == (see_through != 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"labeledImage": {"pngImageData": "no base64!"}},
        {"labeledImage": {"pngImageData": base64.b64encode(b"no picture").decode()}},
        {"labeledImage": {"pngImageData": png(disk(5, 5, 2))[:120]}},
        {"labeledImage": {}},
        {"labelMappings": {"cat": {"color": "green"}}},
        {"labelMappings": []},
    ],
)
def test_what_cannot_be_read(changes: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        read_mask(answer(disk(5, 5, 2), **changes), LABELS)


def test_instances_are_read_by_color() -> None:
    both = np.maximum(disk(8, 8, 5), disk(30, 30, 5, 2))
    given = {
        "instances": [{"color": COLORS[0], "label": "cell"}, {"color": COLORS[1], "label": "cell"}],
        "labeledImage": {"pngImageData": png(both)},
    }
    found, problems = read_instances(given)
    assert [(int(bits.sum()), label) for bits, label in found] == [
        (int((both == 1).sum()), "cell"),
        (int((both == 2).sum()), "cell"),
    ]
    assert problems == []
    given["instances"] = [*given["instances"], {"color": "#000000", "label": "x"}, {"color": COLORS[0], "label": "x"}]
    _found, problems = read_instances(given)
    assert sorted(problems) == [
        "instance 3 has no pixels, it does not count",
        "instance 4 has the color of instance 1, it does not count",
    ]


# --- instances -------------------------------------------------------------------------------------------------------


def test_instances_are_matched_then_voted() -> None:
    def pair(by: int) -> list[tuple[NDArray[np.bool_], str]]:
        return [(disk(12 + by, 12, 6) > 0, "cell"), (disk(24 + by, 12, 6) > 0, "cell")]

    result = consolidate_instances({"a": {"w0": pair(0), "w1": pair(0)[::-1], "w2": pair(2)}})
    found = result.objects["a"]
    assert found.shapes is not None
    assert [shape.votes for shape in found.shapes] == [3, 3]
    for shape, (bits, label) in zip(found.shapes, pair(0), strict=True):
        assert shape.shape.label == label
        assert (shape.shape.mask((40, 40)) == bits).all()
    assert found.shapes[0].shape.to_json()["pixels"] == disk(12, 12, 6).sum()


def test_instances_that_do_not_count() -> None:
    small, empty = np.ones((3, 3), np.bool_), np.zeros((40, 40), np.bool_)
    good = disk(20, 20, 8) > 0
    found = consolidate_instances(
        {
            "a": {"w0": [(good, "cell"), (empty, "cell")], "w1": [(good, "cell"), (small, "cell")]},
            "b": {},
            "c": {"w": []},
        }
    ).objects
    assert [shape.shape for shape in found["a"].shapes or ()] == [Instance.of(good, "cell")]
    assert sorted(found["a"].problems) == [
        "worker w0: instance 2 has no pixels, it does not count",
        "worker w1: 1 masks are none, or of another size than most: they do not count",
    ]
    assert found["b"].shapes is None
    assert found["c"].shapes == ()


@pytest.mark.parametrize("bad", [None, "mask", [[1, 0], [1]], np.ones((2, 2, 2), dtype=np.bool_), 3])
def test_what_is_no_instance_does_not_count(bad: Any) -> None:
    whole = np.ones((4, 4), dtype=np.bool_)
    found = consolidate_instances({"a": {"ann": [(bad, "cat")], "bob": [(whole, "cat")], "eve": [(whole, "cat")]}})
    assert [one.votes for one in found.objects["a"].shapes or ()] == [2]
    assert any("ann" in problem for problem in found.objects["a"].problems)


def test_a_ragged_mask_does_not_count() -> None:
    ragged: Any = [[1], [1, 0]]
    label = one(ragged, np.ones((2, 2), dtype=np.int64))
    assert label.problems == ("worker w0: the mask is no table of whole numbers, it does not count",)


def test_two_labels_of_one_color_are_a_problem() -> None:
    table = np.array([[1, 0], [0, 0]], dtype=np.uint8)
    mappings = {"cat": {"color": COLORS[0]}, "dog": {"color": COLORS[0].upper()}}
    mask, problems = read_mask(answer(table, labelMappings=mappings), LABELS)
    assert mask.tolist() == [[1, 0], [0, 0]]
    assert problems == ["the label dog has the color of another, these pixels are that one's"]


def test_more_labels_than_a_mask_has_room_for() -> None:
    with pytest.raises(ContractError, match="255"):
        read_mask({}, [str(number) for number in range(256)])
