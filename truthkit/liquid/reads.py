"""What a template reads of its task input, found without rendering: names, and what is done with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from liquid import RenderContext
from liquid.ast import ConditionalBlockNode, Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.loop import LoopExpression
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.token import TOKEN_OUTPUT, Token

Segments = tuple[str | int | None, ...]
"""A path below ``task.input``; None is an item of a list."""

_Names = dict[str, Segments | None]
"""What a template's own names stand for; None is no part of the task input."""


_RESHAPING = frozenset({"concat", "first", "join", "last", "map", "size", "split", "to_json", "where"})


@dataclass(frozen=True, slots=True)
class Read:
    """One use of a part of the task input.

    Attributes:
        path: which part.
        filters: the filters it goes through, in order.
        arguments: the literal first argument of each filter, as text; empty where there is none.
        before: the template's text before the tag that prints it; empty where it is not printed.
        looped: a loop goes over it.
        compared: the texts that it is compared with.
        index: where it stands in the template's text.
        tested: a condition asks for it, so that it may be absent.
        guarded: it stands in a branch, so that not every task needs it.
    """

    path: Segments
    filters: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    before: str = ""
    looped: bool = False
    compared: tuple[str, ...] = ()
    index: int = 0
    tested: bool = False
    guarded: bool = False


_BRANCHING = (IfNode, UnlessNode, CaseNode, ConditionalBlockNode)


def task_input_reads(template: BoundTemplate) -> list[Read]:
    """Every use of ``task.input`` in a template, in the order of its text, whatever branch it stands in."""
    context = RenderContext(template)
    names: _Names = {}
    return [read for node in template.nodes for read in _of_node(node, names, context)]


def _of_node(node: Node, names: _Names, context: RenderContext) -> Iterator[Read]:
    own = names
    branching = isinstance(node, _BRANCHING)
    if isinstance(node, CaseNode) and (path := _path(node.expression, names)) is not None:
        cases = (case for child in node.children(context) for each in child.expressions() for case in each.children())
        compared = tuple(text for text in map(_literal, cases) if text)
        yield Read(path, compared=compared, index=_index(node.expression), tested=True)
    if isinstance(node, AssignNode):
        yield from _of_expression(node.expression, names)
        names[str(node.name)] = _value_path(node.expression, names)
        return
    for expression in node.expressions():
        if isinstance(expression, LoopExpression):
            items = _path(expression.iterable, names)
            if items is None:
                yield from _of_expression(expression.iterable, names)
            else:
                yield Read(items, looped=True, index=_index(expression.iterable))
            own = {**names, str(expression.identifier): None if items is None else (*items, None)}
        else:
            found = _of_expression(expression, names, _text_before(node))
            yield from (replace(read, tested=True) for read in found) if branching else found
    inside = [read for child in node.children(context) for read in _of_node(child, own, context)]
    if branching:
        inside = [replace(read, guarded=True) for read in inside]
    yield from inside
    if isinstance(node, CaptureNode):
        names[str(node.name)] = inside[0].path if len(inside) == 1 else None


def _text_before(node: Node) -> str:
    """The text before an output tag; other tags print nothing."""
    token = node.token
    return token.source[max(0, token.start_index - 2_000) : token.start_index] if token.kind == TOKEN_OUTPUT else ""


def _of_expression(expression: Expression, names: _Names, before: str = "") -> Iterator[Read]:
    if isinstance(expression, FilteredExpression):
        path = _path(expression.left, names)
        filters = expression.filters or []
        if path is not None:
            arguments = tuple(_literal(one.args[0]) if one.args else "" for one in filters)
            yield Read(path, tuple(one.name for one in filters), arguments, before, index=_index(expression.left))
        else:
            yield from _of_expression(expression.left, names, before)
        for one in filters:
            for child in one.children():
                yield from _of_expression(child, names)
        return
    path = _path(expression, names)
    if path is not None:
        yield Read(path, before=before, index=_index(expression))
        return
    children = list(expression.children())
    literals = tuple(text for text in map(_literal, children) if text)
    for child in children:
        path = _path(child, names)
        if path is not None:
            yield Read(path, compared=literals, index=_index(child))
        else:
            yield from _of_expression(child, names)


def _value_path(expression: Expression, names: Mapping[str, Segments | None]) -> Segments | None:
    """The part of the task input that an assigned value still has the shape of."""
    if isinstance(expression, FilteredExpression):
        reshaped = any(one.name in _RESHAPING for one in expression.filters or ())
        return None if reshaped else _path(expression.left, names)
    return _path(expression, names)


def _path(expression: Expression, names: Mapping[str, Segments | None]) -> Segments | None:
    """The part of the task input that an expression names, None if it names no such part."""
    if not isinstance(expression, Path):
        return None
    head, *rest = expression.path
    segments = tuple(None if isinstance(segment, Path) else segment for segment in rest)
    if head == "task" and segments[:1] == ("input",):
        return segments[1:]
    base = names.get(head) if isinstance(head, str) else None
    return None if base is None else (*base, *segments)


def _index(expression: Expression) -> int:
    token = getattr(expression, "token", None)
    return token.start_index if isinstance(token, Token) else 0


def _literal(expression: object) -> str:
    """The text of a string literal, or of an argument that is one; else empty."""
    value = getattr(expression, "value", None)
    if isinstance(value, Expression):
        return _literal(value)
    return value if isinstance(value, str) else ""
