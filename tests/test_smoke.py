"""``truthkit smoke``: templates that each use one trick of real ones, and templates with faults."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from tests.documents import ROOT, json_fields
from tests.plain import make_plain
from truthkit import UsageError, run_job
from truthkit.elements import load_catalogue
from truthkit.smoke import TemplateResult, smoke
from truthkit.smoke.server import Objects, objects_app
from truthkit.smoke.templates import Found
from truthkit.smoke.trial import Trial
from truthkit.workforce.automatic import Attempt

TEMPLATES = ROOT / "tests" / "smoke_templates"
NAMES = sorted(file.name for file in TEMPLATES.glob("*.html"))
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TemplateResult]:
    """All templates of the folder, tried at once."""
    out = tmp_path_factory.mktemp("out")
    tried = {result.path.name: result for result in smoke([TEMPLATES], out=out)}
    stems = {name.removesuffix(".html").removesuffix(".liquid") for name in tried}
    assert {file.name.removesuffix(".answer.json") for file in out.glob("*.json")} == stems
    # A page that is being left may be gone before its picture.
    assert stems - {"leads-away"} <= {file.stem for file in out.glob("*.png")} <= stems
    return tried


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(html: str, name: str = "page.liquid.html", script: str = SCRIPT) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script + html, "utf-8")
        return file

    return write


def one(file: Path, **arguments: Any) -> TemplateResult:
    (result,) = smoke([file], **arguments)
    return result


def codes(result: TemplateResult, severity: str | None = None) -> list[str]:
    return [finding.code for finding in result.findings if severity in (None, finding.severity)]


# --- what real templates do ---


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_filled_in_and_submitted(results: dict[str, TemplateResult], name: str) -> None:
    result = results[name]
    assert result.ok, result.findings
    assert result.answer
    empty = [key for key, value in result.answer.items() if value in ("", None, [], {})]
    assert not empty, "everything that can be reached is filled in"


def test_values_are_valid(results: dict[str, TemplateResult]) -> None:
    answer = results["native-inputs.liquid.html"].answer
    assert answer
    assert answer["kept"] == "as it is"
    assert answer["one"] == "left"
    assert 0.5 <= float(answer["number"]) <= 2
    assert "1999-01-01" <= answer["date"] <= "2019-12-31"
    assert len(answer["short"]) <= 6
    assert len(answer["notes"]) >= 60
    assert answer["flower"] in ("rose", "lily")


def test_what_a_choice_brings_up_is_filled_in(results: dict[str, TemplateResult]) -> None:
    answer = results["enabled-by-a-choice.liquid.html"].answer
    assert answer
    assert answer["bad"] == {"no": False, "yes": True}
    assert answer["how"] == {"rude": True}
    assert answer["words"]
    assert answer["detail"]


def test_what_scripts_put_into_a_shadow_root_is_filled_in(results: dict[str, TemplateResult]) -> None:
    answer = results["boxes-in-a-shadow-root.liquid.html"].answer or {}
    assert answer["heard"] == "alto,bass"


def test_the_input_beside_a_template_is_used(results: dict[str, TemplateResult]) -> None:
    result = results["given.liquid.html"]
    assert result.answer
    assert result.answer["tags"] == {"red": True, "blue": True}
    assert result.findings == ()


def test_media_of_other_hosts_are_warnings_with_a_line(results: dict[str, TemplateResult]) -> None:
    result = results["whole-document.html"]
    assert {finding.severity for finding in result.findings} == {"warning"}
    refused = [finding.line for finding in result.findings if finding.code == "page-network-refused"]
    assert sorted(line or 0 for line in refused) == [7, 11]
    assert [one.message for one in result.findings if one.code == "smoke-made-up"] == [
        "pictures/other.png is not there: it got a placeholder"
    ]


def test_the_same_seed_gives_the_same_answer() -> None:
    file = TEMPLATES / "radio-groups.liquid.html"
    answers = [one(file, seed=seed).answer for seed in (3, 3, 4, 5)]
    assert answers[0] == answers[1]
    assert len({json.dumps(answer) for answer in answers}) > 1


# --- every element ---

ALONE = "crowd-entity-annotation"


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TemplateResult]:
    """Each story of the catalogue as a page."""
    folder = tmp_path_factory.mktemp("stories")
    for tag, element in load_catalogue().items():
        for number, story in enumerate(element.stories):
            body = story.html if tag == ALONE else f"<crowd-form>{story.html}</crowd-form>"
            file = folder / f"{tag}-{number}.liquid.html"
            file.write_text(f"{SCRIPT}{{% raw %}}{body}{{% endraw %}}", "utf-8")
    return {result.path.name: result for result in smoke([folder])}


@pytest.mark.parametrize("tag", load_catalogue())
def test_every_story_of_an_element_can_be_worked(stories: dict[str, TemplateResult], tag: str) -> None:
    element = load_catalogue()[tag]
    for number in range(len(element.stories)):
        result = stories[f"{tag}-{number}.liquid.html"]
        assert result.ok, result.findings
        answer = result.answer or {}
        if element.answer is None:
            continue
        if element.answer.place == "key":
            value = answer[element.answer.key or ""]
        elif element.answer.place == "top-level":
            value = {key: answer[key] for key in element.answer.schema["properties"]}
        else:
            named = re.findall(rf'<{tag}[^>]* name="([^"]+)"', element.stories[number].html)
            assert not named or set(named) <= set(answer)
            for name in named:
                jsonschema.validate(answer[name], element.answer.schema)
            continue
        jsonschema.validate(value, element.answer.schema)


# --- task inputs ---


def test_a_task_input_is_made_up_from_what_the_template_reads(write: Write) -> None:
    result = one(
        write(
            '<crowd-form><img src="{{ task.input.photo | grant_read_access }}">'
            "{% for kind in task.input.kinds %}"
            '<input type="checkbox" name="{{ kind.name }}">{% endfor %}</crowd-form>'
        )
    )
    assert result.ok, result.findings
    assert len(result.answer or ()) == 3
    (made_up,) = result.findings
    assert (made_up.code, made_up.severity) == ("smoke-made-up", "info")
    assert "photo='s3://truthkit-smoke/photo-1.png'" in made_up.message


def test_what_a_given_input_lacks_is_made_up_and_told(write: Write) -> None:
    page = write('<crowd-form>{{ task.input.text }}<input name="{{ task.input.name }}"></crowd-form>')
    result = one(page, task_input={"name": "mine"})
    assert result.ok
    assert list(result.answer or ()) == ["mine"]
    assert codes(result, "warning") == ["liquid-missing-variable"]


def test_a_manifest_line_and_a_handler_make_the_task_input(tmp_path: Path) -> None:
    plain = make_plain(tmp_path)
    result = one(plain.template, manifest=plain.manifest, pre_lambda=plain.pre)
    assert result.ok, result.findings
    assert result.findings == ()


def test_an_object_that_is_there_is_used(tmp_path: Path, write: Write) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "words.json").write_text('{"word": "found"}')
    page = write(
        '<crowd-form><input type="hidden" name="word" id="word"></crowd-form><script>'
        'fetch("{{ task.input.words | grant_read_access }}").then((it) => it.json())'
        ".then((it) => { word.value = it.word });"
        "document.querySelector('crowd-form').onsubmit = () => Boolean(word.value);</script>"
    )
    result = one(page, task_input={"words": "s3://bucket/in/words.json"}, objects={"s3://bucket/in/": tmp_path / "in"})
    assert result.answer == {"word": "found"}


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), ('{"input": {}}', "has no object taskInput")], ids=["broken", "other"]
)
def test_a_bad_input_beside_a_template_is_a_finding(write: Write, text: str, said: str) -> None:
    page = write("<crowd-form></crowd-form>")
    page.with_name("page.input.json").write_text(text)
    result = one(page)
    assert codes(result) == ["task-input"]
    assert said in result.findings[0].message


# --- faults ---


def test_a_script_error_is_a_fault_though_the_answer_came(write: Write) -> None:
    result = one(write('<crowd-form><input name="a"></crowd-form>\n<script>nothing.here();</script>'))
    assert result.answer
    assert not result.ok
    (finding,) = result.findings
    assert (finding.code, finding.line) == ("page-script-error", 3)


def test_an_external_script_is_named_as_the_cause(write: Write) -> None:
    result = one(
        write(
            '<script src="https://example.com/jquery.js"></script>\n'
            '<crowd-form><input name="a"></crowd-form><script>$("input").val(1);</script>'
        )
    )
    assert codes(result, "error") == ["page-script-error"]
    assert codes(result, "warning") == ["page-network-refused"]
    error = next(finding for finding in result.findings if finding.severity == "error")
    assert "https://example.com/jquery.js" in error.cure


def test_a_submission_that_is_always_held_back_is_a_fault(write: Write) -> None:
    result = one(write('<crowd-form onsubmit="alert(\'Never.\'); return false"><input name="a"></crowd-form>'))
    assert result.answer is None
    assert codes(result) == ["page-task"]
    assert "the page says: Never." in result.findings[0].message


def test_a_page_without_a_form_is_a_fault(write: Write) -> None:
    result = one(write('<p>Nothing.</p><input name="a">'))
    assert codes(result) == ["page-task"]
    assert "no Submit" in result.findings[0].message


def test_an_unknown_element_is_a_warning(write: Write) -> None:
    result = one(write('<crowd-form><crowd-slider name="s"><crowd-slider-label>1</crowd-slider-label></crowd-slider>'))
    assert result.ok
    assert codes(result) == ["page-unknown-element"]


@pytest.mark.parametrize(("text", "told"), [("Anna \U0001f600 spoke", ["page-text-offsets"]), ("Anna spöke 日本", [])])
def test_text_whose_offsets_may_differ_is_a_warning(write: Write, text: str, told: list[str]) -> None:
    result = one(write(f"<crowd-entity-annotation name=e labels=\"['a']\" text='{text}'></crowd-entity-annotation>"))
    assert result.ok
    assert [code for code in codes(result) if code != "smoke-empty"] == told


def test_a_control_that_nobody_can_reach_is_told(write: Write) -> None:
    result = one(write('<crowd-form><div style="display:none"><crowd-input name="a"></crowd-input></div></crowd-form>'))
    assert result.ok
    assert codes(result) == ["smoke-empty"]


def test_a_faulty_template_does_not_stop_the_others(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    attend = Trial._attend

    async def attend_the_last_briefly(
        self: Trial, stage: Any, token: str, found: Found, *more: Any, **named: Any
    ) -> Any:
        # It takes all of the time three times, at full load.
        monkeypatch.setattr("truthkit.smoke.trial.OPEN_MS", 3_000 if found.path.name.startswith("c.") else 60_000)
        return await attend(self, stage, token, found, *more, **named)

    monkeypatch.setattr(Trial, "_attend", attend_the_last_briefly)
    write("{{ task.input.a ", "a.liquid.html")
    write('<crowd-form><input name="b"></crowd-form>', "b.liquid.html")
    folder = write("<script>for (;;) location.reload();</script>", "c.liquid.html").parent
    a, b, c = smoke([folder])
    assert codes(a) == ["liquid-unclosed"]
    assert b.ok
    assert not c.ok


def test_a_browser_that_ends_is_started_anew(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page that is filled in takes the browser down with it."""
    ended: list[str] = []
    complete = Attempt.complete

    async def end_once(self: Attempt) -> None:
        if not ended:
            ended.append(self._page.url)
            browser = self._page.context.browser
            assert browser
            await browser.close()
        await complete(self)

    monkeypatch.setattr(Attempt, "complete", end_once)
    for name in "abc":
        write('<crowd-form><input name="said"></crowd-form>', f"{name}.liquid.html")
    results = smoke([write('<crowd-form><input name="said"></crowd-form>', "d.liquid.html").parent])
    assert ended
    assert all(result.ok for result in results), [result.findings for result in results]


# --- nothing leaves ---


HINTS = ("prefetch", "preconnect", "dns-prefetch", "prerender", "modulepreload", "manifest", "icon")
PRELOADED = ("fetch", "font", "image", "script", "style", "track")


def test_nothing_reaches_another_port(write: Write) -> None:
    came: list[str] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        there = f"127.0.0.1:{listener.getsockname()[1]}"
        result = one(
            write(
                f'<crowd-form><input name="a"><a href="http://{there}/a" ping="http://{there}/ping"></a>'
                f'<video><track default src="http://{there}/a.vtt"></video><img src="http://{there}/a.png"></crowd-form>'
                + "".join(f'<link rel="{rel}" href="http://{there}/{rel}">' for rel in HINTS)
                + "".join(f'<link rel="preload" as="{kind}" href="http://{there}/{kind}">' for kind in PRELOADED)
                + '<script type="speculationrules">'
                + json.dumps({what: [{"urls": [f"http://{there}/{what}"]}] for what in ("prefetch", "prerender")})
                + "</script>"
                + f"<script>const there = '{there}';"
                "const socket = (where) => { try { new WebSocket(where); } catch {} };"
                "navigator.sendBeacon(`http://${there}/beacon`, 'x'); socket(`ws://${there}/`);"
                "for (const name of ['a.png', 'a.json']) fetch(`http://${there}/${name}`).catch(() => {});"
                "const one = new XMLHttpRequest(); one.open('GET', `http://${there}/b.mp3`); one.send();"
                "new Worker(URL.createObjectURL(new Blob([`fetch('http://${there}/w').catch(() => {});"
                "try { new WebSocket('ws://${there}/w'); } catch {}`])));</script>"
            )
        )
        assert result.answer
        with contextlib.suppress(TimeoutError):
            while True:
                connection, _ = listener.accept()
                came.append("a connection")
                with connection:
                    connection.settimeout(1)
                    with contextlib.suppress(TimeoutError):
                        came.append(connection.recv(200).decode("latin-1"))
    assert came == []
    assert result.ok, result.findings


def test_objects_are_for_the_page_alone() -> None:
    app = objects_app(Objects(lambda bucket, key: None, lambda bucket, key: False), "http://127.0.0.1:1")
    client = TestClient(app, base_url="http://127.0.0.1:2")
    own = client.get("/bucket/a.png", headers={"Origin": "http://127.0.0.1:1"})
    assert own.headers["access-control-allow-origin"] == "http://127.0.0.1:1"
    other = client.get("/bucket/a.png", headers={"Origin": "http://127.0.0.1:3"})
    assert "access-control-allow-origin" not in other.headers
    assert client.get("/bucket/a.png", headers={"Host": "elsewhere.example"}).status_code == 400


# --- what would be lost ---

BOXES = """<crowd-bounding-box {} labels="['a']"></crowd-bounding-box>"""


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (f"<crowd-form>{BOXES.format('src=a.png')}</crowd-form>", "<crowd-bounding-box> has no name"),
        ('<input name="lost"><crowd-form><input name="b"></crowd-form>', 'name="lost"> is in no form'),
        (f"{BOXES.format('src=a.png name=lost')}<crowd-form><input name=b></crowd-form>", 'name="lost"> is in no form'),
        (
            '<crowd-form onsubmit="this.querySelector(`p`)?.remove()">'
            '<p><input name="lost"></p><input name="b"></crowd-form>',
            'name="lost"> is not in the answer',
        ),
    ],
    ids=["nameless", "outside", "widget-outside", "taken-away"],
)
def test_what_is_lost_is_a_fault(write: Write, html: str, said: str) -> None:
    result = one(write(html))
    assert result.answer is not None
    assert not result.ok
    assert codes(result, "error") == ["smoke-absent"]
    assert any(said in finding.message for finding in result.findings), result.findings


def test_a_hidden_field_of_another_form_is_a_warning(write: Write) -> None:
    result = one(write('<form><input type="hidden" name="token"></form><crowd-form><input name="a"></crowd-form>'))
    assert result.ok, result.findings
    assert codes(result) == ["smoke-absent"]


def test_a_file_that_is_not_there_is_told(write: Write) -> None:
    result = one(
        write(
            '<link rel="stylesheet" href="look.css"><script src="helper.js"></script>'
            '<crowd-form><img src="photo.png"><input name="a"></crowd-form>'
            "<script>void fetch('data.json'); help();</script>"
        )
    )
    errors = [finding for finding in result.findings if finding.severity == "error"]
    assert sorted(finding.code for finding in errors) == ["page-request-failed", "page-script-error"]
    assert "helper.js" in errors[0].message
    assert "helper.js" in errors[1].cure
    warnings: dict[str, list[str]] = {finding.code: [] for finding in result.findings if finding.severity == "warning"}
    for finding in result.findings:
        if finding.severity == "warning":
            warnings[finding.code].append(finding.message)
    assert {code: len(messages) for code, messages in warnings.items()} == {
        "page-request-failed": 2,
        "smoke-made-up": 1,
    }
    assert warnings["smoke-made-up"] == ["photo.png is not there: it got a placeholder"]


def test_a_picture_without_an_ending_gets_a_placeholder(write: Write) -> None:
    result = one(write(f"<crowd-form>{BOXES.format('src=${photo} name=a')}</crowd-form>"))
    assert result.ok, result.findings
    assert [finding.message for finding in result.findings] == ["${photo} is not there: it got a placeholder"]


def test_an_object_that_a_mapped_folder_lacks_is_told(tmp_path: Path, write: Write) -> None:
    (tmp_path / "in").mkdir()
    page = write('<crowd-form><img src="{{ task.input.photo | grant_read_access }}"><input name="a"></crowd-form>')
    result = one(page, task_input={"photo": "s3://bucket/in/gone.png"}, objects={"s3://bucket/in": tmp_path / "in"})
    assert result.ok
    assert [(finding.code, finding.severity) for finding in result.findings] == [("smoke-made-up", "warning")]
    assert "s3://bucket/in/gone.png is not there" in result.findings[0].message


def test_a_picture_that_does_not_load_is_a_fault(tmp_path: Path, write: Write) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.png").write_bytes(b"\x89PNG\r\n")
    page = write(
        f"<crowd-form>{BOXES.format('name=a src={{ task.input.photo | grant_read_access }}')}</crowd-form>",
    )
    mapped = {"s3://bucket/in": tmp_path / "in"}
    result = one(page, task_input={"photo": "s3://bucket/in/broken.png"}, objects=mapped)
    assert not result.ok
    assert "smoke-picture" in codes(result, "error") or result.answer is None


# --- files ---


def test_a_file_that_cannot_be_written_is_one_templates_fault(write: Write, tmp_path: Path) -> None:
    form = '<crowd-form><input name="a"></crowd-form>'
    write(form, "t/" + "n" * 250 + ".html")
    folder = write(form, "t/short.html").parent
    long, short = smoke([folder], out=tmp_path / "out")
    assert short.ok
    assert not long.ok
    assert codes(long, "error") == ["page-task"]
    assert "could not be read or written" in next(one.message for one in long.findings if one.severity == "error")


def test_out_that_is_a_file_is_wrong_use(write: Write, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="--out"):
        smoke([write("<crowd-form></crowd-form>")], out=tmp_path / "taken")


def test_a_link_to_a_template_keeps_its_name_and_input(write: Write, tmp_path: Path) -> None:
    page = write(
        "<crowd-form>{{ task.input.x }}<input name={{ task.input.x }}></crowd-form>", "shared/real.liquid.html"
    )
    (tmp_path / "job").mkdir()
    link = tmp_path / "job" / "tone.liquid.html"
    link.symlink_to(page)
    (tmp_path / "job" / "tone.input.json").write_text('{"taskInput": {"x": "mine"}}')
    (result,) = smoke([link, page])
    assert result.path == link
    assert list(result.answer or ()) == ["mine"]


def test_the_way_to_a_file_changes_no_answer(write: Write) -> None:
    file = write('<crowd-form><input name="a"><crowd-input name="b"></crowd-input></crowd-form>', "sub/page.html")
    (direct,) = smoke([file])
    (found,) = smoke([file.parent.parent])
    assert direct.answer == found.answer


# --- what is hard on the worker ---


@pytest.mark.parametrize("pattern", [r"([a-zA-Z]+\s?)+", r".{0,9999999999}"])
def test_a_pattern_that_explodes_is_met(write: Write, pattern: str) -> None:
    result = one(write(f'<crowd-form><input name="a" required pattern="{pattern}"></crowd-form>'))
    assert result.ok, result.findings


def test_last_keys_are_for_the_page(results: dict[str, TemplateResult]) -> None:
    answer = results["too-fast.liquid.html"].answer
    assert answer
    assert not answer["word"].endswith("y ")


def test_a_made_up_input_is_told_as_a_cause(write: Write) -> None:
    result = one(
        write('<crowd-form><input name="a"></crowd-form><script>JSON.parse("{{ task.input.config }}");</script>')
    )
    error = next(finding for finding in result.findings if finding.severity == "error")
    assert error.code == "page-script-error"
    assert error.cure == "its task input was made up: write page.input.json beside it"


def test_a_made_up_text_becomes_a_list_where_scripts_need_one(write: Write) -> None:
    result = one(
        write(
            """<crowd-form><p data-notes='{{ task.input.notes }}' data-more="{{ task.input.more.notes | to_json }}"></p>
            <input name="a"></crowd-form>
            <script>
              const { notes, more } = document.querySelector("p").dataset;
              JSON.parse(notes).concat(JSON.parse(more)).forEach((note) => note.trim());
            </script>"""
        )
    )
    assert result.ok, result.findings
    assert "['Sample notes 1', 'Sample notes 2', 'Sample notes 3']" in result.findings[0].message


def test_what_the_page_says_is_no_handlers_fault(write: Write) -> None:
    result = one(write("<crowd-form><crowd-classifier name=a categories='['></crowd-classifier></crowd-form>"))
    error = next((finding for finding in result.findings if finding.code == "page-task"), None)
    assert error is not None, result
    assert error.cure == "see what the page says"


# --- the command ---


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "truthkit", "smoke", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_json_and_exit_status(write: Write, tmp_path: Path) -> None:
    good = write('<crowd-form><input name="a"></crowd-form>', "sub/good.liquid.html")
    bad = write("<p>No form.</p>", "bad.html")
    done = command(tmp_path, good, "--json", "--out", tmp_path / "out")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert set(report) == {"templates"}
    first, second = report["templates"]
    assert set(first) | set(report) == json_fields("smoke")
    assert (first["path"], first["ok"], first["answer"]) == (str(bad), False, None)
    assert (second["path"], second["ok"], list(second["answer"])) == (str(good), True, ["a"])
    assert json.loads((tmp_path / "out" / "sub" / "good.answer.json").read_text()) == second["answer"]
    assert (tmp_path / "out" / "sub" / "good.png").stat().st_size > 1_000
    assert (tmp_path / "out" / "bad.png").is_file()


def test_what_people_see(write: Write) -> None:
    good = write('<crowd-form><input name="a"></crowd-form>')
    done = command(good)
    assert (done.returncode, done.stderr) == (0, "")
    first, answer, last = done.stdout.splitlines()
    assert first == f"ok    {good}"
    assert answer.strip().startswith('{"a": "')
    assert last == "1 of 1 templates are ok"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere.html",),
        ("tests/contract",),
        ("tests/smoke_templates", "--pre-lambda", "x.py"),
        ("tests/smoke_templates", "--task-input", "a.json", "--manifest", "b.jsonl"),
    ],
    ids=["no-file", "no-templates", "handler-alone", "two-inputs"],
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert "[usage]" in done.stderr


def test_ctrl_c_keeps_what_was_done(write: Write, tmp_path: Path) -> None:
    write('<crowd-form><input name="a"></crowd-form>', "a.liquid.html")
    for number in range(30):
        write('<crowd-form onsubmit="return false"><video></video></crowd-form>', f"c{number}.liquid.html")
    process = subprocess.Popen(
        [sys.executable, "-m", "truthkit", "smoke", str(tmp_path), "--json", "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not (tmp_path / "out" / "a.answer.json").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    paths = [Path(one["path"]).name for one in json.loads(told)["templates"]]
    assert "a.liquid.html" in paths


# --- the automatic worker in a job ---


def test_a_job_by_the_automatic_worker(tmp_path: Path) -> None:
    plain = make_plain(tmp_path, lines=2)
    arguments = {**plain.arguments(), "worker_script": None, "workers": 2, "workforce": "auto"}
    result = run_job(**arguments, out=tmp_path / "job")
    assert result.ok, result.findings
    assert (result.objects, result.answers, result.labeled) == (2, 4, 2)
    again = run_job(**arguments, out=tmp_path / "again")
    assert again.labels() == result.labels()


def test_a_job_tells_what_the_automatic_worker_cannot_do(tmp_path: Path) -> None:
    plain = make_plain(tmp_path, lines=1)
    plain.template.write_text(SCRIPT + '<crowd-form onsubmit="return false"><input name="said"></crowd-form>')
    result = run_job(**{**plain.arguments(), "worker_script": None, "workforce": "auto"}, out=tmp_path / "job")
    assert result.failed == 1
    (finding,) = result.findings
    assert (finding.code, finding.file) == ("page-task", str(plain.template))


def test_a_workforce_is_script_or_auto(tmp_path: Path) -> None:
    plain = make_plain(tmp_path)
    with pytest.raises(UsageError, match="give --workforce script, auto or simulated"):
        run_job(**plain.arguments(), workforce="people", out=tmp_path / "job")
    with pytest.raises(UsageError, match="works without a script"):
        run_job(**plain.arguments(), workforce="auto", out=tmp_path / "job")


def test_templates_are_tried_without_what_only_jobs_need() -> None:
    """Which took a third of the command's start."""
    code = (
        "import sys, truthkit.smoke, truthkit.lint.check\n"
        "print([name for name in ('sqlalchemy', 'truthkit.run', 'boto3', 'moto', 'duckdb') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
