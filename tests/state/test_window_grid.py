"""Counts in a window: chosen by the range of the scores alone, folded without a loss, honest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gonogo import MergeError
from gonogo.counting import count_scores
from gonogo.grid import keys_of
from gonogo.metrics import bounds
from gonogo.states import GridCounter, RankCounts, Window, WindowGrid, capacity
from tests.oracles.agreement import same_bits
from tests.oracles.strategies import FLOATS, Images, scored_images
from tests.state.test_fixed_grid import anomalous_of

SIZES = st.sampled_from((256, 1 << 12))


def extent(images: Images) -> tuple[int, int, bool]:
    """The lowest and the highest key, and whether there are scores of float32 or less."""
    keys = [keys_of(scores) for scores in images.maps]
    narrow = any(np.can_cast(scores.dtype, np.float32) for scores in images.maps)
    return min(int(k.min()) for k in keys), max(int(k.max()) for k in keys), narrow


def counted(images: Images, window: Window, size: int) -> WindowGrid:
    counter = GridCounter(capacity(1 << 26))
    for scores, anomalous in zip(images.maps, anomalous_of(images), strict=True):
        counter.add(scores, anomalous)
    return WindowGrid.of(counter.counts(), window, size)


def windowed(images: Images, size: int) -> WindowGrid:
    low, high, narrow = extent(images)
    return counted(images, Window.around(low, high, size, narrow=narrow), size)


@given(st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62), SIZES, st.booleans())
def test_it_is_the_finest_window_that_holds_both_ends(one, other, size, narrow):
    low, high = sorted((one, other))
    window = Window.around(low, high, size, narrow=narrow)
    shift = 64 - window.bits
    assert window.first == low >> shift <= high >> shift < window.first + size
    if window.bits < (35 if narrow else 63):
        assert (high >> (shift - 1)) - (low >> (shift - 1)) >= size


@given(images=scored_images(), size=SIZES, cut=st.integers(0, 8))
def test_any_split_gives_the_same_counts(images, size, cut):
    whole = windowed(images, size)
    halves = [Images(images.maps[part], images.masks[part]) for part in (slice(cut), slice(cut, 9))]
    parts = [windowed(half, size).moved(whole.window) for half in halves if half.maps]
    added = sum(parts[1:], start=parts[0])
    assert np.array_equal(added.counts, whole.counts)
    assert whole.counts[0].sum() == sum(scores.size for scores in images.maps)


@given(images=scored_images(dtypes=FLOATS), size=SIZES)
def test_intervals_contain_the_exact_values(images, size):
    assume(images.has_both_classes())
    _, _, narrow = extent(images)
    narrow = narrow and all(np.can_cast(scores.dtype, np.float32) for scores in images.maps)
    ranks = windowed(images, size).ranks(narrow=narrow)
    exact = count_scores(anomalous_of(images), images.maps)
    for metric in (bounds.auroc, bounds.average_precision, lambda c: bounds.aupro(c, 0.3)):
        around, wanted = metric(ranks), metric(exact)
        assert around.low <= wanted.low <= wanted.high <= around.high
    assert bounds.f1_max(exact).threshold.low in bounds.f1_max(ranks).threshold


def test_close_float32_scores_are_exact():
    rng = np.random.default_rng(3)
    scores = np.float32(1000.0) + rng.integers(0, 4000, (4, 30, 30)).astype(np.float32) / 16
    masks = rng.random(scores.shape) < 0.2
    images = Images(list(scores), list(masks))
    ranks = windowed(images, 1 << 22).ranks(narrow=True)
    assert isinstance(ranks, RankCounts)
    exact = count_scores(anomalous_of(images), images.maps)
    same_bits(bounds.aupro(ranks, 0.3), bounds.aupro(exact, 0.3))


def test_two_windows_are_not_added():
    images = Images([np.array([[1.0, 2.0]])], [np.array([[True, False]])])
    grid = counted(images, Window.around(*extent(images)[:2], 256, narrow=False), 256)
    with pytest.raises(MergeError, match="two windows"):
        grid + counted(images, Window(12, -2048), 4096)
