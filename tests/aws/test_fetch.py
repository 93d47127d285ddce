"""``truthkit status``, ``fetch`` and ``explain``: how a job on the service goes, what it made, and what went wrong."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import boto3
import pytest
from rich.console import Console

from tests.aws.account import LABEL, POST, PRE, Account, run, told
from tests.documents import DOCS, commands
from truthkit.findings import TruthkitError, UsageError

SECRET = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP%2Fx&X-Amz-Signature=0123abcd"


# --- status ---


def test_status_tells_counters_rate_and_time_left(account: Account) -> None:
    name = account.job("a", "b", "c", "d")
    account.fake.jobs[name]["CreationTime"] = datetime.now(UTC) - timedelta(hours=2)
    account.fake.count(name, TotalLabeled=2, HumanLabeled=2, Unlabeled=2)
    found = told("status", name)
    assert (found["status"], found["labeled"], found["unlabeled"], found["failed"]) == ("InProgress", 2, 2, 0)
    assert (found["rate"], found["hours_left"], found["activity"]) == (1.0, 2.0, None)
    assert "2 labeled, 0 failed, 2 left; 1.0 an hour; about 2.0 hours left" in run("status", name).stdout
    result = run("status", "nothing-here")
    assert "truthkit status lists the jobs" in str(result.exception)


def test_what_the_service_has_not_counted_yet_is_not_told_as_nothing(account: Account) -> None:
    account.write({"source": "a"}, {"source": "b"})
    name = str(account.told()["name"])
    assert run("status", name).stdout == f"{name}: Initializing; not counted yet\n"
    assert "the service has not counted yet" in run("explain", name).stdout
    account.fake.step(name, "Failed")
    assert "Failed; 0 labeled, 0 failed, 0 left" in run("status", name).stdout
    assert "is no name of a labeling job" in str(run("status", "a_b").exception)


def test_status_tells_what_the_workers_do(account: Account) -> None:
    name = account.job("a", "b")
    at = datetime.now(UTC)
    account.fake.jobs[name]["CreationTime"] = at - timedelta(hours=3)
    for job, worker, metric, count in (
        (name, "w1", "TasksSubmitted", 3), (name, "w2", "TasksSubmitted", 2), (name, "w2", "TasksDeclined", 1),
        ("another", "w3", "TasksSubmitted", 9),
    ):  # fmt: skip
        dimensions = [{"Name": "LabelingJob", "Value": job}, {"Name": "WorkerId", "Value": worker}]
        data: Any = [
            {"MetricName": metric, "Dimensions": dimensions, "Value": count, "Timestamp": at - timedelta(hours=1)}
        ]
        boto3.client("cloudwatch").put_metric_data(Namespace="AWS/SageMaker/Workteam", MetricData=data)
    found = told("status", name)["activity"]
    assert found == {"workers": 2, "accepted": 0, "submitted": 5, "declined": 1, "returned": 0}
    account.fake.refuse["ListMetrics"] = ("AccessDenied", "no")
    found = told("status", name)
    assert (found["activity"], [one["severity"] for one in found["findings"]]) == (None, ["warning"])


def test_all_jobs_are_listed_page_by_page(account: Account) -> None:
    assert "no labeling jobs" in run("status").stdout
    names = [account.job(text) for text in ("a", "b", "c")]
    assert sorted(one["name"] for one in told("status")) == sorted(names)
    assert len(run("status").stdout.splitlines()) == 3


def test_watching_tells_each_change_until_the_job_has_ended(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    name = account.job("a")
    steps = iter((
        lambda: None,
        lambda: account.fake.count(name, FailedNonRetryableError=1, Unlabeled=0),
        lambda: account.fake.step(name, "Failed", FailureReason=f"ClientError: {SECRET}"),
    ))  # fmt: skip
    monkeypatch.setattr("truthkit.cli.status.time.sleep", lambda seconds: next(steps)())
    result = run("status", name, "--watch")
    lines = result.stdout.splitlines()
    assert (result.exit_code, len(lines)) == (1, 3)
    assert [line.split(";")[0].split(": ")[1] for line in lines] == ["InProgress", "InProgress", "Failed"]
    assert "ClientError: https://b.s3.amazonaws.com/k?X-Amz-Credential=***" in lines[-1]
    assert "0123abcd" not in result.stdout
    assert isinstance(run("status", "--watch").exception, UsageError)


@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_terminal_the_whole_line_is_shown(account: Account, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    name, screen = account.job("a"), io.StringIO()
    account.fake.jobs[name]["CreationTime"] = datetime.now(UTC) - timedelta(hours=2)
    account.fake.count(name, TotalLabeled=2, HumanLabeled=2, Unlabeled=2)
    made = Console(file=screen, force_terminal=True, width=columns, highlight=False, legacy_windows=False)
    monkeypatch.setattr("truthkit.cli.status.TERMINAL", True)
    monkeypatch.setattr("truthkit.cli.status.live_console", lambda: made)
    steps = iter((
        lambda: account.fake.refuse.update(DescribeLabelingJob=("ThrottlingException", "Rate exceeded")),
        account.fake.refuse.clear,
        lambda: account.fake.step(name, "Completed"),
    ))  # fmt: skip
    monkeypatch.setattr("truthkit.cli.status.time.sleep", lambda seconds: next(steps)())
    result = run("status", name, "--watch")
    assert (result.exception, result.exit_code) == (None, 0)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert all(len(line.rstrip()) <= columns for line in re.split(r"[\r\n]+", text))
    shown = " ".join(text.split())
    assert "InProgress; 2 labeled, 0 failed, 2 left; 1.0 an hour; about 2.0 hours left" in shown
    assert "ThrottlingException: Rate exceeded; it is looked at again" in shown
    assert shown.endswith("Completed; 2 labeled, 0 failed, 2 left; 1.0 an hour")


def test_watching_waits_where_aws_slows_it_down_and_ends_where_it_may_not_look(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = account.job("a")

    def refuse(code: str) -> None:
        account.fake.refuse["DescribeLabelingJob"] = (code, "no")

    steps = iter((
        lambda: refuse("ThrottlingException"),
        lambda: refuse("ServiceUnavailable"),
        account.fake.refuse.clear,
        lambda: refuse("ExpiredTokenException"),
    ))  # fmt: skip
    monkeypatch.setattr("truthkit.cli.status.time.sleep", lambda seconds: next(steps)())
    result = run("status", name, "--watch")
    assert len(result.stdout.splitlines()) == 1, "nothing has changed"
    assert [line.split(": ")[2] for line in result.stderr.splitlines()] == ["ThrottlingException", "ServiceUnavailable"]
    assert "log in again" in str(result.exception)


# --- fetch ---


def test_a_fetched_job_is_a_folder_like_a_local_one(account: Account, tmp_path: Path) -> None:
    name = account.finished()
    out = tmp_path / "job"
    found = told("fetch", name, "--out", str(out))
    assert (found["new"], found["grew"], found["kept"], found["findings"]) == (5, 0, 0, [])
    root = out / "output" / name
    assert (root / "annotations/worker-response/iteration-1/0/2026-03-02_09:15:40.json").is_file()
    assert not list(out.rglob("*.part"))
    assert "objects: 2\nanswers: 6\nworkers: 3\n" in run("consolidate", str(out)).stdout
    assert told("agreement", str(out), "--out", str(tmp_path / "agreement.html"))["objects"] == 2
    done = told("convert", str(out), "--to", "csv", "--out", str(tmp_path / "csv"))
    assert (done["label_attribute"], sum(done["sets"].values()), done["left_out"]) == (LABEL, 2, {})
    page = Path(found["report"]).read_text("utf-8")
    assert ("text 0" in page, "text 1" in page, "World" in page) == (True, True, True)
    account.fake.calls.clear()
    again = told("fetch", name, "--out", str(out))
    assert (again["new"], again["grew"], again["kept"]) == (0, 0, 5)
    assert "GetObject" not in account.fake.calls
    result = run("explain", str(out))
    assert (result.exit_code, "nothing failed" in result.stdout) == (0, True)


def test_a_growing_output_is_told_and_what_is_here_stays(account: Account, tmp_path: Path) -> None:
    name, out = account.job("text 0", "text 1"), tmp_path / "job"
    account.answer(name, 0, "World")
    account.output(name, [{"source": "text 0"}])
    found = told("fetch", name, "--out", str(out))
    assert [one["code"] for one in found["findings"]] == ["fetch-growing"]
    account.output(name, [{"source": "text 0"}, {"source": "text 1"}])
    account.answer(name, 1, "Sports")
    found = told("fetch", name, "--out", str(out))
    assert (found["new"], found["grew"], found["kept"]) == (1, 1, 1)
    manifest = out / "output" / name / "manifests/output/output.manifest"
    assert len(manifest.read_text().splitlines()) == 2
    # What was changed here is not lost to what is newer there.
    manifest.write_text("mine\n")
    account.output(name, [{"source": "other"}])
    found = told("fetch", name, "--out", str(out))
    assert {one["code"] for one in found["findings"]} == {"fetch-changed", "fetch-growing"}
    assert manifest.read_text() == "mine\n"
    assert told("fetch", name, "--out", str(out), "--yes")["grew"] == 1
    assert json.loads(manifest.read_text()) == {"source": "other"}


def test_a_file_that_changes_while_it_comes_is_not_mixed(account: Account, tmp_path: Path) -> None:
    name = account.finished()

    def change(operation: str, parameters: dict[str, Any]) -> None:
        if operation == "GetObject" and parameters["Key"].endswith("output.manifest"):
            account.fake.before = None
            account.output(name, [{"source": "newer"}])

    account.fake.before = change
    found = told("fetch", name, "--out", str(tmp_path / "job"))
    assert [one["code"] for one in found["findings"]] == ["fetch-growing"]
    assert not list((tmp_path / "job").rglob("output.manifest"))
    assert told("fetch", name, "--out", str(tmp_path / "job"))["new"] == 1


def test_a_download_that_broke_off_goes_on_where_it_was(account: Account, tmp_path: Path) -> None:
    from truthkit.aws.fetching import Remote, _download

    account.s3.put_object(Bucket="acme-out", Key="k", Body=b"0123456789")
    etag = account.s3.head_object(Bucket="acme-out", Key="k")["ETag"].strip('"')
    remote, file = Remote("acme-out", "k", "k", 10, etag), tmp_path / "k"
    asked: list[Any] = []
    account.fake.before = lambda operation, parameters: asked.append(parameters.get("Range"))

    class Broken:
        def get_object(self, **parameters: Any) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _download(Broken(), remote, file, Event())
    stopped = Event()

    class Slow:
        """The first part of the body; then Ctrl-C."""

        def get_object(self, **parameters: Any) -> Any:
            return {"Body": self}

        def iter_chunks(self, size: int) -> Iterator[bytes]:
            stopped.set()
            yield b"0123"
            yield b"4567"

    with pytest.raises(TruthkitError, match="is not whole"):
        _download(Slow(), remote, file, stopped)
    [part] = tmp_path.glob(".*.part")
    assert part.read_bytes() == b"0123"
    assert _download(account.s3, remote, file, Event()) == hashlib.md5(b"0123456789").hexdigest()
    assert (file.read_bytes(), asked, part.exists()) == (b"0123456789", ["bytes=4-"], False)


def test_a_fetch_that_is_interrupted_keeps_what_came_and_goes_on(account: Account, tmp_path: Path) -> None:
    name = account.finished()

    def interrupt(operation: str, parameters: dict[str, Any]) -> None:
        if operation == "GetObject" and "manifests" in parameters["Key"]:
            raise KeyboardInterrupt

    account.fake.before = interrupt
    stopped = run("fetch", name, "--out", str(tmp_path / "job"))
    assert stopped.exit_code == 130
    assert re.fullmatch(r"stopped: [0-4] of 5 files (is|are) here; run it again to go on", stopped.stderr.strip())
    account.fake.before = None
    told_again = told("fetch", name, "--out", str(tmp_path / "job"))
    assert told_again["new"] + told_again["kept"] == 5
    assert not list(tmp_path.rglob("*.part"))


def test_a_fetch_that_is_refused_keeps_what_came_and_goes_on(account: Account, tmp_path: Path) -> None:
    name = account.finished()

    def refuse(operation: str, parameters: dict[str, Any]) -> None:
        if operation == "GetObject" and "manifests" in parameters["Key"]:
            account.fake.refuse["GetObject"] = ("ExpiredToken", f"expired {SECRET}")

    account.fake.before = refuse
    result = run("fetch", name, "--out", str(tmp_path / "job"))
    assert isinstance(result.exception, TruthkitError)
    assert "log in again" in str(result.exception)
    assert "0123abcd" not in str(result.exception)
    account.fake.before = None
    account.fake.refuse.clear()
    assert told("fetch", name, "--out", str(tmp_path / "job"))["status"] == "Completed"
    files = [one for one in (tmp_path / "job" / "output").rglob("*") if one.is_file()]
    assert len(files) == 5


def test_a_folder_of_something_else_is_left_alone(account: Account, tmp_path: Path) -> None:
    first = account.finished()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert "holds something else" in str(run("fetch", first, "--out", str(tmp_path / "mine")).exception)
    told("fetch", first, "--out", str(tmp_path / "job"))
    second = account.job("another")
    assert f"holds {first}" in str(run("fetch", second, "--out", str(tmp_path / "job")).exception)


def test_names_that_lead_out_of_the_folder_are_not_files(account: Account, tmp_path: Path) -> None:
    name = account.finished()
    account.put(name, "../../out.json", "{}")
    found = told("fetch", name, "--out", str(tmp_path / "job"))
    assert [one["code"] for one in found["findings"]] == ["fetch-name"]
    assert not (tmp_path / "out.json").exists()


def test_names_that_are_no_files_here_are_told_and_the_rest_comes(account: Account, tmp_path: Path) -> None:
    name, out = account.finished(), tmp_path / "job"
    account.put(name, f"annotations/{'x' * 300}.json", "{}")
    account.put(name, f"annotations/{'y' * 255}", "{}")
    account.put(name, "annotations/both", "{}")
    account.put(name, "annotations/both/inside", "{}")
    account.put(name, "/etc/absolute", "{}")
    account.put(name, "annotations/a:b.json", "{}")
    for run_number in range(2):
        found = told("fetch", name, "--out", str(out))
        names = {one["message"].split(" cannot be a file here: ")[0][-12:] for one in found["findings"]}
        assert [one["code"] for one in found["findings"]] == ["fetch-name"] * 3, run_number
        assert names > {"etc/absolute", "xxxxxxx.json"}
        assert names & {"tations/both", "/both/inside"}
    root = out / "output" / name / "annotations"
    assert (root / ("y" * 255)).is_file()
    assert (root / "a:b.json").is_file()
    assert not list(out.rglob("*.json.part"))


def test_names_that_are_one_file_where_capitals_do_not_count_are_told(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, out = account.finished(), tmp_path / "job"
    account.put(name, "annotations/A.json", '"A"')
    account.put(name, "annotations/a.json", '"a"')
    assert told("fetch", name, "--out", str(out))["findings"] == []
    # As it is on macOS, where any spelling of a file's name is there.
    real = Path.exists
    upper = {out / "LABELING-JOB.JSON", tmp_path / "other" / "LABELING-JOB.JSON"}
    monkeypatch.setattr(Path, "exists", lambda self, **more: self in upper or real(self, **more))
    found = told("fetch", name, "--out", str(tmp_path / "other"))
    assert [one["code"] for one in found["findings"]] == ["fetch-name"]
    assert "a.json cannot be a file here: it would be that of annotations/A.json" in found["findings"][0]["message"]
    assert (tmp_path / "other" / "output" / name / "annotations" / "A.json").read_text() == '"A"'


# --- explain ---


def causes(*arguments: str) -> dict[str, str]:
    return {one["code"]: f"{one['message']}; {one.get('cure', '')}" for one in told("explain", *arguments)["causes"]}


def log(which: str, *messages: str) -> None:
    """Lines in a function's log, written while the job ran."""
    logs = boto3.client("logs")
    group = f"/aws/lambda/{which.rpartition(':')[2]}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    at = int(datetime.now(UTC).timestamp() * 1000)
    events: Any = [{"timestamp": at, "message": message} for message in messages]
    if events:
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


CRASHED = f"ClientError: Exception invoking the Lambda function {POST}. LambdaErrorCode: Unhandled. Ensure the "
CRASHED += "Lambda function exists, that the role has permissions to invoke it"
CRASHES = [
    ("2026 Task timed out after 30.03 seconds", "takes longer than its time-out"),
    ("[ERROR] KeyError: 's3uri'\nTraceback", "reads s3uri; the key is s3Uri"),
    ("[ERROR] TypeError: string indices must be integers, not 'str'", "takes annotationData.content for an object"),
    ("[ERROR] KeyError: 'source'", "reads the manifest's keys"),
    ("[ERROR] KeyError: 'labelCategories'", "expects labelCategories"),
    ("[ERROR] KeyError: 'label_categories'", "expects labelCategories"),
    ("[ERROR] KeyError: 'batch'", "a consolidation request has no keys of the manifest"),
    ("LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.", "returns more than the 6 MB"),
    (
        "[ERROR] ClientError: (AccessDenied) GetObject: not authorized to perform: kms:Decrypt",
        "may not use the KMS key",
    ),
    ("[ERROR] ClientError: AccessDenied when calling the AssumeRole operation", "may not assume the job's role"),
    ("[ERROR] ClientError: (AccessDenied) when calling the GetObject operation", "may not read or write S3"),
    ("[ERROR] Runtime.ImportModuleError: No module named 'numpy'", "cannot be imported"),
    ("RequestId: 1 Error: Runtime exited with error: signal: killed", "runs out of memory"),
    (f"[ERROR] ValueError: odd {SECRET}", "fails: [ERROR] ValueError: odd"),
]


def test_a_function_that_crashed_is_told_by_its_log_not_by_the_reason(account: Account, tmp_path: Path) -> None:
    name = account.job("text 0")
    account.fake.step(name, "Failed", FailureReason=CRASHED)
    assert "could not be invoked, or failed: its log has no error" in causes(name)["explain-invoke"]
    assert "no log group" in causes(name)["explain-no-log"]
    log(POST, *(message for message, _ in CRASHES))
    found = told("explain", name)
    text = json.dumps(found)
    assert "was run and failed: what the reason says of permissions is not it" in text
    assert "0123abcd" not in text
    assert "AKIA" not in text
    told("fetch", name, "--out", str(tmp_path / "job"))
    assert "its log was not read" in causes(str(tmp_path / "job"))["explain-invoke"]


@pytest.mark.parametrize(("message", "what"), CRASHES, ids=[what.split(";")[0] for _, what in CRASHES])
def test_each_crash_has_its_cause(message: str, what: str) -> None:
    from truthkit.aws.explaining import _Log, _of_logs

    [finding] = _of_logs([_Log("post", "/aws/lambda/x", message)])
    assert what in finding.message
    assert finding.cure


def test_expired_tasks_dropped_objects_and_wrong_keys_are_told(account: Account, tmp_path: Path) -> None:
    name = account.job(*(f"text {number}" for number in range(6)))
    for number in (1, 2, 3, 4):
        account.answer(name, number, "World", "World")
    account.answer(name, 5, None, None)
    account.request(name, {1: ("World",), 2: ("World",), 3: ("World",)})
    label = {"datasetObjectId": "1", "consolidatedAnnotation": {"content": {LABEL: {"label": "World"}}}}
    other = {"datasetObjectId": "2", "consolidatedAnnotation": {"content": {"tone": {}}}}
    place = "annotations/consolidated-annotation/consolidation-response/iteration-1/2026-03-02_09:20:12.json"
    account.put(name, place, [label, label, other])
    failed = {"failure-reason": "ClientError: Annotation tasks expired. Five causes…", "human-annotated": "true"}
    lines: list[dict[str, Any]] = [{"source": f"text {number}"} for number in range(6)]
    lines[0][f"{LABEL}-metadata"] = failed
    lines[1] |= {LABEL: {"label": "World"}, f"{LABEL}-metadata": {}}
    account.output(name, lines)
    account.fake.count(name, TotalLabeled=1, FailedNonRetryableError=5, Unlabeled=0)
    account.fake.step(name, "Completed")
    found = causes(name)
    assert "1 object (0): nobody finished the task in its 2,592,000 seconds" in found["explain-expired"]
    assert f"--chain {name}" in found["explain-expired"]
    assert "2 objects (4, 5): answered, and never sent" in found["explain-not-sent"]
    assert "1 object (3): sent to the post-annotation function, and not in what it returned" in found["explain-dropped"]
    assert "1 object (2): the label returned is not under 'text-classification'" in found["explain-label-key"]
    assert "1 object (1): returned more than once" in found["explain-twice"]
    assert "1 object (5): every answer is empty" in found["explain-empty"]
    told("fetch", name, "--out", str(tmp_path / "job"))
    offline = causes(str(tmp_path / "job"))
    assert found.keys() - offline.keys() == {"explain-no-log"}, "a fetched folder tells the same but for the logs"
    assert run("explain", name).exit_code == 1


@pytest.mark.parametrize(
    ("reason", "code", "text"),
    [
        ("ClientError: Access Denied for s3://acme-in/x", "explain-role", "the job's role may not do"),
        ("The labeling job exceeded the maximum duration of 30 days", "explain-expired", "after 30 days"),
        ("ClientError: the manifest is not valid", "explain-manifest", "not what the service takes"),
        ("ClientError: NoSuchKey: s3://acme-in/1.png", "explain-gone", "was deleted or moved while the job ran"),
        ("InternalError: something", "explain-unknown", "nothing that could be read"),
    ],
)
def test_the_reason_of_a_failed_job_has_a_cure(account: Account, reason: str, code: str, text: str) -> None:
    name = account.job("text 0")
    account.fake.step(name, "Failed", FailureReason=reason)
    log(PRE)
    log(POST)
    assert text in causes(name)[code]


def test_a_good_job_whose_functions_have_no_log_is_none_that_failed(account: Account) -> None:
    result = run("explain", account.finished())
    assert (result.exit_code, result.stdout.count("nothing failed")) == (0, 1)
    assert "has no log group" in result.stdout
    name = account.job("text 0")
    account.fake.step(name, "Failed")
    result = run("explain", name)
    assert (result.exit_code, "nothing failed" in result.stdout) == (1, False)


def test_objects_that_were_kept_back_and_odd_files_are_told(account: Account) -> None:
    name = account.job("text 0", "text 1")
    account.output(name, [{"source": "text 0"}, {"source": "text 1"}])
    place = "annotations/consolidated-annotation/consolidation-response/iteration-1/2026-03-02_09:20:12.json"
    account.put(name, place, json.dumps("[]"))
    account.fake.step(name, "Completed")
    found = causes(name)
    assert "2 objects (0, 1): no answer, no label and no reason" in found["explain-kept-back"]
    assert "must return a list" in found["explain-response"]


def test_a_bucket_that_lets_no_page_read_it_is_told_where_nobody_could_answer(account: Account) -> None:
    name = account.job("text 0")
    failed = {"failure-reason": "ClientError: Annotation tasks expired.", "human-annotated": "true"}
    account.output(name, [{"source-ref": "s3://acme-in/pictures/1.png", f"{LABEL}-metadata": failed}])
    account.fake.step(name, "Completed")
    assert "launch-cors" not in causes(name)
    account.s3.delete_bucket_cors(Bucket="acme-in")
    assert "acme-in lets no page read it (CORS)" in causes(name)["launch-cors"]


def test_metadata_of_ones_own_and_output_that_came_back_are_told(account: Account) -> None:
    name = account.job("text 0", "text 1")
    account.answer(name, 0, "World")
    account.request(name, {0: ("World",)})
    content = {LABEL: {"label": "World"}, f"{LABEL}-metadata": {"mine": 1}}
    place = "annotations/consolidated-annotation/consolidation-response/iteration-1/2026-03-02_09:20:12.json"
    account.put(name, place, [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": content}}])
    account.output(
        name, [{"source": "text 0", LABEL: {"label": "World"}}, {"source-ref": f"s3://acme-out/{name}/a.json"}]
    )
    found = causes(name)
    assert (
        "1 object (0): 'text-classification-metadata' is returned, and the service writes" in found["explain-metadata"]
    )
    assert "1 object (1): what the job itself wrote came back" in found["explain-own-output"]


def test_a_job_at_work_is_not_taken_for_a_failed_one(account: Account) -> None:
    name = account.job("text 0")
    log(PRE)
    log(POST)
    result = run("explain", name)
    assert result.exit_code == 0
    assert "nothing failed" in result.stdout
    assert "the next waits for the slowest worker of the last [explain-waiting]" in result.stdout
    account.fake.count(name, FailedNonRetryableError=1)
    assert causes(name).keys() == {"explain-waiting", "explain-unknown"}


def test_logs_that_may_not_be_read_are_a_warning(account: Account) -> None:
    name = account.finished()
    account.fake.refuse["FilterLogEvents"] = ("AccessDeniedException", "no")
    found = told("explain", name)["causes"]
    assert {(one["code"], one["severity"]) for one in found} == {("launch-unknown", "warning")}
    assert "holds no fetched job" in str(run("explain", str(Path(__file__).parent)).exception)


def test_the_page_shows_what_it_prints(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = [one for one in commands(DOCS / "to-aws.md") if one.output and one.arguments[1] != "launch"]
    assert [one.arguments[1] for one in page] == ["status", "fetch", "consolidate", "convert", "explain"]
    good, bad = account.job("text 0", "text 1"), account.job("text 0", "text 1", "text 2")
    names = {page[0].arguments[2]: good, page[-1].arguments[2]: bad}
    account.fake.jobs[good]["CreationTime"] = datetime.now(UTC)
    monkeypatch.setattr("truthkit.cli.status.time.sleep", lambda seconds: account.finish(good))
    account.answer(bad, 1, "World")
    account.request(bad, {1: ("World",)})
    lines: list[dict[str, Any]] = [{"source": f"text {number}"} for number in range(3)]
    lines[0][f"{LABEL}-metadata"] = {"failure-reason": "ClientError: Annotation tasks expired."}
    account.output(bad, lines)
    account.fake.count(bad, FailedNonRetryableError=1, Unlabeled=2)
    account.fake.step(bad, "Failed", FailureReason=CRASHED)
    log(PRE)
    log(POST, CRASHES[2][0])

    def plain(text: str) -> str:
        for shown, real in names.items():
            text = text.replace(real, shown)
        return re.sub(r"; [\d,.]+ an hour|\d\.\d\d$", "", text, flags=re.MULTILINE)  # what the clock makes

    for one in page:
        arguments = [
            next((word.replace(shown, real) for shown, real in names.items() if shown in word), word)
            for word in one.arguments[1:]
        ]
        assert plain(run(*arguments).stdout) == plain(one.output), one.line
