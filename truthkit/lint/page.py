"""A template (or a page) as a tree of elements with places, and what stands around each Liquid output.

The tree is that of the text: Liquid tags count as blanks and outputs as letters, so that every place is exact. A
browser mends more than this does; what matters here is which crowd element is inside which.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from truthkit.script_tags import Attribute, Tag, tag_at

_LIQUID = re.compile(r"\{\{|\{%-?\s*comment\s*-?%\}|\{%")
_END_OF_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_NEXT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?=/?[a-z])", re.DOTALL | re.IGNORECASE | re.ASCII)
_CLOSING = re.compile(r"</([a-z][^\s/>]*)[^>]*>?", re.IGNORECASE | re.ASCII)

_MOST_INSIDE = 100

Where = Literal["text", "attribute", "tag", "script", "style"]


@dataclass(eq=False, slots=True)
class Node:
    """An element: its opening tag, the element around it, whether a tag closes it.

    ``inside`` has the names of the crowd elements and regions around it (the first hundred different ones).
    """

    tag: Tag
    parent: Node | None
    closed: bool = False
    inside: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.tag.name

    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(frozen=True, slots=True)
class Around:
    """Where a character stands: in which element and attribute, and the attribute's quotes (empty if it has none)."""

    where: Where
    node: Node | None = None
    attribute: Attribute | None = None
    quote: str = ""


class Page:
    """The elements of a text."""

    def __init__(self, text: str, *, liquid: bool = True) -> None:
        self.text = text
        self.outputs: list[tuple[int, int]] = []
        self.masked = self._masked() if liquid else text
        self.strays: list[tuple[str, int]] = []
        """Closing tags that close nothing, and where."""
        self.nodes = list(self._parse())
        self._starts = [node.tag.start for node in self.nodes]
        self._output_starts = [start for start, _ in self.outputs]
        self._found: dict[tuple[int, str], bool] = {}

    def _masked(self) -> str:
        text, at, parts = self.text, 0, []
        absent: set[str] = set()
        while found := _LIQUID.search(text, at):
            start = found.start()
            closer = "}}" if found[0] == "{{" else "%}"
            end = -1 if closer in absent else text.find(closer, start + 2)
            if end < 0:
                absent.add(closer)
                parts.append(text[at : found.end()])
                at = found.end()
                if {"}}", "%}"} <= absent:
                    break
                continue
            end += 2
            if len(found[0]) > 2 and "comment" not in absent:
                closed = _END_OF_COMMENT.search(text, end)
                if closed is None:
                    absent.add("comment")
                else:
                    end = closed.end()
            if closer == "}}":
                self.outputs.append((start, end))
            parts += [text[at:start], ("x" if closer == "}}" else " ") * (end - start)]
            at = end
        return "".join((*parts, text[at:]))

    def _parse(self) -> Iterator[Node]:
        page, at = self.masked, 0
        stack: list[Node] = []
        opened: Counter[str] = Counter()
        while found := _NEXT.search(page, at):
            at = found.end()
            if found[0] != "<":
                continue
            if page.startswith("</", found.start()):
                closing = _CLOSING.match(page, found.start())
                if closing is None:
                    continue
                at = closing.end()
                name = closing[1].lower()
                if not opened[name]:
                    self.strays.append((name, found.start()))
                    continue
                while stack:
                    node = stack.pop()
                    opened[node.name] -= 1
                    if node.name == name:
                        node.closed = True
                        break
                continue
            tag = tag_at(page, found.start())
            if tag is None:
                return  # the text ends inside of it
            parent = stack[-1] if stack else None
            node = Node(tag, parent)
            if parent is not None:
                node.inside = parent.inside
                if "-" in parent.name and parent.name not in node.inside and len(node.inside) < _MOST_INSIDE:
                    node.inside |= {parent.name}
            yield node
            at = tag.close
            if tag.close > tag.end or tag.name in ("script", "style", "textarea", "title"):
                node.closed = True
            elif tag.name not in VOID:
                stack.append(node)
                opened[tag.name] += 1

    def value(self, node: Node, name: str) -> str | None:
        """An attribute's value with its entities decoded; None if it is absent."""
        attribute = node.tag.get(name)
        return None if attribute is None else html.unescape(self.text[attribute.value])

    def quote(self, attribute: Attribute) -> str:
        before = self.text[attribute.value.start - 1 : attribute.value.start]
        return before if before in ("'", '"') else ""

    def has_liquid(self, span: slice) -> bool:
        """Whether an output stands in a part of the text."""
        at = bisect_right(self._output_starts, span.start)
        inside = at < len(self.outputs) and self.outputs[at][0] < span.stop
        return inside or (at > 0 and self.outputs[at - 1][1] > span.start)

    def self_closed(self, node: Node) -> bool:
        return self.masked[node.tag.start : node.tag.end].rstrip(">").rstrip().endswith("/") and not (
            node.tag.attributes and node.tag.attributes[-1].span.stop == node.tag.end - 1
        )

    def around(self, index: int) -> Around:
        """What stands around a character of the text."""
        at = bisect_right(self._starts, index) - 1
        if at < 0:
            return Around("text")
        node = self.nodes[at]
        if index < node.tag.end:
            for attribute in node.tag.attributes:
                if attribute.value.start <= index < max(attribute.value.stop, attribute.value.start + 1):
                    return Around("attribute", node, attribute, self.quote(attribute))
            return Around("tag", node)
        if index < node.tag.close:
            if node.name == "script":
                return Around("script", node)
            if node.name == "style":
                return Around("style", node)
            return Around("text", node)
        return Around("text", node)

    def scripts(self) -> Iterator[Node]:
        return (node for node in self.nodes if node.name == "script")

    def in_script(self, node: Node, pattern: re.Pattern[str]) -> bool:
        """Whether a script has a text; looked for once, however many outputs ask."""
        key = (node.tag.start, pattern.pattern)
        if key not in self._found:
            self._found[key] = pattern.search(self.content(node)) is not None
        return self._found[key]

    def content(self, node: Node) -> str:
        """The text inside of a script, style, title or text area."""
        return re.sub(r"</[a-zA-Z]+[^>]*>?\Z", "", self.text[node.tag.end : node.tag.close])
