"""The oracles against scikit-learn, against each other, and on cases done by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from sklearn import metrics as sklearn_metrics

from tests.oracles import curves, operating, ranking
from tests.oracles.regions import regions
from tests.oracles.strategies import FLOATS, labelled_scores, scored_images

MODERATE = (np.float16, np.float32)  # scikit-learn takes differences; those fit in float64


def test_regions_done_by_hand():
    mask = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert sorted(len(region) for region in regions(mask, 8)) == [1, 3]
    assert sorted(len(region) for region in regions(mask, 4)) == [1, 1, 1, 1]
    assert [len(region) for region in regions(np.ones((3, 2)))] == [6]
    assert regions(None) == regions(np.zeros((3, 2))) == []


def test_ranking_done_by_hand():
    scores, labels = [4, 3, 3, 2, 1], [True, False, True, False, True]
    assert ranking.auroc(scores, labels) == Fraction(2 * 2 + 1 + 2, 12)
    assert ranking.average_precision(scores, labels) == (1 + Fraction(2, 3) + Fraction(3, 5)) / 3
    best = ranking.f1_max(scores, labels)
    assert (best.value, best.threshold) == (Fraction(3, 4), 1)
    assert ranking.iou_max(scores, labels).value == Fraction(3, 5)


def test_the_lowest_of_equal_thresholds_is_best():
    scores, labels = [4, 3, 2, 1], [True, False, False, True]
    assert ranking.f1_max(scores, labels).threshold == 1
    assert ranking.f1_max(scores, labels).value == Fraction(2, 3)


def test_pro_done_by_hand():
    map_ = np.array([[9.0, 7.0, 1.0], [5.0, 8.0, 3.0]])
    mask = np.array([[1, 1, 0], [0, 0, 1]], bool)
    points = curves.pro_curve([map_], [mask], 4)
    assert [(p.x * 3, p.y * 4) for p in points] == [
        (0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 4), (3, 4)
    ]  # fmt: skip
    assert curves.aupro([map_], [mask], 1.0, 4) == Fraction(1 + 2 + 4, 12)
    assert curves.aupro([map_], [mask], 0.5, 4) == Fraction(2 * (2 * 1 + 2), 24)


@given(data=labelled_scores(dtypes=MODERATE))
def test_ranking_equals_scikit_learn(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    scores, wide = data.scores.tolist(), data.scores.astype(float)
    precision, recall, _ = sklearn_metrics.precision_recall_curve(labels, wide)
    assert float(ranking.auroc(scores, labels)) == pytest.approx(
        sklearn_metrics.roc_auc_score(labels, wide), rel=1e-12
    )
    assert float(ranking.average_precision(scores, labels)) == pytest.approx(
        sklearn_metrics.average_precision_score(labels, wide), rel=1e-12
    )
    assert float(curves.aupr_trapezoid(scores, labels)) == pytest.approx(
        sklearn_metrics.auc(recall, precision), rel=1e-12
    )
    assert float(curves.trapezoid(curves.roc_curve(scores, labels))) == pytest.approx(
        float(ranking.auroc(scores, labels)), rel=1e-12
    )


@given(data=labelled_scores(dtypes=MODERATE))
def test_rates_equal_scikit_learn(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    count = ranking.confusion(data.scores.tolist(), labels, data.scores[0].item())
    flagged = data.scores >= data.scores[0]
    rates = operating.rates(count)
    assert rates["f1"] == pytest.approx(sklearn_metrics.f1_score(labels, flagged), rel=1e-12)
    assert rates["iou"] == pytest.approx(sklearn_metrics.jaccard_score(labels, flagged), rel=1e-12)
    assert [[count.tn, count.fp], [count.fn, count.tp]] == (
        sklearn_metrics.confusion_matrix(labels, flagged).tolist()
    )


@given(images=scored_images(dtypes=FLOATS))
def test_both_forms_of_aupro_agree(images):
    for limit in (0.05, 0.3, 0.5, 1.0):
        for connectivity in (4, 8):
            by_curve = curves.aupro(images.maps, images.masks, limit, connectivity)
            assert by_curve == curves.aupro_by_ranks(images.maps, images.masks, limit, connectivity)
