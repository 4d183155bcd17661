"""Clopper-Pearson bounds: the definition by binomial tails, and coverage counted out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from gonogo.uncertainty import interval, lower_bound, upper_bound

CONFIDENCES = st.sampled_from([0.5, 0.8, 0.95, 0.99, 0.999])


@st.composite
def counts(draw):
    of = draw(st.integers(1, 400))
    return draw(st.integers(0, of)), of


@given(counts(), CONFIDENCES)
def test_at_a_bound_so_many_hits_are_as_unlikely_as_said(pair, confidence):
    count, of = pair
    low, high = lower_bound(count, of, confidence), upper_bound(count, of, confidence)
    if count > 0:
        assert binom.sf(count - 1, of, low) == pytest.approx(1 - confidence, rel=1e-9)
    if count < of:
        assert binom.cdf(count, of, high) == pytest.approx(1 - confidence, rel=1e-9)
    assert 0.0 <= low <= count / of <= high <= 1.0 or confidence == 0.5


@pytest.mark.parametrize("of", [1, 7, 40])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.97, 1.0])
def test_the_true_share_is_covered_at_least_so_often(of, share):
    chance = binom.pmf(range(of + 1), of, share)
    for bound, holds in (
        (upper_bound, lambda high: share <= high),
        (lower_bound, lambda low: share >= low),
    ):
        covered = sum(chance[count] for count in range(of + 1) if holds(bound(count, of, 0.9)))
        assert covered >= 0.9 - 1e-12
    ends = [interval(count, of, 0.9) for count in range(of + 1)]
    both = sum(chance[c] for c, (low, high) in enumerate(ends) if low <= share <= high)
    assert both >= 0.9 - 1e-12


def test_ends():
    assert lower_bound(0, 10, 0.95) == 0.0
    assert upper_bound(10, 10, 0.95) == 1.0
    assert interval(0, 0) == (0.0, 1.0)
    assert upper_bound(0, 299, 0.95) < 0.01 < upper_bound(0, 298, 0.95)


@given(counts(), CONFIDENCES)
def test_more_hits_never_lower_a_bound(pair, confidence):
    count, of = pair
    if count < of:
        assert lower_bound(count, of, confidence) <= lower_bound(count + 1, of, confidence)
        assert upper_bound(count, of, confidence) <= upper_bound(count + 1, of, confidence)
