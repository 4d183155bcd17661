"""The anomalous scores of a data set: few, kept whole, sorted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, keys_of, scores_of
from gonogo.states.weights import NO_REGIONS, RegionWeights
from gonogo.types import Array

__all__ = [
    "AREA_MASK",
    "NO_SCORES",
    "AnomalousScores",
    "DistinctScores",
    "distinct_scores",
    "packable",
    "packed",
    "sorted_together",
    "unpacked",
]


AREA_MASK = (1 << (KEY_BITS - NARROW_BITS)) - 1
"""The bits of a key that are zero for every float32 score: an area fits there."""


@dataclass(frozen=True)
class AnomalousScores:
    """The anomalous scores of one image, with the area of the region each pixel lies in."""

    scores: Array
    areas: NDArray[np.int64] | None = None
    regions: int = 0

    @property
    def nbytes(self) -> int:
        """Memory that they take."""
        return self.scores.nbytes + (0 if self.areas is None else self.areas.nbytes)


NO_SCORES = AnomalousScores(np.empty(0, np.float32), np.empty(0, np.int64))


@dataclass(frozen=True)
class DistinctScores:
    """Distinct anomalous scores, falling, with how often each occurs and its region weight."""

    scores: Array
    anomalous: NDArray[np.int64]
    weights: RegionWeights

    @property
    def total(self) -> int:
        """Number of anomalous elements."""
        return int(self.anomalous.sum())


def distinct_scores(parts: Sequence[AnomalousScores]) -> DistinctScores:
    """All parts as one: float32 where every part is exact in it, else float64."""
    if any(part.areas is None for part in parts):
        scores = np.sort(_concatenated(parts))
        starts = _starts(scores)
        weights = NO_REGIONS
    else:
        scores, areas = sorted_together(parts)
        starts = _starts(scores)
        weights = _falling(areas, starts, sum(part.regions for part in parts))
    counts = np.diff(starts, append=len(scores))
    return DistinctScores(scores[starts][::-1].copy(), counts[::-1].copy(), weights)


def sorted_together(parts: Sequence[AnomalousScores]) -> tuple[Array, NDArray[np.int64]]:
    """All rising scores with their areas; a float32 and its area are sorted as one integer."""
    scores = _concatenated(parts)
    nothing = [np.empty(0, np.int64)]
    areas = np.concatenate([p.areas for p in parts if p.areas is not None] or nothing)
    if not packable(scores, areas):
        order = np.argsort(scores)
        return scores[order], areas[order]
    keys = packed(scores, areas)
    keys.sort()
    return unpacked(keys)


def packable(scores: Array, areas: NDArray[np.int64]) -> bool:
    """Whether each score fits into one integer together with its area."""
    narrow = np.can_cast(scores.dtype, np.float32)
    return narrow and (areas.size == 0 or int(areas.max()) <= AREA_MASK)


def packed(scores: Array, areas: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each score and its area as one integer, which grows with the score: a key, and the area."""
    keys = keys_of(scores)
    keys |= areas
    return keys


def unpacked(keys: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """The scores, as float32, and the areas of such integers."""
    return scores_of(keys & ~AREA_MASK).astype(np.float32), keys & AREA_MASK


def _concatenated(parts: Sequence[AnomalousScores]) -> Array:
    """One array of all scores, in which -0.0 and 0.0 are one."""
    arrays = [part.scores for part in parts if part.scores.size]
    dtype = np.result_type(np.float32, *(array.dtype for array in arrays))
    if not arrays:
        return np.empty(0, dtype)
    scores = np.concatenate(arrays, dtype=dtype, casting="same_kind")
    scores += 0.0
    return scores


def _starts(scores: Array) -> NDArray[np.int64]:
    """Where each distinct value of sorted scores begins."""
    if scores.size == 0:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1]))).astype(np.int64)


def _falling(areas: NDArray[np.int64], starts: NDArray[np.int64], regions: int) -> RegionWeights:
    rising = RegionWeights.of_pixels(areas, starts, regions)
    return RegionWeights(rising.high[::-1].copy(), rising.low[::-1].copy(), regions)
