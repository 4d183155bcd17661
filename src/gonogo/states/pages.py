"""Counters on pages of bins, where scores fall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["NARROW_ZERO", "Pages", "distinct", "follows_narrow"]

_PAGE = 1 << PAGE_BITS
NARROW_ZERO = 896 << 23
"""How far the bits of a float32 lie below those of the same float64, in steps of float32."""
_FEWEST_BITS = 5
"""With fewer, a page would not begin where one of float32 does."""


class Pages:
    """Counters for the pages of bins that scores fall on.

    A counter is split in two, see :mod:`gonogo.kernels.counters`; those of page 0 are for scores
    that have no page yet.
    """

    def __init__(self, known: NDArray[np.int64], page_bits: int, most: int) -> None:
        self.page_bits = page_bits
        self.counted = 0
        self._most = most
        self._low = np.zeros((most + 1) * _PAGE, np.uint8)
        self._high = np.zeros((most + 1) * _PAGE, np.uint32)
        self._known = np.empty(0, np.int64)
        self._begins = np.empty(0, np.uint32)
        self._first = 0
        self._narrow = np.zeros(1, np.uint32)
        self.admit(known)

    def keys(self) -> NDArray[np.int64]:
        """The lowest key of each page, rising."""
        return self._known << (KEY_BITS - self.page_bits)

    def admit(self, pages: NDArray[np.int64]) -> bool:
        """Open the rising pages that are new; False, and nothing done, if they are too many."""
        place = np.searchsorted(self._known, pages)
        fresh = np.ones(pages.size, np.bool_)
        inside = place < self._known.size
        fresh[inside] = self._known[place[inside]] != pages[inside]
        new, place = pages[fresh], place[fresh]
        if self._known.size + new.size > self._most:
            return False
        begins = (np.arange(new.size, dtype=np.uint32) + self._known.size + 1) * np.uint32(_PAGE)
        self._known = np.insert(self._known, place, new)
        self._begins = np.insert(self._begins, place, begins)
        if follows_narrow(self.page_bits):
            self._place_narrow(new, begins)
        return True

    def count(self, block: Array) -> Array:
        """Count scores; those that are returned have no page yet."""
        from gonogo.kernels.counters import count_narrow, count_wide  # numba loads late

        drop = KEY_BITS - self.page_bits - PAGE_BITS
        missed: Array = np.empty_like(block)
        zeros = 0
        if block.dtype == np.float32:
            drop -= KEY_BITS - NARROW_BITS
            bits, beyond = block.view(np.uint32), missed.view(np.uint32)
            zeros, misses = count_narrow(
                bits, drop, self._first, self._narrow, self._low, self._high, beyond
            )
        else:
            bits, beyond = block.view(np.int64), missed.view(np.int64)
            misses = count_wide(
                bits, drop, self._known, self._begins, self._low, self._high, beyond
            )
        missed = missed[:misses]
        if zeros and not self._count_zeros(zeros):
            missed = np.concatenate([missed, np.zeros(zeros, block.dtype)])
        self.counted += block.size - missed.size
        return missed

    def add(self, counts: SparseCounts) -> None:
        """Count what was counted elsewhere, at bins whose pages are open."""
        from gonogo.kernels.counters import add_bins  # numba loads late

        place = np.searchsorted(self._known, counts.bins >> PAGE_BITS)
        places = self._begins[place].astype(np.int64) + (counts.bins & (_PAGE - 1))
        add_bins(places, counts.columns[0], self._low, self._high)
        self.counted += int(counts.columns[0].sum())

    def counts(self) -> SparseCounts:
        """The counts at their bins."""
        pages = self._begins >> np.uint32(PAGE_BITS)
        low, high = (part.reshape(-1, _PAGE)[pages].ravel() for part in (self._low, self._high))
        place = np.flatnonzero(low.astype(np.bool_) | high.astype(np.bool_))
        bins = (self._known[place >> PAGE_BITS] << PAGE_BITS) | (place & (_PAGE - 1))
        counts = (high[place].astype(np.int64) << 8) + low[place]
        return SparseCounts(bins, counts[None])

    def _count_zeros(self, zeros: int) -> bool:
        """Count zeros, if their page is open."""
        place = int(np.searchsorted(self._known, 0))
        if place == self._known.size or self._known[place] != 0:
            return False
        bins = np.zeros(1, np.int64)
        self.add(SparseCounts(bins, np.array([[zeros]])))
        self.counted -= zeros  # they are counted with their block
        return True

    def _place_narrow(self, pages: NDArray[np.int64], begins: NDArray[np.uint32]) -> None:
        """Where float32 scores find these pages, in a window over all of them."""
        place, valid = self._narrow_pages(pages)
        if not valid.any():
            return
        place, begins = place[valid], begins[valid]
        low, high = int(place.min()), int(place.max())
        if low < self._first or high >= self._first + self._narrow.size - 1:
            every, valid = self._narrow_pages(self._known)
            place, begins = every[valid], self._begins[valid]
            low, high = int(place.min()), int(place.max())
            self._first = low
            self._narrow = np.zeros(high - low + 2, np.uint32)  # the last one is for none
        self._narrow[place - self._first] = begins

    def _narrow_pages(
        self, pages: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Pages as float32 bits count them; not those that float32 spaces differently."""
        finer = NARROW_BITS - self.page_bits
        middle = 1 << (31 - finer)
        shift, smallest = NARROW_ZERO >> finer, max(1 << 23 >> finer, 1)
        place = np.where(pages >= 0, pages - shift, pages + shift)
        above = (pages >= 0) & (place >= smallest) & (place < middle)
        below = (pages < 0) & (place < -smallest) & (place >= -middle)
        return place + middle, above | below


def follows_narrow(page_bits: int) -> bool:
    """Whether pages of float32 scores can be told from their own bits."""
    return _FEWEST_BITS <= page_bits <= NARROW_BITS - PAGE_BITS


def distinct(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rising values without repetitions."""
    if ordered.size == 0:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
