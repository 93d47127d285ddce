"""What an answer or a label looks like, told from its shape alone: spans, a choice, a plain value, or anything else.

The shapes are those of the crowd elements and of usual consolidated labels (contract d and f).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["spans", "choice", "value", "tree"]


@dataclass(frozen=True, slots=True)
class Span:
    """A labeled piece of text; offsets in UTF-16 units, the end exclusive."""

    label: str
    start: int
    end: int
    votes: float | None = None
    confidence: float | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        return self.label, self.start, self.end


@dataclass(frozen=True, slots=True)
class Spans:
    """An ``entities`` list; ``faults`` are its entries that are no usable span."""

    spans: tuple[Span, ...]
    faults: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen out of ``options`` (as far as these are known), with the votes where the value has them."""

    chosen: tuple[str, ...]
    options: tuple[str, ...]
    votes: Mapping[str, float] | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value that has a shape of its own. ``name`` is its path in the value, "" for the value itself."""

    name: str
    kind: Kind
    value: Any


def unfold(value: Any) -> Any:
    """The value of a JSON text (hidden inputs carry objects and arrays so); anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) and abs(value) < 1e15 else None


def _span(entry: Any) -> Span | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("label"), (str, int, float)):
        return None
    start, end = entry.get("startOffset"), entry.get("endOffset")
    if not (type(start) is int and type(end) is int and 0 <= start < end):
        return None
    return Span(str(entry["label"]), start, end, _number(entry.get("votes")), _number(entry.get("confidence")))


def read_spans(value: Any) -> tuple[Spans, frozenset[str]] | None:
    """``{"entities": [{label, startOffset, endOffset}…]}`` (the list may be JSON text, once more wrapped or not).

    Gives the spans in the order of the text and the keys that they took up; None where the value has no spans.
    """
    if not isinstance(value, dict) or "entities" not in value:
        return None
    entries = unfold(value["entities"])
    if isinstance(entries, dict) and isinstance(entries.get("entities"), list):
        entries = entries["entities"]
    if not isinstance(entries, list):
        return None
    read = [(entry, _span(entry)) for entry in entries]
    spans = sorted((span for _, span in read if span), key=lambda span: (span.start, -span.end, span.label))
    if entries and not spans:
        return None
    return Spans(tuple(spans), tuple(entry for entry, span in read if span is None)), frozenset({"entities"})


def read_choice(value: Any) -> tuple[Choice, frozenset[str]] | None:
    """``{"label": x}``, ``{"labels": [x…]}`` (each with ``votes`` and ``confidence``), ``{x: bool…}``; else None."""
    if not isinstance(value, dict) or not value:
        return None
    if all(isinstance(flag, bool) for flag in value.values()):
        chosen = tuple(option for option, flag in value.items() if flag)
        return Choice(chosen, tuple(value)), frozenset(value)
    if isinstance(value.get("label"), (str, bool)) or is_number(value.get("label")):
        key, chosen = "label", (str(value["label"]),)
    elif isinstance(value.get("labels"), list) and all(isinstance(label, str) for label in value["labels"]):
        key, chosen = "labels", tuple(dict.fromkeys(value["labels"]))
    else:
        return None
    used, votes = {key}, None
    counts = value.get("votes")
    if key == "label" and is_number(counts):
        counts = {chosen[0]: counts}
    if isinstance(counts, dict):
        numbers = {str(option): number for option, count in counts.items() if (number := _number(count)) is not None}
        if numbers and len(numbers) == len(counts):
            votes = numbers
            used.add("votes")
    confidence = _number(value.get("confidence"))
    if confidence is not None:
        used.add("confidence")
    options = tuple(dict.fromkeys((*(votes or ()), *chosen)))
    return Choice(chosen, options, votes, confidence), frozenset(used)


def parts(value: Any) -> list[Part]:
    """The pieces of a value, each with its kind; a dict's keys that no shape took up are pieces of their own."""
    value = unfold(value)
    if not isinstance(value, dict):
        return [_plain("", value)]
    found, taken = _shaped("", value)
    for key, child in value.items():
        if key in taken:
            continue
        child = unfold(child)
        pieces, used = _shaped(key, child) if isinstance(child, dict) else ([], frozenset())
        found += pieces or [_plain(key, child)]
        if pieces:
            found += [_plain(f"{key}.{name}", unfold(rest)) for name, rest in child.items() if name not in used]
    return found


def _shaped(name: str, value: dict[str, Any]) -> tuple[list[Part], frozenset[str]]:
    if spans := read_spans(value):
        return [Part(name or "entities", "spans", spans[0])], spans[1]
    if choice := read_choice(value):
        return [Part(name, "choice", choice[0])], choice[1]
    return [], frozenset()


def _plain(name: str, value: Any) -> Part:
    return Part(name, "value" if isinstance(value, (str, bool, int, float)) else "tree", value)
