"""How fast the post-annotation functions are, under Lambda's runtime interface client, from the built artefacts.

python benchmarks/lambda.py [--objects 1000] [--workers 9] [--starts 5]

`sam build` with the layer for this machine, an S3 of moto's, and a process of the client for each function. A cold
start is the time from the start of the process to the answer to a request of one object, with the start of Python
itself; a batch is the time from the event to the answer. Beside each stands the processor time of the function's
process, which other work on the machine does not change much. Simulated workers are mostly right.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.aws.test_deployed_handlers import Function, deployed, link_runtime  # noqa: E402

CATEGORIES = ("World", "Sports", "Business", "Science")
TYPES = ("person", "organization", "place", "date")
THINGS = ("coin", "cup", "helmet", "rocket", "spoon", "tower")


def category(random: Random, number: int) -> dict[str, Any]:
    right = CATEGORIES[number % 4]
    return {"category": {"label": right if random.random() < 0.8 else random.choice(CATEGORIES)}}


def names(random: Random, number: int) -> dict[str, Any]:
    """Four passages."""
    entities = [
        {
            "label": TYPES[at] if random.random() < 0.9 else random.choice(TYPES),
            "startOffset": 40 * at + random.choice((0, 0, 0, 4)),
            "endOffset": 40 * at + 14,
        }
        for at in range(4)
        if random.random() < 0.8
    ]
    return {"names": {"entities": entities}}


def boxes(random: Random, number: int) -> dict[str, Any]:
    """Four things."""
    found = [
        {
            "label": THINGS[(number + at) % 6] if random.random() < 0.9 else random.choice(THINGS),
            "left": 150 * at + random.randint(0, 6),
            "top": 40 + random.randint(0, 6),
            "width": 90 + random.randint(0, 6),
            "height": 120 + random.randint(0, 6),
        }
        for at in range(4)
        if random.random() < 0.8
    ]
    return {"things": {"boundingBoxes": found, "inputImageProperties": {"width": 640, "height": 480}}}


FUNCTIONS: dict[str, Callable[[Random, int], dict[str, Any]]] = {
    "text_classification": category,
    "named_entities": names,
    "bounding_boxes": boxes,
}


def request(make: Callable[[Random, int], dict[str, Any]], objects: int, workers: int) -> bytes:
    random = Random(1)
    return json.dumps(
        [
            {
                "datasetObjectId": str(number),
                "dataObject": {"s3Uri": f"s3://in/{number}.jpg"},
                "annotations": [
                    {
                        "workerId": f"private.us-east-1.{random.randrange(50):04d}{worker}",
                        "annotationData": {"content": json.dumps(make(random, number))},
                    }
                    for worker in range(workers)
                ],
            }
            for number in range(objects)
        ]
    ).encode()


def build(folder: Path) -> Path:
    """The folder of ``sam build``."""
    for name in ("lambdas", "layers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "template.yaml", folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    layer = {"LAYER_PLATFORM": "host", "LAYER_PYTHON": sys.executable}
    environment = {"PATH": path, "HOME": str(folder), "SAM_CLI_TELEMETRY": "0", **layer}
    subprocess.run(["sam", "build"], cwd=folder, env=environment, check=True, capture_output=True)
    return folder / ".aws-sam" / "build"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=9)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        built = build(folder)
        runtime = link_runtime(folder / "runtime")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        s3 = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        s3.create_bucket(Bucket="out")
        print(f"cold start: median of {options.starts}; batch: {options.objects} objects × {options.workers} workers\n")
        print("| function | cold start, s | processor, s | batch, s | processor, s | answer, MB |")
        print("| --- | --- | --- | --- | --- | --- |")
        for workflow, make in FUNCTIONS.items():
            for key, body in (("one", request(make, 1, 3)), ("batch", request(make, options.objects, options.workers))):
                s3.put_object(Bucket="out", Key=f"{workflow}/annotations/{key}.json", Body=body)
            print(measured(built, runtime, endpoint, folder / "log", workflow, options.starts))
        server.stop()


def measured(built: Path, runtime: Path, endpoint: str, log: Path, workflow: str, starts: int) -> str:
    """A row of the table."""
    artefact = built / f"{''.join(word.capitalize() for word in workflow.split('_'))}PostLabelingFunction"
    handler = f"{workflow}.post_annotation.lambda_handler"
    rows, size = [], 0
    for _ in range(starts):
        began = time.perf_counter()
        with deployed(artefact, handler, runtime, log, built / "NumpyLayer", AWS_ENDPOINT_URL=endpoint) as function:
            invoke(function, event(workflow, "one"))
            cold, cold_processor = time.perf_counter() - began, processor_seconds(function.process.pid)
            began = time.perf_counter()
            size = len(json.dumps(invoke(function, event(workflow, "batch"))))
            batch = time.perf_counter() - began
            rows.append((cold, cold_processor, batch, processor_seconds(function.process.pid) - cold_processor))
    figures = " | ".join(f"{median(column):.2f}" for column in zip(*rows, strict=True))
    return f"| {workflow} | {figures} | {size / 1e6:.1f} |"


def invoke(function: Function, given: dict[str, Any]) -> Any:
    outcome = function.invoke(given)
    assert outcome.kind == "response", outcome.body
    return outcome.body


def processor_seconds(pid: int) -> float:
    """What the process has used so far, by Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def event(workflow: str, key: str) -> dict[str, Any]:
    return {
        "version": "2018-10-06",
        "labelingJobArn": "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/measured",
        "labelAttributeName": "label",
        "roleArn": "arn:aws:iam::111122223333:role/execution",
        "payload": {"s3Uri": f"s3://out/{workflow}/annotations/{key}.json"},
    }


if __name__ == "__main__":
    main()
