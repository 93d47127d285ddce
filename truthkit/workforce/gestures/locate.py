"""How gestures find what they act on, and what they say when it is not there."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Error as BrowserError

from truthkit.findings import Finding, TruthkitError

PATIENCE_MS = 5_000
"""How long a gesture waits for its element to be there, visible and enabled."""


def failed(message: str, cure: str) -> TruthkitError:
    return TruthkitError(Finding("gesture", message, cure))


def missing(message: str, what: str, there: dict[str, Any]) -> TruthkitError:
    """``there``: what the page has in place of it, names with their values."""
    shown = [f"{name} ({', '.join(values)})" if values and any(values) else name for name, values in there.items()]
    more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
    return failed(message, f"{what}: {', '.join(shown[:20]) or 'none'}{more}")


def unusable(what: str, error: BrowserError) -> TruthkitError:
    return failed(f"{what} can't be used: {said(error)}", "it must be visible, enabled and not covered")


def said(error: BrowserError) -> str:
    """The one line of Playwright's report that says what was in the way."""
    lines = [line.strip(" -\t") for line in error.message.splitlines()]
    telling = [line for line in lines if line.startswith(("element is", "<", "did not find", "element does"))]
    return (telling or lines)[-1 if telling else 0]


def quoted(text: str) -> str:
    """``text`` as a CSS string; JSON escapes the same characters the same way, control characters apart."""
    return json.dumps(text, ensure_ascii=False)


# All elements of the page in document order, those in open shadow roots after their host.
ALL = """
const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? [e, ...all(e.shadowRoot)] : [e]));
const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
"""
