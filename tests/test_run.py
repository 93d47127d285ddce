"""A labeling job from manifest to output manifest, in a real browser, with third-party files by path."""

from __future__ import annotations

import http.server
import json
import re
import socketserver
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.plain import Plain, make_plain
from truthkit import RunResult, TruthkitError, UsageError, run_job


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return make_plain(tmp_path, lines=3)


def run(plain: Plain, **changes: Any) -> RunResult:
    arguments: dict[str, Any] = {**plain.arguments(), "out": plain.root / "job", "workers": 2, **changes}
    return run_job(**arguments)


def codes(result: RunResult) -> list[str]:
    return [finding.code for finding in result.findings]


def lines(result: RunResult) -> list[dict[str, Any]]:
    return list(result.lines())


# --- the whole way ---


def test_a_job_runs_from_manifest_to_output_manifest(plain: Plain) -> None:
    result = run(plain, batch=2, labels=["a", "b"])
    assert (result.objects, result.answers, result.labeled, result.failed) == (3, 6, 3, 0)
    assert result.ok, result.findings
    inputs = [json.loads(line) for line in plain.manifest.read_text("utf-8").splitlines()]
    for before, after in zip(inputs, lines(result), strict=True):
        metadata = after.pop("plain-metadata")
        assert after == {**before, "plain": {"said": before["source"] + " (worker 0)", "votes": 1}}
        assert metadata.pop("creation-date")
        assert metadata == {"type": "groundtruth/custom", "job-name": "plain", "human-annotated": "yes"}
    assert result.labels()[0] == {"said": inputs[0]["source"] + " (worker 0)", "votes": 1}

    annotations = result.folder / "output" / "plain" / "annotations"
    responses = sorted(annotations.glob("worker-response/iteration-1/*/*.json"))
    assert [file.parent.name for file in responses] == ["0", "1", "2"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.json", responses[0].name)
    answers = json.loads(responses[0].read_text("utf-8"))["answers"]
    assert {answer["answerContent"]["said"] for answer in answers} == {
        f"text <0> & \U0001f98a (worker {n})" for n in (0, 1)
    }
    assert all(re.fullmatch(r"private\.us-east-1\.[0-9a-f]{16}", answer["workerId"]) for answer in answers)

    requests = sorted(annotations.glob("consolidated-annotation/consolidation-request/iteration-1/*.json"))
    objects = [one for file in requests for one in json.loads(file.read_text("utf-8"))]
    assert sorted(len(json.loads(file.read_text("utf-8"))) for file in requests) == [1, 2]
    assert sorted(one["datasetObjectId"] for one in objects) == ["0", "1", "2"]
    assert objects[0]["dataObject"].keys() == {"content"}
    assert isinstance(objects[0]["annotations"][0]["annotationData"]["content"], str)
    replies = sorted(annotations.glob("consolidated-annotation/consolidation-response/iteration-1/*.json"))
    assert [file.name for file in replies] == [file.name for file in requests]
    assert (result.folder / "screenshots" / "0.jpg").stat().st_size > 1_000
    assert "plain" in result.report.read_text("utf-8")


def test_the_same_seed_gives_the_same_labels(plain: Plain) -> None:
    plain.worker.write_text(
        "async def work(page, task, worker):\n"
        "    await page.fill('crowd-input input', f'{worker.id} {worker.random.randrange(10**9)}')\n"
    )
    first = run(plain, out=plain.root / "a").labels()
    assert run(plain, out=plain.root / "b", concurrency=1).labels() == first
    assert run(plain, out=plain.root / "c", seed=1).labels() != first


def test_without_handlers_the_line_is_the_input_and_the_label_points_at_the_answers(plain: Plain) -> None:
    plain.template.write_text(plain.template.read_text().replace("task.input.text", "task.input.source"))
    plain.worker.write_text(plain.worker.read_text().replace('"text"', '"source"'))
    result = run(plain, pre_lambda=None, post_lambda=None, label_attribute="said-so")
    assert result.ok, result.findings
    for line in lines(result):
        assert line["said-so"] == {}
        reference = line["said-so-metadata"]["worker-response-ref"]
        file = result.folder / "output" / reference.removeprefix("s3://truthkit-output/")
        assert len(json.loads(file.read_text("utf-8"))["answers"]) == 2


def test_an_object_that_no_human_needs_is_passed_on(plain: Plain) -> None:
    plain.pre.write_text(
        "def lambda_handler(event, context):\n"
        "    row = event['dataObject']\n"
        "    wanted = str(row['number'] != 1).lower()\n"
        "    return {'taskInput': {'text': row['source']}, 'humanAnnotationRequired': wanted}\n"
    )
    result = run(plain)
    assert (result.labeled, result.skipped, result.failed) == (2, 1, 0)
    assert lines(result)[1] == {"source": "text <1> & \U0001f98a", "number": 1}
    assert result.ok


def test_a_large_answer_reaches_the_handler_by_uri(plain: Plain) -> None:
    plain.template.write_text(
        plain.template.read_text().replace("</crowd-form>", "<textarea name=long></textarea></crowd-form>")
    )
    plain.worker.write_text(plain.worker.read_text() + "    await page.fill('textarea[name=long]', 'x' * 300_000)\n")
    plain.post.write_text(
        plain.post.read_text().replace(
            'json.loads(a["annotationData"]["content"])["said"]',
            'json.loads(boto3.client("s3").get_object(Bucket=urlparse(a["annotationData"]["s3Uri"]).netloc,'
            ' Key=urlparse(a["annotationData"]["s3Uri"]).path[1:])["Body"].read())["said"]',
        )
    )
    result = run(plain, limit=1, workers=1)
    assert result.ok, result.findings
    assert result.labels()[0]["votes"] == 1


def test_objects_reach_page_and_handler_from_a_folder(plain: Plain) -> None:
    folder = plain.root / "data"
    folder.mkdir()
    (folder / "p 1.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30"/></svg>'
    )
    (folder / "in.manifest").write_text(json.dumps({"source-ref": "s3://pictures/in/p 1.svg"}) + "\n")
    plain.template.write_text(
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form>'
        '<img id="p" src="{{ task.input.source-ref | grant_read_access }}"><input name="width"></crowd-form>'
    )
    plain.worker.write_text(
        "async def work(page, task, worker):\n"
        "    width = await page.evaluate('() => document.getElementById(\"p\").naturalWidth')\n"
        "    await page.fill('[name=width]', str(width))\n"
    )
    result = run(
        plain, manifest="s3://pictures/in/in.manifest", objects={"s3://pictures/in": folder}, pre_lambda=None,
        post_lambda=None,
    )  # fmt: skip
    assert result.ok, result.findings
    response = next((result.folder / "output").rglob("worker-response/*/*/*.json"))
    assert json.loads(response.read_text())["answers"][0]["answerContent"] == {"width": "40"}


# --- what can be wrong ---


def break_pre(plain: Plain) -> None:
    plain.pre.write_text(
        plain.pre.read_text().replace('event["dataObject"]["source"]', '{1: "a"}[event["dataObject"]["number"]]')
    )


def break_template(plain: Plain) -> None:
    plain.template.write_text(plain.template.read_text().replace("task.input.text", "task.input.txet"))


def break_worker(plain: Plain) -> None:
    plain.worker.write_text("async def work(page, task, worker):\n    raise ValueError('no idea')\n")


def leave_required_empty(plain: Plain) -> None:
    plain.worker.write_text("async def work(page, task, worker):\n    pass\n")


@pytest.mark.parametrize(
    ("breakage", "code", "file", "line", "says"),
    [
        (break_pre, "handler", "pre", 3, "KeyError: 0"),
        (break_template, "liquid-missing", "template", 3, "txet"),
        (break_worker, "worker-script", "worker", 2, "ValueError: no idea"),
        (leave_required_empty, "page-task", "template", None, "no answer came"),
    ],
    ids=["pre", "template", "worker", "required"],
)
def test_a_task_that_fails_is_told_with_its_place_and_does_not_stop_the_job(
    plain: Plain, breakage: Any, code: str, file: str, line: int | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if breakage is leave_required_empty:  # else an answer that comes late is waited for
        monkeypatch.setattr("truthkit.workforce.scripted.SUBMIT_SECONDS", 2)
    breakage(plain)
    result = run(plain)
    assert not result.ok
    finding = next(one for one in result.findings if one.code.startswith(code))
    assert finding.file == str(getattr(plain, file))
    assert finding.line == line
    assert says in finding.message
    assert finding.cure or finding.excerpt
    failed = [one for one in lines(result) if "failure-reason" in one["plain-metadata"]]
    assert len(failed) == result.failed > 0
    assert failed[-1]["plain-metadata"]["human-annotated"] == "true"
    assert "plain" not in failed[-1]
    # Only object 1 has what the broken handler looks for.
    assert result.labeled == (1 if code == "handler" else 0)


def test_a_post_annotation_failure_keeps_the_answers_and_resume_needs_no_browser(
    plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = plain.post.read_text()
    plain.post.write_text(right.replace('a["annotationData"]["content"]', 'a["annotationData"]["s3uri"]'))
    broken = run(plain)
    assert (broken.answers, broken.labeled, broken.failed) == (6, 0, 3)
    finding = next(one for one in broken.findings if one.code.startswith("handler"))
    assert finding.file == str(plain.post)
    assert "s3Uri" in finding.cure
    assert "--resume" in finding.cure
    plain.post.write_text(right)

    def no_browser(**_: Any) -> None:
        raise AssertionError("the browser was started")

    monkeypatch.setattr("playwright.async_api.BrowserType.launch", no_browser)
    mended = run_job(resume=broken.folder)
    assert mended.ok, mended.findings
    assert (mended.answers, mended.labeled) == (6, 3)


def test_resume_tries_failed_tasks_again_and_asks_nobody_twice(plain: Plain) -> None:
    plain.worker.write_text(
        plain.worker.read_text().replace(
            "async def work(page, task, worker):",
            "async def work(page, task, worker):\n    if (task.line, worker.index) == (2, 1): raise ValueError",
        )
    )
    first = run(plain)
    assert (first.answers, first.labeled) == (5, 3)
    # What is labeled stays labeled: an object with fewer answers is consolidated, as in the service.
    plain.worker.write_text("async def work(page, task, worker):\n    raise AssertionError('asked twice')\n")
    again = run_job(resume=first.folder)
    assert (again.answers, again.labeled) == (5, 3)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ("{'0': 1}", "list"),
        ("[]", "left out|missing|no annotation|0, 1, 2"),
        ("[{'datasetObjectId': '9', 'consolidatedAnnotation': {'content': {'plain': 1}}}]", "9"),
        ("[{'datasetObjectId': '0', 'consolidatedAnnotation': {'content': {'other': 1}}}]", "plain"),
        ("[{'datasetObjectId': '0', 'consolidatedAnnotation': {'content': {'plain': float('nan')}}}]", "(?i)nan"),
    ],
    ids=["dict", "nothing", "unknown id", "no label", "nan"],
)
def test_a_post_annotation_result_against_the_contract_is_told(plain: Plain, result: str, says: str) -> None:
    plain.post.write_text(f"def lambda_handler(event, context):\n    return {result}\n")
    outcome = run(plain, workers=1)
    assert outcome.labeled == 0
    assert outcome.answers == 3
    assert any(re.search(says, one.message) for one in outcome.findings), outcome.findings


def test_what_a_page_does_wrong_is_told_with_the_templates_line(plain: Plain) -> None:
    plain.template.write_text(
        plain.template.read_text().replace(
            "</crowd-form>",
            "<crowd-inptu></crowd-inptu>\n"
            "</crowd-form>\n"
            "<script>\n"
            "  undefinedFunction();\n"
            "</script>\n"
            '<img src="https://elsewhere.example/x.png">\n'
            '<script>fetch("http://127.0.0.1:1/secret").catch(() => {}); console.error("oh no");</script>\n',
        )
    )
    result = run(plain, limit=1, workers=1)
    found = {(one.code, one.line): one for one in result.findings}
    assert found["page-unknown-element", 5]
    assert "undefinedFunction" in found["page-script-error", 8].message
    assert "https://elsewhere.example/x.png" in found["page-network-refused", 10].message
    assert any("127.0.0.1:1" in one.message for one in result.findings if one.code == "page-network-refused")
    assert found["page-console-error", 11].severity == "warning"
    assert (result.answers, result.labeled) == (1, 1)
    assert not result.ok


@pytest.mark.parametrize("how", ["script.src = {url!r}", "script.setAttribute('src', {url!r})"])
def test_a_crowd_script_that_a_script_loads_is_the_kits_own(plain: Plain, how: str) -> None:
    tag, form = plain.template.read_text().split("\n", 1)
    url = tag.split('"')[1]
    load = f"const script = document.createElement('script'); {how.format(url=url)}; document.head.append(script);"
    plain.template.write_text(f"{form}<script>{load}</script>\n")
    result = run(plain, limit=1, workers=1)
    assert result.ok, result.findings
    assert result.labeled == 1


def test_an_object_that_is_not_signed_or_not_there_is_told(plain: Plain) -> None:
    folder = plain.root / "data"
    folder.mkdir()
    (folder / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    plain.manifest.write_text(json.dumps({"source-ref": "s3://pictures/none.svg"}) + "\n")
    plain.template.write_text(
        plain.template.read_text().replace(
            "{{ task.input.text }}", '\n<img src="{{ task.input.source-ref | grant_read_access }}">'
        )
    )
    plain.worker.write_text("async def work(page, task, worker):\n    await page.fill('crowd-input input', 'x')\n")
    result = run(plain, pre_lambda=None, workers=1, objects={"s3://pictures/": folder})
    assert "page-object" in codes(result), result.findings
    finding = next(one for one in result.findings if one.code == "page-object")
    assert "s3://pictures/none.svg" in finding.message
    assert finding.line == 4
    assert "--objects" in finding.cure


# --- wrong use ---


def test_a_bad_manifest_stops_everything_before_it_begins(plain: Plain) -> None:
    text = plain.manifest.read_text("utf-8").splitlines()
    text[1] = "{'source': 'python'}"
    plain.manifest.write_text("\n".join(text) + "\n", "utf-8")
    with pytest.raises(TruthkitError) as caught:
        run(plain)
    assert [(one.file, one.line) for one in caught.value.findings] == [(str(plain.manifest), 2)]
    assert not (plain.root / "job").exists()
    result = run(plain, skip_bad_lines=True)
    assert (result.objects, result.labeled) == (2, 2)
    assert [one.line for one in result.findings if one.code.startswith("manifest")] == [2]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"worker_script": None}, "no worker script"),
        ({"worker_script": "none.py"}, "does not exist"),
        ({"template": "none.html"}, "does not exist"),
        ({"pre_lambda": "none.py"}, "does not exist"),
        ({"manifest": None}, "no manifest"),
        ({"manifest": "s3://nowhere/m.manifest"}, "no mapped folder"),
        ({"objects": {"s3://pictures/": "none"}}, "does not exist"),
        ({"workers": 10}, "1 to 9"),
        ({"label_attribute": "x-metadata"}, "label attribute"),
        ({"s3": "gcs"}, "local"),
        ({"resume": "job"}, "--resume"),
        ({"workflow": "text-entitys"}, "text-entities"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_use_is_told_before_anything_is_made(plain: Plain, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(plain, **changes)
    assert not (plain.root / "job").exists()


def test_an_existing_folder_is_refused(plain: Plain) -> None:
    (plain.root / "job").mkdir()
    (plain.root / "job" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        run(plain)
    assert [file.name for file in (plain.root / "job").iterdir()] == ["mine.txt"]


def test_resume_refuses_another_manifest_and_a_folder_without_a_job(plain: Plain) -> None:
    result = run(plain, limit=1, workers=1)
    plain.write_manifest(5)
    with pytest.raises(UsageError, match="not the manifest"):
        run_job(resume=result.folder)
    with pytest.raises(UsageError, match="holds no job"):
        run_job(resume=plain.root)


# --- what may go wrong around it ---


def test_a_slow_last_batch_is_waited_for_and_its_fault_is_told(plain: Plain) -> None:
    plain.post.write_text(
        "import time\n\ndef lambda_handler(event, context):\n    time.sleep(2)\n    raise ValueError('too late')\n"
    )
    result = run(plain, workers=1, batch=3)
    assert result.failed == 3
    (finding,) = result.findings
    assert (finding.file, finding.line) == (str(plain.post), 5)
    assert "too late" in finding.message


def test_a_mended_pre_annotation_handler_runs_again_on_resume(plain: Plain) -> None:
    right = plain.pre.read_text()
    plain.pre.write_text(right.replace('"text":', '"txet":'))
    broken = run(plain, workers=1)
    assert broken.failed == 3
    plain.pre.write_text(right)
    mended = run_job(resume=broken.folder)
    assert mended.ok, mended.findings
    assert mended.labeled == 3


def test_resume_still_tells_what_it_did_not_try_again(plain: Plain) -> None:
    plain.worker.write_text(
        plain.worker.read_text().replace(
            "async def work(page, task, worker):",
            "async def work(page, task, worker):\n    if worker.index == 1: raise ValueError('tired')",
        )
    )
    first = run(plain, batch=3)
    assert (first.ok, first.labeled) == (False, 3)
    again = run_job(resume=first.folder)
    assert not again.ok
    assert [one.message for one in again.findings] == [first.findings[0].message.split(" (seen")[0]]


def test_a_page_that_crashes_or_cannot_be_pictured_takes_nothing_else_along(plain: Plain) -> None:
    plain.worker.write_text(
        "from playwright.async_api import Error\n\n"
        "async def work(page, task, worker):\n"
        "    if task.line == 1:\n"
        "        await page.goto('chrome://crash')\n"
        "    await page.fill('crowd-input input', 'x')\n"
        "    if task.line == 2:\n"
        "        async def refuse(**_): raise Error('no picture today')\n"
        "        page.screenshot = refuse\n"
    )
    result = run(plain, workers=1, concurrency=1, pre_lambda=plain.pre)
    assert (result.answers, result.labeled, result.failed) == (2, 2, 1)
    assert "page-screenshot" in codes(result)
    assert next(one for one in result.findings if one.code == "page-screenshot").severity == "warning"


def test_a_browser_that_ends_keeps_the_answers(plain: Plain) -> None:
    plain.worker.write_text(
        "async def work(page, task, worker):\n"
        "    if task.line == 3:\n"
        "        await page.context.browser.close()\n"
        "    await page.fill('crowd-input input', 'x')\n"
    )
    with pytest.raises(TruthkitError, match="browser ended") as caught:
        run(plain, workers=1, concurrency=1)
    assert "--resume" in caught.value.findings[0].cure
    plain.worker.write_text("async def work(page, task, worker):\n    await page.fill('crowd-input input', 'x')\n")
    assert run_job(resume=plain.root / "job").labeled == 3


@pytest.mark.parametrize(
    "how",
    [
        "location.href = {url!r}",
        "window.open({url!r})",
        "location.reload && fetch({url!r})",
        "document.head.append(Object.assign(document.createElement('link'), {{rel: 'prefetch', href: {url!r}}}))",
    ],
    ids=["address", "window", "fetch", "prefetch"],
)
def test_no_other_port_of_this_machine_can_be_reached(plain: Plain, how: str) -> None:
    hits: list[str] = []

    class Secret(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

    with socketserver.TCPServer(("127.0.0.1", 0), Secret) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        script = how.format(url=f"http://127.0.0.1:{server.server_address[1]}/secret")
        plain.template.write_text(plain.template.read_text() + f"<script>{script}</script>\n")
        result = run(plain, limit=1, workers=1)
        server.shutdown()
    assert hits == []
    refused = [one for one in result.findings if one.code in ("page-network-refused", "page-console-error")]
    assert refused, result.findings


def test_what_a_handler_raises_may_hold_anything(plain: Plain) -> None:
    plain.pre.write_text("def lambda_handler(event, context):\n    raise ValueError('\\ud800 \\x1b[31m')\n")
    result = run(plain, workers=1)
    assert result.failed == 3
    assert "\x1b" not in result.findings[0].message


def test_remarks_on_the_pre_annotation_result_are_told(plain: Plain) -> None:
    legacy = plain.pre.read_text().replace('"isHumanAnnotationRequired": True', '"humanAnnotationRequired": "true"')
    plain.pre.write_text(legacy)
    result = run(plain, limit=1, workers=1)
    assert result.ok
    assert [one.severity for one in result.findings if one.code == "pre-annotation-remark"]


def test_a_limit_looks_at_no_line_behind_it(plain: Plain) -> None:
    plain.manifest.write_text(plain.manifest.read_text("utf-8").split("\n")[0] + "\nnot json\n", "utf-8")
    assert run(plain, limit=1, workers=1).labeled == 1


@pytest.mark.parametrize(("gone", "says"), [("exit", "SystemExit"), ("wait", "TimeoutError: mine")])
def test_a_worker_script_cannot_end_the_job(plain: Plain, gone: str, says: str) -> None:
    body = {"exit": "import sys; sys.exit(3)", "wait": "raise TimeoutError('mine')"}[gone]
    plain.worker.write_text(f"async def work(page, task, worker):\n    {body}\n")
    result = run(plain, limit=1, workers=1)
    assert result.failed == 1
    assert says in result.findings[0].message
    assert result.findings[0].line == 2


def test_a_worker_script_may_press_submit_itself(plain: Plain) -> None:
    plain.worker.write_text(
        "from truthkit.workforce.gestures import fill, submit\n\n\n"
        "async def work(page, task, worker):\n"
        '    await fill(page, "said", task.task_input["text"])\n'
        "    await submit(page)\n"
    )
    result = run(plain, workers=3)
    assert result.ok, result.findings
    assert result.findings == ()


# --- a strategy in place of a handler ---

STRATEGY = """
from pathlib import Path

from truthkit_core.handlers import consolidate
from truthkit_core.strategies import Settings

SETTINGS = Settings.load(Path(__file__).with_name("workflow.toml"))


def lambda_handler(event, context):
    return consolidate(event, SETTINGS)
"""


def strategy(plain: Plain, table: str) -> Path:
    """The plain workflow with [consolidation] in place of its handler."""
    top = 'title = "Say"\ndescription = "Say it"\ntask_time_limit_seconds = 60\nlabels = ["x", "y"]\n'
    plain.post.write_text(STRATEGY)
    settings = plain.post.with_name("workflow.toml")
    settings.write_text(f"{top}[consolidation]\n{table}\n")
    return settings


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('kind = "text"\nfield = "tone"', "no answer has the field 'tone'; the answers have 'said'"),
        ('kind = "boxes"\nfield = "said"', "says anything that counts (said: "),
    ],
    ids=["field", "kind"],
)
def test_a_strategy_that_does_not_fit_the_form_is_an_error(plain: Plain, table: str, says: str) -> None:
    settings = strategy(plain, table)
    result = run(plain)
    [finding] = result.findings
    assert (finding.code, finding.severity, finding.file) == ("label-reason", "error", str(settings))
    assert finding.message.startswith("3 of 3 objects have no label but a reason; the first: ")
    assert says in finding.message
    assert not result.ok
    again = run_job(resume=result.folder)
    assert [one.message for one in again.findings] == [finding.message]


def test_objects_without_a_label_beside_others_are_a_warning(plain: Plain) -> None:
    strategy(plain, 'kind = "text"\nfield = "said"')
    plain.template.write_text(plain.template.read_text().replace(" required", ""))
    plain.worker.write_text(
        "async def work(page, task, worker):\n"
        "    if task.line != 2:\n"
        "        await page.fill('crowd-input input', 'x')\n"
    )
    result = run(plain)
    [finding] = result.findings
    assert (finding.code, finding.severity, finding.object_id) == ("label-reason", "warning", "1")
    assert finding.message.startswith("1 of 3 objects")
    assert result.ok


@pytest.mark.parametrize(
    ("table", "line", "says"),
    [
        ('field = "said"', 5, "consolidation.kind: is missing"),
        ('kind = "text"\nfield = "said"\nmethod = "vot"', 8, "consolidation.method: 'vot' is not known"),
        ('kind = "text"\nfield = "said"\nsmell = 1', 8, "consolidation.smell: is no option of"),
    ],
    ids=["no-kind", "method", "option"],
)
def test_a_mistake_in_a_strategys_table_is_told_before_the_first_task(
    plain: Plain, table: str, line: int, says: str
) -> None:
    settings = strategy(plain, table)
    with pytest.raises(TruthkitError) as caught:
        run(plain)
    [finding] = caught.value.findings
    assert (finding.code, finding.file, finding.line) == ("workflow", str(settings), line)
    assert finding.message.startswith(says)
    assert not (plain.root / "job").exists()
