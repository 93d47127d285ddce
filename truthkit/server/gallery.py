"""The gallery: every crowd element with its attributes as controls, its answer as it changes, its keys and its schema.

Two origins, as in the preview: the gallery's own page, and the pages of the stories, which are served as task pages.
What there is to tell comes from the catalogue (``custom-elements.json``), which the front end's build made.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from truthkit.elements import CATALOGUE, Element, load_catalogue
from truthkit.findings import SubmissionError
from truthkit.pages import CROWD_SCRIPT, content_security_policy, serve, task_app
from truthkit.project import bundles_dir
from truthkit.server.guard import OwnPagesOnly

PAGE = Path(__file__).with_name("gallery.html")
SCRIPT = "gallery.js"
STORY_SCRIPT = "gallery-story.js"


def story_page(element: Element, number: int, run: str) -> str:
    """The page of a story. Its script comes before the crowd script: settings count before the elements stand."""
    story = element.stories[number]
    content = story.html if element.alone else f"<crowd-form>\n{story.html}\n</crowd-form>"
    return (
        f"<!doctype html>\n<html>\n<head>\n<title>{html.escape(f'{element.tag}: {story.title}')}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="truthkit-draft" content="{html.escape(run)}">\n</head>\n<body>\n{content}\n'
        f'<script src="/bundles/{STORY_SCRIPT}"></script>\n<script src="/bundles/{CROWD_SCRIPT}"></script>\n'
        "</body>\n</html>\n"
    )


class Gallery:
    """The Desk of the stories' pages, and the page around them."""

    def __init__(self, elements: dict[str, Element]) -> None:
        self._elements = elements

    async def page(self, token: str) -> str | None:
        """The story of ``TAG.NUMBER.RUN``; a run is one worker's, with a draft of its own."""
        tag, _, rest = token.partition(".")
        number, _, run = rest.partition(".")
        element = self._elements.get(tag)
        # Compared as text: a number of thousands of digits is no number for Python.
        numbers = [str(index) for index in range(len(element.stories))] if element else []
        if element is None or number not in numbers:
            return None
        return story_page(element, numbers.index(number), run)

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        """Nothing is kept: the page has shown the answer before it was sent."""
        if await self.page(token) is None:
            raise SubmissionError(404, "there is no such story")

    def workbench(self, story_origin: Callable[[], str]) -> Starlette:
        """The application around the frame. ``story_origin`` gives the stories' server."""

        async def page(_: Request) -> Response:
            policy = (
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
                f"frame-src {story_origin()}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            )
            text = PAGE.read_text("utf-8").replace("STORY_ORIGIN", story_origin())
            return HTMLResponse(text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

        async def script(_: Request) -> Response:
            return FileResponse(bundles_dir() / SCRIPT, media_type="text/javascript")

        async def catalogue(_: Request) -> Response:
            return FileResponse(bundles_dir() / CATALOGUE, media_type="application/json")

        return Starlette(
            routes=[
                Route("/", page),
                Route(f"/bundles/{SCRIPT}", script),
                Route(f"/{CATALOGUE}", catalogue),
                Route("/favicon.ico", lambda _: Response(status_code=204)),
            ]
        )


async def serve_gallery(*, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve the gallery until it is cancelled or the process is to end; ``on_ready`` is told its address.

    Raises UsageError if the front end is not built, or the port cannot be had.
    """
    gallery = Gallery(load_catalogue())
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    origins: dict[str, str] = {}

    def policy() -> str:
        return content_security_policy(None, frame_ancestors=origins.get("workbench", "'none'"))

    stories = task_app(gallery, bundles=bundles_dir(), policy=policy)
    async with (
        serve(OwnPagesOnly(stories)) as story_origin,
        serve(OwnPagesOnly(gallery.workbench(lambda: story_origin)), port=port) as workbench,
    ):
        origins["workbench"] = workbench
        on_ready(workbench)
        await ended.wait()


def run_gallery(*, port: int = 0, on_ready: Callable[[str], None]) -> None:
    """Serve the gallery until Ctrl-C or SIGTERM. Raises UsageError as ``serve_gallery`` does."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_gallery(port=port, on_ready=on_ready))
