"""More scores than any data set here has: states added to themselves until limits come near."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gonogo.grid import KEY_BITS, keys_of
from gonogo.metrics import bounds
from gonogo.sorting import Room
from gonogo.states import AnomalousScores, Capacity, FixedGrid, GridCounter, capacity
from gonogo.states.accumulator import Accumulator
from gonogo.states.anomalous import NO_SCORES
from gonogo.states.dense import DenseCounts, Layout
from gonogo.states.sparse import SparseCounts

DOUBLINGS = 24
ONES = np.ones(1, np.float32)
AREA = 1925
ANOMALOUS = 10 * AREA  # in the end 3.2e11


def counted(scores, anomalous, limits):
    counter = GridCounter(limits)
    areas = np.full(anomalous, AREA, np.int64)
    counter.add(scores, AnomalousScores(scores.ravel()[:anomalous], areas, anomalous // AREA))
    return counter.counts()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_adding_a_state_to_itself_changes_no_metric(dtype):
    scores = (np.random.default_rng(0).random((200, 200)) * 200).astype(dtype)
    one = many = counted(scores, ANOMALOUS, Capacity(1 << 12, 64))
    for _ in range(DOUBLINGS):
        many = many + many
    anomalous = sum(int(part.counts.columns[0].sum()) for part in many.parts.values())
    assert anomalous == ANOMALOUS << DOUBLINGS
    for metric in (bounds.auroc, lambda ranks: bounds.aupro(ranks, 0.3)):
        assert metric(many.ranks()).value == pytest.approx(metric(one.ranks()).value, abs=1e-13)


def test_a_fixed_grid_of_itself():
    scores = np.random.default_rng(0).random((200, 200)).astype(np.float32)
    grid = FixedGrid.of(counted(scores, ANOMALOUS, capacity(1 << 22)), 12)
    regions = grid.regions
    for _ in range(17):
        grid = grid + grid
    assert grid.regions == regions << 17 == grid.normalised().regions


def test_counters_that_hold_too_much_are_emptied(monkeypatch):
    """A counter holds 2**40 scores; here as many as 1000."""
    monkeypatch.setattr("gonogo.states.grid_counter.MOST_COUNTED", 1000)
    monkeypatch.setattr("gonogo.states.grid_counter._FIRST_CHECK", 1000)
    monkeypatch.setattr("gonogo.states.grid_counter._BLOCK", 400)
    counter, most = GridCounter(Capacity(4, 64)), []
    counts = DenseCounts.counts

    def noted(self):
        most.append(self.counted)
        return counts(self)

    monkeypatch.setattr(DenseCounts, "counts", noted)
    scores = 1.0 + np.float32(2**-23) * np.arange(40, dtype=np.float32)
    for _ in range(300):
        counter.add(scores[None], NO_SCORES)
    assert max(most) < 1400
    assert counter.counts().every.columns.tolist() == [[300] * 40]


@pytest.mark.parametrize("both", [False, True])
def test_counters_overflow_and_hold_what_they_count(both):
    """The low part of a counter has 8 bits."""
    values = np.array([-2.0, -1.5, 0.0, 1.0, 1.5], np.float32)[0 if both else 2 :]
    scores = np.repeat(values, [700, 300, 9, 90000, 255][-values.size :])
    layout = Layout.where_most_are(SparseCounts.of_scores(scores, 20), 20, 1 << 12)
    dense = DenseCounts(layout)
    assert layout.both is both
    for _ in range(2):
        assert dense.count(scores, Room()).size == 0
        assert dense.pages() == values.size - 1
        found, expected = dense.counts(), SparseCounts.of_scores(scores, 20)
        dense.empty()
        assert found.bins.tolist() == expected.bins.tolist()
        assert found.columns.tolist() == expected.columns.tolist()
    assert dense.counts().bins.size == dense.pages() == 0


def test_maps_of_few_values_do_not_pile_up():
    """Counts of images with few distinct scores are added up, not kept side by side."""
    pieces = Accumulator(1, lambda counts, bits: (counts, bits))
    for _ in range(1000):
        pieces.add(SparseCounts.of_scores(np.array([0.0, 1.0, 7.0], np.float32)), 64)
        assert len(pieces._pieces) < 3
    for number in range(1000):
        pieces.add(SparseCounts.of_scores(np.array([number], np.float32)), 64)
        assert len(pieces._pieces) < 16
    assert pieces.sum(64).total == 4000


def test_counters_follow_scores_that_come_to_lie_elsewhere(monkeypatch):
    """The first images may be dark, and all others bright."""
    monkeypatch.setattr("gonogo.states.grid_counter._MANY", 1 << 14)
    monkeypatch.setattr("gonogo.states.grid_counter._BLOCK", 1 << 12)
    rng = np.random.default_rng(0)
    counter, sorted_scores = GridCounter(Capacity(64, 256)), []
    of_scores = SparseCounts.of_scores
    monkeypatch.setattr(
        SparseCounts,
        "of_scores",
        lambda *args: sorted_scores.append(args[0].size) or of_scores(*args),
    )
    for level, images in ((1e-6, 10), (1e6, 90)):
        for _ in range(images):
            counter.add((level * (1 + rng.random((64, 64)))).astype(np.float32), NO_SCORES)
    assert counter.counts().every.total == 100 << 12
    assert sum(sorted_scores) < 25 << 12


def test_counters_do_not_take_in_more_than_they_hold():
    dense = DenseCounts(Layout.where_most_are(SparseCounts.of_scores(ONES, 20), 20, 1 << 12))
    one = SparseCounts.of_scores(ONES, 20)
    many = SparseCounts(one.bins, one.columns << 38)
    assert dense.add(many).bins.size == 0
    assert dense.add(SparseCounts(one.bins, one.columns << 39)).total == 2 * many.total
    assert dense.add(one).bins.size == 0
    assert dense.counts().total == many.total + one.total
    other = DenseCounts(dense.layout)
    other.count(ONES, Room())
    other.take(dense)
    assert other.counts().total == many.total + 2 * one.total
    assert dense.counts().total == 0


@pytest.mark.parametrize("seed", range(5))
def test_many_threads_lower_the_resolution_at_once(seed):
    """Pieces of several resolutions meet, and none is lost."""
    rng = np.random.default_rng(seed)
    maps = [(rng.normal(size=(64, 64)) * 10.0**k).astype(np.float32) for k in range(-12, 13)] * 4
    counter, alone = GridCounter(Capacity(64, 16)), GridCounter(Capacity(64, 16))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: counter.add(one, NO_SCORES), maps))
    for one in maps:
        alone.add(one, NO_SCORES)
    found, expected = counter.counts(), alone.counts()
    assert found.bits == expected.bits
    assert found.every.bins.tolist() == expected.every.bins.tolist()
    assert found.every.columns.tolist() == expected.every.columns.tolist()


def test_what_cannot_be_moved_is_kept():
    pieces = Accumulator(1, lambda counts, bits: (counts, bits))
    pieces.add(SparseCounts.of_scores(np.arange(1, 100, dtype=np.float32), 40), 40)

    def take(_):
        raise MemoryError

    with pytest.raises(MemoryError):
        pieces.move(40, take)
    assert pieces.sum(40).total == 99


KINDS = {
    "float32": lambda scores: scores.astype(np.float32),
    "float16": lambda scores: scores.astype(np.float16),
    "wide": lambda scores: scores * 1e-200,
    "huge": lambda scores: scores * 1e250,
    "subnormal float32": lambda scores: (scores * 1e-40).astype(np.float32),
    "subnormal": lambda scores: scores * 1.5e-323,
    "few values": lambda scores: np.abs(scores.round(0)).astype(np.float32),
}


@pytest.mark.parametrize("seed", range(25))
def test_threads_orders_and_states_give_the_same_counts(seed, monkeypatch):
    """With counters that are soon emptied, moved and made coarser, beside each other."""
    for name, size in (("_BLOCK", 1 << 10), ("_MANY", 1 << 11), ("_FIRST_CHECK", 1 << 12)):
        monkeypatch.setattr(f"gonogo.states.grid_counter.{name}", size)
    rng = np.random.default_rng(seed)
    pages = int(rng.choice([8, 64, 300]))
    kinds = rng.choice(list(KINDS), 3)
    shapes = rng.integers(1, 90, (30, 2)).tolist()
    maps = [KINDS[rng.choice(kinds)](rng.normal(size=shape)) for shape in shapes]

    def counted(threads, order):
        counter = GridCounter(Capacity(64 * pages, pages))
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda place: counter.add(maps[place], NO_SCORES), order))
        return counter.counts()

    alone = counted(1, range(30))
    keys = np.concatenate([keys_of(one.astype(np.float64).ravel()) for one in maps])
    bins, counts = np.unique(keys >> (KEY_BITS - alone.bits), return_counts=True)
    assert alone.every.bins.tolist() == bins.tolist()
    assert alone.every.columns.tolist() == [counts.tolist()]
    order = rng.permutation(30).tolist()
    for other in (counted(4, order), counted(1, order[:9]) + counted(3, order[9:])):
        assert (other.bits, other.narrow, other.wide) == (alone.bits, alone.narrow, alone.wide)
        assert other.every.bins.tolist() == bins.tolist()
        assert other.every.columns.tolist() == [counts.tolist()]
        assert other.ties.bins.tolist() == alone.ties.bins.tolist()
