"""truthkit runs custom labeling workflows of Amazon SageMaker Ground Truth end to end on one machine.

``truthkit.run_job`` and ``truthkit.render`` are the library; ``truthkit`` is the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truthkit.findings import Finding, TruthkitError, UsageError
    from truthkit.render import render
    from truthkit.run import RunResult, run_job

__all__ = ["Finding", "RunResult", "TruthkitError", "UsageError", "render", "run_job"]

_ROOMS = {"Finding": "findings", "TruthkitError": "findings", "UsageError": "findings", "render": "render"}


def __getattr__(name: str) -> Any:
    # Imported when used: the command's --help must not wait for a browser driver.
    if name not in __all__:
        raise AttributeError(f"module 'truthkit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"truthkit.{_ROOMS.get(name, 'run')}"), name)
