"""What goes wrong in a worker's page, with the line of the template that it comes from."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.async_api import ConsoleMessage, Dialog, Page, Request, Response
from playwright.async_api import Error as BrowserError

from truthkit.findings import Finding, Severity
from truthkit.liquid import Rendered
from truthkit.project import bundles_dir
from truthkit.workforce.places import Places

# Runs before any script of the page; `tell` is kept, so that the page cannot take it away. A crowd script whose address
# a script makes up gets the kit's build too: the server of task pages sees only addresses that stand in the HTML.
PROBE = r"""
(() => {
  const local = (address) =>
    /(?:^|\/)crowd-html-elements(?:-v2)?\.js(?:[?#]|$)/.test(address) ? "/bundles/crowd-html-elements.js" : address;
  const script = HTMLScriptElement.prototype;
  const { get, set } = Object.getOwnPropertyDescriptor(script, "src");
  Object.defineProperty(script, "src", { get, set(address) { set.call(this, local(String(address))); } });
  script.setAttribute = function (name, value) {
    const source = String(name).toLowerCase() === "src";
    Element.prototype.setAttribute.call(this, name, source ? local(String(value)) : value);
  };
  const tell = console.debug.bind(console);
  const say = (kind, detail) => tell("truthkit:" + JSON.stringify({ kind, ...detail }));
  addEventListener("error", (event) => {
    const source = event.target;
    if (source instanceof Element) return;
    say("error", { message: String(event.message), url: event.filename, line: event.lineno, column: event.colno });
  }, true);
  addEventListener("unhandledrejection", (event) => {
    const reason = event.reason;
    const message = String(reason && reason.message || reason);
    say("rejection", { message, stack: String(reason && reason.stack || "") });
  });
  document.addEventListener("securitypolicyviolation", (event) => {
    say("refused", { url: event.blockedURI, directive: event.effectiveDirective, line: event.lineNumber });
  });
})();
"""

_STAND = """
(patience) => new Promise((resolve) => {
  const root = document.documentElement;
  const look = () => {
    const all = [...document.querySelectorAll("*")];
    const unknown = all.map((e) => e.localName).filter((n) => n.startsWith("crowd-") && !customElements.get(n));
    const pair = /[\\u{10000}-\\u{10FFFF}]/u;
    const astral = all.some((e) => e.localName === "crowd-entity-annotation" && pair.test(e.text));
    return { ready, unknown: [...new Set(unknown)], astral };
  };
  let ready = !document.querySelector('script[src^="/bundles/crowd-html-elements"]') || !!root.dataset.crowdReady;
  if (ready) return resolve(look());
  const observer = new MutationObserver(() => { ready = true; end(); });
  const end = () => { observer.disconnect(); clearTimeout(timer); resolve(look()); };
  const timer = setTimeout(end, patience);
  observer.observe(root, { attributes: true, attributeFilter: ["data-crowd-ready"] });
})
"""


class Watch:
    """Collects the findings of one page while a worker has it; ``begin`` starts anew for the next task."""

    def __init__(self, page: Page, origin: str, objects_origin: str) -> None:
        self._origin = origin
        self._objects_origin = objects_origin
        self._template_file = ""
        self._places = Places(origin)
        self.findings: list[Finding] = []
        self.refused_scripts: list[str] = []
        self.failed_scripts: list[str] = []
        self._judging: set[asyncio.Future[None]] = set()
        page.on("console", self._console)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        page.on("dialog", _accept)
        page.on("crash", lambda _: self._add("page-crash", "the page crashed"))
        self._page = page

    def begin(self, rendered: Rendered, source: list[str], template: str) -> None:
        """The page that comes next; ``source`` is the text of the file ``template``, by lines."""
        self._places = Places(self._origin, rendered, source)
        self._template_file = template
        self.findings = []
        self.refused_scripts = []
        self.failed_scripts = []

    async def guard(self) -> None:
        """Keep the page from leaving for elsewhere: a content security policy says nothing of navigation.

        Only documents are looked at; interception of everything would switch the browser's cache off.
        """
        session = await self._page.context.new_cdp_session(self._page)
        self._page.on("popup", self._popup)

        async def judge(event: dict[str, Any]) -> None:
            url, request = event["request"]["url"], {"requestId": event["requestId"]}
            own = url.startswith((f"{self._origin}/", f"{self._objects_origin}/"))
            if not own:
                self.refused(url)
            # The page may be gone by now.
            with contextlib.suppress(BrowserError):
                if own:
                    await session.send("Fetch.continueRequest", request)
                else:
                    await session.send("Fetch.failRequest", {**request, "errorReason": "AccessDenied"})

        def paused(event: dict[str, Any]) -> None:
            task = asyncio.ensure_future(judge(event))
            self._judging.add(task)
            task.add_done_callback(self._judging.discard)

        session.on("Fetch.requestPaused", paused)
        await session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]})

    def _popup(self, popup: Page) -> None:
        self.refused(popup.url)
        task = asyncio.ensure_future(popup.close())
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    async def stand(self, patience_ms: float) -> bool:
        """Wait until the page's crowd elements stand, and find those that nothing stands behind; False if they do
        not stand in time. A page without the crowd script stands at once."""
        seen = await self._page.evaluate(_STAND, patience_ms)
        for name in seen["unknown"]:
            self._add(
                "page-unknown-element",
                f"<{name}> is not an element of the crowd script: it stays an empty shell",
                "check the spelling, and that the crowd script is loaded",
                line=self._places.line_with(f"<{name}"),
            )
        if seen["astral"]:
            self._add(
                "page-text-offsets",
                "the text to annotate has characters outside the basic plane (emoji): offsets count UTF-16 units here, "
                "and whether the service does so is not known",
                "compare text[start:end] where answers are read, or leave such characters out",
                severity="warning",
                line=self._places.line_with("<crowd-entity-annotation"),
            )
        return bool(seen["ready"])

    def warn(self, code: str, message: str) -> None:
        """Note what the worker's page did not stumble over."""
        self._add(code, message, severity="warning")

    # --- what the browser tells ----------------------------------------------------------------------------------

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if text.startswith("truthkit:"):
            self._probe(text.removeprefix("truthkit:"))
        elif message.type == "error" and not text.startswith(("Failed to load resource", "Refused to", "Loading the")):
            if "Content Security Policy" in text:
                return
            place = message.location
            self._add(
                "page-console-error",
                f"the page wrote to the console: {text[:500]}",
                severity="warning",
                line=self._places.line_at(place.get("url", ""), place.get("lineNumber", -1) + 1),
            )

    def _probe(self, text: str) -> None:
        try:
            said: dict[str, Any] = json.loads(text)
        except ValueError:
            return
        kind, url = said.get("kind"), str(said.get("url") or "")
        if kind == "error":
            self._add(
                "page-script-error",
                f"a script of the page failed: {said.get('message')}",
                line=self._places.line_at(url, int(said.get("line") or 0)),
            )
        elif kind == "rejection":
            where = re.search(r"(https?://\S+?):(\d+):(\d+)", str(said.get("stack")))
            self._add(
                "page-script-error",
                f"a promise of the page was rejected: {said.get('message')}",
                line=self._places.line_at(where[1], int(where[2])) if where else None,
            )
        elif kind == "refused":
            if str(said.get("directive")).startswith("script-src"):
                self.refused_scripts.append(url)
            self.refused(url)

    def refused(self, url: str) -> None:
        """Note that the page asked for something that is not on this machine."""
        self._add(
            "page-network-refused",
            f"the page asked for {url}, which is not on this machine: refused",
            "bring the file along (a kit bundle, or an object by grant_read_access), or run with --allow-network",
            line=self._places.line_of(url),
        )

    def _failed(self, request: Request) -> None:
        failure, url = request.failure or "", request.url
        if "ERR_ABORTED" in failure or failure in ("csp", "net::ERR_BLOCKED_BY_CSP", "net::ERR_ACCESS_DENIED"):
            return  # told already, or the page itself went on
        if "ERR_NAME_NOT_RESOLVED" in failure or "ERR_PROXY_CONNECTION_FAILED" in failure:
            self.refused(url)
        elif url.startswith(self._objects_origin + "/"):
            # Chromium keeps an error that answers an <img> from the page (ORB): it counts as a failed request.
            self._object(url)
        else:
            if request.resource_type == "script":
                self.failed_scripts.append(url)
            self._add("page-request-failed", f"{url} could not be loaded: {failure}", line=self._places.line_of(url))

    def _response(self, response: Response) -> None:
        url = response.url
        if response.status < 400 or self._is_own(response.request):
            return
        if url.startswith(self._objects_origin + "/"):
            self._object(url)
            return
        if response.request.resource_type == "script":
            self.failed_scripts.append(url)
        self._add(
            "page-request-failed",
            f"{url} answered with status {response.status}",
            self._bundle_cure(url),
            line=self._places.line_of(url),
        )

    def _is_own(self, request: Request) -> bool:
        """Whether a request is for the task's page itself, or brings its answer: others look after these."""
        if not request.url.startswith(f"{self._origin}/tasks/"):
            return False
        if request.is_navigation_request():
            return request.frame == self._page.main_frame
        return request.method == "POST" and request.url.endswith("/answer")

    @staticmethod
    def _bundle_cure(url: str) -> str:
        path = urlsplit(url).path
        if not path.startswith("/bundles/"):
            return ""
        name, built = path.removeprefix("/bundles/"), sorted(file.name for file in bundles_dir().glob("*.js"))
        near = get_close_matches(name, built, 1)
        return (
            f"did you mean {near[0]}?" if near else f"the kit's bundles: {', '.join(built) or 'none: run make build'}"
        )

    def _object(self, url: str) -> None:
        parts = urlsplit(url)
        self._add(
            "page-object",
            f"the object s3:/{unquote(parts.path)} could not be read by the page",
            "is it mapped (--objects s3://BUCKET/PREFIX=DIR), and is the name right? Answers given without it stay: "
            "mend it and start a new job"
            if "X-Amz-Signature" in parts.query
            else "objects are private: write {{ task.input.… | grant_read_access }}",
            line=self._places.line_of(url),
        )

    def _add(
        self,
        code: str,
        message: str,
        cure: str = "",
        *,
        severity: Severity = "error",
        line: int | None = None,
    ) -> None:
        shown = self._places.excerpt(line)
        finding = Finding(code, message, cure, severity, file=self._template_file, line=line, excerpt=shown)
        if finding not in self.findings:
            self.findings.append(finding)


async def _accept(dialog: Dialog) -> None:
    """Go along with alert() and confirm(); prompt() gets what it proposes, or a word."""
    # The page may be gone by now.
    with contextlib.suppress(BrowserError):
        await dialog.accept(dialog.default_value or "a word")
