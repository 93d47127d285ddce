"""What the harness tells about a user's files: one shape for every fault, wherever it was found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]

# What would steer a terminal, and halves of characters, which no encoding has.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WITHOUT_WIDTH = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (or remark), with its place and its cure.

    ``line`` and ``column`` count from 1 in ``file``; ``excerpt`` is the source line with a caret below it.
    ``object_id`` is the ``datasetObjectId`` (the zero-based manifest line number, as a string).

    Texts come from handlers, pages, scripts and file names too: control characters and lone surrogates in any of them
    are kept as escapes (``\\x1b``, ``\\ud800``), so that a finding can be written and printed anywhere.
    """

    code: str
    message: str
    cure: str = ""
    severity: Severity = "error"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str = ""
    object_id: str | None = None
    worker_id: str | None = None

    def __post_init__(self) -> None:
        for name in ("code", "message", "cure", "file", "excerpt", "object_id", "worker_id"):
            text = getattr(self, name)
            if isinstance(text, str) and _HARMFUL.search(text):
                object.__setattr__(self, name, _HARMFUL.sub(_escaped, text))

    def place(self) -> str:
        """``file:line:column``, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        where = self.place()
        head = f"{where}: {self.message}" if where else self.message
        about = " ".join(
            f"{name} {value}" for name, value in (("object", self.object_id), ("worker", self.worker_id)) if value
        )
        lines = [f"{head} [{self.code}]" + (f" ({about})" if about else "")]
        if self.excerpt:
            lines.append(self.excerpt)
        if self.cure:
            lines.append(f"  cure: {self.cure}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object without its empty fields."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}

    def about(self, object_id: str | None = None, worker_id: str | None = None) -> Finding:
        """The same finding, said of a data object (and a worker)."""
        return replace(self, object_id=object_id or self.object_id, worker_id=worker_id or self.worker_id)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class TruthkitError(Exception):
    """Something that stops the work; carries the findings that say why.

    ``exit_status`` is what the command line returns: 1, the input has faults; 2, wrong use.
    """

    exit_status = 1

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings: tuple[Finding, ...] = findings

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> TruthkitError:
        return cls(*findings)


class UsageError(TruthkitError):
    """The command or the call itself is wrong."""

    exit_status = 2

    def __init__(self, message: str, cure: str = "", **place: Any) -> None:
        super().__init__(Finding("usage", message, cure, **place))


class SubmissionError(Exception):
    """An answer that can't be taken; ``status`` is the HTTP status that the page gets."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def excerpt(source_line: str, column: int | None, *, width: int = 120) -> str:
    """The source line with a caret below ``column`` (1-based), cut to ``width`` around it."""
    text = source_line.rstrip("\r\n")

    def harmless(part: str) -> str:
        return _WITHOUT_WIDTH.sub("\N{REPLACEMENT CHARACTER}", part.replace("\t", " "))

    if column is None:
        return "  | " + harmless(text if len(text) <= width else text[: width - 1] + "…")
    start = 0 if column <= width - 20 else column - width // 2
    shown = harmless(text[start : start + width])
    lead = "…" if start else ""
    tail = "…" if start + width < len(text) else ""
    caret = " " * (len(lead) + max(0, column - 1 - start)) + "^"
    return f"  | {lead}{shown}{tail}\n  | {caret}"
