"""Counts on a grid that never changes: one array of integers for all data, merged by ``+``.

For places that can only add tensors of one size (``torch.distributed``, torchmetrics). A bin holds
the scores that share the first ``bits`` bits of their keys, see :mod:`gonogo.grid`: the sign, 11
bits of exponent, and ``bits - 12`` of the mantissa, so that scores of one bin differ by less than
``2 ** (12 - bits)`` of their size. Metrics come out as intervals; no score range is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError, MergeError
from gonogo.states.bins import ALL_COLUMNS, BinCounts, RankedBins, bin_counts
from gonogo.states.grid_counts import GridCounts, Part
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import LIMB_BITS

__all__ = ["FIXED_BITS", "FixedGrid", "carried", "fixed_bins"]

FIXED_BITS = 20
"""32 MiB of counters; scores of one bin differ by less than 1 in 256."""
_FEWEST, _MOST = 8, 28


@dataclass(frozen=True, eq=False)
class FixedGrid:
    """``counts`` of shape (4, 2 ** bits), by rising bin.

    Rows: all scores, anomalous scores, and the high and low limb of the anomalous scores' region
    weights. Two grids of one size are merged by adding their counts, in any order. A row of limbs
    may then exceed 31 bits: ``normalised`` carries. That is needed before 2**32 anomalous pixels
    fall on one bin; done earlier or more often, it changes no metric by a bit.
    """

    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = self.counts
        sizes = {(ALL_COLUMNS, 1 << bits) for bits in range(_FEWEST, _MOST + 1)}
        if counts.dtype != np.int64 or counts.shape not in sizes:
            raise InputError(
                f"counts: found {counts.dtype} of shape {counts.shape}; expected int64 of shape "
                f"(4, 2 ** bits) with {_FEWEST} to {_MOST} bits"
            )

    @classmethod
    def empty(cls, bits: int = FIXED_BITS) -> FixedGrid:
        """Counts of nothing: adding them changes nothing."""
        return cls(np.zeros((ALL_COLUMNS, fixed_bins(bits)), np.int64))

    @classmethod
    def of(cls, grid: GridCounts, bits: int = FIXED_BITS) -> FixedGrid:
        """Certified counts, folded; the same integers as counting on the fixed grid at once."""
        if grid.bits < bits:
            raise InputError(
                f"bits: found {bits} for counts at {grid.bits} bits; expected at most as many, or "
                "counts of a larger budget"
            )
        fixed = cls.empty(bits)
        part = Part.added(list(grid.parts.values()))
        for rows, sparse in ((slice(0, 1), grid.every), (slice(1, None), part.counts)):
            folded = sparse.folded(grid.bits - bits)
            fixed.counts[rows, folded.bins + fixed.middle] = folded.columns
        return fixed

    def __add__(self, other: FixedGrid) -> FixedGrid:
        if self.bits != other.bits:
            raise MergeError(
                f"cannot add fixed grids of {self.bits} and {other.bits} bits; count both with "
                "as many"
            )
        return FixedGrid(self.counts + other.counts)

    @property
    def bits(self) -> int:
        """How many leading bits of the keys are told apart."""
        return int(self.counts.shape[1]).bit_length() - 1

    @property
    def middle(self) -> int:
        """The place of the bin that begins at zero."""
        return int(self.counts.shape[1]) // 2

    @property
    def regions(self) -> int:
        """Number of regions: each adds up to 1, but for less rounding than could be mistaken."""
        high, low = (int(row.sum()) for row in carried(self.counts)[2:])
        whole = 2 * LIMB_BITS
        return ((high << LIMB_BITS) + low + (1 << (whole - 1))) >> whole

    def normalised(self) -> FixedGrid:
        """The same weights with every low limb below 2**31: what exceeds it is carried."""
        return FixedGrid(carried(self.counts))

    def ranks(self) -> BinCounts:
        """Anomalous scores among the normal ones, for :mod:`gonogo.metrics.bounds`."""
        counts = self.normalised().counts
        used, anomalous = np.flatnonzero(counts[0]), np.flatnonzero(counts[1])
        every = SparseCounts(used - self.middle, counts[:1, used])
        part = SparseCounts(anomalous - self.middle, counts[1:, anomalous])
        ranked = RankedBins.of(every, part, part)
        return bin_counts(ranked, SparseCounts.empty(ALL_COLUMNS), self.bits, self.regions)


def carried(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same four rows with every low limb below 2**31."""
    found = counts.copy()
    found[2] += found[3] >> LIMB_BITS
    found[3] &= (1 << LIMB_BITS) - 1
    return found


def fixed_bins(bits: int) -> int:
    """How many bins a fixed grid has; bins are counted from the lowest score."""
    if bits not in range(_FEWEST, _MOST + 1):
        raise InputError(f"bits: found {bits!r}; expected {_FEWEST} to {_MOST}")
    return 1 << bits
