"""Every policy keeps its promise on the data it was fitted on, whatever the scores."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from gonogo.thresholds import POLICIES, parse_policy
from gonogo.uncertainty import lower_bound, upper_bound
from tests.oracles.strategies import labelled_scores

SHARES = st.sampled_from([0.01, 0.05, 0.1, 0.29, 0.3, 1 / 3, 0.5, 0.9, 0.99])


@st.composite
def both_classes(draw):
    """Scores and labels with at least one of each class, below the largest float64."""
    data = draw(labelled_scores())
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    assume(np.abs(data.scores.astype(np.float64)).max() < np.finfo(np.float64).max)
    return data.scores, labels


def counted(scores, labels, threshold):
    """False alarms, normals, hits and anomalies by comparing real numbers one by one."""
    flagged = [Fraction(float(score)) >= Fraction(threshold.value) for score in scores]
    alarms = sum(f and not a for f, a in zip(flagged, labels, strict=True))
    hits = sum(bool(f and a) for f, a in zip(flagged, labels, strict=True))
    return alarms, int((~labels).sum()), hits, int(labels.sum())


def fitted(data, policy, **options):
    """The threshold, whose reported rates have been counted once more."""
    scores, labels = data
    threshold = gonogo.fit_threshold(scores, labels, policy=policy, **options)
    alarms, normals, hits, anomalies = counted(scores, labels, threshold)
    achieved = threshold.achieved
    assert (achieved.fpr.count, achieved.fpr.of) == (alarms, normals)
    assert (achieved.recall.count, achieved.recall.of) == (hits, anomalies)
    assert (achieved.precision.count, achieved.precision.of) == (hits, hits + alarms)
    decided = threshold.decide(scores)
    assert (int((decided & ~labels).sum()), int((decided & labels).sum())) == (alarms, hits)
    return threshold


def tried(data):
    """Rates (FPR, recall, hits, alarms) at every threshold that decides differently."""
    scores, labels = data
    values = [float(score) for score in scores]
    for cut in [*sorted(set(values)), math.inf]:
        flagged = np.array([value >= cut for value in values])
        alarms, hits = int((flagged & ~labels).sum()), int((flagged & labels).sum())
        yield alarms / int((~labels).sum()), hits / int(labels.sum()), hits, alarms


@given(both_classes(), st.floats(-1e6, 1e6))
def test_manual_is_the_number(data, value):
    assert fitted(data, f"manual={value!r}").value == value


@given(both_classes())
def test_f1_is_that_of_the_metric(data):
    threshold = fitted(data, "f1")
    assert threshold.value == gonogo.f1_max(*data).threshold
    assert threshold.value == fitted(data, "fbeta=1").value


@given(both_classes(), st.sampled_from([0.5, 2.0, 3.0]))
def test_f_beta_is_the_highest(data, beta):
    achieved = fitted(data, f"fbeta={beta}").achieved
    misses = achieved.recall.of - achieved.recall.count

    def f(hits, alarms, misses):
        return (1 + beta**2) * hits / ((1 + beta**2) * hits + beta**2 * misses + alarms)

    best = max(f(hits, alarms, achieved.recall.of - hits) for _, _, hits, alarms in tried(data))
    found = f(achieved.recall.count, achieved.fpr.count, misses)
    assert found == pytest.approx(best, rel=1e-12)


@given(both_classes())
def test_youden_is_the_highest(data):
    achieved = fitted(data, "youden").achieved
    best = max(recall - fpr for fpr, recall, _, _ in tried(data))
    assert achieved.recall.value - achieved.fpr.value == pytest.approx(best, abs=1e-12)


@given(both_classes())
def test_corner_is_the_nearest(data):
    achieved = fitted(data, "corner").achieved
    nearest = min(math.hypot(fpr, 1 - recall) for fpr, recall, _, _ in tried(data))
    found = math.hypot(achieved.fpr.value, 1 - achieved.recall.value)
    assert found == pytest.approx(nearest, abs=1e-12)


@given(both_classes(), SHARES | st.just(1.0))
def test_recall_at_the_best_precision(data, least):
    threshold = fitted(data, f"recall>={least!r}")
    assert threshold.achieved.recall.value >= least
    best = gonogo.precision_at_recall(*data, least)
    assert threshold.achieved.precision.value == best.value
    assert threshold.value == best.threshold


@given(both_classes(), SHARES, st.sampled_from([0.8, 0.95]))
def test_recall_with_confidence(data, least, confidence):
    anomalies = int(data[1].sum())
    if lower_bound(anomalies, anomalies, confidence) < least:
        with pytest.raises(gonogo.InputError, match=f"found {anomalies} anomalous scores"):
            fitted(data, f"recall>={least!r}", confidence=confidence)
        return
    recall = fitted(data, f"recall>={least!r}", confidence=confidence).achieved.recall
    assert lower_bound(recall.count, recall.of, confidence) >= least


@given(both_classes(), SHARES | st.just(1.0))
def test_precision_at_the_highest_recall(data, least):
    fitting = [recall for _, recall, hits, alarms in tried(data) if precise(hits, alarms, least)]
    if not fitting:
        with pytest.raises(gonogo.InputError, match="the best precision is"):
            fitted(data, f"precision>={least!r}")
        return
    achieved = fitted(data, f"precision>={least!r}").achieved
    assert achieved.precision.value >= least
    assert achieved.recall.value == max(fitting)


def precise(hits, alarms, least):
    return hits + alarms > 0 and hits / (hits + alarms) >= least


@given(both_classes(), SHARES, st.sampled_from([0.5, 0.9]))
def test_precision_with_confidence(data, least, confidence):
    try:
        threshold = fitted(data, f"precision>={least!r}", confidence=confidence)
    except gonogo.InputError:
        return  # test_guarantees counts how often it can be promised
    precision = threshold.achieved.precision
    assert lower_bound(precision.count, precision.of, confidence) >= least


@given(both_classes(), SHARES | st.sampled_from([0.0, 1.0]))
def test_false_alarms_and_not_one_score_lower(data, limit):
    threshold = fitted(data, f"fpr<={limit!r}")
    assert threshold.achieved.fpr.value <= limit
    assert_lowest(data, threshold, lambda alarms, normals: alarms / normals <= limit)


@given(both_classes(), SHARES, st.sampled_from([0.5, 0.95]))
def test_false_alarms_with_confidence(data, limit, confidence):
    normals = int((~data[1]).sum())
    if upper_bound(0, normals, confidence) > limit:
        with pytest.raises(gonogo.InputError, match=f"found {normals} normal scores"):
            fitted(data, f"fpr<={limit!r}", confidence=confidence)
        return
    threshold = fitted(data, f"fpr<={limit!r}", confidence=confidence)

    def allowed(alarms, normals):
        return upper_bound(alarms, normals, confidence) <= limit

    assert allowed(threshold.achieved.fpr.count, normals)
    assert_lowest(data, threshold, allowed)


@given(both_classes(), SHARES)
def test_quantile(data, below):
    threshold = fitted(data, f"quantile={below!r}")
    fpr = threshold.achieved.fpr
    assert (fpr.of - fpr.count) / fpr.of >= below
    assert_lowest(data, threshold, lambda alarms, normals: (normals - alarms) / normals >= below)


@given(both_classes())
def test_max_flags_no_normal_score_and_anything_above(data):
    threshold = fitted(data, "max")
    assert threshold.achieved.fpr.count == 0
    scores, labels = data
    above = scores[labels].astype(np.float64) > scores[~labels].astype(np.float64).max()
    assert threshold.achieved.recall.count == int(above.sum())


@given(both_classes(), SHARES)
def test_conformal(data, limit):
    normals = np.sort(data[0][~data[1]].astype(np.float64))
    above = max(m for m in range(normals.size + 1) if m / (normals.size + 1) <= limit)
    if above == 0:
        with pytest.raises(gonogo.InputError, match="would do"):
            fitted(data, f"conformal={limit!r}")
        return
    threshold = fitted(data, f"conformal={limit!r}")
    spared = normals[normals.size - above]
    assert threshold.achieved.fpr.count == int((normals > spared).sum()) <= above - 1
    assert threshold.value > spared
    assert not ((normals > spared) & (normals < threshold.value)).any()


@given(both_classes(), st.sampled_from([(1.0, 1.0), (10.0, 1.0), (1.0, 7.5)]), st.booleans())
def test_cost_is_the_lowest(data, costs, weighted):
    miss, alarm = costs
    at = "@0.02" if weighted else ""
    achieved = fitted(data, f"cost={miss}:{alarm}{at}").achieved

    def cost(fpr, recall):
        prevalence = 0.02 if weighted else float(data[1].mean())
        return prevalence * miss * (1 - recall) + (1 - prevalence) * alarm * fpr

    lowest = min(cost(fpr, recall) for fpr, recall, _, _ in tried(data))
    assert cost(achieved.fpr.value, achieved.recall.value) == pytest.approx(lowest, abs=1e-12)


@pytest.mark.parametrize(("policy", "centre"), [("sigma=2", "mean"), ("mad=2", "median")])
@given(scores=st.lists(st.integers(-1000, 1000), min_size=1, max_size=30))
def test_spread_is_what_the_name_says(policy, centre, scores):
    normal = np.array(scores, np.float64)
    spread = {
        "mean": normal.std(),
        "median": np.median(np.abs(normal - np.median(normal))),
    }[centre]
    middle = getattr(np, centre)(normal)
    threshold = gonogo.fit_threshold(normal, policy=policy)
    assert threshold.value == pytest.approx(middle + 2 * spread, rel=1e-12, abs=1e-9)
    if spread == 0.0:
        assert not threshold.decide([middle]).any()


@given(st.sampled_from([p.example for p in POLICIES if p is not POLICIES[0]]), both_classes())
def test_midpoint_changes_no_decision(policy, data):
    try:
        on_score = fitted(data, policy)
    except gonogo.InputError:
        return
    between = fitted(data, policy, midpoint=True)
    assert between.achieved == on_score.achieved
    values = sorted({float(score) for score in data[0]})
    below = [value for value in values if value < on_score.value]
    reached = [value for value in values if value >= on_score.value]
    if below and reached:
        middle = below[-1] / 2 + reached[0] / 2
        assert between.value in (middle, reached[0])
    else:
        assert between.value == on_score.value


@given(both_classes(), st.sampled_from([p.example for p in POLICIES]))
def test_duplicated_data_keep_the_threshold(data, policy):
    scores, labels = data
    if policy.startswith(("conformal", "sigma")):
        return
    try:
        once = gonogo.fit_threshold(scores, labels, policy=policy)
    except gonogo.InputError:
        return
    twice = gonogo.fit_threshold(np.tile(scores, 2), np.tile(labels, 2), policy=policy)
    assert twice.value == once.value


@pytest.mark.parametrize("policy", [policy.example for policy in POLICIES])
def test_awkward_data(policy):
    """All equal, one of each, zero, and below zero."""
    if policy in ("conformal=0.05", "precision>=0.9"):
        policy = policy.replace("0.05", "0.5").replace("0.9", "0.5")
    labels = [0, 1]
    for scores in ([0.0, 0.0], [-0.0, 0.0], [-2.5, -2.5], [0.0, 3.0], [-3.0, 0.0], [-3.0, -2.0]):
        threshold = gonogo.fit_threshold(scores, labels, policy=policy)
        assert math.isfinite(threshold.value)
        assert threshold.achieved.fpr.of == threshold.achieved.recall.of == 1
        kept = parse_policy(threshold.policy)
        assert kept.text == policy
    only_above_zero = gonogo.fit_threshold([-3.0, 0.0], labels, policy=policy)
    if policy in ("f1", "fbeta=2", "youden", "corner", "recall>=1"):
        assert only_above_zero.value == 0.0
        assert only_above_zero.decide([0.0, -0.0, -1e-300]).tolist() == [True, True, False]


def test_a_single_normal_score():
    for policy in ("fpr<=0.01", "quantile=0.995", "max", "sigma=3", "mad=3"):
        threshold = gonogo.fit_threshold([-1.5], policy=policy)
        assert threshold.value == np.nextafter(-1.5, np.inf)
        assert threshold.achieved.fpr.count == 0
    assert gonogo.fit_threshold([-1.5], policy="quantile=0").value == -1.5


def test_extreme_scores():
    largest = float(np.finfo(np.float64).max)
    with pytest.raises(gonogo.InputError, match="beyond the largest float64"):
        gonogo.fit_threshold([0.0, largest], policy="max")
    with pytest.raises(gonogo.InputError, match="beyond the largest float64"):
        gonogo.fit_threshold([-largest, largest], policy="sigma=3")
    assert gonogo.fit_threshold([-largest, largest], policy="sigma=1").value == largest
    single = np.array([np.finfo(np.float32).max], np.float32)
    assert gonogo.fit_threshold(single, policy="max").decide(single).tolist() == [False]


def test_no_anomalies_names_the_policies_that_need_none():
    for policy in ("f1", "recall>=0.9", "precision>=0.9", "cost=1:1", "youden", "corner"):
        with pytest.raises(gonogo.InputError, match=r"needs anomalous scores, found none among 3"):
            gonogo.fit_threshold([1, 2, 3], policy=policy)
    with pytest.raises(gonogo.InputError, match=r"fpr<=0.01, conformal=0.05, quantile=0.995, max,"):
        gonogo.fit_threshold([1, 2, 3], [0, 0, 0], policy="f1")
    with pytest.raises(gonogo.InputError, match="needs normal scores, found none among 2"):
        gonogo.fit_threshold([1, 2], [1, 1], policy="fpr<=0.5")
    assert gonogo.fit_threshold([1, 2], [1, 1], policy="manual=2").achieved.recall.value == 0.5


@pytest.mark.parametrize(
    ("policy", "scores", "message"),
    [
        ("fpr<=0.01", 298, "298 normal scores, with which no threshold can promise it; 299 would"),
        ("fpr<=0", 298, "no number of samples can promise that there is never a false alarm"),
    ],
)
def test_too_few_normals_say_how_many(policy, scores, message):
    with pytest.raises(gonogo.InputError, match=message):
        gonogo.fit_threshold(range(scores), policy=policy, confidence=0.95)


@pytest.mark.parametrize("policy", ["fpr<=1e-300", "conformal=1e-300"])
def test_a_number_beyond_all_counting_is_not_named(policy):
    options = {"confidence": 0.9} if policy.startswith("fpr") else {}
    with pytest.raises(gonogo.InputError, match="more than 9007199254740992 would do"):
        gonogo.fit_threshold([1, 2], policy=policy, **options)


def test_the_number_that_would_do_does():
    assert gonogo.fit_threshold(range(299), policy="fpr<=0.01", confidence=0.95).value > 298
    with pytest.raises(gonogo.InputError, match=r"found 18 normal scores, .* 19 would do"):
        gonogo.fit_threshold(range(18), policy="conformal=0.05")
    assert gonogo.fit_threshold(range(19), policy="conformal=0.05").value > 18
    labels = [0] + [1] * 58
    with pytest.raises(gonogo.InputError, match=r"found 58 anomalous scores, .*; 59 would do"):
        gonogo.fit_threshold(range(59), labels, policy="recall>=0.95", confidence=0.95)
    labels = [0] + [1] * 59
    assert (
        gonogo.fit_threshold(range(60), labels, policy="recall>=0.95", confidence=0.95).value == 1
    )
    for policy, what in (("recall>=1", "nothing is ever missed"), ("precision>=1", "ever false")):
        with pytest.raises(gonogo.InputError, match=what):
            gonogo.fit_threshold(range(60), labels, policy=policy, confidence=0.95)
    with pytest.raises(gonogo.InputError, match="takes at least 299 flagged scores"):
        gonogo.fit_threshold(range(60), labels, policy="precision>=0.99", confidence=0.95)


def test_precision_with_confidence_lets_nearly_all_through_where_it_may():
    labels = np.arange(1000) >= 500
    threshold = gonogo.fit_threshold(range(1000), labels, policy="precision>=0.9", confidence=0.95)
    assert threshold.achieved.precision.value == 1.0
    assert threshold.achieved.recall.value > 0.7
    everything = gonogo.fit_threshold(range(1000), labels, policy="precision>=0.4", confidence=0.95)
    assert everything.value == 0.0


def test_options_that_do_not_fit_the_policy():
    with pytest.raises(
        gonogo.InputError, match=r"no use for it; .* recall>=1, precision>=0.9, fpr"
    ):
        gonogo.fit_threshold([1, 2], policy="max", confidence=0.95)
    with pytest.raises(gonogo.InputError, match="midpoint: the policy manual=1 names"):
        gonogo.fit_threshold([1, 2], policy="manual=1", midpoint=True)
    with pytest.raises(gonogo.InputError, match="holds just above a score"):
        gonogo.fit_threshold([1, 2], [0, 1], policy="precision>=0.5", confidence=0.5, midpoint=True)
    for confidence in (0.0, 1.0, 95, "much", math.nan):
        with pytest.raises(gonogo.InputError, match="confidence: found"):
            gonogo.fit_threshold([1, 2], policy="fpr<=0.1", confidence=confidence)
    with pytest.raises(gonogo.InputError, match="level: found 'pixels'"):
        gonogo.fit_threshold([1, 2], policy="max", level="pixels")


def assert_lowest(data, threshold, allowed):
    """The next lower normal score would flag too many; above all of them lies no score."""
    normal = sorted({float(score) for score in data[0][~data[1]]})
    below = [value for value in normal if value < threshold.value]
    if below:
        assert not allowed(int((data[0][~data[1]] >= below[-1]).sum()), int((~data[1]).sum()))
    assert threshold.value in normal or not [v for v in normal if v >= threshold.value]
