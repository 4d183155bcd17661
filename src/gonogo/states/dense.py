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

__all__ = ["DenseCounts", "Layout"]

_FEWEST_BITS = 5
"""With fewer, bins of float32 do not begin where those of float64 do."""
_NARROW_ZERO = 896 << 23
"""How far the bits of a float32 lie below those of the same float64, in steps of float32."""
_SMALLEST = (1 << 23) + _NARROW_ZERO
"""The least normal float32, in the same steps: below it float32 spaces its scores differently."""
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
        missed = room.array("missed", block.size, kind)
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

    def emptied(self) -> SparseCounts:
        """Return the counts at their bins; counting begins anew."""
        from gonogo.kernels.dense import count_used, list_dense  # numba loads late

        layout, counters = self.layout, self._counters()
        used = count_used(*counters, 1) + (self._zeros > 0)
        bins, counts = np.empty(used + 1, np.int64), np.empty((1, used + 1), np.int64)
        list_dense(counters, layout.first, layout.size, self._zeros, bins, counts[0])
        self._low.fill(0)
        if self._overflowed:
            self._high.fill(0)
        self.counted = self._zeros = 0
        self._overflowed = False
        return SparseCounts(bins[:used], counts[:, :used])

    def _counters(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """The two parts of the counters; none of the high ones where all are zero."""
        return self._low, self._high if self._overflowed else self._high[:0]
