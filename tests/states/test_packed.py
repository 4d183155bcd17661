"""A score and the area of its region as one integer say what the two said."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo.grid import KEY_BITS, keys_of
from gonogo.kernels.merging import merge_sorted
from gonogo.states import AnomalousScores, distinct_scores, packed
from gonogo.states.packed import counted_at_bins, packable, sorted_keys
from tests.oracles.shapes import SHAPES

FLOAT32 = [name for name in SHAPES if SHAPES[name](np.random.default_rng(0), 3).dtype == np.float32]
LARGEST = (1 << 29) - 1


def drawn(shape, size):
    scores = SHAPES[shape](np.random.default_rng(size), size)
    scores[: size // 3] = scores[size // 3 : 2 * (size // 3)]  # ties
    return scores


@pytest.mark.parametrize("bits", [14, 27, 35, KEY_BITS])
@pytest.mark.parametrize("shape", FLOAT32)
def test_packed_scores_are_counted_as_those_beside_their_areas(shape, bits):
    scores = drawn(shape, 500)
    areas = np.random.default_rng(1).integers(1, LARGEST + 1, scores.size)
    areas[::7] = 3
    assert packable(scores, areas)
    order = np.argsort(scores)
    beside = counted_at_bins(keys_of(scores[order]), areas[order], bits)
    together = counted_at_bins(sorted_keys([(scores, areas)]), None, bits)
    assert together.bins.tolist() == beside.bins.tolist()
    assert together.columns.tolist() == beside.columns.tolist()


def test_what_does_not_fit_is_not_packed():
    scores, areas = np.ones(3, np.float32), np.full(3, LARGEST)
    assert packable(scores, areas)
    assert not packable(scores, areas + 1)
    assert not packable(scores.astype(np.float64), areas)
    assert packable(scores.astype(np.uint16), areas)
    assert not packable(scores.astype(np.int32), areas)


@pytest.mark.parametrize("cores", [1, 2, 3, 8])
def test_many_keys_are_sorted_on_every_core(cores, monkeypatch):
    monkeypatch.setattr(packed, "available_cores", lambda: cores)
    monkeypatch.setattr(packed, "_MANY", 100)
    rng = np.random.default_rng(cores)
    parts = [
        (rng.normal(size=size).astype(np.float32), rng.integers(1, 90, size))
        for size in (0, 5, 700, 1, 0, 40, 2000, 0)
    ]
    scores, areas = (np.concatenate(each) for each in zip(*parts, strict=True))
    expected = np.sort(keys_of(scores) | areas)
    assert sorted_keys(parts).tolist() == expected.tolist()
    assert sorted_keys(parts[:1]).size == sorted_keys([]).size == 0


@pytest.mark.parametrize("sizes", [(0, 0), (0, 3), (4, 0), (30, 50), (50, 30)])
def test_two_sorted_lists_are_made_one(sizes):
    rng = np.random.default_rng(sum(sizes))
    one, other = (np.sort(rng.integers(-9, 9, size)) for size in sizes)
    merged = np.empty(sum(sizes), np.int64)
    merge_sorted(one, other, merged)
    assert merged.tolist() == sorted([*one.tolist(), *other.tolist()])


@pytest.mark.parametrize("shape", FLOAT32)
def test_distinct_scores_are_the_same_packed_or_not(shape):
    scores = drawn(shape, 300)
    areas = np.random.default_rng(2).integers(1, 60, scores.size)
    narrow = distinct_scores([AnomalousScores(scores, areas, 7)])
    wide = distinct_scores([AnomalousScores(scores.astype(np.float64), areas, 7)])
    alone = distinct_scores([AnomalousScores(scores)])
    assert (narrow.scores.dtype, wide.scores.dtype) == (np.float32, np.float64)
    for other in (wide, alone):
        assert narrow.scores.tolist() == other.scores.tolist()
        assert narrow.anomalous.tolist() == other.anomalous.tolist()
    assert narrow.weights.high.tolist() == wide.weights.high.tolist()
    assert narrow.weights.low.tolist() == wide.weights.low.tolist()
    assert narrow.scores.tolist() == np.unique(scores + np.float32(0))[::-1].tolist()
