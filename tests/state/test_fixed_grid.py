"""Counts on a fixed grid: plain addition, the integers of the certified state, honest intervals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo import InputError, MergeError
from gonogo.counting import count_scores
from gonogo.grid import keys_of
from gonogo.metrics import bounds
from gonogo.regions import pixel_areas
from gonogo.states import AnomalousScores, Capacity, GridCounter, capacity
from gonogo.states.anomalous import NO_SCORES
from gonogo.states.fixed_grid import FixedGrid
from gonogo.states.weights import limbs
from tests.oracles.agreement import same_bits
from tests.oracles.strategies import FLOATS, Images, scored_images

BITS = st.sampled_from((8, 13))


def anomalous_of(images: Images) -> list[AnomalousScores]:
    found = []
    for scores, mask in zip(images.maps, images.masks, strict=True):
        if mask is None or not mask.any():
            found.append(NO_SCORES)
        else:
            inside = mask != 0
            found.append(AnomalousScores(scores[inside], *pixel_areas(inside, 8)))
    return found


def fixed(images: Images, bits: int = 20) -> FixedGrid:
    counter = GridCounter(capacity(1 << 26))
    for place, (scores, anomalous) in enumerate(
        zip(images.maps, anomalous_of(images), strict=True)
    ):
        counter.add(scores, anomalous, "ab"[place % 2])
    return FixedGrid.of(counter.counts(), bits)


@given(images=scored_images(), bits=BITS)
def test_it_counts_what_its_definition_says(images, bits):
    wanted = np.zeros((4, 1 << bits), np.int64)
    for scores, anomalous in zip(images.maps, anomalous_of(images), strict=True):
        for key in keys_of(scores.ravel()).tolist():
            wanted[0, (key >> (64 - bits)) + (1 << (bits - 1))] += 1
        weights = zip(keys_of(anomalous.scores).tolist(), *limbs(anomalous.areas), strict=True)
        for key, high, low in weights:
            wanted[1:, (key >> (64 - bits)) + (1 << (bits - 1))] += 1, high, low
    found = fixed(images, bits)
    assert np.array_equal(found.counts, wanted)
    assert found.regions == sum(one.regions for one in anomalous_of(images))
    assert found.bits == bits


def test_the_default_tells_20_bits_apart():
    images = Images([np.array([[1.0, 1 + 2**-8, 1 + 2**-9, -1.0]])], [np.array([[1, 0, 0, 1]])])
    found = fixed(images)
    assert found.bits == FixedGrid.empty().bits == 20
    assert found.counts[:2, found.counts[0] > 0].tolist() == [[1, 2, 1], [1, 1, 0]]


@given(images=scored_images(max_images=3), bits=BITS)
def test_merging_is_adding(images, bits):
    alone = [
        fixed(Images([scores], [mask]), bits)
        for scores, mask in zip(images.maps, images.masks, strict=True)
    ]
    total = sum((one.counts for one in alone), np.zeros((4, 1 << bits), np.int64))
    assert np.array_equal(total, fixed(images, bits).counts)
    merged = FixedGrid.empty(bits)
    for one in alone:
        before = one.counts.copy()
        merged = merged + one
        assert np.array_equal(one.counts, before)
    assert np.array_equal(merged.counts, total)


@given(images=scored_images(dtypes=FLOATS), bits=BITS)
def test_intervals_contain_the_exact_values(images, bits):
    exact = count_scores(anomalous_of(images), images.maps)
    ranks = fixed(images, bits).ranks()
    if not images.has_both_classes():
        return
    for family in (bounds.auroc, bounds.average_precision, bounds.aupr_trapezoid, bounds.iou_max):
        assert family(exact).value in family(ranks)
    for limit in (0.05, 0.3, 1.0):
        assert bounds.aupro(exact, limit).value in bounds.aupro(ranks, limit)
    best = bounds.f1_max(ranks)
    assert bounds.f1_max(exact).value.value in best.value
    assert bounds.f1_max(exact).threshold.value in best.threshold


@given(images=scored_images(), times=st.integers(1, 5))
def test_carrying_changes_no_metric(images, times):
    grid = FixedGrid(fixed(images, 13).counts * 3**times)
    carried = grid.normalised()
    assert carried.counts[3].max() < 2**31
    assert np.array_equal(carried.counts, carried.normalised().counts)
    assert np.array_equal(carried.counts[:2], grid.counts[:2])
    for one, other in zip(grid.counts[2:].T.tolist(), carried.counts[2:].T.tolist(), strict=True):
        assert (one[0] << 31) + one[1] == (other[0] << 31) + other[1]
    assert carried.regions == grid.regions
    early = FixedGrid(grid.counts + carried.counts).ranks()
    late = FixedGrid(carried.counts + carried.counts).ranks()
    for name in ("tied", "best", "worst"):
        same_bits(
            _all_of(getattr(early, name)),
            _all_of(getattr(late, name)),
        )


def _all_of(ranks):
    weights = ranks.weights
    return [ranks.scores, ranks.anomalous, ranks.above, ranks.at_least, weights.high, weights.low]


@pytest.mark.parametrize("bits", [13, 20, 24])
def test_scores_of_one_bin_are_as_close_as_is_said(bits):
    scores = np.sort(np.random.default_rng(0).lognormal(0, 9, 4000))
    bins = keys_of(scores) >> (64 - bits)
    together = np.flatnonzero(bins[1:] == bins[:-1])
    assert together.size
    for low, high in zip(scores[together].tolist(), scores[together + 1].tolist(), strict=True):
        assert Fraction(high) - Fraction(low) < Fraction(low) / 2 ** (bits - 12)


def test_default_budget_is_always_fine_enough():
    """Scores over the whole range of float64 fold onto the default grid."""
    scores = np.random.default_rng(1).integers(0, 2**63 - 2**52, (1000, 1500)).view(np.float64)
    counter = GridCounter(capacity(1 << 26))
    for sign in (1, -1):
        counter.add(sign * scores, AnomalousScores(scores[:0, 0], np.empty(0, np.int64)))
    assert FixedGrid.of(counter.counts()).counts[0].sum() == 2 * scores.size


def test_what_is_refused():
    counter = GridCounter(Capacity(distinct=1, pages=2))
    counter.add(np.array([[-1.0, 1.0, 8.0]]), AnomalousScores(np.empty(0), np.empty(0, np.int64)))
    with pytest.raises(InputError, match=r"bits: found 20 for counts at \d+ bits"):
        FixedGrid.of(counter.counts())
    with pytest.raises(InputError, match="bits: found 40; expected 8 to 28"):
        FixedGrid.empty(40)
    for counts in (np.zeros((3, 256), np.int64), np.zeros((4, 256)), np.zeros((4, 300), np.int64)):
        with pytest.raises(InputError, match="expected int64 of shape"):
            FixedGrid(counts)
    with pytest.raises(MergeError, match="20 and 13 bits"):
        FixedGrid.empty() + FixedGrid.empty(13)
