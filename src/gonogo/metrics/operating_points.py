"""Rates at the best threshold that keeps a promise; achieved in the sample, never interpolated."""

from __future__ import annotations

import math

import numpy as np

from gonogo.metrics.rates import reaching, within
from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts
from gonogo.types import OperatingPoint, Undefined

__all__ = ["fpr_at_tpr", "precision_at_recall", "tnr_at_fnr", "tpr_at_fpr"]


def tpr_at_fpr(counts: RankCounts, fpr: float) -> OperatingPoint:
    """Highest true positive rate of any threshold whose false positive rate is at most ``fpr``.

    0 at a threshold of ``inf`` where even the highest anomalous score flags too many.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return _nowhere(undefined)
    allowed = within(counts.at_least, counts.normals, fpr)
    if allowed == 0:
        return OperatingPoint(0.0, math.inf)
    found = int(counts.true_positives[allowed - 1])
    return _at_score(counts, found / counts.anomalies, allowed - 1)


def fpr_at_tpr(counts: RankCounts, tpr: float) -> OperatingPoint:
    """Lowest false positive rate of any threshold whose true positive rate is at least ``tpr``."""
    undefined = without_both(counts)
    if undefined is not None:
        return _nowhere(undefined)
    first = _first_with_recall(counts, tpr)
    return _at_score(counts, int(counts.at_least[first]) / counts.normals, first)


def tnr_at_fnr(counts: RankCounts, fnr: float) -> OperatingPoint:
    """Largest share of normal scores below any threshold that loses at most ``fnr`` of the others.

    PG@n: the good parts that pass where at most that share of the anomalous ones is missed. All of
    them, at a threshold of ``inf``, where every anomalous one may be.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return _nowhere(undefined)
    if fnr >= 1.0:
        return OperatingPoint(1.0, math.inf)
    lost = (counts.anomalies - counts.true_positives) / counts.anomalies
    first = int(np.argmax(lost <= fnr))
    passed = counts.normals - int(counts.at_least[first])
    return _at_score(counts, passed / counts.normals, first)


def precision_at_recall(counts: RankCounts, recall: float) -> OperatingPoint:
    """Highest precision of any threshold whose recall is at least ``recall``.

    The lowest threshold among equals.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return _nowhere(undefined)
    first = _first_with_recall(counts, recall)
    found = counts.true_positives[first:]
    precision = found / (found + counts.at_least[first:])
    best = len(precision) - 1 - int(np.argmax(precision[::-1]))
    return _at_score(counts, float(precision[best]), first + best)


def _at_score(counts: RankCounts, value: float, k: int) -> OperatingPoint:
    threshold = float(counts.scores[k])
    return OperatingPoint(value, threshold, counts.next_lower(threshold))


def _first_with_recall(counts: RankCounts, recall: float) -> int:
    return reaching(counts.true_positives, counts.anomalies, recall)


def _nowhere(reason: Undefined) -> OperatingPoint:
    return OperatingPoint(reason, reason)
