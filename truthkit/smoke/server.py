"""What the pages of a smoke test talk to: the desk that takes their answers, and objects that are there or not."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from truthkit.findings import SubmissionError
from truthkit.smoke.placeholders import is_known, placeholder

PLACEHOLDER = "x-truthkit-placeholder"
"""The header of a placeholder that stands in for what should have been there; its value names that."""

_SEEN = frozenset({"image", "audio", "video"})
_MEDIA = ("image/", "audio/", "video/")
_DOCUMENTS = frozenset({"iframe", "frame", "object", "embed", "track"})


@dataclass(slots=True)
class Sheet:
    """A page on the desk, and its answer once it has come."""

    html: str
    answer: dict[str, Any] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Desk:
    """Hands out the pages by their number and takes the answers."""

    def __init__(self) -> None:
        self.sheets: dict[str, Sheet] = {}

    async def page(self, token: str) -> str | None:
        sheet = self.sheets.get(token)
        return sheet.html if sheet else None

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        sheet = self.sheets.get(token)
        if sheet is None:
            raise SubmissionError(404, "there is no such page")
        sheet.answer = answer
        sheet.answered.set()


def with_relative_files(app: ASGIApp, desk: Desk) -> ASGIApp:
    """``app``, in which pictures and the like that a page asks for by a relative address get a placeholder."""

    def stands_in(path: str, wanted: str) -> bool:
        if path.startswith("/bundles/") or path == "/favicon.ico":
            return False
        if path.startswith("/tasks/") and path.split("/")[2] in desk.sheets:
            return False
        if wanted == "empty":
            return is_known(path) and placeholder(path).media_type.startswith(_MEDIA)
        return wanted in _SEEN or (wanted in _DOCUMENTS and is_known(path))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        wanted = _wanted(Headers(scope=scope)) if scope["type"] == "http" else ""
        if stands_in(path, wanted):
            stand_in = placeholder(path, wanted)
            headers = {PLACEHOLDER: quote(path.removeprefix("/tasks/")), "Cache-Control": "no-store"}
            await Response(stand_in.body, media_type=stand_in.media_type, headers=headers)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _wanted(headers: Headers) -> str:
    """What a page takes for what it asks for: ``image``, ``video``, ``empty`` (a script fetches it), …"""
    wanted = headers.get("sec-fetch-dest", "")
    # Widgets fetch their pictures, to look into the file, and say that they want one.
    return "image" if wanted == "empty" and headers.get("accept", "").startswith("image/") else wanted


@dataclass(frozen=True, slots=True)
class Objects:
    """Which objects there are."""

    file_of: Callable[[str, str], Path | None]
    """The file of an object, by bucket and key; None where there is none."""
    mapped: Callable[[str, str], bool]
    """Whether an object would be in a mapped folder."""


def objects_app(objects: Objects, page_origin: str) -> Starlette:
    """Serves ``/BUCKET/KEY`` to the pages of ``page_origin``: the file, if there is one, else a placeholder."""

    async def read(request: Request) -> Response:
        bucket, key = request.path_params["bucket"], request.path_params["key"]
        file = objects.file_of(bucket, key)
        if file is not None:
            return FileResponse(file)
        stand_in = placeholder(key, _wanted(request.headers))
        headers = {"Cache-Control": "no-store"}
        if objects.mapped(bucket, key):
            headers[PLACEHOLDER] = quote(f"s3://{bucket}/{key}")
        return Response(stand_in.body, media_type=stand_in.media_type, headers=headers)

    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    cors = Middleware(CORSMiddleware, allow_origins=[page_origin], allow_methods=["GET", "HEAD"], allow_headers=["*"])
    return Starlette(routes=[Route("/{bucket}/{key:path}", read)], middleware=[hosts, cors])


def object_address(origin: str, s3_uri: str) -> str:
    """The URL of an object on the objects' server."""
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    return f"{origin}/{quote(bucket)}/{quote(key)}"


def signed_address(origin: str, s3_uri: str) -> str:
    """The same with what a presigned URL has; nobody checks it here."""
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=smoke"
    return f"{object_address(origin, s3_uri)}?{query}"


class Elsewhere:
    """Gives pictures, sounds and films of other hosts a placeholder, so that a page can be worked without them.

    A widget without its picture could not be worked at all. Everything else of other hosts stays refused, what scripts
    send and fetch by the page's policy already.
    """

    def __init__(self, origins: tuple[str, ...], told: Callable[[str], None]) -> None:
        self._origins = origins
        self._told = told

    async def answer(self, send: Callable[[str, dict[str, Any]], Awaitable[Any]], event: dict[str, Any]) -> None:
        """Answer a request that the browser has paused; ``send`` talks to the browser's protocol."""
        url, request = event["request"]["url"], {"requestId": event["requestId"]}
        if url.startswith(self._origins):
            await send("Fetch.continueRequest", request)
            return
        self._told(url)
        wanted = {"Image": "image", "Media": "video"}.get(event.get("resourceType", ""))
        if wanted is None:
            await send("Fetch.failRequest", {**request, "errorReason": "AccessDenied"})
            return
        stand_in = placeholder(unquote(urlsplit(url).path), wanted)
        answer = {"Access-Control-Allow-Origin": "*", "Content-Type": stand_in.media_type}
        headers = [{"name": name, "value": value} for name, value in answer.items()]
        body = base64.b64encode(stand_in.body).decode()
        await send("Fetch.fulfillRequest", {**request, "responseCode": 200, "responseHeaders": headers, "body": body})
