"""What a workflow may be called: its name is that of folders, a Python package, a label attribute and two functions."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

from truthkit.aws.sam import NAME_LIMIT, STACK_NAME, Function, logical_name
from truthkit.findings import UsageError
from truthkit.project import Workflow
from truthkit_core.messages import ContractError
from truthkit_core.workflow import check_label_attribute

# What the Lambda runtime and the layer bring: a package of that name in the code root would stand in its place.
_BROUGHT = {"awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "numpy", "pil", "s3transfer", "six", "urllib3"}
_OWN = {"truthkit", "truthkit_core"}


def check_name(name: str) -> None:
    """Raise UsageError if a workflow cannot be called so, with a name that would do."""
    near = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    another = "choose another name"
    if not re.match("[a-z]", near):
        raise UsageError(f"{name!r} is no name of a workflow: one begins with a letter", "call it by what is labeled")
    if name != near:
        raise UsageError(
            f"{name!r} is no name of a workflow: one has lower-case letters, digits and hyphens between them",
            f"call it {near}",
        )
    over = len(Function(name, "", "post", 0).name) + STACK_NAME - NAME_LIMIT
    if over > 0:
        raise UsageError(
            f"{name} is too long: with it the functions' names would pass {NAME_LIMIT} characters",
            f"shorten it by {over}",
        )
    package = name.replace("-", "_")
    if keyword.iskeyword(package):
        raise UsageError(f"{name} is a word of Python's own, and cannot be the name of a package", another)
    if package in _BROUGHT | _OWN | sys.stdlib_module_names:
        raise UsageError(f"lambdas/{package} would hide the module {package} from every function", another)
    try:
        check_label_attribute(name)
    except ContractError as error:
        raise UsageError(f"the label attribute {error.problem}", error.cure) from None


def check_free(root: Path, name: str) -> None:
    """Raise UsageError if the project has something of this name already."""
    workflow = Workflow(name, root)
    folders = [workflow.template.parent, workflow.lambdas, workflow.samples]
    found = [str(folder.relative_to(root)) for folder in folders if folder.exists()]
    if found:
        *first, last = found
        verb = "exist" if first else "exists"
        raise UsageError(
            f"{' and '.join(filter(None, (', '.join(first), last)))} {verb} already",
            "choose another name, or move what is there away",
        )
    lambdas = root / "lambdas"
    for folder in sorted(lambdas.iterdir() if lambdas.is_dir() else ()):
        other = folder.name.replace("_", "-")
        if logical_name(other) == logical_name(name):
            raise UsageError(
                f"the functions in template.yaml would have the names of those of {other}", "choose another name"
            )


def title(name: str) -> str:
    """The name for people: ``bird-species`` is ``Bird species``."""
    return name.replace("-", " ").capitalize()
