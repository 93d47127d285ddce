"""Many workers' choices of one class an object, and what a model makes of them, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from truthkit_core.consolidation.worker_model import Floats, Ints, WorkerModel

NO_LABEL = "nobody gave one of the classes"


def unknown_label(worker: str, label: str) -> str:
    """What an object's ``problems`` say of an answer that is none of the classes."""
    return f"{worker}: {label!r} is none of the classes"


# By how much of its probability a class that nobody chose stays behind the winner at least.
_BEHIND = 1e-6


@dataclass(frozen=True, slots=True)
class ClassAnswers:
    """Answers as numbers: answer ``a`` is that ``worker[a]`` gave ``label[a]`` to ``item[a]``.

    ``item``, ``worker`` and ``label`` have one entry an answer: places in ``items``, ``workers`` and ``classes``.
    ``unknown`` are the answers whose label is none of the classes; they take no part.
    """

    item: Ints
    worker: Ints
    label: Ints
    items: Sequence[str]
    workers: Sequence[str]
    classes: Sequence[str]
    unknown: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(
        cls,
        answers: Iterable[tuple[str, str, str]],
        *,
        classes: Sequence[str] | None = None,
        items: Iterable[str] = (),
    ) -> ClassAnswers:
        """From ``(item, worker, label)``.

        Args:
            answers: exact repetitions count once; different answers of one worker to one item count all.
            classes: all classes, in the order that decides ties; by default those that occur, by the alphabet.
            items: items that shall be in the result though nobody may have answered.
        """
        rows = sorted(set(answers))
        known = tuple(dict.fromkeys(classes)) if classes is not None else tuple(sorted({row[2] for row in rows}))
        place = {label: number for number, label in enumerate(known)}
        unknown = tuple(row for row in rows if row[2] not in place)
        rows = [row for row in rows if row[2] in place]
        all_items = sorted({row[0] for row in rows} | {row[0] for row in unknown} | set(items))
        all_workers = sorted({row[1] for row in rows})
        item_place = {name: number for number, name in enumerate(all_items)}
        worker_place = {name: number for number, name in enumerate(all_workers)}
        return cls(
            np.array([item_place[row[0]] for row in rows], dtype=np.int64),
            np.array([worker_place[row[1]] for row in rows], dtype=np.int64),
            np.array([place[row[2]] for row in rows], dtype=np.int64),
            all_items,
            all_workers,
            known,
            unknown,
        )

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """One object's class.

    Attributes:
        label: None where nobody gave one of the classes.
        confidence: the chance that the label is right, 0 without a label.
        probabilities: of the classes that somebody chose or gold knows, likeliest first; other classes have the rest.
        votes: how many chose a class, most first.
        problems: what did not count, and why.
    """

    label: str | None
    confidence: float
    probabilities: Mapping[str, float]
    votes: Mapping[str, int]
    problems: tuple[str, ...] = ()

    @property
    def service_confidence(self) -> float:
        """As the service's own fields have it: 0 where only one has answered."""
        return self.confidence if sum(self.votes.values()) > 1 else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "probabilities": {name: round(share, 4) for name, share in self.probabilities.items()},
            "votes": dict(self.votes),
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What a model found, for every item of ``answers.items``.

    Only classes that someone chose (or gold knows) have an entry: entry ``e`` says that item ``entry_item[e]`` is
    ``entry_class[e]`` with ``probability[e]``. What is left to 1 is spread over the item's other classes by ``rest``.

    Attributes:
        answers: what it was made from.
        entry_item: place in ``answers.items``, ascending; shape (entries,).
        entry_class: place in ``answers.classes``, ascending within an item; shape (entries,).
        probability: shape (entries,), 0 to 1; calibrated where the model says so.
        label: the winner's place in ``answers.classes``, -1 where nobody answered; shape (items,).
        confidence: the winner's probability, 0 where nobody answered; shape (items,).
        rest: how the remainder is spread, by class; sums to 1; shape (classes,).
        workers: what the model learned of them; None for models that learn nothing.
    """

    answers: ClassAnswers
    entry_item: Ints
    entry_class: Ints
    probability: Floats
    label: Ints
    confidence: Floats
    rest: Floats
    workers: WorkerModel | None = None

    def labels(self) -> dict[str, str | None]:
        """The winning class by item, None where nobody answered."""
        names = self.answers.classes
        return {
            item: names[number] if number >= 0 else None
            for item, number in zip(self.answers.items, self.label.tolist(), strict=True)
        }

    def posterior(self) -> Floats:
        """Probabilities of all classes, shape (items, classes); rows sum to 1, by ``rest`` where nobody answered.

        What is left to the classes that nobody chose is spread more evenly where one would pass the winner.
        """
        items, classes = len(self.answers.items), len(self.answers.classes)
        given = np.zeros((items, classes))
        given[self.entry_item, self.entry_class] = self.probability
        free = np.broadcast_to(self.rest, (items, classes)).copy()
        free[self.entry_item, self.entry_class] = 0.0
        weight = free.sum(1)
        remainder = np.maximum(1.0 - given.sum(1), 0.0)
        share = np.divide(remainder, weight, out=np.zeros(items), where=weight > 0)
        spread = free * share[:, None]
        # No class that nobody chose is likelier than the winner, however common it is.
        limit = np.where(self.label >= 0, np.take_along_axis(given, np.maximum(self.label, 0)[:, None], 1)[:, 0], 1.0)
        limit *= 1.0 - _BEHIND
        most = spread.max(1, initial=0.0)
        over = most > limit
        if over.any():
            unchosen = np.ones((items, classes), dtype=bool)
            unchosen[self.entry_item, self.entry_class] = False
            even = remainder[over] / unchosen[over].sum(1)
            kept = np.clip((limit[over] - even) / np.maximum(most[over] - even, 1e-300), 0.0, 1.0)[:, None]
            spread[over] = np.where(unchosen[over], kept * spread[over] + (1.0 - kept) * even[:, None], 0.0)
        table = given + spread
        shares: Floats = table / table.sum(1, keepdims=True)
        return shares

    @property
    def objects(self) -> dict[str, ClassLabel]:
        """Every item's label by the item's name; made anew at every call."""
        answers, names = self.answers, self.answers.classes
        votes: list[dict[str, int]] = [{} for _ in answers.items]
        # Ascending classes, so that equal counts come in the order of the classes.
        for place in np.lexsort((answers.label, answers.item)).tolist():
            mine, name = votes[answers.item[place]], names[answers.label[place]]
            mine[name] = mine.get(name, 0) + 1
        shares: list[list[tuple[float, str]]] = [[] for _ in answers.items]
        for item, label, share in zip(
            self.entry_item.tolist(), self.entry_class.tolist(), self.probability.tolist(), strict=True
        ):
            shares[item].append((share, names[label]))
        problems: dict[str, list[str]] = {}
        for item_name, worker, label_name in answers.unknown:
            problems.setdefault(item_name, []).append(unknown_label(worker, label_name))
        found = {}
        for item_name, number, confidence, mine, chances in zip(
            answers.items, self.label.tolist(), self.confidence.tolist(), votes, shares, strict=True
        ):
            told = problems.get(item_name, [])
            if number < 0:
                told = [*told, NO_LABEL]
            found[item_name] = ClassLabel(
                names[number] if number >= 0 else None,
                confidence,
                {name: share for share, name in sorted(chances, key=lambda chance: -chance[0])},
                dict(sorted(mine.items(), key=lambda vote: -vote[1])),
                tuple(told),
            )
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "objects": {name: label.to_json() for name, label in self.objects.items()},
            "workers": self.workers.to_json() if self.workers is not None else None,
        }
