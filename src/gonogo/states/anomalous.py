"""The anomalous scores of a data set: few, kept whole, sorted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.states.weights import NO_REGIONS, RegionWeights
from gonogo.types import Array

__all__ = ["NO_SCORES", "AnomalousScores", "DistinctScores", "distinct_scores"]


@dataclass(frozen=True)
class AnomalousScores:
    """The anomalous scores of one image, with the area of the region each pixel lies in."""

    scores: Array
    areas: NDArray[np.int64] | None = None
    regions: int = 0


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
    parts = [part for part in parts if part.scores.size]
    dtype = np.result_type(np.float32, *(part.scores.dtype for part in parts))
    scores = _concatenated([part.scores for part in parts], dtype)
    scores += 0.0  # -0.0 and 0.0 are one score
    if not parts or parts[0].areas is None:
        scores.sort()
        starts = _starts(scores)
        weights = NO_REGIONS
    else:
        areas = np.concatenate([part.areas for part in parts if part.areas is not None])
        scores, areas = _sorted_together(scores, areas)
        starts = _starts(scores)
        weights = _falling(areas, starts, sum(part.regions for part in parts))
    counts = np.diff(starts, append=len(scores))
    return DistinctScores(scores[starts][::-1].copy(), counts[::-1].copy(), weights)


def _concatenated(arrays: list[Array], dtype: np.dtype[np.generic]) -> Array:
    if not arrays:
        return np.empty(0, dtype)
    return np.concatenate(arrays, dtype=dtype, casting="same_kind")


def _sorted_together(scores: Array, areas: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Ascending scores with their areas; a float32 and its area are sorted as one integer."""
    if scores.dtype == np.float32 and (areas.size == 0 or int(areas.max()) < 2**32):
        bits = scores.view(np.uint32)
        sign = np.uint32(1 << 31)
        keys = np.where(bits >= sign, ~bits, bits | sign).astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= areas.view(np.uint64)
        keys.sort()
        areas = (keys & np.uint64(0xFFFFFFFF)).view(np.int64)
        bits = (keys >> np.uint64(32)).astype(np.uint32)
        return np.where(bits >= sign, bits ^ sign, ~bits).view(np.float32), areas
    order = np.argsort(scores)
    return scores[order], areas[order]


def _starts(scores: Array) -> NDArray[np.int64]:
    """Where each distinct value of sorted scores begins."""
    if scores.size == 0:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1]))).astype(np.int64)


def _falling(areas: NDArray[np.int64], starts: NDArray[np.int64], regions: int) -> RegionWeights:
    rising = RegionWeights.of_pixels(areas, starts, regions)
    return RegionWeights(rising.high[::-1].copy(), rising.low[::-1].copy(), regions)
