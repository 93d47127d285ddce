"""Commands in which workers answer."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from truthkit.cli import options
from truthkit.cli.application import app, examples
from truthkit.cli.terminal import TERMINAL, err, out, print_findings, print_json, progress, relative


@app.command(
    "run",
    epilog=examples(
        "truthkit run text-entities",
        "truthkit run text-entities --limit 2 --workers 5 --out job1",
        "truthkit run --template t.liquid.html --manifest m.jsonl --worker-script worker.py",
        "truthkit run --template t.liquid.html --manifest m.jsonl --worker-script worker.py \\\n"
        "      --pre-lambda pre.py --post-lambda post.py:handler --objects s3://bucket/in=data",
        "truthkit run --template t.liquid.html --manifest m.jsonl --workforce auto",
        "truthkit run text-classification --workforce simulated --crowd poor --workers 5",
        "truthkit run image-classification --manifest m.jsonl --workforce simulated --gold gold.jsonl",
        "truthkit run --resume job1",
    ),
)
def run_command(
    workflow: options.Workflow = None,
    template: options.TemplateOption = None,
    manifest: options.ManifestOption = None,
    pre_lambda: options.PreOption = None,
    post_lambda: options.PostOption = None,
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
        str,
        typer.Option(
            "--workforce",
            metavar="script|auto|simulated",
            help="auto: any page is filled in with valid values. simulated: answers are made from gold.",
        ),
    ] = "script",
    crowd: options.CrowdOption = None,
    gold: options.GoldOption = None,
    objects: options.ObjectsOption = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Pages at a time.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="Data objects per consolidation request.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Go on with the job in this folder.")
    ] = None,
    label_attribute: options.LabelAttributeOption = None,
    labels: options.LabelsOption = None,
    lenient: options.LenientOption = False,
    skip_bad_lines: Annotated[
        bool, typer.Option("--skip-bad-lines", help="Leave out manifest lines that are wrong, and say which.")
    ] = False,
    allow_network: options.AllowNetworkOption = False,
    s3: Annotated[
        str, typer.Option("--s3", metavar="local|aws", help="aws: read objects that exist only in AWS.")
    ] = "local",
    seed: options.SeedOption = 0,
    project: options.ProjectOption = None,
    as_json: options.JsonOption = False,
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
                crowd=crowd,
                gold=gold,
                objects=options.parse_objects(objects) or None,
                concurrency=concurrency,
                batch=batch,
                headed=headed,
                resume=resume,
                label_attribute=label_attribute,
                labels=options.parse_labels(labels),
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
    pre_lambda: options.PreOption = None,
    objects: options.ObjectsOption = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write a picture and the answer of each there.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seeds the worker's chance.")] = 0,
    as_json: options.JsonOption = False,
) -> None:
    """Try templates: a page of each is filled in and submitted.

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
                objects=options.parse_objects(objects),
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
