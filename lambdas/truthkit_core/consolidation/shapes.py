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

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np

from truthkit_core.consolidation.class_models import ClassAnswers, shrunken_dawid_skene
from truthkit_core.consolidation.geometry import TABLE_CELLS, Bools, Floats, Ints, match
from truthkit_core.consolidation.worker_agreement import WorkerAgreement

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


class Shape(Protocol):
    """What is drawn: it has a label, an order and a JSON form."""

    @property
    def label(self) -> str: ...

    def to_json(self) -> dict[str, Any]: ...

    def __lt__(self, other: Any, /) -> bool: ...


S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class ShapeKind(Generic[S]):
    """How shapes of one kind are checked, compared and merged.

    Attributes:
        noun: what problems call one.
        check: the shape itself, or what is left of it, and what is wrong with it ('' if nothing); None drops it.
            The second argument is width and height of the picture, None where they are not known.
        likeness: how alike every shape of the first is to every one of the second, shape (n, m), 0 to 1.
        merge: one shape of the members' shapes with the given label.
        merged_likeness: whether a cluster is compared by its merged shape; else by the mean over its members.
    """

    noun: str
    check: Callable[[S, tuple[float, float] | None], tuple[S | None, str]]
    likeness: Callable[[Sequence[S], Sequence[S]], Floats]
    merge: Callable[[Sequence[S], str], S]
    merged_likeness: bool


@dataclass(frozen=True, slots=True)
class ShapeSettings:
    """The numbers of a kind, all from 0 to 1."""

    threshold: float | None
    """Support that a cluster needs; None goes by the number of workers."""
    overlap: float
    """How alike shapes of one label must be to be taken for the same."""
    cross_overlap: float
    """The same for shapes of different labels."""

    def __post_init__(self) -> None:
        for name in ("threshold", "overlap", "cross_overlap"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name} is {value}, and must be from 0 to 1")

    def least(self, workers: int) -> float:
        """The threshold among so many workers."""
        if self.threshold is not None:
            return self.threshold
        return THRESHOLD_OF_THREE if workers == 3 else DEFAULT_THRESHOLD


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

    ``confidence`` is the mean of the shapes'; where there is none, the probability that what was dropped is not there.
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


@dataclass(slots=True)
class _Cluster(Generic[S]):
    members: dict[int, int]
    """Place of the worker → place of the shape among all of the object."""
    label: str = ""
    center: S | None = None


@dataclass(slots=True)
class _Object(Generic[S]):
    """One object's shapes: ``shapes[i]`` is of worker ``owner[i]``; the workers in an order that only shapes decide."""

    workers: list[str]
    shapes: list[S]
    owned: list[list[int]]
    owner: Ints
    codes: Ints
    """By shape the number of its label."""
    likeness: Floats
    problems: list[str]
    known: Sequence[S] | None = None
    central: Floats = field(default_factory=lambda: np.zeros(0))
    clusters: list[_Cluster[S]] = field(default_factory=list)


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
    found: dict[str, _Object[S]] = {}
    for name, given in answers.items():
        size = known_size(sizes, name)
        known = None if gold is None or name not in gold else sorted(gold[name])
        kind = kind_of(name)
        found[name] = _read(given, kind, size, known, order)
        _centrality(found[name], kind, settings)
    learned = ShapeWorkers(_agreement(found.values()))
    # A worker who is in two batches counts with both; the object itself is left out of what weighs its workers.
    known_workers = learned.merged(anchors) if anchors else learned
    weights: dict[str, Floats] = {}
    for name, one in found.items():
        mean = float(one.central.mean()) if len(one.central) else 0.0
        weights[name] = np.array(
            [
                known_workers.weight(worker, amount - mean) if weighted else 1.0
                for worker, amount in zip(one.workers, one.central.tolist(), strict=True)
            ]
        )
        one.clusters = _clusters(one, kind_of(name), settings, weights[name], order)
    decided = _labels(found, weights, order)
    return ShapeResult(
        {name: _label(name, one, kind_of(name), settings, weights[name], decided) for name, one in found.items()},
        learned,
    )


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
) -> _Object[S]:
    problems: list[str] = []
    kept: list[tuple[list[S], str]] = []
    for worker in sorted(given):
        mine: list[S] = []
        for place, shape in enumerate(given[worker]):
            if listed and shape.label not in listed:
                wrong = f"has the label {shape.label!r}, which is none of the list, it does not count"
                problems.append(f"worker {worker}: {kind.noun} {place + 1} {wrong}")
                continue
            counted, problem = kind.check(shape, size)
            if problem:
                problems.append(f"worker {worker}: {kind.noun} {place + 1} {problem}")
            if counted is not None and counted in mine:
                problems.append(f"worker {worker}: {kind.noun} {place + 1} is there twice, it counts once")
            elif counted is not None:
                mine.append(counted)
        kept.append((sorted(mine), worker))
    # By what was drawn; the names stand last and so decide only between workers who drew the same.
    kept.sort()
    shapes: list[S] = []
    owned: list[list[int]] = []
    for mine, _worker in kept:
        owned.append(list(range(len(shapes), len(shapes) + len(mine))))
        shapes += mine
    number: dict[str, int] = {}
    return _Object(
        [worker for _mine, worker in kept],
        shapes,
        owned,
        np.repeat(np.arange(len(owned)), [len(mine) for mine in owned]),
        np.array([number.setdefault(shape.label, len(number)) for shape in shapes], dtype=np.int64),
        kind.likeness(shapes, shapes) if shapes else np.zeros((0, 0)),
        problems,
        known,
    )


# --- clusters --------------------------------------------------------------------------------------------------------


def _pairs(likeness: Floats, same: Bools, settings: ShapeSettings) -> list[tuple[int, int]]:
    """One to one, those of the same label first."""
    fit = (likeness >= np.where(same, settings.overlap, settings.cross_overlap)) & (likeness > 0)
    rows, columns = (places.tolist() for places in np.nonzero(fit))
    if len(set(rows)) == len(rows) and len(set(columns)) == len(columns):
        return list(zip(rows, columns, strict=True))
    pairs = match(np.where(same, likeness, 0.0), settings.overlap)
    if same.all():
        return pairs
    other = np.where(same, 0.0, likeness)
    other[[row for row, _column in pairs]] = 0.0
    other[:, [column for _row, column in pairs]] = 0.0
    return pairs + match(other, settings.cross_overlap)


def _alike(likeness: Floats, same: Bools, settings: ShapeSettings) -> float:
    """How alike two answers are: 0 to 1; two empty ones are. A pair of different labels counts half."""
    rows, columns = likeness.shape
    if rows + columns == 0:
        return 1.0
    if not rows or not columns:
        return 0.0
    pairs = _pairs(likeness, same, settings)
    total = sum(float(likeness[i, j]) * (1.0 if same[i, j] else 0.5) for i, j in pairs)
    return 2 * total / float(rows + columns)


def _centrality(one: _Object[S], kind: ShapeKind[S], settings: ShapeSettings) -> None:
    """How alike each worker's answer is to the others', or to what is known; shape (workers,), 0 to 1."""
    count = len(one.owned)
    table = np.zeros((count, count))
    if one.known is not None:
        likeness = kind.likeness(one.shapes, one.known) if one.shapes and one.known else None
        same = np.array([[shape.label == true.label for true in one.known] for shape in one.shapes], dtype=np.bool_)
        for worker, mine in enumerate(one.owned):
            shape = (len(mine), len(one.known))
            part = np.zeros(shape) if likeness is None else likeness[mine]
            table[worker] = _alike(part, same.reshape(-1, len(one.known))[mine], settings)
        one.central = table.mean(1) if count else np.zeros(0)
        return
    total = _alike_to_others(one, settings)
    # Rounded, because sums in another order may differ in their last digits, and centrality decides who comes first.
    one.central = np.round(total / max(count - 1, 1), 9)


def _alike_to_others(one: _Object[S], settings: ShapeSettings) -> Floats:
    """Sum of each worker's `_alike` with every other, shape (workers,).

    Nearly always a shape has one partner at most in another's answer: all these are summed at once.
    """
    count = len(one.owned)
    sizes = np.array([len(mine) for mine in one.owned], dtype=np.int64)
    empty = sizes == 0
    total = np.where(empty, float(empty.sum() - 1), 0.0)
    shapes, owner, codes = len(one.shapes), one.owner, one.codes
    step = max(1, TABLE_CELLS // max(shapes, 1))
    open_pairs: set[int] = set()
    sums: list[tuple[Ints, Ints, Floats]] = []
    for start in range(0, shapes, step):
        part = one.likeness[start : start + step]
        same = codes[start : start + step, None] == codes[None, :]
        fit = part >= np.where(same, settings.overlap, settings.cross_overlap)
        fit &= (part > 0) & (owner[start : start + step, None] != owner[None, :])
        rows, columns = np.nonzero(fit)
        value = np.where(same[rows, columns], 1.0, 0.5) * part[rows, columns]
        rows += start
        first, second = owner[rows], owner[columns]
        # Ordered by row, then column: a second partner of the same worker is next.
        twice = np.flatnonzero((rows[1:] == rows[:-1]) & (second[1:] == second[:-1]))
        low, high = np.minimum(first[twice], second[twice]), np.maximum(first[twice], second[twice])
        open_pairs.update((low * count + high).tolist())
        sums.append((first, second, 2 * value / (sizes[first] + sizes[second])))
    clash = np.array(sorted(open_pairs), dtype=np.int64)
    for first, second, share in sums:
        pair = np.minimum(first, second) * count + np.maximum(first, second)
        total += np.bincount(first, weights=np.where(np.isin(pair, clash), 0.0, share), minlength=count)
    for pair in clash.tolist():
        i, j = divmod(pair, count)
        cells = np.ix_(one.owned[i], one.owned[j])
        same = codes[one.owned[i], None] == codes[None, one.owned[j]]
        alike = _alike(one.likeness[cells], same, settings)
        total[i] += alike
        total[j] += alike
    return total


def _agreement(objects: Any) -> dict[str, tuple[float, int]]:
    total: dict[str, tuple[float, int]] = {}
    for one in objects:
        mean = float(one.central.mean()) if len(one.central) else 0.0
        for worker, amount in zip(one.workers, one.central.tolist(), strict=True):
            known = total.get(worker, (0.0, 0))
            total[worker] = (known[0] + amount - mean, known[1] + 1)
    return total


def _clusters(
    one: _Object[S], kind: ShapeKind[S], settings: ShapeSettings, weights: Floats, order: Mapping[str, int]
) -> list[_Cluster[S]]:
    if one.known is not None:
        return []
    clusters: list[_Cluster[S]] = []
    for worker in np.argsort(-one.central, kind="stable").tolist():
        mine = one.owned[worker]
        free = set(mine)
        changed = []
        if mine and clusters:
            if kind.merged_likeness:
                centers = [cluster.center for cluster in clusters if cluster.center is not None]
                likeness = kind.likeness([one.shapes[i] for i in mine], centers)
            else:
                rows = one.likeness[mine]
                likeness = np.stack([rows[:, list(c.members.values())].mean(1) for c in clusters], axis=1)
            same = np.array([[one.shapes[i].label == c.label for c in clusters] for i in mine], dtype=np.bool_)
            for row, column in _pairs(likeness, same, settings):
                clusters[column].members[worker] = mine[row]
                free.discard(mine[row])
                changed.append(clusters[column])
        for place in sorted(free):
            clusters.append(_Cluster({worker: place}))
            changed.append(clusters[-1])
        for cluster in changed:
            members = [one.shapes[i] for i in cluster.members.values()]
            cluster.label = _leading(cluster, one, weights, order)
            if kind.merged_likeness:
                cluster.center = kind.merge(members, cluster.label)
    return clusters


def _votes(cluster: _Cluster[S], one: _Object[S], weights: Floats) -> dict[str, float]:
    """The weight of those who gave each label. Rounded, because the order of a sum must not decide."""
    given: dict[str, list[float]] = {}
    for worker, place in cluster.members.items():
        given.setdefault(one.shapes[place].label, []).append(float(weights[worker]))
    return {label: round(math.fsum(votes), 9) for label, votes in given.items()}


def _leading(cluster: _Cluster[S], one: _Object[S], weights: Floats, order: Mapping[str, int]) -> str:
    first, *others = {one.shapes[place].label for place in cluster.members.values()}
    if not others:
        return first
    votes = _votes(cluster, one, weights)
    return min(votes, key=lambda name: (-votes[name], order.get(name, len(order)), name))


def _labels(
    objects: Mapping[str, _Object[S]], weights: Mapping[str, Floats], order: Mapping[str, int]
) -> dict[tuple[str, int], dict[str, float]]:
    """By object and place of the cluster: the probability of every label that someone gave."""
    used = {shape.label for one in objects.values() for shape in one.shapes}
    decided: dict[tuple[str, int], dict[str, float]] = {}
    rows: list[tuple[str, str, str]] = []
    keys: dict[str, tuple[str, int]] = {}
    for name, one in objects.items():
        for place, cluster in enumerate(one.clusters):
            votes = _votes(cluster, one, weights[name])
            whole = sum(votes.values()) + LABEL_DOUBT * (len(used) - 1)
            decided[name, place] = {label: vote / whole for label, vote in votes.items()}
            # A cluster of one worker says nothing of how labels are confused.
            if len(cluster.members) > 1:
                item = f"{len(keys):09}"
                keys[item] = (name, place)
                rows += [(item, one.workers[w], one.shapes[i].label) for w, i in cluster.members.items()]
    if len(used) > 1 and len(keys) >= ENOUGH_CLUSTERS:
        classes = sorted(used, key=lambda name: (order.get(name, len(order)), name))
        result = shrunken_dawid_skene(ClassAnswers.of(rows, classes=classes))
        for key in keys.values():
            decided[key] = {}
        for item, label, probability in zip(
            result.entry_item.tolist(), result.entry_class.tolist(), result.probability.tolist(), strict=True
        ):
            decided[keys[result.answers.items[item]]][classes[label]] = probability
    return decided


# --- the result ------------------------------------------------------------------------------------------------------


def _label(
    name: str,
    one: _Object[S],
    kind: ShapeKind[S],
    settings: ShapeSettings,
    weights: Floats,
    decided: Mapping[tuple[str, int], Mapping[str, float]],
) -> ShapeLabel[S]:
    problems = tuple(one.problems)
    if one.known is not None:
        known = tuple(ConsolidatedShape(shape, 0, 0, 1.0, 1.0) for shape in one.known)
        return ShapeLabel(known, 1.0, problems)
    if not one.workers:
        return ShapeLabel(None, 0.0, (*problems, "nobody answered"))
    kept: list[ConsolidatedShape[S]] = []
    doubtful = 0.0
    least = settings.least(len(one.workers))
    for place, cluster in enumerate(one.clusters):
        members = list(cluster.members.values())
        votes = len(members)
        pairs = votes * (votes - 1) / 2
        alike = (float(one.likeness[np.ix_(members, members)].sum()) - votes) / 2
        share = float(weights[list(cluster.members)].sum() / weights.sum())
        support = share * (alike + LONE_LIKENESS) / (pairs + 1)
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
        shape = kind.merge([one.shapes[i] for i in members], label)
        confidence = there * probability.get(label, 0.0)
        kept.append(ConsolidatedShape(shape, votes, given.count(label), support, confidence))
    # Two clusters can come to the same shape (borders of one, label by vote): the surer one speaks for it.
    kept = list({found.shape: found for found in sorted(kept, key=lambda found: found.confidence)}.values())
    kept.sort(key=lambda found: found.shape)
    confidence = sum(found.confidence for found in kept) / len(kept) if kept else 1.0 - doubtful
    if not kept and one.shapes:
        problems = (*problems, f"no {kind.noun} has enough support")
    return ShapeLabel(tuple(kept), confidence, problems)
