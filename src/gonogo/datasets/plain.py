"""The plain layout: a folder of maps and a folder of masks, matched by the stem of their names."""

from __future__ import annotations

from gonogo.datasets.folder_options import refuse_unread
from gonogo.datasets.image_file import ImageFile, with_photographs
from gonogo.datasets.listing import files_by_stem, refuse_folders, tell_left_out
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.pairing import PairedMasks, pair_masks, refuse_unused
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError
from gonogo.types import FolderOptions

__all__ = ["plain_images"]


def plain_images(maps: AnyPath, truth: AnyPath, options: FolderOptions) -> list[ImageFile]:
    """Images of one category by name; a map without a mask is a normal image.

    Photographs may lie beside the masks. A mask without a map, or a folder without any mask, is an
    error.
    """
    refuse_unread(options, ["normal"], f"{maps} has the plain layout, where masks tell the labels")
    paths = files_by_stem(maps, MAP_SUFFIXES)
    refuse_folders(maps, MAP_SUFFIXES)
    tell_left_out(maps, paths, "maps")
    paired = pair_masks(truth, paths, options, photographs=maps != truth)
    refuse_unused(paired.unused, maps)
    if not paired.masks:
        raise InputError(
            f"{truth}: found no masks; expected <name>.png or <name>_mask.png for every "
            "anomalous map <name>, or MVTec AD's layout with a folder ground_truth"
        )
    images = [_image(stem, path, paired) for stem, path in paths.items()]
    photographs = {paths[stem].name: path for stem, path in paired.photographs.items()}
    return with_photographs(images, photographs)


def _image(stem: str, path: AnyPath, paired: PairedMasks) -> ImageFile:
    masks = paired.masks.get(stem, ())
    return ImageFile(
        path.name,
        path,
        masks[0] if masks else None,
        label=None if masks else False,
        more_masks=masks[1:],
    )
