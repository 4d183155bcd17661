"""A few rows that stand for many: the greedy k-centre coreset of PatchCore.

No choice of as many rows has less than half the covering radius of this one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError

__all__ = ["greedy_coreset"]


def greedy_coreset(features: NDArray[np.float32], size: int) -> NDArray[np.intp]:
    """Indices of rows, each the farthest from all before it; row 0 first, the lowest among equals.

    Takes ``size`` rows, or fewer once every row equals one taken. Costs one pass over the
    ``(N, D)`` features for each row taken. Adds column by column, so that every machine agrees.

    >>> greedy_coreset(np.array([[0.0], [1.0], [9.0], [5.0]], np.float32), 3).tolist()
    [0, 2, 3]
    """
    if features.ndim != 2 or len(features) == 0:
        raise InputError(f"features: found the shape {features.shape}; expected one row or more")
    if size < 1:
        raise InputError(f"size: found {size}; expected 1 or more")
    columns = np.ascontiguousarray(features.T, dtype=np.float32)
    taken = [0]
    gap = _squared_distances(columns, 0)
    while len(taken) < size:
        farthest = int(np.argmax(gap))
        if gap[farthest] == 0:
            break
        taken.append(farthest)
        np.minimum(gap, _squared_distances(columns, farthest), out=gap)
    return np.array(taken, dtype=np.intp)


def _squared_distances(columns: NDArray[np.float32], row: int) -> NDArray[np.float32]:
    """From one row to all, of features stored column by column."""
    total = np.zeros(columns.shape[1], dtype=np.float32)
    for column in columns:
        difference = column - column[row]
        difference *= difference
        total += difference
    return total
