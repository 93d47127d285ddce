"""``truthkit try-lambda --runtime lambda``: what is deployed, with Lambda's limits and nothing else on its path."""

from __future__ import annotations

import sys
import textwrap
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from truthkit.findings import UsageError
from truthkit.trying import CaseResult, TryResult, deployed, try_handlers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime interface client runs on Linux only")

ROOT = Path(__file__).parents[1]
# What is done with one event, by the first word of its text.
SOURCE = """
    import mmap
    import os
    import sys
    import time


    def lambda_handler(event, context):
        text = event["dataObject"]["source"]
        print("seen:", text)
        return {"taskInput": {"text": DO}}


    def nap():
        time.sleep(60)


    def shared(megabytes):
        block = mmap.mmap(-1, megabytes << 20)
        for at in range(0, megabytes << 20, 4096):
            block[at] = 1
        return len(block)
"""
CASES = [
    pytest.param("text", "right", "", "", id="fine"),
    pytest.param("event['dataobject']", "crashed", "KeyError: 'dataobject'", "return {", id="key"),
    pytest.param("os._exit(3)", "crashed", "exit status 3", "return {", id="exit"),
    pytest.param("float('nan')", "wrong shape", "NaN, which JSON does not have", "return {", id="nan"),
    pytest.param("{1}", "wrong shape", "type set is not JSON", "return {", id="set"),
    pytest.param("'x' * 7_000_000", "wrong shape", "Lambda allows 6,291,556", "return {", id="large"),
    pytest.param("len(bytearray(400 << 20))", "crashed", "MemoryError", "return {", id="memory"),
    pytest.param("shared(300)", "crashed", "MB in memory; the function has 256", "return {", id="shared-memory"),
    pytest.param("__import__('truthkit')", "crashed", "No module named 'truthkit'", "return {", id="no-checkout"),
    pytest.param("__import__('rich')", "crashed", "No module named 'rich'", "return {", id="no-other-package"),
    pytest.param("__import__('boto3').__name__", "right", "", "", id="boto3"),
    pytest.param("context.memory_limit_in_mb", "right", "", "", id="context"),
]


def write(folder: Path, name: str, do: str) -> str:
    file = folder / name
    file.write_text(textwrap.dedent(SOURCE).replace("DO", do).lstrip(), "utf-8")
    return str(file)


def first(result: TryResult) -> CaseResult:
    assert result.runtime == "lambda"
    return result.cases[0]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseResult]:
    folder = tmp_path_factory.mktemp("functions")
    bodies = [str(parameter.values[0]) for parameter in CASES]
    files = [write(folder, f"pre_{number}.py", body) for number, body in enumerate(bodies)]
    results = try_handlers(files, runtime="lambda", memory=256, cases=["unicode"])
    return dict(zip(bodies, map(first, results), strict=True))


@pytest.mark.parametrize(("body", "verdict", "message", "place"), CASES)
def test_a_function_is_told_as_by_lambda(
    tried: dict[str, CaseResult], body: str, verdict: str, message: str, place: str
) -> None:
    case = tried[body]
    assert (case.verdict, case.findings == ()) == (verdict, verdict == "right")
    for finding in case.findings:
        assert message in finding.message
        assert finding.file
        assert finding.line
        assert place in Path(finding.file).read_text().splitlines()[finding.line - 1]
        assert "awslambdaric" not in finding.excerpt
        assert case.output.splitlines()[0].startswith("seen: naïve")
        assert "[ERROR]" not in case.output
    if verdict == "right":
        assert case.peak_mb is not None
        assert 5 < case.peak_mb < 256


def test_a_time_out_is_told_with_the_line_that_it_is_at(tmp_path: Path) -> None:
    file = write(tmp_path, "pre.py", "nap()")
    [result] = try_handlers([file], runtime="lambda", timeout=1, cases=["unicode"])
    [finding] = first(result).findings
    assert (first(result).verdict, finding.code) == ("crashed", "handler-timeout")
    assert finding.line
    assert "time.sleep" in Path(file).read_text().splitlines()[finding.line - 1]
    assert "in lambda_handler" in finding.excerpt


@pytest.mark.parametrize(
    ("line", "code"), [("import no_such_module", "handler-import"), ("import json,", "handler-import")]
)
def test_a_function_that_cannot_be_loaded(tmp_path: Path, line: str, code: str) -> None:
    file = tmp_path / "pre.py"
    file.write_text(f"import os\n{line}\n\ndef lambda_handler(event, context):\n    return {{}}\n")
    [result] = try_handlers([str(file)], runtime="lambda", cases=["unicode"])
    [finding] = first(result).findings
    assert (first(result).verdict, finding.code, finding.file) == ("crashed", code, str(file))
    assert finding.line == 2


def test_the_layer_is_what_brings_numpy(tmp_path: Path) -> None:
    file = write(tmp_path, "pre.py", "int(__import__('numpy').arange(4).sum())")
    [without] = try_handlers([file], runtime="lambda", cases=["unicode"])
    assert "No module named 'numpy'" in first(without).findings[0].message
    cases = ["one-worker", "unreadable-payload", "no-source"]
    for result in try_handlers(["text-classification"], project=ROOT, runtime="lambda", cases=cases):
        assert result.ok, result.to_json()


def test_the_client_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(deployed, "distribution", missing)
    with pytest.raises(UsageError, match="needs awslambdaric, which is not installed"):
        try_handlers([write(tmp_path, "pre.py", "text")], runtime="lambda")


@pytest.mark.parametrize(("option", "message"), [("artefact", "does not exist"), ("layer", "no folder python")])
def test_an_artefact_that_is_none(tmp_path: Path, option: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        try_handlers([str(ROOT / "lambdas/text_entities/pre_annotation.py")], runtime="lambda", **{option: tmp_path})  # type: ignore[arg-type]
