"""One set of lines, polylines or polygons from several workers' (see `shapes` for how they are matched).

**Lines and polylines** are as alike as exp(-d² / (2 scale²)), d the symmetric Hausdorff distance. Members of a cluster
are turned to the direction of the most central one (where all are closed, to its beginning too), resampled at equal
distances, and each point is the median of theirs; then vertices that are not needed are dropped. Two-point lines give
the medians of their ends.

**Polygons** are as alike as intersection over union. A cell of a fine grid (256 along the longer side of the cluster,
but no cell under a quarter of a pixel) is inside if at least half of the members cover it; the outline of the largest
connected part, simplified to within a cell, is the result: a simple polygon without holes. What all drew alike comes
out as drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from truthkit_core.consolidation.boxes import number_member
from truthkit_core.consolidation.geometry import (
    Floats,
    are_simple,
    crosses_itself,
    cut_to,
    hausdorff_table,
    needed,
    outline,
    polygon_area,
    polygon_iou_table,
    resample_all,
    simplified,
    usable,
    votes_of,
)
from truthkit_core.consolidation.shapes import (
    ShapeKind,
    ShapeLabel,
    ShapeResult,
    ShapeSettings,
    ShapeWorkers,
    consolidate_by_distance,
    consolidate_shapes,
)
from truthkit_core.messages.checks import ContractError, expect_object, kind, member, text_member

Points = tuple[tuple[float, float], ...]
GRID = 256
# Outlines that are simplified in one pass: their vertices stay in the processor's cache.
OUTLINED_TOGETHER = 32
SAMPLES = 64


@dataclass(frozen=True, slots=True, order=True)
class _Vertices:
    """Vertices x, y in pixels, in the order drawn, and a label."""

    points: Points
    label: str

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "vertices": [{"x": x, "y": y} for x, y in self.points]}


@dataclass(frozen=True, slots=True, order=True)
class Polyline(_Vertices):
    """A labeled line of two or more vertices, in pixels."""

    @classmethod
    def parse(cls, value: Any, path: str = "line") -> Polyline:
        """``{"label", "vertices": [{"x", "y"}, …]}`` of an answer. Raises ContractError."""
        return cls(*_parsed(value, path))


@dataclass(frozen=True, slots=True, order=True)
class Polygon(_Vertices):
    """A labeled closed shape of three or more vertices, in pixels; the first is not repeated."""

    @classmethod
    def parse(cls, value: Any, path: str = "polygon") -> Polygon:
        """``{"label", "vertices": [{"x", "y"}, …]}`` of an answer. Raises ContractError."""
        return cls(*_parsed(value, path))


PolylineLabel = ShapeLabel[Polyline]
PolygonLabel = ShapeLabel[Polygon]
V = TypeVar("V", Polyline, Polygon)


def _parsed(value: Any, path: str) -> tuple[Points, str]:
    shape = expect_object(value, path)
    label = text_member(shape, "label", path)
    vertices = member(shape, "vertices", path)
    if not isinstance(vertices, list):
        raise ContractError(f"{path}.vertices", f"must be a list, not {kind(vertices)}")
    points = []
    for place, vertex in enumerate(vertices):
        where = f"{path}.vertices[{place}]"
        point = expect_object(vertex, where)
        points.append((number_member(point, "x", where), number_member(point, "y", where)))
    return tuple(points), label


def consolidate_polylines(
    answers: Mapping[str, Mapping[str, Sequence[Polyline]]],
    *,
    labels: Sequence[str] = (),
    threshold: float | None = None,
    overlap: float = 0.1,
    cross_overlap: float = 0.3,
    scale: float | None = None,
    sizes: Mapping[str, tuple[float, float]] | None = None,
    weighted: bool = True,
    gold: Mapping[str, Sequence[Polyline]] | None = None,
    anchors: ShapeWorkers | None = None,
) -> ShapeResult[Polyline]:
    """The lines or polylines that enough workers drew, by object.

    Args:
        overlap: likeness exp(-d² / (2 scale²)) of lines of one label that are taken for the same.
        cross_overlap: the same for lines of different labels.
        scale: pixels; by default 2 % of the picture's diagonal, 15 where ``sizes`` does not tell it.

    The other options are those of `boxes.consolidate_boxes`. Vertices outside the picture are moved to its border; a
    line without length, or with a coordinate that is no number of pixels, does not count. ``problems`` says so. Raises
    ValueError for an option out of range.
    """
    return consolidate_by_distance(
        answers,
        _lines,
        scale,
        ShapeSettings(threshold, overlap, cross_overlap),
        labels=labels,
        sizes=sizes,
        weighted=weighted,
        gold=gold,
        anchors=anchors,
    )


def consolidate_polygons(
    answers: Mapping[str, Mapping[str, Sequence[Polygon]]],
    *,
    labels: Sequence[str] = (),
    threshold: float | None = None,
    overlap: float = 0.3,
    cross_overlap: float = 0.5,
    sizes: Mapping[str, tuple[float, float]] | None = None,
    weighted: bool = True,
    gold: Mapping[str, Sequence[Polygon]] | None = None,
    anchors: ShapeWorkers | None = None,
) -> ShapeResult[Polygon]:
    """The polygons that enough workers drew, by object.

    The options are those of `boxes.consolidate_boxes`. Polygons are cut off at the picture's border; one that crosses
    itself counts by the even-odd rule; one without area, or with a coordinate that is no number of pixels, does not
    count. ``problems`` says so. Raises ValueError for an option out of range.
    """
    kind = _polygons(_simple(polygon for given in answers.values() for own in given.values() for polygon in own))
    return consolidate_shapes(
        answers,
        lambda _name: kind,
        ShapeSettings(threshold, overlap, cross_overlap),
        labels=labels,
        sizes=sizes,
        weighted=weighted,
        gold=gold,
        anchors=anchors,
    )


POLYLINE_METHODS: dict[str, Callable[..., ShapeResult[Polyline]]] = {"clusters": consolidate_polylines}
POLYGON_METHODS: dict[str, Callable[..., ShapeResult[Polygon]]] = {"clusters": consolidate_polygons}
DEFAULT_METHOD = "clusters"


def _points(table: Floats) -> Points:
    return tuple((int(x) if x.is_integer() else x, int(y) if y.is_integer() else y) for x, y in table.tolist())


def _ring(points: Points) -> Points:
    """The same for a closed line wherever it begins, and whichever way it goes."""
    least = min(points, default=None)
    ways = (points, points[::-1])
    return min((w[at:] + w[:at] for w in ways for at, point in enumerate(w) if point == least), default=points)


def _compared(a: Sequence[V], b: Sequence[V], table: Callable[[Sequence[Points]], Floats]) -> Floats:
    """Every one of ``a`` with every one of ``b``, by a measure of all with all."""
    if a is b:
        return table([shape.points for shape in a])
    return table([shape.points for shape in (*a, *b)])[: len(a), len(a) :]


# --- lines -----------------------------------------------------------------------------------------------------------


def _check_line(line: Polyline, size: tuple[float, float] | None) -> tuple[Polyline | None, str]:
    if not usable(line.points):
        return None, "has a coordinate that is no number of pixels, it does not count"
    problem = ""
    if size is not None:
        moved = tuple((min(max(x, 0), size[0]), min(max(y, 0), size[1])) for x, y in line.points)
        if moved != line.points:
            line, problem = replace(line, points=moved), "reaches beyond the picture: moved to its border"
    if len(set(line.points)) < 2:
        return None, "has no length, it does not count"
    return line, problem


def _line_likeness(a: Sequence[Polyline], b: Sequence[Polyline], scale: float) -> Floats:
    # Beyond four times the scale the likeness is nothing that counts: 0.0003.
    away = _compared(a, b, partial(hausdorff_table, farthest=4 * scale))
    likeness: Floats = np.exp(-(away**2) / (2 * scale * scale))
    return likeness


def _merge_lines(clusters: Sequence[Sequence[Polyline]], labels: Sequence[str]) -> list[Polyline]:
    return [_merged_line(lines, label) for lines, label in zip(clusters, labels, strict=True)]


def _merged_line(lines: Sequence[Polyline], label: str) -> Polyline:
    closed = all(line.points[0] == line.points[-1] for line in lines)
    if len({_ring(line.points[1:]) if closed else line.points for line in lines}) == 1:
        return replace(min(lines), label=label)
    count = 2 if all(len(line.points) == 2 for line in lines) else SAMPLES
    tables = resample_all([np.array(line.points, dtype=np.float64) for line in sorted(lines)], count)
    # The ways to go along each, (lines, ways, points, 2): there and back, from every point of a closed one.
    ways = _ways(tables, closed)
    apart = np.round(_apart(tables, ways), 6)
    central = int(apart.min(2).sum(1).argmin())
    middle = np.median(ways[np.arange(len(tables)), apart[central].argmin(1)], axis=0)
    return Polyline(_points(simplified(middle, 0.5)), label)


def _ways(tables: Floats, closed: bool) -> Floats:
    both = np.stack([tables, tables[:, ::-1]], axis=1)
    if not closed:
        return both
    # The last point is the first.
    ring = tables.shape[1] - 1
    places = (np.arange(ring)[:, None] + np.arange(ring + 1)) % ring
    found: Floats = both[:, :, places].reshape(len(tables), 2 * ring, ring + 1, 2)
    return found


def _apart(tables: Floats, ways: Floats) -> Floats:
    """How far each line is from each way to go along each: root of the sum of squares, (lines, lines, ways)."""
    center = tables.mean((0, 1))
    mine = (tables - center).reshape(len(tables), -1)
    yours = (ways - center).reshape(-1, mine.shape[1])
    squares = (mine * mine).sum(1)[:, None] + (yours * yours).sum(1) - 2 * mine @ yours.T
    apart: Floats = np.sqrt(np.maximum(squares, 0.0)).reshape(len(tables), len(tables), -1)
    return apart


def _lines(scale: float) -> ShapeKind[Polyline]:
    return ShapeKind("line", _check_line, partial(_line_likeness, scale=scale), _merge_lines)


# --- polygons --------------------------------------------------------------------------------------------------------


def _check_polygon(
    polygon: Polygon, size: tuple[float, float] | None, simple: Collection[Points] = ()
) -> tuple[Polygon | None, str]:
    problems = []
    if polygon.points not in simple:
        if not usable(polygon.points):
            return None, "has a coordinate that is no number of pixels, it does not count"
        if len(set(polygon.points)) < 3 or polygon_area(polygon.points) <= 0:
            return None, "has no area, it does not count"
        if crosses_itself(polygon.points):
            problems.append("crosses itself: the even-odd rule says what is inside")
    if size is not None and not all(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in polygon.points):
        inside = cut_to(polygon.points, *size)
        if len(inside) < 3 or polygon_area(inside) <= 0:
            return None, "is outside the picture, it does not count"
        polygon = replace(polygon, points=_points(inside))
        problems.append("reaches beyond the picture: cut")
    return polygon, "; ".join(problems)


def _polygon_likeness(a: Sequence[Polygon], b: Sequence[Polygon]) -> Floats:
    return _compared(a, b, polygon_iou_table)


def _merge_polygons(clusters: Sequence[Sequence[Polygon]], labels: Sequence[str]) -> list[Polygon]:
    found: list[Polygon] = []
    for start in range(0, len(clusters), OUTLINED_TOGETHER):
        part = slice(start, start + OUTLINED_TOGETHER)
        outlines = [_Outline.of(polygons) for polygons in clusters[part]]
        points = iter(_simple_rings([one for one in outlines if one is not None]))
        for one, polygons, label in zip(outlines, clusters[part], labels[part], strict=True):
            found.append(replace(min(polygons), label=label) if one is None else Polygon(next(points), label))
    return found


def _all_same(polygons: Sequence[Polygon]) -> bool:
    vertices = frozenset(polygons[0].points)
    same = all(frozenset(polygon.points) == vertices for polygon in polygons)
    return same and len({_ring(polygon.points) for polygon in polygons}) == 1


@dataclass(frozen=True, slots=True)
class _Outline:
    """The border of what at least half of some polygons cover, in cells of a grid, and where the grid lies."""

    border: Floats
    cell: float
    corner: tuple[float, float]

    @classmethod
    def of(cls, polygons: Sequence[Polygon]) -> _Outline | None:
        """None where one of them says it: they are the same, or what they have in common is thinner than the grid."""
        if _all_same(polygons) and not crosses_itself(polygons[0].points):
            return None
        tables = [np.array(polygon.points, dtype=np.float64) for polygon in polygons]
        corners = np.concatenate(tables)
        (left, top), extent = corners.min(0).tolist(), np.ptp(corners, axis=0)
        cell = max(float(extent.max()) / GRID, 0.25)
        columns, rows = (max(1, math.ceil(length / cell)) for length in extent.tolist())
        border = outline(votes_of(tables, left, top, cell, (rows, columns)) * 2 >= len(polygons))
        return cls(border, cell, (left, top)) if len(border) else None


def _simple_rings(outlines: Sequence[_Outline]) -> list[Points]:
    """The outlines in pixels without the vertices that are not needed; none crosses itself."""
    found: dict[int, Points] = {}
    for tolerance in (1.0, 0.5, 0.0):
        places = [place for place in range(len(outlines)) if place not in found]
        rings = _rings([outlines[place].border for place in places], tolerance)
        for place, ring, simple in zip(places, rings, are_simple(rings).tolist(), strict=True):
            if not tolerance or simple or (len(ring) >= 3 and not crosses_itself(ring)):
                one = outlines[place]
                found[place] = _points(np.round(ring * one.cell + one.corner, 3))
    return [found[place] for place in range(len(outlines))]


def _rings(borders: Sequence[Floats], tolerance: float) -> list[Floats]:
    """Closed lines, simplified; all laid one after the other, for one pass."""
    if not borders:
        return []
    first, keep = 0, []
    for border in borders:
        # Both halves from the first vertex to the one farthest away, because a closed line has no ends.
        far = int(((border - border[0]) ** 2).sum(1).argmax())
        keep += [first, first + far, first + len(border)]
        first += len(border) + 1
    closed = np.concatenate([part for border in borders for part in (border, border[:1])])
    kept = needed(closed, tolerance, keep)
    starts, ends = np.searchsorted(kept, keep[::3]), np.searchsorted(kept, keep[2::3])
    return [closed[kept[start:end]] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _polygons(simple: Collection[Points]) -> ShapeKind[Polygon]:
    return ShapeKind("polygon", partial(_check_polygon, simple=simple), _polygon_likeness, _merge_polygons)


def _simple(polygons: Iterable[Polygon]) -> set[Points]:
    """Points of those that neither cross nor touch themselves, and so have an area; found for all at once."""
    distinct = {polygon.points for polygon in polygons if len(polygon.points) > 2 and usable(polygon.points)}
    plain = are_simple([np.array(points, dtype=np.float64) for points in distinct])
    return {points for points, one in zip(distinct, plain.tolist(), strict=True) if one}
