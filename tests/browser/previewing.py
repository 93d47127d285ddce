"""A preview in a process of its own, of a plain workflow whose files tests may break: they are mended after each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, Route, expect

from tests.plain import Plain, make_plain


@dataclass(frozen=True)
class Served:
    """A preview that is up; ``plain`` are its files."""

    plain: Plain
    address: str
    process: subprocess.Popen[str]
    texts: dict[Path, bytes] = field(default_factory=dict)

    def mend(self) -> None:
        """Bring back every file that a test has changed, and wait until the preview has seen all that was changed."""
        broken = [file for file, text in self.texts.items() if not file.is_file() or file.read_bytes() != text]
        for file in broken:
            self.put(file, self.texts[file])
        if broken:
            # Changes are seen in their order: the last two are such as can be asked for.
            manifest = self.texts[self.plain.manifest]
            for text in (manifest * 2, manifest):
                self.put(self.plain.manifest, text)
                while self._total() != text.count(b"\n"):
                    time.sleep(0.02)

    def put(self, file: Path, text: bytes) -> None:
        """Save a file as one change."""
        part = self.plain.root / "part"
        part.write_bytes(text)
        part.replace(file)

    def _total(self) -> int:
        with urllib.request.urlopen(f"{self.address}/api/lines") as response:
            return int(json.load(response)["total"])

    def edit(self, file: Path, old: str, new: str) -> None:
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")


@contextmanager
def served(root: Path, *more: str, lines: int = 3, **variables: str) -> Iterator[Served]:
    plain = make_plain(root, lines=lines)
    command = [sys.executable, "-c", "from truthkit.cli import main; main()", "preview", "--json", *more]
    flags = ["--template", plain.template, "--manifest", plain.manifest]
    flags += ["--pre-lambda", plain.pre, "--post-lambda", plain.post]
    environment = {**os.environ, "TMPDIR": str(plain.root), **variables}
    with subprocess.Popen(
        [*command, *map(str, flags)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                text = process.stdout.readline()
                assert text, said
                said += text
            texts = {file: file.read_bytes() for file in (plain.template, plain.manifest, plain.pre, plain.post)}
            yield Served(plain, json.loads(said)["address"], process, texts)
        finally:
            process.terminate()


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.page")


def box(page: Page) -> Locator:
    return frame(page).locator("crowd-input input")


def submit(page: Page, words: str, *, worker: int = 1) -> None:
    """Write an answer as a worker, and wait until it stands in the workbench."""
    button = page.get_by_role("group", name="Answer as worker").get_by_role("button", name=f"Worker {worker}")
    if button.get_attribute("aria-pressed") != "true":
        button.click()
        expect(page.locator("#answer")).to_have_text("Nothing yet: submit on the page.")
    expect(page.locator("#answer-now")).not_to_have_text("…")  # what comes before the page stands is lost
    box(page).fill(words)
    expect(page.locator("#answer-now")).to_contain_text(words)
    frame(page).locator("[data-testid=crowd-submit]").click()
    expect(page.locator("#answer")).to_contain_text(words)


def hold_first(page: Page, address: str) -> list[Route]:
    """Hold the first request for an address back: it is in the list once it was made. Those after it go on."""
    held: list[Route] = []

    def first(route: Route) -> None:
        # Without any route (``times=1``), the browser lets go of what is held.
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(address, first)
    return held


def ask(page: Page, address: str) -> Any:
    """What the workbench's own server says, as its page asks it."""
    return page.evaluate("async (address) => (await fetch(address)).json()", address)
