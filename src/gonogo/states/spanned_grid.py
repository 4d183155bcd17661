"""Counts on a grid of fixed size, as fine as the range of the scores allows: merged by adding.

For places that can only add tensors of one size, where :class:`~gonogo.states.FixedGrid` would be
too coarse: the bins lie between the lowest and the highest score of all data. Those two alone
decide which bins there are, so no order, batch or merge changes a count.

Floats are dense beside zero. Scores within 2**-24 of the largest magnitude therefore share one bin,
the middle one; those that are zero are counted beside the grid, as the ties that they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import MergeError
from gonogo.grid import KEY_BITS, NARROW_BITS, highest_score, lowest_score, scores_of
from gonogo.states.bins import ALL_COLUMNS, BinCounts, RankedBins, bin_counts, exact_ranks
from gonogo.states.fixed_grid import FixedGrid, carried
from gonogo.states.grid_counts import GridCounts, Part
from gonogo.states.ranks import RankCounts
from gonogo.states.sparse import SparseCounts

__all__ = ["Span", "SpannedGrid"]

_OCTAVE = 52
"""Keys of one octave of magnitudes, as a power of two."""
_OCTAVES = 24
_ROWS = (slice(0, 1), slice(1, None))
"""All scores; the anomalous ones with their weights."""


@dataclass(frozen=True)
class Span:
    """Which bins a grid holds: those from ``first`` on, of ``bits`` leading bits of folded keys.

    Folded keys are keys brought nearer to zero by ``floor``, a whole number of octaves; those
    nearer than that are zero.
    """

    bits: int
    first: int
    floor: int

    @classmethod
    def around(cls, lowest: int, highest: int, size: int, *, narrow: bool) -> Span:
        """The finest bins of which ``size`` (at least 256) hold all keys between two.

        ``narrow``: some scores came as float32 or smaller, which 35 bits tell apart.
        """
        top = max(abs(lowest), abs(highest)) >> _OCTAVE
        floor = max(0, top - _OCTAVES) << _OCTAVE
        low, high = (_folded(key, floor) for key in (lowest, highest))
        bits = NARROW_BITS if narrow else KEY_BITS - 1
        while (high >> (KEY_BITS - bits)) - (low >> (KEY_BITS - bits)) >= size:
            bits -= 1
        return cls(bits, low >> (KEY_BITS - bits), floor)

    @property
    def nearest(self) -> float:
        """Scores of at most this magnitude are in the middle bin, with zero."""
        return float(scores_of(np.array([self.floor]))[0])

    def of_bins(self, bins: NDArray[np.int64], bits: int, floor: int = 0) -> NDArray[np.int64]:
        """The places of bins of more bits, whose keys were folded less."""
        steps = (self.floor - floor) >> (KEY_BITS - bits)
        nearer = np.where(bins < 0, np.minimum(bins + steps, 0), np.maximum(bins - steps, 0))
        return (nearer >> (bits - self.bits)) - self.first

    def edges(self, bins: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest score of bins of folded keys."""
        steps = self.floor >> (KEY_BITS - self.bits)
        apart = np.where(bins < 0, bins - steps, bins + steps)
        low, high = lowest_score(apart, self.bits), highest_score(apart, self.bits)
        return np.where(bins == 0, -self.nearest, low), high


@dataclass(frozen=True, eq=False)
class SpannedGrid:
    """``counts`` of shape (4, size), rows as in a :class:`FixedGrid`, size a power of two.

    ``zeros`` of shape (4,) are those of them that are exactly zero.
    """

    counts: NDArray[np.int64]
    zeros: NDArray[np.int64]
    span: Span

    @classmethod
    def of(cls, grid: GridCounts, zeros: NDArray[np.int64], span: Span, size: int) -> SpannedGrid:
        """Certified counts at as many bits or more, of scores with nothing nearer than the floor.

        That is: scores of a magnitude of at most ``span.nearest`` were counted as zero.
        """
        counts = np.zeros((ALL_COLUMNS, size), np.int64)
        part = Part.added(list(grid.parts.values()))
        for rows, sparse in ((slice(0, 1), grid.every), (slice(1, None), part.counts)):
            placed = SparseCounts.rising(span.of_bins(sparse.bins, grid.bits), sparse.columns)
            counts[rows, placed.bins] = placed.columns
        return cls(counts, zeros, span)

    def __add__(self, other: SpannedGrid) -> SpannedGrid:
        if self.span != other.span or self.counts.shape != other.counts.shape:
            raise MergeError("cannot add counts of two spans; bring both to one that holds both")
        return SpannedGrid(self.counts + other.counts, self.zeros + other.zeros, self.span)

    def moved(self, span: Span) -> SpannedGrid:
        """The same counts in a span around more scores, in bins as fine or coarser."""
        if span == self.span:
            return self
        here = np.flatnonzero(self.counts[0])
        bins = here + self.span.first
        places = span.of_bins(bins, self.span.bits, self.span.floor)
        placed = SparseCounts.rising(places, self.counts[:, here])
        counts = np.zeros_like(self.counts)
        counts[:, placed.bins] = placed.columns
        return SpannedGrid(counts, self.zeros, span)

    def ranks(self, *, narrow: bool) -> RankCounts | BinCounts:
        """Anomalous scores among the normal ones; exact where each has a bin of its own.

        ``narrow``: all scores came as float32 or smaller.
        """
        whole = FixedGrid(self.counts).normalised()
        every, part = (_listed(whole.counts[rows], self.span.first) for rows in _ROWS)
        middle = int(every.columns[0, every.bins == 0].sum())
        bits, floor = self.span.bits, self.span.floor
        if narrow and bits == NARROW_BITS and middle == self.zeros[0]:
            steps = floor >> (KEY_BITS - bits)
            every, part = (_apart(counts, steps) for counts in (every, part))
            return exact_ranks(RankedBins.of(every, part, part), bits, whole.regions)
        ranked = RankedBins.of(every, part, part)
        tie = SparseCounts(np.zeros(1, np.int64), _beside(carried(self.zeros[:, None])))
        atoms = tie if self.zeros[0] else SparseCounts.empty(ALL_COLUMNS)
        return bin_counts(ranked, atoms, bits, whole.regions, edges=self.span.edges)


def _folded(key: int, floor: int) -> int:
    nearer = max(abs(key) - floor, 0)
    return -nearer if key < 0 else nearer


def _listed(rows: NDArray[np.int64], first: int) -> SparseCounts:
    """The counts of the bins that have some, by what is in the first row."""
    here = np.flatnonzero(rows[0])
    return SparseCounts(here + first, rows[:, here])


def _apart(counts: SparseCounts, steps: int) -> SparseCounts:
    """The same at bins as far from zero as they were before they were folded."""
    bins = counts.bins
    apart = np.where(bins < 0, bins - steps, np.where(bins > 0, bins + steps, 0))
    return SparseCounts(apart, counts.columns)


def _beside(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Normal scores in the place of all scores."""
    beside = columns.copy()
    beside[0] -= beside[1]
    return beside
