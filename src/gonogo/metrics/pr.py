"""The precision-recall curve."""

from __future__ import annotations

import numpy as np

from gonogo.metrics.steps import just_above
from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts
from gonogo.types import Curve

__all__ = ["pr_curve"]


def pr_curve(counts: RankCounts) -> Curve:
    """Recall (x) against precision (y), from recall 0 to recall 1, by falling thresholds.

    It starts at precision 1 (nothing flagged) as scikit-learn's ``precision_recall_curve`` ends,
    and holds the points just above and at each distinct anomalous score; scores that only normal
    elements have lie on vertical lines between these. The last point flags everything.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return Curve.undefined(undefined.reason)
    size = len(counts.scores)
    found = np.zeros(2 * size + 1, np.int64)
    false = np.zeros(2 * size + 1, np.int64)
    thresholds = np.empty(2 * size + 2)
    found[2::2] = counts.true_positives
    found[3::2] = counts.true_positives[:-1]
    false[1::2], false[2::2] = counts.above, counts.at_least
    thresholds[0], thresholds[-1] = np.inf, -np.inf
    thresholds[1:-1:2] = just_above(counts.scores)
    thresholds[2:-1:2] = counts.scores
    found = np.append(found, counts.anomalies)
    false = np.append(false, counts.normals)
    flagged = found + false
    precision = np.divide(found, flagged, out=np.ones(len(found)), where=flagged > 0)
    moved = np.ones(len(found), np.bool_)
    moved[1:] = (found[1:] != found[:-1]) | (false[1:] != false[:-1])
    return Curve((found / counts.anomalies)[moved], precision[moved], thresholds[moved])
