"""Bars of a histogram of scores, none of which lies on both sides of a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gonogo.sorting import sortable

__all__ = ["bar_edges"]

_FEWEST, _MOST = 10, 60


def bar_edges(
    scores: Sequence[float], threshold: float | None = None, bars: int | None = None
) -> NDArray[np.float64]:
    """Rising edges of bars of one width that hold all scores; the threshold is one of them.

    ``np.histogram`` puts a score on an edge into the bar on its right, so bars on the right of the
    threshold hold what it flags. ``bars`` is about how many there are; by default Freedman and
    Diaconis' rule (1981), between 10 and 60. One bar for scores that are all the same.
    """
    values = np.asarray(scores, np.float64)
    low, high = float(values.min()), float(values.max())
    inside = threshold is not None and math.isfinite(threshold)
    start = float(threshold) if threshold is not None and inside else low
    reach = max(high, start) / 2.0 - min(low, start) / 2.0
    count = bars or _count(values, low, high)
    width = 2.0 * (reach / count)
    if width <= np.spacing(max(abs(low), abs(high), abs(start))) * 4.0:
        width = max(abs(start) * 1e-3, 1.0)
    below = max(int(low < start), math.ceil((start - low) / width))  # the quotient may underflow
    above = max(1, math.floor((high - start) / width) + 1)
    edges: NDArray[np.float64] = start + width * np.arange(-below, above + 1.0)
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    return edges


def _count(values: NDArray[np.float64], low: float, high: float) -> int:
    first, last = np.percentile(sortable(values), [25.0, 75.0])
    width = float(2.0 * (last - first) / np.cbrt(values.size))
    if not width > 0.0 or not math.isfinite(width):
        return _FEWEST
    if high - low > _MOST * width:
        return _MOST
    return max(_FEWEST, math.ceil((high - low) / width))
