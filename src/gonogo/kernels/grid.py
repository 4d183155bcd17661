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
    "PAGE_BITS",
    "add_bins",
    "add_counters",
    "common_bins",
    "count_narrow",
    "count_wide",
    "count_window",
    "distinct_pages",
    "fold_bins",
    "groups_by_bits",
    "halve_counters",
    "merge_counts",
    "merge_into",
    "nonzero_bins",
    "pages_used",
    "rank_bins",
    "sum_weights",
]

_BLOCK = 2048
_PAGE = 1 << PAGE_BITS
_LIMB = 31
"""Bits of a limb of region weights, as in :mod:`gonogo.states.weights`."""


@compiled
def _tally(places: NDArray[np.uint32], low: NDArray[np.uint8], high: NDArray[np.uint32]) -> None:
    """Count one at each place."""
    for k in range(places.size):
        place = np.uint64(places[k])
        count = np.uint8(low[place] + np.uint8(1))
        low[place] = count
        if count == np.uint8(0):
            high[place] += np.uint32(1)


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
) -> tuple[int, int]:
    """Count float32 scores in the bins from ``first`` on; zeros, and how many lie outside.

    Bins are those of the keys of float32, raised to be unsigned. The last counter is for what lies
    outside: zeros are only counted, the rest is put into ``missed``.
    """
    magnitude, none = np.uint32(0x7FFFFFFF), np.uint32(0)
    size = np.uint32(low.size - 1)
    room = np.empty(_BLOCK, np.uint32)
    zeros = misses = 0
    for start in range(0, bits.size, _BLOCK):
        block = bits[start : start + _BLOCK]
        places = room[: block.size]
        outside = _window_places(block, np.uint32(drop), np.uint32(first), size, places)
        _tally(places, low, high)
        if outside:
            for k in range(block.size):
                if places[k] == size:
                    if block[k] & magnitude == none:
                        zeros += 1
                    else:
                        missed[misses] = block[k]
                        misses += 1
    low[low.size - 1], high[low.size - 1] = np.uint8(0), none
    return zeros, misses


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
) -> None:
    """Add counts to the counters at these places."""
    for k in range(places.size):
        total = counts[k] + np.int64(low[places[k]])
        low[places[k]] = np.uint8(total & 255)
        high[places[k]] += np.uint32(total >> 8)


@compiled
def add_counters(
    other_low: NDArray[np.uint8],
    other_high: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> None:
    """Add counters to as many others."""
    for start in range(0, low.size, _BLOCK):
        more, these = other_low[start : start + _BLOCK], low[start : start + _BLOCK]
        carried = np.uint8(0)
        for k in range(these.size):
            these[k] = np.uint8(these[k] + more[k])
            carried |= np.uint8(these[k] < more[k])
        if carried:
            for k in range(these.size):
                high[start + k] += np.uint32(these[k] < more[k])
    for k in range(other_high.size):
        if other_high[k]:
            high[k] += other_high[k]


@compiled
def halve_counters(
    finer_low: NDArray[np.uint8],
    finer_high: NDArray[np.uint32],
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
) -> None:
    """Put counters of neighbours together: counters 0 and 1 are added into counter 0, and so on."""
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
    for k in range(finer_high.size):
        if finer_high[k]:
            high[k >> 1] += finer_high[k]


@compiled
def nonzero_bins(
    low: NDArray[np.uint8],
    high: NDArray[np.uint32],
    first: int,
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """List the bins from ``first`` on that counted, with room for one more; how many there are."""
    size = 0
    for k in range(low.size):
        count = (np.int64(high[k]) << 8) + np.int64(low[k])
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


@compiled
def distinct_pages(bins: NDArray[np.int64], shift: int) -> int:
    """How many different values rising bins have without their last ``shift`` bits."""
    found = min(bins.size, 1)
    for k in range(1, bins.size):
        found += bins[k] >> shift != bins[k - 1] >> shift
    return found


@compiled
def groups_by_bits(keys: NDArray[np.int64], groups: NDArray[np.int64]) -> None:
    """Put into ``groups[n]`` how many neighbours among rising keys agree in just n leading bits.

    Neighbours mostly part near where the last ones did, so the search begins there.
    """
    first = np.uint64(0)
    length = 0
    for k in range(1, keys.size):
        differing = np.uint64(keys[k] ^ keys[k - 1])
        while length < 64 and (differing >> np.uint64(length)) != first:
            length += 1
        while length > 0 and (differing >> np.uint64(length - 1)) == first:
            length -= 1
        groups[64 - length] += 1


@compiled
def fold_bins(
    bins: NDArray[np.int64],
    columns: NDArray[np.int64],
    shift: int,
    folded: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> int:
    """Add what falls together of rising bins without their last ``shift`` bits; how many remain.

    The results may be the arrays that are read.
    """
    if bins.size == 0:
        return 0
    size = 0
    folded[0] = bins[0] >> shift
    for row in range(columns.shape[0]):
        sums[row, 0] = columns[row, 0]
    for k in range(1, bins.size):
        here = bins[k] >> shift
        same = np.int64(here == folded[size])
        place = size + 1 - same
        for row in range(columns.shape[0]):
            sums[row, place] = columns[row, k] + sums[row, size] * same
        folded[place] = here
        size = int(place)
    return size + 1


@compiled
def sum_weights(
    bits: NDArray[np.int64],
    areas: NDArray[np.int64],
    drop: int,
    bins: NDArray[np.int64],
    columns: NDArray[np.int64],
    size: int,
) -> int:
    """Count rising float64 scores by their bits in bins, and add their region weights.

    ``columns`` gets the number of scores, and the high and low limb of their weights. They come
    after ``size`` bins of lower scores; returns how many bins there are then.
    """
    magnitude, low_limb = np.int64(0x7FFFFFFFFFFFFFFF), np.int64((1 << _LIMB) - 1)
    one = np.int64(1) << (2 * _LIMB)
    last_area = weight = np.int64(0)
    for k in range(bits.size):
        sign = bits[k] >> 63
        here = (((bits[k] & magnitude) ^ sign) - sign) >> drop
        if size == 0 or bins[size - 1] != here:
            bins[size] = here
            columns[0, size] = columns[1, size] = columns[2, size] = 0
            size += 1
        if areas[k] != last_area:
            last_area = areas[k]
            weight = (one + last_area // 2) // last_area
        columns[0, size - 1] += 1
        columns[1, size - 1] += weight >> _LIMB
        columns[2, size - 1] += weight & low_limb
    return size


@compiled
def merge_counts(
    bins: NDArray[np.int64],
    columns: NDArray[np.int64],
    other_bins: NDArray[np.int64],
    other_columns: NDArray[np.int64],
    merged: NDArray[np.int64],
    merged_columns: NDArray[np.int64],
) -> int:
    """Add two lists of counts at rising bins into one, with room for both; how many bins it has."""
    i = j = size = 0
    while i < bins.size or j < other_bins.size:
        left = i < bins.size and (j >= other_bins.size or bins[i] <= other_bins[j])
        right = j < other_bins.size and (i >= bins.size or other_bins[j] <= bins[i])
        merged[size] = bins[i] if left else other_bins[j]
        for k in range(columns.shape[0]):
            merged_columns[k, size] = 0
            if left:
                merged_columns[k, size] += columns[k, i]
            if right:
                merged_columns[k, size] += other_columns[k, j]
        i += left
        j += right
        size += 1
    return size


@compiled
def common_bins(bins: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """How many bins two rising lists share."""
    i = j = common = 0
    while i < bins.size and j < other.size:
        common += bins[i] == other[j]
        step = bins[i] <= other[j]
        j += other[j] <= bins[i]
        i += step
    return common


@compiled
def merge_into(
    bins: NDArray[np.int64],
    columns: NDArray[np.int64],
    size: int,
    other_bins: NDArray[np.int64],
    other_columns: NDArray[np.int64],
    merged: int,
) -> None:
    """Add counts to the first ``size`` ones of arrays that have room for all ``merged`` of them.

    From the last to the first, so that nothing is written over before it was read.
    """
    i, j, k = size - 1, other_bins.size - 1, merged - 1
    while j >= 0:
        if i >= 0 and bins[i] > other_bins[j]:
            bins[k] = bins[i]
            for row in range(columns.shape[0]):
                columns[row, k] = columns[row, i]
            i -= 1
        elif i >= 0 and bins[i] == other_bins[j]:
            bins[k] = bins[i]
            for row in range(columns.shape[0]):
                columns[row, k] = columns[row, i] + other_columns[row, j]
            i -= 1
            j -= 1
        else:
            bins[k] = other_bins[j]
            for row in range(columns.shape[0]):
                columns[row, k] = other_columns[row, j]
            j -= 1
        k -= 1


@compiled
def rank_bins(
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
    anomalous_bins: NDArray[np.int64],
    anomalous: NDArray[np.int64],
    part_bins: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> int:
    """How many normal scores lie above each bin of a part, and above or in it; how many there are.

    All scores are counted at rising ``bins``, the anomalous ones among them at some of those bins,
    and the part at some of these. The results are by falling bin.
    """
    j, k = anomalous_bins.size - 1, part_bins.size - 1
    normals = found = 0
    for i in range(bins.size - 1, -1, -1):
        here = counts[i]
        if j >= 0 and anomalous_bins[j] == bins[i]:
            here -= anomalous[j]
            j -= 1
        if k >= 0 and part_bins[k] == bins[i]:
            above[found], at_least[found] = normals, normals + here
            found += 1
            k -= 1
        normals += here
    return normals
