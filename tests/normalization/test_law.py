"""``scale(x) >= scale.normalized_threshold`` exactly when ``x >= threshold``, to the last unit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo import Cdf, DivideByThreshold, MinMax
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


@pytest.mark.parametrize("dtype", FLOATS)
@given(scale=scales(), places=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_of_the_inverse(dtype, scale, places):
    low, high = scale.bounds
    at = near(scale.normalized_threshold, dtype)
    values = np.concatenate([at[(at >= low) & (at <= high)], np.array(places) * high])
    values = np.sort(values.astype(dtype))
    scores = scale.inverse(values)
    assert scores.dtype == dtype
    reached = [bool(value >= scale.normalized_threshold) for value in values]
    # Where a dtype has no number on that side of the threshold, infinity stands for it.
    sides = [float(score) >= scale.threshold for score in scores]
    assert sides == reached
    with np.errstate(over="ignore"):
        assert (np.diff(scores[np.isfinite(scores)]) >= 0).all()


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
