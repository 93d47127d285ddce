"""The command line: parses, prints, and gives an exit status: 0 done, 1 the work found faults, 2 wrong use."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from truthkit.findings import Finding, TruthkitError, UsageError

TERMINAL = sys.stdout.isatty()


def console(*, stderr: bool, terminal: bool) -> Console:
    """Not a terminal: no colour, no wrapping, so that grep finds a path on one line. NO_COLOR counts on a terminal."""
    plain = None if terminal else True
    force = None if terminal else False
    return Console(stderr=stderr, highlight=False, soft_wrap=True, no_color=plain, force_terminal=force)


out = console(stderr=False, terminal=TERMINAL)
err = console(stderr=True, terminal=sys.stderr.isatty())


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
    from truthkit.project import Project, kit_root
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
            out_file.parent.mkdir(parents=True, exist_ok=True)
            out_file.write_text(page, "utf-8")
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


@app.command(
    "run",
    epilog=examples(
        "truthkit run text-entities",
        "truthkit run text-entities --limit 2 --workers 5 --out job1",
        "truthkit run --template t.liquid.html --manifest m.jsonl --worker-script worker.py",
        "truthkit run --template t.liquid.html --manifest m.jsonl --worker-script worker.py \\\n"
        "      --pre-lambda pre.py --post-lambda post.py:handler --objects s3://bucket/in=data",
        "truthkit run --template t.liquid.html --manifest m.jsonl --workforce auto",
        "truthkit run --resume job1",
    ),
)
def run_command(
    workflow: Workflow = None,
    template: TemplateOption = None,
    manifest: ManifestOption = None,
    pre_lambda: PreOption = None,
    post_lambda: PostOption = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Workers per data object, 1 to 9.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Only the first so many lines.")] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The job folder, a new one (default: jobs/NAME-TIME).")
    ] = None,
    worker_script: Annotated[
        Path | None,
        typer.Option("--worker-script", metavar="FILE", help="Python with `async def work(page, task, worker)`."),
    ] = None,
    workforce: Annotated[
        str, typer.Option("--workforce", metavar="script|auto", help="auto: any page is filled in with valid values.")
    ] = "script",
    objects: ObjectsOption = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Pages at a time.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="Data objects per consolidation request.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Go on with the job in this folder.")
    ] = None,
    label_attribute: Annotated[
        str | None, typer.Option("--label-attribute", metavar="NAME", help="The label attribute name.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option("--labels", metavar="A,B,C", help="Label categories for the post-annotation handler.")
    ] = None,
    lenient: LenientOption = False,
    skip_bad_lines: Annotated[
        bool, typer.Option("--skip-bad-lines", help="Leave out manifest lines that are wrong, and say which.")
    ] = False,
    allow_network: Annotated[bool, typer.Option("--allow-network", help="Let the pages load from elsewhere.")] = False,
    s3: Annotated[
        str, typer.Option("--s3", metavar="local|aws", help="aws: read objects that exist only in AWS.")
    ] = "local",
    seed: Annotated[int, typer.Option("--seed", help="Seeds the scripted workers' chance.")] = 0,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a labeling job, from manifest to output manifest.

    Pre-annotation, the pages in a browser, the workers' answers, post-annotation.
    """
    from truthkit.job.spec import JobFolder
    from truthkit.run import run_job

    started: list[JobFolder] = []
    try:
        with progress("objects") as advance:
            result = run_job(
                workflow,
                template=template,
                manifest=manifest,
                pre_lambda=pre_lambda,
                post_lambda=post_lambda,
                workers=workers,
                limit=limit,
                out=out_dir,
                worker_script=worker_script,
                workforce=workforce,
                objects=parse_objects(objects) or None,
                concurrency=concurrency,
                batch=batch,
                headed=headed,
                resume=resume,
                label_attribute=label_attribute,
                labels=[name.strip() for name in labels.split(",") if name.strip()] if labels is not None else None,
                lenient=lenient,
                skip_bad_lines=skip_bad_lines,
                allow_network=allow_network,
                s3=s3,
                seed=seed,
                project=project,
                on_start=started.append,
                on_change=lambda counts: advance(
                    counts.objects - counts.open,
                    counts.objects,
                    f"{counts.answers} answers, {counts.labeled} labeled, {counts.failed} failed",
                ),
            )
    except KeyboardInterrupt:
        if started:
            folder = relative(shlex.quote(str(started[0].root)))
            err.print(f"stopped; every answer is kept. Go on with: truthkit run --resume {escape(folder)}")
        raise typer.Exit(130) from None
    if as_json:
        print_json(result.to_json())
    else:
        print_findings(result.findings)
        print_summary(result)
    if not result.ok:
        raise typer.Exit(1)


def print_summary(result: Any) -> None:
    from rich.table import Table

    rows = [
        ("objects", f"{result.objects:,}"),
        ("answers", f"{result.answers:,}"),
        ("labeled", f"{result.labeled:,}"),
        ("failures", f"{result.failed:,}"),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    if result.skipped:
        rows.insert(3, ("not for people", f"{result.skipped:,}"))
    if result.gold_agreement is not None:
        rows.append(("agreement with the gold", f"{result.gold_agreement:.1%}"))
    if result.worker_agreement is not None:
        rows.append(("agreement among workers", f"{result.worker_agreement:.1%}"))
    rows += [("output manifest", relative(str(result.output_manifest))), ("report", relative(str(result.report)))]
    if TERMINAL:
        table = Table(title=f"job {result.job_name}", title_justify="left", show_header=False, box=None, padding=(0, 2))
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(name, escape(value))
        out.print(table, soft_wrap=False)
    else:
        for name, value in rows:
            out.print(f"{name}: {escape(value)}")


@app.command(
    "smoke",
    epilog=examples(
        "truthkit smoke templates",
        "truthkit smoke a.liquid.html b.liquid.html --task-input input.json --out pages",
        "truthkit smoke t.liquid.html --manifest m.jsonl --pre-lambda pre.py",
    ),
)
def smoke_command(
    templates: Annotated[list[Path], typer.Argument(help="Template files, and folders of them.")],
    task_input: Annotated[
        str | None, typer.Option("--task-input", metavar="FILE", help="A JSON file with the task input of all.")
    ] = None,
    manifest: Annotated[
        str | None, typer.Option("--manifest", metavar="FILE", help="Its first line makes the task input of all.")
    ] = None,
    pre_lambda: PreOption = None,
    objects: ObjectsOption = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write a picture and the answer of each there.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seeds the worker's chance.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Try templates: each is filled in with valid values and submitted.

    The worker knows the elements, not the templates. Without a task input it makes one up from what a template reads;
    objects that are not there get a placeholder.
    """
    from truthkit.smoke import TemplateResult, smoke

    done: list[TemplateResult] = []
    stopped = False
    try:
        with progress("templates") as advance:

            def told(result: TemplateResult, total: int) -> None:
                done.append(result)
                advance(len(done), total, f"{sum(not one.ok for one in done)} with faults")

            done = smoke(
                templates,
                task_input=task_input,
                manifest=manifest,
                pre_lambda=pre_lambda,
                objects=parse_objects(objects),
                out=out_dir,
                seed=seed,
                on_result=told,
            )
    except KeyboardInterrupt:
        stopped = True
    if as_json:
        print_json({"templates": [result.to_json() for result in done]})
    else:
        for result in done:
            print_findings(result.findings)
            out.print(
                f"{'[green]ok[/green]   ' if result.ok else '[red]fault[/red]'} {escape(relative(str(result.path)))}"
            )
            if result.answer is not None:
                text = json.dumps(result.answer, ensure_ascii=False)
                out.print(f"      {escape(text if len(text) <= 200 else text[:199] + '…')}")
        good = sum(result.ok for result in done)
        out.print(f"{good:,} of {len(done):,} templates are ok" + (" (stopped)" if stopped else ""))
    if stopped:
        raise typer.Exit(130)
    if not all(result.ok for result in done):
        raise typer.Exit(1)


@app.command(
    "preview",
    epilog=examples(
        "truthkit preview text-entities",
        "truthkit preview --template t.liquid.html --manifest m.jsonl",
    ),
)
def preview_command(
    workflow: Workflow = None,
    template: TemplateOption = None,
    manifest: ManifestOption = None,
    pre_lambda: PreOption = None,
    post_lambda: PostOption = None,
    objects: ObjectsOption = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port (default: a free one).")] = 0,
    lenient: LenientOption = False,
    allow_network: Annotated[bool, typer.Option("--allow-network", help="Let the pages load from elsewhere.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the pages on this machine, to look at and to try.

    One manifest line at a time; after Submit the answer is shown.
    """
    from truthkit.server.preview import run_preview
    from truthkit.source import Source

    source = Source.of(workflow, template, manifest, pre_lambda, post_lambda, parse_objects(objects), project)

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address, "name": source.name})
        else:
            out.print(f"preview of {escape(source.name)}: {address}  (Ctrl-C ends it)")
        sys.stdout.flush()

    run_preview(source, port=port, lenient=lenient, allow_network=allow_network, on_ready=ready)


@app.command(
    "gallery",
    epilog=examples(
        "truthkit gallery",
        "truthkit gallery --port 8080",
    ),
)
def gallery_command(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port (default: a free one).")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Serve a page with every crowd element, to look at and to try.

    Attributes as controls, the answer as it changes, keys, regions, schemas.
    """
    from truthkit.server.gallery import run_gallery

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address})
        else:
            out.print(f"gallery of the crowd elements: {address}  (Ctrl-C ends it)")
        sys.stdout.flush()

    run_gallery(port=port, on_ready=ready)


@app.command(
    "build",
    epilog=examples(
        "truthkit build text-entities --inline",
        "truthkit build --inline --out build",
    ),
)
def build_command(
    workflows: Annotated[list[str] | None, typer.Argument(help="Workflows (default: all of the project).")] = None,
    inline: Annotated[
        bool, typer.Option("--inline", help="Put the bundles into the template: one file to paste.")
    ] = False,
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the built templates go.")] = Path(
        "build"
    ),
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build worker templates into the files for the service."""
    from truthkit.build import build
    from truthkit.project import Project

    if not inline:
        raise UsageError(
            "say how the bundles get into the template", "give --inline: one file to paste into the console"
        )
    here = Project(project.resolve()) if project else Project.find()
    chosen = [here.workflow(name) for name in workflows] if workflows else list(here.workflows())
    if not chosen:
        raise UsageError(f"{here.root} has no workflows", "make one: docs/write-a-workflow.md")
    built = build(chosen, out_dir)
    if as_json:
        print_json(
            [
                {
                    "workflow": one.workflow,
                    "file": str(one.file),
                    "characters": one.characters,
                    "bundles": list(one.bundles),
                }
                for one in built
            ]
        )
        return
    for one in built:
        out.print(f"{escape(str(one.file))}: {one.characters:,} of 128,000 characters")


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
    from truthkit.aws.sam import is_stale, update_template
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


# --- shared ---


def parse_objects(texts: list[str] | None) -> dict[str, Path]:
    """The mappings of ``--objects``. Raises UsageError."""
    if not texts:
        return {}
    from truthkit.objects import parse_mapping

    return dict(parse_mapping(text) for text in texts)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """A progress bar on a terminal, nothing elsewhere; gives ``advance(done, total, note)``."""
    if not sys.stderr.isatty():
        yield lambda done, total, note: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda done, total, note: bar.update(task, completed=done, total=total, note=note)


COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}


def relative(text: str) -> str:
    """``text`` for people: paths below the working directory are relative to it."""
    try:
        here = str(Path.cwd())
    except FileNotFoundError:  # it was removed
        return text
    # A path begins where no other one goes on.
    return text if here == "/" else re.sub(rf"(?<![\w./-]){re.escape(here)}/", "", text)


def print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        color = COLORS[finding.severity]
        err.print(f"[{color}]{finding.severity}[/{color}] {escape(relative(str(finding)))}")


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    """The ``truthkit`` command."""
    from truthkit.project import contract_finding
    from truthkit_core.messages import ContractError

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may be no UTF-8; in JSON it is an escape
    try:
        app()
    except TruthkitError as error:
        fail(error.findings, error.exit_status)
    except ContractError as error:
        fail((contract_finding(error),))
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        fail((Finding("system", error.strerror or str(error), file=error.filename and str(error.filename)),))


def fail(findings: tuple[Finding, ...], status: int = 1) -> NoReturn:
    """Tell what stopped the work, and end."""
    if "--json" in sys.argv:
        print_json({"ok": False, "findings": [finding.to_json() for finding in findings]})
    print_findings(findings)
    sys.exit(status)
