"""The input manifest: JSON Lines, read as a stream, each line judged by the service's limits.

A line's faults name the file, the line, mostly the column, and the cure. Lines end in ``\\n`` or ``\\r\\n`` and in
nothing else. Memory does not grow with the file, nor with the length of a line.
"""

from __future__ import annotations

import ast
import json
import math
import re
import shlex
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

from truthkit.exact_json import ExactFloat
from truthkit.findings import Finding, Severity, TruthkitError, UsageError, excerpt
from truthkit_core.messages import S3_URI

MOST_LINES = 100_000
MOST_LINE_BYTES = 100_000
"""The service says 100,000 characters in one place and 100 kilobytes in another: a line over either is refused."""
MOST_ATTRIBUTE_CHARACTERS = 20_000
LOOK_AHEAD = 3  # lines that show whether the file is JSON Lines at all

_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_S3_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# The bucket is in the path, or in front of the host's name.
_S3_WEB = re.compile(
    r"https?://(?:(?P<bucket>[^/?#]+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com/(?P<path>[^?#]+)[^\n]*", re.IGNORECASE
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One data object: ``number`` counts lines from 1; ``object_id``, the ``datasetObjectId``, from 0."""

    number: int
    object_id: str
    data_object: dict[str, Any]


def read_manifest(file: Path, *, on_fault: Callable[[Finding], None] | None = None) -> Iterator[ManifestLine]:
    """The data objects of ``file``, one after another.

    Raises TruthkitError with the faults of the first bad line, and passes over warnings. With ``on_fault`` a bad line
    is skipped instead, and the lines after it keep their numbers; what is said of a line, warnings too, is given to
    ``on_fault`` before the line itself. Raises UsageError if the file cannot be read.
    """
    for number, data_object, findings in _judged(file):
        faults = [finding for finding in findings if finding.severity == "error"]
        if on_fault is not None:
            for finding in findings:
                on_fault(finding)
        elif faults:
            raise TruthkitError.of(faults)
        if data_object is not None and not faults:
            yield ManifestLine(number, str(number - 1), data_object)


def _judged(file: Path) -> Iterator[tuple[int, dict[str, Any] | None, list[Finding]]]:
    """Each line's number, its object (None if it has none) and what is to be said of it."""
    judge = _Judge(str(file))
    number = 0
    try:
        with file.open("rb") as stream:
            lines = _raw_lines(stream)
            first = list(islice(lines, LOOK_AHEAD))
            for number, (offset, line, size) in enumerate(chain(first, lines), 1):
                if number > MOST_LINES:
                    yield number, None, [judge.too_many(number)]
                    return
                if number == 1 and line[:2] in _UTF16_MARKS:
                    yield number, None, [judge.utf16()]
                    return
                if number == 1 and (other := judge.other_format([head for _, head, _ in first])):
                    yield number, None, [other]
                    return
                yield number, *judge.line(number, offset, line, size)
    except OSError as error:
        message = f"the manifest {file} cannot be read: {error.strerror}"
        raise UsageError(message, "give a file of JSON Lines") from error
    if not number:
        yield 1, None, [judge.empty()]


def _raw_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Each line's offset in the file, its bytes without the line end, and its full size; too long ones are cut."""
    offset = 0
    longest = MOST_LINE_BYTES + 16  # room for the line end and a byte-order mark
    while line := stream.readline(longest):
        length, end = len(line), line[-2:]
        if length == longest:
            while not end.endswith(b"\n") and (more := stream.readline(1 << 16)):
                length, end = length + len(more), (end + more)[-2:]
        ending = 0 if not end.endswith(b"\n") else 2 if end == b"\r\n" else 1
        size = length - ending
        yield offset, line[:size], size
        offset += length


class _Judge:
    """Judges the lines of one manifest."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._duplicates: list[str] = []
        self._infinite: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs, parse_constant=self._constant, parse_float=self._float
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen and name not in self._duplicates:
                    self._duplicates.append(name)
                seen.add(name)
        return result

    def _constant(self, name: str) -> float:
        self._infinite.append(name)
        return math.nan

    def _float(self, literal: str) -> float:
        value = ExactFloat(literal)
        if math.isinf(value):
            self._infinite.append(literal)
        return value

    def line(self, number: int, offset: int, line: bytes, size: int) -> tuple[dict[str, Any] | None, list[Finding]]:
        findings: list[Finding] = []

        def say(
            code: str, message: str, cure: str, at: int | None = None, severity: Severity = "error", shown: str = ""
        ) -> None:
            column = None if at is None else at + 1
            shown = excerpt(shown, column) if shown else ""
            findings.append(
                Finding(code, message, cure, severity, self._file, number, column, shown, object_id=str(number - 1))
            )

        if number == 1 and line.startswith(_BOM):
            say(
                "manifest-bom",
                "the file begins with a byte-order mark",
                "save it as UTF-8 without BOM (in Python encoding='utf-8', not 'utf-8-sig')",
                0,
            )
            line, offset, size = line.removeprefix(_BOM), offset + len(_BOM), size - len(_BOM)
        if size > MOST_LINE_BYTES:
            say(
                "manifest-line-size",
                f"the line has {size:,} bytes; the service takes at most 100,000 characters and 100 kB",
                "keep big values in S3 and give their URI here",
            )
            return None, findings
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            before = line[: error.start].decode("utf-8")
            say(
                "manifest-encoding",
                f"byte 0x{line[error.start]:02x} at offset {offset + error.start:,} of the file is not UTF-8",
                "save the file as UTF-8 (from Windows: iconv -f WINDOWS-1252 -t UTF-8)",
                len(before),
                shown=line.decode("utf-8", "replace"),
            )
            return None, findings
        if not text.strip(" \t\r"):
            say("manifest-blank-line", "the line is blank", "remove it: every line is one JSON object")
            return None, findings

        value = self._parse(text, say)
        if value is _NOTHING:
            return None, findings
        if not isinstance(value, dict):
            say(
                "manifest-not-object",
                f"the line is {kind_of(value)}, not an object",
                'write {"source": …} or {"source-ref": …}; in a manifest each line is one object',
                0,
                shown=text,
            )
            return None, findings
        _judge_object(value, text, say)
        return value, findings

    def _parse(self, text: str, say: Callable[..., None]) -> Any:
        self._duplicates.clear()
        self._infinite.clear()
        try:
            value = self._decoder.decode(text)
        except json.JSONDecodeError as error:
            _say_not_json(text, error, say)
            return _NOTHING
        except RecursionError:
            say("manifest-not-json", "the JSON is nested too deep to be read", "flatten the object")
            return _NOTHING
        except ValueError:
            say("manifest-not-json", "the line has a whole number of thousands of digits", "write it as a string")
            return _NOTHING
        for name in self._duplicates:
            places = _places(text, name)
            at = places[1] if len(places) > 1 else None
            say("manifest-duplicate-key", f"the key {_quoted(name)} stands twice", "keep one of them", at, shown=text)
        for literal in dict.fromkeys(self._infinite):
            say(
                "manifest-not-finite",
                f"{literal} is not a number that JSON has",
                "write null or a string (in Python json.dumps(row, allow_nan=False) finds it)",
                text.find(literal),
                shown=text,
            )
        if _SURROGATE.search(text):
            try:
                json.dumps(value, ensure_ascii=False).encode("utf-8")
            except UnicodeEncodeError as error:
                half = f"\\u{ord(error.object[error.start]):04x}"
                at = text.lower().find(half)
                say(
                    "manifest-encoding",
                    f"{half} is half a character: a surrogate without its partner",
                    "write the character itself, or both halves",
                    at if at >= 0 else None,
                    shown=text,
                )
        return value

    def too_many(self, number: int) -> Finding:
        return Finding(
            "manifest-too-many-lines",
            f"the manifest has more than {MOST_LINES:,} lines, the most that one job takes",
            "split it into several jobs",
            file=self._file,
            line=number,
        )

    def utf16(self) -> Finding:
        return Finding(
            "manifest-encoding",
            "the file is UTF-16",
            "save it as UTF-8 (iconv -f UTF-16 -t UTF-8)",
            file=self._file,
            line=1,
            column=1,
        )

    def other_format(self, lines: list[bytes]) -> Finding | None:
        """What is to be said of the whole file if its first lines are no JSON Lines but a JSON array or CSV."""
        first, *others = [line.removeprefix(_BOM).strip() for line in lines]
        read, write = shlex.quote(self._file), shlex.quote(self._mended_name())
        ends_here = first.endswith(b"]") and any(others)
        if first == b"[" or (re.match(rb"\[\s*\{", first) and not ends_here):
            return Finding(
                "manifest-json-array",
                "the file is one JSON array; a manifest has one JSON object a line",
                f"jq -c '.[]' {read} > {write}, or without jq: python3 -c 'import json, sys; "
                f'[print(json.dumps(row)) for row in json.load(open(sys.argv[1], encoding="utf-8-sig"))]\' '
                f"{read} > {write}",
                file=self._file,
                line=1,
            )
        if others and all(_like_csv(line) for line in (first, *others) if line):
            return Finding(
                "manifest-csv",
                "the file looks like CSV; a manifest has one JSON object a line",
                "name the column of the texts source, or that of the S3 URIs source-ref, then: "
                "python3 -c 'import csv, json, sys; [print(json.dumps(row)) "
                f'for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline=""))]\' {read} > {write}',
                file=self._file,
                line=1,
            )
        return None

    def _mended_name(self) -> str:
        """A name for the file that the cure writes, which is not that of the file itself."""
        file = Path(self._file)
        return str(file.with_suffix(".lines.jsonl" if file.suffix == ".jsonl" else ".jsonl"))

    def empty(self) -> Finding:
        return Finding(
            "manifest-empty",
            "the manifest has no lines",
            'write one JSON object a line, such as {"source": "the text"}',
            file=self._file,
            line=1,
        )


_NOTHING = object()


def _like_csv(line: bytes) -> bool:
    """Whether a line has commas and nothing of an object."""
    if b"," not in line or b"{" in line or b"}" in line:
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def kind_of(value: Any) -> str:
    """What a value of JSON is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _places(text: str, name: str) -> list[int]:
    """Where ``name`` stands as a key, at any depth; empty if it is written with escapes."""
    return [match.start() for match in re.finditer(re.escape(_quoted(name)) + r"\s*:", text)]


def _say_not_json(text: str, error: json.JSONDecodeError, say: Callable[..., None]) -> None:
    at = error.pos
    rest = text[at:]
    trailing_comma = rest.startswith(("}", "]")) and text[:at].rstrip().endswith(",")
    what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
    python = None if trailing_comma or rest.startswith(("\t", "\r")) else _python_literal(text)
    if isinstance(python, dict):
        if rest.startswith("'"):
            what = "its strings are in single quotes"
        elif found := re.match(r"None|True|False", rest):
            what = f"{found[0]} is {'null' if found[0] == 'None' else found[0].lower()} in JSON"
        try:
            mended = json.dumps(python, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError):
            mended = ""
        line = f"; this line then is {mended[:500]}{'…' if len(mended) > 500 else ''}" if mended else ""
        say(
            "manifest-python-dict",
            f"the line is a Python dict, not JSON: {what}",
            f"write each line with json.dumps(row), not str(row) or format(){line}",
            at,
            shown=text,
        )
        return
    message, cure = f"the line is not JSON: {what}", "mend the line at the caret"
    if what == "extra data" and rest.startswith(("{", "[")):
        message = "the line holds more than one JSON value"
        cure = "end each object with a line feed (\\n); a carriage return alone ends no line"
    elif text.strip() in ("{", "[", "}", "]", "},") or at >= len(text.rstrip()) or rest.strip() == ",":
        cure = "write each object whole on one line, without a list around them (jq -c '.[]' makes such lines)"
    elif what.startswith("invalid control character"):
        cure = "write line breaks and tabs inside strings as \\n and \\t"
    elif trailing_comma or what.startswith("illegal trailing comma"):
        cure = "remove the comma before it"
    say("manifest-not-json", message, cure, at, shown=text)


def _python_literal(text: str) -> Any:
    if not text.lstrip().startswith("{"):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python remarks on unknown escapes
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return None


def _judge_object(value: dict[str, Any], text: str, say: Callable[..., None]) -> None:
    def at(name: str) -> int | None:
        return next(iter(_places(text, name)), None)

    for name in value:
        if name.startswith("$"):
            say(
                "manifest-name",
                f"the attribute {_quoted(name)} begins with $",
                "rename it: the service keeps such names for itself",
                at(name),
                shown=text,
            )
    if len(text) > MOST_ATTRIBUTE_CHARACTERS:
        for name, content in value.items():
            size = len(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
            if size > MOST_ATTRIBUTE_CHARACTERS:
                say(
                    "manifest-attribute-size",
                    f"the attribute {_quoted(name)} has {size:,} characters; the service takes 20,000",
                    "keep it in S3 and give its URI here",
                    at(name),
                    shown=text,
                )
    if "source" not in value and "source-ref" not in value:
        near = get_close_matches("source-ref", value, 1, 0.8) or get_close_matches("source", value, 1, 0.8)
        guess = f"rename {_quoted(near[0])}, or " if near else ""
        names = ", ".join(map(_quoted, list(value)[:30])) or "nothing"
        say(
            "manifest-no-source",
            f"the object has neither source nor source-ref: it has {names}",
            f'{guess}add "source": "the text" or "source-ref": "s3://bucket/key"',
            shown=text,
        )
    if "source" in value and "source-ref" in value:
        say(
            "manifest-two-sources",
            "the object has both source and source-ref; which of them counts is not documented",
            "keep one, and give the other another name",
            at("source-ref"),
            "warning",
            text,
        )
    if "source" in value:
        source = value["source"]
        if not isinstance(source, str):
            say(
                "manifest-source",
                f"source is {kind_of(source)}, not a string",
                "source is the text to label; other data goes under another name",
                at("source"),
                shown=text,
            )
        elif not source:
            say("manifest-source", "source is empty", "give it the text to label", at("source"), shown=text)
    if "source-ref" in value:
        _judge_reference(value["source-ref"], lambda *words: say(*words, shown=text), at("source-ref"))


def _judge_reference(reference: Any, say: Callable[..., None], at: int | None) -> None:
    cure = 'write "s3://bucket/key"'
    if not isinstance(reference, str):
        say("manifest-source-ref", f"source-ref is {kind_of(reference)}, not a string", cure, at)
    elif not reference.strip():
        say("manifest-source-ref", "source-ref is empty", cure, at)
    elif match := S3_URI.fullmatch(reference):
        if not _S3_BUCKET.fullmatch(match["bucket"]):
            say(
                "manifest-source-ref",
                f"{_quoted(match['bucket'])} is not a bucket's name as S3 makes them",
                "3 to 63 lower-case letters, digits, dots and hyphens",
                at,
                "warning",
            )
    elif _WEB.match(reference):
        say("manifest-source-ref", "source-ref is a web address; the service takes S3 URIs", _s3_form(reference), at)
    else:
        say("manifest-source-ref", f"source-ref is not an S3 URI: {_quoted(reference[:200])}", cure, at)


def _s3_form(address: str) -> str:
    """The cure for a web address: the S3 URI that it means, if it is one of S3."""
    if match := _S3_WEB.fullmatch(address):
        path = unquote(match["path"])
        uri = f"s3://{match['bucket']}/{path}" if match["bucket"] else f"s3://{path}"
        if S3_URI.fullmatch(uri):
            return f"write {_quoted(uri[:500])}"
    return 'put the file into S3 and write "s3://bucket/key"'
