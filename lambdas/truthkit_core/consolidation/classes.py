"""One class from several workers' choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ClassVote:
    """The winner, the votes of every class that got one (most first), and the winner's share of them."""

    label: str
    votes: dict[str, int]
    confidence: float

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "votes": self.votes, "confidence": round(self.confidence, 4)}


def majority_vote(answers: Mapping[str, str], ties: Sequence[str] = ()) -> ClassVote | None:
    """The commonest of the classes in ``answers`` (by worker), None if there is no answer.

    A tie goes to the class that comes first in ``ties``; classes that are not there come after it, by the alphabet.
    """
    if not answers:
        return None
    counts = Counter(answers.values())
    place = {label: index for index, label in enumerate(ties)}
    order = sorted(counts, key=lambda label: (-counts[label], place.get(label, len(place)), label))
    return ClassVote(order[0], {label: counts[label] for label in order}, counts[order[0]] / len(answers))
