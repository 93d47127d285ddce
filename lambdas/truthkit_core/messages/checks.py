"""What all messages share: the error, strict JSON, and checks that know where they are in a message."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

# Lambda's limit on a synchronous request or response, as its errors state it: 6 MB and 100 bytes.
LAMBDA_PAYLOAD_BYTES = 6_291_556
# An object's URI as the service takes it.
S3_URI = re.compile(r"s3://(?P<bucket>[^/\s]+)/(?P<key>.+)", re.DOTALL)


class ContractError(ValueError):
    """A message or a setting that breaks the contract.

    ``path`` says where (``taskInput.labels[2]``), ``problem`` what is wrong, ``cure`` what to do about it. ``file`` and
    ``line`` (from 1) are set where the value comes from a user's file.
    """

    def __init__(self, path: str, problem: str, cure: str = "", file: str | None = None, line: int | None = None):
        super().__init__(path, problem, cure, file, line)
        self.path = path
        self.problem = problem
        self.cure = cure
        self.file = file
        self.line = line

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        text = ": ".join(part for part in (where, self.path, self.problem) if part)
        return f"{text} (cure: {self.cure})" if self.cure else text


def kind(value: Any) -> str:
    """What JSON calls a Python value: for error messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "the string " + json.dumps(value if len(value) <= 40 else value[:37] + "…", ensure_ascii=False)
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return f"a Python {type(value).__name__}"


def check_json(value: Any, path: str) -> None:
    """Raise ContractError at the first part of ``value`` that JSON cannot carry (NaN, infinities, foreign types)."""
    try:
        # Where nothing is wrong no path is needed, and paths take most of the time.
        if not _is_json(value):
            _check_json(value, path)
    except RecursionError:
        raise ContractError(path, "is nested too deeply (or contains itself)", "flatten it") from None


def _is_json(value: Any) -> bool:
    """Whether it is made of JSON's own types and nothing else; subclasses of them are for `_check_json` to judge."""
    made = type(value)
    if made is dict:
        return {str}.issuperset(map(type, value)) and all(map(_is_json, value.values()))
    if made is list or made is tuple:
        return all(map(_is_json, value))
    if made is float:
        return math.isfinite(value)
    return made is str or made is int or value is None or made is bool


def _check_json(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ContractError(path, f"has the key {key!r}, and JSON keys are strings", "use str(key)")
            _check_json(item, at(path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _check_json(item, f"{path}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ContractError(path, f"is {value}, which JSON does not have", "give a finite number or null")
    elif not (value is None or isinstance(value, (str, int, float))):
        raise ContractError(path, f"is {kind(value)}, which JSON does not have", "convert it to a string or a number")


def loads(text: str | bytes, path: str) -> Any:
    """Strict JSON: UTF-8, and no NaN or infinities. Raises ContractError with line and column."""

    def refuse(name: str) -> NoReturn:
        raise ContractError(path, f"contains {name}, which JSON does not have", "write a finite number or null")

    def number(digits: str) -> float:
        return value if math.isfinite(value := float(digits)) else refuse(digits)

    try:
        return json.loads(
            text.decode("utf-8") if isinstance(text, bytes) else text, parse_constant=refuse, parse_float=number
        )
    except ContractError:
        raise
    except UnicodeDecodeError as error:
        raise ContractError(path, f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ContractError(path, f"is not JSON: {error.msg} at {place}", "write it with json.dumps") from None
    except RecursionError:
        raise ContractError(path, "is nested too deeply", "flatten it") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise ContractError(path, f"is not readable JSON: {error}") from None


def dumps(value: Any, path: str) -> str:
    """Compact JSON text of ``value``; raises ContractError where it is not JSON."""
    check_json(value, path)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def check_payload(value: Any, path: str, producer: str) -> int:
    """The length of ``value`` as JSON text in characters; raises ContractError above Lambda's payload limit."""
    text = dumps(value, path)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LAMBDA_PAYLOAD_BYTES:
        raise ContractError(
            path,
            f"is {size:,} bytes as JSON, and Lambda carries at most {LAMBDA_PAYLOAD_BYTES:,}",
            f"write the large part to S3 in {producer} and return its URI",
        )
    return len(text)


def at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def expect_object(value: Any, path: str, cure: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        if isinstance(value, str) and not cure:
            cure = "parse it with json.loads, or do not json.dumps it"
        raise ContractError(path, f"must be an object, not {kind(value)}", cure)
    return value


def expect_list(value: Any, path: str, cure: str = "") -> list[Any]:
    if not isinstance(value, list):
        raise ContractError(path, f"must be a list, not {kind(value)}", cure)
    return value


def expect_text(value: Any, path: str, cure: str = "") -> str:
    if not isinstance(value, str):
        raise ContractError(path, f"must be a string, not {kind(value)}", cure)
    return value


def member(value: Mapping[str, Any], key: str, path: str, cure: str = "") -> Any:
    """``value[key]``; a missing key is an error that says which similar name there is."""
    if key not in value:
        raise ContractError(at(path, key), "is missing", nearest(key, value) or cure or f"add {key!r}")
    return value[key]


def text_member(value: Mapping[str, Any], key: str, path: str) -> str:
    text = value.get(key)
    if type(text) is str and text:
        return text
    text = expect_text(member(value, key, path), at(path, key))
    if not text:
        raise ContractError(at(path, key), "is empty")
    return text


def nearest(key: str, names: Mapping[str, Any]) -> str:
    """A cure that points at the name in ``names`` that was probably meant; empty if none is near."""
    near = _near(key, names)
    return f"spell it {key!r}; there is {near!r}" if near else ""


def meant(value: str, known: Iterable[str]) -> str:
    """A cure that points at the one of ``known`` that ``value`` is probably meant to be; empty if none is near."""
    near = _near(value, known)
    return f"spell it {near!r}" if near else ""


def _near(name: str, names: Iterable[str]) -> str | None:
    folded = {one.lower().replace("_", "").replace("-", ""): one for one in names}
    found = get_close_matches(name.lower().replace("_", "").replace("-", ""), folded, 1, 0.8)
    return folded[found[0]] if found else None
