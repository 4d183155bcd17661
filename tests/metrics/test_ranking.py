"""AUROC, AP, trapezoid AUPR, F1max and IoU max against counting pair by pair."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

import gonogo
from gonogo.metrics import auroc
from gonogo.states import RankCounts
from tests.oracles import curves, ranking
from tests.oracles.agreement import agrees, defined_or_warned
from tests.oracles.strategies import labelled_scores, scored_images

NUMBERS = {
    "auroc": (gonogo.auroc, ranking.auroc),
    "average_precision": (gonogo.average_precision, ranking.average_precision),
    "aupr": (gonogo.aupr, ranking.average_precision),
    "aupr_trapezoid": (
        lambda scores, labels: gonogo.aupr(scores, labels, method="trapezoid"),
        curves.aupr_trapezoid,
    ),
    "iou_max": (
        gonogo.iou_max,
        lambda scores, labels: getattr(ranking.iou_max(scores, labels), "value", None),
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
@given(data=labelled_scores())
def test_scores_of_images(name, data):
    metric, oracle = NUMBERS[name]
    exact = oracle(data.scores.tolist(), data.labels != 0)
    found, warned = defined_or_warned(metric, data.scores, data.labels)
    agrees(found, exact)
    assert warned == (exact is None)


@pytest.mark.parametrize("name", NUMBERS)
@given(images=scored_images())
def test_pixels_of_images_of_any_size(name, images):
    metric, oracle = NUMBERS[name]
    exact = oracle(*curves.pixels(images.maps, images.masks))
    found, warned = defined_or_warned(metric, images.maps, images.masks)
    agrees(found, exact)
    assert warned == (exact is None)


@given(data=labelled_scores())
def test_f1_max(data):
    exact = ranking.f1_max(data.scores.tolist(), data.labels != 0)
    found, warned = defined_or_warned(gonogo.f1_max, data.scores, data.labels)
    assert warned == (exact is None)
    for field in ("value", "precision", "recall"):
        agrees(getattr(found, field), getattr(exact, field, None))
    if exact is None:
        assert np.isnan(found.threshold)
    else:
        assert found.threshold == exact.threshold


@given(data=labelled_scores())
def test_f1_max_and_iou_max_have_the_same_threshold(data):
    f1, iou = (
        metric(data.scores.tolist(), data.labels != 0)
        for metric in (ranking.f1_max, ranking.iou_max)
    )
    assert (f1 is None) == (iou is None)
    if f1 is not None:
        assert f1.threshold == iou.threshold
        assert iou.value == f1.value / (2 - f1.value)


def test_a_tie_counts_half():
    assert gonogo.auroc([1.0, 1.0, 0.0], [1, 0, 0]) == 0.75


def test_zero_and_minus_zero_are_a_tie():
    assert gonogo.auroc([0.0, -0.0], [1, 0]) == 0.5
    assert gonogo.average_precision([-0.0, 0.0], [1, 0]) == 0.5


def test_float64_keeps_its_order():
    scores = [1.0, np.nextafter(1.0, 2.0)]
    assert gonogo.auroc(scores, [0, 1]) == 1.0
    assert gonogo.auroc(scores, [1, 0]) == 0.0


def test_aupr_refuses_another_method():
    with pytest.raises(gonogo.InputError, match="method"):
        gonogo.aupr([1.0, 0.0], [1, 0], method="spline")


def test_the_linear_area_is_optimistic():
    scores, labels = [2.0, 1.0, 1.0, 1.0], [1, 1, 0, 0]
    assert gonogo.average_precision(scores, labels) == 0.75
    assert gonogo.aupr(scores, labels, method="trapezoid") == 0.5 + 0.375


def test_the_lowest_of_equally_good_thresholds():
    best = gonogo.f1_max([4.0, 3.0, 2.0, 1.0], [1, 0, 0, 1])
    assert best == gonogo.F1Max(2 / 3, threshold=1.0, precision=0.5, recall=1.0)
    masks = [np.array([[1, 0]]), np.array([[0, 1]])]
    result = gonogo.evaluate([np.array([[4.0, 3.0]]), np.array([[2.0, 1.0]])], [masks[0], None])
    assert result.image.f1_max.threshold == result.pixel.f1_max.threshold == 4.0
    assert gonogo.f1_max([np.array([[4.0, 3.0]]), np.array([[2.0, 1.0]])], masks) == best


def test_more_pairs_than_an_integer_of_64_bits_holds():
    anomalous, above = [2**30 + 3, 2**29 + 1], [2**40 + 5, 2**41 + 7]
    at_least, normals = [2**40 + 9, 2**41 + 11], 2**42
    counts = RankCounts(
        np.array([2.0, 1.0]),
        *(np.array(x, np.int64) for x in (anomalous, above, at_least)),
        normals,
    )
    lost = sum(n * (a + b) for n, a, b in zip(anomalous, above, at_least, strict=True))
    assert auroc(counts) == float(1 - Fraction(lost, 2 * sum(anomalous) * normals))
