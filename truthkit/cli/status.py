"""The commands that watch labeling jobs on the service, bring their output, and explain what failed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption
from truthkit.cli.terminal import TERMINAL, err, live_console, out, print_findings, print_json, progress, relative
from truthkit.findings import UsageError
from truthkit.wording import counted

if TYPE_CHECKING:
    from truthkit.aws.explaining import Explanation
    from truthkit.aws.status import JobStatus

WATCH_SECONDS = 30.0


@app.command(
    "status",
    epilog=examples(
        "truthkit status",
        "truthkit status text-entities-1f0c2a9b",
        "truthkit status text-entities-1f0c2a9b --watch",
    ),
)
def status_command(
    job: Annotated[str | None, typer.Argument(metavar="JOB", help="A labeling job; none: all of them.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every 30 seconds until the job has ended.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell how labeling jobs on the service are going.

    With --watch the exit status is 1 if the job failed.
    """
    from truthkit.aws.status import job_list, job_status

    if job is None:
        if watch:
            raise UsageError("--watch watches one job", "name it: truthkit status lists them")
        jobs = list(job_list())
        if as_json:
            print_json([one.to_json() for one in jobs])
            return
        for one in jobs:
            out.print(escape(one.line()))
        if not jobs:
            out.print("there are no labeling jobs in this account and region")
        return
    found = job_status(job)
    if watch:
        found = _watched(job, found, quiet=as_json)
    elif not as_json:
        out.print(escape(found.line()))
    print_findings(found.findings)
    if as_json:
        print_json(found.to_json())
    if watch and found.status == "Failed":
        raise typer.Exit(1)


def _watched(job: str, first: JobStatus, *, quiet: bool) -> JobStatus:
    """The job when it has ended; on the way each change is a line, on a terminal one text that changes.

    That AWS slows us down, or cannot be reached for a while, is told and waited for.
    """
    from rich.live import Live
    from rich.text import Text

    found = first
    if TERMINAL and not quiet:
        with Live(Text(first.line()), console=live_console(), auto_refresh=False) as live:
            for found, fault in _looks(job, first):
                live.update(Text("; ".join(filter(None, (found.line(), fault)))), refresh=True)
        return found
    told = complained = ""
    for found, fault in _looks(job, first):
        if found.line() != told and not quiet:
            told = found.line()
            out.print(escape(told))
        if fault and fault != complained:
            err.print(escape(fault))
        complained = fault
    return found


def _looks(job: str, found: JobStatus) -> Iterator[tuple[JobStatus, str]]:
    """The job each time it is looked at, and what kept AWS from telling, until it has ended."""
    from truthkit.aws.status import job_status
    from truthkit.aws_calls import PassingError

    yield found, ""
    while not found.ended:
        time.sleep(WATCH_SECONDS)
        try:
            found = job_status(job)
        except PassingError as error:
            yield found, f"{error.findings[0].message}; it is looked at again"
        else:
            yield found, ""


@app.command(
    "fetch",
    epilog=examples(
        "truthkit fetch text-entities-1f0c2a9b",
        "truthkit fetch text-entities-1f0c2a9b --out jobs/abstracts",
    ),
)
def fetch_command(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A labeling job on the service.")],
    out_path: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to (default: jobs/JOB). Run again it goes on.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace files that were changed here.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the output of a labeling job into a local folder."""
    from truthkit.aws.fetching import fetch

    here = ""

    def on_file(count: int, total: int, path: str) -> None:
        nonlocal here
        here = f"{count:,} of {counted(total, 'file')} {'is' if count == 1 else 'are'} here; "
        advance(count, total, path)

    try:
        with progress("files") as advance:
            done = fetch(job, out_path or Path("jobs") / job, yes=yes, on_file=on_file)
    except KeyboardInterrupt:
        err.print(escape(f"stopped: {here}run it again to go on"))
        raise
    print_findings(done.findings)
    if as_json:
        print_json(done.to_json())
        return
    files = f"{counted(done.new, 'new file')}, {done.grew:,} newer, {done.kept:,} here already"
    out.print(escape(f"{done.name} ({done.status}): {files}"))
    if done.report is not None:
        out.print(escape(f"report: {relative(str(done.report))}"))
    out.print(escape(f"next: truthkit consolidate, agreement, convert or explain with {relative(str(done.out))}"))


@app.command(
    "explain",
    epilog=examples(
        "truthkit explain text-entities-1f0c2a9b",
        "truthkit explain jobs/text-entities-1f0c2a9b",
    ),
)
def explain_command(
    job: Annotated[
        str, typer.Argument(metavar="JOB|DIR", help="A labeling job, or the folder that truthkit fetch made of one.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Tell why objects of a labeling job failed, and what helps.

    Of a job it reads the service's counters, the output, and the functions' logs; of a folder no logs.
    """
    from truthkit.aws.explaining import explain_folder, explain_job

    found = explain_folder(Path(job)) if Path(job).is_dir() else explain_job(job)
    if as_json:
        print_json(found.to_json())
    else:
        _tell(found)
    if any(cause.severity == "error" for cause in found.causes):
        raise typer.Exit(1)


def _tell(found: Explanation) -> None:
    from truthkit.aws.status import ENDED

    out.print(escape(f"{found.name}: {found.status}"))
    keys = {"TotalLabeled": "labeled", "FailedNonRetryableError": "failed", "Unlabeled": "left"}
    counters = ", ".join(f"{found.counters.get(key, 0):,} {what}" for key, what in keys.items())
    if found.status in ENDED or any(found.counters.values()):
        out.print(escape(f"the service counts: {counters}"))
    else:
        out.print("the service has not counted yet")
    out.print(escape("the output has: " + ", ".join(f"{what} {count:,}" for what, count in found.objects.items())))
    if found.failure_reason:
        out.print(escape(f"reason: {found.failure_reason}"))
    if all(cause.severity != "error" for cause in found.causes):
        out.print("nothing failed")
    for cause in found.causes:
        out.print(escape(str(cause)))
