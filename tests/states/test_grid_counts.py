"""Certified counts have one form: what was counted decides it, never how it was counted."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.states import AnomalousScores, Capacity, GridCounter, GridCounts, RankCounts, capacity
from gonogo.states.sparse import SparseCounts
from tests.metrics.test_bounds import limits_for, outside
from tests.oracles import grid as slow
from tests.oracles import strategies  # noqa: F401  (its profile)
from tests.oracles.agreement import same_bits
from tests.oracles.shapes import DEFECTS, SHAPES, TINY, counted, draw

SHAPE = st.sampled_from(list(SHAPES))
SEED = st.integers(0, 10_000)
LIMITS = st.sampled_from(TINY)


def plain(state):
    """Everything a state holds, as plain values."""
    parts = {
        name: [one.counts.bins, one.counts.columns, one.ties.bins, one.ties.columns, one.regions]
        for name, one in state.parts.items()
    }
    flags = [state.capacity, state.bits, state.narrow, state.wide]
    ties = [state.ties.bins, state.ties.columns]
    return {
        "flags": flags,
        "every": [state.every.bins, state.every.columns],
        "ties": ties,
        **parts,
    }


def same(one, other):
    same_bits(plain(one), plain(other))
    assert list(one.parts) == list(other.parts)


@given(shape=SHAPE, seed=SEED, limits=LIMITS)
def test_bits_and_counts_equal_the_slow_way(shape, seed, limits):
    images = draw(shape, seed).images
    state = counted(images, limits)
    narrow = [np.can_cast(one.map.dtype, np.float32) for one in images]
    scores = np.concatenate([one.map.ravel().astype(np.float64) for one in images])
    bits = slow.resolution(scores.tolist(), limits.distinct, limits.pages, narrow=any(narrow))
    assert (state.bits, state.narrow, state.wide) == (bits, any(narrow), not all(narrow))
    found = zip(state.every.bins.tolist(), state.every.columns[0].tolist(), strict=True)
    assert dict(found) == slow.counts_at_bins(scores, bits)
    for defect in DEFECTS:
        flagged = [
            one.anomalous for one in images if one.defect == defect and one.anomalous.regions
        ]
        if not flagged:
            assert defect not in state.parts
            continue
        part = state.parts[defect]
        scores = np.concatenate([one.scores.astype(np.float64) for one in flagged])
        found = zip(part.counts.bins.tolist(), part.counts.columns[0].tolist(), strict=True)
        assert dict(found) == slow.counts_at_bins(scores, bits)
        assert part.regions == sum(one.regions for one in flagged)


@given(shape=SHAPE, seed=SEED, limits=LIMITS, data=st.data())
def test_any_order_any_split_and_any_tree_of_sums(shape, seed, limits, data):
    images = draw(shape, seed).images
    whole = counted(images, limits)
    order = data.draw(st.permutations(range(len(images))))
    same(counted([images[i] for i in order], limits), whole)
    states = [counted([images[i]], limits) for i in order]
    while len(states) > 1:
        place = data.draw(st.integers(0, len(states) - 2))
        states[place : place + 2] = [states[place] + states[place + 1]]
    same(states[0], whole)


@given(shape=SHAPE, seed=SEED, limits=LIMITS)
def test_adding_changes_nobody_and_nothing_adds_nothing(shape, seed, limits):
    images = draw(shape, seed).images
    one, other = counted(images[:1], limits), counted(images[1:], limits)
    before = copy.deepcopy([plain(one), plain(other)])
    same(one + other, other + one)
    same_bits([plain(one), plain(other)], before)
    nothing = GridCounts.empty(limits)
    same(nothing + one, one)
    same(one + nothing, one)
    same(GridCounter(limits).counts(), nothing)
    same(pickle.loads(pickle.dumps(one)), one)


@given(shape=SHAPE, seed=SEED, limits=LIMITS, block=st.integers(1, 40), flush=st.integers(50, 90))
def test_neither_blocks_nor_full_counters_matter(shape, seed, limits, block, flush):
    """Counters are emptied before they can run over; here after a few scores."""
    images = draw(shape, seed).images
    whole = counted(images, limits)
    module = "gonogo.states.grid_counter"
    with (
        mock.patch(f"{module}._BLOCK", block),
        mock.patch(f"{module}.MOST_COUNTED", flush),
        mock.patch(f"{module}._FIRST_CHECK", block),
        mock.patch(f"{module}._MANY", block),
    ):
        same(counted(images, limits), whole)


@given(shape=SHAPE, seed=SEED, limits=LIMITS)
def test_counting_may_go_on_after_a_look(shape, seed, limits):
    images = draw(shape, seed).images
    counter = GridCounter(limits)
    for number, one in enumerate(images, start=1):
        counter.add(one.map, one.anomalous, one.defect)
        same(counter.counts(), counted(images[:number], limits))
    same(counter.counts(), counted(images, limits))


@given(shape=SHAPE, seed=SEED, limits=LIMITS)
def test_turned_and_sliced_maps_are_counted_alike(shape, seed, limits):
    images = draw(shape, seed).images
    counter = GridCounter(limits)
    for one in images:
        wide = np.repeat(one.map, 2, axis=1)[:, ::2]
        counter.add(wide, one.anomalous, one.defect)
    same(counter.counts(), counted(images, limits))


@pytest.mark.parametrize("threads", [2, 8])
@pytest.mark.parametrize("limits", [TINY[0], TINY[4], capacity(1 << 20)], ids=str)
def test_any_number_of_threads(threads, limits):
    for shape in SHAPES:
        images = [one for seed in range(4) for one in draw(shape, seed).images]
        counter = GridCounter(limits)
        with ThreadPoolExecutor(threads) as pool:
            work = [pool.submit(counter.add, one.map, one.anomalous, one.defect) for one in images]
            for task in work:
                task.result()
        same(counter.counts(), counted(images, limits))


@pytest.mark.parametrize("shape", SHAPES)
def test_larger_grids_fold_into_smaller_ones(shape):
    """Counts of twice the capacity, brought to fewer bits, are those counted with less."""
    images = draw(shape, 1).images
    fine, coarse = counted(images, Capacity(1, 8)), counted(images, Capacity(1, 4))
    assert fine.bits >= coarse.bits
    folded = fine.every.folded(fine.bits - coarse.bits)
    same_bits([folded.bins, folded.columns], [coarse.every.bins, coarse.every.columns])


def test_different_budgets_are_refused():
    one, other = GridCounts.empty(capacity(1 << 20)), GridCounts.empty(capacity(1 << 21))
    with pytest.raises(gonogo.errors.MergeError, match="different budgets"):
        one + other


@pytest.mark.parametrize("shape", SHAPES)
def test_the_images_of_one_defect_against_all_normal_scores(shape):
    missed = []
    for seed in range(60):
        data = draw(shape, seed)
        for limits in (TINY[seed % len(TINY)], Capacity(500, 2)):
            state = counted(data.images, limits)
            for defect in DEFECTS[1:]:
                exact, counts = data.exact(defect), state.ranks([defect])
                points = limits_for(np.random.default_rng(seed), exact)
                missed += [(seed, limits, *miss) for miss in outside(counts, exact, points)]
    assert missed[:5] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_while_the_distinct_scores_fit_nothing_is_lost(shape):
    for seed in range(20):
        data = draw(shape, seed)
        state = counted(data.images, Capacity(300, 4))
        counts, exact = state.ranks(), data.exact()
        assert state.exact
        assert isinstance(counts, RankCounts)
        assert np.array_equal(counts.scores, exact.scores)
        for name in ("anomalous", "above", "at_least", "normals"):
            same_bits(getattr(counts, name), getattr(exact, name))
        for name in ("high", "low", "regions"):
            same_bits(getattr(counts.weights, name), getattr(exact.weights, name))


def test_float32_scores_are_exact_where_35_bits_are_kept():
    scores = np.linspace(10.0, 10.5, 500, dtype=np.float32)[None]
    flagged = AnomalousScores(scores[0, ::7], np.full(72, 72), 1)
    counter = GridCounter(Capacity(4, 1 << 16))
    counter.add(scores, flagged)
    assert counter.counts().bits == 35
    assert counter.counts().exact
    counter.add(scores.astype(np.float64), flagged)
    assert not counter.counts().exact


def test_counting_on_many_threads_while_others_look():
    """Whoever looks waits until nobody counts, and takes nothing away."""
    limits = capacity(1 << 20)
    maps = [np.random.default_rng(k).random((64, 64)).astype(np.float32) for k in range(40)]
    counter = GridCounter(limits)
    nothing = AnomalousScores(np.empty(0, np.float32), np.empty(0, np.int64))
    with ThreadPoolExecutor(3) as pool:
        tasks = [pool.submit(counter.add, one, nothing) for one in maps]
        looks = [int(counter.counts().every.columns.sum()) for _ in range(30)]
        for task in tasks:
            task.result()
    assert looks == sorted(looks)
    assert all(look % 4096 == 0 for look in looks)
    alone = GridCounter(limits)
    for one in maps:
        alone.add(one, nothing)
    same(counter.counts(), alone.counts())


@pytest.mark.parametrize("threads", [1, 2])
def test_counts_do_not_change_when_counting_goes_on(threads):
    """Not even where they are listed only then."""
    nothing = AnomalousScores(np.empty(0, np.float32), np.empty(0, np.int64))
    maps = [np.random.default_rng(k).random((256, 256)).astype(np.float32) for k in range(6)]
    counter, alone = GridCounter(capacity(1 << 20)), GridCounter(capacity(1 << 20))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda one: counter.add(one, nothing), maps[:3]))
        before = counter.counts()
        list(pool.map(lambda one: counter.add(one, nothing), maps[3:]))
    for one in maps[:3]:
        alone.add(one, nothing)
    assert before.every.total == 3 << 16
    same(before, alone.counts())


@pytest.mark.parametrize("what", ["added", "of_scores", "folded"])
@pytest.mark.parametrize("fails_at", [1, 2, 3, 5])
def test_scores_that_could_not_be_counted_are_kept(fails_at, what, monkeypatch):
    """Memory may run out in the middle; the next one who asks gets the right counts."""
    rng = np.random.default_rng(3)
    counter, alone = GridCounter(Capacity(1 << 10, 64)), GridCounter(Capacity(1 << 10, 64))
    for number in range(6):
        scores = rng.random((64, 64)).astype(np.float32 if number % 2 else np.float64)
        flagged = AnomalousScores(scores[:9].ravel(), np.full(9 * 64, 9 * 64), 1)
        for each in (counter, alone):
            each.add(scores, flagged, f"defect {number // 3}")
    calls, work = [], getattr(SparseCounts, what)

    def once(*args):
        calls.append(args)
        if len(calls) == fails_at:
            raise MemoryError
        return work(*args)

    with monkeypatch.context() as patched:
        patched.setattr(SparseCounts, what, once if what == "folded" else staticmethod(once))
        try:
            counter.counts()
        except MemoryError:
            assert len(calls) == fails_at
        else:
            assert len(calls) < fails_at
    same(counter.counts(), alone.counts())
