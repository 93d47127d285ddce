"""Measures of shapes in pixels (origin top left): how alike two are, and who belongs to whom.

Boxes are arrays of shape (n, 4) with left, top, right, bottom; points are arrays of shape (n, 2) with x, y.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

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

    Boxes without area have 0 with all, except 1 with a box of the same four numbers.
    """
    first = np.asarray(a, dtype=np.float64).reshape(-1, 4)
    second = np.asarray(b, dtype=np.float64).reshape(-1, 4)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.maximum(high - low, 0.0).prod(2)
    areas = [np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0).prod(1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - common
    same = (first[:, None] == second[None]).all(2)
    shares: Floats = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    shares[same] = 1.0
    return shares
