"""Counts on a grid of fixed size, as fine as the range of the scores allows: merged by adding.

For places that can only add tensors of one size, where :class:`~gonogo.states.FixedGrid` would be
too coarse: the bins lie between the lowest and the highest score of all data. Those two decide how
many leading bits of the keys are told apart, so no order, batch or merge changes a count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import MergeError
from gonogo.grid import KEY_BITS, NARROW_BITS
from gonogo.states.bins import ALL_COLUMNS, BinCounts, bin_counts, exact_ranks
from gonogo.states.fixed_grid import FixedGrid
from gonogo.states.grid_counts import GridCounts, Part
from gonogo.states.ranks import RankCounts
from gonogo.states.sparse import SparseCounts

__all__ = ["Window", "WindowGrid"]


@dataclass(frozen=True)
class Window:
    """Which bins a grid holds: those from ``first`` on, of ``bits`` leading bits of the keys."""

    bits: int
    first: int

    @classmethod
    def around(cls, lowest: int, highest: int, size: int, *, narrow: bool) -> Window:
        """The finest bins of which ``size`` hold all keys between two.

        ``narrow``: some scores came as float32 or smaller, which 35 bits tell apart.
        """
        finest = NARROW_BITS if narrow else KEY_BITS - 1
        for bits in range(finest, 0, -1):
            shift = KEY_BITS - bits
            if (highest >> shift) - (lowest >> shift) < size:
                return cls(bits, lowest >> shift)
        return cls(1, -1)


@dataclass(frozen=True, eq=False)
class WindowGrid:
    """``counts`` of shape (4, size), rows as in a :class:`FixedGrid`, size a power of two."""

    counts: NDArray[np.int64]
    window: Window

    @classmethod
    def of(cls, grid: GridCounts, window: Window, size: int) -> WindowGrid:
        """Certified counts at as many bits or more, folded."""
        counts = np.zeros((ALL_COLUMNS, size), np.int64)
        part = Part.added(list(grid.parts.values()))
        for rows, sparse in ((slice(0, 1), grid.every), (slice(1, None), part.counts)):
            folded = sparse.folded(grid.bits - window.bits)
            counts[rows, folded.bins - window.first] = folded.columns
        return cls(counts, window)

    def __add__(self, other: WindowGrid) -> WindowGrid:
        if self.window != other.window or self.counts.shape != other.counts.shape:
            raise MergeError("cannot add counts of two windows; bring both to one that holds both")
        return WindowGrid(self.counts + other.counts, self.window)

    def moved(self, window: Window) -> WindowGrid:
        """The same counts in a window that holds all of them, in bins as fine or coarser."""
        if window == self.window:
            return self
        place = np.flatnonzero(self.counts[0])
        here = SparseCounts(place + self.window.first, self.counts[:, place])
        folded = here.folded(self.window.bits - window.bits)
        counts = np.zeros_like(self.counts)
        counts[:, folded.bins - window.first] = folded.columns
        return WindowGrid(counts, window)

    def ranks(self, *, narrow: bool) -> RankCounts | BinCounts:
        """Anomalous scores among the normal ones; exact where float32 scores have a bin each.

        ``narrow``: all scores came as float32 or smaller.
        """
        whole = FixedGrid(self.counts).normalised()
        place = np.flatnonzero(whole.counts[0])
        columns = whole.counts[:, place]
        columns[0] -= columns[1]
        counts = SparseCounts(place + self.window.first, columns)
        if narrow and self.window.bits == NARROW_BITS:
            return exact_ranks(counts, NARROW_BITS, whole.regions)
        nothing = SparseCounts.empty(ALL_COLUMNS)
        return bin_counts(counts, nothing, self.window.bits, whole.regions)
