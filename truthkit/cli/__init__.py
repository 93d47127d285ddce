"""The command line: parses, prints, and gives an exit status: 0 done, 1 the work found faults, 2 wrong use.

A module a group of commands; each adds its own to ``app``.
"""

from __future__ import annotations

import io
import sys
from typing import NoReturn

# isort: off
# In the order in which --help shows them.
import truthkit.cli.new
import truthkit.cli.workflows
import truthkit.cli.check
import truthkit.cli.manifest
import truthkit.cli.jobs
import truthkit.cli.plan
import truthkit.cli.consolidate
import truthkit.cli.agreement
import truthkit.cli.convert
import truthkit.cli.launch
import truthkit.cli.status
import truthkit.cli.try_lambda
import truthkit.cli.servers
import truthkit.cli.project  # noqa: F401

# isort: on
from truthkit.cli.application import app
from truthkit.cli.terminal import print_findings, print_json
from truthkit.findings import Finding, TruthkitError

__all__ = ["app", "main"]


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
