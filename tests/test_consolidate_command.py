"""``truthkit consolidate``: labels, scores and the report of finished jobs."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit import UsageError
from truthkit.answers import FieldAnswers, read_answers, read_gold
from truthkit.answers.fields import Collector
from truthkit.cli import app, main
from truthkit.consolidating import Consolidation, Run, consolidate, label_lines, write_lines
from truthkit.consolidating.report import accuracy_by_answers
from truthkit.consolidating.scores import class_measures, confusion_of_labels, differing
from truthkit_core.consolidation.class_models import DEFAULT_METHOD, METHODS, ClassAnswers, vote

Row = tuple[str, str, str]
ROWS: list[Row] = [(str(item), worker, str((item + (worker == "c")) % 3)) for item in range(12) for worker in "abc"]
GOLD = {str(item): str(item % 3) for item in range(12)}


def table(folder: Path, rows: list[Row], name: str = "label.csv") -> Path:
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("item", "worker", "label"), *rows])
    return file


def truth(folder: Path, gold: dict[str, str]) -> Path:
    file = folder / "truth.csv"
    file.write_text("item,truth\n" + "".join(f"{item},{label}\n" for item, label in gold.items()))
    return file


def responses(folder: Path, rows: list[Row]) -> Path:
    for item in dict.fromkeys(row[0] for row in rows):
        answers = [
            {"workerId": worker, "answerContent": {"f": {"label": label}}}
            for name, worker, label in rows
            if name == item
        ]
        file = folder / "annotations" / "worker-response" / "iteration-1" / item / "2026-03-02_09:18:02.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"answers": answers}))
    return folder


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: Any, status: int | None = None
) -> tuple[str, str]:
    """What the command prints to standard output and to standard error."""
    monkeypatch.setattr(sys, "argv", ["truthkit", "consolidate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code or 0) == (status or 0), said.err
    return said.out, said.err


def test_json_is_the_default_and_a_row_a_method(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = table(tmp_path, ROWS)
    told = json.loads(run(monkeypatch, capsys, source, "--gold", truth(tmp_path, GOLD), "--json")[0])
    assert set(told) == {"default", "methods"}
    assert told["default"] == DEFAULT_METHOD
    assert set(told["methods"]) == set(METHODS)
    for one in told["methods"].values():
        assert one["accuracy"] == 1.0
        assert 0 <= one["calibration_error"] <= 1
        assert one["seconds"] >= 0
    without = json.loads(run(monkeypatch, capsys, source, "--json")[0])
    assert {(one["accuracy"], one["calibration_error"]) for one in without["methods"].values()} == {(None, None)}
    one = json.loads(run(monkeypatch, capsys, source, "--json", "--method", "vote")[0])
    assert set(one["methods"]) == {"vote"}


def test_a_jobs_folder_gives_the_labels_of_its_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    run(monkeypatch, capsys, table(tmp_path, ROWS), "--out", one)
    run(monkeypatch, capsys, responses(tmp_path / "job", ROWS), "--out", two)
    assert one.read_text() == two.read_text()
    lines = [json.loads(line) for line in one.read_text().splitlines()]
    assert [line["object"] for line in lines] == [str(item) for item in range(12)]
    assert {line["object"]: line["label"] for line in lines} == GOLD
    assert lines[0]["votes"] == {"0": 2, "1": 1}


def test_methods_side_by_side_and_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Row] = [*ROWS, ("odd", "c", "1"), ("odd", "d", "2")]
    out, _err = run(monkeypatch, capsys, table(tmp_path, rows), "--compare", "--gold", truth(tmp_path, GOLD))
    assert "objects: 13\nanswers: 38\nworkers: 4\nclasses: 3\nobjects with gold: 12\n" in out
    assert re.search(rf"^{DEFAULT_METHOD} \* +100\.0%", out, re.MULTILINE)
    assert re.search(r"labels that differ: \d+ of 13", out)


def test_numbers_are_measured_as_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Row] = [("x", worker, value) for worker, value in zip("abc", ("1.5", "2.5", "3.5"), strict=True)]
    found = json.loads(
        run(monkeypatch, capsys, table(tmp_path, rows), "--gold", truth(tmp_path, {"x": "2"}), "--json")[0]
    )
    assert found["methods"]["mean"]["mean_absolute_error"] == 0.5
    assert found["methods"]["mean"]["accuracy"] is None


def test_whole_numbers_with_gold_between_them_are_a_scale(tmp_path: Path) -> None:
    field = read_answers(table(tmp_path, [("x", "a", "1"), ("x", "b", "2")])).field()
    assert consolidate(field).kind == "class"
    assert consolidate(field, gold={"x": "1.5"}).kind == "number"
    assert consolidate(field, method="mean").kind == "number"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gone"], "does not exist"),
        (["label.csv", "--method", "voting"], "methods are"),
        (["label.csv", "--field", "f"], "the fields are: label"),
        (["label.csv", "--gold", "label.csv"], "label.csv:1: the header has no column truth"),
        (["label.csv", "--out", "."], "is a folder"),
        (["label.csv", "--out", "labels.csv"], "give --out labels.jsonl"),
        (["label.csv", "--out", "labels.xlsx", "--dask"], "give --out labels.jsonl"),
        (["semicolons.csv"], "put commas between the cells, not ';'"),
        (["tabs.csv"], "put commas between the cells, not tabs"),
        (["label.csv", "--dask", "--compare"], "--dask runs the default model alone"),
    ],
)
def test_wrong_use_names_file_line_and_cure(
    arguments: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(tmp_path, ROWS)
    (tmp_path / "tabs.csv").write_text("item\tworker\tlabel\n1\ta\tx\n")
    (tmp_path / "semicolons.csv").write_text("item;worker;label\n1;a;x\n")
    monkeypatch.chdir(tmp_path)
    out, err = run(monkeypatch, capsys, *arguments, status=2)
    assert says in err
    assert "cure: " in err
    assert out == ""
    assert {file.name for file in tmp_path.iterdir()} == {"label.csv", "semicolons.csv", "tabs.csv"}


@pytest.mark.parametrize("end", ["\r", "\r\r\n", "\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_of_a_table_may_end_as_any_system_ends_them(end: str, mark: str, tmp_path: Path) -> None:
    file = tmp_path / "label.csv"
    lines = ["item,worker,label", *(",".join(row) for row in ROWS), '12,a,"x, y"', ""]
    file.write_bytes((mark + end.join(lines)).encode())
    answers = read_answers(file)
    assert not answers.findings
    assert answers.field().by_object()["12"] == {"a": "x, y"}
    assert len(answers.field()) == len(ROWS) + 1


def test_a_stray_cr_in_the_header_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "label.csv"
    file.write_bytes(b"item,worker\r,label\n1,a,x\n")
    with pytest.raises(UsageError, match="the header has no column label") as told:
        read_answers(file)
    assert (told.value.findings[0].file, told.value.findings[0].line) == (str(file), 1)


def test_a_method_that_cannot_is_told_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truthkit_core.consolidation.class_models.DENSE_CELLS", 10)
    field = read_answers(table(tmp_path, ROWS)).field()
    found = consolidate(field, every=True, gold=GOLD)
    bad = [name for name, one in found.runs.items() if one.result is None]
    assert bad == ["dawid-skene", "service"]
    assert "too many" in found.runs["service"].problem
    assert found.runs[DEFAULT_METHOD].measures["accuracy"] == 1.0


def test_a_workflows_labels_hold_for_its_field_and_not_for_a_question_beside_it(tmp_path: Path) -> None:
    field = read_answers(table(tmp_path, ROWS)).field()
    found = consolidate(field, labels=["2", "1", "0", "3"])
    assert found.classes is not None
    assert found.classes.classes == ["2", "1", "0", "3"]
    beside = consolidate(field, labels=["cat", "dog"])
    assert beside.classes is not None
    assert beside.classes.classes == ["0", "1", "2"]
    assert not beside.classes.unknown


@pytest.mark.parametrize("sent", ["json", "encoded"])
def test_a_workflows_labels_are_found_in_a_hidden_input_too(sent: str) -> None:
    text = json.dumps({"entities": [{"label": "Background", "startOffset": 0, "endOffset": 4}]})
    text = text if sent == "json" else text.replace('"', "&quot;")
    field = field_of([text, text])
    assert (field.kind, field.labels()) == ("spans", ("Background",))
    for labels in (["Background", "Methods"], ["Duck"], None):
        found = consolidate(field, labels=labels)
        [label] = found.runs[found.chosen].result.objects.values()
        [entity] = label.to_json()["entities"]
        assert (entity["label"], entity["startOffset"], entity["endOffset"]) == ("Background", 0, 4)


def field_of(values: list[Any]) -> FieldAnswers:
    """One object's answers, a worker each."""
    found = Collector()
    item = found.object("0")
    for number, value in enumerate(values):
        found.add(item, f"w{number}", {"f": value}, 1.0)
    return found.finish()["f"]


def test_a_workflows_settings_hold_for_its_field(tmp_path: Path) -> None:
    field = read_answers(table(tmp_path, ROWS)).field()
    settings = {"kind": "class", "field": "label", "method": "vote", "output": "built-in"}
    assert consolidate(field, settings=settings).chosen == "vote"
    assert consolidate(field, settings=settings, method="service").chosen == "service"
    assert consolidate(field, settings={**settings, "field": "other"}).chosen == DEFAULT_METHOD


def test_gold_that_measures_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = truth(tmp_path, {"0": "duck", "gone": "owl"})
    out, err = run(monkeypatch, capsys, table(tmp_path, ROWS), "--gold", gold)
    assert "%" not in out
    assert "1 of 2 objects of the gold have no answers ('gone' …) [gold-unknown]" in err
    assert "no truth of the gold is one of the classes ('duck' there, '0' in the answers) [gold-unknown]" in err


def test_a_wrong_field_of_a_job_names_the_right_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _out, err = run(monkeypatch, capsys, responses(tmp_path / "job", ROWS), "--field", "birds", status=2)
    assert "the fields are: f" in err
    assert list(read_answers(tmp_path / "job", field="f").fields) == ["f"]


def test_gold_of_a_kind_that_it_cannot_measure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "job" / "0" / "2026-03-02_09:18:02.json"
    file.parent.mkdir(parents=True)
    answers = [{"workerId": worker, "answerContent": {"f": {"boundingBoxes": [BOX]}}} for worker in "abc"]
    file.write_text(json.dumps({"answers": answers}))
    page = tmp_path / "report.html"
    gold = truth(tmp_path, {"0": "cat"})
    for more in (["--gold", gold], []):
        _out, err = run(monkeypatch, capsys, tmp_path / "job", "--out", page, *more)
        assert ("[gold-kind]" in err) == bool(more)
        assert "--gold FILE" not in page.read_text()
        assert "gold measures classes and numbers only" in page.read_text()
    numbers = table(tmp_path, [("0", "a", "1.5"), ("0", "b", "2.5")])
    run(monkeypatch, capsys, numbers, "--out", page, "--gold", truth(tmp_path, {"0": "1.5"}))
    assert "Measured by the objects with gold" in page.read_text()
    run(monkeypatch, capsys, numbers, "--out", page)
    assert "--gold FILE" in page.read_text()


BOX = {"label": "cat", "left": 1, "top": 2, "width": 30, "height": 40}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"entities": [{"label": "X", "startOffset": 1, "endOffset": 5}]}, "entities"),
        ({"boundingBoxes": [BOX], "inputImageProperties": {"width": 100, "height": 100}}, "boundingBoxes"),
        ("the same sentence", "text"),
        (4.5, "value"),
        ({"labels": ["x", "y"]}, "labels"),
    ],
    ids=["spans", "boxes", "text", "number", "set"],
)
def test_other_kinds_of_a_job(
    content: Any, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for item in range(2):
        file = tmp_path / "job" / str(item) / "2026-03-02_09:18:02.json"
        file.parent.mkdir(parents=True)
        own = content + 10 * item if isinstance(content, float) else content
        answers = [{"workerId": worker, "answerContent": {"f": own}} for worker in "abc"]
        file.write_text(json.dumps({"answers": answers}))
    out = tmp_path / "labels.jsonl"
    run(monkeypatch, capsys, tmp_path / "job", "--compare", "--out", out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["object"] for line in lines] == ["0", "1"]
    assert lines[0][key]
    assert lines[0]["confidence"] > 0.5
    assert lines[0]["problems"] == []


@pytest.mark.parametrize("key", ["labelMappings", "instances"])
def test_masks_come_with_their_pixels(key: str, tmp_path: Path) -> None:
    mask = Image.new("RGB", (40, 30), "white")
    mask.paste((0, 0, 255), (5, 5, 25, 25))
    png = io.BytesIO()
    mask.save(png, "PNG")
    things = {"labelMappings": {"cat": {"color": "#0000ff"}}, "instances": [{"label": "cat", "color": "#0000ff"}]}
    content = {
        key: things[key],
        "labeledImage": {"pngImageData": base64.b64encode(png.getvalue()).decode()},
        "inputImageProperties": {"width": 40, "height": 30},
    }
    file = tmp_path / "0" / "2026-03-02_09:18:02.json"
    file.parent.mkdir()
    file.write_text(
        json.dumps({"answers": [{"workerId": worker, "answerContent": {"f": content}} for worker in "abc"]})
    )
    found = consolidate(read_answers(tmp_path).field(), every=True)
    for run_ in found.runs.values():
        [line] = label_lines(run_)
        with Image.open(io.BytesIO(base64.b64decode(line["labeledImage"]["pngImageData"]))) as picture:
            painted = np.asarray(picture.convert("RGB"))
        background = painted[0, 0]
        assert (painted != background).any(2).sum() == 400
        assert (painted[5:25, 5:25] != background).any(2).all()
    assert len(found.runs) == (2 if key == "labelMappings" else 1)


def test_what_cannot_be_consolidated_comes_with_all_raw_answers(tmp_path: Path) -> None:
    file = tmp_path / "0" / "2026-03-02_09:18:02.json"
    file.parent.mkdir()
    bad = {"labelMappings": {"cat": {"color": "#0000ff"}}, "labeledImage": {"pngImageData": "no picture"}}
    file.write_text(json.dumps({"answers": [{"workerId": worker, "answerContent": {"f": bad}} for worker in "ab"]}))
    [line] = label_lines(next(iter(consolidate(read_answers(tmp_path).field()).runs.values())))
    assert line["reason"]
    assert [(one["workerId"], one["answer"]) for one in line["workers"]] == [("a", {"f": bad}), ("b", {"f": bad})]


# --- scores ---


def test_a_tie_counts_its_share_and_gold_of_no_class_is_wrong() -> None:
    answers = ClassAnswers.of([("1", "a", "x"), ("1", "b", "y"), ("2", "a", "x"), ("3", "a", "y")])
    found = class_measures(vote(answers), {"1": "y", "2": "x", "3": "z", "4": "x"})
    assert found["accuracy"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert found["gold"] == 3
    assert found["calibration_error"] == pytest.approx(1 / 3)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5).map(str), st.integers(0, 3).map(str)), st.sampled_from("abc"), min_size=1
    ),
    st.dictionaries(st.integers(0, 5).map(str), st.sampled_from("abcd"), min_size=1),
)
def test_scores_are_those_of_the_whole_table(answers: dict[tuple[str, str], str], gold: dict[str, str]) -> None:
    given_answers = ClassAnswers.of([(item, worker, label) for (item, worker), label in answers.items()])
    for method in METHODS.values():
        result = method(given_answers)
        found = class_measures(result, gold)
        rows = [number for number, item in enumerate(given_answers.items) if item in gold]
        if not {gold[given_answers.items[number]] for number in rows} & set(given_answers.classes):
            assert found == {"accuracy": None, "calibration_error": None}
            continue
        table_ = result.posterior()[rows]
        truths = [gold[given_answers.items[number]] for number in rows]
        exact = np.array([[name == one for name in given_answers.classes] for one in truths], dtype=float)
        top = table_ >= table_.max(1, keepdims=True) - 1e-9
        assert found["accuracy"] == pytest.approx((top * exact).sum(1).dot(1 / top.sum(1)) / len(rows))
        assert found["brier"] == pytest.approx(
            np.where(exact.any(1), ((table_ - exact) ** 2).sum(1), (table_**2).sum(1) + 1).mean()
        )
        own = np.clip((table_ * exact).sum(1), 1e-12, 1)
        assert found["log_loss"] == pytest.approx(-np.log(own).mean())


def test_what_differs_and_who_is_taken_for_whom() -> None:
    answers = ClassAnswers.of([("1", "a", "x"), ("2", "a", "y"), ("2", "b", "x"), ("2", "c", "x")])
    one = vote(answers)
    two = vote(ClassAnswers.of([("1", "a", "x"), ("2", "a", "y")]))
    assert differing([one, two]).tolist() == [1]
    three = vote(ClassAnswers.of([(name, "a", label) for name in ("10", "9", "same") for label in ("x", "y")]))
    found = differing([replace(three, label=np.array(labels)) for labels in ((0, 0, 0), (1, 1, 0))])
    assert [three.answers.items[at] for at in found] == ["9", "10"]
    assert confusion_of_labels(one, {"1": "x", "2": "y"}).tolist() == [[1, 0], [1, 0]]


def test_accuracy_by_answers_begins_with_one_worker_and_ends_with_all() -> None:
    answers = ClassAnswers.of(ROWS)
    found = accuracy_by_answers(answers, GOLD, ["vote"], draws=50)["vote"]
    assert [count for count, _share in found] == [1, 2, 3]
    assert found[0][1] == pytest.approx(2 / 3, abs=0.1)
    assert found[-1][1] == 1.0


# --- files ---


def test_until_all_is_written_the_old_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    write_lines(file, [1])

    def lines() -> Any:
        yield 2
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write_lines(file, lines())
    assert file.read_text() == "1\n"
    assert list(tmp_path.iterdir()) == [file]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5).map(str), st.sampled_from(["a", 'w"', "é"])),
        st.sampled_from(['"', "<b>", "\u2028", "ü", "a", "no"]),
        min_size=1,
    )
)
def test_lines_written_fast_are_those_of_json(answers: dict[tuple[str, str], str]) -> None:
    from truthkit.consolidating.output import class_texts

    given_answers = ClassAnswers.of(
        [(item, worker, label) for (item, worker), label in answers.items()], classes=["ü", '"', "<b>", "\u2028", "a"]
    )
    for name, method in METHODS.items():
        lines = label_lines(Run(name, 0.0, {}, method(given_answers)))
        assert "".join(class_texts(method(given_answers))) == "".join(
            json.dumps(one, ensure_ascii=False) + "\n" for one in lines
        )


def test_a_kill_in_the_middle_leaves_the_old_labels(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("old\n")
    script = (
        "import os, signal, sys; from pathlib import Path; from truthkit.consolidating import write_lines\n"
        "def lines():\n    yield from range(100_000)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_lines(Path(sys.argv[1]), lines())\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(file)], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert file.read_text() == "old\n"


@pytest.mark.parametrize("gold", [GOLD, None], ids=["gold", "no gold"])
def test_the_report_is_one_file_that_anybody_can_read(
    gold: dict[str, str] | None,
    tmp_path: Path,
    chromium: Browser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows: list[Row] = [*ROWS, ("<b>odd</b>", "c", "1"), ("<b>odd</b>", "d", "2")]
    report = tmp_path / "report.html"
    more = [] if gold is None else ["--gold", truth(tmp_path, gold)]
    run(monkeypatch, capsys, table(tmp_path, rows), *more, "--out", report)
    text = report.read_text()
    assert "<b>odd" not in text
    assert not re.findall(r"<script|(?:src|href)=", text)
    for width, scheme in ((390, "light"), (1280, "dark")):
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(report.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("figure svg").count() == (6 if gold else 2)
        assert Axe().run(page).response["violations"] == []
        page.close()


def test_numbers_stand_along_a_line(
    tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Row] = [
        (f"o{item}", f"w{who}", str(item + who * (item % 3) + 0.5)) for item in range(60) for who in range(4)
    ]
    rows += [("<b>one</b>", "w0", "3.5"), ("<b>far</b>", "w0", "-1e3"), ("<b>far</b>", "w1", "2.5")]
    report = tmp_path / "report.html"
    run(monkeypatch, capsys, table(tmp_path, rows), "--gold", truth(tmp_path, {"o2": "3.25"}), "--out", report)
    text = report.read_text()
    assert "61 objects with more than one number, the first 50 of them" in text
    assert "<b>far" not in text
    assert "one&lt;" not in text, "one answer is no spread"
    for width, scheme in ((390, "light"), (1280, "dark")):
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(report.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        strips = page.get_by_role("region", name="Numbers").get_by_role("img")
        assert strips.count() == 50
        assert (strips.first.get_attribute("aria-label") or "").startswith("2 answers: -1000, 2.5; consolidated ")
        [measured] = [one for one in strips.all() if "gold" in (one.get_attribute("aria-label") or "")]
        assert re.fullmatch(
            r"4 answers: 2\.5, 4\.5, 6\.5, 8\.5; consolidated [\d.]+; gold 3\.25",
            measured.get_attribute("aria-label") or "",
        )
        assert Axe().run(page).response["violations"] == []
        page.close()


# --- many machines ---


@pytest.fixture(scope="module")
def client() -> Any:
    distributed = pytest.importorskip("distributed")
    with distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0") as one:
        yield one


def noisy(items: int, seed: int) -> list[Row]:
    chance = np.random.default_rng(seed)
    rows = []
    for item in range(items):
        for worker in chance.choice(12, 4, replace=False):
            right = chance.random() < 0.5 + worker / 30
            rows.append((f"o{item}", f"w{worker}", str(item % 4 if right else int(chance.integers(4)))))
    return [*rows, *rows[:5], ("o1", "w1", "")]


def labels_alone(field: FieldAnswers, folder: Path) -> tuple[Consolidation, str]:
    found = consolidate(field)
    write_lines(folder / "alone.jsonl", label_lines(found.runs[found.chosen]))
    return found, (folder / "alone.jsonl").read_text()


@pytest.mark.parametrize(
    ("kind", "parts", "batch"), [("csv", 3, 90), ("npz", 2, 1_000), ("npy", 4, 70), ("memory", 1, 50)]
)
def test_dask_gives_the_labels_of_one_machine(kind: str, parts: int, batch: int, client: Any, tmp_path: Path) -> None:
    from truthkit.consolidating.scale import partitions_of, run_on_dask

    rows = noisy(80, parts)
    if kind == "npy":
        rows = [(item[1:], worker[1:], label) for item, worker, label in rows if label]
    field = read_answers(table(tmp_path, rows)).field()
    alone, wanted = labels_alone(field, tmp_path)
    folder = tmp_path / "parts"
    folder.mkdir()
    for part in range(parts):
        mine = rows[part::parts]
        if kind == "csv":
            table(folder, mine, f"{part}.csv")
        elif kind == "npz":
            item, worker, label = (np.array(column) for column in zip(*mine, strict=True))
            np.savez(folder / f"{part}.npz", item=item, worker=worker, label=label)
        elif kind == "npy":
            np.save(folder / f"{part}.npy", np.array(mine, dtype=np.int32))
    out = tmp_path / "labels.jsonl"
    source = field if kind == "memory" else partitions_of(folder)
    done = run_on_dask(client, source, out=out, batch=batch, gold={rows[0][0]: "0"})
    assert out.read_text() == wanted
    assert done.batches > 1 or batch == 1_000
    assert done.answers == len(alone.runs[DEFAULT_METHOD].result.answers)
    assert done.model == alone.runs[DEFAULT_METHOD].result.workers
    assert done.gold == 1
    assert {one.name for one in tmp_path.iterdir()} == {"label.csv", "alone.jsonl", "parts", "labels.jsonl"}


def test_dask_gives_the_labels_of_one_machine_over_twenty_thousand_answers(client: Any, tmp_path: Path) -> None:
    """As `benchmarks/partitions.py --alone` compares any number: every object, every byte."""
    from benchmarks.partitions import all_answers, make
    from truthkit.consolidating.scale import partitions_of, run_on_dask

    make(tmp_path / "partitions", 20_000, 5)
    all_answers(tmp_path / "partitions", tmp_path / "answers.csv")
    _found, wanted = labels_alone(read_answers(tmp_path / "answers.csv").field(), tmp_path)
    stages: dict[str, tuple[int, int]] = {}

    def on_progress(what: str, done: int, total: int) -> None:
        before = stages.get(what, (0, total))
        assert before[0] < done <= total == before[1]
        stages[what] = (done, total)

    done = run_on_dask(
        client,
        partitions_of(tmp_path / "partitions"),
        out=tmp_path / "labels.jsonl",
        batch=6_000,
        on_progress=on_progress,
    )
    assert done.batches == 4
    assert done.objects == len(wanted.splitlines()) == 4_000
    assert (tmp_path / "labels.jsonl").read_text() == wanted
    rounds = [f"round {number} of 6" for number in range(1, 7)]
    assert list(stages) == ["partitions", "batches", *rounds, "labels"]
    assert [stages[one] for one in rounds] == [(4 * number, 24) for number in range(1, 7)]


def test_an_interrupt_on_dask_leaves_the_old_labels_and_no_folder(client: Any, tmp_path: Path) -> None:
    from truthkit.consolidating.scale import run_on_dask

    np.save(tmp_path / "1.npy", np.array([(item, worker, item % 3) for item in range(60) for worker in range(4)]))
    out = tmp_path / "labels.jsonl"
    out.write_text("old\n")
    for stage in ("partitions", "batches", "round 2 of 6", "labels"):

        def stop(what: str, _done: int, _total: int, at: str = stage) -> None:
            if what == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_on_dask(client, [tmp_path / "1.npy"], out=out, batch=50, on_progress=stop)
        assert {one.name: one.read_bytes() for one in tmp_path.glob("[!1]*")} == {out.name: b"old\n"}


@pytest.mark.parametrize("form", ["memory", "npy", "csv"])
def test_dask_without_gold_tells_what_does_not_count_too(form: str, client: Any, tmp_path: Path) -> None:
    from truthkit.consolidating.scale import run_on_dask

    rows: list[Row] = [
        (str(item - 5), str(worker), str((item * worker) % 4)) for item in range(40) for worker in range(5)
    ]
    field = read_answers(table(tmp_path, rows)).field()
    found = consolidate(field, labels=["2", "0", "1"])
    assert found.classes is not None
    assert found.classes.unknown
    write_lines(tmp_path / "alone.jsonl", label_lines(found.runs[found.chosen]))
    np.save(tmp_path / "1.npy", np.array(rows[::2], dtype=np.int16))
    np.save(tmp_path / "2.npy", np.array([*rows[1::2], *rows[:9]], dtype=np.int64))
    source: Any = {"memory": field, "npy": [tmp_path / "1.npy", tmp_path / "2.npy"], "csv": [tmp_path / "label.csv"]}[
        form
    ]
    out = tmp_path / "labels.jsonl"
    done = run_on_dask(client, source, classes=["2", "0", "1"], out=out, batch=30)
    assert done.accuracy is None
    assert run_on_dask(client, source, batch=30, gold={"1": "duck"}).accuracy is None
    assert out.read_text() == (tmp_path / "alone.jsonl").read_text()
    assert "is none of the classes" in out.read_text()


def test_partitions_are_cut_in_chunks_and_into_ranges_of_items(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from truthkit.consolidating import scale

    monkeypatch.setattr(scale, "CHUNK", 17)
    rows = [(item * 10**11, worker, item % 3) for item in range(60) for worker in range(4)]
    np.save(tmp_path / "1.npy", np.array(rows[::-1]))
    np.save(tmp_path / "2.npy", np.zeros((0, 3), dtype=np.int64))
    out = tmp_path / "labels.jsonl"
    done = scale.run_on_dask(client, scale.partitions_of(tmp_path), out=out, batch=50)
    assert (done.objects, done.answers, done.workers) == (60, 240, 4)
    assert done.batches == 5
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["object"], line["label"]) for line in lines] == [(str(i * 10**11), str(i % 3)) for i in range(60)]


def test_no_answers_at_all_on_dask(client: Any, tmp_path: Path) -> None:
    from truthkit.consolidating.scale import run_on_dask

    np.save(tmp_path / "1.npy", np.zeros((0, 3), dtype=np.int64))
    done = run_on_dask(client, [tmp_path / "1.npy"], out=tmp_path / "labels.jsonl")
    assert (done.objects, done.batches, (tmp_path / "labels.jsonl").read_text()) == (0, 0, "")


def test_dask_names_the_partition_that_is_none(client: Any, tmp_path: Path) -> None:
    from truthkit.consolidating.scale import run_on_dask

    good, bad = tmp_path / "1.npy", tmp_path / "2.npy"
    np.save(good, np.zeros((3, 3), dtype=np.int64))
    np.save(bad, np.zeros((3, 2)))
    with pytest.raises(UsageError, match="another shape or type") as caught:
        run_on_dask(client, [good, bad], scratch=tmp_path)
    assert caught.value.findings[0].file == str(bad)
    assert sorted(tmp_path.iterdir()) == [good, bad]


def test_without_dask_the_command_to_install_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    _out, err = run(monkeypatch, capsys, "--dask", table(tmp_path, ROWS), status=2)
    assert "pip install 'dask[distributed]'" in err


def test_a_scheduler_that_does_not_answer_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from truthkit.consolidating.scale import open_client

    def refuses(*_given: Any, **_more: Any) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuses)
    with (
        pytest.raises(UsageError, match="no Dask scheduler answers at tcp://nowhere:1"),
        open_client("tcp://nowhere:1"),
    ):
        raise AssertionError("it answered")


# --- real data ---


@needs_crowd_data
def test_the_real_job_has_its_known_figures() -> None:
    assert FOLDER is not None
    birds = FOLDER / "aws_birds"
    found = consolidate(read_answers(birds / "label.csv").field(), gold=read_gold(birds / "truth.csv"), every=True)
    right = {name: round(302 * (one.measures["accuracy"] or 0), 1) for name, one in found.runs.items()}
    assert right["vote"] == 272.5
    assert right["service"] == 273
    assert right[DEFAULT_METHOD] >= 275


@pytest.mark.parametrize("name", ["notes.jsonl", "notes.html"])
def test_what_somebody_else_wrote_is_not_replaced(tmp_path: Path, name: str) -> None:
    source, file = table(tmp_path, ROWS), tmp_path / name
    file.write_text("my notes")
    with pytest.raises(UsageError, match="did not write it"):
        app(["consolidate", str(source), "--out", str(file)], standalone_mode=False)
    assert file.read_text() == "my notes"
    file.write_text("")
    for _ in range(2):
        app(["consolidate", str(source), "--out", str(file)], standalone_mode=False)
        assert len(file.read_text()) > 100
