"""Limits of the areas under the precision-recall curve, in one walk over the bins."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["average_limits", "trapezoid_limits"]

_SMALL = 1e-4
"""Below it five terms of the series of log(1 + x) leave out less than a rounding."""


@compiled
def _log1p(x: float) -> float:
    if x < _SMALL:
        return x * (1.0 - x * (0.5 - x * (1.0 / 3.0 - x * (0.25 - x * 0.2))))
    return math.log1p(x)


@compiled
def _precision(found: int, false: int) -> float:
    """``TP / (TP + FP)``; 1 where nothing is flagged."""
    return found / (found + false) if found + false > 0 else 1.0


@compiled
def _add(terms: NDArray[np.float64], sums: NDArray[np.float64], lost: NDArray[np.float64]) -> None:
    """Add, and note what rounding takes away (Neumaier)."""
    for row in range(terms.size):
        total = sums[row] + terms[row]
        if sums[row] >= terms[row]:
            lost[row] += (sums[row] - total) + terms[row]
        else:
            lost[row] += (terms[row] - total) + sums[row]
        sums[row] = total


@compiled
def average_limits(
    anomalous: NDArray[np.int64],
    rest: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The least and the most that the ``rest`` of falling bins adds to the sum of precisions.

    See :func:`gonogo.metrics.bounds.average_precision`.
    """
    terms, sums, lost = np.zeros(2), np.zeros(2), np.zeros(2)
    before = 0
    for k in range(anomalous.size):
        found = before + anomalous[k]
        some, upto = rest[k], at_least[k]
        if some == 1:
            terms[0] = _precision(before + 1, upto)
        else:
            terms[0] = some - upto * _log1p(some / (before + 0.5 + upto))
        terms[1] = some * _precision(found, above[k])
        _add(terms, sums, lost)
        before = found
    return sums + lost


@compiled
def trapezoid_limits(
    anomalous: NDArray[np.int64],
    rest: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The same for straight lines, see :func:`gonogo.metrics.bounds.aupr_trapezoid`."""
    terms, sums, lost = np.zeros(2), np.zeros(2), np.zeros(2)
    before = 0
    for k in range(anomalous.size):
        found = before + anomalous[k]
        some, over, upto = rest[k], above[k], at_least[k]
        terms[0] = some * (_precision(before, upto) + _precision(before + some, upto)) / 2.0
        if some != anomalous[k]:
            terms[1] = some * _precision(found, over)
        elif over > 0:
            terms[1] = some - over * _log1p(some / (before + over))
        else:
            terms[1] = some
        _add(terms, sums, lost)
        before = found
    return sums + lost
