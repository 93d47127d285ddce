"""What the options of a launch may be, looked at before anything is asked of AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from truthkit._object_files import KeyNotAFileError, split_uri
from truthkit.aws_calls import without_secrets
from truthkit.findings import UsageError
from truthkit_core.messages import ContractError
from truthkit_core.workflow import check_label_attribute

_ARN = r"arn:aws[a-z-]*:"
_HERE = r"[a-z0-9-]+:\d{12}:"
_LAMBDA = (
    rf"{_ARN}lambda:{_HERE}function:.+",
    "no ARN of a function",
    "give arn:aws:lambda:REGION:ACCOUNT:function:NAME (aws lambda list-functions shows them)",
)
_TOPIC = (
    rf"{_ARN}sns:{_HERE}[A-Za-z0-9_.-]+",
    "no ARN of a topic",
    "give arn:aws:sns:REGION:ACCOUNT:NAME (aws sns list-topics shows them)",
)
_JOB = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_NAMES = "1 to 63 letters, digits and hyphens, which neither begins nor ends with a hyphen"
# What each option looks like (contract g), what it is else, and its cure.
_SHAPES: Mapping[str, tuple[str, str, str]] = {
    "--workteam": (
        rf"{_ARN}sagemaker:{_HERE}workteam/.+",
        "no ARN of a work team",
        "give arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME (aws sagemaker list-workteams shows them)",
    ),
    "--role": (
        rf"{_ARN}iam::\d{{12}}:role/[a-zA-Z_0-9+=,.@/-]+",
        "no ARN of a role",
        "give arn:aws:iam::ACCOUNT:role/NAME (aws iam list-roles shows them), or --stack NAME",
    ),
    "--stack": (
        rf"[a-zA-Z][a-zA-Z0-9-]{{0,127}}|{_ARN}cloudformation:{_HERE}stack/.+",
        "no name of a stack",
        "give the name that sam deploy was given: letters, digits and hyphens",
    ),
    "--pre-lambda": _LAMBDA,
    "--post-lambda": _LAMBDA,
    "--sns-input": _TOPIC,
    "--sns-output": _TOPIC,
    "--name": (_JOB, "no name of a labeling job", f"give {_NAMES}"),
    "--chain": (_JOB, "no name of a labeling job", "truthkit status lists the jobs of this account and region"),
    "--assets": (r"https://\S+", "no address that begins with https://", "give https://HOST/FOLDER"),
    # What a tag may hold, beside letters, digits and blanks of any language.
    "--force": (
        r"(?=.*\S)[\w\s.:/=+\-@]{1,256}",
        "not a reason that a tag can hold",
        "say why in 1 to 256 letters, digits, blanks and . : / = + - @ _",
    ),
}


def check_arguments(given: Mapping[str, str | None], workers: int | None = None) -> None:
    """Raise UsageError for the first value that no job can have; ``given`` maps options to values, None: not given.

    Nothing is asked of AWS: whether something of that name is there is the preflight's question.
    """
    if workers is not None and not 1 <= workers <= 9:
        raise UsageError(f"--workers {workers} is out of range", "give 1 to 9")
    for option, value in given.items():
        if value is None:
            continue
        told = f"{option} {without_secrets(value)[:200]!r}"
        if option in ("--manifest", "--output", "--bucket"):
            _check_place(option, value, told)
        elif option == "--label-attribute":
            _check_attribute(value)
        elif not value:
            raise UsageError(f"{option} is given nothing", "give it a value, or leave it out")
        elif option in _SHAPES:
            pattern, what, cure = _SHAPES[option]
            if not re.fullmatch(pattern, value):
                raise UsageError(f"{told} is {what}", cure)


def check_job(name: str) -> None:
    """Raise UsageError for what is no name of a labeling job."""
    if not re.fullmatch(_JOB, name):
        told = without_secrets(name)[:200]
        raise UsageError(f"{told!r} is no name of a labeling job", f"give {_NAMES}; truthkit status lists the jobs")


def _check_place(option: str, value: str, told: str) -> None:
    uri = value if option != "--bucket" or value.startswith("s3://") else f"s3://{value}"
    form = {"--manifest": "s3://BUCKET/KEY", "--output": "s3://BUCKET/PREFIX", "--bucket": "NAME"}[option]
    more = "; truthkit manifest --upload brings one there" if option == "--manifest" else ""
    try:
        _bucket, key = split_uri(uri)
    except KeyNotAFileError as error:
        raise UsageError(f"{told}: {without_secrets(str(error))}", f"give {option} {form}{more}") from None
    if option == "--manifest" and (not key or key.endswith("/")):
        raise UsageError(f"{told} is a folder", f"give {option} {form}{more}")
    if option == "--bucket" and key.strip("/"):
        raise UsageError(f"{told} has more than a bucket's name", f"give {option} {form}")


def _check_attribute(value: str) -> None:
    try:
        check_label_attribute(value)
    except ContractError as error:
        raise UsageError(f"--label-attribute {error.problem}", error.cure) from None
