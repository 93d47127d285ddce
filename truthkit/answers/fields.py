"""A finished job's answers by field, as arrays: a million of one class each take tens of megabytes."""

from __future__ import annotations

import json
from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit.answers.shapes import class_of, key_of, kind_of, number_of, parsed, set_of
from truthkit.findings import Finding, UsageError
from truthkit_core.answers import FormAnswer
from truthkit_core.consolidation.class_models import ClassAnswers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Of the same trouble in many files, so many are kept.
_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class FieldAnswers:
    """All answers in one field of the form: answer ``a`` is that ``worker[a]`` gave ``values[value[a]]`` to
    ``object[a]``.

    ``object``, ``worker`` and ``value`` have one entry an answer: places in ``objects``, ``workers`` and ``values``.
    ``objects`` are all of the job, also those without an answer here. ``kind`` is one of `shapes.KINDS`.
    """

    name: str
    kind: str
    object: Ints
    worker: Ints
    value: Ints
    objects: Sequence[str]
    workers: Sequence[str]
    values: Sequence[Any]
    seconds: Floats
    """Time spent by answer, in seconds; NaN where it is not known."""

    def __len__(self) -> int:
        return len(self.object)

    def class_answers(self, classes: Sequence[str] | None = None) -> ClassAnswers:
        """The answers as classes: exact repetitions once, in an order of their own (by object, worker and class).

        ``classes`` are all classes in the order that decides ties; by default those that occur, by the alphabet. What
        is none of them is in ``unknown``: as text, or as JSON where it is no choice of one class.
        """
        found = [class_of(value) for value in self.values]
        names = sorted({one for one in found if one is not None}) if classes is None else list(classes)
        place = {name: number for number, name in enumerate(names)}
        label = np.array([place.get(one, -1) if one is not None else -1 for one in found], dtype=np.int64)
        labels = label[self.value] if len(self.value) else np.zeros(0, dtype=np.int64)
        said = labels >= 0
        strange = {
            (self.objects[self.object[at]], self.workers[self.worker[at]], _as_text(self.values[self.value[at]], one))
            for at in np.flatnonzero(~said).tolist()
            for one in [found[self.value[at]]]
        }
        objects, object_at = _in_order(self.objects, self.object[said], keep_all=True)
        workers, worker_at = _in_order(self.workers, self.worker[said], keep_all=False)
        size = max(len(names), 1)
        keys = ascending((object_at * max(len(workers), 1) + worker_at) * size + labels[said])
        item, rest = np.divmod(keys, max(len(workers), 1) * size)
        return ClassAnswers(item, rest // size, rest % size, objects, workers, names, tuple(sorted(strange)))

    def by_object(self) -> dict[str, dict[str, Any]]:
        """Classes as text, sets as frozensets, numbers as floats, others as sent: by object and worker.

        What is no set or no number stays, as text: who consolidates says of it that it does not count. What is no class
        is left out. Of a worker's several answers to an object the last one counts.
        """
        typed = {"class": class_of, "set": set_of, "number": number_of}.get(self.kind)
        values = list(self.values)
        if typed is not None:
            values = [typed(value) for value in values]
        if self.kind in ("set", "number"):
            pairs = zip(values, self.values, strict=True)
            values = [_as_text(value, None) if one is None else one for one, value in pairs]
        found: dict[str, dict[str, Any]] = {name: {} for name in self.objects}
        for at, worker, value in zip(self.object.tolist(), self.worker.tolist(), self.value.tolist(), strict=True):
            if values[value] is not None:
                found[self.objects[at]][self.workers[worker]] = values[value]
        return found

    def form_answers(self) -> dict[str, list[FormAnswer]]:
        """The answers as `truthkit_core.strategies` takes them, by object."""
        found: dict[str, list[FormAnswer]] = {name: [] for name in self.objects}
        for at, worker, value in zip(self.object.tolist(), self.worker.tolist(), self.value.tolist(), strict=True):
            found[self.objects[at]].append(FormAnswer(self.workers[worker], {self.name: self.values[value]}))
        return found

    def labels(self) -> tuple[str, ...]:
        """The labels that occur in the answers, by the alphabet."""
        found: set[str] = set()
        for value in self.values:
            found.update(_labels_in(value))
        return tuple(sorted(found))


def ascending(keys: Ints) -> Ints:
    """The different keys, in order. `numpy.unique` of so many takes twenty times as long: it hashes them."""
    keys = np.sort(keys)
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return keys[new]


def _as_text(value: Any, said: str | None) -> str:
    if said is not None:
        return said
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _labels_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        value = parsed(value)
    if isinstance(value, dict):
        if isinstance(value.get("label"), str):
            yield value["label"]
        if isinstance(value.get("labels"), list):
            yield from (one for one in value["labels"] if isinstance(one, str))
        elif value and all(isinstance(on, bool) for on in value.values()):
            yield from value
        if isinstance(value.get("labelMappings"), dict):
            yield from value["labelMappings"]
        for part in value.values():
            if isinstance(part, list):
                yield from (label for one in part if isinstance(one, dict) for label in _labels_in(one))


def _in_order(names: Sequence[str], at: Ints, *, keep_all: bool) -> tuple[list[str], Ints]:
    """The names by the alphabet (those that occur, or all), and the places of ``at`` among them."""
    order = sorted(range(len(names)), key=names.__getitem__)
    if not keep_all:
        there = np.bincount(at, minlength=len(names)) > 0
        order = [number for number in order if there[number]]
    place = np.full(len(names), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    return [names[number] for number in order], place[at]


@dataclass(frozen=True, slots=True)
class Answers:
    """What ``read_answers`` found. ``files`` is how many files were read, ``settings`` the workflow's
    ``[consolidation]``, ``labels`` its labels."""

    source: Path
    objects: Sequence[str]
    fields: Mapping[str, FieldAnswers]
    files: int
    findings: Sequence[Finding] = ()
    labels: tuple[str, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def field(self, name: str | None = None) -> FieldAnswers:
        """The field of that name; by default the workflow's, or the only one, or the one with most answers that is no
        comment (text). Raises UsageError."""
        if name is not None:
            if name in self.fields:
                return self.fields[name]
            known = ", ".join(self.fields) or "none"
            raise UsageError(f"no answer has a field {name!r}", f"the fields are: {known}")
        if self.settings.get("field") in self.fields:
            return self.fields[self.settings["field"]]
        if not self.fields:
            raise UsageError(f"{self.source}: no answer says anything", "give a folder or a table with answers")
        return max(self.fields.values(), key=lambda one: (one.kind != "text", len(one)))


class Collector:
    """Takes answers one by one and keeps little of each."""

    def __init__(self) -> None:
        self.objects: dict[str, int] = {}
        self.workers: dict[str, int] = {}
        self.fields: dict[str, _Column] = {}
        self.findings: list[Finding] = []
        self.untold = 0

    def object(self, name: str) -> int:
        return self.objects.setdefault(name, len(self.objects))

    def add(self, item: int, worker: str, content: Mapping[str, Any], seconds: float) -> None:
        who = self.workers.setdefault(worker, len(self.workers))
        for name, value in content.items():
            column = self.fields.get(name)
            if column is None:
                column = self.fields[name] = _Column()
            column.add(item, who, value, seconds)

    def tell(self, finding: Finding) -> None:
        if len(self.findings) < _TOLD:
            self.findings.append(finding)
        else:
            self.untold += 1

    def finish(self, only: str | None = None) -> dict[str, FieldAnswers]:
        """The fields, or ``only`` that one if there is such a field; those of no kind are told of."""
        found = self._finished([only]) if only is not None and only in self.fields else {}
        if only is None or only not in found:
            found = self._finished([name for name in self.fields if name != only])
        if self.untold:
            self.tell_of_the_rest()
        return found

    def _finished(self, names: Sequence[str]) -> dict[str, FieldAnswers]:
        objects, workers = list(self.objects), list(self.workers)
        found = {}
        for name in names:
            answers = self.fields[name].finish(name, objects, workers)
            if answers is not None:
                found[name] = answers
            else:
                self.tell(Finding("answer-kind", f"field {name!r} has no value of a known kind", severity="info"))
        return found

    def tell_of_the_rest(self) -> None:
        self.findings.append(
            Finding("answer-file", f"{self.untold:,} further files or answers have faults", severity="warning")
        )


class _Column:
    """One field's answers."""

    __slots__ = ("item", "place", "seconds", "value", "values", "worker")

    def __init__(self) -> None:
        self.item, self.worker, self.value, self.seconds = array("q"), array("q"), array("q"), array("d")
        self.values: list[Any] = []
        self.place: dict[Hashable, int] = {}

    def add(self, item: int, worker: int, value: Any, seconds: float) -> None:
        key = key_of(value)
        at = self.place.get(key) if key is not None else None
        if at is None:
            at = len(self.values)
            self.values.append(value)
            if key is not None:
                self.place[key] = at
        self.item.append(item)
        self.worker.append(worker)
        self.value.append(at)
        self.seconds.append(seconds)

    def finish(self, name: str, objects: Sequence[str], workers: Sequence[str]) -> FieldAnswers | None:
        item, value = np.array(self.item, dtype=np.int64), np.array(self.value, dtype=np.int64)
        counts = np.bincount(value, minlength=len(self.values)).tolist()
        kind = kind_of(self.values, counts, int(np.count_nonzero(np.bincount(item))))
        if kind is None:
            return None
        worker, seconds = np.array(self.worker, dtype=np.int64), np.array(self.seconds, dtype=np.float64)
        return FieldAnswers(name, kind, item, worker, value, objects, workers, self.values, seconds)
