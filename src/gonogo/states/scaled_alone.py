"""Whether maps look as if each had been normalised by itself, to a minimum and maximum of its own.

Then the highest score of a normal map is that of an anomalous one, and nothing can be compared
between images. Maps that saturate where they are anomalous do not look so: the normal ones do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gonogo.sorting import sortable
from gonogo.types import ImageRow

__all__ = ["maps_scaled_alone"]

_MAPS, _NORMAL = 5, 2
"""So many maps, and so many of normal images, at least."""
_SHARE = 0.9
_CLOSE = 1e-5
"""Of the range of a map: what a small number added to a divisor may change."""


def maps_scaled_alone(rows: Sequence[ImageRow]) -> int:
    """How many maps have the same maximum, where nearly all do, also those of normal images; or 0.

    Constant maps are left aside: their maximum is no result of a normalisation.
    """
    known = [
        (row.map_min, row.map_max, float(row.label))
        for row in rows
        if row.map_min is not None and row.map_max is not None and row.map_min < row.map_max
    ]
    if len(known) < _MAPS:
        return 0
    low, high, label = np.array(known, np.float64).T
    same = _same_ends(low, high)
    normal = same[label == 0.0]
    if normal.size < _NORMAL or min(same.mean(), normal.mean()) < _SHARE:
        return 0
    return int(np.count_nonzero(same))


def _same_ends(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which maps have the usual maximum exactly, or both usual ends very nearly."""
    usual_low, usual_high = (np.sort(sortable(ends))[ends.size // 2] for ends in (low, high))
    with np.errstate(over="ignore"):
        near = _CLOSE * (usual_high - usual_low)
        close = (np.abs(high - usual_high) <= near) & (np.abs(low - usual_low) <= near)
    return np.asarray(close & np.isfinite(near) | (high == usual_high))
