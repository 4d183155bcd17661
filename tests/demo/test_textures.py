import sys

import numpy as np
import pytest

from gonogo.demo.textures import CATEGORIES, TILE, photograph, tiles
from gonogo.errors import InputError, MissingExtra


@pytest.mark.parametrize("category", CATEGORIES)
def test_photographs_come_with_the_library(category, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)  # what would download them
    photo = photograph(category)
    assert photo.shape == (512, 512)
    assert photo.dtype == np.uint8
    assert photo.std() > 20


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_pixel_is_in_both_splits(category, monkeypatch):
    pixel_numbers = np.arange(512 * 512).reshape(512, 512)
    monkeypatch.setattr("gonogo.demo.textures.photograph", lambda _: pixel_numbers)
    train, test = tiles(category, "train"), tiles(category, "test")
    assert len(train) == len(test) == 14
    assert {tile.shape for tile in [*train, *test]} == {(TILE, TILE)}
    assert not np.intersect1d(train, test).size


def test_an_unknown_surface_is_refused():
    with pytest.raises(InputError, match="category: found 'moon'; expected one of brick, grass"):
        photograph("moon")


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    with pytest.raises(MissingExtra, match=r'needs scikit-image.*pip install "gonogo\[demo\]"'):
        photograph("brick")
