"""What the preview knows, without a browser: lines, pages as far as they go, answers, labels, files and their kinds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.plain import Plain, make_plain
from truthkit.findings import Finding, SubmissionError
from truthkit.project import Project, bundles_dir
from truthkit.server.preview.bench import Bench
from truthkit.server.preview.fault import fault_of, names_of
from truthkit.server.preview.files import Changed, Files, changes
from truthkit.server.preview.front_end import FrontEnd
from truthkit.server.preview.hub import Hub
from truthkit.server.preview.lines import Lines
from truthkit.server.preview.serve import CHECKED, Sight, look_at_lines
from truthkit.server.preview.telling import Spare, TellingHandler
from truthkit.server.preview.told import finding_of
from truthkit.source import Source


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return make_plain(tmp_path / "plain", lines=3)


def source_of(plain: Plain, *, post: bool = True) -> Source:
    return Source.of(None, plain.template, plain.manifest, plain.pre, plain.post if post else None, None)


@pytest.fixture
def bench(plain: Plain, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(source_of(plain), tmp_path / "kept", lenient=False)
    yield made
    made.close()


def test_lines_have_titles_marks_and_are_found_by_all_words(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    rows = [
        '{"source": "a red fox"}',
        '{"source-ref": "s3://bucket/pictures/fox.png", "color": "blue"}',
        "{",
        '{"source": "x", "metadata": {"title": "Of a  fox"}}',
    ]
    manifest.write_text("\n".join(rows), "utf-8")
    lines = Lines.read(manifest)
    assert [entry.title for entry in lines.entries][:2] == ["a red fox", "fox.png"]
    assert lines.entries[3].title == "Of a fox"
    assert [entry.mark for entry in lines.entries] == ["", "", "error", ""]
    assert [entry.number for entry in lines.search("FOX b")] == [2]
    assert [entry.number for entry in lines.search("fox")] == [1, 2, 4]
    assert [entry.number for entry in lines.search("3")] == [3, 2]  # the line first, then s3://
    assert lines.get(0) is None
    assert lines.get(5) is None


def test_the_same_files_give_the_same_page_under_the_same_address(bench: Bench) -> None:
    first, again, other = bench.open(1, 1), bench.open(1, 1), bench.open(1, 2)
    assert (first.token, first.page, first.task) == (again.token, again.page, again.task)
    assert other.token != first.token
    assert other.page == first.page
    assert other.task != first.task
    assert first.whole
    assert first.findings == ()


def test_a_page_that_is_cut_off_takes_no_answer(bench: Bench, plain: Plain) -> None:
    plain.template.write_text(plain.template.read_text().replace("task.input.text", "task.input.txet"))
    view = bench.open(1, 1)
    assert view.rendered is not None
    assert view.rendered.html.endswith("<p>")
    assert not view.whole
    assert view.fault is not None
    assert [name.name for name in view.fault.names or ()] == ["task.input.text"]
    with pytest.raises(SubmissionError) as caught:
        bench.submit(view.token, {})
    assert caught.value.status == 409


def test_answers_become_a_label_at_each_submit(bench: Bench) -> None:
    assert bench.label(2).request is None
    for worker, said in ((1, "fox"), (2, "dog"), (3, "fox")):
        bench.submit(bench.open(2, worker).token, {"said": said})
    label = bench.label(2)
    assert label is bench.label(2)
    assert label.label == {"said": "fox", "votes": 2}
    assert label.output_line is not None
    assert label.output_line["plain"] == label.label
    assert label.request is not None
    assert [one["workerId"] for one in label.request[0]["annotations"]] == [
        f"private.us-east-1.{worker:016}" for worker in (1, 2, 3)
    ]
    bench.submit(bench.open(2, 1).token, {"said": "dog"})
    assert bench.label(2).label == {"said": "dog", "votes": 2}
    bench.forget(2)
    assert bench.label(2).output_line is None


def test_answers_stay_with_the_line_that_they_were_given_for(bench: Bench, plain: Plain) -> None:
    bench.submit(bench.open(1, 1).token, {"said": "fox"})
    before = plain.manifest.read_text("utf-8")
    plain.manifest.write_text(json.dumps({"source": "another"}) + "\n", "utf-8")
    bench.change(Changed(frozenset({"manifest"}), (plain.manifest,)))
    assert bench.answers(1) == {}
    plain.manifest.write_text(before, "utf-8")
    bench.change(Changed(frozenset({"manifest"}), (plain.manifest,)))
    assert [answer.content for answer in bench.answers(1).values()] == [{"said": "fox"}]


def test_without_a_post_annotation_handler_the_label_is_empty(plain: Plain, tmp_path: Path) -> None:
    bench = Bench(source_of(plain, post=False), tmp_path / "kept", lenient=False)
    bench.submit(bench.open(1, 1).token, {"said": "fox"})
    label = bench.label(1)
    assert label.output_line is not None
    assert label.output_line["plain"] == {}
    assert "worker-response-ref" in label.output_line["plain-metadata"]
    assert not label.responded
    bench.close()


def test_a_result_that_breaks_the_contract_is_shown_all_the_same(bench: Bench, plain: Plain) -> None:
    plain.post.write_text("def lambda_handler(event, context):\n    print('here')\n    return {'label': 1}\n")
    bench.submit(bench.open(1, 1).token, {"said": "fox"})
    label = bench.label(1)
    assert (label.responded, label.response) == (True, {"label": 1})
    assert [finding.code for finding in label.findings] == ["post-annotation-contract"]
    assert [one.text for one in label.printed] == ["here"]
    assert label.output_line is not None
    assert "failure-reason" in label.output_line["plain-metadata"]


def test_the_lines_around_a_fault_are_those_of_the_workflow_only(plain: Plain) -> None:
    source = source_of(plain)
    for file, shown in ((plain.pre, True), (plain.template, True), (Path(__file__), False), (plain.manifest, False)):
        fault = fault_of([Finding("code", "message", file=str(file), line=2)], source, None, None)
        assert fault is not None
        assert bool(fault.source) is shown
    assert fault_of([Finding("code", "message", severity="warning")], source, None, None) is None


def test_a_mistake_in_the_settings_is_shown_where_it_stands(plain: Plain, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name, text in (
        ("templates/plain/template.liquid.html", plain.template.read_text("utf-8")),
        ("samples/plain/manifest.jsonl", plain.manifest.read_text("utf-8")),
        ("lambdas/plain/__init__.py", ""),
        ("lambdas/plain/pre_annotation.py", "raise ValueError('workers is not a number')\n"),
        (
            "lambdas/plain/workflow.toml",
            'title = "Plain"\ndescription = "Plain"\nworkers = "many"\ntask_time_limit_seconds = 60\n',
        ),
    ):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")
    source = Source.of("plain", None, None, None, None, None, project)
    with contextlib.closing(Bench(source, tmp_path / "kept", lenient=False)) as bench:
        fault = bench.open(1, 1).fault
    assert fault is not None
    assert (Path(fault.finding.file or "").name, fault.finding.line) == ("workflow.toml", 3)
    assert (3, 'workers = "many"') in fault.source


def test_a_manifest_without_lines_has_none(bench: Bench, plain: Plain) -> None:
    plain.manifest.write_text("", "utf-8")
    bench.change(Changed(frozenset({"manifest"}), ()))
    assert bench.lines().entries == []
    assert [finding.code for finding in bench.open(2, 1).findings] == ["manifest-empty"]


def test_names_of_the_task_input_are_as_a_template_writes_them() -> None:
    names = names_of({"text": "a\n b", "source-ref": 1, "a b": {"in": [1, 2], "deep": {"er": True}}})
    assert [(name.name, name.kind, name.sample) for name in names] == [
        ("task.input.text", "string", "a b"),
        ("task.input.source-ref", "number", "1"),
        ('task.input["a b"]', "object", '{"in": [1, 2], "deep": {"er": true}}'),
        ('task.input["a b"].in', "list of 2", "[1, 2]"),
        ('task.input["a b"].deep', "object", '{"er": true}'),
    ]


def test_a_file_concerns_what_depends_on_it() -> None:
    project = Project.find(Path(__file__))
    source = Source.of("text-entities", None, None, None, None, None, project.root)
    files = Files(source)
    workflow = source.workflow
    assert workflow is not None
    lambdas = workflow.root / "lambdas"
    for file, kinds in (
        (workflow.template, {"template"}),
        (workflow.lambdas / "pre_annotation.py", {"handler"}),
        (workflow.config_file, {"config", "handler"}),
        (lambdas / "truthkit_core" / "storage.py", {"handler"}),
        (lambdas / "text_classification" / "pre_annotation.py", set()),
        (workflow.lambdas / "__pycache__" / "pre_annotation.py", set()),
        (workflow.manifest, {"manifest"}),
        (workflow.samples / "objects" / "text" / "marine-biology.txt", {"object"}),
        (workflow.samples / "objects.toml", {"objects-map"}),
        (workflow.samples / "README.md", set()),
        (workflow.root / "frontend" / "common" / "src" / "drafts.ts", {"front-end"}),
        (workflow.root / "frontend" / "common" / "src" / "drafts.test.ts", set()),
        (workflow.root / "frontend" / "dist" / "gallery.js", {"bundle"}),
    ):
        assert set(files.kinds(file)) == kinds, file


def test_a_folder_that_is_made_anew_is_watched_on(tmp_path: Path, plain: Plain) -> None:
    """As a checkout does, or an editor that puts a whole folder in place of another."""

    async def seen() -> list[frozenset[str]]:
        ended = asyncio.Event()
        told: list[frozenset[str]] = []
        watching = changes(lambda: Files(source), ended)
        # Whoever listens late hears of it all the same: a file is written until it is told.
        told.append(await said(watching, lambda: plain.pre.write_text(f"# {len(told)}\n")))
        folder = plain.pre.parent
        gone = folder.rename(tmp_path / "gone")
        shutil.copytree(gone, folder)
        told.append((await asyncio.wait_for(anext(watching), 30)).kinds)
        while "template" not in told[-1]:  # the word that all may be others
            told.append((await asyncio.wait_for(anext(watching), 30)).kinds)
        told.append(await said(watching, lambda: rename_into(folder / "part", plain.pre)))
        ended.set()
        await watching.aclose()
        return told

    async def said(watching: AsyncGenerator[Changed, None], write: Callable[[], object]) -> frozenset[str]:
        waiting = asyncio.ensure_future(anext(watching))
        while not waiting.done():
            write()
            await asyncio.wait({waiting}, timeout=0.1)
        return waiting.result().kinds

    def rename_into(part: Path, file: Path) -> None:
        part.write_text("# by an editor that renames\n")
        part.replace(file)

    source = source_of(plain)
    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(asyncio.run, seen()).result()
    assert told[0] == told[-1] == {"handler"}


def test_a_stream_begins_with_how_things_are_when_it_begins_to_listen() -> None:
    known = {"version": 1}

    async def first() -> str:
        hub = Hub()
        stream = hub.stream(lambda: known)
        known["version"] = 2
        hub.tell("changed", **known)
        return await anext(aiter(stream))

    with ThreadPoolExecutor(1) as thread:
        assert '{"version": 2}' in thread.submit(asyncio.run, first()).result()


def test_what_is_listed_is_looked_at_before_lines_that_nobody_sees(
    bench: Bench, plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.write_manifest(CHECKED + 3)
    seen: list[int] = []
    check = bench.check

    async def look() -> None:
        enough, loop = asyncio.Event(), asyncio.get_running_loop()

        def checked(number: int) -> bool:
            seen.append(number)
            if len(seen) == 5:
                loop.call_soon_threadsafe(enough.set)
            return check(number)

        monkeypatch.setattr(bench, "check", checked)
        sight = Sight()
        sight.show(bench.lines().entries[CHECKED:])
        with ThreadPoolExecutor(1) as thread:
            looking = asyncio.create_task(look_at_lines(bench, Hub(), sight, thread))
            await enough.wait()
            looking.cancel()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, look()).result()
    assert seen[:5] == [CHECKED + 1, CHECKED + 2, CHECKED + 3, 1, 2]


def test_a_mark_of_which_nobody_was_told_is_one_to_tell(bench: Bench) -> None:
    assert not bench.check(99)
    bench.open(2, 1)
    assert bench.check(2)


def test_a_preview_that_has_ended_begins_no_process(plain: Plain, tmp_path: Path) -> None:
    ref = source_of(plain).pre_lambda
    assert ref is not None
    spare, log = Spare(), tmp_path / "logs" / "pre.log"
    handler = TellingHandler(ref, environment={}, timeout=30, log_file=log, spare=spare)
    handler.keep_spare()
    process = spare.take()
    assert process is not None
    process.kill()
    process.communicate()
    log.unlink()
    spare.close()
    handler.keep_spare()
    assert spare.take() is None
    assert not log.exists()


def test_what_a_page_makes_up_is_no_finding(bench: Bench) -> None:
    view = bench.open(1, 1)
    for told in ({}, {"kind": "no such"}, {"kind": ["error"]}, {"kind": None}):
        assert finding_of(view, told, origin="http://a", objects_origin="http://b", source="") is None
    found = finding_of(
        view, {"kind": "error", "message": {}, "line": -1}, origin="http://a", objects_origin="http://b", source=""
    )
    assert found is not None
    assert found.line is None


@pytest.mark.skipif(
    shutil.which("node") is None or not (bundles_dir().parent / "node_modules").is_dir(),
    reason="needs Node and the front end's packages",
)
def test_bundles_are_built_from_their_sources_without_touching_those_that_were_built(tmp_path: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in bundles_dir().glob("*.js")}

    async def build() -> tuple[Finding, ...]:
        front_end = FrontEnd(tmp_path)
        front_end.copy()
        try:
            return (*await front_end.build(), *await front_end.build())
        finally:
            await front_end.close()

    # From a thread: this one may belong to a browser of the tests before.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, build()).result() == ()
    assert {file.name for file in before} <= {file.name for file in tmp_path.glob("*.js")}
    assert "sourceMappingURL" in (tmp_path / "preview.js").read_text("utf-8")
    assert {file: file.stat().st_mtime_ns for file in bundles_dir().glob("*.js")} == before
