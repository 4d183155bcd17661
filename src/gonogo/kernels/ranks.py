"""Where sorted scores stand among one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["SENTINELS", "add_ranks", "walk_corners"]

SENTINELS = 64
_STEP = 8


@compiled
def add_ranks(
    scores: NDArray[Any],
    thresholds: NDArray[Any],
    below: NDArray[np.int64],
    at: NDArray[np.int64],
) -> None:
    """Add, for every threshold, how many scores lie below it and how many equal it.

    Both ascend; ``scores`` ends with ``SENTINELS`` infinities that are not counted. One walk over
    both, in strides, because between two thresholds there are usually several scores.
    """
    here = 0
    for k in range(thresholds.size):
        threshold = thresholds[k]
        while scores[here + _STEP - 1] < threshold:
            if scores[here + SENTINELS - 1] < threshold:
                here += SENTINELS
            else:
                here += _STEP
        short = 0
        for i in range(_STEP):
            short += scores[here + i] < threshold
        here += short
        below[k] += here
        if scores[here] == threshold:
            equal = here
            while scores[equal] == threshold:
                equal += 1
            at[k] += equal - here


@compiled
def walk_corners(
    normal: NDArray[Any],
    anomalous: NDArray[Any],
    corners: tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]],
    ranks: tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> tuple[int, int]:
    """Corners of the ROC curve, and ranks of the anomalous scores, in one walk down over both.

    Both kinds of scores ascend. ``corners`` gets threshold, false and true positives of each
    distinct score, by falling score, unless the steps of the curve to it and from it are equal (the
    first and the last always); ``ranks`` each distinct anomalous score, how often it occurs, and
    how many normal scores are above it and at least it. Returns how many there are of each.
    """
    thresholds, false, true = corners
    distinct, hits, above, at_least = ranks
    i, j = normal.size, anomalous.size
    points = kept = found = falses = trues = step_false = step_true = 0
    here = normal[0] if i else anomalous[0]
    while i > 0 or j > 0:
        score = anomalous[j - 1] if j > 0 else normal[i - 1]
        if i > 0 and normal[i - 1] > score:
            score = normal[i - 1]
        next_false, next_true = i, j
        while i > 0 and normal[i - 1] == score:
            i -= 1
        while j > 0 and anomalous[j - 1] == score:
            j -= 1
        next_false -= i
        next_true -= j
        if points == 1 or (points and (next_false != step_false or next_true != step_true)):
            thresholds[kept], false[kept], true[kept] = here, falses, trues
            kept += 1
        if next_true:
            distinct[found], hits[found] = score, next_true
            above[found], at_least[found] = falses, falses + next_false
            found += 1
        falses += next_false
        trues += next_true
        here, step_false, step_true = score, next_false, next_true
        points += 1
    thresholds[kept], false[kept], true[kept] = here, falses, trues
    return kept + 1, found
