"""Area under the precision-recall curve: as average precision, and by straight lines."""

from __future__ import annotations

import numpy as np

from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts

__all__ = ["aupr_trapezoid", "average_precision"]


def average_precision(counts: RankCounts) -> float:
    """Mean precision over the anomalous elements, each taken at its own score.

    Sum over distinct anomalous scores of ``(n_k / P) * TP / (TP + FP)``: scikit-learn's
    ``average_precision_score``.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return undefined
    precision = counts.true_positives / (counts.true_positives + counts.at_least)
    precision *= counts.anomalous
    return float(precision.sum()) / counts.anomalies


def aupr_trapezoid(counts: RankCounts) -> float:
    """Area under straight lines between the points of the precision-recall curve.

    Optimistic, because precision does not fall linearly between two points (Davis and Goadrich,
    ICML 2006); given for comparison with those who report it. Prefer average precision.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return undefined
    found = counts.true_positives
    before = found - counts.anomalous
    flagged = before + counts.above
    entered = np.divide(before, flagged, out=np.zeros(len(found)), where=flagged > 0)
    if flagged[0] == 0:
        entered[0] = 1.0
    entered += found / (found + counts.at_least)
    entered *= counts.anomalous
    return float(entered.sum()) / (2 * counts.anomalies)
