"""Compiled loops. Import this module late: numba takes longer to load than the rest of gonogo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gonogo.grid import PAGE_BITS

__all__ = [
    "PAGE_BITS",
    "SENTINELS",
    "add_ranks",
    "count_narrow",
    "count_wide",
    "count_window",
    "merge_counts",
    "walk_corners",
]

SENTINELS = 64
_STEP = 8


def _compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The loop in machine code, kept on disk where numba finds a folder that it may write to."""
    try:
        return njit(cache=True, nogil=True)(loop)  # type: ignore[no-any-return]
    except RuntimeError:
        return njit(nogil=True)(loop)  # type: ignore[no-any-return]


@_compiled
def add_ranks(
    scores: NDArray[Any],
    thresholds: NDArray[Any],
    below: NDArray[np.int64],
    at: NDArray[np.int64],
) -> None:
    """Add, for every threshold, how many scores lie below it and how many equal it.

    Both ascend; ``scores`` ends with ``SENTINELS`` infinities that are not counted. One walk over
    both, in strides, because between two thresholds there are usually several scores.
    """
    here = 0
    for k in range(thresholds.size):
        threshold = thresholds[k]
        while scores[here + _STEP - 1] < threshold:
            if scores[here + SENTINELS - 1] < threshold:
                here += SENTINELS
            else:
                here += _STEP
        short = 0
        for i in range(_STEP):
            short += scores[here + i] < threshold
        here += short
        below[k] += here
        if scores[here] == threshold:
            equal = here
            while scores[equal] == threshold:
                equal += 1
            at[k] += equal - here


@_compiled
def count_narrow(
    bits: NDArray[np.uint32],
    drop: int,
    first: int,
    pages: NDArray[np.uint32],
    counts: NDArray[np.uint32],
    missed: NDArray[np.uint32],
) -> tuple[int, int]:
    """Count float32 scores by their bits in bins; how many are zero, and how many have no page.

    ``pages[(key >> drop >> PAGE_BITS) - first]`` is where the bins of a page begin, 0 for none,
    as its last entry is; keys are those of float32, raised to be unsigned. Zeros are only counted,
    because the float64 grid is finer than float32 beside zero; bits without a page are put into
    ``missed``. Four at a time, so that one need not wait for the counter of another.
    """
    sign, magnitude, middle = np.int32(31), np.uint32(0x7FFFFFFF), np.uint32(0x80000000)
    low, page = np.uint32(drop), np.uint32(PAGE_BITS)
    inside, one, none = np.uint32((1 << PAGE_BITS) - 1), np.uint32(1), np.uint32(0)
    base, last = np.uint32(first), np.uint32(pages.size - 1)
    zeros = misses = i = 0
    while i < bits.size:
        if i + 4 <= bits.size:
            a, b, c, d = bits[i], bits[i + 1], bits[i + 2], bits[i + 3]
            sa = np.uint32(np.int32(a) >> sign)
            sb = np.uint32(np.int32(b) >> sign)
            sc = np.uint32(np.int32(c) >> sign)
            sd = np.uint32(np.int32(d) >> sign)
            a = np.uint32(np.uint32(((a & magnitude) ^ sa) - sa + middle) >> low)
            b = np.uint32(np.uint32(((b & magnitude) ^ sb) - sb + middle) >> low)
            c = np.uint32(np.uint32(((c & magnitude) ^ sc) - sc + middle) >> low)
            d = np.uint32(np.uint32(((d & magnitude) ^ sd) - sd + middle) >> low)
            pa = pages[np.uint64(min(np.uint32((a >> page) - base), last))]
            pb = pages[np.uint64(min(np.uint32((b >> page) - base), last))]
            pc = pages[np.uint64(min(np.uint32((c >> page) - base), last))]
            pd = pages[np.uint64(min(np.uint32((d >> page) - base), last))]
            if (pa != none) & (pb != none) & (pc != none) & (pd != none):
                counts[np.uint64(pa + (a & inside))] += one
                counts[np.uint64(pb + (b & inside))] += one
                counts[np.uint64(pc + (c & inside))] += one
                counts[np.uint64(pd + (d & inside))] += one
                i += 4
                continue
        for k in range(i, min(i + 4, bits.size)):
            x = bits[k]
            s = np.uint32(np.int32(x) >> sign)
            y = np.uint32(np.uint32(((x & magnitude) ^ s) - s + middle) >> low)
            p = pages[np.uint64(min(np.uint32((y >> page) - base), last))]
            if x & magnitude == none:
                zeros += 1
            elif p == none:
                missed[misses] = x
                misses += 1
            else:
                counts[np.uint64(p + (y & inside))] += one
        i += 4
    return zeros, misses


@_compiled
def count_window(
    bits: NDArray[np.uint32],
    drop: int,
    first: int,
    counts: NDArray[np.uint32],
    missed: NDArray[np.uint32],
) -> tuple[int, int]:
    """Count float32 scores in the bins from ``first`` on; zeros, and how many lie outside.

    As ``count_narrow`` for scores that are close together: no pages to look up.
    """
    sign, magnitude, middle = np.int32(31), np.uint32(0x7FFFFFFF), np.uint32(0x80000000)
    low, base, size = np.uint32(drop), np.uint32(first), np.uint32(counts.size)
    one, none = np.uint32(1), np.uint32(0)
    zeros = misses = i = 0
    while i < bits.size:
        if i + 4 <= bits.size:
            a, b, c, d = bits[i], bits[i + 1], bits[i + 2], bits[i + 3]
            sa = np.uint32(np.int32(a) >> sign)
            sb = np.uint32(np.int32(b) >> sign)
            sc = np.uint32(np.int32(c) >> sign)
            sd = np.uint32(np.int32(d) >> sign)
            a = np.uint32(np.uint32(np.uint32(((a & magnitude) ^ sa) - sa + middle) >> low) - base)
            b = np.uint32(np.uint32(np.uint32(((b & magnitude) ^ sb) - sb + middle) >> low) - base)
            c = np.uint32(np.uint32(np.uint32(((c & magnitude) ^ sc) - sc + middle) >> low) - base)
            d = np.uint32(np.uint32(np.uint32(((d & magnitude) ^ sd) - sd + middle) >> low) - base)
            if (a < size) & (b < size) & (c < size) & (d < size):
                counts[np.uint64(a)] += one
                counts[np.uint64(b)] += one
                counts[np.uint64(c)] += one
                counts[np.uint64(d)] += one
                i += 4
                continue
        for k in range(i, min(i + 4, bits.size)):
            x = bits[k]
            s = np.uint32(np.int32(x) >> sign)
            y = np.uint32(np.uint32(np.uint32(((x & magnitude) ^ s) - s + middle) >> low) - base)
            if x & magnitude == none:
                zeros += 1
            elif y >= size:
                missed[misses] = x
                misses += 1
            else:
                counts[np.uint64(y)] += one
        i += 4
    return zeros, misses


@_compiled
def count_wide(
    bits: NDArray[np.int64],
    drop: int,
    known: NDArray[np.int64],
    begins: NDArray[np.uint32],
    counts: NDArray[np.uint32],
    missed: NDArray[np.int64],
) -> int:
    """Count float64 scores by their bits in bins; how many have no page, put into ``missed``.

    ``known`` are the pages, rising, and ``begins`` where their bins begin. Neighbouring pixels
    mostly share a page, so the last one is tried before the list is searched.
    """
    magnitude = np.int64(0x7FFFFFFFFFFFFFFF)
    inside = np.int64((1 << PAGE_BITS) - 1)
    last, begin = known[0], begins[0]
    misses = 0
    for i in range(bits.size):
        sign = bits[i] >> 63
        key = (((bits[i] & magnitude) ^ sign) - sign) >> drop
        page = key >> PAGE_BITS
        if page != last:
            place = np.searchsorted(known, page)
            if place == known.size or known[place] != page:
                missed[misses] = bits[i]
                misses += 1
                continue
            last, begin = page, begins[place]
        counts[np.uint64(np.int64(begin) + (key & inside))] += np.uint32(1)
    return misses


@_compiled
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


@_compiled
def walk_corners(
    normal: NDArray[Any],
    anomalous: NDArray[Any],
    corners: tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]],
    ranks: tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> tuple[int, int]:
    """Corners of the ROC curve, and ranks of the anomalous scores, in one walk down over both.

    Both kinds of scores ascend. ``corners`` gets threshold, false and true positives of each
    distinct score, by falling score, unless the steps of the curve to it and from it are equal (the
    first and the last always); ``ranks`` each distinct anomalous score, how often it occurs, and
    how many normal scores are above it and at least it. Returns how many there are of each.
    """
    thresholds, false, true = corners
    distinct, hits, above, at_least = ranks
    i, j = normal.size, anomalous.size
    points = kept = found = falses = trues = step_false = step_true = 0
    here = normal[0] if i else anomalous[0]
    while i > 0 or j > 0:
        score = anomalous[j - 1] if j > 0 else normal[i - 1]
        if i > 0 and normal[i - 1] > score:
            score = normal[i - 1]
        next_false, next_true = i, j
        while i > 0 and normal[i - 1] == score:
            i -= 1
        while j > 0 and anomalous[j - 1] == score:
            j -= 1
        next_false -= i
        next_true -= j
        if points == 1 or (points and (next_false != step_false or next_true != step_true)):
            thresholds[kept], false[kept], true[kept] = here, falses, trues
            kept += 1
        if next_true:
            distinct[found], hits[found] = score, next_true
            above[found], at_least[found] = falses, falses + next_false
            found += 1
        falses += next_false
        trues += next_true
        here, step_false, step_true = score, next_false, next_true
        points += 1
    thresholds[kept], false[kept], true[kept] = here, falses, trues
    return kept + 1, found
