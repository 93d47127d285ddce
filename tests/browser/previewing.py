"""A preview in a process of its own, of a plain workflow whose files tests may break: they are mended after each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.plain import Plain, make_plain


@dataclass(frozen=True)
class Served:
    """A preview that is up; ``plain`` are its files."""

    plain: Plain
    address: str
    process: subprocess.Popen[str]
    texts: dict[Path, bytes] = field(default_factory=dict)

    def mend(self) -> None:
        """Bring back every file that a test has changed."""
        for file, text in self.texts.items():
            if not file.is_file() or file.read_bytes() != text:
                file.write_bytes(text)

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


def ask(page: Page, address: str) -> Any:
    """What the workbench's own server says, as its page asks it."""
    return page.evaluate("async (address) => (await fetch(address)).json()", address)
