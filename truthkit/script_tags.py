"""The tags of a page as a browser's parser finds them, and the addresses of the kit's scripts in them.

What stands in a comment, in a script, style, title or text area, or in the quotes of an attribute is no tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = r"<!--(?:-?>|.*?(?:--!?>|\Z))"
_NEXT = re.compile(rf"{_COMMENT}|<(?=[a-z])", re.DOTALL | re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"<([a-z][^\s/>]*)", re.IGNORECASE | re.ASCII)
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<all>(?P<name>[^\s/>][^\s/>=]*)"""
    r"""(?:\s*=\s*(?:"(?P<double>[^"]*)(?:"|\Z)|'(?P<single>[^']*)(?:'|\Z)|(?P<plain>[^\s>"'][^\s>]*)?))?)""",
    re.ASCII,
)
_TAG_END = re.compile(r"[\s/]*>", re.ASCII)
_ONLY_TEXT = ("script", "style", "textarea", "title")
_BEFORE_HEAD = re.compile(rf"(?:\s+|{_COMMENT})*", re.DOTALL | re.ASCII)
_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)
_BUNDLE = re.compile(r"(?:^|/)truthkit/([A-Za-z0-9_-]+)(?:\.[0-9a-f]{16})?\.js(?:[?#]|$)")


@dataclass(frozen=True, slots=True)
class Attribute:
    """``span`` is the whole attribute, ``value`` what is inside its quotes; both are places in the page."""

    name: str
    span: slice
    value: slice


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag: ``start`` and ``end`` of the tag, ``close`` the end of an element that has only text."""

    name: str
    start: int
    end: int
    close: int
    attributes: tuple[Attribute, ...]

    def get(self, name: str) -> Attribute | None:
        """The attribute; the first one counts if there are several."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


def tags(page: str) -> Iterator[Tag]:
    """The opening tags of a page or a part of one, in order."""
    at = 0
    while found := _NEXT.search(page, at):
        at = found.end()
        if found[0] == "<":
            tag = tag_at(page, found.start())
            if tag is None:
                return  # the page ends inside of it
            yield tag
            at = tag.close


def tag_at(page: str, start: int) -> Tag | None:
    """The opening tag that begins at ``start``; None if none does."""
    name = _NAME.match(page, start)
    if name is None:
        return None
    attributes = []
    at = name.end()
    while not (end := _TAG_END.match(page, at)):
        found = _ATTRIBUTE.match(page, at)
        if found is None:
            return None
        kind = next((kind for kind in ("double", "single", "plain") if found[kind] is not None), None)
        value = slice(*found.span(kind)) if kind else slice(found.end(), found.end())
        attributes.append(Attribute(found["name"].lower(), slice(*found.span("all")), value))
        at = found.end()
    tag_name = name[1].lower()
    close = end.end()
    if tag_name in _ONLY_TEXT:
        over = re.compile(rf"</{tag_name}(?=[\s/>])[^>]*>?|\Z", re.IGNORECASE).search(page, close)
        close = over.end() if over else len(page)
    return Tag(tag_name, start, end.end(), close, tuple(attributes))


def head_start(page: str) -> int | None:
    """Where a page's head begins: after ``<head>``, else ``<html>``, else the doctype; None if it has none of them."""
    start = None

    def skip(at: int) -> int:
        blank = _BEFORE_HEAD.match(page, at)
        return blank.end() if blank else at

    at = skip(0)
    if doctype := _DOCTYPE.match(page, at):
        start = doctype.end()
        at = skip(start)
    for name in ("html", "head"):
        tag = tag_at(page, at)
        if tag and tag.name == name:
            start = tag.end
            at = skip(start)
    return start


def address_of(page: str, attribute: Attribute) -> str:
    """The attribute's value as an address."""
    return html.unescape(page[attribute.value]).strip()


def bundle_name(address: str) -> str | None:
    """NAME of an address of one of the kit's bundles, ``…/truthkit/NAME.js`` or, built with ``--assets``,
    ``…/truthkit/NAME.HASH.js``; None of another."""
    found = _BUNDLE.search(address)
    return found[1] if found else None
