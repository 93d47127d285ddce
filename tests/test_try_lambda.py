"""``truthkit try-lambda``: the kit's handlers pass every case; broken ones are told rightly, with file and line."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from truthkit.cli import app
from truthkit.elements import load_catalogue
from truthkit.findings import UsageError
from truthkit.job.spec import JobFolder, JobSpec
from truthkit.lint.python import return_line
from truthkit.project import HandlerRef, Project
from truthkit.trying import CaseResult, TryResult, try_handlers
from truthkit.trying import cases as cases_module
from truthkit.trying.cases import CASES, PRE_CASES, UNKNOWN_LABEL
from truthkit.trying.form import Form, in_turn, relabelled, with_texts
from truthkit.trying.samples import of_job, of_nothing, of_workflow
from truthkit.trying.targets import kind_of
from truthkit_core.messages import PostAnnotationEvent, PreAnnotationEvent, parse_consolidation_request

ROOT = Path(__file__).parents[1]
KIT = [workflow.name for workflow in Project(ROOT).workflows()]
NAMES = {kind: {case.name for case in cases} for kind, cases in CASES.items()}
GOOD = """
    import json
    from collections import Counter

    import boto3


    def read(uri):
        bucket, key = uri[5:].split("/", 1)
        return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


    def answer(data):
        return json.loads(data["content"] if "content" in data else read(data["s3Uri"]))


    def lambda_handler(event, context):
        results = []
        for item in json.loads(read(event["payload"]["s3Uri"])):
            votes = Counter()
            for annotation in item["annotations"]:
                chosen = answer(annotation["annotationData"]).get("label")
                if chosen:
                    votes[chosen["label"]] += 1
            label = {"label": max(votes, key=votes.get)} if votes else {"reason": "nobody answered"}
            content = {event["labelAttributeName"]: label}
            results.append(
                {"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}}
            )
        return results
"""


def write(folder: Path, name: str, source: str) -> str:
    file = folder / name
    file.write_text(textwrap.dedent(source).lstrip(), "utf-8")
    return str(file)


def line_of(file: str, text: str) -> int:
    [number] = [at for at, line in enumerate(Path(file).read_text().splitlines(), 1) if text in line]
    return number


def by_name(result: TryResult) -> dict[str, CaseResult]:
    return {case.case: case for case in result.cases}


# --- the kit's own ---


@pytest.mark.parametrize("part", [0, 1])
def test_every_handler_of_the_kit_passes_every_case(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    workflows = KIT[part::2]
    batch = 500
    if "semantic-segmentation" in workflows:
        batch = 100  # each object's mask is a file, which the local S3 takes milliseconds for
        monkeypatch.setattr(cases_module, "BATCH", batch)
    for result in try_handlers(workflows, project=ROOT):
        assert [(case.case, case.verdict, case.findings) for case in result.cases if not case.ok] == []
        assert {case.case for case in result.cases} == NAMES[result.kind]
        if result.kind == "post":
            cases = by_name(result)
            assert cases["batch-of-500"].objects == batch
            # The answers fit the handler: it makes labels of them, and not reasons.
            assert {name for name, case in cases.items() if case.reasons} <= {
                "expired",
                "empty-answer",
                "unknown-labels",
            }


# --- third parties' post-annotation handlers ---


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TryResult]:
    """Handlers that read S3, tried together."""
    folder = tmp_path_factory.mktemp("functions")
    sources = {
        "good": GOOD,
        "drops": GOOD.replace(
            "            votes = Counter()\n",
            '            if not item["annotations"]:\n                continue\n            votes = Counter()\n',
        ),
        "uri_only": GOOD.replace('data["content"] if "content" in data else ', ""),
        "swallows": GOOD.replace('json.loads(read(event["payload"]["s3Uri"])):', "loaded:").replace(
            "        results = []\n",
            "        results = []\n"
            "        try:\n"
            '            loaded = json.loads(read(event["payload"]["s3Uri"]))\n'
            "        except Exception:\n"
            "            return []\n",
        ),
    }
    names = [write(folder, f"post_{name}.py", source) for name, source in sources.items()]
    cases = ["ordinary", "expired", "s3-answers", "unreadable-payload", "no-label-categories"]
    return dict(zip(sources, try_handlers(names, cases=cases), strict=True))


def test_a_good_handler_is_right_everywhere(tried: dict[str, TryResult]) -> None:
    assert tried["good"].ok
    assert tried["good"].kind == "post"
    assert by_name(tried["good"])["expired"].reasons == 1


def test_a_handler_that_leaves_an_object_out(tried: dict[str, TryResult]) -> None:
    cases = by_name(tried["drops"])
    expired = cases["expired"]
    assert (expired.verdict, expired.lost, expired.objects) == ("dropped", ("41",), 3)
    assert "1 of 3 lines would have no label: object 41" in expired.told()
    [finding] = expired.findings
    assert finding.line == line_of(tried["drops"].handler, "return results")
    assert {name for name, case in cases.items() if not case.ok} == {"expired"}


def test_a_handler_that_knows_only_answers_in_s3(tried: dict[str, TryResult]) -> None:
    cases = by_name(tried["uri_only"])
    assert cases["s3-answers"].ok
    assert (cases["ordinary"].verdict, cases["ordinary"].lost) == ("crashed", ("0", "1", "2"))
    [finding] = cases["ordinary"].findings
    assert "KeyError: 's3Uri'" in finding.message
    assert (finding.file, finding.line) == (tried["uri_only"].handler, line_of(tried["uri_only"].handler, "read(data["))
    assert "json/" not in finding.excerpt  # the user's frames only
    assert "fails as a whole" in cases["ordinary"].told()


def test_an_error_that_is_swallowed_loses_the_batch(tried: dict[str, TryResult]) -> None:
    cases = by_name(tried["swallows"])
    assert {name for name, case in cases.items() if not case.ok} == {"unreadable-payload"}
    case = cases["unreadable-payload"]
    assert (case.verdict, len(case.lost)) == ("dropped", 3)
    assert "let the error go up" in case.findings[0].cure


RESULT = '[{"datasetObjectId": ID, "consolidatedAnnotation": {"content": {event["labelAttributeName"]: LABEL}}}]'


def result(label: str = '{"label": "a"}', name: str = '"40"') -> str:
    return RESULT.replace("LABEL", label).replace("ID", name)


NAN, A_SET, LARGE = 'float("nan")', "{1, 2}", '"x" * 7_000_000'
BROKEN = [
    pytest.param(f"return {{'results': {result()}}}", "wrong shape", "must be a list", "return", id="dict"),
    pytest.param(f"return {result(name='40')}", "wrong shape", "must be a string, not the number", "return", id="id"),
    pytest.param(f"return {result(name='str(7)')}", "wrong shape", "'7' is not in the request", "return", id="strange"),
    pytest.param(f"return {result()} * 2", "wrong shape", "is there already", "return", id="twice"),
    pytest.param(f"return json.dumps({result()})", "wrong shape", "without json.dumps", "return", id="text"),
    pytest.param(f"print('labels:', {result()})", "wrong shape", "not null", "def ", id="prints"),
    pytest.param(
        "return [{'datasetObjectId': '40', 'consolidatedAnnotation': {'content': {'bird': 1}}}]",
        "wrong shape",
        "the label is missing",
        "return",
        id="attribute",
    ),
    pytest.param("return event['labelCategories']", "crashed", "KeyError: 'labelCategories'", "return", id="key"),
    pytest.param("sys.exit(4)", "crashed", "SystemExit: 4", "sys.exit(4)", id="exit"),
    pytest.param("os._exit(4)", "crashed", "exit status 4", "def lambda_handler", id="hard-exit"),
    pytest.param("import no_such_module_here", "crashed", "ModuleNotFoundError", "no_such", id="import"),
    pytest.param(f"return {result(NAN)}", "wrong shape", "the number nan", "return", id="nan"),
    pytest.param(f"return {result(A_SET)}", "wrong shape", "type set", "return", id="set"),
    pytest.param(f"return {result(LARGE)}", "wrong shape", "Lambda allows", "return", id="large"),
    pytest.param("lambda_handler(event, context)", "crashed", "RecursionError", "lambda_handler(event", id="endless"),
    pytest.param("os.environ['TABLE']", "crashed", "os.environ.get('TABLE', …)", "os.environ[", id="environment"),
    pytest.param("return []", "dropped", "left out of the response: object 40", "return", id="nothing"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseResult]:
    """All that need no S3, tried together, by their first line."""
    folder = tmp_path_factory.mktemp("broken")
    head = "import json\nimport os\nimport sys\n\n\ndef lambda_handler(event, context):\n    "
    bodies = [str(parameter.values[0]) for parameter in BROKEN]
    files = [write(folder, f"post_{number}.py", f"{head}{body}\n") for number, body in enumerate(bodies)]
    tried = try_handlers(files, cases=["no-label-categories", "one-worker"])
    which = ["no-label-categories" if "labelCategories" in body else "one-worker" for body in bodies]
    return {body: by_name(one)[case] for body, one, case in zip(bodies, tried, which, strict=True)}


@pytest.mark.parametrize(("body", "verdict", "message", "place"), BROKEN)
def test_a_broken_handler_is_told_with_the_users_line(
    broken: dict[str, CaseResult], body: str, verdict: str, message: str, place: str
) -> None:
    case = broken[body]
    assert case.verdict == verdict
    assert case.lost == (("40", "41", "42") if "labelCategories" in body else ("40",))
    finding = case.findings[0]
    assert message in f"{finding.message} {finding.cure}"
    assert finding.file
    assert finding.line
    assert place in Path(finding.file).read_text().splitlines()[finding.line - 1]
    assert "truthkit" not in finding.excerpt
    assert finding.excerpt.count("\n") < 12, "a recursion's frames are told once"
    assert ("labels:" in case.output) == body.startswith("print")


def test_a_handler_that_takes_too_long_is_told_with_the_line_that_it_is_at(tmp_path: Path) -> None:
    source = "import time\n\ndef lambda_handler(event, context):\n    nap()\n\ndef nap():\n    time.sleep(60)\n"
    [found] = try_handlers([write(tmp_path, "post.py", source)], cases=["one-worker"], timeout=1)
    [finding] = found.cases[0].findings
    assert (found.cases[0].verdict, finding.code, finding.line) == ("crashed", "handler-timeout", 7)
    assert "line 4, in lambda_handler" in finding.excerpt


def test_a_template_that_shows_pictures_gets_objects_in_s3(tmp_path: Path) -> None:
    page = '<crowd-form><crowd-bounding-box name="b" src="{{ task.input.picture | grant_read_access }}" labels="[]">'
    write(tmp_path, "page.liquid.html", page + "</crowd-bounding-box></crowd-form>")
    post = write(
        tmp_path,
        "post.py",
        """
        import json
        import boto3

        s3 = boto3.client("s3")

        def read(uri):
            bucket, key = uri[5:].split("/", 1)
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        def lambda_handler(event, context):
            found = []
            for item in json.loads(read(event["payload"]["s3Uri"])):
                assert read(item["dataObject"]["s3Uri"]).startswith(b"\\x89PNG")
                content = {event["labelAttributeName"]: len(item["annotations"])}
                label = {"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}}
                found.append(label)
            return found
        """,
    )
    [found] = try_handlers([post], cases=["ordinary", "unicode"])
    assert [(case.verdict, case.findings) for case in found.cases] == [("right", ())] * 2


# --- pre-annotation handlers ---


def pre(folder: Path, body: str, **options: Any) -> dict[str, CaseResult]:
    file = write(folder, "pre.py", f"def lambda_handler(event, context):\n    line = event['dataObject']\n    {body}\n")
    [found] = try_handlers([file], **options)
    assert found.kind == "pre"
    return by_name(found)


@pytest.mark.parametrize(
    ("body", "not_right"),
    [
        pytest.param(
            "return {'taskInput': {'text': line['source']}}", {"no-source": ("crashed", "KeyError: 'source'")}, id="key"
        ),
        pytest.param(
            "return {'taskInput': {'text': line.get('source')}}",
            {"no-source": ("wrong shape", "an empty 'text'")},
            id="empty",
        ),
        pytest.param(
            "return {'taskInput': {'text': line.get('source')}, 'isHumanAnnotationRequired': 'source' in line}",
            {},
            id="refuses",
        ),
        pytest.param(
            "return {'taskInput': {'text': line.get('source', 'none').encode('ascii', 'ignore').decode()}}",
            {"unicode": ("wrong shape", "'text' is not the source as it is")},
            id="ascii",
        ),
        pytest.param(
            "return {'taskInput': {**line, 'text': line.get('source', '')[:200]} if len(line) < 3 else {}}",
            {"extra-keys": ("wrong shape", "a page without"), "no-source": ("wrong shape", "a page without 'source'")},
            id="poorer",
        ),
        pytest.param(
            "return {'taskInput': {}, 'isHumanAnnotationRequired': len(line.get('source', '')) < 1000}",
            {"huge-source": ("dropped", "not given to people: object 0")},
            id="drops",
        ),
        pytest.param(
            "return {'task_input': line}",
            dict.fromkeys(NAMES["pre"] - {"missing-object", "unreadable-source"}, ("wrong shape", "taskInput")),
            id="shape",
        ),
    ],
)
def test_pre_annotation(tmp_path: Path, body: str, not_right: dict[str, tuple[str, str]]) -> None:
    cases = pre(tmp_path, body)
    assert {name: case.verdict for name, case in cases.items() if not case.ok} == {
        name: verdict for name, (verdict, _) in not_right.items()
    }
    for name, (_, message) in not_right.items():
        assert message in cases[name].findings[0].message
        assert cases[name].findings[0].line == 3
    assert cases["missing-object"].verdict == "skipped"


def test_one_case_is_compared_with_an_ordinary_line_too(tmp_path: Path) -> None:
    [case] = pre(tmp_path, "return {'taskInput': {'text': line.get('source')}}", cases=["no-source"]).values()
    assert case.verdict == "wrong shape"


# --- samples and answers ---


def test_answers_made_from_a_template_fit_the_elements_schemas() -> None:
    catalogue = load_catalogue()
    seen = set()
    for template in sorted((ROOT / "tests/smoke_templates").glob("*.html")) + sorted(ROOT.glob("templates/*/*.html")):
        form = Form.of(template)
        answer = json.loads(json.dumps(form.answer(("x", "y")), allow_nan=False))
        for one in form.fields:
            element = catalogue.get(one.tag)
            if element is not None and element.answer is not None and element.answer.place == "name":
                jsonschema.validate(answer[one.name], dict(element.answer.schema))
                seen.add(one.tag)
    assert len(seen) > 5


def test_samples_of_a_workflow_are_its_lines_with_what_is_expected() -> None:
    samples = of_workflow(Project(ROOT).workflow("text-entities"))
    expected = [json.loads(line) for line in (ROOT / "samples/text-entities/expected.jsonl").read_text().splitlines()]
    for sample, right in zip(samples.items, expected, strict=True):
        assert len(sample.answers) == 3
        assert json.loads(sample.answers[0]["entities"]) == {"entities": right["entities"]}
        assert sample.answers[0]["quality"] == {
            "yes": right["quality"]["label"] == "yes",
            "no": right["quality"]["label"] == "no",
        }


@pytest.mark.parametrize("case", CASES["post"], ids=lambda case: case.name)
def test_requests_are_as_the_contract_has_them(case: Any) -> None:
    [trial] = case.make(of_nothing())
    event = PostAnnotationEvent.parse(trial.event)
    objects = parse_consolidation_request(json.loads(trial.files[event.payload_s3_uri]))
    assert [one.dataset_object_id for one in objects] == list(trial.lines)
    for one in objects:
        assert [annotation.answer(lambda uri: trial.files[uri]) is not None for annotation in one.annotations] == [
            True
        ] * len(one.annotations)
    workers = sorted({len(one.annotations) for one in objects})
    assert workers == {"workers-1-to-9": list(range(1, 10)), "one-worker": [1], "expired": [0, 3]}.get(
        case.name, [1, 3] if case.name == "empty-answer" else [3]
    )


@pytest.mark.parametrize("case", PRE_CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("workflow", KIT)
def test_events_are_as_the_contract_has_them(case: Any, workflow: str) -> None:
    samples = of_workflow(Project(ROOT).workflow(workflow))
    before = json.dumps(samples.items[0].data_object)
    for trial in case.make(samples):
        assert PreAnnotationEvent.parse(trial.event).data_object == next(iter(trial.lines.values()))
        assert len(json.dumps(trial.event["dataObject"], ensure_ascii=False)) < 100_000
    assert json.dumps(samples.items[0].data_object) == before


def test_labels_and_texts_of_an_answer() -> None:
    answer = {
        "kind": {"label": "a"},
        "all": {"labels": ["a", "b"]},
        "ask": {"yes": True, "no": False},
        "mask": {"labelMappings": {"a": {"color": "#fff"}}},
        "hidden": '{"entities": [{"label": "b", "startOffset": 0}]}',
        "note": "seen",
        "number": "12",
    }
    other = relabelled(answer, lambda label: UNKNOWN_LABEL)
    assert UNKNOWN_LABEL not in json.dumps(answer)
    assert other["kind"] == {"label": UNKNOWN_LABEL}
    assert other["ask"] == {UNKNOWN_LABEL: True, "no": False}
    assert list(other["mask"]["labelMappings"]) == [UNKNOWN_LABEL]
    assert json.loads(other["hidden"])["entities"][0] == {"label": UNKNOWN_LABEL, "startOffset": 0}
    assert relabelled(answer, in_turn(("x", "y")))["all"] == {"labels": ["x", "y"]}
    changed, count = with_texts(answer, str.upper)
    assert (changed["note"], count) == ("SEEN", 1)
    assert {**changed, "note": "seen"} == answer


def recorded(folder: Path) -> Path:
    """A job's folder as far as it is read."""
    manifest = folder / "lines.jsonl"
    manifest.write_text('{"source": "one"}\n{"source": "two"}\n')
    handler = HandlerRef.parse(write(folder, "post.py", "def lambda_handler(event, context):\n    return []\n"))
    spec = JobSpec("birds", "bird", Path("page.liquid.html"), manifest, labels=("owl",), post_lambda=handler)
    job = JobFolder(folder / "job")
    job.create()
    job.write_spec(spec)
    for name in ("0", "1"):
        file = job.annotations(spec) / "worker-response" / "iteration-1" / name / "2026-03-02_09:20:11.json"
        file.parent.mkdir(parents=True)
        answers = [{"workerId": "w", "submissionTime": "", "answerContent": {"bird": {"label": f"owl {name}"}}}]
        file.write_text(json.dumps({"answers": answers}))
    return job.root


def test_answers_recorded_in_a_job(tmp_path: Path) -> None:
    job = recorded(tmp_path)
    samples = of_job(job)
    assert [(one.data_object, one.answers) for one in samples.items] == [
        ({"source": "one"}, ({"bird": {"label": "owl 0"}},)),
        ({"source": "two"}, ({"bird": {"label": "owl 1"}},)),
    ]
    assert (samples.attribute, samples.labels) == ("bird", ("owl",))
    [found] = try_handlers(job=job, cases=["ordinary"])  # the job's own handler
    assert found.handler == str(tmp_path / "post.py")
    assert found.cases[0].lost == ("0", "1")


# --- the call ---


def test_the_page_tells_every_case() -> None:
    told = re.findall(r"^\| `([\w-]+)` \| (.*) \|$", (ROOT / "docs" / "try-lambda.md").read_text("utf-8"), re.MULTILINE)
    assert told == [(case.name, case.about) for kind in ("post", "pre") for case in CASES[kind]]


@pytest.mark.parametrize(
    ("name", "source", "kind"),
    [
        ("pre_human.py", "", "pre"),
        ("postAnnotation.py", "", "post"),
        ("my_consolidation.py", "", "post"),
        ("prepare_press.py", "event['payload']['s3Uri']", "post"),
        ("lambda_function.py", "return {'taskInput': event['dataObject']}", "pre"),
        ("lambda_function.py", "event['labelAttributeName']; item['annotationData']; item['dataObject']", "post"),
    ],
)
def test_which_handler_a_file_is(tmp_path: Path, name: str, source: str, kind: str) -> None:
    assert kind_of(HandlerRef.parse(write(tmp_path, name, source))) == kind


def test_a_file_that_does_not_tell_which_it_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--kind"):
        try_handlers([write(tmp_path, "f.py", "def lambda_handler(event, context): ...")])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cases": ["expird"]}, "did you mean expired"),
        ({"cases": ["no-source"], "kind": "post"}, "there is no case 'no-source'"),
        ({"names": []}, "no handler is given"),
        ({"names": ["nothing.py"]}, "does not exist"),
        ({"names": ["text-entites"]}, "did you mean text-entities"),
        ({"memory": 512}, "--runtime lambda"),
        ({"runtime": "lambda", "memory": 64}, "between 128 and 10240"),
        ({"timeout": 1000}, "900"),
        ({"template": Path("a"), "workflow": "b"}, "one place"),
        ({"template": Path("nothing.html")}, "does not exist"),
        ({"job": Path("nothing")}, "does not exist"),
    ],
)
def test_wrong_use(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        try_handlers(**{"names": ["text-entities"], "project": ROOT, **options})


def test_the_line_of_a_result(tmp_path: Path) -> None:
    one = write(tmp_path, "one.py", "def lambda_handler(e, c):\n    f = lambda: 1\n    return f()\n")
    two = write(tmp_path, "two.py", "x = 1\ndef lambda_handler(e, c):\n    if e:\n        return 1\n    return 2\n")
    assert return_line(HandlerRef.parse(one)) == (3, "    return f()")
    assert return_line(HandlerRef.parse(two))[0] == 2
    assert return_line(HandlerRef.parse(f"{two}:other"))[0] is None


def test_the_command_prints_a_line_a_case(tmp_path: Path) -> None:
    file = write(tmp_path, "post.py", "def lambda_handler(event, context):\n    return []\n")
    run = CliRunner().invoke(app, ["try-lambda", file, "--case", "expired", "--case", "one-worker"])
    assert run.exit_code == 1
    assert "3 of 3 lines would have no label: objects 40, 41, 42" in run.stdout
    assert "answers: made up" in run.stdout
    assert "2 cases, 2 not right" in run.stdout


def test_the_command_as_json(tmp_path: Path) -> None:
    file = write(tmp_path, "pre.py", "def lambda_handler(event, context):\n    return {'taskInput': {}}\n")
    run = CliRunner().invoke(app, ["try-lambda", file, "--case", "ordinary", "--json"])
    found = json.loads(run.stdout)
    assert (run.exit_code, found["ok"]) == (0, True)
    [handler] = found["handlers"]
    assert (handler["kind"], handler["runtime"], handler["cases"][0]["verdict"]) == ("pre", "local", "right")
