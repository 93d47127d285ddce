"""The command that plans a job: how good its labels would be, and what they would cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from truthkit.cli import options
from truthkit.cli.application import app, examples
from truthkit.cli.terminal import TERMINAL, expect_own, out, print_json, progress
from truthkit.findings import UsageError


@app.command(
    "plan",
    epilog=examples(
        "truthkit plan text-classification",
        "truthkit plan bounding-boxes --crowd poor --workers 1,3,5,9 --price 0.05",
        "truthkit plan named-entities --crowd mine.toml --price 18/h --out plan.html",
    ),
)
def plan_command(
    workflow: options.Workflow = None,
    template: options.TemplateOption = None,
    manifest: options.ManifestOption = None,
    pre_lambda: options.PreOption = None,
    post_lambda: options.PostOption = None,
    objects: options.ObjectsOption = None,
    crowd: options.CrowdOption = None,
    gold: options.GoldOption = None,
    workers: Annotated[
        str, typer.Option("--workers", metavar="N,N,…", help="Workers for each object, 1 to 9.")
    ] = "1,2,3,5,7",
    price: Annotated[
        str | None,
        typer.Option("--price", metavar="USD|USD/h", help="For an answer (0.036), or an hour of work (12/h)."),
    ] = None,
    repetitions: Annotated[int, typer.Option("--repetitions", min=1, help="Teams that are drawn.")] = 20,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Only the first so many lines.")] = 50,
    label_attribute: options.LabelAttributeOption = None,
    labels: options.LabelsOption = None,
    lenient: options.LenientOption = False,
    seed: options.SeedOption = 0,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a page with plots there.")
    ] = None,
    project: options.ProjectOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Tell what labels and cost to expect, by number of workers.

    Simulated workers answer the sample again and again, and the workflow's own handlers consolidate.
    """
    from truthkit.planning import Price, plan
    from truthkit.planning.page import write_page

    if out_file is not None:
        expect_own(out_file)
    try:
        counts = [int(text) for text in workers.split(",") if text.strip()]
    except ValueError:
        raise UsageError(f"--workers {workers} is no list of numbers", "give --workers 1,2,3,5,7") from None
    with progress("repetitions") as advance:
        found = plan(
            workflow,
            template=template,
            manifest=manifest,
            pre_lambda=pre_lambda,
            post_lambda=post_lambda,
            objects=options.parse_objects(objects) or None,
            crowd=crowd or "typical",
            gold=gold,
            workers=counts,
            price=Price.parse(price) if price is not None else None,
            repetitions=repetitions,
            limit=limit,
            label_attribute=label_attribute,
            labels=options.parse_labels(labels),
            lenient=lenient,
            seed=seed,
            project=project,
            on_repetition=lambda done, total: advance(done, total, ""),
        )
    if out_file is not None:
        try:
            out_file.parent.mkdir(parents=True, exist_ok=True)
            write_page(out_file, found)
        except OSError as error:
            raise UsageError(f"{out_file} cannot be written: {error.strerror}", "give --out another file") from None
    if as_json:
        print_json(found.to_json() | ({"out": str(out_file)} if out_file else {}))
    else:
        print_plan(found)
        if out_file is not None:
            out.print(f"page: {escape(str(out_file))}")
    if found.stopped:
        if not as_json:
            out.print("stopped: the plan rests on fewer repetitions")
        raise typer.Exit(130)


def print_plan(found: Any) -> None:
    head = [
        "workers",
        *(f"{name}: {measure}" for name, measure in found.measures.items()),
        "USD",
        "hours",
        "answers",
        "without label",
    ]
    rows = [
        [
            str(row.workers),
            *(f"{one.mean:.1%} ({one.low:.1%}–{one.high:.1%})" for one in row.quality.values()),
            f"{row.cost:,.2f}",
            f"{row.hours:,.1f}",
            f"{row.answers:,.0f}",
            f"{row.unlabeled:.1%}",
        ]
        for row in found.rows
    ]
    about = f"{found.workflow}, crowd {found.crowd}: {found.objects:,} objects, {found.repetitions:,} repetitions; "
    about += "USD, hours and answers for 1,000 objects"
    if TERMINAL:
        from rich.table import Table

        table = Table(title=escape(about), title_justify="left", box=None, padding=(0, 2))
        for name in head:
            table.add_column(escape(name), justify="right")
        for cells in rows:
            table.add_row(*map(escape, cells))
        out.print(table, soft_wrap=False)
    else:
        out.print(escape(about))
        widths = [max(len(cells[column]) for cells in (head, *rows)) for column in range(len(head))]
        for cells in (head, *rows):
            out.print(escape("  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))))
    for one in found.assumptions:
        out.print(f"- {escape(one)}")
