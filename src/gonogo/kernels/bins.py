"""Counts at rising bins: made, folded, merged, and ranked among one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled
from gonogo.kernels.limbs import LIMB_BITS

__all__ = [
    "common_bins",
    "distinct_pages",
    "fold_bins",
    "merge_counts",
    "merge_into",
    "rank_bins",
    "rank_window",
    "sum_weights",
    "widen_ends",
]

_BLOCK = 4096


@compiled
def distinct_pages(bins: NDArray[np.int64], shift: int) -> int:
    """How many different values rising bins have without their last ``shift`` bits."""
    found = min(bins.size, 1)
    for k in range(1, bins.size):
        found += bins[k] >> shift != bins[k - 1] >> shift
    return found


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
    keys: NDArray[np.int64],
    areas: NDArray[np.int64],
    bits: tuple[int, int, int],
    table: NDArray[np.int64],
    bins: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> None:
    """Count rising keys in bins, and add their region weights.

    ``bits`` are drop, up and a mask: the bin of a key is ``key >> drop << up``, and the area of its
    region is in the bits of the mask. ``table`` holds the weights of the smallest areas.
    ``columns`` gets the number of scores, and the high and low limb of their weights.
    """
    drop, up, mask = bits
    low_limb, one = np.int64((1 << LIMB_BITS) - 1), np.int64(1) << (2 * LIMB_BITS)
    place = np.int64(-1)
    last = count = high = low = np.int64(0)
    for k in range(keys.size):
        here, area = keys[k] >> drop, areas[k] & mask
        weight = table[area] if area < table.size else (one + area // 2) // area
        same = np.int64(here == last and k > 0)
        place += 1 - same
        count = count * same + 1
        high = high * same + (weight >> LIMB_BITS)
        low = low * same + (weight & low_limb)
        columns[0, place], columns[1, place], columns[2, place] = count, high, low
        bins[place] = here << up
        last = here


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


@compiled
def _fill(low: NDArray[np.uint8], high: NDArray[np.uint32], totals: NDArray[np.int64]) -> None:
    """Add counters up from the last to the first, on top of the last total."""
    for k in range(low.size - 1, -1, -1):
        totals[k] = totals[k + 1] + np.int64(low[k])
    above = np.int64(0)
    for k in range(high.size - 1, -1, -1):
        above += np.int64(high[k]) << 8
        totals[k] += above


@compiled
def rank_window(
    counters: tuple[NDArray[np.uint8], NDArray[np.uint32], int, int],
    anomalous_bins: NDArray[np.int64],
    anomalous: NDArray[np.int64],
    part_bins: NDArray[np.int64],
    above: NDArray[np.int64],
    at_least: NDArray[np.int64],
) -> int:
    """The same where counters of all scores are at every bin between two.

    ``counters`` are their low and high parts, see :mod:`gonogo.kernels.counters` (the high ones may
    be none, for all zero), the first bin, and the count of bin 0, which is none of those bins.
    """
    low, high, first, zeros = counters
    room = np.zeros(_BLOCK + 1, np.int64)
    blocks = (low.size + _BLOCK - 1) // _BLOCK
    j, k = anomalous_bins.size - 1, part_bins.size - 1
    total = flagged = found = 0
    for step in range(blocks + 1):
        block = step - 1 if first < 0 else step  # bin 0 comes before the others or after
        here, size = 0, 1
        if 0 <= block < blocks:
            end = low.size - block * _BLOCK
            begin = max(end - _BLOCK, 0)
            here, size = first + begin, end - begin
            room[size] = total
            _fill(low[begin:end], high[begin:end] if high.size else high, room)
        else:
            room[1], room[0] = total, total + zeros
        while k >= 0 and part_bins[k] >= here:
            while anomalous_bins[j] > part_bins[k]:
                flagged += anomalous[j]
                j -= 1
            above[found] = room[part_bins[k] - here + 1] - flagged
            flagged += anomalous[j]
            at_least[found] = room[part_bins[k] - here] - flagged
            found += 1
            j -= 1
            k -= 1
        total = room[0]
    return int(total - flagged - anomalous[: j + 1].sum())


@compiled
def widen_ends(
    keys: NDArray[np.int64],
    floor: int,
    drop: int,
    first: int,
    lowest: NDArray[np.int64],
    highest: NDArray[np.int64],
) -> None:
    """Take keys in among the lowest and the highest of their bins, of keys folded by ``floor``."""
    for k in range(keys.size):
        key = keys[k]
        nearer = max(abs(key) - floor, 0)
        place = ((-nearer if key < 0 else nearer) >> drop) - first
        lowest[place] = min(lowest[place], key)
        highest[place] = max(highest[place], key)
