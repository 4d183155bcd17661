"""Per-region overlap: the PRO curve and the area under it up to a false positive rate."""

from __future__ import annotations

from gonogo.metrics.rates import within
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

    In rank form: a region pixel with share ``w`` of the coverage adds ``w`` times the stretch of
    [0, limit] in which it is flagged; ties with normal scores count by the straight line.
    """
    undefined = without_regions(counts)
    if undefined is not None:
        return undefined
    share = counts.weights.share
    whole = within(counts.at_least, counts.normals, fpr_limit)
    middle = (counts.above[:whole] + counts.at_least[:whole]) / (2.0 * counts.normals)
    area = float((share[:whole] * (fpr_limit - middle)).sum())
    if whole < len(share):
        first = int(counts.above[whole]) / counts.normals
        last = int(counts.at_least[whole]) / counts.normals
        if first < fpr_limit:
            area += float(share[whole]) * (fpr_limit - first) ** 2 / (2.0 * (last - first))
    return min(area / fpr_limit, 1.0)  # the shares of all scores add up to 1 but for rounding
