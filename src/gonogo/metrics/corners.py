"""The ROC curve with a point for every corner, as scikit-learn's ``roc_curve`` returns it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.states import RocCorners
from gonogo.types import Curve

__all__ = ["corner_curve"]


def corner_curve(corners: RocCorners) -> Curve:
    """False positive rate (x) against true positive rate (y), from nothing flagged to everything.

    Equal, point for point, to scikit-learn's ``roc_curve`` with ``drop_intermediate``, where
    thresholds start at ``inf``. A rate without elements of its class is nan at every point.
    """
    return Curve(
        x=_rates(corners.false_positives, corners.ranks.normals),
        y=_rates(corners.true_positives, corners.ranks.anomalies),
        thresholds=np.concatenate(([np.inf], corners.thresholds), dtype=np.float64),
    )


def _rates(counts: NDArray[np.int64], of: int) -> NDArray[np.float64]:
    rates = np.zeros(len(counts) + 1)
    np.divide(counts, of or np.nan, out=rates[1:])
    if of == 0:
        rates[0] = np.nan
    return rates
