import numpy as np
import pytest

from gonogo.demo.features import WEIGHTS, describe, enlarge, places
from gonogo.errors import InputError


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(3).random((3, 40, 56), dtype=np.float32)


def test_every_place_is_described_by_finite_numbers(pictures):
    features = describe(pictures)
    assert features.shape == (3, len(places(40)), len(places(56)), len(WEIGHTS))
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


def test_pictures_do_not_influence_each_other(pictures):
    together = describe(pictures)
    for number, picture in enumerate(pictures):
        np.testing.assert_array_equal(describe(picture[None])[0], together[number])


def test_brightness_alone_changes_only_the_brightness_features(pictures):
    dim = describe(pictures * np.float32(0.5))
    brighter = describe(pictures * np.float32(0.5) + np.float32(0.25))
    np.testing.assert_allclose(brighter[..., :-2], dim[..., :-2], atol=2e-3)
    np.testing.assert_allclose(brighter[..., -2:], dim[..., -2:] + 0.25, atol=1e-5)


def test_a_plain_picture_has_brightness_and_nothing_else():
    features = describe(np.full((1, 32, 32), 0.5, np.float32))
    np.testing.assert_allclose(features[..., :-2], 0, atol=1e-3)
    np.testing.assert_allclose(features[..., -2:], 0.5, atol=1e-6)


def test_enlarging_keeps_scores_at_their_places():
    rows, columns = places(40), places(56)
    scores = np.random.default_rng(0).random((2, len(rows), len(columns)))
    maps = enlarge(scores, (40, 56))
    assert maps.shape == (2, 40, 56)
    np.testing.assert_allclose(maps[:, rows][:, :, columns], scores)
    assert maps.min() >= scores.min()
    assert maps.max() <= scores.max()
    np.testing.assert_array_equal(maps[:, 0], maps[:, rows[0]])
    np.testing.assert_array_equal(maps[:, -1], maps[:, rows[-1]])


def test_enlarging_one_place_is_constant():
    np.testing.assert_array_equal(
        enlarge(np.full((1, 1, 1), 7.0), (13, 14)), np.full((1, 13, 14), 7.0)
    )


def test_enlarging_a_slope_is_straight_between_places():
    rows = places(64)
    maps = enlarge(rows[None, :, None] * np.ones((1, 1, len(places(20)))), (64, 20))
    inside = slice(rows[0], rows[-1] + 1)
    np.testing.assert_allclose(maps[0, inside, 5], np.arange(rows[0], rows[-1] + 1))


def test_a_picture_too_small_to_look_at_is_refused():
    assert places(13).tolist() == [6]
    with pytest.raises(InputError, match="a side of 12 pixels; the detector needs 13 or more"):
        places(12)
