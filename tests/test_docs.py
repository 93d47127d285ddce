"""The documentation holds: links, commands, options, codes, names in the sources, outputs, and the example."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.documents import DOCS, PAGES, ROOT, Shown, command_section, commands, section, without_fences
from truthkit import RunResult, run_job
from truthkit.cli import app
from truthkit.elements import load_catalogue
from truthkit.smoke import smoke
from truthkit.workforce import gestures
from truthkit_core.workflow import WorkflowConfig

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
SHOWN = [shown for page in PAGES for shown in commands(page) if shown.arguments[0] == "truthkit"]
LARGEST_PICTURE = 250_000
ALL_PICTURES = 2_000_000


def by_name(page: Path) -> str:
    return page.name


# --- links ---


def anchors(page: Path) -> set[str]:
    """The headings' anchors, as forges make them."""
    headings = re.findall(r"^#+ (.*)$", without_fences(page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", without_fences(page.read_text("utf-8")))
    lost = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert not lost


def test_every_page_is_reached_from_the_readme() -> None:
    text = PAGES[0].read_text("utf-8")
    assert not [page.name for page in PAGES[1:] if f"(docs/{page.name})" not in text]


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_pages_have_no_paths_of_one_machine(page: Path) -> None:
    assert not re.findall(r"(?<![\w.])/(?:home|root|tmp|usr|work|Users)/\S*", page.read_text("utf-8"))


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((DOCS / "pictures").rglob("*.png"))
    assert pictures
    assert sum(picture.stat().st_size for picture in pictures) < ALL_PICTURES
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in pictures:
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
        assert f"({picture.relative_to(DOCS)})" in text or f"(docs/{picture.relative_to(DOCS)})" in text, picture


# --- commands and options ---


def parse(arguments: tuple[str, ...]) -> None:
    """Parse a command line without running it. Raises what the option parser raises."""
    name, *rest = arguments
    COMMANDS[name].make_context(name, list(rest))


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.line[:60])
def test_every_command_that_is_shown_parses(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    parse(shown.arguments[1:])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_help_parse(name: str) -> None:
    _, _, examples = COMMANDS[name].epilog.partition("Examples:\n")
    lines = re.sub(r"\\\n\s*", "", examples).strip().splitlines()
    assert lines
    for line in lines:
        program, *arguments = line.split()
        assert (program, arguments[0]) == ("truthkit", name)
        parse(tuple(arguments))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told_and_no_other(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}
    told = re.findall(r"^- (.*?):\s", command_section(name) + "\n", re.DOTALL | re.MULTILINE)
    told += re.findall(r"^- (`--[^:\n]*)\.$", command_section(name), re.MULTILINE)
    assert {option for item in told for option in re.findall(r"--[\w-]+", item)} == options


# --- the elements ---


def test_the_page_of_the_elements_is_that_of_the_catalogue() -> None:
    """``docs/make_elements.py`` writes it anew."""
    from docs.make_elements import page_text

    assert (DOCS / "elements.md").read_text("utf-8") == page_text(load_catalogue())


@pytest.mark.parametrize("tag", [tag for tag, element in load_catalogue().items() if element.answer])
def test_the_answer_of_an_element_has_the_name_of_its_markup(tag: str) -> None:
    text = section(DOCS / "elements.md", tag)
    markup = re.search(r"^```html\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    shown = re.search(r"^```json\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert markup
    assert shown
    about = load_catalogue()[tag].answer
    assert about
    keys = json.loads(shown[1]).keys()
    if about.place == "name":
        assert f'name="{next(iter(keys))}"' in markup[1]
    elif about.place == "key":
        assert keys == {about.key}


def test_the_page_of_the_elements_has_no_empty_cell_and_no_data() -> None:
    text = (DOCS / "elements.md").read_text("utf-8")
    assert not re.findall(r"^\|\s*\|", text, re.MULTILINE)
    assert "data:image" not in text
    assert max(map(len, text.splitlines())) < 1200


def test_every_element_has_a_picture_or_is_in_another() -> None:
    """``docs/make_pictures.py elements`` makes them."""
    elements = load_catalogue()
    shown = {file.stem for file in (DOCS / "pictures" / "elements").glob("*.png")}
    assert not [
        tag for tag, element in elements.items() if tag not in shown and element.parent not in shown & elements.keys()
    ]
    assert shown <= elements.keys()


# --- findings ---

# Whoever is called with a code makes a finding; others pass one on.
MAKERS = {"Finding", "finding", "_add", "say", "_error", "_exception", "_fault", "_script_fault", "warn"}


def codes() -> Iterator[str]:
    """The codes of all findings that the sources make."""
    for file in (ROOT / "truthkit").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in MAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_code_is_told_and_no_other() -> None:
    text = (DOCS / "findings.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", text, re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert len(told) > 50
    assert told == set(codes())


# --- names in the sources ---


def test_every_choice_is_where_the_page_says() -> None:
    text = (DOCS / "differences.md").read_text("utf-8")
    places = re.findall(r"`([\w./-]+\.(?:py|ts))`: `(\w+)`", text)
    assert len(places) > 40
    for path, name in places:
        file = ROOT / path
        assert file.is_file(), path
        assert re.search(rf"\b{name}\b", file.read_text("utf-8")), f"{path} has no {name}"


def test_every_open_question_of_the_elements_is_told() -> None:
    text = (DOCS / "differences.md").read_text("utf-8")
    told = [int(number) for number in re.findall(r"^\| Q(\d+) \|", text, re.MULTILINE)]
    assert sorted(told) == list(range(1, 23))


def test_numbers_of_the_page_are_those_of_the_sources() -> None:
    from truthkit.build import MAX_CHARACTERS
    from truthkit.job.consolidation import ANSWER_BY_URI_FROM
    from truthkit.manifest import MOST_ATTRIBUTE_CHARACTERS, MOST_LINE_BYTES, MOST_LINES
    from truthkit.objects import SIGNED_SECONDS
    from truthkit.pages import MAX_ANSWER_BYTES
    from truthkit.run import DEFAULT_BATCH
    from truthkit.workforce.picture import VIEWPORT
    from truthkit.workforce.scripted import WORK_SECONDS
    from truthkit_core.consolidation.spans import DEFAULT_CROSS_OVERLAP, DEFAULT_OVERLAP, DEFAULT_THRESHOLD

    differences = (DOCS / "differences.md").read_text("utf-8")
    findings = (DOCS / "findings.md").read_text("utf-8")
    assert f"{ANSWER_BY_URI_FROM:,} characters" in differences
    assert f"{MAX_CHARACTERS:,} characters" in differences
    assert f"{DEFAULT_BATCH} objects (`--batch`)" in differences
    assert f"{VIEWPORT[0]} × {VIEWPORT[1]}" in differences
    assert f"{DEFAULT_OVERLAP} for one type, {DEFAULT_CROSS_OVERLAP} across types" in differences
    assert f"{DEFAULT_THRESHOLD} of those who answered" in differences
    assert (SIGNED_SECONDS, MAX_ANSWER_BYTES, WORK_SECONDS) == (3600, 50_000_000, 120)  # told in words
    assert f"over {MOST_LINE_BYTES:,} bytes" in findings
    assert f"over {MOST_ATTRIBUTE_CHARACTERS:,} characters" in findings
    assert f"more than {MOST_LINES:,}" in findings


def test_every_key_of_workflow_toml_is_told() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section(DOCS / "write-a-workflow.md", "workflow.toml"), re.MULTILINE)
    told = {key for row in rows for key in re.findall(r"`\[?(\w+)\]?`", row)}
    assert told == {field.name for field in dataclasses.fields(WorkflowConfig)}


def test_every_field_of_a_result_is_told() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section(DOCS / "test-a-workflow.md", "A job"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)(?:\(\))?`", row)}
    assert told == {field.name for field in dataclasses.fields(RunResult)} | {"ok", "labels", "lines"}


def test_every_gesture_is_told_and_no_other() -> None:
    text = (DOCS / "gestures.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)\((.*?)\)` \|", text, re.MULTILINE))
    assert sorted(told) == sorted(gestures.__all__)
    for name, parameters in told.items():
        signature = inspect.signature(getattr(gestures, name)).parameters.values()
        names = ["*" * (one.kind is one.VAR_POSITIONAL) + one.name for one in signature]
        assert parameters.split(", ") == names, name


def test_every_gesture_in_an_example_exists() -> None:
    text = (DOCS / "gestures.md").read_text("utf-8")
    used = set(re.findall(r"await (\w+)\(page", "".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))))
    assert used >= set(gestures.__all__)


# --- outputs ---


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit's workflows, to break."""
    root = tmp_path_factory.mktemp("project").resolve()
    for name in ("templates", "lambdas", "samples"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return root


def run(project: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "truthkit", *arguments[1:]]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)


def shown(start: str) -> Shown:
    """The README's first command that begins so and has an output."""
    return next(one for one in commands(PAGES[0]) if one.line.startswith(start) and one.output)


def told(project: Path, result: subprocess.CompletedProcess[str]) -> str:
    return result.stderr.replace(f"{project}/", "")


def broken(file: Path, old: str, new: str, *, line: int | None = None) -> str:
    """Replace ``old`` where the README says; gives the text as it was."""
    text = file.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    places = [number for number, one in enumerate(lines, 1) if old in one and line in (None, number)]
    assert places
    lines[places[0] - 1] = lines[places[0] - 1].replace(old, new)
    file.write_text("".join(lines), "utf-8")
    return text


def test_a_broken_template_is_told_as_in_the_readme(project: Path) -> None:
    file = project / "templates/text-entities/template.liquid.html"
    text = broken(file, "task.input.text ", "task.input.txt ")
    example = shown("truthkit render")
    result = run(project, example.arguments)
    file.write_text(text, "utf-8")
    assert result.returncode == 1
    assert told(project, result) == example.output


def test_a_broken_manifest_is_told_as_in_the_readme(project: Path) -> None:
    file = project / "samples/text-entities/manifest.jsonl"
    text = broken(file, '"source-ref"', '"source_ref"', line=5)
    example = next(one for one in commands(PAGES[0]) if one.line == "truthkit run text-entities" and one.output)
    result = run(project, example.arguments)
    file.write_text(text, "utf-8")
    assert result.returncode == 1
    assert told(project, result) == example.output
    assert not (project / "jobs").exists(), "nothing was to run"


def test_a_broken_handler_is_told_as_in_the_readme_and_resume_mends_the_job(project: Path) -> None:
    file = project / "lambdas/text_entities/post_annotation.py"
    text = broken(file, "span_threshold", "span_treshold")
    example = shown("truthkit run text-entities --limit 2")
    result = run(project, example.arguments)
    file.write_text(text, "utf-8")
    assert result.returncode == 1
    assert told(project, result) == example.output
    cure = re.search(r"(truthkit run --resume \S+)", example.output)
    assert cure
    result = run(project, tuple(cure[1].split()))
    assert (result.returncode, result.stderr) == (0, "")
    assert "labeled: 2\n" in result.stdout

    # The job's folder is the one that run-a-job.md lists.
    rows = re.findall(r"^\| (`.*?) \|", section(DOCS / "run-a-job.md", "The job folder"), re.MULTILINE)
    wild = {"NAME": "[^/]+", "ID": r"\d+", "TIME": r"[\d_:-]+", "BUCKET": "[^/]+", "KEY": ".+"}
    patterns = [
        re.sub(r"\b(NAME|ID|TIME|BUCKET|KEY)\b", lambda match: wild[match[1]], path.replace(".", r"\."))
        for row in rows
        for path in re.findall(r"`(.*?)`", row)
    ]
    job = project / "job1"
    files = [str(path.relative_to(job)) for path in job.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [name for name in files if not any(re.fullmatch(pattern, name) for pattern in patterns)]


def test_the_example_test_passes() -> None:
    example = DOCS / "examples" / "tone" / "test_tone.py"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=", str(example)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


def test_the_readmes_test_is_the_examples() -> None:
    block = re.search(r"```python\n(.*?)```", PAGES[0].read_text("utf-8"), re.DOTALL)
    assert block
    example = (DOCS / "examples" / "tone" / "test_tone.py").read_text("utf-8")
    for line in re.findall(r"^        (\w+=.*),$", block[1], re.MULTILINE):
        name, _, value = line.partition("=")
        assert re.search(rf"{name}=(HERE / )?{re.escape(value)}", example), line


def test_the_template_in_the_guide_is_the_examples() -> None:
    template = (DOCS / "examples" / "tone" / "tone.liquid.html").read_text("utf-8")
    assert template in (DOCS / "write-a-workflow.md").read_text("utf-8")


def test_the_check_in_the_guide_holds_back_and_is_quoted(tmp_path: Path) -> None:
    part = section(DOCS / "write-a-workflow.md", "Checks of your own")
    block = re.search(r"```html\n(.*?)```", part, re.DOTALL)
    assert block
    script = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
    template = tmp_path / "own.liquid.html"
    template.write_text(script + block[1], "utf-8")
    [tried] = smoke([template])
    assert tried.ok, tried.findings

    # With the form's Submit in place of the page's button, and nothing written.
    template.write_text(script + re.sub(r"^ *<(?:crowd-button|button) .*\n", "", block[1], flags=re.MULTILINE), "utf-8")
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"source": "a song"}\n', "utf-8")
    worker = tmp_path / "worker.py"
    worker.write_text("async def work(page, task, worker):\n    pass\n", "utf-8")
    result = run_job(
        template=template, manifest=manifest, worker_script=worker, workers=1, out=tmp_path / "job", project=tmp_path
    )
    assert [one.code for one in result.findings] == ["page-task"]
    assert "the page says: Write the artist or the title." in result.findings[0].message
