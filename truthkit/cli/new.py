"""``truthkit new``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, ProjectOption
from truthkit.cli.terminal import err, out, print_json

if TYPE_CHECKING:
    from truthkit.scaffold import Made


@app.command(
    "new",
    epilog=examples(
        "truthkit new sentiment",
        "truthkit new bird-species --like image-classification",
        "truthkit new sentiment --project . --json",
    ),
)
def new_command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The workflow's name: lower-case letters, digits, hyphens.")
    ],
    like: Annotated[
        str | None,
        typer.Option("--like", metavar="WORKFLOW", help="Copy this one, of the project or of the kit."),
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new workflow; in an empty folder, a whole project.

    In a project it adds the three folders of the workflow and brings template.yaml up to date. Nothing is overwritten,
    and all is made or nothing.
    """
    try:
        from truthkit.scaffold import make

        made = make(name, like=like, project=project)
    except KeyboardInterrupt:
        err.print("stopped: nothing was made")
        raise typer.Exit(130) from None
    if as_json:
        print_json(
            {
                "project": str(made.root),
                "workflow": made.workflow.name,
                "like": made.like.name if made.like else None,
                "new_project": made.new_project,
                "made": list(made.made),
                "changed": list(made.changed),
                "kept": list(made.kept),
            }
        )
    else:
        _tell(made)


ABOUT = {
    "templates": "what a worker sees",
    "lambdas": "what AWS runs before and after, and the settings",
    "samples": "input to try it on, scripted workers, the labels that are right",
    "truthkit_core": "what the handlers import",
    "numpy": "the layer with NumPy and Pillow",
    "template.yaml": "the functions, for AWS SAM",
    "README.md": "how to go on",
    ".gitignore": "what git is to leave out",
}


def _tell(made: Made) -> None:
    """The folders and files, each with what it is for, and the commands that come next."""
    name = made.workflow.name
    what = f"the workflow {name}" + (f", like {made.like.name}" if made.like else "")
    whose = f"a project with {what}" if made.new_project else what
    out.print(f"made {escape(whose)} in {escape(str(made.root))}")
    parts = list(dict.fromkeys("/".join(file.split("/")[:2]) + "/" * (file.count("/") > 1) for file in made.made))
    own = [f"templates/{name}/", f"lambdas/{made.workflow.package}/", f"samples/{name}/"]
    parts = [part for part in own if part in parts] + [part for part in parts if part not in own]
    rows = [(part, ABOUT.get(part.strip("/").split("/")[-1]) or ABOUT[part.split("/")[0]]) for part in parts]
    rows += [(file, "brought up to date") for file in made.changed]
    rows += [(file, "was there, and is as it was") for file in made.kept]
    wide = max(len(part) for part, _ in rows)
    for part, about in rows:
        out.print(f"  {escape(part):<{wide}}  {about}")
    out.print("next")
    steps = [
        (f"truthkit preview {name}", "see the page, and edit the files"),
        (f"truthkit check {name}", "find what is wrong"),
        (f"truthkit run {name}", "a whole job, from manifest to labels"),
        ("sam build", "and sam deploy --guided: bring the functions to AWS"),
    ]
    if not (made.new_project or made.changed):
        steps.pop()
    wide = max(len(command) for command, _ in steps)
    for command, about in steps:
        out.print(f"  [bold]{escape(command):<{wide}}[/bold]  {about}")
