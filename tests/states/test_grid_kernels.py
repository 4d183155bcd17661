"""The compiled loops count what their NumPy twins count."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo import kernels
from gonogo.grid import KEY_BITS, PAGE_BITS, keys_of
from gonogo.states.sparse import SparseCounts
from tests.oracles import grid as slow
from tests.oracles.shapes import SHAPES

PAGE = 1 << PAGE_BITS
FLOAT32 = [name for name in SHAPES if SHAPES[name](np.random.default_rng(0), 3).dtype == np.float32]


def drawn(shape, dtype, size=997):
    scores = SHAPES[shape](np.random.default_rng(5), size).astype(dtype)
    return np.concatenate([scores, scores[:3], dtype([0.0, -0.0, 1.0, -1.0])])


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
    counts, missed = np.zeros(size, np.uint32), np.empty_like(scores)
    zeros, misses = kernels.count_narrow(
        scores.view(np.uint32), drop, first, pages, counts, missed.view(np.uint32)
    )
    expected, without = slow.paged(keys[~zero], drop, begins, size)
    assert zeros == np.count_nonzero(zero)
    assert counts.tolist() == expected.tolist()
    assert missed[:misses].tolist() == scores[~zero][without].tolist()


@pytest.mark.parametrize("drop", [0, 7, 19])
@pytest.mark.parametrize("shape", FLOAT32)
def test_float32_scores_in_a_window(shape, drop):
    scores = drawn(shape, np.float32)
    zero = scores == 0.0
    bins = slow.short_keys(scores) >> drop
    first = int(np.median(bins)) - 40
    counts, missed = np.zeros(90, np.uint32), np.empty_like(scores)
    if first <= 1 << 31 >> drop < first + counts.size:
        pytest.skip("a window never holds zero")
    zeros, misses = kernels.count_window(
        scores.view(np.uint32), drop, first, counts, missed.view(np.uint32)
    )
    place = bins - first
    inside = (place >= 0) & (place < counts.size) & ~zero
    assert zeros == np.count_nonzero(zero)
    assert counts.tolist() == np.bincount(place[inside], minlength=counts.size).tolist()
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
    counts, missed = np.zeros(size, np.uint32), np.empty_like(scores)
    misses = kernels.count_wide(
        scores.view(np.int64), drop, known, starts, counts, missed.view(np.int64)
    )
    expected, without = slow.paged(keys, drop, begins, size)
    assert counts.tolist() == expected.tolist()
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
    size = kernels.merge_counts(one.bins, one.columns, other.bins, other.columns, merged, room)
    expected: dict[int, np.ndarray] = {}
    for part in (one, other):
        for place, column in zip(part.bins.tolist(), part.columns.T, strict=True):
            expected[place] = expected.get(place, 0) + column
    assert merged[:size].tolist() == sorted(expected)
    assert room[:, :size].T.tolist() == [expected[place].tolist() for place in sorted(expected)]
