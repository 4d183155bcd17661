"""The compiled loops count what their NumPy twins count."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo.grid import KEY_BITS, PAGE_BITS, keys_of
from gonogo.kernels import bins as at_bins
from gonogo.kernels import counters as kernels
from gonogo.states.resolution import finest_bits
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import limbs, weights_by_area
from tests.oracles import grid as slow
from tests.oracles.shapes import SHAPES

PAGE = 1 << PAGE_BITS
FLOAT32 = [name for name in SHAPES if SHAPES[name](np.random.default_rng(0), 3).dtype == np.float32]


def drawn(shape, dtype, size=997):
    scores = SHAPES[shape](np.random.default_rng(5), size).astype(dtype)
    return np.concatenate([scores, scores[:3], dtype([0.0, -0.0, 1.0, -1.0])])


def counters(size):
    return np.zeros(size, np.uint8), np.zeros(size, np.uint32)


def totals(low, high):
    return (low + (high.astype(np.int64) << 8)).tolist()


def filled(rng, size, most):
    """Counters with random counts, many of them zero, and what they count."""
    counts = rng.integers(0, most, size) * (rng.random(size) < 0.5)
    return (counts & 255).astype(np.uint8), (counts >> 8).astype(np.uint32), counts


def some_pages(keys, drop, share):
    """Where the bins of some of the pages of these keys begin: never at 0, that means none."""
    pages = np.unique(keys >> drop >> PAGE_BITS)
    pages = pages[np.random.default_rng(drop).random(pages.size) < share]
    return {page: (k + 1) * PAGE for k, page in enumerate(pages.tolist())}


@pytest.mark.parametrize("share", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("drop", [0, 7, 19, 26])
@pytest.mark.parametrize("shape", FLOAT32)
def test_float32_scores_on_pages(shape, drop, share):
    scores = drawn(shape, np.float32)
    keys, zero = slow.short_keys(scores), scores == 0.0
    page_of_zero = 1 << 31 >> drop >> PAGE_BITS  # it has no place: beside zero the grid is finer
    begins = some_pages(keys[keys >> drop >> PAGE_BITS != page_of_zero], drop, share)
    first = min(begins, default=0)
    pages = np.zeros(max(begins, default=0) - first + 2, np.uint32)
    for page, begin in begins.items():
        pages[page - first] = begin
    size = (len(begins) + 1) * PAGE
    low, high, missed = *counters(size), np.empty_like(scores)
    zeros, misses = kernels.count_narrow(
        scores.view(np.uint32), drop, first, pages, low, high, missed.view(np.uint32)
    )
    expected, without = slow.paged(keys[~zero], drop, begins, size)
    assert zeros == np.count_nonzero(zero)
    assert totals(low, high) == expected.tolist()
    assert missed[:misses].tolist() == scores[~zero][without].tolist()


@pytest.mark.parametrize("drop", [0, 7, 19])
@pytest.mark.parametrize("shape", FLOAT32)
def test_float32_scores_in_a_window(shape, drop):
    scores = drawn(shape, np.float32)
    zero = scores == 0.0
    bins = slow.short_keys(scores) >> drop
    first = int(np.median(bins)) - 40
    size = 90
    if first <= 1 << 31 >> drop < first + size:
        first += 1 << 31 >> drop  # a window never holds zero
    low, high, missed = *counters(size + 1), np.empty_like(scores)
    zeros, misses, around = kernels.count_window(
        scores.view(np.uint32), drop, first, low, high, missed.view(np.uint32)
    )
    assert around == high.sum()
    place = bins - first
    inside = (place >= 0) & (place < size) & ~zero
    assert zeros == np.count_nonzero(zero)
    assert totals(low, high) == [*np.bincount(place[inside], minlength=size).tolist(), 0]
    assert missed[:misses].tolist() == scores[~inside & ~zero].tolist()


@pytest.mark.parametrize("share", [0.6, 1.0])
@pytest.mark.parametrize("bits", [5, 12, 24, 40, 63])
@pytest.mark.parametrize("shape", SHAPES)
def test_float64_scores_on_pages(shape, bits, share):
    scores = drawn(shape, np.float64)
    keys, drop = keys_of(scores), KEY_BITS - bits
    begins = some_pages(keys, drop, share) or {0: PAGE}
    known = np.array(sorted(begins), np.int64)
    starts = np.array([begins[page] for page in known.tolist()], np.uint32)
    size = (len(begins) + 1) * PAGE
    low, high, missed = *counters(size), np.empty_like(scores)
    misses = kernels.count_wide(
        scores.view(np.int64), drop, known, starts, low, high, missed.view(np.int64)
    )
    expected, without = slow.paged(keys, drop, begins, size)
    assert totals(low, high) == expected.tolist()
    assert missed[:misses].tolist() == scores[without].tolist()


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


@pytest.mark.parametrize("most", [2, 200, 1 << 12, 1 << 30])
@pytest.mark.parametrize("size", [16, 4000, 5008])
def test_counters_are_added_halved_and_listed(size, most):
    rng = np.random.default_rng(size)
    low, high, counts = filled(rng, size, most)
    more_low, more_high, more = filled(rng, size, most)
    more_high = more_high if more_high.any() else more_high[:0]
    half_low, half_high = counters(size // 2)
    kernels.halve_counters(low, high if high.any() else high[:0], half_low, half_high)
    assert totals(half_low, half_high) == counts.reshape(-1, 2).sum(axis=1).tolist()
    used = np.empty(size // PAGE, np.bool_)
    kernels.pages_used(low, high if high.any() else high[:0], used)
    assert used.tolist() == counts.reshape(-1, PAGE).any(axis=1).tolist()
    kernels.add_counters(more_low, more_high, low, high)
    assert totals(low, high) == (counts + more).tolist()
    bins, found = np.empty((2, size + 1), np.int64)
    some = kernels.nonzero_bins(low, high if high.any() else high[:0], -7, bins, found)
    assert (bins[:some] + 7).tolist() == np.flatnonzero(counts + more).tolist()
    assert found[:some].tolist() == (counts + more)[counts + more > 0].tolist()


def test_a_counter_comes_around():
    scores, low, high = np.full(1000, 1.5, np.float32), *counters(2)
    first = int(slow.short_keys(scores[:1])[0])
    kernels.count_window(scores.view(np.uint32), 0, first, low, high, np.empty(0, np.uint32))
    assert totals(low, high) == [1000, 0]
    places = np.array([1, 0])
    kernels.add_bins(places, np.array([700, 30]), low, high)
    assert totals(low, high) == [1030, 700]


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


@pytest.mark.parametrize(
    ("shape", "dtype"), [*((s, np.float64) for s in SHAPES), *((s, np.float32) for s in FLOAT32)]
)
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


@pytest.mark.parametrize("most", [3, 200, 1 << 20])
@pytest.mark.parametrize("zeros", [0, 90])
@pytest.mark.parametrize("first", [7, -9000])
def test_a_window_is_ranked_as_its_bins_are(first, zeros, most):
    rng = np.random.default_rng(most)
    low, high, counts = filled(rng, 8990, most)
    every = np.flatnonzero(counts)
    bins, counts = every + first, counts[every]
    if zeros:
        place = 0 if first > 0 else bins.size
        bins, counts = np.insert(bins, place, 0), np.insert(counts, place, zeros)
    for share in (0.0, 0.02, 1.0):
        some = rng.random(bins.size) < share
        anomalous = SparseCounts(bins[some], -(-counts[None, some] // 2))
        for kept in (0.0, 0.5, 1.0):
            part = anomalous.bins[rng.random(anomalous.bins.size) < kept]
            ranks = np.empty((4, part.size), np.int64)
            expected = SparseCounts(bins, counts[None]).rank(anomalous, part, *ranks[:2])
            counters = (low, high if most > 255 else high[:0], first, zeros)
            found = at_bins.rank_window(
                counters, anomalous.bins, anomalous.columns[0], part, *ranks[2:]
            )
            assert found == expected
            assert ranks[:2].tolist() == ranks[2:].tolist()
