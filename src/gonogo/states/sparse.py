"""Counts at some bins of the grid: sorted bins, and a column of counts for each thing counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import PAGE_BITS
from gonogo.sorting import sortable
from gonogo.types import Array

__all__ = ["SparseCounts"]


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
    def of_scores(scores: Array) -> SparseCounts:
        """The distinct ones of finite scores, float32 or float64, by their keys."""
        from gonogo.kernels.distinct import list_distinct, turn_to_keys  # numba loads late

        rising = np.sort(sortable(scores))
        values, counts = np.empty(rising.size, np.float64), np.empty(rising.size, np.int64)
        size = list_distinct(rising, values, counts)
        found = _fitting(values.view(np.int64), counts[None], size)
        turn_to_keys(found.bins)
        return found

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
