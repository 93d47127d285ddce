"""A workflow from nothing: ``truthkit new``, edits that the preview follows, a job, and what ``sam build`` deploys."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from truthkit import run_job
from truthkit.lint import check, targets_of
from truthkit.project import Project
from truthkit.scaffold import make
from truthkit.server.preview.bench import Bench
from truthkit.server.preview.files import Changed, Files
from truthkit.source import Source
from truthkit.trying import try_handlers

LINES = [
    {"source": "Rain again, and the roof leaks.", "writer": "Ines"},
    {"source": "Rain at last! The beans are dancing.", "writer": "Olu & sons"},
    {"source": "The post came at nine.", "writer": "Wim"},
]
MOODS = ["gloomy", "cheerful", "plain"]


class Editing:
    """Somebody who saves files and looks at the preview."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def save(self, file: Path, old: str, new: str) -> None:
        """Replace ``old``, and have the preview follow as its watcher would."""
        text = file.read_text("utf-8")
        assert old in text
        self.write(file, text.replace(old, new))

    def write(self, file: Path, text: str) -> None:
        file.write_text(text, "utf-8")
        kinds = frozenset(Files(self.bench.source).kinds(file))
        assert kinds, f"the preview does not watch {file}"
        self.bench.change(Changed(kinds, (file,)))

    def page(self, line: int, worker: int = 1) -> str:
        view = self.bench.open(line, worker)
        assert view.findings == ()
        assert view.whole
        assert view.rendered is not None
        return view.rendered.html


@pytest.fixture(scope="module")
def mood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the workflow ``mood``, begun with ``new`` and edited beside the preview until it is another."""
    root = tmp_path_factory.mktemp("labels")
    made = make("mood", project=root).workflow
    bench = Bench(Source.of("mood", None, None, None, None, None, root), root / "kept", lenient=False)
    editing = Editing(bench)
    try:
        assert "Does the blue one fit" in editing.page(1)

        editing.save(made.config_file, '["Question", "Complaint", "Praise"]', json.dumps(MOODS))
        assert "cheerful" in editing.page(1)

        editing.write(made.manifest, "".join(json.dumps(line) + "\n" for line in LINES))
        editing.write(made.expected, "".join(json.dumps({"label": mood}) + "\n" for mood in MOODS))
        assert "The beans are dancing" in editing.page(2)

        editing.save(made.template, "{{ task.input.text }}</p>", "{{ task.input.text }}</p>\n{{ task.input.writer }}")
        view = bench.open(2, 1)
        assert not view.whole
        assert [finding.code for finding in view.findings] == ["liquid-missing-variable"]
        editing.save(made.lambdas / "pre_annotation.py", '"labels": ', '"writer": item["writer"], "labels": ')
        assert "Olu &amp; sons" in editing.page(2)
        assert bench.open(3, 1).task_input == {"text": LINES[2]["source"], "writer": "Wim", "labels": MOODS}

        for worker, said in ((1, "cheerful"), (2, "plain"), (3, "cheerful")):
            bench.submit(bench.open(2, worker).token, {"category": {"label": said}})
        label = bench.label(2)
        assert label.findings == ()
        assert label.output_line is not None
        assert label.output_line["mood"]["label"] == "cheerful"
    finally:
        bench.close()
    return root


def test_what_was_edited_is_right(mood: Path) -> None:
    assert [str(finding) for finding in check(targets_of((), project=mood)).findings] == []


def test_its_own_workers_run_it(mood: Path, tmp_path: Path) -> None:
    result = run_job("mood", project=mood, out=tmp_path / "job")
    assert result.ok, result.findings
    assert [label["label"] for label in result.labels()] == MOODS
    answers = [[one["answer"]["category"]["label"] for one in label["workers"]] for label in result.labels()]
    assert any(len(set(said)) > 1 for said in answers), "no worker errs"


@pytest.fixture(scope="module")
def built(mood: Path, sam: Callable[..., str]) -> Path:
    """The folder of ``sam build``."""
    assert "is a valid SAM Template" in sam("validate", "--lint", cwd=mood)
    assert "Build Succeeded" in sam("build", cwd=mood)
    return mood / ".aws-sam" / "build"


def test_what_is_built_is_what_the_project_has(mood: Path, built: Path) -> None:
    template = yaml_parse((built / "template.yaml").read_text("utf-8"))
    functions = [name for name in template["Resources"] if name.endswith("LabelingFunction")]
    assert functions == ["MoodPreLabelingFunction", "MoodPostLabelingFunction"]
    lambdas = Project(mood).root / "lambdas"
    deployed = {
        str(file.relative_to(lambdas))
        for file in lambdas.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    for name in functions:
        assert template["Resources"][name]["Properties"]["CodeUri"] == name
        files = {str(file.relative_to(built / name)) for file in (built / name).rglob("*") if file.is_file()}
        assert files == deployed
    assert re.search("writer", (built / functions[0] / "mood" / "pre_annotation.py").read_text("utf-8"))
    assert (built / "NumpyLayer" / "python" / "numpy" / "__init__.py").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime interface client runs on Linux only")
def test_what_is_built_stands_what_production_sends(mood: Path, built: Path) -> None:
    tried = try_handlers(["mood"], project=mood, runtime="lambda", artefact=built)
    assert [one.kind for one in tried] == ["pre", "post"]
    assert [(case.case, case.verdict, case.told()) for one in tried for case in one.cases if not case.ok] == []
    assert sum(case.verdict == "right" for one in tried for case in one.cases) > 15
