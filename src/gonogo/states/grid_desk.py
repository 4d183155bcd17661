"""What one thread counts on: distinct scores while they are few, then counters of bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS, keys_of
from gonogo.sorting import sortable
from gonogo.states.budget import Capacity
from gonogo.states.counter_window import CounterWindow
from gonogo.states.grid_counts import GridCounts
from gonogo.states.pages import Pages, distinct
from gonogo.states.resolution import finest_bits
from gonogo.states.sparse import SparseCounts
from gonogo.states.window_counts import WindowCounts
from gonogo.types import Array

__all__ = ["GridDesk"]

_BLOCK = 1 << 19
_MOST_COUNTED = 1 << 39
"""Scores in counters of which each can hold that many."""
_MOST_WAITING = 1 << 10
_FIRST_CHECK = 1 << 21
"""Scores after which a window is made coarser if it may be; then after twice as many each time."""
_WINDOW = 2
"""A window may reach over this many times the pages that scores may fall on."""

Counters = Pages | CounterWindow


class GridDesk:
    """Counts of all scores that one thread has seen; few Python steps an image."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        # So many different scores open counters at once; a quarter more, because some may tie.
        self._first_block = capacity.distinct + capacity.distinct // 4
        self._begun = False
        self._narrow = self._wide = False
        self.settled = SparseCounts.empty(1)
        self._bits = KEY_BITS
        self.waiting: list[SparseCounts] = []
        self._waiting_bins = 0
        self.counters: Counters | None = None
        self._check_at = _FIRST_CHECK

    def count(self, scores: Array) -> None:
        """Count an image of finite scores."""
        narrow = np.can_cast(scores.dtype, np.float32)
        self._narrow |= narrow
        self._wide |= not narrow
        rest = scores.reshape(-1)
        while rest.size:
            size = _BLOCK if self._begun else self._first_block
            self._begun = True
            block = np.ascontiguousarray(rest[:size], np.float32 if narrow else np.float64)
            rest = rest[size:]
            if self.counters is None:
                self._add_distinct(block)
            else:
                self._add_counted(block, self.counters)

    @property
    def bits(self) -> int:
        """How many leading bits of the keys are kept now."""
        return self._bits

    def counts(self) -> GridCounts:
        """What was counted so far, at the resolution that these scores allow."""
        self._gather()
        every = self.settled
        if self.counters is not None:
            every = SparseCounts.added([every, self.counters.counts()], 1)
        return self.counted(every, self._bits)

    def with_all_of(self, others: Sequence[GridDesk]) -> list[GridCounts] | None:
        """What this desk and others that count as finely or finer counted: the scores only here.

        None where they do not all count in windows that fit into one.
        """
        windows = [desk.counters for desk in (self, *others)]
        first, *finer = [one for one in windows if isinstance(one, CounterWindow)]
        counted = sum(one.counted for one in (first, *finer))
        fitting = len(finer) == len(others) and counted <= _MOST_COUNTED
        joined = first.joined(finer) if fitting else None
        if joined is None:
            return None
        joined = self._settled_down(joined)
        bits = joined.page_bits + PAGE_BITS
        settled = [desk.settled.folded(desk.bits - bits) for desk in (self, *others)]
        every = SparseCounts.added([*settled, WindowCounts(joined)], 1)
        nothing = SparseCounts.empty(1)
        return [self.counted(every, bits), *(desk.counted(nothing, bits) for desk in others)]

    def _settled_down(self, window: CounterWindow) -> CounterWindow:
        """The same, coarser if scores fell on too many pages."""
        while window.pages() > self._capacity.pages:
            halved = window.halved()
            if halved is None:
                break
            window = halved
        return window

    @property
    def in_window(self) -> bool:
        """Whether scores are counted in a window now."""
        return isinstance(self.counters, CounterWindow)

    def counted(self, every: SparseCounts, bits: int) -> GridCounts:
        """A state of these scores, with what this desk knows of all it has seen."""
        return replace(
            GridCounts.empty(self._capacity),
            bits=bits,
            narrow=self._narrow,
            wide=self._wide,
            every=every,
        )

    def _add_distinct(self, block: Array) -> None:
        counts = SparseCounts.of_scores(block)
        if counts.bins.size > self._capacity.distinct:
            self._add_counted(block, self._opened(counts.bins))
            return
        self.waiting.append(counts)
        self._waiting_bins += counts.bins.size
        if self._waiting_bins > self._capacity.distinct or len(self.waiting) > _MOST_WAITING:
            self._gather()

    def _gather(self) -> None:
        """Join the distinct scores; when they are too many, go over to counters of bins."""
        if self.counters is not None or not self.waiting:
            return
        self.settled = SparseCounts.added([self.settled, *self.waiting], 1)
        self.waiting, self._waiting_bins = [], 0
        if self.settled.bins.size > self._capacity.distinct:
            self._opened()

    def _opened(self, keys: NDArray[np.int64] | None = None) -> Counters:
        """Counters of all distinct scores so far, for these rising keys as well."""
        settled, bits = SparseCounts.added([self.settled, *self.waiting], 1), self._bits
        self.settled, self.waiting, self._waiting_bins = SparseCounts.empty(1), [], 0
        every = settled.bins
        if keys is not None:
            every = np.sort(sortable(np.concatenate([every, keys]))) if every.size else keys
        counters = self._open(every)
        if settled.bins.size:
            counters.add(settled.folded(bits - self._bits))
        return counters

    def _open(self, keys: NDArray[np.int64]) -> Counters:
        """Counters at the finest resolution at which these rising keys fall on few enough pages."""
        most = self._capacity.pages
        finest = min(NARROW_BITS if self._narrow else KEY_BITS - 1, self._bits) - PAGE_BITS
        page_bits = min(finest_bits(keys, most), finest)
        bits = page_bits + PAGE_BITS
        self.settled = self.settled.folded(self._bits - bits)
        self._bits = bits
        drop = KEY_BITS - page_bits
        window = None
        if not self._wide:
            window = CounterWindow.over(*_ends(keys, drop), page_bits, _WINDOW * most)
        self.counters = window or Pages(distinct(keys >> drop), page_bits, most)
        return self.counters

    def _add_counted(self, block: Array, counters: Counters) -> None:
        narrow = block.dtype == np.float32
        if (narrow and self._bits > NARROW_BITS) or (
            not narrow and isinstance(counters, CounterWindow)
        ):
            counters = self._reopen(counters, counters.keys())
        if counters.counted + block.size > _MOST_COUNTED:
            self.settled = SparseCounts.added([self.settled, counters.counts()], 1)
            counters = self._open(counters.keys())
        if isinstance(counters, CounterWindow) and counters.counted >= self._check_at:
            self._check_at *= 2
            counters = self.counters = self._settled_down(counters)
            bits = counters.page_bits + PAGE_BITS
            self.settled = self.settled.folded(self._bits - bits)
            self._bits = bits
        missed = counters.count(block)
        while missed.size:
            keys = np.sort(sortable(keys_of(missed)))
            if not counters.admit(distinct(keys >> (KEY_BITS - counters.page_bits))):
                every = np.sort(sortable(np.concatenate([counters.keys(), keys])))
                counters = self._reopen(counters, every)
            missed = counters.count(missed.astype(np.float64))

    def _reopen(self, before: Counters, keys: NDArray[np.int64]) -> Counters:
        """Coarser counters, for all that was counted and these rising keys."""
        counted, bits = before.counts(), self._bits
        counters = self._open(keys)
        counters.add(counted.folded(bits - self._bits))
        return counters


def _ends(keys: NDArray[np.int64], drop: int) -> tuple[int, int]:
    """The first and the last page that rising keys fall on, beside that of zero if they can."""
    first, last = int(keys[0] >> drop), int(keys[-1] >> drop)
    if first == 0 < last:
        first = int(keys[np.searchsorted(keys, 1 << drop)] >> drop)
    elif first < 0 == last:
        last = int(keys[np.searchsorted(keys, 0) - 1] >> drop)
    return first, last
