"""The main job, whole: ten abstracts, three workers, and an output manifest that is right line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from truthkit import RunResult, run_job
from truthkit.project import Project
from truthkit_core.consolidation.spans import Span, consolidate_spans

WORKFLOW = Project(Path(__file__).resolve().parents[1]).workflow("text-entities")
LINES = [json.loads(text) for text in WORKFLOW.manifest.read_text("utf-8").splitlines()]
GOLD = [json.loads(text) for text in WORKFLOW.expected.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run_job("text-entities", out=tmp_path_factory.mktemp("demo") / "job", project=WORKFLOW.root, batch=4)


def answers(result: RunResult, number: int) -> list[dict[str, Any]]:
    """The answers of an object as the worker-response file has them, by worker."""
    folder = result.folder / "output" / "text-entities" / "annotations" / "worker-response" / "iteration-1"
    (file,) = (folder / str(number)).iterdir()
    return sorted(json.loads(file.read_text("utf-8"))["answers"], key=lambda one: str(one["workerId"]))


def bare(entities: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return sorted((one["startOffset"], one["endOffset"], one["label"]) for one in entities)


def test_the_job_is_whole(result: RunResult) -> None:
    assert result.ok, result.findings
    assert (result.objects, result.answers, result.labeled, result.failed) == (10, 30, 10, 0)
    assert len(list(result.lines())) == len(LINES)


@pytest.mark.parametrize("number", range(10))
def test_each_line_is_right(result: RunResult, number: int) -> None:
    line = list(result.lines())[number]
    label, metadata = line.pop("text-entities"), line.pop("text-entities-metadata")
    assert line == LINES[number]
    assert metadata.keys() == {"type", "job-name", "human-annotated", "creation-date"}
    given = answers(result, number)
    assert len(given) == 3
    assert [one["workerId"] for one in label["workers"]] == [one["workerId"] for one in given]
    spans: dict[str, list[Span]] = {}
    for kept, response in zip(label["workers"], given, strict=True):
        content = response["answerContent"]
        entities = json.loads(content["entities"])["entities"]
        assert bare(kept["entities"]) == bare(entities)
        assert kept["quality"] == next(value for value, chosen in content["quality"].items() if chosen)
        assert kept["notes"] == content["notes"]
        spans[response["workerId"]] = [Span.parse(one) for one in entities]
    assert label["notes"] == [
        {"workerId": one["workerId"], "note": one["notes"]} for one in label["workers"] if one["notes"]
    ]
    settings = WORKFLOW.config()
    again = consolidate_spans(spans, labels=settings.labels)
    assert bare(label["entities"]) == sorted((one.start, one.end, one.label) for one in again)
    assert all(1 <= one["votes"] <= 3 for one in label["entities"])
    votes = [one["quality"] for one in label["workers"]]
    assert label["quality"]["label"] == max(sorted(set(votes)), key=votes.count)


def test_consolidation_comes_nearer_to_the_gold_than_any_worker(result: RunResult) -> None:
    def f1(found: list[list[tuple[int, int, str]]]) -> float:
        hits = sum(len(set(mine) & set(bare(gold["entities"]))) for mine, gold in zip(found, GOLD, strict=True))
        size = sum(len(mine) + len(gold["entities"]) for mine, gold in zip(found, GOLD, strict=True))
        return 2 * hits / size

    labels = result.labels()
    workers = [f1([bare(label["workers"][index]["entities"]) for label in labels]) for index in range(3)]
    together = f1([bare(label["entities"]) for label in labels])
    assert together > max(workers)
    assert result.gold_agreement is not None
    assert result.gold_agreement > 0.9


def test_the_report_shows_every_object(result: RunResult) -> None:
    report = result.report.read_text("utf-8")
    for line in LINES:
        assert line["metadata"]["title"].split("\U0001d6fc")[0][:20] in report
    assert len(list((result.folder / "screenshots").iterdir())) == 10
