"""Exact ranks: how many normal scores lie above, and how many tie, each distinct anomalous score.

All scores are sorted in blocks, on every core, and each block is walked once beside the distinct
anomalous scores; blocks are added as integers. That is every number a ranking metric needs, exact
whatever the order, the blocks or the number of threads.
"""

from __future__ import annotations

import math
import queue
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.decisions import sides
from gonogo.errors import MergeError
from gonogo.sorting import numpy_is_fast, sort_in_place, sortable
from gonogo.states.anomalous import AnomalousScores, DistinctScores, distinct_scores
from gonogo.states.weights import NO_REGIONS, RegionWeights
from gonogo.types import Array

__all__ = ["RankCounter", "RankCounts", "Ranked", "restricted", "vector_ranks"]

_SMALLEST_BLOCK = 1 << 20
_LARGEST_BLOCK = 1 << 25


@dataclass(frozen=True)
class RankCounts:
    """Where each distinct anomalous score, falling, stands among the normal scores.

    ``above[k]`` normal scores are greater than ``scores[k]``, ``at_least[k]`` are greater or
    equal; ``anomalous[k]`` anomalous elements have exactly that score. ``lower[k]`` is the highest
    of all scores below it (-inf where there is none), where normal scores are known one by one.
    """

    scores: Array
    anomalous: NDArray[np.int64]
    above: NDArray[np.int64]
    at_least: NDArray[np.int64]
    normals: int
    weights: RegionWeights = NO_REGIONS
    lower: NDArray[np.float64] | None = None

    @cached_property
    def true_positives(self) -> NDArray[np.int64]:
        """Anomalous elements with at least each score."""
        return self.anomalous.cumsum()

    @cached_property
    def anomalies(self) -> int:
        """Number of anomalous elements."""
        return int(self.true_positives[-1]) if len(self.anomalous) else 0

    def next_lower(self, threshold: float) -> float | None:
        """A number below the threshold such that no score lies between; None where none is lower.

        It is the highest score below, unless that may be a normal one, whose value is not kept:
        then the next lower number of the dtype that holds all scores.
        """
        size, normals = len(self.scores), self.normals
        reached = bisect_left(range(size), True, key=lambda k: float(self.scores[k]) < threshold)
        below = float(self.scores[reached]) if reached < size else -math.inf
        at_score = reached > 0 and float(self.scores[reached - 1]) == threshold
        if at_score and self.lower is not None:
            below = float(self.lower[reached - 1])
        else:
            flagged_there = self.above[reached] if reached < size else normals
            if not at_score or flagged_there != self.at_least[reached - 1]:
                below = max(below, float(sides(threshold, self.scores.dtype)[0]))
        return below if math.isfinite(below) else None


@dataclass(frozen=True)
class Ranked:
    """All scores, normal and anomalous, among rising distinct anomalous scores.

    How many lie below and at each of them; how many there are; the dtype that holds them all.
    """

    below: NDArray[np.int64]
    at: NDArray[np.int64]
    seen: int
    dtype: np.dtype[Any]

    def __add__(self, other: Ranked) -> Ranked:
        if self.below.shape != other.below.shape:
            raise MergeError(
                f"cannot add ranks among {self.below.size} and {other.below.size} distinct "
                "anomalous scores; rank both parts among the scores of all"
            )
        return Ranked(
            self.below + other.below,
            self.at + other.at,
            self.seen + other.seen,
            np.result_type(self.dtype, other.dtype),
        )

    def counts(self, distinct: DistinctScores) -> RankCounts:
        """The anomalous scores among the normal ones."""
        taken = distinct.anomalous.cumsum()
        at_least = self.seen - self.below[::-1]
        at_least -= taken
        above = at_least - self.at[::-1]
        above += distinct.anomalous
        normals = self.seen - (int(taken[-1]) if taken.size else 0)
        scores = distinct.scores.astype(self.dtype)
        return RankCounts(scores, distinct.anomalous, above, at_least, normals, distinct.weights)


class RankCounter:
    """Ranks a stream of scores, normal and anomalous alike, against distinct anomalous scores."""

    def __init__(
        self, distinct: DistinctScores, pool: ThreadPoolExecutor, threads: int, expected: int
    ) -> None:
        self._distinct = distinct
        self._rising = np.ascontiguousarray(distinct.scores[::-1])
        self._pool = pool
        self._threads = threads
        share = -(-expected // (2 * threads))
        # Fewer blocks are fewer passes over the distinct scores; a radix sort needs small ones.
        most = _LARGEST_BLOCK if numpy_is_fast() else _SMALLEST_BLOCK
        self._block = min(max(share, _SMALLEST_BLOCK), most)
        self._dtype = self._rising.dtype
        self._pending: list[Array] = []
        self._waiting = 0
        self._seen = 0
        self._running: list[Future[None]] = []
        self._free: queue.SimpleQueue[_ThreadCounts] = queue.SimpleQueue()
        for _ in range(threads):
            self._free.put(_ThreadCounts(self._rising))

    def add(self, scores: Array) -> None:
        """Count an image of scores, (H, W), in any real dtype."""
        self._seen += scores.size
        self._dtype = np.result_type(self._dtype, scores.dtype)
        if self._rising.size == 0:
            return
        for piece in _pieces(scores, self._block):
            if self._waiting + piece.size > self._block:
                self._flush()
            self._pending.append(piece)
            self._waiting += piece.size

    def finish(self) -> Ranked:
        """The ranks of everything added; the counter is spent."""
        self._flush()
        for task in self._running:
            task.result()
        below = np.zeros(self._rising.size, np.int64)
        at = np.zeros(self._rising.size, np.int64)
        while not self._free.empty():
            counts = self._free.get()
            below += counts.below
            at += counts.at
        return Ranked(below, at, self._seen, self._dtype)

    def _flush(self) -> None:
        if not self._pending:
            return
        while len(self._running) > self._threads:
            self._running.pop(0).result()
        self._running.append(self._pool.submit(self._count, self._pending))
        self._pending, self._waiting = [], 0

    def _count(self, pieces: list[Array]) -> None:
        counts = self._free.get()
        try:
            counts.count(pieces)
        finally:
            self._free.put(counts)


class _ThreadCounts:
    """What one thread works on: a buffer to sort in, and its own counts."""

    def __init__(self, rising: Array) -> None:
        self.rising = rising
        self.below = np.zeros(rising.size, np.int64)
        self.at = np.zeros(rising.size, np.int64)
        self._buffer: Array = np.empty(0, rising.dtype)

    def count(self, pieces: list[Array]) -> None:
        from gonogo.kernels.ranks import SENTINELS, add_ranks  # numba loads late

        size = sum(piece.size for piece in pieces)
        dtype = np.result_type(self.rising.dtype, *(piece.dtype for piece in pieces))
        if self._buffer.size < size + SENTINELS or self._buffer.dtype != dtype:
            self._buffer = np.empty(size + SENTINELS, dtype)
        end = 0
        for piece in pieces:
            block = self._buffer[end : end + piece.size].reshape(piece.shape)
            block[...] = piece
            end += piece.size
        sort_in_place(self._buffer[:end])
        self._buffer[end : end + SENTINELS] = np.inf
        thresholds = self.rising.astype(dtype, copy=False)
        add_ranks(self._buffer[: end + SENTINELS], thresholds, self.below, self.at)


def _pieces(scores: Array, block: int) -> Sequence[Array]:
    """Views of whole rows (of single elements, where a row alone is larger than a block)."""
    if scores.size <= block:
        return [scores]
    if scores.shape[1] > block:
        scores = scores.reshape(-1, 1)
    rows = max(1, block // scores.shape[1])
    return [scores[top : top + rows] for top in range(0, scores.shape[0], rows)]


def restricted(counts: RankCounts, part: DistinctScores) -> RankCounts:
    """Counts of some of the anomalous scores against the same normal ones."""
    falling = counts.scores[::-1]
    place = len(falling) - 1 - np.searchsorted(falling, part.scores)
    return RankCounts(
        part.scores.astype(counts.scores.dtype),
        part.anomalous,
        counts.above[place],
        counts.at_least[place],
        counts.normals,
        part.weights,
    )


def vector_ranks(scores: Array, labels: NDArray[np.bool_]) -> RankCounts:
    """Ranks of a small vector of scores (images, not pixels)."""
    distinct = distinct_scores([AnomalousScores(scores[labels])])
    normals = np.sort(sortable(scores[~labels]))
    below = np.searchsorted(normals, distinct.scores, side="left")
    not_above = np.searchsorted(normals, distinct.scores, side="right")
    return RankCounts(
        distinct.scores,
        distinct.anomalous,
        normals.size - not_above,
        normals.size - below,
        normals.size,
        lower=_lower(distinct.scores, normals, below),
    )


def _lower(scores: Array, normals: Array, below: NDArray[np.int64]) -> NDArray[np.float64]:
    """The highest score below each falling anomalous one; ``below`` normal scores are lower."""
    anomalous = np.append(scores[1:].astype(np.float64), np.full(min(1, scores.size), -np.inf))
    normal = np.concatenate(([-np.inf], normals.astype(np.float64)))[below]
    highest: NDArray[np.float64] = np.maximum(anomalous, normal)
    return highest
