"""Counters of 32 bits at bins of the grid: on pages where scores fall, or in one window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS, keys_of
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["Counters", "Pages", "Window", "distinct"]

_PAGE = 1 << PAGE_BITS
_NARROW_ZERO = 896 << 23
"""How far the bits of a float32 lie below those of the same float64, in steps of float32."""
_FEWEST_BITS = 5
"""With fewer, a page would not begin where one of float32 does."""


class Pages:
    """Counters of 32 bits, for the pages of bins that scores fall on."""

    def __init__(self, known: NDArray[np.int64], page_bits: int, most: int) -> None:
        self.page_bits = page_bits
        self.counted = 0
        self._most = most
        self._counts = np.zeros((most + 1) * _PAGE, np.uint32)
        self._flushed: NDArray[np.int64] | None = None
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
        if _follows_narrow(self.page_bits):
            self._place_narrow(new, begins)
        return True

    def count(self, block: Array) -> Array:
        """Count scores; those that are returned have no page yet."""
        from gonogo.kernels import count_narrow, count_wide  # numba loads late

        drop = KEY_BITS - self.page_bits - PAGE_BITS
        missed: Array = np.empty_like(block)
        zeros = 0
        if block.dtype == np.float32:
            drop -= KEY_BITS - NARROW_BITS
            bits, beyond = block.view(np.uint32), missed.view(np.uint32)
            zeros, misses = count_narrow(
                bits, drop, self._first, self._narrow, self._counts, beyond
            )
        else:
            bits, beyond = block.view(np.int64), missed.view(np.int64)
            misses = count_wide(bits, drop, self._known, self._begins, self._counts, beyond)
        missed = missed[:misses]
        if zeros and not self._count_zeros(zeros):
            missed = np.concatenate([missed, np.zeros(zeros, block.dtype)])
        self.counted += block.size - missed.size
        return missed

    def emptied(self) -> SparseCounts:
        """The counts at their bins; the counters start again from zero."""
        counts = self._counts if self._flushed is None else self._flushed + self._counts
        used = counts.reshape(-1, _PAGE)[self._begins >> np.uint32(PAGE_BITS)].ravel()
        place = np.flatnonzero(used)
        bins = (self._known[place >> PAGE_BITS] << PAGE_BITS) | (place & (_PAGE - 1))
        columns = used[place].astype(np.int64)[None]
        self._counts[:] = 0
        self._flushed = None
        self.counted = 0
        return SparseCounts(bins, columns)

    def flush(self) -> None:
        """Move the counts to 64 bits, where they have room."""
        if self._flushed is None:
            self._flushed = np.zeros(self._counts.size, np.int64)
        self._flushed += self._counts
        self._counts[:] = 0
        self.counted = 0

    def _count_zeros(self, zeros: int) -> bool:
        """Count zeros, if their page is open."""
        place = int(np.searchsorted(self._known, 0))
        if place == self._known.size or self._known[place] != 0:
            return False
        self._counts[int(self._begins[place])] += np.uint32(zeros)
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
        shift, smallest = _NARROW_ZERO >> finer, max(1 << 23 >> finer, 1)
        place = np.where(pages >= 0, pages - shift, pages + shift)
        above = (pages >= 0) & (place >= smallest) & (place < middle)
        below = (pages < 0) & (place < -smallest) & (place >= -middle)
        return place + middle, above | below


class Window:
    """Counters for all bins between the lowest and the highest, of float32 scores of one sign.

    Where they are close together this is faster than pages, and it counts the same.
    """

    def __init__(self, known: NDArray[np.int64], page_bits: int, most: int) -> None:
        self.page_bits = page_bits
        self.counted = 0
        self._most = most
        self._zeros = 0
        self._first = int(known[0]) << PAGE_BITS
        self._counts = np.zeros((int(known[-1] - known[0]) + 1) << PAGE_BITS, np.uint32)
        self._flushed: NDArray[np.int64] | None = None

    @staticmethod
    def fits(known: NDArray[np.int64], page_bits: int, most: int) -> bool:
        """Whether rising pages are float32 scores of one sign in few enough bins."""
        if not _follows_narrow(page_bits) or int(known[-1] - known[0]) >= most:
            return False
        finer = NARROW_BITS - page_bits
        smallest = (_NARROW_ZERO >> finer) + max(1 << 23 >> finer, 1)
        largest = (_NARROW_ZERO >> finer) + (255 << 23 >> finer)
        positive = known[0] >= smallest and known[-1] < largest
        return bool(positive or (known[-1] < -smallest and known[0] >= -largest))

    def keys(self) -> NDArray[np.int64]:
        """The lowest key of each page that scores fell on, rising."""
        used = self._all().reshape(-1, _PAGE).any(axis=1)
        pages = np.flatnonzero(used) + (self._first >> PAGE_BITS)
        if self._zeros:
            pages = np.insert(pages, np.searchsorted(pages, 0), 0)
        return pages << (KEY_BITS - self.page_bits)

    def admit(self, pages: NDArray[np.int64]) -> bool:
        """Widen the window to these rising pages; False, and nothing done, if that is too much."""
        low = min(self._first >> PAGE_BITS, int(pages[0]))
        high = max((self._first + self._counts.size) >> PAGE_BITS, int(pages[-1]) + 1)
        if not self.fits(np.array([low, high - 1]), self.page_bits, self._most):
            return False
        before = self._first - (low << PAGE_BITS)
        after = ((high - low) << PAGE_BITS) - before - self._counts.size
        if self._flushed is not None:
            self._flushed = np.pad(self._flushed, (before, after))
        self._counts = np.pad(self._counts, (before, after))
        self._first = low << PAGE_BITS
        return True

    def count(self, block: Array) -> Array:
        """Count scores; those that are returned lie outside."""
        from gonogo.kernels import count_window  # numba loads late

        drop = KEY_BITS - self.page_bits - PAGE_BITS
        if block.dtype != np.float32:
            return self._count_wide(block, drop)
        drop -= KEY_BITS - NARROW_BITS
        shift, middle = _NARROW_ZERO >> drop, 1 << (31 - drop)
        first = self._first + middle + (shift if self._first < 0 else -shift)
        missed: Array = np.empty_like(block)
        zeros, misses = count_window(
            block.view(np.uint32), drop, first, self._counts, missed.view(np.uint32)
        )
        self._zeros += zeros
        self.counted += block.size - misses
        return missed[:misses]

    def _count_wide(self, block: Array, drop: int) -> Array:
        place = (keys_of(block) >> drop) - self._first
        inside = (place >= 0) & (place < self._counts.size)
        np.add.at(self._counts, place[inside], np.uint32(1))
        self.counted += int(np.count_nonzero(inside))
        return block[~inside]

    def emptied(self) -> SparseCounts:
        """The counts at their bins; the counters start again from zero."""
        every = self._all()
        place = np.flatnonzero(every)
        bins, counts = place + self._first, every[place].astype(np.int64)
        if self._zeros:
            here = np.searchsorted(bins, 0)
            bins, counts = np.insert(bins, here, 0), np.insert(counts, here, self._zeros)
        self._counts[:] = 0
        self._flushed = None
        self.counted = self._zeros = 0
        return SparseCounts(bins, counts[None])

    def flush(self) -> None:
        """Move the counts to 64 bits, where they have room."""
        self._flushed = self._all().astype(np.int64)
        self._counts[:] = 0
        self.counted = 0

    def _all(self) -> Array:
        return self._counts if self._flushed is None else self._flushed + self._counts


Counters = Pages | Window


def _follows_narrow(page_bits: int) -> bool:
    """Whether pages of float32 scores can be told from their own bits."""
    return _FEWEST_BITS <= page_bits <= NARROW_BITS - PAGE_BITS


def distinct(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rising values without repetitions."""
    if ordered.size == 0:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
