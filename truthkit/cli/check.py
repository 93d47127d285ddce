"""``truthkit check``."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, ObjectsOption, ProjectOption, parse_objects
from truthkit.cli.terminal import out, print_findings, print_json, progress
from truthkit.findings import UsageError


class Format(StrEnum):
    """What other programs read."""

    GITHUB = "github"
    SARIF = "sarif"


class Objects(StrEnum):
    """Where objects are looked for."""

    LOCAL = "local"
    AWS = "aws"


@app.command(
    "check",
    epilog=examples(
        "truthkit check",
        "truthkit check text-entities",
        "truthkit check docs/examples/tone",
        "truthkit check t.liquid.html manifest.jsonl pre.py post.py --format github",
        "truthkit check --explain template-boolean-false",
    ),
)
def check_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORKFLOW…|FILES]",
            help="Workflows, files or folders; files that are given together belong together. Default: all workflows.",
        ),
    ] = None,
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="Tell what a rule is about.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="Print findings for GitHub, or as SARIF.")] = None,
    s3: Annotated[Objects, typer.Option("--s3", help="aws: look for objects in AWS too, with your credentials.")] = (
        Objects.LOCAL
    ),
    objects: ObjectsOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong with workflows before a job is paid for.

    The exit status is 1 if there is an error; warnings and remarks leave it at 0.
    """
    from truthkit.lint import check, targets_of

    if as_json and form is not None:
        raise UsageError("--json and --format are two ways to print the same", "give one of them")
    if explain is not None:
        _explain(explain, as_json)
        return
    targets = targets_of(names or (), project=project, objects=parse_objects(objects))
    done = 0
    with progress("checking") as advance:

        def one(name: str) -> None:
            nonlocal done
            done += 1
            advance(done, len(targets), name)

        checked = check(targets, aws=s3 is Objects.AWS, advance=one)
    counts: Counter[str] = Counter(finding.severity for finding in checked.findings)
    if form is not None:
        from truthkit.lint.formats import github, sarif

        root = Path.cwd().resolve()
        if form is Format.GITHUB:
            sys.stdout.write(github(checked.findings, root))
        else:
            print_json(sarif(checked.findings, root))
    elif as_json:
        print_json(
            {
                "ok": not counts["error"],
                "checked": list(checked.targets),
                "files": list(checked.files),
                "errors": counts["error"],
                "warnings": counts["warning"],
                "infos": counts["info"],
                "findings": [finding.to_json() for finding in checked.findings],
            }
        )
    else:
        print_findings(checked.findings)
        found = ", ".join(
            f"{counts[severity]:,} {word if counts[severity] == 1 else word + 's'}"
            for severity, word in (("error", "error"), ("warning", "warning"), ("info", "remark"))
            if counts[severity]
        )
        files = f"{len(checked.files):,} file{'' if len(checked.files) == 1 else 's'}"
        out.print(escape(f"{files}: {found or 'nothing wrong'}"))
    if counts["error"]:
        raise typer.Exit(1)


def _explain(code: str, as_json: bool) -> None:
    """Tell a rule of check, or what a code of another command means."""
    from difflib import get_close_matches

    from truthkit.lint import RULES, explain, other_codes

    others = other_codes()
    if code in RULES:
        rule = RULES[code]
        if as_json:
            print_json({name: getattr(rule, name) for name in rule.__slots__})
        else:
            sys.stdout.write(explain(code) + "\n")
    elif code in others:
        group, what = others[code]
        if as_json:
            print_json({"code": code, "group": group, "what": what})
        else:
            sys.stdout.write(
                f"{code}\n\n{what[:1].upper()}{what[1:]}.\n\nTold by other commands: docs/findings.md, {group}.\n"
            )
    else:
        near = get_close_matches(code, [*RULES, *others], 3, 0.4)
        raise UsageError(f"there is no rule {code!r}", f"did you mean {' or '.join(near) or 'one of docs/check.md'}?")
