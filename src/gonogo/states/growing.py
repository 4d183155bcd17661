"""Counts at bins that more counts are added to, where they are."""

from __future__ import annotations

import numpy as np

from gonogo.states.sparse import SparseCounts

__all__ = ["GrowingCounts"]


_ROOM = 1 << 16


class GrowingCounts:
    """Counts at rising bins with room for more, so that adding needs no second copy of them."""

    def __init__(self, things: int) -> None:
        self._bins = np.empty(_ROOM, np.int64)
        self._columns = np.empty((things, _ROOM), np.int64)
        self._size = 0
        self._lent = False

    def add(self, counts: SparseCounts) -> None:
        """Add counts of the same resolution."""
        from gonogo.kernels.bins import common_bins, merge_into  # numba loads late

        common = common_bins(self._bins[: self._size], counts.bins)
        merged = self._size + counts.bins.size - common
        if self._lent or merged > self._bins.size:
            self._move(max(2 * merged, self._bins.size))
        bins, columns = counts.bins, counts.columns
        merge_into(self._bins, self._columns, self._size, bins, columns, merged)
        self._size = merged

    def fold(self, bits: int) -> None:
        """Take ``bits`` off the resolution."""
        if bits == 0 or self._size == 0:
            return
        from gonogo.kernels.bins import fold_bins  # numba loads late

        if self._lent:
            self._move(self._bins.size)
        counts = self._counts()
        self._size = fold_bins(counts.bins, counts.columns, bits, counts.bins, counts.columns)

    def lent(self) -> SparseCounts:
        """The counts: what is added later goes to a copy."""
        self._lent = True
        return self._counts()

    def _counts(self) -> SparseCounts:
        return SparseCounts(self._bins[: self._size], self._columns[:, : self._size])

    def _move(self, room: int) -> None:
        before = self._counts()
        self._bins = np.empty(room, np.int64)
        self._columns = np.empty((len(before.columns), room), np.int64)
        self._bins[: self._size] = before.bins
        self._columns[:, : self._size] = before.columns
        self._lent = False
