"""The best F1 and the best IoU over all thresholds."""

from __future__ import annotations

from typing import cast

import numpy as np

from gonogo.metrics.contenders import contenders
from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts
from gonogo.types import Bounded, F1Max, Number, Undefined

__all__ = ["f1_max", "iou_max", "iou_of"]


def f1_max(counts: RankCounts) -> F1Max:
    """Highest ``2 TP / (2 TP + FP + FN)`` over thresholds at anomalous scores.

    The lowest threshold among equals; no other threshold can do better, because between two
    anomalous scores only false positives are added.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return F1Max(undefined, undefined, undefined, undefined)
    # TP / (TP + FP + P) is half of F1 and has the same maximum.
    places = contenders(counts.true_positives, counts.at_least, counts.anomalies)
    found, false = counts.true_positives[places], counts.at_least[places]
    half = found / (found + false + counts.anomalies)
    last = len(half) - 1 - int(np.argmax(half[::-1]))
    best = int(places[last])
    hits, flags = int(found[last]), int(found[last] + false[last])
    threshold = float(counts.scores[best])
    return F1Max(
        value=2 * hits / (flags + counts.anomalies),
        threshold=threshold,
        precision=hits / flags,
        recall=hits / counts.anomalies,
        next_lower=counts.next_lower(threshold),
    )


def iou_max(counts: RankCounts) -> float:
    """Highest ``TP / (TP + FP + FN)`` over thresholds: that of F1max, ``F1 / (2 - F1)``."""
    return cast(float, iou_of(f1_max(counts).value))


def iou_of(f1: Number) -> Number:
    """The IoU at the threshold that has this F1: one grows with the other."""
    if isinstance(f1, Bounded):
        return Bounded(f1.low / (2.0 - f1.low), f1.high / (2.0 - f1.high))
    return f1 if isinstance(f1, Undefined) else f1 / (2.0 - f1)
