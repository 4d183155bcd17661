"""The anomalous scores of a stream of images, counted at bins when enough of them wait."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS
from gonogo.states.anomalous import (
    AnomalousScores,
    packable,
    packed,
    sorted_together,
    unpacked,
)
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import ANOMALOUS_COLUMNS, Part
from gonogo.states.growing import GrowingCounts
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["PartsCounter"]

_GATHER = 4
"""As many anomalous scores a page wait to be sorted together."""
_BLOCK = 1 << 14


class PartsCounter:
    """Counts anomalous scores by defect; any thread may add, at the resolution it has by then."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._bits = KEY_BITS
        self._parts: dict[str | None, _Growing] = {}
        self._size = 0

    def add(
        self, anomalous: AnomalousScores, atoms: SparseCounts, defect: str | None, bits: int
    ) -> None:
        """Add the anomalous scores of an image; ``atoms`` are those of them at known keys."""
        with self._lock:
            if defect not in self._parts:
                self._parts[defect] = _Growing()
            part = self._parts[defect]
            part.regions += anomalous.regions
            if atoms.bins.size:
                part.atoms = SparseCounts.added([part.atoms, atoms], ANOMALOUS_COLUMNS)
            part.wait(anomalous)
            self._size += anomalous.scores.size
            if self._size > _GATHER * self._capacity.pages:
                self._gather(bits)

    def parts(self, bits: int) -> tuple[int, dict[str | None, Part]]:
        """Every part so far, and the resolution they have: ``bits``, or less."""
        with self._lock:
            self._gather(bits)
            parts = {
                defect: Part(part.counts.lent(), part.atoms, part.regions)
                for defect, part in self._parts.items()
            }
            return self._bits, parts

    def _gather(self, bits: int) -> None:
        """Bring what waits, and what was there, to the coarser resolution of the two."""
        bits = min(bits, self._bits)
        for part in self._parts.values():
            part.counts.fold(self._bits - bits)
            part.gather(bits)
        self._size, self._bits = 0, bits


class _Growing:
    """The anomalous scores of one defect."""

    def __init__(self) -> None:
        self.counts = GrowingCounts(ANOMALOUS_COLUMNS)
        self.atoms = SparseCounts.empty(ANOMALOUS_COLUMNS)
        self.regions = 0
        self._packed: list[NDArray[np.uint64]] = []
        self._others: list[AnomalousScores] = []

    def wait(self, anomalous: AnomalousScores) -> None:
        """Keep scores to be counted later, in as few bytes as may be."""
        scores, areas = anomalous.scores, anomalous.areas
        if scores.dtype.kind == "f" and scores.dtype.itemsize < 4:
            scores = scores.astype(np.float32)
        if areas is not None and packable(scores, areas):
            self._packed.append(packed(scores, areas))
        else:
            self._others.append(anomalous)

    def gather(self, bits: int) -> None:
        """Count what waits, at bins."""
        if self._packed:
            keys = np.concatenate(self._packed)
            keys.sort()
            blocks = (unpacked(keys[k : k + _BLOCK]) for k in range(0, keys.size, _BLOCK))
            self.counts.add(_at_bins(blocks, keys.size, bits))
        if self._others:
            scores, areas = sorted_together(self._others)
            self.counts.add(_at_bins([(scores, areas)], scores.size, bits))
        self._packed, self._others = [], []


def _at_bins(
    rising: Iterable[tuple[Array, NDArray[np.int64]]], most: int, bits: int
) -> SparseCounts:
    """Counts of rising scores with their areas, at bins of ``bits`` bits."""
    from gonogo.kernels.bins import sum_weights  # numba loads late

    bins, columns = np.empty(most, np.int64), np.empty((ANOMALOUS_COLUMNS, most), np.int64)
    size = 0
    for scores, areas in rising:
        wide = scores.astype(np.float64).view(np.int64)
        size = sum_weights(wide, areas, KEY_BITS - bits, bins, columns, size)
    return SparseCounts(bins[:size], columns[:, :size])
