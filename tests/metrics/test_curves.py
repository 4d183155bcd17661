"""ROC and PR curves against a point at every distinct score."""

import numpy as np
from hypothesis import assume, given
from sklearn import metrics as sklearn_metrics

import gonogo
from tests.oracles import curves, ranking
from tests.oracles.agreement import agrees, defined_or_warned, lies_on
from tests.oracles.strategies import labelled_scores


def applied(data, threshold):
    return ranking.confusion(data.scores.tolist(), data.labels != 0, threshold)


@given(data=labelled_scores())
def test_roc_curve(data):
    exact = curves.roc_curve(data.scores.tolist(), data.labels != 0)
    curve, warned = defined_or_warned(gonogo.roc_curve, data.scores, data.labels)
    assert warned == (exact is None)
    if exact is None:
        agrees(curve, None)
    else:
        lies_on(curve, exact)
        assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0.0, 0.0, 1.0, 1.0)
        assert (np.diff(curve.x) >= 0).all()
        assert (np.diff(curve.y) >= 0).all()


@given(data=labelled_scores())
def test_a_roc_point_is_what_its_threshold_gives(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    curve = gonogo.roc_curve(data.scores, data.labels)
    for x, y, threshold in zip(curve.x, curve.y, curve.thresholds.tolist(), strict=True):
        count = applied(data, threshold)
        assert (x, y) == (count.fp / (~labels).sum(), count.tp / labels.sum())
    assert (curve.thresholds[1:] < curve.thresholds[:-1]).all()


@given(data=labelled_scores(dtypes=(np.float16, np.float32)))
def test_roc_vertices_hold_those_of_scikit_learn(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    curve = gonogo.roc_curve(data.scores, data.labels)
    x, y, _ = sklearn_metrics.roc_curve(labels, data.scores.astype(float))
    lies_on(curve, [curves.Point(*point, 0) for point in zip(x, y, strict=True)])


@given(data=labelled_scores())
def test_the_roc_curve_has_no_point_for_scores_between(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    curve = gonogo.roc_curve(data.scores, data.labels)
    assert len(curve) <= 2 * len(np.unique(data.scores[labels])) + 2


@given(data=labelled_scores())
def test_pr_curve(data):
    exact = curves.pr_curve(data.scores.tolist(), data.labels != 0)
    curve, warned = defined_or_warned(gonogo.pr_curve, data.scores, data.labels)
    assert warned == (exact is None)
    if exact is None:
        agrees(curve, None)
        return
    assert (curve.x[0], curve.x[-1]) == (0.0, 1.0)
    assert (np.diff(curve.x) >= 0).all()
    points = {(float(point.x), float(point.y)) for point in exact}
    assert set(zip(curve.x.tolist(), curve.y.tolist(), strict=True)) <= points
    for score in set(data.scores[data.labels != 0].tolist()):
        here = next(point for point in exact if point.threshold == score)
        assert (float(here.x), float(here.y)) in zip(curve.x, curve.y, strict=True)


@given(data=labelled_scores())
def test_a_pr_point_is_what_its_threshold_gives(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    curve = gonogo.pr_curve(data.scores, data.labels)
    for x, y, threshold in zip(curve.x, curve.y, curve.thresholds.tolist(), strict=True):
        count = applied(data, threshold)
        flagged = count.tp + count.fp
        assert (x, y) == (count.tp / labels.sum(), count.tp / flagged if flagged else 1.0)


@given(data=labelled_scores())
def test_areas_of_the_curves_are_the_metrics(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    roc, pr = gonogo.roc_curve(data.scores, data.labels), gonogo.pr_curve(data.scores, data.labels)
    area = np.trapezoid(roc.y, roc.x)
    np.testing.assert_allclose(area, gonogo.auroc(data.scores, data.labels), rtol=1e-12, atol=1e-15)
    area = np.trapezoid(pr.y, pr.x)
    linear = gonogo.aupr(data.scores, data.labels, method="trapezoid")
    np.testing.assert_allclose(area, linear, rtol=1e-12, atol=1e-15)
