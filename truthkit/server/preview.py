"""The preview: the page of each manifest line in a frame, and what the worker's Submit sends.

Two origins, the workbench and the worker's page, so that nothing that a template does reaches the workbench.
Every view renders anew from the files, so that a reload shows what was edited.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import tempfile
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from truthkit.findings import Finding, SubmissionError, TruthkitError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Template
from truthkit.manifest import ManifestLine, read_manifest
from truthkit.objects import ObjectStore
from truthkit.pages import content_security_policy, serve, task_app
from truthkit.project import bundles_dir
from truthkit.source import Source

# Views that are kept open at a time; a page of an older one must be reloaded.
MAX_VIEWS = 100

_jinja = Environment(loader=PackageLoader("truthkit.server", ""), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@dataclass(slots=True)
class View:
    """One opened line: its page, or why there is none, and the answer once it is submitted."""

    line: int
    token: str
    data_object: dict[str, Any] | None = None
    task_input: dict[str, Any] | None = None
    html: str | None = None
    findings: tuple[Finding, ...] = ()
    answer: dict[str, Any] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Preview:
    """The Desk of the preview's task pages, and the pages around them."""

    def __init__(self, source: Source, objects: ObjectStore, *, lenient: bool) -> None:
        self._source = source
        self._objects = objects
        self._lenient = lenient
        self._views: OrderedDict[str, View] = OrderedDict()
        # One address a line: the worker's draft survives a reload.
        self._tokens: dict[int, str] = {}

    # --- the desk ------------------------------------------------------------------------------------------------

    async def page(self, token: str) -> str | None:
        view = self._views.get(token)
        return view.html if view else None

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        view = self._views.get(token)
        if view is None:
            raise SubmissionError(404, "this view is closed: reload the page")
        view.answer = answer
        view.answered.set()

    # --- views ---------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many manifest lines there are, good or bad."""
        with self._source.manifest.open("rb") as stream:
            return sum(1 for line in stream if line.strip())

    def open(self, number: int) -> View:
        """Render a manifest line from the files as they are now."""
        view = View(number, self._tokens.setdefault(number, uuid.uuid4().hex))
        try:
            line = self._line(number)
            view.data_object = line.data_object
            template = Template.load(self._source.template)
            with contextlib.ExitStack() as stack:
                tasks = TaskMaker(
                    template,
                    self._pre_lambda(stack),
                    job_arn=arn_of(self._source.name),
                    sign=self._objects.sign,
                    strict=not self._lenient,
                )
                prepared = tasks.prepare(line.data_object, about=f"line {number}")
                view.task_input = prepared.task_input
                if not prepared.human_annotation_required:
                    message = "the pre-annotation handler says that no human annotation is required: no worker sees it"
                    view.findings = (Finding("no-human-annotation", message, severity="info"),)
                view.html = tasks.render(prepared.task_input).html
        except TruthkitError as error:
            view.findings = error.findings
        self._views[view.token] = view
        self._views.move_to_end(view.token)
        while len(self._views) > MAX_VIEWS:
            self._views.popitem(last=False)
        return view

    def _line(self, number: int) -> ManifestLine:
        faults: list[Finding] = []
        for line in read_manifest(self._source.manifest, on_fault=faults.append):
            if line.number == number:
                return line
            if line.number > number:
                break
        mine = [fault for fault in faults if fault.line == number]
        raise TruthkitError.of(
            mine or [Finding("manifest", f"there is no line {number}", file=str(self._source.manifest))]
        )

    def _pre_lambda(self, stack: contextlib.ExitStack) -> Handler | None:
        if self._source.pre_lambda is None:
            return None
        config = self._source.config
        timeout = config.pre_timeout_seconds if config else 30
        handler = Handler(self._source.pre_lambda, environment=self._objects.environment(), timeout=timeout)
        stack.callback(handler.close)
        return handler

    # --- the workbench -------------------------------------------------------------------------------------------

    def workbench(self, task_origin: Callable[[], str]) -> Starlette:
        """The application around the frame. ``task_origin`` gives the task pages' server."""
        page = _jinja.get_template("preview.html.j2")

        async def first(_: Request) -> Response:
            return RedirectResponse("/lines/1")

        async def line(request: Request) -> Response:
            number = request.path_params["number"]
            count = await asyncio.to_thread(self.count)
            view = await asyncio.to_thread(self.open, number)
            policy = (
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
                f"frame-src {task_origin()}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
            )
            html = page.render(
                name=self._source.name,
                number=number,
                count=count,
                frame=f"{task_origin()}/tasks/{view.token}" if view.html is not None else None,
                token=view.token,
                findings=view.findings,
                data_object=view.data_object,
                task_input=view.task_input,
                template=str(self._source.template),
                pretty=_pretty,
            )
            return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

        async def events(request: Request) -> Response:
            view = self._views.get(request.path_params["token"])
            if view is None:
                return Response("no such view", 404)
            return StreamingResponse(self._events(view), media_type="text/event-stream")

        return Starlette(
            routes=[
                Route("/", first),
                Route("/lines/{number:int}", line),
                Route("/events/{token}", events),
                Route("/favicon.ico", lambda _: Response(status_code=204)),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        )

    async def _events(self, view: View) -> AsyncIterator[str]:
        """Server-sent events of a view: ``answer`` at each Submit."""
        while True:
            await view.answered.wait()
            view.answered.clear()
            text = _pretty(view.answer)
            yield "event: answer\n" + "".join(f"data: {line}\n" for line in text.split("\n")) + "\n"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


async def serve_preview(
    source: Source, *, port: int, lenient: bool, allow_network: bool, on_ready: Callable[[str], None]
) -> None:
    """Serve the preview until it is cancelled or the process is to end; ``on_ready`` is told its address."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    with (
        tempfile.TemporaryDirectory(prefix="truthkit-preview-") as writes,
        ObjectStore(dict(source.objects), writes=Path(writes)) as objects,
    ):
        preview = Preview(source, objects, lenient=lenient)
        origins: dict[str, str] = {}

        def policy() -> str | None:
            return (
                None
                if allow_network
                else content_security_policy(objects.endpoint, frame_ancestors=origins.get("workbench", "'none'"))
            )

        tasks = task_app(preview, bundles=bundles_dir(), policy=policy)
        async with serve(tasks) as task_origin, serve(preview.workbench(lambda: task_origin), port=port) as workbench:
            origins["workbench"] = workbench
            on_ready(workbench)
            await ended.wait()


def run_preview(
    source: Source,
    *,
    port: int = 0,
    lenient: bool = False,
    allow_network: bool = False,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the preview until Ctrl-C or SIGTERM. Raises UsageError if the port cannot be had."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_preview(source, port=port, lenient=lenient, allow_network=allow_network, on_ready=on_ready))
