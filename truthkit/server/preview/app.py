"""The workbench's server: its page, and as JSON what stands in it."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from truthkit import exact_json
from truthkit.findings import Finding, TruthkitError
from truthkit.pages import same_origin
from truthkit.server.preview.bench import MOST_WORKERS, Bench, Label, View
from truthkit.server.preview.hub import Hub
from truthkit.server.preview.lines import Entry
from truthkit.server.preview.telling import NotWantedError, Wanted
from truthkit.server.preview.told import finding_of

PAGE = Path(__file__).with_name("page.html")
SCRIPT = "preview.js"
# Lines of the list that are sent at a time.
LISTED = 200
_MOST_TOLD = 100_000  # bytes
_MOST_CALLS = 40  # requests that wait for handlers at a time
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Workbench:
    """The application around the worker's page.

    ``task_origin`` gives the task pages' server; ``in_sight`` is told, in any thread, of the lines that are listed.
    """

    def __init__(
        self,
        bench: Bench,
        hub: Hub,
        bundles: Path,
        task_origin: Callable[[], str],
        in_sight: Callable[[Sequence[Entry]], None],
    ) -> None:
        self._bench = bench
        self._hub = hub
        self._bundles = bundles
        self._task_origin = task_origin
        self._in_sight = in_sight
        # Another one after each start: pages of an earlier preview load anew.
        self._run = uuid.uuid4().hex
        self._calls = ThreadPoolExecutor(_MOST_CALLS, "handlers")

    def close(self) -> None:
        """Wait for the calls of handlers, which end with the bench; others are not begun."""
        self._calls.shutdown(cancel_futures=True)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", lambda _: RedirectResponse("/lines/1")),
                Route("/lines/{number:int}", self._page),
                Route(f"/bundles/{SCRIPT}", self._script),
                Route("/api/lines", self._lines),
                Route("/api/lines/{number:int}", self._line),
                Route("/api/lines/{number:int}/label", self._label),
                Route("/api/lines/{number:int}/drawing", self._drawing),
                Route("/api/lines/{number:int}/answers", self._forget, methods=["DELETE"]),
                Route("/api/told/{token}", self._told, methods=["POST"]),
                Route("/api/events", self._events),
                Route("/favicon.ico", lambda _: Response(status_code=204)),
            ],
        )

    # --- the page ------------------------------------------------------------------------------------------------

    async def _page(self, _: Request) -> Response:
        policy = (
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
            f"frame-src 'self' {self._task_origin()}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        text = PAGE.read_text("utf-8").replace("TASK_ORIGIN", self._task_origin())
        return HTMLResponse(text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    async def _script(self, _: Request) -> Response:
        return FileResponse(self._bundles / SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(
            self._hub.stream(self._state), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    def _state(self) -> dict[str, Any]:
        """What there is to show: who knows of later numbers of the same run has something older."""
        return {"run": self._run, "version": self._bench.version, "answers": self._bench.given}

    # --- the lines -----------------------------------------------------------------------------------------------

    async def _lines(self, request: Request) -> Response:
        words, first = request.query_params.get("search", ""), _number(request, "from", 0)
        return await _reply(lambda: self._listed(words, first))

    def _listed(self, words: str, first: int) -> dict[str, Any]:
        bench = self._bench
        try:
            lines = bench.lines()
        except TruthkitError as error:
            return {"total": 0, "found": 0, "from": 0, "lines": [], "findings": _findings(error.findings)}
        found = lines.search(words)
        self._in_sight(found[first : first + LISTED])
        return {
            "total": len(lines.entries),
            "found": len(found),
            "from": first,
            "lines": [
                {
                    "number": entry.number,
                    "title": entry.title,
                    "mark": entry.mark,
                    "answers": len(bench.answered(entry)),
                }
                for entry in found[first : first + LISTED]
            ],
            "findings": [],
        }

    async def _line(self, request: Request) -> Response:
        number = request.path_params["number"]
        worker = min(max(_number(request, "worker", 1), 1), MOST_WORKERS)
        return await self._called(request, lambda wanted: self._opened(number, worker, wanted))

    def _opened(self, number: int, worker: int, wanted: Wanted) -> dict[str, Any]:
        bench, state = self._bench, self._state()  # as it is before: the line is not older
        view = bench.open(number, worker, wanted)
        try:
            total, answers = len(bench.lines().entries), bench.answers(number)
        except TruthkitError:
            total, answers = 0, {}
        mine = answers.get(worker)
        return {
            "name": bench.source.name,
            "line": number,
            "total": total,
            "worker": worker,
            "workers": bench.workers,
            **state,
            "address": f"{self._task_origin()}/tasks/{view.token}" if view.rendered is not None else None,
            "token": view.token,
            "page": f"{view.page} {bench.bundles}" if view.rendered is not None else "",
            "whole": view.whole,
            "dataObject": view.data_object,
            "taskInput": view.task_input,
            "answer": mine.content if mine else None,
            "answered": list(answers),
            "findings": _findings((*bench.build_findings, *view.findings)),
            "printed": [asdict(one) for one in view.printed],
            "fault": _fault(view),
        }

    async def _label(self, request: Request) -> Response:
        number = request.path_params["number"]
        return await self._called(request, lambda wanted: _label(self._bench.label(number, wanted)))

    async def _drawing(self, request: Request) -> Response:
        from truthkit.server.preview.drawing import drawing

        number = request.path_params["number"]
        scheme, loop = request.query_params.get("scheme", ""), asyncio.get_running_loop()
        page, policy = await loop.run_in_executor(self._calls, drawing, self._bench, number, scheme)
        return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    async def _called(self, request: Request, make: Callable[[Wanted], Any]) -> Response:
        """As ``_reply``, for what calls handlers: these may take minutes, and nobody else waits for a free thread.

        Who has gone on to another line is no longer waited for: its call is not begun.
        """
        gone = threading.Event()

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            gone.set()

        watching = asyncio.create_task(watch())
        try:
            return await _reply(lambda: make(lambda: not gone.is_set()), self._calls)
        except NotWantedError:
            return Response(status_code=499)
        finally:
            watching.cancel()

    async def _forget(self, request: Request) -> Response:
        if not same_origin(request):
            return Response(status_code=403)
        await asyncio.to_thread(self._bench.forget, request.path_params["number"])
        bench = self._bench
        self._hub.tell("answer", version=bench.version, answers=bench.given, line=request.path_params["number"])
        return Response(status_code=204)

    # --- what the worker's page tells ----------------------------------------------------------------------------

    async def _told(self, request: Request) -> Response:
        view = self._bench.view(request.path_params["token"])
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_TOLD:
                return Response(status_code=413)
        try:
            told = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if view is None or not isinstance(told, dict):
            return Response(status_code=404)
        return await _reply(lambda: self._finding(view, told))

    def _finding(self, view: View, told: dict[str, Any]) -> dict[str, Any] | None:
        found = finding_of(
            view,
            told,
            origin=self._task_origin(),
            objects_origin=self._bench.objects_endpoint,
            source=_text_of(Path(view.template)),
        )
        return found.to_json() if found else None


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", "replace")
    except OSError:
        return ""


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise


def _findings(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [finding.to_json() for finding in findings]


def _fault(view: View) -> dict[str, Any] | None:
    if view.fault is None:
        return None
    names = None if view.fault.names is None else [asdict(name) for name in view.fault.names]
    return {
        "finding": view.fault.finding.to_json(),
        "source": [{"number": number, "text": text} for number, text in view.fault.source],
        "names": names,
        "rendered": view.fault.rendered,
    }


def _label(label: Label) -> dict[str, Any]:
    return {
        "request": label.request,
        "response": label.response,
        "responded": label.responded,
        "outputLine": label.output_line,
        "findings": _findings(label.findings),
        "printed": [asdict(one) for one in label.printed],
    }


async def _reply(make: Callable[[], Any], threads: Executor | None = None) -> Response:
    """What ``make`` gives, as JSON; it may block. Escapes keep halves of characters, which UTF-8 has not."""
    text = await asyncio.get_running_loop().run_in_executor(threads, lambda: exact_json.dumps(make()))
    return Response(text, media_type="application/json", headers=_HEADERS)
