"""Bars hold the images, and the threshold lies between two of them."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo
from gonogo import plot
from gonogo.errors import InputError
from tests.plot.test_curves import words


def stairs(axes):
    return [patch.get_data() for patch in axes.patches]


def test_bars_hold_every_image_on_its_side_of_the_threshold(result):
    axes = plot.histogram(result)
    at = result.image.f1_max.threshold
    (line,) = axes.lines
    assert line.get_xdata()[0] == at
    for data, label in zip(stairs(axes), (False, True), strict=True):
        scores = [row.score for row in result.images if row.label == label]
        assert data.values.sum() == len(scores)
        right = data.values[np.searchsorted(data.edges, at) :]
        assert right.sum() == sum(score >= at for score in scores)
    missed = sum(row.label and row.score < at for row in result.images)
    alarms = sum(not row.label and row.score >= at for row in result.images)
    assert f"{missed} missed, {alarms} false alarm" in words(axes)


def test_by_defect_bars_are_stacked(result):
    axes = plot.histogram(result, by="defect", threshold=None)
    normal, first, second = stairs(axes)
    np.testing.assert_array_equal(first.baseline, normal.values)
    np.testing.assert_array_equal(second.baseline, first.values)
    assert second.values.sum() == len(result.images)
    assert "<b>$x_1$ (3)" in words(axes)
    assert axes.lines[:] == []


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@pytest.mark.parametrize("labels", [[0], [1], [0, 1], [1, 1, 1]])
def test_few_images_and_ties(labels):
    result = gonogo.evaluate(None, labels=labels, image_scores=[0.25] * len(labels))
    assert sum(data.values.sum() for data in stairs(plot.histogram(result))) == len(labels)
    assert sum(data.values.sum() for data in stairs(plot.histogram(result, log=True))) > 0


def test_a_category_of_a_run_or_its_folder(result, tmp_path):
    run = gonogo.Run({"brick": result, "grass": result}, result.settings)
    run.save(tmp_path)
    for thing in (run, tmp_path):
        axes = plot.histogram(thing, category="grass")
        assert sum(data.values.sum() for data in stairs(axes)) == len(result.images)
    with pytest.raises(InputError, match=r"expected a Result, .*category= one of brick, grass"):
        plot.histogram(run)


def test_mistakes(result):
    with pytest.raises(InputError, match="by: found 'shape'; expected 'class' or 'defect'"):
        plot.histogram(result, by="shape")
    with pytest.raises(InputError, match="bins: found 0; expected at least 1"):
        plot.histogram(result, bins=0)
