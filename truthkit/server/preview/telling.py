"""A handler that gives what it printed, beside what it returned, and that is quickly there again after a change."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from truthkit.handlers import Handler
from truthkit.project import HandlerRef

MOST = 20_000  # characters of one call's output

# What nearly every handler imports, and what takes most of a start. It brings modules of these names with it.
_AHEAD = "boto3"
_BROUGHT = frozenset(
    {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3", "awscrt", "brotli", "h2"}
)
_FRAME = re.compile(r"^(?:START|END) RequestId: .*\n?", re.MULTILINE)


Wanted = Callable[[], bool]


def always() -> bool:
    return True


class NotWantedError(Exception):
    """Nobody waits for the call any more."""


class Spare:
    """A process that the next handler of a file begins with: the interpreter is up, and boto3 loaded.

    There is none where the handler's folder has modules of names that would be loaded already: its own count.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self, handler: TellingHandler) -> None:
        """Have one from now on, until it is closed."""
        with self._lock:
            if self._closed:
                return
            if (self._process is None or self._process.poll() is not None) and not _shadows(handler.ref.code_root):
                self._process = handler.spawn_ahead(_AHEAD)

    def take(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            process, self._process = self._process, None
        return process if process is not None and process.poll() is None else None

    def close(self) -> None:
        with self._lock:
            self._closed = True
        process = self.take()
        if process is not None:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):
                    pipe.close()


def _shadows(code_root: Path) -> bool:
    names = {file.name.partition(".")[0] for file in code_root.iterdir()}
    return bool(names & (_BROUGHT | sys.stdlib_module_names))


class TellingHandler(Handler):
    """A handler with a log file. ``said()`` is what the last call of the same thread printed, with its traceback."""

    def __init__(
        self, ref: HandlerRef, *, environment: Mapping[str, str], timeout: float, log_file: Path, spare: Spare
    ) -> None:
        super().__init__(ref, environment=environment, timeout=timeout, log_file=log_file)
        self._calls = threading.Lock()
        self._mine = threading.local()
        self._spare = spare

    def invoke(self, event: Any, *, about: str = "") -> Any:
        """Raises NotWantedError too, where ``only_if`` says so when the call's turn comes."""
        assert self.log_file is not None
        # One call after the other also while the log is looked at.
        with self._calls:
            if not getattr(self._mine, "wanted", always)():
                raise NotWantedError
            start = self.log_file.stat().st_size if self.log_file.is_file() else 0
            try:
                return super().invoke(event, about=about)
            finally:
                text = ""
                if self.log_file.is_file():
                    with self.log_file.open("rb") as log:
                        log.seek(start)
                        text = log.read().decode("utf-8", "replace")
                self._mine.text = _FRAME.sub("", text).strip("\n")[-MOST:]

    @contextlib.contextmanager
    def only_if(self, wanted: Wanted) -> Iterator[None]:
        """Calls of this thread are begun only if they are still ``wanted`` then: those before may take minutes."""
        self._mine.wanted = wanted
        try:
            yield
        finally:
            self._mine.wanted = always

    def said(self) -> str:
        """Empty where nothing was printed, or nothing called."""
        text: str = getattr(self._mine, "text", "")
        return text

    def keep_spare(self) -> None:
        """Have a process for the handler that comes after this one, unless the spare that both share is closed."""
        self._spare.keep(self)

    def spawn_ahead(self, *modules: str) -> subprocess.Popen[bytes]:
        """A process for the handler that comes after this one."""
        assert self.log_file is not None
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            return super()._spawn(log, *modules)

    def _spawn(self, log: IO[bytes], *ahead: str) -> subprocess.Popen[bytes]:
        return self._spare.take() or super()._spawn(log, *ahead)
