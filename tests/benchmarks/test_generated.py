"""The data that is measured on: the same every time, and what it claims to be."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generated import FRACTION, generated


def test_the_same_arguments_give_the_same_bytes():
    for one, other in zip(generated(4, 128), generated(4, 128), strict=True):
        assert one.tobytes() == other.tobytes()


def test_an_image_does_not_depend_on_how_many_follow():
    for few, many in zip(generated(2, 128), generated(6, 128), strict=True):
        np.testing.assert_array_equal(few, many[:2])


def test_another_seed_gives_other_maps():
    assert not np.array_equal(generated(2, 64)[0], generated(2, 64, seed=2)[0])


@pytest.mark.parametrize(("count", "side"), [(2, 32), (4, 100), (20, 256)])
def test_two_percent_of_all_pixels_are_anomalous(count, side):
    maps, masks = generated(count, side)
    assert maps.shape == masks.shape == (count, side, side)
    assert (maps.dtype, masks.dtype) == (np.float32, np.uint8)
    assert set(np.unique(masks).tolist()) == {0, 255}
    assert masks.any(axis=(1, 2)).tolist() == [False, True] * (count // 2)
    wanted = FRACTION * masks.size
    assert abs(np.count_nonzero(masks) - wanted) <= count / 2


def test_scores_lie_between_0_and_1_and_overlap():
    maps, masks = generated(8, 256)
    assert 0.0 < maps.min() < maps.max() < 1.0
    normal, anomalous = maps[masks == 0], maps[masks > 0]
    assert normal.mean() < anomalous.mean() < normal.max()
    assert anomalous.min() < normal.mean()


@pytest.mark.parametrize(("count", "side"), [(1, 64), (2, 16)])
def test_too_little_is_refused(count, side):
    with pytest.raises(ValueError, match="expected 2 of 32 x 32 or more"):
        generated(count, side)
