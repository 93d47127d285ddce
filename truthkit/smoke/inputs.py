"""A task input for a template that comes without one: made from what the template reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from truthkit.liquid.reads import Read, Segments

BUCKET = "truthkit-smoke"
ITEMS = 3
"""How many items an invented list has."""

SENTENCE = "Ada Lovelace wrote the first program in London in 1843."
_SIGNING = frozenset({"grant_read_access", "s3_presign"})
_NUMERIC = frozenset({"abs", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"})
_LISTING = frozenset({"compact", "concat", "first", "join", "last", "map", "sort", "uniq", "where"})
_LIST_ATTRIBUTES = frozenset(
    {
        "block-types",
        "categories",
        "keys",
        "label-colors",
        "labels",
        "ordinal-ranking-dimensions",
        "question-tags",
        "responses",
    }
)
_ADDRESS_ATTRIBUTES = frozenset({"src", "data-src", "href", "image", "poster", "data", "icon-url", "srcset"})

_OPEN_ATTRIBUTE = re.compile(r"""<([\w-]+)\b[^<>]*?\s([\w:-]+)\s*=\s*(["'])([^"'<>]*)\Z""", re.DOTALL)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_KINDS = (
    ("wav", {"audio", "sound", "speech", "voice", "recording", "wav", "mp3", "utterance"}),
    ("webm", {"video", "clip", "movie", "mp4", "webm"}),
    ("pdf", {"pdf"}),
    ("txt", {"text", "txt", "transcript"}),
    ("json", {"json"}),
)
_ELEMENT_KINDS = {"audio": "wav", "video": "webm", "iframe": "html", "embed": "html", "object": "html", "track": "vtt"}
_LIST_WORDS = frozenset({"labels", "categories", "classes", "options", "choices", "tags", "items", "list", "responses"})
_COLORS = ("#2ca02c", "#1f77b4", "#ff7f0e")
_NUMBER_WORDS = frozenset(
    {"count", "height", "index", "left", "max", "min", "num", "number", "score", "top", "total", "width", "x", "y"}
    | {"confidence", "duration", "fps", "step", "start", "end", "offset"}
)


@dataclass(slots=True)
class _Part:
    """What is known of one part of the task input."""

    reads: list[Read] = field(default_factory=list)
    members: dict[str, _Part] = field(default_factory=dict)
    item: _Part | None = None
    indexes: set[int] = field(default_factory=set)
    """The places that items are read at by number."""

    def at(self, path: Segments) -> _Part:
        part = self
        for segment in path:
            if isinstance(segment, int):
                part.indexes.add(segment)
            if segment is None or isinstance(segment, int) or segment in ("first", "last"):
                part.item = part.item or _Part()
                part = part.item
            elif segment == "size":
                part.item = part.item or _Part()
                return part
            else:
                part = part.members.setdefault(segment, _Part())
        return part


def invented_input(reads: Iterable[Read], address: Callable[[str], str], *, lists: bool = False) -> dict[str, Any]:
    """A task input with all that the reads ask for.

    Args:
        reads: what the template reads.
        address: gives the web address of an S3 URI, for what the page loads without a signature.
        lists: whether what may be a list as well as a text is one.
    """
    root = _Part()
    for read in reads:
        root.at(read.path).reads.append(read)
    made = {name: _value(part, name, address) for name, part in root.members.items()}
    return {name: _listed(root.members[name], name, value) for name, value in made.items()} if lists else made


def _listed(part: _Part, name: str, value: Any) -> Any:
    """``value`` with lists in the place of the texts that say no more than that something is there."""
    if isinstance(value, dict) and part.members:
        return {key: _listed(part.members[key], key, item) for key, item in value.items()}
    if value is None:
        return []
    return [_sample(name, number) for number in range(1, ITEMS + 1)] if value == _sample(name, 1) else value


def completed(given: Any, invented: Any) -> Any:
    """``given`` with what only ``invented`` has, at every depth. Lists keep their length."""
    if isinstance(given, dict) and isinstance(invented, dict):
        both = {name: completed(value, invented[name]) if name in invented else value for name, value in given.items()}
        return {**both, **{name: value for name, value in invented.items() if name not in given}}
    if isinstance(given, list) and isinstance(invented, list) and invented:
        return [completed(item, invented[0]) for item in given]
    return given


def shown(value: Any) -> str:
    """An invented value for people: its parts, cut."""
    text = ", ".join(f"{name}={item!r}" for name, item in value.items())
    return text if len(text) <= 300 else f"{text[:299]}…"


def _value(part: _Part, name: str, address: Callable[[str], str], number: int = 1) -> Any:
    looped = any(read.looped for read in part.reads)
    if part.item is not None or looped:
        if part.item is None and part.members:  # looped as name and value
            return {key: _value(member, key, address) for key, member in part.members.items()}
        item = part.item or _Part()
        if looped and item.item is not None and item.indexes and item.indexes <= {0, 1}:
            # A loop over an object gives its names and values in pairs.
            return {str(each): _value(item.item, name, address, each) for each in range(ITEMS)}
        if not item.reads and not item.members and item.item is None:
            item.reads = [read for read in part.reads if read.before]
        return [_value(item, name.removesuffix("s") or name, address, each) for each in range(1, ITEMS + 1)]
    if part.members:
        return {key: _value(member, key, address, number) for key, member in part.members.items()}
    return _leaf(part.reads, name, address, number)


def _leaf(reads: list[Read], name: str, address: Callable[[str], str], number: int) -> Any:
    filters = {one for read in reads for one in read.filters}
    in_order = [word.lower() for word in _WORDS.findall(name)]
    words = set(in_order)
    places = [found for read in reads if (found := _OPEN_ATTRIBUTE.search(read.before))]
    attributes = {(found[1].lower(), found[2].lower()) for found in places if not found[4].strip()}
    compared = [text for read in reads for text in read.compared]
    if compared:
        return compared[0]
    if filters & _SIGNING:
        return f"s3://{BUCKET}/{_file_name(name, number, _extension(words, attributes))}"
    for tag, attribute in attributes:
        if attribute == "initial-value":
            return "" if "to_json" not in filters else None
        if attribute in _LIST_ATTRIBUTES and tag.startswith("crowd-"):
            return _list(attribute)
        if attribute in _ADDRESS_ATTRIBUTES:
            return address(f"s3://{BUCKET}/{_file_name(name, number, _extension(words, attributes))}")
    separator = next((read.arguments[read.filters.index("split")] for read in reads if "split" in read.filters), None)
    if separator is not None:
        return (separator or " ").join(_list(name))
    if filters & _LISTING or (words & _LIST_WORDS and "to_json" in filters):
        return _list(name)
    if any(read.before.endswith("/") for read in reads) or words & {"bucket", "key", "uri", "path"}:
        return BUCKET if "bucket" in words else _file_name(name, number, _extension(words, attributes))
    if "date" in filters or "date" in words:
        return "2024-05-17"
    if filters & _NUMERIC or (in_order and in_order[-1] in _NUMBER_WORDS):
        return number
    if words & {"color", "colour", "hex"}:
        return _COLORS[(number - 1) % len(_COLORS)]
    if words & {"url", "link", "href", "website"}:
        return f"https://example.com/{name}"
    if words & {"label", "category", "class"}:
        return _list("labels")[number - 1]
    return SENTENCE if words & {"text", "source", "sentence", "document", "content"} else _sample(name, number)


def _sample(name: str, number: int) -> str:
    return f"Sample {name} {number}"


def _list(name: str) -> list[Any]:
    if name == "ordinal-ranking-dimensions":
        return [{"name": "Clarity", "allowTie": True}]
    if name == "keys":
        return [{"importantFormKey": "Name"}]
    if name == "block-types":
        return ["KEY_VALUE_SET"]
    if name == "label-colors":
        return list(_COLORS)
    if name == "responses":
        return ["The first answer.", "The second answer.", "The third answer."]
    return ["alpha", "beta", "gamma"]


def _file_name(name: str, number: int, extension: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name) or 'object'}-{number}.{extension}"


def _extension(words: set[str], attributes: set[tuple[str, str]]) -> str:
    for tag, _ in attributes:
        if tag in _ELEMENT_KINDS:
            return _ELEMENT_KINDS[tag]
    named = next((extension for extension, hints in _KINDS if words & hints), None)
    if named is None and any(tag == "source" for tag, _ in attributes):
        return "webm"
    return named or "png"
