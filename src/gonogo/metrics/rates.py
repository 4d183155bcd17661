"""Where rising counts reach a rate: found by halving, without a rate for every count.

Python rounds the quotient of two of its integers once. NumPy would round a count beyond 2**53 to
float64 first, and the quotient once more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

__all__ = ["reaching", "within"]


def within(rising: NDArray[np.int64], total: int, rate: float) -> int:
    """How many of these counts are at most ``rate`` of the total."""
    return bisect_right(range(len(rising)), rate, key=lambda k: int(rising[k]) / total)


def reaching(rising: NDArray[np.int64], total: int, rate: float) -> int:
    """How many of these counts are below ``rate`` of the total: the place of the first other."""
    return bisect_left(range(len(rising)), rate, key=lambda k: int(rising[k]) / total)
