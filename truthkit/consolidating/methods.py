"""Every method of a kind of answer, on the same answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from truthkit.answers import FieldAnswers
from truthkit.answers.shapes import number_of
from truthkit.consolidating.scores import class_measures, number_measures
from truthkit.findings import UsageError
from truthkit_core.consolidation.class_models import ClassAnswers, ClassResult

_MODULES = {
    "class": "class_models",
    "set": "sets",
    "number": "numbers",
    "ranking": "rankings",
    "spans": "spans",
    "boxes": "boxes",
    "keypoints": "keypoints",
    "lines": "polygons",
    "polylines": "polygons",
    "polygons": "polygons",
    "semantic-mask": "masks",
    "instance-masks": "masks",
    "text": "text",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One method's work.

    ``measures`` has ``accuracy`` and ``calibration_error`` (both 0 to 1, None where there is no gold or they mean
    nothing), and more by kind. ``result`` is what the method gives, None if it could not; then ``problem`` says why.
    """

    method: str
    seconds: float
    measures: Mapping[str, float | None]
    result: Any
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        rounded = {name: None if value is None else round(value, 6) for name, value in self.measures.items()}
        found: dict[str, Any] = {"accuracy": None, "calibration_error": None, **rounded}
        if "gold" in found:
            found["gold"] = int(found["gold"])
        found["seconds"] = round(self.seconds, 6)
        return {**found, "problem": self.problem} if self.problem else found


@dataclass(frozen=True, slots=True)
class Consolidation:
    """All methods' work; ``chosen`` is the method that was asked for, or the default one."""

    kind: str
    default: str
    chosen: str
    runs: Mapping[str, Run]
    classes: ClassAnswers | None
    """The answers, where the kind is ``class``."""

    def to_json(self) -> dict[str, Any]:
        return {"default": self.default, "methods": {name: run.to_json() for name, run in self.runs.items()}}


def method_names(kind: str) -> list[str]:
    """The methods of a kind, the default one first. Raises UsageError if there are none."""
    return list(_methods(kind)[0])


def default_method(kind: str) -> str:
    """Raises UsageError if the kind has no methods."""
    return _methods(kind)[1]


def _methods(kind: str) -> tuple[dict[str, Callable[..., Any]], str]:
    try:
        module = import_module(f"truthkit_core.consolidation.{_MODULES[kind]}")
        methods = dict(getattr(module, f"{kind.upper().replace('-', '_')}_METHODS", None) or module.METHODS)
    except (ImportError, KeyError, AttributeError):
        known = ", ".join(sorted(_MODULES))
        raise UsageError(f"answers of the kind {kind} cannot be consolidated here", f"kinds are {known}") from None
    default = getattr(module, "DEFAULT_METHOD", next(iter(methods)))
    return {default: methods[default], **methods}, default


def fitting(field: FieldAnswers, gold: Mapping[str, str] | None, method: str | None) -> FieldAnswers:
    """The field as the kind that gold and method make of it: whole numbers may be classes or a scale.

    They are a scale if gold has fractions, or the method is one for numbers only.
    """
    if field.kind != "class" or not all(number_of(value) is not None for value in field.values if value != ""):
        return field
    fractions = any("." in truth for truth in (gold or {}).values()) and all(
        number_of(truth) is not None for truth in (gold or {}).values()
    )
    if fractions or (method is not None and method not in method_names("class") and method in _numeric()):
        return replace(field, kind="number")
    return field


def _numeric() -> list[str]:
    try:
        return method_names("number")
    except UsageError:
        return []


def consolidate(
    field: FieldAnswers,
    *,
    method: str | None = None,
    every: bool = False,
    gold: Mapping[str, str] | None = None,
    classes: Sequence[str] | None = None,
    on_method: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> Consolidation:
    """Labels by ``method`` (or the default one), and with ``every`` by all methods of the kind.

    Args:
        gold: known labels by object; they measure and do not help.
        classes: all classes in the order that decides ties; by default those of the answers, by the alphabet.
        on_method: told which method begins, and how many are done of how many.

    Raises UsageError if the kind has no such method.
    """
    field = fitting(field, gold, method)
    methods, default = _methods(field.kind)
    if method is not None and method not in methods:
        raise UsageError(f"{method!r} is no method for {field.kind}", f"methods are {', '.join(methods)}")
    chosen = method or default
    names = list(methods) if every else [chosen]
    answers = field.class_answers(classes) if field.kind == "class" else None
    given = answers if answers is not None else _typed(field, classes)
    runs = {}
    for done, name in enumerate(names):
        on_method(name, done, len(names))
        runs[name] = _run(name, methods[name], given, field.kind, gold)
    on_method("", len(names), len(names))
    return Consolidation(field.kind, default, chosen, runs, answers)


def _run(name: str, method: Callable[..., Any], given: Any, kind: str, gold: Mapping[str, str] | None) -> Run:
    begin = time.perf_counter()
    try:
        result = method(given)
    except (ValueError, MemoryError) as error:  # a table that would not fit, say; the other methods go on
        return Run(name, time.perf_counter() - begin, {}, None, str(error) or type(error).__name__)
    seconds = time.perf_counter() - begin
    measures: Mapping[str, float | None] = {}
    if gold and isinstance(result, ClassResult):
        measures = class_measures(result, gold)
    elif gold and kind == "number":
        measures = number_measures(result.objects, gold)
    return Run(name, seconds, measures, result)


def _typed(field: FieldAnswers, labels: Sequence[str] | None) -> dict[str, dict[str, Any]]:
    """The answers in the kind's own type, by object and worker."""
    if field.kind in ("set", "number", "text"):
        return field.by_object()
    try:
        strategies: Any = import_module("truthkit_core.strategies")
        read = strategies.KINDS[field.kind].read
    except (ImportError, KeyError):
        raise UsageError(f"answers of the kind {field.kind} cannot be read here", "give another field") from None
    settings, found = strategies.Settings(field.kind, field.name, tuple(labels or field.labels())), {}
    for name, answers in field.form_answers().items():
        values = {answer.worker_id: read(answer, settings) for answer in answers}
        found[name] = {worker: value for worker, value in values.items() if value is not None}
    return found
