"""Rows as a table of DuckDB, which sees them and nothing else: no other file, and no network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from truthkit.findings import UsageError
from truthkit.manifests.tables import Row, plain

NUMBER = "truthkit_row"
"""The column with the number of the row in the spool."""
_CLOSED = ("python_enable_replacements = false", "enable_external_access = false", "lock_configuration = true")
_JSON = "JSON"
_WIDER = ("BIGINT", "HUGEINT", "DOUBLE")
# A type is DuckDB's name of it, a list's type in a list, or a dict of a struct's fields; None: nothing but null so far.
_Type = str | list[Any] | dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Spool:
    """Rows in a file of JSON lines, whose keys are numbers of columns: names may differ in case alone, or be odd."""

    file: Path
    names: tuple[str, ...]
    types: Mapping[str, _Type]
    count: int

    @classmethod
    def of(cls, rows: Iterable[Row], file: Path) -> Spool:
        """Write the rows. Raises UsageError at a row that cannot be written."""
        numbers: dict[str, int] = {}
        types: dict[str, _Type] = {}
        count = 0
        with file.open("w", encoding="utf-8") as stream:
            for count, row in enumerate(rows, 1):
                keyed = {str(numbers.setdefault(name, len(numbers))): value for name, value in row.items()}
                for name, value in row.items():
                    types[name] = _joined(types.get(name), _type(value))
                try:
                    stream.write(json.dumps({"n": count - 1, **keyed}, ensure_ascii=False) + "\n")
                except UnicodeEncodeError:
                    raise UsageError(
                        f"row {count:,} has half a character: a surrogate without its partner",
                        "mend the source: write the character itself, or both halves",
                    ) from None
        return cls(file, tuple(numbers), types, count)

    def rows(self) -> Iterator[Row]:
        """The rows again, as they were."""
        with self.file.open(encoding="utf-8") as stream:
            for line in stream:
                keyed = json.loads(line)
                del keyed["n"]
                yield {self.names[int(key)]: value for key, value in keyed.items()}


class Table:
    """The table ``data`` of a spool; a context manager."""

    def __init__(self, spool: Spool, *, numbered: bool) -> None:
        import duckdb

        self._error: type[Exception] = duckdb.Error
        self._option = "--where" if numbered else "--sql"
        self._names = spool.names
        # In a file: what is larger than the memory finds room beside it.
        self._connection = duckdb.connect(
            str(spool.file.with_suffix(".duckdb")),
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
        )
        columns = ["'n': 'BIGINT'"]
        named = [f"n AS {NUMBER}"] if numbered else []
        taken = {NUMBER} if numbered else set()
        for number, name in enumerate(spool.names):
            columns.append(f"'{number}': {_quoted(_sql(spool.types[name]), single=True)}")
            named.append(f'"{number}" AS {_quoted(_free(name, taken))}')
        try:
            self._connection.execute(
                f"CREATE TABLE data AS SELECT {', '.join(named) or 'n'} FROM "
                f"read_json({_quoted(str(spool.file), single=True)}, format = 'newline_delimited', "
                f"columns = {{{', '.join(columns)}}}, maximum_object_size = 268435456)"
            )
            for setting in _CLOSED:
                self._connection.execute(f"SET {setting}")
        except self._error as error:
            self._connection.close()
            raise self._told(str(error)) from None

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def rows(self, query: str) -> Iterator[Row]:
        """What a query gives. Raises UsageError, with the names of the columns."""
        try:
            found = self._executed(query)
            described = found.description if found is not None else None
            if not described:
                raise UsageError(f"{self._option} cannot be run: it asks nothing", "write a query, or leave it out")
            names = [one[0] for one in described]
            if double := next((name for name in names if names.count(name) > 1), None):
                raise UsageError(f"{self._option} gives two columns {double!r}", "name them differently (AS)")
            as_json = [str(one[1]).upper() == _JSON for one in described]
            while part := found.fetchmany(1000):
                for cells in part:
                    yield {
                        name: json.loads(cell) if is_json and cell is not None else plain(cell)
                        for name, cell, is_json in zip(names, cells, as_json, strict=True)
                    }
        except self._error as error:
            raise self._told(str(error)) from None

    def _executed(self, query: str) -> Any:
        """The result of a query, which Ctrl-C breaks off: DuckDB itself does not listen while it works."""
        result: Future[Any] = Future()

        def execute() -> None:
            try:
                result.set_result(self._connection.execute(query))
            except Exception as error:
                result.set_exception(error)

        thread = Thread(target=execute)
        try:
            thread.start()
            thread.join()
        except KeyboardInterrupt:
            while thread.is_alive():  # a query that is only beginning does not hear it
                self._connection.interrupt()
                thread.join(0.1)
            raise
        return result.result()

    def _told(self, message: str) -> UsageError:
        first = message.split("\n\n")[0].splitlines()[0]
        if first.startswith("Permission Error"):
            cure = "SQL sees the source alone: bring what it needs into the source"
        else:
            cure = (
                'columns are "' + '", "'.join(self._names) + '"; names with a hyphen stand in double quotes, and texts '
                "are made numbers by ::int or ::double"
            )
        return UsageError(f"{self._option} cannot be run: {first}", cure)


def _type(value: Any) -> _Type:
    """The type of a value; texts stay texts, whatever they look like."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "BIGINT" if -(2**63) <= value < 2**63 else "HUGEINT" if -(2**127) < value < 2**127 else "DOUBLE"
    if isinstance(value, float):
        return "DOUBLE"
    if isinstance(value, str):
        return "VARCHAR"
    if isinstance(value, list):
        inner: _Type = None
        for one in value:
            inner = _joined(inner, _type(one))
        return _JSON if inner == _JSON else [inner]
    return _struct({name: _type(one) for name, one in value.items()})


def _struct(fields: dict[str, _Type]) -> _Type:
    """A struct, or JSON where the names or types of its fields are no struct's."""
    distinct = {name.lower() for name in fields}
    fits = fields and "" not in fields and len(distinct) == len(fields) and _JSON not in fields.values()
    return fields if fits else _JSON


def _joined(one: _Type, other: _Type) -> _Type:
    """A type that has the values of both; JSON if there is no better."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    if isinstance(one, list) and isinstance(other, list):
        inner = _joined(one[0], other[0])
        return _JSON if inner == _JSON else [inner]
    if isinstance(one, dict) and isinstance(other, dict):
        return _struct({name: _joined(one.get(name), other.get(name)) for name in one | other})
    if one in _WIDER and other in _WIDER:
        return max(one, other, key=_WIDER.index)
    return _JSON


def _sql(kind: _Type) -> str:
    """A type as DuckDB writes it."""
    if isinstance(kind, list):
        return f"{_sql(kind[0])}[]"
    if isinstance(kind, dict):
        return "STRUCT(" + ", ".join(f"{_quoted(name)} {_sql(one)}" for name, one in kind.items()) + ")"
    return kind or "VARCHAR"


def _free(name: str, taken: set[str]) -> str:
    """A column's name that no other has, case aside."""
    base, number = name.encode("utf-8", "replace").decode().replace("\0", "?") or "column", 0
    free = base
    while free.lower() in taken:
        number += 1
        free = f"{base}_{number}"
    taken.add(free.lower())
    return free


def _quoted(text: str, *, single: bool = False) -> str:
    mark = "'" if single else '"'
    return mark + text.replace(mark, mark * 2) + mark
