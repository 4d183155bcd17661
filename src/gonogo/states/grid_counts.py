"""Certified counts: scores on a grid that is as fine as a memory budget allows.

Exact while the distinct scores fit (each is its own bin); then bins of leading key bits, as many
as the pages that scores fall on allow. Which of the two, and how many bits, depends on the scores
alone: never on batches, order, or how many states were added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gonogo.errors import MergeError
from gonogo.grid import KEY_BITS, NARROW_BITS
from gonogo.states.bins import ALL_COLUMNS, BinCounts, RankedBins, bin_counts, exact_ranks
from gonogo.states.budget import Capacity
from gonogo.states.packed import ANOMALOUS_COLUMNS
from gonogo.states.ranks import RankCounts
from gonogo.states.resolution import resolution
from gonogo.states.sparse import SparseCounts

__all__ = ["GridCounts", "Part", "merged"]


@dataclass(frozen=True)
class Part:
    """The anomalous scores of one defect type: at bins, and those of them at known keys."""

    counts: SparseCounts
    ties: SparseCounts
    regions: int

    def folded(self, bits: int) -> Part:
        """The same with ``bits`` fewer bits of resolution; known keys stay known."""
        return replace(self, counts=self.counts.folded(bits))

    def with_ties(self, keep: bool) -> Part:
        """The same, or without what is known of exact keys."""
        return self if keep else replace(self, ties=SparseCounts.empty(ANOMALOUS_COLUMNS))

    @staticmethod
    def added(parts: Sequence[Part]) -> Part:
        """All parts, of one resolution, as one."""
        return Part(
            SparseCounts.added([part.counts for part in parts], ANOMALOUS_COLUMNS),
            SparseCounts.added([part.ties for part in parts], ANOMALOUS_COLUMNS),
            sum(part.regions for part in parts),
        )


@dataclass(frozen=True)
class GridCounts:
    """Scores counted at ``bits`` leading key bits; 64 while every distinct score has its own bin.

    ``narrow`` says that some scores came as float32 or smaller, ``wide`` that some did not: no more
    than 35 bits tell float32 scores apart, so with narrow scores alone 35 bits are exact.
    ``ties`` are those of the scores that are known to lie at exact keys (heavy ties), unless
    there were too many such keys (``too_many_ties``).
    """

    capacity: Capacity
    bits: int
    narrow: bool
    wide: bool
    every: SparseCounts
    ties: SparseCounts
    too_many_ties: bool
    parts: Mapping[str | None, Part]

    @classmethod
    def empty(cls, capacity: Capacity) -> GridCounts:
        """Counts of nothing: adding them changes nothing."""
        nothing = SparseCounts.empty(1)
        return cls(capacity, KEY_BITS, False, False, nothing, nothing, False, {})

    def __add__(self, other: GridCounts) -> GridCounts:
        if self.capacity != other.capacity:
            raise MergeError(
                "cannot add certified states of different budgets "
                f"({self.capacity.pages} and {other.capacity.pages} pages); count both with one"
            )
        return merged([self, other])

    @property
    def exact(self) -> bool:
        """Whether every bin holds one distinct score."""
        return self.bits == KEY_BITS or (self.bits == NARROW_BITS and not self.wide)

    def ranks(self, defects: Iterable[str | None] | None = None) -> RankCounts | BinCounts:
        """Anomalous scores (of some defects) among the normal ones."""
        every = Part.added(list(self.parts.values()))
        part = every
        if defects is not None:
            part = Part.added([self.parts[name] for name in defects if name in self.parts])
        ranked = RankedBins.of(self.every, every.counts, part.counts)
        if self.exact:
            return exact_ranks(ranked, self.bits, part.regions)
        ties = _beside(self.ties, every.ties, part.ties)
        return bin_counts(ranked, ties, self.bits, part.regions)


def merged(states: Iterable[GridCounts]) -> GridCounts:
    """The sum of states of one capacity, at the resolution that their scores together allow."""
    states = list(states)
    first = states[0]
    bits = min(state.bits for state in states)
    narrow = any(state.narrow for state in states)
    every = SparseCounts.added([s.every.folded(s.bits - bits) for s in states], 1)
    kept = min(bits, resolution(every, bits, first.capacity, narrow=narrow))
    ties = SparseCounts.added([state.ties for state in states], 1)
    too_many_ties = (
        any(state.too_many_ties for state in states) or ties.bins.size > first.capacity.pages
    )
    names = dict.fromkeys(name for state in states for name in state.parts)
    return GridCounts(
        first.capacity,
        kept,
        narrow,
        any(state.wide for state in states),
        every.folded(bits - kept),
        SparseCounts.empty(1) if too_many_ties else ties,
        too_many_ties,
        {
            name: Part.added(
                [s.parts[name].folded(s.bits - kept) for s in states if name in s.parts]
            ).with_ties(not too_many_ties)
            for name in sorted(names, key=str)
        },
    )


def _beside(every: SparseCounts, anomalous: SparseCounts, part: SparseCounts) -> SparseCounts:
    """Normal scores, and the anomalous ones of a part, at all bins: ``ALL_COLUMNS`` columns."""
    columns = np.zeros((ALL_COLUMNS, every.bins.size), np.int64)
    columns[0] = every.columns[0]
    place = np.searchsorted(every.bins, anomalous.bins)
    columns[0, place] -= anomalous.columns[0]
    if part is not anomalous:
        place = np.searchsorted(every.bins, part.bins)
    for row, counts in zip(columns[1:], part.columns, strict=True):
        row[place] = counts
    return SparseCounts(every.bins, columns)
