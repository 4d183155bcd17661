"""The compiled loops count what their NumPy twins count."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from gonogo.grid import PAGE_BITS, keys_of
from gonogo.kernels import bins as at_bins
from gonogo.kernels import runs as kernels
from gonogo.sorting import Room
from gonogo.states.dense import DenseCounts, Layout
from gonogo.states.resolution import finest_bits
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import limbs, weights_by_area
from tests.oracles import grid as slow
from tests.oracles.shapes import SHAPES

PAGE = 1 << PAGE_BITS
FLOAT32 = [name for name in SHAPES if SHAPES[name](np.random.default_rng(0), 3).dtype == np.float32]

DRAWN = pytest.mark.parametrize(
    ("shape", "dtype"), [*((s, np.float64) for s in SHAPES), *((s, np.float32) for s in FLOAT32)]
)


def drawn(shape, dtype, size=997):
    scores = SHAPES[shape](np.random.default_rng(5), size).astype(dtype)
    return np.concatenate([scores, scores[:3], dtype([0.0, -0.0, 1.0, -1.0])])


@DRAWN
def test_floats_are_sorted_digit_by_digit(shape, dtype):
    scores = np.random.default_rng(1).permutation(drawn(shape, dtype, 5000))
    bits = scores.copy().view(np.uint32 if dtype == np.float32 else np.uint64)
    kernels.radix_sort_floats(bits, np.empty_like(bits))
    rising = bits.view(dtype)
    assert rising.tolist() == sorted(scores.tolist())
    assert np.count_nonzero(np.signbit(rising)) == np.count_nonzero(np.signbit(scores))


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
@pytest.mark.parametrize("bits", [0, 1, 8, 11, 12, 22, 23, 32, 33, 64])
def test_integers_are_sorted_digit_by_digit(bits, dtype):
    if bits > 8 * dtype().itemsize:
        bits = 8 * dtype().itemsize
    rng = np.random.default_rng(bits)
    for size in (0, 1, 2, 1000):
        values = rng.integers(0, 1 << bits, size, np.uint64).astype(dtype)
        expected = sorted(values.tolist())
        assert kernels.radix_sort(values, np.empty_like(values), bits).tolist() == expected


@pytest.mark.parametrize("fast", [True, False])
@DRAWN
def test_scores_are_counted_at_bins_by_either_sort(shape, dtype, fast, monkeypatch):
    monkeypatch.setattr("gonogo.sorting.numpy_is_fast", lambda: fast)
    monkeypatch.setattr("gonogo.sorting._FEW", 0)
    scores, room = drawn(shape, dtype), Room()
    for bits in (2, 5, 12, 24, 35, 36, 50, 63, 64):
        found = SparseCounts.of_scores(scores, bits, room)
        expected = slow.counts_at_bins(scores, bits)
        assert dict(zip(found.bins.tolist(), found.columns[0].tolist(), strict=True)) == expected
        assert (np.diff(found.bins) > 0).all()


@pytest.mark.parametrize("most", [1, 2, 40, 1 << 12])
@pytest.mark.parametrize("bits", [5, 12, 24, 34, 40, 63])
@DRAWN
def test_counters_and_what_they_hand_back_are_all_scores(shape, dtype, bits, most):
    scores, room = drawn(shape, dtype), Room()
    expected = SparseCounts.of_scores(scores, bits)
    layout = Layout.where_most_are(expected, bits, most)
    if layout is None:
        assert most < 40 or bits < 6 or np.abs(scores).max() < np.finfo(np.float32).tiny
        return
    assert layout.size <= 3 * most * PAGE
    dense = DenseCounts(layout)
    missed = dense.count(scores, room).copy()
    coarser = [layout.coarser(bits - by) for by in range(1, min(bits, 4))]
    if most == 1 << 12 and bits > 12:
        assert None not in coarser
    for half in filter(None, coarser):
        expected_there = SparseCounts.of_scores(missed, half.bits)
        coarse = copy.deepcopy(dense)
        coarse.coarsen(half)
        joined = SparseCounts.added([coarse.counts(), expected_there], 1)
        folded = expected.folded(bits - half.bits)
        assert joined.bins.tolist() == folded.bins.tolist()
        assert joined.columns.tolist() == folded.columns.tolist()
    assert dense.counted + missed.size == scores.size
    there = SparseCounts.of_scores(missed, bits)
    found = SparseCounts.added([dense.counts(), there], 1)
    assert found.bins.tolist() == expected.bins.tolist()
    assert found.columns.tolist() == expected.columns.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_two_lists_of_counts_are_merged(seed):
    rng = np.random.default_rng(seed)
    one, other = (
        SparseCounts(np.unique(rng.integers(-9, 9, n)), rng.integers(0, 9, (2, 30)))
        for n in rng.integers(0, 12, 2)
    )
    one, other = (SparseCounts(s.bins, s.columns[:, : s.bins.size].copy()) for s in (one, other))
    merged, room = np.empty(40, np.int64), np.empty((2, 40), np.int64)
    size = at_bins.merge_counts(one.bins, one.columns, other.bins, other.columns, merged, room)
    expected: dict[int, np.ndarray] = {}
    for part in (one, other):
        for place, column in zip(part.bins.tolist(), part.columns.T, strict=True):
            expected[place] = expected.get(place, 0) + column
    assert merged[:size].tolist() == sorted(expected)
    assert room[:, :size].T.tolist() == [expected[place].tolist() for place in sorted(expected)]


@pytest.mark.parametrize("shift", [0, 1, 3, 9])
def test_bins_are_folded(shift):
    rng = np.random.default_rng(shift)
    bins = np.sort(rng.integers(-400, 400, 300))
    columns = rng.integers(0, 9, (3, 300))
    folded = (
        SparseCounts(bins, columns).folded(shift) if shift else SparseCounts.rising(bins, columns)
    )
    expected, place = np.unique(bins >> shift, return_inverse=True)
    assert folded.bins.tolist() == expected.tolist()
    sums = [np.bincount(place, row, minlength=expected.size).tolist() for row in columns]
    assert folded.columns.tolist() == sums
    assert at_bins.distinct_pages(bins, shift) == expected.size


@pytest.mark.parametrize("shape", SHAPES)
def test_the_finest_bits(shape):
    keys = np.sort(keys_of(drawn(shape, np.float64, 90)))
    for most in (1, 2, 7, 40, 94):
        assert finest_bits(keys, most) == slow.finest(keys.tolist(), most)


@DRAWN
def test_distinct_scores_and_their_keys(shape, dtype):
    scores = drawn(shape, dtype)
    values, repeats = np.unique(scores + dtype(0.0), return_counts=True)
    found = SparseCounts.of_scores(scores)
    assert found.bins.tolist() == keys_of(values).tolist()
    assert found.columns.tolist() == [repeats.tolist()]


@pytest.mark.parametrize("up", [0, 3])
@pytest.mark.parametrize("seed", range(6))
def test_weights_are_summed_and_ranked(seed, up):
    rng = np.random.default_rng(seed)
    scores = np.sort(rng.normal(size=60).round(1)).astype(np.float32).astype(np.float64)
    areas = rng.integers(1, 50, 60)
    table = weights_by_area()[:20]  # the rest is divided
    at = np.array([slow.bin_of(score, 20) for score in scores.tolist()])
    size = np.unique(at).size
    bins, columns = np.empty(size, np.int64), np.empty((3, size), np.int64)
    at_bins.sum_weights(keys_of(scores), areas, (64 - 20, up, -1), table, bins, columns)
    assert bins.tolist() == [place << up for place in sorted(set(at.tolist()))]
    bins >>= up
    high, low = limbs(areas)
    for row, what in zip(columns, (np.ones(60, np.int64), high, low), strict=True):
        assert row.tolist() == [int(what[at == place].sum()) for place in bins]
    normal = np.unique(at + rng.integers(-3, 4, 60))
    every = np.union1d(bins, normal)
    counts = rng.integers(0, 5, every.size)
    counts[np.searchsorted(every, bins)] += columns[0]
    part = bins[rng.random(size) < 0.7]
    above, at_least = np.empty((2, part.size), np.int64)
    normals = at_bins.rank_bins(every, counts, bins, columns[0], part, above, at_least)
    alone = counts.copy()
    alone[np.searchsorted(every, bins)] -= columns[0]
    assert normals == alone.sum()
    assert above.tolist() == [int(alone[every > place].sum()) for place in part[::-1]]
    assert at_least.tolist() == [int(alone[every >= place].sum()) for place in part[::-1]]
