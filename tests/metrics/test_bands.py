"""The exact curve lies in the band, for every shape of scores, at every corner of all curves."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo import Curve, metrics
from gonogo.metrics import bands
from gonogo.states import capacity
from gonogo.types import Band
from tests.oracles.bands import heights, leaves
from tests.oracles.shapes import SHAPES, TINY, counted, draw

SETS = 60
CURVES = ("roc_curve", "pr_curve", "pro_curve")


def off(counts, exact):
    """Curves of which the exact one is not in the band, and where not."""
    found = []
    for name in CURVES:
        band, curve = getattr(bands, name)(counts), getattr(metrics, name)(exact)
        if curve.reason is not None:
            assert band.reason == curve.reason
        elif isinstance(band, Band):
            found += [(name, *where) for where in leaves(curve, band.lower, band.upper)]
        else:
            assert np.array_equal(band.x, curve.x)
            assert np.array_equal(band.y, curve.y)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_every_band_contains_the_exact_curve(shape):
    missed = []
    for seed in range(SETS):
        data = draw(shape, seed)
        exact = data.exact()
        for step in range(2):
            limits = TINY[(seed + step) % len(TINY)]
            counts = counted(data.images, limits).ranks()
            missed += [(seed, limits, *miss) for miss in off(counts, exact)]
    assert missed[:5] == []


def area_of(band):
    """Between the two sides of a band; a single curve has none."""
    if isinstance(band, Curve):
        return 0.0
    return np.trapezoid(band.upper.y, band.upper.x) - np.trapezoid(band.lower.y, band.lower.x)


@pytest.mark.parametrize("shape", ["normal, float32", "uniform, float64", "heavy-tailed"])
def test_finer_grids_make_narrower_bands(shape):
    """Down to one curve where all scores are told apart."""
    sets = [draw(shape, seed).images for seed in range(10)]
    grids = (TINY[0], TINY[-1], capacity(1 << 20))
    widths = [
        sum(area_of(bands.roc_curve(counted(images, limits).ranks())) for images in sets)
        for limits in grids
    ]
    assert widths == sorted(widths, reverse=True)
    assert 0.0 == widths[-1] < widths[0] < len(sets)


@pytest.mark.parametrize("name", CURVES)
def test_points_of_a_band_come_by_falling_thresholds(name):
    for seed in range(40):
        counts = counted(draw("heavy ties side by side", seed).images, TINY[0]).ranks()
        band = getattr(bands, name)(counts)
        for curve in (band.lower, band.upper) if isinstance(band, Band) else (band,):
            assert np.all(np.diff(curve.thresholds) <= 0.0)
            assert np.all(np.diff(curve.x) >= 0.0)


def test_a_curve_that_leaves_is_caught():
    square = Curve(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]), np.zeros(3))
    straight = Curve(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.zeros(2))
    stairs = Curve(np.array([0, 0.5, 0.5, 1.0]), np.array([0, 0, 1.0, 1.0]), np.zeros(4))
    assert leaves(straight, straight, square) == []
    assert leaves(stairs, straight, square) == [("below, left", 0.5), ("below, low", 0.5)]
    assert leaves(square, straight, straight) != []
    assert heights(stairs, np.array([0.25, 0.5, 0.75])).left.tolist() == [0.0, 0.0, 1.0]
    assert heights(stairs, np.array([0.25, 0.5, 0.75])).right.tolist() == [0.0, 1.0, 1.0]
