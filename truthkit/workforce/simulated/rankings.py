"""Rankings: workers whose orders lie around the right one as Mallows' model has it.

The probability of an order falls by a factor φ with each pair of responses that it has the other way round than the
right one (Mallows, Non-null ranking models, Biometrika 44, 1957). Two neighbours of the right order then change places
with probability φ / (1 + φ), which is what a crowd file says. Orders are drawn by repeated insertion, which is exact
(Doignon, Pekeč and Regenwetter, The repeated insertion model for rankings, Psychometrika 69, 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truthkit.lenient_json import LenientError, loads
from truthkit.workforce.simulated.hand import Hand
from truthkit_core.messages.checks import ContractError, at, expect_list, kind

if TYPE_CHECKING:
    from truthkit.workforce.simulated.kinds import Asked

KEY = "ordinalRankingDimensions"


@dataclass(frozen=True, slots=True)
class Ranks:
    """One dimension: the rank of each response, from 1; equal ones are tied, which an answer may have with ``ties``."""

    name: str
    ties: bool
    ranks: tuple[int, ...]


def read(value: Any, asked: Asked) -> list[Ranks]:
    """From an answer of the element, a table of ranks by dimension, or, of a single dimension, a consolidated label.

    Dimensions may be missing, as in a label. Raises ContractError.
    """
    dimensions, responses = _asked(asked)
    given = _by_dimension(value, dimensions)
    for name in given:
        if name not in dimensions:
            raise ContractError(name, "is no dimension of the page", f"its dimensions are {', '.join(dimensions)}")
    found = []
    for name, ties in dimensions.items():
        if name not in given:
            continue
        ranks = expect_list(given[name], name)
        if len(ranks) != responses or not all(type(one) is int and one >= 1 for one in ranks):
            raise ContractError(
                name, f"must be {responses} whole numbers from 1, the rank of each response, not {ranks!r:.60}"
            )
        found.append(Ranks(name, ties, _dense(ranks)))
    return found


def expect_whole(found: Sequence[Ranks], asked: Asked) -> None:
    """Raises ContractError if a dimension is missing: the page wants all of them."""
    for name in dimensions_of(asked):
        if name not in [one.name for one in found]:
            raise ContractError(name, "is missing", f'write {{"{name}": [2, 1, 3]}}, a rank for each response')


def dimensions_of(asked: Asked) -> tuple[str, ...]:
    """The names of the page's dimensions, none where it does not tell them."""
    try:
        return tuple(_asked(asked)[0])
    except ContractError:
        return ()


def _asked(asked: Asked) -> tuple[dict[str, bool], int]:
    """What the page asks: whether a tie is allowed, by dimension, and the number of responses."""
    attributes = asked.field.attributes
    try:
        listed, responses = (loads(attributes.get(name, "")) for name in ("ordinal-ranking-dimensions", "responses"))
        dimensions = {str(one["name"]): bool(one.get("allowTie")) for one in listed}
        count = len(responses)
    except (LenientError, TypeError, KeyError, AttributeError):
        raise ContractError(
            "", "the page does not tell its responses and dimensions", "write responses and ordinal-ranking-dimensions"
        ) from None
    return dimensions, count


def _by_dimension(value: Any, dimensions: Sequence[str] | dict[str, bool]) -> dict[str, Any]:
    if isinstance(value, dict) and KEY in value:
        found = {}
        for number, one in enumerate(expect_list(value[KEY], KEY)):
            if not isinstance(one, dict) or "name" not in one or "responseRankings" not in one:
                raise ContractError(f"{KEY}[{number}]", "has no name and responseRankings")
            found[one["name"]] = one["responseRankings"]
        return found
    if isinstance(value, dict) and "ranking" in value and len(dimensions) == 1 and "ranking" not in dimensions:
        [name] = dimensions
        return {name: ranks_of(value["ranking"])}
    if not isinstance(value, dict):
        raise ContractError("", f"must be an object, not {kind(value)}", 'write {"Clarity": [2, 1, 3], …}')
    return {name: ranks for name, ranks in value.items() if name != "confidence"}


def ranks_of(tiers: Any) -> list[int]:
    """The rank of each response, of a label's places best first: ``[["1"], ["0", "2"]]`` is ``[2, 1, 2]``.

    Raises ContractError.
    """
    found: dict[int, int] = {}
    for rank, tier in enumerate(expect_list(tiers, "ranking"), 1):
        for one in expect_list(tier, f"ranking[{rank - 1}]"):
            if not str(one).isdecimal():
                raise ContractError(at("ranking", str(one)), "is no place of a response", "places count from 0")
            found[int(one)] = rank
    return [found[place] for place in sorted(found)]


def err(truth: list[Ranks], asked: Asked, hand: Hand) -> list[Ranks]:
    return [_redrawn(one, hand.on(number)) for number, one in enumerate(truth)]


def _redrawn(right: Ranks, hand: Hand) -> Ranks:
    swapped = min(hand.rate(hand.group.swapped), 0.5)
    phi = swapped / (1.0 - swapped)
    places = list(range(len(right.ranks)))
    # What is tied comes in any order; without ties in answers, that is what a worker has to decide.
    hand.chance.shuffle(places)
    places.sort(key=right.ranks.__getitem__)
    order: list[int] = []
    for number, place in enumerate(places):
        weights = [phi**ahead for ahead in range(number + 1)]
        [ahead] = hand.chance.choices(range(number + 1), weights)
        order.insert(number - ahead, place)
    ranks = [0] * len(order)
    rank, before = 0, -1
    for place in order:
        tied = right.ties and before >= 0 and right.ranks[place] == right.ranks[before]
        rank += not tied
        ranks[place], before = rank, place
    return Ranks(right.name, right.ties, tuple(ranks))


def spam(truth: list[Ranks], asked: Asked, hand: Hand) -> list[Ranks]:
    found = []
    for one in truth:
        ranks = list(range(1, len(one.ranks) + 1))
        if hand.group.spam != "first":
            hand.chance.shuffle(ranks)
        found.append(Ranks(one.name, one.ties, tuple(ranks)))
    return found


def answer(truth: list[Ranks], asked: Asked) -> Any:
    listed = [{"name": one.name, "allowTie": one.ties, "responseRankings": list(one.ranks)} for one in truth]
    return {KEY: listed}


def in_order(found: Sequence[Ranks], truth: Sequence[Ranks]) -> float:
    """Share of the pairs of responses in the right order, over the dimensions found; what is wrongly tied: half."""
    given = {one.name: one.ranks for one in found}
    points, pairs = 0.0, 0
    for one in truth:
        if one.name not in given:
            continue
        ranks = given[one.name]
        for second in range(len(one.ranks)):
            for first in range(second):
                right = _sign(one.ranks[first] - one.ranks[second])
                if right == 0:
                    continue
                pairs += 1
                if second < len(ranks):
                    points += (1 + right * _sign(ranks[first] - ranks[second])) / 2
    return points / pairs if pairs else 1.0


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _dense(ranks: Sequence[int]) -> tuple[int, ...]:
    """Ranks without gaps, as the element gives them."""
    number = {rank: place for place, rank in enumerate(sorted(set(ranks)), 1)}
    return tuple(number[rank] for rank in ranks)
