"""Area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.metrics.undefined import without_both
from gonogo.states import RankCounts

__all__ = ["auroc"]


def auroc(counts: RankCounts) -> float:
    """Chance that an anomalous score outranks a normal one; a tie counts half.

    The rank sum is an exact integer, so the result is the correctly rounded quotient.
    """
    undefined = without_both(counts)
    if undefined is not None:
        return undefined
    pairs = 2 * counts.anomalies * counts.normals
    lost = _exact_dot(counts.anomalous, counts.above, pairs)
    lost += _exact_dot(counts.anomalous, counts.at_least, pairs)
    return (pairs - lost) / pairs


def _exact_dot(left: NDArray[np.int64], right: NDArray[np.int64], bound: int) -> int:
    """Sum of products as a Python integer; ``bound`` says whether int64 can hold it."""
    if bound < 2**62:
        return int(np.dot(left, right))
    step = 62 - int(left.sum()).bit_length()  # a sum of products with so many bits fits in int64
    total = 0
    for shift in range(0, int(right.max(initial=0)).bit_length(), step):
        total += int(np.dot(left, (right >> shift) & ((1 << step) - 1))) << shift
    return total
