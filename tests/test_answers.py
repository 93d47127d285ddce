"""Answers of finished jobs: from worker responses and tables, whatever is wrong with some of them."""

from __future__ import annotations

import csv
import json
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit import UsageError
from truthkit.answers import read_answers, read_gold
from truthkit.answers.shapes import KINDS, kind_of
from truthkit_core.consolidation.class_models import ClassAnswers


def answer(worker: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"answerContent": content, "submissionTime": "2026-03-02T09:15:40Z", "workerId": worker, **more}


def write(folder: Path, object_id: str, *answers: Any, stamp: str = "2026-03-02_09:18:02", iteration: int = 1) -> Path:
    file = folder / f"iteration-{iteration}" / object_id / f"{stamp}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"answers": list(answers)}))
    return file


def test_fields_kinds_and_times(tmp_path: Path) -> None:
    for number in range(3):
        write(
            tmp_path,
            str(number),
            answer("a", {"tone": {"label": "angry"}, "sure": {"yes": True, "no": False}, "why": "since"}),
            answer("b", {"tone": {"label": "calm"}, "sure": {"yes": False, "no": True}}, timeSpentInSeconds=2.5),
        )
    found = read_answers(tmp_path)
    assert found.objects == ["0", "1", "2"]
    assert {name: field.kind for name, field in found.fields.items()} == {
        "tone": "class",
        "sure": "class",
        "why": "text",
    }
    assert found.field().name == "tone"
    assert found.field("sure").by_object()["1"] == {"a": "yes", "b": "no"}
    seconds = found.field("tone").seconds
    assert np.isnan(seconds[0])
    assert seconds[1] == 2.5
    with pytest.raises(UsageError, match="no answer has a field 'tome'"):
        found.field("tome")


def test_an_answer_that_is_no_class_is_told_by_its_object(tmp_path: Path) -> None:
    given_values = [{"label": "owl"}, {"label": None}, {"label": ["owl"]}, "", {"yes": False, "no": False}]
    write(tmp_path, "0", *(answer(f"w{at}", {"f": value}) for at, value in enumerate(given_values)))
    write(tmp_path, "1", answer("a", {"f": {"label": "duck"}}), answer("b", {"f": {"label": "duck"}}))
    found = read_answers(tmp_path).field().class_answers()
    assert found.classes == ["duck", "owl"]
    assert found.unknown == (
        ("0", "w1", '{"label": null}'),
        ("0", "w2", '{"label": ["owl"]}'),
        ("0", "w3", ""),
        ("0", "w4", '{"yes": false, "no": false}'),
    )


@pytest.mark.parametrize(("good", "strange"), [(4.5, "much"), ({"labels": ["x"]}, {"labels": None})])
def test_an_answer_that_is_no_number_or_set_is_kept_as_text(good: Any, strange: Any, tmp_path: Path) -> None:
    write(tmp_path, "0", answer("a", {"f": good}), answer("b", {"f": good}), answer("c", {"f": strange}))
    text = strange if isinstance(strange, str) else json.dumps(strange)
    assert read_answers(tmp_path).field().by_object()["0"]["c"] == text


def test_a_job_of_another_version_gives_its_answers(tmp_path: Path) -> None:
    write(tmp_path / "annotations" / "worker-response", "0", answer("a", {"f": {"label": "x"}}))
    (tmp_path / "job.json").write_text('{"unknown": 1}')
    assert read_answers(tmp_path).field().by_object() == {"0": {"a": "x"}}


def test_the_latest_file_of_an_object_counts(tmp_path: Path) -> None:
    write(tmp_path, "0", answer("a", {"f": {"label": "new"}}), stamp="2026-03-02_10:00:00", iteration=1)
    write(tmp_path, "0", answer("a", {"f": {"label": "old"}}), stamp="2026-03-02_09:00:00", iteration=2)
    assert read_answers(tmp_path).field().by_object() == {"0": {"a": "new"}}


@pytest.mark.parametrize("inside", ["annotations/worker-response", "birds/annotations/worker-response"])
def test_a_jobs_folder_is_looked_through(tmp_path: Path, inside: str) -> None:
    write(tmp_path / inside, "10", answer("a", {"f": {"label": "x"}}))
    write(tmp_path / inside, "9", answer("a", {"f": {"label": "x"}}))
    assert read_answers(tmp_path).objects == ["9", "10"]


def test_two_jobs_in_a_folder_are_wrong_use(tmp_path: Path) -> None:
    for job in ("one", "two"):
        write(tmp_path / job / "annotations/worker-response", "0", answer("a", {}))
    with pytest.raises(UsageError, match="several jobs: one, two"):
        read_answers(tmp_path)


def test_jobs_that_lie_deeper_are_not_mixed_either(tmp_path: Path) -> None:
    write(tmp_path / "out/one/worker-response", "0", answer("a", {"f": {"label": "x"}}))
    write(tmp_path / "out/two/worker-response", "0", answer("b", {"f": {"label": "y"}}))
    with pytest.raises(UsageError, match="several jobs: out/one, out/two") as caught:
        read_answers(tmp_path)
    assert "give the folder of one" in caught.value.findings[0].cure
    write(tmp_path / "three/annotations/worker-response", "0", answer("b", {"f": {"label": "y"}}))
    write(tmp_path / "output/four/annotations/worker-response", "0", answer("b", {"f": {"label": "y"}}))
    with pytest.raises(UsageError, match="several jobs: output/four, three"):
        read_answers(tmp_path)


def test_jobs_of_this_machine_are_named_and_hidden_folders_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".venv/lib/thing", "0", answer("a", {"f": {"label": "x"}}))
    write(tmp_path / "jobs/one/output/j/annotations/worker-response", "0", answer("a", {"f": {"label": "x"}}))
    write(
        tmp_path / "jobs/one/output/j/annotations/consolidated-annotation/consolidation-request", "0", answer("a", {})
    )
    (tmp_path / "jobs/one/job.json").write_text("{}")
    for source in (tmp_path, tmp_path / "jobs"):
        assert read_answers(source).objects == ["0"]
    (tmp_path / "jobs/two").mkdir()
    (tmp_path / "jobs/two/job.json").write_text("{}")
    with pytest.raises(UsageError) as caught:
        read_answers(tmp_path)
    assert caught.value.findings[0].message == f"{tmp_path} holds several jobs: jobs/one, jobs/two"


def test_bad_files_and_answers_are_told_and_the_rest_counts(tmp_path: Path) -> None:
    write(tmp_path, "0", answer("a", {"f": {"label": "x"}}), {"workerId": 3}, answer("b", "no JSON"), answer("c", {}))
    write(tmp_path, "1").write_text('{"answers": [')
    write(tmp_path, "2").write_text("[]")
    (tmp_path / "iteration-1" / "2" / "notes.txt").write_text("not an answer")
    found = read_answers(tmp_path)
    assert found.objects == ["0", "1", "2"]
    assert found.field().by_object() == {"0": {"a": "x"}, "1": {}, "2": {}}
    told = [(Path(one.file or "").parent.name, one.message) for one in found.findings]
    assert told[0] == ("0", "answers[1] has no workerId")
    assert told[1] == ("0", "answers[2].answerContent is no object")
    assert told[2][0] == "1"
    assert "is not JSON" in told[2][1]
    assert told[3] == ("2", "is no worker response: it has no list 'answers'")


def test_nothing_to_read_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no worker responses"):
        read_answers(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        read_answers(tmp_path / "gone")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([{"label": "x"}], "class"),
        ([{"label": "x", "workerComment": "hm"}], "class"),
        ([{"a": True, "b": False}, {"a": False, "b": False}], "class"),
        ([{"a": True, "b": False}, {"a": True, "b": True}], "set"),
        ([{"on": True}, {"on": False}], "set"),
        ([{"labels": ["x", "y"]}], "set"),
        ([3, 4.5], "number"),
        (["3", "4.5"], "number"),
        (["yes", "no"], "class"),
        (["a first sentence", "a second one", "a third", "a fourth", "fifth", "sixth", "7th"], "text"),
        ([{"entities": []}], "spans"),
        (['{"entities": [{"label": "x", "startOffset": 0, "endOffset": 2}]}'], "spans"),
        ([{"boundingBoxes": [], "inputImageProperties": {"width": 1, "height": 1}}], "boxes"),
        ([{"polygons": []}], "polygons"),
        ([{"polylines": []}], "polylines"),
        ([{"lines": []}], "lines"),
        ([{"keypoints": []}], "keypoints"),
        ([{"labelMappings": {"cat": {"color": "#fff"}}, "labeledImage": {"pngImageData": ""}}], "semantic-mask"),
        ([{"instances": [], "labeledImage": {"pngImageData": ""}}], "instance-masks"),
        ([None, {}, ""], None),
    ],
)
def test_kinds_by_shape(values: list[Any], kind: str | None) -> None:
    assert kind_of(values, [1] * len(values), 10) == kind
    assert kind is None or kind in KINDS


NAMES = st.text(st.sampled_from('abc "\n,é'), min_size=1, max_size=3)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=30))
def test_a_table_is_what_the_csv_module_reads(rows: list[tuple[str, str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "label.csv")
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("item", "worker", "label"), *rows])
        found = read_answers(file).field().class_answers()
    wanted = ClassAnswers.of(rows)
    for name in ("item", "worker", "label"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))
    assert (found.items, found.workers, found.classes) == (wanted.items, wanted.workers, list(wanted.classes))


def test_columns_by_name_and_rows_that_do_not_fit(tmp_path: Path) -> None:
    file = tmp_path / "label.csv"
    file.write_bytes("\ufeffworker,time,item,label\r\na,1,x,0\r\nb,2\r\n\r\n,3,x,1\r\nb,3,x,\r\n".encode())
    found = read_answers(file)
    assert found.field().by_object() == {"x": {"a": "0"}}
    assert [(one.code, one.line) for one in found.findings] == [
        ("table-row", 3),
        ("table-row", 5),
        ("table-empty", None),
    ]


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (b"item,worker\n1,2\n", "has no column label", 1),
        (b"", "has no column item, worker, label", 1),
        (b"item,worker,label\n", "has no answers", None),
        (b"item,worker,label\n1,2,3\n1,\xff,3\n", "not UTF-8", 3),
        (b"item,label,worker,label\n1,2,3,4\n", "names the column label more than once", 1),
        (b'item,worker,label\n1,2,3\n1,3,"4\n2,2,3\n', "the row is no CSV", 3),
    ],
)
def test_a_file_that_is_no_table_is_wrong_use(tmp_path: Path, text: bytes, said: str, line: int | None) -> None:
    file = tmp_path / "label.csv"
    file.write_bytes(text)
    with pytest.raises(UsageError, match=said) as caught:
        read_answers(file)
    assert caught.value.findings[0].line == line


@pytest.mark.parametrize(
    ("labels", "kind"),
    [(["0", "1", "2"], "class"), (["0", "1.5"], "number"), (["-3", "4"], "number"), (["x", "1"], "class")],
)
def test_whole_numbers_are_classes_and_others_a_scale(tmp_path: Path, labels: list[str], kind: str) -> None:
    file = tmp_path / "label.csv"
    file.write_text("item,worker,label\n" + "".join(f"1,{n},{label}\n" for n, label in enumerate(labels)))
    assert read_answers(file).field().kind == kind


def test_gold_that_says_two_things_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text("item,truth\n1,a\n2,b\n2,b\n1,c\n")
    with pytest.raises(UsageError, match="'1' has two truths"):
        read_gold(file)


def test_blocks_do_not_cut_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truthkit.answers.table._BLOCK", 10)
    file = tmp_path / "label.csv"
    rows = [(f"item {number}", string.ascii_lowercase[number % 26], str(number % 3)) for number in range(100)]
    rows[60] = ('quoted "and\nbroken"', "w,w", "1")
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("item", "worker", "label"), *rows])
    found = read_answers(file)
    assert found.field().by_object() == {item: {worker: label} for item, worker, label in rows}


@needs_crowd_data
def test_a_real_job_of_the_service() -> None:
    assert FOLDER is not None
    told: list[tuple[int, int]] = []
    found = read_answers(
        FOLDER / "aws_birds" / "worker-response", on_progress=lambda done, total: told.append((done, total))
    )
    field = found.field()
    assert (field.name, field.kind, len(field), len(found.objects)) == ("crowd-image-classifier", "class", 1510, 302)
    assert told[-1] == (302, 302)
    assert not found.findings
