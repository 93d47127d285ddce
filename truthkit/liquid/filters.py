"""The filters of the service: standard Liquid, escaping, JSON and signed URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import unquote

from liquid.builtin.filters import string as string_filters
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError, UndefinedError
from liquid.filter import with_context
from liquid.undefined import Undefined

from truthkit.findings import Finding, TruthkitError
from truthkit.liquid.limits import MOST_CHARACTERS, MOST_ITEMS, MOST_NUMBER_BITS
from truthkit.liquid.text import Safe, escape_once, text, to_json

Filter = Callable[..., Any]

_KEY = r"/(?P<key>\S(?:.*\S)?)"
_S3 = r"s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com"
# An S3 URI, and what A2I's samples give instead: addresses by path; those by host are the newer form of them.
_S3_URI = re.compile(rf"s3://(?P<bucket>[^/\s]+){_KEY}", re.DOTALL)
_S3_URLS = (
    re.compile(rf"https?://{_S3}/(?P<bucket>[^/\s]+){_KEY}", re.DOTALL),
    re.compile(rf"https?://(?P<bucket>[^/\s]+?)\.{_S3}{_KEY}", re.DOTALL),
)

# python-liquid's own, which neither Liquid nor the service has
FOREIGN = ("safe", "escapejs")
# what people write for filters that are called otherwise here
OTHER_NAMES = {"json": "to_json", "raw": "skip_autoescape", "safe": "skip_autoescape", "h": "escape"}

_KEEP_SAFE = frozenset({"squish", "strip_html", "strip_newlines", "truncate", "truncatewords"})


class SigningError(FilterArgumentError):
    """The signer refused an S3 URI; ``reason`` says why."""

    def __init__(self, reason: Finding) -> None:
        super().__init__(reason.message, token=None)
        self.reason = reason


class FilterLimitError(FilterArgumentError, ResourceLimitError):
    """What a filter was given, or makes, is too big."""


def service_filters(standard: Mapping[str, Filter]) -> dict[str, Filter]:
    """The service's filters by name, made from python-liquid's standard ones."""
    named: dict[str, Filter] = {name: function for name, function in standard.items() if name not in FOREIGN}
    named |= {
        "escape": lambda value: Safe.escape(value),
        "escape_once": lambda value: value if isinstance(value, Safe) else Safe(escape_once(text(value))),
        "skip_autoescape": lambda value: Safe(text(value)),
        "to_json": to_json,
        "concat": _concat(standard["concat"]),
        "newline_to_br": lambda value: Safe(string_filters.RE_LINETERM.sub("<br />\n", Safe.escape(value))),
        "grant_read_access": _signing("grant_read_access"),
        "s3_presign": _signing("s3_presign"),
    }
    return {name: function if name == "default" else _guarded(name, function) for name, function in named.items()}


def s3_uri(value: str) -> str | None:
    """The S3 URI that ``value`` names (``s3://…`` or an http(s) address of S3), None if it names none."""
    if _S3_URI.fullmatch(value):
        return value
    for form in _S3_URLS:
        if match := form.fullmatch(value):
            return f"s3://{match['bucket']}/{unquote(match['key'])}"
    return None


def _concat(standard: Filter) -> Filter:
    def concat(value: Any, other: Any) -> Any:
        if not isinstance(other, (list, tuple)):
            raise FilterArgumentError(f"concat expects a list, found {text(other)!r}", token=None)
        return standard(value, other)

    return concat


def _signing(name: str) -> Filter:
    @with_context
    def sign(value: Any, *, context: Any) -> str:
        plain = value.unescape() if isinstance(value, Safe) else text(value)
        uri = s3_uri(plain)
        if uri is None:
            raise FilterArgumentError(f'"{name}" input is not a valid S3 URI: "{plain}".', token=None)
        try:
            signed: str = context.sign(uri)
        except TruthkitError as error:
            raise SigningError(error.findings[0]) from error
        return signed

    return sign


def _guarded(name: str, function: Filter) -> Filter:
    """``function`` with Liquid's text for its operands; missing operands, bad ones and giant results are errors."""
    textual = function.__module__ == string_filters.__name__ and name != "slice"
    keeps = name in _KEEP_SAFE

    @wraps(function)
    def call(value: Any, *args: Any, **kwargs: Any) -> Any:
        for operand in (value, *args):
            if isinstance(operand, Undefined):
                operand.poke()
            elif isinstance(operand, range) and operand.stop - operand.start > MOST_ITEMS:
                raise FilterLimitError(f"the range given to {name} is too long", token=None)
        if textual:
            if not isinstance(value, str):
                value = text(value)
            args = tuple(text(arg) if isinstance(arg, (bool, list, tuple, Mapping)) else arg for arg in args)
        elif name == "slice" and not isinstance(value, (str, list, tuple, range)):
            value = text(value)
        if _expected_length(name, value, args) > MOST_CHARACTERS:
            raise FilterLimitError(f"{name} makes a text that is too long", token=None)
        try:
            result = function(value, *args, **kwargs)
        except (FilterArgumentError, UndefinedError):
            raise
        except LiquidError as error:  # python-liquid places only the errors that are raised above
            raise FilterArgumentError(error.message, token=None) from error
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise FilterArgumentError(f"{name}: {error}", token=None) from error
        if keeps and isinstance(value, Safe) and not isinstance(result, Safe):
            return Safe(result)
        if isinstance(result, str) and len(result) > MOST_CHARACTERS:
            raise FilterLimitError(f"{name} makes a text that is too long", token=None)
        if isinstance(result, int) and result.bit_length() > MOST_NUMBER_BITS:
            raise FilterLimitError(f"{name} makes a number with more than {MOST_NUMBER_BITS} bits", token=None)
        return result

    return call


def _expected_length(name: str, value: Any, args: tuple[Any, ...]) -> int:
    """A bound on the text that the two multiplying filters make; 0 for all others, which only add."""
    if name == "replace" and len(args) > 1:
        old, new = text(args[0]), text(args[1])
        return int((value.count(old) if old else len(value) + 1) * len(new))
    if name == "join" and args and isinstance(value, (list, tuple, range)):
        return len(value) * len(text(args[0]))
    return 0
