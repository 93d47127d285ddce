"""What can be wrong with a template before any task is rendered, all of it at once and each with its place.

python-liquid stops at the first fault and gives some of them no place, so the template's delimiters, blocks and
expressions are looked at here first, with python-liquid's own lexer and parsers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from truthkit.findings import Finding
from truthkit.liquid.dialect import UNSUPPORTED_TAGS, Dialect, Stream
from truthkit.liquid.filters import OTHER_NAMES
from truthkit.liquid.place import Source

MOST_FINDINGS = 100

_OPEN = re.compile(r"\{\{|\{%")
_STRAY = re.compile(r"'[^']*'|\"[^\"]*\"|(\{\{|\{%)")
_TAG_NAME = re.compile(r"\{%-?\s*(#|\w*)")
_COMMENT = re.compile(r"\{%-?\s*(comment|endcomment)\b(?:(?!%\}).)*%\}", re.DOTALL)
_VERBATIM = {
    "raw": re.compile(r"\{%-?\s*endraw\s*-?%\}"),
    "doc": re.compile(r"\{%-?\s*enddoc\s*-?%\}"),
}
_PLAIN_WORDS = {
    "a primitive expression": "a value",
    "end of expression": "the end of the expression",
    "expected word": "expected a name",
    "found word": "found a name",
}
_PARENTS = {"else": ("if", "unless", "for", "case"), "elsif": ("if", "unless"), "when": ("case",)}


def check(source: Source, env: Dialect) -> list[Finding]:
    """The faults of a template in the order of their places, at most 100 and one that counts the others."""
    faults = list(_delimiters(source))
    if not faults:
        tokens = list(env.tokenizer()(source.text))
        faults = [*_blocks(source, env, tokens), *_expressions(source, env, tokens)]
    faults.sort(key=lambda fault: (fault.line or 0, fault.column or 0))
    more = len(faults) - MOST_FINDINGS
    if more > 0:
        message = f"the template has {more:,} more faults"
        faults[MOST_FINDINGS:] = [Finding("liquid-more", message, "mend these first", file=source.name)]
    return faults


def _delimiters(source: Source) -> Iterator[Finding]:
    """``{{``, ``{%``, ``raw`` and ``comment`` that are never closed."""
    text = source.text
    position = 0
    absent: set[str] = set()  # closers that do not come any more
    while opened := _OPEN.search(text, position):
        start = opened.start()
        closer = "}}" if opened[0] == "{{" else "%}"
        end = -1 if closer in absent else text.find(closer, start + 2)
        if end < 0:
            absent.add(closer)
        strays = _STRAY.finditer(text, start + 2, end if end >= 0 else len(text))
        stray = next((match.start(1) for match in strays if match[1]), None)
        if end < 0 or stray is not None:
            before = "" if stray is None else f" before the next one on line {source.line_of(stray)}"
            yield source.finding(
                "liquid-unclosed",
                f"{opened[0]} is not closed{before}",
                f"write {closer} where it ends; where it is no Liquid, put a space between the braces",
                start,
            )
            position = len(text) if stray is None else stray
            continue
        position = end + 2
        name = _TAG_NAME.match(text, start)
        if name and (name[1] in _VERBATIM or name[1] == "comment"):
            closed = _end_of_verbatim(text, name[1], position)
            if closed is None:
                yield _never_closed(source, name[1], start)
                return
            position = closed


def _end_of_verbatim(text: str, name: str, position: int) -> int | None:
    if name in _VERBATIM:
        match = _VERBATIM[name].search(text, position)
        return match.end() if match else None
    depth = 1
    for match in _COMMENT.finditer(text, position):
        depth += 1 if match[1] == "comment" else -1
        if not depth:
            return match.end()
    return None


def _never_closed(source: Source, name: str, index: int) -> Finding:
    return source.finding(
        "liquid-unclosed", f"{{% {name} %}} is never closed", f"write {{% end{name} %}} where it ends", index
    )


def _opening(source: Source, token: Token) -> int:
    """The index of the ``{%`` of a tag, whose token begins at its name."""
    return max(source.text.rfind("{%", 0, token.start_index), 0)


def _blocks(source: Source, env: Dialect, tokens: list[Token]) -> Iterator[Finding]:
    """Unknown tags, and blocks that do not nest."""
    stack: list[Token] = []
    opened: Counter[str] = Counter()
    for token in tokens:
        if token.kind != TOKEN_TAG:
            continue
        name, at = token.value, _opening(source, token)
        if name.startswith("end") and name[3:] in env.tags:
            if not opened[name[3:]]:
                yield source.finding(
                    "liquid-syntax",
                    f"{{% {name} %}} closes nothing",
                    f"remove it, or write {{% {name[3:]} %}} before it",
                    at,
                )
                continue
            while stack[-1].value != name[3:]:
                opened[stack[-1].value] -= 1
                yield _never_closed(source, stack[-1].value, _opening(source, stack.pop()))
            stack.pop()
            opened[name[3:]] -= 1
        elif name in _PARENTS:
            if not stack or stack[-1].value not in _PARENTS[name]:
                inside = f"inside {{% {stack[-1].value} %}}" if stack else "outside of any block"
                allowed = " or ".join(f"{{% {parent} %}}" for parent in _PARENTS[name])
                yield source.finding(
                    "liquid-syntax", f"{{% {name} %}} stands {inside}", f"it belongs directly into {allowed}", at
                )
        elif name in ("break", "continue"):
            if not opened["for"] and not opened["tablerow"]:
                yield source.finding(
                    "liquid-syntax", f"{{% {name} %}} stands outside of any loop", "put it into a {% for %}", at
                )
        elif name not in env.tags:
            yield _unknown_tag(source, env, name, at)
        elif env.tags[name].block and env.tags[name].end:
            stack.append(token)
            opened[name] += 1
            if len(stack) == env.block_nesting_limit:
                yield source.finding(
                    "liquid-limit",
                    f"blocks are nested more than {env.block_nesting_limit - 1} deep",
                    "nest less; prepare the data in the pre-annotation handler",
                    at,
                )
    for token in stack:
        yield _never_closed(source, token.value, _opening(source, token))


def _unknown_tag(source: Source, env: Dialect, name: str, at: int) -> Finding:
    if name in UNSUPPORTED_TAGS:
        return source.finding(
            "liquid-unsupported-tag",
            f"{{% {name} %}} is not supported: a worker template is one file",
            "put the text of the other file in its place",
            at,
        )
    known = [*_PARENTS, "raw"]
    for tag in env.tags.values():
        if tag.name.isalpha() and tag.name not in (TOKEN_CONTENT, TOKEN_OUTPUT, "illegal"):
            known += [tag.name, tag.end] if tag.block and tag.end else [tag.name]
    near = get_close_matches(name, known, 1)
    cure = f"did you mean {{% {near[0]} %}}?" if near else f"the tags are {', '.join(sorted(set(known)))}"
    return source.finding("liquid-unknown-tag", f"there is no tag {{% {name} %}}", cure, at)


def _expressions(source: Source, env: Dialect, tokens: list[Token]) -> Iterator[Finding]:
    """Expressions that cannot be parsed, and unknown filters in those that can."""
    context = RenderContext(BoundTemplate(env, []))
    for at, token in enumerate(tokens):
        if token.kind not in (TOKEN_OUTPUT, TOKEN_TAG):
            continue
        follows = tokens[at + 1] if at + 1 < len(tokens) else None
        expression = follows if follows and follows.kind == TOKEN_EXPRESSION else None
        alone = _alone(env, token, expression)
        if alone is None:
            continue
        try:
            node = env.tags[TOKEN_OUTPUT if alone[0].kind == TOKEN_OUTPUT else alone[0].value].parse(
                Stream(iter(alone))
            )
        except LiquidError as error:
            yield syntax_finding(source, error, token, expression)
        else:
            yield from _unknown_filters(source, env, node, context)


def _alone(env: Dialect, token: Token, expression: Token | None) -> list[Token] | None:
    """The shortest template in which the tag and its expression can be parsed; None where nothing is to parse."""

    def tag(name: str) -> Token:
        return Token(TOKEN_TAG, name, -1, "")

    own = [token] if expression is None else [token, expression]
    true = Token(TOKEN_EXPRESSION, "true", -1, "")
    if token.kind == TOKEN_OUTPUT:
        return own
    if token.value == "elsif":
        return [tag("if"), true, *own, tag("endif")]
    if token.value == "when":
        return [tag("case"), true, *own, tag("endcase")]
    known = env.tags.get(token.value)
    if known is None or token.value in ("comment", "doc", "break", "continue"):
        return None
    return [*own, tag(known.end)] if known.block and known.end else own


def _unknown_filters(source: Source, env: Dialect, node: Node, context: RenderContext) -> Iterator[Finding]:
    for expression in node.expressions():
        if isinstance(expression, FilteredExpression):
            for used in expression.filters or ():
                if used.name not in env.filters:
                    yield unknown_filter(source, env, used.name, used.token.start_index)
    for child in node.children(context):
        yield from _unknown_filters(source, env, child, context)


def unknown_filter(source: Source, env: Dialect, name: str, index: int) -> Finding:
    near = [OTHER_NAMES[name]] if name in OTHER_NAMES else get_close_matches(name, env.filters, 1)
    cure = f"did you mean {near[0]}?" if near else f"the filters are {', '.join(sorted(env.filters))}"
    return source.finding("liquid-unknown-filter", f"there is no filter {name}", cure, index)


def syntax_finding(source: Source, error: LiquidError, token: Token, expression: Token | None) -> Finding:
    """A parser's error, placed at its own token, else at the end of the expression, else at the tag."""
    message = str(error.message or "this cannot be read")
    for theirs, ours in _PLAIN_WORDS.items():
        message = message.replace(theirs, ours)
    if error.token is not None and error.token.start_index >= 0:
        index = error.token.start_index
    elif expression is not None:
        index = expression.start_index + len(expression.value)
    else:
        index = token.start_index
    if "'|'" in message or "found pipe" in message:
        cure = "filters work in {{ }} and {% assign %} only: assign the filtered value first"
    elif message.startswith("missing expression") or "end of the expression" in message:
        cure = "complete the expression at the caret, or remove what begins it"
    else:
        cure = "mend the expression at the caret"
    return source.finding("liquid-syntax", message, cure, index)
