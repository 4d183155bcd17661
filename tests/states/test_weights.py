"""Region weights are integers: their sum is exact in any order, and one a region."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.states import AnomalousScores, RegionWeights, distinct_scores
from gonogo.states.weights import limbs


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_coverage_ends_at_one_and_share_sums_to_one(sizes):
    areas = np.repeat(sizes, sizes).astype(np.int64)
    weights = RegionWeights(*limbs(areas), len(sizes))
    assert weights.coverage[-1] == 1.0
    assert weights.share.sum() == pytest.approx(1.0, abs=1e-13)
    exact = Fraction(1, sizes[0]) / len(sizes)
    assert weights.share[0] == pytest.approx(float(exact), rel=1e-13)


def test_the_largest_weight_does_not_overflow():
    count = 1 << 16
    areas = np.ones(count, np.int64)
    high, low = (limb.sum(keepdims=True) for limb in limbs(areas))
    weights = RegionWeights(high, low, count)
    assert weights.share.tolist() == [1.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_order_of_pixels_changes_no_bit(dtype):
    rng = np.random.default_rng(5)
    scores = rng.integers(-40, 40, 3000).astype(dtype)
    areas = rng.integers(1, 90, 3000)
    shuffle = rng.permutation(3000)
    one = distinct_scores([AnomalousScores(scores, areas, 50)])
    other = distinct_scores([AnomalousScores(scores[shuffle], areas[shuffle], 50)])
    assert np.array_equal(one.scores, other.scores)
    assert np.array_equal(one.weights.high, other.weights.high)
    assert np.array_equal(one.weights.low, other.weights.low)
    assert np.array_equal(one.weights.coverage, other.weights.coverage)


def test_a_weight_is_the_nearest_integer_in_a_large_image_as_in_a_small_one():
    """Of many pixels weights are looked up; both have to agree, or a partition would show."""
    areas = np.arange(1, 5000)
    exact = [(2 * (1 << 62) + area) // (2 * area) for area in areas.tolist()]
    few, many = limbs(areas), limbs(np.tile(areas, 4))
    for high, low in (few, [limb[:4999] for limb in many]):
        assert ((high << 31) + low).tolist() == exact
