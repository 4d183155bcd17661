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
_OFTEN_COARSER = 6
"""How many times the bins of counters can be joined in pairs."""


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
        finest = min(bits, NARROW_BITS)
        least = ((-(-_SMALLEST >> (NARROW_BITS - finest))) << (bits - finest)) + 1
        whole = counts.folded(PAGE_BITS)
        both = bool(counts.bins.size and counts.bins[0] < 0)
        if both:
            most //= 2
        pages = np.where(whole.bins >= 0, whole.bins, -whole.bins - 1)
        order = np.argsort(sortable(pages), kind="stable")
        pages, scores = pages[order], whole.columns[0][order]
        usable = pages > least >> PAGE_BITS
        if bits < _FEWEST_BITS or most < 1 or not usable.any():
            return None
        pages, total = pages[usable], np.concatenate([[0], scores[usable].cumsum()])
        ends = np.searchsorted(pages, pages + most)
        best = int(np.argmax(total[ends] - total[: pages.size]))
        # Ends that allow for coarser bins, at the cost of a few of many.
        whole_bins = 1 << (PAGE_BITS + min(max(most.bit_length() - 5, 0), _OFTEN_COARSER))
        first = (
            max((int(pages[best]) << PAGE_BITS) // whole_bins, -(-least // whole_bins)) * whole_bins
        )
        # Higher scores may come, but not many times as many pages of them.
        last = min(int(pages[best]) + most, int(pages[-1]) + max(most // 4, 1))
        last = min(last, (1 << (bits - 1 - PAGE_BITS)) - 1)
        size = -(-(((last + 1) << PAGE_BITS) - first) // whole_bins) * whole_bins
        return cls(first, size, bits, both) if size > 0 else None

    def coarser(self, bits: int) -> Layout | None:
        """Return the same magnitudes at fewer bits; None where pages would not begin as these."""
        by = self.bits - bits
        if by < 0 or (self.first | self.size) & ((1 << (PAGE_BITS + by)) - 1):
            return None
        return Layout(self.first >> by, self.size >> by, bits, self.both)


class DenseCounts:
    """What one thread counts on; see :mod:`gonogo.kernels.dense`."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.counted = self._zeros = 0
        self._overflowed = False
        counters = (1 + layout.both) * layout.size + 1
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
        numbers = (mask, bits - layout.bits, first, layout.size, 1)
        zeros, misses, overflows = count_dense(
            block.view(kind), tuple(map(kind, numbers)), self._low, self._high, missed
        )
        self._overflowed |= overflows > 0
        self._zeros += zeros
        self.counted += block.size - misses
        return missed[:misses].view(block.dtype)

    def pages(self) -> int:
        """Return how many pages of bins hold scores."""
        from gonogo.kernels.dense import count_used  # numba loads late

        return int(count_used(*self._counters(), 1 << PAGE_BITS))

    def coarser(self, layout: Layout) -> DenseCounts:
        """Return the same counts on a coarser one of the same magnitudes."""
        from gonogo.kernels.dense import halve_dense  # numba loads late

        found = self
        while found.layout.bits > layout.bits:
            half = found.layout.coarser(found.layout.bits - 1)
            if half is None:
                raise ValueError(f"{layout} is no coarser layout of {self.layout}")
            coarse = DenseCounts(half)
            coarse._overflowed = halve_dense(found._counters(), coarse._low, coarse._high) > 0
            coarse.counted, coarse._zeros = found.counted, found._zeros
            found = coarse
        return found

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
        layout, bins, row = self.layout, counts.bins, counts.columns[0]
        magnitudes = np.where(bins >= 0, bins, -1 - bins) - layout.first
        here = (magnitudes >= 0) & (magnitudes < layout.size) & (layout.both | (bins >= 0))
        rest = SparseCounts(bins[~here], counts.columns[:, ~here])
        places = np.where(bins >= 0, magnitudes, magnitudes + layout.size)[here]
        added = row[here]
        self.counted += int(added.sum())
        self._overflowed |= add_sparse(places, added, self._low, self._high) > 0
        return rest

    def counts(self, room: Room) -> SparseCounts:
        """Return the counts at their bins."""
        from gonogo.kernels.dense import find_dense  # numba loads late

        layout, (low, high) = self.layout, self._counters()
        places = room.array("places", low.size + 1, np.uint32)
        places = places[: find_dense(low, high, places)]
        counts = low[places].astype(np.int64)
        if high.size:
            counts += high[places].astype(np.int64) << 8
        middle = int(np.searchsorted(places, np.uint32(layout.size)))
        positive = places[:middle].astype(np.int64) + layout.first
        negative = layout.size - 1 - layout.first - places[middle:][::-1].astype(np.int64)
        zero = np.zeros(int(self._zeros > 0), np.int64)
        bins = np.concatenate([negative, zero, positive])
        found = np.concatenate([counts[middle:][::-1], zero + self._zeros, counts[:middle]])
        return SparseCounts(bins, found[None])

    def empty(self) -> None:
        """Begin anew."""
        self._low.fill(0)
        if self._overflowed:
            self._high.fill(0)
        self.counted = self._zeros = 0
        self._overflowed = False

    def _counters(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """The two parts of the counters; none of the high ones where all are zero."""
        return self._low, self._high if self._overflowed else self._high[:0]
