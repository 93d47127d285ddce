"""The options that several commands take, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Workflow = Annotated[str | None, typer.Argument(help="A workflow of this project, or of the kit (truthkit list).")]
TemplateOption = Annotated[str | None, typer.Option("--template", metavar="FILE", help="The worker template.")]
ManifestOption = Annotated[
    str | None, typer.Option("--manifest", metavar="FILE|s3://…", help="The input manifest (JSON Lines).")
]
PreOption = Annotated[
    str | None,
    typer.Option(
        "--pre-lambda", metavar="FILE[:function]", help="Pre-annotation handler; none: the line is the input."
    ),
]
PostOption = Annotated[
    str | None,
    typer.Option("--post-lambda", metavar="FILE[:function]", help="Post-annotation handler; none: labels stay empty."),
]
ObjectsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--objects", metavar="s3://BUCKET/PREFIX=DIR", help="A folder that stands for S3 objects (repeatable)."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")]
CrowdOption = Annotated[
    str | None,
    typer.Option(
        "--crowd",
        metavar="careful|typical|poor|FILE",
        help="Who the simulated workers are (default: typical), or a crowd file (TOML).",
    ),
]
GoldOption = Annotated[
    Path | None,
    typer.Option(
        "--gold",
        metavar="FILE",
        help="The right answers, one a manifest line (default: the sample's gold.jsonl or expected.jsonl).",
    ),
]
LenientOption = Annotated[
    bool, typer.Option("--lenient", help="A variable that the task input lacks is empty, not an error.")
]
ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        help="The project (default: the nearest parent folder).",
        exists=True,
        file_okay=False,
    ),
]
LabelAttributeOption = Annotated[
    str | None, typer.Option("--label-attribute", metavar="NAME", help="The label attribute name.")
]
LabelsOption = Annotated[
    str | None, typer.Option("--labels", metavar="A,B,C", help="Label categories for the post-annotation handler.")
]
AllowNetworkOption = Annotated[bool, typer.Option("--allow-network", help="Let the pages load from elsewhere.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seeds the workers' chance.")]


def parse_labels(text: str | None) -> list[str] | None:
    """The categories of ``--labels``, None where it is not given."""
    return [name.strip() for name in text.split(",") if name.strip()] if text is not None else None


def parse_objects(texts: list[str] | None) -> dict[str, Path]:
    """The mappings of ``--objects``. Raises UsageError."""
    if not texts:
        return {}
    from truthkit.objects import parse_mapping

    return dict(parse_mapping(text) for text in texts)
