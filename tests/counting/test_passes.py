"""Exact counts hold maps in memory while there is room, and read the others again."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo
from gonogo.counting import count_images, passes
from gonogo.types import Settings
from tests.counting.images import Counted


@pytest.mark.parametrize(("room", "twice"), [(0, 4), (2, 2), (4, 0)])
def test_maps_are_held_as_far_as_there_is_room(monkeypatch, room, twice):
    maps = np.random.default_rng(0).random((4, 16, 16))
    masks = maps > 0.9
    monkeypatch.setattr(passes, "_HELD_BYTES", room * maps[0].nbytes)
    images = [Counted(str(k), None, *pair) for k, pair in enumerate(zip(maps, masks, strict=True))]
    counted = count_images(images, Settings())
    assert sorted(image.loaded for image in images) == [1] * (4 - twice) + [2] * twice
    assert gonogo.metrics.auroc(counted.ranks()) == gonogo.auroc(maps, masks) == 1.0
