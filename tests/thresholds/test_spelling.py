"""One spelling of every policy, and the nearest right one for any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.thresholds import POLICIES, parse_policy


@pytest.mark.parametrize("policy", POLICIES)
def test_the_example_is_the_spelling(policy):
    found = parse_policy(policy.example)
    assert type(found) is policy
    assert found.text == policy.example


def test_every_policy_of_the_documents_is_there():
    names = (
        "manual=0.5 f1 fbeta=2 youden corner recall>=1 precision>=0.9 fpr<=0.01 conformal=0.05 "
        "quantile=0.995 max sigma=3 mad=3 cost=10:1"
    )
    assert [policy.example for policy in POLICIES] == names.split()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_digit_of_a_number_survives(value):
    text = parse_policy(f"manual={value!r}").text
    assert parse_policy(text).args == {"value": value}


@pytest.mark.parametrize(
    ("written", "text", "args"),
    [
        (" FPR <= 1e-2 ", "fpr<=0.01", {"limit": 0.01}),
        ("recall≥.95", "recall>=0.95", {"least": 0.95}),
        ("Max", "max", {}),
        ("cost=2.5:1", "cost=2.5:1", {"miss": 2.5, "false_alarm": 1.0}),
        ("cost=10:1@0.02", "cost=10:1@0.02", {"miss": 10, "false_alarm": 1, "prevalence": 0.02}),
    ],
)
def test_ways_to_write_it(written, text, args):
    policy = parse_policy(written)
    assert policy.text == text
    assert policy.args == args
    assert parse_policy(policy.text) == policy


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("fpr=0.01", "fpr<=0.01"),
        ("fpr<0.02", "fpr<=0.02"),
        ("recall=0.9", "recall>=0.9"),
        ("recal>=0.9", "recall>=1"),
        ("quantile", "quantile=0.995"),
        ("quantil=0.9", "quantile=0.995"),
        ("f1=2", "f1"),
        ("max=1", "max"),
        ("yuden", "youden"),
        ("f2", "f1"),
        ("sigma:2.5", "sigma=2.5"),
    ],
)
def test_the_nearest_right_one(written, meant):
    with pytest.raises(gonogo.InputError) as error:
        parse_policy(written)
    assert f"did you mean {meant}?" in str(error.value)


@pytest.mark.parametrize("written", [2.5, "2.5", np.float32(2.5), " 2.5 "], ids=repr)
def test_a_number_alone_is_that_threshold(written):
    assert parse_policy(written) == parse_policy("manual=2.5")
    assert gonogo.fit_threshold([1.0, 3.0], [0, 1], policy=written).value == 2.5


@pytest.mark.parametrize(
    ("written", "meant"),
    [("recall", "recall>=1"), ("precision", "precision>=0.9"), (" FPR", "fpr<=0.01")],
)
def test_what_a_shell_cut_off(written, meant):
    """``--policy recall>=1`` without quotes writes a file ``=1`` and passes ``recall``."""
    with pytest.raises(gonogo.InputError) as error:
        parse_policy(written)
    assert f'--policy "{meant}"' in str(error.value)


@pytest.mark.parametrize("written", ["", "!", "xyzzy", True, None, "nan", [1]])
def test_anything_else_lists_them_all(written):
    with pytest.raises(gonogo.InputError) as error:
        parse_policy(written)
    assert "did you mean" not in str(error.value)
    assert "expected one of manual=0.5, f1, " in str(error.value)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("fpr<=1.5", r"policy fpr: found '1.5'; expected a number in \[0, 1\]"),
        ("recall>=0", r"policy recall: found '0'; expected a number in \(0, 1\]"),
        ("conformal=1", r"policy conformal: found '1'; expected a number in \(0, 1\)"),
        ("sigma=-1", "policy sigma: found -1; expected a number of at least 0"),
        ("fbeta=0", "policy fbeta: found 0; expected a number above 0"),
        ("manual=high", "policy manual: found 'high'; expected a finite number"),
        ("manual=nan", "policy manual: found 'nan'"),
        ("cost=10", "policy cost: found '10'; expected <cost of a miss>:<cost of a false alarm>"),
        ("cost=10:0", "policy cost: found 0"),
        ("cost=10:1@2", "policy cost, prevalence: found '2'"),
    ],
)
def test_arguments_out_of_range(written, message):
    with pytest.raises(gonogo.InputError, match=message):
        parse_policy(written)
