"""Counts on a grid of fixed size, as fine as the range of the scores allows: merged by adding.

For places that can only add tensors of one size, where :class:`~gonogo.states.FixedGrid` would be
too coarse: the bins lie between the lowest and the highest score of all data. Those two alone
decide which bins there are, so no order, batch or merge changes a count.

Of each bin the lowest and the highest score are known: where they are one, all scores of the bin
tie. Floats are dense beside zero. Scores within 2**-24 of the largest magnitude therefore share one
bin, the middle one; those that are zero are counted beside the grid, as the ties that they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import MergeError
from gonogo.grid import KEY_BITS, NARROW_BITS, scores_of
from gonogo.states.bins import ALL_COLUMNS, BinCounts, RankedBins, bin_counts, exact_ranks
from gonogo.states.fixed_grid import FixedGrid, carried
from gonogo.states.grid_counts import GridCounts, Part
from gonogo.states.ranks import RankCounts
from gonogo.states.sparse import SparseCounts

__all__ = ["Span", "SpannedGrid", "no_ends", "wider_ends"]

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


@dataclass(frozen=True, eq=False)
class SpannedGrid:
    """``counts`` of shape (4, size), rows as in a :class:`FixedGrid`, size a power of two.

    ``zeros`` of shape (4,) are those of them that are exactly zero. ``ends`` of shape (2, size) are
    the lowest and the highest key of each bin; ``no_ends`` where it is empty.
    """

    counts: NDArray[np.int64]
    zeros: NDArray[np.int64]
    ends: NDArray[np.int64]
    span: Span

    @classmethod
    def of(
        cls, grid: GridCounts, zeros: NDArray[np.int64], ends: NDArray[np.int64], span: Span
    ) -> SpannedGrid:
        """Certified counts at as many bits or more, of scores with nothing nearer than the floor.

        That is: scores of a magnitude of at most ``span.nearest`` were counted as zero. ``zeros``
        and ``ends`` are of the scores themselves.
        """
        counts = np.zeros((ALL_COLUMNS, ends.shape[1]), np.int64)
        part = Part.added(list(grid.parts.values()))
        for rows, sparse in ((slice(0, 1), grid.every), (slice(1, None), part.counts)):
            placed = SparseCounts.rising(span.of_bins(sparse.bins, grid.bits), sparse.columns)
            counts[rows, placed.bins] = placed.columns
        return cls(counts, zeros, ends, span)

    def __add__(self, other: SpannedGrid) -> SpannedGrid:
        if self.span != other.span or self.counts.shape != other.counts.shape:
            raise MergeError("cannot add counts of two spans; bring both to one that holds both")
        return SpannedGrid(
            self.counts + other.counts,
            self.zeros + other.zeros,
            wider_ends(self.ends, other.ends),
            self.span,
        )

    def moved(self, span: Span) -> SpannedGrid:
        """The same counts in a span around more scores, in bins as fine or coarser."""
        if span == self.span:
            return self
        here = np.flatnonzero(self.counts[0])
        bins = here + self.span.first
        places = span.of_bins(bins, self.span.bits, self.span.floor)
        placed = SparseCounts.rising(places, self.counts[:, here])
        counts, ends = np.zeros_like(self.counts), no_ends(self.counts.shape[1])
        counts[:, placed.bins] = placed.columns
        np.minimum.at(ends[0], places, self.ends[0, here])
        np.maximum.at(ends[1], places, self.ends[1, here])
        return SpannedGrid(counts, self.zeros, ends, span)

    def edges(self, bins: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest score of bins that have some."""
        low, high = scores_of(self.ends[:, bins - self.span.first])
        return low, high

    def ranks(self) -> RankCounts | BinCounts:
        """Anomalous scores among the normal ones; exact where each bin of them holds one score."""
        whole = FixedGrid(self.counts).normalised()
        every, part = (_listed(whole.counts[rows], self.span.first) for rows in _ROWS)
        ranked, bits = RankedBins.of(every, part, part), self.span.bits
        low, high = self.ends[:, part.bins - self.span.first]
        tied = low == high
        if tied.all():
            return exact_ranks(ranked, bits, whole.regions, self.edges)
        counts = np.vstack([whole.counts[:1, part.bins - self.span.first], part.columns])
        middle = part.bins == 0
        if self.zeros[0]:
            counts[:, middle & ~tied] = carried(self.zeros[:, None])
            tied |= middle
        ties = SparseCounts(part.bins[tied] << (KEY_BITS - bits), _beside(counts[:, tied]))
        scores = np.where(middle & (low != high), 0.0, scores_of(low))[tied]
        return bin_counts(ranked, ties, bits, whole.regions, self.edges, scores)


def no_ends(size: int) -> NDArray[np.int64]:
    """The lowest and the highest key of bins that have none: no key is beyond them."""
    farthest = np.iinfo(np.int64).max
    return np.repeat([[farthest], [-farthest]], size, axis=1)


def wider_ends(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lowest and the highest keys of both."""
    return np.stack([np.minimum(one[0], other[0]), np.maximum(one[1], other[1])])


def _folded(key: int, floor: int) -> int:
    nearer = max(abs(key) - floor, 0)
    return -nearer if key < 0 else nearer


def _listed(rows: NDArray[np.int64], first: int) -> SparseCounts:
    """The counts of the bins that have some, by what is in the first row."""
    here = np.flatnonzero(rows[0])
    return SparseCounts(here + first, rows[:, here])


def _beside(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Normal scores in the place of all scores."""
    beside = columns.copy()
    beside[0] -= beside[1]
    return beside
