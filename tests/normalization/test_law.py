"""``scale(x) >= scale.normalized_threshold`` exactly when ``x >= threshold``, to the last unit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from gonogo import Cdf, DivideByThreshold, InputError, MinMax
from tests.oracles.strategies import FLOATS

FINITE = {"allow_nan": False, "allow_infinity": False}
DOUBLES = st.floats(**FINITE)


def near(threshold, dtype):
    """Scores at the threshold, its neighbours and theirs, far away, and at the ends."""
    info = np.finfo(dtype)
    with np.errstate(over="ignore"):
        at = np.array(threshold).clip(float(info.min), float(info.max)).astype(dtype)
        steps = [at]
        for _ in range(3):
            steps = [
                np.nextafter(steps[0], dtype(-np.inf)),
                *steps,
                np.nextafter(steps[-1], dtype(np.inf)),
            ]
        others = [at / 2, at * 2, -at, at * dtype(1.001), info.min, info.max, info.tiny, 0, 1, -1]
    scores = np.array([*steps, *others], dtype)
    return np.sort(scores[np.isfinite(scores)])


@st.composite
def scales(draw):
    """Any scale that may be fitted, with a threshold of any size."""
    kind = draw(st.sampled_from(["min_max", "cdf", "divide", "divide"]))
    awkward = st.sampled_from([0.0, -0.0, 0.1, 1 / 3, -2.5, 1e-310, -1e300, 65504.5, 5e-324])
    if kind == "divide":
        return DivideByThreshold(draw(DOUBLES | awkward))
    if kind == "min_max":
        ends = draw(st.tuples(DOUBLES | awkward, DOUBLES | awkward))
        return MinMax(draw(DOUBLES | awkward), min(ends), max(ends))
    positive = st.floats(min_value=5e-324, **FINITE)
    threshold = draw(positive | st.floats(0.01, 100.0))
    return Cdf(threshold, draw(st.floats(-700, 700)), draw(st.floats(0, 700) | st.floats(0.1, 2)))


def accepted(scale, scores):
    return scores[scores > 0] if isinstance(scale, Cdf) else scores


def decisions(scores, threshold):
    return [Fraction(float(score)) >= Fraction(threshold) for score in scores]


@pytest.mark.parametrize("dtype", FLOATS)
@given(scale=scales(), more=st.lists(DOUBLES, max_size=5))
def test_of_arrays(dtype, scale, more):
    scores = np.concatenate([near(scale.threshold, dtype), np.array(more, np.float64)])
    limits = np.finfo(dtype)
    scores = np.sort(scores.clip(float(limits.min), float(limits.max)).astype(dtype))
    scores = accepted(scale, scores)
    before = scores.copy()
    values = scale(scores)
    assert scores.tobytes() == before.tobytes()
    assert values.dtype == dtype
    assert np.isfinite(values).all()
    reached = values >= dtype(scale.normalized_threshold)
    assert reached.tolist() == decisions(scores, scale.threshold)
    assert (np.diff(values) >= 0).all(), "a higher score never gets a lower value"
    low, high = scale.bounds
    assert ((values >= low) & (values <= high)).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@given(scale=scales())
@settings(max_examples=30)
def test_of_tensors(dtype, scale):
    torch = pytest.importorskip("torch")
    array = accepted(scale, near(scale.threshold, getattr(np, dtype)))
    scores = torch.from_numpy(array.copy())
    values = scale(scores)
    assert values.dtype == scores.dtype
    assert torch.equal(scores, torch.from_numpy(array))
    assert values.numpy().tobytes() == scale(array).tobytes()
    reached = (values >= scale.normalized_threshold).tolist()
    assert reached == decisions(array, scale.threshold)


def size_of_score(scale, value):
    """The logarithm to base 2 of the score at a place, regardless of its sign."""
    value = float(value)
    if isinstance(scale, Cdf):
        deviation = min(max(norm.ppf(value), -38.6), 8.3) if scale.std else 0.0
        return math.log2(scale.threshold) + deviation * scale.std / math.log(2.0)
    place, threshold = Fraction(value), Fraction(scale.threshold)
    if isinstance(scale, MinMax):
        width = Fraction(scale.high) - Fraction(scale.low)
        score = threshold + (place - Fraction(1, 2)) * width
    elif threshold:
        score = place / 100 * threshold if threshold > 0 else (2 - place / 100) * threshold
    else:
        score = place / 100 - 1
    exponent = max(abs(score.numerator).bit_length() - score.denominator.bit_length() - 53, -1100)
    return math.log2(abs(score) / Fraction(2) ** exponent) + exponent if score else -math.inf


def has_both_sides(threshold, dtype):
    """Whether a dtype has numbers on both sides of a threshold, also of the threshold rounded."""
    largest = Fraction(float(np.finfo(dtype).max))
    with np.errstate(over="ignore"):
        rounded = float(dtype(threshold))
    return Fraction(threshold) <= largest and max(threshold, rounded) > -largest


@pytest.mark.parametrize("dtype", FLOATS)
@given(scale=scales(), places=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_of_the_inverse(dtype, scale, places):
    low, high = scale.bounds
    at = near(scale.normalized_threshold, dtype)
    values = np.concatenate([at[(at >= low) & (at <= high)], np.array(places) * high])
    values = np.sort(values.astype(dtype))
    try:
        scores = scale.inverse(values)
    except InputError:
        limit = math.log2(float(np.finfo(dtype).max)) - 1e-3
        largest = max(size_of_score(scale, value) for value in values)
        assert largest > limit or not has_both_sides(scale.threshold, dtype)
        return
    assert scores.dtype == dtype
    assert np.isfinite(scores).all()
    reached = [bool(value >= scale.normalized_threshold) for value in values]
    assert decisions(scores, scale.threshold) == reached
    with np.errstate(over="ignore"):
        assert (scores >= scale.threshold).tolist() == reached, "as NumPy rounds the threshold"
    assert (np.diff(scores.astype(np.float64)) >= 0).all()


@pytest.mark.parametrize(
    ("scale", "value", "dtype"),
    [
        (DivideByThreshold(1e4), 1000, np.float16),
        (DivideByThreshold(1e5), 100, np.float16),
        (DivideByThreshold(1e5), 99, np.float16),
        (DivideByThreshold(-1e5), 50, np.float16),
        (DivideByThreshold(1e39), 100, np.float32),
        (MinMax(6e4, 0.0, 6e4), 1, np.float16),
        (Cdf(1.0, 0.0, 2.0), 1, np.float16),
    ],
)
def test_a_score_that_the_dtype_does_not_hold_is_refused(scale, value, dtype):
    name = np.dtype(dtype).name
    with pytest.raises(InputError, match=f"beyond the largest {name}, .*; pass the values as fl"):
        scale.inverse(np.array([value], dtype))
    assert np.isfinite(scale.inverse(np.array([value], np.float64))).all()


def test_a_score_that_nothing_holds_is_refused():
    with pytest.raises(InputError, match=r"beyond the largest float64, 1\.79769e\+308; there"):
        DivideByThreshold(1e308).inverse(1000.0)


@pytest.mark.parametrize("scale", [MinMax(0.3, 0.0, 1.0), DivideByThreshold(3.0), Cdf(2.0, 0, 0.7)])
def test_an_end_of_the_scale_is_reached_at_its_inverse(scale):
    ends = np.array(scale.bounds)
    scores = scale.inverse(ends)
    assert scale(scores).tolist() == ends.tolist()


@pytest.mark.parametrize("method", [MinMax, DivideByThreshold, Cdf])
def test_neighbours_by_the_thousand(method):
    """Consecutive numbers, where the rounding of the formula itself would show."""
    rng = np.random.default_rng(0)
    for threshold in rng.lognormal(size=20):
        if method is Cdf:
            scale = Cdf(threshold, 0.3, float(rng.uniform(0.05, 3)))
        else:
            scale = method.fit(rng.random(9) * 3, threshold)
        for centre in (threshold, threshold * rng.lognormal(0, 2)):
            scores = np.full(2001, centre) + np.arange(-1000, 1001) * np.spacing(centre)
            values = scale(scores)
            assert (np.diff(values) >= 0).all()
            assert ((values >= scale.normalized_threshold) == (scores >= threshold)).all()


def test_a_score_that_rounds_onto_the_threshold_is_told_apart():
    """0.5 and a little less are one number in float16."""
    scale = MinMax(0.1, 0.0, 100.0)
    below = np.float16(0.1)
    assert float(below) < 0.1
    scores = np.array([below, np.nextafter(below, np.float16(1))])
    assert (0.5 + (scores.astype(np.float64) - 0.1) / 100).astype(np.float16).tolist() == [0.5, 0.5]
    assert scale(scores).tolist() == [np.nextafter(np.float16(0.5), np.float16(0)), 0.5]
