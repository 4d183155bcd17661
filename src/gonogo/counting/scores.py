"""Exact ranks of scores that are in memory already."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from gonogo.cores import available_cores
from gonogo.states import (
    AnomalousScores,
    DistinctScores,
    RankCounter,
    RankCounts,
    Ranked,
    distinct_scores,
)
from gonogo.types import Array

__all__ = ["count_scores", "rank_scores"]


def count_scores(anomalous: list[AnomalousScores], scores: Iterable[Array]) -> RankCounts:
    """Ranks of the anomalous ones of these scores, of any shape, among all."""
    every = list(scores)
    distinct = distinct_scores(anomalous)
    return rank_scores(distinct, every, sum(part.size for part in every)).counts(distinct)


def rank_scores(distinct: DistinctScores, scores: Iterable[Array], expected: int) -> Ranked:
    """These scores, of any shape and about as many as expected, among distinct anomalous ones."""
    threads = available_cores()
    with ThreadPoolExecutor(threads) as pool:
        counter = RankCounter(distinct, pool, threads, expected)
        for part in scores:
            counter.add(part.reshape(-1, 1) if part.ndim != 2 else part)
        return counter.finish()
