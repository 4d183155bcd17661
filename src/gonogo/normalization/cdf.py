"""Cdf: how the logarithm of a score lies in the normal distribution fitted to normal scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError
from gonogo.normalization.scale import (
    Normalization,
    ascending,
    refuse_not_positive,
    threshold_value,
)

__all__ = ["Cdf"]

_BLOCK = 1 << 16
_DIGITS = 44
_FARTHEST = 40.0
_ENDS = (-38.6, 8.3)
"""Deviations from which on Phi is 0 and 1 in float64."""


@dataclass(frozen=True)
class Cdf(Normalization):
    """``Phi((ln x - mean) / std - (ln threshold - mean) / std)``; the threshold lands on 0.5.

    The scale of anomalib 0.x, ``mean`` and ``std`` being those of the logarithms of normal training
    scores. It needs positive scores. The formula is computed as ``Phi(ln(x / threshold) / std)``,
    where the mean has cancelled. Ratios that agree to 44 binary digits count as equal: finer ones
    are lost in the rounding of ln and Phi, which would turn their order around.

    >>> scale = Cdf.fit([1.0, 2.0, 4.0], threshold=2.0)
    >>> round(float(scale(4.0)), 6)
    0.841345
    """

    mean: float
    std: float

    method: ClassVar = "cdf"
    normalized_threshold: ClassVar = 0.5
    bounds: ClassVar = (0.0, 1.0)
    positive_only: ClassVar = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.threshold > 0.0:
            raise InputError(
                f"threshold: found {self.threshold}; the cdf scale takes logarithms and needs a "
                "positive one; choose min_max or divide_by_threshold"
            )
        if not self.std >= 0.0:
            raise InputError(f"std: found {self.std}; expected a number of at least 0")

    @classmethod
    def fit(cls, scores: Any, threshold: Any) -> Self:
        """From normal training scores, and a threshold (a number or a ``Threshold``).

        ``std`` is divided by n - 1, as torch does it; that of one score is 0.
        """
        found = ascending(scores)
        refuse_not_positive(float(found[0]))
        blocks = [found[start : start + _BLOCK] for start in range(0, found.size, _BLOCK)]
        logs = (np.log(block.astype(np.float64)) for block in blocks)
        mean = sum(float(block.sum()) for block in logs) / found.size
        again = (np.log(block.astype(np.float64)) - mean for block in blocks)
        square = sum(float((block**2).sum()) for block in again) / max(found.size - 1, 1)
        std = 0.0 if found[0] == found[-1] else float(np.sqrt(square))
        return cls(threshold_value(threshold), mean, std)

    def _forward(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.special import ndtr  # SciPy loads late

        digits, power = np.frexp(scores / self.threshold)
        ratio = np.ldexp(np.rint(np.ldexp(digits, _DIGITS)), power - _DIGITS)
        deviations = np.log(ratio) / np.float64(self.std)
        deviations[ratio == 1.0] = 0.0
        deviations = np.clip(deviations, -_FARTHEST, _FARTHEST)
        deviations = np.ldexp(np.rint(np.ldexp(deviations, _DIGITS)), -_DIGITS)
        tail = ndtr(-np.abs(deviations))  # exact in proportion, which Phi near 1 is not
        result: NDArray[np.float64] = np.where(deviations > 0.0, 1.0 - tail, tail)
        return result

    def _backward(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.special import ndtri  # SciPy loads late

        if self.std == 0.0:
            return np.full(values.shape, self.threshold)
        deviations = np.clip(ndtri(values), *_ENDS)
        result: NDArray[np.float64] = self.threshold * np.exp(deviations * self.std)
        return result
