"""The command line as a process: exit statuses, what goes where, JSON for machines, and errors with a cure."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import truthkit
from tests.documents import ROOT, json_fields
from tests.plain import Plain, make_plain
from truthkit.cli import app, main
from truthkit.cli.jobs import print_summary
from truthkit.cli.terminal import relative
from truthkit.findings import UsageError
from truthkit_core.messages import ContractError

COMMANDS = ("list", "render", "run", "smoke", "preview", "build", "sam", "doctor")
SECONDS = 120


def truthkit_process(
    *arguments: str | Path, cwd: Path = ROOT, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "truthkit", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def printed(result: subprocess.CompletedProcess[str], status: int = 0) -> Any:
    """The JSON document on standard output."""
    assert result.returncode == status, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return make_plain(tmp_path, lines=2)


def page_flags(plain: Plain, *, without: Sequence[str] = ()) -> list[str]:
    """The flags of render and preview."""
    flags = plain.flags()
    pairs = zip(flags[::2], flags[1::2], strict=True)
    return [text for name, value in pairs if name not in {"--post-lambda", "--worker-script", *without} for text in
            (name, value)]  # fmt: skip


@dataclass(frozen=True)
class Done:
    plain: Plain
    job: Path
    result: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A finished job of two lines and one worker, in a folder with a name longer than a terminal is wide."""
    plain = make_plain(tmp_path_factory.mktemp("plain"), lines=2)
    job = plain.root / ("a job with a long name " * 6).strip()
    return Done(plain, job, truthkit_process("run", *plain.flags(), "--out", job, "--json"))


# --- what each command prints for machines ---


def test_list(done: Done) -> None:
    rows = printed(truthkit_process("list", "--json"))
    assert {row["name"] for row in rows} >= {"text-entities"}
    assert all(set(row) == json_fields("list") for row in rows)
    assert all(row["complete"] and not row["missing"] and not row["fault"] for row in rows)
    lines = truthkit_process("list").stdout.splitlines()
    assert "text-entities  Mark the parts of a paper's abstract  (complete)" in lines


def test_list_tells_what_a_workflow_lacks(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates" / "text-entities", tmp_path / "templates" / "mine")
    (tmp_path / "lambdas" / "mine").mkdir(parents=True)
    (tmp_path / "lambdas" / "mine" / "workflow.toml").write_text('titel = "T"\n')
    mine, *others = printed(truthkit_process("list", "--json", cwd=tmp_path))
    assert (mine["name"], mine["complete"], mine["project"]) == ("mine", False, str(tmp_path.resolve()))
    assert "lambdas/mine/pre_annotation.py" in mine["missing"]
    assert "samples/mine/manifest.jsonl" in mine["missing"]
    assert "titel" in mine["fault"]
    assert "did you mean 'title'?" in mine["fault"]
    assert "text-entities" in {row["name"] for row in others}, "the kit's own are known everywhere"
    first, *more = truthkit_process("list", cwd=tmp_path).stdout.splitlines()
    assert "the kit's" not in first
    assert more
    assert all(line.endswith("  (the kit's)") for line in more)


def test_run(done: Done) -> None:
    result = printed(done.result)
    assert set(result) == json_fields("run")
    assert done.result.stderr == ""
    assert (result["objects"], result["answers"], result["labeled"], result["failed"]) == (2, 2, 2, 0)
    assert (result["ok"], result["findings"], result["gold_agreement"]) == (True, [], None)
    assert Path(result["folder"]) == done.job
    lines = Path(result["output_manifest"]).read_text("utf-8").splitlines()
    assert [json.loads(line)["plain"]["votes"] for line in lines] == [1, 1]
    assert Path(result["report"]).read_text("utf-8").startswith("<!doctype html>")


def test_render(plain: Plain) -> None:
    flags = page_flags(plain)
    page = truthkit_process("render", *flags, "--line", "2")
    assert (page.returncode, page.stderr) == (0, "")
    assert "<p>text &lt;1&gt; &amp; \U0001f98a</p>" in page.stdout
    assert 'src="https://assets.crowd.aws/crowd-html-elements.js"' in page.stdout
    assert printed(truthkit_process("render", *flags, "--line", "2", "--json")) == {"page": page.stdout}

    file = plain.root / "new" / "page.html"
    written = printed(truthkit_process("render", *flags, "--line", "2", "--out", file, "--json"))
    assert written == {"out": str(file), "characters": len(page.stdout)}
    assert file.read_text("utf-8") == page.stdout
    assert {"page", *written} <= json_fields("render")


def test_render_replaces_a_file_only_when_told(plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    file = plain.root / "page.html"
    arguments = ["render", *map(str, page_flags(plain)), "--out", str(file)]
    run = CliRunner().invoke
    file.write_text("mine", "utf-8")
    told = run(app, arguments)
    assert isinstance(told.exception, UsageError)
    [finding] = told.exception.findings
    assert finding.message == f"{file} exists"
    assert finding.cure == "give another --out, or --yes to replace it"
    assert file.read_text("utf-8") == "mine"
    assert run(app, ["render", *map(str, page_flags(plain)), "--out", str(plain.root), "--yes"]).exit_code != 0

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        broken = run(app, [*arguments, "--yes"])
    assert isinstance(broken.exception, UsageError)
    assert "No space left on device" in str(broken.exception)
    assert file.read_text("utf-8") == "mine", "what breaks off loses nothing"
    assert [one.name for one in plain.root.iterdir() if "page.html" in one.name] == ["page.html"]

    link = plain.root / "link.html"
    link.symlink_to(file)
    arguments[-1] = str(link)
    assert run(app, [*arguments, "--yes"]).exit_code == 0
    page = file.read_text("utf-8")
    assert page.startswith("<")
    assert link.is_symlink()
    assert run(app, arguments).exit_code == 0, "the same page again loses nothing"


def test_render_a_task_input(plain: Plain) -> None:
    task_input = plain.root / "input.json"
    task_input.write_text('{"text": "a < b"}')
    page = truthkit_process("render", "--template", plain.template, "--task-input", task_input)
    assert "<p>a &lt; b</p>" in page.stdout
    task_input.write_text('{"text":\n "a < b"')
    told = truthkit_process("render", "--template", plain.template, "--task-input", task_input)
    assert told.returncode == 1
    assert f"error {task_input}:2: is not JSON" in told.stderr


def test_render_all_reports_faults_only(plain: Plain) -> None:
    plain.write_manifest(5)
    flags = page_flags(plain)
    fine = truthkit_process("render", *flags, "--all")
    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "5 lines, 0 with faults\n", "")

    lines = plain.manifest.read_text("utf-8").splitlines()
    lines[1] = "{'source': 'single quotes'}"
    lines[3] = '{"$sorce": 1}'  # two faults of one line
    plain.manifest.write_text("\n".join(lines) + "\n")
    faulty = truthkit_process("render", *flags, "--all")
    assert faulty.returncode == 1
    assert faulty.stdout == "5 lines, 2 with faults\n"
    assert f"{plain.manifest}:2:2: the line is a Python dict" in faulty.stderr
    report = printed(truthkit_process("render", *flags, "--all", "--json"), 1)
    assert (report["lines"], report["faulty"], report["skipped"]) == (5, 2, 0)
    assert set(report) <= json_fields("render")
    assert [(one["code"], one["line"]) for one in report["findings"]] == [
        ("manifest-python-dict", 2),
        ("manifest-name", 4),
        ("manifest-no-source", 4),
    ]
    # A line that is right is shown, whatever the others are.
    assert truthkit_process("render", *flags, "--line", "5").returncode == 0
    assert "manifest-name" in truthkit_process("render", *flags, "--line", "4").stderr


def test_render_all_tells_warnings_of_lines_that_are_right(plain: Plain) -> None:
    with plain.manifest.open("a") as stream:
        stream.write('{"source": "a", "number": 3, "source-ref": "s3://bucket/k"}\n')
    flags = page_flags(plain)
    told = truthkit_process("render", *flags, "--all")
    assert (told.returncode, told.stdout) == (0, "3 lines, 0 with faults\n")
    assert told.stderr.startswith(f"warning {plain.manifest}:3:30: the object has both source and source-ref")
    report = printed(truthkit_process("render", *flags, "--all", "--json"))
    assert (report["faulty"], [one["severity"] for one in report["findings"]]) == (0, ["warning"])
    page = truthkit_process("render", *flags, "--line", "3")
    assert (page.returncode, "<p>a</p>" in page.stdout) == (0, True)


def test_render_all_counts_lines_that_need_no_human(plain: Plain) -> None:
    plain.pre.write_text(plain.pre.read_text().replace("True", "event['dataObject']['number'] > 0"))
    result = truthkit_process("render", *page_flags(plain), "--all")
    assert (result.returncode, result.stdout) == (0, "2 lines, 0 with faults, 1 not for people\n")
    one = truthkit_process("render", *page_flags(plain), "--line", "1")
    assert one.returncode == 1
    assert "[no-human-annotation]" in one.stderr


def test_build(tmp_path: Path) -> None:
    (built,) = printed(truthkit_process("build", "text-entities", "--inline", "--out", tmp_path / "b", "--json"))
    assert set(built) == json_fields("build")
    file = Path(built["file"])
    assert file == tmp_path / "b" / "text-entities.liquid.html"
    assert built["characters"] == len(file.read_text("utf-8")) < 128_000
    assert built["bundles"] == ["text-annotator"]
    result = truthkit_process("build", "--inline", "--out", tmp_path / "c")
    assert f"{tmp_path / 'c' / 'text-entities.liquid.html'}: " in result.stdout
    assert len(result.stdout.splitlines()) == len(list((ROOT / "templates").iterdir()))


def test_sam(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "layers" / "numpy", tmp_path / "layers" / "numpy")
    (tmp_path / "templates").mkdir()
    absent = truthkit_process("sam", cwd=tmp_path)
    assert absent.returncode == 1
    assert "[no-sam-template]" in absent.stderr

    template = tmp_path / "template.yaml"
    template.write_text((ROOT / "template.yaml").read_text("utf-8").replace("Timeout: 30", "Timeout: 31"))
    stale = truthkit_process("sam", "--check", cwd=tmp_path)
    assert (stale.returncode, "[sam-stale]" in stale.stderr) == (1, True)
    written = printed(truthkit_process("sam", "--json", cwd=tmp_path))
    assert written == {"file": str(template), "written": True}
    assert set(written) == json_fields("sam")
    check = truthkit_process("sam", "--check", cwd=tmp_path)
    assert (check.returncode, check.stdout) == (0, "template.yaml is up to date\n")


def test_doctor() -> None:
    result = truthkit_process("doctor", "--json")
    checks = json.loads(result.stdout)
    assert all(set(check) == json_fields("doctor") for check in checks)
    assert result.returncode == any(check["needed"] and not check["ok"] for check in checks)
    assert {"Python", "Chromium", "front-end bundles"} <= {check["name"] for check in checks}

    bad = truthkit_process("doctor", environment={"TRUTHKIT_CHROMIUM": "no-such-browser"})
    assert bad.returncode == 1
    assert "missing  Chromium  TRUTHKIT_CHROMIUM=no-such-browser is not a program\n         cure: " in bad.stdout


def test_preview_serves_until_it_is_stopped(plain: Plain) -> None:
    command = [sys.executable, "-m", "truthkit", "preview", *page_flags(plain), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.endswith("}\n"):
                line = process.stdout.readline()
                assert line, "the preview ended"
                said += line
            ready = json.loads(said)
            assert set(ready) == json_fields("preview")
            with urllib.request.urlopen(f"{ready['address']}/api/lines/2") as response:
                assert json.load(response)["total"] == 2
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()


# --- faults and wrong use ---


def test_a_faulty_job_tells_everything_and_gives_1(plain: Plain) -> None:
    plain.template.write_text(plain.template.read_text().replace("task.input.text", "task.input.txt"))
    result = truthkit_process("run", *plain.flags(), "--out", plain.root / "job")
    assert result.returncode == 1
    assert "failures: 2\n" in result.stdout
    error, *rest = result.stderr.splitlines()
    assert error.startswith(f"error {plain.template}:3:9: task.input.txt is missing: task.input has text")
    assert re.search(r"\(seen 2 times\) \[liquid-missing-variable\] \(object [01]\)$", error)
    assert rest[:2] == ["  |   <p>{{ task.input.txt }}</p>", "  |         ^"]
    assert rest[2].startswith("  cure: did you mean task.input.text?")


def test_a_bad_manifest_stops_the_job_unless_its_lines_are_skipped(plain: Plain) -> None:
    with plain.manifest.open("a") as stream:
        stream.write("{'source': 'x'}\n")
    job = plain.root / "job"
    stopped = truthkit_process("run", *plain.flags(), "--out", job, "--json")
    told = printed(stopped, 1)
    assert told["ok"] is False
    assert [(one["code"], one["line"]) for one in told["findings"]] == [("manifest-python-dict", 3)]
    assert not job.exists()
    skipped = printed(truthkit_process("run", *plain.flags(), "--out", job, "--skip-bad-lines", "--json"), 1)
    assert (skipped["objects"], skipped["labeled"]) == (2, 2)
    assert [one["code"] for one in skipped["findings"]] == ["manifest-python-dict"]


def test_ctrl_c_says_how_to_go_on_and_the_job_goes_on(plain: Plain) -> None:
    at_work, job = plain.root / "at work", plain.root / "job"
    os.mkfifo(at_work)
    script = plain.worker.read_text("utf-8")
    plain.worker.write_text(
        f"import asyncio\n\nasync def work(page, task, worker):\n"
        f"    open({str(at_work)!r}, 'w').close()\n    await asyncio.Event().wait()\n"
    )
    command = [sys.executable, "-m", "truthkit", "run", *plain.flags(), "--out", str(job), "--concurrency", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            at_work.read_bytes()  # until a worker has the page
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert process.returncode == 130
    assert said == f"stopped; every answer is kept. Go on with: truthkit run --resume {job}\n"
    plain.worker.write_text(script, "utf-8")
    assert printed(truthkit_process("run", "--resume", job, "--json"))["labeled"] == 2


# Arguments ("<plain>" stands for the flags of the plain workflow), and what is said.
WRONG_USE = {
    "no-such-command": (["frob"], "No such command"),
    "no-such-option": (["run", "text-entities", "--frob"], "No such option"),
    "unknown-workflow": (["run", "text-entitys"], "did you mean text-entities?"),
    "unknown-to-render": (["render", "text-entitys"], "did you mean text-entities?"),
    "unknown-to-preview": (["preview", "text-entitys"], "did you mean text-entities?"),
    "unknown-to-build": (["build", "text-entitys", "--inline"], "did you mean text-entities?"),
    "no-workflow": (["run"], "name a workflow, or --template FILE"),
    "no-manifest": (["render", "--template", "<template>"], "give --manifest FILE or s3://…"),
    "no-template-file": (["render", "--template", "gone.html", "--manifest", "m"], "gone.html does not exist"),
    "no-handler-file": (["run", "<plain>", "--pre-lambda", "gone.py"], "gone.py does not exist"),
    "no-project": (["list", "--project", "gone"], "gone"),
    "task-input-alone": (["render", "--task-input", "x.json"], "give --template FILE --task-input FILE"),
    "line-0": (["render", "text-entities", "--line", "0"], "--line"),
    "line-out-of-range": (["render", "<page>", "--line", "3"], "has no line 3 [usage]\n  cure: give a smaller --line"),
    "out-below-a-file": (["render", "<page>", "--out", "<template>/x"], "plain.liquid.html/x cannot be written: "),
    "out-is-a-folder": (["render", "<page>", "--out", "pre"], "pre cannot be written: Is a directory"),
    "all-with-out": (["render", "<page>", "--all", "--out", "x"], "--all goes with neither"),
    "workers-0": (["run", "<plain>", "--workers", "0"], "give 1 to 9"),
    "workers-10": (["run", "<plain>", "--workers", "10"], "give 1 to 9"),
    "limit-0": (["run", "<plain>", "--limit", "0"], "--limit 0 is out of range"),
    "concurrency-65": (["run", "<plain>", "--concurrency", "65"], "give 1 to 64"),
    "batch-0": (["run", "<plain>", "--batch", "0"], "--batch 0 is out of range"),
    "s3-moon": (["run", "<plain>", "--s3", "moon"], "give --s3 local or --s3 aws"),
    "label-metadata": (["run", "<plain>", "--label-attribute", "x-metadata"], "cannot be a label attribute name"),
    "no-worker-script": (["run", "<page>"], "give --worker-script FILE, a Python file with `async def work("),
    "objects-form": (["run", "<plain>", "--objects", "data"], "s3://BUCKET/PREFIX=DIR"),
    "objects-folder": (["run", "<plain>", "--objects", "s3://bucket/p=gone"], "the folder gone"),
    "manifest-unmapped": (["run", "<plain>", "--manifest", "s3://b/m.jsonl"], "map its bucket: --objects"),
    "existing-out": (["run", "<plain>", "--out", "."], "or go on with the job in it: --resume"),
    "resume-nothing": (["run", "--resume", "."], "holds no job: job.json is missing"),
    "resume-with-more": (["run", "--resume", ".", "--workers", "2"], "only --concurrency and --headed"),
    "resume-with-seed": (["run", "--resume", ".", "--seed", "2"], "only --concurrency and --headed"),
    "build-how": (["build"], "give --inline"),
    "port": (["preview", "<page>", "--port", "70000"], "--port"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use_gives_2_and_the_cure(
    arguments: list[str],
    says: str,
    plain: Plain,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stands_for = {"<plain>": plain.flags(), "<page>": page_flags(plain), "<template>": [str(plain.template)]}
    arguments = [argument.replace("<template>/", f"{plain.template}/") for argument in arguments]
    given = [text for argument in arguments for text in stands_for.get(argument, [argument])]
    before = sorted(plain.root.rglob("*"))
    monkeypatch.chdir(plain.root)
    monkeypatch.setattr(sys, "argv", ["truthkit", *given])
    with pytest.raises(SystemExit) as ended:  # in this process, which is quicker: the parser and main() are the same
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2, said.err
    assert says in said.err
    assert said.out == ""
    assert sorted(plain.root.rglob("*")) == before, "nothing was to be made"


def test_wrong_use_is_json_too() -> None:
    told = printed(truthkit_process("run", "text-entitys", "--json"), 2)
    assert told["ok"] is False
    assert [one["code"] for one in told["findings"]] == ["usage"]
    assert "did you mean text-entities?" in told["findings"][0]["cure"]


def test_a_job_in_the_way_is_named_with_the_command_to_go_on(done: Done) -> None:
    result = truthkit_process("run", *done.plain.flags(), "--out", done.job)
    assert result.returncode == 2
    cure = f"give a new folder, or go on with the job in it: --resume '{done.job}'"  # with blanks: ready to paste
    assert result.stderr == f"error {done.job} exists [usage]\n  cure: {cure}\n"


def test_a_manifest_by_its_s3_uri(plain: Plain) -> None:
    flags = [*page_flags(plain, without=["--manifest"]), "--manifest", "s3://bucket/in/manifest.jsonl"]
    page = truthkit_process("render", *flags, "--objects", f"s3://bucket/in={plain.root}", "--line", "2")
    assert page.returncode == 0, page.stderr
    assert "<p>text &lt;1&gt;" in page.stdout


def ended(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The exit status of the command, run in this process."""
    monkeypatch.setattr(sys, "argv", ["truthkit", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/there/x"), "error /there/x: No space left on device [system]\n"),
        (PermissionError(13, "Permission denied"), "error Permission denied [system]\n"),
        (OSError("odd"), "error odd [system]\n"),
        (
            ContractError("title", "is missing", "add it", "/there/workflow.toml", 3),
            "error /there/workflow.toml:3: title: is missing [workflow]\n  cure: add it\n",
        ),
        (ContractError("", "cannot be read", "", "/there/w"), "error /there/w: cannot be read [workflow]\n"),
    ],
    ids=["full", "refused", "bare", "contract", "no-path"],
)
def test_what_the_system_refuses_is_told_in_a_line(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("truthkit.cli.app", fail)
    assert ended([], monkeypatch) == 1
    assert capsys.readouterr() == ("", told)
    assert ended(["--json"], monkeypatch) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_names_that_are_no_utf_8_and_control_characters_stop_no_output(plain: Plain) -> None:
    plain.pre.write_text('def lambda_handler(e, c):\n    raise ValueError("bad \\ud800 char \\x1b[31m")\n')
    flags = page_flags(plain)
    told = truthkit_process("render", *flags)
    assert told.returncode == 1
    assert r"ValueError: bad \ud800 char \x1b[31m [handler-error]" in told.stderr
    (finding,) = printed(truthkit_process("render", *flags, "--json"), 1)["findings"]
    assert finding["message"] == r"ValueError: bad \ud800 char \x1b[31m"
    plain.pre.unlink()
    odd = plain.root / os.fsdecode(b"caf\xe9.html")
    flags = page_flags(plain, without=["--pre-lambda"])
    plain.template.write_text("<p>{{ task.input.source }}</p>")
    assert printed(truthkit_process("render", *flags, "--out", odd, "--json"))["out"] == str(odd)
    assert truthkit_process("render", *flags, "--out", odd).returncode == 0


# --- terminal and pipe ---


def test_paths_below_the_working_directory_are_relative_for_people(plain: Plain) -> None:
    with plain.manifest.open("a") as stream:
        stream.write("{'source': 'x'}\n")
    root = plain.root.resolve()
    told = truthkit_process("render", *page_flags(plain), "--all", cwd=root)
    assert told.stderr.startswith("error manifest.jsonl:3:2: ")
    report = printed(truthkit_process("render", *page_flags(plain), "--all", "--json", cwd=root), 1)
    assert report["findings"][0]["file"] == str(plain.manifest)


def test_paths_of_the_summary_are_relative_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = tmp_path.resolve() / "job1"
    result = truthkit.RunResult(
        job, "n", "l", 1, 1, 1, 0, 0, 1.0, None, None, job / "out.manifest", job / "report.html"
    )
    monkeypatch.chdir(tmp_path)
    print_summary(result)
    assert capsys.readouterr().out.endswith("output manifest: job1/out.manifest\nreport: job1/report.html\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{here}/a.py:3: wrong", "a.py:3: wrong"),
        ('File "{here}/a.py", line 3', 'File "a.py", line 3'),
        ("--resume '{here}/a job' (or {here}/b)", "--resume 'a job' (or b)"),
        ("s3://b/={here}/data", "s3://b/=data"),
        ("{here} and {here}x/a.py", "{here} and {here}x/a.py"),
        ("/else{here}/a.py file://{here}/a.py", "/else{here}/a.py file://{here}/a.py"),
    ],
    ids=["first", "quoted", "command", "mapping", "itself", "inside"],
)
def test_only_paths_below_the_working_directory_become_relative(
    text: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path.resolve()
    monkeypatch.chdir(here)
    assert relative(text.format(here=here)) == shown.format(here=here)


def test_in_the_root_and_in_no_folder_paths_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert relative("/etc/hosts") == "/etc/hosts"
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert relative("/etc/hosts") == "/etc/hosts"


def test_off_a_terminal_there_is_no_color_and_a_path_stays_on_one_line(done: Done) -> None:
    colorful = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "COLUMNS": "40", "TERM": "xterm-256color"}
    result = truthkit_process("run", "--resume", done.job, environment=colorful)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert len(str(done.job)) > 120
    lines = result.stdout.splitlines()
    assert f"report: {done.job / 'report.html'}" in lines
    assert f"output manifest: {done.job / 'output' / 'plain' / 'manifests' / 'output' / 'output.manifest'}" in lines
    for command in (["list"], ["doctor"], ["render", "text-entitys"]):
        result = truthkit_process(*command, environment=colorful)
        assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize(("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["color", "plain"])
def test_on_a_terminal_there_is_color_unless_it_is_not_wanted(environment: dict[str, str], colored: bool) -> None:
    outer, inner = pty.openpty()
    try:
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CI")}
        subprocess.run(
            [sys.executable, "-m", "truthkit", "render", "text-entitys"],
            env={**kept, "TERM": "xterm-256color", **environment},
            stdout=subprocess.DEVNULL,
            stderr=inner,
            timeout=SECONDS,
        )
        said = os.read(outer, 10_000).decode()
    finally:
        os.close(outer)
        os.close(inner)
    assert "there is no workflow" in said
    assert ("\x1b[31m" in said) is colored


# --- help ---


def test_help_of_every_command_has_examples() -> None:
    overview = truthkit_process("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", overview, re.MULTILINE)
        result = truthkit_process(command, "--help")
        assert result.returncode == 0
        assert f"Examples:\n    truthkit {command}" in result.stdout


def test_the_overview_is_not_cut_in_a_narrow_terminal() -> None:
    overview = truthkit_process("--help", environment={"COLUMNS": "80"}).stdout
    assert "Commands:" in overview
    assert "..." not in overview.partition("Commands:")[2]
    assert all(len(line) <= 80 for line in overview.splitlines())


def test_version() -> None:
    result = truthkit_process("--version")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"truthkit {version('truthkit')}\n"


def test_without_arguments_there_is_help_and_the_status_2() -> None:
    result = truthkit_process()
    assert result.returncode == 2
    assert "Examples:" in result.stdout + result.stderr


# --- the library is the same ---


def test_the_library_gives_what_the_command_gives(done: Done) -> None:
    arguments = done.plain.arguments()
    result = truthkit.run_job(**arguments, out=done.plain.root / "by library")
    ours, theirs = result.to_json(), json.loads(done.result.stdout)
    differ = {"folder", "seconds", "output_manifest", "report"}
    assert {key: ours[key] for key in ours.keys() - differ} == {key: theirs[key] for key in theirs.keys() - differ}
    assert result.labels() == [
        json.loads(line)["plain"] for line in Path(theirs["output_manifest"]).read_text("utf-8").splitlines()
    ]

    page = truthkit.render(
        template=arguments["template"], manifest=arguments["manifest"], pre_lambda=arguments["pre_lambda"], line=2
    )
    assert page == truthkit_process("render", *page_flags(done.plain), "--line", "2").stdout
    with pytest.raises(truthkit.UsageError) as caught:
        truthkit.render("text-entitys")
    told = printed(truthkit_process("render", "text-entitys", "--json"), 2)
    assert [finding.to_json() for finding in caught.value.findings] == told["findings"]


def test_sam_tells_of_a_layer_that_cannot_be_built(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    shutil.copytree(ROOT / "lambdas" / "text_classification", tmp_path / "lambdas" / "text_classification")
    shutil.copy(ROOT / "template.yaml", tmp_path)
    result = truthkit_process("sam", cwd=tmp_path)
    assert result.returncode == 1
    assert "[sam-layer]" in result.stderr
    assert "NumpyLayer:" in (tmp_path / "template.yaml").read_text("utf-8")
    shutil.copytree(ROOT / "layers" / "numpy", tmp_path / "layers" / "numpy")
    assert truthkit_process("sam", "--check", cwd=tmp_path).returncode == 0
