"""Counters side by side for neighbouring magnitudes, of both signs.

A counter is two numbers: ``low`` of 8 bits, and ``high`` of 32, how often the low one overflowed:
most counters then lie in the cache of a core, because few bins are hit often.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["count_dense", "count_used", "halve_dense", "list_dense"]

_BLOCK = 1 << 14
"""Scores whose places are found before they are counted: the compiler finds several at a time."""


@compiled
def count_dense(
    bits: NDArray[Any],
    layout: tuple[Any, Any, Any, Any, Any],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    missed: NDArray[Any],
) -> tuple[int, int, int]:
    """Count floats by their unsigned bits.

    Returns how many are zero, how many have no counter, and how many counters overflowed. The bits
    of those without are put into ``missed``; zeros are only counted.

    ``layout``, unsigned like the bits: the mask of the magnitude, how many of its bits to drop, the
    first magnitude that has counters, how many have some, and 1. Counters of positive scores come
    first, then those of negative ones, if any; the last counter is for what has none.
    """
    mask, drop, first, size, one = layout
    half, none = np.uint32(size), np.uint32(low.size - 1)
    room = np.empty(_BLOCK, np.uint32)
    zeros = misses = overflows = 0
    for start in range(0, bits.size, _BLOCK):
        block = bits[start : start + _BLOCK]
        places = room[: block.size]
        outside = np.uint32(0)
        for k in range(block.size):
            negative = block[k] > mask
            # Bins of negative scores reach up to their end near zero, but do not hold it.
            magnitude = block[k] & mask
            below = magnitude - (one if negative else one - one)
            place = np.uint32(min((below >> drop) - first, size))
            beyond = place == half or magnitude == one - one or (negative and none == half)
            outside += np.uint32(beyond)
            places[k] = none if beyond else place + (half if negative else np.uint32(0))
        for k in range(block.size):
            counter = np.uint64(places[k])
            count = np.uint8(low[counter] + np.uint8(1))
            low[counter] = count
            if count == np.uint8(0):
                high[counter] += np.uint32(1)
                overflows += 1
        if outside:
            for k in range(block.size):
                if places[k] == none:
                    if block[k] & mask == one - one:
                        zeros += 1
                    else:
                        missed[misses] = block[k]
                        misses += 1
    overflows -= int(high[none])
    low[none], high[none] = np.uint8(0), np.uint32(0)
    return zeros, misses, overflows


@compiled
def count_used(low: NDArray[np.uint8], high: NDArray[np.uint32], group: int) -> int:
    """How many groups of neighbouring counters, a power of two of them, are not all zero.

    ``high`` may be empty, for all zero.
    """
    used = 0
    for start in range(0, low.size - 1, group):
        found = np.uint32(0)
        for k in range(start, min(start + group, low.size - 1)):
            found |= np.uint32(low[k])
        if high.size:
            for k in range(start, min(start + group, low.size - 1)):
                found |= high[k]
        used += found != np.uint32(0)
    return used


@compiled
def halve_dense(
    finer: tuple[NDArray[np.uint8], NDArray[np.uint32]],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Add counters of neighbours: 0 and 1 become counter 0, and so on; how many overflow.

    The last counter stands alone. The finer high parts may be empty, for all zero.
    """
    finer_low, finer_high = finer
    overflows = 0
    for k in range(low.size - 1):
        total = np.uint32(finer_low[2 * k]) + np.uint32(finer_low[2 * k + 1])
        low[k] = np.uint8(total & np.uint32(255))
        if total > np.uint32(255):
            high[k] += np.uint32(1)
            overflows += 1
    for k in range(finer_high.size - 1):
        if finer_high[k]:
            high[k >> 1] += finer_high[k]
            overflows += 1
    return overflows


@compiled
def list_dense(
    counters: tuple[NDArray[np.uint8], NDArray[np.uint32]],
    first: int,
    size: int,
    zeros: int,
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """List the bins whose counters are not zero, rising, and how many scores each has.

    ``first`` is the lowest magnitude, ``size`` how many have counters, ``zeros`` what bin 0 has;
    the high parts may be empty, for all zero. There is room for one more than all of them.
    """
    low, high = counters
    found = 0
    for k in range(low.size - 2, size - 1, -1):
        count = np.int64(low[k]) + (np.int64(high[k]) << 8 if high.size else 0)
        bins[found], counts[found] = size - 1 - first - k, count
        found += count != 0
    bins[found], counts[found] = 0, zeros
    found += zeros != 0
    for k in range(size):
        count = np.int64(low[k]) + (np.int64(high[k]) << 8 if high.size else 0)
        bins[found], counts[found] = first + k, count
        found += count != 0
