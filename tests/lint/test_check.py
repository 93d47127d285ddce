# ruff: noqa: E501 — garbage is long
"""No false alarms, no crash on garbage, and the command: statuses, formats, what belongs together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.documents import DOCS, ROOT, json_fields
from tests.lint.bench import FILES, SCRIPT, check_all
from truthkit.cli import app
from truthkit.elements import load_catalogue
from truthkit.findings import UsageError
from truthkit.lenient_json import LenientError, loads
from truthkit.lint import check, other_codes, targets_of
from truthkit.objects import ObjectStore

RUNNER = CliRunner()


def command(*arguments: str | Path) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, ["check", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


# --- no false alarms ---


def test_the_kits_workflows_have_nothing_wrong() -> None:
    checked = check(targets_of((), project=ROOT))
    assert checked.findings == ()
    assert len(checked.targets) == 7, "six workflows and template.yaml"
    assert len(checked.files) == 44


def test_templates_that_work_have_no_false_alarm() -> None:
    """All of tests/smoke_templates are filled in and submitted by another test; what is told of them is true."""
    told = {
        (Path(finding.file or "").name, finding.code)
        for finding in check(targets_of([str(ROOT / "tests/smoke_templates")])).findings
    }
    assert told == {
        ("built-by-script.liquid.html", "template-skip-autoescape"),
        ("fragment.html", "template-no-crowd-script"),
        ("unclosed.liquid.html", "template-self-closed"),
        ("whole-document.html", "template-unpinned-script"),
        ("whole-document.html", "template-relative-address"),
    }


def test_the_example_of_the_documentation() -> None:
    [finding] = check(targets_of([str(DOCS / "examples" / "tone")])).findings
    assert (finding.code, finding.severity) == ("contract-unused-attribute", "info")


def test_stories_of_the_elements_have_no_false_alarm(tmp_path: Path) -> None:
    for tag, element in load_catalogue().items():
        for number, story in enumerate(element.stories):
            page = (
                story.html
                if tag == "crowd-entity-annotation"
                else f"<crowd-form>{story.html}<input name='_a'></crowd-form>"
            )
            (tmp_path / f"{tag}-{number}.html").write_text(SCRIPT + page, "utf-8")
    findings = check(targets_of([str(tmp_path)])).findings
    allowed = {"template-required-attribute", "template-unpinned-script", "template-relative-address"}
    assert [str(one) for one in findings if one.severity == "error" or one.code not in allowed] == []


def test_a_misspelt_name_is_one_fault(tmp_path: Path) -> None:
    """At either end of any element, whatever stands in it or around it: one fault, on its line."""
    pages: dict[str, str] = {}
    wrong: dict[str, tuple[str, set[int | None]]] = {}
    for tag, element in load_catalogue().items():
        short = tag[:-2] + tag[-1]
        for number, story in enumerate(element.stories if tag.startswith("crowd-") else ()):
            inside = story.html if tag == "crowd-entity-annotation" else f"<crowd-form>\n{story.html}\n</crowd-form>"
            right = f"{SCRIPT}{inside}"
            pages[f"{tag}-{number}"] = right
            for end, pattern, most in (("both", "</?", 0), ("opening", "<", 1), ("closing", "</", 1)):
                name = f"{tag}-{number}-{end}"
                pages[name] = re.sub(rf"({pattern}){tag}(?=[\s>])", rf"\1{short}", right, count=most)
                lines = enumerate(pages[name].split("\n"), 1)
                at = {number for number, line in lines if f"{'</' if end == 'closing' else '<'}{short}" in line}
                assert at, pages[name]
                wrong[name] = "template-stray-end" if end == "closing" else "template-unknown-element", {*at}
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, "utf-8")
    told: dict[str, set[tuple[str, int | None]]] = {name: set() for name in pages}
    for finding in check(targets_of([str(tmp_path)])).findings:
        told[Path(finding.file or "").stem].add((finding.code, finding.line))
    assert len(wrong) > 100
    new = {name: told[name] - told[name.rpartition("-")[0]] for name in wrong}
    assert new == {name: {(code, line) for line in lines} for name, (code, lines) in wrong.items()}


def test_handlers_and_settings_are_not_blamed_for_a_misspelt_element_that_needs_no_name(tmp_path: Path) -> None:
    page, _, post, _, toml, _, _ = FILES
    tag, key = "crowd-textract-analyse-document", "AWS/Textract/AnalyzeDocument/Forms/V1"
    files = {
        **FILES,
        page: re.sub("<crowd-classifier.*</crowd-classifier>", f"<{tag}></{tag}>", FILES[page], flags=re.DOTALL),
        post: FILES[post].replace('["tone"]["label"]', f'["{key}"]["blocks"]'),
        toml: FILES[toml].replace('kind = "class"\nfield = "tone"', f'kind = "text"\nfield = "{key}"'),
    }
    told = check_all(tmp_path, {"case": files})["case"]
    assert [one.code for one in told if one.code != "contract-unused-name"] == ["template-unknown-element"]


# --- garbage ---

GARBAGE = {
    "binary.liquid.html": bytes(range(256)) * 40,
    "huge-line.html": b"<p>" + b"x" * 3_000_000,
    "deep.html": b"<crowd-form>" + b"<div>" * 50_000,
    "ends.html": b"</div>" * 50_000,
    "braces.html": b"{{" * 5_000,
    "tags.html": b"{% if a %}" * 2_000,
    "comments.html": b"<!--" * 50_000,
    "attributes.html": b"<crowd-input " + b"a=b " * 20_000,
    "quotes.html": b"<crowd-form a=\"" * 20_000,
    "json.html": SCRIPT.encode() + b"<crowd-form><crowd-classifier name=a header=b categories=\"" + b"[" * 20_000 + b"\"></crowd-form>",
    "empty.html": b"",
    "nul.html": b"\x00<crowd-form>\x00</crowd-form>",
    "binary.jsonl": bytes(range(256)) * 40,
    "deep.jsonl": b'{"source": ' + b"[" * 40_000 + b"}\n",
    "long.jsonl": b'{"source": "' + b"x" * 3_000_000 + b'"}\n',
    "empty.manifest": b"",
    "binary.py": bytes(range(256)) * 40 + b"lambda_handler",
    "deep.py": b"def lambda_handler(event, context):\n    return " + b"(" * 3_000,
    "nested.py": b"def lambda_handler(event, context):\n    return " + b"-" * 50_000 + b"1",
    "binary.json": bytes(range(256)) * 40,
    "deep.json": b'{"LabelingJobName": ' + b"[" * 100_000,
    "list.json": b'{"HumanTaskConfig": [1], "LabelingJobName": 3, "LabelAttributeName": {}}',
    "picture.png": b"\x89PNG\r\n\x1a\n",
}  # fmt: skip


def test_garbage_is_told_and_never_ends_the_check(tmp_path: Path) -> None:
    for name, data in GARBAGE.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "toml").mkdir()
    (tmp_path / "toml" / "workflow.toml").write_bytes(bytes(range(256)))
    (tmp_path / "sam").mkdir()
    (tmp_path / "sam" / "template.yaml").write_bytes(
        b"Resources:\n" + b" " * 50_000 + b"\n  A:\n" * 3_000 + bytes(range(128, 256))
    )
    paths = [str(tmp_path / name) for name in GARBAGE]
    checked = check(targets_of([*paths, str(tmp_path / "toml"), str(tmp_path / "sam")]))
    told = {Path(finding.file or "").name for finding in checked.findings}
    assert {*GARBAGE, "workflow.toml", "template.yaml"} - told == set()
    json.dumps([finding.to_json() for finding in checked.findings]).encode("utf-8")


# --- what belongs together ---


def test_files_that_are_given_together_are_checked_against_each_other(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    template = tmp_path / "template.liquid.html"
    template.write_text(template.read_text("utf-8").replace("task.input.text", "task.input.txt"), "utf-8")
    assert command(template)[0] == 0, "alone nobody knows what it is given"
    status, _, errors = command(*sorted(tmp_path.iterdir()), "--objects", f"s3://lint={tmp_path}")
    assert status == 1
    assert "template.liquid.html:3:39: task.input.txt is missing" in errors
    assert "did you mean task.input.text?" in errors


def test_a_file_of_a_workflow_stands_for_the_workflow() -> None:
    paths = ("lambdas/text_entities/workflow.toml", "templates/text-entities/template.liquid.html", "templates")
    first, *others = targets_of([str(ROOT / path) for path in paths[:2]])
    assert (first.name, others) == ("text-entities", [])
    assert first.pre is not None
    assert first.pre.code_root == ROOT / "lambdas"
    assert len(targets_of([str(ROOT / "templates")])) == 6
    [folder] = targets_of([str(ROOT / "lambdas" / "text_entities")])
    assert folder.workflow == first.workflow


def test_objects_that_are_in_no_folder_are_looked_for_in_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "cat.png").write_bytes(b"no picture")
    lines = ["s3://elsewhere/cat.png", "s3://elsewhere/dog.png"]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("".join(json.dumps({"source-ref": uri}) + "\n" for uri in lines))
    targets = targets_of([str(manifest)])
    assert check(targets).findings == (), "nobody knows what is there"
    with ObjectStore({"s3://elsewhere": tmp_path / "objects"}, writes=tmp_path / "writes") as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        findings = check(targets, aws=True).findings
    assert [(one.line, one.code) for one in findings] == [(1, "manifest-object-type"), (2, "manifest-no-object")]


def test_neither_a_workflow_nor_a_file() -> None:
    with pytest.raises(UsageError, match="did you mean text-entities"):
        targets_of(["text-entitys"])


# --- the command ---


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a b" / "t.liquid.html"
    file.parent.mkdir()
    file.write_text(
        SCRIPT + '<crowd-form>\n  <crowd-inptu name="a"></crowd-inptu><input name="b" disabled="false">\n</crowd-form>'
    )
    return file


def test_json(broken: Path) -> None:
    status, text, errors = command(broken, "--json")
    value = json.loads(text)
    assert (status, errors) == (1, "")
    assert set(value) == json_fields("check")
    assert (value["ok"], value["errors"], value["warnings"], value["infos"]) == (False, 1, 1, 0)
    assert [(one["code"], one["line"], one["column"]) for one in value["findings"]] == [
        ("template-unknown-element", 3, 3), ("template-boolean-false", 3, 55)]  # fmt: skip
    assert "did you mean <crowd-input>?" in value["findings"][0]["cure"]


def test_github(broken: Path) -> None:
    status, text, _ = command(broken, "--format", "github")
    assert status == 1
    first, second = text.splitlines()
    assert first == (
        "::error file=a b/t.liquid.html,line=3,col=3,title=template-unknown-element::"
        "there is no element <crowd-inptu>%0Acure: did you mean <crowd-input>?"
    )
    assert second.startswith("::warning file=a b/t.liquid.html,line=3,col=55,title=template-boolean-false::")


def test_sarif(broken: Path) -> None:
    status, text, _ = command(broken, "--format", "sarif")
    log = json.loads(text)
    assert status == 1
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a%20b/t.liquid.html"
        assert place["region"]["startLine"] == 3
    assert [result["level"] for result in run["results"]] == ["error", "warning"]


def test_warnings_leave_the_status_at_0(broken: Path) -> None:
    broken.write_text(broken.read_text().replace("inptu", "input"))
    status, text, errors = command(broken)
    assert (status, text) == (0, "1 file: 1 warning\n")
    assert "[template-boolean-false]" in errors


def test_explain() -> None:
    status, text, _ = command("--explain", "template-boolean-false")
    assert status == 0
    shown = re.search(r"^\$ truthkit check --explain template-boolean-false\n(.*?)^```", (DOCS / "check.md").read_text("utf-8"),
                      re.DOTALL | re.MULTILINE)  # fmt: skip
    assert shown
    assert text == shown[1]
    assert json.loads(command("--explain", "template-boolean-false", "--json")[1])["code"] == "template-boolean-false"
    with pytest.raises(UsageError, match="did you mean template-boolean-false"):
        RUNNER.invoke(app, ["check", "--explain", "template-bolean-false"], catch_exceptions=False)


def test_the_broken_template_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    for name in ("templates", "lambdas", "samples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    template = tmp_path / "templates" / "text-entities" / "template.liquid.html"
    template.write_text(template.read_text("utf-8").replace("task.input.labels", "task.input.label"), "utf-8")
    monkeypatch.chdir(tmp_path)
    status, text, errors = command("text-entities")
    assert status == 1
    for page in (ROOT / "README.md", DOCS / "check.md"):
        assert errors.replace(f"{tmp_path.resolve()}/", "") + text in page.read_text("utf-8"), page.name


# --- lenient JSON ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['a', \"b\",]", ["a", "b"]),
        ("{a: 1, 'b-c': [true, null,],}", {"a": 1, "b-c": [True, None]}),
        ("[ // one\n 'x', /* two */ +.5 ]", ["x", 0.5]),
        (r"['it\'s', '\u00e9']", ["it's", "é"]),
        ("{text: 'None'}", {"text": "None"}),
    ],
)
def test_lenient_json(text: str, value: object) -> None:
    assert loads(text) == value


@pytest.mark.parametrize("text", ["", "[", "['a' 'b']", "['O'Brien']", "{a 1}", "[a]", "'a", "[1] 2", "[" * 5000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(LenientError):
        loads(text)


# --- hostile templates ---

HOSTILE = {
    "open": ("{{ " * 50_000, "liquid-unclosed", 1),
    "open-lines": ("{{\n" * 20_000, "liquid-unclosed", 101),
    "tags": ("{% for a in task.input.b %}" * 5_000, "liquid-unclosed", 1),
    "ends": ("{% endfor %}" * 3_000, "liquid-syntax", 1),
    "attributes": ("<crowd-input " + " ".join(f"a{at}=1" for at in range(5_000)) + "></crowd-input>",
                   "template-unknown-attribute", 1),
    "same-names": ('<crowd-form>' + '<crowd-input name="a"></crowd-input>' * 4_000, "template-duplicate-name", 1),
    "names": ("<crowd-form>" + "".join(f'<input name="a{at}">' for at in range(8_000)), "template-unclosed", 1),
    "unknown": ("<crowd-form>" + "".join(f"<crowd-{'x' * 20}{at}></crowd-{'x' * 20}{at}>" for at in range(4_000)),
                "template-unknown-element", 1),
    "nested": ('<crowd-entity-annotation name="a">' * 3_000, "template-unclosed", 1),
    "regions": ("<short-instructions>\n" * 5_000, "template-unclosed", 100),
}  # fmt: skip


def test_hostile_templates_take_no_more_time_than_long_ones(tmp_path: Path) -> None:
    """Each took half a minute when the work grew with the square of the text (``benchmarks/check.py`` has figures)."""
    for name, (text, _, _) in HOSTILE.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.liquid.html").write_text(SCRIPT + text, "utf-8")
    told: dict[str, list[tuple[str, int]]] = {}
    for finding in check(targets_of([str(tmp_path)])).findings:
        told.setdefault(Path(finding.file or "").parent.name, []).append((finding.code, finding.line or 0))
    for name, (_, code, lines) in HOSTILE.items():
        places = [line for each, line in told[name] if each == code]
        assert 1 <= len(places) <= 100, name
        assert places[0] in (2, 3), name
        assert places[-1] <= 1 + lines, name


def test_a_name_in_a_branch_that_no_line_takes_is_a_warning(tmp_path: Path) -> None:
    text = "{% if task.input.kind == 'image' %}<p>a</p>{% else %}\n<p>{{ task.input.text }}</p>{% endif %}"
    (tmp_path / "t.liquid.html").write_text(f'{SCRIPT}<crowd-form>{text}<input name="a"></crowd-form>')
    for kind, severity in (("image", "warning"), ("text", "error")):
        (tmp_path / "manifest.jsonl").write_text(json.dumps({"source": "x", "kind": kind}) + "\n")
        [finding] = check(targets_of([str(tmp_path)])).findings
        assert (finding.code, finding.severity, finding.line) == ("contract-missing-name", severity, 3)


def test_codes_of_other_commands_are_explained() -> None:
    for code in other_codes():
        status, text, _ = command("--explain", code)
        assert (status, text.split("\n")[0].split(" ")[0]) == (0, code)
    text = command("--explain", "handler-memory")[1]
    assert "had more in memory than it is given" in text
    assert "docs/findings.md, Handlers" in text
    assert json.loads(command("--explain", "usage", "--json")[1])["group"] == "Use"


def test_all_lines_of_a_long_manifest_are_read(tmp_path: Path) -> None:
    lines = [json.dumps({"source": f"text {number}"}) for number in range(1, 701)]
    lines[599], lines[649] = lines[1], "{"
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(lines) + "\n")
    told = [(finding.code, finding.line) for finding in check(targets_of([str(manifest)])).findings]
    assert told == [("manifest-duplicate-source", 600), ("manifest-not-json", 650)]


def test_the_log_of_findings_has_what_sarif_requires(broken: Path) -> None:
    """SARIF 2.1.0, sections 3.13, 3.14, 3.18, 3.19, 3.27, 3.49: what must be there, and relative addresses."""
    log = json.loads(command(broken, "--format", "sarif")[1])
    assert {"version", "runs"} <= log.keys()
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "truthkit"
    for rule in driver["rules"]:
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for result in run["results"]:
        assert result["message"]["text"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not re.match(r"/|[a-z]+:", uri)


def test_a_list_that_is_the_whole_attribute_is_not_quoted_by_hand(tmp_path: Path) -> None:
    """The service prints it as escaped JSON; templates of A2I count on that."""
    element = '<crowd-classifier name="a" header="?" categories="{{ task.input.labels }}"></crowd-classifier>'
    (tmp_path / "t.liquid.html").write_text(f"{SCRIPT}<crowd-form>{element}</crowd-form>")
    (tmp_path / "manifest.jsonl").write_text(json.dumps({"source": "x", "labels": ["a", "b"]}) + "\n")
    assert check(targets_of([str(tmp_path)])).findings == ()
