"""Jobs that begin with labels: another tool's, brought by `truthkit convert --from`, and those of an earlier job."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.documents import DOCS, section
from truthkit import RunResult, run_job
from truthkit.convert.bring import bring
from truthkit.project import Project, kit_root
from truthkit.scaffold import make

KIT = Project(kit_root())

# What the page begins with is submitted as it is, but for lines that say `mend`.
WORKER = """
from truthkit.workforce.gestures import choose, delete_shape, pick, press_button, remove_span


async def work(page, task, worker):
    old = task.task_input["initialValue"]
    if "mend" in task.data_object:
        if "taskObject" in task.task_input:
            await delete_shape(page, "things", 0)
        else:
            await remove_span(page, "names", old[0]["startOffset"], old[0]["endOffset"])
    if await page.locator("crowd-image-classifier").count():
        assert f"Label so far: {old}." in await page.locator(".earlier").inner_text()
        await pick(page, "category", old)
    if await page.locator("truthkit-text-annotator").count():
        await page.get_by_test_id("accept-all").click()
        await choose(page, "quality", "yes")
"""


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def write_lines(file: Path, lines: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def adjust(workflow: str, manifest: Path, **options: Any) -> RunResult:
    """The job over ``manifest`` in which one worker submits what the pages begin with."""
    script = manifest.with_name("worker.py")
    script.write_text(WORKER, "utf-8")
    given = {"out": manifest.with_name("adjusted"), "workers": 1, "worker_script": script, **options}
    result = run_job(workflow, manifest=manifest, **given)
    assert result.ok, result.findings
    return result


def own_answers(result: RunResult, field: str) -> list[dict[str, Any]]:
    return [label["workers"][0]["answer"][field] for label in result.labels()]


BOX = ("left", "top", "width", "height")
SPAN = ("startOffset", "endOffset")


def marks(found: list[dict[str, Any]]) -> list[tuple[str, list[float]]]:
    """Boxes or passages: their labels and numbers, in the order of these."""
    keys = BOX if any("left" in one for one in found) else SPAN
    return sorted(((one["label"], [one[key] for key in keys]) for one in found), key=lambda pair: pair[1])


def like(found: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """As ``marks``, for what the page begins with: it rounds to whole pixels."""
    return [(label, pytest.approx(numbers, abs=0.5)) for label, numbers in marks(found)]


def test_boxes_of_coco_are_mended(tmp_path: Path) -> None:
    names = ["coffee.jpg", "astronaut.jpg"]
    found = [line["boundingBoxes"] for line in lines_of(KIT.workflow("bounding-boxes").expected)[:2]]
    labels = ["cup", "helmet", "rocket", "spoon"]
    coco = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "categories": [{"id": number, "name": label} for number, label in enumerate(labels)],
        "annotations": [
            {
                "image_id": number,
                "category_id": labels.index(one["label"]),
                "bbox": [one[side] for side in BOX],
            }
            for number, marks in enumerate(found)
            for one in marks
        ],
    }
    file = tmp_path / "instances.json"
    file.write_text(json.dumps(coco))
    manifest = tmp_path / "input.jsonl"
    bring(file, "coco", manifest, prefix="s3://truthkit-samples/bounding-boxes")
    first, second = lines_of(manifest)
    result = adjust("bounding-boxes", write_lines(manifest, [first, {**second, "mend": True}]))

    same, mended = own_answers(result, "things")
    assert same["initialValueModified"] is False
    assert marks(same["boundingBoxes"]) == like(found[0])
    assert mended["initialValueModified"] is True
    assert marks(mended["boundingBoxes"]) == like(found[1][1:])
    assert [label["initialValueModified"] for label in result.labels()] == [False, True]
    assert marks(result.labels()[0]["boundingBoxes"]) == like(found[0])


def test_spans_of_label_studio_are_mended(tmp_path: Path) -> None:
    texts = ["Ada met Lindmouth’s harbor master.", "On 3 May Bo left."]
    spans = [[("person", 0, 3), ("place", 8, 17)], [("date", 3, 8), ("person", 9, 11)]]
    tasks = [
        {
            "data": {"text": text},
            "annotations": [
                {
                    "result": [
                        {"type": "labels", "value": {"start": start, "end": end, "labels": [label]}}
                        for label, start, end in own
                    ]
                }
            ],
        }
        for text, own in zip(texts, spans, strict=True)
    ]
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(tasks))
    manifest = tmp_path / "input.jsonl"
    bring(file, "labelstudio", manifest)
    first, second = lines_of(manifest)
    result = adjust("named-entities", write_lines(manifest, [first, {**second, "mend": True}]))
    same, mended = (marks(label["entities"]) for label in result.labels())
    assert same == [(label, [start, end]) for label, start, end in spans[0]]
    assert mended == [(label, [start, end]) for label, start, end in spans[1][1:]]


@pytest.mark.parametrize("name", [workflow.name for workflow in KIT.workflows()])
def test_a_second_job_begins_with_the_labels_of_the_first(name: str, tmp_path: Path) -> None:
    first = run_job(name, workforce="simulated", crowd="careful", limit=1, out=tmp_path / "first", project=KIT.root)
    [line] = first.lines()
    manifest = write_lines(tmp_path / "input.jsonl", [line])
    earlier = {f"s3://truthkit-output/{name}/": first.folder / "output" / name}
    objects = {**KIT.workflow(name).objects(), **earlier}
    result = adjust(name, manifest, label_attribute=f"{name}-adjusted", objects=objects)
    [after] = result.lines()
    old, new = after[name], after[f"{name}-adjusted"]
    assert after == {**line, f"{name}-adjusted": new, f"{name}-adjusted-metadata": after[f"{name}-adjusted-metadata"]}
    assert after[f"{name}-adjusted-metadata"]["type"] == "groundtruth/custom"
    if "label" in old:
        assert new["label"] == old["label"]
    elif "entities" in old:
        assert marks(new["entities"]) == like(old["entities"])
    elif "boundingBoxes" in old:
        assert new["initialValueModified"] is False
        assert marks(new["boundingBoxes"]) == like(old["boundingBoxes"])
    else:
        assert new["initialValueModified"] is False
        before, now = (
            np.asarray(Image.open(job.folder / "output" / label["labeledImage"]["s3Uri"].split("/", 3)[3]))
            for job, label in ((first, old), (result, new))
        )
        assert before.any()
        assert (before == now).all()


def test_a_workflow_of_its_own_mends_what_another_wrote_as_the_built_in_job_does(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("drawn", "mended"):
        make(name, like="bounding-boxes", project=project)
        settings = Project(project).workflow(name).config_file
        text = settings.read_text("utf-8").replace('output = "full"', 'output = "built-in"')
        settings.write_text(text.replace('earlier_label = "mended"', 'earlier_label = "drawn"'), "utf-8")
    given: dict[str, Any] = {"workforce": "simulated", "crowd": "careful", "limit": 1, "out": tmp_path / "first"}
    [line] = run_job("drawn", project=project, **given).lines()
    manifest = write_lines(tmp_path / "input.jsonl", [line])
    [after] = adjust("mended", manifest, objects=Project(project).workflow("drawn").objects(), project=project).lines()
    assert after["mended"] == after["mended-built-in"] == after["drawn"]
    before, now = (after[f"{name}-built-in-metadata"] for name in ("drawn", "mended"))
    assert "adjustment-status" not in before
    assert (now["adjustment-status"], now["type"]) == ("unadjusted", before["type"])
    assert now["class-map"] == before["class-map"]


VERIFIER = """
from truthkit.workforce.gestures import comment, pick


async def work(page, task, worker):
    legend = page.get_by_role("group", name="Shown on the picture").get_by_role("button")
    await legend.first.wait_for()
    assert await legend.all_inner_texts() == ["cup", "spoon"]
    await comment(page, "category", "The spoon ends later.")
    await pick(page, "category", "wrong")
"""


def test_the_workflow_of_the_guide_verifies_boxes(tmp_path: Path) -> None:
    """What the guide says to change in a copy of image-classification is all that it needs."""
    told = section(DOCS / "write-a-workflow.md", "Labels to verify").partition("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", told, re.DOTALL)
    (page,) = re.findall(r"```html\n(.*?)```", told, re.DOTALL)
    settings = dict(re.findall(r"`((?:labels|earlier_label)) = (.+?)`", told))
    project = tmp_path / "project"
    project.mkdir()
    make("check-boxes", like="image-classification", project=project)
    workflow = Project(project).workflow("check-boxes")
    text = workflow.config_file.read_text("utf-8")
    for key, value in settings.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
    workflow.config_file.write_text(text, "utf-8")
    handler = workflow.lambdas / "pre_annotation.py"
    kept = handler.read_text("utf-8").partition("    picture =")[0]
    handler.write_text(kept + code, "utf-8")
    workflow.template.write_text(page, "utf-8")

    [gold, *_] = lines_of(KIT.workflow("bounding-boxes").expected)
    line = {"source-ref": "s3://truthkit-samples/bounding-boxes/coffee.jpg", "bounding-boxes": {**gold, "workers": []}}
    manifest = write_lines(tmp_path / "input.jsonl", [line])
    script = tmp_path / "verifier.py"
    script.write_text(VERIFIER, "utf-8")
    objects = KIT.workflow("bounding-boxes").objects()
    result = adjust("check-boxes", manifest, worker_script=script, objects=objects, project=project)
    [label] = result.labels()
    assert label["label"] == "wrong"
    assert label["workers"][0]["answer"]["category"]["workerComment"] == "The spoon ends later."
