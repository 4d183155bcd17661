"""How finely scores may be told apart: as the scores and the budget allow, and nothing else."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS
from gonogo.states.budget import Capacity
from gonogo.states.sparse import SparseCounts

__all__ = ["finest_bits", "resolution"]


def resolution(counts: SparseCounts, bits: int, capacity: Capacity, *, narrow: bool) -> int:
    """How many leading bits may be kept of scores that are counted at bins of ``bits`` bits.

    All, while they are distinct scores and few enough; else as many as the pages allow, and never
    more than tell float32 scores apart where there are such.
    """
    if bits == KEY_BITS and counts.bins.size <= capacity.distinct:
        return KEY_BITS
    most = NARROW_BITS if narrow else KEY_BITS - 1
    if bits < KEY_BITS and counts.pages() <= capacity.pages:
        return min(bits, most)
    keys = counts.bins << (KEY_BITS - bits)
    return min(finest_bits(keys, capacity.pages) + PAGE_BITS, most)


def finest_bits(keys: NDArray[np.int64], most: int) -> int:
    """The most leading bits that tell at most ``most`` groups of sorted keys apart."""
    if keys.size < 2:
        return KEY_BITS
    from gonogo.kernels.bins import distinct_pages  # numba loads late

    every = range(1, KEY_BITS + 1)
    return bisect_right(every, most, key=lambda bits: distinct_pages(keys, KEY_BITS - bits))
