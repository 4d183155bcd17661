"""Counters side by side for neighbouring magnitudes, of both signs.

A counter is two numbers: ``low`` of 8 bits, and ``high`` of 32, how often the low one overflowed:
most counters then lie in the cache of a core, because few bins are hit often.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["add_dense", "add_sparse", "count_dense", "halve_dense", "list_dense"]

_BLOCK = 1 << 14
"""Scores whose places are found before they are counted: the compiler finds several at a time."""


@compiled
def count_dense(
    bits: NDArray[Any],
    layout: tuple[Any, Any, Any, Any, Any, Any],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    missed: NDArray[Any],
) -> tuple[int, int, int]:
    """Count floats by their unsigned bits.

    Returns how many are zero, how many have no counter, and how many counters overflowed. The bits
    of those without are put into ``missed``, which has room for one more; zeros are only counted.

    ``layout``, unsigned like the bits: the mask of the magnitude, how many of its bits to drop, the
    first magnitude that has counters, how many have some, 1, and how many spare counters there are,
    a power of two. Counters of positive scores come first, then those of negative ones, if any; the
    spare ones are for what has none: in turns, because adding to one place in memory again and
    again is slow.
    """
    mask, drop, first, size, one, spare = layout
    half, none, turns = np.uint32(size), np.uint32(low.size - int(spare)), np.uint32(spare - one)
    room = np.empty(_BLOCK, np.uint32)
    zeros = misses = overflows = 0
    for start in range(0, bits.size, _BLOCK):
        block = bits[start : start + _BLOCK]
        places = room[: block.size]
        nothing, outside = np.uint32(0), np.uint32(0)
        for k in range(block.size):
            negative = block[k] > mask
            # Bins of negative scores reach up to their end near zero, but do not hold it.
            magnitude = block[k] & mask
            below = magnitude - (one if negative else one - one)
            place = np.uint32(min((below >> drop) - first, size))
            zero = magnitude == one - one
            beyond = place == half or zero or (negative and none == half)
            nothing += np.uint32(zero)
            outside += np.uint32(beyond)
            unused = none + (np.uint32(k) & turns)
            places[k] = unused if beyond else place + (half if negative else np.uint32(0))
        for k in range(block.size):
            counter = np.uint64(places[k])
            count = np.uint8(low[counter] + np.uint8(1))
            low[counter] = count
            if count == np.uint8(0):
                high[counter] += np.uint32(1)
                overflows += 1
        zeros += int(nothing)
        if outside > nothing:
            for k in range(block.size):
                # Written at every step, and kept where there is no counter, but for zeros.
                missed[misses] = block[k]
                misses += places[k] >= none and block[k] & mask != one - one
    overflows -= int(high[none:].sum())
    low[none:], high[none:] = np.uint8(0), np.uint32(0)
    return zeros, misses, overflows


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
def halve_dense(low: NDArray[np.uint8], high: NDArray[np.uint32], carried: bool) -> int:
    """Add counters of neighbours where they are: 0 and 1 become 0, and so on; how many overflow.

    There is an even number of them. ``carried`` tells whether any high part is not zero.
    """
    overflows = 0
    for k in range(low.size // 2):
        total = np.uint32(low[2 * k]) + np.uint32(low[2 * k + 1])
        low[k] = np.uint8(total & np.uint32(255))
        carry = total >> np.uint32(8)
        if carried:
            high[k] = high[2 * k] + high[2 * k + 1] + carry
            overflows += high[k] != np.uint32(0)
        elif carry:
            high[k] = carry
            overflows += 1
    return overflows


@compiled
def list_dense(
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    layout: tuple[int, int],
    zeros: int,
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """List the bins of counters that are not zero, by rising bin, and what they count.

    ``layout`` as of :func:`add_sparse`, ``zeros`` what is counted in bin 0. There is room for one
    more than all; returned is how many there are.
    """
    first, size = layout
    found = 0
    wide = high.size > 0
    for k in range(low.size - 1, size - 1, -1):
        count = np.int64(low[k])
        if wide:
            count += np.int64(high[k]) << 8
        # Written at every step, and kept where something was counted.
        bins[found], counts[found] = size - 1 - first - k, count
        found += count != 0
    bins[found], counts[found] = 0, zeros
    found += zeros != 0
    for k in range(size):
        count = np.int64(low[k])
        if wide:
            count += np.int64(high[k]) << 8
        bins[found], counts[found] = first + k, count
        found += count != 0
    return found
