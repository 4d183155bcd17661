"""Exact ranks of scores that are in memory already."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from gonogo.cores import available_cores
from gonogo.states import AnomalousScores, RankCounter, RankCounts, distinct_scores
from gonogo.types import Array

__all__ = ["count_scores"]


def count_scores(anomalous: list[AnomalousScores], scores: Iterable[Array]) -> RankCounts:
    """Ranks of the anomalous ones of these scores, of any shape, among all."""
    threads = available_cores()
    every = [part.reshape(-1, 1) if part.ndim != 2 else part for part in scores]
    distinct = distinct_scores(anomalous)
    with ThreadPoolExecutor(threads) as pool:
        counter = RankCounter(distinct, pool, threads, sum(part.size for part in every))
        for part in every:
            counter.add(part)
        return counter.finish().counts(distinct)
