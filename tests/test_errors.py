"""A warning points at the line that called gonogo, whichever way it came."""

import warnings

import numpy as np
import pytest

import gonogo
from gonogo._check import ArrayImage
from gonogo.evaluation import evaluate_sources

MAPS = np.zeros((1, 2, 2))
NORMAL = np.zeros((1, 2, 2), bool)


@pytest.mark.parametrize(
    "function", [gonogo.auroc, gonogo.aupro, gonogo.aupros, gonogo.pro_curve, gonogo.evaluate]
)
def test_a_warning_points_at_the_caller(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(MAPS, NORMAL)
    assert caught
    assert {one.filename for one in caught} == {__file__}


def test_a_warning_names_the_category():
    image = ArrayImage("a", label=True, score=None, defect=None, map=MAPS[0], mask=NORMAL[0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        evaluate_sources([image], gonogo.Settings(), category="bottle")
    assert {one.category for one in caught} == {gonogo.InputWarning, gonogo.UndefinedMetricWarning}
    assert all(str(one.message).startswith("bottle: ") for one in caught)
