"""From a batch's answers to its labels by [consolidation]: what is read, what comes back, and what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from truthkit_core.answers import FormAnswer
from truthkit_core.messages import ContractError
from truthkit_core.strategies import Settings, consolidate_objects, label_png

LABELS = ("cat", "dog", "owl")
CLASS = Settings("class", "animal", LABELS)
SPANS = Settings("spans", "names", ("person", "place"))


def answers(*fields: dict[str, Any]) -> list[FormAnswer]:
    return [FormAnswer(f"w{number}", one) for number, one in enumerate(fields)]


def animal(label: Any) -> dict[str, Any]:
    return {"animal": {"label": label}}


def names(*spans: tuple[str, int, int]) -> dict[str, Any]:
    entities = [{"label": label, "startOffset": start, "endOffset": end} for label, start, end in spans]
    return {"names": {"entities": entities}}


# --- settings --------------------------------------------------------------------------------------------------------

TOP = 'title = "Animals"\ndescription = "Say which"\ntask_time_limit_seconds = 600\n'


def write(folder: Path, text: str) -> Path:
    file = folder / "animals" / "workflow.toml"
    file.parent.mkdir()
    file.write_text(text)
    return file


def test_settings_of_a_file(tmp_path: Path) -> None:
    text = TOP + 'labels = ["cat", "dog"]\n[consolidation]\nkind = "class"\nfield = "animal"\nmethod = "vote"\n'
    settings = Settings.load(write(tmp_path, text + 'output = "built-in"\n'))
    assert settings == Settings("class", "animal", ("cat", "dog"), "vote", "built-in", {})


WRONG = {
    "kind": ('kind = "classs"\nfield = "a"', "kind", 6, "spell it 'class'"),
    "kind-far": ('kind = "smell"\nfield = "a"', "kind", 6, "known are class"),
    "field-missing": ('kind = "class"', "field", 5, 'add field = "the name'),
    "field-empty": ('kind = "class"\nfield = ""', "field", 7, "name of the element"),
    "field-number": ('kind = "class"\nfield = 7', "field", 7, "must be a string"),
    "method": ('kind = "class"\nfield = "a"\nmethod = "votes"', "method", 8, "spell it 'vote'"),
    "output": ('kind = "class"\nfield = "a"\noutput = "builtin"', "output", 8, "spell it 'built-in'"),
    "option": ('kind = "boxes"\nfield = "a"\ntreshold = 0.5', "treshold", 8, "spell it 'threshold'"),
    "needed-option": ('kind = "ranking"\nfield = "a"', "dimension", 5, "ranking needs it"),
    "not-built-in": ('kind = "text"\nfield = "a"\noutput = "built-in"', "output", 8, "no built-in job for text"),
    "option-of-none": ('kind = "class"\nfield = "a"\nmethod = "vote"\nx = 1', "x", 9, "it has no options"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_name_file_line_key_and_cure(case: str, tmp_path: Path) -> None:
    table, key, line, words = WRONG[case]
    file = write(tmp_path, TOP + f'labels = ["cat", "dog"]\n[consolidation]\n{table}\n')
    with pytest.raises(ContractError, match=words) as caught:
        Settings.load(file)
    error = caught.value
    assert (error.path, error.file, error.line) == (f"consolidation.{key}", str(file), line)
    assert error.cure


def test_a_kind_that_needs_labels_says_so(tmp_path: Path) -> None:
    file = write(tmp_path, TOP + '[consolidation]\nkind = "class"\nfield = "animal"\n')
    with pytest.raises(ContractError, match=r"labels: is missing .cure: class needs labels"):
        Settings.load(file)


# --- classes ---------------------------------------------------------------------------------------------------------


def test_a_class_with_all_that_is_known() -> None:
    batch = {str(number): answers(animal("cat"), animal("cat"), animal("dog")) for number in range(4)}
    label = consolidate_objects(batch, CLASS)["2"].to_json()
    assert label["label"] == "cat"
    assert label["votes"] == {"cat": 2, "dog": 1}
    assert 0.5 < label["confidence"] == label["probabilities"]["cat"] < 1
    assert [worker["workerId"] for worker in label["workers"]] == ["w0", "w1", "w2"]
    assert label["workers"][0]["answer"] == animal("cat")
    assert label["workers"][0]["accuracy"] > label["workers"][2]["accuracy"]


@pytest.mark.parametrize(
    "field",
    [{"label": "dog"}, {"cat": False, "dog": True, "owl": False}, "dog", {"label": "dog", "workerComment": "barks"}],
    ids=["classifier", "radio-buttons", "list", "with-comment"],
)
def test_a_class_is_read_from(field: Any) -> None:
    label = consolidate_objects({"0": answers({"animal": field})}, CLASS)["0"]
    assert label.value is not None
    assert label.value["label"] == "dog"
    assert label.answers[0].problems == []


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        pytest.param({"label": "cow"}, "animal: 'cow' is not a label", id="unknown"),
        pytest.param({"label": 7}, "animal.label: must be a string", id="number"),
        pytest.param({"cat": True, "dog": True}, "animal: is not one choice", id="two"),
        pytest.param(7, "animal: must be an object", id="no-object"),
    ],
)
def test_an_unusable_class_stays_with_its_worker(field: Any, problem: str) -> None:
    label = consolidate_objects({"0": answers(animal("cat"), {"animal": field}, animal("cat"))}, CLASS)["0"]
    assert label.value is not None
    assert label.value["votes"] == {"cat": 2}
    assert label.counted == 2
    worker = label.to_json()["workers"][1]
    assert worker["answer"] == {"animal": field}
    assert problem in worker["problems"][0]


def test_every_object_comes_back_and_what_cannot_be_said_has_a_reason() -> None:
    torn = FormAnswer("w0", {}, ["answer of worker w0: is not JSON"], raw='{"ani')
    batch = {
        "good": answers(animal("cat")),
        "nobody": [],
        "empty": answers({}, {}),
        "unknown": answers(animal("cow")),
        "elsewhere": answers({"plant": {"label": "cat"}}),
        "unreadable": [torn],
    }
    labels = consolidate_objects(batch, CLASS)
    assert list(labels) == list(batch)
    said = {name: label.reason for name, label in labels.items()}
    assert said["good"] is None
    assert said["nobody"] == "nobody answered"
    assert said["empty"] == "none of the 2 answers says anything that counts"
    assert said["unknown"] == said["unreadable"] == "the only answer says nothing that counts"
    assert said["elsewhere"] == "no answer has the field 'animal'; the answers have 'plant'"
    for name in ("empty", "unknown", "elsewhere"):
        whole = labels[name].to_json()
        assert "label" not in whole
        assert [one["answer"] for one in whole["workers"]] == [one.fields for one in batch[name]]
    assert labels["elsewhere"].to_json()["workers"][0]["problems"] == ["animal: is missing"]
    assert labels["unreadable"].to_json()["workers"][0]["answer"] == '{"ani'


def test_one_answer_is_the_vote_with_an_honest_confidence() -> None:
    label = consolidate_objects({"0": answers(animal("owl"))}, CLASS)["0"]
    assert label.value is not None
    assert (label.value["label"], label.counted) == ("owl", 1)
    assert 0.4 < label.confidence < 1


def test_a_worker_who_answers_twice() -> None:
    same = [FormAnswer("w0", animal("cat")), FormAnswer("w0", animal("cat")), FormAnswer("w1", animal("dog"))]
    vote = Settings("class", "animal", LABELS, "vote")
    label = consolidate_objects({"0": same}, vote)["0"]
    assert label.value is not None
    assert label.value["votes"] == {"cat": 1, "dog": 1}
    assert "is there twice" in same[1].problems[0]
    other = [FormAnswer("w0", animal("dog")), FormAnswer("w0", animal("cat"))]
    label = consolidate_objects({"0": other}, vote)["0"]
    assert label.value is not None
    assert label.value["votes"] == {"cat": 1, "dog": 1}


def test_a_method_that_fails_takes_no_other_object_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from truthkit_core.consolidation import class_models

    real = class_models.METHODS["vote"]

    def fragile(given: Any) -> Any:
        if "bad" in given.items:
            raise ZeroDivisionError("by nothing")
        return real(given)

    monkeypatch.setitem(class_models.METHODS, "vote", fragile)
    batch = {name: answers(animal("cat")) for name in ("one", "bad", "two")}
    labels = consolidate_objects(batch, Settings("class", "animal", LABELS, "vote"))
    assert [label.value is None for label in labels.values()] == [False, True, False]
    assert labels["bad"].reason == "vote failed: ZeroDivisionError: by nothing"
    assert labels["bad"].to_json()["workers"][0]["answer"] == animal("cat")


odd: list[Any] = [None, True, 7, [], "cow", "", "cat", {}, {"label": "dog"}, {"label": None}, {"labels": 3}]
odd += [{"cat": True, "owl": False}, {"cat": True, "owl": True}, {"label": "cow"}, {"label": "owl"}, {"label": "cat"}]
form = st.sampled_from([{}, {"x": 1}, *({"animal": one} for one in odd)])
batches = st.dictionaries(
    st.sampled_from(["0", "1", "2", "10", "x"]), st.lists(st.tuples(st.sampled_from("abc"), form), max_size=4)
)


def made(rows: Sequence[tuple[str, dict[str, Any]]]) -> list[FormAnswer]:
    return [FormAnswer(worker, dict(fields)) for worker, fields in rows]


@given(batches)
def test_whatever_comes_every_object_comes_back_as_json(batch: dict[str, Any]) -> None:
    labels = consolidate_objects({name: made(rows) for name, rows in batch.items()}, CLASS)
    assert list(labels) == list(batch)
    for name, label in labels.items():
        assert (label.value is None) == (label.reason is not None)
        whole = json.loads(json.dumps(label.to_json(), allow_nan=False))
        assert len(whole["workers"]) == len(batch[name])


@given(batches, st.randoms())
def test_order_of_arrival_decides_nothing(batch: dict[str, Any], random: Any) -> None:
    mixed = {name: random.sample(rows, len(rows)) for name, rows in random.sample(list(batch.items()), len(batch))}
    one = consolidate_objects({name: made(rows) for name, rows in batch.items()}, CLASS)
    other = consolidate_objects({name: made(rows) for name, rows in mixed.items()}, CLASS)
    assert {name: label.value for name, label in one.items()} == {name: label.value for name, label in other.items()}


# --- spans -----------------------------------------------------------------------------------------------------------


def test_spans() -> None:
    batch = {
        "0": answers(
            names(("person", 0, 4)), names(("person", 0, 4), ("place", 9, 12)), names(("place", 9, 12), ("moon", 1, 2))
        ),
        "1": answers(names(), names()),
        "2": answers({}, {"names": "torn"}),
    }
    labels = consolidate_objects(batch, SPANS)
    value = labels["0"].value
    assert value is not None
    assert [(one["label"], one["startOffset"], one["endOffset"]) for one in value["entities"]] == [
        ("person", 0, 4),
        ("place", 9, 12),
    ]
    assert all(0 < one["confidence"] < 1 for one in value["entities"])
    assert "'moon' is not a label" in labels["0"].to_json()["workers"][2]["problems"][0]
    assert labels["1"].value is not None
    assert labels["1"].value["entities"] == [], "that there is nothing is a label"
    assert labels["2"].value is None


# --- the other kinds -------------------------------------------------------------------------------------------------


def png(rows: list[list[tuple[int, int, int]]]) -> str:
    picture = Image.new("RGB", (len(rows[0]), len(rows)))
    picture.putdata([pixel for row in rows for pixel in row])
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


WHITE, RED, BLUE = (255, 255, 255), (255, 0, 0), (0, 0, 255)


def mask(rows: list[list[tuple[int, int, int]]]) -> dict[str, Any]:
    return {
        "mask": {
            "inputImageProperties": {"width": len(rows[0]), "height": len(rows)},
            "labelMappings": {"cat": {"color": "#ff0000"}, "eye": {"color": "#0000ff"}},
            "labeledImage": {"pngImageData": png(rows)},
        }
    }


def test_masks() -> None:
    settings = Settings("semantic-mask", "mask", ("cat", "eye"))
    good = mask([[WHITE, RED, RED], [WHITE, RED, BLUE], [WHITE, WHITE, RED]])
    torn = {"mask": {**good["mask"], "labeledImage": {"pngImageData": "AAAA"}}}
    batch = {
        "0": answers(good, good, mask([[RED, RED, RED]] * 3), torn),
        "1": answers(torn),
        "2": answers({"mask": {}}, {}),
    }
    labels = consolidate_objects(batch, settings)
    found = labels["0"]
    assert found.value is not None
    assert found.value["labels"] == ["cat", "eye"]
    assert found.value["labelMappings"] == {"cat": {"color": "#2ca02c"}, "eye": {"color": "#1f77b4"}}
    assert found.value["inputImageProperties"] == {"width": 3, "height": 3}
    assert found.counted == 3
    assert "is not a PNG" in found.to_json()["workers"][3]["problems"][0]
    content = label_png(found, settings)
    assert content is not None
    picture = Image.open(BytesIO(content))
    assert picture.mode == "P"
    assert list(picture.tobytes()) == [0, 1, 1, 0, 1, 2, 0, 0, 1]
    assert picture.convert("RGB").getpixel((2, 1)) == (0x1F, 0x77, 0xB4)
    assert [labels[name].value for name in "12"] == [None, None]


def test_instances() -> None:
    settings = Settings("instance-masks", "mask", ("cat",))
    answer = mask([[WHITE, RED, RED], [WHITE, RED, RED], [BLUE, BLUE, WHITE]])
    answer["mask"]["instances"] = [{"label": "cat", "color": "#ff0000"}, {"label": "cow", "color": "#0000ff"}]
    [label] = consolidate_objects({"0": answers(answer, answer)}, settings).values()
    assert label.value is not None
    [one] = label.value["instances"]
    assert (one["label"], one["pixels"], one["color"]) == ("cat", 4, "#2ca02c")
    assert "'cow' is not a label" in label.answers[0].problems[0]
    content = label_png(label, settings)
    assert content is not None
    assert list(Image.open(BytesIO(content)).tobytes()) == [0, 1, 1, 0, 1, 1, 0, 0, 0]


def test_sets() -> None:
    settings = Settings("set", "seen", ("cat", "dog", "owl"))
    given = answers(
        {"seen": {"labels": ["cat", "cow"]}}, {"seen": {"cat": True, "dog": False}}, {"seen": {"labels": []}}
    )
    labels = consolidate_objects(
        {"0": given, "1": answers({"seen": {"labels": []}}), "2": answers({"seen": 1})}, settings
    )
    assert labels["0"].value is not None
    assert labels["0"].value["labels"] == ["cat"]
    assert labels["0"].value["votes"]["cat"] == 2
    assert "'cow' is not a label" in given[0].problems[0]
    assert [one["workerId"] for one in labels["0"].to_json()["workers"]] == ["w0", "w1", "w2"]
    assert labels["1"].value is not None
    assert labels["1"].value["labels"] == []
    assert labels["2"].value is None


@pytest.mark.parametrize("place", ["top", "inside"])
def test_rankings(place: str) -> None:
    settings = Settings("ranking", "ranked", options={"dimension": "Clarity"})

    def ranked(*ranks: Any) -> dict[str, Any]:
        dimension = [{"name": "Clarity", "allowTie": True, "responseRankings": list(ranks)}]
        inner = {"ordinalRankingDimensions": dimension}
        return inner if place == "top" else {"ranked": inner}

    given = answers(ranked(2, 1, 2), ranked(2, 1, 3), ranked("x", 1, 2), {"note": "none"})
    [label] = consolidate_objects({"0": given}, settings).values()
    assert label.value is not None
    assert label.value["ranking"][0] == ["1"]
    assert label.value["ranking"][1] in (["0"], ["0", "2"])
    assert label.counted == 2
    assert "must be a number" in given[2].problems[0]
    assert "is missing" in given[3].problems[0]


SHAPES: dict[str, dict[str, Any]] = {
    "keypoints": {"x": 5, "y": 6},
    "lines": {"vertices": [{"x": 1, "y": 1}, {"x": 90, "y": 40}]},
    "polylines": {"vertices": [{"x": 1, "y": 1}, {"x": 90, "y": 40}, {"x": 20, "y": 80}]},
    "polygons": {"vertices": [{"x": 1, "y": 1}, {"x": 90, "y": 40}, {"x": 20, "y": 80}]},
}


@pytest.mark.parametrize("kind", SHAPES)
def test_shapes(kind: str) -> None:
    settings = Settings(kind, "drawn", ("cat",))
    good = {"label": "cat", **SHAPES[kind]}
    size = {"width": 100, "height": 100}
    fields = {"drawn": {kind: [good, {"label": "cow", **SHAPES[kind]}, {"label": "cat"}], "inputImageProperties": size}}
    [label] = consolidate_objects({"0": answers(fields, fields, fields)}, settings).values()
    assert label.value is not None
    [found] = label.value[kind]
    assert {key: found[key] for key in good} == good
    assert found["votes"] == 3
    assert label.value["inputImageProperties"] == size
    assert len(label.answers[0].problems) == 2


def test_numbers() -> None:
    settings = Settings("number", "energy", method="median")
    batch = {
        "0": answers({"energy": 4}, {"energy": "5"}, {"energy": 9}, {"energy": "much"}),
        "1": answers({"energy": ""}),
    }
    labels = consolidate_objects(batch, settings)
    assert labels["0"].value is not None
    assert labels["0"].value["value"] == 5
    assert "must be a number" in labels["0"].answers[3].problems[0]
    assert labels["1"].value is None


def test_texts() -> None:
    settings = Settings("text", "line")
    batch = {
        "0": answers({"line": "the cat sat"}, {"line": "the cat sat"}, {"line": "the bat sat"}),
        "1": answers({"line": " "}),
    }
    labels = consolidate_objects(batch, settings)
    assert labels["0"].value is not None
    assert labels["0"].value["text"] == "the cat sat"
    assert labels["1"].value is None


@pytest.mark.parametrize(
    ("settings", "refused", "nothing"),
    [
        (SPANS, names(("moon", 1, 2)), names()),
        (
            Settings("boxes", "box", ("cat",)),
            {"box": {"boundingBoxes": [{"label": "cow", "left": 1, "top": 1, "width": 2, "height": 2}]}},
            {"box": {"boundingBoxes": []}},
        ),
        (Settings("set", "seen", LABELS), {"seen": {"labels": ["cow"]}}, {"seen": {"labels": []}}),
        (Settings("instance-masks", "mask", ("owl",)), mask([[RED]]), {}),
        (Settings("semantic-mask", "mask", ("owl",)), mask([[RED]]), {}),
    ],
    ids=["spans", "boxes", "set", "instances", "semantic"],
)
def test_who_said_only_what_is_refused_has_not_said_that_there_is_nothing(
    settings: Settings, refused: dict[str, Any], nothing: dict[str, Any]
) -> None:
    if settings.kind == "instance-masks":
        refused["mask"]["instances"] = [{"label": "cow", "color": "#ff0000"}]
    labels = consolidate_objects({"0": answers(refused, refused), "1": answers(nothing, refused)}, settings)
    assert (labels["0"].value, labels["0"].confidence) == (None, 0.0)
    assert labels["0"].reason == "none of the 2 answers says anything that counts"
    assert all(answer.problems for answer in labels["0"].answers)
    if nothing:
        assert labels["1"].value is not None
        assert labels["1"].counted == 1
