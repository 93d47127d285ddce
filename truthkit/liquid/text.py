"""How values become text: Liquid's printing rules, JSON for objects and lists, and HTML escaping."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from liquid.undefined import Undefined
from markupsafe import Markup

# Ruby's ``escape_once``: an ampersand that already begins an entity stays as it is.
_NOT_YET_ESCAPED = re.compile(r"[\"'<>]|&(?!(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#[xX][0-9a-fA-F]+);)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


class Safe(Markup):
    """Text that is HTML already: auto-escaping leaves it alone, and text joined to it is escaped."""

    __slots__ = ()

    @classmethod
    def escape(cls, s: Any, /) -> Safe:
        return s if isinstance(s, Safe) else Safe(escape(text(s)))

    def unescape(self) -> str:
        return html.unescape(str(self))


def escape(value: str) -> str:
    """``value`` with the five characters escaped as the service writes them (``&quot;`` and ``&#39;``)."""
    return (
        value.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def escape_once(value: str) -> str:
    """``value`` escaped, except for the entities it already has."""
    return _NOT_YET_ESCAPED.sub(lambda match: _ENTITIES[match[0]], value)


def to_json(value: Any) -> str:
    """Compact JSON text of any value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Undefined):
        value.poke()
        return None
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, range):
        return list(value)
    if isinstance(value, Decimal):
        return float(value)
    return str(value) or None  # python-liquid's own nil, empty and blank print as nothing


def text(value: Any) -> str:
    """What ``{{ value }}`` prints, before escaping. A missing variable raises in strict mode."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float, Undefined)):
        return str(value)
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, (list, tuple, Mapping)):
        return to_json(value)
    return str(value)


def as_html(value: Any) -> str:
    """What ``{{ value }}`` writes into the page."""
    if type(value) is str:
        return escape(value)
    return value if isinstance(value, Markup) else escape(text(value))
