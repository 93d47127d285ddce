"""A set of labels an object from many workers' sets (multi-select): each label is decided for itself.

The default, `two_coin`, learns of every worker and label how often the worker sees the label where it is (sensitivity)
and leaves it where it is not (specificity), by the default class model with two classes. What a worker does with the
other labels counts a little for this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.class_answers import ClassAnswers, ClassResult
from truthkit_core.consolidation.shrunken import shrunken_dawid_skene
from truthkit_core.consolidation.worker_model import WorkerModel, on_grid

Answers = Mapping[str, Mapping[str, Collection[str]]]

OTHER_LABELS = 0.5
"""Weight of what a worker did with all other labels, in answers of an average other label."""
_NO, _YES = "no", "yes"


@dataclass(frozen=True, slots=True)
class SetLabel:
    """One object's labels.

    Attributes:
        labels: in the order of all labels; None where nobody gave an answer that counts.
        confidence: how sure the least certain label is rightly in or out; a whole set is right about so often (where
            labels are of different difficulty, rather more often).
        probabilities: of every label, the chance that it belongs to the object.
        votes: how many chose a label, for those that somebody chose.
        workers: how many answers counted.
        problems: what did not count, and why.
    """

    labels: tuple[str, ...] | None
    confidence: float
    probabilities: Mapping[str, float]
    votes: Mapping[str, int]
    workers: int
    problems: tuple[str, ...] = ()

    @property
    def service_confidence(self) -> dict[str, float]:
        """The chances of the chosen labels, as the service's ``confidence-map`` has them: 0 where one has answered."""
        return {name: self.probabilities[name] if self.workers > 1 else 0.0 for name in self.labels or ()}

    def to_json(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels) if self.labels is not None else None,
            "confidence": round(self.confidence, 4),
            "probabilities": {name: round(share, 4) for name, share in self.probabilities.items()},
            "votes": dict(self.votes),
            "workers": self.workers,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class SetWorkers:
    """What is known of workers: a model a label, of the classes ``no`` and ``yes``. Models of batches add up."""

    labels: Mapping[str, WorkerModel]

    def merged(self, other: SetWorkers) -> SetWorkers:
        found = dict(self.labels)
        for name, model in other.labels.items():
            found[name] = found[name].merged(model) if name in found else model
        return SetWorkers(found)

    def to_json(self) -> dict[str, Any]:
        return {"version": 1, "labels": {name: model.to_json() for name, model in self.labels.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SetWorkers:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if value["version"] != 1:
                raise ValueError(f"version {value['version']} is not known")
            found = {str(name): WorkerModel.from_json(model) for name, model in value["labels"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not a worker model: {error!r}") from None
        if any(model.classes != (_NO, _YES) for model in found.values()):
            raise ValueError("a label's model has other classes than no and yes")
        return cls(found)


@dataclass(frozen=True, slots=True)
class SetResult:
    """``objects``: every object of the input. ``workers``: what these answers taught, None for the vote."""

    objects: dict[str, SetLabel]
    workers: SetWorkers | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "objects": {name: label.to_json() for name, label in self.objects.items()},
            "workers": self.workers.to_json() if self.workers is not None else None,
        }


@dataclass(frozen=True, slots=True)
class _Table:
    """Answers: ``worker[a]`` said of ``item[a]`` which labels are there by ``chosen[a]``, a row of booleans."""

    items: list[str]
    workers: list[str]
    labels: tuple[str, ...]
    item: NDArray[np.int64]
    worker: NDArray[np.int64]
    chosen: NDArray[np.bool_]
    problems: dict[str, list[str]]

    @classmethod
    def of(
        cls, answers: Answers, labels: Sequence[str] | None, exclusive: str | None, gold: Mapping[str, Collection[str]]
    ) -> _Table:
        by_object(answers)
        if labels is None:
            seen = {
                name
                for by_worker in answers.values()
                for given in by_worker.values()
                if _is_set(given)
                for name in given
            }
            seen |= {name for known in gold.values() for name in known}
            labels = sorted(seen | ({exclusive} if exclusive is not None else set()))
        names = tuple(dict.fromkeys(labels))
        if exclusive is not None and exclusive not in names:
            raise ValueError(f"the exclusive label {exclusive!r} is none of the labels {', '.join(names[:20])}")
        place = {name: number for number, name in enumerate(names)}
        workers = sorted({worker for by_worker in answers.values() for worker in by_worker})
        worker_place = {name: number for number, name in enumerate(workers)}
        problems: dict[str, list[str]] = {}
        rows: list[tuple[int, int]] = []
        cells: list[tuple[int, int]] = []
        for item, (object_name, by_worker) in enumerate(answers.items()):
            for worker, given in sorted(by_worker.items()):
                told = problems.setdefault(object_name, [])
                if not _is_set(given):
                    told.append(f"{worker}: {given!r} is no set of labels")
                    continue
                strange = sorted(name for name in set(given) if name not in place)
                told += [f"{worker}: {name!r} is none of the labels" for name in strange]
                mine = {name for name in given if name in place}
                if strange and not mine:
                    continue
                if exclusive in mine and len(mine) > 1:
                    told.append(f"{worker}: {exclusive!r} does not count beside other labels")
                    mine.discard(exclusive or "")
                cells += [(len(rows), place[name]) for name in mine]
                rows.append((item, worker_place[worker]))
        chosen = np.zeros((len(rows), len(names)), dtype=bool)
        if cells:
            chosen[tuple(np.array(cells).T)] = True
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return cls(list(answers), workers, names, pairs[:, 0].copy(), pairs[:, 1].copy(), chosen, problems)

    def of_label(self, number: int) -> ClassAnswers:
        return ClassAnswers(
            self.item, self.worker, self.chosen[:, number].astype(np.int64), self.items, self.workers, (_NO, _YES)
        )


def _is_set(given: object) -> bool:
    return isinstance(given, Collection) and not isinstance(given, str) and all(isinstance(one, str) for one in given)


# --- the methods -----------------------------------------------------------------------------------------------------


def two_coin(
    answers: Answers,
    *,
    labels: Sequence[str] | None = None,
    exclusive: str | None = None,
    gold: Mapping[str, Collection[str]] | None = None,
    anchors: SetWorkers | None = None,
) -> SetResult:
    """The default: a label belongs to an object if that is likelier than not, by each worker's sensitivity and
    specificity for it.

    Args:
        answers: object → worker → the labels that the worker chose; an empty set says that there is none.
        labels: all labels, in the order of the result; by default those that occur, by the alphabet. Others do not
            count; an answer of nothing but others does not count at all.
        exclusive: the label that excludes all others ("none of these"). Beside others it does not count in an answer;
            in a result the likelier side stays: it alone, or the others.
        gold: object → known labels: fixed truth, by which workers are measured.
        anchors: workers as other batches knew them. `SetResult.workers` is what these answers alone add.

    Raises ValueError if ``labels`` does not have ``exclusive`` or a label of ``gold``.
    """
    table = _Table.of(answers, labels, exclusive, gold or {})
    results = _models(table, gold or {}, anchors)
    probabilities = np.stack([result.posterior()[:, 1] for result in results], axis=1) if results else None
    workers = SetWorkers(
        {name: result.workers for name, result in zip(table.labels, results, strict=True) if result.workers is not None}
    )
    return _labels(table, probabilities, exclusive, workers, gold or {})


def union(
    answers: Answers,
    *,
    labels: Sequence[str] | None = None,
    exclusive: str | None = None,
    gold: Mapping[str, Collection[str]] | None = None,
    anchors: SetWorkers | None = None,
) -> SetResult:
    """As the service's own jobs have it: every label that at least one worker chose, with its probability beside it.

    Probabilities and arguments are those of `two_coin`; ``exclusive`` is left out where another label was chosen.
    """
    found = two_coin(answers, labels=labels, exclusive=exclusive, gold=gold, anchors=anchors)
    objects = {}
    for name, label in found.objects.items():
        chosen: tuple[str, ...] | None = label.labels
        if chosen is not None and not (gold and name in gold):
            chosen = tuple(one for one in label.probabilities if label.votes.get(one))
            if len(chosen) > 1:
                chosen = tuple(one for one in chosen if one != exclusive)
        sure = _least(label.probabilities, chosen)
        objects[name] = SetLabel(chosen, sure, label.probabilities, label.votes, label.workers, label.problems)
    return SetResult(objects, found.workers)


def vote(
    answers: Answers,
    *,
    labels: Sequence[str] | None = None,
    exclusive: str | None = None,
    gold: Mapping[str, Collection[str]] | None = None,
) -> SetResult:
    """Every label that more than half of the workers chose; its share of them is its probability. As `two_coin`."""
    table = _Table.of(answers, labels, exclusive, gold or {})
    votes = (
        np.stack(
            [np.bincount(table.item, weights=column, minlength=len(table.items)) for column in table.chosen.T], axis=1
        )
        if table.labels
        else None
    )
    given = np.maximum(np.bincount(table.item, minlength=len(table.items)), 1)
    return _labels(table, None if votes is None else votes / given[:, None], exclusive, None, gold or {})


METHODS: dict[str, Callable[..., SetResult]] = {"two-coin": two_coin, "vote": vote, "union": union}
"""By their names in ``workflow.toml`` and on the command line; the first is the default."""

DEFAULT_METHOD = "two-coin"


# --- parts -----------------------------------------------------------------------------------------------------------


def _models(table: _Table, gold: Mapping[str, Collection[str]], anchors: SetWorkers | None) -> list[ClassResult]:
    """The class model of every label: alone, and then with what workers did with the other labels."""
    strange = sorted({name for known in gold.values() for name in known} - set(table.labels))
    if strange:
        raise ValueError(f"gold: {', '.join(strange[:5])} is none of the labels {', '.join(table.labels[:20])}")
    known = [{item: _YES if name in chosen else _NO for item, chosen in gold.items()} for name in table.labels]
    before = [anchors.labels.get(name) if anchors else None for name in table.labels]
    every = [table.of_label(number) for number in range(len(table.labels))]
    results = [
        shrunken_dawid_skene(one, gold=fixed, anchors=earlier)
        for one, fixed, earlier in zip(every, known, before, strict=True)
    ]
    if len(results) < 2:
        return results
    own = [result.workers for result in results]
    total = WorkerModel.total(model for model in own if model is not None)
    found = []
    for one, fixed, earlier, mine in zip(every, known, before, own, strict=True):
        others = total.without(mine) if mine is not None else total
        share = OTHER_LABELS / (len(results) - 1)
        # How common other labels are says nothing of this one.
        scaled = WorkerModel(
            others.classes, others.workers, others.keys, on_grid(others.counts * share), np.zeros_like(others.objects)
        )
        given = scaled if earlier is None else scaled.merged(earlier)
        found.append(shrunken_dawid_skene(one, gold=fixed, anchors=given))
    return found


def _labels(
    table: _Table,
    probabilities: NDArray[np.float64] | None,
    exclusive: str | None,
    workers: SetWorkers | None,
    gold: Mapping[str, Collection[str]],
) -> SetResult:
    names = table.labels
    given = np.bincount(table.item, minlength=len(table.items)).tolist()
    votes = np.zeros((len(table.items), len(names)), dtype=np.int64)
    for number in range(len(names)):
        votes[:, number] = np.bincount(table.item[table.chosen[:, number]], minlength=len(table.items))
    shares = np.zeros((len(table.items), len(names))) if probabilities is None else np.round(probabilities, 9)
    objects = {}
    for name, count, mine, chances in zip(table.items, given, votes.tolist(), shares.tolist(), strict=True):
        told = tuple(table.problems.get(name, ()))
        counted = {label: number for label, number in zip(names, mine, strict=True) if number}
        if not count:
            objects[name] = SetLabel(None, 0.0, {}, counted, 0, (*told, "nobody gave an answer that counts"))
            continue
        of_label = dict(zip(names, chances, strict=True))
        if name in gold:
            of_label = {label: float(label in gold[name]) for label in names}
        chosen = tuple(label for label in names if of_label[label] > 0.5)
        if exclusive in chosen and len(chosen) > 1 and name not in gold:
            others = tuple(label for label in chosen if label != exclusive)
            # A tie goes to the labels.
            alone = of_label[exclusive] > max(of_label[label] for label in others)
            chosen = (exclusive,) if alone else others
        objects[name] = SetLabel(chosen, _least(of_label, chosen), of_label, counted, count, told)
    return SetResult(objects, workers)


def _least(probabilities: Mapping[str, float], chosen: Collection[str] | None) -> float:
    """The chance of the label that is least sure to be rightly in or out."""
    if chosen is None:
        return 0.0
    return min((share if name in chosen else 1.0 - share for name, share in probabilities.items()), default=1.0)
