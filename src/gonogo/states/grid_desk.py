"""What one thread counts on: distinct scores while they are few, then pages of counters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS, finest_bits, keys_of
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import GridCounts
from gonogo.states.pages import Counters, Pages, Window, distinct
from gonogo.states.sparse import SparseCounts
from gonogo.types import Array

__all__ = ["GridDesk"]

_BLOCK = 1 << 19
_FLUSH = 1 << 31


class GridDesk:
    """Counts of all scores that one thread has seen; few Python steps an image."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._narrow = self._wide = False
        self._settled = SparseCounts.empty(1)
        self._bits = KEY_BITS
        self._waiting: list[SparseCounts] = []
        self._pages: Counters | None = None

    def count(self, scores: Array) -> None:
        """Count an image of finite scores."""
        narrow = np.can_cast(scores.dtype, np.float32)
        self._narrow |= narrow
        self._wide |= not narrow
        flat = scores.reshape(-1)
        for start in range(0, flat.size, _BLOCK):
            block = flat[start : start + _BLOCK]
            block = np.ascontiguousarray(block, np.float32 if narrow else np.float64)
            if self._pages is None:
                self._add_distinct(block)
            else:
                self._add_paged(block, self._pages)

    @property
    def bits(self) -> int:
        """How many leading bits of the keys are kept now."""
        return self._bits

    def counts(self) -> GridCounts:
        """What was counted so far, at the resolution that these scores allow."""
        self._gather()
        self._settle()
        return replace(
            GridCounts.empty(self._capacity),
            bits=self._bits,
            narrow=self._narrow,
            wide=self._wide,
            every=self._settled,
        )

    def _add_distinct(self, block: Array) -> None:
        ordered = np.sort(block)
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(starts, append=ordered.size)
        self._waiting.append(SparseCounts(keys_of(ordered[starts]), counts[None]))
        if sum(part.bins.size for part in self._waiting) > self._capacity.distinct:
            self._gather()

    def _gather(self) -> None:
        """Join the distinct scores; when they are too many, go over to pages."""
        if self._pages is not None or not self._waiting:
            return
        self._settled = SparseCounts.added([self._settled, *self._waiting], 1)
        self._waiting = []
        if self._settled.bins.size > self._capacity.distinct:
            self._open_pages(self._settled.bins)

    def _open_pages(self, keys: NDArray[np.int64]) -> Counters:
        """Pages at the finest resolution at which these rising keys fall on few enough."""
        most = self._capacity.pages
        finest = min(NARROW_BITS if self._narrow else KEY_BITS - 1, self._bits) - PAGE_BITS
        page_bits = min(finest_bits(keys, most), finest)
        bits = page_bits + PAGE_BITS
        self._settled = self._settled.folded(self._bits - bits)
        self._bits = bits
        known = distinct(keys >> (KEY_BITS - page_bits))
        close = not self._wide and Window.fits(known, page_bits, 2 * most)
        self._pages = Window(known, page_bits, 2 * most) if close else Pages(known, page_bits, most)
        return self._pages

    def _add_paged(self, block: Array, pages: Counters) -> None:
        narrow = block.dtype == np.float32
        if (narrow and self._bits > NARROW_BITS) or (not narrow and isinstance(pages, Window)):
            pages = self._reopen(pages.keys())
        if pages.counted + block.size > _FLUSH:
            pages.flush()
        missed = pages.count(block)
        while missed.size:
            keys = np.sort(keys_of(missed))
            if not pages.admit(distinct(keys >> (KEY_BITS - pages.page_bits))):
                pages = self._reopen(np.sort(np.concatenate([pages.keys(), keys])))
            missed = pages.count(missed.astype(np.float64))

    def _reopen(self, keys: NDArray[np.int64]) -> Counters:
        """Coarser pages, for all that was counted and these rising keys."""
        self._settle()
        return self._open_pages(keys)

    def _settle(self) -> None:
        """Move what the pages counted to the settled counts, in 64 bits."""
        if self._pages is not None:
            counted = self._pages.emptied()
            self._settled = SparseCounts.added([self._settled, counted], 1)
