"""Rates at one threshold, and the best rate that any threshold reaches under a promise.

A promise is compared as a user computes it, ``count / total`` in float64: 3 of 10 keeps 0.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.oracles.ranking import Counts, Number, confusion, split

__all__ = ["fpr", "fpr_at_tpr", "precision_at_recall", "rates", "tnr_at_fnr", "tpr", "tpr_at_fpr"]


def rates(count: Counts) -> dict[str, float | None]:
    """Everything that is derived from the four counts; None where it would divide by zero."""
    tp, fp, fn, tn = count.tp, count.fp, count.fn, count.tn
    return {
        "precision": _ratio(tp, tp + fp),
        "recall": _ratio(tp, tp + fn),
        "specificity": _ratio(tn, tn + fp),
        "accuracy": _ratio(tp + tn, tp + fp + fn + tn),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
        "iou": _ratio(tp, tp + fp + fn),
    }


def tpr(count: Counts) -> float:
    """Share of the anomalous elements that are flagged."""
    return count.tp / (count.tp + count.fn)


def fpr(count: Counts) -> float:
    """Share of the normal elements that are flagged."""
    return count.fp / (count.fp + count.tn)


def tpr_at_fpr(scores: Sequence[Number], labels: Sequence[bool], limit: float) -> float | None:
    """The highest TPR of any threshold with an FPR of at most the limit."""
    tried = _every_threshold(scores, labels)
    return max((tpr(c) for c in tried if fpr(c) <= limit), default=None)


def tnr_at_fnr(scores: Sequence[Number], labels: Sequence[bool], limit: float) -> float | None:
    """The largest share of normal elements below any threshold with an FNR of at most the limit."""
    tried = _every_threshold(scores, labels)
    kept = (c for c in tried if c.fn / (c.fn + c.tp) <= limit)
    return max((c.tn / (c.tn + c.fp) for c in kept), default=None)


def fpr_at_tpr(scores: Sequence[Number], labels: Sequence[bool], least: float) -> float | None:
    """The lowest FPR of any threshold with at least this TPR."""
    tried = _every_threshold(scores, labels)
    return min((fpr(c) for c in tried if tpr(c) >= least), default=None)


def precision_at_recall(
    scores: Sequence[Number], labels: Sequence[bool], least: float
) -> float | None:
    """The highest precision of any threshold that flags something and has at least this recall."""
    tried = _every_threshold(scores, labels)
    flagging = [c for c in tried if c.tp + c.fp > 0]
    return max((c.tp / (c.tp + c.fp) for c in flagging if tpr(c) >= least), default=None)


def _every_threshold(scores: Sequence[Number], labels: Sequence[bool]) -> list[Counts]:
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return []
    return [confusion(scores, labels, threshold) for threshold in {*scores, math.inf}]


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
