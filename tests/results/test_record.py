"""Results as values: equal when their numbers are, and undefined metrics by their full name."""

import math

import numpy as np
import pytest

import gonogo
from tests.oracles.agreement import quietly

MAPS = np.array([[[0.5, 1.0], [0.0, 2.0]], [[0.0, 0.5], [0.25, 0.75]]])
MASKS = np.array([[[0, 1], [0, 1]], [[0, 0], [0, 0]]], bool)


def evaluated(maps=MAPS, masks=MASKS, **options):
    return quietly(gonogo.evaluate, maps, masks, **options)


@pytest.mark.parametrize("masks", [MASKS, MASKS & False], ids=["defined", "undefined"])
def test_results_with_the_same_numbers_are_equal(masks):
    one, other = evaluated(masks=masks), evaluated(masks=masks)
    assert one == other
    assert hash(one) == hash(other)
    assert (one.image, one.pixel) == (other.image, other.pixel)
    assert len({one.image, other.image, one.pixel, other.pixel}) == 2
    runs = [gonogo.Run({"a": one}, one.settings, seconds) for seconds in (1.0, 2.0)]
    assert len({*runs}) == 1


def test_results_with_other_numbers_are_not():
    assert evaluated() != evaluated(MAPS + 1)
    assert evaluated() != evaluated(connectivity=4)
    assert evaluated().pixel != evaluated(MAPS + 1).pixel
    assert evaluated().pixel == evaluated(MAPS, image_scores=[0.1, 0.2]).pixel
    assert evaluated().image != evaluated().pixel
    assert evaluated().pixel != "pixel"
    assert evaluated() != "a result"


def test_curves_are_equal_point_by_point():
    curve = gonogo.roc_curve(MAPS, MASKS)
    assert curve == gonogo.roc_curve(MAPS, MASKS)
    assert hash(curve) == hash(gonogo.roc_curve(MAPS, MASKS))
    assert curve != gonogo.pr_curve(MAPS, MASKS)
    assert curve != gonogo.Curve.undefined("no reason")
    assert gonogo.Curve.undefined("a") == gonogo.Curve.undefined("a")
    assert gonogo.Curve.undefined("a") != gonogo.Curve.undefined("b")


def test_close_limits_keep_their_own_reasons():
    limits = (0.1234567, 0.12345678)
    names = evaluated(masks=MASKS & False, fpr_limits=limits).undefined
    assert {f"pixel.aupro[{limit}]" for limit in limits} <= names.keys()


def test_a_run_of_nothing_has_an_undefined_mean():
    settings = evaluated().settings
    mean = gonogo.Run({}, settings).mean
    assert math.isnan(mean["image"]["auroc"])
    assert mean["image"]["auroc"].reason == "needs categories; found none"


def test_pixels_have_a_mean_where_every_category_has_pixels():
    whole = evaluated()
    scores = gonogo.evaluate(None, labels=[0, 1], image_scores=[0.1, 0.7])
    assert gonogo.Run({"a": whole, "b": whole}, whole.settings).mean.keys() == {"image", "pixel"}
    assert gonogo.Run({"a": whole, "b": scores}, whole.settings).mean.keys() == {"image"}
