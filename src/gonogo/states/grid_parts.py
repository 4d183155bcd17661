"""The anomalous scores of a stream of images, counted at bins when enough of them wait."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, keys_of
from gonogo.sorting import sort_in_place
from gonogo.states.anomalous import AnomalousScores, sorted_together
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import Part
from gonogo.states.growing import GrowingCounts
from gonogo.states.packed import ANOMALOUS_COLUMNS, packable, packed
from gonogo.states.sparse import SparseCounts

__all__ = ["PartsCounter"]

_GATHER = 8
"""As many anomalous scores a page wait to be sorted together."""


class PartsCounter:
    """Counts anomalous scores by defect; any thread may add, at the resolution it has by then.

    While one thread counts what waited, others go on adding, until twice as many wait. What could
    not be counted (no memory was left) waits again.
    """

    def __init__(self, capacity: Capacity) -> None:
        self._most = _GATHER * capacity.pages
        self._adding = threading.Lock()
        self._counting = threading.Lock()
        self._parts: dict[str | None, _Growing] = {}
        self._size = 0

    def add(
        self, anomalous: AnomalousScores, atoms: SparseCounts, defect: str | None, bits: int
    ) -> None:
        """Add the anomalous scores of an image; ``atoms`` are those of them at known keys."""
        waiting = _Waiting.of(anomalous)
        with self._adding:
            if defect not in self._parts:
                self._parts[defect] = _Growing()
            self._parts[defect].add(waiting, atoms, anomalous.regions)
            self._size += anomalous.scores.size
            size = self._size
        if size > self._most and self._counting.acquire(blocking=size > 2 * self._most):
            try:
                self._count(bits)
            finally:
                self._counting.release()

    def count(self, bits: int) -> None:
        """Count all that waits, at a resolution of ``bits`` or less."""
        with self._counting:
            self._count(bits)

    def parts(self, bits: int) -> tuple[int, dict[str | None, Part]]:
        """Every part so far, and the resolution they have: ``bits``, or less.

        Nobody may add meanwhile.
        """
        with self._counting:
            bits = self._count(bits)
            parts = {
                defect: Part(part.counts.lent(), part.atoms, part.regions)
                for defect, part in self._parts.items()
            }
            return bits, parts

    def _count(self, bits: int) -> int:
        """Bring what waits, and what was there, to one resolution: ``bits``, or less."""
        with self._adding:
            parts = list(self._parts.values())
            self._size = 0
        bits = min([bits, *(part.bits for part in parts)])
        for part in parts:
            part.fold(bits)
            with self._adding:
                waiting = part.take()
            try:
                waiting.count(part.counts, bits)
            except BaseException:
                with self._adding:
                    part.wait(waiting)
                raise
        return bits


class _Growing:
    """The anomalous scores of one defect."""

    def __init__(self) -> None:
        self.counts = GrowingCounts()
        self.atoms = SparseCounts.empty(ANOMALOUS_COLUMNS)
        self.regions = 0
        self.bits = KEY_BITS
        self._waiting = _Waiting([], [])

    def add(self, waiting: _Waiting, atoms: SparseCounts, regions: int) -> None:
        """Keep scores to be counted later."""
        if atoms.bins.size:
            self.atoms = SparseCounts.added([self.atoms, atoms], ANOMALOUS_COLUMNS)
        self.regions += regions
        self.wait(waiting)

    def wait(self, waiting: _Waiting) -> None:
        """Keep what is to be counted later."""
        self._waiting.packed += waiting.packed
        self._waiting.others += waiting.others

    def take(self) -> _Waiting:
        """What waits, which from now on is for the caller to count."""
        waiting, self._waiting = self._waiting, _Waiting([], [])
        return waiting

    def fold(self, bits: int) -> None:
        """Bring what was counted to a resolution of ``bits``."""
        self.counts.fold(self.bits - bits)
        self.bits = bits


@dataclass
class _Waiting:
    """Anomalous scores to be counted later: where that can be, in one integer each."""

    packed: list[NDArray[np.int64]]
    others: list[AnomalousScores]

    @classmethod
    def of(cls, anomalous: AnomalousScores) -> _Waiting:
        """The scores of one image."""
        if anomalous.areas is not None and packable(anomalous.scores, anomalous.areas):
            return cls([packed(anomalous.scores, anomalous.areas)], [])
        return cls([], [anomalous])

    def count(self, counts: GrowingCounts, bits: int) -> None:
        """Add all to counts at bins of ``bits`` bits; what was added no longer waits."""
        if self.packed:
            keys = np.concatenate(self.packed)
            self.packed = [keys]  # and none of it twice in memory
            sort_in_place(keys)
            counts.add(keys, None, bits)
            self.packed = []
        if self.others:
            scores, areas = sorted_together(self.others)
            counts.add(keys_of(scores), areas, bits)
            self.others = []
