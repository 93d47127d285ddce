"""Which rows become lines: by an expression, by SQL, by a sample."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from truthkit.findings import UsageError
from truthkit.manifests.tables import Row, plain

_NUMBER = "truthkit_row"


def where(rows: Iterable[Row], expression: str) -> Iterator[Row]:
    """The rows for which an expression of DuckDB's SQL holds; the rows stay as they were. Raises UsageError."""
    with TemporaryDirectory(prefix="truthkit-") as folder:
        spool, count = _spool(rows, Path(folder) / "rows.jsonl")
        if not count:
            return
        found = _query(spool, f'SELECT "{_NUMBER}" FROM data WHERE ({expression}) ORDER BY 1', "--where")
        chosen = {row[0] for row in found.fetchall()}
        with spool.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream):
                if number in chosen:
                    row: Row = json.loads(line)
                    del row[_NUMBER]
                    yield row


def select(rows: Iterable[Row], query: str) -> Iterator[Row]:
    """The rows of a query of DuckDB's SQL on the table ``data``. Raises UsageError."""
    with TemporaryDirectory(prefix="truthkit-") as folder:
        spool, count = _spool(rows, Path(folder) / "rows.jsonl")
        if not count:
            return
        found = _query(spool, query, "--sql")
        names = [one[0] for one in found.description or ()]
        while part := found.fetchmany(1000):
            for cells in part:
                yield {name: plain(cell) for name, cell in zip(names, cells, strict=True) if name != _NUMBER}


def _spool(rows: Iterable[Row], file: Path) -> tuple[Path, int]:
    count = 0
    with file.open("w", encoding="utf-8") as stream:
        for count, row in enumerate(rows, 1):
            stream.write(json.dumps({_NUMBER: count - 1, **row}, ensure_ascii=False) + "\n")
    return file, count


def _query(spool: Path, query: str, option: str) -> Any:
    import duckdb

    connection = duckdb.connect()
    quoted = str(spool).replace("'", "''")
    # Every line is looked at, so that a column that comes late is known, and dates stay texts.
    connection.execute(
        f"CREATE VIEW data AS SELECT * FROM read_json('{quoted}', format = 'newline_delimited', sample_size = -1, "
        "dateformat = '-', timestampformat = '-', maximum_object_size = 268435456)"
    )
    try:
        return connection.execute(query)
    except duckdb.Error as error:
        names = [row[0] for row in connection.execute("DESCRIBE data").fetchall() if row[0] != _NUMBER]
        message = str(error).split("\n\n")[0].splitlines()[0]
        raise UsageError(
            f"{option} cannot be run: {message}",
            'columns are "' + '", "'.join(names) + '"; names with a hyphen stand in double quotes, and texts are made '
            "numbers by ::int or ::double",
        ) from None


def sample(rows: Iterable[Row], count: int, seed: int) -> list[Row]:
    """So many of the rows, in their order. The same seed chooses the same rows, whatever comes between them."""
    best: list[tuple[int, int, Row]] = []
    for number, row in enumerate(rows):
        text = json.dumps(row, sort_keys=True, ensure_ascii=False)
        key = int.from_bytes(hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
        if len(best) < count:
            heapq.heappush(best, (-key, -number, row))
        elif best and -key > best[0][0]:
            heapq.heapreplace(best, (-key, -number, row))
    return [row for _key, _number, row in sorted(best, key=lambda one: -one[1])]
