"""Where the public sets with gold are; tests that need them are skipped where they are not."""

from __future__ import annotations

import pytest

from benchmarks.crowd_data import crowd_folder

FOLDER = crowd_folder()

needs_crowd_data = pytest.mark.skipif(FOLDER is None, reason="no crowd data: TRUTHKIT_DATA names its folder")
