"""Per-region overlap: the PRO curve and the area under it up to a false positive rate."""

from __future__ import annotations

from gonogo.metrics.partial_auroc import area_within
from gonogo.metrics.steps import over_fpr
from gonogo.metrics.undefined import without_regions
from gonogo.states import RankCounts
from gonogo.types import Curve

__all__ = ["aupro", "pro_curve"]


def pro_curve(counts: RankCounts) -> Curve:
    """False positive rate (x) against the mean covered fraction of all regions (y).

    Every region counts alike, whatever its size (Bergmann et al., IJCV 2021).
    """
    undefined = without_regions(counts)
    if undefined is not None:
        return Curve.undefined(undefined.reason)
    return over_fpr(counts, counts.weights.coverage)


def aupro(counts: RankCounts, fpr_limit: float) -> float:
    """Area under the PRO curve for false positive rates in [0, ``fpr_limit``], over the limit.

    A region pixel has its share of the coverage; ties with normal scores count by the straight
    line.
    """
    undefined = without_regions(counts)
    if undefined is not None:
        return undefined
    return area_within(counts, counts.weights.share, fpr_limit) / fpr_limit
