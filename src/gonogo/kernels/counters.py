"""Counting on the grid, and adding what was counted.

A counter is two numbers: ``low`` of 8 bits, and ``high`` of 32, how often the low one came around.
Most counters then lie in the cache of a core, because few bins are hit often. A block of scores is
taken in two steps, first the places of the counters (which the compiler does several at a time),
then the counting.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import PAGE_BITS
from gonogo.kernels.compiled import compiled

__all__ = [
    "add_bins",
    "add_counters",
    "count_narrow",
    "count_wide",
    "count_window",
    "halve_counters",
    "nonzero_bins",
    "pages_used",
]

_BLOCK = 1 << 15
_PAGE = 1 << PAGE_BITS


@compiled
def _tally(places: NDArray[np.uint32], low: NDArray[np.uint8], high: NDArray[np.uint32]) -> int:
    """Count one at each place; how many counters came around."""
    around = 0
    for k in range(places.size):
        place = np.uint64(places[k])
        count = np.uint8(low[place] + np.uint8(1))
        low[place] = count
        if count == np.uint8(0):
            high[place] += np.uint32(1)
            around += 1
    return around


@compiled
def _window_places(
    bits: NDArray[np.uint32],
    drop: np.uint32,
    first: np.uint32,
    size: np.uint32,
    places: NDArray[np.uint32],
) -> int:
    """Places of float32 scores in a window, ``size`` for those outside; how many are outside."""
    sign, magnitude, middle = np.int32(31), np.uint32(0x7FFFFFFF), np.uint32(0x80000000)
    outside = np.uint32(0)
    for k in range(bits.size):
        negative = np.uint32(np.int32(bits[k]) >> sign)
        key = np.uint32(((bits[k] & magnitude) ^ negative) - negative + middle)
        place = min(np.uint32(np.uint32(key >> drop) - first), size)
        outside += np.uint32(place == size)
        places[k] = place
    return int(outside)


@compiled
def count_window(
    bits: NDArray[np.uint32],
    drop: int,
    first: int,
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    missed: NDArray[np.uint32],
) -> tuple[int, int, int]:
    """Count float32 scores in the bins from ``first`` on.

    Returns how many are zero, how many lie outside, and how many counters came around. Bins are
    those of the keys of float32, raised to be unsigned. The last counter is for what lies outside:
    zeros are only counted, the rest is put into ``missed``.
    """
    magnitude, none = np.uint32(0x7FFFFFFF), np.uint32(0)
    size = np.uint32(low.size - 1)
    room = np.empty(_BLOCK, np.uint32)
    zeros = misses = around = 0
    for start in range(0, bits.size, _BLOCK):
        block = bits[start : start + _BLOCK]
        places = room[: block.size]
        outside = _window_places(block, np.uint32(drop), np.uint32(first), size, places)
        around += _tally(places, low, high)
        if outside:
            for k in range(block.size):
                if places[k] == size:
                    if block[k] & magnitude == none:
                        zeros += 1
                    else:
                        missed[misses] = block[k]
                        misses += 1
    around -= int(high[low.size - 1])
    low[low.size - 1], high[low.size - 1] = np.uint8(0), none
    return zeros, misses, around


@compiled
def _page_places(
    bits: NDArray[np.uint32],
    drop: np.uint32,
    first: np.uint32,
    pages: NDArray[np.uint32],
    places: NDArray[np.uint32],
) -> int:
    """Places of float32 scores on their pages, on page 0 without one; how many have none."""
    sign, magnitude, middle = np.int32(31), np.uint32(0x7FFFFFFF), np.uint32(0x80000000)
    page, inside, none = np.uint32(PAGE_BITS), np.uint32(_PAGE - 1), np.uint32(0)
    last = np.uint32(pages.size - 1)
    without = np.uint32(0)
    for k in range(bits.size):
        negative = np.uint32(np.int32(bits[k]) >> sign)
        key = np.uint32(((bits[k] & magnitude) ^ negative) - negative + middle)
        place = np.uint32(key >> drop)
        begin = pages[np.uint64(min(np.uint32(np.uint32(place >> page) - first), last))]
        without += np.uint32(begin == none)
        places[k] = begin + (place & inside)
    return int(without)


@compiled
def count_narrow(
    bits: NDArray[np.uint32],
    drop: int,
    first: int,
    pages: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    missed: NDArray[np.uint32],
) -> tuple[int, int]:
    """Count float32 scores on pages; how many are zero, and how many have no page.

    ``pages[(key >> drop >> PAGE_BITS) - first]`` is where the bins of a page begin, 0 for none,
    as its last entry is; keys are those of float32, raised to be unsigned. Zeros are only counted,
    because the float64 grid is finer than float32 beside zero; bits without a page are put into
    ``missed``.
    """
    magnitude, none = np.uint32(0x7FFFFFFF), np.uint32(0)
    room = np.empty(_BLOCK, np.uint32)
    zeros = misses = 0
    for start in range(0, bits.size, _BLOCK):
        block = bits[start : start + _BLOCK]
        places = room[: block.size]
        without = _page_places(block, np.uint32(drop), np.uint32(first), pages, places)
        _tally(places, low, high)
        if without:
            for k in range(block.size):
                if places[k] < _PAGE:
                    if block[k] & magnitude == none:
                        zeros += 1
                    else:
                        missed[misses] = block[k]
                        misses += 1
    low[:_PAGE], high[:_PAGE] = np.uint8(0), none
    return zeros, misses


@compiled
def count_wide(
    bits: NDArray[np.int64],
    drop: int,
    known: NDArray[np.int64],
    begins: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    missed: NDArray[np.int64],
) -> int:
    """Count float64 scores by their bits in bins; how many have no page, put into ``missed``.

    ``known`` are the pages, rising, and ``begins`` where their bins begin. Neighbouring pixels
    mostly share a page, so the last one is tried before the list is searched.
    """
    magnitude = np.int64(0x7FFFFFFFFFFFFFFF)
    inside = np.int64(_PAGE - 1)
    last, begin = known[0], begins[0]
    misses = 0
    for i in range(bits.size):
        sign = bits[i] >> 63
        key = (((bits[i] & magnitude) ^ sign) - sign) >> drop
        page = key >> PAGE_BITS
        if page != last:
            at = np.searchsorted(known, page)
            if at == known.size or known[at] != page:
                missed[misses] = bits[i]
                misses += 1
                continue
            last, begin = page, begins[at]
        place = np.uint64(np.int64(begin) + (key & inside))
        count = np.uint8(low[place] + np.uint8(1))
        low[place] = count
        if count == np.uint8(0):
            high[place] += np.uint32(1)
    return misses


@compiled
def add_bins(
    places: NDArray[np.int64],
    counts: NDArray[np.int64],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Add counts to the counters at these places; how many of them came around."""
    around = 0
    for k in range(places.size):
        total = counts[k] + np.int64(low[places[k]])
        low[places[k]] = np.uint8(total & 255)
        if total >> 8:
            high[places[k]] += np.uint32(total >> 8)
            around += 1
    return around


@compiled
def add_counters(
    other_low: NDArray[np.uint8],
    other_high: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Add counters to as many others; in how many blocks of them any came around."""
    around = 0
    for start in range(0, low.size, _BLOCK):
        more, these = other_low[start : start + _BLOCK], low[start : start + _BLOCK]
        carried = np.uint8(0)
        for k in range(these.size):
            these[k] = np.uint8(these[k] + more[k])
            carried |= np.uint8(these[k] < more[k])
        if carried:
            for k in range(these.size):
                high[start + k] += np.uint32(these[k] < more[k])
            around += 1
    for k in range(other_high.size):
        if other_high[k]:
            high[k] += other_high[k]
    return around


@compiled
def halve_counters(
    finer_low: NDArray[np.uint8],
    finer_high: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> int:
    """Put counters of neighbours together: counters 0 and 1 are added into counter 0, and so on.

    Returns in how many blocks any came around.
    """
    around = 0
    for start in range(0, low.size, _BLOCK):
        these = low[start : start + _BLOCK]
        pairs = finer_low[2 * start : 2 * start + 2 * these.size]
        carried = np.uint16(0)
        for k in range(these.size):
            total = np.uint16(np.uint16(pairs[2 * k]) + np.uint16(pairs[2 * k + 1]))
            these[k] = np.uint8(total & np.uint16(255))
            carried |= total
        if carried > np.uint16(255):
            for k in range(these.size):
                high[start + k] += np.uint32(these[k] < pairs[2 * k])
            around += 1
    for k in range(finer_high.size):
        if finer_high[k]:
            high[k >> 1] += finer_high[k]
    return around


@compiled
def nonzero_bins(
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    first: int,
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """List the bins from ``first`` on that counted, with room for one more; how many there are.

    ``high`` may be empty, for all zero.
    """
    size = 0
    for k in range(low.size):
        count = np.int64(low[k])
        if high.size:
            count += np.int64(high[k]) << 8
        bins[size], counts[size] = first + k, count
        size += count != 0
    return size


@compiled
def pages_used(low: NDArray[np.uint8], high: NDArray[np.uint32], used: NDArray[np.bool_]) -> None:
    """Which groups of 16 counters counted anything; ``high`` may be empty, for all zero."""
    for page in range(used.size):
        found = np.uint8(0)
        for k in range(page * _PAGE, page * _PAGE + _PAGE):
            found |= low[k]
        used[page] = found != np.uint8(0)
    for k in range(high.size):
        used[k >> PAGE_BITS] |= high[k] != np.uint32(0)
