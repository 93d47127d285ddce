"""A browser, and a local server for pages that the tests write: shared by all browser tests.

``chromium``  one Playwright browser a session (sync API; it stands in tests/conftest.py).
``tabs``      the context whose tabs the pages of tests are; ``tabs.spent = True`` where a test changes the context.
``page``      a page of its own in it, nothing stored; a JavaScript error on it fails the test.
``serve``     ``serve(html)`` gives a ``Site``: the page's address, and the answers that it posted.
``visit``     ``visit(html)`` serves, opens in ``page`` and waits until all crowd elements stand.
``hand``      a worker's hand: a page of Playwright's async API, which gestures need, for tests that are not async.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar

import pytest
from playwright import async_api
from playwright.sync_api import Browser, Frame, Page

from truthkit.browser import launch_options, require_chromium
from truthkit.findings import Finding, TruthkitError
from truthkit.project import bundles_dir
from truthkit.workforce.gestures import locate

T = TypeVar("T")

CROWD_SCRIPT = '<script src="/bundles/crowd-html-elements.js"></script>'

# At /picture.svg, 320 by 120 pixels.
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120">'
    b'<rect width="320" height="120" fill="#47a"/></svg>'
)


@dataclass
class Site:
    """A served page and what came back from it."""

    url: str
    html: bytes
    chunk: int | None = None
    """Bytes a piece when the page is to come in pieces, which stop the parser anywhere."""
    replies: deque[int | None] = field(default_factory=deque)
    """Statuses for the next submissions, in order (None: the connection breaks); 200 when there are no more."""
    gate: threading.Event = field(default_factory=threading.Event)
    """Submissions are answered once it is set; it is set unless a test clears it."""
    posts: list[Any] = field(default_factory=list)
    """The JSON of every submission that arrived, refused ones too."""
    answers: list[Any] = field(default_factory=list)
    """The JSON of every submission that was answered with 200: arrays with one object."""


class Serve(Protocol):
    def __call__(self, html: str, *, answer_meta: bool = True, chunk: int | None = None) -> Site: ...


class Visit(Protocol):
    def __call__(self, html: str, *, answer_meta: bool = True, chunk: int | None = None) -> Site: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sites: dict[str, Site] = {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/bundles/"):
            file = bundles_dir() / self.path.removeprefix("/bundles/")
            if file.is_file():
                self._reply(200, file.read_bytes(), "text/javascript; charset=utf-8")
                return
        elif self.path == "/picture.svg":
            self._reply(200, PICTURE, "image/svg+xml")
            return
        elif self.path == "/favicon.ico":
            self._reply(204, b"", "image/x-icon")
            return
        site = self.server.sites.get(self.path)
        if site is None:
            self._reply(404, b"", "text/plain")
        elif site.chunk is None:
            self._reply(200, site.html, "text/html; charset=utf-8")
        else:
            self._trickle(site.html, site.chunk)

    def do_POST(self) -> None:
        site = self.server.sites[self.path.removesuffix("/answer")]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        site.posts.append(body)
        site.gate.wait(10)
        status = site.replies.popleft() if site.replies else 200
        if status is None:
            self.close_connection = True
            return
        if status == 200:
            site.answers.append(body)
        self._reply(status, b"{}", "application/json")

    def _reply(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self, body: bytes, size: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        pause = threading.Event()
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            pause.wait(0.004)  # long enough for the parser to take the piece by itself


@pytest.fixture(scope="session")
def page_server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


# A tab that another opened shares its process, which has compiled the bundle: half the work of a page of its own.
OPEN_TAB = "() => { open('about:blank').opener = null; }"
FORGET = """async () => {
  localStorage.clear();
  sessionStorage.clear();
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
    });
  }
}"""


class Tabs:
    """Opens the pages of tests, one after another, as tabs of one context."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser = browser
        self._origin = origin
        self._first: Page | None = None
        self.spent = False
        """The context has a clock, a permission or an init script of a test's: the next page gets another."""

    def open(self) -> Page:
        first = self._first or self._begin()
        with first.context.expect_page() as opened:
            first.evaluate(OPEN_TAB)
        page = opened.value
        page.on("framenavigated", self._look_where)
        return page

    def clear(self) -> None:
        """Close what the test has left, and forget what it stored."""
        first = self._first
        assert first is not None
        if self.spent:
            first.context.close()
            self._first, self.spent = None, False
            return
        for page in first.context.pages:
            if page != first:
                page.close()
        first.context.clear_cookies()
        first.evaluate(FORGET)

    def _begin(self) -> Page:
        context = self._browser.new_context(viewport={"width": 1280, "height": 800})
        self._first = context.new_page()
        self._first.goto(f"{self._origin}/picture.svg")
        self._first.on("crash", self._spend)  # the page of a test takes its process along
        return self._first

    def _spend(self, page: Page) -> None:
        self.spent = True

    def _look_where(self, frame: Frame) -> None:
        if frame.url.startswith("http") and not frame.url.startswith(f"{self._origin}/"):
            self.spent = True  # what other servers' pages store is not known


@pytest.fixture(scope="session")
def tabs(chromium: Browser, page_server: _Server) -> Tabs:
    return Tabs(chromium, page_server.origin)


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    page = tabs.open()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    tabs.clear()
    assert errors == []


@pytest.fixture
def serve(page_server: _Server) -> Serve:
    """Serves a template's text; ``answer_meta`` adds the harness's address for the answer."""

    def serve(html: str, *, answer_meta: bool = True, chunk: int | None = None) -> Site:
        path = f"/{len(page_server.sites)}"
        meta = f'<meta name="truthkit-answer" content="{page_server.origin}{path}/answer">' if answer_meta else ""
        head = "<head>" if "<head>" in html else ""
        html = html.replace(head, head + meta, 1) if head else f"<!doctype html>{meta}{html}"
        site = Site(page_server.origin + path, html.encode(), chunk)
        site.gate.set()
        page_server.sites[path] = site
        return site

    return serve


@pytest.fixture
def visit(page: Page, serve: Serve) -> Visit:
    """Serves a template (the crowd script is put before it unless it names the script itself) and opens it."""

    def visit(html: str, *, answer_meta: bool = True, chunk: int | None = None) -> Site:
        if "crowd-html-elements" not in html:
            html = CROWD_SCRIPT + html
        site = serve(html, answer_meta=answer_meta, chunk=chunk)
        page.goto(site.url)
        page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")
        return site

    return visit


class Loop:
    """An event loop in a thread of its own: the sync API holds the main one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class Hand:
    """``hand(fill(hand.page, "a", "b"))`` does a gesture on the page that ``hand.visit`` has opened."""

    page: async_api.Page
    loop: Loop
    serve: Serve

    def __call__(self, gesture: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(gesture)

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self(self.page.evaluate(script, argument))

    def visit(self, html: str, *, width: int = 1280, height: int = 800) -> Site:
        site = self.serve(CROWD_SCRIPT + html)
        self(self._open(site.url, width, height))
        return site

    async def _open(self, url: str, width: int, height: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.goto(url)
        await self.page.wait_for_function("document.documentElement.dataset.crowdReady === 'true'")


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def async_chromium(loop: Loop) -> Iterator[async_api.Browser]:
    async def start() -> tuple[async_api.Playwright, async_api.Browser]:
        playwright = await async_api.async_playwright().start()
        return playwright, await playwright.chromium.launch(**launch_options(require_chromium()))

    playwright, browser = loop.run(start())
    yield browser
    loop.run(browser.close())
    loop.run(playwright.stop())


@pytest.fixture(scope="session")
def first_tab(loop: Loop, async_chromium: async_api.Browser, page_server: _Server) -> async_api.Page:
    async def open_tab() -> async_api.Page:
        page = await async_chromium.new_page()
        await page.goto(f"{page_server.origin}/picture.svg")
        return page

    return loop.run(open_tab())


@pytest.fixture
def hand(loop: Loop, first_tab: async_api.Page, serve: Serve) -> Iterator[Hand]:
    async def open_tab() -> async_api.Page:
        async with first_tab.context.expect_page() as opened:
            await first_tab.evaluate(OPEN_TAB)
        return await opened.value

    page = loop.run(open_tab())
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Hand(page, loop, serve)
    loop.run(page.close())
    loop.run(first_tab.evaluate(FORGET))
    assert errors == []


Refusal = Callable[[Callable[[], Any], str], Finding]


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """``refusal(attempt, problem)``: what a gesture says that cannot be done.

    What is not there will not come: little patience is enough. On a busy machine it may be too little for what is
    there: whoever does not tell of the problem then tries again with much of it.
    """

    def refused(attempt: Callable[[], Any]) -> Finding:
        with pytest.raises(TruthkitError) as caught:
            attempt()
        (finding,) = caught.value.findings
        return finding

    def refusal(attempt: Callable[[], Any], problem: str) -> Finding:
        monkeypatch.setattr(locate, "PATIENCE_MS", 800)
        finding = refused(attempt)
        if problem not in finding.message + finding.cure:
            monkeypatch.setattr(locate, "PATIENCE_MS", 30_000)
            finding = refused(attempt)
        return finding

    return refusal
