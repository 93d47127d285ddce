"""Every method of a kind of answer, on the same answers."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

from truthkit.answers import FieldAnswers
from truthkit.answers.shapes import class_of, number_of
from truthkit.consolidating.scores import class_measures, number_measures
from truthkit.findings import UsageError
from truthkit_core.consolidation.class_models import ClassAnswers, ClassResult
from truthkit_core.strategies import KINDS, ObjectLabel, Settings, consolidate_objects, label_png

# Kinds whose values are read here; all others are read as a workflow's handler reads them.
_MODULES = {"class": "class_models", "set": "sets", "number": "numbers", "text": "text"}
MEASURED = ("class", "number")
"""Kinds whose labels gold can measure."""
# Of classes JSON has accuracy, calibration error and seconds; tables and reports tell more.
_NOT_IN_JSON = ("brier", "log_loss", "gold")


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
        told = {name: value for name, value in self.measures.items() if name not in _NOT_IN_JSON}
        rounded = {name: None if value is None else round(value, 6) for name, value in told.items()}
        found: dict[str, Any] = {"accuracy": None, "calibration_error": None, **rounded}
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


def _methods(kind: str) -> tuple[dict[str, Callable[..., Any] | None], str]:
    """The methods and the default one; None for those that go by a workflow's settings."""
    if kind in _MODULES:
        try:
            module = import_module(f"truthkit_core.consolidation.{_MODULES[kind]}")
        except ImportError:
            raise _cannot(kind) from None
        default = module.DEFAULT_METHOD
        return {default: module.METHODS[default], **module.METHODS}, default
    if kind not in KINDS:
        raise _cannot(kind)
    default = Settings(kind, "").method_name()
    module = import_module(f"truthkit_core.consolidation.{KINDS[kind].module}")
    names = getattr(module, KINDS[kind].methods, {})
    return dict.fromkeys([default, *(names if default in names else ())]), default


def _cannot(kind: str) -> UsageError:
    known = ", ".join(sorted({*_MODULES, *KINDS}))
    return UsageError(f"answers of the kind {kind} cannot be consolidated here", f"kinds are {known}; see --field")


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
    labels: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    on_method: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> Consolidation:
    """Labels by ``method`` (or the default one), and with ``every`` by all methods of the kind.

    Args:
        gold: known labels by object; they measure and do not help.
        labels: all labels in the order that decides ties; by default those of the answers, by the alphabet.
        settings: a workflow's ``[consolidation]``; where it is for this field, its kind, method and options hold.
        texts: what spans are marked in, by object, where it is known.
        on_method: told which method begins, and how many are done of how many.

    Raises UsageError if the kind has no such method.
    """
    own = settings if settings is not None and settings.get("field") == field.name else {}
    field = replace(field, kind=own["kind"]) if own.get("kind") else fitting(field, gold, method)
    methods, default = _methods(field.kind)
    method = method or own.get("method")
    if method is not None and method not in methods:
        raise UsageError(f"{method!r} is no method for {field.kind}", f"methods are {', '.join(methods)}")
    labels = labels if own else labels_of(field, labels)
    chosen = method or default
    names = list(methods) if every else [chosen]
    answers = field.class_answers(labels) if field.kind == "class" else None
    given = answers if answers is not None else field.by_object() if field.kind in _MODULES else None
    options = {key: value for key, value in own.items() if key not in ("kind", "field", "method", "output")}
    runs = {}
    for done, name in enumerate(names):
        on_method(name, done, len(names))
        function = methods[name]
        mine = options if name == chosen else {}
        if function is None:
            work: Callable[[], Any] = partial(_as_in_workflow, field, name, labels or field.labels(), texts, mine)
        else:
            work = partial(function, given, **mine)
        runs[name] = _run(name, work, field.kind, gold)
    on_method("", len(names), len(names))
    return Consolidation(field.kind, default, chosen, runs, answers)


def labels_of(field: FieldAnswers, labels: Sequence[str] | None) -> Sequence[str] | None:
    """The workflow's labels, if they are this field's: it uses one of them at least."""
    if labels is None:
        return None
    used = {class_of(value) for value in field.values} if field.kind == "class" else set(field.labels())
    return labels if used & set(labels) else None


def _run(name: str, work: Callable[[], Any], kind: str, gold: Mapping[str, str] | None) -> Run:
    begin = time.perf_counter()
    try:
        result = work()
    except (ValueError, TypeError, MemoryError) as error:  # a table that would not fit, say; the other methods go on
        return Run(name, time.perf_counter() - begin, {}, None, str(error) or type(error).__name__)
    seconds = time.perf_counter() - begin
    measures: Mapping[str, float | None] = {}
    if gold and isinstance(result, ClassResult):
        measures = class_measures(result, gold)
    elif gold and kind == "number":
        measures = number_measures(result.objects, gold)
    return Run(name, seconds, measures, result)


@dataclass(frozen=True, slots=True)
class _Label:
    """A label as a workflow writes it; the workers' answers where there is none. A mask's picture is beside it, as the
    element gives it."""

    label: ObjectLabel
    png: bytes | None

    def to_json(self) -> dict[str, Any]:
        one = self.label
        value = dict(one.value) if one.value is not None else one.to_json()
        if self.png is not None:
            value["labeledImage"] = {"pngImageData": base64.b64encode(self.png).decode("ascii")}
        problems = [*one.problems, *(problem for answer in one.answers for problem in answer.problems)]
        return {**value, "confidence": round(one.confidence, 4), "problems": problems}


@dataclass(frozen=True, slots=True)
class _Labels:
    objects: Mapping[str, _Label]


def _as_in_workflow(
    field: FieldAnswers,
    method: str,
    labels: Sequence[str],
    texts: Mapping[str, str] | None,
    options: Mapping[str, Any],
) -> _Labels:
    settings = Settings(field.kind, field.name, tuple(labels), method, options=options)
    found = consolidate_objects(field.form_answers(), settings, texts=texts)
    return _Labels({name: _Label(label, label_png(label, settings)) for name, label in found.items()})
