"""Which shapes of an object's workers are the same thing, for many objects at once.

Objects with about as many shapes stand in a table together, the shorter ones filled up, so that the shapes of all their
workers who are next by centrality are compared in one step. `shapes` says what the rules are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np

from truthkit_core.consolidation.geometry import TABLE_CELLS, Bools, Floats, Ints, match

# Cells of the tables of shapes by shapes of objects that are taken together.
TOGETHER = 200_000


class Shape(Protocol):
    """What is drawn: a dataclass with a label, an order and a JSON form."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def label(self) -> str: ...

    def to_json(self) -> dict[str, Any]: ...

    def __lt__(self, other: Any, /) -> bool: ...


S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Rows(Generic[S]):
    """Shapes as rows of as many numbers each: a cluster is then compared by the median of its members' rows.

    Attributes:
        of: shapes as an array (n, d).
        likeness: how alike each row of an array (…, n, d) is to each of one (…, m, d), shape (…, n, m), 0 to 1.
    """

    of: Callable[[Sequence[S]], Floats]
    likeness: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class ShapeKind(Generic[S]):
    """How shapes of one kind are checked, compared and merged.

    Attributes:
        noun: what problems call one.
        check: the shape itself, or what is left of it, and what is wrong with it ('' if nothing); None drops it.
            The second argument is width and height of the picture, None where they are not known.
        compare: `Rows`; or a function that tells how alike every shape of the first list is to every one of the second,
            shape (n, m), 0 to 1. A cluster is then compared by the mean over its members.
        merge: of each cluster's members one shape, with the label given for it; of many clusters at once.
    """

    noun: str
    check: Callable[[S, tuple[float, float] | None], tuple[S | None, str]]
    compare: Rows[S] | Callable[[Sequence[S], Sequence[S]], Floats]
    merge: Callable[[Sequence[Sequence[S]], Sequence[str]], list[S]]

    def likeness(self, a: Sequence[S], b: Sequence[S]) -> Floats:
        """How alike every shape of ``a`` is to every one of ``b``, shape (n, m), 0 to 1."""
        if isinstance(self.compare, Rows):
            return self.compare.likeness(self.compare.of(a), self.compare.of(b))
        return self.compare(a, b)


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


@dataclass(slots=True)
class Cluster:
    """Shapes of different workers that are the same thing."""

    members: list[int]
    """Places of the shapes among all of the object; the most central worker's first."""
    label: str
    alike: float
    """Sum of the likeness of all pairs."""


@dataclass(slots=True)
class Drawn(Generic[S]):
    """One object's shapes: ``shapes[i]`` is of worker ``owner[i]``; the workers in an order that only shapes decide.

    A worker's shapes stand together. ``codes[i]`` is the place of the label among all of the batch, in the order that
    decides ties.
    """

    workers: list[str]
    shapes: list[S]
    owned: list[list[int]]
    owner: Ints
    codes: Ints
    problems: list[str]
    known: Sequence[S] | None = None
    central: Floats = field(default_factory=lambda: np.zeros(0))
    weights: Floats = field(default_factory=lambda: np.zeros(0))
    clusters: list[Cluster] = field(default_factory=list)


@dataclass(slots=True)
class Table(Generic[S]):
    """Objects taken together, filled up to the most shapes: B objects of N shapes.

    ``rows`` has shape (B, N, d) where the kind has rows; ``likeness`` (B, N, N); ``owner`` and ``codes`` (B, N), -1
    where an object has no such shape.
    """

    objects: list[Drawn[S]]
    rows: Floats | None
    likeness: Floats
    owner: Ints
    codes: Ints


def tables(objects: Sequence[tuple[Drawn[S], ShapeKind[S]]]) -> Iterator[Table[S]]:
    """All objects, in tables of about as many shapes."""
    part: list[tuple[Drawn[S], ShapeKind[S]]] = []
    for pair in sorted(objects, key=lambda pair: len(pair[0].shapes)):
        if part and (len(part) + 1) * len(pair[0].shapes) ** 2 > TOGETHER:
            yield _table(part)
            part = []
        part.append(pair)
    if part:
        yield _table(part)


def _table(part: Sequence[tuple[Drawn[S], ShapeKind[S]]]) -> Table[S]:
    objects = [one for one, _kind in part]
    most = max(len(one.shapes) for one in objects)
    owner = np.full((len(part), most), -1, dtype=np.int64)
    codes = np.full((len(part), most), -1, dtype=np.int64)
    for at, one in enumerate(objects):
        owner[at, : len(one.shapes)] = one.owner
        codes[at, : len(one.shapes)] = one.codes
    rows = None
    compare = part[0][1].compare
    if isinstance(compare, Rows):
        every = [kind.compare.of(one.shapes) for one, kind in part if isinstance(kind.compare, Rows)]
        rows = np.zeros((len(part), most, every[0].shape[1]))
        for at, mine in enumerate(every):
            rows[at, : len(mine)] = mine
        likeness = compare.likeness(rows, rows)
    else:
        likeness = np.zeros((len(part), most, most))
        for at, (one, kind) in enumerate(part):
            if one.shapes:
                likeness[at, : len(one.shapes), : len(one.shapes)] = kind.likeness(one.shapes, one.shapes)
    return Table(objects, rows, likeness, owner, codes)


# --- who agrees with whom --------------------------------------------------------------------------------------------


def pairs(likeness: Floats, same: Bools, settings: ShapeSettings) -> list[tuple[int, int]]:
    """One to one, those of the same label first; both of shape (n, m)."""
    fit = (likeness >= np.where(same, settings.overlap, settings.cross_overlap)) & (likeness > 0)
    rows, columns = (places.tolist() for places in np.nonzero(fit))
    if len(set(rows)) == len(rows) and len(set(columns)) == len(columns):
        return list(zip(rows, columns, strict=True))
    found = match(np.where(same, likeness, 0.0), settings.overlap)
    if same.all():
        return found
    other = np.where(same, 0.0, likeness)
    other[[row for row, _column in found]] = 0.0
    other[:, [column for _row, column in found]] = 0.0
    return found + match(other, settings.cross_overlap)


def alike(likeness: Floats, same: Bools, settings: ShapeSettings) -> float:
    """How alike two answers are: 0 to 1; two empty ones are. A pair of different labels counts half."""
    rows, columns = likeness.shape
    if rows + columns == 0:
        return 1.0
    if not rows or not columns:
        return 0.0
    found = pairs(likeness, same, settings)
    total = sum(float(likeness[i, j]) * (1.0 if same[i, j] else 0.5) for i, j in found)
    return 2 * total / float(rows + columns)


def alike_to_others(table: Table[S], settings: ShapeSettings) -> list[Floats]:
    """By object the sum of each worker's `alike` with every other, shape (workers,).

    Nearly always a shape has one partner at most in another's answer: all these are summed at once.
    """
    sizes = np.array([len(mine) for one in table.objects for mine in one.owned], dtype=np.int64)
    first_worker = np.cumsum([0, *(len(one.owned) for one in table.objects)])
    count = int(first_worker[-1])
    # Workers of all objects, one after the other.
    worker = np.where(table.owner >= 0, table.owner + first_worker[:-1, None], -1)
    total = np.zeros(count)
    for number, one in enumerate(table.objects):
        empty = np.array([not mine for mine in one.owned], dtype=np.bool_)
        total[first_worker[number] : first_worker[number + 1]] = np.where(empty, float(empty.sum() - 1), 0.0)
    batch, most = table.owner.shape
    step = max(1, TABLE_CELLS // max(batch * most, 1))
    open_pairs: set[int] = set()
    sums: list[tuple[Ints, Ints, Floats]] = []
    for start in range(0, most, step):
        part = table.likeness[:, start : start + step]
        same = table.codes[:, start : start + step, None] == table.codes[:, None, :]
        fit = part >= np.where(same, settings.overlap, settings.cross_overlap)
        mine, other = worker[:, start : start + step, None], worker[:, None, :]
        fit &= (part > 0) & (mine != other) & (mine >= 0) & (other >= 0)
        at, rows, columns = np.nonzero(fit)
        value = np.where(same[at, rows, columns], 1.0, 0.5) * part[at, rows, columns]
        rows += start
        first, second = worker[at, rows], worker[at, columns]
        # Ordered by object, row, then column: a second partner of the same worker is next.
        shape = at * most + rows
        twice = np.flatnonzero((shape[1:] == shape[:-1]) & (second[1:] == second[:-1]))
        low, high = np.minimum(first[twice], second[twice]), np.maximum(first[twice], second[twice])
        open_pairs.update((low * count + high).tolist())
        sums.append((first, second, 2 * value / (sizes[first] + sizes[second])))
    clash = np.array(sorted(open_pairs), dtype=np.int64)
    for first, second, share in sums:
        pair = np.minimum(first, second) * count + np.maximum(first, second)
        total += np.bincount(first, weights=np.where(np.isin(pair, clash), 0.0, share), minlength=count)
    for pair in clash.tolist():
        i, j = divmod(pair, count)
        number = int(np.searchsorted(first_worker, i, side="right")) - 1
        one = table.objects[number]
        ours, theirs = one.owned[i - first_worker[number]], one.owned[j - first_worker[number]]
        same = one.codes[ours, None] == one.codes[None, theirs]
        both = alike(table.likeness[number][np.ix_(ours, theirs)], same, settings)
        total[i] += both
        total[j] += both
    return np.split(total, first_worker[1:-1])


def alike_to_known(one: Drawn[S], kind: ShapeKind[S], settings: ShapeSettings) -> Floats:
    """How alike each worker's answer is to what is known; shape (workers,), 0 to 1."""
    known = one.known or ()
    likeness = kind.likeness(one.shapes, known) if one.shapes and known else np.zeros((len(one.shapes), len(known)))
    same = np.array([[shape.label == true.label for true in known] for shape in one.shapes], dtype=np.bool_)
    same = same.reshape(len(one.shapes), len(known))
    return np.array([alike(likeness[mine], same[mine], settings) for mine in one.owned])


# --- clusters --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Grown:
    """The clusters so far of a table's objects: C at most an object, W members at most; -1 where there is none."""

    count: Ints
    """Clusters of each object."""
    members: Ints
    """Places of shapes, (B, C, W)."""
    sizes: Ints
    codes: Ints
    mixed: Bools
    alike: Floats
    centers: Floats

    @classmethod
    def of(cls, batch: int, width: int) -> _Grown:
        return cls(
            np.zeros(batch, dtype=np.int64),
            np.full((batch, 0, 1), -1, dtype=np.int64),
            np.zeros((batch, 0), dtype=np.int64),
            np.full((batch, 0), -1, dtype=np.int64),
            np.zeros((batch, 0), dtype=np.bool_),
            np.zeros((batch, 0)),
            np.zeros((batch, 0, width)),
        )

    def make_room(self, clusters: int, members: int) -> None:
        """For so many clusters and members; by half as many again, so that it is seldom done."""
        more = max(clusters - self.members.shape[1], 0) and max(clusters, self.members.shape[1] * 3 // 2)
        more = max(more - self.members.shape[1], 0)
        deeper = max(members - self.members.shape[2], 0) and max(members, self.members.shape[2] * 3 // 2)
        deeper = max(deeper - self.members.shape[2], 0)
        if more or deeper:
            self.members = np.pad(self.members, ((0, 0), (0, more), (0, deeper)), constant_values=-1)
        if more:
            self.sizes = np.pad(self.sizes, ((0, 0), (0, more)))
            self.codes = np.pad(self.codes, ((0, 0), (0, more)), constant_values=-1)
            self.mixed = np.pad(self.mixed, ((0, 0), (0, more)))
            self.alike = np.pad(self.alike, ((0, 0), (0, more)))
            self.centers = np.pad(self.centers, ((0, 0), (0, more), (0, 0)))


def make_clusters(table: Table[S], kind: ShapeKind[S], settings: ShapeSettings, labels: Sequence[str]) -> None:
    """Put each object's shapes into clusters; objects whose shapes are known are left out."""
    orders = [
        [] if one.known is not None else np.argsort(-one.central, kind="stable").tolist() for one in table.objects
    ]
    grown = _Grown.of(len(orders), 0 if table.rows is None else table.rows.shape[2])
    for rank in range(max(map(len, orders), default=0)):
        turns = [
            (at, mine)
            for at, order in enumerate(orders)
            if rank < len(order) and (mine := table.objects[at].owned[order[rank]])
        ]
        if turns:
            _join(table, kind, settings, grown, turns, len(labels))
    for at, one in enumerate(table.objects):
        found = zip(
            grown.members[at].tolist(), grown.sizes[at].tolist(), grown.codes[at].tolist(), grown.alike[at].tolist(),
            strict=True,
        )  # fmt: skip
        one.clusters = [Cluster(members[:size], labels[code], total) for members, size, code, total in found if size]


def _join(
    table: Table[S],
    kind: ShapeKind[S],
    settings: ShapeSettings,
    grown: _Grown,
    turns: Sequence[tuple[int, list[int]]],
    labels: int,
) -> None:
    """The next worker's shapes of each object into its clusters, those that fit nowhere into new ones."""
    batch = np.array([at for at, _mine in turns])
    sizes = np.array([len(mine) for _at, mine in turns])
    # A worker's shapes stand together.
    places = np.array([mine[0] for _at, mine in turns])[:, None] + np.arange(int(sizes.max()))
    here = np.arange(int(sizes.max())) < sizes[:, None]
    places = np.where(here, places, 0)
    chosen = _chosen(table, kind, settings, grown, batch, places, here)
    new = here & (chosen < 0)
    chosen = np.where(new, grown.count[batch, None] + np.cumsum(new, axis=1) - 1, chosen)
    grown.count[batch] += new.sum(1)
    rows, columns = np.nonzero(here)
    at, place, group = batch[rows], places[rows, columns], chosen[rows, columns]
    grown.make_room(int(grown.count.max()), int(grown.sizes.max(initial=0)) + 1)
    size = grown.sizes[at, group]
    members = grown.members[at, group]
    with_each = table.likeness[at[:, None], place[:, None], members]
    grown.alike[at, group] += np.where(members >= 0, with_each, 0.0).sum(1)
    grown.members[at, group, size] = place
    grown.sizes[at, group] = size + 1
    _label_clusters(table, grown, at, place, group, labels)
    if table.rows is not None:
        grown.centers[at, group] = _medians(table.rows, at, grown.members[at, group], size + 1)


def _chosen(
    table: Table[S],
    kind: ShapeKind[S],
    settings: ShapeSettings,
    grown: _Grown,
    batch: Ints,
    places: Ints,
    here: Bools,
) -> Ints:
    """For each place the cluster that the shape joins, -1 for none; shape (turns, shapes)."""
    chosen = np.full(places.shape, -1, dtype=np.int64)
    most = int(grown.count[batch].max())
    if not most:
        return chosen
    sizes = grown.sizes[batch, :most]
    if isinstance(kind.compare, Rows) and table.rows is not None:
        likeness = kind.compare.likeness(table.rows[batch[:, None], places], grown.centers[batch, :most])
    else:
        members = grown.members[batch, :most][:, None]
        each = table.likeness[batch[:, None, None, None], places[:, :, None, None], members]
        likeness = np.where(members >= 0, each, 0.0).sum(3) / np.maximum(sizes[:, None], 1)
    same = table.codes[batch[:, None], places][:, :, None] == grown.codes[batch, :most][:, None]
    fit = (likeness >= np.where(same, settings.overlap, settings.cross_overlap)) & (likeness > 0)
    fit &= here[:, :, None] & (sizes > 0)[:, None]
    disputed = (fit.sum(2).max(1) > 1) | (fit.sum(1).max(1) > 1)
    rows, shapes, groups = np.nonzero(fit & ~disputed[:, None, None])
    chosen[rows, shapes] = groups
    for turn in np.flatnonzero(disputed).tolist():
        part = np.ix_(here[turn], sizes[turn] > 0)
        for shape, group in pairs(likeness[turn][part], same[turn][part], settings):
            chosen[turn, shape] = group
    return chosen


def _label_clusters(table: Table[S], grown: _Grown, at: Ints, place: Ints, group: Ints, labels: int) -> None:
    """The label of clusters that grew by a shape each: by weight; of equal ones the first in the order of labels."""
    given = table.codes[at, place]
    known = grown.codes[at, group]
    grown.mixed[at, group] |= (known >= 0) & (known != given)
    grown.codes[at, group] = np.where(known >= 0, known, given)
    mixed = np.flatnonzero(grown.mixed[at, group])
    if not len(mixed):
        return
    at, group = at[mixed], group[mixed]
    votes = np.zeros((len(mixed), labels))
    weights = np.zeros(table.owner.shape)
    for number in np.unique(at).tolist():
        one = table.objects[number]
        weights[number, : len(one.shapes)] = one.weights[one.owner]
    for member in range(int(grown.sizes[at, group].max())):
        places = grown.members[at, group, member]
        rows = np.flatnonzero(places >= 0)
        votes[rows, table.codes[at[rows], places[rows]]] += weights[at[rows], places[rows]]
    # Rounded, because the order of a sum must not decide.
    grown.codes[at, group] = np.round(votes, 9).argmax(1)


def _medians(rows: Floats, at: Ints, members: Ints, sizes: Ints) -> Floats:
    """Of each cluster the medians of its members' rows, shape (clusters, d)."""
    values = np.where(members[:, :, None] >= 0, rows[at[:, None], members], np.inf)
    values.sort(axis=1)
    here = np.arange(len(at))
    half = sizes // 2
    upper = values[here, half]
    lower = values[here, np.where(sizes % 2 == 1, half, half - 1)]
    middle: Floats = np.where((sizes % 2 == 1)[:, None], upper, (lower + upper) / 2)
    return middle
