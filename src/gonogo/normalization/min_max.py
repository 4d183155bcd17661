"""Min-max: the range of the scores as 1, the threshold in the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gonogo._check import finite_range
from gonogo.errors import InputError
from gonogo.normalization.scale import Normalization, parts, threshold_value

__all__ = ["MinMax"]


@dataclass(frozen=True)
class MinMax(Normalization):
    """``clip((x - threshold) / (high - low) + 0.5, 0, 1)``; the threshold lands on 0.5.

    The scale of anomalib. Where ``high`` is ``low``, scores below the threshold get 0 and those
    above it 1.

    >>> scale = MinMax.fit([1.0, 2.0, 5.0], threshold=3.0)
    >>> scale([1.0, 3.0, 4.0])
    array([0.  , 0.5 , 0.75])
    """

    low: float
    high: float

    method: ClassVar = "min_max"
    normalized_threshold: ClassVar = 0.5
    bounds: ClassVar = (0.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low <= self.high:
            raise InputError(f"low, high: found {self.low} and {self.high}; expected low <= high")

    @classmethod
    def fit(cls, scores: Any, threshold: Any) -> Self:
        """From the lowest and the highest score, and a threshold (a number or a ``Threshold``)."""
        lows, highs = zip(*(finite_range(part, "scores") for part in parts(scores)), strict=True)
        return cls(threshold_value(threshold), min(lows), max(highs))

    def _forward(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        above, width = scores - self.threshold, self.high - self.low
        if math.isinf(width):
            above, width = scores / 2.0 - self.threshold / 2.0, self.high / 2.0 - self.low / 2.0
        place = above / np.float64(width)
        place[above == 0.0] = 0.0
        return np.clip(place + 0.5, 0.0, 1.0)

    def _backward(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        width = self.high / 2.0 - self.low / 2.0
        return self.threshold + (values - 0.5) * width + (values - 0.5) * width
