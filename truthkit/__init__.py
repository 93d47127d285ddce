"""truthkit runs custom labeling workflows of Amazon SageMaker Ground Truth end to end on one machine.

``truthkit.run_job`` and ``truthkit.render`` are the library; ``truthkit`` is the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truthkit.findings import Finding, TruthkitError, UsageError
    from truthkit.rendering import render
    from truthkit.run import RunResult, run_job

__all__ = ["Finding", "RunResult", "TruthkitError", "UsageError", "render", "run_job"]

# No room is called as one of these: importing it would put the module in the name's place.
_ROOMS = {"Finding": "findings", "TruthkitError": "findings", "UsageError": "findings", "render": "rendering"}


def __getattr__(name: str) -> Any:
    # Imported when used: the command's --help must not wait for a browser driver.
    if name not in __all__:
        raise AttributeError(f"module 'truthkit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"truthkit.{_ROOMS.get(name, 'run')}"), name)
