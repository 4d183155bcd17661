"""Thresholds so many times the spread of the normal scores above their centre.

Where the spread is 0 the threshold is just above the centre: no score deviates from it, and the
centre itself is not to be flagged.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from gonogo.decisions import just_above
from gonogo.thresholds.policy import Policy, at_least_zero, spelled
from gonogo.thresholds.sample import Sample
from gonogo.types import Array

__all__ = ["Mad", "Sigma"]

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Sigma(Policy):
    """``sigma=3``: mean plus 3 standard deviations of the normal scores (divided by n)."""

    deviations: float

    name: ClassVar = "sigma"
    sign: ClassVar = "="
    example: ClassVar = "sigma=3"
    check: ClassVar = at_least_zero
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """Mean plus so many standard deviations, in float64."""
        del confidence
        mean, deviation = _mean_and_deviation(sample.normal)
        return _above(mean, deviation, self.deviations, sample.normal)

    def promise(self, things: str, confidence: float | None) -> str:
        """What the name says."""
        del confidence
        return (
            f"{spelled(self.deviations)} standard deviations above the mean of these normal "
            f"{things}"
        )


@dataclass(frozen=True)
class Mad(Policy):
    """``mad=3``: median plus 3 median absolute deviations of the normal scores.

    Of normally distributed scores the MAD is 0.6745 standard deviations; it is not scaled here.
    """

    deviations: float

    name: ClassVar = "mad"
    sign: ClassVar = "="
    example: ClassVar = "mad=3"
    check: ClassVar = at_least_zero
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """Median plus so many median absolute deviations, in float64."""
        del confidence
        scores = sample.normal
        half = scores.size // 2
        median = _middle(float(scores[(scores.size - 1) // 2]), float(scores[half]))
        deviation = _middle(
            _deviation(scores, median, (scores.size + 1) // 2), _deviation(scores, median, half + 1)
        )
        return _above(median, deviation, self.deviations, scores)

    def promise(self, things: str, confidence: float | None) -> str:
        """What the name says."""
        del confidence
        return (
            f"{spelled(self.deviations)} median absolute deviations above the median of these "
            f"normal {things}"
        )


def _above(centre: float, spread: float, times: float, scores: Array) -> float:
    if spread == 0.0:
        return just_above(scores.dtype.type(centre))
    return centre + times * spread


def _mean_and_deviation(ascending: Array) -> tuple[float, float]:
    """Both in float64, as offsets from the lowest score in a unit in which nothing overflows."""
    origin = float(ascending[0])
    largest = max(abs(origin), abs(float(ascending[-1])))
    unit = math.ldexp(1.0, math.frexp(largest)[1] - 1)

    def offsets() -> Iterator[NDArray[np.float64]]:
        for start in range(0, ascending.size, _BLOCK):
            yield ascending[start : start + _BLOCK].astype(np.float64) / unit - origin / unit

    mean = sum(float(block.sum()) for block in offsets()) / ascending.size
    square = sum(float(((block - mean) ** 2).sum()) for block in offsets()) / ascending.size
    return (origin / unit + mean) * unit, math.sqrt(square) * unit


def _deviation(ascending: Array, centre: float, rank: int) -> float:
    """The absolute deviation of that rank; the nearest scores lie in one window around the centre.

    As the window moves up, its lower end comes nearer and its upper end leaves.
    """

    def ends(start: int) -> tuple[float, float]:
        return centre - float(ascending[start]), float(ascending[start + rank - 1]) - centre

    starts = range(ascending.size - rank + 1)
    place = bisect_left(starts, True, key=lambda start: ends(start)[0] <= ends(start)[1])
    return min(max(ends(start)) for start in (place - 1, place) if start in starts)


def _middle(low: float, high: float) -> float:
    return low + (high - low) / 2.0 if low * high > 0.0 else (low + high) / 2.0
