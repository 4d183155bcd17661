"""What the data does not determine is nan with a reason and a warning; never 0, 0.5 or 1."""

import copy
import math
import pickle

import numpy as np
import pytest

import gonogo

SCORES = np.array([[0.5, 1.0], [0.0, 2.0]])
NORMAL = np.zeros((2, 2), bool)
ANOMALOUS = np.ones((2, 2), bool)

ONE_CLASS = {"no anomalous pixel": NORMAL, "no normal pixel": ANOMALOUS}
NUMBERS = {
    "auroc": gonogo.auroc,
    "average_precision": gonogo.average_precision,
    "aupr": gonogo.aupr,
    "iou_max": gonogo.iou_max,
    "aupro": gonogo.aupro,
    "f1_max": lambda maps, masks: gonogo.f1_max(maps, masks).value,
    "tpr_at_fpr": lambda maps, masks: gonogo.tpr_at_fpr(maps, masks, 0.1).value,
    "fpr_at_tpr": lambda maps, masks: gonogo.fpr_at_tpr(maps, masks, 0.9).value,
    "precision_at_recall": lambda maps, masks: gonogo.precision_at_recall(maps, masks, 0.9).value,
}


@pytest.mark.parametrize("mask", ONE_CLASS.values(), ids=ONE_CLASS)
@pytest.mark.parametrize("metric", NUMBERS.values(), ids=NUMBERS)
def test_one_class_alone_has_no_metric(metric, mask):
    with pytest.warns(gonogo.UndefinedMetricWarning) as caught:
        value = metric(SCORES, mask)
    assert len(caught) == 1
    assert math.isnan(value)
    assert value.reason
    assert value.reason in str(caught[0].message)


@pytest.mark.parametrize("mask", ONE_CLASS.values(), ids=ONE_CLASS)
@pytest.mark.parametrize("metric", [gonogo.roc_curve, gonogo.pr_curve, gonogo.pro_curve])
def test_one_class_alone_has_no_curve(metric, mask):
    with pytest.warns(gonogo.UndefinedMetricWarning) as caught:
        curve = metric(SCORES, mask)
    assert len(caught) == 1
    assert (len(curve.x), len(curve.y), len(curve.thresholds)) == (0, 0, 0)
    assert curve.reason
    assert curve.reason in str(caught[0].message)


@pytest.mark.parametrize("mask", ONE_CLASS.values(), ids=ONE_CLASS)
def test_evaluate_says_what_is_undefined(mask):
    with pytest.warns(gonogo.UndefinedMetricWarning) as caught:
        result = gonogo.evaluate(SCORES, mask)
    reasons = set(result.undefined.values())
    assert reasons
    assert len(caught) == len(reasons)  # each reason is told once, with the metrics it concerns
    assert all(any(reason in str(one.message) for one in caught) for reason in reasons)
    for value in (
        result.image.auroc,
        result.pixel.auroc,
        result.pixel.average_precision,
        result.pixel.aupr_trapezoid,
        result.pixel.f1_max.value,
        result.pixel.iou_max,
        *result.pixel.aupro.values(),
    ):
        assert math.isnan(value)
        assert value.reason
    assert repr(result)
    assert result._repr_html_()


def test_only_normal_images_still_have_rates_at_a_threshold():
    with pytest.warns(gonogo.UndefinedMetricWarning):
        result = gonogo.evaluate(SCORES, NORMAL, pixel_thresholds=[1.0])
    found = result.pixel.at_threshold[1.0]
    assert (found.false_positives, found.true_negatives, found.specificity) == (2, 2, 0.5)
    assert math.isnan(found.recall)
    assert found.recall.reason


def test_nothing_flagged_has_no_precision():
    with pytest.warns(gonogo.UndefinedMetricWarning):
        count = gonogo.confusion([1.0, 2.0], [0, 1], 3.0)
    assert math.isnan(count.precision)
    assert (count.recall, count.f1) == (0.0, 0.0)


def test_a_defined_metric_does_not_warn():
    mask = np.array([[0, 1], [0, 1]])
    result = gonogo.evaluate([SCORES, SCORES], [mask, NORMAL])
    assert result.undefined == {}


def test_a_reason_survives_copies():
    with pytest.warns(gonogo.UndefinedMetricWarning):
        value = gonogo.auroc(SCORES, NORMAL)
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert math.isnan(twin)
        assert twin.reason == value.reason


def test_nothing_at_all_has_no_metric():
    with pytest.warns(gonogo.UndefinedMetricWarning, match="found 0 anomalous and 0 normal"):
        assert math.isnan(gonogo.auroc([], []))
