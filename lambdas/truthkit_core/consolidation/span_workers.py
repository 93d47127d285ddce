"""What models of spans learn of workers: counts, small enough to be kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SpanWorkers:
    """What was learned of the workers, as counts.

    ``tags[chain][worker]`` maps (previous tag, given tag, true tag) to pieces; ``moves[chain]`` maps (tag, next tag) of
    the truth to pieces, "" for the start of a text. Tags are "O", "B label" and "I label"; a chain is all labels
    together or one, and its depth. ``agreement[worker]`` is twice the agreeing spans, and all that were compared.
    """

    tags: Mapping[str, Mapping[str, Mapping[tuple[str, str, str], float]]] = field(default_factory=dict)
    moves: Mapping[str, Mapping[tuple[str, str], float]] = field(default_factory=dict)
    agreement: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def merged(self, other: SpanWorkers) -> SpanWorkers:
        """Both together: the sums of their counts."""
        tags = {
            chain: {
                worker: _sum(self.tags.get(chain, {}).get(worker, {}), other.tags.get(chain, {}).get(worker, {}))
                for worker in sorted({*self.tags.get(chain, {}), *other.tags.get(chain, {})})
            }
            for chain in sorted({*self.tags, *other.tags})
        }
        moves = {
            chain: _sum(self.moves.get(chain, {}), other.moves.get(chain, {}))
            for chain in sorted({*self.moves, *other.moves})
        }
        agreement = dict(self.agreement)
        for worker, (agreed, compared) in other.agreement.items():
            mine = agreement.get(worker, (0.0, 0.0))
            agreement[worker] = (mine[0] + agreed, mine[1] + compared)
        return SpanWorkers(tags, moves, agreement)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "kind": "spans",
            "tags": {
                chain: {worker: [[*cell, round(n, 4)] for cell, n in cells.items()] for worker, cells in of.items()}
                for chain, of in self.tags.items()
            },
            "moves": {chain: [[*cell, round(n, 4)] for cell, n in of.items()] for chain, of in self.moves.items()},
            "agreement": {worker: [round(a, 4), round(b, 4)] for worker, (a, b) in self.agreement.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SpanWorkers:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if (value["version"], value["kind"]) != (1, "spans"):
                raise ValueError(f"version {value['version']} of {value['kind']} is not known")
            return cls(
                {
                    chain: {
                        worker: {(str(p), str(t), str(j)): _count(n) for p, t, j, n in cells}
                        for worker, cells in of.items()
                    }
                    for chain, of in value["tags"].items()
                },
                {chain: {(str(a), str(b)): _count(n) for a, b, n in of} for chain, of in value["moves"].items()},
                {worker: (_count(a), _count(b)) for worker, (a, b) in value["agreement"].items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"these are not workers of spans: {error!r}") from None


def _count(value: Any) -> float:
    count = float(value)
    if not 0.0 <= count < float("inf"):
        raise ValueError(f"{value} is no count")
    return count


def _sum(one: Mapping[Any, float], other: Mapping[Any, float]) -> dict[Any, float]:
    found = dict(one)
    for cell, number in other.items():
        found[cell] = found.get(cell, 0.0) + number
    return found
