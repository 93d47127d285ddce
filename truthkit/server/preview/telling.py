"""A handler that gives what it printed, beside what it returned."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truthkit.handlers import Handler
from truthkit.project import HandlerRef

MOST = 20_000  # characters of one call's output

_FRAME = re.compile(r"^(?:START|END) RequestId: .*\n?", re.MULTILINE)


class TellingHandler(Handler):
    """A handler with a log file. ``said()`` is what the last call of the same thread printed, with its traceback."""

    def __init__(self, ref: HandlerRef, *, environment: Mapping[str, str], timeout: float, log_file: Path) -> None:
        super().__init__(ref, environment=environment, timeout=timeout, log_file=log_file)
        self._calls = threading.Lock()
        self._said = threading.local()

    def invoke(self, event: Any, *, about: str = "") -> Any:
        assert self.log_file is not None
        # One call after the other also while the log is looked at.
        with self._calls:
            start = self.log_file.stat().st_size if self.log_file.is_file() else 0
            try:
                return super().invoke(event, about=about)
            finally:
                text = ""
                if self.log_file.is_file():
                    with self.log_file.open("rb") as log:
                        log.seek(start)
                        text = log.read().decode("utf-8", "replace")
                self._said.text = _FRAME.sub("", text).strip("\n")[-MOST:]

    def said(self) -> str:
        """Empty where nothing was printed, or nothing called."""
        text: str = getattr(self._said, "text", "")
        return text
