"""Counts at rising bins: made, folded, merged, and ranked among one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = [
    "common_bins",
    "distinct_pages",
    "fold_bins",
    "groups_by_bits",
    "merge_counts",
    "merge_into",
    "rank_bins",
    "sum_weights",
    "widen_ends",
]

_LIMB = 31
"""Bits of a limb of region weights, as in :mod:`gonogo.states.weights`."""


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
