"""`truthkit agreement` over jobs, folders of worker responses and tables: figures, page, and what it says of faults."""

from __future__ import annotations

import base64
import io
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.crowd_data import FOLDER, needs_crowd_data
from truthkit.answers import read_answers
from truthkit.cli import app
from truthkit.findings import UsageError
from truthkit.report.agreement import measure, write_page
from truthkit.report.agreement.plots import heat_maps, time_histogram

HOSTILE = "</style><script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
WORKERS = [f"private.us-east-1.{letter * 8}" for letter in "abcde"]
SIZE = {"width": 400, "height": 300}
CLASSES = ("owl", "duck", HOSTILE)


def square(shift: int) -> list[dict[str, int]]:
    return [{"x": shift + x, "y": y} for x, y in ((0, 0), (20, 0), (20, 20), (0, 20))]


@cache
def drawn(shift: int) -> dict[str, str]:
    picture = Image.new("RGB", (90, 30), "white")
    picture.paste((0, 0, 255), (shift, 0, shift + 20, 20))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return {"pngImageData": base64.b64encode(file.getvalue()).decode("ascii")}


def responses(folder: Path, objects: int = 24) -> Path:
    """A finished job's answers in a field of every kind; the last worker is a spammer, quick and by chance."""
    chance = random.Random(1)
    for number in range(objects):
        answers = []
        for worker in WORKERS:
            spammer = worker == WORKERS[-1]
            label = chance.choice(CLASSES) if spammer or chance.random() < 0.1 else CLASSES[number % 3]
            shift = 60 if spammer else chance.randint(0, 3)
            content: dict[str, Any] = {
                "kind": {"label": label},
                "boxes": {"boundingBoxes": [{"label": "bird", "left": shift, "top": 2, "width": 40, "height": 30}]},
                "names": {"entities": [{"label": "Name", "startOffset": 5, "endOffset": 9 + (shift > 2)}]},
                "size": 10.5 * number + (100 if spammer else shift),
                "tags": {"labels": ["a", "b"] if shift > 1 else ["a"]},
                "note": f"note {number}  {shift}",
                "outline": {"polygons": [{"label": "x", "vertices": square(shift)}]},
                "path": {"polylines": [{"label": "x", "vertices": square(shift)[:3]}]},
                "eyes": {"keypoints": [{"label": "x", "x": shift, "y": 2}], "inputImageProperties": SIZE},
                "order": {"ordinalRankingDimensions": [{"name": "best", "responseRankings": [1, 2, 3 - spammer * 3]}]},
                "pixels": {"labelMappings": {"cat": {"color": "#0000ff"}}, "labeledImage": drawn(shift)},
                "cats": {"instances": [{"label": "cat", "color": "#0000ff"}], "labeledImage": drawn(shift)},
            }
            if number == 0 and spammer:
                content["boxes"] = {"boundingBoxes": [{"label": "bird", "left": "wide"}]}
            seconds = (2 if spammer else 20) * chance.lognormvariate(0, 0.4)
            answers.append({"workerId": worker, "answerContent": content, "timeSpentInSeconds": round(seconds, 3)})
        file = folder / "worker-response" / "iteration-1" / str(number) / "2026-01-02_03:04:05.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"answers": answers}), "utf-8")
    return folder


def table(folder: Path, rows: list[str], name: str = "label.csv") -> Path:
    file = folder / name
    file.write_text("\n".join(["item,worker,label", *rows]) + "\n", "utf-8")
    return file


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: reports go there."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["agreement", *map(str, arguments)])


def test_blanks_at_the_ends_of_spans_do_not_count_where_the_text_is_known(tmp_path: Path) -> None:
    ends = {WORKERS[0]: 4, WORKERS[1]: 5}
    answers = [
        {
            "workerId": worker,
            "answerContent": {"names": {"entities": [{"label": "Name", "startOffset": 0, "endOffset": end}]}},
        }
        for worker, end in ends.items()
    ]
    file = tmp_path / "annotations" / "worker-response" / "iteration-1" / "0" / "2026-01-02_03:04:05.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"answers": answers}), "utf-8")

    def agreement() -> float | None:
        return measure(read_answers(tmp_path)).fields[0].coefficients[0].value

    assert agreement() == 0.0
    manifest = tmp_path / "manifests" / "output" / "output.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"source": "Ann\u00e9 sings"}\n', "utf-8")
    assert agreement() == 1.0
    manifest.write_text('{"source": "Ann\u00e9"}\n', "utf-8")  # not the text that they saw
    assert agreement() == 0.0


def test_whole_numbers_with_gold_between_them_are_a_scale_here_too(tmp_path: Path) -> None:
    file = table(tmp_path, [f"{item},{worker},{item % 5}" for item in range(12) for worker in "ab"])
    assert measure(read_answers(file), gold={"1": "1"}).fields[0].kind == "class"
    assert measure(read_answers(file), gold={"1": "1.5"}).fields[0].kind == "number"


def test_answers_that_are_no_number_or_no_set_do_not_stop_the_others(tmp_path: Path) -> None:
    for number in range(4):
        answers = []
        for worker in WORKERS[:3]:
            strange = number == 0 and worker == WORKERS[0]
            content = {"size": {"far": 1} if strange else 2.5 * number, "tags": {"labels": None if strange else ["a"]}}
            answers.append({"workerId": worker, "answerContent": content})
        file = tmp_path / str(number) / "2026-01-02_03:04:05.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"answers": answers}))
    fields = {one.name: one for one in measure(read_answers(tmp_path)).fields}
    assert {name: one.kind for name, one in fields.items()} == {"size": "number", "tags": "set"}
    assert [one.coefficients[0].value for one in fields.values()] == [1.0, 1.0]
    assert fields["size"].notes == ("1 answers are no number and take no part.",)
    assert fields["tags"].notes == ("1 answers are no set and take no part.",)


def test_why_no_answer_could_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "0" / "2026-01-02_03:04:05.json"
    file.parent.mkdir()
    file.write_text("{no")
    result = run(tmp_path)
    assert "is not JSON" in result.output


def test_a_label_without_end_is_cut_in_tables_and_not_in_json(tmp_path: Path) -> None:
    long = "x" * 5000
    file = table(
        tmp_path, [f"{item},{worker},{long}{(item + ord(worker)) % 2}" for item in range(4) for worker in "abc"]
    )
    assert max(map(len, run(file).output.splitlines())) < 600
    assert long in run(file, "--json").output


def test_every_field_has_its_figures(tmp_path: Path) -> None:
    job = responses(tmp_path / "birds")
    result = run(job, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["report"] == "agreement.html"
    fields = found["fields"]
    assert {name: one["kind"] for name, one in fields.items()} == {
        "kind": "class",
        "boxes": "boxes",
        "names": "spans",
        "size": "number",
        "tags": "set",
        "note": "text",
        "outline": "polygons",
        "path": "polylines",
        "eyes": "keypoints",
        "order": "ranking",
        "pixels": "semantic-mask",
        "cats": "instance-masks",
    }
    names = {name: [one["name"] for one in field["coefficients"]] for name, field in fields.items()}
    assert names["kind"] == ["alpha-nominal", "fleiss-kappa", "cohen-kappa", "observed-agreement"]
    assert names["boxes"] == ["box-iou", "box-f1-at-0.5", "box-f1-at-0.75"]
    assert names["names"] == ["span-f1", "span-f1-overlap"]
    assert names["size"] == ["alpha-interval"]
    assert names["outline"] == ["polygon-iou", "polygon-f1-at-0.5"]
    assert names["note"] == ["words-alike", "same-text"]
    value = {name: field["coefficients"][0]["value"] for name, field in fields.items()}
    assert value["pixels"] == pytest.approx(value["cats"])
    assert value["pixels"] == pytest.approx(value["outline"])
    # Of ten pairs of workers the four with the spammer rank one of three pairs alike, the others all.
    assert value["order"] == pytest.approx((6 + 4 / 3) / 10)
    assert all(0.4 < value[name] < 0.7 for name in ("outline", "path", "eyes"))
    assert "cannot be used" in fields["boxes"]["notes"][0]
    for name in ("kind", "boxes", "outline", "path", "eyes", "order", "pixels", "cats"):
        assert fields[name]["workers"][0]["worker"] == WORKERS[-1]
    spammer = fields["kind"]["workers"][0]
    assert spammer["spammer-score"] < 0.2 < fields["kind"]["workers"][1]["spammer-score"]
    assert spammer["seconds"]["median"] < 5 < fields["kind"]["workers"][1]["seconds"]["median"]
    assert fields["size"]["workers"][0]["bias"] > 50
    for field in fields.values():
        for one in field["coefficients"]:
            assert one["low"] <= one["value"] <= one["high"]
    most = fields["kind"]["most-disputed"][0]
    assert sum(most["votes"].values()) == 5
    assert most["label"] in CLASSES


def test_the_page_is_whole_safe_and_always_the_same(tmp_path: Path) -> None:
    job = responses(tmp_path / "birds")
    report = measure(read_answers(job))
    first = write_page(report, tmp_path / "a.html").read_bytes()
    assert first == write_page(report, tmp_path / "b.html").read_bytes()
    page = first.decode("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page
    assert "https://" not in page
    for words in ("Krippendorff’s alpha, nominal", "Workers by accuracy", "What is taken for what", "Time an object"):
        assert words in page
    assert "1 worker with the answers of a spammer" in page or "none with the answers" in page


def test_one_field_and_tables_on_the_terminal(tmp_path: Path) -> None:
    job = responses(tmp_path / "birds", 8)
    result = run(job, "--field", "boxes", "--out", tmp_path / "reports" / "boxes.html")
    assert result.exit_code == 0, result.output
    assert "Boxes, intersection over union  0." in result.output
    assert "Krippendorff" not in result.output
    assert (tmp_path / "reports" / "boxes.html").is_file()
    assert not (job / "agreement.html").exists()
    whole = run(job).output
    for words in ("spammer score", "most biased", "agree least", "Most disputed of"):
        assert words in whole


def test_the_report_goes_into_a_jobs_folder_or_here_and_over_no_file_of_others(tmp_path: Path, here: Path) -> None:
    data = responses(tmp_path / "data", 4)
    before = sorted(data.rglob("*"))
    for _again in range(2):  # an own report is replaced
        assert "report: agreement.html" in run(data, "--field", "kind").output
    assert sorted(data.rglob("*")) == before
    (here / "agreement.html").write_text("<h1>Another's</h1>")
    for more in ([], ["--out", "agreement.html"]):
        refused = run(data, "--field", "kind", *more).exception
        assert isinstance(refused, UsageError)
        assert "--out FILE" in str(refused)
    assert (here / "agreement.html").read_text() == "<h1>Another's</h1>"
    (data / "job.json").write_text("{}")
    assert run(data, "--field", "kind").exit_code == 0
    assert (data / "agreement.html").is_file()


def test_gold_stands_beside_and_does_not_help(tmp_path: Path) -> None:
    rows = [f"o{number},{worker},{'xy'[number % 2]}" for number in range(12) for worker in "abc"]
    file = table(tmp_path, rows)
    gold = tmp_path / "truth.csv"
    gold.write_text("item,truth\n" + "".join(f"o{number},{'xyz'[number % 3]}\n" for number in range(12)), "utf-8")
    gold_or_not: list[list[str | Path]] = [[], ["--gold", gold]]
    without, beside = (json.loads(run(file, *more, "--json").stdout) for more in gold_or_not)
    for one, other in zip(without["fields"]["label"]["workers"], beside["fields"]["label"]["workers"], strict=True):
        assert one["accuracy"]["value"] == pytest.approx(other["accuracy"]["value"], abs=0.05)
        assert one["gold"]["value"] is None
        assert other["gold"]["value"] == pytest.approx(1 / 3)
    assert beside["report"] == "label.agreement.html"
    gold.write_text("item,truth\no0,x\nelsewhere,y\n", "utf-8")
    told = json.loads(run(file, "--gold", gold, "--json").stdout)["findings"]
    assert [one["code"] for one in told] == ["gold-unknown"]
    gold.write_text("item,truth\nelsewhere,y\n", "utf-8")
    with pytest.raises(UsageError, match="no object of the gold"):
        measure(read_answers(file), gold={"elsewhere": "y"})


def test_gold_of_a_kind_that_it_cannot_measure_is_told(tmp_path: Path) -> None:
    job = responses(tmp_path / "birds", 2)
    gold = tmp_path / "truth.csv"
    gold.write_text("item,truth\n0,owl\n", "utf-8")
    told = {
        name: [
            one["code"] for one in json.loads(run(job, "--field", name, "--gold", gold, "--json").stdout)["findings"]
        ]
        for name in ("boxes", "kind")
    }
    assert told == {"boxes": ["gold-kind"], "kind": []}


def test_a_scale_gets_the_ordinal_alpha(tmp_path: Path) -> None:
    file = table(tmp_path, [f"o{number},{worker},{1 + number % 5}" for number in range(15) for worker in "ab"])
    names = [one["name"] for one in json.loads(run(file, "--json").stdout)["fields"]["label"]["coefficients"]]
    assert "alpha-ordinal" in names
    wide = [f"o{number},{worker},{1 + number * 7}" for number in range(12) for worker in "ab"]
    report = measure(read_answers(table(tmp_path, wide, "wide.csv")))
    assert report.fields[0].classes[1:3] == ("8", "15")  # as numbers, not as text


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["a,1,x", "b,1,y"], "two workers"),
        (["a,1,x", "a,2,x"], "the same"),
        (["a,1,x", "b,2,y"], "two workers"),
    ],
)
def test_what_is_not_defined_is_told(tmp_path: Path, rows: list[str], reason: str) -> None:
    result = run(table(tmp_path, rows))
    assert result.exit_code == 0, result.output
    assert reason in result.output
    assert reason in Path("label.agreement.html").read_text("utf-8")


def test_wrong_use_says_what_to_do(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "missing").exception, UsageError)
    file = table(tmp_path, ["a,1,x", "a,2,x"])
    found = run(file, "--field", "boxes").exception
    assert isinstance(found, UsageError)
    assert "'boxes'" in str(found)
    blocked = run(file, "--out", file / "page.html").exception
    assert isinstance(blocked, UsageError)
    assert "--out" in str(blocked)


def test_drawings_stay_small_however_many_classes_and_times(tmp_path: Path) -> None:
    rows = [f"o{number},w{worker},c{number % 60:02}" for number in range(180) for worker in range(40)]
    report = measure(read_answers(table(tmp_path, rows)))
    maps = heat_maps(report.fields[0])
    assert len(maps) == 25
    assert len(maps[0].classes) == 24
    assert maps[0].left_out == 36
    assert all(0 <= cell.share <= 1.000001 for one in maps for cell in one.cells)
    assert time_histogram([]) is None
    assert time_histogram([3.0, 3.0]) is None
    found = time_histogram([0.0, 1.0, 5.0, 1000.0] * 50)
    assert found is not None
    assert sum(bar.answers for bar in found.bars) == 200
    assert all(0 <= at <= 1 for at, _ in found.ticks)
    assert found.median == 3.0


@needs_crowd_data
def test_the_real_job(tmp_path: Path) -> None:
    assert FOLDER is not None
    result = run(FOLDER / "aws_birds", "--out", tmp_path / "birds.html", "--json")
    assert result.exit_code == 0, result.output
    [field] = json.loads(result.stdout)["fields"].values()
    assert field["coefficients"][0]["value"] == pytest.approx(0.8215, abs=0.00005)
    assert len(field["workers"]) == 97
    assert field["disputed-objects"] == 89
