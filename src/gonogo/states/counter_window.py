"""Counters for every bin between two scores: the fastest way to count scores of one sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS, keys_of
from gonogo.sorting import sortable
from gonogo.states.pages import NARROW_ZERO, follows_narrow
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["CounterWindow"]

_JOINED = 2
"""A window of all threads may be so many times as long as that of one."""
_OCTAVE_BITS = 12
"""Sign and exponent: scores that share them differ by less than a factor of two."""


class CounterWindow:
    """Counters for all bins between the lowest and the highest, of float32 scores of one sign.

    Where they are close together this is faster than pages, and it counts the same. A counter is
    split in two, see :mod:`gonogo.kernels.counters`; the last one is for scores that lie outside.
    """

    def __init__(self, known: NDArray[np.int64], page_bits: int, most: int) -> None:
        self.page_bits = page_bits
        self.counted = 0
        self._most = most
        self.zeros = 0
        self.first = int(known[0]) << PAGE_BITS
        size = (int(known[-1] - known[0]) + 1) << PAGE_BITS
        self.low = np.zeros(size + 1, np.uint8)
        self.high = np.zeros(size + 1, np.uint32)
        self._around = False
        self._missed: Array = np.empty(0, np.float32)

    @classmethod
    def over(cls, first: int, last: int, page_bits: int, most: int) -> CounterWindow | None:
        """Counters from the first to the last page, None if that is too much.

        Where there is room, of whole octaves and one more at each end: more scores will come.
        """
        octave = 1 << max(page_bits - _OCTAVE_BITS, 0)
        below, above = first & -octave, last | (octave - 1)
        for ends in ((below - octave, above + octave), (below, above), (first, last)):
            known = np.array(ends)
            if cls.fits(known, page_bits, most):
                return cls(known, page_bits, most)
        return None

    @staticmethod
    def fits(known: NDArray[np.int64], page_bits: int, most: int) -> bool:
        """Whether rising pages are float32 scores of one sign in few enough bins."""
        if not follows_narrow(page_bits) or int(known[-1] - known[0]) >= most:
            return False
        finer = NARROW_BITS - page_bits
        smallest = (NARROW_ZERO >> finer) + max(1 << 23 >> finer, 1)
        largest = (NARROW_ZERO >> finer) + (255 << 23 >> finer)
        positive = known[0] >= smallest and known[-1] < largest
        return bool(positive or (known[-1] < -smallest and known[0] >= -largest))

    def keys(self) -> NDArray[np.int64]:
        """The lowest key of each page that scores fell on, rising."""
        pages = np.flatnonzero(self._used_pages()) + (self.first >> PAGE_BITS)
        if self.zeros:
            pages = np.insert(pages, np.searchsorted(pages, 0), 0)
        return pages << (KEY_BITS - self.page_bits)

    def pages(self) -> int:
        """How many pages scores fell on."""
        return int(np.count_nonzero(self._used_pages())) + (self.zeros > 0)

    def _used_pages(self) -> NDArray[np.bool_]:
        from gonogo.kernels.counters import pages_used  # numba loads late

        used = np.empty((self.low.size - 1) >> PAGE_BITS, np.bool_)
        pages_used(self.low, self.came_around(), used)
        return used

    def came_around(self) -> NDArray[np.uint32]:
        """The high parts of the counters, or none where all are zero."""
        return self.high[:-1] if self._around else self.high[:0]

    def admit(self, pages: NDArray[np.int64]) -> bool:
        """Widen the window to these rising pages; False, and nothing done, if that is too much."""
        first, last = self.reach()
        first, last = min(first, int(pages[0])), max(last, int(pages[-1]))
        wider = self.over(first, last, self.page_bits, self._most)
        if wider is None:
            return False
        wider.put(self)
        self.first, self.low, self.high = wider.first, wider.low, wider.high
        return True

    def put(self, other: CounterWindow) -> None:
        """Add the counters of a window that lies within this one."""
        from gonogo.kernels.counters import add_counters  # numba loads late

        start = other.first - self.first
        end = start + other.low.size - 1
        low, high, around = self.low[start:end], self.high[start:end], other.came_around()
        self._around |= add_counters(other.low[:-1], around, low, high) > 0 or around.size > 0
        self.zeros += other.zeros
        self.counted += other.counted

    def count(self, block: Array) -> Array:
        """Count scores; those that are returned lie outside, and stay until the next call."""
        from gonogo.kernels.counters import count_window  # numba loads late

        drop = KEY_BITS - self.page_bits - PAGE_BITS
        if block.dtype != np.float32:
            return self._count_wide(block, drop)
        drop -= KEY_BITS - NARROW_BITS
        shift, middle = NARROW_ZERO >> drop, 1 << (31 - drop)
        first = self.first + middle + (shift if self.first < 0 else -shift)
        if self._missed.size < block.size:
            self._missed = np.empty_like(block)
        missed = self._missed
        zeros, misses, around = count_window(
            block.view(np.uint32), drop, first, self.low, self.high, missed.view(np.uint32)
        )
        self._around |= around > 0
        self.zeros += zeros
        self.counted += block.size - misses
        return missed[:misses]

    def _count_wide(self, block: Array, drop: int) -> Array:
        """Count the few float32 scores, widened, that lay outside before."""
        bins = keys_of(block) >> drop
        inside = (bins >= self.first) & (bins < self.first + self.low.size - 1)
        inside |= block == 0.0
        places, counts = np.unique(sortable(bins[inside]), return_counts=True)
        self.add(SparseCounts(places, counts[None]))
        return block[~inside]

    def add(self, counts: SparseCounts) -> None:
        """Count what was counted elsewhere, at bins that are inside; zeros may be there."""
        from gonogo.kernels.counters import add_bins  # numba loads late

        self.counted += counts.total
        zero = counts.bins == 0
        if zero.any():
            self.zeros += int(counts.columns[0, zero][0])
            counts = SparseCounts(counts.bins[~zero], counts.columns[:, ~zero])
        places = counts.bins - self.first
        self._around |= add_bins(places, counts.columns[0], self.low, self.high) > 0

    def halved(self) -> CounterWindow | None:
        """The same with one bit less, if a window can be so coarse."""
        from gonogo.kernels.counters import halve_counters  # numba loads late

        first, last = self.reach()
        known = np.array([first >> 1, last >> 1])
        if not self.fits(known, self.page_bits - 1, self._most):
            return None
        coarse = CounterWindow(known, self.page_bits - 1, self._most)
        start = (self.first >> 1) - coarse.first
        end = start + (self.low.size >> 1)
        low, high, around = coarse.low[start:end], coarse.high[start:end], self.came_around()
        coarse._around = halve_counters(self.low[:-1], around, low, high) > 0 or around.size > 0
        coarse.zeros, coarse.counted = self.zeros, self.counted
        return coarse

    def joined(self, finer: list[CounterWindow]) -> CounterWindow | None:
        """A new window of all counts of windows that are as fine or finer, if it can hold them."""
        windows = [self]
        for one in finer:
            coarse: CounterWindow | None = one
            while coarse is not None and coarse.page_bits > self.page_bits:
                coarse = coarse.halved()
            if coarse is None:
                return None
            windows.append(coarse)
        if len(windows) == 1:
            return self.copied()
        known = np.array([min(w.reach()[0] for w in windows), max(w.reach()[1] for w in windows)])
        most = _JOINED * self._most
        if not self.fits(known, self.page_bits, most):
            return None
        joined = CounterWindow(known, self.page_bits, most)
        for one in windows:
            joined.put(one)
        return joined

    def copied(self) -> CounterWindow:
        """The same counts once more."""
        first, last = self.reach()
        copy = CounterWindow(np.array([first, last]), self.page_bits, self._most)
        copy.put(self)
        return copy

    def reach(self) -> tuple[int, int]:
        """The first and the last page that this window reaches over."""
        return self.first >> PAGE_BITS, (self.first + self.low.size - 2) >> PAGE_BITS

    def counts(self) -> SparseCounts:
        """The counts at their bins."""
        from gonogo.kernels.counters import nonzero_bins  # numba loads late

        bins = np.empty(self.low.size + 1, np.int64)
        counts = np.empty(self.low.size + 1, np.int64)
        size = nonzero_bins(self.low[:-1], self.came_around(), self.first, bins, counts)
        bins, counts = bins[:size], counts[:size]
        if self.zeros:
            here = np.searchsorted(bins, 0)
            bins, counts = np.insert(bins, here, 0), np.insert(counts, here, self.zeros)
        return SparseCounts(bins, counts[None])
