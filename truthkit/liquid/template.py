"""A worker task template: parsed once, rendered for every task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liquid.exceptions import LiquidError, LocalNamespaceLimitError, ResourceLimitError
from liquid.template import BoundTemplate
from liquid.token import TOKEN_CONTENT, Token

from truthkit.findings import Finding, TruthkitError, UsageError, excerpt
from truthkit.liquid.check import check, syntax_finding
from truthkit.liquid.dialect import Context, dialect
from truthkit.liquid.filters import SigningError
from truthkit.liquid.limits import MOST_CHARACTERS, MOST_VARIABLE_BYTES
from truthkit.liquid.missing import MissingVariableError, dotted, where_half
from truthkit.liquid.page import Page
from truthkit.liquid.place import Source
from truthkit.liquid.reads import Read, task_input_reads


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered page. ``lines[i]`` is the template line that rendered line ``i + 1`` comes from (both from 1)."""

    html: str
    lines: tuple[int, ...]


class RenderError(TruthkitError):
    """Rendering stopped at a fault; ``rendered`` is the page up to there."""

    def __init__(self, finding: Finding, rendered: Rendered) -> None:
        super().__init__(finding)
        self.rendered = rendered


class Template:
    """A template in the service's dialect. Rendering is safe from several threads at once."""

    def __init__(self, source: Source, bound: BoundTemplate) -> None:
        self._source = source
        self._bound = bound

    @property
    def name(self) -> str:
        """The template's path or name, as errors give it."""
        return self._source.name

    @property
    def source(self) -> str:
        """The template's text."""
        return self._source.text

    @classmethod
    def load(cls, file: Path) -> Template:
        """The template in ``file`` (UTF-8).

        Raises UsageError if the file cannot be read, TruthkitError with every fault that parsing finds.
        """
        try:
            data = file.read_bytes()
        except OSError as error:
            raise UsageError(f"the template {file} cannot be read: {error.strerror}", "give a Liquid file") from error
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"the template is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
            raise TruthkitError(
                Finding("liquid-encoding", message, "save the file as UTF-8", file=str(file), line=line)
            ) from error
        return cls.parse(text, str(file))

    @classmethod
    def parse(cls, source: str, name: str = "template") -> Template:
        """The template with the text ``source``. Raises TruthkitError with every fault that parsing finds."""
        placed = Source(name, source)
        env = dialect()
        try:
            faults = check(placed, env)
            if faults:
                raise TruthkitError.of(faults)
            bound = env.from_string(source, name=name)
        except LiquidError as error:
            first = Token(TOKEN_CONTENT, source, 0, source)
            raise TruthkitError(syntax_finding(placed, error, first, None)) from error
        except RecursionError as error:
            message = "an expression is nested too deep"
            raise TruthkitError(placed.finding("liquid-limit", message, "use fewer brackets", 0)) from error
        return cls(placed, bound)

    def reads(self) -> list[Read]:
        """What the template reads of its task input, whatever branch it stands in."""
        return task_input_reads(self._bound)

    def strangers(self) -> list[tuple[str, int]]:
        """The variables that no task has, as they are written, and where each stands in the text."""
        return sorted(
            (
                (dotted(variable.segments), variable.span.index)
                for uses in self._bound.analyze().globals.values()
                for variable in uses
                if variable.segments[:2] != ["task", "input"] and variable.segments != ["task"]
            ),
            key=lambda use: use[1],
        )

    def render(self, task_input: Mapping[str, Any], *, sign: Callable[[str], str], strict: bool = True) -> Rendered:
        """The page for one task.

        ``task_input`` is what the template sees as ``task.input``; ``sign`` turns an ``s3://`` URI into a URL that
        can be fetched. A missing variable is an error where its value counts, or empty if not ``strict``.
        Raises RenderError with the place in the template, and the page up to there.
        """
        context = Context(self._bound, task_input, sign, strict)
        page = Page(MOST_CHARACTERS)
        token: Token | None = None
        try:
            for node in self._bound.nodes:
                token = node.token
                node.render(context, page)
        except LiquidError as error:
            so_far = Rendered(page.getvalue(), page.lines())
            raise RenderError(self._finding(error, error.token or token), so_far) from error
        rendered = Rendered(page.getvalue(), page.lines())
        try:
            rendered.html.encode("utf-8")
        except UnicodeEncodeError as error:
            raise TruthkitError(self._half_character(rendered, error, task_input)) from None
        return rendered

    def _half_character(self, rendered: Rendered, error: UnicodeEncodeError, task_input: Any) -> Finding:
        before = rendered.html[: error.start]
        number = before.count("\n") + before.count("\r") - before.count("\r\n")
        line = rendered.lines[min(number, len(rendered.lines) - 1)]
        half = rendered.html[error.start]
        where = where_half(task_input, half)
        return Finding(
            "liquid-bad-value",
            f"{dotted(where) if where else 'a value'} has {half}, half a character: no page can show it",
            "write the character itself, or both halves (a text that is cut by UTF-16 units may have one)",
            file=self._source.name,
            line=line,
            excerpt=excerpt(self._source.text.split("\n")[line - 1], None),
        )

    def _finding(self, error: LiquidError, token: Token | None) -> Finding:
        index = token.start_index if token is not None else 0
        message = str(error.message)
        if isinstance(error, MissingVariableError):
            return self._source.finding("liquid-missing-variable", message, error.cure, index)
        if isinstance(error, SigningError):
            place = self._source.finding(error.reason.code, message, error.reason.cure, index)
            return replace(error.reason, file=place.file, line=place.line, column=place.column, excerpt=place.excerpt)
        if isinstance(error, ResourceLimitError):
            if isinstance(error, LocalNamespaceLimitError):
                message = f"the variables of this page take more than {MOST_VARIABLE_BYTES:,} bytes"
            cure = "make the loops, texts or numbers smaller; prepare big data in the pre-annotation handler"
            return self._source.finding("liquid-limit", message, cure, index)
        if "not a valid S3 URI" in message:
            cure = "give it s3://bucket/key; a value that is an http(s) URL already needs no signing"
        else:
            cure = "check what the value is, and what the filter or tag can take"
        return self._source.finding("liquid-bad-value", message, cure, index)
