"""Area under the ROC curve up to a false positive rate, in its two normalisations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.metrics.rates import within
from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts

__all__ = ["area_within", "partial_auroc", "standardized_partial_auroc"]


def partial_auroc(counts: RankCounts, fpr_limit: float) -> float:
    """Area under the ROC curve for false positive rates in [0, ``fpr_limit``], over the limit."""
    undefined = without_both(counts)
    if undefined is not None:
        return undefined
    return area_within(counts, counts.anomalous / counts.anomalies, fpr_limit) / fpr_limit


def standardized_partial_auroc(counts: RankCounts, fpr_limit: float) -> float:
    """The same area between that of chance (0.5) and the largest possible (1).

    ``0.5 (1 + (A - L^2/2) / (L - L^2/2))`` (McClish, Medical Decision Making 1989).
    """
    share = partial_auroc(counts, fpr_limit)
    if without_both(counts) is not None:
        return share
    # A = L * share; L cancels, so that a small limit loses no digits.
    return 0.5 * (1.0 + (share - fpr_limit / 2.0) / (1.0 - fpr_limit / 2.0))


def area_within(counts: RankCounts, share: NDArray[np.float64], fpr_limit: float) -> float:
    """Area for false positive rates in [0, ``fpr_limit``] under a curve of gained shares.

    In rank form: an anomalous score with share ``w`` of the height adds ``w`` times the stretch of
    [0, limit] in which it is flagged; ties with normal scores count by the straight line. At most
    the limit, although shares that add up to 1 do so but for rounding.
    """
    whole = within(counts.at_least, counts.normals, fpr_limit)
    middle = (counts.above[:whole] + counts.at_least[:whole]) / (2.0 * counts.normals)
    area = float((share[:whole] * (fpr_limit - middle)).sum())
    if whole < len(share):
        first = int(counts.above[whole]) / counts.normals
        last = int(counts.at_least[whole]) / counts.normals
        if first < fpr_limit:
            area += float(share[whole]) * (fpr_limit - first) ** 2 / (2.0 * (last - first))
    return min(area, fpr_limit)
