"""Sorted lists made one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["merge_sorted"]


@compiled
def merge_sorted(
    one: NDArray[np.int64], other: NDArray[np.int64], merged: NDArray[np.int64]
) -> None:
    """Put what two rising lists hold into one, which has just room for it."""
    i = j = 0
    while i < one.size and j < other.size:
        first = one[i] <= other[j]
        merged[i + j] = one[i] if first else other[j]
        i, j = i + first, j + (not first)
    merged[i + j : j + one.size] = one[i:]
    merged[one.size + j :] = other[j:]
