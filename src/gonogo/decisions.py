"""The decision rule: ``score >= threshold`` is anomalous, exactly, whatever the dtype."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Array

__all__ = ["at_least"]


def at_least(scores: Array, threshold: float) -> NDArray[np.bool_]:
    """Where ``score >= threshold`` as real numbers.

    The threshold is rounded up to the scores' dtype first: a score of that dtype is at least the
    one exactly when it is at least the other, so nothing is widened.
    """
    if scores.dtype.kind == "f":
        flagged: NDArray[np.bool_] = scores >= _rounded_up(threshold, scores.dtype)
        return flagged
    if not math.isfinite(threshold):
        return np.full(scores.shape, threshold < 0)
    if scores.dtype == np.bool_:
        scores = scores.view(np.uint8)
    limits = np.iinfo(scores.dtype)
    lowest = math.ceil(threshold)
    if lowest > limits.max:
        return np.zeros(scores.shape, np.bool_)
    reached: NDArray[np.bool_] = scores >= scores.dtype.type(max(lowest, limits.min))
    return reached


def _rounded_up(threshold: float, dtype: np.dtype[Any]) -> Any:
    with np.errstate(over="ignore"):
        rounded = np.array(threshold, dtype)
        if float(rounded) < threshold:
            rounded = np.nextafter(rounded, np.array(np.inf, dtype))
    return rounded[()]
