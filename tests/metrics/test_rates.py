"""A rate is a count divided by a total, rounded once, and compared with the rate that was asked."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.metrics.rates import reaching, within


@pytest.mark.parametrize("count", [7, 14, 28, 29, 55, 56, 57, 58])
def test_a_decimal_rate_is_kept_by_its_count(count):
    """29 of 100 is 0.29, though 0.29 * 100 is less than 29, and 0.07 * 100 more than 7."""
    rising = np.arange(101)
    assert within(rising, 100, count / 100) == count + 1
    assert reaching(rising, 100, count / 100) == count


@given(counts=st.lists(st.integers(0, 60), min_size=1), at=st.integers(0, 60))
def test_counts_on_the_rate_are_within_it_and_reach_it(counts, at):
    rising, total, rate = np.sort(counts), 60, at / 60
    exact = Fraction(at, 60)
    assert within(rising, total, rate) == sum(Fraction(int(n), total) <= exact for n in rising)
    assert reaching(rising, total, rate) == sum(Fraction(int(n), total) < exact for n in rising)


def test_points_at_decimal_rates():
    """29 of 100 normal scores, 29 of 100 anomalous ones, 7 of these."""
    normal, anomalous = np.arange(100.0), np.arange(100.0) + 0.5
    scores, labels = np.concatenate([normal, anomalous]), np.repeat([0, 1], 100)
    assert gonogo.tpr_at_fpr(scores, labels, 0.29).threshold == 70.5
    assert gonogo.fpr_at_tpr(scores, labels, 0.29).threshold == 71.5
    assert gonogo.precision_at_recall(scores, labels, 0.07).threshold == 93.5


@pytest.mark.parametrize("total", [2**53 + 2, 2**54 + 3])
def test_counts_that_float64_does_not_hold(total):
    """2**53 + 1 is rounded with its rate, once; float64 would have 2**53 in its place."""
    count = 2**53 + 1
    rate = float(Fraction(count, total))
    assert rate != float(count) / float(total)
    rising = np.array([0, count, count + 1])
    assert within(rising, total, np.nextafter(rate, 0.0)) == 1
    assert within(rising[:2], total, rate) == 2
    assert reaching(rising, total, rate) == 1
