"""From a finished job's answers to the figures of every field."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from truthkit.answers import Answers, FieldAnswers, source_texts
from truthkit.answers.shapes import number_of
from truthkit.consolidating.methods import MEASURED, fitting
from truthkit.findings import Finding, UsageError
from truthkit.report import likeness
from truthkit.report.shapes import unfold
from truthkit_core.agreement.coefficients import (
    Coefficient,
    NumberAnswers,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    observed_agreement,
)
from truthkit_core.agreement.pairs import (
    PairAgreement,
    box_agreement,
    mask_agreement,
    mean_agreement,
    set_agreement,
    shape_agreement,
    span_agreement,
)
from truthkit_core.agreement.workers import (
    NumberWorker,
    Times,
    WorkerStatistics,
    number_statistics,
    worker_statistics,
)
from truthkit_core.answers import FormAnswer
from truthkit_core.consolidation.boxes import Box
from truthkit_core.consolidation.class_models import ClassAnswers, shrunken_dawid_skene
from truthkit_core.consolidation.geometry import Floats, keypoint_similarity, usable
from truthkit_core.consolidation.keypoints import Keypoint
from truthkit_core.consolidation.masks import read_instances, read_mask
from truthkit_core.consolidation.polygons import Polygon, Polyline
from truthkit_core.consolidation.rankings import Ranking, kendall_tau
from truthkit_core.consolidation.shapes import scale_of
from truthkit_core.consolidation.spans import Span
from truthkit_core.consolidation.text import edit_distance
from truthkit_core.messages import ContractError
from truthkit_core.strategies import picture_size

T = TypeVar("T")

DISPUTED = 100
"""So many objects are listed, the most disputed first."""

_TITLES = {
    "alpha-nominal": "Krippendorff’s alpha, nominal",
    "alpha-ordinal": "Krippendorff’s alpha, ordinal",
    "alpha-interval": "Krippendorff’s alpha, interval",
    "fleiss-kappa": "Fleiss’ kappa",
    "cohen-kappa": "Cohen’s kappa, mean over pairs of workers",
    "observed-agreement": "Observed agreement",
    "span-f1": "Spans alike, F1",
    "span-f1-overlap": "Spans that overlap, F1",
    "box-iou": "Boxes, intersection over union",
    "box-f1-at-0.5": "Boxes at IoU 0.5, F1",
    "box-f1-at-0.75": "Boxes at IoU 0.75, F1",
    "set-f1": "Sets, F1",
    "same-text": "Same text",
    "words-alike": "Words alike",
    "polygon-iou": "Polygons, intersection over union",
    "polygon-f1-at-0.5": "Polygons at IoU 0.5, F1",
    "line-likeness": "Lines, likeness by distance",
    "keypoint-likeness": "Keypoints, likeness by distance",
    "mask-iou": "Masks, mean intersection over union",
    "instance-iou": "Instances, intersection over union",
    "instance-f1-at-0.5": "Instances at IoU 0.5, F1",
    "pairs-in-order": "Pairs in the same order",
}


def title(coefficient: Coefficient) -> str:
    return _TITLES.get(coefficient.name, coefficient.name)


@dataclass(frozen=True, slots=True)
class Mate:
    """A worker whose answers are compared in pairs: ``agreement`` is the mean with the others, 0 to 1."""

    worker: str
    answers: int
    agreement: float | None
    seconds: Times | None

    def to_json(self) -> dict[str, Any]:
        return {
            "worker": self.worker,
            "answers": self.answers,
            "agreement": self.agreement,
            "seconds": None if self.seconds is None else self.seconds.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Disputed:
    """An object on which workers disagree: ``agreement`` 0 to 1, how often each class was given, label and gold."""

    object_id: str
    agreement: float
    votes: tuple[tuple[str, int], ...] = ()
    label: str | None = None
    gold: str | None = None

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"object": self.object_id, "agreement": self.agreement}
        if self.votes:
            found["votes"] = dict(self.votes)
        if self.label is not None:
            found["label"] = self.label
        if self.gold is not None:
            found["gold"] = self.gold
        return found


@dataclass(frozen=True, slots=True)
class FieldReport:
    """One field of the form. ``classes`` are in the order of the confusion matrices, only of kind ``class``.

    ``workers`` are in order of accuracy (of agreement, where there is no accuracy), the lowest first. ``seconds`` are
    all known times. ``notes`` say what could not be compared and why.
    """

    name: str
    kind: str
    objects: int
    answers: int
    coefficients: tuple[Coefficient, ...]
    statistics: tuple[WorkerStatistics, ...] = ()
    numbers: tuple[NumberWorker, ...] = ()
    mates: tuple[Mate, ...] = ()
    classes: tuple[str, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    disputed_in_all: int = 0
    seconds: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def workers(self) -> Sequence[WorkerStatistics | NumberWorker | Mate]:
        return self.statistics or self.numbers or self.mates

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "objects": self.objects,
            "answers": self.answers,
            "coefficients": [one.to_json() for one in self.coefficients],
            "workers": [one.to_json() for one in self.workers],
            "disputed-objects": self.disputed_in_all,
            "most-disputed": [one.to_json() for one in self.disputed],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class AgreementReport:
    source: str
    objects: int
    fields: tuple[FieldReport, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "objects": self.objects,
            "fields": {one.name: one.to_json() for one in self.fields},
            "findings": [one.to_json() for one in self.findings],
        }


def measure(answers: Answers, *, field: str | None = None, gold: Mapping[str, str] | None = None) -> AgreementReport:
    """The figures of every field, or of one.

    Args:
        answers: as `truthkit.answers.read_answers` gives them.
        field: only this one.
        gold: known labels by object, for fields of classes and numbers.

    Raises UsageError if there is no such field, or no field at all.
    """
    chosen = [answers.field(field)] if field else list(answers.fields.values()) or [answers.field()]
    findings = list(answers.findings)
    gold = dict(gold or {})
    # What one given truth is of: with several fields, of those whose answers it can be.
    reports = []
    for one in chosen:
        own = gold if len(chosen) == 1 or _fits(one, gold) else {}
        one = fitting(one, own, None)
        if one.kind == "spans":
            reports.append(_spans(one, source_texts(answers.source)))
        else:
            reports.append(_MEASURES.get(one.kind, _not_compared)(one, own))
    if gold:
        strange = sorted(set(gold) - set(answers.objects))
        if strange:
            message = f"{len(strange):,} of {len(gold):,} objects of the gold have no answers ({strange[0]!r} …)"
            findings.append(Finding("gold-unknown", message, severity="warning"))
        if not any(one.kind in MEASURED for one in reports):
            kinds = ", ".join(dict.fromkeys(one.kind for one in reports))
            message = f"gold measures no answers of the kind {kinds}: no worker is measured by it"
            cure = "give gold for classes and numbers only"
            findings.append(Finding("gold-kind", message, cure, severity="warning"))
        if len(strange) == len(gold):
            raise UsageError("no object of the gold has answers", "its items are the ids of the objects, as in the job")
    return AgreementReport(str(answers.source), len(answers.objects), tuple(reports), tuple(findings))


def _fits(field: FieldAnswers, gold: Mapping[str, str]) -> bool:
    if field.kind == "number":
        return all(number_of(value) is not None for value in gold.values())
    return field.kind == "class" and bool(set(field.class_answers().classes) & set(gold.values()))


# --- kinds -----------------------------------------------------------------------------------------------------------


def _classes(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    plain = field.class_answers()
    notes = []
    if gold and not {gold[item] for item in plain.items if item in gold} & set(plain.classes):
        gold = {}
        notes.append("No truth of the gold is one of the classes: nothing is measured by it.")
    names = sorted(set(plain.classes) | {gold[item] for item in plain.items if item in gold}, key=_in_scale)
    answers = field.class_answers(names)
    scale = len(names) > 2 and all(number_of(name) is not None for name in names)
    coefficients = [
        alpha(answers),
        *([alpha(answers, "ordinal")] if scale else []),
        fleiss_kappa(answers),
        cohen_kappa(answers),
        observed_agreement(answers),
    ]
    # Not helped by the gold: so what stands beside it can be compared.
    result = shrunken_dawid_skene(answers)
    found = worker_statistics(answers, result=result, gold=gold, seconds=_seconds(field))
    ranked = sorted(found.values(), key=lambda one: (_or_last(one.accuracy.value), -one.answers, one.worker))
    labels = result.labels()
    disputed, in_all = _disputed_classes(answers, labels, gold)
    if answers.unknown:
        notes.append(f"{len(answers.unknown):,} answers are no class and take no part.")
    if scale:
        notes.append(
            "The classes are numbers: the ordinal alpha holds if they are a scale, not if they are only names."
        )
    return FieldReport(
        field.name,
        field.kind,
        len(field.objects),
        len(answers),
        tuple(coefficients),
        statistics=tuple(ranked),
        classes=tuple(names),
        disputed=disputed,
        disputed_in_all=in_all,
        seconds=_known(field),
        notes=tuple(notes),
    )


def _in_scale(name: str) -> tuple[int, float, str]:
    number = number_of(name)
    return (1, 0.0, name) if number is None else (0, number, name)


def _or_last(value: float | None) -> float:
    return math.inf if value is None else value


def _disputed_classes(
    answers: ClassAnswers, labels: Mapping[str, str | None], gold: Mapping[str, str]
) -> tuple[tuple[Disputed, ...], int]:
    classes = max(len(answers.classes), 1)
    entries, votes = np.unique(answers.item * classes + answers.label, return_counts=True)
    size = np.bincount(answers.item, minlength=len(answers.items))
    same = np.bincount(entries // classes, weights=votes * (votes - 1.0), minlength=len(answers.items))
    share = np.divide(same, size * (size - 1.0), out=np.ones(len(size)), where=size > 1)
    order = np.lexsort((np.arange(len(size)), -size, share))
    disagreed = int((share < 1).sum())
    found = []
    for at in order[: min(DISPUTED, disagreed)].tolist():
        begin, end = np.searchsorted(entries, [at * classes, (at + 1) * classes])
        given = zip((entries[begin:end] % classes).tolist(), votes[begin:end].tolist(), strict=True)
        counted = sorted(given, key=lambda pair: (-pair[1], pair[0]))
        item = answers.items[at]
        named = tuple((answers.classes[label], times) for label, times in counted)
        found.append(Disputed(item, float(share[at]), named, labels.get(item), gold.get(item)))
    return tuple(found), disagreed


def _numbers(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    rows = [(item, worker, value) for item, answers in field.by_object().items() for worker, value in answers.items()]
    answers = NumberAnswers.of(rows)
    known = {item: number for item, value in gold.items() if (number := number_of(value)) is not None}
    found = number_statistics(answers, gold=known, seconds=_seconds(field))
    ranked = sorted(found.values(), key=lambda one: (-abs(one.bias or 0), one.worker))
    notes = [f"{len(answers.unknown):,} answers are no number and take no part."] if answers.unknown else []
    # How far apart an object's answers are, beside the farthest apart of all.
    spread: dict[str, float] = {}
    for item, given in field.by_object().items():
        counted = [value for value in given.values() if isinstance(value, float)]
        if len(counted) > 1:
            spread[item] = float(np.std(counted))
    widest = max(spread.values(), default=0.0)
    disputed = [
        Disputed(item, 1 - far / widest if widest else 1.0, gold=gold.get(item))
        for item, far in sorted(spread.items(), key=lambda pair: -pair[1])
        if far > 0
    ]
    return FieldReport(
        field.name,
        field.kind,
        len(field.objects),
        len(answers),
        (alpha(answers),),
        numbers=tuple(ranked),
        disputed=tuple(disputed[:DISPUTED]),
        disputed_in_all=len(disputed),
        seconds=_known(field),
        notes=tuple(notes),
    )


def _sets(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    given = field.by_object()
    sets = {
        item: {worker: value for worker, value in answers.items() if isinstance(value, frozenset)}
        for item, answers in given.items()
    }
    strange = sum(map(len, given.values())) - sum(map(len, sets.values()))
    notes = [f"{strange:,} answers are no set and take no part."] if strange else []
    return _in_pairs(field, [set_agreement(sets)], notes)


def _texts(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    texts = {
        item: {worker: " ".join(value.split()) for worker, value in answers.items() if isinstance(value, str)}
        for item, answers in field.by_object().items()
    }
    same = mean_agreement(texts, lambda one, other: float(one == other), name="same-text")
    words = {item: {worker: text.split(" ") for worker, text in given.items()} for item, given in texts.items()}
    alike = mean_agreement(words, _words_alike, name="words-alike")
    notes = [
        "Texts count as the same if they differ only in white space. Words alike: 1 less the words that must be "
        "changed, as a share of the longer text."
    ]
    return _in_pairs(field, [alike, same], notes)


def _words_alike(one: Sequence[str], other: Sequence[str]) -> float:
    return 1 - edit_distance(one, other) / max(len(one), len(other), 1)


def _spans(field: FieldAnswers, sources: Mapping[str, str]) -> FieldReport:
    spans, notes = _read(field, _entities)
    # A source that is too short for a span is not what workers saw.
    texts = {
        item: text
        for item, text in sources.items()
        if item in spans
        and all(span.end <= len(text.encode("utf-16-le")) / 2 for given in spans[item].values() for span in given)
    }
    if len(texts) < len(spans):
        notes.append("Bounds count as the workers set them where the job's manifest does not have the text.")
    return _in_pairs(field, [span_agreement(spans, texts), span_agreement(spans, texts, overlap=True)], notes)


def _boxes(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    boxes, notes = _read(field, _box_list)
    found = [box_agreement(boxes), box_agreement(boxes, least=0.5), box_agreement(boxes, least=0.75)]
    return _in_pairs(field, found, notes)


def _polygons(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    shapes, notes = _read(field, lambda answer, name: _items(answer, name, "polygons", Polygon.parse))

    found = [
        shape_agreement(shapes, likeness.polygons, name="polygon-iou"),
        shape_agreement(shapes, likeness.polygons, least=0.5, name="polygon-f1-at-0.5"),
    ]
    return _in_pairs(field, found, notes)


_APART = (
    "Likeness falls with the distance: 0.61 at a fiftieth of the picture’s diagonal (15 pixels where its size is not "
    "known)."
)


def _lines(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    key = "lines" if field.kind == "lines" else "polylines"
    sizes = _picture_sizes(field)
    read, notes = _read(field, lambda answer, name: _items(answer, name, key, Polyline.parse))

    # In units of how far apart two of the same may be.
    shapes = {
        item: {
            worker: [
                replace(line, points=tuple((x / scale, y / scale) for x, y in line.points))
                for line in lines
                if len(line.points) > 1 and usable(line.points)
            ]
            for worker, lines in given.items()
        }
        for item, given in read.items()
        for scale in [scale_of(item, None, sizes)]
    }
    return _in_pairs(field, [shape_agreement(shapes, likeness.lines, name="line-likeness")], [*notes, _APART])


def _keypoints(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    sizes = _picture_sizes(field)
    read, notes = _read(field, lambda answer, name: _items(answer, name, "keypoints", Keypoint.parse))

    def alike(a: Sequence[Keypoint], b: Sequence[Keypoint]) -> Floats:
        return keypoint_similarity([(one.x, one.y) for one in a], [(one.x, one.y) for one in b], 1.0)

    shapes = {
        item: {
            worker: [Keypoint(one.x / scale, one.y / scale, one.label) for one in points if usable([(one.x, one.y)])]
            for worker, points in given.items()
        }
        for item, given in read.items()
        for scale in [scale_of(item, None, sizes)]
    }
    return _in_pairs(field, [shape_agreement(shapes, alike, name="keypoint-likeness")], [*notes, _APART])


def _picture_sizes(field: FieldAnswers) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for item, answers in field.form_answers().items():
        size = picture_size(answers, field.name)
        if size is not None:
            found[item] = size
    return found


def _rankings(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    """Every dimension of a ranking; two workers' agreement is the mean over those that both have."""

    def read(answer: FormAnswer, name: str) -> dict[str, Ranking]:
        entries = unfold(answer.fields[name])
        entries = entries.get("ordinalRankingDimensions") if isinstance(entries, dict) else None
        named = [one.get("name") for one in entries or [] if isinstance(one, dict)]
        found = {one: answer.ranking(name, one) for one in named if isinstance(one, str)}
        return {one: ranking for one, ranking in found.items() if ranking is not None}

    def alike(one: Mapping[str, Ranking], other: Mapping[str, Ranking]) -> float | None:
        shared = sorted(set(one) & set(other))
        scores = [(1 + kendall_tau(one[name], other[name])) / 2 for name in shared]
        return sum(scores) / len(scores) if scores else None

    rankings, notes = _read(field, read)
    notes.append("The share of pairs in the same order, a tie counting half; chance gives 0.5.")
    return _in_pairs(field, [mean_agreement(rankings, alike, name="pairs-in-order")], notes)


def _semantic(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    labels = field.labels()[:255]
    masks = _Lazily(field, lambda value: read_mask(unfold(value), labels)[0])
    found = mask_agreement(masks)
    return _in_pairs(field, [found], masks.notes())


def _instances(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    masks = _Lazily(field, lambda value: [_Instance(*one) for one in read_instances(unfold(value))[0]])

    found = [
        shape_agreement(masks, likeness.instances, name="instance-iou"),
        shape_agreement(masks, likeness.instances, least=0.5, name="instance-f1-at-0.5"),
    ]
    return _in_pairs(field, found, masks.notes())


@dataclass(frozen=True, slots=True)
class _Instance:
    bits: NDArray[np.bool_]
    label: str


def _not_compared(field: FieldAnswers, gold: Mapping[str, str]) -> FieldReport:
    note = f"Answers of the kind {field.kind} are not compared; answers and times are."
    empty = PairAgreement(Coefficient("agreement", None, None, None, 0, 0, note), {}, {})
    return replace(_in_pairs(field, [empty], [note]), coefficients=())


_MEASURES: dict[str, Callable[[FieldAnswers, Mapping[str, str]], FieldReport]] = {
    "class": _classes,
    "number": _numbers,
    "set": _sets,
    "text": _texts,
    "boxes": _boxes,
    "polygons": _polygons,
    "lines": _lines,
    "polylines": _lines,
    "keypoints": _keypoints,
    "ranking": _rankings,
    "semantic-mask": _semantic,
    "instance-masks": _instances,
}


def _in_pairs(field: FieldAnswers, found: Sequence[PairAgreement], notes: Sequence[str] = ()) -> FieldReport:
    first = found[0]
    given = Counter(field.workers[worker] for worker in field.worker.tolist())
    spent: dict[str, list[float]] = {}
    for (_item, worker), seconds in _seconds(field).items():
        spent.setdefault(worker, []).append(seconds)
    mates = [
        Mate(worker, times, first.workers.get(worker), Times.over(spent.get(worker, ())))
        for worker, times in sorted(given.items())
    ]
    mates.sort(key=lambda one: (_or_last(one.agreement), -one.answers, one.worker))
    below = [(item, share) for item, share in first.objects.items() if share < 1]
    return FieldReport(
        field.name,
        field.kind,
        len(field.objects),
        len(field),
        tuple(one.whole for one in found),
        mates=tuple(mates),
        disputed=tuple(Disputed(item, share) for item, share in below[:DISPUTED]),
        disputed_in_all=len(below),
        seconds=_known(field),
        notes=tuple(notes),
    )


# --- reading values --------------------------------------------------------------------------------------------------


def _read(field: FieldAnswers, read: Callable[[FormAnswer, str], T]) -> tuple[dict[str, dict[str, T]], list[str]]:
    """The values by object and worker, and notes on what could not be read."""
    found: dict[str, dict[str, T]] = {}
    problems: Counter[str] = Counter()
    for item, answers in field.by_object().items():
        found[item] = {}
        for worker, value in answers.items():
            answer = FormAnswer(worker, {field.name: value})
            shapes = read(answer, field.name)
            problems.update(answer.problems)
            if shapes or not answer.problems:
                found[item][worker] = shapes
    notes = (
        [f"{problems.total():,} pieces of answers cannot be used: {problems.most_common(1)[0][0]}"] if problems else []
    )
    return found, notes


def _entities(answer: FormAnswer, name: str) -> Sequence[Span]:
    return _parsed(answer, answer.entities(name) or [], Span.parse)


def _box_list(answer: FormAnswer, name: str) -> Sequence[Box]:
    return _items(answer, name, "boundingBoxes", Box.parse)


def _items(answer: FormAnswer, name: str, key: str, parse: Callable[[Any], T]) -> list[T]:
    value = unfold(answer.fields[name])
    entries = value.get(key) if isinstance(value, dict) else None
    if not isinstance(entries, list):
        answer.problems.append(f"a list {key!r} is missing")
        return []
    return _parsed(answer, entries, parse)


class _Lazily(Mapping[str, Mapping[str, T]]):
    """Masks by object and worker, decoded when an object is asked for and not kept: a job's would fill the memory."""

    def __init__(self, field: FieldAnswers, read: Callable[[Any], T]) -> None:
        self._values = field.by_object()
        self._read = read
        self._problems: dict[tuple[str, str], str] = {}

    def __getitem__(self, item: str) -> Mapping[str, T]:
        found = {}
        for worker, value in self._values[item].items():
            try:
                found[worker] = self._read(value)
            except ContractError as error:
                self._problems[item, worker] = str(error)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def notes(self) -> list[str]:
        if not self._problems:
            return []
        return [f"{len(self._problems):,} answers cannot be read: {next(iter(self._problems.values()))}"]


def _parsed(answer: FormAnswer, entries: Sequence[Any], parse: Callable[[Any], T]) -> list[T]:
    found = []
    for entry in entries:
        try:
            found.append(parse(entry))
        except ContractError as error:
            answer.problems.append(str(error))
    return found


def _seconds(field: FieldAnswers) -> dict[tuple[str, str], float]:
    known = np.flatnonzero(np.isfinite(field.seconds)).tolist()
    return {
        (field.objects[field.object[at]], field.workers[field.worker[at]]): float(field.seconds[at]) for at in known
    }


def _known(field: FieldAnswers) -> tuple[float, ...]:
    return tuple(np.sort(field.seconds[np.isfinite(field.seconds)]).tolist())
