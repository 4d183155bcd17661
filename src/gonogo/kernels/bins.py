"""Counts at rising bins: made, folded, merged, and ranked among one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled
from gonogo.kernels.limbs import LIMB_BITS

__all__ = [
    "distinct_pages",
    "fold_bins",
    "merge_counts",
    "rank_bins",
    "sum_weights",
    "widen_ends",
]


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

    Everything is written at every step and kept where a bin ends: its running total, of which the
    differences are taken afterwards. Adding to one place in memory again and again is slower.
    """
    last = bins.size - 1
    size = 0
    for k in range(bins.size):
        folded[size] = bins[k] >> shift
        size += k == last or bins[k] >> shift != bins[k + 1] >> shift
    for row in range(columns.shape[0]):
        total, place = np.int64(0), 0
        for k in range(bins.size):
            total += columns[row, k]
            sums[row, place] = total
            place += k == last or bins[k] >> shift != bins[k + 1] >> shift
        for place in range(size - 1, 0, -1):
            sums[row, place] -= sums[row, place - 1]
    return size


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
    # Which list comes next cannot be foreseen, and a branch that is missed costs more than all the
    # rest; so what is taken is looked up in pairs, by whether it is taken.
    lower = np.zeros(2, np.int64)
    here, there = np.zeros((2, 2, columns.shape[0]), np.int64)
    i = j = size = 0
    while i < bins.size and j < other_bins.size:
        lower[0], lower[1] = other_bins[j], bins[i]
        left, right = np.int64(lower[1] <= lower[0]), np.int64(lower[0] <= lower[1])
        merged[size] = lower[left]
        for row in range(columns.shape[0]):
            here[1, row], there[1, row] = columns[row, i], other_columns[row, j]
            merged_columns[row, size] = here[left, row] + there[right, row]
        i += int(left)
        j += int(right)
        size += 1
    end = size + bins.size - i
    merged[size:end], merged_columns[:, size:end] = bins[i:], columns[:, i:]
    size, end = end, end + other_bins.size - j
    merged[size:end], merged_columns[:, size:end] = other_bins[j:], other_columns[:, j:]
    return end


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
