"""A float32 score and the area of its region as one integer: sorting and moving them is faster.

The key of a float32 score ends in bits that are zero, and there its area fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from gonogo.cores import available_cores
from gonogo.grid import KEY_BITS, NARROW_BITS, keys_of
from gonogo.sorting import sort_in_place
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import weights_by_area
from gonogo.types import Array

__all__ = ["ANOMALOUS_COLUMNS", "counted_at_bins", "packable", "packed", "sorted_keys"]

ANOMALOUS_COLUMNS = 3
"""Anomalous scores, and the high and low limb of their region weights."""
_AREA = (1 << (KEY_BITS - NARROW_BITS)) - 1
_MANY = 1 << 20
"""Keys from which on they are sorted on every core."""


def packable(scores: Array, areas: NDArray[np.int64]) -> bool:
    """Whether each score fits into one integer together with its area."""
    narrow = np.can_cast(scores.dtype, np.float32)
    return narrow and (areas.size == 0 or int(areas.max()) <= _AREA)


def packed(scores: Array, areas: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each score and its area as one integer, which grows with the score."""
    keys = keys_of(scores)
    keys |= areas
    return keys


def sorted_keys(parts: Sequence[tuple[Array, NDArray[np.int64]]]) -> NDArray[np.int64]:
    """All scores of some parts with their areas, packed and rising."""
    ends = np.cumsum([scores.size for scores, _ in parts], dtype=np.int64)
    keys = np.empty(int(ends[-1]) if len(parts) else 0, np.int64)
    runs = available_cores() if keys.size >= _MANY else 1
    firsts = np.searchsorted(ends, [keys.size * k // runs for k in range(1, runs)])
    bounds = [0, *firsts.tolist(), len(parts)]

    def fill(run: int) -> NDArray[np.int64]:
        first, last = bounds[run], bounds[run + 1]
        start = int(ends[first - 1]) if first else 0
        end = start
        for scores, areas in parts[first:last]:
            keys[end : end + scores.size] = packed(scores, areas)
            end += scores.size
        sort_in_place(keys[start:end])
        return keys[start:end]

    if runs == 1:
        return fill(0)
    with ThreadPoolExecutor(runs) as pool:
        rising = list(pool.map(fill, range(runs)))
        while len(rising) > 1:
            pairs = [rising[k : k + 2] for k in range(0, len(rising), 2)]
            rising = list(pool.map(_merged, pairs))
    return rising[0]


def _merged(runs: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    if len(runs) == 1:
        return runs[0]
    from gonogo.kernels.merging import merge_sorted  # numba loads late

    merged = np.empty(sum(run.size for run in runs), np.int64)
    merge_sorted(*runs, merged)
    return merged


def counted_at_bins(
    keys: NDArray[np.int64], areas: NDArray[np.int64] | None, bits: int
) -> SparseCounts:
    """Counts of rising keys and their region weights, at bins of ``bits`` bits.

    ``areas`` are those of the regions, None for keys that are packed together with theirs.
    """
    from gonogo.kernels.bins import distinct_pages, sum_weights  # numba loads late

    kept, mask = bits, -1
    if areas is None:
        kept, areas, mask = min(bits, NARROW_BITS), keys, _AREA
    drop, up = KEY_BITS - kept, bits - kept
    size = distinct_pages(keys, drop)
    bins, columns = np.empty(size, np.int64), np.empty((ANOMALOUS_COLUMNS, size), np.int64)
    sum_weights(keys, areas, (drop, up, mask), weights_by_area(), bins, columns)
    return SparseCounts(bins, columns)
