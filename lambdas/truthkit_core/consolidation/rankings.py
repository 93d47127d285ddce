"""One order of the alternatives of an object from many workers' orders.

A ranking is a tuple of tuples, best first; alternatives in one tuple are tied: ``(("a",), ("b", "c"))``. It may leave
alternatives out: what a worker did not rank is not compared. All methods count, for every two alternatives, how many
workers have the one above the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit_core.consolidation.by_object import by_object

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Ranking = tuple[tuple[str, ...], ...]
Answers = Mapping[str, Mapping[str, Ranking]]

EXACT = 8
"""Up to so many alternatives Kemeny's order is exact; Borda's beyond."""
PRIOR_PAIRS = 10.0
"""Pairs' worth of weight of `PRIOR_RIGHT` in how often a worker has a pair in the right order."""
PRIOR_RIGHT = 0.9
HALF_WINS = 0.1
"""Bradley–Terry: wins' worth of weight that every alternative gets over every other, so that strengths are finite."""
_BT_ROUNDS = 200
_DECISIVE = 9


@dataclass(frozen=True, slots=True)
class RankingLabel:
    """One object's order.

    Attributes:
        ranking: best first, tied ones together; None where nobody ranked anything.
        confidence: the share of all pairs of alternatives that is expected to be in the right order: of each pair by
            how many more workers have it so, and how often two workers agree on a pair at all.
        wins: alternative → alternative → how many workers have the first above the second.
        problems: what did not count, and why.
    """

    ranking: Ranking | None
    confidence: float
    wins: Mapping[str, Mapping[str, int]]
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "ranking": [list(tied) for tied in self.ranking] if self.ranking is not None else None,
            "confidence": round(self.confidence, 4),
            "wins": {name: dict(over) for name, over in self.wins.items()},
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class RankingResult:
    """``objects``: every object of the input. ``workers`` is None: these methods learn nothing of them."""

    objects: dict[str, RankingLabel]
    workers: None = None

    def to_json(self) -> dict[str, Any]:
        return {"objects": {name: label.to_json() for name, label in self.objects.items()}, "workers": None}


@dataclass(frozen=True, slots=True)
class _Counts:
    """One object: ``wins[a, b]`` workers have a above b, ``ties[a, b]`` have them together."""

    names: list[str]
    wins: Ints
    ties: Ints
    problems: tuple[str, ...]

    @classmethod
    def of(cls, by_worker: Mapping[str, Ranking], alternatives: Sequence[str] | None) -> _Counts:
        problems, rankings = [], []
        for worker, given in sorted(by_worker.items()):
            flat = [name for tied in given for name in tied]
            if len(set(flat)) < len(flat):
                problems.append(f"{worker}: an alternative is there twice")
                continue
            if alternatives is not None:
                strange = sorted(set(flat) - set(alternatives))
                problems += [f"{worker}: {name!r} is none of the alternatives" for name in strange]
                given = tuple(tuple(name for name in tied if name in alternatives) for tied in given)
            if not flat:
                problems.append(f"{worker}: nothing is ranked")
            rankings.append(tuple(tied for tied in given if tied))
        seen = {name for ranking in rankings for tied in ranking for name in tied}
        names = [name for name in dict.fromkeys(alternatives) if name in seen] if alternatives else sorted(seen)
        place = {name: number for number, name in enumerate(names)}
        wins, ties = np.zeros((2, len(names), len(names)), dtype=np.int64)
        for ranking in rankings:
            level = np.full(len(names), -1)
            for height, tied in enumerate(ranking):
                level[[place[name] for name in tied]] = height
            both = (level[:, None] >= 0) & (level[None, :] >= 0)
            wins += both & (level[:, None] < level[None, :])
            ties += both & (level[:, None] == level[None, :])
        np.fill_diagonal(ties, 0)
        return cls(names, wins, ties, tuple(problems))


# --- the methods -----------------------------------------------------------------------------------------------------


def kemeny(answers: Answers, *, alternatives: Sequence[str] | None = None) -> RankingResult:
    """The default: the order that contradicts the fewest of the workers' pairs, exact up to `EXACT` alternatives
    and Borda's beyond.

    A pair that a worker has tied counts half against either order, and an order that ties a pair counts half for each
    worker who does not: so two come out tied where enough workers tie them. Of equally good orders it is the one that
    is nearer to Borda's from the top, then to the order of ``alternatives`` or of the alphabet.

    Args:
        answers: object → worker → ranking.
        alternatives: all alternatives, in the order that decides ties. Others do not count.

    Source: Kemeny, Mathematics without Numbers, Daedalus 88 (1959); half a point for ties: Fagin, Kumar, Mahdian,
    Sivakumar, Vee, Comparing Partial Rankings, SIAM J. Discrete Math. 20 (2006); by subsets: Betzler, Fellows, Guo,
    Niedermeier, Rosamond, Fixed-Parameter Algorithms for Kemeny Rankings, TCS 410 (2009).
    """
    return _result(answers, alternatives, _kemeny)


def borda(answers: Answers, *, alternatives: Sequence[str] | None = None) -> RankingResult:
    """By the share of all its comparisons that an alternative wins, ties half; equal shares are tied. As `kemeny`."""
    return _result(answers, alternatives, lambda counts: _by_score(_borda_scores(counts)))


def bradley_terry(answers: Answers, *, alternatives: Sequence[str] | None = None) -> RankingResult:
    """By strengths, where the chance that a is above b is strength a / (strength a + strength b); equal ones are tied.

    Arguments as of `kemeny`. Source: Hunter, MM Algorithms for Generalized Bradley–Terry Models, Annals of Statistics
    32 (2004); every pair gets `HALF_WINS` wins either way.
    """
    return _result(answers, alternatives, lambda counts: _by_score(_strengths(counts)))


METHODS: dict[str, Callable[..., RankingResult]] = {"kemeny": kemeny, "borda": borda, "bradley-terry": bradley_terry}
"""By their names in ``workflow.toml`` and on the command line; the first is the default."""

DEFAULT_METHOD = "kemeny"


def kendall_tau(one: Ranking, other: Ranking) -> float:
    """Kendall's tau-b: pairs in the same order less pairs in opposite order, by the geometric mean of how many pairs
    either has untied, of the alternatives that both rank: -1 to 1. 0 where either ties them all.

    Source: Kendall, The Treatment of Ties in Ranking Problems, Biometrika 33 (1945).
    """
    first, second = ({name: at for at, tied in enumerate(order) for name in tied} for order in (one, other))
    names = sorted(first.keys() & second.keys())
    ranks = np.array([[first[name], second[name]] for name in names], dtype=np.int64).reshape(-1, 2)
    upper = np.triu_indices(len(names), 1)
    a, b = np.sign(ranks[upper[0]] - ranks[upper[1]]).T
    untied = int((a != 0).sum()) * int((b != 0).sum())
    return float((a * b).sum() / math.sqrt(untied)) if untied else 0.0


# --- parts -----------------------------------------------------------------------------------------------------------


def _result(
    answers: Answers, alternatives: Sequence[str] | None, order: Callable[[_Counts], list[list[int]]]
) -> RankingResult:
    counts = {name: _Counts.of(by_worker, alternatives) for name, by_worker in by_object(answers).items()}
    right = _pair_accuracy(list(counts.values()))
    # The same answers come often, and the exact order takes a moment.
    orders: dict[tuple[int, bytes, bytes], list[list[int]]] = {}
    objects = {}
    for name, one in counts.items():
        wins = {
            a: {b: int(one.wins[i, j]) for j, b in enumerate(one.names) if one.wins[i, j]}
            for i, a in enumerate(one.names)
        }
        if not one.names:
            objects[name] = RankingLabel(None, 0.0, wins, (*one.problems, "nobody ranked anything that counts"))
            continue
        key = (len(one.names), one.wins.tobytes(), one.ties.tobytes())
        if key not in orders:
            orders[key] = order(one)
        found = orders[key]
        ranking = tuple(tuple(one.names[at] for at in sorted(tied)) for tied in found)
        objects[name] = RankingLabel(ranking, _confidence(one, found, right), wins, one.problems)
    return RankingResult(objects)


def _borda_scores(counts: _Counts) -> Floats:
    won = 2 * counts.wins.sum(1) + counts.ties.sum(1)
    compared = 2 * (counts.wins + counts.wins.T + counts.ties).sum(1)
    return np.asarray(np.divide(won, compared, out=np.full(len(won), 0.5), where=compared > 0), dtype=np.float64)


def _strengths(counts: _Counts) -> Floats:
    size = len(counts.names)
    wins = counts.wins + counts.ties / 2 + HALF_WINS * (1 - np.eye(size))
    pairs, total = wins + wins.T, wins.sum(1)
    strength = np.ones(size)
    for _ in range(_BT_ROUNDS if size > 1 else 0):
        strength = total / (pairs / (strength[:, None] + strength[None, :])).sum(1)
        strength /= np.exp(np.log(strength).mean())
    return strength


def _by_score(scores: Floats) -> list[list[int]]:
    """Highest first, equal ones together."""
    rounded = np.round(scores, _DECISIVE)
    return [np.flatnonzero(rounded == score).tolist() for score in np.unique(rounded)[::-1]]


def _kemeny(counts: _Counts) -> list[list[int]]:
    size = len(counts.names)
    if size > EXACT:
        return _by_score(_borda_scores(counts))
    by_borda = np.lexsort((np.arange(size), -np.round(_borda_scores(counts), _DECISIVE)))
    wins, ties = counts.wins[np.ix_(by_borda, by_borda)], counts.ties[np.ix_(by_borda, by_borda)]
    # Everything is doubled, so that halves are whole: of a above b, and of both tied.
    above, tied = 2 * wins.T + ties, wins + wins.T
    sets = 1 << size
    members = (np.arange(sets)[:, None] >> np.arange(size)) & 1
    # By set: what it costs to have a above all of it; to have all of it tied.
    above_all = above @ members.T
    all_tied = np.einsum("sa,ab,sb->s", members, tied, members) // 2
    # First single ones in Borda's order, then larger ties: of equal costs the first stays.
    firsts = sorted(range(1, sets), key=lambda some: (some.bit_count(), some)) if ties.any() else []
    firsts = firsts or [1 << at for at in range(size)]
    best, choice = np.zeros(sets, dtype=np.int64), np.zeros(sets, dtype=np.int64)
    by_size = np.argsort(members.sum(1), kind="stable")
    first_sets = np.array(firsts)
    for some in by_size[1:].tolist():
        first = first_sets[(first_sets & ~some) == 0]
        rest = some & ~first
        cost = all_tied[first] + (members[first] * above_all[:, rest].T).sum(1) + best[rest]
        at = int(cost.argmin())
        best[some], choice[some] = cost[at], first[at]
    order, left = [], sets - 1
    while left:
        order.append([int(by_borda[at]) for at in range(size) if choice[left] >> at & 1])
        left &= ~int(choice[left])
    return order


def _pair_accuracy(counts: Sequence[_Counts]) -> float:
    """How often a worker has a pair in the right order, from how often two workers agree on one.

    If p is the chance to have it right, two agree with p² + (1 - p)².
    """
    # Summed exactly, so that the order of the objects changes no digit.
    agreed, pairs = [PRIOR_PAIRS * (PRIOR_RIGHT**2 + (1 - PRIOR_RIGHT) ** 2)], PRIOR_PAIRS
    for one in counts:
        upper = np.triu_indices(len(one.names), 1)
        up, down = one.wins[upper], one.wins.T[upper]
        both = up + down
        some = both > 1
        shares = (up * (up - 1) + down * (down - 1))[some] / (both * (both - 1))[some]
        agreed += np.round(shares, 12).tolist()
        pairs += int(some.sum())
    return (1.0 + math.sqrt(max(2.0 * math.fsum(agreed) / pairs - 1.0, 0.0))) / 2.0


def _confidence(counts: _Counts, order: list[list[int]], right: float) -> float:
    """The mean of the pairs' chances to be in the right order; half for what is tied."""
    size = len(counts.names)
    if size < 2:
        return 1.0
    level = np.empty(size, dtype=np.int64)
    for height, tied in enumerate(order):
        level[tied] = height
    lead = (counts.wins - counts.wins.T)[level[:, None] < level[None, :]]
    odds = math.log(right / (1.0 - right))
    sure = 1.0 / (1.0 + np.exp(-np.clip(odds * lead, -700, 700)))
    pairs = size * (size - 1) / 2
    return float((np.sort(sure).sum() + 0.5 * (pairs - len(lead))) / pairs)
