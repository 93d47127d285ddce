"""Commands that show workflows and their pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import (
    JsonOption,
    LenientOption,
    ManifestOption,
    ObjectsOption,
    PreOption,
    ProjectOption,
    TemplateOption,
    Workflow,
    parse_objects,
)
from truthkit.cli.terminal import out, print_findings, print_json, progress
from truthkit.findings import Finding, UsageError


@app.command(
    "list",
    epilog=examples(
        "truthkit list",
        "truthkit list --json",
    ),
)
def list_workflows(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the workflows and whether each is complete.

    A workflow is shown once its template exists. In another project, the kit's own come after its workflows.
    """
    from truthkit.project import Project, check_strategy, kit_root
    from truthkit_core.messages import ContractError

    here = Project(project.resolve()) if project else Project.find()
    rows: list[dict[str, Any]] = []
    for root in dict.fromkeys((here.root, kit_root())):
        for workflow in Project(root).workflows():
            if any(row["name"] == workflow.name for row in rows):
                continue
            missing = workflow.missing()
            title, fault = "", ""
            if workflow.config_file.is_file():
                try:
                    title = workflow.config().title
                    check_strategy(workflow.handler("post_annotation"))
                except ContractError as error:
                    fault = str(error)
            rows.append(
                {
                    "name": workflow.name,
                    "title": title,
                    "complete": not missing and not fault,
                    "missing": missing,
                    "fault": fault,
                    "project": str(root),
                }
            )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        lacks = f"lacks {', '.join(row['missing'])}" if row["missing"] else row["fault"] or "complete"
        whose = "" if row["project"] == str(here.root) else "  (the kit's)"
        out.print(f"[bold]{escape(row['name'])}[/bold]  {escape(row['title'])}  ({escape(lacks)}){whose}")
    if not rows:
        out.print("no workflows here")


@app.command(
    "render",
    epilog=examples(
        "truthkit render text-entities --line 3 --out page.html",
        "truthkit render --template t.liquid.html --task-input input.json",
        "truthkit render text-entities --all",
    ),
)
def render_command(
    workflow: Workflow = None,
    template: TemplateOption = None,
    task_input: Annotated[
        str | None, typer.Option("--task-input", metavar="FILE", help="A JSON file with the task input.")
    ] = None,
    manifest: ManifestOption = None,
    pre_lambda: PreOption = None,
    line: Annotated[int, typer.Option("--line", min=1, help="The manifest line, from 1.")] = 1,
    every: Annotated[bool, typer.Option("--all", help="Render every line and report only faults.")] = False,
    out_file: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the page there.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is at --out.")] = False,
    objects: ObjectsOption = None,
    lenient: LenientOption = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Render the page of one manifest line, as the service does."""
    from truthkit.rendering import render
    from truthkit.source import Source

    mappings = parse_objects(objects)
    if every:
        if task_input is not None or out_file is not None:
            raise UsageError("--all goes with neither --task-input nor --out", "it reports faults, not pages")
        source = Source.of(workflow, template, manifest, pre_lambda, None, mappings, project)
        render_all(source, lenient=lenient, as_json=as_json)
        return
    page = render(
        workflow,
        template=template,
        task_input=task_input,
        manifest=manifest,
        line=line,
        pre_lambda=pre_lambda,
        objects=mappings,
        lenient=lenient,
        project=project,
    )
    if out_file is not None:
        try:
            write_page(out_file, page, overwrite=yes)
        except OSError as error:
            raise UsageError(f"{out_file} cannot be written: {error.strerror}", "give --out another file") from None
        if as_json:
            print_json({"out": str(out_file), "characters": len(page)})
        else:
            out.print(f"{escape(str(out_file))}: {len(page):,} characters")
    elif as_json:
        print_json({"page": page})
    else:
        sys.stdout.write(page)


def write_page(file: Path, page: str, *, overwrite: bool) -> None:
    """Write a page whole or not at all. Raises UsageError where something else would be lost; OSError.

    A page is as the service would show it, without a mark of the kit: only the same page again is known to be its own.
    """
    from truthkit.consolidating.output import write_text

    if file.exists() and not file.is_file():  # a device, a pipe; a folder cannot be opened
        file.write_text(page, "utf-8")
        return
    there = file.read_bytes() if file.exists() else b""
    if there and there != page.encode("utf-8", "backslashreplace") and not overwrite:
        raise UsageError(f"{file} exists", "give another --out, or --yes to replace it")
    write_text(file.resolve(), page)


def render_all(source: Any, *, lenient: bool, as_json: bool) -> None:
    """Render every manifest line, print what is wrong, raise Exit(1) if anything is."""
    from truthkit.rendering import render_lines

    lines = faulty = skipped = 0
    findings: list[Finding] = []
    with progress("rendering") as advance:
        for rendered in render_lines(source, lenient=lenient):
            lines += 1
            advance(lines, None, f"{faulty} faulty")
            # Bounded: a fault of the template is on every line.
            findings.extend(rendered.findings if len(findings) < 1_000 else ())
            if rendered.errors:
                faulty += 1
            elif rendered.html is None:
                skipped += 1
    if as_json:
        print_json(
            {
                "lines": lines,
                "faulty": faulty,
                "skipped": skipped,
                "findings": [finding.to_json() for finding in findings],
            }
        )
    else:
        print_findings(findings)
        out.print(f"{lines:,} lines, {faulty:,} with faults" + (f", {skipped:,} not for people" if skipped else ""))
    if faulty:
        raise typer.Exit(1)
