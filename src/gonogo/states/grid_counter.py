"""Counting a stream of images on the grid, on several threads, in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from gonogo.cores import beside
from gonogo.grid import KEY_BITS
from gonogo.states.anomalous import AnomalousScores
from gonogo.states.atoms import anomalous_at, tied_scores
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import GridCounts, merged
from gonogo.states.grid_desk import GridDesk
from gonogo.states.grid_parts import PartsCounter
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["GridCounter"]


class GridCounter:
    """Counts scores and anomalous scores; any thread may add, and each has counters of its own."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._lock = threading.Condition()
        self._free: list[_Tables] = []
        self._tables: list[_Tables] = []
        self._parts = PartsCounter(capacity)

    def add(self, scores: Array, anomalous: AnomalousScores, defect: str | None = None) -> None:
        """Count the map of one image, and which of its scores are anomalous."""
        with self._one() as tables:
            atoms = tables.add(scores)
            if anomalous.scores.size:
                at_atoms = anomalous_at(atoms, anomalous)
                self._parts.add(anomalous, at_atoms, defect, tables.desk.bits)

    def counts(self) -> GridCounts:
        """Everything added so far, as one state; adding goes on when it is done."""
        with self._lock:
            self._lock.wait_for(lambda: len(self._free) == len(self._tables))
            bits = min((one.desk.bits for one in self._tables), default=KEY_BITS)
            with beside(lambda: self._parts.count(bits)):
                every = _every(self._tables)
            nothing = GridCounts.empty(self._capacity)
            bits, parts = self._parts.parts(min((one.bits for one in every), default=nothing.bits))
            return merged([replace(nothing, bits=bits, parts=parts), *every])

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
                self._lock.notify_all()


class _Tables:
    """What one thread counts on."""

    def __init__(self, capacity: Capacity) -> None:
        self.desk = GridDesk(capacity)
        self._capacity = capacity
        self._crowded = False
        self._atoms = SparseCounts.empty(1)

    def add(self, scores: Array) -> SparseCounts:
        """Count a map; the scores in it that many pixels share are returned."""
        self.desk.count(scores)
        atoms = SparseCounts.empty(1) if self._crowded else tied_scores(scores)
        if atoms.bins.size:
            self._atoms = SparseCounts.added([self._atoms, atoms], 1)
            self._crowded = self._atoms.bins.size > self._capacity.pages
        return atoms

    def with_atoms(self, every: GridCounts) -> GridCounts:
        """What the desk counted, and which of it lies at known keys."""
        return replace(every, atoms=self._atoms, crowded=self._crowded)


def _every(tables: Sequence[_Tables]) -> list[GridCounts]:
    """What each table counted; what they counted in windows is added up there, which is faster."""
    inside = sorted((t for t in tables if t.desk.in_window), key=lambda one: one.desk.bits)
    joined = inside[0].desk.with_all_of([t.desk for t in inside[1:]]) if inside else None
    if joined is None:
        return [table.with_atoms(table.desk.counts()) for table in tables]
    rest = [table for table in tables if table not in inside]
    return [
        *(table.with_atoms(every) for table, every in zip(inside, joined, strict=True)),
        *(table.with_atoms(table.desk.counts()) for table in rest),
    ]
