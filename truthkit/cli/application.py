"""The command itself and what all its commands share."""

from __future__ import annotations

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
