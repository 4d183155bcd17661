"""The ROC curve."""

from __future__ import annotations

from gonogo.metrics.steps import over_fpr
from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts
from gonogo.types import Curve

__all__ = ["roc_curve"]


def roc_curve(counts: RankCounts) -> Curve:
    """False positive rate (x) against true positive rate (y), at every turning point.

    Scores that only normal elements have lie on straight lines between these points.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return Curve.undefined(undefined.reason)
    return over_fpr(counts, counts.true_positives / counts.anomalies)
