"""How finely scores may be told apart: as the scores and the budget allow, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS
from gonogo.states.budget import Capacity

__all__ = ["finest_bits", "resolution"]


def resolution(bins: NDArray[np.int64], bits: int, capacity: Capacity, *, narrow: bool) -> int:
    """How many leading bits may be kept of scores that fall in these rising bins of ``bits`` bits.

    All, while they are distinct scores and few enough; else as many as the pages allow, and never
    more than tell float32 scores apart where there are such.
    """
    if bits == KEY_BITS and bins.size <= capacity.distinct:
        return KEY_BITS
    from gonogo.kernels.bins import distinct_pages  # numba loads late

    most = NARROW_BITS if narrow else KEY_BITS - 1
    if bits < KEY_BITS and distinct_pages(bins, PAGE_BITS) <= capacity.pages:
        return min(bits, most)
    return min(finest_bits(bins << (KEY_BITS - bits), capacity.pages) + PAGE_BITS, most)


def finest_bits(keys: NDArray[np.int64], most: int) -> int:
    """The most leading bits that tell at most ``most`` groups of sorted keys apart.

    Two neighbours part at their first differing bit: counting where they part is counting groups
    at every resolution at once.
    """
    if keys.size < 2:
        return KEY_BITS
    from gonogo.kernels.bins import groups_by_bits  # numba loads late

    agreeing = np.zeros(KEY_BITS + 1, np.int64)
    groups_by_bits(keys, agreeing)
    agreeing[KEY_BITS] = 0  # equal keys are one group at every resolution
    groups = 1 + np.cumsum(agreeing)
    # With ``bits`` leading bits, neighbours that agree in fewer than ``bits`` of them part.
    fitting = np.flatnonzero(groups[:KEY_BITS] <= most)
    return int(fitting[-1]) + 1 if fitting.size else 0
