"""Counters for the bins where most scores are: they need not be sorted, so counting is faster.

Where they are is a matter of speed alone: scores that have no counter are handed back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS
from gonogo.sorting import Room, sortable
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["MOST_COUNTED", "DenseCounts", "Layout"]

_FEWEST_BITS = 5
"""With fewer, bins of float32 do not begin where those of float64 do."""
_NARROW_ZERO = 896 << 23
"""How far the bits of a float32 lie below those of the same float64, in steps of float32."""
_SMALLEST = (1 << 23) + _NARROW_ZERO
"""The least normal float32, in the same steps: below it float32 spaces its scores differently."""
MOST_COUNTED = 1 << 39
"""Scores in counters of which each can hold twice as many."""
_SPARE = 1 << PAGE_BITS
"""Counters for scores that have none, as :func:`gonogo.kernels.dense.count_dense` wants them."""
_OFTEN_COARSER = 6
"""How many times the bins of counters can be joined in pairs, where they are not too coarse."""
_COARSE_BITS = 12
"""With as many, a bin is a factor of two: far coarser ends would lie beyond all scores."""


@dataclass(frozen=True)
class Layout:
    """Counters for ``size`` bins of magnitudes from ``first`` on, of ``bits`` bits.

    As many again for negative scores where there are ``both`` signs.
    """

    first: int
    size: int
    bits: int
    both: bool

    @classmethod
    def where_most_are(cls, counts: SparseCounts, bits: int, most: int) -> Layout | None:
        """Return the ``most`` pages of neighbouring magnitudes that hold most of these scores.

        None where there are no usual floats among them.
        """
        both = bool(counts.bins.size and counts.bins[0] < 0)
        if both:
            most //= 2
        # Groups of pages: ends that allow for coarser bins, at the cost of a few of many.
        often = max(min(most.bit_length() - 5, bits - _COARSE_BITS, _OFTEN_COARSER), 0)
        most, group_bits = most >> often, PAGE_BITS + often
        finest = min(bits, NARROW_BITS)
        least = ((-(-_SMALLEST >> (NARROW_BITS - finest))) << (bits - finest)) + 1
        groups, scores = _by_magnitude(counts.folded(group_bits))
        usable = groups >= -(-least >> group_bits)
        if bits <= max(group_bits, _FEWEST_BITS) or most < 1 or not usable.any():
            return None
        groups, total = groups[usable], np.concatenate([[0], scores[usable].cumsum()])
        ends = np.searchsorted(groups, groups + most)
        first = int(groups[np.argmax(total[ends] - total[: groups.size])])
        # Higher scores may come, but not many times as many groups of them.
        end = min(
            first + most, int(groups[-1]) + max(most // 4, 1) + 1, 1 << (bits - 1 - group_bits)
        )
        return cls(first << group_bits, (end - first) << group_bits, bits, both)

    def coarser(self, bits: int) -> Layout | None:
        """Return the same magnitudes at fewer bits; None where pages would not begin as these."""
        by = self.bits - bits
        if by < 0 or (self.first | self.size) & ((1 << (PAGE_BITS + by)) - 1):
            return None
        return Layout(self.first >> by, self.size >> by, bits, self.both)


def _by_magnitude(counts: SparseCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Magnitudes of bins, rising, those of both signs beside each other, and their counts."""
    magnitudes = np.where(counts.bins >= 0, counts.bins, -counts.bins - 1)
    order = np.argsort(sortable(magnitudes), kind="stable")
    return magnitudes[order], counts.columns[0][order]


class DenseCounts:
    """What one thread counts on; see :mod:`gonogo.kernels.dense`."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.counted = self._zeros = 0
        self._overflowed = False
        counters = (1 + layout.both) * layout.size + _SPARE
        self._low = np.zeros(counters, np.uint8)
        self._high = np.zeros(counters, np.uint32)

    def count(self, block: Array, room: Room) -> Array:
        """Count contiguous scores (N,), float32 or float64; those without a counter are returned.

        They stay as they are until the next call.
        """
        from gonogo.kernels.dense import count_dense  # numba loads late

        layout = self.layout
        kind: Any = np.uint32 if block.dtype == np.float32 else np.uint64
        bits, first = KEY_BITS, layout.first
        if kind is np.uint32:
            bits = NARROW_BITS
            first -= _NARROW_ZERO >> (bits - layout.bits) if bits >= layout.bits else 0
        mask = int(np.iinfo(kind).max) >> 1
        if bits < layout.bits or first > mask >> (bits - layout.bits):
            return block  # of float32, where bins are finer than it is
        missed = room.array("missed", block.size + 1, kind)
        numbers = (mask, bits - layout.bits, first, layout.size, 1, _SPARE)
        zeros, misses, overflows = count_dense(
            block.view(kind), tuple(map(kind, numbers)), self._low, self._high, missed
        )
        self._overflowed |= overflows > 0
        self._zeros += zeros
        self.counted += block.size - misses
        return missed[:misses].view(block.dtype)

    def pages(self) -> int:
        """Return how many pages of bins hold scores, that of zero left out."""
        low, high = self._counters()
        # A page of counters is a pair of integers.
        halves = low.view(np.uint64).reshape(-1, 2)
        used = (halves[:, 0] | halves[:, 1]) != 0
        used[np.flatnonzero(high) >> PAGE_BITS] = True  # where low parts overflowed to zero
        return int(np.count_nonzero(used))

    def coarsen(self, layout: Layout) -> None:
        """Keep the counts on a coarser layout of the same magnitudes."""
        from gonogo.kernels.dense import halve_dense  # numba loads late

        while self.layout.bits > layout.bits:
            half = self.layout.coarser(self.layout.bits - 1)
            if half is None:
                raise ValueError(f"{layout} is no coarser layout of {self.layout}")
            low, high = self._low[:-_SPARE], self._high[:-_SPARE]
            overflows = halve_dense(low, high, self._overflowed)
            counters = low.size // 2 + _SPARE
            self._low, self._high = self._low[:counters], self._high[:counters]
            # The spare ones lie where others were.
            self._low[-_SPARE:] = self._high[-_SPARE:] = 0
            self.layout, self._overflowed = half, overflows > 0

    def take(self, other: DenseCounts) -> None:
        """Add the counts of another one of the same layout, which is empty afterwards."""
        from gonogo.kernels.dense import add_dense  # numba loads late

        self._overflowed |= add_dense(other._counters(), self._low, self._high) > 0
        self.counted += other.counted
        self._zeros += other._zeros
        other.empty()

    def add(self, counts: SparseCounts) -> SparseCounts:
        """Add counts at bins of as many bits; those without a counter are returned."""
        from gonogo.kernels.dense import add_sparse  # numba loads late

        if self.counted + counts.total > MOST_COUNTED:
            return counts
        layout, bins = self.layout, counts.bins
        first, end = layout.first, layout.first + layout.size
        a, b, c, d = np.searchsorted(bins, [-end if layout.both else -first, -first, first, end])
        rest = counts.without(slice(a, b), slice(c, d))
        places = np.concatenate([layout.size - 1 - first - bins[a:b], bins[c:d] - first])
        row = counts.columns[0]
        added = np.concatenate([row[a:b], row[c:d]])
        self.counted += int(added.sum())
        self._overflowed |= add_sparse(places, added, self._low, self._high) > 0
        return rest

    def counts(self) -> SparseCounts:
        """Return the counts at their bins."""
        from gonogo.kernels.dense import list_dense  # numba loads late

        low, high = self._counters()
        used = np.count_nonzero(low) + (np.count_nonzero(high[low == 0]) if high.size else 0)
        bins, counts = np.empty((2, used + 2), np.int64)
        layout = (self.layout.first, self.layout.size)
        size = list_dense(low, high, layout, self._zeros, bins, counts)
        return SparseCounts(bins[:size], counts[None, :size])

    def empty(self) -> None:
        """Begin anew."""
        self._low.fill(0)
        if self._overflowed:
            self._high.fill(0)
        self.counted = self._zeros = 0
        self._overflowed = False

    def _counters(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """The two parts of all but spare counters; none of the high ones where all are zero."""
        return self._low[:-_SPARE], self._high[: -_SPARE if self._overflowed else 0]
