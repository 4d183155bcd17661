"""Anomalous scores counted at bins that more are added to, where they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.states.packed import ANOMALOUS_COLUMNS, counted_at_bins
from gonogo.states.sparse import SparseCounts

__all__ = ["GrowingCounts"]


class GrowingCounts:
    """Counts at rising bins with room for more, so that adding needs no second copy of them."""

    def __init__(self) -> None:
        self._bins = np.empty(0, np.int64)
        self._columns = np.empty((ANOMALOUS_COLUMNS, 0), np.int64)
        self._size = 0
        self._lent = False

    def add(self, keys: NDArray[np.int64], areas: NDArray[np.int64] | None, bits: int) -> None:
        """Count rising keys at bins of ``bits`` bits, the resolution of all that was added.

        ``areas`` are those of the regions, None for keys that are packed together with theirs.
        """
        from gonogo.kernels.bins import common_bins, merge_into  # numba loads late

        more = counted_at_bins(keys, areas, bits)
        if self._size == 0:
            self._bins, self._columns, self._size = more.bins, more.columns, more.bins.size
            self._lent = False
            return
        common = common_bins(self._bins[: self._size], more.bins)
        merged = self._size + more.bins.size - common
        if self._lent or merged > self._bins.size:
            self._move(2 * merged)
        merge_into(self._bins, self._columns, self._size, more.bins, more.columns, merged)
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
