"""Who may ask the servers on this machine: their own pages, and the address bar."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HOSTS = frozenset({"127.0.0.1", "localhost"})


class OwnPagesOnly:
    """Refuses requests under another host's name (DNS rebinding), and those that pages of other origins make.

    A page elsewhere can still lead the browser here, which reads nothing and changes nothing: what changes something is
    a POST, and with it browsers name the origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (reason := _refused(Headers(scope=scope))):
            await PlainTextResponse(reason, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refused(headers: Headers) -> str:
    host, origin = headers.get("host", ""), headers.get("origin")
    if host.partition(":")[0] not in _HOSTS:
        return "this server answers to 127.0.0.1 and localhost only"
    if origin is not None and origin != f"http://{host}":
        return "this server answers its own pages only"
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "navigate")
    if site not in ("none", "same-origin") and mode != "navigate":
        return "this server answers its own pages only"
    return ""
