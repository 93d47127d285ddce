"""The order of the test files, and the one browser of a process: Playwright's sync API can be started once in it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from truthkit.browser import launch_options, require_chromium

# What a busy machine takes is no fault of a page: as long as Playwright waits for all else.
expect.set_options(timeout=30_000)
# Nor is it one of an example that it takes long.
settings.register_profile("any load", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any load")


# What a shell starts in the background ignores Ctrl-C, and so would the programs that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


# A file is one process's: that none runs alone at the end, those come first that take longest.
LONGEST = (
    "test_smoke", "test_run", "test_kill_and_resume", "test_workflow_samples", "test_adjustment", "test_cli",
    "test_demo", "test_text_annotator", "test_compatibility", "test_gallery", "test_gestures_shapes",
    "test_packaging", "test_docs", "test_sam", "test_deployed_handlers", "test_simulated_jobs", "test_preview_page",
    "test_preview_reload", "test_preview_guard", "test_preview_faults", "test_preview_bench", "test_try_lambda",
    "test_try_lambda_deployed", "test_new_project", "test_gestures", "test_gestures_text", "test_gestures_masks",
    "test_gestures_choice", "test_languages", "test_widgets_axe", "test_masks", "test_entity_annotation",
    "test_report_page", "test_build", "test_npm_package", "test_crowd_form", "test_crowd_controls", "test_layers",
    "test_mistakes", "test_report", "test_objects", "test_class_models", "test_handlers",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests, started as the harness starts it: it reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(require_chromium()))
        yield browser
        browser.close()
