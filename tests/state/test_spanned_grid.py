"""Counts in a span: chosen by the range of the scores alone, folded without a loss, honest."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from gonogo import MergeError
from gonogo.counting import count_scores
from gonogo.grid import keys_of
from gonogo.metrics import bounds
from gonogo.states import RankCounts, Span, SpannedGrid
from gonogo.states.spanned_grid import no_ends
from gonogo.states.weights import limbs
from gonogo.torch.counting import add_anomalous, add_ends, add_every
from gonogo.torch.counting import keys_of as device_keys
from gonogo.torch.ranking import grid_of
from tests.oracles.agreement import same_bits
from tests.oracles.strategies import FLOATS, Images, scored_images
from tests.state.test_fixed_grid import anomalous_of

SIZES = st.sampled_from((256, 1 << 12))


def extent(images: Images) -> tuple[int, int, bool]:
    """The lowest and the highest key, and whether there are scores of float32 or less."""
    keys = [keys_of(scores) for scores in images.maps]
    narrow = any(np.can_cast(scores.dtype, np.float32) for scores in images.maps)
    return min(int(k.min()) for k in keys), max(int(k.max()) for k in keys), narrow


def counted(images: Images, span: Span, size: int) -> SpannedGrid:
    """By the kernels, which see scores near zero as zero."""
    tensors = [torch.from_numpy(scores.ravel()) for scores in images.maps]
    found = anomalous_of(images)
    parts = [torch.from_numpy(np.asarray(one.scores)) for one in found]
    areas = [torch.from_numpy(np.asarray(one.areas)) for one in found]
    return grid_of(tensors, parts, areas, span=span, size=size, flat=False)


def spanned(images: Images, size: int) -> SpannedGrid:
    low, high, narrow = extent(images)
    return counted(images, Span.around(low, high, size, narrow=narrow), size)


KEYS = st.integers(int(keys_of(np.array(-1e300))), int(keys_of(np.array(1e300))))


def place(key: int, span: Span) -> int:
    """By the definition: nearer to zero by the floor, then the leading bits."""
    nearer = max(abs(key) - span.floor, 0)
    return ((-nearer if key < 0 else nearer) >> (64 - span.bits)) - span.first


@given(KEYS, KEYS, KEYS, SIZES, st.booleans())
def test_a_span_holds_all_between_in_order_and_no_finer_one_does(one, two, three, size, narrow):
    low, middle, high = sorted((one, two, three))
    span = Span.around(low, high, size, narrow=narrow)
    assert 0 == place(low, span) <= place(middle, span) <= place(high, span) < size
    assert span.floor % (1 << (64 - span.bits)) == 0
    finer = Span(span.bits + 1, 0, span.floor)
    if span.bits < (35 if narrow else 63):
        assert place(high, finer) - place(low, finer) >= size


@given(images=scored_images(), size=SIZES)
def test_it_counts_what_its_definition_says(images, size):
    grid = spanned(images, size)
    wanted, zeros = np.zeros_like(grid.counts), np.zeros(4, np.int64)
    keys = np.concatenate([keys_of(scores.ravel()) for scores in images.maps])
    places = np.array([place(key, grid.span) for key in keys.tolist()])
    for here in np.unique(places):
        assert grid.ends[:, here].tolist() == [
            keys[places == here].min(),
            keys[places == here].max(),
        ]
    assert (grid.ends[0] > grid.ends[1]).sum() == size - len(np.unique(places))
    for scores, anomalous in zip(images.maps, anomalous_of(images), strict=True):
        for key in keys_of(scores.ravel()).tolist():
            wanted[0, place(key, grid.span)] += 1
            zeros[0] += key == 0
        weights = zip(keys_of(anomalous.scores).tolist(), *limbs(anomalous.areas), strict=True)
        for key, high, low in weights:
            wanted[1:, place(key, grid.span)] += 1, high, low
            zeros[1:] += np.array([1, high, low]) * (key == 0)
    assert np.array_equal(grid.counts, wanted)
    assert np.array_equal(grid.zeros, zeros)
    counts, ends = on_device(images, grid.span, size)
    assert np.array_equal(counts, wanted)
    assert np.array_equal(ends, grid.ends)


def on_device(images: Images, span: Span, size: int) -> tuple[np.ndarray, np.ndarray]:
    """By the operations for tensors on a device."""
    grid, ends = torch.zeros((4, size), dtype=torch.int64), torch.from_numpy(no_ends(size))
    for scores, one in zip(images.maps, anomalous_of(images), strict=True):
        every, some = (torch.from_numpy(np.asarray(s, np.float64)) for s in (scores, one.scores))
        add_every(grid, device_keys(every), span)
        add_ends(ends, device_keys(every), span)
        add_anomalous(grid, device_keys(some), torch.from_numpy(np.asarray(one.areas)), span)
    return grid.numpy(), ends.numpy()


@given(images=scored_images(), size=SIZES, factor=st.sampled_from((1.0, 2.0**30, 2.0**300)))
def test_counts_moved_to_a_wider_span_are_those_made_there(images, size, factor):
    low, high, narrow = extent(images)
    far = int(keys_of(np.array(factor)))
    span = Span.around(min(low, -far), max(high, far), size, narrow=narrow)
    moved, made = spanned(images, size).moved(span), counted(images, span, size)
    assert np.array_equal(moved.counts, made.counts)
    assert np.array_equal(moved.zeros, made.zeros)
    assert np.array_equal(moved.ends, made.ends)


@given(images=scored_images(), size=SIZES, cut=st.integers(0, 8))
def test_any_split_gives_the_same_counts(images, size, cut):
    whole = spanned(images, size)
    halves = [Images(images.maps[part], images.masks[part]) for part in (slice(cut), slice(cut, 9))]
    parts = [spanned(half, size).moved(whole.span) for half in halves if half.maps]
    added = sum(parts[1:], start=parts[0])
    assert np.array_equal(added.counts, whole.counts)
    assert np.array_equal(added.ends, whole.ends)
    assert whole.counts[0].sum() == sum(scores.size for scores in images.maps)


@given(images=scored_images(dtypes=FLOATS), size=SIZES)
def test_intervals_contain_the_exact_values(images, size):
    assume(images.has_both_classes())
    ranks = spanned(images, size).ranks()
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
    ranks = spanned(images, 1 << 22).ranks()
    assert isinstance(ranks, RankCounts)
    exact = count_scores(anomalous_of(images), images.maps)
    same_bits(bounds.aupro(ranks, 0.3), bounds.aupro(exact, 0.3))


LEVELS = {
    "8 bits": lambda scores: (scores * 12 + 90).astype(np.uint8),
    "8 bits as float64": lambda scores: np.round(scores * 12 + 90) / 255,
    "whole numbers on both sides of zero": lambda scores: np.round(scores * 12).astype(np.int64),
    "one level beside zero": lambda scores: np.where(scores > 0.1, scores.round(1), 1e-30),
}


@pytest.mark.parametrize("levels", LEVELS)
def test_scores_of_few_levels_are_exact(levels):
    rng = np.random.default_rng(4)
    masks = rng.random((4, 30, 30)) < 0.2
    scores = LEVELS[levels](rng.normal(size=masks.shape) + masks)
    images = Images(list(scores), list(masks))
    ranks, exact = spanned(images, 1 << 14).ranks(), count_scores(anomalous_of(images), images.maps)
    assert isinstance(ranks, RankCounts)
    assert np.array_equal(ranks.scores, exact.scores)
    for metric in (bounds.auroc, bounds.average_precision, lambda c: bounds.aupro(c, 0.3)):
        same_bits(metric(ranks), metric(exact))


def test_a_tie_among_other_scores_costs_no_width():
    """Saturated scores: a third of all are exactly 1."""
    rng = np.random.default_rng(5)
    masks = rng.random((4, 60, 60)) < 0.2
    scores = np.minimum(rng.random(masks.shape) + 0.3 * masks + 0.2, 1.0)
    images = Images(list(scores), list(masks))
    around = bounds.auroc(spanned(images, 1 << 14).ranks())
    exact = bounds.auroc(count_scores(anomalous_of(images), images.maps))
    assert around.low <= exact.value <= around.high
    assert around.high - around.low < 1e-3 < ((scores == 1.0).mean() / 2) ** 2


def test_two_spans_are_not_added():
    images = Images([np.array([[1.0, 2.0]])], [np.array([[True, False]])])
    grid = counted(images, Span.around(*extent(images)[:2], 256, narrow=False), 256)
    with pytest.raises(MergeError, match="two spans"):
        grid + counted(images, Span(12, -2048, 0), 4096)
