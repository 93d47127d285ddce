"""One worker at one object: the chance and the rates by which an answer goes wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from statistics import NormalDist

from truthkit.workforce.simulated.crowd import Crowd, Group

_ROOT_2 = math.sqrt(2.0)


class Difficulty:
    """How hard an object is, and each thing in it, for all workers alike; and which mistakes it invites.

    Args:
        crowd: says how much objects and things differ.
        seed: of this object.
    """

    def __init__(self, crowd: Crowd, seed: str) -> None:
        self.crowd = crowd
        self._seed = seed
        self.shift = Random(f"{seed}:hard").gauss(0.0, crowd.object_spread) if crowd.object_spread else 0.0
        self._things: list[float] = []
        self._chance: Random | None = None
        self._lures: dict[str, float] = {}

    def of_thing(self, number: int) -> float:
        """The shift of one thing in the gold, by its place."""
        if self._chance is None:
            self._chance = Random(f"{self._seed}:things")
        while len(self._things) <= number:
            self._things.append(self._chance.gauss(0.0, self.crowd.thing_spread))
        return self._things[number]

    def lure(self, truth: str, others: Sequence[str]) -> str:
        """The wrong label that what has this one is most easily taken for."""
        if truth not in self._lures:
            self._lures[truth] = Random(f"{self._seed}:lure:{truth}").random()
        return others[int(self._lures[truth] * len(others))]


class Hand:
    """Who works, and at what.

    Workers, objects and things each shift the rates of the group on the probit scale, by normal numbers: rates come out
    as the crowd file says on average, whatever the spreads (the mean of Φ(a √(1 + s²) + s z) over z is Φ(a)). Amounts
    go by a log-normal factor with half the spread, and mean 1.

    Args:
        group: says the rates.
        chance: of this worker at this object.
        difficulty: of the object.
        skill: the worker's shift.
    """

    __slots__ = ("_scale", "_shift", "_variance", "chance", "difficulty", "factor", "group")

    def __init__(self, group: Group, chance: Random, difficulty: Difficulty, skill: float = 0.0) -> None:
        variance = group.skill_spread**2 + difficulty.crowd.object_spread**2
        self.group = group
        self.chance = chance
        self.difficulty = difficulty
        self._set(skill + difficulty.shift, variance)

    def _set(self, shift: float, variance: float) -> None:
        self._shift, self._variance = shift, variance
        self._scale = math.sqrt(1.0 + variance)
        self.factor = math.exp(shift / 2 - variance / 8)

    def on(self, thing: int) -> Hand:
        """At one thing in the object, by its place in the gold."""
        spread = self.difficulty.crowd.thing_spread
        if not spread:
            return self
        other = object.__new__(Hand)
        other.group, other.chance, other.difficulty = self.group, self.chance, self.difficulty
        other._set(self._shift + self.difficulty.of_thing(thing), self._variance + spread * spread)
        return other

    def rate(self, rate: float) -> float:
        """A rate of the group as it is here."""
        if self._scale == 1.0 or not 0.0 < rate < 1.0:
            return rate
        return 0.5 * math.erfc(-(_probit(rate) * self._scale + self._shift) / _ROOT_2)

    def errs(self, rate: float) -> bool:
        """Whether it happens this time. One draw, whatever the rate, so that chance stays in step."""
        return self.chance.random() < self.rate(rate)

    def off(self, amount: float) -> float:
        """By how much something is off, around 0, with this standard deviation."""
        return self.chance.gauss(0.0, amount * self.factor)

    def count(self, mean: float) -> int:
        """How many things there are too many: a Poisson number."""
        mean *= self.factor
        if mean <= 0:
            return 0
        limit, product, number = math.exp(-min(mean, 50.0)), self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            number += 1
        return number

    def steps(self, mean: float) -> int:
        """1 or more, with this mean: a geometric number."""
        if mean <= 1:
            return 1
        return 1 + int(math.log(1.0 - self.chance.random()) / math.log(1.0 - 1.0 / mean))

    def label(self, truth: str, options: Sequence[str]) -> str:
        """The label that is given to what has this one: by the confusion matrix; else the one that the object invites,
        or any other."""
        row = self.group.confusion.get(truth)
        others = [one for one in options if one != truth]
        if row is not None:
            others = list(row)
        wrong = self.errs(self.group.wrong_label if row is None else min(sum(row.values()), 1.0))
        same = self.chance.random() < self.difficulty.crowd.same_mistake
        draw = self.chance.random()
        if not wrong or not others:
            return truth
        if row is not None:
            return self.chance.choices(others, list(row.values()))[0]
        return self.difficulty.lure(truth, others) if same else others[int(draw * len(others))]


@cache
def _probit(rate: float) -> float:
    return NormalDist().inv_cdf(rate)
