"""Whether a curve lies between two others: at every corner of the three, from both sides."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Heights", "heights", "leaves"]

_ROUNDING = 1e-12


class Heights(NamedTuple):
    """Of a curve at some x: coming from the left, going on to the right, lowest and highest."""

    left: np.ndarray
    right: np.ndarray
    low: np.ndarray
    high: np.ndarray


def heights(curve: Any, at: np.ndarray) -> Heights:
    """Straight lines between the points; a vertical line, rising or falling, is one x."""
    first = np.searchsorted(curve.x, at, "left")
    last = np.searchsorted(curve.x, at, "right") - 1
    after, before = np.minimum(first, len(curve) - 1), np.maximum(last, 0)
    x0, x1, y0, y1 = curve.x[before], curve.x[after], curve.y[before], curve.y[after]
    wide = x1 > x0
    line = y0 + np.divide(at - x0, x1 - x0, out=np.zeros(len(at)), where=wide) * (y1 - y0)
    corner = first <= last
    left, right = np.where(corner, curve.y[after], line), np.where(corner, curve.y[before], line)
    return Heights(left, right, np.minimum(left, right), np.maximum(left, right))


def leaves(curve: Any, lower: Any, upper: Any) -> list[tuple[str, float]]:
    """Where the curve is below the lower or above the upper one, if anywhere."""
    at = np.unique(np.concatenate([curve.x, lower.x, upper.x]))
    middle, under, over = (heights(one, at) for one in (curve, lower, upper))
    found = []
    for side in ("left", "right", "low"):
        gone = getattr(middle, side) < getattr(under, side) - _ROUNDING
        found += [(f"below, {side}", float(x)) for x in at[gone]]
    for side in ("left", "right", "high"):
        gone = getattr(middle, side) > getattr(over, side) + _ROUNDING
        found += [(f"above, {side}", float(x)) for x in at[gone]]
    return found
