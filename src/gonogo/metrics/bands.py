"""Curves known by a band, from scores known by their bin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gonogo import metrics
from gonogo.states import BinCounts, RankCounts
from gonogo.types import Band, Curve

__all__ = ["pr_curve", "pro_curve", "roc_curve"]

Counts = RankCounts | BinCounts


def roc_curve(counts: Counts) -> Curve | Band:
    """The ROC curves of the worst and the best order inside every bin."""
    return _between(metrics.roc_curve, counts)


def pro_curve(counts: Counts) -> Curve | Band:
    """The PRO curves of the worst and the best order inside every bin."""
    return _between(metrics.pro_curve, counts)


def pr_curve(counts: Counts) -> Curve | Band:
    """The lowest and the highest precision that each recall can have.

    Within a bin the worst precision is among all its normal scores, the best is that of all its
    anomalous scores and none of its normal ones.
    """
    if isinstance(counts, RankCounts):
        return _between(metrics.pr_curve, counts)
    lower = metrics.pr_curve(replace(counts.tied, above=counts.tied.at_least))
    if lower.reason is not None:
        return Band(lower, lower)
    tied = counts.tied
    found = tied.true_positives
    recall = np.repeat(np.concatenate(([0], found)) / tied.anomalies, 2)[1:-1]
    precision = np.repeat(found / (found + tied.above), 2)
    thresholds = np.stack([counts.highest, tied.scores], axis=1).ravel()
    last = tied.anomalies / (tied.anomalies + tied.normals)
    upper = Curve(
        np.concatenate([[0.0], recall, [1.0]]),
        np.concatenate([[1.0], precision, [last]]),
        np.concatenate([[np.inf], thresholds, [-np.inf]]),
    )
    return Band(lower, upper)


def _between(curve: Callable[[RankCounts], Curve], counts: Counts) -> Curve | Band:
    if isinstance(counts, RankCounts):
        return curve(counts)
    return Band(curve(counts.worst), curve(counts.best))
