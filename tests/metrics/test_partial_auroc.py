"""Partial AUROC under both names, against the exact curve and against scikit-learn."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

import gonogo
from tests.oracles import curves
from tests.oracles.agreement import agrees, defined_or_warned
from tests.oracles.strategies import labelled_scores, scored_images

LIMITS = st.sampled_from([0.01, 0.05, 0.2, 0.3, 0.5, 1.0]) | st.floats(1e-3, 1.0)


def oracle(scores, labels, limit):
    """Area over the limit, and McClish's number; None twice where there is no curve."""
    points = curves.roc_curve(scores, labels)
    if points is None:
        return None, None
    end = Fraction(limit)
    area = curves.trapezoid(points, end)
    chance = end * end / 2
    return area / end, (1 + (area - chance) / (end - chance)) / 2


@given(data=labelled_scores(), limit=LIMITS)
def test_the_area_under_the_exact_curve(data, limit):
    share, standardized = oracle(data.scores.tolist(), data.labels != 0, limit)
    for metric, exact in (
        (gonogo.partial_auroc, share),
        (gonogo.standardized_partial_auroc, standardized),
    ):
        found, warned = defined_or_warned(metric, data.scores, data.labels, fpr_limit=limit)
        agrees(found, exact)
        assert warned == (exact is None)


@given(images=scored_images(), limit=LIMITS)
def test_pixels_of_images(images, limit):
    share, _ = oracle(*curves.pixels(images.maps, images.masks), limit)
    found, _ = defined_or_warned(gonogo.partial_auroc, images.maps, images.masks, fpr_limit=limit)
    agrees(found, share)


@given(data=labelled_scores(), limit=LIMITS)
def test_laws(data, limit):
    options = {"fpr_limit": limit}
    for metric in (gonogo.partial_auroc, gonogo.standardized_partial_auroc):
        found, _ = defined_or_warned(metric, data.scores, data.labels, **options)
        twice, _ = defined_or_warned(
            metric, np.tile(data.scores, 2), np.tile(data.labels, 2), **options
        )
        back, _ = defined_or_warned(metric, data.scores[::-1], data.labels[::-1], **options)
        if not np.isnan(found):
            assert 0.0 <= found <= 1.0
            assert twice == pytest.approx(found, rel=1e-12, abs=1e-15)
            assert back == found


def test_the_whole_range_is_the_auroc():
    rng = np.random.default_rng(1)
    labels = rng.random(500) < 0.2
    scores = np.round(rng.normal(size=500) + labels, 1)
    for metric in (gonogo.partial_auroc, gonogo.standardized_partial_auroc):
        assert metric(scores, labels, fpr_limit=1.0) == pytest.approx(gonogo.auroc(scores, labels))


@pytest.mark.parametrize("limit", [0.01, 0.05, 0.1, 0.3, 0.7])
@pytest.mark.parametrize("digits", [1, 12])
def test_standardized_is_what_scikit_learn_gives(limit, digits):
    rng = np.random.default_rng(2)
    labels = rng.random(3000) < 0.1
    scores = np.round(rng.normal(size=3000) + labels, digits)
    found = gonogo.standardized_partial_auroc(scores, labels, fpr_limit=limit)
    assert found == pytest.approx(roc_auc_score(labels, scores, max_fpr=limit), rel=1e-12)


def test_two_names_for_two_values():
    labels = [0] * 10 + [1] * 4
    scores = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9.5, 8.5, 10.5, 11]
    assert gonogo.partial_auroc(scores, labels, fpr_limit=0.2) == pytest.approx(0.625, rel=1e-15)
    standardized = gonogo.standardized_partial_auroc(scores, labels, fpr_limit=0.2)
    assert standardized == pytest.approx(0.7916666666666666, rel=1e-15)
    half = [0.0] * 20 + [1.0]  # half of the anomalous ones above all, half below: 0.5 at 0.05
    assert gonogo.standardized_partial_auroc(
        [*half, -1.0], [False] * 20 + [True] * 2, fpr_limit=0.05
    ) == pytest.approx(0.744, abs=5e-4)


@pytest.mark.parametrize("limit", [0.0, 1.5, -0.1, "x", None])
def test_limits_that_are_refused(limit):
    for metric in (gonogo.partial_auroc, gonogo.standardized_partial_auroc):
        with pytest.raises(gonogo.InputError, match=r"fpr_limit: found"):
            metric([0, 1], [0, 1], fpr_limit=limit)
