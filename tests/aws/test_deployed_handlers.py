"""The built artefacts answer the service's events under AWS's runtime interface client, as in Lambda.

The client sees the artefact, boto3 and itself: no checkout, no virtual environment's other packages.
"""

from __future__ import annotations

import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import boto3
import pytest

from truthkit.trying import try_handlers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime interface client runs on Linux only")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "text-entities"
# What Lambda's Python has besides the standard library: boto3 with its dependencies, and the client.
RUNTIME = (
    "awslambdaric",
    "simplejson",
    "snapshot-restore-py",
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "six",
    "urllib3",
)
WAIT = 30
ARN = "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/abstracts"


@dataclass(frozen=True)
class Outcome:
    """What the client posted: ``response``, ``error`` or ``init/error``, and its body."""

    kind: str
    body: Any


class RuntimeApi:
    """Lambda's runtime interface (2018-06-01): hands out one event at a time and takes what comes back."""

    def __init__(self) -> None:
        events: queue.Queue[bytes] = queue.Queue()
        outcomes: queue.Queue[Outcome] = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                assert self.path == "/2018-06-01/runtime/invocation/next"
                body = events.get()
                self.reply(
                    200,
                    body,
                    {
                        "Content-Type": "application/json",
                        "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + WAIT) * 1000)),
                        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:111122223333:function:tested",
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                    },
                )

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outcomes.put(Outcome(self.path.split("/runtime/")[1].split("/")[-1], body))
                self.reply(202, b"{}", {})

            def reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.events, self.outcomes = events, outcomes
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.socket.close()


class Function:
    """A deployed function, warm: one process of the client."""

    def __init__(self, api: RuntimeApi, process: subprocess.Popen[bytes], log: Path) -> None:
        self.api, self.process, self.log = api, process, log

    def invoke(self, event: Any) -> Outcome:
        self.api.events.put(json.dumps(event).encode())
        ends = time.monotonic() + WAIT
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                return self.api.outcomes.get(timeout=0.2)
            except queue.Empty:
                continue
        status = self.process.poll()
        raise AssertionError(f"no answer (exit status {status}); the function printed:\n{self.log.read_text()}")


@contextmanager
def deployed(
    artefact: Path, handler: str, runtime: Path, log: Path, layer: Path | None, **environment: str
) -> Iterator[Function]:
    """A process of the client with the artefact, the layer and Lambda's Python on its path, in Lambda's order."""
    api = RuntimeApi()
    folders = [artefact, *([layer / "python"] if layer else []), runtime]
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "LAMBDA_TASK_ROOT": str(artefact),
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "tested",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        **environment,
    }
    # -S: no site-packages, and so no editable install of this checkout either.
    command = [sys.executable, "-S", "-B", "-m", "awslambdaric", handler]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=artefact, env=settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Function(api, process, log)
        finally:
            process.kill()
            process.wait()
            api.close()


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_runtime(tmp_path_factory.mktemp("runtime"))


def link_runtime(folder: Path) -> Path:
    """A folder with what Lambda's Python has, and nothing else."""
    folder.mkdir(exist_ok=True)
    for name in RUNTIME:
        package = distribution(name)
        for top in {Path(str(file)).parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(package.locate_file(top))))
    return folder


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """moto's server with the sample's objects and an empty output bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def s3(endpoint: str) -> Any:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    for bucket in ("truthkit-samples", "out"):
        client.create_bucket(Bucket=bucket)
    for file in (SAMPLE / "objects" / "text").glob("*.txt"):
        client.upload_file(str(file), "truthkit-samples", f"text-entities/text/{file.name}")
    return client


def test_pre_annotation(built: Path, runtime: Path, endpoint: str, s3: Any, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (SAMPLE / "manifest.jsonl").read_text("utf-8").splitlines()]
    artefact = built / "TextEntitiesPreLabelingFunction"
    handler = "text_entities.pre_annotation.lambda_handler"
    with deployed(artefact, handler, runtime, tmp_path / "log", None, AWS_ENDPOINT_URL=endpoint) as function:
        for data_object in lines[:2]:
            # The version that real events carry, which is not the documented one.
            event = {"version": "2018-10-06", "labelingJobArn": ARN, "dataObject": data_object}
            outcome = function.invoke(event)
            assert outcome.kind == "response", outcome.body
            assert outcome.body["isHumanAnnotationRequired"] is True
            task_input = outcome.body["taskInput"]
            text = SAMPLE / "objects" / "text" / data_object["text-file-s3-uri"].split("/")[-1]
            assert task_input["text"] == text.read_bytes().decode("utf-8")
            assert task_input["taskObject"] == data_object["source-ref"]
            assert task_input["metadata"] == data_object["metadata"]
            assert task_input["labels"][0] == "Background"

        gone = {"source-ref": "s3://truthkit-samples/x.png", "text-file-s3-uri": "s3://truthkit-samples/gone.txt"}
        outcome = function.invoke({"version": "2018-10-16", "labelingJobArn": ARN, "dataObject": gone})
        assert outcome.kind == "error"
        assert "s3://truthkit-samples/gone.txt" in outcome.body["errorMessage"]


def answer(*spans: tuple[int, int, str], good: bool = True) -> str:
    """The content that a worker's form sends: hidden inputs are strings, radios maps."""
    entities = [{"endOffset": end, "label": label, "startOffset": start} for start, end, label in spans]
    return json.dumps(
        {
            "entities": json.dumps({"entities": entities}),
            "notes": "",
            "quality": {"yes": good, "no": not good},
        }
    )


@pytest.mark.parametrize("settings", [{}, {"TRUTHKIT_ASSUME_JOB_ROLE": "1"}], ids=["own-role", "job-role"])
def test_post_annotation(
    built: Path, runtime: Path, endpoint: str, s3: Any, tmp_path: Path, settings: dict[str, str]
) -> None:
    prefix = "abstracts/annotations"
    key = f"{prefix}/consolidated-annotation/consolidation-request/iteration-1/2026-03-02_09:20:11.json"
    answers = [
        answer((0, 40, "Background"), (41, 80, "Methods")),
        answer((0, 40, "Background"), (41, 80, "Methods")),
        answer((0, 38, "Background"), good=False),
    ]
    request = [
        {
            "datasetObjectId": "7",
            "dataObject": {"s3Uri": "s3://truthkit-samples/text-entities/pages/geology.png"},
            "annotations": [
                {"workerId": f"private.us-east-1.{index}", "annotationData": {"content": content}}
                for index, content in enumerate(answers)
            ],
        }
    ]
    s3.put_object(Bucket="out", Key=key, Body=json.dumps(request).encode())
    event = {
        "version": "2018-10-06",
        "labelingJobArn": ARN,
        "labelCategories": None,
        "labelAttributeName": "text-entities",
        "roleArn": "arn:aws:iam::111122223333:role/labels-ExecutionRole",
        "outputConfig": f"s3://out/{prefix}",
        "payload": {"s3Uri": f"s3://out/{key}"},
    }
    artefact = built / "TextEntitiesPostLabelingFunction"
    handler = "text_entities.post_annotation.lambda_handler"
    with deployed(
        artefact, handler, runtime, tmp_path / "log", None, AWS_ENDPOINT_URL=endpoint, **settings
    ) as function:
        outcome = function.invoke(event)
        assert outcome.kind == "response", outcome.body
        (item,) = outcome.body
        assert item["datasetObjectId"] == "7"
        label = item["consolidatedAnnotation"]["content"]["text-entities"]
        assert [(span["startOffset"], span["endOffset"], span["label"]) for span in label["entities"]] == [
            (0, 40, "Background"),
            (41, 80, "Methods"),
        ]
        assert label["quality"]["label"] == "yes"
        assert len(label["workers"]) == 3

        outcome = function.invoke({**event, "payload": {"s3Uri": "s3://out/gone.json"}})
        assert outcome.kind == "error"
        assert "s3://out/gone.json" in outcome.body["errorMessage"]


def test_a_strategy_runs_with_the_layer(built: Path, runtime: Path, endpoint: str, s3: Any, tmp_path: Path) -> None:
    """NumPy from the layer, in a batch of which one object cannot be consolidated."""
    prefix = "headlines/annotations"
    key = f"{prefix}/consolidated-annotation/consolidation-request/iteration-1/2026-03-02_09:20:11.json"
    contents = {
        "0": ["World", "World", "Sports"],
        "1": ["Science", "Science", "Science"],
        "2": ["Weather"],
    }
    request = [
        {
            "datasetObjectId": name,
            "dataObject": {"content": "Moss survives a decade in ice"},
            "annotations": [
                {
                    "workerId": f"private.us-east-1.{index}",
                    "annotationData": {"content": json.dumps({"category": {"label": label}})},
                }
                for index, label in enumerate(labels)
            ],
        }
        for name, labels in contents.items()
    ]
    s3.put_object(Bucket="out", Key=key, Body=json.dumps(request).encode())
    event = {
        "version": "2018-10-06",
        "labelingJobArn": ARN,
        "labelAttributeName": "category",
        "roleArn": "arn:aws:iam::111122223333:role/labels-ExecutionRole",
        "payload": {"s3Uri": f"s3://out/{key}"},
    }
    artefact, layer = built / "TextClassificationPostLabelingFunction", built / "NumpyLayer"
    handler = "text_classification.post_annotation.lambda_handler"
    with deployed(artefact, handler, runtime, tmp_path / "log", layer, AWS_ENDPOINT_URL=endpoint) as function:
        outcome = function.invoke(event)
    assert outcome.kind == "response", outcome.body
    labels = {one["datasetObjectId"]: one["consolidatedAnnotation"]["content"]["category"] for one in outcome.body}
    assert [labels[name].get("label") for name in contents] == ["World", "Science", None]
    assert labels["2"]["reason"] == "the only answer says nothing that counts"
    with deployed(artefact, handler, runtime, tmp_path / "log", None, AWS_ENDPOINT_URL=endpoint) as function:
        outcome = function.invoke(event)
    assert "No module named 'numpy'" in outcome.body["errorMessage"], "without its layer it must not run by chance"


def test_the_function_sees_no_more_than_lambda_has(tmp_path: Path, runtime: Path) -> None:
    (tmp_path / "module.py").write_text("import numpy\ndef lambda_handler(event, context):\n    return event\n")
    with deployed(tmp_path, "module.lambda_handler", runtime, tmp_path / "log", None) as function:
        outcome = function.invoke({})
        assert outcome.kind == "error"
        assert "No module named 'numpy'" in outcome.body["errorMessage"]


def test_the_artefacts_pass_the_cases_of_try_lambda(built: Path) -> None:
    """Some of them, with the layer that was built beside the functions."""
    cases = ["ordinary", "expired", "megabytes", "unreadable-payload", "wrong-encoding"]
    workflows = ["text-entities", "bounding-boxes"]
    for result in try_handlers(workflows, project=ROOT, runtime="lambda", artefact=built, cases=cases):
        assert Path(result.handler).is_relative_to(built)
        assert [case.to_json() for case in result.cases if not case.ok] == []
        assert all(case.peak_mb and case.peak_mb < 512 for case in result.cases if case.verdict == "right")
