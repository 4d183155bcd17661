"""Distinct scores among sorted ones, and their keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["list_distinct", "turn_to_keys"]


@compiled
def list_distinct(
    rising: NDArray[Any], scores: NDArray[np.float64], counts: NDArray[np.int64]
) -> int:
    """List the distinct ones of rising scores, and how often each occurs; how many there are."""
    size = -1
    for k in range(rising.size):
        new = k == 0 or rising[k] != rising[k - 1]
        size += new
        scores[size] = rising[k]
        counts[size] = 1 if new else counts[size] + 1
    return size + 1


@compiled
def turn_to_keys(bits: NDArray[np.int64]) -> None:
    """Turn the bits of finite scores into their keys, see :mod:`gonogo.grid`, where they are."""
    magnitude = np.int64(0x7FFFFFFFFFFFFFFF)
    for k in range(bits.size):
        sign = bits[k] >> 63
        bits[k] = ((bits[k] & magnitude) ^ sign) - sign
