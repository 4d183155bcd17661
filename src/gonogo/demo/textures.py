"""Photographs of real surfaces, cut into tiles for training and for testing.

The photographs lie inside the scikit-image wheel; nothing is downloaded. Columns of tiles
alternate between the two splits, so no pixel is in both.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gonogo.demo.libraries import library
from gonogo.errors import InputError

__all__ = ["CATEGORIES", "TILE", "Split", "photograph", "tiles"]

Split = Literal["train", "test"]

CATEGORIES = ("brick", "grass", "gravel")
TILE = 128
_STRIDE = 64
_FIRST_COLUMN = {"train": 0, "test": TILE}


def photograph(category: str) -> NDArray[np.uint8]:
    """The grey 512 x 512 photograph of one surface.

    Raises ``InputError`` for an unknown category, ``MissingExtra`` without scikit-image.
    """
    if category not in CATEGORIES:
        raise InputError(f"category: found {category!r}; expected one of {', '.join(CATEGORIES)}")
    return np.asarray(getattr(library("skimage.data"), category)(), dtype=np.uint8)


def tiles(category: str, split: Split) -> list[NDArray[np.uint8]]:
    """Overlapping ``TILE`` x ``TILE`` cuts of one split, left to right, then top to bottom."""
    photo = photograph(category)
    height, width = photo.shape
    return [
        photo[top : top + TILE, left : left + TILE].copy()
        for left in range(_FIRST_COLUMN[split], width - TILE + 1, 2 * TILE)
        for top in range(0, height - TILE + 1, _STRIDE)
    ]
