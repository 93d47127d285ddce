"""Commands for what is deployed, and for what is installed here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, ProjectOption
from truthkit.cli.terminal import out, print_json
from truthkit.findings import Finding, TruthkitError, UsageError


@app.command(
    "build",
    epilog=examples(
        "truthkit build text-entities --inline",
        "truthkit build --inline --out build",
        "truthkit build --assets https://d111111abcdef8.cloudfront.net --upload s3://my-assets",
        "truthkit build text-entities --inline --a2i",
    ),
)
def build_command(
    workflows: Annotated[list[str] | None, typer.Argument(help="Workflows (default: all of the project).")] = None,
    inline: Annotated[
        bool, typer.Option("--inline", help="Put the bundles into the template: one file to paste.")
    ] = False,
    assets: Annotated[
        str | None,
        typer.Option("--assets", metavar="https://…", help="Load the bundles from there, each by its content's hash."),
    ] = None,
    upload: Annotated[
        str | None,
        typer.Option("--upload", metavar="s3://…", help="With --assets: bring the bundles to the bucket behind it."),
    ] = None,
    a2i: Annotated[bool, typer.Option("--a2i", help="Write the request of CreateHumanTaskUi too.")] = False,
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the built templates go.")] = Path(
        "build"
    ),
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build worker templates into the files for the service."""
    from truthkit.build import build, upload_assets
    from truthkit.project import Project

    if inline == (assets is not None):
        raise UsageError(
            "say how the bundles get into the template",
            "give --inline: one file to paste into the console, or --assets https://…: bundles beside it",
        )
    if upload is not None and assets is None:
        raise UsageError("--upload is for the bundles of --assets", "give --assets https://… too")
    here = Project(project.resolve()) if project else Project.find()
    chosen = [here.workflow(name) for name in workflows] if workflows else list(here.workflows())
    if not chosen:
        raise UsageError(f"{here.root} has no workflows", "make one: truthkit new NAME")
    built = build(chosen, out_dir, assets=assets, a2i=a2i)
    uploaded = upload_assets(built, out_dir / "assets", upload) if upload is not None else []
    if as_json:
        print_json(
            [
                {
                    "workflow": one.workflow,
                    "file": str(one.file),
                    "characters": one.characters,
                    "bundles": list(one.bundles),
                    "assets": [str(file) for file in one.assets],
                    "a2i": str(one.a2i) if one.a2i else None,
                }
                for one in built
            ]
        )
        return
    for one in built:
        out.print(f"{escape(str(one.file))}: {one.characters:,} of 128,000 characters")
        if one.a2i is not None:
            out.print(escape(f"{one.a2i}: aws sagemaker create-human-task-ui --cli-input-json file://{one.a2i}"))
    for file in dict.fromkeys(file for one in built for file in one.assets):
        out.print(escape(str(file)))
    for uri in uploaded:
        out.print(escape(f"uploaded {uri}"))


@app.command(
    "sam",
    epilog=examples(
        "truthkit sam",
        "truthkit sam --check",
    ),
)
def sam_command(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if template.yaml is stale.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the functions of template.yaml from lambdas/."""
    from truthkit.aws.sam import is_stale, require_layer, update_template
    from truthkit.project import Project

    here = Project(project.resolve()) if project else Project.find()
    if check:
        if is_stale(here):
            raise TruthkitError(
                Finding(
                    "sam-stale",
                    "the functions are not those of lambdas/",
                    "run truthkit sam",
                    file=str(here.root / "template.yaml"),
                )
            )
        written = False
    else:
        written = update_template(here)
    require_layer(here)
    if as_json:
        print_json({"file": str(here.root / "template.yaml"), "written": written})
    else:
        out.print("template.yaml written" if written else "template.yaml is up to date")


@app.command(
    "doctor",
    epilog=examples(
        "truthkit doctor",
        "truthkit doctor --json",
    ),
)
def doctor_command(as_json: JsonOption = False) -> None:
    """Show what was found here, and the cure for what is missing."""
    from truthkit.doctor import checks

    found = checks()
    bad = [check for check in found if check.needed and not check.ok]
    if as_json:
        from dataclasses import asdict

        print_json([asdict(check) for check in found])
    else:
        for check in found:
            mark = (
                "[green]ok[/green]     " if check.ok else "[red]missing[/red]" if check.needed else "[dim]absent[/dim] "
            )
            about = "  ".join(filter(None, (check.version, check.found)))
            out.print(f"{mark}  {escape(check.name)}  {escape(about)}")
            if not check.ok and check.cure:
                only = f" (only for {check.purpose})" if check.purpose and not check.needed else ""
                out.print(f"         cure: {escape(check.cure)}{escape(only)}")
    if bad:
        raise typer.Exit(1)
