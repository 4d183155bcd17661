"""The decision rule: ``score >= threshold`` is anomalous, exactly, whatever the dtype."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Array

__all__ = ["at_least", "just_above", "on_its_side", "rounded_up", "sides"]

_FIRST_BIT = -(2**63)


def at_least(scores: Array, threshold: float) -> NDArray[np.bool_]:
    """Where ``score >= threshold`` as real numbers; of a tensor, a tensor on the same device.

    The threshold is rounded up to the scores' dtype first: a score of that dtype is at least the
    one exactly when it is at least the other, so nothing is widened.
    """
    if hasattr(scores, "detach"):
        decided: NDArray[np.bool_] = _tensor_at_least(scores, threshold)
        return decided
    if scores.dtype.kind == "f":
        flagged: NDArray[np.bool_] = scores >= rounded_up(threshold, scores.dtype)
        return flagged
    if scores.dtype == np.bool_:
        scores = scores.view(np.uint8)
    lowest = _lowest_integer(threshold, np.iinfo(scores.dtype))
    if lowest is None:
        return np.zeros(scores.shape, np.bool_)
    reached: NDArray[np.bool_] = scores >= scores.dtype.type(lowest)
    return reached


def rounded_up(threshold: float, dtype: np.dtype[Any]) -> Any:
    """The smallest number of a float dtype that is at least the threshold."""
    with np.errstate(over="ignore"):
        rounded = np.array(threshold, dtype)
        if float(rounded) < threshold:
            rounded = np.nextafter(rounded, np.array(np.inf, dtype))
    return rounded[()]


def sides(threshold: float, dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """The highest number of a float dtype that misses a threshold, the lowest that reaches it.

    The first is also below the threshold as rounded to the dtype, which is what ``array >= number``
    compares with. Infinite where the dtype has no such number.
    """
    reached = rounded_up(threshold, dtype)
    with np.errstate(over="ignore"):
        nearest = min(np.array(threshold, dtype)[()], reached)
        return np.nextafter(nearest, np.array(-np.inf, dtype)), reached


def on_its_side(values: Array, reached: NDArray[np.bool_], threshold: float) -> Array:
    """Values with those on the wrong side of a threshold moved to the nearest on the right one.

    ``reached`` is where they are to reach it. Whatever their order was, it stays.
    """
    missed, least = sides(threshold, values.dtype)
    placed: Array = np.where(reached, np.maximum(values, least), np.minimum(values, missed))
    return placed


def just_above(score: Any) -> float:
    """The next number of the score's own precision: the threshold that leaves out exactly it.

    Beyond the largest float32 the next float64; infinite beyond the largest float64.
    """
    precision = np.float32 if isinstance(score, np.float16 | np.float32) else np.float64
    with np.errstate(over="ignore"):
        above = np.nextafter(precision(score), precision(np.inf))
        return float(above if np.isfinite(above) else np.nextafter(float(score), np.inf))


def _lowest_integer(threshold: float, limits: Any) -> int | None:
    """The smallest integer of a dtype that is at least the threshold; None where none is."""
    if not math.isfinite(threshold):
        return None if threshold > 0 else int(limits.min)
    lowest = math.ceil(threshold)
    return None if lowest > limits.max else max(lowest, int(limits.min))


def _tensor_at_least(scores: Any, threshold: float) -> Any:
    dtype = str(scores.dtype).removeprefix("torch.")
    if dtype == "bfloat16":
        return scores >= _rounded_up_to_bfloat16(threshold)
    if dtype.startswith("float"):
        return scores >= float(rounded_up(threshold, np.dtype(dtype)))
    if dtype == "bool":
        dtype, scores = "uint8", scores.byte()
    lowest = _lowest_integer(threshold, np.iinfo(dtype))
    if dtype in ("uint16", "uint32"):  # which torch stores and does not compare
        scores = scores.long()
    elif dtype == "uint64":  # read as int64 with its first bit turned, it is 2 ** 63 less
        scores = scores.long() ^ _FIRST_BIT
        lowest = None if lowest is None else lowest + _FIRST_BIT
    return scores != scores if lowest is None else scores >= lowest


def _rounded_up_to_bfloat16(threshold: float) -> float:
    """A bfloat16 is the upper half of a float32."""
    bits = int(np.float32(rounded_up(threshold, np.dtype(np.float32))).view(np.uint32))
    if bits & 0xFFFF:
        bits = (bits & 0xFFFF0000) + (0 if bits >> 31 else 0x10000)
    return float(np.uint32(bits).view(np.float32))
