"""Of equally good thresholds the lowest, also where floating point would tell them apart."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo


def fbeta(beta):
    square = Fraction(beta) ** 2
    return lambda tp, fp, p, _: Fraction(
        (1 + square) * tp, (1 + square) * tp + square * (p - tp) + fp
    )


def cost(miss, false_alarm, prevalence=None):
    miss, false_alarm = Fraction(miss), Fraction(false_alarm)
    if prevalence is None:
        return lambda tp, fp, p, _: -(miss * (p - tp) + false_alarm * fp)
    share = Fraction(prevalence)
    return lambda tp, fp, p, n: (
        -(miss * share * Fraction(p - tp, p) + false_alarm * (1 - share) * Fraction(fp, n))
    )


MERITS = {
    "f1": fbeta("1"),
    "fbeta=2": fbeta("2"),
    "fbeta=1.1": fbeta("1.1"),
    "youden": lambda tp, fp, p, n: Fraction(tp, p) - Fraction(fp, n),
    "corner": lambda tp, fp, p, n: -(Fraction(fp, n) ** 2 + Fraction(p - tp, p) ** 2),
    "cost=10:1": cost("10", "1"),
    "cost=0.1:0.3": cost("0.1", "0.3"),
    "cost=3:1@0.25": cost("3", "1", "0.25"),
    "cost=1:1@0.3": cost("1", "1", "0.3"),
}
SAMPLES = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40)


@pytest.mark.parametrize("policy", MERITS)
@given(sample=SAMPLES)
def test_the_lowest_of_the_best(policy, sample):
    scores, labels = (np.array(column) for column in zip(*sample, strict=True))
    assume(0 < labels.sum() < len(labels))
    p, n = int(labels.sum()), int((~labels).sum())
    merits = {}
    for score in sorted(set(scores[labels].tolist())):
        tp, fp = int((scores[labels] >= score).sum()), int((scores[~labels] >= score).sum())
        merits[score] = MERITS[policy](tp, fp, p, n)
    best = max(merits.values())
    threshold = gonogo.fit_threshold(scores, labels, policy=policy)
    if policy.startswith("cost") and MERITS[policy](0, 0, p, n) > best:
        assert threshold.value > scores.max(), "flagging nothing is cheapest"
        return
    assert threshold.value == next(score for score, merit in merits.items() if merit == best)


def sample_of(counts):
    """Scores falling from 9: so many anomalous and normal ones at each."""
    scores = [9 - k for k, pair in enumerate(counts) for _ in range(sum(pair))]
    labels = [one for a, n in counts for one in [1] * a + [0] * n]
    return scores, labels


def test_a_corner_mirrored_at_the_diagonal_is_as_near():
    """(FPR, misses) of (0.1, 0.2) and (0.2, 0.1): 1 - 0.9 is not 0.1, and 1 - 0.8 not 0.2."""
    scores, labels = sample_of([(8, 1), (1, 1), (1, 8)])
    assert gonogo.fit_threshold(scores, labels, policy="corner").value == 8.0


def test_equal_costs_of_decimal_numbers():
    """Nine misses at 0.1 cost what six and a false alarm at 0.3 do; in float64 they cost less."""
    scores, labels = sample_of([(3, 0), (3, 1), (6, 4)])
    assert gonogo.fit_threshold(scores, labels, policy="cost=0.1:0.3").value == 8.0


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        ("fbeta=1e200", 1.0),
        ("fbeta=1e-200", 4.0),
        ("cost=1e300:1e-300", 1.0),
        ("cost=1e-300:1", 4.0),
    ],
)
def test_arguments_of_any_size(policy, value):
    assert gonogo.fit_threshold([1, 2, 3, 4], [1, 0, 0, 1], policy=policy).value == value


def test_corners_that_float64_tells_apart():
    """(4/6, 1/2) and (5/6, 0) are as far from the corner; in float64 the first is nearer."""
    scores, labels = sample_of([(1, 4), (1, 1), (0, 1)])
    assert gonogo.fit_threshold(scores, labels, policy="corner").value == 8.0


def test_f_betas_that_float64_tells_apart():
    """6 / (7 + 24.2) and 11 / (33 + 24.2) are 5/26 both; in float64 the first is larger."""
    scores, labels = sample_of([(6, 1), (5, 21), (9, 1000)])
    assert gonogo.fit_threshold(scores, labels, policy="fbeta=1.1").value == 8.0


@pytest.mark.parametrize("policy", ["recall>=0.3", "recall>=0.5"])
def test_recall_at_the_lowest_threshold_of_the_best_precision(policy):
    """One false alarm for each that is found, at 9 and at 8; at 7 two more."""
    scores, labels = sample_of([(2, 2), (1, 1), (1, 3)])
    assert gonogo.fit_threshold(scores, labels, policy=policy).value == 8.0
