"""The anomalous scores of a data set: few, kept whole, sorted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, keys_of, scores_of
from gonogo.sorting import sortable
from gonogo.states.packed import counted_at_bins, packable, sorted_keys
from gonogo.states.weights import NO_REGIONS, RegionWeights
from gonogo.types import Array

__all__ = [
    "NO_SCORES",
    "AnomalousScores",
    "DistinctScores",
    "distinct_scores",
    "sorted_together",
]


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
    with_areas = [(part.scores, part.areas) for part in parts if part.areas is not None]
    if len(with_areas) < len(parts):
        scores = np.sort(sortable(_concatenated(parts)))
        starts = np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1]))[: scores.size])
        counts = np.diff(starts, append=scores.size)
        return DistinctScores(scores[starts][::-1].copy(), counts[::-1].copy(), NO_REGIONS)
    dtype = np.dtype(np.float32)
    if all(packable(scores, areas) for scores, areas in with_areas):
        found = counted_at_bins(sorted_keys(with_areas), None, KEY_BITS)
    else:
        scores, areas = sorted_together(parts)
        dtype = scores.dtype
        found = counted_at_bins(keys_of(scores), areas, KEY_BITS)
    falling = scores_of(found.bins[::-1]).astype(dtype)
    counts, high, low = (row[::-1].copy() for row in found.columns)
    regions = sum(part.regions for part in parts)
    return DistinctScores(falling, counts, RegionWeights(high, low, regions))


def sorted_together(parts: Sequence[AnomalousScores]) -> tuple[Array, NDArray[np.int64]]:
    """All rising scores with their areas."""
    scores = _concatenated(parts)
    nothing = [np.empty(0, np.int64)]
    areas = np.concatenate([p.areas for p in parts if p.areas is not None] or nothing)
    order = np.argsort(sortable(scores))
    return scores[order], areas[order]


def _concatenated(parts: Sequence[AnomalousScores]) -> Array:
    """One array of all scores, in which -0.0 and 0.0 are one."""
    arrays = [part.scores for part in parts if part.scores.size]
    dtype = np.result_type(np.float32, *(array.dtype for array in arrays))
    if not arrays:
        return np.empty(0, dtype)
    scores = np.concatenate(arrays, dtype=dtype, casting="same_kind")
    scores += 0.0
    return scores
