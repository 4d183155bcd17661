"""The points of a curve over the false positive rate, from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.states import RankCounts
from gonogo.types import Array, Curve

__all__ = ["just_above", "over_fpr"]


def over_fpr(counts: RankCounts, heights: NDArray[np.float64]) -> Curve:
    """Curve from (0, 0) to (1, 1) that has ``heights[k]`` at ``scores[k]``, straight in between.

    Every point where the curve can turn: just above each distinct anomalous score, and at it.
    """
    size = len(counts.scores)
    x, y, thresholds = (np.empty(2 * size + 2) for _ in range(3))
    x[0], y[0], thresholds[0] = 0.0, 0.0, np.inf
    x[-1], y[-1], thresholds[-1] = 1.0, 1.0, -np.inf
    x[1:-1:2] = counts.above / counts.normals
    x[2:-1:2] = counts.at_least / counts.normals
    y[1:-1:2] = np.concatenate(([0.0], heights[:-1]))
    y[2:-1:2] = heights
    thresholds[1:-1:2] = just_above(counts.scores)
    thresholds[2:-1:2] = counts.scores
    moved = np.ones(len(x), np.bool_)
    moved[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    return Curve(x[moved], y[moved], thresholds[moved])


def just_above(scores: Array) -> Array:
    """The next number of the same precision: as a threshold it leaves out exactly ``scores``."""
    with np.errstate(over="ignore"):
        above: Array = np.nextafter(scores, np.array(np.inf, scores.dtype))
    return above
