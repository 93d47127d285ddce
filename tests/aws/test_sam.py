"""template.yaml: written from the folders, valid, and no role may more than its work needs."""

from __future__ import annotations

import copy
import platform
import re
import shutil
import subprocess
import venv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.aws.conftest import Build
from tests.aws.stack import CHOICES, COMBINATIONS, Stack, references, stack_of, transformed
from tests.documents import DOCS, commands
from truthkit.aws.sam import functions, functions_block, is_stale, update_template
from truthkit.findings import TruthkitError
from truthkit.project import Project

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted(file.parent.name for file in (ROOT / "lambdas").glob("*/workflow.toml"))
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
    assert {"BirdSpeciesPreLabelingFunctionArn", "BirdSpeciesPostLabelingFunctionArn"} <= set(template["Outputs"])

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


def test_two_workflows_do_not_share_the_names_of_their_functions(project: Project) -> None:
    add(project, "page_1", "pre_annotation")
    folder = add(project, "page1", "pre_annotation")
    with pytest.raises(TruthkitError) as caught:
        functions(project)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == ("function-name", str(project.root / "lambdas" / "page_1"))
    assert "Page1" in finding.message
    assert folder.name in finding.message


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
    printed = sam("validate", "--lint", cwd=project.root)
    assert "is a valid SAM Template" in printed
    assert not_printed("sam validate --lint", printed) == []


def test_the_page_shows_what_sam_build_prints(sam_build: Build) -> None:
    assert not_printed("sam build", sam_build.printed) == []


def not_printed(command: str, printed: str) -> list[str]:
    """The lines that docs/deploy.md shows of a command's output and it did not print; three dots stand for anything."""
    (output,) = (one.output for one in commands(DOCS / "deploy.md") if one.line == command)
    assert output.strip("…\n")
    lines = printed.splitlines()
    return [
        line
        for line in output.splitlines()
        if not any(re.fullmatch(".*".join(map(re.escape, line.split("…"))), one) for one in lines)
    ]


def test_what_is_deployed_is_the_code_root(built: Path) -> None:
    deployed = {
        str(file.relative_to(ROOT / "lambdas"))
        for file in (ROOT / "lambdas").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    for function in functions(Project(ROOT)):
        folder = built / f"{function.logical_id}LabelingFunction"
        assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == deployed


def test_what_is_built_makes_the_same_stack(built: Path, template: dict[str, Any]) -> None:
    """``sam build`` writes the template anew; that one is deployed."""
    made, meant = stack_of(transformed(built / "template.yaml")), stack_of(template)
    for resource in (*made.resources.values(), *meant.resources.values()):
        resource.pop("Metadata", None)  # SAM's notes to itself
    assert made == meant


@pytest.fixture(scope="module")
def stack(template: dict[str, Any]) -> Stack:
    """Of buckets that are there already."""
    return stack_of(template, InputBucket="acme-in", OutputBucket="acme-out")


def shown(parameters: dict[str, str]) -> str:
    return ",".join(name for name, value in parameters.items() if value != CHOICES[name][0]) or "defaults"


each_combination = pytest.mark.parametrize("parameters", COMBINATIONS, ids=shown)


def test_every_name_in_the_template_is_defined_and_used(template: dict[str, Any]) -> None:
    """In whatever branch; the lint misses some."""
    pseudo = {"AWS::StackName", "AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::NoValue"}
    defined = {*template["Resources"], *template["Parameters"], *template["Conditions"], *pseudo}
    used = set(references({name: template[name] for name in ("Conditions", "Resources", "Outputs")}))
    assert used <= defined
    assert {*template["Parameters"], *template["Conditions"]} <= used


def test_a_name_that_is_not_there_is_found(template: dict[str, Any]) -> None:
    """The checks above and below are not blind: a resource that this stack does not make cannot be used by it."""
    broken = copy.deepcopy(template)
    broken["Outputs"]["InputBucketName"]["Value"] = {"Ref": "InputDataBucket"}
    stack_of(broken)
    with pytest.raises(KeyError, match="InputDataBucket"):
        stack_of(broken, InputBucket="acme-in")
    broken["Outputs"]["InputBucketName"]["Value"] = {"Fn::Sub": "${Buckets}"}
    with pytest.raises(KeyError, match="Buckets"):
        stack_of(broken)


@each_combination
def test_what_the_stack_creates(template: dict[str, Any], parameters: dict[str, str]) -> None:
    stack = stack_of(template, **parameters)
    assert not re.search(r"\$\{|Fn::|'Ref'", str(stack)), "an intrinsic is left"
    count = Counter(resource["Type"] for resource in stack.resources.values())
    buckets = 1 + (parameters["InputBucket"] == "") + (parameters["OutputBucket"] == "")
    assert count == {
        "AWS::Lambda::Function": 2 * len(WORKFLOWS),
        "AWS::Logs::LogGroup": 2 * len(WORKFLOWS),
        "AWS::Lambda::LayerVersion": 1,
        "AWS::IAM::Role": 4,
        "AWS::IAM::Policy": 1 if parameters["AssumeJobRole"] == "true" else 2,
        "AWS::S3::Bucket": buckets,
        "AWS::S3::BucketPolicy": buckets,
        "AWS::CloudFront::Distribution": 1,
        "AWS::CloudFront::OriginAccessControl": 1,
        "AWS::CloudFront::ResponseHeadersPolicy": 1,
    }


@each_combination
def test_outputs(template: dict[str, Any], parameters: dict[str, str]) -> None:
    outputs = dict(stack_of(template, **parameters).outputs)
    assert outputs.pop("JobRoleArn") == "arn:aws:iam::123456789012:role/ExecutionRole"
    assert outputs.pop("InputBucketName") == (parameters["InputBucket"] or "labels-inputdatabucket")
    assert outputs.pop("OutputBucketName") == (parameters["OutputBucket"] or "labels-outputdatabucket")
    assert outputs.pop("AssetBucketName") == "labels-assetbucket"
    assert outputs.pop("AssetUrl") == "https://AssetDistribution.cloudfront.net"
    # CloudFormation refuses an output without a value.
    assert outputs.pop("KmsKeyArn", "") == parameters["KmsKeyArn"]
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:labels-"
    own = functions(Project(ROOT))
    assert outputs == {f"{function.logical_id}LabelingFunctionArn": f"{arn}{function.name}" for function in own}


def test_wrong_parameters_are_refused(template: dict[str, Any]) -> None:
    for name, value in (
        ("InputBucket", "s3://in"),
        ("OutputBucket", "Out"),
        ("KmsKeyArn", "alias/mine"),
        ("KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:alias/mine"),
        ("AssumeJobRole", "yes"),
    ):
        with pytest.raises(AssertionError):
            stack_of(template, **{name: value})


# --- buckets, and CloudFront before that of the bundles ---


@each_combination
def test_buckets_are_private_encrypted_and_stay(template: dict[str, Any], parameters: dict[str, str]) -> None:
    stack = stack_of(template, **parameters)
    for name, bucket in stack.of_type("AWS::S3::Bucket").items():
        assert "BucketName" not in bucket, "a name of its own would clash with that of a stack that was deleted"
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        key = parameters["KmsKeyArn"] if name != "AssetBucket" else ""  # what is public needs no key
        assert encryption["ServerSideEncryptionByDefault"] == (
            {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
        )
        assert encryption.get("BucketKeyEnabled", False) is bool(key)
        assert stack.resources[name]["DeletionPolicy"] == stack.resources[name]["UpdateReplacePolicy"] == "Retain"

        [policy] = [
            one["PolicyDocument"]["Statement"]
            for one in stack.of_type("AWS::S3::BucketPolicy").values()
            if one["Bucket"] == f"labels-{name.lower()}"
        ]
        arn = f"arn:aws:s3:::labels-{name.lower()}"
        assert policy[0] == {
            "Sid": "EncryptedTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        assert [one["Effect"] for one in policy[1:]] == (["Allow"] if name == "AssetBucket" else [])


def test_pages_of_the_worker_portal_may_load_what_is_in_the_buckets_of_jobs(template: dict[str, Any]) -> None:
    """As the service demands it (contract c): GET, any origin, this header exposed."""
    buckets = stack_of(template).of_type("AWS::S3::Bucket")
    assert {name for name, bucket in buckets.items() if "CorsConfiguration" in bucket} == {
        "InputDataBucket",
        "OutputDataBucket",
    }
    for name in ("InputDataBucket", "OutputDataBucket"):
        assert buckets[name]["CorsConfiguration"]["CorsRules"] == [
            {
                "AllowedOrigins": ["*"],
                "AllowedMethods": ["GET"],
                "ExposedHeaders": ["Access-Control-Allow-Origin"],
                "MaxAge": 3000,
            }
        ]


def test_bundles_are_read_through_cloudfront_alone(stack: Stack) -> None:
    [distribution] = stack.of_type("AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["Enabled"] is True
    [origin] = config["Origins"]
    assert origin["DomainName"] == "labels-assetbucket.s3.eu-west-1.amazonaws.com"
    assert origin["OriginAccessControlId"] == "id-AssetAccess"
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    [access] = stack.of_type("AWS::CloudFront::OriginAccessControl").values()
    assert access["OriginAccessControlConfig"] == {
        "Name": "labels-eu-west-1-assets",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    [policy] = stack.of_type("AWS::S3::BucketPolicy").values()
    assert policy["PolicyDocument"]["Statement"][1:] == [
        {
            "Sid": "Distribution",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::labels-assetbucket/*",
            "Condition": {
                "StringEquals": {
                    "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/EAssetDistribution",
                }
            },
        }
    ]


def test_bundles_come_encrypted_compressed_and_with_cors(stack: Stack) -> None:
    [distribution] = stack.of_type("AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert "CacheBehaviors" not in config
    assert config["DefaultCacheBehavior"] == {
        "TargetOriginId": config["Origins"][0]["Id"],
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "ResponseHeadersPolicyId": "id-AssetHeaders",
    }
    [headers] = stack.of_type("AWS::CloudFront::ResponseHeadersPolicy").values()
    assert headers["ResponseHeadersPolicyConfig"]["CorsConfig"] == {
        "AccessControlAllowCredentials": False,
        "AccessControlAllowHeaders": {"Items": ["*"]},
        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
        "AccessControlAllowOrigins": {"Items": ["*"]},
        "OriginOverride": True,
    }


# --- functions ---


def test_the_functions(stack: Stack) -> None:
    found = stack.of_type("AWS::Lambda::Function")
    assert len(found) == 2 * len(WORKFLOWS)
    [layer] = stack.of_type("AWS::Lambda::LayerVersion")
    arn = f"arn:aws:lambda:eu-west-1:123456789012:layer:{layer}:1"
    for workflow in WORKFLOWS:
        words = "".join(word.capitalize() for word in workflow.split("_"))
        for which, timeout in (("Pre", 30), ("Post", 300)):
            function = found[f"{words}{which}LabelingFunction"]
            assert function["Runtime"] == "python3.13"
            assert function["Architectures"] == ["arm64"]
            assert function["Handler"] == f"{workflow}.{which.lower()}_annotation.lambda_handler"
            assert function["Timeout"] == timeout
            writes = "Writing" if (workflow, which) == ("semantic_segmentation", "Post") else ""
            assert function["Role"] == f"arn:aws:iam::123456789012:role/{which}Annotation{writes}Role"
            assert function["Environment"] == {"Variables": {"TRUTHKIT_ASSUME_JOB_ROLE": "1"}}
            assert any(part in function["FunctionName"] for part in INVOKABLE)
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", function["FunctionName"])
            # NumPy is for what consolidates with it, and takes time to start.
            wants = which == "Post" and workflow != "text_entities"
            assert function.get("Layers", []) == ([arn] if wants else [])


def test_the_layer_is_for_the_functions(stack: Stack) -> None:
    [layer] = stack.of_type("AWS::Lambda::LayerVersion").values()
    assert layer["CompatibleRuntimes"] == ["python3.13"]
    assert layer["CompatibleArchitectures"] == ["arm64"]


def test_the_layer_is_made_in_an_environment_without_pip(tmp_path: Path) -> None:
    """As one that uv made is: with the uv beside it, or with the pip of the Python that it was made of."""
    venv.create(tmp_path / ".venv", with_pip=False)
    python = tmp_path / ".venv" / "bin" / "python"
    uv = tmp_path / ".uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\n')
    uv.chmod(0o755)
    script = ROOT / "layers" / "numpy" / "build_layer.py"
    nothing = {"PATH": str(tmp_path / "empty")}
    make: list[str | Path] = [python, script, tmp_path / "layer", "manylinux_2_28_aarch64"]
    subprocess.run(make, env={"PATH": "/usr/bin:/bin"}, check=True)
    assert "pip install --python-platform aarch64-manylinux_2_28" in (tmp_path / "asked").read_text()
    tell = "import build_layer as b, sys; print(b.has_pip(sys.executable), b.base_python())"
    found = subprocess.run(
        [python, "-c", tell],
        env={**nothing, "PYTHONPATH": str(script.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    lacks, base = found.stdout.split()
    assert lacks == "False"
    version = subprocess.run([base, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.split()[1] == platform.python_version()


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


def test_every_function_logs_into_a_group_that_forgets(stack: Stack) -> None:
    groups = {group["LogGroupName"]: group for group in stack.of_type("AWS::Logs::LogGroup").values()}
    for function in stack.of_type("AWS::Lambda::Function").values():
        group = groups.pop(function["LoggingConfig"]["LogGroup"])
        assert group["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"
        assert group["RetentionInDays"] == 30
    assert not groups
