"""Ranks do not depend on blocks, on the number of threads, or on the dtype."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gonogo.states import AnomalousScores, RankCounter, distinct_scores, ranks, restricted


def counted(maps, anomalous, *, threads=2):
    distinct = distinct_scores(anomalous)
    with ThreadPoolExecutor(threads) as pool:
        counter = RankCounter(distinct, pool, threads, 0)
        for scores in maps:
            counter.add(scores)
        return counter.finish().counts(distinct)


def slow(maps, anomalous):
    """Normal scores above, and at least, each distinct anomalous score, one by one."""
    everything = np.concatenate([m.ravel().astype(float) for m in maps])
    flagged = np.concatenate([a.scores.astype(float) for a in anomalous])
    distinct = sorted(set(flagged.tolist()), reverse=True)
    above = [int((everything > s).sum() - (flagged > s).sum()) for s in distinct]
    at_least = [int((everything >= s).sum() - (flagged >= s).sum()) for s in distinct]
    return distinct, above, at_least


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8, np.int32])
def test_blocks_and_threads_do_not_matter(monkeypatch, block, threads, dtype):
    monkeypatch.setattr(ranks, "_SMALLEST_BLOCK", block)
    monkeypatch.setattr(ranks, "_LARGEST_BLOCK", block)
    rng = np.random.default_rng(block)
    maps = [rng.integers(0, 50, size=shape).astype(dtype) for shape in ((5, 9), (1, 40), (30, 1))]
    anomalous = [AnomalousScores(scores[:1, 1:5].ravel()) for scores in maps]
    counts = counted(maps, anomalous, threads=threads)
    distinct, above, at_least = slow(maps, anomalous)
    assert counts.scores.tolist() == distinct
    assert counts.above.tolist() == above
    assert counts.at_least.tolist() == at_least
    assert counts.normals == sum(m.size for m in maps) - sum(a.scores.size for a in anomalous)


def test_wide_scores_are_not_rounded_to_narrow_thresholds():
    anomalous = [AnomalousScores(np.array([0.1], np.float32))]
    as_double = float(np.float32(0.1))
    beside = np.array([[as_double, np.nextafter(as_double, 1), np.nextafter(as_double, 0)]])
    counts = counted([np.array([[0.1]], np.float32), beside], anomalous)
    assert (counts.above[0], counts.at_least[0], counts.normals) == (1, 2, 3)


def test_many_normals_between_two_thresholds_are_all_walked_over():
    maps = [np.concatenate([np.zeros(1000), np.linspace(1, 2, 5000), np.full(3000, 9.0)])[None]]
    anomalous = [AnomalousScores(np.array([0.0, 2.0, 9.0]))]
    counts = counted(maps, anomalous)
    assert counts.above.tolist() == slow(maps, anomalous)[1]
    assert counts.at_least.tolist() == slow(maps, anomalous)[2]


def test_both_zeros_are_one_score():
    anomalous = [AnomalousScores(np.array([0.0, -0.0]), np.array([2, 2]), 1)]
    counts = counted([np.array([[0.0, -0.0, -0.0, 1.0]])], anomalous)
    assert counts.scores.tolist() == [0.0]
    assert counts.anomalous.tolist() == [2]
    assert (counts.above.tolist(), counts.at_least.tolist()) == ([1], [2])


def test_restricted_counts_keep_the_normals():
    maps = [np.arange(12.0)[None]]
    parts = [AnomalousScores(np.array([3.0, 7.0])), AnomalousScores(np.array([7.0, 9.0]))]
    counts = counted(maps, parts)
    second = restricted(counts, distinct_scores(parts[1:]))
    assert second.scores.tolist() == [9.0, 7.0]
    assert second.normals == counts.normals
    assert second.above.tolist() == [counts.above[0], counts.above[1]]


def test_nothing_anomalous_still_counts_normals():
    counts = counted([np.ones((3, 4))], [])
    assert (counts.normals, counts.anomalies, len(counts.scores)) == (12, 0, 0)


def test_restricted_counts_keep_the_dtype_of_the_normals():
    counts = counted([np.array([[0.5, 0.25]])], [AnomalousScores(np.array([0.5], np.float32))])
    part = restricted(counts, distinct_scores([AnomalousScores(np.array([0.5], np.float32))]))
    assert part.scores.dtype == counts.scores.dtype == np.float64
