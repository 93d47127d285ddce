"""What boxes, keypoints, lines and polygons have in common: which shapes of different workers mean the same thing.

1. **Clusters.** The most central worker's shapes (most like all others') start a cluster each. The shapes of the next
   workers, one after the other by centrality, are matched one to one with the clusters so that they are together as
   alike as possible; what matches none starts a cluster. So a cluster has at most one shape of a worker, and two shapes
   of one worker are never merged. Shapes of the label that leads in a cluster are matched first, what is left may join
   across labels if it is more alike.
2. **Support.** A cluster's support is the share of the workers who are in it times how alike their shapes are, the mean
   over all pairs; one pair's worth of `LONE_LIKENESS` stands for pairs that nobody has seen. Workers weigh by how much
   more or less than others they agree, in all objects but this one. Clusters under the threshold are dropped.
3. **Shape.** Members are merged, each with the same weight: weights make merged shapes worse on public boxes.
4. **Label.** Where all members agree, theirs. Else by the class model over all clusters of the batch, or by weighted
   vote where there are too few clusters to learn from.
5. **Confidence.** The probability that the shape is there (at half overlap) with this label. It grows with support and
   with the number of workers.

Neither names nor the order of workers and shapes decide anything: both are put in order by what was drawn.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, Generic

import numpy as np

from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.class_models import ClassAnswers, shrunken_dawid_skene
from truthkit_core.consolidation.shape_clusters import (
    Cluster,
    Drawn,
    Rows,
    S,
    Shape,
    ShapeKind,
    ShapeSettings,
    alike_to_known,
    alike_to_others,
    make_clusters,
    tables,
)
from truthkit_core.consolidation.worker_agreement import WorkerAgreement

__all__ = [
    "ConsolidatedShape",
    "Rows",
    "ShapeKind",
    "ShapeLabel",
    "ShapeResult",
    "ShapeSettings",
    "ShapeWorkers",
    "consolidate_by_distance",
    "consolidate_shapes",
    "existence",
    "known_size",
    "scale_of",
]

# How alike two shapes of one thing are, as long as only one worker drew it.
LONE_LIKENESS = 0.6
# Support that a cluster needs, and among three workers. It is best for F1 on public boxes, where two of many workers
# find what others miss; among three, shapes that only one drew (support 0.2) are more often wrong than right.
DEFAULT_THRESHOLD = 0.17
THRESHOLD_OF_THREE = 0.21
# The power with which agreement above or below others' counts, and objects' worth of doubt in it.
AGREEMENT_POWER = 6.0
AGREEMENT_DOUBT = 3.0
# The probability that a cluster is there, by the log odds of its support and the number n of workers:
# 1 / (1 + exp(-(a + b logit + c / n + d logit / n))). Fitted on crowds of 1 to 9 workers drawn from public boxes.
EXISTENCE = (3.1, 1.65, -2.8, 0.6)
# Share of the picture's diagonal, and pixels where its size is not known, that two shapes of one thing may be apart.
SCALE_SHARE = 0.02
SCALE_PIXELS = 15.0
# From so many clusters of several workers on, the class model decides labels; fewer can make it outvote a majority.
ENOUGH_CLUSTERS = 30
# Votes' worth of doubt for every other label, where the vote decides.
LABEL_DOUBT = 0.5


@dataclass(frozen=True, slots=True)
class ConsolidatedShape(Generic[S]):
    """A shape with its backing.

    Attributes:
        shape: the merged shape.
        votes: how many workers have a shape in it, whatever label they gave.
        label_votes: how many of them gave this label.
        support: share of the workers (by weight) times how alike their shapes are, 0 to 1.
        confidence: the probability that it is there with this label, 0 to 1.
    """

    shape: S
    votes: int
    label_votes: int
    support: float
    confidence: float

    def to_json(self) -> dict[str, Any]:
        return {**self.shape.to_json(), "votes": self.votes, "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class ShapeLabel(Generic[S]):
    """The shapes of one object, in the order of `Shape`; None where nobody answered.

    ``confidence`` is the mean of the shapes'; where there is none, the probability that what was dropped is not there,
    and 0 where all drew something of which nothing counts.
    ``problems`` says what did not count or was changed, and why.
    """

    shapes: tuple[ConsolidatedShape[S], ...] | None
    confidence: float
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "shapes": None if self.shapes is None else [shape.to_json() for shape in self.shapes],
            "confidence": round(self.confidence, 4),
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class ShapeWorkers(WorkerAgreement):
    """How much more than others each worker agrees with others: worker → (sum over objects, number of objects)."""

    LEAST: ClassVar[float] = -1.0

    def weight(self, worker: str, without: float | None = None) -> float:
        """The worker's weight, 1 for the unknown; ``without`` is an object's share in the sum that shall not count."""
        amount, objects = self.agreement.get(worker, (0.0, 0))
        if without is not None:
            amount, objects = amount - without, objects - 1
        return math.exp(AGREEMENT_POWER * amount / (objects + AGREEMENT_DOUBT))


@dataclass(frozen=True, slots=True)
class ShapeResult(Generic[S]):
    """The shapes of every object, and what was learned of the workers."""

    objects: dict[str, ShapeLabel[S]]
    workers: ShapeWorkers


def consolidate_shapes(
    answers: Mapping[str, Mapping[str, Sequence[S]]],
    kind_of: Callable[[str], ShapeKind[S]],
    settings: ShapeSettings,
    *,
    labels: Sequence[str] = (),
    sizes: Mapping[str, tuple[float, float]] | None = None,
    weighted: bool = True,
    gold: Mapping[str, Sequence[S]] | None = None,
    anchors: ShapeWorkers | None = None,
) -> ShapeResult[S]:
    """The shapes of all objects; see the module for how.

    Args:
        answers: object → worker → shapes. Who drew nothing is there without shapes. Exact repetitions count once.
        kind_of: the kind of an object's shapes (how far apart is far depends on the picture).
        labels: the list, in the order that decides ties; others do not count. Empty: all count, ties by the alphabet.
        sizes: object → width and height of the picture in pixels: what reaches beyond is cut off.
        weighted: whether workers weigh by their agreement with others.
        gold: objects whose shapes are known; workers are measured by them.
        anchors: what earlier batches taught of the workers.
    """
    order = {name: place for place, name in enumerate(dict.fromkeys(labels))}
    kinds = {name: kind_of(name) for name in by_object(answers)}
    found = {
        name: _read(given, kinds[name], known_size(sizes, name), None if gold is None else gold.get(name), order)
        for name, given in answers.items()
    }
    used = {shape.label for one in found.values() for shape in one.shapes}
    ranked = sorted(used, key=lambda name: (order.get(name, len(order)), name))
    code = {name: place for place, name in enumerate(ranked)}
    for one in found.values():
        one.codes = np.array([code[shape.label] for shape in one.shapes], dtype=np.int64)
    together = list(tables([(one, kinds[name]) for name, one in found.items()]))
    for table in together:
        for one, total in zip(table.objects, alike_to_others(table, settings), strict=True):
            # Rounded, because sums in another order may differ in their last digits, and centrality decides who comes
            # first.
            one.central = np.round(total / max(len(one.owned) - 1, 1), 9)
    for name, one in found.items():
        if one.known is not None:
            one.central = alike_to_known(one, kinds[name], settings)
    learned = ShapeWorkers(_agreement(found.values()))
    # A worker who is in two batches counts with both; the object itself is left out of what weighs its workers.
    known_workers = learned.merged(anchors) if anchors else learned
    for one in found.values():
        mean = float(one.central.mean()) if len(one.central) else 0.0
        one.weights = np.array(
            [
                known_workers.weight(worker, amount - mean) if weighted else 1.0
                for worker, amount in zip(one.workers, one.central.tolist(), strict=True)
            ]
        )
    for table in together:
        make_clusters(table, next(iter(kinds.values())), settings, ranked)
    decided = _labels(found, ranked)
    backed = {name: _backed(name, one, settings, decided) for name, one in found.items()}
    kept = [one for ones, _doubtful in backed.values() for one in ones]
    merge = next((kind.merge for kind in kinds.values()), None)
    shapes = iter(merge([one.members for one in kept], [one.label for one in kept]) if merge else [])
    objects = {name: _label(one, kinds[name].noun, *backed[name], shapes, answers[name]) for name, one in found.items()}
    return ShapeResult(objects, learned)


def consolidate_by_distance(
    answers: Mapping[str, Mapping[str, Sequence[S]]],
    kind_at: Callable[[float], ShapeKind[S]],
    scale: float | None,
    settings: ShapeSettings,
    *,
    sizes: Mapping[str, tuple[float, float]] | None,
    **options: Any,
) -> ShapeResult[S]:
    """`consolidate_shapes` of a kind whose likeness goes by pixels: ``kind_at`` tells it of this scale.

    Raises ValueError if ``scale`` is no length.
    """
    if scale is not None and not 0 < scale < math.inf:
        raise ValueError(f"scale is {scale}, and must be a number of pixels above 0")
    return consolidate_shapes(
        answers, lambda name: kind_at(scale_of(name, scale, sizes)), settings, sizes=sizes, **options
    )


def scale_of(name: str, scale: float | None, sizes: Mapping[str, tuple[float, float]] | None) -> float:
    """Pixels that two shapes of the same thing may be apart in the object ``name``."""
    if scale is not None:
        return scale
    size = known_size(sizes, name)
    return SCALE_PIXELS if size is None else SCALE_SHARE * math.hypot(*size)


def existence(support: float, workers: float) -> float:
    """The probability that a cluster with this support among so many workers is there, 0 to 1; grows with both."""
    a, b, c, d = EXISTENCE
    bounded = min(max(support, 0.01), 0.99)
    odds = math.log(bounded / (1 - bounded))
    return 1 / (1 + math.exp(-(a + b * odds + (c + d * odds) / max(workers, 1.0))))


def known_size(sizes: Mapping[str, tuple[float, float]] | None, name: str) -> tuple[float, float] | None:
    """Width and height of the object's picture; None where they are not told or are no lengths."""
    size = (sizes or {}).get(name)
    return size if size is not None and all(0 < side < math.inf for side in size) else None


# --- reading ---------------------------------------------------------------------------------------------------------


def _read(
    given: Mapping[str, Sequence[S]],
    kind: ShapeKind[S],
    size: tuple[float, float] | None,
    known: Sequence[S] | None,
    listed: Collection[str],
) -> Drawn[S]:
    problems: list[str] = []
    kept: list[tuple[list[tuple[Any, ...]], str, list[S]]] = []
    for worker in sorted(given):
        counting = _counting(given[worker], f"worker {worker}", kind, size, listed, problems)
        kept.append((list(counting), worker, list(counting.values())))
    # By what was drawn; the names stand last and so decide only between workers who drew the same.
    kept.sort(key=itemgetter(0, 1))
    shapes: list[S] = []
    owned: list[list[int]] = []
    for _order_of, _worker, mine in kept:
        owned.append(list(range(len(shapes), len(shapes) + len(mine))))
        shapes += mine
    return Drawn(
        [worker for _order_of, worker, _mine in kept],
        shapes,
        owned,
        np.repeat(np.arange(len(owned)), [len(mine) for mine in owned]),
        np.zeros(len(shapes), dtype=np.int64),
        problems,
        None if known is None else list(_counting(known, "gold", kind, None, (), problems).values()),
    )


def _counting(
    given: Sequence[S],
    whose: str,
    kind: ShapeKind[S],
    size: tuple[float, float] | None,
    listed: Collection[str],
    problems: list[str],
) -> dict[tuple[Any, ...], S]:
    """The shapes of one answer that count, each once, by `_order` and in it; and what does not, as problems."""
    mine: dict[tuple[Any, ...], S] = {}
    for place, shape in enumerate(given, 1):
        if listed and shape.label not in listed:
            wrong = f"has the label {shape.label!r}, which is none of the list, it does not count"
            problems.append(f"{whose}: {kind.noun} {place} {wrong}")
            continue
        counted, problem = kind.check(shape, size)
        if problem:
            problems.append(f"{whose}: {kind.noun} {place} {problem}")
        if counted is None:
            continue
        order = _order(counted)
        if order in mine:
            problems.append(f"{whose}: {kind.noun} {place} is there twice, it counts once")
        else:
            mine[order] = counted
    return {order: mine[order] for order in sorted(mine)}


def _order(shape: Shape) -> tuple[Any, ...]:
    """What shapes are ordered by: faster than their own comparison, and the same."""
    fields: tuple[Any, ...] = _fields(type(shape))(shape)
    return fields


@cache
def _fields(shape: type[Shape]) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(one.name for one in dataclasses.fields(shape)))


# --- workers and labels ----------------------------------------------------------------------------------------------


def _agreement(objects: Any) -> dict[str, tuple[float, int]]:
    total: dict[str, tuple[float, int]] = {}
    for one in objects:
        mean = float(one.central.mean()) if len(one.central) else 0.0
        for worker, amount in zip(one.workers, one.central.tolist(), strict=True):
            known = total.get(worker, (0.0, 0))
            total[worker] = (known[0] + amount - mean, known[1] + 1)
    return total


def _votes(cluster: Cluster, one: Drawn[S]) -> dict[str, float]:
    """The weight of those who gave each label. Rounded, because the order of a sum must not decide."""
    given: dict[str, list[float]] = {}
    for place in cluster.members:
        given.setdefault(one.shapes[place].label, []).append(float(one.weights[one.owner[place]]))
    return {label: round(math.fsum(votes), 9) for label, votes in given.items()}


def _labels(objects: Mapping[str, Drawn[S]], labels: Sequence[str]) -> dict[tuple[str, int], dict[str, float]]:
    """By object and place of the cluster: the probability of every label that someone gave."""
    decided: dict[tuple[str, int], dict[str, float]] = {}
    rows: list[tuple[str, str, str]] = []
    keys: dict[str, tuple[str, int]] = {}
    for name, one in objects.items():
        for place, cluster in enumerate(one.clusters):
            votes = _votes(cluster, one)
            whole = sum(votes.values()) + LABEL_DOUBT * (len(labels) - 1)
            decided[name, place] = {label: vote / whole for label, vote in votes.items()}
            # A cluster of one worker says nothing of how labels are confused.
            if len(cluster.members) > 1:
                item = f"{len(keys):09}"
                keys[item] = (name, place)
                rows += [(item, one.workers[one.owner[i]], one.shapes[i].label) for i in cluster.members]
    if len(labels) > 1 and len(keys) >= ENOUGH_CLUSTERS:
        result = shrunken_dawid_skene(ClassAnswers.of(rows, classes=labels))
        for key in keys.values():
            decided[key] = {}
        for item, label, probability in zip(
            result.entry_item.tolist(), result.entry_class.tolist(), result.probability.tolist(), strict=True
        ):
            decided[keys[result.answers.items[item]]][labels[label]] = probability
    return decided


# --- the result ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Backed(Generic[S]):
    """A cluster with enough support, before its members are merged."""

    members: list[S]
    label: str
    label_votes: int
    support: float
    confidence: float


def _backed(
    name: str,
    one: Drawn[S],
    settings: ShapeSettings,
    decided: Mapping[tuple[str, int], Mapping[str, float]],
) -> tuple[list[_Backed[S]], float]:
    """The clusters with enough support; and of the others the largest probability that one is there."""
    kept: list[_Backed[S]] = []
    doubtful = 0.0
    if one.known is not None:
        return kept, doubtful
    least = settings.threshold
    if least is None:
        least = THRESHOLD_OF_THREE if len(one.workers) == 3 else DEFAULT_THRESHOLD
    whole = float(one.weights.sum())
    for place, cluster in enumerate(one.clusters):
        members = cluster.members
        votes = len(members)
        share = float(one.weights[one.owner[members]].sum()) / whole
        support = share * (cluster.alike + LONE_LIKENESS) / (votes * (votes - 1) / 2 + 1)
        there = existence(support, len(one.workers))
        if support < least - 1e-9:
            doubtful = max(doubtful, there)
            continue
        probability = decided[name, place]
        label = cluster.label
        given = [one.shapes[i].label for i in members]
        if len(set(given)) > 1:
            best = max(probability.values())
            if probability.get(label, 0.0) < best - 1e-9:
                label = min(label for label, chance in probability.items() if chance >= best - 1e-9)
        confidence = there * probability.get(label, 0.0)
        kept.append(_Backed([one.shapes[i] for i in members], label, given.count(label), support, confidence))
    return kept, doubtful


def _label(
    one: Drawn[S],
    noun: str,
    backed: Sequence[_Backed[S]],
    doubtful: float,
    merged: Iterator[S],
    answers: Mapping[str, Sequence[S]],
) -> ShapeLabel[S]:
    """``merged`` gives the shape of each of ``backed``."""
    problems = tuple(one.problems)
    if one.known is not None:
        known = tuple(ConsolidatedShape(shape, 0, 0, 1.0, 1.0) for shape in one.known)
        return ShapeLabel(known, 1.0, problems)
    if not one.workers:
        return ShapeLabel(None, 0.0, (*problems, "nobody answered"))
    if not one.shapes and all(answers.values()):
        # Who drew something of which nothing counts has not said that there is nothing.
        return ShapeLabel((), 0.0, problems)
    kept = [
        ConsolidatedShape(next(merged), len(found.members), found.label_votes, found.support, found.confidence)
        for found in backed
    ]
    # Two clusters can come to the same shape (borders of one, label by vote): the surer one speaks for it.
    kept = list({found.shape: found for found in sorted(kept, key=lambda found: found.confidence)}.values())
    kept.sort(key=lambda found: _order(found.shape))
    confidence = sum(found.confidence for found in kept) / len(kept) if kept else 1.0 - doubtful
    if not kept and one.shapes:
        problems = (*problems, f"no {noun} has enough support")
    return ShapeLabel(tuple(kept), confidence, problems)
