"""Region weights ``1 / area`` as integers, so that no order and no partition changes their sum.

A weight is kept in units of 2**-62, split into two limbs of 31 bits that are added in int64: safe
for 2**32 regions, and 2**32 anomalous pixels with one score. The sum over a region differs from 1
by at most ``area * 2**-63``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.limbs import LIMB_BITS

__all__ = ["LIMB_BITS", "NO_REGIONS", "RegionWeights", "carried", "limbs", "weights_by_area"]

_TABLE = 1 << 14
_ONE = 1 << (2 * LIMB_BITS)


@dataclass(frozen=True)
class RegionWeights:
    """Total region weight at each distinct score, in the order of the scores it belongs to."""

    high: NDArray[np.int64]
    low: NDArray[np.int64]
    regions: int

    @cached_property
    def _limbs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Limbs that float64 holds one by one (below 2**52), and int64 all together."""
        high, low = (int(limb.max(initial=0)) for limb in (self.high, self.low))
        small = high < 1 << 52 and low * max(self.low.size, 1 << 10) < 1 << 62
        return (self.high, self.low) if small else carried(self.high, self.low)

    @cached_property
    def total(self) -> float:
        """The sum of all weights in units of 2**-62: the number of regions, but for rounding."""
        high, low = self._limbs
        return float((int(high.sum()) << LIMB_BITS) + int(low.sum()))

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """What each distinct score adds to the mean per-region coverage."""
        share = _joined(*self._limbs)
        share /= self.total
        return share

    @cached_property
    def coverage(self) -> NDArray[np.float64]:
        """Mean per-region coverage at each distinct score, taken down to that score."""
        high, low = self._limbs
        coverage = _joined(*carried(high.cumsum(), low.cumsum()))
        coverage /= self.total
        return coverage


def _joined(high: NDArray[np.int64], low: NDArray[np.int64]) -> NDArray[np.float64]:
    joined = high.astype(np.float64)
    joined *= 1 << LIMB_BITS
    joined += low
    return joined


def carried(
    high: NDArray[np.int64], low: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same weights with every low limb below 2**31, so that they can be added again."""
    if low.size == 0 or int(low.max()) >> LIMB_BITS == 0:
        return high, low
    return high + (low >> LIMB_BITS), low & ((1 << LIMB_BITS) - 1)


def limbs(areas: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The weight of a pixel in a region of each area, as its high and low limb."""
    if areas.size > _TABLE and int(areas.max()) < _TABLE:
        weight = weights_by_area()[areas]
    else:
        weight = (_ONE + areas // 2) // areas
    return weight >> LIMB_BITS, weight & ((1 << LIMB_BITS) - 1)


@cache
def weights_by_area() -> NDArray[np.int64]:
    """Weights of a pixel by area, of small ones: looking up is several times faster."""
    areas = np.maximum(np.arange(_TABLE), 1)
    return (_ONE + areas // 2) // areas


NO_REGIONS = RegionWeights(np.empty(0, np.int64), np.empty(0, np.int64), 0)
