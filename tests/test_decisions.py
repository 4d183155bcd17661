"""``score >= threshold`` as real numbers, whatever the dtype of the scores."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.decisions import at_least

THRESHOLDS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0.0, -0.0, 0.1, 255.0, 255.5, -1e-320, 65504.0, 65505.0]
)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8, np.int16])
@given(threshold=THRESHOLDS)
def test_as_real_numbers(dtype, threshold):
    near = np.array([threshold, threshold / 2, threshold * 2]).clip(-60000, 60000)
    if np.dtype(dtype).kind != "f":
        near = near.clip(np.iinfo(dtype).min, np.iinfo(dtype).max)
    scores = np.concatenate([near, [0.0, 1.0, 3.0, 127.0]]).astype(dtype)
    expected = [Fraction(float(score)) >= Fraction(threshold) for score in scores]
    assert at_least(scores, threshold).tolist() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, bool])
def test_infinite_thresholds(dtype):
    scores = np.array([0, 1]).astype(dtype)
    assert not at_least(scores, np.inf).any()
    assert at_least(scores, -np.inf).all()
