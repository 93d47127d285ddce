"""What the worker's page tells of itself, as findings. It comes from a page of a template: any of it may be made up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from truthkit.findings import Finding
from truthkit.server.preview.bench import View
from truthkit.workforce.places import Places

_LONGEST = 2_000
_OFFLINE = "bring the file along (a kit bundle, or an object by grant_read_access), or give --allow-network"


def finding_of(view: View, told: Mapping[str, Any], *, origin: str, objects_origin: str, source: str) -> Finding | None:
    """The finding that a page's message makes, with the template's line; None for a message of no kind.

    ``origin`` is that of the task pages, ``source`` the template's text.
    """
    places = Places(origin, view.rendered, source.split("\n"))
    url, text = _text(told.get("url")), _text(told.get("message"))
    line = told.get("line")
    at = places.line_at(url, line) if isinstance(line, int) else None
    match told.get("kind"):
        case "error":
            found = Finding("page-script-error", f"a script of the page failed: {text}", line=at)
        case "rejection":
            if at is None and (where := re.search(r"(https?://\S+?):(\d{1,9}):\d+", _text(told.get("stack")))):
                at = places.line_at(where[1], int(where[2]))
            found = Finding("page-script-error", f"a promise of the page was rejected: {text}", line=at)
        case "console":
            message = f"the page wrote to the console: {text[:500]}"
            found = Finding("page-console-error", message, severity="warning", line=at)
        case "refused":
            message = f"the page asked for {url}, which is not on this machine: refused"
            found = Finding("page-network-refused", message, _OFFLINE, line=places.line_of(url) or at)
        case "failed" if url.startswith(f"{objects_origin}/"):
            path = unquote(urlsplit(url).path)
            cure = (
                "is it mapped (--objects s3://BUCKET/PREFIX=DIR), and is the name right?"
                if "X-Amz-Signature" in url
                else "objects are private: write {{ task.input.… | grant_read_access }}"
            )
            message = f"the object s3:/{path} could not be read by the page"
            found = Finding("page-object", message, cure, line=places.line_of(url))
        case "failed":
            message = f"{url} could not be loaded"
            found = Finding("page-request-failed", message, line=places.line_of(url))
        case "unknown-element":
            name = re.sub(r"[^\w-]", "", text)[:100]
            found = Finding(
                "page-unknown-element",
                f"<{name}> is not an element of the crowd script: it stays an empty shell",
                "check the spelling, and that the crowd script is loaded",
                line=places.line_with(f"<{name}"),
            )
        case _:
            return None
    return replace(found, file=view.template, excerpt=places.excerpt(found.line), object_id=str(view.number - 1))


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
