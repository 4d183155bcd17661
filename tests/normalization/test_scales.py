"""The three scales: their formulas, their inverses, and what they refuse."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import gonogo
from gonogo import Cdf, DivideByThreshold, MinMax

SCORES = st.lists(st.floats(0.01, 100.0), min_size=2, max_size=20)


@given(SCORES, st.floats(0.01, 100.0))
def test_min_max_is_its_formula(scores, threshold):
    x = np.array(scores)
    width = x.max() - x.min()
    found = MinMax.fit(x, threshold)(x)
    if width > 0:
        expected = np.clip((x - threshold) / width + 0.5, 0, 1)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_min_max_of_equal_scores_is_a_step():
    scale = MinMax.fit(np.full(4, 50.0), 50.0)
    assert scale([49.0, 50.0, 51.0]).tolist() == [0.0, 0.5, 1.0]
    assert (scale.inverse([0.0, 0.5, 1.0]) >= 50.0).tolist() == [False, True, True]


@given(
    SCORES,
    st.floats(-100.0, 100.0, allow_subnormal=False).filter(lambda t: not 0 < abs(t) < 1e-300),
)
def test_divide_is_its_formula(scores, threshold):
    x = np.array(scores)
    if threshold > 0:
        expected = 100 * x / threshold
    elif threshold == 0:
        expected = 100 * (x + 1)
    else:
        expected = 200 - 100 * x / threshold
    found = DivideByThreshold(threshold)(x)
    assert found == pytest.approx(np.clip(expected, 0, 1000), rel=1e-12, abs=1e-12)


@given(SCORES, st.floats(0.01, 100.0))
def test_cdf_is_its_formula(scores, threshold):
    x = np.array(scores)
    scale = Cdf.fit(x, threshold)
    logs = np.log(x)
    assert scale.mean == pytest.approx(logs.mean(), abs=1e-12)
    if x.min() < x.max():
        assert scale.std == pytest.approx(logs.std(ddof=1), rel=1e-9, abs=1e-12)
    if scale.std > 1e-3:
        z, at = (logs - scale.mean) / scale.std, (math.log(threshold) - scale.mean) / scale.std
        assert scale(x) == pytest.approx(norm.cdf(z - at), rel=1e-9, abs=1e-12)


def test_cdf_without_spread_is_a_step():
    for scores in ([3.0], [3.0, 3.0]):
        scale = Cdf.fit(scores, 3.0)
        assert scale.std == 0.0
        assert scale([2.0, 3.0, 4.0]).tolist() == [0.0, 0.5, 1.0]
        assert (scale.inverse([0.0, 0.5, 1.0]) >= 3.0).tolist() == [False, True, True]


@pytest.mark.parametrize("scale", [MinMax(0.3, -1.0, 4.0), DivideByThreshold(0.3), Cdf(0.3, 0, 1)])
def test_the_threshold_lands_where_it_is_said_to_and_back(scale):
    assert scale(scale.threshold) == scale.normalized_threshold
    assert scale.inverse(scale.normalized_threshold) == scale.threshold


@given(st.floats(0.05, 2.9), st.sampled_from([0.3, 1.0, 2.0]))
def test_the_inverse_undoes(score, threshold):
    for scale in (MinMax(threshold, 0.0, 6.0), DivideByThreshold(threshold), Cdf(threshold, 0, 1)):
        assert scale.inverse(scale(score)) == pytest.approx(score, rel=1e-9)
    below = DivideByThreshold(-threshold)
    assert below.inverse(below(-score)) == pytest.approx(-score, rel=1e-9) or score > 2 * threshold


def test_shapes_and_kinds():
    scale = MinMax(0.5, 0.0, 2.0)
    assert scale(np.zeros((2, 3, 4), np.float32)).shape == (2, 3, 4)
    assert scale(np.zeros((4, 4), np.float32).T[::2]).shape == (2, 4)
    assert scale(np.arange(3, dtype=np.uint8)).dtype == np.float64
    assert scale([[0.0], [1.0]]).tolist() == [[0.25], [0.75]]
    assert isinstance(scale(0.5), float)
    assert scale(np.empty((0, 2))).shape == (0, 2)


def test_more_than_a_block():
    scores = np.random.default_rng(1).random((3, 300, 301), dtype=np.float32)
    scale = DivideByThreshold(0.5)
    assert np.array_equal(scale(scores), np.clip(scores / 0.5 * 100.0, 0, 1000))


def test_tensors_stay_tensors():
    torch = pytest.importorskip("torch")
    scale = MinMax(0.5, 0.0, 2.0)
    scores = torch.linspace(0, 1, 6, requires_grad=True)
    values = scale(scores)
    assert isinstance(values, torch.Tensor)
    assert not values.requires_grad
    assert values.tolist() == scale(scores.detach().numpy()).tolist()
    assert scale(scores.bfloat16()).dtype == torch.float32
    assert scale(torch.arange(3)).dtype == torch.float64
    assert scale.inverse(values).dtype == torch.float32


def test_fit_takes_lists_of_maps_and_a_threshold_record():
    maps = [np.array([[1.0, 2.0]]), np.array([[5.0], [0.5]])]
    threshold = gonogo.fit_threshold(maps, policy="manual=3", level="pixel")
    assert MinMax.fit(maps, threshold) == MinMax(3.0, 0.5, 5.0)
    assert Cdf.fit(maps, threshold) == Cdf.fit([5.0, 1.0, 2.0, 0.5], 3.0)
    assert DivideByThreshold.fit(maps, threshold) == DivideByThreshold(3.0)


@pytest.mark.parametrize("scale", [MinMax(0.3, -1.0, 4.0), DivideByThreshold(0.3), Cdf(0.3, 0, 1)])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(scale, bad):
    with pytest.raises(gonogo.InputError, match=r"scores: found 1 value\(s\) that are NaN"):
        scale(np.array([0.1, bad], np.float32))
    with pytest.raises(gonogo.InputError, match="values: found 1 value"):
        scale.inverse([0.1, bad])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "a", None, True])
@pytest.mark.parametrize(
    ("make", "numbers"),
    [(MinMax, (0.3, 0.0, 1.0)), (Cdf, (0.3, 0.0, 1.0)), (DivideByThreshold, (0.3,))],
)
def test_every_number_of_a_scale_is_finite(make, numbers, bad):
    for place, field in enumerate(dataclasses.fields(make)):
        changed = [*numbers[:place], bad, *numbers[place + 1 :]]
        with pytest.raises(gonogo.InputError, match=f"^{field.name}: found .*; expected a finite"):
            make(*changed)


def test_numbers_of_a_scale_are_plain_floats():
    scale = MinMax(np.float32(0.5), np.int64(0), 1)
    assert scale == MinMax(0.5, 0.0, 1.0)
    assert {type(value) for value in dataclasses.astuple(scale)} == {float}


def test_refusals():
    with pytest.raises(gonogo.InputError, match="found 0; the cdf scale takes logarithms"):
        Cdf(0.3, 0, 1)([0.0, 1.0])
    with pytest.raises(gonogo.InputError, match="found -1; the cdf scale takes logarithms"):
        Cdf.fit([-1.0, 2.0], 1.0)
    with pytest.raises(gonogo.InputError, match=r"threshold: found 0\.0; the cdf scale"):
        Cdf.fit([1.0, 2.0], 0)
    with pytest.raises(gonogo.InputError, match="std: found -1"):
        Cdf(1.0, 0.0, -1.0)
    with pytest.raises(gonogo.InputError, match=r"low, high: found 2\.0 and 1\.0"):
        MinMax(1.0, 2.0, 1.0)
    with pytest.raises(gonogo.InputError, match="scores: found none"):
        MinMax.fit([], 1.0)
    with pytest.raises(gonogo.InputError, match="threshold: found nan"):
        DivideByThreshold.fit([], math.nan)
    with pytest.raises(gonogo.InputError, match="expected values of the min_max scale, 0 to 1"):
        MinMax(1.0, 0.0, 1.0).inverse([1.5])


def test_a_range_beyond_the_largest_number():
    scale = gonogo.MinMax(0.0, -1.7e308, 1.7e308)
    assert scale(np.array([-1.7e308, 0.0, 0.85e308, 1.7e308])).tolist() == [0.0, 0.5, 0.75, 1.0]
