"""Turning the scores round, swapping the classes, and counting everything twice."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from tests.oracles.agreement import defined_or_warned
from tests.oracles.strategies import FLOATS, labelled_scores, scored_images, untied_images


@given(images=untied_images())
def test_auroc_of_turned_scores_without_ties(images):
    assume(images.has_both_classes())
    turned = [-map_ for map_ in images.maps]
    auroc = gonogo.auroc(images.maps, images.masks)
    assert gonogo.auroc(turned, images.masks) == pytest.approx(1 - auroc, rel=1e-12, abs=1e-15)


@given(data=labelled_scores(dtypes=FLOATS))
def test_auroc_of_swapped_classes(data):
    labels = data.labels != 0
    assume(labels.any() and not labels.all())
    auroc = gonogo.auroc(data.scores, labels)
    assert gonogo.auroc(data.scores, ~labels) == pytest.approx(1 - auroc, rel=1e-12, abs=1e-15)
    assert gonogo.auroc(-data.scores, ~labels) == auroc


def plain_numbers(result):
    level = [
        value
        for level in (result.image, result.pixel)
        for value in (
            level.auroc,
            level.average_precision,
            level.aupr_trapezoid,
            level.f1_max.value,
            level.f1_max.threshold,
            level.iou_max,
            *(point.value for point in level.tpr_at_fpr.values()),
            *(point.value for point in level.fpr_at_tpr.values()),
            *(point.threshold for point in level.fpr_at_tpr.values()),
            *(point.value for point in level.precision_at_recall.values()),
        )
    ]
    return [*level, *result.pixel.aupro.values()]


@given(images=scored_images(), times=st.integers(2, 4))
def test_a_data_set_counted_more_than_once(images, times):
    once, _ = defined_or_warned(gonogo.evaluate, images.maps, images.masks)
    more, _ = defined_or_warned(gonogo.evaluate, images.maps * times, images.masks * times)
    np.testing.assert_allclose(plain_numbers(more), plain_numbers(once), rtol=1e-12, atol=1e-15)
    assert more.pixel.regions == times * once.pixel.regions
    assert more.pixel.anomalous == times * once.pixel.anomalous


@given(images=scored_images(dtypes=FLOATS))
def test_a_perfect_detector(images):
    assume(images.has_both_classes())
    maps = [
        np.zeros(map_.shape) if mask is None else (mask != 0) * 2.0
        for map_, mask in zip(images.maps, images.masks, strict=True)
    ]
    pixel = defined_or_warned(gonogo.evaluate, maps, images.masks)[0].pixel
    assert pixel.auroc == pixel.average_precision == pixel.f1_max.value == pixel.iou_max == 1.0
    assert pixel.f1_max.threshold == 2.0
    assert list(pixel.aupro.values()) == pytest.approx([1.0, 1.0], rel=1e-12)


@given(images=scored_images(palette=st.just(3)))
def test_a_constant_map_knows_nothing(images):
    assume(images.has_both_classes())
    pixel = defined_or_warned(gonogo.evaluate, images.maps, images.masks)[0].pixel
    share = pixel.anomalous / (pixel.anomalous + pixel.normal)
    assert pixel.auroc == 0.5
    assert pixel.average_precision == pytest.approx(share, rel=1e-12)
    assert pixel.aupro[0.3] == pytest.approx(0.15, rel=1e-12)
    assert pixel.f1_max.threshold == 3.0
    assert pixel.f1_max.recall == 1.0
