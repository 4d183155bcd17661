"""What every display scale is: increasing, inverted, saved, and true to the decision.

``scale(x) >= scale.normalized_threshold`` exactly when ``x >= scale.threshold``, to the last unit
of float16, float32 and float64: the formula is computed in float64 and rounded to the dtype of the
scores, and what rounding has carried across the threshold is put back to its own side of it, on the
nearest number there is. That keeps the order: of two scores the higher never gets the lower value.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gonogo._check import finite_number, finite_range, score_array
from gonogo.decisions import at_least, on_its_side
from gonogo.errors import InputError
from gonogo.files import local_path
from gonogo.sorting import sortable
from gonogo.types import Array

__all__ = ["Normalization", "ascending", "parts", "refuse_not_positive", "threshold_value"]

_BLOCK = 1 << 18
_CAST = {"float16": "half", "float32": "float", "float64": "double"}


@dataclass(frozen=True)
class Normalization(ABC):
    """A scale to show scores on; metrics and decisions use the scores themselves."""

    threshold: float
    """In units of the scores."""

    method: ClassVar[str]
    normalized_threshold: ClassVar[float]
    """Where the threshold lands."""
    bounds: ClassVar[tuple[float, float]]
    """Ends of the scale; what lies beyond is clipped."""
    positive_only: ClassVar[bool] = False
    """Whether it is for positive scores alone."""

    def __post_init__(self) -> None:
        """Every number of a scale is finite, and a plain float."""
        for one in fields(self):
            number = finite_number(getattr(self, one.name), one.name)
            object.__setattr__(self, one.name, number)

    @classmethod
    @abstractmethod
    def fit(cls, scores: Any, threshold: Any) -> Self:
        """The scale from scores (one array, or a list of them) and a threshold of any kind."""

    def __call__(self, scores: Any) -> Any:
        """Scores on this scale, in their own shape and float dtype; integers become float64.

        Of a tensor, a tensor on its device (bfloat16 becomes float32). Nothing is written to. NaN
        and infinities are refused.
        """
        array = score_array(scores, "scores")
        if array.size:
            lowest = finite_range(array, "scores")[0]
            if self.positive_only:
                refuse_not_positive(lowest)
        places = _blockwise(array, self._forward, self.threshold, self.normalized_threshold)
        return _like(scores, places)

    def inverse(self, values: Any) -> Any:
        """The scores at these places of the scale, each on its side of the threshold.

        In the shape and float dtype of the values; an end of the scale gives the score at which it
        is reached.

        Raises:
            InputError: the values are not on the scale, or their dtype does not hold the scores.
        """
        array = score_array(values, "values")
        if array.size:
            low, high = finite_range(array, "values")
            if low < self.bounds[0] or high > self.bounds[1]:
                raise InputError(
                    f"values: found {low:g} to {high:g}; expected values of the {self.method} "
                    f"scale, {self.bounds[0]:g} to {self.bounds[1]:g}"
                )
        scores = _blockwise(array, self._backward, self.normalized_threshold, self.threshold)
        return _like(values, scores)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the scale as JSON; into the threshold's file, where there is one at that path."""
        from gonogo.normalization.document import save_scale

        return save_scale(local_path(path, "path", "file"), self)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The scale of a file, by itself or beside a threshold; of whichever method, if asked here.

        Raises:
            InputError: the file is missing, damaged, of a later version, or holds no such scale.
        """
        from gonogo.normalization.document import load_scale

        found = load_scale(Path(path))
        if not isinstance(found, cls):
            raise InputError(f"{path}: found a {found.method} scale; expected {cls.method}")
        return found

    @abstractmethod
    def _forward(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The formula; non-decreasing, nan nowhere."""

    @abstractmethod
    def _backward(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The formula the other way round."""


def threshold_value(threshold: Any) -> float:
    """The number of a threshold, or the number itself."""
    return finite_number(getattr(threshold, "value", threshold), "threshold")


def ascending(scores: Any) -> Array:
    """All scores of an array or a list of arrays, sorted, so that sums do not know their order."""
    return np.sort(sortable(np.concatenate([part.reshape(-1) for part in parts(scores)])))


def parts(scores: Any) -> list[Array]:
    """The arrays of a list of arrays, or the one array; finite, and not all empty."""
    several = isinstance(scores, (list, tuple)) and any(np.ndim(one) > 0 for one in scores)
    arrays = [score_array(one, "scores") for one in (scores if several else [scores])]
    filled = [array for array in arrays if array.size]
    if not filled:
        raise InputError("scores: found none; expected at least one")
    for array in filled:
        finite_range(array, "scores")
    return filled


def refuse_not_positive(lowest: float) -> None:
    """Refuse scores that have no logarithm."""
    if lowest <= 0.0:
        raise InputError(
            f"scores: found {lowest:g}; the cdf scale takes logarithms and needs positive scores; "
            "choose min_max or divide_by_threshold"
        )


def _blockwise(
    array: Array,
    formula: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    threshold: float,
    anchor: float,
) -> Array:
    """A formula in float64, rounded; what reaches the threshold reaches the anchor, no other."""
    flat = array.reshape(-1)
    result = np.empty(flat.shape, array.dtype if array.dtype.kind == "f" else np.float64)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        with np.errstate(all="ignore"):
            rounded = formula(block.astype(np.float64)).astype(result.dtype)
        placed = on_its_side(rounded, at_least(block, threshold), anchor)
        if not (np.isfinite(rounded).all() and np.isfinite(placed).all()):
            raise _beyond(result.dtype)
        result[start : start + _BLOCK] = placed
    return result.reshape(array.shape)


def _beyond(dtype: np.dtype[Any]) -> InputError:
    """Only on the way back: places of a scale are small numbers."""
    advice = "there is none" if dtype == np.float64 else "pass the values as float64"
    return InputError(
        f"values: found places of scores beyond the largest {dtype.name}, "
        f"{float(np.finfo(dtype).max):g}; {advice}"
    )


def _like(given: Any, result: Array) -> Any:
    """The result as what was given: a tensor on its device, an array, a scalar for a scalar."""
    if hasattr(given, "detach"):
        return getattr(given.detach().new_empty(0), _CAST[result.dtype.name])().new_tensor(result)
    return result[()]
