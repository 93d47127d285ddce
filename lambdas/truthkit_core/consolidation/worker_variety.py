"""How much workers differ, as far as their answers can show it: what the default class model makes its strengths from.

Sums are exact (of rounded products, or by `math.fsum`), so that no order of workers, no division into batches and no
order of classes changes them.
"""

from __future__ import annotations

import math

import numpy as np

from truthkit_core.consolidation.worker_model import Floats, WorkerModel

# Of how many answers the spread of workers' accuracies begins to count, and from how many on in full.
_SPREAD_COUNTS = (200.0, 1000.0)
# By how much it can change the logarithm of the sharpness.
_SPREAD_LIMIT = 0.7
# Products of counts are rounded to multiples of this: their sums are exact up to 2**45.
_COARSE = 2.0**-8


def shares_of_their_own(model: WorkerModel) -> tuple[float, float]:
    """Which share of the variance of answers is the workers' own, 0 to 1, beyond what chance makes of equal workers: of
    being right, and of the label given the truth.

    Both are correlations within a worker, by the method of moments: of two answers of a worker (to objects of one
    class), how much more they are alike than those of two workers. A Beta (Dirichlet) distribution of workers with
    share s has the weight of 1 / s - 1 answers. 0 where nothing is known.

    Source: Weir and Hill, Estimating F-statistics, Annual Review of Genetics 36 (2002); for Dirichlet-multinomial
    counts Mosimann, Biometrika 49 (1962).
    """
    return _of_accuracy(model), _of_matrices(model)


def _of_accuracy(model: WorkerModel) -> float:
    good, given = model.right_and_given()
    total = math.fsum(given)
    if total <= 0:
        return 0.0
    everyone = math.fsum(good) / total
    noise = everyone * (1.0 - everyone)
    pairs = noise * (math.fsum(given * given) - total)
    return _share(math.fsum((good - everyone * given) ** 2) - noise * total, pairs)


def _of_matrices(model: WorkerModel) -> float:
    size = max(len(model.classes), 1)
    if not len(model.keys):
        return 0.0
    row_keys = model.keys // size
    starts = np.flatnonzero(np.diff(row_keys, prepend=-1))
    row = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(row_keys)))
    truth, pair = row_keys[starts] % size, model.keys % (size * size)
    rows = np.asarray(np.bincount(row, weights=model.counts), dtype=np.float64)
    counts = np.bincount(pair, weights=model.counts, minlength=size * size)
    cross = np.bincount(pair, weights=_coarse(model.counts * rows[row]), minlength=size * size)
    square = float(_coarse(model.counts**2).sum())
    by_truth = np.bincount(truth, weights=rows, minlength=size)
    squares = np.bincount(truth, weights=_coarse(rows**2), minlength=size)

    some = np.flatnonzero(counts)
    of = some // size
    share = counts[some] / by_truth[of]
    # A worker's row n with counts c against n * share: (c - n * share)**2, summed over all cells.
    between = math.fsum([square, *(-2.0 * share * cross[some]), *(share**2 * squares[of])])
    total, pairs = math.fsum(by_truth), math.fsum(squares) - math.fsum(by_truth)
    noise = total - math.fsum(share**2 * by_truth[of])
    return _share(between - noise, pairs - math.fsum(share**2 * (squares - by_truth)[of]))


def _share(found: float, most: float) -> float:
    return min(max(found / most, 0.0), 1.0) if most > 0 else 0.0


def _coarse(values: Floats) -> Floats:
    return np.asarray(np.rint(values / _COARSE) * _COARSE, dtype=np.float64)


def sharper_by_spread(model: WorkerModel, accuracy_weight: float, strength: float, usual: float) -> float:
    """By how much the confidence is sharper for how much workers differ in accuracy (standard deviation) than
    ``usual``; 1 where too little is known.

    Args:
        accuracy_weight: answers' worth of weight of all workers' accuracy in a worker's own.
        strength: the change of the logarithm for a spread of 1 more.
    """
    good, given = model.right_and_given()
    total = math.fsum(given)
    least, enough = _SPREAD_COUNTS
    if total <= least:
        return 1.0
    everyone = math.fsum(good) / total
    accuracy = (good + accuracy_weight * everyone) / (given + accuracy_weight)
    spread = math.sqrt(math.fsum(given * (accuracy - everyone) ** 2) / total)
    change = strength * (spread - usual) * min((total - least) / (enough - least), 1.0)
    return math.exp(min(max(change, -_SPREAD_LIMIT), _SPREAD_LIMIT))
