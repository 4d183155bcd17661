"""Regions of masks: against flood fill and SciPy, and as they come from files."""

import numpy as np
import pytest
from scipy import ndimage

from gonogo import regions
from tests.oracles import regions as slow

BAND = np.zeros((6, 8), np.uint8)
BAND[2:4] = 1


def read_only(mask):
    mask = mask.copy()
    mask.flags.writeable = False
    return mask


@pytest.mark.parametrize("dtype", [np.uint8, np.bool_])
@pytest.mark.parametrize("mask", [np.ones((6, 8)), BAND, np.eye(8)], ids=["full", "band", "eye"])
def test_a_read_only_mask(mask, dtype):
    labels = read_only(mask.astype(dtype)).view(np.bool_)
    areas, count = regions.pixel_areas(labels, 8)
    assert count == 1
    assert areas.tolist() == [np.count_nonzero(mask)] * np.count_nonzero(mask)


def test_a_broadcast_mask():
    areas, count = regions.pixel_areas(np.broadcast_to(np.array([True]), (3, 5)), 4)
    assert (areas.tolist(), count) == ([15] * 15, 1)


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.45, 0.6, 0.95])
def test_against_flood_fill(share, connectivity):
    rng = np.random.default_rng(int(share * 100))
    for height, width in [(1, 1), (1, 9), (9, 1), (2, 2), (7, 13), (12, 5)] * 8:
        mask = rng.random((height, width)) < share
        found = slow.regions(mask, connectivity)
        expected = np.zeros(mask.shape, np.int64)
        for region in found:
            for pixel in region:
                expected[pixel] = len(region)
        areas, count = regions.pixel_areas(mask, connectivity)
        assert count == len(found)
        assert areas.tolist() == expected[mask].tolist()


@pytest.mark.parametrize("connectivity", [4, 8])
def test_against_scipy_on_winding_regions(connectivity):
    noise = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=(300, 400)), 2.0)
    steps = np.ones((3, 3)) if connectivity == 8 else None
    for mask in (np.abs(noise) < 0.03, noise > 0.0, noise > -9.0, noise > 9.0):
        labels, expected = ndimage.label(mask, steps)
        areas, count = regions.pixel_areas(mask, connectivity)
        assert count == expected
        assert areas.tolist() == np.bincount(labels.ravel())[labels[mask]].tolist()
