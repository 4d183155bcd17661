"""Anomalous scores known only by their bin: every order of the scores inside a bin is possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gonogo.grid import KEY_BITS, highest_score, lowest_score, scores_of
from gonogo.states.ranks import RankCounts
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import RegionWeights

__all__ = ["ALL_COLUMNS", "BinCounts", "RankedBins", "bin_counts", "exact_ranks"]

Edges = Callable[[NDArray[np.int64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
ALL_COLUMNS = 4
"""Normal scores, anomalous scores, and the high and low limb of their region weights."""


@dataclass(frozen=True)
class BinCounts:
    """Counts at the bins that hold anomalous scores, falling.

    ``tied`` takes all scores of a bin for one, its lowest; ``highest`` is the highest of it, and
    ``rest`` how many anomalous scores of each bin are known by the bin alone. Whatever the
    true order, a ranking lies between ``best`` (in each bin the anomalous scores above the normal
    ones) and ``worst``. Scores known exactly, because many share them, stay tied in both: those
    entries are the ``exact`` ones.
    """

    tied: RankCounts
    highest: NDArray[np.float64]
    rest: NDArray[np.int64]
    best: RankCounts
    best_exact: NDArray[np.bool_]
    worst: RankCounts
    worst_exact: NDArray[np.bool_]


@dataclass(frozen=True)
class _Entries:
    """Anomalous entries of a ranking, falling, with the normal scores above and at each."""

    scores: NDArray[np.float64]
    columns: NDArray[np.int64]
    above: NDArray[np.int64]
    at_least: NDArray[np.int64]

    def ranks(self, normals: int, regions: int) -> RankCounts:
        """As a ranking."""
        counts, high, low = self.columns
        counts, weights = np.ascontiguousarray(counts), RegionWeights(high, low, regions)
        return RankCounts(self.scores, counts, self.above, self.at_least, normals, weights)

    def ranks_like(self, other: _Entries, like: RankCounts) -> RankCounts:
        """As a ranking; what is the same as in another one is kept once."""
        if self.columns is not other.columns:
            return self.ranks(like.normals, like.weights.regions)
        ranks = replace(like, scores=self.scores, above=self.above, at_least=self.at_least)
        vars(ranks)["true_positives"] = like.true_positives
        return ranks

    def joined(self, other: _Entries, order: NDArray[np.intp]) -> _Entries:
        """Some of these entries and some of another's, which are counted on from the last."""
        size = self.scores.size
        others = np.flatnonzero(order >= size)
        chosen = order[others] - size

        def join(mine: NDArray[Any], its: NDArray[Any]) -> NDArray[Any]:
            # Copied once: there may be millions, and few of the others.
            joined = mine.take(order, axis=-1, mode="clip")
            joined[..., others] = its[..., chosen]
            return joined

        return _Entries(
            join(self.scores, other.scores),
            join(self.columns, other.columns),
            join(self.above, other.above),
            join(self.at_least, other.at_least),
        )


@dataclass(frozen=True)
class RankedBins:
    """Bins with anomalous scores, falling: their counts and weights, and the normal scores."""

    bins: NDArray[np.int64]
    columns: NDArray[np.int64]
    above: NDArray[np.int64]
    at_least: NDArray[np.int64]
    normals: int

    @classmethod
    def of(cls, every: SparseCounts, anomalous: SparseCounts, part: SparseCounts) -> RankedBins:
        """A part of the anomalous scores among all scores that are not anomalous."""
        above, at_least = np.empty((2, part.bins.size), np.int64)
        normals = every.rank(anomalous, part.bins, above, at_least)
        return cls(part.bins[::-1], part.columns[:, ::-1], above, at_least, normals)

    def entries(self, bits: int) -> _Entries:
        """Each bin with all its scores tied, at the lowest score of it."""
        return _Entries(lowest_score(self.bins, bits), self.columns, self.above, self.at_least)


def exact_ranks(
    ranked: RankedBins, bits: int, regions: int, edges: Edges | None = None
) -> RankCounts:
    """Ranks where every bin holds one distinct score: its lowest, or what ``edges`` says of it."""
    entries = ranked.entries(bits)
    if edges is not None:
        entries = replace(entries, scores=edges(ranked.bins)[0])
    return entries.ranks(ranked.normals, regions)


def bin_counts(
    ranked: RankedBins,
    ties: SparseCounts,
    bits: int,
    regions: int,
    edges: Edges | None = None,
    tie_scores: NDArray[np.float64] | None = None,
) -> BinCounts:
    """Bounds from counts at bins of ``bits`` bits; ``ties`` are those of them at known keys.

    Columns of ``ties``: normal scores, anomalous scores, the limbs of their region weights.
    ``edges`` gives the lowest and the highest score of bins, and ``tie_scores`` those of the
    ties, where they are not those of the keys.
    """
    bins, entries, normals = ranked.bins, ranked.entries(bits), ranked.normals
    highest = highest_score(bins, bits)
    if edges is not None:
        lowest, highest = edges(bins)
        entries = replace(entries, scores=lowest)
    # Ties of bins without an anomalous score say nothing about one.
    rising, of_ties = bins[::-1], ties.bins >> (KEY_BITS - bits)
    place = np.searchsorted(rising, of_ties)
    beside = place < bins.size
    beside[beside] = rising[place[beside]] == of_ties[beside]
    falling = SparseCounts(ties.bins[beside][::-1], ties.columns[:, beside][:, ::-1])
    scores = scores_of(falling.bins) if tie_scores is None else tie_scores[beside][::-1]
    place = bins.size - 1 - place[beside][::-1]
    columns = entries.columns
    if place.size:
        columns = columns.copy()
        for row, known in zip(columns, falling.columns[1:], strict=True):
            np.subtract.at(row, place, known)
    tied = entries.ranks(normals, regions)
    best, best_exact = _ordered(
        replace(entries, scores=highest), columns, falling, scores, place, favour=True
    )
    worst, worst_exact = _ordered(entries, columns, falling, scores, place, favour=False)
    return BinCounts(
        tied,
        highest,
        tied.anomalous if columns is entries.columns else columns[0],
        best.ranks_like(entries, tied),
        best_exact,
        worst.ranks_like(entries, tied),
        worst_exact,
    )


def _ordered(
    whole: _Entries,
    rest: NDArray[np.int64],
    ties: SparseCounts,
    scores: NDArray[np.float64],
    place: NDArray[np.int64],
    *,
    favour: bool,
) -> tuple[_Entries, NDArray[np.bool_]]:
    """The ranking with the unknown part of each bin in its best or its worst order.

    Best: the anomalous rest, then the ties, then the normal rest; worst: the other way round.
    ``scores`` and ``place`` are the score and the bin of each falling tie. Second, which entries
    are exact.
    """
    edge = whole.above if favour else whole.at_least
    entries = _Entries(whole.scores, rest, edge, edge)
    if place.size == 0:
        return entries, np.zeros(edge.size, np.bool_)
    normal = ties.columns[0]
    before = normal.cumsum() - normal
    before -= before[np.searchsorted(place, place)]
    if not favour:
        inside = whole.at_least - whole.above
        np.subtract.at(inside, place, normal)
        before += inside[place]
    above = whole.above[place] + before
    known = _Entries(scores, ties.columns[1:], above, above + normal)
    unsure, here = np.flatnonzero(rest[0] > 0), np.flatnonzero(ties.columns[1] > 0)
    side: Literal["left", "right"] = "right" if favour else "left"
    slots = np.searchsorted(unsure, place[here], side=side)
    order = np.insert(unsure, slots, edge.size + here)
    return entries.joined(known, order), order >= edge.size
