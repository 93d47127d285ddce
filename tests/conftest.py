"""The one browser of a test process: Playwright's sync API can be started only once in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from truthkit.browser import launch_options, require_chromium

# What a busy machine takes is no fault of a page: as long as Playwright waits for all else.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests, started as the harness starts it: it reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(require_chromium()))
        yield browser
        browser.close()
