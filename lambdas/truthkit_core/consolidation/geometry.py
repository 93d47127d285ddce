"""Measures of shapes in pixels (origin top left): how alike two are, and who belongs to whom.

Boxes are arrays of shape (n, 4) with left, top, right, bottom; points are arrays of shape (n, 2) with x, y.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from operator import ge

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Coordinates beyond it are mistakes, and would overflow where they are multiplied.
FARTHEST = 1e7
# Cells of a table of shapes by shapes that are filled together.
TABLE_CELLS = 4_000_000
# Cells that are computed together where many steps go over them: they stay in the processor's cache.
BLOCK_CELLS = 20_000


def middle(values: Iterable[float]) -> float:
    """The median of a few numbers; whole numbers stay whole where it is. (NumPy's takes ten times as long.)"""
    ordered = sorted(values)
    half = len(ordered) // 2
    value = float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)
    return int(value) if value.is_integer() else value


def usable(points: Iterable[Iterable[float]]) -> bool:
    """Whether all coordinates are numbers of pixels: finite, and within ten million."""
    return all(map(partial(ge, FARTHEST), map(abs, chain.from_iterable(points))))


# --- assignment ------------------------------------------------------------------------------------------------------


def assignment(cost: ArrayLike) -> tuple[Ints, Ints]:
    """Rows and columns of the cheapest one-to-one assignment, as SciPy's ``linear_sum_assignment``.

    Args:
        cost: shape (n, m), finite. min(n, m) pairs are assigned.

    Returns:
        Places of the rows, ascending, and of their columns; both of shape (min(n, m),).

    Raises ValueError if a cost is not finite or there are not two axes. O(n² m), shortest augmenting paths: Crouse, On
    implementing 2D rectangular assignment algorithms, IEEE Transactions on Aerospace and Electronic Systems 52, 2016.
    """
    table = np.asarray(cost, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"costs have two axes, not {table.ndim}")
    if not np.isfinite(table).all():
        raise ValueError("a cost is not finite")
    if table.shape[0] > table.shape[1]:
        columns, rows = assignment(table.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    n, m = table.shape
    if n == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # Prices of columns and rows; a first pass gives every row its cheapest column if nobody has it yet.
    prices = table.min(0) if n == m else np.zeros(m)
    reduced = table - prices
    dues = reduced.min(1)
    row_of = np.full(m, -1, dtype=np.int64)
    column_of = np.full(n, -1, dtype=np.int64)
    for row, column in enumerate(reduced.argmin(1).tolist()):
        if row_of[column] < 0:
            row_of[column], column_of[row] = row, column
    for start in np.flatnonzero(column_of < 0).tolist():
        shortest = np.full(m, np.inf)
        came_from = np.full(m, -1, dtype=np.int64)
        done = np.zeros(m, dtype=np.bool_)
        row, length, reached = start, 0.0, []
        while True:
            path = length + table[row] - dues[row] - prices
            shorter = ~done & (path < shortest)
            shortest[shorter] = path[shorter]
            came_from[shorter] = row
            column = int(np.where(done, np.inf, shortest).argmin())
            length = float(shortest[column])
            done[column] = True
            if row_of[column] < 0:
                break
            reached.append(column)
            row = int(row_of[column])
        dues[start] += length
        if reached:
            passed = np.array(reached)
            gain = length - shortest[passed]
            dues[row_of[passed]] += gain
            prices[passed] -= gain
        while True:
            row = int(came_from[column])
            row_of[column] = row
            column_of[row], column = column, int(column_of[row])
            if row == start:
                break
    return np.arange(n), column_of


def match(likeness: ArrayLike, least: float) -> list[tuple[int, int]]:
    """Pairs (row, column), ascending, one to one, that are at least ``least`` alike and together as alike as possible.

    Args:
        likeness: shape (n, m), 0 or more, finite.
        least: pairs that are less alike, or not alike at all, are never made.
    """
    table = np.asarray(likeness, dtype=np.float64)
    fit = (table >= least) & (table > 0)
    rows, columns = np.nonzero(fit)
    if not len(rows):
        return []
    # Most shapes have one partner at most: only what hangs together has to be weighed.
    by_row, by_column = fit.sum(1), fit.sum(0)
    alone = (by_row[rows] == 1) & (by_column[columns] == 1)
    pairs = list(zip(rows[alone].tolist(), columns[alone].tolist(), strict=True))
    if not alone.all():
        open_rows, open_columns = np.unique(rows[~alone]), np.unique(columns[~alone])
        part = np.where(fit, table, 0.0)[np.ix_(open_rows, open_columns)]
        for i, j in zip(*assignment(-part), strict=True):
            if part[i, j] > 0:
                pairs.append((int(open_rows[i]), int(open_columns[j])))
    return sorted(pairs)


# --- boxes -----------------------------------------------------------------------------------------------------------


def box_iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """Intersection over union of every box of ``a`` with every box of ``b``, shape (n, m), 0 to 1.

    Tables of boxes, (…, n, 4) and (…, m, 4), give (…, n, m). Boxes without area have 0 with all, except 1 with a box of
    the same four numbers.
    """
    first, second = _rows(a, 4), _rows(b, 4)
    shares = np.empty((*first.shape[:-1], second.shape[-2]))
    left, top, right, bottom = (second[..., None, :, side] for side in range(4))
    areas = np.maximum(right - left, 0.0) * np.maximum(bottom - top, 0.0)
    step = max(1, TABLE_CELLS // max(second.size // 4, 1))
    for start in range(0, first.shape[-2], step):
        part = first[..., start : start + step, :]
        left_, top_, right_, bottom_ = (part[..., side, None] for side in range(4))
        common = np.maximum(np.minimum(right_, right) - np.maximum(left_, left), 0.0)
        common *= np.maximum(np.minimum(bottom_, bottom) - np.maximum(top_, top), 0.0)
        union = np.maximum(right_ - left_, 0.0) * np.maximum(bottom_ - top_, 0.0) + areas - common
        same = (left_ == left) & (top_ == top) & (right_ == right) & (bottom_ == bottom)
        table = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
        table[same] = 1.0
        shares[..., start : start + step, :] = table
    return shares


def _rows(values: ArrayLike, width: int) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    return table if table.ndim > 2 else table.reshape(-1, width)


# --- points and lines ------------------------------------------------------------------------------------------------


def keypoint_similarity(a: ArrayLike, b: ArrayLike, scale: float) -> Floats:
    """Object keypoint similarity exp(-d² / (2 scale²)) of every point with every point, shape (n, m), 0 to 1.

    Tables of points, (…, n, 2) and (…, m, 2), give (…, n, m).

    ``scale`` is in pixels: at this distance the similarity is 0.61, at twice it 0.14. COCO's is the root of the
    object's area times the keypoint's constant (https://cocodataset.org/#keypoints-eval).
    """
    first, second = _rows(a, 2), _rows(b, 2)
    likeness: Floats = (first[..., 0, None] - second[..., None, :, 0]) ** 2
    likeness += (first[..., 1, None] - second[..., None, :, 1]) ** 2
    likeness /= -2 * scale * scale
    np.exp(likeness, out=likeness)
    return likeness


def resample(points: ArrayLike, count: int) -> Floats:
    """``count`` points at equal distances along a polyline, its ends included; shape (count, 2)."""
    found: Floats = resample_all([np.asarray(points, dtype=np.float64).reshape(-1, 2)], count)[0]
    return found


def resample_all(lines: Sequence[Floats], count: int) -> Floats:
    """`resample` of every polyline, shape (lines, count, 2)."""
    points = np.concatenate(lines)
    sizes = np.array([len(line) for line in lines])
    first = np.cumsum(sizes) - sizes
    steps = np.zeros(len(points))
    steps[1:] = np.hypot(*np.diff(points, axis=0).T)
    steps[first] = 0.0
    # Lengths along all lines, one after the other; each line's begins at 0 again.
    along = np.cumsum(steps)
    along -= np.repeat(along[first], sizes)
    lengths = along[first + sizes - 1]
    wanted = lengths[:, None] * (np.arange(count) / max(count - 1, 1))
    wanted[:, -1] = lengths
    # By place: the last vertex not beyond. Lines are told apart by their number.
    shares = along / np.repeat(np.where(lengths > 0, lengths, 1.0), sizes) + np.repeat(
        2.0 * np.arange(len(lines)), sizes
    )
    sought = wanted / np.where(lengths > 0, lengths, 1.0)[:, None] + 2.0 * np.arange(len(lines))[:, None]
    low = np.searchsorted(shares, sought.ravel(), side="right").reshape(sought.shape) - 1
    low = np.clip(low, first[:, None], np.maximum(first, first + sizes - 2)[:, None])
    high = np.minimum(low + 1, (first + sizes - 1)[:, None])
    gap = along[high] - along[low]
    share = np.clip(np.divide(wanted - along[low], gap, out=np.zeros_like(gap), where=gap > 0), 0.0, 1.0)
    found: Floats = points[low] + share[..., None] * (points[high] - points[low])
    return found


def _squares(points: Floats, start: Floats, end: Floats) -> Floats:
    """Squared distances of points (…, n, 2) to segments from (…, m, 2) to (…, m, 2), shape (…, n, m)."""
    right, down = (end[..., None, :, axis] - start[..., None, :, axis] for axis in (0, 1))
    length = right * right + down * down
    x = points[..., :, None, 0] - start[..., None, :, 0]
    y = points[..., :, None, 1] - start[..., None, :, 1]
    share = (x * right + y * down) / np.where(length > 0, length, 1.0)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    x -= share * right
    y -= share * down
    x *= x
    y *= y
    x += y
    away: Floats = x
    return away


def hausdorff(a: ArrayLike, b: ArrayLike, count: int = 64) -> float:
    """The symmetric Hausdorff distance of two polylines in pixels: how far a point of one may be from the other.

    Points are the vertices and ``count`` at equal distances; their distances are to the segments of the other line.
    """
    return float(hausdorff_table([a, b], np.inf, count)[0, 1])


def hausdorff_table(lines: Sequence[ArrayLike], farthest: float, count: int = 64) -> Floats:
    """`hausdorff` of every polyline with every other, shape (n, n); infinite where it must be above ``farthest``."""
    tables = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
    tables = [line if len(line) > 1 else np.repeat(line, 2, axis=0) for line in tables]
    # Filled up by the last vertex, which adds nothing.
    most = max(map(len, tables), default=2)
    vertices = np.stack([np.concatenate([line, np.repeat(line[-1:], most - len(line), axis=0)]) for line in tables])
    dense = np.concatenate([vertices, resample_all(tables, count)], axis=1)
    # Lines are at least as far apart as the borders of their bounding boxes.
    bounds = np.concatenate([vertices.min(1), vertices.max(1)], axis=1)
    near = (np.abs(bounds[:, None] - bounds) <= farthest).all(2)
    found = np.full(near.shape, np.inf)
    one, other = np.nonzero(near)
    step = max(1, BLOCK_CELLS // (dense.shape[1] * most))
    for start in range(0, len(one), step):
        i, j = one[start : start + step], other[start : start + step]
        found[i, j] = np.sqrt(_squares(dense[i], vertices[j, :-1], vertices[j, 1:]).min(2).max(1))
    both: Floats = np.maximum(found, found.T)
    return both


def simplified(points: Floats, tolerance: float, keep: Sequence[int] = ()) -> Floats:
    """A polyline without the vertices that are within ``tolerance`` of it; see `needed`."""
    found: Floats = points[needed(points, tolerance, keep)]
    return found


def needed(points: Floats, tolerance: float, keep: Sequence[int] = ()) -> Ints:
    """Places of the vertices of a polyline without those within ``tolerance`` of it: Douglas and Peucker, 1973.

    The vertices at the places ``keep`` stay, as the first and the last do. All pieces are cut at once, until none is.
    """
    kept = np.unique([0, len(points) - 1, *keep])
    open_ = np.ones(len(kept) - 1, dtype=np.bool_)
    while True:
        open_ &= np.diff(kept) > 1
        starts, ends = kept[:-1][open_], kept[1:][open_]
        if not len(starts):
            return kept
        inner = ends - starts - 1
        first = np.cumsum(inner) - inner
        piece = np.repeat(np.arange(len(starts)), inner)
        place = np.arange(len(piece)) - first[piece] + starts[piece] + 1
        away = np.sqrt(_squares(points[place, None], points[starts[piece], None], points[ends[piece], None])[:, 0, 0])
        farthest = np.maximum.reduceat(away, first)
        # Of equally far ones the first.
        hits = np.flatnonzero(away == farthest[piece])
        cut = place[hits[np.searchsorted(hits, first)]][farthest > tolerance]
        again = np.zeros(len(points), dtype=np.bool_)
        again[starts[farthest > tolerance]] = True
        again[cut] = True
        kept = np.sort(np.concatenate([kept, cut]))
        open_ = again[kept[:-1]]


# --- polygons --------------------------------------------------------------------------------------------------------


def _edges(polygon: ArrayLike) -> tuple[Floats, Floats]:
    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    return points, np.roll(points, -1, axis=0)


def _crossings(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Where the edges of ``a`` meet those of ``b``: shares of the way along each, NaN where parallel; (n, m) both."""
    (p, p2), (q, q2) = a, b
    r, s = p2 - p, q2 - q
    cross = r[:, None, 0] * s[None, :, 1] - r[:, None, 1] * s[None, :, 0]
    gap = q[None] - p[:, None]
    cross = np.where(cross == 0, np.nan, cross)
    along_a = (gap[..., 0] * s[None, :, 1] - gap[..., 1] * s[None, :, 0]) / cross
    along_b = (gap[..., 0] * r[:, None, 1] - gap[..., 1] * r[:, None, 0]) / cross
    return along_a, along_b


def _common_areas(a: ArrayLike, b: ArrayLike) -> tuple[float, float, float]:
    """Areas of two polygons and of what both cover, by the even-odd rule.

    Between the heights of all vertices and crossings no two edges cross, so every piece is a trapezoid: its area is its
    width in the middle times its height.
    """
    first, second = _edges(a), _edges(b)
    start, end = np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
    along, other = _crossings((start, end), (start, end))
    rows, columns = np.nonzero((along > 0) & (along < 1) & (other > 0) & (other < 1))
    meet = start[rows, 1] + along[rows, columns] * (end[rows, 1] - start[rows, 1])
    heights = np.unique(np.concatenate([start[:, 1], meet]))
    if len(heights) < 2:
        return 0.0, 0.0, 0.0
    middle, thick = (heights[1:] + heights[:-1]) / 2, np.diff(heights)
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    active = (low[None] < middle[:, None]) & (high[None] > middle[:, None])
    rise = end[:, 1] - start[:, 1]
    slope = np.divide(end[:, 0] - start[:, 0], rise, out=np.zeros(len(rise)), where=rise != 0)
    x = start[None, :, 0] + (middle[:, None] - start[None, :, 1]) * slope[None]
    # Edges that are not there stand behind the last one, where nothing has a width.
    x = np.where(active, x, float(start[:, 0].max()))
    order = np.argsort(x, axis=1, kind="stable")
    x = np.take_along_axis(x, order, axis=1)
    present = np.take_along_axis(active, order, axis=1)
    mine = order < len(first[0])
    inside_a = np.cumsum(present & mine, axis=1)[:, :-1] % 2 == 1
    inside_b = np.cumsum(present & ~mine, axis=1)[:, :-1] % 2 == 1
    pieces = np.diff(x, axis=1) * thick[:, None]
    return float(pieces[inside_a].sum()), float(pieces[inside_b].sum()), float(pieces[inside_a & inside_b].sum())


def polygon_area(polygon: ArrayLike) -> float:
    """Area in square pixels, by the even-odd rule: where a polygon covers a place twice, it is outside."""
    return _common_areas(polygon, polygon)[0]


def polygon_iou(a: ArrayLike, b: ArrayLike) -> float:
    """Intersection over union of two polygons, 0 to 1, exact; polygons that cross themselves by the even-odd rule.

    Points of shape (n, 2), the first not repeated. Polygons without area have 0 with all.
    """
    boxes = [np.asarray(polygon, dtype=np.float64).reshape(-1, 2) for polygon in (a, b)]
    if (np.minimum(boxes[0].max(0), boxes[1].max(0)) <= np.maximum(boxes[0].min(0), boxes[1].min(0))).any():
        return 0.0
    one, other, common = _common_areas(a, b)
    union = one + other - common
    return min(max(common / union, 0.0), 1.0) if union > 0 else 0.0


def polygon_iou_table(polygons: Sequence[ArrayLike]) -> Floats:
    """`polygon_iou` of every polygon with every other, shape (n, n). Only where bounding boxes meet is it computed."""
    tables = [np.asarray(polygon, dtype=np.float64).reshape(-1, 2) for polygon in polygons]
    found = np.zeros((len(tables), len(tables)))
    if not tables:
        return found
    # Filled up by the first vertex: the edge from there to itself adds nothing.
    most = max(map(len, tables))
    closed = np.stack(
        [np.concatenate([table, np.repeat(table[:1], most - len(table) + 1, axis=0)]) for table in tables]
    )
    low, high = closed.min(1), closed.max(1)
    meet = (low[:, None] < high[None]).all(2)
    one, other = np.nonzero(np.triu(meet & meet.T, 1))
    plain = are_simple(tables)
    x, y = closed[..., 0], closed[..., 1]
    areas = ((x[:, 1:] - x[:, :1]) * (y[:, 1:] + y[:, :-1] - 2 * y[:, :1])).sum(1) / 2
    areas -= ((x[:, :-1] - x[:, :1]) * (y[:, 1:] + y[:, :-1] - 2 * y[:, :1])).sum(1) / 2
    easy = plain[one] & plain[other]
    i, j = one[easy], other[easy]
    common = _common_of_simple(closed, i, j) * np.sign(areas[i]) * np.sign(areas[j])
    union = np.abs(areas[i]) + np.abs(areas[j]) - common
    found[i, j] = np.clip(np.divide(common, union, out=np.zeros(len(i)), where=union > 0), 0.0, 1.0)
    for i_, j_ in zip(one[~easy].tolist(), other[~easy].tolist(), strict=True):
        found[i_, j_] = polygon_iou(tables[i_], tables[j_])
    found += found.T
    rough = {place: float(polygon_area(tables[place]) > 0) for place in np.flatnonzero(~plain).tolist()}
    np.fill_diagonal(found, [rough.get(place, float(area != 0)) for place, area in enumerate(areas.tolist())])
    return found


def _common_of_simple(closed: Floats, one: Ints, other: Ints) -> Floats:
    """The area that two polygons have in common, by pair; negative where their directions differ.

    The sum, over each edge of the one and each of the other, of what is below both of them (Green's theorem).

    Args:
        closed: shape (polygons, vertices, 2), the first vertex repeated at the end; none crosses itself.
        one, other: places of the polygons of each pair.
    """
    (x, y), (x2, y2) = np.moveaxis(closed[:, :-1], 2, 0), np.moveaxis(closed[:, 1:], 2, 0)
    sign = np.where(x2 >= x, 1.0, -1.0)
    left, right = np.minimum(x, x2), np.maximum(x, x2)
    start, end = np.where(sign > 0, y, y2), np.where(sign > 0, y2, y)
    # What is as good as vertical has nothing below it, and no slope.
    wide = right - left > 1e-12 * np.maximum(np.abs(left), np.abs(right))
    slope = np.divide(end - start, right - left, out=np.zeros_like(left), where=wide)
    sign = np.where(wide, sign, 0.0)
    found = np.empty(len(one))
    step = max(1, BLOCK_CELLS // sign.shape[1] ** 2)
    for begin in range(0, len(one), step):
        i, j = one[begin : begin + step], other[begin : begin + step]
        low = np.maximum(left[i][:, :, None], left[j][:, None, :])
        width = np.maximum(np.minimum(right[i][:, :, None], right[j][:, None, :]) - low, 0.0)
        # Heights from the pair's own ground, so that large coordinates cost no digits.
        ground = y[i, 0]
        mine = (start[i] - ground[:, None] - slope[i] * left[i])[:, :, None] + slope[i][:, :, None] * low
        yours = (start[j] - ground[:, None] - slope[j] * left[j])[:, None, :] + slope[j][:, None, :] * low
        apart = mine - yours
        apart_after = apart + width * (slope[i][:, :, None] - slope[j][:, None, :])
        under = np.maximum(-apart, 0.0) + np.maximum(-apart_after, 0.0)
        whole = np.abs(apart) + np.abs(apart_after)
        below = 2 * yours + width * slope[j][:, None, :]
        below -= np.divide(under * under, whole, out=np.zeros_like(whole), where=whole > 0)
        found[begin : begin + step] = np.einsum("bnm,bnm,bn,bm->b", below, width, sign[i], sign[j]) / 2
    return found


def are_simple(polygons: Sequence[Floats]) -> Bools:
    """Which polygons neither cross nor touch themselves: only neighboring edges meet; shape (polygons,)."""
    found = np.zeros(len(polygons), dtype=np.bool_)
    sizes = np.array([len(polygon) for polygon in polygons], dtype=np.int64)
    for size in np.unique(sizes[sizes > 2]).tolist():
        places = np.flatnonzero(sizes == size)
        step = max(1, BLOCK_CELLS // size**2)
        for start in range(0, len(places), step):
            part = places[start : start + step]
            found[part] = _simple(np.stack([polygons[place] for place in part.tolist()]))
    return found


def _simple(points: Floats) -> Bools:
    """`are_simple` of polygons with as many vertices, (polygons, n, 2)."""
    size = points.shape[1]
    step = np.roll(points, -1, axis=1) - points
    gap = points[:, None] - points[:, :, None]
    cross = step[:, :, None, 0] * step[:, None, :, 1] - step[:, :, None, 1] * step[:, None, :, 0]
    along = gap[..., 0] * step[:, None, :, 1] - gap[..., 1] * step[:, None, :, 0]
    beside = gap[..., 0] * step[:, :, None, 1] - gap[..., 1] * step[:, :, None, 0]
    length = (step * step).sum(2)
    scale = np.sqrt(length[:, :, None] * length[:, None, :])
    parallel = np.abs(cross) <= 1e-12 * scale
    safe = np.where(parallel, 1.0, cross)
    along, other = along / safe, beside / safe
    meet = ~parallel & (np.abs(along - 0.5) <= 0.5 + 1e-9) & (np.abs(other - 0.5) <= 0.5 + 1e-9)
    # Parallel ones meet if they are on one line and not beside each other.
    ahead = (gap * step[:, :, None]).sum(3)
    follow = (step[:, None] * step[:, :, None]).sum(3)
    reach = ahead + follow
    one_line = np.abs(beside) <= 1e-9 * np.maximum(length, 1e-300)[:, :, None]
    meet |= parallel & one_line & (np.maximum(ahead, reach) >= 0) & (np.minimum(ahead, reach) <= length[:, :, None])
    between = np.abs(np.arange(size)[:, None] - np.arange(size))
    # Neighbors meet anyhow; one that goes back over the other does not bound an area.
    meet = np.where((between > 1) & (between < size - 1), meet, parallel & (follow < 0))
    simple: Bools = ~meet.any((1, 2)) & (length > 0).all(1)
    return simple


def crosses_itself(polygon: ArrayLike) -> bool:
    """Whether two edges of a polygon cross; that they touch or lie on each other does not count."""
    edges = _edges(polygon)
    along, other = _crossings(edges, edges)
    inside = (along > 1e-9) & (along < 1 - 1e-9) & (other > 1e-9) & (other < 1 - 1e-9)
    return bool(inside.any())


def cut_to(polygon: ArrayLike, width: float, height: float) -> Floats:
    """The part of a polygon within a picture, shape (n, 2), maybe empty: Sutherland and Hodgman, 1974."""
    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    for axis, sign, bound in ((0, -1.0, 0.0), (0, 1.0, width), (1, -1.0, 0.0), (1, 1.0, height)):
        if not len(points):
            break
        after = np.roll(points, -1, axis=0)
        beyond, beyond_after = sign * (points[:, axis] - bound), sign * (after[:, axis] - bound)
        kept: list[Floats] = []
        for here, there, d, e in zip(points, after, beyond.tolist(), beyond_after.tolist(), strict=True):
            if d <= 0:
                kept.append(here)
            if (d < 0 < e) or (e < 0 < d):
                meet = here + (there - here) * (d / (d - e))
                meet[axis] = bound
                kept.append(meet)
        points = np.array(kept).reshape(-1, 2)
    return points


def filled(polygon: ArrayLike, left: float, top: float, cell: float, shape: tuple[int, int]) -> Bools:
    """Which cells of a grid have their center in the polygon (even-odd), shape (rows, columns)."""
    return votes_of([np.asarray(polygon, dtype=np.float64).reshape(-1, 2)], left, top, cell, shape) > 0


def votes_of(polygons: Sequence[Floats], left: float, top: float, cell: float, shape: tuple[int, int]) -> Ints:
    """In how many of the polygons each cell of a grid has its center (even-odd), shape (rows, columns)."""
    owner = np.repeat(np.arange(len(polygons)), [len(polygon) for polygon in polygons])
    start = np.concatenate(polygons)
    end = np.concatenate([np.roll(polygon, -1, axis=0) for polygon in polygons])
    x, y = start.T
    right, down = (end - start).T
    heights = top + (np.arange(shape[0]) + 0.5) * cell
    low, high = np.minimum(y, end[:, 1]), np.maximum(y, end[:, 1])
    rows, edges = np.nonzero((low <= heights[:, None]) & (heights[:, None] < high))
    at = x[edges] + (heights[rows] - y[edges]) * (right[edges] / down[edges])
    columns = np.clip(np.ceil((at - left) / cell - 0.5), 0, shape[1]).astype(np.int64)
    # Along a row a polygon begins and ends by turns; every one ends as often as it begins.
    width = shape[1] + 1
    cells = np.sort((owner[edges] * shape[0] + rows) * width + columns) % (shape[0] * width)
    steps = np.bincount(cells[::2], minlength=shape[0] * width) - np.bincount(cells[1::2], minlength=shape[0] * width)
    votes: Ints = np.cumsum(steps.reshape(shape[0], width), axis=1)[:, :-1]
    return votes


# Steps along the borders of cells, clockwise in a picture with the cell on the right hand: what is beside the cell
# (down, right), and where the step begins and ends (x, y).
_STEPS = (
    ((-1, 0), (0, 0), (1, 0)),
    ((0, 1), (1, 0), (1, 1)),
    ((1, 0), (1, 1), (0, 1)),
    ((0, -1), (0, 1), (0, 0)),
)


def outline(cells: Bools) -> Floats:
    """The outer border of the largest connected part of a mask, as corners of cells x, y; shape (n, 2), maybe empty.

    Parts hang together over sides, not over corners; holes are left out. Of equal parts the first by row is taken. Only
    where the border turns is a corner.
    """
    padded = np.pad(cells, 1)
    width = cells.shape[1] + 1
    begins, ends, turns = [], [], []
    for turn, ((down, right), (x, y), (x2, y2)) in enumerate(_STEPS):
        beside = padded[1 + down : padded.shape[0] - 1 + down, 1 + right : padded.shape[1] - 1 + right]
        rows, columns = np.divmod(np.flatnonzero(cells & ~beside), cells.shape[1])
        begins.append((rows + y) * width + columns + x)
        ends.append((rows + y2) * width + columns + x2)
        turns.append(np.full(len(rows), turn))
    begin, end, heading = np.concatenate(begins), np.concatenate(ends), np.concatenate(turns)
    order = np.lexsort((heading, begin))
    begin, end, heading = begin[order], end[order], heading[order]
    # The step after each: where two lead on, the right turn stays at the same cell.
    after = np.searchsorted(begin, end)
    second = np.minimum(after + 1, len(begin) - 1)
    other = (begin[second] == end) & (heading[second] == (heading + 1) % 4)
    following = np.where(other, second, after).tolist()
    x, y = begin % width, begin // width
    # Twice the area that each step adds to that of its loop.
    swept = x * (end // width) - (end % width) * y
    seen = bytearray(len(following))
    best, most = np.empty(0, np.int64), 0
    start = seen.find(0)
    while start >= 0:
        steps, step = [], start
        while not seen[step]:
            seen[step] = 1
            steps.append(step)
            step = following[step]
        loop = np.array(steps)
        area = int(swept[loop].sum())
        if area > most:
            best, most = loop, area
        start = seen.find(0, start)
    corners = best[heading[best] != np.roll(heading[best], 1)]
    found: Floats = np.stack([x[corners], y[corners]], axis=1).astype(np.float64)
    return found
