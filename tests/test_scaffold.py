"""``truthkit new``: a workflow's three folders, around them a project, and nothing by half."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documents import json_fields
from truthkit import run_job
from truthkit.aws.sam import is_stale, update_template
from truthkit.cli import main
from truthkit.findings import TruthkitError, UsageError
from truthkit.lint import check, targets_of
from truthkit.project import Project, kit_root
from truthkit.scaffold import make
from truthkit_core.workflow import WorkflowConfig

ROOT = Path(__file__).resolve().parents[1]
KIT = [workflow.name for workflow in Project(kit_root()).workflows()]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Outside of any project."""
    folder = tmp_path / "labels"
    folder.mkdir()
    return folder


def files(root: Path) -> set[str]:
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file() or not any(file.iterdir())}


def contents(root: Path) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in files(root) if (root / name).is_file()}


# --- a project from nothing ---


@pytest.fixture(scope="module")
def sentiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of ``truthkit new sentiment``; tests do not change it."""
    root = tmp_path_factory.mktemp("labels")
    made = make("sentiment", project=root)
    assert made.new_project
    assert set(made.made) == files(root)
    return root


def test_an_empty_folder_becomes_a_whole_project(sentiment: Path) -> None:
    found = files(sentiment)
    own = {name for name in found if not name.startswith(("lambdas/truthkit_core/", "layers/numpy/"))}
    assert own == {
        "templates/sentiment/template.liquid.html",
        "lambdas/sentiment/__init__.py",
        "lambdas/sentiment/pre_annotation.py",
        "lambdas/sentiment/post_annotation.py",
        "lambdas/sentiment/workflow.toml",
        "samples/sentiment/manifest.jsonl",
        "samples/sentiment/expected.jsonl",
        "samples/sentiment/worker.py",
        "template.yaml",
        "README.md",
        ".gitignore",
    }
    core = ROOT / "lambdas" / "truthkit_core"
    for file in core.rglob("*.py"):
        assert (sentiment / "lambdas" / "truthkit_core" / file.relative_to(core)).read_bytes() == file.read_bytes()
    assert (sentiment / "lambdas/truthkit_core/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert {name for name in found if name.startswith("layers/")} == {
        f"layers/numpy/{name}" for name in ("Makefile", "build_layer.py", "requirements.txt")
    }
    assert not Project(sentiment).workflow("sentiment").missing()


def test_the_template_has_the_functions_of_the_project_and_no_others(sentiment: Path) -> None:
    assert not is_stale(Project(sentiment))
    text = (sentiment / "template.yaml").read_text("utf-8")
    functions = re.findall(r"(?m)^  (\w+)LabelingFunction:$", text)
    assert functions == ["SentimentPre", "SentimentPost"]
    assert "text-entities" not in text


def test_what_python_reads_is_well_formed(sentiment: Path) -> None:
    written = [
        *(sentiment / "lambdas" / "sentiment").glob("*.py"),
        *(sentiment / "samples").rglob("*.py"),
    ]
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), *map(str, written)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "All checks passed!\n"
    command[3:4] = ["format", "--check"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


def test_the_users_own_files_stay(empty: Path) -> None:
    (empty / ".git").mkdir()
    mine = {"README.md": "mine", ".gitignore": "*.log\n", "LICENSE": "mine"}
    for name, text in mine.items():
        (empty / name).write_text(text)
    made = make("tone", project=empty)
    assert {name: (empty / name).read_text() for name in mine} == mine
    assert made.kept == (".gitignore", "README.md")
    assert not {".gitignore", "README.md"} & set(made.made)


def test_another_folder_is_refused(empty: Path) -> None:
    (empty / "data.csv").touch()
    (empty / "templates").mkdir()
    with pytest.raises(UsageError, match=r"neither empty nor a project: it has data\.csv, templates") as caught:
        make("tone", project=empty)
    assert "an empty folder" in caught.value.findings[0].cure
    assert files(empty) == {"data.csv", "templates"}


# --- in a project ---


@pytest.fixture
def project(empty: Path) -> Path:
    make("sentiment", project=empty)
    return empty


def test_a_project_gets_three_folders_and_their_functions(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(project)
    monkeypatch.chdir(project / "samples" / "sentiment")
    made = make("bird-species")
    assert (made.root, made.new_project, made.changed) == (project, False, ("template.yaml",))
    after = contents(project)
    assert {name for name, content in after.items() if before.get(name) != content} == {*made.made, "template.yaml"}
    assert {name.split("/")[1] for name in made.made} == {"bird-species", "bird_species"}
    assert not is_stale(Project(project))
    assert "BirdSpeciesPostLabelingFunction:" in after["template.yaml"].decode()
    assert WorkflowConfig.load(project / "lambdas/bird_species/workflow.toml").title == "Bird species"


def test_what_exists_is_named_and_stays(project: Path) -> None:
    (project / "lambdas" / "tone").mkdir()
    (project / "samples" / "tone").mkdir()
    before = files(project)
    with pytest.raises(UsageError, match=r"lambdas/tone and samples/tone exist already"):
        make("tone", project=project)
    assert files(project) == before


def test_a_project_without_a_template_gets_none(project: Path) -> None:
    (project / "template.yaml").unlink()
    shutil.rmtree(project / "layers")
    shutil.rmtree(project / "lambdas" / "truthkit_core")
    made = make("tone", project=project)
    assert made.changed == ()
    assert {"lambdas/truthkit_core/handlers.py", "lambdas/truthkit_core/strategies.py"} <= set(made.made), (
        "the handlers import it"
    )
    assert not (project / "template.yaml").exists()
    assert not (project / "layers").exists()


def test_a_project_gets_the_layer_that_its_first_such_function_needs(project: Path) -> None:
    shutil.rmtree(project / "layers")
    assert "layers/numpy/Makefile" in make("tone", project=project).made


@pytest.mark.parametrize("fault", ["template", "interrupt", "rename"])
def test_all_or_nothing(project: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    expected: type[BaseException] = KeyboardInterrupt
    rename = Path.rename
    if fault == "template":
        file = project / "template.yaml"
        file.write_text(file.read_text().replace("# outputs: end", ""))
        expected = TruthkitError
    elif fault == "interrupt":

        def stop(project: Project) -> bool:
            update_template(project)
            raise KeyboardInterrupt

        monkeypatch.setattr("truthkit.scaffold.making.update_template", stop)
    else:
        renamed: list[Path] = []

        def second_fails(self: Path, target: Path) -> Path:
            renamed.append(target)
            if len(renamed) == 2:
                raise KeyboardInterrupt
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", second_fails)
    shutil.rmtree(project / "layers")
    before = contents(project), files(project)
    with pytest.raises(expected):
        make("tone", project=project)
    assert (contents(project), files(project)) == before
    assert not (project / "layers").exists()


def test_an_interrupted_project_leaves_an_empty_folder(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def last_fails(self: Path, target: Path) -> Path:
        if target == empty / "templates" / "tone":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", last_fails)
    with pytest.raises(KeyboardInterrupt):
        make("tone", project=empty)
    assert not list(empty.iterdir())


# --- names ---


@pytest.mark.parametrize(
    ("name", "problem", "cure"),
    [
        ("Bird Species", "lower-case letters, digits and hyphens", "call it bird-species"),
        ("bird_species", "lower-case letters, digits and hyphens", "call it bird-species"),
        ("../tone", "lower-case letters, digits and hyphens", "call it tone"),
        ("7-birds", "begins with a letter", ""),
        ("", "begins with a letter", ""),
        ("tone-", "lower-case letters, digits and hyphens", "call it tone"),
        ("a--b", "lower-case letters, digits and hyphens", "call it a-b"),
        ("a" * 31, "64 characters", "shorten it by 1"),
        ("class", "word of Python's own", "another name"),
        ("json", "hide the module json", "another name"),
        ("numpy", "hide the module numpy", "another name"),
        ("truthkit-core", "hide the module truthkit_core", "another name"),
        ("source", "key of the data itself", "choose another name"),
        ("tone-metadata", "meaning of their own", "end it otherwise"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_cure(empty: Path, name: str, problem: str, cure: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(name, project=empty)
    [finding] = caught.value.findings
    assert problem in finding.message
    assert cure in finding.cure
    assert finding.cure
    assert not list(empty.iterdir())


def test_two_workflows_with_the_functions_of_one_are_refused(project: Path) -> None:
    make("page-1", project=project)
    with pytest.raises(UsageError, match=r"functions in template\.yaml would have the names of those of page-1"):
        make("page1", project=project)


def test_the_longest_name_is_one_that_sam_takes(project: Path) -> None:
    make("a" * 30, project=project)
    assert not is_stale(Project(project))


# --- like another ---


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a small workflow of its own and a copy of each of the kit's, under other names."""
    root = tmp_path_factory.mktemp("copies")
    make("fresh", project=root)
    for name in KIT:
        make(f"my-{name[::-1]}", like=name, project=root)
    return root


def test_what_is_new_is_as_right_as_the_kit(copies: Path) -> None:
    assert len(KIT) == 6
    assert not is_stale(Project(copies))
    checked = check(targets_of((), project=copies))
    assert set(checked.targets) == {"fresh", "template.yaml", *(f"my-{name[::-1]}" for name in KIT)}
    assert [str(finding) for finding in checked.findings] == []


@pytest.mark.parametrize("name", KIT)
def test_no_old_name_is_left_in_a_copy(copies: Path, name: str) -> None:
    new = name[::-1]
    workflow = Project(copies).workflow(f"my-{new}")
    model = Project(kit_root()).workflow(name)
    assert not workflow.missing()
    assert workflow.config().label_attribute == f"my-{new}"
    assert workflow.config().title == f"My {new.replace('-', ' ')}"
    for mine, theirs in (
        (workflow.template.parent, model.template.parent),
        (workflow.lambdas, model.lambdas),
        (workflow.samples, model.samples),
    ):
        assert files(mine) == {one for one in files(theirs) if "__pycache__" not in one}
        for file in mine.rglob("*"):
            if file.suffix in (".py", ".toml", ".md", ".html", ".jsonl", ".json"):
                token = rf"(?<![\w-])(?:{name}|{model.package})(?![\w-])"
                assert not re.findall(token, file.read_text("utf-8")), file
    assert workflow.config().consolidation == model.config().consolidation
    assert [prefix.replace(f"my-{new}", name) for prefix in workflow.objects()] == [*model.objects()]


def test_elements_are_not_renamed(copies: Path) -> None:
    text = Project(copies).workflow("my-noitatnemges-citnames").template.read_text("utf-8")
    assert "<crowd-semantic-segmentation" in text


def test_a_copy_runs(copies: Path, tmp_path: Path) -> None:
    name = "my-noitacifissalc-egami"
    result = run_job(name, project=copies, limit=2, workforce="simulated", crowd="careful", out=tmp_path / "job")
    assert result.ok, result.findings
    assert len(result.labels()) == 2


TONE = {
    "templates/tone/template.liquid.html": """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <p class="tone">{{ task.input.tone }}</p>
  <crowd-input name="tone" label="Tone" required></crowd-input>
</crowd-form>
""",
    "lambdas/tone/__init__.py": "",
    "lambdas/tone/words.py": 'KEY = "tone"\n',
    "lambdas/tone/pre_annotation.py": '''"""Of `tone`."""

import tone.words
from tone.words import KEY


def lambda_handler(event, context):
    tone = event["dataObject"]
    return {"taskInput": {tone.words.KEY: tone["source"]}} if KEY in tone else {"taskInput": {"tone": tone["source"]}}
''',
    "lambdas/tone/workflow.toml": '''# What `truthkit run tone` reads.
title = """Tone
of a message"""
description = "Choose the tone"
task_time_limit_seconds = 300
label_attribute = "mood"
''',
    "samples/tone/manifest.jsonl": '{"source": "s3://tone/tone/a.txt, samples/tone/b"}\n{"source": "tone"}\n',
    "samples/tone/objects.toml": '[objects]\n"s3://tone/in/tone/" = "objects"\n',
    "samples/tone/objects/a.txt": "samples/tone and s3://tone/in/tone/a.txt\n",
    "samples/tone/worker.py": '''"""`truthkit run tone`, with samples/tone and lambdas/tone.

It takes s3://tone/in/tone/a.txt, but not s3://tone/in/tones/a.txt nor the tone.
"""
''',
}


@pytest.fixture
def tone(empty: Path) -> Path:
    for name, text in TONE.items():
        file = empty / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    cache = empty / "lambdas/tone/__pycache__/words.pyc"
    cache.parent.mkdir()
    cache.touch()
    (empty / "samples/tone/worker.py").chmod(0o755)
    return empty


def test_a_name_that_is_a_word_is_renamed_only_where_it_is_the_name(tone: Path) -> None:
    make("bird-mood", like="tone", project=tone)
    workflow = Project(tone).workflow("bird-mood")
    assert workflow.template.read_text("utf-8") == TONE["templates/tone/template.liquid.html"]
    assert (workflow.lambdas / "pre_annotation.py").read_text("utf-8") == TONE[
        "lambdas/tone/pre_annotation.py"
    ].replace("`tone`", "`bird-mood`").replace("import tone.words", "import bird_mood.words").replace(
        "from tone.words", "from bird_mood.words"
    ).replace("{tone.words.KEY", "{bird_mood.words.KEY")
    config = workflow.config()
    assert (config.title, config.label_attribute) == ("Bird mood", "mood")
    text = workflow.config_file.read_text("utf-8")
    assert text.splitlines()[:3] == [
        "# What `truthkit run bird-mood` reads.",
        'title = "Bird mood"',
        'description = "Choose the tone"',
    ]
    assert workflow.objects() == {"s3://tone/in/bird-mood/": workflow.samples / "objects"}
    assert (workflow.samples / "objects/a.txt").read_text("utf-8") == TONE["samples/tone/objects/a.txt"]
    assert workflow.manifest.read_text("utf-8") == TONE["samples/tone/manifest.jsonl"]
    assert workflow.worker_script.read_text("utf-8").splitlines() == [
        '"""`truthkit run bird-mood`, with samples/bird-mood and lambdas/bird_mood.',
        "",
        "It takes s3://tone/in/bird-mood/a.txt, but not s3://tone/in/tones/a.txt nor the tone.",
        '"""',
    ]
    assert workflow.worker_script.stat().st_mode & 0o111
    assert files(workflow.lambdas) == {"__init__.py", "words.py", "pre_annotation.py", "workflow.toml"}


def test_the_model_may_be_the_kits_of_the_same_name(empty: Path) -> None:
    make("named-entities", like="named-entities", project=empty)
    mine, theirs = (Project(root).workflow("named-entities") for root in (empty, kit_root()))
    assert mine.root == empty
    assert (mine.lambdas / "pre_annotation.py").read_bytes() == (theirs.lambdas / "pre_annotation.py").read_bytes()


def test_a_model_that_is_not_there_is_told(empty: Path) -> None:
    with pytest.raises(UsageError, match="there is no workflow 'image-clasification'") as caught:
        make("birds", like="image-clasification", project=empty)
    assert "did you mean image-classification?" in caught.value.findings[0].cure
    assert not list(empty.iterdir())


# --- the command ---


def test_the_command_tells_what_it_made_and_what_comes_next(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def truthkit(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["truthkit", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    monkeypatch.chdir(empty)
    status, out, err = truthkit("new", "sentiment")
    assert (status, err) == (0, "")
    assert "\n  templates/sentiment/ " in out
    assert "\n  truthkit preview sentiment " in out
    status, out, err = truthkit("new", "--json", "more", "--like", "sentiment")
    document: dict[str, Any] = json.loads(out)
    assert (status, err) == (0, "")
    assert document.keys() == json_fields("new")
    assert (document["project"], document["changed"]) == (str(empty), ["template.yaml"])
    assert all((empty / name).is_file() for name in document["made"])
    status, out, err = truthkit("new", "more")
    assert (status, out) == (2, "")
    assert "templates/more, lambdas/more and samples/more exist already" in err

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("truthkit.scaffold.making._write", stopped)
    assert truthkit("new", "another") == (130, "", "stopped: nothing was made\n")
