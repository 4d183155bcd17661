"""The images of two folders, URLs or Zarr arrays, by category."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from gonogo.datasets.categories import Layout, find_categories
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.score_file import with_scores
from gonogo.datasets.zarr_arrays import ZarrImage, zarr_images
from gonogo.errors import InputError

__all__ = ["Images", "find_images"]

Images: TypeAlias = dict[str, list[ImageFile]] | dict[str, list[ZarrImage]]


def find_images(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    *,
    categories: Sequence[str] | None = None,
    layout: Layout = "auto",
    image_scores: str | os.PathLike[str] | None = None,
) -> Images:
    """Images of every category by its name, with their scores where a file of them is given.

    Two Zarr arrays (N, H, W) are one category. No image is read.
    """
    arrays = zarr_images(maps, ground_truth)
    if arrays is None:
        found = find_categories(maps, ground_truth, categories=categories, layout=layout)
        return found if image_scores is None else with_scores(found, Path(image_scores))
    for name in categories or ():
        if name not in arrays:
            raise InputError(f"categories: found no maps for {name}; {', '.join(arrays)} is there")
    return arrays if image_scores is None else with_scores(arrays, Path(image_scores))
