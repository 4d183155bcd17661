"""Rates at a given threshold, and the best threshold under a promise."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from gonogo import metrics
from gonogo.states import vector_ranks
from tests.oracles import operating, ranking
from tests.oracles.agreement import agrees, defined_or_warned
from tests.oracles.strategies import labelled_scores

RATES = st.one_of(
    st.sampled_from((0.01, 0.05, 0.1, 0.3, 0.95, 0.99, 1.0)),
    st.builds(lambda n, d: min(n, d) / max(n, d), st.integers(1, 30), st.integers(1, 30)),
)


@given(data=labelled_scores(), rate=RATES)
def test_tpr_at_fpr(data, rate):
    exact = operating.tpr_at_fpr(data.scores.tolist(), data.labels != 0, rate)
    point, warned = defined_or_warned(gonogo.tpr_at_fpr, data.scores, data.labels, rate)
    agrees(point.value, exact)
    assert warned == (exact is None)


@given(data=labelled_scores(), rate=RATES)
def test_fpr_at_tpr(data, rate):
    exact = operating.fpr_at_tpr(data.scores.tolist(), data.labels != 0, rate)
    point, warned = defined_or_warned(gonogo.fpr_at_tpr, data.scores, data.labels, rate)
    agrees(point.value, exact)
    assert warned == (exact is None)


@given(data=labelled_scores(), rate=RATES)
def test_tnr_at_fnr(data, rate):
    exact = operating.tnr_at_fnr(data.scores.tolist(), data.labels != 0, rate)
    agrees(metrics.tnr_at_fnr(vector_ranks(data.scores, data.labels != 0), rate).value, exact)


@given(data=labelled_scores(), rate=RATES)
def test_precision_at_recall(data, rate):
    exact = operating.precision_at_recall(data.scores.tolist(), data.labels != 0, rate)
    point, warned = defined_or_warned(gonogo.precision_at_recall, data.scores, data.labels, rate)
    agrees(point.value, exact)
    assert warned == (exact is None)


@given(data=labelled_scores(), pick=st.integers(0, 29), shift=st.sampled_from((-0.5, 0, 0.5)))
def test_confusion(data, pick, shift):
    threshold = float(data.scores[pick % len(data.scores)]) + shift
    count = ranking.confusion(data.scores.tolist(), data.labels != 0, threshold)
    found, _ = defined_or_warned(gonogo.confusion, data.scores, data.labels, threshold)
    assert found.threshold == threshold
    assert (found.true_positives, found.false_positives) == (count.tp, count.fp)
    assert (found.false_negatives, found.true_negatives) == (count.fn, count.tn)
    for name, exact in operating.rates(count).items():
        agrees(getattr(found, name), exact)


@given(data=labelled_scores(dtypes=(np.float32,)), threshold=st.floats(-10, 10))
def test_a_threshold_between_two_float32_is_not_rounded_to_them(data, threshold):
    found, _ = defined_or_warned(gonogo.confusion, data.scores, data.labels, threshold)
    flagged = sum(score >= threshold for score in data.scores.tolist())
    assert found.true_positives + found.false_positives == flagged


def test_a_threshold_next_to_a_float32_score():
    above = np.nextafter(float(np.float32(0.1)), 1.0)
    count = gonogo.confusion(np.array([0.1, 0.2], np.float32), [1, 0], above)
    assert (count.true_positives, count.false_positives) == (0, 1)


def test_three_of_ten_keeps_a_rate_of_three_tenths():
    scores, labels = [*range(10), 7.5, 6.5], [0] * 10 + [1, 1]
    assert gonogo.tpr_at_fpr(scores, labels, 0.3) == gonogo.OperatingPoint(1.0, 6.5)
    assert gonogo.tpr_at_fpr(scores, labels, 0.299).value == 0.5


def test_nothing_may_be_flagged():
    point = gonogo.tpr_at_fpr([3.0, 2.0, 1.0], [0, 1, 1], 0.01)
    assert point == gonogo.OperatingPoint(0.0, math.inf)


@given(data=labelled_scores(), rate=RATES)
def test_a_threshold_applied_keeps_its_promise(data, rate):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())

    def applied(point):
        return ranking.confusion(data.scores.tolist(), labels, point.threshold)

    point = gonogo.tpr_at_fpr(data.scores, data.labels, rate)
    count = applied(point)
    assert operating.tpr(count) == point.value
    assert operating.fpr(count) <= rate
    point = gonogo.fpr_at_tpr(data.scores, data.labels, rate)
    count = applied(point)
    assert operating.fpr(count) == point.value
    assert operating.tpr(count) >= rate
    point = gonogo.precision_at_recall(data.scores, data.labels, rate)
    count = applied(point)
    assert count.tp / (count.tp + count.fp) == point.value
    assert operating.tpr(count) >= rate


@given(data=labelled_scores())
def test_the_best_f1_is_reached_by_its_threshold(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    best = gonogo.f1_max(data.scores, data.labels)
    count = ranking.confusion(data.scores.tolist(), labels, best.threshold)
    rates = operating.rates(count)
    assert (best.value, best.precision, best.recall) == (
        rates["f1"], rates["precision"], rates["recall"]
    )  # fmt: skip
    assert Fraction(2 * count.tp, 2 * count.tp + count.fp + count.fn) == (
        ranking.f1_max(data.scores.tolist(), labels).value
    )


@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan, math.inf, "much", None, True])
def test_a_rate_is_a_number_between_zero_and_one(rate):
    for metric in (gonogo.tpr_at_fpr, gonogo.fpr_at_tpr, gonogo.precision_at_recall):
        with pytest.raises(gonogo.InputError, match=r"expected a .*number"):
            metric([1.0, 0.0], [1, 0], rate)


def test_the_threshold_that_flags_nothing_may_be_applied():
    scores, labels = [3.0, 2.0, 1.0], [0, 1, 1]
    nothing = gonogo.tpr_at_fpr(scores, labels, 0.01).threshold
    with pytest.warns(gonogo.UndefinedMetricWarning, match="flagged"):
        count = gonogo.confusion(scores, labels, nothing)
    assert (count.true_positives, count.false_positives) == (0, 0)
    count = gonogo.confusion(scores, labels, -nothing)
    assert (count.true_positives, count.false_positives) == (2, 1)


@pytest.mark.parametrize("threshold", [math.nan, "high", None, 10**400, True])
def test_a_threshold_is_a_number(threshold):
    with pytest.raises(gonogo.InputError, match="threshold"):
        gonogo.confusion([1.0, 0.0], [1, 0], threshold)
