"""Keys, bins and resolutions against the slow way: in the order of the scores, and nested."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gonogo.grid import (
    KEY_BITS,
    NARROW_BITS,
    highest_score,
    keys_of,
    lowest_score,
    scores_of,
)
from gonogo.states.resolution import finest_bits
from tests.oracles import grid as slow
from tests.oracles.shapes import SHAPES

LARGEST = float(np.finfo(np.float64).max)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
CORNERS = [0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1.0, -1.0, LARGEST, -LARGEST]
SCORES = st.one_of(
    FINITE, st.sampled_from(CORNERS), st.floats(width=32, allow_nan=False, allow_infinity=False)
)
BITS = st.integers(1, KEY_BITS)


def drawn(shape, size=300):
    return SHAPES[shape](np.random.default_rng(7), size)


@given(scores=npst.arrays(np.float64, st.integers(0, 30), elements=SCORES))
def test_keys_and_scores_equal_the_slow_way(scores):
    keys = keys_of(scores)
    assert keys.tolist() == [slow.key_of(score) for score in scores.tolist()]
    assert scores_of(keys).tolist() == [slow.score_of(key) for key in keys.tolist()]
    assert np.array_equal(scores_of(keys), scores)


@given(one=SCORES, other=SCORES)
def test_keys_are_in_the_order_of_the_scores(one, other):
    left, right = keys_of(np.array([one, other])).tolist()
    assert (left < right, left == right) == (one < other, one == other)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.uint8, np.int16, np.uint16, np.int32])
def test_every_dtype_lies_on_the_same_grid(dtype):
    scores = np.arange(0 if np.dtype(dtype).kind == "u" else -120, 120)
    assert np.array_equal(keys_of(scores.astype(dtype)), keys_of(scores.astype(np.float64)))


def test_both_zeros_have_the_key_0():
    for dtype in (np.float16, np.float32, np.float64):
        assert keys_of(np.array([0.0, -0.0], dtype)).tolist() == [0, 0]


@given(score=SCORES, bits=BITS)
def test_a_bin_holds_what_lies_between_its_ends(score, bits):
    place = np.array([slow.bin_of(score, bits)])
    assert keys_of(np.array([score])) >> (KEY_BITS - bits) == place
    (low,), (high,) = lowest_score(place, bits).tolist(), highest_score(place, bits).tolist()
    assert low <= score <= high
    for end in (low, high):
        assert slow.bin_of(end, bits) == place[0]
    if low > -LARGEST:
        assert slow.bin_of(np.nextafter(low, -np.inf), bits) == place[0] - 1
    if high < LARGEST:
        assert slow.bin_of(np.nextafter(high, np.inf), bits) == place[0] + 1


@given(score=SCORES, bits=st.integers(2, KEY_BITS))
def test_one_bit_less_joins_bins_in_pairs(score, bits):
    assert slow.bin_of(score, bits) >> 1 == slow.bin_of(score, bits - 1)


@given(keys=st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=20), most=st.integers(1, 20))
def test_finest_bits_of_any_keys(keys, most):
    rising = np.array(sorted(keys), np.int64)
    assert finest_bits(rising, most) == slow.finest(keys, most)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("most", [1, 2, 7, 64])
def test_finest_bits_of_every_shape(shape, most):
    keys = np.sort(keys_of(drawn(shape)))
    assert finest_bits(keys, most) == slow.finest(keys.tolist(), most)
    assert finest_bits(np.unique(keys), most) == finest_bits(keys, most)


def test_narrow_bits_tell_all_float32_scores_apart():
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 1 << 32, 200_000, dtype=np.uint32)
    scores = np.unique(bits.view(np.float32))
    scores = scores[np.isfinite(scores)]
    keys = keys_of(scores)
    assert np.all(np.diff(keys >> (KEY_BITS - NARROW_BITS)) > 0)
    assert np.array_equal(lowest_score(keys >> (KEY_BITS - NARROW_BITS), NARROW_BITS), scores)
