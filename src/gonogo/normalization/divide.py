"""Divide by threshold: the threshold as 100, twice the threshold as 200."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gonogo.normalization.scale import Normalization, threshold_value

__all__ = ["DivideByThreshold"]


@dataclass(frozen=True)
class DivideByThreshold(Normalization):
    """``100 x / threshold``, clipped to [0, 1000]; the threshold lands on 100.

    The scale of quadra. A threshold of 0: ``100 (x + 1)``; below 0: ``200 - 100 x / threshold``.

    >>> DivideByThreshold(0.25)([0.2, 0.25, 0.5, 9.0])
    array([  80.,  100.,  200., 1000.])
    """

    method: ClassVar = "divide_by_threshold"
    normalized_threshold: ClassVar = 100.0
    bounds: ClassVar = (0.0, 1000.0)

    @classmethod
    def fit(cls, scores: Any, threshold: Any) -> Self:
        """From the threshold alone (a number or a ``Threshold``); the scores do not matter."""
        del scores
        return cls(threshold_value(threshold))

    def _forward(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.threshold > 0.0:
            place = scores / self.threshold * 100.0
        elif self.threshold == 0.0:
            place = (scores + 1.0) * 100.0
        else:
            place = 200.0 - scores / self.threshold * 100.0
        return np.clip(place, 0.0, 1000.0)

    def _backward(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.threshold > 0.0:
            return values / 100.0 * self.threshold
        if self.threshold == 0.0:
            return values / 100.0 - 1.0
        return (2.0 - values / 100.0) * self.threshold
