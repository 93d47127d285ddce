"""Measures of shapes in pixels (origin top left): how alike two are, and who belongs to whom.

Boxes are arrays of shape (n, 4) with left, top, right, bottom; points are arrays of shape (n, 2) with x, y.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Coordinates beyond it are mistakes, and would overflow where they are multiplied.
FARTHEST = 1e7
# Cells of a table of shapes by shapes that are filled together.
TABLE_CELLS = 4_000_000


def middle(values: Iterable[float]) -> float:
    """The median of a few numbers; whole numbers stay whole where it is. (NumPy's takes ten times as long.)"""
    ordered = sorted(values)
    half = len(ordered) // 2
    value = float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)
    return int(value) if value.is_integer() else value


def usable(points: Iterable[Iterable[float]]) -> bool:
    """Whether all coordinates are numbers of pixels: finite, and within ten million."""
    return all(abs(number) <= FARTHEST for point in points for number in point)


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
    line = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(wanted, along, line[:, axis]) for axis in (0, 1)], axis=1)


def _distances(points: Floats, line: Floats) -> Floats:
    """Of every point to a polyline, shape (points,)."""
    right, down = (line[1:] - line[:-1]).T
    length = right * right + down * down
    x, y = points[:, 0, None] - line[:-1, 0], points[:, 1, None] - line[:-1, 1]
    share = (x * right + y * down) / np.where(length > 0, length, 1.0)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    x -= share * right
    y -= share * down
    shortest: Floats = np.sqrt((x * x + y * y).min(1))
    return shortest


def hausdorff(a: ArrayLike, b: ArrayLike, count: int = 64) -> float:
    """The symmetric Hausdorff distance of two polylines in pixels: how far a point of one may be from the other.

    Points are the vertices and ``count`` at equal distances; their distances are to the segments of the other line.
    """
    return float(hausdorff_table([a, b], np.inf, count)[0, 1])


def hausdorff_table(lines: Sequence[ArrayLike], farthest: float, count: int = 64) -> Floats:
    """`hausdorff` of every polyline with every other, shape (n, n); infinite where it must be above ``farthest``."""
    tables = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
    tables = [line if len(line) > 1 else np.repeat(line, 2, axis=0) for line in tables]
    dense = [np.concatenate([line, resample(line, count)]) for line in tables]
    # Lines are at least as far apart as the borders of their bounding boxes.
    bounds = np.array([[*line.min(0), *line.max(0)] for line in tables]).reshape(-1, 4)
    found = np.full((len(tables), len(tables)), np.inf)
    for place, line in enumerate(tables):
        near = np.flatnonzero((np.abs(bounds - bounds[place]) <= farthest).all(1))
        points = np.concatenate([dense[other] for other in near])
        away = np.empty(len(points))
        step = max(1, TABLE_CELLS // len(line))
        for start in range(0, len(points), step):
            away[start : start + step] = _distances(points[start : start + step], line)
        starts = np.cumsum([0, *(len(dense[other]) for other in near[:-1])])
        found[near, place] = np.maximum.reduceat(away, starts)
    both: Floats = np.maximum(found, found.T)
    return both


def simplified(points: Floats, tolerance: float) -> Floats:
    """A polyline without the vertices that are within ``tolerance`` of it: Douglas and Peucker, 1973."""
    keep = np.zeros(len(points), dtype=np.bool_)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        away = _distances(points[first + 1 : last], points[[first, last]])
        far = int(away.argmax())
        if away[far] > tolerance:
            keep[first + 1 + far] = True
            stack += [(first, first + 1 + far), (first + 1 + far, last)]
    return points[keep]


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
    """`polygon_iou` of every polygon with every other, shape (n, n)."""
    tables = [np.asarray(polygon, dtype=np.float64).reshape(-1, 2) for polygon in polygons]
    bounds = np.array([[*table.min(0), *table.max(0)] for table in tables]).reshape(-1, 4)
    found = np.zeros((len(tables), len(tables)))
    for place, table in enumerate(tables):
        meet = (bounds[place:, :2] < bounds[place, 2:]).all(1) & (bounds[place:, 2:] > bounds[place, :2]).all(1)
        for other in (np.flatnonzero(meet) + place).tolist():
            found[place, other] = found[other, place] = polygon_iou(table, tables[other])
    return found


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
    start, end = _edges(polygon)
    x, y = start.T
    right, down = (end - start).T
    heights = top + (np.arange(shape[0]) + 0.5) * cell
    low, high = np.minimum(y, end[:, 1]), np.maximum(y, end[:, 1])
    rows, edges = np.nonzero((low <= heights[:, None]) & (heights[:, None] < high))
    at = x[edges] + (heights[rows] - y[edges]) * (right[edges] / down[edges])
    columns = np.clip(np.ceil((at - left) / cell - 0.5), 0, shape[1]).astype(np.int64)
    width = shape[1] + 1
    toggles = np.bincount(rows * width + columns, minlength=shape[0] * width).astype(np.uint8).reshape(shape[0], width)
    covered: Bools = np.bitwise_xor.accumulate(toggles & 1, axis=1)[:, :-1] == 1
    return covered


def outline(cells: Bools) -> Floats:
    """The outer border of the largest connected part of a mask, as corners of cells x, y; shape (n, 2), maybe empty.

    Parts hang together over sides, not over corners; holes are left out. Of equal parts the first by row is taken.
    """
    padded = np.pad(cells, 1)
    leads: dict[tuple[int, int], list[tuple[int, int]]] = {}
    # Clockwise in a picture, the cell on the right hand.
    for (down, right), (x, y), (x2, y2) in (
        ((-1, 0), (0, 0), (1, 0)),
        ((0, 1), (1, 0), (1, 1)),
        ((1, 0), (1, 1), (0, 1)),
        ((0, -1), (0, 1), (0, 0)),
    ):
        neighbor = padded[1 + down : padded.shape[0] - 1 + down, 1 + right : padded.shape[1] - 1 + right]
        for row, column in np.argwhere(cells & ~neighbor).tolist():
            leads.setdefault((column + x, row + y), []).append((column + x2, row + y2))
    best: list[tuple[int, int]] = []
    most = 0.0
    for corner in sorted(leads, key=lambda place: (place[1], place[0])):
        while leads[corner]:
            loop = [corner]
            here = leads[corner].pop()
            while here != corner:
                before = loop[-1]
                loop.append(here)
                heading = (here[0] - before[0], here[1] - before[1])
                options = leads[here]
                # Where two ways lead on, the right turn stays at the same cell.
                turn = (here[0] - heading[1], here[1] + heading[0])
                options.remove(here := turn if turn in options else options[0])
            table = np.array(loop, dtype=np.float64)
            x_, y_ = table.T
            area = float((x_ * np.roll(y_, -1) - np.roll(x_, -1) * y_).sum()) / 2
            if area > most:
                best, most = loop, area
    return np.array(best, dtype=np.float64).reshape(-1, 2)
