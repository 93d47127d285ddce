"""template.yaml: written from the folders, valid, and no role may more than its work needs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from truthkit.aws.sam import functions, functions_block, is_stale, outputs_block, update_template
from truthkit.findings import TruthkitError
from truthkit.project import Project

ROOT = Path(__file__).resolve().parents[2]
STACK = "labels"
WORKFLOWS = sorted(file.parent.name for file in (ROOT / "lambdas").glob("*/workflow.toml"))
# What Ref and Sub give, as in a stack called labels.
VALUES = {
    "InputBucket": "in",
    "OutputBucket": "out",
    "LogRetentionDays": 30,
    "AWS::StackName": STACK,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
}
# Substrings of a function's name that AmazonSageMakerFullAccess lets a job invoke.
INVOKABLE = ("LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")


# --- the parts that follow from the folders ---


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of what ``truthkit sam`` reads."""
    shutil.copy(ROOT / "template.yaml", tmp_path)
    for folder in ("lambdas", "layers"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Project(tmp_path)


def add(project: Project, package: str, *handlers: str, more: str = "") -> Path:
    folder = project.root / "lambdas" / package
    folder.mkdir()
    for handler in handlers:
        (folder / f"{handler}.py").touch()
    (folder / "workflow.toml").write_text(
        f'title = "One"\ndescription = "One more"\ntask_time_limit_seconds = 600\n{more}\n'
    )
    return folder


def test_the_template_follows_from_the_folders() -> None:
    assert not is_stale(Project(ROOT)), "run truthkit sam"


def test_a_second_writing_changes_nothing(project: Project) -> None:
    text = (project.root / "template.yaml").read_text()
    assert update_template(project) is False
    assert (project.root / "template.yaml").read_text() == text


def test_a_new_workflow_brings_its_functions(project: Project) -> None:
    before = (project.root / "template.yaml").read_text()
    folder = add(project, "bird_species", "pre_annotation", "post_annotation", more="pre_timeout_seconds = 7")
    assert is_stale(project)
    assert update_template(project) is True
    after = (project.root / "template.yaml").read_text()
    template = yaml_parse(after)
    function = template["Resources"]["BirdSpeciesPreLabelingFunction"]["Properties"]
    assert function["Handler"] == "bird_species.pre_annotation.lambda_handler"
    assert function["Timeout"] == 7
    assert template["Resources"]["BirdSpeciesPostLabelingFunction"]["Properties"]["Timeout"] == 300
    assert {"BirdSpeciesPreArn", "BirdSpeciesPostArn"} <= set(template["Outputs"])

    shutil.rmtree(folder)
    assert update_template(project) is True
    assert (project.root / "template.yaml").read_text() == before


def test_a_workflow_may_have_one_handler_or_none(project: Project) -> None:
    before = [function.logical_id for function in functions(project)]
    add(project, "only_post", "post_annotation")
    add(project, "neither")
    after = [function.logical_id for function in functions(project)]
    assert [name for name in after if name not in before] == ["OnlyPostPost"]
    assert {"TextEntitiesPre", "TextEntitiesPost"} <= set(before)


NAMES = '[consolidation]\nkind = "spans"\nfield = "names"'


@pytest.mark.parametrize(
    ("more", "source", "layer"),
    [
        (NAMES, "", True),
        ("[consolidation]\nthreshold = 0.5", "", False),
        ("", "import numpy as np\n", True),
        ("", "from truthkit_core.consolidation.class_models import vote\n", True),
        ("", "from truthkit_core.consolidation.classes import majority_vote\n", False),
        ("", "# import numpy\nfrom truthkit_core.handlers import consolidate_batch\n", False),
    ],
    ids=["strategy", "own-table", "numpy", "class-models", "counting", "neither"],
)
def test_the_layer_goes_to_functions_that_need_it(project: Project, more: str, source: str, layer: bool) -> None:
    folder = add(project, "one_more", "pre_annotation", "post_annotation", more=f'labels = ["a"]\n{more}')
    (folder / "post_annotation.py").write_text(source)
    found = {function.logical_id: function for function in functions(project)}
    assert (found["OneMorePre"].numpy, found["OneMorePost"].numpy) == (False, layer)


def test_without_a_use_there_is_no_layer(project: Project) -> None:
    for folder in (project.root / "lambdas").iterdir():
        if folder.name not in ("text_entities", "truthkit_core"):
            shutil.rmtree(folder)
    assert "Layer" not in functions_block(project)


def test_only_the_marked_parts_are_written(project: Project) -> None:
    file = project.root / "template.yaml"
    text = file.read_text().replace("MemorySize: 512", "MemorySize: 1024 # mine")
    file.write_text(text.replace("      Timeout: 30\n", "      Timeout: 31\n"))
    assert update_template(project) is True
    assert file.read_text() == text


def test_faults_are_told(project: Project) -> None:
    file = project.root / "template.yaml"
    text = file.read_text()
    file.write_text(text.replace("# outputs: end", ""))
    with pytest.raises(TruthkitError, match="no place for the outputs"):
        update_template(project)
    file.write_text(text)

    folder = add(project, "a_name_that_is_much_too_long_for_one", "pre_annotation")
    with pytest.raises(TruthkitError, match="shorten the workflow's name by 5"):
        is_stale(project)
    shutil.rmtree(folder)

    add(project, "broken", "pre_annotation", more="workers = 99")
    with pytest.raises(TruthkitError, match=r"broken/workflow.toml:4: workers"):
        update_template(project)
    assert file.read_text() == text

    file.unlink()
    with pytest.raises(TruthkitError, match="has no template"):
        is_stale(project)


# --- the template as CloudFormation gets it ---


def test_sam_finds_the_template_valid(project: Project, sam: Callable[..., str]) -> None:
    assert "is a valid SAM Template" in sam("validate", "--lint", cwd=project.root)


def test_what_is_deployed_is_the_code_root(built: Path) -> None:
    deployed = {
        str(file.relative_to(ROOT / "lambdas"))
        for file in (ROOT / "lambdas").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    for function in functions(Project(ROOT)):
        folder = built / f"{function.logical_id}LabelingFunction"
        assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == deployed


class Policies:
    """Managed policies are not used; asking for one is a fault."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The template after SAM's transformation, intrinsics not yet resolved."""
    source = yaml_parse((ROOT / "template.yaml").read_text())
    source["Globals"]["Function"]["CodeUri"] = "s3://artefacts/code.zip"
    source["Resources"]["NumpyLayer"]["Properties"]["ContentUri"] = "s3://artefacts/layer.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        transformed: dict[str, Any] = transform(source, {}, Policies())
    return transformed


def intrinsics(value: Any) -> Iterator[str]:
    """Every name that Ref, Sub, GetAtt and DependsOn use."""
    if isinstance(value, list):
        for item in value:
            yield from intrinsics(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{([^!}.]+)", item)
            elif key == "Fn::GetAtt":
                yield item[0]
            elif key == "DependsOn":
                yield from [item] if isinstance(item, str) else item
            else:
                yield from intrinsics(item)


def resolved(value: Any) -> Any:
    """The value with its intrinsics worked out; an attribute of a resource as ``Resource.Attribute``."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return VALUES.get(value["Ref"], value["Ref"])
    if "Fn::Sub" in value:
        return re.sub(r"\$\{([^}]+)\}", lambda match: str(VALUES[match[1]]), value["Fn::Sub"])
    if "Fn::GetAtt" in value:
        return ".".join(value["Fn::GetAtt"])
    return {key: resolved(item) for key, item in value.items()}


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resolved(resource["Properties"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_every_name_in_the_template_is_defined(template: dict[str, Any]) -> None:
    defined = {*template["Resources"], *template["Parameters"], *VALUES}
    used = set(intrinsics(template))
    assert used > {"InputBucket", "OutputBucket", "PreAnnotationRole", "PostAnnotationRole", "ExecutionRole"}
    assert used <= defined
    assert set(template["Parameters"]) <= used


def test_the_functions(template: dict[str, Any]) -> None:
    found = of_type(template, "AWS::Lambda::Function")
    assert len(found) == 2 * len(WORKFLOWS)
    layers = [{"Ref": name} for name in of_type(template, "AWS::Lambda::LayerVersion")]
    for workflow in WORKFLOWS:
        words = "".join(word.capitalize() for word in workflow.split("_"))
        for which, timeout in (("Pre", 30), ("Post", 300)):
            function = found[f"{words}{which}LabelingFunction"]
            assert function["Runtime"] == "python3.13"
            assert function["Architectures"] == ["arm64"]
            assert function["Handler"] == f"{workflow}.{which.lower()}_annotation.lambda_handler"
            assert function["Timeout"] == timeout
            writes = "Writing" if (workflow, which) == ("semantic_segmentation", "Post") else ""
            assert function["Role"] == f"{which}Annotation{writes}Role.Arn"
            assert any(part in function["FunctionName"] for part in INVOKABLE)
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", function["FunctionName"])
            # NumPy is for what consolidates with it, and takes time to start.
            wants = which == "Post" and workflow != "text_entities"
            assert function.get("Layers", []) == ([one["Ref"] for one in layers] if wants else [])


def test_the_layer_is_for_the_functions(template: dict[str, Any]) -> None:
    [layer] = of_type(template, "AWS::Lambda::LayerVersion").values()
    assert layer["CompatibleRuntimes"] == ["python3.13"]
    assert layer["CompatibleArchitectures"] == ["arm64"]


def test_the_layer_has_the_locked_versions() -> None:
    wanted = re.findall(r"(?m)^([\w-]+)==([\d.]+)$", (ROOT / "layers" / "numpy" / "requirements.txt").read_text())
    assert [name for name, _ in wanted] == ["numpy", "pillow"]
    lock = (ROOT / "uv.lock").read_text()
    for name, version in wanted:
        assert f'name = "{name}"\nversion = "{version}"' in lock
        assert f"{name}-{version}-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl" in lock


def test_the_built_layer_has_what_functions_import_and_fits(built: Path) -> None:
    folder = built / "NumpyLayer" / "python"
    assert (folder / "numpy" / "__init__.py").is_file()
    assert (folder / "PIL" / "Image.py").is_file()
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert not any("tests" in file.parts for file in files)
    # Function and layers together may have 250 MB.
    assert sum(file.stat().st_size for file in files) < 120_000_000


def test_every_function_logs_into_a_group_that_forgets(template: dict[str, Any]) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    for function in of_type(template, "AWS::Lambda::Function").values():
        group = groups.pop(function["LoggingConfig"]["LogGroup"])
        assert group["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"
        assert group["RetentionInDays"] == 30
    assert not groups


def test_what_the_stack_creates(template: dict[str, Any]) -> None:
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert kinds == {
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Logs::LogGroup",
        "AWS::IAM::Role",
    }


def test_outputs(template: dict[str, Any]) -> None:
    outputs = {name: resolved(output["Value"]) for name, output in template["Outputs"].items()}
    assert outputs == {"ExecutionRoleArn": "ExecutionRole.Arn"} | {
        f"{function.logical_id}Arn": f"{function.logical_id}LabelingFunction.Arn"
        for function in functions(Project(ROOT))
    }
    assert all(
        part in (ROOT / "template.yaml").read_text()
        for part in (functions_block(Project(ROOT)), outputs_block(Project(ROOT)))
    )


# --- roles ---


def statements(template: dict[str, Any], role: str) -> list[tuple[set[str], list[str]]]:
    """Actions and resources of all that a role is allowed."""
    properties = of_type(template, "AWS::IAM::Role")[role]
    assert "ManagedPolicyArns" not in properties
    found = []
    for policy in properties["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            assert set(statement) <= {"Sid", "Effect", "Action", "Resource"}
            actions, resources = statement["Action"], statement["Resource"]
            found.append(
                (
                    {actions} if isinstance(actions, str) else set(actions),
                    [resources] if isinstance(resources, str) else resources,
                )
            )
    return found


LOGS = (
    {"logs:CreateLogStream", "logs:PutLogEvents"},
    ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/labels-LabelingFunction-*:*"],
)


def test_each_role_has_exactly_what_its_work_needs(template: dict[str, Any]) -> None:
    assert set(of_type(template, "AWS::IAM::Role")) == {
        "PreAnnotationRole",
        "PostAnnotationRole",
        "PostAnnotationWritingRole",
        "ExecutionRole",
    }
    assert statements(template, "PreAnnotationRole") == [({"s3:GetObject"}, ["arn:aws:s3:::in/*"]), LOGS]
    assert statements(template, "PostAnnotationRole") == [
        ({"s3:GetObject"}, ["arn:aws:s3:::out/*/annotations/*"]),
        LOGS,
    ]
    assert statements(template, "PostAnnotationWritingRole") == [
        ({"s3:GetObject"}, ["arn:aws:s3:::out/*/annotations/*"]),
        ({"s3:PutObject"}, ["arn:aws:s3:::out/*/annotations/consolidated-annotation/output/*"]),
        LOGS,
    ]
    assert statements(template, "ExecutionRole") == [
        ({"s3:GetObject"}, ["arn:aws:s3:::in/*"]),
        ({"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"}, ["arn:aws:s3:::out/*"]),
        ({"s3:ListBucket", "s3:GetBucketLocation"}, ["arn:aws:s3:::in", "arn:aws:s3:::out"]),
        ({"lambda:InvokeFunction"}, ["arn:aws:lambda:eu-west-1:111122223333:function:labels-LabelingFunction-*"]),
        (
            {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
            ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/sagemaker/LabelingJobs*"],
        ),
        ({"cloudwatch:PutMetricData"}, ["*"]),
    ]


def test_who_may_take_each_role(template: dict[str, Any]) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    services = {}
    for name, properties in roles.items():
        (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] == "sts:AssumeRole"
        assert set(statement["Principal"]) == {"Service"}
        services[name] = statement["Principal"]["Service"]
    assert services == {
        "PreAnnotationRole": "lambda.amazonaws.com",
        "PostAnnotationRole": "lambda.amazonaws.com",
        "PostAnnotationWritingRole": "lambda.amazonaws.com",
        "ExecutionRole": "sagemaker.amazonaws.com",
    }


@pytest.mark.parametrize(
    ("role", "action", "resource", "may"),
    [
        ("PreAnnotationRole", "s3:GetObject", "arn:aws:s3:::in/text/one.txt", True),
        ("PreAnnotationRole", "s3:GetObject", "arn:aws:s3:::out/job/manifests/output/output.manifest", False),
        ("PreAnnotationRole", "s3:PutObject", "arn:aws:s3:::in/text/one.txt", False),
        ("PostAnnotationRole", "s3:GetObject", "arn:aws:s3:::out/job/annotations/consolidated-annotation/r.json", True),
        ("PostAnnotationRole", "s3:GetObject", "arn:aws:s3:::out/a/b/job/annotations/worker-response/1.json", True),
        ("PostAnnotationRole", "s3:GetObject", "arn:aws:s3:::out/job/manifests/output/output.manifest", False),
        ("PostAnnotationRole", "s3:GetObject", "arn:aws:s3:::in/text/one.txt", False),
        ("PostAnnotationRole", "s3:PutObject", "arn:aws:s3:::out/job/annotations/consolidated-annotation/x.png", False),
        (
            "PostAnnotationWritingRole",
            "s3:PutObject",
            "arn:aws:s3:::out/job/annotations/consolidated-annotation/output/0.png",
            True,
        ),
        (
            "PostAnnotationWritingRole",
            "s3:PutObject",
            "arn:aws:s3:::out/job/annotations/consolidated-annotation/consolidation-request/iteration-1/r.json",
            False,
        ),
        ("PostAnnotationWritingRole", "s3:PutObject", "arn:aws:s3:::in/0.png", False),
        ("ExecutionRole", "s3:PutObject", "arn:aws:s3:::out/job/manifests/output/output.manifest", True),
        ("ExecutionRole", "s3:PutObject", "arn:aws:s3:::in/manifest.jsonl", False),
        ("ExecutionRole", "s3:DeleteObject", "arn:aws:s3:::out/job/x", False),
        ("ExecutionRole", "lambda:InvokeFunction", "{TextEntitiesPreLabelingFunction}", True),
        ("ExecutionRole", "lambda:InvokeFunction", "{TextEntitiesPostLabelingFunction}", True),
        ("ExecutionRole", "lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:other", False),
    ],
    ids=lambda value: value.split("/")[-1] if isinstance(value, str) else "",
)
def test_what_a_role_may(template: dict[str, Any], role: str, action: str, resource: str, may: bool) -> None:
    names = {
        name: f"arn:aws:lambda:eu-west-1:111122223333:function:{function['FunctionName']}"
        for name, function in of_type(template, "AWS::Lambda::Function").items()
    }
    arn = resource.format_map(names) if resource.startswith("{") else resource
    allowed = any(
        action in actions and any(fnmatchcase(arn, pattern) for pattern in resources)
        for actions, resources in statements(template, role)
    )
    assert allowed is may
