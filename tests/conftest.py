"""The one browser of a test process: Playwright's sync API can be started only once in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from truthkit.browser import launch_options, require_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests, started as the harness starts it: it reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(require_chromium()))
        yield browser
        browser.close()
