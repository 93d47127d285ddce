"""The kinds of answers: how the truth is read from gold or from a label, how a worker errs, what the element gives.

A truth is in a type of its own for each kind; it goes from ``read`` through ``err`` (or ``spam``) to ``answer``.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from truthkit.workforce.simulated import pairs, rankings, spans, texts
from truthkit.workforce.simulated.form import MODERATION, Field, label_name
from truthkit.workforce.simulated.hand import Hand
from truthkit.workforce.simulated.spans import Words
from truthkit.workforce.simulated.texts import NOTHING
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.keypoints import Keypoint
from truthkit_core.consolidation.polygons import Polyline
from truthkit_core.messages.checks import ContractError, expect_list, kind

T = TypeVar("T")
Size = tuple[int, int]


@dataclass(slots=True)
class Asked:
    """A field as one object asks for it. ``size`` is the picture's, width and height; ``bounds`` a number's range."""

    field: Field
    labels: tuple[str, ...] = ()
    size: Size | None = None
    words: Words | None = None
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def width(self) -> int:
        return self.size[0] if self.size else 1_000

    @property
    def height(self) -> int:
        return self.size[1] if self.size else 1_000

    def picture(self) -> dict[str, Any]:
        return {"inputImageProperties": {"height": self.height, "width": self.width}}

    def any_label(self, hand: Hand) -> str:
        return hand.chance.choice(self.labels) if self.labels else "label"

    def first_label(self) -> str:
        return self.labels[0] if self.labels else "label"


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """``keys`` are those by which a value of the kind is known in gold that has no field's name.

    ``read`` raises ContractError for what is no such value. ``untouched`` is the answer of a field without gold, None
    where a worker could not leave the field alone. With ``top`` the answer's keys stand in the form itself, and lists
    of several such fields are joined.
    """

    keys: tuple[str, ...]
    read: Callable[[Any, Asked], T]
    err: Callable[[T, Asked, Hand], T]
    spam: Callable[[T, Asked, Hand], T]
    answer: Callable[[T, Asked], Any]
    labels: Callable[[T], Sequence[str]] = field(default=lambda truth: ())
    items: Callable[[T], int] = field(default=lambda truth: 1)
    untouched: Callable[[Asked], Any] | None = None
    top: bool = False


# --- choices ---------------------------------------------------------------------------------------------------------


def _read_class(value: Any, asked: Asked) -> str:
    if isinstance(value, dict):
        if isinstance(value.get("label"), str):
            value = value["label"]
        elif value and all(isinstance(on, bool) for on in value.values()):
            picked = [name for name, on in value.items() if on]
            if len(picked) == 1:
                value = picked[0]
    if not isinstance(value, str) or not value:
        raise ContractError("", f"must be a label, not {kind(value)}", 'write {"label": "…"}')
    return value


def _spam_class(_truth: str, asked: Asked, hand: Hand) -> str:
    return asked.first_label() if hand.group.spam == "first" else asked.any_label(hand)


def _class_answer(truth: str, asked: Asked) -> Any:
    return truth if asked.field.tag == "select" else {"label": truth}


def _choice_answer(truth: str, asked: Asked) -> Any:
    return {option: option == truth for option in asked.field.options}


def _read_set(value: Any, asked: Asked) -> frozenset[str]:
    if isinstance(value, dict):
        listed = value.get("labels", value.get("moderationLabels"))
        if isinstance(listed, list):
            value = [label_name(one) if isinstance(one, dict) else one for one in listed]
        elif all(isinstance(on, bool) for on in value.values()):
            value = [name for name, on in value.items() if on]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ContractError("", f"must be a list of labels, not {kind(value)}", 'write {"labels": ["…"]}')
    return frozenset(value)


def _err_set(truth: frozenset[str], asked: Asked, hand: Hand) -> frozenset[str]:
    """Each label: missed, taken for another; others are added."""
    found = set()
    for number, one in enumerate(sorted(truth)):
        own = hand.on(number)
        if not own.errs(hand.group.missed):
            found.add(own.label(one, asked.labels))
    found.update(asked.any_label(hand) for _ in range(hand.count(hand.group.added)))
    return frozenset(found)


def _spam_set(_truth: frozenset[str], asked: Asked, hand: Hand) -> frozenset[str]:
    if hand.group.spam == "first":
        return frozenset({asked.first_label()})
    return frozenset(one for one in asked.labels if hand.chance.random() < 0.5) or frozenset({asked.any_label(hand)})


def _in_order(truth: frozenset[str], asked: Asked) -> list[str]:
    return [one for one in asked.labels if one in truth] + sorted(truth - set(asked.labels))


def _set_answer(truth: frozenset[str], asked: Asked) -> Any:
    if asked.field.tag == "select":
        return _in_order(truth, asked)
    if asked.field.tag == MODERATION:
        # Categories come back whole.
        return {"moderationLabels": [one for one in asked.field.categories() if label_name(one) in truth]}
    # A multi-select cannot be sent without a choice.
    return {"labels": _in_order(truth, asked) or [asked.first_label()]}


def _flags_answer(truth: frozenset[str], asked: Asked) -> Any:
    return {option: option in truth for option in asked.field.options}


# --- numbers and texts -----------------------------------------------------------------------------------------------


def _read_number(value: Any, asked: Asked) -> float:
    if isinstance(value, dict):
        value = value.get("value", value.get("number"))
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ContractError("", f"must be a number, not {kind(value)}", "write a number")
    return float(value)


def _err_number(truth: float, asked: Asked, hand: Hand) -> float:
    low, high = asked.bounds
    return truth + hand.on(0).off(hand.group.number_off * (high - low))


def _spam_number(_truth: float, asked: Asked, hand: Hand) -> float:
    return asked.bounds[0] if hand.group.spam == "first" else hand.chance.uniform(*asked.bounds)


def _number_answer(truth: float, asked: Asked) -> Any:
    """As the control takes it: within its limits, on its steps; a slider gives a number, a field a string."""
    low, high = asked.field.number("min"), asked.field.number("max")
    slider = asked.field.tag == "crowd-slider"
    if slider:
        low, high = 0.0 if low is None else low, 100.0 if high is None else high
    step = asked.field.number("step") or (1.0 if slider or asked.field.attributes.get("step") != "any" else 0.0)
    base = low or 0.0
    value = base + round((truth - base) / step) * step if step else truth
    value = max(value, low) if low is not None else value
    value = min(value, high) if high is not None else value
    value = round(value, 9)
    number: float | int = int(value) if value.is_integer() else value
    return number if slider else str(number)


# --- shapes ----------------------------------------------------------------------------------------------------------


def _listed(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        value = value.get(key)
    return expect_list(value, key, f'write {{"{key}": […]}}')


def _pixel(value: float, most: int) -> int:
    return min(max(round(value), 0), most)


def _box(left: float, top: float, right: float, bottom: float, label: str, asked: Asked) -> Box:
    """In whole pixels of the picture, at least one wide and high."""
    x1, x2 = sorted((_pixel(left, asked.width), _pixel(right, asked.width)))
    y1, y2 = sorted((_pixel(top, asked.height), _pixel(bottom, asked.height)))
    x1, y1 = min(x1, asked.width - 1), min(y1, asked.height - 1)
    return Box(x1, y1, max(x2 - x1, 1), max(y2 - y1, 1), label)


def _read_boxes(value: Any, asked: Asked) -> list[Box]:
    return [Box.parse(one, f"boundingBoxes[{number}]") for number, one in enumerate(_listed(value, "boundingBoxes"))]


def _err_boxes(truth: list[Box], asked: Asked, hand: Hand) -> list[Box]:
    found = []
    for number, box in enumerate(truth):
        own = hand.on(number)
        if own.errs(hand.group.missed):
            continue
        label, jitter = own.label(box.label, asked.labels), hand.group.jitter
        left, right = (box.left + side * box.width + own.off(jitter * box.width) for side in (0, 1))
        top, bottom = (box.top + side * box.height + own.off(jitter * box.height) for side in (0, 1))
        found.append(_box(left, top, right, bottom, label, asked))
    return found + [_any_box(asked, hand) for _ in range(hand.count(hand.group.added))]


def _any_box(asked: Asked, hand: Hand) -> Box:
    width, height = (hand.chance.uniform(0.05, 0.3) * side for side in (asked.width, asked.height))
    left, top = hand.chance.uniform(0, asked.width - width), hand.chance.uniform(0, asked.height - height)
    return _box(left, top, left + width, top + height, asked.any_label(hand), asked)


def _spam_boxes(_truth: list[Box], asked: Asked, hand: Hand) -> list[Box]:
    return [] if hand.group.spam == "first" else [_any_box(asked, hand) for _ in range(hand.chance.randint(1, 3))]


def _boxes_answer(truth: list[Box], asked: Asked) -> Any:
    whole = [_box(one.left, one.top, one.left + one.width, one.top + one.height, one.label, asked) for one in truth]
    return _with_picture({"boundingBoxes": [one.to_json() for one in whole]}, asked, modified=True)


def _with_picture(value: dict[str, Any], asked: Asked, *, modified: bool) -> dict[str, Any]:
    if modified and asked.field.attributes.get("initial-value", "").strip():
        value["initialValueModified"] = True
    return {**value, **asked.picture()}


def _read_keypoints(value: Any, asked: Asked) -> list[Keypoint]:
    return [Keypoint.parse(one, f"keypoints[{number}]") for number, one in enumerate(_listed(value, "keypoints"))]


def _moved(points: Sequence[tuple[float, float]], extent: float, asked: Asked, hand: Hand) -> list[tuple[float, float]]:
    amount = hand.group.jitter * extent
    return [(_pixel(x + hand.off(amount), asked.width), _pixel(y + hand.off(amount), asked.height)) for x, y in points]


def _extent(points: Sequence[tuple[float, float]], asked: Asked) -> float:
    """The size of what the points span, for one point a third of the picture's shorter side."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    return math.hypot(width, height) / math.sqrt(2) if width or height else min(asked.width, asked.height) / 3


def _any_point(asked: Asked, hand: Hand) -> tuple[float, float]:
    return hand.chance.randint(0, asked.width), hand.chance.randint(0, asked.height)


def _err_keypoints(truth: list[Keypoint], asked: Asked, hand: Hand) -> list[Keypoint]:
    extent = _extent([(one.x, one.y) for one in truth], asked) if truth else 0.0
    found = []
    for number, one in enumerate(truth):
        own = hand.on(number)
        if not own.errs(hand.group.missed):
            label = own.label(one.label, asked.labels)
            [(x, y)] = _moved([(one.x, one.y)], extent, asked, own)
            found.append(Keypoint(x, y, label))
    return found + [_any_keypoint(asked, hand) for _ in range(hand.count(hand.group.added))]


def _any_keypoint(asked: Asked, hand: Hand) -> Keypoint:
    return Keypoint(*_any_point(asked, hand), asked.any_label(hand))


def _spam_keypoints(_truth: list[Keypoint], asked: Asked, hand: Hand) -> list[Keypoint]:
    return [] if hand.group.spam == "first" else [_any_keypoint(asked, hand) for _ in range(hand.chance.randint(1, 3))]


def _keypoints_answer(truth: list[Keypoint], asked: Asked) -> Any:
    whole = [Keypoint(_pixel(one.x, asked.width), _pixel(one.y, asked.height), one.label) for one in truth]
    return {"keypoints": [one.to_json() for one in whole], **asked.picture()}


def _lines_kind(key: str, corners: int, *, modified: bool) -> Kind[list[Polyline]]:
    """Lines, polylines and polygons: vertices under a key of their own, ``corners`` at least."""

    def read(value: Any, asked: Asked) -> list[Polyline]:
        return [Polyline.parse(one, f"{key}[{number}]") for number, one in enumerate(_listed(value, key))]

    def any_one(asked: Asked, hand: Hand) -> Polyline:
        return Polyline(tuple(_any_point(asked, hand) for _ in range(corners)), asked.any_label(hand))

    def err(truth: list[Polyline], asked: Asked, hand: Hand) -> list[Polyline]:
        found = []
        for number, one in enumerate(truth):
            own = hand.on(number)
            if not own.errs(hand.group.missed):
                label = own.label(one.label, asked.labels)
                found.append(Polyline(tuple(_moved(one.points, _extent(one.points, asked), asked, own)), label))
        return found + [any_one(asked, hand) for _ in range(hand.count(hand.group.added))]

    def spam(_truth: list[Polyline], asked: Asked, hand: Hand) -> list[Polyline]:
        return [] if hand.group.spam == "first" else [any_one(asked, hand) for _ in range(hand.chance.randint(1, 3))]

    def answer(truth: list[Polyline], asked: Asked) -> Any:
        whole = [
            Polyline(tuple((_pixel(x, asked.width), _pixel(y, asked.height)) for x, y in one.points), one.label)
            for one in truth
            if len(one.points) >= corners
        ]
        return _with_picture({key: [one.to_json() for one in whole]}, asked, modified=modified)

    return Kind((key,), read, err, spam, answer, _labels_of, len)


def _read_hidden(value: Any, asked: Asked) -> str:
    raise ContractError(
        "", "is a hidden field, which a script fills: its answers cannot be simulated",
        "take it out of the gold, or use --workforce script",
    )  # fmt: skip


def _tags_of(truth: Sequence[pairs.Pair]) -> list[str]:
    return [tag for one in truth for tag in one.tags]


def _labels_of(truth: Sequence[Any]) -> list[str]:
    return [one.label for one in truth]


def _masks() -> dict[str, Kind[Any]]:
    from truthkit.workforce.simulated import masks

    return {
        name: Kind(
            ("labeledImage", "polygons"),
            masks.read_instances if name == "instance-masks" else masks.read_semantic,
            masks.err,
            masks.spam,
            masks.instances_answer if name == "instance-masks" else masks.semantic_answer,
            _labels_of,
            len,
        )
        for name in ("semantic-mask", "instance-masks")
    }


class _Kinds:
    """The kinds by name."""

    @cached_property
    def table(self) -> dict[str, Kind[Any]]:
        err_class: Callable[[str, Asked, Hand], str] = lambda truth, asked, hand: hand.on(0).label(truth, asked.labels)  # noqa: E731
        one = lambda truth: (truth,)  # noqa: E731
        some = lambda truth: sorted(truth)  # noqa: E731
        return {
            "class": Kind(("label",), _read_class, err_class, _spam_class, _class_answer, one),
            "choice": Kind(
                ("label",), _read_class, err_class, _spam_class, _choice_answer, one,
                untouched=lambda asked: dict.fromkeys(asked.field.options, False),
            ),
            "set": Kind(("labels",), _read_set, _err_set, _spam_set, _set_answer, some, len),
            "flags": Kind(
                ("labels",), _read_set, _err_set, _spam_set, _flags_answer, some, len,
                untouched=lambda asked: dict.fromkeys(asked.field.options, False),
            ),
            "number": Kind(
                ("value", "number"), _read_number, _err_number, _spam_number, _number_answer,
                untouched=_untouched_number,
            ),
            "text": Kind(
                ("text",), texts.read, texts.err, texts.spam, texts.answer, items=lambda truth: len(truth.split()),
                untouched=lambda asked: NOTHING if asked.field.tag.startswith("crowd-") else "",
            ),
            "spans": Kind(("entities",), spans.read, spans.err, spans.spam, spans.answer, _labels_of, len),
            "pairs": Kind((pairs.KEY,), pairs.read, pairs.err, pairs.spam, pairs.answer, _tags_of, len),
            "ranking": Kind(
                (rankings.KEY, "ranking"), rankings.read, rankings.err, rankings.spam, rankings.answer,
                items=lambda truth: sum(len(one.ranks) for one in truth), top=True,
            ),
            "hidden": Kind(
                (), _read_hidden, err_class, _spam_class, lambda truth, asked: truth,
                untouched=lambda asked: asked.field.attributes.get("value", ""),
            ),
            "boxes": Kind(("boundingBoxes",), _read_boxes, _err_boxes, _spam_boxes, _boxes_answer, _labels_of, len),
            "keypoints": Kind(
                ("keypoints",), _read_keypoints, _err_keypoints, _spam_keypoints, _keypoints_answer, _labels_of, len
            ),
            "lines": _lines_kind("lines", 2, modified=True),
            "polylines": _lines_kind("polylines", 2, modified=True),
            "polygons": _lines_kind("polygons", 3, modified=False),
            **_masks(),
        }  # fmt: skip


def _untouched_number(asked: Asked) -> Any:
    if asked.field.tag != "crowd-slider":
        return asked.field.attributes.get("value", NOTHING if asked.field.tag.startswith("crowd-") else "")
    return _number_answer(asked.field.number("value") or 0.0, asked)


KINDS = _Kinds()
