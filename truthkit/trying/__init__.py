"""``truthkit try-lambda``: handlers on the requests that production sends. ``try_handlers`` is the entry."""

from truthkit.trying.trying import CaseResult, TryResult, try_handlers

__all__ = ["CaseResult", "TryResult", "try_handlers"]
