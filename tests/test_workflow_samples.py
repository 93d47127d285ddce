"""Each workflow's sample, once through the whole job: workers err, the consolidated label is what is expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from tests.documents import DOCS, commands
from truthkit import RunResult, run_job
from truthkit.cli import app
from truthkit.project import Project, Workflow
from truthkit.report.gold import agreement
from truthkit_core.agreement.pairs import mask_iou
from truthkit_core.consolidation.masks import read_mask

ROOT = Path(__file__).resolve().parents[1]
LABELS = ("cat", "eye")


def run(name: str, folder: Path) -> tuple[Workflow, RunResult]:
    workflow = Project(ROOT).workflow(name)
    result = run_job(name, out=folder / "job", project=ROOT)
    assert result.ok, result.findings
    assert result.labeled == result.objects == len(workflow.manifest.read_text("utf-8").splitlines())
    assert result.answers == 3 * result.objects
    return workflow, result


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("text-classification", "category"),
        ("named-entities", "names"),
        ("image-classification", "category"),
        ("bounding-boxes", "things"),
    ],
)
def test_no_worker_is_right_alone_and_together_they_are(
    name: str, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow, result = run(name, tmp_path)
    assert result.gold_agreement == 1
    gold = [json.loads(line) for line in workflow.expected.read_text("utf-8").splitlines()]
    labels = result.labels()
    for worker in range(3):
        given = [label["workers"][worker]["answer"][field] for label in labels]
        scores = [agreement(one, right) or 0.0 for one, right in zip(given, gold, strict=True)]
        assert sum(scores) < len(scores), f"worker {worker} makes no mistake"
    assert all(
        0 < one["confidence"] <= 1
        for label in labels
        for one in (label, *label.get("entities", ()))
        if "confidence" in one
    )
    if name == "bounding-boxes":
        monkeypatch.chdir(tmp_path)
        expect_the_page_of_convert(result)


def expect_the_page_of_convert(result: RunResult) -> None:
    """What docs/convert.md shows of the job that it begins with."""
    began, shown, *_ = commands(DOCS / "convert.md")
    assert began.line == "truthkit run bounding-boxes --out jobs/things"
    Path("jobs").mkdir()
    result.folder.rename("jobs/things")
    done = CliRunner().invoke(app, list(shown.arguments[1:]))
    assert (done.exit_code, done.stdout) == (0, shown.output)


def test_masks_come_near_to_the_outlines(tmp_path: Path) -> None:
    workflow, result = run("semantic-segmentation", tmp_path)
    assert result.gold_agreement == 1
    outlines = json.loads((workflow.samples / "outlines.json").read_text())
    for line in result.lines():
        label = line["semantic-segmentation"]
        file = result.folder / "output" / label["labeledImage"]["s3Uri"].split("/", 3)[3]
        made = np.asarray(Image.open(file))
        right = drawn(outlines[Path(line["source-ref"]).name], (made.shape[1], made.shape[0]))
        alone = [mask_iou(read_mask(one["answer"]["mask"], LABELS)[0], right) or 0.0 for one in label["workers"]]
        together = mask_iou(made, right) or 0.0
        assert together > 0.9
        assert together > min(alone) or min(alone) == 1


def drawn(areas: list[dict[str, Any]], size: tuple[int, int]) -> Any:
    picture = Image.new("L", size)
    for area in areas:
        corners = [(x, y) for x, y in area["points"]]
        ImageDraw.Draw(picture).polygon(corners, fill=1 + LABELS.index(area["label"]))
    return np.asarray(picture)
