"""What models of shapes and masks learn of workers: how far each agrees with others, as sums that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class WorkerAgreement:
    """Each worker's agreement with others: worker → (sum over objects, number of objects)."""

    agreement: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    LEAST: ClassVar[float] = 0.0
    """The least that one object may add; the most is 1."""

    def merged(self, other: Self) -> Self:
        """Both together: the sums."""
        total = dict(self.agreement)
        for worker, (amount, objects) in other.agreement.items():
            known = total.get(worker, (0.0, 0))
            total[worker] = (known[0] + amount, known[1] + objects)
        return type(self)(total)

    def to_json(self) -> dict[str, Any]:
        return {"version": 1, "workers": {name: [round(a, 4), n] for name, (a, n) in sorted(self.agreement.items())}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if value["version"] != 1:
                raise ValueError(f"version {value['version']} is not known")
            rows = {str(name): (float(amount), int(count)) for name, (amount, count) in value["workers"].items()}
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"this is not a model of workers: {error!r}") from None
        if not all(math.isfinite(a) and cls.LEAST * n <= a <= n for a, n in rows.values()):
            raise ValueError("this is not a model of workers: an agreement is out of range")
        return cls(rows)
