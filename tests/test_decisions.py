"""``score >= threshold`` as real numbers, whatever the dtype of the scores."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.decisions import at_least, on_its_side, sides

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


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(threshold=THRESHOLDS)
def test_values_are_moved_to_their_side_and_no_further(dtype, threshold):
    with np.errstate(over="ignore"):
        at = np.array(threshold, dtype)
        near = [np.nextafter(at, dtype(-np.inf)), at, np.nextafter(at, dtype(np.inf)), dtype(0)]
    values = np.array(near, dtype)
    values = values[np.isfinite(values)]
    for side in (False, True):
        placed = on_its_side(values, np.full(values.shape, side), threshold)
        assert placed.dtype == dtype
        # Where the dtype has no number on that side, infinity stands for it.
        assert (placed.astype(np.float64) >= threshold).tolist() == [side] * len(values)
        missed, reached = sides(threshold, np.dtype(dtype))
        if np.isfinite([missed, reached]).all():  # also as NumPy rounds the threshold
            assert (placed >= threshold).tolist() == [side] * len(values)
        right = (values >= reached) if side else (values <= missed)
        assert placed[right].tolist() == values[right].tolist()
        assert set(placed[~right].tolist()) <= {float(reached if side else missed)}


@given(threshold=THRESHOLDS | st.floats(-4.0, 4.0))
def test_bfloat16_as_real_numbers(threshold):
    """Of both signs: those next to the threshold, on either side."""
    torch = pytest.importorskip("torch")
    with np.errstate(over="ignore"):
        bits = np.float32(threshold).view(np.uint32) & np.uint32(0xFFFF0000)
    near = (bits + np.array([0, 0x10000, 0x20000, 0]) - np.array([0, 0, 0, 0x10000])) % 2**32
    values = near.astype(np.uint32).view(np.float32)
    scores = torch.from_numpy(values[np.isfinite(values)]).bfloat16()
    expected = [Fraction(score) >= Fraction(threshold) for score in scores.tolist()]
    assert at_least(scores, threshold).tolist() == expected


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_bfloat16_threshold_is_rounded_towards_infinity(sign):
    torch = pytest.importorskip("torch")
    scores = torch.tensor([-1.0078125, -1.0, 1.0, 1.0078125], dtype=torch.bfloat16)
    expected = [False, True, True, True] if sign < 0 else [False, False, False, True]
    assert at_least(scores, sign * 1.001).tolist() == expected
