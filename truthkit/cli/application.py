"""The command itself and what all its commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from truthkit.cli.terminal import out


def examples(*commands: str) -> str:
    """The examples below a command's help, one a line, not wrapped."""
    return "\b\nExamples:\n" + "\n".join(f"  {command}" for command in commands)


app = typer.Typer(
    help="Run custom labeling workflows of Amazon SageMaker Ground Truth end to end on this machine.",
    epilog=examples(
        "truthkit list",
        "truthkit run text-entities",
        "truthkit preview text-entities",
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    pretty_exceptions_enable=False,
)


def print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"truthkit {version('truthkit')}")
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=print_version)
    ] = False,
) -> None:
    """Options that go before the command."""


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


def parse_objects(texts: list[str] | None) -> dict[str, Path]:
    """The mappings of ``--objects``. Raises UsageError."""
    if not texts:
        return {}
    from truthkit.objects import parse_mapping

    return dict(parse_mapping(text) for text in texts)
