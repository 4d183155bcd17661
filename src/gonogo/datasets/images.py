"""The images of two folders, URLs or Zarr arrays, by category."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from gonogo.datasets.categories import categories_in, named
from gonogo.datasets.folder_options import refuse_unread
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.score_file import with_scores
from gonogo.datasets.zarr_arrays import ZarrImage, zarr_images
from gonogo.errors import InputError
from gonogo.types import FolderOptions, ImageSource, Origin, Task

__all__ = ["Images", "find_again", "find_images", "has_pixel_level"]

Images: TypeAlias = dict[str, list[ImageFile]] | dict[str, list[ZarrImage]]


def find_images(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    how: FolderOptions,
    *,
    categories: Sequence[str] | None = None,
    image_scores: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> Images:
    """Images of every category by its name, with their scores where a file of them is given.

    Two Zarr arrays (N, H, W) are one category. No image is read.
    """
    if columns and image_scores is None:
        raise InputError("columns: found some without image_scores, the CSV file they are of")
    arrays = zarr_images(maps, ground_truth)
    if arrays is None:
        found = categories_in(maps, ground_truth, how, categories)
        _refuse_masks_as_maps(found)
        return found if image_scores is None else with_scores(found, Path(image_scores), columns)
    refuse_unread(how, ["normal", "mask_suffix"], "Zarr arrays have no folders and file names")
    for name in categories or ():
        if name not in arrays:
            raise InputError(f"categories: found no maps for {name}; {', '.join(arrays)} is there")
    arrays = named(arrays, how)
    return arrays if image_scores is None else with_scores(arrays, Path(image_scores), columns)


def _refuse_masks_as_maps(found: Mapping[str, Sequence[ImageFile]]) -> None:
    """Refuse files that are map and mask at once: every number would be perfect."""
    for images in found.values():
        for image in images:
            if image.map_path in image.mask_paths:
                raise InputError(
                    f"ground_truth: found {image.map_path}, which is among the maps as well; "
                    "expected two folders, one of a model's maps and one of the data set"
                )


def find_again(origin: Origin) -> Images:
    """The images of a run, by the categories and the name that it was evaluated with."""
    named = origin.categories or None
    return find_images(origin.maps, origin.ground_truth, origin, categories=named)


def has_pixel_level(found: Mapping[str, Sequence[ImageSource]], task: Task | None) -> bool:
    """Whether a run of these images has a pixel level, for which known anomalies need masks."""
    return task != "image" and not any(
        image.label and getattr(image, "mask_path", image) is None
        for images in found.values()
        for image in images
    )
