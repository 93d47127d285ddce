"""The command that says how far a finished job's workers agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption
from truthkit.cli.terminal import TERMINAL, expect_own, out, print_findings, print_json, progress, relative
from truthkit.findings import UsageError

if TYPE_CHECKING:
    from truthkit.report.agreement import FieldReport

WORKERS = 20
OBJECTS = 10
WIDEST = 100


@app.command(
    "agreement",
    epilog=examples(
        "truthkit agreement jobs/birds",
        "truthkit agreement annotations/worker-response --out agreement.html",
        "truthkit agreement label.csv --gold truth.csv --json",
    ),
)
def agreement_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="JOB_DIR|WORKER_RESPONSES|CSV",
            help="A job's folder (of truthkit run, or fetched from the service), a folder of worker responses, or a "
            "CSV file with the columns item,worker,label.",
        ),
    ],
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="FILE", help="CSV item,truth: workers are measured by it where it knows."),
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", metavar="NAME", help="Only this field of the form (default: all).")
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="The report (default: agreement.html in a job's folder, else here)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how far the workers agree, and how each one works.

    Alpha, kappa and observed agreement with intervals; workers by accuracy, bias, confusion and time; the objects that
    are most disputed. Tables here, plots in a report.
    """
    from truthkit.answers import read_answers, read_gold
    from truthkit.report.agreement import measure, write_page

    with progress("files") as advance:
        answers = read_answers(source, on_progress=lambda done, total: advance(done, total, ""))
    try:
        report = measure(answers, field=field, gold=read_gold(gold) if gold else None)
    except UsageError:
        print_findings(answers.findings)  # perhaps it is because of them
        raise
    file = out_file or default_report(source)
    try:
        expect_own(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_page(report, file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", "give another file: --out FILE") from None
    if as_json:
        print_json({**report.to_json(), "report": str(file)})
        return
    print_findings(report.findings)
    for one in report.fields:
        print_field(one)
    out.print(f"report: {escape(relative(str(file)))}")


def default_report(source: Path) -> Path:
    """In the folder of a job of ``truthkit run``; of anybody else's answers in the current folder."""
    from truthkit.job.spec import JobFolder

    if source.is_dir():
        return source / "agreement.html" if JobFolder(source).spec_file.is_file() else Path("agreement.html")
    return Path(source.with_suffix(".agreement.html").name)


def print_field(field: FieldReport) -> None:
    from truthkit.report.agreement.measure import title
    from truthkit.report.agreement.page import figure

    out.print(
        f"[bold]{escape(field.name)}[/bold]  {field.kind}, {field.answers:,} answers of {len(field.workers):,} workers "
        f"to {field.objects:,} objects"
    )
    rows = [
        [
            title(one),
            figure(one.value),
            "" if one.low is None else f"{figure(one.low)} to {figure(one.high)}",
            one.reason or f"{one.objects:,}",
        ]
        for one in field.coefficients
    ]
    print_table("Agreement", ["figure", "value", "95 % interval", "objects"], rows)
    print_workers(field)
    if field.disputed:
        rows = []
        for one in field.disputed[:OBJECTS]:
            votes = ", ".join(f"{name} {times}" for name, times in one.votes)
            rows.append([one.object_id, f"{one.agreement:.0%}", votes, one.label or "", one.gold or ""])
        name = f"Most disputed of {field.disputed_in_all:,} objects without full agreement"
        print_table(name, ["object", "agreement", "answers", "label", "gold"], rows)
    for note in field.notes:
        out.print(escape(note))


def print_workers(field: FieldReport) -> None:
    from truthkit.report.agreement.page import figure, spams, strongest_bias

    def times(median: float | None) -> str:
        return "" if median is None else f"{median:.1f} s"

    if field.statistics:
        rows = []
        for one in field.statistics[:WORKERS]:
            accuracy = one.accuracy
            interval = "" if accuracy.low is None else f"{accuracy.low:.0%} to {accuracy.high:.0%}"
            rows.append(
                [
                    one.worker,
                    f"{one.answers:,}",
                    "–" if accuracy.value is None else f"{accuracy.value:.0%}",
                    interval,
                    "" if one.gold.value is None else f"{one.gold.value:.0%}",
                    figure(one.spammer_score, 2) + (" !" if spams(one) else ""),
                    strongest_bias(one),
                    f"{len(one.alone):,}",
                    times(one.seconds.median if one.seconds else None),
                ]
            )
        columns = ["worker", "answers", "accuracy", "95 % interval", "gold", "spammer score", "strongest bias", "alone"]
        print_table(_heading(field, "Workers, the least accurate first"), [*columns, "median time"], rows)
    elif field.numbers:
        rows = []
        for number in field.numbers[:WORKERS]:
            figures = [figure(one, 2) for one in (number.bias, number.spread, number.correlation, number.gold_error)]
            median = times(number.seconds.median if number.seconds else None)
            rows.append([number.worker, f"{number.answers:,}", *figures, median])
        columns = ["worker", "answers", "bias", "spread", "correlation", "off gold", "median time"]
        print_table(_heading(field, "Workers, the most biased first"), columns, rows)
    elif field.mates:
        rows = []
        for mate in field.mates[:WORKERS]:
            agreement = "–" if mate.agreement is None else f"{mate.agreement:.0%}"
            median = times(mate.seconds.median if mate.seconds else None)
            rows.append([mate.worker, f"{mate.answers:,}", agreement, median])
        columns = ["worker", "answers", "agreement", "median time"]
        print_table(_heading(field, "Workers, those who agree least with the others first"), columns, rows)


def _heading(field: FieldReport, text: str) -> str:
    return text if len(field.workers) <= WORKERS else f"{text}, {WORKERS} of {len(field.workers):,}"


def _cut(cell: str) -> str:
    """On one line, and no longer than can be read; the report has it whole."""
    line = " ".join(cell.split())
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"


def print_table(name: str, columns: list[str], rows: list[list[str]]) -> None:
    """Empty columns are left out. On a terminal as wide as it is; elsewhere a line a row."""
    if not rows:
        return
    rows = [[_cut(cell) for cell in row] for row in rows]
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    if not TERMINAL:
        out.print(f"{escape(name)}:")
        widths = {at: max(len(row[at]) for row in [columns, *rows]) for at in kept}
        for row in [columns, *rows]:
            out.print(escape("  ".join(row[at].ljust(widths[at]) for at in kept).rstrip()))
        return
    table = Table(title=escape(name), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for at in kept:
        numeric = all(not row[at] or row[at][0] in "0123456789–−+" for row in rows)
        table.add_column(columns[at], justify="right" if numeric and at else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(row[at]) for at in kept))
    out.print(table, soft_wrap=False)
