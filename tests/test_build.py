"""The one file that is pasted into the console: what is inlined, what is refused, and that scripts mean the same."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from botocore.validate import ParamValidator
from moto import mock_aws
from typer.testing import CliRunner

from truthkit import build as building
from truthkit.build import MAX_CHARACTERS, build, build_inline, inline_safe
from truthkit.cli import app
from truthkit.findings import TruthkitError, UsageError
from truthkit.lint import check, targets_of
from truthkit.liquid import Template
from truthkit.project import Project, Workflow, bundles_dir
from truthkit.smoke import smoke

ROOT = Path(__file__).parents[1]
ESBUILD = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"
RISKS = ("{{", "{%", "</script", "<!--")
KIT = Project(ROOT).workflow("text-entities")

Make = Callable[..., Workflow]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A workflow of the given template, in a project whose bundles are given too."""

    def make(template: str, **bundles: str) -> Workflow:
        folder = tmp_path / "templates" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "template.liquid.html").write_bytes(template.encode())
        dist = tmp_path / "dist"
        dist.mkdir(exist_ok=True)
        for name, code in bundles.items():
            (dist / f"{name}.js").write_text(code)
        monkeypatch.setattr(building, "bundles_dir", lambda: dist)
        return Workflow("mine", tmp_path)

    return make


def run_node(code: str) -> str:
    node = shutil.which("node")
    assert node
    return subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=30).stdout


def minified(code: str) -> str:
    """What esbuild makes of a script: its spelling goes, its meaning stays."""
    run = subprocess.run(
        [ESBUILD, "--minify-syntax", "--minify-whitespace", "--charset=ascii"],
        input=code,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return run.stdout


# Each prints what it computes; all are scripts in which a naive rewrite goes wrong.
NASTY = {
    "blocks": "{{{console.log(1)}}}",
    "object-in-call": "console.log(JSON.stringify([{a:{b:1}}].map(x=>({...x}))));if(1){{console.log(2)}}",
    "string": r"""console.log("{{ a }}{% b %}</script><!-- x -->", '{{{', "\{{", '\\{{', "</SCRIPT>", "\</script>")""",
    "template": "const a=1;console.log(`{{${a}}}{%${`{{${a}</script>`}<!--`, `$\\{{`, `\\${{`, `{${a}{{`)",
    "substitution-object": "console.log(`${{a:'{{'}.a}`)",
    "tagged-harmless": "const t=(s,...v)=>s.raw.join('|')+v;console.log(t`a{${1}}b\\n`)",
    "regex": r"console.log(/{{/.test('{{'),/\{{2}/.test('{{'),/[{{%]{1}/.test('%'),/{%/.exec('a{%').index)",
    "regex-escaped": r"console.log(/\\{{2}/.exec('a\\{{').index,/\\{{/.test('\\{{'),/[\]{{/]/.test('{'))",
    "regex-slash-class": "console.log(/[</script>]+/.exec('a<script')[0], /[`'\"]/.test('`'), '{{')",
    "regex-after-head": "const a=['x'];if(a)/[{{]'/.test('{\\'')&&console.log('y{{');for(const b of a)/`/.exec(b)",
    "regex-lookbehind": r"console.log('a--b x--b'.replace(/(?<!a)(?<!--)-/g,'+'),/[<!--a]+/.exec('b$#a')[0],'{{')",
    "regex-after-block": "{}/'{{/.test(\"'{{\")&&console.log(1);function f(){}/`/.test('`')&&console.log('{{')",
    "regex-after-keyword": "const f=s=>{return/[\"{{]/.test(s)};console.log(f('{'),typeof/`/,'{{')",
    "division": "const a=8,g=2,o={if:x=>x};console.log(a/2/g,(a)/g/1,[a][0]/g/2,o.if(a)/g/1,'{{'),a/2</script/g",
    "postfix-division": "let i=8;const g=1;console.log(i++/2/g,'{{'.length/2/g)",
    "less-than-regex": "const s=1;console.log(s</script/.lastIndex, s< /x/.lastIndex)",
    "comments": "/* {{ ' */console.log(1)// {% ` </script\n/*\n*/console.log(2)\n<!-- ' {{ old\nconsole.log('{{')",
    "asi-comment": "const f=()=>{return/*\n*/1};console.log(f())",
    "numbers": "console.log(1..toFixed(1),1e-5/2,.5/.25,0x1F/1,5n/2n+'',1_000/10,'{{')",
    "optional": "const a=1,b={c:4};console.log(a?.5:2,b?.c/2/1,'{{')",
    "class": "class A{static{{console.log(1)}}get b(){return'{{'}'{{c'(){}}const a=new A;console.log(a.b,a['{{c'])",
    "arrow-object": "const f=()=>({a:{}});console.log(JSON.stringify(f()),'{%')",
    "object-division": "console.log({a:4}.a/2/1,({b:6}).b/3/1,'{{')",
    "unicode": "const é='\\u{1F600}{{';console.log(é,/\\u{1F600}{{}/.source===undefined?0:1)",
    "nested-templates": "const a=1;console.log(`${a?`${`{{`}{%`:{b:'}'}.b}{{`)",
    "escaped-newline": "console.log('a\\\n{{b')",
}


class TestInlineSafe:
    @pytest.mark.parametrize("code", NASTY.values(), ids=NASTY)
    def test_the_rewritten_script_does_the_same(self, code: str) -> None:
        safe = inline_safe(code)
        assert not any(risk in safe.lower() for risk in RISKS)
        assert run_node(safe) == run_node(code)

    @pytest.mark.parametrize("name", ["text-annotator", "crowd-html-elements"])
    def test_the_real_bundles_mean_the_same_to_a_compiler(self, name: str) -> None:
        code = (bundles_dir() / f"{name}.js").read_text()
        safe = inline_safe(code)
        assert not any(risk in safe.lower() for risk in RISKS)
        assert minified(safe) == minified(code)

    @pytest.mark.parametrize("name", ["text-annotator", "crowd-html-elements"])
    def test_risky_strings_anywhere_in_a_bundle(self, name: str) -> None:
        # Wherever the tokenizer took code for a literal or the other way round, the meaning would change.
        code = (bundles_dir() / f"{name}.js").read_text()
        risky = re.sub(r'(?<=[(,:?=])""(?=[,);:}])', '"{{%</script><!--"', code)
        assert risky != code
        assert minified(inline_safe(risky)) == minified(risky)

    def test_a_safe_script_is_not_touched(self) -> None:
        code = "const a = { b: `${1}` };\nconsole.log(a / 2)"
        assert inline_safe(code) == code

    def test_a_tagged_template_that_would_change_is_refused(self) -> None:
        with pytest.raises(TruthkitError) as caught:
            inline_safe("a\nhtml`{{x`", "bundle.js")
        (finding,) = caught.value.findings
        assert (finding.code, finding.file, finding.line) == ("build-tagged", "bundle.js", 2)

    @pytest.mark.parametrize("code", ["a = 'x\n'", "/* {{", "`${a", "f(1", "a = /x\n/"])
    def test_what_is_not_javascript_is_refused(self, code: str) -> None:
        with pytest.raises(TruthkitError, match="cannot be read"):
            inline_safe(code)


class TestTemplates:
    @pytest.mark.parametrize(
        "tag",
        [
            '<script src="/truthkit/one.js"></script>',
            "<script src='https://cdn.example/x/truthkit/one.js?v=1'> </script >",
            "<SCRIPT defer src=truthkit/one.js></SCRIPT>",
            '<script\n  src="../truthkit/one.js"\n  integrity="sha384-x" crossorigin></script>',
            '<script data-x="a>b" src="/truthkit/one.js"></script>',
            "<script {% if task.input.a == '>' %}data-a=\"{{ task.input.a | append: '\"=\"' }}\"{% endif %} "
            'src="{{ task.input.a }}/truthkit/one.js"></script>',
        ],
        ids=["absolute", "address", "unquoted", "lines", "quoted", "liquid"],
    )
    def test_a_kit_bundle_becomes_an_inline_script(self, make: Make, tag: str) -> None:
        workflow = make(f"<p>{{{{ task.input.a }}}}</p>\n{tag}\n<b>é</b>\r\n", one="if(1){{go('</script>')}}")
        assert build_inline(workflow) == (
            "<p>{{ task.input.a }}</p>\n<script>if(1){ {go('<\\/script>')}}</script>\n<b>é</b>\r\n"
        )

    def test_other_scripts_and_comments_stay(self, make: Make) -> None:
        template = (
            '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
            '<!-- <script src="/truthkit/gone.js"></script> -->\n'
            '{% comment %}<script src="/truthkit/gone.js"></script>{% endcomment %}\n'
            "<script>const s = '<script src=\"/truthkit/gone.js\">'</script>\n"
        )
        assert build_inline(make(template)) == template

    def test_an_unknown_bundle_names_its_place_and_the_cure(self, make: Make) -> None:
        workflow = make('<p></p>\n  <script src="/truthkit/two.js"></script>', one="1")
        with pytest.raises(TruthkitError) as caught:
            build_inline(workflow)
        (finding,) = caught.value.findings
        assert (finding.code, finding.file, finding.line, finding.column) == (
            "build-bundle",
            str(workflow.template),
            2,
            3,
        )
        assert "make build" in finding.cure
        assert "one" in finding.message

    def test_module_scripts_are_refused(self, make: Make) -> None:
        workflow = make(
            '<script type="module">import "x"</script>\n<script type=module src="/truthkit/one.js"></script>'
        )
        with pytest.raises(TruthkitError) as caught:
            build_inline(workflow)
        assert [(finding.code, finding.line) for finding in caught.value.findings] == [
            ("build-module", 1),
            ("build-module", 2),
        ]

    def test_the_limit_is_the_service_s(self, make: Make) -> None:
        tag = '<script src="/truthkit/one.js"></script>'
        room = MAX_CHARACTERS - len("<script></script>")
        assert len(build_inline(make(tag, one="é" * (room - 1)))) == MAX_CHARACTERS - 1
        with pytest.raises(TruthkitError) as caught:
            build_inline(make(tag, one="é" * room))
        (finding,) = caught.value.findings
        assert finding.code == "build-size"
        assert "128,000" in finding.message

    def test_the_files_are_written_and_the_same_every_time(self, tmp_path: Path) -> None:
        first, second = (build([KIT], tmp_path / name)[0] for name in ("a", "b"))
        assert first.workflow == "text-entities"
        assert first.bundles == ("text-annotator",)
        assert first.file == tmp_path / "a" / "text-entities.liquid.html"
        assert first.file.read_bytes() == second.file.read_bytes()
        assert first.characters == len(first.file.read_bytes().decode()) < MAX_CHARACTERS

    def test_nothing_is_written_when_one_workflow_is_faulty(self, make: Make, tmp_path: Path) -> None:
        faulty = make('<script src="/truthkit/two.js"></script>')
        with pytest.raises(TruthkitError):
            build([faulty], tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_no_workflow_is_wrong_use(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError):
            build([], tmp_path)


class TestTheKitsTemplate:
    def test_liquid_leaves_the_bundle_alone(self) -> None:
        task_input = {"taskObject": "s3://b/k.png", "text": 'a "b" </script>\r\n', "metadata": {}, "labels": ["A"]}
        task_input["metadata"] = {"title": "T"}
        text = build_inline(KIT)
        html = Template.parse(text).render(task_input, sign=lambda uri: "https://signed/" + uri).html
        script = text[text.index("<script>") : text.rindex("</script>")]
        assert script in html

    def test_its_bundle_fits_the_budget(self) -> None:
        body = (bundles_dir() / "text-annotator.js").read_bytes()
        assert len(body) <= 100_000
        assert len(gzip.compress(body, 9, mtime=0)) <= 40_000

    def test_its_bundle_knows_no_window_heights(self) -> None:
        code = (bundles_dir() / "text-annotator.js").read_text("utf-8")
        assert not re.search(r"\d[dsl]?vh\b", code)
        assert "import(" not in code
        assert json.loads((bundles_dir() / "bundles.json").read_text())["text-annotator.js"]["bytes"] == len(
            code.encode()
        )


# --- bundles beside the template ---


ASSETS = "https://d111111abcdef8.cloudfront.net/labels/"


@pytest.mark.parametrize(
    ("tag", "linked"),
    [
        ('<script src="/truthkit/one.js"></script>', "<script {}></script>"),
        ("<SCRIPT defer src=truthkit/one.js integrity='x' crossorigin></SCRIPT>", "<SCRIPT defer {}  ></script>"),
        (
            '<script {% if task.input.a %}data-a="b"{% endif %} src="/truthkit/one.js">x</script>',
            '<script {% if task.input.a %}data-a="b"{% endif %} {}></script>',
        ),
    ],
)
def test_a_bundle_beside_the_template_is_held_to_its_content(make: Make, tmp_path: Path, tag: str, linked: str) -> None:
    workflow = make(f"<p>a</p>{tag}<b>é</b>", one="go()")
    [built] = build([workflow], tmp_path / "out", assets=ASSETS)
    digest = hashlib.sha256(b"go()").hexdigest()[:16]
    sealed = "sha384-" + base64.b64encode(hashlib.sha384(b"go()").digest()).decode()
    own = f'src="{ASSETS}truthkit/one.{digest}.js" integrity="{sealed}" crossorigin="anonymous"'
    assert built.file.read_text("utf-8") == f"<p>a</p>{linked.replace('{}', own, 1)}<b>é</b>"
    assert built.assets == (tmp_path / "out" / "assets" / "truthkit" / f"one.{digest}.js",)
    assert built.assets[0].read_bytes() == b"go()"


@pytest.mark.parametrize("address", ["http://a.example", "https://a.example/x?y", 'https://a.example/"', "a.example"])
def test_addresses_that_would_not_do_are_refused(make: Make, tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="--assets"):
        build([make("<p></p>")], tmp_path / "out", assets=address)


def test_assets_are_uploaded_once_with_their_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="my-assets")
        given = ["build", "text-entities", "--assets", ASSETS, "--upload", "s3://my-assets/labels"]
        given += ["--out", str(tmp_path), "--project", str(ROOT)]
        done = CliRunner().invoke(app, given)
        assert done.exit_code == 0, done.output
        [one] = s3.list_objects_v2(Bucket="my-assets")["Contents"]
        assert f"uploaded s3://my-assets/{one['Key']}" in done.output
        found = s3.get_object(Bucket="my-assets", Key=one["Key"])
        assert (found["ContentType"], found["CacheControl"]) == (
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        )
        assert found["Body"].read() == (bundles_dir() / "text-annotator.js").read_bytes()
        assert f"{ASSETS}{one['Key'].removeprefix('labels/')}" in (tmp_path / "text-entities.liquid.html").read_text()
        assert "uploaded s3" not in CliRunner().invoke(app, given).output


def test_what_augmented_ai_wants(tmp_path: Path) -> None:
    [built] = build([KIT], tmp_path, a2i=True)
    assert built.a2i is not None
    request = json.loads(built.a2i.read_text("utf-8"))
    shape = boto3.client("sagemaker", region_name="us-east-1").meta.service_model.operation_model("CreateHumanTaskUi")
    assert not ParamValidator().validate(request, shape.input_shape).has_errors()
    assert request["UiTemplate"]["Content"] == built.file.read_text("utf-8")


@pytest.mark.parametrize("assets", [None, ASSETS])
def test_built_files_pass_check_and_smoke(tmp_path: Path, assets: str | None) -> None:
    [built] = build([KIT], tmp_path / "out", assets=assets)
    checked = check(targets_of([str(built.file), str(ROOT / "samples" / "text-entities" / "manifest.jsonl"),
                                str(KIT.lambdas / "pre_annotation.py")]))  # fmt: skip
    assert not checked.errors
    [result] = smoke([built.file], task_input={"text": "One day", "labels": ["a"], "taskObject": "s3://b/k.png"})
    assert result.ok, result.findings
