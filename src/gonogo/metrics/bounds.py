"""Intervals that certainly contain a metric's exact value, from scores known by their bin.

A metric that can only gain when an anomalous score overtakes a normal one lies between its values
for the worst and the best order inside every bin. The areas under the precision-recall curve also
depend on how anomalous scores tie among themselves; their bounds are derived where they stand.
Counts that tell every score apart give intervals without width.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo import metrics
from gonogo.metrics.contenders import contenders
from gonogo.metrics.rates import reaching, within
from gonogo.metrics.undefined import without_both
from gonogo.states import BinCounts, RankCounts
from gonogo.types import Bounded, F1Max, Number, OperatingPoint, Undefined

__all__ = [
    "aupr_trapezoid",
    "aupro",
    "auroc",
    "average_precision",
    "f1_max",
    "fpr_at_tpr",
    "iou_max",
    "precision_at_recall",
    "tnr_at_fnr",
    "tpr_at_fpr",
]

Counts = RankCounts | BinCounts

_ROUNDING = 1e-14
"""More than the float64 rounding of a sum of positive terms that ends in [0, 1]."""


def auroc(counts: Counts) -> Number:
    """AUROC: between the worst and the best order inside every bin."""
    return _between(metrics.auroc, counts)


def aupro(counts: Counts, fpr_limit: float) -> Number:
    """AUPRO: between the worst and the best order inside every bin."""
    return _between(lambda ranks: metrics.aupro(ranks, fpr_limit), counts, _ROUNDING)


def average_precision(counts: Counts) -> Number:
    """Average precision, each anomalous score at the least and at the most precision it can have.

    The j-th of the scores known by their bin finds at least ``t + j`` anomalous ones, ``t`` above
    the bin, among at most all normal ones down to the bin's end: no less than the integral of the
    concave ``g(TP) = TP / (TP + c)``, shifted by one half. It finds at most all of the bin, among
    no normal one of it.
    """
    if isinstance(counts, RankCounts):
        return _between(metrics.average_precision, counts)
    undefined = without_both(counts.tied)
    if undefined is not None:
        return undefined
    from gonogo.kernels.precision import average_limits  # numba loads late

    low, high = _limits(average_limits, counts)
    low += _at_exact(counts.worst, counts.worst_exact)
    high += _at_exact(counts.best, counts.best_exact)
    return _interval(low / counts.tied.anomalies, high / counts.tied.anomalies, _ROUNDING)


def _limits(kernel: Callable[..., Any], counts: BinCounts) -> tuple[float, float]:
    """Sums of the least and the most precision of the scores known by their bin."""
    bins = counts.tied
    low, high = kernel(bins.anomalous, counts.rest, bins.above, bins.at_least)
    return low, high


def _at_exact(ranks: RankCounts, exact: NDArray[np.bool_]) -> float:
    """What the scores known exactly add to the sum of precisions."""
    place = np.flatnonzero(exact)
    found = ranks.true_positives[place]
    return float((ranks.anomalous[place] * (found / (found + ranks.at_least[place]))).sum())


def aupr_trapezoid(counts: Counts) -> Number:
    """Trapezoid AUPR, by the same limits of each precision.

    Chords of the concave g stay below it: at least one chord over the scores known by their bin,
    at most the integral of g where the bin has no scores known exactly.
    """
    if isinstance(counts, RankCounts):
        return _between(metrics.aupr_trapezoid, counts)
    undefined = without_both(counts.tied)
    if undefined is not None:
        return undefined
    from gonogo.kernels.precision import trapezoid_limits  # numba loads late

    low, high = _limits(trapezoid_limits, counts)
    low += _chords_at_exact(counts.worst, counts.worst_exact)
    high += _chords_at_exact(counts.best, counts.best_exact)
    return _interval(low / counts.tied.anomalies, high / counts.tied.anomalies, _ROUNDING)


def _chords_at_exact(ranks: RankCounts, exact: NDArray[np.bool_]) -> float:
    """What the scores known exactly add to the area under straight lines."""
    place = np.flatnonzero(exact)
    found, here = ranks.true_positives[place], ranks.anomalous[place]
    ends = _precision(found - here, ranks.above[place]) + _precision(found, ranks.at_least[place])
    return float((here * ends / 2.0).sum())


def _precision(found: NDArray[np.int64], false: NDArray[np.int64]) -> NDArray[np.float64]:
    """``TP / (TP + FP)``; 1 where nothing is flagged."""
    flagged = found + false
    precision: NDArray[np.float64] = np.ones(len(found))
    np.divide(found, flagged, out=precision, where=flagged > 0)
    return precision


def f1_max(counts: Counts) -> F1Max:
    """F1max, with the thresholds, precisions and recalls of all bins that may hold the best one."""
    if isinstance(counts, RankCounts):
        one = metrics.f1_max(counts)
        value, precision, recall = map(_exactly, (one.value, one.precision, one.recall))
        return F1Max(value, _exactly(one.threshold), precision, recall, one.next_lower)
    low, high = metrics.f1_max(counts.worst).value, metrics.f1_max(counts.best).value
    if isinstance(low, Undefined):
        return F1Max(low, low, low, low)
    tied = counts.tied
    half = float(low) / 2.0
    place = contenders(tied.true_positives, tied.above, tied.anomalies, half)
    found, above = tied.true_positives[place], tied.above[place]
    place = place[found / (found + above + tied.anomalies) >= half]
    found, above, at_least = (x[place] for x in (tied.true_positives, tied.above, tied.at_least))
    first = found - tied.anomalous[place] + 1
    return F1Max(
        value=Bounded(float(low), float(high)),
        threshold=_scores(counts, place),
        precision=Bounded(
            float((first / (first + at_least)).min()), float((found / (found + above)).max())
        ),
        recall=Bounded(int(first.min()) / tied.anomalies, int(found.max()) / tied.anomalies),
    )


def iou_max(counts: Counts) -> Number:
    """IoU max: it grows with F1max, ``F1 / (2 - F1)``."""
    return metrics.iou_of(f1_max(counts).value)


def tpr_at_fpr(counts: Counts, fpr: float) -> OperatingPoint:
    """The true positive rate of the worst and the best order, and the thresholds between them."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.tpr_at_fpr(counts, fpr))
    low, high = metrics.tpr_at_fpr(counts.worst, fpr), metrics.tpr_at_fpr(counts.best, fpr)
    if isinstance(low.value, Undefined):
        return low
    tied = counts.tied
    surely = within(tied.at_least, tied.normals, fpr)
    perhaps = within(tied.above, tied.normals, fpr)
    return OperatingPoint(
        Bounded(float(low.value), float(high.value)),
        Bounded(
            float(tied.scores[perhaps - 1]) if perhaps else np.inf,
            float(counts.highest[surely - 1]) if surely else np.inf,
        ),
    )


def fpr_at_tpr(counts: Counts, tpr: float) -> OperatingPoint:
    """The false positive rate of the best and the worst order; the threshold is in one bin."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.fpr_at_tpr(counts, tpr))
    low, high = metrics.fpr_at_tpr(counts.best, tpr), metrics.fpr_at_tpr(counts.worst, tpr)
    if isinstance(low.value, Undefined):
        return low
    first = reaching(counts.tied.true_positives, counts.tied.anomalies, tpr)
    place = np.array([first])
    return OperatingPoint(Bounded(float(low.value), float(high.value)), _scores(counts, place))


def tnr_at_fnr(counts: Counts, fnr: float) -> OperatingPoint:
    """The true negative rate of the worst and the best order; the threshold is in one bin."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.tnr_at_fnr(counts, fnr))
    low, high = metrics.tnr_at_fnr(counts.worst, fnr), metrics.tnr_at_fnr(counts.best, fnr)
    if isinstance(low.value, Undefined) or fnr >= 1.0:
        return _exact_point(low)
    lost = (counts.tied.anomalies - counts.tied.true_positives) / counts.tied.anomalies
    place = np.flatnonzero(lost <= fnr)[:1]
    return OperatingPoint(Bounded(float(low.value), float(high.value)), _scores(counts, place))


def precision_at_recall(counts: Counts, recall: float) -> OperatingPoint:
    """The precision of the worst and the best order, and the bins that may hold its threshold."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.precision_at_recall(counts, recall))
    low = metrics.precision_at_recall(counts.worst, recall)
    if isinstance(low.value, Undefined):
        return low
    high = metrics.precision_at_recall(counts.best, recall)
    first = reaching(counts.tied.true_positives, counts.tied.anomalies, recall)
    found = counts.tied.true_positives[first:]
    reach = found / (found + counts.tied.above[first:])
    place = first + np.flatnonzero(reach >= float(low.value))
    return OperatingPoint(Bounded(float(low.value), float(high.value)), _scores(counts, place))


def _between(metric: Callable[[RankCounts], float], counts: Counts, slack: float = 0.0) -> Number:
    if isinstance(counts, RankCounts):
        return _exactly(metric(counts))
    low = metric(counts.worst)
    return low if isinstance(low, Undefined) else _interval(low, metric(counts.best), slack)


def _interval(low: float, high: float, slack: float) -> Bounded:
    return Bounded(max(0.0, low - slack), min(1.0, high + slack))


def _exactly(number: Number) -> Number:
    return number if isinstance(number, (Undefined, Bounded)) else Bounded(number, number)


def _exact_point(point: OperatingPoint) -> OperatingPoint:
    return replace(point, value=_exactly(point.value), threshold=_exactly(point.threshold))


def _scores(counts: BinCounts, place: NDArray[np.int64]) -> Bounded:
    """All scores between the lowest and the highest of some bins."""
    return Bounded(float(counts.tied.scores[place[-1]]), float(counts.highest[place[0]]))
