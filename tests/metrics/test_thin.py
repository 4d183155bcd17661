"""Thinned curves have the area of the whole ones, to any of their points."""

import numpy as np
import pytest

import gonogo
from gonogo.metrics import thinned


def area(curve):
    return np.concatenate(([0.0], np.cumsum(np.diff(curve.x) * (curve.y[1:] + curve.y[:-1]) / 2)))


def scored(seed, kind):
    rng = np.random.default_rng(seed)
    masks = rng.random((3, 150, 150)) < 0.1
    maps = rng.normal(size=masks.shape) + 0.8 * masks
    return (np.exp(3 * maps) if kind == "skewed" else np.round(maps, 2)), masks


@pytest.mark.parametrize("kind", ["skewed", "tied"])
@pytest.mark.parametrize("make", [gonogo.roc_curve, gonogo.pr_curve, gonogo.pro_curve])
def test_the_area_stays(kind, make):
    curve = make(*scored(8, kind))
    thin = thinned(curve)
    assert area(thin)[-1] == pytest.approx(area(curve)[-1], abs=1e-6)
    kept = np.flatnonzero(np.isin(curve.thresholds, thin.thresholds))
    assert len(kept) == len(thin)
    assert np.max(np.abs(area(curve)[kept] - area(thin))) <= 1e-6
    assert (thin.x[0], thin.x[-1], thin.y[-1]) == (curve.x[0], curve.x[-1], curve.y[-1])


def test_far_fewer_points_where_the_curve_is_long():
    curve = gonogo.roc_curve(*scored(9, "skewed"))
    assert len(curve) > 5000
    assert len(thinned(curve)) < 4000


def test_a_short_curve_is_left_alone():
    curve = gonogo.roc_curve([1.0, 2.0, 3.0], [0, 1, 1])
    assert thinned(curve) is curve
