"""Intervals that certainly contain a metric's exact value, from scores known by their bin.

A metric that can only gain when an anomalous score overtakes a normal one lies between its values
for the worst and the best order inside every bin. The areas under the precision-recall curve also
depend on how anomalous scores tie among themselves; their bounds are derived where they stand.
Counts that tell every score apart give intervals without width.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gonogo import metrics
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
    undefined = metrics.average_precision(counts.tied)
    if isinstance(undefined, Undefined):
        return undefined
    bins, rest = counts.tied, counts.rest
    before = bins.true_positives - bins.anomalous
    least = rest - bins.at_least * np.log1p(rest / (before + 0.5 + bins.at_least))
    single = (before + 1) / (before + 1 + bins.at_least)
    low = np.where(rest == 1, single, least).sum() + _at_exact(counts.worst, counts.worst_exact)
    most = rest * (bins.true_positives / (bins.true_positives + bins.above))
    high = most.sum() + _at_exact(counts.best, counts.best_exact)
    return _interval(float(low) / bins.anomalies, float(high) / bins.anomalies, _ROUNDING)


def _at_exact(ranks: RankCounts, exact: NDArray[np.bool_]) -> float:
    """What the scores known exactly add to the sum of precisions."""
    found = ranks.true_positives
    return float((ranks.anomalous * (found / (found + ranks.at_least)))[exact].sum())


def aupr_trapezoid(counts: Counts) -> Number:
    """Trapezoid AUPR, by the same limits of each precision.

    Chords of the concave g stay below it: at least one chord over the scores known by their bin,
    at most the integral of g where the bin has no scores known exactly.
    """
    if isinstance(counts, RankCounts):
        return _between(metrics.aupr_trapezoid, counts)
    undefined = metrics.aupr_trapezoid(counts.tied)
    if isinstance(undefined, Undefined):
        return undefined
    bins, rest = counts.tied, counts.rest
    before = bins.true_positives - bins.anomalous
    chord = _precision(before, bins.at_least) + _precision(before + rest, bins.at_least)
    low = (rest * chord / 2.0).sum() + _chords_at_exact(counts.worst, counts.worst_exact)
    share = np.divide(
        rest, before + bins.above, out=np.zeros(len(rest)), where=before + bins.above > 0
    )
    integral = rest - bins.above * np.log1p(share)
    constant = rest * _precision(bins.true_positives, bins.above)
    most = np.where(rest == bins.anomalous, integral, constant)
    high = most.sum() + _chords_at_exact(counts.best, counts.best_exact)
    return _interval(float(low) / bins.anomalies, float(high) / bins.anomalies, _ROUNDING)


def _chords_at_exact(ranks: RankCounts, exact: NDArray[np.bool_]) -> float:
    """What the scores known exactly add to the area under straight lines."""
    found = ranks.true_positives
    ends = _precision(found - ranks.anomalous, ranks.above) + _precision(found, ranks.at_least)
    return float((ranks.anomalous * ends / 2.0)[exact].sum())


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
        return F1Max(*(_exactly(number) for number in vars(one).values()))
    low, high = metrics.f1_max(counts.worst).value, metrics.f1_max(counts.best).value
    if isinstance(low, Undefined):
        return F1Max(low, low, low, low)
    tied = counts.tied
    found, first = tied.true_positives, tied.true_positives - tied.anomalous + 1
    reach = 2 * found / (found + tied.above + tied.anomalies)
    place = np.flatnonzero(reach >= float(low))
    return F1Max(
        value=Bounded(float(low), float(high)),
        threshold=_scores(counts, place),
        precision=Bounded(
            float((first / (first + tied.at_least))[place].min()),
            float((found / (found + tied.above))[place].max()),
        ),
        recall=Bounded(
            int(first[place].min()) / tied.anomalies, int(found[place].max()) / tied.anomalies
        ),
    )


def iou_max(counts: Counts) -> Number:
    """IoU max: it grows with F1max, ``F1 / (2 - F1)``."""
    best = f1_max(counts).value
    if not isinstance(best, Bounded):
        return best
    return Bounded(best.low / (2.0 - best.low), best.high / (2.0 - best.high))


def tpr_at_fpr(counts: Counts, fpr: float) -> OperatingPoint:
    """The true positive rate of the worst and the best order, and the thresholds between them."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.tpr_at_fpr(counts, fpr))
    low, high = metrics.tpr_at_fpr(counts.worst, fpr), metrics.tpr_at_fpr(counts.best, fpr)
    if isinstance(low.value, Undefined):
        return low
    tied = counts.tied
    surely = np.flatnonzero(tied.at_least / tied.normals <= fpr)
    perhaps = np.flatnonzero(tied.above / tied.normals <= fpr)
    return OperatingPoint(
        Bounded(float(low.value), float(high.value)),
        Bounded(
            float(tied.scores[perhaps[-1]]) if perhaps.size else np.inf,
            float(counts.highest[surely[-1]]) if surely.size else np.inf,
        ),
    )


def fpr_at_tpr(counts: Counts, tpr: float) -> OperatingPoint:
    """The false positive rate of the best and the worst order; the threshold is in one bin."""
    if isinstance(counts, RankCounts):
        return _exact_point(metrics.fpr_at_tpr(counts, tpr))
    low, high = metrics.fpr_at_tpr(counts.best, tpr), metrics.fpr_at_tpr(counts.worst, tpr)
    if isinstance(low.value, Undefined):
        return low
    place = np.flatnonzero(counts.tied.true_positives / counts.tied.anomalies >= tpr)[:1]
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
    found, above = counts.tied.true_positives, counts.tied.above
    reach = np.where(found / counts.tied.anomalies >= recall, found / (found + above), -1.0)
    place = np.flatnonzero(reach >= float(low.value))
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
    return OperatingPoint(_exactly(point.value), _exactly(point.threshold))


def _scores(counts: BinCounts, place: NDArray[np.int64]) -> Bounded:
    """All scores between the lowest and the highest of some bins."""
    return Bounded(float(counts.tied.scores[place[-1]]), float(counts.highest[place[0]]))
