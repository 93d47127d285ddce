"""Reading what a form's controls put into workers' answers, without losing the good parts of a bad one."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from truthkit_core.consolidation.spans import Span
from truthkit_core.messages.checks import (
    ContractError,
    at,
    expect_list,
    expect_object,
    expect_text,
    kind,
    loads,
    member,
    text_member,
)
from truthkit_core.messages.consolidation import Annotation
from truthkit_core.storage import StorageError

T = TypeVar("T")


@dataclass(slots=True)
class FormAnswer:
    """One worker's answer by field name.

    The readers below never raise: what cannot be used goes into ``problems``, and they give what an empty field gives.
    Without ``fields`` the answer says nothing: it was sent empty, or it is unreadable, ``problems`` says why, and
    ``raw`` is its text, or the S3 URI where it should be.
    """

    worker_id: str
    fields: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    raw: str | None = None

    def chosen(self, name: str) -> str | None:
        """The value picked in a group of radio buttons (``{"yes": true, "no": false}``), None if none is."""
        return self._read(_chosen, name)

    def text(self, name: str) -> str:
        """What was typed into a field; empty if the field is absent."""
        return self._read(_text, name) or ""

    def entities(self, name: str) -> list[Any] | None:
        """The raw entities of a field, [] if it is empty or absent, None if it is unreadable.

        The field is an annotator's object ``{"entities": […]}``, or that as JSON text from a hidden input.
        """
        return self._read(_entities, name) if self.fields.get(name) not in (None, "") else []

    def spans(self, entities: Iterable[Any], labels: Collection[str]) -> list[Span]:
        """The usable ones of raw entities: sound offsets and a known label."""
        spans = []
        for index, item in enumerate(entities):
            path = f"entities[{index}]"
            try:
                span = Span.parse(item, path)
                if span.label not in labels:
                    raise ContractError(f"{path}.label", f"{span.label!r} is not a label of this workflow")
                spans.append(span)
            except ContractError as error:
                self.problems.append(str(error))
        return spans

    def one_class(self, name: str, labels: Collection[str]) -> str | None:
        """The class chosen in a classifier (``{"label": x}``), radio buttons or a list, if it is one of ``labels``."""
        found = self._read(_one_class, name)
        return found if found is None or self.known(found, labels, name) else None

    def some_classes(self, name: str, labels: Collection[str]) -> frozenset[str] | None:
        """The classes chosen in a multi-select (``{"labels": [x, …]}``) or check boxes; unknown ones do not count."""
        found = self._read(_some_classes, name)
        return None if found is None else frozenset(one for one in found if self.known(one, labels, name))

    def number(self, name: str) -> float | None:
        """The number of a slider or of a text field."""
        return self._read(_a_number, name) if self.fields.get(name) != "" else None

    def ranking(self, name: str, dimension: str) -> tuple[tuple[str, ...], ...] | None:
        """One dimension of a crowd-text-ranking, best first: places of the responses (from "0"), ties together."""
        key = "ordinalRankingDimensions"
        inside = self.fields.get(name)
        value = inside.get(key) if isinstance(inside, dict) else self.fields.get(key)
        if value is None:
            self.problems.append(f"{key}: is missing")
            return None
        try:
            return _ranking(value, key, dimension)
        except ContractError as error:
            self.problems.append(str(error))
            return None

    def items(self, name: str, key: str, labels: Collection[str]) -> list[tuple[str, dict[str, Any]]] | None:
        """The objects in a list of an annotation tool (``boundingBoxes``, ``keypoints``, …) that have a known label.

        Gives the path and the object of each, None if there is no such list.
        """
        found = self._read(lambda value, path: _items(value, path, key), name)
        if found is None:
            return None
        usable = []
        for index, one in enumerate(found):
            path = f"{name}.{key}[{index}]"
            try:
                label = text_member(expect_object(one, path), "label", path)
                if label in labels or self.known(label, labels, path):
                    usable.append((path, one))
            except ContractError as error:
                self.problems.append(str(error))
        return usable

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Width and height in pixels that an annotation tool tells of its picture."""
        value = self.fields.get(name)
        size = value.get("inputImageProperties") if isinstance(value, dict) else None
        pair = (size.get("width"), size.get("height")) if isinstance(size, dict) else (None, None)
        width, height = pair
        return (width, height) if type(width) is int and type(height) is int and min(width, height) > 0 else None

    def modified(self, name: str) -> bool | None:
        """Whether the worker changed what the page began with; None where the element does not tell."""
        value = self.fields.get(name)
        told = value.get("initialValueModified") if isinstance(value, dict) else None
        return told if isinstance(told, bool) else None

    def has(self, name: str) -> bool:
        """Whether the field is in the answer; that it is not is a problem of an answer that has others."""
        if self.fields and name not in self.fields:
            self.problems.append(f"{name}: is missing")
        return name in self.fields

    def known(self, label: str, labels: Collection[str], path: str) -> bool:
        """Whether it is one of the labels; that it is not is a problem."""
        if label not in labels:
            self.problems.append(f"{path}: {label!r} is not a label of this workflow")
        return label in labels

    def _read(self, reader: Callable[[Any, str], T], name: str) -> T | None:
        value = self.fields.get(name)
        try:
            return None if value is None else reader(value, name)
        except ContractError as error:
            self.problems.append(str(error))
            return None


def read_answers(annotations: Iterable[Annotation], read: Callable[[str], bytes] | None = None) -> list[FormAnswer]:
    """All answers to one object. One that is not a JSON object, or whose file is gone, is kept with its problem.

    Raises StorageError where an answer exists but cannot be read now: consolidating without it would lose it.
    """
    answers = []
    for annotation in annotations:
        fields, problems, raw = {}, [], None
        try:
            fields = expect_object(annotation.answer(read), f"answer of worker {annotation.worker_id}")
        except ContractError as error:
            problems = [str(error)]
        except StorageError as error:
            if not error.missing:
                raise
            problems = [f"answer of worker {annotation.worker_id}: {error}"]
        if problems:
            raw = annotation.s3_uri if annotation.content is None else annotation.content
        answers.append(FormAnswer(annotation.worker_id, fields, problems, raw))
    return answers


def number_member(value: dict[str, Any], key: str, path: str) -> float:
    """``value[key]``, a finite number; a text that is one counts too. Raises ContractError."""
    return _a_number(member(value, key, path), at(path, key))


def _chosen(value: Any, path: str) -> str | None:
    options = expect_object(value, path)
    if not all(isinstance(on, bool) for on in options.values()):
        raise ContractError(path, "is not a choice: its options must be true or false")
    picked = [option for option, on in options.items() if on]
    if len(picked) > 1:
        raise ContractError(path, f"is not one choice: {', '.join(map(repr, picked))} are picked")
    return picked[0] if picked else None


def _one_class(value: Any, path: str) -> str | None:
    """A classifier's object, a group of radio buttons, or the text of a list's option."""
    if isinstance(value, str):
        return value or None
    if "label" in expect_object(value, path) and not isinstance(value["label"], bool):
        return text_member(value, "label", path)
    return _chosen(value, path)


def _some_classes(value: Any, path: str) -> list[str]:
    """A multi-select's object, or a group of check boxes."""
    if "labels" in expect_object(value, path) and not isinstance(value["labels"], bool):
        listed = expect_list(value["labels"], at(path, "labels"))
        return [expect_text(one, f"{path}.labels[{index}]") for index, one in enumerate(listed)]
    if not all(isinstance(on, bool) for on in value.values()):
        raise ContractError(path, "is not a choice: its options must be true or false")
    return [option for option, on in value.items() if on]


def _a_number(value: Any, path: str) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise ContractError(path, f"must be a number, not {kind(value)}") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ContractError(path, f"must be a number, not {kind(value)}")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ContractError(path, "must be a finite number")
    return found


def _ranking(value: Any, path: str, dimension: str) -> tuple[tuple[str, ...], ...]:
    found = [one for one in expect_list(value, path) if isinstance(one, dict) and one.get("name") == dimension]
    if not found:
        raise ContractError(path, f"has no dimension {dimension!r}")
    at_ranks = at(path, "responseRankings")
    ranks = expect_list(member(found[0], "responseRankings", path), at_ranks)
    numbers = [_a_number(rank, f"{at_ranks}[{index}]") for index, rank in enumerate(ranks)]
    tiers: dict[float, list[str]] = {}
    for index, number in enumerate(numbers):
        tiers.setdefault(number, []).append(str(index))
    return tuple(tuple(tiers[number]) for number in sorted(tiers))


def _items(value: Any, path: str, key: str) -> list[Any]:
    return expect_list(member(expect_object(value, path), key, path), at(path, key))


def _text(value: Any, path: str) -> str:
    """Lone surrogates are replaced: JSON can carry them from a browser, UTF-8 cannot."""
    return expect_text(value, path).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entities(value: Any, path: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = loads(value, path)
        except ContractError:
            # A value that went through an HTML attribute twice comes back encoded.
            if "&quot;" not in value:
                raise
            value = loads(html.unescape(value), path)
    if isinstance(value, dict):
        value, path = value.get("entities"), at(path, "entities")
    return expect_list(value, path)
