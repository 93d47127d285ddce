"""What an answer or a label looks like, told from its shape alone: spans, figures, a choice, a value, or a tree.

The shapes are those of the crowd elements and of usual consolidated labels (contract d and f).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.geometry import usable
from truthkit_core.consolidation.keypoints import Keypoint
from truthkit_core.consolidation.polygons import Polygon, Polyline
from truthkit_core.messages import ContractError

Kind = Literal["spans", "figures", "choice", "value", "tree"]
Form = Literal["box", "polygon", "line", "point"]


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
class Figure:
    """A labeled shape on a picture; points in pixels (of a box: left top and right bottom)."""

    label: str
    form: Form
    points: tuple[tuple[float, float], ...]
    votes: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was drawn on a picture. ``mask`` is the dict that has a ``labeledImage``, ``labels`` those in the mask.

    ``size`` is the picture's width and height, where the value tells it; ``faults`` are entries that are no shape.
    """

    figures: tuple[Figure, ...] = ()
    mask: Mapping[str, Any] | None = None
    labels: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    faults: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen out of ``options`` (as far as these are known), with the votes where the value has them."""

    chosen: tuple[str, ...]
    options: tuple[str, ...]
    votes: Mapping[str, float] | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A consolidated number (None where nobody gave one); ``low`` to ``high`` is where the crowd's value lies."""

    value: float | None
    low: float | None
    high: float | None
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


def _box(entry: Any) -> Figure:
    box = Box.parse(entry)
    corners = ((box.left, box.top), (box.left + box.width, box.top + box.height))
    return Figure(box.label, "box", corners)


def _polygon(entry: Any) -> Figure:
    polygon = Polygon.parse(entry)
    return Figure(polygon.label, "polygon", polygon.points)


def _line(entry: Any) -> Figure:
    line = Polyline.parse(entry)
    return Figure(line.label, "line", line.points)


def _point(entry: Any) -> Figure:
    point = Keypoint.parse(entry)
    return Figure(point.label, "point", ((point.x, point.y),))


_FIGURES: Mapping[str, Callable[[Any], Figure]] = {
    "boundingBoxes": _box,
    "polygons": _polygon,
    "lines": _line,
    "polylines": _line,
    "keypoints": _point,
}


def read_figures(value: Any) -> tuple[Figures, frozenset[str]] | None:
    """Boxes, polygons, lines, keypoints and masks as the image elements give them (contract d).

    Gives what is drawn and the keys that it took up; None where the value draws nothing.
    """
    if not isinstance(value, dict):
        return None
    lists = {key: entries for key in _FIGURES if isinstance(entries := unfold(value.get(key)), list)}
    figures: list[Figure] = []
    faults: list[Any] = []
    for key, entries in lists.items():
        for entry in entries:
            try:
                figure = _FIGURES[key](entry)
                sound = bool(figure.points) and usable(figure.points)
            except (ContractError, OverflowError):
                sound = False
            if sound:
                votes, confidence = _number(entry.get("votes")), _number(entry.get("confidence"))
                figures.append(Figure(figure.label, figure.form, figure.points, votes, confidence))
            else:
                faults.append(entry)
    mask, labels = _mask(value)
    if mask is None and not (lists and (figures or not faults)):
        return None
    taken = {*lists, "inputImageProperties"}
    if mask is not None:
        taken |= {"labeledImage", "labelMappings", "instances"}
    return Figures(tuple(figures), mask, labels, _size(value), tuple(faults)), frozenset(taken & value.keys())


def _mask(value: dict[str, Any]) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """A value with a mask, of classes or of instances, and the labels that it names."""
    image = value.get("labeledImage")
    if not isinstance(image, dict) or not any(isinstance(image.get(key), str) for key in ("pngImageData", "s3Uri")):
        return None, ()
    if isinstance(value.get("labelMappings"), dict):
        return value, tuple(map(str, value["labelMappings"]))
    if isinstance(value.get("instances"), list):
        named = [one.get("label") for one in value["instances"] if isinstance(one, dict)]
        return value, tuple(dict.fromkeys(label for label in named if isinstance(label, str)))
    return None, ()


def _size(value: dict[str, Any]) -> tuple[int, int] | None:
    told = value.get("inputImageProperties")
    if not isinstance(told, dict):
        return None
    width, height = (_number(told.get(side)) for side in ("width", "height"))
    sound = width is not None and height is not None and 1 <= width < 1e6 and 1 <= height < 1e6
    return (round(width or 0), round(height or 0)) if sound else None


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


def read_number(value: Any) -> tuple[Number, frozenset[str]] | None:
    """``{"value", "low", "high", …}`` as a handler of numbers gives it; else None."""
    told = ("value", "low", "high")
    if not isinstance(value, dict) or not all(
        key in value and (value[key] is None or is_number(value[key])) for key in told
    ):
        return None
    number, low, high = (_number(value[key]) for key in told)
    return Number(number, low, high, _number(value.get("confidence"))), frozenset(
        {*told, "mean", "confidence"} & value.keys()
    )


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
    if figures := read_figures(value):
        found = [Part(name, "figures", figures[0])]
        # A label of masks may also list what is in it, as a gold that is nothing but that list does.
        if figures[0].mask is not None and (listed := read_choice({"labels": value.get("labels")})):
            return [*found, Part(name, "choice", listed[0])], figures[1] | listed[1]
        return found, figures[1]
    if choice := read_choice(value):
        return [Part(name, "choice", choice[0])], choice[1]
    if number := read_number(value):
        return [Part(name, "value", number[0])], number[1]
    return [], frozenset()


def _plain(name: str, value: Any) -> Part:
    return Part(name, "value" if isinstance(value, (str, bool, int, float)) else "tree", value)
