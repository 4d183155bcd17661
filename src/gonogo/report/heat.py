"""Anomaly maps small enough for a page: cells that keep their highest score, in 256 steps.

A cell stands for the pixels under it and has the highest of their scores, so a mask drawn from
cells misses nothing that a threshold flags. Whether a cell is at least a step is exact; between two
steps a threshold moves to the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Array, ImageRow

__all__ = ["HeatSteps", "any_of_cells", "heat_steps", "highest_of_cells"]

_STEPS = 255
_CLIPPED = 0.02


@dataclass(frozen=True)
class HeatSteps:
    """The scale of colours, from ``low`` to ``high``, and 255 rising steps of scores.

    A cell's level is the number of steps that its score reaches.
    """

    low: float
    high: float
    steps: NDArray[np.float64]

    def levels(self, cells: Array) -> NDArray[np.uint8]:
        """The level of every cell; exact for every dtype of scores."""
        if cells.dtype.kind != "f":
            cells = cells.astype(np.float64)
        steps = self.steps.astype(cells.dtype)
        low = steps < self.steps  # a score of that dtype reaches what is rounded up
        steps[low] = np.nextafter(steps[low], np.array(np.inf, cells.dtype))
        return np.searchsorted(steps, cells, side="right").astype(np.uint8)


def heat_steps(
    rows: Sequence[ImageRow],
    presets: Sequence[float],
    stops: Sequence[float],
    *,
    middle: float | None = None,
) -> HeatSteps | None:
    """One scale for all images of a category; None where there are no maps.

    Colours run from the lowest score of an image to the highest, without the most extreme 2 % of
    images at either end, and no farther than until ``middle`` has the middle colour. A step lies at
    each of ``presets``, at some of ``stops`` and evenly between.
    """
    lows = sorted(row.map_min for row in rows if row.map_min is not None)
    highs = sorted(row.map_max for row in rows if row.map_max is not None)
    if not lows or not highs:
        return None
    low = lows[int(_CLIPPED * (len(lows) - 1))]
    high = highs[-1 - int(_CLIPPED * (len(highs) - 1))]
    if middle is not None and middle > low:
        high = min(high, low + 2.0 * (middle - low))
    if high <= low:
        low, high = lows[0], highs[-1]
    steps = set(presets[:_STEPS])
    if len(stops) > 0:
        some = np.linspace(0, len(stops) - 1, _STEPS // 2).round().astype(int)
        steps.update([float(stops[k]) for k in some][: max(0, _STEPS // 2 - len(steps))])
    return HeatSteps(low, high, _filled(steps, low, high, highs[-1]))


def _filled(steps: set[float], low: float, high: float, highest: float) -> NDArray[np.float64]:
    """Exactly 255 rising steps; what is missing lies evenly between the ends of the colours."""
    for number in range(_STEPS, 4 * _STEPS):
        more = {*steps, *np.linspace(low, high, number - len(steps) + 1)[1:].tolist()}
        if len(more) >= _STEPS:
            return np.array(sorted(more)[:_STEPS])
    beyond = np.nextafter(max(highest, *steps), np.inf)
    return np.array(sorted(steps) + [float(beyond)] * (_STEPS - len(steps)))


def highest_of_cells(scores: Array, side: int) -> Array:
    """The map with at most ``side`` cells along each axis."""
    return _cells(np.maximum, scores, side)


def any_of_cells(mask: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """The mask with at most ``side`` cells along each axis, anomalous where a pixel is."""
    return _cells(np.logical_or, mask, side)


def _cells(merge: np.ufunc, pixels: Array, side: int) -> Array:
    for axis, length in enumerate(pixels.shape):
        if length > side:
            starts = np.arange(side) * length // side
            pixels = merge.reduceat(pixels, starts, axis=axis)
    return pixels
