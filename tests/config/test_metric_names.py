"""Metrics by name: every name of anomalib's settings, and every metric that gonogo has."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import gonogo
from gonogo.config.metric_names import NAMES, metric_named
from gonogo.errors import InputError
from gonogo.results import PixelLevel

NUMBERS = {
    "anomalous",
    "normal",
    "regions",
    "counts",
    "at_threshold",
}


@pytest.fixture(scope="module")
def pixel():
    rng = np.random.default_rng(0)
    masks = np.zeros((3, 20, 20), bool)
    masks[1:, 4:9, 4:9] = True
    return gonogo.evaluate(
        rng.random(masks.shape) + masks, masks, fpr_limits=[0.3, 0.05], pixel_thresholds=[0.9]
    ).pixel


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("AUROC", lambda level: level.auroc),
        ("auroc", lambda level: level.auroc),
        ("AUPR", lambda level: level.average_precision),
        ("AveragePrecision", lambda level: level.average_precision),
        ("aupr-trapezoid", lambda level: level.aupr_trapezoid),
        ("OptimalF1", lambda level: level.f1_max.value),
        ("F1Max", lambda level: level.f1_max.value),
        ("iou_max", lambda level: level.iou_max),
        ("AUPRO", lambda level: level.aupro[0.3]),
        ("AUPRO@0.05", lambda level: level.aupro[0.05]),
        ("aupro[0.05]", lambda level: level.aupro[0.05]),
        ("tpr_at_fpr@0.01", lambda level: level.tpr_at_fpr[0.01].value),
        ("fpr_at_tpr@0.95", lambda level: level.fpr_at_tpr[0.95].value),
        ("PrecisionAtRecall@0.99", lambda level: level.precision_at_recall[0.99].value),
        ("F1Score", lambda level: level.at_threshold[0.9].f1),
        ("Precision", lambda level: level.at_threshold[0.9].precision),
        ("Recall", lambda level: level.at_threshold[0.9].recall),
        ("Specificity", lambda level: level.at_threshold[0.9].specificity),
        ("Accuracy", lambda level: level.at_threshold[0.9].accuracy),
        ("JaccardIndex", lambda level: level.at_threshold[0.9].iou),
    ],
)
def test_a_name_gives_the_value(pixel, text, value):
    metric = metric_named(text, pixels=True)
    assert metric.label == text
    assert metric.value(pixel, pixel.at_threshold[0.9]) == value(pixel)


def test_every_metric_of_a_result_has_a_name():
    known = {
        metric_named(f"{name}@0.1" if "_at_" in name else name, pixels=True).name for name in NAMES
    }
    assert {field.name for field in fields(PixelLevel)} - NUMBERS <= known
    rates = {"precision", "recall", "specificity", "accuracy", "f1", "iou"}
    assert rates <= known


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("F1Scores", "found 'F1Scores', which is no metric; did you mean F1Score?"),
        ("auprc", "which is no metric; did you mean AUPR?"),
        ("", "which is no metric"),
        ("AUROC@0.3", "found 'AUROC@0.3'; expected AUROC, which takes no limit"),
        ("AUPRO@2", r"found 'AUPRO@2'; expected a limit in \(0, 1\], for example aupro@0.05"),
        ("AUPRO@x", "expected a limit"),
        ("AUPRO@nan", "expected a limit"),
        ("AUPRO@0", "expected a limit"),
        ("tpr_at_fpr", "expected a limit in .*, for example tpr_at_fpr@0.05"),
    ],
)
def test_another_name_is_refused_with_the_nearest(text, says):
    with pytest.raises(InputError, match=says):
        metric_named(text, pixels=True)


def test_regions_are_for_pixels():
    with pytest.raises(InputError, match="a metric of pixels; name it under pixel"):
        metric_named("AUPRO", pixels=False)


def test_no_false_alarm_is_a_limit():
    assert metric_named("tpr_at_fpr@0", pixels=False).limit == 0.0
