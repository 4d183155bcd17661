"""The memory of a detector: places of normal pictures, and how far a new place is from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.demo.coreset import greedy_coreset
from gonogo.demo.features import WEIGHTS
from gonogo.demo.libraries import library

__all__ = ["Memory", "remember"]

Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Memory:
    """A bank of remembered places, after ``(feature - mean) * factor``; one row a place."""

    mean: Rows
    factor: Rows
    bank: Rows

    def distances(self, features: Rows, neighbours: int) -> NDArray[np.float64]:
        """Mean Euclidean distance of each row to its nearest remembered places.

        The search names the neighbours; the distances are then added up feature by feature, which
        no linear algebra library or number of threads changes.
        """
        rows = _scaled(features, self)
        nearest = _search(self.bank, min(neighbours, len(self.bank))).kneighbors(
            rows, return_distance=False
        )
        squared = np.zeros(nearest.shape, dtype=np.float64)
        for feature in range(rows.shape[1]):
            squared += (rows[:, feature, None] - self.bank[nearest, feature]).astype(float) ** 2
        distances: NDArray[np.float64] = np.sqrt(squared).mean(axis=1)
        return distances


def remember(features: Rows, size: int) -> Memory:
    """A memory of at most ``size`` of these rows, by the greedy coreset."""
    spread = features.std(axis=0, dtype=np.float64)
    memory = Memory(
        mean=features.mean(axis=0, dtype=np.float64).astype(np.float32),
        factor=(WEIGHTS / np.where(spread > 0, spread, 1.0)).astype(np.float32),
        bank=np.empty((0, features.shape[1]), np.float32),
    )
    rows = _scaled(features, memory)
    return Memory(memory.mean, memory.factor, rows[greedy_coreset(rows, size)])


def _scaled(features: Rows, memory: Memory) -> Rows:
    return (features - memory.mean) * memory.factor


def _search(bank: Rows, neighbours: int) -> Any:
    nearest = library("sklearn.neighbors").NearestNeighbors
    return nearest(n_neighbors=neighbours, algorithm="brute").fit(bank)
