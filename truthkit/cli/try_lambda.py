"""The command that tries handlers on what production sends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, ProjectOption
from truthkit.cli.terminal import TERMINAL, out, print_findings, print_json, progress, relative
from truthkit.findings import Finding

if TYPE_CHECKING:
    from truthkit.trying import CaseResult
    from truthkit.trying.targets import Target

COLORS = {"right": "green", "dropped": "yellow", "wrong shape": "red", "crashed": "red", "skipped": "dim"}


@app.command(
    "try-lambda",
    epilog=examples(
        "truthkit try-lambda text-entities",
        "truthkit try-lambda functions/post.py --template page.liquid.html",
        "truthkit try-lambda functions/post.py:handler --from jobs/birds --case expired",
        "truthkit try-lambda text-entities --runtime lambda --artefact .aws-sam/build",
    ),
)
def try_lambda_command(
    handlers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="HANDLER|WORKFLOW...",
            help="Python files (FILE or FILE:function), or workflows, of which both handlers are tried.",
            show_default=False,
        ),
    ] = None,
    job: Annotated[
        Path | None,
        typer.Option("--from", metavar="JOB_DIR", help="Answers recorded in a job's folder (and its handlers)."),
    ] = None,
    workflow: Annotated[
        str | None, typer.Option("--workflow", metavar="NAME", help="Answers from the samples of this workflow.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Answers made from the elements of this template."),
    ] = None,
    kind: Annotated[
        Literal["pre", "post"] | None,
        typer.Option("--kind", help="Which handler it is, where name and text do not tell; of a workflow only that."),
    ] = None,
    cases: Annotated[
        list[str] | None, typer.Option("--case", metavar="NAME", help="Only this case (repeatable).")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", help="For a call (the workflow's; else 30 and 300).")
    ] = None,
    runtime: Annotated[
        Literal["local", "lambda"],
        typer.Option("--runtime", help="lambda: what is deployed, under AWS's runtime interface client."),
    ] = "local",
    artefact: Annotated[
        Path | None,
        typer.Option("--artefact", metavar="DIR", help="The folder of sam build, or a code root."),
    ] = None,
    layer: Annotated[
        Path | None,
        typer.Option("--layer", metavar="DIR", help="A layer's folder, with python/ in it."),
    ] = None,
    memory: Annotated[
        int | None, typer.Option("--memory", metavar="MB", help="The function's memory (template.yaml's; else 512).")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try Lambda handlers on the requests that production sends.

    Each case ends as right, dropped (an object), wrong shape or crashed; and what the output manifest would have lost.
    """
    from truthkit.trying import try_handlers

    told = _Told(as_json)
    try:
        with progress("cases") as advance:

            def on_case(target: Target, result: CaseResult) -> None:
                told.add(target, result)
                advance(len(told.all), None, result.case)

            results = try_handlers(
                handlers or (),
                job=job,
                workflow=workflow,
                template=template,
                kind=kind,
                cases=cases or (),
                timeout=timeout,
                runtime=runtime,
                artefact=artefact,
                layer=layer,
                memory=memory,
                project=project,
                on_case=on_case,
            )
    except KeyboardInterrupt:
        told.flush()
        if as_json:
            print_json({"ok": False, "stopped": True, "cases": [case.to_json() for _, case in told.all]})
        raise typer.Exit(130) from None
    told.flush()
    ok = all(result.ok for result in results)
    if as_json:
        print_json({"ok": ok, "handlers": [result.to_json() for result in results]})
    else:
        for origin in dict.fromkeys(result.origin for result in results):
            out.print(escape(relative(f"answers: {origin}")))
        bad = sum(not case.ok for _, case in told.all)
        out.print(f"{len(told.all):,} cases, {bad:,} not right" if bad else f"{len(told.all):,} cases, all right")
    if not ok:
        raise typer.Exit(1)


class _Told:
    """Prints a handler's cases: a line each as they come; on a terminal, a table of them all."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent
        self.all: list[tuple[Target, CaseResult]] = []
        self._shown = 0

    def add(self, target: Target, result: CaseResult) -> None:
        if self.all and self.all[-1][0] is not target:
            self.flush()
        self.all.append((target, result))

    def flush(self) -> None:
        """Show the handler whose cases have come."""
        new, self._shown = self.all[self._shown :], len(self.all)
        if self.silent or not new:
            return
        [target] = {id(target): target for target, _ in new}.values()
        out.print(f"[bold]{escape(relative(str(target.ref)))}[/bold]  ({target.kind}-annotation)")
        rows = [_row(result) for _, result in new]
        if TERMINAL:
            table = Table(box=None, padding=(0, 2), show_header=False)
            for row in rows:
                table.add_row(f"  {row[0]}", f"[{COLORS[row[1]]}]{row[1]}", row[2], escape(row[3]))
            out.print(table, soft_wrap=False)
        else:
            wide = max(len(row[0]) for row in rows)
            for row in rows:
                out.print(escape(f"  {row[0]:<{wide}}  {row[1]:<11}  {row[2]:>7}  {row[3]}".rstrip()))
        print_findings(_by_case([result for _, result in new]))
        for output in dict.fromkeys(result.output for _, result in new if result.output):
            out.print("  it printed:")
            out.print(escape("\n".join(f"  | {line}" for line in output.splitlines())))


def _row(result: CaseResult) -> tuple[str, str, str, str]:
    memory = f"{result.peak_mb:,.0f} MB  " if result.peak_mb is not None else ""
    return result.case, result.verdict, f"{result.seconds:.2f} s", memory + result.told()


def _by_case(results: list[CaseResult]) -> list[Finding]:
    """Each finding once, with the cases that it came in."""
    cases: dict[Any, list[str]] = {}
    first: dict[Any, Finding] = {}
    for result in results:
        for finding in result.findings:
            same = (finding.code, finding.file, finding.line, finding.cure, finding.message)
            first.setdefault(same, finding)
            cases.setdefault(same, []).append(result.case)
    made = []
    for same, finding in first.items():
        message = f"{', '.join(dict.fromkeys(cases[same]))}: {finding.message}"
        made.append(
            Finding(
                finding.code,
                message,
                finding.cure,
                finding.severity,
                finding.file,
                finding.line,
                finding.column,
                finding.excerpt,
            )
        )
    return made
