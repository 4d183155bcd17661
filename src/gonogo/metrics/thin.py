"""Fewer points for plotting, with the area under the curve left where it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Curve

__all__ = ["thinned"]

_AREA = 5e-7
_NEAR = 64


def thinned(curve: Curve, points: int = 1000) -> Curve:
    """Some of the points of a curve: at most 1e-6 from its area, from the left to any kept point.

    About ``points`` of them, even along the curve and along a logarithmic x axis; more where the
    area needs them. A point is chosen so that what its chord gains makes up for what the chords
    before it lost, so steps are cut through their middle rather than along one side.
    """
    while points < len(curve):
        kept, drift = _chosen(curve, points)
        if drift <= _AREA:
            return Curve(curve.x[kept], curve.y[kept], curve.thresholds[kept])
        points *= 2
    return curve


def _chosen(curve: Curve, points: int) -> tuple[list[int], float]:
    """Indices of kept points, and how far the area to any of them is from the exact one."""
    x, y = curve.x, curve.y
    exact = np.concatenate(([0.0], np.cumsum(np.diff(x) * (y[1:] + y[:-1]) / 2.0)))
    kept, error, drift = [0], 0.0, 0.0
    targets = _targets(x, y, points)
    for target, following in zip(targets, [*targets[1:], len(x) - 1], strict=True):
        here = kept[-1]
        near = slice(target, min(target + _NEAR, following))
        chords = (x[near] - x[here]) * (y[near] + y[here]) / 2.0
        errors = error + chords - (exact[near] - exact[here])
        best = int(np.argmin(np.abs(errors)))
        kept.append(target + best)
        error = float(errors[best])
        drift = max(drift, abs(error))
    here, last = kept[-1], len(x) - 1
    error += float((x[last] - x[here]) * (y[last] + y[here]) / 2.0 - (exact[last] - exact[here]))
    kept.append(last)
    return kept, max(drift, abs(error))


def _targets(x: NDArray[np.float64], y: NDArray[np.float64], points: int) -> list[int]:
    """Indices spread evenly along the curve, and along the logarithm of x."""
    along = x + np.abs(np.diff(y, prepend=y[0])).cumsum()
    even = np.searchsorted(along, np.linspace(0.0, along[-1], points))
    smallest = x[x > 0.0][0] if np.any(x > 0.0) else 1.0
    decades = np.searchsorted(x, np.geomspace(smallest, 1.0, points // 4))
    return sorted({int(i) for i in (*even, *decades) if 0 < i < len(x) - 1})
