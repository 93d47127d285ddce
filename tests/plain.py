"""A plain workflow in a folder: one text input, handlers of its own, workers who say what they read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <p>{{ task.input.text }}</p>
  <crowd-input name="said" label="What does it say?" required></crowd-input>
</crowd-form>
"""

PRE = """
def lambda_handler(event, context):
    return {"taskInput": {"text": event["dataObject"]["source"]}, "isHumanAnnotationRequired": True}
"""

POST = """
import json
from collections import Counter
from urllib.parse import urlparse

import boto3


def lambda_handler(event, context):
    place = urlparse(event["payload"]["s3Uri"])
    body = boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
    result = []
    for item in json.loads(body):
        said = Counter(json.loads(a["annotationData"]["content"])["said"] for a in item["annotations"])
        top, votes = min(said.items(), key=lambda pair: (-pair[1], pair[0]))
        label = {"said": top, "votes": votes}
        content = {event["labelAttributeName"]: label}
        result.append({"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}})
    return result
"""

WORKER = """
async def work(page, task, worker):
    await page.fill("crowd-input input", task.task_input["text"] + f" (worker {worker.index % 2})")
"""


@dataclass(frozen=True)
class Plain:
    """The files of the workflow; change them to break it."""

    root: Path

    @property
    def template(self) -> Path:
        return self.root / "plain.liquid.html"

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.jsonl"

    @property
    def pre(self) -> Path:
        return self.root / "pre" / "lambda_function.py"

    @property
    def post(self) -> Path:
        return self.root / "post" / "lambda_function.py"

    @property
    def worker(self) -> Path:
        return self.root / "worker.py"

    def write_manifest(self, lines: int) -> None:
        rows = [{"source": f"text <{number}> & \U0001f98a", "number": number} for number in range(lines)]
        self.manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of run_job."""
        return {
            "template": self.template,
            "manifest": self.manifest,
            "pre_lambda": self.pre,
            "post_lambda": self.post,
            "worker_script": self.worker,
        }

    def flags(self) -> list[str]:
        """The same for the command line."""
        return [text for key, path in self.arguments().items() for text in (f"--{key.replace('_', '-')}", str(path))]


def make_plain(root: Path, lines: int = 3) -> Plain:
    """Both handlers are called lambda_function.py, the console's default name."""
    plain = Plain(root)
    for file, text in (
        (plain.template, TEMPLATE),
        (plain.pre, PRE),
        (plain.post, POST),
        (plain.worker, WORKER),
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    plain.write_manifest(lines)
    return plain
