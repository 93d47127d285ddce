"""The first pass over a job: what its objects, labels and workers come to, and which objects are most in dispute."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from truthkit.report.data import ReportData, ReportObject
from truthkit.report.draw import Field, Voice, fields
from truthkit.report.draw.scene import Palette
from truthkit.report.gold import Pairs, agreement, readable_label
from truthkit.report.likeness import agree, by_label
from truthkit.report.pictures import with_pixels
from truthkit.report.shapes import Choice, Figures, Spans
from truthkit_core.agreement import f1, nominal_alpha
from truthkit_core.agreement.workers import Times

ALIKE = 1 - 1e-9  # full agreement, but for rounding


@dataclass(slots=True)
class Mean:
    """Of numbers that are not kept."""

    total: float = 0.0
    of: int = 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self.total += value
            self.of += 1

    @property
    def value(self) -> float | None:
        return self.total / self.of if self.of else None


@dataclass(slots=True)
class WorkerTally:
    """One worker over the job. ``alone``: objects on which two or more others agree fully and this one differs."""

    voice: Voice
    answers: int = 0
    declined: int = 0
    alone: int = 0
    with_others: Mean = field(default_factory=Mean)
    with_label: Mean = field(default_factory=Mean)
    with_gold: Mean = field(default_factory=Mean)
    seconds: array[float] = field(default_factory=lambda: array("d"))

    @property
    def times(self) -> Times | None:
        return Times.over(self.seconds)


@dataclass(slots=True)
class LabelTally:
    """One label of one field over the whole job: how often workers, labels and gold have it, and how far they agree.

    Agreement is the specific agreement: of all pairs of answers, twice what both have as a share of what each has.
    """

    css: str
    given: int = 0
    found: int = 0
    wanted: int = 0
    shared: float = 0.0
    both: float = 0.0
    gold_shared: float = 0.0
    gold_both: float = 0.0

    @property
    def among(self) -> float | None:
        return self.shared / self.both if self.both else None

    @property
    def as_gold(self) -> float | None:
        return self.gold_shared / self.gold_both if self.gold_both else None


class Mark(NamedTuple):
    """An object's place in the job, and what it is ranked by."""

    at: int
    failed: bool
    among: float | None  # agreement among its workers
    gold: float | None  # of its label with the gold

    @property
    def rank(self) -> tuple[float, bool, float, int]:
        """The most in dispute first, of equals those that failed, then those farthest from the gold."""
        return (
            1.0 if self.among is None else self.among,
            not self.failed,
            1.0 if self.gold is None else self.gold,
            self.at,
        )


@dataclass(slots=True)
class Summary:
    """What the first pass learns. ``labels`` is by field and label, ``alphas`` by field of one class an answer."""

    palette: Palette
    objects: int = 0
    labeled: int = 0
    skipped: int = 0
    failed: int = 0
    answers: int = 0
    declined: int = 0
    off_gold: int = 0
    with_gold: int = 0
    among: Mean = field(default_factory=Mean)
    workers: dict[str, WorkerTally] = field(default_factory=dict)
    labels: dict[tuple[str, str], LabelTally] = field(default_factory=dict)
    alphas: dict[str, float] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    spans: bool = False  # whether passages were marked

    def label(self, name: str, label: str, css: str) -> LabelTally:
        found = self.labels.get((name, label))
        if found is None:
            found = self.labels[name, label] = LabelTally(css)
        return found


def summarize(data: ReportData) -> Summary:
    summary = Summary(Palette(data.label_order))
    # How often workers gave which classes together: all that alpha needs to know of an object.
    patterns: dict[str, Counter[tuple[str, ...]]] = {}
    for at, it in enumerate(data.objects):
        given = {answer.worker_id: answer.answer for answer in it.answers if answer.answer is not None}
        pairs = Pairs.of(given)
        gold = gold_agreement(it, data.label_attribute, data.find)
        summary.objects += 1
        summary.labeled += it.label is not None and it.failure is None
        summary.failed += it.failure is not None
        summary.skipped += it.label is None and it.failure is None
        summary.answers += len(given)
        summary.declined += len(it.answers) - len(given)
        summary.with_gold += gold is not None
        summary.off_gold += gold is not None and gold < 1
        summary.among.add(pairs.mean)
        summary.marks.append(Mark(at, it.failure is not None, pairs.mean, gold))
        said = [_readable(one, data.find) for one in fields(_said(it, given))]
        _count_workers(summary, it, said, pairs)
        for one in said:
            name = one.name or data.label_attribute
            _count_labels(summary, one, name)
            summary.spans |= one.kind == "spans"
            if one.kind == "choice":
                chosen = [choice.chosen for _, choice in one.workers()]
                if len(chosen) > 1 and all(len(some) == 1 for some in chosen):
                    patterns.setdefault(name, Counter())[tuple(sorted(some[0] for some in chosen))] += 1
    for name, counted in patterns.items():
        alpha = nominal_alpha(
            {str(place): label for place, label in enumerate(pattern)}
            for pattern, times in counted.items()
            for _ in range(times)
        )
        if alpha is not None:
            summary.alphas[name] = alpha
    # Numbered by their ids, so that a worker keeps the number whoever answered first.
    summary.workers = dict(sorted(summary.workers.items()))
    for number, tally in enumerate(summary.workers.values(), 1):
        tally.voice = replace(tally.voice, name=f"Worker {number}", short=f"W{number}")
    order = {label: place for place, label in enumerate(summary.palette.labels())}
    names = list(dict.fromkeys(name for name, _ in summary.labels))
    ranked = sorted(
        summary.labels.items(),
        key=lambda pair: (names.index(pair[0][0]), order.get(pair[0][1], len(order)), pair[0][1]),
    )
    summary.labels = dict(ranked)
    return summary


def gold_agreement(it: ReportObject, attribute: str, find: Callable[[str], Path | None]) -> float | None:
    """Agreement of an object's label with the gold; None where nothing tells it."""
    if it.agreement is not None or it.expected is None or it.label is None:
        return it.agreement
    # A built-in job's form does not tell all that the gold may have: no figure is no nought.
    if readable_label(it.output_line, attribute) is not it.output_line.get(attribute):
        return None
    return agreement(it.label, it.expected, find)


def _readable(one: Field, find: Callable[[str], Path | None]) -> Field:
    """The field with the pixels of masks that lie in S3."""
    if one.kind != "figures":
        return one
    return replace(one, said=tuple((voice, with_pixels(value, find)) for voice, value in one.said))


def labels_of(said: Sequence[Field]) -> list[str]:
    """The labels that occur in an object's fields, whoever says them."""
    return list(dict.fromkeys(label for one in said for _, value in one.said for label in _labels(value)))


def _said(it: ReportObject, given: Mapping[str, Any]) -> list[tuple[Voice, Any]]:
    said: list[tuple[Voice, Any]] = [(Voice("label", "", ""), it.label)] if it.label is not None else []
    if it.expected is not None:
        said.append((Voice("gold", "", ""), it.expected))
    return said + [(Voice("worker", "", "", worker), answer) for worker, answer in given.items()]


def _count_workers(summary: Summary, it: ReportObject, said: Sequence[Field], pairs: Pairs) -> None:
    for answer in it.answers:
        tally = summary.workers.get(answer.worker_id)
        if tally is None:
            tally = summary.workers[answer.worker_id] = WorkerTally(Voice("worker", "", "", answer.worker_id))
        tally.answers += answer.answer is not None
        tally.declined += answer.answer is None
        if answer.answer is None:
            continue
        if answer.seconds is not None:
            tally.seconds.append(answer.seconds)
        tally.with_others.add(pairs.of_worker(answer.worker_id))
        tally.alone += pairs.is_alone(answer.worker_id, ALIKE)
        # The label carries more than was answered (votes, every worker's own answer): only the fields that the
        # worker answered say how far the two agree.
        tally.with_label.add(_with(said, answer.worker_id, "label"))
        tally.with_gold.add(_with(said, answer.worker_id, "gold"))


def _with(said: Sequence[Field], worker: str, role: str) -> float | None:
    """A worker's agreement with the gold or the label: the mean over what both say."""
    mean = Mean()
    for one in said:
        mine = next((value for voice, value in one.workers() if voice.detail == worker), None)
        other = one.of(role)
        if mine is None or other is None:
            continue
        if isinstance(mine, Spans):
            mean.add(f1([span.key for span in mine.spans], [span.key for span in other.spans]))
        elif isinstance(mine, Choice):
            mean.add(f1(mine.chosen, other.chosen))
        elif isinstance(mine, Figures):
            # A mask that cannot be read says nothing of the worker.
            if other.mask is None or other.mask["labeledImage"].get("pngImageData"):
                mean.add(agree(mine, other))
        elif one.kind == "value" and role == "gold":
            mean.add(agreement(mine, other))
    return mean.value


def _count_labels(summary: Summary, one: Field, name: str) -> None:
    if one.kind not in ("spans", "figures", "choice"):
        return
    palette = summary.palette

    def tally(label: str) -> LabelTally:
        return summary.label(name, label, palette.css(label) if one.kind != "choice" or palette.knows(label) else "")

    found, wanted = one.of("label"), one.of("gold")
    given = [value for _, value in one.workers()]
    for value in given:
        for label, times in Counter(_labels(value)).items():
            tally(label).given += times
    for label in _labels(found):
        tally(label).found += 1
    for label in _labels(wanted):
        tally(label).wanted += 1
    if one.kind == "figures":
        for first, second in combinations(given, 2):
            for label, (shared, both) in by_label(first, second).items():
                tally(label).shared += shared
                tally(label).both += both
        if found is not None and wanted is not None:
            for label, (shared, both) in by_label(found, wanted).items():
                tally(label).gold_shared += shared
                tally(label).gold_both += both
        return
    marked = Counter(key for value in given for key in _keys(value))
    for key, times in marked.items():
        tally(key[0]).shared += times * (times - 1)
        tally(key[0]).both += times * (len(given) - 1)
    if found is not None and wanted is not None:
        ours, theirs = _keys(found), _keys(wanted)
        for key in ours | theirs:
            tally(key[0]).gold_shared += 2 * (key in ours and key in theirs)
            tally(key[0]).gold_both += (key in ours) + (key in theirs)


def _labels(value: Any) -> list[str]:
    if isinstance(value, Spans):
        return [span.label for span in value.spans]
    if isinstance(value, Choice):
        return list(value.chosen)
    if isinstance(value, Figures):
        return [*(figure.label for figure in value.figures), *value.labels]
    return []


def _keys(value: Spans | Choice) -> set[tuple[Any, ...]]:
    """What two answers have in common where they agree; begins with the label."""
    return {span.key for span in value.spans} if isinstance(value, Spans) else {(label,) for label in value.chosen}
