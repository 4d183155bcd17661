"""Points of the curves that a metric is the area of, as tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from gonogo.compat.anomalib.rounded import as_rate
from gonogo.states import BinCounts, RankCounts
from gonogo.types import Array, Curve

__all__ = ["points", "points_up_to"]


def points(metric: Any, curve: Callable[[RankCounts], Curve]) -> tuple[Tensor, Tensor]:
    """X and y in float32 by falling thresholds; none where the data does not define the curve."""
    found = _curve(metric, curve)
    return as_rate(metric.tensor(found.x)), as_rate(metric.tensor(found.y))


def points_up_to(
    metric: Any, curve: Callable[[RankCounts], Curve], limit: float
) -> tuple[Tensor, Tensor]:
    """The same as far as x is at most the limit, ending on the straight line at the limit."""
    found = _curve(metric, curve)
    inside = int(np.searchsorted(found.x, limit, side="right"))
    x, y = found.x[:inside], found.y[:inside]
    if 0 < inside < len(found.x) and x[-1] < limit:
        x, y = _with_end(found, inside, limit)
    return as_rate(metric.tensor(x)), as_rate(metric.tensor(y))


def _curve(metric: Any, curve: Callable[[RankCounts], Curve]) -> Curve:
    metric.compute()
    counts = metric.counts_computed
    return curve(counts.tied if isinstance(counts, BinCounts) else counts)


def _with_end(curve: Curve, inside: int, limit: float) -> tuple[Array, Array]:
    end = np.interp(limit, curve.x[inside - 1 : inside + 1], curve.y[inside - 1 : inside + 1])
    return np.append(curve.x[:inside], limit), np.append(curve.y[:inside], end)
