"""The photographs that anomaly maps were made of; pictures show them, no metric reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from gonogo.datasets.listing import IMAGE_SUFFIXES
from gonogo.datasets.local import files_by_stem
from gonogo.types import ImageSource

__all__ = ["find_photographs"]


def find_photographs(
    ground_truth: str | os.PathLike[str],
    images: Iterable[ImageSource],
    *,
    only_photographs: bool = False,
) -> dict[str, Path]:
    """Photographs by the names of images, of those that have one.

    A photograph lies in the data set as the map lies among the maps: ``test/crack/000.png`` for
    ``test/crack/000.tiff``. Behind a URL none is looked for, nor in a folder without folders, where
    masks lie, unless there are ``only_photographs`` in it.
    """
    if "://" in os.fspath(ground_truth):
        return {}
    truth = Path(ground_truth)
    root = truth.parent if truth.name == "ground_truth" else truth
    by_folder: dict[Path, dict[str, Path]] = {}
    found = {}
    for image in images:
        place = Path(image.name)
        if place.parent not in by_folder:
            inside = root / place.parent
            by_folder[place.parent] = (
                files_by_stem(inside, IMAGE_SUFFIXES) if only_photographs or place.parts[1:] else {}
            )
        photograph = by_folder[place.parent].get(place.stem)
        if photograph is not None and photograph != getattr(image, "mask_path", None):
            found[image.name] = photograph
    return found
