"""The command that makes labels of a finished job's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from typer.core import TyperCommand

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption
from truthkit.cli.terminal import TERMINAL, err, expect_own, out, print_findings, print_json, progress, relative
from truthkit.findings import Finding, UsageError

if TYPE_CHECKING:
    from truthkit.answers import Answers
    from truthkit.consolidating import Consolidation

LOCAL = "local"
_ADDRESS = re.compile(r"[a-z]+://\S+|[\w.-]+:\d+")
# Endings whose programs could not read JSON lines.
_NOT_WRITTEN = frozenset((".csv", ".tsv", ".tab", ".xls", ".xlsx", ".ods", ".parquet", ".pdf"))
# Objects that are told one by one on the terminal.
_MOST_TOLD = 20


class ConsolidateCommand(TyperCommand):
    """``--dask`` may stand without an address."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = list(args)
        for at, argument in enumerate(args):
            if argument == "--dask" and not (at + 1 < len(args) and _ADDRESS.fullmatch(args[at + 1])):
                given[at] = f"--dask={LOCAL}"
        return super().parse_args(ctx, given)


SourceArgument = Annotated[
    Path,
    typer.Argument(
        metavar="JOB_DIR|WORKER_RESPONSES|CSV",
        help="A job's folder (of truthkit run, or fetched from the service), a folder of worker responses, or a CSV "
        "file with the columns item,worker,label.",
    ),
]
FieldOption = Annotated[
    str | None, typer.Option("--field", metavar="NAME", help="The form's field (default: the workflow's, or the only).")
]


@app.command(
    "consolidate",
    cls=ConsolidateCommand,
    epilog=examples(
        "truthkit consolidate jobs/birds",
        "truthkit consolidate annotations/worker-response --method vote --out labels.jsonl",
        "truthkit consolidate label.csv --gold truth.csv --compare",
        "truthkit consolidate label.csv --gold truth.csv --out report.html",
        "truthkit consolidate partitions --dask tcp://scheduler:8786 --out labels.jsonl",
    ),
)
def consolidate_command(
    source: SourceArgument,
    method: Annotated[
        str | None, typer.Option("--method", metavar="NAME", help="The method (default: the best for the kind).")
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold", metavar="FILE", help="CSV item,truth: classes or numbers are measured by it, not helped."
        ),
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the labels there as JSON lines; .html: a report with plots."),
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Every method that fits, side by side.")] = False,
    field: FieldOption = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            metavar="[ADDRESS]",
            help="Run the default model for classes on Dask: here, or on the cluster at ADDRESS; "
            "then also a folder of partitions.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make one label an object of all workers' answers.

    Fields and kinds are found from the answers. --json: accuracy and calibration error are 0 to 1, null without gold;
    a tie of k classes counts 1/k.
    """
    from truthkit.answers import read_answers, read_gold, source_texts
    from truthkit.consolidating import consolidate

    if out_file is not None and out_file.is_dir():
        raise UsageError(f"{out_file} is a folder", "give --out a file")
    if out_file is not None and out_file.suffix.lower() in _NOT_WRITTEN:
        cure = f"give --out {out_file.with_suffix('.jsonl')}, or a file that ends in .html for the report"
        raise UsageError(f"labels are not written as {out_file.suffix}, but as JSON lines", cure)
    if out_file is not None:
        expect_own(out_file)
    known = None if gold is None else read_gold(gold)
    report = out_file is not None and out_file.suffix.lower() in (".html", ".htm")
    if dask is not None:
        if method is not None or compare or report:
            raise UsageError("--dask runs the default model alone", "leave out --method, --compare and a report")
        on_dask(source, dask, known, out_file, field, as_json=as_json)
        return
    with progress("files") as advance:
        answers = read_answers(source, field=field, on_progress=lambda done, total: advance(done, total, ""))
    print_findings(answers.findings)
    chosen = answers.field(field)
    with progress("methods") as advance:
        found = consolidate(
            chosen,
            method=method,
            every=(method is None and (compare or as_json)) or compare or report,
            gold=known,
            labels=answers.labels,
            settings=answers.settings,
            texts=source_texts(source) if chosen.kind == "spans" else None,
            on_method=lambda name, done, total: advance(done, total, name),
        )
    if known is not None:
        print_findings(gold_findings(known, answers, found))
    written = write(found, answers, chosen.name, known, out_file, report=report)
    if as_json:
        print_json(found.to_json())
    else:
        print_consolidation(found, answers, chosen.name, known)
        if compare:
            print_differences(found)
        if written:
            out.print(escape(written))
        elif out_file is None:
            out.print("the labels themselves: --out labels.jsonl")
    if found.runs[found.chosen].result is None:
        raise typer.Exit(1)


def gold_findings(gold: Mapping[str, str], answers: Answers, found: Consolidation) -> Iterator[Finding]:
    """What of the gold measures nothing."""
    from truthkit.consolidating.methods import MEASURED

    strange = sorted(set(gold) - set(answers.objects))
    if strange:
        message = f"{len(strange):,} of {len(gold):,} objects of the gold have no answers ({strange[0]!r} …)"
        yield Finding("gold-unknown", message, "its items are the ids of the objects", severity="warning")
    if found.kind not in MEASURED:
        message = f"gold measures no labels of the kind {found.kind}: nothing here says which are right"
        yield Finding("gold-kind", message, "give gold for classes and numbers only", severity="warning")
    if found.classes is not None and gold and not set(gold.values()) & set(found.classes.classes):
        here, there = next(iter(gold.values())), next(iter(found.classes.classes), "")
        message = f"no truth of the gold is one of the classes ({here!r} there, {there!r} in the answers)"
        yield Finding("gold-unknown", message, "write the classes as the answers have them", severity="warning")


def write(
    found: Consolidation,
    answers: Answers,
    field: str,
    gold: Mapping[str, str] | None,
    file: Path | None,
    *,
    report: bool,
) -> str:
    """Write labels or report; what to tell of it."""
    from truthkit.consolidating import write_labels

    run = found.runs[found.chosen]
    if file is None or (run.result is None and not report):
        return ""
    try:
        if report:
            from truthkit.consolidating.report import write_report

            write_report(file, found, source=answers.source.name, field=field, gold=gold)
            return f"{relative(str(file))}: the report"
        count = write_labels(file, run)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", "give --out another file") from None
    return f"{relative(str(file))}: {count:,} labels by {found.chosen}"


def print_consolidation(found: Consolidation, answers: Answers, field: str, gold: Mapping[str, str] | None) -> None:
    """What was read, and a line a method."""
    one = answers.fields[field]
    others = [f"{name} ({other.kind})" for name, other in answers.fields.items() if name != field]
    facts = [
        ("field", f"{field} ({found.kind})"),
        *([("other fields", ", ".join(others))] if others else []),
        ("objects", f"{len(answers.objects):,}"),
        ("answers", f"{len(one):,}"),
        ("workers", f"{len(one.workers):,}"),
    ]
    if found.classes is not None:
        facts.append(("classes", f"{len(found.classes.classes):,}"))
        if found.classes.unknown:
            facts.append(("answers that are no class", f"{len(found.classes.unknown):,}"))
    if gold is not None:
        facts.append(("objects with gold", f"{sum(name in gold for name in answers.objects):,}"))
    for name, value in facts:
        out.print(f"{name}: {escape(value)}")
    measures = list(dict.fromkeys(key for run in found.runs.values() for key in run.measures if key != "gold"))
    rows = []
    for name, run in found.runs.items():
        told = [_measure(key, run.measures.get(key)) for key in measures]
        rows.append([name + (" *" if name == found.chosen else ""), *told, f"{run.seconds:.2f}", run.problem])
    heads = ["method", *(key.replace("_", " ") for key in measures), "seconds"]
    troubled = any(run.problem for run in found.runs.values())
    print_table([*heads, "problem"] if troubled else heads, rows if troubled else [row[:-1] for row in rows])


def _measure(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if key in ("accuracy", "calibration_error") else f"{value:.3f}"


def print_table(heads: list[str], rows: list[list[str]]) -> None:
    """A table; on a terminal it keeps to its width, elsewhere a row is a line."""
    if not TERMINAL:
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        for row in [heads, *rows]:
            cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            cells[0] = row[0].ljust(widths[0])
            out.print(escape("  ".join(cells).rstrip()))
        return
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table, soft_wrap=False)


def print_differences(found: Consolidation) -> None:
    """The objects to which the methods give different labels."""
    from truthkit.consolidating.scores import differing

    runs = {name: run for name, run in found.runs.items() if run.result is not None}
    if found.classes is None or len(runs) < 2:
        return
    results = [run.result for run in runs.values()]
    items = differing(results)
    out.print(f"labels that differ: {len(items):,} of {len(found.classes.items):,}")
    names = [*found.classes.classes, "-"]
    rows = [[found.classes.items[at], *(names[result.label[at]] for result in results)] for at in items[:_MOST_TOLD]]
    if rows:
        print_table(["object", *runs], rows)
    if len(items) > _MOST_TOLD:
        out.print(f"and {len(items) - _MOST_TOLD:,} more: --out report.html, or --out FILE by each --method")


def on_dask(
    source: Path,
    address: str,
    gold: Mapping[str, str] | None,
    out_file: Path | None,
    field: str | None,
    *,
    as_json: bool,
) -> None:
    """The default class model on a cluster."""
    from truthkit.answers import FieldAnswers, read_answers
    from truthkit.consolidating.methods import labels_of
    from truthkit.consolidating.scale import class_field, open_client, partitions_of, run_on_dask

    given: list[Path] | FieldAnswers = partitions_of(source)
    classes = None
    if not given:
        with progress("files") as advance:
            answers = read_answers(source, field=field, on_progress=lambda done, total: advance(done, total, ""))
        print_findings(answers.findings)
        given = class_field(answers, field)
        classes = labels_of(given, answers.labels)
    try:
        with progress("Dask", left=True) as advance:
            advance(0, None, "starting")
            with open_client(None if address == LOCAL else address) as client:
                done = run_on_dask(
                    client,
                    given,
                    classes=classes,
                    gold=gold,
                    out=out_file,
                    on_progress=lambda what, number, total: advance(number, total, what),
                )
    except KeyboardInterrupt:
        err.print("stopped; nothing was written")
        raise typer.Exit(130) from None
    print_findings(done.findings)
    if as_json:
        print_json(done.to_json())
        return
    facts = [
        ("objects", f"{done.objects:,}"),
        ("answers", f"{done.answers:,}"),
        ("workers", f"{done.workers:,}"),
        ("classes", f"{len(done.classes):,}"),
        ("batches", f"{done.batches:,}"),
        ("seconds", f"{done.seconds:.1f}"),
    ]
    if done.accuracy is not None and done.calibration_error is not None:
        facts += [("accuracy", f"{done.accuracy:.1%}"), ("calibration error", f"{done.calibration_error:.1%}")]
    for name, value in facts:
        out.print(f"{name}: {value}")
    if out_file is not None:
        out.print(escape(f"{relative(str(out_file))}: {done.objects:,} labels"))
