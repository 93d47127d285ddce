"""A small workflow without faults, to break in one place at a time; all broken copies are checked in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from truthkit.findings import Finding
from truthkit.lint import check, targets_of

SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
FILES = {
    "template.liquid.html": SCRIPT
    + """<crowd-form>
  <p class="{{ task.input.mood }}">{{ task.input.text }}</p>
  <img src="{{ task.input.picture | grant_read_access }}">
  {% if task.input.hint %}<p>{{ task.input.hint }}</p>{% endif %}
  {% for each in task.input.words %}<b>{{ each }}</b>{% endfor %}
  <crowd-classifier name="tone" header="Tone?" categories="{{ task.input.labels | to_json | escape }}">
    <classification-target>{{ task.input.author.name }}</classification-target>
    <short-instructions>Read it.</short-instructions>
  </crowd-classifier>
  <crowd-input name="why" label="Why?" required></crowd-input>
  <crowd-checkbox name="sure" value="yes" checked>Sure</crowd-checkbox>
  <crowd-slider name="strength" min="1" max="5"></crowd-slider>
</crowd-form>
<script>const shown = document.querySelector("p");</script>
""",
    "pre_annotation.py": """def lambda_handler(event, context):
    item = event["dataObject"]
    task_input = {
        "text": item["source"],
        "picture": item["picture"],
        "mood": "plain",
        "words": item["words"].split(),
        "labels": ["angry", "pleased"],
        "author": {"name": item.get("author", "nobody")},
    }
    return {"taskInput": task_input, "isHumanAnnotationRequired": True}
""",
    "post_annotation.py": """import json
from urllib.parse import urlparse

import boto3


def lambda_handler(event, context):
    place = urlparse(event["payload"]["s3Uri"])
    body = boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
    result = []
    for item in json.loads(body):
        tones = [json.loads(one["annotationData"]["content"])["tone"]["label"] for one in item["annotations"]]
        content = {event["labelAttributeName"]: {"tone": min(tones)}}
        result.append({"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}})
    return result
""",
    "manifest.jsonl": """{"source": "Where is it?", "picture": "s3://lint/cat.png", "words": "one two", "author": "Ada"}
{"source": "Thank you", "picture": "s3://lint/cat.png", "words": "three"}
{"source": "I see", "picture": "s3://lint/cat.png", "words": "four five"}
""",
    "workflow.toml": """title = "The tone of a message"
description = "Read the message and choose its tone"
keywords = ["text", "tone"]
labels = ["angry", "pleased"]
label_attribute = "tone"
workers = 3
task_time_limit_seconds = 600
task_availability_lifetime_seconds = 86400
pre_timeout_seconds = 30

[consolidation]
kind = "class"
field = "tone"
""",
    "expected.jsonl": """{"tone": "angry"}
null
{"tone": "pleased"}
""",
    "worker.py": """from truthkit.workforce.gestures import fill, pick

HARSH = {"Where is it?"}


async def work(page, task, worker):
    tone = "angry" if task.data_object["source"] in HARSH else "pleased"
    await pick(page, "tone", tone)
    await fill(page, "why", "The choice of words.")
""",
}


def make_objects(folder: Path) -> dict[str, Path]:
    """Objects of ``s3://lint``: a picture, one that EXIF turns, a text that is called a picture, an empty file."""
    folder.mkdir(parents=True)
    image = Image.new("RGB", (8, 6), "#bcd7ee")
    image.save(folder / "cat.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(folder / "turned.jpg", exif=exif)
    (folder / "notes.png").write_text("notes")
    (folder / "empty.png").write_bytes(b"")
    return {"s3://lint": folder}


def check_all(root: Path, cases: Mapping[str, Mapping[str, str]]) -> dict[str, list[Finding]]:
    """What is found in each case's files, by the case's name."""
    objects = make_objects(root / "objects")
    for name, files in cases.items():
        folder = root / name / "check"
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_bytes(text.encode("utf-8", "surrogatepass"))
    targets = [target for name in cases for target in targets_of([str(root / name / "check")], objects=objects)]
    found: dict[str, list[Finding]] = {name: [] for name in cases}
    for finding in check(targets).findings:
        assert finding.file, finding
        found[Path(finding.file).resolve().relative_to(root.resolve()).parts[0]].append(finding)
    return found
