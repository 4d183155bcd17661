"""Counters side by side for neighbouring magnitudes, of both signs.

A counter is two numbers: ``low`` of 8 bits, and ``high`` of 32, how often the low one overflowed:
most counters then lie in the cache of a core, because few bins are hit often.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["add_dense", "add_sparse", "count_dense", "count_used", "find_dense", "halve_dense"]

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
    of those without are put into ``missed``, which has room for one more; zeros are only counted.

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
            before = misses
            for k in range(block.size):
                # Written at every step, and kept where there is no counter, but for zeros.
                missed[misses] = block[k]
                misses += places[k] == none and block[k] & mask != one - one
            zeros += int(outside) - (misses - before)
    overflows -= int(high[none])
    low[none], high[none] = np.uint8(0), np.uint32(0)
    return zeros, misses, overflows


@compiled
def count_used(low: NDArray[np.uint8], high: NDArray[np.uint32], group: int) -> int:
    """How many groups of neighbouring counters, a power of two of them, are not all zero.

    ``high`` may be empty, for all zero.
    """
    used = 0
    for start in range(0, low.size - group, group):
        found = np.uint8(0)
        for k in range(start, start + group):
            found |= low[k]
        if high.size and found == np.uint8(0):
            for k in range(start, start + group):
                found |= np.uint8(high[k] != np.uint32(0))
        used += found != np.uint8(0)
    return used


@compiled
def add_sparse(
    places: NDArray[np.int64],
    counts: NDArray[np.int64],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Add counts to the counters at these places; how many of them overflow."""
    overflows = 0
    for k in range(places.size):
        total = counts[k] + np.int64(low[places[k]])
        low[places[k]] = np.uint8(total & 255)
        if total >> 8:
            high[places[k]] += np.uint32(total >> 8)
            overflows += 1
    return overflows


@compiled
def add_dense(
    other: tuple[NDArray[np.uint8], NDArray[np.uint32]],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Add as many other counters, whose high parts may be empty; how many overflow."""
    other_low, other_high = other
    overflows = 0
    for start in range(0, low.size, _BLOCK):
        more, these = other_low[start : start + _BLOCK], low[start : start + _BLOCK]
        carried = np.uint8(0)
        for k in range(these.size):
            these[k] = np.uint8(these[k] + more[k])
            carried |= np.uint8(these[k] < more[k])
        if carried:  # seldom, so that the high parts are hardly looked at
            for k in range(these.size):
                high[start + k] += np.uint32(these[k] < more[k])
            overflows += 1
    for k in range(other_high.size):
        high[k] += other_high[k]
    return overflows + other_high.size


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
def find_dense(low: NDArray[np.uint8], high: NDArray[np.uint32], places: NDArray[np.uint32]) -> int:
    """List where counters are not zero; how many there are, with room for one more.

    ``high`` may be empty, for all zero.
    """
    found = 0
    if high.size:
        for k in range(low.size):
            places[found] = k
            found += (np.uint32(low[k]) | high[k]) != np.uint32(0)
    else:
        for k in range(low.size):
            places[found] = k
            found += low[k] != np.uint8(0)
    return found
