"""The service's dialect on python-liquid: its tags, its scope, its limits."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, TextIO, cast

from liquid import Environment, RenderContext, TokenStream
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode, Literal
from liquid.builtin.expressions import FilteredExpression, tokenize
from liquid.builtin.expressions.loop import LoopExpression
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode, AssignTag
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.echo_tag import EchoTag
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.builtin.tags.ifchanged_tag import IfChangedNode, IfChangedTag
from liquid.builtin.tags.liquid_tag import LiquidTag
from liquid.builtin.tags.tablerow_tag import TablerowNode, TablerowTag
from liquid.exceptions import LiquidError, LoopIterationLimitError
from liquid.parser import get_parser
from liquid.template import BoundTemplate
from liquid.token import (
    TOKEN_AND,
    TOKEN_AS,
    TOKEN_ASSIGN,
    TOKEN_BLANK,
    TOKEN_COLS,
    TOKEN_CONTAINS,
    TOKEN_CONTINUE,
    TOKEN_DOT,
    TOKEN_ELSE,
    TOKEN_EMPTY,
    TOKEN_EXPRESSION,
    TOKEN_FALSE,
    TOKEN_FOR,
    TOKEN_IF,
    TOKEN_IN,
    TOKEN_LIMIT,
    TOKEN_NIL,
    TOKEN_NOT,
    TOKEN_NULL,
    TOKEN_OFFSET,
    TOKEN_OR,
    TOKEN_OUTPUT,
    TOKEN_REQUIRED,
    TOKEN_REVERSED,
    TOKEN_TAG,
    TOKEN_TRUE,
    TOKEN_WITH,
    TOKEN_WORD,
    Token,
)
from liquid.undefined import UNDEFINED, Undefined
from liquid.utils import ReadOnlyChainMap

from truthkit.liquid.filters import service_filters
from truthkit.liquid.limits import MOST_CHARACTERS, MOST_ITEMS, MOST_NESTED_BLOCKS, MOST_VARIABLE_BYTES
from truthkit.liquid.missing import Missing
from truthkit.liquid.page import Captured, Origin, Page
from truthkit.liquid.text import as_html

LOOPED = f"the loops of this page run more than {MOST_ITEMS:,} times"

UNSUPPORTED_TAGS = ("include", "render", "layout", "extends", "block", "section")

# words that python-liquid refuses as the name of a property
_RESERVED = frozenset(
    {
        TOKEN_AND,
        TOKEN_AS,
        TOKEN_BLANK,
        TOKEN_COLS,
        TOKEN_CONTAINS,
        TOKEN_CONTINUE,
        TOKEN_ELSE,
        TOKEN_EMPTY,
        TOKEN_FALSE,
        TOKEN_FOR,
        TOKEN_IF,
        TOKEN_IN,
        TOKEN_LIMIT,
        TOKEN_NIL,
        TOKEN_NOT,
        TOKEN_NULL,
        TOKEN_OFFSET,
        TOKEN_OR,
        TOKEN_REQUIRED,
        TOKEN_REVERSED,
        TOKEN_TRUE,
        TOKEN_WITH,
    }
)
# of these, the words that mean nothing special where a value begins: ``{% assign limit = 5 %}``
_FREE_AT_START = frozenset(
    {TOKEN_AS, TOKEN_COLS, TOKEN_CONTINUE, TOKEN_FOR, TOKEN_LIMIT, TOKEN_OFFSET, TOKEN_REQUIRED, TOKEN_REVERSED}
    | {TOKEN_WITH}
)
_RAW_TAG = re.compile(r"\{%-?\s*raw\s*-?%\}")
_SPACE = re.compile(r"\s*")


def words(tokens: Iterable[Token]) -> TokenStream:
    """An expression's tokens, reserved words being plain names where they can be nothing else."""
    result: list[Token] = []
    before: str | None = None
    for token in tokens:
        kind = token.kind
        if kind in _RESERVED and (
            before == TOKEN_DOT or (before in (None, TOKEN_ASSIGN, TOKEN_IN) and kind in _FREE_AT_START)
        ):
            token = token._replace(kind=TOKEN_WORD)
        result.append(token)
        before = token.kind
    return TokenStream(iter(result))


class Stream(TokenStream):
    """A template's tokens; the expressions inside its tags are read with ``words``."""

    def into_inner(self, *, tag: Token | None = None, eat: bool = True) -> TokenStream:
        return words(super().into_inner(tag=tag, eat=eat).tokens)


class Context(RenderContext):
    """What one rendering knows: the task, the signer, and how much it has looped."""

    __slots__ = ("iterations", "sign", "strict")

    def __init__(
        self, template: BoundTemplate, task_input: Mapping[str, Any], sign: Callable[[str], str], strict: bool
    ) -> None:
        super().__init__(template, globals={"task": {"input": task_input}})
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)
        self.sign = sign
        self.strict = strict
        self.iterations = 0

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        value: Any = self.scope
        for at, segment in enumerate(path):
            try:
                value = self.get_item(value, segment) if at else value[segment]
            except (KeyError, TypeError, IndexError):
                if default is not UNDEFINED:
                    return default
                if self.strict:
                    return Missing(path, at, value if at else None, self.scope, token)
                return Undefined(str(path[0]), token=token)
        return value

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self.iterations += length
        if self.iterations > MOST_ITEMS:
            raise LoopIterationLimitError(LOOPED, token=None)

    def get_buffer(self, buf: TextIO | None = None) -> Page:
        return Page(buf.room if isinstance(buf, Page) else MOST_CHARACTERS)


@lru_cache(maxsize=4)
def _breaks(source: str) -> list[int]:
    return [match.start() for match in re.finditer("\n", source)]


def _template_line(source: str, index: int) -> int:
    return bisect_left(_breaks(source), index) + 1


class _Placed(Node):
    """A node that gives its own place to errors which have none."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        try:
            return super().render_to_output(context, buffer)  # type: ignore[safe-super]
        except LiquidError as error:
            if error.token is None:
                error.token = self.token
            raise


class _Text(ContentNode):
    __slots__ = ("origin",)

    def __init__(self, token: Token, text: str) -> None:
        super().__init__(token, text)
        start = token.start_index
        if not token.source.startswith(text, start):  # the token begins before `{% raw %}` or before stripped space
            raw = _RAW_TAG.match(token.source, start)
            space = _SPACE.match(token.source, start)
            start = raw.end() if raw else cast("re.Match[str]", space).end()
        self.origin = Origin.of_literal(text, _template_line(token.source, start))

    def render_to_output(self, _: RenderContext, buffer: TextIO) -> int:
        if isinstance(buffer, Page):
            try:
                return buffer.put_literal(self.text, self.origin)
            except LiquidError as error:
                error.token = self.token
                raise
        return 0  # a block of nothing but white space is not written


class _TextTag(Literal):
    node_class = _Text


class _Value(OutputNode):
    __slots__ = ("line",)

    def __init__(self, token: Token, expression: Any) -> None:
        super().__init__(token, expression)
        self.line = _template_line(token.source, token.start_index)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        try:
            value = self.expression.evaluate(context)
            if isinstance(buffer, Page):
                if type(value) is Captured:
                    return buffer.put_literal(value, value.origin)
                return buffer.put_value(as_html(value), self.line)
            return buffer.write(as_html(value))
        except LiquidError as error:
            if error.token is None:
                error.token = self.token
            raise


class _ValueTag(Output):
    node_class = _Value

    def parse(self, stream: TokenStream) -> OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        expression = stream.expect(TOKEN_EXPRESSION)
        return self.node_class(token, FilteredExpression.parse(self.env, words(tokenize(expression.value, expression))))


class _EchoTag(EchoTag):
    node_class = _Value  # type: ignore[assignment]


class _Capture(CaptureNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        page = cast(Page, context.get_buffer(buffer))
        try:
            self.block.render(context, page)
            context.assign(self.name, page.captured())
        except LiquidError as error:
            if error.token is None:
                error.token = self.token
            raise
        return 0


class _CaptureTag(CaptureTag):
    node_class = _Capture


class _IfChanged(IfChangedNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        page = cast(Page, context.get_buffer(buffer))
        self.block.render(context, page)
        value = page.captured()
        if not context.ifchanged(value):
            return 0
        return buffer.put_literal(value, value.origin) if isinstance(buffer, Page) else 0


class _IfChangedTag(IfChangedTag):
    node_class = _IfChanged


class _Cycle(CycleNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        values = [as_html(argument.evaluate(context)) for argument in self.args]
        group = as_html(self.group.evaluate(context)) if self.group else ""
        return buffer.write(values[context.cycle(group or str(values), len(values)) % len(values)])


class _CycleTag(CycleTag):
    node_class = _Cycle


class _Assign(_Placed, AssignNode):
    __slots__ = ()


class _AssignTag(AssignTag):
    node_class = _Assign


def _check_range(expression: LoopExpression, context: RenderContext) -> None:
    # a reversed loop makes a list of its range before the loops are counted
    if expression.reversed:
        value = expression.iterable.evaluate(context)
        if isinstance(value, range) and value.stop - value.start > MOST_ITEMS:
            raise LoopIterationLimitError(LOOPED, token=None)


class _ForLoop(ForNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        _check_range(self.expression, context)
        return super().render_to_output(context, buffer)


class _For(_Placed, _ForLoop):
    __slots__ = ()


class _ForTag(ForTag):
    node_class = _For


class _TableLoop(TablerowNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        _check_range(self.expression, context)
        return super().render_to_output(context, buffer)


class _Tablerow(_Placed, _TableLoop):
    __slots__ = ()


class _TablerowTag(TablerowTag):
    node_class = _Tablerow


class _LiquidTag(LiquidTag):
    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        if stream.current.kind != TOKEN_EXPRESSION:
            return self.node_class(token, None, block=BlockNode(token, []))
        inner = stream.current
        lines = Stream(self._tokenize(inner.value, token=inner), block_depth_carry=stream.block_depth)
        return self.node_class(token, inner, block=get_parser(self.env).parse_block(lines, end=()))


class Dialect(Environment):
    """python-liquid's environment with the service's tags and filters.

    ``autoescape`` stays off: the nodes above escape, so that between filters values are what they are.
    """

    block_nesting_limit = MOST_NESTED_BLOCKS
    context_depth_limit = MOST_NESTED_BLOCKS
    local_namespace_limit = MOST_VARIABLE_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for name in UNSUPPORTED_TAGS:
            self.tags.pop(name, None)
        for tag in (_TextTag, _ValueTag, _EchoTag, _CaptureTag, _IfChangedTag, _CycleTag, _AssignTag, _ForTag):
            self.add_tag(tag)
        self.add_tag(_TablerowTag)
        self.add_tag(_LiquidTag)
        self.filters = service_filters(self.filters)

    def _parse(self, source: str) -> list[Node]:
        return get_parser(self).parse(Stream(self.tokenizer()(source)))


@cache
def dialect() -> Dialect:
    """The one environment; it is not changed after it is made."""
    return Dialect()
