"""Certified counting of a stream of images, on several threads, in bounded memory.

Scores wait until there are enough to sort; sorted, those of one bin stand side by side and are
counted. What was counted is added up in pairs, and is made coarser as soon as it holds more than
the budget allows: whatever comes later, the sum would be at least as coarse. From then on scores
where most of them are need not be sorted: each thread has counters there.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import DTypeLike, NDArray

from gonogo.grid import KEY_BITS, keys_of
from gonogo.sorting import Room, sort_in_place
from gonogo.states.accumulator import Accumulator, Settle
from gonogo.states.anomalous import AnomalousScores, sorted_together
from gonogo.states.budget import Capacity
from gonogo.states.dense import MOST_COUNTED, DenseCounts, Layout
from gonogo.states.grid_counts import GridCounts, Part, merged
from gonogo.states.packed import ANOMALOUS_COLUMNS, counted_at_bins, packable, packed
from gonogo.states.resolution import resolution
from gonogo.states.sparse import SparseCounts
from gonogo.states.ties import anomalous_at, tied_scores
from gonogo.types import Array

__all__ = ["GridCounter"]

_BLOCK = 1 << 19
"""Scores that are sorted together."""
_REACH = 2
"""Counters reach over this many times the pages that scores may fall on."""
_MANY = 1 << 21
"""Scores without a counter that show that counters should lie elsewhere, if they are most."""
_FIRST_CHECK = 1 << 21
"""Scores after which it is seen whether bins may be coarser; then after twice as many each time."""


class GridCounter:
    """Counts scores and anomalous scores; any thread may add."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._bits = KEY_BITS
        self._narrow = self._wide = self._too_many_ties = False
        self._every = Accumulator(1, self._settle)
        self._ties = Accumulator(1, self._settle_ties)
        self._parts: dict[str | None, _Part] = {}
        self._lock = threading.Condition()
        self._adding = 0
        self._threads: list[_Thread] = []
        self._layout: Layout | None = None

    def add(self, scores: Array, anomalous: AnomalousScores, defect: str | None = None) -> None:
        """Count the map of one image, and which of its scores are anomalous."""
        with self._one_thread() as thread:
            narrow = np.can_cast(scores.dtype, np.float32)
            self._narrow |= narrow
            self._wide |= not narrow
            self._add_scores(scores.reshape(-1), np.float32 if narrow else np.float64, thread)
            ties = SparseCounts.empty(1) if self._too_many_ties else tied_scores(scores)
            if ties.bins.size:
                self._ties.add(ties, KEY_BITS)
            if anomalous.scores.size:
                with self._lock:
                    part = self._parts.setdefault(defect, _Part(self._settle_part))
                    part.regions += anomalous.regions
                part.add(anomalous, anomalous_at(ties, anomalous), self._bits)

    def counts(self) -> GridCounts:
        """Everything added so far, as one state; adding goes on when it is done."""
        with self._lock:
            self._lock.wait_for(lambda: self._adding == 0)
            for thread in self._threads:
                self._count_waiting(thread)
            every = self._sum()
            # Adding them up may have shown that there are too many bins.
            bits = self._bits
            return merged(
                [
                    GridCounts(
                        self._capacity,
                        bits,
                        self._narrow,
                        self._wide,
                        every,
                        self._ties.sum(KEY_BITS),
                        self._too_many_ties,
                        {defect: part.counts(bits) for defect, part in self._parts.items()},
                    )
                ]
            )

    def _add_scores(self, scores: Array, dtype: DTypeLike, thread: _Thread) -> None:
        for start in range(0, scores.size, _BLOCK):
            block = np.ascontiguousarray(scores[start : start + _BLOCK], dtype)
            self._settle_counters(thread)
            if thread.dense is not None:
                block = thread.dense.count(block, thread.room)
                thread.missed += block.size
            if not thread.has_room(block):
                self._count_waiting(thread)
            thread.wait(block)

    def _settle_counters(self, thread: _Thread) -> None:
        """Bring the counters of a thread to where they are to lie, which they may change."""
        while thread.dense is not None and thread.uses_too_much(self._capacity.pages):
            before = thread.dense.layout.bits
            self._coarsen(before - 1)
            if not thread.follow(self._layout) or thread.dense.layout.bits == before:
                break
        if thread.dense is not None and thread.dense.counted >= MOST_COUNTED:
            self._empty(thread)
        if thread.layout != self._layout and not thread.follow(self._layout):
            self._empty(thread)
            thread.open(self._layout)
            if thread.dense is not None and thread.dense.layout.bits == self._bits:
                self._every.move(self._bits, thread.dense.add)

    def _coarsen(self, bits: int, counts: SparseCounts | None = None) -> None:
        """Keep no more bits than these from now on; ``counts`` show where scores are."""
        with self._lock:
            if bits < self._bits:
                self._bits = bits
                before = self._layout
                self._layout = None if before is None else before.coarser(bits)
            if self._layout is None and counts is not None:
                self._layout = self._layout_for(counts, bits)

    def _layout_for(self, counts: SparseCounts, bits: int) -> Layout | None:
        """Where most of these scores are, at the bits that are kept now; call it with the lock."""
        # Counters of more bits than are kept would never be seen as too fine.
        folded = counts.folded(max(bits - self._bits, 0))
        return Layout.where_most_are(folded, min(bits, self._bits), _REACH * self._capacity.pages)

    def _count_waiting(self, thread: _Thread) -> None:
        """Sort the scores of a thread that wait, and add up what has no counter yet."""
        if thread.waiting.size == 0:
            return
        bits = self._bits
        counts = SparseCounts.of_scores(thread.waiting, bits, thread.room)
        if thread.counters_are_missed():
            with self._lock:
                if bits == self._bits:
                    self._layout = self._layout_for(counts, bits)
        counts, bits = self._settle(counts, bits)
        self._settle_counters(thread)
        if thread.dense is not None and thread.dense.layout.bits <= bits:
            counts = counts.folded(bits - thread.dense.layout.bits)
            bits = thread.dense.layout.bits
            counts = thread.dense.add(counts)
        thread.waiting = thread.waiting[:0]  # from here on they are kept, whatever happens
        if counts.bins.size:
            self._every.add(counts, bits)

    def _empty(self, thread: _Thread) -> None:
        """Add up what a thread has in counters."""
        if thread.dense is not None and thread.dense.counted:
            counts = thread.dense.counts()
            thread.dense.empty()  # from here on they are kept, whatever happens
            self._every.add(counts, thread.dense.layout.bits)

    def _sum(self) -> SparseCounts:
        """All scores so far: counters that lie alike are added up before they are listed."""
        filled = [thread for thread in self._threads if thread.dense and thread.dense.counted]
        for thread in filled:
            if thread.layout != self._layout:
                thread.follow(self._layout)
        tables = [thread.dense for thread in filled if thread.dense is not None]
        for one, other in itertools.pairwise(tables):
            if one.layout == other.layout and one.counted + other.counted <= MOST_COUNTED:
                other.take(one)
        if filled:
            self._coarsen_to_fit(filled[-1], tables[-1])
        for thread in filled:
            self._empty(thread)
        return self._every.sum(self._bits)

    def _coarsen_to_fit(self, thread: _Thread, dense: DenseCounts) -> None:
        """Count whatever has a counter of a thread there, and join bins while there are too many.

        Listed first and joined later they would take more time and memory.
        """
        rest = self._every.sum(self._bits)
        if dense.layout.bits != self._bits or dense.counted + rest.total > MOST_COUNTED:
            return  # some of the rest would have no counter although it lies among them
        self._every.move(self._bits, dense.add)
        rest, bits = self._every.sum(self._bits), self._bits
        while (
            dense.layout.bits == self._bits
            and dense.pages() + rest.folded(bits - self._bits).pages() > self._capacity.pages
        ):
            self._coarsen(self._bits - 1)
            thread.follow(self._layout)

    def _settle(self, counts: SparseCounts, bits: int) -> tuple[SparseCounts, int]:
        """Counts with as many bits as the budget allows them; all others may keep no more."""
        kept = min(bits, resolution(counts, bits, self._capacity, narrow=self._narrow))
        counts = counts.folded(bits - kept)
        if kept < self._bits or (self._layout is None and kept < KEY_BITS):
            self._coarsen(kept, counts)
        return counts, kept

    def _settle_ties(self, ties: SparseCounts, bits: int) -> tuple[SparseCounts, int]:
        self._too_many_ties |= ties.bins.size > self._capacity.pages
        return ties, bits

    def _settle_part(self, counts: SparseCounts, bits: int) -> tuple[SparseCounts, int]:
        kept = min(bits, self._bits)
        return counts.folded(bits - kept), kept

    @contextmanager
    def _one_thread(self) -> Iterator[_Thread]:
        """What no other thread counts on meanwhile."""
        with self._lock:
            self._adding += 1
            thread = self._threads.pop() if self._threads else _Thread()
        try:
            yield thread
        finally:
            with self._lock:
                self._threads.append(thread)
                self._adding -= 1
                self._lock.notify_all()


class _Thread:
    """What one thread counts on: counters, and scores without one that wait to be sorted."""

    def __init__(self) -> None:
        self.room = Room()
        self.dense: DenseCounts | None = None
        self.layout: Layout | None = None
        self.waiting: Array = np.empty(0, np.float32)
        self.missed = 0
        self._check_at = _FIRST_CHECK

    def counters_are_missed(self) -> bool:
        """Whether most scores have no counter any more: they have come to lie elsewhere."""
        return self.dense is not None and self.missed > max(_MANY, self.dense.counted)

    def uses_too_much(self, pages: int) -> bool:
        """Whether counters came into use on more pages than this, looked up now and then."""
        if self.dense is None or self.dense.counted < self._check_at:
            return False
        if self.dense.pages() > pages:
            return True
        self._check_at *= 2
        return False

    def follow(self, layout: Layout | None) -> bool:
        """Bring the counters to a layout, if it is a coarser one of the same magnitudes."""
        if self.dense is None or layout is None or self.dense.layout.coarser(layout.bits) != layout:
            return False
        self.dense.coarsen(layout)
        self.layout = layout
        return True

    def open(self, layout: Layout | None) -> None:
        """Count on the counters of a layout from now on."""
        self.layout = layout
        self.dense = None if layout is None else DenseCounts(layout)
        self.missed = 0
        self._check_at = _FIRST_CHECK

    def has_room(self, scores: Array) -> bool:
        """Whether scores may wait with those that do."""
        fits = self.waiting.size + scores.size <= _BLOCK
        return fits and (self.waiting.size == 0 or self.waiting.dtype == scores.dtype)

    def wait(self, scores: Array) -> None:
        """Keep a copy of scores, for which there is room."""
        before = self.waiting.size
        room = self.room.array("waiting", _BLOCK, scores.dtype)
        room[before : before + scores.size] = scores
        self.waiting = room[: before + scores.size]


class _Part:
    """The anomalous scores of one defect; those that fit into one integer wait to be sorted."""

    def __init__(self, settle: Settle) -> None:
        self.regions = 0
        self._counts = Accumulator(ANOMALOUS_COLUMNS, settle)
        self._ties = Accumulator(ANOMALOUS_COLUMNS, lambda ties, bits: (ties, bits))
        self._lock = threading.Lock()
        self._packed: list[NDArray[np.int64]] = []
        self._waiting = 0

    def add(self, anomalous: AnomalousScores, ties: SparseCounts, bits: int) -> None:
        """Count the anomalous scores of an image; ``ties`` are those of them at known keys."""
        if ties.bins.size:
            self._ties.add(ties, KEY_BITS)
        if anomalous.areas is not None and packable(anomalous.scores, anomalous.areas):
            keys = packed(anomalous.scores, anomalous.areas)
            with self._lock:
                self._packed.append(keys)
                self._waiting += keys.size
                many = self._waiting >= _BLOCK
            if many:
                self._count_packed(bits)
            return
        scores, areas = sorted_together([anomalous])
        self._counts.add(counted_at_bins(keys_of(scores), areas, bits), bits)

    def counts(self, bits: int) -> Part:
        """Everything so far."""
        self._count_packed(bits)
        return Part(self._counts.sum(bits), self._ties.sum(KEY_BITS), self.regions)

    def _count_packed(self, bits: int) -> None:
        """Sort and add up what waits; it waits on where that fails."""
        with self._lock:
            waiting, self._packed, self._waiting = self._packed, [], 0
        if not waiting:
            return
        try:
            keys = np.concatenate(waiting)
            sort_in_place(keys)
            counts = counted_at_bins(keys, None, bits)
        except BaseException:
            with self._lock:
                self._packed += waiting
                self._waiting += sum(keys.size for keys in waiting)
            raise
        self._counts.add(counts, bits)
