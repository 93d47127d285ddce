"""Tables: CSV and Parquet, a row a mark, with all that the manifest says."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from truthkit.convert.dataset import Dataset, labeled
from truthkit.convert.labels import Kind, Label
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

KINDS: frozenset[Kind] = frozenset(
    ("class", "classes", "boxes", "keypoints", "lines", "polygons", "spans", "mask", "instances", "other")
)
_HEAD = ("line", "frame", "source", "source-ref", "label", "confidence")
_MARKS: dict[Kind, tuple[str, ...]] = {
    "boxes": ("left", "top", "width", "height"),
    "keypoints": ("x", "y"),
    "lines": ("points",),
    "polygons": ("points",),
    "spans": ("start", "end", "text"),
    "mask": ("mask", "color"),
    "instances": ("mask", "color"),
    "other": ("value",),
}
_TAIL = ("others", "metadata")
_WHOLE_NUMBERS = frozenset(("line", "frame", "start", "end"))
_NUMBERS = frozenset(("confidence", "left", "top", "width", "height", "x", "y"))


def columns(kind: Kind) -> tuple[str, ...]:
    """The columns of a table of labels of a kind; ``points``, ``value``, ``others`` and ``metadata`` are JSON."""
    return (*_HEAD, *_MARKS.get(kind, ()), *_TAIL)


def write_csv(data: Dataset, out: Path) -> None:
    """``all.csv``, or a file a set: UTF-8, RFC 4180. An object whose label has no mark is a row with an empty label."""
    for name in data.sets:
        with (out / f"{name if name != WHOLE else 'all'}.csv").open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream)
            names = columns(data.kind)
            table.writerow(names)
            table.writerows(["" if row.get(key) is None else row[key] for key in names] for row in _rows(data, name))


def write_parquet(data: Dataset, out: Path) -> None:
    """``all.parquet``, or a file a set, with the columns of the CSV, typed. Raises UsageError without pyarrow."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise UsageError(
            "pyarrow is not installed", "pip install pyarrow (in the clone: .uv/bin/uv sync --inexact --extra parquet)"
        ) from None
    types = {name: arrow.int64() for name in _WHOLE_NUMBERS} | {name: arrow.float64() for name in _NUMBERS}
    schema = arrow.schema([(name, types.get(name, arrow.string())) for name in columns(data.kind)])
    for name in data.sets:
        table = arrow.Table.from_pylist(list(_rows(data, name)), schema=schema)
        parquet.write_table(table, out / f"{name if name != WHOLE else 'all'}.parquet")


def _rows(data: Dataset, name: str) -> Iterator[dict[str, Any]]:
    for example, label in labeled(data.sets[name]):
        head: dict[str, Any] = {
            "line": example.line,
            "frame": example.frame,
            "source": example.source,
            "source-ref": example.source_ref,
            "others": _json({**example.others, **({"label-rest": label.rest} if label.rest else {})}),
            "metadata": _json(example.metadata),
        }
        if label.kind == "other":
            yield {**head, "value": _json(label.value)}
            continue
        if not label.marks:
            yield head
        text = data.text(example) if label.kind == "spans" else None
        for mark in label.marks:
            yield {**head, "label": mark.label, "confidence": mark.confidence, **_own(label, mark, text)}


def _own(label: Label, mark: Any, text: str | None) -> dict[str, Any]:
    if label.kind in ("mask", "instances"):
        return {"mask": label.mask, "color": mark.color}
    if label.kind in ("lines", "polygons"):
        return {"points": _json([list(point) for point in mark.points])}
    if label.kind == "spans":
        return {"start": mark.start, "end": mark.end, "text": None if text is None else text[mark.start : mark.end]}
    return {name: getattr(mark, name) for name in _MARKS.get(label.kind, ())}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
