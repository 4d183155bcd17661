"""Intervals are used like the numbers they stand for, and never say more than they know."""

import copy
import dataclasses
import math
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.cli.exits import exit_code
from gonogo.errors import GonogoError, InputError
from gonogo.types import Bounded

WIDE = Bounded(0.5002, 0.5004)
SURE = Bounded(0.5, 0.5)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (WIDE, "", "0.5003±1e-04"),
        (WIDE, ".4f", "0.5003±1e-04"),
        (WIDE, ".2f", "0.50±4e-04"),
        (WIDE, ".1%", "50.0%±4e-02%"),
        (WIDE, "8.4f", "  0.5003±1e-04"),
        (WIDE, "*>8.4f", "**0.5003±1e-04"),
        (SURE, "", "0.5"),
        (SURE, ".4f", "0.5000"),
        (Bounded(0.50033, 0.500330012), "", "0.500330006±7e-09"),
        (Bounded(25400.0, 25420.0), ",.0f", "25,410±1e+01"),
        (Bounded(1.0, math.inf), ".3g", "inf±inf"),
    ],
)
def test_an_interval_is_printed_like_a_number_and_how_near_it_is(value, spec, text):
    assert format(value, spec) == text


def test_an_interval_is_printed_by_its_middle_and_shown_by_its_ends():
    assert str(WIDE) == f"{WIDE}" == "0.5003±1e-04"
    assert repr(WIDE) == "Bounded(low=0.5002, high=0.5004)"


@given(
    st.floats(-1e6, 1e6),
    st.floats(0.0, 1.0),
    st.sampled_from(["", ".0f", ".2f", ".4f", ".3g", ".17e"]),
)
def test_no_value_of_the_interval_is_farther_than_printed(low, width, spec):
    value = Bounded(low, low + width)
    number, _, near = format(value, spec).partition("±")
    room = float(near or 0.0) * (1.0 + 1e-8) + 1e-15 * abs(low)
    if value.low < value.high or not spec:
        assert float(number) - room <= value.low <= value.high <= float(number) + room


def test_an_interval_rounds_to_that_of_the_rounded_value():
    assert round(WIDE, 3) == Bounded(0.5, 0.5)
    assert round(WIDE, 4) == WIDE
    assert round(Bounded(0.4, 1.6)) == Bounded(0.0, 2.0)


def test_comparisons_that_the_interval_decides():
    assert WIDE < 0.6
    assert WIDE <= 0.5004
    assert WIDE >= 0.5002
    assert WIDE > 0
    assert not WIDE < 0.5002
    assert not WIDE > 0.5004
    assert WIDE < Bounded(0.6, 0.7) <= 0.7
    assert np.float32(0.6) > WIDE
    assert np.float64(0.6) > WIDE
    assert operator.lt(WIDE, np.float32(0.6))
    assert (np.array([0.0, 1.0]) > WIDE).tolist() == [False, True]
    assert SURE <= SURE
    assert not SURE < 0.5
    assert max([Bounded(0.1, 0.2), Bounded(0.3, 0.4)]).low == 0.3
    for sign in (operator.lt, operator.le, operator.gt, operator.ge):
        assert not sign(WIDE, math.nan)


@pytest.mark.parametrize(
    ("left", "sign", "right"),
    [
        (WIDE, operator.lt, 0.5003),
        (WIDE, operator.le, 0.5003),
        (WIDE, operator.gt, 0.5002),
        (WIDE, operator.ge, Bounded(0.5, 0.5003)),
        (np.float64(0.5003), operator.lt, WIDE),
        (WIDE, operator.le, WIDE),
    ],
)
def test_comparisons_that_the_interval_leaves_open_are_refused(left, sign, right):
    with pytest.raises(InputError, match=r"\[0.5002, 0.5004\] does not decide.*\.low or \.high"):
        sign(left, right)


def test_only_numbers_are_compared():
    with pytest.raises(TypeError):
        WIDE < "0.6"  # noqa: B015


def test_equality_hashing_and_copies():
    assert Bounded(0.5002, 0.5004) == WIDE
    assert len({WIDE, Bounded(0.5002, 0.5004), SURE}) == 2
    assert pickle.loads(pickle.dumps(WIDE)) == copy.deepcopy(WIDE) == WIDE
    assert SURE != 0.5
    assert float(WIDE) == WIDE.value


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0.5003, 0.2293),
        (math.nan, 1.0),
        (0.0, math.nan),
        (math.inf, -math.inf),
        (1.0, math.inf * 0),
    ],
)
def test_an_interval_without_a_value_is_a_defect_of_ours(low, high):
    """Never an InputError, which would blame the data."""
    for make in (
        lambda: Bounded(low, high),
        lambda: dataclasses.replace(Bounded(0.0, 0.0), low=low, high=high),
        lambda: pickle.loads(pickle.dumps(unchecked(low, high))),
        lambda: copy.copy(unchecked(low, high)),
    ):
        with pytest.raises(ValueError, match=f"from {low} to {high} contains no value") as caught:
            make()
        assert not isinstance(caught.value, GonogoError)
        assert exit_code(caught.value, debug=False) == 1


def unchecked(low, high):
    """An interval that went past its constructor."""
    value = Bounded(0.0, 0.0)
    object.__setattr__(value, "low", low)
    object.__setattr__(value, "high", high)
    return value


def test_intervals_at_their_limits():
    assert Bounded(1.0, 1.0).error == 0.0
    assert Bounded(-math.inf, math.inf).low == -math.inf
    assert math.isnan(Bounded(math.nan, math.nan).value)
    assert dataclasses.replace(WIDE, high=0.7) == Bounded(0.5002, 0.7)


def test_code_written_for_exact_numbers_takes_certified_ones():
    rng = np.random.default_rng(0)
    masks = rng.random((4, 64, 64)) < 0.05
    masks[2:] = False
    maps = rng.random((4, 64, 64)) + masks / 4
    for mode, budget in (("exact", None), ("certified", "1MiB")):
        area = gonogo.evaluate(maps, masks, mode=mode, budget=budget).pixel.auroc
        assert f"{area:.2f}".startswith(f"{float(area):.2f}")
        assert 0.5 < area < 0.99
        assert 0.5 < float(round(area, 2)) < 0.99
