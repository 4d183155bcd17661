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
def _lost(total: float, term: float) -> float:
    """What rounding takes away where a term of at least 0 is added to a total (Neumaier)."""
    whole = total + term
    return max(total, term) - whole + min(total, term)


@compiled
def average_limits(
    anomalous: NDArray[np.int64],
    rest: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> tuple[float, float]:
    """The least and the most that the ``rest`` of falling bins adds to the sum of precisions.

    See :func:`gonogo.metrics.bounds.average_precision`.
    """
    least = most = lost_least = lost_most = 0.0
    before = 0
    for k in range(anomalous.size):
        found = before + anomalous[k]
        some, upto = rest[k], at_least[k]
        if some == 1:
            low = _precision(before + 1, upto)
        else:
            low = some - upto * _log1p(some / (before + 0.5 + upto))
        high = some * _precision(found, above[k])
        lost_least += _lost(least, low)
        lost_most += _lost(most, high)
        least += low
        most += high
        before = found
    return least + lost_least, most + lost_most


@compiled
def trapezoid_limits(
    anomalous: NDArray[np.int64],
    rest: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> tuple[float, float]:
    """The same for straight lines, see :func:`gonogo.metrics.bounds.aupr_trapezoid`."""
    least = most = lost_least = lost_most = 0.0
    before = 0
    for k in range(anomalous.size):
        found = before + anomalous[k]
        some, over, upto = rest[k], above[k], at_least[k]
        low = some * (_precision(before, upto) + _precision(before + some, upto)) / 2.0
        if some != anomalous[k]:
            high = some * _precision(found, over)
        elif over > 0:
            high = some - over * _log1p(some / (before + over))
        else:
            high = float(some)
        lost_least += _lost(least, low)
        lost_most += _lost(most, high)
        least += low
        most += high
        before = found
    return least + lost_least, most + lost_most
