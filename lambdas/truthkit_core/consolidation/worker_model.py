"""What is known of workers: how often each gave which class to objects of which class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GRID = 2.0**16
"""Expected counts are multiples of 1/GRID: their sums are exact, so that no order and no division into batches matters
(up to 2**37 answers). Five digits after the point keep them."""
_DIGITS = 5


def on_grid(counts: Floats) -> Floats:
    """The nearest multiples of 1/`GRID`."""
    return np.rint(counts * GRID) / GRID


@dataclass(frozen=True, slots=True, eq=False)
class WorkerModel:
    """Expected counts of answers by worker, true class and label; small as JSON. Models of batches add up.

    Attributes:
        classes: their order is the order of the places below.
        workers: ascending.
        keys: the cells that are not 0, ascending: ``(worker * K + truth) * K + label`` of the places, with K classes.
        counts: of the same shape: how many answers ``label`` the worker gave to objects that (by the probabilities of
            then) are ``truth``; multiples of 1/`GRID`.
        objects: shape (K,): how many objects there were of each class.
    """

    classes: tuple[str, ...]
    workers: tuple[str, ...]
    keys: Ints
    counts: Floats
    objects: Floats

    @classmethod
    def of(
        cls,
        classes: Sequence[str],
        objects: Mapping[str, float],
        confusion: Mapping[str, Mapping[tuple[str, str], float]],
    ) -> WorkerModel:
        """From counts by name: ``confusion[worker][(truth, label)]`` and ``objects[truth]``.

        Raises ValueError for a class that is none of ``classes``, and for a count that is none.
        """
        names = tuple(classes)
        place = {name: number for number, name in enumerate(names)}
        if len(place) != len(names):
            raise ValueError("a class is there twice")
        workers = tuple(sorted(confusion))
        size = len(names)
        keys, counts, known = [], [], np.zeros(size)
        try:
            for name, count in objects.items():
                known[place[name]] = _count(count)
            for number, worker in enumerate(workers):
                for (truth, label), count in confusion[worker].items():
                    keys.append((number * size + place[truth]) * size + place[label])
                    counts.append(_count(count))
        except KeyError as error:
            raise ValueError(f"{error} is none of the classes {', '.join(names[:20])}") from None
        return _summed(names, workers, np.array(keys, dtype=np.int64), on_grid(np.array(counts)), on_grid(known))

    @classmethod
    def total(cls, models: Iterable[WorkerModel]) -> WorkerModel:
        """All together: the sums of their counts, exact and the same in every order.

        Raises ValueError if their classes differ, or without any model.
        """
        every = list(models)
        if not every:
            raise ValueError("there is no worker model")
        classes = every[0].classes
        if any(set(model.classes) != set(classes) for model in every):
            other = next(model.classes for model in every if set(model.classes) != set(classes))
            raise ValueError(f"models of other classes cannot be merged: {classes} and {other}")
        names = tuple(sorted({worker for model in every for worker in model.workers}))
        place = {worker: number for number, worker in enumerate(names)}
        keys = [model.cells_for(classes, place)[0] for model in every]
        counts = [model.counts for model in every]
        objects = sum((model.objects_for(classes) for model in every), np.zeros(len(classes)))
        return _summed(classes, names, np.concatenate(keys), np.concatenate(counts), objects)

    def merged(self, other: WorkerModel) -> WorkerModel:
        """Both together: the sums of their counts. Raises ValueError if their classes differ."""
        return WorkerModel.total((self, other))

    def without(self, other: WorkerModel) -> WorkerModel:
        """This without what ``other`` had added: ``a.merged(b).without(b)`` is ``a``, but for workers of ``b`` alone
        who have no counts then. Nothing falls below 0. Raises ValueError if their classes differ."""
        less = WorkerModel(other.classes, other.workers, other.keys, -other.counts, -other.objects)
        rest = WorkerModel.total((self, less))
        kept = rest.counts > 0
        return WorkerModel(
            rest.classes, rest.workers, rest.keys[kept], rest.counts[kept], np.maximum(rest.objects, 0.0)
        )

    @property
    def confusion(self) -> dict[str, dict[tuple[str, str], float]]:
        """``confusion[worker][(truth, label)]``: the counts that are not 0, by names."""
        size, names = max(len(self.classes), 1), self.classes
        found: dict[str, dict[tuple[str, str], float]] = {worker: {} for worker in self.workers}
        for key, count in zip(self.keys.tolist(), self.counts.tolist(), strict=True):
            row, label = divmod(key, size)
            worker, truth = divmod(row, size)
            found[self.workers[worker]][names[truth], names[label]] = count
        return found

    def cells_for(self, classes: Sequence[str], place: Mapping[str, int]) -> tuple[Ints, NDArray[np.bool_]]:
        """``keys`` in another numbering of classes and workers, and which of them have a worker there (else -1)."""
        size, new_size = max(len(self.classes), 1), len(classes)
        workers = np.array([place.get(worker, -1) for worker in self.workers], dtype=np.int64)
        where = self._classes_in(classes)
        row, label = np.divmod(self.keys, size)
        worker, truth = np.divmod(row, size)
        new = workers[worker]
        return np.where(new >= 0, (new * new_size + where[truth]) * new_size + where[label], -1), new >= 0

    def objects_for(self, classes: Sequence[str]) -> Floats:
        """``objects`` in another order of the classes."""
        found = np.zeros(len(classes))
        found[self._classes_in(classes)] = self.objects
        return found

    def pairs_for(self, classes: Sequence[str]) -> Floats:
        """All workers' counts together, shape (truth, label), in another order of the classes."""
        old, size = max(len(self.classes), 1), len(classes)
        where = self._classes_in(classes)
        truth, label = np.divmod(self.keys % (old * old), old)
        sums = np.bincount(where[truth] * size + where[label], weights=self.counts, minlength=size * size)
        return np.asarray(sums, dtype=np.float64).reshape(size, size)

    def right_and_given(self) -> tuple[Floats, Floats]:
        """By worker: how many answers were right, and how many there were."""
        size, workers = max(len(self.classes), 1), len(self.workers)
        worker = self.keys // (size * size)
        right = self.keys % (size * size) % (size + 1) == 0
        good = np.bincount(worker[right], weights=self.counts[right], minlength=workers)
        given = np.bincount(worker, weights=self.counts, minlength=workers)
        return np.asarray(good, dtype=np.float64), np.asarray(given, dtype=np.float64)

    def _classes_in(self, classes: Sequence[str]) -> Ints:
        place = {name: number for number, name in enumerate(classes)}
        return np.array([place[name] for name in self.classes], dtype=np.int64)

    def to_json(self) -> dict[str, Any]:
        """Exact: `from_json` gives the same model."""
        size = max(len(self.classes), 1)
        workers: dict[str, list[list[float]]] = {worker: [] for worker in self.workers}
        for key, count in zip(self.keys.tolist(), self.counts.tolist(), strict=True):
            row, label = divmod(key, size)
            worker, truth = divmod(row, size)
            workers[self.workers[worker]].append([truth, label, round(count, _DIGITS)])
        objects = zip(self.classes, self.objects.tolist(), strict=True)
        return {
            "version": 1,
            "classes": list(self.classes),
            "objects": {name: round(count, _DIGITS) for name, count in objects if count},
            "workers": workers,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WorkerModel:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if value["version"] != 1:
                raise ValueError(f"version {value['version']} is not known")
            classes = tuple(str(name) for name in value["classes"])
            place = dict(enumerate(classes))
            return cls.of(
                classes,
                {name: value["objects"].get(name, 0.0) for name in classes},
                {
                    str(worker): {(place[truth], place[label]): count for truth, label, count in cells}
                    for worker, cells in value["workers"].items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not a worker model: {error!r}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkerModel) and (
            self.classes == other.classes
            and self.workers == other.workers
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.counts, other.counts)
            and np.array_equal(self.objects, other.objects)
        )

    __hash__ = None  # type: ignore[assignment]


def _summed(
    classes: tuple[str, ...], workers: tuple[str, ...], keys: Ints, counts: Floats, objects: Floats
) -> WorkerModel:
    """With one cell a key, and none that is 0."""
    if len(keys) and (np.diff(keys) <= 0).any():
        keys, at = np.unique(keys, return_inverse=True)
        counts = np.asarray(np.bincount(at, weights=counts), dtype=np.float64)
    kept = counts != 0
    return WorkerModel(classes, workers, keys[kept], counts[kept], objects)


def _count(value: Any) -> float:
    count = float(value)
    if not 0.0 <= count < float("inf"):
        raise ValueError(f"{value} is no count")
    return count
