import numpy as np
import pytest
from scipy import ndimage

from gonogo.demo import CATEGORIES, DEFECTS, paint
from gonogo.demo.textures import tiles
from gonogo.errors import InputError


@pytest.fixture(scope="module")
def surfaces():
    return {category: tiles(category, "test")[3] for category in CATEGORIES}


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("category", CATEGORIES)
def test_the_mask_is_exactly_the_pixels_that_changed(surfaces, category, defect):
    tile = surfaces[category]
    for seed in range(4):
        before = tile.copy()
        painted = paint(tile, defect, np.random.default_rng(seed))
        np.testing.assert_array_equal(painted.mask, painted.image != tile)
        np.testing.assert_array_equal(tile, before)
        assert painted.image.dtype == np.uint8
        assert 20 <= np.count_nonzero(painted.mask) < tile.size / 4


@pytest.mark.parametrize("value", [0, 20, 128, 215, 255])
@pytest.mark.parametrize("defect", DEFECTS)
def test_the_mask_is_exact_where_nothing_is_there_to_change(defect, value):
    plain = np.full((128, 128), value, np.uint8)  # a smear of it looks like itself
    painted = paint(plain, defect, np.random.default_rng(5))
    np.testing.assert_array_equal(painted.mask, painted.image != plain)
    assert painted.mask.any()


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_person_sees_the_defect(surfaces, defect):
    for category, tile in surfaces.items():
        painted = paint(tile, defect, np.random.default_rng(11))
        change = np.abs(painted.image.astype(float) - tile)[painted.mask]
        assert change.mean() >= 12, category


@pytest.mark.parametrize("defect", ["hole", "misplaced", "smear", "stain"])
def test_defects_of_one_piece_have_few_regions(surfaces, defect):
    for seed in range(5):
        painted = paint(surfaces["gravel"], defect, np.random.default_rng(seed))
        _, regions = ndimage.label(painted.mask, np.ones((3, 3)))
        assert 1 <= regions <= 2


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_generator_decides(surfaces, defect):
    first, again, other = (
        paint(surfaces["brick"], defect, np.random.default_rng(seed)).image for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_an_unknown_defect_is_refused(surfaces):
    with pytest.raises(InputError, match="defect: found 'crack'; expected one of hole, misplaced"):
        paint(surfaces["brick"], "crack", np.random.default_rng(0))
