"""The one server of task pages: preview, headless runs and a portal show the same bytes.

A rendered template becomes a page by three changes, none of which moves a line: the crowd script, its stylesheet and
the kit's bundles come from here, and a ``meta`` tag tells ``crowd-form`` where to send the answer. A content security
policy keeps the page to its own origin and the objects' origin, so that "offline" is enforced by the browser itself.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from truthkit.findings import Finding, SubmissionError, TruthkitError, UsageError
from truthkit.project import bundles_dir
from truthkit.script_tags import address_of, bundle_name, head_start, tags

CROWD_SCRIPT = "crowd-html-elements.js"
MAX_ANSWER_BYTES = 50_000_000

_CROWD = re.compile(r"(?:^|/)crowd-html-elements(?:-v2)?\.js(?:[?#]|$)")
_CROWD_STYLE = re.compile(r"(?:^|/)crowd-html-elements(?:-v2)?\.css(?:[?#]|$)")
_ADDRESSES = {"script": "src", "link": "href"}


def require_bundles(template: Path) -> None:
    """Raise TruthkitError if the front end is not built."""
    if not (bundles_dir() / CROWD_SCRIPT).is_file():
        raise TruthkitError(
            Finding(
                "no-bundles",
                f"the front end is not built: {bundles_dir() / CROWD_SCRIPT} is missing",
                "run make build (needs Node 20 or newer)",
            )
        )


class Desk(Protocol):
    """Who hands out task pages and takes answers: a job, or a preview."""

    async def page(self, token: str) -> str | None:
        """The rendered template of the assignment ``token``; None if there is none."""

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        """Keep the answer. Returning is the promise that it is stored. Raises SubmissionError."""


def task_page(rendered: str, answer_url: str, head: str = "") -> str:
    """The page with its scripts pointed at the local bundles and its answer at ``answer_url``.

    Args:
        rendered: what Liquid gave, a fragment or a whole document.
        answer_url: where ``crowd-form`` posts the answer, on the page's own origin.
        head: more for the page's head, without a line's end, before all that is its own.
    """
    meta = f'<meta charset="utf-8"><meta name="truthkit-answer" content="{html.escape(answer_url)}">{head}'
    done = head_start(rendered)
    # A fragment gets standards mode, as authors expect of a page.
    parts = ["<!doctype html>", meta] if done is None else [rendered[:done], meta]
    done = done or 0
    for tag in tags(rendered):
        address = tag.get(_ADDRESSES.get(tag.name, ""))
        target = _local(address_of(rendered, address)) if address else None
        if address is None or target is None:
            continue
        for attribute in tag.attributes:
            if attribute is address:
                lead = rendered[done : attribute.value.start].rstrip("\"'")
                parts += [lead, f'"{target}"', "\n" * rendered[attribute.value].count("\n")]
                done = attribute.span.stop
            elif attribute.name in ("integrity", "crossorigin"):
                # The file is another one, and from here. Line ends stay: lines are counted in findings.
                lines = rendered[attribute.span].count("\n")
                parts += [rendered[done : attribute.span.start].rstrip(" \t"), "\n" * lines]
                done = attribute.span.stop
    return "".join((*parts, rendered[done:]))


def loads_crowd_script(page: str) -> bool:
    """Whether a page loads the crowd script, by a tag or by a script that names its address."""
    return any(
        _CROWD.search(address_of(page, address))
        for tag in tags(page)
        if tag.name == "script" and (address := tag.get("src"))
    ) or bool(re.search(r"/crowd-html-elements(?:-v2)?\.js\b", page))


def _local(address: str) -> str | None:
    """The address here of the crowd script, its stylesheet or a bundle of the kit; None for others."""
    if _CROWD.search(address):
        return f"/bundles/{CROWD_SCRIPT}"
    if _CROWD_STYLE.search(address):
        return "/bundles/crowd-html-elements.css"
    name = bundle_name(address)
    return f"/bundles/{name}.js" if name else None


def content_security_policy(
    objects_origin: str | None, *, frame_ancestors: str = "'none'", media_from: str = ""
) -> str:
    """The page may reach its own origin and the objects' origin, nothing else: no other host, no other port.

    The sandbox keeps it from opening windows. That it goes elsewhere itself no policy can forbid. ``media_from``: where
    pictures, sounds and films may come from beyond that; what scripts send and fetch stays here in any case.
    """
    sources = " ".join(filter(None, ["'self'", "data:", "blob:", objects_origin]))
    media = "".join(f"{kind}-src {sources} {media_from}; " for kind in ("img", "media")) if media_from else ""
    return (
        f"default-src {sources} 'unsafe-inline' 'unsafe-eval'; {media}form-action 'self'; base-uri 'self'; "
        f"frame-ancestors {frame_ancestors}; "
        "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"
    )


def same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from a page of this very server."""
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host')}"


async def read_answer(request: Request) -> dict[str, Any]:
    """The one answer object of a submission ``[answer]``. Raises SubmissionError."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise SubmissionError(413, f"the answer is larger than {MAX_ANSWER_BYTES:,} bytes")
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except ValueError as error:
        raise SubmissionError(400, f"the answer is not JSON: {error}") from None
    if not (isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)):
        raise SubmissionError(400, "the answer is not an array of one object")
    return value[0]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def task_app(
    desk: Desk,
    *,
    bundles: Path,
    policy: Callable[[], str | None],
    extra_routes: tuple[Route, ...] = (),
    head: Callable[[str], str] = lambda _: "",
    bundles_change: bool = False,
) -> Starlette:
    """The application that serves task pages at ``/tasks/TOKEN`` and takes answers at ``/tasks/TOKEN/answer``.

    Args:
        desk: hands out pages and takes answers.
        bundles: the folder of the built front end.
        policy: gives the content security policy of a page, None for none (``--allow-network``).
        head: more for the head of the page of a token.
        bundles_change: bundles are written anew while they are served, so that browsers must ask each time.
    """

    async def page(request: Request) -> Response:
        token = request.path_params["token"]
        rendered = await desk.page(token)
        if rendered is None:
            return HTMLResponse("<!doctype html><title>No such task</title><p>There is no such task.", 404)
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
        if value := policy():
            headers["Content-Security-Policy"] = value
        return HTMLResponse(task_page(rendered, f"/tasks/{token}/answer", head(token)), headers=headers)

    async def answer(request: Request) -> Response:
        if not same_origin(request):
            return JSONResponse({"error": "this answer comes from another origin"}, 403)
        try:
            await desk.submit(request.path_params["token"], await read_answer(request))
        except SubmissionError as error:
            return JSONResponse({"error": str(error)}, error.status)
        return JSONResponse({"stored": True})

    async def bundle(request: Request) -> Response:
        name = request.path_params["name"]
        headers = {"Cache-Control": "no-cache" if bundles_change else "max-age=3600"}
        if name == "crowd-html-elements.css":
            return Response("", media_type="text/css", headers=headers)
        file = bundles / name
        if not re.fullmatch(r"[A-Za-z0-9_-]+\.js", name) or not file.is_file():
            return Response("no such bundle", 404, media_type="text/plain")
        known = file.stat()
        headers["ETag"] = f'"{known.st_mtime_ns:x}-{known.st_size:x}"'
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return FileResponse(file, media_type="text/javascript", headers=headers)

    async def icon(_: Request) -> Response:
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/tasks/{token}", page),
            Route("/tasks/{token}/answer", answer, methods=["POST"]),
            Route("/bundles/{name}", bundle),
            Route("/favicon.ico", icon),
            *extra_routes,
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: what Ctrl-C means is the job's to decide."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Serve ``app`` on a free loopback port (or ``port``); gives its origin, ``http://127.0.0.1:PORT``.

    Raises UsageError if the port cannot be had.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        cure = "give another --port, or none: then it is a free one"
        raise UsageError(f"port {port} cannot be had: {error.strerror or error}", cure) from None
    listener.listen(128)  # who comes before the server is up waits
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()
