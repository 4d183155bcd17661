"""The smallest and the largest score of a map, in one walk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["extremes"]


@compiled
def _extreme_bits(bits: NDArray[np.uint32]) -> tuple[int, int]:
    """The bits of the smallest and the largest float32; NaN lies beyond the infinities."""
    sign, middle = np.int32(31), np.uint32(0x80000000)
    low, high = np.uint32(0xFFFFFFFF), np.uint32(0)
    for k in range(bits.size):
        key = np.uint32(bits[k] ^ (np.uint32(np.int32(bits[k]) >> sign) | middle))
        low, high = min(low, key), max(high, key)
    return int(low), int(high)


def extremes(scores: NDArray[Any]) -> tuple[float, float] | None:
    """The smallest and the largest score of a contiguous float32 map; None where not finite.

    One walk instead of two, which matters where maps come from memory.
    """
    low, high = _extreme_bits(scores.reshape(-1).view(np.uint32))
    keys = np.array([low, high], np.uint32)
    bits = np.where(keys >> np.uint32(31), keys ^ np.uint32(1 << 31), ~keys)
    found = bits.view(np.float32)
    return (float(found[0]), float(found[1])) if np.isfinite(found).all() else None
