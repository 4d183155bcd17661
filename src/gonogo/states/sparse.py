"""Counts at some bins of the grid: sorted bins, and a column of counts for each thing counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, NARROW_BITS, PAGE_BITS, keys_of
from gonogo.sorting import Room, sort_unsigned, sortable
from gonogo.types import Array

__all__ = ["SparseCounts"]

_FORMS = {
    np.dtype(np.float32): (np.int32, (2**31 - 1, 1 << 23, 896 << 23), KEY_BITS - NARROW_BITS),
    np.dtype(np.float64): (np.int64, (2**63 - 1, 0, 0), 0),
}
"""Integers of as many bits; see :func:`gonogo.kernels.runs.fill_offsets`; zeros keys end in."""


@dataclass(frozen=True)
class SparseCounts:
    """Rising ``bins`` of one resolution, and a row of ``columns`` for each thing counted there."""

    bins: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def empty(cls, things: int) -> SparseCounts:
        """No bin at all."""
        return cls(np.empty(0, np.int64), np.empty((things, 0), np.int64))

    @staticmethod
    def of_scores(scores: Array, bits: int = KEY_BITS, room: Room | None = None) -> SparseCounts:
        """Finite scores (N,), contiguous float32 or float64, counted at bins of ``bits`` bits.

        They are sorted as integers: how far the bin of each lies above the lowest, which 32 bits
        hold but for a wide range of float64.
        """
        from gonogo.kernels.runs import fill_offsets, find_runs, list_runs  # numba loads late

        if scores.size == 0:
            return SparseCounts.empty(1)
        room = Room() if room is None else room
        # What all keys of a dtype end in is left out first, and put back in the end.
        signed, form, zeros = _FORMS[scores.dtype]
        drop, up = max(KEY_BITS - bits, zeros), max(zeros - (KEY_BITS - bits), 0)
        first, last = (int(key) >> drop for key in keys_of(np.array([scores.min(), scores.max()])))
        narrow = last - first < 1 << 32
        offsets = room.array("offsets", scores.size, np.uint32 if narrow else np.uint64)
        if fill_offsets(scores.view(signed), form, drop - zeros, first, offsets):
            return SparseCounts.of_scores(scores.astype(np.float64), bits, room)
        rising = sort_unsigned(offsets, (last - first).bit_length(), room)
        begins = room.array("begins", rising.size + 1, np.uint32)
        size = find_runs(rising, begins)
        bins, counts = np.empty(size, np.int64), np.empty((1, size), np.int64)
        list_runs(rising, begins, first, up, bins, counts[0])
        return SparseCounts(bins, counts)

    @classmethod
    def gathered(cls, bins: NDArray[np.int64], columns: NDArray[np.int64]) -> SparseCounts:
        """From bins in any order, with repetitions, which are added."""
        if bins.size == 0:
            return cls(bins, columns)
        order = np.argsort(sortable(bins))
        return cls.rising(bins[order], columns[:, order])

    @classmethod
    def rising(cls, bins: NDArray[np.int64], columns: NDArray[np.int64]) -> SparseCounts:
        """From rising bins, with repetitions, which are added."""
        return _added_up(bins, columns, 0)

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return int(self.columns.sum())

    @property
    def nothing(self) -> bool:
        """Whether there is no bin at all."""
        return self.bins.size == 0

    def pages(self) -> int:
        """How many pages the bins lie on."""
        from gonogo.kernels.bins import distinct_pages  # numba loads late

        return int(distinct_pages(self.bins, PAGE_BITS))

    def rank(
        self,
        anomalous: SparseCounts,
        part: NDArray[np.int64],
        above: NDArray[np.int64],
        at_least: NDArray[np.int64],
    ) -> int:
        """Rank a part of the anomalous ones among these scores that are not anomalous.

        Put into ``above`` and ``at_least``, for every bin of the part from the last to the first,
        how many normal scores lie above it, and above or in it; how many there are.
        """
        from gonogo.kernels.bins import rank_bins  # numba loads late

        bins, counts = anomalous.bins, anomalous.columns[0]
        normals = rank_bins(self.bins, self.columns[0], bins, counts, part, above, at_least)
        return int(normals)

    def folded(self, bits: int) -> SparseCounts:
        """The same with ``bits`` fewer bits of resolution."""
        if bits == 0 or self.bins.size == 0:
            return self
        return _added_up(self.bins, self.columns, bits)

    def without(self, *parts: slice) -> SparseCounts:
        """The same without some parts of its bins, which rise."""
        ends = [0, *(end for part in parts for end in (part.start, part.stop)), self.bins.size]
        kept = [slice(*ends[k : k + 2]) for k in range(0, len(ends), 2)]
        return SparseCounts(
            np.concatenate([self.bins[part] for part in kept]),
            np.concatenate([self.columns[:, part] for part in kept], axis=1),
        )

    @staticmethod
    def added(parts: Sequence[SparseCounts], things: int) -> SparseCounts:
        """All parts, of one resolution, as one."""
        parts = [part for part in parts if not part.nothing]
        if not parts:
            return SparseCounts.empty(things)
        while len(parts) > 1:
            parts = [_pair(*parts[i : i + 2]) for i in range(0, len(parts), 2)]
        return parts[0]


def _pair(one: SparseCounts, other: SparseCounts | None = None) -> SparseCounts:
    if other is None:
        return one
    from gonogo.kernels.bins import merge_counts  # numba loads late

    room = one.bins.size + other.bins.size
    bins = np.empty(room, np.int64)
    columns = np.empty((one.columns.shape[0], room), np.int64)
    size = merge_counts(one.bins, one.columns, other.bins, other.columns, bins, columns)
    return _fitting(bins, columns, size)


def _added_up(bins: NDArray[np.int64], columns: NDArray[np.int64], bits: int) -> SparseCounts:
    """Counts at rising bins without their last bits, added where these are the same."""
    from gonogo.kernels.bins import fold_bins  # numba loads late

    folded, sums = np.empty_like(bins), np.empty_like(columns)
    size = fold_bins(bins, columns, bits, folded, sums)
    return _fitting(folded, sums, size)


def _fitting(bins: NDArray[np.int64], columns: NDArray[np.int64], size: int) -> SparseCounts:
    """The first bins of arrays with room for more, copied where that saves much memory."""
    if 4 * size >= 3 * bins.size:
        return SparseCounts(bins[:size], columns[:, :size])
    return SparseCounts(bins[:size].copy(), columns[:, :size].copy())
