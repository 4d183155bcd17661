"""Regions of masks as they come from files: read-only, memory-mapped, broadcast."""

import numpy as np
import pytest

from gonogo import regions

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
    inside = regions.bounding_box(labels).of(labels)
    areas, count = regions.pixel_areas(inside, 8)
    assert count == 1
    assert areas.tolist() == [np.count_nonzero(mask)] * np.count_nonzero(mask)


def test_a_broadcast_mask():
    areas, count = regions.pixel_areas(np.broadcast_to(np.array([True]), (3, 5)), 4)
    assert (areas.tolist(), count) == ([15] * 15, 1)
