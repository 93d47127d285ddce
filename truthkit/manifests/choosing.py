"""Which rows become lines: by an expression, by SQL, by a sample."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from truthkit.manifests.sql import NUMBER, Spool, Table
from truthkit.manifests.tables import Row


def where(rows: Iterable[Row], expression: str) -> Iterator[Row]:
    """The rows for which an expression of DuckDB's SQL holds; the rows stay as they were. Raises UsageError."""
    with TemporaryDirectory(prefix="truthkit-") as folder:
        spool = Spool.of(rows, Path(folder) / "rows.jsonl")
        if not spool.count:
            return
        with Table(spool, numbered=True) as table:
            chosen = table.rows(f"SELECT {NUMBER} FROM data WHERE ({expression}\n) ORDER BY 1")
            next_one = next(chosen, None)
            for number, row in enumerate(spool.rows()):
                if next_one is None:
                    return
                if number == next_one[NUMBER]:
                    yield row
                    next_one = next(chosen, None)


def select(rows: Iterable[Row], query: str) -> Iterator[Row]:
    """The rows of a query of DuckDB's SQL on the table ``data``. Raises UsageError."""
    with TemporaryDirectory(prefix="truthkit-") as folder:
        spool = Spool.of(rows, Path(folder) / "rows.jsonl")
        if spool.count:
            with Table(spool, numbered=False) as table:
                yield from table.rows(query)


def sample(rows: Iterable[Row], count: int, seed: int, key: Callable[[Row], object] = lambda row: row) -> list[Row]:
    """So many of the rows, in their order. The same seed chooses the same rows, whatever comes between them.

    ``key`` is what a row is chosen by: what stays the same when the row is read again.
    """
    best: list[tuple[int, int, Row]] = []
    for number, row in enumerate(rows):
        text = json.dumps(key(row), sort_keys=True, ensure_ascii=False)
        chance = int.from_bytes(hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
        if len(best) < count:
            heapq.heappush(best, (-chance, -number, row))
        elif best and -chance > best[0][0]:
            heapq.heapreplace(best, (-chance, -number, row))
    return [row for _chance, _number, row in sorted(best, key=lambda one: -one[1])]
