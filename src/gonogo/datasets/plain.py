"""The plain layout: a folder of maps and a folder of masks, matched by the stem of their names."""

from __future__ import annotations

from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.listing import files_by_stem, refuse_folders, tell_left_out
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.pairing import mask_of, masks_in, refuse_unused
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError

__all__ = ["plain_images"]


def plain_images(maps: AnyPath, truth: AnyPath) -> list[ImageFile]:
    """Images of one category by name; a map without a mask is a normal image.

    A mask without a map, or a folder without any mask, is an error.
    """
    masks = masks_in(truth)
    if not masks:
        raise InputError(
            f"{truth}: found no masks; expected <name>.png or <name>_mask.png for every "
            "anomalous map <name>, or MVTec AD's layout with a folder ground_truth"
        )
    found = []
    paths = files_by_stem(maps, MAP_SUFFIXES)
    refuse_folders(maps, MAP_SUFFIXES)
    tell_left_out(maps, paths, "maps")
    for stem, path in paths.items():
        mask = mask_of(stem, masks)
        found.append(ImageFile(path.name, path, mask, label=False if mask is None else None))
    refuse_unused(list(masks.values()), maps)
    return found
