"""Compiled loops. Import this module late: numba takes longer to load than the rest of gonogo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["SENTINELS", "add_ranks"]

SENTINELS = 64
_STEP = 8


def _compiled(loop: Callable[..., None]) -> Callable[..., None]:
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
