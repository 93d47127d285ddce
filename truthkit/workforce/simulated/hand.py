"""One worker at one object: the chance and the rates by which an answer goes wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from truthkit.workforce.simulated.crowd import Group


@dataclass(frozen=True, slots=True)
class Hand:
    """``factor`` multiplies the group's rates and amounts: how unskilled the worker, and how hard the object, is."""

    group: Group
    chance: Random
    factor: float = 1.0

    def errs(self, rate: float) -> bool:
        """Whether it happens this time. One draw, whatever the rate, so that chance stays in step."""
        return self.chance.random() < rate * self.factor

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
        """The label that is given to what has this one: by the confusion matrix, else any other is as likely."""
        draw = self.chance.random()
        row = self.group.confusion.get(truth)
        if row is None:
            others = [one for one in options if one != truth]
            rate = self.group.wrong_label * self.factor
            if not others or draw >= rate:
                return truth
            return self.chance.choice(others)
        factor = min(self.factor, 1.0 / max(sum(row.values()), 1e-9))
        reached = 0.0
        for label, share in row.items():
            reached += share * factor
            if draw < reached:
                return label
        return truth
