# ruff: noqa: E501 — an edit stands on one line
"""Deliberate mistakes, ten and more of each group: one edit of a workflow without faults, its code and its line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lint.bench import FILES, check_all
from truthkit.findings import Finding
from truthkit.lint import RULES

PAGE, PRE, POST, LINES, TOML, RIGHT, WORKER = FILES
DIRECT = "".join(
    json.dumps(
        {**json.loads(line), "text": "a text", "mood": "m", "words": ["a", "b"], "labels": ["c"], "author": {"name": 1}}
    )
    + "\n"
    for line in FILES[LINES].splitlines()
)


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in ``file``, and ``code`` is found on the line of it (or on ``line`` of ``where``)."""

    code: str
    file: str
    old: str
    new: str
    line: int | None = None
    where: str | None = None

    @property
    def name(self) -> str:
        return f"{self.code}-{MISTAKES.index(self)}"

    def files(self) -> dict[str, str]:
        assert FILES[self.file].count(self.old) >= 1, self.old
        files = {**FILES, self.file: FILES[self.file].replace(self.old, self.new, 1)}
        if self.file != POST:
            del files[POST]
        group = RULES[self.code].group
        if group != "contract" and self.file not in (PRE, POST):
            # Processes take most of the time: without handlers the lines are the task inputs.
            del files[PRE]
            files[LINES] = DIRECT if self.file != LINES else files[LINES]
            if self.file not in (PAGE, RIGHT):
                del files[PAGE]
        return files

    def place(self) -> tuple[str, int]:
        text = FILES[self.file]
        return self.where or self.file, self.line or text.count("\n", 0, text.index(self.old)) + 1


ROW = '{"source": "Thank you", "picture": "s3://lint/cat.png", "words": "three"}'
INPUT = '<crowd-input name="why" label="Why?" required></crowd-input>'
BOX = '<crowd-checkbox name="sure" value="yes" checked>Sure</crowd-checkbox>'
SHOWN = 'const shown = document.querySelector("p");'
TEXT = "{{ task.input.text }}"

MISTAKES = [
    # template, handler and manifest
    Mistake("contract-missing-name", PAGE, "task.input.text ", "task.input.txt "),
    Mistake("contract-missing-name", PAGE, "task.input.author.name", "task.input.author.nmae"),
    Mistake("contract-missing-name", PAGE, "in task.input.words", "in task.input.wrods"),
    Mistake("contract-missing-name", PAGE, "<b>{{ each }}</b>", "<b>{{ each.text }}</b>"),
    Mistake("contract-missing-name", PAGE, "{% for each in", "{% capture a %}{{ task.input.x }}{% endcapture %}{% for each in"),
    Mistake("contract-missing-name", PRE, '"text": item', '"txt": item', line=3, where=PAGE),
    Mistake("contract-unknown-variable", PAGE, "task.input.text ", "task.text "),
    Mistake("contract-unknown-variable", PAGE, "{{ each }}", "{{ ech }}"),
    Mistake("contract-unused-name", PRE, '"mood": "plain",', '"mood": "plain", "modo": 1,'),
    Mistake("contract-unused-attribute", LINES, '"words": "one two"', '"words": "one two", "wrods": "x"'),
    Mistake("contract-missing-attribute", PRE, 'item["words"]', 'item["wrods"]'),
    Mistake("contract-missing-attribute", LINES, '"words": "three"', '"wrods": "three"', line=7, where=PRE),
    Mistake("contract-printed-list", PAGE, TEXT, "{{ task.input.words }}"),
    Mistake("contract-printed-list", PAGE, "{{ task.input.author.name }}", "{{ task.input.author }}"),
    Mistake("contract-object-in-attribute", PAGE, "{{ task.input.mood }}", "{{ task.input.author }}"),
    Mistake("contract-loop", PAGE, "in task.input.words", "in task.input.text"),
    Mistake("contract-loop", PRE, 'item["words"].split()', 'item["words"]', line=6, where=PAGE),
    Mistake("contract-not-s3-uri", PAGE, "task.input.picture |", "task.input.text |"),
    Mistake("contract-unsigned-uri", PAGE, " | grant_read_access", ""),
    Mistake("contract-compared", PAGE, "{% if task.input.hint %}", '{% if task.input.words == "one" %}'),
    Mistake("contract-field", TOML, 'field = "tone"', 'field = "tune"'),
    Mistake("contract-field", PAGE, 'name="tone"', 'name="tune"', line=13, where=TOML),
    Mistake("contract-field-kind", TOML, 'kind = "class"', 'kind = "boxes"'),
    # the template
    Mistake("template-unknown-element", PAGE, INPUT, '<crowd-inptu name="why"></crowd-inptu>'),
    Mistake("template-unknown-region", PAGE, "<short-instructions>Read it.</short-instructions>",
            "<short-instruction>Read it.</short-instruction>"),
    Mistake("template-unknown-region", PAGE, "<short-instructions>Read it.</short-instructions>",
            "<worker-comment>Why?</worker-comment>"),
    Mistake("template-unknown-attribute", PAGE, 'label="Why?"', 'lable="Why?"'),
    Mistake("template-attribute-value", PAGE, 'max="5"', 'max="five"'),
    Mistake("template-required-attribute", PAGE, "categories=\"{{ task.input.labels | to_json | escape }}\"", ""),
    Mistake("template-outside-form", PAGE, "<script>const", INPUT + "\n<script>const"),
    Mistake("template-duplicate-name", PAGE, 'name="why"', 'name="strength"', line=13),
    Mistake("template-duplicate-name", PAGE, "<b>{{ each }}</b>", '<input name="w">{{ each }}'),
    Mistake("template-self-closed", PAGE, INPUT, '<crowd-input name="why" />'),
    Mistake("template-unclosed", PAGE, INPUT, '<crowd-input name="why">'),
    Mistake("template-required", PAGE, 'name="tone"', 'name="tone" required'),
    Mistake("template-boolean-false", PAGE, "yes\" checked", "yes\" checked=\"false\""),
    Mistake("template-json-attribute", PAGE, "{{ task.input.labels | to_json | escape }}", "['angry', 'pleased'"),
    Mistake("template-json-attribute", PAGE, "{{ task.input.labels | to_json | escape }}", "{{ task.input.text }}"),
    Mistake("template-json-quotes", PAGE, "to_json | escape", "to_json"),
    Mistake("template-json-quotes", PAGE, "to_json | escape", "to_json | skip_autoescape"),
    Mistake("template-unquoted-output", PAGE, '"{{ task.input.mood }}"', "{{ task.input.mood }}"),
    Mistake("template-escaped-in-script", PAGE, SHOWN, "const words = {{ task.input.words | to_json }};"),
    Mistake("template-escaped-in-script", PAGE, SHOWN, 'const at = "{{ task.input.picture | grant_read_access }}";'),
    Mistake("template-no-crowd-script", PAGE, "crowd-html-elements", "crowd-elements", line=2),
    Mistake("template-skip-autoescape", PAGE, "task.input.text }}", "task.input.text | skip_autoescape }}"),
    Mistake("template-unpinned-script", PAGE, "<script>const",
            '<script src="https://cdn.example.com/d3.js"></script><script>const'),
    Mistake("template-bundle-liquid", PAGE, SHOWN, "const a={b:{c:1}},d={{e}=a};"),
    Mistake("template-module-script", PAGE, "<script>const", '<script type="module">const'),
    Mistake("template-boolean-false", PAGE, " required></crowd-input>", ' required="false"></crowd-input>'),
    Mistake("template-unknown-element", PAGE, "crowd-slider name", "crowd-silder name"),
    Mistake("template-unknown-attribute", PAGE, "categories=", "categorys="),
    Mistake("template-size", PAGE, "<crowd-form>", "<crowd-form>" + " " * 130_000, line=1),
    Mistake("liquid-unknown-filter", PAGE, "grant_read_access", "grant_raed_access"),
    Mistake("liquid-unclosed", PAGE, "{% endfor %}", ""),
    # the manifest
    Mistake("manifest-no-object", LINES, ROW, ROW.replace('"source": "Thank you"', '"source-ref": "s3://lint/no.png"')),
    Mistake("manifest-object-type", LINES, ROW, ROW.replace('"source": "Thank you"', '"source-ref": "s3://lint/notes.png"')),
    Mistake("manifest-object-type", LINES, ROW, ROW.replace('"source": "Thank you"', '"source-ref": "s3://lint/empty.png"')),
    Mistake("manifest-exif-rotated", LINES, ROW, ROW.replace('"source": "Thank you"', '"source-ref": "s3://lint/turned.jpg"')),
    Mistake("manifest-duplicate-source", LINES, "Thank you", "Where is it?"),
    Mistake("manifest-label-present", LINES, '"words": "three"', '"words": "three", "tone": {"label": "x"}'),
    Mistake("manifest-label-present", LINES, '"words": "three"', '"words": "three", "tone-metadata": {}'),
    Mistake("manifest-mixed-types", LINES, '"words": "three"', '"words": ["three"]'),
    Mistake("manifest-mixed-sources", LINES, '"source": "Thank you"', '"source-ref": "s3://lint/cat.png"'),
    Mistake("manifest-no-source", LINES, '"source": "Thank you"', '"sorce": "Thank you"'),
    Mistake("manifest-two-sources", LINES, ROW, ROW.replace("{", '{"source-ref": "s3://lint/cat.png", ')),
    Mistake("manifest-name", LINES, '"words": "three"', '"words": "three", "$x": 1'),
    Mistake("manifest-attribute-size", LINES, '"three"', json.dumps("three " * 4_000)),
    Mistake("manifest-line-size", LINES, '"three"', json.dumps("three " * 20_000)),
    Mistake("manifest-not-json", LINES, '"three"}', '"three"'),
    Mistake("manifest-blank-line", LINES, ROW, ""),
    Mistake("manifest-encoding", LINES, "Thank you", "\\ud83d"),
    # the handlers
    Mistake("handler-s3uri", POST, '["s3Uri"]', '["s3uri"]'),
    Mistake("handler-key", POST, '["labelAttributeName"]', '["labelAttributename"]'),
    Mistake("handler-key", PRE, '["dataObject"]', '["data_object"]'),
    Mistake("handler-categories", POST, "result = []", 'result = []; event["labelCategories"]'),
    Mistake("handler-content", POST, 'json.loads(one["annotationData"]["content"])', 'one["annotationData"]["content"]'),
    Mistake("handler-data-object", POST, "content = {", 'item["dataObject"]["source"]; content = {'),
    Mistake("handler-metadata", POST, '{"tone": min(tones)}}', '1, event["labelAttributeName"] + "-metadata": 2}'),
    Mistake("handler-artefact", POST, "import boto3", "import boto3, pandas"),
    Mistake("handler-credentials", POST, 'client("s3")', 'client("s3", endpoint_url="http://localhost:4566")'),
    Mistake("handler-arguments", PRE, "(event, context)", "(event)"),
    Mistake("handler-async", PRE, "def lambda_handler", "async def lambda_handler"),
    Mistake("handler-syntax", PRE, "context):", "context)"),
    Mistake("handler-error", PRE, "task_input = {", "1 / 0; task_input = {"),
    Mistake("handler-error", POST, "result = []", "result = None", line=14),
    Mistake("pre-annotation-contract", PRE, '{"taskInput": task_input,', '{"taskInput": [task_input],'),
    Mistake("post-annotation-contract", POST, "return result", 'return {"annotations": result}'),
    Mistake("post-annotation-contract", POST, "return result", "return result + result"),
    Mistake("post-annotation-contract", POST, "return result", "return result[1:]"),
    # the workflow
    Mistake("workflow-toml", TOML, '"Read', "Read"),
    Mistake("workflow-key", TOML, "workers = 3", "workrs = 3"),
    Mistake("workflow-title", TOML, '"The tone', '"' + "The tone " * 15),
    Mistake("workflow-title", TOML, "The tone", "The 🎵 tone"),
    Mistake("workflow-description", TOML, "Read the", "Read " * 60 + "the"),
    Mistake("workflow-keywords", TOML, '["text", "tone"]', '["a", "b", "c", "d", "e", "f"]'),
    Mistake("workflow-keywords", TOML, '"text"', '"text_entities"'),
    Mistake("workflow-labels", TOML, '"pleased"', '"angry"'),
    Mistake("workflow-label-attribute", TOML, '"tone"\nworkers', '"tone-ref"\nworkers'),
    Mistake("workflow-workers", TOML, "workers = 3", "workers = 10"),
    Mistake("workflow-time", TOML, "600", "86400"),
    Mistake("workflow-time", TOML, "= 86400", "= 9000000"),
    Mistake("workflow-time", TOML, "pre_timeout_seconds = 30", "pre_timeout_seconds = 1200"),
    Mistake("workflow-lifetime", TOML, "= 86400", "= 60"),
    Mistake("workflow-consolidation", TOML, '"class"', '"clas"'),
    Mistake("workflow-price", TOML, "workers = 3", "workers = 3\ntask_price = 0.012", line=7),
    Mistake("workflow-public-crowd", TOML, "workers = 3",
            'workers = 3\nworkteam_arn = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"', line=7),
    # the sample's right answers and workers
    Mistake("sample-not-json", RIGHT, "null", "nothing"),
    Mistake("sample-not-json", RIGHT, 'pleased"}', 'pleased"'),
    Mistake("sample-not-json", RIGHT, "null", ""),
    Mistake("sample-lines", RIGHT, 'pleased"}\n', 'pleased"}\n{"tone": "angry"}\n', line=4),
    Mistake("sample-lines", RIGHT, "null\n", ""),
    Mistake("sample-lines", LINES, '"author": "Ada"}\n', '"author": "Ada"}\n{"source": "a", "picture": "s3://lint/cat.png", "words": "b"}\n',
            line=3, where=RIGHT),
    Mistake("sample-object", RIGHT, "null", '{"source": "Thanks", "tone": "pleased"}'),
    Mistake("sample-object", RIGHT, "null", '{"source-ref": "s3://lint/cat.png", "tone": "pleased"}'),
    Mistake("sample-field", RIGHT, '{"tone": "pleased"', '{"tune": "pleased"'),
    Mistake("sample-field", RIGHT, "null", '{"tone": "pleased", "mood": "glad"}'),
    Mistake("sample-field", RIGHT, "null", '{"datasetObjectId": "1", "tone": "pleased"}'),
    Mistake("sample-field", PAGE, 'name="tone"', 'name="tune"', line=1, where=RIGHT),
    Mistake("worker-syntax", WORKER, "worker):", "worker)"),
    Mistake("worker-syntax", WORKER, '{"Where is it?"}', '{"Where is it?"'),
    Mistake("worker-import", WORKER, "import fill, pick", "import fill, pikc"),
    Mistake("worker-import", WORKER, "truthkit.workforce.gestures", "truthkit.workforce.gesture"),
    Mistake("worker-import", WORKER, '{"Where is it?"}', "set(1)"),
    Mistake("worker-import", WORKER, '{"Where is it?"}', "__import__('os')._exit(3)", line=1),
    Mistake("worker-work", WORKER, "async def work", "def work", line=6),
    Mistake("worker-work", WORKER, "async def work", "async def wrok", line=1),
    Mistake("worker-work", WORKER, "(page, task, worker)", "(page, task)"),
    Mistake("workflow-missing", TOML, 'description = "Read the message and choose its tone"\n', "", line=1),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    cases = {mistake.name: mistake.files() for mistake in MISTAKES}
    return check_all(tmp_path_factory.mktemp("mistakes"), {**cases, "none": FILES})


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_mistake_is_found_on_its_line(found: dict[str, list[Finding]], mistake: Mistake) -> None:
    own = [finding for finding in found[mistake.name] if finding.code == mistake.code]
    assert own, found[mistake.name]
    file, line = mistake.place()
    places = {(Path(finding.file or "").name, finding.line) for finding in own}
    assert (file, line) in places


def test_the_workflow_without_mistakes_has_no_finding(found: dict[str, list[Finding]]) -> None:
    assert found["none"] == []


@pytest.mark.parametrize("group", ["contract", "template", "manifest", "handler", "workflow", "sample"])
def test_there_are_ten_mistakes_of_each_group(group: str) -> None:
    assert sum(RULES[mistake.code].group == group for mistake in MISTAKES) >= 10
