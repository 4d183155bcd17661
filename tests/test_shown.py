"""What a table prints of an interval is certain: without a ± all of its digits are."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.shown import NEARNESS, legend, shown, shown_threshold, shown_within
from gonogo.types import Bounded


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.5, 0.5, "0.5000"),
        (0.55561, 0.55564, "0.5556"),
        (0.05564, 0.05568, "0.0557±6e-05"),
        (0.5002, 0.5004, "0.5003±1e-04"),
        (0.52, 0.534, "0.527±7e-03"),
        (0.1, 0.9, "0.5±4e-01"),
        (math.nan, math.nan, "-"),
    ],
)
def test_intervals_in_tables(low, high, text):
    assert shown(Bounded(low, high)) == text


UNIT = st.floats(0.0, 1.0)


@given(UNIT, UNIT | st.floats(0.0, 1e-4), UNIT)
def test_every_value_of_an_interval_prints_alike_or_is_as_near_as_is_said(low, width, share):
    high = min(1.0, low + width)
    exact = min(high, low + share * (high - low))
    number, _, near = shown(Bounded(low, high)).partition("±")
    if near:
        assert abs(float(number) - exact) <= float(near) * (1.0 + 1e-8)
    else:
        assert number == f"{exact:.4f}"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.5, 0.5, "0.5"),
        (0.1234561, 0.1234563, "0.123456"),
        (0.5231, 0.5275, "0.525±3e-03"),
        (-20.0, 20.0, "0±2e+01"),
        (1.0, math.inf, "inf±inf"),
    ],
)
def test_thresholds_that_are_intervals(low, high, text):
    assert shown_threshold(Bounded(low, high)) == text


def test_a_threshold_that_keeps_a_promise_is_an_end_rounded_to_its_side():
    score = Bounded(0.12345649, 0.98765432)
    assert shown_within(score, "low") == "0.123456"
    assert shown_within(score, "high") == "0.987655"
    assert shown_within(Bounded(-0.12345649, 1.0), "low") == "-0.123457"
    assert shown_within(Bounded(1.0, math.inf), "high") == "inf"
    assert shown_within(0.98765432, "high") == "0.98765432"
    assert shown_within(0.98765432, "high", 0.9876) == "0.98765"


@pytest.mark.parametrize(
    ("score", "lower", "text"),
    [
        (3.1083483695983887, 3.10834, "3.108348"),
        (3.1083483695983887, 2.0, "3.108"),
        (3.1083483695983887, None, "3.1083483695983887"),
        (-0.12345678, -0.2, "-0.1235"),
        (0.3, 0.1, "0.3"),
        (3.0, 2.0, "3"),
        (-0.0, -1.0, "0"),
        (5e-324, 0.0, "5e-324"),
        (1.7976931348623157e308, 1e308, "1.797e+308"),
        (-1.7976931348623157e308, None, "-1.7976931348623157e+308"),
        (math.inf, 1.0, "inf"),
        (math.nan, None, "-"),
    ],
)
def test_a_threshold_in_the_fewest_digits_that_decide_as_it_does(score, lower, text):
    assert shown_threshold(score, lower) == text
    assert shown_threshold(Bounded(score, score), lower) == text


@given(st.floats(allow_nan=False, allow_infinity=False, max_value=1e300, min_value=-1e300))
def test_no_rounding_breaks_a_promise(score):
    low, high = (shown_within(Bounded(score, score), end) for end in ("low", "high"))
    assert Fraction(float(low)) <= Fraction(score) <= Fraction(float(high))


def test_a_legend_where_it_is_needed():
    assert legend(["0.5003±1e-04", "1"]) == [NEARNESS]
    assert legend(["0.5003", "-"]) == []
