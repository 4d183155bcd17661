"""Scores that many pixels share are found and counted exactly, whatever their dtype and sign."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from gonogo.grid import keys_of
from gonogo.states.ties import tied_scores
from tests.oracles.strategies import DTYPES


def too_many_ties(dtype, sign=1):
    """An image of 64 x 64 in which 3 and 5 are most of the pixels, and the rest differs."""
    scores = np.arange(64 * 64) % 97 + 20
    scores[:2048], scores[2048:2560] = 3, 5
    np.random.default_rng(0).shuffle(scores)
    return (scores.reshape(64, 64) * sign).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sign", [1, -1])
def test_scores_of_many_pixels_are_counted(dtype, sign):
    if sign < 0 and np.dtype(dtype).kind == "u":
        sign = 2
    scores = too_many_ties(dtype, sign)
    found = tied_scores(scores)
    values = np.sort(np.array([3.0, 5.0]) * sign)
    assert found.bins.tolist() == keys_of(values).tolist()
    assert found.columns.tolist() == [[int((scores == value).sum()) for value in values]]


def test_scores_that_differ_have_no_ties():
    assert tied_scores(np.arange(4096.0).reshape(64, 64)).bins.size == 0


def test_of_many_ties_the_most_frequent_are_kept():
    scores = np.repeat(np.arange(20.0), 64 * np.arange(1, 21))
    assert tied_scores(scores).bins.tolist() == keys_of(np.arange(12.0, 20.0)).tolist()


def test_float16_is_sorted_as_float32():
    """NumPy returns equal negative float16 scores out of order on some processors."""
    sort, unique = np.sort, np.unique

    def refusing(function):
        def call(array, *args, **options):
            assert np.asarray(array).dtype != np.float16
            return function(array, *args, **options)

        return call

    with mock.patch("numpy.sort", refusing(sort)), mock.patch("numpy.unique", refusing(unique)):
        found = tied_scores(too_many_ties(np.float16, -1))
    assert found.columns.tolist() == [[512, 2048]]
