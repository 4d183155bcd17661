"""Counting a stream of images on the grid, on several threads, in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from gonogo.grid import KEY_BITS, keys_of
from gonogo.states.anomalous import AnomalousScores, sorted_together
from gonogo.states.atoms import anomalous_at, tied_scores
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import ANOMALOUS_COLUMNS, GridCounts, Part, merged
from gonogo.states.grid_desk import GridDesk
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import limbs
from gonogo.types import Array

__all__ = ["GridCounter"]

_GATHER = 1 << 18


class GridCounter:
    """Counts scores and anomalous scores; any thread may add, and each has its own counters."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._free: list[_Tables] = []
        self._tables: list[_Tables] = []

    def add(self, scores: Array, anomalous: AnomalousScores, defect: str | None = None) -> None:
        """Count the map of one image, and which of its scores are anomalous."""
        with self._one() as tables:
            tables.add(scores, anomalous, defect)

    def counts(self) -> GridCounts:
        """Everything added so far, as one state; adding may go on."""
        with self._lock:
            return merged([GridCounts.empty(self._capacity), *(t.counts() for t in self._tables)])

    @contextmanager
    def _one(self) -> Iterator[_Tables]:
        with self._lock:
            if not self._free:
                self._free.append(_Tables(self._capacity))
                self._tables.append(self._free[-1])
            tables = self._free.pop()
        try:
            yield tables
        finally:
            with self._lock:
                self._free.append(tables)


class _Tables:
    """What one thread counts on."""

    def __init__(self, capacity: Capacity) -> None:
        self.desk = GridDesk(capacity)
        self._capacity = capacity
        self._crowded = False
        self._bits = KEY_BITS
        self._parts: dict[str | None, Part] = {}
        self._atoms = SparseCounts.empty(1)
        self._waiting: dict[str | None, list[AnomalousScores]] = {}
        self._waiting_atoms: dict[str | None, list[SparseCounts]] = {}
        self._size = 0

    def add(self, scores: Array, anomalous: AnomalousScores, defect: str | None) -> None:
        self.desk.count(scores)
        atoms = SparseCounts.empty(1) if self._crowded else tied_scores(scores)
        if atoms.bins.size:
            self._atoms = SparseCounts.added([self._atoms, atoms], 1)
            self._crowded = self._atoms.bins.size > self._capacity.pages
        if anomalous.scores.size == 0:
            return
        self._waiting.setdefault(defect, []).append(anomalous)
        self._waiting_atoms.setdefault(defect, []).append(anomalous_at(atoms, anomalous))
        self._size += anomalous.scores.size
        if self._size > _GATHER:
            self._gather(self.desk.bits)

    def counts(self) -> GridCounts:
        every = self.desk.counts()
        self._gather(every.bits)
        return replace(every, atoms=self._atoms, crowded=self._crowded, parts=dict(self._parts))

    def _gather(self, bits: int) -> None:
        """Bring what waits, and what was there, to the resolution of the desk."""
        self._parts = {name: part.folded(self._bits - bits) for name, part in self._parts.items()}
        for defect, waiting in self._waiting.items():
            atoms = SparseCounts.added(self._waiting_atoms[defect], ANOMALOUS_COLUMNS)
            fresh = Part(_at_bins(waiting, bits), atoms, sum(one.regions for one in waiting))
            known = self._parts.get(defect)
            self._parts[defect] = fresh if known is None else Part.added([known, fresh])
        self._waiting, self._waiting_atoms, self._size, self._bits = {}, {}, 0, bits


def _at_bins(anomalous: Sequence[AnomalousScores], bits: int) -> SparseCounts:
    scores, areas = sorted_together(anomalous)
    columns = np.stack([np.ones(scores.size, np.int64), *limbs(areas)])
    return SparseCounts.rising(keys_of(scores) >> (KEY_BITS - bits), columns)
