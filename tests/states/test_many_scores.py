"""More scores than any data set here has: states added to themselves until limits come near."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo.metrics import bounds
from gonogo.states import AnomalousScores, Capacity, FixedGrid, GridCounter, capacity
from gonogo.states.counter_window import CounterWindow
from gonogo.states.grid_desk import GridDesk
from gonogo.states.pages import Pages
from gonogo.states.sparse import SparseCounts
from tests.oracles import grid as slow

DOUBLINGS = 24
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


@pytest.mark.parametrize("finer", [0, 1, 3])
def test_windows_are_joined(finer):
    rng = np.random.default_rng(finer)
    scores = [(1.0 + rng.random(3000) ** 9 / 8).astype(np.float32) for _ in range(3)]
    first = slow.bin_of(1.0, 20)
    windows = []
    for number, some in enumerate(scores):
        bits = 20 + (finer if number else 0)
        pages = np.array([first, first + 1]) << (bits - 20)
        one = CounterWindow(np.array([pages[0], pages[1]]), bits, 1 << 12)
        missed = one.count(some)
        while missed.size:
            keys = np.array(sorted({slow.bin_of(score, bits) for score in missed.tolist()}))
            assert one.admit(keys)
            missed = one.count(missed.astype(np.float64))
        windows.append(one)
    joined = windows[0].joined(windows[1:])
    assert joined.counted == 9000
    found = joined.counts()
    expected = slow.counts_at_bins(np.concatenate(scores), 24)
    assert dict(zip(found.bins.tolist(), found.columns[0].tolist(), strict=True)) == expected
    assert max(expected.values()) > 256  # a counter came around


def test_zeros_that_come_widened_are_counted_in_a_window():
    first = slow.bin_of(1.0, 20)
    window = CounterWindow(np.array([first, first + 1]), 20, 1 << 12)
    missed = window.count(np.array([0.0, 1.0, -0.0, 5.0]))
    assert missed.tolist() == [5.0]
    assert (window.zeros, window.counted) == (2, 3)


def test_windows_that_together_hold_too_much_are_added_elsewhere():
    """A counter holds 2**40 scores, and each of these windows up to 2**39 of them on one bin."""
    desks = []
    for _ in range(3):
        desk = GridDesk(Capacity(4, 64))
        desk.count(1.0 + np.float32(2**-23) * np.arange(40, dtype=np.float32))
        assert desk.in_window
        place = desk.counters.counts().bins[:1]
        more = (1 << 39) - desk.counters.counted
        desk.counters.add(SparseCounts(place, np.array([[more]])))
        desks.append(desk)
    assert desks[0].with_all_of(desks[1:]) is None
    assert sum(int(desk.counts().every.columns.sum()) for desk in desks) == 3 << 39


def test_binary_maps_do_not_pile_up(monkeypatch):
    """Images with few distinct scores wait for each other, but not all of them."""
    monkeypatch.setattr("gonogo.states.grid_desk._MOST_WAITING", 8)
    desk = GridDesk(capacity(1 << 20))
    for number in range(100):
        desk.count(np.array([0.0, 1.0, number], np.float32))
        assert len(desk.waiting) <= 9
    assert int(desk.counts().every.columns.sum()) == 300


def test_what_waits_holds_no_more_than_it_says():
    """A map of few values keeps some bytes a value, not some bytes a pixel."""
    desk = GridDesk(capacity(64 << 20))
    levels = (np.arange(1 << 20) % 256).astype(np.float32)
    for _ in range(4):
        desk.count(levels)
    arrays = [array for one in desk.waiting for array in (one.bins, one.columns)]
    assert len(arrays) >= 8
    held = {id(array.base): array.base for array in arrays if array.base is not None}
    assert sum(array.nbytes for array in [*arrays, *held.values()]) < 40 * 256 * len(arrays)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pages_know_how_many_scores_they_counted(dtype):
    pages = Pages(np.array([0, slow.bin_of(1.0, 20)]), 20, 8)
    missed = pages.count(np.array([0.0, -0.0, 1.0, 5.0], dtype))
    assert missed.tolist() == [5.0]
    assert pages.counted == 3 == pages.counts().total
