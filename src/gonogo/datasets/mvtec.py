"""MVTec AD's layout: ``test/<defect>/<id>`` of the maps beside ``ground_truth/<defect>/<id>_mask``.

``good``, or another folder that is known or named, holds the normal images, which need no mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from gonogo.datasets.image_file import ImageFile, with_photographs
from gonogo.datasets.listing import (
    IMAGE_SUFFIXES,
    files_by_stem,
    refuse_folders,
    some,
    subfolders,
    tell_left_out,
)
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.normal_folders import normal_folders
from gonogo.datasets.pairing import PairedMasks, pair_masks, refuse_unused
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError
from gonogo.types import FolderOptions

__all__ = ["mvtec_images", "photographs_in"]


def mvtec_images(maps: AnyPath, truth: AnyPath, options: FolderOptions) -> list[ImageFile]:
    """Images of one category, by defect and then by name.

    Where the ground truth has the photographs too (``test/``), they and the maps must be the same
    set. A defective image without a mask, or a mask without a map, is an error; where there are no
    masks at all, no image has one.
    """
    folders = {
        name: _Folder.of(name, maps, truth, options)
        for name in sorted({*subfolders(maps / "test"), *subfolders(truth / "ground_truth")})
    }
    photographs = photographs_in(truth)
    maps_here = {f"test/{name}/{stem}" for name, one in folders.items() for stem in one.maps}
    _compare_with_photographs(maps, truth, maps_here, photographs)
    refuse_unused([path for one in folders.values() for path in one.paired.unused], maps / "test")
    with_maps = [name for name, folder in folders.items() if folder.maps]
    masked = [name for name, folder in folders.items() if folder.paired.masks]
    normal = normal_folders(maps / "test", with_maps, masked, options) if with_maps else frozenset()
    found = [
        _image(name, stem, folder, normal=name in normal)
        for name, folder in folders.items()
        for stem in folder.maps
    ]
    if options.task != "image":
        _refuse_unmasked(found, truth, options)
    keys = {one.name: one.name.removesuffix(one.map_path.suffix) for one in found}
    by_name = {name: photographs[key] for name, key in keys.items() if key in photographs}
    return with_photographs(found, by_name)


def photographs_in(truth: AnyPath) -> dict[str, AnyPath]:
    """The photographs of the test set, by ``test/<defect>/<id>``."""
    return {
        f"test/{defect}/{stem}": path
        for defect in subfolders(truth / "test")
        for stem, path in files_by_stem(truth / "test" / defect, IMAGE_SUFFIXES).items()
    }


@dataclass(frozen=True)
class _Folder:
    """The maps of one defect by their stems, and their masks."""

    maps: Mapping[str, AnyPath]
    paired: PairedMasks

    @classmethod
    def of(cls, name: str, maps: AnyPath, truth: AnyPath, options: FolderOptions) -> _Folder:
        here = maps / "test" / name
        paths = files_by_stem(here, MAP_SUFFIXES)
        refuse_folders(here, MAP_SUFFIXES)
        tell_left_out(here, paths, "maps")
        if options.task == "image":
            return cls(paths, PairedMasks({}))
        return cls(paths, pair_masks(truth / "ground_truth" / name, paths, options))


def _image(defect: str, stem: str, folder: _Folder, *, normal: bool) -> ImageFile:
    path = folder.maps[stem]
    masks = folder.paired.masks.get(stem, ())
    return ImageFile(
        f"test/{defect}/{path.name}",
        path,
        masks[0] if masks else None,
        label=not normal,
        defect=None if normal else defect,
        more_masks=masks[1:],
    )


def _refuse_unmasked(images: Iterable[ImageFile], truth: AnyPath, options: FolderOptions) -> None:
    """Refuse an anomalous image without a mask, unless the data set plainly has no masks."""
    images = list(images)
    unmasked = [image for image in images if image.label and image.mask_path is None]
    none_at_all = all(image.mask_path is None for image in images)
    if none_at_all and options.task is None and not (truth / "ground_truth").is_dir():
        return
    if unmasked:
        folder = truth / "ground_truth" / str(unmasked[0].defect)
        raise InputError(
            f"{unmasked[0].map_path}: found no mask for this anomalous image; expected "
            f"{folder / unmasked[0].map_path.stem}_mask.png. Images without a mask: "
            f"{some(image.name for image in unmasked)}; for the image level alone, which needs "
            'none, pass task="image"'
        )


def _compare_with_photographs(
    maps: AnyPath,
    truth: AnyPath,
    maps_here: Set[str],
    photographs: Mapping[str, AnyPath],
) -> None:
    if not photographs:
        return
    for one, other, folder, wanted in (
        (maps_here - photographs.keys(), "map", truth, "image"),
        (photographs.keys() - maps_here, "image", maps, "map"),
    ):
        if one:
            raise InputError(
                f"{folder / 'test'}: found no {wanted} for {len(one)} {other}(s): "
                f"{some(sorted(one))}; expected the same test set in both folders"
            )
