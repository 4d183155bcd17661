"""AUPRO and the PRO curve against flood fill and a point at every distinct score."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import gonogo
from tests.oracles import curves
from tests.oracles.agreement import agrees, defined_or_warned, lies_on, quietly
from tests.oracles.regions import regions
from tests.oracles.strategies import scored_images

LIMITS = (0.05, 0.3, 0.5, 1.0)


@pytest.mark.parametrize("connectivity", [4, 8])
@given(images=scored_images())
def test_aupro_at_any_limit(connectivity, images):
    found, warned = defined_or_warned(
        gonogo.aupros, images.maps, images.masks, fpr_limits=LIMITS, connectivity=connectivity
    )
    assert tuple(found) == LIMITS
    exact = {
        limit: curves.aupro(images.maps, images.masks, limit, connectivity) for limit in LIMITS
    }
    for limit in LIMITS:
        agrees(found[limit], exact[limit])
    assert warned == (None in exact.values())


@given(images=scored_images())
def test_one_limit_is_one_of_many(images):
    many, _ = defined_or_warned(gonogo.aupros, images.maps, images.masks, fpr_limits=(0.3,))
    one, _ = defined_or_warned(gonogo.aupro, images.maps, images.masks, fpr_limit=0.3)
    default, _ = defined_or_warned(gonogo.aupro, images.maps, images.masks)
    assert one == default == many[0.3] or np.isnan([one, default, many[0.3]]).all()


@pytest.mark.parametrize("connectivity", [4, 8])
@given(images=scored_images())
def test_pro_curve(connectivity, images):
    exact = curves.pro_curve(images.maps, images.masks, connectivity)
    curve, warned = defined_or_warned(
        gonogo.pro_curve, images.maps, images.masks, connectivity=connectivity
    )
    assert warned == (exact is None)
    if exact is None:
        agrees(curve, None)
    else:
        lies_on(curve, exact)
        assert (curve.x[0], curve.y[0]) == (0.0, 0.0)
        assert (curve.x[-1], curve.y[-1]) == pytest.approx((1.0, 1.0), abs=1e-12)


@given(images=scored_images())
def test_every_point_of_the_pro_curve_is_what_its_threshold_gives(images):
    if curves.pro_curve(images.maps, images.masks) is None:
        return
    curve = gonogo.pro_curve(images.maps, images.masks)
    scores, labels = images.flat()
    covered = [
        np.array([map_[pixel] for pixel in region])
        for map_, mask in zip(images.maps, images.masks, strict=True)
        for region in regions(mask)
    ]
    for x, y, threshold in zip(curve.x, curve.y, curve.thresholds.tolist(), strict=True):
        assert x == np.mean(np.asarray(scores[~labels], float) >= threshold)
        shares = [np.mean(np.asarray(region, float) >= threshold) for region in covered]
        assert y == pytest.approx(np.mean(shares), rel=1e-12)


def test_regions_are_counted_for_each_image():
    halves = [np.array([[0, 1]], bool), np.array([[1, 0]], bool)]
    maps = [np.array([[0.0, 3.0]]), np.array([[1.0, 2.0]])]
    assert quietly(gonogo.evaluate, maps, halves).pixel.regions == 2


def test_corners_connect_with_eight_neighbours_only():
    mask = np.eye(3, dtype=bool)
    map_ = np.arange(9.0).reshape(3, 3)
    assert quietly(gonogo.evaluate, map_, mask).pixel.regions == 1
    assert quietly(gonogo.evaluate, map_, mask, connectivity=4).pixel.regions == 3


def test_a_fully_anomalous_mask_is_one_region():
    maps = np.array([[[1.0, 4.0], [3.0, 2.0]], [[0.0, 0.5], [0.25, 3.5]]])
    masks = np.array([np.ones((2, 2)), np.zeros((2, 2))], bool)
    result = gonogo.evaluate(maps, masks)
    assert result.pixel.regions == 1
    assert result.pixel.aupro[0.3] == pytest.approx(
        float(curves.aupro(list(maps), list(masks), 0.3)), rel=1e-12
    )


def test_regions_weigh_the_same_whatever_their_size():
    mask = np.zeros((10, 10), bool)
    mask[:5, :5] = mask[9, 9] = True
    map_ = np.where(mask, 2.0, 1.0)
    map_[9, 9] = 0.0
    assert gonogo.aupro(map_, mask, fpr_limit=0.3) == pytest.approx(0.5, rel=1e-12)


@given(masks=npst.arrays(bool, st.tuples(*[st.integers(1, 12)] * 3)))
def test_a_perfect_detector_has_all_the_area_and_no_more(masks):
    assume(masks.any() and not masks.all())
    maps = masks + np.linspace(0, 0.5, masks.size).reshape(masks.shape)
    for value in gonogo.aupros(maps, masks, fpr_limits=LIMITS).values():
        assert 1 - 1e-12 < value <= 1.0


@pytest.mark.parametrize("count", [10, 13, 21, 37])
def test_a_perfect_detector_of_regions_of_many_sizes(count):
    sizes = np.arange(1, count + 1)[:, None]
    masks = (np.arange(60) < sizes)[:, None]
    maps = masks + np.linspace(0, 0.5, masks.size).reshape(masks.shape)
    assert gonogo.aupro(maps, masks) <= 1.0
